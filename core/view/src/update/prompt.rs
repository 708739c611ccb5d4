//! The command line, the filter and one-line questions.

use super::signing;
use super::{catalogue, command, entry, handling, notice};
use crate::msg::{Effect, Msg};
use crate::state::{PromptKind, State};
use quarterdeck_kpi::calendar::parse_as_of;
use quarterdeck_kpi::message::Message;
use std::path::PathBuf;

/// Commands remembered.
const COMMANDS_KEPT: usize = 100;

pub(crate) fn open(state: &mut State, kind: PromptKind, text: String) {
    entry::leave(state);
    state.prompt = Some(super::empty_prompt(kind, text));
}

pub(crate) fn text(state: &mut State, text: String) {
    let Some(prompt) = &mut state.prompt else {
        return;
    };
    prompt.text.clone_from(&text);
    prompt.chosen = None;
    prompt.error = None;
    // The list narrows while typing.
    if prompt.kind == PromptKind::Filter {
        state.filter = text;
    }
}

pub(crate) fn choose(state: &mut State, by: i32) {
    let count = command::suggestions(state).len();
    let Some(prompt) = &mut state.prompt else {
        return;
    };
    let (Ok(count), now) = (i64::try_from(count), prompt.chosen) else {
        return;
    };
    if count == 0 {
        return;
    }
    let now = now.and_then(|n| i64::try_from(n).ok());
    let next = match now {
        Some(now) => (now + i64::from(by)).rem_euclid(count),
        None if by < 0 => count - 1,
        None => 0,
    };
    prompt.chosen = usize::try_from(next).ok();
}

pub(crate) fn cancel(state: &mut State) {
    if let Some(prompt) = state.prompt.take()
        && prompt.kind == PromptKind::Filter
    {
        state.filter.clear();
    }
}

pub(crate) fn accept(state: &mut State) -> Vec<Effect> {
    let Some(prompt) = state.prompt.clone() else {
        return Vec::new();
    };
    let typed = match prompt.chosen {
        Some(at) => command::suggestions(state)
            .into_iter()
            .nth(at)
            .map_or(prompt.text.clone(), |s| s.text),
        None => prompt.text.clone(),
    };
    let fail = |state: &mut State, error: Message| {
        if let Some(prompt) = &mut state.prompt {
            prompt.text.clone_from(&typed);
            prompt.chosen = None;
            prompt.error = Some(error);
        }
        Vec::new()
    };
    match prompt.kind {
        // A number is not part of a name: it is looked for among the figures.
        PromptKind::Filter if super::find::is_number(&typed) => {
            state.prompt = None;
            state.filter.clear();
            super::update(state, Msg::Find(typed))
        }
        PromptKind::Filter => {
            state.prompt = None;
            state.filter = typed;
            Vec::new()
        }
        PromptKind::Command => match command::read(state, &typed) {
            Ok(msg) => {
                remember(state, &typed);
                state.prompt = None;
                super::update(state, msg)
            }
            Err(error) => fail(state, error),
        },
        PromptKind::AsOf => {
            let word = typed.trim().to_lowercase();
            if word.is_empty() || word == "now" || word == "現在" {
                state.prompt = None;
                return super::update(state, Msg::SetAsOf(None));
            }
            match parse_as_of(&typed) {
                Ok(instant) => {
                    state.prompt = None;
                    super::update(state, Msg::SetAsOf(Some(instant)))
                }
                Err(_) => fail(
                    state,
                    Message::new("error-as-of").with("text", typed.as_str()),
                ),
            }
        }
        PromptKind::Handle => match handling::answered(state, &typed) {
            Ok(effects) => effects,
            Err(error) => fail(state, error),
        },
        PromptKind::Reason if typed.trim().is_empty() => {
            fail(state, Message::new("review-reason-missing"))
        }
        PromptKind::Reason => {
            state.prompt = None;
            signing::accept(state, &typed)
        }
        PromptKind::Note => {
            state.prompt = None;
            super::entry::note(state, &typed);
            Vec::new()
        }
        PromptKind::Source(field) => {
            state.prompt = None;
            super::update(state, catalogue::answered(field, &typed))
        }
        PromptKind::SourceLine { line, is_new } => {
            state.prompt = None;
            let text = typed.clone();
            super::update(state, Msg::SetLine { line, is_new, text })
        }
        PromptKind::OpenFolder | PromptKind::CreateFolder | PromptKind::Evidence => {
            let path = typed.trim();
            if path.is_empty() {
                return fail(state, Message::new("error-no-path"));
            }
            let path = PathBuf::from(path);
            state.prompt = None;
            let msg = match prompt.kind {
                PromptKind::CreateFolder => Msg::CreateWorkspace(path),
                PromptKind::Evidence => Msg::EvidenceChosen(path),
                _ => Msg::OpenWorkspace(path),
            };
            super::update(state, msg)
        }
    }
}

fn remember(state: &mut State, typed: &str) {
    let typed = typed.trim().to_owned();
    if typed.is_empty() {
        return;
    }
    state.commands.retain(|c| *c != typed);
    state.commands.push(typed);
    if state.commands.len() > COMMANDS_KEPT {
        state.commands.remove(0);
    }
}

/// A path or block came where nothing waits for it.
pub(crate) fn nothing_here(state: &mut State) {
    notice(state, false, Message::new("notice-nothing-selected"), None);
}
