//! The tables of a published quarter for programs, with the words and units of their columns.

use super::contents::Contents;
use super::warc::Record;
use chrono::SecondsFormat;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::figures::figures;
use quarterdeck_kpi::observation::{Act, Cause, Recorded};
use quarterdeck_report::cell;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    /// Its id; the words are `PREFIX-ID` in the language files.
    pub(super) id: String,
    /// Type of Table Schema.
    pub(super) kind: &'static str,
    /// Unit: `percent`, `percentage points`, `NT$`; empty for none.
    pub(super) unit: &'static str,
}

/// A table with its file's bytes.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// Beginning of the keys of its columns' words.
    pub(super) words: &'static str,
    pub(super) columns: Vec<Column>,
    pub(super) bytes: Vec<u8>,
    /// Column that names a row, if one does.
    pub(super) key: Option<&'static str>,
}

/// What a column of the report's tables holds.
fn column_of(id: &str) -> Column {
    let (kind, unit) = match id {
        "good" | "indicators" | "tasks-done" | "tasks" => ("integer", ""),
        "variance" | "change-execution-rate" | "change-disbursement-ratio" => {
            ("number", "percentage points")
        }
        "execution-rate" | "disbursement-ratio" | "attainment" | "settlement-ratio"
        | "achievement" | "realised" => ("number", "percent"),
        "unexecuted" | "budget" | "available" | "planned-spend" | "allotted" | "paid"
        | "payable" | "saved" | "carried-over" | "settled" | "executed" | "changed" => {
            ("integer", "NT$")
        }
        "value" | "target" => ("number", ""),
        "observed-on" => ("date", ""),
        _ => ("string", ""),
    };
    Column {
        id: id.to_owned(),
        kind,
        unit,
    }
}

/// Every table, in the order of the data package.
pub(super) fn tables(contents: &Contents, records: &[Record]) -> Vec<Table> {
    let signed = contents.signed();
    let mut found = vec![figure_table(contents)];
    for (name, rows) in quarterdeck_report::tables(&contents.input(&signed)) {
        let mut rows = rows.into_iter();
        let header = rows.next().unwrap_or_default();
        let columns = header.iter().map(|id| column_of(id));
        found.push(Table {
            name,
            words: "csv",
            columns: columns.collect(),
            bytes: written(
                &header,
                rows.map(|row| row.iter().map(|text| cell(text)).collect()),
            ),
            key: None,
        });
    }
    found.push(reading_table(contents));
    found.push(money_table(contents));
    found.push(capture_table(records));
    found
}

