//! Units that can be sent, by position: one R-tree per Polres.
//!
//! A unit enters when it becomes available and leaves when it is offered something, so availability
//! costs nothing at query time. Positions are laid flat around the office: metres, not degrees.
//!
//! The tree knows where a unit stood when it was last put in; a unit that has moved less than
//! [`SLACK_M`] since is not put in anew. A question therefore looks that much further than its answer.

use std::collections::HashMap;

use rstar::primitives::GeomWithData;
use rstar::{PointDistance, RTree};

use super::world::Nearby;
pub use super::world::Whereabouts;
use crate::model::id::UnitId;
use crate::model::place::{LngLat, Plane};

/// A unit's slot in the list of spots, at the place where the tree has it.
type Anchor = GeomWithData<[f64; 2], usize>;

/// A unit may be this far from its place in the tree, metres: some ten seconds of driving in a city.
const SLACK_M: f64 = 100.0;

#[derive(Debug, Clone, Copy)]
struct Spot {
    unit: UnitId,
    xy: [f64; 2],
    anchor: [f64; 2],
    whereabouts: Whereabouts,
}

/// Units that can be sent, for nearest-unit questions over one city.
///
/// Distances are good to about 0.1 % within 50 km of `origin`.
#[derive(Debug)]
pub struct UnitIndex {
    plane: Plane,
    tree: RTree<Anchor>,
    spots: Vec<Spot>,
    slots: HashMap<UnitId, usize>,
}

impl UnitIndex {
    /// An empty index around `origin`.
    #[must_use]
    pub fn around(origin: LngLat) -> Self {
        Self { plane: Plane::around(origin), tree: RTree::new(), spots: Vec::new(), slots: HashMap::new() }
    }

    /// Many units at once, for a start or a bench: bulk-loaded.
    #[must_use]
    pub fn with(origin: LngLat, units: impl IntoIterator<Item = (UnitId, Whereabouts)>) -> Self {
        let mut index = Self::around(origin);
        for (unit, whereabouts) in units {
            let spot = index.spot(unit, whereabouts);
            let slot = *index.slots.entry(unit).or_insert(index.spots.len());
            match index.spots.get_mut(slot) {
                Some(known) => *known = spot,
                None => index.spots.push(spot),
            }
        }
        let anchors = index.spots.iter().enumerate().map(|(slot, spot)| Anchor::new(spot.anchor, slot)).collect();
        index.tree = RTree::bulk_load(anchors);
        index
    }

    fn spot(&self, unit: UnitId, whereabouts: Whereabouts) -> Spot {
        let xy = self.plane.to_xy(whereabouts.at);
        Spot { unit, xy, anchor: xy, whereabouts }
    }

    /// Puts a unit in, or moves it.
    pub fn set(&mut self, unit: UnitId, whereabouts: Whereabouts) {
        let new = self.spot(unit, whereabouts);
        let slot = *self.slots.entry(unit).or_insert(self.spots.len());
        let Some(spot) = self.spots.get_mut(slot) else {
            self.tree.insert(Anchor::new(new.anchor, slot));
            self.spots.push(new);
            return;
        };
        if distance_2(spot.anchor, new.xy) <= SLACK_M * SLACK_M {
            *spot = Spot { anchor: spot.anchor, ..new };
            return;
        }
        self.tree.remove(&Anchor::new(spot.anchor, slot));
        self.tree.insert(Anchor::new(new.anchor, slot));
        *spot = new;
    }

    /// Takes a unit out: it can no longer be sent.
    pub fn remove(&mut self, unit: UnitId) {
        let Some(slot) = self.slots.remove(&unit) else { return };
        self.tree.remove(&Anchor::new(self.spots[slot].anchor, slot));
        self.spots.swap_remove(slot);
        // The last spot now lies in the slot that became free.
        let last = self.spots.len();
        if let Some(moved) = self.spots.get(slot) {
            self.tree.remove(&Anchor::new(moved.anchor, last));
            self.tree.insert(Anchor::new(moved.anchor, slot));
            self.slots.insert(moved.unit, slot);
        }
    }

