//! One source with an address for each of many targets.

use super::*;
use quarterdeck_sources::targets::split_place;
use quarterdeck_view::i18n::{Language, say};

pub(super) fn townships(url: &str, targets: &[String], more: &str) -> String {
    format!(
        "id = \"usage\"\nkind = \"json\"\nurl = \"{url}\"\nschedule = \"daily\"\nallow_private = true\n\
         targets = {targets:?}\n{more}\n[[map]]\nseries = \"P01/usage.{{target}}\"\nat = \"$.n\"\nunit = \"count\"\n"
    )
}

pub(super) fn codes(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("63{n:06}")).collect()
}

/// The number at the end of a path.
pub(super) fn number(path: &str) -> u64 {
    let digits = path.rsplit('/').next().unwrap_or_default();
    digits.trim_start_matches("63").parse().unwrap_or_default()
}

/// Value and target of every reading, with the address of the answer behind it.
pub(super) fn stored(office: &Office) -> Vec<(String, String, String)> {
    let rows = office.rows();
    let mut out = Vec::new();
    for row in &rows.observations {
        let Cause::Capture { sha256, at, .. } = &row.cause else {
            panic!("{:?}", row.cause)
        };
        let target = split_place(at).0.unwrap().to_owned();
        assert_eq!(row.item.series.to_string(), format!("P01/usage.{target}"));
        let fetches = office.store.fetches(sha256).unwrap();
        let of = |fetch: &&quarterdeck_store::Fetch| {
            fetch.taken.as_ref().unwrap().target.as_deref() == Some(&*target)
        };
        let fetch = fetches.iter().find(of).unwrap();
        let value = row.item.value().map(|value| value.to_string());
        out.push((target, value.unwrap_or_default(), fetch.url.clone()));
    }
    out
}

#[test]
fn every_address_is_stored_with_its_own_answer() {
    // Half of them answer the same bytes.
    let server = Server::start(|path, _| ok(&format!("{{\"n\": {}}}", number(path) / 2)));
    let targets = codes(300);
    let mut office = Office::new(&[townships(&server.url("/usage/{target}"), &targets, "")]);
    let mut told = Vec::new();
    let summary = office.collect_with(
        20,
        |_| {},
        &mut |step| {
            if let Progress::Target { done, of, .. } = step {
                told.push((done, of));
            }
        },
        &AtomicBool::new(false),
    );
    assert!(summary.is_complete(), "{summary:?}");
    let report = &summary.sources[0];
    assert_eq!(report.outcome, Some(Outcome::Good));
    assert_eq!((report.readings, report.new, report.rows), (300, 300, 300));
    assert_eq!(report.targets, Some((300, 300)));
    assert_eq!(told.last(), Some(&(300, 300)));
    let rows = stored(&office);
    assert_eq!(rows.len(), 300);
    for (target, value, url) in rows {
        assert_eq!(value, (number(&target) / 2).to_string());
        assert_eq!(url, server.url(&format!("/usage/{target}")));
    }
    let attempts = office.rows().attempts["usage"].len();
    assert_eq!(
        attempts, 1,
        "one attempt of the source, not of each address"
    );
    // The same again is no news.
    let second = office.collect_on(21);
    assert_eq!(
        (second.new_readings(), office.rows().observations.len()),
        (0, 300)
    );
}

