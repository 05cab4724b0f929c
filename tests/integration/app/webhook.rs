//! What is thrown at the webhook: nothing of it costs a neighbour, nothing true is lost, and
//! nothing doubtful is put on the map.

use serde_json::{Value, json};
use sigap::model::report::{Report, ReportState};
use sigap::sim::webhook::{envelope, escaped, sign, status_body};

use super::citizen::{Citizen, FIRE, WEBHOOK, post, post_bytes, post_signed};
use super::city::{BARAT, NOWHERE};
use super::town::{LINES, SECRET, Town};
use crate::store_contract::place::number;

async fn bodies(town: &Town) -> i64 {
    number(town.store(), "SELECT COUNT(*) FROM inbox").await
}

async fn incoming(town: &Town) -> i64 {
    number(town.store(), "SELECT COUNT(*) FROM messages WHERE direction = 'in'").await
}

async fn reports(town: &Town) -> Vec<Report> {
    let mut all = Vec::new();
    for polres in ["medan", "belawan"] {
        all.extend(town.look(polres, |desk| desk.reports.values().cloned().collect::<Vec<_>>()).await);
    }
    all
}

/// What the operator reads of a report.
async fn conversation(town: &Town, report: &Report) -> Vec<Value> {
    let detail = town.as_user("operator").get(&format!("/v1/reports/{}", report.id)).await.ok();
    detail["messages"].as_array().unwrap().iter().filter(|m| m["direction"] == "in").cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_that_does_not_fit_leaves_no_row() {
    let town = Town::new().await;
    let siti = Citizen::new(&town);
    let message = siti.message("text", &json!({ "body": FIRE }), town.now());
    let body = escaped(&siti.body(&[message])).into_bytes();
    let right = sign(SECRET, &body);
    let hex = right.strip_prefix("sha256=").unwrap();
    let wrong = [
        String::new(),
        "sha256=".to_owned(),
        "sha256".to_owned(),
        format!("sha256={}", hex.split_at(40).0),
        format!("sha1={hex}"),
        format!("sha256={hex}00"),
        format!(" {right}, {right}"),
        "sha256=zz".to_owned(),
        hex.to_owned(),
        sign("", &body),
        sign("another-secret", &body),
        sign(SECRET, b"another body"),
        sign(SECRET, &body[1..]),
    ];
    post_signed(&town, body.clone(), None).await.problem(401, "bad_signature");
    for signature in &wrong {
        post_signed(&town, body.clone(), Some(signature)).await.problem(401, "bad_signature");
    }
    assert_eq!(bodies(&town).await, 0);
    assert_eq!(post_signed(&town, body, Some(&right)).await.status, 200);
    assert_eq!(bodies(&town).await, 1);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn meta_is_answered_its_challenge_only_for_the_right_token() {
    let town = Town::new().await;
    let nobody = town.as_nobody();
    let ask = |mode: &str, token: &str| {
        format!("{WEBHOOK}?hub.mode={mode}&hub.verify_token={token}&hub.challenge=1158201444")
    };
    let answer = nobody.get(&ask("subscribe", "integration-verify")).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "1158201444"));
    for path in
        [ask("subscribe", ""), ask("subscribe", "other"), ask("unsubscribe", "integration-verify"), WEBHOOK.to_owned()]
    {
        nobody.get(&path).await.problem(403, "forbidden");
    }
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_no_webhook_is_a_400_and_the_door_stays_open() {
    let town = Town::new().await;
    let siti = Citizen::new(&town);
    let whole = escaped(&siti.body(&[siti.message("text", &json!({ "body": FIRE }), town.now())])).into_bytes();
    let utf16: Vec<u8> = whole.iter().flat_map(|byte| [*byte, 0]).collect();
    let deep = |depth: usize| {
        format!("{{\"object\":\"whatsapp_business_account\",\"entry\":{}{}}}", "[".repeat(depth), "]".repeat(depth))
    };
    let broken: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"42".to_vec(),
        b"NaN".to_vec(),
        b"[]".to_vec(),
        b"\"text\"".to_vec(),
        b"// comment\n{}".to_vec(),
        b"{} {}".to_vec(),
        b"\0".to_vec(),
        vec![0xff, 0xfe, 0x7b],
        whole[..whole.len() - 1].to_vec(),
        whole[..whole.len() / 2].to_vec(),
        utf16,
        "[".repeat(100_000).into_bytes(),
        deep(100_000).into_bytes(),
        deep(101).into_bytes(),
    ];
    for body in broken {
        let answer = post_bytes(&town, body).await;
        let problem = answer.problem(400, "malformed");
        assert!(!answer.text.contains("line 1 column"), "{problem}: no inner words");
    }
    assert_eq!(bodies(&town).await, 0);
    let huge = vec![b' '; 3 * 1024 * 1024 + 1];
    post_bytes(&town, huge).await.problem(413, "too_large");
    assert_eq!(post_bytes(&town, whole).await.status, 200);
    town.settled().await;
    assert_eq!((bodies(&town).await, reports(&town).await.len()), (1, 1));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_good_messages_among_three_broken_ones_are_two_rows() {
    let town = Town::new().await;
    let siti = Citizen::new(&town);
    let good = |text: &str| siti.message("text", &json!({ "body": text }), town.now());
    let nameless =
        json!({ "from": siti.wa_id, "timestamp": "1795226400", "type": "text", "text": { "body": "tanpa id" } });
    let body = siti.body(&[good("kecelakaan di tol"), Value::Null, nameless, json!("bukan objek"), good("ada korban")]);
    assert_eq!(post(&town, &body).await.status, 200);
    town.settled().await;
    assert_eq!(incoming(&town).await, 2);
    let found = reports(&town).await;
    assert_eq!((found.len(), found[0].messages.len()), (1, 2));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_messages_of_one_body_stand_in_the_order_they_were_written() {
    let town = Town::new().await;
    let siti = Citizen::new(&town);
    let messages: Vec<Value> =
        (0..40).map(|n| siti.message("text", &json!({ "body": format!("baris {n}.") }), town.now())).collect();
    assert_eq!(post(&town, &siti.body(&messages)).await.status, 200);
    town.settled().await;
    let found = reports(&town).await;
    assert_eq!(found.len(), 1);
    let said = conversation(&town, &found[0]).await;
    let said: Vec<String> = said.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect();
    assert_eq!(said, (0..40).map(|n| format!("baris {n}.")).collect::<Vec<_>>());
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_a_message_makes_no_row_and_an_unknown_kind_is_asked_back() {
    let town = Town::new().await;
    let line = LINES[0].0;
    let object = "whatsapp_business_account";
    let nothing = [
        json!({}),
        json!({ "object": object, "entry": null }),
        json!({ "object": object, "entry": [null, 7, [], { "changes": null }] }),
        json!({ "object": "page", "entry": [{ "messaging": [] }] }),
        status_body(line, "wamid.unknown", "62811", "delivered", town.now()),
        status_body(line, "wamid.unknown", "62811", "teleported", town.now()),
        envelope(line, json!({ "statuses": [null, {}, { "id": 7 }] })),
        envelope(line, json!({ "errors": [{ "code": 130_429 }] })),
    ];
    for body in &nothing {
        assert_eq!(post(&town, body).await.status, 200, "{body}");
    }
    town.settled().await;
    assert_eq!((incoming(&town).await, reports(&town).await.len()), (0, 0));

    let siti = Citizen::new(&town);
    siti.sends("hologram", json!({ "beam": 3 })).await;
    town.settled().await;
    assert_eq!((incoming(&town).await, reports(&town).await.len()), (1, 1));
    assert!(town.told(&siti.wa_id, 1).await[0].contains("Apa yang dapat kami bantu?"));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_comes_fifty_times_at_once_and_again_six_days_later_is_one_report() {
    let town = Town::new().await;
    let body = {
        let siti = Citizen::new(&town);
        siti.body(&[siti.message("text", &json!({ "body": "jalan macet total" }), town.now())])
    };
    let posts = (0..50).map(|_| post(&town, &body));
    let answers = futures_util::future::join_all(posts).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 50);
    town.settled().await;
    assert_eq!((incoming(&town).await, reports(&town).await.len()), (1, 1));

    town.turn(6 * 24 * 3600).await;
    assert_eq!(post(&town, &body).await.status, 200);
    town.settled().await;
    // After a restart nothing is remembered but what is in the store.
    let town = town.restart().await;
    assert_eq!(post(&town, &body).await.status, 200);
    town.settled().await;
    assert_eq!((incoming(&town).await, reports(&town).await.len()), (1, 1));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_to_a_line_nobody_knows_still_stands_in_some_queue() {
    let town = Town::new().await;
    Citizen::new(&town).on_line("999999").writes("tolong ada kecelakaan").await;
    Citizen::new(&town).on_line("").writes("tolong ada tabrakan").await;
    town.settled().await;
    let mut waiting = 0;
    for operator in ["operator", "operator-belawan"] {
        waiting += town.as_user(operator).get("/v1/queue").await.ok()["items"].as_array().unwrap().len();
    }
    assert_eq!(waiting, 2);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_come_out_as_they_went_in() {
    let town = Town::new().await;
    let long = |count: usize| "Kebakaran ß 🔥 ".chars().cycle().take(count).collect::<String>();
    let texts = [
        long(4_096),
        long(10_000),
        "👨‍👩‍👧‍👦 tolong 🆘".to_owned(),
        "a\u{200b}d\u{200d}a\u{feff} maling".to_owned(),
        "\u{202e}gnilam ada\u{202c} \u{2066}x\u{2069}".to_owned(),
        "\u{1b}[31mmerah\u{1b}[0m\u{7} \r\n baris".to_owned(),
        "<script>alert('x')</script><img src=x onerror=alert(1)>".to_owned(),
        "=HYPERLINK(\"http://x\",\"y\") {{7*7}} ${7*7} %s %n '; DROP TABLE reports; --".to_owned(),
        format!("z{}", "\u{0301}".repeat(500)),
        "ꦧꦱꦗꦮ ꦠꦸꦭꦸꦁ".to_owned(),
        "nol \u{0} di tengah".to_owned(),
        "\u{fffd}\u{fffe}\u{10ffff} akhir".to_owned(),
    ];
    let mut ids = Vec::new();
    for text in &texts {
        Citizen::new(&town).writes(text).await;
        town.settled().await;
        let newest = reports(&town).await.into_iter().max_by_key(|report| report.number.clone()).unwrap();
        ids.push(newest);
    }
    for (text, report) in texts.iter().zip(&ids) {
        let said = conversation(&town, report).await;
        assert_eq!(said.len(), 1);
        assert_eq!(said[0]["text"].as_str().unwrap(), text);
    }
    // The screens are JSON for scripts only: nothing may be taken for a page.
    let answer = town.as_user("operator").get("/v1/queue").await;
    assert_eq!(
        (answer.header("content-type"), answer.header("x-content-type-options")),
        ("application/json", "nosniff")
    );
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_are_no_text_do_not_cost_the_words_around_them() {
    let town = Town::new().await;
    let siti = Citizen::new(&town);
    let body = siti.body(&[siti.message("text", &json!({ "body": "tolong @@ maling" }), town.now())]).to_string();
    for junk in [&b"\xff\xc3"[..], br"\ud83d", br"\udc00\ud800"] {
        let person = Citizen::new(&town);
        let text = body.replace(&siti.wa_id, &person.wa_id).replace("wamid.", &format!("wamid.{}", person.wa_id));
        let (before, after) = text.split_once("@@").unwrap();
        let bytes = [before.as_bytes(), junk, after.as_bytes()].concat();
        assert_eq!(post_bytes(&town, bytes).await.status, 200);
    }
    town.settled().await;
    let found = reports(&town).await;
    assert_eq!(found.len(), 3);
    for report in &found {
        let said = conversation(&town, report).await;
        let text = said[0]["text"].as_str().unwrap();
        assert!(text.starts_with("tolong ") && text.ends_with(" maling"), "{text}");
    }
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_emergency_waits_for_a_person_and_a_future_one_happened_now() {
    let town = Town::new().await;
    let pin = json!({ "longitude": BARAT.lng, "latitude": BARAT.lat });
    let old = Citizen::new(&town);
    let at = town.now().plus_secs(-3 * 24 * 3600);
    let body = old.body(&[old.message("text", &json!({ "body": FIRE }), at), old.message("location", &pin, at)]);
    assert_eq!(post(&town, &body).await.status, 200);
    town.settled().await;
    let found = reports(&town).await;
    assert_eq!((found.len(), found[0].state), (1, ReportState::Queued));
    assert_eq!((found[0].stamps.sent_at, found[0].stamps.received_at), (at, town.now()));
    assert_eq!(town.look("medan", |desk| desk.incidents.len()).await, 0);

    for stamp in ["32503680000", "99999999999999999999", "-5", "x", ""] {
        let early = Citizen::new(&town);
        let mut message = early.message("text", &json!({ "body": "bagaimana cara perpanjang SIM" }), town.now());
        message["timestamp"] = json!(stamp);
        assert_eq!(post(&town, &early.body(&[message])).await.status, 200);
    }
    town.settled().await;
    let found = reports(&town).await;
    assert_eq!(found.len(), 6);
    assert!(found.iter().all(|report| report.stamps.sent_at <= town.now() && report.stamps.received_at == town.now()));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pin_that_cannot_be_is_never_placed_and_sends_nobody() {
    let town = Town::new().await;
    let pins = [
        r#"{"longitude":0,"latitude":0}"#,
        r#"{"longitude":3.59,"latitude":98.635}"#,
        r#"{"longitude":-0.1276,"latitude":51.5072}"#,
        r#"{"longitude":NaN,"latitude":NaN}"#,
        r#"{"longitude":1e999,"latitude":3.59}"#,
        r#"{"longitude":181,"latitude":91}"#,
        r#"{"longitude":"98,635","latitude":"3,59"}"#,
        r#"{"longitude":true,"latitude":[3.59]}"#,
        r#"{"longitude":98.635}"#,
        "null",
    ];
    for pin in pins {
        let siti = Citizen::new(&town);
        let fire = siti.message("text", &json!({ "body": FIRE }), town.now());
        let location = siti.message("location", &json!("@@"), town.now());
        let body = siti.body(&[fire, location]).to_string().replace("\"@@\"", pin);
        assert_eq!(post_bytes(&town, body.into_bytes()).await.status, 200, "{pin}");
    }
    // A point in Indonesia outside every area is kept, but sends nobody by itself.
    Citizen::new(&town).sees_a_fire(NOWHERE).await;
    town.settled().await;
    let found = reports(&town).await;
    assert_eq!(found.len(), pins.len() + 1);
    assert_eq!(found.iter().filter(|report| report.place.is_some()).count(), 1);
    assert!(found.iter().all(|report| report.messages.len() == 2 && report.state == ReportState::Queued));
    assert_eq!(town.look("medan", |desk| desk.incidents.len()).await, 0);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_voice_note_is_asked_for_words_and_what_says_nothing_is_asked_back() {
    let town = Town::new().await;
    let media = json!({ "id": "77", "mime_type": "audio/ogg; codecs=opus", "voice": true });
    let contact = json!([{ "name": { "formatted_name": "Budi" }, "phones": [{ "phone": "+62 811" }] }]);
    let cases = [
        ("audio", media, "belum dapat mendengarkan pesan suara"),
        ("sticker", json!({ "id": "78", "mime_type": "image/webp" }), "Apa yang dapat kami bantu?"),
        ("text", json!({ "body": "p" }), "Apa yang dapat kami bantu?"),
        ("text", json!({ "body": "..." }), "Apa yang dapat kami bantu?"),
        ("contacts", contact, "Apa yang dapat kami bantu?"),
        ("location", json!({ "longitude": BARAT.lng, "latitude": BARAT.lat }), "Apa yang dapat kami bantu?"),
    ];
    let people: Vec<Citizen<'_>> = cases.iter().map(|_| Citizen::new(&town)).collect();
    for (person, (kind, content, _)) in people.iter().zip(&cases) {
        person.sends(kind, content.clone()).await;
    }
    for (person, (kind, _, words)) in people.iter().zip(&cases) {
        let told = town.told(&person.wa_id, 1).await;
        assert!(told[0].contains(words), "{kind}: {}", told[0]);
    }
    assert_eq!(reports(&town).await.len(), cases.len());
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_messages_of_one_number_in_a_minute_are_one_report_and_none_is_lost() {
    let town = Town::new().await;
    let siti = Citizen::new(&town);
    for n in 0..200 {
        siti.writes(&format!("pesan {n}: macet di Jl. Kenanga Raya")).await;
        if n % 4 == 3 {
            town.clock.advance(1);
        }
    }
    town.settled().await;
    let found = reports(&town).await;
    assert_eq!((found.len(), found[0].messages.len()), (1, 200));
    let said = conversation(&town, &found[0]).await;
    let told: Vec<String> = said.iter().map(|m| m["text"].as_str().unwrap().to_owned()).collect();
    assert!(told.iter().enumerate().all(|(n, text)| text.starts_with(&format!("pesan {n}:"))), "all of them, in order");
    assert_eq!(town.told(&siti.wa_id, 1).await.len(), 1, "one answer, not two hundred");
    town.finish().await;
}
