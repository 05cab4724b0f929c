//! Which unit gets there first, what else speaks for or against it, and what would change that.
//!
//! In: an incident, the free units near it, travel times. Out: candidates ranked by cost in
//! seconds, each with its reasons. Pure; ties are ordered by call sign, so answers repeat.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::desk::Desk;
use super::plan::Plan;
use super::preempt::GivesUp;
use super::world::{Nearby, World};
use crate::model::assignment::ReasonParams;
use crate::model::clock::Timestamp;
use crate::model::entry::Reason;
use crate::model::id::{IncidentId, UnitId};
use crate::model::place::LngLat;
use crate::model::shortfall::Shortfall;
use crate::model::unit::{LOST_AFTER_S, STALE_AFTER_S, Unit, UnitKind, UnitStatus};

/// How many units are looked at by road. Straight-line rank 12 was never the fastest in 10,000
/// random incidents of the synthetic city; a test keeps an eye on it.
pub const CONSIDERED: usize = 12;

/// Speed assumed where no way by road is found, metres per second (30 km/h over a detour of 1.4).
const CROW_SPEED_MPS: f64 = 30.0 / 3.6 / 1.4;

/// A unit that stands first on a screen stays there while no other is better by more than this, seconds:
/// less than what a traffic light takes.
pub const STEADY_S: f64 = 15.0;

/// What each circumstance adds to the cost, seconds. Judgement of Sigap, to be measured and tuned;
/// stated on every card.
mod cost {
    /// A unit of another Polsek.
    pub const OTHER_POLSEK: f64 = 60.0;
    /// Not among the kinds the plan asks for.
    pub const WRONG_KIND: f64 = 300.0;
    /// For each rank below the kind the plan likes best.
    pub const KIND_RANK: f64 = 30.0;
    /// Its fix is older than a minute.
    pub const STALE_FIX: f64 = 60.0;
    /// No usable fix: it counts at its post.
    pub const NO_FIX: f64 = 180.0;
    /// It is the last free unit of its Polsek.
    pub const RESERVE: f64 = 90.0;
    /// For each assignment already taken on this duty, up to five.
    pub const WORKLOAD: f64 = 10.0;
}

/// One unit that could be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Candidate {
    /// Which unit.
    pub unit_id: UnitId,
    /// Radio name.
    pub call_sign: String,
    /// Its kind.
    pub unit_kind: UnitKind,
    /// Its Polsek.
    pub polsek: Option<String>,
    /// What it is doing.
    pub status: UnitStatus,
    /// Travel time by road, seconds; none where no way was found.
    pub travel_time_s: Option<f64>,
    /// Straight line, metres.
    pub distance_m: f64,
    /// Sum of the reasons, seconds; the smallest wins.
    pub cost_s: f64,
    /// Age of its fix, seconds; none when it counts at its post.
    pub fix_age_s: Option<f64>,
    /// Where it counts from.
    pub lng: f64,
    /// Where it counts from.
    pub lat: f64,
    /// Why it stands where it stands.
    pub reasons: Vec<Reason>,
    /// The job it would be taken from; none for a free unit.
    #[serde(default)]
    pub gives_up: Option<GivesUp>,
}

/// Ranked units with reasons, before a person decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Recommendation {
    /// For which incident.
    pub incident_id: IncidentId,
    /// How many units the plan still wants.
    pub needed: usize,
    /// Best first.
    pub candidates: Vec<Candidate>,
    /// What would change the choice, in words.
    pub counterfactual: Option<String>,
    /// What is missing.
    pub shortfall: Option<Shortfall>,
    /// Units with a lesser job that would be there sooner even so, best first; a person takes them, the
    /// machine never does.
    #[serde(default)]
    pub takeable: Vec<Candidate>,
    /// The plan behind it.
    pub plan: Plan,
}

