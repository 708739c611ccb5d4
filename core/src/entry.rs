//! Figures entered by people (人工填報): entered, corrected and withdrawn, each with its person.
//!
//! Nothing is changed or deleted: a correction and a withdrawal are new rows, and every act goes
//! into the hash-chained log.

mod limits;
mod rows;
mod slot;

use crate::failure::Failure;
use crate::platform::file_trouble;
use crate::session::{Actor, HUMAN_WAIT, Session};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::address::{FigureAddress, SeriesId};
use quarterdeck_kpi::calendar::{Period, end_of_day, taipei_day};
use quarterdeck_kpi::explain::series_of_line;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::MoneyLine;
use quarterdeck_kpi::observation::{Act, Cause, Observation, Qualifier, Reading, Stage};
use quarterdeck_kpi::text::clean;
use quarterdeck_store::{Batch, HumanAct, NewRow, StoredRow};
use quarterdeck_view::msg::EntryRequest;
use rows::History;
use rust_decimal::Decimal;
use serde_json::json;
pub(crate) use slot::nearest;
use slot::{Slot, Value};
use std::path::Path;

/// Largest evidence file.
pub const EVIDENCE_CAP: u64 = 20 * 1024 * 1024;

/// What became of one typed figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// Key of the cell.
    pub key: String,
    /// The figure's address.
    pub figure: FigureAddress,
    /// Its row, or why it was refused.
    pub result: Result<i64, Message>,
}

/// A figure that passed its checks.
struct Ready {
    at: usize,
    row: Row,
    subject: FigureAddress,
    note: Option<String>,
}

/// A row of one of the two tables.
pub(crate) enum Row {
    Reading(Observation),
    Money(MoneyLine),
}

/// Enters typed figures: those that pass are stored together, in one transaction with their acts; the others come
/// back with the reason.
///
/// A cell that already has another figure is corrected if a note says why, and refused otherwise.
pub fn enter(session: &mut Session, requests: &[EntryRequest]) -> Result<Vec<Entered>, Failure> {
    let actor = session.may_enter()?;
    let now = session.now();
    let mut results: Vec<Entered> = Vec::with_capacity(requests.len());
    let mut ready = Vec::new();
    for (at, request) in requests.iter().enumerate() {
        let result = prepare(session, request, now, false);
        results.push(Entered {
            key: request.key.clone(),
            figure: request.series.clone().at(request.period),
            result: match result {
                Ok(row) => {
                    ready.push(Ready {
                        at,
                        row,
                        subject: request.series.clone().at(request.period),
                        note: sentence(request.note.as_deref()),
                    });
                    Ok(0)
                }
                Err(message) => Err(message),
            },
        });
    }
    if ready.is_empty() {
        return Ok(results);
    }
    let _lock = session.lock("enter", HUMAN_WAIT)?;
    let history = History::of(session, ready.iter().map(|entry| &entry.row))?;
    let rules = session.workspace().register.rules.clone();
    let typed: Vec<MoneyLine> = ready
        .iter()
        .filter_map(|entry| match &entry.row {
            Row::Money(line) => Some(line.clone()),
            Row::Reading(_) => None,
        })
        .collect();
    let mut passed = Vec::with_capacity(ready.len());
    for entry in ready {
        if let Row::Money(line) = &entry.row
            && let Some(refused) = history.rate_refused(line, &typed, &rules)
        {
            results[entry.at].result = Err(refused);
            continue;
        }
        let act = match (history.current(&entry.row), &entry.note) {
            (None, _) => Act::Record,
            (Some(current), _) if current.same => {
                results[entry.at].result = Ok(current.sequence);
                continue;
            }
            (Some(current), Some(reason)) => match current.elsewhere {
                Some(old) => {
                    let taken = taken_back(old, current.sequence, reason);
                    passed.push((entry.at, taken));
                    Act::Record
                }
                None => Act::Correct(current.sequence),
            },
            (Some(current), None) => {
                results[entry.at].result = Err(Message::new("entry-already-there")
                    .with("figure", entry.subject.to_string())
                    .with("value", current.value.clone())
                    .with("row", current.sequence.to_string()));
                continue;
            }
        };
        let evidence = match requests[entry.at].evidence.as_deref() {
            Some(path) => match put_evidence(session, path) {
                Ok(evidence) => Some(evidence),
                Err(failure) => {
                    results[entry.at].result = Err(*failure.what);
                    continue;
                }
            },
            None => None,
        };
        let moved = passed.last().is_some_and(|(at, _)| *at == entry.at);
        let kind = if act == Act::Record && !moved {
            "enter"
        } else {
            "correct"
        };
        let deed = Deed {
            kind,
            subject: entry.subject,
            row: entry.row,
            act,
            reason: entry.note,
            evidence,
        };
        passed.push((entry.at, deed));
    }
    let refused = limits::refused(session, passed.iter().map(|(_, deed)| deed), &actor, now)?;
    for (at, message) in passed.iter().map(|(at, _)| *at).zip(refused) {
        if let Some(message) = message {
            results[at].result = Err(message);
        }
    }
    // The withdrawal that goes with a refused figure is not stored either.
    passed.retain(|(at, _)| results[*at].result.is_ok());
    let (places, deeds): (Vec<usize>, Vec<Deed>) = passed.into_iter().unzip();
    for (at, sequence) in places.into_iter().zip(store(session, &actor, deeds, now)?) {
        results[at].result = Ok(sequence);
    }
    Ok(results)
}

