//! Selection, focus and order of the panels.

use super::update;
use crate::msg::{Effect, Msg};
use crate::panel::Body;
use crate::screen;
use crate::state::State;

/// Where a selection goes.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    By(i32),
    End(bool),
}

pub(crate) fn select(state: &mut State, panel: &'static str, key: String) {
    state.panels.entry(panel).or_default().selected = Some(key);
}

pub(crate) fn selected_key(state: &State, panel: &'static str) -> Option<String> {
    let screen = screen::view(state);
    let panel = screen.panels.iter().find(|p| p.id == panel)?;
    match &panel.body {
        Body::Table(table) => table
            .selected
            .and_then(|at| table.rows.get(at))
            .map(|row| row.key.clone()),
        Body::Queue(items) => items.iter().find(|i| i.selected).map(|i| i.key.clone()),
        _ => None,
    }
}

pub(crate) fn move_selection(state: &mut State, step: Step) {
    let screen = screen::view(state);
    let Some(panel) = screen.panels.iter().find(|p| p.focused) else {
        return;
    };
    let target = |now: Option<usize>, len: usize| -> Option<usize> {
        let last = i64::try_from(len)
            .ok()?
            .checked_sub(1)
            .filter(|l| *l >= 0)?;
        let to = match step {
            Step::By(by) => i64::try_from(now.unwrap_or(0)).ok()? + i64::from(by),
            Step::End(true) => last,
            Step::End(false) => 0,
        };
        usize::try_from(to.clamp(0, last)).ok()
    };
    match &panel.body {
        Body::Table(table) => {
            if let Some(row) =
                target(table.selected, table.rows.len()).and_then(|at| table.rows.get(at))
            {
                select(state, panel.id, row.key.clone());
            }
        }
        Body::Queue(items) => {
            let now = items.iter().position(|i| i.selected);
            if let Some(item) = target(now, items.len()).and_then(|at| items.get(at)) {
                select(state, panel.id, item.key.clone());
            }
        }
        Body::Lines(lines) => scroll(state, panel.id, lines.len(), step),
        Body::Facts(facts) => scroll(state, panel.id, facts.len(), step),
        _ => {}
    }
}

pub(crate) fn scroll(state: &mut State, panel: &'static str, len: usize, step: Step) {
    let own = state.panels.entry(panel).or_default();
    let last = len.saturating_sub(1);
    own.scroll = match step {
        Step::By(by) if by < 0 => own
            .scroll
            .saturating_sub(usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX)),
        Step::By(by) => own
            .scroll
            .saturating_add(usize::try_from(by).unwrap_or(0))
            .min(last),
        Step::End(true) => last,
        Step::End(false) => 0,
    };
}

pub(crate) fn open(state: &mut State) -> Vec<Effect> {
    let screen = screen::view(state);
    let Some(panel) = screen.panels.iter().find(|p| p.focused) else {
        return Vec::new();
    };
    let msg = match &panel.body {
        Body::Table(table) => table
            .selected
            .and_then(|at| table.rows.get(at))
            .and_then(|row| row.open.clone()),
        Body::Queue(items) => items.iter().find(|i| i.selected).map(|i| i.open.clone()),
        _ => panel
            .actions
            .iter()
            .find(|a| a.disabled.is_none())
            .map(|a| a.msg.clone()),
    };
    match msg {
        Some(Msg::Open) | None => Vec::new(),
        Some(msg) => update(state, msg),
    }
}

pub(crate) fn move_focus(state: &mut State, by: i32) {
    let screen = screen::view(state);
    let stops: Vec<&'static str> = screen
        .panels
        .iter()
        .filter(|p| screen::takes_focus(p))
        .map(|p| p.id)
        .collect();
    let now = screen
        .panels
        .iter()
        .find(|p| p.focused)
        .and_then(|p| stops.iter().position(|id| *id == p.id))
        .and_then(|at| i32::try_from(at).ok())
        .unwrap_or(0);
    let Some(count) = i32::try_from(stops.len()).ok().filter(|n| *n > 0) else {
        return;
    };
    let next = (now + by).rem_euclid(count);
    if let Some(id) = usize::try_from(next).ok().and_then(|at| stops.get(at)) {
        state.focus.insert(screen.id.id(), id);
    }
}

pub(crate) fn sort(state: &mut State, panel: &'static str, column: &'static str) {
    let own = state.panels.entry(panel).or_default();
    own.sort = match own.sort {
        Some((now, false)) if now == column => Some((column, true)),
        Some((now, true)) if now == column => None,
        _ => Some((column, false)),
    };
}

pub(crate) fn sort_step(state: &mut State, step: i32) {
    let screen = screen::view(state);
    let Some(panel) = screen.panels.iter().find(|p| p.focused) else {
        return;
    };
    let Body::Table(table) = &panel.body else {
        return;
    };
    let columns: Vec<&'static str> = table
        .columns
        .iter()
        .filter(|c| c.sortable)
        .map(|c| c.id)
        .collect();
    let own = state.panels.entry(panel.id).or_default();
    let now = table
        .sort
        .and_then(|(id, _)| columns.iter().position(|c| *c == id));
    let next = match (now, step) {
        (Some(at), 0) => {
            own.sort = columns
                .get(at)
                .map(|c| (*c, !table.sort.is_some_and(|(_, descending)| descending)));
            return;
        }
        (Some(at), step) if step > 0 => at.checked_add(1),
        (Some(at), _) => at.checked_sub(1),
        (None, step) if step < 0 => columns.len().checked_sub(1),
        (None, _) => Some(0),
    };
    // Past either end stands the order of the register.
    own.sort = next
        .and_then(|at| columns.get(at))
        .map(|column| (*column, false));
}
