//! `/v1/calls/{id}/notes`, `report` and `hand-over`: the call-taking form, kept while it is typed, and
//! the report it becomes.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Who;
use super::calls::{act, visible};
use super::entered::received;
use super::error::{ApiError, Problem};
use super::extract::{Json, Path};
use super::reports::{CorrectionRequest, find};
use crate::app::App;
use crate::dispatch::command::{Command, Correction, FileCall, PutPlace, Receive, Refusal, Understood};
use crate::model::call::{Call, CallResult};
use crate::model::clock::Timestamp;
use crate::model::entry::Actor;
use crate::model::id::{CallId, MessageId, ReportId};
use crate::model::place::{LngLat, Place};
use crate::model::report::{Category, Channel, Meaning, Priority, Report};
use crate::runtime::desks::Rows;
use crate::runtime::hand_over;
use crate::runtime::reading::Asking;
use crate::store::calls::{self, Paper};
use crate::store::people::{self, Direction, Message, Profile};

/// Characters of what happened, of where, and of a name.
const MOST_WHAT: usize = 10_000;
const MOST_WHERE: usize = 500;
const MOST_NAME: usize = 200;

/// What an operator has typed; kept on the server while he types, so that nothing is lost with his
/// screen and the next one goes on where he stopped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CallNotes {
    /// What happened, up to 10,000 characters.
    pub what: String,
    /// Where, in the caller's words, up to 500 characters.
    #[serde(rename = "where")]
    pub place: String,
    /// The category the operator chose; none leaves it to the machine.
    pub category: Option<Category>,
    /// The priority the operator chose; none leaves it to the machine.
    pub priority: Option<Priority>,
    /// How many people are hurt or involved.
    pub people: Option<u32>,
    /// How the caller calls himself, up to 200 characters.
    pub name: String,
    /// Longitude of the place the operator chose, degrees; with `lat`.
    pub lng: Option<f64>,
    /// Latitude of the place the operator chose, degrees; with `lng`.
    pub lat: Option<f64>,
}

impl CallNotes {
    fn check(&self) -> Result<(), ApiError> {
        for (text, field, most) in
            [(&self.what, "what", MOST_WHAT), (&self.place, "where", MOST_WHERE), (&self.name, "name", MOST_NAME)]
        {
            if text.chars().count() > most {
                return Err(ApiError::invalid(field, format!("at most {most} characters")));
            }
        }
        self.choice().checked().map(drop)
    }

    fn choice(&self) -> CorrectionRequest {
        let (category, priority) = (self.category, self.priority);
        CorrectionRequest { category, priority, lng: self.lng, lat: self.lat, label: None, phrase: None }
    }

    /// What the report's reader sees: each line one thing that was typed.
    fn text(&self) -> String {
        let people = self.people.map(|count| format!("Jumlah orang: {count}"));
        let place = Some(self.place.trim()).filter(|place| !place.is_empty()).map(|place| format!("Lokasi: {place}"));
        let what = Some(self.what.clone()).filter(|what| !what.trim().is_empty());
        let lines: Vec<String> = [what, place, people].into_iter().flatten().collect();
        if lines.is_empty() { "Telepon 110, belum ada keterangan.".to_owned() } else { lines.join("\n") }
    }
}

/// What was typed is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotesSaved {
    /// When.
    pub saved_at: Timestamp,
}

/// Keeps what was typed so far.
///
/// # Errors
/// 403, 404, 409 the caller of this door does not have the call, 422 too long or no place.
#[utoipa::path(post, path = "/v1/calls/{id}/notes", tag = "calls", params(("id" = CallId, Path)), request_body = CallNotes,
    responses((status = 200, body = NotesSaved), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn notes(
    State(app): State<App>,
    who: Who,
    Path(id): Path<CallId>,
    Json(typed): Json<CallNotes>,
) -> Result<Json<NotesSaved>, ApiError> {
    who.dispatcher()?;
    let call = visible(&app, &who, id).await?;
    typed.check()?;
    holds(&who, &call)?;
    let saved_at = app.clock.now();
    app.store.write(vec![calls::keep(app.store.vault(), id, call.reporter, Paper::Notes, &typed, saved_at)?]).await?;
    Ok(Json(NotesSaved { saved_at }))
}

fn holds(who: &Who, call: &Call) -> Result<(), ApiError> {
    match call.by {
        Some(by) if by == who.viewer.user => Ok(()),
        Some(by) => Err(Refusal::CallTaken { by }.into()),
        None => Err(Refusal::CallUnclaimed.into()),
    }
}

/// A filled form.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CallReportRequest {
    /// What was typed.
    #[serde(flatten)]
    pub notes: CallNotes,
    /// Into the queue, for whoever is next; else the report stays with him who filled the form.
    #[serde(default)]
    pub queue: bool,
}

