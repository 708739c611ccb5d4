//! Backup and restore: the whole workspace as one file, checked after it was written and before it
//! is used. Originals with personal fields never leave the office in it.

use crate::failure::{Exit, Failure};
use crate::leftovers;
use crate::platform::{self, file_trouble};
use crate::session::{DATABASE, Session};
use crate::zipped::Zipped;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_store::{Head, OpenMode, Store};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};

/// The list in a backup, its first entry.
const LIST: &str = "backup.json";
/// Longest list that is read.
const LIST_CAP: u64 = 64 * 1024 * 1024;
/// Folders of a workspace that are taken along; the settings and the database are as well.
const FOLDERS: [&str; 4] = ["register", "sources", "captures", "reports"];
/// Files at most, and how deep.
const FILES: usize = 2_000_000;
const DEPTH: usize = 24;

/// The list of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct List {
    schema: String,
    engine: String,
    /// Number and hash of the log's last act.
    head: Option<(i64, String)>,
    files: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    sha256: String,
    bytes: u64,
}

/// A backup that was made or used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Files in it.
    pub files: usize,
    /// Bytes of these files.
    pub bytes: u64,
    /// Rows of the database.
    pub rows: u64,
    /// The log's head: an anchor outside of the workspace.
    pub head: Option<Head>,
    /// SHA-256 (hex) of raw answers and evidence that the database speaks of and that are missing or damaged.
    pub missing: Vec<String>,
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::nothing(platform::refused(path, error)).at(clean(&path.to_string_lossy()))
}

fn broken(place: &str) -> Failure {
    Failure::new(
        Exit::Verification,
        Message::new("backup-broken").with("place", clean(place)),
    )
    .at(clean(place))
}

/// Copies an open workspace into a new file, while others go on collecting.
pub fn backup(session: &Session, to: &Path) -> Result<Kept, Failure> {
    if to.exists() {
        return Err(Failure::usage(Message::new("backup-exists"))
            .at(clean(&to.to_string_lossy()))
            .next(Message::new("backup-exists-next")));
    }
    crate::out::may_write(to)?;
    let Some(store) = session.store() else {
        return Err(Failure::nothing(Message::new("session-no-database")));
    };
    let folder = to
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let name = to
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    leftovers::sweep(folder);
    let copy = Temporary(folder.join(leftovers::temporary(&name, ".db")));
    let packed = Temporary(folder.join(leftovers::temporary(&name, "")));
    // The database first: whatever it speaks of is on the disk by then.
    store.backup(&copy.0)?;
    let (rows, head) = checked(&copy.0)?;
    let root = session.root();
    let mut files = vec![("quarterdeck.toml".to_owned(), root.join("quarterdeck.toml"))];
    for folder in FOLDERS {
        walk(&root.join(folder), folder, 0, &mut files)?;
    }
    files.sort();
    let head_of = head.as_ref().map(|head| (head.number, head.hash.clone()));
    let mut list = List {
        schema: "quarterdeck/backup/1".to_owned(),
        engine: crate::bag::ENGINE.to_owned(),
        head: head_of,
        files: BTreeMap::new(),
    };
    let write = |list: &mut List| -> io::Result<()> {
        let mut zip = Zipped::create(&packed.0)?;
        let database = (DATABASE.to_owned(), copy.0.clone());
        for (name, path) in std::iter::once(&database).chain(&files) {
            // Deleted meanwhile: an editor's temporary file is nobody's loss.
            let Ok(file) = File::open(path) else { continue };
            zip.entry(name, true)?;
            let entry = copied(&mut BufReader::new(file), &mut zip)?;
            list.files.insert(name.clone(), entry);
        }
        zip.entry(LIST, false)?;
        zip.write_all(&serde_json::to_vec(list)?)?;
        zip.finish()
    };
    write(&mut list).map_err(|error| failed(to, &error))?;
    // Read back as a restore would read it.
    let mut archive = open(&packed.0)?;
    let read = read_list(&mut archive, to)?;
    for (name, entry) in &read.files {
        let mut file = archive.by_name(name).map_err(|_| broken(name))?;
        let again = copied(&mut file, &mut io::sink()).map_err(|_| broken(name))?;
        if again != *entry {
            return Err(broken(name));
        }
    }
    // What lies beside the database may have gone: the copy is worth having all the same, and says so.
    let missing = bodies_missing(store)?;
    std::fs::rename(&packed.0, to).map_err(|error| failed(to, &error))?;
    let _ = platform::sync_folder(folder);
    Ok(kept(&list, rows, head, missing))
}

