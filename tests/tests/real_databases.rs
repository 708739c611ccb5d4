//! A PostgreSQL server and a service, asked through the real `qd`.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::office::{Office, indicator};
use quarterdeck_tests::postgres::Postgres;
use quarterdeck_tests::server::{PythonServer, Server};
use serde_json::Value;

const TABLES: [&str; 7] = [
    "create role kpi_reader login password 'reader-word-7'",
    "create table survey (programme text, quarter text, satisfaction numeric(6,2), asked_on date, answers bigint, who text)",
    "insert into survey values ('P12', '2025Q3', 75.30, '2025-09-30', 9007199254740993, 'Chen'), ('P13', '2025Q3', null, '2025-09-30', 0, 'Lin'), ('P12', '2020Q1', 1, '2020-03-31', 1, 'Lin')",
    "create table secret (a int)",
    "create sequence counter",
    "grant select, insert, delete on survey to kpi_reader",
    "grant usage on sequence counter to kpi_reader",
];

fn certificate() -> (String, String) {
    let params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (certificate.pem(), key.serialize_pem())
}

/// A source file; the secrets lie in files of the office.
fn source(office: &Office, id: &str, url: &str, query: &str, keys: &str, maps: &str) {
    office.write("user.txt", "kpi_reader");
    office.write("password.txt", "reader-word-7\n");
    office.write(
        &format!("sources/{id}.toml"),
        format!(
            "id = \"{id}\"\nkind = \"sql\"\nurl = \"{url}\"\nallow_private = true\nschedule = \"daily\"\n{maps}\n\
             [sql]\nquery = \"\"\"{query}\"\"\"\nuser = \"file:user.txt\"\npassword = \"file:password.txt\"\n{keys}\n"
        ),
    );
}

const COUNT: &str = "map = [{ series = \"P12/answers\", column = \"answers\" }]";

/// What became of one source.
fn outcome<'a>(summary: &'a Value, id: &str) -> (&'a str, &'a str) {
    let all = summary["sources"].as_array().unwrap();
    let found = all.iter().find(|source| source["id"] == id).unwrap();
    (
        found["outcome"].as_str().unwrap_or_default(),
        found["message"].as_str().unwrap_or_default(),
    )
}

#[test]
fn a_numeric_of_postgresql_reaches_the_board_with_every_digit() {
    let (pem, key) = certificate();
    let Some(server) = Postgres::start("a PostgreSQL server", Some((&pem, &key)), &TABLES) else {
        return;
    };
    let office = Office::new();
    office.append(
        "register/programmes/P12.toml",
        "\n[[indicator]]\nseries = \"satisfaction\"\ntitle = { zh-TW = \"滿意度\", en = \"Satisfaction\" }\nunit = \"percent\"\nkind = \"ratio\"\ndirection = \"higher\"\nroad = \"source\"\nfrequency = \"quarter\"\n",
    );
    office.indicator("P12", "answers");
    office.write("ca.pem", &pem);
    office.replace(
        "quarterdeck.toml",
        "ca_files = []",
        "ca_files = [\"ca.pem\"]",
    );
    source(
        &office,
        "survey",
        &server.url("postgres"),
        "select programme, satisfaction, answers, who from survey\n where asked_on between date '2025-07-01' and date '2025-09-30' and asked_on <= :quarter_end and extract(year from asked_on) <= :year and quarter <> :roc_year and quarter <= :quarter; -- end",
        "tls = \"require\"",
        "personal_fields = [\"who\"]\nmap = [\n{ series = \"{programme}/satisfaction\", column = \"satisfaction\", period = \"2025Q3\" },\n{ series = \"P12/answers\", column = \"answers\", aggregate = \"sum\", period = \"2025Q3\" },\n]",
    );
    office.qd(&["check"]).expect(0);
    let summary = office.collect(0);
    assert_eq!(summary["sources"][0]["rows"], 2, "{summary}");
    let status = office.status(&["--quarter", "2025Q3"]);
    let satisfaction = indicator(&status, "P12/satisfaction");
    assert_eq!(satisfaction["value"].to_string(), "75.30");
    assert_eq!(
        indicator(&status, "P12/answers")["value"].to_string(),
        "9007199254740993",
        "no binary float on the way"
    );
    let stored = std::fs::read(office.root().join("quarterdeck.db")).unwrap();
    for secret in ["reader-word-7", "Chen"] {
        assert!(
            !stored
                .windows(secret.len())
                .any(|bytes| bytes == secret.as_bytes()),
            "{secret} is in the database"
        );
    }
}

