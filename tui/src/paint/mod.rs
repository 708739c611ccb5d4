//! A screen of panels on a grid of cells: no frames, spaces and one rule.

pub mod chart;
pub mod ink;
pub mod parts;
pub mod table;
pub mod text;

use ink::Ink;
use quarterdeck_view::msg::Msg;
use quarterdeck_view::panel::{Banner, Body, Chrome, KeyHint, Panel, Place, Prompt, Screen, Span, Status, Tone};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use std::collections::BTreeMap;
use text::{put, put_spans, safe, spans_width, width, wrap};

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
}

/// The narrowest terminal in which side panels stand beside the main ones.
const WIDE: u16 = 110;
/// Rows from which the list of screens has a line of its own on a full overview.
const TALL: u16 = 40;
/// Rows and cells from which there is room for what only repeats a picture in words.
const ROOMY: (u16, u16) = (60, 160);

/// First visible row so that the chosen one is in sight.
pub fn scroll_to(offset: usize, chosen: usize, visible: usize, rows: usize) -> usize {
    if visible == 0 || rows <= visible {
        return 0;
    }
    let offset = offset.min(rows - visible);
    if chosen < offset {
        chosen
    } else if chosen >= offset + visible {
        chosen + 1 - visible
    } else {
        offset
    }
}

/// Draws the whole screen and returns what can be clicked.
pub fn draw(screen: &Screen, area: Rect, buffer: &mut Buffer, ink: Ink, memory: &mut Memory) -> Hits {
    let mut hits = Hits::new();
    let chrome = &screen.chrome;
    let ink = Ink { roomy: area.height >= ROOMY.0 && area.width >= ROOMY.1, ..ink };
    title_row(chrome, Rect { height: 1, ..area }, buffer, ink);
    let mut y = area.y + 1;
    let has_headline = screen.panels.iter().any(|p| matches!(p.body, Body::Headline { .. }));
    if !has_headline && !chrome.headline.is_empty() {
        put_spans(buffer, area.x + 1, y, area.width.saturating_sub(2), &chrome.headline, ink);
        y += 1;
    }
    if (!has_headline || area.height >= TALL) && !chrome.nav.is_empty() {
        nav_row(chrome, area.x + 1, y, area, buffer, ink, &mut hits);
        y += 1;
    }
    for banner in &chrome.banners {
        y += banner_rows(banner, Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height: 3 }, buffer, ink, &mut hits);
    }
    for panel in screen.panels.iter().filter(|p| p.place == Place::Head) {
        let place = Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height: area.bottom().saturating_sub(y) };
        y += head(panel, place, buffer, ink, &mut hits);
    }
    if !chrome.filter.is_empty() {
        let used = put(buffer, area.x + 1, y, area.width, &format!("/ {}", chrome.filter), ink.tone(Tone::Accent));
        hits.push(Hit { area: Rect { x: area.x + 1, y, width: used, height: 1 }, click: Msg::Filter, double: None });
        y += 1;
    }
    let bottom = area.bottom().saturating_sub(3);
    foot(chrome, Rect { y: bottom, height: 3, ..area }, buffer, ink);
    let content = Rect { x: area.x, y, width: area.width, height: bottom.saturating_sub(y) };
    contents(screen, content, buffer, ink, memory, &mut hits);
    if let Some(prompt) = &chrome.prompt {
        draw_prompt(prompt, area, buffer, ink);
    }
    hits
}

