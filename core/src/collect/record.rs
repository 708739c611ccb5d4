//! What a source sent, into the store: captures, figures, findings and the attempt in one transaction.

use super::body::Share;
use super::conditional;
use super::gather::Gathered;
use super::results::Part;
use super::words::Row;
use super::{Shared, SourceReport, fingerprint};
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::MoneyLine;
use quarterdeck_kpi::observation::{Act, Cause, Observation, Reading};
use quarterdeck_kpi::source::{Attempt, Outcome};
use quarterdeck_sources::{Located, SourceConfig};
use quarterdeck_store::{
    Alike, Answer, Batch, NewCapture, NewRow, PackedAnswers, PackedCapture, Taken,
};
use std::sync::Arc;

/// What is to be recorded of a source, and what will be said of it then.
pub(super) struct Prepared {
    /// None for a dry run.
    pub(super) answer: Option<Answer>,
    pub(super) report: SourceReport,
    /// What its captures take of the memory for captures, until they are stored.
    pub(super) shares: Vec<Share>,
}

impl Prepared {
    /// Nothing to record, only to report.
    pub(super) fn only(report: SourceReport) -> Prepared {
        Prepared {
            answer: None,
            report,
            shares: Vec::new(),
        }
    }
    /// Nothing to record: the run was stopped before the source was done.
    pub(super) fn nothing(source: &str) -> Prepared {
        Prepared::only(SourceReport::not_done(source))
    }
}

/// Makes an answer ready to be recorded.
pub(super) fn answer(
    shared: &Shared<'_>,
    source: &SourceConfig,
    run: Option<i64>,
    gathered: Gathered,
    before: Stored,
    elapsed_ms: u64,
) -> Prepared {
    let Gathered {
        captures,
        shares,
        readings,
        findings,
        rows,
        dropped,
        refused_files,
        noted,
        by,
        targets,
        unchanged,
    } = gathered;
    let mut batch = empty_batch(shared, run);
    // Those of its targets are stored already.
    let total = readings.len() + before.readings;
    let mut found = (Vec::new(), Vec::new());
    if readings.len() == 1 {
        found.0.reserve_exact(1);
    }
    let rejected = before.rejected + rows_of(shared, source, readings, &mut found);
    (batch.observations, batch.money) = found;
    let notable = findings
        .iter()
        .find(|finding| finding.severity > Severity::Info && !noted.contains(&finding.id));
    let outcome = match &dropped {
        Some(_) => Outcome::Rejected,
        None if rejected > 0 || notable.is_some() => Outcome::Partial,
        None => Outcome::Good,
    };
    let message = match (notable, rejected) {
        _ if dropped.is_some() => dropped,
        (Some(finding), _) => Some(finding.text.clone()),
        (None, 0) if !noted.is_empty() => {
            Some(Message::new("collect-files-noted").with("files", noted.len()))
        }
        (None, 0) if unchanged > 0 => Some(
            Message::new("collect-targets-unchanged")
                .with("count", unchanged)
                .with("of", targets.map_or(unchanged, |(of, _)| of)),
        ),
        (None, 0) => None,
        (None, _) => Some(
            Message::new("collect-some-rejected")
                .with("rejected", rejected)
                .with("total", total),
        ),
    };
    let report = SourceReport {
        outcome: Some(outcome),
        unchanged: targets.is_some_and(|(of, _)| of == unchanged),
        rows,
        readings: total,
        rejected,
        findings: findings.clone(),
        refused_files,
        targets,
        elapsed_ms,
        message: message.clone(),
        ..SourceReport::not_done(&source.id)
    };
    let Some(run) = run else {
        return Prepared {
            answer: None,
            report,
            shares,
        };
    };
    let known = shared.known.get(&source.id);
    let by = match by.is_empty() {
        true => fingerprint(shared.workspace, source),
        false => by,
    };
    // All that were listed answered, and nothing has to be said again of one that did not change.
    let targets_may_be_asked = targets == Some((source.targets.len(), source.targets.len()))
        && outcome == Outcome::Good
        && findings.is_empty();
    let revisit = (conditional::may_be_asked(&captures) || targets_may_be_asked)
        .then(|| conditional::settings(&shared.common, &by));
    let captures = captures.into_iter().map(|(mut capture, rows)| {
        capture.run = Some(run);
        let taken = known.zip(rows).map(|(known, rows)| Taken {
            asked: known.asked.clone(),
            by: by.clone(),
            rows,
            target: None,
        });
        (capture, taken)
    });
    batch.findings = findings;
    let attempt = Attempt {
        run,
        at: batch.recorded_at,
        outcome,
        rows,
        elapsed_ms,
        message,
        certificate_not_after: shared.certificate_of(&source.id),
    };
    batch.attempt = Some((source.id.clone(), attempt));
    let captures = captures.collect();
    Prepared {
        answer: Some(Answer {
            batch,
            captures,
            revisit,
        }),
        report,
        shares,
    }
}

/// Rows of readings and of amounts.
type Rows = (Vec<NewRow<Observation>>, Vec<NewRow<MoneyLine>>);

