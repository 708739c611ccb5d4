//! 肆、落後計畫、原因及改善措施: what the rule names, and what cannot be judged.

use super::{Making, points, rate, shown_status, status_cell, thousands};
use crate::document::{Block, Cell, Column, Row, Table};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::status::Status;
use quarterdeck_view::format;

pub(super) fn blocks(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let assessment = input.assessment;
    let lagging: Vec<_> = assessment
        .programmes
        .iter()
        .filter(|p| p.lagging.lagging == Some(true) || p.status == Status::Behind)
        .collect();
    let named = assessment
        .programmes
        .iter()
        .filter(|p| p.lagging.lagging == Some(true))
        .count();
    let set = &input.snapshot.register.rules.lagging;
    let rule = match &set.title {
        // An office's own rule says where it is written down.
        Some(_) => input.say(
            &Message::new("report-rule-own")
                .with("name", set.name())
                .with("source", set.citation()),
        ),
        None => input.word(&format!("report-rule-{}", set.id)),
    };
    let mut blocks = vec![Block::Paragraph {
        text: input.say(
            &Message::new("report-lagging-sentence")
                .with("rule", rule)
                .with("named", named)
                .with(
                    "behind",
                    assessment
                        .programmes
                        .iter()
                        .filter(|p| p.status == Status::Behind)
                        .count(),
                ),
        ),
    }];
    let column = |id: &str| input.word(&format!("report-col-{id}"));
    if lagging.is_empty() {
        blocks.push(Block::Paragraph {
            text: input.word("report-nothing"),
        });
    } else {
        let caption = making.table("report-table-lagging");
        let rows = lagging
            .iter()
            .map(|p| {
                let narrative = p.narrative.as_ref();
                let missing = || input.word("report-not-reported");
                let text = |pick: Option<&String>| pick.cloned().unwrap_or_else(missing);
                Row::of(vec![
                    Cell::text(format!(
                        "{} {}\n{}",
                        p.id,
                        super::name(input, &p.id),
                        super::lead(input, &p.id)
                    )),
                    Cell::text(format!(
                        "{}\n{}\n{}",
                        rate(p.money.disbursement_ratio),
                        rate(p.money.execution_rate),
                        points(p.variance_points)
                    )),
                    Cell::text(thousands(p.money.unexecuted_ntd())),
                    Cell::text(match p.lagging.lagging {
                        Some(true) => input.word("csv-yes"),
                        Some(false) => input.word("csv-no"),
                        None => input.word("csv-not-decidable"),
                    }),
                    Cell::text(text(narrative.and_then(|n| n.reason.as_ref()))),
                    Cell::text(format!(
                        "{}\n{}",
                        text(narrative.and_then(|n| n.measure.as_ref())),
                        input.say(
                            &Message::new("report-responsible")
                                .with("who", text(narrative.and_then(|n| n.responsible.as_ref())),)
                        )
                    )),
                ])
            })
            .collect();
        blocks.push(Block::Table(Table {
            caption,
            columns: vec![
                Column::wide(column("programme-lead"), 4),
                Column::number(column("three-ratios")),
                Column::number(column("unexecuted")),
                Column::left(column("rule-holds")),
                Column::wide(column("reason"), 4),
                Column::wide(column("measure"), 5),
            ],
            rows,
            note: input.word("report-note-lagging"),
        }));
    }
    blocks.extend(ways_out(making));
    let unknown: Vec<_> = assessment
        .programmes
        .iter()
        .filter(|p| p.status == Status::Unknown)
        .collect();
    if !unknown.is_empty() {
        let caption = making.table("report-table-unknown");
        let rows = unknown
            .iter()
            .map(|p| {
                Row::of(vec![
                    Cell::text(p.id.as_str()),
                    Cell::text(super::name(input, &p.id)),
                    status_cell(input, shown_status(p)),
                    Cell::text(thousands(p.money.amounts.budget_ntd)),
                    Cell::text(
                        p.oldest_days
                            .map_or_else(|| format::NONE.to_owned(), format::count),
                    ),
                    Cell::text(input.say(&p.rule)),
                ])
            })
            .collect();
        blocks.push(Block::Table(Table {
            caption,
            columns: vec![
                Column::left(column("id")),
                Column::wide(column("programme"), 2),
                Column::left(column("status")),
                Column::number(column("budget")),
                Column::number(column("age")),
                Column::wide(column("rule"), 3),
            ],
            rows,
            note: String::new(),
        }));
    }
    blocks
}

/// What takes each named plan off the list by the next cut-off: either way alone is enough.
fn ways_out(making: &mut Making<'_>) -> Option<Block> {
    let input = making.input;
    let whole = |amount: Option<i64>| amount.map_or_else(|| format::NONE.to_owned(), format::count);
    let percent = |value: Option<Decimal>| {
        value.map_or_else(
            || format::NONE.to_owned(),
            |value| format::decimal(value, 2),
        )
    };
    let rows: Vec<Row> = input
        .assessment
        .programmes
        .iter()
        .filter_map(|p| {
            let way = p.lagging.way_out.as_ref()?;
            Some(Row::of(vec![
                Cell::text(p.id.as_str()),
                Cell::text(format::date(input.language, way.by.end())),
                Cell::text(whole(way.execute_ntd)),
                Cell::text(percent(way.progress_percent)),
                Cell::text(format::sentences(input.language, &way.sentences)),
            ]))
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let caption = making.table("report-table-way-out");
    let column = |id: &str| input.word(&format!("report-col-{id}"));
    Some(Block::Table(Table {
        caption,
        columns: vec![
            Column::left(column("id")),
            Column::left(column("by")),
            Column::number(column("execute")),
            Column::number(column("reach")),
            Column::wide(column("way-out"), 1),
        ],
        rows,
        note: input.word("report-note-way-out"),
    }))
}
