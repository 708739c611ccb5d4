//! The demo's folder: whose it is, what of it is made anew, and how a run that was cut off is known.

use super::figures::Figures;
use super::workspace::{self, Edition};
use crate::failure::Failure;
use crate::platform;
use crate::session::LOCK;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_store::{Holder, WorkspaceLock};
use std::io;
use std::path::Path;
use std::time::Duration;

/// What makes a folder a demo: this line in its settings.
const MARK: &str = "[demo]";
const SETTINGS: &str = "quarterdeck.toml";
/// There from the first moment of a run to its last.
const UNFINISHED: &str = ".unfinished";

/// Files and folders the demo makes, besides its settings; nothing else in its folder is touched.
const OWN: [&str; 12] = [
    "DEMO.md",
    "register",
    "sources",
    "drop",
    "captures",
    "originals",
    "quarterdeck.db",
    "quarterdeck.db-wal",
    "quarterdeck.db-shm",
    "quarterdeck.db-journal",
    "reports/2025Q3",
    "reports/2025Q3.zip",
];

/// Refuses a folder that is not a demo or that somebody is writing to; takes away what an earlier
/// run made. At any moment from then on the folder is known as a demo.
pub(super) fn begin(root: &Path) -> Result<WorkspaceLock, Failure> {
    std::fs::create_dir_all(root).map_err(|error| failed(root, &error))?;
    let settings = std::fs::read_to_string(root.join(SETTINGS)).unwrap_or_default();
    let is_demo = settings.lines().any(|line| line.trim() == MARK);
    if !is_demo && !is_free(root)? {
        let shown = clean(&root.to_string_lossy());
        return Err(Failure::usage(
            Message::new("demo-folder-not-demo").with("folder", shown),
        ));
    }
    let holder = Holder {
        pid: platform::process_id(),
        host: platform::host_name(),
        since: platform::now(),
        command: "qd demo".to_owned(),
    };
    let lock = WorkspaceLock::acquire(&root.join(LOCK), &holder, Duration::ZERO)?;
    // The settings come first and stay: whatever cuts the run off, the next one knows the folder.
    // Those of an earlier run do as well, so that a full disk is emptied before it is written to.
    if !is_demo {
        let files = workspace::files(Edition::First).map_err(Failure::nothing)?;
        let settings = files.get(SETTINGS).map(Vec::as_slice).unwrap_or_default();
        replace(&root.join(SETTINGS), settings)?;
    }
    replace(&root.join(UNFINISHED), b"")?;
    for name in OWN {
        let path = root.join(name);
        let removed = if path.is_dir() {
            std::fs::remove_dir_all(&path)
        } else {
            std::fs::remove_file(&path)
        };
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed(&path, &error));
            }
            _ => {}
        }
    }
    Ok(lock)
}

/// Empty, but for what a run leaves that was cut off before its settings were there.
fn is_free(root: &Path) -> Result<bool, Failure> {
    let entries = std::fs::read_dir(root).map_err(|error| failed(root, &error))?;
    for entry in entries {
        let name = entry.map_err(|error| failed(root, &error))?.file_name();
        let name = name.to_string_lossy();
        let is_left =
            name == LOCK || (name.starts_with(".quarterdeck.toml.") && name.ends_with(".new"));
        if !is_left {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The run came to its end.
pub(super) fn finished(root: &Path) -> Result<(), Failure> {
    let path = root.join(UNFINISHED);
    std::fs::remove_file(&path).map_err(|error| failed(&path, &error))
}

/// Whether the last run in the folder was cut off.
pub(super) fn is_unfinished(root: &Path) -> bool {
    root.join(UNFINISHED).exists()
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::nothing(platform::refused(path, error)).at(clean(&path.to_string_lossy()))
}

fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    platform::replace_file(path, bytes)
        .map_err(|message| Failure::nothing(message).at(clean(&path.to_string_lossy())))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    }
    std::fs::write(path, bytes).map_err(|error| failed(path, &error))
}

/// Writes the files of an edition.
pub(super) fn write_files(root: &Path, edition: Edition) -> Result<(), Failure> {
    for (name, bytes) in workspace::files(edition).map_err(Failure::nothing)? {
        // Never half of the settings, by which the folder is known.
        if name == SETTINGS {
            replace(&root.join(&name), &bytes)?;
        } else {
            write(&root.join(&name), &bytes)?;
        }
    }
    Ok(())
}

/// Puts a quarter's file into the drop folder; that of the last quarter never comes.
pub(super) fn deliver_file(
    root: &Path,
    figures: &Figures,
    quarter: Quarter,
) -> Result<(), Failure> {
    let folder = root.join("drop").join("troad");
    let value = |series: &str| figures.reading(quarter, series);
    let (Some(exchanges), Some(availability)) =
        (value("P20/troad-exchanges"), value("P20/gsn-availability"))
    else {
        return std::fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error));
    };
    let mut text = format!("\u{FEFF}{}\r\n", figures.words.drop_header);
    let exchanges: i64 = exchanges.parse().unwrap_or_default();
    for month in 1..=3_i64 {
        // The counts run up to the quarter's figure; the month's own share is not known better.
        let so_far = exchanges - exchanges / 100 * (3 - month);
        let number = i64::from(quarter.number) * 3 - 3 + month;
        text.push_str(&format!(
            "{}{number:02},{so_far},{availability}\r\n",
            quarter.roc_year()
        ));
    }
    write(
        &folder.join(format!("troad-{quarter}.csv")),
        text.as_bytes(),
    )
}
