//! One source with many addresses: what may be a target, and where it may stand.
#![allow(clippy::unwrap_used)] // tests may; clippy sees helpers as other code

mod common;

use common::*;
use quarterdeck_sources::targets::{MOST_TARGETS, encoded, read_list, split_place};
use quarterdeck_sources::{RequestContext, SourceConfig, first_request};

fn usage(url: &str, targets: &str, series: &str) -> SourceConfig {
    let text = format!(
        "id = \"s\"\nkind = \"json\"\nurl = \"{url}\"\nschedule = \"daily\"\n{targets}\n\
         [[map]]\nseries = \"{series}\"\nat = \"$.n\"\n"
    );
    toml::from_str(&text).unwrap()
}

fn problems(url: &str, targets: &str, series: &str) -> Vec<String> {
    let found = usage(url, targets, series).problems();
    found.iter().map(ToString::to_string).collect()
}

const URL: &str = "https://example.gov.tw/usage/{target}?year={roc_year}";
const SERIES: &str = "P12/usage.{target}";

#[test]
fn the_address_and_the_series_of_each_target() {
    let config = usage(URL, "targets = [\"63000010\", \"臺北市\"]", SERIES);
    assert_eq!(config.problems(), vec![]);
    let address = |target| {
        let context = RequestContext {
            quarter: context().quarter,
            origin: None,
            now: fetched_at(),
            target: Some(target),
        };
        first_request(&config, &context).unwrap().url
    };
    assert_eq!(
        address("63000010"),
        "https://example.gov.tw/usage/63000010?year=114"
    );
    assert_eq!(
        address("臺北市"),
        "https://example.gov.tw/usage/%E8%87%BA%E5%8C%97%E5%B8%82?year=114"
    );
    let mut own = config.without_targets();
    for target in ["63000010", "臺北市"] {
        own.set_target(&config, target);
        assert_eq!(own.maps[0].series, format!("P12/usage.{target}"));
        let decoded = run(&own, b"{\"n\": 12}").unwrap();
        let reading = &decoded.readings[0].observation;
        assert_eq!(reading.series.to_string(), format!("P12/usage.{target}"));
    }
}

#[test]
fn hostile_targets_are_refused_and_named() {
    for target in [
        "",
        "..",
        ".",
        "../admin",
        "a/b",
        "a\\\\b",
        "a b",
        "%2e%2e",
        "a%00",
        "a?x=1",
        "a#b",
        "a&b=c",
        "a;b",
        "a@evil.example",
        "a:80",
        "{env:HOME}",
        "{year}",
        ".a",
        "a.",
        "-a",
        "a\\n",
        "a\\u0000",
        "６３０",
        "ａｂｃ",
        "63\\u202e01",
        "63\\u200b01",
        "e\\u0301",
        &"9".repeat(61),
        &"臺".repeat(21),
    ] {
        let targets = format!("targets = [\"63000010\", \"{target}\"]");
        let found = problems(URL, &targets, SERIES);
        assert_eq!(found.len(), 1, "{target:?}: {found:?}");
        assert!(found[0].starts_with("source-target-bad"), "{found:?}");
        assert!(!found[0].contains('\u{202e}'), "{found:?}");
    }
    let found = problems(URL, "targets = [\"1\", \"2\", \"1\", \"1\"]", SERIES);
    assert_eq!(found, ["source-target-twice target=\"1\" count=2"]);
    let many: Vec<String> = (0..=MOST_TARGETS).map(|n| n.to_string()).collect();
    let found = problems(URL, &format!("targets = {many:?}"), SERIES);
    assert_eq!(found, ["source-targets-many targets=20001 limit=20000"]);
    let most = format!("targets = {:?}", &many[1..]);
    assert_eq!(problems(URL, &most, SERIES), Vec::<String>::new());
}

#[test]
fn a_target_never_leads_to_another_host_or_folder() {
    for url in [
        "https://{target}.example.gov.tw/usage",
        "https://{target}/usage",
        "https://example.gov.tw:{target}/usage",
        "https://{target}@example.gov.tw/usage/{target}",
        "https://example.gov.tw/usage#{target}",
        "https://example.gov.tw/usage/%{target}",
        "https://example.gov.tw/usage/%2{target}",
        "https://example.gov.tw/usage?of=%e{target}",
    ] {
        let found = problems(url, "targets = [\"1\"]", SERIES);
        assert_eq!(found[0], "source-targets-place", "{url}: {found:?}");
    }
    let found = problems("{target}://example.gov.tw/", "targets = [\"1\"]", SERIES);
    assert!(!found.is_empty());
    for url in [
        "https://example.gov.tw/{target}/{target}.json",
        "https://example.gov.tw/a?of={target}&year={year}",
        "https://example.gov.tw/v-{target}?key={env:KEY}",
        "{origin}/usage/{target}",
    ] {
        let found = problems(url, "targets = [\"1\"]", SERIES);
        assert_eq!(found, Vec::<String>::new(), "{url}");
    }
}

