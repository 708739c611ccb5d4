//! Queries to Prometheus: one request a map, and what is no data stays no data.

#![allow(clippy::unwrap_used)] // tests may; clippy sees helpers as other code

mod common;
use common::*;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_sources::{Context, RequestContext, SourceConfig, first_request};

fn server(maps: &str) -> SourceConfig {
    source("prometheus", maps)
}

fn answer(name: &str) -> String {
    let path = format!(
        "{}/fixtures/prometheus/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(path).unwrap()
}

fn first_url(config: &SourceConfig, now: &str) -> String {
    let context = RequestContext {
        quarter: Quarter::new(2025, 3).unwrap(),
        origin: None,
        now: now.parse().unwrap(),
        target: None,
    };
    first_request(config, &context).unwrap().url
}

fn one(map: &str) -> SourceConfig {
    server(&format!(
        "[[map]]\nseries = \"P18/cases\"\nquery = \"linked_agencies\"\n{map}"
    ))
}

fn increase() -> SourceConfig {
    one("step = \"1h\"\naggregate = \"increase\"\n")
}

#[test]
fn the_moment_asked_for_is_the_end_of_the_period_or_now() {
    let mut config = one("");
    let end = "https://example.gov.tw/data/api/v1/query?query=linked_agencies&time=1759248000";
    assert_eq!(first_url(&config, "2025-10-20T01:00:00Z"), end);
    // While the quarter runs: the moment of the collection.
    assert_eq!(
        first_url(&config, "2025-07-02T00:00:00Z"),
        end.replace("1759248000", "1751414400")
    );
    // Keys and other parameters of the address stay; a query in it does not.
    config.url = Some("https://x.tw/prom/api/v1/query?tenant={env:TENANT}&query=up".into());
    assert_eq!(
        first_url(&config, "2025-10-20T01:00:00Z"),
        "https://x.tw/prom/api/v1/query?tenant={env:TENANT}&query=linked_agencies&time=1759248000"
    );
    let context = RequestContext {
        quarter: Quarter::new(2025, 3).unwrap(),
        origin: None,
        now: "2025-06-30T00:00:00Z".parse().unwrap(),
        target: None,
    };
    let error = first_request(&config, &context).unwrap_err();
    assert_eq!(error.id, "source-period-future");
}

#[test]
fn queries_are_encoded_and_carry_the_period() {
    let config = server(
        "[[map]]\nseries = \"P18/cases\"\nquery = 'sum(increase(x{a=~\"b|c&d\"}[{period_seconds}s])) + {year}'\n",
    );
    assert!(
        first_url(&config, "2025-10-20T01:00:00Z").ends_with(
            "/api/v1/query?query=sum%28increase%28x%7Ba%3D%7E%22b%7Cc%26d%22%7D%5B7948800s%5D%29%29+%2B+2025&time=1759248000"
        )
    );
    assert!(first_url(&increase(), "2025-10-20T01:00:00Z").ends_with(
        "/api/v1/query_range?query=linked_agencies&start=1751299200&end=1759248000&step=3600"
    ));
}

#[test]
fn every_map_is_a_request_and_a_wrong_query_is_one_maps_trouble() {
    let config = server(
        "[[map]]\nseries = \"P18/cases\"\nquery = \"sum(\"\n[[map]]\nseries = \"P12/cases\"\nquery = \"x\"\naggregate = \"sum\"\n",
    );
    let url = first_url(&config, "2025-10-20T01:00:00Z");
    let bad = Context {
        http_status: 400,
        url: Some(&url),
        ..context()
    };
    let first = run_in(&config, &bad, answer("bad_data").as_bytes())
        .0
        .unwrap();
    let said = figure(&first, "P18/cases");
    assert!(
        said.starts_with("!source-status-refused status=400"),
        "{said}"
    );
    assert!(
        said.contains("bad_data") && said.contains("parse error"),
        "{said}"
    );
    assert!(rules(&first).contains(&"map-not-followed@1"));
    let next = first.next.clone().unwrap();
    assert_eq!(next.page, 1);
    assert!(next.url.contains("query=x&time=1759248000"), "{}", next.url);
    let context = Context {
        page: 1,
        url: Some(&next.url),
        carried: first.carried.as_ref(),
        previous_rows: Some(500),
        ..context()
    };
    let second = run_in(&config, &context, answer("vector").as_bytes())
        .0
        .unwrap();
    assert_eq!(figure(&second, "P12/cases"), "48");
    assert_eq!(second.readings.len(), 1);
    assert_eq!(second.next, None);
    assert_eq!(
        finding(&second, "server-warning"),
        "source-prometheus-says said=\"PromQL warning: results may be incomplete\""
    );
    // Alone, the query is the source's trouble; a server that is not ready is nobody's map.
    let message = refusal(run_in(&one(""), &bad, answer("bad_data").as_bytes()).0);
    assert!(message.contains("parse error"), "{message}");
    let busy = Context {
        http_status: 503,
        ..bad
    };
    let body = r#"{"status":"error","errorType":"timeout","error":"query timed out"}"#;
    let message = refusal(run_in(&config, &busy, body.as_bytes()).0);
    assert!(message.contains("timed out"), "{message}");
}

#[test]
fn no_samples_and_nan_are_no_data_and_never_zero() {
    for aggregate in [
        "",
        "aggregate = \"sum\"\n",
        "aggregate = \"count\"\n",
        "aggregate = \"max\"\n",
    ] {
        let decoded = run(&one(aggregate), answer("empty")).unwrap();
        assert!(decoded.readings.is_empty(), "{aggregate}");
        assert_eq!(
            finding(&decoded, "no-value"),
            "source-prometheus-empty series=\"P18/cases\""
        );
    }
    for word in ["NaN", "+Inf", "-Inf"] {
        for aggregate in ["", "aggregate = \"sum\"\n", "aggregate = \"mean\"\n"] {
            let body = answer("nan").replace("NaN", word);
            let decoded = run(&one(aggregate), body).unwrap();
            assert!(decoded.readings.is_empty(), "{aggregate}");
            assert!(rules(&decoded).contains(&"no-number@1"));
        }
    }
    // A zero is a value.
    let decoded = run(&one(""), answer("nan").replace("NaN", "0")).unwrap();
    assert_eq!(figure(&decoded, "P18/cases"), "0");
}

#[test]
fn several_series_need_a_reduction_and_the_labels_are_named() {
    let decoded = run(&one(""), answer("vector")).unwrap();
    assert_eq!(
        figure(&decoded, "P18/cases"),
        "!source-several-series rows=2 labels=\"instance\""
    );
    let filtered =
        one("filter = [{ column = \"instance\", op = \"starts_with\", value = \"a:\" }]\n");
    let decoded = run(&filtered, answer("vector")).unwrap();
    assert_eq!(figure(&decoded, "P18/cases"), "41");
    assert!(
        located(&decoded, "P18/cases").at.starts_with(
            "query=linked_agencies; time=2025-10-01 00:00:00; series=2; samples=2; row=1"
        ),
        "{}",
        located(&decoded, "P18/cases").at
    );
    let grouped = server(
        "[[map]]\nseries = \"{group}/cases\"\nquery = \"x\"\naggregate = \"sum\"\ngroup_by = \"instance\"\ngroups = { \"a:9090\" = \"P18\", \"b:9090\" = \"P12\" }\n",
    );
    let decoded = run(&grouped, answer("vector")).unwrap();
    assert_eq!(figure(&decoded, "P18/cases"), "41");
    assert_eq!(figure(&decoded, "P12/cases"), "7");
}

#[test]
fn counters_grow_by_what_they_counted_restarts_included() {
    let decoded = run(&increase(), answer("counter")).unwrap();
    // a: 50.5 + 20 after a restart + 1.25; b: 4 after its first sample; c: one sample, unknown.
    assert_eq!(figure(&decoded, "P18/cases"), "75.75");
    let at = &located(&decoded, "P18/cases").at;
    assert_eq!(
        at,
        "query=linked_agencies; from=2025-07-01 00:00:00; to=2025-10-01 00:00:00; step=3600s; series=3; samples=7; resets=1; column=value; aggregate=increase"
    );
    assert_eq!(
        finding(&decoded, "counter-begins"),
        "source-counter-begins series=1"
    );
    assert_eq!(
        finding(&decoded, "counter-single"),
        "source-counter-single series=1"
    );
    assert_eq!(decoded.rows, 7);
    let with_gap = answer("counter").replace("\"150.5\"", "\"NaN\"");
    let decoded = run(&increase(), with_gap).unwrap();
    assert_eq!(
        figure(&decoded, "P18/cases"),
        "25.25",
        "100 to 20 is a restart"
    );
    let broken = answer("counter").replace("150.5", "many");
    let decoded = run(&increase(), broken).unwrap();
    let said = figure(&decoded, "P18/cases");
    assert!(said.contains("source-bad-cell-in-aggregate"), "{said}");
}

#[test]
fn availability_is_a_share_of_samples() {
    let config = server(
        "[[map]]\nseries = \"P12/satisfaction\"\nquery = \"probe_success\"\nstep = \"15m\"\naggregate = \"share\"\nshare_of = [{ column = \"value\", op = \"=\", value = \"1\" }]\n",
    );
    let decoded = run(&config, answer("probe")).unwrap();
    assert_eq!(figure(&decoded, "P12/satisfaction"), "75");
    let found = located(&decoded, "P12/satisfaction");
    let parts = found.observation.parts.unwrap();
    assert_eq!(
        (parts.numerator.to_string(), parts.denominator.to_string()),
        ("3".into(), "4".into())
    );
}

#[test]
fn floats_with_more_decimals_than_a_figure_are_rounded_and_said() {
    let decoded = run(&one(""), answer("float")).unwrap();
    assert_eq!(figure(&decoded, "P18/cases"), "0.016666666667");
    assert!(located(&decoded, "P18/cases").at.contains("rounded=1; "));
}

#[test]
fn answers_of_another_form_are_refused() {
    for (body, said) in [
        ("{}", "source-prometheus-shape"),
        (
            r#"{"status":"success","data":{"resultType":"streams","result":[]}}"#,
            "source-prometheus-shape",
        ),
        (
            r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,2]}]}}"#,
            "source-prometheus-shape",
        ),
        (
            r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":["x","2"]}]}}"#,
            "source-prometheus-shape",
        ),
        (
            r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1e30,"2"]}]}}"#,
            "source-prometheus-shape",
        ),
        (
            r#"{"status":"error","errorType":"execution","error":"expanding series"}"#,
            "source-error-answer",
        ),
        ("<html><title>Login</title>", "source-html-titled"),
        (
            r#"{"status":"success","data":{"resultType":"vec"#,
            "source-json-truncated",
        ),
    ] {
        let message = refusal(run(&one(""), body));
        assert!(message.starts_with(said), "{body}: {message}");
    }
    let histogram = r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"3"}]}]}}"#;
    let decoded = run(&one(""), histogram).unwrap();
    assert!(decoded.readings.is_empty());
    assert!(rules(&decoded).contains(&"histograms@1"));
}

