//! What the tests of the whole house share: the real `qd`, an office to run it in, servers on the
//! loopback address, and the programs of other makers that look at what came out.
//!
//! Only tests use this, so that a failed expectation may end them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod csv;
pub mod demo;
pub mod faulty;
pub mod folder;
pub mod hostile;
pub mod nginx;
pub mod office;
pub mod postgres;
pub mod program;
pub mod repository;
pub mod rust_text;
pub mod script;
pub mod server;
pub mod service;
pub mod small;
pub mod tools;
pub mod workbook;
