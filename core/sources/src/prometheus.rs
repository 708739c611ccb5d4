//! Queries to a Prometheus server: every map is one request, and the page number is the map's place.
//!
//! Rows are samples: a column per label, `value`, and `timestamp` in Taipei. NaN, the infinities and
//! an empty result are no data, never 0. `increase` adds up what counters grew by between samples of
//! the map's period, exactly as printed; a value below the one before is a restart, and counts whole.

use crate::answer::{Context, Decoded, Refusal};
use crate::config::{Aggregate, Map, SourceConfig};
use crate::document::{Document, check_status, read_document, under_status};
use crate::filter::Row;
use crate::metric_query::{Asked, asked, request};
use crate::notice::{Notices, list, quote, refuse};
use crate::sample::{self, TIMESTAMP, VALUE};
use crate::table::Table;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::number::parse_printed;
use rust_decimal::Decimal;
use serde_json::{Map as Object, Value};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Write};

/// More labels than this are not a table.
const MAX_COLUMNS: usize = 1_000;

/// One time series of an answer.
struct Series<'a> {
    labels: Option<&'a Object<String, Value>>,
    samples: Vec<Sample<'a>>,
}

/// A number as printed, with its moment.
struct Sample<'a> {
    seconds: i64,
    text: Cow<'a, str>,
}

/// Columns of the labels, and where each label stands.
struct Columns<'a> {
    names: Vec<String>,
    places: HashMap<&'a str, usize>,
}

struct SampleRow<'a>(Vec<Cow<'a, str>>);

impl Row for SampleRow<'_> {
    fn cell(&self, column: usize) -> Cow<'_, str> {
        self.0
            .get(column)
            .map(|cell| Cow::Borrowed(cell.as_ref()))
            .unwrap_or_default()
    }
}

/// What was counted on the way, for the trail and the findings.
#[derive(Default)]
struct Count {
    samples: u64,
    without_number: u64,
    rounded: u64,
    resets: u64,
    begins_inside: u64,
    single_sample: u64,
}

/// Decodes the answer to one map's query.
pub fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
) -> Result<Decoded, Refusal> {
    let index = context.page as usize;
    let Some(map) = config.maps.get(index) else {
        return Err(refuse(config, Message::new("source-no-maps"), b""));
    };
    // The number of series and samples changes with the services; it says nothing about the answer.
    let context = Context {
        previous_rows: None,
        carried: None,
        ..*context
    };
    let mut notices = Notices::default();
    let answer = read_document(config, &context, body, stored, &mut notices)
        .map_err(|refusal| under_status(config, &context, refusal))
        .and_then(|document| check_status(config, &context, &document).map(|()| document));
    let own = sample::with_maps(config, [map]);
    let mut decoded = match answer {
        Ok(document) => figures(&own, &context, map, &document, notices)?,
        // A wrong query is this map's trouble alone.
        Err(refusal) if matches!(context.http_status, 400 | 422) && config.maps.len() > 1 => {
            unanswered(&own, context, refusal.message, notices)
        }
        Err(refusal) => return Err(refusal),
    };
    if index + 1 < config.maps.len()
        && let Some(url) = context.url
    {
        let next = request(config, index + 1, url, context.quarter, context.fetched_at);
        decoded.next = Some(next.map_err(|message| refuse(config, message, b""))?);
    }
    Ok(decoded)
}

/// No figure of a map, and why.
fn unanswered(
    own: &SourceConfig,
    context: Context<'_>,
    reason: Message,
    notices: Notices,
) -> Decoded {
    let mut table = Table::new(own, context, &[]);
    for plan in &mut table.plans {
        plan.problem = Some(reason.clone());
    }
    let base = Decoded {
        encoding: "utf-8",
        ..Decoded::default()
    };
    crate::end_of_rows(table, "", None, notices, base)
}

