//! Tasks, reasons and measures, findings and notes.

use super::super::parts::*;
use crate::format;
use crate::panel::{Body, Line, Panel, Place, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::assess::{ProgrammeAssessment, TaskState};
use quarterdeck_kpi::indicator::Indicator;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::register::{Programme, Register, Task};
use quarterdeck_kpi::status::Status;

/// A line for every printed task, with its state, day and citation.
pub(crate) fn task_lines(state: &State, tasks: &[Task], states: &[TaskState]) -> Vec<Line> {
    let line = |task: &Task| {
        let task_state = states.iter().find(|t| t.id == task.id);
        let is_done = task_state.is_some_and(|t| t.done);
        let mut line = vec![signed(
            if is_done { Status::Met } else { Status::NotDue },
            format!("{} {}", task.id, title_of(state.language, &task.title)),
        )];
        for span in &mut line {
            span.bold = false;
            span.tone = if is_done { Tone::Label } else { Tone::Text };
        }
        if let Some(day) = task_state.and_then(|t| t.done_on) {
            let done_on = state.say(&Message::new("task-done-on").with("date", day));
            line.push(toned(format!("  {done_on}"), Tone::Hint));
        }
        if let Some(place) = &task.place {
            let place = format::document_place(state.language, place);
            line.push(toned(format!("  {place}"), Tone::Hint));
        }
        line
    };
    tasks.iter().map(line).collect()
}

/// What is known of a milestone of a goal beside its state: the programme it belongs to, and by when it is presumed.
pub(crate) fn milestone_notes(state: &State, register: &Register, indicator: &Indicator) -> Line {
    let mut line = Line::new();
    if let Some(link) = &indicator.link {
        let id = match link.basis.as_str() {
            "named" => "milestone-link-named",
            _ => "milestone-link-presumed",
        };
        let text = state.say(&Message::new(id).with("programme", link.programme.as_str()));
        line.push(toned(format!("  {text}"), Tone::Label));
    }
    // No date is printed, so none becomes a target.
    let plan = register.node(&indicator.series.scope).map(|n| &n.plan);
    let plan = plan.and_then(|plan| register.plans.iter().find(|p| p.id == *plan));
    if let Some(plan) = plan.filter(|_| indicator.targets.is_empty()) {
        let year = format::year(state.language, plan.years.1);
        let text = state.say(&Message::new("milestone-presumed-end").with("year", year));
        line.push(toned(format!("  {text}"), Tone::Hint));
    }
    line
}

pub(crate) fn tasks(state: &State, programme: &Programme, assessed: &ProgrammeAssessment) -> Panel {
    let done = assessed.tasks.iter().filter(|t| t.done).count();
    let lines = task_lines(state, &programme.tasks, &assessed.tasks);
    let empty = lines.is_empty();
    let lines = if empty {
        vec![vec![toned(state.word("programme-no-tasks"), Tone::Label)]]
    } else {
        lines
    };
    let mut panel = panel(
        "tasks",
        Place::Side,
        state.word("programme-tasks"),
        Body::Lines(lines),
    );
    if !empty {
        panel.aside = vec![toned(
            state.say(
                &Message::new("programme-tasks-done")
                    .with("done", done)
                    .with("of", programme.tasks.len()),
            ),
            Tone::Hint,
        )];
    }
    panel
}

/// Milestones with their dates and lateness, and the progress their weights give.
pub(crate) fn milestones(
    state: &State,
    programme: &Programme,
    assessed: &ProgrammeAssessment,
) -> Option<Panel> {
    if assessed.milestones.is_empty() {
        return None;
    }
    let mut lines: Vec<Line> = assessed
        .milestones
        .iter()
        .map(|stands| {
            let listed = programme.milestones.iter().find(|m| m.id == stands.id);
            let title = listed.map_or_else(String::new, |m| title_of(state.language, &m.title));
            let status = super::super::milestones::look(stands.timeliness);
            let mut line = vec![
                signed(status, state.word(stands.timeliness.term())),
                span(format!("  {} {title}", stands.id)),
            ];
            if let Some(days) = stands.days_late {
                let days = Message::new("milestones-days-after").with("days", format::change(days));
                line.push(span(format!("  {}", state.say(&days))));
            }
            let planned = Message::new("milestones-planned").with("date", stands.plan.planned);
            line.push(toned(format!("  {}", state.say(&planned)), Tone::Label));
            if let Some(on) = stands.done_on {
                let done = Message::new("task-done-on").with("date", on);
                line.push(toned(format!("  {}", state.say(&done)), Tone::Label));
            }
            if let Some(first) = stands.former.first() {
                let was = Message::new("milestones-was").with("date", first.planned);
                line.push(toned(format!("  {}", state.say(&was)), Tone::Hint));
            }
            line
        })
        .collect();
    lines.extend(
        super::super::milestones::progress_facts(state, assessed)
            .into_iter()
            .map(|fact| {
                let mut line = vec![toned(format!("{}  ", fact.label), Tone::Label)];
                line.extend(fact.value);
                line
            }),
    );
    Some(panel(
        "milestones",
        Place::Side,
        state.word("nav-milestones"),
        Body::Lines(lines),
    ))
}

pub(crate) fn narrative(
    state: &State,
    loaded: &Loaded,
    programme: &Programme,
    assessed: &ProgrammeAssessment,
) -> Panel {
    let language = state.language;
    let quarter = loaded.assessment.quarter;
    let told = programme
        .narratives
        .iter()
        .filter(|n| n.quarter <= quarter)
        .max_by_key(|n| n.quarter);
    // What people entered for the quarter stands before what the file says of an earlier one.
    let told = assessed.narrative.as_ref().or(told);
    let missing = || toned(state.word("narrative-missing"), Tone::Hint);
    let part = |key: &str, text: Option<&String>| -> Line {
        let label = toned(format!("{}  ", state.word(key)), Tone::Label);
        match text {
            Some(text) => vec![label, span(text.clone())],
            None => vec![label, missing()],
        }
    };
    let mut lines = vec![
        part("narrative-reason", told.and_then(|n| n.reason.as_ref())),
        part("narrative-measure", told.and_then(|n| n.measure.as_ref())),
    ];
    let mut panel_aside = Vec::new();
    if let Some(told) = told {
        if let Some(responsible) = &told.responsible {
            lines.push(vec![
                toned(
                    format!("{}  ", state.word("narrative-responsible")),
                    Tone::Label,
                ),
                span(responsible.clone()),
            ]);
        }
        panel_aside.push(toned(format::quarter(language, told.quarter), Tone::Hint));
        if let Some(day) = told.reported_on {
            panel_aside.push(toned(format::date(language, day), Tone::Hint));
        }
    }
    let mut panel = panel(
        "narrative",
        Place::Side,
        state.word("programme-narrative"),
        Body::Lines(lines),
    );
    panel.aside = panel_aside;
    panel
}

pub(crate) fn findings(state: &State, loaded: &Loaded, programme: &Programme) -> Panel {
    let own = loaded.assessment.findings.iter().filter(|f| {
        f.figure
            .as_ref()
            .is_some_and(|a| a.series.scope == programme.id)
    });
    let own: Vec<Line> = super::super::by_importance(own)
        .into_iter()
        .map(|f| super::super::finding_line(state, f))
        .collect();
    let lines = if own.is_empty() {
        vec![vec![toned(
            state.word("programme-no-findings"),
            Tone::Label,
        )]]
    } else {
        own
    };
    panel(
        "findings",
        Place::Side,
        state.word("programme-findings"),
        Body::Lines(lines),
    )
}

pub(crate) fn notes(
    state: &State,
    loaded: &Loaded,
    programme: &Programme,
    assessed: &ProgrammeAssessment,
) -> Vec<Line> {
    let mut lines = Vec::new();
    match programme.title_zh_basis.as_str() {
        "translated" => lines.push(vec![span(state.word("note-title-translated"))]),
        "inferred" => lines.push(vec![span(state.word("note-title-inferred"))]),
        _ => {}
    }
    if programme.lead_basis == "presumed" {
        lines.push(vec![span(state.word("note-lead-presumed"))]);
    }
    if let Some(note) = &programme.note {
        lines.push(vec![span(title_of(state.language, note))]);
    }
    for indicator in loaded.snapshot.register.indicators().filter(|i| {
        i.link
            .as_ref()
            .is_some_and(|link| link.programme == programme.id)
    }) {
        let text = Message::new("note-milestone")
            .with("node", indicator.series.scope.as_str())
            .with("title", Arg::Title(indicator.title.clone()));
        let mut line = vec![span(state.say(&text))];
        line.extend(milestone_notes(state, &loaded.snapshot.register, indicator));
        lines.push(line);
    }
    if let Some(place) = &programme.place {
        lines.push(vec![
            toned(format!("{} ", state.word("standing-place")), Tone::Label),
            span(place.clone()),
        ]);
    }
    if programme.invented || loaded.demo {
        lines.push(vec![toned(state.word("note-invented"), Tone::Demo)]);
    }
    lines.push(vec![
        toned(format!("{} ", state.word("note-rule")), Tone::Label),
        mono(assessed.rule_id.clone()),
    ]);
    lines
}
