//! Collection from portals that answer well and badly, into a real store.

mod bad;
mod content;
mod drops;
mod guarded;
mod many;
mod marks;
mod probe;
mod repeated;
mod sql;
mod targets;
mod tls;

use super::*;
use crate::transport::scripted::{Server, Step, answer, ok};
use crate::workspace::Settings;
use chrono::TimeZone;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::indicator::{
    Combine, Direction, Frequency, Indicator, Kind as Quantity, Road, Title,
};
use quarterdeck_kpi::observation::{Cause, Reading};
use quarterdeck_kpi::register::{Programme, Register};
use quarterdeck_kpi::source::Outcome;
use quarterdeck_kpi::target::Trajectory;
use quarterdeck_store::{OpenMode, Rows};
use std::path::Path;
use std::sync::Arc;

fn at(day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, day, 1, 0, 0).unwrap()
}

fn indicator(series: &str, unit: &str) -> Indicator {
    Indicator {
        series: SeriesId::parse(series).unwrap(),
        title: Title::default(),
        unit: unit.to_owned(),
        kind: Quantity::Count,
        direction: Direction::Higher,
        baseline: None,
        targets: Vec::new(),
        trajectory: Trajectory::default(),
        combine: Combine::Last,
        weight: 1.into(),
        responsible: None,
        verification: None,
        frequency: Frequency::Quarter,
        due_days: None,
        max_age_days: None,
        road: Road::Source,
        computed_from: None,
        definition_version: 3,
        valid_from: None,
        valid_to: None,
        note: None,
        remark: None,
        link: None,
        place: None,
        share: None,
        never_falls: false,
        invented: false,
    }
}

fn register() -> Register {
    let programme = Programme {
        id: "P01".to_owned(),
        plan: "dgp1".to_owned(),
        node: "S1".to_owned(),
        title: Title::default(),
        title_zh_basis: "translated".to_owned(),
        lead: "NDC".to_owned(),
        lead_basis: "named".to_owned(),
        co_agencies: Vec::new(),
        control_level: None,
        place: None,
        indicators: vec![
            indicator("P01/datasets", "count"),
            indicator("P01/waiting", "hour"),
        ],
        tasks: Vec::new(),
        milestones: Vec::new(),
        narratives: Vec::new(),
        note: None,
        invented: true,
    };
    Register {
        programmes: vec![programme],
        ..Register::default()
    }
}

/// A workspace and its store in a temporary folder.
struct Office {
    folder: tempfile::TempDir,
    workspace: Workspace,
    store: Store,
}

impl Office {
    fn new(sources: &[String]) -> Office {
        let folder = tempfile::tempdir().unwrap();
        let sources = sources
            .iter()
            .map(|text| toml::from_str(text).unwrap())
            .collect();
        let workspace = Workspace {
            root: folder.path().to_owned(),
            settings: Settings::default(),
            register: register(),
            sources,
            files: Vec::new(),
            problems: Vec::new(),
        };
        let store = Store::open(&folder.path().join("quarterdeck.db"), OpenMode::Create).unwrap();
        Office {
            folder,
            workspace,
            store,
        }
    }

    fn collect_on(&mut self, day: u32) -> CollectSummary {
        self.collect_with(day, |_| {}, &mut |_| {}, &AtomicBool::new(false))
    }

