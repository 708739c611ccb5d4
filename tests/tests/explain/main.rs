//! Every figure that is printed can be asked for: the trail leads to a raw answer, a document, an
//! entry or a rule, and the place inside the answer is found again.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod parts;
mod reads_the_same;

use quarterdeck_core::explain_json;
use quarterdeck_core::session::{Access, Clock, Session};
use quarterdeck_core::trail::trail;
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::assess::{Assessment, assess};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::explain::quarter_of;
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_tests::csv;
use quarterdeck_tests::demo::{self, shared};
use quarterdeck_tests::program::valid;
use quarterdeck_view::i18n::Language;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

const AMOUNTS: [&str; 16] = [
    "amount",
    "available",
    "planned_spend",
    "allotted",
    "paid",
    "payable",
    "saved",
    "carried_over",
    "settled",
    "executed",
    "unexecuted",
    "execution_rate",
    "disbursement_ratio",
    "attainment",
    "settlement_ratio",
    "realised",
];

/// Every address that `status --json` of a quarter stands for.
fn of_status(quarter: &str) -> BTreeSet<String> {
    let said = shared().qd(&["status", "--json", "--quarter", quarter]);
    let status = said.expect(0).json();
    let mut found = BTreeSet::new();
    let mut add = |series: String| {
        found.insert(format!("{series}@{quarter}"));
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for owner in list(&status["programmes"])
        .iter()
        .chain(&list(&status["nodes"]))
    {
        for indicator in list(&owner["indicators"]) {
            let id = indicator["id"].as_str().unwrap();
            add(id.to_owned());
            for part in ["target", "achievement", "status"] {
                add(format!("{id}.{part}"));
            }
        }
    }
    for programme in list(&status["programmes"]) {
        let id = programme["id"].as_str().unwrap();
        for name in [
            "status",
            "risk",
            "tasks",
            "lagging",
            "budget",
            "budget-total",
            "progress.planned",
            "progress.actual",
            "progress.variance",
        ] {
            add(format!("{id}/{name}"));
        }
        for amount in AMOUNTS {
            add(format!("{id}/budget.{amount}"));
        }
        for milestone in list(&programme["milestones"]) {
            if let Some(milestone) = milestone["id"].as_str() {
                add(format!("{id}/milestone.{milestone}"));
            }
        }
    }
    for agency in list(&status["agencies"]) {
        let id = agency["id"].as_str().unwrap();
        add(format!("agency:{id}/budget"));
        for amount in AMOUNTS {
            add(format!("agency:{id}/budget.{amount}"));
        }
    }
    for amount in AMOUNTS {
        add(format!("portfolio/budget.{amount}"));
    }
    for status in status["counts"].as_object().unwrap().keys() {
        add(format!("portfolio/count.{status}"));
    }
    add("portfolio/progress.variance".to_owned());
    for claim in list(&status["claims"]) {
        let (plan, id) = (claim["plan"].as_str().unwrap(), claim["id"].as_str());
        add(format!("plan:{plan}/claim.{}", id.unwrap()));
    }
    for finding in list(&status["findings"]) {
        if let Some(figure) = finding["figure"].as_str() {
            found.insert(figure.to_owned());
        }
    }
    found
}

/// The first column of every CSV file of the demo's report.
fn of_report() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, bytes) in demo::files(&shared().report()) {
        if name.ends_with(".csv") {
            let rows = csv::rows(&bytes);
            let first = rows.iter().skip(1).map(|row| row[0].clone());
            found.extend(first.filter(|figure| !figure.is_empty()));
        }
    }
    assert!(found.len() > 150, "{}", found.len());
    found
}

struct Known {
    session: Session,
    snapshot: Snapshot,
    assessed: BTreeMap<Quarter, Assessment>,
}

