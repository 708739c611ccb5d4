//! A database of every released schema can still be read.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]
mod common;
use common::*;
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::{Act, Cause, Reading};
use quarterdeck_kpi::source::{Attempt, Outcome};
use quarterdeck_store::*;
use std::path::PathBuf;

fn fixture(number: i64) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/schema-{number}.db.zst"))
}

fn call(at: chrono::DateTime<chrono::Utc>) -> NewCall {
    NewCall {
        run: Some(1),
        source: "moda-usage".into(),
        host: "example.gov.tw".into(),
        at,
    }
}

#[test]
#[ignore = "makes the fixture of a new schema"]
fn make_the_fixture() {
    let folder = Folder::new();
    let mut store = folder.store();
    let run = NewRun {
        started_at: day(1),
        actor: "system".into(),
        identity: "system".into(),
        command: "qd collect".into(),
    };
    let run = store.begin_run(&run).unwrap();
    let body = br#"{"count": 75.3}"#;
    let sha256 = sha256_hex(body);
    store
        .put_capture(&NewCapture {
            sha256: sha256.clone(),
            stored_sha256: sha256.clone(),
            recipe: None,
            url: "https://example.gov.tw/usage.json".into(),
            method: "GET".into(),
            http_status: 200,
            headers: vec![("etag".into(), "\"1\"".into())],
            remote_addr: Some("203.0.113.7:443".into()),
            fetched_at: day(1),
            bytes: body.len() as u64,
            body: CaptureBody::Inline(body.to_vec()),
            source: "moda-usage".into(),
            run: Some(run),
        })
        .unwrap();
    let cause = Cause::Capture {
        sha256: sha256.into(),
        source: "moda-usage".into(),
        at: "$.count".into(),
    };
    let mut refused = reading("P02/visits", "0");
    refused.reading = Reading::Rejected(Message::new("source-not-a-number").with("text", "１２x"));
    refused.printed = Some("１２x".into());
    let attempt = Attempt {
        run,
        at: day(1),
        outcome: Outcome::Partial,
        rows: 3,
        elapsed_ms: 40,
        message: None,
        certificate_not_after: Some(day(8)),
    };
    let finding = Finding::new(
        "not-a-number@1",
        Severity::Error,
        None,
        Some("moda-usage"),
        Message::new("source-not-a-number"),
    );
    let load = Batch {
        run: Some(run),
        observations: vec![
            row(
                reading("P01/gold-share", "75.30"),
                cause.clone(),
                Act::Record,
            ),
            row(refused, cause.clone(), Act::Record),
        ],
        money: vec![row(line(1_007_000_000), cause, Act::Record)],
        findings: vec![finding],
        attempt: Some(("moda-usage".into(), attempt)),
        ..batch(day(1))
    };
    let answer = Answer {
        batch: load,
        captures: Vec::new(),
        revisit: Some("settings".to_owned()),
    };
    store.record_answers(&[answer]).unwrap();
    store.end_run(run, day(1), "partial").unwrap();
    let limit = CallLimit {
        per_day: Some(100),
        seconds_between: Some(60),
    };
    store.count_call(&call(day(1)), limit).unwrap();
    store
        .hold("moda-usage", "example.gov.tw", day(1), day(2))
        .unwrap();
    let evidence = store.put_evidence("公文.pdf", b"%PDF").unwrap();
    let entry = Cause::Entry {
        evidence: Some((evidence, "公文.pdf".into())),
    };
    let mut correction = readings(
        day(2),
        vec![row(
            reading("P01/gold-share", "74.9"),
            entry,
            Act::Correct(1),
        )],
    );
    correction.reason = Some("重複計算".into());
    store.record(&correction).unwrap();
    store
        .record_register(
            &[("quarterdeck.toml".into(), b"format = 1".to_vec())],
            "wang",
            "os-account",
            day(1),
        )
        .unwrap();
    let act = HumanAct {
        at: day(2),
        actor: "wang".into(),
        identity: "os-account".into(),
        kind: "correct".into(),
        subject: "P01/gold-share@2025Q3".into(),
        detail_json: "{}".into(),
    };
    store.append_act(&act).unwrap();
    store.append_act(&act).unwrap();
    drop(store);
    let packed = zstd::bulk::compress(&std::fs::read(folder.file()).unwrap(), 19).unwrap();
    std::fs::write(fixture(schema::NUMBER), packed).unwrap();
}

#[test]
fn every_released_schema_is_still_read() {
    for number in 1..=schema::NUMBER {
        let folder = Folder::new();
        let packed = std::fs::read(fixture(number)).unwrap();
        std::fs::write(
            folder.file(),
            zstd::stream::decode_all(packed.as_slice()).unwrap(),
        )
        .unwrap();
        let backup = folder.0.path().join("backup.db");
        let done = schema::upgrade(&folder.file(), &backup).unwrap();
        assert_eq!((done.from, done.to), (number, schema::NUMBER));
        assert_eq!(backup.exists(), number < schema::NUMBER);

        let store = Store::open(&folder.file(), OpenMode::ReadOnly).unwrap();
        let rows = store.rows_as_of(day(9)).unwrap();
        assert!(rows.observations.iter().all(|r| r.intact) && rows.money.iter().all(|r| r.intact));
        assert_eq!(
            rows.observations
                .iter()
                .map(|r| r.item.value().map(|v| v.to_string()))
                .collect::<Vec<_>>(),
            [Some("75.30".into()), None, Some("74.9".into())]
        );
        assert_eq!(rows.observations[1].item.printed.as_deref(), Some("１２x"));
        assert_eq!(rows.observations[2].reason.as_deref(), Some("重複計算"));
        assert_eq!(rows.money[0].item, line(1_007_000_000));
        assert_eq!(rows.findings.len(), 1);
        let attempt = &rows.attempts["moda-usage"][0];
        assert_eq!(attempt.outcome, Outcome::Partial);
        // Certificates are noted since schema 5.
        assert_eq!(attempt.certificate_not_after.is_some(), number >= 5);
        assert_eq!(store.rows_as_of(day(1)).unwrap().observations.len(), 2);
        let Cause::Capture { sha256, .. } = &rows.observations[0].cause else {
            panic!()
        };
        assert_eq!(
            store.capture_body(sha256, 100).unwrap().unwrap(),
            br#"{"count": 75.3}"#
        );
        let Cause::Entry {
            evidence: Some((sha256, _)),
        } = &rows.observations[2].cause
        else {
            panic!()
        };
        assert_eq!(store.evidence(sha256).unwrap().unwrap().1, b"%PDF");
        assert_eq!(
            store.register_as_of(day(9)).unwrap().unwrap().files[0].1,
            b"format = 1"
        );
        let chain = store.verify_chain().unwrap();
        assert_eq!((chain.acts, chain.broken_at), (2, None));
        // Calls, holds and what can be asked about are there since schema 2, empty before.
        let known = usize::from(number >= 2);
        let soon = day(1) + chrono::TimeDelta::hours(1);
        assert_eq!(store.holds(soon).unwrap().len(), known);
        let limit = CallLimit {
            per_day: Some(100),
            seconds_between: None,
        };
        let stands = store.allowance("moda-usage", limit, soon).unwrap();
        assert_eq!(stands.left, Some(if number >= 2 { 99 } else { 100 }));
        let revisit = store.revisit("moda-usage").unwrap();
        assert_eq!(revisit.and_then(|r| r.etag).is_some(), number >= 2);
        let pulse = store.pulse("moda-usage").unwrap();
        assert_eq!((pulse.last_good, pulse.failures), (Some(day(1)), 0));
    }
}
