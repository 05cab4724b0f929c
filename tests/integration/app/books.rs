//! What must hold after every test: the journal is whole, folding it gives the living desk, and the
//! tables people query say the same.

use std::collections::BTreeMap;

use sigap::dispatch::desk::Desk;
use sigap::runtime::desks::fold_journal;
use sigap::store::journal::Verdict;

use super::town::Town;

/// Checks the books of every office of the town.
pub async fn check(town: &Town) {
    for polres in town.app.desks.keys() {
        check_office(town, polres).await;
    }
}

async fn check_office(town: &Town, polres: &str) {
    let office = town.desk(polres).parts.office.clone();
    let live = town.look(polres, Desk::clone).await;
    let (entries, store) = (live.seq, town.store());
    let verdict = store.verify(polres).await.unwrap();
    let Verdict::Whole { entries: counted, head } = verdict else { unreachable!("{polres}: {verdict:?}") };
    // What was recorded while we looked may be ahead of our copy, never behind it.
    assert!(counted >= entries, "{polres}: {counted} entries for a desk at {entries}");
    let (mut reports, mut incidents, mut assignments) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let folded = fold_journal(store, Desk::new(&office.code, &office.prefix, office.utc_offset_h), |desk, touched| {
        reports.extend(touched.reports.iter().filter_map(|id| Some((*id, desk.reports.get(id)?.clone()))));
        incidents.extend(touched.incidents.iter().filter_map(|id| Some((*id, desk.incidents.get(id)?.clone()))));
        assignments.extend(touched.assignments.iter().filter_map(|id| Some((*id, desk.assignments.get(id)?.clone()))));
    })
    .await
    .unwrap();
    let live = if folded.seq == live.seq { live } else { town.look(polres, Desk::clone).await };
    assert_eq!((folded.seq, folded.head), (live.seq, head), "{polres}");
    assert_eq!(serde_json::to_value(&folded).unwrap(), serde_json::to_value(&live).unwrap(), "{polres}: replay and desk differ");
    for (id, report) in &reports {
        assert_eq!(store.report(*id).await.unwrap().unwrap().item, *report, "{polres}: a report's row is not the desk's");
    }
    for (id, incident) in &incidents {
        assert_eq!(store.incident(*id).await.unwrap().unwrap().item, *incident, "{polres}: an incident's row is not the desk's");
    }
    for (id, assignment) in &assignments {
        assert_eq!(store.assignment(*id).await.unwrap().unwrap().item, *assignment, "{polres}: an assignment's row is not the desk's");
    }
    let rows = store.units(Some(polres)).await.unwrap();
    assert_eq!(rows.len(), live.units.len());
    for row in rows {
        assert_eq!(row.item, live.units[&row.item.id], "{polres}: a unit's row is not the desk's");
    }
}
