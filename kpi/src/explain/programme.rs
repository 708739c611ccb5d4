//! A programme's status, progress, risk and tasks.

use super::indicator::{part_of, value};
use super::rows::readings;
use super::{Case, Explanation, Part, Rule, term, whole};
use crate::address::SeriesId;
use crate::assess::{ProgrammeAssessment, ProgressBasis, TaskState};
use crate::message::{Arg, Message};
use crate::register::{NarrativePart, Task};
use crate::rules::Measure;

pub(super) fn explain(case: &Case<'_>) -> Option<Explanation> {
    if let Some(found) = case
        .assessment
        .programmes
        .iter()
        .find(|p| p.id == case.scope())
    {
        return of_programme(case, found);
    }
    let node = case
        .assessment
        .nodes
        .iter()
        .find(|n| n.id == case.scope())?;
    let tasks = &case.snapshot.register.node(&node.id)?.tasks;
    match (case.name(), case.part()) {
        ("tasks", part @ (None | Some("done" | "of"))) => {
            Some(all_tasks(case, part, &node.tasks, tasks))
        }
        _ => task(case, &node.tasks, tasks),
    }
}

/// `P01 擴大資料開放`
pub(super) fn programme_name(case: &Case<'_>, id: &str) -> Arg {
    match case.snapshot.register.programme(id) {
        Some(programme) => Message::new("explain-programme")
            .with("id", id)
            .with("title", Arg::Title(programme.title.clone()))
            .into(),
        None => Arg::from(id),
    }
}

fn of_programme(case: &Case<'_>, found: &ProgrammeAssessment) -> Option<Explanation> {
    let named = |word: &'static str| {
        let title = Message::new("explain-of")
            .with("owner", programme_name(case, &found.id))
            .with("what", term(word));
        Explanation::new(case.figure.clone(), title.into())
    };
    match (case.name(), case.part()) {
        ("status", None) => Some(status(case, found, named("explain-status"))),
        ("progress", None | Some("variance")) => {
            let mut out = named("explain-variance");
            out.value = found.variance_points.map(Arg::Points);
            out.formula = found.progress.map(|(planned, actual)| {
                Message::new("explain-formula-variance")
                    .with("planned", percent(planned))
                    .with("actual", percent(actual))
            });
            for (part, word) in [
                ("actual", "explain-progress-actual"),
                ("planned", "explain-progress-planned"),
            ] {
                let number = found.progress.map(|(planned, actual)| match part {
                    "actual" => actual,
                    _ => planned,
                });
                out.parts.push(Part {
                    figure: Some(case.at(SeriesId::new(&found.id, "progress").part(part))),
                    label: term(word),
                    value: number.map(percent),
                    status: None,
                });
            }
            out.rule = Some(progress_rule(found, "progress@1", "explain-rule-progress"));
            out.rows = in_quarter(case, |series| {
                series.scope == found.id && series.name == "progress"
            });
            Some(out)
        }
        ("progress", Some(part @ ("planned" | "actual"))) => {
            let mut out = named(if part == "planned" {
                "explain-progress-planned"
            } else {
                "explain-progress-actual"
            });
            out.rows = in_quarter(case, |series| series == &case.figure.series);
            let standing = found.progress.map(|(planned, actual)| match part {
                "planned" => planned,
                _ => actual,
            });
            // Half a report is shown, and no rule looks at it.
            out.value = standing.or(latest(&out.rows)).map(percent);
            let reported = "explain-rule-progress-reported";
            out.rule = Some(progress_rule(found, "progress-reported@1", reported));
            if found.progress_basis == Some(ProgressBasis::Milestones) {
                let series = SeriesId::new(&found.id, "progress").part(format!("weighted_{part}"));
                out.parts.push(Part {
                    label: case.name_of(&series),
                    figure: Some(case.at(series)),
                    value: standing.map(percent),
                    status: None,
                });
            }
            Some(out)
        }
        ("risk", None) => {
            let mut out = named("explain-risk");
            out.value = found.risk.map(|risk| term(risk.term()));
            out.rule = Some(Rule {
                id: "risk-reported@1".to_owned(),
                text: Message::new("explain-rule-risk"),
            });
            out.rows = in_quarter(case, |series| series == &case.figure.series);
            Some(out)
        }
        ("lagging", None) => Some(lagging(case, found, named("explain-lagging"))),
        ("tasks", part @ (None | Some("done" | "of"))) => {
            let listed = case.snapshot.register.programme(&found.id)?;
            Some(all_tasks(case, part, &found.tasks, &listed.tasks))
        }
        ("indicators", Some(part @ ("good" | "rated"))) => {
            let mut out = status(
                case,
                found,
                Explanation::new(case.figure.clone(), case.name_of(&case.figure.series)),
            );
            let (good, rated) = found.good;
            out.value = Some(whole(if part == "good" { good } else { rated }));
            out.status = None;
            Some(out)
        }
        ("task", Some(_)) => {
            let listed = case.snapshot.register.programme(&found.id)?;
            task(case, &found.tasks, &listed.tasks)
        }
        ("milestone", Some(part)) => super::milestone::explain(case, found, part),
        ("narrative", Some(part)) => {
            let part = NarrativePart::from_id(part)?;
            let mut out = named(part.term());
            let told = found.narrative.as_ref().and_then(|told| part.of(told));
            out.value = told.map(|text| Arg::from(text.as_str()));
            out.rows = in_quarter(case, |series| series == &case.figure.series);
            Some(out)
        }
        ("confirm", Some(_)) => {
            let mut out = named("explain-confirmed");
            out.rows = in_quarter(case, |series| series == &case.figure.series);
            out.value = Some(done_word(!out.rows.is_empty()));
            Some(out)
        }
        _ => None,
    }
}

