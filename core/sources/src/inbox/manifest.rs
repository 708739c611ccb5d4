//! The manifest of a package: what it says, whether it is true, and whether it is news.

use super::{InboxConfig, MANIFEST, Part, SIGNATURE, base64_bytes, sha256_hex};
use crate::archive::{is_archive_name, is_inside};
use crate::config::SourceConfig;
use crate::document::strict_value;
use crate::ed25519;
use crate::notice::{list, quote};
use chrono::{DateTime, Duration, Utc};
use quarterdeck_kpi::message::Message;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Largest manifest and signature.
const MAX_MANIFEST: usize = 1 << 20;
/// So far may the clock of an agency be ahead of ours.
const CLOCKS_DIFFER: Duration = Duration::minutes(5);

/// A package whose manifest holds and whose files are those it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The agency's name for it.
    pub id: String,
    /// When it was made, as its manifest says.
    pub created: DateTime<Utc>,
    /// SHA-256 (hex) of the manifest.
    pub manifest_sha256: String,
    /// Id of the key that signed it; none when it is not signed.
    pub key: Option<String>,
    /// Its files, manifest and signature among them.
    pub parts: Vec<Part>,
}

/// A package that was taken before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The agency's name for it.
    pub id: String,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// SHA-256 (hex) of its manifest.
    pub manifest_sha256: String,
    /// Where it lay.
    pub place: String,
}

#[derive(Deserialize)]
struct Manifest {
    agency: String,
    package: String,
    created: String,
    files: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    path: String,
    sha256: String,
    bytes: u64,
}

fn of_file(id: &'static str, path: &str) -> Message {
    Message::new(id).with("file", quote(path))
}

impl Package {
    /// Holds a package against its manifest and the source's keys.
    pub fn open(
        config: &SourceConfig,
        parts: Vec<Part>,
        now: DateTime<Utc>,
    ) -> Result<Package, Message> {
        let Some(inbox) = &config.inbox else {
            return Err(Message::new("source-inbox-missing"));
        };
        check_names(&parts)?;
        let find = |path: &str| parts.iter().find(|part| part.path == path);
        let Some(manifest) = find(MANIFEST) else {
            let there = list(parts.iter().map(|part| part.path.as_str()));
            return Err(Message::new("source-inbox-no-manifest").with("files", there));
        };
        for part in [Some(manifest), find(SIGNATURE)].into_iter().flatten() {
            if part.bytes.len() > MAX_MANIFEST {
                return Err(of_file("source-inbox-manifest-too-large", &part.path)
                    .with("limit", MAX_MANIFEST));
            }
        }
        // Who sends it comes first: what a stranger's manifest says is of no interest.
        let key = match find(SIGNATURE) {
            Some(signature) => Some(signed_by(inbox, &manifest.bytes, &signature.bytes)?),
            None if inbox.require_signature => return Err(Message::new("source-inbox-unsigned")),
            None => None,
        };
        let read = read_manifest(&manifest.bytes)?;
        if read.agency != inbox.agency {
            return Err(Message::new("source-inbox-agency")
                .with("agency", quote(&read.agency))
                .with("expected", quote(&inbox.agency)));
        }
        let is_id = !read.package.trim().is_empty()
            && read.package.len() <= 120
            && read.package == quarterdeck_kpi::text::clean(&read.package)
            && !read.package.contains(';');
        if !is_id {
            return Err(Message::new("source-inbox-package-id").with("id", quote(&read.package)));
        }
        let created = DateTime::parse_from_rfc3339(&read.created)
            .map_err(|_| Message::new("source-inbox-created").with("text", quote(&read.created)))?
            .to_utc();
        if created > now + CLOCKS_DIFFER {
            // Says nothing that changes with every look: whoever has seen to it is not asked again.
            return Err(Message::new("source-inbox-future").with("created", created));
        }
        check_files(&read.files, &parts)?;
        Ok(Package {
            id: read.package,
            created,
            manifest_sha256: sha256_hex(&manifest.bytes),
            key,
            parts,
        })
    }

