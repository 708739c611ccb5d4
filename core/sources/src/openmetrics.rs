//! A service's own `/metrics`, line by line in constant memory: OpenMetrics 1.0 and the Prometheus
//! text format 0.0.4.
//!
//! Rows are samples: `metric`, `value`, `timestamp` in Taipei, and the labels that the maps name. A
//! row's number is its line. NaN and the infinities are blank, exemplars are not looked at.

use crate::answer::{Context, Decoded, Refusal};
use crate::check::columns_of;
use crate::config::SourceConfig;
use crate::document::looks_like_markup;
use crate::filter::Row;
use crate::metric_line::{Sample, moment, parse};
use crate::notice::{Notices, list, nearest, quote, refuse};
use crate::sample::{self, TIMESTAMP, VALUE};
use crate::table::Table;
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Read, Write};

/// Column of a sample's name.
const METRIC: &str = "metric";
/// A longer line is no sample.
const MAX_LINE: u64 = 64 << 10;
/// Samples beyond this are not compared with the others for being there twice.
const MAX_COMPARED: usize = 500_000;
/// Names of labels and metrics kept to name the nearest.
const MAX_NAMES: usize = 2_000;
struct MetricRow<'a>(Vec<Cow<'a, str>>);

impl Row for MetricRow<'_> {
    fn cell(&self, column: usize) -> Cow<'_, str> {
        self.0
            .get(column)
            .map(|cell| Cow::Borrowed(cell.as_ref()))
            .unwrap_or_default()
    }
}

/// What was noticed from line to line.
#[derive(Default)]
struct Seen {
    lines: u64,
    has_end: bool,
    keys: HashSet<u64>,
    twice: u64,
    first_twice: u64,
    labels: BTreeSet<String>,
    metrics: BTreeSet<String>,
}

/// Decodes the text of a `/metrics` address.
pub fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
) -> Result<Decoded, Refusal> {
    if !config.personal_fields.is_empty() {
        return Err(refuse(config, Message::new("source-metrics-personal"), b""));
    }
    // Services drop and add samples when they restart: fewer are a finding only where it is asked for.
    let context = Context {
        previous_rows: context
            .previous_rows
            .filter(|_| config.min_rows_percent.is_some()),
        ..*context
    };
    let own = sample::with_maps(config, &config.maps);
    let columns = columns(&own);
    // Rows are noted with all their labels, of which the table only sees those that maps name.
    let unwatched = Context {
        preview: None,
        ..context
    };
    let mut table = Table::new(&own, unwatched, &columns);
    let mut notices = Notices::default();
    let mut seen = Seen::default();
    let mut reader = BufReader::new(body);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut reader)
            .take(MAX_LINE + 1)
            .read_until(b'\n', &mut line);
        stored.write_all(&line).map_err(|error| {
            let said = quote(&error.to_string());
            refuse(
                config,
                Message::new("source-store-failed").with("error", said),
                b"",
            )
        })?;
        let refused = |message| refuse(config, message, &line);
        if let Err(error) = read {
            let said = quote(&error.to_string());
            return Err(drain(
                &mut reader,
                stored,
                refused(Message::new("source-read-failed").with("error", said)),
            ));
        }
        if line.is_empty() {
            break;
        }
        seen.lines += 1;
        let outcome = match line.strip_suffix(b"\n") {
            Some(text) => take_line(&mut table, &columns, &mut seen, text, &context),
            None if line.len() as u64 > MAX_LINE => {
                Err(Message::new("source-record-too-long").with("row", seen.lines - 1))
            }
            // The last line of an answer ends like every other.
            None => Err(markup(&line, &context).unwrap_or_else(|| {
                Message::new("source-metrics-truncated").with("line", seen.lines)
            })),
        };
        if let Err(message) = outcome {
            let refusal = refuse(config, message, &line);
            return Err(drain(&mut reader, stored, refusal));
        }
    }
    let said = context.content_type.unwrap_or_default();
    if !seen.has_end && said.contains("openmetrics") {
        let message = Message::new("source-metrics-truncated").with("line", seen.lines);
        return Err(refuse(config, message, b""));
    }
    if table.rows == 0 && !config.allow_empty {
        let id = if seen.lines == 0 {
            "source-empty"
        } else {
            "source-no-rows"
        };
        return Err(refuse(config, Message::new(id), b""));
    }
    notice(&own, &columns, &seen, &mut notices);
    table.refuse_several(&names(&seen.labels));
    let base = Decoded {
        rows: table.rows,
        encoding: "utf-8",
        ..Decoded::default()
    };
    Ok(crate::end_of_rows(table, "", None, notices, base))
}

/// What was read ahead belongs to the answer that is kept.
fn drain(reader: &mut impl BufRead, stored: &mut dyn Write, refusal: Refusal) -> Refusal {
    // The reason for the refusal is known; what cannot be read of the rest changes nothing.
    let _ = std::io::copy(reader, stored);
    refusal
}

