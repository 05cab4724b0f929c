//! A report that belongs to another Polres goes there with everything said so far.

use super::desks::{Chain, DeskHandle, Rows, SubmitError};
use crate::dispatch::command::{Command, Receive, Refusal, Understood};
use crate::dispatch::undo::{Heard, UndoEnd, is_untouched};
use crate::model::InvalidStep;
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Event, Template};
use crate::model::id::ReportId;
use crate::model::report::{Channel, Meaning, Outcome, Reading, Report};
use crate::store::people;

/// Opens the report at `to`, durably, and only then closes it at `from`: a crash between the two
/// leaves it at both, never at none, and a second try makes nothing new.
///
/// # Errors
/// The report cannot be handed over in its state, or storage is away.
pub async fn hand_over(
    from: &DeskHandle,
    to: &DeskHandle,
    report: ReportId,
    actor: Actor,
    now: Timestamp,
) -> Result<(), SubmitError> {
    let found = from.look(move |desk| desk.reports.get(&report).cloned()).await?;
    let found = found.ok_or(Refusal::NotFound("report"))?;
    found.can_settle("hand over").map_err(Refusal::from)?;
    let meaning = from.parts.store.reading(report).await.map_err(|error| {
        tracing::warn!(error = %Chain(&error), "what a report means cannot be read; it stays");
        SubmitError::Away
    })?;
    // What only this office has a name for, the other reads as the matter of the program it is one of.
    let meaning = meaning.map(|meaning| Meaning { category: meaning.category.common(), ..meaning });
    to.submit_with(actor, receive(&found, to, now), Some(meaning_rows(to, meaning))).await?;
    from.submit(actor, Command::Resolve { report, outcome: Outcome::HandedOver, note: None }).await?;
    Ok(())
}

/// Takes a report back that `to` has done nothing about yet. It is opened here, durably, before it ends
/// there: never at none. When `to` takes it up between the two, it stays there.
///
/// # Errors
/// It was not handed there, somebody there has it, or storage is away.
pub async fn take_back(
    from: &DeskHandle,
    to: &DeskHandle,
    undo: UndoEnd,
    actor: Actor,
    rows: Option<Rows>,
) -> Result<(), SubmitError> {
    let origin = undo.report;
    let (undo_s, now) = (from.parts.rules.now().plans.answers.undo_s, from.parts.clock.now());
    let heard = to
        .look(move |desk| {
            let there = desk.handed.get(&origin).and_then(|id| desk.reports.get(id));
            let there = there.ok_or(Refusal::NotFound("report"))?;
            if !is_untouched(there) {
                return Err(InvalidStep { step: "take it back", state: "taken up there" }.into());
            }
            Ok::<Heard, Refusal>(Heard::of(there, there.stamps.received_at, undo_s, now))
        })
        .await??;
    from.submit_with(actor, Command::UndoEnd(UndoEnd { handed: Some(heard), ..undo }), rows).await?;
    let taken = to.submit(actor, Command::TakeBack(origin)).await;
    if taken.is_err() {
        from.submit(actor, Command::Resolve { report: origin, outcome: Outcome::HandedOver, note: None }).await?;
    }
    taken.map(drop)
}

/// What was understood goes along: the other office reads it on its card.
fn meaning_rows(to: &DeskHandle, meaning: Option<Meaning>) -> Rows {
    let store = to.parts.store.clone();
    Box::new(move |entries, _| {
        let received = entries.iter().find_map(|entry| match entry.event {
            Event::ReportReceived { report, .. } => Some(report),
            _ => None,
        });
        let row =
            received.zip(meaning).map(|(report, meaning)| people::upsert_reading(store.vault(), report, &meaning));
        Ok(row.transpose()?.into_iter().collect())
    })
}

fn receive(report: &Report, to: &DeskHandle, now: Timestamp) -> Command {
    let jurisdiction = report
        .place
        .as_ref()
        .and_then(|place| crate::dispatch::world::World::jurisdiction(&*to.parts.field, place.point()));
    let reading = Reading { category: report.reading.category.common(), ..report.reading };
    let (first, more) = report.messages.split_first().map_or((None, &[][..]), |(first, more)| (Some(*first), more));
    Command::Receive(Box::new(Receive {
        channel: report.channel,
        reporter: report.reporter,
        message: first.unwrap_or(crate::model::id::MessageId(report.id.0)),
        more: more.to_vec(),
        sent_at: report.stamps.sent_at.min(now),
        alone: Understood { reading, place: report.place.clone(), jurisdiction },
        joined: None,
        answer: (report.channel == Channel::Whatsapp).then_some(Template::HandedOver),
        handed_from: Some(report.id),
        noise: report.noise.clone().unwrap_or_default(),
    }))
}
