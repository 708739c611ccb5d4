//! One query to a SQLite file of somebody else: read exactly, changed never.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_store::{ErrorKind, ForeignQuery, ForeignValue, StoreError, read_foreign};
use rusqlite::Connection;
use std::path::Path;
use std::time::{Duration, Instant};

const TABLE: &str = "create table t (p text, n, s text);
    insert into t values ('P12', 75.3, '甲,\"乙\"'), ('P13', null, ''), ('P14', 9007199254740993, 'x');";

struct File {
    folder: tempfile::TempDir,
}

impl File {
    fn new(sql: &str) -> File {
        let folder = tempfile::tempdir().unwrap();
        let file = File { folder };
        let writer = file.writer();
        writer.execute_batch(TABLE).unwrap();
        writer.execute_batch(sql).unwrap();
        file
    }
    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("kpi.db")
    }
    fn writer(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
    fn ask(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, StoreError> {
        self.ask_with(sql, &[], |_| {})
    }
    fn ask_with(
        &self,
        sql: &str,
        values: &[ForeignValue],
        change: impl Fn(&mut ForeignQuery<'_>),
    ) -> Result<Vec<Vec<Option<String>>>, StoreError> {
        let path = self.path();
        ask(&path, sql, values, change)
    }
}

fn ask(
    path: &Path,
    sql: &str,
    values: &[ForeignValue],
    change: impl Fn(&mut ForeignQuery<'_>),
) -> Result<Vec<Vec<Option<String>>>, StoreError> {
    let mut query = ForeignQuery {
        file: path,
        sql,
        values,
        row_cap: 100,
        max_bytes: 1 << 20,
        timeout: Duration::from_secs(10),
    };
    change(&mut query);
    let mut rows = Vec::new();
    read_foreign(&query, &|| false, &mut |row| rows.push(row.to_vec()))?;
    Ok(rows)
}

fn cells(row: &[Option<String>]) -> Vec<&str> {
    row.iter()
        .map(|cell| cell.as_deref().unwrap_or("NULL"))
        .collect()
}

#[test]
fn every_cell_comes_as_exact_text() {
    let file = File::new("");
    let rows = file.ask("select p, n, s from t order by p").unwrap();
    assert_eq!(cells(&rows[0]), ["p", "n", "s"]);
    assert_eq!(cells(&rows[1]), ["P12", "75.3", "甲,\"乙\""]);
    assert_eq!(cells(&rows[2]), ["P13", "NULL", ""]);
    assert_eq!(cells(&rows[3]), ["P14", "9007199254740993", "x"]);
    assert_eq!(file.names(), ["kpi.db"]);
}

#[test]
fn values_are_bound_and_never_text_of_the_query() {
    let file = File::new("");
    let evil = ForeignValue::Text("P12' or '1'='1".to_owned());
    let rows = file
        .ask_with("select p from t where p = ?1", &[evil], |_| {})
        .unwrap();
    assert_eq!(rows.len(), 1, "only the header");
    let year = ForeignValue::Whole(2025);
    let rows = file.ask_with("select ?1 + 1", &[year], |_| {}).unwrap();
    assert_eq!(cells(&rows[1]), ["2026"]);
}

#[test]
fn nothing_that_writes_is_run() {
    let file = File::new("");
    let before = std::fs::read(file.path()).unwrap();
    for sql in [
        "delete from t",
        "insert into t values (1, 2, 3) returning p",
        "with x as (select 1) insert into t select 1, 2, 3 from x returning p",
        "attach database 'other.db' as other",
        "pragma journal_mode = wal",
        "pragma user_version",
        "vacuum",
        "vacuum into 'copy.db'",
        "create table u (a)",
        "select 1; delete from t",
        "begin",
        "explain select 1",
        "select load_extension('evil')",
    ] {
        assert!(file.ask(sql).is_err(), "{sql}");
    }
    assert_eq!(std::fs::read(file.path()).unwrap(), before);
    assert_eq!(file.names(), ["kpi.db"]);
    let error = file.ask("delete from t").unwrap_err();
    assert_eq!(error.message().id, "store-query-writes");
    assert_eq!(
        file.ask("select 1; select 2").unwrap_err().message().id,
        "store-query-writes"
    );
}

#[test]
fn a_write_ahead_log_is_read_along_and_a_closed_one_gets_no_files_beside_it() {
    let file = File::new("pragma journal_mode = wal;");
    assert_eq!(file.names(), ["kpi.db"]);
    assert_eq!(file.ask("select * from t").unwrap().len(), 4);
    assert_eq!(file.names(), ["kpi.db"], "nothing was made");
    let writer = file.writer();
    writer
        .execute_batch("insert into t values ('P15', 1, '')")
        .unwrap();
    assert!(file.names().contains(&"kpi.db-wal".to_owned()));
    let rows = file.ask("select * from t").unwrap();
    assert_eq!(rows.len(), 5, "what stands in the log counts");
    writer
        .execute_batch("insert into t values ('P16', 1, '')")
        .unwrap();
}

#[test]
fn a_locked_database_is_named_and_waited_for() {
    let file = File::new("");
    let writer = file.writer();
    writer.execute_batch("begin exclusive").unwrap();
    let began = Instant::now();
    let error = file.ask("select * from t").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    assert_eq!(error.message().id, "store-query-locked");
    assert!(
        began.elapsed() >= Duration::from_secs(4),
        "it was waited for"
    );
    writer.execute_batch("commit").unwrap();
    assert_eq!(file.ask("select * from t").unwrap().len(), 4);
}

#[test]
fn a_query_without_end_is_ended_and_too_many_rows_are_refused() {
    let file = File::new("");
    let endless =
        "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n";
    let began = Instant::now();
    let error = file
        .ask_with(endless, &[], |query| {
            query.timeout = Duration::from_millis(300);
        })
        .unwrap_err();
    assert_eq!(error.message().id, "store-query-timeout");
    assert!(began.elapsed() < Duration::from_secs(5));
    let many = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 101) select i from n";
    assert_eq!(
        file.ask(many).unwrap_err().message().id,
        "store-query-too-many"
    );
    let wide = |query: &mut ForeignQuery<'_>| query.max_bytes = 10;
    let error = file.ask_with("select p, s from t", &[], wide).unwrap_err();
    assert_eq!(error.message().id, "store-query-too-large");
}

#[test]
fn what_is_no_text_and_no_database_is_told() {
    let file =
        File::new("create table b (x); insert into b values (x'00ff'), (cast(x'b371' as text));");
    let id = |sql: &str| file.ask(sql).unwrap_err().message().id.into_owned();
    assert_eq!(id("select x from b limit 1"), "store-query-blob");
    assert_eq!(
        id("select x from b limit 1 offset 1"),
        "store-query-encoding"
    );
    assert_eq!(id("select nothing from t"), "store-query-refused");
    let no_database = file.folder.path().join("page.html");
    std::fs::write(&no_database, "<html>".repeat(1000)).unwrap();
    let missing = file.folder.path().join("missing.db");
    for (path, id) in [
        (no_database, "store-query-damaged"),
        (missing.clone(), "store-query-unreadable"),
        (file.folder.path().to_owned(), "store-query-unreadable"),
    ] {
        let error = ask(&path, "select 1 from t", &[], |_| {}).unwrap_err();
        assert_eq!(error.message().id, id, "{error}");
    }
    assert!(!missing.exists(), "reading makes no file");
}

#[test]
fn one_cell_is_not_longer_than_the_whole_answer_may_be() {
    let file = File::new("");
    let small = |query: &mut ForeignQuery<'_>| query.max_bytes = 2_000_000;
    for sql in [
        "select hex(zeroblob(200000000))",
        "select length(zeroblob(900000000))",
        "select printf('%.*c', 900000000, 'x')",
    ] {
        let error = file.ask_with(sql, &[], small).unwrap_err();
        assert_eq!(error.message().id, "store-query-too-large", "{sql}");
    }
    let fits = file.ask_with("select printf('%.*c', 1000000, 'x')", &[], small);
    assert_eq!(
        fits.unwrap()[1][0].as_ref().map(String::len),
        Some(1_000_000)
    );
}
