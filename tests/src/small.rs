//! A small office with a history: four sources, one published quarter, one that is reviewed, and
//! tables that wait to be imported. What goes wrong is tried on copies of it.

use crate::office::{Office, indicator};
use crate::program::Answer;
use crate::server::{Reply, Server};
use chrono::Utc;
use quarterdeck_core::platform;
use quarterdeck_kpi::calendar::{Quarter, taipei_day};
use quarterdeck_store::{OpenMode, Store};
use rusqlite::Connection;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Sources.
pub const SOURCES: u32 = 4;
/// Addresses of the source that has many.
pub const TARGETS: usize = 24;
/// Rows of the table of amounts.
pub const AMOUNTS: usize = 3 * 12 * 2;

/// The office as it was before anything went wrong.
#[derive(Debug)]
pub struct Small {
    /// The office to take copies of.
    pub office: Office,
    /// The quarter that can be published.
    pub quarter: Quarter,
    /// Rows of readings, and of money, before.
    pub rows: (usize, usize),
    served: Arc<AtomicU32>,
    /// Attempts of each source before.
    attempts: Vec<Value>,
    _server: Server,
}

/// Now, as command lines in this process are told.
fn now() -> String {
    platform::now().to_rfc3339()
}

/// Runs a command line in this process, as the account the tests run under.
pub fn qd(office: &Office, args: &[&str]) -> Answer {
    office.qd_as(&platform::account_name(), &now(), args)
}

impl Small {
    /// Makes it; with `signed`, a quarter is published and another reviewed.
    pub fn new(signed: bool) -> Small {
        let office = Office::new();
        may_do_everything(&office);
        let (served, server) = begin(&office, "P05", SOURCES);
        let mut table = String::from("計畫編號,期別,累計分配數（千元）,實支數（千元）\n");
        for programme in 1..=3 {
            for month in 1..=12 {
                let (allotted, paid) = (month * 100, month * 90);
                table += &format!("P{programme:02},2025-{month:02},{allotted},{paid}\n");
            }
        }
        std::fs::write(office.beside().join("money.csv"), table).unwrap();
        let mut list = String::from("計畫編號,計畫名稱,推動計畫,架構節點,主辦機關\n");
        for number in 1..=20 {
            list += &format!("N{number:02},新計畫{number},dgp2,S4,NDC\n");
        }
        std::fs::write(office.beside().join("list.csv"), list).unwrap();
        qd(&office, &["collect", "--quiet"]).expect(0);
        let quarter = Quarter::last_ended(taipei_day(Utc::now()));
        if signed {
            sign(&office, quarter.previous(), 3);
            sign(&office, quarter, 2);
        }
        let attempts = attempts(&office);
        let rows = rows(&office);
        served.store(200, Ordering::SeqCst);
        Small {
            office,
            quarter,
            rows,
            served,
            attempts,
            _server: server,
        }
    }

    /// One of three programmes, one source and one reviewed quarter, whose clock stands still: a command
    /// that is done twice there writes the same bytes, and few of them.
    pub fn tiny() -> Small {
        let office = Office::new();
        let list = "計畫編號,計畫名稱,推動計畫,架構節點,主辦機關\nN01,新計畫1,dgp2,S4,NDC\nN02,新計畫2,dgp2,S4,NDC\nN03,新計畫3,dgp2,S4,NDC\n";
        std::fs::write(office.beside().join("list.csv"), list).unwrap();
        may_do_everything(&office);
        qd(&office, &IMPORT_REGISTER).expect(0);
        office.append(
            "quarterdeck.toml",
            "\n[demo]\nclock = \"2026-01-20T09:00:00+08:00\"\n",
        );
        let (served, server) = begin(&office, "N01", 1);
        qd(&office, &["collect", "--quiet"]).expect(0);
        let quarter = Quarter::parse("2025Q4").unwrap();
        sign(&office, quarter, 2);
        let rows = rows(&office);
        Small {
            office,
            quarter,
            rows,
            served,
            attempts: Vec::new(),
            _server: server,
        }
    }

    /// With one source alone, that asks at many addresses.
    pub fn of_targets() -> Small {
        let office = Office::new();
        let (served, server) = begin(&office, "P05", 0);
        let numbers: Vec<String> = (0..TARGETS).map(|number| format!("\"{number}\"")).collect();
        for number in 0..TARGETS {
            office.indicator("P05", &format!("t{number}"));
        }
        office.number_source("many", &server.url("/{target}"), "P05/t{target}");
        let listed = format!("schedule = \"daily\"\ntargets = [{}]\n", numbers.join(", "));
        office.replace("sources/many.toml", "schedule = \"daily\"\n", &listed);
        qd(&office, &["collect", "--quiet"]).expect(0);
        let (attempts, rows) = (attempts(&office), rows(&office));
        assert_eq!(rows.0, TARGETS);
        served.store(200, Ordering::SeqCst);
        Small {
            office,
            quarter: Quarter::last_ended(taipei_day(Utc::now())),
            rows,
            served,
            attempts,
            _server: server,
        }
    }

