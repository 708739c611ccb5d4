//! Kind `inbox`: packages that agencies put into a folder, as zip files or as folders.
//!
//! A package is looked at twice: first every one of them, to put them in the order in which they
//! were made, then each alone, read and taken. So only one is in memory at a time, and what was
//! changed in between is noticed like any other change.

use super::gather::{Gathered, Stopped, failed};
use super::miss::Miss;
use super::page::{Tell, shown_path};
use super::{Progress, Shared, drop_folder};
use crate::platform::file_trouble;
use crate::transport::plain;
use chrono::{DateTime, SecondsFormat, Utc};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::source::Outcome;
use quarterdeck_sources::inbox::{self, MANIFEST, Package, Part, Taken};
use quarterdeck_sources::{Context, SourceConfig, reject};
use quarterdeck_store::{CaptureBody, NewCapture, Store, sha256_hex};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Method of the capture that says that a package was taken.
const METHOD: &str = "PACKAGE";
/// Packages read in one run at most, and no more once they fill the memory of one; the newer ones
/// wait for the next run.
const PACKAGES: usize = 100;
/// Files of a package that is a folder, and how deep they may lie.
const FILES: usize = 4_096;
const DEPTH: usize = 8;

/// What was taken from this source before.
pub(super) fn taken(
    source: &SourceConfig,
    store: &Store,
) -> Result<Vec<Taken>, quarterdeck_store::StoreError> {
    let fetches = store.fetches_by(&source.id, METHOD)?;
    let taken = fetches.into_iter().filter(|fetch| fetch.taken.is_some());
    Ok(taken
        .filter_map(|fetch| {
            let header = |name: &str| {
                let mut found = fetch.headers.iter().filter(|(key, _)| key == name);
                found.next().map(|(_, value)| value.clone())
            };
            let created = DateTime::parse_from_rfc3339(&header("created")?).ok()?;
            let place = fetch.url.strip_prefix("file:")?;
            Some(Taken {
                id: header("package")?,
                created: created.to_utc(),
                manifest_sha256: fetch.sha256.clone(),
                place: place.rsplit_once('!')?.0.to_owned(),
            })
        })
        .collect())
}

/// A package that may be taken.
struct Candidate {
    path: PathBuf,
    created: DateTime<Utc>,
    is_new: bool,
}

/// Takes the packages of a folder.
pub(super) fn gather_packages(
    shared: &Shared<'_>,
    source: &SourceConfig,
    tell: Tell<'_>,
) -> Result<Gathered, Stopped> {
    let local = |message| failed(Miss::Local(message));
    let folder = drop_folder::open(source, &shared.workspace.root).map_err(local)?;
    let paths = list(source, &folder).map_err(local)?;
    let known = shared.known.get(&source.id);
    let mut taken = known
        .map(|known| known.packages.clone())
        .unwrap_or_default();
    let mut refused: Vec<(Outcome, String, Message)> = Vec::new();
    let mut candidates = Vec::new();
    for path in paths {
        if shared.is_stopping() {
            return Err(Stopped::Interrupted);
        }
        let place = shown_path(&path, &shared.workspace.root);
        match look(shared, source, &path, &place, &taken) {
            Ok(candidate) => candidates.push(candidate),
            Err(message) => refused.push((Outcome::Rejected, place, message)),
        }
    }
    candidates.sort_by(|a, b| (a.created, &a.path).cmp(&(b.created, &b.path)));
    let newest_taken = candidates.iter().rposition(|candidate| !candidate.is_new);
    let has_new = candidates.iter().any(|candidate| candidate.is_new);
    let mut gathered = Gathered::default();
    let mut rows = known.and_then(|known| known.rows);
    let (mut accepted, mut held) = (0, 0);
    for (index, candidate) in candidates.iter().enumerate() {
        // With nothing new, the newest is read once more: its file or its source's may have changed.
        let again = !has_new && Some(index) == newest_taken;
        let is_full = accepted >= PACKAGES || held >= inbox::limit(source);
        if is_full || !(candidate.is_new || again) {
            continue;
        }
        if shared.is_stopping() {
            return Err(Stopped::Interrupted);
        }
        let place = shown_path(&candidate.path, &shared.workspace.root);
        match read(shared, source, &candidate.path, &place, &taken, rows) {
            Ok((package, mut one)) => {
                tell(Progress::Page {
                    source: source.id.clone(),
                    rows: one.rows,
                    total: None,
                });
                if let Some(reason) = one.dropped.take() {
                    refused.push((Outcome::Rejected, place, reason));
                } else {
                    accepted += 1;
                    rows = Some(one.rows);
                    gathered.rows = one.rows;
                    taken.push(package);
                }
                held += one.captures.iter().map(|(c, _)| c.bytes).sum::<u64>();
                gathered.captures.append(&mut one.captures);
                gathered.readings.append(&mut one.readings);
                for finding in one.findings {
                    if !gathered.findings.iter().any(|known| known.id == finding.id) {
                        gathered.findings.push(finding);
                    }
                }
            }
            Err(message) => refused.push((Outcome::Rejected, place, message)),
        }
    }
    gathered.note_refused(shared, source, accepted, refused)?;
    Ok(gathered)
}

/// Zip files that the pattern fits, and folders.
fn list(source: &SourceConfig, folder: &Path) -> Result<Vec<PathBuf>, Message> {
    let message = |id: &'static str| {
        Message::new(id).with("source", source.id.as_str()).with(
            "folder",
            plain(source.folder.as_deref().unwrap_or_default(), 200),
        )
    };
    let unreadable = |error: io::Error| {
        message("collect-folder-unreadable").with("detail", file_trouble(&error))
    };
    let pattern = source.pattern.as_deref().unwrap_or("*.zip");
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_folder = entry.file_type().map_err(unreadable)?.is_dir();
        // What is still being copied has a hidden or a temporary name.
        if !name.starts_with(['.', '~']) && (is_folder || drop_folder::matches(pattern, &name)) {
            out.push(entry.path());
        }
    }
    if out.is_empty() {
        return Err(message("collect-inbox-empty").with("pattern", plain(pattern, 100)));
    }
    out.sort();
    Ok(out)
}

