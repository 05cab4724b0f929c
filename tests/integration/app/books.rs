//! What must hold after every test: the journal is whole, folding it gives the living desk, and the
//! tables people query say the same.

use std::collections::BTreeMap;

use sigap::dispatch::desk::Desk;
use sigap::model::jurisdiction::Office;
use sigap::runtime::desks::fold_journal;
use sigap::store::Store;
use sigap::store::journal::Verdict;

use super::town::Town;

/// The desk as its journal tells it, from the first entry on.
async fn replayed(store: &Store, office: &Office, each: impl FnMut(&Desk, &sigap::dispatch::desk::Touched)) -> Desk {
    let empty = Desk::new(&office.code, &office.prefix, office.utc_offset_h);
    fold_journal(store, empty, each).await.unwrap()
}

/// While the town lives: replaying each journal gives the living desk, to the last bit.
pub async fn replay_gives_the_living_desk(town: &Town) {
    for (polres, desk) in &town.app.desks {
        loop {
            let folded = replayed(town.store(), &desk.parts.office, |_, _| ()).await;
            let live = town.look(polres, Desk::clone).await;
            // A message that was just sent is still being noted: look again.
            if live.seq != folded.seq {
                continue;
            }
            let (folded, live) = (serde_json::to_value(&folded).unwrap(), serde_json::to_value(&live).unwrap());
            assert_eq!(folded, live, "{polres}: replay and desk differ");
            break;
        }
    }
}

/// After the town has stopped: every journal is whole, and every row is what its journal says.
pub async fn rows_follow_from_the_journal(store: &Store) {
    for office in store.offices().await.unwrap() {
        let polres = &office.code;
        let (mut reports, mut incidents, mut assignments) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (mut calls, mut closures) = (BTreeMap::new(), BTreeMap::new());
        let desk = replayed(store, &office, |desk, touched| {
            calls.extend(touched.calls.iter().filter_map(|id| Some((*id, desk.calls.get(*id)?.clone()))));
            closures.extend(touched.closures.iter().filter_map(|id| Some((*id, desk.closures.get(id)?.clone()))));
            reports.extend(touched.reports.iter().filter_map(|id| Some((*id, desk.reports.get(id)?.clone()))));
            incidents.extend(touched.incidents.iter().filter_map(|id| Some((*id, desk.incidents.get(id)?.clone()))));
            let changed = touched.assignments.iter().filter_map(|id| Some((*id, desk.assignments.get(id)?.clone())));
            assignments.extend(changed);
        })
        .await;
        let whole = Verdict::Whole { entries: desk.seq, head: desk.head };
        assert_eq!(store.verify(polres).await.unwrap(), whole, "{polres}");
        for (id, report) in &reports {
            assert_eq!(store.report(*id).await.unwrap().unwrap().item, *report, "{polres}: a report");
        }
        for (id, incident) in &incidents {
            assert_eq!(store.incident(*id).await.unwrap().unwrap().item, *incident, "{polres}: an incident");
        }
        for (id, assignment) in &assignments {
            assert_eq!(store.assignment(*id).await.unwrap().unwrap().item, *assignment, "{polres}: an assignment");
        }
        for (id, call) in &calls {
            assert_eq!(store.call(*id).await.unwrap().unwrap().item, *call, "{polres}: a call");
        }
        let mut rows = store.closures(polres, None, None, 200).await.unwrap();
        rows.sort_by_key(|closure| closure.id);
        assert_eq!(rows, closures.into_values().collect::<Vec<_>>(), "{polres}: closures");
        for block in desk.blocks.values() {
            assert_eq!(store.block(block.id).await.unwrap().unwrap().item, *block, "{polres}: a block");
        }
        let people: Vec<_> = desk.standing.keys().copied().collect();
        let strikes = store.strikes_of(polres, &people).await.unwrap();
        assert_eq!(strikes.len(), desk.strikes.len());
        assert!(strikes.iter().all(|strike| *strike == desk.strikes[&strike.id]), "{polres}: a strike");
        let units = store.units(Some(polres)).await.unwrap();
        assert_eq!(units.len(), desk.units.len());
        assert!(units.iter().all(|row| row.item == desk.units[&row.item.id]), "{polres}: a unit");
    }
}
