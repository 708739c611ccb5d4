//! Charts as SVG by plotters: greyscale safe, with patterns and printed numbers, text selectable.
//!
//! Geometry is the only place of this package where binary floats are: nothing here is a figure
//! that anybody reads as a number.
#![allow(clippy::float_arithmetic)]

use plotters::prelude::*;
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::assess::{Forecast, Point};
use quarterdeck_kpi::forecast::Ahead;
use quarterdeck_view::palette::{Role, ink};
use quarterdeck_view::panel::{Status, Tone};
use rust_decimal::prelude::ToPrimitive;

/// The exact family of the embedded face: with another, Latin digits fall to another face.
const FAMILY: &str = "Noto Sans TC";

type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

fn colour(rgb: quarterdeck_view::palette::Rgb) -> RGBColor {
    RGBColor(rgb.0, rgb.1, rgb.2)
}

fn role(role: Role) -> RGBColor {
    colour(role.rgb(false))
}

fn status(status: Status) -> RGBColor {
    colour(ink(Tone::Status(status), false))
}

fn draw(
    size: (u32, u32),
    paint: impl FnOnce(&DrawingArea<SVGBackend<'_>, plotters::coord::Shift>),
) -> String {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        paint(&area);
        let _ = area.present();
    }
    svg
}

fn label(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    text: &str,
    at: (i32, i32),
    size: i32,
    tone: RGBColor,
    anchor: plotters::style::text_anchor::HPos,
) {
    use plotters::style::text_anchor::{Pos, VPos};
    let style = TextStyle::from((FAMILY, size * 3 / 2).into_font())
        .color(&tone)
        .pos(Pos::new(anchor, VPos::Center));
    let _ = area.draw_text(text, &style, at);
}

/// A block of one status with its pattern: behind solid, at risk vertical stripes, unknown diagonal, on track pale.
fn block(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    of: Status,
    (x0, y0): (i32, i32),
    (x1, y1): (i32, i32),
) {
    if x1 <= x0 || y1 <= y0 {
        return;
    }
    let tone = status(of);
    let frame = |style: ShapeStyle| area.draw(&Rectangle::new([(x0, y0), (x1, y1)], style));
    match of {
        Status::Behind => {
            let _ = frame(tone.filled());
        }
        Status::AtRisk => {
            let _ = frame(role(Role::Content).filled());
            for x in (x0..=x1).step_by(3) {
                let _ = area.draw(&PathElement::new([(x, y0), (x, y1)], tone.stroke_width(1)));
            }
            let _ = frame(tone.stroke_width(1));
        }
        Status::Met | Status::OnTrack => {
            let _ = frame(tone.mix(0.3).filled());
        }
        _ => {
            let _ = frame(role(Role::Content).filled());
            let height = y1 - y0;
            let mut x = x0 - height;
            while x < x1 {
                let (from, to) = (
                    (x.max(x0), y1 - (x.max(x0) - x)),
                    (
                        (x + height).min(x1),
                        y0 + (x + height - (x + height).min(x1)),
                    ),
                );
                let _ = area.draw(&PathElement::new([from, to], tone.stroke_width(1)));
                x += 6;
            }
            let _ = frame(tone.stroke_width(1));
        }
    }
}

/// The portfolio as one bar: groups of statuses, each programme as wide as its budget.
pub fn portfolio(groups: &[(Status, Vec<(String, i64)>)]) -> String {
    const WIDE: i32 = 900;
    const HIGH: i32 = 46;
    let total: i64 = groups.iter().flat_map(|(_, p)| p).map(|(_, n)| *n).sum();
    draw((900, 46), |area| {
        if total <= 0 {
            return;
        }
        let gaps = i32::try_from(groups.iter().map(|(_, p)| p.len()).sum::<usize>()).unwrap_or(0);
        let room = i64::from(WIDE - gaps * 2 - 40);
        let mut x = 0;
        for (of, programmes) in groups {
            for (name, amount) in programmes {
                let wide = i32::try_from(amount * room / total).unwrap_or(0).max(3);
                block(area, *of, (x, 4), (x + wide, HIGH - 4));
                if wide > 46 {
                    let tone = if *of == Status::Behind {
                        role(Role::Content)
                    } else {
                        role(Role::Text)
                    };
                    if *of != Status::Behind {
                        let centre = x + wide / 2;
                        let _ = area.draw(&Rectangle::new(
                            [(centre - 20, 11), (centre + 20, 35)],
                            role(Role::Content).filled(),
                        ));
                    }
                    label(
                        area,
                        name,
                        (x + wide / 2, HIGH / 2),
                        13,
                        tone,
                        plotters::style::text_anchor::HPos::Center,
                    );
                }
                x += wide + 2;
            }
            x += 8;
        }
    })
}

