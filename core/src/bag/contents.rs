//! What a published quarter is made of: read from the workspace when it is published, and from the
//! bag when it is rebuilt.

use super::{ENGINE, FINDINGS, HANDLED, MONEY, PUBLICATION, READINGS, REGISTER, SOURCES};
use crate::commands::{Formats, report_of};
use crate::failure::Failure;
use crate::session::Session;
use crate::signature::{KEY_NAME, Keys};
use crate::signoff::log;
use crate::workspace;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::assess::{Assessment, assess};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::indicator::Title;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::register::Person;
use quarterdeck_kpi::signoff::{Mark, Proof, Signature};
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_report::{ReportInput, Signed};
use quarterdeck_sources::ed25519;
use quarterdeck_store::{Head, RecordedAct, seal_of, sha256_hex};
use quarterdeck_view::i18n::Language;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// `data/publication.json`: what is needed to make the report again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// `quarterdeck/publication/1`
    pub schema: String,
    /// The quarter.
    pub quarter: Quarter,
    /// Everything in it is invented.
    pub demo: bool,
    /// Moment, last row, register version and hash of the figures.
    pub mark: Mark,
    /// Language of the report: `zh-TW` or `en`.
    pub language: String,
    /// Version of the program.
    pub engine: String,
    /// Files that the report's bytes depend on besides its figures: the layout and the fonts.
    pub ingredients: Vec<Ingredient>,
    /// Number of acts in the log before the publication.
    pub head_number: i64,
    /// Hash of the last of them; empty when there was none.
    pub head_hash: String,
    /// 承辦, 複核, 核定
    pub signed: [PublicationSignature; 3],
    /// Files of the report.
    pub report: Vec<String>,
}

/// A file by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingredient {
    /// Name of the file.
    pub name: String,
    /// SHA-256 (hex) of its bytes.
    pub sha256: String,
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationSignature {
    /// Id of the person.
    pub person: String,
    /// Name in both languages.
    pub name: Title,
    /// How sure the identity is.
    pub identity: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Number of its act in the log. The approval's is not known when the report is made, and a
    /// publication of an earlier build says nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<i64>,
    /// What its signature is worth, with the public key, by the register that lies beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<PublicationSeal>,
}

/// The signature of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationSeal {
    /// `holds`, `unknown-key` or `broken`.
    pub state: String,
    /// Public key (Ed25519), base64.
    pub key: String,
}

/// Hashes of what this program makes reports of. Fonts are long: they are hashed once.
pub(super) fn ingredients() -> &'static [Ingredient] {
    static INGREDIENTS: LazyLock<Vec<Ingredient>> = LazyLock::new(|| {
        let all = quarterdeck_report::ingredients().into_iter();
        all.map(|(name, bytes)| Ingredient {
            name: name.to_owned(),
            sha256: sha256_hex(bytes),
        })
        .collect()
    });
    &INGREDIENTS
}

/// Everything of a published quarter but the captures and the log.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) publication: Publication,
    pub(super) snapshot: Snapshot,
    pub(super) assessment: Assessment,
    /// The register's files, by their paths.
    pub(super) files: Vec<(String, Vec<u8>)>,
}

/// Who approves it, beside those in the log.
pub(super) struct Approval<'a> {
    pub(super) person: &'a str,
    pub(super) identity: &'a str,
    pub(super) at: DateTime<Utc>,
}

impl Contents {
    /// From the workspace, as it stood at a mark.
    pub(super) fn of_workspace(
        session: &Session,
        quarter: Quarter,
        mark: &Mark,
        acts: &[RecordedAct],
        approval: &Approval<'_>,
        head: Option<&Head>,
        language: Language,
    ) -> Result<Contents, Failure> {
        let mut snapshot = session.snapshot_at(mark)?;
        // What comes next is a matter of the day, and of no published quarter.
        for source in &mut snapshot.sources {
            source.next_run = None;
            source.calls_left_today = None;
        }
        let assessment = assess(&snapshot, quarter);
        let version = match session.store() {
            Some(store) => store.register_version(mark.register)?,
            None => None,
        };
        let people = &snapshot.register.people;
        // By the register as it stood: what a key is worth later changes nothing in what was published.
        let keys = Keys::of_people(people);
        let of = |signature: &Signature| {
            let act = acts.iter().find(|act| act.number == signature.act);
            PublicationSignature {
                act: Some(signature.act),
                seal: act.and_then(|act| seal(act, &keys)),
                ..signed(people, &signature.person, &signature.identity, signature.at)
            }
        };
        let told = log::told(acts, quarter);
        let missing =
            || Failure::nothing(Message::new("signoff-not-reviewed").with("quarter", quarter));
        let prepared = told.prepared.as_ref().ok_or_else(missing)?;
        let reviewed = told.reviewed.as_ref().ok_or_else(missing)?;
        let approved = signed(people, approval.person, approval.identity, approval.at);
        let publication = Publication {
            schema: "quarterdeck/publication/1".to_owned(),
            quarter,
            demo: snapshot.register.demo,
            mark: mark.clone(),
            language: language.id().to_owned(),
            engine: ENGINE.to_owned(),
            ingredients: ingredients().to_vec(),
            head_number: head.map_or(0, |head| head.number),
            head_hash: head.map_or_else(String::new, |head| head.hash.clone()),
            signed: [of(prepared), of(reviewed), approved],
            report: Vec::new(),
        };
        Ok(Contents {
            publication,
            snapshot,
            assessment,
            files: version.map(|version| version.files).unwrap_or_default(),
        })
    }

