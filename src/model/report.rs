//! A report: what one person told us, over one channel, and how far it has come.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::InvalidStep;
use super::clock::Timestamp;
use super::id::{IncidentId, MessageId, ReportId, ReporterId, UserId};
use super::place::{Jurisdiction, Place};
use super::referral::Referral;
use super::shield::{Lane, Noise, Rank};
use super::talk::Talk;

/// The door a report came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// WhatsApp, Meta's Cloud API.
    Whatsapp,
    /// Telephone 110.
    Call110,
    /// The citizen app.
    CitizenApp,
    /// Entered by an operator: walk-in, radio, an officer one knows.
    Desk,
}

impl Channel {
    /// Whether people write over it: what a block can close. The telephone never is.
    #[must_use]
    pub const fn is_written(self) -> bool {
        matches!(self, Self::Whatsapp | Self::CitizenApp)
    }
}

/// Which service the reporter wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Information: SIM, STNK, SKCK …
    Information,
    /// Police service: accident, crime, violence, disorder.
    Police,
    /// Another agency's matter.
    OtherAgency,
    /// Nothing for the police.
    OffTopic,
    /// Misuse.
    Prank,
}

macro_rules! categories {
    (
        own { $($(#[$own_doc:meta])* $own:ident = $own_code:tt, $own_label:literal, $own_service:ident;)+ }
        $($(#[$doc:meta])* $name:ident = $code:tt, $label:literal, $service:ident;)+
    ) => {
        /// One category for each report, from the list the offices use or of the office's own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Category {
            $($(#[$doc])* #[serde(rename = $code)] $name,)+
            $($(#[$own_doc])* #[serde(rename = $own_code)] $own,)+
        }

        impl Category {
            /// Those of the program, in the order of the list: what the machine can read by itself.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Places for matters of an office's own. None is anything before an office names it, and the machine
            /// never reads one by itself: only by the words the office gives it.
            pub const OWN: &'static [Self] = &[$(Self::$own),+];

            /// Stable code, `laka_lantas`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ $(Self::$own => $own_code),+ }
            }

            /// What people read. An office's own matters are called as the office says.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)+ $(Self::$own => $own_label),+ }
            }

            /// The service a category belongs to.
            #[must_use]
            pub const fn service(self) -> Service {
                match self { $(Self::$name => Service::$service,)+ $(Self::$own => Service::$own_service),+ }
            }

            /// Whether it is a place for a matter of an office's own.
            #[must_use]
            pub const fn is_own(self) -> bool {
                matches!(self, $(Self::$own)|+)
            }

            /// Every code there is: the program's, then the places for an office's own.
            pub fn every() -> impl Iterator<Item = Self> {
                Self::ALL.iter().chain(Self::OWN).copied()
            }

            /// The category with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::every().find(|category| category.code() == code)
            }

            /// What another office understands by it: the program's category of that kind.
            #[must_use]
            pub const fn common(self) -> Self {
                match self.service() {
                    Service::Police if self.is_own() => Self::Kamtibmas,
                    _ if self.is_own() => Self::LayananLain,
                    _ => self,
                }
            }
        }
    };
}

categories! {
    own {
        /// The office's own police matter 1.
        OwnPolice1 = "own_police_1", "Perkara kantor 1", Police;
        /// The office's own police matter 2.
        OwnPolice2 = "own_police_2", "Perkara kantor 2", Police;
        /// The office's own police matter 3.
        OwnPolice3 = "own_police_3", "Perkara kantor 3", Police;
        /// The office's own police matter 4.
        OwnPolice4 = "own_police_4", "Perkara kantor 4", Police;
        /// The office's own police matter 5.
        OwnPolice5 = "own_police_5", "Perkara kantor 5", Police;
        /// The office's own police matter 6.
        OwnPolice6 = "own_police_6", "Perkara kantor 6", Police;
        /// The office's own police matter 7.
        OwnPolice7 = "own_police_7", "Perkara kantor 7", Police;
        /// The office's own police matter 8.
        OwnPolice8 = "own_police_8", "Perkara kantor 8", Police;
        /// The office's own matter of information 1.
        OwnInfo1 = "own_info_1", "Layanan kantor 1", Information;
        /// The office's own matter of information 2.
        OwnInfo2 = "own_info_2", "Layanan kantor 2", Information;
        /// The office's own matter of information 3.
        OwnInfo3 = "own_info_3", "Layanan kantor 3", Information;
        /// The office's own matter of information 4.
        OwnInfo4 = "own_info_4", "Layanan kantor 4", Information;
    }

    /// Driving licence.
    Sim = "sim", "SIM", Information;
    /// Vehicle papers.
    StnkBpkb = "stnk_bpkb", "STNK/BPKB", Information;
    /// Police clearance certificate.
    Skck = "skck", "SKCK", Information;
    /// Progress of an investigation.
    Sp2hp = "sp2hp", "SP2HP", Information;
    /// Service desk: lost papers, police report.
    Spkt = "spkt", "SPKT", Information;
    /// Escort.
    Pengawalan = "pengawalan", "Pengawalan", Information;
    /// Request for a routine patrol.
    Patroli = "patroli", "Patroli", Information;
    /// Permit for a crowd.
    Keramaian = "keramaian", "Izin keramaian", Information;
    /// Recruitment.
    Rekrutmen = "rekrutmen", "Rekrutmen", Information;
    /// Traffic fine.
    Tilang = "tilang", "Tilang", Information;
    /// Another service.
    LayananLain = "layanan_lain", "Layanan lain", Information;
    /// Traffic accident.
    LakaLantas = "laka_lantas", "Laka lantas", Police;
    /// Crime.
    Kejahatan = "kejahatan", "Tindak kejahatan", Police;
    /// Violence.
    Kekerasan = "kekerasan", "Kekerasan", Police;
    /// Public order.
    Kamtibmas = "kamtibmas", "Gangguan kamtibmas", Police;
    /// Congestion.
    Kemacetan = "kemacetan", "Kemacetan", Police;
    /// Missing person.
    OrangHilang = "orang_hilang", "Orang hilang", Police;
    /// Complaint about the police itself: restricted.
    PengaduanPelayanan = "pengaduan_pelayanan", "Pengaduan pelayanan", Police;
    /// Help asked, nothing said yet.
    BelumJelas = "belum_jelas", "Belum jelas", Police;
    /// Fallen tree.
    PohonTumbang = "pohon_tumbang", "Pohon tumbang", OtherAgency;
    /// Broken road.
    JalanRusak = "jalan_rusak", "Jalan rusak", OtherAgency;
    /// Fire.
    Kebakaran = "kebakaran", "Kebakaran", OtherAgency;
    /// Disaster.
    Bencana = "bencana", "Bencana", OtherAgency;
    /// Street or traffic light.
    LampuPju = "lampu_pju", "Lampu jalan", OtherAgency;
    /// Person in mental distress in public.
    Odgj = "odgj", "ODGJ", OtherAgency;
    /// Animal.
    Hewan = "hewan", "Hewan", OtherAgency;
    /// Ambulance.
    Ambulans = "ambulans", "Ambulans", OtherAgency;
    /// Power, water, waste.
    Lingkungan = "lingkungan", "Lingkungan", OtherAgency;
    /// Private outpouring.
    Curhat = "curhat", "Curhat", OffTopic;
    /// Flirting.
    Kenalan = "kenalan", "Kenalan", OffTopic;
    /// Spam.
    Spam = "spam", "Spam", OffTopic;
    /// A greeting and nothing else.
    Salam = "salam", "Salam", OffTopic;
    /// Wrong number.
    SalahKirim = "salah_kirim", "Salah kirim", OffTopic;
    /// Opinion.
    Opini = "opini", "Opini", OffTopic;
    /// Prank.
    Prank = "prank", "Iseng", Prank;
}

/// 1 life in danger or violence in progress; 2 urgent; 3 visit needed, no immediate danger; 4 no dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u8", into = "u8")]
#[schema(value_type = u8, minimum = 1, maximum = 4)]
pub struct Priority(u8);

impl Priority {
    /// Life in danger or violence in progress.
    pub const P1: Self = Self(1);
    /// Urgent: injury, crime just happened, serious risk.
    pub const P2: Self = Self(2);
    /// A visit is needed, no immediate danger.
    pub const P3: Self = Self(3);
    /// No dispatch.
    pub const P4: Self = Self(4);

    /// The number itself, 1 to 4.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Priority {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        if (1..=4).contains(&number) { Ok(Self(number)) } else { Err(format!("priority must be 1 to 4, not {number}")) }
    }
}

impl From<Priority> for u8 {
    fn from(priority: Priority) -> Self {
        priority.0
    }
}

/// One of the five Ws as read from the messages. The words themselves are people's data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Phrase {
    /// Exact words of the reporter.
    pub text: String,
    /// 0 to 1.
    pub confidence: f64,
}

/// What the messages of one report mean. Never fails: what is missing is `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Meaning {
    /// Which service is wanted.
    pub service: Service,
    /// One category.
    pub category: Category,
    /// How urgent.
    pub priority: Priority,
    /// 0 to 1: how sure of service and category.
    pub confidence: f64,
    /// Apa: what happened.
    pub what: Option<Phrase>,
    /// Di mana: the longest phrase that says the place.
    #[serde(rename = "where")]
    pub place: Option<Phrase>,
    /// Kapan: when it happened.
    pub when: Option<Phrase>,
    /// Siapa: persons or vehicles involved.
    pub who: Option<Phrase>,
    /// Bagaimana: how.
    pub how: Option<Phrase>,
    /// Which words decided, for the card.
    pub because: Vec<String>,
    /// Other matters in the same messages.
    #[serde(default)]
    pub also: Vec<Also>,
}

/// Another matter a report speaks of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Also {
    /// Its category.
    pub category: Category,
    /// How urgent it is.
    pub priority: Priority,
    /// The words that say it.
    pub phrase: Phrase,
}

/// Which of the five Ws are known; the journal keeps only this, never the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "five independent lights on the card")]
pub struct Known {
    /// Apa.
    pub what: bool,
    /// Bagaimana.
    pub how: bool,
    /// Kapan.
    pub when: bool,
    /// Di mana.
    #[serde(rename = "where")]
    pub place: bool,
    /// Siapa.
    pub who: bool,
}

impl From<&Meaning> for Known {
    fn from(meaning: &Meaning) -> Self {
        Self {
            what: meaning.what.is_some(),
            how: meaning.how.is_some(),
            when: meaning.when.is_some(),
            place: meaning.place.is_some(),
            who: meaning.who.is_some(),
        }
    }
}

/// What the journal keeps of a [`Meaning`]: judgement without the reporter's words.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reading {
    /// Which service is wanted.
    pub service: Service,
    /// One category.
    pub category: Category,
    /// How urgent.
    pub priority: Priority,
    /// 0 to 1: how sure.
    pub confidence: f64,
    /// Which of the five Ws are known.
    pub known: Known,
}

