//! What portals, files and disks do wrong, through the real `qd`: the reason is told, and what was
//! stored stays.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::office::{Office, copy, indicator};
use quarterdeck_tests::program::{Answer, command, valid};
use quarterdeck_tests::server::{Piece, Server};
use quarterdeck_tests::tools;
use serde_json::Value;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const FIGURE: &str = "P05/guided";

/// An office with one number from one source, already collected as 5.
fn office_with(server: &Server) -> Office {
    let office = Office::new();
    office.indicator("P05", "guided");
    office.number_source("portal", &server.url("/good"), FIGURE);
    office.collect(0);
    office.replace("sources/portal.toml", "/good", "/bad");
    office
}

/// A server that answers 5 at `/good` and the bad pieces everywhere else.
fn server(bad: impl Fn() -> Vec<Piece> + Send + Sync + 'static) -> Server {
    Server::sending(move |path| match path {
        "/good" => Piece::ok("application/json", "{\"count\": 5}"),
        _ => bad(),
    })
}

fn value(office: &Office) -> Value {
    indicator(&office.status(&[]), FIGURE)["value"].clone()
}

/// Collects the bad answer; gives its outcome and its sentence.
#[track_caller]
fn refused(office: &Office, code: i32) -> (String, String) {
    let summary = office.collect(code);
    let source = &summary["sources"][0];
    assert_eq!(value(office), 5, "yesterday's figure stays: {summary}");
    (
        source["outcome"].as_str().unwrap().to_owned(),
        source["message"].as_str().unwrap().to_owned(),
    )
}

#[test]
fn a_body_that_drips_is_given_up_after_the_time_that_was_set() {
    let server = server(|| {
        let mut pieces = Piece::raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"count\": ");
        for _ in 0..60 {
            pieces.push(Piece::Wait(Duration::from_millis(300)));
            pieces.extend(Piece::raw(" "));
        }
        pieces
    });
    let office = office_with(&server);
    office.replace(
        "sources/portal.toml",
        "schedule",
        "timeout_seconds = 2\nschedule",
    );
    let began = Instant::now();
    let (outcome, said) = refused(&office, 3);
    assert!(began.elapsed() < Duration::from_secs(12));
    assert_eq!(outcome, "failed");
    assert!(
        said.contains("2 s") && said.contains("timeout_seconds"),
        "{said}"
    );
}

