//! The exceptions: sign, id, name, money; what; rule and cause.

use crate::draw::{panel::focus_id, signs};
use crate::pen::{Pen, span, strong};
use egui::{Align, Id, Rect, ScrollArea, accesskit::Role as Part, pos2, vec2};
use quarterdeck_view::msg::Msg;
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Panel, QueueItem, Tone};

/// Height of a row without the third line.
const SHORT: f32 = 48.0;

/// Height of a row; a narrow window leaves out rule and cause.
pub fn row_height(items: &[QueueItem], narrow: bool) -> f32 {
    if narrow || items.iter().all(|item| item.why.is_empty()) {
        SHORT
    } else {
        grid::EXCEPTION_ROW
    }
}

/// Draws the list.
pub fn queue(pen: &mut Pen<'_>, panel: &Panel, items: &[QueueItem], area: Rect, narrow: bool) {
    let height = row_height(items, narrow);
    let chosen = items.iter().position(|item| item.selected);
    let id = focus_id(panel.id).with("selected");
    let before: Option<Option<usize>> = pen.ui.data(|data| data.get_temp(id));
    pen.ui.data_mut(|data| data.insert_temp(id, chosen));
    let reveal = chosen.filter(|_| before.is_some_and(|before| before != chosen));
    pen.inside(area, |pen| {
        let (theme, language) = (pen.theme, pen.language);
        let out = &mut *pen.out;
        ScrollArea::vertical()
            .id_salt(("queue", panel.id))
            .auto_shrink(false)
            .show_viewport(pen.ui, |ui, viewport| {
                let top = ui.max_rect().top();
                ui.set_height(items.len() as f32 * height);
                let mut pen = Pen {
                    ui,
                    theme,
                    language,
                    out,
                };
                for (index, item) in items.iter().enumerate() {
                    let offset = index as f32 * height;
                    let rect = Rect::from_min_size(
                        pos2(area.left(), top + offset),
                        vec2(area.width(), height),
                    );
                    if reveal == Some(index) {
                        pen.ui.scroll_to_rect(rect, None);
                    }
                    if offset + height >= viewport.top() && offset <= viewport.bottom() {
                        row(&mut pen, panel, item, rect, height > SHORT);
                    }
                }
            });
    });
}

fn row(pen: &mut Pen<'_>, panel: &Panel, item: &QueueItem, rect: Rect, third: bool) {
    let id = Id::unique(("exception", panel.id, item.key.as_str(), item.what.as_str()));
    let said = format!("{} {} {} {}", item.key, item.name, item.money, item.what);
    let response = pen.click(id, rect, Part::ListItem, &said);
    if item.selected {
        pen.fill(rect, pen.theme.role(Role::Selection));
    } else if response.hovered() {
        pen.fill(rect, pen.theme.role(Role::Band));
    }
    pen.hline(rect.x_range(), rect.bottom() - 1.0, pen.theme.rule());
    if response.clicked() {
        pen.out.push(Msg::Select {
            panel: panel.id,
            key: item.key.clone(),
        });
        pen.ui
            .memory_mut(|memory| memory.request_focus(focus_id(panel.id)));
    }
    if response.double_clicked() {
        pen.out.push(item.open.clone());
    }
    let inner = rect.shrink2(vec2(grid::PADDING, 0.0));
    let line = |top: f32| {
        Rect::from_min_max(
            pos2(inner.left() + 17.0, rect.top() + top),
            pos2(inner.right(), rect.top() + top + 18.0),
        )
    };
    let first = line(6.0);
    let sign = pos2(inner.left() + 4.0, first.center().y);
    signs::paint(
        pen.ui.painter(),
        sign,
        item.status,
        pen.theme.ink(item.status),
        grid::GLYPH,
    );
    let money = money_spans(&item.money);
    let drawn = pen.line(&money, first, Align::Max, grid::BODY);
    let room = first.with_max_x(drawn.left() - 8.0);
    // What was dealt with recedes; its sign and its words stay.
    let title = if item.handled {
        span(item.name.as_str(), Tone::Label)
    } else {
        strong(item.name.as_str(), Tone::Text)
    };
    let name = [span(format!("{}  ", item.key), Tone::Label), title];
    pen.line(&name, room, Align::Min, grid::BODY);
    pen.text(&item.what, line(25.0), Align::Min, grid::LABEL, Tone::Text);
    if third {
        pen.text(&item.why, line(43.0), Align::Min, grid::LABEL, Tone::Hint);
    } else if !item.why.is_empty() {
        response.on_hover_text(&item.why);
        pen.label(line(25.0), &item.why);
    }
}

/// The label in t2, the amount after its last space bold.
fn money_spans(money: &str) -> Vec<quarterdeck_view::panel::Span> {
    let digit = |c: char| c.is_ascii_digit() || c == '\u{2212}';
    let at = money.find("NT$").or_else(|| money.find(digit)).unwrap_or(0);
    let (label, amount) = money.split_at(at);
    vec![span(label, Tone::Label), strong(amount, Tone::Text)]
}
