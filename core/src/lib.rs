//! quarterdeck-core
pub mod failure;
pub mod session;
pub mod worker;
pub mod workspace;
pub mod collect;
pub mod platform;
pub mod secrets;
pub mod transport;
pub mod entry;
pub mod json;
pub mod status_json;
pub mod demo;
pub mod commands;
