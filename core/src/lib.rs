//! quarterdeck-core
mod backup;
pub mod bag;
pub mod catalogue;
pub mod collect;
pub mod commands;
mod control_json;

pub mod demo;
pub mod entry;
pub mod explain_json;
pub mod failure;
pub mod handled;
pub mod import;
pub mod json;
pub mod platform;
pub mod printed;
pub mod secrets;
pub mod session;
pub mod signature;
pub mod signoff;
mod status_depth;
pub mod status_json;
pub mod trail;
pub mod transport;
pub mod watch;
pub mod worker;
pub mod workspace;
