//! What a driver is told on the way: turns with the street they lead into, roundabouts with the exit to
//! take, and on which side the place lies. Traffic keeps to the left.

use super::graph::RoadGraph;
use super::network::{Network, headings, points};
use crate::model::place::LngLat;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Less than this is no turn, degrees; then slight, then a turn, then sharp.
const STRAIGHT_DEG: f64 = 25.0;
const SLIGHT_DEG: f64 = 50.0;
const SHARP_DEG: f64 = 130.0;

/// What to do at one place of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Manoeuvre {
    /// Set out.
    Depart,
    /// Straight on, into a street of another name.
    Continue,
    /// Keep left.
    SlightLeft,
    /// Turn left.
    Left,
    /// Turn sharp left.
    SharpLeft,
    /// Keep right.
    SlightRight,
    /// Turn right.
    Right,
    /// Turn sharp right.
    SharpRight,
    /// Turn round.
    UTurn,
    /// Enter a roundabout and leave it at the exit `exit`.
    Roundabout,
    /// There.
    Arrive,
    /// There, on the left.
    ArriveLeft,
    /// There, on the right.
    ArriveRight,
}

/// One thing to do, and how far it is to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RouteStep {
    /// What.
    pub manoeuvre: Manoeuvre,
    /// The street one is in afterwards; empty when it has no name.
    pub street: String,
    /// Which exit of a roundabout, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<u32>,
    /// Where.
    pub at: LngLat,
    /// Metres from the start of the way.
    pub from_start_m: f64,
    /// Metres to the next step.
    pub metres: f64,
}

impl RouteStep {
    /// The step as it is said in Indonesian, without its distance.
    #[must_use]
    pub fn sentence(&self) -> String {
        let into = if self.street.is_empty() { String::new() } else { format!(" ke {}", self.street) };
        match self.manoeuvre {
            Manoeuvre::Depart if self.street.is_empty() => "Berangkat".to_owned(),
            Manoeuvre::Depart => format!("Berangkat di {}", self.street),
            Manoeuvre::Continue => format!("Lurus{into}"),
            Manoeuvre::SlightLeft => format!("Serong kiri{into}"),
            Manoeuvre::Left => format!("Belok kiri{into}"),
            Manoeuvre::SharpLeft => format!("Belok tajam ke kiri{into}"),
            Manoeuvre::SlightRight => format!("Serong kanan{into}"),
            Manoeuvre::Right => format!("Belok kanan{into}"),
            Manoeuvre::SharpRight => format!("Belok tajam ke kanan{into}"),
            Manoeuvre::UTurn => format!("Putar balik{into}"),
            Manoeuvre::Roundabout => format!("Di bundaran ambil jalan keluar ke-{}{into}", self.exit.unwrap_or(1)),
            Manoeuvre::Arrive => "Sampai di tujuan".to_owned(),
            Manoeuvre::ArriveLeft => "Sampai, tujuan di sebelah kiri".to_owned(),
            Manoeuvre::ArriveRight => "Sampai, tujuan di sebelah kanan".to_owned(),
        }
    }
}

/// A way as arcs, with where on the first and the last of them it starts and ends.
pub(super) struct Arcs<'a> {
    pub driven: &'a [u32],
    /// Metres from the start of the first arc, and from the start of the last.
    pub start_m: f64,
    pub end_m: f64,
    /// The place itself, beside the street.
    pub target: LngLat,
}

/// The steps of a way.
pub(super) fn steps(network: &Network, way: &Arcs<'_>) -> Vec<RouteStep> {
    let graph = network.graph();
    let Some((first, last)) = way.driven.first().zip(way.driven.last()) else { return Vec::new() };
    let street = |arc: u32| graph.name(&graph.edges()[arc as usize / 2]).to_owned();
    let step = |manoeuvre, arc: u32, at, from_start_m| RouteStep {
        manoeuvre,
        street: street(arc),
        exit: None,
        at,
        from_start_m,
        metres: 0.0,
    };
    let begin = place_on(graph, *first, way.start_m);
    let mut all = vec![step(Manoeuvre::Depart, *first, begin, 0.0)];
    let mut driven = -way.start_m;
    for pair in way.driven.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        driven += graph.edges()[from as usize / 2].length_m;
        let at = points(graph, to)[0];
        let (here, next) = (graph.edges()[from as usize / 2], graph.edges()[to as usize / 2]);
        if next.roundabout {
            if here.roundabout {
                count_exit(network, from, &mut all);
            } else {
                all.push(RouteStep { exit: Some(0), ..step(Manoeuvre::Roundabout, to, at, driven) });
            }
            continue;
        }
        if here.roundabout {
            // The exit taken counts too, and names the street.
            if let Some(entered) = all.last_mut().filter(|step| step.manoeuvre == Manoeuvre::Roundabout) {
                entered.exit = entered.exit.map(|exit| exit + 1);
                entered.street = street(to);
            }
            continue;
        }
        if let Some(manoeuvre) = manoeuvre(network, from, to) {
            all.push(step(manoeuvre, to, at, driven.max(0.0)));
        }
    }
    let last_length = if way.driven.len() == 1 { way.end_m - way.start_m } else { driven + way.end_m };
    let end = place_on(graph, *last, way.end_m);
    all.push(step(arrival(graph, *last, way.end_m, way.target), *last, end, last_length.max(0.0)));
    for i in 1..all.len() {
        all[i - 1].metres = (all[i].from_start_m - all[i - 1].from_start_m).max(0.0);
    }
    all
}