impl Known {
    fn now() -> Known {
        let clock = Clock::fixed("2026-01-20T01:00:00Z".parse().unwrap());
        let session = Session::open(&shared().root(), Access::ReadOnly, clock).unwrap();
        let snapshot = session.snapshot(None).unwrap();
        Known {
            session,
            snapshot,
            assessed: BTreeMap::new(),
        }
    }
    fn explain(&mut self, figure: &str) -> Option<Value> {
        let figure = FigureAddress::parse(figure).unwrap_or_else(|e| panic!("{e}"));
        let quarter = quarter_of(&figure, Quarter::parse("2025Q4").unwrap());
        let snapshot = &self.snapshot;
        let assessment = self
            .assessed
            .entry(quarter)
            .or_insert_with(|| assess(snapshot, quarter));
        let found = trail(&self.session, snapshot, assessment, &figure).unwrap()?;
        Some(explain_json::document(&found, Language::En))
    }
}

fn roots(explained: &Value) -> usize {
    let list = |key: &str| explained[key].as_array().unwrap();
    let kinds = list("observations").iter();
    let by_hand = kinds
        .filter(|row| row["cause"]["kind"] != "capture")
        .count();
    list("captures").len() + by_hand + usize::from(!explained["rule"].is_null())
}

#[test]
fn every_figure_that_is_printed_leads_to_a_root() {
    let mut figures = of_report();
    for quarter in ["2025Q4", "2025Q3"] {
        figures.extend(of_status(quarter));
    }
    let mut known = Known::now();
    for source in known.snapshot.sources.clone() {
        figures.insert(format!("source:{}/state@2025Q4", source.id));
    }
    let (mut unknown, mut rootless, mut unfound) = (Vec::new(), Vec::new(), Vec::new());
    let (mut captures, mut places) = (0, 0);
    let mut parts = BTreeSet::new();
    let began = Instant::now();
    for (at, figure) in figures.iter().enumerate() {
        let Some(explained) = known.explain(figure) else {
            unknown.push(figure.clone());
            continue;
        };
        // Every document has the same keys; the schema is read anew for each.
        if at % 25 == 0 {
            valid("explain", &explained);
        }
        assert_eq!(explained["figure"], figure.as_str());
        if roots(&explained) == 0 {
            rootless.push(figure.clone());
        }
        for part in explained["parts"].as_array().unwrap() {
            parts.extend(part["figure"].as_str().map(str::to_owned));
        }
        for capture in explained["captures"].as_array().unwrap() {
            captures += 1;
            if !capture["excerpt"].is_null() && !capture["at"].as_str().unwrap().is_empty() {
                places += 1;
                if capture["found"] != true {
                    unfound.push(format!("{figure}: {}", capture["at"]));
                }
            }
        }
    }
    // Every part is itself an address.
    for part in parts.difference(&figures) {
        if known.explain(part).is_none() {
            unknown.push(format!("{part} (a part)"));
        }
    }
    println!(
        "{} figures and {} parts explained in {} ms; {captures} raw answers, {places} places looked up",
        figures.len(),
        parts.len(),
        began.elapsed().as_millis()
    );
    assert!(unknown.is_empty(), "not explained: {unknown:#?}");
    assert!(rootless.is_empty(), "no root: {rootless:#?}");
    assert!(unfound.is_empty(), "place not found again: {unfound:#?}");
    assert!(places > 100, "{places}");
}

#[test]
fn a_corrected_figure_keeps_its_former_value_with_person_and_reason() {
    let said = shared().qd(&["explain", "P05/guided-examples-total@2024Q2", "--json"]);
    let explained = said.expect(0).json();
    valid("explain", &explained);
    let rows = explained["observations"].as_array().unwrap();
    let former = rows.iter().find(|r| r["state"] == "replaced").unwrap();
    let now = rows.iter().find(|r| r["state"] == "counts").unwrap();
    assert_eq!(former["state_by"], now["sequence"]);
    assert_eq!(now["acts_on"], former["sequence"]);
    assert_eq!(
        (now["act"].as_str(), now["value"].as_i64()),
        (Some("correct"), Some(43))
    );
    assert_eq!(now["actor"], "demo");
    assert!(!now["reason"].as_str().unwrap().is_empty());
    // The former value still leads to its raw answer.
    assert_eq!(former["cause"]["kind"], "capture");
    assert_eq!(explained["captures"][0]["found"], true);
    // Before the correction it was the value.
    let then = shared().qd(&[
        "explain",
        "P05/guided-examples-total@2024Q2",
        "--as-of",
        former["recorded_at"].as_str().unwrap(),
        "--json",
    ]);
    let then = then.expect(0).json();
    let rows = then["observations"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["state"], "counts");
}

