//! `qd collect --watch` as a process: signals, systemd's socket, a second watcher, idle cost.
#![cfg(unix)]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use quarterdeck_tests::office::{Office, indicator};
use quarterdeck_tests::program::{Answer, command, valid};
use quarterdeck_tests::server::{Reply, Server};
use quarterdeck_tests::tools;
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixDatagram;
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A watcher whose log is read while it runs.
struct Watcher {
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Watcher {
    fn start(office: &Office, args: &[&str], variables: &[(&str, &str)]) -> Watcher {
        let args: Vec<&str> = ["collect", "--watch"]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        let mut child = command(&office.root(), &args)
            .envs(variables.iter().copied())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                *written.lock().unwrap() += &(line + "\n");
            }
        });
        Watcher { child, log }
    }
    fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }
    #[track_caller]
    fn wait(&self, text: &str) {
        let began = Instant::now();
        while !self.log().contains(text) {
            assert!(
                began.elapsed() < Duration::from_secs(40),
                "{text} never came:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    fn signal(&self, kill: &std::path::Path, signal: &str) {
        tools::output(
            kill,
            &[signal.as_ref(), self.child.id().to_string().as_ref()],
        );
    }
    /// Exit code and how long the end took.
    fn end(&mut self, kill: &std::path::Path, signal: &str) -> (Option<i32>, Duration) {
        let began = Instant::now();
        self.signal(kill, signal);
        let code = self.child.wait().unwrap().code();
        (code, began.elapsed())
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A portal that hangs, one that fails, one that works.
fn office() -> (Office, Server) {
    let office = Office::new();
    let server = Server::raw(|head| {
        if head.starts_with("GET /hangs") {
            std::thread::sleep(Duration::from_secs(60));
        }
        if head.starts_with("GET /fails") {
            return "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .to_owned();
        }
        let body = "{\"count\": 41}";
        format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    });
    for name in ["hangs", "fails", "good"] {
        office.number_source(name, &server.url(&format!("/{name}")), "P01/open-datasets");
    }
    (office, server)
}

#[test]
fn a_request_to_end_is_followed_in_time_although_a_portal_hangs() {
    let Some(kill) = tools::find("sending a signal", &["kill"]) else {
        return;
    };
    for (signal, expected) in [("-TERM", 143), ("-INT", 130)] {
        let (office, _server) = office();
        let mut watcher = Watcher::start(&office, &["-v", "--log-format", "json"], &[]);
        watcher.wait("good: good");
        watcher.wait("\"source\":\"fails\"");
        // Nobody watches twice; people enter figures meanwhile.
        let second = office
            .qd(&["collect", "--watch", "--json"])
            .expect(5)
            .json();
        valid("error", &second);
        let said = second["error"]["message"].as_str().unwrap();
        assert!(said.contains(&watcher.child.id().to_string()), "{said}");
        assert_eq!(
            indicator(&office.status(&[]), "P01/open-datasets")["value"],
            41
        );
        let (code, took) = watcher.end(&kill, signal);
        println!("{signal} beside a hanging portal: exit {code:?} after {took:?}");
        assert_eq!(code, Some(expected), "{}", watcher.log());
        assert!(took < Duration::from_secs(10), "{took:?}");
        // Every line is an entry that names its run.
        watcher.wait("Stopped");
        let mut lines = 0;
        for line in watcher.log().lines() {
            let entry: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(entry["run"].is_i64(), "{line}");
            for key in ["time", "level", "message"] {
                assert!(entry[key].is_string(), "{line}");
            }
            lines += 1;
        }
        assert!(lines >= 5, "{}", watcher.log());
        // Free again.
        assert_eq!(office.qd(&["collect", "--source", "good"]).code, Some(0));
    }
}

#[test]
fn a_hangup_reads_the_files_again_and_keeps_the_old_ones_if_they_are_bad() {
    let Some(kill) = tools::find("sending a signal", &["kill"]) else {
        return;
    };
    let office = Office::new();
    let server = Server::start(|_| Reply {
        wait: Duration::ZERO,
        body: "{\"count\": 7}".to_owned(),
    });
    office.number_source("old", &server.url("/old"), "P01/open-datasets");
    let mut watcher = Watcher::start(&office, &[], &[]);
    watcher.wait("old: good");
    office.number_source("new", &server.url("/new"), "P01/open-datasets");
    office.replace("sources/new.toml", "schedule =", "shedule =");
    watcher.signal(&kill, "-HUP");
    watcher.wait("stay in force");
    let log = watcher.log();
    assert!(
        log.contains("sources/new.toml") && log.contains("line 5"),
        "{log}"
    );
    office.replace("sources/new.toml", "shedule =", "schedule =");
    watcher.signal(&kill, "-HUP");
    watcher.wait("new: good");
    assert_eq!(watcher.log().matches("old: good").count(), 1);
    // time level run source message
    let line = watcher.log();
    let line = line.lines().find(|l| l.contains("old: good")).unwrap();
    let words: Vec<&str> = line.split(' ').take(4).collect();
    assert!(
        words[0].ends_with('Z') && words[1] == "INFO" && words[3] == "old",
        "{line}"
    );
    assert!(words[2].parse::<i64>().is_ok(), "{line}");
    assert_eq!(watcher.end(&kill, "-TERM").0, Some(143));
}

#[test]
fn systemd_is_told_when_it_is_ready_reads_again_and_stops() {
    let Some(kill) = tools::find("sending a signal", &["kill"]) else {
        return;
    };
    let (office, _server) = office();
    let path = office.beside().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let variables = [
        ("NOTIFY_SOCKET", path.to_str().unwrap()),
        ("WATCHDOG_USEC", "400000"),
    ];
    let mut watcher = Watcher::start(&office, &[], &variables);
    let hears = |wanted: &str| {
        let mut said = [0; 1024];
        for _ in 0..200 {
            let length = socket.recv(&mut said).unwrap();
            if String::from_utf8_lossy(&said[..length]).contains(wanted) {
                return;
            }
        }
        panic!("{wanted} was not told");
    };
    hears("READY=1");
    hears("WATCHDOG=1");
    watcher.signal(&kill, "-HUP");
    hears("RELOADING=1\nMONOTONIC_USEC=");
    hears("READY=1");
    hears("WATCHDOG=1");
    watcher.signal(&kill, "-TERM");
    hears("STOPPING=1");
    assert_eq!(watcher.child.wait().unwrap().code(), Some(143));
}

/// Clock ticks that a process has used.
fn ticks(process: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let after = stat.rsplit_once(')')?.1;
    let mut fields = after.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    Some(user + fields.next()?.parse::<u64>().ok()?)
}

#[test]
fn three_hundred_idle_sources_cost_nothing() {
    let Some(kill) = tools::find("sending a signal", &["kill"]) else {
        return;
    };
    let office = Office::new();
    let server = Server::counting(3);
    for number in 0..300 {
        let url = server.url(&format!("/{number}"));
        office.number_source(&format!("s{number:03}"), &url, "P01/open-datasets");
    }
    // Several conversations with the one host, so that the first round does not take long.
    office.replace("quarterdeck.toml", "per_host = 2", "per_host = 8");
    let began = Instant::now();
    let mut watcher = Watcher::start(&office, &[], &[]);
    while watcher.log().matches(": good").count() < 300 {
        assert!(
            began.elapsed() < Duration::from_secs(300),
            "{}",
            watcher.log()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    println!(
        "300 sources asked for the first time in {:?}",
        began.elapsed()
    );
    std::thread::sleep(Duration::from_secs(1));
    let Some(before) = ticks(watcher.child.id()) else {
        println!("skipped: no /proc");
        return;
    };
    std::thread::sleep(Duration::from_secs(8));
    let used = ticks(watcher.child.id()).unwrap() - before;
    println!("CPU of an idle watcher of 300 sources in 8 s: {used} ticks of 10 ms");
    assert!(used < 40, "{used} ticks");
    assert_eq!(watcher.end(&kill, "-TERM").0, Some(143));
}

#[test]
fn the_units_for_systemd_are_valid() {
    let Some(analyze) = tools::find("checking the units", &["systemd-analyze"]) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let units = quarterdeck_tests::repository::root().join("assets/systemd");
    let mut files = Vec::new();
    for unit in std::fs::read_dir(units).unwrap() {
        let unit = unit.unwrap().path();
        // The program is not installed where the tests run.
        let text = std::fs::read_to_string(&unit).unwrap();
        let copy = folder.path().join(unit.file_name().unwrap());
        std::fs::write(&copy, text.replace("/usr/local/bin/qd", "/bin/true")).unwrap();
        files.push(copy);
    }
    assert_eq!(files.len(), 3);
    let mut args: Vec<&std::ffi::OsStr> = vec!["verify".as_ref()];
    args.extend(files.iter().map(|file| file.as_os_str()));
    tools::output(&analyze, &args);
}

#[test]
fn the_health_of_sources_is_valid_openmetrics() {
    let (office, _server) = office();
    office.replace(
        "sources/good.toml",
        "schedule = \"daily\"",
        "schedule = \"daily\"\ncalls_per_day = 100",
    );
    std::fs::remove_file(office.root().join("sources/hangs.toml")).unwrap();
    office.qd(&["collect"]).expect(1);
    let Answer { out, .. } = office.qd(&["sources", "--openmetrics"]).expect(0);
    assert!(out.ends_with("\n# EOF\n") && !out.contains("\n\n"), "{out}");
    assert!(
        out.contains("quarterdeck_source_up{source=\"good\",kind=\"json\"} 1\n"),
        "{out}"
    );
    assert!(
        out.contains("quarterdeck_source_up{source=\"fails\",kind=\"json\"} 0\n"),
        "{out}"
    );
    let left = "quarterdeck_source_calls_left{source=\"good\",kind=\"json\"} 99\n";
    assert!(out.contains(left), "{out}");
    // A source that never succeeded has no such moment: unknown is not zero.
    assert!(
        !out.contains("last_success_timestamp_seconds{source=\"fails\""),
        "{out}"
    );
    let Some(python) = tools::find("reading OpenMetrics with its own parser", &["python3"]) else {
        return;
    };
    let file = office.beside().join("metrics.txt");
    std::fs::write(&file, &out).unwrap();
    let program = "import sys\ntry:\n    from prometheus_client.openmetrics.parser import text_string_to_metric_families as read\nexcept ImportError:\n    print('missing'); sys.exit()\nprint(len(list(read(open(sys.argv[1]).read()))))";
    let said = tools::output(&python, &["-c".as_ref(), program.as_ref(), file.as_ref()]);
    if said.trim() == "missing" {
        println!("skipped: prometheus_client is not installed");
    } else {
        assert_eq!(said.trim(), "7", "{out}");
    }
}
