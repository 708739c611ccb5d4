//! Rows of XML: the awards of government procurement, in files of half a month each.
//!
//! Rows are the elements that `[procurement]` names, `TENDER` unless it says otherwise. Their
//! columns are the elements inside, nested ones joined with `/`; attributes are `@name` of the row
//! and `ELEMENT@name` of what is inside. A column that stands several times in one row keeps every
//! value, joined with `;`, so that no one of them is taken for the whole.

use crate::answer::{Context, Decoded, Refusal, Request};
use crate::config::SourceConfig;
use crate::figure::today;
use crate::named::{MAX_COLUMNS, NamedRows};
use crate::notice::{Notices, list, quote};
use crate::template::{FILE, fill};
use crate::xml::{self, Step};
use chrono::{Datelike, NaiveDate};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::{Read, Write};

/// Bytes of one row; more is an element that was never closed.
const MAX_ROW: usize = 1 << 20;
/// Names of elements that are kept for a message.
const MAX_SEEN: usize = 40;

/// Which files an answer comes in, and which of their elements are rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procurement {
    /// Files of one month, in order, with `{yyyymm}` in their names; they fill `{file}` in `url`.
    /// Without `{file}` there the address itself is the only file.
    #[serde(default = "half_months")]
    pub files: Vec<String>,
    /// Element of a row.
    #[serde(default = "tender")]
    pub row: String,
}

fn half_months() -> Vec<String> {
    vec![
        "award_{yyyymm}01.xml".to_owned(),
        "award_{yyyymm}02.xml".to_owned(),
    ]
}

fn tender() -> String {
    "TENDER".to_owned()
}

impl Default for Procurement {
    fn default() -> Self {
        Procurement {
            files: half_months(),
            row: tender(),
        }
    }
}

impl SourceConfig {
    /// The table `[procurement]`, written or not.
    pub(crate) fn procurement(&self) -> Procurement {
        self.procurement.as_deref().cloned().unwrap_or_default()
    }
    /// Whether the address stands for several files.
    fn has_files(&self) -> bool {
        self.url.as_deref().is_some_and(|url| url.contains(FILE))
    }
}

impl Procurement {
    /// The file at a place among those of a quarter, and the first day it can speak of.
    pub(crate) fn file(&self, quarter: Quarter, index: usize) -> Option<(String, NaiveDate)> {
        let each = self.files.len();
        let (month, part) = (index.checked_div(each)?, index.checked_rem(each)?);
        let first = quarter.start();
        let number = first.month() + u32::try_from(month).ok().filter(|month| *month < 3)?;
        // Files divide a month evenly: two of them begin on the 1st and on the 16th.
        let day = 1 + u32::try_from(part * 30 / each).ok()?;
        let begins = NaiveDate::from_ymd_opt(first.year(), number, day.min(28))?;
        let month = format!("{}{number:02}", first.year());
        Some((self.files.get(part)?.replace("{yyyymm}", &month), begins))
    }
}

/// The file after this one, unless it speaks of days to come.
fn next_request(config: &SourceConfig, context: &Context<'_>) -> Option<Request> {
    if !config.has_files() {
        return None;
    }
    let settings = config.procurement();
    let place = usize::try_from(context.page).ok()?;
    let (current, _) = settings.file(context.quarter, place)?;
    let (next, begins) = settings.file(context.quarter, place + 1)?;
    if begins > today(context) {
        return None;
    }
    let url = context.url?;
    let at = url.rfind(&current)?;
    let (before, after) = (url.get(..at)?, url.get(at + current.len()..)?);
    Some(Request {
        url: format!("{before}{next}{after}"),
        page: context.page + 1,
    })
}

/// Problems of the table `[procurement]` and of the address.
pub(crate) fn problems(config: &SourceConfig) -> Vec<Message> {
    let settings = config.procurement();
    let mut out = Vec::new();
    let bad = |key: &'static str, value: &str| {
        Message::new("source-key-value")
            .with("key", key)
            .with("value", quote(value))
    };
    if settings.row.trim().is_empty() {
        out.push(bad("procurement.row", &settings.row));
    }
    if settings.files.is_empty() || settings.files.len() > 31 {
        out.push(bad("procurement.files", &settings.files.join(" ")));
    }
    for file in &settings.files {
        let rest = file.replace("{yyyymm}", "");
        if rest == *file
            || fill(
                &rest,
                Quarter {
                    year: 2025,
                    number: 1,
                },
                None,
            ) != Ok(rest.clone())
        {
            out.push(bad("procurement.files", file));
        }
    }
    out
}

/// A row as it is being read.
#[derive(Default)]
struct Tender {
    cells: Vec<(String, String)>,
    places: HashMap<String, usize>,
    bytes: usize,
}

