//! Pure decoders of the sources' answers: bytes in, observations and findings out.
//!
//! No network, no clock and no file system: a decoder reads a body once to its end, writes what
//! may be stored (personal fields blanked) and returns what it found. Whatever the bytes are, it
//! returns: a value, a reading refused with its printed text, or a [`Refusal`] of the whole answer.
//!
//! To add a kind of source: a variant of [`Kind`], its decoder as a file here and its line in
//! [`decode`].
#![deny(clippy::float_arithmetic)]

#[cfg(test)]
mod agreement;
pub mod answer;
mod archive;
pub mod cells;
pub mod check;
mod ckan;
pub mod config;
mod csv;
mod datastore;
mod document;
pub mod ed25519;
mod encoding;
pub mod excerpt;
mod figure;
mod filter;
mod finish;
mod header;
pub mod health;
pub mod inbox;
mod json;
mod map;
mod metric_line;
mod metric_query;
mod named;
mod next_page;
mod notice;
mod openmetrics;
mod personal;
mod plan;
pub mod preview;
pub mod procurement;
mod prometheus;
mod query;
mod records;
mod sample;
pub mod schedule;
pub mod sdmx;
pub mod secret;
pub mod sheet;
pub mod sql;
mod table;
mod tally;
pub mod targets;
mod template;
mod twice;
mod value_path;
mod xml;

pub use answer::{Context, Decoded, Earlier, Located, Lookup, Refusal, Request, RequestContext};
pub use config::{Kind, SourceConfig};
pub use figure::CONVERSIONS;
pub use finish::reject;
pub use inbox::InboxConfig;
pub use sheet::SheetConfig;
pub use table::Carried;
pub use template::{first_request, question};
pub use twice::refuse_contradictions;

use notice::Notices;
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use std::io::{Read, Write};
use table::Table;

/// Decodes one answer, already decompressed. The body is read once, to its end, whatever the
/// outcome, so that a hash over it is the hash of the whole answer.
///
/// `stored` receives what may be kept: the same bytes, or with personal fields blanked by the
/// recipe named in [`Decoded::recipe`]. A refused answer of a source with personal fields may leave
/// nothing or only a blanked beginning there.
pub fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
) -> Result<Decoded, Refusal> {
    let outcome = match config.kind {
        Kind::Json | Kind::Gdb => json::decode(config, context, body, stored),
        Kind::Csv | Kind::File => csv::decode(config, context, body, stored),
        Kind::Sql => sql::decode(config, context, body, stored),
        Kind::Health => health::decode(config, context, body, stored),
        Kind::Datastore => datastore::decode(config, context, body, stored),
        Kind::Ckan => ckan::decode(config, context, body, stored),
        Kind::Prometheus => prometheus::decode(config, context, body, stored),
        Kind::Openmetrics => openmetrics::decode(config, context, body, stored),
        Kind::Sheet => sheet::decode(config, context, body, stored),
        Kind::Inbox => inbox::decode(config, context, body, stored),
        Kind::Sdmx => sdmx::decode(config, context, body, stored),
        Kind::Procurement => procurement::decode(config, context, body, stored),
    };
    if outcome.is_err() {
        // The reason for the refusal is known; what cannot be read of the rest changes nothing.
        let _ = match config.personal_fields.is_empty() {
            true => std::io::copy(body, stored),
            false => std::io::copy(body, &mut std::io::sink()),
        };
    }
    outcome
}

/// Ends a page: readings, findings, and the comparison with the rows of last time.
pub(crate) fn end_of_rows(
    table: Table<'_>,
    prefix: &str,
    incomplete: Option<Message>,
    mut notices: Notices,
    mut base: Decoded,
) -> Decoded {
    let (config, context) = (table.config, table.context);
    let is_last = base.next.is_none();
    base.data_day = table.data_day;
    if let Some(day) = table.future_day {
        let text = Message::new("source-day-ahead")
            .with("day", day)
            .with("today", figure::today(&context));
        notices.add("day-ahead@1", Severity::Info, None, config, text);
    }
    if table.too_many_readings {
        let text = Message::new("source-too-many-readings");
        notices.add("too-many-readings@1", Severity::Error, None, config, text);
    }
    if context.page == 0 && context.http_status != 200 {
        let text =
            Message::new("source-status-accepted").with("status", u32::from(context.http_status));
        notices.add("status-accepted@1", Severity::Info, None, config, text);
    }
    let outcome = table.finish(prefix, is_last, incomplete.as_ref(), &mut notices);
    base.readings.extend(outcome.readings);
    base.carried = outcome.carried;
    let rows = context.rows_so_far + base.rows;
    if is_last
        && let Some(before) = context.previous_rows
        && rows < before
    {
        let floor = u128::from(before) * u128::from(config.min_rows_percent());
        let is_too_few = u128::from(rows) * 100 < floor;
        let id = if is_too_few {
            "source-rows-dropped"
        } else {
            "source-rows-fewer"
        };
        let text = Message::new(id)
            .with("rows", rows)
            .with("before", before)
            .with("percent", config.min_rows_percent());
        if is_too_few {
            for located in &mut base.readings {
                reject(located, &text);
            }
            base.dropped = Some(text.clone());
        }
        let severity = if is_too_few {
            Severity::Error
        } else {
            Severity::Warning
        };
        notices.add("row-count-drop@1", severity, None, config, text);
    }
    base.findings = notices.into_findings();
    base
}
