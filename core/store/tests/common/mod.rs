//! Small makers that the tests share.
#![allow(dead_code, missing_docs, clippy::unwrap_used)]

use chrono::{DateTime, Utc};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::money::{AmountKind, MoneyKey, MoneyLine, Span};
use quarterdeck_kpi::observation::{Act, Cause, Observation, Qualifier, Reading, Stage};
use quarterdeck_store::{Batch, NewRow, OpenMode, Store};
use std::path::PathBuf;
use std::str::FromStr;

pub struct Folder(pub tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }
    pub fn file(&self) -> PathBuf {
        self.0.path().join("quarterdeck.db")
    }
    pub fn store(&self) -> Store {
        Store::open(&self.file(), OpenMode::Create).unwrap()
    }
    /// The file as a bad disk or another program reaches it: without the triggers that guard it.
    pub fn unguarded(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.file()).unwrap();
        let triggers: Vec<String> = connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for trigger in triggers {
            let drop = format!("DROP TRIGGER {trigger}");
            connection.execute_batch(&drop).unwrap();
        }
        connection
    }
    /// The database without a log beside it, and its bytes. Nobody may have it open.
    pub fn in_one_file(&self) -> Vec<u8> {
        let connection = rusqlite::Connection::open(self.file()).unwrap();
        let mode: String = connection
            .pragma_update_and_check(None, "journal_mode", "delete", |row| row.get(0))
            .unwrap();
        assert_eq!(mode, "delete");
        drop(connection);
        std::fs::read(self.file()).unwrap()
    }
    /// Names, sizes and bytes of everything in the folder.
    pub fn bytes(&self) -> Vec<(String, Vec<u8>)> {
        let mut all: Vec<(String, Vec<u8>)> = std::fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_file())
            .map(|entry| {
                (
                    entry.file_name().into_string().unwrap(),
                    std::fs::read(entry.path()).unwrap(),
                )
            })
            .collect();
        all.sort();
        all
    }
}

/// The same numbers at every run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

pub fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text)
        .unwrap()
        .with_timezone(&Utc)
}

pub fn day(number: u32) -> DateTime<Utc> {
    at(&format!("2025-10-{number:02}T04:00:00Z"))
}

pub fn reading(series: &str, value: &str) -> Observation {
    Observation {
        series: SeriesId::parse(series).unwrap(),
        period: Quarter::new(2025, 3).unwrap().period(),
        reading: Reading::Value(Decimal::from_str(value).unwrap()),
        printed: None,
        qualifier: Qualifier::Exact,
        stage: Stage::Final,
        unit: "percent".into(),
        parts: None,
        observed_at: day(1),
        definition_version: 1,
    }
}

pub fn captured() -> Cause {
    Cause::Capture {
        sha256: "ab".repeat(32).into(),
        source: "moda-usage".into(),
        at: "$.count".into(),
    }
}

pub fn entered() -> Cause {
    Cause::Entry { evidence: None }
}

pub fn line(amount_ntd: i64) -> MoneyLine {
    MoneyLine {
        key: MoneyKey {
            plan: "dgp1".into(),
            programme: Some("P12".into()),
            agency: None,
            fiscal_year: 2025,
            span: Span::YearToDate,
            kind: AmountKind::Paid,
        },
        period: Quarter::new(2025, 3).unwrap().period(),
        amount_ntd,
        printed: None,
    }
}

pub fn row<T>(item: T, cause: Cause, act: Act) -> NewRow<T> {
    NewRow::new(item, cause, act)
}

pub fn batch(recorded_at: DateTime<Utc>) -> Batch {
    Batch {
        run: None,
        recorded_at,
        actor: "wang".into(),
        identity: "os-account".into(),
        reason: None,
        observations: vec![],
        money: vec![],
        findings: vec![],
        attempt: None,
    }
}

pub fn readings(recorded_at: DateTime<Utc>, rows: Vec<NewRow<Observation>>) -> Batch {
    Batch {
        observations: rows,
        ..batch(recorded_at)
    }
}

pub fn money(recorded_at: DateTime<Utc>, rows: Vec<NewRow<MoneyLine>>) -> Batch {
    Batch {
        money: rows,
        ..batch(recorded_at)
    }
}