/// Makes a report of a call. What the operator chose stands over what the machine reads; an emergency
/// that is certain enough is offered to a unit at once.
///
/// # Errors
/// 403, 404, 409 somebody else has the call, 422 nothing was typed, too long, or no place.
#[utoipa::path(post, path = "/v1/calls/{id}/report", tag = "calls", params(("id" = CallId, Path)), request_body = CallReportRequest,
    responses((status = 201, body = Report), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn report(
    State(app): State<App>,
    who: Who,
    Path(id): Path<CallId>,
    Json(wanted): Json<CallReportRequest>,
) -> Result<(StatusCode, Json<Report>), ApiError> {
    who.dispatcher()?;
    let call = visible(&app, &who, id).await?;
    wanted.notes.check()?;
    if wanted.notes.what.trim().is_empty() {
        return Err(ApiError::invalid("what", "it is empty"));
    }
    let report = file(&app, &who, &call, &wanted.notes, wanted.queue).await?;
    Ok((StatusCode::CREATED, Json(find(who.desk(&app)?, report).await?)))
}

/// Files a call: the report, its words, what they mean, and the form, in one transaction.
async fn file(app: &App, who: &Who, call: &Call, typed: &CallNotes, queue: bool) -> Result<ReportId, ApiError> {
    let (now, message) = (app.clock.now(), MessageId(app.next_id()));
    let (meaning, understood) = read(app, who, call, typed);
    let receive = Receive {
        channel: Channel::Call110,
        reporter: call.reporter,
        message,
        more: Vec::new(),
        sent_at: call.stamps.rang_at.unwrap_or(call.stamps.received_at).min(now),
        alone: understood,
        joined: None,
        answer: None,
        handed_from: None,
        noise: crate::model::shield::Noise::default(),
    };
    let chosen = chosen(app, who, call, typed)?;
    let filed = FileCall { call: call.id, by: who.viewer.user, receive, chosen, to_queue: queue };
    let profile = app.store.reporter(call.reporter).await?.unwrap_or_default();
    let rows = filed_rows(app, call, typed, &profile, meaning, message, now);
    let entries = act(app, who, call.id, Command::FileCall(Box::new(filed)), Some(rows)).await?;
    received(&entries).ok_or_else(ApiError::internal)
}

/// Understood like any text; located by what the operator typed as the place, then by the words, then
/// by the telephone network.
fn read(app: &App, who: &Who, call: &Call, typed: &CallNotes) -> (Meaning, Understood) {
    let texts = [typed.what.as_str(), typed.place.as_str()];
    let asking = asking(who, call);
    let mut read = app.reader.read(&texts, &asking);
    if let Ok(desk) = who.desk(app) {
        read = read.with_own_words(&texts, &desk.parts.rules.now().categories);
    }
    let typed = app.reader.find(&typed.place, &asking).place.map(|place| app.reader.judged(place));
    let network = || Some((call.place.clone()?, call.jurisdiction.clone()));
    let read_place = read.understood.place.take().map(|place| (place, read.understood.jurisdiction.take()));
    if let Some((place, jurisdiction)) = typed.or(read_place).or_else(network) {
        read.understood.reading.known.place = true;
        (read.understood.place, read.understood.jurisdiction) = (Some(place), jurisdiction);
    }
    (read.meaning, read.understood)
}

/// Asked by the operator's office about a caller who is roughly where the network says.
fn asking<'a>(who: &'a Who, call: &Call) -> Asking<'a> {
    Asking::by(&who.viewer.polres, None).near(call.place.as_ref().map(Place::point))
}

