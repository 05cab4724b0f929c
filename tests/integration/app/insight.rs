//! Figures for those who lead: each is what the journal says, and each can be opened.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sigap::model::entry::{Actor, Entry, Event};
use sigap::model::id::{IncidentId, ReportId};
use sigap::model::place::LngLat;

use super::city::{BARAT, TIMUR};
use super::client::Client;
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    every_figure_is_what_the_journal_says_and_can_be_opened,
    the_map_is_set_against_patrol_hours_and_an_earlier_time,
    the_next_shift_is_foretold_only_with_enough_history,
}

/// An incident at a place, opened by the operator.
pub async fn incident(town: &Town, text: &str, at: LngLat) -> String {
    let operator = town.as_user("operator");
    let report = operator.post("/v1/reports", &json!({ "text": text, "lng": at.lng, "lat": at.lat })).await.ok();
    let path = format!("/v1/reports/{}/incident", report["id"].as_str().unwrap());
    operator.post(&path, &json!({})).await.ok()["id"].as_str().unwrap().to_owned()
}

/// Sends a unit, which takes `minutes` to be there; none when it never comes.
pub async fn sends(town: &Town, incident: &str, call_sign: &str, minutes: Option<i64>) {
    let operator = town.as_user("operator");
    let advice = operator.get(&format!("/v1/incidents/{incident}/recommendation")).await.ok();
    let unit = town.units[call_sign];
    let mut body = json!({ "unit_id": unit });
    if advice["candidates"][0]["unit_id"] != json!(unit) {
        body["override_reason"] = json!("sudah di dekat lokasi");
    }
    let offer = operator.post(&format!("/v1/incidents/{incident}/assignments"), &body).await.ok();
    let path = format!("/v1/assignments/{}/steps", offer["id"].as_str().unwrap());
    let crew = town.as_user(&call_sign.to_lowercase());
    let Some(minutes) = minutes else {
        let refuse = json!({ "step": "refuse", "key": "r", "at": town.now(), "reason": "ban pecah" });
        crew.post(&path, &refuse).await.ok();
        return;
    };
    crew.post(&path, &json!({ "step": "accept", "key": "a", "at": town.now() })).await.ok();
    town.turn(minutes * 60).await;
    for step in ["en_route", "on_scene", "clear"] {
        crew.post(&path, &json!({ "step": step, "key": step, "at": town.now() })).await.ok();
    }
}

async fn behind(client: &Client, figure: &str) -> Value {
    client.get(&format!("/v1/insight/behind?figure={figure}")).await.ok()
}

/// Received and first reached, by incident, as the entries say.
fn reached(journal: &[Entry]) -> BTreeMap<IncidentId, Option<f64>> {
    let (mut received, mut arrived) = (BTreeMap::new(), BTreeMap::new());
    let mut opened: BTreeMap<IncidentId, ReportId> = BTreeMap::new();
    let mut incident_of = BTreeMap::new();
    for entry in journal {
        match &entry.event {
            Event::ReportReceived { report, .. } => drop(received.insert(*report, entry.at)),
            Event::ReportAttached { report, incident } => {
                opened.entry(*incident).or_insert(*report);
            }
            Event::AssignmentOffered { assignment, incident, .. } => {
                incident_of.insert(*assignment, *incident);
            }
            Event::AssignmentStepped { assignment, step, .. } if step.code() == "on_scene" => {
                arrived.entry(incident_of[assignment]).or_insert(entry.at);
            }
            _ => {}
        }
    }
    let secs = |incident, report: &ReportId| arrived.get(incident).map(|at| at.secs_since(received[report]));
    opened.iter().map(|(incident, report)| (*incident, secs(incident, report))).collect()
}