    /// What the sources answer from now on.
    pub fn serve(&self, from: u32) {
        self.served.store(from, Ordering::SeqCst);
    }

    /// Ends the test unless each source either stands as before, or was asked anew and its figure is
    /// there; gives how many were asked anew.
    pub fn no_run_is_half_shown(&self, office: &Office) -> usize {
        let status = qd(office, &["status", "--json"]).expect(0).json();
        let mut anew = 0;
        for (number, (before, after)) in self.attempts.iter().zip(attempts(office)).enumerate() {
            let figure = indicator(&status, &format!("P05/n{number}"));
            let is_new = *before != after;
            anew += usize::from(is_new);
            let from = if is_new { 200 } else { 100 };
            assert_eq!(figure["value"], from + number, "source n{number}: {after}");
        }
        anew
    }

    /// The same of an office with many addresses: each figure stands as before or is the new one, and where the run is
    /// told all are; gives how many are new.
    pub fn no_target_is_half_shown(&self, office: &Office) -> usize {
        let status = qd(office, &["status", "--json"]).expect(0).json();
        let of = |number: usize| {
            let value = &indicator(&status, &format!("P05/t{number}"))["value"];
            let is_new = *value == 200 + number;
            assert!(is_new || *value == 100 + number, "t{number}: {value}");
            usize::from(is_new)
        };
        let anew = (0..TARGETS).map(of).sum();
        let is_told = self.attempts != attempts(office);
        assert!(!is_told || anew == TARGETS, "{anew} of {TARGETS}");
        anew
    }
}

fn may_do_everything(office: &Office) {
    office.replace(
        "register/people.toml",
        "[\"enter\"]",
        "[\"enter\", \"approve\", \"admin\"]",
    );
}

/// People who sign, and sources of one programme with the server that answers them.
fn begin(office: &Office, programme: &str, sources: u32) -> (Arc<AtomicU32>, Server) {
    office.signer("lin", "prepare", "");
    office.signer("wang", "review", "");
    let served = Arc::new(AtomicU32::new(100));
    let counted = Arc::clone(&served);
    let server = Server::start(move |path| {
        let number: u32 = path.trim_start_matches('/').parse().unwrap_or_default();
        Reply {
            wait: Duration::ZERO,
            body: format!("{{\"count\": {}}}", counted.load(Ordering::SeqCst) + number),
        }
    });
    for number in 0..sources {
        let name = format!("n{number}");
        office.indicator(programme, &name);
        let url = server.url(&format!("/{number}"));
        office.number_source(&name, &url, &format!("{programme}/{name}"));
    }
    (served, server)
}

/// Takes the first steps of a sign-off; everything that stands open is accepted.
fn sign(office: &Office, quarter: Quarter, steps: usize) {
    let account = platform::account_name();
    let all = [
        ("lin", "prepare"),
        ("wang", "review"),
        (account.as_str(), "publish"),
    ];
    for (who, step) in all.into_iter().take(steps) {
        office
            .sign(who, &now(), step, &quarter.to_string(), &[])
            .expect(0);
    }
}

/// The last attempt of each source.
fn attempts(office: &Office) -> Vec<Value> {
    let sources = qd(office, &["sources", "--json"]).expect(0).json();
    let mut found: Vec<(String, Value)> = sources["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["id"].to_string(), s["attempts"][0].clone()))
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found.into_iter().map(|(_, attempt)| attempt).collect()
}

/// Rows of readings and of money in the database; it must be one.
pub fn rows(office: &Office) -> (usize, usize) {
    let file = office.root().join("quarterdeck.db");
    let store = Store::open(&file, OpenMode::ReadOnly).unwrap();
    let rows = store.rows_as_of(chrono::DateTime::<Utc>::MAX_UTC).unwrap();
    assert!(rows.findings.iter().all(|f| f.rule != "row-sum@1"));
    (rows.observations.len(), rows.money.len())
}

/// SQLite itself finds nothing wrong with the file.
pub fn integrity(office: &Office) {
    let database = Connection::open(office.root().join("quarterdeck.db")).unwrap();
    let said: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(said, "ok");
}

/// What `qd verify` finds wrong with the workspace: codes of its faults, none when it ends with 0.
pub fn verified(office: &Office) -> Vec<String> {
    let answer = qd(office, &["verify", ".", "--json"]);
    let document = answer.json();
    let faults = document["faults"].as_array().unwrap();
    assert_eq!(answer.code == Some(0), faults.is_empty(), "{document}");
    faults
        .iter()
        .map(|fault| fault["code"].as_str().unwrap().to_owned())
        .collect()
}

/// Programmes that the office has now.
pub fn programmes(office: &Office) -> usize {
    let status = qd(office, &["status", "--json"]).expect(0).json();
    status["programmes"].as_array().map_or(0, Vec::len)
}

/// The command that makes a list of 20 the whole register.
pub const IMPORT_REGISTER: [&str; 5] = ["import", "../list.csv", "--as", "register", "--replace"];
