//! Maps that may fit what was understood: a proposal for a person to look over, never taken by itself.

use super::{Column, Guess, Preview, words};
use crate::config::{Aggregate, Kind};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use url::Url;

/// Maps proposed at once.
const MAPS: usize = 3;

/// Names with a meaning of their own in a series.
const TAKEN: [&str; 4] = ["budget", "progress", "risk", "task"];

/// One map that may fit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GuessedMap {
    /// Series template; its scope is a proposal.
    pub series: String,
    /// Path of the value.
    pub at: Option<String>,
    /// Column of the value.
    pub column: Option<String>,
    /// Query of a Prometheus server.
    pub query: Option<String>,
    /// How rows become one figure.
    pub aggregate: Option<Aggregate>,
    /// Column and value that rows must have.
    pub filter: Option<(String, String)>,
    /// Column of the period.
    pub period_column: Option<String>,
    /// The period is widened to a quarter.
    pub by_quarter: bool,
    /// Column whose labels are agencies.
    pub group_by: Option<String>,
    /// Labels to agencies' ids.
    pub groups: BTreeMap<String, String>,
    /// Unit.
    pub unit: &'static str,
}

/// What a source file could say of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Guessed {
    /// JSON: path of the rows.
    pub rows: Option<String>,
    /// Columns that look personal.
    pub personal_fields: Vec<String>,
    /// Column whose latest day is the day of the data, where no map has a period of its own.
    pub data_day_column: Option<String>,
    /// JSON: path of the day of the data, in the same way.
    pub data_day_at: Option<String>,
    /// Maps.
    pub maps: Vec<GuessedMap>,
}

/// Guesses maps. `agency` gives the id of an agency that a label names.
pub fn guess(
    preview: &Preview,
    kind: Kind,
    url: &str,
    agency: &dyn Fn(&str) -> Option<String>,
) -> Guessed {
    let personal = preview.columns.iter().filter(|column| column.is_personal);
    let mut guessed = Guessed {
        rows: preview.rows_at.clone(),
        personal_fields: personal.map(|column| column.name.clone()).collect(),
        data_day_column: None,
        data_day_at: None,
        maps: Vec::new(),
    };
    guessed.maps = match kind {
        Kind::Openmetrics => of_metrics(preview),
        Kind::Prometheus => of_query(preview, url).into_iter().collect(),
        _ if preview.columns.is_empty() => of_values(preview),
        _ => of_columns(preview, agency),
    };
    if guessed.maps.iter().all(|map| map.period_column.is_none()) {
        guessed.data_day_column = day_column(preview);
        guessed.data_day_at = match guessed.data_day_column {
            None if kind.is_json() => the_one(&preview.days, |path| last_key(path)).cloned(),
            _ => None,
        };
    }
    guessed
}

/// The column of days, when it is plain which one.
fn day_column(preview: &Preview) -> Option<String> {
    let columns = preview.columns.iter();
    let days: Vec<&Column> = columns
        .filter(|c| c.guess == Guess::Date && !c.is_personal && !c.name.is_empty())
        .collect();
    the_one(&days, |column| &column.name).map(|column| column.name.clone())
}

/// The only one, or the only one whose name speaks of a change.
fn the_one<T>(all: &[T], name: impl Fn(&T) -> &str) -> Option<&T> {
    if let [one] = all {
        return Some(one);
    }
    let mut changes = all.iter().filter(|one| words::says_changed(name(one)));
    changes.next().filter(|_| changes.next().is_none())
}

/// Names of metrics that a program tells of itself, whatever it is for.
fn is_of_runtime(name: &str) -> bool {
    ["go_", "process_", "python_", "promhttp_", "jvm_"]
        .iter()
        .any(|begin| name.starts_with(begin))
}

