//! 伍、下季重點及里程碑: the milestones that are late or planned for the next quarter, and the next open printed task of
//! each programme.

use super::Making;
use crate::document::{Block, Cell, Column, Row, Table};
use quarterdeck_kpi::assess::{MilestoneState, Timeliness};
use quarterdeck_kpi::message::Message;
use quarterdeck_view::format;

pub(super) fn blocks(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let rows: Vec<Row> = input
        .assessment
        .programmes
        .iter()
        .filter_map(|p| {
            let programme = input.snapshot.register.programme(&p.id)?;
            let open = p.tasks.iter().find(|t| !t.done)?;
            let task = programme.tasks.iter().find(|t| t.id == open.id)?;
            let done = p.tasks.iter().filter(|t| t.done).count();
            Some(Row::of(vec![
                Cell::text(p.id.as_str()),
                Cell::text(input.title(&task.title)),
                Cell::text(super::lead(input, &p.id)),
                Cell::text(format!("{done}/{}", p.tasks.len())),
                Cell::text(format::document_lines(
                    task.place.as_deref().unwrap_or_default(),
                )),
            ]))
        })
        .collect();
    let next = input.assessment.quarter.next();
    let mut blocks = milestones(making);
    blocks.push(Block::Paragraph {
        text: input.say(&Message::new("report-next-sentence").with("quarter", next)),
    });
    if rows.is_empty() {
        blocks.push(Block::Paragraph {
            text: input.word("report-nothing"),
        });
        return blocks;
    }
    let caption = making.table("report-table-tasks");
    let column = |id: &str| input.word(&format!("report-col-{id}"));
    blocks.push(Block::Table(Table {
        caption,
        columns: vec![
            Column::left(column("id")),
            Column::wide(column("next-task"), 1),
            Column::left(column("lead")),
            Column::number(column("tasks-done")),
            Column::left(column("place")),
        ],
        rows,
        note: input.word("report-note-tasks"),
    }));
    blocks
}

/// Late milestones first, the latest of them at the top, then those planned for the next quarter by their days.
fn milestones(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let next = input.assessment.quarter.next();
    let mut listed: Vec<(&str, &MilestoneState)> = input
        .assessment
        .programmes
        .iter()
        .flat_map(|p| p.milestones.iter().map(|m| (p.id.as_str(), m)))
        .filter(|(_, m)| match m.timeliness {
            Timeliness::Late => true,
            Timeliness::Open => m.plan.planned <= next.end(),
            Timeliness::Done | Timeliness::DoneLate => false,
        })
        .collect();
    if listed.is_empty() {
        return Vec::new();
    }
    listed.sort_by_key(|(id, m)| (m.plan.planned, *id, m.id.as_str()));
    let rows = listed
        .into_iter()
        .map(|(id, state)| {
            let programme = input.snapshot.register.programme(id);
            let title = programme
                .and_then(|p| p.milestones.iter().find(|m| m.id == state.id))
                .map_or("", |m| input.title(&m.title));
            let day = |day| format::date(input.language, day);
            let former: Vec<String> = state.former.iter().map(|p| day(p.planned)).collect();
            Row::of(vec![
                Cell::text(id),
                Cell::text(title),
                Cell::text(super::lead(input, id)),
                Cell::text(format::value(state.weight, "percent")),
                Cell::text(day(state.plan.planned)),
                Cell::text(match former.is_empty() {
                    true => format::NONE.to_owned(),
                    false => former.join("\n"),
                }),
                Cell::text(match (state.timeliness, state.days_late) {
                    (Timeliness::Late, Some(days)) => format::count(days),
                    _ => format::NONE.to_owned(),
                }),
            ])
        })
        .collect();
    let caption = making.table("report-table-milestones");
    let column = |id: &str| input.word(&format!("report-col-{id}"));
    let mut columns = vec![
        Column::left(column("id")),
        Column::wide(column("milestone"), 1),
        Column::left(column("lead")),
    ];
    columns.push(Column::number(column("weight")));
    columns.extend(["planned-day", "former-plan"].map(|id| Column::left(column(id))));
    columns.push(Column::number(column("days-late")));
    vec![Block::Table(Table {
        caption,
        columns,
        rows,
        note: input.say(
            &Message::new("report-note-milestones")
                .with("quarter", next)
                .with("day", input.assessment.quarter.end()),
        ),
    })]
}
