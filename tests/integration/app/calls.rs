//! Calls to 110: what the exchange says, who takes it, and what becomes of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::citizen::Citizen;
use super::city::{BAHARI, BARAT, NOWHERE, TIMUR};
use super::client::{Answer, Client};
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    a_call_becomes_a_report_and_its_unit_goes,
    what_the_exchange_repeats_or_says_out_of_order_is_one_call,
    an_unanswered_call_climbs_is_kept_and_called_back,
    a_call_from_elsewhere_goes_to_the_nearest_polres_with_all_that_was_typed,
    silent_calls_are_set_aside_said_so_and_still_ring_and_climb,
}

const EVENTS: &str = "/v1/channels/call-110/events";

/// A telephone that calls 110.
pub struct Phone<'a> {
    town: &'a Town,
    exchange: Client,
    call_id: String,
    more: Value,
}

impl<'a> Phone<'a> {
    pub fn new(town: &'a Town, call_id: &str, caller: &str) -> Self {
        let more = json!({ "caller": caller, "line": "110-medan" });
        Self { town, exchange: town.as_user("sentral"), call_id: call_id.to_owned(), more }
    }

    fn with(mut self, more: &Value) -> Self {
        self.more.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self
    }

    async fn tries(&self, event: &str) -> Answer {
        let mut body = json!({ "call_id": self.call_id, "event": event, "at": self.town.now() });
        body.as_object_mut().unwrap().extend(self.more.as_object().unwrap().clone());
        self.exchange.post(EVENTS, &body).await
    }

    /// Says it; the path of the call.
    pub async fn says(&self, event: &str) -> String {
        format!("/v1/calls/{}", self.tries(event).await.ok()["call"].as_str().unwrap())
    }
}

async fn call_kinds(town: &Town) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for entry in town.journal("medan").await {
        let body: Value = serde_json::from_str(&entry.body).unwrap();
        let kind = body["kind"].as_str().unwrap();
        if kind.starts_with("call_") {
            *kinds.entry(kind.to_owned()).or_default() += 1;
        }
    }
    kinds
}

async fn a_call_becomes_a_report_and_its_unit_goes(place: Place) {
    let town = Town::on(place).await;
    let operator = town.as_user("operator");
    let (mut screen, mut tablet) = (operator.screen().await, town.as_user("b-1").screen().await);
    let phone = Phone::new(&town, "a84b4c76@pc33", "0812-0000-0001")
        .with(&json!({ "lng": BARAT.lng, "lat": BARAT.lat, "accuracy_m": 40 }));
    let path = phone.says("ringing").await;

    // It pops up at every desk; the number does not.
    let rang = screen.entry("call_rang").await;
    let call = &rang["changed"]["calls"][0];
    assert_eq!((&call["state"]["name"], &call["level"]), (&json!("ringing"), &json!("polsek")));
    assert_eq!((&call["place"]["source"], &call["jurisdiction"]["polsek"]), (&json!("network"), &json!("barat")));
    assert!(!rang.to_string().contains("81200000001"), "{rang}");
    let seen = operator.get(&path).await.ok();
    assert_eq!((&seen["caller"]["masked"], &seen["caller"]["phone"]), (&json!("•••• 0001"), &Value::Null));

    // One has it; the other hears who.
    town.clock.advance(4);
    let claimed = operator.post(&format!("{path}/claim"), &json!({})).await.ok();
    assert_eq!(claimed["caller"]["phone"], "+6281200000001");
    let late = town.as_user("supervisor").post(&format!("{path}/claim"), &json!({})).await;
    assert!(late.problem(409, "call_taken")["detail"].as_str().unwrap().contains("Contoh operator"));
    phone.says("answered").await;

    // What is typed is kept, and the next one goes on with it.
    let notes = json!({ "what": "Ada perkelahian, dua orang", "where": "", "people": 2, "name": "Budi Contoh" });
    operator.post(&format!("{path}/notes"), &notes).await.ok();
    town.as_user("supervisor").post(&format!("{path}/notes"), &notes).await.problem(409, "call_taken");
    operator.post(&format!("{path}/release"), &json!({})).await.ok();
    let again = operator.post(&format!("{path}/claim"), &json!({})).await.ok();
    assert_eq!((&again["notes"]["what"], &again["notes"]["people"]), (&notes["what"], &json!(2)));

    // The operator's choice stands, and an emergency is offered at once.
    let mut form = notes.clone();
    form["category"] = json!("kekerasan");
    form["priority"] = json!(1);
    let report = operator.post(&format!("{path}/report"), &form).await.ok();
    assert_eq!((&report["channel"], &report["reading_by_hand"]), (&json!("call110"), &json!(true)));
    assert_eq!((&report["reading"]["category"], &report["reading"]["priority"]), (&json!("kekerasan"), &json!(1)));
    assert_eq!(report["state"]["name"], "attached");
    tablet.assignment(&town.units["B-1"].to_string(), "offered").await;
    operator.post(&format!("{path}/report"), &form).await.problem(409, "call_settled");
    phone.says("ended").await;
    let after = operator.get(&path).await.ok();
    assert_eq!(after["call"]["state"], json!({ "name": "ended" }));
    assert_eq!(after["call"]["result"], json!({ "name": "filed", "report": report["id"] }));
    let detail = operator.get(&format!("/v1/reports/{}", report["id"].as_str().unwrap())).await.ok();
    assert_eq!(detail["messages"][0]["text"], "Ada perkelahian, dua orang\nJumlah orang: 2");
    let reporter = town.look("medan", |desk| desk.reports.values().next().unwrap().reporter).await;
    let known = town.store().reporter(reporter).await.unwrap().unwrap();
    assert_eq!(known.name.as_deref(), Some("Budi Contoh"));
    let book = town.journal("medan").await.iter().map(|entry| entry.body.clone()).collect::<String>();
    assert!(!book.contains("81200000001") && !book.contains("perkelahian") && !book.contains("a84b4c76"));
    town.finish().await;
}

