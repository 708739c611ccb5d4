//! What is known about asking a source: calls that count against a limit, portals that asked to be
//! left alone, answers that can be asked about, and how the last attempts went.

use crate::captures::{fetch, lower_header};
use crate::dictionary::{instant, lossy};
use crate::read::{Columns, all};
use crate::store::{Commit, Fault, Store};
use crate::{Fetch, StoreError, queries};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use quarterdeck_kpi::finding::Finding;
use quarterdeck_kpi::source::{Attempt, Outcome};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Rows that lie further ahead than this were written under a clock that has been set back.
const CLOCK_SLACK: TimeDelta = TimeDelta::minutes(5);

/// The stretch a daily limit counts in. It slides, so that it holds whatever the portal calls a day.
const DAY: TimeDelta = TimeDelta::hours(24);

/// What a portal allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallLimit {
    /// Calls in any 24 hours.
    pub per_day: Option<u32>,
    /// Seconds between two calls.
    pub seconds_between: Option<u32>,
}

/// A call that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCall {
    /// Run it belongs to; none for a dry run.
    pub run: Option<i64>,
    /// Source id.
    pub source: String,
    /// Host that is asked.
    pub host: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// How a limit stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Calls left in the day that ends now; none without a daily limit.
    pub left: Option<u32>,
    /// The next call is allowed then; not after the moment when it is allowed at once.
    pub from: DateTime<Utc>,
    /// It is the daily limit that stands in the way.
    pub used_up: bool,
}

/// How the attempts at a source went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pulse {
    /// The last attempt.
    pub last: Option<DateTime<Utc>>,
    /// The last that brought figures.
    pub last_good: Option<DateTime<Utc>>,
    /// Attempts since then.
    pub failures: u32,
}

/// An answer that its portal can be asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct Revisit {
    /// Hash of what decided about that answer.
    pub settings: String,
    /// Address it came from, without secrets.
    pub url: String,
    /// When it came.
    pub fetched_at: DateTime<Utc>,
    /// `ETag`, as sent.
    pub etag: Option<String>,
    /// `Last-Modified`, as sent.
    pub last_modified: Option<String>,
    /// The last attempt that brought figures, or said that they are as they were.
    pub attempt: Attempt,
    /// What was noticed then.
    pub findings: Vec<Finding>,
}

/// Until when a source leaves a host alone.
pub type Holds = BTreeMap<(String, String), DateTime<Utc>>;

impl CallLimit {
    /// Whether anything is limited.
    pub fn is_none(&self) -> bool {
        self.per_day.is_none() && self.seconds_between.is_none()
    }

    /// How the limit stands, after calls at these moments, latest first.
    fn stands(&self, calls: &[DateTime<Utc>], now: DateTime<Utc>) -> Allowance {
        let mut allowance = Allowance {
            left: None,
            from: now,
            used_up: false,
        };
        if let Some(seconds) = self.seconds_between {
            let pause = TimeDelta::seconds(seconds.into());
            // A call from further ahead than a pause tells nothing about now.
            let last = calls.iter().find(|at| **at <= now + pause);
            allowance.from = last.map_or(now, |last| (*last + pause).max(now));
        }
        if let Some(most) = self.per_day {
            let used = u32::try_from(calls.len()).unwrap_or(u32::MAX);
            allowance.left = Some(most.saturating_sub(used));
            let index = usize::try_from(most).unwrap_or(usize::MAX).wrapping_sub(1);
            if let Some(oldest) = calls.get(index) {
                allowance.used_up = true;
                allowance.from = allowance.from.max(*oldest + DAY);
            }
        }
        allowance
    }
}

fn calls(
    connection: &Connection,
    source: &str,
    now: DateTime<Utc>,
) -> Result<Vec<DateTime<Utc>>, Fault> {
    let (from, to) = (now - DAY, now + DAY);
    let values = params![source, from.timestamp_micros(), to.timestamp_micros()];
    let found = all(connection, queries::CALLS_BETWEEN, values, |row| {
        row.get(0).ok().and_then(instant)
    })?;
    Ok(found.into_iter().flatten().collect())
}

impl Store {
    /// How a source's limit stands.
    pub fn allowance(
        &self,
        source: &str,
        limit: CallLimit,
        now: DateTime<Utc>,
    ) -> Result<Allowance, StoreError> {
        self.read(|connection, _| Ok(limit.stands(&calls(connection, source, now)?, now)))
    }

