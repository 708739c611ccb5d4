//! Every kind of source that asks over HTTP × everything that a portal can do wrong.
//!
//! Held by tests of their own: certificates (`collect/tests/tls.rs`), a name with a private address
//! among its addresses (`transport/resolver.rs`: the addresses that were checked are those connected
//! to, so that a name that changes its mind gains nothing), a proxy that lies
//! (`transport/tests/names.rs`), zip slip, zip bombs, macros and sheets of 200 MB
//! (`sources/tests/sheets.rs`, `inbox.rs`), SQL that writes (`sources/tests/sql.rs`,
//! `collect/tests/sql.rs`, `real_databases.rs`), folders (`collect/tests/drops.rs`).
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use chrono::{DateTime, TimeDelta, Utc};
use quarterdeck_core::collect::{CollectOptions, CollectSummary, SourceReport, collect};
use quarterdeck_core::workspace::{self, Workspace};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::source::Outcome;
use quarterdeck_sources::Kind;
use quarterdeck_store::{OpenMode, Store};
use quarterdeck_tests::hostile::{Hostile, Sound, brotli_bomb, faults, gzip_bomb, zstd_bomb};
use quarterdeck_tests::office::Office;
use quarterdeck_tests::program::{Answer, command};
use quarterdeck_tests::server::{Piece, Server};
use quarterdeck_view::i18n::{Language, say};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// A small source of a kind: path of its address, keys beyond the usual ones, a sound answer.
struct Row {
    path: &'static str,
    keys: &'static str,
    sound: Sound,
}

/// None for a kind that does not ask over HTTP.
fn row(kind: Kind) -> Option<Row> {
    let json = "application/json";
    let (path, keys, content_type, body): (_, _, _, &[u8]) = match kind {
        // Files and databases: their own tests.
        Kind::File | Kind::Inbox | Kind::Sql => return None,
        Kind::Json => ("", "[[map]]\nat = \"$.n\"", json, b"{\"n\": 41}"),
        Kind::Csv => ("", "[[map]]\ncolumn = \"n\"\naggregate = \"sum\"", "text/csv", b"n\r\n41\r\n"),
        Kind::Datastore => (
            "",
            "[[map]]\ncolumn = \"n\"\naggregate = \"sum\"",
            json,
            b"{\"success\": true, \"result\": {\"records\": [{\"n\": \"41\"}], \"limit\": 1000, \"offset\": 0, \"total\": 1}}",
        ),
        Kind::Ckan => (
            "/api/3/action/package_search?rows=0",
            "[[map]]\nat = \"$.result.count\"",
            json,
            b"{\"success\": true, \"result\": {\"count\": 41, \"results\": []}}",
        ),
        Kind::Prometheus => (
            "",
            "[[map]]\nquery = \"n\"",
            json,
            b"{\"status\": \"success\", \"data\": {\"resultType\": \"vector\", \"result\": [{\"metric\": {}, \"value\": [1759248000, \"41\"]}]}}",
        ),
        Kind::Openmetrics => (
            "",
            "[[map]]\nfilter = [{ column = \"metric\", op = \"=\", value = \"n\" }]",
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            b"# TYPE n gauge\nn 41\n# EOF\n",
        ),
        Kind::Sheet => (
            "",
            "[sheet]\nheader_row = 3\nheader_rows = 2\nname = \"填報\"\n[[map]]\naggregate = \"count\"",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            include_bytes!("../../core/sources/fixtures/sheet/kpi.xlsx"),
        ),
        Kind::Health => (
            "",
            "[health]\nexpect_text = \"ready\"\n[[map]]\ncolumn = \"up\"",
            "text/plain",
            b"ready: 41",
        ),
        Kind::Sdmx => (
            "",
            "[sdmx]\nkey = {}\n[[map]]\ncolumn = \"OBS_VALUE\"\nperiod_column = \"TIME_PERIOD\"",
            "application/vnd.sdmx.data+csv",
            b"DATAFLOW,FREQ,TIME_PERIOD,OBS_VALUE\r\nA:B(1.0),Q,2025-Q3,41\r\n",
        ),
        Kind::Procurement => (
            "",
            "[procurement]\nfiles = [\"a{yyyymm}.xml\"]\nrow = \"TENDER\"\n[[map]]\ncolumn = \"P\"\naggregate = \"max\"",
            "text/xml",
            b"<TENDER_LIST><TENDER><P>41</P></TENDER></TENDER_LIST>",
        ),
        Kind::Gdb => (
            "",
            "rows = \"$.result[*]\"\n[hmac]\nusername = \"file:account.txt\"\nsecret = \"file:key.txt\"\n[[map]]\ncolumn = \"n\"\naggregate = \"sum\"",
            json,
            b"{\"success\": true, \"result\": [{\"n\": \"41\"}]}",
        ),
    };
    Some(Row {
        path,
        keys,
        sound: Sound {
            content_type,
            body: body.to_vec(),
        },
    })
}

