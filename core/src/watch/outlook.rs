//! When a source is asked next, and what its limit leaves.

use crate::collect::{held, limit_of};
use crate::failure::Failure;
use chrono::{DateTime, Utc};
use quarterdeck_sources::SourceConfig;
use quarterdeck_sources::schedule::{History, Schedule};
use quarterdeck_store::{Holds, Store};

/// What is to be expected of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outlook {
    /// The next run by schedule, limit and hold; in the past when it is due. None for `manual` and
    /// disabled sources.
    pub next_run: Option<DateTime<Utc>>,
    /// Calls left in the 24 hours that end now; none without a daily limit.
    pub calls_left: Option<u32>,
    /// The last attempt that brought figures.
    pub last_good: Option<DateTime<Utc>>,
}

/// Works out what is to be expected of a source; `holds` are those of [`Store::holds`].
pub fn outlook(
    store: &Store,
    source: &SourceConfig,
    holds: &Holds,
    now: DateTime<Utc>,
) -> Result<Outlook, Failure> {
    let schedule = Schedule::parse(&source.schedule);
    let (history, calls_left, last_good) = history(store, source, schedule.as_ref(), holds, now)?;
    Ok(Outlook {
        next_run: schedule
            .filter(|_| !source.disabled)
            .and_then(|schedule| schedule.next_run(&source.id, &history, now)),
        calls_left,
        last_good,
    })
}

/// What the store knows of a source, as its schedule needs it; then the calls left, and the last
/// good attempt.
type Known = (History, Option<u32>, Option<DateTime<Utc>>);

/// Looks a source up in the store.
pub(super) fn history(
    store: &Store,
    source: &SourceConfig,
    schedule: Option<&Schedule>,
    holds: &Holds,
    now: DateTime<Utc>,
) -> Result<Known, Failure> {
    let pulse = store.pulse(&source.id)?;
    let newest_period_end = match schedule {
        Some(Schedule::AfterQuarter(_)) => store.newest_period_end(&source.id)?,
        _ => None,
    };
    let mut not_before = held(holds, source);
    let mut calls_left = None;
    let limit = limit_of(source);
    if !limit.is_none() {
        let stands = store.allowance(&source.id, limit, now)?;
        calls_left = stands.left;
        if stands.from > now {
            not_before = not_before.max(Some(stands.from));
        }
    }
    let history = History {
        last: pulse.last,
        failures: pulse.failures,
        newest_period_end,
        not_before,
    };
    Ok((history, calls_left, pulse.last_good))
}
