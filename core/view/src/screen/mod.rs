//! The whole screen as plain data: one file per screen, the same for both faces.

use crate::keys::{COMMANDS, Command};
use crate::msg::Msg;
use crate::panel::{Action, Body, Line, Panel, Place, Screen, Tone};
use crate::state::{ScreenId, State};
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::status::Status;

mod budget;
pub mod changes;
mod chart;
mod chrome;
mod entry;
mod filter;
mod found;
mod help;
mod indicator;
mod migration;
mod milestones;
mod new_source;
mod overview;
pub(crate) mod parts;
mod price;
mod programme;
mod reports;
mod review;
mod sources;
mod start;
mod texts;
mod trail;

pub(crate) use entry::{key_of as entry_key, unit_of as entry_unit};
pub(crate) use migration::MOST_BACK;
pub(crate) use programme::current as current_programme;

/// Describes the screen of a state.
pub fn view(state: &State) -> Screen {
    let id = state.screen();
    let mut panels = match (&state.loaded, id) {
        (_, ScreenId::Start) | (None, ScreenId::Overview) => start::panels(state),
        (loaded, ScreenId::Help) => help::panels(state, loaded.as_deref()),
        (Some(loaded), ScreenId::Overview) => overview::panels(state, loaded),
        (Some(loaded), ScreenId::Programme) => programme::panels(state, loaded),
        (Some(loaded), ScreenId::Budget) => budget::panels(state, loaded),
        (Some(loaded), ScreenId::Milestones) => milestones::panels(state, loaded),
        (Some(loaded), ScreenId::Indicator) => indicator::panels(state, loaded),
        (Some(loaded), ScreenId::Entry) => entry::panels(state, loaded),
        (Some(loaded), ScreenId::Sources) => sources::panels(state, loaded),
        (Some(loaded), ScreenId::Review) => review::panels(state, loaded),
        (Some(loaded), ScreenId::Reports) => reports::panels(state, loaded),
        (Some(_), ScreenId::Changes) => changes::panels(state),
        (Some(loaded), ScreenId::NewSource) => new_source::panels(state, loaded),
        (
            None,
            ScreenId::Programme
            | ScreenId::Indicator
            | ScreenId::Budget
            | ScreenId::Milestones
            | ScreenId::Entry
            | ScreenId::Sources
            | ScreenId::Review
            | ScreenId::Reports
            | ScreenId::NewSource
            | ScreenId::Changes,
        ) => start::panels(state),
    };
    // A trail takes the right column: never over the figure it speaks of.
    if let Some(open) = &state.trail {
        panels.retain(|p| p.place != Place::Side);
        let with_rows = id != ScreenId::Indicator;
        panels.extend(trail::panels(state, open, with_rows));
    } else if let Some(found) = &state.found {
        panels.retain(|p| p.place != Place::Side);
        panels.extend(found::panels(state, found));
    }
    focus(state, &mut panels);
    Screen {
        id,
        chrome: chrome::chrome(state, &panels),
        panels,
    }
}

/// Marks the focused panel: the chosen one, else the first that has rows.
fn focus(state: &State, panels: &mut [Panel]) {
    let chosen = state
        .focused()
        .and_then(|id| panels.iter().position(|p| p.id == id));
    let main = panels
        .iter()
        .position(|p| matches!(p.body, Body::Table(_)) && p.place == Place::Main);
    let first = panels.iter().position(takes_focus);
    if let Some(at) = chosen.or(main).or(first)
        && let Some(panel) = panels.get_mut(at)
    {
        panel.focused = true;
    }
}

/// Whether Tab stops at a panel; heads are always in sight and need no stop.
pub fn takes_focus(panel: &Panel) -> bool {
    panel.place != Place::Head
}

pub(crate) fn action(label: String, msg: Msg) -> Action {
    Action {
        label,
        key: None,
        msg,
        disabled: None,
        primary: false,
    }
}

/// A command as a button; a command that means nothing now is disabled with the reason.
pub(crate) fn command_action(state: &State, id: &str) -> Action {
    match COMMANDS.iter().find(|c| c.id == id) {
        Some(command) => action_of(state, command),
        None => action(id.to_owned(), Msg::Command),
    }
}

pub(crate) fn action_of(state: &State, command: &Command) -> Action {
    Action {
        label: state.word(command.label),
        key: command.shown_key(state.face).map(|k| k.to_string()),
        disabled: (!command.works(state)).then(|| state.word("disabled-here")),
        msg: (command.msg)(state).unwrap_or(Msg::PromptCancel),
        primary: false,
    }
}

/// Findings by importance, gravest first; of one importance in their own order.
pub(crate) fn by_importance<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<&'a Finding> {
    let mut findings: Vec<&Finding> = findings.collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// A finding with its severity's sign.
pub(crate) fn finding_line(state: &State, finding: &Finding) -> Line {
    let mut line = vec![match finding.severity {
        Severity::Info => parts::signed(Status::NoTarget, state.say(&finding.text)),
        Severity::Warning => parts::signed(Status::AtRisk, state.say(&finding.text)),
        Severity::Error => parts::signed(Status::Rejected, state.say(&finding.text)),
    }];
    for span in &mut line {
        span.tone = Tone::Text;
        span.bold = false;
    }
    let about = finding
        .figure
        .as_ref()
        .map(ToString::to_string)
        .or(finding.source.clone())
        .unwrap_or_default();
    line.push(parts::toned(
        format!("  {}  {about}", finding.rule),
        Tone::Hint,
    ));
    line
}

/// The headline's group a status belongs to.
pub(crate) fn status_group(status: Status) -> Status {
    parts::group_of(status)
}
