//! Asking only for what changed: a portal that sent an `ETag` or a `Last-Modified` is asked whether
//! its answer is still the same, and says so with 304 and no body.
//!
//! The question is only asked when the answer would be read in the same way: the source's file,
//! the register, the settings, the quarter and the decoders are those of the stored answer. Of a
//! source with targets each is asked for itself, if all of them answered last time and nothing was
//! noticed: what was noticed of one would have to be said again.

use super::miss::Miss;
use super::record::{Prepared, empty_batch};
use super::{CollectOptions, Known, Shared, SourceReport, fingerprint};
use crate::failure::Failure;
use crate::transport::{Trouble, hex, place_of, without_secrets};
use crate::workspace::Workspace;
use chrono::{DateTime, TimeDelta, Utc};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::source::{Attempt, Outcome};
use quarterdeck_sources::{Request, SourceConfig};
use quarterdeck_store::{Answer, Fetch, NewCapture, Store, sha256_hex};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

/// After so long the whole answer is asked for again, in case a portal's marks do not change when
/// its data do.
const LONGEST: TimeDelta = TimeDelta::days(30);

/// So much later than its last change an answer was sent, by the portal's own clock, to be asked
/// about. Both moments are cut to the second: two of them leave one between.
const SETTLED: Duration = Duration::from_secs(2);

/// Headers that ask whether something changed; empty: nothing is known to ask about.
pub(super) type Question = Vec<(String, String)>;

/// Finds the answers that can be asked about in this run.
pub(super) fn look(
    workspace: &Workspace,
    common: &str,
    store: &Store,
    options: &CollectOptions<'_>,
    sources: &[&SourceConfig],
    known: &mut BTreeMap<String, Known>,
) -> Result<(), Failure> {
    // A dry run shows what there is.
    if options.dry_run {
        return Ok(());
    }
    let noted = store.revisit_sources()?;
    let oldest = (options.now)() - LONGEST;
    for source in sources.iter().filter(|s| noted.contains(&s.id)) {
        if let Some(known) = known.get_mut(&source.id) {
            let settings = settings(common, &fingerprint(workspace, source));
            if source.has_targets() {
                let most = source.targets.len() * 3;
                let mark = |answer| Mark::of(answer, oldest);
                known.marks = store.answers_of_targets(&source.id, &settings, most, mark)?;
                continue;
            }
            known.revisit = store
                .revisit(&source.id)?
                .filter(|revisit| revisit.fetched_at > oldest && revisit.settings == settings)
                .map(Box::new);
        }
    }
    Ok(())
}

/// What is known of the last answer of a target.
#[derive(Debug)]
pub(super) struct Mark {
    /// Address it came from, without secrets.
    url: Box<str>,
    etag: Option<Box<str>>,
    last_modified: Option<Box<str>>,
    pub(super) rows: u64,
}

impl Mark {
    fn of(answer: Fetch, oldest: DateTime<Utc>) -> Option<Mark> {
        let mark = |name: &str| {
            let mut headers = answer.headers.iter();
            let found = headers.find(|(known, _)| known == name)?;
            Some(found.1.as_str().into())
        };
        let (etag, last_modified) = (mark("etag"), mark("last-modified"));
        let can_be_asked = answer.fetched_at > oldest
            && (etag.is_some() || last_modified.is_some())
            && was_settled(&answer.headers);
        can_be_asked.then(|| Mark {
            url: answer.url.as_str().into(),
            etag,
            last_modified,
            rows: answer.taken.as_ref().map_or(0, |taken| taken.rows),
        })
    }
}

/// Hash of what decides about every answer alike: program, decoders, quarter, settings and register.
pub(super) fn common(workspace: &Workspace, options: &CollectOptions<'_>) -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &[u8]| {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    };
    add(env!("CARGO_PKG_VERSION").as_bytes());
    add(options.decoders.as_bytes());
    add(options.quarter.to_string().as_bytes());
    for (name, bytes) in &workspace.files {
        if !name.starts_with("sources/") {
            add(name.as_bytes());
            add(bytes);
        }
    }
    hex(&hash.finalize())
}

/// Hash of all that decides what becomes of an answer.
pub(super) fn settings(common: &str, by: &str) -> String {
    sha256_hex(format!("{common} {by}").as_bytes())
}

/// What a request carries to ask whether its answer changed.
pub(super) fn question(shared: &Shared<'_>, source: &SourceConfig, request: &Request) -> Question {
    let known = shared.known.get(&source.id);
    let Some(known) = known
        .and_then(|known| known.revisit.as_ref())
        .filter(|_| request.page == 0)
    else {
        return Vec::new();
    };
    let marks = (known.etag.as_deref(), known.last_modified.as_deref());
    asking(source, &request.url, &known.url, marks)
}

