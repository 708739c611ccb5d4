//! A large workspace is loaded without the readings that no longer count; a screen asks for those it shows.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use quarterdeck_kpi::address::SeriesId;
use quarterdeck_view::i18n::Language;
use quarterdeck_view::msg::{Effect, Msg};
use quarterdeck_view::panel::Body;
use quarterdeck_view::readings::Readings;
use quarterdeck_view::sample;
use quarterdeck_view::screen::view;
use quarterdeck_view::state::{FaceKind, ScreenId, State};
use quarterdeck_view::update::update;
use std::sync::Arc;

fn shown(state: &State) -> usize {
    let screen = view(state);
    let panel = screen.panels.iter().find(|p| p.id == "observations");
    match &panel.unwrap().body {
        Body::Table(table) => table.rows.len(),
        other => panic!("no table: {other:?}"),
    }
}

#[test]
fn the_history_of_a_figure_is_read_when_its_screen_opens() {
    let series = SeriesId::parse("P12/trial-runs").unwrap();
    let open = Msg::OpenIndicator(series.clone());
    let mut whole = sample::state(FaceKind::Terminal, Language::En);
    let effects = update(&mut whole, open.clone());
    assert!(!effects.iter().any(|e| matches!(e, Effect::Readings { .. })));
    let all = shown(&whole);
    assert!(all > 1);

    // The same state as a large workspace loads it: only what counts is there.
    let mut state = sample::state(FaceKind::Terminal, Language::En);
    let mut loaded = sample::loaded();
    let mut snapshot = loaded.snapshot.as_ref().clone();
    let rows = snapshot.observations.clone();
    snapshot.observations.retain(|row| row.sequence < 1);
    snapshot.left_out = true;
    loaded.snapshot = Arc::new(snapshot);
    update(&mut state, Msg::Loaded(Box::new(loaded)));
    let effects = update(&mut state, open);
    let asked: Vec<_> = effects
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Readings { of, as_of } => Some((of, as_of)),
            _ => None,
        })
        .collect();
    let [(of, as_of)] = <[_; 1]>::try_from(asked).unwrap();
    assert!(of.contains(&"P12".to_owned()), "{of:?}");
    // It is asked for once, however often the screen is drawn or moved in.
    assert!(update(&mut state, Msg::Move(1)).is_empty());
    let before = shown(&state);
    assert!(before < all);
    // What was asked for another screen comes too late to matter.
    let other = Readings {
        of: vec!["P23".into()],
        as_of,
        rows: rows.clone(),
    };
    update(&mut state, Msg::Readings(other));
    assert_eq!(shown(&state), before);
    update(&mut state, Msg::Readings(Readings { of, as_of, rows }));
    assert_eq!(shown(&state), all);
    // A newer state is read anew.
    let again = state.loaded.as_deref().unwrap().clone();
    let effects = update(&mut state, Msg::Loaded(Box::new(again)));
    assert_eq!(state.screen(), ScreenId::Indicator);
    assert!(effects.iter().any(|e| matches!(e, Effect::Readings { .. })));
}
