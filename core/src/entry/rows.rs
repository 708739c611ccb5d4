//! What counts now for a figure, after its corrections and withdrawals.

use super::Row;
use crate::failure::Failure;
use crate::session::Session;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::money::{AmountKind, Amounts, MoneyKey, MoneyLine};
use quarterdeck_kpi::money_rates::highest_rate;
use quarterdeck_kpi::observation::{Act, Observation, Recorded};
use quarterdeck_kpi::rules::Rules;
use rust_decimal::Decimal;
use std::collections::HashSet;

/// Everything recorded so far of the figures that are asked about, whatever a clock dated it.
#[derive(Default)]
pub(super) struct History {
    readings: Vec<Recorded<Observation>>,
    money: Vec<Recorded<MoneyLine>>,
}

/// The row that counts for a figure.
pub(super) struct Current {
    /// Its sequence number.
    pub sequence: i64,
    /// Its value, as text.
    pub value: String,
    /// The value asked about is the same.
    pub same: bool,
    /// Key of a money line.
    pub key: Option<MoneyKey>,
    /// It stands in another period: the day a milestone was done, when another day is said.
    pub elsewhere: Option<Observation>,
}

impl History {
    /// Reads what was recorded of the figures of these rows, by their index: a large workspace is not read
    /// for one of them.
    pub fn of<'r>(
        session: &Session,
        rows: impl IntoIterator<Item = &'r Row>,
    ) -> Result<History, Failure> {
        let mut asked = Asked::default();
        for row in rows {
            match row {
                Row::Reading(item) => asked.reading(item),
                Row::Money(item) => asked.line(item),
            }
        }
        asked.read(session)
    }

    /// The same for money lines alone.
    pub fn of_lines(session: &Session, lines: &[MoneyLine]) -> Result<History, Failure> {
        let mut asked = Asked::default();
        for line in lines {
            asked.line(line);
        }
        asked.read(session)
    }

    pub fn current(&self, row: &Row) -> Option<Current> {
        match row {
            Row::Reading(item) => self.readings_of(item).last().map(|known| Current {
                sequence: known.sequence,
                value: reading_text(&known.item),
                same: known.item.reading == item.reading
                    && known.item.period == item.period
                    && known.item.qualifier == item.qualifier
                    && (item.unit != "text" || known.item.printed == item.printed),
                key: None,
                elsewhere: (known.item.period != item.period).then(|| known.item.clone()),
            }),
            Row::Money(item) => self.lines_of(item).last().map(|known| Current {
                sequence: known.sequence,
                value: known.item.amount_ntd.to_string(),
                same: known.item.amount_ntd == item.amount_ntd,
                key: Some(known.item.key.clone()),
                elsewhere: None,
            }),
        }
    }

    /// Whether the row with this number still counts for its figure, or would again.
    pub fn counts(&self, row: &Row, sequence: i64) -> bool {
        match row {
            Row::Reading(item) => self
                .readings_of(item)
                .iter()
                .any(|r| r.sequence == sequence),
            Row::Money(item) => self.lines_of(item).iter().any(|r| r.sequence == sequence),
        }
    }

    /// Why an amount cannot be, beside the others of its programme, year and cut-off: a rate above what is refused as
    /// input (999.99 %). `beside` are amounts typed together with it.
    pub fn rate_refused(
        &self,
        item: &MoneyLine,
        beside: &[MoneyLine],
        rules: &Rules,
    ) -> Option<Message> {
        let mut amounts = Amounts::default();
        for kind in AmountKind::ALL {
            let mut of_kind = item.clone();
            of_kind.key.kind = kind;
            let typed = beside
                .iter()
                .rev()
                .find(|line| line.key == of_kind.key && line.period == of_kind.period);
            let known = typed.or_else(|| self.lines_of(&of_kind).last().map(|row| &row.item));
            amounts.set(kind, known.map(|line| line.amount_ntd));
        }
        amounts.set(item.key.kind, Some(item.amount_ntd));
        let limit = rules.asking.refuse_above;
        let rate = highest_rate(&amounts, &rules.executed).filter(|rate| *rate > limit)?;
        Some(
            Message::new("entry-rate-refused")
                .with("rate", Arg::Fraction(rate))
                .with("limit", Arg::Fraction(limit)),
        )
    }

    fn readings_of(&self, item: &Observation) -> Vec<&Recorded<Observation>> {
        // A milestone is done once: another day is a correction of the first.
        let once = is_milestone(item);
        live(
            self.readings
                .iter()
                .filter(|r| r.item.series == item.series && (once || r.item.period == item.period)),
        )
    }

    fn lines_of(&self, item: &MoneyLine) -> Vec<&Recorded<MoneyLine>> {
        // The agency of a programme's line does not tell it apart.
        let same = |key: &MoneyKey| {
            key.programme == item.key.programme
                && key.plan == item.key.plan
                && key.kind == item.key.kind
                && key.span == item.key.span
                && key.fiscal_year == item.key.fiscal_year
                && (key.programme.is_some() || key.agency == item.key.agency)
        };
        live(
            self.money
                .iter()
                .filter(|r| same(&r.item.key) && r.item.period == item.period),
        )
    }
}

/// The figures to read, each once.
#[derive(Default)]
struct Asked<'r> {
    readings: HashSet<(&'r SeriesId, Option<Period>)>,
    /// Plan, fiscal year and cut-off: a line is looked at beside the others of its programme.
    lines: HashSet<(&'r str, i32, Period)>,
}

impl<'r> Asked<'r> {
    fn reading(&mut self, item: &'r Observation) {
        let period = (!is_milestone(item)).then_some(item.period);
        self.readings.insert((&item.series, period));
    }

    fn line(&mut self, item: &'r MoneyLine) {
        let key = &item.key;
        self.lines.insert((&key.plan, key.fiscal_year, item.period));
    }

    fn read(self, session: &Session) -> Result<History, Failure> {
        let mut history = History::default();
        if let Some(store) = session.store() {
            for (series, period) in self.readings {
                // Of one figure in the order of recording; figures stand one after another.
                history.readings.extend(store.readings_of(series, period)?);
            }
            for (plan, fiscal_year, period) in self.lines {
                let lines = store.lines_of(plan, fiscal_year, period)?;
                history.money.extend(lines);
            }
        }
        Ok(history)
    }
}

/// The rows that were not withdrawn, in order of recording: the last one counts.
fn live<'a, T>(rows: impl Iterator<Item = &'a Recorded<T>>) -> Vec<&'a Recorded<T>> {
    let mut live: Vec<&Recorded<T>> = Vec::new();
    for row in rows {
        match row.act {
            Act::Record | Act::Correct(_) => live.push(row),
            // What a damaged row withdraws is not known.
            Act::Withdraw(taken) if row.intact => live.retain(|r| r.sequence != taken),
            Act::Withdraw(_) => {}
        }
    }
    live
}

/// That a milestone is done, as distinct from how much of it is.
fn is_milestone(item: &Observation) -> bool {
    item.series.name == "milestone" && item.unit == "done"
}

fn reading_text(item: &Observation) -> String {
    if is_milestone(item) && item.value().is_some_and(|value| value >= Decimal::ONE) {
        return item.period.to_string();
    }
    if item.unit == "text" {
        return item.printed.clone().unwrap_or_default();
    }
    item.value()
        .map(|value| value.to_string())
        .or_else(|| item.printed.clone())
        .unwrap_or_default()
}

pub(super) fn value_text(row: &Row) -> String {
    match row {
        Row::Reading(item) => reading_text(item),
        Row::Money(item) => item.amount_ntd.to_string(),
    }
}
