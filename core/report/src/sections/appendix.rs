//! 附表: every programme with its indicators, figure addresses and one chart.

use super::Making;
use crate::ReportInput;
use crate::charts;
use crate::document::{Block, Cell, Column, Row, Table};
use quarterdeck_kpi::assess::{IndicatorAssessment, ProgrammeAssessment};
use quarterdeck_kpi::indicator::Indicator;
use quarterdeck_kpi::message::Message;
use quarterdeck_view::format;

pub(super) fn blocks(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let mut blocks = Vec::new();
    let of_nodes: Vec<(&IndicatorAssessment, &Indicator)> = input
        .assessment
        .nodes
        .iter()
        .flat_map(|n| &n.indicators)
        .filter_map(|a| {
            Some((
                a,
                input
                    .snapshot
                    .register
                    .indicators()
                    .find(|i| i.series == a.series)?,
            ))
        })
        .collect();
    if !of_nodes.is_empty() {
        blocks.push(Block::Heading {
            text: input.word("report-nodes"),
        });
        let caption = making.table("report-table-nodes");
        blocks.push(Block::Table(table(making, caption, &of_nodes)));
    }
    let tasks = node_tasks(input);
    if !tasks.is_empty() {
        let caption = making.table("report-table-node-tasks");
        let column = |id: &str| input.word(&format!("report-col-{id}"));
        blocks.push(Block::Table(Table {
            caption,
            columns: vec![
                Column::left(column("node")),
                Column::wide(column("next-task"), 1),
                Column::left(column("tasks-done")),
                Column::left(column("place")),
            ],
            rows: tasks,
            note: String::new(),
        }));
    }
    blocks.extend(milestones(input));
    for assessed in &input.assessment.programmes {
        let Some(programme) = input.snapshot.register.programme(&assessed.id) else {
            continue;
        };
        blocks.push(Block::Heading {
            text: format!("{} {}", programme.id, input.title(&programme.title)),
        });
        blocks.push(Block::Paragraph {
            text: facts(making, assessed),
        });
        let pairs: Vec<(&IndicatorAssessment, &Indicator)> = assessed
            .indicators
            .iter()
            .filter_map(|a| {
                Some((
                    a,
                    programme.indicators.iter().find(|i| i.series == a.series)?,
                ))
            })
            .collect();
        if pairs.is_empty() {
            blocks.push(Block::Paragraph {
                text: input.word("report-no-indicators"),
            });
            continue;
        }
        let title =
            Message::new("report-table-indicators").with("programme", programme.id.as_str());
        let caption = making.titled_table(&input.say(&title));
        blocks.push(Block::Table(table(making, caption, &pairs)));
        // The first that is measured by a target says more than the first.
        let has_way =
            |a: &IndicatorAssessment| a.history.iter().filter(|p| p.value.is_some()).count() >= 2;
        let drawn = pairs.iter().filter(|(a, _)| has_way(a));
        let rated = drawn
            .clone()
            .find(|(a, _)| a.history.iter().any(|p| p.target.is_some()));
        if let Some((a, i)) = rated.or_else(|| drawn.clone().next()) {
            blocks.push(chart(making, a, i));
        }
    }
    blocks
}

/// Printed tasks of goals, strategies and areas, with the day each was done.
fn node_tasks(input: &ReportInput<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for node in &input.snapshot.register.nodes {
        let assessed = input.assessment.nodes.iter().find(|n| n.id == node.id);
        for task in &node.tasks {
            let done_on = assessed
                .and_then(|n| n.tasks.iter().find(|t| t.id == task.id))
                .and_then(|t| t.done_on);
            rows.push(Row::of(vec![
                Cell::text(node.id.as_str()),
                Cell::text(format!("{} {}", task.id, input.title(&task.title))),
                Cell::text(done_on.map_or_else(
                    || format::NONE.to_owned(),
                    |day| format::date(input.language, day),
                )),
                Cell::text(format::document_lines(
                    task.place.as_deref().unwrap_or_default(),
                )),
            ]));
        }
    }
    rows
}

/// To which programme a milestone of a goal belongs is presumed, and so is its end: the plan's.
fn milestones(input: &ReportInput<'_>) -> Vec<Block> {
    let register = &input.snapshot.register;
    register
        .nodes
        .iter()
        .flat_map(|node| node.indicators.iter().map(move |i| (node, i)))
        .filter(|(_, i)| i.targets.is_empty())
        .filter_map(|(node, indicator)| {
            let link = indicator.link.as_ref().filter(|l| l.basis == "presumed")?;
            let plan = register.plans.iter().find(|p| p.id == node.plan)?;
            let text = Message::new("report-milestone-presumed")
                .with("node", node.id.as_str())
                .with("title", input.title(&indicator.title))
                .with("programme", link.programme.as_str())
                .with("year", format::year(input.language, plan.years.1));
            Some(Block::Paragraph {
                text: input.say(&text),
            })
        })
        .collect()
}

