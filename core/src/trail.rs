//! The trail behind a figure, down to the raw answers: what [`quarterdeck_kpi::explain`] says, with
//! the captures behind its rows and the place inside each, cut from the stored bytes.

use crate::failure::Failure;
use crate::session::{Session, keys_on_file};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::assess::Assessment;
use quarterdeck_kpi::explain::{Capture, Excerpt, Row, RowState, explain};
use quarterdeck_kpi::number::canonical;
use quarterdeck_kpi::observation::Cause;
use quarterdeck_kpi::signoff::Proof;
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_sources::excerpt::{excerpt, excerpt_of};
use quarterdeck_sources::targets::split_place;
use quarterdeck_store::{Fetch, RecordedAct, SIGNED, Store};
use quarterdeck_view::trail::{RegisterSeen, Trail};
use serde_json::Value;

/// Places in raw answers that are listed, and of these the ones whose bytes are looked at: so many, in bodies of so
/// many bytes together, but always the first.
const LISTED: usize = 40;
const OPENED: usize = 8;
const OPENED_BYTES: u64 = 1 << 20;
/// Stored bodies up to this are read whole and checked against their hash.
const CHECKED_BYTES: u64 = 1 << 20;

/// The trail of a figure; `None` when nothing of that name is known. `assessment` is of the quarter
/// the figure asks about.
pub fn trail(
    session: &Session,
    snapshot: &Snapshot,
    assessment: &Assessment,
    figure: &FigureAddress,
) -> Result<Option<Trail>, Failure> {
    let Some(mut explanation) = explain(snapshot, assessment, figure) else {
        return Ok(None);
    };
    session.date_rows(snapshot, &mut explanation.rows)?;
    let (captures, captures_left_out) = match session.store() {
        Some(store) => match figure.series.scope.strip_prefix("source:") {
            Some(source) => (last_of(store, source, snapshot.as_of)?, 0),
            None => captures(store, &explanation.rows)?,
        },
        None => (Vec::new(), 0),
    };
    let versions = session
        .store()
        .map_or(Ok(Vec::new()), |store| store.register_versions())?;
    let register = versions
        .into_iter()
        .rfind(|version| version.recorded_at <= snapshot.as_of)
        .map(|version| RegisterSeen {
            version: version.version,
            recorded_at: version.recorded_at,
            actor: version.actor,
        });
    let named = |id: &str| {
        explanation.rows.iter().any(|row| row.actor == id)
            || register.as_ref().is_some_and(|r| r.actor == id)
    };
    let people = snapshot
        .register
        .people
        .iter()
        .filter(|person| named(&person.id))
        .map(|person| (person.id.clone(), person.name.clone()))
        .collect();
    let proofs = match session.store() {
        Some(store) => proofs(store, &explanation.rows, snapshot.as_of)?,
        None => Vec::new(),
    };
    Ok(Some(Trail {
        quarter: assessment.quarter,
        as_of: snapshot.as_of,
        demo: session.demo(),
        explanation,
        captures,
        captures_left_out,
        register,
        people,
        proofs,
    }))
}

/// What vouches for the rows that somebody signed: the signature of the act that recorded each. The
/// log is read only where there is such a row.
fn proofs(store: &Store, rows: &[Row], as_of: DateTime<Utc>) -> Result<Vec<(i64, Proof)>, Failure> {
    let signed = || rows.iter().filter(|row| row.identity == SIGNED);
    if signed().next().is_none() {
        return Ok(Vec::new());
    }
    let acts = store.acts()?;
    let keys = keys_on_file(store, &acts, Some(as_of))?;
    let recorded: Vec<(i64, i64, &RecordedAct)> = acts.iter().filter_map(rows_of).collect();
    let proof = |row: &Row| {
        let mut found = recorded.iter();
        let act = found.find(|(first, last, act)| {
            (*first..=*last).contains(&row.sequence) && act.act.actor == row.actor
        });
        // Without its act nothing vouches for what the row says of itself.
        act.map_or(Proof::Broken(String::new()), |(_, _, act)| keys.proof(act))
    };
    Ok(signed().map(|row| (row.sequence, proof(row))).collect())
}

/// The first and the last row that an act says it recorded.
fn rows_of(act: &RecordedAct) -> Option<(i64, i64, &RecordedAct)> {
    let detail: Value = serde_json::from_str(&act.act.detail_json).ok()?;
    let number = |key: &str| detail.get(key).and_then(Value::as_i64);
    match number("sequence") {
        Some(row) => Some((row, row, act)),
        None => Some((number("first")?, number("last")?, act)),
    }
}

