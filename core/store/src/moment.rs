//! The time that things are recorded with: it never goes back from one to the next because a clock was
//! set back.
//!
//! A clock that is up to two days behind the last thing that was recorded stands still there until it
//! has caught up: so "as of T" shows nothing that was recorded later than T. A clock that is further
//! behind is taken at its word, because then the last thing was recorded by a clock that was ahead: what
//! it dated lies in the future and does not count until then. Either is said, never silent.

use crate::dictionary::instant;
use crate::error::StoreError;
use crate::queries;
use crate::store::Store;
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::Connection;

/// So far may a clock be behind for time to stand still: a wrong zone, a wrong day.
pub const STANDS_STILL: TimeDelta = TimeDelta::days(2);

/// The moment to record something with by a clock that shows `now`.
pub(crate) fn not_before(
    connection: &Connection,
    now: DateTime<Utc>,
) -> rusqlite::Result<DateTime<Utc>> {
    let last: [Option<i64>; 3] = connection
        .prepare_cached(queries::LAST_MOMENTS)?
        .query_row([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?;
    let near = last.into_iter().flatten().filter_map(instant);
    let near = near.filter(|last| *last - now <= STANDS_STILL);
    Ok(near.fold(now, DateTime::max))
}

impl Store {
    /// The moment that something done now is recorded with; see the rules above.
    pub fn moment(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, StoreError> {
        self.read(|connection, _| Ok(not_before(connection, now)?))
    }
}