fn facts(making: &Making<'_>, assessed: &ProgrammeAssessment) -> String {
    let input = making.input;
    let tasks = match assessed.tasks.len() {
        0 => Message::new("report-programme-no-tasks"),
        all => Message::new("report-programme-tasks")
            .with("done", assessed.tasks.iter().filter(|t| t.done).count())
            .with("tasks", all),
    };
    input.say(
        &Message::new("report-programme-facts")
            .with("lead", super::lead(input, &assessed.id))
            .with("rule", assessed.rule.clone())
            .with("rate", super::rate(assessed.money.execution_rate))
            .with("variance", super::points(assessed.variance_points))
            .with("tasks", tasks),
    )
}

fn table(
    making: &Making<'_>,
    caption: String,
    pairs: &[(&IndicatorAssessment, &Indicator)],
) -> Table {
    let input = making.input;
    let rows = pairs
        .iter()
        .map(|(a, i)| {
            let value = match (&a.figure, &a.rejected) {
                (Some(f), _) => format::qualified(f.value, &i.unit, f.qualifier),
                // What was refused is no value: it is shown as what came.
                (None, Some((text, _))) => input.say(
                    &Message::new("report-received")
                        .with("text", quarterdeck_kpi::text::clean(text)),
                ),
                (None, None) => format::NONE.to_owned(),
            };
            let period = a
                .figure
                .as_ref()
                .map(|f| format::period(input.language, f.period))
                .unwrap_or_default();
            Row::of(vec![
                Cell {
                    address: Some(format!("{}@{}", a.series, input.assessment.quarter)),
                    ..Cell::text(input.title(&i.title))
                },
                Cell::text(value),
                Cell::text(a.target.as_ref().map_or_else(
                    || format::NONE.to_owned(),
                    |t| format::value(t.value, &i.unit),
                )),
                Cell::text(format::unit(input.language, &i.unit)),
                Cell::text(
                    a.achievement
                        .map_or_else(|| format::NONE.to_owned(), format::rate_number),
                ),
                super::status_cell(input, a.status),
                Cell::text(period),
            ])
        })
        .collect();
    let column = |id: &str| input.word(&format!("report-col-{id}"));
    Table {
        caption,
        columns: vec![
            Column::wide(column("indicator"), 1),
            Column::number(column("actual")),
            Column::number(column("target")),
            Column::left(column("unit")),
            Column::number(column("achievement")),
            Column::left(column("status")),
            Column::left(column("period")),
        ],
        rows,
        note: String::new(),
    }
}

fn chart(making: &mut Making<'_>, assessed: &IndicatorAssessment, indicator: &Indicator) -> Block {
    let input = making.input;
    let title = input.title(&indicator.title).to_owned();
    // The year stands at its first quarter, so that twelve labels fit under a chart.
    let names: Vec<String> = assessed
        .history
        .iter()
        .map(|p| match p.quarter.number {
            1 => format::quarter_short(input.language, p.quarter),
            number => format!("Q{number}"),
        })
        .collect();
    let last = assessed.history.iter().rev().find_map(|p| p.value);
    let target = assessed.history.iter().rev().find_map(|p| p.target);
    let text = |value| format::value(value, &indicator.unit);
    let actual_label = last
        .map(|v| input.say(&Message::new("report-label-actual").with("value", text(v))))
        .unwrap_or_default();
    let target_label = target
        .map(|v| input.say(&Message::new("report-label-target").with("value", text(v))))
        .unwrap_or_default();
    let alt = input.say(
        &Message::new("report-chart-message")
            .with("title", title.as_str())
            .with("quarter", input.assessment.quarter)
            .with("actual", last.map_or_else(|| format::NONE.to_owned(), text))
            .with(
                "target",
                target.map_or_else(|| format::NONE.to_owned(), text),
            )
            .with("status", assessed.status),
    );
    let found = making.forecasts.get(&assessed.series);
    let found = found
        .and_then(|outlook| outlook.as_ref().ok())
        .filter(|f| f.last == input.assessment.quarter);
    let mut names = names;
    for (quarter, _) in found.iter().flat_map(|f| &f.points) {
        names.push(match quarter.number {
            1 => format::quarter_short(input.language, *quarter),
            number => format!("Q{number}"),
        });
    }
    let svg = charts::trajectory(
        &assessed.history,
        found,
        &names,
        &actual_label,
        &target_label,
    );
    let unit = format::unit(input.language, &indicator.unit);
    let caption_title = input.say(
        &Message::new("report-figure-indicator")
            .with("title", title)
            .with("unit", unit),
    );
    let (name, caption) = making.picture(&caption_title, svg);
    Block::Picture {
        name,
        alt,
        caption,
        note: String::new(),
    }
}
