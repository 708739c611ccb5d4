//! The Action API of CKAN 3 portals: `package_search` with its count and facets, `package_show` with
//! its resources, `datastore_search` page by page, and the plain lists.
//!
//! The address of the source is the action's. Objects inside a row become columns with a dot
//! (`organization.title`, `tracking_summary.total`), extras become `extras.KEY`.

use crate::answer::{Context, Decoded, Refusal};
use crate::config::SourceConfig;
use crate::datastore::{RowsOfPage, whole};
use crate::document::{check_status, read_document, under_status};
use crate::json::{singles, table_of};
use crate::notice::{Notices, list, refuse};
use crate::template::{LIMIT_AND_OFFSET, Paging, ROWS_AND_START};
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use serde::{Deserialize, Serialize};
use serde_json::{Map as Object, Value};
use std::io::{Read, Write};

/// Values that a facet holds unless the address asks for more; a portal cuts the rest off.
const FACET_LIMIT: usize = 50;
/// Objects inside objects deeper than this stay as their text.
const MAX_DEPTH: usize = 3;

/// `[ckan]` of a source file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ckan {
    /// The rows that maps with columns look at; by default what the answer has: `records`,
    /// `resources` or `results`.
    pub rows: CkanRows,
}

/// Rows of a CKAN answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CkanRows {
    /// Data sets of `package_search`, page by page.
    Results,
    /// Values of the facets of `package_search`: `facet`, `name`, `display_name`, `count`.
    Facets,
    /// Resources of `package_show`.
    Resources,
    /// Records of `datastore_search`, page by page.
    Records,
    /// The items of a list such as `organization_list`; plain names stand in the column `name`.
    List,
}

impl CkanRows {
    /// The word in source files.
    fn id(self) -> &'static str {
        match self {
            CkanRows::Results => "results",
            CkanRows::Facets => "facets",
            CkanRows::Resources => "resources",
            CkanRows::Records => "records",
            CkanRows::List => "list",
        }
    }
}

/// Whether any map looks at rows; the others follow paths.
fn needs_rows(config: &SourceConfig) -> bool {
    config.maps.iter().any(|map| map.at.is_none())
}

/// How pages of an action are asked for; `None` where one answer holds everything that is wanted.
pub(crate) fn paging(config: &SourceConfig, url: &str) -> Option<Paging> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let action = path.trim_end_matches('/').rsplit('/').next();
    let rows = config.ckan.as_ref().map(|ckan| ckan.rows);
    match (action, rows) {
        _ if !needs_rows(config) => None,
        (Some("datastore_search"), None | Some(CkanRows::Records)) => Some(LIMIT_AND_OFFSET),
        (Some("package_search"), None | Some(CkanRows::Results)) => Some(ROWS_AND_START),
        _ => None,
    }
}

/// Decodes one answer of an action.
pub fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
) -> Result<Decoded, Refusal> {
    let mut notices = Notices::default();
    let document = read_document(config, context, body, stored, &mut notices)
        .map_err(|refusal| under_status(config, context, refusal))?;
    check_status(config, context, &document)?;
    let refused = |message| refuse(config, message, &document.start);
    let Some(result) = document.value.get("result") else {
        return Err(refused(shape(&document.value, "result")));
    };
    let readings = match context.page {
        0 => singles(config, context, &document.value, None, &mut notices),
        _ => Vec::new(),
    };
    notice_tracking(config, result, &mut notices);
    // Whoever has no map yet wants to see the rows.
    let is_looked_at = context.preview.is_some() && config.maps.is_empty();
    let shows_rows = is_looked_at && rows_of_shape(result).is_some();
    if !needs_rows(config) && !shows_rows {
        // How many values the paths led to is nothing to compare with last time.
        let context = Context {
            previous_rows: None,
            ..*context
        };
        let table = table_of(config, &context, &[]).map_err(refused)?;
        let base = Decoded {
            rows: readings.len() as u64,
            readings,
            encoding: document.encoding,
            recipe: document.recipe.clone(),
            ..Decoded::default()
        };
        return Ok(crate::end_of_rows(table, "", None, notices, base));
    }
    let wanted = match &config.ckan {
        Some(ckan) => ckan.rows,
        None => rows_of_shape(result).ok_or_else(|| refused(shape(result, "results")))?,
    };
    let missing = || refused(shape(result, wanted.id()));
    let rows = rows(result, wanted).ok_or_else(missing)?;
    if wanted == CkanRows::Facets {
        notice_cut_facets(config, context, &rows, &mut notices);
    }
    let total = match wanted {
        CkanRows::Results => whole(result.get("count")),
        CkanRows::Records => whole(result.get("total")),
        // The answer holds all of them.
        CkanRows::Facets | CkanRows::Resources | CkanRows::List => Some(rows.len() as u64),
    };
    let page = RowsOfPage {
        rows: rows.iter().collect(),
        total,
        paging: match wanted {
            CkanRows::Results => ROWS_AND_START,
            _ => LIMIT_AND_OFFSET,
        },
        prefix: &format!("rows=result.{}; ", wanted.id()),
    };
    page.decode(config, context, readings, &document, notices)
}

fn shape(value: &Value, wanted: &'static str) -> Message {
    let keys = match value {
        Value::Object(fields) => list(fields.keys().map(String::as_str)),
        _ => "-".to_owned(),
    };
    Message::new("source-ckan-shape")
        .with("wanted", wanted)
        .with("keys", keys)
}

