//! A text field whose text belongs to the state, and which leaves an input method alone:
//! while something is being composed, the text stays in the window and the state hears nothing.

use crate::pen::Pen;
use egui::text::{CCursor, CCursorRange};
use egui::{Align2, Event, Id, ImeEvent, Rect, TextEdit, Ui, WidgetInfo, accesskit::Role, vec2};

/// Whether an input method is composing in this field.
pub fn composing(ui: &Ui, id: Id) -> bool {
    ui.data(|data| data.get_temp::<String>(id)).is_some()
}

/// Draws the field, keeps the keyboard's focus in it, and gives back a changed text.
///
/// `to_end` puts the cursor behind the text: it came from elsewhere than from this field.
pub fn field(
    pen: &mut Pen<'_>,
    id: Id,
    name: &str,
    text: &str,
    place: Rect,
    align: Align2,
    to_end: bool,
) -> Option<String> {
    let composed: Option<String> = pen.ui.data(|data| data.get_temp(id));
    if to_end && composed.is_none() {
        let end = CCursorRange::one(CCursor::new(text.chars().count()));
        let mut state = TextEdit::load_state(pen.ui, id).unwrap_or_default();
        state.cursor.set_char_range(Some(end));
        TextEdit::store_state(pen.ui, id, state);
    }
    let mut still = composed.is_some();
    pen.ui.input(|input| {
        for event in &input.events {
            match event {
                Event::Ime(ImeEvent::Preedit { text, .. }) => still = !text.is_empty(),
                Event::Ime(ImeEvent::Commit(_)) => still = false,
                _ => {}
            }
        }
    });
    let mut buffer = composed.unwrap_or_else(|| text.to_owned());
    let widget = TextEdit::singleline(&mut buffer)
        .id(id)
        .frame(egui::Frame::NONE)
        .margin(vec2(0.0, 0.0))
        .align(align)
        .lock_focus(true)
        .return_key(None)
        .desired_width(place.width());
    let response = pen.ui.put(place, widget);
    response.widget_info(|| WidgetInfo {
        label: Some(name.to_owned()),
        current_text_value: Some(buffer.clone()),
        ..WidgetInfo::new(Role::TextInput)
    });
    if !response.has_focus() {
        response.request_focus();
    }
    if still && response.has_focus() {
        pen.ui.data_mut(|data| data.insert_temp(id, buffer));
        return None;
    }
    pen.ui.data_mut(|data| data.remove::<String>(id));
    (buffer != text).then_some(buffer)
}
