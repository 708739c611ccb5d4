//! What every drawing uses: text with its label in the accessibility tree, rules, fills, buttons.

mod breaks;

use crate::draw::signs;
use crate::fonts;
use crate::theme::Theme;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align, Color32, CornerRadius, FontFamily, FontId, Galley, Id, Pos2, Rangef, Rect, Response,
    Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, accesskit::Role as Part, pos2, vec2,
};
use quarterdeck_view::fitting::cut;
use quarterdeck_view::i18n::Language;
use quarterdeck_view::msg::Msg;
use quarterdeck_view::palette::{self, Role, grid};
use quarterdeck_view::panel::{Line, Span, Status, Tone};
use std::sync::Arc;

/// Space a sign takes before its text.
const SIGN_SPACE: f32 = grid::GLYPH + 3.0;

/// Draws into a part of the window and gathers what the user asked for.
pub struct Pen<'a> {
    /// Where.
    pub ui: &'a mut Ui,
    /// Colours.
    pub theme: Theme,
    /// Language of the few words that belong to the window alone.
    pub language: Language,
    /// Messages of this frame, in order.
    pub out: &'a mut Vec<Msg>,
}

/// A text laid out, with the signs before its spans.
pub struct Laid {
    galley: Arc<Galley>,
    signs: Vec<(usize, Status, Color32)>,
    text: String,
}

impl Laid {
    /// Width in points.
    pub fn width(&self) -> f32 {
        self.galley.size().x
    }
    /// Height in points.
    pub fn height(&self) -> f32 {
        self.galley.size().y
    }
}

/// A span of plain text.
pub fn span(text: impl Into<String>, tone: Tone) -> Span {
    Span {
        text: text.into(),
        tone,
        ..Span::default()
    }
}

/// A bold span.
pub fn strong(text: impl Into<String>, tone: Tone) -> Span {
    Span {
        bold: true,
        ..span(text, tone)
    }
}

/// A monospaced span.
pub fn mono(text: impl Into<String>, tone: Tone) -> Span {
    Span {
        mono: true,
        ..span(text, tone)
    }
}

/// The text of a line, as a screen reader says it.
pub fn plain(line: &[Span]) -> String {
    line.iter().map(|part| part.text.as_str()).collect()
}