async fn what_the_exchange_repeats_or_says_out_of_order_is_one_call(place: Place) {
    let town = Town::on(place).await;
    let orders = [
        ["ringing", "answered", "ended"],
        ["ringing", "ended", "answered"],
        ["answered", "ringing", "ended"],
        ["answered", "ended", "ringing"],
        ["ended", "ringing", "answered"],
        ["ended", "answered", "ringing"],
    ];
    for (n, order) in orders.iter().enumerate() {
        let phone = Phone::new(&town, &format!("order-{n}"), &format!("08120000010{n}"));
        for event in order.iter().chain(order).chain(order.iter().rev()) {
            phone.says(event).await;
        }
        let call = town.as_user("operator").get(&phone.says("ended").await).await.ok();
        assert_eq!(call["call"]["state"], json!({ "name": "ended" }), "{order:?}");
        assert!(call["call"]["stamps"]["rang_at"].is_string(), "{order:?}: {call}");
        assert_eq!(call["caller"]["masked"], json!(format!("•••• 010{n}")), "{order:?}");
    }
    // Fifty times at once, by one who is not known yet.
    let phone = Phone::new(&town, "storm", "081200000200");
    let answers = futures_util::future::join_all((0..50).map(|_| phone.tries("ringing"))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 202).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 49);
    let wanted = [("call_answered", 6), ("call_ended", 6)];
    let kinds = call_kinds(&town).await;
    assert!(wanted.iter().all(|(kind, count)| kinds[*kind] == *count), "{kinds:?}");
    // An order in which the ring came late took it up once more.
    assert_eq!(kinds["call_rang"], 7 + 4);
    assert_eq!(town.look("medan", |desk| desk.calls.iter().count()).await, 7);
    // The desk forgets it; a repetition a week later still makes nothing new.
    town.turn(24 * 3600).await;
    town.clock.advance(7 * 24 * 3600);
    Phone::new(&town, "next week", "081200000201").says("ringing").await;
    assert_eq!(town.look("medan", |desk| desk.calls.iter().count()).await, 1);
    let answer = phone.tries("ringing").await;
    assert_eq!((answer.status, answer.ok()["again"].clone()), (200, json!(true)));
    assert_eq!(town.look("medan", |desk| desk.calls.iter().count()).await, 1);
    town.finish().await;
}