/// Stacked counts of the last quarters: behind, at risk, unknown.
pub fn trend(quarters: &[String], counts: &[[usize; 3]]) -> String {
    const STATUSES: [Status; 3] = [Status::Behind, Status::AtRisk, Status::Unknown];
    let most = counts
        .iter()
        .map(|c| c.iter().sum::<usize>())
        .max()
        .unwrap_or(0)
        .max(1);
    let number = |n: usize| i32::try_from(n).unwrap_or(0);
    draw((900, 220), |area| {
        let bottom = 190;
        let unit = 170 / number(most);
        let step = 880 / number(quarters.len().max(1));
        for (i, (name, counts)) in quarters.iter().zip(counts).enumerate() {
            let x = 10 + number(i) * step;
            let mut y = bottom;
            for (of, count) in STATUSES.iter().zip(counts) {
                let high = number(*count) * unit;
                block(area, *of, (x + 8, y - high), (x + step - 8, y));
                if *count > 0 && high >= 18 {
                    let tone = if *of == Status::Behind {
                        role(Role::Content)
                    } else {
                        role(Role::Text)
                    };
                    if *of != Status::Behind {
                        let centre = x + step / 2;
                        let _ = area.draw(&Rectangle::new(
                            [
                                (centre - 9, y - high / 2 - 8),
                                (centre + 9, y - high / 2 + 8),
                            ],
                            role(Role::Content).filled(),
                        ));
                    }
                    label(
                        area,
                        &count.to_string(),
                        (x + step / 2, y - high / 2),
                        13,
                        tone,
                        plotters::style::text_anchor::HPos::Center,
                    );
                }
                y -= high;
            }
            label(
                area,
                name,
                (x + step / 2, 206),
                12,
                role(Role::Label),
                plotters::style::text_anchor::HPos::Center,
            );
        }
        let _ = area.draw(&PathElement::new(
            [(10, bottom), (890, bottom)],
            role(Role::StrongLine).stroke_width(1),
        ));
    })
}

