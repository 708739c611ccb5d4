//! Statistics in SDMX: three forms, what is no data, and servers that ignore what they were asked.

#![allow(clippy::unwrap_used, clippy::panic)] // tests may; clippy sees helpers as other code

mod common;
use common::*;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::observation::Reading;
use quarterdeck_sources::{RequestContext, SourceConfig, first_request};

const DGBAS: &[u8] = include_bytes!("../fixtures/sdmx/dgbas.json");
const FLAT: &[u8] = include_bytes!("../fixtures/sdmx/flat.json");
const GENERIC: &[u8] = include_bytes!("../fixtures/sdmx/generic.xml");
const SPECIFIC: &[u8] = include_bytes!("../fixtures/sdmx/specific.xml");
const ONE: &[u8] = include_bytes!("../fixtures/sdmx/one.csv");
const TWO: &[u8] = include_bytes!("../fixtures/sdmx/two.csv");

/// One figure per observation of what `key` asks for.
fn asking(key: &str) -> SourceConfig {
    source(
        "sdmx",
        &format!(
            "[sdmx]\nkey = {key}\n[[map]]\nseries = \"P01/satisfaction\"\ncolumn = \"OBS_VALUE\"\nperiod_column = \"TIME_PERIOD\"\nunit = \"percent\"\n"
        ),
    )
}

/// Figures as `period=value`, in order.
fn figures(config: &SourceConfig, body: &[u8]) -> Vec<String> {
    let decoded = run(config, body).unwrap_or_else(|refused| panic!("{refused}"));
    decoded
        .readings
        .iter()
        .map(|located| {
            let observation = &located.observation;
            match &observation.reading {
                Reading::Value(value) => format!("{}={value}", observation.period),
                Reading::Rejected(reason) => format!("{}!{reason}", observation.period),
            }
        })
        .collect()
}

