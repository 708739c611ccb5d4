//! The tables of the CSV files as a spreadsheet: numbers as numbers, rates as percent, the total as a
//! sum that a spreadsheet program calculates again.

use crate::ReportInput;
use crate::book::{Book, Cell, Format, Sheet};
use crate::csv::{Rows, tables};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::text::fold_width;
use quarterdeck_view::i18n::word;

/// Columns of numbers that are neither whole NT$ nor percent.
const NUMBERS: [&str; 6] = [
    "value",
    "target",
    "good",
    "indicators",
    "tasks-done",
    "tasks",
];

/// Columns of percentage points: two decimals in each row, so that they line up.
const POINTS: [&str; 3] = [
    "variance",
    "change-execution-rate",
    "change-disbursement-ratio",
];

/// All tables of a report, one a sheet.
pub(crate) fn book(input: &ReportInput<'_>) -> Book {
    let sheets = tables(input).into_iter().map(|(id, rows)| {
        let name = input.word(&format!("report-sheet-{id}"));
        sheet(input, name, id, &rows)
    });
    Book {
        title: input.say(
            &quarterdeck_kpi::message::Message::new("report-header")
                .with("quarter", input.assessment.quarter),
        ),
        sheets: sheets.collect(),
    }
}

/// How the cells of a column are shown, by what its header says; `None` is text.
fn format_of(input: &ReportInput<'_>, header: &str) -> Option<Format> {
    let folded = fold_width(header);
    let ends = |id: &str| folded.ends_with(&format!("({})", word(input.language, id)));
    if ends("unit-ntd") {
        return Some(Format::Whole);
    }
    if ends("unit-percent") {
        return Some(Format::Percent);
    }
    let named = |id: &&str| input.word(&format!("csv-{id}")) == header;
    if POINTS.iter().any(named) {
        return Some(Format::Points);
    }
    NUMBERS.iter().any(named).then_some(Format::Plain)
}

fn sheet(input: &ReportInput<'_>, name: String, id: &str, rows: &Rows) -> Sheet {
    let Some((header, body)) = rows.split_first() else {
        return Sheet::new(name, Vec::new());
    };
    let formats: Vec<Option<Format>> = header.iter().map(|h| format_of(input, h)).collect();
    let mut sheet = Sheet::new(name, header.clone());
    for row in body {
        let cells = row.iter().zip(&formats);
        let cells = cells.map(|(text, format)| cell(text, *format));
        sheet.rows.push(cells.collect());
    }
    if id == "budget" {
        totals(input, header, body, &mut sheet);
    }
    sheet
}

fn cell(text: &str, format: Option<Format>) -> Cell {
    let number = format.and_then(|format| Some((format, text.parse::<Decimal>().ok()?)));
    match number {
        Some((Format::Percent, percent)) => {
            // What the CSV calls 93.91 % is 0.9391 here, shown as 93.91 %.
            let fraction = percent.checked_div(Decimal::ONE_HUNDRED);
            Cell::Number(fraction.unwrap_or_default(), Format::Percent)
        }
        Some((format, value)) => Cell::Number(value, format),
        None => Cell::text(text),
    }
}

/// The portfolio's amounts as sums over the programmes' rows above, wherever the sum is that amount.
fn totals(input: &ReportInput<'_>, header: &[String], body: &[Vec<String>], sheet: &mut Sheet) {
    let column = |id: &str| {
        let title = input.word(&format!("csv-{id}"));
        header.iter().position(|name| *name == title)
    };
    let (Some(scope), Some(span)) = (column("scope"), column("span")) else {
        return;
    };
    let is_programme = |row: &Vec<String>| {
        row.get(scope)
            .is_some_and(|scope| input.snapshot.register.programme(scope).is_some())
    };
    for (place, total) in body.iter().enumerate() {
        if total.get(scope).map(String::as_str) != Some("portfolio") {
            continue;
        }
        // Amounts of one year and amounts since the beginning are never added up.
        let rows: Vec<usize> = (0..place)
            .filter(|at| is_programme(&body[*at]) && body[*at].get(span) == total.get(span))
            .collect();
        let ranges = ranges(&rows);
        for index in 0..header.len() {
            let Some(Cell::Number(value, Format::Whole)) = sheet.rows[place + 1].get(index) else {
                continue;
            };
            let value = *value;
            let parts = rows
                .iter()
                .filter_map(|at| match sheet.rows[at + 1].get(index) {
                    Some(Cell::Number(part, _)) => Some(*part),
                    _ => None,
                });
            if !ranges.is_empty() && parts.sum::<Decimal>() == value {
                sheet.rows[place + 1][index] = Cell::Sum {
                    ranges: ranges.clone(),
                    value,
                    format: Format::Whole,
                };
            }
        }
    }
}

/// Rows of a sheet (from 1, below its header) that follow each other, first and last.
fn ranges(places: &[usize]) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    for row in places.iter().map(|place| place + 2) {
        match out.last_mut() {
            Some((_, last)) if *last + 1 == row => *last = row,
            _ => out.push((row, row)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_follow_each_other_are_one_range() {
        assert_eq!(ranges(&[0, 1, 2, 4, 6, 7]), [(2, 4), (6, 6), (8, 9)]);
        assert_eq!(ranges(&[]), []);
    }

    #[test]
    fn texts_stay_texts_and_figures_keep_their_digits() {
        let read = |text: &str, format| cell(text, Some(format));
        let number = |text: &str, format| Cell::Number(text.parse().unwrap(), format);
        assert_eq!(
            read("93.91", Format::Percent),
            number("0.9391", Format::Percent)
        );
        assert_eq!(read("75.30", Format::Plain), number("75.30", Format::Plain));
        assert_eq!(
            read("6240000000", Format::Whole),
            number("6240000000", Format::Whole)
        );
        assert_eq!(read("", Format::Whole), Cell::Empty);
        assert_eq!(cell("2025", None), Cell::Text("2025".to_owned()));
    }
}