#[test]
fn a_length_that_lies_is_told_with_both_lengths() {
    let short = server(|| {
        Piece::raw(
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n{\"count\": 7}",
        )
    });
    let (outcome, said) = refused(&office_with(&short), 3);
    assert_eq!(outcome, "rejected");
    assert!(said.contains("12 of 99 bytes"), "{said}");
}

#[test]
fn redirects_into_the_own_network_and_to_files_are_refused_by_name() {
    for (to, words) in [
        (
            "http://169.254.169.254/latest/meta-data/",
            ["169.254.169.254", "private network"],
        ),
        ("file:///etc/passwd", ["file", "Only http and https"]),
    ] {
        let server = server(move || {
            Piece::raw(&format!(
                "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            ))
        });
        let (outcome, said) = refused(&office_with(&server), 3);
        assert_eq!(outcome, "failed", "{to}");
        for word in words {
            assert!(said.contains(word), "{to}: {said}");
        }
    }
}

#[test]
fn numbers_that_are_none_are_told_with_their_reason() {
    for (body, code, reason) in [
        ("{\"count\": NaN}", 3, "JSON is wrong at line 1, column 11"),
        ("{\"count\": 1, \"count\": 2}", 3, "\"count\" stands twice"),
        ("{\"count\": \"NaN\"}", 0, "Refused readings: 1 of 1"),
        ("{\"count\": 1e400}", 0, "Refused readings: 1 of 1"),
        ("{\"count\": \"12\\u0000\"}", 0, "Refused readings: 1 of 1"),
        ("{\"count\": null}", 0, "no value"),
        ("", 3, "empty"),
    ] {
        let server = server(move || Piece::ok("application/json", body));
        let office = office_with(&server);
        let (_, said) = refused(&office, code);
        assert!(said.contains(reason), "{body}: {said}");
    }
}

#[test]
fn figures_reach_the_board_as_they_are_printed_in_taiwan() {
    for (printed, expected) in [
        ("\"１２３\"", "123"),
        ("\"1,234\"", "1234"),
        ("\"5萬\"", "50000"),
        ("\"1.2億\"", "120000000"),
        ("0", "0"),
    ] {
        let body = format!("{{\"count\": {printed}}}");
        let server = server(move || Piece::ok("application/json", &body));
        let office = office_with(&server);
        office.collect(0);
        assert_eq!(value(&office).to_string(), expected, "{printed}");
    }
    let server = Server::sending(|_| Piece::ok("application/json", "{\"count\": \"75.3%\"}"));
    let office = Office::new();
    office.number_source("share", &server.url("/"), "P01/gold-share");
    office.replace(
        "sources/share.toml",
        "unit = \"count\"",
        "unit = \"percent\"",
    );
    office.collect(0);
    let share = indicator(&office.status(&[]), "P01/gold-share").clone();
    assert_eq!(share["value"].to_string(), "75.3");
}

#[test]
fn big5_that_is_labelled_utf_8_and_rows_with_nul_reach_the_board() {
    // 件數,機關 / 7,財政部 / 5,許功蓋 in code page 950.
    let big5: &[u8] = b"\xa5\xf3\xbc\xc6,\xbe\xf7\xc3\xf6\r\n7,\xb0\xea\xac\x46\xb3\xa1\r\n5,\xb3\x5c\xa5\x5c\xbb\\\r\n";
    let office = Office::new();
    office.indicator("P05", "guided");
    let csv = |url: &str| {
        format!(
            "id = \"table\"\nkind = \"csv\"\nurl = \"{url}\"\nallow_private = true\nschedule = \"daily\"\n\n[[map]]\nseries = \"{FIGURE}\"\ncolumn = \"件數\"\naggregate = \"sum\"\nunit = \"count\"\n"
        )
    };
    let server = Server::sending(move |path| match path {
        "/big5" => Piece::ok("text/csv; charset=utf-8", big5),
        _ => Piece::ok("text/csv", "件數,機關\r\n8,\0x\r\n9,y\r\n"),
    });
    office.write("sources/table.toml", csv(&server.url("/big5")));
    let summary = office.collect(0);
    assert_eq!(summary["sources"][0]["rows"], 2);
    assert_eq!(value(&office), 12);
    office.write("sources/table.toml", csv(&server.url("/nul")));
    let summary = office.collect(0);
    let said = summary["sources"][0]["message"].as_str().unwrap();
    assert!(said.contains("NUL") && said.contains("row 1"), "{said}");
    assert_eq!(value(&office), 17);
}

/// An office that reads a figure from files dropped into `inbox`.
fn with_inbox() -> Office {
    let office = Office::new();
    office.indicator("P05", "guided");
    office.write(
        "sources/drop.toml",
        format!(
            "id = \"drop\"\nkind = \"file\"\nfolder = \"inbox\"\nschedule = \"daily\"\n\n[[map]]\nseries = \"{FIGURE}\"\ncolumn = \"n\"\nperiod_column = \"q\"\n"
        ),
    );
    office
}

#[test]
fn one_bad_file_of_a_drop_folder_is_named_and_the_rest_is_on_the_board() {
    let office = with_inbox();
    office.write("inbox/a.csv", "q,n\n2025Q1,4\n");
    office.write("inbox/b.csv", "q,n\n2025Q2,\"5\n");
    office.write("inbox/c.csv", "q,n\n2025Q3,6\n");
    let summary = office.collect(1);
    let source = &summary["sources"][0];
    assert_eq!(
        (&source["outcome"], &source["new"]),
        (&"partial".into(), &2.into())
    );
    let said = source["message"].as_str().unwrap();
    assert!(
        said.contains("inbox/b.csv") && said.contains("cut"),
        "{said}"
    );
    for (quarter, expected) in [("2025Q1", 4), ("2025Q3", 6)] {
        let status = office.status(&["--quarter", quarter]);
        assert_eq!(indicator(&status, FIGURE)["value"], expected, "{quarter}");
    }
    // Somebody has seen to it: it asks no more, until the reason is another one.
    let id = "file-refused@1:source:drop:inbox/b.csv";
    let said = |office: &Office| {
        let status = office.status(&["--quarter", "2025Q3"]);
        let found = status["findings"].as_array().unwrap().iter();
        let mut found = found.filter(|finding| finding["id"] == id);
        let finding = found.next().unwrap().clone();
        (
            finding["severity"].clone(),
            finding["text"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(said(&office).0, "error");
    let handled = office.qd(&["handle", id, "--reason", "sent anew by post", "--json"]);
    valid("handle", &handled.expect(0).json());
    let (severity, text) = said(&office);
    assert_eq!(severity, "info");
    assert!(
        text.contains("inbox/b.csv") && text.contains("sent anew by post"),
        "{text}"
    );
    // Nothing is left to do about it, so the run is done; the refusal stays visible.
    let summary = office.collect(0);
    let source = &summary["sources"][0];
    assert_eq!(source["outcome"], "good", "{source}");
    assert!(
        source["message"].as_str().unwrap().contains('1'),
        "{source}"
    );
    assert_eq!(said(&office).0, "info", "the same refusal once more");
    office.qd(&["handle", id, "--reason", "again"]).expect(2);
    office
        .qd(&["handle", "file-refused@1:none", "--reason", "x"])
        .expect(2);
    office.write("inbox/b.csv", "q\n2025Q2\n");
    office.write("inbox/d.csv", "q,n\n2025Q4,7\n");
    office.collect(1);
    assert_eq!(said(&office).0, "error", "another refusal");
    office.write("inbox/b.csv", "q,n\n2025Q2,5\n");
    assert_eq!(office.collect(0)["new"], 1);
}

#[test]
fn a_folder_with_nothing_but_a_bad_file_can_be_seen_to() {
    let office = with_inbox();
    office.write("inbox/b.csv", "q,n\n2025Q2,\"5\n");
    office.collect(3);
    let id = "file-refused@1:source:drop:inbox/b.csv";
    office
        .qd(&["handle", id, "--reason", "sent anew by post"])
        .expect(0);
    office.collect(0);
    office.collect(0);
    // Another reason, and it is trouble again.
    office.write("inbox/b.csv", "q\n2025Q2\n");
    office.collect(3);
}

#[test]
fn a_source_file_with_a_typo_is_told_by_collect() {
    let server = Server::counting(5);
    let office = Office::new();
    office.indicator("P05", "guided");
    office.number_source("good", &server.url("/"), FIGURE);
    office.number_source("catt", &server.url("/"), "P05/other");
    office.replace("sources/catt.toml", "schedule", "schedul");
    let summary = office.collect(1);
    assert_eq!(summary["sources"].as_array().unwrap().len(), 1);
    let broken = &summary["broken_files"];
    assert_eq!(broken[0]["file"], "sources/catt.toml", "{broken}");
    assert_eq!(broken[0]["line"], 5, "{broken}");
    assert!(
        broken[0]["message"].as_str().unwrap().contains("schedule?"),
        "{broken}"
    );
    let told = office.qd(&["collect"]).expect(1).err;
    assert!(
        told.contains("sources/catt.toml:5") && told.contains("schedule?"),
        "{told}"
    );
    // By name: the good one alone is done, the broken one says why it is not known.
    office.qd(&["collect", "--source", "good"]).expect(0);
    let error = office
        .qd(&["collect", "--source", "catt", "--json"])
        .expect(2)
        .json();
    valid("error", &error);
    let error = &error["error"];
    assert_eq!(error["where"], "sources/catt.toml:5", "{error}");
    assert!(
        error["message"].as_str().unwrap().contains("schedul"),
        "{error}"
    );
}

#[test]
fn a_secret_in_a_source_file_is_refused_by_check_and_by_collect() {
    let server = Server::counting(5);
    let office = Office::new();
    office.indicator("P05", "guided");
    office.number_source("portal", &server.url("/?api_key=s3cret"), FIGURE);
    let checked = office.qd(&["check"]).expect(2).out;
    assert!(
        checked.contains("sources/portal.toml") && checked.contains("api_key"),
        "{checked}"
    );
    let collected = office.qd(&["collect"]).expect(3);
    for text in [checked, collected.out, collected.err] {
        assert!(!text.contains("s3cret"), "{text}");
    }
    office.replace("sources/portal.toml", "s3cret", "{env:PORTAL_KEY}");
    office.qd(&["check"]).expect(0);
    let run = |key: Option<&str>| -> Answer {
        let mut command = command(&office.root(), &["collect", "-v"]);
        match key {
            Some(key) => command.env("PORTAL_KEY", key),
            None => command.env_remove("PORTAL_KEY"),
        };
        command.output().unwrap().into()
    };
    let missing = run(None).expect(3);
    assert!(missing.out.contains("env:PORTAL_KEY"), "{}", missing.out);
    let sent = run(Some("s3cret")).expect(0);
    assert_eq!(value(&office), 5);
    let mut kept = std::fs::read(office.root().join("quarterdeck.db")).unwrap();
    kept.extend(std::fs::read(office.root().join("quarterdeck.db-wal")).unwrap_or_default());
    assert!(!kept.windows(6).any(|window| window == b"s3cret"));
    for text in [missing.err, sent.out, sent.err] {
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[test]
fn a_database_that_another_program_writes_to_is_waited_for_and_named() {
    let Some(python) = tools::find("another program that writes to SQLite", &["python3"]) else {
        return;
    };
    let office = office_with(&server(|| Piece::ok("application/json", "{\"count\": 6}")));
    let script = "import sqlite3,sys,time\nc=sqlite3.connect(sys.argv[1],isolation_level=None)\nc.execute('BEGIN IMMEDIATE')\nprint('held',flush=True)\ntime.sleep(60)";
    let mut other = Command::new(python)
        .args(["-c", script])
        .arg(office.root().join("quarterdeck.db"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut out = std::io::BufReader::new(other.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut said).unwrap();
    let answer = office.qd(&["collect", "--json"]);
    other.kill().unwrap();
    other.wait().unwrap();
    let error = answer.expect(5).json();
    valid("error", &error);
    let told = error.to_string();
    assert!(told.contains("quarterdeck.db"), "{told}");
    assert_eq!(value(&office), 5, "nothing is lost");
    office.collect(0);
    assert_eq!(value(&office), 6);
}

/// A small disk of its own, where one can be had.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new() -> Option<SmallDisk> {
        let mount = tools::find("a full disk", &["mount"])?;
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new(mount)
            .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        match made.is_ok_and(|status| status.success()) {
            true => Some(SmallDisk(folder)),
            false => {
                tools::skipped("a full disk", "the right to mount one");
                None
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_is_told_as_such_and_nothing_stored_is_lost() {
    let Some(disk) = SmallDisk::new() else { return };
    // Text that cannot be packed small, larger than the disk.
    let mut body = "件數,說明\r\n".to_owned();
    let mut state: u64 = 1;
    while body.len() < 9_000_000 {
        body.push_str("1,");
        for _ in 0..60 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            body.push(char::from(b'a' + u8::try_from((state >> 33) % 26).unwrap()));
        }
        body.push_str("\r\n");
    }
    let server = server(move || Piece::ok("text/csv", &body));
    let office = office_with(&server);
    let root = disk.0.path().join("office");
    office.write(
        "sources/large.toml",
        format!(
            "id = \"large\"\nkind = \"csv\"\nurl = \"{}\"\nallow_private = true\nschedule = \"daily\"\n\n[[map]]\nseries = \"{FIGURE}\"\naggregate = \"count\"\n",
            server.url("/large")
        ),
    );
    std::fs::remove_file(office.root().join("sources/portal.toml")).unwrap();
    copy(&office.root(), &root);
    let qd = |args: &[&str]| -> Answer { command(&root, args).output().unwrap().into() };
    let answer = qd(&["collect", "--json"]).expect(3).json();
    valid("error", &answer);
    let told = answer["error"].to_string();
    assert!(
        told.contains("disk is full") && told.contains("office"),
        "{told}"
    );
    let left: Vec<_> = std::fs::read_dir(root.join("captures"))
        .unwrap()
        .flatten()
        .collect();
    assert!(left.is_empty(), "nothing half written stays: {left:?}");

    // The report: fill what is left.
    let filler = root.join("filler");
    let mut size = 4 << 20;
    while size > 512 {
        let grown = std::fs::read(&filler).unwrap_or_default().len() + size;
        if std::fs::write(&filler, vec![b'x'; grown]).is_err() {
            size /= 2;
        }
        if size == 4 << 20 {
            size /= 2;
        }
    }
    let answer = qd(&[
        "report",
        "--quarter",
        "2025Q3",
        "--format",
        "csv",
        "--out",
        "out",
        "--json",
    ]);
    assert!(matches!(answer.code, Some(2 | 3)), "{answer:?}");
    let told = format!("{}{}", answer.out, answer.err);
    assert!(
        told.contains("disk is full") || told.contains("No room is left"),
        "{told}"
    );
    std::fs::remove_file(&filler).unwrap();
    let status = qd(&["status", "--json"]).expect(0).json();
    assert_eq!(indicator(&status, FIGURE)["value"], 5);
}
