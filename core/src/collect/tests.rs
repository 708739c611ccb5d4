//! Collection from portals that answer well and badly, into a real store.

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
        place: None,
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
    let mut office = Office::new(&[json("portal", &server.url("/count?key=abc"), "")]);
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

#[test]
fn amounts_become_money_lines_and_other_units_are_refused() {
    let server =
        Server::start(|_, _| ok("{\"paid\": \"1,234,567\", \"part\": \"10.5\", \"wait\": 3}"));
    let source = format!(
        "id = \"money\"\nkind = \"json\"\nurl = \"{}\"\nschedule = \"daily\"\nallow_private = true\n\
         [[map]]\nseries = \"P01/budget.paid\"\nat = \"$.paid\"\nunit = \"ntd\"\nspan = \"year_to_date\"\n\
         [[map]]\nseries = \"P01/budget.saved\"\nat = \"$.part\"\nunit = \"ntd\"\nspan = \"year_to_date\"\n\
         [[map]]\nseries = \"P01/waiting\"\nat = \"$.wait\"\nunit = \"month\"\n",
        server.url("/")
    );
    let mut office = Office::new(&[source]);
    let summary = office.collect_on(20);
    assert_eq!(
        summary.sources[0].outcome,
        Some(Outcome::Partial),
        "{summary:?}"
    );
    assert_eq!(
        (summary.sources[0].readings, summary.sources[0].rejected),
        (3, 2)
    );
    let rows = office.rows();
    let line = &rows.money[0].item;
    assert_eq!(
        (line.amount_ntd, line.key.agency.as_deref()),
        (1_234_567, Some("NDC"))
    );
    assert_eq!(
        (line.key.plan.as_str(), line.key.fiscal_year),
        ("dgp1", 2025)
    );
    let mut refused: Vec<String> = rows
        .observations
        .iter()
        .map(|row| match &row.item.reading {
            Reading::Rejected(message) => message.id.to_string(),
            Reading::Value(value) => panic!("{value} got through"),
        })
        .collect();
    refused.sort();
    assert_eq!(refused, ["collect-money-not-whole", "source-unit-differs"]);
}

#[test]
fn pages_of_a_datastore_are_one_answer() {
    let page = |records: &str, offset: u32| {
        ok(&format!(
            "{{\"success\":true,\"result\":{{\"resource_id\":\"r\",\"fields\":[],\"records\":[{records}],\
             \"limit\":2,\"offset\":{offset},\"total\":3}}}}"
        ))
    };
    let server = Server::start(move |path, _| match path.contains("offset=2") {
        false => page("{\"a\":\"1\"},{\"a\":\"2\"}", 0),
        true => page("{\"a\":\"3\"}", 2),
    });
    let source = format!(
        "id = \"store\"\nkind = \"datastore\"\nurl = \"{}\"\nschedule = \"daily\"\nallow_private = true\npage_size = 2\n\
         [[map]]\nseries = \"P01/datasets\"\ncolumn = \"a\"\naggregate = \"sum\"\n",
        server.url("/rest/datastore/r")
    );
    let mut office = Office::new(&[source]);
    let summary = office.collect_on(20);
    assert_eq!(summary.sources[0].rows, 3, "{summary:?}");
    assert_eq!(office.rows().observations[0].item.value(), Some(6.into()));
    assert_eq!(server.requests().len(), 2);
    assert_eq!(office.rows().attempts["store"][0].rows, 3);
}

#[test]
fn a_large_answer_is_a_file_beside_the_store_without_its_personal_fields() {
    let mut body = "id,name\r\n".to_owned();
    for number in 0..40_000 {
        body.push_str(&format!("{number},Wang-{number}\r\n"));
    }
    let length = body.len() as u64;
    let server =
        Server::start(move |_, _| answer("200 OK", "Content-Type: text/csv\r\n", body.as_bytes()));
    let source = format!(
        "id = \"list\"\nkind = \"csv\"\nurl = \"{}\"\nschedule = \"daily\"\nallow_private = true\n\
         personal_fields = [\"name\"]\nkeep_original = true\n\
         [[map]]\nseries = \"P01/datasets\"\naggregate = \"count\"\n",
        server.url("/")
    );
    let mut office = Office::new(&[source]);
    let summary = office.collect_on(20);
    assert_eq!(
        office.rows().observations[0].item.value(),
        Some(40_000.into()),
        "{summary:?}"
    );
    let fetch = office.store.last_fetch("list").unwrap().unwrap();
    assert!(fetch.recipe.is_some() && fetch.sha256 != fetch.stored_sha256);
    assert_eq!(fetch.bytes, length);
    let stored = office
        .store
        .capture_body(&fetch.stored_sha256, 10_000_000)
        .unwrap()
        .unwrap();
    assert!(!String::from_utf8(stored).unwrap().contains("Wang"));
    assert!(fetch.file.is_some());
    let original = office
        .path()
        .join("originals")
        .join(&fetch.sha256[..2])
        .join(format!("{}.zst", fetch.sha256));
    let original = zstd::stream::decode_all(std::fs::File::open(original).unwrap()).unwrap();
    assert!(String::from_utf8(original).unwrap().contains("Wang-39999"));
}

