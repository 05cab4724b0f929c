//! A city drawn in letters, with a desk on it that can be asked.

use std::collections::{BTreeMap, BTreeSet};

use crate::dispatch::checker::violations;
use crate::dispatch::command::{Command, NewUnit, Receive, Refusal, Understood};
use crate::dispatch::decide::{Rules, decide};
use crate::dispatch::desk::Desk;
use crate::dispatch::plan::Plans;
use crate::dispatch::recommend::{CONSIDERED, Recommendation, Scene, recommend};
use crate::dispatch::shield::ShieldRules;
use crate::dispatch::world::{Nearby, Whereabouts, World};
use crate::model::assignment::{Assignment, Step};
use crate::model::clock::Timestamp;
use crate::model::entry::{Actor, Entry, Event, Template};
use crate::model::id::{AssignmentId, Ids, IncidentId, MessageId, ReportId, ReporterId, UnitId};
use crate::model::place::{Jurisdiction, LngLat, Place, PlaceSource};
use crate::model::report::{Category, Channel, Known, Priority, Reading};
use crate::model::shield::Noise;
use crate::model::unit::{UnitKind, UnitStatus};

/// 2026-11-21 10:00 WIB.
pub const MORNING: Timestamp = Timestamp::from_secs(1_795_230_000);

const CORNER: LngLat = LngLat::new(98.67, 3.59);

/// Where the units are. A road is a straight line at 10 m/s unless said otherwise.
#[derive(Default)]
pub struct Map {
    pub spots: BTreeMap<UnitId, (LngLat, Option<Timestamp>)>,
    pub detours_s: BTreeMap<UnitId, Option<f64>>,
}

impl World for Map {
    fn nearest(&self, to: LngLat, k: usize, wanted: &dyn Fn(UnitId) -> bool) -> Vec<Nearby> {
        let near = |(unit, (at, fix_at)): (&UnitId, &(LngLat, Option<Timestamp>))| Nearby {
            unit: *unit,
            at: *at,
            distance_m: at.distance_m(to).round(),
            fix_at: *fix_at,
        };
        let mut all: Vec<Nearby> = self.spots.iter().filter(|(unit, _)| wanted(**unit)).map(near).collect();
        all.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
        all.truncate(k);
        all
    }

    fn whereabouts(&self, unit: UnitId) -> Option<Whereabouts> {
        self.spots.get(&unit).map(|(at, fix_at)| Whereabouts { at: *at, fix_at: *fix_at })
    }

    fn travel_times_s(&self, from: &[LngLat], to: LngLat) -> Vec<Option<f64>> {
        let unit_at = |at: &LngLat| self.spots.iter().find(|(_, (spot, _))| spot == at).map(|(unit, _)| *unit);
        let detour = |at: &LngLat| unit_at(at).and_then(|unit| self.detours_s.get(&unit).copied());
        from.iter().map(|at| detour(at).unwrap_or_else(|| Some(at.distance_m(to).round() / 10.0))).collect()
    }

    fn jurisdiction(&self, _: LngLat) -> Option<Jurisdiction> {
        Some(in_polsek("kota"))
    }
}

/// An area of the drawn city.
pub fn in_polsek(polsek: &str) -> Jurisdiction {
    Jurisdiction {
        polres: "medan".to_owned(),
        polsek: polsek.to_owned(),
        desa_code: "12.71.01.1001".to_owned(),
        kelurahan: "Kota".to_owned(),
        kecamatan: "Medan Kota".to_owned(),
        border_distance_m: 900.0,
        neighbours: Vec::new(),
    }
}

/// A desk on a drawn city. Every command is judged by the checker.
pub struct City {
    pub desk: Desk,
    pub map: Map,
    pub now: Timestamp,
    pub star: LngLat,
    rules: Rules,
    ids: Ids,
    said: u128,
}

