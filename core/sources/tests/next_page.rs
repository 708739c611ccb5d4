//! JSON answers that name their next page, as OData services do.

#![allow(clippy::unwrap_used)] // tests may; clippy sees helpers as other code

mod common;
use common::*;
use quarterdeck_sources::{Context, Decoded, Refusal, SourceConfig};

const FIRST: &str = include_str!("../fixtures/odata/page1.json");
const SECOND: &str = include_str!("../fixtures/odata/page2.json");
const URL: &str = "https://example.gov.tw/odata/Cases";

fn cases() -> SourceConfig {
    source(
        "json",
        r#"
rows = "$.value[*]"
next_at = "$['@odata.nextLink']"
[[map]]
series = "P01/open-datasets"
aggregate = "count"
[[map]]
series = "P01/downloads"
column = "Days"
aggregate = "sum"
[[map]]
series = "P29/cases"
at = "$['@odata.count']"
"#,
    )
}

fn page(
    config: &SourceConfig,
    number: u32,
    before: Option<&Decoded>,
    body: &str,
) -> Result<Decoded, Refusal> {
    let context = Context {
        url: Some(
            before
                .and_then(|b| b.next.as_ref())
                .map_or(URL, |next| next.url.as_str()),
        ),
        page: number,
        rows_so_far: before.map_or(0, |b| b.rows),
        carried: before.and_then(|b| b.carried.as_ref()),
        ..context()
    };
    run_in(config, &context, body.as_bytes()).0
}

#[test]
fn rows_add_up_over_the_pages_and_paths_are_read_once() {
    let config = cases();
    let first = page(&config, 0, None, FIRST).unwrap();
    assert_eq!(figure(&first, "P29/cases"), "3");
    assert_eq!(first.readings.len(), 1);
    let next = first.next.as_ref().unwrap();
    assert_eq!(next.url, "https://example.gov.tw/odata/Cases?$skiptoken=2");
    assert_eq!(next.page, 1);
    let second = page(&config, 1, Some(&first), SECOND).unwrap();
    assert_eq!(figure(&second, "P01/open-datasets"), "3");
    assert_eq!(figure(&second, "P01/downloads"), "15");
    assert_eq!(second.readings.len(), 2);
    assert_eq!(second.next, None);
    // A last page without rows is an end, not an error.
    let empty = page(&config, 1, Some(&first), "{\"value\":[]}").unwrap();
    assert_eq!(figure(&empty, "P01/open-datasets"), "2");
}

#[test]
fn links_elsewhere_and_pages_that_come_again_are_refused() {
    let config = cases();
    for link in [
        "https://evil.example/odata",
        "http://example.gov.tw/odata/Cases?$skiptoken=2",
        "file:///etc/passwd",
        "//127.0.0.1/x",
    ] {
        let body = FIRST.replace("Cases?$skiptoken=2", link);
        let said = refusal(page(&config, 0, None, &body));
        assert!(said.starts_with("source-next-elsewhere"), "{link}: {said}");
    }
    let body = FIRST.replace("Cases?$skiptoken=2", URL);
    assert_eq!(refusal(page(&config, 0, None, &body)), "source-next-same");
    let first = page(&config, 0, None, FIRST).unwrap();
    let again = FIRST.replace("skiptoken=2", "skiptoken=3");
    assert_eq!(
        refusal(page(&config, 1, Some(&first), &again)),
        "source-next-same"
    );
}

#[test]
fn the_key_is_checked_offline() {
    let text = "id = \"s\"\nkind = \"json\"\nschedule = \"daily\"\nurl = \"http://x\"\nnext_at = \"$.next\"\n[[map]]\nseries = \"P01/downloads\"\nat = \"$.n\"\n";
    let config: SourceConfig = toml::from_str(text).unwrap();
    assert_eq!(config.problems()[0].id, "source-next-needs-rows");
}
