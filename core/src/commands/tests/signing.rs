//! Sign-off by two people with two accounts, item by item.

use super::*;

fn signers() -> Office {
    let office = Office::new();
    for (id, role) in [("lin", "prepare"), ("wang", "review"), ("huang", "approve")] {
        office.append(
            "register/people.toml",
            &format!(
                "\n[[person]]\nid = \"{id}\"\nname = {{ zh-TW = \"{id}\", en = \"{id}\" }}\nroles = [\"{role}\"]\naccounts = [\"{id}\"]\n"
            ),
        );
    }
    office
}

impl Office {
    fn as_account(&mut self, account: &str) {
        account.clone_into(&mut self.environment.account);
    }
    fn items(&self, quarter: &str) -> Vec<String> {
        let state = self.qd(&["prepare", quarter, "--dry-run", "--json"]).json();
        valid("signoff", &state);
        let open = state["items"].as_array().unwrap().iter();
        let open = open.filter(|item| item["accepted"].is_null());
        open.map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    }
    /// Takes a step and accepts all that is open.
    fn step(&self, step: &str, quarter: &str) -> Answer {
        let mut args = vec![step.to_owned(), quarter.to_owned(), "--json".to_owned()];
        for item in self.items(quarter) {
            args.extend([
                "--accept".to_owned(),
                format!("{item}=known, see the letter"),
            ]);
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        self.qd(&args)
    }
}

fn code(answer: &Answer) -> String {
    answer.json()["error"]["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn a_quarter_is_signed_by_two_people_from_two_accounts() {
    let mut office = signers();
    // Who has no role cannot, and is told where roles are given.
    assert_eq!(
        code(&office.step("prepare", "2025Q4")),
        "session-role-missing"
    );
    office.as_account("lin");
    let open = office.items("2025Q4");
    assert!(
        !open.is_empty(),
        "a new office has figures that are missing"
    );
    let refused = office.qd(&["prepare", "2025Q4", "--json"]);
    assert_eq!((refused.code, code(&refused).as_str()), (3, "signoff-open"));
    // The running quarter never.
    let running = office.step("prepare", "2026Q1");
    assert_eq!(
        (running.code, code(&running).as_str()),
        (3, "signoff-not-complete")
    );
    let prepared = office.step("prepare", "2025Q4");
    assert_eq!(prepared.code, 0, "{}", prepared.out);
    let prepared = prepared.json();
    valid("signoff", &prepared);
    assert_eq!(prepared["prepared"]["account"], "lin");
    assert_eq!(
        (prepared["next"].as_str(), prepared["open"].as_i64()),
        (Some("review"), Some(0))
    );
    assert_eq!(prepared["items"].as_array().unwrap().len(), open.len());
    // Not by somebody without the role, and not before it is reviewed.
    let own = office.qd(&["review", "2025Q4", "--json"]);
    assert_eq!(code(&own), "session-role-missing");
    office.as_account("huang");
    let early = office.qd(&["publish", "2025Q4", "--json"]);
    assert_eq!(
        (early.code, code(&early).as_str()),
        (3, "signoff-not-reviewed")
    );
    let next = early.json()["error"]["next"].clone();
    assert!(
        next.as_str().unwrap().contains("qd review 2025Q4"),
        "{next}"
    );
    office.as_account("wang");
    let reviewed = office.qd(&["review", "2025Q4", "--json"]);
    assert_eq!(reviewed.code, 0, "{}", reviewed.out);
    let log = office.qd(&["log", "--json"]).json();
    valid("log", &log);
    let kinds: Vec<&str> = log["acts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["act"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds.iter().filter(|kind| **kind == "accept").count(),
        open.len()
    );
    assert_eq!(kinds[kinds.len() - 2..], ["prepare", "review"]);
}

#[test]
fn the_same_person_or_the_same_account_is_refused_even_with_both_roles() {
    let mut office = Office::new();
    for (id, account) in [("lin", "lin"), ("wang", "shared")] {
        office.append(
            "register/people.toml",
            &format!(
                "\n[[person]]\nid = \"{id}\"\nname = {{ zh-TW = \"{id}\", en = \"{id}\" }}\nroles = [\"prepare\", \"review\", \"approve\"]\naccounts = [\"{account}\"]\n"
            ),
        );
    }
    office.as_account("lin");
    assert_eq!(office.step("prepare", "2025Q4").code, 0);
    let same = office.qd(&["review", "2025Q4", "--json"]);
    assert_eq!(
        (same.code, code(&same).as_str()),
        (3, "signoff-same-person")
    );
    // Another person who took over the account is still the same account.
    let people = std::fs::read_to_string(office.root().join("register/people.toml")).unwrap();
    let people = people
        .replace("[\"lin\"]", "[]")
        .replace("[\"shared\"]", "[\"lin\"]");
    std::fs::write(office.root().join("register/people.toml"), people).unwrap();
    let same = office.qd(&["review", "2025Q4", "--json"]);
    assert_eq!(
        (same.code, code(&same).as_str()),
        (3, "signoff-same-account")
    );
}

#[test]
fn values_that_changed_since_the_preparation_are_named_and_accepted_by_name() {
    let mut office = signers();
    office.as_account("lin");
    assert_eq!(office.step("prepare", "2025Q4").code, 0);
    office.as_account("chen");
    office.at("2026-01-20T02:00:00Z");
    assert_eq!(office.qd(&["enter", "P12/risk@2025Q4", "high"]).code, 0);
    office.as_account("wang");
    let state = office
        .qd(&["review", "2025Q4", "--dry-run", "--json"])
        .json();
    assert_eq!(state["changed"][0]["figure"], "P12/risk@2025Q4");
    assert_eq!(
        (
            state["changed"][0]["before"].clone(),
            state["changed"][0]["now"].as_str()
        ),
        (Value::Null, Some("high"))
    );
    let refused = office.qd(&["review", "2025Q4", "--json"]);
    assert_eq!(code(&refused), "signoff-open");
    let accept = [
        "review",
        "2025Q4",
        "--accept",
        "changed-since-signed@1:2025Q4=seen and right",
        "--json",
    ];
    let reviewed = office.qd(&accept);
    assert_eq!(reviewed.code, 0, "{}", reviewed.out);
    // A change after the review is another item: the earlier acceptance was for other values.
    office.as_account("chen");
    office.at("2026-01-20T03:00:00Z");
    assert_eq!(
        office
            .qd(&["correct", "P12/risk@2025Q4", "low", "--reason", "mistaken"])
            .code,
        0
    );
    office.as_account("huang");
    let refused = office.qd(&["publish", "2025Q4", "--json"]);
    assert_eq!(code(&refused), "signoff-open");
    assert!(!office.root().join("reports/2025Q4").exists());
}

#[test]
fn an_acceptance_needs_a_name_that_is_open_and_a_reason() {
    let mut office = signers();
    office.as_account("lin");
    for (accept, expected) in [
        ("unknown", "signoff-bad-accept"),
        ("no-such-item@1:x=why not", "signoff-no-item"),
    ] {
        let refused = office.qd(&["prepare", "2025Q4", "--accept", accept, "--json"]);
        assert_eq!((refused.code, code(&refused).as_str()), (2, expected));
    }
    let item = office.items("2025Q4").remove(0);
    let empty = format!("{item}= ");
    let refused = office.qd(&["prepare", "2025Q4", "--accept", &empty, "--json"]);
    assert_eq!(code(&refused), "signoff-no-reason-given");
    let long = format!("{item}={}", "x".repeat(1001));
    let refused = office.qd(&["prepare", "2025Q4", "--accept", &long, "--json"]);
    assert_eq!(code(&refused), "signoff-reason-long");
    assert_eq!(
        office.qd(&["log", "--json"]).json()["acts"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
}

#[test]
fn money_progress_milestones_and_risk_that_changed_since_the_preparation_are_counted() {
    let mut office = signers();
    office.append(
        "register/programmes/P12.toml",
        "\n[[milestone]]\nid = \"1\"\ntitle = { zh-TW = \"決標\", en = \"Award\" }\nweight = 100\nplanned = \"2025-11-30\"\n",
    );
    office.as_account("lin");
    let prepared = office.step("prepare", "2025Q4");
    assert_eq!(prepared.code, 0, "{}{}", prepared.out, prepared.err);
    office.as_account("chen");
    office.at("2026-01-20T02:00:00Z");
    for (figure, value) in [
        ("P12/budget.planned_spend@2025Q4", "3000"),
        ("P12/budget.paid@2025Q4", "1500"),
        ("P12/budget-total.paid@2025Q4", "9000"),
        ("P12/progress.planned@2025Q4", "80"),
        ("P12/progress.actual@2025Q4", "60"),
        ("P12/risk@2025Q4", "high"),
        ("P12/milestone.1@2025-12-05", "done"),
    ] {
        let answer = office.qd(&["enter", figure, value]);
        assert_eq!(answer.code, 0, "{figure} {}", answer.err);
    }
    office.as_account("wang");
    let state = office.qd(&["review", "2025Q4", "--dry-run", "--json"]);
    let state = state.json();
    valid("signoff", &state);
    let changed = state["changed"].as_array().unwrap();
    let now = |figure: &str| {
        let found = changed.iter().find(|c| c["figure"] == figure);
        found.unwrap_or_else(|| panic!("{figure} is not counted"))["now"].clone()
    };
    for (figure, value) in [
        ("P12/budget.paid@2025Q4", "1500"),
        ("P12/budget.disbursement_ratio@2025Q4", "0.500000"),
        ("P12/budget-total.paid@2025Q4", "9000"),
        ("P12/progress.variance@2025Q4", "-20"),
        ("P12/risk@2025Q4", "high"),
        ("P12/milestone.1@2025Q4", "done_late"),
        ("P12/milestone.1.actual@2025Q4", "2025-12-05"),
        ("P12/milestone.1.days_late@2025Q4", "5"),
        ("portfolio/budget.paid@2025Q4", "1500"),
    ] {
        assert_eq!(now(figure), value, "{figure}");
    }
    // The item says how many.
    let items = state["items"].as_array().unwrap();
    let item = items.iter().find(|i| i["rule"] == "changed-since-signed@1");
    let text = item.unwrap()["text"].as_str().unwrap().to_owned();
    assert!(text.contains(&changed.len().to_string()), "{text}");
}

#[test]
fn a_cause_that_people_entered_is_no_open_item() {
    let mut office = signers();
    for (figure, value) in [
        ("P12/budget.planned_spend@2025Q4", "3000"),
        ("P12/budget.paid@2025Q4", "1500"),
        ("P12/budget.payable@2025Q4", "0"),
        ("P12/budget.saved@2025Q4", "0"),
        ("P12/progress.planned@2025Q4", "80"),
        ("P12/progress.actual@2025Q4", "60"),
    ] {
        assert_eq!(office.qd(&["enter", figure, value]).code, 0, "{figure}");
    }
    let missing = |office: &mut Office| {
        office.as_account("lin");
        let open = office.items("2025Q4").into_iter();
        let open = open.filter(|item| item.starts_with("missing-cause@1"));
        let count = open.count();
        office.as_account("chen");
        count
    };
    assert_eq!(missing(&mut office), 1);
    for (part, text) in [("reason", "招標延後"), ("measure", "加開協調會議")] {
        let figure = format!("P12/narrative.{part}@2025Q4");
        assert_eq!(office.qd(&["enter", &figure, text]).code, 0);
    }
    assert_eq!(missing(&mut office), 0);
}

#[test]
fn a_quarter_is_not_signed_while_a_programme_is_left_out() {
    let mut office = signers();
    office.as_account("lin");
    let file = "register/programmes/P12.toml";
    let good = std::fs::read_to_string(office.root().join(file)).unwrap();
    std::fs::write(office.root().join(file), format!("titel = 5\n{good}")).unwrap();
    let open = office.items("2025Q4");
    assert!(
        open.contains(&"files-broken@1:2025Q4".to_owned()),
        "{open:?}"
    );
    let refused = office.step("prepare", "2025Q4");
    assert_eq!(
        (refused.code, code(&refused).as_str()),
        (3, "signoff-files-broken"),
        "whatever is accepted: {}",
        refused.out
    );
    assert!(refused.out.contains("P12.toml"), "{}", refused.out);
    // Who collects or reports hears of it.
    let collected = office.qd(&["collect", "--json"]);
    valid("collect", &collected.json());
    assert_ne!(collected.code, 0, "{}", collected.out);
    assert_eq!(collected.json()["broken_files"][0]["file"], file);
    let report = office.qd(&[
        "report",
        "--quarter",
        "2025Q4",
        "--format",
        "csv",
        "--out",
        "r",
    ]);
    assert!(report.err.contains("qd check"), "{}", report.err);
    std::fs::write(office.root().join(file), good).unwrap();
    assert_eq!(office.step("prepare", "2025Q4").code, 0);
}

/// Puts the row of an office into another's database, as somebody would who knows how its sum is made.
fn forge(from: &Office, to: &Office, sequence: i64) {
    let open = |office: &Office| {
        rusqlite::Connection::open(office.root().join(crate::session::DATABASE)).unwrap()
    };
    let (amount, sum): (i64, i64) = open(from)
        .query_row(
            "SELECT amount_ntd, row_sum FROM money WHERE sequence = ?1",
            [sequence],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let database = open(to);
    database
        .execute_batch("DROP TRIGGER money_no_update")
        .unwrap();
    let changed = database
        .execute(
            "UPDATE money SET amount_ntd = ?1, row_sum = ?2 WHERE sequence = ?3",
            [amount, sum, sequence],
        )
        .unwrap();
    assert_eq!(changed, 1);
}

#[test]
fn a_value_that_was_altered_after_it_was_prepared_is_not_signed_on() {
    let paid = |amount: &str| {
        let mut office = signers();
        office.at("2026-01-21T01:00:00Z");
        let entered = office.qd(&["enter", "P12/budget.paid@2025Q4", amount, "--json"]);
        assert_eq!(entered.code, 0, "{}", entered.out);
        let row: i64 = entered.json()["entry"].to_string().parse().unwrap();
        office.at("2026-01-22T01:00:00Z");
        office.as_account("lin");
        (office, row)
    };
    let (twin, _) = paid("28600");
    let (mut office, row) = paid("18600");
    assert_eq!(office.step("prepare", "2025Q4").code, 0);
    forge(&twin, &office, row);
    office.as_account("wang");
    let refused = office.step("review", "2025Q4");
    assert_eq!(
        (refused.code, code(&refused).as_str()),
        (4, "signoff-figures-altered"),
        "{}",
        refused.out
    );
    // It may be prepared again, by name and with a reason.
    office.as_account("lin");
    let open = office.items("2025Q4");
    assert!(
        open.contains(&"signed-figures@1:2025Q4".to_owned()),
        "{open:?}"
    );
    assert_eq!(office.step("prepare", "2025Q4").code, 0);
    office.as_account("wang");
    assert_eq!(office.step("review", "2025Q4").code, 0);
}