#[test]
fn what_a_map_may_say_is_checked_offline() {
    for (map, problem) in [
        ("aggregate = \"sum\"\n", "source-map-query-missing"),
        (
            "query = \"x\"\nstep = \"1w\"\naggregate = \"max\"\n",
            "source-map-step",
        ),
        (
            "query = \"x\"\nstep = \"5m\"\naggregate = \"max\"\n",
            "source-map-step",
        ),
        (
            "query = \"x\"\nstep = \"1h\"\n",
            "source-map-step-aggregate",
        ),
        ("query = \"x{quater}\"\n", "source-placeholder-near"),
        ("query = \"x\"\nat = \"$.x\"\n", "source-key-json-only"),
    ] {
        let text = format!(
            "id = \"s\"\nkind = \"prometheus\"\nschedule = \"daily\"\nurl = \"http://x\"\n[[map]]\nseries = \"P18/cases\"\n{map}"
        );
        let config: SourceConfig = toml::from_str(&text).unwrap();
        let found: Vec<String> = config.problems().iter().map(ToString::to_string).collect();
        assert!(
            found.iter().any(|said| said.contains(problem)),
            "{map}: {found:?}"
        );
    }
    let text = "id = \"s\"\nkind = \"csv\"\nschedule = \"daily\"\nurl = \"http://x\"\n[[map]]\nseries = \"P18/cases\"\nquery = \"x\"\ncolumn = \"a\"\naggregate = \"increase\"\n";
    let config: SourceConfig = toml::from_str(text).unwrap();
    assert_eq!(config.problems().len(), 2, "{:?}", config.problems());
}
