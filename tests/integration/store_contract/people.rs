//! People's data: sealed, found by blind index, once.

use sigap::model::entry::DeliveryStatus;
use sigap::model::id::{MessageId, ReportId, ReporterId, UserId};
use sigap::model::report::{Category, Channel, Meaning, Phrase, Priority, Service};
use sigap::store::corrections::{Correction, erase_corrections, upsert_correction};
use sigap::store::people::{
    Direction, Message, Profile, insert_alias, insert_message, insert_reporter, set_external_id, set_status,
    update_reporter, upsert_reading,
};
use sigap::store::{Store, StoreError};

use super::place::{KEYS, Place};
use super::samples::{at, ids};

fn message(external_id: Option<&str>, secs: i64) -> Message {
    let mut ids = ids();
    Message {
        id: MessageId(ids.next(at(secs))),
        polres: "medan".to_owned(),
        report: ReportId(ids.next(at(secs))),
        reporter: ReporterId(ids.next(at(secs))),
        channel: Channel::Whatsapp,
        direction: Direction::In,
        external_id: external_id.map(str::to_owned),
        kind: "text".to_owned(),
        sent_at: at(secs),
        received_at: at(secs + 1),
        status: None,
        body: serde_json::json!({"text": "tolong pak ada begal"}),
    }
}

fn profile() -> Profile {
    Profile {
        name: Some("Budi Santoso".to_owned()),
        phone: Some("+628126000001".to_owned()),
        wa_id: Some("628126000001".to_owned()),
        wa_user_id: None,
        wa_jid: None,
        user_id: None,
    }
}

pub async fn reporters_are_found_by_any_alias(place: &Place) {
    let store = place.open().await;
    let id = ReporterId(ids().next(at(0)));
    let [phone, wa] = [store.vault().alias("phone", "+628126000001"), store.vault().alias("wa_id", "628126000001")];
    let job = vec![
        insert_reporter(store.vault(), id, &profile(), at(0)).unwrap(),
        insert_alias(&phone, "phone", id),
        insert_alias(&wa, "wa_id", id),
    ];
    store.write(job).await.unwrap();
    let unknown = store.vault().alias("phone", "+628126000002");
    assert_eq!(store.reporter_by_aliases(&[unknown, wa]).await.unwrap(), Some(id));
    assert_eq!(store.reporter_by_aliases(&[phone]).await.unwrap(), Some(id));
    assert_eq!(store.reporter_by_aliases(&[unknown]).await.unwrap(), None);
    assert_eq!(store.reporter(id).await.unwrap(), Some(profile()));
    let renamed = Profile { name: None, user_id: Some(UserId(id.0)), ..profile() };
    store.write(vec![update_reporter(store.vault(), id, &renamed, at(9)).unwrap()]).await.unwrap();
    assert_eq!(store.reporter(id).await.unwrap(), Some(renamed));
}

pub async fn one_alias_leads_to_one_reporter(place: &Place) {
    let store = place.open().await;
    let alias = store.vault().alias("phone", "+62811");
    let mut ids = ids();
    store.write(vec![insert_alias(&alias, "phone", ReporterId(ids.next(at(0))))]).await.unwrap();
    let second = store.write(vec![insert_alias(&alias, "phone", ReporterId(ids.next(at(0))))]).await;
    assert!(matches!(second, Err(StoreError::Conflict { constraint }) if constraint == "reporter_aliases_pkey"));
}

pub async fn a_message_that_comes_twice_is_kept_once(place: &Place) {
    let store = place.open().await;
    let first = message(Some("wamid.A"), 0);
    let again = message(Some("wamid.A"), 5);
    let elsewhere = Message { channel: Channel::CitizenApp, ..message(Some("wamid.A"), 6) };
    let without = [message(None, 7), message(None, 8)];
    for kept in [&first, &again, &elsewhere, &without[0], &without[1]] {
        store.write(vec![insert_message(store.vault(), kept).unwrap()]).await.unwrap();
    }
    assert_eq!(store.messages(&[first.id, again.id]).await.unwrap(), std::slice::from_ref(&first));
    assert_eq!(store.messages(&[elsewhere.id, without[0].id, without[1].id]).await.unwrap().len(), 3);
    let asked = ["wamid.A".to_owned(), "wamid.B".to_owned()];
    let known = store.known_external(Channel::Whatsapp, &asked).await.unwrap();
    assert_eq!(known.into_iter().collect::<Vec<_>>(), ["wamid.A"]);
    assert_eq!(store.message_by_external(Channel::Whatsapp, "wamid.A").await.unwrap(), Some(first));
}

pub async fn messages_come_back_in_order_with_their_status(place: &Place) {
    let store = place.open().await;
    let report = ReportId(ids().next(at(0)));
    let mut late = Message { report, direction: Direction::Out, ..message(None, 20) };
    let early = Message { report, ..message(Some("wamid.B"), 10) };
    let job = [&late, &early].map(|it| insert_message(store.vault(), it).unwrap());
    store.write(job.into()).await.unwrap();
    store
        .write(vec![set_external_id(late.id, "wamid.C"), set_status(late.id, DeliveryStatus::Delivered)])
        .await
        .unwrap();
    late.external_id = Some("wamid.C".to_owned());
    late.status = Some(DeliveryStatus::Delivered);
    assert_eq!(store.messages_of_reports(&[report]).await.unwrap(), [early, late]);
}

