//! A new source is put together: what keys and messages do.

use super::{press, typed};
use quarterdeck_kpi::message::Message;
use quarterdeck_view::catalogue::DraftField;
use quarterdeck_view::i18n::Language;
use quarterdeck_view::keys::Key;
use quarterdeck_view::msg::{Effect, Msg};
use quarterdeck_view::panel::{Body, Table};
use quarterdeck_view::sample;
use quarterdeck_view::screen::view;
use quarterdeck_view::state::{FaceKind, ScreenId, State};
use quarterdeck_view::update::update;

/// The file that is asked to be written out.
fn written_text(effects: &[Effect]) -> &str {
    match effects {
        [
            Effect::WriteOut {
                text: Some(text), ..
            },
        ] => text,
        other => panic!("{other:?}"),
    }
}

fn on_sources(face: FaceKind) -> State {
    let mut state = sample::state(face, Language::En);
    update(&mut state, Msg::Go(ScreenId::Sources));
    state
}

fn table(state: &State, id: &str) -> Table {
    let screen = view(state);
    match &screen.panels.iter().find(|p| p.id == id).unwrap().body {
        Body::Table(table) => table.clone(),
        other => panic!("{id} is no table: {other:?}"),
    }
}

/// The worker has written the file out.
fn written(state: &mut State) {
    update(state, sample::written_out());
}

fn texts(state: &State) -> String {
    view(state).texts().join("\n")
}

#[test]
fn a_preset_is_chosen_changed_tried_and_saved_by_keys_alone() {
    for (face, key) in [
        (FaceKind::Terminal, Key::Char('n')),
        (FaceKind::Window, Key::Ctrl('n')),
    ] {
        let mut state = on_sources(face);
        press(&mut state, key);
        assert_eq!(state.screen(), ScreenId::NewSource);
        assert_eq!(table(&state, "presets").rows.len(), 2);
        let effects = press(&mut state, Key::Enter);
        assert!(
            matches!(effects.as_slice(), [Effect::WriteOut { text: None, .. }]),
            "{effects:?}"
        );
        written(&mut state);
        let draft = table(&state, "draft");
        assert!(draft.rows.len() > 8, "{draft:?}");
        update(
            &mut state,
            Msg::Select {
                panel: "draft",
                key: DraftField::Series(0).key(),
            },
        );
        press(&mut state, Key::Enter);
        assert_eq!(state.prompt.as_ref().unwrap().text, "P05/guided-examples");
        press(&mut state, Key::Ctrl('u'));
        typed(&mut state, "P01/cases");
        press(&mut state, Key::Enter);
        assert!(texts(&state).contains("P01/cases"));
        written(&mut state);
        let effects = press(&mut state, Key::F(2));
        let [Effect::TrySource(draft)] = effects.as_slice() else {
            panic!("{effects:?}")
        };
        assert_eq!(draft.value(DraftField::Series(0)), "P01/cases");
        assert!(view(&state).chrome.progress.is_some());
        assert_eq!(update(&mut state, Msg::Interrupt), [Effect::Interrupt]);
        update(
            &mut state,
            Msg::Failed {
                what: Message::new("trial-stopped"),
                next: None,
            },
        );
        let effects = press(&mut state, Key::Ctrl('s'));
        assert!(
            matches!(effects.as_slice(), [Effect::SaveSource(_)]),
            "{effects:?}"
        );
        update(&mut state, Msg::SourceSaved("join-idea".to_owned()));
        assert_eq!(state.screen(), ScreenId::Sources);
        assert_eq!(state.new_source, None);
        let sources = table(&state, "sources");
        let selected = sources
            .selected
            .and_then(|at| sources.rows.get(at))
            .unwrap();
        assert_eq!(selected.key, "join-idea");
    }
}

#[test]
fn a_pasted_address_is_tried_at_once_and_shows_what_came() {
    let mut state = on_sources(FaceKind::Terminal);
    update(&mut state, Msg::NewSource);
    update(
        &mut state,
        Msg::Paste(" https://example.gov.tw/cases.csv\n".to_owned()),
    );
    let effects = press(&mut state, Key::Enter);
    assert!(
        matches!(effects.as_slice(), [Effect::TrySource(_)]),
        "{effects:?}"
    );
    let mut tried = sample::tried();
    update(&mut state, tried.pop().unwrap());
    let shown = texts(&state);
    for text in [
        "csv",
        "big5",
        "1,234",
        "件數",
        "personal, not shown",
        "period",
        "portfolio/value-1@2025Q3",
        "1300",
        "Step 3 of 3",
    ] {
        assert!(shown.contains(text), "{text} in {shown}");
    }
    update(
        &mut state,
        Msg::SetField {
            field: DraftField::Value(0),
            text: "other".to_owned(),
        },
    );
    assert!(texts(&state).contains("Changed since this try."));
}