async fn an_unanswered_call_climbs_is_kept_and_called_back(place: Place) {
    let town = Town::on(place).await;
    let operator = town.as_user("operator");
    let mut screen = operator.screen().await;
    let phone = Phone::new(&town, "nobody", "+62 812 0000 0003");
    let path = phone.says("ringing").await;
    for (after_s, level) in [(9, "polsek"), (1, "polres"), (9, "polres"), (1, "polda"), (60, "polda")] {
        town.turn(after_s).await;
        assert_eq!(operator.get(&path).await.ok()["call"]["level"], level);
    }
    let first = screen.entry("call_climbed").await;
    assert_eq!((&first["data"]["level"], &first["changed"]["calls"][0]["level"]), (&json!("polres"), &json!("polres")));
    assert_eq!(screen.entry("call_climbed").await["data"]["level"], "polda");
    phone.says("ended").await;
    assert_eq!(operator.get(&path).await.ok()["call"]["state"]["name"], "abandoned");

    // Claimed calls stop climbing; a call the exchange forgot ends by itself.
    let held = Phone::new(&town, "held", "081200000004").says("ringing").await;
    operator.post(&format!("{held}/claim"), &json!({})).await.ok();
    town.turn(30).await;
    assert_eq!(operator.get(&held).await.ok()["call"]["level"], "polsek");
    town.turn(200).await;
    assert_eq!(operator.get(&held).await.ok()["call"]["state"]["name"], "abandoned");

    let listed = operator.get("/v1/calls?state=abandoned").await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert_eq!(operator.get("/v1/calls?state=open").await.ok()["items"].as_array().unwrap().len(), 2);
    operator.get("/v1/calls?state=lost").await.problem(422, "invalid");
    operator.post(&format!("{path}/called-back"), &json!({})).await.ok();
    let again = operator.post(&format!("{path}/called-back"), &json!({})).await.ok();
    assert!(again["called_back_by"].is_string() && again["stamps"]["called_back_at"].is_string());
    assert_eq!(operator.get("/v1/calls?state=open").await.ok()["items"].as_array().unwrap().len(), 1);
    // He tells now what it was about.
    operator.post(&format!("{path}/claim"), &json!({})).await.ok();
    operator.post(&format!("{path}/close"), &json!({ "reason": "prank" })).await.ok();
    operator.post(&format!("{path}/close"), &json!({ "reason": "prank" })).await.problem(409, "call_settled");
    let next = operator.get(&Phone::new(&town, "again", "6281200000003").says("ringing").await).await.ok();
    assert_eq!((&next["caller"]["calls"], &next["caller"]["dismissed"]), (&json!(1), &json!(1)));
    town.finish().await;
}

