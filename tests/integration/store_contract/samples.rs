//! Reports, incidents, assignments, units and entries to store.

use sigap::model::assignment::{Assignment, AssignmentStamps, AssignmentState, Links};
use sigap::model::clock::Timestamp;
use sigap::model::entry::{Actor, Entry, Event, GENESIS, Hash};
use sigap::model::id::{AssignmentId, Ids, IncidentId, MessageId, ReportId, ReporterId, UnitId};
use sigap::model::incident::{Handling, Incident, IncidentState};
use sigap::model::place::{Jurisdiction, LngLat, Place, PlaceSource};
use sigap::model::report::{Category, Channel, Known, Priority, Reading, Report, ReportStamps, ReportState, Service};
use sigap::model::shield::Lane;
use sigap::model::unit::{Unit, UnitKind, UnitStatus};

/// 2026-11-21 01:00 UTC and `secs` seconds.
pub fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_795_222_800 + secs)
}

/// Ids that differ.
pub fn ids() -> Ids {
    Ids::random()
}

/// `count` entries of a journal after `head`, about units.
pub fn entries(polres: &str, head: (u64, Hash), count: u64) -> Vec<Entry> {
    let mut ids = ids();
    let mut prev = head.1;
    (1..=count)
        .map(|step| {
            let unit = UnitId(ids.next(at(0)));
            let event = Event::UnitStatusSet { unit, status: UnitStatus::Available };
            let entry = Entry::seal(polres, head.0 + step, at(1), Actor::Unit(unit), event, prev);
            prev = entry.hash;
            entry
        })
        .collect()
}

/// The first entries of a journal.
pub fn first_entries(polres: &str, count: u64) -> Vec<Entry> {
    entries(polres, (0, GENESIS), count)
}

/// Events sealed one after another.
pub fn sealed(polres: &str, events: Vec<Event>) -> Vec<Entry> {
    let mut prev = GENESIS;
    let numbered = events.into_iter().zip(1..);
    numbered
        .map(|(event, seq)| {
            let entry = Entry::seal(polres, seq, at(2), Actor::System, event, prev);
            prev = entry.hash;
            entry
        })
        .collect()
}

/// In the middle of Medan.
pub fn place(lng: f64, lat: f64) -> Place {
    Place {
        lng,
        lat,
        radius_m: 80.0,
        source: PlaceSource::Gazetteer,
        label: "Jl. Sisingamangaraja".to_owned(),
        confidence: 0.8,
        because: "nama jalan".to_owned(),
        parts: Vec::new(),
    }
}

/// An area of Medan.
pub fn jurisdiction(polsek: &str) -> Jurisdiction {
    Jurisdiction {
        polres: "medan".to_owned(),
        polsek: polsek.to_owned(),
        desa_code: "12.71.07.1004".to_owned(),
        kelurahan: "Pasar Baru".to_owned(),
        kecamatan: "Medan Kota".to_owned(),
        border_distance_m: 412.5,
        neighbours: vec!["medan-area".to_owned()],
    }
}

/// A queued report, received at `secs`.
pub fn report(number: u32, secs: i64) -> Report {
    let mut ids = ids();
    Report {
        id: ReportId(ids.next(at(secs))),
        number: format!("MDN-20261121-{number:04}"),
        channel: Channel::Whatsapp,
        reporter: ReporterId(ids.next(at(secs))),
        messages: vec![MessageId(ids.next(at(secs)))],
        last_message_at: at(secs),
        reading: Reading {
            service: Service::Police,
            category: Category::LakaLantas,
            priority: Priority::P2,
            confidence: 0.875,
            known: Known { what: true, place: true, ..Known::default() },
        },
        reading_by_hand: false,
        place: Some(place(98.68, 3.58)),
        jurisdiction: Some(jurisdiction("medan-kota")),
        lane: Lane::Main,
        noise: None,
        state: ReportState::Queued,
        handed_from: None,
        followers: Vec::new(),
        ended_with: None,
        referrals: Vec::new(),
        talk: sigap::model::talk::Talk::default(),
        stamps: ReportStamps {
            sent_at: at(secs - 2),
            received_at: at(secs),
            first_reply_at: None,
            located_at: Some(at(secs)),
            claimed_at: None,
            closed_at: None,
        },
    }
}

/// An open incident, received at `secs`.
pub fn incident(number: u32, secs: i64) -> Incident {
    let mut ids = ids();
    Incident {
        id: IncidentId(ids.next(at(secs))),
        number: format!("MDN-20261121-{number:04}"),
        category: Category::LakaLantas,
        priority: Priority::P1,
        place: place(98.67, 3.59),
        jurisdiction: Some(jurisdiction("medan-kota")),
        reports: vec![ReportId(ids.next(at(secs)))],
        assignments: vec![],
        declined: vec![],
        handling: Handling::Open,
        state: IncidentState::Queued,
        shortfall: None,
        merged_into: None,
        referrals: Vec::new(),
        photos: Vec::new(),
        notes: Vec::new(),
        helped_by: Vec::new(),
        helps: None,
        automatic: true,
        received_at: at(secs),
        opened_at: at(secs + 1),
        closed_at: None,
        reopened_at: None,
    }
}

/// An offer of an incident to a unit.
pub fn assignment(incident: IncidentId, unit: UnitId, primary: bool) -> Assignment {
    Assignment {
        id: AssignmentId(ids().next(at(0))),
        incident,
        unit,
        primary,
        state: AssignmentState::Offered,
        expires_at: at(45),
        travel_time_s: Some(212.25),
        automatic: true,
        override_reason: None,
        keys: vec![],
        stamps: AssignmentStamps { offered_at: at(10), ..AssignmentStamps::default() },
        links: Links::default(),
    }
}

/// A free car.
pub fn unit(no: u32) -> Unit {
    Unit {
        id: UnitId(ids().next(at(0))),
        no,
        call_sign: format!("Sabhara-{no:02}"),
        kind: UnitKind::Car,
        polsek: Some("medan-kota".to_owned()),
        crew: 2,
        post: LngLat::new(98.68, 3.58),
        status: UnitStatus::Available,
        status_since: at(0),
        assignment: None,
        emergency: false,
        taken: 3,
    }
}