fn title_row(chrome: &Chrome, area: Rect, buffer: &mut Buffer, ink: Ink) {
    let bold = Style::default().add_modifier(Modifier::BOLD);
    let demo = chrome.demo.as_deref().map(safe).unwrap_or_default();
    let room = if demo.is_empty() { area.right() } else { area.right().saturating_sub(width(&demo) + 3) };
    let (label, text) = (safe(&chrome.as_of.0), safe(&chrome.as_of.1));
    let whole = format!("{label} {text}");
    let running = chrome.running.as_deref().map(safe).unwrap_or_default();
    let fixed = width(&chrome.product) + width(&chrome.quarter.0) + width(&chrome.quarter.1) + width(&running) + 3;
    // Spaces go first, then the label; a date is never cut inside.
    let gap = if fixed + 6 + width(&whole) <= room { 3 } else { 2 };
    let mut x = area.x + 1;
    x += put(buffer, x, area.y, area.width, &chrome.product, bold) + gap;
    x += put(buffer, x, area.y, area.right().saturating_sub(x), &chrome.quarter.0, bold) + 1;
    x += put(buffer, x, area.y, area.right().saturating_sub(x), &chrome.quarter.1, ink.tone(Tone::Hint));
    if !running.is_empty() {
        x += 1 + put(buffer, x + 1, area.y, area.right().saturating_sub(x + 1), &running, ink.tone(Tone::Status(Status::NotDue)));
    }
    x += gap;
    let cells = room.saturating_sub(x);
    let mut shown = if width(&whole) <= cells || !chrome.as_of_past { whole } else { text };
    while width(&shown) > cells {
        match shown.rfind(' ') {
            Some(at) => shown.truncate(at),
            None => shown.clear(),
        }
    }
    let tone = if chrome.as_of_past { Tone::Accent } else { Tone::Label };
    put(buffer, x, area.y, cells, &shown, ink.tone(tone));
    if !demo.is_empty() {
        let x = area.right().saturating_sub(width(&demo) + 1);
        put(buffer, x, area.y, width(&demo), &demo, ink.tone(Tone::Demo));
    }
}

fn nav_row(chrome: &Chrome, x: u16, y: u16, area: Rect, buffer: &mut Buffer, ink: Ink, hits: &mut Hits) {
    let mut x = x;
    for item in &chrome.nav {
        let style = if item.current { ink.heading() } else { ink.tone(Tone::Label) };
        let used = put(buffer, x, y, area.right().saturating_sub(x), &format!("{} {}", item.key, item.label), style);
        hits.push(Hit { area: Rect { x, y, width: used, height: 1 }, click: item.msg.clone(), double: None });
        x += used + 3;
    }
    for spans in &chrome.rail_foot {
        let w = spans_width(spans, ink);
        if x + w >= area.right() {
            break;
        }
        x += put_spans(buffer, x, y, w, spans, ink) + 2;
    }
}

fn banner_rows(banner: &Banner, area: Rect, buffer: &mut Buffer, ink: Ink, hits: &mut Hits) -> u16 {
    let tone = if banner.error { Tone::Status(Status::Behind) } else { Tone::Accent };
    let mut text = safe(&banner.text);
    if let Some(next) = &banner.next {
        text = format!("{text}  {}", safe(next));
    }
    let mut rows = 0;
    for line in wrap(&text, area.width.saturating_sub(2)).into_iter().take(3) {
        put(buffer, area.x, area.y + rows, 1, if banner.error { "!" } else { ">" }, ink.tone(tone));
        put(buffer, area.x + 2, area.y + rows, area.width.saturating_sub(2), &line, ink.tone(tone));
        rows += 1;
    }
    if let Some(action) = &banner.action {
        rows += parts::actions(std::slice::from_ref(action), Rect { x: area.x + 2, y: area.y + rows, ..area }, buffer, ink, hits);
    }
    rows
}

/// Panels across the top; returns the rows used.
fn head(panel: &Panel, area: Rect, buffer: &mut Buffer, ink: Ink, hits: &mut Hits) -> u16 {
    match &panel.body {
        Body::Headline { counts, measures } => {
            parts::headline(counts, measures, area, buffer, ink, hits);
            2
        }
        Body::Title { breadcrumbs, title, status, facts, measures } => {
            let mut rows = 0;
            for spans in parts::title_lines(breadcrumbs, title, status.as_ref(), facts, measures) {
                for spans in parts::flow(&spans, area.width, ink) {
                    put_spans(buffer, area.x, area.y + rows, area.width, &spans, ink);
                    rows += 1;
                }
            }
            if !panel.actions.is_empty() {
                rows += parts::actions(&panel.actions, Rect { y: area.y + rows, ..area }, buffer, ink, hits);
            }
            rows
        }
        _ => {
            // On the line above the content there is no space between heads.
            let layout = lay(panel, 0, area.width, area.height, ink);
            let rows = layout.total().min(area.height);
            draw_panel(panel, 0, area.height, Rect { height: rows, ..area }, buffer, ink, &mut Memory::default(), hits);
            rows
        }
    }
}