    /// From the files of a bag; `read` gives a file's bytes.
    pub(super) fn of_bag(
        names: &[String],
        mut read: impl FnMut(&str) -> Result<Vec<u8>, Failure>,
    ) -> Result<Contents, Failure> {
        let broken = |place: &str, detail: &dyn std::fmt::Display| {
            Failure::new(
                crate::failure::Exit::Verification,
                Message::new("bag-unreadable").with("detail", detail.to_string()),
            )
            .at(place)
        };
        let publication: Publication = serde_json::from_slice(&read(PUBLICATION)?)
            .map_err(|error| broken(PUBLICATION, &error))?;
        let mut files = Vec::new();
        for name in names {
            if let Some(path) = name.strip_prefix(REGISTER) {
                files.push((path.to_owned(), read(name)?));
            }
        }
        let (readings, amounts) = (read(READINGS)?, read(MONEY)?);
        // Two long lists: one is read beside the other.
        let (observations, money, mut register) = std::thread::scope(|scope| {
            let money = scope.spawn(|| lines(&amounts));
            let (register, ..) = workspace::load_from_files(&files, DateTime::UNIX_EPOCH);
            let observations = lines(&readings);
            let money = money.join();
            let money = money.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            (observations, money, register)
        });
        let observations = observations.map_err(|e| broken(READINGS, &e))?;
        let money = money.map_err(|e| broken(MONEY, &e))?;
        // What the register carries, with the moments from which it was known.
        register.published = carried(&observations, |row| row.sequence);
        register.money = carried(&money, |row| row.sequence);
        let snapshot = Snapshot {
            left_out: false,
            as_of: publication.mark.as_of,
            register,
            observations,
            money,
            findings: lines(&read(FINDINGS)?).map_err(|e| broken(FINDINGS, &e))?,
            handled: lines(&read(HANDLED)?).map_err(|e| broken(HANDLED, &e))?,
            sources: serde_json::from_slice(&read(SOURCES)?).map_err(|e| broken(SOURCES, &e))?,
        };
        Ok(Contents {
            assessment: assess(&snapshot, publication.quarter),
            publication,
            snapshot,
            files,
        })
    }

    pub(super) fn language(&self) -> Language {
        Language::from_id(&self.publication.language).unwrap_or_default()
    }

    /// The report's files: names and bytes.
    pub(super) fn report(&self) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        let signed = self.signed();
        report_of(&self.input(&signed), Formats::default())
    }

    pub(super) fn signed(&self) -> [Signed; 3] {
        self.publication.signed.each_ref().map(|signature| Signed {
            name: signature.name.clone(),
            at: signature.at,
            act: signature.act,
            seal: signature.seal.as_ref().map(printed),
        })
    }

    pub(super) fn input<'a>(&'a self, signed: &'a [Signed; 3]) -> ReportInput<'a> {
        let publication = &self.publication;
        let has_head = publication.head_number > 0;
        ReportInput {
            snapshot: &self.snapshot,
            assessment: &self.assessment,
            language: self.language(),
            made_at: publication.mark.as_of,
            chain: has_head.then_some((publication.head_number, publication.head_hash.as_str())),
            signed: Some(signed),
        }
    }

    /// Files from which the report is made again: path in the bag and bytes.
    pub(super) fn kept(&self) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        let text = |value: &serde_json::Value| {
            let mut text = format!("{value:#}");
            text.push('\n');
            text.into_bytes()
        };
        let json = |value: serde_json::Result<serde_json::Value>| {
            value
                .map(|value| text(&value))
                .map_err(|error| unwritten(&error))
        };
        let mut kept = vec![
            (
                PUBLICATION.to_owned(),
                json(serde_json::to_value(&self.publication))?,
            ),
            (READINGS.to_owned(), as_lines(&self.snapshot.observations)?),
            (MONEY.to_owned(), as_lines(&self.snapshot.money)?),
            (FINDINGS.to_owned(), as_lines(&self.snapshot.findings)?),
            (HANDLED.to_owned(), as_lines(&self.snapshot.handled)?),
            (
                SOURCES.to_owned(),
                json(serde_json::to_value(&self.snapshot.sources))?,
            ),
        ];
        for (path, bytes) in &self.files {
            kept.push((format!("{REGISTER}{path}"), bytes.clone()));
        }
        Ok(kept)
    }
}

