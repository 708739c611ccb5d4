//! One run after the other: limits, waits that portals ask for, and answers that did not change.

use super::*;
use chrono::TimeDelta;

fn head<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.lines().find_map(|line| {
        let (known, value) = line.split_once(": ")?;
        known.eq_ignore_ascii_case(name).then_some(value)
    })
}

/// Answers 304 to whoever knows the mark.
fn marked(mark: &'static str, body: &'static str) -> Server {
    Server::start_seeing(move |request, _| {
        if head(request, "if-none-match") == Some(mark) {
            answer("304 Not Modified", &format!("ETag: {mark}\r\n"), b"")
        } else {
            answer("200 OK", &format!("ETag: {mark}\r\n"), body.as_bytes())
        }
    })
}

/// Full answers and those that said "unchanged", as the server counted them.
fn counted(server: &Server) -> (usize, usize) {
    let asked = |r: &&String| head(r, "if-none-match").is_some();
    let requests = server.requests();
    let conditional = requests.iter().filter(asked).count();
    (requests.len() - conditional, conditional)
}

#[test]
fn an_unchanged_answer_is_not_sent_again_and_its_figures_stay() {
    let server = marked("\"v1\"", "{\"n\": 53000}");
    let mut office = Office::new(&[json("portal", &server.url("/"), "")]);
    assert_eq!(office.collect_on(20).new_readings(), 1);
    for day in 21..=25 {
        let summary = office.collect_on(day);
        let report = &summary.sources[0];
        assert!(report.unchanged && summary.is_complete(), "{report:?}");
        assert_eq!((report.outcome, report.rows), (Some(Outcome::Good), 1));
        assert!(message_of(&summary, 0).contains("unchanged"));
    }
    let (full, unchanged) = counted(&server);
    println!("full answers: {full}, unchanged: {unchanged}");
    assert_eq!((full, unchanged), (1, 5));
    let rows = office.rows();
    assert_eq!(rows.observations.len(), 1);
    // Each time it was asked counts as an attempt, and it is fresh.
    assert_eq!(rows.attempts["portal"].len(), 6);
    assert_eq!(rows.attempts["portal"][0].at, at(25));
    assert_eq!(
        office.store.pulse("portal").unwrap().last_good,
        Some(at(25))
    );
}

#[test]
fn a_source_file_register_or_quarter_that_changed_is_asked_for_everything() {
    let server = marked("\"v1\"", "{\"n\": 7}");
    let mut office = Office::new(&[json("portal", &server.url("/"), "")]);
    office.collect_on(20);
    office.workspace.sources[0].min_rows_percent = Some(50);
    office.collect_on(21);
    assert_eq!(counted(&server), (2, 0), "the file changed");
    office.collect_on(22);
    assert_eq!(counted(&server), (2, 1));
    let files = vec![("register/plans.toml".to_owned(), b"x".to_vec())];
    office.workspace.files = files;
    office.collect_on(23);
    assert_eq!(counted(&server), (3, 1), "the register changed");
    let quarter = Quarter::new(2025, 3).unwrap();
    let never = AtomicBool::new(false);
    office.collect_with(24, |o| o.quarter = quarter, &mut |_| {}, &never);
    assert_eq!(counted(&server), (4, 1), "another quarter");
    office.collect_with(25, |o| o.dry_run = true, &mut |_| {}, &never);
    assert_eq!(counted(&server), (5, 1), "a dry run shows what there is");
}

#[test]
fn an_answer_that_another_decoder_read_is_asked_for_whole() {
    let server = marked("\"v1\"", "{\"n\": 7}");
    let mut office = Office::new(&[json("portal", &server.url("/"), "")]);
    let never = AtomicBool::new(false);
    let mut collect_by = |day, decoders: &'static str| {
        let change = move |options: &mut CollectOptions<'_>| options.decoders = decoders;
        office.collect_with(day, change, &mut |_| {}, &never)
    };
    collect_by(20, "of last year");
    assert!(collect_by(21, "of last year").sources[0].unchanged);
    assert_eq!(counted(&server), (1, 1));
    // The version of the program is the same; what it makes of an answer may not be.
    let summary = collect_by(22, DECODERS);
    assert!(!summary.sources[0].unchanged, "{summary:?}");
    assert_eq!(counted(&server), (2, 1));
    assert!(collect_by(23, DECODERS).sources[0].unchanged);
    assert_eq!(counted(&server), (2, 2));
    println!("answers of other decoders asked for whole: 1 of 1");
}

