//! 壹、總體執行情形: below its paragraphs the ratios, its statuses and what needs attention.

use super::{Making, rate, thousands};
use crate::charts;
use crate::document::{Block, Cell, Column, Row, Table};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::Ratio;
use quarterdeck_kpi::status::Status;
use quarterdeck_view::format;

/// The groups of the headline: which statuses each counts.
const GROUPS: [(Status, &[Status]); 4] = [
    (Status::Behind, &[Status::Behind]),
    (Status::AtRisk, &[Status::AtRisk]),
    (
        Status::Unknown,
        &[
            Status::Unknown,
            Status::NotDue,
            Status::NoData,
            Status::Late,
            Status::Stale,
            Status::Rejected,
            Status::NoTarget,
        ],
    ),
    (Status::OnTrack, &[Status::OnTrack, Status::Met]),
];

/// Exceptions named in the text.
const NAMED: usize = 5;

pub(super) fn blocks(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let mut blocks = Vec::new();
    let assessment = input.assessment;
    if !assessment.quarter_complete {
        blocks.push(Block::Paragraph {
            text: input.word("report-quarter-running"),
        });
    }
    let groups: Vec<(Status, Vec<(String, i64)>)> = GROUPS
        .iter()
        .map(|(shown, members)| {
            let of_group = assessment
                .programmes
                .iter()
                .filter(|p| members.contains(&p.status));
            let with_budget =
                of_group.filter_map(|p| Some((p.id.clone(), p.money.amounts.budget_ntd?)));
            (*shown, with_budget.collect())
        })
        .collect();
    if groups.iter().any(|(_, programmes)| !programmes.is_empty()) {
        let alt = status_sentence(making);
        let (name, caption) = making.picture(
            &input.word("report-figure-portfolio"),
            charts::portfolio(&groups),
        );
        blocks.push(Block::Picture {
            name,
            alt,
            caption,
            note: input.word("report-patterns"),
        });
    }
    blocks.push(Block::Table(ratios(making)));
    if assessment
        .portfolio
        .trend
        .iter()
        .any(|(_, counts)| counts.values().any(|n| *n > 0))
    {
        blocks.push(trend(making));
    }
    let named: Vec<String> = assessment
        .exceptions
        .iter()
        .take(NAMED)
        .map(|e| {
            input.say(
                &Message::new("report-exception")
                    .with("programme", e.programme.as_str())
                    .with("title", super::name(input, &e.programme))
                    .with("what", e.what.clone())
                    .with("why", e.why.clone()),
            )
        })
        .collect();
    blocks.push(Block::Heading {
        text: input.word("report-attention"),
    });
    blocks.push(if named.is_empty() {
        Block::Paragraph {
            text: input.word("report-nothing"),
        }
    } else {
        Block::List { items: named }
    });
    blocks
}

fn status_sentence(making: &Making<'_>) -> String {
    let input = making.input;
    let count = |group: usize| -> usize {
        GROUPS.get(group).map_or(0, |(_, members)| {
            members
                .iter()
                .filter_map(|s| input.assessment.portfolio.counts.get(s))
                .sum()
        })
    };
    input.say(
        &Message::new("report-status-sentence")
            .with("behind", count(0))
            .with("risk", count(1))
            .with("unknown", count(2))
            .with("track", count(3)),
    )
}

fn ratios(making: &mut Making<'_>) -> Table {
    let caption = making.table("report-table-ratios");
    let input = making.input;
    let portfolio = &input.assessment.portfolio;
    let money = &portfolio.money;
    let row = |id: &str, ratio: Option<Ratio>, before: Option<Decimal>| {
        let part = |pick: &dyn Fn(Ratio) -> Decimal| {
            ratio.map(pick).and_then(|d| {
                i64::try_from(d.trunc().mantissa())
                    .ok()
                    .filter(|_| d.scale() == 0)
            })
        };
        let change = match (ratio, before) {
            (Some(now), Some(before)) => Some((now.fraction() - before) * Decimal::ONE_HUNDRED),
            _ => None,
        };
        Row::of(vec![
            Cell::text(input.word(id)),
            Cell::text(thousands(part(&|r| r.numerator))),
            Cell::text(thousands(part(&|r| r.denominator))),
            Cell::text(rate(ratio)),
            Cell::text(before.map_or_else(|| format::NONE.to_owned(), format::rate_number)),
            Cell::text(super::points(change)),
        ])
    };
    Table {
        caption,
        columns: vec![
            Column::wide(input.word("report-col-ratio"), 1),
            Column::number(input.word("report-col-numerator")),
            Column::number(input.word("report-col-denominator")),
            Column::number(input.word("report-col-this-quarter")),
            Column::number(input.word("report-col-last-year")),
            Column::number(input.word("report-col-change")),
        ],
        rows: vec![
            row(
                "ratio-execution-rate",
                money.execution_rate,
                portfolio.execution_rate_last_year,
            ),
            row(
                "ratio-disbursement-ratio",
                money.disbursement_ratio,
                portfolio.disbursement_ratio_last_year,
            ),
            row("ratio-attainment", money.attainment, None),
            row("ratio-settlement-ratio", money.settlement_ratio, None),
        ],
        note: if money.provisional {
            input.word("report-provisional")
        } else {
            String::new()
        },
    }
}

fn trend(making: &mut Making<'_>) -> Block {
    let input = making.input;
    let trend = &input.assessment.portfolio.trend;
    let names: Vec<String> = trend
        .iter()
        .map(|(q, _)| format::quarter_short(input.language, *q))
        .collect();
    let counts: Vec<[usize; 3]> = trend
        .iter()
        .map(|(_, counts)| {
            let sum = |members: &[Status]| members.iter().filter_map(|s| counts.get(s)).sum();
            [sum(GROUPS[0].1), sum(GROUPS[1].1), sum(GROUPS[2].1)]
        })
        .collect();
    let behind = |at: Option<&[usize; 3]>| at.map_or(0, |c| c[0]);
    let alt = input.say(
        &Message::new("report-trend-message")
            .with("first", names.first().cloned().unwrap_or_default())
            .with("before", behind(counts.first()))
            .with("last", names.last().cloned().unwrap_or_default())
            .with("now", behind(counts.last())),
    );
    let (name, caption) = making.picture(
        &input.word("report-figure-trend"),
        charts::trend(&names, &counts),
    );
    Block::Picture {
        name,
        alt,
        caption,
        note: input.word("report-patterns"),
    }
}
