//! The inbox and the outbox: nothing lost, in order.

use sigap::model::entry::Template;
use sigap::model::id::{MessageId, ReportId, ReporterId};
use sigap::model::report::Channel;
use sigap::store::inbox::{self, Arrival, Format};
use sigap::store::outbox::{self, Outgoing};

use super::place::Place;
use super::samples::{at, ids};

pub async fn the_inbox_gives_what_is_not_done_in_order(place: &Place) {
    let store = place.open().await;
    let mut ids = ids();
    let arrivals: Vec<_> = (0..5_u8)
        .map(|n| Arrival {
            id: ids.next(at(n.into())),
            channel: Channel::Whatsapp,
            format: if n % 2 == 0 { Format::Graph } else { Format::Gowa },
            received_at: at(n.into()),
            body: vec![n, 0, 255],
        })
        .collect();
    store.write(arrivals.iter().rev().map(|it| inbox::insert(store.vault(), it).unwrap()).collect()).await.unwrap();
    assert_eq!(store.undone(3).await.unwrap(), arrivals[..3]);
    store
        .write(vec![inbox::mark_done(arrivals[0].id, at(10)), inbox::mark_done(arrivals[3].id, at(20))])
        .await
        .unwrap();
    assert_eq!(store.undone(10).await.unwrap(), [&arrivals[1..3], &arrivals[4..]].concat());
    store.write(vec![inbox::purge(at(15))]).await.unwrap();
    let left = store.read("SELECT id FROM inbox", vec![]).await.unwrap();
    assert_eq!(left.len(), 4);
}

fn outgoing(reporter: ReporterId, next: i64) -> Outgoing {
    let mut ids = ids();
    Outgoing {
        id: MessageId(ids.next(at(0))),
        polres: "medan".to_owned(),
        report: ReportId(ids.next(at(0))),
        reporter,
        template: Template::Received,
        payload: serde_json::json!({"to": "62812", "number": "MDN-20261121-0001"}),
        attempts: 0,
        next_at: at(next),
        created_at: at(0),
        error: None,
    }
}

pub async fn the_outbox_keeps_the_order_of_each_reporter(place: &Place) {
    let store = place.open().await;
    let mut ids = ids();
    let [one, two] = [ReporterId(ids.next(at(0))), ReporterId(ids.next(at(0)))];
    let all = [outgoing(one, 0), outgoing(one, 0), outgoing(two, 5), outgoing(two, 0), outgoing(one, 0)];
    for message in &all {
        store.write(vec![outbox::insert(store.vault(), message).unwrap()]).await.unwrap();
    }
    assert_eq!(store.due(at(1), 10).await.unwrap(), std::slice::from_ref(&all[0]));
    assert_eq!(store.due(at(5), 10).await.unwrap(), [all[0].clone(), all[2].clone()]);
    assert_eq!(store.due(at(5), 1).await.unwrap().len(), 1);
    store.write(vec![outbox::mark_sent(all[0].id, Some("wamid.1"))]).await.unwrap();
    store.write(vec![outbox::mark_sent(all[2].id, None)]).await.unwrap();
    assert_eq!(store.due(at(5), 10).await.unwrap(), [all[1].clone(), all[3].clone()]);
    assert_eq!(store.waiting_messages().await.unwrap(), 3);
}

pub async fn the_outbox_retries_and_gives_up(place: &Place) {
    let store = place.open().await;
    let reporter = ReporterId(ids().next(at(0)));
    let [first, second] = [outgoing(reporter, 0), outgoing(reporter, 0)];
    let job = [&first, &second].map(|it| outbox::insert(store.vault(), it).unwrap());
    store.write(job.into()).await.unwrap();
    store.write(vec![outbox::retry(first.id, at(30), "503 from the channel")]).await.unwrap();
    assert!(store.due(at(29), 10).await.unwrap().is_empty(), "what follows waits too");
    let due = store.due(at(30), 10).await.unwrap();
    assert_eq!((due[0].id, due[0].attempts, due[0].error.as_deref()), (first.id, 1, Some("503 from the channel")));
    store.write(vec![outbox::dead(first.id, "number does not exist")]).await.unwrap();
    assert_eq!(store.due(at(30), 10).await.unwrap(), [second]);
    let dead = store.dead_messages("medan", 10).await.unwrap();
    assert_eq!((dead.len(), dead[0].id, dead[0].attempts), (1, first.id, 2));
    assert!(store.dead_messages("jombang", 10).await.unwrap().is_empty());
}
