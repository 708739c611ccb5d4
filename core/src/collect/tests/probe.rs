//! Services that are up, down, slow and flapping, over loopback.

use super::*;
use quarterdeck_kpi::observation::Parts;
use rustls::pki_types::PrivatePkcs8KeyDer;
use std::io::{Read, Write};
use std::net::TcpListener;

fn service(url: &str, health: &str) -> String {
    format!(
        "id = \"svc\"\nkind = \"health\"\nurl = \"{url}\"\nschedule = \"hourly\"\nallow_private = true\ntimeout_seconds = 2\n\
         [health]\n{health}\n\
         [[map]]\nseries = \"P01/availability\"\ncolumn = \"up\"\n\
         [[map]]\nseries = \"P01/latency\"\ncolumn = \"elapsed_ms\"\naggregate = \"mean\"\n"
    )
}

/// The last value of a series and its parts, as texts.
fn last(office: &Office, series: &str) -> Option<(String, Option<Parts>)> {
    let rows = office.rows();
    let row = rows
        .observations
        .iter()
        .rfind(|row| row.item.series.to_string() == series)?;
    Some((row.item.value()?.to_string(), row.item.parts))
}

fn parts(numerator: u32, denominator: u32) -> Option<Parts> {
    Some(Parts {
        numerator: numerator.into(),
        denominator: denominator.into(),
    })
}

#[test]
fn seven_of_ten_probes_are_seventy_percent_over_restarts() {
    let server = Server::start(|_, earlier| match earlier {
        2 => answer("503 Service Unavailable", "", b"sorry"),
        4 => vec![],
        7 => answer("404 Not Found", "", b""),
        _ => ok("{}"),
    });
    let mut office = Office::new(&[service(&server.url("/health?code=abc"), "")]);
    for day in 1..=10 {
        let summary = office.collect_on(day);
        assert!(
            summary.is_complete(),
            "that a service is down is no failure: {summary:?}"
        );
        let expected = match day {
            3 | 5 | 8 => Outcome::Partial,
            _ => Outcome::Good,
        };
        assert_eq!(summary.sources[0].outcome, Some(expected), "day {day}");
        // A restart: everything that is known comes from the file.
        let path = office.path().join("quarterdeck.db");
        office.store = Store::open(&path, OpenMode::Create).unwrap();
    }
    assert_eq!(
        last(&office, "P01/availability"),
        Some(("70".to_owned(), parts(7, 10)))
    );
    let latency = last(&office, "P01/latency").unwrap().1.unwrap();
    assert_eq!(latency.denominator, 7.into());
    let rows = office.rows();
    let row = rows.observations.last().unwrap();
    assert_eq!(
        row.item.period.to_string(),
        "2026Q1",
        "the quarter of the probe, not the one that is collected"
    );
    let fetch = office.store.last_fetch("svc").unwrap().unwrap();
    assert_eq!(fetch.method, "PROBE");
    assert!(fetch.url.ends_with("/health?code=***"), "{}", fetch.url);
    let body = office
        .store
        .capture_body(&fetch.stored_sha256, 10_000)
        .unwrap()
        .unwrap();
    let body = String::from_utf8(body).unwrap();
    assert!(
        body.contains("\"up\":true") && !body.contains("abc"),
        "{body}"
    );
    assert_eq!(server.requests().len(), 10, "nothing is asked twice");
}

#[test]
fn a_new_quarter_begins_with_nothing() {
    let server = Server::start(|_, _| ok("{}"));
    let mut office = Office::new(&[service(&server.url("/"), "")]);
    office.collect_on(20);
    let now = || Utc.with_ymd_and_hms(2026, 4, 2, 1, 0, 0).unwrap();
    let options = CollectOptions::new(Quarter::new(2026, 1).unwrap(), &now);
    let stop = AtomicBool::new(false);
    let summary = collect(
        &office.workspace,
        &mut office.store,
        &options,
        &mut |_| {},
        &stop,
    );
    assert!(summary.unwrap().is_complete());
    let rows = office.store.rows_as_of(now()).unwrap();
    let counted: Vec<_> = rows
        .observations
        .iter()
        .filter(|row| row.item.series.name == "availability")
        .map(|row| (row.item.period.to_string(), row.item.parts))
        .collect();
    assert_eq!(
        counted,
        [
            ("2026Q1".to_owned(), parts(1, 1)),
            ("2026Q2".to_owned(), parts(1, 1))
        ]
    );
}

