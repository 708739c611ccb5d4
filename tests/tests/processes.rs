//! Several processes on one workspace, and processes that are ended.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_store::{OpenMode, Store};
use quarterdeck_tests::office::{Office, indicator};
use quarterdeck_tests::program::{Answer, command, valid};
use quarterdeck_tests::server::{Reply, Server};
use quarterdeck_tests::tools::{self, say};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Sources that each give one number to an indicator of their name.
fn number_sources(office: &Office, server: &Server, count: u32) {
    for number in 0..count {
        let name = format!("n{number:02}");
        office.indicator("P05", &name);
        office.number_source(
            &name,
            &server.url(&format!("/{number}")),
            &format!("P05/{name}"),
        );
    }
}

/// Twelve sources, of which the first never answers; the others do, one after the other.
fn slow_office() -> (Office, Server) {
    let office = Office::new();
    let server = Server::start(|path| {
        let number: u64 = path.trim_start_matches('/').parse().unwrap_or_default();
        Reply {
            wait: match number {
                0 => Duration::from_secs(120),
                _ => Duration::from_millis(250 + 40 * number),
            },
            body: format!("{{\"count\": {}}}", 100 + number),
        }
    });
    number_sources(&office, &server, 12);
    (office, server)
}

#[test]
fn what_was_reported_as_stored_survives_a_kill_at_any_moment() {
    use std::io::{BufRead, BufReader};
    let (office, _server) = slow_office();
    for wanted in [1, 3, 6] {
        let mut child = command(&office.root(), &["collect"]).spawn().unwrap();
        // Every source is reported the moment it is stored.
        let reported: Vec<String> = BufReader::new(child.stderr.take().unwrap())
            .lines()
            .filter_map(|line| {
                let line = line.unwrap();
                let (source, rest) = line.split_once(": ")?;
                rest.starts_with("good").then(|| source.to_owned())
            })
            .take(wanted)
            .collect();
        // SIGKILL: no handler, no last word.
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(reported.len(), wanted);
        let health = office.sources();
        let status = office.status(&[]);
        for source in &reported {
            let stored = health["sources"]
                .as_array()
                .unwrap()
                .iter()
                .find(|s| s["id"] == source.as_str())
                .unwrap();
            assert_eq!(stored["attempts"][0]["outcome"], "good", "{source}");
            let number: u32 = source[1..].parse().unwrap();
            let figure = indicator(&status, &format!("P05/{source}"));
            assert_eq!(figure["value"], 100 + number, "{source}");
        }
    }
    // Nobody holds the workspace any more, and the next run does what was left.
    office.write(
        "sources/n00.toml",
        office.read("sources/n00.toml").replace("/0\"", "/1\""),
    );
    let rest = office.collect(0);
    assert_eq!(rest["sources"].as_array().unwrap().len(), 12);
    let status = office.status(&[]);
    for number in 1..12 {
        assert_eq!(
            indicator(&status, &format!("P05/n{number:02}"))["value"],
            100 + number
        );
    }
}

#[test]
fn a_second_collector_ends_with_5_and_names_the_holder() {
    let (office, _server) = slow_office();
    let mut first = command(&office.root(), &["collect"]).spawn().unwrap();
    let began = Instant::now();
    let holder =
        || std::fs::read_to_string(office.root().join("quarterdeck.lock")).unwrap_or_default();
    while !(holder().contains(&first.id().to_string()) && holder().contains("collect")) {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "nobody took the lock: {}",
            holder()
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    let second = office.qd(&["collect", "--json", "--source", "n01"]);
    let reading = office.qd(&["status"]);
    let plain = office.qd(&["collect", "--quiet", "--source", "n01"]);
    first.kill().unwrap();
    first.wait().unwrap();
    let second = second.expect(5).json();
    valid("error", &second);
    let said = second["error"]["message"].as_str().unwrap();
    assert!(
        said.contains(&first.id().to_string()) && said.contains("qd collect"),
        "{said}"
    );
    assert!(!second["error"]["next"].is_null());
    assert!(
        plain.expect(5).err.contains(&first.id().to_string()),
        "an error is told even when quiet"
    );
    reading.expect(0);
    assert_eq!(
        office.qd(&["collect", "--source", "n01"]).code,
        Some(0),
        "free again"
    );
}

#[test]
fn a_collection_waits_for_whoever_holds_the_workspace_only_for_a_moment() {
    use quarterdeck_store::{Holder, WorkspaceLock};
    let office = Office::new();
    let server = Server::counting(41);
    office.number_source("count", &server.url("/"), "P01/open-datasets");
    office.status(&[]);
    // As a board does that is opened just then and keeps the changed files.
    let holder = Holder {
        pid: std::process::id(),
        host: "desk-7".to_owned(),
        since: chrono::Utc::now(),
        command: "qd register".to_owned(),
    };
    let file = office.root().join("quarterdeck.lock");
    let lock = WorkspaceLock::acquire(&file, &holder, Duration::ZERO).unwrap();
    let collecting = command(&office.root(), &["collect"]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(250));
    drop(lock);
    Answer::from(collecting.wait_with_output().unwrap()).expect(0);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_collection_in_time_and_loses_nothing() {
    ends_a_collection("-INT", 130);
}

#[cfg(unix)]
#[test]
fn a_request_to_end_is_told_apart_from_ctrl_c() {
    ends_a_collection("-TERM", 143);
}

#[cfg(unix)]
fn ends_a_collection(signal: &str, code: i32) {
    let Some(kill) = tools::find("sending a signal", &["kill"]) else {
        return;
    };
    let (office, _server) = slow_office();
    let child = command(&office.root(), &["collect"]).spawn().unwrap();
    let began = Instant::now();
    // A reader is never kept waiting, and sees what is stored while the rest is still coming.
    let stored = loop {
        let good: Vec<String> = office.sources()["sources"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|source| source["attempts"][0]["outcome"] == "good")
            .map(|source| source["id"].as_str().unwrap().to_owned())
            .collect();
        if good.len() >= 2 {
            break good;
        }
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "nothing was stored"
        );
    };
    let asked = Instant::now();
    tools::output(&kill, &[signal.as_ref(), child.id().to_string().as_ref()]);
    let answer: Answer = child.wait_with_output().unwrap().into();
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "it stopped after {:?}",
        asked.elapsed()
    );
    let answer = answer.expect(code);
    assert!(answer.err.contains("Interrupted"), "{}", answer.err);
    let status = office.status(&[]);
    for source in stored {
        let number: u32 = source[1..].parse().unwrap();
        let figure = indicator(&status, &format!("P05/{source}"));
        assert_eq!(figure["value"], 100 + number, "{source}");
    }
}

