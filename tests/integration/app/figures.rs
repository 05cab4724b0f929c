//! Every figure of the commander's room opens what it is made of: the number that is shown is the number of the
//! lines behind it, or the time of the first one, or the share two lists make. Each page is walked through whole.

use serde_json::{Value, json};
use sigap::model::place::LngLat;

use super::calls::Phone;
use super::city::{BARAT, TIMUR};
use super::client::Client;
use super::insight::{incident, sends};
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    every_figure_of_every_page_opens_its_lines,
    what_a_move_would_change_and_a_forecast_stands_on_can_be_opened,
}

/// How a figure follows from its lines.
enum Is<'a> {
    /// It is how many there are.
    Count,
    /// It is the time of the first, seconds.
    First,
    /// It is the hours of all together.
    Hours,
    /// It is their share of the lines of another figure.
    ShareOf(&'a str),
}

/// Opens figures and counts how many were opened, so that a walk through nothing fails.
struct Walk<'a> {
    chief: &'a Client,
    opened: usize,
}

impl Walk<'_> {
    async fn lines(&self, query: &str) -> Value {
        let found = self.chief.get(&format!("/v1/insight/behind?{query}")).await.ok();
        assert_eq!(found["items"].as_array().unwrap().len() as u64, found["total"].as_u64().unwrap(), "{query}");
        found
    }

    async fn opens(&mut self, shown: &Value, query: &str, is: Is<'_>) {
        if shown.is_null() {
            return;
        }
        self.opened += 1;
        let found = self.lines(query).await;
        let total = found["total"].as_f64().unwrap();
        let items = found["items"].as_array().unwrap();
        let value = |item: &Value| item["value_s"].as_f64().unwrap();
        let reckoned = match is {
            Is::Count => total,
            Is::First => value(&items[0]),
            Is::Hours => items.iter().map(value).fold(0.0, |sum, secs| sum + secs) / 3600.0,
            Is::ShareOf(whole) => {
                let (figure, rest) = query.split_once('&').unwrap_or((query, ""));
                assert!(figure.starts_with("figure="));
                total / self.lines(&format!("figure={whole}&{rest}")).await["total"].as_f64().unwrap()
            }
        };
        let shown = shown.as_f64().unwrap();
        assert!((shown - reckoned).abs() < 1e-6, "{query} shows {shown}, and {reckoned} opens: {found}");
        if matches!(is, Is::First) {
            assert!(items.iter().all(|item| value(item) >= shown - 1e-6), "{query}: the first is not the least");
        }
    }

    /// A row of response times.
    async fn times(&mut self, row: &Value, part: &str) {
        self.opens(&row["incidents"], &format!("figure=reached&{part}"), Is::Count).await;
        self.opens(&row["within"], &format!("figure=within&{part}"), Is::Count).await;
        self.opens(&row["unserved"], &format!("figure=unserved&{part}"), Is::Count).await;
        self.opens(&row["p50_s"], &format!("figure=slower_half&{part}"), Is::First).await;
        self.opens(&row["p90_s"], &format!("figure=slowest_tenth&{part}"), Is::First).await;
        self.opens(&row["within_clock"], &format!("figure=within&{part}"), Is::ShareOf("reached")).await;
    }

    async fn keys(&mut self, figures: &Value, span: &str, before: &str) {
        for figure in array(figures) {
            let (behind, of) = (figure["behind"].as_str().unwrap(), figure["of"].as_str());
            for (value, span) in [(&figure["value"], span), (&figure["before"], before)] {
                let is = match (figure["unit"].as_str().unwrap(), of) {
                    ("seconds", _) => Is::First,
                    ("share", Some(of)) => Is::ShareOf(of),
                    _ => Is::Count,
                };
                self.opens(value, &format!("figure={behind}&{span}"), is).await;
            }
        }
    }

    async fn deeds(&mut self, one: &Value, span: &str) {
        for act in ["took", "ended", "sent"] {
            let path = format!("/v1/insight/deeds?operator={}&act={act}&{span}", one["user"].as_str().unwrap());
            assert_eq!(self.chief.get(&path).await.ok()["total"], one[act], "{act}");
            self.opened += 1;
        }
        let Some(began) = one["busiest_at"].as_str() else { return };
        let began: sigap::model::clock::Timestamp = began.parse().unwrap();
        let hour = format!("from={began}&to={}", began.plus_secs(3600));
        let path = format!("/v1/insight/deeds?operator={}&act=took&{hour}", one["user"].as_str().unwrap());
        assert_eq!(self.chief.get(&path).await.ok()["total"], one["busiest_hour"]);
        self.opened += 1;
    }

    async fn load(&mut self, load: &Value, span: &str) {
        for one in array(&load["operators"]) {
            self.deeds(one, span).await;
        }
        for crew in array(&load["crews"]) {
            let of = format!("unit={}&{span}", crew["unit"].as_str().unwrap());
            for figure in ["offered", "accepted", "arrived"] {
                self.opens(&crew[figure], &format!("figure={figure}&{of}"), Is::Count).await;
            }
            let unanswered = json!(crew["refused"].as_u64().unwrap() + crew["expired"].as_u64().unwrap());
            self.opens(&unanswered, &format!("figure=unanswered&{of}"), Is::Count).await;
            self.opens(&crew["turnout_p50_s"], &format!("figure=slower_turnout&{of}"), Is::First).await;
            self.opens(&crew["busy_h"], &format!("figure=busy&{of}"), Is::Hours).await;
        }
        let overrides = &load["overrides"];
        self.opens(&overrides["chosen"], &format!("figure=chosen&{span}"), Is::Count).await;
        self.opens(&overrides["overridden"], &format!("figure=overridden&{span}"), Is::Count).await;
        self.opens(&overrides["share"], &format!("figure=overridden&{span}"), Is::ShareOf("chosen")).await;
        for reason in array(&overrides["reasons"]) {
            let words = reason["reason"].as_str().unwrap().replace(' ', "%20");
            self.opens(&reason["count"], &format!("figure=overridden&{span}&reason={words}"), Is::Count).await;
        }
    }
}

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

