//! 貳、績效指標達成情形: all programmes on one page.

use super::{Making, points, rate, shown_status, status_cell, thousands};
use crate::document::{Block, Cell, Column, Row, Table};
use quarterdeck_kpi::status::Status;
use quarterdeck_view::format;

pub(super) fn blocks(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    if input.assessment.programmes.is_empty() {
        return Vec::new();
    }
    let caption = making.table("report-table-programmes");
    let rows = input
        .assessment
        .programmes
        .iter()
        .map(|p| {
            let last: Vec<_> = p.history.iter().rev().take(4).rev().collect();
            let words: Vec<String> = last
                .iter()
                .map(|(q, s)| {
                    format!(
                        "{} {}",
                        format::quarter_short(input.language, *q),
                        format::status(input.language, *s)
                    )
                })
                .collect();
            let tiles = last.iter().map(|(_, s)| s.id()).collect();
            Row {
                cells: vec![
                    Cell::text(p.id.as_str()),
                    Cell::text(super::name(input, &p.id)),
                    Cell::text(super::lead(input, &p.id)),
                    status_cell(input, shown_status(p)),
                    Cell::text(format::good_of(p.status, p.good)),
                    Cell {
                        tiles: Some((tiles, words.join(&input.word("report-list-separator")))),
                        ..Cell::default()
                    },
                    Cell::text(points(p.variance_points)),
                    Cell::text(rate(p.money.execution_rate)),
                    Cell::text(thousands(p.money.unexecuted_ntd())),
                    Cell::text(
                        p.risk
                            .map_or_else(|| format::NONE.to_owned(), |r| super::risk(input, r)),
                    ),
                ],
                marked: p.status == Status::Behind,
                total: false,
            }
        })
        .collect();
    let column = |id: &str| input.word(&format!("report-col-{id}"));
    vec![Block::Table(Table {
        caption,
        columns: vec![
            Column::left(column("id")),
            Column::wide(column("programme"), 1),
            Column::left(column("lead")),
            Column::left(column("status")),
            Column::number(column("good")),
            Column::left(column("last-four")),
            Column::number(column("variance")),
            Column::number(column("execution-rate")),
            Column::number(column("unexecuted")),
            Column::left(column("risk")),
        ],
        rows,
        note: input.word("report-note-programmes"),
    })]
}
