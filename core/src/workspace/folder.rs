//! Finding a workspace's folder and reading its files, with caps and without following links out of it.

use super::{Problem, parallel};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The file that makes a folder a workspace.
pub(super) const SETTINGS: &str = "quarterdeck.toml";
/// Most files are shorter.
const USUAL: usize = 2 * 1024;
/// Largest file that is read.
const FILE_CAP: u64 = 1024 * 1024;
/// Most files that are read.
const COUNT_CAP: usize = 20_000;
/// Most bytes that are read of all files together.
const TOTAL_CAP: usize = 64 * 1024 * 1024;

/// The workspace: the folder asked for, else the environment's (`QD_WORKSPACE`), else the nearest
/// folder from `cwd` upwards with a `quarterdeck.toml`.
pub fn find(explicit: Option<&Path>, env: Option<&OsStr>, cwd: &Path) -> Result<PathBuf, Message> {
    let named = explicit
        .map(Path::to_owned)
        .or_else(|| env.filter(|e| !e.is_empty()).map(PathBuf::from));
    if let Some(named) = named {
        let folder = cwd.join(named);
        return if folder.join(SETTINGS).is_file() {
            Ok(folder)
        } else {
            Err(Message::new("workspace-not-here").with("folder", shown(&folder)))
        };
    }
    cwd.ancestors()
        .find(|folder| folder.join(SETTINGS).is_file())
        .map(Path::to_owned)
        .ok_or_else(|| Message::new("workspace-not-found").with("folder", shown(cwd)))
}

/// A path as text that is safe to show.
pub(super) fn shown(path: &Path) -> String {
    safe(&path.to_string_lossy())
}

/// Text of a file or path that is safe to show, cut to a length that fits a sentence.
pub(super) fn safe(text: &str) -> String {
    let short: String = text.chars().take(400).collect();
    clean(&short)
}

/// Files with their paths, and what could not be read.
type Files = (Vec<(String, Vec<u8>)>, Vec<Problem>);

/// Reads `quarterdeck.toml`, `register/*.toml`, `register/programmes/*.toml`, `register/texts/*.toml`,
/// `sources/*.toml` and the files of targets that these name.
pub(super) fn read(root: &Path) -> Result<Files, Message> {
    if !root.join(SETTINGS).is_file() {
        return Err(Message::new("workspace-not-here").with("folder", shown(root)));
    }
    let inside = root
        .canonicalize()
        .map_err(|e| unreadable(&shown(root), &e))?;
    let mut names = vec![Name {
        path: SETTINGS.to_owned(),
        is_plain: false,
    }];
    let mut problems = Vec::new();
    for folder in [
        "register",
        "register/programmes",
        super::texts::FOLDER,
        "sources",
    ] {
        match list(root, &inside, folder) {
            Ok(found) => names.extend(found),
            Err(message) => problems.push(Problem::error(folder, None, message)),
        }
    }
    if names.len() > COUNT_CAP {
        return Err(Message::new("workspace-too-many-files")
            .with("files", names.len())
            .with("limit", COUNT_CAP));
    }
    let total = AtomicUsize::new(0);
    let contents = parallel::each(&names, |name| {
        if total.load(Ordering::Relaxed) > TOTAL_CAP {
            return Ok(Vec::new());
        }
        let read = read_file(root, &inside, name);
        if let Ok(bytes) = &read {
            total.fetch_add(bytes.len(), Ordering::Relaxed);
        }
        read
    });
    let mut total = total.into_inner();
    if total > TOTAL_CAP {
        return Err(Message::new("workspace-too-large").with("limit", TOTAL_CAP));
    }
    let mut files = Vec::with_capacity(names.len());
    for (name, read) in names.into_iter().zip(contents) {
        match read {
            Ok(bytes) => files.push((name.path, bytes)),
            Err(message) if name.path == SETTINGS => return Err(message),
            Err(message) => problems.push(Problem::error(&name.path, None, message)),
        }
    }
    let lists = lists(&files);
    if files.len() + lists.len() > COUNT_CAP {
        return Err(Message::new("workspace-too-many-files")
            .with("files", files.len() + lists.len())
            .with("limit", COUNT_CAP));
    }
    for path in lists {
        // One that is not there is told where its source is checked.
        if root.join(&path).symlink_metadata().is_err() {
            continue;
        }
        let name = Name {
            path,
            is_plain: false,
        };
        match read_file(root, &inside, &name) {
            Ok(bytes) => {
                total += bytes.len();
                files.push((name.path, bytes));
            }
            Err(message) => problems.push(Problem::error(&name.path, None, message)),
        }
        if total > TOTAL_CAP {
            return Err(Message::new("workspace-too-large").with("limit", TOTAL_CAP));
        }
    }
    files.sort();
    Ok((files, problems))
}

