//! `qd verify BAG`: is it what was published? Offline, without the database.

use super::contents::Contents;
use super::manifest::{hex, is_payload, read_list};
use super::{
    DECLARATION, ENGINE, INFO, KEY, LOG, MANIFEST, PUBLICATION, SIGNATURE, Shelf, TAG_MANIFEST,
};
use crate::failure::Failure;
use crate::session::figures_sha256;
use crate::signature::{Counted, Keys, name};
use crate::signoff::log;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::register::Person;
use quarterdeck_kpi::signoff::Proof;
use quarterdeck_kpi::text::clean;
use quarterdeck_sources::ed25519::{self, PublicKey};
use quarterdeck_store::{
    Anchor, ChainBreak, Head, RecordedAct, compare_with, first_break, sha256_hex,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file, or the act of the log.
    pub place: String,
    /// What is wrong.
    pub text: Message,
}

/// What a look at a bag found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BagCheck {
    /// The quarter it says it is.
    pub quarter: Option<Quarter>,
    /// Version of the program that made it.
    pub engine: String,
    /// Files read.
    pub files: usize,
    /// Bytes read.
    pub bytes: u64,
    /// Acts of its log.
    pub acts: usize,
    /// Numbers of those that are dated before the act before them.
    pub back_in_time: Vec<i64>,
    /// The log's head in the bag.
    pub head: Option<Head>,
    /// SHA-256 (hex) of the list of payload files.
    pub manifest_sha256: String,
    /// It was compared with a head from outside.
    pub anchored: bool,
    /// The figures were made again from what is inside and are those that were signed.
    pub figures_again: bool,
    /// Signatures of its log, by the keys in its register.
    pub signatures: Counted,
    /// What vouches for the bag itself: the signature over the list of its tag files.
    pub seal: Proof,
    /// What does not hold.
    pub faults: Vec<Fault>,
}

impl BagCheck {
    /// Nothing is wrong.
    pub fn holds(&self) -> bool {
        self.faults.is_empty()
    }
    fn fault(&mut self, place: &str, text: Message) {
        // A bag with everything wrong need not be listed whole.
        if self.faults.len() < 200 {
            self.faults.push(Fault {
                place: clean(place),
                text,
            });
        }
    }
}

/// A head that was kept outside: `NUMBER:HASH`, or the hash alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Number of the act, where it was written down too.
    pub number: Option<i64>,
    /// Its hash.
    pub hash: String,
}

impl Kept {
    /// Reads what somebody wrote down.
    pub fn parse(text: &str) -> Option<Kept> {
        let (number, hash) = match text.trim().split_once(':') {
            Some((number, hash)) => (Some(number.trim().parse().ok().filter(|n| *n > 0)?), hash),
            None => (None, text.trim()),
        };
        let hash = hash.trim().to_ascii_lowercase();
        let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        is_hash.then_some(Kept { number, hash })
    }

    /// How a log stands to it.
    pub fn compare(&self, acts: &[RecordedAct]) -> Anchor {
        let number = self.number.or_else(|| {
            acts.iter()
                .find(|act| act.hash == self.hash)
                .map(|act| act.number)
        });
        match number {
            Some(number) => compare_with(
                acts,
                &Head {
                    number,
                    hash: self.hash.clone(),
                },
            ),
            None => Anchor::Cut {
                acts: i64::try_from(acts.len()).unwrap_or(i64::MAX),
            },
        }
    }
}

/// What is wrong with a log, in a sentence.
pub fn break_text(number: i64, kind: ChainBreak) -> Message {
    let id = match kind {
        ChainBreak::Missing => "verify-act-missing",
        ChainBreak::Altered => "verify-act-altered",
        ChainBreak::Unconnected => "verify-act-unconnected",
    };
    Message::new(id).with("act", number.to_string())
}

/// What a comparison with a kept head says; `None` when the head holds.
pub fn anchor_text(anchor: &Anchor) -> Option<Message> {
    match anchor {
        Anchor::Holds => None,
        Anchor::Cut { acts } => {
            Some(Message::new("verify-head-cut").with("acts", acts.to_string()))
        }
        Anchor::Different { number } => {
            Some(Message::new("verify-head-different").with("act", number.to_string()))
        }
    }
}

