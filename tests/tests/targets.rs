//! One source file for an API with an address for each township: collected, explained down to the
//! bytes of one of them, silent ones named, killed in the middle and run again.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::office::Office;
use quarterdeck_tests::program::command;
use quarterdeck_tests::server::{Piece, Server};
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

fn source(url: &str, more: &str) -> String {
    format!(
        "id = \"usage\"\nkind = \"json\"\nurl = \"{url}\"\nallow_private = true\nschedule = \"daily\"\n\
         targets_file = \"townships.csv\"\ntargets_column = \"代碼\"\n{more}\n\
         [[map]]\nseries = \"P12/usage.{{target}}\"\nat = \"$.count\"\nunit = \"count\"\n"
    )
}

fn list(codes: impl IntoIterator<Item = usize>) -> String {
    let mut text = "名稱,代碼\n".to_owned();
    for code in codes {
        let _ = writeln!(text, "\"第 {code} 區, 市\",63{code:06}");
    }
    text
}

/// Every third address answers the same bytes.
fn body(path: &str) -> String {
    let code: usize = path.rsplit('/').next().unwrap()[2..].parse().unwrap();
    format!(
        "{{\"count\": {}}}",
        if code.is_multiple_of(3) { 0 } else { code }
    )
}

#[test]
fn a_figure_leads_to_the_bytes_of_its_own_address() {
    let office = Office::new();
    let server = Server::sending(|path| Piece::ok("application/json", body(path)));
    office.write(
        "sources/usage.toml",
        source(&server.url("/usage/{target}"), ""),
    );
    office.write("sources/townships.csv", list(0..300));
    office.write("sources/nobody-names-me.csv", "not ours");
    office.qd(&["check"]).expect(0);
    let collected = office.qd(&["collect", "--json"]).expect(0).json();
    let told = &collected["sources"][0];
    assert_eq!(
        (&told["outcome"], &told["new"]),
        (&"good".into(), &300.into())
    );
    assert_eq!(
        told["targets"],
        serde_json::json!({"of": 300, "answered": 300})
    );
    let quarter = collected["quarter"].as_str().unwrap();
    for (code, value) in [
        ("63000007", 7),
        ("63000012", 0),
        ("63000298", 298),
        ("63000297", 0),
    ] {
        let figure = format!("P12/usage.{code}@{quarter}");
        let told = office.qd(&["explain", &figure, "--json"]).expect(0).json();
        let capture = &told["captures"][0];
        let url = server.url(&format!("/usage/{code}"));
        assert_eq!(capture["url"].as_str(), Some(&*url), "{told}");
        let excerpt = capture["excerpt"].to_string();
        assert!(
            excerpt.contains(&format!("count\\\": {value}")),
            "{excerpt}"
        );
        assert!(capture["at"].as_str().unwrap().contains(code), "{capture}");
        let raw = office.qd(&["explain", &figure, "--raw"]).expect(0);
        assert_eq!(raw.out, format!("{{\"count\": {value}}}"));
    }
    // The list belongs to the register version; what nobody names does not.
    office.write("sources/townships.csv", list(0..299));
    let again = office.qd(&["collect", "--json"]).expect(0).json();
    assert_eq!(again["sources"][0]["targets"]["of"], 299);
    let store = quarterdeck_store::Store::open(
        &office.root().join("quarterdeck.db"),
        quarterdeck_store::OpenMode::ReadOnly,
    )
    .unwrap();
    let versions = store.register_versions().unwrap();
    let lines = |version: usize| {
        let at = versions[version].recorded_at;
        let files = store.register_as_of(at).unwrap().unwrap().files;
        assert!(!files.iter().any(|(name, _)| name.contains("nobody")));
        let list = files
            .iter()
            .find(|(name, _)| name == "sources/townships.csv");
        String::from_utf8_lossy(&list.unwrap().1).lines().count()
    };
    assert_eq!(
        (lines(versions.len() - 2), lines(versions.len() - 1)),
        (301, 300)
    );
    office.qd(&["verify", "."]).expect(0);
}

