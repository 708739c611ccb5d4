//! The entry grid: typing, pasting, saving and taking back.

use super::{notice, prompt, refuse_if_read_only, select, selected_key, unsaved};
use crate::msg::{Effect, EntryRequest};
use crate::screen::{entry_key, entry_unit};
use crate::state::{Draft, PromptKind, ScreenId, State};
use quarterdeck_kpi::assess::DueEntry;
use quarterdeck_kpi::message::Message;
use rust_decimal::Decimal;
use std::path::PathBuf;

/// Lines of a pasted block that are looked at.
const PASTE_LINES: usize = 2_000;

fn due<'a>(state: &'a State, key: &str) -> Option<&'a DueEntry> {
    state
        .loaded
        .as_ref()?
        .assessment
        .due_entries
        .iter()
        .find(|entry| entry_key(entry) == key)
}

/// Checks a cell's text at once, as the store will.
fn check(state: &State, key: &str, text: &str) -> Option<Message> {
    let Some(entry) = due(state, key) else {
        return Some(Message::new("error-entry-unknown").with("key", key));
    };
    let unit = state
        .loaded
        .as_ref()
        .map_or("", |loaded| entry_unit(loaded, entry));
    let value = match crate::text::check_figure(text, unit) {
        Ok(value) => value,
        Err(error) => return Some(error),
    };
    let is_share = entry.series.name == "milestone" && unit == "percent";
    let outside = !(Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&value);
    (is_share && outside).then(|| Message::new("entry-progress-range").with("text", text))
}

pub(crate) fn start(state: &mut State, first: Option<String>) {
    if state.screen() != ScreenId::Entry || refuse_if_read_only(state) {
        return;
    }
    let Some(key) = selected_key(state, "entry") else {
        return prompt::nothing_here(state);
    };
    leave(state);
    let before = state.drafts.get(&key).cloned();
    let draft = state.drafts.entry(key.clone()).or_default();
    if let Some(first) = first {
        draft.text = first;
    }
    draft.error = None;
    state.focus.insert(ScreenId::Entry.id(), "entry");
    select(state, "entry", key.clone());
    state.editing = Some((key, before));
}

pub(crate) fn text(state: &mut State, key: String, text: String) {
    if refuse_if_read_only(state) {
        return;
    }
    if state.editing.as_ref().is_none_or(|(now, _)| *now != key) {
        leave(state);
        let before = state.drafts.get(&key).cloned();
        select(state, "entry", key.clone());
        state.editing = Some((key.clone(), before));
    }
    let draft = state.drafts.entry(key).or_default();
    draft.text = text;
    draft.error = None;
}

/// Takes the cell being edited, with its check, and stays on it.
pub(crate) fn leave(state: &mut State) {
    let Some((key, _)) = state.editing.take() else {
        return;
    };
    settle(state, &key);
}

fn settle(state: &mut State, key: &str) {
    let Some(draft) = state.drafts.get(key) else {
        return;
    };
    let beside = draft.evidence.is_some() || draft.note.is_some();
    if draft.text.trim().is_empty() && !beside {
        state.drafts.remove(key);
        return;
    }
    let text = draft.text.clone();
    let error = if text.trim().is_empty() {
        None
    } else {
        check(state, key, &text)
    };
    if let Some(draft) = state.drafts.get_mut(key) {
        draft.error = error;
    }
}

pub(crate) fn accept(state: &mut State, forward: bool) {
    leave(state);
    if !forward {
        super::move_selection(state, super::Step::By(1));
        return;
    }
    // Tab goes on to the next cell that is still empty.
    let keys = keys_in_order(state);
    let now = selected_key(state, "entry");
    let at = now
        .and_then(|key| keys.iter().position(|k| *k == key))
        .unwrap_or(0);
    let next = keys
        .iter()
        .cycle()
        .skip(at + 1)
        .take(keys.len())
        .find(|key| due(state, key).is_some_and(|e| !e.filled) && !state.drafts.contains_key(*key))
        .cloned();
    if let Some(key) = next {
        select(state, "entry", key);
    }
}

fn keys_in_order(state: &State) -> Vec<String> {
    let screen = crate::screen::view(state);
    screen
        .panels
        .iter()
        .find(|p| p.id == "entry")
        .map_or_else(Vec::new, |p| match &p.body {
            crate::panel::Body::Table(table) => table.rows.iter().map(|r| r.key.clone()).collect(),
            _ => Vec::new(),
        })
}

pub(crate) fn cancel(state: &mut State) {
    if let Some((key, before)) = state.editing.take() {
        match before {
            Some(draft) => state.drafts.insert(key, draft),
            None => state.drafts.remove(&key),
        };
    }
}

