//! The menu: every command there is, in words, with its key.

use crate::pen::{Pen, span, surface};
use egui::{Align, Button, Id, Popup, Rect, RichText, accesskit::Role as Part, pos2, vec2};
use quarterdeck_view::palette::grid;
use quarterdeck_view::panel::{Chrome, Tone};

/// Id of the menu's button; Alt+M opens it.
pub fn id() -> Id {
    Id::unique("menu")
}

/// Draws the button and, while open, the menu; returns the button's left edge.
pub fn button(pen: &mut Pen<'_>, chrome: &Chrome, right: f32, middle: f32) -> f32 {
    if chrome.menus.is_empty() {
        return right + 8.0;
    }
    let word = pen.word("gui-menu");
    let words = [span(word.as_str(), Tone::Text)];
    let laid = pen.lay(&words, grid::BODY, 120.0, 1);
    let width = laid.width() + 20.0;
    let rect = Rect::from_min_size(pos2(right - width, middle - 14.0), vec2(width, 28.0));
    let response = pen.control(id(), rect, Part::Button, &word, false);
    let fill = surface(pen, response.hovered());
    pen.rounded(rect, 4, fill, pen.theme.strong_rule());
    pen.line_silent(&words, rect, Align::Center, grid::BODY);
    if response.has_focus() {
        pen.focus_ring(rect, 4);
    }
    let hint = pen.theme.role(quarterdeck_view::palette::Role::Label);
    let out = &mut *pen.out;
    let was_open = Popup::is_id_open(pen.ui, Popup::default_response_id(&response));
    Popup::menu(&response).show(|ui| {
        ui.horizontal_top(|ui| {
            for (heading, actions) in &chrome.menus {
                ui.vertical(|ui| {
                    ui.set_width(184.0);
                    ui.label(RichText::new(heading).heading().color(hint));
                    for action in actions {
                        let key = action.key.as_deref().unwrap_or_default();
                        let item = Button::new(action.label.as_str())
                            .shortcut_text(RichText::new(key).monospace().color(hint))
                            .min_size(vec2(184.0, grid::ROW))
                            .frame_when_inactive(false);
                        let mut response = ui.add_enabled(action.disabled.is_none(), item);
                        if let Some(why) = &action.disabled {
                            response = response.on_disabled_hover_text(why);
                        }
                        response.widget_info(|| {
                            egui::WidgetInfo::labeled(
                                Part::MenuItem,
                                action.disabled.is_none(),
                                &action.label,
                            )
                        });
                        if !was_open
                            && Some(&heading[..])
                                == chrome.menus.first().map(|menu| menu.0.as_str())
                        {
                            // The keyboard starts at the first command.
                            if actions.first().map(|first| &first.label) == Some(&action.label) {
                                response.request_focus();
                            }
                        }
                        if response.clicked() {
                            out.push(action.msg.clone());
                            ui.close();
                        }
                    }
                });
            }
        });
    });
    rect.left()
}

/// Opens or closes the menu.
pub fn toggle(context: &egui::Context) {
    // The popup of a button has an id made from the button's own.
    if let Some(response) = context.read_response(id()) {
        Popup::toggle_id(context, Popup::default_response_id(&response));
    }
}