async fn a_call_from_elsewhere_goes_to_the_nearest_polres_with_all_that_was_typed(place: Place) {
    let town = Town::on(place).await;
    let (medan, belawan) = (town.as_user("operator"), town.as_user("operator-belawan"));
    let phone = Phone::new(&town, "elsewhere", "081200000005")
        .with(&json!({ "lng": BAHARI.lng, "lat": BAHARI.lat, "accuracy_m": 30 }));
    let path = phone.says("ringing").await;
    let claimed = medan.post(&format!("{path}/claim"), &json!({})).await.ok();
    assert_eq!(claimed["elsewhere"]["code"], "belawan");
    let notes = json!({ "what": "Motor saya hilang di parkiran, dicuri orang", "where": "dekat dermaga" });
    medan.post(&format!("{path}/notes"), &notes).await.ok();
    belawan.get(&path).await.problem(404, "not_found");
    let handed = medan.post(&format!("{path}/hand-over"), &json!({})).await.ok();
    assert_eq!((&handed["result"]["name"], &handed["result"]["to"]), (&json!("handed_over"), &json!("belawan")));
    medan.post(&format!("{path}/hand-over"), &json!({})).await.problem(409, "call_settled");
    let there = belawan.post("/v1/queue/next", &json!({})).await.ok();
    assert_eq!(there["messages"][0]["text"], "Motor saya hilang di parkiran, dicuri orang\nLokasi: dekat dermaga");
    assert_eq!(
        (&there["report"]["channel"], &there["reporter"]["phone"]),
        (&json!("call110"), &json!("+6281200000005"))
    );
    assert_eq!(there["report"]["handed_from"], handed["result"]["report"]);

    // Inside no area: the nearest seat. Inside the own: nobody else's.
    let far = Phone::new(&town, "far", "081200000006").with(&json!({ "lng": NOWHERE.lng, "lat": NOWHERE.lat }));
    let far = far.says("ringing").await;
    medan.post(&format!("{far}/claim"), &json!({})).await.ok();
    medan.post(&format!("{far}/hand-over"), &json!({})).await.problem(422, "invalid");
    medan.post(&format!("{far}/hand-over"), &json!({ "polres": "atlantis" })).await.problem(422, "invalid");
    medan.post(&format!("{far}/hand-over"), &json!({ "polres": "belawan" })).await.ok();
    let there = belawan.post("/v1/queue/next", &json!({})).await.ok();
    assert_eq!(there["messages"][0]["text"], "Telepon 110, belum ada keterangan.");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_candidate_chosen_in_the_form_keeps_its_name_and_radius() {
    let town = Town::new().await;
    let operator = town.as_user("operator");
    for (n, (at, label, radius_m)) in
        [(TIMUR, "Jl. Melati Raya", 200.0), (TIMUR.offset_m(40.0, 0.0), "Titik di peta", 25.0)].into_iter().enumerate()
    {
        let phone = Phone::new(&town, &format!("chosen-{n}"), &format!("08120000005{n}"));
        let path = phone.says("ringing").await;
        operator.post(&format!("{path}/claim"), &json!({})).await.ok();
        let form = json!({ "what": "Lampu jalan mati", "where": "jl melati raya", "lng": at.lng, "lat": at.lat });
        let place = operator.post(&format!("{path}/report"), &form).await.ok()["place"].clone();
        assert_eq!((&place["label"], &place["radius_m"]), (&json!(label), &json!(radius_m)), "{place}");
        assert_eq!(place["source"], "operator");
    }
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_person_is_one_reporter_by_telephone_and_by_whatsapp() {
    let town = Town::new().await;
    let operator = town.as_user("operator");
    let siti = Citizen::new(&town);
    siti.writes("jalan macet total di Jl. Melati Raya").await;
    town.settled().await;
    let home = format!("0{}", siti.wa_id.strip_prefix("62").unwrap());
    let ways = [siti.wa_id.clone(), format!("+{}", siti.wa_id), home, format!("<sip:+{}@ims.example>", siti.wa_id)];
    for (n, way) in ways.iter().enumerate() {
        town.clock.advance(1);
        let seen = operator.get(&Phone::new(&town, &format!("siti-{n}"), way).says("ringing").await).await.ok();
        assert_eq!(seen["reports"][0]["reading"]["category"], "kemacetan", "{way}");
        assert_eq!(seen["caller"]["calls"], n, "{way}");
    }
    // The other way round: he who has called is known when he writes, and can be answered.
    let budi = Citizen::new(&town);
    let path = Phone::new(&town, "budi", &format!("+{}", budi.wa_id)).says("ringing").await;
    let reporter = operator.get(&path).await.ok()["call"]["reporter"].clone();
    budi.writes("halo pak, motor saya dicuri di Jl. Melati Raya").await;
    town.settled().await;
    town.told(&budi.wa_id, 1).await;
    let reports = operator.get(&path).await.ok()["reports"].clone();
    assert_eq!((reports[0]["reporter"].clone(), reports.as_array().unwrap().len()), (reporter, 1));
    // Nothing tells two withheld numbers apart: each is somebody of his own.
    let (one, two) = (Phone::new(&town, "x-1", "anonymous"), Phone::new(&town, "x-2", "anonymous"));
    let one = operator.get(&one.says("ringing").await).await.ok();
    let two = operator.get(&two.says("ringing").await).await.ok();
    assert_ne!(one["call"]["reporter"], two["call"]["reporter"]);
    assert_eq!((&two["caller"]["masked"], &two["call"]["anonymous"]), (&json!("tanpa nomor"), &json!(true)));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poor_detail_never_costs_the_call_and_is_said() {
    let town = Town::new().await;
    let places = [
        json!({ "lng": 3.59, "lat": 98.67 }),
        json!({ "lng": 98.67, "lat": 91 }),
        json!({ "lng": 0, "lat": 0 }),
        json!({ "lng": "x", "lat": null }),
        json!({ "geolocation": "<nonsense/>" }),
    ];
    for (n, place) in places.iter().enumerate() {
        let answer = Phone::new(&town, &format!("bad-{n}"), "081200000007").with(place).tries("ringing").await;
        assert_eq!(answer.status, 202, "{place}: {}", answer.text);
        assert!(answer.ok()["place_problem"].is_string(), "{place}: {}", answer.text);
    }
    let exchange = town.as_user("sentral");
    let raw = |text: &str| exchange.request(reqwest::Method::POST, EVENTS).body(text.to_owned());
    let nan =
        r#"{"call_id":"nan","event":"ringing","line":"110-medan","caller":"0812","lng":NaN,"lat":3.59,"at":"kemarin"}"#;
    let taken = exchange.send(raw(nan)).await.ok();
    assert!(
        taken["place_problem"].as_str().unwrap().contains("finite") && taken["time_problem"].is_string(),
        "{taken}"
    );
    assert_eq!(town.look("medan", |desk| desk.calls.iter().filter(|call| call.place.is_none()).count()).await, 6);
    // Refused is only what names no call.
    for (text, status, code) in [
        ("{", 400, "malformed"),
        (r#"{"event":"ringing"}"#, 422, "invalid"),
        (r#"{"call_id":"x","event":"sang"}"#, 422, "invalid"),
        (r#"{"call_id":"a\u0000b","event":"ringing"}"#, 422, "invalid"),
    ] {
        exchange.send(raw(text)).await.problem(status, code);
    }
    // A clock that runs ahead is not believed.
    let ahead = json!({ "at": "2031-01-01T00:00:00Z" });
    let path = Phone::new(&town, "ahead", "081200000008").with(&ahead).says("ringing").await;
    let call = town.as_user("operator").get(&path).await.ok();
    assert_eq!(call["call"]["stamps"]["rang_at"], call["call"]["stamps"]["received_at"]);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_emergency_gets_the_whatsapp_link_and_nothing_else() {
    let town = Town::new().await;
    let operator = town.as_user("operator");
    let path = Phone::new(&town, "divert", "081200000009").says("ringing").await;
    operator.post(&format!("{path}/divert"), &json!({})).await.problem(409, "call_unclaimed");
    operator.post(&format!("{path}/claim"), &json!({})).await.ok();
    let diverted = operator.post(&format!("{path}/divert"), &json!({})).await.ok();
    assert_eq!(diverted["result"], json!({ "name": "diverted" }));
    operator.post(&format!("{path}/divert"), &json!({})).await.problem(409, "call_settled");
    let told = town.told("6281200000009", 1).await;
    assert!(told[0].contains("https://wa.me/628110000110") && told[0].contains("Polrestabes Contoh"), "{}", told[0]);
    town.turn(60).await;
    assert_eq!(town.told("6281200000009", 1).await.len(), 1);
    assert_eq!(town.look("medan", |desk| desk.reports.len()).await, 0);
    // A landline and a withheld number have no WhatsApp: that is said, and the call stays his.
    for (id, caller) in [("land", "(061) 4567890"), ("hidden", "anonymous")] {
        let path = Phone::new(&town, id, caller).says("ringing").await;
        operator.post(&format!("{path}/claim"), &json!({})).await.ok();
        operator.post(&format!("{path}/divert"), &json!({})).await.problem(422, "no_whatsapp");
        assert_eq!(operator.get(&path).await.ok()["call"]["result"], Value::Null);
    }
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twelve_who_reach_for_a_call_one_has_it() {
    let town = Town::new().await.with_operators(12).await;
    let path = format!("{}/claim", Phone::new(&town, "race", "081200000010").says("ringing").await);
    let all: Vec<Client> = (0..12).map(|n| town.as_user(&format!("operator-{n}"))).collect();
    let empty = json!({});
    let answers = futures_util::future::join_all(all.iter().map(|one| one.post(&path, &empty))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for loser in answers.iter().filter(|answer| answer.status != 200) {
        assert!(loser.problem(409, "call_taken")["detail"].as_str().unwrap().contains("Contoh operator-"));
    }
    assert_eq!(call_kinds(&town).await["call_claimed"], 1);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_exchange_speaks_and_sees_nothing_and_only_operators_take_calls() {
    let town = Town::new().await;
    let exchange = town.as_user("sentral");
    let path = Phone::new(&town, "rights", "081200000011").says("ringing").await;
    for closed in ["/v1/calls", "/v1/queue", "/v1/reports", "/v1/units", "/v1/locate?q=x", "/v1/session", &path] {
        exchange.get(closed).await.problem(403, "forbidden");
    }
    assert_eq!(exchange.screen_after("").await.err(), Some(403));
    let ring = |line: &str| json!({ "call_id": format!("by-{line}"), "event": "ringing", "line": line });
    for user in ["b-1", "kapolres", "auditor"] {
        town.as_user(user).post(EVENTS, &ring("110-medan")).await.problem(403, "forbidden");
        town.as_user(user).post(&format!("{path}/claim"), &json!({})).await.problem(403, "forbidden");
        town.as_user(user).get(&path).await.problem(403, "forbidden");
    }
    for user in ["kapolres", "auditor", "admin"] {
        assert_eq!(town.as_user(user).get("/v1/calls").await.ok()["items"].as_array().unwrap().len(), 1);
    }
    town.as_user("b-1").get("/v1/calls").await.problem(403, "forbidden");
    town.as_user("admin").post(EVENTS, &ring("110-belawan")).await.problem(403, "forbidden");
    exchange.post(EVENTS, &ring("110-belawan")).await.ok();
    assert_eq!(town.look("belawan", |desk| desk.calls.iter().count()).await, 1);
    // A call with a place rings at its Polsek and at the Polres, not at another Polsek.
    let placed = Phone::new(&town, "west", "081200000012").with(&json!({ "lng": BARAT.lng, "lat": BARAT.lat }));
    let placed = placed.says("ringing").await;
    town.as_user("operator-timur").get(&placed).await.problem(404, "not_found");
    town.as_user("operator-barat").post(&format!("{placed}/claim"), &json!({})).await.ok();
    // Only a supervisor takes a call out of another's hands.
    town.as_user("operator").post(&format!("{placed}/release"), &json!({})).await.problem(409, "call_taken");
    town.as_user("supervisor").post(&format!("{placed}/release"), &json!({})).await.ok();
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_stays_as_it_was_typed_or_is_refused_by_its_field() {
    let town = Town::new().await;
    let operator = town.as_user("operator");
    let path = Phone::new(&town, "text", "081200000013").says("ringing").await;
    operator.post(&format!("{path}/claim"), &json!({})).await.ok();
    let odd = format!("<script>alert(1)</script> \u{202e}terbalik \u{0} {{{{7*7}}}} =HYPERLINK {}", "ñ".repeat(9_900));
    let notes = json!({ "what": odd, "where": "Jl. Melati Raya", "name": "'; DROP TABLE calls" });
    operator.post(&format!("{path}/notes"), &notes).await.ok();
    assert_eq!(operator.get(&path).await.ok()["notes"]["what"], odd);
    let long = "x".repeat(10_001);
    for (field, body) in [
        ("what", json!({ "what": long })),
        ("where", json!({ "what": "x", "where": "x".repeat(501) })),
        ("name", json!({ "what": "x", "name": "x".repeat(201) })),
        ("lng", json!({ "what": "x", "lng": 3.59, "lat": 98.67 })),
        ("what", json!({ "what": "  " })),
    ] {
        let problem = operator.post(&format!("{path}/report"), &body).await.problem(422, "invalid");
        assert_eq!(problem["field"], field);
    }
    let report = operator.post(&format!("{path}/report"), &notes).await.ok();
    assert_eq!(report["state"]["name"], "claimed", "it stays with him who filled the form");
    assert_eq!(report["jurisdiction"]["polsek"], "timur");
    let detail = operator.get(&format!("/v1/reports/{}", report["id"].as_str().unwrap())).await.ok();
    assert_eq!(detail["messages"][0]["text"], format!("{odd}\nLokasi: Jl. Melati Raya"));
    town.finish().await;
}

/// A call in which nobody speaks for `secs` seconds, taken and closed by an operator.
async fn silent_call(town: &Town, caller: &str, n: usize, secs: i64) {
    let operator = town.as_user("operator");
    let phone = Phone::new(town, &format!("silent-{caller}-{n}"), caller);
    let path = phone.says("ringing").await;
    operator.post(&format!("{path}/claim"), &json!({})).await.ok();
    phone.says("answered").await;
    town.clock.advance(secs);
    phone.says("ended").await;
    operator.post(&format!("{path}/close"), &json!({ "reason": "silent" })).await.ok();
    town.clock.advance(30);
}

async fn silent_calls_are_set_aside_said_so_and_still_ring_and_climb(place: Place) {
    let town = Town::on(place).await;
    let operator = town.as_user("operator");
    for n in 0..3 {
        silent_call(&town, "081200000777", n, 20).await;
    }
    let silent = Phone::new(&town, "silent-again", "0812-0000-0777");
    let silent_path = silent.says("ringing").await;
    let seen = operator.get(&silent_path).await.ok();
    assert_eq!(seen["call"]["noise"], json!({ "score": 75, "signs": ["silent"] }));
    assert_eq!(seen["call"]["set_aside"], true);
    assert_eq!(seen["caller"]["lately"], json!({ "calls": 3, "pranks": 0, "silent": 3, "silent_s": 60.0 }));

    // Somebody else rings after it, and is not behind it: nothing of him is scored.
    let other = Phone::new(&town, "somebody", "081200000778").says("ringing").await;
    let seen = operator.get(&other).await.ok();
    assert_eq!((&seen["call"]["noise"], &seen["call"]["set_aside"]), (&Value::Null, &json!(false)));

    // Both are there, both climb, and the silent one can be taken like any other.
    town.turn(11).await;
    let open = operator.get("/v1/calls?state=open").await.ok();
    let levels: Vec<&Value> = open["items"].as_array().unwrap().iter().map(|call| &call["level"]).collect();
    assert_eq!(levels, ["polres", "polres"], "{open}");
    operator.post(&format!("{silent_path}/claim"), &json!({})).await.ok();
    silent.says("answered").await;

    // This time somebody speaks: the number calls back without any doubt.
    let form = json!({ "what": "Tolong, ada perkelahian", "where": "Jalan Melati Raya" });
    operator.post(&format!("{silent_path}/report"), &form).await.ok();
    silent.says("ended").await;
    let back = Phone::new(&town, "calls-back", "081200000777").says("ringing").await;
    assert_eq!(operator.get(&back).await.ok()["call"]["set_aside"], false);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_of_calls_is_set_aside_each_is_kept_and_an_hour_later_it_is_forgotten() {
    let town = Town::new().await;
    let operator = town.as_user("operator");
    let mut aside = Vec::new();
    for n in 0..12 {
        let phone = Phone::new(&town, &format!("burst-{n}"), "081200000779");
        let path = phone.says("ringing").await;
        aside.push(operator.get(&path).await.ok()["call"]["set_aside"].as_bool().unwrap());
        town.clock.advance(2);
        phone.says("ended").await;
    }
    assert_eq!(aside.iter().filter(|aside| **aside).count(), 7, "{aside:?}");
    assert!(aside.is_sorted(), "once it is a burst it stays one: {aside:?}");
    let kept = operator.get("/v1/calls?state=abandoned&limit=200").await.ok();
    assert_eq!(kept["items"].as_array().unwrap().len(), 12, "each is listed, to be called back");
    // A withheld number has no past that could count against it.
    for n in 0..8 {
        let path = Phone::new(&town, &format!("nobody-{n}"), "anonymous").says("ringing").await;
        assert_eq!(operator.get(&path).await.ok()["call"]["noise"], Value::Null);
    }
    town.turn(3700).await;
    let later = Phone::new(&town, "later", "081200000779").says("ringing").await;
    assert_eq!(operator.get(&later).await.ok()["call"]["noise"], Value::Null);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_blocked_in_the_chat_still_calls_110_like_anybody() {
    let town = Town::new().await;
    let budi = Citizen::new(&town);
    super::shield::block(&town, &budi).await;
    let path = Phone::new(&town, "blocked", &format!("+{}", budi.wa_id)).says("ringing").await;
    let seen = town.as_user("operator").get(&path).await.ok();
    assert_eq!((&seen["call"]["noise"], &seen["call"]["set_aside"]), (&Value::Null, &json!(false)), "{seen}");
    assert_eq!(seen["call"]["state"]["name"], "ringing");
    let open = town.as_user("operator").get("/v1/calls?state=open").await.ok();
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_share_answered_within_ten_seconds_leads_to_its_calls_and_their_entries() {
    let town = Town::new().await;
    let (operator, kapolres) = (town.as_user("operator"), town.as_user("kapolres"));
    for (n, wait) in [3, 9, 14].into_iter().enumerate() {
        let phone = Phone::new(&town, &format!("clock-{n}"), &format!("08120000030{n}"));
        let path = phone.says("ringing").await;
        town.turn(wait).await;
        operator.post(&format!("{path}/claim"), &json!({})).await.ok();
        phone.says("answered").await;
        phone.says("ended").await;
    }
    let gone = Phone::new(&town, "gone", "081200000309");
    gone.says("ringing").await;
    town.turn(5).await;
    gone.says("ended").await;
    Phone::new(&town, "rings", "081200000310").says("ringing").await;
    town.turn(1).await;

    let seen = kapolres.get("/v1/insight/calls").await.ok();
    assert_eq!(seen["within_s"], 10.0);
    let total = &seen["total"];
    assert_eq!((&total["calls"], &total["within"], &total["share"]), (&json!(4), &json!(2), &json!(0.5)), "{seen}");
    assert_eq!((&total["late"], &total["unanswered"], &total["p50_s"]), (&json!(1), &json!(1), &json!(9.0)));
    let behind = seen["behind"].as_array().unwrap();
    let answers: Vec<&Value> = behind.iter().map(|call| &call["answer"]).collect();
    assert_eq!(answers, ["unanswered", "late"], "the latest first");
    assert_eq!((&behind[1]["answer_time_s"], &behind[1]["level"]), (&json!(14.0), &json!("polres")));

    // Behind the figure stand the entries of the journal.
    let journal = town.journal("medan").await;
    let numbers: Vec<u64> = behind[1]["entries"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
    let kinds: Vec<String> = journal
        .iter()
        .filter(|entry| numbers.contains(&entry.seq))
        .map(|entry| serde_json::from_str::<Value>(&entry.body).unwrap()["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["call_rang", "call_climbed", "call_claimed", "call_answered", "call_ended"]);

    let table = kapolres.get("/v1/calls.csv").await;
    assert!(table.header("content-type").starts_with("text/csv"), "{}", table.text);
    let lines: Vec<&str> = table.text.lines().collect();
    assert_eq!(lines.len(), 6, "a head and five calls");
    assert!(lines[3].contains(",14.000,late,polres,"), "{}", lines[3]);
    assert!(!table.text.contains("81200000"), "no numbers of people");
    let none = kapolres.get("/v1/insight/calls?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z").await.ok();
    assert_eq!((&none["total"]["calls"], &none["total"]["share"]), (&json!(0), &Value::Null));
    kapolres.get("/v1/insight/calls?from=yesterday").await.problem(422, "invalid");
    town.as_user("b-1").get("/v1/calls.csv").await.problem(403, "forbidden");
    town.finish().await;
}
