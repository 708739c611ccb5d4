//! What a message does to the state. Total: nothing here can fail.

use crate::msg::{Effect, Msg};
use crate::readings;
use crate::screen;
use crate::state::{Job, Loaded, Notice, PromptKind, PromptState, ScreenId, State};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use std::sync::Arc;

mod catalogue;
mod command;
mod copy;
mod entry;
mod find;
mod handling;
mod prompt;
mod selection;
mod signing;
mod time;
mod trail;

pub(crate) use catalogue::line_key;
pub use command::{Suggestion, suggestions};
pub(crate) use handling::meant as exception_meant;
use selection::{Step, move_focus, move_selection, open, select, selected_key, sort, sort_step};
pub(crate) use time::place as place_in_time;
pub(crate) use trail::msg_of as explain_msg;

/// Screens remembered for going back.
const HISTORY: usize = 50;

/// Takes a message into the state and says what the outside world has to do.
pub fn update(state: &mut State, msg: Msg) -> Vec<Effect> {
    let mut effects = taken(state, msg);
    effects.extend(readings::wanted(state));
    effects
}

fn taken(state: &mut State, msg: Msg) -> Vec<Effect> {
    if !matches!(msg, Msg::Quit | Msg::Interrupt) {
        state.leaving = false;
    }
    if !matches!(msg, Msg::DiscardSource) {
        state.discarding = false;
    }
    let is_elsewhere = matches!(
        msg,
        Msg::Go(_)
            | Msg::Back
            | Msg::SetQuarter(_)
            | Msg::PreviousQuarter
            | Msg::NextQuarter
            | Msg::SetAsOf(_)
            | Msg::AcceptItem
            | Msg::OpenWorkspace(_)
    );
    if is_elsewhere {
        state.publishing = None;
    }
    match msg {
        Msg::Go(screen) => go(state, screen),
        Msg::OpenProgramme(id) => {
            select_programme(state, &id);
            go(state, ScreenId::Programme);
        }
        Msg::OpenIndicator(series) => return trail::open_indicator(state, series),
        Msg::Explain(figure) => return trail::explain(state, figure),
        Msg::ExplainSelected => return trail::explain_selected(state),
        Msg::CloseTrail => trail::close(state),
        Msg::Find(text) => return find::look(state, &text),
        Msg::FoundPrinted { text, places } => find::printed(state, &text, places),
        Msg::StepAsOf(by) => return time::step(state, by),
        Msg::ShowChanges => return time::changes(state),
        Msg::Changed(view) => time::changed(state, *view),
        Msg::Explained(found) => trail::explained(state, *found),
        Msg::NotExplained(figure) => trail::unknown(state, &figure),
        Msg::Readings(found) => readings::take(state, found),
        Msg::Back => return back(state),
        Msg::PreviousQuarter => return step_quarter(state, -1),
        Msg::NextQuarter => return step_quarter(state, 1),
        Msg::SetQuarter(quarter) => return set_quarter(state, quarter),
        Msg::SetAsOf(as_of) => {
            state.as_of = as_of;
            return load(state);
        }
        Msg::Reload => return load(state),
        Msg::Move(by) => move_selection(state, Step::By(by)),
        Msg::MoveToEnd(last) => move_selection(state, Step::End(last)),
        Msg::Select { panel, key } => {
            select(state, panel, key);
            state.focus.insert(state.screen().id(), panel);
        }
        Msg::Open => return open(state),
        Msg::Focus(by) => move_focus(state, by),
        Msg::FocusPanel(panel) => {
            state.focus.insert(state.screen().id(), panel);
        }
        Msg::Sort { panel, column } => sort(state, panel, column),
        Msg::SortStep(step) => sort_step(state, step),
        Msg::ShowMore(panel) => {
            if !state.expanded.remove(panel) {
                state.expanded.insert(panel);
            }
        }
        Msg::Command => prompt::open(state, PromptKind::Command, String::new()),
        Msg::Filter => prompt::open(state, PromptKind::Filter, state.filter.clone()),
        Msg::AskAsOf => prompt::open(state, PromptKind::AsOf, String::new()),
        Msg::PromptText(text) => prompt::text(state, text),
        Msg::PromptMove(by) => prompt::choose(state, by),
        Msg::PromptAccept => return prompt::accept(state),
        Msg::PromptCancel => prompt::cancel(state),
        Msg::SetFilter(text) => state.filter = text,
        Msg::FilterStatus(status) => state.filter_status = status,
        Msg::SetLanguage(language) => {
            state.language = language;
            state.language_chosen = true;
        }
        Msg::ToggleLanguage => {
            state.language = state.language.other();
            state.language_chosen = true;
        }
        Msg::SetDark(dark) => state.dark = dark,
        Msg::Copy => return copy::copy(state),
        Msg::EditStart(first) => entry::start(state, first),
        Msg::EditText { key, text } => entry::text(state, key, text),
        Msg::EditAccept { forward } => entry::accept(state, forward),
        Msg::EditCancel => entry::cancel(state),
        Msg::Paste(text) if state.screen() == ScreenId::NewSource => {
            catalogue::paste(state, &text);
        }
        Msg::Paste(block) => return entry::paste(state, &block),
        Msg::EntrySave => return entry::save(state),
        Msg::EntryUndo => return entry::undo(state),
        Msg::EntryNote => entry::ask_note(state),
        Msg::EntryEvidence => return entry::ask_evidence(state),
        Msg::EvidenceChosen(path) => entry::evidence(state, path),
        Msg::Collect(source) => return collect(state, source),
        Msg::NewSource => go(state, ScreenId::NewSource),
        Msg::ChoosePreset(id) => return catalogue::choose(state, &id),
        Msg::AskLine(line) => catalogue::ask_line(state, line, false),
        Msg::AskNewLine => catalogue::ask_new_line(state),
        Msg::SetLine { line, is_new, text } => {
            return catalogue::set_line(state, line, is_new, &text);
        }
        Msg::WrittenOut { asked, draft, file } => {
            catalogue::written_out(state, &asked, *draft, *file);
        }
        Msg::AskField(field) => catalogue::ask(state, field),
        Msg::SetField { field, text } => return catalogue::set(state, field, &text),
        Msg::TrySource => return catalogue::attempt(state),
        Msg::SaveSource => return catalogue::save(state),
        Msg::DiscardSource => catalogue::discard(state),
        Msg::Tried {
            asked,
            draft,
            trial,
        } => return catalogue::tried(state, &asked, *draft, *trial),
        Msg::SourceSaved(id) => catalogue::saved(state, id),
        Msg::SetMoneyUnit(unit) => state.money_unit = unit,
        Msg::BudgetByProgramme(by_programme) => state.budget_by_programme = by_programme,
        Msg::SetBudgetSpan(span) => state.budget_span = span,
        Msg::Report => return report(state),
        Msg::AcceptItem => signing::ask(state),
        Msg::Sign => return signing::sign(state),
        Msg::AskHandle(programme) => handling::ask(state, programme),
        Msg::RiskBack(back) => state.risk_back = back.clamp(1, screen::MOST_BACK),
        Msg::SetRiskBasis(basis) => state.risk_basis = Some(basis),
        Msg::OpenWorkspace(path) => {
            state.loading = true;
            return vec![Effect::OpenWorkspace(path)];
        }
        Msg::AskOpenWorkspace => return ask_folder(state, false),
        Msg::AskCreateWorkspace => return ask_folder(state, true),
        Msg::CreateWorkspace(path) => {
            state.loading = true;
            return vec![Effect::CreateWorkspace(path)];
        }
        Msg::ShowDemo => {
            start_job(state, Message::new("job-demo"));
            return vec![Effect::ShowDemo];
        }
        Msg::CloseBanner(at) => {
            if at < state.notices.len() {
                state.notices.remove(at);
            }
        }
        Msg::Quit => return quit(state),
        Msg::Interrupt => return interrupt(state),
        Msg::Loaded(loaded) => return take(state, *loaded),
        Msg::Progressed { label, done, of } => state.job = Some(Job { label, done, of }),
        Msg::Finished(text) => {
            state.job = None;
            notice(state, false, text, None);
        }
        Msg::Failed { what, next } => {
            state.job = None;
            state.loading = false;
            for draft in state.drafts.values_mut() {
                draft.saving = false;
            }
            if let Some(new) = &mut state.new_source {
                new.is_writing = false;
            }
            notice(state, true, what, next);
        }
        Msg::Entered { stored, refused } => entry::entered(state, stored, refused),
    }
    Vec::new()
}

