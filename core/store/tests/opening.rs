//! Opening what can and what cannot be opened.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]
mod common;
use common::*;
use quarterdeck_kpi::observation::Act;
use quarterdeck_store::*;
use rusqlite::Connection;
use std::time::Duration;

fn refused(folder: &Folder, mode: OpenMode) -> StoreError {
    let before = folder.bytes();
    let error = Store::open(&folder.file(), mode).unwrap_err();
    assert_eq!(folder.bytes(), before, "a refused file is left alone");
    let text = error.to_string();
    assert!(
        text.contains("quarterdeck.db") && text.contains("next="),
        "{text}"
    );
    error
}

#[test]
fn a_missing_database_is_not_made_by_reading() {
    let folder = Folder::new();
    assert_eq!(
        refused(&folder, OpenMode::ReadOnly).kind(),
        ErrorKind::Missing
    );
    assert_eq!(
        refused(&folder, OpenMode::ReadWrite).kind(),
        ErrorKind::Missing
    );
    std::fs::write(folder.file(), b"").unwrap();
    assert_eq!(
        refused(&folder, OpenMode::ReadWrite).message().id,
        "store-empty"
    );
    assert_eq!(
        refused(&folder, OpenMode::ReadOnly).message().id,
        "store-empty"
    );
    assert!(
        Store::open(
            &folder.0.path().join("none/quarterdeck.db"),
            OpenMode::Create
        )
        .is_err()
    );
    assert_eq!(folder.store().last_recorded().unwrap(), None);
}

#[test]
fn a_newer_and_an_older_schema_are_refused_by_number() {
    let folder = Folder::new();
    drop(folder.store());
    let set = |number: i64| {
        let connection = Connection::open(folder.file()).unwrap();
        connection
            .pragma_update(None, "journal_mode", "delete")
            .unwrap();
        connection
            .pragma_update(None, "user_version", number)
            .unwrap();
    };
    set(schema::NUMBER + 6);
    for mode in [OpenMode::ReadWrite, OpenMode::Create, OpenMode::ReadOnly] {
        let error = refused(&folder, mode);
        assert_eq!(error.kind(), ErrorKind::Newer);
        let (found, known) = (schema::NUMBER + 6, schema::NUMBER);
        let named = format!("schema={found} known={known}");
        assert!(error.to_string().contains(&named), "{error}");
        assert!(
            error
                .next()
                .to_string()
                .contains(&format!("schema={found}"))
        );
    }
    set(schema::NUMBER - 1);
    assert_eq!(
        refused(&folder, OpenMode::ReadWrite).kind(),
        ErrorKind::Older
    );
    // An upgrade does not step down either.
    set(schema::NUMBER + 6);
    let backup = folder.0.path().join("backup.db");
    assert_eq!(
        schema::upgrade(&folder.file(), &backup).unwrap_err().kind(),
        ErrorKind::Newer
    );
    assert!(!backup.exists());
}

#[test]
fn rubbish_and_foreign_databases_are_refused() {
    let folder = Folder::new();
    std::fs::write(folder.file(), "<html>not found</html>".repeat(400)).unwrap();
    for mode in [OpenMode::ReadWrite, OpenMode::Create, OpenMode::ReadOnly] {
        assert_eq!(refused(&folder, mode).kind(), ErrorKind::Corrupt);
    }
    let folder = Folder::new();
    Connection::open(folder.file())
        .unwrap()
        .execute_batch("CREATE TABLE t (a)")
        .unwrap();
    assert_eq!(
        refused(&folder, OpenMode::Create).message().id,
        "store-foreign"
    );
}

#[test]
fn a_torn_file_is_corrupt_and_says_where() {
    let folder = Folder::new();
    let mut store = folder.store();
    let rows = (0..400)
        .map(|n| row(reading(&format!("P01/x{n}"), "1"), captured(), Act::Record))
        .collect();
    store.record(&readings(day(1), rows)).unwrap();
    drop(store);
    let bytes = std::fs::read(folder.file()).unwrap();
    let mut torn = bytes.clone();
    let middle = torn.len() / 4096 / 2 * 4096;
    torn[middle..].fill(0xA5);
    std::fs::write(folder.file(), torn).unwrap();
    let result =
        Store::open(&folder.file(), OpenMode::ReadOnly).and_then(|store| store.rows_as_of(day(2)));
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Corrupt);
}

#[test]
fn another_writer_makes_it_busy_and_readers_go_on() {
    let folder = Folder::new();
    let mut store = folder.store();
    store.set_busy_wait(Duration::from_millis(30)).unwrap();
    let load = readings(
        day(1),
        vec![row(reading("P02/visits", "6"), entered(), Act::Record)],
    );
    store.record(&load).unwrap();
    let other = Connection::open(folder.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store
        .record(&readings(
            day(2),
            vec![row(reading("P03/x", "6"), entered(), Act::Record)],
        ))
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.message().id.as_ref()),
        (ErrorKind::Busy, "store-busy")
    );
    assert_eq!(store.rows_as_of(day(3)).unwrap().observations.len(), 1);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(store.record(&load).unwrap(), [1]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    drop(folder.store());
    let lock = folder.0.path().join("quarterdeck.lock");
    let mode = |folder_mode, file_mode| {
        std::fs::set_permissions(folder.file(), std::fs::Permissions::from_mode(file_mode))
            .unwrap();
        std::fs::set_permissions(
            folder.0.path(),
            std::fs::Permissions::from_mode(folder_mode),
        )
        .unwrap();
    };
    mode(0o555, 0o444);
    // The administrator may write anywhere: then there is nothing to see.
    if std::fs::write(folder.0.path().join("probe"), b"").is_err() {
        let holder = Holder {
            pid: 1,
            host: "h".into(),
            since: day(1),
            command: "qd".into(),
        };
        let error = WorkspaceLock::acquire(&lock, &holder, Duration::ZERO).unwrap_err();
        assert_eq!(error.message().id, "store-lock-unwritable");
        for file_mode in [0o444, 0o644] {
            mode(0o555, file_mode);
            for how in [OpenMode::ReadWrite, OpenMode::Create] {
                let error = Store::open(&folder.file(), how).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::ReadOnly, "{file_mode:o} {error}");
            }
        }
    }
    assert_eq!(
        Store::open(&folder.file(), OpenMode::ReadOnly)
            .unwrap()
            .last_recorded()
            .unwrap(),
        None
    );
    mode(0o755, 0o644);
}

