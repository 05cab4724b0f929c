//! A square town: four Polsek as rectangles, straight roads, units where they last were.

use std::collections::HashMap;

use sigap::dispatch::unit_index::{UnitIndex, Whereabouts};
use sigap::dispatch::world::{Nearby, World};
use sigap::model::clock::Timestamp;
use sigap::model::id::UnitId;
use sigap::model::place::{Jurisdiction, LngLat};
use sigap::model::unit::{Unit, UnitStatus};

/// Its middle.
pub const MIDDLE: LngLat = LngLat::new(98.67, 3.59);

/// Half a side, metres. Beyond it another Polres begins.
pub const HALF_M: f64 = 4000.0;

/// Metres per second on its roads.
const SPEED_MPS: f64 = 8.0;

/// A Polsek for each quarter.
pub const POLSEKS: [&str; 4] = ["barat-daya", "tenggara", "barat-laut", "timur-laut"];

/// The town as decisions see it.
pub struct Town {
    index: UnitIndex,
    fixes: HashMap<UnitId, Whereabouts>,
}

impl Town {
    /// Nobody is out yet.
    pub fn new() -> Self {
        Self { index: UnitIndex::around(MIDDLE), fixes: HashMap::new() }
    }

    /// What the desk says of a unit, as the field of the runtime takes it over.
    pub fn update(&mut self, unit: &Unit) {
        let whereabouts = self.fixes.get(&unit.id).copied().unwrap_or(Whereabouts { at: unit.post, fix_at: None });
        if unit.status == UnitStatus::Available {
            self.index.set(unit.id, whereabouts);
        } else {
            self.index.remove(unit.id);
        }
    }

    /// A unit is seen somewhere.
    pub fn seen(&mut self, unit: &Unit, at: LngLat, now: Timestamp) {
        self.fixes.insert(unit.id, Whereabouts { at, fix_at: Some(now) });
        self.update(unit);
    }

    /// A point `east_m`, `north_m` from the middle.
    pub fn point(east_m: f64, north_m: f64) -> LngLat {
        MIDDLE.offset_m(east_m, north_m)
    }
}

impl World for Town {
    fn nearest(&self, to: LngLat, k: usize, wanted: &dyn Fn(UnitId) -> bool) -> Vec<Nearby> {
        self.index.nearest(to, k, wanted)
    }

    fn whereabouts(&self, unit: UnitId) -> Option<Whereabouts> {
        self.fixes.get(&unit).copied()
    }

    fn travel_times_s(&self, from: &[LngLat], to: LngLat) -> Vec<Option<f64>> {
        // Nothing leads to the far corner: no way is a value too.
        let reachable = to.lng < MIDDLE.offset_m(0.9 * HALF_M, 0.0).lng;
        from.iter().map(|at| reachable.then(|| at.distance_m(to) * 1.3 / SPEED_MPS)).collect()
    }

    fn jurisdiction(&self, at: LngLat) -> Option<Jurisdiction> {
        let edge = MIDDLE.offset_m(HALF_M, HALF_M);
        let (east, north) = (at.lng - MIDDLE.lng, at.lat - MIDDLE.lat);
        let inside = east.abs() <= edge.lng - MIDDLE.lng && north.abs() <= edge.lat - MIDDLE.lat;
        let quarter = usize::from(east > 0.0) + 2 * usize::from(north > 0.0);
        let polsek = if inside { POLSEKS[quarter] } else { "seberang" };
        Some(Jurisdiction {
            polres: if inside { "medan" } else { "belawan" }.to_owned(),
            polsek: polsek.to_owned(),
            desa_code: format!("12.71.0{quarter}.1001"),
            kelurahan: format!("Kelurahan {polsek}"),
            kecamatan: format!("Kecamatan {polsek}"),
            border_distance_m: 100.0,
            neighbours: Vec::new(),
        })
    }
}
