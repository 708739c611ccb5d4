//! A cell that can be typed into.
//!
//! The selected cell always holds the text field, so that an input method finds somewhere to
//! compose before the first character was taken; it stays empty until something is typed.

use crate::field;
use crate::pen::{Pen, plain, span};
use egui::{Align, Id, Rect, Stroke, accesskit::Role as Part, vec2};
use quarterdeck_view::msg::Msg;
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Edit, Panel, Row, Status, Tone};

/// Id of the text field of a cell.
pub fn field_id(key: &str) -> Id {
    Id::unique(("entry", key))
}

pub(super) fn cell(
    pen: &mut Pen<'_>,
    panel: &Panel,
    row: &Row,
    edit: &Edit,
    inner: Rect,
    selected: bool,
) {
    let frame = inner.expand2(vec2(grid::CELL_PADDING - 2.0, -2.0));
    let edge = match (&edit.error, edit.active) {
        (Some(_), _) => Stroke::new(1.5, pen.theme.ink(Status::Behind)),
        (None, true) => pen.theme.focus(),
        (None, false) if selected => Stroke::new(1.5, pen.theme.role(Role::Accent)),
        (None, false) => pen.theme.strong_rule(),
    };
    pen.rounded(frame, 0, pen.theme.role(Role::Content), edge);
    let holds = edit.active || (selected && panel.focused);
    if !edit.active {
        if !field::composing(pen.ui, field_id(&edit.key)) {
            let text = span(edit.text.as_str(), Tone::Text);
            pen.line(&[text], inner, Align::Max, grid::BODY);
        }
        let name = row
            .cells
            .iter()
            .map(|cell| plain(&cell.spans))
            .collect::<Vec<_>>()
            .join(" ");
        let response = pen.click(
            field_id(&edit.key).with("cell"),
            frame,
            Part::Cell,
            name.trim(),
        );
        if response.clicked() {
            pen.out.push(Msg::Select {
                panel: panel.id,
                key: row.key.clone(),
            });
            pen.out.push(Msg::FocusPanel(panel.id));
        }
        if response.double_clicked() {
            pen.out.push(Msg::EditStart(None));
        }
    }
    if holds {
        text_field(pen, edit, inner);
    }
    if let Some(error) = &edit.error {
        let response = pen.label(frame, error);
        response.on_hover_text(error);
    }
}

fn text_field(pen: &mut Pen<'_>, edit: &Edit, inner: Rect) {
    let id = field_id(&edit.key);
    let mark = id.with("active");
    let was_active = pen.ui.data(|data| data.get_temp(mark)).unwrap_or(false);
    // What was there, or the first character typed, stands before the cursor.
    let to_end = edit.active && !was_active;
    pen.ui.data_mut(|data| data.insert_temp(mark, edit.active));
    let text = if edit.active { edit.text.as_str() } else { "" };
    let align = egui::Align2::RIGHT_CENTER;
    let changed = field::field(pen, id, &edit.key, text, inner, align, to_end);
    if let Some(text) = changed {
        pen.out.push(if edit.active {
            Msg::EditText {
                key: edit.key.clone(),
                text,
            }
        } else {
            Msg::EditStart(Some(text))
        });
    }
}
