//! Statistics in SDMX, as offices of statistics give them out: SDMX-JSON, SDMX-ML or SDMX-CSV, told
//! apart by what came, since servers answer in another form than the one asked for.
//!
//! Rows are observations. Columns are the ids of dimensions and attributes, with `TIME_PERIOD` and
//! `OBS_VALUE`; a value that is null, absent or `NaN` is no data.

mod json;
mod ml;
mod screen;

use crate::answer::{Context, Decoded, Refusal};
use crate::config::SourceConfig;
use crate::encoding::read_start;
use crate::named::NamedRows;
use crate::notice::{Notices, quote, refuse};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
pub(crate) use screen::Screen;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

/// Column of the period.
pub(crate) const TIME: &str = "TIME_PERIOD";
/// Column of the value.
pub(crate) const VALUE: &str = "OBS_VALUE";

/// What a source asks its server for. Servers ignore filters silently, so what comes is held
/// against it: observations outside are left out and counted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sdmx {
    /// Dimension and the code wanted of it; several codes are joined with `+`.
    #[serde(default)]
    pub key: BTreeMap<String, String>,
    /// First period wanted, for example `{year}-Q1`; without it the same quarter a year ago. It
    /// also fills `{start}` in `url`.
    #[serde(default)]
    pub start: Option<String>,
    /// Last period wanted; without it the quarter that is collected. It also fills `{end}`.
    #[serde(default)]
    pub end: Option<String>,
}

impl SourceConfig {
    /// The first and the last period wanted, as they are written in an address.
    pub(crate) fn sdmx_range(&self, quarter: Quarter) -> Result<(String, String), Message> {
        let written = |text: Option<&String>, default: Quarter| match text {
            Some(text) => crate::template::fill(text, quarter, None),
            None => Ok(format!("{}-Q{}", default.year, default.number)),
        };
        let year_ago = Quarter {
            year: quarter.year - 1,
            number: quarter.number,
        };
        let settings = self.sdmx.as_ref();
        Ok((
            written(settings.and_then(|s| s.start.as_ref()), year_ago)?,
            written(settings.and_then(|s| s.end.as_ref()), quarter)?,
        ))
    }
}

/// Problems of the table `[sdmx]`.
pub(crate) fn problems(config: &SourceConfig, quarter: Quarter) -> Vec<Message> {
    let mut out = Vec::new();
    if let Err(message) = Screen::new(config, quarter) {
        out.push(message);
    }
    for (dimension, codes) in config.sdmx.iter().flat_map(|settings| &settings.key) {
        if dimension.trim().is_empty() || codes.split('+').any(|code| code.trim().is_empty()) {
            out.push(
                Message::new("source-key-value")
                    .with("key", "sdmx.key")
                    .with("value", quote(&format!("{dimension} = {codes}"))),
            );
        }
    }
    if !config.personal_fields.is_empty() {
        out.push(Message::new("source-sdmx-personal"));
    }
    out
}

/// Decodes an answer in whichever form it came.
pub fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
) -> Result<Decoded, Refusal> {
    let start = read_start(body).map_err(|error| {
        let message = Message::new("source-read-failed").with("error", quote(&error.to_string()));
        refuse(config, message, b"")
    })?;
    let screen = match Screen::new(config, context.quarter) {
        Ok(screen) => screen,
        Err(message) => {
            if config.personal_fields.is_empty() {
                // Evidence is kept whole, the part that was looked at included.
                let _ = stored.write_all(&start.bytes);
            }
            return Err(refuse(config, message, &start.bytes));
        }
    };
    // The signs that tell the forms apart are ASCII in every encoding; of UTF-16 a zero is left.
    let first = start
        .bytes
        .iter()
        .copied()
        .find(|byte| byte.is_ascii_graphic());
    let mut whole = Cursor::new(start.bytes).chain(body);
    match first {
        Some(b'{' | b'[') => json::decode(config, context, &mut whole, stored, screen),
        Some(b'<') => ml::decode(config, context, &mut whole, stored, screen),
        _ => {
            let mut screen = screen;
            crate::csv::decode_screened(config, context, &mut whole, stored, Some(&mut screen))
        }
    }
}

/// Observations on their way to a table, each held against what was asked for.
pub(crate) struct Observations<'a> {
    rows: NamedRows<'a>,
    screen: Screen,
    offered: u64,
}

impl<'a> Observations<'a> {
    fn new(
        config: &'a SourceConfig,
        context: &Context<'a>,
        mut screen: Screen,
    ) -> Result<Self, Message> {
        let mut also: Vec<String> = screen.dimensions().map(str::to_owned).collect();
        also.extend([TIME.to_owned(), VALUE.to_owned()]);
        let also: Vec<&str> = also.iter().map(String::as_str).collect();
        let mut rows = NamedRows::new(config, context, &also);
        // An answer in which every value is missing still has the column.
        rows.meet(VALUE)?;
        screen.prepare(rows.columns())?;
        Ok(Observations {
            rows,
            screen,
            offered: 0,
        })
    }

    /// Whether anybody looks at a column. Cells of others are not kept: a series of a thousand
    /// cells would be copied for every short observation in it.
    fn wants(&self, name: &str) -> bool {
        self.rows.has_place(name)
    }

    /// A column that the answer's structure names.
    fn meet(&mut self, name: &str) -> Result<(), Message> {
        self.rows.meet(name)
    }

    fn offer<'b>(
        &mut self,
        cells: impl IntoIterator<Item = (&'b str, &'b str)>,
    ) -> Result<(), Message> {
        self.offered += 1;
        let cells = self.rows.lay(cells)?;
        if self.screen.admits(&cells) {
            self.rows
                .table
                .row(&self.screen.shown(&cells), self.offered);
        }
        Ok(())
    }

    /// Ends the answer; an error when it cannot be used.
    fn finish(
        self,
        config: &'a SourceConfig,
        prefix: &str,
        mut notices: Notices,
        base: Decoded,
    ) -> Result<Decoded, Message> {
        let absent = self
            .screen
            .dimensions()
            .find(|name| !self.rows.has_met(name));
        if let Some(name) = absent
            && self.offered > 0
        {
            return Err(screen::absent(name, self.rows.names()));
        }
        self.screen.close(config, self.offered, &mut notices)?;
        let count = self.rows.table.rows;
        let table = self.rows.finish()?;
        let base = Decoded {
            rows: count,
            ..base
        };
        Ok(crate::end_of_rows(table, prefix, None, notices, base))
    }
}
