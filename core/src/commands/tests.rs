use super::{Environment, run};
use crate::platform;
use crate::session::{Clock, LOCK};
use chrono::{DateTime, Utc};
use quarterdeck_store::{Holder, WorkspaceLock};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

const ACCOUNT: &str = "chen";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// An office's machine: a workspace beside it, a person mapped to the account.
struct Office {
    folder: tempfile::TempDir,
    environment: Environment,
}

struct Answer {
    code: i32,
    out: String,
    err: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {} {}", self.out, self.err))
    }
}

impl Office {
    fn empty() -> Office {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment {
            variables: BTreeMap::from([("QD_LANG".to_owned(), "en".to_owned())]),
            folder: folder.path().to_owned(),
            account: ACCOUNT.to_owned(),
            clock: Clock::fixed(at("2026-01-20T01:00:00Z")),
            stdin_terminal: false,
            stdout_terminal: false,
            stderr_terminal: false,
            interrupt: Arc::new(AtomicBool::new(false)),
        };
        Office {
            folder,
            environment,
        }
    }

    /// The starter workspace with one person and one figure that people enter.
    fn new() -> Office {
        let mut office = Office::empty();
        assert_eq!(office.qd(&["init", "office"]).code, 0);
        office.environment.folder = office.folder.path().join("office");
        office.append(
            "register/people.toml",
            "\n[[person]]\nid = \"chen\"\nname = { zh-TW = \"陳雅婷\", en = \"Chen\" }\nroles = [\"enter\"]\naccounts = [\"chen\"]\n",
        );
        office
    }

    fn root(&self) -> &Path {
        &self.environment.folder
    }
    fn append(&self, file: &str, text: &str) {
        let path = self.root().join(file);
        let old = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, old + text).unwrap();
    }
    fn at(&mut self, now: &str) {
        self.environment.clock = Clock::fixed(at(now));
    }
    fn qd(&self, args: &[&str]) -> Answer {
        self.typing(args, "")
    }
    fn typing(&self, args: &[&str], stdin: &str) -> Answer {
        let args: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(
            &args,
            &mut stdin.as_bytes(),
            &mut out,
            &mut err,
            &self.environment,
        );
        Answer {
            code,
            out: String::from_utf8(out).unwrap(),
            err: String::from_utf8(err).unwrap(),
        }
    }
    fn risk(&self, as_of: Option<&str>) -> Value {
        let mut args = vec!["status", "--json", "--programme", "P12"];
        if let Some(as_of) = as_of {
            args.extend(["--as-of", as_of]);
        }
        self.qd(&args).json()["programmes"][0]["risk"].clone()
    }
}

