//! The rows behind a figure, each with what it is to it.

use super::Row;
use crate::address::SeriesId;
use crate::effective::{live, live_readings};
use crate::figure_name::agency_in_plan;
use crate::money::MoneyLine;
use crate::observation::{Act, Observation, Qualifier, Reading, Recorded};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// What a row is to a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    /// 採用: the figure rests on it.
    Counts,
    /// 已取代: this later row stands in its place.
    Replaced(i64),
    /// 已撤回: this row withdrew it.
    Withdrawn(i64),
    /// 撤回: it withdraws another and carries no value.
    Withdrawal,
    /// 退回: what was received did not pass a check.
    Refused,
    /// Its checksum does not match.
    Damaged,
    /// It stands, and the figure does not use it.
    Unused,
}

impl RowState {
    /// Word for JSON.
    pub fn id(self) -> &'static str {
        match self {
            RowState::Counts => "counts",
            RowState::Replaced(_) => "replaced",
            RowState::Withdrawn(_) => "withdrawn",
            RowState::Withdrawal => "withdrawal",
            RowState::Refused => "refused",
            RowState::Damaged => "damaged",
            RowState::Unused => "unused",
        }
    }
    /// The row that took its place or took it out.
    pub fn by(self) -> Option<i64> {
        match self {
            RowState::Replaced(by) | RowState::Withdrawn(by) => Some(by),
            _ => None,
        }
    }
    /// It counts no more: shown struck out.
    pub fn is_gone(self) -> bool {
        matches!(
            self,
            RowState::Replaced(_) | RowState::Withdrawn(_) | RowState::Withdrawal
        )
    }
}

/// Which row acts on which, and which row of a key is the latest that stands.
struct Standing<K> {
    acted_on: HashMap<i64, (i64, bool)>,
    latest: HashMap<K, i64>,
}

impl<K: std::hash::Hash + Eq> Standing<K> {
    fn of<T>(live: Vec<&Recorded<T>>, wanted: impl Fn(&T) -> Option<K>) -> Self {
        let mut acted_on = HashMap::new();
        let mut latest = HashMap::new();
        for row in live {
            let withdraws = matches!(row.act, Act::Withdraw(_));
            if row.intact
                && let Act::Correct(target) | Act::Withdraw(target) = row.act
            {
                acted_on.insert(target, (row.sequence, withdraws));
            }
            if row.intact
                && !withdraws
                && let Some(key) = wanted(&row.item)
            {
                latest.insert(key, row.sequence);
            }
        }
        Self { acted_on, latest }
    }

    fn state<T>(&self, row: &Recorded<T>, refused: bool, used: &[i64], key: &K) -> RowState {
        if !row.intact {
            return RowState::Damaged;
        }
        if let Some((by, withdrawn)) = self.acted_on.get(&row.sequence) {
            return if *withdrawn {
                RowState::Withdrawn(*by)
            } else {
                RowState::Replaced(*by)
            };
        }
        if matches!(row.act, Act::Withdraw(_)) {
            return RowState::Withdrawal;
        }
        if used.contains(&row.sequence) {
            return RowState::Counts;
        }
        match self.latest.get(key) {
            _ if refused => RowState::Refused,
            Some(later) if *later != row.sequence => RowState::Replaced(*later),
            _ => RowState::Unused,
        }
    }
}

/// The readings that `wanted` takes; `used` are the ones the figure rests on.
pub(super) fn readings<'a>(
    rows: impl IntoIterator<Item = &'a Recorded<Observation>>,
    used: &[i64],
    wanted: impl Fn(&Recorded<Observation>) -> bool,
) -> Vec<Row> {
    let chosen: Vec<Recorded<Observation>> = rows
        .into_iter()
        .filter(|row| wanted(row))
        .cloned()
        .collect();
    let key = |item: &Observation| (item.series.clone(), item.period.start, item.period.end);
    // What was refused takes nobody's place.
    let live = live_readings(&chosen, |_| false);
    let acting = live
        .iter()
        .copied()
        .filter(|row| matches!(row.act, Act::Withdraw(_)) || row.item.value().is_some());
    let standing = Standing::of(acting.collect(), |item| Some(key(item)));
    let mut found: Vec<Row> = chosen
        .iter()
        .map(|row| {
            let refused = match &row.item.reading {
                Reading::Rejected(reason) => Some(reason.clone()),
                Reading::Value(_) => None,
            };
            let state = standing.state(row, refused.is_some(), used, &key(&row.item));
            Row {
                sequence: row.sequence,
                series: row.item.series.clone(),
                period: row.item.period,
                value: row.item.value().filter(|_| state != RowState::Withdrawal),
                refused,
                printed: row.item.printed.clone(),
                qualifier: row.item.qualifier,
                stage: Some(row.item.stage),
                unit: row.item.unit.to_string(),
                parts: row.item.parts,
                observed_at: Some(row.item.observed_at),
                definition_version: Some(row.item.definition_version),
                state,
                ..bare(row)
            }
        })
        .collect();
    found.sort_by_key(|row| row.sequence);
    found
}

/// The money lines that `wanted` takes, in the same way.
pub(super) fn lines(
    rows: &[Recorded<MoneyLine>],
    used: &[i64],
    wanted: impl Fn(&Recorded<MoneyLine>) -> bool,
) -> Vec<Row> {
    let chosen: Vec<Recorded<MoneyLine>> = rows.iter().filter(|row| wanted(row)).cloned().collect();
    let key = |item: &MoneyLine| (item.key.clone(), item.period.start, item.period.end);
    let standing = Standing::of(live(&chosen), |item| Some(key(item)));
    let mut found: Vec<Row> = chosen
        .iter()
        .map(|row| {
            let state = standing.state(row, false, used, &key(&row.item));
            Row {
                series: series_of(&row.item),
                period: row.item.period,
                value: Some(Decimal::from(row.item.amount_ntd))
                    .filter(|_| state != RowState::Withdrawal),
                printed: row.item.printed.clone(),
                unit: "ntd".to_owned(),
                state,
                ..bare(row)
            }
        })
        .collect();
    found.sort_by_key(|row| row.sequence);
    found
}

/// The series by which a money line is asked for.
pub fn series_of(line: &MoneyLine) -> SeriesId {
    let key = &line.key;
    let scope = match (&key.programme, &key.agency) {
        (Some(programme), _) => programme.clone(),
        (None, Some(agency)) => agency_in_plan(&key.plan, agency).into(),
        (None, None) => format!("plan:{}", key.plan).into(),
    };
    SeriesId::new(scope, key.span.series_name()).part(key.kind.id())
}

fn bare<T>(row: &Recorded<T>) -> Row {
    Row {
        sequence: row.sequence,
        series: SeriesId::new("", ""),
        period: crate::calendar::Period::day(chrono::NaiveDate::default()),
        value: None,
        refused: None,
        printed: None,
        qualifier: Qualifier::Exact,
        stage: None,
        unit: String::new(),
        parts: None,
        observed_at: None,
        definition_version: None,
        state: RowState::Unused,
        recorded_at: row.recorded_at,
        run: row.run,
        actor: row.actor.to_string(),
        identity: row.identity.to_string(),
        reason: row.reason.as_deref().map(Into::into),
        act: row.act,
        cause: row.cause.clone(),
    }
}