fn contents(screen: &Screen, area: Rect, buffer: &mut Buffer, ink: Ink, memory: &mut Memory, hits: &mut Hits) {
    let of = |place: Place| -> Vec<&Panel> { screen.panels.iter().filter(|p| p.place == place).collect() };
    let (main, side) = (of(Place::Main), of(Place::Side));
    if area.width >= WIDE && !side.is_empty() && !main.is_empty() {
        let side_width = (area.width * 39 / 120).clamp(39, 72);
        let left = area.width - side_width - 3;
        for y in area.y..area.bottom() {
            put(buffer, area.x + left + 1, y, 1, if ink.ascii { "|" } else { "╎" }, ink.tone(Tone::Hint));
        }
        column(Strip { name: "main", inset: 1 }, &main, Rect { width: left, ..area }, buffer, ink, memory, hits);
        let side_area = Rect { x: area.x + left + 3, width: side_width, ..area };
        column(Strip { name: "side", inset: 0 }, &side, side_area, buffer, ink, memory, hits);
    } else {
        // One column: the side panels take the place of the main ones while one of them has the focus.
        let show_side = main.is_empty() || side.iter().any(|p| p.focused);
        let (name, panels) = if show_side { ("side", &side) } else { ("main", &main) };
        let area = Rect { width: area.width.saturating_sub(1), ..area };
        column(Strip { name, inset: 1 }, panels, area, buffer, ink, memory, hits);
    }
}

/// A column of panels.
#[derive(Clone, Copy)]
struct Strip {
    name: &'static str,
    /// Cells before everything but tables, whose first cell is the mark of the selection.
    inset: u16,
}

/// Panels one under another; where they are too many, the column scrolls to the focused one.
fn column(strip: Strip, panels: &[&Panel], area: Rect, buffer: &mut Buffer, ink: Ink, memory: &mut Memory, hits: &mut Hits) {
    if area.height == 0 || area.width < 4 {
        return;
    }
    let heights: Vec<u16> = panels.iter().map(|p| lay(p, strip.inset, area.width, area.height, ink).total()).collect();
    let total: u16 = heights.iter().fold(0, |sum, h| sum.saturating_add(*h));
    let canvas_area = Rect { x: 0, y: 0, width: area.width, height: total.max(area.height).min(4_000) };
    let mut canvas = Buffer::empty(canvas_area);
    let mut local = Hits::new();
    let (mut y, mut aim) = (0u16, None);
    for (panel, height) in panels.iter().zip(&heights) {
        if y >= canvas_area.height {
            break;
        }
        let place = Rect { x: 0, y, width: area.width, height: (*height).min(canvas_area.height - y) };
        let chosen = draw_panel(panel, strip.inset, area.height, place, &mut canvas, ink, memory, &mut local);
        if panel.focused {
            aim = Some((y, y + height, chosen));
        }
        y += height;
    }
    let overflow = canvas_area.height.saturating_sub(area.height);
    let offset = memory.columns.entry(strip.name).or_default();
    *offset = (*offset).min(overflow);
    if let Some((top, bottom, chosen)) = aim {
        let (first, last) = match chosen {
            Some(row) if bottom - top > area.height => (row.saturating_sub(1), row + 4),
            _ => (top, bottom),
        };
        if last > *offset + area.height {
            *offset = (last - area.height).min(overflow);
        }
        if first < *offset {
            *offset = first;
        }
    }
    let offset = *offset;
    for row in 0..area.height {
        for x in 0..area.width {
            if let (Some(from), Some(to)) = (canvas.cell((x, row + offset)), buffer.cell_mut((area.x + x, area.y + row))) {
                *to = from.clone();
            }
        }
    }
    if overflow > 0 {
        // In the empty cell beside the column.
        let x = if strip.name == "side" && area.x > 0 { area.x - 1 } else { area.right() };
        let more = |buffer: &mut Buffer, y: u16, mark: &str| put(buffer, x, y, 1, mark, ink.tone(Tone::Accent));
        if offset > 0 {
            more(buffer, area.y, "^");
        }
        if offset < overflow {
            more(buffer, area.bottom() - 1, "v");
        }
    }
    for hit in local {
        let top = hit.area.y.max(offset);
        let bottom = hit.area.bottom().min(offset + area.height);
        if top < bottom {
            let place = Rect { x: area.x + hit.area.x, y: area.y + top - offset, width: hit.area.width, height: bottom - top };
            hits.push(Hit { area: place, ..hit });
        }
    }
}

