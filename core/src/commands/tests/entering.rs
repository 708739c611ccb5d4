//! Figures from people.

use super::{Office, valid};
use serde_json::Value;

#[test]
fn a_figure_is_entered_corrected_and_withdrawn_and_the_past_stays() {
    let mut office = Office::new();
    office.at("2026-01-21T01:00:00Z");
    let entered = office.qd(&["enter", "P12/risk@114Q4", "高", "--json"]);
    assert_eq!(entered.code, 0, "{}", entered.out);
    assert_eq!(entered.json()["figure"], "P12/risk@2025Q4");
    assert_eq!(office.risk(None), "high");

    office.at("2026-01-22T01:00:00Z");
    let again = office.qd(&["enter", "P12/risk@2025Q4", "low"]);
    assert_eq!(
        again.code, 2,
        "a figure that is there is corrected, not overwritten"
    );
    assert!(again.err.contains("qd correct"), "{}", again.err);
    let corrected = office.qd(&[
        "correct",
        "P12/risk@2025Q4",
        "low",
        "--reason",
        "re-screened",
        "--json",
    ]);
    assert_eq!(corrected.code, 0, "{}", corrected.out);
    assert_eq!(office.risk(None), "low");
    assert_eq!(
        office.risk(Some("2026-01-21")),
        "high",
        "as it was known the day before"
    );

    office.at("2026-01-23T01:00:00Z");
    let row = corrected.json()["entry"].to_string();
    let withdrawn = office.qd(&["withdraw", &row, "--reason", "wrong programme", "--json"]);
    assert_eq!(withdrawn.code, 0, "{}", withdrawn.out);
    valid("entry", &withdrawn.json());
    assert_eq!(office.risk(None), "high", "the one before counts again");
    assert_eq!(office.risk(Some("2026-01-22")), "low");
    assert!(withdrawn.err.contains("now 3"), "{}", withdrawn.err);
    assert_eq!(office.qd(&["withdraw", &row, "--reason", "again"]).code, 2);
    assert_eq!(
        office.qd(&["withdraw", "987654", "--reason", "none"]).code,
        2
    );
}

#[test]
fn tasks_money_and_progress_are_entered_in_their_units() {
    let office = Office::new();
    let enter = |figure: &str, value: &str| office.qd(&["enter", figure, value]);
    assert_eq!(enter("P06/task.1@2025Q4", "完成").code, 0);
    assert_eq!(enter("P12/budget.paid@2025Q4", "1,234,000").code, 0);
    assert_eq!(
        enter("P12/budget.planned_spend@2025Q4", "２，０００，０００").code,
        0
    );
    assert_eq!(enter("P12/progress.planned@2025Q4", "50%").code, 0);
    assert_eq!(
        office
            .typing(&["enter", "P12/progress.actual@2025Q4", "-"], "47.5%\n")
            .code,
        0
    );
    for (figure, value) in [
        ("P12/budget.paid@2025Q3", "12%"),
        ("P12/budget.paid@2025Q3", "NaN"),
        ("P12/budget.paid@2025Q3", "1.5"),
        ("P12/risk@2025Q3", "purple"),
        ("P06/task.1@2025Q3", "maybe"),
        ("P12/risk@2027Q1", "high"),
        ("P99/risk@2025Q3", "high"),
        ("not an address", "1"),
    ] {
        let answer = enter(figure, value);
        assert_eq!(
            answer.code, 2,
            "{figure} {value}: {} {}",
            answer.out, answer.err
        );
    }
    let document = office
        .qd(&["status", "--json", "--programme", "P12"])
        .json();
    valid("status", &document);
    let budget = &document["programmes"][0]["budget"];
    assert_eq!(budget["paid_ntd"], 1_234_000);
    assert_eq!(budget["disbursement_ratio"].to_string(), "0.617000");
    assert!(budget["settled_ntd"].is_null());
    let document = office
        .qd(&["status", "--json", "--programme", "P06"])
        .json();
    assert_eq!(document["programmes"][0]["tasks"]["done"], 1);
}

