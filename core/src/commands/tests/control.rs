//! Money and progress under control: what is entered, what is refused, what the files say.

use super::{Office, valid};
use serde_json::Value;

fn p12(office: &Office, args: &[&str]) -> Value {
    let mut all = vec![
        "status",
        "--json",
        "--quarter",
        "2025Q4",
        "--programme",
        "P12",
    ];
    all.extend(args);
    let document = office.qd(&all).json();
    valid("status", &document);
    document
}

#[test]
fn a_rate_above_999_99_percent_is_refused_with_its_reason() {
    let office = Office::new();
    let enter = |figure: &str, value: &str| office.qd(&["enter", figure, value]);
    assert_eq!(enter("P12/budget.planned_spend@2025Q4", "1000").code, 0);
    let refused = enter("P12/budget.paid@2025Q4", "10000");
    assert_eq!(refused.code, 2, "{}", refused.out);
    assert!(
        refused.err.contains("1,000.00 %") && refused.err.contains("999.99 %"),
        "{}",
        refused.err
    );
    // The last amount that is not above it is taken.
    assert_eq!(enter("P12/budget.paid@2025Q4", "9999").code, 0);
    let refused = office.qd(&[
        "correct",
        "P12/budget.paid@2025Q4",
        "10000",
        "--reason",
        "typo",
    ]);
    assert_eq!(refused.code, 2);
    let budget = p12(&office, &[])["programmes"][0]["budget"].clone();
    assert_eq!(budget["paid_ntd"], 9999);
    // Since the beginning is another account.
    assert_eq!(enter("P12/budget-total.paid@2025Q4", "123456").code, 0);
    let budget = p12(&office, &[])["programmes"][0]["budget"].clone();
    assert_eq!(budget["year_to_date"]["paid_ntd"], 9999);
    assert_eq!(budget["since_beginning"]["paid_ntd"], 123_456);
    assert_eq!(budget["planned_basis"], "planned_spend_ntd");
}

#[test]
fn a_milestone_is_done_on_its_day_with_its_proof_and_the_past_stays() {
    let mut office = Office::new();
    office.append(
        "register/programmes/P12.toml",
        r#"
[[milestone]]
id = "1"
title = { zh-TW = "決標", en = "Awarded" }
weight = 40
planned = "2025-10-31"
set_on = "2025-01-02"

[[milestone.replan]]
planned = "2025-11-30"
set_on = "2025-10-01"
document = "letter 7"

[[milestone]]
id = "2"
title = { zh-TW = "上線", en = "Live" }
weight = 60
planned = "2025-12-15"
"#,
    );
    let stands = |office: &Office, args: &[&str]| {
        let programme = p12(office, args)["programmes"][0].clone();
        let states: Vec<(String, Value)> = programme["milestones"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| {
                (
                    m["state"].as_str().unwrap().to_owned(),
                    m["days_late"].clone(),
                )
            })
            .collect();
        (states, programme["progress"]["weighted_actual"].to_string())
    };
    let (states, actual) = stands(&office, &[]);
    assert_eq!(
        states,
        [
            ("late".to_owned(), Value::from(31)),
            ("late".to_owned(), Value::from(16))
        ]
    );
    assert_eq!(actual, "0");
    office.at("2026-01-21T01:00:00Z");
    std::fs::write(office.root().join("minutes.txt"), "signed").unwrap();
    let proof = office.root().join("minutes.txt");
    let entered = office.qd(&[
        "enter",
        "P12/milestone.1@2025-12-05",
        "done",
        "--evidence",
        proof.to_str().unwrap(),
    ]);
    assert_eq!(entered.code, 0, "{}", entered.err);
    let (states, actual) = stands(&office, &[]);
    assert_eq!(states[0], ("done_late".to_owned(), Value::from(5)));
    assert_eq!(actual, "40");
    let first = p12(&office, &[])["programmes"][0]["milestones"][0].clone();
    assert_eq!(first["evidence"], "minutes.txt");
    assert_eq!(first["former_plans"][0]["planned"], "2025-10-31");
    assert_eq!(first["plan"]["document"], "letter 7");
    let (states, _) = stands(&office, &["--as-of", "2026-01-20"]);
    assert_eq!(states[0].0, "late", "not known the day before");
    assert_eq!(
        office
            .qd(&["enter", "P12/milestone.9@2025-12-05", "done"])
            .code,
        2
    );
}