    /// Counts a call if the limit allows it now; it is on the disk before it may be sent. Two
    /// processes that ask at once are counted one after the other. `from` of the answer is not
    /// after the call's moment when it was counted.
    pub fn count_call(
        &mut self,
        call: &NewCall,
        limit: CallLimit,
    ) -> Result<Allowance, StoreError> {
        self.write(Commit::Durable, |transaction, _| {
            let stands = limit.stands(&calls(transaction, &call.source, call.at)?, call.at);
            if stands.from <= call.at {
                let values = params![call.run, call.source, call.host, call.at.timestamp_micros()];
                transaction
                    .prepare_cached(queries::INSERT_CALL)?
                    .insert(values)?;
            }
            Ok(stands)
        })
    }

    /// Notes that a portal asked to be left alone until a moment.
    pub fn hold(
        &mut self,
        source: &str,
        host: &str,
        at: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.write(Commit::Durable, |transaction, _| {
            let values = params![
                source,
                host,
                at.timestamp_micros(),
                until.timestamp_micros()
            ];
            transaction
                .prepare_cached(queries::INSERT_HOLD)?
                .insert(values)?;
            Ok(())
        })
    }

    /// Sources whose portals want to be left alone, with the host that said so, and until when.
    pub fn holds(&self, now: DateTime<Utc>) -> Result<Holds, StoreError> {
        self.read(|connection, _| {
            let said_by = now + CLOCK_SLACK;
            let values = params![now.timestamp_micros(), said_by.timestamp_micros()];
            let found = all(connection, queries::HOLDS, values, |row| {
                let place = (lossy(row, 0)?, lossy(row, 1)?);
                Some((place, row.get(2).ok().and_then(instant)?))
            })?;
            Ok(found.into_iter().flatten().collect())
        })
    }

    /// How the attempts at a source went.
    pub fn pulse(&self, source: &str) -> Result<Pulse, StoreError> {
        self.read(|connection, _| {
            let last: Option<i64> = connection
                .prepare_cached(queries::LAST_ATTEMPT)?
                .query_row([source], |row| row.get(0))
                .optional()?;
            let good: Option<(i64, i64)> = connection
                .prepare_cached(queries::LAST_GOOD)?
                .query_row([source], |row| Ok((row.get(0)?, row.get(3)?)))
                .optional()?;
            let failures: i64 = connection
                .prepare_cached(queries::ATTEMPTS_AFTER)?
                .query_row(params![source, good.map_or(0, |(id, _)| id)], |row| {
                    row.get(0)
                })?;
            Ok(Pulse {
                last: last.and_then(instant),
                last_good: good.and_then(|(_, at)| instant(at)),
                failures: u32::try_from(failures).unwrap_or(u32::MAX),
            })
        })
    }

    /// Last day of the latest period a source brought figures of.
    pub fn newest_period_end(&self, source: &str) -> Result<Option<NaiveDate>, StoreError> {
        self.read(|connection, _| {
            let day: Option<String> = connection
                .prepare_cached(queries::NEWEST_PERIOD)?
                .query_row([source], |row| row.get(0))?;
            Ok(day.and_then(|day| day.parse().ok()))
        })
    }

    /// Sources that have an answer which can be asked about.
    pub fn revisit_sources(&self) -> Result<BTreeSet<String>, StoreError> {
        self.read(|connection, _| {
            let found = all(connection, queries::REVISIT_SOURCES, [], |row| {
                lossy(row, 0)
            })?;
            Ok(found.into_iter().flatten().collect())
        })
    }

