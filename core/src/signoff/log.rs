//! The acts of a sign-off as they stand in the log, and back.

use crate::session::Signer;
use crate::signature::Keys;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::finding::Finding;
use quarterdeck_kpi::signoff::{Acceptance, Mark, Proof, Publication, Signature, Step};
use quarterdeck_store::{HumanAct, RecordedAct};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Kind of the act by which an item is accepted.
pub const ACCEPT: &str = "accept";

/// What the log keeps of an acceptance: the item as it stood, in no language.
#[derive(Debug, Serialize, Deserialize)]
struct Accepted {
    quarter: Quarter,
    account: String,
    reason: String,
    finding: Finding,
}

/// What the log keeps of a signature. Later versions may add to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Signed {
    account: String,
    mark: Mark,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    manifest_sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    engine: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    accepted: Vec<String>,
    #[serde(default)]
    changed: usize,
}

/// The act by which a person accepts an item of a quarter.
pub fn accept(
    signer: &Signer,
    at: DateTime<Utc>,
    quarter: Quarter,
    finding: &Finding,
    reason: &str,
) -> HumanAct {
    HumanAct {
        at,
        actor: signer.actor.id.clone(),
        identity: signer.actor.identity.clone(),
        kind: ACCEPT.to_owned(),
        subject: finding.id.clone(),
        detail_json: text(&Accepted {
            quarter,
            account: signer.account.clone(),
            reason: reason.to_owned(),
            finding: finding.clone(),
        }),
    }
}

/// What a signature says besides its mark.
#[derive(Debug, Clone, Default)]
pub struct Says {
    /// Items that were accepted.
    pub accepted: Vec<String>,
    /// Values that changed since the signature before.
    pub changed: usize,
    /// Hash of the bag's list of payload files, and version of the program: of a publication.
    pub bag: Option<(String, String)>,
}

/// The act by which a person takes a step.
pub fn sign(
    signer: &Signer,
    at: DateTime<Utc>,
    quarter: Quarter,
    step: Step,
    mark: &Mark,
    says: Says,
) -> HumanAct {
    let (manifest_sha256, engine) = says.bag.unzip();
    let signed = Signed {
        account: signer.account.clone(),
        mark: mark.clone(),
        manifest_sha256,
        engine,
        accepted: says.accepted,
        changed: says.changed,
    };
    HumanAct {
        at,
        actor: signer.actor.id.clone(),
        identity: signer.actor.identity.clone(),
        kind: step.id().to_owned(),
        subject: quarter.to_string(),
        detail_json: text(&signed),
    }
}

fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// What the log says about one quarter.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The last preparation.
    pub prepared: Option<Signature>,
    /// The review after it.
    pub reviewed: Option<Signature>,
    /// The publication.
    pub published: Option<Publication>,
    /// The last acceptance of each item.
    pub accepted: BTreeMap<String, Acceptance>,
}

/// Reads the log of a quarter; acts that are not of a sign-off are passed over.
pub fn told(acts: &[RecordedAct], quarter: Quarter) -> Told {
    let mut told = Told::default();
    let name = quarter.to_string();
    for recorded in acts {
        let act = &recorded.act;
        if act.kind == ACCEPT {
            let Ok(accepted) = serde_json::from_str::<Accepted>(&act.detail_json) else {
                continue;
            };
            if accepted.quarter == quarter {
                let acceptance = Acceptance {
                    act: recorded.number,
                    person: act.actor.clone(),
                    at: act.at,
                    reason: accepted.reason,
                    text: accepted.finding.text,
                };
                told.accepted.insert(act.subject.clone(), acceptance);
            }
            continue;
        }
        let step = Step::ALL.into_iter().find(|step| step.id() == act.kind);
        let (Some(step), true) = (step, act.subject == name) else {
            continue;
        };
        let Ok(signed) = serde_json::from_str::<Signed>(&act.detail_json) else {
            continue;
        };
        let signature = Signature {
            act: recorded.number,
            person: act.actor.clone(),
            identity: act.identity.clone(),
            account: signed.account,
            at: act.at,
            mark: signed.mark,
            proof: Proof::Unsigned,
        };
        match step {
            // Prepared anew: what was reviewed before is another state.
            Step::Prepare if told.published.is_none() => {
                told.prepared = Some(signature);
                told.reviewed = None;
            }
            Step::Review if told.published.is_none() => told.reviewed = Some(signature),
            Step::Publish if told.published.is_none() => {
                told.published = Some(Publication {
                    signature,
                    manifest_sha256: signed.manifest_sha256.unwrap_or_default(),
                    engine: signed.engine.unwrap_or_default(),
                });
            }
            Step::Prepare | Step::Review | Step::Publish => {}
        }
    }
    told
}

impl Told {
    /// Says of each signature what vouches for it.
    pub fn prove(&mut self, acts: &[RecordedAct], keys: &Keys) {
        let published = self.published.as_mut().map(|p| &mut p.signature);
        let signed = [self.prepared.as_mut(), self.reviewed.as_mut(), published];
        for signature in signed.into_iter().flatten() {
            let act = acts.iter().find(|act| act.number == signature.act);
            signature.proof = act.map(|act| keys.proof(act)).unwrap_or_default();
        }
    }
}

/// Numbers of the acts that are dated before the act before them: a clock was wrong, then or now.
pub fn back_in_time(acts: &[RecordedAct]) -> Vec<i64> {
    let later = acts.windows(2).filter_map(|pair| match pair {
        [before, after] if after.act.at < before.act.at => Some(after.number),
        _ => None,
    });
    later.collect()
}

/// Every quarter that somebody signed, oldest first.
pub fn quarters(acts: &[RecordedAct]) -> Vec<Quarter> {
    let is_step = |recorded: &&RecordedAct| {
        let mut steps = Step::ALL.iter();
        steps.any(|step| step.id() == recorded.act.kind)
    };
    let signed = acts.iter().filter(is_step);
    let mut named: Vec<Quarter> = signed
        .filter_map(|recorded| Quarter::parse(&recorded.act.subject).ok())
        .collect();
    named.sort_unstable();
    named.dedup();
    named
}

/// The quarters that were published, in the order of their publication.
pub fn published(acts: &[RecordedAct]) -> Vec<Quarter> {
    let mut found = Vec::new();
    for recorded in acts.iter().filter(|r| r.act.kind == Step::Publish.id()) {
        if let Ok(quarter) = Quarter::parse(&recorded.act.subject)
            && !found.contains(&quarter)
        {
            found.push(quarter);
        }
    }
    found
}

/// One act as a JSON object, as `qd log --json` and the log of a bag have it.
pub fn as_json(recorded: &RecordedAct) -> Value {
    let act = &recorded.act;
    json!({
        "number": recorded.number,
        "at_us": act.at.timestamp_micros(),
        "actor": act.actor,
        "identity": act.identity,
        "kind": act.kind,
        "subject": act.subject,
        "detail": act.detail_json,
        "previous": recorded.previous,
        "hash": recorded.hash,
    })
}

/// The act that [`as_json`] wrote; `None` when it is not one.
pub fn from_json(value: &Value) -> Option<RecordedAct> {
    let text = |key: &str| Some(value.get(key)?.as_str()?.to_owned());
    Some(RecordedAct {
        number: value.get("number")?.as_i64()?,
        act: HumanAct {
            at: DateTime::from_timestamp_micros(value.get("at_us")?.as_i64()?)?,
            actor: text("actor")?,
            identity: text("identity")?,
            kind: text("kind")?,
            subject: text("subject")?,
            detail_json: text("detail")?,
        },
        previous: text("previous")?,
        hash: text("hash")?,
    })
}
