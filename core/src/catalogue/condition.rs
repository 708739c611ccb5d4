//! Conditions, headers and lists as a person types them on one line, and the same in a source file.

use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_sources::config::{Filter, Op};
use std::collections::BTreeMap;
use toml_edit::{Array, InlineTable, Value};

/// Between two conditions or headers.
const BETWEEN: char = ';';
/// Between the values of `in`.
const OR: char = '|';

fn refused(id: &'static str, text: &str) -> Message {
    Message::new(id).with("text", clean(text))
}

/// Conditions on one line: `類別 = 公開; 年度 >= 113; 狀態 in 甲|乙; 數量 < [上限]`.
pub(super) fn line_of(filters: &[Filter]) -> String {
    let one = |filter: &Filter| {
        let right = match (&filter.value_column, &filter.value) {
            (Some(column), _) => format!("[{column}]"),
            (None, Some(value)) => value.clone(),
            (None, None) => filter.values.join(&OR.to_string()),
        };
        let text = format!("{} {} {right}", filter.column, filter.op.sign());
        text.trim_end().to_owned()
    };
    let all: Vec<String> = filters.iter().map(one).collect();
    all.join("; ")
}

/// The conditions of a line, as a source file writes them.
pub(super) fn conditions(line: &str) -> Result<Array, Message> {
    let mut out = Array::new();
    for text in line.split(BETWEEN).map(str::trim).filter(|t| !t.is_empty()) {
        out.push(condition(text).ok_or_else(|| refused("catalogue-bad-filter", text))?);
    }
    Ok(out)
}

fn condition(text: &str) -> Option<InlineTable> {
    let words: Vec<&str> = text.split_whitespace().collect();
    // The first sign that has a column before it.
    let at = (1..words.len()).find(|at| Op::from_sign(words[*at]).is_some())?;
    let op = Op::from_sign(words.get(at)?)?;
    let right = words.get(at + 1..)?.join(" ");
    let mut table = InlineTable::new();
    table.insert("column", words.get(..at)?.join(" ").into());
    table.insert("op", op.sign().into());
    match op {
        Op::Blank | Op::NotBlank => return right.is_empty().then_some(table),
        _ if right.is_empty() => return None,
        Op::In | Op::NotIn => {
            let values: Array = right.split(OR).map(str::trim).collect();
            table.insert("values", Value::Array(values));
        }
        _ => match right.strip_prefix('[').and_then(|r| r.strip_suffix(']')) {
            Some(column) => drop(table.insert("value_column", column.trim().into())),
            None => drop(table.insert("value", right.into())),
        },
    }
    Some(table)
}

/// Headers on one line: `Accept: text/csv; Authorization: Bearer env:TOKEN`.
pub(super) fn line_of_headers(headers: &BTreeMap<String, String>) -> String {
    let all: Vec<String> = headers.iter().map(|(n, v)| format!("{n}: {v}")).collect();
    all.join("; ")
}

/// The headers of a line, as a source file writes them.
pub(super) fn headers(line: &str) -> Result<InlineTable, Message> {
    let mut found: Vec<(String, String)> = Vec::new();
    for text in line.split(BETWEEN).map(str::trim).filter(|t| !t.is_empty()) {
        let is_name = |name: &str| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        };
        match (text.split_once(':'), found.last_mut()) {
            (Some((name, value)), _) if is_name(name.trim()) => {
                found.push((name.trim().to_owned(), value.trim().to_owned()));
            }
            // `; q=0.9` belongs to the value before it.
            (_, Some((_, value))) => *value = format!("{value}; {text}"),
            (_, None) => return Err(refused("catalogue-bad-header", text)),
        }
    }
    let mut table = InlineTable::new();
    for (name, value) in found {
        table.insert(&name, value.into());
    }
    Ok(table)
}

/// Names of a list on one line.
pub(super) fn names(line: &str) -> Array {
    let names = line.split([',', '\u{ff0c}', '\u{3001}']).map(str::trim);
    names.filter(|name| !name.is_empty()).collect()
}

/// Status codes of a list on one line.
pub(super) fn statuses(line: &str) -> Result<Array, Message> {
    let codes = line
        .split([',', ' ', '\u{ff0c}', '\u{3001}'])
        .map(str::trim);
    let codes = codes.filter(|code| !code.is_empty()).map(|code| {
        let number = code
            .parse::<u16>()
            .ok()
            .filter(|code| (100..600).contains(code));
        number
            .map(i64::from)
            .ok_or_else(|| refused("catalogue-bad-status", line))
    });
    codes.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_read_as_it_is_written() {
        let lines = [
            "\u{985e}\u{5225} = \u{516c}\u{958b}; \u{5e74}\u{5ea6} >= 113",
            "a b not_in x y|z; note not_blank",
            "paid < [allotted]",
        ];
        for line in lines {
            let array = conditions(line).unwrap();
            let text = format!("filter = {array}");
            #[derive(serde::Deserialize)]
            struct Read {
                filter: Vec<Filter>,
            }
            let read: Read = toml::from_str(&text).unwrap();
            assert_eq!(line_of(&read.filter), line);
        }
        for bad in ["= 3", "column", "a =", "a blank 3"] {
            assert!(conditions(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn headers_and_lists_are_read_as_they_are_written() {
        let line = "Accept: text/csv; q=0.9; Authorization: Bearer env:TOKEN";
        let table = headers(line).unwrap();
        assert_eq!(table.len(), 2);
        assert_eq!(
            table.get("Accept").unwrap().as_str(),
            Some("text/csv; q=0.9")
        );
        assert!(headers("no header").is_err());
        assert_eq!(names("a\u{3001}b, c").len(), 3);
        assert_eq!(statuses("200, 503").unwrap().len(), 2);
        assert!(statuses("20x").is_err() && statuses("42").is_err());
    }
}
