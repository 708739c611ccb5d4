//! Targets that vanish from the register.

use super::{Office, valid};
use serde_json::Value;

const INDICATOR: &str = "
[[indicator]]
series = \"P12/filings\"
title = { zh-TW = \"線上申報件數\", en = \"Filings online\" }
unit = \"count\"
kind = \"count\"
direction = \"higher\"
frequency = \"quarter\"
road = \"entry\"
combine = \"last\"
";
const FIRST: &str = "
[[indicator.target]]
period = \"2025\"
value = \"1500\"
set_on = \"2025-01-04\"
by = \"MOF\"
";
const SECOND: &str = "
[[indicator.target]]
period = \"2025\"
value = \"1200\"
set_on = \"2025-06-30\"
by = \"MOF\"
";

fn dropped(office: &Office, more: &[&str]) -> Vec<Value> {
    let mut args = vec!["status", "--json"];
    args.extend(more);
    let document = office.qd(&args).json();
    valid("status", &document);
    let findings = document["findings"].as_array().unwrap();
    let of_rule = |f: &&Value| f["rule"] == "target-dropped@1";
    findings.iter().filter(of_rule).cloned().collect()
}

#[test]
fn a_target_taken_out_of_the_register_is_said_from_then_on() {
    let mut office = Office::new();
    let file = office.root().join("register/programmes/P12.toml");
    let bare = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{bare}{INDICATOR}{FIRST}{SECOND}")).unwrap();
    assert_eq!(
        office.qd(&["check"]).code,
        0,
        "{}",
        office.qd(&["check"]).out
    );
    assert!(
        dropped(&office, &[]).is_empty(),
        "a first version drops nothing"
    );

    office.at("2026-01-22T01:00:00Z");
    std::fs::write(&file, format!("{bare}{INDICATOR}{SECOND}")).unwrap();
    let found = dropped(&office, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["figure"], "P12/filings.target@2025");
    let text = found[0]["text"].as_str().unwrap();
    for part in ["1,500", "2025-01-04", "2026-01-22", "Chen"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let chinese = dropped(&office, &["--lang", "zh-TW"]);
    let text = chinese[0]["text"].as_str().unwrap();
    for part in ["線上申報件數", "1,500", "陳雅婷", "刪除"] {
        assert!(text.contains(part), "{part}: {text}");
    }

    office.at("2026-01-25T01:00:00Z");
    assert_eq!(dropped(&office, &[]).len(), 1, "not again on the next load");
    assert!(
        dropped(&office, &["--as-of", "2026-01-21"]).is_empty(),
        "not known then"
    );
    assert_eq!(dropped(&office, &["--as-of", "2026-01-22"]).len(), 1);
}

#[test]
fn a_broken_file_neither_drops_targets_nor_hides_it() {
    let mut office = Office::new();
    let file = office.root().join("register/programmes/P12.toml");
    let bare = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{bare}{INDICATOR}{FIRST}{SECOND}")).unwrap();
    assert!(dropped(&office, &[]).is_empty());
    office.at("2026-01-22T01:00:00Z");
    std::fs::write(&file, "id = \"P12\nplan =").unwrap();
    assert!(
        dropped(&office, &[]).is_empty(),
        "nothing is known of a broken file"
    );
    office.at("2026-01-23T01:00:00Z");
    std::fs::write(&file, format!("{bare}{INDICATOR}{FIRST}")).unwrap();
    assert_eq!(dropped(&office, &[]).len(), 1);
    office.at("2026-01-24T01:00:00Z");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(dropped(&office, &[]).len(), 2, "nor a file that is gone");
}
