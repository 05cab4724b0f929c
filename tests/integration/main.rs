//! The whole program from outside, in one binary so that it links once.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]
#![expect(clippy::print_stdout, reason = "a test says what it measured and what it could not test")]

mod app;
mod architecture;
mod kill;
mod osm;
mod sim_clients;
mod simulation;
mod sip;
mod store_contract;
mod whatsapp_fixtures;
mod wire;
mod words;
