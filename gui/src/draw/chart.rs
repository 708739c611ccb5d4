//! The trajectory of an indicator: actual values, the target as it stood then, former targets.

use crate::draw::signs;
use crate::pen::{Pen, span, strong};
use egui::{Align, Pos2, Rect, Shape, Stroke, accesskit::Role as Part, pos2, vec2};
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Chart, ChartForecast, Status, Tone};

const LEFT: f32 = 60.0;
const RIGHT: f32 = 112.0;
const BELOW: f32 = 40.0;

/// Where values and quarters stand.
struct Frame {
    plot: Rect,
    low: f64,
    high: f64,
    slot: f32,
}

impl Frame {
    fn y(&self, value: f64) -> f32 {
        let share = (value - self.low) / (self.high - self.low);
        self.plot.bottom() - share as f32 * self.plot.height()
    }
    fn left(&self, index: usize) -> f32 {
        self.plot.left() + index as f32 * self.slot
    }
    fn point(&self, index: usize, value: f64) -> Pos2 {
        pos2(self.left(index) + self.slot / 2.0, self.y(value))
    }
}

fn frame(chart: &Chart, area: Rect) -> Option<Frame> {
    let plot = Rect::from_min_max(
        pos2(area.left() + LEFT, area.top() + 16.0),
        pos2(area.right() - RIGHT, area.bottom() - BELOW),
    );
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
    let (low, high) = values
        .chain(ticks)
        .filter(|value| value.is_finite())
        .fold((f64::MAX, f64::MIN), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    if low > high || plot.width() < 40.0 || plot.height() < 40.0 || chart.quarters.is_empty() {
        return None;
    }
    let high = if high > low { high } else { low + 1.0 };
    let slot = plot.width() / chart.quarters.len() as f32;
    Some(Frame {
        plot,
        low,
        high,
        slot,
    })
}

/// Draws a trajectory.
pub fn chart(pen: &mut Pen<'_>, chart: &Chart, area: Rect) {
    pen.part(area, Part::GraphicsDocument, &chart.message);
    let Some(frame) = frame(chart, area) else {
        let inner = area.shrink2(vec2(grid::PADDING, 12.0));
        pen.wrapped(
            &[span(chart.message.as_str(), Tone::Label)],
            inner.min,
            inner.width(),
            grid::BODY,
        );
        return;
    };
    if let Some(forecast) = &chart.forecast {
        beyond(pen, forecast, &frame);
    }
    axes(pen, chart, &frame, area);
    if let Some(forecast) = &chart.forecast {
        expected(pen, chart, forecast, &frame);
    }
    steps(pen, chart, &chart.former, &frame, true);
    steps(pen, chart, &chart.target, &frame, false);
    actual(pen, chart, &frame);
    unknown(pen, chart, &frame);
    end_labels(pen, chart, &frame, area);
}

fn axes(pen: &mut Pen<'_>, chart: &Chart, frame: &Frame, area: Rect) {
    let grid_line = Stroke::new(1.0, pen.theme.role(Role::Grid));
    for (value, label) in &chart.ticks {
        let y = frame.y(*value);
        pen.hline(frame.plot.x_range(), y, grid_line);
        let place = Rect::from_min_max(
            pos2(area.left(), y - 9.0),
            pos2(frame.plot.left() - 8.0, y + 9.0),
        );
        pen.text(label, place, Align::Max, grid::LABEL, Tone::Hint);
    }
    pen.hline(
        frame.plot.x_range(),
        frame.plot.bottom(),
        pen.theme.strong_rule(),
    );
    for (index, (digit, year)) in chart.quarters.iter().enumerate() {
        let left = frame.left(index);
        let under = Rect::from_min_size(
            pos2(left, frame.plot.bottom() + 2.0),
            vec2(frame.slot, 18.0),
        );
        pen.text(digit, under, Align::Center, grid::AXIS, Tone::Label);
        if let Some(year) = year {
            if index > 0 {
                pen.vline(
                    left,
                    frame.plot.top()..=frame.plot.bottom() + 34.0,
                    grid_line,
                );
            }
            let under = Rect::from_min_size(
                pos2(left + 5.0, frame.plot.bottom() + 18.0),
                vec2(frame.slot * 4.0, 18.0),
            );
            pen.text(year, under, Align::Min, grid::AXIS, Tone::Label);
        }
    }
    for &index in &chart.breaks {
        let x = frame.left(index);
        let stroke = pen.theme.strong_rule();
        pen.vline(x - 1.5, frame.plot.y_range(), stroke);
        pen.vline(x + 1.5, frame.plot.y_range(), stroke);
    }
}

/// The ground right of the last known quarter, behind a dotted cut-off.
fn beyond(pen: &Pen<'_>, forecast: &ChartForecast, frame: &Frame) {
    let cut = frame.left(forecast.from + 1);
    let ground = Rect::from_min_max(pos2(cut, frame.plot.top()), frame.plot.max);
    pen.fill(ground, pen.theme.role(Role::Band));
    let line = [pos2(cut, frame.plot.top()), pos2(cut, frame.plot.bottom())];
    let stroke = Stroke::new(1.0, pen.theme.role(Role::Hint));
    pen.ui
        .painter()
        .extend(Shape::dashed_line(&line, stroke, 1.5, 3.0));
}

/// The forecast: its band as a filled strip, the most likely value dashed.
fn expected(pen: &Pen<'_>, chart: &Chart, forecast: &ChartForecast, frame: &Frame) {
    let start = chart.actual.get(forecast.from).copied().flatten();
    let start = start.map(|value| (forecast.from, value, value, value));
    let points: Vec<_> = start
        .into_iter()
        .chain(forecast.points.iter().copied())
        .collect();
    let painter = pen.ui.painter();
    let fill = pen.theme.role(Role::ForecastBand);
    for pair in points.windows(2) {
        if let [(a, _, a_low, a_high), (b, _, b_low, b_high)] = pair {
            let corners = vec![
                frame.point(*a, *a_high),
                frame.point(*b, *b_high),
                frame.point(*b, *b_low),
                frame.point(*a, *a_low),
            ];
            painter.add(Shape::convex_polygon(corners, fill, Stroke::NONE));
        }
    }
    let line: Vec<Pos2> = points
        .iter()
        .map(|(at, value, _, _)| frame.point(*at, *value))
        .collect();
    let stroke = Stroke::new(grid::STROKES.2, pen.theme.role(Role::Actual));
    painter.extend(Shape::dashed_line(&line, stroke, 5.0, 4.0));
}

/// A target holds over its whole quarter: a line in steps.
fn steps(pen: &Pen<'_>, chart: &Chart, values: &[Option<f64>], frame: &Frame, former: bool) {
    for run in chart.steps(values) {
        let points: Vec<Pos2> = run
            .iter()
            .flat_map(|&(index, value)| {
                let y = frame.y(value);
                [pos2(frame.left(index), y), pos2(frame.left(index + 1), y)]
            })
            .collect();
        let painter = pen.ui.painter();
        if former {
            let stroke = Stroke::new(1.2, pen.theme.role(Role::FormerTarget));
            painter.extend(Shape::dashed_line(&points, stroke, 4.0, 3.0));
        } else {
            painter.line(
                points,
                Stroke::new(grid::STROKES.1, pen.theme.role(Role::Target)),
            );
        }
    }
}

fn actual(pen: &Pen<'_>, chart: &Chart, frame: &Frame) {
    let ink = pen.theme.role(Role::Actual);
    let surface = pen.theme.role(Role::Content);
    let painter = pen.ui.painter();
    for line in chart.lines() {
        let points: Vec<Pos2> = line
            .iter()
            .map(|&(index, value)| frame.point(index, value))
            .collect();
        if points.len() > 1 {
            let stroke = Stroke::new(grid::STROKES.2, ink);
            painter.line(points.clone(), stroke);
        }
        for at in points {
            painter.circle_filled(at, 4.0, surface);
            painter.circle_filled(at, 2.8, ink);
        }
    }
    if let Some((index, value)) = last(&chart.actual) {
        let at = frame.point(index, value);
        painter.circle(at, 5.0, surface, Stroke::new(1.6, ink));
        painter.circle_filled(at, 2.4, ink);
    }
}

fn last(values: &[Option<f64>]) -> Option<(usize, f64)> {
    values
        .iter()
        .enumerate()
        .rev()
        .find_map(|(index, value)| Some((index, (*value)?)))
}

fn unknown(pen: &Pen<'_>, chart: &Chart, frame: &Frame) {
    for (index, unknown) in chart.unknown.iter().enumerate() {
        if *unknown {
            let at = pos2(
                frame.left(index) + frame.slot / 2.0,
                frame.plot.bottom() - 12.0,
            );
            let ink = pen.theme.ink(Status::Unknown);
            signs::paint(pen.ui.painter(), at, Status::Unknown, ink, grid::GLYPH);
        }
    }
}

/// Labels at the ends of the lines instead of a legend; they move apart where they would touch.
fn end_labels(pen: &mut Pen<'_>, chart: &Chart, frame: &Frame, area: Rect) {
    let mut labels: Vec<(f32, &str, Tone, bool)> = Vec::new();
    if let (Some((_, value)), Some(label)) = (last(&chart.target), &chart.target_label) {
        labels.push((frame.y(value), label, Tone::Text, true));
    }
    if let Some((_, value)) = last(&chart.actual) {
        labels.push((frame.y(value), &chart.actual_label, Tone::Accent, true));
    }
    if let Some(forecast) = &chart.forecast
        && let Some((_, value, _, _)) = forecast.points.last()
    {
        labels.push((frame.y(*value), &forecast.label, Tone::Accent, false));
    }
    if let (Some((_, value)), Some(label)) = (last(&chart.former), &chart.former_label) {
        labels.push((frame.y(value), label, Tone::Hint, false));
    }
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut lowest = f32::MIN;
    for (y, text, tone, bold) in labels {
        let y = y.max(lowest + 16.0);
        lowest = y;
        let place = Rect::from_min_max(
            pos2(frame.plot.right() + 8.0, y - 9.0),
            pos2(area.right() - 4.0, y + 9.0),
        );
        let part = if bold {
            strong(text, tone)
        } else {
            span(text, tone)
        };
        pen.line(&[part], place, Align::Min, grid::LABEL);
    }
}
