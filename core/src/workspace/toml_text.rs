//! TOML text to structs, with the line of every problem and numbers exactly as they are written.

use super::folder::safe as clean;
use super::{Problem, toml_missing, toml_words};
use chrono::{DateTime, NaiveDate, Utc};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::calendar::{self, Period};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::validation::Expression;
use quarterdeck_sources::config::MAP_KEYS;
use quarterdeck_sources::secret::is_reference;
use serde::Deserialize;
use serde::de::{self, DeserializeOwned, Deserializer, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A text with its place.
pub(super) type Word = Spanned<String>;

/// A file that was read, with what is needed to say on which line something stands.
#[derive(Debug)]
pub(super) struct File<T> {
    /// Relative path with `/`.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Its content.
    pub content: T,
}

impl<T> File<T> {
    /// The line of a place in the file.
    pub fn line(&self, place: Range<usize>) -> Option<usize> {
        Some(line_of(&self.text, place.start))
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    let end = offset.min(text.len());
    text.as_bytes()
        .iter()
        .take(end)
        .filter(|b| **b == b'\n')
        .count()
        + 1
}

/// Reads a file; every syntax error and every unknown key becomes a problem, not the first alone.
pub(super) fn read<T: DeserializeOwned>(
    name: &str,
    bytes: &[u8],
    problems: &mut Vec<Problem>,
) -> Option<File<T>> {
    let before = problems.len();
    read_known(name, bytes, problems).filter(|_| problems.len() == before)
}

/// The same without the keys that are unknown: what the rest of a file says while it is mended.
pub(super) fn read_known<T: DeserializeOwned>(
    name: &str,
    bytes: &[u8],
    problems: &mut Vec<Problem>,
) -> Option<File<T>> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        problems.push(Problem::error(name, None, Message::new("check-not-utf8")));
        return None;
    };
    // Editors on Windows put a byte order mark first.
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        for error in errors {
            let line = error.span().map(|s| line_of(text, s.start));
            let message = Message::new("check-syntax").with("detail", clean(error.message()));
            problems.push(Problem::error(name, line, message));
        }
        return None;
    }
    let mut root = root;
    let mut unknown = Vec::new();
    // Each round finds one unknown key and reads the rest without it; the cap bounds a hostile file.
    for _ in 0..200 {
        for (_, value) in root.get_mut().iter_mut() {
            keep_written(value.get_mut());
        }
        let error = match T::deserialize(toml::Deserializer::from(root)) {
            Ok(content) => {
                return Some(File {
                    name: name.to_owned(),
                    text: text.to_owned(),
                    content,
                });
            }
            Err(error) => error,
        };
        let line = error.span().map(|s| line_of(text, s.start));
        let (message, next) = explain(error.message());
        let unknown_key = message.id == "check-unknown-key";
        let all = match message.id == "check-missing-key" {
            true => toml_missing::missing(name, &DeTable::parse_recoverable(text).0),
            false => Vec::new(),
        };
        let named = |key: &str| {
            let key = quarterdeck_kpi::message::Arg::from(key);
            message.args.iter().any(|(_, arg)| *arg == key)
        };
        // The library tells of the first alone.
        let is_whole = all.iter().any(|(_, key)| named(key));
        for (place, key) in all {
            let line = Some(line_of(text, place.start));
            let message = Message::new("check-missing-key").with("key", key);
            problems.push(Problem::error(name, line, message));
        }
        if !is_whole {
            problems.push(Problem::error(name, line, message).next(next));
        }
        unknown.extend(error.span().filter(|_| unknown_key));
        root = DeTable::parse_recoverable(text).0;
        // The last that was found is taken out for the first time.
        let mut places = unknown.iter();
        let mut remove = |place| remove_key(root.get_mut(), place);
        if !unknown_key || !places.all(&mut remove) {
            return None;
        }
    }
    None
}

/// Numbers with a point and dates become the text that was written, so that no binary float and no
/// rounding is ever between the file and the exact decimal.
fn keep_written(value: &mut DeValue<'_>) {
    match value {
        DeValue::Float(number) => *value = DeValue::String(Cow::Owned(number.as_str().to_owned())),
        DeValue::Datetime(moment) => *value = DeValue::String(Cow::Owned(moment.to_string())),
        DeValue::Array(items) => items.iter_mut().for_each(|i| keep_written(i.get_mut())),
        DeValue::Table(items) => items
            .iter_mut()
            .for_each(|(_, i)| keep_written(i.get_mut())),
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Boolean(_) => {}
    }
}

fn remove_key(table: &mut DeTable<'_>, place: &Range<usize>) -> bool {
    let found = table.keys().find(|key| key.span() == *place).cloned();
    if let Some(key) = found {
        return table.remove(&key).is_some();
    }
    table
        .iter_mut()
        .any(|(_, value)| remove_inside(value.get_mut(), place))
}

fn remove_inside(value: &mut DeValue<'_>, place: &Range<usize>) -> bool {
    match value {
        DeValue::Table(table) => remove_key(table, place),
        DeValue::Array(items) => items
            .iter_mut()
            .any(|item| remove_inside(item.get_mut(), place)),
        _ => false,
    }
}

/// Marks errors of our own types inside serde's text: `@key:argument`.
const OWN: char = '@';