/// Files of targets that the sources name, with their paths: nothing else in the folder is ours.
fn lists(files: &[(String, Vec<u8>)]) -> BTreeSet<String> {
    let sources = files
        .iter()
        .filter(|(name, bytes)| name.starts_with("sources/") && names_list(bytes));
    let named =
        sources.filter_map(|(_, bytes)| super::list_named(std::str::from_utf8(bytes).ok()?));
    named.map(|name| format!("sources/{name}")).collect()
}

/// Whether a file may name a file of targets: thousands of others are not looked at twice.
fn names_list(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.contains("targets_file"))
}

/// The bytes of a file of targets beside the sources, for a source that is not saved yet.
pub(super) fn list_file(root: &Path, name: &str) -> Option<Vec<u8>> {
    let inside = root.canonicalize().ok()?;
    let name = Name {
        path: format!("sources/{name}"),
        is_plain: false,
    };
    read_file(root, &inside, &name).ok()
}

fn unreadable(place: &str, error: &std::io::Error) -> Message {
    Message::new("workspace-unreadable")
        .with("place", place)
        .with("reason", crate::platform::file_trouble(error))
}

/// A file of the workspace.
struct Name {
    /// Relative path with `/`.
    path: String,
    /// The folder says that it is a file and no link, and the folder itself lies inside.
    is_plain: bool,
}

/// The `.toml` files of a folder, in order of name; a folder that is not there is empty.
fn list(root: &Path, inside: &Path, folder: &str) -> Result<Vec<Name>, Message> {
    let place = root.join(folder);
    let is_inside = place
        .canonicalize()
        .is_ok_and(|real| real.starts_with(inside));
    let entries = match std::fs::read_dir(place) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder, &error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| unreadable(folder, &e))?;
        let name = entry.file_name();
        // Hidden files are the locks and backups of editors.
        match name.to_str() {
            Some(name) if name.ends_with(".toml") && !name.starts_with('.') => {
                names.push(Name {
                    path: format!("{folder}/{name}"),
                    is_plain: is_inside && entry.file_type().is_ok_and(|kind| kind.is_file()),
                });
            }
            _ => {}
        }
        if names.len() > COUNT_CAP {
            break;
        }
    }
    names.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(names)
}

fn read_file(root: &Path, inside: &Path, file: &Name) -> Result<Vec<u8>, Message> {
    let name = file.path.as_str();
    let fail = |error: std::io::Error| unreadable(name, &error);
    let mut place = root.join(name);
    if !file.is_plain {
        place = place.canonicalize().map_err(fail)?;
        if !place.starts_with(inside) {
            return Err(Message::new("workspace-link-outside").with("place", name));
        }
        // A pipe would block for ever, so look before opening.
        if !place.metadata().map_err(fail)?.is_file() {
            return Err(Message::new("workspace-not-a-file").with("place", name));
        }
    }
    let mut bytes = Vec::with_capacity(USUAL);
    std::fs::File::open(&place)
        .map_err(fail)?
        .take(FILE_CAP + 1)
        .read_to_end(&mut bytes)
        .map_err(fail)?;
    bytes.shrink_to_fit();
    if bytes.len() as u64 > FILE_CAP {
        return Err(Message::new("workspace-file-too-large")
            .with("place", name)
            .with("limit", FILE_CAP));
    }
    Ok(bytes)
}
