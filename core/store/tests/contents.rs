//! Captures, evidence, register versions and the log of acts.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]
mod common;
use common::*;
use quarterdeck_kpi::observation::{Act, Cause};
use quarterdeck_store::*;
use rusqlite::Connection;
use std::io::{Read, Write};

fn capture(original: &[u8], stored: &[u8], number: u32) -> NewCapture {
    NewCapture {
        sha256: sha256_hex(original),
        stored_sha256: sha256_hex(stored),
        recipe: (original != stored).then(|| "blank-columns@1".to_owned()),
        url: "https://data.gov.tw/api".into(),
        method: "GET".into(),
        http_status: 200,
        headers: vec![("etag".into(), "\"1\"".into()), ("date".into(), "x".into())],
        remote_addr: Some("203.0.113.7:443".into()),
        fetched_at: day(number),
        bytes: original.len() as u64,
        body: CaptureBody::Inline(stored.to_vec()),
        source: "catalogue".into(),
        run: None,
    }
}

fn count(folder: &Folder, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    Connection::open(folder.file())
        .unwrap()
        .query_row(&sql, [], |row| row.get(0))
        .unwrap()
}

#[test]
fn a_body_is_stored_once_and_every_fetch_is_kept() {
    let folder = Folder::new();
    let mut store = folder.store();
    let (original, blanked) = (b"name,mail\na,a@b".as_slice(), b"name,mail\na,".as_slice());
    for number in 1..=3 {
        store
            .put_capture(&capture(original, blanked, number))
            .unwrap();
    }
    assert_eq!((count(&folder, "capture"), count(&folder, "fetch")), (1, 3));
    let latest = store.capture(&sha256_hex(original)).unwrap().unwrap();
    assert_eq!(latest.fetched_at, day(3));
    assert_eq!(latest.recipe.as_deref(), Some("blank-columns@1"));
    assert_eq!(latest.headers[0], ("etag".to_owned(), "\"1\"".to_owned()));
    assert_eq!(latest.bytes, original.len() as u64);
    assert_eq!(
        store
            .capture_body(&latest.stored_sha256, 100)
            .unwrap()
            .unwrap(),
        blanked
    );
    assert_eq!(store.capture_body(&latest.stored_sha256, 5).unwrap(), None);
    assert_eq!(store.capture(&sha256_hex(b"never")).unwrap(), None);
    assert_eq!(store.last_fetch("catalogue").unwrap().unwrap(), latest);
    assert_eq!(store.fetches(&latest.sha256).unwrap().len(), 3);
    // The blanked field is nowhere in the workspace.
    for (name, bytes) in folder.bytes() {
        assert!(!bytes.windows(3).any(|w| w == b"a@b"), "{name}");
    }
    let mut lying = capture(b"x", b"x", 4);
    lying.stored_sha256 = sha256_hex(b"y");
    assert_eq!(
        store.put_capture(&lying).unwrap_err().message().id,
        "store-capture-hash"
    );
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u64;
    (0..length)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        })
        .collect()
}

