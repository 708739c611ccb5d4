//! Disks that are full, folders that cannot be written, and text that attacks the terminal.

use super::{Office, valid};
use crate::failure::Failure;
use crate::platform;
use crate::transport::scripted::{Server, answer};
use quarterdeck_view::i18n::{Language, say};
use std::io;
use std::path::Path;

#[test]
fn a_full_disk_and_a_folder_without_the_right_are_told_apart() {
    let target = Path::new("reports/2025Q4/2025Q4-en.pdf");
    for (kind, code, words) in [
        (
            io::ErrorKind::StorageFull,
            "net-file-disk-full",
            ["disk is full", "磁碟"],
        ),
        (
            io::ErrorKind::PermissionDenied,
            "net-file-read-only",
            ["right to write", "權限"],
        ),
        (
            io::ErrorKind::ReadOnlyFilesystem,
            "net-file-read-only",
            ["right to write", "權限"],
        ),
    ] {
        let failure = Failure::nothing(platform::refused(target, &kind.into()));
        assert_eq!(failure.code, code);
        assert!(failure.next.is_some(), "what to do stands alone, too");
        for (language, word) in [Language::En, Language::ZhTw].into_iter().zip(words) {
            let text = say(language, &failure.what);
            assert!(
                text.contains("2025Q4-en.pdf") && text.contains(word),
                "{text}"
            );
        }
    }
}

#[test]
fn a_report_that_cannot_be_written_says_where_and_what_to_do() {
    let office = Office::new();
    std::fs::write(office.root().join("taken"), "a letter").unwrap();
    for out in ["taken", "taken/2025Q4"] {
        let args = ["report", "-q", "2025Q4", "--out", out, "--format", "csv"];
        let answer = office.qd(&[&args[..], &["--json"]].concat());
        assert_eq!(answer.code, 3, "{}", answer.out);
        let document = answer.json();
        valid("error", &document);
        let error = &document["error"];
        assert!(
            error["where"].as_str().unwrap().contains("taken"),
            "{error}"
        );
        assert!(
            error["next"].as_str().is_some_and(|next| !next.is_empty()),
            "{error}"
        );
        assert_eq!(office.qd(&args).code, 3);
    }
    let letter = std::fs::read_to_string(office.root().join("taken")).unwrap();
    assert_eq!(letter, "a letter");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_stdout_is_told() {
    let office = Office::new();
    let mut full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    for args in [
        &["status"] as &[&str],
        &["status", "--json"],
        &["completions", "bash"],
    ] {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let mut err = Vec::new();
        let code = super::run(
            &args,
            &mut io::empty(),
            &mut full,
            &mut err,
            &office.environment,
        );
        assert_eq!(code, 3, "{args:?}");
        if !args.contains(&"--json".to_owned()) {
            assert!(!err.is_empty(), "{args:?}");
        }
    }
}

#[test]
fn no_answer_of_a_portal_commands_the_terminal() {
    let body =
        b"<html><head><title>\x1b]52;c;aGk=\x07\xe2\x80\xaeSorry\x1b[2J</title></head></html>";
    let server = Server::start(move |_, _| answer("200 OK", "Content-Type: text/html\r\n", body));
    let mut office = Office::new();
    std::fs::remove_dir_all(office.root().join("sources")).unwrap();
    std::fs::create_dir(office.root().join("sources")).unwrap();
    let source = format!(
        "id = \"page\"\nkind = \"json\"\nurl = \"{}\"\nallow_private = true\nschedule = \"daily\"\n[[map]]\nseries = \"P05/guided-examples\"\nat = \"$.count\"\nperiod = \"2025Q4\"\n",
        server.url("/")
    );
    std::fs::write(office.root().join("sources/page.toml"), source).unwrap();
    let bad = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    for args in [
        &["collect"] as &[&str],
        &["collect", "-v"],
        &["collect", "--json"],
        &["sources"],
        &["sources", "--json"],
    ] {
        let answer = office.qd(args);
        assert!(
            !answer.out.contains(bad) && !answer.err.contains(bad),
            "{args:?} {:?} {:?}",
            answer.out,
            answer.err
        );
        assert!(answer.out.contains("Sorry"), "{args:?} {}", answer.out);
    }
    office.environment.stderr_terminal = true;
    let drawn = office.qd(&["collect"]).err.replace("\r\u{1b}[2K", "");
    assert!(!drawn.contains(bad), "{drawn:?}");
}
