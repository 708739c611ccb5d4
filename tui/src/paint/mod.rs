//! A screen of panels on a grid of cells: no frames, spaces and one rule.

pub mod chart;
mod chrome;
mod columns;
pub use columns::WIDE;
mod fit;
pub mod ink;
mod matrix;
mod money;
mod overview;
mod panel;
pub mod parts;
pub mod table;
pub mod text;

use ink::Ink;
use quarterdeck_view::msg::Msg;
use quarterdeck_view::panel::{Body, Place, Screen, Tone};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeMap;
use text::{put, put_spans};

/// Somewhere a click means something.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Where.
    pub area: Rect,
    /// A click.
    pub click: Msg,
    /// A second click at once.
    pub double: Option<Msg>,
}

/// Later ones lie on top.
pub type Hits = Vec<Hit>;

/// What the terminal remembers between frames: scroll positions.
#[derive(Debug, Default)]
pub struct Memory {
    tables: BTreeMap<&'static str, usize>,
    columns: BTreeMap<&'static str, u16>,
    /// First line of the focused panel of running text, set by the face before each frame.
    pub scroll: usize,
}

/// Rows from which the list of screens has a line of its own on a full overview.
const TALL: u16 = 40;

/// Rows and cells from which there is room for what only repeats a picture in words.
const ROOMY: (u16, u16) = (60, 160);

/// Draws the whole screen and returns what can be clicked.
pub fn draw(
    screen: &Screen,
    area: Rect,
    buffer: &mut Buffer,
    ink: Ink,
    memory: &mut Memory,
) -> Hits {
    let mut hits = Hits::new();
    let around = &screen.chrome;
    let ink = Ink {
        roomy: area.height >= ROOMY.0 && area.width >= ROOMY.1,
        ..ink
    };
    chrome::title_row(around, Rect { height: 1, ..area }, buffer, ink);
    let mut y = area.y + 1;
    let has_headline = screen
        .panels
        .iter()
        .any(|p| matches!(p.body, Body::Headline { .. }));
    if !has_headline && !around.headline.is_empty() {
        put_spans(
            buffer,
            area.x + 1,
            y,
            area.width.saturating_sub(2),
            &around.headline,
            ink,
        );
        y += 1;
    }
    if (!has_headline || area.height >= TALL) && !around.nav.is_empty() {
        chrome::nav_row(around, area.x + 1, y, area, buffer, ink, &mut hits);
        y += 1;
    }
    for banner in &around.banners {
        y += chrome::banner_rows(
            banner,
            Rect {
                x: area.x + 1,
                y,
                width: area.width.saturating_sub(2),
                height: 3,
            },
            buffer,
            ink,
            &mut hits,
        );
    }
    for head in screen.panels.iter().filter(|p| p.place == Place::Head) {
        let place = Rect {
            x: area.x + 1,
            y,
            width: area.width.saturating_sub(2),
            height: area.bottom().saturating_sub(y),
        };
        y += panel::head(head, place, buffer, ink, &mut hits);
    }
    if !around.filter.is_empty() {
        let used = put(
            buffer,
            area.x + 1,
            y,
            area.width,
            &format!("/ {}", around.filter),
            ink.tone(Tone::Accent),
        );
        hits.push(Hit {
            area: Rect {
                x: area.x + 1,
                y,
                width: used,
                height: 1,
            },
            click: Msg::Filter,
            double: None,
        });
        y += 1;
    }
    let bottom = area.bottom().saturating_sub(3);
    chrome::foot(
        around,
        Rect {
            y: bottom,
            height: 3,
            ..area
        },
        buffer,
        ink,
    );
    let content = Rect {
        x: area.x,
        y,
        width: area.width,
        height: bottom.saturating_sub(y),
    };
    columns::contents(screen, content, buffer, ink, memory, &mut hits);
    if let Some(prompt) = &around.prompt {
        chrome::draw_prompt(prompt, area, buffer, ink);
    }
    if ink.ascii {
        text::plain(buffer);
    }
    hits
}
