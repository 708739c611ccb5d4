//! Exceptions that a person says were dealt with: an act in the hash-chained log, with who, when and why.
//!
//! The act names the figures it was said of by their fingerprint. When they change, the exception is open again; the
//! act stays in the log.

use crate::entry::reason_of;
use crate::failure::Failure;
use crate::session::{HUMAN_WAIT, Session};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::assess::assess;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::exceptions::Handled;
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_store::{HumanAct, RecordedAct, Store, sha256_hex};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Kind of the act.
pub const KIND: &str = "handle";

/// Rules of findings that may be noted as handled: what was refused stays refused, and somebody has seen to it.
const MAY_BE_HANDLED: [&str; 1] = ["file-refused@1"];

/// A finding that a person says was dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandledFinding {
    /// Its id.
    pub finding: String,
    /// Of what it said: another reason, and it is open again.
    pub fingerprint: String,
    /// Why.
    pub reason: String,
    /// Id of the person.
    pub actor: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Marks the exception of a programme in a quarter as handled. `seen` are the figures the person looked at; when they
/// changed in between, nothing is marked.
pub fn handle(
    session: &mut Session,
    programme: &str,
    quarter: Quarter,
    seen: Option<&str>,
    reason: &str,
) -> Result<Handled, Failure> {
    let actor = session.may_enter()?;
    let reason = reason_of(reason)?;
    let _lock = session.lock("handle", HUMAN_WAIT)?;
    let now = session.now();
    let found = assess(&session.standing(None)?, quarter);
    let refused = |id: &'static str| {
        Failure::usage(
            Message::new(id)
                .with("programme", clean(programme))
                .with("quarter", quarter),
        )
        .at(clean(programme))
    };
    let Some(exception) = found.exceptions.iter().find(|e| e.programme == programme) else {
        let id = if found.programmes.iter().any(|p| p.id == programme) {
            "handle-no-exception"
        } else {
            "handle-no-programme"
        };
        return Err(refused(id));
    };
    if seen.is_some_and(|seen| seen != exception.fingerprint) {
        return Err(refused("handle-figures-changed"));
    }
    let handled = Handled {
        programme: programme.to_owned(),
        quarter,
        fingerprint: exception.fingerprint.clone(),
        reason,
        actor: actor.id.clone(),
        at: now,
    };
    session
        .store_mut()?
        .append_act(&act(&handled, &actor.identity))?;
    Ok(handled)
}

/// Marks a finding about a refused file or package as handled: it stays visible, and asks no more.
pub fn handle_finding(
    session: &mut Session,
    id: &str,
    reason: &str,
) -> Result<HandledFinding, Failure> {
    let actor = session.may_enter()?;
    let reason = reason_of(reason)?;
    let _lock = session.lock("handle", HUMAN_WAIT)?;
    let refused = |key: &'static str| {
        Failure::usage(Message::new(key).with("finding", clean(id))).at(clean(id))
    };
    let snapshot = session.snapshot(None)?;
    let found = snapshot.findings.iter().find(|finding| finding.id == id);
    let finding = found.ok_or_else(|| refused("handle-no-finding"))?;
    if !MAY_BE_HANDLED.contains(&finding.rule.as_str()) {
        return Err(refused("handle-finding-other"));
    }
    if finding.severity == Severity::Info {
        return Err(refused("handle-finding-already"));
    }
    let handled = HandledFinding {
        finding: finding.id.clone(),
        fingerprint: fingerprint(finding),
        reason,
        actor: actor.id,
        at: session.now(),
    };
    let act = HumanAct {
        at: handled.at,
        actor: handled.actor.clone(),
        identity: actor.identity,
        kind: KIND.to_owned(),
        subject: handled.finding.clone(),
        detail_json: json!({
            "finding": handled.finding,
            "fingerprint": handled.fingerprint,
            "reason": handled.reason,
        })
        .to_string(),
    };
    session.store_mut()?.append_act(&act)?;
    Ok(handled)
}