/// Corrects the figure that counts now, for a reason; returns the new row.
pub fn correct(
    session: &mut Session,
    request: &EntryRequest,
    reason: &str,
) -> Result<i64, Failure> {
    let actor = session.may_enter()?;
    let reason = reason_of(reason)?;
    let now = session.now();
    let mut row = prepare(session, request, now, true).map_err(Failure::usage)?;
    let subject = request.series.clone().at(request.period);
    let _lock = session.lock("correct", HUMAN_WAIT)?;
    let history = History::of(session, [&row])?;
    let Some(current) = history.current(&row) else {
        return Err(Failure::usage(
            Message::new("entry-nothing-to-correct").with("figure", subject.to_string()),
        )
        .at(subject.to_string())
        .next(Message::new("entry-nothing-to-correct-next")));
    };
    // A line keeps the agency it was reported with.
    if let (Row::Money(line), Some(key)) = (&mut row, &current.key) {
        line.key = key.clone();
    }
    if let Row::Money(line) = &row
        && let Some(refused) = history.rate_refused(line, &[], &session.workspace().register.rules)
    {
        return Err(Failure::usage(refused).at(subject.to_string()));
    }
    let sequence = current.sequence;
    let evidence = match request.evidence.as_deref() {
        Some(path) => Some(put_evidence(session, path)?),
        None => None,
    };
    // A row is corrected in its own period; one of another day is taken back, and the new one stands beside it.
    let taken = current
        .elsewhere
        .map(|old| taken_back(old, sequence, &reason));
    let deed = Deed {
        kind: "correct",
        subject,
        row,
        act: match taken {
            Some(_) => Act::Record,
            None => Act::Correct(sequence),
        },
        reason: Some(reason),
        evidence,
    };
    let deeds: Vec<Deed> = taken.into_iter().chain([deed]).collect();
    let refused = limits::refused(session, &deeds, &actor, now)?;
    if let Some(message) = refused.into_iter().flatten().next() {
        return Err(Failure::usage(message)
            .at(request.series.clone().at(request.period).to_string())
            .next(Message::new("entry-outside-limits-next")));
    }
    let sequences = store(session, &actor, deeds, now)?;
    Ok(sequences.last().copied().unwrap_or_default())
}

/// The withdrawal of a row that another takes the place of, in another period.
fn taken_back(old: Observation, sequence: i64, reason: &str) -> Deed {
    Deed {
        kind: "withdraw",
        subject: old.series.clone().at(old.period),
        row: Row::Reading(old),
        act: Act::Withdraw(sequence),
        reason: Some(reason.to_owned()),
        evidence: None,
    }
}

/// Withdraws a row a person entered; the one before it counts again. Returns the withdrawing row.
pub fn withdraw(session: &mut Session, sequence: i64, reason: &str) -> Result<i64, Failure> {
    let actor = session.may_enter()?;
    let reason = reason_of(reason)?;
    let now = session.now();
    let _lock = session.lock("withdraw", HUMAN_WAIT)?;
    let refused = |id: &'static str| {
        Failure::usage(Message::new(id).with("row", sequence.to_string())).at(sequence.to_string())
    };
    let found = session.store_mut()?.row(sequence)?;
    let Some(found) = found else {
        return Err(refused("entry-no-such-row").next(Message::new("entry-no-such-row-next")));
    };
    let (row, cause, subject) = match found {
        StoredRow::Observation(row) => {
            let subject = row.item.series.clone().at(row.item.period);
            (Row::Reading(row.item), row.cause, subject)
        }
        StoredRow::Money(row) => {
            let subject = series_of_line(&row.item).at(row.item.period);
            (Row::Money(row.item), row.cause, subject)
        }
    };
    if !matches!(cause, Cause::Entry { .. }) {
        return Err(refused("entry-not-by-person").next(Message::new("entry-not-by-person-next")));
    }
    if !History::of(session, [&row])?.counts(&row, sequence) {
        return Err(refused("entry-withdrawn-already"));
    }
    let deed = Deed {
        kind: "withdraw",
        subject,
        row,
        act: Act::Withdraw(sequence),
        reason: Some(reason),
        evidence: None,
    };
    store_one(session, &actor, deed, now)
}

