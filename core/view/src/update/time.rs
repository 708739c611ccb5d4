//! The time cursor: it steps through the moments at which something was recorded, and says what changed since.

use super::notice;
use crate::msg::{Effect, Msg};
use crate::state::{ChangesView, ScreenId, State};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::calendar::{Quarter, taipei_day};
use quarterdeck_kpi::message::Message;
use std::sync::Arc;

/// The moment before or after the cursor; past the last one stands now.
pub(crate) fn step(state: &mut State, by: i32) -> Vec<Effect> {
    let Some(loaded) = &state.loaded else {
        return Vec::new();
    };
    let moments = Arc::clone(&loaded.moments);
    // Pressing the key twice goes two moments, even while the first still loads.
    let from = if state.loading {
        state.as_of
    } else {
        loaded.as_of
    };
    let next = match (from, by < 0) {
        // Now is the last moment: one step back is the moment before it.
        (None, true) => moments.len().checked_sub(2).and_then(|at| moments.get(at)),
        (None, false) => None,
        (Some(at), true) => moments.iter().rev().find(|moment| **moment < at),
        (Some(at), false) => moments.iter().find(|moment| **moment > at),
    };
    match (next.copied(), from, by < 0) {
        (Some(moment), _, _) if moments.last() == Some(&moment) => {
            super::update(state, Msg::SetAsOf(None))
        }
        (Some(moment), _, _) => super::update(state, Msg::SetAsOf(Some(moment))),
        (None, Some(_), false) => super::update(state, Msg::SetAsOf(None)),
        (None, None, false) => {
            notice(state, false, Message::new("notice-no-later-moment"), None);
            Vec::new()
        }
        (None, _, true) => {
            notice(state, false, Message::new("notice-no-earlier-moment"), None);
            Vec::new()
        }
    }
}

/// Where the cursor stands among the moments: number and count.
pub(crate) fn place(
    moments: &[DateTime<Utc>],
    at: Option<DateTime<Utc>>,
) -> Option<(usize, usize)> {
    let at = at?;
    let number = moments.partition_point(|moment| *moment <= at);
    (number > 0).then_some((number, moments.len()))
}

/// What changed: from the cursor to now; with the cursor at now, since the moment before the last.
pub(crate) fn changes(state: &mut State) -> Vec<Effect> {
    let Some(loaded) = &state.loaded else {
        return Vec::new();
    };
    let moments = &loaded.moments;
    let before_last = || moments.len().checked_sub(2).and_then(|at| moments.get(at));
    // A cursor that was set a moment ago counts, even while what was known then still loads.
    let (as_of, quarter) = match state.loading {
        true => (
            state.as_of,
            state
                .quarter
                .or(state.as_of.map(|at| Quarter::last_ended(taipei_day(at)))),
        ),
        false => (loaded.as_of, None),
    };
    let Some(since) = as_of.or_else(|| before_last().copied()) else {
        notice(state, false, Message::new("notice-no-earlier-moment"), None);
        return Vec::new();
    };
    let quarter = quarter.unwrap_or(loaded.assessment.quarter);
    super::go(state, ScreenId::Changes);
    state.changes = None;
    state.panels.remove("changes");
    super::start_job(state, Message::new("job-changes"));
    vec![Effect::Changes { since, quarter }]
}

pub(crate) fn changed(state: &mut State, view: ChangesView) {
    state.job = None;
    state.changes = Some(view);
}
