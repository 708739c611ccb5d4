//! What a message does to the state. Total: nothing here can fail.

use crate::msg::{Effect, Msg};
use crate::state::State;

/// Takes a message into the state and says what the outside world has to do.
pub fn update(state: &mut State, msg: Msg) -> Vec<Effect> {
    let _ = (state, msg);
    Vec::new()
}
