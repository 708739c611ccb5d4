//! Secrets, waits and disks.

use super::*;

#[test]
fn a_secret_in_an_address_is_sent_and_neither_stored_nor_shown() {
    let server = Server::start(|path, _| match path.starts_with("/bad") {
        false => ok("{\"n\": 3}"),
        true => ok(
            "{\"success\": false, \"error\": {\"code\": \"401\", \"message\": \"no such key s3cr%2Bt s3cr+t\"}}",
        ),
    });
    let mut office = Office::new(&[
        json("query", &server.url("/a?year={year}&q={file:key.txt}"), ""),
        json("path", &server.url("/b/{file:key.txt}/c"), ""),
        json("bad", &server.url("/bad?q={file:key.txt}"), ""),
        json(
            "gone",
            "http://127.0.0.1:9/{file:key.txt}?k={file:key.txt}",
            "",
        ),
        json("none", &server.url("/d?k={file:absent.txt}"), ""),
    ]);
    std::fs::write(office.path().join("key.txt"), "s3cr+t\n").unwrap();
    let mut steps = Vec::new();
    let stop = AtomicBool::new(false);
    let mut tell = |step: Progress| steps.push(format!("{step:?}"));
    let summary = office.collect_with(20, |options| options.retry.tries = 2, &mut tell, &stop);
    assert!(
        server
            .requests()
            .iter()
            .any(|r| r.starts_with("GET /a?year=2025&q=s3cr%2Bt "))
    );
    assert!(
        server
            .requests()
            .iter()
            .any(|r| r.starts_with("GET /b/s3cr%2Bt/c "))
    );
    assert!(!server.requests().iter().any(|r| r.contains("/d")));
    let url = |source: &str| office.store.last_fetch(source).unwrap().unwrap().url;
    assert!(
        url("query").ends_with("/a?year=2025&q=***"),
        "{}",
        url("query")
    );
    assert!(url("path").ends_with("/b/***/c"), "{}", url("path"));
    let everything = format!("{summary:?}{steps:?}{:?}", office.rows());
    for secret in ["s3cr+t", "s3cr%2Bt"] {
        assert!(!everything.contains(secret), "{everything}");
    }
    assert!(message_of(&summary, 2).contains("no such key *** ***"));
    assert!(message_of(&summary, 3).contains("127.0.0.1:9/***"));
    assert!(message_of(&summary, 4).contains("file:absent.txt"));
}

#[test]
fn a_source_file_that_holds_a_secret_is_not_asked() {
    let server = Server::start(|_, _| ok("{\"n\": 3}"));
    let mut office = Office::new(&[
        json(
            "a",
            &server.url("/"),
            "headers = { Authorization = \"Bearer s3cret\" }",
        ),
        json("b", &server.url("/?api_key=s3cret"), ""),
    ]);
    let summary = office.collect_on(20);
    assert!(summary.is_nothing() && server.requests().is_empty());
    assert!(message_of(&summary, 0).contains("headers.Authorization"));
    assert!(message_of(&summary, 1).contains("?api_key="));
    assert!(!format!("{summary:?}").contains("s3cret"));
}

#[test]
fn nothing_that_is_printed_for_a_programmer_holds_a_secret() {
    let rules = NetworkRules {
        proxy: Some("http://wang:s3cret@proxy.example:8080".to_owned()),
        ..NetworkRules::default()
    };
    let exchange = transport::Exchange {
        url: "http://wang:s3cret@portal.example/s3cret?subscription-key=s3cret".to_owned(),
        masked: vec!["s3cret".to_owned()],
        headers: vec![("X-Key".to_owned(), "s3cret".to_owned())],
        limits: Limits::default(),
        policy: transport::Policy::default(),
    };
    let transport = Transport::new(rules.clone()).unwrap();
    let printed = format!("{rules:?} {exchange:?} {transport:?}");
    assert!(!printed.contains("s3cret"), "{printed}");
    assert!(
        printed.contains("proxy.example") && printed.contains("X-Key"),
        "{printed}"
    );
}

#[test]
fn a_long_timeout_waits_for_the_first_byte_too() {
    let server = Server::start(|_, _| {
        let mut steps = vec![Step::Wait(Duration::from_millis(900))];
        steps.extend(ok("{\"n\": 3}"));
        steps
    });
    let patient = |more: &str| {
        let mut office = Office::new(&[json("slow", &server.url("/"), more)]);
        let change = |options: &mut CollectOptions<'_>| {
            options.limits.head = Duration::from_millis(300);
            options.limits.idle = Duration::from_millis(300);
            options.retry.tries = 1;
        };
        let stop = AtomicBool::new(false);
        office
            .collect_with(20, change, &mut |_| {}, &stop)
            .is_complete()
    };
    assert!(!patient(""));
    assert!(patient("timeout_seconds = 4"));
}

#[test]
fn an_accepted_status_with_a_useless_body_is_named_and_its_wait_is_kept() {
    let server = Server::start(|_, earlier| match earlier {
        0 => answer(
            "503 Service Unavailable",
            "Retry-After: 1\r\n",
            b"<html>Sorry</html>",
        ),
        1 => answer(
            "503 Service Unavailable",
            "Retry-After: 3600\r\n",
            b"<html>Sorry</html>",
        ),
        _ => ok("{\"n\": 3}"),
    });
    let mut office = Office::new(&[json("join", &server.url("/"), "accept_status = [200, 503]")]);
    let mut waits = Vec::new();
    let mut tell = |step: Progress| {
        if let Progress::Retrying { wait_ms, .. } = step {
            waits.push(wait_ms);
        }
    };
    let summary = office.collect_with(20, |_| {}, &mut tell, &AtomicBool::new(false));
    assert!(waits.len() == 1 && waits[0] >= 1000, "{waits:?}");
    assert_eq!(server.requests().len(), 2, "an hour is not waited for");
    let said = message_of(&summary, 0);
    assert!(
        said.contains("503") && said.contains("source-html"),
        "{said}"
    );
}

#[test]
fn an_original_that_cannot_be_kept_is_the_office_s_fault() {
    let body = "id,name\n".to_owned() + &"1,Wang\n".repeat(200_000);
    let server =
        Server::start(move |_, _| answer("200 OK", "Content-Type: text/csv\r\n", body.as_bytes()));
    let source = format!(
        "id = \"list\"\nkind = \"csv\"\nurl = \"{}\"\nschedule = \"daily\"\nallow_private = true\n\
         personal_fields = [\"name\"]\nkeep_original = true\n\
         [[map]]\nseries = \"P01/datasets\"\naggregate = \"count\"\n",
        server.url("/")
    );
    let mut office = Office::new(&[source]);
    // A file where the folder should be: nothing can be written there.
    std::fs::write(office.path().join("originals"), "").unwrap();
    let now = || at(20);
    let options = CollectOptions::new(Quarter::new(2025, 4).unwrap(), &now);
    let stop = AtomicBool::new(false);
    let failure = collect(
        &office.workspace,
        &mut office.store,
        &options,
        &mut |_| {},
        &stop,
    )
    .unwrap_err();
    assert!(failure.to_string().contains("originals"), "{failure:?}");
    assert!(
        office.rows().attempts.is_empty(),
        "the portal is not blamed"
    );
}
