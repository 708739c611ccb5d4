//! JSON answers read by path (RFC 9535): single values, many values, and rows.

use crate::answer::{Context, Decoded, Located, Lookup, Refusal, Request};
use crate::config::{Aggregate, Map, SourceConfig};
use crate::document::read_document;
use crate::figure::{
    Dated, Number, Place, Refused, Unit, is_blank, locate, printed, read_period, today,
};
use crate::filter::Row;
use crate::next_page::next_page;
use crate::notice::{Notices, list, nearest, quote, refuse};
use crate::plan::{dated, fixed_period};
use crate::table::{Table, check_unit_text};
use crate::value_path::ValuePath;
use chrono::NaiveDate;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::{Period, parse_date};
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::Qualifier;
use rust_decimal::Decimal;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Write};

/// More columns than this are not a table.
const MAX_COLUMNS: usize = 1_000;

/// A JSON value as the text of a cell.
pub(crate) fn cell_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Bool(true) => Cow::Borrowed("true"),
        Value::Bool(false) => Cow::Borrowed("false"),
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::Array(_) | Value::Object(_) => Cow::Owned(value.to_string()),
    }
}

struct JsonRow<'a>(Vec<Option<&'a Value>>);

impl Row for JsonRow<'_> {
    fn cell(&self, column: usize) -> Cow<'_, str> {
        self.0
            .get(column)
            .copied()
            .flatten()
            .map(cell_text)
            .unwrap_or_default()
    }
}

/// Feeds objects to a table whose columns are all the keys met in them.
pub(crate) fn table_of<'a>(
    config: &'a SourceConfig,
    context: &Context<'a>,
    rows: &[&Value],
) -> Result<Table<'a>, Message> {
    let mut columns: Vec<String> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        let Some(fields) = row.as_object() else {
            return Err(Message::new("source-row-not-object").with("row", index + 1));
        };
        for key in fields.keys() {
            if !places.contains_key(key.as_str()) {
                if columns.len() == MAX_COLUMNS {
                    return Err(Message::new("source-too-many-columns")
                        .with("columns", columns.len() + 1)
                        .with("limit", MAX_COLUMNS));
                }
                places.insert(key, columns.len());
                columns.push(key.trim().to_owned());
            }
        }
    }
    let mut table = Table::new(config, *context, &columns);
    if rows.is_empty() {
        // Nothing can be said of columns when no row shows them; counts are 0.
        for plan in &mut table.plans {
            plan.problem = None;
        }
        return Ok(table);
    }
    if table.is_hopeless() && config.maps.iter().all(|map| map.at.is_none()) {
        let problem = table.plans.iter().find_map(|plan| plan.problem.clone());
        return Err(problem.unwrap_or_else(|| Message::new("source-no-rows")));
    }
    for (index, row) in rows.iter().enumerate() {
        let mut cells = JsonRow(vec![None; columns.len()]);
        for (key, value) in row.as_object().into_iter().flatten() {
            if let Some(place) = places.get(key.as_str()) {
                cells.0[*place] = Some(value);
            }
        }
        table.row(&cells, context.rows_so_far + index as u64 + 1);
    }
    Ok(table)
}

/// Decodes a JSON answer.
pub fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
) -> Result<Decoded, Refusal> {
    let mut notices = Notices::default();
    let document = read_document(config, context, body, stored, &mut notices)?;
    let refused = |message| refuse(config, message, &document.start);
    let day = data_day(config, context, &document.value, &mut notices);
    // What a path leads to is taken from the first page; the later ones are there for their rows.
    let readings = match context.page {
        0 => singles(config, context, &document.value, day, &mut notices),
        _ => Vec::new(),
    };
    if let (Some(preview), None) = (context.preview, &config.rows) {
        preview.document(config, &document.value);
    }
    let rows = match &config.rows {
        Some(path) => {
            let found = ValuePath::parse(path)
                .map_err(refused)?
                .query(&document.value);
            if found.is_empty() && context.rows_so_far == 0 && !config.allow_empty {
                let message = not_found(path, &document.value, "source-rows-not-found");
                return Err(refused(message));
            }
            found
        }
        None => Vec::new(),
    };
    let next = next_link(config, context, &document.value).map_err(refused)?;
    let this_page = fingerprint(&rows);
    let first_page = context.carried.and_then(|carried| carried.first_page);
    if context.page > 0 && this_page.is_some() && this_page == first_page {
        return Err(refused(Message::new("source-next-same")));
    }
    // Without rows, what was read is the values that the paths led to; how many there are is
    // nothing to compare with last time.
    let (count, context) = match &config.rows {
        Some(_) => (rows.len() as u64, *context),
        None => {
            let previous_rows = None;
            let context = Context {
                previous_rows,
                ..*context
            };
            (values_read(config, &document.value), context)
        }
    };
    let mut table = table_of(config, &context, &rows).map_err(refused)?;
    table.data_day = table.data_day.max(day);
    let prefix = config
        .rows
        .as_deref()
        .map(|path| format!("rows={path}; "))
        .unwrap_or_default();
    let base = Decoded {
        readings,
        rows: count,
        next,
        encoding: document.encoding,
        recipe: document.recipe,
        ..Decoded::default()
    };
    let mut decoded = crate::end_of_rows(table, &prefix, None, notices, base);
    if let Some(carried) = &mut decoded.carried {
        carried.first_page = first_page.or(this_page);
    }
    Ok(decoded)
}

