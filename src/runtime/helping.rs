//! Help between two Polres: two desks, two journals, and what each hears of the other.
//!
//! The office that is asked records first, then the one that asks: a crash between the two leaves the
//! wish where it can be answered, and the next start tells the one that asked. What one side says is
//! compared with what the other one knows, and only a difference is recorded, so that telling it twice
//! changes nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::desks::{Chain, DeskHandle, SubmitError};
use crate::dispatch::command::{Command, Refusal, WantHelp};
use crate::dispatch::desk::Desk;
use crate::dispatch::world::World;
use crate::model::InvalidStep;
use crate::model::entry::Actor;
use crate::model::help::{HelpNews, HelpTie};
use crate::model::id::{HelpId, IncidentId};
use crate::model::viewer::Scope;

/// After a failure it is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Asks the office of `to` for help with an incident of `from`.
///
/// # Errors
/// No such incident, it has ended, that office was asked already; storage is away.
pub async fn ask(
    from: &DeskHandle,
    to: &DeskHandle,
    id: IncidentId,
    help: HelpId,
    actor: Actor,
) -> Result<(), SubmitError> {
    let incident =
        from.look(move |desk| desk.incidents.get(&id).cloned()).await?.ok_or(Refusal::NotFound("incident"))?;
    incident.can_change("ask for help").map_err(Refusal::from)?;
    let (here, there) = (&from.parts.office, &to.parts.office);
    if incident.helped_by.iter().any(|known| known.polres == there.code && known.state.is_open()) {
        return Err(Refusal::HelpAsked.into());
    }
    let tie = HelpTie { help, polres: here.code.clone(), theirs: id, number: incident.number.clone() };
    let wanted = WantHelp {
        tie,
        // Its own name for a matter means nothing there.
        category: incident.category.common(),
        priority: incident.priority,
        jurisdiction: to.parts.field.jurisdiction(incident.place.point()),
        place: incident.place,
        received_at: incident.received_at,
    };
    to.submit(actor, Command::WantHelp(Box::new(wanted))).await?;
    let theirs = to.look(move |desk| opened_for(desk, id)).await?.ok_or(SubmitError::Fault)?;
    let tie = HelpTie { polres: there.code.clone(), ..theirs };
    from.submit(actor, Command::AskHelp { incident: id, tie }).await?;
    Ok(())
}

/// Takes back the wish for help that was sent to the office of `to`. That office records first; what it
/// then says is noted here.
///
/// # Errors
/// No such incident, or no wish of ours is open there; its unit has arrived already; storage is away.
pub async fn withdraw(from: &DeskHandle, to: &DeskHandle, id: IncidentId, actor: Actor) -> Result<(), SubmitError> {
    let there = to.parts.office.code.clone();
    let asked = from
        .look(move |desk| {
            let incident = desk.incidents.get(&id)?;
            incident.helped_by.iter().find(|help| help.polres == there && help.state.is_open()).cloned()
        })
        .await?
        .ok_or(Refusal::NotFound("request for help"))?;
    to.submit(actor, Command::WithdrawHelp(asked.incident)).await?;
    let news = to.look(move |desk| desk.incidents.get(&asked.incident).and_then(|theirs| desk.help_news(theirs)));
    let news = news.await?.filter(|news| !news.state.is_open());
    let step = InvalidStep { step: "take the request back", state: "their unit has arrived" };
    let news = news.ok_or(Refusal::from(step))?;
    from.submit(actor, Command::NoteHelp { incident: id, help: asked.id, news }).await?;
    Ok(())
}

/// What a desk keeps for an incident of another office that waits for an answer or is under way; named as
/// that office names it.
fn opened_for(desk: &Desk, theirs: IncidentId) -> Option<HelpTie> {
    desk.incidents.values().find_map(|incident| {
        let help = incident.helps.as_ref().filter(|help| help.incident == theirs && help.state.is_open())?;
        Some(HelpTie {
            help: help.id,
            polres: desk.polres.clone(),
            theirs: incident.id,
            number: incident.number.clone(),
        })
    })
}

/// Tells the other offices what they do not know yet of this one's part, as long as the program runs.
pub(crate) async fn relay(polres: String, desks: Arc<HashMap<String, DeskHandle>>, stop: CancellationToken) {
    let Some(own) = desks.get(&polres) else { return };
    let mut entries = own.parts.room.subscribe(&Scope::Polres);
    let mut due = true;
    loop {
        let failed = match if due { settle(own, &desks).await } else { Ok(()) } {
            Ok(()) => false,
            Err(error) => {
                tracing::warn!(polres, error = %Chain(&error), "another office was not told of help yet");
                true
            }
        };
        due = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = tokio::time::sleep(AGAIN), if failed => true,
            heard = entries.recv() => match heard {
                Ok(frame) => frame.is_about_help(),
                // Some entries were missed: whatever they were.
                Err(RecvError::Lagged(_)) => true,
                Err(RecvError::Closed) => return,
            },
        };
    }
}

/// A side of a wish for help that the other office may not know of.
enum Say {
    /// We help: this is how far we are.
    News { tie: HelpTie, news: HelpNews },
    /// We asked and need it no more.
    Enough { theirs: IncidentId },
}

async fn settle(own: &DeskHandle, desks: &HashMap<String, DeskHandle>) -> Result<(), SubmitError> {
    for (polres, say) in own.look(all_to_say).await? {
        let Some(other) = desks.get(&polres) else { continue };
        let command = match say {
            Say::Enough { theirs } => Command::WithdrawHelp(theirs),
            Say::News { tie, news } => {
                let (incident, help) = (tie.theirs, tie.help);
                if !knows(other, incident, help).await? {
                    let Some(tie) = own.look(move |desk| opened_for(desk, incident)).await? else { continue };
                    told(other.submit(Actor::System, Command::AskHelp { incident, tie }).await)?;
                }
                Command::NoteHelp { incident, help, news }
            }
        };
        told(other.submit(Actor::System, command).await)?;
    }
    Ok(())
}

async fn knows(other: &DeskHandle, incident: IncidentId, help: HelpId) -> Result<bool, SubmitError> {
    other
        .look(move |desk| {
            let incident = desk.incidents.get(&incident);
            // An incident that has left the desk needs no news.
            incident.is_none_or(|incident| incident.helped_by.iter().any(|known| known.id == help))
        })
        .await
}

/// What the other office refuses is over for it.
fn told<T>(answer: Result<T, SubmitError>) -> Result<(), SubmitError> {
    match answer {
        Ok(_) | Err(SubmitError::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

fn all_to_say(desk: &Desk) -> Vec<(String, Say)> {
    let mut all = Vec::new();
    for incident in desk.incidents.values() {
        if let (Some(help), Some(news)) = (&incident.helps, desk.help_news(incident)) {
            let tie = HelpTie {
                help: help.id,
                polres: desk.polres.clone(),
                theirs: help.incident,
                number: help.number.clone(),
            };
            all.push((help.polres.clone(), Say::News { tie, news }));
        }
        let open = incident.helped_by.iter().filter(|help| help.state.is_open() && !incident.is_open());
        all.extend(open.map(|help| (help.polres.clone(), Say::Enough { theirs: help.incident })));
    }
    all
}