impl From<&Meaning> for Reading {
    fn from(meaning: &Meaning) -> Self {
        Self {
            service: meaning.service,
            category: meaning.category,
            priority: meaning.priority,
            confidence: meaning.confidence,
            known: meaning.into(),
        }
    }
}

/// How a report ended, when it did not become an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A question, answered.
    Answered,
    /// Passed to another agency.
    Referred,
    /// Not a police matter.
    OutOfScope,
    /// Misuse.
    Prank,
    /// Someone else told us the same.
    Duplicate,
    /// Dealt with by a unit: its incident was closed.
    Resolved,
    /// Nothing was found.
    Unfounded,
    /// Belongs to another Polres and was handed over with everything typed so far.
    HandedOver,
    /// Withdrawn or overtaken by events.
    Cancelled,
    /// A voice note or a call, and no written word when asked for one.
    Unanswered,
}

/// How far a report has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum ReportState {
    /// In the queue of its lane, in order of arrival.
    Queued,
    /// An operator has taken it.
    Claimed {
        /// Who.
        by: UserId,
    },
    /// Asked back; the reporter is to answer.
    WaitingReporter {
        /// Who asked, if a person.
        by: Option<UserId>,
    },
    /// Belongs to an incident.
    Attached {
        /// Which.
        incident: IncidentId,
    },
    /// Goes the way of another report that tells of the same event.
    Joined {
        /// Which; never one that is joined itself.
        into: ReportId,
    },
    /// Ended.
    Closed {
        /// How.
        outcome: Outcome,
    },
}

