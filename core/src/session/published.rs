//! Since when a figure that the register carries was known.
//!
//! A version is recorded whenever any file changes. A figure is as old as the first version that has
//! it, not as the last edit of some other file.

use crate::workspace::load_from_files;
use chrono::{DateTime, Utc};
use memchr::memmem;
use quarterdeck_kpi::observation::{Cause, Recorded};
use quarterdeck_kpi::register::Register;
use quarterdeck_store::{FileSince, Store, StoreError, sha256_hex};
use std::collections::{HashMap, HashSet};

/// Dates every row of a register, made of `files`, by the first version that has it, of those
/// recorded by `until`; a row that no version has yet keeps its time.
///
/// Each file is read alone, and only those that say another thing than they said once: an office edits
/// one file at a time, and has as many versions as edits.
pub(super) fn date(
    store: &Store,
    register: &mut Register,
    files: &[(String, Vec<u8>)],
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    if register.published.is_empty() && register.money.is_empty() {
        return Ok(());
    }
    let history = store.register_history(until)?;
    let mut first_with = HashMap::new();
    for file in &history {
        first_with.entry(file.sha256.as_str()).or_insert(file.since);
    }
    let since = |hash: &str| first_with.get(hash).copied();
    let words = words(register);
    let may_carry = |path: &str, bytes: &[u8]| {
        may_carry(path, bytes) && words.as_ref().is_none_or(|words| says_one(bytes, words))
    };
    let mut carrying = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, bytes)| may_carry(path, bytes)) {
        let hash = sha256_hex(bytes);
        carrying.push((path, bytes, since(&hash), hash));
    }
    let today: HashSet<&str> = carrying.iter().map(|(.., hash)| hash.as_str()).collect();
    let mut former: Vec<&FileSince> = history
        .iter()
        .filter(|file| may_hold(&file.path) && !today.contains(file.sha256.as_str()))
        .collect();
    // What never changed and came first needs no reading: whatever is in no other file is in these.
    let first = history.first().map(|file| file.since);
    let is_as_ever = |path: &str, at: Option<DateTime<Utc>>| {
        at == first && !former.iter().any(|file| file.path == path)
    };
    let mut left = Left::of(register);
    for (path, bytes, at, _) in &carrying {
        if !is_as_ever(path, *at) {
            left.settle(register, path, bytes, *at);
        }
    }
    left.rest(register, first);
    // A row mostly comes from the file that it stands in today.
    let paths: HashSet<&str> = carrying.iter().map(|(path, ..)| path.as_str()).collect();
    former.sort_by_cached_key(|file| (file.since, !paths.contains(file.path.as_str())));
    for portion in former.chunks(PORTION) {
        // Whoever comes later makes no row older.
        let Some(since) = portion.first().map(|file| file.since) else {
            break;
        };
        if !is_younger(register, since) {
            break;
        }
        let hashes: Vec<&str> = portion.iter().map(|file| file.sha256.as_str()).collect();
        for (file, bytes) in portion.iter().zip(store.register_bodies(&hashes)?) {
            let Some(bytes) = bytes.filter(|bytes| may_carry(&file.path, bytes)) else {
                continue;
            };
            if is_younger(register, file.since) {
                Left::of(register).settle(register, &file.path, &bytes, Some(file.since));
            }
        }
    }
    Ok(())
}

/// Whether any row is said to be known only after a moment.
fn is_younger(register: &Register, than: DateTime<Utc>) -> bool {
    let published = register.published.iter().map(|row| row.recorded_at);
    let mut all = published.chain(register.money.iter().map(|row| row.recorded_at));
    all.any(|at| at > than)
}

/// Former files that are unpacked together.
const PORTION: usize = 4;

/// Rows that were met in no file yet.
struct Left {
    published: Vec<bool>,
    money: Vec<bool>,
}

impl Left {
    fn of(register: &Register) -> Left {
        Left {
            published: vec![true; register.published.len()],
            money: vec![true; register.money.len()],
        }
    }

    /// Gives the rows of a file the time since which it was known, where that is earlier.
    fn settle(
        &mut self,
        register: &mut Register,
        path: &str,
        bytes: &[u8],
        since: Option<DateTime<Utc>>,
    ) {
        let alone = [(path.to_owned(), bytes.to_vec())];
        let (then, ..) = load_from_files(&alone, since.unwrap_or_default());
        settle(
            &mut register.published,
            &then.published,
            since,
            &mut self.published,
        );
        settle(&mut register.money, &then.money, since, &mut self.money);
    }

    /// The rows that are left are of files that were always the same.
    fn rest(&self, register: &mut Register, first: Option<DateTime<Utc>>) {
        let Some(first) = first else {
            return;
        };
        let published = register.published.iter_mut().zip(&self.published);
        for (row, _) in published.filter(|(_, left)| **left) {
            row.recorded_at = row.recorded_at.min(first);
        }
        for (row, _) in register
            .money
            .iter_mut()
            .zip(&self.money)
            .filter(|(_, left)| **left)
        {
            row.recorded_at = row.recorded_at.min(first);
        }
    }
}

/// Rows for which it is worth to look for their names before a file is read.
const FEW: usize = 16;

/// What a file has to say if it holds any of a few rows, each by its name and its place in the document; `None` where
/// there are many.
fn words(register: &Register) -> Option<Vec<[String; 2]>> {
    if register.published.len() + register.money.len() > FEW {
        return None;
    }
    let published = register.published.iter();
    let published =
        published.map(|row| [row.item.series.name.to_string(), plain_place(&row.cause)]);
    let money = register.money.iter().map(|row| {
        let key = &row.item.key;
        let owner = key.programme.as_ref().or(key.agency.as_ref());
        [
            owner.unwrap_or(&key.plan).to_string(),
            plain_place(&row.cause),
        ]
    });
    Some(published.chain(money).collect())
}

