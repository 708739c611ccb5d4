//! 參、預算執行情形: money by lead agency, and the agency lines that a plan carries itself.

use super::{Making, rate, thousands, unexecuted};
use crate::document::{Block, Cell, Column, Row, Table};
use quarterdeck_kpi::assess::MoneyAssessment;
use quarterdeck_kpi::message::Message;

pub(super) fn blocks(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let assessment = input.assessment;
    let known =
        |money: &MoneyAssessment| money.amounts != quarterdeck_kpi::money::Amounts::default();
    let mut blocks = Vec::new();
    let plans: Vec<&str> = assessment
        .agencies
        .iter()
        .filter(|a| known(&a.money))
        .map(|a| a.plan.as_str())
        .fold(Vec::new(), |mut plans, plan| {
            if !plans.contains(&plan) {
                plans.push(plan);
            }
            plans
        });
    for plan in plans {
        let caption = making.table("report-table-agencies");
        let title = input
            .snapshot
            .register
            .plans
            .iter()
            .find(|p| p.id == plan)
            .map_or(plan, |p| input.title(&p.title));
        let rows: Vec<Row> = assessment
            .agencies
            .iter()
            .filter(|a| a.plan == plan && known(&a.money))
            .map(|a| {
                let count = if a.programmes.is_empty() {
                    String::new()
                } else {
                    a.programmes.len().to_string()
                };
                row(super::agency(input, &a.id), count, &a.money)
            })
            .collect();
        let provisional = assessment
            .agencies
            .iter()
            .any(|a| a.plan == plan && a.money.provisional);
        blocks.push(Block::Table(Table {
            caption: format!(
                "{caption}{}",
                input.say(&Message::new("report-of-plan").with("plan", title))
            ),
            columns: columns(input),
            rows,
            note: if provisional {
                input.word("report-provisional")
            } else {
                String::new()
            },
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