    /// How many units can be sent.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spots.len()
    }

    /// Whether none can be sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spots.is_empty()
    }

    /// Up to `k` units nearest to `to`, nearest first, ties by id; only those `wanted`.
    #[must_use]
    pub fn nearest(&self, to: LngLat, k: usize, wanted: &dyn Fn(UnitId) -> bool) -> Vec<Nearby> {
        let xy = self.plane.to_xy(to);
        // The k best so far, best first.
        let mut best: Vec<(f64, &Spot)> = Vec::with_capacity(k + 1);
        for (anchor, d2) in self.tree.nearest_neighbor_iter_with_distance_2(&xy) {
            if best.len() >= k && best.last().is_none_or(|(last, _)| d2.sqrt() - SLACK_M > last.sqrt()) {
                break;
            }
            let Some(spot) = self.spots.get(anchor.data).filter(|spot| wanted(spot.unit)) else { continue };
            let found = (distance_2(spot.xy, xy), spot);
            let place = best.partition_point(|known| order(known, &found).is_lt());
            if place < k {
                best.truncate(k - 1);
                best.insert(place, found);
            }
        }
        best.into_iter().map(nearby).collect()
    }

    /// The same answer by looking at every unit: the judge of the tests.
    #[must_use]
    pub fn nearest_by_scan(&self, to: LngLat, k: usize, wanted: &dyn Fn(UnitId) -> bool) -> Vec<Nearby> {
        let xy = self.plane.to_xy(to);
        let mut all: Vec<(f64, &Spot)> =
            self.spots.iter().filter(|spot| wanted(spot.unit)).map(|spot| (distance_2(spot.xy, xy), spot)).collect();
        all.sort_by(order);
        all.truncate(k);
        all.into_iter().map(nearby).collect()
    }
}

fn distance_2(a: [f64; 2], b: [f64; 2]) -> f64 {
    a.distance_2(&b)
}

fn order(a: &(f64, &Spot), b: &(f64, &Spot)) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then_with(|| a.1.unit.cmp(&b.1.unit))
}

fn nearby((d2, spot): (f64, &Spot)) -> Nearby {
    let Whereabouts { at, fix_at } = spot.whereabouts;
    Nearby { unit: spot.unit, at, distance_m: d2.sqrt(), fix_at }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MEDAN: LngLat = LngLat::new(98.67, 3.59);

    fn id(n: u128) -> UnitId {
        UnitId(uuid::Uuid::from_u128(n))
    }

    fn spot(x: i16, y: i16) -> Whereabouts {
        Whereabouts { at: MEDAN.offset_m(f64::from(x), f64::from(y)), fix_at: None }
    }

    proptest! {
        #[test]
        fn the_tree_agrees_with_a_plain_scan_after_any_moves(
            moves in prop::collection::vec((0u128..40, -200i16..200, -200i16..200, any::<bool>()), 1..120),
            at in (-250i16..250, -250i16..250),
            k in 1usize..12,
            kinds in 1u128..4,
        ) {
            let mut index = UnitIndex::around(MEDAN);
            for (unit, x, y, stays) in moves {
                if stays { index.set(id(unit), spot(x, y)) } else { index.remove(id(unit)) }
            }
            let to = MEDAN.offset_m(f64::from(at.0), f64::from(at.1));
            let wanted = |unit: UnitId| unit.0.as_u128().is_multiple_of(kinds);
            prop_assert_eq!(index.nearest(to, k, &wanted), index.nearest_by_scan(to, k, &wanted));
            prop_assert_eq!(index.tree.size(), index.len());
        }
    }

    #[test]
    fn units_at_one_spot_come_in_the_order_of_their_ids() {
        let index = UnitIndex::with(MEDAN, (0..9).rev().map(|n| (id(n), spot(5, 5))));
        let order: Vec<_> = index.nearest(MEDAN, 4, &|_| true).into_iter().map(|n| n.unit).collect();
        assert_eq!(order, [id(0), id(1), id(2), id(3)]);
    }

    #[test]
    fn distances_are_metres() {
        let index = UnitIndex::with(MEDAN, [(id(1), spot(300, 400))]);
        let found = index.nearest(MEDAN, 1, &|_| true);
        assert!((found[0].distance_m - 500.0).abs() < 0.5, "{found:?}");
    }
}
