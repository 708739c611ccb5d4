//! XLSX: the sheets, texts and formats of a workbook, and the rows of one sheet as a stream.
//!
//! Numbers are taken as the file writes them. What a style is looked at for is whether a number is
//! a day or a percentage.

use super::cell::{Cell, MAX_COLUMN, MAX_ROW, Value, day, number, place};
use super::xml::{Node, Xml, attribute, local_attribute};
use super::{Line, Rows, SheetName, broken};
use crate::archive::Archive;
use quarterdeck_kpi::message::Message;
use std::collections::HashMap;

/// Largest text of all cells together, and most of them: they are all in memory.
const MAX_STRINGS: (usize, usize) = (16 << 20, 1_000_000);
/// Most areas of merged cells, formats and sheets.
const MAX_ITEMS: usize = 20_000;
/// Largest part that describes the others.
const MAX_PART: u64 = 8 << 20;

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Format {
    #[default]
    Plain,
    Percent,
    Day,
}

/// A workbook whose sheets can be read.
pub(super) struct Workbook {
    pub sheets: Vec<SheetName>,
    parts: Vec<String>,
    is_1904: bool,
    formats: Vec<Format>,
    strings: Strings,
}

/// The texts of a workbook, one after the other.
#[derive(Default)]
struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    fn push(&mut self, text: &str) -> Result<(), Message> {
        if self.text.len() + text.len() > MAX_STRINGS.0 || self.ends.len() >= MAX_STRINGS.1 {
            return Err(Message::new("source-sheet-too-many-texts")
                .with("bytes", MAX_STRINGS.0)
                .with("texts", MAX_STRINGS.1));
        }
        self.text.push_str(text);
        self.ends
            .push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        Ok(())
    }
    fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = match index {
            0 => 0,
            _ => *self.ends.get(index - 1)? as usize,
        };
        self.text.get(start..end)
    }
}

/// The attributes of an element, by their names without prefix.
type Attributes<'a> = dyn Fn(&str) -> Option<String> + 'a;
/// What is done with an element of this name.
type Each<'a> = dyn FnMut(&str, &Attributes<'_>) -> Result<(), Message> + 'a;
/// Rows and columns that a cell is merged over, by its row and column.
type Spans = HashMap<(u32, u32), (u32, u32)>;

/// Calls `each` for every element of a part that is there; `parts` of a file may be missing.
fn elements(archive: &mut Archive<'_>, part: &str, each: &mut Each<'_>) -> Result<bool, Message> {
    let Some(index) = archive.find(part) else {
        return Ok(false);
    };
    if archive.entries[index].bytes > MAX_PART {
        return Err(broken(part));
    }
    let mut xml = Xml::new(archive.part(index)?);
    loop {
        match xml.next()? {
            Node::Start(start) => {
                let value = |name: &str| local_attribute(&start, name);
                each(start.local_name().as_ref(), &value)?;
            }
            Node::End | Node::Text(_) => {}
            Node::Eof => return Ok(true),
        }
    }
}

/// Where a relationship leads, seen from the folder of the part it belongs to.
fn target(folder: &str, path: &str) -> String {
    match path.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => {
            let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
            for part in path.split('/') {
                match part {
                    ".." => {
                        parts.pop();
                    }
                    "." | "" => {}
                    part => parts.push(part),
                }
            }
            parts.join("/")
        }
    }
}

/// Kind and place of each relationship of a part, by its id.
fn relations(
    archive: &mut Archive<'_>,
    part: &str,
) -> Result<HashMap<String, (String, String)>, Message> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let slash = if folder.is_empty() { "" } else { "/" };
    let place = format!("{folder}{slash}_rels/{file}.rels");
    let mut out = HashMap::new();
    elements(archive, &place, &mut |name, value| {
        if name == "Relationship"
            && let (Some(id), Some(kind), Some(to)) = (value("Id"), value("Type"), value("Target"))
            && out.len() < MAX_ITEMS
        {
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            out.insert(id, (kind, target(folder, &to)));
        }
        Ok(())
    })?;
    Ok(out)
}

impl Workbook {
    pub fn open(archive: &mut Archive<'_>) -> Result<Workbook, Message> {
        let book = relations(archive, "")?
            .into_values()
            .find(|(kind, _)| kind == "officeDocument")
            .map_or_else(|| "xl/workbook.xml".to_owned(), |(_, to)| to);
        let related = relations(archive, &book)?;
        let part = |kind: &str| {
            let mut found = related.values().filter(|(k, _)| k == kind);
            found.next().map(|(_, to)| to.clone())
        };
        let mut is_1904 = false;
        let (mut sheets, mut parts) = (Vec::new(), Vec::new());
        let found = elements(archive, &book, &mut |name, value| {
            let is_on = |text: String| matches!(text.as_str(), "1" | "true");
            if name == "workbookPr" {
                is_1904 = value("date1904").is_some_and(is_on);
            }
            if name == "sheet"
                && let (Some(name), Some(id)) = (value("name"), value("id"))
                && let Some((kind, to)) = related.get(&id)
                && kind == "worksheet"
                && sheets.len() < MAX_ITEMS
            {
                let is_hidden = value("state").is_some_and(|state| state != "visible");
                sheets.push(SheetName { name, is_hidden });
                parts.push(to.clone());
            }
            Ok(())
        })?;
        if !found {
            return Err(broken(&book));
        }
        let formats = match part("styles") {
            Some(styles) => formats(archive, &styles)?,
            None => Vec::new(),
        };
        let strings = match part("sharedStrings") {
            Some(place) => strings(archive, &place)?,
            None => Strings::default(),
        };
        Ok(Workbook {
            sheets,
            parts,
            is_1904,
            formats,
            strings,
        })
    }

