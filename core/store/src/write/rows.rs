//! One row on its way into the database: compared with what is there, fitted to the columns, summed and written.

use super::{Writing, micros};
use crate::dictionary::Dictionary;
use crate::model::NewRow;
use crate::queries;
use crate::read::{self, all};
use crate::repeated::{already_there, same_reading, says_last};
use crate::store::Fault;
use crate::sum::{act_columns, narrow};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::money::MoneyLine;
use quarterdeck_kpi::observation::{Act, Cause, Observation, Reading, Recorded};
use rusqlite::{Row, params};

impl Writing<'_> {
    /// A correction or withdrawal names a row of the same figure. Numbers below 1 are rows that
    /// the register carries.
    fn check_act(
        &self,
        act: Act,
        sql: &str,
        is_same: impl Fn(&Row<'_>) -> bool,
    ) -> Result<(), Fault> {
        let (Act::Correct(row) | Act::Withdraw(row)) = act else {
            return Ok(());
        };
        if row < 1 || all(self.connection, sql, [row], is_same)?.contains(&true) {
            return Ok(());
        }
        Err(self.refused(
            Message::new("store-no-such-row").with("row", row),
            "store-no-such-row-next",
        ))
    }

    pub(super) fn observation(&mut self, row: &NewRow<Observation>) -> Result<(), Fault> {
        let item = self.fitted(row)?;
        if SeriesId::parse(&item.series.to_string()).as_ref() != Ok(&item.series) {
            let message = Message::new("store-bad-series").with("series", item.series.to_string());
            return Err(self.refused(message, "store-bad-series-next"));
        }
        let (series, is_new) = self.words.series(self.connection, &item.series)?;
        let period = self.words.period(self.connection, item.period)?;
        self.check_act(row.act, queries::OBSERVATION, |row| {
            (row.get(5).ok(), row.get(6).ok()) == (Some(series), Some(period))
        })?;
        let mut cause = self.last_cause(&row.cause);
        if row.act == Act::Record && !is_new {
            // What a clock dated ahead does not count yet, so it says nothing either.
            let at = self.load.recorded_at;
            let (words, reader) = (&*self.words, &mut self.reader);
            let mut known = read::back_to(
                self.connection,
                queries::OBSERVATIONS_OF_FIGURE,
                [series, period],
                |columns| {
                    let old = read::observation(columns, words, reader);
                    if old.cause == row.cause {
                        cause = columns.get(4).ok();
                    }
                    old
                },
                |old| old.recorded_at <= at && says_last(&old.cause, old.act, &row.cause),
            )?;
            known.retain(|old| old.recorded_at <= at);
            if let Some(same) = already_there(
                &known,
                &row.cause,
                |old| same_reading(&old.item, &item),
                |old, current| {
                    let day = taipei_day(old.item.observed_at);
                    let seen_out = row.undated && day >= item.period.end;
                    current && !seen_out && taipei_day(item.observed_at) > day
                },
            ) {
                self.sequences.push(same);
                return Ok(());
            }
        }
        let full = self.recorded(row, item);
        let item = &full.item;
        let rejected = match &item.reading {
            Reading::Value(_) => None,
            Reading::Rejected(message) => Some(self.json(message)?),
        };
        let batch = self.load_number()?;
        let cause = self.cause(&row.cause, cause)?;
        let unit = self.words.text(self.connection, &item.unit)?;
        let (act, acts_on) = act_columns(row.act);
        let split = |value: Option<Decimal>| value.and_then(narrow).unzip();
        let (mantissa, scale): (Option<i64>, Option<i64>) = split(item.value());
        let (numerator, numerator_scale): (Option<i64>, Option<i64>) =
            split(item.parts.map(|p| p.numerator));
        let (denominator, denominator_scale): (Option<i64>, Option<i64>) =
            split(item.parts.map(|p| p.denominator));
        let row_sum = self.reader.sum.observation(&full, rejected.as_deref());
        self.connection
            .prepare_cached(queries::INSERT_OBSERVATION)?
            .insert(params![
                full.sequence,
                batch,
                act,
                acts_on,
                cause,
                series,
                period,
                mantissa,
                scale,
                rejected,
                item.printed,
                item.qualifier.sign(),
                item.stage.id(),
                unit,
                numerator,
                numerator_scale,
                denominator,
                denominator_scale,
                item.observed_at.timestamp_micros(),
                item.definition_version,
                row_sum,
            ])?;
        self.stored((series, period))
    }

    /// The reading as the columns can hold it.
    fn fitted(&self, row: &NewRow<Observation>) -> Result<Observation, Fault> {
        let mut item = row.item.clone();
        item.observed_at = micros(item.observed_at);
        let parts = item
            .parts
            .map(|parts| [parts.numerator, parts.denominator])
            .into_iter()
            .flatten();
        let Some(wide) = item
            .value()
            .into_iter()
            .chain(parts)
            .find(|value| narrow(*value).is_none())
        else {
            // `printed` is kept only where it says something else than the value.
            if item
                .value()
                .is_some_and(|value| item.printed.as_deref() == Some(value.to_string().as_str()))
            {
                item.printed = None;
            }
            return Ok(item);
        };
        let too_wide = Message::new("store-too-wide")
            .with("series", item.series.to_string())
            .with("value", Arg::Text(wide.to_string()));
        if matches!(row.cause, Cause::Entry { .. }) {
            return Err(self.refused(too_wide, "store-too-wide-next"));
        }
        item.printed = item
            .printed
            .take()
            .or(item.value().map(|value| value.to_string()));
        item.reading = Reading::Rejected(
            Message::new("store-rejected-too-wide").with("value", Arg::Text(wide.to_string())),
        );
        item.parts = None;
        Ok(item)
    }

    pub(super) fn money(&mut self, row: &NewRow<MoneyLine>) -> Result<(), Fault> {
        self.check_act(row.act, queries::MONEY_LINE, |_| true)?;
        let mut item = row.item.clone();
        if item.printed.as_deref() == Some(item.amount_ntd.to_string().as_str()) {
            item.printed = None;
        }
        let plan = self.words.text(self.connection, &item.key.plan)?;
        let word = |words: &mut Dictionary, text: Option<&str>| {
            text.map(|text| words.text(self.connection, text))
                .transpose()
        };
        let programme = word(self.words, item.key.programme.as_deref())?;
        let agency = word(self.words, item.key.agency.as_deref())?;
        let period = self.words.period(self.connection, item.period)?;
        let (span, kind, year) = (item.key.span.id(), item.key.kind.id(), item.key.fiscal_year);
        let mut cause = self.last_cause(&row.cause);
        if row.act == Act::Record {
            let at = self.load.recorded_at;
            let (words, reader) = (&*self.words, &mut self.reader);
            let values = params![plan, year, period, kind, programme, agency, span];
            let mut known = read::back_to(
                self.connection,
                queries::MONEY_OF_KEY,
                values,
                |columns| {
                    let old = read::money(columns, words, reader);
                    if old.cause == row.cause {
                        cause = columns.get(4).ok();
                    }
                    old
                },
                |old| old.recorded_at <= at && says_last(&old.cause, old.act, &row.cause),
            )?;
            known.retain(|old| old.recorded_at <= at);
            let same = |old: &Recorded<MoneyLine>| old.item.amount_ntd == item.amount_ntd;
            if let Some(same) = already_there(&known, &row.cause, same, |_, _| false) {
                self.sequences.push(same);
                return Ok(());
            }
        }
        let full = self.recorded(row, item);
        let batch = self.load_number()?;
        let cause = self.cause(&row.cause, cause)?;
        let (act, acts_on) = act_columns(row.act);
        let row_sum = self.reader.sum.money(&full);
        self.connection
            .prepare_cached(queries::INSERT_MONEY)?
            .insert(params![
                full.sequence,
                batch,
                act,
                acts_on,
                cause,
                plan,
                programme,
                agency,
                year,
                span,
                kind,
                period,
                full.item.amount_ntd,
                full.item.printed,
                row_sum,
            ])?;
        self.stored((0, 1))
    }
}
