//! Amounts of programmes and agencies.

use super::head::Head;
use super::known::Known;
use super::names;
use super::store::{Planned, plan};
use super::table::{Row as Line, Table};
use super::{Change, Effect, Outcome, Refused};
use crate::entry::Row;
use crate::failure::Failure;
use crate::session::Session;
use chrono::{Datelike, Days, NaiveDate};
use quarterdeck_kpi::assess::is_unit_factor;
use quarterdeck_kpi::calendar::{CalendarError, Period, PeriodKind, Quarter, taipei_day};
use quarterdeck_kpi::explain::series_of_line;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::money::{AmountKind, MoneyKey, MoneyLine, Span};
use quarterdeck_kpi::number::parse_printed;
use quarterdeck_kpi::observation::Qualifier;
use quarterdeck_kpi::text::{clean, fold_width};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeMap;

/// Serial numbers of days in spreadsheets from 2000 to 2050; no month of the Republic looks so.
const SERIALS: std::ops::RangeInclusive<u64> = 36_526..=55_153;

/// Reads a period or cut-off as tables write it.
pub(super) fn period(text: &str) -> Result<Period, Message> {
    let bare = fold_width(text.trim());
    let serial = bare.parse::<u64>().ok().filter(|n| SERIALS.contains(n));
    if let Some(days) = serial {
        let origin = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
        let day = origin.checked_add_days(Days::new(days)).unwrap_or(origin);
        return Err(Message::new("import-serial-day")
            .with("text", bare)
            .with("day", day));
    }
    Period::parse(&bare).map_err(|error| {
        let id = match error {
            CalendarError::NoSuchDay(_) => "import-no-such-day",
            CalendarError::Unreadable(_) => "import-bad-period",
        };
        Message::new(id).with("text", clean(text))
    })
}

/// A cut-off is the end of a month: the period that ends there.
fn cut_off(text: &str) -> Result<Period, Message> {
    let found = period(text)?;
    if found.kind != PeriodKind::Day {
        return Ok(found);
    }
    let quarter = Quarter::containing(found.end).period();
    let month = Period::month(found.end.year(), found.end.month());
    if quarter.end == found.end {
        return Ok(quarter);
    }
    month
        .filter(|month| month.end == found.end)
        .ok_or_else(|| Message::new("import-cut-off").with("day", found.end))
}

/// The years to date or since the beginning.
fn span(text: &str) -> Result<Span, Message> {
    if let Some(span) = Span::from_id(text) {
        return Ok(span);
    }
    for (key, span) in [
        ("import-span-year-to-date", Span::YearToDate),
        ("import-span-since-beginning", Span::SinceBeginning),
    ] {
        if super::head::is_word(key, text) {
            return Ok(span);
        }
    }
    Err(Message::new("import-span-unknown").with("text", clean(text)))
}

/// `114`, `114年度`, `2025`.
fn fiscal_year(text: &str) -> Result<i32, Message> {
    let folded = fold_width(text);
    let bare = folded.trim().trim_end_matches('\u{5ea6}'); // 度
    Period::parse(bare)
        .ok()
        .filter(|period| period.kind == PeriodKind::Year)
        .map(|period| period.end.year())
        .ok_or_else(|| Message::new("import-bad-year").with("text", clean(text)))
}

/// A cell that says in print that nothing is known.
pub(super) fn is_dash(text: &str) -> bool {
    matches!(
        text,
        "-" | "\u{2014}" | "\u{2013}" | "\u{2015}" | "\u{ff0d}" | "--"
    )
}

