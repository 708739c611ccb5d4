//! What a decoder understood of an answer, for people who connect a source: the columns with a
//! guessed type, the first rows, and a map that may fit.
//!
//! A [`Recorder`] in the [`Context`](crate::Context) listens while an answer is decoded as usual;
//! what it keeps has bounds, and personal cells are blank in it.

mod detect;
mod guess;
mod json;
mod words;

pub use detect::{Detected, detect};
pub use guess::{Guessed, GuessedMap, guess};

use crate::config::SourceConfig;
use crate::figure::is_blank;
use crate::filter::Row;
use crate::notice::quote;
use quarterdeck_kpi::calendar::{Period, PeriodKind, parse_date};
use quarterdeck_kpi::number::parse_printed;
use quarterdeck_kpi::text::{clean, fold_width};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;

/// Rows that are shown.
pub const ROWS_SHOWN: usize = 20;
/// Rows that types are guessed from.
const ROWS_NOTED: usize = 200;
/// Columns that are noted.
const COLUMNS_NOTED: usize = 100;
/// Paths that are offered of a JSON answer, of each sort.
const PATHS_OFFERED: usize = 20;

/// What the cells of a column seem to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guess {
    /// Nothing stands in it.
    Blank,
    /// Numbers.
    Number,
    /// Numbers with a percent sign, or in a column that says so.
    Percent,
    /// Amounts of money.
    Money,
    /// Days.
    Date,
    /// Quarters, months or years.
    Quarter,
    /// Anything else.
    Text,
}

impl Guess {
    /// Every guess.
    pub const ALL: [Guess; 7] = [
        Guess::Blank,
        Guess::Number,
        Guess::Percent,
        Guess::Money,
        Guess::Date,
        Guess::Quarter,
        Guess::Text,
    ];
    /// Key of its word.
    pub fn word(self) -> &'static str {
        match self {
            Guess::Blank => "source-preview-blank",
            Guess::Number => "source-preview-number",
            Guess::Percent => "source-preview-percent",
            Guess::Money => "source-preview-money",
            Guess::Date => "source-preview-date",
            Guess::Quarter => "source-preview-quarter",
            Guess::Text => "source-preview-text",
        }
    }
    fn is_figure(self) -> bool {
        matches!(self, Guess::Number | Guess::Percent | Guess::Money)
    }
}

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name, as maps write it.
    pub name: String,
    /// What its cells seem to be.
    pub guess: Guess,
    /// Blank cells of those looked at, in percent.
    pub blank_percent: usize,
    /// Named as personal, or looks so: its cells are not shown.
    pub is_personal: bool,
}

/// A path in a JSON answer that a source could follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// JSONPath (RFC 9535).
    pub path: String,
    /// For rows their number and keys, for a single value the value.
    pub sample: String,
    /// Number of rows; none for a single value.
    pub rows: Option<usize>,
}

/// What a decoder understood of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// Columns in the order of the answer.
    pub columns: Vec<Column>,
    /// First rows, one cell a column, cleaned and cut, personal cells blank.
    pub sample: Vec<Vec<String>>,
    /// Rows that were looked at for the guesses; the answer may have more.
    pub noted: usize,
    /// JSON without `rows`: where rows could be, and single numbers.
    pub paths: Vec<Path>,
    /// JSON without `rows`: the path whose rows are in `columns` and `sample`.
    pub rows_at: Option<String>,
    /// JSON without `rows`: paths of single days, by their names.
    days: Vec<String>,
    /// Cells the guesses are made from.
    cells: Vec<Vec<String>>,
}

/// Notes what passes through a decoder.
#[derive(Debug, Default)]
pub struct Recorder(RefCell<Noted>);

#[derive(Debug, Default)]
struct Noted {
    names: Vec<String>,
    is_personal: Vec<bool>,
    places: HashMap<String, usize>,
    rows: Vec<Vec<String>>,
    /// Cells that were not blank, by column; personal ones are counted, not kept.
    filled: Vec<usize>,
    /// A second table in the same answer is not mixed with the first.
    is_closed: bool,
    paths: Vec<Path>,
    rows_at: Option<String>,
    days: Vec<String>,
}

impl Noted {
    /// Place of a column, made if there is room.
    fn place(&mut self, config: &SourceConfig, name: &str) -> Option<usize> {
        if let Some(place) = self.places.get(name) {
            return Some(*place);
        }
        if self.names.len() == COLUMNS_NOTED {
            return None;
        }
        let place = self.names.len();
        let shown: String = clean(name).trim().chars().take(200).collect();
        self.is_personal
            .push(config.is_personal(name) || words::says_personal(&shown));
        self.names.push(shown);
        self.filled.push(0);
        self.places.insert(name.to_owned(), place);
        Some(place)
    }

    fn put(&mut self, row: &mut Vec<String>, place: usize, text: &str) {
        if row.len() <= place {
            row.resize(place + 1, String::new());
        }
        if let Some(filled) = self.filled.get_mut(place) {
            *filled += usize::from(!is_blank(text));
        }
        if self.is_personal.get(place) == Some(&false)
            && let Some(cell) = row.get_mut(place)
        {
            *cell = quote(text);
        }
    }

    fn takes_more(&self) -> bool {
        !self.is_closed && self.rows.len() < ROWS_NOTED
    }
}

impl Recorder {
    /// A recorder that has heard nothing.
    pub fn new() -> Recorder {
        Recorder::default()
    }

