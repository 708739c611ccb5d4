//! What becomes of different kinds of answers.

use super::*;

#[test]
fn amounts_become_money_lines_and_other_units_are_refused() {
    let server =
        Server::start(|_, _| ok("{\"paid\": \"1,234,567\", \"part\": \"10.5\", \"wait\": 3}"));
    let source = format!(
        "id = \"money\"\nkind = \"json\"\nurl = \"{}\"\nschedule = \"daily\"\nallow_private = true\n\
         [[map]]\nseries = \"P01/budget.paid\"\nat = \"$.paid\"\nunit = \"ntd\"\nspan = \"year_to_date\"\n\
         [[map]]\nseries = \"P01/budget.saved\"\nat = \"$.part\"\nunit = \"ntd\"\nspan = \"year_to_date\"\n\
         [[map]]\nseries = \"P01/waiting\"\nat = \"$.wait\"\nunit = \"month\"\n",
        server.url("/")
    );
    let mut office = Office::new(&[source]);
    let summary = office.collect_on(20);
    assert_eq!(
        summary.sources[0].outcome,
        Some(Outcome::Partial),
        "{summary:?}"
    );
    assert_eq!(
        (summary.sources[0].readings, summary.sources[0].rejected),
        (3, 2)
    );
    let rows = office.rows();
    let line = &rows.money[0].item;
    assert_eq!(
        (line.amount_ntd, line.key.agency.as_deref()),
        (1_234_567, Some("NDC"))
    );
    assert_eq!(
        (line.key.plan.as_str(), line.key.fiscal_year),
        ("dgp1", 2025)
    );
    let mut refused: Vec<String> = rows
        .observations
        .iter()
        .map(|row| match &row.item.reading {
            Reading::Rejected(message) => message.id.to_string(),
            Reading::Value(value) => panic!("{value} got through"),
        })
        .collect();
    refused.sort();
    assert_eq!(refused, ["collect-money-not-whole", "source-unit-differs"]);
}

#[test]
fn pages_of_a_datastore_are_one_answer() {
    let page = |records: &str, offset: u32| {
        ok(&format!(
            "{{\"success\":true,\"result\":{{\"resource_id\":\"r\",\"fields\":[],\"records\":[{records}],\
             \"limit\":2,\"offset\":{offset},\"total\":3}}}}"
        ))
    };
    let server = Server::start(move |path, _| match path.contains("offset=2") {
        false => page("{\"a\":\"1\"},{\"a\":\"2\"}", 0),
        true => page("{\"a\":\"3\"}", 2),
    });
    let source = format!(
        "id = \"store\"\nkind = \"datastore\"\nurl = \"{}\"\nschedule = \"daily\"\nallow_private = true\npage_size = 2\n\
         [[map]]\nseries = \"P01/datasets\"\ncolumn = \"a\"\naggregate = \"sum\"\n",
        server.url("/rest/datastore/r")
    );
    let mut office = Office::new(&[source]);
    let summary = office.collect_on(20);
    assert_eq!(summary.sources[0].rows, 3, "{summary:?}");
    assert_eq!(office.rows().observations[0].item.value(), Some(6.into()));
    assert_eq!(server.requests().len(), 2);
    assert_eq!(office.rows().attempts["store"][0].rows, 3);
}

#[test]
fn a_large_answer_is_a_file_beside_the_store_without_its_personal_fields() {
    let mut body = "id,name\r\n".to_owned();
    for number in 0..40_000 {
        body.push_str(&format!("{number},Wang-{number}\r\n"));
    }
    let length = body.len() as u64;
    let server =
        Server::start(move |_, _| answer("200 OK", "Content-Type: text/csv\r\n", body.as_bytes()));
    let source = format!(
        "id = \"list\"\nkind = \"csv\"\nurl = \"{}\"\nschedule = \"daily\"\nallow_private = true\n\
         personal_fields = [\"name\"]\nkeep_original = true\n\
         [[map]]\nseries = \"P01/datasets\"\naggregate = \"count\"\n",
        server.url("/")
    );
    let mut office = Office::new(&[source]);
    let summary = office.collect_on(20);
    assert_eq!(
        office.rows().observations[0].item.value(),
        Some(40_000.into()),
        "{summary:?}"
    );
    let fetch = office.store.last_fetch("list").unwrap().unwrap();
    assert!(fetch.recipe.is_some() && fetch.sha256 != fetch.stored_sha256);
    assert_eq!(fetch.bytes, length);
    let stored = office
        .store
        .capture_body(&fetch.stored_sha256, 10_000_000)
        .unwrap()
        .unwrap();
    assert!(!String::from_utf8(stored).unwrap().contains("Wang"));
    assert!(fetch.file.is_some());
    let original = office
        .path()
        .join("originals")
        .join(&fetch.sha256[..2])
        .join(format!("{}.zst", fetch.sha256));
    let original = zstd::stream::decode_all(std::fs::File::open(original).unwrap()).unwrap();
    assert!(String::from_utf8(original).unwrap().contains("Wang-39999"));
}