    /// Whether a package lying at a place is news: false when it is the one that was taken from
    /// there. A copy of an earlier one, another one under the same name and an older one are
    /// refused.
    pub fn is_new(&self, place: &str, taken: &[Taken]) -> Result<bool, Message> {
        let same = |known: &&Taken| known.manifest_sha256 == self.manifest_sha256;
        if let Some(known) = taken.iter().find(same) {
            if taken.iter().filter(same).any(|known| known.place == place) {
                return Ok(false);
            }
            return Err(Message::new("source-inbox-replay")
                .with("package", quote(&self.id))
                .with("place", quote(&known.place)));
        }
        if taken.iter().any(|known| known.id == self.id) {
            return Err(Message::new("source-inbox-same-id").with("package", quote(&self.id)));
        }
        let newest = taken.iter().max_by_key(|known| known.created);
        if let Some(newest) = newest.filter(|newest| self.created <= newest.created) {
            return Err(Message::new("source-inbox-old")
                .with("package", quote(&self.id))
                .with("created", self.created)
                .with("newest", quote(&newest.id))
                .with("at", newest.created));
        }
        Ok(true)
    }

    /// What stands before the place of a figure in a file of this package.
    pub(crate) fn trail(&self, path: &str) -> String {
        let signed = match &self.key {
            Some(key) => format!("signed by {key}"),
            None => "not signed".to_owned(),
        };
        format!("package={}; file={path}; {signed}; ", self.id)
    }
}

/// Names of files must be safe, and different on every system.
fn check_names(parts: &[Part]) -> Result<(), Message> {
    let mut seen = BTreeSet::new();
    for part in parts {
        if !is_inside(&part.path) {
            return Err(Message::new("source-zip-name").with("name", quote(&part.path)));
        }
        if !seen.insert(part.path.to_lowercase()) {
            return Err(of_file("source-inbox-twice", &part.path));
        }
        if is_archive_name(&part.path) {
            return Err(of_file("source-inbox-nested", &part.path));
        }
    }
    Ok(())
}

/// The id of the key that signed, when the signature holds.
fn signed_by(inbox: &InboxConfig, manifest: &[u8], signature: &[u8]) -> Result<String, Message> {
    let unreadable = || Message::new("source-inbox-signature-unreadable");
    let text = std::str::from_utf8(signature).map_err(|_| unreadable())?;
    let (id, rest) = text.split_once('\n').ok_or_else(unreadable)?;
    let id = id.trim();
    let named = |message: &'static str| Message::new(message).with("key", quote(id));
    let Some(key) = inbox.key(id) else {
        let known = list(inbox.keys.keys().map(String::as_str));
        return Err(named("source-inbox-key-unknown").with("known", known));
    };
    let bytes = base64_bytes(rest).ok_or_else(unreadable)?;
    if !ed25519::holds(&key, manifest, &bytes) {
        return Err(named("source-inbox-signature-wrong"));
    }
    Ok(id.to_owned())
}

fn read_manifest(bytes: &[u8]) -> Result<Manifest, Message> {
    let broken = |reason| Message::new("source-inbox-manifest-broken").with("reason", reason);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        broken(Message::new("source-text-unreadable").with("byte", error.valid_up_to()))
    })?;
    let value = strict_value(text.trim_start_matches('\u{feff}')).map_err(broken)?;
    let format = value.get("format").and_then(serde_json::Value::as_u64);
    if format != Some(1) {
        let shown = value.get("format").map(ToString::to_string);
        return Err(Message::new("source-inbox-format")
            .with("format", quote(shown.as_deref().unwrap_or("-"))));
    }
    Manifest::deserialize(value).map_err(|error| {
        Message::new("source-inbox-manifest-shape").with("detail", quote(&error.to_string()))
    })
}

/// Every file is named once, and is what it is said to be.
fn check_files(named: &[Named], parts: &[Part]) -> Result<(), Message> {
    if named.is_empty() {
        return Err(Message::new("source-inbox-no-files"));
    }
    let mut files: BTreeMap<&str, &Named> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for file in named {
        if !is_inside(&file.path) {
            return Err(Message::new("source-zip-name").with("name", quote(&file.path)));
        }
        if !seen.insert(file.path.to_lowercase()) {
            return Err(of_file("source-inbox-twice", &file.path));
        }
        files.insert(&file.path, file);
    }
    for part in parts {
        if part.path == MANIFEST || part.path == SIGNATURE {
            continue;
        }
        let Some(file) = files.remove(part.path.as_str()) else {
            return Err(of_file("source-inbox-extra", &part.path));
        };
        if part.bytes.len() as u64 != file.bytes {
            return Err(of_file("source-inbox-size", &part.path)
                .with("named", file.bytes)
                .with("bytes", part.bytes.len()));
        }
        if !sha256_hex(&part.bytes).eq_ignore_ascii_case(file.sha256.trim()) {
            return Err(of_file("source-inbox-hash", &part.path));
        }
    }
    match files.keys().next() {
        Some(path) => Err(of_file("source-inbox-lacking", path)),
        None => Ok(()),
    }
}
