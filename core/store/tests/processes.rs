//! Several processes, and processes that die. The test program starts itself as the other one.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]
mod common;
use common::*;
use quarterdeck_kpi::observation::Act;
use quarterdeck_store::*;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const ROLE: &str = "QUARTERDECK_STORE_TEST_ROLE";
const FILE: &str = "QUARTERDECK_STORE_TEST_FILE";

fn child(role: &str, file: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "as_another_process",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(ROLE, role)
        .env(FILE, file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn holder(command: &str) -> Holder {
    Holder {
        pid: std::process::id(),
        host: "desk-7".into(),
        since: day(1),
        command: command.into(),
    }
}

/// Does nothing unless the tests below started it.
#[test]
fn as_another_process() {
    let (Ok(role), Ok(file)) = (std::env::var(ROLE), std::env::var(FILE)) else {
        return;
    };
    let file = PathBuf::from(file);
    match role.as_str() {
        "write" => {
            let mut store = Store::open(&file, OpenMode::Create).unwrap();
            for number in 0.. {
                let body = vec![b'x'; 2000 + number];
                let hash = sha256_hex(&body);
                store
                    .put_capture(&NewCapture {
                        sha256: hash.clone(),
                        stored_sha256: hash.clone(),
                        recipe: None,
                        url: "https://example.gov.tw/".into(),
                        method: "GET".into(),
                        http_status: 200,
                        headers: vec![],
                        remote_addr: None,
                        fetched_at: day(1),
                        bytes: 1,
                        body: CaptureBody::Inline(body),
                        source: "a".into(),
                        run: None,
                    })
                    .unwrap();
                let rows = (0..20)
                    .map(|n| {
                        let cause = quarterdeck_kpi::observation::Cause::Capture {
                            sha256: hash.as_str().into(),
                            source: "a".into(),
                            at: "$".into(),
                        };
                        row(
                            reading(&format!("P01/x{n}"), &number.to_string()),
                            cause,
                            Act::Record,
                        )
                    })
                    .collect();
                let sequences = store.record(&readings(day(1), rows)).unwrap();
                let head = store
                    .append_act(&HumanAct {
                        at: day(1),
                        actor: "wang".into(),
                        identity: "os-account".into(),
                        kind: "enter".into(),
                        subject: "x".into(),
                        detail_json: "{}".into(),
                    })
                    .unwrap();
                let mut out = std::io::stdout();
                writeln!(
                    out,
                    "\nstored {} {} {} {hash}",
                    sequences[0], sequences[19], head.number
                )
                .unwrap();
                out.flush().unwrap();
            }
        }
        "write-and-wait" => {
            let mut store = Store::open(&file, OpenMode::Create).unwrap();
            for number in 1..=3u32 {
                let item = reading("P02/visits", &number.to_string());
                let load = readings(day(number), vec![row(item, captured(), Act::Record)]);
                store.record(&load).unwrap();
            }
            println!("\nheld");
            std::thread::sleep(Duration::from_secs(60));
        }
        "hold" => {
            let _lock =
                WorkspaceLock::acquire(&file, &holder("qd collect"), Duration::ZERO).unwrap();
            println!("\nheld");
            std::thread::sleep(Duration::from_secs(60));
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_killed_writer_loses_nothing_that_was_reported_as_stored() {
    for round in 0..5u64 {
        let folder = Folder::new();
        let mut writer = child("write", &folder.file());
        let mut out = BufReader::new(writer.stdout.take().unwrap());
        let mut stored = Vec::new();
        let mut line = String::new();
        // At another place of its work each time.
        while stored.len() < 8 + 5 * round as usize && out.read_line(&mut line).unwrap() > 0 {
            if let Some(rest) = line.strip_prefix("stored ") {
                stored.push(rest.trim().to_owned());
            }
            line.clear();
        }
        std::thread::sleep(Duration::from_micros(700 * round));
        writer.kill().unwrap();
        writer.wait().unwrap();
        let mut rest = String::new();
        let _ = out.read_to_string(&mut rest);
        // The last line may be cut; what was printed whole had been stored.
        stored.extend(
            rest.split_inclusive('\n')
                .filter(|l| l.ends_with('\n'))
                .filter_map(|l| l.strip_prefix("stored "))
                .map(|l| l.trim().to_owned()),
        );
        assert!(stored.len() >= 8);

        // What the dead process left behind can be read without touching it.
        let before = folder.bytes();
        let seen = Store::open(&folder.file(), OpenMode::ReadOnly)
            .unwrap()
            .rows_as_of(day(2))
            .unwrap();
        assert_eq!(folder.bytes(), before);

        let store = Store::open(&folder.file(), OpenMode::ReadWrite).unwrap();
        let rows = store.rows_as_of(day(2)).unwrap();
        assert_eq!(seen, rows);
        assert!(rows.findings.is_empty() && rows.observations.iter().all(|row| row.intact));
        assert_eq!(
            rows.observations.len() % 20,
            0,
            "a load is there wholly or not at all"
        );
        let sequences: BTreeSet<i64> = rows.observations.iter().map(|row| row.sequence).collect();
        for report in &stored {
            let words: Vec<&str> = report.split(' ').collect();
            let numbers: Vec<i64> = words[..3].iter().map(|w| w.parse().unwrap()).collect();
            assert!(
                (numbers[0]..=numbers[1]).all(|sequence| sequences.contains(&sequence)),
                "{report}"
            );
            assert!(store.head().unwrap().unwrap().number >= numbers[2]);
            assert!(store.capture_body(words[3], 1 << 20).unwrap().is_some());
        }
        assert_eq!(store.verify_chain().unwrap().broken_at, None);
    }
}

#[test]
fn a_held_lock_names_its_holder_and_death_gives_it_back() {
    let folder = Folder::new();
    let lock = folder.0.path().join("quarterdeck.lock");
    let mut other = child("hold", &lock);
    let out = BufReader::new(other.stdout.take().unwrap());
    assert!(out.lines().map_while(Result::ok).any(|line| line == "held"));

    let error =
        WorkspaceLock::acquire(&lock, &holder("qd enter"), Duration::from_millis(60)).unwrap_err();
    let LockError::Busy {
        holder: Some(named),
        ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(
        (named.pid, named.host.as_str(), named.command.as_str()),
        (other.id(), "desk-7", "qd collect")
    );
    assert!(
        error
            .message()
            .to_string()
            .starts_with("store-lock-busy pid="),
        "{error}"
    );

    // Somebody who waits gets it as soon as the other one is gone.
    let waiting = {
        let lock = lock.clone();
        std::thread::spawn(move || {
            WorkspaceLock::acquire(&lock, &holder("qd enter"), Duration::from_secs(5))
        })
    };
    std::thread::sleep(Duration::from_millis(100));
    other.kill().unwrap();
    other.wait().unwrap();
    let held = waiting.join().unwrap().unwrap();
    let text = std::fs::read_to_string(&lock).unwrap();
    assert!(
        text.contains("qd enter") && !text.contains("qd collect"),
        "{text}"
    );
    drop(held);
    drop(WorkspaceLock::acquire(&lock, &holder("qd enter"), Duration::ZERO).unwrap());
}

#[test]
fn reading_beside_a_working_writer_changes_no_file() {
    let folder = Folder::new();
    let mut writer = child("write-and-wait", &folder.file());
    let out = BufReader::new(writer.stdout.take().unwrap());
    assert!(out.lines().map_while(Result::ok).any(|line| line == "held"));
    let before = folder.bytes();
    let reader = Store::open(&folder.file(), OpenMode::ReadOnly).unwrap();
    assert_eq!(reader.rows_as_of(day(9)).unwrap().observations.len(), 3);
    assert_eq!(reader.rows_as_of(day(2)).unwrap().observations.len(), 2);
    drop(reader);
    let after = folder.bytes();
    let names = |files: &[(String, Vec<u8>)]| {
        files
            .iter()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&before), names(&after));
    for ((name, before), (_, after)) in before.iter().zip(&after) {
        assert!(before == after, "{name}");
    }
    writer.kill().unwrap();
    writer.wait().unwrap();
}
