//! Publishing: the bag is written under a name of its own, the act goes into the log, and only then
//! does the folder get its name. A run that is cut off leaves either no publication or one whose
//! folder the next run of the same command puts in its place.

use super::contents::{Approval, Contents};
use super::manifest::{self, Packing, is_payload};
use super::warc::{self, Record};
use super::{
    CAPTURES, DECLARATION, ENGINE, INFO, KEY, LOG, MANIFEST, REPORT, SIGNATURE, TABLES,
    TAG_MANIFEST, folder_of, package, tables,
};
use crate::failure::{Exit, Failure};
use crate::leftovers::{self, remove};
use crate::platform;
use crate::session::{HUMAN_WAIT, Session};
use crate::signature::SigningKey;
use crate::signoff::{self, Asked, log};
use crate::zipped::Zipped;
use quarterdeck_kpi::calendar::{Quarter, taipei_day};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::Cause;
use quarterdeck_kpi::signoff::{Mark, Publication, Step};
use quarterdeck_kpi::text::clean;
use quarterdeck_sources::ed25519;
use quarterdeck_sources::targets::split_place;
use quarterdeck_store::{Fetch, Head, RecordedAct, Store, chained, seal_of, sha256_hex};
use quarterdeck_view::i18n::{Language, say};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the bag says of itself inside, in both languages.
const README: &str = include_str!("../../../assets/manual/published-quarter.md");

/// A published quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The quarter.
    pub quarter: Quarter,
    /// Its folder.
    pub folder: PathBuf,
    /// The same as one file.
    pub zip: PathBuf,
    /// The log's head after the publication: to be kept outside.
    pub head: Head,
    /// SHA-256 (hex) of the list of payload files.
    pub manifest_sha256: String,
    /// Where a draft was put that stood in the folder's place.
    pub draft: Option<PathBuf>,
}

/// Publishes a quarter: the bag and the act, together.
pub fn publish(session: &mut Session, asked: &Asked, language: Language) -> Result<Made, Failure> {
    session.may_sign(Step::Publish)?;
    let _lock = session.lock("publish", HUMAN_WAIT)?;
    publish_locked(session, asked, language)
}

/// The same for whoever holds the lock already.
pub(crate) fn publish_locked(
    session: &mut Session,
    asked: &Asked,
    language: Language,
) -> Result<Made, Failure> {
    let signer = session.may_sign(Step::Publish)?;
    let quarter = asked.quarter;
    let acts = signoff::acts(session, None)?;
    let told = log::told(&acts, quarter);
    if let Some(publication) = &told.published {
        // An earlier run was cut off between the act and the folder's name.
        return finish(session, quarter, publication, &acts);
    }
    let ready = signoff::ready(session, asked)?;
    let store = store_of(session)?;
    // The chain as it will be: what is written into the bag is what goes into the log.
    let before = store.head()?;
    let mut chain = acts;
    let mut head = before.clone();
    let mut acts = Vec::with_capacity(ready.acceptances.len() + 1);
    for act in ready.acceptances {
        let act = session.sealed(head.as_ref(), act);
        let link = chained(head.as_ref(), act.clone());
        head = Some(head_of(&link));
        chain.push(link);
        acts.push(act);
    }
    let approval = Approval {
        person: &signer.actor.id,
        identity: &signer.actor.identity,
        at: ready.at,
    };
    let contents = Contents::of_workspace(
        session,
        quarter,
        &ready.mark,
        &chain,
        &approval,
        head.as_ref(),
        language,
    )?;
    let place = Place::of(session.root(), quarter);
    place.sweep();
    let mut packing = Packing::new(&place.temporary);
    let done = payload(&mut packing, contents, store).and_then(|contents| {
        let manifest_sha256 = list_payload(&mut packing)?;
        let says = log::Says {
            bag: Some((manifest_sha256.clone(), ENGINE.to_owned())),
            ..ready.says
        };
        let act = log::sign(&signer, ready.at, quarter, Step::Publish, &ready.mark, says);
        let act = session.sealed(head.as_ref(), act);
        let link = chained(head.as_ref(), act.clone());
        chain.push(link.clone());
        tags(&mut packing, &contents, &chain, session.key().as_deref())?;
        zip(&packing, &place)?;
        Ok((act, link, manifest_sha256))
    });
    let (act, link, manifest_sha256) = match done {
        Ok(done) => done,
        Err(failure) => {
            place.clear();
            return Err(failure);
        }
    };
    acts.push(act);
    let stored = session.store_mut()?.append_acts(&acts, Some(&before));
    let after = head_of(&link);
    match stored {
        Ok(Some(head)) if head == after => {}
        // Nobody writes without the lock; somebody did.
        Ok(_) => {
            place.clear();
            return Err(Failure::new(Exit::Busy, Message::new("bag-log-moved"))
                .next(Message::new("bag-log-moved-next")));
        }
        Err(error) => {
            place.clear();
            return Err(error.into());
        }
    }
    let draft = place.settle()?;
    Ok(place.made(quarter, after, manifest_sha256, draft))
}

