//! CSV as a stream, in constant memory: an 80 MB catalogue passes through once.
//!
//! The reader underneath is lenient (a quote inside a bare cell makes it swallow the lines that
//! follow), so every record is checked: a cell is either without quotes or quoted as RFC 4180 says.
//! Records that pass are the same that the `csv` crate reads; a test holds one against the other.
//!
//! Recipe `csv-blank@1`: records are written again byte for byte, personal cells empty, ended as the
//! header line was; rows whose number of cells differs from the header's are blanked whole, and so are
//! the lines above it; an answer in another encoding is kept in UTF-8.

use crate::answer::{Context, Decoded, Refusal};
use crate::config::{Kind, SourceConfig};
use crate::document::{error_message, looks_like_markup, strict_value};
use crate::encoding::{
    Start, Trouble, Utf8Reader, beginning_of, charset, labelled, measure, notice_own_characters,
    read_start, unreadable,
};
use crate::filter::Row;
use crate::header::{Above, Below, elsewhere, untold};
use crate::notice::{Notices, list, quote, refuse};
use crate::records::{Blanking, Gauge, Guard, Tee, is_filler, is_open, is_sound, reader};
use crate::sdmx::Screen;
use crate::table::Table;
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use simd_csv::ZeroCopyByteRecord;
use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::rc::Rc;

/// Name of the blanking recipe.
pub const RECIPE: &str = "csv-blank@1";
/// More columns than this are not a table.
const MAX_COLUMNS: usize = 1_000;
/// Bytes of the beginning that are kept to say what is wrong.
const HEAD: usize = 16 << 10;

struct CsvRow<'a, 'r>(&'a ZeroCopyByteRecord<'r>);

impl Row for CsvRow<'_, '_> {
    fn cell(&self, column: usize) -> Cow<'_, str> {
        match self.0.unescape(column) {
            None => Cow::Borrowed(""),
            Some(Cow::Borrowed(bytes)) => String::from_utf8_lossy(bytes),
            Some(Cow::Owned(bytes)) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }
}

fn store_failed(error: &str) -> Message {
    Message::new("source-store-failed").with("error", quote(error))
}

/// Refuses answers that are no CSV at all.
fn check_is_csv(
    config: &SourceConfig,
    context: &Context<'_>,
    start: &Start,
) -> Result<(), Refusal> {
    let text = String::from_utf8_lossy(&start.bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.is_empty() && start.is_whole {
        return Err(refuse(config, Message::new("source-empty"), &start.bytes));
    }
    if let Some(message) = looks_like_markup(text, context.content_type, "CSV") {
        return Err(refuse(config, message, &start.bytes));
    }
    if text.starts_with('{') || text.starts_with("[{") {
        let error = start
            .is_whole
            .then(|| strict_value(text).ok())
            .flatten()
            .and_then(|value| error_message(config, &value));
        return Err(match error {
            Some(message) => refuse(config, message, &start.bytes),
            None => refuse(
                config,
                Message::new("source-json-instead-of-csv"),
                &start.bytes,
            ),
        });
    }
    Ok(())
}

/// The header's names, cleaned.
fn column_names(record: &ZeroCopyByteRecord<'_>) -> Result<Vec<String>, Message> {
    if record.len() > MAX_COLUMNS {
        return Err(Message::new("source-too-many-columns")
            .with("columns", record.len())
            .with("limit", MAX_COLUMNS));
    }
    if record.as_slice().contains(&0) {
        return Err(Message::new("source-binary"));
    }
    (0..record.len())
        .map(|index| {
            let cell = record.unescape(index).unwrap_or_default();
            std::str::from_utf8(&cell)
                .map(|name| clean(name).trim().to_owned())
                .map_err(|_| unreadable(0))
        })
        .collect()
}

/// Columns to blank, in order. One that is not there would let personal data through under another
/// name, so nothing is stored then. Names that are there are not listed: without a header line they
/// would be data.
fn personal_columns(config: &SourceConfig, columns: &[String]) -> Result<Vec<usize>, Message> {
    let mut out = Vec::new();
    for field in &config.personal_fields {
        let before = out.len();
        out.extend((0..columns.len()).filter(|index| columns[*index] == field.trim()));
        if out.len() == before {
            return Err(Message::new("source-personal-column-missing").with("column", quote(field)));
        }
    }
    out.sort_unstable();
    out.dedup();
    Ok(out)
}

/// Signs that separate columns in files that are called CSV.
const SEPARATORS: [u8; 4] = *b";\t|,";

/// A header of one column that another separator would take apart.
fn other_separator(columns: &[String], line: &[u8]) -> Option<Message> {
    let [one] = columns else { return None };
    let sign = SEPARATORS.into_iter().find(|sign| line.contains(sign))?;
    let message = match sign {
        b'\t' => Message::new("source-separator-tab"),
        sign => Message::new("source-separator").with("sign", char::from(sign).to_string()),
    };
    Some(message.with("columns", quote(one)))
}

fn notice_duplicates(config: &SourceConfig, columns: &[String], notices: &mut Notices) {
    let mut seen = std::collections::HashSet::new();
    let twice: Vec<&str> = columns
        .iter()
        .filter(|name| !seen.insert(name.as_str()))
        .map(String::as_str)
        .collect();
    if !twice.is_empty() {
        let text = Message::new("source-duplicate-columns").with("columns", list(twice));
        notices.add("duplicate-columns@1", Severity::Warning, None, config, text);
    }
}

/// Decodes CSV over HTTP or from a folder.
pub fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
) -> Result<Decoded, Refusal> {
    decode_screened(config, context, body, stored, None)
}

