//! An import that is killed at any moment leaves all of its rows or none, and files whole.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_store::{OpenMode, Store};
use quarterdeck_tests::office::Office;
use quarterdeck_tests::program::command;
use std::io::Write;
use std::time::{Duration, Instant};

/// Rounds; `QUARTERDECK_ROUNDS` asks for more.
fn rounds() -> u32 {
    let asked = std::env::var("QUARTERDECK_ROUNDS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(10)
}

fn said(text: &str) {
    // What is printed with a macro is kept back by the test program.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// How long a whole import takes, so that kills fall into it.
fn whole(office: &Office, args: &[&str]) -> Duration {
    let start = Instant::now();
    office.qd(args).expect(0);
    start.elapsed()
}

fn killed(office: &Office, args: &[&str], after: Duration) -> bool {
    let mut child = command(&office.root(), args).spawn().unwrap();
    std::thread::sleep(after);
    let is_killed = child.try_wait().unwrap().is_none();
    let _ = child.kill();
    child.wait().unwrap();
    is_killed
}

fn money_rows(office: &Office) -> usize {
    let file = office.root().join("quarterdeck.db");
    if !file.exists() {
        return 0;
    }
    let store = Store::open(&file, OpenMode::ReadOnly).unwrap();
    let rows = store
        .rows_as_of(chrono::DateTime::<chrono::Utc>::MAX_UTC)
        .unwrap();
    rows.money.len()
}

#[test]
fn figures_of_a_killed_import_are_all_there_or_none() {
    let mut table = String::from("計畫編號,期別,累計分配數（千元）,實支數（千元）\n");
    for programme in 1..=29 {
        for month in 1..=12 {
            table.push_str(&format!(
                "P{programme:02},2025-{month:02},{},{}\n",
                month * 100,
                month * 90
            ));
        }
    }
    let rows = 29 * 12 * 2;
    let args = ["import", "../money.csv", "--as", "budget", "--quiet"];
    let fresh = || {
        let office = Office::new();
        std::fs::write(office.beside().join("money.csv"), &table).unwrap();
        office
    };
    let first = fresh();
    let time = whole(&first, &args);
    assert_eq!(money_rows(&first), rows);
    let (mut kills, mut whole_ones) = (0, 0);
    for round in 0..rounds() {
        let office = fresh();
        // Spread over the time the import takes, the later half more finely.
        let part = time * (round + 1) / (rounds() + 1);
        kills += u32::from(killed(&office, &args, part));
        let found = money_rows(&office);
        assert!(found == 0 || found == rows, "{found} of {rows} rows");
        whole_ones += u32::from(found == rows);
        office.qd(&args).expect(0);
        assert_eq!(money_rows(&office), rows, "a second import completes it");
    }
    said(&format!(
        "import killed: {kills} kills in {} rounds, {whole_ones} whole",
        rounds()
    ));
}

#[test]
fn a_killed_import_of_the_register_ends_whole_with_the_next_command() {
    let mut table = String::from("計畫編號,計畫名稱,推動計畫,架構節點,主辦機關\n");
    for number in 1..=60 {
        table.push_str(&format!("N{number:02},新計畫{number},dgp2,S4,NDC\n"));
    }
    let args = [
        "import",
        "../list.csv",
        "--as",
        "register",
        "--replace",
        "--quiet",
    ];
    let fresh = || {
        let office = Office::new();
        office.replace(
            "register/people.toml",
            "[\"enter\"]",
            "[\"enter\", \"admin\"]",
        );
        std::fs::write(office.beside().join("list.csv"), &table).unwrap();
        office
    };
    let time = whole(&fresh(), &args);
    let mut kills = 0;
    for round in 0..rounds() {
        let office = fresh();
        let part = time * (round + 1) / (rounds() + 1);
        kills += u32::from(killed(&office, &args, part));
        let status = office.status(&[]);
        let programmes = status["programmes"].as_array().unwrap().len();
        assert!(
            programmes == 29 || programmes == 60,
            "{programmes} programmes"
        );
        office.qd(&["check"]).expect(0);
    }
    said(&format!(
        "register import killed: {kills} kills in {} rounds",
        rounds()
    ));
}