/// Passing a junction of a roundabout at which one could leave.
fn count_exit(network: &Network, from: u32, all: &mut [RouteStep]) {
    let edges = network.graph().edges();
    let exits = network.turns_from(from).iter().any(|turn| !edges[turn.to as usize / 2].roundabout);
    if let Some(entered) = all.last_mut().filter(|step| step.manoeuvre == Manoeuvre::Roundabout && exits) {
        entered.exit = entered.exit.map(|exit| exit + 1);
    }
}

/// What is to be done between two arcs; none when one just drives on.
fn manoeuvre(network: &Network, from: u32, to: u32) -> Option<Manoeuvre> {
    if from ^ to == 1 {
        return Some(Manoeuvre::UTurn);
    }
    let graph = network.graph();
    let [_, arriving] = headings(graph, from)?;
    let [leaving, _] = headings(graph, to)?;
    let angle = (leaving - arriving + 540.0).rem_euclid(360.0) - 180.0;
    let choices = network.turns_from(from).iter().filter(|turn| turn.to ^ from != 1).count();
    let name = |arc: u32| graph.edges()[arc as usize / 2].name;
    if choices < 2 && angle.abs() < SHARP_DEG {
        return None;
    }
    Some(match (angle.abs(), angle < 0.0) {
        (size, _) if size < STRAIGHT_DEG => {
            let renamed = name(from) != name(to) && !graph.name(&graph.edges()[to as usize / 2]).is_empty();
            return renamed.then_some(Manoeuvre::Continue);
        }
        (size, true) if size < SLIGHT_DEG => Manoeuvre::SlightLeft,
        (size, false) if size < SLIGHT_DEG => Manoeuvre::SlightRight,
        (size, true) if size < SHARP_DEG => Manoeuvre::Left,
        (size, false) if size < SHARP_DEG => Manoeuvre::Right,
        (_, true) => Manoeuvre::SharpLeft,
        (_, false) => Manoeuvre::SharpRight,
    })
}

/// On which side of the last street the place lies; it lies on the street within 5 m of it.
fn arrival(graph: &RoadGraph, arc: u32, along_m: f64, target: LngLat) -> Manoeuvre {
    let here = place_on(graph, arc, along_m);
    if here.distance_m(target) < 5.0 {
        return Manoeuvre::Arrive;
    }
    let (a, b) = (place_on(graph, arc, (along_m - 2.0).max(0.0)), place_on(graph, arc, along_m + 2.0));
    let [a, b, t] = [a, b, target].map(|at| graph.plane.to_xy(at));
    let cross = (b[0] - a[0]) * (t[1] - a[1]) - (b[1] - a[1]) * (t[0] - a[0]);
    if cross > 0.0 { Manoeuvre::ArriveLeft } else { Manoeuvre::ArriveRight }
}

