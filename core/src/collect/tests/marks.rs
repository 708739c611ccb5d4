//! Targets whose portal is asked whether their answers changed, each for itself.

use super::targets::{codes, number, stored, townships};
use super::*;
use std::sync::atomic::AtomicUsize;

/// A portal that marks its answers, and knows a mark again. Number 9 changes with every day of `edition`.
fn marking(edition: Arc<AtomicUsize>, more: &'static str) -> Server {
    Server::start_seeing(move |request, _| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let edition = match number(path) {
            9 => edition.load(Ordering::SeqCst),
            _ => 0,
        };
        let mark = format!("\"{}-{edition}\"", number(path));
        let marks = format!("ETag: {mark}\r\n{more}");
        let known = request.lines().find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("if-none-match: ")
                .map(str::to_owned)
        });
        match known == Some(mark) {
            true => answer("304 Not Modified", &marks, b""),
            false => {
                let body = format!("{{\"n\": {}}}", number(path) * 10 + edition as u64);
                answer("200 OK", &marks, body.as_bytes())
            }
        }
    })
}

/// How many of the requests asked whether something changed, of those after the first `from`.
fn conditional(server: &Server, from: usize) -> (usize, usize) {
    let requests = server.requests();
    let later = requests.iter().skip(from);
    let asking = later.filter(|r| r.to_ascii_lowercase().contains("\r\nif-none-match:"));
    (asking.count(), requests.len() - from)
}

#[test]
fn each_address_is_asked_whether_its_own_answer_changed() {
    let edition = Arc::new(AtomicUsize::new(1));
    let server = marking(Arc::clone(&edition), "");
    let targets = codes(60);
    let source = townships(&server.url("/usage/{target}"), &targets, "");
    let mut office = Office::new(&[source]);
    office.collect_on(20);
    assert_eq!(conditional(&server, 0), (0, 60));
    let same = office.collect_on(21);
    let report = &same.sources[0];
    assert_eq!(conditional(&server, 60), (60, 60));
    assert!(report.unchanged && same.is_complete(), "{report:?}");
    assert_eq!(report.outcome, Some(Outcome::Good));
    assert_eq!(
        (report.targets, report.rows, report.new),
        (Some((60, 60)), 60, 0)
    );
    assert_eq!(
        message_of(&same, 0),
        "collect-targets-unchanged count=60 of=60"
    );
    edition.store(2, Ordering::SeqCst);
    let one = office.collect_on(22);
    let report = &one.sources[0];
    assert_eq!(conditional(&server, 120), (60, 60));
    assert_eq!((report.unchanged, report.new, report.rows), (false, 1, 60));
    assert_eq!(
        message_of(&one, 0),
        "collect-targets-unchanged count=59 of=60"
    );
    let of_nine = stored(&office);
    let of_nine = of_nine.iter().filter(|(target, ..)| target == &targets[9]);
    let values: Vec<&str> = of_nine.map(|(_, value, _)| value.as_str()).collect();
    assert_eq!(values, ["91", "92"]);
    // What came last is what is asked about.
    assert!(office.collect_on(23).sources[0].unchanged);
    // The list stands in the source's file, which is another now.
    office.workspace.sources[0].targets = Arc::new(codes(61));
    office.collect_on(24);
    assert_eq!(conditional(&server, 240), (0, 61));
    office.collect_on(25);
    assert_eq!(conditional(&server, 301), (61, 61));
    println!("addresses asked whether their answers changed: 241 of 241");
}

#[test]
fn after_a_month_the_whole_answer_is_asked_for_again() {
    let server = marking(Arc::new(AtomicUsize::new(1)), "");
    let source = townships(&server.url("/usage/{target}"), &codes(3), "");
    let mut office = Office::new(&[source]);
    for (day, asking) in [(1, 0), (30, 3), (31, 0)] {
        let before = server.requests().len();
        office.collect_on(day);
        assert_eq!(conditional(&server, before), (asking, 3), "day {day}");
    }
}

#[test]
fn what_was_read_otherwise_or_noticed_or_not_complete_is_asked_for_whole() {
    let never = AtomicBool::new(false);
    let fresh = |more: &'static str, map: &str| {
        let server = marking(Arc::new(AtomicUsize::new(1)), more);
        let source = townships(&server.url("/usage/{target}"), &codes(12), map);
        (Office::new(&[source]), server)
    };
    // Another decoder.
    let (mut office, server) = fresh("", "");
    let by = |decoders: &'static str| move |o: &mut CollectOptions<'_>| o.decoders = decoders;
    office.collect_with(20, by("of last year"), &mut |_| {}, &never);
    office.collect_on(21);
    assert_eq!(conditional(&server, 12), (0, 12), "another decoder");
    // A try, and the run after it.
    office.collect_with(22, |o| o.dry_run = true, &mut |_| {}, &never);
    assert_eq!(conditional(&server, 24), (0, 5), "a try");
    office.collect_on(23);
    assert_eq!(conditional(&server, 29), (12, 12));
    // What an answer says beside its figures is said again.
    let (mut office, server) = fresh("Content-Type: application/json; charset=big5\r\n", "");
    let first = office.collect_on(20);
    assert!(!first.sources[0].findings.is_empty(), "{first:?}");
    let second = office.collect_on(21);
    assert_eq!(conditional(&server, 12), (0, 12), "something was noticed");
    assert_eq!(second.sources[0].findings, first.sources[0].findings);
}

#[test]
fn after_one_address_failed_all_are_asked_for_whole() {
    let fails = Arc::new(AtomicUsize::new(0));
    let (edition, failing) = (Arc::new(AtomicUsize::new(1)), Arc::clone(&fails));
    let server = Server::start_seeing(move |request, _| {
        let _ = &edition;
        match request.contains("63000003 ") && failing.load(Ordering::SeqCst) == 1 {
            true => answer("404 Not Found", "", b"gone"),
            false => answer("200 OK", "ETag: \"same\"\r\n", b"{\"n\": 1}"),
        }
    });
    let mut office = Office::new(&[townships(&server.url("/u/{target}"), &codes(5), "")]);
    office.collect_on(20);
    fails.store(1, Ordering::SeqCst);
    let partial = office.collect_on(21);
    assert_eq!(partial.sources[0].outcome, Some(Outcome::Partial));
    fails.store(0, Ordering::SeqCst);
    let before = server.requests().len();
    office.collect_on(22);
    assert_eq!(conditional(&server, before), (0, 5));
    office.collect_on(23);
    assert_eq!(conditional(&server, before + 5), (5, 5));
}

#[test]
fn what_a_stopped_run_of_another_quarter_stored_is_asked_for_whole() {
    let server = marking(Arc::new(AtomicUsize::new(1)), "");
    let source = townships(&server.url("/usage/{target}"), &codes(400), "");
    let mut office = Office::new(&[source]);
    office.collect_on(20);
    let stop = AtomicBool::new(false);
    let stopped = office.collect_with(
        21,
        |o| o.quarter = Quarter::new(2025, 3).unwrap(),
        &mut |step| {
            if matches!(step, Progress::Target { done: 100, .. }) {
                stop.store(true, Ordering::SeqCst);
            }
        },
        &stop,
    );
    let kept = stopped.sources[0].new;
    assert!((90..400).contains(&kept), "{kept}");
    let before = server.requests().len();
    assert!(office.collect_on(22).is_complete());
    assert_eq!(conditional(&server, before), (400 - kept, 400));
    println!("answers of a stopped run asked for whole: {kept} of {kept}");
}
