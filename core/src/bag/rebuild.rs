//! `qd rebuild BAG --out D`: the same report once more, from what lies in the bag.

use super::check::{check, hash_of};
use super::contents::{Contents, ingredients};
use super::{ENGINE, REPORT, Shelf};
use crate::failure::{Exit, Failure};
use crate::platform;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_store::sha256_hex;
use std::path::{Path, PathBuf};

/// A report that was made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// The quarter.
    pub quarter: Quarter,
    /// Files written.
    pub files: Vec<PathBuf>,
    /// Names of files whose bytes are not those in the bag.
    pub different: Vec<String>,
}

/// Makes the report of a bag again and compares it, byte for byte.
pub fn rebuild(shelf: &Shelf, out: &Path) -> Result<Rebuilt, Failure> {
    let contents = Contents::of_bag(shelf.names(), |name| shelf.read(name))?;
    let publication = &contents.publication;
    if publication.engine != ENGINE {
        return Err(Failure::usage(
            Message::new("bag-needs-engine").with("version", clean(&publication.engine)),
        )
        .next(Message::new("bag-needs-engine-next").with("version", clean(&publication.engine))));
    }
    let own = ingredients();
    for needed in &publication.ingredients {
        if !own.contains(needed) {
            return Err(Failure::usage(
                Message::new("bag-needs-file")
                    .with("name", clean(&needed.name))
                    .with("sha256", clean(&needed.sha256)),
            )
            .next(Message::new("bag-needs-file-next")));
        }
    }
    // What was tampered with is not made to look good by making it again.
    let found = check(shelf, None, None)?;
    if let Some(fault) = found.faults.first() {
        return Err(Failure::new(Exit::Verification, fault.text.clone())
            .at(fault.place.clone())
            .next(Message::new("bag-rebuild-faulty-next")));
    }
    let mut rebuilt = Rebuilt {
        quarter: publication.quarter,
        files: Vec::new(),
        different: Vec::new(),
    };
    let failed = |path: &Path, error: &std::io::Error| {
        Failure::nothing(platform::refused(path, error)).at(clean(&path.to_string_lossy()))
    };
    let report = contents.report()?;
    std::fs::create_dir_all(out).map_err(|error| failed(out, &error))?;
    for (name, bytes) in report {
        if hash_of(shelf, &format!("{REPORT}{name}")) != sha256_hex(&bytes) {
            rebuilt.different.push(name.clone());
        }
        let path = out.join(&name);
        platform::replace_file(&path, &bytes)
            .map_err(|message| Failure::nothing(message).at(clean(&path.to_string_lossy())))?;
        rebuilt.files.push(path);
    }
    Ok(rebuilt)
}