#[test]
fn what_does_not_answer_is_named_and_costs_no_other() {
    let server = Server::start(|path, earlier| match (number(path), earlier) {
        (7, _) => answer("404 Not Found", "", b""),
        (8, _) => answer(
            "200 OK",
            "Content-Type: text/html\r\n",
            b"<html>Sorry</html>",
        ),
        (9, _) => vec![Step::Wait(Duration::from_secs(9))],
        (10, 0) => answer("503 Busy", "", b""),
        (11, _) => ok(&"[".repeat(5_000)),
        (n, _) => ok(&format!("{{\"n\": {n}}}")),
    });
    let targets = codes(40);
    let more = "timeout_seconds = 1";
    let mut office = Office::new(&[townships(
        &server.url("/usage?of={target}&x=/{target}"),
        &targets,
        more,
    )]);
    let summary = office.collect_on(20);
    let report = &summary.sources[0];
    assert_eq!(report.outcome, Some(Outcome::Partial), "not good");
    assert!(!summary.is_complete() && !summary.is_nothing());
    assert_eq!(report.targets, Some((40, 36)));
    assert_eq!(report.new, 36);
    let message = report.message.as_ref().unwrap();
    let english = say(Language::En, message);
    assert!(
        english.starts_with("4 of 40 addresses gave no answer"),
        "{english}"
    );
    for part in [
        "63000007 (HTTP 404)",
        "63000008 (answer refused)",
        "63000009 (no answer in time)",
    ] {
        assert!(english.contains(part), "{english}");
    }
    let chinese = say(Language::ZhTw, message);
    assert!(
        chinese.contains("40 個位址中有 4 個") && chinese.contains("63000009（逾時）"),
        "{chinese}"
    );
    let details: Vec<String> = report
        .findings
        .iter()
        .map(|f| say(Language::En, &f.text))
        .collect();
    assert!(
        details
            .iter()
            .any(|text| text.contains("63000008") && text.contains("Sorry")),
        "{details:?}"
    );
    // It stands on the pages of the source as well.
    let rows = office.rows();
    assert!(rows.findings.iter().any(|finding| finding.text == *message));
    assert_eq!(rows.attempts["usage"][0].message.as_ref(), Some(message));
    // Earlier figures stay when an address is silent later.
    let gone = Server::start(|path, _| match number(path) {
        3 => answer("404 Not Found", "", b""),
        n => ok(&format!("{{\"n\": {}}}", n + 1)),
    });
    let url = gone.url("/usage?of={target}&x=/{target}");
    office.workspace.sources = vec![toml::from_str(&townships(&url, &targets, more)).unwrap()];
    let later = office.collect_on(21);
    assert_eq!(later.sources[0].targets, Some((40, 39)));
    let value = |target: &str| {
        let rows = stored(&office);
        rows.iter().rfind(|row| row.0 == target).unwrap().1.clone()
    };
    assert_eq!(
        (value("63000003"), value("63000004")),
        ("3".into(), "5".into())
    );
}

#[test]
fn a_portal_that_is_silent_is_not_asked_for_all_of_them() {
    let server = Server::start(|_, _| vec![Step::Wait(Duration::from_millis(1))]);
    let mut office = Office::new(&[townships(&server.url("/{target}"), &codes(500), "")]);
    office.workspace.settings.network.per_host = 4;
    let summary = office.collect_with(
        20,
        |options| options.retry.tries = 2,
        &mut |_| {},
        &AtomicBool::new(false),
    );
    assert!(summary.is_nothing());
    assert_eq!(summary.sources[0].outcome, Some(Outcome::Failed));
    let said = say(Language::En, summary.sources[0].message.as_ref().unwrap());
    assert!(
        said.contains("more. ") && said.contains("of 500 addresses were not asked"),
        "{said}"
    );
    assert!(server.requests().len() < 80, "{}", server.requests().len());
    let findings: Vec<String> = summary.sources[0]
        .findings
        .iter()
        .map(|finding| say(Language::En, &finding.text))
        .collect();
    let not_asked = findings.iter().find(|text| text.contains("were not asked"));
    assert!(
        not_asked.is_some_and(|text| text.contains("20 in a row")),
        "{findings:?}"
    );
}

#[test]
fn a_limit_of_calls_holds_and_the_next_run_goes_on() {
    let server = Server::start(|path, _| ok(&format!("{{\"n\": {}}}", number(path))));
    let targets = codes(25);
    let url = server.url("/{target}");
    let mut office = Office::new(&[townships(&url, &targets, "calls_per_day = 10")]);
    let first = office.collect_on(20);
    assert_eq!(server.requests().len(), 10);
    assert_eq!(first.sources[0].targets, Some((25, 10)));
    assert_eq!(first.sources[0].outcome, Some(Outcome::Partial));
    let said = say(Language::En, first.sources[0].message.as_ref().unwrap());
    assert!(
        said.starts_with("15 of 25 addresses were not asked: The limit of 10 calls"),
        "{said}"
    );
    // On the same day nothing more is asked.
    office.collect_on(20);
    assert_eq!(server.requests().len(), 10);
    office.collect_on(22);
    office.collect_on(24);
    assert_eq!(server.requests().len(), 30);
    let mut seen: Vec<String> = stored(&office).into_iter().map(|row| row.0).collect();
    seen.sort();
    assert_eq!(seen, targets, "all of them after three days");
}

