//! Every k-th write fails, and every write after it, as on a disk that is full: told as such, nothing
//! half-done shows, and with room again the next try succeeds.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use quarterdeck_store::{Head, HumanAct, RecordedAct, chained};
use quarterdeck_tests::faulty::{Disk, Fault, Inside, asked_for_all};
use quarterdeck_tests::folder::files;
use quarterdeck_tests::office::Office;
use quarterdeck_tests::program::{Answer, valid};
use quarterdeck_tests::small::{
    AMOUNTS, IMPORT_REGISTER, SOURCES, Small, TARGETS, integrity, programmes, qd, rows, verified,
};
use quarterdeck_tests::tools::say;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The office that copies are taken of.
fn small() -> &'static Small {
    static SMALL: OnceLock<Small> = OnceLock::new();
    SMALL.get_or_init(|| Small::new(false))
}

/// Lets a command fail at its first write, at its second, and so on, each in a copy of an office; of
/// more than `usual` writes a selection spread over all of them. The
/// command line is taken in this process, because a process of its own for each of some hundred
/// rounds, each with a whole report to lay out, takes many minutes; `QUARTERDECK_FAULTS` asks for
/// every write, of the real program.
///
/// The test is this one once more, under the library that makes writes fail, in two processes.
fn fill(
    (what, test): (&str, &str),
    office: impl Fn() -> &'static Small,
    (args, usual): (&[&str], u64),
    look: impl Fn(&Small, &Office, &Answer),
) {
    if let Some(inside) = Inside::find() {
        let small = office();
        let whole = small.office.copy();
        let (answer, writes) = inside.full(whole.beside(), 0, || qd(&whole, args));
        answer.expect(0);
        let mut told = Told::default();
        let step = writes.div_ceil(writes.min(usual));
        let places: Vec<u64> = (0..writes.div_ceil(step)).collect();
        for at in inside.own(places.into_iter()) {
            let at = 1 + at * step;
            let office = small.office.copy();
            let (answer, _) = inside.full(office.beside(), at, || qd(&office, args));
            told.round((at, writes), &office, &answer, |office, answer| {
                look(small, office, answer);
            });
        }
        println!("ROUNDS {writes} {} {}", told.failed, told.done);
        return;
    }
    let Some(disk) = Disk::find("a disk that is full") else {
        return;
    };
    let mut told = Told::default();
    let mut writes = 0;
    if asked_for_all() {
        let small = office();
        let run = |office: &Office, at: u64| -> Answer {
            let (root, below) = (office.root(), office.beside().to_owned());
            let mut command = disk.command(&root, &below, args, at, Fault::Full);
            command.output().unwrap().into()
        };
        run(&small.office.copy(), 0).expect(0);
        writes = disk.writes();
        for at in 1..=writes {
            let office = small.office.copy();
            let answer = run(&office, at);
            told.round((at, writes), &office, &answer, |office, answer| {
                look(small, office, answer);
            });
        }
    } else {
        for out in disk.inside(test, 2) {
            let line = out.lines().find_map(|line| line.split("ROUNDS ").nth(1));
            let numbers = line.unwrap().split_whitespace().map(|n| n.parse().unwrap());
            let numbers: Vec<u64> = numbers.collect();
            writes = numbers[0];
            told.failed += numbers[1];
            told.done += numbers[2];
        }
    }
    let Told { failed, done } = told;
    let least = if asked_for_all() {
        writes
    } else {
        writes.min(usual / 2)
    };
    assert!(writes > 0 && failed + done >= least);
    say(&format!(
        "{what} on a full disk: {} of {writes} writes failed in turn, {failed} told, {done} after everything was stored",
        failed + done
    ));
}

/// How rounds ended.
#[derive(Default)]
struct Told {
    failed: u64,
    done: u64,
}

