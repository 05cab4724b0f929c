//! One test binary: it links once.

mod whatsapp_fixtures;