#[test]
fn every_line_of_the_file_can_be_changed_and_stands_with_what_is_wrong_in_it() {
    for face in [FaceKind::Terminal, FaceKind::Window] {
        let mut state = on_sources(face);
        for msg in sample::tried() {
            update(&mut state, msg);
        }
        written(&mut state);
        let file = table(&state, "draft-file");
        let place = file.rows.iter().position(|r| r.key == "line:3").unwrap();
        let below = &file.rows[place + 1];
        assert!(below.key.starts_with("problem:3:"), "{below:?}");
        assert!(
            below.cells[1].spans[0].text.contains("schedule"),
            "the nearest key is named: {below:?}"
        );
        update(&mut state, Msg::FocusPanel("draft-file"));
        update(
            &mut state,
            Msg::Select {
                panel: "draft-file",
                key: "line:3".to_owned(),
            },
        );
        press(&mut state, Key::Enter);
        assert_eq!(state.prompt.as_ref().unwrap().text, "schedul = \"daily\"");
        press(&mut state, Key::Ctrl('u'));
        typed(&mut state, "schedule = \"hourly\"");
        let effects = press(&mut state, Key::Enter);
        let text = written_text(&effects);
        assert!(text.contains("schedule = \"hourly\"\n\n[[map]]"), "{text}");
        // Until it comes back nothing else is changed.
        update(&mut state, Msg::AskLine(0));
        assert_eq!(state.prompt, None);
        written(&mut state);
        // A line more after the selected one, and a blank one is taken out.
        press(&mut state, Key::Ctrl('l'));
        typed(&mut state, "personal_fields = []");
        let effects = press(&mut state, Key::Enter);
        let text = written_text(&effects);
        assert!(
            text.contains("schedul = \"daily\"\npersonal_fields = []\n"),
            "{text}"
        );
        written(&mut state);
        let effects = update(
            &mut state,
            Msg::SetLine {
                line: 3,
                is_new: false,
                text: String::new(),
            },
        );
        let text = written_text(&effects);
        assert!(!text.contains("schedul"), "{text}");
    }
}

#[test]
fn what_was_typed_is_not_lost_without_asking() {
    let mut state = on_sources(FaceKind::Terminal);
    for msg in sample::tried() {
        update(&mut state, msg);
    }
    press(&mut state, Key::Esc);
    assert_eq!(state.screen(), ScreenId::Sources);
    press(&mut state, Key::Char('n'));
    assert!(
        texts(&state).contains("portfolio/value-1"),
        "it is still there"
    );
    assert!(update(&mut state, Msg::Quit).is_empty(), "quit asks first");
    assert_eq!(update(&mut state, Msg::Quit), [Effect::Quit]);
    press(&mut state, Key::Char('x'));
    assert!(state.new_source.is_some(), "start over asks first");
    press(&mut state, Key::Char('x'));
    assert!(state.new_source.is_none());
    assert!(texts(&state).contains("Step 1 of 3"));
}

#[test]
fn an_answer_that_comes_late_does_not_overwrite_what_was_typed() {
    let mut state = on_sources(FaceKind::Terminal);
    let mut messages = sample::tried();
    let answer = messages.pop().unwrap();
    for msg in messages {
        update(&mut state, msg);
    }
    update(
        &mut state,
        Msg::SetField {
            field: DraftField::Id,
            text: "mine".to_owned(),
        },
    );
    update(&mut state, answer);
    let new = state.new_source.as_ref().unwrap();
    assert_eq!(new.draft.value(DraftField::Id), "mine");
    assert!(new.is_outdated && new.trial.is_some());
}

#[test]
fn who_may_not_save_sees_why() {
    let mut state = on_sources(FaceKind::Window);
    let mut loaded = sample::loaded();
    loaded.cannot_configure = Some(
        Message::new("session-role-missing")
            .with("person", "lin")
            .with("role", "admin"),
    );
    update(&mut state, Msg::Loaded(Box::new(loaded)));
    for msg in sample::tried() {
        update(&mut state, msg);
    }
    let screen = view(&state);
    let head = screen
        .panels
        .iter()
        .find(|p| p.id == "new-source-head")
        .unwrap();
    let save = head
        .actions
        .iter()
        .find(|a| a.msg == Msg::SaveSource)
        .unwrap();
    assert!(save.disabled.as_ref().unwrap().contains("admin"));
    assert!(texts(&state).contains("admin"));
}