#[test]
fn a_portal_that_asks_for_a_pause_gets_it_from_all() {
    let server = Server::start(|path, earlier| match (number(path), earlier) {
        (2, _) => answer("429 Too Many Requests", "Retry-After: 7200\r\n", b""),
        (n, _) => {
            let mut steps = vec![Step::Wait(Duration::from_millis(20))];
            steps.extend(ok(&format!("{{\"n\": {n}}}")));
            steps
        }
    });
    let mut office = Office::new(&[townships(&server.url("/{target}"), &codes(200), "")]);
    let summary = office.collect_on(20);
    assert!(server.requests().len() < 20, "{}", server.requests().len());
    let report = &summary.sources[0];
    assert_eq!(report.outcome, Some(Outcome::Partial));
    let asked = report.findings.iter().map(|f| say(Language::En, &f.text));
    assert!(
        asked
            .clone()
            .any(|text| text.contains("asked to be left alone")),
        "{:?}",
        asked.collect::<Vec<_>>()
    );
    // And it is left alone by the next run.
    let before = server.requests().len();
    assert!(office.collect_on(20).sources[0].too_early_until.is_some());
    assert_eq!(server.requests().len(), before);
}

#[test]
fn stopping_in_between_keeps_what_was_stored() {
    let server = Server::start(|path, _| {
        let mut steps = vec![Step::Wait(Duration::from_millis(10))];
        steps.extend(ok(&format!("{{\"n\": {}}}", number(path))));
        steps
    });
    let mut office = Office::new(&[townships(&server.url("/{target}"), &codes(2_000), "")]);
    let interrupt = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupt);
    let summary = office.collect_with(
        20,
        |_| {},
        &mut |step| {
            if matches!(step, Progress::Target { done: 100, .. }) {
                flag.store(true, Ordering::SeqCst);
            }
        },
        &interrupt,
    );
    assert!(summary.interrupted && summary.sources[0].was_stopped());
    let kept = stored(&office);
    assert!(kept.len() >= 90 && kept.len() < 1_000, "{}", kept.len());
    assert_eq!(summary.sources[0].new, kept.len(), "what is told is there");
    for (target, value, _) in kept {
        assert_eq!(value, number(&target).to_string());
    }
}

#[test]
fn a_try_asks_for_the_first_few_only() {
    let server = Server::start(|path, _| ok(&format!("{{\"n\": {}}}", number(path))));
    let mut office = Office::new(&[townships(&server.url("/{target}"), &codes(300), "")]);
    let summary = office.collect_with(
        20,
        |options| (options.dry_run, options.preview) = (true, true),
        &mut |_| {},
        &AtomicBool::new(false),
    );
    assert_eq!(server.requests().len(), 5);
    let report = &summary.sources[0];
    assert_eq!((report.readings, report.targets), (5, Some((5, 5))));
    let understood = report.understood.as_ref().unwrap();
    let first = &understood.readings[0];
    assert_eq!(first.observation.series.to_string(), "P01/usage.63000000");
    assert!(
        report
            .findings
            .iter()
            .any(|f| say(Language::En, &f.text).contains("first 5 of 300"))
    );
    assert!(office.rows().observations.is_empty());
}

#[test]
fn rows_are_counted_for_each_address_and_compared_with_its_own_last_time() {
    let server = Server::start(|path, earlier| {
        let rows = match (number(path), earlier) {
            (1, 1) => 3,
            (n, _) => 10 + n,
        };
        let lines: String = (0..rows).map(|n| format!("{n},ok\r\n")).collect();
        answer(
            "200 OK",
            "Content-Type: text/csv\r\n",
            format!("id,state\r\n{lines}").as_bytes(),
        )
    });
    let text = format!(
        "id = \"cases\"\nkind = \"csv\"\nurl = \"{}\"\nschedule = \"daily\"\nallow_private = true\n\
         targets = [\"臺北\", \"631\", \"632\"]\npersonal_fields = [\"id\"]\n\
         [[map]]\nseries = \"P01/cases-{{target}}\"\naggregate = \"count\"\n",
        server.url("/cases/{target}")
    );
    let mut office = Office::new(&[text]);
    let first = office.collect_on(20);
    assert_eq!(first.sources[0].outcome, Some(Outcome::Good), "{first:?}");
    assert_eq!(first.sources[0].rows, 10 + 11 + 12);
    let asked = server.requests();
    assert!(
        asked
            .iter()
            .any(|head| head.starts_with("GET /cases/%E8%87%BA%E5%8C%97 ")),
        "{asked:?}"
    );
    let second = office.collect_on(21);
    let report = &second.sources[0];
    assert_eq!(report.targets, Some((3, 2)), "{second:?}");
    assert_eq!(report.outcome, Some(Outcome::Partial));
    let rows = office.rows();
    let refused = rows
        .observations
        .iter()
        .filter(|row| row.item.value().is_none());
    let refused: Vec<String> = refused.map(|row| row.item.series.to_string()).collect();
    assert_eq!(refused, ["P01/cases-631"]);
}
