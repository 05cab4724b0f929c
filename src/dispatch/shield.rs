//! The shield on the desk: the rules an office can change, and strikes and blocks as a fold.
//!
//! In: settings, entries. Out: when a strike blocks and for how long; who is blocked now. Decides
//! nothing: that is in `decide/shield.rs`.

use serde::{Deserialize, Deserializer, Serialize};

use super::desk::{Desk, Touched};
use crate::model::clock::Timestamp;
use crate::model::entry::Event;
use crate::model::id::{BlockId, ReporterId, StrikeId};
use crate::model::report::Channel;
use crate::model::shield::{Appeal, Block, BlockState, Ending, Strike};

/// `[shield]`: when noise is set aside, when misuse blocks, and for how long.
///
/// Keys of one door (`whatsapp_…`, `citizen_app_…`) go before the common ones. Blocking rules are
/// told in three ways (three calls, Kabaharkam 2013; fifty, Telkom 2013; three tries, Polisi Kita):
/// hence a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ShieldRules {
    /// The strike that proposes a block; 0: strikes never block.
    #[serde(deserialize_with = "number")]
    pub strikes_to_block: u32,
    /// Days a block lasts unless the officer who confirms says otherwise; 0: for ever.
    #[serde(deserialize_with = "number")]
    pub block_days: u32,
    /// Over WhatsApp.
    #[serde(deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub whatsapp_strikes_to_block: Option<u32>,
    /// Over WhatsApp.
    #[serde(deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub whatsapp_block_days: Option<u32>,
    /// Over the citizen app.
    #[serde(deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub citizen_app_strikes_to_block: Option<u32>,
    /// Over the citizen app.
    #[serde(deserialize_with = "maybe", skip_serializing_if = "Option::is_none")]
    pub citizen_app_block_days: Option<u32>,
    /// Noise of this score (0 to 100) is set aside; over 100: nothing is.
    #[serde(deserialize_with = "number")]
    pub set_aside_score: u32,
    /// Messages of one person within a minute; beyond it they are kept without being answered or
    /// read again one by one.
    #[serde(deserialize_with = "number")]
    pub burst_per_min: u32,
    /// Whether a confirmed block of a WhatsApp user is also carried to WhatsApp itself (Meta's
    /// `block_users`), and lifted there when it ends. Messages of danger then no longer reach us: off
    /// unless the office wants it so. A linked telephone (GOWA) has no such call: the outbox says so.
    #[serde(deserialize_with = "flag")]
    pub block_at_channel: bool,
}

impl Default for ShieldRules {
    fn default() -> Self {
        Self {
            strikes_to_block: 3,
            block_days: 30,
            whatsapp_strikes_to_block: None,
            whatsapp_block_days: None,
            citizen_app_strikes_to_block: None,
            citizen_app_block_days: None,
            set_aside_score: 60,
            burst_per_min: 20,
            block_at_channel: false,
        }
    }
}

impl ShieldRules {
    /// The strike that proposes a block over this door; none when strikes never block there.
    #[must_use]
    pub fn strikes_to_block(&self, channel: Channel) -> Option<u32> {
        let count = match channel {
            Channel::Whatsapp => self.whatsapp_strikes_to_block.unwrap_or(self.strikes_to_block),
            Channel::CitizenApp => self.citizen_app_strikes_to_block.unwrap_or(self.strikes_to_block),
            Channel::Call110 | Channel::Desk => 0,
        };
        (count > 0).then_some(count)
    }

    /// Days a block over this door lasts; 0 is for ever.
    #[must_use]
    pub fn block_days(&self, channel: Channel) -> u32 {
        match channel {
            Channel::Whatsapp => self.whatsapp_block_days.unwrap_or(self.block_days),
            Channel::CitizenApp => self.citizen_app_block_days.unwrap_or(self.block_days),
            Channel::Call110 | Channel::Desk => self.block_days,
        }
    }
}

/// A number, or a variable's text that is one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written<T> {
    Plain(T),
    Text(String),
}

fn read<'de, D: Deserializer<'de>, T: Deserialize<'de> + std::str::FromStr>(from: D) -> Result<T, D::Error> {
    match Written::<T>::deserialize(from)? {
        Written::Plain(it) => Ok(it),
        Written::Text(text) => {
            text.trim().parse().map_err(|_| serde::de::Error::custom(format!("{text:?} cannot be used here")))
        }
    }
}

fn number<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    read(from)
}

fn maybe<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    read(from).map(Some)
}

fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    read(from)
}

impl Desk {
    /// The block in force against a person who writes over `channel`. The telephone is never closed.
    #[must_use]
    pub fn blocking(&self, reporter: ReporterId, channel: Channel) -> Option<&Block> {
        let block = self.blocks.get(&self.standing.get(&reporter)?.block?)?;
        (channel.is_written() && block.state == BlockState::Active).then_some(block)
    }

    /// The block of a person that is proposed or in force.
    #[must_use]
    pub fn open_block(&self, reporter: ReporterId) -> Option<&Block> {
        self.blocks.get(&self.standing.get(&reporter)?.block?)
    }

    /// Strikes of a person over one door that count now, in the order they were given.
    pub fn counting_strikes(&self, reporter: ReporterId, channel: Channel) -> impl Iterator<Item = &Strike> {
        let all = self.standing.get(&reporter).into_iter().flat_map(|standing| &standing.strikes);
        all.filter_map(|id| self.strikes.get(id)).filter(move |strike| strike.counts() && strike.channel == channel)
    }