/// The raw answers behind rows, each place once, those of rows that count first.
fn captures(store: &Store, rows: &[Row]) -> Result<(Vec<Capture>, usize), Failure> {
    let mut order: Vec<&Row> = rows.iter().collect();
    order.sort_by_key(|row| (row.state != RowState::Counts, -row.sequence));
    let mut places: Vec<(&str, &str, Vec<&Row>)> = Vec::new();
    for row in order {
        let Cause::Capture { sha256, at, .. } = &row.cause else {
            continue;
        };
        match places
            .iter_mut()
            .find(|(known, place, _)| known == sha256 && place == at)
        {
            Some((_, _, rows)) => rows.push(row),
            None => places.push((sha256, at, vec![row])),
        }
    }
    let (mut found, mut bodies) = (Vec::new(), Bodies::of(store));
    for (index, (sha256, at, rows)) in places.iter().take(LISTED).enumerate() {
        let fetches = store.fetches(sha256)?;
        // One answer may have come more than once: the row's own run, else the first.
        let run = rows.first().and_then(|row| row.run);
        // Answers of several targets may be the same bytes: the row says which one it is.
        let (target, _) = split_place(at);
        let is_own = |fetch: &&Fetch| {
            let of = fetch
                .taken
                .as_ref()
                .and_then(|taken| taken.target.as_deref());
            target.is_none_or(|target| of == Some(target))
        };
        let own = || fetches.iter().filter(is_own);
        let fetch = own()
            .find(|fetch| fetch.run == run)
            .or(own().next_back())
            .or(fetches.last());
        let Some(fetch) = fetch else {
            continue;
        };
        let text = rows.first().map(|row| received(row)).unwrap_or_default();
        found.push(Capture {
            rows: rows.iter().map(|row| row.sequence).collect(),
            excerpt: (index < OPENED)
                .then(|| bodies.excerpt(fetch, at, &text))
                .flatten(),
            ..capture(fetch, at)
        });
    }
    Ok((found, places.len().saturating_sub(LISTED)))
}

/// The last answer of a source known at a moment.
fn last_of(store: &Store, source: &str, as_of: DateTime<Utc>) -> Result<Vec<Capture>, Failure> {
    let last = store.last_fetch(source)?;
    let known = last.filter(|fetch| fetch.fetched_at <= as_of);
    Ok(known
        .map(|fetch| Capture {
            excerpt: Bodies::of(store).excerpt(&fetch, "", ""),
            ..capture(&fetch, "")
        })
        .into_iter()
        .collect())
}

/// The value as it was received.
fn received(row: &Row) -> String {
    row.printed
        .clone()
        .or(row.value.map(canonical))
        .unwrap_or_default()
}

/// Stored bytes that are looked into; those of the last answer are kept, because several places of one follow each
/// other.
struct Bodies<'s> {
    store: &'s Store,
    last: Option<(String, Vec<u8>)>,
    /// Of all that were looked into.
    bytes: u64,
}

impl<'s> Bodies<'s> {
    fn of(store: &'s Store) -> Self {
        Bodies {
            store,
            last: None,
            bytes: 0,
        }
    }

    /// What stands at the place; `None` when the bytes are gone or do not match their hash, or enough were looked into.
    fn excerpt(&mut self, fetch: &Fetch, at: &str, text: &str) -> Option<Excerpt> {
        let sha256 = &fetch.stored_sha256;
        let is_last = self.last.as_ref().is_some_and(|(known, _)| known == sha256);
        if !is_last {
            let bytes = self.bytes.saturating_add(fetch.bytes);
            if self.bytes > 0 && bytes > OPENED_BYTES {
                return None;
            }
            self.bytes = bytes;
        }
        if fetch.bytes > CHECKED_BYTES {
            let mut body = self.store.capture_reader(sha256).ok()??;
            return Some(excerpt(&mut body, at, &fetch.url, text));
        }
        if !is_last {
            let body = self.store.capture_body(sha256, CHECKED_BYTES * 8).ok()??;
            self.last = Some((sha256.clone(), body));
        }
        let (_, body) = self.last.as_ref()?;
        Some(excerpt_of(body, at, &fetch.url, text))
    }
}

fn capture(fetch: &Fetch, at: &str) -> Capture {
    Capture {
        sha256: fetch.sha256.clone(),
        stored_sha256: fetch.stored_sha256.clone(),
        recipe: fetch.recipe.clone(),
        source: fetch.source.clone(),
        url: fetch.url.clone(),
        method: fetch.method.clone(),
        http_status: fetch.http_status,
        headers: fetch.headers.clone(),
        fetched_at: fetch.fetched_at,
        bytes: fetch.bytes,
        at: at.to_owned(),
        rows: Vec::new(),
        excerpt: None,
    }
}