/// The point of an arc so many metres from its start.
fn place_on(graph: &RoadGraph, arc: u32, metres: f64) -> LngLat {
    let line = points(graph, arc);
    let mut left = metres.max(0.0);
    for pair in line.windows(2) {
        let long = pair[0].distance_m(pair[1]);
        if left <= long && long > 0.0 {
            let t = left / long;
            let mix = |a: f64, b: f64| a + (b - a) * t;
            return LngLat::new(mix(pair[0].lng, pair[1].lng), mix(pair[0].lat, pair[1].lat));
        }
        left -= long;
    }
    line.last().copied().unwrap_or(LngLat::new(0.0, 0.0))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::graph::tests::{at, edge};
    use super::super::graph::{DraftEdge, RoadDraft};
    use super::super::travel_time::{RoadTravel, TravelTime};
    use super::*;

    fn named(from: u32, to: u32, name: &str) -> DraftEdge {
        DraftEdge { name: name.to_owned(), ..edge(from, to, false) }
    }

    fn told(draft: RoadDraft, from: LngLat, to: LngLat) -> Vec<(String, f64)> {
        let travel = RoadTravel::new(Arc::new(RoadGraph::new(draft).unwrap()));
        let route = travel.route(from, to).unwrap();
        let whole: f64 = route.steps.iter().map(|step| step.metres).sum();
        assert!((whole - route.metres).abs() < 40.0, "{whole} {}", route.metres);
        route.steps.iter().map(|step| (step.sentence(), step.metres.round())).collect()
    }

    #[test]
    fn turns_are_told_with_the_street_and_the_way_to_the_next() {
        // West to east, then north into another street, then a bend without a choice, then the house.
        let nodes = vec![at(0.0, 0.0), at(3.0, 0.0), at(6.0, 0.0), at(3.0, 3.0), at(5.0, 3.0), at(1.0, 3.0)];
        let edges = vec![
            named(0, 1, "Jl. Krakatau"),
            named(1, 2, "Jl. Krakatau"),
            named(1, 3, "Jl. Cemara"),
            named(3, 4, "Jl. Pinang"),
            named(3, 5, ""),
        ];
        let draft = RoadDraft { nodes, edges, forbidden: Vec::new() };
        let steps = told(draft.clone(), at(0.0, 0.0), at(4.5, 3.1));
        let sentences: Vec<&str> = steps.iter().map(|(sentence, _)| sentence.as_str()).collect();
        assert_eq!(
            sentences,
            [
                "Berangkat di Jl. Krakatau",
                "Belok kiri ke Jl. Cemara",
                "Belok kanan ke Jl. Pinang",
                "Sampai, tujuan di sebelah kiri"
            ]
        );
        assert_eq!(steps.iter().map(|(_, metres)| *metres).collect::<Vec<_>>(), [333.0, 334.0, 166.0, 0.0]);
        let straight = told(draft, at(0.5, 0.0), at(5.0, -0.1));
        assert_eq!(straight.len(), 2, "no word where the street goes straight on: {straight:?}");
        assert_eq!(straight[1].0, "Sampai, tujuan di sebelah kanan");
    }

    #[test]
    fn a_roundabout_is_left_at_the_counted_exit() {
        // Clockwise, as traffic on the left goes: west, north, east, south.
        let ring = [at(-0.3, 0.0), at(0.0, 0.3), at(0.3, 0.0), at(0.0, -0.3)];
        let arms = [at(-3.0, 0.0), at(0.0, 3.0), at(3.0, 0.0), at(0.0, -3.0)];
        let mut edges: Vec<DraftEdge> = (0..4)
            .map(|i| DraftEdge { roundabout: true, one_way: true, ..named(i, (i + 1) % 4, "Bundaran") })
            .collect();
        edges.extend(
            (0..4).map(|i| named(i, i + 4, ["Jl. Barat", "Jl. Utara", "Jl. Timur", "Jl. Selatan"][i as usize])),
        );
        let draft = RoadDraft { nodes: ring.into_iter().chain(arms).collect(), edges, forbidden: Vec::new() };
        let exit = |to| told(draft.clone(), at(-2.0, 0.0), to)[1].0.clone();
        assert_eq!(exit(at(0.0, 2.0)), "Di bundaran ambil jalan keluar ke-1 ke Jl. Utara");
        assert_eq!(exit(at(2.0, 0.0)), "Di bundaran ambil jalan keluar ke-2 ke Jl. Timur");
        assert_eq!(exit(at(0.0, -2.0)), "Di bundaran ambil jalan keluar ke-3 ke Jl. Selatan");
    }

    #[test]
    fn turning_round_and_a_new_name_are_told() {
        let nodes = vec![at(0.0, 0.0), at(3.0, 0.0), at(6.0, 0.0), at(3.0, -3.0)];
        let edges = vec![named(0, 1, "Jl. Lama"), named(1, 2, "Jl. Baru"), named(1, 3, "")];
        let draft = RoadDraft { nodes, edges, forbidden: Vec::new() };
        let steps = told(draft.clone(), at(0.0, 0.0), at(5.0, 0.0));
        assert_eq!(steps[1].0, "Lurus ke Jl. Baru");
        assert_eq!(steps[2].0, "Sampai di tujuan");
        let strict = RoadDraft { forbidden: vec![[0, 4]], ..draft };
        let steps = told(strict, at(0.0, 0.0), at(3.0, -2.0));
        assert!(steps.iter().any(|(sentence, _)| sentence.starts_with("Putar balik")), "{steps:?}");
    }
}
