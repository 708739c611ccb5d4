//! Sign-off of a quarter (季報核定): prepared (承辦), reviewed (複核), published (核定), and what stands
//! open before that.
//!
//! Everything that a reader of the report would have to know is an open item: a finding, a figure
//! that is unknown, a source whose data are old, a cause that nobody gave. Each is fixed, or accepted
//! by name with a reason; an acceptance holds as long as the item says what it said.

use crate::assess::{Assessment, IndicatorAssessment};
use crate::calendar::{Quarter, taipei_day};
use crate::figures::{Change, Said};
use crate::finding::{Finding, Severity};
use crate::message::{Arg, Message};
use crate::register::Role;
use crate::snapshot::Snapshot;
use crate::status::Status;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The three acts of a sign-off, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// 承辦
    Prepare,
    /// 複核
    Review,
    /// 核定
    Publish,
}

impl Step {
    /// Every step.
    pub const ALL: [Step; 3] = [Step::Prepare, Step::Review, Step::Publish];
    /// Word of commands and of the log.
    pub fn id(self) -> &'static str {
        match self {
            Step::Prepare => "prepare",
            Step::Review => "review",
            Step::Publish => "publish",
        }
    }
    /// The role that the step needs.
    pub fn role(self) -> Role {
        match self {
            Step::Prepare => Role::Prepare,
            Step::Review => Role::Review,
            Step::Publish => Role::Approve,
        }
    }
}

/// How much was known when somebody signed: what lets the same figures be made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The moment.
    pub as_of: DateTime<Utc>,
    /// The last row that counted; rows recorded later are not in what was signed, whatever a
    /// machine's clock said.
    pub row: i64,
    /// Number of the register version; 0 before the first.
    pub register: i64,
    /// SHA-256 (hex) over the list of figures.
    pub figures_sha256: String,
}

/// What is known of an act's signature (Ed25519).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Proof {
    /// There is none: the account of the operating system is all that vouches for the person.
    #[default]
    Unsigned,
    /// It holds, by a key that was on file for this person.
    Holds(KeyName),
    /// It holds, by a key that was not on file for this person.
    UnknownKey(KeyName),
    /// It does not hold, or is missing where the act says that it is signed.
    Broken(KeyName),
}

/// The short name of a public key: the first 16 hex digits of its SHA-256; empty when there is none.
pub type KeyName = String;

impl Proof {
    /// Word of scripts.
    pub fn id(&self) -> &'static str {
        match self {
            Proof::Unsigned => "unsigned",
            Proof::Holds(_) => "holds",
            Proof::UnknownKey(_) => "unknown-key",
            Proof::Broken(_) => "broken",
        }
    }
    /// Short name of the key.
    pub fn key(&self) -> Option<&str> {
        match self {
            Proof::Unsigned => None,
            Proof::Holds(key) | Proof::UnknownKey(key) | Proof::Broken(key) => Some(key),
        }
    }
    /// What people read.
    pub fn text(&self) -> Message {
        let id = match self {
            Proof::Unsigned => "proof-unsigned",
            Proof::Holds(_) => "proof-holds",
            Proof::UnknownKey(_) => "proof-unknown-key",
            Proof::Broken(key) if key.is_empty() => "proof-missing",
            Proof::Broken(_) => "proof-broken",
        };
        Message::new(id).with("key", self.key().unwrap_or_default())
    }
}

/// A signature under a quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Number of the act in the log.
    pub act: i64,
    /// Id of the person.
    pub person: String,
    /// How sure the identity is: `os-account`, `signed`, `demo`.
    pub identity: String,
    /// Account of the operating system.
    pub account: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What was signed.
    pub mark: Mark,
    /// Whether a key vouches for it.
    pub proof: Proof,
}

/// That somebody accepted an open item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Number of the act in the log.
    pub act: i64,
    /// Id of the person.
    pub person: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
    /// What the item said then.
    pub text: Message,
}

/// An item that has to be fixed or accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is about; its id is the name it is accepted by.
    pub finding: Finding,
    /// By whom and why it was accepted.
    pub accepted: Option<Acceptance>,
}

/// A published quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Who approved it.
    pub signature: Signature,
    /// SHA-256 (hex) of the bag's list of payload files.
    pub manifest_sha256: String,
    /// Version of the program that made it.
    pub engine: String,
}

/// A figure of a published quarter that would differ today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restated {
    /// Old and new.
    pub change: Change,
    /// Why.
    pub cause: Message,
    /// Id of the person, or `system`.
    pub person: Option<String>,
    /// When the change was recorded.
    pub at: Option<DateTime<Utc>>,
}

/// How far the sign-off of a quarter is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOff {
    /// The quarter.
    pub quarter: Quarter,
    /// It has ended, so that it can be signed.
    pub complete: bool,
    /// Open and accepted items, gravest first.
    pub items: Vec<Item>,
    /// 承辦
    pub prepared: Option<Signature>,
    /// 複核
    pub reviewed: Option<Signature>,
    /// 核定
    pub published: Option<Publication>,
    /// Figures that changed since the last signature, while it is not published.
    pub changed: Vec<Change>,
    /// For a published quarter, what would differ today.
    pub restated: Vec<Restated>,
}

