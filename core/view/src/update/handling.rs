//! Marking an exception as handled: which one, and why.

use super::{notice, prompt, refuse_if_read_only};
use crate::msg::{Effect, Msg};
use crate::screen;
use crate::state::{PromptKind, ScreenId, State};
use quarterdeck_kpi::message::Message;

/// The exception the command means: the selected one of the list, or that of the programme shown.
pub(crate) fn meant(state: &State) -> Option<Msg> {
    let loaded = state.loaded.as_ref()?;
    let list = &loaded.assessment.exceptions;
    let id = match state.screen() {
        ScreenId::Programme => screen::current_programme(state, loaded)?.0.id.clone(),
        ScreenId::Overview => {
            let chosen = state.panel("exceptions").selected;
            let chosen = chosen.filter(|id| list.iter().any(|e| e.programme == *id));
            chosen.or_else(|| Some(list.first()?.programme.clone()))?
        }
        _ => return None,
    };
    list.iter()
        .any(|e| e.programme == id)
        .then_some(Msg::AskHandle(id))
}

pub(crate) fn ask(state: &mut State, programme: String) {
    if refuse_if_read_only(state) {
        return;
    }
    state.handling = Some(programme);
    prompt::open(state, PromptKind::Handle, String::new());
}

/// The reason was typed; an empty one is refused, for the log keeps why.
pub(crate) fn answered(state: &mut State, reason: &str) -> Result<Vec<Effect>, Message> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Message::new("error-no-reason"));
    }
    let programme = state.handling.take();
    state.prompt = None;
    let effect = state.loaded.as_ref().and_then(|loaded| {
        let list = &loaded.assessment.exceptions;
        let found = list
            .iter()
            .find(|e| Some(&e.programme) == programme.as_ref())?;
        Some(Effect::Handle {
            programme: found.programme.clone(),
            quarter: loaded.assessment.quarter,
            fingerprint: found.fingerprint.clone(),
            reason: reason.to_owned(),
        })
    });
    if effect.is_none() {
        notice(state, true, Message::new("notice-exception-gone"), None);
    }
    Ok(effect.into_iter().collect())
}