fn kept(list: &List, rows: u64, head: Option<Head>, missing: Vec<String>) -> Kept {
    Kept {
        files: list.files.len(),
        bytes: list.files.values().map(|entry| entry.bytes).sum(),
        rows,
        head,
        missing,
    }
}

/// A file that goes away with its value.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        leftovers::remove(&self.0);
    }
}

/// Rows and the log's head of a database whose every row and act holds. Bodies beside it are
/// checked with the other files.
fn checked(file: &Path) -> Result<(u64, Option<Head>), Failure> {
    let store = Store::open(file, OpenMode::ReadOnly)?;
    let found = store.check_rows()?;
    if !found.holds() {
        return Err(
            Failure::new(Exit::Verification, Message::new("backup-database-broken"))
                .at(DATABASE)
                .next(Message::new("backup-database-broken-next")),
        );
    }
    Ok((found.rows, found.chain.and_then(|chain| chain.head)))
}

fn walk(
    folder: &Path,
    name: &str,
    depth: usize,
    files: &mut Vec<(String, PathBuf)>,
) -> Result<(), Failure> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(folder, &error)),
    };
    if depth > DEPTH || files.len() > FILES {
        return Err(broken(name));
    }
    for entry in entries {
        let entry = entry.map_err(|error| failed(folder, &error))?;
        let file_name = entry.file_name().to_string_lossy().into_owned();
        // What is still being written is nobody's yet.
        let is_unfinished = file_name.ends_with(".tmp") || file_name.ends_with(".new");
        if is_unfinished || leftovers::is_temporary(&file_name) {
            continue;
        }
        let kind = entry.file_type().map_err(|error| failed(folder, &error))?;
        let inner = format!("{name}/{file_name}");
        if kind.is_dir() {
            walk(&entry.path(), &inner, depth + 1, files)?;
        } else if kind.is_file() {
            files.push((inner, entry.path()));
        }
    }
    Ok(())
}

fn copied(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<Entry> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match from.read(&mut buffer)? {
            0 => break,
            read => {
                hash.update(&buffer[..read]);
                to.write_all(&buffer[..read])?;
                bytes += read as u64;
            }
        }
    }
    let hash = hash.finalize();
    let sha256 = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Entry { sha256, bytes })
}

type Archive = zip::ZipArchive<BufReader<File>>;

fn open(path: &Path) -> Result<Archive, Failure> {
    let shown = clean(&path.to_string_lossy());
    let file = File::open(path).map_err(|error| {
        Failure::usage(Message::new("bag-unreadable").with("detail", file_trouble(&error)))
            .at(shown.as_str())
            .next(Message::new("bag-unreadable-next"))
    })?;
    zip::ZipArchive::new(BufReader::new(file)).map_err(|_| broken(&shown))
}

fn read_list(archive: &mut Archive, place: &Path) -> Result<List, Failure> {
    let shown = place.to_string_lossy().into_owned();
    let mut text = Vec::new();
    let file = archive
        .by_name(LIST)
        .map_err(|_| Failure::usage(Message::new("backup-none")).at(clean(&shown)))?;
    file.take(LIST_CAP)
        .read_to_end(&mut text)
        .map_err(|_| broken(LIST))?;
    let list: List = serde_json::from_slice(&text).map_err(|_| broken(LIST))?;
    let plain = list.files.keys().all(|name| {
        !name.contains(['\\', ':', '\0'])
            && Path::new(name)
                .components()
                .all(|part| matches!(part, Component::Normal(_)))
    });
    if !plain || list.files.len() > FILES || !list.files.contains_key(DATABASE) {
        return Err(broken(LIST));
    }
    Ok(list)
}

