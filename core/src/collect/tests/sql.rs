//! Databases: a file read to the last digit, and servers that are none.

use super::*;
use std::io::{Read, Write};
use std::net::TcpListener;

fn sql(url: &str, more: &str, query: &str, keys: &str) -> String {
    format!(
        "id = \"db\"\nkind = \"sql\"\nurl = \"{url}\"\nschedule = \"daily\"\n{more}\n\
         [sql]\nquery = \"{query}\"\n{keys}\n\
         [[map]]\nseries = \"P01/datasets\"\ncolumn = \"n\"\n"
    )
}

/// An office with a database of its own in `data/kpi.db`.
fn office(source: String) -> Office {
    let office = Office::new(&[source]);
    std::fs::create_dir(office.path().join("data")).unwrap();
    let file = rusqlite::Connection::open(office.path().join("data/kpi.db")).unwrap();
    file.execute_batch(
        "create table t (q text, y integer, n, who text);
         insert into t values ('2025Q4', 2025, '75.30', '王小明'), ('2025Q3', 2025, 1, 'x'), ('2024Q4', 2024, null, 'y');",
    )
    .unwrap();
    office
}

const PLACE: &str = "sqlite:data/kpi.db";

#[test]
fn a_row_of_the_quarter_becomes_a_figure_with_its_bytes() {
    let query = "select q, n, who from t where q = :quarter and y = :year";
    let mut office = office(sql(PLACE, "personal_fields = [\"who\"]", query, ""));
    let summary = office.collect_on(20);
    assert_eq!(
        (summary.sources[0].outcome, summary.new_readings()),
        (Some(Outcome::Good), 1),
        "{summary:?}"
    );
    let rows = office.rows();
    assert_eq!(
        rows.observations[0].item.value().unwrap().to_string(),
        "75.30"
    );
    let fetch = office.store.last_fetch("db").unwrap().unwrap();
    assert_eq!((fetch.method.as_str(), fetch.url.as_str()), ("SQL", PLACE));
    assert!(
        fetch
            .headers
            .iter()
            .any(|(name, value)| name == "values" && value == "2025Q4 2025"),
        "{:?}",
        fetch.headers
    );
    let body = office
        .store
        .capture_body(&fetch.stored_sha256, 1000)
        .unwrap()
        .unwrap();
    assert_eq!(String::from_utf8(body).unwrap(), "q,n,who\n2025Q4,75.30,\n");
    assert_eq!(office.collect_on(21).new_readings(), 0);
}

#[test]
fn a_query_that_writes_or_a_file_outside_is_refused_and_nothing_changes() {
    let tests = [
        (PLACE, "delete from t", "source-sql-not-select"),
        (PLACE, "select 1; delete from t", "source-sql-several"),
        (PLACE, "select m as n from t", "store-query-refused"),
        ("sqlite:../kpi.db", "select 1 as n", "collect-sql-outside"),
        (
            "sqlite:data/link.db",
            "select 1 as n",
            "collect-sql-outside",
        ),
        (
            "sqlite:data/none.db",
            "select 1 as n",
            "store-query-unreadable",
        ),
    ];
    for (url, query, id) in tests {
        let mut office = office(sql(url, "", query, ""));
        let outside = tempfile::tempdir().unwrap();
        let target = outside.path().join("theirs.db");
        std::fs::write(&target, "").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&target, office.path().join("data/link.db")).unwrap();
        let file = office.path().join("data/kpi.db");
        let before = std::fs::read(&file).unwrap();
        let summary = office.collect_on(20);
        assert_eq!(
            summary.sources[0].outcome,
            Some(Outcome::Failed),
            "{url} {query}"
        );
        let said = message_of(&summary, 0);
        assert!(said.starts_with(id), "{url} {query}: {said}");
        assert_eq!(std::fs::read(&file).unwrap(), before);
        assert!(!office.path().join("data/none.db").exists());
    }
    println!(
        "queries that write or reach outside: {0} of {0} refused",
        tests.len()
    );
}

/// Something that listens, reads, and answers with these bytes as often as they are taken.
fn listener(answer: &'static [u8], again: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://{}/kpi", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut first = [0; 8];
                let _ = stream.read(&mut first);
                while stream.write_all(answer).is_ok() && again {}
                // Open until the other side has had enough.
                let _ = stream.read_to_end(&mut Vec::new());
            });
        }
    });
    url
}

#[test]
fn what_is_no_postgresql_is_told_and_no_secret_is() {
    static BLOCK: [u8; 65536] = [b'x'; 65536];
    let account = "user = \"file:user\"\npassword = \"file:password\"";
    let off = format!("{account}\ntls = \"off\"");
    let open = "allow_private = true";
    let endless: &'static [u8] = Box::leak(
        [b"D\x7f\xff\xff\xff".as_slice(), &BLOCK]
            .concat()
            .into_boxed_slice(),
    );
    let words = b"SERROR\0C42P01\0Mno hunter2 for kpi_reader\0\0";
    let length = u32::try_from(words.len() + 4).unwrap().to_be_bytes();
    let said: &'static [u8] = Box::leak(
        [b"E".as_slice(), &length, words]
            .concat()
            .into_boxed_slice(),
    );
    for (url, more, keys, expected) in [
        // It says no to encryption as a web server does.
        (
            listener(b"HTTP/1.1 400", false),
            open,
            account,
            "collect-sql-no-tls",
        ),
        (listener(b"S", false), open, account, "net-"),
        (listener(b"", false), open, account, "net-whole-timeout"),
        (
            listener(endless, true),
            "allow_private = true\nmax_bytes = 300000",
            off.as_str(),
            "net-",
        ),
        (
            listener(said, false),
            open,
            off.as_str(),
            "collect-sql-refused",
        ),
        (listener(b"", false), "", account, "net-private"),
        (
            "postgres://2130706433:1/kpi".to_owned(),
            "",
            account,
            "net-",
        ),
        (
            "postgres://127.0.0.1:1/kpi".to_owned(),
            open,
            account,
            "net-connect",
        ),
        (
            "postgres://127.0.0.1:1/kpi".to_owned(),
            open,
            "user = \"env:QUARTERDECK_NO_SUCH\"",
            "secret-env-missing",
        ),
    ] {
        let mut office = office(sql(&url, more, "select 1 as n", keys));
        std::fs::write(office.path().join("user"), "kpi_reader").unwrap();
        std::fs::write(office.path().join("password"), "hunter2\n").unwrap();
        let began = std::time::Instant::now();
        let summary = office.collect_on(20);
        assert!(began.elapsed() < Duration::from_secs(30));
        let text = message_of(&summary, 0);
        assert!(text.starts_with(expected), "{url} {keys}: {text}");
        assert!(
            !text.contains("hunter2") && !text.contains("kpi_reader"),
            "{text}"
        );
        assert!(summary.is_nothing());
    }
}