#[test]
fn causes_are_texts_that_are_asked_for_corrected_and_kept() {
    let mut office = Office::new();
    for (part, amount) in [
        ("planned_spend", "1000"),
        ("paid", "700"),
        ("payable", "0"),
        ("saved", "0"),
    ] {
        let figure = format!("P12/budget.{part}@2025Q4");
        assert_eq!(office.qd(&["enter", &figure, amount]).code, 0);
    }
    let asked = |office: &Office| -> Option<String> {
        let found = p12(office, &[])["findings"].as_array().unwrap().clone();
        found
            .iter()
            .find(|f| f["rule"] == "cause-missing@1")
            .map(|f| f["text"].as_str().unwrap().to_owned())
    };
    assert!(asked(&office).unwrap().contains("70.00 %"));
    let enter = |office: &Office, part: &str, text: &str| {
        let figure = format!("P12/narrative.{part}@2025Q4");
        office.qd(&["enter", &figure, text]).code
    };
    assert_eq!(enter(&office, "reason", "二度流標"), 0);
    assert_eq!(enter(&office, "responsible", "賦稅署"), 0);
    assert_eq!(enter(&office, "measure", "12"), 0);
    assert_eq!(asked(&office), None);
    // Another text is a correction, and the former one stays in its time.
    office.at("2026-01-22T01:00:00Z");
    assert_eq!(enter(&office, "measure", "another"), 2);
    let corrected = office.qd(&[
        "correct",
        "P12/narrative.measure@2025Q4",
        "改採共同供應契約",
        "--reason",
        "wrong text",
    ]);
    assert_eq!(corrected.code, 0, "{}", corrected.err);
    assert_eq!(enter(&office, "nonsense", "x"), 2);
}

const MILESTONES: &str = r#"
[[milestone]]
id = "1"
title = { zh-TW = "決標", en = "Awarded" }
weight = 40
planned = "2025-10-31"

[[milestone]]
id = "2"
title = { zh-TW = "上線", en = "Live" }
weight = 60
planned = "2025-12-15"
"#;

#[test]
fn the_day_and_the_part_of_a_milestone_are_entered_for_a_quarter() {
    let mut office = Office::new();
    office.append("register/programmes/P12.toml", MILESTONES);
    let enter = |office: &Office, figure: &str, value: &str| {
        let answer = office.qd(&["enter", figure, value]);
        (answer.code, answer.err)
    };
    let stands = |office: &Office| {
        let programme = p12(office, &[])["programmes"][0].clone();
        let first = programme["milestones"][0].clone();
        (
            first,
            programme["milestones"][1].clone(),
            programme["progress"].clone(),
        )
    };
    assert_eq!(
        enter(&office, "P12/milestone.1.actual@2025Q4", "114.11.5").0,
        0
    );
    let (first, _, progress) = stands(&office);
    assert_eq!(
        (first["done_on"].as_str(), first["days_late"].as_i64()),
        (Some("2025-11-05"), Some(5))
    );
    assert_eq!(progress["weighted_actual"], 40);
    // A quarter of the second one: 60 x 25 % = 15.
    assert_eq!(enter(&office, "P12/milestone.2.partial@2025Q4", "25").0, 0);
    let (_, second, progress) = stands(&office);
    assert_eq!(
        (second["partial"].as_i64(), second["state"].as_str()),
        (Some(25), Some("late"))
    );
    assert_eq!(progress["weighted_actual"], 55);
    // What cannot be: another quarter's day, a day to come, no date, more than all of it.
    for (figure, value, words) in [
        (
            "P12/milestone.2.actual@2025Q4",
            "2025-09-30",
            "does not lie in",
        ),
        ("P12/milestone.2.actual@2026Q1", "2026-03-01", "2026-03-01"),
        ("P12/milestone.2.actual@2025Q4", "soon", "not a date"),
        ("P12/milestone.2.partial@2025Q4", "130", "100"),
        ("P12/milestone.9.actual@2025Q4", "2025-12-01", "milestone.9"),
    ] {
        let (code, err) = enter(&office, figure, value);
        assert!(
            code == 2 && err.contains(words),
            "{figure} {value}: {code} {err}"
        );
    }
    // Another day is a correction with its reason; the first stays readable.
    let (code, err) = enter(&office, "P12/milestone.1.actual@2025Q4", "2025-10-30");
    assert!(code == 2 && err.contains("2025-11-05"), "{err}");
    office.at("2026-01-21T01:00:00Z");
    let corrected = office.qd(&[
        "correct",
        "P12/milestone.1.actual@2025Q4",
        "2025-10-30",
        "--reason",
        "the minutes say so",
    ]);
    assert_eq!(corrected.code, 0, "{}", corrected.err);
    let (first, ..) = stands(&office);
    assert_eq!(
        (first["done_on"].as_str(), first["state"].as_str()),
        (Some("2025-10-30"), Some("done"))
    );
    let explained = office
        .qd(&["explain", "P12/milestone.1.actual@2025Q4", "--json"])
        .json();
    assert_eq!(explained["value"], "2025-10-30");
    let rows = explained["observations"].as_array().unwrap();
    assert_eq!(
        (rows.len(), rows[0]["state"].as_str()),
        (3, Some("withdrawn"))
    );
    let explained = office
        .qd(&["explain", "P12/milestone.2.partial@2025Q4", "--json"])
        .json();
    assert_eq!(explained["value"], 25);
}

