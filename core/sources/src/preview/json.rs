//! Where in a JSON answer rows and single numbers stand.

use super::{PATHS_OFFERED, Path, words};
use crate::notice::{list, quote};
use quarterdeck_kpi::calendar::parse_date;
use quarterdeck_kpi::number::parse_printed;
use serde_json::Value;

/// Deeper than this nobody looks for figures.
const DEPTH: usize = 8;
/// Values looked at.
const LOOKED_AT: usize = 20_000;

/// What was found.
#[derive(Default)]
pub(super) struct Found<'a> {
    /// Rows first, then single values.
    pub paths: Vec<Path>,
    /// Single values that are days, and are called so.
    pub days: Vec<String>,
    /// The path with the most rows.
    pub largest: Option<(String, &'a [Value])>,
}

#[derive(Default)]
struct Walk<'a> {
    rows: Vec<(String, &'a [Value])>,
    values: Vec<Path>,
    days: Vec<String>,
    seen: usize,
}

/// Looks for arrays of objects and for single numbers.
pub(super) fn look(value: &Value) -> Found<'_> {
    let mut walk = Walk::default();
    walk.visit(value, "$".to_owned(), "", 0);
    let mut paths: Vec<Path> = walk
        .rows
        .iter()
        .map(|(path, rows)| Path {
            path: path.clone(),
            sample: rows
                .first()
                .and_then(Value::as_object)
                .map(|fields| list(fields.keys().take(8).map(String::as_str)))
                .unwrap_or_default(),
            rows: Some(rows.len()),
        })
        .collect();
    paths.append(&mut walk.values);
    let mut largest: Option<(String, &[Value])> = None;
    for (path, rows) in walk.rows {
        if largest
            .as_ref()
            .is_none_or(|(_, most)| rows.len() > most.len())
        {
            largest = Some((path, rows));
        }
    }
    Found {
        paths,
        days: walk.days,
        largest,
    }
}

impl<'a> Walk<'a> {
    fn visit(&mut self, value: &'a Value, path: String, name: &str, depth: usize) {
        self.seen += 1;
        if depth > DEPTH || self.seen > LOOKED_AT {
            return;
        }
        match value {
            Value::Object(fields) => {
                for (key, inner) in fields {
                    self.visit(inner, format!("{path}{}", step(key)), key, depth + 1);
                }
            }
            Value::Array(items) => {
                let is_rows = items.first().is_some_and(Value::is_object);
                if is_rows && self.rows.len() < PATHS_OFFERED {
                    self.rows.push((format!("{path}[*]"), items));
                }
            }
            // How to reach somebody is nobody's figure.
            Value::Number(_) | Value::String(_) if words::says_personal(name) => {}
            Value::Number(number) if is_day(name, &number.to_string()) => self.day(path),
            Value::Number(number) => self.value(path, &number.to_string()),
            Value::String(text) if is_day(name, text) => self.day(path),
            Value::String(text) if parse_printed(text).is_ok() => self.value(path, text),
            _ => {}
        }
    }

    fn day(&mut self, path: String) {
        if self.days.len() < PATHS_OFFERED {
            self.days.push(path);
        }
    }

    fn value(&mut self, path: String, text: &str) {
        if self.values.len() < PATHS_OFFERED {
            self.values.push(Path {
                path,
                sample: quote(text),
                rows: None,
            });
        }
    }
}

/// A day by its name and by how it is written.
fn is_day(name: &str, text: &str) -> bool {
    words::says_day(name) && parse_date(text).is_ok()
}

/// A key as a step of a path: plain words after a dot, others in brackets.
fn step(key: &str) -> String {
    let mut chars = key.chars();
    let starts = chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if starts && chars.all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return format!(".{key}");
    }
    let mut out = String::from("['");
    for c in key.chars() {
        match c {
            '\'' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push_str("']");
    out
}
