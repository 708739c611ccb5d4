//! A bag that somebody hands over: a folder, or the zip of one. It is outside input, with limits.

use crate::failure::Failure;
use crate::platform::file_trouble;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

/// Files of a bag at most, and how deep they may lie.
const FILES: usize = 20_000;
const DEPTH: usize = 16;
/// Largest file that is read into memory.
const FILE_CAP: u64 = 512 * 1024 * 1024;
/// A zip may unfold to so many bytes in all.
const UNFOLDED_CAP: u64 = 16 * 1024 * 1024 * 1024;

/// Where the files of a bag are.
#[derive(Debug)]
pub struct Shelf {
    place: PathBuf,
    /// Paths with `/`, in order.
    names: Vec<String>,
    /// What stands there and is not read, with what is wrong with it.
    odd: Vec<(String, &'static str)>,
    kind: Kind,
}

/// What a look at a folder or zip found.
#[derive(Default)]
struct Listed {
    names: Vec<String>,
    odd: Vec<(String, &'static str)>,
}

const NOT_A_FILE: &str = "verify-not-a-file";
const LEADS_OUTSIDE: &str = "verify-leads-outside";
const TWICE: &str = "verify-stands-twice";

#[derive(Debug)]
enum Kind {
    Folder,
    /// With what stands before every path inside.
    Zip(RefCell<zip::ZipArchive<BufReader<File>>>, String),
}

impl Shelf {
    /// Whether there is a bag at a path: a folder with its declaration, or a zip.
    pub fn is_bag(path: &Path) -> bool {
        path.join(super::DECLARATION.0).is_file()
            || (path.is_file()
                && path
                    .extension()
                    .is_some_and(|e| e.eq_ignore_ascii_case("zip")))
    }

    /// Opens a bag and lists its files.
    pub fn open(place: &Path) -> Result<Shelf, Failure> {
        let shown = clean(&place.to_string_lossy());
        let refused = |id: &'static str| {
            Failure::usage(Message::new(id).with("place", shown.as_str())).at(shown.as_str())
        };
        if place.is_dir() {
            let mut listed = Listed::default();
            walk(place, &mut String::new(), 0, &mut listed).map_err(|problem| match problem {
                Some(error) => Failure::nothing(
                    Message::new("bag-unreadable").with("detail", file_trouble(&error)),
                )
                .at(shown.as_str()),
                None => refused("bag-too-large"),
            })?;
            let Listed { mut names, odd } = listed;
            names.sort();
            if !names.iter().any(|name| name == super::DECLARATION.0) {
                return Err(refused("bag-none").next(Message::new("bag-none-next")));
            }
            return Ok(Shelf {
                place: place.to_owned(),
                names,
                odd,
                kind: Kind::Folder,
            });
        }
        // A pipe would be waited for without end.
        if std::fs::metadata(place).is_ok_and(|kind| !kind.is_file()) {
            return Err(refused("bag-none").next(Message::new("bag-none-next")));
        }
        let file = File::open(place).map_err(|error| {
            Failure::usage(Message::new("bag-unreadable").with("detail", file_trouble(&error)))
                .at(shown.as_str())
                .next(Message::new("bag-unreadable-next"))
        })?;
        let archive = zip::ZipArchive::new(BufReader::new(file))
            .map_err(|_| refused("bag-none").next(Message::new("bag-none-next")))?;
        Self::of_zip(place, archive).ok_or_else(|| refused("bag-too-large"))
    }

    fn of_zip(place: &Path, archive: zip::ZipArchive<BufReader<File>>) -> Option<Shelf> {
        if archive.len() > FILES {
            return None;
        }
        let (mut found, mut odd) = (Vec::new(), Vec::new());
        for at in 0..archive.len() {
            let entry = archive.by_index_data(at).ok()?;
            let name = entry.name().ok()?.into_owned();
            if !is_plain(name.trim_end_matches('/')) {
                odd.push((name, LEADS_OUTSIDE));
            } else if entry.is_symlink() {
                odd.push((name, NOT_A_FILE));
            } else if !name.ends_with('/') {
                found.push(name);
            }
        }
        // The folder that holds the declaration is the bag.
        let ending = format!("/{}", super::DECLARATION.0);
        let base = found
            .iter()
            .filter(|name| name.ends_with(&ending) || *name == super::DECLARATION.0)
            .min_by_key(|name| name.len())?
            .strip_suffix(super::DECLARATION.0)?
            .to_owned();
        let mut names: Vec<String> = found
            .iter()
            .filter_map(|name| name.strip_prefix(&base))
            .map(str::to_owned)
            .collect();
        names.sort();
        if archive.has_duplicate_names() {
            let all = entry_names(place, archive.central_directory_start());
            let mut seen = std::collections::HashSet::new();
            let again = all.into_iter().filter(|name| !seen.insert(name.clone()));
            odd.extend(again.map(|name| (name, TWICE)));
        }
        for (name, _) in &mut odd {
            if let Some(inside) = name.strip_prefix(&base) {
                *name = inside.to_owned();
            }
        }
        odd.dedup();
        Some(Shelf {
            place: place.to_owned(),
            names,
            odd,
            kind: Kind::Zip(RefCell::new(archive), base),
        })
    }