#[test]
fn files_put_into_a_folder_are_read_newest_last() {
    let source = "id = \"drop\"\nkind = \"file\"\nfolder = \"inbox\"\npattern = \"*.csv\"\nschedule = \"manual\"\n\
                  [[map]]\nseries = \"P01/datasets\"\ncolumn = \"n\"\naggregate = \"last\"\n";
    let mut office = Office::new(&[source.to_owned()]);
    let summary = office.collect_on(19);
    assert_eq!(summary.sources[0].outcome, Some(Outcome::Failed));
    let inbox = office.path().join("inbox");
    std::fs::create_dir(&inbox).unwrap();
    let put = |name: &str, text: &str, age: u64| {
        let path = inbox.join(name);
        std::fs::write(&path, text).unwrap();
        let time = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000 - age);
        std::fs::File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_modified(time)
            .unwrap();
    };
    put("b.csv", "n\n1\n", 100);
    put("a.csv", "n\n2\n", 50);
    put("note.txt", "not for us", 0);
    let secret = office.path().join("secret.csv");
    std::fs::write(&secret, "n\n666\n").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&secret, inbox.join("z.csv")).unwrap();
    let values = |office: &Office| -> Vec<i64> {
        let rows = office.rows();
        rows.observations
            .iter()
            .map(|r| r.item.value().unwrap().try_into().unwrap())
            .collect()
    };
    let summary = office.collect_on(20);
    assert_eq!(values(&office), [1, 2], "{summary:?}");
    #[cfg(unix)]
    assert!(
        summary.sources[0]
            .findings
            .iter()
            .any(|f| f.rule == "link-escape@1")
    );
    assert_eq!(office.collect_on(21).new_readings(), 0);
    let fetch = office.store.last_fetch("drop").unwrap().unwrap();
    assert_eq!(
        (fetch.url.as_str(), fetch.method.as_str()),
        ("file:inbox/a.csv", "FILE")
    );
}

#[test]
fn a_filled_in_origin_leaves_no_trace_of_its_port() {
    let server = Server::start(|_, _| ok("{\"n\": 3}"));
    let source =
        json("demo", "http://demo.invalid/count", "").replace("allow_private = true\n", "");
    let mut office = Office::new(&[source]);
    let real = server.origin();
    let origin = OriginOverride {
        placeholder: "http://demo.invalid".to_owned(),
        real,
    };
    let summary = office.collect_with(
        20,
        |options| options.origin = Some(origin.clone()),
        &mut |_| {},
        &AtomicBool::new(false),
    );
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!(summary.sources[0].elapsed_ms, 0, "by the clock of the run");
    let fetch = office.store.last_fetch("demo").unwrap().unwrap();
    assert_eq!(
        (fetch.url.as_str(), fetch.remote_addr),
        ("http://demo.invalid/count", None)
    );
}

#[test]
fn a_dry_run_writes_nothing() {
    let server = Server::start(|_, _| ok("{\"n\": 3}"));
    let mut office = Office::new(&[json("portal", &server.url("/"), "")]);
    let summary = office.collect_with(
        20,
        |options| options.dry_run = true,
        &mut |_| {},
        &AtomicBool::new(false),
    );
    assert_eq!((summary.run, summary.sources[0].readings), (None, 1));
    assert!(office.rows().observations.is_empty() && office.rows().attempts.is_empty());
    assert_eq!(office.store.last_recorded().unwrap(), None);
}