#[test]
fn what_is_missing_is_said_with_what_to_do() {
    let ids = |found: Vec<String>| -> Vec<String> {
        let id = |text: &String| text.split(' ').next().unwrap().to_owned();
        found.iter().map(id).collect()
    };
    let none = "https://example.gov.tw/usage";
    assert_eq!(
        ids(problems(URL, "", "P12/usage")),
        ["source-targets-missing"]
    );
    assert_eq!(
        ids(problems(none, "targets = [\"1\"]", SERIES)),
        ["source-targets-no-place"]
    );
    let one = problems(URL, "targets = [\"1\"]", "P12/usage");
    assert!(one[0].contains("source-targets-series"), "{one:?}");
    assert_eq!(
        ids(problems(URL, "targets_file = \"a.csv\"", SERIES)),
        ["source-targets-none"]
    );
    for name in ["a.toml", "../a.csv", "a/b.csv", ".a.csv", "c:a.csv", "a"] {
        let found = problems(URL, &format!("targets_file = \"{name}\""), SERIES);
        assert!(
            found[0].starts_with("source-targets-file-name"),
            "{found:?}"
        );
    }
    let both = "targets = [\"1\"]\ntargets_file = \"a.csv\"";
    assert_eq!(ids(problems(URL, both, SERIES)), ["source-targets-both"]);
    let column = "targets = [\"1\"]\ntargets_column = \"code\"";
    assert_eq!(
        ids(problems(URL, column, SERIES)),
        ["source-targets-column"]
    );
    // A dot makes a part, and a part has no second name.
    let dotted = problems(URL, "targets = [\"1.2\"]", "P12/usage-{target}");
    assert_eq!(dotted, Vec::<String>::new());
    let scope = problems(URL, "targets = [\"臺.北\"]", "P12/{target}.x");
    assert_eq!(scope, Vec::<String>::new());
    let long = format!("targets = [\"{}\"]", "9".repeat(60));
    let found = problems(URL, &long, "P12/a-rather-long-name-of-one-figure-{target}");
    assert_eq!(ids(found), ["source-target-series"]);
    for kind in [
        "datastore",
        "ckan",
        "prometheus",
        "sheet",
        "health",
        "gdb",
        "sdmx",
    ] {
        let text = format!(
            "id = \"s\"\nkind = \"{kind}\"\nurl = \"{URL}\"\nschedule = \"daily\"\ntargets = [\"1\"]\n\
             [[map]]\nseries = \"{SERIES}\"\nat = \"$.n\"\n"
        );
        let config: SourceConfig = toml::from_str(&text).unwrap();
        let found: Vec<String> = config.problems().iter().map(ToString::to_string).collect();
        let said = |text: &String| text.starts_with("source-targets-kind");
        assert!(found.iter().any(said), "{kind}: {found:?}");
    }
}

#[test]
fn a_file_of_targets_is_read_by_its_first_cell_or_a_column() {
    let read = |text: &str, column| read_list(text.as_bytes(), column);
    assert_eq!(
        read(
            "\u{feff}63000010\r\n\r\n# 北投區\r\n63000020,士林區\r\n",
            None
        )
        .unwrap(),
        ["63000010", "63000020"]
    );
    let table = "名稱,代碼\n\"大安, 區\",63000030\n\"信\"\"義\", 63000020 \n";
    assert_eq!(read(table, Some("代碼")).unwrap(), ["63000030", "63000020"]);
    assert_eq!(read(table, Some("名稱")).unwrap()[1], "信\"義");
    let refused = read(table, Some("代号")).unwrap_err().to_string();
    assert!(refused.starts_with("source-targets-no-column"), "{refused}");
    assert_eq!(
        read_list(&[0xa5, 0x78], None).unwrap_err().id,
        "source-targets-text"
    );
    let many: String = (0..20_001).map(|n| format!("{n}\n")).collect();
    assert_eq!(read(&many, None).unwrap_err().id, "source-targets-many");
    assert_eq!(read("", None).unwrap(), Vec::<String>::new());
}

#[test]
fn a_place_names_its_target_and_nothing_else_does() {
    assert_eq!(
        split_place("target=臺北市; $['n']"),
        (Some("臺北市"), "$['n']")
    );
    for at in [
        "$['target=1; x']",
        "target=a b; $.n",
        "target=1",
        "row=3; column=n",
    ] {
        assert_eq!(split_place(at), (None, at));
    }
    assert_eq!(encoded("a-1_b.c"), "a-1_b.c");
}
