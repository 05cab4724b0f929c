//! What administrators change, as it stands in the journal: plans whole, people by their ids only.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::category::CategorySet;
use super::id::UserId;
use super::plan::PlanSet;
use super::viewer::Role;

/// What an administrator did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Administered {
    /// The response plans are others from now on.
    Plans(PlansChanged),
    /// Categories are named or offered otherwise from now on.
    Categories(CategoriesChanged),
    /// Somebody's login.
    User(UserChanged),
    /// The office's name, areas or way out.
    Office(OfficeChanged),
}

impl Administered {
    /// What it is about, for timelines.
    #[must_use]
    pub fn refs(&self) -> Vec<Uuid> {
        match self {
            Self::User(changed) => vec![changed.user.0],
            Self::Plans(_) | Self::Categories(_) | Self::Office(_) => Vec::new(),
        }
    }
}

/// The response plans of an office were changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlansChanged {
    /// 1, 2, 3 … for each office; 0 are the plans that came with the program.
    pub version: u32,
    /// Who.
    pub by: UserId,
    /// The plans; none puts those of the program back.
    pub set: Option<PlanSet>,
    /// The version they were taken from, when an old one was put back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<u32>,
}

/// The categories of an office were changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoriesChanged {
    /// 1, 2, 3 … for each office; 0 are the categories that came with the program.
    pub version: u32,
    /// Who.
    pub by: UserId,
    /// The categories; none puts those of the program back.
    pub set: Option<CategorySet>,
    /// The version they were taken from, when an old one was put back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<u32>,
}

/// A login was made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserChanged {
    /// Whose.
    pub user: UserId,
    /// Who did it.
    pub by: UserId,
    /// What.
    pub act: UserAct,
    /// The role the login has from then on.
    pub role: Role,
}

/// What became of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserAct {
    /// Made.
    Added,
    /// Name, role or place were changed.
    Changed,
    /// May not log in any more.
    Disabled,
    /// May log in again.
    Enabled,
    /// Got a new one-time password.
    PasswordReset,
    /// The person chose a password of his own.
    PasswordChosen,
    /// Was logged out everywhere.
    SignedOut,
}

/// Something of the office itself was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficeChanged {
    /// Who.
    pub by: UserId,
    /// What.
    pub act: OfficeAct,
    /// How many areas were taken over; nothing otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

/// What of an office was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfficeAct {
    /// Its name.
    Named,
    /// Its areas and Polsek were replaced.
    AreasReplaced,
    /// Its streets were replaced, from an `OpenStreetMap` extract.
    StreetsReplaced,
    /// Its names of places were replaced.
    PlacesReplaced,
    /// A test message was sent.
    TestSent,
}