impl SignOff {
    /// Items that nobody has accepted.
    pub fn open(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.accepted.is_none())
    }
    /// The step that comes next; `None` once it is published.
    pub fn next(&self) -> Option<Step> {
        match (&self.published, &self.reviewed, &self.prepared) {
            (Some(_), ..) => None,
            (None, Some(_), _) => Some(Step::Publish),
            (None, None, Some(_)) => Some(Step::Review),
            (None, None, None) => Some(Step::Prepare),
        }
    }
    /// Why a step cannot be taken now by a person with an account; the first reason. Roles are the
    /// session's to check.
    pub fn refusal(&self, step: Step, person: &str, account: &str) -> Option<Message> {
        let say = |id| Some(Message::new(id).with("quarter", self.quarter));
        if self.published.is_some() {
            return say("signoff-published-already");
        }
        if !self.complete {
            return say("signoff-not-complete");
        }
        let signed = match step {
            Step::Prepare => None,
            Step::Review => match &self.prepared {
                None => return say("signoff-not-prepared"),
                Some(signature) => Some(signature),
            },
            Step::Publish => match &self.reviewed {
                None => return say("signoff-not-reviewed"),
                Some(_) => self.prepared.as_ref(),
            },
        };
        if let Some(prepared) = signed {
            if prepared.person == person {
                return Some(
                    Message::new("signoff-same-person")
                        .with("quarter", self.quarter)
                        .with("person", person),
                );
            }
            if prepared.account == account {
                return Some(
                    Message::new("signoff-same-account")
                        .with("quarter", self.quarter)
                        .with("account", account),
                );
            }
        }
        let open = self.open().count();
        (open > 0).then(|| {
            Message::new("signoff-open")
                .with("quarter", self.quarter)
                .with("count", open)
        })
    }
}

/// Rule of the item that stands for values that changed after a signature.
pub const CHANGED: &str = "changed-since-signed@1";

/// Everything that has to be fixed or accepted before a quarter is signed, gravest first. Findings
/// of mere information are no items.
pub fn items(snapshot: &Snapshot, assessment: &Assessment) -> Vec<Finding> {
    let mut found: Vec<Finding> = assessment
        .findings
        .iter()
        .filter(|finding| finding.severity != Severity::Info)
        .cloned()
        .collect();
    unknown(assessment, &mut found);
    stale(snapshot, assessment.quarter, &mut found);
    causes(snapshot, assessment, &mut found);
    found.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.id.cmp(&b.id)));
    found.dedup_by(|a, b| a.id == b.id);
    found
}

/// One item for everything that changed since a signature.
pub fn changed_item(quarter: Quarter, signed: &Signature, changed: &[Change]) -> Option<Finding> {
    if changed.is_empty() {
        return None;
    }
    let text = Message::new("signoff-changed")
        .with("count", changed.len())
        .with("person", signed.person.as_str())
        .with("at", signed.at)
        .with("figures", digest(changed));
    let mut finding = Finding::new(CHANGED, Severity::Warning, None, None, text);
    finding.id = format!("{CHANGED}:{quarter}");
    Some(finding)
}

/// The changed figures in words of scripts, so that an acceptance holds for these values only.
fn digest(changed: &[Change]) -> String {
    let said = |said: &Option<Said>| match said {
        None => "?".to_owned(),
        Some(Said::Fraction(part)) => {
            let percent = part * Decimal::ONE_HUNDRED;
            format!("{} %", percent.round_dp(4).normalize())
        }
        Some(said) => said.text(),
    };
    let mut words: Vec<String> = changed
        .iter()
        .take(20)
        .map(|c| format!("{} {} -> {}", c.address, said(&c.before), said(&c.now)))
        .collect();
    if changed.len() > words.len() {
        words.push(format!("+{}", changed.len() - words.len()));
    }
    words.join("; ")
}

/// Indicators without a figure that counts; those not due yet are nobody's fault.
fn unknown(assessment: &Assessment, found: &mut Vec<Finding>) {
    let of_nodes = assessment.nodes.iter().flat_map(|n| &n.indicators);
    let of_programmes = assessment.programmes.iter().flat_map(|p| &p.indicators);
    for indicator in of_nodes.chain(of_programmes) {
        let severity = match indicator.status {
            Status::NoData | Status::Late | Status::Stale => Severity::Warning,
            Status::Rejected => Severity::Error,
            _ => continue,
        };
        found.push(unknown_item(assessment, indicator, severity));
    }
}

fn unknown_item(
    assessment: &Assessment,
    indicator: &IndicatorAssessment,
    severity: Severity,
) -> Finding {
    let figure = indicator.series.clone().at(assessment.quarter.period());
    // The days that a figure is old by change with the calendar, the status does not.
    let text = Message::new("signoff-unknown").with("status", indicator.status);
    Finding::new("unknown-figure@1", severity, Some(figure), None, text)
}