/// Notices kept at once; the oldest goes first.
const NOTICES: usize = 3;

fn notice(state: &mut State, error: bool, text: Message, next: Option<Message>) {
    state.notices.retain(|n| n.text != text);
    state.notices.push(Notice { error, text, next });
    while state.notices.len() > NOTICES {
        state.notices.remove(0);
    }
}

fn go(state: &mut State, screen: ScreenId) {
    if state.loaded.is_none() && !matches!(screen, ScreenId::Help | ScreenId::Start) {
        notice(state, false, Message::new("notice-no-workspace"), None);
        return;
    }
    let from = (state.screen(), state.programme.clone());
    entry::leave(state);
    if from.0 != screen {
        state.trail = None;
        state.found = None;
        // A filter belongs to its list; a programme opened from the list leads back into it.
        if from.0 != ScreenId::Programme && screen != ScreenId::Programme {
            state.filter.clear();
            state.filter_status = None;
        }
        state.history.push(from);
        if state.history.len() > HISTORY {
            state.history.remove(0);
        }
    }
    if screen == ScreenId::Programme
        && from_overview(state)
        && let Some(id) = selected_key(state, "programmes")
    {
        select_programme(state, &id);
    }
    state.screen = Some(screen);
}

fn from_overview(state: &State) -> bool {
    state.screen() == ScreenId::Overview && state.programme.is_none()
}

