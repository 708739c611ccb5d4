//! The Action API of CKAN portals.

#![allow(clippy::unwrap_used)] // tests may; clippy sees helpers as other code

mod common;
use common::*;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_sources::{Context, Decoded, Refusal, RequestContext, SourceConfig, first_request};

const ACTIONS: &str = "https://data.example.gov.tw/api/3/action";

fn portal(action: &str, rest: &str) -> SourceConfig {
    let mut config = source("ckan", rest);
    config.url = Some(format!("{ACTIONS}/{action}"));
    config
}

fn asked(config: &SourceConfig) -> String {
    let context = RequestContext {
        quarter: Quarter::new(2025, 3).unwrap(),
        origin: None,
        now: fetched_at(),
        target: None,
    };
    first_request(config, &context).unwrap().url
}

fn answer(name: &str) -> String {
    let path = format!("{}/fixtures/ckan/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// All pages one after the other, as a collection asks for them.
fn pages(config: &SourceConfig, answers: &[&str]) -> (Vec<String>, Vec<Decoded>) {
    let mut urls = vec![asked(config)];
    let mut out: Vec<Decoded> = Vec::new();
    let mut rows = 0;
    for (page, name) in answers.iter().enumerate() {
        let carried = out.last().and_then(|decoded| decoded.carried.clone());
        let context = Context {
            url: Some(&urls[page]),
            page: u32::try_from(page).unwrap(),
            rows_so_far: rows,
            carried: carried.as_ref(),
            ..context()
        };
        let decoded = run_in(config, &context, answer(name).as_bytes()).0.unwrap();
        rows += decoded.rows;
        if let Some(next) = &decoded.next {
            urls.push(next.url.clone());
        }
        out.push(decoded);
    }
    (urls, out)
}

#[test]
fn a_search_gives_its_count_and_its_facets() {
    let config = portal(
        "package_search?rows=0&facet.limit=-1",
        r#"
[ckan]
rows = "facets"
[[map]]
series = "P01/open-datasets"
at = "$.result.count"
[[map]]
series = "agency:{group}/open-datasets"
column = "count"
aggregate = "sum"
filter = [{ column = "facet", op = "=", value = "organization" }]
group_by = "display_name"
groups = { "數位發展部" = "NDC", "財政部" = "MOI" }
"#,
    );
    assert_eq!(
        asked(&config),
        format!("{ACTIONS}/package_search?rows=0&facet.limit=-1")
    );
    for name in ["package_search_facets", "package_search_page1"] {
        let decoded = run(&config, answer(name)).unwrap();
        assert_eq!(figure(&decoded, "P01/open-datasets"), "5");
        assert_eq!(figure(&decoded, "agency:NDC/open-datasets"), "3");
        assert_eq!(figure(&decoded, "agency:MOI/open-datasets"), "2");
        assert_eq!(rules(&decoded), Vec::<&str>::new());
        assert_eq!(
            located(&decoded, "P01/open-datasets").at,
            "$['result']['count']"
        );
    }
    // The older form without titles, in the same figures.
    let older = answer("package_search_facets").replace("search_facets", "forgotten");
    let decoded = run(&config, older.replace("\"moda\": 3", "\"數位發展部\": 3")).unwrap();
    assert_eq!(figure(&decoded, "agency:NDC/open-datasets"), "3");
}

#[test]
fn facets_that_a_portal_cuts_off_are_said() {
    let config = portal(
        "package_search?facet.limit=2",
        "[ckan]\nrows = \"facets\"\n[[map]]\nseries = \"P01/downloads\"\naggregate = \"count\"\n",
    );
    let url = asked(&config);
    let context = Context {
        url: Some(&url),
        ..context()
    };
    let body = answer("package_search_facets");
    let decoded = run_in(&config, &context, body.as_bytes()).0.unwrap();
    assert_eq!(
        finding(&decoded, "facets-cut"),
        "source-ckan-facets-cut facets=\"organization, res_format\" limit=2"
    );
}

#[test]
fn data_sets_come_page_by_page_with_their_inner_fields() {
    let config = portal(
        "package_search?q=*:*",
        r#"
page_size = 3
[[map]]
series = "P01/downloads"
column = "tracking_summary.total"
aggregate = "sum"
[[map]]
series = "P01/gold-share"
aggregate = "share"
share_of = [{ column = "extras.quality", op = "=", value = "金" }]
filter = [{ column = "organization.title", op = "=", value = "數位發展部" }]
"#,
    );
    let (urls, decoded) = pages(&config, &["package_search_page1", "package_search_page2"]);
    assert_eq!(
        urls[0],
        format!("{ACTIONS}/package_search?q=*:*&rows=3&start=0")
    );
    assert_eq!(
        urls[1],
        format!("{ACTIONS}/package_search?q=*:*&rows=3&start=3")
    );
    assert!(decoded[0].readings.is_empty());
    assert_eq!(decoded[0].total, Some(5));
    assert_eq!(figure(&decoded[1], "P01/downloads"), "1600");
    assert_eq!(figure(&decoded[1], "P01/gold-share"), "66.666667");
    assert_eq!(decoded[1].next, None);
}

#[test]
fn the_same_page_again_is_refused() {
    let config = portal(
        "package_search",
        "[[map]]\nseries = \"P01/downloads\"\naggregate = \"count\"\n",
    );
    let body = answer("package_search_page1");
    let first = run(&config, &body).unwrap();
    let context = Context {
        page: 1,
        rows_so_far: first.rows,
        carried: first.carried.as_ref(),
        ..context()
    };
    let again = run_in(&config, &context, body.as_bytes()).0;
    assert_eq!(refusal(again), "source-next-same");
}

#[test]
fn a_datastore_is_paged_against_its_total() {
    let config = portal(
        "datastore_search?resource_id=a",
        "page_size = 2\n[[map]]\nseries = \"{計畫編號}/cases\"\ncolumn = \"申辦件數\"\naggregate = \"sum\"\n",
    );
    let (urls, decoded) = pages(
        &config,
        &["datastore_search_page1", "datastore_search_page2"],
    );
    assert_eq!(
        urls[0],
        format!("{ACTIONS}/datastore_search?resource_id=a&limit=2&offset=0")
    );
    assert_eq!(
        urls[1],
        format!("{ACTIONS}/datastore_search?resource_id=a&limit=2&offset=2")
    );
    assert_eq!(figure(&decoded[1], "P01/cases"), "1300");
    assert_eq!(figure(&decoded[1], "P12/cases"), "88");
}

#[test]
fn a_real_data_set_has_its_resources_and_no_invented_views() {
    let config = portal(
        "package_show?id=x",
        r#"
[[map]]
series = "P01/open-datasets"
aggregate = "count"
filter = [{ column = "format", op = "=", value = "XLS" }]
[[map]]
series = "P01/downloads"
at = "$.result.tracking_summary.total"
"#,
    );
    assert_eq!(asked(&config), format!("{ACTIONS}/package_show?id=x"));
    let body = answer("package_show");
    let decoded = run(&config, &body).unwrap();
    assert_eq!(figure(&decoded, "P01/open-datasets"), "2");
    assert!(figure(&decoded, "P01/downloads").starts_with("!source-path-not-found"));
    assert_eq!(finding(&decoded, "no-tracking"), "source-ckan-no-tracking");
    // Where the portal counts them.
    let tracked = body.replacen(
        "\"license_title\"",
        "\"tracking_summary\": {\"total\": 5301, \"recent\": 12}, \"license_title\"",
        1,
    );
    let decoded = run(&config, tracked).unwrap();
    assert_eq!(figure(&decoded, "P01/downloads"), "5301");
    assert_eq!(rules(&decoded), Vec::<&str>::new());
}

#[test]
fn lists_are_rows_too() {
    let config = portal(
        "organization_list?all_fields=true",
        "[[map]]\nseries = \"P01/open-datasets\"\ncolumn = \"package_count\"\naggregate = \"sum\"\n",
    );
    let decoded = run(&config, answer("organization_list")).unwrap();
    assert_eq!(figure(&decoded, "P01/open-datasets"), "5");
    let names = portal(
        "package_list",
        "[[map]]\nseries = \"P01/open-datasets\"\naggregate = \"count\"\n",
    );
    let decoded = run(&names, r#"{"success":true,"result":["a","b","c"]}"#).unwrap();
    assert_eq!(figure(&decoded, "P01/open-datasets"), "3");
}

fn under(status: u16, body: &str) -> Result<Decoded, Refusal> {
    let config = portal(
        "package_search",
        "[[map]]\nseries = \"P01/open-datasets\"\nat = \"$.result.count\"\n",
    );
    assert!(config.readable_status().contains(&status));
    let context = Context {
        http_status: status,
        ..context()
    };
    run_in(&config, &context, body.as_bytes()).0
}

#[test]
fn errors_are_refused_in_the_servers_words_under_whatever_status() {
    for (status, name, said) in [
        (
            200,
            "not_found",
            "source-error-answer code=\"Not Found Error\" said=\"Not found: Resource was not found.\"",
        ),
        (
            404,
            "not_found",
            "source-status-refused status=404 reason=[source-error-answer code=\"Not Found Error\"",
        ),
        (
            409,
            "validation_error",
            "code=\"Validation Error\" said=\"rows: Invalid integer\"",
        ),
    ] {
        let message = refusal(under(status, &answer(name)));
        assert!(message.contains(said), "{message}");
    }
    // A figure under an error status is no figure.
    let message = refusal(under(500, r#"{"success":true,"result":{"count":7}}"#));
    assert!(message.contains("source-status-no-reason"), "{message}");
}

#[test]
fn answers_of_another_form_say_what_is_missing() {
    let rows = portal(
        "package_search",
        "[[map]]\nseries = \"P01/downloads\"\naggregate = \"count\"\n",
    );
    for (body, said) in [
        ("{}", "source-ckan-shape wanted=\"result\""),
        (
            r#"{"success":true,"result":{"count":1}}"#,
            "source-ckan-shape wanted=\"results\" keys=\"count\"",
        ),
        (
            r#"{"success":true,"result":{"count":0,"results":[]}}"#,
            "source-no-rows",
        ),
        ("<html><title>維護中</title>", "source-html-titled"),
        (
            r#"{"success":true,"result":{"results":[1]}}"#,
            "source-row-not-object",
        ),
        (
            r#"{"success":true,"result":{"count":5,"results":["#,
            "source-json-truncated",
        ),
    ] {
        let message = refusal(run(&rows, body));
        assert!(message.starts_with(said), "{message}");
    }
    let facets = portal(
        "package_search",
        "[ckan]\nrows = \"facets\"\n[[map]]\nseries = \"P01/downloads\"\naggregate = \"count\"\n",
    );
    let message = refusal(run(
        &facets,
        r#"{"success":true,"result":{"count":0,"search_facets":{}}}"#,
    ));
    assert!(
        message.starts_with("source-ckan-shape wanted=\"facets\""),
        "{message}"
    );
}

#[test]
fn keys_of_the_kind_stand_in_no_other() {
    let text = "id = \"s\"\nkind = \"csv\"\nschedule = \"daily\"\nurl = \"https://x.tw\"\n[ckan]\nrows = \"facets\"\n[[map]]\nseries = \"P01/downloads\"\naggregate = \"count\"\n";
    let config: SourceConfig = toml::from_str(text).unwrap();
    assert_eq!(
        config.problems()[0].to_string(),
        "source-key-other-kind key=\"ckan\" kind=\"ckan\""
    );
    let unknown = text.replace("csv", "ckan").replace("rows =", "row =");
    assert!(toml::from_str::<SourceConfig>(&unknown).is_err());
}
