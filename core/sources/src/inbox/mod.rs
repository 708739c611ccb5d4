//! Packages of an agency without a portal: files with a manifest of their hashes, signed or not.
//!
//! A package is taken whole or not at all: its manifest names every file with size and SHA-256, the
//! signature (Ed25519) is over the manifest's bytes, and a package that was taken before, or is older
//! than the last one, is refused. What was taken before is an argument: nothing here remembers.

mod manifest;

pub use manifest::{Package, Taken};

use crate::answer::{Context, Decoded, Located, Refusal};
use crate::archive::Archive;
use crate::config::{Kind, Map, SourceConfig};
use crate::ed25519::{self, PublicKey};
use crate::notice::{list, quote, refuse};
use crate::sheet;
use base64::Engine;
use quarterdeck_kpi::finding::Finding;
use quarterdeck_kpi::message::Message;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Read, Write};

/// Name of the manifest.
pub const MANIFEST: &str = "manifest.json";
/// Name of the signature over the manifest.
pub const SIGNATURE: &str = "manifest.sig";
/// Largest package when the source sets no `max_bytes`.
const MAX_BYTES: u64 = 16 << 20;
/// Name of the recipe of a package whose files were blanked, each by its own recipe.
pub const RECIPE: &str = "package-blank@1";
/// Whose packages a source takes: `[inbox]` of a source file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboxConfig {
    /// The agency its manifest must name.
    pub agency: String,
    /// Public keys (Ed25519, base64) by the id that a signature names.
    #[serde(default)]
    pub keys: BTreeMap<String, String>,
    /// Packages without a signature are refused; true unless it is said otherwise.
    #[serde(default = "yes")]
    pub require_signature: bool,
}

fn yes() -> bool {
    true
}

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Path inside the package, with `/`.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a package held.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// What is kept of its files: those that maps read, and, where no personal field is named, the
    /// others; the manifest comes last.
    pub files: Vec<KeptFile>,
    /// Findings of all of them; ids are unique.
    pub findings: Vec<Finding>,
    /// Rows of the files that were read.
    pub rows: u64,
    /// Far fewer rows than last time: why no figure of the package may be taken.
    pub dropped: Option<Message>,
}

/// A file of a package with what may be stored of it.
#[derive(Debug, Clone)]
pub struct KeptFile {
    /// Path inside the package.
    pub path: String,
    /// SHA-256 (hex) of its bytes as they came.
    pub sha256: String,
    /// Length of its bytes as they came.
    pub bytes: u64,
    /// What may be stored.
    pub stored: Vec<u8>,
    /// Recipe by which personal fields were blanked.
    pub recipe: Option<String>,
    /// Its readings, their places naming package, file, key and place in the file.
    pub readings: Vec<Located>,
}

impl InboxConfig {
    /// The bytes of a key, when they are those of an Ed25519 key.
    pub(crate) fn key(&self, id: &str) -> Option<PublicKey> {
        ed25519::public_key(self.keys.get(id)?)
    }

    /// What is wrong with it, found without any package.
    pub(crate) fn problems(&self, out: &mut Vec<Message>) {
        if self.agency.trim().is_empty() {
            out.push(
                Message::new("source-key-value")
                    .with("key", "inbox.agency")
                    .with("value", ""),
            );
        }
        if self.require_signature && self.keys.is_empty() {
            out.push(Message::new("source-inbox-no-keys"));
        }
        for id in self.keys.keys().filter(|id| self.key(id).is_none()) {
            out.push(Message::new("source-inbox-key-invalid").with("key", quote(id)));
        }
    }
}

/// Base64 with spaces and line ends anywhere.
pub(crate) fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(bare).ok()
}

/// SHA-256 in hex.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Most bytes of a package, packed or not: both are in memory at once.
pub fn limit(config: &SourceConfig) -> u64 {
    config.max_bytes.unwrap_or(MAX_BYTES)
}

/// Unpacks a package that came as a zip file; one folder around all of it is left out.
pub fn unpack(config: &SourceConfig, bytes: &[u8]) -> Result<Vec<Part>, Message> {
    if !bytes.starts_with(b"PK") {
        return Err(Message::new("source-inbox-not-zip"));
    }
    let mut archive = Archive::open(bytes, limit(config))?;
    let files: Vec<(usize, String)> = archive
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| !entry.is_folder)
        .map(|(index, entry)| (index, entry.name.clone()))
        .collect();
    let around = match archive.find(MANIFEST) {
        Some(_) => None,
        None => files
            .first()
            .and_then(|(_, name)| name.split_once('/'))
            .map(|(folder, _)| format!("{folder}/"))
            .filter(|folder| files.iter().all(|(_, name)| name.starts_with(folder))),
    };
    let around = around.unwrap_or_default();
    let mut parts = Vec::with_capacity(files.len());
    for (index, name) in files {
        parts.push(Part {
            bytes: archive.read(index, limit(config))?,
            path: name.strip_prefix(&around).unwrap_or(&name).to_owned(),
        });
    }
    Ok(parts)
}

