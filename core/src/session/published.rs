//! Since when a figure that the register carries was known.
//!
//! A version is recorded whenever any file changes. A figure is as old as the first version that has
//! it, not as the last edit of some other file.

use crate::workspace::load_from_files;
use chrono::{DateTime, Utc};
use memchr::memmem;
use quarterdeck_kpi::observation::Recorded;
use quarterdeck_kpi::register::Register;
use quarterdeck_store::{Store, StoreError, sha256_hex};

/// Dates every row of a register, made of `files`, by the first version that has it, of those
/// recorded by `until`; a row that no version has yet keeps its time.
pub(super) fn date(
    store: &Store,
    register: &mut Register,
    files: &[(String, Vec<u8>)],
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    if register.published.is_empty() && register.money.is_empty() {
        return Ok(());
    }
    let carrying: Vec<(&str, String)> = files
        .iter()
        .filter(|file| may_carry(file))
        .map(|(path, bytes)| (path.as_str(), sha256_hex(bytes)))
        .collect();
    // Newest first: the search ends where nothing of these rows is left.
    for version in store.register_versions()?.iter().rev() {
        if version.recorded_at > until {
            continue;
        }
        // The same bytes say the same: nothing needs to be read.
        let hashes = store.register_hashes(version.version)?;
        let is_there = |(path, hash): &(&str, String)| hashes.get(*path) == Some(hash);
        if carrying.iter().all(is_there) {
            let at = version.recorded_at;
            for row in &mut register.published {
                row.recorded_at = row.recorded_at.min(at);
            }
            for row in &mut register.money {
                row.recorded_at = row.recorded_at.min(at);
            }
            continue;
        }
        let Some(then) = store.register_version(version.version)? else {
            break;
        };
        let (then, ..) = load_from_files(&then.files, then.recorded_at);
        let readings = settle(&mut register.published, &then.published);
        let money = settle(&mut register.money, &then.money);
        if !readings && !money {
            break;
        }
    }
    Ok(())
}

/// Whether a file can hold published figures or amounts.
fn may_carry((path, bytes): &(String, Vec<u8>)) -> bool {
    // As a list of tables, or as one line: `[[published]]`, `published = [`.
    let says = |key: &str| {
        memmem::find_iter(bytes, key).any(|at| {
            let rest = bytes.get(at + key.len()..).unwrap_or_default();
            ["]]", " =", "="]
                .iter()
                .any(|end| rest.starts_with(end.as_bytes()))
        })
    };
    path.starts_with("register/") && ["published", "budget", "line"].iter().any(|key| says(key))
}

/// Gives the rows that were there already the earlier time; whether there were any.
fn settle<T: PartialEq>(rows: &mut [Recorded<T>], then: &[Recorded<T>]) -> bool {
    let mut any = false;
    for row in rows {
        let same = |old: &&Recorded<T>| old.cause == row.cause && old.item == row.item;
        if let Some(old) = then.iter().find(same) {
            row.recorded_at = row.recorded_at.min(old.recorded_at);
            any = true;
        }
    }
    any
}