/// Whether a package holds and is news.
fn look(
    shared: &Shared<'_>,
    source: &SourceConfig,
    path: &Path,
    place: &str,
    taken: &[Taken],
) -> Result<Candidate, Message> {
    let package = open(shared, source, path, place)?;
    Ok(Candidate {
        path: path.to_owned(),
        created: package.created,
        is_new: package.is_new(place, taken)?,
    })
}

fn open(
    shared: &Shared<'_>,
    source: &SourceConfig,
    path: &Path,
    place: &str,
) -> Result<Package, Message> {
    let unreadable = |error: io::Error| {
        Message::new("collect-file-unreadable")
            .with("file", place)
            .with("detail", file_trouble(&error))
    };
    let kind = fs::symlink_metadata(path).map_err(unreadable)?;
    let limit = inbox::limit(source);
    let parts = if kind.is_dir() {
        let mut parts = Vec::new();
        let mut left = limit;
        walk(path, "", DEPTH, &mut left, &mut parts, &unreadable, limit)?;
        parts
    } else if kind.is_file() {
        let bytes = read_capped(path, limit).map_err(unreadable)?;
        let too_large = || {
            Message::new("collect-file-too-large")
                .with("file", place)
                .with("limit", limit)
        };
        inbox::unpack(source, &bytes.ok_or_else(too_large)?)?
    } else {
        return Err(Message::new("collect-package-link").with("file", place));
    };
    Package::open(source, parts, (shared.options.now)())
}

/// A file of at most so many bytes; nothing when it has more.
fn read_capped(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path)?;
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// Reads the files of a package that is a folder. Links are refused: they lead elsewhere.
fn walk(
    folder: &Path,
    inside: &str,
    depth: usize,
    left: &mut u64,
    parts: &mut Vec<Part>,
    unreadable: &dyn Fn(io::Error) -> Message,
    limit: u64,
) -> Result<(), Message> {
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{inside}{name}");
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() && depth > 0 {
            let inside = format!("{path}/");
            walk(
                &entry.path(),
                &inside,
                depth - 1,
                left,
                parts,
                unreadable,
                limit,
            )?;
        } else if kind.is_file() && parts.len() < FILES {
            let bytes = read_capped(&entry.path(), *left).map_err(unreadable)?;
            let bytes = bytes
                .ok_or_else(|| Message::new("collect-package-too-large").with("limit", limit))?;
            *left -= bytes.len() as u64;
            parts.push(Part { path, bytes });
        } else if kind.is_dir() || kind.is_file() {
            return Err(Message::new("collect-package-many").with("limit", FILES));
        } else {
            return Err(Message::new("collect-package-link").with("file", plain(&path, 200)));
        }
    }
    Ok(())
}

/// Reads a package: what it holds, and what is kept of it.
fn read(
    shared: &Shared<'_>,
    source: &SourceConfig,
    path: &Path,
    place: &str,
    taken: &[Taken],
    previous_rows: Option<u64>,
) -> Result<(Taken, Gathered), Message> {
    let package = open(shared, source, path, place)?;
    package.is_new(place, taken)?;
    let fetched_at = (shared.options.now)();
    let lookup = |series: &_| shared.words.lookup(series);
    // A package says all it has to say itself.
    let earlier = |_: &_, _: _| None;
    let context = Context {
        quarter: shared.options.quarter,
        fetched_at,
        http_status: 200,
        content_type: None,
        url: None,
        page: 0,
        previous_rows,
        rows_so_far: 0,
        carried: None,
        lookup: &lookup,
        earlier: &earlier,
        preview: None,
    };
    let taken_now = Taken {
        id: package.id.clone(),
        created: package.created,
        manifest_sha256: package.manifest_sha256.clone(),
        place: place.to_owned(),
    };
    let key = package.key.clone();
    let contents = inbox::read(source, &context, package).map_err(|refusal| {
        match refusal.excerpt.is_empty() {
            true => refusal.message,
            false => Message::new("collect-refused")
                .with("reason", refusal.message)
                .with("excerpt", refusal.excerpt),
        }
    })?;
    let created = taken_now
        .created
        .to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let headers = vec![
        ("package".to_owned(), taken_now.id.clone()),
        ("created".to_owned(), created),
        ("signed-by".to_owned(), key.unwrap_or_default()),
    ];
    let mut one = Gathered {
        findings: contents.findings,
        rows: contents.rows,
        dropped: contents.dropped,
        ..Gathered::default()
    };
    for file in contents.files {
        for mut located in file.readings {
            if let Some(reason) = &one.dropped {
                reject(&mut located, reason);
            }
            one.readings.push((file.sha256.clone(), located));
        }
        let method = if file.path == MANIFEST {
            METHOD
        } else {
            "FILE"
        };
        let capture = NewCapture {
            sha256: file.sha256,
            stored_sha256: sha256_hex(&file.stored),
            recipe: file.recipe,
            url: format!("file:{place}!{}", file.path),
            method: method.to_owned(),
            http_status: 200,
            headers: headers.clone(),
            remote_addr: None,
            fetched_at,
            bytes: file.bytes,
            body: CaptureBody::Inline(file.stored),
            source: source.id.clone(),
            run: None,
        };
        let rows = one.dropped.is_none().then_some(one.rows);
        one.captures.push((capture, rows));
    }
    one.refuse_contradictions(source);
    Ok((taken_now, one))
}
