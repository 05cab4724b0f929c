//! Names that several places bear: whose is meant, and what a place keeps that a person chose.

use serde_json::{Value, json};
use sigap::locate::gazetteer_entry::{GazetteerEntry, PlaceKind};
use sigap::model::place::LngLat;
use sigap::store::offices;

use super::citizen::Citizen;
use super::city::{BAHARI, BARAT, TIMUR};
use super::client::Client;
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    of_two_villages_of_one_name_each_office_gets_its_own,
    a_chosen_place_keeps_its_name_radius_and_parts,
}

fn village(name: &str, kecamatan: &str, code: &str, at: LngLat) -> GazetteerEntry {
    GazetteerEntry {
        name: name.to_owned(),
        kind: PlaceKind::Kelurahan,
        at,
        radius_m: 700.0,
        kelurahan: name.to_owned(),
        kecamatan: kecamatan.to_owned(),
        kecamatan_code: code.to_owned(),
        desa_code: format!("{code}.2{:03}", name.len()),
        aliases: Vec::new(),
    }
}

/// `Sukamaju` once in each office, `Mekarsari` twice in Medan.
async fn town_of_namesakes(place: Place) -> Town {
    let town = Town::on(place).await;
    let medan = [
        village("Sukamaju", "Kota Barat", "12.71.01", BARAT),
        village("Mekarsari", "Kota Barat", "12.71.01", BARAT.offset_m(-900.0, 700.0)),
        village("Mekarsari", "Kota Timur", "12.71.02", TIMUR.offset_m(900.0, 700.0)),
    ];
    let belawan = [village("Sukamaju", "Pelabuhan", "12.71.03", BAHARI)];
    let job = [offices::replace_places("medan", &medan), offices::replace_places("belawan", &belawan)];
    town.store().write(job.into_iter().flatten().collect()).await.unwrap();
    town.restart().await
}

fn near(place: &Value, at: LngLat) -> bool {
    let coordinate = |name: &str| place[name].as_f64().unwrap();
    LngLat::new(coordinate("lng"), coordinate("lat")).distance_m(at) < 1.0
}

/// The detail of the one report an operator sees.
async fn only_report(operator: &Client) -> Value {
    let all = operator.get("/v1/reports").await.ok();
    let items = all["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{all}");
    operator.get(&format!("/v1/reports/{}", items[0]["id"].as_str().unwrap())).await.ok()
}

async fn of_two_villages_of_one_name_each_office_gets_its_own(place: Place) {
    let town = town_of_namesakes(place).await;
    let (medan, belawan) = (town.as_user("operator"), town.as_user("operator-belawan"));
    for (operator, line, at) in [(&medan, "1001", BARAT), (&belawan, "1002", BAHARI)] {
        // Over WhatsApp, by the number that was written to.
        Citizen::new(&town).on_line(line).writes("Ada kecelakaan motor di desa Sukamaju").await;
        town.settled().await;
        let report = only_report(operator).await["report"].clone();
        assert_eq!(report["place"]["label"], "Sukamaju", "{report}");
        assert!(near(&report["place"], at), "{report}");
        // Typed by an operator, and looked up by one.
        let typed = operator.post("/v1/reports", &json!({ "text": "Ada perkelahian di desa Sukamaju" })).await.ok();
        assert!(near(&typed["place"], at), "{typed}");
        let asked = operator.get("/v1/locate?q=desa%20sukamaju").await.ok();
        assert_eq!((asked["ambiguous"].as_bool(), near(&asked["place"], at)), (Some(false), true), "{asked}");
        // The other one is still shown, behind it.
        assert_eq!(asked["candidates"].as_array().unwrap().len(), 2, "{asked}");
        // Nearer to the other one or not: nearness orders, it does not decide.
        let other = if at == BARAT { BAHARI } else { BARAT };
        let beside = operator.get(&format!("/v1/locate?q=desa%20sukamaju&near={},{}", other.lng, other.lat)).await.ok();
        assert!(near(&beside["place"], at), "{beside}");
        // A kecamatan that is told goes before the office that asks.
        let told = operator.get("/v1/locate?q=sukamaju%20kec%20pelabuhan").await.ok();
        assert!(near(&told["place"], BAHARI), "{told}");
        // Two in one office, or two elsewhere: nobody guesses.
        let open = operator.get("/v1/locate?q=desa%20mekarsari").await.ok();
        assert_eq!((&open["ambiguous"], &open["place"]), (&json!(true), &Value::Null), "{open}");
    }
    // The pin somebody shared orders what his words may mean.
    let siti = Citizen::new(&town).on_line("1001");
    siti.writes("Ada pohon tumbang di desa Mekarsari").await;
    siti.pins(TIMUR.offset_m(800.0, 600.0)).await;
    town.settled().await;
    let all = medan.get("/v1/reports").await.ok();
    let pinned = all["items"].as_array().unwrap().iter().find(|one| one["place"]["source"] == "pin").unwrap();
    let detail = medan.get(&format!("/v1/reports/{}", pinned["id"].as_str().unwrap())).await.ok();
    assert_eq!(detail["candidates"][0]["kecamatan"], "Kota Timur", "{detail}");
    town.finish().await;
}

