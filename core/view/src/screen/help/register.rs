//! What the register is and is not: its origin, claims, context, findings and problems.

use super::super::filter::Matcher;
use super::super::parts::*;
use super::super::programme::{milestone_notes, task_lines};
use crate::format;
use crate::panel::{Body, Line, Panel, Place, Row, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::indicator::Kind;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::status::Status;

pub(crate) fn lines(state: &State, lines: Vec<Line>, matcher: &Matcher) -> Body {
    let lines: Vec<Line> = lines
        .into_iter()
        .filter(|line| {
            let text: String = line.iter().map(|s| s.text.as_str()).collect();
            matcher.takes(&text)
        })
        .collect();
    if lines.is_empty() {
        Body::Lines(vec![vec![toned(state.word("help-no-match"), Tone::Hint)]])
    } else {
        Body::Lines(lines)
    }
}

/// Indicators of goals, strategies, areas and the portfolio.
pub(crate) fn framework(state: &State, loaded: &Loaded, matcher: &Matcher) -> Panel {
    let register = &loaded.snapshot.register;
    let rows = loaded
        .assessment
        .nodes
        .iter()
        .flat_map(|node| node.indicators.iter().map(move |i| (node, i)))
        .map(|(node, indicator)| {
            let mut row = super::super::programme::indicator_row(state, loaded, indicator);
            row.row.open = None;
            let name = register.node(&node.id).map_or(node.id.clone(), |n| {
                format!("{} {}", n.id, title_of(state.language, &n.title))
            });
            if let Some(cell) = row.row.cells.first_mut() {
                cell.spans
                    .insert(0, toned(format!("{} ", node.id), Tone::Label));
                let tip = cell.tip.take().unwrap_or_default();
                cell.tip = Some(format!("{name}  {tip}"));
            }
            row
        })
        .filter(|row| {
            let text: String = row
                .row
                .cells
                .iter()
                .flat_map(|c| c.spans.iter().map(|s| s.text.clone()))
                .collect();
            matcher.takes(&text)
        })
        .collect();
    panel(
        "framework",
        Place::Main,
        state.word("help-framework"),
        Body::Table(table(
            state,
            "framework",
            super::super::programme::indicator_columns(state),
            rows,
            state.word("help-no-framework"),
        )),
    )
}

/// Printed tasks and milestones of goals, strategies and areas; `None` where no node has any.
pub(crate) fn node_work(state: &State, loaded: &Loaded, matcher: &Matcher) -> Option<Panel> {
    let register = &loaded.snapshot.register;
    let mut all: Vec<Line> = Vec::new();
    for node in &register.nodes {
        let Some(assessed) = loaded.assessment.nodes.iter().find(|n| n.id == node.id) else {
            continue;
        };
        let milestones: Vec<Line> = node
            .indicators
            .iter()
            .filter(|i| i.kind == Kind::Milestone)
            .map(|milestone| {
                let status = assessed
                    .indicators
                    .iter()
                    .find(|i| i.series == milestone.series)
                    .map_or(Status::NoData, |i| i.status);
                let mut line = vec![signed(status, title_of(state.language, &milestone.title))];
                line.extend(milestone_notes(state, register, milestone));
                if let Some(place) = &milestone.place {
                    let place = format::document_place(state.language, place);
                    line.push(toned(format!("  {place}"), Tone::Hint));
                }
                line
            })
            .collect();
        let tasks = task_lines(state, &node.tasks, &assessed.tasks);
        if milestones.is_empty() && tasks.is_empty() {
            continue;
        }
        let mut head = vec![bold(format!(
            "{} {}",
            node.id,
            title_of(state.language, &node.title)
        ))];
        if !tasks.is_empty() {
            let done = assessed.tasks.iter().filter(|t| t.done).count();
            let count = Message::new("programme-tasks-done")
                .with("done", done)
                .with("of", tasks.len());
            head.push(toned(format!("  {}", state.say(&count)), Tone::Hint));
        }
        all.push(head);
        all.extend(milestones);
        all.extend(tasks);
    }
    (!all.is_empty()).then(|| {
        panel(
            "node-work",
            Place::Main,
            state.word("help-node-work"),
            lines(state, all, matcher),
        )
    })
}

/// Claims on one topic side by side; never compared with a count of rows.
pub(crate) fn claims(state: &State, loaded: &Loaded, matcher: &Matcher) -> Panel {
    let mut claims: Vec<_> = loaded.snapshot.register.claims.iter().collect();
    claims.sort_by(|a, b| (&a.plan, &a.topic).cmp(&(&b.plan, &b.topic)));
    let rows = claims
        .into_iter()
        .map(|claim| {
            let key = format!("claim-{}", claim.topic);
            let topic = if crate::i18n::has(state.language, &key) {
                state.word(&key)
            } else {
                claim.topic.clone()
            };
            let text = title_of(state.language, &claim.text);
            let date = claim.date.map_or_else(
                || state.word("claim-date-not-printed"),
                |d| format::date(state.language, d),
            );
            let texts = [
                plan_years(state.language, &loaded.snapshot.register, &claim.plan),
                topic,
                claim.value.clone(),
                text,
                claim.source.clone(),
                date,
            ];
            Sortable {
                row: Row {
                    key: claim.id.clone(),
                    cells: texts
                        .iter()
                        .map(|t| {
                            let mut cell = if t.is_empty() {
                                none_cell()
                            } else {
                                cell(t.clone())
                            };
                            cell.tip = Some(t.clone());
                            cell
                        })
                        .collect(),
                    ..Row::default()
                },
                keys: texts.into_iter().map(SortKey::Text).collect(),
            }
        })
        .filter(|row| {
            let text: String = row
                .row
                .cells
                .iter()
                .flat_map(|c| c.spans.iter().map(|s| s.text.clone()))
                .collect();
            matcher.takes(&text)
        })
        .collect();
    let columns = vec![
        column(state, "plan", "column-plan", 86, 9),
        column(state, "topic", "column-topic", 80, 9),
        column(state, "value", "column-claimed", 150, 12),
        column(state, "text", "column-claim", 200, 24).grows(),
        column(state, "source", "column-where", 180, 18),
        column(state, "date", "column-date", 84, 10).drop(1),
    ];
    let mut panel = panel(
        "claims",
        Place::Main,
        state.word("help-claims"),
        Body::Table(table(
            state,
            "claims",
            columns,
            rows,
            state.word("help-no-claims"),
        )),
    );
    panel.subtitle = state.word("help-claims-note");
    panel
}

pub(crate) fn register(state: &State, loaded: &Loaded, matcher: &Matcher) -> Panel {
    let register = &loaded.snapshot.register;
    let mut all: Vec<Line> = Vec::new();
    let origin = title_of(state.language, &register.origin);
    if !origin.is_empty() {
        all.push(vec![span(origin)]);
    }
    for plan in &register.plans {
        let mut line = vec![
            mono(format!("{}  ", plan.id)),
            span(title_of(state.language, &plan.title)),
            toned(
                format!(
                    "  {} {} {}",
                    format::year(state.language, plan.years.0),
                    state.word("range-to"),
                    format::year(state.language, plan.years.1)
                ),
                Tone::Label,
            ),
        ];
        if plan.years_basis == "inferred" {
            line.push(toned(
                format!("  {}", state.word("mark-inferred")),
                Tone::Hint,
            ));
        }
        if let Some(document) = &plan.document {
            line.push(toned(format!("  {document}"), Tone::Hint));
        }
        all.push(line);
    }
    let office = title_of(state.language, &register.office);
    if !office.is_empty() {
        all.push(vec![
            toned(format!("{}  ", state.word("help-office")), Tone::Label),
            span(office),
        ]);
    }
    all.push(vec![
        toned(format!("{}  ", state.word("help-folder")), Tone::Label),
        mono(loaded.root.display().to_string()),
    ]);
    panel(
        "register",
        Place::Main,
        state.word("help-register"),
        lines(state, all, matcher),
    )
}

pub(crate) fn context(state: &State, loaded: &Loaded, matcher: &Matcher) -> Panel {
    let mut all: Vec<Line> = Vec::new();
    for note in &loaded.snapshot.register.context {
        let mut line = vec![
            bold(format!("{}  ", title_of(state.language, &note.title))),
            span(title_of(state.language, &note.text)),
        ];
        if let Some(place) = &note.place {
            let place = format::document_place(state.language, place);
            line.push(toned(format!("  {place}"), Tone::Hint));
        }
        all.push(line);
    }
    panel(
        "context",
        Place::Main,
        state.word("help-context"),
        lines(state, all, matcher),
    )
}

pub(crate) fn findings(state: &State, loaded: &Loaded, matcher: &Matcher) -> Panel {
    let all = super::super::by_importance(loaded.assessment.findings.iter())
        .into_iter()
        .map(|f| super::super::finding_line(state, f))
        .collect();
    panel(
        "all-findings",
        Place::Main,
        state.word("programme-findings"),
        lines(state, all, matcher),
    )
}

pub(crate) fn problems(state: &State, loaded: &Loaded, matcher: &Matcher) -> Panel {
    let all = loaded
        .problems
        .iter()
        .map(|problem| {
            let mut line = vec![
                signed(
                    if problem.error {
                        Status::Behind
                    } else {
                        Status::AtRisk
                    },
                    state.say(&problem.text),
                ),
                mono(format!("  {}", problem.place)),
            ];
            if let Some(next) = &problem.next {
                line.push(toned(format!("  {}", state.say(next)), Tone::Label));
            }
            line
        })
        .collect();
    panel(
        "problems",
        Place::Main,
        state.word("help-problems"),
        lines(state, all, matcher),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;
    use crate::sample;
    use crate::state::FaceKind;
    use quarterdeck_kpi::assess::TaskState;
    use quarterdeck_kpi::indicator::ProgrammeLink;
    use quarterdeck_kpi::register::Task;
    use std::sync::Arc;

    fn text_of(panel: &Panel) -> String {
        let Body::Lines(lines) = &panel.body else {
            return String::new();
        };
        let lines = lines.iter().map(|line| {
            let texts: Vec<&str> = line.iter().map(|span| span.text.as_str()).collect();
            texts.concat()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn tasks_and_milestones_of_a_goal_are_seen_with_what_is_presumed() {
        let state = sample::state(FaceKind::Window, Language::En);
        let matcher = Matcher::new("");
        let mut loaded = sample::loaded();
        assert!(node_work(&state, &loaded, &matcher).is_none());

        let (snapshot, assessment) = (
            Arc::make_mut(&mut loaded.snapshot),
            Arc::make_mut(&mut loaded.assessment),
        );
        let mut milestone = snapshot.register.programmes[0].indicators[0].clone();
        let node = &mut snapshot.register.nodes[0];
        milestone.series.scope = node.id.as_str().into();
        milestone.kind = Kind::Milestone;
        milestone.targets.clear();
        milestone.title.en = "Law passed".to_owned();
        milestone.link = Some(ProgrammeLink {
            programme: "P03".to_owned(),
            basis: "presumed".to_owned(),
        });
        node.indicators = vec![milestone];
        node.tasks = vec![Task {
            id: "1".to_owned(),
            title: quarterdeck_kpi::indicator::Title {
                zh_tw: "訂定專法".to_owned(),
                en: "Write the law".to_owned(),
            },
            place: Some("line 364".to_owned()),
        }];
        assessment.nodes = vec![quarterdeck_kpi::assess::NodeAssessment {
            id: node.id.clone(),
            indicators: Vec::new(),
            tasks: vec![TaskState {
                id: "1".to_owned(),
                done: true,
                done_on: None,
                row: Some(1),
            }],
        }];
        let text = node_work(&state, &loaded, &matcher).map(|panel| text_of(&panel));
        let text = text.unwrap_or_default();
        for wanted in [
            "1 Write the law  line 364",
            "Law passed",
            "P03 (presumed)",
            "by 2025, end of the plan (inferred)",
        ] {
            assert!(text.contains(wanted), "{wanted}: {text}");
        }
    }
}