/// The same, for rows that are held against what was asked for.
pub(crate) fn decode_screened(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
    mut screen: Option<&mut Screen>,
) -> Result<Decoded, Refusal> {
    let start = read_start(body).map_err(|error| {
        let message = Message::new("source-read-failed").with("error", quote(&error.to_string()));
        refuse(config, message, b"")
    })?;
    let head: Vec<u8> = start.bytes[..start.bytes.len().min(HEAD)].to_vec();
    let has_personal = !config.personal_fields.is_empty();
    let declared_label = config
        .encoding
        .as_deref()
        .or(context.content_type.and_then(charset));
    let declared = declared_label.and_then(labelled);
    let first_checks = check_is_csv(config, context, &start).and_then(|()| {
        measure(&start.bytes, start.is_whole, declared)
            .map_err(|message| refuse(config, message, &head))
    });
    let measured = match first_checks {
        Ok(measured) => measured,
        Err(refusal) => {
            if !has_personal {
                let _ = stored.write_all(&start.bytes);
            }
            return Err(refusal);
        }
    };
    let has_bom = start.bytes.starts_with(b"\xef\xbb\xbf");
    let line_end: &[u8] = match memchr::memchr(b'\n', &start.bytes) {
        Some(at) if at > 0 && start.bytes[at - 1] == b'\r' => b"\r\n",
        Some(_) => b"\n",
        None => b"\r\n",
    };
    let store_error = Rc::new(RefCell::new(None));
    let trouble = Rc::new(RefCell::new(Trouble::default()));
    let gauge = Rc::new(Gauge::default());
    let (tee_to, blank_to) = if has_personal {
        (None, Some(stored))
    } else {
        (Some(stored), None)
    };
    let tee = Tee {
        start: io::Cursor::new(start.bytes),
        body,
        stored: tee_to,
        store_error: Rc::clone(&store_error),
    };
    let above = Rc::new(Above::default());
    above.lines.set(config.header_row.unwrap_or(1).max(1) - 1);
    let guard = Guard {
        inner: Below {
            inner: Utf8Reader::new(tee, measured, Rc::clone(&trouble)),
            above: Rc::clone(&above),
        },
        gauge: Rc::clone(&gauge),
    };
    let mut records = reader(guard, config.delimiter());
    let refused = |message| refuse(config, message, &head);
    let failed = |error: simd_csv::Error, row: u64| {
        if let Some(message) = trouble.borrow_mut().message.take() {
            return refused(message);
        }
        if let Some(error) = store_error.borrow_mut().take() {
            return refused(store_failed(&error));
        }
        if gauge.too_long.get() {
            return refused(Message::new("source-record-too-long").with("row", row));
        }
        refused(Message::new("source-read-failed").with("error", quote(&error.to_string())))
    };

    let mut notices = Notices::default();
    let header = match records.read_byte_record() {
        Ok(Some(header)) => header,
        Ok(None) => {
            return Err(refused(match config.header_row {
                Some(row) if row > 1 => Message::new("source-header-beyond").with("row", row),
                _ => Message::new("source-empty"),
            }));
        }
        Err(error) => return Err(failed(error, 0)),
    };
    if !is_sound(&header) {
        return Err(refused(Message::new("source-quotes").with("row", 0_u64)));
    }
    let columns = column_names(&header).map_err(refused)?;
    let mut blanking = match blank_to {
        None => None,
        Some(stored) => Some(Blanking {
            stored,
            block: if has_bom {
                b"\xef\xbb\xbf".to_vec()
            } else {
                Vec::new()
            },
            columns: personal_columns(config, &columns).map_err(|message| {
                let text = beginning_of(&head, measured);
                let lower = elsewhere(config, &columns, &text);
                refused(
                    lower
                        .or_else(|| untold(config, &columns, &text))
                        .unwrap_or(message),
                )
            })?,
            delimiter: config.delimiter(),
            line_end: if line_end == b"\n" { b"\n" } else { b"\r\n" },
        }),
    };
    if let Some(blanking) = &mut blanking {
        blanking
            .above(config.header_row.unwrap_or(1).max(1) - 1)
            .and_then(|()| blanking.header(&header))
            .map_err(|e| refused(store_failed(&e.to_string())))?;
    }
    let expected = header.len();
    notice_duplicates(config, &columns, &mut notices);
    let mut table = Table::new(config, *context, &columns);
    // Without a map, or with one that looks at no column, a title would pass for a header.
    let needs_no_column = || table.plans.iter().all(|plan| plan.columns().is_empty());
    let untold = match needs_no_column() && screen.is_none() {
        true => untold(config, &columns, &beginning_of(&head, measured)),
        false => None,
    };
    if table.is_hopeless() || (table.plans.is_empty() && untold.is_some()) {
        let problem = table.plans.iter().find_map(|plan| plan.problem.clone());
        let header_line = header.as_slice().to_vec();
        let text = beginning_of(&head, measured);
        let problem = other_separator(&columns, &header_line)
            .or_else(|| elsewhere(config, &columns, &text))
            .or(untold)
            .or(problem);
        let message = problem.unwrap_or_else(|| Message::new("source-empty"));
        return Err(refuse(config, message, &header_line));
    }
    if let Some(text) = untold {
        notices.add("title-above@1", Severity::Warning, None, config, text);
    }
    if let Some(screen) = &mut screen
        && let Err(message) = screen.prepare(&columns)
    {
        let header_line = header.as_slice().to_vec();
        return Err(refuse(config, message, &header_line));
    }
    let used = table.used_columns();

    let mut number = context.rows_so_far;
    let mut offered = 0;
    let mut ragged: (u64, u64) = (0, 0);
    let mut garbled: (u64, u64) = (0, 0);
    let mut with_nul: (u64, u64) = (0, 0);
    let mut suspect: Option<(u64, bool)> = None;
    loop {
        gauge.since_record.set(0);
        let position = records.position();
        let record = match records.read_byte_record() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(error) => return Err(failed(error, number + 1)),
        };
        if let Some((row, true)) = suspect {
            return Err(refused(Message::new("source-quotes").with("row", row)));
        }
        suspect = None;
        number += 1;
        let bytes = record.as_slice();
        let special = memchr::memchr3(b'"', b'\r', 0, bytes);
        if special.is_some() && !is_sound(&record) {
            if !is_open(&record) {
                return Err(refused(Message::new("source-quotes").with("row", number)));
            }
            suspect = Some((number, true));
            continue;
        }
        let has_nul = special.is_some_and(|first| memchr::memchr(0, &bytes[first..]).is_some());
        if has_nul {
            count(&mut with_nul, number);
        }
        if record.len() != expected {
            if is_filler(&record) {
                number -= 1;
                continue;
            }
            count(&mut ragged, number);
            suspect = (record.len() < expected).then_some((number, false));
            if let Some(blanking) = &mut blanking {
                blanking
                    .record(&record, expected)
                    .map_err(|e| refused(store_failed(&e.to_string())))?;
            }
            continue;
        }
        if simdutf8::basic::from_utf8(record.as_slice()).is_err() {
            count(&mut garbled, number);
            if used.iter().any(|column| {
                record
                    .get(*column)
                    .is_some_and(|cell| std::str::from_utf8(cell).is_err())
            }) {
                let inside = std::str::from_utf8(record.as_slice())
                    .map_or_else(|error| error.valid_up_to(), str::len);
                let message = Message::new("source-text-unreadable-row")
                    .with("row", number)
                    .with("byte", above.bytes.get() + position + inside as u64);
                return Err(refused(message));
            }
        }
        if let Some(blanking) = &mut blanking {
            blanking
                .record(&record, expected)
                .map_err(|e| refused(store_failed(&e.to_string())))?;
        }
        match &mut screen {
            None => table.row(&CsvRow(&record), number),
            Some(screen) => {
                offered += 1;
                if screen.admits(&CsvRow(&record)) {
                    table.row(&screen.shown(&CsvRow(&record)), number);
                }
            }
        }
    }
    if let Some((row, in_quotes)) = suspect
        && (in_quotes || gauge.last_byte.get() != b'\n')
    {
        return Err(refused(
            Message::new("source-csv-truncated").with("row", row),
        ));
    }
    if let Some(blanking) = &mut blanking {
        blanking
            .flush()
            .map_err(|e| refused(store_failed(&e.to_string())))?;
    }
    let rows = table.rows;
    if ragged.0 > 0 && ragged.0 * 100 > rows.max(1) {
        let message = Message::new("source-ragged-refused")
            .with("rows", ragged.0)
            .with("row", ragged.1)
            .with("columns", expected);
        return Err(refused(message));
    }
    if let Some(screen) = &screen {
        screen
            .close(config, offered, &mut notices)
            .map_err(refused)?;
    }
    if rows == 0 && !config.allow_empty && config.kind != Kind::Datastore {
        return Err(refuse(
            config,
            Message::new("source-no-rows"),
            &head[..memchr::memchr(b'\n', &head).unwrap_or(head.len())],
        ));
    }
    for (rule, id, (rows, first)) in [
        ("ragged-rows@1", "source-ragged-rows", ragged),
        ("garbled-text@1", "source-garbled-rows", garbled),
        ("nul@1", "source-nul-rows", with_nul),
    ] {
        if rows > 0 {
            let text = Message::new(id).with("rows", rows).with("row", first);
            notices.add(rule, Severity::Warning, None, config, text);
        }
    }
    let own_characters = trouble.borrow().own_characters;
    notice_own_characters(own_characters, config, &mut notices);
    if let Some(declared) = declared
        && declared != measured
    {
        let text = Message::new("source-encoding-label")
            .with("label", declared.id())
            .with("measured", measured.id());
        notices.add("encoding-label@1", Severity::Info, None, config, text);
    }
    Ok(crate::end_of_rows(
        table,
        "",
        None,
        notices,
        Decoded {
            rows,
            encoding: measured.id(),
            recipe: has_personal.then(|| RECIPE.to_owned()),
            ..Decoded::default()
        },
    ))
}

fn count(tally: &mut (u64, u64), row: u64) {
    if tally.0 == 0 {
        tally.1 = row;
    }
    tally.0 += 1;
}
