//! The trail of a figure of the sample, with one invented raw answer behind it.

use super::{loaded, now};
use crate::msg::Msg;
use crate::trail::{RegisterSeen, Trail};
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::explain::{Capture, Excerpt, explain};

/// The messages that open the trail of a figure; nothing when the sample does not know it.
pub fn explained(figure: &FigureAddress) -> Vec<Msg> {
    let loaded = loaded();
    let Some(explanation) = explain(&loaded.snapshot, &loaded.assessment, figure) else {
        return Vec::new();
    };
    let plain = |text: &str| vec![(text.to_owned(), false)];
    let capture = Capture {
        sha256: "7f3c9a1e44d0b2c89e51f06ad1b7c233".repeat(2),
        stored_sha256: "0b2c89e51f06ad1b7c2337f3c9a1e44d".repeat(2),
        recipe: Some("json-blank@1".to_owned()),
        source: "demo-services".to_owned(),
        url: "http://demo.invalid/services/usage".to_owned(),
        method: "GET".to_owned(),
        http_status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        fetched_at: now(),
        bytes: 1098,
        at: "$['figures']['P12']['calculations']['value']".to_owned(),
        rows: explanation.rows.iter().map(|row| row.sequence).collect(),
        excerpt: Some(Excerpt {
            lines: vec![
                plain("{"),
                vec![
                    ("  ".to_owned(), false),
                    ("\"value\": \"318\"".to_owned(), true),
                ],
                plain("}"),
            ],
            found: true,
        }),
    };
    let trail = Trail {
        quarter: loaded.assessment.quarter,
        as_of: loaded.snapshot.as_of,
        demo: true,
        explanation,
        captures: vec![capture],
        captures_left_out: 0,
        register: Some(RegisterSeen {
            version: 3,
            recorded_at: now(),
            actor: "lin".to_owned(),
        }),
        people: Vec::new(),
        proofs: Vec::new(),
    };
    vec![
        Msg::Explain(trail.figure().clone()),
        Msg::Explained(Box::new(trail)),
    ]
}

/// The message that says what changed in the sample since one reading less was known.
pub fn changed() -> Msg {
    let after = loaded().snapshot;
    let mut before = (*after).clone();
    before.observations.pop();
    let changes = quarterdeck_kpi::change::changes(&before, &after, super::QUARTER);
    Msg::Changed(Box::new(crate::state::ChangesView {
        from: now() - chrono::Duration::days(10),
        to: now(),
        quarter: super::QUARTER,
        changes: std::sync::Arc::new(changes),
    }))
}
