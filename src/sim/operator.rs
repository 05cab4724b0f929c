//! What a simulated operator decides: what the API shows enters, the next act leaves. Pure.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::clock::Timestamp;
use crate::model::id::{IncidentId, ReportId};
use crate::model::incident::{Incident, IncidentState};
use crate::model::report::{Category, Outcome, Priority, Report, Service};

/// A report that was asked, or could not be handled, is left to others for this long, seconds.
const AGAIN_AFTER_S: f64 = 60.0;

/// Reports that were asked something or put back, and when.
pub type Asked = BTreeMap<ReportId, Timestamp>;

/// How patient the operators are, seconds.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// A report waits this long before a simulated operator takes it: a human comes first.
    pub claim_after_s: f64,
    /// A cleared incident is closed after this.
    pub close_after_s: f64,
    /// An incident without a unit is looked at again after this.
    pub offer_after_s: f64,
    /// A report whose reporter never said where it is is ended after this.
    pub give_up_after_s: f64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { claim_after_s: 40.0, close_after_s: 15.0, offer_after_s: 20.0, give_up_after_s: 300.0 }
    }
}

/// What an operator does with a report that was claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Answer with these words and end it.
    Answer(&'static str, Outcome),
    /// End it.
    Resolve(Outcome),
    /// Make it an incident, or join it to one, and send a unit.
    Send(Option<IncidentId>),
    /// Ask where it is and put it back.
    AskPlace,
    /// Put it back.
    Release,
}

/// An item of `GET /v1/queue`.
#[derive(Debug, Deserialize)]
pub struct QueueItem {
    /// The report.
    pub report: Report,
}

/// A claimed report, as far as the operator looks.
#[derive(Debug, Deserialize)]
pub struct Detail {
    /// The report.
    pub report: Report,
    /// Incidents it may belong to.
    #[serde(default)]
    pub similar: Vec<Incident>,
}

/// The first report of the queue that has waited long enough, if it may be taken now.
#[must_use]
pub fn to_claim(queue: &[QueueItem], asked: &Asked, now: Timestamp, patience: &Patience) -> Option<ReportId> {
    let ripe = |report: &Report| {
        let waited_s = now.secs_since(report.stamps.received_at);
        let answered = asked.get(&report.id).is_none_or(|&at| {
            let over = report.place.is_some() || waited_s > patience.give_up_after_s;
            report.last_message_at > at || (over && now.secs_since(at) > AGAIN_AFTER_S)
        });
        report.is_queued() && waited_s > patience.claim_after_s && answered
    };
    queue.iter().map(|item| &item.report).find(|report| ripe(report)).map(|report| report.id)
}

/// What to do with a claimed report. `asked`: the reporter was asked for the place before.
#[must_use]
pub fn judge(detail: &Detail, asked: bool, now: Timestamp, patience: &Patience) -> Act {
    let report = &detail.report;
    let reading = &report.reading;
    match reading.service {
        Service::Information => Act::Answer(answer(reading.category), Outcome::Answered),
        Service::Prank => Act::Resolve(Outcome::Prank),
        Service::OffTopic => Act::Resolve(Outcome::OutOfScope),
        Service::OtherAgency if reading.priority >= Priority::P3 => {
            let words = "Terima kasih, hal ini kami teruskan ke dinas yang berwenang.";
            Act::Answer(words, Outcome::Referred)
        }
        Service::Police if reading.category == Category::PengaduanPelayanan => {
            Act::Answer("Terima kasih, pengaduan Anda kami teruskan ke Sie Propam.", Outcome::Referred)
        }
        Service::Police | Service::OtherAgency if report.place.is_some() => {
            let open = |incident: &&Incident| incident.state != IncidentState::Closed;
            Act::Send(detail.similar.iter().find(open).map(|incident| incident.id))
        }
        _ if !asked => Act::AskPlace,
        _ if now.secs_since(report.stamps.received_at) > patience.give_up_after_s => Act::Resolve(Outcome::Unfounded),
        _ => Act::Release,
    }
}

/// Whether an open incident waits for a unit and may be offered one by the bot.
#[must_use]
pub fn wants_unit(incident: &Incident, now: Timestamp, patience: &Patience) -> bool {
    incident.state == IncidentState::Queued && now.secs_since(incident.opened_at) > patience.offer_after_s
}

