//! Servers of other makers, asked through the real `qd`: one figure of each, to the board.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_kpi::calendar::{Quarter, end_of_day, start_of_day};
use quarterdeck_tests::office::{Office, indicator};
use quarterdeck_tests::service::{Service, free_port};
use quarterdeck_tests::tools::{find, output};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// An office with indicators of P12 and one source, its keys beyond the usual ones given.
fn office(indicators: &[&str], source: &str) -> Office {
    let office = Office::new();
    for name in indicators {
        office.indicator("P12", name);
    }
    office.write(
        "sources/real.toml",
        format!("id = \"real\"\nallow_private = true\nschedule = \"daily\"\n{source}"),
    );
    office.qd(&["check"]).expect(0);
    office
}

fn value(status: &Value, name: &str) -> String {
    indicator(status, &format!("P12/{name}"))["value"].to_string()
}

fn os<'a>(args: &'a [&'a str]) -> Vec<&'a OsStr> {
    args.iter().map(OsStr::new).collect()
}

fn pushgateway() -> Option<Service> {
    let program = find(
        "a service's own metrics",
        &["prometheus-pushgateway", "pushgateway"],
    )?;
    let port = free_port();
    let listen = format!("--web.listen-address=127.0.0.1:{port}");
    let server = Service::start(&program, &os(&[&listen]), port, "/-/ready");
    let pushed = "# TYPE filings_total counter\nfilings_total{result=\"ok\"} 1204\nfilings_total{result=\"error\"} 3\n# TYPE satisfaction gauge\nsatisfaction NaN\n";
    let answer = server.ask("PUT", "/metrics/job/tax", pushed);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    Some(server)
}

#[test]
fn a_services_own_metrics_reach_the_board() {
    let Some(server) = pushgateway() else { return };
    let office = office(
        &["cases", "satisfaction", "gone"],
        &format!(
            r#"kind = "openmetrics"
url = "{}"
[[map]]
series = "P12/cases"
filter = [{{ column = "metric", op = "=", value = "filings_total" }}, {{ column = "result", op = "=", value = "ok" }}]
[[map]]
series = "P12/satisfaction"
filter = [{{ column = "metric", op = "=", value = "satisfaction" }}]
[[map]]
series = "P12/gone"
filter = [{{ column = "metric", op = "=", value = "filing_total" }}]
"#,
            server.url("/metrics")
        ),
    );
    // The metric that is not there makes it "in part"; the figure that is there stands.
    let summary = office.collect(0);
    assert_eq!(summary["sources"][0]["outcome"], "partial");
    assert!(summary["sources"][0]["rows"].as_u64().unwrap() > 20);
    let status = office.status(&[]);
    assert_eq!(value(&status, "cases"), "1204");
    assert_eq!(value(&status, "satisfaction"), "null", "NaN is no data");
    assert_eq!(value(&status, "gone"), "null");
}

/// Samples of a quarter that is over, as a monitoring that ran then would have kept them.
fn history(quarter: Quarter) -> String {
    let start = start_of_day(quarter.start()).timestamp();
    let end = end_of_day(quarter.end()).timestamp() + 1;
    let hour = 3600;
    let mut out = "# TYPE filings counter\n".to_owned();
    for (at, total) in [
        (start, 100),
        (start + hour, 150),
        (start + 2 * hour, 20),
        (start + 3 * hour, 21),
        (end - hour, 30),
        (end, 31),
    ] {
        out.push_str(&format!("filings_total{{office=\"a\"}} {total} {at}\n"));
    }
    out.push_str(&format!(
        "# TYPE linked_agencies gauge\nlinked_agencies 41 {}\n# EOF\n",
        end - 60
    ));
    out
}

#[test]
fn prometheus_answers_for_the_quarter_that_is_over_and_for_the_one_that_runs() {
    let Some(program) = find("queries to Prometheus", &["prometheus"]) else {
        return;
    };
    let Some(promtool) = find("a history for Prometheus", &["promtool"]) else {
        return;
    };
    let Some(blackbox) = find(
        "probes of a service",
        &["prometheus-blackbox-exporter", "blackbox_exporter"],
    ) else {
        return;
    };
    let Some(gateway) = pushgateway() else { return };
    let over: Quarter = Office::new().status(&[])["quarter"]
        .as_str()
        .map(|text| Quarter::parse(text).unwrap())
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    std::fs::write(place("history.txt"), history(over)).unwrap();
    output(
        &promtool,
        &[
            OsStr::new("tsdb"),
            OsStr::new("create-blocks-from"),
            OsStr::new("openmetrics"),
            place("history.txt").as_os_str(),
            place("data").as_os_str(),
        ],
    );
    std::fs::write(
        place("blackbox.yml"),
        "modules:\n  http_2xx:\n    prober: http\n",
    )
    .unwrap();
    let port = free_port();
    let config = format!("--config.file={}", place("blackbox.yml").display());
    let listen = format!("--web.listen-address=127.0.0.1:{port}");
    let probes = Service::start(&blackbox, &os(&[&config, &listen]), port, "/-/healthy");
    std::fs::write(
        place("prometheus.yml"),
        format!(
            r#"global: {{ scrape_interval: 1s, scrape_timeout: 1s }}
scrape_configs:
  - job_name: gateway
    honor_labels: true
    static_configs: [{{ targets: ["127.0.0.1:{}"] }}]
  - job_name: probe
    metrics_path: /probe
    params: {{ module: [http_2xx], target: ["{}"] }}
    static_configs: [{{ targets: ["127.0.0.1:{}"] }}]
"#,
            gateway.port(),
            gateway.url("/-/ready"),
            probes.port()
        ),
    )
    .unwrap();
    let port = free_port();
    let args = [
        format!("--config.file={}", place("prometheus.yml").display()),
        format!("--storage.tsdb.path={}", place("data").display()),
        "--storage.tsdb.retention.time=2y".to_owned(),
        format!("--web.listen-address=127.0.0.1:{port}"),
    ];
    let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
    let server = Service::start(&program, &args, port, "/-/ready");
    // Several samples of each, so that some lie before the second that is asked for.
    for samples in ["filings_total%7Bjob=%22tax%22%7D", "probe_success==1"] {
        let query = format!("count_over_time(({samples})%5B1h:1s%5D)%3E3");
        server.wait_for(&format!("/api/v1/query?query={query}"), "\"value\"");
    }

    let running = over.next();
    let office = office(
        &[
            "cases",
            "agencies",
            "pushed",
            "availability",
            "nothing",
            "wrong",
            "several",
        ],
        &format!(
            r#"kind = "prometheus"
url = "{}"
[[map]]
series = "P12/cases"
query = 'filings_total{{office="a"}}'
aggregate = "increase"
[[map]]
series = "P12/agencies"
query = "linked_agencies"
[[map]]
series = "P12/pushed"
query = 'sum(filings_total{{job="tax"}})'
period = "{running}"
[[map]]
series = "P12/availability"
query = "probe_success[1h]"
aggregate = "count"
filter = [{{ column = "value", op = "=", value = "1" }}]
period = "{running}"
[[map]]
series = "P12/nothing"
query = "no_such_metric"
[[map]]
series = "P12/wrong"
query = "sum("
[[map]]
series = "P12/several"
query = 'filings_total{{job="tax"}}'
period = "{running}"
"#,
            server.url("")
        ),
    );
    let summary = office.collect(0);
    let status = office.status(&[]);
    // 50, 20 after a restart, 1, 9 and 1.
    assert_eq!(value(&status, "cases"), "81", "{summary:#}");
    assert_eq!(value(&status, "agencies"), "41");
    assert_eq!(value(&status, "nothing"), "null", "no series is no data");
    assert_eq!(value(&status, "wrong"), "null");
    let now = office.status(&["--quarter", &running.to_string()]);
    assert_eq!(value(&now, "pushed"), "1207");
    let probed = value(&now, "availability");
    assert!(
        probed.parse().is_ok_and(|probes: u32| probes >= 1),
        "{probed}"
    );
    assert_eq!(value(&now, "several"), "null");
    // Each in words: the empty query, the server's own on the wrong one, the labels to choose by.
    let said = format!("{}{}", status["findings"], now["findings"]);
    for part in ["gave no samples", "parse error", "result"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn statistics_of_haproxy_are_a_csv() {
    let Some(program) = find("HAProxy's statistics", &["haproxy"]) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("haproxy.cfg");
    let (stats, service) = (free_port(), free_port());
    std::fs::write(
        &file,
        format!(
            "defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\nfrontend stats\n  bind 127.0.0.1:{stats}\n  stats enable\n  stats uri /stats\nfrontend tax\n  bind 127.0.0.1:{service}\n  http-request return status 200\n"
        ),
    )
    .unwrap();
    let args = [OsStr::new("-db"), OsStr::new("-f"), file.as_os_str()];
    let server = Service::start(&program, &args, stats, "/stats;csv");
    for _ in 0..5 {
        let address = format!("http://127.0.0.1:{service}/");
        let asked = std::net::TcpStream::connect(("127.0.0.1", service)).map(|mut stream| {
            use std::io::{Read, Write};
            write!(stream, "GET / HTTP/1.0\r\n\r\n").unwrap();
            stream.read_to_end(&mut Vec::new()).unwrap()
        });
        assert!(asked.unwrap() > 0, "{address}");
    }
    let office = office(
        &["requests"],
        &format!(
            "kind = \"csv\"\nurl = \"{}\"\n[[map]]\nseries = \"P12/requests\"\ncolumn = \"req_tot\"\nfilter = [{{ column = \"# pxname\", op = \"=\", value = \"tax\" }}, {{ column = \"svname\", op = \"=\", value = \"FRONTEND\" }}]\n",
            server.url("/stats;csv")
        ),
    );
    office.collect(0);
    assert_eq!(value(&office.status(&[]), "requests"), "5");
}

/// A table of five rows in a SQLite file, made by Python.
fn table(file: &Path) -> bool {
    let Some(python) = find("a table for Datasette", &["python3", "python"]) else {
        return false;
    };
    let code = "import sqlite3, sys\nbase = sqlite3.connect(sys.argv[1])\nbase.execute('create table filings (id integer primary key, office text, cases integer)')\nbase.executemany('insert into filings (office, cases) values (?, ?)', [('a', 4), ('b', 9), ('a', 2), ('b', None), ('c', 7)])\nbase.commit()\n";
    let made = Command::new(python).args(["-c", code]).arg(file).status();
    assert!(made.unwrap().success());
    true
}

#[test]
fn datasette_is_followed_page_by_page() {
    let Some(program) = find("pages of Datasette", &["datasette"]) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tax.db");
    if !table(&file) {
        return;
    }
    let port = free_port();
    let number = port.to_string();
    let args = [
        OsStr::new("serve"),
        file.as_os_str(),
        OsStr::new("--host"),
        OsStr::new("127.0.0.1"),
        OsStr::new("--port"),
        OsStr::new(&number),
    ];
    let server = Service::start(&program, &args, port, "/-/versions.json");
    let office = office(
        &["rows", "cases"],
        &format!(
            "kind = \"json\"\nurl = \"{}\"\nrows = \"$.rows[*]\"\nnext_at = \"$.next_url\"\n[[map]]\nseries = \"P12/rows\"\naggregate = \"count\"\n[[map]]\nseries = \"P12/cases\"\ncolumn = \"cases\"\naggregate = \"sum\"\n",
            server.url("/tax/filings.json?_shape=objects&_size=2")
        ),
    );
    let summary = office.collect(0);
    assert_eq!(summary["sources"][0]["rows"], 5, "{summary:#}");
    let status = office.status(&[]);
    assert_eq!(value(&status, "rows"), "5");
    assert_eq!(value(&status, "cases"), "22", "a missing value is not 0");
}
