//! Operators see who else has what open, and who types; nothing of it is kept.

use serde_json::{Value, json};

use super::client::Screen;
use super::town::Town;

async fn hears(screen: &mut Screen, until: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    loop {
        let items = screen.of_type("presence").await["items"].as_array().unwrap().clone();
        if until(&items) {
            return items;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_see_who_has_what_open_and_who_types() {
    let town = Town::new().await;
    let report = "01936e2a-0000-7000-8000-000000000001";
    let look = |typing: bool| json!({ "type": "look", "kind": "report", "id": report, "typing": typing });
    let mut first = town.as_user("operator").screen().await;
    let mut second = town.as_user("supervisor").screen().await;
    let mut barat = town.as_user("operator-barat").screen().await;
    first.say(&json!({ "type": "look" })).await;
    let alone = hears(&mut first, |items| items.len() == 1).await;
    assert_eq!((&alone[0]["name"], &alone[0]["id"]), (&json!("Contoh operator"), &Value::Null));
    second.say(&look(false)).await;
    barat.say(&look(true)).await;
    let all = hears(&mut first, |items| items.len() == 3 && items.iter().any(|one| one["typing"] == true)).await;
    assert_eq!(all[1]["id"], report);
    assert!(all.iter().all(|one| one["scope"].is_null()), "{all:?}");
    // A Polsek hears of its own people only.
    let own = hears(&mut barat, |items| items.iter().any(|one| one["typing"] == true)).await;
    assert_eq!((own.len(), &own[0]["name"]), (1, &json!("Contoh operator-barat")));
    second.say(&look(true)).await;
    hears(&mut first, |items| items.iter().filter(|one| one["typing"] == true).count() == 2).await;
    drop(second);
    let left = hears(&mut first, |items| items.len() == 2).await;
    assert!(left.iter().all(|one| one["name"] != "Contoh supervisor"), "{left:?}");

    // Those who do not work the desk are not seen; the journal knows nothing of it.
    let mut crew = town.as_user("b-1").screen().await;
    crew.say(&look(false)).await;
    assert_eq!(crew.of_type("error").await["code"], "forbidden");
    let mut auditor = town.as_user("auditor").screen().await;
    auditor.say(&look(false)).await;
    assert_eq!(auditor.of_type("error").await["code"], "forbidden");
    assert!(town.journal("medan").await.iter().all(|entry| !entry.body.contains(report)));
    town.finish().await;
}