fn of_metrics(preview: &Preview) -> Vec<GuessedMap> {
    let names: Vec<&str> = preview.column(0).collect();
    let mut chosen: Vec<&str> = Vec::new();
    for is_second_choice in [false, true] {
        for name in &names {
            if is_of_runtime(name) == is_second_choice && !chosen.contains(name) {
                chosen.push(name);
            }
        }
    }
    chosen
        .into_iter()
        .take(MAPS)
        .enumerate()
        .map(|(index, name)| GuessedMap {
            series: format!("portfolio/{}", slug(name, index)),
            aggregate: Some(Aggregate::Sum),
            filter: Some(("metric".to_owned(), name.to_owned())),
            unit: "count",
            ..GuessedMap::default()
        })
        .collect()
}

fn of_query(preview: &Preview, url: &str) -> Option<GuessedMap> {
    let url = Url::parse(url).ok()?;
    let (_, query) = url.query_pairs().find(|(name, _)| name == "query")?;
    Some(GuessedMap {
        series: format!("portfolio/{}", slug("", 0)),
        query: Some(query.into_owned()),
        aggregate: (preview.noted > 1).then_some(Aggregate::Sum),
        unit: "count",
        ..GuessedMap::default()
    })
}

fn of_values(preview: &Preview) -> Vec<GuessedMap> {
    let values = preview.paths.iter().filter(|path| path.rows.is_none());
    values
        .take(MAPS)
        .enumerate()
        .map(|(index, path)| GuessedMap {
            series: format!("portfolio/{}", slug(last_key(&path.path), index)),
            at: Some(path.path.clone()),
            unit: "count",
            ..GuessedMap::default()
        })
        .collect()
}

fn last_key(path: &str) -> &str {
    path.rsplit(['.', '\'', '[', ']'])
        .find(|part| !part.is_empty())
        .unwrap_or_default()
}

fn of_columns(preview: &Preview, agency: &dyn Fn(&str) -> Option<String>) -> Vec<GuessedMap> {
    let columns = || preview.columns.iter().enumerate();
    let period = columns()
        .find(|(_, column)| column.guess == Guess::Quarter)
        .or_else(|| columns().find(|(_, column)| column.guess == Guess::Date));
    let agencies = agency_column(preview, agency);
    let keys = |row: usize| {
        let cell = |place: Option<usize>| {
            place.and_then(|place| preview.cells.get(row)?.get(place).cloned())
        };
        (
            cell(period.map(|(place, _)| place)),
            cell(agencies.as_ref().map(|(place, _)| *place)),
        )
    };
    let distinct: BTreeSet<_> = (0..preview.noted).map(keys).collect();
    let is_single = distinct.len() == preview.noted
        && period.is_none_or(|(_, column)| column.guess == Guess::Quarter);
    let common = GuessedMap {
        period_column: period.map(|(_, column)| column.name.clone()),
        by_quarter: period.is_some_and(|(_, column)| column.guess == Guess::Date),
        group_by: agencies
            .as_ref()
            .and_then(|(place, _)| preview.columns.get(*place))
            .map(|column| column.name.clone()),
        groups: agencies.map(|(_, groups)| groups).unwrap_or_default(),
        ..GuessedMap::default()
    };
    let series = |name: &str, index: usize| {
        let scope = match &common.group_by {
            Some(column) if is_single => format!("agency:{{{column}}}"),
            Some(_) => "agency:{group}".to_owned(),
            None => "portfolio".to_owned(),
        };
        format!("{scope}/{}", slug(name, index))
    };
    let mut maps: Vec<GuessedMap> = preview
        .columns
        .iter()
        .filter(|column| is_value(column))
        .take(MAPS)
        .enumerate()
        .map(|(index, column)| GuessedMap {
            series: series(&column.name, index),
            column: Some(column.name.clone()),
            aggregate: match (is_single, column.guess) {
                (true, _) => None,
                (false, Guess::Percent) => Some(Aggregate::Mean),
                (false, _) => Some(Aggregate::Sum),
            },
            unit: match column.guess {
                Guess::Percent => "percent",
                Guess::Money => "ntd",
                _ => "count",
            },
            ..common.clone()
        })
        .collect();
    if maps.is_empty() {
        maps.push(GuessedMap {
            series: match &common.group_by {
                Some(_) => format!("agency:{{group}}/{}", slug("rows", 0)),
                None => format!("portfolio/{}", slug("rows", 0)),
            },
            aggregate: Some(Aggregate::Count),
            // The days of a list are of its rows, not of their number.
            period_column: None,
            by_quarter: false,
            unit: "count",
            ..common
        });
    }
    maps
}