/// An indicator's way: actual with dots, target as a step line as it stood then, former target dashed; a new
/// definition as a double rule that breaks the line; the forecast dashed with its band.
pub fn trajectory(
    points: &[Point],
    forecast: Option<&Forecast>,
    quarters: &[String],
    actual: &str,
    target: &str,
) -> String {
    let ahead: Vec<Ahead> = forecast
        .iter()
        .flat_map(|f| &f.points)
        .map(|(_, ahead)| *ahead)
        .collect();
    let float = |value: Decimal| value.to_f64().unwrap_or(0.0);
    let values: Vec<f64> = points
        .iter()
        .flat_map(|p| [p.value, p.target, p.former_target])
        .flatten()
        .chain(ahead.iter().flat_map(|a| [a.low, a.high]))
        .map(float)
        .collect();
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = if low < high {
        (low, high)
    } else {
        (low.min(0.0) - 1.0, high.max(0.0) + 1.0)
    };
    let pad = (high - low) * 0.12;
    // A count or share that starts near zero is drawn from zero; otherwise the axis is cut and has its numbers.
    let low = if low >= 0.0 && low < high * 0.4 {
        0.0
    } else {
        low - pad
    };
    let high = high + pad;
    draw((900, 230), |area| {
        let build = || -> Drawn {
            let (left, _) = area.split_horizontally(720);
            let count = (points.len() + ahead.len()).max(2);
            let last = count - 1;
            let x = |i: usize| -> f64 { f64::from(u32::try_from(i).unwrap_or(0)) };
            let mut chart = ChartBuilder::on(&left)
                .margin(8)
                .x_label_area_size(32)
                .y_label_area_size(96)
                .build_cartesian_2d(-0.3..x(last) + 0.3, low..high)?;
            chart
                .configure_mesh()
                .disable_x_mesh()
                .bold_line_style(role(Role::Grid).stroke_width(1))
                .light_line_style(TRANSPARENT)
                .axis_style(role(Role::StrongLine).stroke_width(1))
                .x_labels(count)
                .x_label_formatter(&|v| {
                    let i = v.round();
                    (0..count)
                        .find(|n| (x(*n) - i).abs() < 0.1 && (x(*n) - v).abs() < 0.1)
                        .and_then(|n| quarters.get(n).cloned())
                        .unwrap_or_default()
                })
                .y_labels(5)
                .y_label_formatter(&|v| axis(*v, high - low))
                .label_style(TextStyle::from((FAMILY, 18).into_font()).color(&role(Role::Label)))
                .draw()?;
            if let (Some(from), false) = (points.last().and_then(|p| p.value), ahead.is_empty()) {
                let start = Ahead {
                    value: from,
                    low: from,
                    high: from,
                };
                let way: Vec<(f64, Ahead)> = std::iter::once(start)
                    .chain(ahead.iter().copied())
                    .enumerate()
                    .map(|(n, ahead)| (x(points.len() - 1 + n), ahead))
                    .collect();
                let edge = way.iter().map(|(at, a)| (*at, float(a.high)));
                let back = way.iter().rev().map(|(at, a)| (*at, float(a.low)));
                let band: Vec<(f64, f64)> = edge.chain(back).collect();
                chart.draw_series([Polygon::new(band, role(Role::ForecastBand).filled())])?;
                let line = way.iter().map(|(at, a)| (*at, float(a.value)));
                chart.draw_series(DashedLineSeries::new(
                    line,
                    8,
                    5,
                    role(Role::Actual).stroke_width(2),
                ))?;
            }
            // A new definition: two rules side by side, a little before its first quarter.
            for (i, _) in points
                .iter()
                .enumerate()
                .filter(|(_, p)| p.definition_break)
            {
                for apart in [-0.53, -0.47] {
                    chart.draw_series(LineSeries::new(
                        [(x(i) + apart, low), (x(i) + apart, high)],
                        role(Role::StrongLine).stroke_width(1),
                    ))?;
                }
            }
            let step = |pick: &dyn Fn(&Point) -> Option<Decimal>| -> Vec<Vec<(f64, f64)>> {
                let mut lines: Vec<Vec<(f64, f64)>> = Vec::new();
                let mut open = false;
                for (i, point) in points.iter().enumerate() {
                    match pick(point) {
                        Some(value) => {
                            if !open || point.starts_again {
                                lines.push(Vec::new());
                            }
                            if let Some(line) = lines.last_mut() {
                                line.push((x(i) - 0.5, float(value)));
                                line.push((x(i) + 0.5, float(value)));
                            }
                            open = true;
                        }
                        None => open = false,
                    }
                }
                lines
            };
            for line in step(&|p| p.former_target) {
                for pair in line.chunks(2) {
                    chart.draw_series(DashedLineSeries::new(
                        pair.iter().copied(),
                        6,
                        4,
                        role(Role::FormerTarget).stroke_width(1),
                    ))?;
                }
            }
            for line in step(&|p| p.target) {
                chart.draw_series(LineSeries::new(line, role(Role::Target).stroke_width(2)))?;
            }
            for pair in points.windows(2).enumerate() {
                if let (i, [a, b]) = pair
                    && let (Some(from), Some(to), false) = (a.value, b.value, b.breaks_line())
                {
                    chart.draw_series(LineSeries::new(
                        [(x(i), float(from)), (x(i + 1), float(to))],
                        role(Role::Actual).stroke_width(3),
                    ))?;
                }
            }
            let dots = points
                .iter()
                .enumerate()
                .filter_map(|(i, p)| Some((x(i), float(p.value?))));
            chart.draw_series(dots.map(|at| Circle::new(at, 4, role(Role::Actual).filled())))?;
            for (i, point) in points.iter().enumerate() {
                if point.value.is_none() && point.status.is_unknown() {
                    let tone = status(Status::NoData);
                    let style = TextStyle::from((FAMILY, 21).into_font()).color(&tone);
                    chart.draw_series([Text::new(
                        "?",
                        (x(i) - 0.06, low + (high - low) * 0.08),
                        style,
                    )])?;
                }
            }
            let place = |value: Decimal| chart.backend_coord(&(x(last), float(value))).1;
            let ends = [
                (
                    points.iter().rev().find_map(|p| p.value),
                    actual,
                    role(Role::Actual),
                ),
                (
                    points.iter().rev().find_map(|p| p.target),
                    target,
                    role(Role::Target),
                ),
            ];
            let mut taken: Option<i32> = None;
            for (value, text, tone) in ends {
                if let (Some(value), false) = (value, text.is_empty()) {
                    let mut y = place(value);
                    if let Some(other) = taken
                        && (y - other).abs() < 22
                    {
                        y = if y >= other { other + 22 } else { other - 22 };
                    }
                    taken = Some(y);
                    label(
                        area,
                        text,
                        (718, y),
                        13,
                        tone,
                        plotters::style::text_anchor::HPos::Left,
                    );
                }
            }
            Ok(())
        };
        // Drawing into a string cannot fail.
        let _ = build();
    })
}

/// Labels of the value axis: as many decimals as its range needs.
fn axis(value: f64, range: f64) -> String {
    if range >= 20.0 {
        let text = format!("{value:.0}");
        let (sign, digits) = text
            .strip_prefix('-')
            .map_or(("", text.as_str()), |d| ("\u{2212}", d));
        let mut out = String::new();
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.push(',');
            }
            out.push(c);
        }
        format!("{sign}{out}")
    } else if range >= 2.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.3}")
    }
}