#[test]
fn a_target_says_who_set_it_by_which_document_and_what_it_replaced() {
    let explained = shared()
        .qd(&["explain", "P12/calculations.target@114Q3", "--json"])
        .expect(0)
        .json();
    assert_eq!(explained["figure"], "P12/calculations.target@2025Q3");
    let decisions = explained["decisions"].as_array().unwrap();
    assert_eq!(decisions.len(), 2, "{decisions:#?}");
    assert!(explained["target"]["set_on"].is_string());
    assert!(explained["target"]["document"].is_string());
    // The version of the register in force: the target's change made a new one.
    assert!(explained["register"]["version"].as_i64().unwrap() > 1);
}

#[test]
fn the_stored_bytes_come_out_as_they_are() {
    let root = shared().root();
    let explained = shared()
        .qd(&["explain", "P21/cloud-tenants@2025Q3", "--json"])
        .expect(0)
        .json();
    let capture = &explained["captures"][0];
    let hash = capture["sha256"].as_str().unwrap();
    let raw = quarterdeck_tests::program::command(
        &root,
        &[
            "explain",
            "P21/cloud-tenants@2025Q3",
            "--raw",
            "--capture",
            &hash[..12],
        ],
    )
    .output()
    .unwrap();
    assert!(raw.status.success());
    assert_eq!(raw.stdout.len() as u64, capture["bytes"].as_u64().unwrap());
    let text = String::from_utf8(raw.stdout).unwrap();
    let body: Value = serde_json::from_str(&text).unwrap();
    let value = &body["figures"]["P21"]["cloud-tenants"]["value"];
    let shown = capture["excerpt"].as_str().unwrap();
    assert!(shown.contains(&value.to_string()), "{shown} {value}");
    // A figure by hand has no raw answer, and says so.
    let by_hand = shared().qd(&["explain", "P02/partnerships@2025Q3", "--raw"]);
    assert!(by_hand.expect(3).err.contains("No raw answer"));
}

#[test]
fn what_is_no_figure_is_refused_with_the_next_step() {
    let wrong = shared().qd(&["explain", "gold share"]).expect(2);
    assert!(wrong.err.contains("SCOPE/NAME"), "{}", wrong.err);
    let unknown = shared().qd(&["explain", "P99/gold-share@2025Q3"]).expect(2);
    assert!(unknown.err.contains("qd find"), "{}", unknown.err);
    let people = shared().qd(&["explain", "P12/budget.execution_rate@2025Q3"]);
    let people = people.expect(0).out;
    for words in [
        "Execution rate",
        "P12/budget.executed@2025Q3",
        "Raw answer",
        "SHA-256",
    ] {
        assert!(people.contains(words), "{words}: {people}");
    }
}

