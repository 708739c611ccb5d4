//! Answers that an office meets on any day, and what it is told: what is wrong, where, and what to do.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{refusal, run, source};
use quarterdeck_kpi::observation::Reading;
use quarterdeck_sources::refuse_contradictions;

fn cases(rest: &str) -> quarterdeck_sources::SourceConfig {
    let map = "[[map]]\nseries = \"P29/cases\"\ncolumn = \"cases\"\n";
    source("csv", &format!("{rest}{map}"))
}

#[test]
fn a_figure_that_stands_twice_with_different_values_is_not_taken() {
    let config = cases("");
    let config = quarterdeck_sources::SourceConfig {
        maps: vec![quarterdeck_sources::config::Map {
            period_column: Some("quarter".into()),
            ..config.maps[0].clone()
        }],
        ..config
    };
    let body = "quarter,cases\n2025Q1,7\n2025Q2,120\n2025Q2,120\n2025Q2,130\n2025Q3,9\n2025Q3,9\n";
    let mut decoded = run(&config, body).unwrap();
    let mut readings: Vec<_> = decoded.readings.iter_mut().collect();
    let findings = refuse_contradictions(&mut readings, "s");
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].id, "figure-twice@1:P29/cases@2025Q2");
    let said: Vec<(String, bool)> = decoded
        .readings
        .iter()
        .map(|l| {
            let taken = matches!(l.observation.reading, Reading::Value(_));
            (l.observation.period.to_string(), taken)
        })
        .collect();
    let expected = [
        ("2025Q1", true),
        ("2025Q2", false),
        ("2025Q2", false),
        ("2025Q2", false),
        // Said twice alike: nothing is in doubt.
        ("2025Q3", true),
        ("2025Q3", true),
    ];
    let expected: Vec<_> = expected.map(|(q, taken)| (q.to_owned(), taken)).into();
    assert_eq!(said, expected);
    // What was received is kept, with its place.
    let kept = &decoded.readings[3];
    assert_eq!(kept.observation.printed.as_deref(), Some("130"));
    let Reading::Rejected(reason) = &kept.observation.reading else {
        unreachable!()
    };
    let reason = reason.to_string();
    for words in ["120", "130", "row=2", "row=4"] {
        assert!(reason.contains(words), "{reason}");
    }
}

#[test]
fn another_separator_is_named() {
    for (body, id) in [
        (
            "quarter;agency;cases\n2025Q3;A;1\n",
            "source-separator sign=\";\"",
        ),
        ("quarter|cases\n2025Q3|1\n", "source-separator sign=\"|\""),
        ("quarter\tcases\n2025Q3\t1\n", "source-separator-tab"),
    ] {
        let said = refusal(run(&cases(""), body));
        assert!(said.starts_with(id), "{said}");
    }
    let said = refusal(run(
        &cases("delimiter = \";\"\n"),
        "quarter,cases\n2025Q3,1\n",
    ));
    assert!(said.starts_with("source-separator sign=\",\""), "{said}");
    // One column is one column.
    let said = refusal(run(&cases(""), "number\n1\n"));
    assert!(said.starts_with("source-column"), "{said}");
}

#[test]
fn a_title_above_the_header_is_named_with_the_line_of_the_header() {
    let body = "114年第3季統計表,,\n單位：件,,\nquarter,agency,cases\n2025Q3,A,120\n";
    let said = refusal(run(&cases(""), body));
    assert!(said.starts_with("source-header-lower"), "{said}");
    assert!(said.contains("row=3") && said.contains("cases"), "{said}");
    // Nowhere: the columns that are there are named, as ever.
    let said = refusal(run(&cases(""), "a,b\n1,2\n"));
    assert!(said.starts_with("source-column-missing"), "{said}");
}

#[test]
fn a_login_page_is_called_one() {
    for (page, id) in [
        (
            "<!doctype html><html><title>登入</title><input type=\"password\"></html>",
            "source-html-login-titled",
        ),
        (
            "<html><form><INPUT name=p TYPE = 'PASSWORD'></form></html>",
            "source-html-login ",
        ),
        ("<html><input type=password></html>", "source-html-login "),
        // A page that speaks of passwords asks for none.
        (
            "<html><title>password</title>type your password</html>",
            "source-html-titled",
        ),
        ("<html>sorry</html>", "source-html-instead"),
    ] {
        let said = refusal(run(&cases(""), page));
        assert!(said.starts_with(id), "{page}: {said}");
    }
}
