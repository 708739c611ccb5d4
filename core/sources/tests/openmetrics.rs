//! A service's own `/metrics`, in both text formats.

#![allow(clippy::unwrap_used)] // tests may; clippy sees helpers as other code

mod common;
use common::*;
use quarterdeck_sources::{Context, Decoded, Refusal, SourceConfig};

const OPEN: &str = include_str!("../fixtures/openmetrics/openmetrics.txt");
const PLAIN: &str = include_str!("../fixtures/openmetrics/prometheus.txt");

fn service(rest: &str) -> SourceConfig {
    source("openmetrics", rest)
}

fn agencies(rest: &str) -> SourceConfig {
    service(&format!(
        "[[map]]\nseries = \"P18/cases\"\nfilter = [{{ column = \"metric\", op = \"=\", value = \"exchange_linked_agencies\" }}, {{ column = \"environment\", op = \"=\", value = \"production\" }}]\n{rest}"
    ))
}

fn one(metric: &str) -> SourceConfig {
    service(&format!(
        "[[map]]\nseries = \"P18/cases\"\nfilter = [{{ column = \"metric\", op = \"=\", value = \"{metric}\" }}]\n"
    ))
}

fn as_openmetrics(config: &SourceConfig, body: &str) -> Result<Decoded, Refusal> {
    let context = Context {
        content_type: Some("application/openmetrics-text; version=1.0.0; charset=utf-8"),
        ..context()
    };
    run_in(config, &context, body.as_bytes()).0
}

#[test]
fn samples_are_rows_with_a_column_per_label() {
    let decoded = as_openmetrics(&agencies("aggregate = \"sum\"\n"), OPEN).unwrap();
    assert_eq!(figure(&decoded, "P18/cases"), "63");
    assert_eq!(decoded.rows, 10);
    assert_eq!(rules(&decoded), Vec::<&str>::new());
    let decoded = run(&agencies("aggregate = \"sum\"\n"), PLAIN).unwrap();
    assert_eq!(figure(&decoded, "P18/cases"), "63");
    assert_eq!(
        finding(&decoded, "duplicate-sample"),
        "source-metrics-twice samples=1 line=7"
    );
    let grouped = service(
        "data_day_column = \"timestamp\"\n[[map]]\nseries = \"{group}/cases\"\nfilter = [{ column = \"metric\", op = \"=\", value = \"exchange_linked_agencies\" }]\naggregate = \"max\"\ngroup_by = \"level\"\ngroups = { central = \"P18\", local = \"P12\" }\n",
    );
    let decoded = as_openmetrics(&grouped, OPEN).unwrap();
    assert_eq!(figure(&decoded, "P12/cases"), "22");
    assert_eq!(decoded.data_day.unwrap().to_string(), "2025-09-30");
}

#[test]
fn escapes_and_exemplars_are_read_as_the_format_says() {
    let decoded = as_openmetrics(&one("filings_total"), OPEN).unwrap();
    assert_eq!(figure(&decoded, "P18/cases"), "1204");
    assert!(
        located(&decoded, "P18/cases")
            .at
            .starts_with("row=8; column=value")
    );
    let escaped = service(
        "[[map]]\nseries = \"P18/cases\"\nfilter = [{ column = \"say\", op = \"contains\", value = '''\"ok\"\nC:\\x''' }, { column = \"metric\", op = \"=\", value = \"filings_total\" }]\n",
    );
    let decoded = as_openmetrics(&escaped, OPEN).unwrap();
    assert_eq!(figure(&decoded, "P18/cases"), "1204");
    let bucket = service(
        "[[map]]\nseries = \"P18/cases\"\nfilter = [{ column = \"le\", op = \"=\", value = \"0.1\" }]\n",
    );
    assert_eq!(
        figure(&as_openmetrics(&bucket, OPEN).unwrap(), "P18/cases"),
        "100"
    );
}

#[test]
fn nan_is_no_data_and_several_samples_are_no_figure() {
    let decoded = as_openmetrics(&one("satisfaction"), OPEN).unwrap();
    assert!(decoded.readings.is_empty());
    assert!(rules(&decoded).contains(&"blank-values@1"));
    let decoded = as_openmetrics(&agencies(""), OPEN).unwrap();
    let said = figure(&decoded, "P18/cases");
    assert!(
        said.starts_with("!source-several-series rows=2 labels=\"environment"),
        "{said}"
    );
}

#[test]
fn a_metric_or_label_that_is_not_there_is_no_data_and_named() {
    let decoded = as_openmetrics(&one("filing_total"), OPEN).unwrap();
    assert!(decoded.readings.is_empty());
    assert!(rules(&decoded).contains(&"no-value@1"));
    assert_eq!(
        finding(&decoded, "metric-missing"),
        "source-metrics-metric metric=\"filing_total\" near=\"filings_total\""
    );
    let label = service(
        "[[map]]\nseries = \"P18/cases\"\naggregate = \"sum\"\nfilter = [{ column = \"env\", op = \"=\", value = \"production\" }]\n",
    );
    let decoded = as_openmetrics(&label, OPEN).unwrap();
    assert!(decoded.readings.is_empty());
    assert!(finding(&decoded, "label-missing").starts_with("source-metrics-label label=\"env\""));
}

