//! 資料來源、最後更新時間及計算方式: where everything comes from, and how it was computed.

use super::Making;
use crate::document::{Block, Cell, Column, Row, Table};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::observation::Cause;
use quarterdeck_kpi::signoff::Proof;
use quarterdeck_view::format;
use std::collections::BTreeMap;

pub(super) fn blocks(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let register = &input.snapshot.register;
    let column = |id: &str| input.word(&format!("report-col-{id}"));
    let mut blocks = Vec::new();
    if input.snapshot.sources.is_empty() {
        blocks.push(Block::Paragraph {
            text: input.word("report-no-sources"),
        });
    } else {
        let latest = latest_answers(making);
        let caption = making.table("report-table-sources");
        let rows = input
            .snapshot
            .sources
            .iter()
            .map(|s| {
                let (hash, at) = match latest.get(s.id.as_str()) {
                    Some((sha256, at)) => {
                        (sha256.chars().take(12).collect(), super::day(input, *at))
                    }
                    None => (String::new(), format::NONE.to_owned()),
                };
                Row::of(vec![
                    Cell::mono(s.id.as_str()),
                    Cell::text(s.attribution.clone().unwrap_or_default()),
                    Cell::text(s.licence.clone().unwrap_or_default()),
                    Cell::text(s.attempts.first().map_or_else(
                        || format::NONE.to_owned(),
                        |a| format::instant(input.language, a.at),
                    )),
                    Cell::text(at),
                    Cell::mono(hash),
                ])
            })
            .collect();
        blocks.push(Block::Table(Table {
            caption,
            columns: vec![
                Column::left(column("source")),
                Column::wide(column("attribution"), 1),
                Column::wide(column("licence"), 1),
                Column::left(column("last-answer")),
                Column::left(column("data-day")),
                Column::left(column("hash")),
            ],
            rows,
            note: input.word("report-note-sources"),
        }));
    }
    let caption = making.table("report-table-formulas");
    blocks.push(Block::Table(Table {
        caption,
        columns: vec![
            Column::left(column("item")),
            Column::wide(column("formula"), 1),
            Column::wide(column("basis"), 1),
        ],
        rows: [
            "executed",
            "execution",
            "disbursement",
            "attainment",
            "settlement",
            "variance",
            "achievement",
            "status",
        ]
        .iter()
        .map(|id| {
            Row::of(
                ["name", "formula", "basis"]
                    .map(|part| Cell::text(input.word(&format!("report-formula-{id}-{part}"))))
                    .to_vec(),
            )
        })
        .collect(),
        note: String::new(),
    }));
    let bands = register.rules.bands;
    let caption = making.table("report-table-bands");
    let band = |sign: &'static str, word: &str, condition: Message| {
        Row::of(vec![
            Cell {
                sign: Some(sign),
                ..Cell::text(input.word(word))
            },
            Cell::text(input.say(&condition)),
            Cell::text(input.word("report-band-basis")),
        ])
    };
    let fraction = |value: Decimal| Arg::Fraction(value);
    blocks.push(Block::Table(Table {
        caption,
        columns: vec![
            Column::left(column("status")),
            Column::wide(column("condition"), 1),
            Column::wide(column("basis"), 1),
        ],
        rows: vec![
            band("met", "status-met", Message::new("report-band-met")),
            band(
                "on_track",
                "status-on-track",
                Message::new("report-band-on-track").with("from", fraction(bands.on_track)),
            ),
            band(
                "at_risk",
                "status-at-risk",
                Message::new("report-band-at-risk")
                    .with("from", fraction(bands.at_risk))
                    .with("to", fraction(bands.on_track)),
            ),
            band(
                "behind",
                "status-behind",
                Message::new("report-band-behind").with("to", fraction(bands.at_risk)),
            ),
            band(
                "unknown",
                "status-unknown",
                Message::new("report-band-unknown"),
            ),
        ],
        note: String::new(),
    }));
    if !input.title(&register.origin).is_empty() {
        blocks.push(Block::Paragraph {
            text: input.title(&register.origin).to_owned(),
        });
    }
    if !register.claims.is_empty() {
        let caption = making.table("report-table-claims");
        blocks.push(Block::Table(Table {
            caption,
            columns: vec![
                Column::left(column("plan")),
                Column::wide(column("claim"), 2),
                Column::number(column("claimed")),
                Column::wide(column("claim-source"), 3),
                Column::left(column("claim-date")),
            ],
            rows: register
                .claims
                .iter()
                .map(|c| {
                    Row::of(vec![
                        Cell::text(format::plan_years(input.language, register, &c.plan)),
                        Cell::text(input.title(&c.text)),
                        Cell::text(c.value.as_str()),
                        Cell::text(c.source.as_str()),
                        Cell::text(c.date.map_or_else(
                            || input.word("report-claim-date-not-printed"),
                            |day| format::date(input.language, day),
                        )),
                    ])
                })
                .collect(),
            note: input.word("report-note-claims"),
        }));
    }
    blocks.extend(findings(making));
    blocks.push(Block::Paragraph {
        text: input.word("report-addresses"),
    });
    blocks.push(Block::Paragraph {
        text: match input.chain {
            Some((count, hash)) => input.say(
                &Message::new("report-chain")
                    .with("count", count)
                    .with("hash", hash),
            ),
            None => input.word("report-chain-empty"),
        },
    });
    blocks.extend(sign_off(making));
    blocks
}