/// Puts the folder of a publication in its place that a cut-off run left beside it, or makes it anew
/// from the database; either way it must be the bag that the log names.
fn finish(
    session: &mut Session,
    quarter: Quarter,
    publication: &Publication,
    acts: &[RecordedAct],
) -> Result<Made, Failure> {
    let place = Place::of(session.root(), quarter);
    let at = publication.signature.act;
    let index = usize::try_from(at).unwrap_or_default();
    let chain = &acts[..index.min(acts.len())];
    let Some(link) = chain.last() else {
        return Err(Failure::nothing(Message::new("cli-wrong-use")));
    };
    let made = |draft| {
        place.made(
            quarter,
            head_of(link),
            publication.manifest_sha256.clone(),
            draft,
        )
    };
    if place.folder.join(DECLARATION.0).exists() {
        return Err(Failure::nothing(
            Message::new("signoff-published-already").with("quarter", quarter),
        )
        .at(clean(&place.folder.to_string_lossy()))
        .next(Message::new("signoff-published-already-next").with("quarter", quarter)));
    }
    let mut before = None;
    if chain.len() > 1 {
        before = chain.get(chain.len() - 2).map(head_of);
    }
    let approval = Approval {
        person: &publication.signature.person,
        identity: &publication.signature.identity,
        at: publication.signature.at,
    };
    let mark: &Mark = &publication.signature.mark;
    // The folder is signed again only by the key that signed the act.
    let sealed = seal_of(link).map(|(seal, _)| seal.key);
    let key = session.key();
    let key = key.filter(|key| sealed.is_some_and(|sealed| sealed == key.public_text()));
    place.sweep();
    // The language is not in the log: the one that gives the bytes it names is the right one.
    for language in Language::ALL {
        let contents = Contents::of_workspace(
            session,
            quarter,
            mark,
            chain,
            &approval,
            before.as_ref(),
            language,
        )?;
        let mut packing = Packing::new(&place.temporary);
        let store = store_of(session)?;
        let packed = payload(&mut packing, contents, store).and_then(|contents| {
            let manifest_sha256 = list_payload(&mut packing)?;
            if manifest_sha256 != publication.manifest_sha256 {
                return Ok(false);
            }
            tags(&mut packing, &contents, chain, key.as_deref())?;
            zip(&packing, &place)?;
            Ok(true)
        });
        match packed {
            Ok(true) => return place.settle().map(made),
            Ok(false) => place.clear(),
            Err(failure) => {
                place.clear();
                return Err(failure);
            }
        }
    }
    let refusal = match publication.engine == ENGINE {
        true => Message::new("bag-not-the-same").with("quarter", quarter),
        false => Message::new("bag-needs-engine").with("version", publication.engine.as_str()),
    };
    Err(Failure::new(Exit::Verification, refusal))
}

fn store_of(session: &Session) -> Result<&Store, Failure> {
    session
        .store()
        .ok_or_else(|| Failure::nothing(Message::new("session-no-database")))
}

fn head_of(act: &RecordedAct) -> Head {
    Head {
        number: act.number,
        hash: act.hash.clone(),
    }
}

/// Writes everything below `data/`.
fn payload(
    packing: &mut Packing,
    mut contents: Contents,
    store: &Store,
) -> Result<Contents, Failure> {
    let report = contents.report()?;
    contents.publication.report = report.iter().map(|(name, _)| name.clone()).collect();
    for (name, bytes) in report {
        packing.put(&format!("{REPORT}{name}"), &bytes)?;
    }
    for (path, bytes) in contents.kept()? {
        packing.put(&path, &bytes)?;
    }
    let records = records(&contents, store)?;
    captures(packing, &contents, store, &records)?;
    let tables = tables::tables(&contents, &records);
    for table in &tables {
        packing.put(&format!("{TABLES}{}.csv", table.name), &table.bytes)?;
    }
    let mut description = format!("{:#}", package::description(&contents, &tables));
    description.push('\n');
    packing.put(&format!("{TABLES}datapackage.json"), description.as_bytes())?;
    packing.put("data/README.md", README.as_bytes())?;
    Ok(contents)
}