#[test]
fn who_did_not_answer_is_said_in_both_languages() {
    let office = Office::new();
    let server = Server::sending(|path| match path {
        "/usage/63000003" => vec![Piece::Wait(Duration::from_secs(3))],
        "/usage/63000005" => {
            Piece::raw("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        _ => Piece::ok("application/json", body(path)),
    });
    let more = "timeout_seconds = 1";
    office.write(
        "sources/usage.toml",
        source(&server.url("/usage/{target}"), more),
    );
    office.write("sources/townships.csv", list(0..50));
    let english = office.qd(&["--lang", "en", "collect"]).expect(1);
    for part in [
        "2 of 50 addresses did not answer",
        "63000003 (no answer in time)",
        "63000005 (HTTP 404)",
    ] {
        assert!(english.out.contains(part), "{}", english.out);
    }
    let json = office
        .qd(&["--lang", "zh-TW", "sources", "--json"])
        .expect(0);
    assert!(
        json.out.contains("50 個位址中有 2 個沒有回應"),
        "{}",
        json.out
    );
    assert!(json.out.contains("63000003（逾時）"), "{}", json.out);
    let told = office.qd(&["explain", "source:usage"]).expect(0);
    assert!(told.out.contains("63000005"), "{}", told.out);
}

#[test]
fn what_cannot_be_asked_is_found_offline() {
    let office = Office::new();
    let url = "https://example.gov.tw/usage/{target}";
    office.write("sources/usage.toml", source(url, ""));
    let said = |expected: &str| {
        let answer = office.qd(&["--lang", "en", "check"]).expect(2);
        let all = format!("{}{}", answer.out, answer.err);
        assert!(all.contains(expected), "{all}");
        let chinese = office.qd(&["--lang", "zh-TW", "check"]).expect(2);
        assert!(!chinese.out.contains("source-target"), "{}", chinese.out);
        assert!(!chinese.out.contains('\u{202e}'), "{}", chinese.out);
    };
    said("townships.csv cannot be read");
    office.write("sources/townships.csv", list([1, 2, 1]));
    said("63000001 stands there twice");
    office.write("sources/townships.csv", "代碼\n../../etc\n63\u{202e}01\n");
    said("cannot be a target (of such there are 2)");
    office.write("sources/townships.csv", list(0..20_001));
    said("20,001 targets are more than the 20,000");
    office.write("sources/townships.csv", "code\n1\n");
    said("has no column \"代碼\"");
    office.write("sources/townships.csv", list([1]));
    office.qd(&["check"]).expect(0);
    // A list that is wrong is not collected either, and nothing is asked.
    let server = Server::sending(|path| panic!("{path}"));
    office.write("sources/usage.toml", source(&server.url("/{target}"), ""));
    office.write("sources/townships.csv", list([1, 1]));
    let refused = office.qd(&["--lang", "en", "collect"]).expect(3);
    assert!(refused.out.contains("twice"), "{}", refused.out);
}

#[test]
fn a_run_that_is_killed_in_the_middle_loses_nothing_and_is_run_again() {
    let office = Office::new();
    let asked = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&asked);
    let server = Server::sending(move |path| {
        seen.fetch_add(1, Ordering::SeqCst);
        let mut pieces = vec![Piece::Wait(Duration::from_millis(4))];
        pieces.extend(Piece::ok("application/json", body(path)));
        pieces
    });
    office.write(
        "sources/usage.toml",
        source(&server.url("/usage/{target}"), ""),
    );
    office.write("sources/townships.csv", list(0..600));
    let mut child = command(&office.root(), &["collect", "--quiet"])
        .spawn()
        .unwrap();
    let began = Instant::now();
    while asked.load(Ordering::SeqCst) < 250 && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    office.qd(&["verify", "."]).expect(0);
    let again = office.qd(&["collect", "--json"]).expect(0).json();
    let new = again["sources"][0]["new"].as_u64().unwrap();
    assert!((1..600).contains(&new), "what was stored stayed: {new} new");
    assert_eq!(again["sources"][0]["outcome"], "good");
    let once_more = office.qd(&["collect", "--json"]).expect(0).json();
    assert_eq!(once_more["new"], 0);
    office.qd(&["verify", "."]).expect(0);
}