/// The rows that an answer has by its shape.
fn rows_of_shape(result: &Value) -> Option<CkanRows> {
    let has = |key: &str| result.get(key).is_some_and(Value::is_array);
    if has("records") {
        Some(CkanRows::Records)
    } else if has("results") {
        Some(CkanRows::Results)
    } else if has("resources") {
        Some(CkanRows::Resources)
    } else {
        result.is_array().then_some(CkanRows::List)
    }
}

fn rows(result: &Value, wanted: CkanRows) -> Option<Vec<Value>> {
    let items = |key: &str| result.get(key)?.as_array();
    Some(match wanted {
        // A datastore's records are flat already.
        CkanRows::Records => items("records")?.clone(),
        CkanRows::Results => items("results")?.iter().map(flat).collect(),
        CkanRows::Resources => items("resources")?.iter().map(flat).collect(),
        CkanRows::List => result.as_array()?.iter().map(listed).collect(),
        CkanRows::Facets => facets(result)?,
    })
}

/// An item of a list: an object, or a name.
fn listed(item: &Value) -> Value {
    match item {
        Value::String(_) | Value::Number(_) => {
            Value::Object([("name".to_owned(), item.clone())].into_iter().collect())
        }
        other => flat(other),
    }
}

/// The same row with the fields of inner objects as its own.
fn flat(row: &Value) -> Value {
    let Value::Object(fields) = row else {
        return row.clone();
    };
    let mut out = Object::new();
    spread(&mut out, "", fields, 0);
    let extras = fields.get("extras").and_then(Value::as_array);
    for extra in extras.into_iter().flatten() {
        if let (Some(key), Some(value)) =
            (extra.get("key").and_then(Value::as_str), extra.get("value"))
        {
            out.insert(format!("extras.{key}"), value.clone());
        }
    }
    Value::Object(out)
}

fn spread(
    out: &mut Object<String, Value>,
    prefix: &str,
    fields: &Object<String, Value>,
    depth: usize,
) {
    for (key, value) in fields {
        let name = format!("{prefix}{key}");
        match value {
            Value::Object(inner) if depth < MAX_DEPTH => {
                spread(out, &format!("{name}."), inner, depth + 1);
            }
            _ => {
                out.insert(name, value.clone());
            }
        }
    }
}

/// Values of all facets; the older form of the answer has no titles.
fn facets(result: &Value) -> Option<Vec<Value>> {
    let row = |facet: &str, name: &Value, display: &Value, count: &Value| {
        let cells = [
            ("facet", Value::from(facet)),
            ("name", name.clone()),
            ("display_name", display.clone()),
            ("count", count.clone()),
        ];
        Value::Object(cells.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
    };
    let mut out = Vec::new();
    let found = result.get("search_facets").and_then(Value::as_object);
    if let Some(found) = found.filter(|found| !found.is_empty()) {
        for (facet, inner) in found {
            for item in inner.get("items").and_then(Value::as_array)? {
                let cell = |key: &str| item.get(key).unwrap_or(&Value::Null);
                let name = cell("name");
                let display = item.get("display_name").unwrap_or(name);
                out.push(row(facet, name, display, cell("count")));
            }
        }
        return Some(out);
    }
    for (facet, counts) in result.get("facets").and_then(Value::as_object)? {
        for (name, count) in counts.as_object()? {
            let name = Value::from(name.as_str());
            out.push(row(facet, &name, &name, count));
        }
    }
    Some(out)
}

/// As many values as the portal gives at most: there may be more.
fn notice_cut_facets(
    config: &SourceConfig,
    context: &Context<'_>,
    rows: &[Value],
    notices: &mut Notices,
) {
    let asked = context
        .url
        .and_then(|url| url::Url::parse(url).ok())
        .and_then(|url| {
            let mut pairs = url.query_pairs();
            pairs.find_map(|(name, value)| (name == "facet.limit").then(|| value.into_owned()))
        });
    let limit = match asked {
        None => FACET_LIMIT,
        Some(text) => match text.parse::<usize>() {
            Ok(limit) => limit,
            // -1 asks for all.
            Err(_) => return,
        },
    };
    let mut counted: Vec<(&Value, usize)> = Vec::new();
    for facet in rows.iter().filter_map(|row| row.get("facet")) {
        match counted.last_mut() {
            Some((last, count)) if *last == facet => *count += 1,
            _ => counted.push((facet, 1)),
        }
    }
    let cut: Vec<&str> = counted
        .iter()
        .filter(|(_, count)| *count >= limit)
        .filter_map(|(facet, _)| facet.as_str())
        .collect();
    if !cut.is_empty() {
        let text = Message::new("source-ckan-facets-cut")
            .with("facets", list(cut))
            .with("limit", limit);
        notices.add("facets-cut@1", Severity::Warning, None, config, text);
    }
}

/// Views and downloads are asked for where the portal does not count them.
fn notice_tracking(config: &SourceConfig, result: &Value, notices: &mut Notices) {
    const KEY: &str = "tracking_summary";
    let asks = config.maps.iter().any(|map| {
        let texts = map.at.iter().chain(&map.column);
        texts.into_iter().any(|text| text.contains(KEY))
    });
    if asks && !mentions(result, KEY, 0) {
        let text = Message::new("source-ckan-no-tracking");
        notices.add("no-tracking@1", Severity::Warning, None, config, text);
    }
}

fn mentions(value: &Value, key: &str, depth: usize) -> bool {
    match value {
        Value::Object(fields) => {
            fields.get(key).is_some_and(|found| !found.is_null())
                || depth < MAX_DEPTH && fields.values().any(|inner| mentions(inner, key, depth + 1))
        }
        Value::Array(items) => items.iter().any(|inner| mentions(inner, key, depth)),
        _ => false,
    }
}