/// What people are told who ask for a service. Invented office hours, for the synthetic city only.
const fn answer(category: Category) -> &'static str {
    match category {
        Category::Sim => "Layanan SIM buka Senin-Sabtu 08.00-14.00. Bawa KTP, SIM lama dan surat sehat.",
        Category::StnkBpkb => "Urusan STNK dan BPKB di Samsat, bawa KTP, STNK dan BPKB asli.",
        Category::Skck => "SKCK: daftar daring, lalu bawa KTP, KK, pasfoto latar merah ke loket.",
        Category::Spkt => "Surat kehilangan dibuat di SPKT 24 jam, gratis. Bawa KTP.",
        Category::Tilang => "Denda tilang dibayar lewat bank sesuai kode di pesan Anda.",
        _ => "Terima kasih sudah bertanya. Silakan datang ke loket pelayanan pada jam kerja.",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_262_400);

    fn report(category: Category, priority: u8, placed: bool, age_s: i64) -> Report {
        let at = NOW.plus_secs(-age_s);
        let place = json!({ "lng": 98.6, "lat": 3.5, "radius_m": 9.0, "source": "pin", "label": "", "confidence": 1.0, "because": "" });
        serde_json::from_value(json!({
            "id": uuid::Uuid::from_u128(u128::try_from(age_s).expect("positive")), "number": "MDN-1", "channel": "whatsapp",
            "reporter": uuid::Uuid::nil(), "messages": [], "last_message_at": at,
            "reading": { "service": category.service(), "category": category, "priority": priority, "confidence": 0.9,
                "known": { "what": true, "how": false, "when": false, "where": placed, "who": false } },
            "reading_by_hand": false, "place": placed.then_some(place), "jurisdiction": null,
            "state": { "name": "queued" }, "handed_from": null,
            "stamps": { "sent_at": at, "received_at": at, "first_reply_at": null, "located_at": null,
                "claimed_at": null, "closed_at": null },
        }))
        .expect("a report as the server writes it")
    }

    fn act(category: Category, priority: u8, placed: bool, asked: bool, age_s: i64) -> Act {
        let detail = Detail { report: report(category, priority, placed, age_s), similar: Vec::new() };
        judge(&detail, asked, NOW, &Patience::default())
    }

    #[test]
    fn every_category_has_an_act_and_only_what_needs_a_visit_sends_a_unit() {
        for &category in Category::ALL {
            let act = act(category, 2, true, false, 60);
            let sends = matches!(act, Act::Send(None));
            let police = matches!(category.service(), Service::Police | Service::OtherAgency);
            assert_eq!(sends, police && category != Category::PengaduanPelayanan, "{category:?}: {act:?}");
        }
        assert!(matches!(act(Category::JalanRusak, 4, true, false, 60), Act::Answer(_, Outcome::Referred)));
        assert_eq!(act(Category::Prank, 4, true, false, 60), Act::Resolve(Outcome::Prank));
        assert_eq!(act(Category::Salam, 4, false, false, 60), Act::Resolve(Outcome::OutOfScope));
    }

    #[test]
    fn a_report_without_a_place_is_asked_once_and_not_for_ever() {
        assert_eq!(act(Category::Kejahatan, 1, false, false, 60), Act::AskPlace);
        assert_eq!(act(Category::Kejahatan, 1, false, true, 60), Act::Release);
        assert_eq!(act(Category::Kejahatan, 1, false, true, 600), Act::Resolve(Outcome::Unfounded));
    }

    #[test]
    fn humans_come_first_and_a_question_is_given_time() {
        let queue = |ages: &[i64]| {
            ages.iter().map(|&age| QueueItem { report: report(Category::Kejahatan, 2, false, age) }).collect::<Vec<_>>()
        };
        let patience = Patience::default();
        let mut asked = Asked::new();
        assert_eq!(to_claim(&queue(&[10, 39]), &asked, NOW, &patience), None);
        let items = queue(&[50, 60]);
        assert_eq!(to_claim(&items, &asked, NOW, &patience), Some(items[0].report.id));
        asked.insert(items[0].report.id, NOW.plus_secs(-5));
        assert_eq!(to_claim(&items, &asked, NOW, &patience), Some(items[1].report.id));
        let old = queue(&[400]);
        asked.insert(old[0].report.id, NOW.plus_secs(-30));
        assert_eq!(to_claim(&old, &asked, NOW, &patience), None);
        asked.insert(old[0].report.id, NOW.plus_secs(-300));
        assert_eq!(to_claim(&old, &asked, NOW, &patience), Some(old[0].report.id));
    }
}