impl Pen<'_> {
    /// A pen for a part of this one's surface, clipped to it.
    pub fn inside<R>(&mut self, rect: Rect, draw: impl FnOnce(&mut Pen<'_>) -> R) -> R {
        let mut child = self.ui.new_child(UiBuilder::new().max_rect(rect));
        child.shrink_clip_rect(rect);
        draw(&mut Pen {
            ui: &mut child,
            theme: self.theme,
            language: self.language,
            out: self.out,
        })
    }

    /// A word of the window's own language file.
    pub fn word(&self, id: &'static str) -> String {
        quarterdeck_view::i18n::word(self.language, id)
    }

    /// Fills a rectangle.
    pub fn fill(&self, rect: Rect, colour: Color32) {
        self.ui.painter().rect_filled(rect, 0.0, colour);
    }
    /// A horizontal rule, crisp.
    pub fn hline(&self, x: impl Into<Rangef>, y: f32, stroke: Stroke) {
        self.ui.painter().hline(x, y.floor() + 0.5, stroke);
    }
    /// A vertical rule, crisp.
    pub fn vline(&self, x: f32, y: impl Into<Rangef>, stroke: Stroke) {
        self.ui.painter().vline(x.floor() + 0.5, y, stroke);
    }
    /// A rounded rectangle with an edge inside.
    pub fn rounded(&self, rect: Rect, radius: u8, fill: Color32, edge: Stroke) {
        self.ui.painter().rect(
            rect,
            CornerRadius::same(radius),
            fill,
            edge,
            StrokeKind::Inside,
        );
    }

    /// Lays out spans; longer than `rows` rows is cut with ⋯.
    pub fn lay(&self, spans: &[Span], size: f32, width: f32, rows: usize) -> Laid {
        self.lay_in(spans, size, width, rows, None)
    }

    fn lay_in(
        &self,
        spans: &[Span],
        size: f32,
        width: f32,
        rows: usize,
        colour: Option<Color32>,
    ) -> Laid {
        if rows == 1 {
            let one = |spans: &[Span], width| self.lay_broken(spans, size, width, 1, colour, &[]);
            let shown = cut(spans, |spans| one(spans, f32::INFINITY).width() <= width);
            let mut laid = one(&shown, width);
            laid.text = plain(spans);
            return laid;
        }
        let mut breaks = Vec::new();
        loop {
            let laid = self.lay_broken(spans, size, width, rows, colour, &breaks);
            // A line that breaks before a sign loses the sign's space: it is broken there by hand.
            let lost = |&&(index, ..): &&(usize, Status, Color32)| {
                !breaks.contains(&index)
                    && glyph_place(&laid.galley, index).is_some_and(|(x, y)| {
                        x < SIGN_SPACE - 1.0 && y > laid.galley.rows[0].row.size.y
                    })
            };
            let lost = laid.signs.iter().find(lost).map(|&(index, ..)| index);
            match lost.or_else(|| breaks::better(&laid.galley)) {
                Some(index) if !breaks.contains(&index) => breaks.push(index),
                _ => return laid,
            }
        }
    }

    /// The same with line breaks before these characters.
    fn lay_broken(
        &self,
        spans: &[Span],
        size: f32,
        width: f32,
        rows: usize,
        colour: Option<Color32>,
        breaks: &[usize],
    ) -> Laid {
        let mut job = LayoutJob {
            wrap: TextWrapping {
                max_width: width.max(1.0),
                max_rows: rows,
                break_anywhere: rows == 1,
                overflow_character: Some('⋯'),
            },
            break_on_newline: rows != 1,
            ..LayoutJob::default()
        };
        let mut signs = Vec::new();
        let mut count = 0;
        for part in spans {
            let ink = colour.unwrap_or_else(|| self.theme.tone(ink_tone(part)));
            let mut format = TextFormat::simple(font(part, size), ink);
            format.valign = Align::Center;
            if part.struck {
                format.strikethrough = egui::Stroke::new(1.0, ink);
            }
            if rows != 1 {
                format.line_height = Some((size * 1.55).round());
            }
            let mut space = 0.0;
            if let Some(status) = part.sign {
                let breaks = breaks.contains(&count);
                if breaks {
                    job.append("\n", 0.0, format.clone());
                }
                space = SIGN_SPACE + if count > 0 && !breaks { 10.0 } else { 0.0 };
                let sign_ink = colour.unwrap_or_else(|| self.theme.ink(status));
                signs.push((count, status, sign_ink));
            }
            // A break in the text would be drawn as a box in a single row.
            let mut shown = String::with_capacity(part.text.len());
            for (at, c) in part.text.chars().enumerate() {
                // Before its sign a text is broken above.
                let begins = at == 0 && part.sign.is_some();
                if !begins && breaks.contains(&count) {
                    shown.push('\n');
                }
                match c {
                    // A break is no glyph.
                    '\n' if rows != 1 => shown.push(c),
                    '\n' => shown.push(' '),
                    _ => shown.push(c),
                }
                count += usize::from(c != '\n' || rows == 1);
            }
            job.append(&shown, space, format);
        }
        Laid {
            galley: self.ui.painter().layout_job(job),
            signs,
            text: plain(spans),
        }
    }

    /// Paints what was laid out, its signs, and its label; hovering a cut text shows the whole.
    pub fn paint(&mut self, laid: &Laid, at: Pos2) -> Rect {
        let rect = self.paint_silent(laid, at);
        if !laid.text.trim().is_empty() {
            let response = self.label(rect, &laid.text);
            if laid.galley.elided {
                response.on_hover_text(&laid.text);
            }
        }
        rect
    }

    /// Paints without a label: something around it says the same.
    pub fn paint_silent(&mut self, laid: &Laid, at: Pos2) -> Rect {
        let at = at.round();
        let painter = self.ui.painter();
        for &(index, status, ink) in &laid.signs {
            if let Some((x, y)) = glyph_place(&laid.galley, index) {
                let centre = pos2(at.x + x - SIGN_SPACE + grid::GLYPH / 2.0, at.y + y);
                signs::paint(painter, centre, status, ink, grid::GLYPH);
            }
        }
        painter.galley(at, Arc::clone(&laid.galley), Color32::PLACEHOLDER);
        Rect::from_min_size(at, laid.galley.size())
    }

    /// A row of spans within `rect`, centred in its height, cut where it is too long.
    pub fn line(&mut self, spans: &[Span], rect: Rect, align: Align, size: f32) -> Rect {
        let laid = self.lay(spans, size, rect.width(), 1);
        let at = self.place(&laid, rect, align);
        self.paint(&laid, at)
    }

    /// The same without a label of its own.
    pub fn line_silent(&mut self, spans: &[Span], rect: Rect, align: Align, size: f32) -> Rect {
        let laid = self.lay(spans, size, rect.width(), 1);
        let at = self.place(&laid, rect, align);
        self.paint_silent(&laid, at)
    }

    /// A row of spans in one colour, without a label.
    pub fn line_in(&mut self, spans: &[Span], rect: Rect, align: Align, ink: Color32) -> Rect {
        let laid = self.lay_in(spans, grid::BODY, rect.width(), 1, Some(ink));
        let at = self.place(&laid, rect, align);
        self.paint_silent(&laid, at)
    }

    /// A row of spans in one colour at a given place and size, without a label.
    pub fn line_in_at(&mut self, spans: &[Span], at: Pos2, size: f32, ink: Color32) -> Rect {
        let laid = self.lay_in(spans, size, f32::INFINITY, 1, Some(ink));
        self.paint_silent(&laid, at)
    }

    /// Where a text stands in a rectangle: aligned, centred in its height.
    pub fn place(&self, laid: &Laid, rect: Rect, align: Align) -> Pos2 {
        let x = match align {
            Align::Min => rect.left(),
            Align::Center => rect.center().x - laid.width() / 2.0,
            Align::Max => rect.right() - laid.width(),
        };
        pos2(x, rect.center().y - laid.height() / 2.0)
    }

    /// Plain text in a tone.
    pub fn text(&mut self, text: &str, rect: Rect, align: Align, size: f32, tone: Tone) -> Rect {
        if text.is_empty() {
            return Rect::from_min_size(rect.min, vec2(0.0, 0.0));
        }
        self.line(&[span(text, tone)], rect, align, size)
    }

    /// Running text; returns its height.
    pub fn wrapped(&mut self, spans: &[Span], at: Pos2, width: f32, size: f32) -> f32 {
        let laid = self.lay(spans, size, width, usize::MAX);
        self.paint(&laid, at);
        laid.height()
    }

    /// Puts a text into the accessibility tree.
    pub fn label(&mut self, rect: Rect, text: &str) -> Response {
        self.part(rect, Part::Label, text)
    }

    /// Puts a named part into the accessibility tree.
    pub fn part(&mut self, rect: Rect, part: Part, text: &str) -> Response {
        let id = self.ui.next_auto_id();
        self.ui.skip_ahead_auto_ids(1);
        let response = self.ui.interact(rect, id, Sense::HOVER);
        response.widget_info(|| WidgetInfo::labeled(part, true, text));
        response
    }

    /// A place to click that is not a stop of the Tab key (rows, cells, headings).
    pub fn click(&mut self, id: Id, rect: Rect, part: Part, text: &str) -> Response {
        let response = self.ui.interact(rect, id, Sense::CLICK);
        response.widget_info(|| WidgetInfo::labeled(part, true, text));
        response
    }

    /// A control of one's own drawing that the Tab key reaches.
    pub fn control(
        &mut self,
        id: Id,
        rect: Rect,
        part: Part,
        text: &str,
        chosen: bool,
    ) -> Response {
        let response = self.ui.interact(rect, id, Sense::click());
        response.widget_info(|| match part {
            Part::RadioButton => WidgetInfo::selected(part, true, chosen, text),
            _ => WidgetInfo::labeled(part, true, text),
        });
        response.on_hover_cursor(egui::CursorIcon::PointingHand)
    }

    /// The ring of the keyboard's focus, inside a control.
    pub fn focus_ring(&self, rect: Rect, radius: u8) {
        self.rounded(rect, radius, Color32::TRANSPARENT, self.theme.focus());
    }

    /// A key cap; returns its width.
    pub fn key_cap(&mut self, key: &str, right_centre: Pos2, ink: Color32, edge: Color32) -> f32 {
        let laid = self.lay_in(&[mono(key, Tone::Label)], grid::AXIS, 200.0, 1, Some(ink));
        let width = laid.width() + 9.0;
        let rect = Rect::from_min_size(
            pos2(right_centre.x - width, right_centre.y - 8.5),
            vec2(width, 17.0),
        );
        self.rounded(rect, 3, Color32::TRANSPARENT, Stroke::new(1.0, edge));
        let at = self.place(&laid, rect, Align::Center);
        self.paint_silent(&laid, at);
        width
    }
}

