//! How wide the columns of a table become.

use super::ink::Ink;
use super::text::{safe, spans_width, width};
use quarterdeck_view::panel::{Align, Cell, Column, Drawing, Table};

/// Narrowest a growing column gets before other columns cannot be helped.
const NARROWEST: u16 = 8;

/// Headings a column may have, the fullest first.
pub(super) fn headings(table: &Table, column: &Column) -> Vec<String> {
    let title = safe(&column.title);
    let mut headings = Vec::new();
    let short = column.short.as_deref().map(safe);
    if let Some(unit) = &column.unit {
        headings.push(format!("{title} {}", safe(unit)));
        // A short heading that says the unit is better than a whole one that does not.
        headings.extend(short.clone().filter(|short| short.contains(unit.as_str())));
    }
    if headings.len() < 2 {
        headings.push(title);
        headings.extend(short);
    }
    if let Some((id, descending)) = table.sort
        && id == column.id
    {
        for heading in &mut headings {
            heading.push(if descending { 'v' } else { '^' });
        }
    }
    headings
}

/// Cells the widest row of a column needs.
fn content_width(table: &Table, index: usize, column: &Column, ink: Ink) -> u16 {
    let of_cell = |cell: &Cell| -> u16 {
        if let Some(edit) = &cell.edit {
            return column.cells.max(width(&safe(&edit.text)) + 1);
        }
        let text = spans_width(&cell.spans, ink);
        let drawing = match &cell.drawing {
            None => return text,
            Some(Drawing::Tiles(tiles)) => u16::try_from(tiles.len() * 2)
                .unwrap_or(u16::MAX)
                .saturating_sub(1),
            Some(_) => column.cells,
        };
        if text == 0 {
            drawing
        } else {
            column.cells.max(text)
        }
    };
    table
        .rows
        .iter()
        .filter_map(|row| row.cells.get(index))
        .map(of_cell)
        .max()
        .unwrap_or(column.cells)
}

/// Whether a column is typed into: what is typed may be of any length.
fn edited(table: &Table, index: usize) -> bool {
    table
        .rows
        .iter()
        .filter_map(|row| row.cells.get(index))
        .any(|cell| cell.edit.is_some())
}

/// What a column needs and what it would like.
struct Need {
    index: usize,
    /// What its rows need.
    content: u16,
    /// What it gets now.
    given: u16,
}

/// Columns that fit, with their positions and widths: numbers, units and status are never cut,
/// names first; where it is still too narrow, columns go by their order.
pub(super) fn fit_columns(table: &Table, cells: u16, ink: Ink) -> Vec<(usize, u16, u16)> {
    let mut needs: Vec<Need> = table
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let content = content_width(table, index, column, ink);
            let whole = column.align == Align::Right && !edited(table, index);
            let wanted = if whole {
                content
            } else {
                content.min(column.cells)
            };
            let heading = headings(table, column).last().map_or(0, |text| width(text));
            Need {
                index,
                content,
                given: wanted.max(heading),
            }
        })
        .collect();
    // One cell for the selection mark, one between columns.
    let wanted = |needs: &[Need]| -> u16 {
        needs
            .iter()
            .fold(0u16, |sum, need| sum.saturating_add(need.given + 1))
    };
    while wanted(&needs) > cells {
        let last = needs
            .iter()
            .enumerate()
            .filter_map(|(at, need)| {
                table
                    .columns
                    .get(need.index)
                    .filter(|c| c.drop > 0)
                    .map(|c| (at, c.drop))
            })
            .max_by_key(|(_, drop)| *drop);
        let Some((at, _)) = last else { break };
        needs.remove(at);
    }
    let grows = |need: &Need| table.columns.get(need.index).is_some_and(|c| c.grows);
    let missing = wanted(&needs).saturating_sub(cells);
    if let Some(need) = needs.iter_mut().find(|need| grows(need)) {
        need.given = need
            .given
            .saturating_sub(missing)
            .max(NARROWEST.min(need.given));
    }
    let mut missing = wanted(&needs).saturating_sub(cells);
    for need in needs.iter_mut().filter(|need| {
        table
            .columns
            .get(need.index)
            .is_some_and(|c| c.align == Align::Left)
    }) {
        let less = missing.min(need.given.saturating_sub(NARROWEST));
        need.given -= less;
        missing -= less;
    }
    let mut spare = cells.saturating_sub(wanted(&needs));
    let mut widen = |need: &mut Need, to: u16| {
        let more = to.saturating_sub(need.given).min(spare);
        need.given += more;
        spare -= more;
    };
    for first in [true, false] {
        for need in needs.iter_mut().filter(|need| grows(need) == first) {
            let content = need.content;
            widen(need, content);
        }
    }
    // What is left goes to fuller headings, but only where the whole heading fits then.
    for step in [1, 0] {
        for need in &mut needs {
            if let Some(text) = table
                .columns
                .get(need.index)
                .and_then(|c| headings(table, c).into_iter().nth(step))
            {
                let more = width(&text).saturating_sub(need.given);
                if more <= spare {
                    spare -= more;
                    need.given += more;
                }
            }
        }
    }
    let mut x = 1;
    let mut placed = Vec::new();
    for need in needs {
        let w = need.given.min(cells.saturating_sub(x));
        if w == 0 {
            break;
        }
        placed.push((need.index, x, w));
        x += w + 1;
    }
    placed
}