/// Rows of a panel's parts.
struct Layout {
    heading: u16,
    subtitle: u16,
    body: u16,
    actions: u16,
    /// The empty row after it.
    space: u16,
    /// Cells before it.
    inset: u16,
}

impl Layout {
    fn total(&self) -> u16 {
        self.heading.saturating_add(self.subtitle).saturating_add(self.body).saturating_add(self.actions).saturating_add(self.space)
    }
}

/// What stands at the right of a heading: a trend's words stand before its rows, not there too.
fn aside_of(panel: &Panel) -> &[Span] {
    if matches!(panel.body, Body::Trend(_)) { &[] } else { &panel.aside }
}

/// Lays a panel out for a column of `cells`, of which at most `most` rows are in sight.
fn lay(panel: &Panel, inset: u16, cells: u16, most: u16, ink: Ink) -> Layout {
    let inner = cells.saturating_sub(inset);
    let aside = spans_width(aside_of(panel), ink);
    let title = width(&safe(&panel.title));
    let heading = u16::from(title > 0 || aside > 0 || !panel.subtitle.is_empty());
    let beside = title + width(&safe(&panel.subtitle)) + 2 + if aside > 0 { aside + 2 } else { 0 } <= inner;
    let subtitle = if panel.subtitle.is_empty() || beside { 0 } else { wrap(&safe(&panel.subtitle), inner).len() };
    let subtitle = u16::try_from(subtitle).unwrap_or(1);
    let actions = if panel.actions.is_empty() { 0 } else { action_rows(panel, inner, ink) };
    let mut layout = Layout { heading, subtitle, body: 0, actions, space: 1, inset };
    layout.body = match &panel.body {
        Body::Table(table) => {
            layout.inset = 0;
            layout.space = u16::from(heading > 0);
            table::height(table).min(most.saturating_sub(layout.total()).max(4))
        }
        Body::Facts(facts) => parts::facts_height(facts, inner, ink),
        Body::Lines(lines) => parts::lines_height(lines, inner, ink),
        Body::Chart(_) => chart::HEIGHT,
        Body::Trend(trend) => parts::trend_height(trend, title, inner, ink),
        Body::Queue(items) => parts::queue_height(items, panel.focused, queue_depth(items, panel.focused, inner, most), inner),
        Body::Money(money) => parts::money_height(money, inner, ink),
        Body::Headline { .. } => 2,
        Body::Title { breadcrumbs, title, status, facts, measures } => {
            parts::title_lines(breadcrumbs, title, status.as_ref(), facts, measures)
                .iter()
                .map(|spans| u16::try_from(parts::flow(spans, inner, ink).len()).unwrap_or(1))
                .sum()
        }
        Body::Form(fields) => u16::try_from(fields.len() * 2).unwrap_or(2),
    };
    layout
}

