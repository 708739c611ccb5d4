//! An indicator's trajectory in braille: actual, target as it stood then, former target, gaps.

use super::ink::Ink;
use super::text::{put, safe, width, wrap};
use quarterdeck_view::panel::{Chart, ChartForecast, Status, Tone};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::symbols::Marker;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::{Canvas, Context, Line as Stroke};

/// Rows of a chart: plot, quarters, years, message.
pub const HEIGHT: u16 = 14;

/// Draws a chart with its labels at the line ends.
pub fn draw(chart: &Chart, area: Rect, buffer: &mut Buffer, ink: Ink) {
    if area.height < 6 || area.width < 24 || chart.quarters.is_empty() {
        put(
            buffer,
            area.x,
            area.y,
            area.width,
            &chart.message,
            ink.tone(Tone::Label),
        );
        return;
    }
    let tick = chart
        .ticks
        .iter()
        .map(|(_, text)| width(text))
        .max()
        .unwrap_or(0)
        + 1;
    let labels: Vec<(&str, Tone)> = [
        (Some(&chart.actual_label), Tone::Accent),
        (chart.target_label.as_ref(), Tone::Text),
        (chart.forecast.as_ref().map(|f| &f.label), Tone::Accent),
        (chart.former_label.as_ref(), Tone::Hint),
    ]
    .into_iter()
    .filter_map(|(text, tone)| text.filter(|t| !t.is_empty()).map(|t| (t.as_str(), tone)))
    .collect();
    let message = wrap(&safe(&chart.message), area.width);
    let message_rows = u16::try_from(message.len())
        .unwrap_or(1)
        .min(area.height / 3);
    let plot_rows = area.height.saturating_sub(3 + message_rows);
    let plot = Rect {
        x: area.x + tick,
        y: area.y + 1,
        width: area.width.saturating_sub(tick + 1),
        height: plot_rows,
    };
    // Labels stand above the plot, each in its line's tone.
    let mut x = plot.x;
    for (text, tone) in &labels {
        x += put(
            buffer,
            x,
            area.y,
            area.right().saturating_sub(x),
            text,
            ink.tone(*tone),
        ) + 3;
    }
    let (low, high) = bounds(chart);
    let count = chart.quarters.len();
    let last = count.saturating_sub(1).max(1);
    let at = |index: usize| position(index);
    let colour = |tone: Tone| match ink.tone(tone).fg {
        Some(colour) => colour,
        None => Color::Reset,
    };
    let stairs = |values: &[Option<f64>]| -> Vec<(f64, f64, f64, f64)> {
        let mut strokes = Vec::new();
        for run in chart.steps(values) {
            for pair in run.windows(2) {
                if let [(from, a), (to, b)] = pair {
                    strokes.push((at(*from), *a, at(*to), *a));
                    strokes.push((at(*to), *a, at(*to), *b));
                }
            }
            // A target that stands alone at the end, or before a new year's, holds through its own quarter.
            let Some((end, value)) = run.last().copied() else {
                continue;
            };
            let half = match values.get(end + 1) {
                Some(Some(_)) => 0.4,
                None if run.len() == 1 => -0.4,
                _ => 0.0,
            };
            strokes.push((at(end), value, at(end) + half, value));
        }
        strokes
    };
    let lines = chart.lines();
    let way = lines.iter().flat_map(|line| line.windows(2));
    let way = way.filter_map(|pair| match pair {
        [(a, from), (b, to)] => Some((at(*a), *from, at(*b), *to)),
        _ => None,
    });
    let drawn = [
        (stairs(&chart.former), Tone::Hint),
        (stairs(&chart.target), Tone::Text),
        (way.collect(), Tone::Accent),
    ];
    let marker = if ink.ascii {
        Marker::Dot
    } else {
        Marker::Braille
    };
    Canvas::default()
        .marker(marker)
        .x_bounds([0.0, position(last)])
        .y_bounds([low, high])
        .paint(|context| {
            for (strokes, tone) in &drawn {
                for &(x1, y1, x2, y2) in strokes {
                    context.draw(&Stroke {
                        x1,
                        y1,
                        x2,
                        y2,
                        color: colour(*tone),
                    });
                }
            }
            if let Some(forecast) = &chart.forecast {
                expected(context, chart, forecast, colour(Tone::Accent));
            }
            // A single reading has no line; it is still a point.
            for (i, value) in chart.actual.iter().enumerate() {
                if let Some(value) = value {
                    context.draw(&Stroke {
                        x1: at(i),
                        y1: *value,
                        x2: at(i),
                        y2: *value,
                        color: colour(Tone::Accent),
                    });
                }
            }
        })
        .render(plot, buffer);
    let column = |index: usize| -> u16 {
        let wide = usize::from(plot.width.saturating_sub(1));
        plot.x + u16::try_from(index * wide / last).unwrap_or(0)
    };
    // A new definition: a double rule, and the line before it is another measure.
    for index in &chart.breaks {
        let x = column(*index).saturating_sub(1).max(plot.x);
        for y in plot.y..plot.bottom() {
            put(
                buffer,
                x,
                y,
                1,
                if ink.ascii { "|" } else { "⣿" },
                ink.tone(Tone::Hint),
            );
        }
    }
    for (value, text) in &chart.ticks {
        let share = if high > low {
            (value - low) / (high - low)
        } else {
            0.0
        };
        let row = ((1.0 - share) * f64::from(plot.height.saturating_sub(1))).round();
        let offset = (0..plot.height).find(|&n| f64::from(n) >= row).unwrap_or(0);
        let x = (area.x + tick).saturating_sub(width(text) + 1);
        put(
            buffer,
            x,
            plot.y + offset,
            width(text),
            text,
            ink.tone(Tone::Hint),
        );
    }
    for (i, (digit, year)) in chart.quarters.iter().enumerate() {
        put(
            buffer,
            column(i),
            plot.bottom(),
            2,
            digit,
            ink.tone(Tone::Label),
        );
        let next = (i + 1..count).find(|&n| {
            chart
                .quarters
                .get(n)
                .is_some_and(|(_, year)| year.is_some())
        });
        if let Some(year) = year
            && next.is_none_or(|next| column(next) > column(i) + width(year))
        {
            put(
                buffer,
                column(i),
                plot.bottom() + 1,
                area.right().saturating_sub(column(i)),
                year,
                ink.tone(Tone::Hint),
            );
        }
        if chart.unknown.get(i).copied().unwrap_or(false) {
            let style: Style = ink.tone(Tone::Status(Status::NoData));
            put(
                buffer,
                column(i),
                plot.bottom().saturating_sub(1),
                1,
                "?",
                style,
            );
        }
    }
    for (y, text) in (area.bottom() - message_rows..area.bottom()).zip(&message) {
        put(buffer, area.x, y, area.width, text, ink.tone(Tone::Hint));
    }
}

