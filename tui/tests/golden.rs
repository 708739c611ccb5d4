//! Every screen at both sizes in both languages, as it stands on the terminal.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{INK, LANGUAGES, SIZES, draw, drawn, picture, rows, state};
use quarterdeck_tui::paint::ink::{Depth, Ink};
use quarterdeck_view::address::SeriesId;
use quarterdeck_view::msg::Msg;
use quarterdeck_view::panel::Status;
use quarterdeck_view::sample;
use quarterdeck_view::state::{Capabilities, FaceKind, ScreenId, State};
use quarterdeck_view::update::update;
use ratatui::style::Modifier;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Every state that has a picture: the screens, the side panels, the prompts, a filter, a look back.
fn scenes(language: quarterdeck_view::i18n::Language) -> Vec<(String, State)> {
    let mut scenes: Vec<(String, State)> = ScreenId::RAIL
        .into_iter()
        .map(|screen| (screen.id().to_owned(), state(screen, language)))
        .collect();
    let mut add = |name: &str, screen: ScreenId, messages: Vec<Msg>| {
        let mut state = state(screen, language);
        for msg in messages {
            update(&mut state, msg);
        }
        scenes.push((name.to_owned(), state));
    };
    add(
        "exceptions",
        ScreenId::Overview,
        vec![Msg::FocusPanel("exceptions")],
    );
    add(
        "behind",
        ScreenId::Overview,
        vec![Msg::OpenProgramme("P12".to_owned())],
    );
    add(
        "command",
        ScreenId::Overview,
        vec![Msg::Command, Msg::PromptText("so".to_owned())],
    );
    add(
        "filter",
        ScreenId::Overview,
        vec![Msg::Filter, Msg::PromptText("健保".to_owned())],
    );
    add(
        "as-of",
        ScreenId::Overview,
        vec![
            Msg::AskAsOf,
            Msg::PromptText("nonsense".to_owned()),
            Msg::PromptAccept,
        ],
    );
    let series = SeriesId::parse("P12/trial-runs").unwrap();
    let figure = series.clone().at(sample::QUARTER.period());
    add("trail", ScreenId::Overview, sample::explained(&figure));
    let mut on_its_own = vec![Msg::OpenIndicator(series)];
    on_its_own.extend(sample::explained(&figure));
    add("indicator", ScreenId::Overview, on_its_own);
    add(
        "found",
        ScreenId::Overview,
        vec![
            Msg::Filter,
            Msg::PromptText("318".to_owned()),
            Msg::PromptAccept,
        ],
    );
    add(
        "changes",
        ScreenId::Overview,
        vec![Msg::ShowChanges, sample::changed()],
    );
    add("new-source", ScreenId::Sources, vec![Msg::NewSource]);
    let tried = sample::tried().into_iter().chain([sample::written_out()]);
    add("new-source-tried", ScreenId::Sources, tried.collect());
    let mut start = State::new(FaceKind::Terminal, Capabilities::default());
    update(&mut start, Msg::SetLanguage(language));
    scenes.push(("start".to_owned(), start));
    scenes
}

#[test]
fn golden_screens() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (language, short) in LANGUAGES {
            for (name, state) in scenes(language) {
                for size in SIZES {
                    let name = format!("{name}-{}x{}-{short}", size.0, size.1);
                    insta::assert_snapshot!(name, picture(&drawn(&state, size, INK)));
                }
            }
        }
    });
}

#[test]
fn every_line_is_as_wide_as_the_terminal() {
    for (language, short) in LANGUAGES {
        for (name, state) in scenes(language) {
            for size in [SIZES[0], SIZES[1], (100, 30), (61, 17), (220, 120), (37, 9)] {
                for (y, row) in rows(&drawn(&state, size, INK)).iter().enumerate() {
                    assert_eq!(
                        row.width(),
                        usize::from(size.0),
                        "{name} {short} {size:?} row {y}: {row}"
                    );
                }
            }
        }
    }
}

#[test]
fn no_character_is_wider_on_a_chinese_terminal() {
    for (language, short) in LANGUAGES {
        for (name, state) in scenes(language) {
            for (size, ascii) in [
                (SIZES[0], false),
                (SIZES[1], false),
                ((220, 120), false),
                (SIZES[0], true),
            ] {
                for (y, row) in rows(&drawn(&state, size, Ink { ascii, ..INK }))
                    .iter()
                    .enumerate()
                {
                    let wider: Vec<char> =
                        row.chars().filter(|c| c.width() != c.width_cjk()).collect();
                    assert!(
                        wider.is_empty(),
                        "{name} {short} {size:?} row {y}: {wider:?} in {row}"
                    );
                }
            }
        }
    }
}

