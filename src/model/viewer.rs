//! Who looks: roles, scopes, and what each may see. Everything is denied unless said here.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::assignment::Assignment;
use super::call::Call;
use super::id::{UnitId, UserId};
use super::incident::Incident;
use super::report::{Category, Report};
use super::unit::Unit;

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works the queue.
    Operator,
    /// Works the queue and leads a team.
    Supervisor,
    /// A crew.
    Patrol,
    /// Kapolres, Kapolsek: figures and the map, no persons.
    Commander,
    /// Users, units, settings.
    Admin,
    /// Reads the journal.
    Auditor,
    /// A machine that reports events (the telephone exchange); sees nothing.
    Integration,
}

impl Role {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Supervisor => "supervisor",
            Self::Patrol => "patrol",
            Self::Commander => "commander",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
            Self::Integration => "integration",
        }
    }

    /// The role with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Operator, Self::Supervisor, Self::Patrol, Self::Commander, Self::Admin, Self::Auditor, Self::Integration]
            .into_iter()
            .find(|role| role.code() == code)
    }

    /// May claim, answer, correct, offer and close.
    #[must_use]
    pub const fn dispatches(self) -> bool {
        matches!(self, Self::Operator | Self::Supervisor)
    }

    /// May begin and lead exercises.
    #[must_use]
    pub const fn trains(self) -> bool {
        matches!(self, Self::Supervisor | Self::Commander)
    }

    /// May say what the telephone exchange says: the exchange itself, and whoever could enter the same
    /// by hand.
    #[must_use]
    pub const fn reports_calls(self) -> bool {
        matches!(self, Self::Integration | Self::Operator | Self::Supervisor | Self::Admin)
    }

    /// May see reports, incidents and units of the scope.
    #[must_use]
    pub const fn watches(self) -> bool {
        matches!(self, Self::Operator | Self::Supervisor | Self::Commander | Self::Admin | Self::Auditor)
    }
}

/// How far somebody sees within one Polres.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// The whole Polres.
    Polres,
    /// One Polsek of it.
    Polsek(String),
    /// One unit: itself, its assignments, the incident it is sent to.
    Unit(UnitId),
}

/// Somebody with a login, as every door sees him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// His id.
    pub user: UserId,
    /// What he does.
    pub role: Role,
    /// Whose journal he works with.
    pub polres: String,
    /// How far he sees in it.
    pub scope: Scope,
}

impl Scope {
    /// Whether a report may be seen. Complaints about the police itself stay at the Polres, and a
    /// report without a place belongs to nobody below it.
    #[must_use]
    pub fn sees_report(&self, report: &Report) -> bool {
        match self {
            Self::Polres => true,
            Self::Polsek(polsek) => {
                report.reading.category != Category::PengaduanPelayanan
                    && report.jurisdiction.as_ref().is_some_and(|j| j.polsek == *polsek)
            }
            Self::Unit(_) => false,
        }
    }

    /// Whether a call may be seen. One without a place rings at every desk of the office: whose Polsek
    /// it is, nobody knows yet.
    #[must_use]
    pub fn sees_call(&self, call: &Call) -> bool {
        match self {
            Self::Polres => true,
            Self::Polsek(polsek) => call.jurisdiction.as_ref().is_none_or(|j| j.polsek == *polsek),
            Self::Unit(_) => false,
        }
    }

    /// Whether an incident may be seen; `crews` are the units with a live assignment to it.
    #[must_use]
    pub fn sees_incident(&self, incident: &Incident, crews: &[UnitId]) -> bool {
        match self {
            Self::Polres => true,
            Self::Polsek(polsek) => incident.jurisdiction.as_ref().is_some_and(|j| j.polsek == *polsek),
            Self::Unit(unit) => crews.contains(unit),
        }
    }

    /// Whether a unit may be seen.
    #[must_use]
    pub fn sees_unit(&self, unit: &Unit) -> bool {
        match self {
            Self::Polres => true,
            Self::Polsek(polsek) => unit.polsek.as_ref() == Some(polsek),
            Self::Unit(id) => unit.id == *id,
        }
    }

    /// Whether an assignment may be seen; `unit` and `incident` are the ones it joins.
    #[must_use]
    pub fn sees_assignment(&self, assignment: &Assignment, unit: Option<&Unit>, incident: Option<&Incident>) -> bool {
        match self {
            Self::Polres => true,
            Self::Unit(id) => assignment.unit == *id,
            Self::Polsek(_) => {
                unit.is_some_and(|unit| self.sees_unit(unit)) || incident.is_some_and(|i| self.sees_incident(i, &[]))
            }
        }
    }
}
