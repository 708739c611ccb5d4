//! How wide the columns of a table become in the window.

use egui::Rect;
use quarterdeck_view::palette::grid;
use quarterdeck_view::panel::{Align, Cell, Column, Table};

/// Space left of the first column, so that its text stands on the page's margin.
const OUTER: f32 = grid::PADDING - grid::CELL_PADDING;
/// Space right of the last column.
const OUTER_RIGHT: f32 = grid::CELL_PADDING;

/// A column with its place.
pub(super) struct Slot<'a> {
    pub index: usize,
    pub column: &'a Column,
    pub left: f32,
    pub right: f32,
}

/// Columns that fit: the ones with the highest `drop` go first; what is left over goes to the growing one.
pub(super) fn slots<'a>(table: &'a Table, area: Rect) -> Vec<Slot<'a>> {
    let there = area.width() - OUTER - OUTER_RIGHT;
    let mut kept: Vec<usize> = (0..table.columns.len()).collect();
    let own: Vec<f32> = kept.iter().map(|&index| own_width(table, index)).collect();
    let width = |kept: &[usize]| -> f32 { kept.iter().map(|&index| own[index]).sum() };
    // The growing column may give up a fifth before another column goes.
    let give: f32 = table
        .columns
        .iter()
        .filter(|column| column.grows)
        .map(|column| f32::from(column.points) * 0.2)
        .sum();
    while width(&kept) - give > there {
        let droppable = |&&index: &&usize| table.columns[index].drop > 0;
        let Some(&first) = kept
            .iter()
            .filter(droppable)
            .max_by_key(|&&index| table.columns[index].drop)
        else {
            break;
        };
        kept.retain(|&index| index != first);
    }
    let spare = there - width(&kept);
    let growing = kept
        .iter()
        .copied()
        .find(|&index| table.columns[index].grows)
        .or_else(|| {
            kept.iter()
                .copied()
                .max_by_key(|&index| table.columns[index].points)
        });
    let mut left = area.left() + OUTER;
    let mut found = Vec::with_capacity(kept.len());
    // What the growing column does not need goes to texts that are cut first.
    let lacks = |index: usize| {
        let column = &table.columns[index];
        match column.align {
            Align::Left => (needed(table, index) - own[index]).max(0.0),
            _ => 0.0,
        }
    };
    let mut spare = spare;
    let over = |index: usize| {
        let has = own[index];
        let mut cells = table.rows.iter().filter_map(|row| row.cells.get(index));
        // A drawing is as good as it is wide.
        match cells.any(|cell| cell.drawing.is_some()) {
            true => spare,
            false => spare + has - needed(table, index).max(f32::min(has, LEAST)),
        }
    };
    let mut over = growing.map_or(0.0, over).max(0.0);
    let mut widths = Vec::with_capacity(kept.len());
    for &index in &kept {
        let more = match growing == Some(index) {
            true => 0.0,
            false => lacks(index).min(over),
        };
        (over, spare) = (over - more, spare - more);
        widths.push(own[index] + more);
    }
    for (index, mut wide) in kept.into_iter().zip(widths) {
        let column = &table.columns[index];
        if growing == Some(index) {
            wide = (wide + spare).max(24.0);
        }
        found.push(Slot {
            index,
            column,
            left,
            right: left + wide,
        });
        left += wide;
    }
    found
}

/// Width of a column before anything is shared out: numbers and units are never cut, names are.
fn own_width(table: &Table, index: usize) -> f32 {
    let column = &table.columns[index];
    let points = f32::from(column.points);
    match column.align == Align::Right || column.id == "unit" {
        true if !column.grows => points.max(needed(table, index).min(WHOLE_MOST)),
        _ => points,
    }
}

/// The most a column of numbers takes for a text that is longer, such as one that was refused.
const WHOLE_MOST: f32 = 190.0;

/// A growing column gives up its own room for others' texts down to this.
const LEAST: f32 = 120.0;

/// Rows whose texts are looked at for the width of a column.
const LOOKED_AT: usize = 200;

/// About the width of the longest text of a column; digits and letters are a bit over half of an em.
fn needed(table: &Table, index: usize) -> f32 {
    let of = |cell: &Cell| -> f32 {
        let chars = cell.spans.iter().flat_map(|span| span.text.chars());
        let em = |c: char| match c {
            '0'..='9' => 0.555,
            ',' | '.' | ' ' => 0.28,
            c if u32::from(c) < 0x2e80 => 0.57,
            _ => 1.0,
        };
        let ems: f32 = chars.map(em).sum();
        let signs = cell.spans.iter().filter(|span| span.sign.is_some()).count();
        ems * grid::BODY + signs as f32 * 16.0 + 2.0 * grid::CELL_PADDING
    };
    let rows = table.rows.iter().take(LOOKED_AT);
    let cells = rows.filter_map(|row| row.cells.get(index));
    cells.map(of).fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};
    use quarterdeck_view::panel::{Row, Span};

    fn column(id: &'static str, align: Align, points: u16) -> Column {
        Column {
            id,
            title: id.to_owned(),
            short: None,
            unit: None,
            align,
            points,
            cells: 8,
            grows: id == "name",
            drop: 0,
            sortable: true,
        }
    }

    #[test]
    fn numbers_and_units_are_never_cut_and_names_give_way() {
        let texts = [
            "Downloads of government open data",
            "thousand cases",
            "> 93,600,000,000 (2019)",
        ];
        let cells = texts.map(|text| Cell {
            spans: vec![Span {
                text: text.to_owned(),
                ..Span::default()
            }],
            ..Cell::default()
        });
        let table = Table {
            columns: vec![
                column("name", Align::Left, 160),
                column("unit", Align::Left, 60),
                column("value", Align::Right, 74),
            ],
            rows: vec![Row {
                cells: cells.to_vec(),
                ..Row::default()
            }],
            ..Table::default()
        };
        let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(420.0, 100.0));
        let found = slots(&table, area);
        let wide = |at: usize| found[at].right - found[at].left;
        // 23 signs of a bit over half of 13 points, and 14 letters.
        assert!(
            wide(2) > 140.0 && wide(1) > 100.0,
            "{} {}",
            wide(1),
            wide(2)
        );
        assert!(found[2].right <= area.right(), "{}", found[2].right);
    }
}
