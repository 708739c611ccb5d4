//! The window: draws the screens of `quarterdeck-view` and turns keys and clicks into messages.
//!
//! Every text on the screen is also in the accessibility tree, every command also in the menu,
//! and nothing is repainted while nothing changes.

pub mod app;
pub mod chrome;
pub mod desk;
pub mod dialogs;
pub mod draw;
pub mod field;
pub mod fonts;
pub mod input;
pub mod memory;
pub mod options;
pub mod pen;
pub mod picture;
pub mod show;
pub mod theme;
