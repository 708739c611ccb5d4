//! Money and progress of a programme held against their own history.

use super::series::is_unit_factor;
use crate::address::SeriesId;
use crate::assess::money::MoneyIndex;
use crate::assess::reading::Index;
use crate::assess::sentence::quantity;
use crate::assess::{MoneyAssessment, ProgrammeAssessment, programme};
use crate::calendar::Quarter;
use crate::finding::{Finding, Severity};
use crate::message::{Arg, Message};
use crate::money::{AmountKind, Span};
use crate::rules::Rules;
use rust_decimal::Decimal;

pub(super) fn check(
    assessed: &ProgrammeAssessment,
    quarter: Quarter,
    index: &Index<'_>,
    money: &MoneyIndex<'_>,
    rules: &Rules,
    raised: &mut Vec<Finding>,
) {
    let mut add = |rule: &str, series: SeriesId, text: Message| {
        let figure = Some(series.at(quarter.period()));
        raised.push(Finding::new(rule, Severity::Warning, figure, None, text));
    };
    let quality = &rules.quality;
    let of = |quarter| money.programme(&assessed.id, quarter, rules);
    // Amounts add up through a year: the first quarter is compared with that of the year before.
    let before = match quarter.number {
        1 => quarter.plus(-4),
        _ => quarter.previous(),
    };
    let (then, last_year) = (of(before), of(quarter.plus(-4)));
    for kind in AmountKind::ALL {
        let series = || SeriesId::new(assessed.id.as_str(), "budget").part(kind.id());
        let Some(now) = amount(&assessed.money, kind) else {
            continue;
        };
        let compared = |key: &'static str, was: i64, quarter: Quarter| {
            Message::new(key)
                .with("before", Arg::Ntd(was))
                .with("quarter", quarter)
                .with("now", Arg::Ntd(now))
        };
        if quality.signs && now < 0 {
            let text = Message::new("finding-negative-amount").with("now", Arg::Ntd(now));
            add("negative@1", series(), text);
        }
        // Budgets are those of the year, so they are compared with the year before.
        let all_year = matches!(kind, AmountKind::Budget | AmountKind::Available);
        let (at, earlier) = if all_year {
            (quarter.plus(-4), &last_year)
        } else {
            (before, &then)
        };
        let Some(was) = amount(earlier, kind) else {
            continue;
        };
        if is_unit_factor(was.into(), now.into(), quality.unit_factor) {
            let text = compared("finding-unit-factor", was, at).with("factor", quality.unit_factor);
            add("unit-factor@1", series(), text);
        } else if quality.falls && kind == AmountKind::Paid && quarter.number > 1 && now < was {
            add(
                "cumulative-falls@1",
                series(),
                compared("finding-cumulative-falls", was, at),
            );
        }
    }
    let actual = || SeriesId::new(assessed.id.as_str(), "progress").part("actual");
    let progress = |at| programme::value(actual(), at, index);
    if quality.falls
        && quarter.number > 1
        && let (Some(was), Some(now)) = (progress(quarter.previous()), progress(quarter))
        && now < was
    {
        let percent = |value: Decimal| quantity(value, "", "percent");
        let text = Message::new("finding-cumulative-falls")
            .with("before", percent(was))
            .with("quarter", quarter.previous())
            .with("now", percent(now));
        add("cumulative-falls@1", actual(), text);
    }
}

/// An amount that stands at the quarter asked for, year to date.
fn amount(money: &MoneyAssessment, kind: AmountKind) -> Option<i64> {
    (money.span == Some(Span::YearToDate))
        .then_some(money.amounts.get(kind))
        .flatten()
}