/// By which rule progress stands: as reported, or by the milestones.
fn progress_rule(found: &ProgrammeAssessment, id: &str, reported: &'static str) -> Rule {
    match found.progress_basis {
        Some(ProgressBasis::Milestones) => Rule {
            id: "weighted-progress@1".to_owned(),
            text: Message::new("explain-rule-progress-milestones"),
        },
        _ => Rule {
            id: id.to_owned(),
            text: Message::new(reported),
        },
    }
}

/// The programme's status: every indicator's with its value.
fn status(case: &Case<'_>, found: &ProgrammeAssessment, mut out: Explanation) -> Explanation {
    out.value = Some(Arg::Status(found.status));
    out.status = Some(found.status);
    out.rule = Some(Rule {
        id: found.rule_id.clone(),
        text: found.rule.clone(),
    });
    let listed = case.snapshot.register.programme(&found.id);
    out.parts = found
        .indicators
        .iter()
        .map(|state| {
            let indicator =
                listed.and_then(|l| l.indicators.iter().find(|i| i.series == state.series));
            Part {
                figure: Some(case.at(part_of(&state.series, "status"))),
                label: indicator.map_or(Arg::from(state.series.to_string()), |i| {
                    Arg::Title(i.title.clone())
                }),
                value: indicator.and_then(|i| value(i, state)),
                status: Some(state.status),
            }
        })
        .collect();
    out
}

/// The lagging rule's conditions, each with the figure it compares.
fn lagging(case: &Case<'_>, found: &ProgrammeAssessment, mut out: Explanation) -> Explanation {
    let lagging = &found.lagging;
    out.value = Some(term(match lagging.lagging {
        Some(true) => "explain-yes",
        Some(false) => "explain-no",
        None => "explain-undecided",
    }));
    out.rule = Some(Rule {
        id: lagging.rule_id.clone(),
        text: Message::new("explain-rule-lagging")
            .with("conditions", lagging.conditions.len())
            .with(
                "hold",
                lagging
                    .conditions
                    .iter()
                    .filter(|c| c.holds == Some(true))
                    .count(),
            ),
    });
    for condition in &lagging.conditions {
        let measure = condition.condition.measure;
        let series = match measure {
            Measure::Variance => SeriesId::new(&found.id, "progress").part("variance"),
            _ => SeriesId::new(&found.id, "budget").part(measure.id()),
        };
        out.parts.push(Part {
            figure: Some(case.at(series)),
            label: condition.text.clone().into(),
            value: Some(term(match condition.holds {
                Some(true) => "explain-yes",
                Some(false) => "explain-no",
                None => "explain-undecided",
            })),
            status: None,
        });
    }
    out
}