/// The place that a document's row names, if it has to stand in its file as it is; else nothing, which is everywhere.
fn plain_place(cause: &Cause) -> String {
    let has_to_be_escaped = |c: char| c.is_control() || c == '"' || c == '\\';
    match cause {
        Cause::Document { place, .. } if !place.contains(has_to_be_escaped) => place.clone(),
        _ => String::new(),
    }
}

/// Signs by which a file says a word in other signs than its own: of letters by their numbers, and of lines that go on.
const ELSE: [&str; 7] = ["\\u", "\\U", "\\x", "\\\n", "\\\r", "\\ ", "\\\t"];

/// Whether a file says one of these, or may do so in other signs.
fn says_one(bytes: &[u8], words: &[[String; 2]]) -> bool {
    let says = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
    let mut both = words.iter();
    both.any(|[name, place]| says(place) && says(name)) || ELSE.into_iter().any(says)
}

/// Whether a file of this path can hold published figures or amounts.
fn may_hold(path: &str) -> bool {
    path.starts_with("register/")
}

/// Whether a file can hold published figures or amounts.
fn may_carry(path: &str, bytes: &[u8]) -> bool {
    // As a list of tables, or as one line: `[[published]]`, `published = [`.
    let says = |key: &str| {
        memmem::find_iter(bytes, key).any(|at| {
            let rest = bytes.get(at + key.len()..).unwrap_or_default();
            ["]]", " =", "="]
                .iter()
                .any(|end| rest.starts_with(end.as_bytes()))
        })
    };
    may_hold(path) && ["published", "budget", "line"].iter().any(|key| says(key))
}

/// Gives the rows that are among these the earlier time.
fn settle<T: PartialEq>(
    rows: &mut [Recorded<T>],
    then: &[Recorded<T>],
    since: Option<DateTime<Utc>>,
    left: &mut [bool],
) {
    for (row, left) in rows.iter_mut().zip(left) {
        if then
            .iter()
            .any(|old| old.cause == row.cause && old.item == row.item)
        {
            *left = false;
            if let Some(since) = since {
                row.recorded_at = row.recorded_at.min(since);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::embedded;
    use quarterdeck_kpi::observation::Observation;
    use quarterdeck_store::OpenMode;

    type Files = Vec<(String, Vec<u8>)>;

    fn day(number: u32) -> DateTime<Utc> {
        let text = format!("2026-01-{number:02}T01:00:00Z");
        text.parse().unwrap()
    }

    fn edit(files: &mut Files, path: &str, from: &str, to: &str) {
        let (_, bytes) = files.iter_mut().find(|file| file.0 == path).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains(from), "{path}: {from}");
        *bytes = text.replacen(from, to, 1).into_bytes();
    }

    /// What [`date`] says without its short cuts: every version is read whole.
    fn by_every_version(
        versions: &[(DateTime<Utc>, Files)],
        row: &Recorded<Observation>,
    ) -> DateTime<Utc> {
        let has = |(at, files): &&(DateTime<Utc>, Files)| {
            let (then, ..) = load_from_files(files, *at);
            let mut rows = then.published.iter();
            rows.any(|old| old.cause == row.cause && old.item == row.item)
        };
        versions.iter().find(has).unwrap().0
    }

    #[test]
    fn every_row_is_dated_by_the_first_version_that_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&folder.path().join("q.db"), OpenMode::Create).unwrap();
        let mut files: Files = embedded()
            .map(|(path, bytes)| (path.to_owned(), bytes.to_vec()))
            .collect();
        let carrying: Vec<String> = files
            .iter()
            .filter(|(path, bytes)| {
                memmem::find(bytes, b"published]]").is_some() && may_carry(path, bytes)
            })
            .map(|(path, _)| path.clone())
            .collect();
        let (late, edited) = (carrying[0].clone(), carrying[1].clone());
        let kept = files.iter().position(|file| file.0 == late).unwrap();
        let withheld = files.remove(kept);
        let mut versions = Vec::new();
        let mut record = |number: u32, files: &Files| {
            let at = day(number);
            store
                .record_register(files, "lin", "os-account", at)
                .unwrap();
            versions.push((at, files.clone()));
        };
        record(1, &files);
        // A file comes later, a figure is put right, a file is edited beside its figures.
        files.push(withheld);
        record(2, &files);
        edit(
            &mut files,
            &edited,
            "[[published]]",
            "# A remark.\n[[published]]",
        );
        record(3, &files);
        edit(&mut files, &edited, "value = ", "value = 1");
        record(4, &files);
        files
            .iter_mut()
            .find(|file| file.0 == "register/people.toml")
            .unwrap()
            .1
            .extend(b"\n# x\n");
        record(5, &files);
        let (mut register, ..) = load_from_files(&files, day(20));
        date(&store, &mut register, &files, day(20)).unwrap();
        assert!(register.published.len() > 10);
        for row in &register.published {
            let expected = by_every_version(&versions, row);
            assert_eq!(
                row.recorded_at, expected,
                "{} {:?}",
                row.item.series, row.cause
            );
            // Alone it is looked for by its name.
            let mut alone = Register {
                published: vec![Recorded {
                    recorded_at: day(20),
                    ..row.clone()
                }],
                ..Register::default()
            };
            date(&store, &mut alone, &files, day(20)).unwrap();
            assert_eq!(alone.published[0].recorded_at, expected);
        }
        let dates: std::collections::BTreeSet<_> = register
            .published
            .iter()
            .map(|row| row.recorded_at)
            .collect();
        assert_eq!(dates, [day(1), day(2), day(4)].into());
    }
}