fn is_value(column: &Column) -> bool {
    column.guess.is_figure() && !column.is_personal && !words::says_id(&column.name)
}

/// The column most of whose labels name agencies, with their ids.
fn agency_column(
    preview: &Preview,
    agency: &dyn Fn(&str) -> Option<String>,
) -> Option<(usize, BTreeMap<String, String>)> {
    for (place, column) in preview.columns.iter().enumerate() {
        let is_nameable = !column.name.contains(['{', '}']) && !column.name.is_empty();
        if column.guess != Guess::Text || column.is_personal || !is_nameable {
            continue;
        }
        let labels: BTreeSet<&str> = preview.column(place).filter(|c| !c.is_empty()).collect();
        let groups: BTreeMap<String, String> = labels
            .iter()
            .filter_map(|label| Some(((*label).to_owned(), agency(label)?)))
            .collect();
        if !groups.is_empty() && groups.len() * 2 >= labels.len() {
            return Some((place, groups));
        }
    }
    None
}

/// A name for a series: the words of the column if they are plain, else a number.
fn slug(name: &str, index: usize) -> String {
    let mut out = String::new();
    for c in name.chars().take(60) {
        match c {
            c if c.is_ascii_alphanumeric() => out.push(c.to_ascii_lowercase()),
            _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    let out = out.trim_matches('-');
    let has_letter = out.contains(|c: char| c.is_ascii_alphabetic());
    if !has_letter || TAKEN.contains(&out) {
        return format!("value-{}", index + 1);
    }
    out.to_owned()
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

impl Guessed {
    /// The lines of a source file after its address, as TOML.
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        if let Some(rows) = &self.rows {
            let _ = writeln!(out, "rows = {}", quoted(rows));
        }
        let personal: Vec<String> = self.personal_fields.iter().map(|f| quoted(f)).collect();
        let _ = writeln!(out, "personal_fields = [{}]", personal.join(", "));
        for (key, value) in [
            ("data_day_column", &self.data_day_column),
            ("data_day_at", &self.data_day_at),
        ] {
            if let Some(value) = value {
                let _ = writeln!(out, "{key} = {}", quoted(value));
            }
        }
        for map in &self.maps {
            map.write(&mut out);
        }
        out
    }
}

impl GuessedMap {
    fn write(&self, out: &mut String) {
        let is_grouped = self.group_by.is_some() && self.aggregate.is_some();
        let _ = writeln!(out, "\n[[map]]\nseries = {}", quoted(&self.series));
        let mut line = |key: &str, value: Option<&str>| {
            if let Some(value) = value {
                let _ = writeln!(out, "{key} = {}", quoted(value));
            }
        };
        line("at", self.at.as_deref());
        line("query", self.query.as_deref());
        line("column", self.column.as_deref());
        line("aggregate", self.aggregate.map(Aggregate::id));
        line("group_by", self.group_by.as_deref().filter(|_| is_grouped));
        line("period_column", self.period_column.as_deref());
        line("period_kind", self.by_quarter.then_some("quarter"));
        line("unit", Some(self.unit));
        if let Some((column, value)) = &self.filter {
            let parts = [("column", column.as_str()), ("op", "="), ("value", value)];
            let parts = parts.map(|(key, text)| format!("{key} = {}", quoted(text)));
            let _ = writeln!(out, "filter = [{{ {} }}]", parts.join(", "));
        }
        if !self.groups.is_empty() {
            let _ = writeln!(out, "\n[map.groups]");
            for (label, id) in &self.groups {
                let _ = writeln!(out, "{} = {}", quoted(label), quoted(id));
            }
        }
    }
}