/// Reads an amount in whole NT$; `None` for a dash.
fn amount(text: &str, power: Option<u32>) -> Result<Option<i64>, Message> {
    if is_dash(text) {
        return Ok(None);
    }
    let read = parse_printed(text)
        .map_err(|error| Message::new("import-not-a-number").with("why", Message::from(error)))?;
    let said = || clean(text);
    if read.percent {
        return Err(Message::new("import-percent-amount").with("text", said()));
    }
    if read.qualifier != Qualifier::Exact {
        return Err(Message::new("import-not-exact").with("text", said()));
    }
    if read.value.is_sign_negative() && !read.value.is_zero() {
        return Err(Message::new("import-negative").with("text", said()));
    }
    // A cell that names its own unit needs none in the header, and must not have another.
    let power = match (power, read.scaled) {
        (None | Some(0), true) => 0,
        (Some(_), true) => return Err(Message::new("import-two-units").with("text", said())),
        (Some(power), false) => power,
        (None, false) => return Err(Message::new("import-no-unit").with("text", said())),
    };
    let whole = Decimal::from(10_i64.pow(power.min(12))).checked_mul(read.value);
    whole
        .filter(|value| value.fract().is_zero())
        .and_then(|value| value.to_i64())
        .map(Some)
        .ok_or_else(|| Message::new("import-not-whole-ntd").with("text", said()))
}

/// What a row says beside its amounts.
struct Owner {
    plan: String,
    programme: Option<String>,
    agency: Option<String>,
    fiscal_year: i32,
    span: Span,
    period: Period,
    reason: Option<String>,
}

/// Reads the table and holds it against what is known.
pub(super) fn read(
    session: &Session,
    table: &Table<'_>,
    outcome: &mut Outcome,
) -> Result<Vec<Planned>, Failure> {
    let known = Known::of(session)?;
    let register = &session.workspace().register;
    let today = taipei_day(session.now());
    let factor = register.rules.quality.unit_factor;
    let mut rows = Vec::new();
    let mut seen: BTreeMap<(MoneyKey, NaiveDate), String> = BTreeMap::new();
    for line in &table.rows {
        if table.is_total(line) {
            totals(table, line, outcome);
            continue;
        }
        let owner = match owner(session, table, line, outcome) {
            Ok(owner) => owner,
            Err(refused) => {
                outcome.refused.push(refused);
                continue;
            }
        };
        if owner.period.start > today {
            outcome.refused.push(Refused {
                place: table.place(line, Head::Period),
                text: Message::new("entry-future-period")
                    .with("period", owner.period)
                    .with("today", today),
            });
            continue;
        }
        count_sub_plans(table, line, outcome);
        for kind in AmountKind::ALL {
            let head = Head::Amount(kind);
            let place = table.place(line, head);
            let read = table.text(line, head).and_then(|text| match text {
                None => Ok(None),
                Some(text) => amount(&text, table.power(head))
                    .map(|amount| amount.map(|amount| (text, amount)))
                    .map_err(|text| Refused {
                        place: place.clone(),
                        text,
                    }),
            });
            let (printed, amount_ntd) = match read {
                Ok(Some(read)) => read,
                Ok(None) => continue,
                Err(refused) => {
                    outcome.refused.push(refused);
                    continue;
                }
            };
            let key = MoneyKey {
                plan: owner.plan.as_str().into(),
                programme: owner.programme.as_deref().map(Into::into),
                agency: owner.agency.as_deref().map(Into::into),
                fiscal_year: owner.fiscal_year,
                span: owner.span,
                kind,
            };
            let mut refuse = |text: Message| {
                outcome.refused.push(Refused {
                    place: place.clone(),
                    text,
                });
            };
            if let Some(first) = seen.get(&(key.clone(), owner.period.end)) {
                refuse(Message::new("import-twice").with("first", first.as_str()));
                continue;
            }
            seen.insert((key.clone(), owner.period.end), place.clone());
            let now = known.amount(&key, owner.period);
            let before = match now {
                Some(value) => Some((owner.period, value.value)),
                None => known.earlier_amount(&key, owner.period),
            };
            let jump = before.filter(|(_, was)| {
                owner.reason.is_none() && is_unit_factor((*was).into(), amount_ntd.into(), factor)
            });
            if let Some((period, was)) = jump {
                refuse(
                    Message::new("import-jump")
                        .with("before", Arg::Ntd(was))
                        .with("period", period)
                        .with("now", Arg::Ntd(amount_ntd))
                        .with("factor", factor),
                );
                continue;
            }
            let effect = match now {
                None => Effect::New,
                Some(value) if value.value == amount_ntd => Effect::Unchanged,
                Some(_) => Effect::Changed,
            };
            if let (Effect::Changed, None, Some(value)) = (effect, &owner.reason, now) {
                refuse(
                    Message::new("import-needs-reason")
                        .with("old", Arg::Ntd(value.value))
                        .with("new", Arg::Ntd(amount_ntd)),
                );
                continue;
            }
            let sum = outcome.totals.entry(head.id()).or_default();
            *sum = sum.saturating_add(amount_ntd);
            let sequence = now.map(|value| value.sequence);
            let item = MoneyLine {
                key,
                period: owner.period,
                amount_ntd,
                printed: Some(printed),
            };
            let change = Change {
                subject: series_of_line(&item).at(owner.period).to_string(),
                place,
                effect,
                old: now.map(|value| value.value.to_string()),
                new: Some(amount_ntd.to_string()),
                reason: owner.reason.clone(),
            };
            plan(outcome, &mut rows, change, Row::Money(item), sequence);
        }
    }
    Ok(rows)
}