#[test]
fn the_shape_of_dgbas_gives_a_figure_a_quarter_and_null_is_no_data() {
    let config = asking(r#"{ ITEM = "1" }"#);
    assert_eq!(
        figures(&config, DGBAS),
        [
            "2024Q4=12.40",
            "2025Q1=12.55",
            "2025Q2=12.61",
            "2025Q3=12.75"
        ]
    );
    let decoded = run(&config, DGBAS).unwrap();
    // The null of 2024Q3 stays unknown.
    assert!(finding(&decoded, "blank-values@1").contains("rows=1"));
    assert!(finding(&decoded, "filter-ignored@1").contains("rows=8"));
    assert!(finding(&decoded, "filter-ignored@1").contains("of=16"));
    assert!(finding(&decoded, "time-ignored@1").contains("rows=3"));
    assert_eq!(decoded.rows, 5);
    assert_eq!(decoded.encoding, "utf-8");
}

#[test]
fn a_range_of_its_own_takes_more_quarters() {
    let mut config = asking(r#"{ ITEM = "1", FREQ = "Q" }"#);
    let settings = config.sdmx.as_mut().unwrap();
    settings.start = Some("2023-Q4".into());
    settings.end = Some("{year}-Q1".into());
    assert_eq!(config.problems(), vec![]);
    assert_eq!(
        figures(&config, DGBAS),
        [
            "2023Q4=12.10",
            "2024Q1=12.25",
            "2024Q2=12.31",
            "2024Q4=12.40",
            "2025Q1=12.55"
        ]
    );
}

#[test]
fn several_codes_of_a_dimension_may_be_asked_for() {
    let config = source(
        "sdmx",
        "[sdmx]\nkey = { ITEM = \"1+2\" }\n[[map]]\nseries = \"P01/cases\"\naggregate = \"count\"\nunit = \"count\"\n",
    );
    let decoded = run(&config, DGBAS).unwrap();
    assert_eq!(figure(&decoded, "P01/cases"), "10");
    assert!(!rules(&decoded).contains(&"filter-ignored@1"));
}

#[test]
fn an_answer_without_the_dimension_asked_for_is_refused() {
    for body in [DGBAS, GENERIC, SPECIFIC, ONE] {
        let refused = refusal(run(&asking(r#"{ AREA = "TPE" }"#), body));
        assert!(refused.contains("source-sdmx-dimension"), "{refused}");
        assert!(refused.contains("dimension=\"AREA\""), "{refused}");
    }
}

#[test]
fn nothing_of_what_was_asked_for_is_no_figure() {
    for body in [GENERIC, SPECIFIC, ONE] {
        let refused = refusal(run(&asking(r#"{ REGION = "TXG" }"#), body));
        assert!(refused.contains("source-sdmx-nothing-left"), "{refused}");
        assert!(refused.contains("rows=3"), "{refused}");
    }
}

#[test]
fn flat_data_sets_and_the_second_version_of_json() {
    let config = asking(r#"{ FREQ = "M" }"#);
    assert_eq!(figures(&config, FLAT), ["2025-07=41.5", "2025-08=42.5"]);
    let decoded = run(&config, FLAT).unwrap();
    assert!(finding(&decoded, "blank-values@1").contains("rows=2"));
    let provisional = source(
        "sdmx",
        "[[map]]\nseries = \"P01/cases\"\ncolumn = \"SAMPLE\"\naggregate = \"sum\"\nunit = \"count\"\nfilter = [{ column = \"OBS_STATUS\", op = \"=\", value = \"A\" }]\n",
    );
    let decoded = run(&provisional, FLAT).unwrap();
    assert_eq!(figure(&decoded, "P01/cases"), "2801");
}

#[test]
fn generic_and_structure_specific_xml() {
    let config = asking(r#"{ REGION = "TPE" }"#);
    assert_eq!(figures(&config, GENERIC), ["2025Q2=71.20", "2025Q3=72.40"]);
    assert_eq!(figures(&config, SPECIFIC), ["2024H2=64.5", "2025H1=66.75"]);
    // A server that sends one form under the name of the other is understood.
    let generic = String::from_utf8(GENERIC.to_vec()).unwrap();
    let misnamed = generic.replace("GenericData", "StructureSpecificData");
    assert_eq!(
        figures(&config, misnamed.as_bytes()),
        ["2025Q2=71.20", "2025Q3=72.40"]
    );
    let decoded = run(&asking(r#"{ REGION = "TPE+KHH" }"#), SPECIFIC).unwrap();
    assert!(finding(&decoded, "blank-values@1").contains("rows=1"));
    // What a group says of its series is not mixed with the observations.
    let of_group = source(
        "sdmx",
        "[[map]]\nseries = \"P01/cases\"\naggregate = \"count\"\nunit = \"count\"\nfilter = [{ column = \"UNIT\", op = \"=\", value = \"PERSONS\" }]\n",
    );
    assert!(refusal(run(&of_group, GENERIC)).contains("source-column-renamed"));
}

#[test]
fn csv_of_both_versions() {
    let config = asking(r#"{ REGION = "TPE" }"#);
    assert_eq!(figures(&config, ONE), ["2024=55.5"]);
    // An observation to be deleted is none.
    assert_eq!(figures(&config, TWO), ["2025-07=12.5", "2025-08=12.75"]);
    let decoded = run(&asking(r#"{ REGION = "TPE+KHH" }"#), ONE).unwrap();
    assert!(finding(&decoded, "blank-values@1").contains("rows=2"));
}

#[test]
fn an_address_names_the_range() {
    let mut config = asking("{}");
    config.url = Some("https://example.gov.tw/x?startTime={start}&endTime={end}".into());
    let context = RequestContext {
        quarter: Quarter::new(2025, 3).unwrap(),
        now: fetched_at(),
        target: None,
        origin: None,
    };
    assert_eq!(
        first_request(&config, &context).unwrap().url,
        "https://example.gov.tw/x?startTime=2024-Q3&endTime=2025-Q3"
    );
    let settings = config.sdmx.as_mut().unwrap();
    settings.start = Some("{year}-Q4".into());
    assert!(format!("{:?}", config.problems()).contains("source-sdmx-range"));
}

#[test]
fn answers_that_are_no_data() {
    let config = asking("{}");
    let page = "<!DOCTYPE html><html><head><title>系統維護中</title></head></html>";
    for (body, id) in [
        (page, "source-html-titled"),
        ("", "source-empty"),
        ("{\"data\":{}}", "source-sdmx-shape"),
        (
            "{\"errors\":[{\"code\":100,\"title\":\"No results\"}]}",
            "source-error-answer",
        ),
        (
            "{\"data\":{\"dataSets\":[{\"series\":{}}],\"structure\":{}}}",
            "source-sdmx-shape",
        ),
        (
            "<m:Error xmlns:m=\"x\"><m:ErrorMessage code=\"100\"><c:Text xmlns:c=\"y\">No results</c:Text></m:ErrorMessage></m:Error>",
            "source-error-answer",
        ),
        ("<Structure/>", "source-sdmx-shape"),
        ("<GenericData/>", "source-no-rows"),
    ] {
        let refused = refusal(run(&config, body));
        assert!(refused.contains(id), "{body}: {refused}");
    }
    assert!(refusal(run(&config, page)).contains("wanted=\"SDMX\""));
    let text = String::from_utf8(DGBAS.to_vec()).unwrap();
    let lost = text.replace("\"1:0\"", "\"7:0\"");
    assert!(refusal(run(&config, lost)).contains("source-sdmx-index"));
    let cut = &GENERIC[..GENERIC.len() - 200];
    assert!(refusal(run(&config, cut)).contains("source-xml-truncated"));
}

#[test]
fn problems_of_the_file_are_found_offline() {
    let mut config = asking("{}");
    config.personal_fields = vec!["NAME".into()];
    config
        .sdmx
        .as_mut()
        .unwrap()
        .key
        .insert("REGION".into(), "A+".into());
    let problems = format!("{:?}", config.problems());
    assert!(problems.contains("source-sdmx-personal"), "{problems}");
    assert!(problems.contains("sdmx.key"), "{problems}");
    let mut json = asking("{}");
    json.kind = quarterdeck_sources::Kind::Csv;
    assert!(format!("{:?}", json.problems()).contains("source-key-of-kind"));
}
