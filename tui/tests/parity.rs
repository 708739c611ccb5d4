//! On a large terminal every text of a screen is there: nothing belongs to one face alone.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{INK, LANGUAGES, draw, rows, state};
use quarterdeck_tui::paint::text::safe;
use quarterdeck_view::address::{FigureAddress, SeriesId};
use quarterdeck_view::msg::Msg;
use quarterdeck_view::sample;
use quarterdeck_view::screen::view;
use quarterdeck_view::state::{ScreenId, State};
use quarterdeck_view::update::update;

const LARGE: (u16, u16) = (240, 240);

/// Without spaces: lines are broken at them.
fn folded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Each column of the picture read downwards, so that a wrapped sentence is whole again.
fn columns_of(rows: &[String]) -> String {
    let mut left = String::new();
    let mut right = String::new();
    for row in rows {
        match row.split_once('╎') {
            Some((main, side)) => {
                left.push_str(main);
                right.push_str(side);
            }
            None => left.push_str(row),
        }
    }
    folded(&format!("{left}{right}"))
}

/// Whether a text is there: in one piece, or broken into lines beside a label, in order.
fn there(text: &str, whole: &str, rows: &[String]) -> bool {
    let text = folded(&safe(text));
    if whole.contains(&text) {
        return true;
    }
    // Lines of a value that stands beside a label or before a second value: every line of it is in some row.
    let rows: Vec<String> = rows.iter().map(|row| folded(row)).collect();
    let mut rest = text.as_str();
    let mut from = 0;
    while !rest.is_empty() {
        let found = rows
            .iter()
            .enumerate()
            .skip(from)
            .take(if from == 0 { rows.len() } else { 3 })
            .find_map(|(y, row)| {
                let longest = rest
                    .char_indices()
                    .map(|(at, c)| at + c.len_utf8())
                    .rev()
                    .find(|&end| row.contains(&rest[..end]))?;
                (longest >= rest.len().min(18)).then_some((y, longest))
            });
        match found {
            Some((y, end)) => {
                rest = &rest[end..];
                from = y + 1;
            }
            None => return false,
        }
    }
    true
}

fn missing(state: &State) -> Vec<String> {
    let screen = view(state);
    let (buffer, _) = draw(&screen, LARGE, INK);
    let rows = rows(&buffer);
    let whole = columns_of(&rows);
    assert!(!there("a text that is nowhere", &whole, &rows));
    screen
        .texts()
        .into_iter()
        .filter(|text| !there(text, &whole, &rows))
        .collect()
}

#[test]
fn every_text_of_every_screen_is_visible_on_a_large_terminal() {
    let mut all: Vec<String> = Vec::new();
    for (language, short) in LANGUAGES {
        for screen in ScreenId::ALL {
            let state = state(screen, language);
            all.extend(
                missing(&state)
                    .into_iter()
                    .map(|text| format!("{} {short}: {text}", screen.id())),
            );
        }
        let mut tried = state(ScreenId::Sources, language);
        for msg in sample::tried().into_iter().chain([sample::written_out()]) {
            update(&mut tried, msg);
        }
        all.extend(
            missing(&tried)
                .into_iter()
                .map(|text| format!("new-source tried {short}: {text}")),
        );
        // The trail of a figure beside the overview and on the indicator's own screen.
        let series = SeriesId::parse("P12/trial-runs").unwrap();
        let figure = series.clone().at(sample::QUARTER.period());
        let budget = FigureAddress::parse("P12/budget.execution_rate@2025Q3").unwrap();
        for (name, first, figure) in [
            ("trail", None, &figure),
            ("trail of money", None, &budget),
            ("indicator", Some(Msg::OpenIndicator(series)), &figure),
        ] {
            let mut state = state(ScreenId::Overview, language);
            let explained = sample::explained(figure);
            assert!(!explained.is_empty(), "{figure}");
            for msg in first.into_iter().chain(explained) {
                update(&mut state, msg);
            }
            all.extend(
                missing(&state)
                    .into_iter()
                    .map(|text| format!("{name} {short}: {text}")),
            );
        }
        for (name, messages) in [
            ("found", vec![Msg::Find("318".to_owned())]),
            ("changes", vec![Msg::ShowChanges, sample::changed()]),
        ] {
            let mut state = state(ScreenId::Overview, language);
            for msg in messages {
                update(&mut state, msg);
            }
            all.extend(
                missing(&state)
                    .into_iter()
                    .map(|text| format!("{name} {short}: {text}")),
            );
        }
        let mut state = state(ScreenId::Overview, language);
        update(&mut state, Msg::OpenProgramme("P12".to_owned()));
        all.extend(
            missing(&state)
                .into_iter()
                .map(|text| format!("P12 {short}: {text}")),
        );
    }
    assert!(all.is_empty(), "not visible:\n{}", all.join("\n"));
}