/// Whose amounts a row holds, and of when.
fn owner(
    session: &Session,
    table: &Table<'_>,
    line: &Line,
    outcome: &mut Outcome,
) -> Result<Owner, Refused> {
    let register = &session.workspace().register;
    let at = |head: Head| {
        move |text: Message| Refused {
            place: table.place(line, head),
            text,
        }
    };
    let period = table.text(line, Head::Period)?;
    let period = period.ok_or_else(|| at(Head::Period)(Message::new("import-empty")))?;
    let period = cut_off(&period).map_err(at(Head::Period))?;
    let programme = match table.text(line, Head::Programme)? {
        Some(text) => Some(names::programme(register, &text).map_err(at(Head::Programme))?),
        None => None,
    };
    if let (Some(programme), Some(title)) = (programme, table.text(line, Head::Title)?)
        && names::programme(register, &title).ok().map(|p| &p.id) != Some(&programme.id)
    {
        outcome.notices.push(
            Message::new("import-title-differs")
                .with("cell", table.place(line, Head::Title))
                .with("text", title)
                .with("id", programme.id.as_str())
                .with("title", Arg::Title(programme.title.clone())),
        );
    }
    let agency = match table.text(line, Head::Agency)? {
        Some(text) => {
            let found = names::agency(register, &text, period.end).map_err(at(Head::Agency))?;
            outcome.notices.extend(
                found
                    .renamed
                    .map(|text| text.with("cell", table.place(line, Head::Agency))),
            );
            Some(found.id)
        }
        None => None,
    };
    if programme.is_none() && agency.is_none() {
        let head = if table.has(Head::Programme) {
            Head::Programme
        } else {
            Head::Agency
        };
        return Err(at(head)(Message::new("import-no-owner")));
    }
    let named = match table.text(line, Head::Plan)? {
        Some(text) => Some(names::plan(register, &text).map_err(at(Head::Plan))?),
        None => None,
    };
    let plan = match (programme, named, register.plans.as_slice()) {
        (Some(programme), Some(plan), _) if plan != programme.plan => {
            return Err(at(Head::Plan)(
                Message::new("import-other-plan")
                    .with("id", programme.id.as_str())
                    .with("plan", programme.plan.as_str()),
            ));
        }
        (Some(programme), ..) => programme.plan.clone(),
        (None, Some(plan), _) => plan,
        (None, None, [only]) => only.id.clone(),
        (None, None, _) => return Err(at(Head::Plan)(Message::new("import-plan-missing"))),
    };
    let span = match table.text(line, Head::Span)? {
        Some(text) => span(&text).map_err(at(Head::Span))?,
        None => Span::YearToDate,
    };
    let fiscal_year = match table.text(line, Head::FiscalYear)? {
        Some(text) => fiscal_year(&text).map_err(at(Head::FiscalYear))?,
        None => period.end.year(),
    };
    if span == Span::YearToDate && fiscal_year != period.end.year() {
        return Err(at(Head::FiscalYear)(
            Message::new("import-year-differs")
                .with("year", fiscal_year.to_string())
                .with("period", period),
        ));
    }
    Ok(Owner {
        plan,
        programme: programme.map(|programme| programme.id.clone()),
        agency,
        fiscal_year,
        span,
        period,
        reason: table.text(line, Head::Reason)?,
    })
}

