//! Units that can be sent, by position: one R-tree per Polres.
//!
//! A unit enters when it becomes available and leaves when it is offered something, so availability
//! costs nothing at query time. Positions are laid flat around the office: metres, not degrees.

use std::collections::HashMap;

use rstar::primitives::GeomWithData;
use rstar::{PointDistance, RTree};

use super::world::Nearby;
use crate::model::clock::Timestamp;
use crate::model::id::UnitId;
use crate::model::place::{LngLat, Plane};

type Spot = GeomWithData<[f64; 2], UnitId>;

/// Where a unit counts from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Whereabouts {
    /// The point.
    pub at: LngLat,
    /// When it was seen there; none when it counts at its post.
    pub fix_at: Option<Timestamp>,
}

/// Units that can be sent, for nearest-unit questions over one city.
///
/// Distances are good to about 0.1 % within 50 km of `origin`.
#[derive(Debug)]
pub struct UnitIndex {
    plane: Plane,
    tree: RTree<Spot>,
    spots: HashMap<UnitId, ([f64; 2], Whereabouts)>,
}

impl UnitIndex {
    /// An empty index around `origin`.
    #[must_use]
    pub fn around(origin: LngLat) -> Self {
        Self { plane: Plane::around(origin), tree: RTree::new(), spots: HashMap::new() }
    }

    /// Many units at once, for a start or a bench: bulk-loaded.
    #[must_use]
    pub fn with(origin: LngLat, units: impl IntoIterator<Item = (UnitId, Whereabouts)>) -> Self {
        let plane = Plane::around(origin);
        let spots: HashMap<_, _> =
            units.into_iter().map(|(unit, where_)| (unit, (plane.to_xy(where_.at), where_))).collect();
        let tree = RTree::bulk_load(spots.iter().map(|(unit, (xy, _))| Spot::new(*xy, *unit)).collect());
        Self { plane, tree, spots }
    }

    /// Puts a unit in, or moves it.
    pub fn set(&mut self, unit: UnitId, whereabouts: Whereabouts) {
        let xy = self.plane.to_xy(whereabouts.at);
        match self.spots.insert(unit, (xy, whereabouts)) {
            Some((old, _)) if old == xy => {}
            Some((old, _)) => {
                self.tree.remove(&Spot::new(old, unit));
                self.tree.insert(Spot::new(xy, unit));
            }
            None => self.tree.insert(Spot::new(xy, unit)),
        }
    }

    /// Takes a unit out: it can no longer be sent.
    pub fn remove(&mut self, unit: UnitId) {
        if let Some((xy, _)) = self.spots.remove(&unit) {
            self.tree.remove(&Spot::new(xy, unit));
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
        let mut found: Vec<(f64, UnitId)> = Vec::with_capacity(k + 1);
        for (spot, d2) in self.tree.nearest_neighbor_iter_with_distance_2(&xy) {
            // One more than k as long as the distance ties, so that the cut is decided by id.
            if found.len() >= k && found.last().is_some_and(|(last, _)| d2 > *last) {
                break;
            }
            if wanted(spot.data) {
                found.push((d2, spot.data));
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        found.truncate(k);
        found.into_iter().filter_map(|(d2, unit)| self.nearby(unit, d2)).collect()
    }

    fn nearby(&self, unit: UnitId, d2: f64) -> Option<Nearby> {
        let (_, spot) = self.spots.get(&unit)?;
        Some(Nearby { unit, at: spot.at, distance_m: d2.sqrt(), fix_at: spot.fix_at })
    }

    /// The same answer by looking at every unit: the judge of the tests.
    #[must_use]
    pub fn nearest_by_scan(&self, to: LngLat, k: usize, wanted: &dyn Fn(UnitId) -> bool) -> Vec<Nearby> {
        let xy = self.plane.to_xy(to);
        let mut all: Vec<(f64, UnitId)> = self
            .spots
            .iter()
            .filter(|(unit, _)| wanted(**unit))
            .map(|(unit, (at, _))| (Spot::new(*at, *unit).distance_2(&xy), *unit))
            .collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        all.truncate(k);
        all.into_iter().filter_map(|(d2, unit)| self.nearby(unit, d2)).collect()
    }
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
            let wanted = |unit: UnitId| unit.0.as_u128() % kinds == 0;
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
