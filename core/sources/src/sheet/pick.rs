//! Which part of a file is the table: `[sheet]` of a source file.

use super::SheetName;
use super::cell::place;
use crate::notice::{list, nearest, quote};
use quarterdeck_kpi::message::Message;
use serde::{Deserialize, Serialize};

/// The table `[sheet]` of a source file: which sheet, and where its table stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetConfig {
    /// Name of the sheet; needed for a hidden one.
    #[serde(default)]
    pub name: Option<String>,
    /// Place of the sheet instead, counted from 1.
    #[serde(default)]
    pub index: Option<u32>,
    /// Row of the header, counted from 1 as the spreadsheet program does; default the first row
    /// with content.
    #[serde(default)]
    pub header_row: Option<u32>,
    /// Rows of the header; their texts are put together with a space. Default 1.
    #[serde(default)]
    pub header_rows: Option<u32>,
    /// Cells that are looked at: `B4:H40`, or columns only: `B:H`. It begins with the header unless
    /// `header_row` says otherwise.
    #[serde(default)]
    pub range: Option<String>,
}

/// Columns and rows that are looked at, from 1, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub columns: (u32, u32),
    pub rows: (u32, u32),
}

impl SheetConfig {
    /// The cells that are looked at.
    pub(super) fn area(&self) -> Result<Area, Message> {
        let all = Area {
            columns: (1, u32::MAX),
            rows: (1, u32::MAX),
        };
        let Some(range) = &self.range else {
            return Ok(all);
        };
        let wrong = || Message::new("source-sheet-range").with("range", quote(range));
        let (from, to) = range.split_once(':').ok_or_else(wrong)?;
        let (left, top) = place(&from.replace('$', "")).ok_or_else(wrong)?;
        let (right, bottom) = place(&to.replace('$', "")).ok_or_else(wrong)?;
        let area = Area {
            columns: (left, right),
            rows: (top.unwrap_or(1), bottom.unwrap_or(u32::MAX)),
        };
        if left > right || area.rows.0 > area.rows.1 {
            return Err(wrong());
        }
        Ok(area)
    }

    /// What is wrong with the table, for a check without any file.
    pub(crate) fn problems(&self, out: &mut Vec<Message>) {
        out.extend(self.area().err());
        if self.name.is_some() && self.index.is_some() {
            out.push(Message::new("source-sheet-name-and-index"));
        }
        let bad = |key: &'static str, value: u32| {
            Message::new("source-key-value")
                .with("key", key)
                .with("value", value)
        };
        for (key, value) in [
            ("sheet.index", self.index),
            ("sheet.header_row", self.header_row),
        ] {
            out.extend(
                value
                    .filter(|value| *value == 0)
                    .map(|value| bad(key, value)),
            );
        }
        let rows = self.header_rows.filter(|rows| !(1..=5).contains(rows));
        out.extend(rows.map(|rows| bad("sheet.header_rows", rows)));
    }
}

/// The sheet that is meant. One that is hidden must be named, and one of several must be chosen:
/// a sheet that somebody puts in front must not change a figure.
pub(super) fn sheet(config: &SheetConfig, sheets: &[SheetName]) -> Result<usize, Message> {
    let names = || list(sheets.iter().map(|sheet| sheet.name.as_str()));
    if let Some(wanted) = &config.name {
        let same = |sheet: &SheetName| sheet.name.trim() == wanted.trim();
        if let Some(found) = sheets.iter().position(same) {
            return Ok(found);
        }
        let near = nearest(wanted, sheets.iter().map(|sheet| sheet.name.as_str()));
        return Err(match near {
            Some(near) => Message::new("source-sheet-renamed").with("near", quote(near)),
            None => Message::new("source-sheet-missing"),
        }
        .with("name", quote(wanted))
        .with("sheets", names()));
    }
    let visible: Vec<usize> = (0..sheets.len())
        .filter(|index| !sheets[*index].is_hidden)
        .collect();
    if let Some(wanted) = config.index {
        let index = (wanted as usize).wrapping_sub(1);
        return match sheets.get(index) {
            None => Err(Message::new("source-sheet-index")
                .with("index", wanted)
                .with("sheets", names())),
            Some(sheet) if sheet.is_hidden => {
                Err(Message::new("source-sheet-hidden").with("name", quote(&sheet.name)))
            }
            Some(_) => Ok(index),
        };
    }
    match visible.as_slice() {
        [only] => Ok(*only),
        [] if sheets.is_empty() => Err(Message::new("source-sheet-none")),
        [] => Err(Message::new("source-sheet-hidden").with("name", names())),
        several => {
            let names = several.iter().map(|index| sheets[*index].name.as_str());
            Err(Message::new("source-sheet-several").with("sheets", list(names)))
        }
    }
}