/// One source of every kind that asks over HTTP, and the sound answers by kind.
fn every_kind(origin: &str) -> (Office, BTreeMap<String, Sound>) {
    let office = Office::new();
    office.write("account.txt", "account");
    office.write("key.txt", "a2V5a2V5a2V5a2V5");
    let mut sound = BTreeMap::new();
    for kind in Kind::ALL {
        let Some(row) = row(kind) else { continue };
        let id = kind.id();
        office.indicator("P05", id);
        let unit = if kind == Kind::Health {
            "percent"
        } else {
            "count"
        };
        if kind == Kind::Health {
            office.replace(
                "register/programmes/P05.toml",
                "Test indicator health\" }\nunit = \"count\"\nkind = \"count\"",
                "Test indicator health\" }\nunit = \"percent\"\nkind = \"ratio\"",
            );
        }
        let keys = row.keys.replace(
            "[[map]]",
            &format!("[[map]]\nseries = \"P05/{id}\"\nunit = \"{unit}\""),
        );
        let file = if kind == Kind::Procurement {
            "?fileName={file}"
        } else {
            ""
        };
        office.write(
            &format!("sources/{id}.toml"),
            format!(
                "id = \"{id}\"\nkind = \"{id}\"\nurl = \"{origin}/{id}{}{file}\"\nallow_private = true\nschedule = \"daily\"\n{keys}\n",
                row.path
            ),
        );
        sound.insert(id.to_owned(), row.sound);
    }
    (office, sound)
}

/// A collection on the n-th day after the quarter, with short limits.
fn collect_on(day: i64, workspace: &Workspace, store: &mut Store) -> CollectSummary {
    let begin: DateTime<Utc> = "2025-10-05T01:00:00Z".parse().unwrap();
    let now = move || begin + TimeDelta::try_days(day).unwrap();
    let mut options = CollectOptions::new(Quarter::new(2025, 3).unwrap(), &now);
    options.retry.tries = 1;
    options.limits.head = Duration::from_millis(1500);
    options.limits.idle = Duration::from_millis(1000);
    options.limits.whole = Duration::from_secs(3);
    options.limits.max_bytes = 4 << 20;
    options.at_once = Some(32);
    collect(
        workspace,
        store,
        &options,
        &mut |_| {},
        &AtomicBool::new(false),
    )
    .unwrap()
}

/// Every value in the store, by series.
fn values(store: &Store) -> BTreeMap<String, BTreeSet<String>> {
    let late: DateTime<Utc> = "2027-01-01T00:00:00Z".parse().unwrap();
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in store.rows_as_of(late).unwrap().observations {
        if let Some(value) = row.item.value() {
            let value = value.normalize().to_string();
            out.entry(row.item.series.to_string())
                .or_default()
                .insert(value);
        }
    }
    out
}

/// What is wrong with a report beside the figures.
fn objection(report: &SourceReport) -> Option<String> {
    let outcome = report.outcome?;
    let Some(message) = &report.message else {
        return (outcome != Outcome::Good).then(|| format!("{outcome:?} without a word"));
    };
    for language in [Language::En, Language::ZhTw] {
        let text = say(language, message);
        let is_unsafe = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
        // What is wrong, and what to do about it.
        let sentences = text.matches(['.', '。', ':', '：', ';', '；']).count();
        if text.contains(is_unsafe) || text.len() > 4000 || text.contains("net-") || sentences == 0
        {
            return Some(format!("{outcome:?}: {text:?}"));
        }
    }
    None
}

