//! Agencies or programmes with their amounts of one accumulation, and the rate of the other beside.

use super::super::parts::*;
use super::of_span;
use crate::format::{self, MoneyUnit};
use crate::i18n::Language;
use crate::msg::Msg;
use crate::panel::{Body, Cell, Drawing, Panel, Place, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::assess::{Accounts, ProgrammeAssessment};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::money::{Ratio, Span};
use rust_decimal::Decimal;

/// One line of the table: what it is called, how many programmes, its money.
struct Line<'a> {
    key: String,
    name: Cell,
    sort: String,
    programmes: usize,
    accounts: &'a Accounts,
    open: Option<Msg>,
    /// What it is called in figure addresses.
    scope: String,
}

pub(super) fn rows(state: &State, loaded: &Loaded) -> Panel {
    let span = state.budget_span;
    let language = state.language;
    let quarter = loaded.assessment.quarter;
    let register = &loaded.snapshot.register;
    let lines: Vec<Line<'_>> = if state.budget_by_programme {
        let of = |p: &'_ ProgrammeAssessment| {
            let listed = register.programme(&p.id);
            let title = listed.map_or_else(String::new, |l| title_of(language, &l.title));
            let mut name = cell(format!("{} {title}", p.id));
            name.tip = Some(title.clone());
            (name, p.id.clone())
        };
        loaded
            .assessment
            .programmes
            .iter()
            .map(|p| {
                let (name, sort) = of(p);
                Line {
                    key: p.id.clone(),
                    name,
                    sort,
                    programmes: 1,
                    accounts: &p.accounts,
                    open: Some(Msg::OpenProgramme(p.id.clone())),
                    scope: p.id.clone(),
                }
            })
            .collect()
    } else {
        loaded
            .assessment
            .agencies
            .iter()
            .filter(|a| span == Span::SinceBeginning || !a.programmes.is_empty())
            .map(|a| {
                let name = agency_short(language, register, &a.id, quarter.end());
                let mut shown = cell(name.clone());
                // An agency with money of several plans has a line in each.
                let several = loaded.assessment.agencies.iter().filter(|o| o.id == a.id);
                if several.count() > 1 {
                    let years = plan_years(language, register, &a.plan);
                    shown.spans.push(toned(format!("  {years}"), Tone::Hint));
                }
                Line {
                    key: format!("{} {}", a.plan, a.id),
                    name: shown,
                    sort: name,
                    programmes: a.programmes.len(),
                    accounts: &a.accounts,
                    open: None,
                    scope: a.scope.clone(),
                }
            })
            .collect()
    };
    let mut sortable: Vec<Sortable> = lines
        .into_iter()
        .map(|l| row(state, l, span, quarter))
        .collect();
    // Most not executed first, unknown last; the person's own order replaces it.
    sortable.sort_by_key(|s| match s.keys.get(UNSPENT) {
        Some(SortKey::Number(Some(amount))) => (0, -*amount),
        _ => (1, Decimal::ZERO),
    });
    let total = Line {
        key: "portfolio".to_owned(),
        name: cell(state.word("report-portfolio")),
        sort: String::new(),
        programmes: loaded.assessment.programmes.len(),
        accounts: &loaded.assessment.portfolio.accounts,
        open: None,
        scope: "portfolio".to_owned(),
    };
    let mut total = row(state, total, span, quarter).row;
    total.total = true;
    let mut table = table(
        state,
        "budget-rows",
        columns(state, span),
        sortable,
        state.word("budget-empty"),
    );
    if !table.rows.is_empty() {
        table.rows.push(total);
    }
    let mut panel = panel(
        "budget-rows",
        Place::Main,
        state.word(if state.budget_by_programme {
            "budget-by-programme"
        } else {
            "budget-by-agency"
        }),
        Body::Table(table),
    );
    panel.subtitle = state.say(
        &Message::new("budget-rows-of")
            .with("span", Arg::Term(span.term().into()))
            .with("unit", Arg::Term(state.money_unit.term().into())),
    );
    panel.actions = ["money-unit", "budget-rows", "budget-span"]
        .map(|id| crate::screen::command_action(state, id))
        .into();
    panel
}

/// Place of the amount not executed among the columns.
const UNSPENT: usize = 7;

