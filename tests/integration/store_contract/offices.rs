//! Offices, areas, names of places, large objects, tracks.

use geo::{MultiPolygon, polygon};
use sigap::locate::gazetteer_entry::{GazetteerEntry, PlaceKind};
use sigap::model::jurisdiction::{Area, Office, Polsek};
use sigap::model::place::LngLat;
use sigap::model::unit::Fix;
use sigap::store::offices::{delete_blob, put_blob, replace_areas, replace_places, replace_polseks, upsert_office};
use sigap::store::tracks::{insert_fixes, purge};

use super::place::Place;
use super::samples::{self, at};

fn office(name: &str) -> Office {
    Office {
        code: "medan".to_owned(),
        name: name.to_owned(),
        prefix: "MDN".to_owned(),
        utc_offset_h: 7,
        seat: LngLat::new(98.6722, 3.5952),
        synthetic: true,
    }
}

fn area(code: &str, polres: &str) -> Area {
    let ring = polygon![
        exterior: [(x: 98.1, y: 3.1), (x: 98.2, y: 3.1), (x: 98.2, y: 3.2), (x: 98.1, y: 3.1)],
        interiors: [[(x: 98.16, y: 3.12), (x: 98.17, y: 3.12), (x: 98.17, y: 3.13), (x: 98.16, y: 3.12)]],
    ];
    Area {
        code: code.to_owned(),
        name: "Pasar Baru".to_owned(),
        kecamatan_code: "12.71.07".to_owned(),
        kecamatan: "Medan Kota".to_owned(),
        polsek: "medan-kota".to_owned(),
        polres: polres.to_owned(),
        shape: MultiPolygon(vec![ring]),
    }
}

fn name(number: usize) -> GazetteerEntry {
    GazetteerEntry {
        name: format!("Jl. \"Kapten\" Muslim {number} \u{1F6A8}"),
        kind: PlaceKind::Street,
        at: LngLat::new(98.65, 3.6 + 0.1),
        radius_m: 120.5,
        kelurahan: "Helvetia".to_owned(),
        kecamatan: "Medan Helvetia".to_owned(),
        kecamatan_code: "12.71.03".to_owned(),
        desa_code: "12.71.03.1001".to_owned(),
        aliases: vec!["kapten muslim".to_owned()],
    }
}

pub async fn an_office_comes_back_with_its_areas_and_places(place: &Place) {
    let store = place.open().await;
    let polsek = Polsek {
        code: "medan-kota".to_owned(),
        name: "Polsek Medan Kota".to_owned(),
        polres: "medan".to_owned(),
        seat: LngLat::new(98.69, 3.57),
    };
    let areas = [area("12.71.07.1001", "medan"), area("12.71.07.1002", "medan")];
    let places: Vec<_> = (0..1234).map(name).collect();
    let mut job = vec![upsert_office(&office("Polrestabes")), upsert_office(&office("Polrestabes Medan"))];
    job.extend(replace_polseks("medan", std::slice::from_ref(&polsek)));
    job.extend(replace_areas("medan", &areas, 3));
    job.extend(replace_areas("jombang", &[area("35.17.01.1001", "jombang")], 1));
    job.extend(replace_places("medan", &places));
    store.write(job).await.unwrap();
    assert_eq!(store.offices().await.unwrap(), [office("Polrestabes Medan")]);
    assert_eq!(store.polseks("medan").await.unwrap(), [polsek]);
    assert_eq!(store.areas(Some("medan")).await.unwrap(), areas);
    assert_eq!(store.areas(None).await.unwrap().len(), 3);
    assert_eq!((store.areas_version("medan").await.unwrap(), store.areas_version("kudus").await.unwrap()), (3, 0));
    assert_eq!(store.places("medan").await.unwrap(), places);
}

pub async fn an_import_replaces_the_one_before(place: &Place) {
    let store = place.open().await;
    store
        .write(replace_areas("medan", &[area("12.71.07.1001", "medan"), area("12.71.07.1002", "medan")], 1))
        .await
        .unwrap();
    store.write(replace_places("medan", &[name(1), name(2)])).await.unwrap();
    let mut job = replace_areas("medan", &[area("12.71.07.1009", "medan")], 2);
    job.extend(replace_places("medan", &[name(3)]));
    store.write(job).await.unwrap();
    assert_eq!(store.areas(Some("medan")).await.unwrap(), [area("12.71.07.1009", "medan")]);
    assert_eq!(store.places("medan").await.unwrap(), [name(3)]);
}

pub async fn large_objects_come_back(place: &Place) {
    let store = place.open().await;
    let data: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    store.write(vec![put_blob("roads/medan", vec![1])]).await.unwrap();
    store.write(vec![put_blob("roads/medan", data.clone())]).await.unwrap();
    assert!(store.blob("roads/medan").await.unwrap() == Some(data));
    store.write(vec![delete_blob("roads/medan")]).await.unwrap();
    assert!(store.blob("roads/medan").await.unwrap().is_none());
}

pub async fn tracks_come_back_in_order_and_once(place: &Place) {
    let store = place.open().await;
    let unit = samples::unit(1).id;
    let fix = |secs: i64| Fix {
        lng: 98.1 + 0.2,
        lat: 3.5,
        at: at(secs),
        accuracy_m: Some(4.3),
        speed_mps: (secs % 2 == 0).then_some(8.7),
        heading_deg: None,
    };
    let batch: Vec<_> = (0..200).rev().map(|secs| (unit, fix(secs))).collect();
    store.write(vec![insert_fixes(&batch)]).await.unwrap();
    store.write(vec![insert_fixes(&batch[..50]), insert_fixes(&[(samples::unit(2).id, fix(3))])]).await.unwrap();
    let expected: Vec<_> = (20..40).map(fix).collect();
    assert_eq!(store.track(unit, at(20), at(40), 1000).await.unwrap(), expected);
    assert_eq!(store.track(unit, at(20), at(40), 5).await.unwrap(), expected[..5]);
    store.write(vec![purge(at(30))]).await.unwrap();
    assert_eq!(store.track(unit, at(0), at(500), 1000).await.unwrap().len(), 170);
}
