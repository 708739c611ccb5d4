//! From a pasted address to a figure on the board, with the window's own worker and the real `qd`.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_core::session::Clock;
use quarterdeck_core::worker::{Worker, WorkerOptions};
use quarterdeck_tests::office::{Office, indicator};
use quarterdeck_tests::server::{Piece, Server};
use quarterdeck_view::catalogue::{DraftField, SourceDraft, Trial};
use quarterdeck_view::msg::{Effect, Msg};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

fn portal() -> Server {
    Server::sending(|_| Piece::ok("text/html", "季別,件數\r\n114Q3,\"1,204\"\r\n114Q2,900\r\n"))
}

fn worker(root: &Path) -> (Worker, mpsc::Receiver<Msg>) {
    let (send, messages) = mpsc::channel();
    let options = WorkerOptions {
        clock: Clock::fixed("2025-10-20T01:00:00Z".parse().unwrap()),
        ..WorkerOptions::default()
    };
    let notify = Box::new(move |msg| {
        let _ = send.send(msg);
    });
    let worker = Worker::start(Some(root.to_owned()), options, notify);
    (worker, messages)
}

/// The first message that is asked for; a failure ends the test.
fn wait<T>(messages: &mpsc::Receiver<Msg>, wanted: impl Fn(Msg) -> Option<T>) -> T {
    loop {
        let msg = messages.recv_timeout(Duration::from_secs(30)).unwrap();
        if let Msg::Failed { what, .. } = &msg {
            panic!("{what}");
        }
        if let Some(found) = wanted(msg) {
            return found;
        }
    }
}

fn tried(messages: &mpsc::Receiver<Msg>) -> (SourceDraft, Trial) {
    wait(messages, |msg| match msg {
        Msg::Tried { draft, trial, .. } => Some((*draft, *trial)),
        _ => None,
    })
}

#[test]
fn a_pasted_address_becomes_a_source_that_is_collected() {
    let office = Office::new();
    office.replace(
        "register/people.toml",
        "[\"enter\"]",
        "[\"enter\", \"admin\"]",
    );
    office.indicator("P12", "cases");
    let server = portal();
    let (worker, messages) = worker(&office.root());
    let draft = SourceDraft {
        values: [
            (DraftField::Address, server.url("/cases.csv")),
            (DraftField::AllowPrivate, "true".to_owned()),
        ]
        .into(),
        ..SourceDraft::default()
    };
    worker.perform(Effect::TrySource(Box::new(draft)));
    let (mut draft, trial) = tried(&messages);
    assert!(trial.is_good, "{}", trial.outcome);
    assert_eq!(trial.readings.len(), 2);
    for (field, text) in [
        (DraftField::Series(0), "P12/cases"),
        (DraftField::Id, "pasted"),
        (DraftField::Attribution, "內政部"),
    ] {
        draft.values.insert(field, text.to_owned());
    }
    worker.perform(Effect::TrySource(Box::new(draft.clone())));
    let (_, trial) = tried(&messages);
    assert_eq!(trial.readings[0].figure, "P12/cases@2025Q3");
    assert!(!office.root().join("sources/pasted.toml").exists());
    worker.perform(Effect::SaveSource(Box::new(draft.clone())));
    let id = wait(&messages, |msg| match msg {
        Msg::SourceSaved(id) => Some(id),
        _ => None,
    });
    assert_eq!(id, "pasted");
    drop(worker);
    office.qd(&["check"]).expect(0);
    let summary = office.collect(0);
    assert_eq!(summary["sources"][0]["id"], "pasted");
    let status = office.status(&["--quarter", "2025Q3"]);
    assert_eq!(indicator(&status, "P12/cases")["value"].to_string(), "1204");
}

#[test]
fn a_dry_run_of_a_source_without_maps_shows_what_came() {
    let office = Office::new();
    let server = portal();
    office.write(
        "sources/bare.toml",
        format!(
            "id = \"bare\"\nkind = \"csv\"\nschedule = \"daily\"\nallow_private = true\nurl = \"{}\"\n",
            server.url("/cases.csv")
        ),
    );
    let said = office
        .qd(&["collect", "--source", "bare", "--dry-run", "--lang", "en"])
        .expect(0)
        .out;
    for text in [
        "Columns of bare",
        "period",
        "number",
        "1,204",
        "[[map]]",
        "period_column = \"季別\"",
    ] {
        assert!(said.contains(text), "{text} in {said}");
    }
    let json = office
        .qd(&["collect", "--source", "bare", "--dry-run", "--json"])
        .expect(0)
        .json();
    quarterdeck_tests::program::valid("collect", &json);
    let preview = &json["sources"][0]["preview"];
    assert_eq!(preview["columns"][0]["type"], "quarter", "{preview}");
    assert_eq!(preview["rows"][0][1], "1,204");
    let map = preview["map"].as_str().unwrap();
    assert!(map.contains("period_column = \"季別\""), "{map}");
    office.append(
        "sources/bare.toml",
        "[[map]]\nseries = \"P12/cases\"\naggregate = \"count\"\n",
    );
    let quiet = office.qd(&["collect", "--source", "bare", "--dry-run", "--lang", "en"]);
    assert!(!quiet.expect(0).out.contains("Columns of bare"));
    let loud = office.qd(&[
        "collect",
        "--source",
        "bare",
        "--dry-run",
        "--lang",
        "en",
        "-v",
    ]);
    let said = loud.expect(0).out;
    assert!(
        said.contains("Columns of bare") && said.contains("P12/cases@"),
        "{said}"
    );
}
