//! Every body in tests/fixtures/whatsapp is a test: what it means is its snapshot.

use sigap::channels::whatsapp;
use sigap::model::clock::Timestamp;

/// 2026-11-21 12:00 UTC, five minutes after the fixtures were "sent".
const NOW: Timestamp = Timestamp::from_secs(1_795_262_400);

#[test]
fn every_whatsapp_body_reads_as_its_snapshot_says() {
    insta::glob!("../fixtures/whatsapp", "*.json", |path| {
        let body = std::fs::read(path).expect("a fixture can be read");
        let items = whatsapp::parse(&body, NOW).expect("every fixture is a webhook");
        insta::assert_json_snapshot!(items);
    });
}
