//! The window without a renderer: what is in its accessibility tree, what keys and clicks do.
#![allow(clippy::unwrap_used, missing_docs)]

mod samples;

use egui::accesskit::Role;
use egui::{Event, ImeEvent, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use quarterdeck_gui::desk::Desk;
use quarterdeck_gui::{fonts, show, theme::Theme};
use quarterdeck_view::i18n::Language;
use quarterdeck_view::msg::{Effect, Msg};
use quarterdeck_view::panel::{Body, Screen, Status};
use quarterdeck_view::sample;
use quarterdeck_view::state::{FaceKind, ScreenId};
use quarterdeck_view::update::update;

/// A hand-made screen with what was asked of it.
struct Shown {
    screen: Screen,
    out: Vec<Msg>,
}

fn hand_made(screen: Screen) -> Harness<'static, Shown> {
    Harness::builder()
        .with_size(vec2(1440.0, 2000.0))
        .with_step_dt(0.02)
        .with_context_setup(|context| {
            fonts::install(context);
            Theme { dark: false }.apply(context);
        })
        .build_ui_state(
            |ui, shown: &mut Shown| {
                let out = show::show(ui, &shown.screen, Theme { dark: false }, Language::ZhTw);
                shown.out.extend(out);
            },
            Shown {
                screen,
                out: Vec::new(),
            },
        )
}

/// The sample workspace, live.
struct Live {
    desk: Desk,
    effects: Vec<Effect>,
}

fn live(screen: ScreenId, language: Language, size: (f32, f32)) -> Harness<'static, Live> {
    let mut state = sample::state(FaceKind::Window, language);
    update(&mut state, Msg::Go(screen));
    Harness::builder()
        .with_size(vec2(size.0, size.1))
        .with_max_steps(8)
        .with_context_setup(fonts::install)
        .build_ui_state(
            |ui, live: &mut Live| {
                let effects = live.desk.frame(ui);
                live.effects.extend(effects);
            },
            Live {
                desk: Desk::new(state),
                effects: Vec::new(),
            },
        )
}

/// Every text of the accessibility tree.
fn said<S>(harness: &Harness<'_, S>) -> Vec<String> {
    harness
        .root()
        .children_recursive()
        .flat_map(|node| {
            let node = node.accesskit_node();
            [
                node.label(),
                node.value(),
                node.placeholder().map(str::to_owned),
            ]
        })
        .flatten()
        .collect()
}

fn missing(texts: &[String], said: &[String]) -> Vec<String> {
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let said: Vec<String> = said.iter().map(|text| squeezed(text)).collect();
    texts
        .iter()
        .filter(|text| {
            let text = squeezed(text);
            !said.iter().any(|one| one.contains(&text))
        })
        .cloned()
        .collect()
}

#[test]
fn every_text_of_every_kind_of_panel_is_in_the_accessibility_tree() {
    for screen in [samples::overview(), samples::programme()] {
        let texts = screen.texts();
        let mut harness = hand_made(screen);
        harness.run();
        assert_eq!(missing(&texts, &said(&harness)), Vec::<String>::new());
    }
}

#[test]
fn every_text_of_every_screen_is_in_the_accessibility_tree_in_both_languages() {
    for language in Language::ALL {
        for screen in ScreenId::ALL {
            let mut harness = live(screen, language, (1600.0, 4000.0));
            harness.run();
            let texts = quarterdeck_view::screen::view(&harness.state().desk.state).texts();
            let gone = missing(&texts, &said(&harness));
            assert_eq!(
                gone,
                Vec::<String>::new(),
                "{} {}",
                screen.id(),
                language.id()
            );
        }
    }
}

#[test]
fn every_text_of_a_new_source_is_in_the_accessibility_tree() {
    for language in Language::ALL {
        let mut tried = quarterdeck_view::sample::tried();
        tried.push(quarterdeck_view::sample::written_out());
        for messages in [Vec::new(), tried] {
            let mut harness = live(ScreenId::NewSource, language, (1600.0, 2000.0));
            for msg in messages {
                quarterdeck_view::update::update(&mut harness.state_mut().desk.state, msg);
            }
            harness.run();
            let texts = quarterdeck_view::screen::view(&harness.state().desk.state).texts();
            assert_eq!(missing(&texts, &said(&harness)), Vec::<String>::new());
        }
    }
}

