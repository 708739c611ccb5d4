//! Killed (SIGKILL) at random moments of a collection, an import, a publication and a backup: the
//! database opens and holds, nothing half-done shows, and the next try succeeds.
//!
//! Half of the rounds kill after a random part of the time that the work takes, half in the middle of
//! a random write. `QUARTERDECK_FAULTS` asks for all 300 rounds, `QUARTERDECK_SEED` for other moments.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::faulty::{Dice, Disk, Fault, rounds, seed};
use quarterdeck_tests::office::Office;
use quarterdeck_tests::program::{Answer, command};
use quarterdeck_tests::small::{
    AMOUNTS, IMPORT_REGISTER, SOURCES, Small, TARGETS, integrity, programmes, qd, rows, verified,
};
use quarterdeck_tests::tools::say;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// What a series of kills came to.
#[derive(Debug, Default)]
struct Told {
    rounds: u64,
    kills: u64,
    in_a_write: u64,
}

impl Told {
    fn say(&self, what: &str, more: &str) {
        say(&format!(
            "{what} killed: {} rounds, {} kills, {} of them in the middle of a write, seed {:#x}{more}",
            self.rounds,
            self.kills,
            self.in_a_write,
            seed()
        ));
    }
}

/// The office that copies are taken of.
fn small() -> &'static Small {
    static SMALL: OnceLock<Small> = OnceLock::new();
    SMALL.get_or_init(|| Small::new(true))
}

/// Runs a command to its end, unless it is killed before.
fn killed(mut command: Command, after: Option<Duration>) -> bool {
    let mut child = command.spawn().unwrap();
    if let Some(after) = after {
        std::thread::sleep(after);
        let _ = child.kill();
    }
    // A signal leaves no exit code.
    child.wait_with_output().unwrap().status.code().is_none()
}

/// Kills `qd` in copies of an office, and looks at what is left of each.
fn kill_it(small: &Small, args: &[&str], rounds: u64, mut look: impl FnMut(&Office)) -> Told {
    let disk = Disk::find("a kill in the middle of a write");
    let mut dice = Dice::new();
    // A whole run first: how long it takes, and how often it writes.
    let whole = small.office.copy();
    let below = whole.beside().to_owned();
    let began = Instant::now();
    let first: Answer = match &disk {
        Some(disk) => disk.command(&whole.root(), &below, args, 0, Fault::Kill),
        None => command(&whole.root(), args),
    }
    .output()
    .unwrap()
    .into();
    first.expect(0);
    let (time, writes) = (began.elapsed(), disk.as_ref().map_or(0, Disk::writes));
    let mut told = Told::default();
    for round in 0..rounds {
        let office = small.office.copy();
        let (root, below) = (office.root(), office.beside());
        let in_a_write = disk.as_ref().filter(|_| round % 2 == 1 && writes > 0);
        let is_killed = match in_a_write {
            Some(disk) => {
                let at = dice.below(writes) + 1;
                killed(disk.command(&root, below, args, at, Fault::Kill), None)
            }
            None => {
                let part = u32::try_from(dice.below(1000)).unwrap();
                killed(command(&root, args), Some(time * part / 1000))
            }
        };
        told.rounds += 1;
        told.kills += u64::from(is_killed);
        told.in_a_write += u64::from(is_killed && in_a_write.is_some());
        integrity(&office);
        look(&office);
        integrity(&office);
        assert_eq!(
            verified(&office),
            Vec::<String>::new(),
            "after the next try"
        );
    }
    told
}

#[test]
fn a_killed_collection_leaves_sources_whole_or_as_they_were() {
    let small = small();
    let (mut none, mut some, mut all) = (0, 0, 0);
    let told = kill_it(small, &["collect", "--quiet"], rounds(75, 10), |office| {
        assert_eq!(verified(office), Vec::<String>::new());
        match small.no_run_is_half_shown(office) {
            0 => none += 1,
            anew if anew == SOURCES as usize => all += 1,
            _ => some += 1,
        }
        qd(office, &["collect", "--quiet"]).expect(0);
        assert_eq!(small.no_run_is_half_shown(office), SOURCES as usize);
        // Nothing lost, nothing twice: one new row for each source.
        let (readings, money) = rows(office);
        assert_eq!(readings, small.rows.0 + SOURCES as usize);
        assert_eq!(money, small.rows.1);
    });
    told.say(
        "collect",
        &format!("; {none} stored nothing, {some} a part of the sources, {all} all"),
    );
}

#[test]
fn a_killed_collection_of_many_addresses_leaves_each_figure_whole() {
    let small = Small::of_targets();
    let (mut none, mut some, mut all) = (0, 0, 0);
    let told = kill_it(&small, &["collect", "--quiet"], rounds(38, 5), |office| {
        assert_eq!(verified(office), Vec::<String>::new());
        match small.no_target_is_half_shown(office) {
            0 => none += 1,
            TARGETS => all += 1,
            _ => some += 1,
        }
        qd(office, &["collect", "--quiet"]).expect(0);
        assert_eq!(small.no_target_is_half_shown(office), TARGETS);
        assert_eq!(rows(office).0, small.rows.0 + TARGETS);
    });
    told.say(
        "collect of many addresses",
        &format!("; {none} stored nothing, {some} a part of them, {all} all"),
    );
}