#[test]
fn every_kind_survives_every_fault() {
    let inside = Hostile::start("127.0.0.2", |_, _, _| {
        Some(Piece::ok("text/plain", "secret 41"))
    });
    let all = Arc::new(faults(inside.port()));
    let sounds: BTreeMap<String, Sound> = Kind::ALL
        .into_iter()
        .filter_map(|kind| Some((kind.id().to_owned(), row(kind)?.sound)))
        .collect();
    let (list, sound) = (Arc::clone(&all), sounds.clone());
    // Fault 0 is none.
    let server = Hostile::start("127.0.0.1", move |fault, path, earlier| {
        let id = path
            .trim_start_matches('/')
            .split(['/', '?'])
            .next()
            .unwrap_or_default();
        let sound = sound.get(id)?;
        match fault.checked_sub(1).and_then(|n| list.get(n)) {
            None => Some(sound.pieces()),
            Some(fault) => (fault.play)(sound, path, earlier),
        }
    });
    let (office, kinds) = every_kind(&server.url(""));
    office.qd(&["check"]).expect(0);
    let mut workspace = workspace::load(&office.root()).unwrap();
    workspace.settings.network.per_host = 16;
    let mut store = Store::open(&office.root().join("quarterdeck.db"), OpenMode::Create).unwrap();
    let first = collect_on(0, &workspace, &mut store);
    for report in &first.sources {
        assert_eq!(report.outcome, Some(Outcome::Good), "{report:?}");
    }
    let before = values(&store);
    assert_eq!(before.len(), kinds.len(), "{before:?}");

    let (mut wrong, mut survived, mut told) = (Vec::new(), 0, BTreeMap::new());
    for (number, fault) in all.iter().enumerate() {
        server.play(number + 1);
        let began = Instant::now();
        let day = i64::try_from(number).unwrap() + 1;
        let summary = collect_on(day, &workspace, &mut store);
        assert_eq!(summary.sources.len(), kinds.len());
        for report in &summary.sources {
            let cell = format!("{} × {}", report.source, fault.name);
            match (report.outcome, objection(report)) {
                (None, _) => wrong.push(format!("{cell}: not done: {report:?}")),
                (_, Some(objection)) => wrong.push(format!("{cell}: {objection}")),
                _ => survived += 1,
            }
            let said = report
                .message
                .as_ref()
                .map(|m| say(Language::En, m))
                .unwrap_or_default();
            told.insert(said, cell);
        }
        let after = values(&store);
        for (series, values) in &after {
            // A probe counts on: whether a service is up is not a figure that stays.
            if series != "P05/health" && Some(values) != before.get(series) {
                wrong.push(format!("{series} × {}: {values:?}", fault.name));
            }
        }
        // Three seconds are allowed; preliminary answers are taken off the wire in stretches that no
        // clock interrupts, which takes a program without optimization a while.
        let elapsed = began.elapsed();
        if elapsed > Duration::from_secs(60) {
            wrong.push(format!("{}: took {elapsed:?}", fault.name));
        }
    }
    if std::env::var_os("FAULTS_TOLD").is_some() {
        told.iter()
            .for_each(|(said, cell)| println!("{cell}\n    {said}"));
    }
    println!(
        "faults: {survived} of {} survived ({} kinds × {} faults)",
        kinds.len() * all.len(),
        kinds.len(),
        all.len()
    );
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(inside.asked(), 0, "nothing led into the network inside");

    // Nothing of it lasts, not even the wish to be left alone for ever.
    server.play(0);
    let last = collect_on(400, &workspace, &mut store);
    for report in &last.sources {
        assert!(matches!(report.outcome, Some(Outcome::Good)), "{report:?}");
    }
}

/// Runs `qd` and looks at its memory until it ends: what it said, and its peak in KiB. None where
/// the system does not tell.
fn peak_of(office: &Office, args: &[&str]) -> Option<(Answer, u64)> {
    let mut child = command(&office.root(), args).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line
            .and_then(|l| l.trim().trim_end_matches(" kB").parse().ok())
            .max(peak);
        std::thread::sleep(Duration::from_millis(2));
    }
    Some((child.wait_with_output().unwrap().into(), peak?))
}

const MEBIBYTE: u64 = 1024;