fn columns(state: &State, span: Span) -> Vec<crate::panel::Column> {
    let unit = || state.word(state.money_unit.term());
    // Whole NT$ of a portfolio have ten digits.
    let (points_wide, cells_wide) = match state.money_unit {
        MoneyUnit::Ntd => (100, 14),
        MoneyUnit::Thousand => (70, 10),
        MoneyUnit::TenThousand | MoneyUnit::HundredMillion => (64, 8),
    };
    let money = |id, title| {
        column(state, id, title, points_wide, cells_wide)
            .unit(unit())
            .right()
    };
    let points = state.word("unit-point");
    let (disbursed_points, change_points, other_points) = match state.language {
        Language::ZhTw => (60, 68, 84),
        Language::En => (68, 54, 76),
    };
    let mut columns = vec![
        column(
            state,
            "name",
            if state.budget_by_programme {
                "column-programme"
            } else {
                "column-agency"
            },
            118,
            14,
        )
        .grows(),
        column(state, "programmes", "column-programmes", 32, 4)
            .unit(state.word("unit-item"))
            .right()
            .drop(8),
        money("budget", "column-budget").drop(6),
        money("planned", "column-planned").drop(5),
        money("paid", "amount-paid").drop(4),
        money("payable", "amount-payable").drop(7),
        money("saved", "amount-saved").drop(7),
        money("unspent", "column-unspent"),
        column(state, "bullet", "column-bullet", 76, 8)
            .unsorted()
            .drop(9),
        column(state, "rate", "column-execution", 54, 7)
            .unit("%")
            .right(),
        column(
            state,
            "disbursement",
            "column-disbursement",
            disbursed_points,
            7,
        )
        .unit("%")
        .right()
        .drop(2),
        column(
            state,
            "change",
            "column-against-last-year",
            change_points,
            7,
        )
        .unit(points)
        .right()
        .drop(3),
    ];
    // The other accumulation's rate stands beside, under its own name.
    let other = match span {
        Span::YearToDate => "column-rate-total",
        Span::SinceBeginning => "column-rate-year",
    };
    columns.push(
        column(state, "other-rate", other, other_points, 8)
            .unit("%")
            .right()
            .drop(1),
    );
    columns
}

fn row(state: &State, line: Line<'_>, span: Span, quarter: Quarter) -> Sortable {
    let money = of_span(line.accounts, span);
    let a = &money.amounts;
    let other = match span {
        Span::YearToDate => &line.accounts.since_beginning,
        Span::SinceBeginning => &line.accounts.year_to_date,
    };
    let rate = |ratio: Option<Ratio>| ratio.map(|r| r.fraction());
    let execution = rate(money.execution_rate);
    let unspent = unexecuted(money);
    let change = match span {
        Span::YearToDate => line.accounts.change_points(|m| m.execution_rate),
        Span::SinceBeginning => None,
    };
    let amount = |ntd: Option<i64>| money_cell(state, ntd, Tone::Text);
    let cells = vec![
        line.name,
        number_cell(
            line.programmes.to_string(),
            Tone::Label,
            line.programmes.to_string(),
        ),
        amount(a.budget_ntd),
        amount(planned(money)),
        amount(a.paid_ntd),
        amount(a.payable_ntd),
        amount(a.saved_ntd),
        money_cell(state, unspent, execution.map_or(Tone::Text, rate_tone)),
        drawing_cell(execution.map_or(Drawing::Hatched, bullet)),
        rate_cell(execution),
        rate_cell(rate(money.disbursement_ratio)),
        match change {
            Some(points) => {
                number_cell(format::points(points), Tone::Text, copy_decimal(points, 2))
            }
            None => none_cell(),
        },
        rate_cell(rate(other.execution_rate)),
    ];
    let keys = vec![
        SortKey::Text(line.sort),
        SortKey::count(i64::try_from(line.programmes).ok()),
        SortKey::count(a.budget_ntd),
        SortKey::count(planned(money)),
        SortKey::count(a.paid_ntd),
        SortKey::count(a.payable_ntd),
        SortKey::count(a.saved_ntd),
        SortKey::count(unspent),
        SortKey::Number(None),
        SortKey::Number(execution),
        SortKey::Number(rate(money.disbursement_ratio)),
        SortKey::Number(change),
        SortKey::Number(rate(other.execution_rate)),
    ];
    Sortable {
        row: crate::panel::Row {
            key: line.key,
            cells,
            open: line.open,
            figure: Some(
                SeriesId::new(line.scope, span.series_name())
                    .part("execution_rate")
                    .at(quarter.period()),
            ),
            ..crate::panel::Row::default()
        },
        keys,
    }
}