/// Sources whose newest data are older than they may be at the moment of the snapshot. Data that reach the quarter's
/// end are old for later quarters only.
fn stale(snapshot: &Snapshot, quarter: Quarter, found: &mut Vec<Finding>) {
    let today = taipei_day(snapshot.as_of);
    for source in &snapshot.sources {
        let (Some(newest), Some(limit)) = (source.newest_data, source.max_age_days) else {
            continue;
        };
        let day = taipei_day(newest);
        if day < quarter.end() && (today - day).num_days() > i64::from(limit) {
            let text = Message::new("signoff-stale")
                .with("day", day)
                .with("limit", limit);
            let source = Some(source.id.as_str());
            found.push(Finding::new(
                "stale-source@1",
                Severity::Warning,
                None,
                source,
                text,
            ));
        }
    }
}

/// Programmes that are behind or lagging, without cause or measure.
fn causes(snapshot: &Snapshot, assessment: &Assessment, found: &mut Vec<Finding>) {
    let quarter = assessment.quarter;
    for assessed in &assessment.programmes {
        let lagging = assessed.lagging.lagging == Some(true);
        if assessed.status != Status::Behind && !lagging {
            continue;
        }
        let Some(programme) = snapshot.register.programme(&assessed.id) else {
            continue;
        };
        // Of the programme's file, and what people entered.
        let narrative = assessed.narrative.as_ref();
        let given = |text: Option<&String>| text.is_some_and(|text| !text.trim().is_empty());
        let reason = given(narrative.and_then(|n| n.reason.as_ref()));
        let measure = given(narrative.and_then(|n| n.measure.as_ref()));
        let id = match (reason, measure) {
            (true, true) => continue,
            (false, true) => "signoff-no-reason",
            (true, false) => "signoff-no-measure",
            (false, false) => "signoff-no-cause",
        };
        let figure = crate::address::SeriesId::new(&assessed.id, "status").at(quarter.period());
        let text = Message::new(id).with("programme", Arg::Title(programme.title.clone()));
        found.push(Finding::new(
            "missing-cause@1",
            Severity::Warning,
            Some(figure),
            None,
            text,
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(person: &str, account: &str) -> Signature {
        Signature {
            act: 1,
            person: person.to_owned(),
            identity: "os-account".to_owned(),
            account: account.to_owned(),
            at: DateTime::UNIX_EPOCH,
            mark: Mark {
                as_of: DateTime::UNIX_EPOCH,
                row: 0,
                register: 1,
                figures_sha256: String::new(),
            },
            proof: Proof::Unsigned,
        }
    }

    fn blank() -> SignOff {
        SignOff {
            quarter: Quarter {
                year: 2025,
                number: 3,
            },
            complete: true,
            items: Vec::new(),
            prepared: None,
            reviewed: None,
            published: None,
            changed: Vec::new(),
            restated: Vec::new(),
        }
    }

    fn id(refusal: Option<Message>) -> String {
        refusal.map(|m| m.id.into_owned()).unwrap_or_default()
    }

    #[test]
    fn steps_come_in_their_order_by_two_people_and_two_accounts() {
        let mut state = blank();
        assert_eq!(state.next(), Some(Step::Prepare));
        assert_eq!(state.refusal(Step::Prepare, "lin", "lin"), None);
        assert_eq!(
            id(state.refusal(Step::Review, "wang", "wang")),
            "signoff-not-prepared"
        );
        assert_eq!(
            id(state.refusal(Step::Publish, "chen", "chen")),
            "signoff-not-reviewed"
        );
        state.prepared = Some(signature("lin", "lin-desk"));
        assert_eq!(
            id(state.refusal(Step::Review, "lin", "other")),
            "signoff-same-person"
        );
        assert_eq!(
            id(state.refusal(Step::Review, "wang", "lin-desk")),
            "signoff-same-account"
        );
        assert_eq!(state.refusal(Step::Review, "wang", "wang-desk"), None);
        state.reviewed = Some(signature("wang", "wang-desk"));
        assert_eq!(
            id(state.refusal(Step::Publish, "lin", "x")),
            "signoff-same-person"
        );
        assert_eq!(state.refusal(Step::Publish, "chen", "chen"), None);
        assert_eq!(state.next(), Some(Step::Publish));
    }

    #[test]
    fn an_unfinished_quarter_is_never_signed_and_an_open_item_stops_it() {
        let mut state = blank();
        state.complete = false;
        assert_eq!(
            id(state.refusal(Step::Prepare, "lin", "lin")),
            "signoff-not-complete"
        );
        state.complete = true;
        let text = Message::new("signoff-unknown");
        let finding = Finding::new("unknown-figure@1", Severity::Warning, None, None, text);
        state.items.push(Item {
            finding,
            accepted: None,
        });
        assert_eq!(
            id(state.refusal(Step::Prepare, "lin", "lin")),
            "signoff-open"
        );
    }
}
