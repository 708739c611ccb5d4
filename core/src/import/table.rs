//! From the cells of a file to rows whose columns are known.

use super::Refused;
use super::head::{Head, Kind, head_of, is_word, unit_power};
use super::map::FieldMap;
use quarterdeck_kpi::indicator::Title;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::text::{clean, fold_width};
use quarterdeck_sources::cells::{Cell, Lines, Opened, Value, cell_name};
use quarterdeck_view::i18n::{Language, word};
use std::collections::BTreeMap;

/// The header stands in one of so many lines.
const HEADER_WITHIN: usize = 60;
/// Names listed in a sentence.
const LISTED: usize = 20;

/// Where the cells of a file are found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A sheet, or the file's name where it has no sheets.
    Sheet(String),
    /// Records of an answer.
    Records,
}

/// A column whose header is known.
#[derive(Debug, Clone)]
struct Column {
    at: u32,
    header: String,
    /// Power of ten of the unit its header names.
    power: Option<u32>,
}

/// A table whose header was understood.
pub(super) struct Table<'a> {
    map: &'a FieldMap,
    place: Place,
    columns: BTreeMap<Head, Column>,
    /// Unit named above the table: 單位：千元.
    power: Option<u32>,
    /// Rows that carry something.
    pub rows: Vec<Row>,
    /// What is worth knowing and refuses nothing.
    pub notices: Vec<Message>,
}

/// A row by its number.
pub(super) struct Row {
    pub number: u32,
    cells: Vec<Cell>,
}

/// Names in a sentence.
fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.into_iter().map(clean).collect();
    let more = if names.len() > LISTED { ", ..." } else { "" };
    format!("{}{more}", names[..names.len().min(LISTED)].join(", "))
}

/// The cells that are meant: of a workbook the named sheet, its only visible one, or the one with
/// the name that the template of this kind has.
pub(super) fn choose(
    opened: Opened<'_>,
    kind: Kind,
    sheet: Option<&str>,
    file: &str,
    notices: &mut Vec<Message>,
) -> Result<(Place, Lines), Message> {
    let mut book = match opened {
        Opened::Text(_) | Opened::Records(_) if sheet.is_some() => {
            return Err(Message::new("import-no-sheets"));
        }
        Opened::Text(lines) => return Ok((Place::Sheet(file.to_owned()), lines)),
        Opened::Records(lines) => return Ok((Place::Records, lines)),
        Opened::Workbook(book) => book,
    };
    if book.has_macros() {
        notices.push(Message::new("source-sheet-macros"));
    }
    let sheets = book.sheets().to_vec();
    let names = || list(sheets.iter().map(|sheet| sheet.name.as_str()));
    let visible: Vec<usize> = (0..sheets.len())
        .filter(|index| !sheets[*index].is_hidden)
        .collect();
    let usual = || {
        let named = Language::ALL.map(|l| word(l, &format!("import-sheet-{}", kind.id())));
        let same = |index: &&usize| named.iter().any(|n| sheets[**index].name.trim() == n);
        visible.iter().find(same).copied()
    };
    let index = match (sheet, visible.as_slice()) {
        (Some(wanted), _) => {
            let same = |s: &quarterdeck_sources::cells::SheetName| s.name.trim() == wanted.trim();
            sheets.iter().position(same).ok_or_else(|| {
                Message::new("import-sheet-missing")
                    .with("name", clean(wanted))
                    .with("sheets", names())
            })?
        }
        (None, [only]) => *only,
        (None, []) if sheets.is_empty() => return Err(Message::new("source-sheet-none")),
        (None, []) => {
            return Err(Message::new("import-sheet-hidden").with("sheets", names()));
        }
        (None, several) => usual().ok_or_else(|| {
            let names = several.iter().map(|index| sheets[*index].name.as_str());
            Message::new("import-sheet-several").with("sheets", list(names))
        })?,
    };
    if sheet.is_none() && visible.len() > 1 {
        let notes = Language::ALL.map(|language| word(language, "import-sheet-notes"));
        let others = visible.iter().filter(|at| **at != index);
        let others = others.map(|at| sheets[*at].name.as_str());
        let others: Vec<&str> = others
            .filter(|name| !notes.iter().any(|notes| notes == name))
            .collect();
        if !others.is_empty() {
            notices.push(Message::new("import-sheet-others").with("sheets", list(others)));
        }
    }
    let hidden = sheets
        .iter()
        .enumerate()
        .filter(|(at, sheet)| sheet.is_hidden && *at != index)
        .map(|(_, sheet)| sheet.name.as_str());
    let hidden: Vec<&str> = hidden.collect();
    if !hidden.is_empty() {
        notices.push(Message::new("import-sheet-passed-over").with("sheets", list(hidden)));
    }
    Ok((Place::Sheet(clean(&sheets[index].name)), book.lines(index)?))
}