/// Adds a row's number of sub-plans to the sum; it is held against a total and not stored.
fn count_sub_plans(table: &Table<'_>, line: &Line, outcome: &mut Outcome) {
    match whole_count(table, line) {
        Ok(Some(count)) => *outcome.totals.entry(Head::SubPlans.id()).or_default() += count,
        Ok(None) => {}
        Err(refused) => outcome.refused.push(refused),
    }
}

fn whole_count(table: &Table<'_>, line: &Line) -> Result<Option<i64>, Refused> {
    let Some(text) = table.text(line, Head::SubPlans)? else {
        return Ok(None);
    };
    let read = parse_printed(&text).ok().map(|read| read.value);
    let count = read.and_then(|value| value.fract().is_zero().then(|| value.to_i64())?);
    count
        .filter(|count| (0..1_000_000).contains(count))
        .map(Some)
        .ok_or_else(|| Refused {
            place: table.place(line, Head::SubPlans),
            text: Message::new("entry-not-whole").with("text", text),
        })
}

/// A printed total must be the sum of the rows above it.
fn totals(table: &Table<'_>, line: &Line, outcome: &mut Outcome) {
    let heads = AmountKind::ALL.into_iter().map(Head::Amount);
    for head in heads.chain([Head::SubPlans]) {
        let printed = match head {
            Head::SubPlans => whole_count(table, line),
            _ => table.text(line, head).and_then(|text| match text {
                None => Ok(None),
                Some(text) => amount(&text, table.power(head)).map_err(|text| Refused {
                    place: table.place(line, head),
                    text,
                }),
            }),
        };
        let sum = outcome.totals.get(&head.id()).copied().unwrap_or_default();
        match printed {
            Ok(Some(printed)) if printed != sum => {
                let said = |value: i64| match head {
                    Head::SubPlans => Arg::Count(value),
                    _ => Arg::Ntd(value),
                };
                outcome.refused.push(Refused {
                    place: table.place(line, head),
                    text: Message::new("import-total-differs")
                        .with("printed", said(printed))
                        .with("sum", said(sum)),
                });
            }
            Ok(_) => {}
            Err(refused) => outcome.refused.push(refused),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_take_the_unit_of_their_header_exactly() {
        for (text, power, expected) in [
            ("87,348", Some(3), 87_348_000),
            ("1,313", Some(8), 131_300_000_000),
            ("109.4818", Some(8), 10_948_180_000),
            ("1,313億", Some(0), 131_300_000_000),
            ("1,313億元", None, 131_300_000_000),
            ("0", Some(3), 0),
        ] {
            assert_eq!(amount(text, power), Ok(Some(expected)), "{text}");
        }
        assert_eq!(amount("—", Some(3)), Ok(None));
        for (text, power, id) in [
            ("-5", Some(3), "import-negative"),
            ("12%", Some(3), "import-percent-amount"),
            ("約12", Some(3), "import-not-exact"),
            ("12", None, "import-no-unit"),
            ("12億", Some(3), "import-two-units"),
            ("0.0001", Some(3), "import-not-whole-ntd"),
            ("待補", Some(3), "import-not-a-number"),
            ("1e17", Some(8), "import-not-whole-ntd"),
        ] {
            assert_eq!(amount(text, power).unwrap_err().id, id, "{text}");
        }
    }

    #[test]
    fn cut_offs_are_ends_of_months_and_serial_numbers_are_asked_about() {
        for (text, expected) in [
            ("114年第3季", "2025Q3"),
            ("114/9/30", "2025Q3"),
            ("2025-08-31", "2025-08"),
            ("11409", "2025-09"),
            ("109Q4", "2020Q4"),
        ] {
            assert_eq!(cut_off(text).unwrap().to_string(), expected, "{text}");
        }
        for (text, id) in [
            ("45930", "import-serial-day"),
            ("113/2/30", "import-no-such-day"),
            ("114/9/15", "import-cut-off"),
            ("soon", "import-bad-period"),
        ] {
            assert_eq!(cut_off(text).unwrap_err().id, id, "{text}");
        }
    }
}
