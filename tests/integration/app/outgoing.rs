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
use super::town::Town;

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