#[test]
fn only_the_answer_stored_last_is_asked_about() {
    // The second answer has no mark: to ask about the first would bring back its figure.
    let server = Server::start(|_, earlier| match earlier {
        0 => answer("200 OK", "ETag: \"a\"\r\n", b"{\"n\": 1}"),
        _ => ok("{\"n\": 2}"),
    });
    let mut office = Office::new(&[json("portal", &server.url("/"), "")]);
    office.collect_on(20);
    office.workspace.sources[0].min_rows_percent = Some(50);
    office.collect_on(21);
    office.workspace.sources[0].min_rows_percent = None;
    office.collect_on(22);
    let requests = server.requests();
    assert!(requests.iter().all(|r| head(r, "if-none-match").is_none()));
}

#[test]
fn what_was_noticed_stays_while_nothing_changes() {
    let server = marked("\"v1\"", "{\"n\": \"many\"}");
    let mut office = Office::new(&[json("portal", &server.url("/"), "")]);
    let first = office.collect_on(20);
    assert_eq!(first.sources[0].outcome, Some(Outcome::Partial));
    let second = office.collect_on(21);
    assert!(second.sources[0].unchanged);
    assert_eq!(second.sources[0].outcome, Some(Outcome::Partial));
    assert_eq!(second.sources[0].message, first.sources[0].message);
    assert_eq!(office.rows().findings, first.sources[0].findings);
}

/// A file is written twice within a second, and its portal knows seconds: asked "anything since?",
/// it says no and means the first.
#[test]
fn an_answer_from_the_second_of_its_last_change_is_not_asked_about() {
    for (sent, conditional) in [("00:00:00", 0), ("00:00:01", 0), ("00:00:02", 1), ("", 0)] {
        let server = Server::start_seeing(move |request, number| {
            let changed = "Last-Modified: Fri, 02 Jan 2026 00:00:00 GMT\r\n";
            let date = match sent {
                "" => String::new(),
                time => format!("Date: Fri, 02 Jan 2026 {time} GMT\r\n"),
            };
            match head(request, "if-modified-since") {
                Some(_) => answer("304 Not Modified", "", b""),
                None => {
                    let body = format!("{{\"n\": {}}}", number + 1);
                    answer("200 OK", &format!("{changed}{date}"), body.as_bytes())
                }
            }
        });
        let mut office = Office::new(&[json("portal", &server.url("/"), "")]);
        office.collect_on(20);
        let summary = office.collect_on(21);
        assert_eq!(summary.sources[0].unchanged, conditional == 1, "{sent}");
        let asked = |r: &&String| head(r, "if-modified-since").is_some();
        let asked = server.requests().iter().filter(asked).count();
        assert_eq!(asked, conditional, "{sent}");
    }
}

#[test]
fn a_304_that_nobody_asked_for_is_a_fault() {
    let server = Server::start(|_, _| answer("304 Not Modified", "", b""));
    let mut office = Office::new(&[json("portal", &server.url("/"), "")]);
    let summary = office.collect_on(20);
    assert_eq!(summary.sources[0].outcome, Some(Outcome::Failed));
}