#[test]
fn a_secret_is_sent_and_never_shown() {
    let server = Server::start(|_, _| ok("{\"n\": 3}"));
    let with = |reference: &str| {
        json(
            "portal",
            &server.url("/"),
            &format!("headers = {{ X-Key = \"{reference}\" }}"),
        )
    };
    let mut office = Office::new(&[
        with("file:key.txt"),
        with("file:absent.txt").replace("\"portal\"", "\"other\""),
    ]);
    std::fs::write(office.path().join("key.txt"), "s3cret\n").unwrap();
    let summary = office.collect_on(20);
    assert!(server.requests()[0].contains("s3cret"));
    assert_eq!(server.requests().len(), 1);
    assert!(!format!("{summary:?}").contains("s3cret"));
    assert!(message_of(&summary, 1).contains("file:absent.txt"));
    assert_eq!(summary.sources[1].outcome, Some(Outcome::Failed));
}

#[test]
fn an_unknown_or_disabled_source_is_named() {
    let mut office = Office::new(&[
        json("portal", "http://portal.example/", ""),
        json(
            "asleep",
            "http://portal.example/",
            "disabled = true\ndisabled_reason = \"moved\"",
        ),
    ]);
    let mut ask = |id: &str| {
        let now = || at(20);
        let mut options = CollectOptions::new(Quarter::new(2025, 4).unwrap(), &now);
        options.sources = Some(vec![id.to_owned()]);
        collect(
            &office.workspace,
            &mut office.store,
            &options,
            &mut |_| {},
            &AtomicBool::new(false),
        )
        .unwrap_err()
    };
    assert!(ask("portla").to_string().contains("near=\"portal\""));
    assert!(ask("asleep").to_string().contains("moved"));
}

#[test]
fn what_a_json_answer_held_is_counted() {
    let server = Server::start(|_, _| ok("{\"a\": [1, 2, 3], \"b\": 4}"));
    let more = "[[map]]\nseries = \"P01/waiting\"\nat = \"$.b\"\n";
    let source = format!(
        "id = \"values\"\nkind = \"json\"\nurl = \"{}\"\nschedule = \"daily\"\nallow_private = true\n\
         [[map]]\nseries = \"P01/datasets\"\nat = \"$.a[*]\"\naggregate = \"count\"\n{more}",
        server.url("/")
    );
    let mut office = Office::new(&[source]);
    let summary = office.collect_on(20);
    assert_eq!(summary.sources[0].rows, 4, "{summary:?}");
    assert_eq!(office.rows().attempts["values"][0].rows, 4);
}

#[test]
fn fewer_values_than_last_time_are_no_lost_rows() {
    let server = Server::start(|_, count| {
        ok(if count == 0 {
            "{\"a\": 1, \"b\": 2, \"c\": 3}"
        } else {
            "{\"a\": 1}"
        })
    });
    let mut office = Office::new(&[json(
        "values",
        &server.url("/"),
        "[[map]]\nseries = \"P01/waiting\"\nat = \"$.b\"\n[[map]]\nseries = \"P01/waiting\"\nat = \"$.c\"\n",
    )]);
    office.collect_on(20);
    let summary = office.collect_on(21);
    assert!(
        summary.sources[0]
            .findings
            .iter()
            .all(|f| f.rule != "row-count-drop@1"),
        "{summary:?}"
    );
}

#[test]
fn a_store_that_takes_nothing_says_what_to_do() {
    let server = Server::start(|_, _| ok("{\"count\": 7}"));
    let mut office = Office::new(&[json("one", &server.url("/"), "")]);
    let other = rusqlite::Connection::open(office.path().join("quarterdeck.db")).unwrap();
    other
        .execute_batch(
            "CREATE TRIGGER refuse BEFORE INSERT ON attempt BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
        .unwrap();
    let now = || at(20);
    let mut options = CollectOptions::new(
        Quarter {
            year: 2025,
            number: 4,
        },
        &now,
    );
    options.limits = Limits::default();
    let failure = collect(
        &office.workspace,
        &mut office.store,
        &options,
        &mut |_| {},
        &AtomicBool::new(false),
    )
    .unwrap_err();
    assert!(failure.next.is_some(), "{failure:?}");
    assert!(
        failure
            .place
            .as_deref()
            .is_some_and(|place| place.ends_with("quarterdeck.db"))
    );
    assert!(office.rows().observations.is_empty(), "nothing half stored");
}