fn figures(
    own: &SourceConfig,
    context: &Context<'_>,
    map: &Map,
    document: &Document,
    mut notices: Notices,
) -> Result<Decoded, Refusal> {
    let refused = |message| refuse(own, message, &document.start);
    let asked = asked(map, context.quarter, context.fetched_at).map_err(refused)?;
    let about = SeriesId::parse(&map.series)
        .ok()
        .map(|series| series.at(context.quarter.period()));
    let mut notice = |rule: &str, severity, text: Message| match &about {
        Some(about) => notices.add(rule, severity, Some(about.clone()), own, text),
        None => notices.add_of_template(rule, severity, &map.series, own, text),
    };
    for (key, rule, severity) in [
        ("warnings", "server-warning@1", Severity::Warning),
        ("infos", "server-info@1", Severity::Info),
    ] {
        let texts = document.value.get(key).and_then(Value::as_array);
        let texts: Vec<&str> = texts
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if !texts.is_empty() {
            let text = Message::new("source-prometheus-says").with("said", list(texts));
            notice(rule, severity, text);
        }
    }
    let (mut series, histograms) = series_of(&document.value).map_err(refused)?;
    if histograms > 0 {
        let text = Message::new("source-prometheus-histograms").with("series", histograms);
        notice("histograms@1", Severity::Warning, text);
    }
    let mut count = Count::default();
    if map.aggregate == Some(Aggregate::Increase) {
        let step = asked.step.unwrap_or_default();
        for one in &mut series {
            one.samples = increase(&one.samples, asked.start + step, &mut count);
        }
    } else {
        count.samples = series.iter().map(|s| s.samples.len() as u64).sum();
    }
    let columns = columns(&series).map_err(refused)?;
    let mut table = Table::new(own, *context, &columns.names);
    let mut number = 0;
    for one in &series {
        let labels = label_cells(one, &columns);
        for sample in &one.samples {
            number += 1;
            let read = sample::number(&sample.text);
            count.rounded += u64::from(read.is_rounded);
            count.without_number += u64::from(read.text.is_empty());
            let mut cells = labels.clone();
            cells[0] = read.text;
            cells[1] = Cow::Owned(sample::moment(sample.seconds));
            table.row(&SampleRow(cells), number);
        }
    }
    table.refuse_several(&differing(&series));
    if count.without_number > 0 {
        let text = Message::new("source-samples-without-number")
            .with("series", map.series.as_str())
            .with("samples", count.without_number);
        notice("no-number@1", Severity::Info, text);
    }
    if count.single_sample > 0 {
        let text = Message::new("source-counter-single").with("series", count.single_sample);
        notice("counter-single@1", Severity::Info, text);
    }
    if count.begins_inside > 0 {
        let text = Message::new("source-counter-begins").with("series", count.begins_inside);
        notice("counter-begins@1", Severity::Info, text);
    }
    let base = Decoded {
        rows: count.samples,
        encoding: document.encoding,
        recipe: document.recipe.clone(),
        ..Decoded::default()
    };
    if number == 0 {
        // No sample is no data: it is neither 0 nor a map that cannot be followed.
        let text = Message::new("source-prometheus-empty").with("series", map.series.as_str());
        notice("no-value@1", Severity::Warning, text);
        let findings = notices.into_findings();
        return Ok(Decoded { findings, ..base });
    }
    let prefix = trail(&asked, map, &series, &count);
    Ok(crate::end_of_rows(table, &prefix, None, notices, base))
}

/// The series of an answer, and how many of them hold histograms, which are no single number.
fn series_of(answer: &Value) -> Result<(Vec<Series<'_>>, u64), Message> {
    let shape = || {
        let keys = match answer {
            Value::Object(fields) => list(fields.keys().map(String::as_str)),
            _ => "-".to_owned(),
        };
        Message::new("source-prometheus-shape").with("keys", keys)
    };
    let data = answer.get("data").ok_or_else(shape)?;
    let kind = data.get("resultType").and_then(Value::as_str);
    let result = data
        .get("result")
        .and_then(Value::as_array)
        .ok_or_else(shape)?;
    let mut histograms = 0;
    let mut out = Vec::new();
    match kind {
        Some("scalar" | "string") => out.push(Series {
            labels: None,
            samples: vec![sample_of(result).ok_or_else(shape)?],
        }),
        Some("vector" | "matrix") => {
            for item in result {
                let labels = item
                    .get("metric")
                    .and_then(Value::as_object)
                    .ok_or_else(shape)?;
                let mut samples = Vec::new();
                if let Some(one) = item.get("value").and_then(Value::as_array) {
                    samples.push(sample_of(one).ok_or_else(shape)?);
                }
                for one in item
                    .get("values")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                {
                    let pair = one.as_array().and_then(|pair| sample_of(pair));
                    samples.push(pair.ok_or_else(shape)?);
                }
                if samples.is_empty() {
                    let is_histogram =
                        item.get("histogram").is_some() || item.get("histograms").is_some();
                    histograms += u64::from(is_histogram);
                    continue;
                }
                out.push(Series {
                    labels: Some(labels),
                    samples,
                });
            }
        }
        _ => return Err(shape()),
    }
    Ok((out, histograms))
}