/// Who prepared, reviewed and approved a published quarter, by which act, and with which key. The
/// approval follows the report: of its act nothing can be said here but where it stands.
fn sign_off(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let Some(signed) = input.signed else {
        return Vec::new();
    };
    // A quarter that an earlier build published does not say by which acts.
    if signed.iter().all(|one| one.act.is_none()) {
        return Vec::new();
    }
    let steps = ["report-prepared", "report-reviewed", "report-approved"];
    let steps = steps.map(|id| input.word(id));
    let column = |id: &str| input.word(&format!("report-col-{id}"));
    let caption = making.table("report-table-signoff");
    let mut keys = Vec::new();
    let rows = steps.iter().zip(signed).map(|(step, one)| {
        let signature = match (&one.seal, one.act) {
            (Some((proof, sha256)), _) => {
                let said = Message::new("report-signoff-key")
                    .with("step", step.as_str())
                    .with("sha256", sha256.as_str());
                keys.push(Block::Paragraph {
                    text: input.say(&said),
                });
                input.say(&proof.text())
            }
            (None, Some(_)) => input.say(&Proof::Unsigned.text()),
            (None, None) => format::NONE.to_owned(),
        };
        let act = one.act.map(|number| number.to_string());
        Row::of(vec![
            Cell::text(step.as_str()),
            Cell::text(input.title(&one.name)),
            Cell::text(format::instant(input.language, one.at)),
            Cell::text(act.unwrap_or_else(|| format::NONE.to_owned())),
            Cell::text(signature),
        ])
    });
    let rows = rows.collect();
    let mut blocks = vec![Block::Table(Table {
        caption,
        columns: vec![
            Column::left(column("signoff-step")),
            Column::wide(column("signoff-person"), 1),
            Column::left(column("signoff-when")),
            Column::number(column("signoff-act")),
            Column::wide(column("signoff-seal"), 1),
        ],
        rows,
        note: input.word("report-note-signoff"),
    })];
    blocks.append(&mut keys);
    blocks
}

/// 檢核提示: what the checks noticed, gravest first.
fn findings(making: &mut Making<'_>) -> Option<Block> {
    let input = making.input;
    let mut findings: Vec<&Finding> = input.assessment.findings.iter().collect();
    if findings.is_empty() {
        return None;
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let column = |id: &str| input.word(&format!("report-col-{id}"));
    let caption = making.table("report-table-findings");
    Some(Block::Table(Table {
        caption,
        columns: vec![
            Column::left(column("importance")),
            Column::wide(column("finding"), 5),
            // As wide as the longest address, which is not broken.
            Column::wide(column("about"), 2),
        ],
        rows: findings
            .iter()
            .map(|finding| {
                let about = finding.figure.as_ref().map(ToString::to_string);
                Row::of(vec![
                    Cell::text(input.word(match finding.severity {
                        Severity::Info => "csv-severity-info",
                        Severity::Warning => "csv-severity-warning",
                        Severity::Error => "csv-severity-error",
                    })),
                    Cell::text(quarterdeck_kpi::text::clean(&input.say(&finding.text))),
                    Cell::mono(about.or_else(|| finding.source.clone()).unwrap_or_default()),
                ])
            })
            .collect(),
        note: String::new(),
    }))
}

/// Hash and day of the latest answer of each source that gave a figure.
fn latest_answers<'a>(making: &Making<'a>) -> BTreeMap<&'a str, (&'a str, DateTime<Utc>)> {
    let mut latest = BTreeMap::new();
    for row in &making.input.snapshot.observations {
        if let Cause::Capture { sha256, source, .. } = &row.cause {
            latest.insert(source.as_str(), (sha256.as_str(), row.item.observed_at));
        }
    }
    for row in &making.input.snapshot.money {
        if let Cause::Capture { sha256, source, .. } = &row.cause {
            let at = quarterdeck_kpi::calendar::end_of_day(row.item.period.end);
            latest.insert(source.as_str(), (sha256.as_str(), at));
        }
    }
    latest
}
