//! A panel: heading band, body, buttons; and how high it wants to be.

use crate::draw::{
    button, chart, facts, form, headline, matrix, money, queue, table, title, trend,
};
use crate::pen::{Pen, plain, span, strong};
use egui::{Align, Id, Rect, Sense, WidgetInfo, accesskit::Role as Part, pos2, vec2};
use quarterdeck_view::msg::Msg;
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Body, Panel, Place, Tone};

/// Rows up to which a table that ends in a total does not scroll.
const WHOLE: usize = 14;

/// Height a panel would like, and the least it can do with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    /// All of it visible.
    pub natural: f32,
    /// The rest scrolls.
    pub least: f32,
    /// Takes what is left over.
    pub grows: bool,
    /// Height of a row that is never cut; 0 where rows may be.
    pub row: f32,
}

fn band_height(panel: &Panel) -> f32 {
    let named = !panel.title.is_empty() || !panel.subtitle.is_empty() || !panel.aside.is_empty();
    if named && !is_head(panel) {
        grid::BAND
    } else {
        0.0
    }
}

fn is_head(panel: &Panel) -> bool {
    matches!(panel.body, Body::Headline { .. } | Body::Title { .. })
}

/// The one action of a list that only shows the rest of it is a line, not a button.
fn is_link(panel: &Panel) -> bool {
    matches!(panel.body, Body::Queue(_)) && panel.actions.len() == 1
}

/// Buttons of a page's head stand at its right end, beside the text.
fn is_beside(panel: &Panel) -> bool {
    panel.place == Place::Head && matches!(panel.body, Body::Lines(_))
}

fn beside_width(pen: &Pen<'_>, panel: &Panel) -> f32 {
    let widths = panel
        .actions
        .iter()
        .map(|one| button::taken(pen, one) + 8.0);
    widths.sum()
}

fn actions_height(pen: &Pen<'_>, panel: &Panel, width: f32) -> f32 {
    match panel.actions.len() {
        0 => 0.0,
        _ if is_beside(panel) => 0.0,
        1 if is_link(panel) => grid::BAND,
        _ => button::row_height(pen, &panel.actions, width) + 20.0,
    }
}

/// How high a panel of this width wants to be.
pub fn wish(pen: &Pen<'_>, panel: &Panel, width: f32, narrow: bool) -> Wish {
    let (natural, least, grows) = match &panel.body {
        Body::Table(table) => {
            let all = table::height(table);
            // A short table that ends in a total is shown whole.
            let ends = table.rows.last().is_some_and(|row| row.total);
            let least = if ends && table.rows.len() <= WHOLE {
                all
            } else {
                all.min(grid::TABLE_HEADER + 4.0 * grid::ROW)
            };
            (all, least, false)
        }
        Body::Queue(items) => {
            let all = items.len().max(1) as f32 * queue::row_height(items, narrow);
            let row = queue::row_height(items, narrow);
            (all, all.min(3.0 * row), false)
        }
        Body::Chart(_) => (330.0, 200.0, true),
        Body::Trend(_) => (trend::HEIGHT, trend::HEIGHT, false),
        Body::Money(bar) => fixed(money::height(bar)),
        Body::Matrix(content) => fixed(matrix::height(content)),
        Body::Facts(list) => fixed(facts::height(pen, list, width)),
        Body::Lines(lines) => {
            let beside = match is_beside(panel) && !panel.actions.is_empty() {
                true => beside_width(pen, panel) + grid::PADDING,
                false => 0.0,
            };
            let all = facts::lines_height(pen, lines, width - beside);
            let all = all.max(if is_beside(panel) { 72.0 } else { 0.0 });
            // Running text is never cut inside a line: the column scrolls instead.
            fixed(all)
        }
        Body::Form(fields) => fixed(form::height(fields)),
        Body::Headline { .. } | Body::Title { .. } => fixed(grid::HEADLINE),
    };
    let mut extra = band_height(panel);
    if !is_head(panel) {
        extra += actions_height(pen, panel, width - 2.0 * grid::PADDING);
    }
    Wish {
        natural: natural + extra,
        least: least + extra,
        grows,
        row: match &panel.body {
            Body::Queue(items) => queue::row_height(items, narrow),
            _ => 0.0,
        },
    }
}

fn fixed(height: f32) -> (f32, f32, bool) {
    (height, height, false)
}

