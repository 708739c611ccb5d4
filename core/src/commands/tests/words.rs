//! Wrong use is answered in the language that was asked for, with what was meant or what there is.

use super::Office;

/// What `qd` says in both languages to a wrong use.
fn said(office: &Office, args: &[&str]) -> [String; 2] {
    ["en", "zh-TW"].map(|language| {
        let answer = office.qd(&[&["--lang", language], args].concat());
        assert_eq!(answer.code, 2, "{args:?}: {}", answer.err);
        answer.err + &answer.out
    })
}

#[test]
fn a_figure_that_is_not_known_names_the_one_that_was_meant() {
    let office = Office::new();
    for text in said(&office, &["explain", "P01/gold-shar@2025Q3"]) {
        assert!(text.contains("P01/gold-share@2025Q3"), "{text}");
    }
    for text in said(&office, &["explain", "P99/x@2025Q3"]) {
        assert!(
            text.contains("qd find") && text.matches("P0").count() == 0,
            "{text}"
        );
    }
}

#[test]
fn a_value_that_is_none_names_those_there_are() {
    let office = Office::new();
    for text in said(&office, &["template", "foo", "--out", "x.ods"]) {
        for kind in ["register", "figures", "budget", "plan"] {
            assert!(text.contains(kind), "{text}");
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_told_in_the_language_asked_for() {
    let office = Office::new();
    let missing = ["import", "none.csv", "--as", "figures"];
    let evidence = ["enter", "P02/risk@2025Q4", "high", "--evidence", "none.pdf"];
    for args in [
        &missing as &[&str],
        &["verify", "none"],
        &["rebuild", "none", "--out", "x"],
        &evidence,
    ] {
        let [english, chinese] = said(&office, args);
        assert!(english.contains("no such file"), "{english}");
        assert!(
            chinese.contains("沒有這個檔案") && !chinese.contains("os error"),
            "{chinese}"
        );
        assert!(
            english.lines().count() >= 2 || english.contains("evidence"),
            "{english}"
        );
    }
    std::fs::write(office.root().join("table.csv"), "a,b\n1,2\n").unwrap();
    let [english, chinese] = said(&office, &["import", "table.csv", "--as", "figures"]);
    assert!(
        english.contains("Period, ") && !english.contains("期別"),
        "{english}"
    );
    assert!(chinese.contains("期別"), "{chinese}");
}

#[test]
fn errors_come_before_warnings() {
    let office = Office::new();
    office.append("sources/join-idea.toml", "\nurll = \"x\"\n");
    for text in said(&office, &["check"]) {
        let of_errors = text.lines().position(|line| line.contains("urll"));
        assert!(text.lines().count() > 2, "{text}");
        assert_eq!(of_errors.map(|at| at < 2), Some(true), "{text}");
    }
}