/// The same of one of its targets, at this address.
pub(super) fn question_of(
    shared: &Shared<'_>,
    source: &SourceConfig,
    target: &str,
    url: impl FnOnce() -> String,
) -> Question {
    let known = shared.known.get(&source.id);
    let Some(mark) = known.and_then(|known| known.marks.get(target)) else {
        return Vec::new();
    };
    let marks = (mark.etag.as_deref(), mark.last_modified.as_deref());
    asking(source, &url(), &mark.url, marks)
}

fn asking(
    source: &SourceConfig,
    url: &str,
    answered: &str,
    (etag, last_modified): (Option<&str>, Option<&str>),
) -> Question {
    // An answer that came over a redirect, or from another address, is not this one's.
    let same = Url::parse(url).is_ok_and(|url| without_secrets(&url) == answered);
    let own = |name: &str| source.headers.keys().any(|k| k.eq_ignore_ascii_case(name));
    if !same {
        return Vec::new();
    }
    [
        ("if-none-match", etag),
        ("if-modified-since", last_modified),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
    .filter(|(name, _)| !own(name))
    .collect()
}

/// Takes 304 for an answer, if it was asked for and comes from where it was asked.
pub(super) fn heard(miss: Miss, question: &Question, url: &str) -> Miss {
    match miss {
        Miss::Net(error)
            if !question.is_empty()
                && matches!(error.trouble, Trouble::Status { status: 304, .. })
                && Url::parse(url).is_ok_and(|url| place_of(&url) == error.place) =>
        {
            Miss::Unchanged
        }
        other => other,
    }
}

/// Whether an answer can be asked about: of one page, from which figures were taken, with an
/// `ETag` or a `Last-Modified` that stands for no other answer.
pub(super) fn may_be_asked(captures: &[(NewCapture, Option<u64>)]) -> bool {
    let marked = |(name, _): &(String, String)| name == "etag" || name == "last-modified";
    match captures {
        [(capture, Some(_))] => capture.headers.iter().any(marked) && was_settled(&capture.headers),
        _ => false,
    }
}

/// Whether what an answer was made from had come to rest when it was sent. A change in the same
/// second has the same mark, in many portals' `ETag` too, and the portal would say that nothing
/// changed (RFC 9110, 8.8.2.2).
fn was_settled(headers: &[(String, String)]) -> bool {
    let value = |wanted: &str| headers.iter().find(|(name, _)| name == wanted);
    let moment = |(_, value): &(String, String)| httpdate::parse_http_date(value).ok();
    let Some(changed) = value("last-modified") else {
        return true;
    };
    let changed_and_sent = moment(changed).zip(value("date").and_then(moment));
    changed_and_sent.is_some_and(|(changed, sent)| {
        sent.duration_since(changed)
            .is_ok_and(|since| since >= SETTLED)
    })
}

/// What is recorded when nothing changed: the figures stay, and so does what was noticed about
/// them.
pub(super) fn unchanged(
    shared: &Shared<'_>,
    source: &SourceConfig,
    run: Option<i64>,
    elapsed_ms: u64,
) -> Prepared {
    let known = shared.known.get(&source.id);
    let (Some(known), Some(run)) = (known.and_then(|k| k.revisit.as_ref()), run) else {
        return Prepared::nothing(&source.id);
    };
    let Attempt {
        outcome,
        rows,
        message,
        ..
    } = known.attempt.clone();
    let message = match outcome {
        Outcome::Good => {
            Some(Message::new("collect-unchanged-since").with("since", known.fetched_at))
        }
        _ => message,
    };
    let mut batch = empty_batch(shared, Some(run));
    batch.findings.clone_from(&known.findings);
    let attempt = Attempt {
        run,
        at: batch.recorded_at,
        outcome,
        rows,
        elapsed_ms,
        message: message.clone(),
        certificate_not_after: shared.certificate_of(&source.id),
    };
    batch.attempt = Some((source.id.clone(), attempt));
    let report = SourceReport {
        outcome: Some(outcome),
        unchanged: true,
        rows,
        findings: known.findings.clone(),
        elapsed_ms,
        message,
        ..SourceReport::not_done(&source.id)
    };
    let captures = Vec::new();
    Prepared {
        answer: Some(Answer {
            batch,
            captures,
            revisit: None,
        }),
        ..Prepared::only(report)
    }
}