/// A block from a spreadsheet: its last column of each line goes down from the selected cell.
pub(crate) fn paste(state: &mut State, block: &str) -> Vec<Effect> {
    if let Some(open) = &state.prompt {
        let line = block.lines().next().unwrap_or("");
        let joined = format!("{}{line}", open.text);
        prompt::text(state, joined);
        return Vec::new();
    }
    if state.screen() != ScreenId::Entry || refuse_if_read_only(state) {
        return Vec::new();
    }
    let lines: Vec<&str> = block
        .split('\n')
        .map(|l| l.trim_end_matches('\r'))
        .take(PASTE_LINES)
        .collect();
    let lines = match lines.as_slice() {
        [rest @ .., ""] => rest,
        all => all,
    };
    let start = state
        .editing
        .as_ref()
        .map(|(key, _)| key.clone())
        .or_else(|| selected_key(state, "entry"));
    let keys = keys_in_order(state);
    let Some(at) = start.and_then(|key| keys.iter().position(|k| *k == key)) else {
        prompt::nothing_here(state);
        return Vec::new();
    };
    state.editing = None;
    let mut taken = 0usize;
    let mut refused = 0usize;
    for (key, line) in keys.iter().skip(at).zip(lines) {
        let text = line
            .split('\t')
            .rev()
            .map(str::trim)
            .find(|cell| !cell.is_empty())
            .unwrap_or("");
        if text.is_empty() {
            continue;
        }
        state.drafts.entry(key.clone()).or_default().text = text.to_owned();
        settle(state, key);
        taken += 1;
        refused += usize::from(state.drafts.get(key).is_some_and(|d| d.error.is_some()));
        select(state, "entry", key.clone());
    }
    let left_over = lines.len().saturating_sub(keys.len() - at);
    notice(
        state,
        refused + left_over > 0,
        Message::new("notice-pasted")
            .with("taken", taken)
            .with("refused", refused)
            .with("over", left_over),
        None,
    );
    Vec::new()
}

pub(crate) fn save(state: &mut State) -> Vec<Effect> {
    leave(state);
    if refuse_if_read_only(state) {
        return Vec::new();
    }
    let requests: Vec<EntryRequest> = state
        .drafts
        .iter()
        .filter(|(_, d)| !d.text.trim().is_empty() && d.error.is_none() && !d.saving)
        .filter_map(|(key, draft)| {
            let entry = due(state, key)?;
            Some(EntryRequest {
                key: key.clone(),
                series: entry.series.clone(),
                period: entry.period,
                text: draft.text.clone(),
                evidence: draft.evidence.clone(),
                note: draft.note.clone(),
            })
        })
        .collect();
    if requests.is_empty() {
        let refused = unsaved(state);
        let text = if refused > 0 {
            Message::new("notice-only-refused").with("count", refused)
        } else {
            Message::new("entry-nothing-typed")
        };
        notice(state, refused > 0, text, None);
        return Vec::new();
    }
    for request in &requests {
        if let Some(draft) = state.drafts.get_mut(&request.key) {
            draft.saving = true;
        }
    }
    vec![Effect::Enter(requests)]
}

pub(crate) fn entered(
    state: &mut State,
    stored: Vec<(String, i64)>,
    refused: Vec<(String, Message)>,
) {
    for (key, _) in &stored {
        state.drafts.remove(key);
    }
    let kept = refused.len();
    for (key, reason) in refused {
        let draft: &mut Draft = state.drafts.entry(key).or_default();
        draft.saving = false;
        draft.error = Some(reason);
    }
    let text = Message::new("notice-stored")
        .with("stored", stored.len())
        .with("refused", kept);
    if !stored.is_empty() {
        state.last_stored = stored;
    }
    notice(state, kept > 0, text, None);
}

pub(crate) fn undo(state: &mut State) -> Vec<Effect> {
    if refuse_if_read_only(state) {
        return Vec::new();
    }
    if state.last_stored.is_empty() {
        notice(state, false, Message::new("entry-nothing-to-undo"), None);
        return Vec::new();
    }
    let reason = state.word("entry-undo-reason");
    std::mem::take(&mut state.last_stored)
        .into_iter()
        .rev()
        .map(|(_, sequence)| Effect::Withdraw {
            sequence,
            reason: reason.clone(),
        })
        .collect()
}

pub(crate) fn ask_evidence(state: &mut State) -> Vec<Effect> {
    if state.screen() != ScreenId::Entry || refuse_if_read_only(state) {
        return Vec::new();
    }
    if selected_key(state, "entry").is_none() {
        prompt::nothing_here(state);
        return Vec::new();
    }
    leave(state);
    if state.capabilities.pick_files {
        return vec![Effect::PickEvidence];
    }
    prompt::open(state, PromptKind::Evidence, String::new());
    Vec::new()
}

/// Asks what is to be said beside the selected figure.
pub(crate) fn ask_note(state: &mut State) {
    if state.screen() != ScreenId::Entry || refuse_if_read_only(state) {
        return;
    }
    let Some(key) = selected_key(state, "entry") else {
        return prompt::nothing_here(state);
    };
    leave(state);
    let note = state.drafts.get(&key).and_then(|d| d.note.clone());
    prompt::open(state, PromptKind::Note, note.unwrap_or_default());
}

pub(crate) fn note(state: &mut State, text: &str) {
    let Some(key) = selected_key(state, "entry") else {
        return prompt::nothing_here(state);
    };
    let text = text.trim();
    let note = (!text.is_empty()).then(|| quarterdeck_kpi::text::clean(text));
    state.drafts.entry(key.clone()).or_default().note = note;
    settle(state, &key);
}

pub(crate) fn evidence(state: &mut State, path: PathBuf) {
    match selected_key(state, "entry") {
        Some(key) => state.drafts.entry(key).or_default().evidence = Some(path),
        None => prompt::nothing_here(state),
    }
}