/// `[1759247999.5, "53318"]`.
fn sample_of(pair: &[Value]) -> Option<Sample<'_>> {
    let [moment, value] = pair else { return None };
    let printed = moment.as_number()?.to_string();
    let seconds = parse_printed(&printed).ok()?.value;
    Some(Sample {
        seconds: i64::try_from(seconds.trunc().mantissa()).ok()?,
        text: Cow::Borrowed(value.as_str()?),
    })
}

/// What a counter grew by, as one sample; nothing where a single sample tells of no growth. A sample
/// that is no number stays, so that it is refused by name.
fn increase<'a>(samples: &[Sample<'a>], latest_start: i64, count: &mut Count) -> Vec<Sample<'a>> {
    count.samples += samples.len() as u64;
    let mut grown = Decimal::ZERO;
    let mut before: Option<Decimal> = None;
    let (mut numbers, mut first, mut last) = (0_u64, None, 0);
    for sample in samples {
        let text = sample::number(&sample.text).text;
        if text.is_empty() {
            count.without_number += 1;
            continue;
        }
        let bad = |text: Cow<'a, str>| {
            vec![Sample {
                seconds: sample.seconds,
                text,
            }]
        };
        let Ok(value) = parse_printed(&text).map(|read| read.value) else {
            return bad(sample.text.clone());
        };
        let step = match before {
            None => Some(Decimal::ZERO),
            Some(before) if value < before => {
                count.resets += 1;
                Some(value)
            }
            Some(before) => value.checked_sub(before),
        };
        match step.and_then(|step| grown.checked_add(step)) {
            Some(sum) => grown = sum,
            None => return bad(sample.text.clone()),
        }
        before = Some(value);
        numbers += 1;
        first.get_or_insert(sample.seconds);
        last = sample.seconds;
    }
    let Some(first) = first else {
        return Vec::new();
    };
    if numbers < 2 {
        count.single_sample += 1;
        return Vec::new();
    }
    count.begins_inside += u64::from(first >= latest_start);
    vec![Sample {
        seconds: last,
        text: Cow::Owned(grown.normalize().to_string()),
    }]
}

fn columns<'a>(series: &[Series<'a>]) -> Result<Columns<'a>, Message> {
    let mut out = Columns {
        names: vec![VALUE.to_owned(), TIMESTAMP.to_owned()],
        places: HashMap::new(),
    };
    for name in series
        .iter()
        .filter_map(|one| one.labels)
        .flat_map(Object::keys)
    {
        // The two columns of ours keep their names.
        if [VALUE, TIMESTAMP].contains(&name.as_str()) || out.places.contains_key(name.as_str()) {
            continue;
        }
        if out.names.len() == MAX_COLUMNS {
            return Err(Message::new("source-too-many-columns")
                .with("columns", MAX_COLUMNS + 1)
                .with("limit", MAX_COLUMNS));
        }
        out.places.insert(name, out.names.len());
        out.names.push(name.clone());
    }
    Ok(out)
}

fn label_cells<'a>(series: &Series<'a>, columns: &Columns<'_>) -> Vec<Cow<'a, str>> {
    let mut cells = vec![Cow::Borrowed(""); columns.names.len()];
    for (name, value) in series.labels.into_iter().flatten() {
        if let (Some(place), Some(text)) = (columns.places.get(name.as_str()), value.as_str()) {
            cells[*place] = Cow::Borrowed(text);
        }
    }
    cells
}

/// Labels by which the series of an answer differ.
fn differing<'a>(series: &[Series<'a>]) -> Vec<&'a str> {
    let names: BTreeSet<&str> = series
        .iter()
        .filter_map(|one| one.labels)
        .flat_map(|labels| labels.keys().map(String::as_str))
        .collect();
    let differs = |name: &&str| {
        let value = |one: &Series<'a>| one.labels.and_then(|labels| labels.get(*name));
        let mut values = series.iter().map(value);
        let first = values.next().flatten();
        values.any(|value| value != first)
    };
    names.into_iter().filter(differs).collect()
}

/// The query and what its answer held.
fn trail(asked: &Asked, map: &Map, series: &[Series<'_>], count: &Count) -> String {
    let mut out = format!("query={}; ", quote(&asked.query));
    match asked.step {
        None => out.push_str(&format!("time={}; ", sample::moment(asked.end))),
        Some(step) => out.push_str(&format!(
            "from={}; to={}; step={step}s; ",
            sample::moment(asked.start),
            sample::moment(asked.end)
        )),
    }
    out.push_str(&format!(
        "series={}; samples={}; ",
        series.len(),
        count.samples
    ));
    if map.aggregate == Some(Aggregate::Increase) {
        out.push_str(&format!("resets={}; ", count.resets));
    }
    if count.rounded > 0 {
        out.push_str(&format!("rounded={}; ", count.rounded));
    }
    out
}