/// The answers behind the quarter's figures, and only those.
fn records(contents: &Contents, store: &Store) -> Result<Vec<Record>, Failure> {
    let figures = quarterdeck_kpi::figures::figures(&contents.assessment);
    let used: std::collections::BTreeSet<i64> =
        figures.into_iter().flat_map(|figure| figure.rows).collect();
    let snapshot = &contents.snapshot;
    let readings = snapshot
        .observations
        .iter()
        .map(|row| (row.sequence, &row.cause, row.recorded_at));
    let money = snapshot
        .money
        .iter()
        .map(|row| (row.sequence, &row.cause, row.recorded_at));
    let mut wanted = BTreeMap::new();
    for (row, cause, recorded_at) in readings.chain(money) {
        if let (Cause::Capture { sha256, source, at }, true) = (cause, used.contains(&row)) {
            let target = split_place(at).0.map(str::to_owned);
            wanted
                .entry((source.clone(), sha256.clone(), target))
                .or_insert(recorded_at);
        }
    }
    let mut records = Vec::new();
    for ((source, sha256, target), recorded_at) in wanted {
        let fetches = store.fetches(&sha256)?;
        // Of a source with targets the answer of the one that the figure names: others may have sent the same bytes.
        let is_of = |fetch: &Fetch| {
            let own = fetch.taken.as_ref().and_then(|taken| taken.target.as_ref());
            fetch.source == source && (target.is_none() || own == target.as_ref())
        };
        let of_source = || fetches.iter().filter(|fetch| is_of(fetch));
        let by_then = of_source().find(|fetch| fetch.fetched_at <= recorded_at);
        let found: Option<&Fetch> = by_then
            .or_else(|| of_source().next_back())
            .or(fetches.last());
        match found {
            Some(fetch) => records.push(Record::of(fetch.clone())),
            None => {
                let missing = Message::new("bag-capture-missing").with("sha256", sha256);
                return Err(Failure::nothing(missing).at(source));
            }
        }
    }
    Ok(warc::in_order(records))
}

fn captures(
    packing: &mut Packing,
    contents: &Contents,
    store: &Store,
    records: &[Record],
) -> Result<(), Failure> {
    let quarter = contents.publication.quarter;
    let mut file = packing.create(CAPTURES)?;
    let about = [
        ("software", format!("Quarterdeck/{ENGINE}")),
        ("format", "WARC File Format 1.1".to_owned()),
        ("isPartOf", format!("quarterdeck-{quarter}")),
    ];
    let name = CAPTURES.rsplit('/').next().unwrap_or(CAPTURES);
    warc::write_info(&mut file, name, contents.publication.mark.as_of, &about)
        .map_err(|error| packing.failed(CAPTURES, &error))?;
    for record in records {
        warc::write(&mut file, store, record)?;
    }
    packing.close(CAPTURES, file)
}

/// Writes the list of the payload and gives its hash.
fn list_payload(packing: &mut Packing) -> Result<String, Failure> {
    let payload = packing.files.iter().filter(|(path, _)| is_payload(path));
    let text = manifest::list(payload);
    packing.put(MANIFEST, text.as_bytes())?;
    Ok(sha256_hex(text.as_bytes()))
}

/// Writes the files beside the payload, the list of them, and the signature over that list last.
fn tags(
    packing: &mut Packing,
    contents: &Contents,
    chain: &[RecordedAct],
    key: Option<&SigningKey>,
) -> Result<(), Failure> {
    packing.put(DECLARATION.0, DECLARATION.1.as_bytes())?;
    let mut text = String::new();
    for act in chain {
        text.push_str(&log::as_json(act).to_string());
        text.push('\n');
    }
    packing.put(LOG, text.as_bytes())?;
    let (bytes, files) = packing.payload();
    let publication = &contents.publication;
    let quarter = publication.quarter;
    let title = say(
        Language::En,
        &Message::new("bag-title").with("quarter", quarter),
    );
    let office = &contents.snapshot.register.office;
    let mut info = vec![
        (
            "Source-Organization",
            format!("{} / {}", office.zh_tw, office.en),
        ),
        ("External-Description", title),
        ("External-Identifier", format!("quarterdeck-{quarter}")),
        (
            "Bagging-Date",
            taipei_day(publication.mark.as_of).to_string(),
        ),
        ("Payload-Oxum", format!("{bytes}.{files}")),
        ("Bag-Software-Agent", format!("Quarterdeck {ENGINE}")),
    ];
    if let Some(last) = chain.last() {
        info.push((
            "Quarterdeck-Log-Head",
            format!("{}:{}", last.number, last.hash),
        ));
    }
    let lines = info.iter().map(|(name, value)| {
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        format!("{name}: {value}\n")
    });
    packing.put(INFO, lines.collect::<String>().as_bytes())?;
    if let Some(key) = key {
        packing.put(KEY, ed25519::public_pem(key.public()).as_bytes())?;
    }
    let beside = packing.files.iter().filter(|(path, _)| !is_payload(path));
    let text = manifest::list(beside);
    packing.put(TAG_MANIFEST, text.as_bytes())?;
    match key {
        Some(key) => packing.put(SIGNATURE, &key.signature(text.as_bytes())),
        None => Ok(()),
    }
}

