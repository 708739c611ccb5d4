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
