//! What counts now for every figure and amount, the register's own rows included.

use crate::failure::Failure;
use crate::session::Session;
use chrono::NaiveDate;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::effective::{live, live_readings};
use quarterdeck_kpi::money::{AmountKind, MoneyKey, Span};
use quarterdeck_kpi::observation::{Act, Observation, Recorded};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Whose amount it is: the agency of a programme's line does not tell it apart.
type Owner = (
    String,
    Option<String>,
    Option<String>,
    i32,
    Span,
    AmountKind,
);

/// A value that counts, and its row.
#[derive(Debug, Clone)]
pub(super) struct Value<T> {
    pub sequence: i64,
    pub value: T,
}

/// By last and first day of their periods.
type ByEnd<T> = BTreeMap<(NaiveDate, NaiveDate), (Period, Value<T>)>;

/// Values that count now.
pub(super) struct Known {
    money: BTreeMap<Owner, BTreeMap<NaiveDate, (Period, Value<i64>)>>,
    readings: BTreeMap<SeriesId, ByEnd<Observation>>,
}

fn owner(key: &MoneyKey) -> Owner {
    let agency = key.agency.as_ref().filter(|_| key.programme.is_none());
    (
        key.plan.to_string(),
        key.programme.as_ref().map(ToString::to_string),
        agency.map(ToString::to_string),
        key.fiscal_year,
        key.span,
        key.kind,
    )
}

fn counting<T>(live: Vec<&Recorded<T>>) -> impl Iterator<Item = &Recorded<T>> {
    live.into_iter()
        .filter(|row| row.intact && !matches!(row.act, Act::Withdraw(_)))
}

impl Known {
    /// As everything stands now.
    pub fn of(session: &Session) -> Result<Known, Failure> {
        let snapshot = session.snapshot(None)?;
        let mut known = Known {
            money: BTreeMap::new(),
            readings: BTreeMap::new(),
        };
        for row in counting(live(&snapshot.money)) {
            let line = &row.item;
            let value = Value {
                sequence: row.sequence,
                value: line.amount_ntd,
            };
            let lines = known.money.entry(owner(&line.key)).or_default();
            lines.insert(line.period.end, (line.period, value));
        }
        for row in counting(live_readings(&snapshot.observations, |_| false)) {
            let item = &row.item;
            let value = Value {
                sequence: row.sequence,
                value: item.clone(),
            };
            let readings = known.readings.entry(item.series.clone()).or_default();
            readings.insert((item.period.end, item.period.start), (item.period, value));
        }
        Ok(known)
    }

    /// The amount under a key at a cut-off.
    pub fn amount(&self, key: &MoneyKey, period: Period) -> Option<&Value<i64>> {
        let lines = self.money.get(&owner(key))?;
        lines.get(&period.end).map(|(_, value)| value)
    }
    /// The last amount of the same owner and kind before a cut-off, in any fiscal year.
    pub fn earlier_amount(&self, key: &MoneyKey, period: Period) -> Option<(Period, i64)> {
        let wanted = owner(key);
        let same = |other: &Owner| {
            (&other.0, &other.1, &other.2, other.4, other.5)
                == (&wanted.0, &wanted.1, &wanted.2, wanted.4, wanted.5)
        };
        self.money
            .iter()
            .filter(|(other, _)| same(other))
            .filter_map(|(_, lines)| lines.range(..period.end).next_back())
            .max_by_key(|(end, _)| **end)
            .map(|(_, (period, value))| (*period, value.value))
    }
    /// The reading of a series for a period.
    pub fn reading(&self, series: &SeriesId, period: Period) -> Option<&Value<Observation>> {
        let readings = self.readings.get(series)?;
        readings
            .get(&(period.end, period.start))
            .map(|(_, value)| value)
    }
    /// The last value of a series before a period.
    pub fn earlier_value(&self, series: &SeriesId, period: Period) -> Option<(Period, Decimal)> {
        let readings = self.readings.get(series)?;
        readings
            .range(..(period.end, period.start))
            .rev()
            .find_map(|(_, (period, value))| Some((*period, value.value.value()?)))
    }
}
