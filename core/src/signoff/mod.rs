//! Sign-off of a quarter: what stands open, the acts of people, and the published quarter.
//!
//! Every act goes into the hash-chained log. What was signed is a mark (moment, last row, register
//! version, hash of the figures), so that what changed since can be said figure by figure.

pub mod log;
mod shown;

pub use shown::shown;

use crate::failure::{Exit, Failure};
use crate::session::{HUMAN_WAIT, Session, figures_sha256};
use crate::workspace::problem_sentence;
use chrono::{DateTime, Utc};
use log::{Says, Told};
use quarterdeck_kpi::assess::{Assessment, assess};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::figures::{changes, figures};
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::restate::restated;
use quarterdeck_kpi::signoff::{Item, Mark, SignOff, Signature, Step, changed_item, items};
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_kpi::text::clean;
use quarterdeck_store::{HumanAct, RecordedAct};

/// Longest reason of an acceptance, in characters.
const REASON_CAP: usize = 1000;

/// A step somebody wants to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The quarter.
    pub quarter: Quarter,
    /// The step.
    pub step: Step,
    /// Items accepted with it, by their names, each with its reason.
    pub accept: Vec<(String, String)>,
}

/// How far the sign-off of a quarter is, as the log said at a moment; `None` is now.
pub fn state(
    session: &Session,
    quarter: Quarter,
    as_of: Option<DateTime<Utc>>,
) -> Result<SignOff, Failure> {
    let snapshot = session.standing(Some(as_of.unwrap_or_else(|| session.now())))?;
    let assessment = assess(&snapshot, quarter);
    state_of(session, &snapshot, &assessment, as_of)
}

/// The same from a snapshot and its assessment that are at hand.
pub fn state_of(
    session: &Session,
    snapshot: &Snapshot,
    assessment: &Assessment,
    as_of: Option<DateTime<Utc>>,
) -> Result<SignOff, Failure> {
    let acts = acts(session, as_of)?;
    let mut told = log::told(&acts, assessment.quarter);
    told.prove(&acts, &session.keys_of(&acts, as_of)?);
    standing(session, snapshot, assessment, told)
}

/// The log, as far as it went at a moment.
pub fn acts(session: &Session, as_of: Option<DateTime<Utc>>) -> Result<Vec<RecordedAct>, Failure> {
    let mut acts = match session.store() {
        Some(store) => store.acts()?,
        None => Vec::new(),
    };
    if let Some(as_of) = as_of {
        acts.retain(|recorded| recorded.act.at <= as_of);
    }
    Ok(acts)
}

fn standing(
    session: &Session,
    snapshot: &Snapshot,
    assessment: &Assessment,
    told: Told,
) -> Result<SignOff, Failure> {
    let quarter = assessment.quarter;
    let mut state = SignOff {
        quarter,
        complete: assessment.quarter_complete,
        items: Vec::new(),
        prepared: told.prepared,
        reviewed: told.reviewed,
        published: told.published,
        changed: Vec::new(),
        restated: Vec::new(),
    };
    if let Some(published) = &state.published {
        let mark = &published.signature.mark;
        let then = session.standing_at(mark)?;
        state.restated = restated(&then, snapshot.clone(), quarter, mark.row);
        return Ok(state);
    }
    let mut found = items(snapshot, assessment);
    if let Some(last) = state.reviewed.as_ref().or(state.prepared.as_ref()) {
        // The same hash is the same figures: nothing needs to be read.
        let mut is_altered = false;
        if last.mark.figures_sha256 != figures_sha256(assessment) {
            let then = session.assessment_at(&last.mark, quarter)?;
            is_altered = figures_sha256(&then) != last.mark.figures_sha256;
            state.changed = changes(&figures(&then), &figures(assessment));
        }
        found.splice(0..0, changed_item(quarter, last, &state.changed));
        if is_altered {
            found.insert(0, finding(quarter, ALTERED, altered(last)));
        }
    }
    if let Some(text) = broken_files(session, |_| true) {
        found.insert(0, finding(quarter, BROKEN_FILES, text));
    }
    // What the board already says is not said twice.
    let clock = session.clock_finding()?;
    let is_said = found.iter().any(|known| known.rule == "clock@1");
    found.extend(clock.filter(|_| !is_said));
    state.items = found
        .into_iter()
        .map(|finding| {
            let accepted = told.accepted.get(&finding.id);
            let accepted = accepted.filter(|accepted| accepted.text == finding.text);
            Item {
                accepted: accepted.cloned(),
                finding,
            }
        })
        .collect();
    Ok(state)
}

