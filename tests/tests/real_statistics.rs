//! Statistics, awards and signed answers from servers of other makers, through the real `qd`, to
//! figures on the board.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::nginx::Nginx;
use quarterdeck_tests::office::{Office, indicator};
use quarterdeck_tests::program::{Answer, command, valid};
use quarterdeck_tests::script::Script;
use serde_json::Value;
use std::path::Path;

/// Year and number of the quarter that is shown.
fn quarter(status: &Value) -> (i32, i32) {
    let text = status["quarter"].as_str().unwrap();
    let (year, number) = text.split_once('Q').unwrap();
    (year.parse().unwrap(), number.parse().unwrap())
}

#[track_caller]
fn shows(office: &Office, series: &str, value: &str) {
    let status = office.status(&[]);
    valid("status", &status);
    assert_eq!(
        indicator(&status, series)["value"].to_string(),
        value,
        "{series}"
    );
}

fn source(office: &Office, id: &str, kind: &str, url: &str, rest: &str) {
    office.write(
        &format!("sources/{id}.toml"),
        format!(
            "id = \"{id}\"\nkind = \"{kind}\"\nurl = \"{url}\"\nallow_private = true\nschedule = \"daily\"\n{rest}"
        ),
    );
}

#[test]
fn a_server_of_statistics_that_ignores_what_it_is_asked() {
    let office = Office::new();
    office.indicator("P01", "sdmx-use");
    let (year, number) = quarter(&office.status(&[]));
    let this = format!("{year}-Q{number}");
    let before = match number {
        1 => format!("{}-Q4", year - 1),
        _ => format!("{year}-Q{}", number - 1),
    };
    let what = "a server of statistics (SDMX REST)";
    let modules = ["dsss", "sdmx", "uvicorn"];
    let Some(server) = Script::start(what, "sdmx_rest.py", &modules, &[&before, &this]) else {
        return;
    };
    source(
        &office,
        "statistics",
        "sdmx",
        &server.url("/data/EXAMPLE,SERVICES/Q.TPE?startPeriod={start}&endPeriod={end}"),
        "[sdmx]\nkey = { REGION = \"TPE\", FREQ = \"Q\" }\n[[map]]\nseries = \"P01/sdmx-use\"\ncolumn = \"OBS_VALUE\"\nperiod_column = \"TIME_PERIOD\"\nunit = \"count\"\n",
    );
    office.qd(&["check"]).expect(0);
    let summary = office.collect(0);
    assert_eq!(summary["sources"][0]["rows"], 2, "{summary}");
    assert!(summary.to_string().contains("REGION=KHH"), "{summary}");
    shows(&office, "P01/sdmx-use", "72");
}

#[test]
fn nginx_gives_csv_big5_and_xml_plain_and_packed() {
    let folder = tempfile::tempdir().unwrap();
    let Some(server) = Nginx::start(folder.path()) else {
        return;
    };
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    put(
        "plain.csv",
        "機關,件數\r\n數位發展部,12\r\n內政部,30\r\n".as_bytes(),
    );
    // The same in Big5: 機關,件數 / 數位發展部,12 / 內政部,30.
    put(
        "big5.csv",
        b"\xbe\xf7\xc3\xf6,\xa5\xf3\xbc\xc6\r\n\xbc\xc6\xa6\xec\xb5o\xaei\xb3\xa1,12\r\n\xa4\xba\xacF\xb3\xa1,30\r\n",
    );
    let office = Office::new();
    let mut series = vec![
        ("csv", "plain.csv"),
        ("big5", "big5.csv"),
        ("gzip", "gzip/plain.csv"),
    ];
    if server.has_brotli {
        series.push(("brotli", "br/big5.csv"));
    }
    for (id, file) in &series {
        office.indicator("P01", &format!("nginx-{id}"));
        source(
            &office,
            id,
            "csv",
            &server.url(file),
            &format!(
                "[[map]]\nseries = \"P01/nginx-{id}\"\ncolumn = \"件數\"\naggregate = \"sum\"\nunit = \"count\"\n"
            ),
        );
    }
    office.indicator("P02", "nginx-awards");
    let (year, number) = quarter(&office.status(&[]));
    for month in number * 3 - 2..=number * 3 {
        for half in ["01", "02"] {
            let name = format!("award_{year}{month:02}{half}.xml");
            let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><TENDER_LIST><TENDER><TENDER_ORG_NAME>數位發展部</TENDER_ORG_NAME></TENDER><TENDER><TENDER_ORG_NAME>內政部</TENDER_ORG_NAME></TENDER></TENDER_LIST>";
            put(&name, text.as_bytes());
        }
    }
    source(
        &office,
        "awards",
        "procurement",
        &server.url("gzip/{file}"),
        "[[map]]\nseries = \"P02/nginx-awards\"\naggregate = \"count\"\nunit = \"count\"\nfilter = [{ column = \"TENDER_ORG_NAME\", op = \"=\", value = \"數位發展部\" }]\n",
    );
    office.qd(&["check"]).expect(0);
    office.collect(0);
    for (id, _) in &series {
        shows(&office, &format!("P01/nginx-{id}"), "42");
    }
    shows(&office, "P02/nginx-awards", "6");
    let log = server.log();
    assert!(log.contains("/gzip/plain.csv 200 gzip"), "{log}");
    assert!(
        !server.has_brotli || log.contains("/br/big5.csv 200 br"),
        "{log}"
    );
    assert_eq!(
        log.lines()
            .filter(|l| l.contains("award_") && l.contains("200 gzip"))
            .count(),
        6
    );
}