/// Six reports some metres from each other.
async fn six_reports(town: &Town, text: &str, at: LngLat) {
    for n in 0..6 {
        let at = at.offset_m(f64::from(n) * 4.0, 0.0);
        let report = json!({ "text": text, "lng": at.lng, "lat": at.lat });
        town.as_user("operator").post("/v1/reports", &report).await.ok();
        town.clock.advance(20);
    }
}

#[expect(clippy::too_many_lines, reason = "a line for each figure")]
async fn every_figure_of_every_page_opens_its_lines(place: Place) {
    let town = Town::on(place).await;
    let chief = town.as_user("kapolres");
    // A day, and the same a week later, with more of everything.
    six_reports(&town, "lampu jalan mati", BARAT).await;
    let first = incident(&town, "jalan macet total, mobil mogok", BARAT).await;
    sends(&town, &first, "B-1", Some(5)).await;
    town.clock.advance(7 * 24 * 3600);
    let from = town.now();
    six_reports(&town, "dua motor tabrakan, korban luka parah", BARAT).await;
    six_reports(&town, "pohon tumbang menutup jalan", TIMUR).await;
    for (n, (call_sign, minutes)) in [("B-1", Some(4)), ("B-1", Some(14)), ("B-2", None)].into_iter().enumerate() {
        let at = [BARAT, TIMUR, BARAT][n];
        let one = incident(&town, "jalan macet total, mobil mogok", at).await;
        sends(&town, &one, call_sign, minutes).await;
    }
    for (n, answered) in [Some(4), Some(14), None].into_iter().enumerate() {
        let phone = Phone::new(&town, &format!("call-{n}"), &format!("08120000030{n}"));
        phone.says("ringing").await;
        town.turn(answered.unwrap_or(20)).await;
        if answered.is_some() {
            phone.says("answered").await;
        }
        phone.says("ended").await;
    }
    town.turn(60).await;
    let (to, earlier) = (town.now(), from.plus_secs(-7 * 24 * 3600));
    let span = format!("from={from}&to={to}");
    let mut walk = Walk { chief: &chief, opened: 0 };

    // The map: cells, what is in none, and the time it is compared with.
    let compare = format!("compare_from={earlier}");
    for (more, figure) in [("", "reports"), (compare.as_str(), "reports"), ("measure=response", "reached")] {
        for resolution in [7, 9] {
            let map = chief.get(&format!("/v1/insight/heatmap?{span}&resolution={resolution}&{more}")).await.ok();
            let of = format!("{span}&resolution={resolution}&{more}");
            let own = |figure: &str, cell: &str| format!("figure={figure}&cell={cell}&{of}");
            assert!(figure == "reached" || !array(&map["features"]).is_empty());
            for feature in array(&map["features"]) {
                let cell = &feature["properties"];
                let name = cell["cell"].as_str().unwrap();
                walk.opens(&cell["count"], &own(figure, name), Is::Count).await;
                walk.opens(&cell["before"], &format!("{}&side=before", own(figure, name)), Is::Count).await;
                if figure == "reports" {
                    walk.opens(&cell["p1"], &own("emergencies", name), Is::Count).await;
                }
                walk.opens(&cell["p50_s"], &own("slower_half", name), Is::First).await;
            }
            walk.opens(&map["meta"]["total"], &own(figure, "all"), Is::Count).await;
            walk.opens(&map["meta"]["hidden"], &own(figure, "hidden"), Is::Count).await;
            walk.opens(&map["meta"]["before"], &format!("{}&side=before", own(figure, "all")), Is::Count).await;
        }
    }

    // Response times by Polsek, category and distance.
    let times = chief.get(&format!("/v1/insight/response-times?{span}")).await.ok();
    assert!(times["total"]["p90_s"].as_f64().unwrap() > times["total"]["p50_s"].as_f64().unwrap());
    walk.times(&times["total"], &span).await;
    for (rows, name) in [("items", "polsek"), ("by_category", "category"), ("by_band", "band")] {
        for row in array(&times[rows]) {
            walk.times(row, &format!("{span}&{name}={}", row["key"].as_str().unwrap())).await;
        }
    }

    // 110, categories, turns, people and crews.
    let calls = chief.get(&format!("/v1/insight/calls?{span}")).await.ok()["total"].clone();
    assert_eq!((&calls["calls"], &calls["within"], &calls["late"]), (&json!(3), &json!(1), &json!(1)));
    for (name, figure) in
        [("calls", "calls"), ("within", "calls_within"), ("late", "calls_late"), ("unanswered", "calls_missed")]
    {
        walk.opens(&calls[name], &format!("figure={figure}&{span}"), Is::Count).await;
    }
    walk.opens(&calls["share"], &format!("figure=calls_within&{span}"), Is::ShareOf("calls")).await;
    walk.opens(&calls["p90_s"], &format!("figure=calls_slowest&{span}"), Is::First).await;
    for row in array(&chief.get(&format!("/v1/insight/categories?{span}")).await.ok()["items"]) {
        let of = format!("figure=reports&{span}&category={}", row["category"].as_str().unwrap());
        walk.opens(&row["count"], &of, Is::Count).await;
    }
    let turns = chief.get(&format!("/v1/insight/fairness?{span}")).await.ok();
    walk.opens(&turns["taken"], &format!("figure=taken&{span}"), Is::Count).await;
    walk.opens(&turns["in_turn"], &format!("figure=in_turn&{span}"), Is::Count).await;
    let load = chief.get(&format!("/v1/insight/load?{span}")).await.ok();
    assert!(array(&load["overrides"]["reasons"]).len() == 1 && !array(&load["operators"]).is_empty(), "{load}");
    walk.load(&load, &span).await;

    // The report of the week, day by day and hour by hour.
    let week = format!("from={}&to={to}", to.plus_secs(-7 * 24 * 3600));
    let report = chief.get(&format!("/v1/insight/evaluation?{week}")).await.ok();
    let before = format!("from={}&to={}", to.plus_secs(-14 * 24 * 3600), to.plus_secs(-7 * 24 * 3600));
    walk.keys(&report["figures"], &week, &before).await;
    for (rows, name) in [("by_polsek", "polsek"), ("by_category", "category"), ("by_band", "band")] {
        for row in array(&report[rows]) {
            walk.times(row, &format!("{week}&{name}={}", row["key"].as_str().unwrap())).await;
        }
    }
    for day in array(&report["days"]) {
        let number = day["day"].as_str().unwrap().replace('-', "").parse().unwrap();
        let midnight = sigap::model::clock::Timestamp::day_begins(number, 7).unwrap();
        let (begins, ends) = (midnight.max(to.plus_secs(-7 * 24 * 3600)), midnight.plus_secs(24 * 3600).min(to));
        let of = format!("from={begins}&to={ends}");
        walk.opens(&day["reports"], &format!("figure=reports&{of}"), Is::Count).await;
        walk.opens(&day["p50_s"], &format!("figure=slower_half&{of}"), Is::First).await;
        walk.opens(&day["p90_s"], &format!("figure=slowest_tenth&{of}"), Is::First).await;
    }
    for (hour, count) in array(&report["hours"]).iter().enumerate() {
        walk.opens(count, &format!("figure=reports&{week}&hours={hour}-{}", hour + 1), Is::Count).await;
    }

    // The page at seven: the day with its week before, what waits now, what nobody has taken.
    let day = to.local_date(7);
    let morning = chief.get(&format!("/v1/insight/morning?day={day}")).await.ok();
    let (begins, ends) = (morning["from"].as_str().unwrap(), morning["to"].as_str().unwrap());
    let week_before = |at: &str| at.parse::<sigap::model::clock::Timestamp>().unwrap().plus_secs(-7 * 24 * 3600);
    let before = format!("from={}&to={}", week_before(begins), week_before(ends));
    let own = format!("from={begins}&to={ends}");
    walk.keys(&morning["figures"], &own, &before).await;
    for wrong in array(&morning["wrong"]) {
        walk.opens(&wrong["count"], &format!("figure={}&{own}", wrong["figure"].as_str().unwrap()), Is::Count).await;
    }
    for (name, figure) in [
        ("queued", "now_queued"),
        ("claimed", "now_claimed"),
        ("incidents", "now_incidents"),
        ("held", "now_held"),
        ("emergencies", "now_danger"),
        ("closures", "now_closures"),
    ] {
        walk.opens(&morning["stand"][name], &format!("figure={figure}"), Is::Count).await;
    }
    assert!(morning["stand"]["queued"].as_u64().unwrap() >= 12, "{}", morning["stand"]);
    let untaken = format!("figure=now_untaken&to={ends}");
    walk.opens(&morning["check"]["left_count"], &untaken, Is::Count).await;
    assert!(walk.opened > 150, "only {} figures were opened", walk.opened);

    the_lines_lead_to_their_entries(&town, &chief).await;
    town.finish().await;
}