/// Exceptions are shortened where not all of them are in sight.
fn queue_depth(items: &[quarterdeck_view::panel::QueueItem], focused: bool, cells: u16, most: u16) -> parts::Depth {
    let whole = parts::queue_height(items, focused, parts::Depth::Whole, cells);
    if whole + 9 > most { parts::Depth::Short } else { parts::Depth::Whole }
}

fn action_rows(panel: &Panel, cells: u16, ink: Ink) -> u16 {
    let mut scratch = Buffer::empty(Rect { x: 0, y: 0, width: cells.max(1), height: 40 });
    let area = scratch.area;
    parts::actions(&panel.actions, area, &mut scratch, ink, &mut Hits::new())
}

/// Draws a panel; returns the row of its selection, if it has one.
#[allow(clippy::too_many_arguments)]
fn draw_panel(panel: &Panel, inset: u16, most: u16, area: Rect, buffer: &mut Buffer, ink: Ink, memory: &mut Memory, hits: &mut Hits) -> Option<u16> {
    let layout = lay(panel, inset, area.width, most, ink);
    let inner = Rect { x: area.x + inset, width: area.width.saturating_sub(inset), ..area };
    let title = width(&safe(&panel.title));
    if layout.heading > 0 {
        let style = if panel.focused { ink.heading().patch(ink.tone(Tone::Accent)) } else { ink.heading() };
        let used = put(buffer, inner.x, area.y, inner.width, &panel.title, style);
        let aside = spans_width(aside_of(panel), ink);
        put_spans(buffer, inner.right().saturating_sub(aside), area.y, aside, aside_of(panel), ink);
        let hint = ink.tone(Tone::Hint);
        if layout.subtitle == 0 {
            let x = inner.x + if used > 0 { used + 2 } else { 0 };
            put(buffer, x, area.y, inner.right().saturating_sub(x), &panel.subtitle, hint);
        } else {
            for (n, text) in (1..).zip(wrap(&safe(&panel.subtitle), inner.width)) {
                put(buffer, inner.x, area.y + n, inner.width, &text, hint);
            }
        }
        hits.push(Hit { area: Rect { height: 1, ..area }, click: Msg::FocusPanel(panel.id), double: None });
    }
    let top = area.y + layout.heading + layout.subtitle;
    let body = if layout.inset == 0 { area } else { inner };
    let body = Rect { y: top, height: layout.body.min(area.bottom().saturating_sub(top)), ..body };
    let mut chosen = None;
    match &panel.body {
        Body::Table(table) => {
            let offset = memory.tables.entry(panel.id).or_default();
            table::draw(table, panel.id, panel.focused, body, buffer, ink, offset, hits);
            chosen = table.selected.map(|row| body.y + 1 + u16::try_from(row.saturating_sub(*offset)).unwrap_or(0));
        }
        Body::Facts(facts) => parts::facts(facts, body, buffer, ink),
        Body::Lines(lines) => parts::lines(lines, body, buffer, ink),
        Body::Chart(chart) => chart::draw(chart, body, buffer, ink),
        Body::Trend(trend) => parts::trend(trend, title, body, buffer, ink),
        Body::Queue(items) => {
            let depth = queue_depth(items, panel.focused, body.width, most);
            chosen = parts::queue(items, panel.focused, depth, body, buffer, ink, hits);
        }
        Body::Money(money) => parts::money(money, body, buffer, ink),
        Body::Headline { counts, measures } => parts::headline(counts, measures, body, buffer, ink, hits),
        Body::Title { .. } => {
            head(panel, body, buffer, ink, hits);
        }
        Body::Form(fields) => parts::form(fields, body, buffer, ink),
    }
    if layout.actions > 0 && !matches!(panel.body, Body::Title { .. }) {
        let y = top + layout.body;
        parts::actions(&panel.actions, Rect { y, height: layout.actions, ..inner }, buffer, ink, hits);
    }
    chosen
}

