//! Drawings inside table cells: bullets, tiles, sparklines, ages, hatched tracks.

use crate::draw::signs::{self, Lean};
use crate::pen::Pen;
use egui::{Color32, Pos2, Rect, Shape, Stroke, pos2, vec2};
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Drawing, Status, Tone, lines};

/// Width a drawing takes.
pub fn width(drawing: &Drawing) -> f32 {
    match drawing {
        Drawing::Bullet { .. } | Drawing::Hatched | Drawing::Age { .. } => grid::BULLET.0,
        Drawing::Sparkline { .. } => grid::SPARKLINE.0,
        // As wide as its column.
        Drawing::Timeline { .. } => f32::INFINITY,
        Drawing::Tiles(tiles) => tiles.len() as f32 * TILE_STEP,
    }
}

/// Distance of tiles.
pub const TILE_STEP: f32 = grid::TILE + 3.0;

/// Draws at the left of a cell.
pub fn paint(pen: &mut Pen<'_>, drawing: &Drawing, cell: Rect) {
    let width = width(drawing).min(cell.width());
    let area = |height: f32| {
        Rect::from_min_size(
            pos2(cell.left(), (cell.center().y - height / 2.0).round()),
            vec2(width, height),
        )
    };
    match drawing {
        Drawing::Bullet {
            percent,
            limit,
            tone,
        } => {
            bullet(pen, area(grid::BULLET.1), *percent, *limit, *tone);
        }
        Drawing::Hatched => {
            let track = area(8.0);
            let ink = pen.theme.role(Role::StrongLine);
            let painter = pen.ui.painter();
            painter.rect_filled(track, 0.0, pen.theme.role(Role::Track));
            signs::hatch(painter, track, Stroke::new(1.0, ink), Lean::Forward);
        }
        Drawing::Tiles(tiles) => {
            for (index, (status, label)) in tiles.iter().enumerate() {
                let rect = Rect::from_min_size(
                    pos2(
                        (cell.left() + index as f32 * TILE_STEP).round(),
                        (cell.center().y - grid::TILE / 2.0).round(),
                    ),
                    vec2(grid::TILE, grid::TILE),
                );
                signs::tile(pen.ui.painter(), pen.theme, rect, *status);
                pen.label(rect, label).on_hover_text(label);
            }
        }
        Drawing::Sparkline {
            values,
            targets,
            begins,
            tone,
        } => {
            let way = lines(values, |at| begins.contains(&at));
            sparkline(pen, area(grid::SPARKLINE.1), (values, &way), targets, *tone);
        }
        Drawing::Timeline {
            former,
            planned,
            done,
            now,
            tone,
        } => timeline(pen, area(12.0), former, (*planned, *done), *now, *tone),
        Drawing::Age {
            days,
            limit_days,
            tone,
        } => age(pen, area(grid::BULLET.1), *days, *limit_days, *tone),
    }
}

/// The bar's colour: what is fine recedes into grey.
fn bar_ink(pen: &Pen<'_>, tone: Tone) -> Color32 {
    match tone {
        Tone::Status(
            Status::AtRisk | Status::Behind | Status::Late | Status::Stale | Status::Rejected,
        ) => pen.theme.tone(tone),
        Tone::Accent => pen.theme.role(Role::Accent),
        _ => pen.theme.role(Role::FormerTarget),
    }
}

/// Track from zero to 110 %, bar, tick at the limit; beyond the end a notch.
pub fn bullet(pen: &Pen<'_>, area: Rect, percent: f64, limit: f64, tone: Tone) {
    let share =
        |value: f64| (value / grid::BULLET_END_PERCENT).clamp(0.0, 1.0) as f32 * area.width();
    let middle = area.center().y;
    let band = |height: f32, width: f32| {
        Rect::from_min_size(
            pos2(area.left(), middle - height / 2.0),
            vec2(width, height),
        )
    };
    let track = if area.height() < 12.0 { 4.0 } else { 8.0 };
    pen.fill(band(track, area.width()), pen.theme.role(Role::Track));
    pen.fill(band(4.0, share(percent)), bar_ink(pen, tone));
    tick(pen, area.left() + share(limit), area);
    if percent > grid::BULLET_END_PERCENT {
        let notch = pos2(area.right(), middle);
        pen.ui.painter().add(Shape::convex_polygon(
            vec![notch + vec2(-5.0, -4.0), notch, notch + vec2(-5.0, 4.0)],
            pen.theme.role(Role::Text),
            Stroke::NONE,
        ));
    }
}