/// Kind of a file that maps can read.
fn kind_of(path: &str) -> Option<Kind> {
    let ending = path.rsplit_once('.')?.1.to_ascii_lowercase();
    match ending.as_str() {
        "csv" | "tsv" | "txt" => Some(Kind::Csv),
        "ods" | "xlsx" | "xlsm" => Some(Kind::Sheet),
        _ => None,
    }
}

/// The file of the package a map reads.
fn file_of<'a>(map: &Map, package: &'a Package) -> Result<&'a Part, Message> {
    if let Some(named) = &map.file {
        let found = package.parts.iter().find(|part| part.path == *named);
        return found.ok_or_else(|| {
            Message::new("source-inbox-no-file")
                .with("file", quote(named))
                .with("files", list(package.parts.iter().map(|p| p.path.as_str())))
        });
    }
    let mut tables = package.parts.iter().filter(|p| kind_of(&p.path).is_some());
    match (tables.next(), tables.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(Message::new("source-inbox-which-file")
            .with("files", list(package.parts.iter().map(|p| p.path.as_str())))),
    }
}

/// Reads the files of a package that maps look at, and says what may be kept of all of them.
pub fn read(
    config: &SourceConfig,
    context: &Context<'_>,
    mut package: Package,
) -> Result<Contents, Refusal> {
    let refused = |message| refuse(config, message, b"");
    let mut maps: BTreeMap<String, Vec<Map>> = BTreeMap::new();
    for map in &config.maps {
        let part = file_of(map, &package).map_err(refused)?;
        let maps = maps.entry(part.path.clone()).or_default();
        maps.push(map.clone());
    }
    let is_one = maps.len() == 1;
    let mut out = Contents::default();
    let has_personal = !config.personal_fields.is_empty();
    for part in std::mem::take(&mut package.parts) {
        let mut kept = KeptFile {
            path: part.path.clone(),
            sha256: sha256_hex(&part.bytes),
            bytes: part.bytes.len() as u64,
            stored: Vec::new(),
            recipe: None,
            readings: Vec::new(),
        };
        let Some(maps) = maps.remove(part.path.as_str()) else {
            // Nobody has looked for personal data in it.
            if !has_personal || part.path == MANIFEST || part.path == SIGNATURE {
                kept.stored = part.bytes;
                out.files.push(kept);
            }
            continue;
        };
        let kind = kind_of(&part.path).ok_or_else(|| {
            refused(Message::new("source-inbox-file-kind").with("file", quote(&part.path)))
        })?;
        let inner = SourceConfig {
            kind,
            maps,
            ..config.clone()
        };
        let context = Context {
            previous_rows: context.previous_rows.filter(|_| is_one),
            content_type: None,
            ..*context
        };
        let mut bytes = part.bytes.as_slice();
        let mut nowhere = std::io::sink();
        // Without personal fields the bytes themselves are kept, and copied nowhere.
        let stored: &mut dyn Write = match has_personal {
            true => &mut kept.stored,
            false => &mut nowhere,
        };
        let decoded = match kind {
            Kind::Sheet => sheet::decode_bytes(&inner, &context, bytes, stored),
            _ => crate::decode(&inner, &context, &mut bytes, stored),
        };
        let decoded = decoded.map_err(|refusal| Refusal {
            message: Message::new("source-inbox-file-refused")
                .with("file", quote(&part.path))
                .with("reason", refusal.message),
            excerpt: refusal.excerpt,
        })?;
        let trail = package.trail(&part.path);
        kept.recipe = decoded.recipe;
        kept.readings = decoded.readings;
        for located in &mut kept.readings {
            located.at.insert_str(0, &trail);
        }
        if !has_personal {
            kept.stored = part.bytes;
        }
        out.rows += decoded.rows;
        out.dropped = out.dropped.take().or(decoded.dropped);
        for finding in decoded.findings {
            if !out.findings.iter().any(|known| known.id == finding.id) {
                out.findings.push(finding);
            }
        }
        out.files.push(kept);
    }
    // The manifest is the last to be stored: where it is, the package is.
    let (manifest, mut files): (Vec<_>, Vec<_>) =
        out.files.drain(..).partition(|file| file.path == MANIFEST);
    files.extend(manifest);
    out.files = files;
    Ok(out)
}

/// Decodes one package in a zip file, whatever was taken before.
pub fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
) -> Result<Decoded, Refusal> {
    let has_personal = !config.personal_fields.is_empty();
    let bytes = if has_personal {
        sheet::read_whole(config, body, None, limit(config))?
    } else {
        sheet::read_whole(config, body, Some(&mut *stored), limit(config))?
    };
    let refused = |message| refuse(config, message, b"");
    let parts = unpack(config, &bytes).map_err(refused)?;
    let package = Package::open(config, parts, context.fetched_at).map_err(refused)?;
    let contents = read(config, context, package)?;
    let mut decoded = Decoded {
        rows: contents.rows,
        findings: contents.findings,
        dropped: contents.dropped,
        encoding: "utf-8",
        recipe: has_personal.then(|| RECIPE.to_owned()),
        ..Decoded::default()
    };
    for file in contents.files {
        if has_personal {
            stored.write_all(&file.stored).map_err(|error| {
                let said = quote(&error.to_string());
                refused(Message::new("source-store-failed").with("error", said))
            })?;
        }
        decoded.readings.extend(file.readings);
    }
    Ok(decoded)
}
