//! 參、預算執行情形: money by lead agency, and the agency lines that a plan carries itself.

use super::{Making, rate, thousands, unexecuted};
use crate::document::{Block, Cell, Column, Row, Table};
use quarterdeck_kpi::assess::MoneyAssessment;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::Span;

pub(super) fn blocks(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let assessment = input.assessment;
    let known =
        |money: &MoneyAssessment| money.amounts != quarterdeck_kpi::money::Amounts::default();
    let mut blocks = Vec::new();
    // Year-to-date lines and lines since a plan began are never put into one table.
    let mut groups: Vec<(&str, Option<Span>)> = Vec::new();
    for agency in assessment.agencies.iter().filter(|a| known(&a.money)) {
        let group = (agency.plan.as_str(), agency.money.span);
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    for (plan, span) in groups {
        let caption = making.table("report-table-agencies");
        let title = input
            .snapshot
            .register
            .plans
            .iter()
            .find(|p| p.id == plan)
            .map_or(plan, |p| input.title(&p.title));
        let members: Vec<_> = assessment
            .agencies
            .iter()
            .filter(|a| a.plan == plan && a.money.span == span && known(&a.money))
            .collect();
        let rows: Vec<Row> = members
            .iter()
            .map(|a| {
                let count = if a.programmes.is_empty() {
                    String::new()
                } else {
                    a.programmes.len().to_string()
                };
                row(super::agency(input, &a.id), count, &a.money)
            })
            .collect();
        let of_plan = match span {
            Some(span) => Message::new("report-of-plan-span").with(
                "span",
                input.word(&format!("csv-span-{}", span.id().replace('_', "-"))),
            ),
            None => Message::new("report-of-plan"),
        };
        let cutoff = members.first().and_then(|a| a.money.period).map(|p| p.end);
        let note = match cutoff.filter(|end| *end != assessment.quarter.end()) {
            Some(end) => input.say(&Message::new("report-note-standing").with("date", end)),
            None if members.iter().any(|a| a.money.provisional) => input.word("report-provisional"),
            None => String::new(),
        };
        blocks.push(Block::Table(Table {
            caption: format!("{caption}{}", input.say(&of_plan.with("plan", title))),
            columns: columns(input),
            rows,
            note,
        }));
    }
    if known(&assessment.portfolio.money) {
        let caption = making.table("report-table-portfolio");
        let mut total = row(
            input.word("report-portfolio"),
            assessment.programmes.len().to_string(),
            &assessment.portfolio.money,
        );
        total.total = true;
        blocks.push(Block::Table(Table {
            caption,
            columns: columns(input),
            rows: vec![total],
            note: input.word("report-note-budget"),
        }));
    }
    blocks
}

fn row(name: String, count: String, money: &MoneyAssessment) -> Row {
    let a = &money.amounts;
    let pending = match (a.payable_ntd, a.saved_ntd) {
        (Some(payable), Some(saved)) => Some(payable + saved),
        _ => None,
    };
    Row::of(vec![
        Cell::text(name),
        Cell::text(count),
        Cell::text(thousands(a.budget_ntd)),
        Cell::text(thousands(a.allotted_ntd)),
        Cell::text(thousands(a.paid_ntd)),
        Cell::text(thousands(pending)),
        Cell::text(thousands(unexecuted(money))),
        Cell::text(rate(money.execution_rate)),
        Cell::text(rate(money.disbursement_ratio)),
        Cell::text(thousands(a.settled_ntd)),
        Cell::text(rate(money.settlement_ratio)),
    ])
}

fn columns(input: &crate::ReportInput<'_>) -> Vec<Column> {
    let column = |id: &str| input.word(&format!("report-col-{id}"));
    let mut columns = vec![Column::wide(column("agency"), 1)];
    columns.extend(
        [
            "count",
            "budget",
            "allotted",
            "paid",
            "payable-saved",
            "unexecuted",
            "execution-rate",
            "disbursement",
            "settled",
            "settlement-ratio",
        ]
        .map(|id| Column::number(column(id))),
    );
    columns
}
