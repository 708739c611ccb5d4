//! Budget (經費): by agency or by programme, planned against executed, the lagging list with the way out, the dated
//! changes.

mod lagging;
mod rows;

use super::parts::*;
use crate::format::{self, MoneyUnit};
use crate::panel::{Body, Chart, Fact, Measure, Panel, Place, Tone};
use crate::state::{Loaded, State};
use lagging::{chosen_lagging, lagging, named, way_out};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::assess::{Accounts, MoneyAssessment, MoneyPoint, ProgrammeAssessment};
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::money::{Ratio, Span};
use quarterdeck_kpi::status::Status;
use rows::rows;
use rust_decimal::Decimal;

/// NT$ of one tick of the chart's axis labels: 億元.
const TICK_UNIT: MoneyUnit = MoneyUnit::HundredMillion;

pub(crate) fn panels(state: &State, loaded: &Loaded) -> Vec<Panel> {
    let mut panels = vec![title(state, loaded), rows(state, loaded)];
    panels.extend(chart(state, loaded));
    panels.push(lagging(state, loaded));
    if let Some(chosen) = chosen_lagging(state, loaded) {
        panels.push(way_out(state, loaded, chosen));
    }
    panels.extend(super::migration::panels(state, loaded));
    panels.push(super::price::price(state, loaded));
    panels.push(changes(state, loaded));
    panels.push(super::programme::money_panel(
        state,
        "budget-bar",
        &loaded.assessment.portfolio.money,
    ));
    panels
}

fn of_span(accounts: &Accounts, span: Span) -> &MoneyAssessment {
    match span {
        Span::YearToDate => &accounts.year_to_date,
        Span::SinceBeginning => &accounts.since_beginning,
    }
}

fn title(state: &State, loaded: &Loaded) -> Panel {
    let accounts = &loaded.assessment.portfolio.accounts;
    let money = &accounts.year_to_date;
    let period = loaded.assessment.quarter.period();
    let rate = |label: &str, part: &str, of: fn(&MoneyAssessment) -> Option<Ratio>| {
        let now = of(money).map(|r| r.fraction());
        Measure {
            label: state.word(label),
            value: now.map_or(format::NONE.to_owned(), format::rate_number),
            unit: if now.is_some() { "%" } else { "" }.to_owned(),
            below: match accounts.change_points(of) {
                Some(points) => state.say(
                    &Message::new("overview-against-last-year")
                        .with("points", format::points(points)),
                ),
                None => state.word("overview-no-last-year"),
            },
            tone: now.map_or(Tone::Hint, rate_tone),
            bullet: None,
            figure: Some(SeriesId::new("portfolio", "budget").part(part).at(period)),
        }
    };
    let named: Vec<&ProgrammeAssessment> = named(loaded).collect();
    let unspent = named
        .iter()
        .filter_map(|p| unexecuted(&p.money))
        .fold(0_i64, i64::saturating_add);
    let measures = vec![
        rate("measure-execution-rate", "execution_rate", |m| {
            m.execution_rate
        }),
        rate("measure-disbursement", "disbursement_ratio", |m| {
            m.disbursement_ratio
        }),
        rate("rate-attainment", "attainment", |m| m.attainment),
        Measure {
            label: state.word("budget-lagging"),
            value: named.len().to_string(),
            unit: state.word("unit-item"),
            below: state.say(&Message::new("budget-unspent").with("amount", Arg::Ntd(unspent))),
            tone: if named.is_empty() {
                Tone::Text
            } else {
                Tone::Status(Status::Behind)
            },
            bullet: None,
            figure: None,
        },
    ];
    let quarter = loaded.assessment.quarter;
    let facts = Message::new("budget-until")
        .with("year", format::year(state.language, quarter.year))
        .with("date", quarter.end());
    let mut facts = vec![toned(state.say(&facts), Tone::Label)];
    if money.provisional {
        facts.push(toned(
            format!("  {}", state.word("money-provisional")),
            Tone::Hint,
        ));
    }
    panel(
        "title",
        Place::Head,
        String::new(),
        Body::Title {
            breadcrumbs: state.word("budget-breadcrumbs"),
            title: state.word("nav-budget"),
            status: None,
            facts,
            measures,
        },
    )
}

