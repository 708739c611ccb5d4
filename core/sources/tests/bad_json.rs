//! JSON and datastore answers that are not what they should be: each says what is wrong.

mod common;
use common::*;
use quarterdeck_sources::SourceConfig;

fn count() -> SourceConfig {
    source(
        "json",
        "[[map]]\nseries = \"P01/open-datasets\"\nat = \"$.count\"\n",
    )
}

fn share(extra: &str) -> SourceConfig {
    source(
        "json",
        &format!("[[map]]\nseries = \"P01/gold-share\"\nat = \"$.v\"\n{extra}"),
    )
}

#[test]
fn a_number_is_read_exactly_and_its_place_is_a_path() {
    let decoded = run(&count(), r#"{"count": 53318}"#).unwrap();
    assert_eq!(figure(&decoded, "P01/open-datasets"), "53318");
    let found = located(&decoded, "P01/open-datasets");
    assert_eq!(found.at, "$['count']");
    assert_eq!(found.observation.period.to_string(), "2025Q3");
    assert_eq!(found.observation.printed, None);
    let decoded = run(&share(""), r#"{"v": 75.30}"#).unwrap();
    assert_eq!(figure(&decoded, "P01/gold-share"), "75.30");
}

#[test]
fn printed_forms_are_read_and_kept() {
    for (text, value) in [
        ("\"1,234\"", "1234"),
        ("\"１２３\"", "123"),
        ("\"1.2億\"", "120000000"),
        ("\"5萬\"", "50000"),
    ] {
        let decoded = run(&count(), format!("{{\"count\": {text}}}")).unwrap();
        assert_eq!(figure(&decoded, "P01/open-datasets"), value, "{text}");
        let kept = located(&decoded, "P01/open-datasets")
            .observation
            .printed
            .clone();
        assert_eq!(kept.as_deref(), Some(text.trim_matches('"')));
    }
    assert_eq!(
        figure(
            &run(&share(""), r#"{"v":"75.3%"}"#).unwrap(),
            "P01/gold-share"
        ),
        "75.3"
    );
    let fraction = share("unit = \"percent_fraction\"\n");
    assert_eq!(
        figure(&run(&fraction, r#"{"v":0.753}"#).unwrap(), "P01/gold-share"),
        "75.3"
    );
    assert_eq!(
        figure(
            &run(&fraction, r#"{"v":"75.3%"}"#).unwrap(),
            "P01/gold-share"
        ),
        "75.3"
    );
}

#[test]
fn what_is_not_a_number_is_rejected_with_its_text() {
    for text in [
        "\"NaN\"",
        "1e400",
        "\"無\"",
        "true",
        "[1]",
        "\"75.3%\"",
        "\"12\\u0000\"",
        "12345678901234567890123",
    ] {
        let decoded = run(&count(), format!("{{\"count\": {text}}}")).unwrap();
        assert!(
            figure(&decoded, "P01/open-datasets").starts_with('!'),
            "{text}"
        );
        assert!(
            located(&decoded, "P01/open-datasets")
                .observation
                .printed
                .is_some(),
            "{text}"
        );
    }
    let rejected = run(
        &count(),
        "{\"count\": \"\\u001b]52;c;aGk=\\u0007\\u202e12\"}",
    )
    .unwrap();
    let printed = located(&rejected, "P01/open-datasets")
        .observation
        .printed
        .clone()
        .unwrap();
    assert!(
        !printed.chars().any(|c| c.is_control() || c == '\u{202e}'),
        "{printed:?}"
    );
}

#[test]
fn null_is_unknown_and_not_zero() {
    let decoded = run(&count(), r#"{"count": null}"#).unwrap();
    assert!(decoded.readings.is_empty());
    assert!(rules(&decoded).contains(&"no-value@1"));
}

#[test]
fn errors_dressed_as_answers_are_told_from_data() {
    let errors = [
        (
            r#"{"success":false,"error":{"error_type":"ER0001","message":"查無資料"}}"#,
            "ER0001",
        ),
        (
            r#"{"success":false,"error":{"message":"resource not found","type":"ER0100"}}"#,
            "ER0100",
        ),
        (r#"{"success":"false"}"#, "source-error-answer-bare"),
        (r#"{"error":"quota exceeded"}"#, "quota exceeded"),
    ];
    for (body, said) in errors {
        for kind in ["json", "csv", "datastore"] {
            let map = match kind {
                "json" => "at = \"$.count\"",
                _ => "aggregate = \"count\"",
            };
            let config = source(
                kind,
                &format!("[[map]]\nseries = \"P01/open-datasets\"\n{map}\n"),
            );
            let message = refusal(run(&config, body));
            assert!(
                message.starts_with("source-error-answer") && message.contains(said),
                "{kind} {message}"
            );
        }
    }
}

#[test]
fn a_web_page_is_named_by_its_title() {
    let page = "\n<!DOCTYPE html><html><head><TITLE>系統維護中\u{1b}[2J</TITLE></head>";
    for kind in ["json", "csv", "datastore"] {
        let map = if kind == "json" {
            "at = \"$.count\""
        } else {
            "aggregate = \"count\""
        };
        let config = source(
            kind,
            &format!("[[map]]\nseries = \"P01/open-datasets\"\n{map}\n"),
        );
        let refused = run(&config, page).unwrap_err();
        assert_eq!(refused.message.id, "source-html-titled");
        assert!(refused.message.to_string().contains("系統維護中"));
        assert!(refused.excerpt.contains("DOCTYPE") && !refused.excerpt.contains('\u{1b}'));
    }
}

#[test]
fn broken_documents_say_where() {
    assert!(
        refusal(run(&count(), r#"{"count": 5, "x": [1,"#))
            .starts_with("source-json-truncated line=1")
    );
    assert!(refusal(run(&count(), r#"{"count": NaN}"#)).starts_with("source-json-invalid"));
    assert!(refusal(run(&count(), r#"{"count": 1, "count": 2}"#)).contains("key=\"count\""));
    assert!(refusal(run(&count(), "")).starts_with("source-empty"));
    assert!(refusal(run(&count(), b"{\"count\": \"\xff\xff\"}")).contains("byte=11"));
    assert!(refusal(run(&count(), "[".repeat(1000))).starts_with("source-json-too-deep"));
}

#[test]
fn a_renamed_field_names_the_nearest_and_rejects_the_figure() {
    let decoded = run(&count(), r#"{"counts": 5, "name": "x"}"#).unwrap();
    let message = finding(&decoded, "map-not-followed@1");
    assert!(
        message.contains("near=\"counts\"") && message.contains("counts, name"),
        "{message}"
    );
    assert!(figure(&decoded, "P01/open-datasets").starts_with("!source-path-not-found"));
}

#[test]
fn many_values_need_as_many_periods() {
    let text = "[[map]]\nseries = \"P01/downloads\"\nat = \"$.obs[*].v\"\nperiod_at = \"$.obs[*].t\"\ncalendar = \"roc\"\n";
    let config = source("json", text);
    let decoded = run(&config, r#"{"obs":[{"t":"114Q1","v":"1,000"},{"t":"114Q2","v":null},{"t":"112/02/29","v":3},{"t":"120Q1","v":4}]}"#).unwrap();
    let periods: Vec<String> = decoded
        .readings
        .iter()
        .map(|l| l.observation.period.to_string())
        .collect();
    assert_eq!(periods, ["2025Q1", "2025Q3", "2025Q3"]);
    let printed: Vec<_> = decoded
        .readings
        .iter()
        .map(|l| l.observation.printed.clone().unwrap())
        .collect();
    assert_eq!(printed, ["1,000", "112/02/29", "120Q1"]);
    assert!(decoded.readings[1].observation.value().is_none());
    let uneven = run(&config, r#"{"obs":[{"t":"114Q1","v":1},{"v":2}]}"#).unwrap();
    assert!(figure(&uneven, "P01/downloads").starts_with("!source-path-many"));
}

#[test]
fn a_changed_unit_is_rejected() {
    let config = share("unit_at = \"$.unit\"\nunit_text = \"%\"\n");
    assert_eq!(
        figure(
            &run(&config, r#"{"v":75,"unit":"％"}"#).unwrap(),
            "P01/gold-share"
        ),
        "75"
    );
    let changed = run(&config, r#"{"v":0.75,"unit":"比率"}"#).unwrap();
    assert!(figure(&changed, "P01/gold-share").starts_with("!source-unit-changed"));
    let wrong = share("unit = \"count\"\n");
    let differs = run(&wrong, r#"{"v":75}"#).unwrap();
    assert!(figure(&differs, "P01/gold-share").starts_with("!source-unit-differs"));
    assert_eq!(
        located(&differs, "P01/gold-share")
            .observation
            .printed
            .as_deref(),
        Some("75")
    );
}

#[test]
fn an_unknown_programme_is_a_finding() {
    let config = source("json", "[[map]]\nseries = \"P77/x\"\nat = \"$.v\"\n");
    let decoded = run(&config, r#"{"v":1}"#).unwrap();
    assert!(decoded.readings.is_empty());
    assert!(rules(&decoded).contains(&"unknown-scope@1"));
}

#[test]
fn a_personal_key_that_is_gone_stores_nothing() {
    let config = source(
        "json",
        "personal_fields = [\"提議者\"]\n[[map]]\nseries = \"P01/downloads\"\nat = \"$[0].n\"\n",
    );
    let (outcome, stored) = run_in(
        &config,
        &context(),
        r#"[{"n":1,"提議人":"王小明"}]"#.as_bytes(),
    );
    let refused = outcome.unwrap_err();
    assert_eq!(refused.message.id, "source-personal-column-missing");
    assert!(stored.is_empty() && refused.excerpt.is_empty());
}

fn store(extra: &str) -> SourceConfig {
    source(
        "datastore",
        &format!(
            "page_size = 2\n{extra}[[map]]\nseries = \"P01/open-datasets\"\naggregate = \"count\"\n"
        ),
    )
}

fn page(records: &str, total: &str) -> String {
    format!(
        r#"{{"success":true,"result":{{"records":[{records}],"limit":2,"offset":0,"total":{total}}}}}"#
    )
}

#[test]
fn pages_add_up_against_the_total() {
    let mut circumstances = context();
    let first = run_in(
        &store(""),
        &circumstances,
        page(r#"{"a":1},{"a":2}"#, "\"3\"").as_bytes(),
    )
    .0
    .unwrap();
    assert!(first.readings.is_empty() && first.next.is_some());
    circumstances.page = 1;
    circumstances.rows_so_far = 2;
    circumstances.carried = first.carried.as_ref();
    let second = run_in(
        &store(""),
        &circumstances,
        page(r#"{"a":3}"#, "3").as_bytes(),
    )
    .0
    .unwrap();
    assert_eq!(figure(&second, "P01/open-datasets"), "3");
    assert!(second.findings.is_empty(), "{:?}", second.findings);
    // The same page again: "offset" is ignored.
    let again = run_in(
        &store(""),
        &circumstances,
        page(r#"{"a":1},{"a":2}"#, "3").as_bytes(),
    )
    .0;
    assert!(refusal(again).starts_with("source-datastore-same-page"));
    // Nothing comes although the total is not reached.
    let short = run_in(&store(""), &circumstances, page("", "3").as_bytes())
        .0
        .unwrap();
    assert!(figure(&short, "P01/open-datasets").starts_with("!source-total-mismatch"));
    // The total moved.
    let moved = run_in(
        &store(""),
        &circumstances,
        page(r#"{"a":3}"#, "9").as_bytes(),
    )
    .0
    .unwrap();
    assert!(finding(&moved, "total-mismatch@1").starts_with("source-total-changed"));
}

#[test]
fn a_full_page_without_a_total_is_not_trusted() {
    let body = r#"{"success":true,"result":{"records":[{"a":1},{"a":2}]}}"#;
    let decoded = run(&store(""), body).unwrap();
    assert!(rules(&decoded).contains(&"total-mismatch@1"));
    assert!(figure(&decoded, "P01/open-datasets").starts_with("!source-total-missing"));
    assert!(refusal(run(&store(""), page("", "0"))).starts_with("source-no-rows"));
    let empty = run(&store("allow_empty = true\n"), page("", "0")).unwrap();
    assert_eq!(figure(&empty, "P01/open-datasets"), "0");
    assert!(refusal(run(&store(""), r#"{"success":true,"result":{"rows":[]}}"#)).contains("rows"));
}

#[test]
fn records_without_an_id_may_be_equal_on_two_pages() {
    let mut circumstances = context();
    let first = run_in(
        &store(""),
        &circumstances,
        page(r#"{"a":1},{"a":2}"#, "4").as_bytes(),
    )
    .0
    .unwrap();
    circumstances.page = 1;
    circumstances.rows_so_far = 2;
    circumstances.carried = first.carried.as_ref();
    let second = run_in(
        &store(""),
        &circumstances,
        page(r#"{"a":1},{"a":3}"#, "4").as_bytes(),
    )
    .0
    .unwrap();
    assert_eq!(figure(&second, "P01/open-datasets"), "4");
}

#[test]
fn an_error_field_that_says_there_is_none_is_no_error() {
    for error in [
        "\"none\"",
        "\"\"",
        "null",
        "\"No error.\"",
        "\"-\"",
        "\"0\"",
        "{}",
    ] {
        let decoded = run(&count(), format!("{{\"error\":{error},\"count\":5}}")).unwrap();
        assert_eq!(figure(&decoded, "P01/open-datasets"), "5", "{error}");
    }
    let failed = r#"{"error":"quota exceeded","count":5}"#;
    assert!(refusal(run(&count(), failed)).contains("quota exceeded"));
}

#[test]
fn a_key_that_a_kind_ignores_is_a_problem() {
    for kind in ["csv", "datastore", "file"] {
        let text = format!(
            "id = \"s\"\nkind = \"{kind}\"\nschedule = \"daily\"\nurl = \"https://example.gov.tw/\"\nfolder = \"in\"\n\
             data_day_at = \"$.day\"\n[[map]]\nseries = \"P01/open-datasets\"\naggregate = \"count\"\n"
        );
        let config: SourceConfig = toml::from_str(&text).unwrap();
        let problems: Vec<String> = config.problems().iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
            ["source-key-json-only key=\"data_day_at\""],
            "{kind}"
        );
    }
}