/// Units and calls have entries too, and another office sees none of them.
async fn the_lines_lead_to_their_entries(town: &Town, chief: &Client) {
    let walk = Walk { chief, opened: 0 };
    let other = town.as_user("kapolres-belawan");
    for (figure, kind, event) in [
        ("now_free", "unit", "unit_registered"),
        ("calls", "call", "call_rang"),
        ("now_queued", "report", "report_received"),
    ] {
        let found = walk.lines(&format!("figure={figure}")).await;
        let item = &found["items"][0];
        assert_eq!(item["kind"], kind, "{found}");
        let about = item["id"].as_str().unwrap();
        let entries = chief.get(&format!("/v1/insight/entries?about={about}")).await.ok();
        assert_eq!(entries["items"][0]["event"], event, "{entries}");
        other.get(&format!("/v1/insight/entries?about={about}")).await.problem(404, "not_found");
    }
    // Free units with their way to a place, the nearest first.
    let near = walk.lines(&format!("figure=now_free&lng={}&lat={}", BARAT.lng, BARAT.lat)).await;
    let ways: Vec<f64> = array(&near["items"]).iter().filter_map(|item| item["value_s"].as_f64()).collect();
    assert!(ways.len() > 2 && ways.windows(2).all(|pair| pair[0] <= pair[1]), "{near}");
    for bad in ["figure=none", "figure=reports&cell=x", "figure=incidents&around=x", "figure=incidents&reach=x"] {
        assert_eq!(chief.get(&format!("/v1/insight/behind?{bad}")).await.status, 422, "{bad}");
    }
}

