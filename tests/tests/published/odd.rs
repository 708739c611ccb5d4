//! What is no bag, no backup and no workspace although it looks like one: pipes, links, entries that lead outside, a
//! lost database, lost answers.

use super::{codes, fresh, verify};
use quarterdeck_tests::demo;
use quarterdeck_tests::office::copy;
use quarterdeck_tests::program::{Answer, qd, valid};
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Places and codes of what is wrong.
fn faults(path: &Path) -> Vec<(String, String)> {
    let (answer, document) = verify(path, None);
    assert_eq!(answer.code, Some(4), "{}", answer.out);
    let places = document["faults"].as_array().unwrap().iter();
    let places = places.map(|fault| fault["place"].as_str().unwrap().to_owned());
    places.zip(codes(&document)).collect()
}

fn named(path: &Path, place: &str, code: &str) {
    let found = faults(path);
    let wanted = (place.to_owned(), code.to_owned());
    assert!(found.contains(&wanted), "{wanted:?}: {found:?}");
}

#[cfg(unix)]
#[test]
fn pipes_sockets_and_links_of_a_bag_are_named_and_not_read() {
    use std::os::unix::fs::symlink;
    let (folder, root) = fresh("2025Q3");
    let _socket = std::os::unix::net::UnixListener::bind(root.join("data/socket")).unwrap();
    named(&root, "data/socket", "verify-not-a-file");
    std::fs::remove_file(root.join("data/socket")).unwrap();
    // The same bytes, from outside of the bag.
    let payload = root.join("data/report/programmes.csv");
    let outside = folder.path().join("programmes.csv");
    std::fs::rename(&payload, &outside).unwrap();
    symlink(&outside, &payload).unwrap();
    named(&root, "data/report/programmes.csv", "verify-not-a-file");
    std::fs::remove_file(&payload).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&payload).status();
    if !made.is_ok_and(|made| made.success()) {
        println!("skipped: no mkfifo");
        return;
    }
    named(&root, "data/report/programmes.csv", "verify-not-a-file");
    let answer = qd(folder.path(), &["verify", &text(&payload)]);
    assert_eq!(answer.code, Some(2), "{}", answer.err);
}

/// The zip of the bag once more, with more entries.
fn forged(folder: &Path, more: &[(&str, bool)]) -> PathBuf {
    let bytes = std::fs::read(demo::shared().root().join("reports/2025Q3.zip")).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let path = folder.join("forged.zip");
    let mut made = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    for at in 0..archive.len() {
        made.raw_copy_file(archive.by_index_raw(at).unwrap())
            .unwrap();
    }
    for (name, is_link) in more {
        if *is_link {
            made.add_symlink(*name, "/etc/hostname", options).unwrap();
        } else {
            made.start_file(*name, options).unwrap();
            made.write_all(b"evil").unwrap();
        }
    }
    made.finish().unwrap();
    path
}

#[test]
fn entries_of_a_zip_that_lead_outside_or_stand_twice_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["../evil.txt", "/evil.txt", "2025Q3/data/../../evil.txt"] {
        let path = forged(folder.path(), &[(name, false)]);
        let found = faults(&path);
        let outside = |(place, code): &(String, String)| {
            place.ends_with("evil.txt") && code == "verify-leads-outside"
        };
        assert!(found.iter().any(outside), "{name}: {found:?}");
    }
    let path = forged(folder.path(), &[("2025Q3/data/link", true)]);
    named(&path, "data/link", "verify-not-a-file");
    // The writer refuses a second entry of a name: a name as long is changed afterwards.
    let (name, other) = (
        "2025Q3/data/report/programmes.csv",
        "2025Q3/data/report/programmeX.csv",
    );
    let path = forged(folder.path(), &[(other, false)]);
    let mut bytes = std::fs::read(&path).unwrap();
    let places: Vec<usize> = (0..bytes.len() - name.len())
        .filter(|at| bytes[*at..].starts_with(other.as_bytes()))
        .collect();
    for at in places {
        bytes[at..at + name.len()].copy_from_slice(name.as_bytes());
    }
    std::fs::write(&path, bytes).unwrap();
    named(&path, "data/report/programmes.csv", "verify-stands-twice");
}

#[test]
fn nothing_is_written_into_a_published_quarter() {
    let (folder, root) = fresh("2025Q3");
    let before = super::files(&root);
    for out in ["again", "data/report", "data/../x/y"] {
        let to = text(&root.join(out));
        let answer = qd(
            folder.path(),
            &["rebuild", &text(&root), "--out", &to, "--lang", "en"],
        );
        assert_eq!(answer.code, Some(2), "{}", answer.out);
        assert!(answer.err.contains("published quarter"), "{}", answer.err);
        let report = ["report", "-q", "2025Q4", "--format", "csv", "--out", &to];
        assert_eq!(demo::shared().qd(&report).code, Some(2));
    }
    assert_eq!(before, super::files(&root));
}