impl City {
    /// Units where their letters stand, available, seen just now; all patrol cars of Polsek Kota.
    pub fn drawn(picture: &str) -> Self {
        let mut city = Self {
            desk: Desk::new("medan", "MDN", 7),
            map: Map::default(),
            now: MORNING,
            star: CORNER,
            rules: Rules {
                plans: Plans::builtin().unwrap(),
                categories: crate::model::category::CategorySet::builtin(),
                shield: ShieldRules::default(),
            },
            ids: Ids::seeded(1),
            said: 0,
        };
        let cells =
            picture.lines().enumerate().flat_map(|(y, row)| row.chars().enumerate().map(move |(x, c)| (x, y, c)));
        for (x, y, letter) in cells {
            let metres = |cells: usize| f64::from(u32::try_from(cells).unwrap()) * 100.0;
            let at = CORNER.offset_m(metres(x), -metres(y));
            match letter {
                '*' => city.star = at,
                'A'..='Z' => city.add(&letter.to_string(), UnitKind::Car, Some("kota"), at),
                _ => {}
            }
        }
        city
    }

    fn add(&mut self, call_sign: &str, kind: UnitKind, polsek: Option<&str>, at: LngLat) {
        let new =
            NewUnit { call_sign: call_sign.to_owned(), kind, polsek: polsek.map(str::to_owned), crew: 2, post: at };
        self.ask(Command::RegisterUnits(vec![new])).unwrap();
        let unit = self.unit(call_sign);
        self.map.spots.insert(unit, (at, Some(self.now)));
        self.ask(Command::SetUnitStatus(unit, UnitStatus::Available)).unwrap();
    }

    /// The unit is of this kind and Polsek instead, as if registered so.
    pub fn make(&mut self, call_sign: &str, kind: UnitKind, polsek: &str) {
        let (id, at) = (self.unit(call_sign), self.map.spots[&self.unit(call_sign)].0);
        self.ask(Command::SetUnitStatus(id, UnitStatus::OffDuty)).unwrap();
        self.map.spots.remove(&id);
        self.desk.units.remove(&id);
        self.add(call_sign, kind, Some(polsek), at);
    }

    /// Its last fix is this old; none: it never had one.
    pub fn seen(&mut self, call_sign: &str, age_s: Option<i64>) {
        let unit = self.unit(call_sign);
        let at = self.map.spots[&unit].0;
        self.map.spots.insert(unit, (at, age_s.map(|age| self.now.plus_secs(-age))));
    }

