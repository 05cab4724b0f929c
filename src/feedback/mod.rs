//! What a reporter is told: an event and its facts enter, words leave, and reach the channel.

pub mod articles;
pub mod form;
pub mod gowa;
pub mod graph_words;
pub mod recorder;
pub mod referral;
pub mod traffic;
pub mod transport;
pub mod wording;