#[test]
fn large_bodies_are_files_beside_the_database() {
    let folder = Folder::new();
    let mut store = folder.store();
    let large = noise(200_000);
    store.put_capture(&capture(&large, &large, 1)).unwrap();
    store.put_capture(&capture(&large, &large, 2)).unwrap();
    let kept = store.capture(&sha256_hex(&large)).unwrap().unwrap();
    let file = folder.0.path().join(kept.file.clone().unwrap());
    assert!(file.is_file());
    assert_eq!(
        store
            .capture_body(&kept.stored_sha256, 1 << 20)
            .unwrap()
            .unwrap(),
        large
    );

    // Streamed by the caller.
    let body = noise(150_000).into_iter().rev().collect::<Vec<u8>>();
    let mut out = CaptureFile::create(store.folder()).unwrap();
    for block in body.chunks(4096) {
        out.write_all(block).unwrap();
    }
    let relative_path = out.finish(&sha256_hex(&body)).unwrap();
    let mut streamed = capture(&body, &body, 3);
    streamed.body = CaptureBody::File { relative_path };
    store.put_capture(&streamed).unwrap();
    let mut read = Vec::new();
    store
        .capture_reader(&streamed.stored_sha256)
        .unwrap()
        .unwrap()
        .read_to_end(&mut read)
        .unwrap();
    assert_eq!(read, body);

    for path in ["../outside.zst", "/etc/passwd", "captures/none.zst", ""] {
        streamed.body = CaptureBody::File {
            relative_path: path.into(),
        };
        assert_eq!(
            store.put_capture(&streamed).unwrap_err().kind(),
            ErrorKind::Missing,
            "{path}"
        );
    }

    // Dropped or interrupted, nothing stays.
    let leftover = folder.0.path().join("captures/4294967295-1.tmp");
    std::fs::write(&leftover, b"half").unwrap();
    drop(CaptureFile::create(store.folder()).unwrap());
    CaptureFile::sweep(store.folder());
    let names: Vec<_> = std::fs::read_dir(folder.0.path().join("captures"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert!(names.iter().all(|p| p.is_dir()), "{names:?}");

    // A damaged file is not taken for the answer.
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert_eq!(
        store
            .capture_body(&kept.stored_sha256, 1 << 20)
            .unwrap_err()
            .kind(),
        ErrorKind::Corrupt
    );
}

#[test]
fn evidence_is_kept_by_hash() {
    let folder = Folder::new();
    let mut store = folder.store();
    let hash = store.put_evidence("公文.pdf", b"%PDF").unwrap();
    assert_eq!(store.put_evidence("copy.pdf", b"%PDF").unwrap(), hash);
    assert_eq!(
        store.evidence(&hash).unwrap(),
        Some(("公文.pdf".to_owned(), b"%PDF".to_vec()))
    );
    assert_eq!(store.evidence(&sha256_hex(b"")).unwrap(), None);
}

#[test]
fn the_register_has_a_version_for_every_change() {
    let folder = Folder::new();
    let mut store = folder.store();
    let files = |target: &str| {
        vec![
            (
                "register/programmes/p01.toml".to_owned(),
                target.as_bytes().to_vec(),
            ),
            ("quarterdeck.toml".to_owned(), b"format = 1".to_vec()),
        ]
    };
    assert_eq!(store.register_as_of(day(9)).unwrap(), None);
    assert_eq!(
        store
            .record_register(&files("target = 80"), "wang", "os-account", day(1))
            .unwrap(),
        Some(1)
    );
    assert_eq!(
        store
            .record_register(&files("target = 80"), "wang", "os-account", day(2))
            .unwrap(),
        None
    );
    let mut turned = files("target = 80");
    turned.reverse();
    assert_eq!(
        store
            .record_register(&turned, "wang", "os-account", day(2))
            .unwrap(),
        None
    );
    assert_eq!(
        store
            .record_register(&files("target = 70"), "chen", "os-account", day(5))
            .unwrap(),
        Some(2)
    );
    // Back to what it was is a version too, without its bytes again.
    assert_eq!(
        store
            .record_register(&files("target = 80"), "wang", "os-account", day(7))
            .unwrap(),
        Some(3)
    );
    assert_eq!(count(&folder, "register_body"), 3);
    assert_eq!(
        store.register_as_of(at("2025-09-30T00:00:00Z")).unwrap(),
        None
    );
    let then = |number: u32| {
        let version = store.register_as_of(day(number)).unwrap().unwrap();
        let text = version
            .files
            .iter()
            .find(|(p, _)| p.ends_with("p01.toml"))
            .map(|(_, b)| String::from_utf8(b.clone()).unwrap());
        (version.version, version.actor, text.unwrap())
    };
    assert_eq!(then(4), (1, "wang".into(), "target = 80".into()));
    assert_eq!(then(5), (2, "chen".into(), "target = 70".into()));
    assert_eq!(then(30), (3, "wang".into(), "target = 80".into()));
    assert_eq!(store.register_versions().unwrap().len(), 3);
    assert_eq!(store.last_recorded().unwrap(), Some(day(7)));
}

fn act(subject: &str, number: u32) -> HumanAct {
    HumanAct {
        at: day(number),
        actor: "wang".into(),
        identity: "os-account".into(),
        kind: "enter".into(),
        subject: subject.into(),
        detail_json: r#"{"row":1}"#.into(),
    }
}

#[test]
fn the_log_of_acts_shows_changes_and_a_cut_end() {
    let folder = Folder::new();
    let mut store = folder.store();
    assert_eq!(store.head().unwrap(), None);
    assert_eq!(
        store.verify_chain().unwrap(),
        ChainCheck {
            acts: 0,
            head: None,
            broken_at: None,
            kind: None
        }
    );
    let heads: Vec<Head> = (1..=5)
        .map(|n| {
            store
                .append_act(&act(&format!("P0{n}/x@2025Q3"), n))
                .unwrap()
        })
        .collect();
    assert_eq!(store.head().unwrap().as_ref(), heads.last());
    assert_eq!(store.head_as_of(day(3)).unwrap().as_ref(), heads.get(2));
    assert_eq!(store.acts().unwrap()[1].act, act("P02/x@2025Q3", 2));
    assert!(
        heads
            .iter()
            .all(|head| store.verify_anchor(head).unwrap() == Anchor::Holds)
    );
    assert_eq!(store.verify_chain().unwrap().broken_at, None);
    drop(store);

    let edit = |sql: &str| {
        let connection = Connection::open(folder.file()).unwrap();
        connection
            .execute_batch(
                "DROP TRIGGER IF EXISTS act_no_update; DROP TRIGGER IF EXISTS act_no_delete;",
            )
            .unwrap();
        connection.execute_batch(sql).unwrap();
        drop(connection);
        folder.store()
    };
    // A cut end is a chain in order: only the anchor tells.
    let store = edit("DELETE FROM act WHERE number = 5");
    assert_eq!(store.verify_chain().unwrap().broken_at, None);
    assert_eq!(
        store.verify_anchor(&heads[4]).unwrap(),
        Anchor::Cut { acts: 4 }
    );
    assert_eq!(store.verify_anchor(&heads[3]).unwrap(), Anchor::Holds);
    drop(store);
    let store = edit("UPDATE act SET subject = 'P09/x@2025Q3' WHERE number = 2");
    assert_eq!(store.verify_chain().unwrap().broken_at, Some(2));
    assert_eq!(
        store.verify_anchor(&heads[3]).unwrap(),
        Anchor::Different { number: 2 }
    );
    assert_eq!(store.verify_anchor(&heads[0]).unwrap(), Anchor::Holds);
    drop(store);
    let store = edit("DELETE FROM act WHERE number = 2");
    assert_eq!(store.verify_chain().unwrap().broken_at, Some(2));
}

#[test]
fn what_a_person_does_is_recorded_with_its_act_or_not_at_all() {
    let folder = Folder::new();
    let mut store = folder.store();
    let entry = readings(
        day(1),
        vec![row(reading("P02/visits", "6"), entered(), Act::Record)],
    );
    let (recording, head) = store
        .record_act(&entry, |done| act(&format!("row {}", done.sequences[0]), 1))
        .unwrap();
    assert_eq!((recording.new, head.number), (1, 1));
    assert_eq!(store.acts().unwrap()[0].act.subject, "row 1");
    let wrong = readings(
        day(2),
        vec![row(reading("P02/visits", "7"), entered(), Act::Correct(8))],
    );
    assert!(store.record_act(&wrong, |_| act("never", 2)).is_err());
    assert_eq!(store.head().unwrap(), Some(head));
    assert_eq!(store.rows_as_of(day(3)).unwrap().observations.len(), 1);
}

#[test]
fn an_answer_and_its_captures_are_there_together_or_not_at_all() {
    let folder = Folder::new();
    let mut store = folder.store();
    let taken = |asked: &str, rows| {
        Some(Taken {
            asked: asked.into(),
            by: "file-1".into(),
            rows,
            target: None,
        })
    };
    let answer = |number: u32| {
        let bytes = format!("n\n{number}\n").into_bytes();
        capture(&bytes, &bytes, number)
    };
    let mut nameless = reading("P01/x", "1");
    nameless.series.name = "x y".into();
    let bad = readings(day(1), vec![row(nameless, captured(), Act::Record)]);
    let whole = |batch: &Batch, capture, taken| Answer {
        batch: batch.clone(),
        captures: vec![(capture, taken)],
        revisit: None,
    };
    // The good one stands in the same write as the bad one.
    let fine = readings(day(1), Vec::new());
    let refused = store.record_answers(&[
        whole(&fine, answer(9), None),
        whole(&bad, answer(1), taken("?year=2024", 9)),
    ]);
    assert!(refused.is_err());
    assert_eq!(count(&folder, "fetch"), 0, "no capture without its load");

    let good = readings(
        day(1),
        vec![row(reading("P01/x", "1"), captured(), Act::Record)],
    );
    for (number, asked, rows) in [(1, "?year=2024", 100), (2, "?year=2025", 7)] {
        let one = whole(&good, answer(number), taken(asked, rows));
        store.record_answers(&[one]).unwrap();
    }
    store
        .record_answers(&[whole(&good, answer(3), None)])
        .unwrap();
    let rows = |asked: &str, number| {
        let found = store.last_taken_rows(&[("catalogue", asked)], day(number));
        found.map(|rows| rows[0])
    };
    assert_eq!(rows("?year=2024", 9).unwrap(), Some(100));
    assert_eq!(rows("?year=2025", 9).unwrap(), Some(7));
    assert_eq!(rows("?year=2025", 1).unwrap(), None, "not yet fetched");
    assert_eq!(rows("?year=2026", 9).unwrap(), None);
    let by = |file: &str| store.taken_by("catalogue", file).unwrap();
    assert_eq!((by("file-1").len(), by("file-2").len()), (2, 0));
    assert!(!by("file-1").contains(&answer(3).sha256), "evidence only");
    let fetch = store.capture(&answer(2).sha256).unwrap().unwrap();
    assert_eq!(fetch.headers, answer(2).headers);
    assert_eq!(fetch.taken, taken("?year=2025", 7));
}

#[test]
fn a_body_that_no_figure_needs_can_be_dropped_and_comes_back_with_the_same_answer() {
    let folder = Folder::new();
    let mut store = folder.store();
    let capture = |body: &[u8], at| NewCapture {
        sha256: sha256_hex(body),
        stored_sha256: sha256_hex(body),
        recipe: None,
        url: "https://example.gov.tw/a".into(),
        method: "GET".into(),
        http_status: 200,
        headers: Vec::new(),
        remote_addr: None,
        fetched_at: day(at),
        bytes: body.len() as u64,
        body: CaptureBody::Inline(body.to_vec()),
        source: "moda-usage".into(),
        run: None,
    };
    let (cited, refused, last) = (b"cited", b"refused", b"last");
    let mut noise = Vec::new();
    let mut seed = 1_u64;
    for _ in 0..200_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        noise.push((seed >> 33) as u8);
    }
    for (at, body) in [&cited[..], refused, &noise, last].into_iter().enumerate() {
        store.put_capture(&capture(body, at as u32 + 1)).unwrap();
    }
    let cause = Cause::Capture {
        sha256: sha256_hex(cited).into(),
        source: "moda-usage".into(),
        at: "$".into(),
    };
    let rows = vec![row(reading("P01/gold-share", "75.30"), cause, Act::Record)];
    store.record(&readings(day(1), rows)).unwrap();
    let unneeded = store.unneeded_captures().unwrap();
    let hashes: Vec<&str> = unneeded.iter().map(|one| one.sha256.as_str()).collect();
    assert_eq!(hashes, [sha256_hex(refused), sha256_hex(&noise)]);
    let file = folder.0.path().join(unneeded[1].path.clone().unwrap());
    assert!(file.exists() && unneeded[1].bytes > 100_000);
    let act = HumanAct {
        at: day(9),
        actor: "wang".into(),
        identity: "os-account".into(),
        kind: "prune".into(),
        subject: "captures".into(),
        detail_json: "{}".into(),
    };
    assert_eq!(store.prune(&unneeded, &act).unwrap().number, 1);
    assert!(!file.exists());
    assert_eq!(store.unneeded_captures().unwrap(), []);
    // Hash and fetch are known; the bytes are gone, and that is said.
    assert_eq!(store.fetches(&sha256_hex(refused)).unwrap().len(), 1);
    let error = store.capture_body(&sha256_hex(refused), 100).unwrap_err();
    assert_eq!(error.message().id, "store-pruned");
    let check = store.check().unwrap();
    assert!(check.holds(), "{check:?}");
    assert_eq!((check.dropped, check.bodies), (2, 2));
    // The same answer once more.
    store.put_capture(&capture(refused, 20)).unwrap();
    store.put_capture(&capture(&noise, 21)).unwrap();
    assert_eq!(
        store
            .capture_body(&sha256_hex(refused), 100)
            .unwrap()
            .unwrap(),
        refused
    );
    assert_eq!(
        store
            .capture_body(&sha256_hex(&noise), 1 << 20)
            .unwrap()
            .unwrap(),
        noise
    );
    assert!(store.check().unwrap().holds());
}

#[test]
fn nothing_else_of_a_capture_can_be_changed() {
    let folder = Folder::new();
    drop(folder.store());
    let connection = rusqlite::Connection::open(folder.file()).unwrap();
    connection
        .execute_batch("INSERT INTO capture (id, sha256, body) VALUES (1, 'a', x'01')")
        .unwrap();
    for change in [
        "UPDATE capture SET body = x'02'",
        "UPDATE capture SET body = x''",
        "UPDATE capture SET sha256 = 'b'",
        "UPDATE capture SET id = 9",
        "DELETE FROM capture",
    ] {
        let error = connection.execute_batch(change).unwrap_err();
        assert!(error.to_string().contains("never"), "{change}: {error}");
    }
}
