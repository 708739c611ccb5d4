//! What a source sent, into the store: captures, figures, findings and the attempt in one transaction.

use super::body::Share;
use super::conditional;
use super::gather::Gathered;
use super::words::Row;
use super::{Shared, SourceReport, fingerprint};
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::{Act, Cause, Reading};
use quarterdeck_kpi::source::{Attempt, Outcome};
use quarterdeck_sources::SourceConfig;
use quarterdeck_store::{Answer, Batch, NewCapture, NewRow, Taken};

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
    } = gathered;
    let mut batch = empty_batch(shared, run);
    let (total, mut rejected) = (readings.len(), 0);
    if total == 1 {
        batch.observations.reserve_exact(1);
    }
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
                batch.observations.push(row);
            }
            Row::Amount(item) => batch.money.push(NewRow::new(item, cause, act)),
        }
    }
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
        (None, 0) => None,
        (None, _) => Some(
            Message::new("collect-some-rejected")
                .with("rejected", rejected)
                .with("total", total),
        ),
    };
    let report = SourceReport {
        outcome: Some(outcome),
        rows,
        readings: total,
        rejected,
        findings: findings.clone(),
        refused_files,
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
    let revisit =
        conditional::may_be_asked(&captures).then(|| conditional::settings(&shared.common, &by));
    let captures = captures.into_iter().map(|(mut capture, rows)| {
        capture.run = Some(run);
        let taken = known.zip(rows).map(|(known, rows)| Taken {
            asked: known.asked.clone(),
            by: by.clone(),
            rows,
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

/// An attempt that brought no figures.
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) message: Message,
    /// The answers that were refused.
    pub(super) evidence: Vec<NewCapture>,
    /// What was refused, one by one, where there were several.
    pub(super) findings: Vec<Finding>,
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