#[test]
fn slow_wrong_and_silent_services_are_told_apart() {
    let server = Server::start(|path, _| match path {
        "/slow" => {
            let mut steps = vec![Step::Wait(Duration::from_millis(150))];
            steps.extend(ok("線上申辦"));
            steps
        }
        "/silent" => vec![Step::Wait(Duration::from_secs(9))],
        "/cut" => vec![Step::Send(
            b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc".to_vec(),
        )],
        "/large" => answer("200 OK", "", &vec![b'x'; 3 << 20]),
        _ => ok("維護中"),
    });
    for (path, health, rule, value) in [
        (
            "/slow",
            "slow_ms = 100\nexpect_text = \"線上申辦\"",
            "service-slow@1",
            "100",
        ),
        ("/", "expect_text = \"線上申辦\"", "service-text@1", "0"),
        ("/silent", "", "service-down@1", "0"),
        ("/cut", "", "service-down@1", "0"),
        ("/", "expect_status = [204]", "service-down@1", "0"),
        ("/large", "", "", "100"),
    ] {
        let mut office = Office::new(&[service(&server.url(path), health)]);
        let summary = office.collect_on(20);
        let found: Vec<&str> = summary.sources[0]
            .findings
            .iter()
            .map(|f| f.rule.as_str())
            .collect();
        assert_eq!(
            found.first().copied().unwrap_or(""),
            rule,
            "{path} {health}"
        );
        assert_eq!(
            last(&office, "P01/availability").unwrap().0,
            value,
            "{path}"
        );
        assert_eq!(
            last(&office, "P01/latency").is_some(),
            !["/silent", "/cut"].contains(&path) && !health.contains("204"),
            "{path} {health}"
        );
    }
}

/// An address nobody listens on.
fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

#[test]
fn what_lies_with_us_is_not_counted() {
    let server = Server::start(|_, _| answer("404 Not Found", "", b""));
    let lonely = service(&closed(), &format!("neutral_url = \"{}\"", closed()));
    let mut office = Office::new(&[lonely]);
    let summary = office.collect_on(20);
    assert_eq!(
        summary.sources[0].findings[0].rule, "own-network-down@1",
        "{summary:?}"
    );
    assert_eq!(last(&office, "P01/availability"), None);

    let watched = service(&closed(), &format!("neutral_url = \"{}\"", server.url("/")));
    let mut office = Office::new(&[watched]);
    office.collect_on(20);
    assert_eq!(
        last(&office, "P01/availability"),
        Some(("0".to_owned(), parts(0, 1)))
    );

    let forbidden = service(&server.url("/"), "").replace("allow_private = true\n", "");
    let mut office = Office::new(&[forbidden]);
    let summary = office.collect_on(20);
    assert_eq!(summary.sources[0].outcome, Some(Outcome::Failed));
    assert!(message_of(&summary, 0).contains("127.0.0.1"));
    assert_eq!(last(&office, "P01/availability"), None);
}

/// A service that speaks TLS, with a certificate of its own that ends in a year.
fn encrypted(year: i32) -> (String, String) {
    let mut params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2019, 1, 1);
    params.not_after = rcgen::date_time_ymd(year, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/health", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = rustls::Stream::new(&mut session, &mut stream);
            let mut head = [0; 4096];
            // A client that refuses the certificate goes away.
            if tls.read(&mut head).is_ok() {
                let _ = tls.write_all(
                    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
                );
                session.send_close_notify();
                let _ = session.complete_io(&mut stream);
            }
        }
    });
    (url, certificate.pem())
}

#[test]
fn a_certificate_has_days_left_and_a_refused_one_is_a_service_that_is_down() {
    let certificate_map =
        "[[map]]\nseries = \"P01/certificate-days\"\ncolumn = \"certificate_days_left\"\n";
    let days = |year: i32| {
        let end = Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).unwrap();
        (end - at(20)).num_seconds().div_euclid(86_400).to_string()
    };
    for (year, is_known, value, rule) in [
        (2099, true, "100", ""),
        (2099, false, "0", "service-down@1"),
        (2020, true, "0", "service-down@1"),
    ] {
        let (url, pem) = encrypted(year);
        let mut office = Office::new(&[service(&url, "") + certificate_map]);
        if is_known {
            std::fs::write(office.path().join("ca.pem"), pem).unwrap();
            office.workspace.settings.network.ca_files = vec!["ca.pem".into()];
        }
        let summary = office.collect_on(20);
        let findings = &summary.sources[0].findings;
        assert_eq!(
            findings.first().map_or("", |f| f.rule.as_str()),
            rule,
            "{year} {is_known}: {summary:?}"
        );
        assert_eq!(last(&office, "P01/availability").unwrap().0, value);
        let left = last(&office, "P01/certificate-days").map(|found| found.0);
        let expected = (is_known || year < 2026).then(|| days(year));
        assert_eq!(left, expected, "{year} {is_known}: {findings:?}");
    }
}
