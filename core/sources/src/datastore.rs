//! The common government datastore: pages of records with `limit`, `offset` and `total`.

use crate::answer::{Context, Decoded, Located, Refusal};
use crate::config::SourceConfig;
use crate::document::{Document, read_document};
use crate::json::{fingerprint, table_of};
use crate::notice::{Notices, list, refuse};
use crate::table::Carried;
use crate::template::{LIMIT_AND_OFFSET, Paging, page_request};
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use serde_json::Value;
use std::io::{Read, Write};

/// A whole number, also one written as text.
pub(crate) fn whole(value: Option<&Value>) -> Option<u64> {
    match value? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().replace(',', "").parse().ok(),
        _ => None,
    }
}

/// Decodes one page.
pub fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
) -> Result<Decoded, Refusal> {
    let mut notices = Notices::default();
    let document = read_document(config, context, body, stored, &mut notices)?;
    let refused = |message| refuse(config, message, &document.start);
    let result = document.value.get("result");
    let records = result
        .and_then(|r| r.get("records"))
        .and_then(Value::as_array);
    let Some(records) = records else {
        let keys = match result.unwrap_or(&document.value) {
            Value::Object(fields) => list(fields.keys().map(String::as_str)),
            _ => "-".to_owned(),
        };
        return Err(refused(
            Message::new("source-datastore-shape").with("keys", keys),
        ));
    };
    let page = RowsOfPage {
        rows: records.iter().collect(),
        total: whole(result.and_then(|r| r.get("total"))),
        paging: LIMIT_AND_OFFSET,
        prefix: "rows=$.result.records[*]; ",
    };
    page.decode(config, context, Vec::new(), &document, notices)
}

/// The rows of one page, and how the next one is asked for.
pub(crate) struct RowsOfPage<'a> {
    pub rows: Vec<&'a Value>,
    /// Rows the source says it has.
    pub total: Option<u64>,
    pub paging: Paging,
    /// Where the rows stand, for the trail.
    pub prefix: &'a str,
}

impl RowsOfPage<'_> {
    /// Decodes one page of several. `readings` are what was read beside the rows.
    pub fn decode(
        self,
        config: &SourceConfig,
        context: &Context<'_>,
        readings: Vec<Located>,
        document: &Document,
        mut notices: Notices,
    ) -> Result<Decoded, Refusal> {
        let refused = |message| refuse(config, message, &document.start);
        let total = self.total;
        let this_page = fingerprint(&self.rows);
        let first_page = context.carried.and_then(|carried| carried.first_page);
        if context.page > 0 && this_page.is_some() && this_page == first_page {
            let id = match self.paging == LIMIT_AND_OFFSET {
                true => "source-datastore-same-page",
                false => "source-next-same",
            };
            return Err(refused(Message::new(id)));
        }
        let count = self.rows.len() as u64;
        let so_far = context.rows_so_far + count;
        if so_far == 0 && !config.allow_empty {
            return Err(refused(Message::new("source-no-rows")));
        }
        let incomplete = check_total(config, context, total, count, &mut notices);
        let more = count > 0 && total.is_some_and(|total| so_far < total);
        let next = match (more, context.url) {
            (true, Some(url)) => Some(page_request(
                url,
                self.paging,
                config.page_size(),
                so_far,
                context.page + 1,
            )),
            _ => None,
        };
        let table = table_of(config, context, &self.rows).map_err(refused)?;
        let base = Decoded {
            readings,
            rows: count,
            total,
            next,
            encoding: document.encoding,
            recipe: document.recipe.clone(),
            ..Decoded::default()
        };
        let mut decoded = crate::end_of_rows(table, self.prefix, incomplete, notices, base);
        if let Some(carried) = &mut decoded.carried {
            *carried = Carried {
                total,
                first_page: first_page.or(this_page),
                ..std::mem::take(carried)
            };
        }
        Ok(decoded)
    }
}

/// Compares what came with what the source says it has. The message says why aggregates of this
/// answer cannot be trusted.
fn check_total(
    config: &SourceConfig,
    context: &Context<'_>,
    total: Option<u64>,
    count: u64,
    notices: &mut Notices,
) -> Option<Message> {
    let so_far = context.rows_so_far + count;
    let mut add = |severity, text: Message| {
        notices.add("total-mismatch@1", severity, None, config, text);
    };
    let Some(total) = total else {
        let text = Message::new("source-total-missing").with("rows", so_far);
        add(Severity::Warning, text.clone());
        // A full page without a total is most likely the first of several.
        return (count >= u64::from(config.page_size())).then_some(text);
    };
    let before = context.carried.and_then(|carried| carried.total);
    if let Some(before) = before
        && before != total
    {
        let text = Message::new("source-total-changed")
            .with("before", before)
            .with("total", total);
        add(Severity::Warning, text.clone());
        return Some(text);
    }
    if so_far > total || (so_far < total && (count == 0 || context.url.is_none())) {
        let text = Message::new("source-total-mismatch")
            .with("rows", so_far)
            .with("total", total);
        add(Severity::Error, text.clone());
        return Some(text);
    }
    if so_far < total && count < u64::from(config.page_size()) {
        let text = Message::new("source-short-page")
            .with("rows", count)
            .with("asked", config.page_size())
            .with("page", context.page + 1);
        add(Severity::Info, text);
    }
    None
}
