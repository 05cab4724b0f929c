//! Where units meet the network, remembered by their exact place: a unit that has not moved since its last
//! fix is not looked up again for each question. The streets never change, so neither does an answer.

use parking_lot::Mutex;

use super::graph::{RoadGraph, Snap};
use crate::model::place::LngLat;

/// Places remembered, 1 MB when full.
const SLOTS: usize = 1 << 14;

/// Slots a place may lie in; when all are taken the next in turn is given up.
const WAYS: usize = 4;

/// Snaps by place. Bounded.
#[derive(Debug, Default)]
pub struct SnapCache {
    slots: Mutex<Slots>,
}

#[derive(Debug, Default)]
struct Slots {
    known: Vec<Option<Known>>,
    turn: usize,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    at: LngLat,
    snap: Option<Snap>,
}

impl SnapCache {
    /// Where each of these places meets the network, in the order asked.
    pub fn of_all(&self, graph: &RoadGraph, places: &[LngLat]) -> Vec<Option<Snap>> {
        let mut slots = self.slots.lock();
        if slots.known.is_empty() {
            slots.known.resize(SLOTS, None);
        }
        places.iter().map(|at| slots.of(graph, *at)).collect()
    }
}

impl Slots {
    fn of(&mut self, graph: &RoadGraph, at: LngLat) -> Option<Snap> {
        let first = slot_of(at);
        let own = &mut self.known[first..first + WAYS];
        if let Some(known) = own.iter().flatten().find(|known| known.at == at) {
            return known.snap;
        }
        let snap = graph.snap(at);
        self.turn = (self.turn + 1) % WAYS;
        let place = own.iter().position(Option::is_none).unwrap_or(self.turn);
        own[place] = Some(Known { at, snap });
        snap
    }
}

/// The first slot of a place: both coordinates spread (the multiplier of Knuth, The Art of Computer Programming 3, 6.4,
/// for 64 bits).
fn slot_of(at: LngLat) -> usize {
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    let bits = at.lng.to_bits().wrapping_mul(SPREAD) ^ at.lat.to_bits().rotate_left(32);
    let spread = bits.wrapping_mul(SPREAD) >> (64 - (SLOTS / WAYS).trailing_zeros());
    usize::try_from(spread).unwrap_or(0) * WAYS
}

#[cfg(test)]
mod tests {
    use super::super::graph::RoadDraft;
    use super::super::graph::tests::{at, edge};
    use super::*;

    #[test]
    fn a_remembered_place_is_answered_as_a_fresh_one_also_when_slots_are_shared() {
        let nodes = (0..6).map(|i| at(f64::from(i) * 4.0, f64::from(i % 2) * 3.0)).collect();
        let edges = (0..5).map(|i| edge(i, i + 1, false)).collect();
        let graph = RoadGraph::new(RoadDraft { nodes, edges, forbidden: Vec::new() }).unwrap();
        let cache = SnapCache::default();
        let mut rng = fastrand::Rng::with_seed(7);
        // Three times as many places as slots: each slot is taken over.
        let places: Vec<LngLat> = (0..SLOTS * 3).map(|_| at(rng.f64() * 20.0, rng.f64() * 4.0)).collect();
        let fresh: Vec<Option<Snap>> = places.iter().map(|at| graph.snap(*at)).collect();
        assert_eq!(cache.of_all(&graph, &places), fresh);
        assert_eq!(cache.of_all(&graph, &places), fresh);
        let used = cache.slots.lock().known.iter().flatten().count();
        assert!(used > SLOTS * 9 / 10, "{used} of {SLOTS} slots hold something");
    }
}
