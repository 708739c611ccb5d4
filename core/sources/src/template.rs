//! Placeholders in addresses, values and series.

use crate::answer::{Request, RequestContext};
use crate::config::{Kind, SourceConfig};
use crate::notice::nearest;
use crate::targets::{TARGET, encoded};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;

/// Every placeholder of addresses and values.
pub const PLACEHOLDERS: [&str; 7] = [
    "year",
    "roc_year",
    "quarter",
    "quarter_number",
    "quarter_start",
    "quarter_end",
    "origin",
];

/// Placeholder of kind `procurement` for one of its files.
pub(crate) const FILE: &str = "{file}";

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text as it is.
    Text(String),
    /// A name between braces.
    Name(String),
}

/// Takes a template apart. A brace that does not enclose a name that `is_name` accepts is text, so
/// that `{ProcessYear:{roc_year}}` keeps its outer braces.
pub fn pieces(template: &str, is_name: impl Fn(&str) -> bool) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        text.push_str(before);
        let inner = &after[1..];
        match inner.split_once('}') {
            Some((name, tail)) if !name.is_empty() && !name.contains('{') && is_name(name) => {
                if !text.is_empty() {
                    out.push(Piece::Text(std::mem::take(&mut text)));
                }
                out.push(Piece::Name(name.to_owned()));
                rest = tail;
            }
            _ => {
                text.push('{');
                rest = inner;
            }
        }
    }
    text.push_str(rest);
    if !text.is_empty() {
        out.push(Piece::Text(text));
    }
    out
}

/// Looks like a placeholder of ours: small letters and underscores.
fn is_placeholder(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// Fills the placeholders of an address or a value.
pub fn fill(template: &str, quarter: Quarter, origin: Option<&str>) -> Result<String, Message> {
    let mut out = String::with_capacity(template.len());
    for piece in pieces(template, is_placeholder) {
        let name = match piece {
            Piece::Text(text) => {
                out.push_str(&text);
                continue;
            }
            Piece::Name(name) => name,
        };
        match name.as_str() {
            "year" => out.push_str(&quarter.year.to_string()),
            "roc_year" => out.push_str(&quarter.roc_year().to_string()),
            "quarter" => out.push_str(&quarter.to_string()),
            "quarter_number" => out.push_str(&quarter.number.to_string()),
            "quarter_start" => out.push_str(&quarter.start().to_string()),
            "quarter_end" => out.push_str(&quarter.end().to_string()),
            "origin" => match origin {
                Some(origin) => out.push_str(origin.trim_end_matches('/')),
                None => return Err(Message::new("source-no-origin")),
            },
            unknown => return Err(unknown_placeholder(unknown)),
        }
    }
    Ok(out)
}

fn unknown_placeholder(name: &str) -> Message {
    let known = PLACEHOLDERS.join(" ");
    match nearest(name, PLACEHOLDERS) {
        Some(near) => Message::new("source-placeholder-near")
            .with("name", name)
            .with("near", near)
            .with("known", known),
        None => Message::new("source-placeholder-unknown")
            .with("name", name)
            .with("known", known),
    }
}

/// Names of the parameters that ask for a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// Rows of a page.
    pub size: &'static str,
    /// Rows before it.
    pub start: &'static str,
}

/// As datastores take them.
pub const LIMIT_AND_OFFSET: Paging = Paging {
    size: "limit",
    start: "offset",
};
/// As the search of a CKAN portal takes them.
pub const ROWS_AND_START: Paging = Paging {
    size: "rows",
    start: "start",
};

/// The first page to ask for: the source's address with its placeholders filled in, with what its
/// kind adds to ask for a page or a query.
pub fn first_request(
    config: &SourceConfig,
    context: &RequestContext<'_>,
) -> Result<Request, Message> {
    let url = own_address(config, context)?;
    if config.kind == Kind::Prometheus {
        return crate::metric_query::request(config, 0, &url, context.quarter, context.now);
    }
    Ok(match paging(config, &url) {
        Some(paging) => page_request(&url, paging, config.page_size(), 0, 0),
        None => Request { url, page: 0 },
    })
}

