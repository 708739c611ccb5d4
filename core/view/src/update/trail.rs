//! The trail of a figure: opened from any figure, followed into its parts, closed again.

use crate::msg::{Effect, Msg};
use crate::panel::{Body, Panel, Table};
use crate::screen;
use crate::state::{ScreenId, State, TrailView};
use crate::trail::Trail;
use quarterdeck_kpi::address::{FigureAddress, SeriesId};
use quarterdeck_kpi::calendar::Quarter;
use std::sync::Arc;

/// Figures remembered for going back.
const BACK: usize = 50;

/// Opens the trail of a figure; one that is open is remembered for going back.
pub(crate) fn explain(state: &mut State, figure: FigureAddress) -> Vec<Effect> {
    let Some(loaded) = &state.loaded else {
        return Vec::new();
    };
    let period = figure.period.unwrap_or(loaded.assessment.quarter.period());
    let figure = FigureAddress {
        period: Some(period),
        ..figure
    };
    let mut came_from = Vec::new();
    // From a list that was found one goes back into the list.
    if let Some(open) = state.trail.take() {
        came_from = open.came_from;
        if open.figure != figure {
            came_from.push(open.figure);
        }
    }
    if came_from.len() > BACK {
        came_from.remove(0);
    }
    show(state, figure, came_from)
}

fn show(state: &mut State, figure: FigureAddress, came_from: Vec<FigureAddress>) -> Vec<Effect> {
    state.panels.remove("trail-parts");
    state.panels.remove("trail");
    state.trail = Some(TrailView {
        figure: figure.clone(),
        shown: None,
        is_unknown: false,
        came_from,
    });
    let id = state.screen().id();
    state.focus.insert(id, "trail");
    ask(state, figure)
}

fn ask(state: &State, figure: FigureAddress) -> Vec<Effect> {
    vec![Effect::Explain {
        figure,
        as_of: state.as_of,
    }]
}

/// `e`: the trail of what is selected; again on the same row for its next figure.
pub(crate) fn explain_selected(state: &mut State) -> Vec<Effect> {
    let figures = selected(state);
    let open = state.trail.as_ref().map(|t| &t.figure);
    let at = open.and_then(|open| figures.iter().position(|f| f == open));
    let next = match at {
        Some(at) => figures.get((at + 1) % figures.len().max(1)),
        None => figures.first(),
    };
    let Some(figure) = next.cloned() else {
        super::prompt::nothing_here(state);
        return Vec::new();
    };
    let focus = state.focused();
    // Stepping through a row's figures leaves nothing to go back to.
    if at.is_some() {
        state.trail = None;
    }
    let effects = explain(state, figure);
    // The list keeps the focus, so that the next row is one key away; where the trail takes its
    // place, nobody would see it.
    let keeps = !matches!(
        focus,
        Some("trail" | "trail-parts" | "trail-rows" | "trail-capture")
    );
    if keeps && !state.capabilities.one_column && state.screen() != ScreenId::Indicator {
        let id = state.screen().id();
        match focus {
            Some(panel) => state.focus.insert(id, panel),
            None => state.focus.remove(id),
        };
    }
    effects
}

/// The figures of the selected row, or of the focused panel.
fn selected(state: &State) -> Vec<FigureAddress> {
    let screen = screen::view(state);
    let found = screen
        .panels
        .iter()
        .find(|p| p.focused)
        .map(of_panel)
        .unwrap_or_default();
    if !found.is_empty() {
        return found;
    }
    // Nothing of its own: the first table that has figures.
    let mut others = screen.panels.iter().map(of_panel);
    others.find(|f| !f.is_empty()).unwrap_or_default()
}

fn of_panel(panel: &Panel) -> Vec<FigureAddress> {
    let mut found = match &panel.body {
        Body::Table(table) => of_row(table),
        Body::Queue(items) => items
            .iter()
            .filter(|i| i.selected)
            .filter_map(|i| i.figure.clone())
            .collect(),
        _ => Vec::new(),
    };
    if found.is_empty() {
        found.extend(panel.figure.clone());
    }
    found
}

fn of_row(table: &Table) -> Vec<FigureAddress> {
    let Some(row) = table.selected.and_then(|at| table.rows.get(at)) else {
        return Vec::new();
    };
    let mut found: Vec<FigureAddress> = Vec::new();
    let cells = row.cells.iter().filter_map(|c| c.figure.as_ref());
    for figure in row.figure.iter().chain(cells) {
        if !found.contains(figure) {
            found.push(figure.clone());
        }
    }
    found
}

/// The answer: kept when it is still what is asked for.
pub(crate) fn explained(state: &mut State, trail: Trail) {
    if let Some(open) = &mut state.trail
        && &open.figure == trail.figure()
    {
        open.shown = Some(Arc::new(trail));
        open.is_unknown = false;
    }
}

/// Nothing of that name is known.
pub(crate) fn unknown(state: &mut State, figure: &FigureAddress) {
    if let Some(open) = &mut state.trail
        && &open.figure == figure
    {
        open.shown = None;
        open.is_unknown = true;
    }
}

/// Esc: the figure before, or the trail closes. `false`: there was nothing to do.
pub(crate) fn back(state: &mut State) -> Option<Vec<Effect>> {
    let open = state.trail.as_mut()?;
    match open.came_from.pop() {
        Some(figure) => {
            let came_from = std::mem::take(&mut open.came_from);
            Some(show(state, figure, came_from))
        }
        None if state.screen() == ScreenId::Indicator => None,
        None => {
            close(state);
            Some(Vec::new())
        }
    }
}

/// The side column shows what it did before.
pub(crate) fn close(state: &mut State) {
    state.trail = None;
    let id = state.screen().id();
    if state
        .focused()
        .is_some_and(|panel| panel.starts_with("trail"))
    {
        state.focus.remove(id);
    }
}

/// Opens an indicator's own screen with its trail.
pub(crate) fn open_indicator(state: &mut State, series: SeriesId) -> Vec<Effect> {
    let Some(loaded) = &state.loaded else {
        return Vec::new();
    };
    let figure = series.clone().at(loaded.assessment.quarter.period());
    super::go(state, ScreenId::Indicator);
    state.indicator = Some(series);
    state.trail = None;
    state.panels.remove("observations");
    let effects = show(state, figure, Vec::new());
    state.focus.insert(ScreenId::Indicator.id(), "observations");
    effects
}

/// New figures came: an open trail is asked for again, of the new quarter when it spoke of the old one.
pub(crate) fn renew(state: &mut State, before: Option<Quarter>) -> Vec<Effect> {
    let (Some(open), Some(now)) = (&mut state.trail, state.loaded.as_ref()) else {
        return Vec::new();
    };
    let now = now.assessment.quarter;
    if let Some(before) = before.filter(|before| *before != now) {
        for figure in std::iter::once(&mut open.figure).chain(&mut open.came_from) {
            if figure.period == Some(before.period()) {
                figure.period = Some(now.period());
                open.shown = None;
            }
        }
    }
    let figure = open.figure.clone();
    ask(state, figure)
}

/// What a click on a figure means.
pub(crate) fn msg_of(figure: &FigureAddress) -> Msg {
    Msg::Explain(figure.clone())
}