#[test]
fn plain_signs_are_plain() {
    for (language, short) in LANGUAGES {
        for (name, state) in scenes(language) {
            for (y, row) in rows(&drawn(&state, SIZES[0], Ink { ascii: true, ..INK }))
                .iter()
                .enumerate()
            {
                let other: Vec<char> = row
                    .chars()
                    .filter(|c| !c.is_ascii() && c.width() != Some(2))
                    .collect();
                assert!(
                    other.is_empty(),
                    "{name} {short} row {y}: {other:?} in {row}"
                );
            }
        }
    }
}

/// The overview with as many programmes as the plan has.
fn full_overview(language: quarterdeck_view::i18n::Language) -> quarterdeck_view::panel::Screen {
    let mut screen = quarterdeck_view::screen::view(&state(ScreenId::Overview, language));
    for panel in &mut screen.panels {
        if let quarterdeck_view::panel::Body::Table(table) = &mut panel.body {
            let sample = table.rows.clone();
            table.rows = (1..=29)
                .zip(sample.into_iter().cycle())
                .map(|(n, mut row)| {
                    row.key = format!("P{n:02}");
                    row.cells[1].spans[0].text = row.key.clone();
                    row
                })
                .collect();
        }
    }
    screen
}

#[test]
fn the_overview_shows_every_programme_with_trend_and_exceptions() {
    for (language, _) in LANGUAGES {
        let screen = full_overview(language);
        let rows = rows(&draw(&screen, (120, 36), INK).0);
        for n in 1..=29 {
            let id = format!("P{n:02}");
            assert!(
                rows.iter()
                    .any(|row| row.chars().skip(1).collect::<String>().starts_with(&id)),
                "{id}"
            );
        }
        for panel in ["trend", "exceptions"] {
            let title = quarterdeck_view::i18n::word(language, &format!("overview-{panel}"));
            assert!(rows.iter().any(|row| row.contains(&title)), "{title}");
        }
        for column in ["kpi", "age"] {
            let word = quarterdeck_view::i18n::word(language, &format!("column-{column}-short"));
            let whole = quarterdeck_view::i18n::word(language, &format!("column-{column}"));
            assert!(
                rows.iter()
                    .any(|row| row.contains(&word) || row.contains(&whole)),
                "{column}"
            );
        }
    }
}

#[test]
fn tab_leads_to_the_exceptions_in_eighty_columns() {
    let mut state = state(ScreenId::Overview, quarterdeck_view::i18n::Language::En);
    assert!(!picture(&drawn(&state, (80, 24), INK)).contains("Exceptions"));
    for _ in 0..3 {
        if let Some(msg) = quarterdeck_view::keys::on_key(&state, quarterdeck_view::keys::Key::Tab)
        {
            update(&mut state, msg);
        }
        if picture(&drawn(&state, (80, 24), INK)).contains("Exceptions") {
            return;
        }
    }
    assert!(picture(&drawn(&state, (80, 24), INK)).contains("Exceptions"));
}

#[test]
fn without_colour_behind_is_reversed_and_at_risk_is_bold() {
    for depth in [Depth::None, Depth::Sixteen] {
        let ink = Ink { depth, ..INK };
        let state = state(ScreenId::Overview, quarterdeck_view::i18n::Language::En);
        let buffer = drawn(&state, (120, 36), ink);
        let behind = ink.sign(Status::Behind).to_string();
        let reversed = buffer
            .content
            .iter()
            .filter(|cell| cell.symbol() == behind && cell.modifier.contains(Modifier::REVERSED));
        assert!(reversed.count() > 0, "{depth:?}");
        assert!(
            buffer
                .content
                .iter()
                .any(|cell| cell.symbol() == "!" && cell.modifier.contains(Modifier::BOLD)),
            "{depth:?}"
        );
        if depth == Depth::None {
            assert!(
                buffer
                    .content
                    .iter()
                    .all(|cell| cell.fg == ratatui::style::Color::Reset
                        && cell.bg == ratatui::style::Color::Reset)
            );
        }
    }
}

#[test]
fn the_end_of_long_text_can_be_reached() {
    let end = |state: &State| {
        let screen = quarterdeck_view::screen::view(state);
        let panel = screen.panels.iter().find(|p| p.id == "words").unwrap();
        match &panel.body {
            quarterdeck_view::panel::Body::Facts(facts) => facts.last().unwrap().label.clone(),
            other => unreachable!("{other:?}"),
        }
    };
    let shows = |state: &State, label: &str| {
        rows(&drawn(state, (60, 14), INK))
            .iter()
            .any(|row| row.trim_start().starts_with(&format!("{label} ")))
    };
    for (language, _) in LANGUAGES {
        let mut state = state(ScreenId::Help, language);
        update(&mut state, Msg::FocusPanel("words"));
        let label = end(&state);
        assert!(!shows(&state, &label), "{label} is there before");
        update(&mut state, Msg::MoveToEnd(true));
        assert!(shows(&state, &label), "{label} is not reached");
    }
}
