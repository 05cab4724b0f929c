//! Lines for the tests of the figures.

use proptest::prelude::*;
use uuid::Uuid;

use super::lines::{IncidentLine, OfferLine, ReportLine};
use crate::model::assignment::AssignmentStamps;
use crate::model::clock::Timestamp;
use crate::model::id::{AssignmentId, IncidentId, ReportId, UnitId};
use crate::model::place::LngLat;
use crate::model::report::{Category, Channel, Priority};

/// 2026-11-21 09:00 WIB.
pub const NOON: Timestamp = Timestamp::from_secs(1_795_226_400);
pub const STATION: LngLat = LngLat::new(98.67, 3.59);

pub fn offer(n: u128, on_scene_s: Option<i64>) -> OfferLine {
    OfferLine {
        id: AssignmentId(Uuid::from_u128(n)),
        unit: UnitId(Uuid::from_u128(n % 5)),
        state: if on_scene_s.is_some() { "cleared" } else { "expired" }.to_owned(),
        automatic: n.is_multiple_of(2),
        overridden: n.is_multiple_of(3),
        override_reason: n.is_multiple_of(3).then(|| format!("alasan {}", n % 4)),
        stamps: AssignmentStamps {
            offered_at: NOON,
            on_scene_at: on_scene_s.map(|secs| NOON.plus_secs(secs)),
            ..AssignmentStamps::default()
        },
    }
}

/// Received at nine, somebody there after `secs`, `north_m` metres from the station.
pub fn incident(n: u128, secs: Option<i64>, north_m: f64) -> IncidentLine {
    IncidentLine {
        id: IncidentId(Uuid::from_u128(n)),
        number: format!("MDN-20261121-K{n:04}"),
        polsek: Some("a".to_owned()),
        category: Category::LakaLantas,
        priority: Priority::P2,
        at: STATION.offset_m(0.0, north_m),
        station: Some(STATION),
        received_at: NOON,
        closed_at: None,
        disposition: None,
        offers: vec![offer(n, secs)],
    }
}

pub fn report(n: u128, received_s: i64, claimed_s: Option<i64>) -> ReportLine {
    ReportLine {
        id: ReportId(Uuid::from_u128(n)),
        number: format!("MDN-20261121-{n:04}"),
        channel: Channel::Whatsapp,
        category: Category::ALL[usize::try_from(n % 30).unwrap_or_default()],
        priority: [Priority::P1, Priority::P2, Priority::P3, Priority::P4][usize::try_from(n % 4).unwrap_or_default()],
        state: "queued".to_owned(),
        outcome: None,
        at: None,
        polsek: Some(["a", "b", "c"][usize::try_from(n % 3).unwrap_or_default()].to_owned()),
        received_at: NOON.plus_secs(received_s),
        first_reply_at: None,
        claimed_at: claimed_s.map(|secs| NOON.plus_secs(secs)),
        closed_at: None,
    }
}

/// Days of incidents: some nobody came to, some far, some with several offers.
pub fn incidents() -> impl Strategy<Value = Vec<IncidentLine>> {
    let one = (prop::option::of(30_i64..3000), 0.0..12_000.0_f64, 0_usize..4, 0_u8..4, 0_i64..200_000);
    prop::collection::vec(one, 0..60).prop_map(|all| {
        let line = |(n, (secs, north_m, more, polsek, later)): (u128, (Option<i64>, f64, usize, u8, i64))| {
            let mut line = incident(n, secs, north_m);
            line.polsek = (polsek > 0).then(|| format!("polsek-{polsek}"));
            line.category = Category::ALL[usize::try_from(n * 7 % 20).unwrap_or_default()];
            let shifted = |at: Timestamp| at.plus_secs(later);
            line.received_at = shifted(line.received_at);
            line.offers.extend((0..more as u128).map(|i| offer(n * 10 + i, secs.map(|s| s + 60))));
            for offer in &mut line.offers {
                offer.stamps.offered_at = shifted(offer.stamps.offered_at);
                offer.stamps.on_scene_at = offer.stamps.on_scene_at.map(shifted);
            }
            line
        };
        (1_u128..).zip(all).map(line).collect()
    })
}

/// Reports that came and were taken at any time after.
pub fn reports() -> impl Strategy<Value = Vec<ReportLine>> {
    prop::collection::vec((0_i64..5_000, prop::option::of(1_i64..3_000), 0_u8..5), 0..60).prop_map(|all| {
        let line = |(n, (received, wait, end)): (u128, (i64, Option<i64>, u8))| {
            // Distinct arrivals: of two that came at one instant either may be first.
            let received = received * 100 + i64::try_from(n).unwrap_or_default();
            let mut line = report(n, received, wait.map(|wait| received + wait));
            if end > 2 {
                line.closed_at = Some(line.received_at.plus_secs(4_000));
                line.state = "closed".to_owned();
                line.outcome = Some(if end == 3 { "answered" } else { "prank" }.to_owned());
            }
            line
        };
        (1_u128..).zip(all).map(line).collect()
    })
}
