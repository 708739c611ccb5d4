//! 參、預算執行情形: money by agency and by programme, each accumulation under its own name, the change against the same
//! quarter last year, and the dated changes of budgets.

use super::{Making, points, rate, thousands};
use crate::ReportInput;
use crate::document::{Block, Cell, Column, Row, Table};
use quarterdeck_kpi::assess::{Accounts, AgencyAssessment, MoneyAssessment};
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::money::Span;
use quarterdeck_view::format;

pub(super) fn blocks(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let mut blocks: Vec<Block> = totals(making).into_iter().collect();
    for plan in &input.snapshot.register.plans {
        for span in [Span::YearToDate, Span::SinceBeginning] {
            let members: Vec<&AgencyAssessment> = input
                .assessment
                .agencies
                .iter()
                .filter(|a| a.plan == plan.id && known(of_span(&a.accounts, span)))
                .collect();
            if !members.is_empty() {
                let title = input.title(&plan.title).to_owned();
                blocks.push(agencies(making, &title, span, &members));
            }
        }
    }
    blocks.extend(programmes(making));
    blocks.extend(changes(making));
    blocks
}

fn known(money: &MoneyAssessment) -> bool {
    !money.amounts.is_empty()
}

fn of_span(accounts: &Accounts, span: Span) -> &MoneyAssessment {
    match span {
        Span::YearToDate => &accounts.year_to_date,
        Span::SinceBeginning => &accounts.since_beginning,
    }
}

fn column(input: &ReportInput<'_>, id: &str) -> String {
    input.word(&format!("report-col-{id}"))
}

fn numbers<const N: usize>(input: &ReportInput<'_>, ids: [&str; N]) -> Vec<Column> {
    ids.map(|id| Column::number(column(input, id))).into()
}

/// The portfolio: 年累計, 總累計 and the same quarter last year, one below the other.
fn totals(making: &mut Making<'_>) -> Option<Block> {
    let input = making.input;
    let accounts = &input.assessment.portfolio.accounts;
    let rows: Vec<Row> = [
        ("span-year-to-date", &accounts.year_to_date),
        ("report-same-quarter-last-year", &accounts.last_year),
        ("span-since-beginning", &accounts.since_beginning),
    ]
    .into_iter()
    .filter(|(_, money)| known(money))
    .map(|(name, money)| {
        let mut cells = vec![Cell::text(input.word(name))];
        cells.extend(amounts(money));
        cells.push(Cell::text(rate(money.attainment)));
        Row::of(cells)
    })
    .collect();
    if rows.is_empty() {
        return None;
    }
    let change = accounts.change_points(|m| m.execution_rate);
    let mut note = vec![Message::new("report-note-budget")];
    if let Some(change) = change {
        note.push(Message::new("report-note-change").with("points", Arg::Points(change)));
    }
    let mut columns = vec![Column::wide(column(input, "span"), 1)];
    columns.extend(numbers(
        input,
        [
            "budget",
            "planned",
            "paid",
            "payable-saved",
            "unexecuted",
            "execution-rate",
            "disbursement",
            "attainment",
        ],
    ));
    Some(Block::Table(Table {
        caption: making.table("report-table-portfolio"),
        columns,
        rows,
        note: format::sentences(input.language, &note),
    }))
}

/// Budget, P, paid, payable and saved, not executed, and the two ratios over P.
fn amounts(money: &MoneyAssessment) -> Vec<Cell> {
    let a = &money.amounts;
    let pending = a
        .payable_ntd
        .zip(a.saved_ntd)
        .and_then(|(payable, saved)| payable.checked_add(saved));
    [
        thousands(a.budget_ntd),
        thousands(a.planned_spend_ntd.or(a.allotted_ntd)),
        thousands(a.paid_ntd),
        thousands(pending),
        thousands(money.unexecuted_ntd()),
        rate(money.execution_rate),
        rate(money.disbursement_ratio),
    ]
    .map(Cell::text)
    .into()
}

