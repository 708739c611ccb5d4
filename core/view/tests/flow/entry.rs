//! Figures typed into the entry screen, pasted, copied, and kept over a reload.

use super::{panel, press, terminal, typed};
use quarterdeck_view::keys::Key;
use quarterdeck_view::msg::{Effect, Msg};
use quarterdeck_view::sample;
use quarterdeck_view::screen::view;
use quarterdeck_view::state::ScreenId;
use quarterdeck_view::update::update;

#[test]
fn typed_figures_are_checked_kept_and_saved() {
    let mut state = terminal();
    press(&mut state, Key::Char('5'));
    assert_eq!(state.screen(), ScreenId::Entry);
    typed(&mut state, "１７");
    press(&mut state, Key::Enter);
    assert_eq!(state.drafts["P08/models@2025Q3"].text, "1７");
    assert!(state.drafts["P08/models@2025Q3"].error.is_none());
    press(&mut state, Key::Enter);
    typed(&mut state, "十七");
    press(&mut state, Key::Enter);
    let refused = &state.drafts["P12/trial-runs@2025Q3"];
    assert_eq!(refused.text, "十七");
    assert!(refused.error.is_some());
    let effects = press(&mut state, Key::Ctrl('s'));
    let [Effect::Enter(requests)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].key, "P08/models@2025Q3");
    update(
        &mut state,
        Msg::Entered {
            stored: vec![("P08/models@2025Q3".into(), 9)],
            refused: Vec::new(),
        },
    );
    assert!(!state.drafts.contains_key("P08/models@2025Q3"));
    assert!(state.drafts.contains_key("P12/trial-runs@2025Q3"));
    let undone = press(&mut state, Key::Ctrl('z'));
    assert!(matches!(
        undone.as_slice(),
        [Effect::Withdraw { sequence: 9, .. }]
    ));
}

#[test]
fn a_pasted_block_fills_the_rows_below() {
    let mut state = terminal();
    update(&mut state, Msg::Go(ScreenId::Entry));
    update(
        &mut state,
        Msg::Paste("P08\t18\r\nP12\t1,320\r\nP12\tabc\r\n".into()),
    );
    assert_eq!(state.drafts["P08/models@2025Q3"].text, "18");
    assert_eq!(state.drafts["P12/trial-runs@2025Q3"].text, "1,320");
    assert!(state.drafts["P12/satisfaction@2025Q3"].error.is_some());
    assert!(!state.drafts.contains_key("P23/projects@2025Q3"));
    assert!(press(&mut state, Key::Char('q')).is_empty());
    assert_eq!(press(&mut state, Key::Char('q')), [Effect::Quit]);
}

#[test]
fn escape_leaves_a_cell_as_it_was() {
    let mut state = terminal();
    update(&mut state, Msg::Go(ScreenId::Entry));
    typed(&mut state, "5");
    press(&mut state, Key::Esc);
    assert!(state.drafts.is_empty());
    assert_eq!(state.screen(), ScreenId::Entry);
}

#[test]
fn read_only_says_why_and_stores_nothing() {
    let mut state = terminal();
    let mut loaded = sample::loaded();
    loaded.read_only = Some(quarterdeck_kpi::message::Message::new("banner-past"));
    update(&mut state, Msg::Loaded(Box::new(loaded)));
    update(&mut state, Msg::Go(ScreenId::Entry));
    typed(&mut state, "5");
    assert!(state.drafts.is_empty());
    assert!(!view(&state).chrome.banners.is_empty());
    assert!(
        panel(&view(&state), "entry")
            .actions
            .iter()
            .all(|a| a.disabled.is_some())
    );
}

#[test]
fn copied_tables_are_numbers_to_a_spreadsheet() {
    let mut state = terminal();
    let effects = press(&mut state, Key::Char('y'));
    let [Effect::Copy(text)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let line = text.lines().find(|l| l.contains("P12")).unwrap();
    let cells: Vec<&str> = line.split('\t').collect();
    assert!(cells.contains(&"-18.40"), "{line}");
    assert!(cells.contains(&"71.20"), "{line}");
    assert!(cells.contains(&"28132"), "{line}");
    assert!(text.lines().next().unwrap().contains("執行率 (%)"));
    assert!(text.contains("Demo data, invented"));
    update(&mut state, Msg::OpenProgramme("P27".into()));
    let effects = press(&mut state, Key::Char('y'));
    let [Effect::Copy(text)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert!(text.contains("\t'=HYPERLINK(1)\t"), "{text}");
}

#[test]
fn a_workspace_reloaded_keeps_place_filter_and_drafts() {
    let mut state = terminal();
    update(&mut state, Msg::OpenProgramme("P12".into()));
    update(&mut state, Msg::Go(ScreenId::Entry));
    typed(&mut state, "7");
    press(&mut state, Key::Enter);
    update(&mut state, Msg::Loaded(Box::new(sample::loaded())));
    assert_eq!(state.screen(), ScreenId::Entry);
    assert_eq!(state.drafts.len(), 1);
    assert_eq!(state.programme.as_deref(), Some("P12"));
}