/// Checks a bag against itself, and against a head and a public key that were kept outside.
pub fn check(
    shelf: &Shelf,
    kept: Option<&Kept>,
    key: Option<&PublicKey>,
) -> Result<BagCheck, Failure> {
    let mut found = BagCheck::default();
    // What is inside is read and assessed while the files are hashed.
    let place = shelf.place();
    let (hashes, inside) = std::thread::scope(|scope| {
        let inside = scope.spawn(|| {
            let shelf = Shelf::open(place)?;
            Contents::of_bag(shelf.names(), |name| shelf.read(name))
        });
        (hashes(shelf, &mut found), inside.join())
    });
    let inside = inside.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    for (name, wrong) in shelf.odd() {
        found.fault(name, Message::new(wrong));
    }
    declaration(shelf, &mut found);
    lists(shelf, &hashes, &mut found);
    found.manifest_sha256 = hashes.get(MANIFEST).cloned().unwrap_or_default();
    let acts = acts(shelf, &mut found);
    chain(&acts, kept, &mut found);
    let people = contents(shelf, inside, &acts, &mut found);
    signatures(shelf, &acts, &people, key, &mut found);
    Ok(found)
}

/// Every file, hashed.
fn hashes(shelf: &Shelf, found: &mut BagCheck) -> BTreeMap<String, String> {
    let mut hashes = BTreeMap::new();
    for name in shelf.names() {
        let (mut hash, mut length) = (Sha256::new(), 0);
        let read = shelf.each(name, &mut |piece| {
            hash.update(piece);
            length += piece.len() as u64;
        });
        match read {
            Ok(()) => {
                found.files += 1;
                found.bytes += length;
                hashes.insert(name.clone(), hex(&hash.finalize()));
            }
            Err(error) => {
                let text = Message::new("bag-unreadable").with("detail", error.to_string());
                found.fault(name, text);
            }
        }
    }
    hashes
}

fn declaration(shelf: &Shelf, found: &mut BagCheck) {
    match shelf.read(DECLARATION.0) {
        Ok(bytes) if bytes == DECLARATION.1.as_bytes() => {}
        _ => found.fault(DECLARATION.0, Message::new("verify-declaration")),
    }
}

/// The lists name exactly the files that are there, with their hashes.
fn lists(shelf: &Shelf, hashes: &BTreeMap<String, String>, found: &mut BagCheck) {
    for (list, payload) in [(MANIFEST, true), (TAG_MANIFEST, false)] {
        let text = shelf
            .read(list)
            .ok()
            .and_then(|b| String::from_utf8(b).ok());
        let Some(listed) = text.as_deref().and_then(read_list) else {
            found.fault(list, Message::new("verify-no-list"));
            continue;
        };
        let listed: BTreeMap<String, String> = listed.into_iter().collect();
        for (path, hash) in &listed {
            match hashes.get(path) {
                None if shelf.odd().iter().any(|(odd, _)| odd == path) => {}
                None => found.fault(path, Message::new("verify-file-missing")),
                Some(real) if real != hash => {
                    found.fault(path, Message::new("verify-file-altered"));
                }
                Some(_) => {}
            }
        }
        for path in hashes.keys() {
            let is_last = path == TAG_MANIFEST || path == SIGNATURE;
            let belongs = is_payload(path) == payload && !is_last;
            if belongs && !listed.contains_key(path) {
                found.fault(path, Message::new("verify-file-unlisted"));
            }
        }
    }
}

fn acts(shelf: &Shelf, found: &mut BagCheck) -> Vec<RecordedAct> {
    let text = shelf.read(LOG).ok().and_then(|b| String::from_utf8(b).ok());
    let Some(text) = text else {
        found.fault(LOG, Message::new("verify-no-log"));
        return Vec::new();
    };
    let mut acts = Vec::new();
    for line in text.lines() {
        match serde_json::from_str(line)
            .ok()
            .as_ref()
            .and_then(log::from_json)
        {
            Some(act) => acts.push(act),
            None => {
                let number = (acts.len() + 1).to_string();
                found.fault(LOG, Message::new("verify-act-altered").with("act", number));
                break;
            }
        }
    }
    found.acts = acts.len();
    found.back_in_time = log::back_in_time(&acts);
    acts
}

/// The log follows from itself, ends where the head that was kept says, and its last act is the
/// publication of this very payload.
fn chain(acts: &[RecordedAct], kept: Option<&Kept>, found: &mut BagCheck) {
    if let Some((number, kind)) = first_break(acts) {
        found.fault(LOG, break_text(number, kind));
    }
    found.head = acts.last().map(|act| Head {
        number: act.number,
        hash: act.hash.clone(),
    });
    if let Some(kept) = kept {
        found.anchored = true;
        if let Some(text) = anchor_text(&kept.compare(acts)) {
            found.fault(LOG, text);
        }
    }
}

