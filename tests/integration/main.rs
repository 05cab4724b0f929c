//! The whole program from outside, in one binary so that it links once.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

mod sim_clients;
mod store_contract;
mod whatsapp_fixtures;
