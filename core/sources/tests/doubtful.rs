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
    assert!(said.starts_with("source-header-elsewhere line=1"), "{said}");
    assert!(said.contains("row=3") && said.contains("cases"), "{said}");
    // With what it says the answer is read; blank lines count as an editor counts them.
    for (line, body) in [
        (3, body.to_owned()),
        (4, body.replace("\n單位", "\n\n單位")),
        (3, body.replace('\n', "\r\n")),
        (3, format!("\u{feff}{body}")),
        (3, body.replace("統計表", "\"統計表")),
    ] {
        let config = cases(&format!("header_row = {line}\n"));
        assert_eq!(config.problems(), vec![]);
        let decoded = run(&config, &body).unwrap();
        assert_eq!(decoded.rows, 1, "{body}");
        let reading = &decoded.readings[0];
        assert_eq!(reading.observation.value().unwrap().to_string(), "120");
        assert_eq!(reading.at, "row=1; column=cases");
        let shown = quarterdeck_sources::excerpt::excerpt(
            &mut body.as_bytes(),
            &reading.at,
            "https://example.gov.tw/cases.csv",
            "120",
        );
        assert!(shown.found, "{shown:?}");
    }
    let said = refusal(run(&cases("header_row = 2\n"), body));
    assert!(said.starts_with("source-header-elsewhere line=2"), "{said}");
    let said = refusal(run(&cases("header_row = 9\n"), body));
    assert!(said.starts_with("source-header-beyond row=9"), "{said}");
    let url = "https://example.gov.tw/data";
    for (kind, rest, id) in [
        ("csv", "header_row = 0", "source-key-value"),
        ("json", "header_row = 2", "source-key-header-row"),
    ] {
        let text = format!(
            "id = \"s\"\nkind = \"{kind}\"\nurl = \"{url}\"\nschedule = \"daily\"\n{rest}\n"
        );
        let config: quarterdeck_sources::SourceConfig = toml::from_str(&text).unwrap();
        let problems = config.problems();
        assert!(problems.iter().any(|p| p.id == id), "{problems:?}");
    }
    // Nowhere: the columns that are there are named, as ever.
    let said = refusal(run(&cases(""), "a,b\n1,2\n"));
    assert!(said.starts_with("source-column-missing"), "{said}");
}

#[test]
fn a_title_is_noticed_where_no_column_is_looked_at() {
    let count = "[[map]]\nseries = \"P29/rows\"\naggregate = \"count\"\n";
    let body = "114年第3季統計表,,\n單位：件,,\nquarter,agency,cases\n2025Q3,A,120\n";
    let decoded = run(&source("csv", count), body).unwrap();
    let title = decoded.findings.iter().find(|f| f.rule == "title-above@1");
    let said = title.unwrap().text.to_string();
    assert!(said.contains("row=3"), "{said}");
    let config = source("csv", &format!("header_row = 3\n{count}"));
    let decoded = run(&config, body).unwrap();
    assert_eq!((decoded.rows, decoded.findings.len()), (1, 0));
}

#[test]
fn what_stands_above_the_header_is_not_stored_of_a_personal_table() {
    let map = "[[map]]\nseries = \"P29/cases\"\ncolumn = \"cases\"\n";
    let body = "聯絡人：王小明\r\n\r\nname,cases\r\n王小明,120\r\n";
    let config = source(
        "csv",
        &format!("header_row = 3\npersonal_fields = [\"name\"]\n{map}"),
    );
    let (decoded, stored) = common::run_in(&config, &common::context(), body.as_bytes());
    assert_eq!(decoded.unwrap().rows, 1);
    let stored = String::from_utf8(stored).unwrap();
    assert_eq!(stored, "\r\n\r\nname,cases\r\n,120\r\n");
    let config = source("csv", &format!("personal_fields = [\"name\"]\n{map}"));
    let said = refusal(run(&config, body));
    assert!(said.starts_with("source-header-elsewhere"), "{said}");
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
