//! What counts now for a figure, after its corrections and withdrawals.

use super::Row;
use crate::failure::Failure;
use crate::session::Session;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::money::{MoneyKey, MoneyLine};
use quarterdeck_kpi::observation::{Act, Observation, Recorded};
use quarterdeck_store::Rows;

/// Everything recorded so far.
pub(super) struct History(Rows);

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
}

impl History {
    pub fn read(session: &Session) -> Result<History, Failure> {
        Ok(History(match session.store() {
            // Whatever was recorded, even by a clock that ran ahead.
            Some(store) => store.rows_as_of(DateTime::<Utc>::MAX_UTC)?,
            None => Rows::default(),
        }))
    }

    pub fn current(&self, row: &Row) -> Option<Current> {
        match row {
            Row::Reading(item) => self.readings(item).last().map(|known| Current {
                sequence: known.sequence,
                value: reading_text(&known.item),
                same: known.item.reading == item.reading && known.item.qualifier == item.qualifier,
                key: None,
            }),
            Row::Money(item) => self.lines(item).last().map(|known| Current {
                sequence: known.sequence,
                value: known.item.amount_ntd.to_string(),
                same: known.item.amount_ntd == item.amount_ntd,
                key: Some(known.item.key.clone()),
            }),
        }
    }

    /// Whether the row with this number still counts for its figure, or would again.
    pub fn counts(&self, row: &Row, sequence: i64) -> bool {
        match row {
            Row::Reading(item) => self.readings(item).iter().any(|r| r.sequence == sequence),
            Row::Money(item) => self.lines(item).iter().any(|r| r.sequence == sequence),
        }
    }

    fn readings(&self, item: &Observation) -> Vec<&Recorded<Observation>> {
        live(
            self.0
                .observations
                .iter()
                .filter(|r| r.item.series == item.series && r.item.period == item.period),
        )
    }

    fn lines(&self, item: &MoneyLine) -> Vec<&Recorded<MoneyLine>> {
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
            self.0
                .money
                .iter()
                .filter(|r| same(&r.item.key) && r.item.period == item.period),
        )
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

/// The address of a money line without its period.
pub(crate) fn money_series(key: &MoneyKey) -> SeriesId {
    let scope = match (&key.programme, &key.agency) {
        (Some(programme), _) => programme.clone(),
        (None, Some(agency)) => format!("agency:{agency}"),
        (None, None) => format!("plan:{}", key.plan),
    };
    SeriesId::new(scope, "budget").part(key.kind.id())
}

fn reading_text(item: &Observation) -> String {
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