#[test]
fn a_portal_that_wants_signed_requests_gets_them_and_nobody_else_sees_the_key() {
    let (account, key) = ("office-7", "S3cret-Key-That-Nobody-Sees");
    let what = "a portal that checks signatures";
    let Some(server) = Script::start(what, "signed.py", &[], &[account, key]) else {
        return;
    };
    let office = Office::new();
    office.indicator("P01", "signed");
    source(
        &office,
        "gdb",
        "gdb",
        &server.url("/plans"),
        "rows = \"$.result[*]\"\n[hmac]\nusername = \"env:QD_TEST_ACCOUNT\"\nsecret = \"env:QD_TEST_KEY\"\n[[map]]\nseries = \"P01/signed\"\naggregate = \"count\"\nunit = \"count\"\n",
    );
    office.qd(&["check"]).expect(0);
    let collect = |key: Option<&str>| -> Answer {
        let mut command = command(&office.root(), &["collect", "-v", "--json"]);
        command.env("QD_TEST_ACCOUNT", account);
        if let Some(key) = key {
            command.env("QD_TEST_KEY", key);
        }
        command.output().unwrap().into()
    };
    let missing = collect(None);
    assert!(missing.out.contains("QD_TEST_KEY"), "{}", missing.out);
    let wrong = collect(Some("another key"));
    assert!(wrong.out.contains("401"), "{}", wrong.out);
    // The portal is busy at the first good try; the second is signed again.
    let right = collect(Some(key));
    assert_eq!(right.code, Some(0), "{}", right.out);
    shows(&office, "P01/signed", "3");
    for answer in [&missing, &wrong, &right] {
        for secret in [key, "another key", "signature=", "hmac username"] {
            let said = format!("{}{}", answer.out, answer.err);
            assert!(!said.contains(secret), "{secret}: {said}");
        }
    }
    let mut looked = 0;
    every_file(&office.root(), &mut |path, bytes| {
        looked += 1;
        for secret in [key, "another key", "algorithm=\"hmac"] {
            let found = bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!found, "{} holds {secret}", path.display());
        }
    });
    assert!(looked > 30, "{looked} files");
    // A key in the file itself is refused by name, and its text is not repeated.
    office.replace("sources/gdb.toml", "env:QD_TEST_KEY", key);
    let check = office.qd(&["check", "--json"]).expect(2);
    assert!(check.out.contains("hmac.secret"), "{}", check.out);
    assert!(
        !check.out.contains(key) && !check.err.contains(key),
        "{}",
        check.out
    );
}

fn every_file(folder: &Path, look: &mut dyn FnMut(&Path, &[u8])) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            every_file(&path, look);
        } else {
            look(&path, &std::fs::read(&path).unwrap());
        }
    }
}
