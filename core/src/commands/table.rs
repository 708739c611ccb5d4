//! Tables for a terminal: columns line up by display width, also in Chinese.

use quarterdeck_kpi::status::Status;
use quarterdeck_kpi::text::clean;
use quarterdeck_view::format::narrow;
use quarterdeck_view::palette;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A name is not cut below so many columns.
const LEAST_OF_A_NAME: usize = 12;

/// A cell: text, and the status whose colour it has.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    text: String,
    status: Option<Status>,
    right: bool,
}

/// Text without control and bidi characters and without signs whose width a terminal decides.
pub fn plain(text: &str) -> String {
    narrow(&clean(text)).replace('\u{2212}', "-")
}

impl Cell {
    /// Text, cleaned, of unambiguous width.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self {
            text: plain(text.as_ref()),
            status: None,
            right: false,
        }
    }
    /// Text at most so many columns wide.
    pub fn short(text: impl AsRef<str>, width: usize) -> Self {
        let mut cell = Self::new(text);
        if cell.text.width() > width {
            let mut kept = String::new();
            let mut used = 0;
            for c in cell.text.chars() {
                let w = c.width().unwrap_or(0);
                if used + w > width.saturating_sub(2) {
                    break;
                }
                used += w;
                kept.push(c);
            }
            cell.text = kept + "..";
        }
        cell
    }
    /// A number: to the right.
    pub fn number(text: impl AsRef<str>) -> Self {
        Self {
            right: true,
            ..Self::new(text)
        }
    }
    /// The same cell at the right of its column.
    #[must_use]
    pub fn right_aligned(self) -> Self {
        Self {
            right: true,
            ..self
        }
    }
    /// A status as sign and word, in its colour.
    pub fn status(status: Status, word: &str) -> Self {
        let sign = palette::look(status).sign;
        Self {
            status: Some(status),
            ..Self::new(format!("{sign} {word}"))
        }
    }
}

/// The table as lines of at most so many columns, where one column of text can give that much;
/// where it cannot, the columns `going` are left out one after the other, the last of them first.
pub fn render_within(
    header: &[String],
    rows: &[Vec<Cell>],
    coloured: bool,
    columns: Option<u16>,
    (giving, going): (usize, &[usize]),
) -> String {
    let wide = |index: usize| {
        let cells = rows.iter().filter_map(|row| row.get(index));
        let head = header.get(index).map_or(0, |text| plain(text).width());
        cells.map(|c| c.text.width()).max().unwrap_or(0).max(head)
    };
    let whole: usize = (0..header.len()).map(|i| wide(i) + 2).sum::<usize>() - 2;
    let there = columns.map_or(usize::MAX, usize::from);
    if whole <= there {
        return render(header, rows, coloured);
    }
    let left = wide(giving).saturating_sub(whole - there);
    if left < LEAST_OF_A_NAME.min(wide(giving))
        && let Some((last, going)) = going.split_last()
    {
        let without =
            |list: &mut dyn FnMut(usize)| (0..header.len()).filter(|i| i != last).for_each(list);
        let mut heads = Vec::new();
        without(&mut |i| heads.extend(header.get(i).cloned()));
        let rows: Vec<Vec<Cell>> = rows
            .iter()
            .map(|row| {
                let mut kept = Vec::new();
                without(&mut |i| kept.extend(row.get(i).cloned()));
                kept
            })
            .collect();
        let giving = if giving > *last { giving - 1 } else { giving };
        return render_within(&heads, &rows, coloured, columns, (giving, going));
    }
    let kept = left.max(LEAST_OF_A_NAME);
    let shorter = |(index, cell): (usize, &Cell)| match index == giving {
        true => Cell {
            status: cell.status,
            right: cell.right,
            ..Cell::short(&cell.text, kept)
        },
        false => cell.clone(),
    };
    let rows: Vec<Vec<Cell>> = rows
        .iter()
        .map(|row| row.iter().enumerate().map(shorter).collect())
        .collect();
    render(header, &rows, coloured)
}

/// The table as lines.
pub fn render(header: &[String], rows: &[Vec<Cell>], coloured: bool) -> String {
    let count = header.len();
    let mut widths: Vec<usize> = header.iter().map(|h| plain(h).width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.text.width());
        }
    }
    let mut lines = Vec::with_capacity(rows.len() + 1);
    let right: Vec<bool> = (0..count)
        .map(|i| rows.iter().any(|r| r.get(i).is_some_and(|c| c.right)))
        .collect();
    let heads: Vec<Cell> = header
        .iter()
        .zip(&right)
        .map(|(h, right)| Cell {
            right: *right,
            ..Cell::new(h)
        })
        .collect();
    for row in std::iter::once(&heads).chain(rows) {
        let mut line = String::new();
        for (i, (cell, width)) in row.iter().zip(&widths).enumerate() {
            if i > 0 {
                line.push_str("  ");
            }
            let pad = " ".repeat(width.saturating_sub(cell.text.width()));
            if cell.right {
                line.push_str(&pad);
            }
            line.push_str(&styled(cell, coloured));
            if !cell.right && i + 1 < count {
                line.push_str(&pad);
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

fn styled(cell: &Cell, coloured: bool) -> String {
    let Some(status) = cell.status.filter(|_| coloured) else {
        return cell.text.clone();
    };
    let look = palette::look(status).sixteen;
    let mut codes = vec![(30 + look.colour).to_string()];
    for (on, code) in [
        (look.bold, "1"),
        (look.dim, "2"),
        (look.underline, "4"),
        (look.reverse, "7"),
    ] {
        if on {
            codes.push(code.to_owned());
        }
    }
    format!("\u{1b}[{}m{}\u{1b}[0m", codes.join(";"), cell.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_columns_line_up_and_outside_text_is_harmless() {
        let rows = vec![
            vec![Cell::status(Status::Behind, "落後"), Cell::number("1,234")],
            vec![Cell::new("a\u{1b}[31mb\u{202e}"), Cell::number("5")],
        ];
        let text = render(&["狀態".to_owned(), "數".to_owned()], &rows, false);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1].width(), lines[2].width(), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
        assert!(render(&["狀態".to_owned()], &rows, true).contains("\u{1b}[31;7m"));
    }

    #[test]
    fn a_narrow_terminal_takes_from_the_name_alone() {
        let header = ["編號", "計畫", "執行率"].map(str::to_owned);
        let rows = vec![vec![
            Cell::new("P12"),
            Cell::new("地方稅智慧線上服務及其他很長的名稱"),
            Cell::number("71.20 %"),
        ]];
        let narrow = render_within(&header, &rows, false, Some(32), (1, &[]));
        assert!(narrow.lines().all(|line| line.width() <= 32), "{narrow}");
        assert!(narrow.contains("71.20 %") && narrow.contains("地方稅"));
        let wide = render_within(&header, &rows, false, None, (1, &[]));
        assert!(wide.contains("很長的名稱"));
        let tight = render_within(&header, &rows, false, Some(20), (1, &[0]));
        assert!(
            !tight.contains("P12") && tight.contains("71.20 %"),
            "{tight}"
        );
    }
}