fn foot(chrome: &Chrome, area: Rect, buffer: &mut Buffer, ink: Ink) {
    let rule = if ink.ascii { "-" } else { "╌" };
    put(buffer, area.x, area.y, area.width, &rule.repeat(usize::from(area.width)), ink.tone(Tone::Hint));
    if let Some(progress) = &chrome.progress {
        let count = if progress.of > 0 { format!("{}/{}", progress.done, progress.of) } else { progress.done.to_string() };
        let text = format!("{}  {count}", safe(&progress.label));
        let used = put(buffer, area.x + 1, area.y + 1, area.width, &text, ink.tone(Tone::Accent));
        if progress.of > 0 {
            let room = area.width.saturating_sub(used + 4).min(40);
            let filled = u16::try_from(u64::from(room) * progress.done.min(progress.of) / progress.of).unwrap_or(0);
            let glyph = if ink.ascii { "=" } else { "⣿" };
            put(buffer, area.x + used + 3, area.y + 1, room, &glyph.repeat(usize::from(filled)), ink.tone(Tone::Accent));
        }
    } else {
        let footer = safe(&chrome.footer);
        let room = area.width.saturating_sub(2);
        let why = spans_width(&chrome.why, ink);
        put_spans(buffer, area.x + 1, area.y + 1, room, &chrome.why, ink);
        if !footer.is_empty() && why + width(&footer) + 3 <= room {
            put(buffer, area.right().saturating_sub(width(&footer) + 1), area.y + 1, width(&footer), &footer, ink.tone(Tone::Hint));
        }
    }
    keys(&chrome.keys, Rect { y: area.y + 2, height: 1, ..area }, buffer, ink);
}

/// Live keys; the last one, leaving, always has its place.
fn keys(hints: &[KeyHint], area: Rect, buffer: &mut Buffer, ink: Ink) {
    let spans = |hint: &KeyHint| {
        vec![
            Span { text: hint.key.clone(), bold: true, mono: true, ..Span::default() },
            Span { text: format!(" {}", hint.label), tone: Tone::Label, ..Span::default() },
        ]
    };
    let last = hints.last().map_or(0, |hint| spans_width(&spans(hint), ink));
    let mut x = area.x + 1;
    for (n, hint) in hints.iter().enumerate() {
        let spans = spans(hint);
        let w = spans_width(&spans, ink);
        let kept = if n + 1 == hints.len() { 0 } else { last + 2 };
        if x + w + kept > area.right() {
            continue;
        }
        x += put_spans(buffer, x, area.y, w, &spans, ink) + 2;
    }
}

/// The prompt takes the last line; its suggestions stand above it.
fn draw_prompt(prompt: &Prompt, area: Rect, buffer: &mut Buffer, ink: Ink) {
    let y = area.bottom() - 1;
    let blank = |buffer: &mut Buffer, y: u16| {
        for x in area.x..area.right() {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.reset();
            }
        }
    };
    let mut top = y;
    if let Some(error) = &prompt.error {
        top -= 1;
        blank(buffer, top);
        put(buffer, area.x + 1, top, area.width, error, ink.tone(Tone::Status(Status::Behind)));
    }
    for (text, key, chosen) in prompt.suggestions.iter().take(8).rev() {
        if top <= area.y + 1 {
            break;
        }
        top -= 1;
        blank(buffer, top);
        if *chosen {
            buffer.set_style(Rect { y: top, height: 1, ..area }, ink.selection());
            put(buffer, area.x, top, 1, ink.pointer(), ink.tone(Tone::Accent));
        }
        put(buffer, area.x + 2, top, area.width, text, Style::default());
        let w = width(&safe(key));
        put(buffer, area.right().saturating_sub(w + 1), top, w, key, ink.tone(Tone::Hint));
    }
    blank(buffer, y);
    let mut x = area.x + 1;
    x += put(buffer, x, y, area.width, &format!("{} ", prompt.label), ink.tone(Tone::Accent).add_modifier(Modifier::BOLD));
    x += put(buffer, x, y, area.right().saturating_sub(x + 1), &prompt.text, Style::default());
    put(buffer, x, y, 1, " ", Style::default().add_modifier(Modifier::REVERSED));
}
