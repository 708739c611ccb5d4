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
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_store::{HumanAct, RecordedAct, Store};
use serde_json::{Value, json};

/// Kind of the act.
pub const KIND: &str = "handle";

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