    fn collect_with(
        &mut self,
        day: u32,
        change: impl Fn(&mut CollectOptions<'_>),
        progress: &mut dyn FnMut(Progress),
        interrupt: &AtomicBool,
    ) -> CollectSummary {
        let now = move || at(day);
        let mut options = CollectOptions::new(Quarter::new(2025, 4).unwrap(), &now);
        options.retry.base = Duration::from_millis(5);
        options.limits.whole = Duration::from_secs(3);
        change(&mut options);
        collect(
            &self.workspace,
            &mut self.store,
            &options,
            progress,
            interrupt,
        )
        .unwrap()
    }

    fn rows(&self) -> Rows {
        self.store.rows_as_of(at(28)).unwrap()
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// A JSON source whose `$.n` is the number of data sets.
fn json(id: &str, url: &str, more: &str) -> String {
    format!(
        "id = \"{id}\"\nkind = \"json\"\nurl = \"{url}\"\nschedule = \"daily\"\nallow_private = true\n{more}\n\
         [[map]]\nseries = \"P01/datasets\"\nat = \"$.n\"\n"
    )
}

fn message_of(summary: &CollectSummary, index: usize) -> String {
    summary.sources[index]
        .message
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default()
}

#[test]
fn a_figure_is_stored_with_the_bytes_it_came_from() {
    let server = Server::start(|_, _| ok("{\"n\": 53000}"));
    let mut office = Office::new(&[json("portal", &server.url("/count?key={file:key.txt}"), "")]);
    std::fs::write(office.path().join("key.txt"), "abc").unwrap();
    let summary = office.collect_on(20);
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!(
        (summary.sources[0].outcome, summary.new_readings()),
        (Some(Outcome::Good), 1)
    );
    let rows = office.rows();
    let row = &rows.observations[0];
    assert_eq!(row.item.reading, Reading::Value(53000.into()));
    assert_eq!((row.item.definition_version, row.run), (3, summary.run));
    let Cause::Capture { sha256, source, .. } = &row.cause else {
        panic!("{:?}", row.cause)
    };
    assert_eq!(source, "portal");
    let fetch = office.store.capture(sha256).unwrap().unwrap();
    assert_eq!(
        (fetch.http_status, fetch.bytes, fetch.run),
        (200, 12, summary.run)
    );
    assert!(fetch.url.ends_with("/count?key=***"), "{}", fetch.url);
    let body = office
        .store
        .capture_body(&fetch.stored_sha256, 100)
        .unwrap()
        .unwrap();
    assert_eq!(body, b"{\"n\": 53000}");
}

#[test]
fn a_second_run_adds_no_rows() {
    let server = Server::start(|_, _| ok("{\"n\": 7}"));
    let mut office = Office::new(&[json("portal", &server.url("/"), "")]);
    assert_eq!(office.collect_on(20).new_readings(), 1);
    assert_eq!(office.collect_on(21).new_readings(), 0);
    let rows = office.rows();
    assert_eq!(rows.observations.len(), 1);
    assert_eq!(rows.attempts["portal"].len(), 2);
}

#[test]
fn one_bad_source_holds_up_no_other_and_earlier_figures_stay() {
    let server = Server::start(|path, earlier| match path {
        "/good" => ok("{\"n\": 1}"),
        "/turns" if earlier == 0 => ok("{\"n\": 5}"),
        "/turns" => answer(
            "200 OK",
            "Content-Type: text/html\r\n",
            b"<html>Sorry</html>",
        ),
        "/error" => ok("{\"success\": false, \"error\": {\"error_type\": \"ER0100\"}}"),
        "/cut" => vec![Step::Send(
            b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"n\": 1".to_vec(),
        )],
        "/less" => vec![Step::Send(
            b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n{\"n\": 123}".to_vec(),
        )],
        _ => answer("500 Oops", "", b""),
    });
    let sources: Vec<String> = ["turns", "error", "cut", "less", "down", "good"]
        .iter()
        .map(|name| json(name, &server.url(&format!("/{name}")), ""))
        .collect();
    let mut office = Office::new(&sources);
    office.collect_on(20);
    let summary = office.collect_on(21);
    let outcomes: Vec<_> = summary
        .sources
        .iter()
        .map(|s| s.outcome.unwrap().id())
        .collect();
    assert_eq!(
        outcomes,
        [
            "rejected", "rejected", "rejected", "rejected", "failed", "good"
        ]
    );
    assert!(
        message_of(&summary, 0).contains("Sorry"),
        "{}",
        message_of(&summary, 0)
    );
    assert!(
        message_of(&summary, 4).contains("500"),
        "{}",
        message_of(&summary, 4)
    );
    assert!(!summary.is_complete() && !summary.is_nothing());
    let rows = office.rows();
    let values: Vec<_> = rows
        .observations
        .iter()
        .filter_map(|row| row.item.value())
        .collect();
    assert_eq!(values.len(), 2, "the 5 of yesterday and the 1: {values:?}");
    assert!(values.contains(&5.into()));
    // What was refused is kept as evidence.
    assert_eq!(office.store.last_fetch("turns").unwrap().unwrap().bytes, 18);
}

#[test]
fn an_accepted_503_is_decoded_before_any_retry() {
    let server = Server::start(|_, _| answer("503 Service Unavailable", "", b"{\"n\": 4}"));
    let mut office = Office::new(&[json("join", &server.url("/"), "accept_status = [200, 503]")]);
    let summary = office.collect_on(20);
    assert_eq!(summary.new_readings(), 1, "{summary:?}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_busy_portal_is_asked_again_after_the_wait_it_names() {
    let server = Server::start(|_, earlier| match earlier {
        0 => answer("429 Too Many Requests", "Retry-After: 1\r\n", b""),
        1 => answer("502 Bad Gateway", "", b""),
        _ => ok("{\"n\": 9}"),
    });
    let mut office = Office::new(&[json("busy", &server.url("/"), "")]);
    let mut waits = Vec::new();
    let summary = office.collect_with(
        20,
        |_| {},
        &mut |step| {
            if let Progress::Retrying { wait_ms, .. } = step {
                waits.push(wait_ms);
            }
        },
        &AtomicBool::new(false),
    );
    assert_eq!(summary.new_readings(), 1, "{summary:?}");
    assert!(
        waits.len() == 2 && waits[0] >= 1000 && waits[1] < 100,
        "{waits:?}"
    );
    let patient =
        Server::start(|_, _| answer("429 Too Many Requests", "Retry-After: 3600\r\n", b""));
    let mut office = Office::new(&[
        json("busy", &patient.url("/"), ""),
        json("gone", &server.url("/x"), ""),
    ]);
    office.collect_on(20);
    assert_eq!(patient.requests().len(), 1);
}

#[test]
fn a_client_error_is_not_asked_again() {
    let server = Server::start(|_, _| answer("404 Not Found", "", b""));
    let mut office = Office::new(&[json("gone", &server.url("/"), "")]);
    let summary = office.collect_on(20);
    assert_eq!(summary.sources[0].outcome, Some(Outcome::Failed));
    assert!(summary.is_nothing());
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn stopping_keeps_what_was_reported_and_nothing_else() {
    let server = Server::start(|path, _| match path {
        "/slow" => vec![Step::Wait(Duration::from_secs(5))],
        _ => ok("{\"n\": 2}"),
    });
    let mut office = Office::new(&[
        json("slow", &server.url("/slow"), ""),
        json("fast", &server.url("/fast"), ""),
    ]);
    let interrupt = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupt);
    let began = std::time::Instant::now();
    let summary = office.collect_with(
        20,
        |_| {},
        &mut |step| {
            if matches!(step, Progress::Finished(_)) {
                flag.store(true, Ordering::SeqCst);
            }
        },
        &interrupt,
    );
    assert!(began.elapsed() < Duration::from_secs(3));
    assert!(summary.interrupted);
    assert_eq!(summary.sources[0].outcome, None);
    assert_eq!(summary.sources[1].outcome, Some(Outcome::Good));
    assert_eq!(office.rows().observations.len(), 1);
    assert!(!office.rows().attempts.contains_key("slow"));
}
