//! `qd demo`: what it plants is there, it says that it is invented, and it is the same everywhere.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::demo::{self, last, shared, status_of};
use quarterdeck_tests::office::{indicator, programme};
use quarterdeck_tests::program::{qd, valid};
use quarterdeck_tests::{csv, tools};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A quarter and what was known of it that day.
fn then(quarter: &str, as_of: &str, programme: &str) -> Value {
    status_of(
        shared(),
        &[
            "--quarter",
            quarter,
            "--as-of",
            as_of,
            "--programme",
            programme,
        ],
    )
}

fn decimal(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

#[track_caller]
fn stands(series: &str, status: &str) {
    assert_eq!(indicator(last(), series)["status"], status, "{series}");
}

#[test]
fn the_board_and_what_to_try_next_are_printed() {
    let said = &shared().said.out;
    for number in 1..=29 {
        let id = format!("P{number:02}  ");
        assert_eq!(
            said.lines().filter(|line| line.starts_with(&id)).count(),
            1,
            "{said}"
        );
    }
    for words in [
        "114年第4季",
        "虛構",
        "qd status",
        "qd sources",
        "qd collect",
        "reports/2025Q4",
        "DEMO.md",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let files: Vec<String> = demo::files(&shared().report())
        .into_iter()
        .map(|(name, bytes)| {
            assert!(!bytes.is_empty(), "{name}");
            name
        })
        .collect();
    assert_eq!(
        files,
        [
            "2025Q4-zh-TW.ods",
            "2025Q4-zh-TW.pdf",
            "budget.csv",
            "findings.csv",
            "indicators.csv",
            "programmes.csv"
        ]
    );
}

#[test]
fn every_programme_has_two_rated_indicators_and_money() {
    let programmes = last()["programmes"].as_array().unwrap();
    assert_eq!(programmes.len(), 29);
    let mut sum = 0;
    for programme in programmes {
        let id = &programme["id"];
        let rated = programme["indicators"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|indicator| !indicator["target"].is_null())
            .count();
        assert!(rated >= 2, "{id}: {rated} indicators with a target");
        let budget = programme["budget"]["budget_ntd"].as_i64();
        assert!(budget > Some(0), "{id}: no budget");
        sum += budget.unwrap_or_default();
    }
    assert_eq!(sum, 6_240_000_000, "the invented money adds up");
    let counts = last()["counts"].as_object().unwrap();
    assert_eq!(counts.values().filter_map(Value::as_i64).sum::<i64>(), 29);
    for earlier in ["2021Q4", "2023Q4"] {
        let status = status_of(shared(), &["--quarter", earlier]);
        let sum: i64 = status["programmes"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|programme| programme["budget"]["budget_ntd"].as_i64())
            .sum();
        assert_eq!(sum, 6_240_000_000, "{earlier}");
    }
}

#[test]
fn behind_and_lagging() {
    for (id, series) in [
        ("P12", "P12/calculations"),
        ("P16", "P16/online-applications"),
        ("P26", "P26/one-stop-share"),
    ] {
        assert_eq!(programme(last(), id)["status"], "behind", "{id}");
        stands(series, "behind");
        let figure = indicator(last(), series);
        assert!(
            decimal(&figure["value"]) < 0.8 * decimal(&figure["target"]),
            "{series}"
        );
    }
    let programmes = csv::rows(&std::fs::read(shared().report().join("programmes.csv")).unwrap());
    let lagging = programmes[0].iter().position(|h| h == "落後計畫").unwrap();
    let found: Vec<&str> = programmes[1..]
        .iter()
        .filter(|row| row[lagging] == "是")
        .map(|row| row[1].as_str())
        .collect();
    assert_eq!(
        found,
        ["P12", "P16", "P26"],
        "the lagging rule holds for these"
    );
}

#[test]
fn recovering() {
    for year in ["2022", "2023", "2024"] {
        let quarter = format!("{year}Q4");
        let status = status_of(shared(), &["--quarter", &quarter, "--programme", "P08"]);
        assert_eq!(programme(&status, "P08")["status"], "behind", "{quarter}");
    }
    assert_eq!(programme(last(), "P08")["status"], "on_track");
}

#[test]
fn every_kind_of_unknown_keeps_its_cause() {
    stands("P20/troad-exchanges", "late");
    stands("P23/joint-services", "no_data");
    stands("P23/counties-joined", "no_data");
    stands("P21/cloud-tenants", "stale");
    stands("P18/online-claims", "rejected");
    stands("P27/image-hours", "rejected");
    for series in [
        "P20/troad-exchanges",
        "P23/joint-services",
        "P18/online-claims",
        "P27/image-hours",
    ] {
        assert!(
            indicator(last(), series)["value"].is_null(),
            "{series}: unknown is null, never 0"
        );
    }
    assert_eq!(programme(last(), "P20")["status"], "unknown");
    assert_eq!(programme(last(), "P23")["status"], "unknown");
    assert_eq!(indicator(last(), "P18/online-claims")["value_text"], "NaN");
    assert!(
        !shared().root().join("drop/troad/troad-2025Q4.csv").exists(),
        "never delivered"
    );
    let before = status_of(shared(), &["--quarter", "2025Q3", "--programme", "P27"]);
    assert!(
        !indicator(&before, "P27/image-hours")["value"].is_null(),
        "good until the unit changed"
    );
    let changed = last()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["figure"] == "P27/image-hours@2025Q4")
        .unwrap();
    let text = changed["text"].as_str().unwrap();
    assert!(text.contains("month") && text.contains("hour"), "{text}");
}

#[test]
fn a_check_refuses_a_figure_and_keeps_what_was_received() {
    let figure = "P06/linked-sets@2025Q4";
    stands("P06/linked-sets", "rejected");
    let refused = indicator(last(), "P06/linked-sets");
    assert!(refused["value"].is_null(), "{refused}");
    assert_eq!(refused["value_text"], "118,000");
    let findings = last()["findings"].as_array().unwrap();
    let mut of_figure = findings.iter().filter(|f| f["figure"] == figure);
    let finding = of_figure.next().unwrap();
    assert_eq!(finding["rule"], "unit-factor@1");
    assert_eq!(finding["severity"], "error");
    // The reading before stands in its own quarter, and the programme is as it was.
    let before = status_of(shared(), &["--quarter", "2025Q3", "--programme", "P06"]);
    assert!(indicator(&before, "P06/linked-sets")["value"].as_u64() < Some(200));
    assert_eq!(programme(last(), "P06")["status"], "at_risk");
    let trail = shared().qd(&["explain", figure, "--json"]).expect(0).json();
    valid("explain", &trail);
    let row = &trail["observations"].as_array().unwrap()[0];
    assert_eq!(row["state"], "refused");
    assert!(
        trail["captures"][0]["excerpt"]
            .as_str()
            .unwrap()
            .contains("118,000")
    );
    for words in ["linked-sets", "[quality] reject"] {
        let story = std::fs::read_to_string(shared().root().join("DEMO.md")).unwrap();
        assert!(story.contains(words), "{words}");
    }
}

#[test]
fn a_figure_that_names_no_day_is_dated_when_it_was_read() {
    assert_eq!(
        indicator(last(), "P01/open-datasets")["observed_on"],
        "2026-01-20"
    );
    // The services' answer names its day.
    assert_eq!(
        indicator(last(), "P12/online-share")["observed_on"],
        "2025-12-31"
    );
    let findings = last()["findings"].as_array().unwrap();
    let mut found = findings.iter().filter(|f| f["rule"] == "observed-after@1");
    let finding = found
        .find(|f| f["id"] == "observed-after@1:source:demo-dataset-count")
        .unwrap();
    assert_eq!(finding["severity"], "info");
    let trail = shared()
        .qd(&["explain", "P01/open-datasets@2025Q4", "--json"])
        .expect(0)
        .json();
    valid("explain", &trail);
    assert_eq!(trail["observations"][0]["observed_days_after_period"], 20);
    for (language, words) in [("zh-TW", "20天"), ("en", "days after 2025-12-31: 20")] {
        let args = ["explain", "P01/open-datasets@2025Q4", "--lang", language];
        let said = shared().qd(&args).expect(0).out;
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn zero_is_a_value_and_a_rate_above_one_stays() {
    let zero = indicator(last(), "P14/failed-verifications");
    assert_eq!(zero["value"].to_string(), "0");
    assert_eq!(zero["status"], "met");
    let rate = decimal(&programme(last(), "P25")["budget"]["execution_rate"]);
    assert!((1.01895..1.01905).contains(&rate), "{rate} is not 101.90 %");
    let budget = csv::rows(&std::fs::read(shared().report().join("budget.csv")).unwrap());
    let column = budget[0].iter().position(|h| h == "執行率（%）").unwrap();
    let row = budget
        .iter()
        .find(|row| row[0] == "P25/budget@2025Q4")
        .unwrap();
    assert_eq!(row[column], "101.90");
}

#[test]
fn a_changed_target_is_seen_from_its_day_on() {
    let target = |as_of: &str| {
        let status = then("2025Q4", as_of, "P12");
        indicator(&status, "P12/calculations")["target"].to_string()
    };
    assert_eq!(target("2024-12-19"), "660");
    assert_eq!(target("2024-12-21"), "572");
    assert_eq!(target("113.12.19"), "660", "the same day in Taiwan's years");
    let rules: Vec<&str> = last()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["figure"] == "P12/calculations.target@2025Q4")
        .filter_map(|finding| finding["rule"].as_str())
        .collect();
    // 660 was already missed when it was lowered to 572, and that is said.
    assert_eq!(rules, ["target-changed@1", "target-lowered-after-miss@1"]);
}

#[test]
fn a_correction_leaves_the_former_value_in_its_time() {
    let value = |as_of: &str| {
        let status = then("2024Q2", as_of, "P05");
        indicator(&status, "P05/guided-examples-total")["value"].to_string()
    };
    let (before, after) = (value("2024-10-04"), value("2024-10-05"));
    assert_ne!(before, "null");
    assert_ne!(before, after, "corrected on 2024-10-05");
    assert_eq!(value("2026-01-20"), after);
}

#[test]
fn a_portal_that_answers_503_with_a_valid_body_is_taken() {
    let sources = shared().qd(&["sources", "--json"]).expect(0).json();
    valid("sources", &sources);
    let join = sources["sources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|source| source["id"] == "demo-join")
        .unwrap();
    assert_eq!(join["attempts"][0]["outcome"], "good");
    let rules: Vec<&Value> = last()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| &finding["rule"])
        .collect();
    assert!(
        rules.iter().any(|rule| *rule == "status-accepted@1"),
        "{rules:?}"
    );
}

#[test]
fn every_figure_that_demo_md_names_is_there() {
    let text = std::fs::read_to_string(shared().root().join("DEMO.md")).unwrap();
    let mut named = 0;
    for word in text.split('`').skip(1).step_by(2) {
        let Some((series, _)) = word.split_once('@') else {
            continue;
        };
        if !series.contains("/budget.") {
            indicator(last(), series);
        }
        named += 1;
    }
    assert!(named >= 12, "{named} figures");
}

#[test]
fn everything_says_that_it_is_invented() {
    assert_eq!(last()["demo"], true);
    assert_eq!(
        shared().qd(&["sources", "--json"]).expect(0).json()["demo"],
        true
    );
    assert!(shared().qd(&["status"]).expect(0).out.contains("invented"));
    for (name, bytes) in demo::files(&shared().report()) {
        if name.ends_with(".csv") {
            for row in &csv::rows(&bytes)[1..] {
                assert!(
                    row.last().is_some_and(|mark| mark.contains("虛構")),
                    "{name}: {row:?}"
                );
            }
        }
    }
    let mut files = Vec::new();
    for ending in ["toml", "md"] {
        quarterdeck_tests::repository::walk(&shared().root(), ending, &mut files);
    }
    let marked = files
        .iter()
        .filter(|file| std::fs::read_to_string(file).unwrap().contains("虛構"))
        .count();
    assert!(marked > 0, "the workspace's own files say it too");
    let Some(pdftotext) = tools::find("the demo mark on every page", &["pdftotext"]) else {
        return;
    };
    let paper = shared().report().join("2025Q4-zh-TW.pdf");
    let text = tools::output(&pdftotext, &[paper.as_os_str(), OsStr::new("-")]);
    let pages: Vec<&str> = text
        .split('\u{c}')
        .filter(|page| !page.trim().is_empty())
        .collect();
    assert!(pages.len() > 5, "{} pages", pages.len());
    for (number, page) in pages.iter().enumerate() {
        assert!(
            page.contains("虛構"),
            "page {} does not say it is invented",
            number + 1
        );
    }
}

/// Names and hashes of everything below a folder.
fn all(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    fn walk(folder: &Path, below: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = below.join(entry.file_name());
            if entry.path().is_dir() {
                walk(&entry.path(), &name, found);
            } else {
                found.push((name, std::fs::read(entry.path()).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, Path::new(""), &mut found);
    found.sort();
    found
}

#[test]
fn another_machine_makes_the_same_bytes_and_can_collect_again() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().to_str().unwrap();
    let other = demo::make(
        "another-place-",
        &[
            ("TZ", "America/St_Johns"),
            ("LANG", "de_DE.UTF-8"),
            ("LC_ALL", "de_DE.UTF-8"),
            ("HOME", home),
            ("USER", "somebody-else"),
        ],
    );
    let here = all(&shared().root());
    let there = all(&other.root());
    let names = |files: &[(PathBuf, Vec<u8>)]| -> Vec<PathBuf> {
        files
            .iter()
            .map(|(name, _)| name.clone())
            // Readers of the other tests may hold these open at the moment.
            .filter(|name| {
                !name.to_string_lossy().contains("quarterdeck.db-")
                    && !name.ends_with("quarterdeck.lock")
            })
            .collect()
    };
    assert_eq!(names(&here), names(&there), "the same files");
    let mut compared = 0;
    for (name, bytes) in &here {
        let Some((_, same)) = there.iter().find(|(other, _)| other == name) else {
            continue;
        };
        assert!(bytes == same, "{} differs", name.display());
        compared += 1;
    }
    assert!(compared > 60, "{compared} files");

    let before = status_of(&other, &["--quarter", "2025Q4"]);
    let again = other.qd(&["collect", "--json"]);
    assert!(
        matches!(again.code, Some(0 | 1)),
        "{} {}",
        again.out,
        again.err
    );
    valid("collect", &again.json());
    assert_eq!(again.json()["sources"].as_array().unwrap().len(), 10);
    let after = status_of(&other, &["--quarter", "2025Q4"]);
    assert_eq!(
        after["counts"], before["counts"],
        "the portals said the same again"
    );
}

#[test]
fn a_folder_that_is_not_a_demo_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("letter.txt"), "keep me").unwrap();
    let answer = qd(folder.path(), &["demo", "--dir", "."]).expect(2);
    assert!(
        answer.err.contains(folder.path().to_str().unwrap()),
        "{}",
        answer.err
    );
    qd(folder.path(), &["init", "office"]).expect(0);
    let before = all(folder.path());
    qd(folder.path(), &["demo", "--dir", "office"]).expect(2);
    assert!(all(folder.path()) == before, "nothing was touched");
}