/// Unpacks a backup into a folder that is not there yet, or empty. Nothing gets its name before all
/// of it holds.
pub fn restore(from: &Path, to: &Path) -> Result<Kept, Failure> {
    let is_free = match std::fs::read_dir(to) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    if !is_free {
        return Err(Failure::usage(Message::new("restore-not-empty"))
            .at(clean(&to.to_string_lossy()))
            .next(Message::new("restore-not-empty-next")));
    }
    crate::out::may_write(to)?;
    let mut archive = open(from)?;
    let list = read_list(&mut archive, from)?;
    let parent = to
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(|error| failed(parent, &error))?;
    let name = to
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    leftovers::sweep(parent);
    let temporary = Temporary(parent.join(leftovers::temporary(&name, "")));
    unpack(&mut archive, &list, &temporary.0)?;
    let (rows, head) = checked(&temporary.0.join(DATABASE))?;
    if head.as_ref().map(|head| (head.number, head.hash.clone())) != list.head {
        return Err(broken(DATABASE));
    }
    let missing = bodies_missing(&Store::open(
        &temporary.0.join(DATABASE),
        OpenMode::ReadOnly,
    )?)?;
    if to.exists() {
        std::fs::remove_dir(to).map_err(|error| failed(to, &error))?;
    }
    std::fs::rename(&temporary.0, to).map_err(|error| failed(to, &error))?;
    let _ = platform::sync_folder(parent);
    Ok(kept(&list, rows, head, missing))
}

/// Unpacks a backup below a folder; every file is what the list says.
fn unpack(archive: &mut Archive, list: &List, to: &Path) -> Result<(), Failure> {
    for (name, entry) in &list.files {
        let target = to.join(name);
        let file = archive.by_name(name).map_err(|_| broken(name))?;
        let write = || -> io::Result<Entry> {
            if let Some(folder) = target.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let mut out = BufWriter::new(File::create(&target)?);
            // No more than the list says: an archive may unfold to anything.
            let written = copied(&mut file.take(entry.bytes + 1), &mut out)?;
            out.into_inner()
                .map_err(io::IntoInnerError::into_error)?
                .sync_all()?;
            Ok(written)
        };
        match write() {
            Ok(written) if written == *entry => {}
            Ok(_) => return Err(broken(name)),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(broken(name)),
            Err(error) => return Err(failed(&target, &error)),
        }
    }
    Ok(())
}

/// Whether a file says that it is a backup.
pub fn is_backup(path: &Path) -> bool {
    let file = path.is_file().then(|| File::open(path).ok()).flatten();
    let archive = file.and_then(|file| zip::ZipArchive::new(BufReader::new(file)).ok());
    archive.is_some_and(|archive| archive.file_names_raw().any(|name| name == LIST.as_bytes()))
}

/// A backup unpacked for a look at it, away with its value.
pub struct Unpacked(Temporary);

impl Unpacked {
    /// The workspace in it.
    pub fn root(&self) -> &Path {
        &self.0.0
    }
}

/// Unpacks a backup to look at it, in the system's folder for temporary files, which only this account can enter.
pub fn unpacked(from: &Path) -> Result<Unpacked, Failure> {
    let mut archive = open(from)?;
    let list = read_list(&mut archive, from)?;
    let name = from.file_name().unwrap_or_default().to_string_lossy();
    let folder = std::env::temp_dir();
    let temporary = Temporary(folder.join(leftovers::temporary(&name, "")));
    platform::create_own_folder(&temporary.0).map_err(|error| failed(&temporary.0, &error))?;
    unpack(&mut archive, &list, &temporary.0)?;
    Ok(Unpacked(temporary))
}

/// Hashes of the raw answers and evidence that a database speaks of and that are missing or damaged.
fn bodies_missing(store: &Store) -> Result<Vec<String>, Failure> {
    Ok(store.check_bodies()?.bad_bodies)
}