/// The value that counts now for the figure of a row, and its row; `None` when nothing is left of it.
pub fn counting(session: &Session, sequence: i64) -> Result<Option<(String, i64)>, Failure> {
    let Some(store) = session.store() else {
        return Ok(None);
    };
    let row = match store.row(sequence)? {
        Some(StoredRow::Observation(row)) => Row::Reading(row.item),
        Some(StoredRow::Money(row)) => Row::Money(row.item),
        None => return Ok(None),
    };
    let current = History::of(session, [&row])?.current(&row);
    Ok(current.map(|current| (current.value, current.sequence)))
}

/// For each of these amounts, stored together, why it cannot be: a rate above what is refused as input.
pub(crate) fn rates_refused(
    session: &Session,
    lines: &[MoneyLine],
) -> Result<Vec<Option<Message>>, Failure> {
    let history = History::of_lines(session, lines)?;
    let rules = &session.workspace().register.rules;
    let refused = lines.iter();
    Ok(refused
        .map(|line| history.rate_refused(line, lines, rules))
        .collect())
}

/// Unit of a figure that people may know of, or the nearest known figure.
pub(crate) fn unit_of(session: &Session, series: &SeriesId) -> Result<String, Message> {
    Slot::of(&session.workspace().register, series).map(|slot| slot.unit)
}

/// The period meant when a figure is named without one: the last of its kind that ended.
pub fn default_period(session: &Session, series: &SeriesId) -> Period {
    slot::default_period(
        &session.workspace().register,
        series,
        taipei_day(session.now()),
    )
}

/// Checks a typed figure and makes the row of it.
pub(crate) fn prepare(
    session: &Session,
    request: &EntryRequest,
    now: DateTime<Utc>,
    correcting: bool,
) -> Result<Row, Message> {
    let slot = Slot::of(&session.workspace().register, &request.series)?;
    // A row that is there can be corrected whatever its period is.
    if !correcting {
        slot.open_to_people()?;
        slot.takes(request.period)?;
    }
    let today = taipei_day(now);
    if request.period.start > today {
        return Err(Message::new("entry-future-period")
            .with("period", request.period)
            .with("today", today));
    }
    match slot.read(&request.text, request.period)? {
        Value::Reading {
            value,
            qualifier,
            printed,
        } => Ok(Row::Reading(Observation {
            series: request.series.clone(),
            period: request.period,
            reading: Reading::Value(value),
            printed,
            qualifier,
            stage: Stage::Final,
            unit: slot.unit.into(),
            parts: None,
            observed_at: end_of_day(request.period.end).min(now),
            definition_version: slot.definition_version,
        })),
        // A milestone is kept as done in the period of its day.
        Value::Day(day) if day > today => Err(Message::new("entry-future-period")
            .with("period", Period::day(day))
            .with("today", today)),
        Value::Day(day) => Ok(Row::Reading(Observation {
            series: slot.series,
            period: Period::day(day),
            reading: Reading::Value(Decimal::ONE),
            printed: None,
            qualifier: Qualifier::Exact,
            stage: Stage::Final,
            unit: slot.unit.into(),
            parts: None,
            observed_at: end_of_day(day).min(now),
            definition_version: slot.definition_version,
        })),
        Value::Money {
            key,
            amount_ntd,
            printed,
        } => Ok(Row::Money(MoneyLine {
            key,
            period: request.period,
            amount_ntd,
            printed,
        })),
    }
}

/// One row with everything that is written beside it.
struct Deed {
    kind: &'static str,
    subject: FigureAddress,
    row: Row,
    act: Act,
    reason: Option<String>,
    evidence: Option<(String, String)>,
}

