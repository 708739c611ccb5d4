//! Several processes on one workspace, and processes that are ended.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::office::{Office, indicator};
use quarterdeck_tests::program::{Answer, command, valid};
use quarterdeck_tests::server::{Reply, Server};
use quarterdeck_tests::tools;
use std::time::{Duration, Instant};

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
    for number in 0..12 {
        let name = format!("n{number:02}");
        office.indicator("P05", &name);
        office.number_source(
            &name,
            &server.url(&format!("/{number}")),
            &format!("P05/{name}"),
        );
    }
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