/// The columns of samples, and the labels that the maps name.
fn columns(config: &SourceConfig) -> Vec<String> {
    let mut out: Vec<String> = [METRIC, VALUE, TIMESTAMP].map(str::to_owned).into();
    let named = config.maps.iter().flat_map(columns_of);
    for name in named.chain(config.data_day_column.clone()) {
        let name = name.trim().to_owned();
        if !out.contains(&name) {
            out.push(name);
        }
    }
    out
}

fn names(set: &BTreeSet<String>) -> Vec<&str> {
    set.iter().map(String::as_str).collect()
}

/// Keeps the first names; there are no more in an honest answer.
fn keep(set: &mut BTreeSet<String>, name: &str) {
    if set.len() < MAX_NAMES && !set.contains(name) {
        set.insert(name.to_owned());
    }
}

fn markup(line: &[u8], context: &Context<'_>) -> Option<Message> {
    looks_like_markup(
        String::from_utf8_lossy(line).trim_start(),
        context.content_type,
        "metrics",
    )
}

fn take_line(
    table: &mut Table<'_>,
    columns: &[String],
    seen: &mut Seen,
    bytes: &[u8],
    context: &Context<'_>,
) -> Result<(), Message> {
    let number = seen.lines;
    if number == 1
        && let Some(message) = markup(bytes, context)
    {
        return Err(message);
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Message::new("source-metrics-text").with("line", number))?;
    let text = text.trim_matches([' ', '\t', '\r']);
    if text.is_empty() {
        return Ok(());
    }
    if seen.has_end {
        return Err(Message::new("source-metrics-after-end").with("line", number));
    }
    if text.starts_with('#') {
        seen.has_end = text == "# EOF";
        return Ok(());
    }
    let sample =
        parse(text).ok_or_else(|| Message::new("source-metrics-line").with("line", number))?;
    if !seen.is_new(&sample) {
        return Ok(());
    }
    keep(&mut seen.metrics, &sample.name);
    let mut cells = vec![Cow::Borrowed(""); columns.len()];
    for (name, value) in &sample.labels {
        keep(&mut seen.labels, name);
        // The columns of ours keep their names.
        if let Some(place) = columns.iter().skip(3).position(|column| column == name) {
            cells[place + 3] = Cow::Borrowed(value.as_ref());
        }
    }
    cells[0] = Cow::Borrowed(sample.name.as_ref());
    cells[1] = sample::number(sample.value).text;
    cells[2] = Cow::Owned(moment(sample.moment));
    if let Some(preview) = context.preview {
        let own = [METRIC, VALUE, TIMESTAMP].into_iter();
        let own = own.zip(cells.iter().map(|cell| &**cell));
        let labels = sample.labels.iter();
        let labels = labels.map(|(name, value)| (&**name, &**value));
        preview.named(table.config, own.chain(labels));
    }
    table.row(&MetricRow(cells), number);
    Ok(())
}

impl Seen {
    /// Whether this is the first sample of its name, labels and moment.
    fn is_new(&mut self, sample: &Sample<'_>) -> bool {
        if self.keys.len() >= MAX_COMPARED {
            return true;
        }
        let mut labels: Vec<_> = sample.labels.iter().collect();
        labels.sort_unstable();
        let mut hasher = DefaultHasher::new();
        (&sample.name, labels, sample.moment).hash(&mut hasher);
        let is_new = self.keys.insert(hasher.finish());
        if !is_new {
            if self.twice == 0 {
                self.first_twice = self.lines;
            }
            self.twice += 1;
        }
        is_new
    }
}

fn notice(config: &SourceConfig, columns: &[String], seen: &Seen, notices: &mut Notices) {
    if seen.twice > 0 {
        let text = Message::new("source-metrics-twice")
            .with("samples", seen.twice)
            .with("line", seen.first_twice);
        notices.add("duplicate-sample@1", Severity::Warning, None, config, text);
    }
    let unmet = |name: &&String| !seen.labels.contains(*name);
    if let Some(label) = columns.iter().skip(3).find(unmet) {
        let text = Message::new("source-metrics-label")
            .with("label", quote(label))
            .with("labels", list(names(&seen.labels)));
        notices.add("label-missing@1", Severity::Warning, None, config, text);
    }
    let filters = config.maps.iter().flat_map(|map| &map.filter);
    for wanted in filters.filter(|filter| filter.column == METRIC) {
        let values = wanted.value.iter().chain(&wanted.values);
        let exact = matches!(wanted.op, crate::config::Op::Equal | crate::config::Op::In);
        for name in values.filter(|name| exact && !seen.metrics.contains(*name)) {
            let near = nearest(name, names(&seen.metrics)).map_or_else(|| "-".to_owned(), quote);
            let text = Message::new("source-metrics-metric")
                .with("metric", quote(name))
                .with("near", near);
            notices.add("metric-missing@1", Severity::Warning, None, config, text);
        }
    }
}