#[test]
fn two_that_collect_at_once_store_what_one_would() {
    let office = Office::new();
    let served = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&served);
    let server = Server::start(move |path| {
        let number: u32 = path.trim_start_matches('/').parse().unwrap_or_default();
        Reply {
            wait: Duration::from_millis(60),
            body: format!("{{\"count\": {}}}", counted.load(Ordering::SeqCst) + number),
        }
    });
    number_sources(&office, &server, 6);
    let (mut busy, mut both) = (0, 0);
    for round in 1..=10_u32 {
        served.store(round * 1000, Ordering::SeqCst);
        let start = || {
            command(&office.root(), &["collect", "--json"])
                .spawn()
                .unwrap()
        };
        let pair = [start(), start()];
        let pids = pair.each_ref().map(std::process::Child::id);
        let answers = pair.map(|child| Answer::from(child.wait_with_output().unwrap()));
        let codes: Vec<Option<i32>> = answers.iter().map(|answer| answer.code).collect();
        assert!(codes.contains(&Some(0)), "{answers:?}");
        for (index, answer) in answers.iter().enumerate() {
            match answer.code {
                Some(0) => {}
                Some(5) => {
                    busy += 1;
                    let said = answer.json()["error"]["message"].to_string();
                    assert!(said.contains(&pids[1 - index].to_string()), "{said}");
                }
                other => panic!("{other:?} {}", answer.err),
            }
        }
        both += u32::from(codes == [Some(0), Some(0)]);
        let status = office.status(&[]);
        for number in 0..6 {
            let figure = indicator(&status, &format!("P05/n{number:02}"));
            assert_eq!(figure["value"], round * 1000 + number);
        }
        let file = office.root().join("quarterdeck.db");
        let store = Store::open(&file, OpenMode::ReadOnly).unwrap();
        let rows = store.rows_as_of(chrono::DateTime::<chrono::Utc>::MAX_UTC);
        let rows = rows.unwrap().observations;
        assert_eq!(rows.len(), 6 * usize::try_from(round).unwrap());
        let numbers: Vec<i64> = rows.iter().map(|row| row.sequence).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b));
    }
    say(&format!(
        "two collecting at once: 10 rounds, {busy} ended with 5 and named the other, {both} waited a moment; no row lost or doubled"
    ));
}

#[test]
fn a_publication_under_a_collection_ends_with_5_and_leaves_nothing_and_a_report_is_whole() {
    use quarterdeck_tests::small::{self, Small};
    let small = Small::new(true);
    let office = small.office.copy();
    let server = Server::start(|_| Reply {
        wait: Duration::from_secs(120),
        body: "{\"count\": 1}".to_owned(),
    });
    office.number_source("n0", &server.url("/slow"), "P05/n0");
    let quarter = small.quarter.to_string();
    let mut collecting = command(&office.root(), &["collect", "--quiet"])
        .spawn()
        .unwrap();
    let began = Instant::now();
    let holder =
        || std::fs::read_to_string(office.root().join("quarterdeck.lock")).unwrap_or_default();
    while !(holder().contains(&collecting.id().to_string()) && holder().contains("collect")) {
        assert!(began.elapsed() < Duration::from_secs(60), "{}", holder());
        std::thread::sleep(Duration::from_millis(10));
    }
    let published = office.qd(&["publish", &quarter, "--json"]);
    let report = office.qd(&["report", "--quarter", &quarter, "--out", "../out", "--json"]);
    collecting.kill().unwrap();
    collecting.wait().unwrap();
    let said = published.expect(5).json();
    valid("error", &said);
    let message = said["error"]["message"].as_str().unwrap();
    assert!(message.contains(&collecting.id().to_string()), "{message}");
    let names: Vec<String> = std::fs::read_dir(office.root().join("reports"))
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(
        names
            .iter()
            .all(|name| !name.contains(&quarter) && !name.starts_with('.')),
        "{names:?}"
    );
    // A report only reads: it is made beside the collection, and every file of it is whole.
    let report = report.expect(0).json();
    let files = report["files"].as_array().unwrap();
    assert!(files.len() >= 5, "{report}");
    for file in files {
        let path = file.as_str().map(std::path::PathBuf::from).unwrap();
        let bytes = std::fs::read(office.root().join(&path)).unwrap();
        assert!(
            !path.ends_with(".pdf") || bytes.ends_with(b"%%EOF\n") || bytes.ends_with(b"%%EOF")
        );
    }
    let state = small::qd(&office, &["publish", &quarter, "--dry-run", "--json"]);
    let accept = office.accepting(&state);
    let mut again = vec!["publish", quarter.as_str(), "--quiet"];
    again.extend(accept.iter().map(String::as_str));
    office.qd(&again).expect(0);
    assert_eq!(small::verified(&office), Vec::<String>::new());
}
