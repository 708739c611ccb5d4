//! Accepting items and signing a quarter.

use super::{notice, prompt, selected_key, start_job};
use crate::msg::Effect;
use crate::state::{PromptKind, ScreenId, State};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::signoff::Step;

/// The chosen item of the review, while it can be accepted.
fn chosen(state: &State) -> Option<String> {
    let signing = state.loaded.as_ref()?.signing.as_ref()?;
    let key = selected_key(state, "review-items");
    let items = &signing.state.items;
    let found = key.filter(|key| items.iter().any(|item| item.finding.id == *key));
    // Without a choice the first of the list is marked, which is an open one.
    found.or_else(|| {
        let first = signing.state.open().next().or(items.first());
        first.map(|item| item.finding.id.clone())
    })
}

/// Asks for the reason.
pub(crate) fn ask(state: &mut State) {
    if state.screen() != ScreenId::Review {
        return;
    }
    let refusal = state
        .loaded
        .as_ref()
        .and_then(|loaded| loaded.signing.as_ref())
        .and_then(|signing| signing.cannot_accept.clone());
    match (refusal, chosen(state)) {
        (Some(refusal), _) => notice(state, true, refusal, None),
        (None, Some(_)) => prompt::open(state, PromptKind::Reason, String::new()),
        (None, None) => notice(state, false, Message::new("review-nothing"), None),
    }
}

/// The reason was typed.
pub(crate) fn accept(state: &mut State, reason: &str) -> Vec<Effect> {
    let (Some(item), Some(quarter)) = (chosen(state), state.shown_quarter()) else {
        return Vec::new();
    };
    vec![Effect::AcceptItem {
        quarter,
        item,
        reason: reason.trim().to_owned(),
    }]
}

/// Takes the next step of the shown quarter.
pub(crate) fn sign(state: &mut State) -> Vec<Effect> {
    let Some(signing) = state
        .loaded
        .as_ref()
        .and_then(|loaded| loaded.signing.clone())
    else {
        return Vec::new();
    };
    if let Some(refusal) = &signing.refusal {
        notice(state, true, refusal.clone(), None);
        return Vec::new();
    }
    let Some(step) = signing.state.next() else {
        return Vec::new();
    };
    if state.job.is_some() {
        notice(state, false, Message::new("notice-busy"), None);
        return Vec::new();
    }
    let quarter = signing.state.quarter;
    // What is published cannot be taken back.
    if step == Step::Publish && state.publishing != Some(quarter) {
        state.publishing = Some(quarter);
        notice(
            state,
            false,
            Message::new("notice-publish").with("quarter", quarter),
            None,
        );
        return Vec::new();
    }
    state.publishing = None;
    start_job(state, Message::new("job-sign").with("quarter", quarter));
    vec![Effect::Sign { quarter, step }]
}
