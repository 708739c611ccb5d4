//! Programme: its indicators with the chosen one's way, money, tasks, reasons and findings.

mod evm;
mod exception;
mod head;
mod indicators;
mod money;
mod outlook;
mod risk;
mod standing;
mod targets;
mod work;

use super::parts::*;
use crate::panel::{Body, Panel, Place, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::assess::ProgrammeAssessment;
use quarterdeck_kpi::register::Programme;

use evm::evm;
use exception::exception;
pub(crate) use exception::handled_sentence;
use head::title;
use indicators::indicators;
pub(crate) use indicators::{indicator_columns, indicator_row};
use money::{lagging, ratios, way_out};
pub(crate) use money::{lagging_lines, money as money_panel};
pub(crate) use outlook::expected;
use outlook::outlook;
use risk::risk;
pub(crate) use risk::words as risk_words;
pub(crate) use standing::actor_name;
use standing::{readings, standing};
use targets::targets;
use work::{findings, narrative, notes, tasks};
pub(crate) use work::{milestone_notes, task_lines};

/// The programme shown: the opened one, else the first of the list.
pub(crate) fn current<'a>(
    state: &State,
    loaded: &'a Loaded,
) -> Option<(&'a Programme, &'a ProgrammeAssessment)> {
    let programmes = &loaded.assessment.programmes;
    let assessed = state
        .programme
        .as_ref()
        .and_then(|id| programmes.iter().find(|p| &p.id == id))
        .or(programmes.first())?;
    let programme = loaded.snapshot.register.programme(&assessed.id)?;
    Some((programme, assessed))
}

pub(crate) fn panels(state: &State, loaded: &Loaded) -> Vec<Panel> {
    let Some((programme, assessed)) = current(state, loaded) else {
        let text = vec![vec![toned(state.word("programme-none"), Tone::Label)]];
        return vec![panel(
            "title",
            Place::Main,
            String::new(),
            Body::Lines(text),
        )];
    };
    let chosen = state.panel("indicators").selected;
    let chosen = assessed
        .indicators
        .iter()
        .find(|i| chosen.as_deref() == Some(i.series.to_string().as_str()))
        .or(assessed.indicators.first());
    let mut panels = vec![
        title(state, loaded, programme, assessed),
        indicators(state, loaded, programme, assessed),
    ];
    let with_definition = chosen.map(|i| (indicator_of(&loaded.snapshot.register, &i.series), i));
    let period = loaded.assessment.quarter.period();
    if let Some((indicator, chosen)) = with_definition {
        let quarter = loaded.assessment.quarter;
        let expected = loaded
            .outlooks
            .indicator(&loaded.snapshot, quarter, &chosen.series);
        let figure = Some(chosen.series.clone().at(period));
        for mut panel in [
            super::chart::panel_of(state, indicator, chosen, expected.as_ref().ok()),
            standing(state, indicator, chosen),
        ] {
            panel.figure.clone_from(&figure);
            panels.push(panel);
        }
    }
    panels.push(outlook(state, loaded, assessed, with_definition));
    if let Some((indicator, chosen)) = with_definition {
        panels.push(targets(state, loaded, indicator));
        panels.push(readings(state, loaded, indicator, chosen));
    }
    panels.extend(exception(state, loaded, &programme.id));
    for (panel, name) in [
        (
            Some(money_panel(state, "money", &assessed.money)),
            Some("budget"),
        ),
        (Some(ratios(state, &assessed.accounts)), Some("budget")),
        (Some(lagging(state, assessed)), Some("lagging")),
        (Some(way_out(state, loaded, assessed)), Some("lagging")),
        (work::milestones(state, programme, assessed), None),
        (Some(risk(state, loaded, assessed)), Some("risk")),
        (Some(evm(state, assessed)), Some("budget")),
        (Some(tasks(state, programme, assessed)), Some("tasks")),
        (Some(narrative(state, loaded, programme, assessed)), None),
    ] {
        let figure = name.map(|name| SeriesId::new(&assessed.id, name).at(period));
        panels.extend(panel.map(|panel| Panel { figure, ..panel }));
    }
    panels.push(findings(state, loaded, programme));
    let notes = notes(state, loaded, programme, assessed);
    if !notes.is_empty() {
        panels.push(panel(
            "notes",
            Place::Side,
            state.word("programme-notes"),
            Body::Lines(notes),
        ));
    }
    panels
}