    /// The answer of a source that can be asked about: the last one it sent, and no other.
    pub fn revisit(&self, source: &str) -> Result<Option<Revisit>, StoreError> {
        let Some(fetch) = self.last_fetch(source)? else {
            return Ok(None);
        };
        self.read(|connection, _| {
            let noted: Option<(i64, String)> = connection
                .prepare_cached(queries::REVISIT)?
                .query_row([source], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((_, settings)) = noted.filter(|(run, _)| fetch.run == Some(*run)) else {
                return Ok(None);
            };
            let Some((load, attempt)) = last_good(connection, source)? else {
                return Ok(None);
            };
            let findings = all(
                connection,
                queries::FINDINGS_OF_LOAD,
                params![source, load],
                |row| lossy(row, 0).and_then(|body| serde_json::from_str(&body).ok()),
            )?;
            Ok(Some(Revisit {
                settings,
                url: fetch.url.clone(),
                fetched_at: fetch.fetched_at,
                etag: lower_header(&fetch.headers, "etag"),
                last_modified: lower_header(&fetch.headers, "last-modified"),
                attempt,
                findings: findings.into_iter().flatten().collect(),
            }))
        })
    }
}

impl Store {
    /// What `keep` makes of the last answer of each target of a source, among its last `at_most` answers. Nothing of
    /// any of them, unless the source's last attempt noted that they can be asked about while the settings are these;
    /// and nothing of one that came after that attempt, or on several pages.
    pub fn answers_of_targets<T>(
        &self,
        source: &str,
        settings: &str,
        at_most: usize,
        keep: impl Fn(Fetch) -> Option<T>,
    ) -> Result<HashMap<String, T>, StoreError> {
        self.read(|connection, _| {
            let noted: Option<(i64, String)> = connection
                .prepare_cached(queries::REVISIT)?
                .query_row([source], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let last_run: Option<i64> = connection
                .prepare_cached(queries::LAST_ATTEMPT)?
                .query_row([source], |row| row.get(1))
                .optional()?;
            let noted = noted.filter(|(run, then)| last_run == Some(*run) && then == settings);
            let Some((noted_by, _)) = noted else {
                return Ok(HashMap::new());
            };
            let most = i64::try_from(at_most).unwrap_or(i64::MAX);
            let values = params![source, most];
            let mut last: HashMap<String, (Option<i64>, Option<T>)> = HashMap::new();
            all(connection, queries::ANSWERS_OF_TARGETS, values, |row| {
                let answer = fetch(row).ok()?;
                let target = answer.taken.as_ref()?.target.clone()?;
                let run = answer.run;
                match last.entry(target) {
                    Entry::Vacant(place) => {
                        let in_time = run.is_some_and(|run| run <= noted_by);
                        place.insert((run, in_time.then(|| keep(answer)).flatten()));
                    }
                    // Another page of the same answer.
                    Entry::Occupied(mut place) if place.get().0 == run => place.get_mut().1 = None,
                    Entry::Occupied(_) => {}
                }
                Some(())
            })?;
            let kept = |(target, (_, kept))| Some((target, kept?));
            Ok(last.into_iter().filter_map(kept).collect())
        })
    }
}

fn last_good(connection: &Connection, source: &str) -> Result<Option<(i64, Attempt)>, Fault> {
    let mut found = all(connection, queries::LAST_GOOD, [source], |row| {
        let mut columns = Columns::of(row);
        let attempt = Attempt {
            run: columns.int(2),
            at: columns.instant(3),
            outcome: Outcome::from_id(&columns.text(4)).unwrap_or(Outcome::Partial),
            rows: columns.int(5).unsigned_abs(),
            elapsed_ms: columns.int(6).unsigned_abs(),
            message: columns
                .maybe_text(7)
                .and_then(|text| serde_json::from_str(&text).ok()),
            certificate_not_after: columns.maybe_int(8).and_then(instant),
        };
        (columns.int(1), attempt)
    })?;
    Ok(found.pop())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_770_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_daily_limit_slides() {
        let limit = CallLimit {
            per_day: Some(2),
            seconds_between: None,
        };
        assert_eq!(limit.stands(&[], at(0)).left, Some(2));
        assert_eq!(limit.stands(&[at(-5)], at(0)).from, at(0));
        let stands = limit.stands(&[at(-5), at(-3600)], at(0));
        assert_eq!((stands.left, stands.used_up), (Some(0), true));
        assert_eq!(stands.from, at(-3600 + 86_400));
    }

    #[test]
    fn a_pause_is_kept_but_not_for_years() {
        let limit = CallLimit {
            per_day: None,
            seconds_between: Some(60),
        };
        assert_eq!(limit.stands(&[at(-20)], at(0)).from, at(40));
        assert_eq!(limit.stands(&[at(-61)], at(0)).from, at(0));
        // Under a clock that was set back.
        assert_eq!(limit.stands(&[at(7200), at(-20)], at(0)).from, at(40));
    }
}
