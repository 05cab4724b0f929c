//! What stands behind the figures of this moment: reports, incidents, units and roads as the desk holds
//! them, not as the tables keep a past stretch of time.

use super::behind::{BehindItem, LineKind};
use crate::app::App;
use crate::dispatch::desk::Desk;
use crate::dispatch::duty::holder;
use crate::http::auth::Who;
use crate::http::error::ApiError;
use crate::insight::behind::FigureCode;
use crate::model::clock::Timestamp;
use crate::model::closure::Closure;
use crate::model::id::UnitId;
use crate::model::incident::{Handling, Incident};
use crate::model::place::LngLat;
use crate::model::report::Report;
use crate::model::unit::{Unit, UnitStatus};
use crate::model::viewer::Scope;
use crate::store::code_of;

/// A figure of this moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// Which.
    pub figure: FigureCode,
    /// Reports received before this instant, of those nobody has taken.
    pub until: Timestamp,
    /// Free units are listed with their way to this place, the nearest first.
    pub to: Option<LngLat>,
}

/// The lines behind a figure of this moment; the latest first, units by call sign or nearest first.
///
/// # Errors
/// 404 no such office.
pub(super) async fn standing(app: &App, who: &Who, asked: Standing) -> Result<Vec<BehindItem>, ApiError> {
    let desk = who.desk(app)?;
    let scope = who.viewer.scope.clone();
    let mut items = desk.look(move |desk| lines(desk, &scope, &asked)).await?;
    match asked.to.filter(|_| asked.figure == FigureCode::NowFree) {
        None => items.sort_by(|a, b| b.received_at.cmp(&a.received_at).then_with(|| a.number.cmp(&b.number))),
        Some(to) => {
            let (field, now) = (desk.parts.field.clone(), app.clock.now());
            let work = move || {
                let posts: Vec<(LngLat, BehindItem)> =
                    items.into_iter().filter_map(|item| Some((field.place(UnitId(item.id), now)?, item))).collect();
                let places: Vec<LngLat> = posts.iter().map(|(at, _)| *at).collect();
                let ways = field.travel().many_to_one(&places, to);
                let with_way =
                    |((_, item), value_s): ((LngLat, BehindItem), Option<f64>)| BehindItem { value_s, ..item };
                let mut items: Vec<BehindItem> = posts.into_iter().zip(ways).map(with_way).collect();
                let way = |item: &BehindItem| item.value_s.unwrap_or(f64::INFINITY);
                items.sort_by(|a, b| way(a).total_cmp(&way(b)).then_with(|| a.number.cmp(&b.number)));
                items
            };
            items = tokio::task::spawn_blocking(work).await.map_err(|_| ApiError::internal())?;
        }
    }
    Ok(items)
}

fn lines(desk: &Desk, scope: &Scope, asked: &Standing) -> Vec<BehindItem> {
    use FigureCode as F;
    let reports = |wanted: &dyn Fn(&Report) -> bool| -> Vec<BehindItem> {
        desk.reports.values().filter(|one| scope.sees_report(one) && wanted(one)).map(of_report).collect()
    };
    let incidents = |wanted: &dyn Fn(&Incident) -> bool| -> Vec<BehindItem> {
        desk.incidents.values().filter(|one| scope.sees_incident(one, &[]) && wanted(one)).map(of_incident).collect()
    };
    let units = |wanted: &dyn Fn(&Unit) -> bool| -> Vec<BehindItem> {
        desk.units.values().filter(|one| scope.sees_unit(one) && wanted(one)).map(of_unit).collect()
    };
    match asked.figure {
        F::NowQueued => reports(&Report::is_queued),
        F::NowClaimed => reports(&|one| holder(one).is_some()),
        F::NowIncidents => incidents(&|one| !matches!(one.handling, Handling::Closed { .. })),
        F::NowHeld => incidents(&|one| matches!(one.handling, Handling::Held { .. })),
        F::NowDanger => units(&|one| one.emergency),
        F::NowFree => units(&|one| one.status == UnitStatus::Available),
        F::NowClosures => desk.closures.values().filter(|one| one.is_open()).map(of_closure).collect(),
        F::NowUntaken => {
            let left = desk.untaken_before(asked.until).into_iter();
            left.filter(|one| scope.sees_report(one)).map(of_report).collect()
        }
        _ => Vec::new(),
    }
}

fn of_report(one: &Report) -> BehindItem {
    BehindItem {
        category: Some(one.reading.category),
        priority: Some(one.reading.priority),
        polsek: one.jurisdiction.as_ref().map(|area| area.polsek.clone()),
        state: one.state.code().to_owned(),
        ..BehindItem::new(LineKind::Report, one.id.0, &one.number, one.stamps.received_at)
    }
}

fn of_incident(one: &Incident) -> BehindItem {
    BehindItem {
        category: Some(one.category),
        priority: Some(one.priority),
        polsek: one.jurisdiction.as_ref().map(|area| area.polsek.clone()),
        state: one.state.code().to_owned(),
        ..BehindItem::new(LineKind::Incident, one.id.0, &one.number, one.received_at)
    }
}

fn of_unit(one: &Unit) -> BehindItem {
    BehindItem {
        polsek: one.polsek.clone(),
        state: if one.emergency { "emergency".to_owned() } else { code_of(&one.status) },
        ..BehindItem::new(LineKind::Unit, one.id.0, &one.call_sign, one.status_since)
    }
}

fn of_closure(one: &Closure) -> BehindItem {
    BehindItem {
        state: code_of(&one.reason),
        ..BehindItem::new(LineKind::Closure, one.id.0, &one.streets.join(", "), one.from_at)
    }
}
