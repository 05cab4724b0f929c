//! `sigap journal`: the proof that the book is whole and that everything else follows from it.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde_json::json;

use crate::cli::say;
use crate::dispatch::checker::violations;
use crate::dispatch::desk::Desk;
use crate::runtime::desks::fold_journal;
use crate::store::journal::Verdict;
use crate::store::{Statement, Store};
use crate::store::{calls, closures, projections, shield};

/// Rows written in one transaction.
const TOGETHER: usize = 5000;

/// Checks every hash of every journal, and that the desk each tells of is lawful.
///
/// # Errors
/// A journal was changed, or cannot be read.
pub async fn verify(store: &Store) -> Result<()> {
    let mut broken = 0;
    for polres in store.polres_list().await? {
        match store.verify(&polres).await? {
            Verdict::Whole { entries, head } => {
                say(&format!("{polres}: {entries} entries, whole, head {}", hex::encode(head)));
                let desk = fold_journal(store, Desk::new(&polres, "", 0), |_, _| ()).await?;
                let unlawful = violations(&desk);
                unlawful.iter().for_each(|said| say(&format!("{polres}: the desk it tells of is not lawful: {said}")));
                broken += usize::from(!unlawful.is_empty());
            }
            Verdict::Broken { seq, why } => {
                broken += 1;
                say(&format!("{polres}: broken at entry {seq}: {why}"));
            }
        }
    }
    if broken > 0 {
        bail!("{broken} journals are broken")
    }
    Ok(())
}

/// Folds every journal again and writes its tables anew.
///
/// # Errors
/// A journal cannot be read, or the tables cannot be written.
pub async fn replay(store: &Store) -> Result<()> {
    for office in store.offices().await? {
        let mut reports = BTreeMap::new();
        let mut incidents = BTreeMap::new();
        let mut assignments = BTreeMap::new();
        let mut all_calls = BTreeMap::new();
        let mut roads = BTreeMap::new();
        let desk = Desk::new(&office.code, &office.prefix, office.utc_offset_h);
        let desk = fold_journal(store, desk, |desk, touched| {
            all_calls.extend(touched.calls.iter().filter_map(|id| Some((*id, desk.calls.get(*id)?.clone()))));
            roads.extend(touched.closures.iter().filter_map(|id| Some((*id, desk.closures.get(id)?.clone()))));
            let seen = touched.reports.iter().filter_map(|id| Some((*id, desk.reports.get(id)?.clone())));
            reports.extend(seen);
            incidents.extend(touched.incidents.iter().filter_map(|id| Some((*id, desk.incidents.get(id)?.clone()))));
            assignments
                .extend(touched.assignments.iter().filter_map(|id| Some((*id, desk.assignments.get(id)?.clone()))));
        })
        .await?;
        let code = &office.code;
        let mut rows: Vec<Statement> = projections::clear_projections(code);
        let all: Vec<_> = assignments.values().collect();
        rows.extend(projections::upsert_assignments(code, &all));
        rows.extend(incidents.values().map(|incident| projections::upsert_incident(code, incident)));
        rows.extend(reports.values().map(|report| projections::upsert_report(code, report)));
        rows.extend(all_calls.values().map(|call| calls::upsert(code, call)));
        rows.extend(desk.units.values().map(|unit| projections::upsert_unit(code, unit)));
        rows.push(closures::clear(code));
        rows.extend(roads.values().map(|closure| closures::upsert(code, closure)));
        rows.extend(shield::clear(code));
        rows.extend(desk.strikes.values().map(|strike| shield::upsert_strike(code, strike)));
        rows.extend(shield::upsert_blocks(code, &desk.blocks.values().collect::<Vec<_>>()));
        for chunk in rows.chunks(TOGETHER) {
            store.write(chunk.to_vec()).await?;
        }
        say(&format!(
            "{code}: {} entries folded; {} reports, {} incidents, {} assignments, {} units written; {} reports open",
            desk.seq,
            reports.len(),
            incidents.len(),
            assignments.len(),
            desk.units.len(),
            desk.reports.values().filter(|report| report.is_open()).count(),
        ));
    }
    Ok(())
}

/// Prints a journal as JSON lines.
///
/// # Errors
/// It cannot be read.
pub async fn export(store: &Store, polres: &str) -> Result<()> {
    let mut seq = 0;
    loop {
        let entries = store.read_after(polres, seq, 2000).await?;
        let Some(last) = entries.last() else { return Ok(()) };
        seq = last.seq;
        for entry in &entries {
            let line = json!({
                "polres": entry.polres, "seq": entry.seq, "at": entry.at, "actor": entry.actor, "event": entry.event,
                "prev_hash": hex::encode(entry.prev_hash), "hash": hex::encode(entry.hash),
            });
            say(&line.to_string());
        }
    }
}
