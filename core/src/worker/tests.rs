use super::{Worker, WorkerOptions};
use crate::session::Clock;
use crate::workspace;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_view::msg::{Effect, EntryRequest, Msg};
use quarterdeck_view::state::Loaded;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

fn office(folder: &Path) {
    workspace::init(folder).unwrap();
    let people = folder.join("register/people.toml");
    let account = crate::platform::account_name();
    let text = std::fs::read_to_string(&people).unwrap()
        + &format!(
            "\n[[person]]\nid = \"chen\"\nname = {{ zh-TW = \"陳\", en = \"Chen\" }}\nroles = [\"enter\"]\naccounts = [\"{account}\"]\n"
        );
    std::fs::write(people, text).unwrap();
}

fn start(folder: &Path) -> (Worker, mpsc::Receiver<Msg>) {
    let (send, messages) = mpsc::channel();
    let options = WorkerOptions {
        clock: Clock::fixed("2026-01-20T01:00:00Z".parse().unwrap()),
        ..WorkerOptions::default()
    };
    let notify = Box::new(move |msg| {
        let _ = send.send(msg);
    });
    (
        Worker::start(Some(folder.to_owned()), options, notify),
        messages,
    )
}

fn next(messages: &mpsc::Receiver<Msg>) -> Msg {
    messages.recv_timeout(Duration::from_secs(20)).unwrap()
}

fn loaded(messages: &mpsc::Receiver<Msg>) -> Box<Loaded> {
    loop {
        match next(messages) {
            Msg::Loaded(loaded) => return loaded,
            Msg::Failed { what, .. } => panic!("{what}"),
            _ => {}
        }
    }
}

fn risk(text: &str) -> EntryRequest {
    EntryRequest {
        key: "cell".to_owned(),
        series: SeriesId::new("P12", "risk"),
        period: Quarter::new(2025, 4).unwrap().period(),
        text: text.to_owned(),
        evidence: None,
        note: None,
    }
}

#[test]
fn a_face_loads_enters_and_takes_back() {
    let folder = tempfile::tempdir().unwrap();
    office(folder.path());
    let (worker, messages) = start(folder.path());
    let first = loaded(&messages);
    assert_eq!(first.assessment.quarter.to_string(), "2025Q4");
    assert_eq!(first.person.as_ref().map(|p| p.0.as_str()), Some("chen"));
    assert_eq!(first.read_only, None);

    worker.perform(Effect::Enter(vec![risk("purple"), risk("高")]));
    let Msg::Entered { stored, refused } = next(&messages) else {
        panic!()
    };
    assert_eq!((stored.len(), refused.len()), (1, 1));
    assert_eq!(refused[0].1.id, "entry-not-risk-word");
    let now = loaded(&messages);
    assert!(now.assessment.programmes.iter().any(|p| p.risk.is_some()));

    worker.perform(Effect::Withdraw {
        sequence: stored[0].1,
        reason: "undo".to_owned(),
    });
    let now = loaded(&messages);
    assert!(now.assessment.programmes.iter().all(|p| p.risk.is_none()));
    assert!(matches!(next(&messages), Msg::Finished(_)));
}

#[test]
fn what_another_process_writes_is_shown_soon() {
    let folder = tempfile::tempdir().unwrap();
    office(folder.path());
    let (_first, messages) = start(folder.path());
    let _ = loaded(&messages);
    let (second, others) = start(folder.path());
    let _ = loaded(&others);
    second.perform(Effect::Enter(vec![risk("low")]));
    let shown = loop {
        match messages
            .recv_timeout(Duration::from_secs(2))
            .expect("new data within two seconds")
        {
            Msg::Loaded(loaded)
                if loaded
                    .assessment
                    .programmes
                    .iter()
                    .any(|p| p.risk.is_some()) =>
            {
                break loaded;
            }
            _ => {}
        }
    };
    assert_eq!(shown.assessment.quarter.to_string(), "2025Q4");
}

#[test]
fn an_earlier_moment_cannot_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    office(folder.path());
    let (worker, messages) = start(folder.path());
    let _ = loaded(&messages);
    worker.perform(Effect::Load {
        quarter: None,
        as_of: Some("2026-01-01T00:00:00Z".parse().unwrap()),
    });
    assert_eq!(
        loaded(&messages).read_only.map(|m| m.id.into_owned()),
        Some("session-read-only-as-of".to_owned())
    );
}
