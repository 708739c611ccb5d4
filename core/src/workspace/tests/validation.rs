//! Validation rules and quality settings as an office writes them.

use super::*;
use quarterdeck_kpi::finding::Severity;

const FILE: &str = "register/validation.toml";

/// The starter with rules after the comments of its file; lines count from the first line of `rules`.
fn ruled(rules: &str) -> (Workspace, usize) {
    let mut lines = 0;
    for (name, bytes) in starter_files() {
        if name == FILE {
            lines = bytes.iter().filter(|b| **b == b'\n').count();
        }
    }
    (changed(FILE, |text| format!("{text}{rules}")), lines)
}

fn rule(lines: &str) -> String {
    let say = "say = { zh-TW = \"請確認。\", en = \"Check it.\" }";
    format!("[[rule]]\n{lines}\n{say}\n")
}

/// The problems, with lines counted from the first line of the rules.
fn told_of(rules: &str) -> Vec<String> {
    let (workspace, before) = ruled(rules);
    told(&workspace)
        .into_iter()
        .map(|line| {
            let rest = line.strip_prefix(&format!("{FILE}:")).unwrap();
            let (number, what) = rest.split_once(' ').unwrap();
            format!("{} {what}", number.parse::<usize>().unwrap() - before)
        })
        .collect()
}

#[test]
fn the_starter_has_examples_and_no_rule() {
    assert!(starter().register.validation.is_empty());
    let (_, bytes) = starter_files().into_iter().find(|f| f.0 == FILE).unwrap();
    // Without their signs the examples are rules without a problem.
    let text = String::from_utf8(bytes).unwrap();
    let from = text.find("# [[rule]]").unwrap();
    let examples: String = text[from..]
        .lines()
        .map(|line| format!("{}\n", line.strip_prefix("# ").unwrap_or("")))
        .collect();
    let (workspace, _) = ruled(&examples);
    assert_eq!(told(&workspace), Vec::<String>::new());
    let rules = &workspace.register.validation;
    assert_eq!(rules.len(), 2);
    assert!(rules[0].each_programme && !rules[0].reject);
    assert!(rules[1].reject && rules[1].importance == Severity::Error);
    assert_eq!(rules[1].right.text(), "100");
}

#[test]
fn a_figure_that_nothing_has_is_named_with_its_line_and_the_nearest() {
    let base = "id = \"r\"\noperator = \"<=\"\nimportance = \"warning\"\n";
    let sides = |left: &str, right: &str| {
        told_of(&rule(&format!(
            "{base}left = \"{left}\"\nright = \"{right}\""
        )))
    };
    assert_eq!(
        sides("P01/gold-shaer", "100"),
        ["5 check-unknown-series -> P01/gold-share"]
    );
    assert_eq!(
        sides("P12/budget.payed", "P12/budget.available"),
        ["5 check-unknown-series -> P12/budget.paid"]
    );
    assert_eq!(
        sides("P01/gold-share", "P99/progress.actual"),
        ["6 check-unknown-series -> P09/progress.actual"]
    );
    assert_eq!(
        sides("{programme}/budget.paid", "1"),
        ["5 check-validation-for-missing"]
    );
    assert_eq!(sides("1 + 1", "2"), ["5 check-validation-numbers"]);
    assert_eq!(
        told_of(&rule(&format!(
            "{base}for = \"each programme\"\nleft = \"{{programme}}/budget.payd\"\nright = 0"
        ))),
        ["6 check-unknown-series -> budget.paid"]
    );
}

#[test]
fn a_side_that_cannot_be_read_leaves_the_file_out_with_its_line() {
    let base = "id = \"r\"\noperator = \"<=\"\nimportance = \"warning\"\nright = 1\n";
    for (left, id) in [
        ("P01/gold-share +", "check-expression-end"),
        ("P01/gold-share / 2", "check-expression-operator"),
        ("gold", "check-expression-operand"),
        ("P01/gold-share@2025Q3", "check-expression-period"),
    ] {
        let (workspace, before) = ruled(&rule(&format!("{base}left = \"{left}\"")));
        assert!(workspace.register.validation.is_empty());
        let problem = &workspace.problems[0];
        assert_eq!(
            (problem.message.id.as_ref(), problem.line),
            (id, Some(before + 6)),
            "{left}"
        );
    }
    assert_eq!(
        told_of(&rule(&format!(
            "{base}left = \"P01/gold-share\"\nmising = \"skip\""
        ))),
        ["7 check-unknown-key -> missing"]
    );
    let word = rule(
        "id = \"r\"\nleft = \"P01/gold-share\"\noperator = \"=<\"\nright = 1\nimportance = \"warning\"",
    );
    assert!(
        told_of(&word)[0].starts_with("4 check-unknown-word"),
        "{:?}",
        told_of(&word)
    );
}

#[test]
fn only_a_reported_figure_can_be_refused_and_only_by_an_error() {
    let reject = |left: &str, importance: &str| {
        told_of(&rule(&format!(
            "id = \"r\"\noperator = \"<=\"\nright = 1\nimportance = \"{importance}\"\nreject = true\nleft = \"{left}\""
        )))
    };
    assert_eq!(reject("P01/gold-share", "error"), Vec::<String>::new());
    for (left, importance) in [
        ("P01/gold-share", "warning"),
        ("P12/budget.paid", "error"),
        ("P01/gold-share + P01/open-datasets", "error"),
    ] {
        assert_eq!(
            reject(left, importance),
            ["6 check-validation-reject"],
            "{left}"
        );
    }
    let twice = rule(
        "id = \"r\"\nleft = \"P01/gold-share\"\noperator = \"<\"\nright = 1\nimportance = \"info\"",
    );
    assert_eq!(told_of(&format!("{twice}{twice}")), ["9 check-duplicate"]);
}

#[test]
fn quality_settings_have_defaults_and_limits() {
    use quarterdeck_kpi::rules::Quality;
    assert_eq!(starter().register.rules.quality, Quality::default());
    let off = changed("quarterdeck.toml", |text| {
        text.replace("unchanged_quarters = 4", "unchanged_quarters = 0")
            .replace("z_score = 3", "z_score = 2.5")
            .replace("signs = true", "signs = false")
    });
    assert_eq!(told(&off), Vec::<String>::new());
    let quality = off.register.rules.quality;
    assert_eq!(quality.unchanged_quarters, 0);
    assert_eq!(quality.z_score.to_string(), "2.5");
    assert!(!quality.signs && quality.shares);
    let wrong = changed("quarterdeck.toml", |text| {
        text.replace("z_score_readings = 8", "z_score_readings = 20")
            .replace("z_score = 3", "z_score = -1")
    });
    let told = told(&wrong);
    assert!(told[0].contains("check-z-score"), "{told:?}");
    assert!(told[1].contains("check-quality-range"), "{told:?}");
}