    /// The rules of the office.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    pub fn unit(&self, call_sign: &str) -> UnitId {
        self.desk.units.values().find(|unit| unit.call_sign == call_sign).unwrap().id
    }

    pub fn wait(&mut self, secs: i64) {
        self.now = self.now.plus_secs(secs);
        // Their receivers go on.
        let now = self.now;
        self.map.spots.values_mut().for_each(|(_, fix_at)| *fix_at = fix_at.map(|_| now));
    }

    /// Decides and applies; the desk must be lawful after it.
    pub fn ask(&mut self, command: Command) -> Result<Vec<Event>, Refusal> {
        let events = decide(&self.desk, &self.map, &self.rules, &command, self.now, &mut self.ids)?;
        events.iter().for_each(|event| self.record(event.clone()));
        assert_eq!(violations(&self.desk), Vec::<String>::new(), "after {command:?}");
        Ok(events)
    }

    /// Applies one event at the present moment.
    pub fn record(&mut self, event: Event) {
        let entry = Entry::seal("medan", self.desk.seq + 1, self.now, Actor::System, event, self.desk.head);
        self.desk.apply(&entry);
    }

    /// A message of a reporter.
    pub fn message(&mut self, reporter: u128, understood: Understood) -> Receive {
        self.said += 1;
        Receive {
            channel: Channel::Whatsapp,
            reporter: ReporterId(uuid::Uuid::from_u128(reporter)),
            message: MessageId(uuid::Uuid::from_u128(self.said)),
            more: Vec::new(),
            sent_at: self.now,
            alone: understood,
            joined: None,
            answer: Some(Template::Received),
            handed_from: None,
            noise: Noise::default(),
        }
    }

    /// Hands a message in.
    pub fn hears(&mut self, reporter: u128, understood: Understood) -> Vec<Event> {
        let receive = self.message(reporter, understood);
        self.ask(Command::Receive(Box::new(receive))).unwrap()
    }

    /// A robbery with violence at the star, certain enough to send somebody at once.
    pub fn robbery(&self) -> Understood {
        understood(Category::Kejahatan, Priority::P1, Some(self.place(20.0)))
    }

    /// A place at the star.
    pub fn place(&self, radius_m: f64) -> Place {
        Place {
            lng: self.star.lng,
            lat: self.star.lat,
            radius_m,
            source: PlaceSource::Pin,
            label: "Jalan Contoh".to_owned(),
            confidence: 1.0,
            because: "pin".to_owned(),
            parts: Vec::new(),
        }
    }

    /// The incident that was opened last.
    pub fn incident(&self) -> IncidentId {
        self.desk.incidents.values().max_by_key(|incident| &incident.number).unwrap().id
    }

    /// The report that came last.
    pub fn report(&self) -> ReportId {
        self.desk.reports.values().max_by_key(|report| &report.number).unwrap().id
    }

    /// The live assignment of a unit.
    pub fn assignment(&self, call_sign: &str) -> AssignmentId {
        self.desk.units[&self.unit(call_sign)].assignment.unwrap()
    }

    pub fn step(&mut self, call_sign: &str, step: Step) -> Result<Vec<Event>, Refusal> {
        let assignment = self.assignment(call_sign);
        let key = format!("{}-{}", step.code(), self.desk.seq);
        self.ask(Command::TakeStep { assignment, step, key, device_at: self.now, at: None, reason: None })
    }

    /// Accepts, drives, arrives, clears.
    pub fn serve(&mut self, call_sign: &str) {
        for step in [Step::Accept, Step::EnRoute, Step::OnScene, Step::Clear] {
            self.step(call_sign, step).unwrap();
        }
    }

    /// Who is bound to an incident, `A*` for the primary, in the order of the offers.
    pub fn bound(&self, incident: IncidentId) -> String {
        let name =
            |a: &Assignment| format!("{}{}", self.desk.units[&a.unit].call_sign, if a.primary { "*" } else { "" });
        let live: Vec<String> = self.desk.live_assignments(&self.desk.incidents[&incident]).map(name).collect();
        live.join(" ")
    }

    /// Ranks the units for the star.
    pub fn rank(&self, category: Category, priority: Priority, declined: &[UnitId]) -> Recommendation {
        let plan = self.rules.plans.find(category, priority).unwrap();
        let scene = Scene {
            incident: IncidentId(uuid::Uuid::nil()),
            at: self.star,
            polsek: Some("kota"),
            plan,
            needed: plan.units,
            declined,
            considered: CONSIDERED,
            taken: &BTreeSet::new(),
        };
        recommend(&self.desk, &self.map, &scene, self.now)
    }
}

/// What was understood, with everything known.
pub fn understood(category: Category, priority: Priority, place: Option<Place>) -> Understood {
    let reading = Reading {
        service: category.service(),
        category,
        priority,
        confidence: 0.95,
        known: Known { what: true, place: place.is_some(), ..Known::default() },
    };
    Understood { reading, jurisdiction: place.as_ref().map(|_| in_polsek("kota")), place }
}

/// The kinds of some events, for the eye.
pub fn kinds(events: &[Event]) -> String {
    let kind = |event: &Event| serde_json::to_value(event).unwrap()["kind"].as_str().unwrap().to_owned();
    events.iter().map(kind).collect::<Vec<_>>().join(" ")
}