    /// A table begins.
    pub(crate) fn begin(&self, config: &SourceConfig, columns: &[String]) {
        let mut noted = self.0.borrow_mut();
        if noted.rows.is_empty() {
            // Columns of the same name keep their places.
            let mut fresh = Noted {
                paths: std::mem::take(&mut noted.paths),
                rows_at: noted.rows_at.take(),
                days: std::mem::take(&mut noted.days),
                ..Noted::default()
            };
            for (index, name) in columns.iter().enumerate() {
                if fresh
                    .place(config, name)
                    .is_some_and(|place| place != index)
                    && fresh.names.len() < COLUMNS_NOTED
                {
                    fresh.names.push(name.clone());
                    let is_personal = config.is_personal(name) || words::says_personal(name);
                    fresh.is_personal.push(is_personal);
                    fresh.filled.push(0);
                }
            }
            *noted = fresh;
        } else if !columns.is_empty() {
            noted.is_closed |= !columns.iter().take(COLUMNS_NOTED).eq(noted.names.iter());
        }
    }

    /// A row of the table.
    pub(crate) fn row(&self, row: &impl Row) {
        let mut noted = self.0.borrow_mut();
        if noted.takes_more() {
            let mut cells = Vec::new();
            for place in 0..noted.names.len() {
                let text = row.cell(place);
                noted.put(&mut cells, place, &text);
            }
            noted.rows.push(cells);
        }
    }

    /// A row that names its cells.
    pub(crate) fn named<'b>(
        &self,
        config: &SourceConfig,
        row: impl IntoIterator<Item = (&'b str, &'b str)>,
    ) {
        let mut noted = self.0.borrow_mut();
        if noted.takes_more() {
            let mut cells = Vec::new();
            for (name, text) in row {
                if let Some(place) = noted.place(config, name) {
                    noted.put(&mut cells, place, text);
                }
            }
            noted.rows.push(cells);
        }
    }

    /// A JSON answer of which nobody said yet where its rows are.
    pub(crate) fn document(&self, config: &SourceConfig, value: &Value) {
        let found = json::look(value);
        if let Some((path, rows)) = &found.largest {
            for row in rows.iter().take(ROWS_NOTED) {
                let cells: Vec<_> = row
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(key, value)| (key.as_str(), crate::json::cell_text(value)))
                    .collect();
                self.named(config, cells.iter().map(|(key, text)| (*key, &**text)));
            }
            self.0.borrow_mut().rows_at = Some(path.clone());
        }
        let mut noted = self.0.borrow_mut();
        noted.paths = found.paths;
        noted.days = found.days;
        // The empty table of a source without rows comes next.
        noted.is_closed = !noted.rows.is_empty();
    }

    /// What was understood.
    pub fn finish(self) -> Preview {
        let mut noted = self.0.into_inner();
        // Beside a telephone number a name is that of a person.
        if noted.is_personal.contains(&true) {
            for (name, is_personal) in noted.names.iter().zip(&mut noted.is_personal) {
                *is_personal |= words::may_name_a_person(name);
            }
        }
        let mut rows = noted.rows;
        for row in &mut rows {
            for (cell, _) in row
                .iter_mut()
                .zip(&noted.is_personal)
                .filter(|(_, is)| **is)
            {
                cell.clear();
            }
        }
        for row in &mut rows {
            row.resize(noted.names.len(), String::new());
        }
        let columns = noted
            .names
            .into_iter()
            .enumerate()
            .map(|(place, name)| {
                let cells = rows.iter().filter_map(|row| row.get(place));
                let cells: Vec<&str> = cells.map(String::as_str).collect();
                let is_personal = noted.is_personal.get(place) == Some(&true);
                let filled = noted.filled.get(place).copied().unwrap_or_default();
                Column {
                    guess: match is_personal {
                        true => Guess::Text,
                        false => guess_of(&name, &cells),
                    },
                    blank_percent: match rows.len() {
                        0 => 0,
                        all => (all - filled.min(all)) * 100 / all,
                    },
                    name,
                    is_personal,
                }
            })
            .collect();
        Preview {
            columns,
            sample: rows.iter().take(ROWS_SHOWN).cloned().collect(),
            noted: rows.len(),
            paths: noted.paths,
            rows_at: noted.rows_at,
            days: noted.days,
            cells: rows,
        }
    }
}

impl Preview {
    /// The noted cells of a column.
    fn column(&self, place: usize) -> impl Iterator<Item = &str> {
        self.cells
            .iter()
            .filter_map(move |row| row.get(place).map(String::as_str))
    }
}

/// What a column seems to hold: what nine of ten of its cells are.
fn guess_of(name: &str, cells: &[&str]) -> Guess {
    let filled: Vec<&str> = cells.iter().copied().filter(|c| !is_blank(c)).collect();
    if filled.is_empty() {
        return Guess::Blank;
    }
    let most = |test: &dyn Fn(&str) -> bool| {
        filled.iter().filter(|cell| test(cell)).count() * 10 >= filled.len() * 9
    };
    let period = |cell: &str| Period::parse(&fold_width(cell.trim())).ok();
    let is_day = |cell: &str| {
        parse_date(cell).is_ok() || period(cell).is_some_and(|p| p.kind == PeriodKind::Day)
    };
    if most(&|cell| parse_printed(cell).is_ok()) {
        let is_percent = |cell: &str| parse_printed(cell).is_ok_and(|n| n.percent);
        return if words::says_period(name) && most(&|cell| period(cell).is_some()) {
            match most(&is_day) {
                true => Guess::Date,
                false => Guess::Quarter,
            }
        } else if most(&is_percent) || words::says_percent(name) {
            Guess::Percent
        } else if words::says_money(name) || most(&words::shows_money) {
            Guess::Money
        } else {
            Guess::Number
        };
    }
    if most(&is_day) {
        Guess::Date
    } else if most(&|cell| period(cell).is_some()) {
        Guess::Quarter
    } else {
        Guess::Text
    }
}