/// Makes rows of readings; gives how many of them are refused ones.
fn rows_of(
    shared: &Shared<'_>,
    source: &SourceConfig,
    readings: Vec<(String, Located)>,
    rows: &mut Rows,
) -> usize {
    let mut rejected = 0;
    for (sha256, located) in readings {
        let cause = Cause::Capture {
            sha256: sha256.into(),
            source: source.id.as_str().into(),
            at: located.at.as_str().into(),
        };
        let act = Act::Record;
        let undated = located.undated;
        match shared.words.row(located) {
            Row::Reading(item) => {
                rejected += usize::from(matches!(item.reading, Reading::Rejected(_)));
                let row = NewRow {
                    item,
                    cause,
                    act,
                    undated,
                };
                rows.0.push(row);
            }
            Row::Amount(item) => rows.1.push(NewRow::new(item, cause, act)),
        }
    }
    rejected
}

/// What of a source's targets is stored already.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stored {
    pub(super) readings: usize,
    pub(super) rejected: usize,
    pub(super) new: usize,
}

/// Makes the answer of a target ready to be stored, on the thread that read it.
pub(super) fn part(
    shared: &Shared<'_>,
    source: &SourceConfig,
    target: &Arc<str>,
    gathered: Gathered,
    alike: &Alike,
) -> Part {
    let mut rows: Rows = (Vec::new(), Vec::new());
    let readings = gathered.readings.len();
    rows.0.reserve_exact(readings);
    let rejected = rows_of(shared, source, gathered.readings, &mut rows);
    let known = shared.known.get(&source.id);
    let run = shared.ledger.run();
    let captures = gathered.captures.into_iter().map(|(mut capture, rows)| {
        capture.run = run;
        let taken = known.zip(rows).map(|(known, rows)| Taken {
            asked: known.asked.clone(),
            by: String::new(),
            rows,
            target: Some(target.to_string()),
        });
        PackedCapture::new(capture, taken.as_ref(), alike)
    });
    Part {
        captures: captures.collect(),
        observations: rows.0,
        money: rows.1,
        shares: gathered.shares,
        stored: Stored {
            readings,
            rejected,
            new: 0,
        },
    }
}

/// Puts what targets of one source sent together; the attempt comes at the end.
pub(super) fn together(
    shared: &Shared<'_>,
    run: Option<i64>,
    parts: Vec<Part>,
) -> (PackedAnswers, Stored, Vec<Share>) {
    let mut batch = empty_batch(shared, run);
    batch.observations.reserve_exact(parts.len());
    let mut captures = Vec::with_capacity(parts.len());
    let (mut stored, mut shares) = (Stored::default(), Vec::with_capacity(parts.len()));
    for part in parts {
        stored.readings += part.stored.readings;
        stored.rejected += part.stored.rejected;
        batch.observations.extend(part.observations);
        batch.money.extend(part.money);
        captures.extend(part.captures);
        shares.extend(part.shares);
    }
    (PackedAnswers { batch, captures }, stored, shares)
}

/// An attempt that brought no figures.
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) message: Message,
    /// The answers that were refused.
    pub(super) evidence: Vec<NewCapture>,
    /// What was refused, one by one, where there were several.
    pub(super) findings: Vec<Finding>,
    /// The message in a word or two.
    pub(super) why: Option<Message>,
}

/// Makes an attempt ready that brought nothing; earlier figures stay as they are.
pub(super) fn failure(
    shared: &Shared<'_>,
    source: &SourceConfig,
    run: Option<i64>,
    failure: Failure,
    elapsed_ms: u64,
) -> Prepared {
    let Failure {
        outcome,
        message,
        evidence,
        findings,
        why: _,
    } = failure;
    let answer = run.map(|run| {
        let evidence = evidence.into_iter().map(|mut capture| {
            capture.run = Some(run);
            (capture, None)
        });
        let captures = evidence.collect();
        let mut batch = empty_batch(shared, Some(run));
        batch.findings.clone_from(&findings);
        let message = Some(message.clone());
        let attempt = Attempt {
            run,
            at: batch.recorded_at,
            outcome,
            rows: 0,
            elapsed_ms,
            message,
            certificate_not_after: shared.certificate_of(&source.id),
        };
        batch.attempt = Some((source.id.clone(), attempt));
        Answer {
            batch,
            captures,
            revisit: None,
        }
    });
    let report = SourceReport {
        outcome: Some(outcome),
        elapsed_ms,
        message: Some(message),
        findings,
        ..SourceReport::not_done(&source.id)
    };
    Prepared {
        answer,
        report,
        shares: Vec::new(),
    }
}

pub(super) fn empty_batch(shared: &Shared<'_>, run: Option<i64>) -> Batch {
    Batch {
        run,
        recorded_at: (shared.options.now)(),
        actor: shared.options.actor.clone(),
        identity: shared.options.identity.clone(),
        reason: None,
        observations: Vec::new(),
        money: Vec::new(),
        findings: Vec::new(),
        attempt: None,
    }
}
