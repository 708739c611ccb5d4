//! Every key that a file lacks: the library that reads it tells of the first alone.

use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Keys that each table of a list must have, by the list's name.
const REQUIRED: [(&str, &[&str]); 6] = [
    (
        "indicator",
        &["series", "title", "unit", "kind", "direction"],
    ),
    ("target", &["period", "value"]),
    ("task", &["id", "title"]),
    ("published", &["series", "period", "value", "unit", "place"]),
    ("milestone", &["id", "title", "weight", "planned"]),
    ("map", &["series"]),
];

/// Keys that a source's file itself must have.
const OF_SOURCE: [&str; 3] = ["id", "kind", "schedule"];

/// Keys that are not there, each with the place of the table that lacks it.
pub(super) fn missing(
    file: &str,
    root: &Spanned<DeTable<'_>>,
) -> Vec<(Range<usize>, &'static str)> {
    let mut found = Vec::new();
    if file.starts_with("sources/") {
        lacks(root.get_ref(), &(0..0), &OF_SOURCE, &mut found);
    }
    walk(root.get_ref(), &mut found);
    found
}

fn lacks(
    table: &DeTable<'_>,
    place: &Range<usize>,
    keys: &[&'static str],
    found: &mut Vec<(Range<usize>, &'static str)>,
) {
    for key in keys.iter().filter(|key| !table.contains_key(**key)) {
        found.push((place.clone(), *key));
    }
}

fn walk(table: &DeTable<'_>, found: &mut Vec<(Range<usize>, &'static str)>) {
    for (name, value) in table.iter() {
        let required = REQUIRED.iter().find(|(list, _)| *list == name.get_ref());
        match value.get_ref() {
            DeValue::Array(items) => {
                for item in items.iter() {
                    if let DeValue::Table(inner) = item.get_ref() {
                        if let Some((_, keys)) = required {
                            lacks(inner, &item.span(), keys, found);
                        }
                        walk(inner, found);
                    }
                }
            }
            DeValue::Table(inner) => walk(inner, found),
            _ => {}
        }
    }
}