/// The next page, where the source has several and this is not the last.
fn next_link(
    config: &SourceConfig,
    context: &Context<'_>,
    value: &Value,
) -> Result<Option<Request>, Message> {
    let Some(path) = &config.next_at else {
        return Ok(None);
    };
    let found = ValuePath::parse(path)?.query(value);
    match found.first().map(|node| cell_text(node)) {
        Some(link) if !link.trim().is_empty() => {
            next_page(&link, context.url, context.page).map(Some)
        }
        _ => Ok(None),
    }
}

/// Tells a page that came before; none of an empty one. It is of the whole page: records without an
/// id may be equal on two honest pages, pages are not.
pub(crate) fn fingerprint(rows: &[&Value]) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    for row in rows {
        row.to_string().hash(&mut hasher);
    }
    (!rows.is_empty()).then(|| hasher.finish())
}

/// Values that the paths of the maps lead to.
fn values_read(config: &SourceConfig, value: &Value) -> u64 {
    let paths = config.maps.iter().filter_map(|map| map.at.as_deref());
    let found = paths.filter_map(|path| ValuePath::parse(path).ok());
    found.map(|path| path.query(value).len() as u64).sum()
}

/// A path that leads nowhere: what the document has instead.
fn not_found(path: &str, value: &Value, id: &'static str) -> Message {
    let mut keys = HashSet::new();
    collect_keys(value, &mut keys, 0);
    let last = path.rsplit(['.', '[', '\'', '"', ']']).find(|part| {
        !part.is_empty() && *part != "*" && *part != "$" && part.parse::<i64>().is_err()
    });
    let near = last.and_then(|last| {
        let mut sorted: Vec<&str> = keys.iter().copied().filter(|key| *key != last).collect();
        sorted.sort_unstable();
        nearest(last, sorted)
    });
    let there = match value {
        Value::Object(fields) => list(fields.keys().map(String::as_str)),
        Value::Array(items) => match items.first().and_then(Value::as_object) {
            Some(fields) => list(fields.keys().map(String::as_str)),
            None => "[ ]".to_owned(),
        },
        other => quote(&other.to_string()),
    };
    Message::new(id)
        .with("path", quote(path))
        .with("near", near.map_or_else(|| "-".to_owned(), quote))
        .with("keys", there)
}

fn collect_keys<'a>(value: &'a Value, keys: &mut HashSet<&'a str>, depth: usize) {
    if depth > 20 || keys.len() > 2_000 {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                keys.insert(key);
                collect_keys(inner, keys, depth + 1);
            }
        }
        Value::Array(items) => items
            .iter()
            .take(20)
            .for_each(|item| collect_keys(item, keys, depth + 1)),
        _ => {}
    }
}

fn data_day(
    config: &SourceConfig,
    context: &Context<'_>,
    value: &Value,
    notices: &mut Notices,
) -> Option<NaiveDate> {
    let path = config.data_day_at.as_deref()?;
    let found = ValuePath::parse(path).ok()?.query(value);
    let day = found
        .iter()
        .filter_map(|node| parse_date(&cell_text(node)).ok())
        .max();
    match day {
        Some(day) if day > today(context) => {
            let text = Message::new("source-day-ahead")
                .with("day", day)
                .with("today", today(context));
            notices.add("day-ahead@1", Severity::Info, None, config, text);
            None
        }
        Some(day) => Some(day),
        None => {
            let text = not_found(path, value, "source-day-not-found");
            notices.add("data-day@1", Severity::Warning, None, config, text);
            None
        }
    }
}