    pub(super) fn apply_shield(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        match event {
            Event::StrikeGiven { .. } => self.keep_strike(event, at, touched),
            Event::StrikeReversed { strike, by, note } => {
                let ending = Ending { by: Some(*by), at, note: Some(*note) };
                self.change_strike(*strike, touched, |strike| strike.reversed = Some(ending));
            }
            Event::BlockProposed { .. } => self.keep_block(event, at, touched),
            Event::BlockConfirmed { block, by, expires_at, at_channel, .. } => {
                self.change_block(*block, touched, |block| {
                    block.at_channel |= *at_channel;
                    block.state = BlockState::Active;
                    block.confirmed_by = Some(*by);
                    block.confirmed_at.get_or_insert(at);
                    block.expires_at = *expires_at;
                    block.appeal = None;
                });
            }
            Event::BlockDeclined { block, by, note } => {
                self.end_block(*block, BlockState::Declined, Ending { by: Some(*by), at, note: *note }, touched);
            }
            Event::BlockLifted { block, by, note, .. } => {
                self.end_block(*block, BlockState::Lifted, Ending { by: Some(*by), at, note: Some(*note) }, touched);
            }
            Event::BlockExpired { block } => {
                self.end_block(*block, BlockState::Expired, Ending { by: None, at, note: None }, touched);
            }
            Event::BlockAppealed { block, appeal, .. } => self.change_block(*block, touched, |block| {
                block.appeal = Some(Appeal { at, message: *appeal });
            }),
            Event::BlockedContact { block, report, alarm, .. } => self.change_block(*block, touched, |block| {
                block.contacts += 1;
                block.last_contact_at = Some(at);
                if *alarm {
                    block.alarms += 1;
                    block.alarm = *report;
                }
            }),
            _ => {}
        }
    }

    fn keep_strike(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        let Event::StrikeGiven { strike, report, number, reporter, channel, messages, level, by, note } = event else {
            return;
        };
        let new = Strike {
            id: *strike,
            reporter: *reporter,
            channel: *channel,
            report: *report,
            number: number.clone(),
            messages: messages.clone(),
            level: *level,
            by: *by,
            given_at: at,
            note: *note,
            reversed: None,
            spent: false,
        };
        self.strikes.insert(*strike, new);
        self.standing.entry(*reporter).or_default().strikes.push(*strike);
        touched.strikes.insert(*strike);
    }

    fn keep_block(&mut self, event: &Event, at: Timestamp, touched: &mut Touched) {
        let Event::BlockProposed { block, reporter, channel, report, by, note } = event else { return };
        let new = Block {
            id: *block,
            reporter: *reporter,
            channel: *channel,
            report: *report,
            state: BlockState::Proposed,
            proposed_by: *by,
            proposed_at: at,
            note: *note,
            confirmed_by: None,
            confirmed_at: None,
            expires_at: None,
            at_channel: false,
            ended: None,
            appeal: None,
            contacts: 0,
            last_contact_at: None,
            alarms: 0,
            alarm: None,
        };
        self.blocks.insert(*block, new);
        self.standing.entry(*reporter).or_default().block = Some(*block);
        touched.blocks.insert(*block);
    }

    fn change_strike(&mut self, id: StrikeId, touched: &mut Touched, change: impl FnOnce(&mut Strike)) {
        if let Some(strike) = self.strikes.get_mut(&id) {
            change(strike);
            touched.strikes.insert(id);
        }
    }

    fn change_block(&mut self, id: BlockId, touched: &mut Touched, change: impl FnOnce(&mut Block)) {
        if let Some(block) = self.blocks.get_mut(&id) {
            change(block);
            touched.blocks.insert(id);
        }
    }

    /// What led to a block that was in force does not count again: the ladder begins anew.
    fn end_block(&mut self, id: BlockId, state: BlockState, ending: Ending, touched: &mut Touched) {
        let Some(block) = self.blocks.get_mut(&id) else { return };
        let was_active = block.state == BlockState::Active;
        block.state = state;
        block.ended = Some(ending);
        touched.blocks.insert(id);
        let Some(standing) = self.standing.get_mut(&block.reporter) else { return };
        if standing.block == Some(id) {
            standing.block = None;
        }
        for id in standing.strikes.iter().filter(|_| was_active) {
            if let Some(strike) = self.strikes.get_mut(id).filter(|strike| strike.counts()) {
                strike.spent = true;
                touched.strikes.insert(*id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_has_its_own_ladder_and_the_telephone_has_none() {
        let rules: ShieldRules =
            toml::from_str("strikes_to_block = \"4\"\ncitizen_app_strikes_to_block = 2\nblock_days = 0").unwrap();
        assert_eq!(rules.strikes_to_block(Channel::Whatsapp), Some(4));
        assert_eq!(rules.strikes_to_block(Channel::CitizenApp), Some(2));
        assert_eq!(rules.strikes_to_block(Channel::Call110), None);
        assert_eq!(rules.block_days(Channel::Whatsapp), 0);
        assert!(toml::from_str::<ShieldRules>("burst_per_min = \"many\"").is_err());
        assert!(toml::from_str::<ShieldRules>("strikes = 3").is_err());
    }
}
