//! A cell that can be typed into.
//!
//! The selected cell always holds the text field, so that an input method finds somewhere to
//! compose before the first character was taken; it stays empty until something is typed.

use crate::pen::{Pen, plain, span};
use egui::text::{CCursor, CCursorRange};
use egui::{Align, Id, Rect, Stroke, TextEdit, Ui, WidgetInfo, accesskit::Role as Part, vec2};
use quarterdeck_view::msg::Msg;
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Edit, Panel, Row, Status, Tone};

/// Id of the text field of a cell.
pub fn field_id(key: &str) -> Id {
    Id::unique(("entry", key))
}

pub(super) fn field(pen: &mut Pen<'_>, panel: &Panel, row: &Row, edit: &Edit, inner: Rect, selected: bool) {
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
        let drawn = pen.line(&[span(edit.text.as_str(), Tone::Text)], inner, Align::Max, grid::BODY);
        let name = row.cells.iter().map(|cell| plain(&cell.spans)).collect::<Vec<_>>().join(" ");
        let response = pen.click(field_id(&edit.key).with("cell"), frame, Part::Cell, name.trim());
        if response.clicked() {
            pen.out.push(Msg::Select { panel: panel.id, key: row.key.clone() });
            pen.out.push(Msg::FocusPanel(panel.id));
        }
        if response.double_clicked() {
            pen.out.push(Msg::EditStart(None));
        }
        let _ = drawn;
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
    let mut text = if edit.active { edit.text.clone() } else { String::new() };
    let before = text.clone();
    if edit.active && !was_active(pen.ui, id) {
        // What was there, or the first character typed, stands before the cursor.
        let end = CCursorRange::one(CCursor::new(text.chars().count()));
        let mut state = TextEdit::load_state(pen.ui, id).unwrap_or_default();
        state.cursor.set_char_range(Some(end));
        TextEdit::store_state(pen.ui, id, state);
    }
    pen.ui.data_mut(|data| data.insert_temp(id.with("active"), edit.active));
    let widget = TextEdit::singleline(&mut text)
        .id(id)
        .frame(egui::Frame::NONE)
        .margin(vec2(0.0, 0.0))
        .align(egui::Align2::RIGHT_CENTER)
        .lock_focus(true)
        .return_key(None)
        .desired_width(inner.width());
    let response = pen.ui.put(inner, widget);
    response.widget_info(|| WidgetInfo {
        label: Some(edit.key.clone()),
        current_text_value: Some(text.clone()),
        ..WidgetInfo::new(Part::TextInput)
    });
    if !response.has_focus() {
        response.request_focus();
    }
    if text != before {
        pen.out.push(if edit.active {
            Msg::EditText { key: edit.key.clone(), text }
        } else {
            Msg::EditStart(Some(text))
        });
    }
}

fn was_active(ui: &Ui, id: Id) -> bool {
    ui.data(|data| data.get_temp(id.with("active"))).unwrap_or(false)
}
