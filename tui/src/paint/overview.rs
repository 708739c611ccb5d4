//! Parts of the overview: counts and measures, trend, exceptions.

use super::ink::Ink;
use super::parts::to_u16;
use super::text::{fit, put, put_spans, safe, spans_width, width, wrap};
use super::{Hit, Hits};
use quarterdeck_view::panel::{Count, Line, Measure, QueueItem, Span, Status, Tone, Trend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// Column in which the quarters of a trend begin.
fn trend_label(trend: &Trend) -> u16 {
    trend
        .series
        .iter()
        .map(|(_, word, _)| width(word) + 2)
        .max()
        .unwrap_or(0)
        .max(8)
        + 1
}

/// Cells of a quarter: numbers of two digits side by side need one between them.
fn trend_step(trend: &Trend) -> u16 {
    let is_wide = |counts: &[usize]| counts.windows(2).any(|two| two.iter().all(|n| *n > 9));
    match trend.series.iter().any(|(_, _, counts)| is_wide(counts)) {
        true => 3,
        false => 2,
    }
}

/// Whether the quarters fit beside a heading of this width.
pub fn trend_beside(trend: &Trend, heading: u16, cells: u16) -> bool {
    let quarters = to_u16(trend.quarters.len()) * trend_step(trend);
    trend_label(trend).max(heading + 1) + quarters <= cells + 1
}

/// Counts per quarter as rows of numbers under the quarters, which stand beside the heading where they fit.
pub fn trend(trend: &Trend, heading: u16, area: Rect, buffer: &mut Buffer, ink: Ink) {
    let beside = trend_beside(trend, heading, area.width);
    let label = if beside {
        trend_label(trend).max(heading + 1)
    } else {
        trend_label(trend)
    };
    let top = if beside {
        area.y.saturating_sub(1)
    } else {
        area.y
    };
    let step = trend_step(trend);
    let room = usize::from((area.width + 1).saturating_sub(label) / step);
    let skip = trend.quarters.len().saturating_sub(room);
    let below = top + 1 + to_u16(trend.series.len());
    for (n, (digit, year)) in trend.quarters.iter().enumerate().skip(skip) {
        let x = area.x + label + to_u16(n - skip) * step;
        put(buffer, x, top, 1, digit, ink.tone(Tone::Label));
        let next = trend
            .quarters
            .iter()
            .skip(n + 1)
            .position(|(_, year)| year.is_some());
        if let Some(year) = year
            && next.is_none_or(|after| to_u16(after + 1) * step > width(year))
        {
            put(
                buffer,
                x,
                below,
                area.right().saturating_sub(x),
                year,
                ink.tone(Tone::Hint),
            );
        }
    }
    for (row, (status, word, counts)) in trend.series.iter().enumerate() {
        let y = top + 1 + to_u16(row);
        let span = Span {
            text: word.clone(),
            tone: Tone::Status(*status),
            sign: Some(*status),
            ..Span::default()
        };
        put_spans(buffer, area.x, y, label, &[span], ink);
        for (n, count) in counts.iter().enumerate().skip(skip) {
            let x = area.x + label + to_u16(n - skip) * step;
            let tone = match (*count, n + 1 == counts.len()) {
                (0, _) => Tone::Hint,
                (_, true) => Tone::Status(*status),
                (_, false) => Tone::Text,
            };
            // Two digits reach to the left, so that units stand under units.
            let text = count.to_string();
            let start = (x + 1).saturating_sub(width(&text));
            put(buffer, start, y, width(&text), &text, ink.tone(tone));
        }
    }
    if ink.roomy {
        for (n, text) in wrap(&safe(&trend.message), area.width).iter().enumerate() {
            put(
                buffer,
                area.x,
                below + 1 + to_u16(n),
                area.width,
                text,
                ink.tone(Tone::Hint),
            );
        }
    }
}

/// Height of the trend below its heading.
pub fn trend_height(trend: &Trend, heading: u16, cells: u16, ink: Ink) -> u16 {
    let message = if ink.roomy {
        to_u16(wrap(&safe(&trend.message), cells).len())
    } else {
        0
    };
    to_u16(trend.series.len()) + 2 + message - u16::from(trend_beside(trend, heading, cells))
}

/// How much of each exception is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Everything.
    Whole,
    /// The cause on one line, but all of it for the one that is chosen.
    Short,
}