fn own(
    name: &'static str,
    key: Option<&'static str>,
    columns: &[(&'static str, &'static str, &'static str)],
    rows: impl Iterator<Item = Vec<String>>,
) -> Table {
    let header: Vec<String> = columns.iter().map(|(id, ..)| (*id).to_owned()).collect();
    Table {
        name,
        words: "bag-column",
        columns: columns
            .iter()
            .map(|(id, kind, unit)| Column {
                id: (*id).to_owned(),
                kind,
                unit,
            })
            .collect(),
        bytes: written(&header, rows),
        key,
    }
}

/// UTF-8, comma, CRLF, as RFC 4180 has it.
fn written(header: &[String], rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut text = String::new();
    for row in std::iter::once(header.to_vec()).chain(rows) {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            if cell.contains([',', '"', '\n', '\r']) {
                text.push('"');
                text.push_str(&cell.replace('"', "\"\""));
                text.push('"');
            } else {
                text.push_str(cell);
            }
        }
        text.push_str("\r\n");
    }
    text.into_bytes()
}

fn numbers(rows: &[i64]) -> String {
    rows.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

fn figure_table(contents: &Contents) -> Table {
    let columns = [
        ("figure", "string", ""),
        ("value", "string", ""),
        ("unit", "string", ""),
        ("period", "string", ""),
        ("rows", "string", ""),
    ];
    let units: std::collections::BTreeMap<SeriesId, &str> = contents
        .snapshot
        .register
        .indicators()
        .map(|indicator| (indicator.series.clone(), indicator.unit.as_str()))
        .collect();
    let rows = figures(&contents.assessment).into_iter().map(|figure| {
        let unit = match figure.said.unit() {
            "" => units.get(&figure.series).copied().unwrap_or("count"),
            unit => unit,
        };
        vec![
            figure.address,
            figure.said.text(),
            unit.to_owned(),
            figure
                .period
                .map(|period| period.to_string())
                .unwrap_or_default(),
            numbers(&figure.rows),
        ]
    });
    own(
        "figures",
        Some("figure"),
        &columns,
        rows.collect::<Vec<_>>().into_iter(),
    )
}

/// Columns that readings and amounts have in common.
fn shared<T>(row: &Recorded<T>) -> [String; 10] {
    let (act, acts_on) = match row.act {
        Act::Record => ("record", None),
        Act::Correct(on) => ("correct", Some(on)),
        Act::Withdraw(on) => ("withdraw", Some(on)),
    };
    let (cause, sha256, place) = match &row.cause {
        Cause::Capture { sha256, source, at } => {
            ("capture", sha256.to_string(), format!("{source} {at}"))
        }
        Cause::Entry {
            evidence: Some((sha256, name)),
        } => ("entry", sha256.clone(), name.clone()),
        Cause::Entry { evidence: None } => ("entry", String::new(), String::new()),
        Cause::Document { title, place } => ("document", String::new(), format!("{title} {place}")),
    };
    [
        row.sequence.to_string(),
        row.recorded_at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        row.actor.to_string(),
        row.identity.to_string(),
        act.to_owned(),
        acts_on.map(|row| row.to_string()).unwrap_or_default(),
        cell(row.reason.as_deref().unwrap_or_default()),
        cause.to_owned(),
        sha256,
        cell(&place),
    ]
}

const SHARED: [(&str, &str, &str); 10] = [
    ("row", "integer", ""),
    ("recorded-at", "datetime", ""),
    ("person", "string", ""),
    ("identity", "string", ""),
    ("act", "string", ""),
    ("acts-on", "integer", ""),
    ("reason", "string", ""),
    ("cause", "string", ""),
    ("sha256", "string", ""),
    ("place", "string", ""),
];

fn reading_table(contents: &Contents) -> Table {
    let mut columns = SHARED.to_vec();
    columns.extend([
        ("series", "string", ""),
        ("period", "string", ""),
        ("value", "number", ""),
        ("unit", "string", ""),
        ("qualifier", "string", ""),
        ("stage", "string", ""),
        ("printed", "string", ""),
        ("numerator", "number", ""),
        ("denominator", "number", ""),
        ("observed-at", "datetime", ""),
        ("definition", "integer", ""),
    ]);
    let rows = contents.snapshot.observations.iter().map(|row| {
        let item = &row.item;
        let part = |part: Option<quarterdeck_kpi::Decimal>| {
            part.map(|value| value.to_string()).unwrap_or_default()
        };
        let mut cells = shared(row).to_vec();
        cells.extend([
            item.series.to_string(),
            item.period.to_string(),
            part(item.value()),
            item.unit.to_string(),
            item.qualifier.sign().to_owned(),
            item.stage.id().to_owned(),
            cell(item.printed.as_deref().unwrap_or_default()),
            part(item.parts.map(|parts| parts.numerator)),
            part(item.parts.map(|parts| parts.denominator)),
            item.observed_at
                .to_rfc3339_opts(SecondsFormat::AutoSi, true),
            item.definition_version.to_string(),
        ]);
        cells
    });
    own("observations", Some("row"), &columns, rows)
}

fn money_table(contents: &Contents) -> Table {
    let mut columns = SHARED.to_vec();
    columns.extend([
        ("plan", "string", ""),
        ("programme", "string", ""),
        ("agency", "string", ""),
        ("fiscal-year", "integer", ""),
        ("span", "string", ""),
        ("kind", "string", ""),
        ("period", "string", ""),
        ("amount", "integer", "NT$"),
        ("printed", "string", ""),
    ]);
    let rows = contents.snapshot.money.iter().map(|row| {
        let item = &row.item;
        let mut cells = shared(row).to_vec();
        cells.extend([
            item.key.plan.to_string(),
            item.key.programme.as_deref().unwrap_or_default().to_owned(),
            item.key.agency.as_deref().unwrap_or_default().to_owned(),
            item.key.fiscal_year.to_string(),
            item.key.span.id().to_owned(),
            item.key.kind.id().to_owned(),
            item.period.to_string(),
            item.amount_ntd.to_string(),
            cell(item.printed.as_deref().unwrap_or_default()),
        ]);
        cells
    });
    own("money", Some("row"), &columns, rows)
}

fn capture_table(records: &[Record]) -> Table {
    let columns = [
        ("sha256", "string", ""),
        ("stored-sha256", "string", ""),
        ("source", "string", ""),
        ("url", "string", ""),
        ("method", "string", ""),
        ("http-status", "integer", ""),
        ("fetched-at", "datetime", ""),
        ("bytes", "integer", "bytes"),
        ("recipe", "string", ""),
        ("record-type", "string", ""),
        ("record-id", "string", ""),
    ];
    let rows = records.iter().map(|record| {
        let fetch = &record.fetch;
        vec![
            fetch.sha256.clone(),
            fetch.stored_sha256.clone(),
            fetch.source.clone(),
            cell(&fetch.url),
            fetch.method.clone(),
            fetch.http_status.to_string(),
            fetch
                .fetched_at
                .to_rfc3339_opts(SecondsFormat::AutoSi, true),
            fetch.bytes.to_string(),
            fetch.recipe.clone().unwrap_or_default(),
            record.kind.to_owned(),
            record.id.clone(),
        ]
    });
    own("captures", Some("record-id"), &columns, rows)
}