    /// Hands over the rows of a sheet that have content.
    pub fn rows(
        &self,
        archive: &mut Archive<'_>,
        sheet: usize,
        rows: &mut Rows<'_>,
    ) -> Result<(), Message> {
        let part = self.parts.get(sheet).map_or("", String::as_str);
        let index = archive.find(part).ok_or_else(|| broken(part))?;
        // Which cells are merged stands after the cells, so the part is read twice.
        let merged = merged(Xml::new(archive.part(index)?))?;
        let mut xml = Xml::new(archive.part(index)?);
        let (mut row, mut column) = (0_u32, 0_u32);
        let mut line = Line::default();
        loop {
            match xml.next()? {
                Node::Start(start) if start.local_name().as_ref() == "row" => {
                    rows.take(row, &line)?;
                    line.clear();
                    let named = attribute(&start, "r").map(|text| text.parse().unwrap_or(0));
                    let next = named.unwrap_or(row + 1);
                    if next <= row || next > MAX_ROW {
                        return Err(Message::new("source-sheet-order").with("row", row));
                    }
                    (row, column) = (next, 0);
                }
                Node::Start(start) if start.local_name().as_ref() == "c" => {
                    let at = match attribute(&start, "r") {
                        None => (column + 1, row),
                        Some(text) => match place(&text) {
                            Some((column, Some(row))) => (column, row),
                            _ => (0, 0),
                        },
                    };
                    if at.0 <= column || at.0 > MAX_COLUMN || at.1 != row || row == 0 {
                        return Err(Message::new("source-sheet-order").with("row", row));
                    }
                    column = at.0;
                    let style = attribute(&start, "s").and_then(|text| text.parse().ok());
                    let format = self.formats.get(style.unwrap_or(0_usize)).copied();
                    let kind = attribute(&start, "t").unwrap_or_default();
                    if let Some(value) = self.cell(&mut xml, &kind, format.unwrap_or_default())? {
                        let spans = merged.get(&(row, column)).copied().unwrap_or((1, 1));
                        let cell = Cell {
                            column,
                            value,
                            spans,
                        };
                        line.push(row, cell)?;
                    }
                }
                Node::Start(_) | Node::End | Node::Text(_) => {}
                Node::Eof => return rows.take(row, &line),
            }
        }
    }

    /// The content of the cell that was just entered.
    fn cell<R: std::io::Read>(
        &self,
        xml: &mut Xml<R>,
        kind: &str,
        format: Format,
    ) -> Result<Option<Value>, Message> {
        let outside = xml.depth().saturating_sub(1);
        let (mut raw, mut inline, mut has_formula) = (String::new(), None, false);
        while xml.depth() > outside {
            let Node::Start(start) = xml.next()? else {
                continue;
            };
            match start.local_name().as_ref() {
                "v" => raw = xml.text(&[])?,
                "is" => inline = Some(xml.text(&["rPh"])?),
                "f" => {
                    has_formula = true;
                    xml.skip()?;
                }
                _ => xml.skip()?,
            }
        }
        if let Some(text) = inline {
            return Ok(Some(Value::Text(text)).filter(|_| kind == "inlineStr"));
        }
        let is_empty = raw.trim().is_empty();
        Ok(match kind {
            // A formula may well give an empty text.
            "str" if is_empty => None,
            "str" => Some(Value::Text(raw)),
            _ if is_empty => has_formula.then_some(Value::Uncalculated),
            "s" => {
                let index = raw.trim().parse().ok();
                let text = index.and_then(|index| self.strings.get(index));
                Some(Value::Text(
                    text.ok_or_else(|| broken(raw.trim()))?.to_owned(),
                ))
            }
            "b" => Some(Value::Text(
                match raw.trim() {
                    "0" | "false" => "FALSE",
                    _ => "TRUE",
                }
                .to_owned(),
            )),
            "e" => Some(Value::Error(raw)),
            "d" => Some(Value::Text(super::iso_day(&raw))),
            _ => Some(match format {
                Format::Day => day(&raw, self.is_1904),
                Format::Percent => number(&raw, true),
                Format::Plain => number(&raw, false),
            }),
        })
    }
}

