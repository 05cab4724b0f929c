//! What is happening on the roads, for the public: live incidents enter, lines leave.
//!
//! Pure. Only matters of the road, only what the gazetteer calls the place, never a person and never
//! a single house.

use crate::model::clock::Timestamp;
use crate::model::incident::{Handling, Incident};
use crate::model::place::{LngLat, PlaceSource};
use crate::model::report::Category;

/// Matters of the road.
pub const CATEGORIES: [Category; 5] =
    [Category::LakaLantas, Category::Kemacetan, Category::PohonTumbang, Category::Bencana, Category::Kebakaran];

/// Most lines of one answer.
pub const MOST: usize = 5;

/// What is farther from the asker does not concern his way, metres.
const NEAR_M: f64 = 5_000.0;

/// An incident older than this says nothing about the road now, seconds.
const FRESH_S: f64 = 6.0 * 3600.0;

/// One thing on the road.
#[derive(Debug, Clone, PartialEq)]
pub struct TrafficLine {
    /// What.
    pub category: Category,
    /// Where: a street, a crossing, or the kelurahan.
    pub place: String,
    /// Reported so long ago, whole minutes.
    pub minutes_ago: u32,
    /// How far from the asker, metres, when his place is known.
    pub distance_m: Option<f64>,
}

impl TrafficLine {
    /// The line as a reporter reads it.
    #[must_use]
    pub fn words(&self) -> String {
        let ago = match self.minutes_ago {
            0 => "baru saja".to_owned(),
            minutes @ 1..60 => format!("{minutes} menit lalu"),
            minutes => format!("{} jam lalu", minutes / 60),
        };
        format!("• {} – {} ({ago})", self.category.label(), self.place)
    }
}

/// Live matters of the road near `near` (everywhere when none is known), newest first, at most [`MOST`].
#[must_use]
pub fn lines<'a>(
    incidents: impl IntoIterator<Item = &'a Incident>,
    near: Option<LngLat>,
    now: Timestamp,
) -> Vec<TrafficLine> {
    let mut live: Vec<&Incident> = incidents.into_iter().filter(|incident| is_live(incident, near, now)).collect();
    live.sort_by_key(|incident| (std::cmp::Reverse(incident.received_at), incident.id));
    live.truncate(MOST);
    live.into_iter().map(|incident| line(incident, near, now)).collect()
}

fn is_live(incident: &Incident, near: Option<LngLat>, now: Timestamp) -> bool {
    incident.handling == Handling::Open
        && CATEGORIES.contains(&incident.category)
        && now.secs_since(incident.received_at) <= FRESH_S
        && near.is_none_or(|near| near.distance_m(incident.place.point()) <= NEAR_M)
}

fn line(incident: &Incident, near: Option<LngLat>, now: Timestamp) -> TrafficLine {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most some hours in minutes")]
    let minutes_ago = (now.secs_since(incident.received_at) / 60.0).max(0.0) as u32;
    TrafficLine {
        category: incident.category,
        place: place_words(incident),
        minutes_ago,
        distance_m: near.map(|near| near.distance_m(incident.place.point())),
    }
}

/// The name of the place from the gazetteer; a pin may be somebody's door, so only its kelurahan.
fn place_words(incident: &Incident) -> String {
    let named = incident.place.source == PlaceSource::Gazetteer;
    let area = incident.jurisdiction.as_ref().map(|j| format!("Kel. {}, Kec. {}", j.kelurahan, j.kecamatan));
    match area {
        Some(area) if !named => area,
        None if !named => "lokasi sudah diketahui petugas".to_owned(),
        _ => incident.place.label.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::IncidentId;
    use crate::model::incident::{Disposition, IncidentState};
    use crate::model::place::{Jurisdiction, Place};
    use crate::model::report::Priority;

    const NOW: Timestamp = Timestamp::from_secs(1_795_226_400);
    const HERE: LngLat = LngLat::new(98.67, 3.59);

    fn incident(no: u128, category: Category, minutes: i64, east_m: f64) -> Incident {
        let at = HERE.offset_m(east_m, 0.0);
        Incident {
            id: IncidentId(uuid::Uuid::from_u128(no)),
            number: format!("MDN-20261121-K{no:04}"),
            category,
            priority: Priority::P2,
            place: Place {
                lng: at.lng,
                lat: at.lat,
                radius_m: 100.0,
                source: PlaceSource::Gazetteer,
                label: format!("Jl. Contoh {no}"),
                confidence: 0.9,
                because: String::new(),
                parts: Vec::new(),
            },
            jurisdiction: Some(Jurisdiction {
                polres: "medan".to_owned(),
                polsek: "kota".to_owned(),
                desa_code: "12.71.01.1001".to_owned(),
                kelurahan: "Kenanga".to_owned(),
                kecamatan: "Kota".to_owned(),
                border_distance_m: 900.0,
                neighbours: Vec::new(),
            }),
            reports: Vec::new(),
            assignments: Vec::new(),
            declined: Vec::new(),
            handling: Handling::Open,
            state: IncidentState::Queued,
            shortfall: None,
            automatic: false,
            received_at: NOW.plus_secs(-60 * minutes),
            opened_at: NOW,
            reopened_at: None,
            closed_at: None,
            merged_into: None,
            photos: Vec::new(),
            notes: Vec::new(),
            helped_by: Vec::new(),
            helps: None,
            referrals: Vec::new(),
        }
    }

    #[test]
    fn only_live_matters_of_the_road_nearby_are_told_newest_first() {
        let closed = Handling::Closed { disposition: Disposition::Resolved };
        let all = [
            incident(1, Category::Kemacetan, 50, 100.0),
            incident(2, Category::LakaLantas, 5, 400.0),
            incident(3, Category::Kekerasan, 1, 0.0),
            incident(4, Category::Kemacetan, 7, 6_000.0),
            incident(5, Category::Kemacetan, 361, 0.0),
            Incident { handling: closed, ..incident(6, Category::Kemacetan, 1, 0.0) },
        ];
        let told: Vec<String> = lines(&all, Some(HERE), NOW).iter().map(TrafficLine::words).collect();
        assert_eq!(told, ["• Laka lantas – Jl. Contoh 2 (5 menit lalu)", "• Kemacetan – Jl. Contoh 1 (50 menit lalu)"]);
        assert_eq!(lines(&all, None, NOW).len(), 3, "without a place of the asker the whole office counts");
    }

    #[test]
    fn five_lines_are_enough() {
        let all: Vec<Incident> = (1..20).map(|no| incident(no, Category::Bencana, 3, 0.0)).collect();
        assert_eq!(lines(&all, None, NOW).len(), MOST);
    }

    #[test]
    fn a_shared_pin_is_told_as_its_kelurahan() {
        let mut pinned = incident(1, Category::LakaLantas, 0, 0.0);
        pinned.place.source = PlaceSource::Pin;
        pinned.place.label = "Rumah Siti".to_owned();
        let told = lines([&pinned], None, NOW);
        assert_eq!(told[0].words(), "• Laka lantas – Kel. Kenanga, Kec. Kota (baru saja)");
    }
}
