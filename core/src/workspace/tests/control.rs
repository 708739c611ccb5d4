//! Milestones, changes of budgets, rule sets and refused rates as an office writes them.

use super::*;
use quarterdeck_kpi::rules::{Comparison, Measure, RuleSet};

const P12: &str = "register/programmes/P12.toml";
const BUDGET: &str = "register/budget.toml";
const RULES: &str = "register/rules.toml";
const SETTINGS: &str = "quarterdeck.toml";

/// The ids of the problems of a file with more text at its end, without their lines.
fn ids(path: &str, more: &str) -> Vec<String> {
    let workspace = changed(path, |text| format!("{text}\n{more}"));
    check(&workspace)
        .iter()
        .map(|p| p.message.id.to_string())
        .collect()
}

const GOOD: &str = r#"
[[milestone]]
id = "1"
title = { zh-TW = "決標", en = "Awarded" }
weight = 40
planned = "2025-03-31"
set_on = "2025-01-02"
[[milestone.replan]]
planned = "2025-06-30"
set_on = "2025-03-01"
[[milestone]]
id = "2"
title = { zh-TW = "上線", en = "Live" }
weight = 60
planned = "114.12.31"
"#;

#[test]
fn milestones_are_read_with_every_plan() {
    let workspace = changed(P12, |text| format!("{text}\n{GOOD}"));
    assert_eq!(told(&workspace), Vec::<String>::new());
    let milestones = &workspace.register.programme("P12").unwrap().milestones;
    assert_eq!(milestones.len(), 2);
    let days: Vec<String> = milestones[0]
        .plans
        .iter()
        .map(|p| p.planned.to_string())
        .collect();
    assert_eq!(days, ["2025-03-31", "2025-06-30"]);
    assert_eq!(milestones[1].plans[0].planned.to_string(), "2025-12-31");
}

#[test]
fn mistakes_of_milestones_are_named() {
    assert_eq!(
        ids(P12, &GOOD.replace("weight = 60", "weight = 50")),
        ["check-milestone-sum"]
    );
    assert_eq!(
        ids(P12, &GOOD.replace("id = \"2\"", "id = \"1\"")),
        ["check-duplicate"]
    );
    assert_eq!(
        ids(P12, &GOOD.replace("2025-03-01", "2025-01-01")),
        ["check-milestone-replan"]
    );
    let wrong = GOOD
        .replace("weight = 40", "weight = -40")
        .replace("weight = 60", "weight = 140");
    assert!(ids(P12, &wrong).contains(&"check-milestone-weight".to_owned()));
    assert_eq!(
        ids(P12, &GOOD.replace("114.12.31", "114.2.30")).len(),
        1,
        "no such day"
    );
}

const CHANGE: &str = r#"
[[change]]
id = "t1"
on = "2025-09-12"
from = "P13"
to = "P17"
amount_ntd = 1_200_000
document = "letter"
"#;

#[test]
fn changes_of_budgets_name_two_different_programmes_and_an_amount_above_zero() {
    let workspace = changed(BUDGET, |text| format!("{text}\n{CHANGE}"));
    assert_eq!(told(&workspace), Vec::<String>::new());
    let change = &workspace.register.budget_changes[0];
    assert_eq!((change.fiscal_year, change.kind()), (2025, "transfer"));
    assert_eq!(
        (change.effect_on("P13"), change.effect_on("P17")),
        (-1_200_000, 1_200_000)
    );
    for (wrong, id) in [
        (CHANGE.replace("1_200_000", "-5"), "check-change-amount"),
        (CHANGE.replace("\"P17\"", "\"P13\""), "check-change-ends"),
        (
            CHANGE.replace("\"P17\"", "\"P71\""),
            "check-unknown-programme",
        ),
    ] {
        assert_eq!(ids(BUDGET, &wrong), [id]);
        if id != "check-unknown-programme" {
            let workspace = changed(BUDGET, |text| format!("{text}\n{wrong}"));
            assert!(workspace.register.budget_changes.is_empty(), "{id}");
        }
    }
}