/// The printed tasks of a programme or node: how many of how many are done.
fn all_tasks(
    case: &Case<'_>,
    part: Option<&str>,
    states: &[TaskState],
    listed: &[Task],
) -> Explanation {
    let mut out = Explanation::new(case.figure.clone(), case.name_of(&case.figure.series));
    let done = states.iter().filter(|t| t.done).count();
    out.value = Some(match part {
        Some("done") => whole(done),
        Some(_) => whole(states.len()),
        None => Message::new("explain-done-of")
            .with("done", done)
            .with("of", states.len())
            .into(),
    });
    out.rule = Some(task_rule());
    out.parts = states
        .iter()
        .map(|state| {
            let listed = listed.iter().find(|t| t.id == state.id);
            Part {
                figure: Some(case.at(SeriesId::new(case.scope(), "task").part(&state.id))),
                label: listed.map_or(Arg::from(state.id.as_str()), |t| {
                    Arg::Title(t.title.clone())
                }),
                value: Some(done_word(state.done)),
                status: None,
            }
        })
        .collect();
    out
}

fn task(case: &Case<'_>, states: &[TaskState], listed: &[Task]) -> Option<Explanation> {
    if case.name() != "task" {
        return None;
    }
    let id = case.part()?;
    let state = states.iter().find(|t| t.id == id)?;
    let title = listed
        .iter()
        .find(|t| t.id == id)
        .map_or(Arg::from(id), |t| Arg::Title(t.title.clone()));
    let mut out = Explanation::new(case.figure.clone(), title);
    out.value = Some(done_word(state.done));
    out.rule = Some(task_rule());
    let used: Vec<i64> = state.row.into_iter().collect();
    out.rows = readings(case.readings(), &used, |row| {
        row.item.series == case.figure.series
            && row.item.period.end <= case.assessment.quarter.end()
    });
    Some(out)
}

fn done_word(done: bool) -> Arg {
    term(if done { "explain-done" } else { "explain-open" })
}

fn task_rule() -> Rule {
    Rule {
        id: "task-checklist@1".to_owned(),
        text: Message::new("explain-rule-task"),
    }
}

pub(super) fn programme_part(
    case: &Case<'_>,
    found: &ProgrammeAssessment,
    name: &str,
    value: Option<Arg>,
) -> Part {
    Part {
        figure: Some(case.at(SeriesId::new(&found.id, name))),
        label: programme_name(case, &found.id),
        value,
        status: Some(found.status),
    }
}

pub(super) fn count_rule() -> Rule {
    Rule {
        id: "count@1".to_owned(),
        text: Message::new("explain-rule-count"),
    }
}

fn percent(number: rust_decimal::Decimal) -> Arg {
    crate::assess::sentence::quantity(number, "", "percent")
}

fn latest(rows: &[super::Row]) -> Option<rust_decimal::Decimal> {
    rows.iter()
        .rev()
        .find(|row| row.state == super::RowState::Counts)
        .and_then(|row| row.value)
}

/// The rows of a quarter; the latest that stands of each series and period counts.
pub(super) fn in_quarter(case: &Case<'_>, wanted: impl Fn(&SeriesId) -> bool) -> Vec<super::Row> {
    let quarter = case.assessment.quarter.period();
    super::other::standing_rows(case, |row| {
        wanted(&row.item.series)
            && quarter.start <= row.item.period.end
            && row.item.period.end <= quarter.end
    })
}
