//! Help texts in eighty columns: a description goes on under itself, also in Chinese.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of the narrowest terminal that counts.
const COLUMNS: usize = 80;
/// A description that begins further right goes on at the left instead.
const DEEPEST: usize = 48;
/// What must not begin a line.
const CLOSING: [char; 9] = [
    '\u{ff0c}', '\u{3002}', '\u{3001}', '\u{ff1b}', '\u{ff1a}', '\u{ff09}', '\u{300d}', '\u{ff1f}',
    '\u{ff01}',
];
/// What must not end one.
const OPENING: [char; 2] = ['\u{ff08}', '\u{300c}'];

/// A line as lines of at most eighty columns.
pub(super) fn folded(line: &str) -> Vec<String> {
    if line.width() <= COLUMNS {
        return vec![line.to_owned()];
    }
    let (head, text) = line.split_at(description(line));
    let deep = head.width();
    let hang = if deep > DEEPEST { 0 } else { deep };
    let mut lines = Vec::new();
    let mut now = head.to_owned();
    let mut used = deep;
    for piece in pieces(text) {
        let wide = piece.trim_end().width();
        if used + wide > COLUMNS && used > hang {
            lines.push(now.trim_end().to_owned());
            now = " ".repeat(hang);
            used = hang;
        }
        now.push_str(piece);
        used += piece.width();
    }
    lines.push(now.trim_end().to_owned());
    lines
}

/// Where the description begins: after the first wide gap, else after the indent.
fn description(line: &str) -> usize {
    let start = line.len() - line.trim_start().len();
    let rest = line.get(start..).unwrap_or_default();
    match rest.find("  ") {
        Some(gap) => {
            let after = rest.get(gap..).unwrap_or_default();
            start + gap + after.len() - after.trim_start().len()
        }
        None => start,
    }
}

/// What stays together: words with the blank after them, single Han with their punctuation.
fn pieces(text: &str) -> Vec<&str> {
    let mut cuts = vec![0];
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let is_wide = |c: char| c.width() == Some(2);
        let may = match before {
            None => false,
            Some(b) if OPENING.contains(&b) || CLOSING.contains(&c) => false,
            Some(' ') => c != ' ',
            Some(b) => is_wide(b) || is_wide(c),
        };
        if may {
            cuts.push(at);
        }
        before = Some(c);
    }
    cuts.push(text.len());
    cuts.windows(2)
        .filter_map(|cut| text.get(*cut.first()?..*cut.last()?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_goes_on_under_itself() {
        let english = "      --workspace <DIR>      Folder of the workspace (else $QD_WORKSPACE, else the nearest parent folder with quarterdeck.toml)";
        let lines = folded(english);
        assert!(lines.len() > 1 && lines.iter().all(|l| l.width() <= COLUMNS));
        assert!(lines[1].starts_with(&" ".repeat(29)), "{lines:?}");
        assert_eq!(
            lines.join(" ").split_whitespace().count(),
            english.split_whitespace().count()
        );
        let chinese = format!("  verify       {}", "檢查工作區或已發布之季報，".repeat(6));
        let lines = folded(&chinese);
        assert!(lines.iter().all(|l| l.width() <= COLUMNS), "{lines:?}");
        assert!(!lines[1].trim_start().starts_with('，'), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), chinese.replace(' ', ""));
    }
}
