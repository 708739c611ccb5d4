//! The cells of a sheet as a table: its header, its rows, what was merged, and the rendition that
//! may be stored where personal columns are named.

use super::RECIPE;
use super::cell::{Cell, Value, name};
use super::pick::{Area, SheetConfig};
use crate::answer::{Context, Decoded};
use crate::config::SourceConfig;
use crate::filter::Row;
use crate::notice::{Notices, list, quote};
use crate::table::Table;
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;

/// More columns than this are not a table.
const MAX_COLUMNS: usize = 1_000;

/// A few cells of one kind: how many, and the first.
#[derive(Default)]
struct Count {
    cells: u64,
    first: String,
}

impl Count {
    fn add(&mut self, column: u32, row: u32) {
        if self.cells == 0 {
            self.first = name(column, row);
        }
        self.cells += 1;
    }
}

/// A column with a header.
struct Column {
    at: u32,
    is_personal: bool,
    /// Text of a cell that is merged over rows, and the last of them.
    merged: Option<(u32, String)>,
}

/// A sheet on its way to figures.
pub(super) struct Grid<'a> {
    config: &'a SourceConfig,
    context: Context<'a>,
    area: Area,
    header_row: Option<u32>,
    header_rows: u32,
    header: BTreeMap<u32, String>,
    columns: Vec<Column>,
    table: Option<Table<'a>>,
    blanked: Option<&'a mut dyn Write>,
    notices: Notices,
    rounded: Count,
    uncalculated: Count,
    filled: Count,
}

struct SheetRow<'r> {
    columns: &'r [Column],
    cells: Vec<Option<&'r Cell>>,
    row: u32,
}

impl Row for SheetRow<'_> {
    fn cell(&self, column: usize) -> Cow<'_, str> {
        let own = self.cells.get(column).copied().flatten();
        let merged = || {
            let column = self.columns.get(column)?;
            let (_, text) = column.merged.as_ref()?;
            Some(text.as_str())
        };
        Cow::Borrowed(own.map(Cell::text).or_else(merged).unwrap_or_default())
    }
    fn place(&self, column: usize) -> Option<String> {
        let column = self.columns.get(column)?;
        Some(format!("cell={}", name(column.at, self.row)))
    }
    fn problem(&self, column: usize) -> Option<Message> {
        let cell = self.cells.get(column).copied().flatten()?;
        let Value::Error(error) = &cell.value else {
            return None;
        };
        Some(
            Message::new("source-sheet-error-cell")
                .with("cell", name(cell.column, self.row))
                .with("error", quote(error)),
        )
    }
}

