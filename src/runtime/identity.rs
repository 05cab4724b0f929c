//! Who writes: user id, number and gateway name of one person lead to one reporter.
//!
//! What a message carries is looked up by blind index; what is new of it is added to the person it
//! belongs to. Two reporters that turn out to be one are joined: the eldest stays, the other leads to
//! it, and what either said stays where it was said.

use std::collections::BTreeSet;

use crate::channels::Sender;
use crate::model::clock::Timestamp;
use crate::model::id::{Ids, ReporterId};
use crate::store::people::{self, Profile};
use crate::store::vault::Vault;
use crate::store::{Statement, Store, StoreError};

/// A sender as the vault knows him.
#[derive(Debug)]
pub struct Known {
    /// Who he is.
    pub reporter: ReporterId,
    /// Nobody knew him before.
    pub is_new: bool,
    /// Others that turned out to be the same person.
    pub merged: Vec<ReporterId>,
    /// Rows that make him known, or better known.
    pub rows: Vec<Statement>,
}

impl Known {
    /// Somebody of whom there is nothing new.
    #[must_use]
    pub const fn already(reporter: ReporterId) -> Self {
        Self { reporter, is_new: false, merged: Vec::new(), rows: Vec::new() }
    }
}

/// A blind index, with the kind of name it was made from.
type Alias = (&'static str, [u8; 32]);

/// Every name a sender is found by. A number is the same number on every channel: `wa_id` and
/// telephone meet.
#[must_use]
pub fn aliases(vault: &Vault, sender: &Sender) -> Vec<Alias> {
    let mut found: Vec<Alias> = Vec::new();
    if let Some(user) = &sender.user_id {
        found.push(("wa_user", vault.alias("wa_user", user)));
    }
    if let Some(digits) = &sender.wa_id {
        found.push(("wa_id", vault.alias("wa_id", digits)));
        found.push(("phone", vault.alias("phone", &format!("+{digits}"))));
    }
    if let Some(jid) = &sender.jid {
        found.push(("jid", vault.alias("jid", jid)));
    }
    found
}

/// Who the bearer of all these names is. `now` and `ids` make a reporter of somebody new.
///
/// # Errors
/// Storage is away, or a profile does not open.
pub async fn who(store: &Store, ids: &mut Ids, names: &[&Sender], now: Timestamp) -> Result<Known, StoreError> {
    let vault = store.vault();
    let mut wanted: Vec<Alias> = names.iter().flat_map(|sender| aliases(vault, sender)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let found = store.reporters_by_aliases(&wanted.iter().map(|(_, alias)| *alias).collect::<Vec<_>>()).await?;
    let people: BTreeSet<ReporterId> = found.values().copied().collect();
    let mut others = people.into_iter();
    // Ids grow with time: the first is the eldest.
    let eldest = others.next();
    let reporter = eldest.unwrap_or_else(|| ReporterId(ids.next(now)));
    let merged: Vec<ReporterId> = others.collect();
    let mut rows = Vec::new();
    for other in &merged {
        rows.extend(people::merge(*other, reporter, now));
    }
    let missing = wanted.iter().filter(|(_, alias)| !found.contains_key(alias));
    rows.extend(missing.map(|(kind, alias)| people::insert_alias(alias, kind, reporter)));
    rows.extend(profile_row(store, eldest, reporter, &merged, names, now).await?);
    Ok(Known { reporter, is_new: eldest.is_none(), merged, rows })
}

async fn profile_row(
    store: &Store,
    eldest: Option<ReporterId>,
    reporter: ReporterId,
    merged: &[ReporterId],
    names: &[&Sender],
    now: Timestamp,
) -> Result<Option<Statement>, StoreError> {
    let before = match eldest {
        Some(eldest) => store.reporter(eldest).await?.unwrap_or_default(),
        None => Profile::default(),
    };
    let mut profile = before.clone();
    for other in merged {
        complete(&mut profile, store.reporter(*other).await?.unwrap_or_default());
    }
    names.iter().for_each(|sender| learn(&mut profile, sender));
    match eldest {
        Some(_) if profile == before => Ok(None),
        Some(_) => people::update_reporter(store.vault(), reporter, &profile, now).map(Some),
        None => people::insert_reporter(store.vault(), reporter, &profile, now).map(Some),
    }
}

/// Fills what is not known from what was known of the other.
fn complete(profile: &mut Profile, other: Profile) {
    profile.name = profile.name.take().or(other.name);
    profile.phone = profile.phone.take().or(other.phone);
    profile.wa_id = profile.wa_id.take().or(other.wa_id);
    profile.wa_user_id = profile.wa_user_id.take().or(other.wa_user_id);
    profile.wa_jid = profile.wa_jid.take().or(other.wa_jid);
    profile.user_id = profile.user_id.take().or(other.user_id);
}

/// The latest number and ids count: that is where an answer arrives. The first name stays.
fn learn(profile: &mut Profile, sender: &Sender) {
    if let Some(digits) = &sender.wa_id {
        profile.wa_id = Some(digits.clone());
        profile.phone = Some(format!("+{digits}"));
    }
    profile.wa_user_id = sender.user_id.clone().or(profile.wa_user_id.take());
    profile.wa_jid = sender.jid.clone().or(profile.wa_jid.take());
    profile.name = profile.name.take().or_else(|| sender.name.clone());
}