#[test]
fn a_click_on_a_heading_sorts() {
    let mut harness = hand_made(samples::overview());
    harness.run();
    harness
        .get_by_role_and_label(Role::ColumnHeader, "執行率")
        .click();
    harness.run();
    assert_eq!(
        harness.state().out,
        vec![Msg::Sort {
            panel: "programmes",
            column: "execution"
        }]
    );
}

#[test]
fn a_click_selects_a_row_and_a_double_click_opens_it() {
    let mut harness = hand_made(samples::overview());
    // On a busy machine two clicks take longer than a hand would.
    harness
        .ctx
        .options_mut(|options| options.input_options.max_double_click_delay = 60.0);
    harness.run();
    let select = Msg::Select {
        panel: "programmes",
        key: "P07".to_owned(),
    };
    harness.get_by_label("圖資整合與三維國家底圖").click();
    harness.step();
    assert!(harness.state().out.contains(&select));
    harness.get_by_label("圖資整合與三維國家底圖").click();
    harness.step();
    harness.run();
    assert!(
        harness
            .state()
            .out
            .contains(&Msg::OpenProgramme("P07".to_owned()))
    );
}

#[test]
fn a_tile_says_its_quarter_and_status() {
    let mut harness = hand_made(samples::overview());
    harness.run();
    assert!(harness.get_all_by_label("114Q2 落後").count() >= 3);
}

#[test]
fn the_tab_key_reaches_every_control_and_every_list() {
    let mut harness = live(ScreenId::Overview, Language::ZhTw, (1440.0, 900.0));
    harness.run();
    let wanted: Vec<String> = harness
        .root()
        .children_recursive()
        .map(|node| node.accesskit_node())
        .filter(|node| {
            matches!(node.role(), Role::Button | Role::RadioButton | Role::Tab)
                && !node.is_disabled()
        })
        .filter_map(|node| node.label())
        .collect();
    assert!(wanted.len() > 10);
    let mut reached = Vec::new();
    for _ in 0..wanted.len() + 10 {
        harness.key_press(Key::Tab);
        harness.run();
        let focused = harness
            .root()
            .children_recursive()
            .find(|node| node.accesskit_node().is_focused());
        reached.extend(focused.and_then(|node| node.accesskit_node().label()));
    }
    let left: Vec<&String> = wanted
        .iter()
        .filter(|name| !reached.contains(name))
        .collect();
    assert_eq!(left, Vec::<&String>::new());
}

#[test]
fn the_keyboard_selects_opens_and_goes_back() {
    let mut harness = live(ScreenId::Overview, Language::ZhTw, (1440.0, 900.0));
    harness.run();
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().desk.state.screen(), ScreenId::Programme);
    harness.key_press(Key::Escape);
    harness.run();
    assert_eq!(harness.state().desk.state.screen(), ScreenId::Overview);
}

#[test]
fn a_full_width_colon_opens_the_command_line_and_text_goes_into_it() {
    let mut harness = live(ScreenId::Overview, Language::ZhTw, (1440.0, 900.0));
    harness.run();
    harness.event(Event::Text("：".to_owned()));
    harness.run();
    harness.event(Event::Text("說明".to_owned()));
    harness.run();
    let prompt = harness.state().desk.state.prompt.clone().unwrap();
    assert_eq!(prompt.text, "說明");
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.state().desk.state.prompt.is_none());
}

fn drafts(harness: &Harness<'_, Live>) -> Vec<String> {
    harness
        .state()
        .desk
        .state
        .drafts
        .values()
        .map(|draft| draft.text.clone())
        .collect()
}

#[test]
fn digits_typed_into_the_entry_grid_are_all_kept() {
    let mut harness = live(ScreenId::Entry, Language::ZhTw, (1440.0, 900.0));
    harness.run();
    // All in one frame, as fast hands and scanners do.
    for digit in ["4", "2", ".", "5"] {
        harness.event(Event::Text(digit.to_owned()));
    }
    harness.run();
    assert_eq!(drafts(&harness), vec!["42.5".to_owned()]);
    harness.key_press(Key::Enter);
    harness.run();
    assert!(harness.state().desk.state.editing.is_none());
    assert_eq!(drafts(&harness), vec!["42.5".to_owned()]);
}