fn valid(schema: &str, document: &Value) {
    let path = format!(
        "{}/../assets/schema/{schema}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .take(5)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_board_has_29_rows_for_people_and_for_scripts() {
    let office = Office::new();
    let board = office.qd(&["status"]);
    assert_eq!(board.code, 0, "{}", board.err);
    for number in 1..=29 {
        let id = format!("P{number:02}  ");
        assert_eq!(
            board.out.lines().filter(|l| l.starts_with(&id)).count(),
            1,
            "{}",
            board.out
        );
    }
    let answer = office.qd(&["--json", "status"]);
    let document = answer.json();
    valid("status", &document);
    assert_eq!(document["programmes"].as_array().unwrap().len(), 29);
    let counts = document["counts"].as_object().unwrap();
    assert_eq!(counts.len(), 11);
    assert_eq!(
        counts.values().map(|c| c.as_i64().unwrap()).sum::<i64>(),
        29
    );
    assert_eq!(document["quarter"], "2025Q4");
    let keys: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(keys[..4], ["schema", "demo", "quarter", "quarter_complete"]);
}

#[test]
fn every_command_answers_in_its_schema() {
    let office = Office::new();
    for (schema, args) in [
        ("sources", &["sources", "--json"] as &[&str]),
        ("check", &["check", "--json"]),
        ("error", &["status", "--json", "--quarter", "never"]),
        ("entry", &["enter", "P12/risk@2025Q4", "high", "--json"]),
    ] {
        valid(schema, &office.qd(args).json());
    }
    let fresh = Office::empty();
    valid("init", &fresh.qd(&["init", "a", "--json"]).json());
}

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
fn a_busy_workspace_names_the_holder() {
    let office = Office::new();
    assert_eq!(office.qd(&["status"]).code, 0);
    let holder = Holder {
        pid: 4242,
        host: "desk-7".to_owned(),
        since: platform::now(),
        command: "qd collect".to_owned(),
    };
    let lock = WorkspaceLock::acquire(&office.root().join(LOCK), &holder, Duration::ZERO).unwrap();
    let answer = office.qd(&["collect", "--json"]);
    assert_eq!(answer.code, 5, "{}", answer.out);
    let document = answer.json();
    valid("error", &document);
    let message = document["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("desk-7") && message.contains("4242"),
        "{message}"
    );
    assert_eq!(office.qd(&["status"]).code, 0, "readers never wait");
    drop(lock);
}

#[test]
fn a_broken_programme_file_leaves_the_other_28() {
    let office = Office::new();
    std::fs::write(
        office.root().join("register/programmes/P12.toml"),
        "id = \"P12\nplan =",
    )
    .unwrap();
    let board = office.qd(&["status", "--json"]);
    assert_eq!(board.code, 0);
    assert_eq!(board.json()["programmes"].as_array().unwrap().len(), 28);
    let check = office.qd(&["check"]);
    assert_eq!(check.code, 2);
    assert!(
        check.out.contains("register/programmes/P12.toml:1"),
        "{}",
        check.out
    );
}

#[test]
fn wrong_use_ends_with_2_and_says_what_to_do() {
    let office = Office::empty();
    let answer = office.qd(&["status"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("qd init"), "{}", answer.err);
    assert!(answer.out.is_empty());
    assert_eq!(office.qd(&["status", "--workspace", "/nowhere"]).code, 2);
    for args in [
        &["frobnicate"] as &[&str],
        &["status", "--frobnicate"],
        &["status", "--lang", "fr"],
        &["enter", "P12/risk"],
        &["status", "--fail-on", "purple"],
    ] {
        let answer = office.qd(args);
        assert_eq!(answer.code, 2, "{args:?}");
        assert!(!answer.err.is_empty(), "{args:?}");
    }
    let office = Office::new();
    let alone = office.qd(&[]);
    assert_eq!(alone.code, 2);
    assert!(alone.err.contains("qd status"), "{}", alone.err);
}

#[test]
fn fail_on_matches_what_stands_there() {
    let office = Office::new();
    let document = office.qd(&["status", "--json"]).json();
    let (standing, _) = document["counts"]
        .as_object()
        .unwrap()
        .iter()
        .find(|(_, count)| count.as_i64() > Some(0))
        .unwrap();
    assert_eq!(office.qd(&["status", "--fail-on", standing]).code, 1);
    assert_eq!(office.qd(&["status", "--fail-on", "rejected"]).code, 0);
}

#[test]
fn help_speaks_both_languages_and_flags_stand_anywhere() {
    let office = Office::new();
    let english = office.qd(&["status", "--help"]);
    assert_eq!(english.code, 0);
    assert!(english.out.contains("Usage: qd status"), "{}", english.out);
    let chinese = office.qd(&["--lang", "zh-TW", "--help"]);
    assert!(
        chinese.out.contains("用法：") && chinese.out.contains("季報"),
        "{}",
        chinese.out
    );
    assert!(!chinese.out.contains("Options:"), "{}", chinese.out);
    assert_eq!(
        office.qd(&["--json", "--quiet", "check"]).out,
        office.qd(&["check", "--quiet", "--json"]).out
    );
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(office.qd(&["completions", shell]).out.contains("withdraw"));
    }
    let version = office.qd(&["--version"]);
    assert_eq!(
        version.out.trim(),
        format!("qd {}", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn the_workspace_language_counts_when_nothing_else_is_said() {
    let mut office = Office::new();
    office.environment.variables.clear();
    assert!(office.qd(&["status"]).out.contains("計畫"));
    assert!(
        office
            .qd(&["status", "--lang", "en"])
            .out
            .contains("Programme")
    );
}

#[test]
fn no_outside_text_commands_the_terminal() {
    let office = Office::new();
    let file = office.root().join("register/programmes/P12.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let dirty = text.replacen(
        "en = \"Smart online",
        "en = \"\\u001b]52;c;aGk=\\u0007\\u202eSmart online",
        1,
    );
    assert_ne!(text, dirty);
    std::fs::write(&file, dirty).unwrap();
    for args in [&["status"] as &[&str], &["status", "--json"], &["check"]] {
        let out = office.qd(args).out;
        let bad = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!out.contains(bad), "{args:?}");
        assert!(
            !out.contains("\\u001b") && !out.contains("\\u202e"),
            "{args:?}"
        );
    }
}

#[test]
fn a_report_is_written_and_the_same_state_gives_the_same_bytes() {
    let office = Office::new();
    let report = |out: &str| {
        let args = [
            "report",
            "--quarter",
            "114Q4",
            "--out",
            out,
            "--format",
            "csv",
            "--json",
        ];
        let answer = office.qd(&args);
        assert_eq!(answer.code, 0, "{}", answer.out);
        valid("report", &answer.json());
        let name = answer.json()["files"][0].as_str().unwrap().to_owned();
        std::fs::read(name).unwrap()
    };
    assert_eq!(report("first"), report("second"));
    std::fs::write(office.root().join("first/bagit.txt"), "").unwrap();
    let published = office.qd(&[
        "report", "-q", "2025Q4", "--out", "first", "--format", "csv",
    ]);
    assert_eq!(published.code, 2, "what was published is never overwritten");
}

#[test]
fn a_collection_without_an_answer_keeps_everything_and_says_so() {
    let office = Office::new();
    for entry in std::fs::read_dir(office.root().join("sources"))
        .into_iter()
        .flatten()
    {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let none = office.qd(&["collect"]);
    assert_eq!(none.code, 0, "{}", none.err);
    assert_eq!(office.qd(&["collect", "--source", "nowhere"]).code, 2);
    std::fs::create_dir_all(office.root().join("sources")).unwrap();
    std::fs::write(
        office.root().join("sources/closed.toml"),
        "id = \"closed\"\nkind = \"json\"\nurl = \"http://127.0.0.1:9/x\"\nallow_private = true\nschedule = \"daily\"\n[[map]]\nseries = \"P05/guided-examples\"\nat = \"$.count\"\nperiod = \"2025Q4\"\n",
    )
    .unwrap();
    let answer = office.qd(&["collect", "--json"]);
    assert_eq!(answer.code, 3, "{} {}", answer.out, answer.err);
    valid("collect", &answer.json());
    let sources = office.qd(&["sources", "--json"]).json();
    valid("sources", &sources);
    assert_eq!(sources["sources"][0]["attempts"][0]["outcome"], "failed");
    assert!(office.qd(&["sources"]).out.contains("closed"));
}

#[test]
fn the_demo_answers_in_the_schemas_and_takes_entries() {
    let mut office = Office::empty();
    let made = office.qd(&["demo", "--json"]);
    assert_eq!(made.code, 0, "{} {}", made.out, made.err);
    valid("demo", &made.json());
    for file in made.json()["report"].as_array().unwrap() {
        assert!(Path::new(file.as_str().unwrap()).is_file(), "{file}");
    }
    office.environment.folder = office.folder.path().join("quarterdeck-demo");
    let status = office.qd(&["status", "--json"]).json();
    valid("status", &status);
    assert_eq!(status["demo"], true);
    let standing = |word: &str| status["counts"][word].as_i64().unwrap();
    assert!(
        standing("behind") > 0 && standing("on_track") > 0,
        "{}",
        status["counts"]
    );
    assert_eq!(office.qd(&["status", "--fail-on", "behind,late"]).code, 1);
    valid("sources", &office.qd(&["sources", "--json"]).json());
    let collected = office.qd(&["collect", "--source", "demo-services", "--json"]);
    assert_eq!(collected.code, 0, "{} {}", collected.out, collected.err);
    valid("collect", &collected.json());
    // Nobody is mapped to this account: in the demo the demo's person acts.
    assert_eq!(office.qd(&["enter", "P06/task.3@2025Q4", "1"]).code, 0);
    assert!(office.qd(&["status"]).out.contains("invented"));
}
