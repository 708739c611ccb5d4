//! The demo: a workspace of invented figures, collected quarter by quarter from portals on loopback.
//!
//! Only the portals and the figures are invented. Everything else is the ordinary way: the same
//! transport, decoders, store, assessment and report as for a real office.

mod catalogue;
mod figures;
mod people;
mod portals;
mod workspace;

pub use figures::QUARTERS;
pub use portals::Portals;

use crate::collect::{self, CollectOptions, CollectSummary};
use crate::transport::OriginOverride;
use crate::workspace::{Workspace, load};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use figures::Figures;
use quarterdeck_kpi::calendar::{Quarter, TAIPEI};
use quarterdeck_kpi::message::Message;
use quarterdeck_store::{OpenMode, Store};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use workspace::Edition;

/// Where the demo's sources point; the real origin is filled in while the portals run.
pub const ORIGIN: &str = "http://demo.invalid";

/// Days after a quarter's end on which it is collected.
const COLLECT_DAYS: i64 = 20;

/// What makes a folder a demo: this line in its settings.
const MARK: &str = "[demo]";

/// Files and folders the demo makes; nothing else in its folder is touched.
const OWN: [&str; 9] = [
    "quarterdeck.toml",
    "DEMO.md",
    "register",
    "sources",
    "drop",
    "captures",
    "quarterdeck.db",
    "quarterdeck.db-wal",
    "quarterdeck.db-shm",
];

/// How far the making of the demo is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The quarter just done.
    pub quarter: Quarter,
    /// Quarters done.
    pub done: u64,
    /// Of how many.
    pub of: u64,
}

/// What was made.
#[derive(Debug)]
pub struct DemoSummary {
    /// Its folder.
    pub root: PathBuf,
    /// The last quarter's collection.
    pub last: CollectSummary,
    /// Readings and amounts stored in all.
    pub readings: usize,
    /// Stopped before the end; a rerun makes it anew.
    pub interrupted: bool,
}

/// Whether a workspace is a demo.
pub fn is_demo(workspace: &Workspace) -> bool {
    workspace.settings.demo.is_some()
}

/// Starts the portals of a demo workspace for a later collection: they stand at the last quarter.
pub fn start_portals(port: u16) -> Result<Portals, Message> {
    Portals::start(port, QUARTERS.1)
}

/// The origin that a collection of the demo is to use.
pub fn origin_override(portals: &Portals) -> OriginOverride {
    OriginOverride { placeholder: ORIGIN.to_owned(), real: portals.origin() }
}

/// Nine o'clock in Taipei, so many days after a day.
fn nine_after(day: NaiveDate, days: i64) -> DateTime<Utc> {
    let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
    TAIPEI
        .from_local_datetime(&(day + Duration::days(days)).and_time(nine))
        .single()
        .map(|at| at.with_timezone(&Utc))
        .unwrap_or_default()
}

/// Makes the demo in a folder; one that is a demo already is made anew, any other is refused.
pub fn make(
    root: &Path,
    progress: &mut dyn FnMut(Step),
    interrupt: &AtomicBool,
) -> Result<DemoSummary, Message> {
    clear(root)?;
    let figures = Figures::embedded().ok_or_else(|| Message::new("demo-figures-broken").with("detail", ""))?;
    let (first, last) = QUARTERS;
    // Before the first quarter there is only the register.
    let began = nine_after(first.start(), 3);
    write_files(root, Edition::First)?;
    let mut workspace = load(root)?;
    let mut store =
        Store::open(&root.join("quarterdeck.db"), OpenMode::Create).map_err(|e| e.message())?;
    record_register(&mut store, &workspace, began)?;
    let portals = Portals::start(0, first)?;
    let of = u64::try_from(last.ordinal() - first.ordinal() + 1).unwrap_or_default();
    let mut done = 0;
    let mut readings = 0;
    let mut summary = None;
    let mut quarter = first;
    while quarter <= last && !interrupt.load(Ordering::SeqCst) {
        let at = nine_after(quarter.end(), COLLECT_DAYS);
        portals.stand_at(quarter);
        if let Some(changed) = edition_before(quarter) {
            write_files(root, changed.0)?;
            workspace = load(root)?;
            record_register(&mut store, &workspace, changed.1)?;
        }
        deliver_file(root, &figures, quarter)?;
        people::enter(&mut store, &workspace.register, &figures, quarter, first)?;
        let now = move || at;
        let mut options = CollectOptions::new(quarter, &now);
        options.origin = Some(origin_override(&portals));
        options.identity = "demo".to_owned();
        let collected = collect::collect(&workspace, &mut store, &options, &mut |_| {}, interrupt)?;
        if quarter == (Quarter { year: 2024, number: 2 }) {
            let corrected_at = nine_after(NaiveDate::from_ymd_opt(2024, 10, 5).unwrap_or_default(), 0);
            people::correct(
                &mut store,
                &workspace.register,
                corrected_at,
                &figures.words.correction_reason,
            )?;
        }
        readings += collected.new_readings();
        summary = Some(collected);
        done += 1;
        progress(Step { quarter, done, of });
        quarter = quarter.next();
    }
    let last = summary.unwrap_or(CollectSummary { run: None, sources: Vec::new(), interrupted: true });
    Ok(DemoSummary { root: root.to_owned(), interrupted: done < of || last.interrupted, last, readings })
}