/// What the operator chose; a candidate of the words he typed as the place keeps its name and radius.
fn chosen(app: &App, who: &Who, call: &Call, typed: &CallNotes) -> Result<Correction, ApiError> {
    let mut chosen = typed.choice().checked()?;
    if let Some(PutPlace::Point(at)) = chosen.place
        && let Some(place) = app.reader.find(&typed.place, &asking(who, call)).chosen(at, None)
    {
        chosen.place = Some(PutPlace::Found(place));
    }
    Ok(chosen)
}

fn filed_rows(
    app: &App,
    call: &Call,
    typed: &CallNotes,
    profile: &Profile,
    meaning: Meaning,
    id: MessageId,
    now: Timestamp,
) -> Rows {
    let (store, call, typed) = (app.store.clone(), call.clone(), typed.clone());
    let name = typed.name.trim().to_owned();
    let named = (profile.name.is_none() && !name.is_empty()).then(|| Profile { name: Some(name), ..profile.clone() });
    Box::new(move |entries, desk| {
        let vault = store.vault();
        let Some(report) = received(entries) else { return Ok(Vec::new()) };
        let body = serde_json::json!({ "text": typed.text(), "call": call.id, "by_operator": true });
        let message = Message {
            id,
            polres: desk.polres.clone(),
            report,
            reporter: call.reporter,
            channel: Channel::Call110,
            direction: Direction::In,
            external_id: None,
            kind: "text".to_owned(),
            sent_at: now,
            received_at: now,
            status: None,
            body,
        };
        let mut rows = vec![
            people::insert_message(vault, &message)?,
            people::upsert_reading(vault, report, &meaning)?,
            calls::keep(vault, call.id, call.reporter, Paper::Notes, &typed, now)?,
        ];
        if let Some(profile) = named {
            rows.push(people::update_reporter(vault, call.reporter, &profile, now)?);
        }
        Ok(rows)
    })
}

/// To whom a call is handed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CallHandOverRequest {
    /// Code of the Polres; none: the one whose area the place lies in, else the nearest one.
    pub polres: Option<String>,
    /// What was typed, when it is newer than what was kept.
    pub notes: Option<CallNotes>,
}

/// Hands a call to the Polres it belongs to, with everything typed so far: its report is opened there
/// first and closed here after. Safe to say again when the first try was cut off.
///
/// # Errors
/// 403, 404, 409 somebody else has it, 422 no other office, or no place to find one by.
#[utoipa::path(post, path = "/v1/calls/{id}/hand-over", tag = "calls", params(("id" = CallId, Path)), request_body = CallHandOverRequest,
    responses((status = 200, body = Call), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn hand_over(
    State(app): State<App>,
    who: Who,
    Path(id): Path<CallId>,
    Json(wanted): Json<CallHandOverRequest>,
) -> Result<Json<Call>, ApiError> {
    let user = who.dispatcher()?.user;
    let call = visible(&app, &who, id).await?;
    let typed = match wanted.notes {
        Some(typed) => typed,
        None => app.store.call_paper(id, Paper::Notes).await?.map(|(typed, _)| typed).unwrap_or_default(),
    };
    typed.check()?;
    holds(&who, &call)?;
    let from = who.desk(&app)?;
    let other = |to: &String| *to != from.parts.office.code && app.desks.contains_key(to);
    let target = match wanted.polres {
        Some(polres) => Some(polres).filter(other),
        None => place_of(&app, &who, &call, &typed).and_then(|at| app.exchange.office_at(at, &from.parts.office.code)),
    };
    let target = target.ok_or_else(|| ApiError::invalid("polres", "no other office; say which one, or where it is"))?;
    let to = app.desks.get(&target).ok_or_else(|| ApiError::not_found("office"))?;
    let report = match call.result {
        Some(CallResult::Filed { report }) => report,
        _ => file(&app, &who, &call, &typed, true).await?,
    };
    hand_over::hand_over(from, to, report, Actor::User(user), app.clock.now()).await?;
    act(&app, &who, id, Command::CallHandedOver { call: id, report, to: target }, None).await?;
    visible(&app, &who, id).await.map(Json)
}

/// Where it is, as far as anybody has said.
fn place_of(app: &App, who: &Who, call: &Call, typed: &CallNotes) -> Option<LngLat> {
    let chosen = typed.lng.zip(typed.lat).map(|(lng, lat)| LngLat::new(lng, lat));
    chosen.or_else(|| read(app, who, call, typed).1.place.map(|place| place.point()))
}
