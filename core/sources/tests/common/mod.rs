//! What every test of the decoders needs: a source from TOML, a context, an answer.
#![allow(
    dead_code, // each test file uses some of it
    clippy::unwrap_used, // tests may; clippy sees helpers as other code
    clippy::expect_used,
    clippy::panic
)]

pub mod every_kind;
pub mod workbook;

use chrono::{DateTime, Utc};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::observation::Reading;
use quarterdeck_sources::{Context, Decoded, Located, Lookup, Refusal, SourceConfig, decode};

/// A source file of kind `kind` with `rest` of its keys.
pub fn source(kind: &str, rest: &str) -> SourceConfig {
    let place = match kind {
        "file" | "inbox" => "folder = \"inbox\"",
        "sql" => "url = \"sqlite:kpi.db\"",
        _ => "url = \"https://example.gov.tw/data\"",
    };
    let text = format!("id = \"s\"\nkind = \"{kind}\"\nschedule = \"daily\"\n{place}\n{rest}");
    let config: SourceConfig = toml::from_str(&text).unwrap();
    assert_eq!(config.problems(), vec![], "{text}");
    config
}

/// A register of P01 to P29 and a few agencies, where every name is known as what it is.
pub fn lookup(series: &SeriesId) -> Lookup {
    let scope = series.scope.as_str();
    let is_programme = scope
        .strip_prefix('P')
        .and_then(|n| n.parse::<u32>().ok())
        .is_some_and(|n| (1..=29).contains(&n));
    let is_agency = ["agency:MOI", "agency:MOTC", "agency:NDC"].contains(&scope);
    if !is_programme && !is_agency && scope != "K1" && scope != "portfolio" {
        return Lookup::UnknownScope;
    }
    let unit = match series.name.as_str() {
        "budget" => "ntd",
        "gold-share" | "satisfaction" => "percent",
        "open-datasets" | "downloads" | "suggestions" | "cases" => "count",
        _ => return Lookup::Unlisted,
    };
    Lookup::Known {
        unit: unit.into(),
        definition_version: 2,
    }
}

pub fn fetched_at() -> DateTime<Utc> {
    "2025-10-20T01:00:00Z".parse().unwrap()
}

/// Circumstances of a first page of 2025Q3, fetched on 2025-10-20.
pub fn context<'a>() -> Context<'a> {
    Context {
        quarter: Quarter::new(2025, 3).unwrap(),
        fetched_at: fetched_at(),
        http_status: 200,
        content_type: None,
        url: Some("https://example.gov.tw/data"),
        page: 0,
        previous_rows: None,
        rows_so_far: 0,
        carried: None,
        lookup: &lookup,
        earlier: &|_, _| None,
        preview: None,
    }
}

/// Decodes and returns what was stored as well.
pub fn run_in(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &[u8],
) -> (Result<Decoded, Refusal>, Vec<u8>) {
    let mut stored = Vec::new();
    let mut rest = body;
    let outcome = decode(config, context, &mut rest, &mut stored);
    assert!(rest.is_empty(), "the body is read to its end");
    (outcome, stored)
}

pub fn run(config: &SourceConfig, body: impl AsRef<[u8]>) -> Result<Decoded, Refusal> {
    run_in(config, &context(), body.as_ref()).0
}

/// The reading of a series, as text: its value, or `!` and the reason.
pub fn figure(decoded: &Decoded, series: &str) -> String {
    let found = located(decoded, series);
    match &found.observation.reading {
        Reading::Value(value) => value.to_string(),
        Reading::Rejected(reason) => format!("!{reason}"),
    }
}

pub fn located<'a>(decoded: &'a Decoded, series: &str) -> &'a Located {
    decoded
        .readings
        .iter()
        .find(|l| l.observation.series.to_string() == series)
        .unwrap_or_else(|| panic!("no reading of {series}: {:#?}", decoded))
}

/// Rules of the findings.
pub fn rules(decoded: &Decoded) -> Vec<&str> {
    decoded.findings.iter().map(|f| f.rule.as_str()).collect()
}

/// The sentence of a finding.
pub fn finding(decoded: &Decoded, rule: &str) -> String {
    decoded
        .findings
        .iter()
        .find(|f| f.rule.starts_with(rule))
        .unwrap_or_else(|| panic!("no finding {rule}: {:#?}", decoded.findings))
        .text
        .to_string()
}

pub fn refusal(outcome: Result<Decoded, Refusal>) -> String {
    outcome.expect_err("refused").message.to_string()
}
