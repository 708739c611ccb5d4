//! Many sources at once: how many of a host, and what one of them can do to the others.

use super::*;
use crate::transport::scripted::redirect;
use std::sync::atomic::AtomicUsize;

/// Answers after a while, and remembers how many waited at once.
fn slow(most: &Arc<AtomicUsize>, wait: u64) -> Server {
    let (now, most) = (AtomicUsize::new(0), Arc::clone(most));
    Server::start(move |path, _| {
        if path == "/away" {
            return redirect("/n");
        }
        let waiting = now.fetch_add(1, Ordering::SeqCst) + 1;
        most.fetch_max(waiting, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(wait));
        now.fetch_sub(1, Ordering::SeqCst);
        ok("{\"n\": 3}")
    })
}

#[test]
fn a_host_is_asked_by_a_few_at_once_and_another_one_meanwhile() {
    let (here, there) = (Arc::default(), Arc::default());
    let (one, other) = (slow(&here, 40), slow(&there, 40));
    let sources: Vec<String> = (0..8)
        .map(|n| json(&format!("one{n}"), &one.url(&format!("/{n}")), ""))
        .chain((0..8).map(|n| json(&format!("other{n}"), &other.url(&format!("/{n}")), "")))
        .collect();
    let mut office = Office::new(&sources);
    let mut at_once = 0;
    let mut begun = 0_usize;
    let summary = office.collect_with(
        20,
        |_| {},
        &mut |step| match step {
            Progress::Started { .. } => {
                begun += 1;
                at_once = at_once.max(begun);
            }
            Progress::Finished(_) => begun -= 1,
            _ => {}
        },
        &AtomicBool::new(false),
    );
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!(here.load(Ordering::SeqCst), 2, "per_host is 2");
    assert_eq!(there.load(Ordering::SeqCst), 2);
    assert!(at_once > 2, "both hosts are asked at once");
    let started: Vec<&str> = summary.sources.iter().map(|s| s.source.as_str()).collect();
    assert_eq!((started[0], started[15]), ("one0", "other7"));
}

#[test]
fn a_setting_says_how_many_and_a_redirect_counts_for_its_first_host() {
    let most = Arc::default();
    let server = slow(&most, 30);
    let sources: Vec<String> = (0..12)
        .map(|n| json(&format!("s{n:02}"), &server.url("/away"), ""))
        .collect();
    let mut office = Office::new(&sources);
    office.workspace.settings.network.per_host = 5;
    assert!(office.collect_on(20).is_complete());
    let seen = most.load(Ordering::SeqCst);
    assert!((3..=5).contains(&seen), "{seen}");
    office.workspace.settings.network.at_once = 1;
    most.store(0, Ordering::SeqCst);
    assert!(office.collect_on(21).is_complete());
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[test]
fn a_portal_that_is_down_holds_up_no_other() {
    let down = Server::start(|_, _| answer("503 Service Unavailable", "", b""));
    let up = Server::start(|_, _| ok("{\"n\": 3}"));
    let sources: Vec<String> = (0..20)
        .map(|n| json(&format!("down{n:02}"), &down.url(&format!("/{n}")), ""))
        .chain((0..20).map(|n| json(&format!("up{n:02}"), &up.url(&format!("/{n}")), "")))
        .collect();
    let mut office = Office::new(&sources);
    let mut done = Vec::new();
    office.collect_with(
        20,
        |options| options.retry.base = Duration::from_millis(300),
        &mut |step| {
            if let Progress::Finished(report) = step {
                done.push(report.source);
            }
        },
        &AtomicBool::new(false),
    );
    assert_eq!(done.len(), 40);
    let first_down = done.iter().position(|id| id.starts_with("down")).unwrap();
    assert_eq!(first_down, 20, "{done:?}");
}

#[test]
fn a_large_answer_is_read_while_small_ones_come_in() {
    let rows: String = (0..60_000)
        .map(|n| format!("{n},Wang {n},ok\r\n"))
        .collect();
    let body = format!("id,name,state\r\n{rows}");
    let length = body.len();
    let server = Server::start(move |path, _| match path {
        "/large" => answer("200 OK", "Content-Type: text/csv\r\n", body.as_bytes()),
        _ => ok("{\"n\": 3}"),
    });
    let large = format!(
        "id = \"large\"\nkind = \"csv\"\nurl = \"{}\"\nschedule = \"daily\"\nallow_private = true\n\
         personal_fields = [\"name\"]\n[[map]]\nseries = \"P01/datasets\"\naggregate = \"count\"\n",
        server.url("/large")
    );
    let small = (0..30).map(|n| json(&format!("s{n:02}"), &server.url(&format!("/{n}")), ""));
    let sources: Vec<String> = std::iter::once(large).chain(small).collect();
    let mut office = Office::new(&sources);
    let summary = office.collect_with(
        20,
        |options| options.limits.whole = Duration::from_secs(60),
        &mut |_| {},
        &AtomicBool::new(false),
    );
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!(summary.sources[0].rows, 60_000);
    let fetch = office.store.last_fetch("large").unwrap().unwrap();
    assert_eq!(fetch.bytes, u64::try_from(length).unwrap());
    assert!(fetch.file.is_some(), "a large body is a file");
    assert_ne!(fetch.sha256, fetch.stored_sha256, "names are blanked");
    let small = office.store.last_fetch("s07").unwrap().unwrap();
    assert_eq!(small.file, None, "a small one is in the database");
    let kept = office.store.capture_body(&small.stored_sha256, 100);
    assert_eq!(kept.unwrap().unwrap(), b"{\"n\": 3}");
}
