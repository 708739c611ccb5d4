//! A database that is gone while what it explains is still there.

use crate::bag::{folder_of, quarters_in};
use crate::failure::Failure;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use std::path::Path;

/// A database that is gone, or empty, beside what only it can explain: an empty one in its place would hide that.
pub(crate) fn lost(root: &Path, database: &Path) -> Result<(), Failure> {
    if std::fs::metadata(database).is_ok_and(|file| file.len() > 0) {
        return Ok(());
    }
    let has_entries =
        |folder: &Path| std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    let stored = std::fs::read_dir(root.join("captures"))
        .into_iter()
        .flatten();
    let mut beside: Vec<String> = Vec::new();
    if stored.flatten().any(|entry| has_entries(&entry.path())) {
        beside.push("captures/".to_owned());
    }
    let quarters = quarters_in(root);
    beside.extend(quarters.into_iter().map(folder_of));
    if beside.is_empty() {
        return Ok(());
    }
    let text = Message::new("session-database-lost").with("beside", beside.join(", "));
    Err(Failure::nothing(text)
        .at(clean(&database.to_string_lossy()))
        .next(Message::new("session-database-lost-next")))
}
