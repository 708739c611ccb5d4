//! 伍、下季重點及里程碑: targets of the next quarter's year and the next open printed task of each programme.

use super::Making;
use crate::document::{Block, Cell, Column, Row, Table};
use quarterdeck_kpi::message::Message;

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
                Cell::text(task.place.clone().unwrap_or_default()),
            ]))
        })
        .collect();
    let next = input.assessment.quarter.next();
    let mut blocks = vec![Block::Paragraph {
        text: input.say(&Message::new("report-next-sentence").with("quarter", next)),
    }];
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