#[test]
fn reading_only_leaves_the_folder_as_it_was() {
    let folder = Folder::new();
    let mut writer = folder.store();
    writer
        .record(&readings(
            day(1),
            vec![row(reading("P02/visits", "6"), entered(), Act::Record)],
        ))
        .unwrap();
    // A writer is at work and its log is there.
    assert!(
        folder
            .bytes()
            .iter()
            .any(|(name, bytes)| name.ends_with("-wal") && !bytes.is_empty())
    );
    let before = folder.bytes();
    let mut reader = Store::open(&folder.file(), OpenMode::ReadOnly).unwrap();
    assert_eq!(reader.rows_as_of(day(2)).unwrap().observations.len(), 1);
    reader.data_version().unwrap();
    let refusal = reader
        .record(&batch(day(1)))
        .err()
        .map(|error| error.kind());
    assert_eq!(refusal, Some(ErrorKind::ReadOnly));
    drop(reader);
    let after = folder.bytes();
    for ((name, before), (_, after)) in before.iter().zip(&after) {
        // Inside one process the shared memory is the writer's own; it holds marks, no data.
        assert!(before == after || name.ends_with("-shm"), "{name}");
    }
    assert_eq!(before.len(), after.len());
    // Nobody is at work.
    drop(writer);
    let before = folder.bytes();
    assert_eq!(before.len(), 1);
    let reader = Store::open(&folder.file(), OpenMode::ReadOnly).unwrap();
    assert_eq!(reader.rows_as_of(day(2)).unwrap().observations.len(), 1);
    assert_eq!(folder.bytes(), before);
    drop(reader);
    assert_eq!(folder.bytes(), before);
}

#[test]
fn a_log_without_its_shared_memory_is_not_made_up() {
    let folder = Folder::new();
    let mut writer = folder.store();
    writer
        .record(&readings(
            day(1),
            vec![row(reading("P02/visits", "6"), entered(), Act::Record)],
        ))
        .unwrap();
    // The folder as it would be copied at this moment, without the file that is no data.
    let copy = Folder::new();
    for (name, bytes) in folder.bytes() {
        if !name.ends_with("-shm") {
            std::fs::write(copy.0.path().join(name), bytes).unwrap();
        }
    }
    let error = refused(&copy, OpenMode::ReadOnly);
    assert_eq!(error.message().id, "store-log-pending");
    assert_eq!(
        copy.store().rows_as_of(day(2)).unwrap().observations.len(),
        1
    );
    let reader = Store::open(&copy.file(), OpenMode::ReadOnly).unwrap();
    assert_eq!(reader.rows_as_of(day(2)).unwrap().observations.len(), 1);
}

#[test]
fn a_reader_sees_what_others_write_meanwhile() {
    for mode in [OpenMode::ReadWrite, OpenMode::ReadOnly] {
        let folder = Folder::new();
        drop(folder.store());
        let reader = Store::open(&folder.file(), mode).unwrap();
        let mut version = reader.data_version().unwrap();
        assert_eq!(reader.data_version().unwrap(), version);
        for number in 1..=3u32 {
            let mut writer = folder.store();
            let load = readings(
                day(number),
                vec![row(
                    reading("P02/visits", &number.to_string()),
                    captured(),
                    Act::Record,
                )],
            );
            writer.record(&load).unwrap();
            if number == 2 {
                drop(writer);
            }
            let now = reader.data_version().unwrap();
            assert_ne!(now, version, "{mode:?} {number}");
            version = now;
            assert_eq!(
                reader.rows_as_of(day(9)).unwrap().observations.len(),
                number as usize,
                "{mode:?}"
            );
        }
    }
}

#[test]
fn a_backup_is_a_database_of_its_own() {
    let folder = Folder::new();
    let mut store = folder.store();
    store
        .record(&readings(
            day(1),
            vec![row(reading("P02/visits", "6"), entered(), Act::Record)],
        ))
        .unwrap();
    let copy = folder.0.path().join("copy.db");
    store.backup(&copy).unwrap();
    assert_eq!(
        store.backup(&copy).unwrap_err().message().id,
        "store-backup-exists"
    );
    let copied = Store::open(&copy, OpenMode::ReadOnly).unwrap();
    assert_eq!(
        copied.rows_as_of(day(2)).unwrap(),
        store.rows_as_of(day(2)).unwrap()
    );
}

#[test]
fn several_processes_may_make_it_at_once() {
    for _ in 0..10 {
        let folder = Folder::new();
        let file = folder.file();
        let openings: Vec<_> = (0..4)
            .map(|_| {
                let file = file.clone();
                std::thread::spawn(move || Store::open(&file, OpenMode::Create).map(drop))
            })
            .collect();
        for opening in openings {
            opening.join().unwrap().unwrap();
        }
        assert_eq!(folder.store().last_recorded().unwrap(), None);
    }
}