async fn what_a_move_would_change_and_a_forecast_stands_on_can_be_opened(place: Place) {
    let town = Town::on(place).await;
    let chief = town.as_user("kapolres");
    // Five weeks with two incidents each evening in the west and one each morning in the east.
    for day in 0..36 {
        for (hour, at) in [(9, TIMUR), (19, BARAT), (20, BARAT)] {
            let midnight = sigap::model::clock::Timestamp::day_begins(20_261_122, 7).unwrap();
            town.clock.set(midnight.plus_secs((day * 24 + hour) * 3600));
            let id = incident(&town, "jalan macet total, mobil mogok", at).await;
            let close = json!({ "disposition": "resolved", "note": "lancar kembali" });
            town.as_user("operator").post(&format!("/v1/incidents/{id}/close"), &close).await.ok();
        }
    }
    let mut walk = Walk { chief: &chief, opened: 0 };
    let all = |query: &str| {
        let path = format!("/v1/insight/behind?{query}");
        let chief = &chief;
        async move { chief.get(&path).await }
    };
    // What the forecast stands on, as a whole and cell by cell; one to four incidents are not listed.
    let map = chief.get("/v1/insight/forecast?resolution=7").await.ok();
    let meta = &map["meta"];
    let known = |part: &str| {
        let text = |name: &str| meta["history"][name].as_str().unwrap().to_owned();
        format!("figure=incidents&from={}&to={}&resolution=7&around={part}", text("from"), text("to"))
    };
    walk.opens(&meta["known"]["incidents"], &known("areas"), Is::Count).await;
    assert!(meta["low"].as_f64().unwrap() <= meta["total"].as_f64().unwrap() + 1.0, "{meta}");
    assert!(meta["high"].as_f64().unwrap() >= meta["total"].as_f64().unwrap().floor(), "{meta}");
    for feature in array(&map["features"]) {
        let cell = &feature["properties"];
        walk.opens(&cell["past"], &known(cell["cell"].as_str().unwrap()), Is::Count).await;
        if cell["past"].is_null() {
            all(&known(cell["cell"].as_str().unwrap())).await.problem(403, "too_few");
        }
    }
    let errors = &meta["errors"];
    let tested = format!(
        "figure=incidents&around=areas&resolution=7&from={}&to={}",
        errors["from"].as_str().unwrap(),
        errors["to"].as_str().unwrap()
    );
    walk.opens(&errors["incidents"], &tested, Is::Count).await;
    let interval = &errors["interval"];
    assert!(interval["held"].as_f64().unwrap() >= 0.7, "{interval}");
    assert!(walk.opened > 5, "{} cells with a past", walk.opened);

    // A unit moved from the west to the far east: who gains, who loses, and nothing in the journal.
    let entries = town.journal("medan").await.len();
    let to = TIMUR.offset_m(3_000.0, 3_000.0);
    let moved = format!("resolution=7&move={}:{},{}", town.units["B-1"], to.lat, to.lng);
    let map = chief.get(&format!("/v1/insight/coverage?{moved}")).await.ok();
    let (meta, changed) = (&map["meta"], &map["meta"]["changed"]);
    walk.opens(&meta["free"], "figure=now_free", Is::Count).await;
    let counted = |wanted: fn(f64) -> bool| {
        let change = |feature: &Value| feature["properties"]["change"].as_f64();
        array(&map["features"]).iter().filter_map(change).filter(|change| wanted(*change)).count()
    };
    // `change` is rounded to a tenth of a minute: at the very edge of half a minute either may be.
    let close = |shown: &Value, from: usize, to: usize| {
        let shown = usize::try_from(shown.as_u64().unwrap()).unwrap();
        assert!((from..=to).contains(&shown), "{shown} is not {from} to {to}: {changed}");
    };
    close(&changed["better"], counted(|change| change < -0.5), counted(|change| change <= -0.5));
    close(&changed["worse"], counted(|change| change > 0.5), counted(|change| change >= 0.5));
    assert!(changed["better"].as_u64().unwrap() > 0, "{changed}");
    for (name, reach) in [("past_better", "better"), ("past_worse", "worse")] {
        let of = format!(
            "figure=incidents&from={}&to={}&reach={reach}&{moved}",
            meta["past"]["from"].as_str().unwrap(),
            meta["past"]["to"].as_str().unwrap()
        );
        walk.opens(&changed[name], &of, Is::Count).await;
    }
    assert_eq!(town.journal("medan").await.len(), entries, "a trial is told to nobody");
    town.finish().await;
}