fn signed(people: &[Person], id: &str, identity: &str, at: DateTime<Utc>) -> PublicationSignature {
    let person = people.iter().find(|person| person.id == id);
    PublicationSignature {
        person: id.to_owned(),
        name: person.map_or_else(
            || Title {
                zh_tw: id.to_owned(),
                en: id.to_owned(),
            },
            |person| person.name.clone(),
        ),
        identity: identity.to_owned(),
        at,
        act: None,
        seal: None,
    }
}

/// The signature of an act, if there is one.
fn seal(act: &RecordedAct, keys: &Keys) -> Option<PublicationSeal> {
    let (seal, _) = seal_of(act)?;
    Some(PublicationSeal {
        state: keys.proof(act).id().to_owned(),
        key: seal.key,
    })
}

/// What the report prints of a signature: what it is worth, and the hash of its key.
fn printed(seal: &PublicationSeal) -> (Proof, String) {
    let key = ed25519::public_key(&seal.key);
    let sha256 = key.map(|key| sha256_hex(&key)).unwrap_or_default();
    let name = sha256.chars().take(KEY_NAME).collect();
    let proof = match seal.state.as_str() {
        "holds" => Proof::Holds(name),
        "unknown-key" => Proof::UnknownKey(name),
        _ => Proof::Broken(name),
    };
    (proof, sha256)
}

fn unwritten(error: &serde_json::Error) -> Failure {
    Failure::nothing(Message::new("bag-not-written").with("detail", error.to_string()))
}

fn as_lines<T: Serialize>(values: &[T]) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    for value in values {
        serde_json::to_writer(&mut bytes, value).map_err(|error| unwritten(&error))?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn lines<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<Vec<T>> {
    bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(serde_json::from_slice)
        .collect()
}

/// Rows that the register carries have numbers below 1.
fn carried<T: Clone>(rows: &[T], number: impl Fn(&T) -> i64) -> Vec<T> {
    rows.iter().filter(|row| number(row) < 1).cloned().collect()
}

/// A published quarter as the database still has it.
#[derive(Debug)]
pub(crate) struct FromDatabase {
    contents: Contents,
    acts: Vec<RecordedAct>,
}

/// The published quarter, if it is one: its report is locked.
pub(crate) fn published(
    session: &Session,
    quarter: Quarter,
) -> Result<Option<FromDatabase>, Failure> {
    let acts = crate::signoff::acts(session, None)?;
    let told = log::told(&acts, quarter);
    let Some(publication) = &told.published else {
        return Ok(None);
    };
    let signature = &publication.signature;
    let approval = Approval {
        person: &signature.person,
        identity: &signature.identity,
        at: signature.at,
    };
    let before = usize::try_from(signature.act - 2).ok();
    let head = before.and_then(|at| acts.get(at)).map(|act| Head {
        number: act.number,
        hash: act.hash.clone(),
    });
    let contents = Contents::of_workspace(
        session,
        quarter,
        &signature.mark,
        &acts,
        &approval,
        head.as_ref(),
        session.language(),
    )?;
    Ok(Some(FromDatabase { contents, acts }))
}

impl FromDatabase {
    /// The log's head that the published report prints.
    pub(crate) fn head(&self) -> Option<Head> {
        let publication = &self.contents.publication;
        (publication.head_number > 0).then(|| Head {
            number: publication.head_number,
            hash: publication.head_hash.clone(),
        })
    }

    /// The published report once more, and beside it the sheet of what would differ today.
    pub(crate) fn files(
        mut self,
        session: &Session,
        language: Language,
        formats: Formats,
    ) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        language
            .id()
            .clone_into(&mut self.contents.publication.language);
        let signed = self.contents.signed();
        let input = self.contents.input(&signed);
        let mut files = report_of(&input, formats)?;
        let mark = &self.contents.publication.mark;
        // Until the last thing that was recorded, so that the same state gives the same bytes.
        let last = self.acts.last().map(|act| act.act.at);
        let known_at = session.last_recorded()?.max(last).unwrap_or(mark.as_of);
        let today = session.snapshot(Some(known_at))?;
        let quarter = self.contents.publication.quarter;
        let restated =
            quarterdeck_kpi::restate::restated(&self.contents.snapshot, today, quarter, mark.row);
        let sheet = quarterdeck_report::restatement::Sheet {
            input: &input,
            restated: &restated,
            known_at,
        };
        for (name, bytes) in
            quarterdeck_report::restatement::files(&sheet).map_err(Failure::nothing)?
        {
            let wanted = if name.ends_with(".pdf") {
                formats.pdf
            } else {
                formats.csv
            };
            if wanted {
                files.push((name, bytes));
            }
        }
        Ok(files)
    }
}