/// A workspace of one's own, and a raw answer of it that lies beside the database.
fn office() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("office");
    copy(&demo::shared().root(), &root);
    (folder, root)
}

const FIGURE: &str = "P01/gold-share@2025Q4";

/// Hash of the raw answer behind a figure, and the file that keeps it.
fn original(root: &Path) -> (String, PathBuf) {
    let found = qd(root, &["explain", FIGURE, "--json"]).expect(0).json();
    let hash = found["captures"][0]["stored_sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    let file = root.join(format!("captures/{}/{hash}.zst", &hash[..2]));
    assert!(file.is_file(), "{}", file.display());
    (hash, file)
}

#[test]
fn a_backup_is_verified_as_the_workspace_it_is() {
    let (folder, root) = office();
    let kept = folder.path().join("kept.qdb");
    assert_eq!(qd(&root, &["backup", &text(&kept)]).code, Some(0));
    let (answer, document) = verify(&kept, None);
    assert_eq!(answer.code, Some(0), "{}", answer.out);
    assert_eq!(document["kind"], "workspace");
    assert!(document["rows"].as_u64().unwrap() > 1000);
    // The same backup with a database that is none, and a list that agrees.
    let mut archive = zip::ZipArchive::new(std::fs::File::open(&kept).unwrap()).unwrap();
    let forged = folder.path().join("forged.qdb");
    let mut made = zip::ZipWriter::new(std::fs::File::create(&forged).unwrap());
    let garbage = b"no database at all, but long enough to be looked at".repeat(40);
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if name == "quarterdeck.db" {
            bytes.clone_from(&garbage);
        }
        if name == "backup.json" {
            let mut list: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            let entry = &mut list["files"]["quarterdeck.db"];
            entry["sha256"] = quarterdeck_store::sha256_hex(&garbage).into();
            entry["bytes"] = garbage.len().into();
            bytes = serde_json::to_vec(&list).unwrap();
        }
        made.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        made.write_all(&bytes).unwrap();
    }
    made.finish().unwrap();
    let answer = qd(folder.path(), &["verify", &text(&forged), "--lang", "en"]);
    assert!(
        matches!(answer.code, Some(3 | 4)),
        "{} {}",
        answer.out,
        answer.err
    );
    assert!(format!("{}{}", answer.out, answer.err).contains("quarterdeck.db"));
}

#[test]
fn an_answer_that_is_missing_is_named_by_backup_restore_and_explain() {
    let (folder, root) = office();
    let (hash, lost) = original(&root);
    std::fs::remove_file(&lost).unwrap();
    let kept = folder.path().join("kept.qdb");
    let again = folder.path().join("again");
    let named = |answer: Answer, schema: &str| {
        assert_eq!(answer.code, Some(1), "{} {}", answer.out, answer.err);
        let document = answer.json();
        valid(schema, &document);
        assert_eq!(document["missing"], serde_json::json!([hash]));
    };
    named(qd(&root, &["backup", &text(&kept), "--json"]), "backup");
    let restore = ["restore", &text(&kept), "--to", &text(&again), "--json"];
    named(qd(&root, &restore), "restore");
    let (answer, document) = verify(&kept, None);
    assert_eq!(answer.code, Some(4), "{}", answer.out);
    assert_eq!(codes(&document), ["verify-body"]);
    // The figure that rests on it says so when its bytes are asked for.
    let figure = ["explain", FIGURE, "--raw", "--lang", "en"];
    let answer = qd(&root, &figure);
    assert_eq!(answer.code, Some(3), "{}", answer.err);
    assert!(answer.err.contains("original"), "{}", answer.err);
    assert!(!answer.err.contains("qd init"), "{}", answer.err);
}

#[test]
fn a_lost_database_is_an_error_and_no_empty_one_takes_its_place() {
    let (_folder, root) = office();
    let database = root.join("quarterdeck.db");
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(root.join(format!("quarterdeck.db{ending}")));
    }
    for args in [
        &["status"][..],
        &["--read-only", "status"],
        &["collect"],
        &["log"],
    ] {
        let answer = qd(&root, &[args, &["--lang", "en"]].concat());
        assert_eq!(answer.code, Some(3), "{args:?} {}", answer.out);
        for word in ["captures/", "reports/2025Q3", "qd restore"] {
            assert!(answer.err.contains(word), "{word}: {}", answer.err);
        }
        assert!(!database.exists(), "{args:?}");
    }
    assert_eq!(qd(&root, &["verify", "."]).code, Some(4));
    // Whoever is left with an empty one of an earlier version is told by the published quarter.
    std::fs::remove_dir_all(root.join("captures")).unwrap();
    let quarters = root.join("reports");
    let aside = root.join("aside");
    std::fs::rename(&quarters, &aside).unwrap();
    assert_eq!(qd(&root, &["status"]).code, Some(0));
    std::fs::rename(&aside, &quarters).unwrap();
    named(&root, "reports/2025Q3", "verify-bag-unknown");
}
