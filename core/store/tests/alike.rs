//! What thousands of answers say alike is written once, and each still says all of it.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]
mod common;
use common::*;
use quarterdeck_kpi::observation::{Act, Cause};
use quarterdeck_store::*;
use rusqlite::Connection;

fn headers(number: usize) -> Vec<(String, String)> {
    let mut headers = vec![
        ("server".to_owned(), "nginx".to_owned()),
        ("etag".to_owned(), format!("\"{number}\"")),
        ("content-type".to_owned(), "application/json".to_owned()),
    ];
    if number.is_multiple_of(5) {
        headers.push(("age".to_owned(), "0".to_owned()));
    }
    headers
}

fn body(number: usize) -> Vec<u8> {
    format!(r#"{{"count": {number}}}"#).into_bytes()
}

fn answer(number: usize, asked: &str) -> (NewCapture, Taken) {
    let bytes = body(number);
    let sha256 = sha256_hex(&bytes);
    let capture = NewCapture {
        sha256: sha256.clone(),
        stored_sha256: sha256,
        recipe: None,
        url: format!("https://example.gov.tw/{number}.json"),
        method: "GET".into(),
        http_status: 200,
        headers: headers(number),
        remote_addr: None,
        fetched_at: day(1),
        bytes: bytes.len() as u64,
        body: CaptureBody::Inline(bytes),
        source: "moda-usage".into(),
        run: None,
    };
    let taken = Taken {
        asked: asked.into(),
        by: String::new(),
        rows: number as u64,
        target: Some(format!("t{number}")),
    };
    (capture, taken)
}

/// Answers in one transaction each `per`, the first of all last where `is_late`.
fn stored(store: &mut Store, count: usize, per: usize, is_late: bool) {
    let alike = Alike::default();
    let mut packed: Vec<PackedCapture> = (1..=count)
        .map(|number| {
            let (capture, taken) = answer(number, "here");
            PackedCapture::new(capture, Some(&taken), &alike)
        })
        .collect();
    if is_late {
        packed.rotate_left(1);
    }
    for group in packed.chunks(per) {
        let mut groups = vec![vec![PackedAnswers {
            batch: batch(day(1)),
            captures: group.to_vec(),
        }]];
        store.record_while(|| groups.pop()).unwrap();
    }
}

#[test]
fn an_answer_that_is_like_another_says_everything_it_said() {
    for (per, is_late) in [(50, false), (7, false), (50, true), (1, true)] {
        let folder = Folder::new();
        let mut store = folder.store();
        stored(&mut store, 50, per, is_late);
        for number in 1..=50 {
            let (capture, taken) = answer(number, "here");
            let fetch = store.capture(&capture.sha256).unwrap().unwrap();
            assert_eq!(fetch.headers, capture.headers, "{number} by {per}");
            assert_eq!(fetch.taken, Some(taken));
            assert_eq!((fetch.url, fetch.sha256), (capture.url, capture.sha256));
        }
        assert_eq!(store.all_fetches().unwrap().len(), 50);
        let rows = store
            .last_rows_of_targets("moda-usage", "here", day(2), 100)
            .unwrap();
        assert_eq!((rows.len(), rows["t1"], rows["t17"]), (50, 1, 17));
        let other = store.last_rows_of_targets("moda-usage", "there", day(2), 100);
        assert!(other.unwrap().is_empty());
        let last = store.last_target("moda-usage").unwrap();
        assert_eq!(
            last.as_deref(),
            Some(match is_late {
                true => "t1",
                false => "t50",
            })
        );
    }
}

#[test]
fn what_is_alike_takes_little_room() {
    let folder = Folder::new();
    stored(&mut folder.store(), 50, 50, false);
    let lengths: Vec<i64> = Connection::open(folder.file())
        .unwrap()
        .prepare("SELECT length(headers) FROM fetch ORDER BY id")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(lengths[1] * 2 < lengths[0], "{lengths:?}");
    // With another header it stands for itself.
    assert!(lengths[4] > lengths[0], "{lengths:?}");
}

#[test]
fn a_number_that_a_rolled_back_load_gave_is_not_used() {
    let folder = Folder::new();
    let mut store = folder.store();
    let alike = Alike::default();
    let packed = |number, asked: &str| {
        let (capture, taken) = answer(number, asked);
        PackedCapture::new(capture, Some(&taken), &alike)
    };
    let first = packed(1, "here");
    let group = |captures| PackedAnswers {
        batch: batch(day(1)),
        captures,
    };
    // A hash that is none ends the load in which the first answer stood.
    let (mut bad, _) = answer(2, "here");
    bad.sha256 = "none".into();
    let bad = PackedCapture::new(bad, None, &Alike::default());
    let mut groups = vec![vec![group(vec![first, bad])]];
    store.record_while(|| groups.pop()).unwrap_err();
    let mut groups = vec![vec![group(vec![packed(3, "here")])]];
    store.record_while(|| groups.pop()).unwrap();
    let (capture, taken) = answer(3, "here");
    let fetch = store.capture(&capture.sha256).unwrap().unwrap();
    assert_eq!((fetch.headers, fetch.taken), (capture.headers, Some(taken)));
}

#[test]
fn the_same_place_of_the_same_answer_is_one_cause() {
    let folder = Folder::new();
    let mut store = folder.store();
    let cause = |at: &str| Cause::Capture {
        sha256: "ab".repeat(32).into(),
        source: "moda-usage".into(),
        at: at.into(),
    };
    for number in 1..=5 {
        let seen = |series: &str| {
            let mut reading = reading(series, "1");
            reading.observed_at = day(number);
            reading
        };
        let rows = vec![
            row(seen("P01/a"), cause("$.a"), Act::Record),
            row(seen("P02/a"), cause("$.a"), Act::Record),
            row(seen("P01/b"), cause("$.b"), Act::Record),
        ];
        let mut load = readings(day(number), rows);
        load.money = vec![row(line(i64::from(number)), cause("$.c"), Act::Record)];
        store.record(&load).unwrap();
    }
    let counts: (i64, i64) = Connection::open(folder.file())
        .unwrap()
        .query_row(
            "SELECT (SELECT count(*) FROM observation) + (SELECT count(*) FROM money), (SELECT count(*) FROM cause)",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(counts, (20, 3));
}