impl ReportState {
    /// Stable code, as in lists and tables.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Claimed { .. } => "claimed",
            Self::WaitingReporter { .. } => "waiting_reporter",
            Self::Attached { .. } => "attached",
            Self::Joined { .. } => "joined",
            Self::Closed { .. } => "closed",
        }
    }
}

/// The stamps of a report; kept apart, never overwritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportStamps {
    /// By the clock of the reporter's telephone.
    pub sent_at: Timestamp,
    /// First message durably ours.
    pub received_at: Timestamp,
    /// A person or the service answered first.
    pub first_reply_at: Option<Timestamp>,
    /// Placed on the map.
    pub located_at: Option<Timestamp>,
    /// First claimed by an operator.
    pub claimed_at: Option<Timestamp>,
    /// Ended.
    pub closed_at: Option<Timestamp>,
}

/// What one person told us.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// Human number, `MDN-20261121-0042`.
    pub number: String,
    /// The door it came through.
    pub channel: Channel,
    /// Who told us; the person's data are in the vault.
    pub reporter: ReporterId,
    /// Messages, in order of arrival.
    pub messages: Vec<MessageId>,
    /// When the last of them came.
    pub last_message_at: Timestamp,
    /// What we understood.
    pub reading: Reading,
    /// Whether category or priority were set by a person; the machine then leaves them alone.
    pub reading_by_hand: bool,
    /// Where it is, if known.
    pub place: Option<Place>,
    /// Whose area that is.
    pub jurisdiction: Option<Jurisdiction>,
    /// Which line of the queue it stands in.
    #[serde(default)]
    pub lane: Lane,
    /// What speaks for noise, if anything does.
    #[serde(default)]
    pub noise: Option<Noise>,
    /// How far it has come.
    pub state: ReportState,
    /// The report in another Polres's journal that it continues.
    pub handed_from: Option<ReportId>,
    /// Reports of the same event that go its way, while it waits.
    #[serde(default)]
    pub followers: Vec<ReportId>,
    /// The report it followed when both ended: it comes back with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_with: Option<ReportId>,
    /// Other agencies it was passed to, in order.
    #[serde(default)]
    pub referrals: Vec<Referral>,
    /// How far the conversation has come.
    #[serde(default)]
    pub talk: Talk,
    /// Its stamps.
    pub stamps: ReportStamps,
}

