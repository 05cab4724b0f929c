//! One test binary: it links once.

mod sim_clients;
mod whatsapp_fixtures;
