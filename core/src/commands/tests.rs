mod control;
mod entering;
mod outside;
mod signing;
mod targets;
mod trouble;
mod upgrading;
mod words;

use super::{Environment, run};
use crate::session::Clock;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

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
            columns: None,
            interrupt: Arc::new(AtomicBool::new(false)),
            terminated: Arc::new(AtomicBool::new(false)),
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