fn font(part: &Span, size: f32) -> FontId {
    if part.mono {
        let family = FontFamily::Monospace;
        return FontId::new((size - 1.0).clamp(grid::AXIS, grid::MONO), family);
    }
    if part.bold {
        FontId::new(size, fonts::bold())
    } else {
        FontId::new(size, FontFamily::Proportional)
    }
}

/// On-track words are t2, only their glyph is teal.
fn ink_tone(part: &Span) -> Tone {
    match (part.tone, part.sign) {
        (Tone::Status(status), Some(sign))
            if status == sign && !part.bold && !palette::look(status).toned_word =>
        {
            Tone::Label
        }
        (tone, _) => tone,
    }
}

/// Left edge and middle height of a character; `None` where the text was cut before it.
fn glyph_place(galley: &Galley, index: usize) -> Option<(f32, f32)> {
    let mut seen = 0;
    for row in &galley.rows {
        if let Some(glyph) = row.row.glyphs.get(index - seen) {
            let middle = row.pos.y + row.row.size.y / 2.0;
            return Some((row.pos.x + glyph.pos.x, middle));
        }
        seen += row.row.glyphs.len();
        if seen > index {
            return None;
        }
    }
    None
}

/// Joins lines for a label.
pub fn joined(lines: &[Line]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| plain(line)).collect();
    lines.join("\n")
}

/// Colour of a surface under a control in rest or under the mouse.
pub fn surface(pen: &Pen<'_>, hovered: bool) -> Color32 {
    pen.theme
        .role(if hovered { Role::Band } else { Role::Content })
}
