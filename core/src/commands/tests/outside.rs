//! Collections, reports, the demo, and other processes.

use super::{Office, valid};
use crate::platform;
use crate::session::LOCK;
use crate::transport::scripted::{Server, ok};
use quarterdeck_store::{Holder, WorkspaceLock};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

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
    let within = office.qd(&[
        "report",
        "-q",
        "2025Q4",
        "--out",
        "first/data/report",
        "--format",
        "csv",
    ]);
    assert_eq!(within.code, 2, "{}", within.out);
    assert!(within.err.contains("published quarter"), "{}", within.err);
    assert!(!office.root().join("first/data").exists());
    let among = office.qd(&[
        "report",
        "-q",
        "2025Q4",
        "--out",
        "captures/2025",
        "--format",
        "csv",
    ]);
    assert_eq!(among.code, 2, "{}", among.out);
    let template = office.qd(&["template", "budget", "--out", "first/new.ods"]);
    assert_eq!(template.code, 2, "{}", template.out);
    let backup = office.qd(&["backup", "first/data.qdb"]);
    assert_eq!(backup.code, 2, "{}", backup.out);
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

#[test]
fn a_collection_tells_how_far_it_is_as_the_reader_needs_it() {
    let server = Server::start(|_, _| ok("{\"count\": 7}"));
    let mut office = Office::new();
    std::fs::remove_dir_all(office.root().join("sources")).unwrap();
    std::fs::create_dir(office.root().join("sources")).unwrap();
    for id in ["one", "two"] {
        let text = format!(
            "id = \"{id}\"\nkind = \"json\"\nurl = \"{}\"\nallow_private = true\nschedule = \"daily\"\n[[map]]\nseries = \"P05/guided-examples\"\nat = \"$.count\"\nperiod = \"2025Q4\"\n",
            server.url("/")
        );
        std::fs::write(office.root().join(format!("sources/{id}.toml")), text).unwrap();
    }
    let file = office.qd(&["collect"]);
    assert_eq!(file.code, 0, "{} {}", file.out, file.err);
    for id in ["one", "two"] {
        let lines = file
            .err
            .lines()
            .filter(|line| line.starts_with(&format!("{id}: ")));
        assert_eq!(lines.count(), 1, "{}", file.err);
    }
    assert!(
        !file.err.contains('\u{1b}') && !file.err.contains("Collecting"),
        "{}",
        file.err
    );
    let chinese = office.qd(&["collect", "--lang", "zh-TW"]);
    assert!(
        chinese.err.contains("one：") || chinese.err.contains("one: "),
        "{}",
        chinese.err
    );

    let quiet = office.qd(&["collect", "--quiet"]);
    assert_eq!((quiet.code, quiet.err.as_str()), (0, ""));

    office.environment.stderr_terminal = true;
    let terminal = office.qd(&["collect"]);
    assert!(
        terminal.err.contains("Collecting: 0 of 2 sources"),
        "{:?}",
        terminal.err
    );
    let lines = terminal.err.lines().count();
    assert_eq!(
        lines, 1,
        "one line, and the result in its place: {:?}",
        terminal.err
    );
    assert_eq!(office.qd(&["collect", "--quiet"]).err, "");

    // Stopped before anything was asked: by a person, and by the system.
    office.environment.interrupt.store(true, Ordering::SeqCst);
    assert_eq!(office.qd(&["collect"]).code, 130);
    office.environment.terminated.store(true, Ordering::SeqCst);
    assert_eq!(office.qd(&["collect"]).code, 143);
}

#[test]
fn a_dry_run_names_the_columns_of_people_and_shows_none() {
    const PEOPLE: &str = "機關,件數,承辦人,電話\n國發會,12,王大明,02-1234\n";
    let office = Office::new();
    let server = Server::start(|_, _| ok(PEOPLE));
    std::fs::write(
        office.root().join("sources/people.toml"),
        format!(
            "id = \"people\"\nkind = \"csv\"\nurl = \"{}\"\nallow_private = true\nschedule = \"daily\"\n[[map]]\nseries = \"P05/guided-examples\"\naggregate = \"count\"\nperiod = \"2025Q4\"\n",
            server.url("/x")
        ),
    )
    .unwrap();
    let tried = office.qd(&["collect", "--source", "people", "--dry-run"]);
    assert_eq!(tried.code, 0, "{} {}", tried.out, tried.err);
    let said = format!("{}{}", tried.out, tried.err);
    assert!(
        !said.contains("王大明") && !said.contains("02-1234"),
        "{said}"
    );
    assert!(
        said.contains("personal_fields = [\"承辦人\", \"電話\"]"),
        "{said}"
    );
}