/// The forecast: most likely values dashed, the edges of the band as dots, a dotted cut-off before them.
fn expected(context: &mut Context<'_>, chart: &Chart, forecast: &ChartForecast, color: Color) {
    let start = chart.actual.get(forecast.from).copied().flatten();
    let start = start.map(|value| (forecast.from, value, value, value));
    let points: Vec<_> = start
        .into_iter()
        .chain(forecast.points.iter().copied())
        .collect();
    let mut stroke = |x1: f64, y1: f64, x2: f64, y2: f64| {
        context.draw(&Stroke {
            x1,
            y1,
            x2,
            y2,
            color,
        });
    };
    for pair in points.windows(2) {
        let [(a, from, a_low, a_high), (b, to, b_low, b_high)] = pair else {
            continue;
        };
        let along = |from: f64, to: f64, share: f64| from + (to - from) * share;
        let x = |share: f64| along(position(*a), position(*b), share);
        // Two dashes a step, and six dots of each edge.
        for share in [0.1, 0.6] {
            let (left, right) = (x(share), x(share + 0.25));
            stroke(
                left,
                along(*from, *to, share),
                right,
                along(*from, *to, share + 0.25),
            );
        }
        for n in 1..=6_u8 {
            let share = f64::from(n) / 6.0;
            for (a, b) in [(a_low, b_low), (a_high, b_high)] {
                let y = along(*a, *b, share);
                stroke(x(share), y, x(share), y);
            }
        }
    }
}

fn position(index: usize) -> f64 {
    f64::from(u32::try_from(index).unwrap_or(u32::MAX))
}

fn bounds(chart: &Chart) -> (f64, f64) {
    let band = chart.forecast.iter().flat_map(|f| &f.points);
    let values = chart
        .actual
        .iter()
        .chain(&chart.target)
        .chain(&chart.former)
        .flatten()
        .copied()
        .chain(band.flat_map(|(_, value, low, high)| [*value, *low, *high]));
    let ticks = chart.ticks.iter().map(|(value, _)| *value);
    let all: Vec<f64> = values.chain(ticks).filter(|v| v.is_finite()).collect();
    let low = all.iter().copied().fold(f64::INFINITY, f64::min);
    let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low < high {
        (low, high)
    } else {
        (low.min(0.0) - 1.0, high.max(0.0) + 1.0)
    }
}