/// Readings of every map that names a path.
pub(crate) fn singles(
    config: &SourceConfig,
    context: &Context<'_>,
    value: &Value,
    day: Option<NaiveDate>,
    notices: &mut Notices,
) -> Vec<Located> {
    // One figure a map is usual.
    let mut out = Vec::with_capacity(config.maps.iter().filter(|map| map.at.is_some()).count());
    for map in &config.maps {
        let Some(path) = &map.at else { continue };
        let series = match SeriesId::parse(&map.series) {
            Ok(series) => series,
            Err(_) => {
                let text =
                    Message::new("source-series-unreadable").with("series", quote(&map.series));
                notices.add("map-not-followed@1", Severity::Error, None, config, text);
                continue;
            }
        };
        let about = Some(series.clone().at(context.quarter.period()));
        let known = (context.lookup)(&series);
        if known == Lookup::UnknownScope {
            let text = Message::new("source-rows-unknown-scope")
                .with("series", map.series.as_str())
                .with("rows", 1_u64)
                .with("example", series.scope.as_str());
            notices.add("unknown-scope@1", Severity::Warning, about, config, text);
            continue;
        }
        let dated = dated(config, map);
        let reader = PathReader {
            map,
            context,
            value,
            series: &series,
            known: &known,
            day,
            dated,
        };
        match reader.read(path) {
            Ok(readings) if readings.is_empty() => {
                let text = Message::new("source-no-value").with("series", map.series.as_str());
                notices.add("no-value@1", Severity::Warning, about, config, text);
            }
            Ok(readings) => out.extend(readings),
            Err(reason) => {
                notices.add(
                    "map-not-followed@1",
                    Severity::Error,
                    about,
                    config,
                    reason.clone(),
                );
                let refused = Refused {
                    printed: String::new(),
                    reason,
                };
                let period = fixed_period(map, context).unwrap_or(context.quarter.period());
                out.push(reader.locate(period, dated, path.clone(), Err(refused), None));
            }
        }
    }
    out
}

struct PathReader<'a> {
    map: &'a Map,
    context: &'a Context<'a>,
    value: &'a Value,
    series: &'a SeriesId,
    known: &'a Lookup,
    day: Option<NaiveDate>,
    dated: Dated,
}

impl PathReader<'_> {
    fn locate(
        &self,
        period: Period,
        dated: Dated,
        at: String,
        outcome: Result<Number, Refused>,
        received: Option<&str>,
    ) -> Located {
        let place = Place {
            map: self.map,
            series: self.series.clone(),
            known: self.known,
            period,
            dated,
            data_day: self.day,
            at,
        };
        locate(self.context, place, outcome, None, received)
    }

    /// Values with their places; nulls and blanks are no values.
    fn read(&self, path: &str) -> Result<Vec<Located>, Message> {
        let nodes = ValuePath::parse(path)?.query_located(self.value);
        if nodes.is_empty() {
            return Err(not_found(path, self.value, "source-path-not-found"));
        }
        if let Some(unit_at) = &self.map.unit_at {
            let named = ValuePath::parse(unit_at)?.query(self.value);
            let named = named
                .first()
                .map(|node| cell_text(node))
                .unwrap_or_default();
            check_unit_text(&named, self.map.unit_text.as_deref().unwrap_or_default())?;
        }
        let fixed = fixed_period(self.map, self.context)?;
        if self.map.aggregate == Some(Aggregate::Count) {
            let number = Number {
                value: Decimal::from(nodes.len()),
                qualifier: Qualifier::Exact,
            };
            let at = format!("{path}; aggregate=count");
            return Ok(vec![self.locate(fixed, self.dated, at, Ok(number), None)]);
        }
        let periods = match &self.map.period_at {
            None => Vec::new(),
            Some(path_of_period) => {
                let found = ValuePath::parse(path_of_period)?.query(self.value);
                if found.is_empty() {
                    return Err(not_found(
                        path_of_period,
                        self.value,
                        "source-path-not-found",
                    ));
                }
                found
            }
        };
        if nodes.len() > 1 && periods.len() != nodes.len() {
            return Err(Message::new("source-path-many")
                .with("path", quote(path))
                .with("values", nodes.len())
                .with("periods", periods.len()));
        }
        let unit =
            Unit::of(self.map, self.known).or_else(|_| Unit::of(self.map, &Lookup::Unlisted))?;
        let mut out = Vec::with_capacity(nodes.len());
        for (index, (at, node)) in nodes.into_iter().enumerate() {
            let text = cell_text(node);
            if is_blank(&text) {
                continue;
            }
            let mut outcome = match node {
                Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(Refused {
                    printed: printed(&text),
                    reason: Message::new("source-not-a-number"),
                }),
                _ => unit.read(&text),
            };
            let mut period = fixed;
            if let Some(written) = periods.get(index) {
                let written = cell_text(written);
                let (calendar, widen) = (self.map.calendar, self.map.period_kind);
                match read_period(&written, calendar, widen, today(self.context)) {
                    Ok(read) => period = read,
                    Err(reason) => {
                        outcome = Err(Refused {
                            printed: printed(&written),
                            reason,
                        })
                    }
                }
            }
            let dated = if periods.is_empty() {
                self.dated
            } else {
                Dated::Data
            };
            out.push(self.locate(period, dated, at, outcome, Some(&text)));
        }
        Ok(out)
    }
}