/// The example of the starter's file, without its signs.
fn own_rule() -> String {
    let (_, bytes) = starter_files().into_iter().find(|f| f.0 == RULES).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let from = text.find("# [[rule_set]]").unwrap();
    let lines = text[from..].lines();
    lines
        .map(|line| format!("{}\n", line.strip_prefix("# ").unwrap_or("")))
        .collect()
}

/// The starter with an own rule in force.
fn ruled(rule: &str) -> Workspace {
    let mut files = starter_files();
    for (name, bytes) in &mut files {
        let text = String::from_utf8(bytes.clone()).unwrap();
        if name == RULES {
            *bytes = format!("{text}\n{rule}").into_bytes();
        } else if name == SETTINGS {
            let own = text.replace("lagging = \"ndc-110q2\"", "lagging = \"own-2026\"");
            assert_ne!(own, text);
            *bytes = own.into_bytes();
        }
    }
    of_files(files)
}

#[test]
fn an_offices_own_rule_set_is_in_force_by_its_name() {
    assert_eq!(starter().register.rules.lagging, RuleSet::ndc_110q2());
    let workspace = ruled(&own_rule());
    assert_eq!(told(&workspace), Vec::<String>::new());
    let rule = &workspace.register.rules.lagging;
    assert_eq!((rule.id.as_str(), rule.from_quarter), ("own-2026", 2));
    let conditions: Vec<_> = rule
        .conditions
        .iter()
        .map(|c| (c.measure, c.comparison, c.limit.to_string()))
        .collect();
    assert_eq!(
        conditions,
        [
            (Measure::ExecutionRate, Comparison::Under, "0.85".to_owned()),
            (Measure::Variance, Comparison::Under, "-5".to_owned()),
        ]
    );
}

#[test]
fn a_rule_set_that_nobody_has_is_an_error_and_no_other_stands_in_unsaid() {
    let workspace = ruled("");
    let unknown: Vec<_> = told(&workspace);
    assert_eq!(unknown.len(), 1, "{unknown:?}");
    assert!(unknown[0].contains("check-unknown-rule-set"), "{unknown:?}");
    assert!(
        workspace.problems.iter().any(|p| p.file == SETTINGS),
        "loading refuses it"
    );
    for (wrong, id) in [
        (
            own_rule().replace("from_quarter = 2", "from_quarter = 5"),
            "check-rule-set-quarter",
        ),
        (
            own_rule().replace("115年管考作業規定第8點", " "),
            "check-rule-set-source",
        ),
    ] {
        let found = told(&ruled(&wrong));
        assert!(found.iter().any(|f| f.contains(id)), "{id}: {found:?}");
    }
    let built_in = own_rule().replace("own-2026", "ly-80");
    assert!(ids(RULES, &built_in).contains(&"check-rule-set-built-in".to_owned()));
}

#[test]
fn a_line_with_a_rate_above_999_99_percent_is_refused() {
    let line = |paid: i64| {
        format!(
            "[[budget]]\nspan = \"year_to_date\"\nperiod = \"2025Q3\"\nplanned_spend_ntd = 1000\npaid_ntd = {paid}\n"
        )
    };
    assert_eq!(ids(P12, &line(10_000)), ["check-rate-refused"]);
    let count = |paid: i64| {
        let workspace = changed(P12, |text| format!("{text}\n{}", line(paid)));
        let rows = workspace.register.money.iter();
        rows.filter(|row| row.item.key.programme.is_some()).count()
    };
    assert_eq!((count(9_999), count(10_000)), (2, 0));
}

#[test]
fn limits_of_asking_stand_in_order() {
    let with = |line: &str| {
        let workspace = changed(SETTINGS, |text| text.replace("cause_below = 0.80", line));
        check(&workspace).len()
    };
    assert_eq!(with("cause_below = 0.70"), 0);
    assert_eq!(with("cause_below = 1.50"), 1);
}
