//! One panel: its heading, its body, its buttons.

use super::ink::Ink;
use super::text::{put, put_spans, safe, spans_width, width, wrap};
use super::{Hit, Hits, Memory, chart, matrix, money, overview, parts, table};
use quarterdeck_view::msg::Msg;
use quarterdeck_view::panel::{Body, Panel, Span, Tone};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Panels across the top; returns the rows used.
pub(super) fn head(
    panel: &Panel,
    area: Rect,
    buffer: &mut Buffer,
    ink: Ink,
    hits: &mut Hits,
) -> u16 {
    match &panel.body {
        Body::Headline { counts, measures } => {
            overview::headline(counts, measures, area, buffer, ink, hits);
            overview::headline_height(ink)
        }
        Body::Title {
            breadcrumbs,
            title,
            status,
            facts,
            measures,
        } => {
            let mut rows = 0;
            for spans in parts::title_lines(
                breadcrumbs,
                title,
                status.as_ref(),
                facts,
                measures,
                area.width,
                ink,
            ) {
                for spans in parts::flow(&spans, area.width, ink) {
                    put_spans(buffer, area.x, area.y + rows, area.width, &spans, ink);
                    rows += 1;
                }
            }
            if !panel.actions.is_empty() {
                rows += parts::actions(
                    &panel.actions,
                    Rect {
                        y: area.y + rows,
                        ..area
                    },
                    buffer,
                    ink,
                    hits,
                );
            }
            rows
        }
        _ => {
            // On the line above the content there is no space between heads.
            let layout = lay(panel, 0, area.width, area.height, ink);
            let rows = layout.total().min(area.height);
            draw_panel(
                panel,
                0,
                area.height,
                Rect {
                    height: rows,
                    ..area
                },
                buffer,
                ink,
                &mut Memory::default(),
                hits,
            );
            rows
        }
    }
}

/// Rows of a panel's parts.
pub(super) struct Layout {
    heading: u16,
    /// What stands at the right has rows of its own.
    aside: u16,
    subtitle: u16,
    body: u16,
    actions: u16,
    /// The empty row after it.
    pub(super) space: u16,
    /// Cells before it.
    inset: u16,
}

impl Layout {
    pub(super) fn total(&self) -> u16 {
        self.heading
            .saturating_add(self.aside)
            .saturating_add(self.subtitle)
            .saturating_add(self.body)
            .saturating_add(self.actions)
            .saturating_add(self.space)
    }
}

/// What stands at the right of a heading: a trend's words stand before its rows, not there too.
fn aside_of(panel: &Panel) -> Vec<Span> {
    let mut aside: Vec<Span> = Vec::new();
    if matches!(panel.body, Body::Trend(_)) {
        return aside;
    }
    for span in &panel.aside {
        let apart = aside.last().is_none_or(|before| before.text.ends_with(' '))
            || span.text.starts_with(' ');
        if !apart {
            aside.push(Span {
                text: "  ".to_owned(),
                ..Span::default()
            });
        }
        aside.push(span.clone());
    }
    aside
}

/// Lays a panel out for a column of `cells`, of which at most `most` rows are in sight.
pub(super) fn lay(panel: &Panel, inset: u16, cells: u16, most: u16, ink: Ink) -> Layout {
    let inner = cells.saturating_sub(inset * 2);
    let aside_spans = aside_of(panel);
    let mut aside = spans_width(&aside_spans, ink);
    let title = width(&safe(&panel.title));
    let heading = u16::from(title > 0 || aside > 0 || !panel.subtitle.is_empty());
    let mut aside_rows = 0;
    if title > 0 && aside > 0 && title + 1 + aside > inner {
        aside_rows = u16::try_from(parts::flow(&aside_spans, inner, ink).len()).unwrap_or(1);
        aside = 0;
    }
    let beside =
        title + width(&safe(&panel.subtitle)) + 2 + if aside > 0 { aside + 1 } else { 0 } <= inner;
    let subtitle = if panel.subtitle.is_empty() || beside {
        0
    } else {
        wrap(&safe(&panel.subtitle), inner).len()
    };
    let subtitle = u16::try_from(subtitle).unwrap_or(1);
    let actions = if panel.actions.is_empty() {
        0
    } else {
        action_rows(panel, inner, ink)
    };
    let mut layout = Layout {
        heading,
        aside: aside_rows,
        subtitle,
        body: 0,
        actions,
        space: 1,
        inset,
    };
    layout.body = match &panel.body {
        Body::Table(table) => {
            layout.inset = 0;
            layout.space = u16::from(heading > 0);
            table::height(table).min(most.saturating_sub(layout.total()).max(4))
        }
        Body::Facts(facts) => parts::facts_height(facts, inner, ink),
        Body::Lines(lines) => parts::lines_height(lines, inner, ink),
        Body::Chart(_) => chart::HEIGHT,
        Body::Trend(trend) => overview::trend_height(trend, title, inner, ink),
        Body::Queue(items) => overview::queue_height(
            items,
            panel.focused,
            queue_depth(items, panel.focused, inner, most),
            inner,
        ),
        Body::Money(bar) => money::money_height(bar, inner, ink),
        Body::Matrix(content) => matrix::height(content, inner),
        Body::Headline { .. } => overview::headline_height(ink),
        Body::Title {
            breadcrumbs,
            title,
            status,
            facts,
            measures,
        } => parts::title_lines(
            breadcrumbs,
            title,
            status.as_ref(),
            facts,
            measures,
            inner,
            ink,
        )
        .iter()
        .map(|spans| u16::try_from(parts::flow(spans, inner, ink).len()).unwrap_or(1))
        .sum(),
        Body::Form(fields) => u16::try_from(fields.len() * 2).unwrap_or(2),
    };
    layout
}

