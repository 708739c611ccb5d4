//! A database of an earlier version.

use super::{Office, valid};
use crate::session::{DATABASE, LOCK};
use quarterdeck_store::{Holder, WorkspaceLock};
use std::time::Duration;

/// An office whose database was made by the first version.
fn old_office() -> Office {
    let office = Office::new();
    let fixture = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/store/tests/fixtures/schema-1.db.zst"
    );
    let packed = std::fs::read(fixture).unwrap();
    let bytes = zstd::stream::decode_all(packed.as_slice()).unwrap();
    std::fs::write(office.root().join(DATABASE), bytes).unwrap();
    office
}

#[test]
fn an_older_database_is_refused_until_it_is_upgraded_with_a_backup() {
    let office = old_office();
    let before = std::fs::read(office.root().join(DATABASE)).unwrap();
    for args in [
        &["status"][..],
        &["collect"],
        &["sources"],
        &["--read-only", "status"],
    ] {
        let answer = office.qd(&[args, &["--json"]].concat());
        assert_eq!(answer.code, 2, "{args:?} {}", answer.out);
        let error = &answer.json()["error"];
        assert_eq!(error["code"], "store-older");
        assert!(
            error["next"].as_str().unwrap().contains("qd upgrade"),
            "{error}"
        );
    }
    assert_eq!(std::fs::read(office.root().join(DATABASE)).unwrap(), before);

    let done = office.qd(&["upgrade", "--json"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let document = done.json();
    valid("upgrade", &document);
    assert_eq!(
        (&document["from"], &document["upgraded"]),
        (&1.into(), &true.into())
    );
    let backup = document["backup"].as_str().unwrap();
    assert_eq!(backup, "quarterdeck.db.schema1.bak");
    assert!(office.root().join(backup).is_file());
    assert_eq!(office.qd(&["status"]).code, 0);

    // Once is enough, and it says so.
    let again = office.qd(&["upgrade"]);
    assert_eq!(again.code, 0);
    assert!(again.out.contains("Nothing to do"), "{}", again.out);
    let document = office.qd(&["upgrade", "--json"]).json();
    valid("upgrade", &document);
    assert!(document["backup"].is_null());
}

#[test]
fn an_earlier_backup_is_never_overwritten() {
    let office = old_office();
    let earlier = office.root().join("quarterdeck.db.schema1.bak");
    std::fs::write(&earlier, "precious").unwrap();
    let answer = office.qd(&["upgrade"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(
        answer.out.contains("quarterdeck.db.schema1-2.bak"),
        "{}",
        answer.out
    );
    assert_eq!(std::fs::read(earlier).unwrap(), b"precious");
}

#[test]
fn nothing_is_upgraded_under_somebody_who_writes() {
    let office = old_office();
    let holder = Holder {
        pid: 1,
        host: "desk-7".to_owned(),
        since: super::at("2026-01-20T01:00:00Z"),
        command: "qd collect --watch".to_owned(),
    };
    let file = office.root().join(crate::watch::LOCK);
    let watching = WorkspaceLock::acquire(&file, &holder, Duration::ZERO).unwrap();
    let answer = office.qd(&["upgrade"]);
    assert_eq!(answer.code, 5, "{}", answer.err);
    assert!(answer.err.contains("qd collect --watch"), "{}", answer.err);
    drop(watching);
    let _writing =
        WorkspaceLock::acquire(&office.root().join(LOCK), &holder, Duration::ZERO).unwrap();
    assert_eq!(office.qd(&["--read-only", "upgrade"]).code, 2);
    assert!(!office.root().join("quarterdeck.db.schema1.bak").exists());
}

#[test]
fn a_source_that_may_not_be_asked_yet_is_told_with_the_moment() {
    use crate::transport::scripted::{Server, ok};
    let server = Server::start(|_, _| ok("{\"n\": 1}"));
    let office = Office::new();
    std::fs::remove_dir_all(office.root().join("sources")).unwrap();
    std::fs::create_dir(office.root().join("sources")).unwrap();
    let text = format!(
        "id = \"gdb\"\nkind = \"json\"\nurl = \"{}\"\nallow_private = true\nschedule = \"daily\"\n\
         calls_per_day = 1\n[[map]]\nseries = \"P01/open-datasets\"\nat = \"$.n\"\nunit = \"count\"\n",
        server.url("/")
    );
    std::fs::write(office.root().join("sources/gdb.toml"), text).unwrap();
    assert_eq!(office.qd(&["collect"]).code, 0);
    let second = office.qd(&["collect", "--json"]);
    assert_eq!(second.code, 3, "nothing could be done");
    let document = second.json();
    valid("collect", &document);
    assert_eq!(
        document["sources"][0]["too_early_until"],
        "2026-01-21T01:00:00Z"
    );
    assert_eq!(document["interrupted"], false);
    let told = office.qd(&["collect"]);
    assert!(
        told.out.contains("not asked") && told.out.contains("used up"),
        "{}",
        told.out
    );
    assert_eq!(server.requests().len(), 1);
    let sources = office.qd(&["sources", "--json"]).json();
    valid("sources", &sources);
    assert_eq!(sources["sources"][0]["calls_left_today"], 0);
    let next = sources["sources"][0]["next_run"].as_str().unwrap();
    assert!(next >= "2026-01-21T01:00:00Z", "{next}");
    let table = office.qd(&["sources"]).out;
    assert!(table.contains("calls left: 0"), "{table}");
}