fn select_programme(state: &mut State, id: &str) {
    let known = state
        .loaded
        .as_ref()
        .is_some_and(|l| l.assessment.programmes.iter().any(|p| p.id == id));
    if known {
        if state.programme.as_deref() != Some(id) {
            state.panels.remove("indicators");
            state.panels.remove("readings");
            state.panels.remove("targets");
        }
        state.programme = Some(id.to_owned());
        select(state, "programmes", id.to_owned());
        select(state, "exceptions", id.to_owned());
    }
}

/// Esc: first what lies on top, then the filter, then the screen before.
fn back(state: &mut State) -> Vec<Effect> {
    if state.prompt.is_some() {
        prompt::cancel(state);
    } else if state.editing.is_some() {
        entry::cancel(state);
    } else if let Some(effects) = trail::back(state) {
        return effects;
    } else if state.found.take().is_some() {
        let id = state.screen().id();
        if state.focused() == Some("found") {
            state.focus.remove(id);
        }
    } else if state.screen() == ScreenId::Overview
        && (!state.filter.is_empty() || state.filter_status.is_some())
    {
        state.filter.clear();
        state.filter_status = None;
    } else if let Some((screen, programme)) = state.history.pop() {
        state.trail = None;
        state.found = None;
        state.screen = Some(screen);
        state.programme = programme.or(state.programme.take());
    } else if !state.notices.is_empty() {
        state.notices.clear();
    } else if state.loaded.is_some() {
        state.screen = Some(ScreenId::Overview);
    }
    Vec::new()
}

fn load(state: &mut State) -> Vec<Effect> {
    state.loading = true;
    vec![Effect::Load {
        quarter: state.quarter,
        as_of: state.as_of,
    }]
}

fn step_quarter(state: &mut State, by: i32) -> Vec<Effect> {
    // Pressing the key twice goes two quarters, even while the first still loads.
    let from = match (state.loading, state.quarter) {
        (true, Some(quarter)) => Some(quarter),
        _ => state.shown_quarter(),
    };
    match from {
        Some(quarter) => set_quarter(state, quarter.plus(by)),
        None => Vec::new(),
    }
}

fn set_quarter(state: &mut State, quarter: Quarter) -> Vec<Effect> {
    let Some(loaded) = &state.loaded else {
        return Vec::new();
    };
    let (first, last) = loaded.quarters;
    if quarter < first || quarter > last {
        let text = Message::new("notice-quarter-outside")
            .with("quarter", quarter)
            .with("first", first)
            .with("last", last);
        notice(state, false, text, None);
        return Vec::new();
    }
    state.quarter = Some(quarter);
    load(state)
}