#[test]
fn an_input_method_composes_in_the_selected_cell() {
    let mut harness = live(ScreenId::Entry, Language::ZhTw, (1440.0, 900.0));
    harness.run();
    harness.event(Event::Ime(ImeEvent::Preedit {
        text: "１".to_owned(),
        active_range_chars: None,
    }));
    harness.run();
    harness.event(Event::Ime(ImeEvent::Commit("１２".to_owned())));
    harness.run();
    harness.event(Event::Text("３".to_owned()));
    harness.run();
    assert_eq!(drafts(&harness), vec!["１２３".to_owned()]);
}

#[test]
fn a_word_and_the_key_after_it_may_come_in_one_frame() {
    let mut harness = live(ScreenId::Entry, Language::ZhTw, (1440.0, 900.0));
    harness.run();
    // The first digit opens the cell, the others and Enter wait in a slow frame.
    harness.event(Event::Text("1".to_owned()));
    harness.run();
    for digit in ["2", "3", "4"] {
        harness.event(Event::Text(digit.to_owned()));
    }
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(drafts(&harness), vec!["1234".to_owned()]);
}

#[test]
fn a_block_of_cells_is_pasted_from_the_selected_cell_on() {
    let mut harness = live(ScreenId::Entry, Language::ZhTw, (1440.0, 900.0));
    harness.run();
    harness.event(Event::Paste("11\n12\n".to_owned()));
    harness.run();
    let mut drafts = drafts(&harness);
    drafts.sort();
    assert_eq!(drafts, vec!["11".to_owned(), "12".to_owned()]);
}

#[test]
fn ctrl_c_copies_the_table_as_text() {
    let mut harness = live(ScreenId::Overview, Language::En, (1440.0, 900.0));
    harness.run();
    harness.event_modifiers(Event::Copy, Modifiers::COMMAND);
    harness.run();
    assert!(
        matches!(harness.state().effects.first(), Some(Effect::Copy(text)) if text.contains('\t'))
    );
}

#[test]
fn a_status_in_the_headline_filters_the_table() {
    let mut harness = live(ScreenId::Overview, Language::En, (1440.0, 900.0));
    harness.run();
    let screen = quarterdeck_view::screen::view(&harness.state().desk.state);
    let behind = screen
        .panels
        .iter()
        .find_map(|panel| match &panel.body {
            Body::Headline { counts, .. } => {
                counts.iter().find(|count| count.status == Status::Behind)
            }
            _ => None,
        })
        .unwrap();
    let name = format!("{} {}", behind.word, behind.number);
    harness.get_by_role_and_label(Role::Button, &name).click();
    harness.run();
    assert_eq!(
        harness.state().desk.state.filter_status,
        Some(Status::Behind)
    );
}

#[test]
fn the_menu_holds_every_command_and_alt_m_opens_it() {
    let mut harness = live(ScreenId::Overview, Language::En, (1440.0, 900.0));
    harness.run();
    harness.key_press_modifiers(Modifiers::ALT, Key::M);
    harness.run();
    let screen = quarterdeck_view::screen::view(&harness.state().desk.state);
    let labels: Vec<String> = screen
        .chrome
        .menus
        .iter()
        .flat_map(|(_, actions)| actions)
        .map(|action| action.label.clone())
        .collect();
    assert!(labels.len() > 10);
    assert_eq!(missing(&labels, &said(&harness)), Vec::<String>::new());
}

#[test]
fn nothing_is_repainted_while_nothing_changes() {
    for screen in ScreenId::ALL {
        let mut harness = live(screen, Language::ZhTw, (1440.0, 900.0));
        harness.run();
        harness.step();
        let viewport = &harness.output().viewport_output[&egui::ViewportId::ROOT];
        assert!(
            viewport.repaint_delay > std::time::Duration::from_secs(3600),
            "{}",
            screen.id()
        );
    }
}