/// The bag as one file, in order of path, without times.
fn zip(packing: &Packing, place: &Place) -> Result<(), Failure> {
    let failed = |error: &std::io::Error| {
        Failure::nothing(platform::refused(&place.temporary_zip, error))
            .at(clean(&place.temporary_zip.to_string_lossy()))
    };
    let write = || -> std::io::Result<()> {
        let mut zip = Zipped::create(&place.temporary_zip)?;
        for (path, (_, length)) in &packing.files {
            let is_large = *length > u64::from(u32::MAX) / 2;
            zip.entry(&format!("{}/{path}", place.name), is_large)?;
            let mut file = std::fs::File::open(place.temporary.join(path))?;
            std::io::copy(&mut file, &mut zip)?;
        }
        zip.finish()
    };
    write().map_err(|error| failed(&error))
}

/// Where a bag gets its name, and where it is written until then.
struct Place {
    name: String,
    folder: PathBuf,
    zip: PathBuf,
    temporary: PathBuf,
    temporary_zip: PathBuf,
}

impl Place {
    fn of(root: &Path, quarter: Quarter) -> Place {
        let folder = root.join(folder_of(quarter));
        let reports = folder.parent().unwrap_or(root).to_owned();
        let name = quarter.to_string();
        let beside = |part: &str| reports.join(leftovers::temporary(&name, part));
        Place {
            zip: reports.join(format!("{name}.zip")),
            temporary: beside(""),
            temporary_zip: beside(".zip"),
            folder,
            name,
        }
    }

    /// Takes away what runs that were cut off left. The lock is held: none of them is running.
    fn sweep(&self) {
        let Some(reports) = self.folder.parent() else {
            return;
        };
        leftovers::sweep(reports);
        let begin = format!(".{}.", self.name);
        for entry in std::fs::read_dir(reports).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(&begin) && name.ends_with(".new") {
                remove(&entry.path());
            }
        }
    }

    fn clear(&self) {
        remove(&self.temporary);
        remove(&self.temporary_zip);
    }

    /// Gives the bag its name. What stands there and is no bag is a draft, and stays under another.
    fn settle(&self) -> Result<Option<PathBuf>, Failure> {
        let failed = |path: &Path, error: &std::io::Error| {
            Failure::nothing(platform::refused(path, error)).at(clean(&path.to_string_lossy()))
        };
        let mut draft = None;
        if self.folder.exists() {
            let named = |number: usize| match number {
                1 => self.folder.with_file_name(format!("{}-draft", self.name)),
                _ => self
                    .folder
                    .with_file_name(format!("{}-draft-{number}", self.name)),
            };
            let free = (1..1000).map(named).find(|path| !path.exists());
            let free = free.unwrap_or_else(|| named(1000));
            std::fs::rename(&self.folder, &free).map_err(|error| failed(&self.folder, &error))?;
            draft = Some(free);
        }
        // The folder comes last: with it the publication is whole.
        std::fs::rename(&self.temporary_zip, &self.zip)
            .map_err(|error| failed(&self.zip, &error))?;
        std::fs::rename(&self.temporary, &self.folder)
            .map_err(|error| failed(&self.folder, &error))?;
        if let Some(reports) = self.folder.parent() {
            // The names are given; that their folder could not be flushed takes nothing back.
            let _ = platform::sync_folder(reports);
        }
        Ok(draft)
    }

    fn made(
        &self,
        quarter: Quarter,
        head: Head,
        manifest_sha256: String,
        draft: Option<PathBuf>,
    ) -> Made {
        Made {
            quarter,
            folder: self.folder.clone(),
            zip: self.zip.clone(),
            head,
            manifest_sha256,
            draft,
        }
    }
}
