//! The police profile: which ways of an extract a patrol drives on, which way round, how fast.
//!
//! - Access is read from the most special key to the most general: `emergency`, `motorcar`,
//!   `motor_vehicle`, `vehicle`, `access`. What is closed to the public but not to everybody
//!   (`private`, `destination`, `customers`, `permit`, `delivery`) is open to a patrol; `no` is not,
//!   unless `emergency=yes`. It never drives against a one-way street.
//! - Service roads and drivable tracks are used at the speed of a lane; aisles of car parks are not.
//! - Speed: that of the class ([`RoadClass::police_kmh`]), scaled by the stated limit over the usual
//!   limit of the class (PP 79/2013 article 23), between half and one and a half of it; unpaved: 0.7 of it.

use super::element::Tags;
use crate::roads::class::RoadClass;

/// How a way is driven.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Drive {
    pub class: RoadClass,
    pub way_round: WayRound,
    pub roundabout: bool,
    /// Speed, km/h; 0 for that of the class.
    pub kmh: u8,
    /// Whether a limit was stated.
    pub stated: bool,
}

/// In which direction of its points a way is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WayRound {
    Both,
    AsDrawn,
    Against,
}

/// Share of the speed on a road without a hard surface.
const UNPAVED: f64 = 0.7;

/// How a patrol drives a way; none when it does not.
pub(super) fn drive(tags: Tags<'_>) -> Option<Drive> {
    let highway = tags.get("highway")?;
    let class = class_of(highway, tags)?;
    if !is_open(tags) || tags.is("area", "yes") {
        return None;
    }
    let roundabout = matches!(tags.get("junction"), Some("roundabout" | "circular"));
    let (kmh, stated) = speed(class, tags);
    Some(Drive { class, way_round: way_round(tags, highway, roundabout), roundabout, kmh, stated })
}

fn class_of(highway: &str, tags: Tags<'_>) -> Option<RoadClass> {
    Some(match highway {
        "motorway" | "motorway_link" => RoadClass::Motorway,
        "trunk" | "trunk_link" => RoadClass::Trunk,
        "primary" | "primary_link" => RoadClass::Primary,
        "secondary" | "secondary_link" => RoadClass::Secondary,
        "tertiary" | "tertiary_link" => RoadClass::Tertiary,
        "unclassified" | "residential" | "road" => RoadClass::Residential,
        "living_street" => RoadClass::Gang,
        "service" if !matches!(tags.get("service"), Some("parking_aisle" | "drive-through")) => RoadClass::Gang,
        "track" if !matches!(tags.get("tracktype"), Some("grade4" | "grade5")) => RoadClass::Gang,
        // Not made for cars, but said to be open to them.
        "pedestrian" | "footway" | "path" | "cycleway" if says_open_to_cars(tags) => RoadClass::Gang,
        _ => return None,
    })
}

fn says_open_to_cars(tags: Tags<'_>) -> bool {
    ["emergency", "motorcar", "motor_vehicle"].iter().any(|key| matches!(tags.get(key), Some("yes" | "designated")))
}

fn is_open(tags: Tags<'_>) -> bool {
    let said = ["emergency", "motorcar", "motor_vehicle", "vehicle", "access"].iter().find_map(|key| tags.get(key));
    !matches!(said, Some("no" | "agricultural" | "forestry" | "military"))
}

fn way_round(tags: Tags<'_>, highway: &str, roundabout: bool) -> WayRound {
    match tags.get("oneway:motor_vehicle").or_else(|| tags.get("oneway")) {
        // What changes with the hour cannot be relied on against the drawing.
        Some("yes" | "true" | "1" | "reversible" | "alternating") => WayRound::AsDrawn,
        Some("-1" | "reverse") => WayRound::Against,
        Some("no" | "false" | "0") => WayRound::Both,
        _ if roundabout || matches!(highway, "motorway" | "motorway_link") => WayRound::AsDrawn,
        _ => WayRound::Both,
    }
}

/// Usual limit of a class, km/h: PP 79/2013 article 23.
const fn usual_limit_kmh(class: RoadClass) -> f64 {
    match class {
        RoadClass::Motorway => 100.0,
        RoadClass::Trunk => 80.0,
        RoadClass::Primary | RoadClass::Secondary | RoadClass::Tertiary => 50.0,
        RoadClass::Residential | RoadClass::Gang => 30.0,
    }
}

