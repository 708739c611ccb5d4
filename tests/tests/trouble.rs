//! What is wrong with files, folders and people: told with its place, and nothing is lost.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::office::{Office, programme};
use quarterdeck_tests::program::{Answer, command, valid};
use quarterdeck_tests::tools;
use serde_json::Value;
use std::path::Path;

fn problems(office: &Office) -> Vec<Value> {
    let document = office.qd(&["check", "--json"]).expect(2).json();
    valid("check", &document);
    document["problems"].as_array().unwrap().clone()
}

#[test]
fn an_unknown_key_is_told_with_file_line_and_the_nearest_word() {
    for (file, right, wrong) in [
        ("quarterdeck.toml", "on_track", "on_trak"),
        ("register/programmes/P12.toml", "lead_basis", "lead_bassis"),
        (
            "sources/catalogue.toml",
            "min_rows_percent",
            "min_row_percent",
        ),
        ("register/people.toml", "roles", "role"),
    ] {
        let office = Office::new();
        office.catalogue_source("http://127.0.0.1:9/");
        let key = format!("\n{right} = ");
        office.replace(file, &key, &format!("\n{wrong} = "));
        let text = office.read(file);
        let line = 1 + text
            .lines()
            .position(|l| l.starts_with(&format!("{wrong} = ")))
            .unwrap();
        let found = problems(&office);
        let problem = found
            .iter()
            .find(|p| p["code"] == "check-unknown-key")
            .unwrap_or_else(|| panic!("{file}: {found:?}"));
        assert_eq!(
            (&problem["file"], &problem["line"]),
            (&Value::from(file), &Value::from(line))
        );
        assert!(
            problem["next"]
                .as_str()
                .is_some_and(|next| next.contains(right)),
            "{problem}"
        );
        let told = office.qd(&["check"]).expect(2).out;
        assert!(told.contains(&format!("{file}:{line}: ")), "{told}");
    }
}

#[test]
fn a_broken_programme_file_leaves_the_other_28() {
    let office = Office::new();
    office.write("register/programmes/P12.toml", "id = \"P12\ntitle =");
    let found = problems(&office);
    let errors: Vec<&Value> = found.iter().filter(|p| p["severity"] == "error").collect();
    assert!(!errors.is_empty(), "{found:?}");
    for error in errors {
        assert_eq!(error["file"], "register/programmes/P12.toml", "{error}");
        assert!(error["line"].is_i64(), "{error}");
    }
    let status = office.status(&[]);
    valid("status", &status);
    assert_eq!(status["programmes"].as_array().unwrap().len(), 28);
    assert!(office.qd(&["status"]).expect(0).err.contains("qd check"));
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_can_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::new();
    office.status(&[]);
    // Root may write anywhere: then another account runs a copy of the program.
    let program = office.beside().join("qd");
    std::fs::copy(quarterdeck_tests::program::binary(), &program).unwrap();
    let set = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set(office.beside(), 0o755);
    set(&office.root(), 0o555);
    let root = quarterdeck_core::platform::account_name() == "root";
    let run = |args: &[&str]| -> Option<Answer> {
        let mut command = if root {
            let setpriv = tools::find("a folder that cannot be written, as root", &["setpriv"])?;
            let mut command = std::process::Command::new(setpriv);
            command
                .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
                .arg(&program);
            command
        } else {
            std::process::Command::new(&program)
        };
        command
            .current_dir(office.root())
            .env("QD_LANG", "en")
            .env_remove("QD_WORKSPACE")
            .args(args);
        Some(command.output().unwrap().into())
    };
    let answers: Option<Vec<Answer>> = [
        &["--read-only", "status", "--json"] as &[&str],
        &["status", "--json"],
        &["collect"],
        &[
            "report",
            "--quarter",
            "2025Q3",
            "--format",
            "csv",
            "--out",
            "report",
        ],
    ]
    .into_iter()
    .map(run)
    .collect();
    set(&office.root(), 0o755);
    let Some(answers) = answers else { return };
    let mut answers = answers.into_iter();
    let mut next = || answers.next().unwrap();
    let read_only = next().expect(0).json();
    assert_eq!(read_only["programmes"].as_array().unwrap().len(), 29);
    let status = next();
    assert_eq!(status.code, Some(0), "{} {}", status.out, status.err);
    for (name, answer) in [("collect", next()), ("report", next())] {
        assert!(
            matches!(answer.code, Some(2 | 3)),
            "{name}: {:?} {} {}",
            answer.code,
            answer.out,
            answer.err
        );
        assert!(
            answer.err.contains("office"),
            "{name} names the place: {}",
            answer.err
        );
        assert!(
            answer.err.trim().lines().count() >= 2 || answer.err.contains(". "),
            "{name}: {}",
            answer.err
        );
    }
}

