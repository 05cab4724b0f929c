//! Sigap: reports from citizens become the right patrol unit at the right place.
//!
//! The modules stand in the order a report travels.

pub mod model;

pub mod channels;

pub mod understand;

pub mod locate;

pub mod dispatch;

pub mod roads;

pub mod store;

pub mod runtime;

pub mod realtime;

pub mod feedback;

pub mod insight;

pub mod http;

pub mod sim;

pub mod rehearsal;

pub mod config;

pub mod app;

pub mod cli;

pub mod demo;

pub mod foretell;

pub mod import;

pub mod import_osm;

pub mod journal_tools;

pub mod prompts;

pub mod serving;

pub mod simulate;

pub mod train;
