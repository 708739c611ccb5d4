//! Amounts that a second thread reads while the first is busy with the workspace's files: they are most
//! of what a database holds, and what a question about the whole portfolio waits for.

use crate::queries;
use crate::read::{Reader, all, money, whole};
use crate::store::{Fault, OpenMode, Store};
use quarterdeck_kpi::money::MoneyLine;
use quarterdeck_kpi::observation::Recorded;
use rusqlite::{Connection, OptionalExtension};
use std::path::Path;
use std::thread::JoinHandle;

/// In a smaller file (bytes) there is less to gain than a thread costs.
const LARGE: u64 = 1 << 20;

/// Amounts on their way; see [`Store::expect`].
#[derive(Debug)]
pub struct Ahead(JoinHandle<Option<Found>>);

/// Every amount by sequence, with the sum of the last row as it is stored.
#[derive(Debug)]
struct Found {
    lines: Vec<Recorded<MoneyLine>>,
    last: Option<(i64, i64)>,
}

impl Ahead {
    /// Begins to read the amounts of a database, if it is large enough. Nothing is written, and
    /// what goes wrong is met again, and said, by who reads them without it.
    pub fn begin(path: &Path) -> Option<Ahead> {
        let is_large = std::fs::metadata(path).is_ok_and(|meta| meta.len() >= LARGE);
        let path = path.to_owned();
        let read = move || read(&path);
        is_large
            .then(|| std::thread::Builder::new().name("ahead".into()).spawn(read))?
            .ok()
            .map(Ahead)
    }

    /// The amounts as this connection sees them: rows are only ever added, so that it knows those that were
    /// read ahead, and perhaps more. `None` when it does not.
    pub(crate) fn seen_by(
        self,
        connection: &Connection,
        mut after: impl FnMut(i64) -> rusqlite::Result<Vec<Recorded<MoneyLine>>>,
    ) -> Result<Option<Vec<Recorded<MoneyLine>>>, Fault> {
        let Some(Found { mut lines, last }) = self.0.join().ok().flatten() else {
            return Ok(None);
        };
        let Some((sequence, sum)) = last else {
            return Ok(None);
        };
        // What is damaged, or was written to while it was read, is looked at again.
        if lines.iter().any(|line| !line.intact) {
            return Ok(None);
        }
        let known: Option<(i64, i64)> = connection
            .prepare_cached(queries::MONEY_UP_TO)?
            .query_row([sequence], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
        if known != Some((count, sum)) {
            return Ok(None);
        }
        lines.append(&mut after(sequence)?);
        Ok(Some(lines))
    }
}

fn read(path: &Path) -> Option<Found> {
    let store = Store::open(path, OpenMode::ReadOnly).ok()?;
    store
        .read(|connection, dictionary| {
            dictionary.refresh(connection)?;
            let mut reader = Reader::on(connection);
            let lines = whole(
                connection,
                queries::MONEY_COUNT,
                queries::MONEY_LINES,
                |row| money(row, dictionary, &mut reader),
            )?;
            let last = all(connection, queries::MONEY_LAST, [], |row| {
                row.get(0).ok().zip(row.get(1).ok())
            })?;
            let last = last.into_iter().next().flatten();
            Ok(Found { lines, last })
        })
        .ok()
}