impl Deed {
    /// What the log keeps of it, but for its row's number.
    fn detail(&self) -> serde_json::Value {
        json!({
            "value": rows::value_text(&self.row),
            "reason": self.reason,
            "evidence": self.evidence.as_ref().map(|(sha256, _)| sha256),
            "row": match self.act { Act::Record => None, Act::Correct(n) | Act::Withdraw(n) => Some(n) },
        })
    }

    fn batch(self, actor: &Actor, now: DateTime<Utc>) -> Batch {
        let cause = Cause::Entry {
            evidence: self.evidence,
        };
        let act = self.act;
        let mut batch = Batch {
            run: None,
            recorded_at: now,
            actor: actor.id.clone(),
            identity: actor.identity.clone(),
            reason: self.reason,
            observations: Vec::new(),
            money: Vec::new(),
            findings: Vec::new(),
            attempt: None,
        };
        match self.row {
            Row::Reading(item) => batch.observations.push(NewRow::new(item, cause, act)),
            Row::Money(item) => batch.money.push(NewRow::new(item, cause, act)),
        }
        batch
    }
}

fn store_one(
    session: &mut Session,
    actor: &Actor,
    deed: Deed,
    now: DateTime<Utc>,
) -> Result<i64, Failure> {
    let sequences = store(session, actor, vec![deed], now)?;
    Ok(sequences.first().copied().unwrap_or_default())
}

/// Stores the rows with their acts: a crash in between leaves nothing of any.
fn store(
    session: &mut Session,
    actor: &Actor,
    deeds: Vec<Deed>,
    now: DateTime<Utc>,
) -> Result<Vec<i64>, Failure> {
    if deeds.is_empty() {
        return Ok(Vec::new());
    }
    let mut told = Vec::with_capacity(deeds.len());
    let mut batches = Vec::with_capacity(deeds.len());
    for deed in deeds {
        told.push((deed.kind, deed.subject.to_string(), deed.detail()));
        batches.push(deed.batch(actor, now));
    }
    let stored = session
        .store_mut()?
        .record_acts(&batches, |at, recording| {
            let (kind, subject, mut detail) = told.get(at).cloned().unwrap_or_default();
            detail["sequence"] = json!(recording.sequences.first());
            HumanAct {
                at: now,
                actor: actor.id.clone(),
                identity: actor.identity.clone(),
                kind: kind.to_owned(),
                subject,
                detail_json: detail.to_string(),
            }
        })?;
    Ok(stored
        .into_iter()
        .map(|(recording, _)| recording.sequences.first().copied().unwrap_or_default())
        .collect())
}

/// Stores an evidence file by its hash.
fn put_evidence(session: &mut Session, path: &Path) -> Result<(String, String), Failure> {
    use std::io::Read;
    let shown = clean(&path.to_string_lossy());
    let unreadable = |detail: Message| {
        Failure::usage(
            Message::new("entry-evidence-unreadable")
                .with("file", shown.as_str())
                .with("detail", detail),
        )
        .at(shown.clone())
    };
    let meta = std::fs::metadata(path).map_err(|e| unreadable(file_trouble(&e)))?;
    if !meta.is_file() {
        return Err(unreadable(Message::new("io-a-folder")));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(EVIDENCE_CAP + 1).read_to_end(&mut bytes))
        .map_err(|e| unreadable(file_trouble(&e)))?;
    if bytes.len() as u64 > EVIDENCE_CAP {
        return Err(Failure::usage(
            Message::new("entry-evidence-too-large")
                .with("file", shown.as_str())
                .with("size", mebibytes(meta.len()))
                .with("limit", mebibytes(EVIDENCE_CAP)),
        )
        .at(shown)
        .next(Message::new("entry-evidence-too-large-next")));
    }
    let name = path
        .file_name()
        .map(|n| clean(&n.to_string_lossy()))
        .unwrap_or_default();
    let sha256 = session.store_mut()?.put_evidence(&name, &bytes)?;
    Ok((sha256, name))
}

/// A size in MiB, to the next tenth above.
pub(crate) fn mebibytes(bytes: u64) -> Decimal {
    let tenths = bytes.saturating_mul(10).div_ceil(1 << 20);
    Decimal::new(i64::try_from(tenths).unwrap_or(i64::MAX), 1).normalize()
}

fn sentence(text: Option<&str>) -> Option<String> {
    text.map(|t| clean(t.trim()))
        .filter(|t| !t.is_empty())
        .map(|t| t.chars().take(2000).collect())
}

pub(crate) fn reason_of(reason: &str) -> Result<String, Failure> {
    sentence(Some(reason)).ok_or_else(|| Failure::usage(Message::new("entry-reason-missing")))
}