    /// Where it is.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Its files, by their paths with `/`, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What stands among them and is not read, each with the key of what is wrong with it.
    pub fn odd(&self) -> &[(String, &'static str)] {
        &self.odd
    }

    /// Reads a file through, piece by piece.
    pub fn each(&self, name: &str, take: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        match &self.kind {
            Kind::Folder => {
                if !is_plain(name) {
                    return Err(io::ErrorKind::InvalidInput.into());
                }
                let path = self.place.join(name);
                if !path.symlink_metadata()?.is_file() {
                    return Err(io::ErrorKind::InvalidInput.into());
                }
                pieces(&mut File::open(path)?, take)
            }
            Kind::Zip(archive, base) => {
                let mut archive = archive.borrow_mut();
                let file = archive
                    .by_name(&format!("{base}{name}"))
                    .map_err(io::Error::other)?;
                pieces(&mut file.take(UNFOLDED_CAP), take)
            }
        }
    }

    /// A whole file.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let mut too_large = false;
        let read = self.each(name, &mut |piece| {
            if bytes.len() as u64 + piece.len() as u64 > FILE_CAP {
                too_large = true;
            } else {
                bytes.extend_from_slice(piece);
            }
        });
        let failed = |detail: String| {
            Failure::new(
                crate::failure::Exit::Verification,
                Message::new("bag-unreadable").with("detail", detail),
            )
            .at(clean(name))
        };
        match read {
            Ok(()) if too_large => Err(failed(format!("> {FILE_CAP}"))),
            Ok(()) => Ok(bytes),
            Err(error) => Err(failed(error.to_string())),
        }
    }
}

fn pieces(reader: &mut dyn Read, take: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(()),
            read => take(&buffer[..read]),
        }
    }
}

/// A path that stays below the bag on every system.
pub(super) fn is_plain(name: &str) -> bool {
    !name.contains(['\\', ':', '\0'])
        && !name.is_empty()
        && Path::new(name)
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
}

/// The names of a zip's list of entries, each as often as it stands there.
fn entry_names(place: &Path, start: u64) -> Vec<String> {
    let mut names = Vec::new();
    let Ok(mut file) = File::open(place).map(BufReader::new) else {
        return names;
    };
    if file.seek(SeekFrom::Start(start)).is_err() {
        return names;
    }
    let mut head = [0; 46];
    while names.len() <= FILES
        && file.read_exact(&mut head).is_ok()
        && head.starts_with(b"PK\x01\x02")
    {
        // Lengths of the name, of what is added to it and of a remark (APPNOTE 4.3.12).
        let length = |at: usize| usize::from(u16::from_le_bytes([head[at], head[at + 1]]));
        let mut rest = vec![0; length(28) + length(30) + length(32)];
        if file.read_exact(&mut rest).is_err() {
            break;
        }
        rest.truncate(length(28));
        names.push(String::from_utf8_lossy(&rest).into_owned());
    }
    names
}

/// Lists files below a folder; links are not followed. `None` as an error: there are too many.
fn walk(
    folder: &Path,
    prefix: &mut String,
    depth: usize,
    listed: &mut Listed,
) -> Result<(), Option<io::Error>> {
    if depth > DEPTH {
        return Err(None);
    }
    for entry in std::fs::read_dir(folder).map_err(Some)? {
        let entry = entry.map_err(Some)?;
        let kind = entry.file_type().map_err(Some)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let length = prefix.len();
        prefix.push_str(&name);
        if kind.is_dir() {
            prefix.push('/');
            walk(&entry.path(), prefix, depth + 1, listed)?;
        } else if kind.is_file() {
            listed.names.push(prefix.clone());
        } else {
            listed.odd.push((prefix.clone(), NOT_A_FILE));
        }
        prefix.truncate(length);
        if listed.names.len() + listed.odd.len() > FILES {
            return Err(None);
        }
    }
    Ok(())
}
