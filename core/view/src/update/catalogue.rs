//! Putting a source together: choose, fill in, try, save. What was typed stays until it is saved or
//! given up twice.

use super::{entry, go, notice, prompt, refuse_if_read_only, start_job};
use crate::catalogue::{DraftField, DraftFile, NewSource, SourceDraft, Trial};
use crate::msg::{Effect, Msg};
use crate::state::{PromptKind, ScreenId, State};
use quarterdeck_kpi::message::Message;

/// Begins with a preset.
pub(crate) fn choose(state: &mut State, id: &str) -> Vec<Effect> {
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
        state.panels.remove("draft-file");
    }
    write_out(state, None)
}

/// Has the file written out and checked; until it comes back nothing else is changed.
fn write_out(state: &mut State, text: Option<String>) -> Vec<Effect> {
    let Some(new) = &mut state.new_source else {
        return Vec::new();
    };
    new.is_writing = true;
    let draft = Box::new(new.draft.clone());
    vec![Effect::WriteOut { draft, text }]
}

/// Whether the file is being written out, said where somebody asks for more meanwhile.
fn is_writing(state: &mut State) -> bool {
    let is_writing = state.new_source.as_ref().is_some_and(|new| new.is_writing);
    if is_writing {
        notice(state, false, Message::new("notice-busy"), None);
    }
    is_writing
}

/// The file came back as it would be written.
pub(crate) fn written_out(
    state: &mut State,
    asked: &SourceDraft,
    draft: SourceDraft,
    file: DraftFile,
) {
    if let Some(new) = &mut state.new_source {
        new.is_writing = false;
        if new.draft == *asked {
            new.draft = draft;
        }
        new.file = Some(file);
    }
}

/// Key of a line's row.
pub(crate) fn line_key(line: usize) -> String {
    format!("line:{line}")
}

/// Opens the prompt for a line of the file.
pub(crate) fn ask_line(state: &mut State, line: usize, is_new: bool) {
    if state.screen() != ScreenId::NewSource || is_writing(state) {
        return;
    }
    let file = state.new_source.as_ref().and_then(|new| new.file.as_ref());
    let Some(file) = file else { return };
    let text = match is_new {
        true => String::new(),
        false => file.lines.get(line).cloned().unwrap_or_default(),
    };
    prompt::open(state, PromptKind::SourceLine { line, is_new }, text);
}

/// Opens the prompt for a line after the selected one.
pub(crate) fn ask_new_line(state: &mut State) {
    let selected = super::selected_key(state, "draft-file");
    let line = selected.and_then(|key| key.split(':').nth(1)?.parse::<usize>().ok());
    let file = state.new_source.as_ref().and_then(|new| new.file.as_ref());
    let last = file.map_or(0, |file| file.lines.len());
    ask_line(state, line.map_or(last, |line| line + 1), true);
}

/// Takes a line of the file.
pub(crate) fn set_line(state: &mut State, line: usize, is_new: bool, text: &str) -> Vec<Effect> {
    let Some(new) = &mut state.new_source else {
        return Vec::new();
    };
    let Some(file) = &new.file else {
        return Vec::new();
    };
    let is_there = file
        .lines
        .get(line)
        .is_some_and(|known| !is_new && known == text);
    let is_nothing = text.trim().is_empty() && (is_new || line >= file.lines.len());
    if is_there || is_nothing {
        return Vec::new();
    }
    let text = file.with_line(line, is_new, text);
    new.is_outdated = true;
    super::select(state, "draft-file", line_key(line));
    write_out(state, Some(text))
}

/// Opens the prompt for a field.
pub(crate) fn ask(state: &mut State, field: DraftField) {
    if state.screen() != ScreenId::NewSource || is_writing(state) {
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
        false => write_out(state, None),
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
    if is_writing(state) {
        return None;
    }
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
pub(crate) fn tried(
    state: &mut State,
    asked: &SourceDraft,
    draft: SourceDraft,
    trial: Trial,
) -> Vec<Effect> {
    state.job = None;
    if let Some(new) = &mut state.new_source {
        let is_same = new.draft == *asked;
        if is_same {
            new.draft = draft;
        }
        new.is_outdated = !is_same;
        new.trial = Some(trial);
    }
    write_out(state, None)
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