#[test]
fn where_no_progress_is_reported_the_milestones_feed_the_rules_and_it_is_said() {
    let office = Office::new();
    office.append("register/programmes/P12.toml", MILESTONES);
    for (part, value) in [
        ("planned_spend", "3000"),
        ("paid", "1500"),
        ("payable", "0"),
        ("saved", "0"),
    ] {
        let figure = format!("P12/budget.{part}@2025Q4");
        assert_eq!(office.qd(&["enter", &figure, value]).code, 0);
    }
    assert_eq!(
        office
            .qd(&["enter", "P12/milestone.1.actual@2025Q4", "2025-11-05"])
            .code,
        0
    );
    let programme = p12(&office, &[])["programmes"][0].clone();
    let progress = &programme["progress"];
    assert_eq!(
        (progress["planned"].as_i64(), progress["actual"].as_i64()),
        (Some(100), Some(40))
    );
    assert_eq!(
        (progress["variance"].as_i64(), progress["basis"].as_str()),
        (Some(-60), Some("milestones"))
    );
    let lagging = &programme["lagging"];
    assert_eq!(lagging["lagging"], true);
    let conditions = lagging["conditions"].as_array().unwrap();
    let variance = conditions
        .iter()
        .find(|c| c["measure"] == "variance")
        .unwrap();
    assert_eq!(variance["value"], -60);
    let text = variance["text"].as_str().unwrap();
    assert!(text.contains("milestones"), "{text}");
    let explained = office
        .qd(&["explain", "P12/progress.variance@2025Q4", "--json"])
        .json();
    assert_eq!(
        (explained["value"].as_i64(), explained["rule"].as_str()),
        (Some(-60), Some("weighted-progress@1"))
    );
    // A report takes their place.
    for (part, value) in [("planned", "90"), ("actual", "95")] {
        let figure = format!("P12/progress.{part}@2025Q4");
        assert_eq!(office.qd(&["enter", &figure, value]).code, 0);
    }
    let programme = p12(&office, &[])["programmes"][0].clone();
    assert_eq!(
        (
            programme["progress"]["basis"].as_str(),
            programme["progress"]["variance"].as_i64()
        ),
        (Some("reported"), Some(5))
    );
    assert_eq!(programme["lagging"]["lagging"], false);
}

#[test]
fn a_file_that_is_too_large_is_refused_with_its_size_the_limit_and_what_to_do() {
    let office = Office::new();
    let file = std::fs::File::create(office.root().join("large.csv")).unwrap();
    // 200 MiB of nothing: no disk is filled.
    file.set_len(200 << 20).unwrap();
    let answer = office.qd(&["import", "large.csv", "--as", "budget"]);
    assert_eq!(answer.code, 2);
    for words in ["200 MiB", "20 MiB", "large.csv", "max_bytes"] {
        assert!(answer.err.contains(words), "{words}: {}", answer.err);
    }
    let evidence = office.root().join("large.csv");
    let answer = office.qd(&[
        "enter",
        "P12/risk@2025Q4",
        "high",
        "--evidence",
        evidence.to_str().unwrap(),
    ]);
    assert_eq!(answer.code, 2);
    assert!(
        answer.err.contains("200 MiB") && answer.err.contains("20 MiB"),
        "{}",
        answer.err
    );
}
