//! Which figure is that: a number or text looked for in everything that is known.

use super::notice;
use crate::state::{FoundView, State};
use quarterdeck_kpi::find::{Wanted, find};
use quarterdeck_kpi::message::Message;
use std::sync::Arc;

/// Figures kept of one search.
const KEPT: usize = 300;

/// Looks for a number or a text; the list opens at the right.
pub(crate) fn look(state: &mut State, text: &str) {
    let text = text.trim();
    let Some(loaded) = &state.loaded else {
        return;
    };
    let mut hits = find(&loaded.snapshot, &[&loaded.assessment], text);
    if hits.is_empty() {
        let nothing = Message::new("notice-found-nothing").with("text", text);
        notice(state, false, nothing, None);
        return;
    }
    let all = hits.len();
    hits.truncate(KEPT);
    state.trail = None;
    state.panels.remove("found");
    state.found = Some(FoundView {
        text: text.to_owned(),
        hits: Arc::new(hits),
        all,
    });
    state.focus.insert(state.screen().id(), "found");
}

/// Whether a text typed into the search is a number that stands in a figure, not a filter of names.
pub(crate) fn is_number(text: &str) -> bool {
    Wanted::read(text).is_some()
}