async fn a_chosen_place_keeps_its_name_radius_and_parts(place: Place) {
    let town = town_of_namesakes(place).await;
    let operator = town.as_user("operator");
    Citizen::new(&town).writes("Ada kecelakaan mobil di desa Mekarsari dekat rumah Bu Contoh").await;
    town.settled().await;
    let detail = only_report(&operator).await;
    assert_eq!(detail["report"]["place"], Value::Null, "two bear the name");
    let path = format!("/v1/reports/{}", detail["report"]["id"].as_str().unwrap());
    let candidates = detail["candidates"].as_array().unwrap();
    let meant = candidates.iter().find(|one| one["kecamatan"] == "Kota Timur").unwrap();
    let choice = |label: &str| json!({ "lng": meant["lng"], "lat": meant["lat"], "label": label });

    // A name that is not the gazetteer's at that point is no name.
    operator.patch(&path, &choice("rumah Bu Contoh")).await.problem(422, "invalid");
    operator.patch(&path, &json!({ "label": "Mekarsari" })).await.problem(422, "invalid");
    let elsewhere = json!({ "lng": BARAT.lng, "lat": BARAT.lat, "label": "Mekarsari" });
    operator.patch(&path, &elsewhere).await.problem(422, "invalid");

    let chosen = operator.patch(&path, &choice("Mekarsari")).await.ok();
    assert_eq!((&chosen["place"]["label"], &chosen["place"]["source"]), (&json!("Mekarsari"), &json!("operator")));
    assert_eq!((&chosen["place"]["radius_m"], &chosen["jurisdiction"]["polsek"]), (&json!(700.0), &json!("timur")));
    let part = |part: &str, name: &str| json!({ "part": part, "name": name, "likeness": 1.0 });
    assert_eq!(chosen["place"]["parts"], json!([part("name", "Mekarsari")]));
    assert!(chosen["place"]["because"].as_str().unwrap().starts_with("dipilih operator; nama Mekarsari"));

    // Found by a search: on the report, and on its incident.
    let phrase = "sukamaju kota barat";
    let searched = json!({ "lng": BARAT.lng, "lat": BARAT.lat, "label": "Sukamaju", "phrase": phrase });
    let placed = operator.patch(&path, &searched).await.ok();
    assert_eq!(
        placed["place"]["parts"],
        json!([part("name", "Sukamaju"), part("kecamatan", "Kota Barat")]),
        "{placed}"
    );
    operator.post(&format!("{path}/claim"), &json!({})).await;
    let made = operator.post(&format!("{path}/incident"), &json!({})).await.ok();
    let incident = format!("/v1/incidents/{}", made["id"].as_str().unwrap());
    operator.patch(&incident, &choice("Mekarsari")).await.problem(422, "invalid");
    let again =
        json!({ "lng": meant["lng"], "lat": meant["lat"], "label": "Mekarsari", "phrase": "mekarsari kota timur" });
    let moved = operator.patch(&incident, &again).await.ok();
    assert_eq!((&moved["place"]["label"], &moved["place"]["radius_m"]), (&json!("Mekarsari"), &json!(700.0)));
    // A point on the map is one.
    let point = operator.patch(&incident, &json!({ "lng": BARAT.lng, "lat": BARAT.lat })).await.ok();
    assert_eq!((&point["place"]["label"], &point["place"]["radius_m"]), (&json!("Titik di peta"), &json!(25.0)));
    assert_eq!(point["place"]["parts"], json!([]));

    // The journal has the gazetteer's names and nobody's words.
    let book: String = town.journal("medan").await.iter().map(|entry| entry.body.clone()).collect();
    assert!(book.contains("\"name\":\"Kota Barat\"") || book.contains("\"name\": \"Kota Barat\""), "{book}");
    assert!(!book.contains("Bu Contoh") && !book.contains(phrase), "{book}");
    town.finish().await;
}