fn tick(pen: &Pen<'_>, x: f32, area: Rect) {
    let tick = Rect::from_center_size(pos2(x, area.center().y), vec2(1.5, grid::BULLET.1));
    pen.fill(tick, pen.theme.role(Role::Text));
}

/// Former plans in grey outline, the plan hollow, the day it was done filled, the day of reference dotted.
fn timeline(
    pen: &Pen<'_>,
    area: Rect,
    former: &[f64],
    (planned, done): (f64, Option<f64>),
    now: f64,
    tone: Tone,
) {
    let area = area.shrink2(vec2(5.0, 0.0));
    let place = |share: f64| {
        pos2(
            area.left() + share.clamp(0.0, 1.0) as f32 * area.width(),
            area.center().y,
        )
    };
    let painter = pen.ui.painter();
    painter.hline(area.x_range(), area.center().y, pen.theme.rule());
    let day = place(now);
    painter.extend(Shape::dotted_line(
        &[day - vec2(0.0, 9.0), day + vec2(0.0, 9.0)],
        pen.theme.role(Role::Actual),
        3.0,
        0.7,
    ));
    let ink = pen.theme.tone(tone);
    // From the plan to the day it was done, or to today while it is late.
    let end = done.or((now > planned).then_some(now));
    if let Some(end) = end {
        painter.line_segment([place(planned), place(end)], Stroke::new(2.0, ink));
    }
    let grey = pen.theme.role(Role::FormerTarget);
    for former in former {
        painter.circle_stroke(place(*former), 3.5, Stroke::new(1.0, grey));
    }
    painter.circle(
        place(planned),
        4.0,
        pen.theme.role(Role::Content),
        Stroke::new(1.5, ink),
    );
    if let Some(done) = done {
        painter.circle_filled(place(done), 3.5, ink);
    }
}

fn age(pen: &Pen<'_>, area: Rect, days: f64, limit: f64, tone: Tone) {
    // The limit stands at four fifths of the track, as wide as the oldest may be before it is full.
    let end = if limit > 0.0 {
        limit * 1.25
    } else {
        days.max(1.0)
    };
    let share = |value: f64| (value / end).clamp(0.0, 1.0) as f32 * area.width();
    let band = |width: f32| {
        Rect::from_min_size(pos2(area.left(), area.center().y - 3.0), vec2(width, 6.0))
    };
    pen.fill(band(area.width()), pen.theme.role(Role::Track));
    pen.fill(band(share(days).max(1.0)), bar_ink(pen, tone));
    if limit > 0.0 {
        tick(pen, area.left() + share(limit), area);
    }
}

/// Places and values that one line goes through.
type Stretch = Vec<(usize, f64)>;

fn sparkline(
    pen: &Pen<'_>,
    area: Rect,
    (values, way): (&[Option<f64>], &[Stretch]),
    targets: &[Option<f64>],
    tone: Tone,
) {
    let all = || values.iter().chain(targets).flatten().copied();
    let (low, high) = all().fold((f64::MAX, f64::MIN), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    if low > high {
        return;
    }
    let span = if high > low { high - low } else { 1.0 };
    let area = area.shrink2(vec2(4.0, 3.0));
    let steps = values.len().max(targets.len()).max(2) - 1;
    let place = |index: usize, value: f64| -> Pos2 {
        pos2(
            area.left() + area.width() * index as f32 / steps as f32,
            area.bottom() - area.height() * ((value - low) / span) as f32,
        )
    };
    let ink = match tone {
        Tone::Status(Status::OnTrack | Status::Met) | Tone::Text => pen.theme.role(Role::Actual),
        _ => pen.theme.tone(tone),
    };
    let painter = pen.ui.painter();
    for run in lines(targets, |_| false) {
        let points: Vec<Pos2> = run
            .iter()
            .map(|&(index, value)| place(index, value))
            .collect();
        painter.extend(Shape::dotted_line(
            &points,
            pen.theme.role(Role::FormerTarget),
            3.0,
            0.7,
        ));
    }
    for run in way {
        let points: Vec<Pos2> = run
            .iter()
            .map(|&(index, value)| place(index, value))
            .collect();
        painter.line(points, Stroke::new(1.5, ink));
    }
    let last = values
        .iter()
        .enumerate()
        .rev()
        .find_map(|(index, value)| Some((index, (*value)?)));
    if let Some((index, value)) = last {
        painter.circle_filled(place(index, value), 2.2, ink);
    }
}
