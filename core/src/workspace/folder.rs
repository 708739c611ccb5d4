//! Finding a workspace's folder and reading its files, with caps and without following links out of it.

use super::Problem;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The file that makes a folder a workspace.
pub(super) const SETTINGS: &str = "quarterdeck.toml";
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

/// Reads `quarterdeck.toml`, `register/*.toml`, `register/programmes/*.toml`, `register/texts/*.toml` and
/// `sources/*.toml`.
pub(super) fn read(root: &Path) -> Result<Files, Message> {
    if !root.join(SETTINGS).is_file() {
        return Err(Message::new("workspace-not-here").with("folder", shown(root)));
    }
    let inside = root
        .canonicalize()
        .map_err(|e| unreadable(&shown(root), &e))?;
    let mut names = vec![SETTINGS.to_owned()];
    let mut problems = Vec::new();
    for folder in [
        "register",
        "register/programmes",
        super::texts::FOLDER,
        "sources",
    ] {
        match list(root, folder) {
            Ok(found) => names.extend(found),
            Err(message) => problems.push(Problem::error(folder, None, message)),
        }
    }
    if names.len() > COUNT_CAP {
        return Err(Message::new("workspace-too-many-files")
            .with("files", names.len())
            .with("limit", COUNT_CAP));
    }
    let mut files = Vec::new();
    let mut total = 0;
    for name in names {
        match read_file(root, &inside, &name) {
            Ok(bytes) => {
                total += bytes.len();
                if total > TOTAL_CAP {
                    return Err(Message::new("workspace-too-large").with("limit", TOTAL_CAP));
                }
                files.push((name, bytes));
            }
            Err(message) if name == SETTINGS => return Err(message),
            Err(message) => problems.push(Problem::error(&name, None, message)),
        }
    }
    files.sort();
    Ok((files, problems))
}

fn unreadable(place: &str, error: &std::io::Error) -> Message {
    Message::new("workspace-unreadable")
        .with("place", place)
        .with("reason", error.to_string())
}

/// The `.toml` files of a folder, in order of name; a folder that is not there is empty.
fn list(root: &Path, folder: &str) -> Result<Vec<String>, Message> {
    let entries = match std::fs::read_dir(root.join(folder)) {
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
                names.push(format!("{folder}/{name}"));
            }
            _ => {}
        }
        if names.len() > COUNT_CAP {
            break;
        }
    }
    names.sort();
    Ok(names)
}

fn read_file(root: &Path, inside: &Path, name: &str) -> Result<Vec<u8>, Message> {
    let fail = |error: std::io::Error| unreadable(name, &error);
    let real = root.join(name).canonicalize().map_err(fail)?;
    if !real.starts_with(inside) {
        return Err(Message::new("workspace-link-outside").with("place", name));
    }
    // A pipe would block for ever, so look before opening.
    if !real.metadata().map_err(fail)?.is_file() {
        return Err(Message::new("workspace-not-a-file").with("place", name));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(&real)
        .map_err(fail)?
        .take(FILE_CAP + 1)
        .read_to_end(&mut bytes)
        .map_err(fail)?;
    if bytes.len() as u64 > FILE_CAP {
        return Err(Message::new("workspace-file-too-large")
            .with("place", name)
            .with("limit", FILE_CAP));
    }
    Ok(bytes)
}