/// Height of the exceptions list.
pub fn queue_height(items: &[QueueItem], focused: bool, depth: Depth, cells: u16) -> u16 {
    items
        .iter()
        .map(|item| queue_item(item, focused, depth, cells).len())
        .map(|n| to_u16(n) + 1)
        .sum()
}

/// Lines of an exception below its name.
fn queue_item(item: &QueueItem, focused: bool, depth: Depth, cells: u16) -> Vec<(String, Tone)> {
    let cells = cells.saturating_sub(2);
    let mut lines: Vec<(String, Tone)> = Vec::new();
    if !item.what.is_empty() {
        lines.extend(
            wrap(&safe(&item.what), cells)
                .into_iter()
                .map(|text| (text, Tone::Text)),
        );
    }
    if !item.why.is_empty() {
        let why = safe(&item.why);
        if depth == Depth::Whole || (focused && item.selected) {
            lines.extend(wrap(&why, cells).into_iter().map(|text| (text, Tone::Hint)));
        } else {
            lines.push((fit(&why, cells), Tone::Hint));
        }
    }
    lines
}

/// Draws the exceptions list; returns the top of the selected item.
pub fn queue(
    items: &[QueueItem],
    focused: bool,
    depth: Depth,
    area: Rect,
    buffer: &mut Buffer,
    ink: Ink,
    hits: &mut Hits,
) -> Option<u16> {
    let (mut y, mut chosen) = (area.y, None);
    for item in items {
        let lines = queue_item(item, focused, depth, area.width);
        let place = Rect {
            x: area.x,
            y,
            width: area.width,
            height: to_u16(lines.len()) + 1,
        };
        if item.selected && focused {
            buffer.set_style(place, ink.selection());
            chosen = Some(y);
        }
        let tone = Tone::Status(item.status);
        let solid = item.status == Status::Behind;
        put(
            buffer,
            area.x,
            y,
            1,
            &ink.sign(item.status).to_string(),
            if solid {
                ink.solid(tone)
            } else {
                ink.tone(tone)
            },
        );
        let money = width(&safe(&item.money));
        let right = area.right().saturating_sub(money);
        let mut x = area.x + 2;
        x += put(
            buffer,
            x,
            y,
            right.saturating_sub(x + 1),
            &item.key,
            ink.tone(Tone::Label),
        ) + 1;
        // What was dealt with recedes; its sign and its words stay.
        let name = if item.handled {
            ink.tone(Tone::Label)
        } else {
            Style::default().add_modifier(Modifier::BOLD)
        };
        put(buffer, x, y, right.saturating_sub(x + 1), &item.name, name);
        put(buffer, right, y, money, &item.money, ink.tone(Tone::Text));
        for (n, (text, tone)) in lines.iter().enumerate() {
            put(
                buffer,
                area.x + 2,
                y + 1 + to_u16(n),
                area.width.saturating_sub(2),
                text,
                ink.tone(*tone),
            );
        }
        hits.push(Hit {
            area: place,
            click: item.open.clone(),
            double: None,
        });
        y += place.height;
    }
    chosen
}