/// Planned against executed, 年累計, over two fiscal years.
fn chart(state: &State, loaded: &Loaded) -> Option<Panel> {
    let history = &loaded.assessment.portfolio.money_history;
    let last = history.iter().rev().find(|p| p.planned_ntd.is_some())?;
    let value = |ntd: Option<i64>| ntd.map(Decimal::from).map(geometry);
    let of = |pick: fn(&MoneyPoint) -> Option<i64>| -> Vec<Option<f64>> {
        history.iter().map(|p| value(pick(p))).collect()
    };
    let largest = history
        .iter()
        .flat_map(|p| [p.planned_ntd, p.executed_ntd])
        .flatten()
        .max()?;
    let prose = |ntd: Option<i64>| ntd.map_or(Arg::Text(format::NONE.to_owned()), Arg::Ntd);
    let message = Message::new("budget-chart-message")
        .with("quarter", last.quarter)
        .with("planned", prose(last.planned_ntd))
        .with("executed", prose(last.executed_ntd));
    let label = |id: &str, ntd: Option<i64>| {
        let amount = ntd.map_or(format::NONE.to_owned(), |n| format::money(TICK_UNIT, n));
        format!("{} {amount}", state.word(id))
    };
    let chart = Chart {
        message: state.say(&message),
        quarters: axis(state.language, history.iter().map(|p| p.quarter)),
        actual: of(|p| p.executed_ntd),
        target: of(|p| p.planned_ntd),
        former: vec![None; history.len()],
        unknown: history.iter().map(|p| p.executed_ntd.is_none()).collect(),
        breaks: Vec::new(),
        restarts: history
            .iter()
            .enumerate()
            .filter(|(at, p)| *at > 0 && p.quarter.number == 1)
            .map(|(at, _)| at)
            .collect(),
        actual_label: label("money-executed", last.executed_ntd),
        target_label: Some(label("column-planned", last.planned_ntd)),
        former_label: None,
        ticks: ticks(largest),
        cut_axis: false,
        forecast: None,
    };
    let mut panel = panel(
        "budget-chart",
        Place::Main,
        state.word("budget-chart"),
        Body::Chart(chart),
    );
    panel.subtitle = state.say(
        &Message::new("budget-chart-covers")
            .with("known", last.covers)
            .with("of", loaded.assessment.programmes.len()),
    );
    Some(panel)
}

/// Five ticks from zero on, in steps of 1, 2 or 5.
fn ticks(largest: i64) -> Vec<(f64, String)> {
    let mut base = 1_i64;
    let step = loop {
        let mut steps = [1, 2, 5].into_iter().map(|f| base.saturating_mul(f));
        match (
            steps.find(|s| s.saturating_mul(4) >= largest),
            base.checked_mul(10),
        ) {
            (Some(step), _) => break step,
            (None, Some(next)) => base = next,
            (None, None) => break base,
        }
    };
    (0..=4)
        .map(|at| step.saturating_mul(at))
        .map(|ntd| (geometry(Decimal::from(ntd)), format::money(TICK_UNIT, ntd)))
        .collect()
}

fn changes(state: &State, loaded: &Loaded) -> Panel {
    let quarter = loaded.assessment.quarter;
    let register = &loaded.snapshot.register;
    let mut of_year: Vec<_> = register
        .budget_changes
        .iter()
        .filter(|c| c.fiscal_year == quarter.year && c.on <= quarter.end())
        .collect();
    of_year.reverse();
    let count = of_year.len();
    let facts: Vec<Fact> = of_year
        .into_iter()
        .map(|c| {
            let who = match (&c.from, &c.to) {
                (Some(from), Some(to)) => Message::new("budget-change-from-to")
                    .with("from", from.as_str())
                    .with("to", to.as_str()),
                (None, Some(one)) | (Some(one), None) => {
                    Message::new("list-one").with("a", one.as_str())
                }
                (None, None) => Message::new("list-one").with("a", ""),
            };
            let signed = if c.to.is_none() {
                c.amount_ntd.saturating_neg()
            } else {
                c.amount_ntd
            };
            Fact {
                label: format::date(state.language, c.on),
                value: vec![
                    span(format!("{} {}", state.word(c.term()), state.say(&who))),
                    toned(
                        format!("  {}", quarterdeck_kpi::text::clean(&c.document)),
                        Tone::Hint,
                    ),
                ],
                extra: Some(vec![span(format::money(state.money_unit, signed))]),
            }
        })
        .collect();
    let body = if facts.is_empty() {
        Body::Lines(vec![vec![toned(
            state.word("budget-no-changes"),
            Tone::Label,
        )]])
    } else {
        Body::Facts(facts)
    };
    let mut panel = panel(
        "budget-changes",
        Place::Side,
        state.word("budget-changes"),
        body,
    );
    panel.subtitle = state.word(state.money_unit.term());
    if count > 0 {
        panel.aside = vec![toned(
            state.say(&Message::new("budget-changes-count").with("count", count)),
            Tone::Hint,
        )];
    }
    panel
}