impl Report {
    /// Whether it still needs someone.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self.state, ReportState::Closed { .. })
    }

    /// Whether it stands in the queue.
    #[must_use]
    pub const fn is_queued(&self) -> bool {
        matches!(self.state, ReportState::Queued)
    }

    /// Order in the queue: lane and priority, then arrival, then id.
    #[must_use]
    pub const fn queue_key(&self) -> (Rank, Timestamp, ReportId) {
        (Rank::of(self.lane, self.reading.priority), self.stamps.received_at, self.id)
    }

    /// An operator takes it.
    ///
    /// # Errors
    /// Someone else has it, or it is no longer in the queue.
    pub const fn can_claim(&self) -> Result<(), InvalidStep> {
        match self.state {
            ReportState::Queued | ReportState::WaitingReporter { .. } => Ok(()),
            state => Err(InvalidStep { step: "claim", state: state.code() }),
        }
    }

    /// It ends, or becomes part of an incident.
    ///
    /// # Errors
    /// It ended already, or belongs to an incident and ends with it.
    pub const fn can_settle(&self, step: &'static str) -> Result<(), InvalidStep> {
        match self.state {
            ReportState::Queued | ReportState::Claimed { .. } | ReportState::WaitingReporter { .. } => Ok(()),
            state => Err(InvalidStep { step, state: state.code() }),
        }
    }
}