fn speed(class: RoadClass, tags: Tags<'_>) -> (u8, bool) {
    let limit = tags.get("maxspeed").and_then(limit_kmh);
    let unpaved = matches!(
        tags.get("surface"),
        Some("unpaved" | "gravel" | "dirt" | "earth" | "ground" | "sand" | "mud" | "grass" | "fine_gravel" | "rock")
    );
    if limit.is_none() && !unpaved {
        return (0, false);
    }
    let usual = class.police_kmh();
    let stated = limit.map_or(usual, |limit| (usual * limit / usual_limit_kmh(class)).clamp(usual / 2.0, usual * 1.5));
    let kmh = if unpaved { stated * UNPAVED } else { stated };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let kmh = kmh.round().clamp(5.0, 130.0) as u8;
    (kmh, limit.is_some())
}

/// `50`, `50 km/h`, `30 mph`; none for `walk`, `signals`, nonsense.
fn limit_kmh(text: &str) -> Option<f64> {
    let text = text.split(';').next()?.trim();
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let number: f64 = digits.parse().ok()?;
    let kmh = if text.ends_with("mph") { number * 1.609_344 } else { number };
    (5.0..=200.0).contains(&kmh).then_some(kmh)
}

/// Whether a point stops a car: a bollard, a block, a gate nobody may pass.
pub(super) fn stops_cars(tags: Tags<'_>) -> bool {
    let Some(barrier) = tags.get("barrier") else { return false };
    let said = ["emergency", "motorcar", "motor_vehicle", "vehicle", "access"].iter().find_map(|key| tags.get(key));
    match said {
        Some("no") => true,
        Some(_) => false,
        None => matches!(
            barrier,
            "bollard"
                | "block"
                | "jersey_barrier"
                | "cycle_barrier"
                | "debris"
                | "log"
                | "stile"
                | "turnstile"
                | "kissing_gate"
                | "full-height_turnstile"
                | "motorcycle_barrier"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driven(tags: &[(&str, &str)]) -> Option<Drive> {
        drive(Tags(tags))
    }

    #[test]
    fn the_most_special_key_decides_who_may_enter() {
        let street = |more: &[(&'static str, &'static str)]| {
            let mut tags = vec![("highway", "residential")];
            tags.extend(more);
            driven(&tags).is_some()
        };
        assert!(street(&[]));
        assert!(street(&[("access", "private")]), "closed to the public, not to a patrol");
        assert!(!street(&[("access", "no")]));
        assert!(!street(&[("motor_vehicle", "no")]));
        assert!(street(&[("access", "no"), ("motor_vehicle", "yes")]));
        assert!(street(&[("motor_vehicle", "no"), ("emergency", "yes")]));
        assert!(!street(&[("access", "yes"), ("vehicle", "no")]));
    }

    #[test]
    fn one_way_streets_go_as_drawn_or_against_it() {
        let way = |tags: &[(&str, &str)]| driven(tags).unwrap().way_round;
        assert_eq!(way(&[("highway", "primary")]), WayRound::Both);
        assert_eq!(way(&[("highway", "primary"), ("oneway", "yes")]), WayRound::AsDrawn);
        assert_eq!(way(&[("highway", "primary"), ("oneway", "-1")]), WayRound::Against);
        assert_eq!(way(&[("highway", "primary"), ("junction", "roundabout")]), WayRound::AsDrawn);
        assert_eq!(way(&[("highway", "motorway")]), WayRound::AsDrawn);
        assert_eq!(way(&[("highway", "motorway"), ("oneway", "no")]), WayRound::Both);
    }

    #[test]
    fn a_stated_limit_scales_the_speed_of_the_class_within_bounds() {
        let kmh = |tags: &[(&str, &str)]| driven(tags).unwrap().kmh;
        assert_eq!(kmh(&[("highway", "primary")]), 0, "that of the class");
        assert_eq!(kmh(&[("highway", "primary"), ("maxspeed", "60")]), 50);
        assert_eq!(kmh(&[("highway", "primary"), ("maxspeed", "30 mph")]), 41);
        assert_eq!(kmh(&[("highway", "primary"), ("maxspeed", "5")]), 21, "never below half");
        assert_eq!(kmh(&[("highway", "primary"), ("maxspeed", "walk")]), 0);
        assert_eq!(kmh(&[("highway", "residential"), ("surface", "gravel")]), 17);
    }

    #[test]
    fn what_is_no_street_for_cars_is_left_out() {
        for highway in ["footway", "steps", "construction", "proposed", "bridleway", "raceway"] {
            assert_eq!(driven(&[("highway", highway)]), None, "{highway}");
        }
        assert_eq!(driven(&[("highway", "service"), ("service", "parking_aisle")]), None);
        assert!(driven(&[("highway", "footway"), ("motor_vehicle", "yes")]).is_some());
        assert!(stops_cars(Tags(&[("barrier", "bollard")])));
        assert!(!stops_cars(Tags(&[("barrier", "bollard"), ("emergency", "yes")])));
        assert!(!stops_cars(Tags(&[("barrier", "gate")])));
        assert!(stops_cars(Tags(&[("barrier", "gate"), ("access", "no")])));
    }
}
