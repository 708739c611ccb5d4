//! The published quarter: one folder (and the same as a zip) that anyone can check without us.
//!
//! It is a BagIt 1.0 bag (RFC 8493). `data/` holds the report, the tables as a Frictionless data
//! package, the answers behind the figures as WARC 1.1, the register's files, and everything that
//! was known, so that the same report can be made again. `log/` holds the log of people's acts up to
//! the publication: the publication's act names the hash of the list of payload files, and the
//! log's head names the act.

mod check;
mod contents;
mod make;
mod manifest;
mod package;
mod rebuild;
mod shelf;
mod tables;
mod warc;

pub use check::{BagCheck, Fault, Kept, anchor_text, break_text, check, signature_text};
pub use contents::Publication;
pub(crate) use contents::published;
pub(crate) use make::publish_locked;
pub use make::{Made, publish};
pub use rebuild::{Rebuilt, rebuild};
pub use shelf::Shelf;

/// Version of this program: what made a bag, and what a rebuild of it needs.
pub const ENGINE: &str = env!("CARGO_PKG_VERSION");

/// The declaration of a bag.
const DECLARATION: (&str, &str) = (
    "bagit.txt",
    "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
);
const INFO: &str = "bag-info.txt";
const MANIFEST: &str = "manifest-sha256.txt";
const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
/// The publisher's signature over the list of files beside the payload (64 bytes, Ed25519). It is the
/// one file that no list names: it comes after them.
const SIGNATURE: &str = "tagmanifest-sha256.txt.sig";
/// The public key that it is by.
const KEY: &str = "signing-key.pem";
/// The log of people's acts, one JSON object a line.
const LOG: &str = "log/acts.jsonl";
/// What was published, for rebuilding.
const PUBLICATION: &str = "data/publication.json";
const READINGS: &str = "data/snapshot/observations.jsonl";
const MONEY: &str = "data/snapshot/money.jsonl";
const FINDINGS: &str = "data/snapshot/findings.jsonl";
const HANDLED: &str = "data/snapshot/handled.jsonl";
const SOURCES: &str = "data/snapshot/sources.json";
const REGISTER: &str = "data/register/";
const REPORT: &str = "data/report/";
const TABLES: &str = "data/tables/";
const CAPTURES: &str = "data/captures/captures.warc.gz";
/// The table of its records.
pub(crate) const CAPTURE_TABLE: &str = "data/tables/captures.csv";

/// Whether a folder is a bag, as far as its declaration says.
pub(crate) fn is_declared(folder: &std::path::Path) -> bool {
    folder.join(DECLARATION.0).symlink_metadata().is_ok()
}

/// The quarters whose published folders lie in a workspace.
pub(crate) fn quarters_in(root: &std::path::Path) -> Vec<quarterdeck_kpi::calendar::Quarter> {
    let entries = std::fs::read_dir(root.join("reports"))
        .into_iter()
        .flatten();
    let names = entries.flatten().map(|entry| entry.file_name());
    let quarters = names.filter_map(|name| {
        let quarter = quarterdeck_kpi::calendar::Quarter::parse(name.to_str()?).ok()?;
        (folder_of(quarter) == format!("reports/{}", name.to_str()?)).then_some(quarter)
    });
    let mut found: Vec<_> = quarters
        .filter(|quarter| is_declared(&root.join(folder_of(*quarter))))
        .collect();
    found.sort_unstable();
    found
}

/// The folder of a published quarter in a workspace, relative to it.
pub fn folder_of(quarter: quarterdeck_kpi::calendar::Quarter) -> String {
    format!("reports/{quarter}")
}
