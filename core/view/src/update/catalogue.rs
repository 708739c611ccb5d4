//! Putting a source together: choose, fill in, try, save. What was typed stays until it is saved or
//! given up twice.

use super::{entry, go, notice, prompt, refuse_if_read_only, start_job};
use crate::catalogue::{DraftField, NewSource, SourceDraft, Trial};
use crate::msg::{Effect, Msg};
use crate::state::{PromptKind, ScreenId, State};
use quarterdeck_kpi::message::Message;

/// Begins with a preset.
pub(crate) fn choose(state: &mut State, id: &str) {
    let preset = state
        .loaded
        .as_ref()
        .and_then(|loaded| loaded.presets.iter().find(|preset| preset.id == id));
    if let Some(preset) = preset {
        state.new_source = Some(NewSource {
            draft: preset.draft.clone(),
            ..NewSource::default()
        });
        state.panels.remove("draft");
    }
}

/// Opens the prompt for a field.
pub(crate) fn ask(state: &mut State, field: DraftField) {
    if state.screen() != ScreenId::NewSource {
        return;
    }
    let text = state
        .new_source
        .as_ref()
        .map_or("", |new| new.draft.value(field))
        .to_owned();
    prompt::open(state, PromptKind::Source(field), text);
}

/// Takes a field. An address where nothing was chosen is tried at once.
pub(crate) fn set(state: &mut State, field: DraftField, text: &str) -> Vec<Effect> {
    let is_new = state.new_source.is_none();
    let text = text.trim();
    if is_new && text.is_empty() {
        return Vec::new();
    }
    let new = state.new_source.get_or_insert_default();
    if new.draft.value(field) != text {
        new.draft.values.insert(field, text.to_owned());
        new.draft.is_changed = true;
        new.is_outdated = true;
    }
    super::select(state, "draft", field.key());
    match is_new {
        true => attempt(state),
        false => Vec::new(),
    }
}

/// A pasted text where nothing is being typed: an address.
pub(crate) fn paste(state: &mut State, text: &str) {
    let line = text.trim().lines().next().unwrap_or_default().to_owned();
    match &mut state.prompt {
        Some(prompt) => {
            let text = format!("{}{line}", prompt.text);
            prompt::text(state, text);
        }
        None => {
            entry::leave(state);
            prompt::open(state, PromptKind::Source(DraftField::Address), line);
        }
    }
}

fn ready(state: &mut State) -> Option<Box<SourceDraft>> {
    let draft = Box::new(state.new_source.as_ref()?.draft.clone());
    if refuse_if_read_only(state) {
        return None;
    }
    if state.job.is_some() {
        notice(state, false, Message::new("notice-busy"), None);
        return None;
    }
    Some(draft)
}

/// Asks once and stores nothing.
pub(crate) fn attempt(state: &mut State) -> Vec<Effect> {
    let Some(draft) = ready(state) else {
        return Vec::new();
    };
    start_job(state, Message::new("job-try-source"));
    vec![Effect::TrySource(draft)]
}

/// Writes the file.
pub(crate) fn save(state: &mut State) -> Vec<Effect> {
    let Some(draft) = ready(state) else {
        return Vec::new();
    };
    start_job(state, Message::new("job-save-source"));
    vec![Effect::SaveSource(draft)]
}

/// A try came back. What was typed meanwhile goes before what was guessed.
pub(crate) fn tried(state: &mut State, asked: &SourceDraft, draft: SourceDraft, trial: Trial) {
    state.job = None;
    if let Some(new) = &mut state.new_source {
        let is_same = new.draft == *asked;
        if is_same {
            new.draft = draft;
        }
        new.is_outdated = !is_same;
        new.trial = Some(trial);
    }
}

/// The file is there.
pub(crate) fn saved(state: &mut State, id: String) {
    state.new_source = None;
    if state.screen() == ScreenId::NewSource {
        go(state, ScreenId::Sources);
        // The way back leads to where the form was opened, not to an empty form.
        state
            .history
            .retain(|(screen, _)| *screen != ScreenId::NewSource);
    }
    super::select(state, "sources", id);
}

/// Gives the draft up; what was typed is only lost the second time.
pub(crate) fn discard(state: &mut State) {
    let is_changed = state
        .new_source
        .as_ref()
        .is_some_and(|new| new.draft.is_changed);
    if is_changed && !state.discarding {
        state.discarding = true;
        notice(state, false, Message::new("notice-discard-source"), None);
        return;
    }
    state.discarding = false;
    state.new_source = None;
}

/// Whether somebody typed at a source that is not saved.
pub(crate) fn is_unsaved(state: &State) -> bool {
    let new = state.new_source.as_ref();
    new.is_some_and(|new| new.draft.is_changed)
}

/// What the prompt for a field becomes.
pub(crate) fn answered(field: DraftField, text: &str) -> Msg {
    Msg::SetField {
        field,
        text: text.to_owned(),
    }
}