fn agencies(
    making: &mut Making<'_>,
    plan: &str,
    span: Span,
    members: &[&AgencyAssessment],
) -> Block {
    let input = making.input;
    let rows = members
        .iter()
        .map(|a| {
            let money = of_span(&a.accounts, span);
            let count = match a.programmes.len() {
                0 => String::new(),
                count => count.to_string(),
            };
            let mut cells = vec![Cell::text(super::agency(input, &a.id)), Cell::text(count)];
            cells.extend(amounts(money));
            cells.extend(
                match span {
                    Span::YearToDate => [
                        rate(money.attainment),
                        points(a.accounts.change_points(|m| m.execution_rate)),
                    ],
                    Span::SinceBeginning => [
                        thousands(money.amounts.settled_ntd),
                        rate(money.settlement_ratio),
                    ],
                }
                .map(Cell::text),
            );
            Row::of(cells)
        })
        .collect();
    let mut columns = vec![Column::wide(column(input, "agency"), 1)];
    columns.extend(numbers(
        input,
        [
            "count",
            "budget",
            "planned",
            "paid",
            "payable-saved",
            "unexecuted",
            "execution-rate",
            "disbursement",
        ],
    ));
    columns.extend(match span {
        Span::YearToDate => numbers(input, ["attainment", "gain"]),
        Span::SinceBeginning => numbers(input, ["settled", "settlement-ratio"]),
    });
    let caption = making.table("report-table-agencies");
    let of_plan = Message::new("report-of-plan-span")
        .with("span", Arg::Term(span.term().into()))
        .with("plan", plan);
    let money = |a: &&AgencyAssessment| of_span(&a.accounts, span).clone();
    let cutoff = members.first().and_then(|a| money(a).period).map(|p| p.end);
    let mut note = Vec::new();
    match cutoff.filter(|end| *end != input.assessment.quarter.end()) {
        Some(end) => note.push(Message::new("report-note-standing").with("date", end)),
        None if members.iter().any(|a| money(a).provisional) => {
            note.push(Message::new("report-provisional"));
        }
        None => {}
    }
    if span == Span::YearToDate {
        note.push(Message::new("report-note-gain"));
    }
    Block::Table(Table {
        caption: format!("{caption}{}", input.say(&of_plan)),
        columns,
        rows,
        note: format::sentences(input.language, &note),
    })
}

fn programmes(making: &mut Making<'_>) -> Option<Block> {
    let input = making.input;
    let with_money = |a: &Accounts| known(&a.year_to_date) || known(&a.since_beginning);
    let row = |name: Vec<Cell>, accounts: &Accounts| {
        let money = &accounts.year_to_date;
        let mut cells = name;
        cells.extend(
            [
                thousands(money.amounts.budget_ntd),
                thousands(
                    money
                        .amounts
                        .planned_spend_ntd
                        .or(money.amounts.allotted_ntd),
                ),
                thousands(money.executed_ntd),
                rate(money.execution_rate),
                points(accounts.change_points(|m| m.execution_rate)),
                rate(money.disbursement_ratio),
                points(accounts.change_points(|m| m.disbursement_ratio)),
                rate(accounts.since_beginning.execution_rate),
            ]
            .map(Cell::text),
        );
        Row::of(cells)
    };
    let mut rows: Vec<Row> = input
        .assessment
        .programmes
        .iter()
        .filter(|p| with_money(&p.accounts))
        .map(|p| {
            let name = vec![
                Cell::text(p.id.as_str()),
                Cell::text(super::name(input, &p.id)),
            ];
            row(name, &p.accounts)
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let name = vec![Cell::default(), Cell::text(input.word("report-portfolio"))];
    let mut total = row(name, &input.assessment.portfolio.accounts);
    total.total = true;
    rows.push(total);
    let caption = making.table("report-table-programme-money");
    let mut columns = vec![
        Column::left(column(input, "id")),
        Column::wide(column(input, "programme"), 1),
    ];
    columns.extend(numbers(
        input,
        [
            "budget",
            "planned",
            "executed",
            "execution-rate",
            "gain",
            "disbursement",
            "gain",
            "execution-rate-total",
        ],
    ));
    Some(Block::Table(Table {
        caption,
        columns,
        rows,
        note: input.word("report-note-change-columns"),
    }))
}

/// Transfers, supplementary budgets and cuts of the year, by their days.
fn changes(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let quarter = input.assessment.quarter;
    let register = &input.snapshot.register;
    let rows: Vec<Row> = register
        .budget_changes
        .iter()
        .filter(|c| c.fiscal_year == quarter.year && c.on <= quarter.end())
        .map(|c| {
            let end = |id: &Option<String>| {
                id.as_ref().map_or(format::NONE.to_owned(), |id| {
                    format!("{id} {}", super::name(input, id))
                })
            };
            let document = match &c.place {
                Some(place) => format!(
                    "{}{}{place}",
                    c.document,
                    input.word("report-list-separator")
                ),
                None => c.document.clone(),
            };
            Row::of(vec![
                Cell::text(format::date(input.language, c.on)),
                Cell::text(input.word(c.term())),
                Cell::text(end(&c.from)),
                Cell::text(end(&c.to)),
                Cell::text(thousands(Some(c.amount_ntd))),
                Cell::text(quarterdeck_kpi::text::clean(&document)),
            ])
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    vec![Block::Table(Table {
        caption: making.table("report-table-changes"),
        columns: vec![
            Column::left(column(input, "day")),
            Column::left(column(input, "change-kind")),
            Column::wide(column(input, "from"), 2),
            Column::wide(column(input, "to"), 2),
            Column::number(column(input, "amount")),
            Column::wide(column(input, "document"), 3),
        ],
        rows,
        note: String::new(),
    })]
}