async fn every_figure_is_what_the_journal_says_and_can_be_opened(place: Place) {
    let town = Town::on(place).await;
    let first = incident(&town, "jalan macet total, mobil mogok", BARAT).await;
    sends(&town, &first, "B-1", Some(4)).await;
    let second = incident(&town, "dua motor tabrakan di simpang", TIMUR).await;
    sends(&town, &second, "B-1", Some(14)).await;
    let third = incident(&town, "pohon tumbang menutup jalan", BARAT).await;
    sends(&town, &third, "B-2", None).await;
    town.turn(60).await;
    let chief = town.as_user("kapolres");
    let journal = town.journal("medan").await;

    // Response times against the entries.
    let truth = reached(&journal);
    let mut secs: Vec<f64> = truth.values().copied().flatten().collect();
    secs.sort_by(f64::total_cmp);
    assert_eq!((truth.len(), secs.len()), (3, 2));
    let times = chief.get("/v1/insight/response-times").await.ok();
    let total = &times["total"];
    assert_eq!((&total["incidents"], &total["unserved"]), (&json!(2), &json!(1)));
    assert_eq!((total["p50_s"].as_f64(), total["p90_s"].as_f64()), (Some(secs[0]), Some(secs[1])));
    assert_eq!((&total["within"], &total["within_clock"]), (&json!(1), &json!(0.5)));
    let keys = |name: &str| times[name].as_array().unwrap().iter().map(|row| row["key"].clone()).collect::<Vec<_>>();
    assert_eq!(keys("items"), [json!("barat"), json!("timur")]);
    assert_eq!(keys("by_band"), [json!("near")]);

    let is_unanswered = |entry: &&Entry| match &entry.event {
        Event::AssignmentStepped { step, .. } => step.code() == "refuse",
        event => matches!(event, Event::AssignmentExpired { .. }),
    };
    let unanswered = journal.iter().filter(is_unanswered).count();
    // Each figure is the number of what can be opened, and that leads to entries of the journal.
    for (figure, wanted) in [
        ("reports", 3),
        ("incidents", 3),
        ("reached", 2),
        ("within", 1),
        ("late", 1),
        ("unserved", 1),
        ("chosen", 3),
        ("unanswered", unanswered),
    ] {
        let found = behind(&chief, figure).await;
        assert_eq!(found["total"], wanted, "{figure}");
        let items = found["items"].as_array().unwrap();
        assert_eq!(items.len(), wanted);
        // What was told to a reporter meanwhile is in the book as well.
        let journal = town.journal("medan").await;
        for item in items {
            let id = item["id"].as_str().unwrap();
            for seq in item["entries"].as_array().unwrap() {
                let entry = &journal[usize::try_from(seq.as_u64().unwrap()).unwrap() - 1];
                assert!(item["unit"].is_string() || entry.body.contains(id), "{}", entry.body);
            }
            let opened = chief.get(&format!("/v1/insight/entries?about={id}")).await.ok();
            assert_eq!(opened["number"], item["number"]);
            assert!(opened["items"].as_array().unwrap().len() >= 2);
        }
    }
    let late = behind(&chief, "late").await;
    assert_eq!((&late["items"][0]["id"], late["items"][0]["response_s"].as_f64()), (&json!(second), Some(secs[1])));
    let overridden = behind(&chief, "overridden").await;
    assert!(overridden["total"].as_u64().unwrap() >= 1, "{overridden}");
    assert_eq!(overridden["items"][0]["reason"], "sudah di dekat lokasi");
    let part = chief.get("/v1/insight/behind?figure=incidents&polsek=timur").await.ok();
    assert_eq!((&part["total"], &part["items"][0]["id"]), (&json!(1), &json!(second)));
    assert_eq!(chief.get("/v1/insight/behind?figure=incidents&hours=0-1").await.ok()["total"], 0);

    load_is_counted(&chief, &journal, &overridden["total"]).await;
    the_report_is_whole(&chief, total).await;
    // Seven in the morning of the next day.
    town.turn(21 * 3600 + 40 * 60).await;
    let morning = chief.get("/v1/insight/morning").await.ok();
    let figure =
        |key: &str| morning["figures"].as_array().unwrap().iter().find(|one| one["key"] == key).cloned().unwrap();
    assert_eq!((&figure("reports")["value"], &figure("p90")["value"]), (&json!(3.0), &json!(secs[1])));
    assert!(figure("reports")["before"].is_null(), "a week ago nothing was recorded");
    let wrong: BTreeSet<&str> =
        morning["wrong"].as_array().unwrap().iter().map(|one| one["figure"].as_str().unwrap()).collect();
    assert!(wrong.contains("late") && wrong.contains("unserved") && wrong.contains("unanswered"), "{wrong:?}");
    assert_eq!((&morning["check"]["day"], &morning["check"]["signed"]), (&json!("2026-11-21"), &Value::Null));

    what_cannot_be_is_refused(&town, &first).await;
    town.finish().await;
}

/// Load of people and crews against the entries.
async fn load_is_counted(chief: &Client, journal: &[Entry], overridden: &Value) {
    let load = chief.get("/v1/insight/load").await.ok();
    let by_users = |wanted: fn(&Event) -> bool| {
        journal.iter().filter(|entry| matches!(entry.actor, Actor::User(_)) && wanted(&entry.event)).count()
    };
    let operator = &load["operators"][0];
    assert_eq!(operator["name"], "Contoh operator");
    assert_eq!(operator["sent"], by_users(|event| matches!(event, Event::AssignmentOffered { automatic: false, .. })));
    assert_eq!(
        operator["took"],
        journal.iter().filter(|entry| matches!(entry.event, Event::ReportClaimed { .. })).count()
    );
    let deeds = format!("/v1/insight/deeds?act=sent&operator={}", operator["user"].as_str().unwrap());
    let deeds = chief.get(&deeds).await.ok();
    assert_eq!((&deeds["total"], deeds["items"].as_array().unwrap().len()), (&operator["sent"], 3));
    let crew =
        |name: &str| load["crews"].as_array().unwrap().iter().find(|crew| crew["call_sign"] == name).cloned().unwrap();
    assert_eq!((&crew("B-1")["arrived"], &crew("B-2")["refused"]), (&json!(2), &json!(1)));
    assert!((crew("B-1")["busy_h"].as_f64().unwrap() - 18.0 / 60.0).abs() < 0.01);
    assert_eq!(load["overrides"]["overridden"], *overridden);
}

