//! Data quality from `qd enter` and `qd collect` to the board, its JSON and the report.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_store::{OpenMode, Store};
use quarterdeck_tests::csv;
use quarterdeck_tests::office::{Office, indicator};
use quarterdeck_tests::program::valid;
use quarterdeck_tests::server::Server;
use serde_json::Value;

const RULES: &str = "register/validation.toml";

fn rule(id: &str, lines: &str) -> String {
    format!(
        "\n[[rule]]\nid = \"{id}\"\nsay = {{ zh-TW = \"請洽填報機關。\", en = \"Ask the agency.\" }}\n{lines}\n"
    )
}

fn finding<'a>(status: &'a Value, rule: &str) -> Option<&'a Value> {
    let findings = status["findings"].as_array().unwrap();
    findings.iter().find(|f| f["rule"] == rule)
}

#[test]
fn an_offices_rule_goes_from_its_file_to_board_and_report() {
    let office = Office::new();
    office.append(
        RULES,
        &rule(
            "within-planned",
            "for = \"each programme\"\nleft = \"{programme}/budget.paid + {programme}/budget.payable\"\noperator = \"<=\"\nright = \"{programme}/budget.planned_spend\"\nimportance = \"error\"",
        ),
    );
    office.qd(&["check"]).expect(0);
    for (figure, value) in [
        ("P12/budget.planned_spend@2025Q3", "1000000"),
        ("P12/budget.paid@2025Q3", "900,000"),
        ("P12/budget.payable@2025Q3", "100001"),
        ("P13/budget.planned_spend@2025Q3", "1000000"),
        ("P13/budget.paid@2025Q3", "900000"),
        ("P13/budget.payable@2025Q3", "100000"),
    ] {
        office.qd(&["enter", figure, value]).expect(0);
    }
    let status = office.status(&["--quarter", "2025Q3"]);
    valid("status", &status);
    let found = finding(&status, "validation/within-planned").unwrap();
    assert_eq!(found["figure"], "P12/budget.paid@2025Q3");
    assert_eq!(found["severity"], "error");
    let text = found["text"].as_str().unwrap();
    for part in [
        "P12/budget.paid + P12/budget.payable (1,000,001)",
        "≤ P12/budget.planned_spend (1,000,000)",
        "Ask the agency.",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let of_rule = |f: &&Value| f["rule"] == "validation/within-planned";
    let all = status["findings"].as_array().unwrap();
    assert_eq!(all.iter().filter(of_rule).count(), 1, "{all:#?}");
    office
        .qd(&[
            "report",
            "--quarter",
            "2025Q3",
            "--lang",
            "zh-TW",
            "--format",
            "csv",
            "--out",
            "paper",
        ])
        .expect(0);
    let rows = csv::rows(&std::fs::read(office.root().join("paper/findings.csv")).unwrap());
    let row = rows
        .iter()
        .find(|row| row.iter().any(|cell| cell == "validation/within-planned"))
        .unwrap();
    assert!(
        row.iter()
            .any(|cell| cell.contains("1,000,001") && cell.contains("請洽填報機關"))
    );
    // Corrected, nothing is left of it.
    office
        .qd(&[
            "correct",
            "P12/budget.payable@2025Q3",
            "100000",
            "--reason",
            "誤植",
        ])
        .expect(0);
    let status = office.status(&["--quarter", "2025Q3"]);
    assert!(finding(&status, "validation/within-planned").is_none());
}

#[test]
fn a_rule_may_refuse_a_reading_that_keeps_what_was_received() {
    let office = Office::new();
    let server = Server::counting(41_000);
    office.number_source("count", &server.url("/"), "P01/open-datasets");
    office.collect(0);
    let before = chrono::Utc::now().to_rfc3339();
    let status = office.status(&[]);
    let quarter = status["quarter"].as_str().unwrap().to_owned();
    assert_eq!(
        indicator(&status, "P01/open-datasets")["value"].to_string(),
        "41000"
    );
    assert_eq!(
        indicator(&status, "P01/open-datasets")["rejected"],
        Value::Null
    );
    let received = || {
        let file = office.root().join("quarterdeck.db");
        let store = Store::open(&file, OpenMode::ReadOnly).unwrap();
        let fetch = store.last_fetch("count").unwrap().unwrap();
        let body = store.capture_body(&fetch.stored_sha256, 1_000).unwrap();
        String::from_utf8(body.unwrap()).unwrap()
    };
    assert_eq!(received(), "{\"count\": 41000}");

    office.append(
        RULES,
        &rule(
            "fewer-than-40000",
            "left = \"P01/open-datasets\"\noperator = \"<\"\nright = 40000\nimportance = \"error\"\nreject = true",
        ),
    );
    office.qd(&["check"]).expect(0);
    office.collect(0);
    let status = office.status(&[]);
    valid("status", &status);
    let refused = indicator(&status, "P01/open-datasets");
    assert_eq!(refused["status"], "rejected");
    assert_eq!(
        (&refused["value"], &refused["rule"]),
        (&Value::Null, &Value::from("rejected@1"))
    );
    assert_eq!(refused["value_text"], "41000");
    assert_eq!(refused["rejected"]["text"], "41000");
    let reason = refused["rejected"]["reason"].as_str().unwrap();
    assert!(
        reason.contains("fewer-than-40000") && reason.contains("40,000"),
        "{reason}"
    );
    let found = finding(&status, "validation/fewer-than-40000").unwrap();
    assert!(found["text"].as_str().unwrap().contains("kept"), "{found}");
    // The answer itself is kept as it was, and an earlier moment still knows the figure.
    assert_eq!(received(), "{\"count\": 41000}");
    let then = office.status(&["--quarter", &quarter, "--as-of", &before]);
    assert_eq!(
        indicator(&then, "P01/open-datasets")["value"].to_string(),
        "41000"
    );
    // A correction that keeps the rule is rated again.
    office
        .qd(&[
            "correct",
            &format!("P01/open-datasets@{quarter}"),
            "39000",
            "--reason",
            "來源重複計數",
        ])
        .expect(0);
    let status = office.status(&["--quarter", &quarter]);
    let corrected = indicator(&status, "P01/open-datasets");
    assert_eq!(corrected["value"].to_string(), "39000");
    assert_eq!(corrected["rejected"], Value::Null);
    assert!(finding(&status, "validation/fewer-than-40000").is_none());
}

#[test]
fn figures_are_held_against_their_own_history_as_the_settings_say() {
    let office = Office::new();
    for (figure, value) in [
        ("P12/budget.paid@2025Q2", "28132000"),
        ("P12/budget.paid@2025Q3", "29500"),
        ("P13/progress.planned@2025Q2", "40%"),
        ("P13/progress.actual@2025Q2", "40%"),
        ("P13/progress.planned@2025Q3", "60%"),
        ("P13/progress.actual@2025Q3", "39.9%"),
    ] {
        office.qd(&["enter", figure, value]).expect(0);
    }
    let status = office.status(&["--quarter", "2025Q3"]);
    let unit = finding(&status, "unit-factor@1").unwrap();
    assert_eq!(unit["figure"], "P12/budget.paid@2025Q3");
    assert_eq!(unit["severity"], "warning");
    let falls = finding(&status, "cumulative-falls@1").unwrap();
    assert_eq!(falls["figure"], "P13/progress.actual@2025Q3");
    // Nothing is changed by them.
    let programme = quarterdeck_tests::office::programme(&status, "P12");
    assert_eq!(programme["budget"]["paid_ntd"], 29_500);

    office.replace("quarterdeck.toml", "unit_factor = 1000", "unit_factor = 0");
    office.replace("quarterdeck.toml", "falls = true", "falls = false");
    let status = office.status(&["--quarter", "2025Q3"]);
    assert!(finding(&status, "unit-factor@1").is_none());
    assert!(finding(&status, "cumulative-falls@1").is_none());
}

#[test]
fn a_slip_in_a_rule_is_told_with_its_line_and_the_board_still_opens() {
    let office = Office::new();
    let lines = office.read(RULES).lines().count();
    office.append(
        RULES,
        &rule(
            "r",
            "left = \"P01/open-dataset\"\noperator = \"<=\"\nright = \"P12/budget.payd\"\nimportance = \"info\"",
        ),
    );
    let document = office.qd(&["check", "--json"]).expect(2).json();
    valid("check", &document);
    let told: Vec<(u64, &str, &str)> = document["problems"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| p["file"] == RULES)
        .map(|p| {
            (
                p["line"].as_u64().unwrap() - lines as u64,
                p["code"].as_str().unwrap(),
                p["next"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(told.len(), 2, "{document}");
    assert_eq!((told[0].0, told[0].1), (5, "check-unknown-series"));
    assert!(told[0].2.contains("P01/open-datasets"), "{told:?}");
    assert_eq!(told[1].0, 7);
    assert!(told[1].2.contains("P12/budget.paid"), "{told:?}");
    let status = office.status(&[]);
    assert_eq!(status["programmes"].as_array().unwrap().len(), 29);
}

#[test]
fn a_check_of_the_settings_refuses_a_reading_and_keeps_what_was_received() {
    let office = Office::new();
    office.append(
        "register/programmes/P12.toml",
        "\n[[indicator]]\nseries = \"cases\"\ntitle = { zh-TW = \"件數\", en = \"Cases\" }\nunit = \"count\"\nkind = \"count\"\ndirection = \"higher\"\nroad = \"entry\"\nfrequency = \"quarter\"\n",
    );
    let settings = "quarterdeck.toml";
    office.qd(&["enter", "P12/cases@2025Q2", "1204"]).expect(0);
    let slip = ["enter", "P12/cases@2025Q3", "1,300,000"];
    office.qd(&slip).expect(0);
    // From now on it would not be taken; what stands is refused.
    office.replace(settings, "reject = []", "reject = [\"unit_factor\"]");
    office.qd(&["check"]).expect(0);
    let status = office.status(&["--quarter", "2025Q3"]);
    valid("status", &status);
    let cases = indicator(&status, "P12/cases");
    assert_eq!(
        (&cases["status"], &cases["value"]),
        (&"rejected".into(), &Value::Null)
    );
    let found = finding(&status, "unit-factor@1").unwrap();
    assert_eq!(found["severity"], "error");
    assert!(
        found["text"].as_str().unwrap().contains("[quality] reject"),
        "{found}"
    );
    let explained = office.qd(&["explain", "P12/cases@2025Q3"]).expect(0).out;
    assert!(
        explained.contains("1,300,000"),
        "what was received is kept: {explained}"
    );
    // Corrected, it is rated again; the word alone turns the refusal off.
    office
        .qd(&[
            "correct",
            "P12/cases@2025Q3",
            "1300",
            "--reason",
            "千元誤為元",
        ])
        .expect(0);
    let status = office.status(&["--quarter", "2025Q3"]);
    assert_eq!(indicator(&status, "P12/cases")["value"].to_string(), "1300");
    office.replace(settings, "= [\"unit_factor", "= [\"unit-factor");
    let wrong = office.qd(&["check"]).expect(2).out;
    assert!(
        wrong.contains("unit_factor"),
        "the nearest word is named: {wrong}"
    );
}
