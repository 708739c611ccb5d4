//! Which figure is that: a number or text looked for in everything that is known.

use super::notice;
use crate::msg::Effect;
use crate::state::{FoundView, Printed, State};
use quarterdeck_kpi::find::{Hit, Wanted, find};
use quarterdeck_kpi::message::Message;
use std::sync::Arc;

/// Figures kept of one search.
const KEPT: usize = 300;

/// Looks for a number or a text; the list opens at the right.
///
/// The tables of the reports are looked through by the worker; nothing is said to be found nowhere before that.
pub(crate) fn look(state: &mut State, text: &str) -> Vec<Effect> {
    let text = text.trim();
    let Some(loaded) = &state.loaded else {
        return Vec::new();
    };
    let hits = find(&loaded.snapshot, &[&loaded.assessment], text);
    state.found = None;
    if !hits.is_empty() {
        open(state, text, hits, None);
    }
    vec![Effect::FindPrinted(text.to_owned())]
}

fn open(state: &mut State, text: &str, mut hits: Vec<Hit>, printed: Option<Arc<Vec<Printed>>>) {
    let all = hits.len();
    hits.truncate(KEPT);
    state.trail = None;
    state.panels.remove("found");
    state.panels.remove("found-printed");
    state.found = Some(FoundView {
        text: text.to_owned(),
        hits: Arc::new(hits),
        printed,
        all,
    });
    let panel = if all == 0 { "found-printed" } else { "found" };
    state.focus.insert(state.screen().id(), panel);
}

/// Where the reports print what was looked for.
pub(crate) fn printed(state: &mut State, text: &str, places: Vec<Printed>) {
    match &mut state.found {
        Some(found) if found.text == text => found.printed = Some(Arc::new(places)),
        // Another search was begun, or the list was closed.
        Some(_) => {}
        None if places.is_empty() => {
            let nothing = Message::new("notice-found-nothing").with("text", text);
            notice(state, false, nothing, None);
        }
        None => open(state, text, Vec::new(), Some(Arc::new(places))),
    }
}

/// Whether a text typed into the search is a number that stands in a figure, not a filter of names.
pub(crate) fn is_number(text: &str) -> bool {
    Wanted::read(text).is_some()
}
