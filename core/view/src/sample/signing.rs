//! A sign-off half way: prepared, two items open, one accepted, one value changed since.

use super::{QUARTER, now};
use crate::signing::{ActLine, SignedQuarter, Signing};
use chrono::Duration;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::figures::{Change, Said};
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::signoff::{Acceptance, Item, Mark, Proof, SignOff, Signature, Step};
use quarterdeck_kpi::status::Status;

fn signature(act: i64, days: i64) -> Signature {
    Signature {
        act,
        person: "lin".to_owned(),
        identity: "demo".to_owned(),
        account: "lin".to_owned(),
        at: now() - Duration::days(days),
        mark: Mark {
            as_of: now() - Duration::days(days),
            row: 120,
            register: 2,
            figures_sha256: "5".repeat(64),
        },
        proof: Proof::Holds("21fe31dfa154a261".to_owned()),
    }
}

fn item(name: &str, status: Status) -> Finding {
    let series = SeriesId::new(name, "visits");
    let text = Message::new("signoff-unknown").with("status", status);
    let figure = Some(series.at(QUARTER.period()));
    Finding::new("unknown-figure@1", Severity::Warning, figure, None, text)
}

pub(super) fn signing() -> Signing {
    let accepted = item("P23", Status::NoData);
    let acceptance = Acceptance {
        act: 40,
        person: "lin".to_owned(),
        at: now() - Duration::days(5),
        reason: "以「尚無資料」刊出".to_owned(),
        text: accepted.text.clone(),
    };
    let open = |finding| Item {
        finding,
        accepted: None,
    };
    let changed = Change {
        address: "P12/calculations@2025Q3".to_owned(),
        series: SeriesId::new("P12", "calculations"),
        before: Some(Said::Number(65_812.into())),
        now: Some(Said::Number(62_359.into())),
        new_rows: vec![130],
        gone_rows: vec![110],
    };
    let state = SignOff {
        quarter: QUARTER,
        complete: true,
        items: vec![
            open(item("P20", Status::Late)),
            open(item("P27", Status::Stale)),
            Item {
                finding: accepted,
                accepted: Some(acceptance),
            },
        ],
        prepared: Some(signature(41, 5)),
        reviewed: None,
        published: None,
        changed: vec![changed],
        restated: Vec::new(),
    };
    let act = |number: i64, kind: &str, subject: &str| ActLine {
        number,
        at: now() - Duration::days(46 - number),
        person: "lin".to_owned(),
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        proof: match kind {
            "prepare" => Proof::Holds("21fe31dfa154a261".to_owned()),
            _ => Proof::Unsigned,
        },
    };
    let before = QUARTER.previous();
    Signing {
        refusal: Some(
            Message::new("signoff-open")
                .with("quarter", QUARTER)
                .with("count", 2_i64),
        ),
        cannot_accept: None,
        state,
        quarters: vec![
            SignedQuarter {
                quarter: QUARTER,
                step: Step::Prepare,
                person: "lin".to_owned(),
                at: now() - Duration::days(5),
                manifest_sha256: None,
                head: (41, "a".repeat(64)),
                folder: None,
            },
            SignedQuarter {
                quarter: before,
                step: Step::Publish,
                person: "lin".to_owned(),
                at: now() - Duration::days(80),
                manifest_sha256: Some("b".repeat(64)),
                head: (30, "c".repeat(64)),
                folder: Some(format!("reports/{before}")),
            },
        ],
        acts: vec![
            act(41, "prepare", "2025Q3"),
            act(40, "accept", "unknown-figure@1:P23/visits@2025Q3"),
        ],
        log: (41, None),
    }
}