/// Draws a panel; it is one stop of the Tab key, and the arrows move inside it.
pub fn panel(pen: &mut Pen<'_>, panel: &Panel, rect: Rect, narrow: bool) {
    pen.fill(rect, pen.theme.role(Role::Content));
    let stop = focus_stop(pen, panel, rect);
    let mut top = rect.top();
    let band = band_height(panel);
    if band > 0.0 {
        heading(
            pen,
            panel,
            Rect::from_min_size(rect.min, vec2(rect.width(), band)),
        );
        top += band;
    }
    let inner = rect.width() - 2.0 * grid::PADDING;
    let mut bottom = rect.bottom();
    let mut right = rect.right();
    if is_beside(panel) && !panel.actions.is_empty() {
        let wide = beside_width(pen, panel);
        right -= wide + grid::PADDING;
        let at = pos2(right, top + if band > 0.0 { 10.0 } else { 14.0 });
        button::row(pen, panel.id, &panel.actions, at, wide);
    } else if !is_head(panel) && !panel.actions.is_empty() {
        bottom -= actions_height(pen, panel, inner);
        if is_link(panel) {
            let row = Rect::from_min_max(pos2(rect.left() + grid::PADDING, bottom), rect.max);
            for action in &panel.actions {
                button::link(pen, panel.id, action, row);
            }
        } else {
            let at = pos2(rect.left() + grid::PADDING, bottom + 10.0);
            pen.hline(rect.x_range(), bottom, pen.theme.rule());
            button::row(pen, panel.id, &panel.actions, at, inner);
        }
    }
    let body = Rect::from_min_max(pos2(rect.left(), top), pos2(right, bottom.max(top)));
    match &panel.body {
        Body::Table(content) => table::table(pen, panel, content, body),
        Body::Queue(items) => queue::queue(pen, panel, items, body, narrow),
        Body::Chart(content) => chart::chart(pen, content, body),
        Body::Trend(content) => trend::trend(pen, content, body, panel.aside.is_empty()),
        Body::Money(bar) => money::money(pen, bar, body),
        Body::Matrix(content) => matrix::matrix(pen, content, body),
        Body::Facts(list) => facts::facts(pen, list, body),
        Body::Lines(lines) => facts::lines(pen, panel.id, lines, body),
        Body::Form(fields) => form::form(pen, fields, body),
        Body::Headline { counts, measures } => {
            headline::headline(pen, panel, counts, measures, body)
        }
        Body::Title { .. } => title::title(pen, panel, body),
    }
    if stop {
        let ring = if panel.place == Place::Head {
            rect.shrink(2.0)
        } else {
            rect
        };
        pen.focus_ring(ring, 0);
    }
}

/// Whether a list lies in the panel, through which the arrows go.
fn has_rows(panel: &Panel) -> bool {
    matches!(panel.body, Body::Table(_) | Body::Queue(_) | Body::Lines(_))
}

/// Id by which a panel holds the keyboard's focus.
pub fn focus_id(panel: &'static str) -> Id {
    Id::unique(("panel", panel))
}

fn focus_stop(pen: &mut Pen<'_>, panel: &Panel, rect: Rect) -> bool {
    if !has_rows(panel) {
        return false;
    }
    let id = focus_id(panel.id);
    let response = pen.ui.interact(rect, id, Sense::focusable_noninteractive());
    let name = if panel.title.is_empty() {
        panel.id
    } else {
        &panel.title
    };
    response.widget_info(|| WidgetInfo::labeled(Part::Group, true, name));
    if response.gained_focus() && !panel.focused {
        pen.out.push(Msg::FocusPanel(panel.id));
    }
    if response.has_focus() {
        // The arrows move the selection; only Tab leaves.
        pen.ui.memory_mut(|memory| {
            let filter = egui::EventFilter {
                horizontal_arrows: true,
                vertical_arrows: true,
                ..egui::EventFilter::default()
            };
            memory.set_focus_lock_filter(id, filter);
        });
    }
    response.has_focus()
}

/// The band with heading, hint and what stands at its right end.
pub fn heading(pen: &mut Pen<'_>, panel: &Panel, band: Rect) {
    pen.fill(band, pen.theme.role(Role::Band));
    pen.hline(band.x_range(), band.top(), pen.theme.strong_rule());
    pen.hline(band.x_range(), band.bottom() - 1.0, pen.theme.strong_rule());
    let mut inner = band.shrink2(vec2(grid::PADDING, 0.0));
    if !plain(&panel.aside).is_empty() || panel.aside.iter().any(|part| part.sign.is_some()) {
        let mut aside = panel.aside.clone();
        // A sign brings its own space; blanks at the end would push the words off the margin.
        for part in &mut aside {
            part.text.truncate(part.text.trim_end().len());
        }
        for part in aside.iter_mut().skip(1).filter(|part| part.sign.is_none()) {
            part.text.insert_str(0, "  ");
        }
        let drawn = pen.line(&aside, inner, Align::Max, grid::LABEL);
        inner.max.x = drawn.left() - 12.0;
    }
    let title = strong(panel.title.as_str(), Tone::Text);
    let drawn = pen.line(&[title], inner, Align::Min, grid::BODY - 0.5);
    inner.min.x = drawn.right() + 10.0;
    if !panel.subtitle.is_empty() && inner.width() > 12.0 {
        pen.line(
            &[span(panel.subtitle.as_str(), Tone::Hint)],
            inner,
            Align::Min,
            grid::LABEL,
        );
    }
    if panel.focused {
        let bar = Rect::from_min_size(band.min, vec2(grid::STATUS_BAR, band.height() - 1.0));
        pen.fill(bar, pen.theme.role(Role::Accent));
    }
}
