//! ODS: the sheets of a spreadsheet, and the rows of one of them as a stream.
//!
//! A cell carries its value beside what is shown (`office:value`), and may stand for a million
//! cells (`number-columns-repeated`): blank ones are passed over, others only while a table might
//! mean it.

use super::cell::{Cell, MAX_COLUMN, MAX_ROW, Value, number};
use super::xml::{Node, Xml, attribute, check_text};
use super::{Line, Rows, SheetName, broken, iso_day};
use crate::archive::Archive;
use quarterdeck_kpi::message::Message;
use quick_xml::events::BytesStart;
use std::collections::HashSet;
use std::io::Read;

/// Equal cells or rows with content in a row, at most.
const MAX_REPEATED: u32 = 1_000;
/// Most sheets and styles of sheets.
const MAX_ITEMS: usize = 20_000;

fn content(archive: &mut Archive<'_>) -> Result<Xml<impl Read>, Message> {
    let name = "content.xml";
    let index = archive.find(name).ok_or_else(|| broken(name))?;
    Ok(Xml::new(archive.part(index)?))
}

/// Whether the parts are encrypted.
pub(super) fn is_encrypted(archive: &mut Archive<'_>) -> Result<bool, Message> {
    let Some(index) = archive.find("META-INF/manifest.xml") else {
        return Ok(false);
    };
    let mut xml = Xml::new(archive.part(index)?);
    loop {
        match xml.next()? {
            Node::Start(start) if start.local_name().as_ref() == "encryption-data" => {
                return Ok(true);
            }
            Node::Start(_) | Node::End | Node::Text(_) => {}
            Node::Eof => return Ok(false),
        }
    }
}

fn is_hidden(properties: &BytesStart<'_>) -> bool {
    attribute(properties, "table:display").is_some_and(|text| text == "false")
}

/// Names of the sheets in their order.
pub(super) fn sheets(archive: &mut Archive<'_>) -> Result<Vec<SheetName>, Message> {
    let mut xml = content(archive)?;
    let mut hidden = HashSet::new();
    let mut out: Vec<SheetName> = Vec::new();
    let mut style = None;
    let mut body = None;
    loop {
        let start = match xml.next()? {
            Node::Start(start) => start,
            Node::End | Node::Text(_) => continue,
            Node::Eof => return Ok(out),
        };
        match start.local_name().as_ref() {
            "style" => style = attribute(&start, "style:name"),
            "table-properties" if is_hidden(&start) && hidden.len() < MAX_ITEMS => {
                hidden.extend(style.take());
            }
            "spreadsheet" => body = Some(xml.depth() + 1),
            "table" if body == Some(xml.depth()) => {
                let used = attribute(&start, "table:style-name").unwrap_or_default();
                if out.len() < MAX_ITEMS {
                    out.push(SheetName {
                        name: attribute(&start, "table:name").unwrap_or_default(),
                        is_hidden: hidden.contains(&used),
                    });
                }
                xml.skip()?;
            }
            _ => {}
        }
    }
}

/// Hands over the rows of a sheet that have content.
pub(super) fn rows(
    archive: &mut Archive<'_>,
    sheet: usize,
    rows: &mut Rows<'_>,
) -> Result<(), Message> {
    let mut xml = content(archive)?;
    let mut body = None;
    let mut seen = 0;
    loop {
        let start = match xml.next()? {
            Node::Start(start) => start,
            Node::End | Node::Text(_) => continue,
            Node::Eof => return Ok(()),
        };
        match start.local_name().as_ref() {
            "spreadsheet" => body = Some(xml.depth() + 1),
            "table" if body == Some(xml.depth()) => {
                if seen == sheet {
                    return table(&mut xml, rows);
                }
                seen += 1;
                xml.skip()?;
            }
            _ => {}
        }
    }
}

fn repeated(start: &BytesStart<'_>, name: &str) -> u32 {
    attribute(start, name)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1)
        .max(1)
}

/// The rows of the table that was just entered.
fn table<R: Read>(xml: &mut Xml<R>, rows: &mut Rows<'_>) -> Result<(), Message> {
    let outside = xml.depth().saturating_sub(1);
    let mut row = 1_u32;
    let mut line = Line::default();
    while xml.depth() > outside {
        let start = match xml.next()? {
            Node::Start(start) => start,
            Node::End | Node::Text(_) => continue,
            Node::Eof => break,
        };
        match start.local_name().as_ref() {
            "table-row" => {
                let times = repeated(&start, "table:number-rows-repeated");
                line.clear();
                read_row(xml, row, &mut line)?;
                if !line.cells().is_empty() {
                    if times > MAX_REPEATED {
                        return Err(too_often(row, times));
                    }
                    if row.saturating_add(times - 1) > MAX_ROW {
                        return Err(Message::new("source-sheet-order").with("row", row));
                    }
                    for at in row..row + times {
                        rows.take(at, &line)?;
                    }
                }
                row = row.saturating_add(times);
            }
            // Groups of rows hold rows; drawings and the like do not.
            "table-row-group" | "table-rows" | "table-header-rows" => {}
            _ => xml.skip()?,
        }
    }
    Ok(())
}