impl Recommendation {
    /// The same with the unit that stood first on a screen kept there, while no other is better by more
    /// than [`STEADY_S`]: units move, and two that are as good as each other would change places for ever.
    #[must_use]
    pub fn steady(mut self, held: UnitId) -> Self {
        let Some(best_s) = self.candidates.first().map(|best| best.cost_s) else { return self };
        let near = |candidate: &Candidate| candidate.unit_id == held && candidate.cost_s - best_s <= STEADY_S;
        if let Some(place) = self.candidates.iter().position(near).filter(|place| *place > 0) {
            self.candidates[..=place].rotate_right(1);
            self.counterfactual = counterfactual(&self.candidates);
        }
        self
    }
}

/// What a recommendation is about.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The incident.
    pub incident: IncidentId,
    /// Where.
    pub at: LngLat,
    /// Code of the Polsek whose area it is.
    pub polsek: Option<&'a str>,
    /// What it is answered with.
    pub plan: &'a Plan,
    /// Units the plan still wants.
    pub needed: usize,
    /// Units that declined it.
    pub declined: &'a [UnitId],
    /// How many units are looked at by road, [`CONSIDERED`] where it stands alone.
    pub considered: usize,
    /// Units taken by an earlier part of the same decision.
    pub taken: &'a BTreeSet<UnitId>,
}

/// Ranks the free units for a scene.
#[must_use]
pub fn recommend(desk: &Desk, world: &dyn World, scene: &Scene<'_>, now: Timestamp) -> Recommendation {
    let wanted = |id: UnitId| {
        !scene.taken.contains(&id)
            && !scene.declined.contains(&id)
            && desk.units.get(&id).is_some_and(|unit| unit.status == UnitStatus::Available && !unit.emergency)
    };
    let near = world.nearest(scene.at, scene.considered, &wanted);
    let from: Vec<LngLat> = near.iter().map(|n| n.at).collect();
    let times = world.travel_times_s(&from, scene.at);
    let mut candidates: Vec<Candidate> = near
        .iter()
        .zip(times)
        .filter_map(|(nearby, time)| Some(weigh(desk, desk.units.get(&nearby.unit)?, nearby, time, scene, now)))
        .collect();
    candidates.sort_by(|a, b| a.cost_s.total_cmp(&b.cost_s).then_with(|| a.call_sign.cmp(&b.call_sign)));
    Recommendation {
        incident_id: scene.incident,
        needed: scene.needed,
        counterfactual: counterfactual(&candidates),
        shortfall: Shortfall::of(candidates.len(), scene.needed, scene.declined.len()),
        candidates,
        takeable: Vec::new(),
        plan: scene.plan.clone(),
    }
}

/// Weighs one unit for a scene.
pub(super) fn weigh(
    desk: &Desk,
    unit: &Unit,
    nearby: &Nearby,
    travel_time_s: Option<f64>,
    scene: &Scene<'_>,
    now: Timestamp,
) -> Candidate {
    let mut reasons = vec![travel_reason(travel_time_s, nearby.distance_m)];
    reasons.extend(polsek_reason(unit, scene));
    reasons.extend(kind_reason(unit, scene.plan));
    let fix_age_s = nearby.fix_at.map(|at| now.secs_since(at).max(0.0));
    reasons.extend(fix_reason(fix_age_s));
    reasons.extend(reserve_reason(desk, unit));
    if unit.taken > 0 {
        let cost_s = cost::WORKLOAD * f64::from(unit.taken.min(5));
        let workload = reason("workload", cost_s, format!("sudah {} penugasan dalam dinas ini", unit.taken));
        reasons.push(workload.counting(unit.taken));
    }
    Candidate {
        unit_id: unit.id,
        call_sign: unit.call_sign.clone(),
        unit_kind: unit.kind,
        polsek: unit.polsek.clone(),
        status: unit.status,
        travel_time_s,
        distance_m: nearby.distance_m,
        cost_s: reasons.iter().map(|r| r.cost_s).sum(),
        fix_age_s,
        lng: nearby.at.lng,
        lat: nearby.at.lat,
        reasons,
        gives_up: None,
    }
}

