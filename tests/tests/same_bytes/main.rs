//! One office, published on machines that differ in everything but the office: the same bytes.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod second_machine;

use quarterdeck_tests::folder::files;
use quarterdeck_tests::office::Office;
use quarterdeck_tests::program::{Answer, binary, command};
use quarterdeck_tests::small::{Small, qd};
use quarterdeck_tests::tools::{find, say};
use std::path::Path;
use std::process::Command;

/// The same files made anew in a folder, the last name first.
fn backwards(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    let mut entries: Vec<_> = std::fs::read_dir(from).unwrap().flatten().collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.file_name()));
    for entry in entries {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            backwards(&entry.path(), &target);
        } else {
            std::fs::write(target, std::fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

fn done(mut command: Command) {
    Answer::from(command.output().unwrap()).expect(0);
}

#[test]
fn a_quarter_is_published_with_the_same_bytes_on_every_machine() {
    let small = Small::tiny();
    let quarter = small.quarter.to_string();
    let args = ["publish", quarter.as_str(), "--quiet"];
    let published = |root: &Path| files(&root.join("reports"));
    let plain = small.office.copy();
    done(command(&plain.root(), &args));
    let expected = published(&plain.root());
    assert!(expected.len() > 40, "{}", expected.len());
    let mut compared = 0;
    let mut same = |what: &str, root: &Path| {
        let found = published(root);
        assert!(
            found.keys().eq(expected.keys()),
            "{what}: {:?}",
            found.keys()
        );
        for (name, bytes) in &expected {
            assert!(found[name] == *bytes, "{what}: {} differs", name.display());
        }
        compared += 1;
    };

    let office = small.office.copy();
    let home = tempfile::tempdir().unwrap();
    let mut other = command(&office.root(), &args);
    other
        .env("LANG", "C")
        .env("LC_ALL", "C")
        .env("LANGUAGE", "tr")
        .env("TZ", "America/St_Johns")
        .env("HOME", home.path())
        .env("USER", "somebody-else")
        .env("TERM", "dumb")
        .env("COLUMNS", "20")
        .env("LINES", "5")
        .env("NO_COLOR", "1")
        .env("QD_LANG", "zh-TW")
        .env("SOURCE_DATE_EPOCH", "1");
    done(other);
    same("other variables", &office.root());

    // Files made in another order, and everything in another place, named from outside.
    let office: Office = small.office.copy();
    let elsewhere = tempfile::tempdir().unwrap();
    let root = elsewhere.path().join("另一個 資料夾").join("office");
    backwards(&office.root(), &root);
    let path = root.to_string_lossy().into_owned();
    done(command(
        home.path(),
        &[&args[..], &["--workspace", &path]].concat(),
    ));
    same("files in another order", &root);

    // Out of a backup.
    let office = small.office.copy();
    qd(&office, &["backup", "../kept.zip"]).expect(0);
    qd(&office, &["restore", "../kept.zip", "--to", "../again"]).expect(0);
    let root = office.beside().join("again");
    done(command(&root, &args));
    same("a restored backup", &root);

    // The program in another place, under another name.
    let office = small.office.copy();
    let program = binary().with_file_name(format!("q d {}", std::process::id()));
    if std::fs::hard_link(binary(), &program).is_err() {
        std::fs::copy(binary(), &program).unwrap();
    }
    let mut other = Command::new(&program);
    other.current_dir(office.root()).args(args);
    let answer = other.output();
    std::fs::remove_file(&program).unwrap();
    Answer::from(answer.unwrap()).expect(0);
    same("another program path", &office.root());

    // Files that only their owner may read.
    if let Some(shell) = find("publishing under another umask", &["sh"]) {
        let office = small.office.copy();
        let mut other = Command::new(shell);
        other
            .args(["-c", "umask 077; exec \"$0\" \"$@\""])
            .arg(binary())
            .args(args)
            .current_dir(office.root());
        done(other);
        same("another umask", &office.root());
    }
    say(&format!(
        "published with the same bytes on {compared} other machines, {} files each",
        expected.len()
    ));
}
