//! Screens of the sample drawn on a grid.

#![allow(dead_code, reason = "each test file uses a part of it")]

use quarterdeck_tui::paint::ink::{Depth, Ink};
use quarterdeck_tui::paint::{self, Hits, Memory};
use quarterdeck_view::i18n::Language;
use quarterdeck_view::msg::Msg;
use quarterdeck_view::panel::Screen;
use quarterdeck_view::sample;
use quarterdeck_view::screen::view;
use quarterdeck_view::state::{FaceKind, ScreenId, State};
use quarterdeck_view::update::update;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// Both languages with their short names.
pub const LANGUAGES: [(Language, &str); 2] = [(Language::ZhTw, "zh"), (Language::En, "en")];

/// The sizes of the golden screens.
pub const SIZES: [(u16, u16); 2] = [(120, 36), (80, 24)];

/// 256 colours on a dark ground.
pub const INK: Ink = Ink {
    depth: Depth::Many,
    dark: true,
    ascii: false,
    roomy: false,
};

/// The sample on a screen.
pub fn state(screen: ScreenId, language: Language) -> State {
    let mut state = sample::state(FaceKind::Terminal, language);
    update(&mut state, Msg::Go(screen));
    state
}

/// Draws a screen.
pub fn draw(screen: &Screen, (width, height): (u16, u16), ink: Ink) -> (Buffer, Hits) {
    let area = Rect {
        x: 0,
        y: 0,
        width,
        height,
    };
    let mut buffer = Buffer::empty(area);
    let hits = paint::draw(screen, area, &mut buffer, ink, &mut Memory::default());
    (buffer, hits)
}

/// Draws a state.
pub fn drawn(state: &State, size: (u16, u16), ink: Ink) -> Buffer {
    let screen = view(state);
    let (width, height) = size;
    let mut buffer = Buffer::empty(Rect {
        x: 0,
        y: 0,
        width,
        height,
    });
    let focused = screen.panels.iter().find(|panel| panel.focused);
    let mut memory = Memory::default();
    memory.scroll = focused.map_or(0, |panel| state.panel(panel.id).scroll);
    let area = buffer.area;
    paint::draw(&screen, area, &mut buffer, ink, &mut memory);
    buffer
}

/// The rows of a buffer as a terminal shows them: a wide character covers the cell after it.
pub fn rows(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    (0..area.height)
        .map(|y| {
            let mut row = String::new();
            let mut x = 0;
            while x < area.width {
                let symbol = buffer[(x, y)].symbol();
                row.push_str(symbol);
                x += u16::try_from(symbol.width()).unwrap().max(1);
            }
            row
        })
        .collect()
}

/// The rows without the spaces at their ends.
pub fn picture(buffer: &Buffer) -> String {
    rows(buffer)
        .iter()
        .map(|row| format!("{}\n", row.trim_end()))
        .collect()
}