fn take(state: &mut State, loaded: Loaded) -> Vec<Effect> {
    state.readings = readings::Asked::default();
    let quarter = state.shown_quarter();
    let other_workspace = state
        .loaded
        .as_ref()
        .is_none_or(|before| before.root != loaded.root);
    if other_workspace {
        state.drafts.clear();
        state.editing = None;
        state.last_stored.clear();
        state.new_source = None;
        state.history.clear();
        state.programme = None;
        state.filter.clear();
        state.filter_status = None;
        state.trail = None;
        state.found = None;
        state.changes = None;
        state.indicator = None;
        state.job = None;
        state.screen = Some(ScreenId::Overview);
        if !state.language_chosen {
            state.language = loaded.language;
        }
    }
    state.as_of = loaded.as_of;
    state.loading = false;
    state.loaded = Some(Arc::new(loaded));
    trail::renew(state, quarter)
}

fn start_job(state: &mut State, label: Message) {
    state.job = Some(Job {
        label,
        done: 0,
        of: 0,
    });
}

fn refuse_if_read_only(state: &mut State) -> bool {
    let reason = state.loaded.as_ref().and_then(|l| l.read_only.clone());
    match reason {
        Some(reason) => {
            notice(state, true, reason, None);
            true
        }
        None => false,
    }
}

fn collect(state: &mut State, source: Option<String>) -> Vec<Effect> {
    if state.loaded.is_none() || refuse_if_read_only(state) {
        return Vec::new();
    }
    if state.job.is_some() {
        notice(state, false, Message::new("notice-busy"), None);
        return Vec::new();
    }
    start_job(state, Message::new("job-collect"));
    vec![Effect::Collect(source)]
}

fn report(state: &mut State) -> Vec<Effect> {
    let Some(quarter) = state.shown_quarter() else {
        return Vec::new();
    };
    if state.job.is_some() {
        notice(state, false, Message::new("notice-busy"), None);
        return Vec::new();
    }
    start_job(state, Message::new("job-report").with("quarter", quarter));
    vec![Effect::Report {
        quarter,
        as_of: state.as_of,
        language: state.language,
    }]
}

fn ask_folder(state: &mut State, create: bool) -> Vec<Effect> {
    if state.capabilities.pick_files {
        return vec![Effect::PickWorkspace { create }];
    }
    let kind = if create {
        PromptKind::CreateFolder
    } else {
        PromptKind::OpenFolder
    };
    prompt::open(state, kind, String::new());
    Vec::new()
}

fn unsaved(state: &State) -> usize {
    state
        .drafts
        .values()
        .filter(|d| !d.text.trim().is_empty())
        .count()
}

fn quit(state: &mut State) -> Vec<Effect> {
    let drafts = unsaved(state);
    let has_source = catalogue::is_unsaved(state);
    if has_source && !state.leaving {
        let next = Some(Message::new("notice-unsaved-source-next"));
        notice(state, false, Message::new("notice-unsaved-source"), next);
    }
    if has_source && drafts == 0 && !state.leaving {
        state.leaving = true;
        return Vec::new();
    }
    if drafts > 0 && !state.leaving {
        state.leaving = true;
        notice(
            state,
            false,
            Message::new("notice-unsaved").with("count", drafts),
            Some(Message::new("notice-unsaved-next")),
        );
        return Vec::new();
    }
    vec![Effect::Quit]
}

/// Ctrl-C: stops a job first, then what lies on top, then leaves.
fn interrupt(state: &mut State) -> Vec<Effect> {
    if state.job.is_some() {
        return vec![Effect::Interrupt];
    }
    if state.prompt.is_some() {
        prompt::cancel(state);
        return Vec::new();
    }
    if state.editing.is_some() {
        entry::cancel(state);
        return Vec::new();
    }
    quit(state)
}

/// A prompt with nothing typed yet.
pub(crate) fn empty_prompt(kind: PromptKind, text: String) -> PromptState {
    PromptState {
        kind,
        text,
        chosen: None,
        error: None,
    }
}
