//! The checksum of a row: SQLite has none of its own, so a flipped bit would read as a good figure.
//!
//! It covers what the row says once the words it shares with others are put in, so that damage to
//! a shared word is noticed as well.

use chrono::Datelike;
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::calendar::{Period, PeriodKind};
use quarterdeck_kpi::money::MoneyLine;
use quarterdeck_kpi::observation::{Act, Cause, Observation, Recorded};

/// Every field with its tag and length in front, so that no two rows encode alike.
#[derive(Debug, Default)]
pub(crate) struct RowSum {
    buffer: Vec<u8>,
}

/// Mantissa and scale, where they fit the columns.
pub(crate) fn narrow(value: Decimal) -> Option<(i64, i64)> {
    let fit = |value: Decimal| {
        i64::try_from(value.mantissa())
            .ok()
            .map(|m| (m, i64::from(value.scale())))
    };
    fit(value).or_else(|| fit(value.normalize()))
}

/// Word of a period's kind in the database.
pub(crate) fn kind_word(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Day => "day",
        PeriodKind::Month => "month",
        PeriodKind::Quarter => "quarter",
        PeriodKind::Half => "half",
        PeriodKind::Year => "year",
        PeriodKind::Span => "span",
    }
}

/// Number of an act in the database, and the row it acts on.
pub(crate) fn act_columns(act: Act) -> (i64, Option<i64>) {
    match act {
        Act::Record => (0, None),
        Act::Correct(row) => (1, Some(row)),
        Act::Withdraw(row) => (2, Some(row)),
    }
}

/// Kind, hash, name and place of a cause as they stand in its columns.
pub(crate) fn cause_columns(
    cause: &Cause,
) -> (&'static str, Option<&str>, Option<&str>, Option<&str>) {
    match cause {
        Cause::Capture { sha256, source, at } => ("capture", Some(sha256), Some(source), Some(at)),
        Cause::Entry {
            evidence: Some((sha256, name)),
        } => ("entry", Some(sha256), Some(name), None),
        Cause::Entry { evidence: None } => ("entry", None, None, None),
        Cause::Document { title, place } => ("document", None, Some(title), Some(place)),
    }
}

impl RowSum {
    fn int(&mut self, value: i64) {
        self.buffer.push(b'i');
        self.buffer.extend_from_slice(&value.to_le_bytes());
    }
    fn maybe_int(&mut self, value: Option<i64>) {
        match value {
            Some(value) => self.int(value),
            None => self.buffer.push(b'n'),
        }
    }
    fn text(&mut self, value: &str) {
        self.buffer.push(b't');
        self.buffer
            .extend_from_slice(&(value.len() as u64).to_le_bytes());
        self.buffer.extend_from_slice(value.as_bytes());
    }
    fn maybe_text(&mut self, value: Option<&str>) {
        match value {
            Some(value) => self.text(value),
            None => self.buffer.push(b'n'),
        }
    }
    fn decimal(&mut self, value: Option<Decimal>) {
        let columns = value.and_then(narrow);
        self.maybe_int(columns.map(|(mantissa, _)| mantissa));
        self.maybe_int(columns.map(|(_, scale)| scale));
    }
    fn period(&mut self, period: Period) {
        self.int(period.start.num_days_from_ce().into());
        self.int(period.end.num_days_from_ce().into());
        self.text(kind_word(period.kind));
    }
    fn shared<T>(&mut self, row: &Recorded<T>) {
        self.buffer.clear();
        self.int(row.sequence);
        self.int(row.recorded_at.timestamp_micros());
        self.maybe_int(row.run);
        self.text(&row.actor);
        self.text(&row.identity);
        self.maybe_text(row.reason.as_deref());
        let (act, acts_on) = act_columns(row.act);
        self.int(act);
        self.maybe_int(acts_on);
        let (kind, hash, name, place) = cause_columns(&row.cause);
        self.text(kind);
        self.maybe_text(hash);
        self.maybe_text(name);
        self.maybe_text(place);
    }
    /// What the row says, as it was summed last.
    pub(crate) fn content(&self) -> &[u8] {
        &self.buffer
    }
    fn finish(&self) -> i64 {
        xxhash_rust::xxh3::xxh3_64(&self.buffer).cast_signed()
    }

    /// Of a reading; `rejected` is the refusal as its column holds it.
    pub(crate) fn observation(
        &mut self,
        row: &Recorded<Observation>,
        rejected: Option<&str>,
    ) -> i64 {
        self.shared(row);
        let item = &row.item;
        self.text(&item.series.scope);
        self.text(&item.series.name);
        self.maybe_text(item.series.part.as_deref());
        self.period(item.period);
        self.decimal(item.value());
        self.maybe_text(rejected);
        self.maybe_text(item.printed.as_deref());
        self.text(item.qualifier.sign());
        self.text(item.stage.id());
        self.text(&item.unit);
        self.decimal(item.parts.map(|p| p.numerator));
        self.decimal(item.parts.map(|p| p.denominator));
        self.int(item.observed_at.timestamp_micros());
        self.int(item.definition_version.into());
        self.finish()
    }

    /// Of a money line.
    pub(crate) fn money(&mut self, row: &Recorded<MoneyLine>) -> i64 {
        self.shared(row);
        let MoneyLine {
            key,
            period,
            amount_ntd,
            printed,
        } = &row.item;
        self.text(&key.plan);
        self.maybe_text(key.programme.as_deref());
        self.maybe_text(key.agency.as_deref());
        self.int(key.fiscal_year.into());
        self.text(key.span.id());
        self.text(key.kind.id());
        self.period(*period);
        self.int(*amount_ntd);
        self.maybe_text(printed.as_deref());
        self.finish()
    }
}

/// Of a block of rows.
pub(crate) fn block(first: i64, bytes: &[u8]) -> i64 {
    let sum = xxhash_rust::xxh3::xxh3_64_with_seed(bytes, first.cast_unsigned());
    sum.cast_signed()
}