#[test]
fn a_server_is_only_read_and_what_goes_wrong_is_told() {
    let (pem, key) = certificate();
    let Some(encrypted) = Postgres::start("a PostgreSQL server", Some((&pem, &key)), &TABLES)
    else {
        return;
    };
    let Some(plain) = Postgres::start("a PostgreSQL server", None, &TABLES) else {
        return;
    };
    let office = Office::new();
    office.indicator("P12", "answers");
    let (open, url) = (plain.url("postgres"), encrypted.url("postgres"));
    let rows = "select answers from survey where programme = 'P12' and quarter = '2025Q3'";
    let no_tls = "tls = \"off\"";
    let tests: [(&str, &str, &str, &str, &str, &str); 13] = [
        ("good", &open, rows, no_tls, "", ""),
        ("preferred", &open, rows, "tls = \"prefer\"", "", ""),
        ("required", &open, rows, "", "failed", "tls = \"prefer\""),
        ("unknown", &url, rows, "", "failed", "ca_files"),
        ("excepted", &url, rows, "", "good", ""),
        // A function that writes is not seen in the text; the session refuses it.
        (
            "sequence",
            &open,
            "select 1 as answers from survey where \"nextval\"('counter') > 0",
            no_tls,
            "failed",
            "only reads",
        ),
        (
            "deleting",
            &open,
            "select 1 as answers from \"query_to_xml\"('delete from survey returning 1', false, false, '')",
            no_tls,
            "failed",
            "0A000",
        ),
        (
            "denied",
            &open,
            "select a as answers from secret",
            no_tls,
            "failed",
            "42501",
        ),
        (
            "slow",
            &open,
            "select answers from survey where pg_sleep(60) is not null",
            "tls = \"off\"\nstatement_timeout_seconds = 1",
            "failed",
            "statement_timeout_seconds",
        ),
        (
            "many",
            &open,
            "select generate_series(1, 11) as answers",
            "tls = \"off\"\nrow_cap = 10",
            "failed",
            "row_cap",
        ),
        (
            "wrong",
            &open,
            "select nothing from survey",
            no_tls,
            "failed",
            "42703",
        ),
        (
            "elsewhere",
            &plain.url("nowhere"),
            rows,
            no_tls,
            "failed",
            "3D000",
        ),
        ("stranger", &open, rows, no_tls, "failed", "28P01"),
    ];
    for (id, url, query, keys, ..) in &tests {
        let mut maps = COUNT.to_owned();
        if *id == "excepted" {
            maps.insert_str(0, "insecure_certificate = \"a test\"\n");
        }
        source(&office, id, url, query, keys, &maps);
    }
    office.write("other.txt", "wrong-word-9");
    office.replace("sources/stranger.toml", "password.txt", "other.txt");
    let answer = office.qd(&["collect", "--json", "--lang", "en"]).expect(1);
    let summary = answer.json();
    for (id, _, _, _, expected, words) in tests {
        let (found, said) = outcome(&summary, id);
        let expected = if expected.is_empty() {
            "good"
        } else {
            expected
        };
        assert_eq!(found, expected, "{id}: {said}");
        assert!(said.contains(words), "{id}: {said}");
        for secret in ["reader-word-7", "wrong-word-9", "kpi_reader"] {
            assert!(!said.contains(secret), "{id}: {said}");
        }
    }
    // Everything is as it was.
    source(
        &office,
        "after",
        &open,
        "select count(*) as answers from survey",
        no_tls,
        COUNT,
    );
    let summary = office
        .qd(&["collect", "--source", "after", "--json"])
        .expect(0)
        .json();
    assert_eq!(outcome(&summary, "after").0, "good");
    let status = office.status(&[]);
    assert_eq!(indicator(&status, "P12/answers")["value"].to_string(), "3");
}

#[test]
fn the_availability_of_a_real_service_counts_on_from_run_to_run() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("health.html"), "線上申辦 ok").unwrap();
    let Some(server) = PythonServer::start(folder.path()) else {
        return;
    };
    let office = Office::new();
    office.append(
        "register/programmes/P12.toml",
        "\n[[indicator]]\nseries = \"availability\"\ntitle = { zh-TW = \"可用率\", en = \"Availability\" }\nunit = \"percent\"\nkind = \"ratio\"\ndirection = \"higher\"\nroad = \"source\"\nfrequency = \"quarter\"\n\n[[indicator]]\nseries = \"latency\"\ntitle = { zh-TW = \"平均回應時間\", en = \"Mean response time\" }\nunit = \"millisecond\"\nkind = \"duration\"\ndirection = \"lower\"\nroad = \"source\"\nfrequency = \"quarter\"\n",
    );
    let write = |text: &str| {
        office.write(
            "sources/service.toml",
            format!(
                "id = \"service\"\nkind = \"health\"\nurl = \"{}\"\nallow_private = true\nschedule = \"hourly\"\n\n[health]\nexpect_text = \"{text}\"\n\n[[map]]\nseries = \"P12/availability\"\ncolumn = \"up\"\nunit = \"percent\"\n\n[[map]]\nseries = \"P12/latency\"\ncolumn = \"elapsed_ms\"\naggregate = \"mean\"\nunit = \"millisecond\"\n",
                server.url("health.html")
            ),
        );
    };
    write("線上申辦");
    office.qd(&["check"]).expect(0);
    for _ in 0..3 {
        office.collect(0);
    }
    write("暫停服務");
    let summary = office.collect(0);
    assert_eq!(outcome(&summary, "service").0, "partial", "{summary}");
    // The running quarter, that of the probes.
    let now = quarterdeck_kpi::calendar::Quarter::containing(
        quarterdeck_kpi::calendar::taipei_day(chrono::Utc::now()),
    );
    let status = office.status(&["--quarter", &now.to_string()]);
    assert_eq!(
        indicator(&status, "P12/availability")["value"].to_string(),
        "75"
    );
}

#[test]
fn one_source_of_each_kind_passes_the_check_and_a_bad_one_is_named() {
    let office = Office::new();
    let server = Server::counting(1);
    office.write(
        "sources/db.toml",
        "id = \"db\"\nkind = \"sql\"\nurl = \"sqlite:data/kpi.db\"\nschedule = \"daily\"\n\n[sql]\nquery = \"delete from t\"\npassword = \"hunter2\"\n\n[[map]]\nseries = \"P01/open-datasets\"\ncolumn = \"n\"\n",
    );
    office.write(
        "sources/svc.toml",
        format!(
            "id = \"svc\"\nkind = \"health\"\nurl = \"{}\"\nschedule = \"hourly\"\n\n[[map]]\nseries = \"P12/availability\"\ncolumn = \"uptime\"\n",
            server.url("/")
        ),
    );
    let answer = office.qd(&["check", "--json", "--lang", "en"]).expect(2);
    let said = answer.json().to_string();
    for words in ["delete", "sql.password", "uptime"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("hunter2"), "{said}");
}
