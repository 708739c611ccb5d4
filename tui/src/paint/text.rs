//! Text on a grid of cells: widths, cuts, and signs of ambiguous width replaced by safe ones.

use super::ink::Ink;
pub use quarterdeck_view::fitting::CUT;
use quarterdeck_view::fitting::{cut, may_begin_line, may_end_line};
use quarterdeck_view::panel::{Line, Span, Tone};
use ratatui::buffer::Buffer;
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

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
            '○' => out.push('o'),
            // What would move the cursor or turn the order of reading never reaches the grid.
            '\n' => out.push('\n'),
            '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {}
            control if control.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

/// Every sign of ours as a plain one, for terminals that cannot show others; names stay as they are.
pub fn plain(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let plain = match cell.symbol() {
            "−" => "-",
            "⋯" => "~",
            "›" => ">",
            "•" => "*",
            _ => continue,
        };
        cell.set_symbol(plain);
    }
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

/// The end of a text that fits into `cells`, with a mark where its beginning was cut.
pub fn fit_end(text: &str, cells: u16) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut used = 0;
    let mut tail: Vec<char> = Vec::new();
    for c in text.chars().rev() {
        used += u16::try_from(c.width().unwrap_or(0)).unwrap_or(0);
        if used + 1 > cells {
            break;
        }
        tail.push(c);
    }
    std::iter::once(CUT)
        .chain(tail.into_iter().rev())
        .take(usize::from(cells))
        .collect()
}

/// Stands for the space between a number and its unit.
const NO_BREAK: char = '\u{A0}';

/// The shortest runs a line may not be broken in: words, and single Han with the punctuation that belongs to them.
fn runs(text: &str) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let wide = |c: char| c.width().unwrap_or(0) == 2;
        let glued = match before {
            None => false,
            Some(before) => {
                // A space stays at the end of its word, and before a percent sign nothing breaks.
                c == ' '
                    || !may_begin_line(c)
                    || !may_end_line(before)
                    || before == NO_BREAK
                    // A number keeps its counter.
                    || (before.is_ascii_digit() && wide(c))
                    || (before != ' ' && !wide(before) && !wide(c) && may_end_line(c))
            }
        };
        match runs.last_mut() {
            Some(run) if glued => run.push(c),
            _ => runs.push(c.to_string()),
        }
        // A number keeps its unit: nothing breaks between them.
        if c == ' ' && before.is_some_and(|c| c.is_ascii_digit()) {
            let rest: String = chars
                .clone()
                .take_while(|c| !c.is_whitespace() && c.is_ascii())
                .take(3)
                .collect();
            let unit = rest.trim_end_matches(|c| !may_begin_line(c));
            if rest.starts_with('%') || matches!(unit, "pp" | "m" | "bn" | "d") {
                before = Some(NO_BREAK);
                continue;
            }
        }
        before = Some(c);
    }
    runs
}

/// Pieces of a run that is wider than a line: an address is cut after a stroke, else by cells.
fn pieces(run: &str, cells: u16) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for c in run.chars() {
        let w = u16::try_from(c.width().unwrap_or(0)).unwrap_or(0);
        if used + w > cells && used > 0 {
            let rest = pieces.last_mut().and_then(|piece| {
                let at = piece.rfind(['/', '.', '-', '_']).map(|at| at + 1)?;
                (at * 2 > piece.len()).then(|| piece.split_off(at))
            });
            used = rest.as_deref().map_or(0, width);
            pieces.push(rest.unwrap_or_default());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
        used += w;
    }
    pieces
}

/// Splits text into lines of at most `cells`, where the language allows it.
pub fn wrap(text: &str, cells: u16) -> Vec<String> {
    let cells = cells.max(2);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut broken: Vec<Vec<String>> = vec![Vec::new()];
        let mut used = 0;
        for run in runs(paragraph) {
            for piece in if width(run.trim_end()) > cells {
                pieces(&run, cells)
            } else {
                vec![run]
            } {
                if used > 0 && used + width(piece.trim_end()) > cells {
                    broken.push(Vec::new());
                    used = 0;
                }
                used += width(&piece);
                if let Some(line) = broken.last_mut() {
                    line.push(piece);
                }
            }
        }
        no_orphan(&mut broken, cells);
        lines.extend(
            broken
                .iter()
                .map(|line| line.concat().trim_end().to_owned()),
        );
    }
    lines
}

/// A last line of a word or two gets company: the line before is broken after its last comma.
fn no_orphan(lines: &mut Vec<Vec<String>>, cells: u16) {
    let Some(last) = lines.pop() else { return };
    let short = width(&last.concat()) <= 5;
    if let (true, Some(before)) = (short, lines.last_mut()) {
        let comma = before.iter().rposition(|run| {
            run.trim_end()
                .ends_with(['，', '。', '、', '；', '：', ',', ';'])
        });
        if let Some(comma) = comma
            && comma + 1 < before.len()
        {
            let rest = width(&before.get(comma + 1..).unwrap_or_default().concat());
            if comma >= before.len() / 3 && rest + width(&last.concat()) <= cells {
                let mut moved = before.split_off(comma + 1);
                moved.extend(last);
                lines.push(moved);
                return;
            }
        }
    }
    lines.push(last);
}