impl Told {
    fn round(
        &mut self,
        (at, writes): (u64, u64),
        office: &Office,
        answer: &Answer,
        look: impl Fn(&Office, &Answer),
    ) {
        match answer.code {
            Some(0) => self.done += 1,
            Some(1..=3) => {
                self.failed += 1;
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
        integrity(office);
        look(office, answer);
        integrity(office);
        assert_eq!(
            verified(office),
            Vec::<String>::new(),
            "write {at}, after the next try"
        );
    }
}

/// Names in a folder that begin with a dot: what was being written.
fn hidden(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    names
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with('.'))
        .collect()
}

/// Two folders hold the same files.
fn same(one: &BTreeMap<PathBuf, Vec<u8>>, other: &BTreeMap<PathBuf, Vec<u8>>) {
    assert!(one.keys().eq(other.keys()), "{:?}", other.keys());
    let differ = one.iter().filter(|(name, bytes)| other[*name] != **bytes);
    assert_eq!(differ.map(|(name, _)| name).next(), None);
}

#[test]
fn a_collection_on_a_full_disk() {
    fill(
        ("collect", "a_collection_on_a_full_disk"),
        small,
        (&["collect", "--json"], 12),
        |small, office, answer| {
            let anew = small.no_run_is_half_shown(office);
            assert!(answer.code != Some(0) || anew == SOURCES as usize);
            qd(office, &["collect"]).expect(0);
            assert_eq!(small.no_run_is_half_shown(office), SOURCES as usize);
            assert_eq!(rows(office).0, small.rows.0 + SOURCES as usize);
        },
    );
}

#[test]
fn a_collection_of_many_addresses_on_a_full_disk() {
    static MANY: OnceLock<Small> = OnceLock::new();
    fill(
        (
            "collect of many addresses",
            "a_collection_of_many_addresses_on_a_full_disk",
        ),
        || MANY.get_or_init(Small::of_targets),
        (&["collect", "--json"], 8),
        |small, office, answer| {
            let anew = small.no_target_is_half_shown(office);
            assert!(answer.code != Some(0) || anew == TARGETS);
            qd(office, &["collect"]).expect(0);
            assert_eq!(small.no_target_is_half_shown(office), TARGETS);
            assert_eq!(rows(office).0, small.rows.0 + TARGETS);
        },
    );
}

#[test]
fn an_import_on_a_full_disk() {
    let args = ["import", "../money.csv", "--as", "budget", "--json"];
    fill(
        ("import of amounts", "an_import_on_a_full_disk"),
        small,
        (&args, 10),
        |small, office, answer| {
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
    let args = [&IMPORT_REGISTER[..], &["--json"]].concat();
    fill(
        (
            "import of the register",
            "an_import_of_the_register_on_a_full_disk",
        ),
        small,
        (&args, 6),
        |_, office, answer| {
            let found = programmes(office);
            assert!(found == 29 || found == 20, "{found}");
            assert!(answer.code != Some(0) || found == 20);
            qd(office, &args).expect(0);
            assert_eq!(programmes(office), 20);
        },
    );
}

/// The office whose clock stands still; all rounds are asked for of the one with 29 programmes.
fn signed() -> &'static Small {
    static SIGNED: OnceLock<Small> = OnceLock::new();
    SIGNED.get_or_init(|| match asked_for_all() {
        true => Small::new(true),
        false => Small::tiny(),
    })
}

#[test]
fn a_publication_on_a_full_disk() {
    static UNDISTURBED: OnceLock<BTreeMap<PathBuf, Vec<u8>>> = OnceLock::new();
    let reports = |office: &Office| files(&office.root().join("reports"));
    let quarter = signed().quarter.to_string();
    let folder = format!("reports/{quarter}");
    let args = ["publish", &quarter, "--json"];
    fill(
        ("publish", "a_publication_on_a_full_disk"),
        signed,
        (&args, u64::MAX),
        |small, office, answer| {
            let is_there = office.root().join(&folder).exists();
            assert!(is_there || answer.code != Some(0));
            // Of the workspace, and with it of the bag that its log names.
            let faults = verified(office);
            let may_be: &[&str] = if is_there { &[] } else { &["verify-bag-gone"] };
            assert!(faults.is_empty() || faults == may_be, "{faults:?}");
            let zip = format!("{folder}.zip");
            if office.root().join(&zip).exists() {
                qd(office, &["verify", &zip]).expect(0);
            }
            let again = qd(office, &args);
            assert!(
                matches!((is_there, again.code), (false, Some(0)) | (true, Some(3))),
                "{again:?}"
            );
            let hidden = hidden(&office.root().join("reports"));
            assert_eq!(hidden, Vec::<String>::new());
            // Where the clock stands still, the next try gives the bytes of one undisturbed.
            if !asked_for_all() {
                let undisturbed = UNDISTURBED.get_or_init(|| {
                    let office = small.office.copy();
                    qd(&office, &args).expect(0);
                    reports(&office)
                });
                same(undisturbed, &reports(office));
            }
        },
    );
}

#[test]
fn a_backup_on_a_full_disk() {
    static UNDISTURBED: OnceLock<BTreeMap<PathBuf, Vec<u8>>> = OnceLock::new();
    let args = ["backup", "../kept.zip", "--json"];
    let restored = |office: &Office| {
        qd(office, &["restore", "../kept.zip", "--to", "../again"]).expect(0);
        files(&office.beside().join("again"))
    };
    fill(
        ("backup", "a_backup_on_a_full_disk"),
        signed,
        (&args, u64::MAX),
        |small, office, answer| {
            assert_eq!(hidden(office.beside()), Vec::<String>::new());
            let is_there = office.beside().join("kept.zip").exists();
            assert_eq!(is_there, answer.code == Some(0));
            if !is_there {
                qd(office, &args).expect(0);
            }
            let undisturbed = UNDISTURBED.get_or_init(|| {
                let office = small.office.copy();
                qd(&office, &args).expect(0);
                restored(&office)
            });
            same(undisturbed, &restored(office));
        },
    );
}

#[test]
fn an_upgrade_on_a_full_disk() {
    fill(
        ("upgrade", "an_upgrade_on_a_full_disk"),
        old,
        (&["upgrade", "--json"], 12),
        |_, office, answer| {
            // A backup under its name is whole: the bytes of the database before.
            let names = std::fs::read_dir(office.root()).unwrap().flatten();
            let backups: Vec<PathBuf> = names
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

/// An office with a database of the first schema.
fn old() -> &'static Small {
    static OLD: OnceLock<Small> = OnceLock::new();
    OLD.get_or_init(|| {
        let small = Small::new(false);
        let fixture =
            quarterdeck_tests::repository::root().join("core/store/tests/fixtures/schema-1.db.zst");
        let packed = std::fs::read(fixture).unwrap();
        let old = zstd::stream::decode_all(packed.as_slice()).unwrap();
        small.office.write("quarterdeck.db", &old);
        name_the_entry(&small.office.root().join("quarterdeck.db"));
        small
    })
}

/// The entry of that database was made without the program: its log gets the act that the program would have written.
fn name_the_entry(database: &Path) {
    let connection = rusqlite::Connection::open(database).unwrap();
    let head = connection
        .query_row(
            "SELECT number, hash FROM act ORDER BY number DESC LIMIT 1",
            [],
            |row| {
                Ok(Head {
                    number: row.get(0)?,
                    hash: row.get(1)?,
                })
            },
        )
        .unwrap();
    let act = HumanAct {
        at: chrono::DateTime::from_timestamp(1_759_377_600, 0).unwrap(),
        actor: "wang".to_owned(),
        identity: "os-account".to_owned(),
        kind: "correct".to_owned(),
        subject: "P01/gold-share@2025Q3".to_owned(),
        detail_json: "{\"sequence\":4}".to_owned(),
    };
    let link = chained(Some(&head), act);
    let RecordedAct {
        number,
        act,
        previous,
        hash,
    } = link;
    connection
        .execute(
            "INSERT INTO act (number, at, actor, identity, kind, subject, detail, previous, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            rusqlite::params![
                number,
                act.at.timestamp_micros(),
                act.actor,
                act.identity,
                act.kind,
                act.subject,
                act.detail_json,
                previous,
                hash
            ],
        )
        .unwrap();
}