#[test]
fn memory_stays_within_the_cap_whatever_is_sent() {
    let close = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    let streamed = move |first: &str, unit: Vec<u8>, times: usize| {
        let mut pieces = Piece::raw(&format!("{close}{first}"));
        pieces.push(Piece::Again(unit, times));
        pieces
    };
    let packed = |encoding: &str, body: Vec<u8>| {
        let mut pieces = Piece::raw(&format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        ));
        pieces.push(Piece::Send(body));
        pieces
    };
    let megabyte = |byte: u8| vec![byte; 1 << 20];
    // Name, kind, cap in MiB, whether something is taken.
    let cases: Vec<(&str, &str, u64, Vec<Piece>)> = vec![
        (
            "idle",
            "json",
            16,
            Piece::ok("application/json", "{\"n\": 41}"),
        ),
        (
            "a head of 100 MB",
            "json",
            16,
            vec![
                Piece::Send(b"HTTP/1.1 200 OK\r\nX-Long: ".to_vec()),
                Piece::Again(megabyte(b'a'), 100),
            ],
        ),
        (
            "headers of 100 MB",
            "json",
            16,
            vec![
                Piece::Send(b"HTTP/1.1 200 OK\r\n".to_vec()),
                Piece::Again(b"X-A: b\r\n".repeat(1000), 12_500),
            ],
        ),
        (
            "endless chunks",
            "json",
            16,
            vec![
                Piece::Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec()),
                Piece::Again(b"1\r\n \r\n".repeat(10_000), 10_000),
            ],
        ),
        (
            "a JSON text of 64 MB, cap 16",
            "json",
            16,
            streamed("{\"n\": \"", megabyte(b'x'), 64),
        ),
        (
            "a JSON text of 64 MB, cap 80",
            "json",
            80,
            streamed("{\"n\": \"", megabyte(b'x'), 64),
        ),
        (
            "64 MB of small JSON rows",
            "json",
            80,
            streamed("[", b"{\"n\":4},".repeat(1000), 8_000),
        ),
        (
            "deep JSON of 64 MB",
            "json",
            80,
            streamed("", megabyte(b'['), 64),
        ),
        (
            "a CSV line of 64 MB, cap 16",
            "csv",
            16,
            streamed("n\r\n\"", megabyte(b'4'), 64),
        ),
        (
            "a CSV line of 64 MB, cap 80",
            "csv",
            80,
            streamed("n\r\n\"", megabyte(b'4'), 64),
        ),
        (
            "a CSV header of 64 MB",
            "csv",
            80,
            streamed("n", b",c".repeat(1000), 32_000),
        ),
        (
            "an XML text of 64 MB",
            "procurement",
            80,
            streamed("<L><TENDER><n>", megabyte(b'4'), 64),
        ),
        (
            "deep XML of 64 MB",
            "procurement",
            80,
            streamed("<L>", b"<TENDER>".repeat(1000), 8_000),
        ),
        (
            "metrics in a line of 64 MB",
            "openmetrics",
            80,
            streamed("n{a=\"", megabyte(b'4'), 64),
        ),
        (
            "a bomb of gzip, 1 GB",
            "json",
            80,
            packed("gzip", gzip_bomb(1024)),
        ),
        (
            "a bomb of zstd, 1 GB",
            "json",
            80,
            packed("zstd", zstd_bomb(1024)),
        ),
        (
            "a bomb of brotli, 4 MB",
            "json",
            80,
            packed("br", brotli_bomb()),
        ),
    ];
    let answers: Vec<Vec<Piece>> = cases.iter().map(|(.., pieces)| pieces.clone()).collect();
    let server = Server::sending(move |path| {
        let case = path
            .trim_start_matches('/')
            .split('?')
            .next()
            .and_then(|n| n.parse::<usize>().ok());
        case.and_then(|n| answers.get(n))
            .cloned()
            .unwrap_or_default()
    });
    let office = Office::new();
    office.indicator("P05", "n");
    let (mut idle, mut wrong) = (0, Vec::new());
    for (number, (name, kind, cap, _)) in cases.iter().enumerate() {
        let (more, map) = match *kind {
            "json" => ("", "at = \"$.n\""),
            "procurement" => (
                "[procurement]\nfiles = [\"a{yyyymm}.xml\"]\nrow = \"TENDER\"",
                "column = \"n\"\naggregate = \"sum\"",
            ),
            "openmetrics" => ("", "aggregate = \"sum\""),
            _ => ("", "column = \"n\"\naggregate = \"sum\""),
        };
        // One byte a chunk would take for ever to reach the cap.
        let patience = if *name == "endless chunks" { 4 } else { 60 };
        let file = if *kind == "procurement" {
            "?f={file}"
        } else {
            ""
        };
        office.write(
            "sources/heavy.toml",
            format!(
                "id = \"heavy\"\nkind = \"{kind}\"\nurl = \"{}{file}\"\nallow_private = true\nschedule = \"daily\"\ntimeout_seconds = {patience}\nmax_bytes = {}\n{more}\n[[map]]\nseries = \"P05/n\"\nunit = \"count\"\n{map}\n",
                server.url(&format!("/{number}")),
                cap * MEBIBYTE * 1024
            ),
        );
        let began = Instant::now();
        let Some((answer, peak)) = peak_of(&office, &["collect", "--json"]) else {
            println!("skipped: memory, this system does not tell it");
            return;
        };
        if number == 0 {
            idle = peak;
        }
        let allowed = match number {
            0 => u64::MAX,
            _ => idle + (cap + 32) * MEBIBYTE,
        };
        println!(
            "{name:<32} cap {cap:>3} MiB  peak {:>5.1} MiB  over idle {:>5.1} MiB  {:>5.1} s",
            peak as f64 / 1024.0,
            peak.saturating_sub(idle) as f64 / 1024.0,
            began.elapsed().as_secs_f64()
        );
        let expected = if number == 0 { Some(0) } else { Some(3) };
        if peak > allowed || answer.code != expected {
            wrong.push(format!(
                "{name}: {peak} KiB of {allowed}, {:?} {} {}",
                answer.code, answer.out, answer.err
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
