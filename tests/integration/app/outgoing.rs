//! What leaves over the Cloud API beside words: photos, templates, blue ticks, blocks.

use serde_json::json;
use sigap::feedback::transport::{Attachment, Recipient, SendError, Transport};
use sigap::feedback::wording::{MetaTemplate, Outbound};
use sigap::model::entry::Template;
use sigap::model::id::MessageId;
use sigap::model::media::MediaOrigin;
use sigap::runtime::media::NewMedia;
use sigap::runtime::outgoing::out_rows;

use super::citizen::Citizen;
use super::media::photo;
use super::town::{Town, eventually};
use crate::store_contract::place::Place;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_goes_out_as_it_is_shown_with_its_words_below() {
    let town = Town::new().await;
    let siti = Citizen::new(&town);
    siti.writes("ada kerumunan di depan rumah").await;
    town.settled().await;
    town.told(&siti.wa_id, 1).await;
    let report = town.look("medan", |desk| desk.reports.values().next().unwrap().clone()).await;
    let original = photo(2000, 1500);
    let kept = town.app.media.keep(NewMedia::of("medan", MediaOrigin::Unit), &original).await.unwrap();
    let out = Outbound { text: "Sudah bubar, aman.".to_owned(), media: Some(kept.id), ..Outbound::default() };
    let id = MessageId(town.app.next_id());
    let vault = town.store().vault();
    let rows = out_rows(vault, "medan", &report, id, Template::Reply, &out, town.now()).unwrap();
    town.store().write(rows).await.unwrap();
    town.turn(7).await;
    let told = town.told(&siti.wa_id, 2).await;
    assert_eq!(told[1], "Sudah bubar, aman.");
    let sent = town.double.sent().pop().unwrap();
    assert_eq!(sent.kind, "image");
    let (mime, bytes) = town.double.media().file(sent.payload["image"]["id"].as_str().unwrap()).unwrap();
    assert_eq!(mime, "image/jpeg");
    assert!(bytes.starts_with(b"\xff\xd8\xff") && bytes.len() < 5_000_000);
    assert!(!bytes.windows(7).any(|window| window == b"<script"), "what was hidden in it does not go out");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn templates_files_and_blocks_are_taken_by_the_channel() {
    let town = Town::new().await;
    let route = town.app.routes["medan"].clone();
    let siti = Recipient::Phone("628120000001".to_owned());
    let template = MetaTemplate {
        name: "laporan_selesai".to_owned(),
        language: "id".to_owned(),
        params: vec!["MDN-20261121-0001".to_owned(), "Rabu".to_owned()],
        code: None,
    };
    let out = Outbound { text: "Laporan selesai".to_owned(), template: Some(template), ..Outbound::default() };
    route.transport.deliver(&route.line, &siti, &out, None).await.unwrap();
    let sent = town.double.sent().pop().unwrap();
    assert_eq!((sent.kind.as_str(), &sent.payload["template"]["name"]), ("template", &json!("laporan_selesai")));

    let nothing = Attachment { mime: "image/jpeg".to_owned(), bytes: Vec::new() };
    let refused = route.transport.deliver(&route.line, &siti, &Outbound::default(), Some(&nothing)).await;
    assert!(matches!(refused, Err(SendError::Permanent { code: 100, .. })), "{refused:?}");

    assert!(matches!(route.transport, Transport::Graph(_)));
    route.transport.set_blocked(&route.line, &siti, true).await.unwrap();
    assert_eq!(town.double.blocked(), ["628120000001"]);
    route.transport.set_blocked(&route.line, &siti, false).await.unwrap();
    assert!(town.double.blocked().is_empty());
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_answer_shows_that_the_message_was_seen() {
    let town = Town::new().await;
    let siti = Citizen::new(&town);
    let message = siti.message("text", &json!({ "body": "jalan macet total" }), town.now());
    let id = message["id"].as_str().unwrap().to_owned();
    assert_eq!(super::citizen::post(&town, &siti.body(&[message])).await.status, 200);
    town.told(&siti.wa_id, 1).await;
    assert_eq!(town.double.seen(), [id]);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_over_whatsapp_is_refused_once_and_kept_as_a_contact() {
    let town = Town::new().await;
    let siti = Citizen::new(&town);
    for event in ["connect", "connect", "terminate"] {
        let call = json!({
            "id": "wacid.ONE", "from": siti.wa_id, "to": "628110000110", "event": event,
            "timestamp": (town.now().micros() / 1_000_000).to_string(),
        });
        let mut body = siti.body(&[]);
        body["entry"][0]["changes"][0]["field"] = json!("calls");
        body["entry"][0]["changes"][0]["value"]["calls"] = json!([call]);
        assert_eq!(super::citizen::post(&town, &body).await.status, 200);
        town.settled().await;
    }
    let told = town.told_after_pauses(&siti.wa_id, 1).await;
    assert!(told.len() == 1 && told[0].contains("panggilan") && told[0].contains("*110*"), "{told:?}");
    assert_eq!(town.double.refused_calls(), ["wacid.ONE"]);
    let report = town.look("medan", |desk| desk.reports.values().next().unwrap().clone()).await;
    assert!(!report.is_queued(), "a call is not queued");
    let card = town.as_user("operator").get(&format!("/v1/reports/{}", report.id)).await.ok();
    let kinds: Vec<_> = card["messages"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["call", "text"]);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_goes_as_an_authentication_template_with_its_button() {
    let town = Town::tuned(Place::sqlite(), |config| config.whatsapp.templates.push_str(",kode_masuk:id")).await;
    // Somebody who never wrote to us: no window was ever open.
    let siti = Citizen::new(&town);
    let asked = town.as_nobody().post("/v1/citizen/accounts", &json!({ "phone": format!("+{}", siti.wa_id) })).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    let is_template = |sent: &sigap::sim::graph_double::Sent| sent.kind == "template";
    eventually("the code is sent", async || town.double.sent().iter().any(is_template)).await;
    let sent = town.double.sent().into_iter().find(is_template).unwrap();
    let template = &sent.payload["template"];
    assert_eq!((&template["name"], &template["language"]["code"]), (&json!("kode_masuk"), &json!("id")));
    let code = template["components"][0]["parameters"][0]["text"].as_str().unwrap();
    assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()), "{code}");
    let button = json!({
        "type": "button", "sub_type": "url", "index": "0", "parameters": [{ "type": "text", "text": code }],
    });
    assert_eq!(template["components"], json!([template["components"][0], button]));
    // It is the code that lets in.
    let session = json!({ "phone": siti.wa_id, "code": code });
    assert_eq!(town.as_nobody().post("/v1/citizen/sessions", &session).await.status, 201);

    // Without the button Meta refuses it; so does the double.
    let route = town.app.routes["medan"].clone();
    let template = MetaTemplate {
        name: "kode_masuk".to_owned(),
        language: "id".to_owned(),
        params: vec!["1".to_owned()],
        code: None,
    };
    let out = Outbound { template: Some(template), ..Outbound::default() };
    let refused = route.transport.deliver(&route.line, &Recipient::Phone(siti.wa_id.clone()), &out, None).await;
    assert!(matches!(refused, Err(SendError::Permanent { code: 132_000, .. })), "{refused:?}");
    town.finish().await;
}
