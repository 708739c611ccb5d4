//! The command line, the filter and questions with one line of answer.

use crate::field;
use crate::pen::{Pen, mono, span, strong};
use egui::{Align, Area, Context, Id, Order, Rect, accesskit::Role as Part, pos2, vec2};
use quarterdeck_view::msg::Msg;
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Chrome, Prompt, Status, Tone};

const WIDTH: f32 = 640.0;
const TOP: f32 = 96.0;
const FIELD: f32 = 40.0;
const ROW: f32 = 28.0;
/// Suggestions shown at once.
const MOST: usize = 16;

/// Id of the text field.
pub fn field_id() -> Id {
    Id::unique("prompt-text")
}

/// Draws the open prompt above everything else.
pub fn prompt(pen: &mut Pen<'_>, chrome: &Chrome, window: Rect) {
    let Some(prompt) = &chrome.prompt else {
        forget(pen.ui);
        return;
    };
    let width = WIDTH.min(window.width() - 32.0);
    let error = if prompt.error.is_some() { ROW } else { 0.0 };
    let question = if is_question(prompt) { grid::BAND } else { 0.0 };
    let rows = prompt.suggestions.len().min(MOST);
    let height = question + FIELD + error + rows as f32 * ROW + if rows > 0 { 8.0 } else { 0.0 };
    let frame = Rect::from_min_size(
        pos2(window.center().x - width / 2.0, TOP).round(),
        vec2(width, height),
    );
    let (theme, language) = (pen.theme, pen.language);
    let out = &mut *pen.out;
    Area::new(Id::unique("prompt"))
        .order(Order::Foreground)
        .fixed_pos(frame.min)
        .default_size(frame.size())
        .constrain(false)
        .fade_in(false)
        .show(pen.ui, |ui| {
            ui.expand_to_include_rect(frame);
            let mut pen = Pen {
                ui,
                theme,
                language,
                out,
            };
            draw(&mut pen, chrome, prompt, frame);
        });
}

/// A question stands above its answer; a command line only has its sign before it.
fn is_question(prompt: &Prompt) -> bool {
    prompt.label.chars().count() > 1
}

/// The question, and at its right end the keys that answer it.
fn heading(pen: &mut Pen<'_>, chrome: &Chrome, prompt: &Prompt, band: Rect) {
    let inside = band.shrink2(vec2(1.0, 1.0));
    pen.fill(inside, pen.theme.role(Role::Band));
    pen.hline(inside.x_range(), band.bottom() - 1.0, pen.theme.rule());
    let inner = band.shrink2(vec2(14.0, 0.0));
    let mut keys = Vec::new();
    for hint in chrome.keys.iter().take(2) {
        keys.push(mono(format!("  {}", hint.key), Tone::Label));
        keys.push(span(format!(" {}", hint.label), Tone::Hint));
    }
    let drawn = pen.line(&keys, inner, Align::Max, grid::LABEL);
    let words = [strong(prompt.label.as_str(), Tone::Text)];
    let room = inner.with_max_x(drawn.left() - 12.0);
    pen.line(&words, room, Align::Min, grid::BODY);
}

fn draw(pen: &mut Pen<'_>, chrome: &Chrome, prompt: &Prompt, whole: Rect) {
    let edge = egui::Stroke::new(grid::STROKES.1, pen.theme.role(Role::ControlEdge));
    pen.rounded(whole, 4, pen.theme.role(Role::Content), edge);
    let mut frame = whole;
    if is_question(prompt) {
        let band = Rect::from_min_size(whole.min, vec2(whole.width(), grid::BAND));
        heading(pen, chrome, prompt, band);
        frame.min.y = band.bottom();
    }
    let mut field =
        Rect::from_min_size(frame.min, vec2(frame.width(), FIELD)).shrink2(vec2(14.0, 6.0));
    if !is_question(prompt) {
        let label = mono(prompt.label.as_str(), Tone::Accent);
        let drawn = pen.line(&[label], field, Align::Min, grid::BODY);
        field.min.x = drawn.right() + 10.0;
    }
    text_field(pen, prompt, field);
    let mut top = frame.top() + FIELD;
    if prompt.error.is_some() || !prompt.suggestions.is_empty() {
        pen.hline(frame.x_range().shrink(1.0), top - 1.0, pen.theme.rule());
    }
    if let Some(error) = &prompt.error {
        let row = Rect::from_min_size(pos2(frame.left(), top), vec2(frame.width(), ROW));
        pen.fill(row.shrink2(vec2(1.0, 0.0)), pen.theme.tint(Status::Behind));
        let inner = row.shrink2(vec2(14.0, 0.0));
        pen.text(
            error,
            inner,
            Align::Min,
            grid::LABEL,
            Tone::Status(Status::Behind),
        );
        top += ROW;
    }
    if !prompt.suggestions.is_empty() {
        top += 4.0;
    }
    let chosen = prompt
        .suggestions
        .iter()
        .position(|(_, _, chosen)| *chosen)
        .unwrap_or(0);
    let skip = chosen.saturating_sub(MOST - 1);
    for (index, (text, key, chosen)) in prompt.suggestions.iter().enumerate().skip(skip).take(MOST)
    {
        let row = Rect::from_min_size(
            pos2(frame.left() + 4.0, top),
            vec2(frame.width() - 8.0, ROW),
        );
        let response = pen.click(
            Id::unique(("suggestion", index)),
            row,
            Part::ListBoxOption,
            text,
        );
        if *chosen {
            pen.ui
                .painter()
                .rect_filled(row, 4.0, pen.theme.role(Role::Selection));
        } else if response.hovered() {
            pen.ui
                .painter()
                .rect_filled(row, 4.0, pen.theme.role(Role::Band));
        }
        let inner = row.shrink2(vec2(10.0, 0.0));
        let key = pen.line(
            &[mono(key.as_str(), Tone::Hint)],
            inner,
            Align::Max,
            grid::MONO,
        );
        pen.line_silent(
            &[span(text.as_str(), Tone::Text)],
            inner.with_max_x(key.left() - 8.0),
            Align::Min,
            grid::BODY,
        );
        if response.clicked() {
            pen.out.push(Msg::PromptText(text.clone()));
            pen.out.push(Msg::PromptAccept);
        }
        top += ROW;
    }
}

fn text_field(pen: &mut Pen<'_>, prompt: &Prompt, place: Rect) {
    let id = field_id();
    let mark = id.with("text");
    // A text from elsewhere (history, completion) is gone on with at its end.
    let known: Option<String> = pen.ui.data(|data| data.get_temp(mark));
    let to_end = known.as_ref() != Some(&prompt.text);
    let align = egui::Align2::LEFT_CENTER;
    let changed = field::field(pen, id, &prompt.label, &prompt.text, place, align, to_end);
    let text = changed.clone().unwrap_or_else(|| prompt.text.clone());
    pen.ui.data_mut(|data| data.insert_temp(mark, text));
    pen.out.extend(changed.map(Msg::PromptText));
}

fn forget(context: &Context) {
    let id = field_id();
    if context
        .data(|data| data.get_temp::<String>(id.with("text")))
        .is_some()
    {
        context.data_mut(|data| {
            data.remove::<String>(id.with("text"));
            data.remove::<String>(id);
        });
    }
}