impl<'a> Grid<'a> {
    pub fn new(
        config: &'a SourceConfig,
        context: &Context<'a>,
        settings: &SheetConfig,
        blanked: Option<&'a mut dyn Write>,
        notices: Notices,
    ) -> Result<Grid<'a>, Message> {
        let area = settings.area()?;
        let begins = settings.range.as_ref().map(|_| area.rows.0);
        Ok(Grid {
            config,
            context: *context,
            area,
            // A range of whole columns does not say where its header stands.
            header_row: settings.header_row.or(begins.filter(|row| *row > 1)),
            header_rows: settings.header_rows.unwrap_or(1).max(1),
            header: BTreeMap::new(),
            columns: Vec::new(),
            table: None,
            blanked,
            notices,
            rounded: Count::default(),
            uncalculated: Count::default(),
            filled: Count::default(),
        })
    }

    /// Takes a row; rows come in their order, and only those with content.
    pub fn row(&mut self, row: u32, cells: &[Cell]) -> Result<(), Message> {
        let (left, right) = self.area.columns;
        let inside = |cell: &&Cell| (left..=right).contains(&cell.column);
        let is_blank = |cell: &Cell| cell.text().trim().is_empty();
        if cells.iter().filter(inside).all(is_blank) && self.header_row.is_none() {
            return Ok(());
        }
        let first = *self.header_row.get_or_insert(row);
        if row < first {
            return Ok(());
        }
        if row < first.saturating_add(self.header_rows) {
            self.header(cells)
        } else {
            self.begin()?;
            self.data(row, cells)
        }
    }

    /// Adds a row of the header. A merged cell stands above each of its columns.
    fn header(&mut self, cells: &[Cell]) -> Result<(), Message> {
        let (left, right) = self.area.columns;
        for cell in cells {
            let text = cell.text().split_whitespace().collect::<Vec<_>>().join(" ");
            let last = cell.column.saturating_add(cell.spans.1.min(20_000) - 1);
            if text.is_empty() {
                continue;
            }
            for column in cell.column.max(left)..=last.min(right) {
                if self.header.len() >= MAX_COLUMNS && !self.header.contains_key(&column) {
                    return Err(Message::new("source-too-many-columns")
                        .with("columns", self.header.len() + 1)
                        .with("limit", MAX_COLUMNS));
                }
                let above = self.header.entry(column).or_default();
                if !above.is_empty() {
                    above.push(' ');
                }
                above.push_str(&text);
            }
        }
        Ok(())
    }

    /// Ends the header.
    fn begin(&mut self) -> Result<(), Message> {
        if self.table.is_some() {
            return Ok(());
        }
        if self.header.is_empty() {
            let row = self.header_row.unwrap_or(1);
            return Err(Message::new("source-sheet-no-header").with("row", row));
        }
        let names: Vec<String> = self.header.values().cloned().collect();
        for field in &self.config.personal_fields {
            if !names.iter().any(|name| name == field.trim()) {
                let text = Message::new("source-personal-column-missing");
                return Err(text.with("column", quote(field)));
            }
        }
        self.columns = self
            .header
            .iter()
            .map(|(at, name)| Column {
                at: *at,
                is_personal: self.config.is_personal(name),
                merged: None,
            })
            .collect();
        let mut seen = std::collections::HashSet::new();
        let twice: Vec<&str> = names
            .iter()
            .filter(|name| !seen.insert(name.as_str()))
            .map(String::as_str)
            .collect();
        if !twice.is_empty() {
            let text = Message::new("source-duplicate-columns").with("columns", list(twice));
            let rule = "duplicate-columns@1";
            self.notices
                .add(rule, Severity::Warning, None, self.config, text);
        }
        let table = Table::new(self.config, self.context, &names);
        if table.is_hopeless()
            && let Some(problem) = table.plans.iter().find_map(|plan| plan.problem.clone())
        {
            return Err(problem);
        }
        self.table = Some(table);
        let mut line = String::from("row");
        for name in &names {
            line.push(',');
            push_quoted(&mut line, name);
        }
        self.keep(line)
    }

    fn data(&mut self, row: u32, cells: &[Cell]) -> Result<(), Message> {
        if row > self.area.rows.1 {
            return Ok(());
        }
        let mut own: Vec<Option<&Cell>> = vec![None; self.columns.len()];
        let mut cells = cells.iter().peekable();
        for (index, column) in self.columns.iter_mut().enumerate() {
            while cells.next_if(|cell| cell.column < column.at).is_some() {}
            if column.merged.as_ref().is_some_and(|(last, _)| row > *last) {
                column.merged = None;
            }
            let Some(cell) = cells.next_if(|cell| cell.column == column.at) else {
                continue;
            };
            own[index] = Some(cell);
            // A figure that is merged over rows is one figure; a label is that of each row.
            let is_label = matches!(&cell.value, Value::Text(text) if !starts_as_number(text));
            column.merged = (is_label && cell.spans.0 > 1)
                .then(|| (row.saturating_add(cell.spans.0 - 1), cell.text().to_owned()));
        }
        let is_blank =
            |cell: &&Cell| cell.value != Value::Uncalculated && cell.text().trim().is_empty();
        if own.iter().flatten().all(is_blank) {
            return Ok(());
        }
        for (index, column) in self.columns.iter().enumerate() {
            match own[index].map(|cell| &cell.value) {
                Some(Value::Rounded(_)) => self.rounded.add(column.at, row),
                Some(Value::Uncalculated) => self.uncalculated.add(column.at, row),
                None if column.merged.is_some() => self.filled.add(column.at, row),
                _ => {}
            }
        }
        let line = self.blanked.is_some().then(|| {
            let mut line = row.to_string();
            for (index, column) in self.columns.iter().enumerate() {
                line.push(',');
                if !column.is_personal {
                    push_quoted(&mut line, own[index].map_or("", Cell::text));
                }
            }
            line
        });
        let read = SheetRow {
            columns: &self.columns,
            cells: own,
            row,
        };
        if let Some(table) = &mut self.table {
            table.row(&read, u64::from(row));
        }
        line.map_or(Ok(()), |line| self.keep(line))
    }

    /// Writes a line of the rendition that may be stored.
    fn keep(&mut self, mut line: String) -> Result<(), Message> {
        let Some(stored) = &mut self.blanked else {
            return Ok(());
        };
        line.push_str("\r\n");
        stored.write_all(line.as_bytes()).map_err(|error| {
            Message::new("source-store-failed").with("error", quote(&error.to_string()))
        })
    }

    /// Ends the sheet.
    pub fn end(mut self, sheet: &str) -> Result<Decoded, Message> {
        self.begin()?;
        let config = self.config;
        let Some(table) = self.table.take() else {
            return Err(Message::new("source-no-rows"));
        };
        if table.rows == 0 && !config.allow_empty {
            return Err(Message::new("source-no-rows"));
        }
        for (rule, severity, id, count) in [
            (
                "formula-without-value@1",
                Severity::Warning,
                "source-sheet-uncalculated",
                &self.uncalculated,
            ),
            (
                "rounded-decimals@1",
                Severity::Info,
                "source-sheet-rounded",
                &self.rounded,
            ),
            (
                "merged-cells@1",
                Severity::Info,
                "source-sheet-filled",
                &self.filled,
            ),
        ] {
            if count.cells > 0 {
                let text = Message::new(id)
                    .with("cells", count.cells)
                    .with("cell", count.first.as_str());
                self.notices.add(rule, severity, None, config, text);
            }
        }
        let rows = table.rows;
        let shown = quarterdeck_kpi::text::clean(sheet);
        Ok(crate::end_of_rows(
            table,
            &format!("sheet={shown}; "),
            None,
            self.notices,
            Decoded {
                rows,
                encoding: "utf-8",
                recipe: (!config.personal_fields.is_empty()).then(|| RECIPE.to_owned()),
                ..Decoded::default()
            },
        ))
    }
}

/// Numbers and days begin so; what else does is taken for one, and not repeated over rows.
fn starts_as_number(text: &str) -> bool {
    quarterdeck_kpi::number::parse_printed(text).is_ok()
}

/// Adds a cell of CSV.
fn push_quoted(line: &mut String, text: &str) {
    if text.contains(['"', ',', '\r', '\n']) {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(text);
    }
}