#[test]
fn evidence_is_kept_by_its_hash() {
    let office = Office::new();
    std::fs::write(office.root().join("公文.txt"), "as approved").unwrap();
    let answer = office.qd(&["enter", "P12/risk@2025Q4", "low", "--evidence", "公文.txt"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let missing = office.qd(&["enter", "P13/risk@2025Q4", "low", "--evidence", "none.txt"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("none.txt"), "{}", missing.err);
    let store = quarterdeck_store::Store::open(
        &office.root().join("quarterdeck.db"),
        quarterdeck_store::OpenMode::ReadOnly,
    )
    .unwrap();
    let acts = store.acts().unwrap();
    assert_eq!(acts.len(), 1, "one act, chained");
    assert_eq!(acts[0].act.subject, "P12/risk@2025Q4");
    let detail: Value = serde_json::from_str(&acts[0].act.detail_json).unwrap();
    let (name, bytes) = store
        .evidence(detail["evidence"].as_str().unwrap())
        .unwrap()
        .unwrap();
    assert_eq!(
        (name.as_str(), bytes.as_slice()),
        ("公文.txt", b"as approved".as_slice())
    );
}

#[test]
fn nobody_mapped_can_read_but_not_change() {
    let mut office = Office::new();
    office.environment.account = "visitor".to_owned();
    assert_eq!(office.qd(&["status"]).code, 0);
    let answer = office.qd(&["enter", "P12/risk@2025Q4", "low"]);
    assert_eq!(answer.code, 2);
    assert!(
        answer.err.contains("visitor") && answer.err.contains("people.toml"),
        "{}",
        answer.err
    );
}

#[test]
fn read_only_writes_nothing_at_all() {
    let office = Office::new();
    let files = || {
        let mut list: Vec<_> = std::fs::read_dir(office.root())
            .unwrap()
            .map(|e| {
                let e = e.unwrap();
                let meta = e.metadata().unwrap();
                (e.file_name(), meta.len(), meta.modified().unwrap())
            })
            .collect();
        list.sort();
        list
    };
    let before = files();
    assert_eq!(office.qd(&["--read-only", "status"]).code, 0);
    assert_eq!(
        office
            .qd(&["enter", "P12/risk@2025Q4", "low", "--read-only"])
            .code,
        2
    );
    assert_eq!(office.qd(&["collect", "--read-only"]).code, 2);
    assert_eq!(files(), before);
}

#[test]
fn a_row_and_its_act_are_both_there_or_neither() {
    let office = Office::new();
    assert_eq!(office.qd(&["status"]).code, 0);
    let database = office.root().join(crate::session::DATABASE);
    let other = rusqlite::Connection::open(&database).unwrap();
    other
        .execute_batch(
            "CREATE TRIGGER refuse BEFORE INSERT ON act BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
        .unwrap();
    assert_ne!(office.qd(&["enter", "P12/risk@2025Q4", "high"]).code, 0);
    assert_eq!(office.risk(None), Value::Null, "no row without its act");
    other.execute_batch("DROP TRIGGER refuse").unwrap();
    assert_eq!(office.qd(&["enter", "P12/risk@2025Q4", "high"]).code, 0);
    assert_eq!(office.risk(None), "high");
    let acts: i64 = other
        .query_row("SELECT count(*) FROM act", [], |row| row.get(0))
        .unwrap();
    assert_eq!(acts, 1);
}

#[test]
fn a_period_that_is_not_asked_for_is_refused_naming_the_one_that_is() {
    let office = Office::new();
    let enter = |figure: &str, value: &str| office.qd(&["enter", figure, value]);
    for (figure, expected) in [
        // Quarterly, in the years of the plan.
        ("P07/reported-progress@2025", "2025Q4"),
        ("P07/reported-progress@2025-11", "2025Q4"),
        ("P07/reported-progress@2026Q1", "2025Q4"),
        ("P07/reported-progress@2020Q4", "2021Q1"),
        // Yearly, and for one year alone.
        ("S4/smart-service-usage@2025Q4", "2025"),
        ("S4/smart-service-usage@2024", "2025"),
    ] {
        let refused = enter(figure, "40");
        assert_eq!(refused.code, 2, "{figure}");
        let period = refused.err.split("expected is").nth(1);
        let period = period.or_else(|| refused.err.split("asked for is").nth(1));
        let shown = period.unwrap_or_default().replace('\u{a0}', " ");
        assert!(
            shown.trim_start().starts_with(expected),
            "{figure}: {}",
            refused.err
        );
    }
    for value in ["100.01", "-1"] {
        for figure in ["P07/reported-progress@2025Q4", "P12/progress.actual@2025Q4"] {
            let refused = enter(figure, value);
            assert_eq!(refused.code, 2, "{figure} {value}");
            assert!(refused.err.contains("100"), "{}", refused.err);
        }
    }
    assert_eq!(enter("P07/reported-progress@2025Q4", "100").code, 0);
    assert_eq!(enter("P12/progress.planned@2025Q4", "0").code, 0);
    assert_eq!(enter("S4/smart-service-usage@2025", "58.2").code, 0);
}

#[test]
fn a_changed_act_is_a_finding_from_the_next_opening_on() {
    let office = Office::new();
    assert_eq!(office.qd(&["enter", "P12/risk@2025Q4", "low"]).code, 0);
    assert_eq!(office.qd(&["enter", "P13/risk@2025Q4", "low"]).code, 0);
    let findings = || {
        let board = office.qd(&["status", "--json"]).json();
        let rules: Vec<String> = board["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["rule"].as_str().unwrap().to_owned())
            .collect();
        rules
    };
    assert!(!findings().contains(&"act-chain@1".to_owned()));
    // As somebody would who opens the file with another program: the name of the person changed.
    let file = office.root().join("quarterdeck.db");
    let bytes = std::fs::read(&file).unwrap();
    let (old, new) = (b"chenos-accountenter", b"wongos-accountenter");
    let mut changed = bytes.clone();
    for at in 0..bytes.len() - old.len() {
        if &bytes[at..at + old.len()] == old {
            changed[at..at + old.len()].copy_from_slice(new);
            break;
        }
    }
    assert_ne!(changed, bytes, "the act is in the main file");
    std::fs::write(&file, changed).unwrap();
    assert!(
        findings().contains(&"act-chain@1".to_owned()),
        "{:?}",
        findings()
    );
}

#[test]
fn a_published_figure_is_as_old_as_the_first_version_that_has_it() {
    let mut office = Office::new();
    office.at("2026-01-20T01:00:00Z");
    assert_eq!(office.qd(&["enter", "P12/risk@2025Q4", "low"]).code, 0);
    office.at("2026-02-20T01:00:00Z");
    office.append("register/people.toml", "\n# edited\n");
    assert_eq!(office.qd(&["enter", "P13/risk@2025Q4", "low"]).code, 0);
    let session = crate::session::Session::open_as(
        office.root(),
        crate::session::Access::ReadOnly,
        crate::session::Clock::fixed(super::at("2026-02-21T01:00:00Z")),
        super::ACCOUNT.to_owned(),
    )
    .unwrap();
    let first = super::at("2026-01-20T01:00:00Z");
    for at in [None, Some(super::at("2026-02-20T02:00:00Z"))] {
        let known = session.snapshot(at).unwrap();
        assert!(!known.register.published.is_empty());
        assert!(
            known
                .register
                .published
                .iter()
                .all(|row| row.recorded_at == first)
        );
    }
    // Before the first version nothing had been decided.
    let before = session
        .snapshot(Some(super::at("2026-01-19T01:00:00Z")))
        .unwrap();
    let register = before.register;
    assert_eq!(register.programmes.len(), 29);
    assert!(register.indicators().all(|i| i.targets.is_empty()));
    assert!(register.published.is_empty() && register.claims.is_empty());
    assert!(before.sources.is_empty());
}

#[test]
fn a_report_anchors_the_head_of_the_log() {
    let office = Office::new();
    let report = || {
        let answer = office.qd(&[
            "report",
            "--quarter",
            "2025Q4",
            "--out",
            "out",
            "--format",
            "csv",
            "--json",
        ]);
        assert_eq!(answer.code, 0, "{}", answer.err);
        valid("report", &answer.json());
        answer.json()["chain"].clone()
    };
    assert!(report().is_null(), "nobody has acted");
    assert_eq!(office.qd(&["enter", "P12/risk@2025Q4", "low"]).code, 0);
    let head = quarterdeck_store::Store::open(
        &office.root().join("quarterdeck.db"),
        quarterdeck_store::OpenMode::ReadOnly,
    )
    .unwrap()
    .head()
    .unwrap()
    .unwrap();
    assert_eq!(report(), serde_json::json!({"acts": 1, "hash": head.hash}));
}

#[test]
fn what_the_office_refuses_is_refused_at_the_door_and_the_accepted_correction_stays() {
    let mut office = Office::new();
    let figure = "P12/progress.actual@2025Q4";
    assert_eq!(office.qd(&["enter", figure, "40%"]).code, 0);
    let correct = |office: &Office, value: &str| {
        office.qd(&["correct", figure, value, "--reason", "recount"])
    };
    office.at("2026-01-21T01:00:00Z");
    assert_eq!(correct(&office, "50%").code, 0);
    // Stored before the office had its limit: the last accepted one stays in force.
    office.at("2026-01-22T01:00:00Z");
    assert_eq!(correct(&office, "90%").code, 0);
    office.append(
        "register/validation.toml",
        "\n[[rule]]\nid = \"at-most-60\"\nleft = \"P12/progress.actual\"\noperator = \"<=\"\nright = 60\nimportance = \"error\"\nreject = true\nsay = { zh-TW = \"請查核。\", en = \"Look at it.\" }\n",
    );
    let shown = office.qd(&["explain", figure]);
    assert!(shown.out.contains("50.00 %"), "{}", shown.out);
    assert!(
        shown
            .out
            .contains("1 used, 1 no longer, 1 rejected, 3 in all"),
        "{}",
        shown.out
    );
    for (refused, figure) in [
        (correct(&office, "95%"), figure),
        (
            office.qd(&["enter", "P12/progress.actual@2025Q3", "95%"]),
            "P12/progress.actual@2025Q3",
        ),
    ] {
        assert_eq!(refused.code, 2, "{}", refused.out);
        for word in [
            figure,
            "95",
            "at-most-60",
            "nothing was stored",
            "validation.toml",
        ] {
            assert!(refused.err.contains(word), "{word}: {}", refused.err);
        }
    }
    let again = office.qd(&["explain", figure]);
    assert!(again.out.contains("3 in all"), "{}", again.out);
    assert_eq!(correct(&office, "60%").code, 0);
}

#[test]
fn an_as_of_takes_a_time_of_taipei_and_refuses_what_it_does_not_know() {
    let mut office = Office::new();
    office.at("2026-01-20T01:00:00Z");
    assert_eq!(office.qd(&["enter", "P12/risk@2025Q4", "high"]).code, 0);
    assert_eq!(office.risk(Some("2026-01-20 09:00")), "high");
    assert!(office.risk(Some("2026-01-20T08:59:59")).is_null());
    assert!(office.risk(Some("115.1.20 08:59")).is_null());
    for (option, command) in [("--as-of", "status"), ("--since", "log")] {
        let refused = office.qd(&[command, option, "2026-01-20 garbage"]);
        assert_eq!(refused.code, 2, "{}", refused.out);
        assert!(refused.err.contains("2025-10-20 09:00"), "{}", refused.err);
    }
    let since = |moment: &str| office.qd(&["log", "--since", moment]).out;
    assert!(since("2026-01-20T01:00:00Z").contains("P12/risk"));
    assert!(!since("2026-01-20T01:00:01Z").contains("P12/risk"));
}