#[test]
fn a_portal_that_wants_to_be_left_alone_is_left_alone_by_later_runs() {
    let server = Server::start(|path, earlier| match (path, earlier) {
        ("/busy", 0) => answer("429 Too Many Requests", "Retry-After: 172800\r\n", b""),
        _ => ok("{\"n\": 3}"),
    });
    let mut office = Office::new(&[
        json("busy", &server.url("/busy"), ""),
        json("good", &server.url("/good"), ""),
    ]);
    let busy = |server: &Server| {
        let asked = |r: &&String| r.contains(" /busy ");
        server.requests().iter().filter(asked).count()
    };
    assert_eq!(
        office.collect_on(20).sources[0].outcome,
        Some(Outcome::Failed)
    );
    let second = office.collect_on(21);
    let report = &second.sources[0];
    assert_eq!(report.too_early_until, Some(at(20) + TimeDelta::days(2)));
    assert!(!second.interrupted && !second.is_complete() && !second.is_nothing());
    assert!(message_of(&second, 0).contains("held"), "{report:?}");
    assert_eq!(busy(&server), 1);
    assert_eq!(
        office.rows().attempts["busy"].len(),
        1,
        "no attempt was made"
    );
    let third = office.collect_on(23);
    assert_eq!(third.sources[0].outcome, Some(Outcome::Good));
    assert_eq!(busy(&server), 2);
}

#[test]
fn a_daily_limit_holds_from_run_to_run_and_names_the_next_moment() {
    let server = Server::start(|_, earlier| ok(&format!("{{\"n\": {earlier}}}")));
    let limit = "calls_per_day = 3";
    let mut office = Office::new(&[json("gdb", &server.url("/"), limit)]);
    for _ in 0..3 {
        assert!(office.collect_on(20).is_complete());
    }
    for _ in 0..5 {
        let summary = office.collect_on(20);
        assert!(summary.is_nothing() && !summary.interrupted);
        let until = summary.sources[0].too_early_until;
        assert_eq!(until, Some(at(21)));
    }
    assert_eq!(server.requests().len(), 3);
    assert!(office.collect_on(21).is_complete());
}

#[test]
fn every_page_and_every_further_try_is_a_call() {
    let server = Server::start(|_, earlier| match earlier {
        0 => answer("503 Service Unavailable", "", b""),
        _ => ok("{\"n\": 1}"),
    });
    let limit = "calls_per_day = 100\nseconds_between_calls = 1";
    let mut office = Office::new(&[json("gdb", &server.url("/"), limit)]);
    let began = std::time::Instant::now();
    assert!(office.collect_on(20).is_complete());
    assert!(
        began.elapsed() >= Duration::from_millis(950),
        "{:?}",
        began.elapsed()
    );
    let allowed = office
        .store
        .allowance("gdb", limit_of(&office.workspace.sources[0]), at(20))
        .unwrap();
    assert_eq!(allowed.left, Some(98));
}

#[test]
fn a_limit_that_ends_in_the_middle_is_a_failure_that_says_so() {
    let server = Server::start(|_, _| answer("503 Service Unavailable", "", b""));
    let mut office = Office::new(&[json("gdb", &server.url("/"), "calls_per_day = 2")]);
    let summary = office.collect_on(20);
    assert_eq!(summary.sources[0].outcome, Some(Outcome::Failed));
    assert!(message_of(&summary, 0).contains("limit"), "{summary:?}");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn of_one_host_only_a_few_are_asked_at_once() {
    use std::sync::atomic::AtomicUsize;
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (inside, peak) = (Arc::clone(&now), Arc::clone(&most));
    let server = Server::start(move |_, _| {
        peak.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(60));
        inside.fetch_sub(1, Ordering::SeqCst);
        ok("{\"n\": 1}")
    });
    let sources: Vec<String> = (0..8)
        .map(|n| json(&format!("s{n}"), &server.url(&format!("/{n}")), ""))
        .collect();
    let mut office = Office::new(&sources);
    assert!(office.collect_on(20).is_complete());
    assert_eq!(most.load(Ordering::SeqCst), 2);
    office.workspace.settings.network.per_host = 6;
    assert!(office.collect_on(21).is_complete());
    let most = most.load(Ordering::SeqCst);
    assert!((3..=6).contains(&most), "{most}");
}