#[test]
fn files_put_into_a_folder_are_read_newest_last() {
    let source = "id = \"drop\"\nkind = \"file\"\nfolder = \"inbox\"\npattern = \"*.csv\"\nschedule = \"manual\"\n\
                  [[map]]\nseries = \"P01/datasets\"\ncolumn = \"n\"\naggregate = \"last\"\n";
    let mut office = Office::new(&[source.to_owned()]);
    let summary = office.collect_on(19);
    assert_eq!(summary.sources[0].outcome, Some(Outcome::Failed));
    let inbox = office.path().join("inbox");
    std::fs::create_dir(&inbox).unwrap();
    let put = |name: &str, text: &str, age: u64| {
        let path = inbox.join(name);
        std::fs::write(&path, text).unwrap();
        let time = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000 - age);
        std::fs::File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_modified(time)
            .unwrap();
    };
    put("b.csv", "n\n1\n", 100);
    put("a.csv", "n\n2\n", 50);
    put("note.txt", "not for us", 0);
    let secret = office.path().join("secret.csv");
    std::fs::write(&secret, "n\n666\n").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&secret, inbox.join("z.csv")).unwrap();
    let values = |office: &Office| -> Vec<i64> {
        let rows = office.rows();
        rows.observations
            .iter()
            .map(|r| r.item.value().unwrap().try_into().unwrap())
            .collect()
    };
    let summary = office.collect_on(20);
    assert_eq!(values(&office), [1, 2], "{summary:?}");
    #[cfg(unix)]
    assert!(
        summary.sources[0]
            .findings
            .iter()
            .any(|f| f.rule == "link-escape@1")
    );
    assert_eq!(office.collect_on(21).new_readings(), 0);
    let fetch = office.store.last_fetch("drop").unwrap().unwrap();
    assert_eq!(
        (fetch.url.as_str(), fetch.method.as_str()),
        ("file:inbox/a.csv", "FILE")
    );
}

#[test]
fn a_filled_in_origin_leaves_no_trace_of_its_port() {
    let server = Server::start(|_, _| ok("{\"n\": 3}"));
    let source =
        json("demo", "http://demo.invalid/count", "").replace("allow_private = true\n", "");
    let mut office = Office::new(&[source]);
    let real = server.origin();
    let origin = OriginOverride {
        placeholder: "http://demo.invalid".to_owned(),
        real,
    };
    let summary = office.collect_with(
        20,
        |options| options.origin = Some(origin.clone()),
        &mut |_| {},
        &AtomicBool::new(false),
    );
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!(summary.sources[0].elapsed_ms, 0, "by the clock of the run");
    let fetch = office.store.last_fetch("demo").unwrap().unwrap();
    assert_eq!(
        (fetch.url.as_str(), fetch.remote_addr),
        ("http://demo.invalid/count", None)
    );
}

#[test]
fn a_dry_run_writes_nothing() {
    let server = Server::start(|_, _| ok("{\"n\": 3}"));
    let mut office = Office::new(&[json("portal", &server.url("/"), "")]);
    let summary = office.collect_with(
        20,
        |options| options.dry_run = true,
        &mut |_| {},
        &AtomicBool::new(false),
    );
    assert_eq!((summary.run, summary.sources[0].readings), (None, 1));
    assert!(office.rows().observations.is_empty() && office.rows().attempts.is_empty());
    assert_eq!(office.store.last_recorded().unwrap(), None);
}

#[test]
fn a_secret_is_sent_and_never_shown() {
    let server = Server::start(|_, _| ok("{\"n\": 3}"));
    let with = |reference: &str| {
        json(
            "portal",
            &server.url("/"),
            &format!("headers = {{ X-Key = \"{reference}\" }}"),
        )
    };
    let mut office = Office::new(&[
        with("file:key.txt"),
        with("file:absent.txt").replace("\"portal\"", "\"other\""),
    ]);
    std::fs::write(office.path().join("key.txt"), "s3cret\n").unwrap();
    let summary = office.collect_on(20);
    assert!(server.requests()[0].contains("s3cret"));
    assert_eq!(server.requests().len(), 1);
    assert!(!format!("{summary:?}").contains("s3cret"));
    assert!(message_of(&summary, 1).contains("file:absent.txt"));
    assert_eq!(summary.sources[1].outcome, Some(Outcome::Failed));
}

#[test]
fn an_unknown_or_disabled_source_is_named() {
    let mut office = Office::new(&[
        json("portal", "http://portal.example/", ""),
        json(
            "asleep",
            "http://portal.example/",
            "disabled = true\ndisabled_reason = \"moved\"",
        ),
    ]);
    let mut ask = |id: &str| {
        let now = || at(20);
        let mut options = CollectOptions::new(Quarter::new(2025, 4).unwrap(), &now);
        options.sources = Some(vec![id.to_owned()]);
        collect(
            &office.workspace,
            &mut office.store,
            &options,
            &mut |_| {},
            &AtomicBool::new(false),
        )
        .unwrap_err()
    };
    assert!(ask("portla").to_string().contains("near=\"portal\""));
    assert!(ask("asleep").to_string().contains("moved"));
}
