//! How far a place may be from the point given for it, and points that no entry has: kilometres along a
//! road, the crossing of two streets.

use super::address::{Phrase, Relation};
use super::fits::{Fit, Run, apart};
use super::gazetteer::Gazetteer;
use super::gazetteer_entry::{GazetteerEntry, PlaceKind};
use super::windows::{self, Spelled, Window};
use crate::model::place::LngLat;

/// No name says a place better than this, metres.
const LEAST_M: f64 = 30.0;

/// Streets whose discs come this near may cross, metres.
const CROSSING_SLACK_M: f64 = 150.0;

/// Kilometre stones are guessed at most this far beyond a known one, kilometres.
const BEYOND_KM: f64 = 1.5;

/// Reach of an entry that states none, metres: medians of Indonesian cities.
pub(super) const fn usual_m(kind: PlaceKind) -> f64 {
    match kind {
        PlaceKind::Kelurahan => 1_500.0,
        PlaceKind::Kecamatan => 5_000.0,
        PlaceKind::Street => 400.0,
        PlaceKind::Gang | PlaceKind::Landmark => 100.0,
        PlaceKind::Intersection => 60.0,
        PlaceKind::Kilometre => 500.0,
    }
}

/// Metres within which the place lies: the reach of the name and how the phrase points from it.
pub(super) fn radius_m(kind: PlaceKind, reach_m: f64, relation: Option<Relation>) -> f64 {
    let own = if reach_m > 0.0 { reach_m } else { usual_m(kind) };
    let spot = matches!(kind, PlaceKind::Landmark | PlaceKind::Intersection | PlaceKind::Kilometre);
    let pointed = match relation {
        // The next plot; beside a street or in an area is still in its reach.
        Some(Relation::Beside) if spot => 40.0,
        Some(Relation::Near) if spot => 150.0,
        Some(Relation::Near) if own < 1_000.0 => 100.0,
        Some(Relation::Along) if own < 1_000.0 => 400.0,
        _ => 0.0,
    };
    (own + pointed).max(LEAST_M)
}

/// A place on a road by its kilometre, and the words that name the road.
#[derive(Debug, Clone)]
pub(super) struct Stone {
    pub entry: GazetteerEntry,
    pub run: Run,
    pub likeness: f64,
}

/// `km 12,5 jalan medan binjai`: between the stones of the road, or a little beyond the last.
pub(super) fn kilometre(phrase: &Phrase, all: &[Window], gazetteer: &Gazetteer) -> Vec<Stone> {
    let Some(km) = phrase.km else { return Vec::new() };
    let named = gazetteer.kilometres().iter().filter_map(|(road, stones)| {
        let (likeness, window) = windows::best(all, &Spelled::new(road), 0.8, |_| true)?;
        Some((likeness, window, stones))
    });
    named
        .filter_map(|(likeness, window, stones)| {
            let entry = between(km, stones, gazetteer)?;
            Some(Stone { entry, run: (window.first, window.last), likeness })
        })
        .collect()
}

fn between(km: f64, stones: &[(f64, u32)], gazetteer: &Gazetteer) -> Option<GazetteerEntry> {
    let after = stones.partition_point(|(at, _)| *at < km);
    let exact = stones.get(after).filter(|(at, _)| (at - km).abs() < 0.05);
    if let Some((_, number)) = exact {
        return Some(gazetteer.entry(*number as usize));
    }
    let pair = match after {
        0 => (stones.first()?, stones.get(1)?),
        n if n == stones.len() => (stones.get(n.checked_sub(2)?)?, &stones[n - 1]),
        n => (&stones[n - 1], &stones[n]),
    };
    let ((km_a, a), (km_b, b)) = pair;
    let beyond = (km_a - km).max(km - km_b).max(0.0);
    if beyond > BEYOND_KM || km_b - km_a > 4.0 {
        return None;
    }
    let share = (km - km_a) / (km_b - km_a);
    let (one, other) = (gazetteer.at(*a as usize), gazetteer.at(*b as usize));
    let mix = |from: f64, to: f64| from + (to - from) * share;
    let nearer = if share < 0.5 { a } else { b };
    let mut entry = gazetteer.entry(*nearer as usize);
    let lower = entry.name.to_lowercase();
    let road = lower.rfind("km").and_then(|at| entry.name.get(..at)).unwrap_or(&entry.name).trim_end().to_owned();
    entry.name = format!("{road} Km {}", km.to_string().replace('.', ","));
    entry.at = LngLat::new(mix(one.lng, other.lng), mix(one.lat, other.lat));
    // The road bends between the stones: a quarter of their distance, and what lies beyond them whole.
    entry.radius_m = (one.distance_m(other) * 0.25).max(200.0) + beyond * 500.0;
    Some(entry)
}

/// Where two named streets meet, when no entry says it: between their middles, as wide as the shorter.
pub(super) fn crossing(fits: &[Fit], gazetteer: &Gazetteer) -> Option<(GazetteerEntry, Run, f64)> {
    let street = |fit: &&Fit| gazetteer.kind(fit.entry) == PlaceKind::Street && fit.likeness >= 0.85;
    let streets: Vec<&Fit> = fits.iter().filter(street).take(12).collect();
    let mut best: Option<(f64, &Fit, &Fit)> = None;
    for (at, a) in streets.iter().enumerate() {
        for b in &streets[at + 1..] {
            let (one, other) = (gazetteer.entry(a.entry as usize), gazetteer.entry(b.entry as usize));
            let meet = one.at.distance_m(other.at)
                <= radius_m(one.kind, one.radius_m, None)
                    + radius_m(other.kind, other.radius_m, None)
                    + CROSSING_SLACK_M;
            let likeness = a.likeness.min(b.likeness);
            if apart(a.run, b.run) && meet && best.is_none_or(|(known, ..)| likeness > known) {
                best = Some((likeness, a, b));
            }
        }
    }
    let (likeness, a, b) = best?;
    let (one, other) = (gazetteer.entry(a.entry as usize), gazetteer.entry(b.entry as usize));
    let (reach, beyond) = (radius_m(one.kind, one.radius_m, None), radius_m(other.kind, other.radius_m, None));
    let share = reach / (reach + beyond);
    let plain = |name: &str| name.trim_start_matches("Jl.").trim().to_owned();
    let shorter = if reach <= beyond { &one } else { &other };
    let entry = GazetteerEntry {
        name: format!("Simpang {}–{}", plain(&one.name), plain(&other.name)),
        kind: PlaceKind::Intersection,
        at: LngLat::new(
            one.at.lng + (other.at.lng - one.at.lng) * share,
            one.at.lat + (other.at.lat - one.at.lat) * share,
        ),
        radius_m: reach.min(beyond),
        aliases: Vec::new(),
        ..shorter.clone()
    };
    Some((entry, (a.run.0.min(b.run.0), a.run.1.max(b.run.1)), likeness))
}