/// What the bag says of itself: the publication's act, the head before it, the figures. Gives the
/// people of its register.
fn contents(
    shelf: &Shelf,
    inside: Result<Contents, Failure>,
    acts: &[RecordedAct],
    found: &mut BagCheck,
) -> Vec<Person> {
    let contents = match inside {
        Ok(contents) => contents,
        Err(failure) => {
            let place = failure.place.clone().unwrap_or_default();
            found.fault(&place, *failure.what);
            return Vec::new();
        }
    };
    let publication = &contents.publication;
    found.quarter = Some(publication.quarter);
    found.engine.clone_from(&publication.engine);
    let told = log::told(acts, publication.quarter);
    let named = told.published.as_ref();
    let last = acts.last().map(|act| act.number);
    match named {
        Some(act) if Some(act.signature.act) == last => {
            if act.manifest_sha256 != found.manifest_sha256 {
                found.fault(MANIFEST, Message::new("verify-manifest-other"));
            }
            if act.signature.mark != publication.mark || act.engine != publication.engine {
                found.fault(PUBLICATION, Message::new("verify-publication-other"));
            }
        }
        _ => found.fault(LOG, Message::new("verify-no-publication")),
    }
    let before = acts.len().checked_sub(2).and_then(|at| acts.get(at));
    let head = before.map_or((0, ""), |act| (act.number, act.hash.as_str()));
    if head != (publication.head_number, publication.head_hash.as_str()) {
        found.fault(PUBLICATION, Message::new("verify-head-before"));
    }
    // Another version may count otherwise; that is no fault of the bag.
    if publication.engine == ENGINE {
        if figures_sha256(&contents.assessment) == publication.mark.figures_sha256 {
            found.figures_again = true;
        } else {
            found.fault(PUBLICATION, Message::new("verify-figures-other"));
        }
    }
    info(shelf, acts, found);
    contents.snapshot.register.people
}

/// The signatures of the acts, and the one over the list of tag files.
fn signatures(
    shelf: &Shelf,
    acts: &[RecordedAct],
    people: &[Person],
    wanted: Option<&PublicKey>,
    found: &mut BagCheck,
) {
    let keys = Keys::of_people(people);
    found.signatures = keys.count(acts);
    for (number, key) in found.signatures.broken.clone() {
        found.fault(LOG, signature_text(number, &key));
    }
    let read = |name: &str| match shelf.names().iter().any(|known| known == name) {
        true => shelf.read(name).ok(),
        false => None,
    };
    let pem = read(KEY).and_then(|bytes| String::from_utf8(bytes).ok());
    let key = pem.as_deref().and_then(ed25519::public_key);
    let signature = read(SIGNATURE);
    let list = read(TAG_MANIFEST).unwrap_or_default();
    found.seal = match (&key, &signature) {
        (None, None) if pem.is_none() => Proof::Unsigned,
        (Some(key), Some(signature)) if ed25519::holds(key, &list, signature) => {
            let publisher = acts.last().map(|act| &act.act);
            let known = publisher.is_some_and(|act| keys.know(&act.actor, key, act.at));
            match known || wanted == Some(key) {
                true => Proof::Holds(name(key)),
                false => Proof::UnknownKey(name(key)),
            }
        }
        _ => Proof::Broken(key.as_ref().map(name).unwrap_or_default()),
    };
    if matches!(found.seal, Proof::Broken(_)) {
        found.fault(SIGNATURE, Message::new("verify-seal-broken"));
    } else if let Some(wanted) = wanted.filter(|wanted| key.as_ref() != Some(wanted)) {
        let text = match signature {
            None => Message::new("verify-seal-none"),
            Some(_) => Message::new("verify-seal-other"),
        };
        found.fault(SIGNATURE, text.with("key", name(wanted)));
    }
}

/// That the signature of an act does not hold.
pub fn signature_text(number: i64, key: &str) -> Message {
    let id = match key.is_empty() {
        true => "verify-act-signature-missing",
        false => "verify-act-signature",
    };
    Message::new(id)
        .with("act", number.to_string())
        .with("key", key)
}

/// `bag-info.txt` names the head of the log that lies beside it.
fn info(shelf: &Shelf, acts: &[RecordedAct], found: &mut BagCheck) {
    let text = shelf
        .read(INFO)
        .ok()
        .and_then(|b| String::from_utf8(b).ok());
    let named = text.as_deref().and_then(|text| {
        let mut lines = text.lines();
        lines.find_map(|line| line.strip_prefix("Quarterdeck-Log-Head: "))
    });
    let real = acts
        .last()
        .map(|act| format!("{}:{}", act.number, act.hash));
    if named != real.as_deref() {
        found.fault(INFO, Message::new("verify-info-head"));
    }
}

/// SHA-256 (hex) of a file of a bag; empty when it cannot be read.
pub(super) fn hash_of(shelf: &Shelf, name: &str) -> String {
    shelf
        .read(name)
        .map(|bytes| sha256_hex(&bytes))
        .unwrap_or_default()
}