fn too_often(row: u32, times: u32) -> Message {
    Message::new("source-sheet-repeated")
        .with("row", row)
        .with("times", times)
        .with("limit", MAX_REPEATED)
}

fn read_row<R: Read>(xml: &mut Xml<R>, row: u32, line: &mut Line) -> Result<(), Message> {
    let outside = xml.depth().saturating_sub(1);
    let mut column = 1_u32;
    while xml.depth() > outside {
        let start = match xml.next()? {
            Node::Start(start) => start,
            Node::End | Node::Text(_) => continue,
            Node::Eof => break,
        };
        let times = repeated(&start, "table:number-columns-repeated");
        let value = match start.local_name().as_ref() {
            "table-cell" => read_cell(xml, &start)?,
            // What lies under a merged cell is not shown.
            "covered-table-cell" => {
                xml.skip()?;
                None
            }
            _ => {
                xml.skip()?;
                continue;
            }
        };
        if let Some(value) = value {
            if times > MAX_REPEATED {
                return Err(too_often(row, times));
            }
            let spans = (
                repeated(&start, "table:number-rows-spanned"),
                repeated(&start, "table:number-columns-spanned"),
            );
            for column in column..column.saturating_add(times).min(MAX_COLUMN + 1) {
                let cell = Cell {
                    column,
                    value: value.clone(),
                    spans,
                };
                line.push(row, cell)?;
            }
        }
        column = column.saturating_add(times);
    }
    Ok(())
}

/// The content of the cell that was just entered.
fn read_cell<R: Read>(xml: &mut Xml<R>, start: &BytesStart<'_>) -> Result<Option<Value>, Message> {
    let outside = xml.depth().saturating_sub(1);
    let mut shown: Option<String> = None;
    while xml.depth() > outside {
        let inner = match xml.next()? {
            Node::Start(inner) => inner,
            Node::End | Node::Text(_) => continue,
            Node::Eof => break,
        };
        if inner.local_name().as_ref() == "p" {
            let text = paragraph(xml)?;
            match &mut shown {
                None => shown = Some(text),
                Some(shown) => {
                    shown.push('\n');
                    shown.push_str(&text);
                    check_text(shown)?;
                }
            }
        } else {
            // A comment or a drawing.
            xml.skip()?;
        }
    }
    let shown = shown.unwrap_or_default();
    let has_formula = attribute(start, "table:formula").is_some();
    let is_error = attribute(start, "calcext:value-type").is_some_and(|kind| kind == "error");
    if is_error || (has_formula && is_error_text(&shown)) {
        return Ok(Some(Value::Error(shown)));
    }
    let value = attribute(start, "office:value");
    let kind = attribute(start, "office:value-type").unwrap_or_default();
    Ok(match (kind.as_str(), value) {
        ("float" | "currency", Some(raw)) => Some(number(&raw, false)),
        ("percentage", Some(raw)) => Some(number(&raw, true)),
        ("date", _) => {
            let day = attribute(start, "office:date-value");
            day.map(|text| Value::Text(iso_day(&text)))
        }
        ("time", _) => attribute(start, "office:time-value").map(Value::Text),
        ("boolean", _) => attribute(start, "office:boolean-value")
            .map(|text| Value::Text(text.to_ascii_uppercase())),
        ("", _) if has_formula && shown.is_empty() => Some(Value::Uncalculated),
        _ => {
            let text = if shown.is_empty() {
                attribute(start, "office:string-value").unwrap_or_default()
            } else {
                shown
            };
            (!text.is_empty()).then_some(Value::Text(text))
        }
    })
}

/// The text of a paragraph; spaces, tabs and line breaks are elements in it.
fn paragraph<R: Read>(xml: &mut Xml<R>) -> Result<String, Message> {
    let outside = xml.depth().saturating_sub(1);
    let mut out = String::new();
    while xml.depth() > outside {
        match xml.next()? {
            Node::Text(text) => out.push_str(&text),
            Node::Start(start) => match start.local_name().as_ref() {
                "s" => {
                    let spaces = repeated(&start, "text:c").min(MAX_REPEATED);
                    out.extend(std::iter::repeat_n(' ', spaces as usize));
                }
                "tab" => out.push('\t'),
                "line-break" => out.push('\n'),
                "annotation" | "note" | "ruby-text" => xml.skip()?,
                _ => {}
            },
            Node::End => {}
            Node::Eof => break,
        }
        check_text(&out)?;
    }
    Ok(out)
}

/// Errors as spreadsheet programs show them.
fn is_error_text(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("Err:")
        || [
            "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!",
        ]
        .contains(&text)
}
