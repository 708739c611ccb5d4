//! A percentage reads in the trail, in sentences and in what is found as it does in tables: with two decimals, and with
//! more where the exact value has more.

use super::Known;
use quarterdeck_tests::demo::shared;
use serde_json::Value;

/// Decimals of every percentage of a text.
fn decimals(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(" %") {
        let number: String = text[..at]
            .chars()
            .rev()
            .take_while(|c| c.is_ascii_digit() || ".,".contains(*c))
            .collect();
        let number: String = number.chars().rev().collect();
        let after = number.split_once('.').map_or(0, |(_, after)| after.len());
        found.push((number, after));
    }
    found
}

#[test]
fn a_rate_reads_in_the_trail_as_in_the_table_and_no_decimal_is_dropped() {
    let said = shared().qd(&["status", "--json", "--quarter", "2025Q3", "--lang", "en"]);
    let status = said.expect(0).json();
    let mut known = Known::now();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (mut plain, mut longer, mut seen) = (0, 0, 0);
    for programme in list(&status["programmes"]) {
        for shown in list(&programme["indicators"]) {
            if shown["unit"] != "percent" || shown["value"].is_null() {
                continue;
            }
            let figure = format!("{}@2025Q3", shown["id"].as_str().unwrap());
            let explained = known.explain(&figure).unwrap();
            let texts = [
                &explained["value_text"],
                &explained["rule_text"],
                &explained["achievement_formula"],
                &explained["formula"],
            ];
            let parts = list(&explained["parts"]);
            let rows = list(&explained["observations"]);
            let texts = texts
                .into_iter()
                .chain(parts.iter().map(|part| &part["value_text"]))
                .chain(rows.iter().map(|row| &row["value_text"]));
            for text in texts.filter_map(Value::as_str) {
                for (number, decimals) in decimals(text) {
                    seen += 1;
                    assert!(decimals >= 2, "{figure}: {number} % in {text:?}");
                }
            }
            // Figures for programs are what they were.
            assert_eq!(explained["value"], shown["value"], "{figure}");
            let value = shown["value"].to_string();
            let text = explained["value_text"].as_str().unwrap();
            if value.split_once('.').map_or(0, |(_, d)| d.len()) <= 2 {
                plain += 1;
                let in_table = format!("{} %", shown["value_text"].as_str().unwrap());
                assert_eq!(text, in_table, "{figure}");
            } else {
                longer += 1;
                assert_eq!(text, format!("{value} %"), "{figure}");
            }
        }
    }
    assert!(
        plain > 10 && longer > 0 && seen > 100,
        "{plain} {longer} {seen}"
    );
}

#[test]
fn a_rate_that_is_found_reads_as_in_the_table_and_the_report_as_it_was_printed() {
    for (number, figure, value) in [
        ("91.2", "P01/gold-share@2025Q4", "91.20 %"),
        ("99.978", "P20/gsn-availability@2025-09", "99.978 %"),
    ] {
        let said = shared().qd(&["find", number, "--lang", "en"]);
        let said = said.expect(0).out;
        let found = said
            .lines()
            .any(|line| line.contains(figure) && line.contains(value));
        assert!(found, "{figure} {value}\n{said}");
    }
    let said = shared().qd(&["explain", "P01/gold-share@2025Q3", "--lang", "en"]);
    let said = said.expect(0).out;
    // The target with its unit, and the sentence beside it: both whole.
    assert!(said.contains("Target       88.0925 %"), "{said}");
    assert!(
        said.contains("Actual 89.40 % reaches the target 88.0925 %."),
        "{said}"
    );
}
