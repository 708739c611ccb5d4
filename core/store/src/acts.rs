//! Acts of people in a hash-chained log. Its head is anchored outside; what can be claimed is
//! that a change is detected back to the last anchor.

use crate::error::StoreError;
use crate::model::{Anchor, ChainBreak, ChainCheck, Head, HumanAct, RecordedAct};
use crate::moment::not_before;
use crate::queries;
use crate::read::Columns;
use crate::seal::{self, ActSigner, SIGNED};
use crate::store::{Commit, Fault, Store};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// What stands before the first act.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Every field with its length in front, so that no two acts read alike.
pub(crate) fn link(previous: &str, number: i64, act: &HumanAct) -> String {
    let HumanAct {
        at,
        actor,
        identity,
        kind,
        subject,
        detail_json,
    } = act;
    let mut hash = Sha256::new();
    hash.update(number.to_le_bytes());
    hash.update(at.timestamp_micros().to_le_bytes());
    for text in [previous, actor, identity, kind, subject, detail_json] {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    crate::captures::hex(&hash.finalize())
}

/// An act as it stands in its row, whatever its bytes are: a damaged one is named by its hash.
fn recorded(row: &Row<'_>) -> rusqlite::Result<RecordedAct> {
    let mut columns = Columns::of(row);
    Ok(RecordedAct {
        number: columns.int(0),
        act: HumanAct {
            at: columns.instant(1),
            actor: columns.text(2),
            identity: columns.text(3),
            kind: columns.text(4),
            subject: columns.text(5),
            detail_json: columns.text(6),
        },
        previous: columns.text(7),
        hash: columns.text(8),
    })
}

fn head(row: &Row<'_>) -> rusqlite::Result<Head> {
    Ok(Head {
        number: row.get(0)?,
        hash: row.get(1)?,
    })
}

fn last(connection: &Connection) -> rusqlite::Result<Option<Head>> {
    connection.query_row(queries::HEAD, [], head).optional()
}

/// Appends an act inside a transaction, signed when its identity says that it is. One that was made
/// for its place already is left as it is; another is never dated before what is there.
pub(crate) fn append(
    connection: &Connection,
    signer: Option<&dyn ActSigner>,
    act: &HumanAct,
    made_for_its_place: bool,
) -> Result<Head, Fault> {
    let before = last(connection)?;
    let mut act = Cow::Borrowed(act);
    let at = not_before(connection, act.at)?;
    if at != act.at && !made_for_its_place {
        act.to_mut().at = at;
    }
    if act.identity == SIGNED && seal::split(&act.detail_json).is_none() {
        let signer = signer.filter(|signer| signer.person() == act.actor);
        // "Signed" is never only a word.
        let signer = signer.ok_or(Fault::Unsigned)?;
        act = Cow::Owned(sealed(before.as_ref(), act.into_owned(), signer));
    }
    let (number, previous) = place_after(before.as_ref());
    let hash = link(previous, number, &act);
    connection
        .prepare_cached(queries::INSERT_ACT)?
        .insert(params![
            number,
            act.at.timestamp_micros(),
            act.actor,
            act.identity,
            act.kind,
            act.subject,
            act.detail_json,
            previous,
            hash,
        ])?;
    Ok(Head { number, hash })
}

/// Number and previous hash of what comes after a head.
fn place_after(before: Option<&Head>) -> (i64, &str) {
    match before {
        Some(head) => (head.number + 1, head.hash.as_str()),
        None => (1, BEGINNING),
    }
}

/// An act with the signature that it needs at its place after a head.
pub fn sealed(before: Option<&Head>, act: HumanAct, signer: &dyn ActSigner) -> HumanAct {
    let (number, previous) = place_after(before);
    seal::sealed(previous, number, act, signer)
}

/// An act as it would stand after a head: what it will be once it is appended.
pub fn chained(before: Option<&Head>, act: HumanAct) -> RecordedAct {
    let (number, previous) = place_after(before);
    let hash = link(previous, number, &act);
    RecordedAct {
        number,
        act,
        previous: previous.to_owned(),
        hash,
    }
}

/// The first act that does not follow from the one before, and what is wrong there.
pub fn first_break(acts: &[RecordedAct]) -> Option<(i64, ChainBreak)> {
    let mut previous = BEGINNING;
    for (number, act) in (1..).zip(acts) {
        if act.number != number {
            return Some((number, ChainBreak::Missing));
        }
        if act.hash != link(&act.previous, number, &act.act) {
            return Some((number, ChainBreak::Altered));
        }
        if act.previous != previous {
            return Some((number, ChainBreak::Unconnected));
        }
        previous = &act.hash;
    }
    None
}

/// Compares a whole log with a head that was anchored outside.
pub fn compare_with(acts: &[RecordedAct], anchor: &Head) -> Anchor {
    if let Some((number, _)) = first_break(acts).filter(|(number, _)| *number <= anchor.number) {
        return Anchor::Different { number };
    }
    let found = usize::try_from(anchor.number - 1)
        .ok()
        .and_then(|index| acts.get(index));
    match found {
        Some(act) if act.hash == anchor.hash => Anchor::Holds,
        Some(act) => Anchor::Different { number: act.number },
        None => Anchor::Cut {
            acts: i64::try_from(acts.len()).unwrap_or(i64::MAX),
        },
    }
}

impl Store {
    /// Appends an act and gives the new head.
    pub fn append_act(&mut self, act: &HumanAct) -> Result<Head, StoreError> {
        let signer = self.signer();
        self.write(Commit::Durable, |transaction, _| {
            append(transaction, signer.as_deref(), act, false)
        })
    }

    /// Appends several acts at once, all or none, and gives the new head. With `after`, they are
    /// appended only if the log still ends there; `None` comes back when somebody was faster.
    pub fn append_acts(
        &mut self,
        acts: &[HumanAct],
        after: Option<&Option<Head>>,
    ) -> Result<Option<Head>, StoreError> {
        let signer = self.signer();
        self.write(Commit::Durable, |transaction, _| {
            let mut head = last(transaction)?;
            if after.is_some_and(|expected| *expected != head) {
                return Ok(None);
            }
            for act in acts {
                head = Some(append(
                    transaction,
                    signer.as_deref(),
                    act,
                    after.is_some(),
                )?);
            }
            Ok(head)
        })
    }

    /// Every act, oldest first.
    pub fn acts(&self) -> Result<Vec<RecordedAct>, StoreError> {
        self.read(|connection, _| {
            let mut statement = connection.prepare_cached(queries::ACTS)?;
            let acts: rusqlite::Result<Vec<RecordedAct>> =
                statement.query_map([], recorded)?.collect();
            Ok(acts?)
        })
    }

    /// Acts of one kind up to a moment, oldest first.
    pub fn acts_of(
        &self,
        kind: &str,
        as_of: DateTime<Utc>,
    ) -> Result<Vec<RecordedAct>, StoreError> {
        self.read(|connection, _| {
            let mut statement = connection.prepare_cached(queries::ACTS_OF)?;
            let found = statement.query_map(params![kind, as_of.timestamp_micros()], recorded)?;
            let acts: rusqlite::Result<Vec<RecordedAct>> = found.collect();
            Ok(acts?)
        })
    }

    /// The last link, to be anchored outside; `None` while nobody has acted.
    pub fn head(&self) -> Result<Option<Head>, StoreError> {
        self.read(|connection, _| Ok(last(connection)?))
    }

    /// The last link at a moment.
    pub fn head_as_of(&self, as_of: DateTime<Utc>) -> Result<Option<Head>, StoreError> {
        self.read(|connection, _| {
            Ok(connection
                .query_row(queries::HEAD_AS_OF, [as_of.timestamp_micros()], head)
                .optional()?)
        })
    }

    /// Follows the whole chain. That its end was cut shows only against an anchor.
    pub fn verify_chain(&self) -> Result<ChainCheck, StoreError> {
        let acts = self.acts()?;
        let head = acts.last().map(|act| Head {
            number: act.number,
            hash: act.hash.clone(),
        });
        let broken = first_break(&acts);
        Ok(ChainCheck {
            acts: i64::try_from(acts.len()).unwrap_or(i64::MAX),
            head,
            broken_at: broken.map(|(number, _)| number),
            kind: broken.map(|(_, kind)| kind),
        })
    }

    /// Compares the log with a head that was anchored outside.
    pub fn verify_anchor(&self, anchor: &Head) -> Result<Anchor, StoreError> {
        Ok(compare_with(&self.acts()?, anchor))
    }
}