pub(in crate::dispatch) fn reason(code: &str, cost_s: f64, text: String) -> Reason {
    Reason { code: code.to_owned(), cost_s, params: ReasonParams::default(), text }
}

fn travel_reason(travel_time_s: Option<f64>, distance_m: f64) -> Reason {
    if let Some(secs) = travel_time_s {
        return reason("travel_time", secs, format!("{} lewat jalan", minutes(secs))).lasting(secs);
    }
    let secs = distance_m / CROW_SPEED_MPS;
    reason("no_way", secs, format!("tidak ada rute jalan; kira-kira {} garis lurus", minutes(secs))).lasting(secs)
}

fn polsek_reason(unit: &Unit, scene: &Scene<'_>) -> Option<Reason> {
    let (Some(own), Some(scene_polsek)) = (unit.polsek.as_deref(), scene.polsek) else { return None };
    (own != scene_polsek).then(|| reason("other_polsek", cost::OTHER_POLSEK, "dari Polsek lain".to_owned()))
}

fn kind_reason(unit: &Unit, plan: &Plan) -> Option<Reason> {
    match plan.kinds.iter().position(|kind| *kind == unit.kind) {
        Some(0) => None,
        Some(rank) => {
            let rank = u32::try_from(rank).unwrap_or(u32::MAX);
            Some(reason("kind_rank", cost::KIND_RANK * f64::from(rank), "bukan jenis unit pilihan pertama".to_owned()))
        }
        None => Some(reason("wrong_kind", cost::WRONG_KIND, "jenis unit tidak sesuai rencana".to_owned())),
    }
}

fn fix_reason(fix_age_s: Option<f64>) -> Option<Reason> {
    match fix_age_s {
        Some(age) if age <= STALE_AFTER_S => None,
        Some(age) if age <= LOST_AFTER_S => {
            Some(reason("stale_fix", cost::STALE_FIX, format!("posisi terakhir {} lalu", minutes(age))).lasting(age))
        }
        _ => Some(reason("no_fix", cost::NO_FIX, "tanpa posisi GPS; dihitung dari posnya".to_owned())),
    }
}

fn reserve_reason(desk: &Desk, unit: &Unit) -> Option<Reason> {
    let polsek = unit.polsek.as_deref()?;
    (desk.free.get(polsek).copied().unwrap_or(0) <= 1)
        .then(|| reason("reserve", cost::RESERVE, "unit terakhir yang siap di Polseknya".to_owned()))
}

fn counterfactual(candidates: &[Candidate]) -> Option<String> {
    let [best, second, ..] = candidates else { return None };
    let gap = second.cost_s - best.cost_s;
    if gap < 0.0 {
        return Some(format!("{} sama baiknya; urutan dipertahankan selama selisihnya kecil", second.call_sign));
    }
    // What the best one has as well does not tell them apart.
    let shared = |reason: &Reason| best.reasons.iter().find(|r| r.code == reason.code).map_or(0.0, |r| r.cost_s);
    let against: Option<&Reason> = second
        .reasons
        .iter()
        .filter(|r| r.code != "travel_time" && r.cost_s - shared(r) > gap)
        .max_by(|a, b| a.cost_s.total_cmp(&b.cost_s));
    Some(match against {
        Some(r) => format!("{} akan dipilih bila bukan: {}", second.call_sign, r.text),
        None => format!("{} akan dipilih bila {} lebih lambat {}", second.call_sign, best.call_sign, minutes(gap)),
    })
}

/// `45 detik`, `12 menit`.
pub(super) fn minutes(secs: f64) -> String {
    if secs < 90.0 { format!("{secs:.0} detik") } else { format!("{:.0} menit", secs / 60.0) }
}