/// What a header says, and the factor of its unit.
type HeadOf<'f> = dyn Fn(&str) -> Option<(Head, Option<u32>)> + 'f;

impl<'a> Table<'a> {
    /// Finds the header and the rows below it.
    pub fn of(
        kind: Kind,
        map: &'a FieldMap,
        place: Place,
        lines: Lines,
        notices: Vec<Message>,
    ) -> Result<Table<'a>, Vec<Refused>> {
        let known = |text: &str| map.head_of(text).or_else(|| head_of(kind, text));
        let heads_in = |cells: &[Cell]| cells.iter().filter(|c| known(c.text()).is_some()).count();
        let header = lines
            .iter()
            .take(HEADER_WITHIN)
            .position(|(_, cells)| heads_in(cells) >= 2);
        let Some(header) = header else {
            let known = |language: Language| {
                let words = kind.heads().into_iter().map(|head| head.shown(language));
                let words: Vec<String> = words.collect();
                list(words.iter().map(String::as_str))
            };
            let known = Title {
                zh_tw: known(Language::ZhTw),
                en: known(Language::En),
            };
            return Err(vec![Refused {
                place: place.whole(),
                text: Message::new("import-no-header").with("known", Arg::Title(known)),
            }]);
        };
        let mut table = Table {
            map,
            place,
            columns: BTreeMap::new(),
            power: None,
            rows: Vec::new(),
            notices,
        };
        for (_, cells) in &lines[..header] {
            table.power = cells
                .iter()
                .find_map(|c| unit_above(c.text()))
                .or(table.power);
        }
        let (number, cells) = &lines[header];
        table.header(kind, *number, cells, &known)?;
        table.complete(kind)?;
        let carries = |cells: &[Cell]| {
            table.columns.iter().any(|(head, column)| {
                kind.is_value(*head) && cells.iter().any(|c| c.column == column.at && !is_blank(c))
            })
        };
        let below = lines.into_iter().skip(header + 1);
        let below = below.filter(|(_, cells)| !cells.iter().all(is_blank));
        let (rows, without): (Vec<_>, Vec<_>) = below.partition(|(_, cells)| carries(cells));
        if let Some((first, _)) = without.first() {
            let text = Message::new("import-rows-without")
                .with("rows", without.len())
                .with("first", first.to_string());
            table.notices.push(text);
        }
        let rows = rows.into_iter();
        table.rows = rows.map(|(number, cells)| Row { number, cells }).collect();
        if table.rows.is_empty() {
            return Err(vec![Refused {
                place: table.place.whole(),
                text: Message::new("import-no-rows"),
            }]);
        }
        Ok(table)
    }

    /// Takes the header's cells.
    fn header(
        &mut self,
        kind: Kind,
        number: u32,
        cells: &[Cell],
        known: &HeadOf<'_>,
    ) -> Result<(), Vec<Refused>> {
        let mut refused = Vec::new();
        let mut unread = Vec::new();
        for cell in cells {
            let header = clean(cell.text()).trim().to_owned();
            let at = cell_name(cell.column, number);
            if cell.spans != (1, 1) {
                let last = cell_name(
                    cell.column.saturating_add(cell.spans.1 - 1),
                    number.saturating_add(cell.spans.0 - 1),
                );
                refused.push(Refused {
                    place: self.place.at(&format!("{at}:{last}")),
                    text: Message::new("import-header-merged").with("header", header),
                });
                continue;
            }
            let Some((head, power)) = known(cell.text()) else {
                if !header.is_empty() {
                    unread.push(header);
                }
                continue;
            };
            let column = Column {
                at: cell.column,
                header: header.clone(),
                power,
            };
            if let Some(first) = self.columns.get(&head) {
                refused.push(Refused {
                    place: self.place.at(&at),
                    text: Message::new("import-header-twice")
                        .with("header", header)
                        .with("first", cell_name(first.at, number)),
                });
                continue;
            }
            self.columns.insert(head, column);
        }
        if !unread.is_empty() {
            let names = list(unread.iter().map(String::as_str));
            let text = Message::new("import-columns-unread").with("columns", names);
            self.notices.push(text);
        }
        // A map that names a column which is not there is a mistake, not a missing value.
        for head in self.map.named() {
            if !self.columns.contains_key(&head) && kind.heads().contains(&head) {
                refused.push(Refused {
                    place: self.place.whole(),
                    text: Message::new("import-map-column").with("column", head.id()),
                });
            }
        }
        if refused.is_empty() {
            Ok(())
        } else {
            Err(refused)
        }
    }

    /// Every column without which nothing can be told is there, or the map gives its value.
    fn complete(&self, kind: Kind) -> Result<(), Vec<Refused>> {
        let has = |head: &Head| self.columns.contains_key(head) || self.map.value(*head).is_some();
        let missing: Vec<Refused> = kind
            .needed()
            .into_iter()
            .filter(|group| !group.iter().any(has))
            .map(|group| {
                let words = |language| {
                    let names: Vec<String> = group.iter().map(|h| h.shown(language)).collect();
                    names.join(" / ")
                };
                let both = format!("{} ({})", words(Language::ZhTw), words(Language::En));
                Refused {
                    place: self.place.whole(),
                    text: Message::new("import-column-missing").with("column", both),
                }
            })
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(missing)
        }
    }

    /// Whether a column is there.
    pub fn has(&self, head: Head) -> bool {
        self.columns.contains_key(&head)
    }
    /// Power of ten of an amount's unit, when anything names it.
    pub fn power(&self, head: Head) -> Option<u32> {
        let own = self.columns.get(&head).and_then(|column| column.power);
        own.or(self.power).or(self.map.power)
    }
    /// Where a row's cell stands: `工作表1!C7`.
    pub fn place(&self, row: &Row, head: Head) -> String {
        match (self.columns.get(&head), &self.place) {
            (Some(column), Place::Records) => self.place.at(&format!(
                "[{}].{}",
                row.number.saturating_sub(2),
                column.header
            )),
            (Some(column), Place::Sheet(_)) => self.place.at(&cell_name(column.at, row.number)),
            (None, Place::Records) => self
                .place
                .at(&format!("[{}]", row.number.saturating_sub(2))),
            (None, Place::Sheet(_)) => self.place.at(&row.number.to_string()),
        }
    }
    /// Name of the sheet or file.
    pub fn name(&self) -> String {
        self.place.whole()
    }

    /// What stands in a row's cell, cleaned, with the map's names and values; `None` for nothing.
    /// Errors, formulas without a result and merged cells are refused.
    pub fn text(&self, row: &Row, head: Head) -> Result<Option<String>, Refused> {
        let own = self
            .columns
            .get(&head)
            .and_then(|column| row.cells.iter().find(|c| c.column == column.at));
        let refused = |text: Message| Refused {
            place: self.place(row, head),
            text,
        };
        let text = match own {
            None => None,
            Some(cell) => {
                let problem = match &cell.value {
                    Value::Error(error) => {
                        Some(Message::new("import-error-cell").with("error", clean(error)))
                    }
                    Value::Uncalculated => Some(Message::new("import-uncalculated")),
                    Value::Rounded(text) => {
                        Some(Message::new("import-too-exact").with("text", clean(text)))
                    }
                    Value::Text(_) if cell.spans != (1, 1) => Some(Message::new("import-merged")),
                    Value::Text(_) => None,
                };
                if let Some(problem) = problem {
                    return Err(refused(problem));
                }
                Some(clean(cell.text()).trim().to_owned()).filter(|text| !text.is_empty())
            }
        };
        Ok(match text {
            Some(text) => Some(self.map.name(&text).to_owned()),
            None => self.map.value(head).map(str::to_owned),
        })
    }

    /// Whether one of the row's first texts says that it is a total.
    pub fn is_total(&self, row: &Row) -> bool {
        [Head::Programme, Head::Title, Head::Agency]
            .iter()
            .any(|head| {
                let text = self.text(row, *head).ok().flatten();
                text.is_some_and(|text| is_word("import-total", &text))
            })
    }
}

impl Place {
    fn at(&self, cell: &str) -> String {
        match self {
            Place::Sheet(name) => format!("{name}!{cell}"),
            Place::Records => format!("$.result.records{cell}"),
        }
    }
    fn whole(&self) -> String {
        match self {
            Place::Sheet(name) => name.clone(),
            Place::Records => "$.result.records".to_owned(),
        }
    }
}

fn is_blank(cell: &Cell) -> bool {
    cell.value != Value::Uncalculated && cell.text().trim().is_empty()
}

/// The power of ten that a line above the table names: 單位：新臺幣千元.
fn unit_above(text: &str) -> Option<u32> {
    let folded = fold_width(text);
    let (before, unit) = folded.split_once(':')?;
    let before = before.trim().trim_start_matches('(');
    is_word("import-unit-label", before)
        .then(|| unit_power(unit))
        .flatten()
}
