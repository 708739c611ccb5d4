//! Which kind an answer seems to be, from its bytes first and its address second; what a server
//! says of it is believed last.

use crate::config::Kind;
use crate::document::strict_value;
use crate::encoding::{charset, labelled, measure, text_of};
use crate::header::below_titles;
use crate::notice::{excerpt, quote};
use quarterdeck_kpi::message::Message;
use serde_json::Value;

/// A kind, with what its source file needs beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detected {
    /// The kind.
    pub kind: Kind,
    /// For CSV: the separator, where it is no comma.
    pub delimiter: Option<char>,
    /// For CSV: the line of the header, where titles seem to stand above it.
    pub header_row: Option<u32>,
}

impl From<Kind> for Detected {
    fn from(kind: Kind) -> Self {
        Detected {
            kind,
            delimiter: None,
            header_row: None,
        }
    }
}

/// Guesses the kind of an answer; an error says what it seems to be instead and what to do.
pub fn detect(bytes: &[u8], content_type: Option<&str>, url: &str) -> Result<Detected, Message> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Message::new("source-empty"));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        let has = |word: &[u8]| memchr::memmem::find(bytes, word).is_some();
        return match has(b"opendocument.spreadsheet") || has(b"xl/workbook") {
            true => Ok(Kind::Sheet.into()),
            false => Err(Message::new("source-preview-archive")),
        };
    }
    let declared = content_type.and_then(charset).and_then(labelled);
    let text = measure(bytes, true, declared)
        .and_then(|measured| text_of(bytes, measured))
        .map_err(|reason| Message::new("source-preview-unknown").with("reason", reason))?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let head: String = text.chars().take(4_000).collect();
    let lower = head.to_ascii_lowercase();
    if lower.starts_with("<!doctype html") || lower.contains("<html") {
        let text =
            Message::new("source-preview-html").with("excerpt", quote(&title(&lower, &head)));
        return Err(text);
    }
    if head.starts_with('<') {
        let is_sdmx = ["sdmx.org", "genericdata", "structurespecificdata"]
            .iter()
            .any(|word| lower.contains(word));
        let kind = if is_sdmx {
            Kind::Sdmx
        } else {
            Kind::Procurement
        };
        return Ok(kind.into());
    }
    if head.starts_with(['{', '[']) {
        let value = strict_value(text).unwrap_or(Value::Null);
        return Ok(of_json(&value, url).into());
    }
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let says_metrics = content_type.is_some_and(|said| said.contains("openmetrics"));
    let has_comments = head.starts_with("# HELP") || head.starts_with("# TYPE");
    if has_comments || says_metrics || path.ends_with("/metrics") {
        return Ok(Kind::Openmetrics.into());
    }
    let first = text.lines().next().unwrap_or_default();
    if ["DATAFLOW,", "STRUCTURE,"]
        .iter()
        .any(|begin| first.starts_with(begin))
    {
        return Ok(Kind::Sdmx.into());
    }
    let separators = [',', '\t', ';', '|'];
    let counts = |line: &str, separator: char| line.matches(separator).count();
    // A title above the header has no separator, or as many as the rows have.
    let lower = separators.into_iter().find_map(|separator| {
        let row = below_titles(&head, u8::try_from(separator).ok()?)?;
        let header = head.lines().nth(usize::try_from(row).ok()? - 1)?;
        let most = |other: &char| counts(header, *other) <= counts(header, separator);
        separators.iter().all(most).then_some((separator, row))
    });
    let on_first = separators
        .into_iter()
        .max_by_key(|s| (counts(first, *s), *s == ','))
        .filter(|separator| counts(first, *separator) > 0);
    let header_row = lower.map(|(_, row)| row);
    match lower.map(|(separator, _)| separator).or(on_first) {
        Some(separator) => Ok(Detected {
            kind: Kind::Csv,
            delimiter: (separator != ',').then_some(separator),
            header_row,
        }),
        None => {
            let reason =
                Message::new("source-preview-no-shape").with("excerpt", excerpt(head.as_bytes()));
            Err(Message::new("source-preview-unknown").with("reason", reason))
        }
    }
}

/// The title of a web page, or its beginning.
fn title(lower: &str, head: &str) -> String {
    let found = lower.find("<title").and_then(|at| {
        let from = at + lower.get(at..)?.find('>')? + 1;
        let length = lower.get(from..)?.find("</")?;
        head.get(from..from + length)
    });
    found.unwrap_or(head).trim().to_owned()
}

fn of_json(value: &Value, url: &str) -> Kind {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let result = value.get("result");
    let data = value.get("data");
    let under = |value: Option<&Value>, key: &str| value.and_then(|v| v.get(key)).is_some();
    let is_action = path.contains("/api/3/action/") || path.contains("/api/action/");
    if is_action && value.get("success").is_some() {
        Kind::Ckan
    } else if path.contains("/rest/datastore/")
        || (under(result, "records") && under(result, "fields"))
    {
        Kind::Datastore
    } else if under(data, "dataSets") || value.get("dataSets").is_some() {
        Kind::Sdmx
    } else if under(data, "resultType") && value.get("status").is_some() {
        Kind::Prometheus
    } else {
        Kind::Json
    }
}