/// The texts that cells refer to.
fn strings(archive: &mut Archive<'_>, part: &str) -> Result<Strings, Message> {
    let mut out = Strings::default();
    let Some(index) = archive.find(part) else {
        return Ok(out);
    };
    let mut xml = Xml::new(archive.part(index)?);
    loop {
        match xml.next()? {
            Node::Start(start) if start.local_name().as_ref() == "si" => {
                // Readings of Chinese characters are no part of the text.
                let text = xml.text(&["rPh"])?;
                out.push(&text)?;
            }
            Node::Start(_) | Node::End | Node::Text(_) => {}
            Node::Eof => return Ok(out),
        }
    }
}

/// The merged cells of a sheet.
fn merged<R: std::io::Read>(mut xml: Xml<R>) -> Result<Spans, Message> {
    let mut out = HashMap::new();
    loop {
        match xml.next()? {
            Node::Start(start) if start.local_name().as_ref() == "mergeCell" => {
                let area = attribute(&start, "ref").unwrap_or_default();
                let (from, to) = area.split_once(':').unwrap_or((&area, &area));
                if let (Some((left, Some(top))), Some((right, Some(bottom)))) =
                    (place(from), place(to))
                    && right >= left
                    && bottom >= top
                {
                    if out.len() >= MAX_ITEMS {
                        return Err(Message::new("source-sheet-merged").with("limit", MAX_ITEMS));
                    }
                    out.insert((top, left), (bottom - top + 1, right - left + 1));
                }
            }
            Node::Start(_) | Node::End | Node::Text(_) => {}
            Node::Eof => return Ok(out),
        }
    }
}

/// How the numbers of each style are shown.
fn formats(archive: &mut Archive<'_>, part: &str) -> Result<Vec<Format>, Message> {
    let mut codes: HashMap<u32, Format> = HashMap::new();
    let mut out = Vec::new();
    let mut in_cells = false;
    elements(archive, part, &mut |name, value| {
        let number = |text: Option<String>| text.and_then(|text| text.parse::<u32>().ok());
        match name {
            "numFmt" => {
                if let (Some(id), Some(code)) = (number(value("numFmtId")), value("formatCode"))
                    && codes.len() < MAX_ITEMS
                {
                    codes.insert(id, written(&code));
                }
            }
            "cellXfs" => in_cells = true,
            "cellStyles" | "dxfs" => in_cells = false,
            "xf" if in_cells && out.len() < MAX_ITEMS => {
                let id = number(value("numFmtId")).unwrap_or_default();
                out.push(codes.get(&id).copied().unwrap_or_else(|| built_in(id)));
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(out)
}

/// Formats that every spreadsheet program knows by number; 27 to 36 and 50 to 58 are days in
/// Chinese.
fn built_in(id: u32) -> Format {
    match id {
        9 | 10 => Format::Percent,
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Format::Day,
        _ => Format::Plain,
    }
}

/// What a format code says, its quoted texts, colours and conditions aside.
fn written(code: &str) -> Format {
    let mut bare = String::new();
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => while letters.next().is_some_and(|c| c != '"') {},
            '[' => while letters.next().is_some_and(|c| c != ']') {},
            '\\' | '_' | '*' => {
                letters.next();
            }
            // Negative numbers and texts follow.
            ';' => break,
            other => bare.push(other.to_ascii_lowercase()),
        }
    }
    let has = |letter: char| bare.contains(letter);
    let is_number = bare.contains(['0', '#', '?']) && !has('y');
    if bare.contains("general") || is_number {
        return if has('%') {
            Format::Percent
        } else {
            Format::Plain
        };
    }
    let is_day = has('y') || has('d') || has('e') || (has('m') && !bare.contains(['h', 's', ':']));
    match (has('%'), is_day) {
        (true, _) => Format::Percent,
        (false, true) => Format::Day,
        (false, false) => Format::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_tell_days_and_percentages_from_other_numbers() {
        for (code, expected) in [
            ("0.00%", Format::Percent),
            ("0.0\\ %;[Red]-0.0%", Format::Percent),
            ("General", Format::Plain),
            ("0.00E+00", Format::Plain),
            ("#,##0\"元/day\"", Format::Plain),
            ("yyyy/m/d", Format::Day),
            ("[$-404]e/m/d", Format::Day),
            ("[$-411]ggge\"年\"m\"月\"d\"日\"", Format::Day),
            ("m\"月\"", Format::Day),
            ("yyyy-mm-dd hh:mm:ss.000", Format::Day),
            ("yyyy-mm-dd hh:mm", Format::Day),
            ("hh:mm:ss", Format::Plain),
            ("[h]:mm", Format::Plain),
            ("\"100%\"0", Format::Plain),
        ] {
            assert_eq!(written(code), expected, "{code}");
        }
    }

    #[test]
    fn relationships_are_seen_from_their_folder() {
        assert_eq!(
            target("xl", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(target("xl", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(
            target("xl/worksheets", "../tables/t1.xml"),
            "xl/tables/t1.xml"
        );
        assert_eq!(target("", "xl/workbook.xml"), "xl/workbook.xml");
    }
}
