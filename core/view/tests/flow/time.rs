//! The time cursor and what changed since.

use quarterdeck_view::i18n::Language;
use quarterdeck_view::msg::{Effect, Msg};
use quarterdeck_view::sample;
use quarterdeck_view::state::FaceKind;
use quarterdeck_view::update::update;

#[test]
fn changes_are_asked_for_since_the_cursor_even_while_it_still_loads() {
    let mut state = sample::state(FaceKind::Terminal, Language::En);
    let then = "2024-08-01T04:00:00Z".parse().unwrap();
    // The answer to this one is on its way.
    assert!(matches!(
        update(&mut state, Msg::SetAsOf(Some(then)))[..],
        [Effect::Load { .. }]
    ));
    let asked = update(&mut state, Msg::ShowChanges);
    let [Effect::Changes { since, quarter }] = &asked[..] else {
        unreachable!("{asked:?}");
    };
    assert_eq!((*since, quarter.to_string().as_str()), (then, "2024Q2"));
}