fn fingerprint(finding: &Finding) -> String {
    sha256_hex(&serde_json::to_vec(&finding.text).unwrap_or_default())
}

/// What was marked by a moment: ids of findings, and fingerprints of what they said.
#[derive(Debug, Default)]
pub(crate) struct Noted(BTreeSet<(String, String)>);

impl Noted {
    pub(crate) fn by(store: &Store, at: DateTime<Utc>) -> Result<Noted, Failure> {
        let acts = store.acts_of(KIND, at)?;
        let noted = acts.into_iter().filter_map(read_finding);
        Ok(Noted(
            noted.map(|said| (said.finding, said.fingerprint)).collect(),
        ))
    }
    /// Somebody has seen to just this.
    pub(crate) fn has(&self, finding: &Finding) -> bool {
        !self.0.is_empty() && self.0.contains(&(finding.id.clone(), fingerprint(finding)))
    }
}

/// Findings that were marked by a moment say so, with who and why, and weigh no more than a remark.
pub(crate) fn mark(
    store: &Store,
    at: DateTime<Utc>,
    findings: &mut [Finding],
) -> Result<(), Failure> {
    if !findings
        .iter()
        .any(|finding| MAY_BE_HANDLED.contains(&finding.rule.as_str()))
    {
        return Ok(());
    }
    for handled in store
        .acts_of(KIND, at)?
        .into_iter()
        .filter_map(read_finding)
    {
        let meant = findings.iter_mut().filter(|finding| {
            finding.id == handled.finding
                && finding.severity > Severity::Info
                && fingerprint(finding) == handled.fingerprint
        });
        for finding in meant {
            finding.severity = Severity::Info;
            finding.text = Message::new("finding-handled")
                .with("said", finding.text.clone())
                .with("actor", handled.actor.as_str())
                .with("reason", handled.reason.as_str());
        }
    }
    Ok(())
}

fn read_finding(recorded: RecordedAct) -> Option<HandledFinding> {
    let detail: Value = serde_json::from_str(&recorded.act.detail_json).ok()?;
    let text = |key: &str| Some(detail.get(key)?.as_str()?.to_owned());
    Some(HandledFinding {
        finding: text("finding")?,
        fingerprint: text("fingerprint")?,
        reason: clean(&text("reason")?),
        actor: recorded.act.actor,
        at: recorded.act.at,
    })
}

/// The act that keeps it.
pub(crate) fn act(handled: &Handled, identity: &str) -> HumanAct {
    let subject = SeriesId::new(handled.programme.as_str(), "exception");
    HumanAct {
        at: handled.at,
        actor: handled.actor.clone(),
        identity: identity.to_owned(),
        kind: KIND.to_owned(),
        subject: subject.at(handled.quarter.period()).to_string(),
        detail_json: json!({
            "programme": handled.programme,
            "quarter": handled.quarter.to_string(),
            "fingerprint": handled.fingerprint,
            "reason": handled.reason,
        })
        .to_string(),
    }
}

/// What was marked by a moment, oldest first.
pub(crate) fn as_of(store: &Store, at: DateTime<Utc>) -> Result<Vec<Handled>, Failure> {
    let acts = store.acts_of(KIND, at)?;
    Ok(acts.into_iter().filter_map(read).collect())
}

fn read(recorded: RecordedAct) -> Option<Handled> {
    let detail: Value = serde_json::from_str(&recorded.act.detail_json).ok()?;
    let text = |key: &str| Some(detail.get(key)?.as_str()?.to_owned());
    Some(Handled {
        programme: text("programme")?,
        quarter: Quarter::parse(&text("quarter")?).ok()?,
        fingerprint: text("fingerprint")?,
        reason: clean(&text("reason")?),
        actor: recorded.act.actor,
        at: recorded.act.at,
    })
}
