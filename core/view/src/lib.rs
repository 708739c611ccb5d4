//! What both faces show, as plain data.
//!
//! [`state::State`] is what the user is looking at, [`update::update`] turns a [`msg::Msg`] into a
//! new state and [`msg::Effect`]s for the outside world, and [`screen::view`] describes the whole
//! screen as [`panel::Panel`]s with tones, never colours. A face draws panels and turns keys and
//! clicks into messages; it decides nothing. All of this is pure and cannot fail.

pub use quarterdeck_kpi::address;

pub mod catalogue;
pub mod figure_text;
pub mod fitting;
pub mod format;
pub mod i18n;
pub mod keys;
pub mod msg;
pub mod outlooks;
pub mod palette;
pub mod panel;
pub mod readings;
pub mod sample;
pub mod screen;
pub mod signing;
pub mod state;
mod text;
pub mod trail;
pub mod update;