/// The workspace's files have errors: what they describe is left out.
const BROKEN_FILES: &str = "files-broken@1";
/// What was signed cannot be made again.
const ALTERED: &str = "signed-figures@1";

fn finding(quarter: Quarter, rule: &str, text: Message) -> Finding {
    let mut finding = Finding::new(rule, Severity::Error, None, None, text);
    finding.id = format!("{rule}:{quarter}");
    finding
}

fn altered(signed: &Signature) -> Message {
    Message::new("signoff-figures-altered").with("act", signed.act.to_string())
}

/// How many errors the chosen files have, and the first.
fn broken_files(session: &Session, which: impl Fn(&str) -> bool) -> Option<Message> {
    let problems = session.workspace().problems.iter();
    let mut errors = problems.filter(|p| p.severity == Severity::Error && which(&p.file));
    let first = errors.next()?;
    Some(
        Message::new("signoff-files-broken")
            .with("errors", 1 + errors.count())
            .with("first", problem_sentence(first)),
    )
}

/// Why a step cannot be taken whatever is accepted: a programme whose file is broken would be missing from the quarter,
/// and nobody vouches for figures that are not those the others signed.
fn cannot_stand(
    session: &Session,
    state: &SignOff,
    step: Step,
) -> Result<Option<Failure>, Failure> {
    if let Some(text) = broken_files(session, |file| !file.starts_with("sources/")) {
        let next = Message::new("signoff-files-broken-next");
        return Ok(Some(Failure::nothing(text).next(next)));
    }
    if step == Step::Prepare {
        return Ok(None);
    }
    for signed in state.prepared.iter().chain(&state.reviewed) {
        if !session.makes_again(&signed.mark, state.quarter)? {
            let refused = Failure::new(Exit::Verification, altered(signed));
            let next = Message::new("signoff-figures-altered-next").with("quarter", state.quarter);
            return Ok(Some(refused.next(next)));
        }
    }
    Ok(None)
}

/// Takes a step that is not a publication: acceptances and the signature go into the log together.
pub fn sign(session: &mut Session, asked: &Asked) -> Result<SignOff, Failure> {
    session.may_sign(asked.step)?;
    let _lock = session.lock(asked.step.id(), HUMAN_WAIT)?;
    sign_locked(session, asked)
}

/// The same for whoever holds the lock already.
pub(crate) fn sign_locked(session: &mut Session, asked: &Asked) -> Result<SignOff, Failure> {
    let signer = session.may_sign(asked.step)?;
    let ready = ready(session, asked)?;
    let act = log::sign(
        &signer,
        ready.at,
        asked.quarter,
        asked.step,
        &ready.mark,
        ready.says,
    );
    let mut acts = ready.acceptances;
    acts.push(act);
    session.store_mut()?.append_acts(&acts, None)?;
    state(session, asked.quarter, None)
}

/// A step that may be taken, with what goes into the log before it.
pub(crate) struct Ready {
    pub(crate) at: DateTime<Utc>,
    pub(crate) mark: Mark,
    pub(crate) says: Says,
    pub(crate) acceptances: Vec<HumanAct>,
}