fn explain(text: &str) -> (Message, Option<Message>) {
    if let Some((id, written)) = text.strip_prefix(OWN).and_then(|t| t.split_once(':')) {
        let id = [
            "check-bad-number",
            "check-bad-period",
            "check-bad-date",
            "check-bad-instant",
            "check-not-a-reference",
            "check-expression-operand",
            "check-expression-operator",
            "check-expression-period",
            "check-expression-end",
            "check-expression-long",
        ]
        .into_iter()
        .find(|known| *known == id)
        .unwrap_or("check-unreadable");
        return (Message::new(id).with("value", clean(written)), None);
    }
    let mut quoted = text.split('`').skip(1).step_by(2);
    let word = quoted.next().unwrap_or_default();
    let known: Vec<&str> = quoted.collect();
    let id = if text.starts_with("unknown field") {
        "check-unknown-key"
    } else if text.starts_with("unknown variant") {
        "check-unknown-word"
    } else if text.starts_with("missing field") {
        return (
            Message::new("check-missing-key").with("key", clean(word)),
            None,
        );
    } else {
        return (toml_words::told(text), None);
    };
    let message = Message::new(id).with("key", clean(word));
    // A key of a map that stands above all maps, or behind another table.
    let is_source = known.contains(&"schedule") && known.contains(&"personal_fields");
    if id == "check-unknown-key" && is_source && MAP_KEYS.contains(&word) {
        return (message, Some(Message::new("check-key-of-map")));
    }
    (message, nearest_hint(word, known.iter().copied()))
}

/// The sentence that names the nearest known word, or all of them if none is near.
pub(super) fn nearest_hint<'a>(
    word: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Option<Message> {
    let near = known
        .clone()
        .map(|k| {
            (
                strsim::damerau_levenshtein(&word.to_lowercase(), &k.to_lowercase()),
                k,
            )
        })
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, k)| *distance <= k.chars().count().max(3) / 2 + 1);
    if let Some((_, near)) = near {
        return Some(Message::new("check-nearest").with("word", clean(near)));
    }
    // Of an address those of the same owner help most.
    let owner = word.split_once('/').map(|(owner, _)| owner);
    let is_own = |k: &&str| owner.is_some() && k.split_once('/').map(|(o, _)| o) == owner;
    let own: Vec<&str> = known.clone().filter(is_own).collect();
    let all = if own.is_empty() { known.collect() } else { own };
    let mut shown = String::new();
    let mut left = all.len();
    for (at, word) in all.iter().enumerate() {
        // Whole words only.
        if at > 0 && shown.len() + word.len() > KNOWN_WORDS {
            break;
        }
        let comma = if at > 0 { ", " } else { "" };
        shown.push_str(&format!("{comma}{}", clean(word)));
        left -= 1;
    }
    match left {
        _ if shown.is_empty() => None,
        0 => Some(Message::new("check-known-words").with("words", shown)),
        more => {
            let message = Message::new("check-known-words-more").with("words", shown);
            Some(message.with("more", more))
        }
    }
}

/// Bytes of known words that are listed.
const KNOWN_WORDS: usize = 240;

/// Deserializes from the text or whole number that was written.
struct Written<T>(fn(&str) -> Result<T, String>);

impl<T> Visitor<'_> for Written<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        (self.0)(&number.to_string()).map_err(E::custom)
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        (self.0)(&number.to_string()).map_err(E::custom)
    }
    fn visit_i128<E: de::Error>(self, number: i128) -> Result<T, E> {
        (self.0)(&number.to_string()).map_err(E::custom)
    }
}

macro_rules! written {
    ($(#[$doc:meta])* $name:ident($inner:ty), $read:expr, $key:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) struct $name(pub $inner);
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Written(|text: &str| {
                    let read: fn(&str) -> Option<$inner> = $read;
                    read(text).map($name).ok_or_else(|| format!("{OWN}{}:{text}", $key))
                }))
            }
        }
    };
}

written!(
    /// An exact decimal, written with or without quotes.
    Exact(Decimal),
    |text| {
        let text = text.trim();
        Decimal::from_str_exact(text)
            .ok()
            .or_else(|| text.contains(['e', 'E']).then(|| Decimal::from_scientific(text).ok())?)
    },
    "check-bad-number"
);
written!(
    /// A period in any form the calendar reads.
    When(Period),
    |text| Period::parse(text).ok(),
    "check-bad-period"
);
written!(
    /// A day.
    Day(NaiveDate),
    |text| calendar::parse_date(text).ok(),
    "check-bad-date"
);
written!(
    /// An instant with its offset.
    Moment(DateTime<Utc>),
    |text| DateTime::parse_from_rfc3339(text).ok().map(|t| t.with_timezone(&Utc)),
    "check-bad-instant"
);

/// A reference to a secret. A secret in its place is not repeated in the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference(pub String);

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written(|text: &str| {
            let read = is_reference(text.trim()).then(|| Reference(text.trim().to_owned()));
            read.ok_or_else(|| format!("{OWN}check-not-a-reference:"))
        }))
    }
}

/// A side of a validation rule: an expression, or a number without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Side(pub Expression);

impl<'de> Deserialize<'de> for Side {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written(|text: &str| {
            let read = Expression::parse(text).map(Side);
            read.map_err(|error| format!("{OWN}{}:{}", error.key(), error.word()))
        }))
    }
}