impl Tender {
    fn put(&mut self, name: &str, text: &str) -> Result<(), Message> {
        let text = text.trim();
        self.bytes += name.len() + text.len() + 1;
        if self.bytes > MAX_ROW {
            return Err(Message::new("source-xml-row-too-long").with("limit", MAX_ROW));
        }
        let place = self.places.get(name).copied();
        if let Some((_, kept)) = place.and_then(|place| self.cells.get_mut(place)) {
            kept.push(';');
            kept.push_str(text);
            return Ok(());
        }
        if self.cells.len() == MAX_COLUMNS {
            return Err(Message::new("source-too-many-columns")
                .with("columns", MAX_COLUMNS + 1)
                .with("limit", MAX_COLUMNS));
        }
        self.places.insert(name.to_owned(), self.cells.len());
        self.cells.push((name.to_owned(), text.to_owned()));
        Ok(())
    }
}

/// Decodes one file.
pub fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
) -> Result<Decoded, Refusal> {
    let mut notices = Notices::default();
    let settings = config.procurement();
    let mut document = xml::open(config, context, "XML", body, stored, &mut notices)?;
    let mut rows = NamedRows::new(config, context, &[]);
    let mut path: Vec<(String, String, bool)> = Vec::new();
    let mut tender: Option<(usize, Tender)> = None;
    let mut seen: Vec<String> = Vec::new();
    let mut number = context.rows_so_far;
    loop {
        let step = document.next()?;
        let refused = |message| document.refusal(message);
        match step {
            Step::Open(name, attributes) => {
                if tender.is_none() && name == settings.row {
                    let mut row = Tender::default();
                    for (key, value) in &attributes {
                        row.put(&format!("@{key}"), value).map_err(refused)?;
                    }
                    tender = Some((path.len(), row));
                } else if let Some((depth, row)) = &mut tender {
                    let column = column(&path, *depth, &name);
                    for (key, value) in &attributes {
                        row.put(&format!("{column}@{key}"), value)
                            .map_err(refused)?;
                    }
                } else if path.len() == 1 && seen.len() < MAX_SEEN && !seen.contains(&name) {
                    seen.push(name.clone());
                }
                if tender.is_none() {
                    document.outside_rows();
                }
                if let Some((_, _, has_inner)) = path.last_mut() {
                    *has_inner = true;
                }
                path.push((name, String::new(), false));
            }
            Step::Text(text) => {
                if tender.is_some()
                    && let Some((_, gathered, _)) = path.last_mut()
                {
                    if gathered.len() + text.len() > MAX_ROW {
                        let message = Message::new("source-xml-row-too-long");
                        return Err(refused(message.with("limit", MAX_ROW)));
                    }
                    gathered.push_str(&text);
                }
            }
            Step::Close => {
                let Some((name, text, has_inner)) = path.pop() else {
                    continue;
                };
                match tender.take() {
                    Some((depth, row)) if depth == path.len() => {
                        let ended = document.end_row();
                        ended.map_err(|message| document.refusal(message))?;
                        number += 1;
                        let cells = row.cells.iter().map(|(n, t)| (n.as_str(), t.as_str()));
                        let cells = rows
                            .lay(cells)
                            .map_err(|message| document.refusal(message))?;
                        rows.table.row(&cells, number);
                    }
                    Some((depth, mut row)) => {
                        // Spaces between elements are layout, not a value.
                        if !has_inner || !text.trim().is_empty() {
                            row.put(&column(&path, depth, &name), &text)
                                .map_err(refused)?;
                        }
                        tender = Some((depth, row));
                    }
                    None => {}
                }
            }
            Step::End => break,
        }
    }
    document.close(&mut notices);
    let count = rows.table.rows;
    if count == 0 && !seen.is_empty() {
        let message = Message::new("source-xml-no-rows")
            .with("row", quote(&settings.row))
            .with("seen", list(seen.iter().map(String::as_str)));
        return Err(document.refusal(message));
    }
    let next = next_request(config, context);
    if next.is_none() && context.rows_so_far + count == 0 && !config.allow_empty {
        return Err(document.refusal(Message::new("source-no-rows")));
    }
    let table = rows.finish().map_err(|message| document.refusal(message))?;
    let base = Decoded {
        rows: count,
        next,
        encoding: document.encoding,
        recipe: document.recipe(),
        ..Decoded::default()
    };
    let prefix = match config.has_files() {
        true => format!("rows={}, file={}; ", settings.row, context.page + 1),
        false => format!("rows={}; ", settings.row),
    };
    Ok(crate::end_of_rows(table, &prefix, None, notices, base))
}

/// The column of an element: the names from the row down to it.
fn column(path: &[(String, String, bool)], row: usize, name: &str) -> String {
    let mut out = String::new();
    for (outer, _, _) in path.get(row + 1..).unwrap_or_default() {
        out.push_str(outer);
        out.push('/');
    }
    out.push_str(name);
    out
}