/// An address with the placeholders of every kind and those of its own kind filled in.
pub(crate) fn address(
    config: &SourceConfig,
    template: &str,
    quarter: Quarter,
    origin: Option<&str>,
    target: Option<&str>,
) -> Result<String, Message> {
    let template = match config.kind {
        Kind::Sdmx => {
            let (start, end) = config.sdmx_range(quarter)?;
            template.replace("{start}", &start).replace("{end}", &end)
        }
        Kind::Procurement => match config.procurement().file(quarter, 0) {
            Some((file, _)) => template.replace(FILE, &file),
            None => template.to_owned(),
        },
        _ => template.to_owned(),
    };
    // A target holds no braces, so nothing of it is taken for a placeholder.
    let template = match target {
        Some(target) => template.replace(TARGET, &encoded(target)),
        None => template,
    };
    fill(&template, quarter, origin)
}

/// How pages of a source are asked for; `None` where one answer holds everything.
fn paging(config: &SourceConfig, url: &str) -> Option<Paging> {
    match config.kind {
        Kind::Datastore => Some(LIMIT_AND_OFFSET),
        Kind::Ckan => crate::ckan::paging(config, url),
        _ => None,
    }
}

/// The source's address with its placeholders filled in.
fn own_address(config: &SourceConfig, context: &RequestContext<'_>) -> Result<String, Message> {
    let template = config
        .url
        .as_deref()
        .ok_or_else(|| Message::new("source-no-url").with("source", config.id.as_str()))?;
    address(
        config,
        template,
        context.quarter,
        context.origin,
        context.target,
    )
}

/// The address of what is asked, the same for every page and moment: answers to the same question
/// are compared with each other.
pub fn question(config: &SourceConfig, context: &RequestContext<'_>) -> Result<String, Message> {
    let url = own_address(config, context)?;
    Ok(match paging(config, &url) {
        Some(paging) => page_request(&url, paging, 0, 0, 0).url,
        None => url,
    })
}

/// The same address with another page asked for; other parameters stay as they are.
pub fn page_request(url: &str, paging: Paging, size: u32, start: u64, page: u32) -> Request {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut parts: Vec<String> = query
        .split('&')
        .filter(|part| {
            let name = part.split('=').next().unwrap_or("");
            !part.is_empty() && name != paging.size && name != paging.start
        })
        .map(str::to_owned)
        .collect();
    parts.push(format!("{}={size}", paging.size));
    parts.push(format!("{}={start}", paging.start));
    Request {
        url: format!("{base}?{}", parts.join("&")),
        page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quarter() -> Quarter {
        Quarter::new(2025, 3).unwrap()
    }

    #[test]
    fn fills_gregorian_and_roc_and_leaves_foreign_braces() {
        let filled = fill(
            "https://x.tw/a?filters={ProcessYear:{roc_year}}&y={year}&q={quarter}&d={quarter_start}/{quarter_end}",
            quarter(),
            None,
        );
        assert_eq!(
            filled.unwrap(),
            "https://x.tw/a?filters={ProcessYear:114}&y=2025&q=2025Q3&d=2025-07-01/2025-09-30"
        );
    }

    #[test]
    fn an_unknown_placeholder_names_the_nearest() {
        let error = fill("{quater}", quarter(), None).unwrap_err();
        assert_eq!(error.id, "source-placeholder-near");
        assert!(error.to_string().contains("near=\"quarter\""));
    }

    #[test]
    fn paging_replaces_limit_and_offset_only() {
        let page = page_request(
            "https://x.tw/r/A-1?limit=5&q=a&offset=0",
            LIMIT_AND_OFFSET,
            100,
            200,
            2,
        );
        assert_eq!(page.url, "https://x.tw/r/A-1?q=a&limit=100&offset=200");
        assert_eq!(
            page_request("https://x.tw/r", ROWS_AND_START, 10, 0, 0).url,
            "https://x.tw/r?rows=10&start=0"
        );
    }
}