/// Exceptions are shortened where not all of them are in sight.
fn queue_depth(
    items: &[quarterdeck_view::panel::QueueItem],
    focused: bool,
    cells: u16,
    most: u16,
) -> overview::Depth {
    let whole = overview::queue_height(items, focused, overview::Depth::Whole, cells);
    if whole + 9 > most {
        overview::Depth::Short
    } else {
        overview::Depth::Whole
    }
}

fn action_rows(panel: &Panel, cells: u16, ink: Ink) -> u16 {
    let mut scratch = Buffer::empty(Rect {
        x: 0,
        y: 0,
        width: cells.max(1),
        height: 40,
    });
    let area = scratch.area;
    parts::actions(&panel.actions, area, &mut scratch, ink, &mut Hits::new())
}

/// Draws a panel; returns the row of its selection, if it has one.
#[allow(clippy::too_many_arguments)]
pub(super) fn draw_panel(
    panel: &Panel,
    inset: u16,
    most: u16,
    area: Rect,
    buffer: &mut Buffer,
    ink: Ink,
    memory: &mut Memory,
    hits: &mut Hits,
) -> Option<u16> {
    let layout = lay(panel, inset, area.width, most, ink);
    let inner = Rect {
        x: area.x + inset,
        width: area.width.saturating_sub(inset * 2),
        ..area
    };
    let title = width(&safe(&panel.title));
    if layout.heading > 0 {
        let style = if panel.focused {
            ink.heading().patch(ink.tone(Tone::Accent))
        } else {
            ink.heading()
        };
        let used = put(buffer, inner.x, area.y, inner.width, &panel.title, style);
        let aside = aside_of(panel);
        let w = spans_width(&aside, ink);
        if layout.aside == 0 {
            put_spans(
                buffer,
                inner.right().saturating_sub(w),
                area.y,
                w,
                &aside,
                ink,
            );
        } else {
            for (n, line) in (1..).zip(parts::flow(&aside, inner.width, ink)) {
                put_spans(buffer, inner.x, area.y + n, inner.width, &line, ink);
            }
        }
        let hint = ink.tone(Tone::Hint);
        if layout.subtitle == 0 {
            let x = inner.x + if used > 0 { used + 2 } else { 0 };
            put(
                buffer,
                x,
                area.y,
                inner.right().saturating_sub(x),
                &panel.subtitle,
                hint,
            );
        } else {
            for (n, text) in (1 + layout.aside..).zip(wrap(&safe(&panel.subtitle), inner.width)) {
                put(buffer, inner.x, area.y + n, inner.width, &text, hint);
            }
        }
        hits.push(Hit {
            area: Rect { height: 1, ..area },
            click: Msg::FocusPanel(panel.id),
            double: None,
        });
    }
    let top = area.y + layout.heading + layout.aside + layout.subtitle;
    let body = if layout.inset == 0 { area } else { inner };
    let body = Rect {
        y: top,
        height: layout.body.min(area.bottom().saturating_sub(top)),
        ..body
    };
    let mut chosen = None;
    match &panel.body {
        Body::Table(table) => {
            let offset = memory.tables.entry(panel.id).or_default();
            table::draw(
                table,
                panel.id,
                panel.focused,
                body,
                buffer,
                ink,
                offset,
                hits,
            );
            chosen = table
                .selected
                .map(|row| body.y + 1 + u16::try_from(row.saturating_sub(*offset)).unwrap_or(0));
        }
        Body::Facts(facts) => parts::facts(facts, body, buffer, ink),
        Body::Lines(lines) => parts::lines(lines, body, buffer, ink),
        Body::Chart(chart) => chart::draw(chart, body, buffer, ink),
        Body::Trend(trend) => overview::trend(trend, title, body, buffer, ink),
        Body::Queue(items) => {
            let depth = queue_depth(items, panel.focused, body.width, most);
            chosen = overview::queue(items, panel.focused, depth, body, buffer, ink, hits);
        }
        Body::Money(bar) => money::money(bar, body, buffer, ink),
        Body::Matrix(content) => matrix::draw(content, body, buffer, ink),
        Body::Headline { counts, measures } => {
            overview::headline(counts, measures, body, buffer, ink, hits)
        }
        Body::Title { .. } => {
            head(panel, body, buffer, ink, hits);
        }
        Body::Form(fields) => parts::form(fields, body, buffer, ink),
    }
    if layout.actions > 0 && !matches!(panel.body, Body::Title { .. }) {
        let y = top + layout.body;
        parts::actions(
            &panel.actions,
            Rect {
                y,
                height: layout.actions,
                ..inner
            },
            buffer,
            ink,
            hits,
        );
    }
    chosen
}
