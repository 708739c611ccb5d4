//! Drop folders: the files that an office or an agency puts into a folder.

use crate::platform::file_trouble;
use crate::transport::{hex, plain};
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::SourceConfig;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

/// Files of a folder that are looked at, the newest ones; older ones are to be moved away.
const LOOKED_AT: usize = 2_000;

/// What a folder holds for a source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Found {
    /// Files from which nothing was taken yet, and the newest in any case; oldest first.
    pub(super) files: Vec<PathBuf>,
    /// Links that lead out of the folder: not read.
    pub(super) escapes: Vec<String>,
    /// Files that were not looked at, because there are too many.
    pub(super) beyond: usize,
}

/// How to look at a folder.
pub(super) struct Look<'a> {
    /// Files from which figures were taken by the source file as it is: hashes.
    pub(super) taken: &'a BTreeSet<String>,
    /// Larger files are refused unread.
    pub(super) max_bytes: u64,
    /// Whether the person or the system asked to stop.
    pub(super) is_stopping: &'a dyn Fn() -> bool,
}

/// A sentence about the source's folder.
fn about(source: &SourceConfig, id: &'static str) -> Message {
    let named = source.folder.as_deref().unwrap_or_default();
    Message::new(id)
        .with("source", source.id.as_str())
        .with("folder", plain(named, 200))
}

/// The source's folder, which lies inside the workspace.
pub(super) fn open(source: &SourceConfig, workspace: &Path) -> Result<PathBuf, Message> {
    let named = source.folder.as_deref().unwrap_or_default();
    let plain_parts = |c| matches!(c, Component::Normal(_) | Component::CurDir);
    if named.is_empty() || !Path::new(named).components().all(plain_parts) {
        return Err(about(source, "collect-folder-outside"));
    }
    let folder = workspace.join(named).canonicalize();
    folder.map_err(|e| about(source, "collect-folder-unreadable").with("detail", file_trouble(&e)))
}

/// Finds the files to read; nothing when it was stopped. An older file from which figures were
/// taken is not read again: it would undo what a newer one said.
pub(super) fn find(
    source: &SourceConfig,
    workspace: &Path,
    look: &Look<'_>,
) -> Result<Option<Found>, Message> {
    let message = |id| about(source, id);
    let failed = |error: io::Error| {
        message("collect-folder-unreadable").with("detail", file_trouble(&error))
    };
    let folder = open(source, workspace)?;
    let pattern = source.pattern.as_deref().unwrap_or("*");
    let mut escapes = Vec::new();
    let mut candidates: Vec<(SystemTime, String, PathBuf, u64)> = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Programs that are still writing use hidden and temporary names.
        if name.starts_with(['.', '~']) || !matches(pattern, &name) {
            continue;
        }
        let Ok(real) = entry.path().canonicalize() else {
            continue;
        };
        if !real.starts_with(&folder) {
            escapes.push(plain(&name, 120));
            continue;
        }
        let Ok(data) = std::fs::metadata(&real) else {
            continue;
        };
        if data.is_file() {
            candidates.push((
                data.modified().unwrap_or(SystemTime::UNIX_EPOCH),
                name,
                real,
                data.len(),
            ));
        }
    }
    escapes.sort();
    candidates.sort();
    let newest = candidates
        .pop()
        .ok_or_else(|| message("collect-folder-empty").with("pattern", plain(pattern, 100)))?;
    let beyond = candidates.len().saturating_sub(LOOKED_AT);
    let mut files = Vec::new();
    for (_, _, path, length) in candidates.into_iter().skip(beyond) {
        let sha256 = match length <= look.max_bytes {
            true => match sha256_of(&path, look.is_stopping) {
                Ok(Some(sha256)) => Some(sha256),
                Ok(None) => return Ok(None),
                // Whoever reads it says why it cannot be read.
                Err(_) => None,
            },
            false => None,
        };
        if sha256.is_none_or(|sha256| !look.taken.contains(&sha256)) {
            files.push(path);
        }
    }
    files.push(newest.2);
    Ok(Some(Found {
        files,
        escapes,
        beyond,
    }))
}

/// Nothing when it was stopped.
fn sha256_of(path: &Path, is_stopping: &dyn Fn() -> bool) -> io::Result<Option<String>> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut block = vec![0; 64 * 1024];
    loop {
        if is_stopping() {
            return Ok(None);
        }
        let length = file.read(&mut block)?;
        match block.get(..length) {
            Some([]) | None => return Ok(Some(hex(&hash.finalize()))),
            Some(bytes) => hash.update(bytes),
        }
    }
}

/// `*` stands for any text, `?` for one character; case counts for nothing, as on Windows.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let fold = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    let (pattern, name) = (fold(pattern), fold(name));
    // Where the last star stood, and how much of the name it has swallowed.
    let (mut at, mut place, mut star) = (0, 0, None);
    while place < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(c) if *c == '?' || name.get(place) == Some(c) => {
                at += 1;
                place += 1;
            }
            _ => match star {
                Some((star_at, swallowed)) => {
                    star = Some((star_at, swallowed + 1));
                    at = star_at + 1;
                    place = swallowed + 1;
                }
                None => return false,
            },
        }
    }
    pattern
        .get(at..)
        .unwrap_or_default()
        .iter()
        .all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_people_write_them() {
        for (pattern, name, expected) in [
            ("*.csv", "預算-114Q3.csv", true),
            ("*.csv", "BUDGET.CSV", true),
            ("*.csv", "budget.csv.part", false),
            ("budget-????Q?.csv", "budget-2025Q3.csv", true),
            ("budget-????Q?.csv", "budget-2025Q3-old.csv", false),
            ("*a*b", "xxaxxbxxab", true),
            ("*", "", true),
            ("", "x", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
