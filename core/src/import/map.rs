//! A field map: which column is which where headers are not known words, what holds for every row,
//! and which value of the table stands for which id.

use super::head::{Head, Kind, unit_power};
use crate::failure::Failure;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::{clean, fold_for_search};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// Largest map in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    /// Our word = header of the table.
    #[serde(default)]
    columns: BTreeMap<String, String>,
    /// Our word = what holds for every row.
    #[serde(default)]
    values: BTreeMap<String, toml::Value>,
    /// Text of a cell = what it stands for.
    #[serde(default)]
    names: BTreeMap<String, String>,
}

/// A map that was read.
#[derive(Debug, Default)]
pub struct FieldMap {
    columns: Vec<(Head, String)>,
    values: BTreeMap<Head, String>,
    names: BTreeMap<String, String>,
    /// Unit of amounts whose header names none, as power of ten.
    pub(super) power: Option<u32>,
    /// Name and bytes of the file.
    pub(super) file: Option<(String, Vec<u8>)>,
}

impl FieldMap {
    /// Reads a map for a kind of table.
    pub fn read(path: &Path, kind: Kind) -> Result<FieldMap, Failure> {
        let shown = clean(&path.to_string_lossy());
        let wrong = |message: Message| Failure::usage(message).at(shown.clone());
        let unreadable = |detail: String| {
            wrong(
                Message::new("import-unreadable")
                    .with("file", shown.as_str())
                    .with("detail", clean(&detail)),
            )
        };
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
            .map_err(|error| unreadable(error.to_string()))?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(wrong(
                Message::new("source-too-large").with("bytes", MAX_BYTES),
            ));
        }
        let text =
            std::str::from_utf8(&bytes).map_err(|_| wrong(Message::new("check-not-utf8")))?;
        let mut map = FieldMap::parse(text, kind).map_err(wrong)?;
        let name = path.file_name().map(|name| name.to_string_lossy());
        map.file = Some((clean(&name.unwrap_or_default()), bytes));
        Ok(map)
    }

    /// Understands the text of a map.
    pub fn parse(text: &str, kind: Kind) -> Result<FieldMap, Message> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let raw: Raw = toml::from_str(text)
            .map_err(|error| Message::new("check-syntax").with("detail", clean(error.message())))?;
        let heads = kind.heads();
        let head = |word: &str| {
            heads
                .iter()
                .copied()
                .find(|head| head.id() == word)
                .ok_or_else(|| {
                    let known: Vec<String> = heads.iter().map(|head| head.id()).collect();
                    Message::new("import-map-word")
                        .with("word", clean(word))
                        .with("known", known.join(", "))
                })
        };
        let mut map = FieldMap::default();
        for (word, header) in raw.columns {
            map.columns.push((head(&word)?, fold_for_search(&header)));
        }
        for (word, value) in raw.values {
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Datetime(day) => day.to_string(),
                _ => {
                    return Err(Message::new("import-map-value").with("word", clean(&word)));
                }
            };
            if word == "unit" && kind == Kind::Budget {
                map.power = Some(unit_power(&value).ok_or_else(|| {
                    Message::new("import-unit-unknown").with("unit", clean(&value))
                })?);
                continue;
            }
            map.values.insert(head(&word)?, value);
        }
        map.names = raw
            .names
            .into_iter()
            .map(|(text, id)| (fold_for_search(&text), id))
            .collect();
        Ok(map)
    }

    /// The column that the map says a header is.
    pub(super) fn head_of(&self, header: &str) -> Option<(Head, Option<u32>)> {
        let folded = fold_for_search(header);
        let found = self.columns.iter().find(|(_, name)| *name == folded);
        found.map(|(head, _)| (*head, super::head::without_unit(header).1))
    }
    /// The columns that the map names.
    pub(super) fn named(&self) -> impl Iterator<Item = Head> {
        self.columns.iter().map(|(head, _)| *head)
    }
    /// What holds for every row.
    pub(super) fn value(&self, head: Head) -> Option<&str> {
        self.values.get(&head).map(String::as_str)
    }
    /// What a text of a cell stands for.
    pub(super) fn name<'a>(&'a self, text: &'a str) -> &'a str {
        self.names
            .get(&fold_for_search(text))
            .map_or(text, String::as_str)
    }
}
