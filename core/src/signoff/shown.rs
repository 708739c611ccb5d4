//! What the faces show of sign-off.

use super::{acts, broken_files, log, state_of};
use crate::bag;
use crate::failure::Failure;
use crate::session::Session;
use crate::signature::Keys;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::assess::Assessment;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::signoff::{Signature, Step};
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_store::{RecordedAct, first_break};
use quarterdeck_view::signing::{ActLine, SignedQuarter, Signing};

/// Acts that a face gets.
const ACTS: usize = 20;

/// Sign-off of an assessed quarter, the quarters with a signature, and the last acts.
pub fn shown(
    session: &Session,
    snapshot: &Snapshot,
    assessment: &Assessment,
    as_of: Option<DateTime<Utc>>,
) -> Result<Signing, Failure> {
    let acts = acts(session, as_of)?;
    let state = state_of(session, snapshot, assessment, as_of)?;
    let refusal = match (as_of, state.next()) {
        (Some(_), _) => Some(Message::new("session-read-only-as-of")),
        (None, None) => None,
        (None, Some(step)) => match session.may_sign(step) {
            Err(failure) => Some(*failure.what),
            Ok(signer) => match broken_files(session, |file| !file.starts_with("sources/")) {
                Some(text) => Some(text),
                None => state.refusal(step, &signer.actor.id, &signer.account),
            },
        },
    };
    let able = Step::ALL
        .into_iter()
        .any(|step| session.may_sign(step).is_ok());
    let cannot_accept = match (as_of, able) {
        (Some(_), _) => Some(Message::new("session-read-only-as-of")),
        (None, false) => session
            .may_sign(Step::Prepare)
            .err()
            .map(|failure| *failure.what),
        (None, true) => None,
    };
    let last: Vec<&RecordedAct> = acts.iter().rev().take(ACTS).collect();
    let keys = session.keys_of(&acts, as_of)?;
    Ok(Signing {
        refusal,
        cannot_accept,
        quarters: quarters(session, &acts),
        log: (acts.len(), first_break(&acts).map(|(number, _)| number)),
        acts: last.iter().map(|act| line(act, &keys)).collect(),
        state,
    })
}

fn line(recorded: &RecordedAct, keys: &Keys) -> ActLine {
    let act = &recorded.act;
    ActLine {
        number: recorded.number,
        at: act.at,
        person: act.actor.clone(),
        kind: act.kind.clone(),
        subject: act.subject.clone(),
        proof: keys.proof(recorded),
    }
}

/// Every quarter somebody signed, newest first.
fn quarters(session: &Session, acts: &[RecordedAct]) -> Vec<SignedQuarter> {
    let named = log::quarters(acts);
    let signed = |quarter: Quarter| {
        let told = log::told(acts, quarter);
        let of = |step: Step, signature: &Signature, manifest_sha256: Option<String>| {
            let head = usize::try_from(signature.act - 1)
                .ok()
                .and_then(|at| acts.get(at));
            let folder = bag::folder_of(quarter);
            let is_there = session.root().join(&folder).join("bagit.txt").is_file();
            SignedQuarter {
                quarter,
                step,
                person: signature.person.clone(),
                at: signature.at,
                head: (
                    signature.act,
                    head.map(|act| act.hash.clone()).unwrap_or_default(),
                ),
                folder: (manifest_sha256.is_some() && is_there).then_some(folder),
                manifest_sha256,
            }
        };
        if let Some(published) = &told.published {
            let manifest = Some(published.manifest_sha256.clone());
            return Some(of(Step::Publish, &published.signature, manifest));
        }
        let reviewed = told.reviewed.as_ref().map(|s| of(Step::Review, s, None));
        reviewed.or_else(|| told.prepared.as_ref().map(|s| of(Step::Prepare, s, None)))
    };
    named.into_iter().rev().filter_map(signed).collect()
}