#[test]
fn what_is_cut_or_no_sample_is_refused_with_its_line() {
    let config = one("filings_total");
    let cut = OPEN.replace("# EOF\n", "");
    assert_eq!(
        refusal(as_openmetrics(&config, &cut)),
        "source-metrics-truncated line=15"
    );
    // The older format has no end mark, but every line has an end.
    assert!(run(&config, &cut).is_ok());
    for (body, said) in [
        ("up 1\ndown", "source-metrics-truncated line=2"),
        ("up 1\n# EOF\nup 2\n", "source-metrics-after-end line=3"),
        ("up 1\nup{a=\"b} 2\n", "source-metrics-line line=2"),
        ("up one\n", "source-metrics-line line=1"),
        ("", "source-empty"),
        ("# HELP x\n", "source-no-rows"),
        ("<html><title>Login</title></html>\n", "source-html-titled"),
        ("<html><title>Login</title></html>", "source-html-titled"),
    ] {
        let message = refusal(run(&config, body));
        assert!(message.starts_with(said), "{body:?}: {message}");
    }
    let bytes: &[u8] = b"up 1\nx{a=\"\xff\"} 1\n";
    assert_eq!(refusal(run(&config, bytes)), "source-metrics-text line=2");
    let long = format!("up 1\nx{{a=\"{}\"}} 1\n", "a".repeat(100_000));
    assert_eq!(refusal(run(&config, long)), "source-record-too-long row=1");
}

#[test]
fn a_service_that_restarted_sends_fewer_samples_and_that_is_no_drop() {
    let fewer = Context {
        previous_rows: Some(1000),
        ..context()
    };
    let decoded = run_in(&one("filings_total"), &fewer, OPEN.as_bytes())
        .0
        .unwrap();
    assert_eq!(figure(&decoded, "P18/cases"), "1204");
    let asked = service(
        "min_rows_percent = 90\n[[map]]\nseries = \"P18/cases\"\nfilter = [{ column = \"metric\", op = \"=\", value = \"filings_total\" }]\n",
    );
    let decoded = run_in(&asked, &fewer, OPEN.as_bytes()).0.unwrap();
    assert!(figure(&decoded, "P18/cases").starts_with("!source-rows-dropped"));
}

#[test]
fn two_hundred_thousand_samples_pass_through() {
    let mut body = String::new();
    for number in 0..200_000 {
        body.push_str(&format!("filings_total{{office=\"{number}\"}} 2\n"));
    }
    let config = service(
        "[[map]]\nseries = \"P18/cases\"\naggregate = \"sum\"\nfilter = [{ column = \"metric\", op = \"=\", value = \"filings_total\" }]\n",
    );
    let decoded = run(&config, body).unwrap();
    assert_eq!(figure(&decoded, "P18/cases"), "400000");
}

#[test]
fn personal_fields_cannot_be_had() {
    let text = "id = \"s\"\nkind = \"openmetrics\"\nschedule = \"daily\"\nurl = \"http://x\"\npersonal_fields = [\"user\"]\n[[map]]\nseries = \"P18/cases\"\naggregate = \"count\"\n";
    let config: SourceConfig = toml::from_str(text).unwrap();
    assert_eq!(config.problems()[0].id, "source-metrics-personal");
    let (outcome, stored) = run_in(&config, &context(), b"logins{user=\"chen\"} 1\n");
    assert_eq!(refusal(outcome), "source-metrics-personal");
    assert!(stored.is_empty());
}

#[test]
fn what_is_read_now_may_be_filed_under_the_quarter_it_is_read_in() {
    let now = agencies("aggregate = \"sum\"\nperiod = \"{observed_quarter}\"\n");
    assert!(now.problems().is_empty(), "{:?}", now.problems());
    for (config, period, at) in [
        // The answer came on 20 October, in the fourth quarter; it was true then.
        (&now, "2025Q4", "2025-10-20 01:00:00 UTC"),
        // Without a word it stands for the quarter that is collected; nothing says that it was true at its end.
        (
            &agencies("aggregate = \"sum\"\n"),
            "2025Q3",
            "2025-10-20 01:00:00 UTC",
        ),
        (
            &agencies("aggregate = \"sum\"\nperiod = \"{quarter}\"\n"),
            "2025Q3",
            "2025-10-20 01:00:00 UTC",
        ),
        // Whoever writes the period down says that the answer is of it.
        (
            &agencies("aggregate = \"sum\"\nperiod = \"2025Q3\"\n"),
            "2025Q3",
            "2025-09-30 15:59:59.999999 UTC",
        ),
    ] {
        let decoded = as_openmetrics(config, OPEN).unwrap();
        let observation = &decoded.readings[0].observation;
        assert_eq!(observation.period.to_string(), period);
        assert_eq!(observation.observed_at.to_string(), at);
    }
    let json = source(
        "json",
        "[[map]]\nseries = \"P18/cases\"\nat = \"$.n\"\nperiod = \"{observed_quarter}\"\n",
    );
    let decoded = run(&json, "{\"n\": 4}").unwrap();
    let period = decoded.readings[0].observation.period;
    assert_eq!(period.to_string(), "2025Q4");
    // A query of Prometheus asks for a moment of its own.
    let prometheus: SourceConfig = toml::from_str(
        "id = \"s\"\nkind = \"prometheus\"\nschedule = \"daily\"\nurl = \"https://example.gov.tw\"\n[[map]]\nseries = \"P18/cases\"\nquery = \"up\"\nperiod = \"{observed_quarter}\"\n",
    )
    .unwrap();
    assert!(!prometheus.problems().is_empty());
}