/// The four counts with their money, then the measures, on one line; what is below a count goes first when short.
pub fn headline(
    counts: &[Count],
    measures: &[Measure],
    area: Rect,
    buffer: &mut Buffer,
    ink: Ink,
    hits: &mut Hits,
) {
    let count_spans = |count: &Count, below: bool| -> Line {
        let mut spans = vec![Span {
            text: format!("{} {}", count.word, count.number),
            tone: Tone::Status(count.status),
            bold: true,
            sign: Some(count.status),
            ..Span::default()
        }];
        if below && !count.below.is_empty() {
            spans.push(Span {
                text: format!(" {}", count.below),
                tone: Tone::Label,
                ..Span::default()
            });
        }
        spans
    };
    let measure_spans = |measure: &Measure| -> Line {
        vec![
            Span {
                text: format!("{} ", measure.label),
                tone: Tone::Label,
                ..Span::default()
            },
            Span {
                text: format!("{} {}", measure.value, measure.unit)
                    .trim_end()
                    .to_owned(),
                tone: measure.tone,
                bold: true,
                ..Span::default()
            },
        ]
    };
    let measure_spans = |measure: &Measure| -> Line {
        let mut spans = measure_spans(measure);
        if ink.roomy && !measure.below.is_empty() {
            spans.push(Span {
                text: format!(" {}", measure.below),
                tone: Tone::Hint,
                ..Span::default()
            });
        }
        spans
    };
    // A large terminal has a line for the counts and one for the measures.
    let (on_first, second) = if ink.roomy {
        (&[][..], measures)
    } else {
        (measures, &[][..])
    };
    let mut gap = 3;
    let mut with_below = counts.len();
    let mut shown_measures = on_first.len();
    let wanted = |with_below: usize, shown: usize, gap: u16| -> u16 {
        counts
            .iter()
            .enumerate()
            .map(|(i, c)| spans_width(&count_spans(c, i < with_below), ink) + gap)
            .sum::<u16>()
            + on_first
                .iter()
                .take(shown)
                .map(|m| spans_width(&measure_spans(m), ink) + gap)
                .sum::<u16>()
    };
    while wanted(with_below, shown_measures, gap) > area.width + gap {
        if shown_measures > 1 {
            shown_measures -= 1;
        } else if with_below > 0 {
            with_below -= 1;
        } else if gap > 2 {
            gap -= 1;
        } else if shown_measures > 0 {
            shown_measures -= 1;
        } else {
            break;
        }
    }
    let mut x = area.x;
    for (i, count) in counts.iter().enumerate() {
        let spans = count_spans(count, i < with_below);
        let used = put_spans(
            buffer,
            x,
            area.y,
            area.right().saturating_sub(x),
            &spans,
            ink,
        );
        if let Some(open) = &count.open {
            hits.push(Hit {
                area: Rect {
                    x,
                    y: area.y,
                    width: used,
                    height: 1,
                },
                click: open.clone(),
                double: None,
            });
        }
        x += used + gap;
    }
    let shown = on_first.get(..shown_measures).unwrap_or_default();
    let width_of_measures: u16 = shown
        .iter()
        .map(|m| spans_width(&measure_spans(m), ink) + gap)
        .sum();
    x = x.max((area.right() + gap).saturating_sub(width_of_measures));
    for measure in shown {
        x += put_spans(
            buffer,
            x,
            area.y,
            area.right().saturating_sub(x),
            &measure_spans(measure),
            ink,
        ) + gap;
    }
    portfolio_bar(
        counts,
        Rect {
            y: area.y + 1,
            height: 1,
            ..area
        },
        buffer,
        ink,
    );
    let mut x = area.x;
    for measure in second {
        x += put_spans(
            buffer,
            x,
            area.y + 2,
            area.right().saturating_sub(x),
            &measure_spans(measure),
            ink,
        ) + gap;
    }
}

/// Rows of the headline.
pub fn headline_height(ink: Ink) -> u16 {
    if ink.roomy { 3 } else { 2 }
}

/// The portfolio as one bar: behind, at risk, unknown, on track, as wide as their budgets.
fn portfolio_bar(counts: &[Count], area: Rect, buffer: &mut Buffer, ink: Ink) {
    let total: f64 = counts.iter().flat_map(|c| &c.segments).map(|s| s.1).sum();
    if total <= 0.0 {
        return;
    }
    let gaps = to_u16(
        counts
            .iter()
            .filter(|c| !c.segments.is_empty())
            .count()
            .saturating_sub(1),
    );
    let room = f64::from(area.width.saturating_sub(gaps));
    let mut x = area.x;
    for count in counts.iter().filter(|c| !c.segments.is_empty()) {
        let share: f64 = count.segments.iter().map(|s| s.1).sum::<f64>() / total;
        let wanted = (share * room).round().max(1.0);
        let cells = (1..=area.width)
            .find(|&n| f64::from(n) >= wanted)
            .unwrap_or(1)
            .min(area.right().saturating_sub(x));
        let glyph = match (count.status, ink.ascii) {
            (Status::Behind, false) => "⣿",
            (Status::AtRisk, false) => "⡇",
            (Status::Met | Status::OnTrack, false) => "⣀",
            (_, false) => "⠕",
            (Status::Behind, true) => "#",
            (Status::AtRisk, true) => "!",
            (Status::Met | Status::OnTrack, true) => "_",
            (_, true) => "?",
        };
        put(
            buffer,
            x,
            area.y,
            cells,
            &glyph.repeat(usize::from(cells)),
            ink.tone(Tone::Status(count.status)),
        );
        x += cells + 1;
    }
}
