//! The whole screen as plain data.

use crate::panel::Screen;
use crate::state::State;

mod chrome;

/// Describes the screen of a state.
pub fn view(state: &State) -> Screen {
    Screen {
        id: state.screen(),
        chrome: chrome::chrome(state),
        panels: Vec::new(),
    }
}