/// Editions of the files come into force before the collection of these quarters.
fn edition_before(quarter: Quarter) -> Option<(Edition, DateTime<Utc>)> {
    let on = |year, month, day| nine_after(NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default(), 0);
    match (quarter.year, quarter.number) {
        (2024, 4) => Some((Edition::Retargeted, on(2024, 12, 20))),
        (2025, 4) => Some((Edition::Final, on(2026, 1, 9))),
        _ => None,
    }
}

fn record_register(store: &mut Store, workspace: &Workspace, at: DateTime<Utc>) -> Result<(), Message> {
    store
        .record_register(&workspace.files, people::PERSON, "demo", at)
        .map(|_| ())
        .map_err(|e| e.message())
}

/// Refuses a folder that is not a demo; takes away what an earlier run made.
fn clear(root: &Path) -> Result<(), Message> {
    let shown = || root.to_string_lossy().into_owned();
    let failed = |error: &std::io::Error| {
        Message::new("demo-folder-failed").with("folder", shown()).with("detail", error.to_string())
    };
    let is_empty = match std::fs::read_dir(root) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return std::fs::create_dir_all(root).map_err(|e| failed(&e));
        }
        Err(error) => return Err(failed(&error)),
    };
    if is_empty {
        return Ok(());
    }
    let settings = std::fs::read_to_string(root.join("quarterdeck.toml")).unwrap_or_default();
    if !settings.lines().any(|line| line.trim() == MARK) {
        return Err(Message::new("demo-folder-not-demo").with("folder", shown()));
    }
    for name in OWN {
        let path = root.join(name);
        let removed =
            if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(&error)),
            _ => {}
        }
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Message> {
    let failed = |error: std::io::Error| {
        Message::new("demo-folder-failed")
            .with("folder", path.to_string_lossy().into_owned())
            .with("detail", error.to_string())
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, bytes).map_err(failed)
}

fn write_files(root: &Path, edition: Edition) -> Result<(), Message> {
    let files: BTreeMap<String, Vec<u8>> = workspace::files(edition)?;
    for (path, bytes) in files {
        write(&root.join(path), &bytes)?;
    }
    Ok(())
}

/// Puts a quarter's file into the drop folder; that of the last quarter never comes.
fn deliver_file(root: &Path, figures: &Figures, quarter: Quarter) -> Result<(), Message> {
    let folder = root.join("drop").join("troad");
    let value = |series: &str| figures.reading(quarter, series);
    let (Some(exchanges), Some(availability)) =
        (value("P20/troad-exchanges"), value("P20/gsn-availability"))
    else {
        return std::fs::create_dir_all(&folder).map_err(|error| {
            Message::new("demo-folder-failed")
                .with("folder", folder.to_string_lossy().into_owned())
                .with("detail", error.to_string())
        });
    };
    let mut text = format!("\u{FEFF}{}\r\n", figures.words.drop_header);
    let exchanges: i64 = exchanges.parse().unwrap_or_default();
    for month in 1..=3_i64 {
        // The counts run up to the quarter's figure; the month's own share is not known better.
        let so_far = exchanges - exchanges / 100 * (3 - month);
        let number = i64::from(quarter.number) * 3 - 3 + month;
        text.push_str(&format!("{}{number:02},{so_far},{availability}\r\n", quarter.roc_year()));
    }
    write(&folder.join(format!("troad-{quarter}.csv")), text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_a_demo_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("letter.txt"), "keep me").unwrap();
        let error = clear(folder.path()).unwrap_err();
        assert_eq!(error.id, "demo-folder-not-demo");
        assert!(folder.path().join("letter.txt").exists());
    }
}