/// The report: the same figures, as a page, a document and a table.
async fn the_report_is_whole(chief: &Client, total: &Value) {
    let report = chief.get("/v1/insight/evaluation").await.ok();
    assert_eq!((report["figures"].as_array().unwrap().len(), &report["total"]["p50_s"]), (10, &total["p50_s"]));
    assert_eq!(report["days"].as_array().unwrap().iter().map(|day| day["reports"].as_u64().unwrap()).sum::<u64>(), 3);
    assert_eq!(
        (&report["by_polsek"][0]["key"], &report["polsek_names"]["barat"]),
        (&json!("barat"), &json!("Polsek barat"))
    );
    let pdf = chief.get("/v1/insight/evaluation.pdf").await;
    assert_eq!((pdf.status, pdf.header("content-type")), (200, "application/pdf"));
    assert!(pdf.text.starts_with("%PDF-1.7") && pdf.header("content-disposition").contains("evaluasi-2026-11-21.pdf"));
    for (name, begins) in [
        ("evaluation", "part,name"),
        ("response-times", "group,key"),
        ("categories", "category,label,reports"),
        ("fairness", "priority,taken,in_turn"),
        ("load", "kind,name"),
        ("heatmap", "cell,resolution"),
        ("behind", "number,category"),
        ("forecast", "rank,cell"),
    ] {
        let csv = chief.get(&format!("/v1/insight/{name}.csv?figure=incidents")).await;
        assert!(csv.status == 200 && csv.text.starts_with(begins), "{name}: {}", csv.text);
        assert!(csv.header("content-disposition").starts_with("attachment"), "{name}");
    }
}

/// Who may not, and what cannot be.
async fn what_cannot_be_is_refused(town: &Town, first: &str) {
    let chief = town.as_user("kapolres");
    for name in [
        "behind?figure=late",
        "load",
        "morning",
        "evaluation.pdf",
        "forecast",
        "fairness",
        "entries?about=00000000-0000-0000-0000-000000000001",
    ] {
        assert_eq!(town.as_user("b-1").get(&format!("/v1/insight/{name}")).await.status, 403, "{name}");
    }
    for bad in [
        "heatmap?hours=25-3",
        "heatmap?measure=x",
        "heatmap?measure=rate&resolution=10",
        "load?from=x",
        "behind?figure=reports&cell=x",
        "evaluation?from=2020-01-01T00:00:00Z",
        "morning?day=2026-02-30",
    ] {
        assert_eq!(chief.get(&format!("/v1/insight/{bad}")).await.status, 422, "{bad}");
    }
    let other = town.as_user("kapolres-belawan");
    assert_eq!(behind(&other, "incidents").await["total"], 0);
    other.get(&format!("/v1/insight/entries?about={first}")).await.problem(404, "not_found");
}

