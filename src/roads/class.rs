//! Classes of roads and how fast a patrol drives on them.

use serde::{Deserialize, Serialize};

/// What sort of road an edge is; the classes of OpenStreetMap's `highway` that cars use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoadClass {
    /// Toll road, entered only at its gates.
    Motorway,
    /// National road.
    Trunk,
    /// Provincial road, main arterial.
    Primary,
    /// City arterial.
    Secondary,
    /// Collector.
    Tertiary,
    /// Street of a neighbourhood.
    Residential,
    /// Lane (*gang*): motorcycles easily, cars with care.
    Gang,
}

impl RoadClass {
    /// Every class, the fastest first; the position is the number in a road file.
    pub const ALL: [Self; 7] =
        [Self::Motorway, Self::Trunk, Self::Primary, Self::Secondary, Self::Tertiary, Self::Residential, Self::Gang];

    /// Speed of a patrol on its way, km/h.
    ///
    /// The limits of PP 79/2013 article 23 (100 toll road, 80 between cities, 50 in towns, 30 in
    /// neighbourhoods) lowered to what traffic allows: an assumption until an office has tracks of
    /// its own units to fit them to. Crossing delays are part of it.
    #[must_use]
    pub const fn police_kmh(self) -> f64 {
        match self {
            Self::Motorway => 80.0,
            Self::Trunk => 48.0,
            Self::Primary => 42.0,
            Self::Secondary => 36.0,
            Self::Tertiary => 30.0,
            Self::Residential => 24.0,
            Self::Gang => 12.0,
        }
    }

    /// Seconds for `metres` on this class.
    #[must_use]
    pub fn secs(self, metres: f64) -> f64 {
        metres * 3.6 / self.police_kmh()
    }

    /// The number of the class in a road file.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The class of a number in a road file.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Whether the class is drawn on the map of arterials.
    #[must_use]
    pub fn is_arterial(self) -> bool {
        self <= Self::Secondary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_survives_its_number() {
        for class in RoadClass::ALL {
            assert_eq!(RoadClass::from_number(class.number()), Some(class));
        }
        assert_eq!(RoadClass::from_number(7), None);
    }

    #[test]
    fn a_kilometre_of_toll_road_takes_45_seconds() {
        assert!((RoadClass::Motorway.secs(1000.0) - 45.0).abs() < 1e-9);
    }

    #[test]
    fn a_higher_class_is_never_slower() {
        assert!(RoadClass::ALL.is_sorted_by(|a, b| a.police_kmh() > b.police_kmh()));
    }
}