pub async fn rows_moved_into_each_other_do_not_open(place: &Place) {
    let store = place.open().await;
    let [one, two] = [message(None, 0), message(None, 1)];
    let job = [&one, &two].map(|it| insert_message(store.vault(), it).unwrap());
    store.write(job.into()).await.unwrap();
    let swap = format!(
        "UPDATE messages SET sealed = (SELECT m.sealed FROM messages m WHERE m.id = '{}') WHERE id = '{}'",
        one.id, two.id
    );
    place.tamper(&swap).await;
    assert_eq!(store.messages(&[one.id]).await.unwrap().len(), 1);
    let moved = store.messages(&[two.id]).await;
    assert!(matches!(moved, Err(StoreError::Corrupt { .. })), "{moved:?}");
}

pub async fn nothing_personal_is_readable_in_the_tables(place: &Place) {
    let store = place.open().await;
    let id = ReporterId(ids().next(at(0)));
    let alias = store.vault().alias("phone", "+628126000001");
    let job = vec![
        insert_reporter(store.vault(), id, &profile(), at(0)).unwrap(),
        insert_alias(&alias, "phone", id),
        insert_message(store.vault(), &message(None, 0)).unwrap(),
    ];
    store.write(job).await.unwrap();
    for sql in ["SELECT * FROM reporters", "SELECT * FROM reporter_aliases", "SELECT * FROM messages"] {
        let shown = format!("{:?}", store.read(sql, vec![]).await.unwrap());
        for words in ["Budi", "begal", "8126000001"] {
            let bytes = format!("{:?}", words.as_bytes());
            let bytes = bytes.trim_matches(['[', ']']);
            assert!(!shown.contains(words) && !shown.contains(bytes), "{words} in {sql}");
        }
    }
    assert!(!format!("{:?} {:?}", profile(), message(None, 0)).contains("Budi"));
}

pub async fn readings_are_replaced(place: &Place) {
    let store = place.open().await;
    let report = ReportId(ids().next(at(0)));
    let mut meaning = Meaning {
        service: Service::Police,
        category: Category::Kejahatan,
        priority: Priority::P1,
        confidence: 0.9,
        what: Some(Phrase { text: "begal".to_owned(), confidence: 0.9 }),
        place: None,
        when: None,
        who: None,
        how: None,
        because: vec!["begal".to_owned()],
        also: Vec::new(),
    };
    assert_eq!(store.reading(report).await.unwrap(), None);
    store.write(vec![upsert_reading(store.vault(), report, &meaning).unwrap()]).await.unwrap();
    meaning.place = Some(Phrase { text: "depan pasar".to_owned(), confidence: 0.5 });
    store.write(vec![upsert_reading(store.vault(), report, &meaning).unwrap()]).await.unwrap();
    assert_eq!(store.reading(report).await.unwrap(), Some(meaning));
}

pub async fn corrections_are_sealed_replaced_and_erased_with_the_person(place: &Place) {
    let store = place.open().await;
    let mut ids = ids();
    let mut correction = Correction {
        report: ReportId(ids.next(at(0))),
        polres: "medan".to_owned(),
        reporter: ReporterId(ids.next(at(0))),
        category: Category::Kamtibmas,
        priority: Priority::P3,
        corrected_at: at(5),
        messages: vec!["ribut terus".to_owned(), "di <b>gang</b> \u{202e}buntu".to_owned()],
    };
    store.write(vec![upsert_correction(store.vault(), &correction).unwrap()]).await.unwrap();
    correction.category = Category::Kekerasan;
    correction.corrected_at = at(9);
    store.write(vec![upsert_correction(store.vault(), &correction).unwrap()]).await.unwrap();
    assert_eq!(store.corrections("medan").await.unwrap(), [correction.clone()]);
    assert!(store.corrections("kudus").await.unwrap().is_empty());
    let shown = format!("{correction:?} {:?}", store.read("SELECT * FROM corrections", vec![]).await.unwrap());
    assert!(!shown.contains("ribut"), "{shown}");
    store.write(vec![erase_corrections(correction.reporter)]).await.unwrap();
    assert!(store.corrections("medan").await.unwrap().is_empty());
}

pub async fn a_wrong_key_is_noticed_at_start(place: &Place) {
    place.open().await.close().await;
    let other = "//////////////////////////////////////////8=";
    // another key under the same id; without the key people are found by; with one put below it
    for keys in [format!("1:{other}"), format!("2:{other}"), format!("0:{other},{KEYS}")] {
        let refused = Store::open(&place.settings(&keys)).await;
        assert!(matches!(refused, Err(StoreError::BadKey { .. })), "{refused:?}");
    }
    let rotated = format!("2:{other},{KEYS}");
    Store::open(&place.settings(&rotated)).await.unwrap().close().await;
    Store::open(&place.settings(&rotated)).await.unwrap();
}