async fn the_map_is_set_against_patrol_hours_and_an_earlier_time(place: Place) {
    let town = Town::on(place).await;
    let chief = town.as_user("kapolres");
    let operator = town.as_user("operator");
    for n in 0..6 {
        let at = BARAT.offset_m(f64::from(n) * 4.0, 0.0);
        operator.post("/v1/reports", &json!({ "text": "lampu jalan mati", "lng": at.lng, "lat": at.lat })).await.ok();
        town.clock.advance(5);
    }
    // B-1 stands there for two hours, a fix every minute; then there is an hour without one.
    let field = &town.desk("medan").parts.field;
    let from = town.now();
    let fixes: Vec<_> = (0..=120)
        .map(|n| {
            let at = from.plus_secs(n * 60);
            (
                town.units["B-1"],
                sigap::model::unit::Fix {
                    lng: BARAT.lng,
                    lat: BARAT.lat,
                    at,
                    accuracy_m: None,
                    speed_mps: None,
                    heading_deg: None,
                },
            )
        })
        .collect();
    assert!(field.place(town.units["B-1"], from).is_some());
    town.store().write(vec![sigap::store::tracks::insert_fixes(&fixes)]).await.unwrap();
    town.clock.advance(3 * 3600);
    let cell_of = |map: &Value| map["features"][0]["properties"].clone();
    let map = chief.get("/v1/insight/heatmap?measure=rate&resolution=8").await.ok();
    let cell = cell_of(&map);
    assert_eq!((&cell["count"], &cell["patrol_h"], &cell["rate"]), (&json!(6), &json!(2.0), &json!(3.0)));
    // The list behind the cell is what the cell counts, also where it was merged.
    for resolution in [8, 9] {
        let map = chief.get(&format!("/v1/insight/heatmap?resolution={resolution}")).await.ok();
        let cell = cell_of(&map);
        let path = format!(
            "/v1/insight/behind?figure=reports&resolution={resolution}&cell={}",
            cell["cell"].as_str().unwrap()
        );
        assert_eq!(chief.get(&path).await.ok()["total"], cell["count"], "{cell}");
    }
    // Only at night: there were none.
    let night = chief.get("/v1/insight/heatmap?hours=22-5").await.ok();
    assert_eq!((&night["meta"]["total"], &night["meta"]["hidden"]), (&json!(0), &json!(0)));
    // A week later against that day; Sundays only leaves nothing.
    town.clock.advance(7 * 24 * 3600);
    let (to, from) = (town.now(), town.now().plus_secs(-24 * 3600));
    let path = format!("/v1/insight/heatmap?from={from}&to={to}&compare_from={}", from.plus_secs(-7 * 24 * 3600));
    let change = chief.get(&path).await.ok();
    let cell = cell_of(&change);
    assert_eq!((&cell["count"], &cell["before"], &cell["difference"]), (&json!(0), &json!(6), &json!(-6)));
    assert_eq!(chief.get(&format!("{path}&weekdays=7")).await.ok()["features"], json!([]));
    // A day that is over is reckoned once: the second answer is the same.
    let whole = "/v1/insight/heatmap?measure=rate&from=2026-11-20T17:00:00Z&to=2026-11-21T17:00:00Z";
    let first = chief.get(whole).await.ok();
    assert_eq!(cell_of(&first)["rate"], 3.0);
    assert_eq!(chief.get(whole).await.ok(), first);
    town.finish().await;
}

async fn the_next_shift_is_foretold_only_with_enough_history(place: Place) {
    let town = Town::on(place).await;
    let chief = town.as_user("kapolres");
    let map = chief.get("/v1/insight/forecast").await.ok();
    assert_eq!(
        (&map["features"], &map["meta"]["errors"], &map["meta"]["known"]["incidents"]),
        (&json!([]), &Value::Null, &json!(0))
    );
    // Five weeks, three incidents a day: two at one corner each evening, one in the east each morning.
    for day in 0..36 {
        for (hour, at) in [(9, TIMUR), (19, BARAT), (20, BARAT)] {
            let midnight = sigap::model::clock::Timestamp::day_begins(20_261_122, 7).unwrap();
            town.clock.set(midnight.plus_secs((day * 24 + hour) * 3600));
            let id = incident(&town, "jalan macet total, mobil mogok", at).await;
            let close = json!({ "disposition": "resolved", "note": "lancar kembali" });
            town.as_user("operator").post(&format!("/v1/incidents/{id}/close"), &close).await.ok();
        }
    }
    let map = chief.get("/v1/insight/forecast?resolution=7").await.ok();
    let (meta, features) = (&map["meta"], map["features"].as_array().unwrap());
    assert!(meta["known"]["incidents"].as_u64().unwrap() >= 100, "{meta}");
    assert_eq!(features.len() as u64, meta["cells"].as_u64().unwrap());
    let sum: f64 = features.iter().map(|cell| cell["properties"]["expected"].as_f64().unwrap()).sum();
    assert!((sum - meta["total"].as_f64().unwrap()).abs() < 0.02, "{sum}");
    // The evening shift runs; the night that follows has been quiet for five weeks.
    assert!(sum < 0.2, "{sum}");
    let errors = &meta["errors"];
    assert!(errors["shifts"].as_u64().unwrap() > 10, "{errors}");
    assert!(errors["model"]["hit_10"].as_f64().unwrap() > errors["even"]["hit_10"].as_f64().unwrap(), "{errors}");
    assert!(errors["model"]["mae_shift"].as_f64().unwrap() < errors["even"]["mae_shift"].as_f64().unwrap(), "{errors}");
    let csv = chief.get("/v1/insight/forecast.csv?resolution=7").await.text;
    assert_eq!(csv.lines().count(), features.len() + 1);
    assert_eq!(chief.get("/v1/insight/forecast?resolution=9").await.status, 422);
    town.finish().await;
}