#[test]
fn a_damaged_database_and_one_of_a_newer_version_are_refused_and_left_alone() {
    let office = Office::new();
    office.qd(&["enter", "P12/risk@2025Q3", "low"]).expect(0);
    let good = std::fs::read(office.root().join("quarterdeck.db")).unwrap();
    for (name, place, bytes, code) in [
        ("damaged", 0, b"this is no database" as &[u8], 3),
        // Offset 60 of a SQLite file is the number that a program may use for its schema.
        ("newer", 60, &[0, 0, 3, 231], 2),
    ] {
        let mut changed = good.clone();
        changed[place..place + bytes.len()].copy_from_slice(bytes);
        for ending in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(office.root().join(format!("quarterdeck.db{ending}")));
        }
        office.write("quarterdeck.db", &changed);
        for args in [
            &["status", "--json"] as &[&str],
            &["collect", "--json"],
            &["--read-only", "status", "--json"],
        ] {
            let answer = office.qd(args).expect(code).json();
            valid("error", &answer);
            let error = &answer["error"];
            assert!(
                error["message"]
                    .as_str()
                    .unwrap()
                    .contains("quarterdeck.db"),
                "{name}: {error}"
            );
            assert!(
                error["next"].as_str().is_some_and(|next| !next.is_empty()),
                "{name}: {error}"
            );
            if name == "newer" {
                assert!(
                    error["message"].as_str().unwrap().contains("999"),
                    "{error}"
                );
            }
        }
        let after = std::fs::read(office.root().join("quarterdeck.db")).unwrap();
        assert!(after == changed, "{name}: not a byte was changed");
    }
    office.write("quarterdeck.db", &good);
    let status = office.status(&["--quarter", "2025Q3"]);
    assert_eq!(programme(&status, "P12")["risk"], "low");
}

#[test]
fn no_message_sends_people_to_a_command_that_is_not_there() {
    let help = Office::new().qd(&["--help"]).expect(0).out;
    let known: Vec<&str> = help
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .collect();
    assert!(known.contains(&"collect"), "{help}");
    let mut files = Vec::new();
    let root = quarterdeck_tests::repository::root();
    quarterdeck_tests::repository::walk(&root.join("assets/lang"), "ftl", &mut files);
    let mut wrong = Vec::new();
    for file in files {
        for (number, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
            for after in line.split("qd ").skip(1) {
                let word: String = after.chars().take_while(char::is_ascii_lowercase).collect();
                let ended = after[word.len()..]
                    .chars()
                    .next()
                    .is_none_or(|c| !c.is_ascii_alphabetic() && c != '_');
                let ended = ended && word != "instead";
                if word.len() > 2
                    && ended
                    && !known.contains(&word.as_str())
                    && !line.starts_with('#')
                {
                    wrong.push(format!(
                        "{}:{} qd {word}",
                        file.file_name().unwrap().display(),
                        number + 1
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_person_who_is_not_in_people_toml_can_read_but_not_enter() {
    let office = Office::untouched();
    office.qd(&["check"]).expect(0);
    let account = quarterdeck_core::platform::account_name();
    for args in [
        &["enter", "P12/risk@2025Q3", "low", "--json"] as &[&str],
        &[
            "correct",
            "P12/risk@2025Q3",
            "low",
            "--reason",
            "x",
            "--json",
        ],
        &["withdraw", "1", "--reason", "x", "--json"],
    ] {
        let answer = office.qd(args).expect(2).json();
        valid("error", &answer);
        let error = &answer["error"];
        assert!(
            error["message"].as_str().unwrap().contains(&account),
            "{error}"
        );
        assert!(error.to_string().contains("people.toml"), "{error}");
    }
    // Saying to be somebody else does not help.
    let posing = command(&office.root(), &["enter", "P12/risk@2025Q3", "low"])
        .env("USER", "chen")
        .env("LOGNAME", "chen")
        .output()
        .unwrap();
    assert_eq!(posing.status.code(), Some(2));
    assert!(programme(&office.status(&["--quarter", "2025Q3"]), "P12")["risk"].is_null());
}