#[test]
fn an_import_that_is_killed_leaves_all_of_its_rows_or_none() {
    let small = small();
    let args = ["import", "../money.csv", "--as", "budget", "--quiet"];
    let (mut none, mut all) = (0, 0);
    let told = kill_it(small, &args, rounds(38, 6), |office| {
        assert_eq!(verified(office), Vec::<String>::new());
        let found = rows(office).1 - small.rows.1;
        assert!(found == 0 || found == AMOUNTS, "{found} of {AMOUNTS} rows");
        none += u32::from(found == 0);
        all += u32::from(found == AMOUNTS);
        qd(office, &args).expect(0);
        assert_eq!(rows(office).1 - small.rows.1, AMOUNTS);
    });
    told.say(
        "import of amounts",
        &format!("; {none} stored none, {all} all"),
    );
}

#[test]
fn an_import_of_the_register_that_is_killed_leaves_the_files_whole() {
    let small = small();
    let args = [&IMPORT_REGISTER[..], &["--quiet"]].concat();
    let (mut old, mut new) = (0, 0);
    let told = kill_it(small, &args, rounds(37, 4), |office| {
        let programmes = programmes(office);
        assert!(programmes == 29 || programmes == 20, "{programmes}");
        old += u32::from(programmes == 29);
        new += u32::from(programmes == 20);
        qd(office, &["check"]).expect(0);
        assert_eq!(verified(office), Vec::<String>::new());
        qd(office, &args).expect(0);
        let status = qd(office, &["status", "--json"]).expect(0).json();
        assert_eq!(status["programmes"].as_array().unwrap().len(), 20);
    });
    told.say("import of the register", &format!("; {old} old, {new} new"));
}

#[test]
fn a_publication_that_is_killed_is_none_or_is_finished_by_the_same_command() {
    let small = small();
    let quarter = small.quarter.to_string();
    let folder = format!("reports/{quarter}");
    let (mut none, mut between, mut all) = (0, 0, 0);
    let told = kill_it(
        small,
        &["publish", &quarter, "--quiet"],
        rounds(75, 3),
        |office| {
            // Under its name a bag is whole, as a folder and as one file.
            for place in [folder.clone(), format!("{folder}.zip")] {
                if office.root().join(&place).exists() {
                    qd(office, &["verify", &place]).expect(0);
                }
            }
            let log = qd(office, &["log", "--json"]).expect(0).json();
            let acts = log["acts"].as_array().unwrap();
            let is_in_log = acts
                .iter()
                .any(|a| a["act"] == "publish" && a["about"] == *quarter);
            let is_there = office.root().join(&folder).exists();
            assert!(
                is_in_log || !is_there,
                "a folder that the log does not know"
            );
            match (is_in_log, is_there) {
                (false, _) => {
                    none += 1;
                    assert_eq!(verified(office), Vec::<String>::new());
                    qd(office, &["publish", &quarter]).expect(0);
                }
                (true, false) => {
                    between += 1;
                    // Said, with the command that finishes it.
                    assert_eq!(verified(office), ["verify-bag-gone"]);
                    qd(office, &["publish", &quarter]).expect(0);
                }
                (true, true) => {
                    all += 1;
                    assert_eq!(verified(office), Vec::<String>::new());
                    qd(office, &["publish", &quarter]).expect(3);
                }
            }
            assert!(office.root().join(&folder).join("bagit.txt").is_file());
            let left = std::fs::read_dir(office.root().join("reports")).unwrap();
            let left = left
                .flatten()
                .filter(|e| e.file_name().to_string_lossy().starts_with('.'));
            assert_eq!(left.count(), 0, "what was cut off is taken away");
        },
    );
    told.say(
        "publish",
        &format!("; {none} published nothing, {between} between the act and the name, {all} whole"),
    );
}

#[test]
fn a_backup_that_is_killed_is_not_there_or_restores() {
    let small = small();
    let args = ["backup", "../kept.zip", "--quiet"];
    let (mut none, mut all) = (0, 0);
    let told = kill_it(small, &args, rounds(75, 8), |office| {
        assert_eq!(verified(office), Vec::<String>::new());
        let file = office.beside().join("kept.zip");
        if file.exists() {
            all += 1;
        } else {
            none += 1;
            qd(office, &args).expect(0);
        }
        qd(office, &["restore", "../kept.zip", "--to", "../again"]).expect(0);
        let left = std::fs::read_dir(office.beside()).unwrap().flatten();
        let left = left.filter(|e| e.file_name().to_string_lossy().starts_with('.'));
        assert_eq!(left.count(), 0, "what was cut off is taken away");
        assert_eq!(rows(office), small.rows);
    });
    told.say("backup", &format!("; {none} left none, {all} a whole one"));
}
