//! Where running text may not break, and where it breaks instead. egui breaks before and after every Han character but
//! for some closing signs; opening ones, fullwidth commas and units are kept with what they belong to here.

use egui::Galley;
use quarterdeck_view::fitting::{may_begin_line, may_end_line};

/// The character before which a text has to be broken by hand: the best place before the first row that breaks badly.
/// `None` where every row breaks well, or where a row has no better place.
pub(super) fn better(galley: &Galley) -> Option<usize> {
    let glyphs = galley.rows.iter().flat_map(|row| &row.row.glyphs);
    let text: Vec<char> = glyphs.map(|glyph| glyph.chr).collect();
    let mut start = 0;
    for row in &galley.rows {
        let end = start + row.row.glyphs.len();
        if !row.ends_with_newline && end < text.len() && !may_break(&text, end) {
            let better = (start + 1..end).rev().find(|&at| {
                let parts_word = text[at - 1].is_ascii_graphic() && text[at].is_ascii_graphic();
                may_break(&text, at) && !parts_word
            });
            if better.is_some() {
                return better;
            }
        }
        start = end;
    }
    None
}

/// Whether a line may end before this character; egui looks after words itself.
fn may_break(text: &[char], at: usize) -> bool {
    let (before, after) = (text[at - 1], text[at]);
    // A number keeps its counter.
    let counts = before.is_ascii_digit() && !after.is_ascii() && after.is_alphabetic();
    may_begin_line(after) && may_end_line(before) && !after.is_whitespace() && !counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pen::{Pen, span, strong};
    use crate::{fonts, theme::Theme};
    use egui_kittest::Harness;
    use quarterdeck_view::i18n::Language;
    use quarterdeck_view::panel::{Span, Status, Tone};

    /// Every text at every width.
    fn rows_of(spans: &[Span], look: impl Fn(f32, &[String])) {
        let _shown = Harness::builder()
            .with_context_setup(fonts::install)
            .build_ui(|ui| {
                let pen = Pen {
                    ui,
                    theme: Theme { dark: false },
                    language: Language::ZhTw,
                    out: &mut Vec::new(),
                };
                for width in (120..420_u16).step_by(3).map(f32::from) {
                    let laid = pen.lay(spans, 13.0, width, usize::MAX);
                    let rows = laid.galley.rows.iter();
                    let rows: Vec<String> = rows.map(|row| row.row.text()).collect();
                    look(width, &rows);
                    assert!(laid.width() <= width + 0.5, "{width}: {rows:?}");
                }
            });
    }

    #[test]
    fn no_line_begins_with_a_closing_sign_or_ends_with_an_opening_one() {
        let words = "依「電子化政府推動計畫」（110年至114年），截至114年第3季止，執行率為 91.20 %；\
                     較去年同季增加 1.20 個百分點，落後者3項（P12、P16、P26），原因詳如附表（一）。";
        let spans = [
            strong("落後：", Tone::Text),
            Span {
                sign: Some(Status::Behind),
                ..span(words, Tone::Text)
            },
            span(words, Tone::Label),
        ];
        let whole: String = spans.iter().map(|span| span.text.as_str()).collect();
        rows_of(&spans, |width, rows| {
            let said: String = rows.concat().replace(['\n', ' '], "");
            assert_eq!(said, whole.replace(' ', ""), "nothing is lost");
            for pair in rows.windows(2) {
                let (end, begin) = (pair[0].trim_end(), pair[1].as_str());
                let ends = end.chars().last().is_none_or(may_end_line);
                let begins = begin.chars().next().is_none_or(may_begin_line);
                assert!(ends && begins, "{width}: {end:?} | {begin:?}");
            }
        });
    }

    #[test]
    fn an_address_that_fits_no_line_still_breaks() {
        let text = format!("GET https://example.gov.tw/{}", "a1b2c3/".repeat(30));
        rows_of(&[span(text.as_str(), Tone::Text)], |_, rows| {
            assert!(rows.len() > 1);
        });
    }
}
