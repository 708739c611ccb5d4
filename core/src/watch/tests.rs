//! A watcher in a real workspace, with a clock that the test sets.

use super::*;
use crate::session::{Clock, DATABASE};
use crate::transport::scripted::{Server, Step, answer, ok};
use chrono::{DateTime, TimeDelta, Utc};
use quarterdeck_store::{OpenMode, Store};
use std::sync::Mutex;
use std::sync::atomic::AtomicI64;

/// 2026-03-10, nine in the morning in Taipei.
const MORNING: i64 = 1_773_104_400;

struct Office {
    folder: tempfile::TempDir,
    seconds: Arc<AtomicI64>,
    interrupt: Arc<AtomicBool>,
    said: Arc<Mutex<Vec<Told>>>,
    thread: Option<std::thread::JoinHandle<Result<(), Failure>>>,
}

impl Office {
    fn new() -> Office {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("office");
        workspace::init(&root).unwrap();
        std::fs::remove_dir_all(root.join("sources")).unwrap();
        std::fs::create_dir(root.join("sources")).unwrap();
        Office {
            folder,
            seconds: Arc::new(AtomicI64::new(MORNING)),
            interrupt: Arc::default(),
            said: Arc::default(),
            thread: None,
        }
    }
    fn root(&self) -> PathBuf {
        self.folder.path().join("office")
    }
    fn source(&self, id: &str, url: &str, more: &str) {
        let text = format!(
            "id = \"{id}\"\nkind = \"json\"\nurl = \"{url}\"\nallow_private = true\n{more}\n\
             [[map]]\nseries = \"P01/open-datasets\"\nat = \"$.n\"\nunit = \"count\"\n"
        );
        std::fs::write(self.root().join(format!("sources/{id}.toml")), text).unwrap();
    }
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.seconds.load(Ordering::SeqCst), 0).unwrap()
    }
    fn wind(&self, by: TimeDelta) {
        self.seconds.fetch_add(by.num_seconds(), Ordering::SeqCst);
    }
    fn clock(&self) -> Clock {
        let seconds = Arc::clone(&self.seconds);
        Clock::new(move || DateTime::from_timestamp(seconds.load(Ordering::SeqCst), 0).unwrap())
    }
    fn open(&self) -> Session {
        let account = "chen".to_owned();
        Session::open_as(&self.root(), Access::ReadWrite, self.clock(), account).unwrap()
    }
    fn start(&mut self) {
        self.interrupt.store(false, Ordering::SeqCst);
        let session = self.open();
        let mut order = Order::new(Arc::clone(&self.interrupt));
        order.look = Duration::from_millis(30);
        order.retry.tries = 1;
        order.limits.whole = Duration::from_secs(60);
        let said = Arc::clone(&self.said);
        self.thread = Some(std::thread::spawn(move || {
            watch(session, order, &mut |told| said.lock().unwrap().push(told))
        }));
    }
    fn stop(&mut self) {
        self.interrupt.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap().unwrap();
        }
    }
    fn store(&self) -> Store {
        Store::open(&self.root().join(DATABASE), OpenMode::ReadWrite).unwrap()
    }
    /// Sentences so far.
    fn log(&self) -> String {
        let said = self.said.lock().unwrap();
        let lines: Vec<String> = said
            .iter()
            .map(|told| match told {
                Told::Said {
                    level,
                    run,
                    source,
                    message,
                } => format!("{} {run:?} {source} {message}", level.word()),
                Told::Finished(run, report) => {
                    format!("{run:?} {} {:?}", report.source, report.outcome)
                }
            })
            .collect();
        lines.join("\n")
    }
    #[track_caller]
    fn wait(&self, what: &str, until: impl Fn() -> bool) {
        let began = Instant::now();
        while !until() {
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "{what}\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    /// Until the attempts of now are stored, and then enough rounds for another one.
    #[track_caller]
    fn settle(&self, sources: &[&str]) {
        let now = Some(self.now());
        self.wait("stored", || {
            let store = self.store();
            sources
                .iter()
                .all(|source| store.pulse(source).unwrap().last == now)
        });
        self.rest();
    }
    /// Enough rounds of the watcher for whatever it would do.
    fn rest(&self) {
        std::thread::sleep(Duration::from_millis(300));
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.interrupt.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn asked(server: &Server, path: &str) -> usize {
    let of_path = |r: &&String| r.contains(&format!(" {path} "));
    server.requests().iter().filter(of_path).count()
}

#[test]
fn each_source_is_asked_once_a_slot_and_a_sleep_is_made_up_for_by_one_run() {
    let server = Server::start(|_, earlier| ok(&format!("{{\"n\": {earlier}}}")));
    let mut office = Office::new();
    office.source("daily", &server.url("/daily"), "schedule = \"daily\"");
    office.source("hourly", &server.url("/hourly"), "schedule = \"hourly\"");
    office.source("people", &server.url("/people"), "schedule = \"manual\"");
    office.start();
    office.wait("both once", || {
        asked(&server, "/daily") == 1 && asked(&server, "/hourly") == 1
    });
    office.settle(&["daily", "hourly"]);
    for hour in 2..=4 {
        office.wind(TimeDelta::hours(1));
        office.wait("the next hour", || asked(&server, "/hourly") == hour);
        office.settle(&["hourly"]);
        assert_eq!(asked(&server, "/hourly"), hour);
    }
    assert_eq!(asked(&server, "/daily"), 1);
    // The machine sleeps for three days.
    office.wind(TimeDelta::days(3));
    office.wait("made up for", || {
        asked(&server, "/daily") == 2 && asked(&server, "/hourly") == 5
    });
    office.settle(&["daily", "hourly"]);
    // The clock is set ten years ahead, and back.
    office.wind(TimeDelta::days(3650));
    office.wait("ten years ahead", || {
        asked(&server, "/daily") == 3 && asked(&server, "/hourly") == 6
    });
    office.settle(&["daily", "hourly"]);
    office.wind(TimeDelta::days(-3650));
    office.wait("and back", || {
        asked(&server, "/daily") == 4 && asked(&server, "/hourly") == 7
    });
    office.settle(&["daily", "hourly"]);
    assert_eq!(
        (asked(&server, "/daily"), asked(&server, "/hourly")),
        (4, 7)
    );
    assert_eq!(asked(&server, "/people"), 0);
    office.stop();
    // A restart asks nobody again.
    office.start();
    office.wait("started again", || {
        office.log().matches("watch-plans").count() >= 2
    });
    office.rest();
    assert_eq!(
        (asked(&server, "/daily"), asked(&server, "/hourly")),
        (4, 7)
    );
}

#[test]
fn a_source_that_hangs_or_fails_holds_up_no_other() {
    let server = Server::start(|path, _| match path {
        "/hangs" => vec![Step::Wait(Duration::from_secs(40))],
        "/fails" => answer("500 Oops", "", b""),
        _ => ok("{\"n\": 1}"),
    });
    let mut office = Office::new();
    for name in ["hangs", "fails", "good"] {
        let url = server.url(&format!("/{name}"));
        office.source(name, &url, "schedule = \"hourly\"");
    }
    office.start();
    let good = |office: &Office| office.store().pulse("good").unwrap().last_good;
    office.wait("the hanging one", || asked(&server, "/hangs") == 1);
    office.wait("the good one", || good(&office).is_some());
    office.wait("the failing one", || {
        office.store().pulse("fails").unwrap().failures == 1
    });
    // An hour later the first one still hangs.
    let first = good(&office);
    office.wind(TimeDelta::hours(1));
    office.wait("good again", || good(&office) > first);
    assert_eq!(asked(&server, "/hangs"), 1);
    let stopping = Instant::now();
    office.stop();
    let took = stopping.elapsed();
    println!("stopped beside a hanging portal after {took:?}");
    assert!(took < Duration::from_secs(10));
    let pulse = office.store().pulse("hangs").unwrap();
    assert_eq!(pulse.last, None, "what was interrupted is no attempt");
    assert!(office.log().contains("watch-stopped"));
}

#[test]
fn a_failing_source_is_asked_less_and_less_and_as_usual_after_a_success() {
    let server = Server::start(|_, earlier| match earlier {
        0..=3 => answer("500 Oops", "", b""),
        _ => ok("{\"n\": 1}"),
    });
    let mut office = Office::new();
    office.source("ill", &server.url("/"), "schedule = \"daily\"");
    office.start();
    let mut waits = Vec::new();
    let asked_so_far = || u32::try_from(server.requests().len()).unwrap();
    for times in 1..=5_u32 {
        let mut minutes = 0;
        while asked_so_far() < times {
            office.rest();
            if asked_so_far() < times {
                office.wind(TimeDelta::minutes(5));
                minutes += 5;
            }
            assert!(minutes < 24 * 60, "{waits:?}");
        }
        waits.push(minutes);
        office.wait("recorded", || {
            let pulse = office.store().pulse("ill").unwrap();
            pulse.failures == times || pulse.last_good.is_some()
        });
        office.rest();
    }
    println!("minutes between tries: {waits:?}");
    assert!(
        waits[1..].windows(2).all(|pair| pair[0] <= pair[1]) && waits[4] > 2 * waits[1],
        "{waits:?}"
    );
    let pulse = office.store().pulse("ill").unwrap();
    assert_eq!(pulse.failures, 0);
    office.wind(TimeDelta::hours(3));
    office.rest();
    assert_eq!(server.requests().len(), 5, "not before its next night");
}

#[test]
fn a_limit_and_a_wish_to_be_left_alone_are_kept_over_restarts() {
    let server = Server::start(|path, earlier| match (path, earlier) {
        ("/busy", 0) => answer("503 Busy", "Retry-After: 10800\r\n", b""),
        _ => ok("{\"n\": 1}"),
    });
    let mut office = Office::new();
    office.source("busy", &server.url("/busy"), "schedule = \"hourly\"");
    let limit = "schedule = \"cron: */10 * * * *\"\ncalls_per_day = 4";
    office.source("gdb", &server.url("/gdb"), limit);
    for times in 1..=16 {
        office.start();
        office.wait("started", || {
            office.log().matches("watch-plans").count() >= times
        });
        office.rest();
        office.stop();
        office.wind(TimeDelta::minutes(10));
    }
    // A call is counted before it is sent: one that was stopped in between is lost, never two sent.
    let sent = asked(&server, "/gdb");
    assert!((2..=4).contains(&sent), "{sent} {}", office.log());
    assert_eq!(asked(&server, "/busy"), 1, "{}", office.log());
    office.wind(TimeDelta::minutes(40));
    office.start();
    office.wait("three hours are over", || asked(&server, "/busy") == 2);
    let now = office.now();
    let session = office.open();
    let snapshot = session.snapshot(None).unwrap();
    let gdb = snapshot.sources.iter().find(|s| s.id == "gdb").unwrap();
    assert_eq!(gdb.calls_left_today, Some(0));
    assert!(
        gdb.next_run.unwrap() > now + TimeDelta::hours(19),
        "{gdb:?}"
    );
}

#[test]
fn new_files_are_taken_up_and_bad_ones_leave_the_old_in_force() {
    let server = Server::start(|_, _| ok("{\"n\": 1}"));
    let mut office = Office::new();
    office.source("old", &server.url("/old"), "schedule = \"hourly\"");
    office.start();
    let stored = |office: &Office| office.store().pulse("old").unwrap().last.is_some();
    office.wait("the old one", || stored(&office));
    office.source(
        "bad",
        &server.url("/bad"),
        "schedule = \"hourly\"\nurll = \"x\"",
    );
    office.wait("said", || office.log().contains("watch-kept-old"));
    assert!(
        office.log().contains("sources/bad.toml"),
        "{}",
        office.log()
    );
    // The old files are still in force.
    office.wind(TimeDelta::hours(1));
    office.wait("the old one again", || asked(&server, "/old") == 2);
    office.source("bad", &server.url("/bad"), "schedule = \"hourly\"");
    office.wait("corrected", || asked(&server, "/bad") == 1);
    assert!(office.log().contains("watch-reloaded"));
}

#[test]
fn nobody_watches_twice_and_people_can_write_beside_a_watcher() {
    let server = Server::start(|path, _| match path {
        "/hangs" => vec![Step::Wait(Duration::from_secs(20))],
        _ => ok("{\"n\": 1}"),
    });
    let mut office = Office::new();
    office.source("hangs", &server.url("/hangs"), "schedule = \"hourly\"");
    office.start();
    office.wait("asked", || asked(&server, "/hangs") == 1);
    let order = Order::new(Arc::default());
    let second = watch(office.open(), order, &mut |_| {}).unwrap_err();
    assert_eq!(second.exit, Exit::Busy);
    assert!(second.what.to_string().contains("collect --watch"));
    // While a portal hangs, the workspace is free.
    drop(office.open().lock("enter", Duration::ZERO).unwrap());
}

#[test]
fn the_data_of_a_quarter_are_asked_for_until_they_are_there() {
    let ready = Arc::new(AtomicBool::new(false));
    let sends = Arc::clone(&ready);
    let server = Server::start(move |_, _| match sends.load(Ordering::SeqCst) {
        true => ok("{\"n\": 5, \"q\": \"2025Q4\"}"),
        false => ok("{\"n\": 4, \"q\": \"2025Q3\"}"),
    });
    let mut office = Office::new();
    let text = format!(
        "id = \"late\"\nkind = \"json\"\nurl = \"{}\"\nallow_private = true\nschedule = \"quarter+20d\"\n\
         [[map]]\nseries = \"P01/open-datasets\"\nat = \"$.n\"\nunit = \"count\"\nperiod_at = \"$.q\"\n",
        server.url("/late")
    );
    std::fs::write(office.root().join("sources/late.toml"), text).unwrap();
    office.start();
    for day in 1..=3 {
        office.wait("every day", || asked(&server, "/late") == day);
        office.settle(&["late"]);
        assert_eq!(asked(&server, "/late"), day);
        office.wind(TimeDelta::days(1));
    }
    ready.store(true, Ordering::SeqCst);
    office.wait("the data came", || asked(&server, "/late") == 4);
    office.settle(&["late"]);
    // The next quarter ends in March; its data are asked for from 20 April on.
    office.wind(TimeDelta::days(30));
    office.rest();
    assert_eq!(asked(&server, "/late"), 4);
    office.wind(TimeDelta::days(10));
    office.wait("the next quarter", || asked(&server, "/late") == 5);
}

#[test]
fn many_addresses_are_asked_together_and_leave_room_for_others() {
    use std::sync::atomic::AtomicUsize;
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (inside, peak) = (Arc::clone(&now), Arc::clone(&most));
    let server = Server::start(move |path, _| {
        if path.starts_with("/t/") {
            peak.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(40));
            inside.fetch_sub(1, Ordering::SeqCst);
        }
        ok("{\"n\": 1}")
    });
    // With another source of the host three of four, alone all four.
    for (others, allowed) in [(1, 3), (0, 4)] {
        let mut office = Office::new();
        let settings = office.root().join("quarterdeck.toml");
        let text = std::fs::read_to_string(&settings).unwrap();
        assert!(text.contains("per_host = 2"));
        std::fs::write(&settings, text.replace("per_host = 2", "per_host = 4")).unwrap();
        let targets: Vec<String> = (0..24).map(|n| format!("a{n:02}")).collect();
        let url = server.url("/t/{target}");
        let many = format!(
            "id = \"many\"\nkind = \"json\"\nurl = \"{url}\"\nallow_private = true\nschedule = \"daily\"\n\
             targets = {targets:?}\n[[map]]\nseries = \"P01/t.{{target}}\"\nat = \"$.n\"\nunit = \"count\"\n"
        );
        std::fs::write(office.root().join("sources/many.toml"), many).unwrap();
        for number in 0..others {
            let url = server.url(&format!("/{number}"));
            office.source(&format!("z{number}"), &url, "schedule = \"daily\"");
        }
        most.store(0, Ordering::SeqCst);
        office.start();
        office.settle(&["many"]);
        let peak = most.load(Ordering::SeqCst);
        assert!((2..=allowed).contains(&peak), "{peak} of {allowed}");
        office.stop();
    }
}
