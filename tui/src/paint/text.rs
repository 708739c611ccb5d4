//! Text on a grid of cells: widths, cuts, and signs of ambiguous width replaced by safe ones.

use super::ink::Ink;
use quarterdeck_view::panel::{Line, Span, Tone};
use ratatui::buffer::Buffer;
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Mark of cut text: neither ambiguous nor wide.
pub const CUT: char = '\u{22EF}';

/// Characters that some terminals draw two cells wide, as ones that all draw alike.
pub fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '—' | '–' => out.push('-'),
            '…' => out.push(CUT),
            '·' | '‧' => out.push('|'),
            '×' => out.push('x'),
            '±' => out.push_str("+-"),
            '→' => out.push('>'),
            '≥' => out.push_str(">="),
            '≤' => out.push_str("<="),
            '≈' => out.push('~'),
            '“' | '”' => out.push('"'),
            '‘' | '’' => out.push('\''),
            '★' | '●' | '■' => out.push('*'),
            '°' => out.push('*'),
            '○' => out.push('o'),
            '、' | '。' => out.push(c),
            other => out.push(other),
        }
    }
    out
}

/// Width in cells.
pub fn width(text: &str) -> u16 {
    u16::try_from(UnicodeWidthStr::width(text)).unwrap_or(u16::MAX)
}

/// Text that fits into `cells`, cut with a mark when it does not.
pub fn fit(text: &str, cells: u16) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    if cells == 0 {
        return String::new();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let w = u16::try_from(c.width().unwrap_or(0)).unwrap_or(0);
        if used + w > cells - 1 {
            break;
        }
        out.push(c);
        used += w;
    }
    out.push(CUT);
    out
}

/// Splits text into lines of at most `cells`, at spaces where there are some.
pub fn wrap(text: &str, cells: u16) -> Vec<String> {
    let cells = cells.max(2);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let (mut line, mut used) = (String::new(), 0u16);
        let mut break_at: Option<usize> = None;
        for c in paragraph.chars() {
            let w = u16::try_from(c.width().unwrap_or(0)).unwrap_or(0);
            if used + w > cells {
                // Punctuation that must not begin a line hangs on; otherwise break at the last space or before this Han.
                let rest = match break_at {
                    Some(at) if !c.is_whitespace() && w < 2 && at > 0 => line.split_off(at),
                    _ => String::new(),
                };
                lines.push(line.trim_end().to_owned());
                line = rest.trim_start().to_owned();
                used = width(&line);
                break_at = None;
                if c == ' ' && line.is_empty() {
                    continue;
                }
            }
            line.push(c);
            used += w;
            if c == ' ' || w == 2 {
                break_at = Some(line.len());
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Text of spans with their signs, as it stands on the screen.
pub fn spans_text(spans: &[Span], ink: Ink) -> String {
    let mut text = String::new();
    for span in spans {
        if let Some(status) = span.sign {
            text.push(ink.sign(status));
            if !span.text.is_empty() {
                text.push(' ');
            }
        }
        text.push_str(&safe(&span.text));
    }
    text
}

/// Width of spans in cells.
pub fn spans_width(spans: &[Span], ink: Ink) -> u16 {
    width(&spans_text(spans, ink))
}

/// Writes one string; returns the cells used.
pub fn put(buffer: &mut Buffer, x: u16, y: u16, cells: u16, text: &str, style: Style) -> u16 {
    let area = buffer.area;
    if y < area.y || y >= area.bottom() || x >= area.right() {
        return 0;
    }
    let cells = cells.min(area.right() - x);
    let text = fit(&safe(text), cells);
    let (end, _) = buffer.set_stringn(x, y, &text, usize::from(cells), style);
    end.saturating_sub(x)
}

/// Writes spans, cut where they do not fit; returns the cells used.
pub fn put_spans(buffer: &mut Buffer, x: u16, y: u16, cells: u16, spans: &[Span], ink: Ink) -> u16 {
    let mut used = 0;
    let total = spans_width(spans, ink);
    for (i, span) in spans.iter().enumerate() {
        let mut left = cells.saturating_sub(used);
        if left == 0 {
            break;
        }
        if let Some(status) = span.sign {
            used += put(buffer, x + used, y, left, &ink.sign(status).to_string(), ink.tone(Tone::Status(status)));
            if !span.text.is_empty() {
                used += 1;
            }
            left = cells.saturating_sub(used);
        }
        let text = safe(&span.text);
        // Where the line is cut, the mark stands at the cut, not after a whole span.
        let text = if total > cells && i + 1 < spans.len() && width(&text) >= left { fit(&text, left) } else { text };
        used += put(buffer, x + used, y, left, &text, ink.span(span));
    }
    used.min(cells)
}

/// A line of one span.
pub fn line(text: impl Into<String>, tone: Tone) -> Line {
    vec![Span { text: text.into(), tone, ..Span::default() }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_cut_by_cells_not_by_characters() {
        assert_eq!(fit("高齡者環境變遷分析", 10), "高齡者環⋯");
        assert_eq!(width(&fit("高齡者環境變遷分析", 10)), 9);
        assert_eq!(fit("國發會", 6), "國發會");
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        for cells in [10, 17, 38] {
            for text in ["試算引擎委外採購二度流標，全國介接較預定晚三個月", "Tender failed twice, three months late"] {
                assert!(wrap(text, cells).iter().all(|line| width(line) <= cells), "{cells} {text}");
            }
        }
    }

    #[test]
    fn ambiguous_signs_are_replaced() {
        assert_eq!(safe("— ≥ 90 … ·"), "- >= 90 ⋯ |");
    }
}