/// Checks everything that must hold before a step.
pub(crate) fn ready(session: &Session, asked: &Asked) -> Result<Ready, Failure> {
    let signer = session.may_sign(asked.step)?;
    session.check_chain()?;
    let at = session.now();
    let quarter = asked.quarter;
    let snapshot = session.standing(Some(at))?;
    let assessment = assess(&snapshot, quarter);
    let mut state = state_of(session, &snapshot, &assessment, None)?;
    let mut acceptances = Vec::new();
    for (name, reason) in &asked.accept {
        let finding = accept(&mut state, name, reason, &signer.actor.id, at)?;
        let reason = sentence(reason);
        acceptances.push(log::accept(&signer, at, quarter, &finding, &reason));
    }
    if state
        .items
        .iter()
        .any(|item| item.finding.rule == "act-chain@1")
    {
        // Nobody can vouch for signatures in a log that was tampered with.
        return Err(Failure::new(
            Exit::Verification,
            Message::new("signoff-chain-broken"),
        ));
    }
    let refusal = state.refusal(asked.step, &signer.actor.id, &signer.account);
    if state.published.is_none()
        && let Some(failure) = cannot_stand(session, &state, asked.step)?
    {
        return Err(failure);
    }
    if let Some(refusal) = refusal {
        // The next step speaks of the same quarter and person as the refusal.
        let next = Message {
            id: format!("{}-next", refusal.id).into(),
            args: refusal.args.clone(),
        };
        return Err(Failure::nothing(refusal).next(next));
    }
    let mark = session.mark(&snapshot, &assessment)?;
    let accepted = state.items.iter().map(|item| item.finding.id.clone());
    let says = Says {
        accepted: accepted.collect(),
        changed: state.changed.len(),
        bag: None,
    };
    Ok(Ready {
        at,
        mark,
        says,
        acceptances,
    })
}

/// Accepts one item without taking a step.
pub fn accept_item(
    session: &mut Session,
    quarter: Quarter,
    name: &str,
    reason: &str,
) -> Result<SignOff, Failure> {
    let able = Step::ALL.into_iter().map(|step| session.may_sign(step));
    let mut refused = None;
    let mut signer = None;
    for one in able {
        match one {
            Ok(one) => signer = signer.or(Some(one)),
            Err(failure) => refused = refused.or(Some(failure)),
        }
    }
    let Some(signer) = signer else {
        return Err(refused.unwrap_or_else(|| Failure::usage(Message::new("cli-wrong-use"))));
    };
    let _lock = session.lock("accept", HUMAN_WAIT)?;
    let at = session.now();
    let mut standing = state(session, quarter, None)?;
    let finding = accept(&mut standing, name, reason, &signer.actor.id, at)?;
    let act = log::accept(&signer, at, quarter, &finding, &sentence(reason));
    session.store_mut()?.append_acts(&[act], None)?;
    state(session, quarter, None)
}

fn sentence(reason: &str) -> String {
    clean(reason.trim())
}

/// Marks an item as accepted and gives it.
fn accept(
    state: &mut SignOff,
    name: &str,
    reason: &str,
    person: &str,
    at: DateTime<Utc>,
) -> Result<Finding, Failure> {
    let refuse = |id: &'static str, next: &'static str| {
        Failure::usage(Message::new(id).with("item", clean(name)))
            .at(clean(name))
            .next(Message::new(next))
    };
    if state.published.is_some() {
        return Err(Failure::nothing(
            Message::new("signoff-published-already").with("quarter", state.quarter),
        )
        .next(Message::new("signoff-published-already-next").with("quarter", state.quarter)));
    }
    if reason.trim().is_empty() {
        return Err(refuse(
            "signoff-no-reason-given",
            "signoff-no-reason-given-next",
        ));
    }
    if reason.chars().count() > REASON_CAP {
        return Err(refuse("signoff-reason-long", "signoff-reason-long-next"));
    }
    let Some(item) = state.items.iter_mut().find(|item| item.finding.id == name) else {
        return Err(refuse("signoff-no-item", "signoff-no-item-next"));
    };
    item.accepted = Some(quarterdeck_kpi::signoff::Acceptance {
        act: 0,
        person: person.to_owned(),
        at,
        reason: sentence(reason),
        text: item.finding.text.clone(),
    });
    Ok(item.finding.clone())
}