/// The figures that `qd find` lists for a text.
fn found(text: &str) -> Vec<String> {
    let found = shared().qd(&["find", text, "--json"]).expect(0).json();
    valid("find", &found);
    let list = found["figures"].as_array().unwrap().clone();
    list.iter()
        .map(|hit| hit["figure"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_number_is_found_in_the_form_in_which_it_was_read() {
    // The planned spending of P12, as stored, in thousands and in 億.
    for text in [
        "370244000",
        "370,244,000",
        "370,244",
        "3.70億",
        "３.７０億元",
    ] {
        let figures = found(text);
        let wanted = "P12/budget.planned_spend@2025Q3".to_owned();
        assert!(figures.contains(&wanted), "{text}: {figures:?}");
    }
    // A rate with two decimals, with and without its sign.
    for text in ["72.50", "72.50 %"] {
        let wanted = "P12/budget.execution_rate@2025Q3".to_owned();
        assert!(found(text).contains(&wanted), "{text}");
    }
    // The value before the correction is found, and marked.
    let all = shared().qd(&["find", "44", "--json"]).expect(0).json();
    let former = all["figures"]
        .as_array()
        .unwrap()
        .iter()
        .find(|hit| hit["figure"] == "P05/guided-examples-total@2024Q2");
    assert_eq!(former.unwrap()["superseded"], true);
    // Titles in both languages, and an agency.
    assert!(found("擴大資料開放").contains(&"P01/status@2025Q4".to_owned()));
    assert!(
        found("gold")
            .iter()
            .any(|figure| figure.starts_with("P01/gold-share@"))
    );
    // Where it is printed.
    let printed = shared()
        .qd(&["find", "182,182,000", "--json"])
        .expect(0)
        .json();
    let places: Vec<_> = printed["printed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| (place["file"].as_str(), place["figure"].as_str()))
        .collect();
    for place in [
        ("reports/2025Q4/budget.csv", "P01/budget@2025Q4"),
        ("reports/2025Q3/data/report/budget.csv", "P01/budget@2025Q3"),
    ] {
        assert!(
            places.contains(&(Some(place.0), Some(place.1))),
            "{places:?}"
        );
    }
    let nothing = shared().qd(&["find", "987654321987"]).expect(1);
    assert!(nothing.err.contains("987654321987"), "{}", nothing.err);
}

#[test]
fn what_changed_names_its_causes_and_adds_up() {
    let since = |quarter: &str, from: &str, to: &str| {
        let args = [
            "status",
            "--since",
            from,
            "--as-of",
            to,
            "--quarter",
            quarter,
            "--json",
        ];
        let changes = shared().qd(&args).expect(0).json();
        valid("changes", &changes);
        changes
    };
    let of = |changes: &Value, figure: &str| {
        let list = changes["changes"].as_array().unwrap();
        list.iter().find(|c| c["figure"] == figure).cloned()
    };
    // The one correction of the demo, 113.10.5.
    let changes = since("2024Q2", "2024-10-04", "2024-10-05");
    let corrected = of(&changes, "P05/guided-examples-total@2024Q2").unwrap();
    assert_eq!(corrected["by"], -1);
    assert_eq!(corrected["steps"][0]["cause"], "correction");
    // A target that was lowered, 113.12.20.
    let changes = since("2025Q3", "2024-12-19", "2024-12-21");
    let target = of(&changes, "P12/calculations.target@2025Q3").unwrap();
    assert_eq!(target["steps"].as_array().unwrap().len(), 1);
    assert_eq!(target["steps"][0]["cause"], "target");
    // A quarter's figures as they came in: new data, a new denominator.
    let changes = since("2025Q3", "2025-10-01", "2025-10-21");
    let mut causes = BTreeSet::new();
    let (mut figures, mut steps) = (0, 0);
    for change in changes["changes"].as_array().unwrap() {
        figures += 1;
        let mut at = change["from"].clone();
        for step in change["steps"].as_array().unwrap() {
            steps += 1;
            causes.insert(step["cause"].as_str().unwrap().to_owned());
            assert_eq!(step["from"], at, "{change}");
            at = step["to"].clone();
        }
        assert_eq!(at, change["to"], "{change}");
    }
    println!("{figures} figures changed in {steps} steps, by {causes:?}");
    assert!(
        figures > 100 && causes.contains("new_data"),
        "{figures} {causes:?}"
    );
    let people = shared().qd(&[
        "status",
        "--since",
        "2024-10-04",
        "--as-of",
        "2024-10-05",
        "--quarter",
        "2024Q2",
    ]);
    let people = people.expect(0).out;
    assert!(people.contains("correction -1"), "{people}");
}