/// A line of characters in their styles.
pub type Styled = Vec<(char, Style)>;

/// Spans broken into lines of at most `cells`, each character in its own style.
pub fn wrap_spans(spans: &[Span], cells: u16, ink: Ink) -> Vec<Styled> {
    let styled = styled(spans, ink);
    let text: String = styled.iter().map(|(c, _)| *c).collect();
    let mut rest = styled.into_iter().peekable();
    wrap(&text, cells)
        .iter()
        .map(|line| {
            line.chars()
                .filter_map(|c| {
                    // Spaces at the ends of lines were dropped.
                    while rest.peek().is_some_and(|(other, _)| *other != c) {
                        rest.next();
                    }
                    rest.next()
                })
                .collect()
        })
        .collect()
}

/// Writes characters in their styles.
pub fn put_styled(buffer: &mut Buffer, x: u16, y: u16, cells: u16, line: &Styled) {
    let mut used = 0;
    let mut at = 0;
    while let Some((_, style)) = line.get(at) {
        let run: String = line
            .iter()
            .skip(at)
            .take_while(|(_, s)| s == style)
            .map(|(c, _)| *c)
            .collect();
        at += run.chars().count();
        used += put(
            buffer,
            x + used,
            y,
            cells.saturating_sub(used),
            &run,
            *style,
        );
    }
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

/// Spans as characters in their styles.
fn styled(spans: &[Span], ink: Ink) -> Styled {
    let mut styled: Styled = Vec::new();
    for span in spans {
        if let Some(status) = span.sign {
            styled.push((ink.sign(status), ink.tone(Tone::Status(status))));
            if !span.text.is_empty() {
                styled.push((' ', Style::default()));
            }
        }
        let style = ink.span(span);
        styled.extend(safe(&span.text).chars().map(|c| (c, style)));
    }
    styled
}

/// Writes spans, cut where they do not fit; returns the cells used.
pub fn put_spans(buffer: &mut Buffer, x: u16, y: u16, cells: u16, spans: &[Span], ink: Ink) -> u16 {
    let spans = &cut(spans, |spans| spans_width(spans, ink) <= cells);
    let mut line = styled(spans, ink);
    let total = spans_width(spans, ink);
    if total > cells {
        let kept = fit(&spans_text(spans, ink), cells).chars().count();
        line.truncate(kept);
        if let Some((last, _)) = line.last_mut() {
            *last = CUT;
        }
    }
    put_styled(buffer, x, y, cells, &line);
    total.min(cells)
}

/// A line of one span.
pub fn line(text: impl Into<String>, tone: Tone) -> Line {
    vec![Span {
        text: text.into(),
        tone,
        ..Span::default()
    }]
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
    fn the_name_of_a_file_shows_both_its_ends() {
        let ink = Ink::from_environment(&|_| None, false);
        let line = [Span {
            text: "2025Q3/data/tables/observations.csv".to_owned(),
            both_ends: true,
            ..Span::default()
        }];
        let area = ratatui::layout::Rect::new(0, 0, 20, 1);
        let mut buffer = Buffer::empty(area);
        put_spans(&mut buffer, 0, 0, 20, &line, ink);
        let shown: String = buffer.content.iter().map(|cell| cell.symbol()).collect();
        assert_eq!(shown, "2025Q3/⋯rvations.csv");
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        for cells in [10, 17, 38] {
            for text in [
                "試算引擎委外採購二度流標，全國介接較預定晚三個月",
                "Tender failed twice, three months late",
            ] {
                assert!(
                    wrap(text, cells).iter().all(|line| width(line) <= cells),
                    "{cells} {text}"
                );
            }
        }
    }

    #[test]
    fn punctuation_does_not_begin_a_line_and_the_last_line_has_company() {
        assert_eq!(
            wrap("地政系統改版，二縣市", 12),
            ["地政系統改", "版，二縣市"]
        );
        assert_eq!(
            wrap("執行率71.20 %，差異−18.4百分點，連8季", 35),
            ["執行率71.20 %，差異−18.4百分點，", "連8季"]
        );
        assert_eq!(
            wrap("Execution 71.20 %, variance", 16),
            ["Execution", "71.20 %,", "variance"]
                .map(str::to_owned)
                .to_vec()
        );
    }

    #[test]
    fn nothing_is_lost_by_wrapping() {
        let text = "P20/troad-exchanges, P20/gsn-availability （單位：件）";
        for cells in 4..40 {
            let fold = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert_eq!(fold(&wrap(text, cells).concat()), fold(text), "{cells}");
        }
    }

    #[test]
    fn ambiguous_signs_are_replaced() {
        assert_eq!(safe("— ≥ 90 … ·"), "- >= 90 ⋯ |");
    }
}
