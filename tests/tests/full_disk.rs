//! Every k-th write fails, and every write after it, as on a disk that is full: told as such, nothing
//! half-done shows, and with room again the next try succeeds.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::faulty::{Disk, Fault, rounds};
use quarterdeck_tests::office::Office;
use quarterdeck_tests::program::{Answer, valid};
use quarterdeck_tests::small::{
    AMOUNTS, IMPORT_REGISTER, SOURCES, Small, integrity, programmes, qd, rows, verified,
};
use quarterdeck_tests::tools::say;
use std::sync::OnceLock;

/// The office that copies are taken of.
fn small() -> &'static Small {
    static SMALL: OnceLock<Small> = OnceLock::new();
    SMALL.get_or_init(|| Small::new(false))
}

/// Lets a command fail at its first write, at its second, and so on, each in a copy of an office;
/// of more than `usual` writes a selection spread over all of them, unless all are asked for.
fn fill(
    what: &str,
    office: &Office,
    args: &[&str],
    usual: u64,
    mut look: impl FnMut(&Office, &Answer),
) {
    let Some(disk) = Disk::find("a disk that is full") else {
        return;
    };
    let run = |office: &Office, at: u64| -> Answer {
        let (root, below) = (office.root(), office.beside().to_owned());
        let mut command = disk.command(&root, &below, args, at, Fault::Full);
        command.output().unwrap().into()
    };
    let whole = office.copy();
    run(&whole, 0).expect(0);
    let writes = disk.writes();
    assert!(writes > 0);
    let step = writes.div_ceil(rounds(writes, usual).max(1));
    let (mut tried, mut failed, mut done) = (0, 0, 0);
    let mut at = 1;
    while at <= writes {
        let office = office.copy();
        let answer = run(&office, at);
        tried += 1;
        match answer.code {
            Some(0) => done += 1,
            Some(1..=3) => {
                failed += 1;
                let told = format!("{}{}", answer.out, answer.err);
                let names_it = ["disk is full", "No room is left", "No space left"];
                assert!(
                    names_it.iter().any(|words| told.contains(words)),
                    "write {at} of {writes}: {told}"
                );
                if answer.out.starts_with("{\"error\"") || answer.out.contains("\n  \"error\"") {
                    valid("error", &answer.json());
                }
            }
            other => panic!("write {at} of {writes}: {other:?} {}", answer.err),
        }
        look(&office, &answer);
        integrity(&office);
        assert_eq!(
            verified(&office),
            Vec::<String>::new(),
            "write {at}, after the next try"
        );
        at += step;
    }
    say(&format!(
        "{what} on a full disk: {tried} of {writes} writes failed in turn, {failed} told, {done} after everything was stored"
    ));
}

#[test]
fn a_collection_on_a_full_disk() {
    let small = small();
    fill(
        "collect",
        &small.office,
        &["collect", "--json"],
        12,
        |office, answer| {
            let anew = small.no_run_is_half_shown(office);
            assert!(answer.code != Some(0) || anew == SOURCES as usize);
            qd(office, &["collect"]).expect(0);
            assert_eq!(small.no_run_is_half_shown(office), SOURCES as usize);
            assert_eq!(rows(office).0, small.rows.0 + SOURCES as usize);
        },
    );
}

#[test]
fn an_import_on_a_full_disk() {
    let small = small();
    let args = ["import", "../money.csv", "--as", "budget", "--json"];
    fill(
        "import of amounts",
        &small.office,
        &args,
        10,
        |office, answer| {
            let found = rows(office).1 - small.rows.1;
            assert!(found == 0 || found == AMOUNTS, "{found} of {AMOUNTS} rows");
            assert!(answer.code != Some(0) || found == AMOUNTS);
            qd(office, &args).expect(0);
            assert_eq!(rows(office).1 - small.rows.1, AMOUNTS);
        },
    );
}

#[test]
fn an_import_of_the_register_on_a_full_disk() {
    let small = small();
    let args = [&IMPORT_REGISTER[..], &["--json"]].concat();
    fill(
        "import of the register",
        &small.office,
        &args,
        6,
        |office, answer| {
            let found = programmes(office);
            assert!(found == 29 || found == 20, "{found}");
            assert!(answer.code != Some(0) || found == 20);
            qd(office, &args).expect(0);
            assert_eq!(programmes(office), 20);
        },
    );
}

#[test]
fn a_publication_on_a_full_disk() {
    let small = Small::new(true);
    let quarter = small.quarter.to_string();
    let folder = format!("reports/{quarter}");
    fill(
        "publish",
        &small.office,
        &["publish", &quarter, "--json"],
        2,
        |office, answer| {
            let is_there = office.root().join(&folder).exists();
            if is_there || answer.code == Some(0) {
                qd(office, &["verify", &folder]).expect(0);
            }
            let faults = verified(office);
            assert!(
                faults.is_empty() || faults == ["verify-bag-gone"],
                "{faults:?}"
            );
            let again = qd(office, &["publish", &quarter]);
            assert!(
                matches!((is_there, again.code), (false, Some(0)) | (true, Some(3))),
                "{again:?}"
            );
            qd(office, &["verify", &folder]).expect(0);
        },
    );
}

#[test]
fn a_backup_on_a_full_disk() {
    let small = small();
    let args = ["backup", "../kept.zip", "--json"];
    fill("backup", &small.office, &args, 8, |office, answer| {
        let names = std::fs::read_dir(office.beside()).unwrap().flatten();
        let left: Vec<String> = names
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with('.'))
            .collect();
        assert!(left.is_empty(), "{left:?}");
        let is_there = office.beside().join("kept.zip").exists();
        assert_eq!(is_there, answer.code == Some(0));
        if !is_there {
            qd(office, &args).expect(0);
        }
        qd(office, &["restore", "../kept.zip", "--to", "../again"]).expect(0);
    });
}

#[test]
fn an_upgrade_on_a_full_disk() {
    let office = Office::new();
    let fixture =
        quarterdeck_tests::repository::root().join("core/store/tests/fixtures/schema-1.db.zst");
    let packed = std::fs::read(fixture).unwrap();
    let old = zstd::stream::decode_all(packed.as_slice()).unwrap();
    office.write("quarterdeck.db", &old);
    fill(
        "upgrade",
        &office,
        &["upgrade", "--json"],
        12,
        |office, answer| {
            // A backup under its name is whole: the bytes of the database before.
            let names = std::fs::read_dir(office.root()).unwrap().flatten();
            let backups: Vec<std::path::PathBuf> = names
                .map(|entry| entry.path())
                .filter(|path| path.extension().is_some_and(|e| e == "bak"))
                .collect();
            for backup in &backups {
                let database = rusqlite::Connection::open(backup).unwrap();
                let said: String = database
                    .query_row("PRAGMA integrity_check", [], |row| row.get(0))
                    .unwrap();
                assert_eq!(said, "ok", "{}", backup.display());
                let version: i64 = database
                    .pragma_query_value(None, "user_version", |row| row.get(0))
                    .unwrap();
                assert_eq!(version, 1, "{}", backup.display());
            }
            assert!(answer.code != Some(0) || backups.len() == 1, "{backups:?}");
            qd(office, &["upgrade"]).expect(0);
            qd(office, &["status"]).expect(0);
        },
    );
}
