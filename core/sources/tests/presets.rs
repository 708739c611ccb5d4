//! The presets that `qd init` writes out, on answers in the portals' real forms.

#![allow(clippy::unwrap_used, clippy::panic)] // tests may; clippy sees helpers as other code

mod common;
use common::*;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_sources::{Kind, RequestContext, SourceConfig, first_request};
use std::path::PathBuf;

fn presets() -> Vec<(String, SourceConfig)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../assets/sources");
    let mut out: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            (stem, toml::from_str(&text).unwrap())
        })
        .collect();
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

fn preset(id: &str) -> SourceConfig {
    presets()
        .into_iter()
        .find(|(stem, _)| stem == id)
        .unwrap()
        .1
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures")
            .join(name),
    )
    .unwrap()
}

/// What a preset of a named portal rests on stands in it, in both languages: nobody has to guess what was tried.
#[test]
fn presets_of_named_portals_say_what_they_rest_on() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../assets/sources");
    let own = |stem: &str| {
        let prefixes = [
            "agency-",
            "file-drop",
            "health-",
            "odata-",
            "openmetrics-",
            "prometheus-",
            "sql-",
            "targets-",
        ];
        prefixes.iter().any(|prefix| stem.starts_with(prefix))
    };
    let mut said = 0;
    for (stem, _) in presets().iter().filter(|(stem, _)| !own(stem)) {
        let text = std::fs::read_to_string(folder.join(format!("{stem}.toml"))).unwrap();
        for (word, claims) in [
            ("# 依據：", ["試過", "未對入口網站實測"]),
            ("# Basis: ", ["ried with ", "ot tried against the portal"]),
        ] {
            let line = text.lines().find(|line| line.starts_with(word));
            let line = line.unwrap_or_else(|| panic!("{stem} has no line {word}"));
            let not_tried = line.contains("not against the portal");
            assert!(
                not_tried || claims.iter().any(|claim| line.contains(claim)),
                "{stem}: {line}"
            );
        }
        said += 1;
    }
    assert_eq!(said, 11);
}

#[test]
fn every_preset_is_sound_names_its_licence_and_collects_nothing_unconfirmed() {
    let all = presets();
    assert_eq!(all.len(), 21);
    for (stem, config) in &all {
        assert_eq!(&config.id, stem);
        assert_eq!(config.problems(), vec![], "{stem}");
        assert!(
            config.licence.is_some() && config.attribution.is_some(),
            "{stem}"
        );
        let unconfirmed = stem.starts_with("gpmnet")
            || stem.ends_with("-example")
            || [
                "agency-inbox",
                "agency-sheet",
                "dgbas-statistics",
                "file-drop",
                "gdb-programmes",
                "pcc-awards",
            ]
            .contains(&stem.as_str());
        assert_eq!(config.disabled, unconfirmed, "{stem}");
    }
    for kind in Kind::ALL {
        assert!(
            all.iter().any(|(_, config)| config.kind == kind),
            "{}",
            kind.id()
        );
        assert_eq!(Kind::from_id(kind.id()), Some(kind));
    }
}

#[test]
fn addresses_carry_the_year_of_the_calendar_each_portal_asks_for() {
    let context = RequestContext {
        quarter: Quarter::new(2025, 3).unwrap(),
        origin: None,
        now: fetched_at(),
        target: None,
    };
    let url = |id: &str| first_request(&preset(id), &context).unwrap().url;
    assert_eq!(
        url("join-idea"),
        "https://join.gov.tw/toOpenData/v2/ey/idea?year=2025"
    );
    assert!(
        url("gpmnet-plans").ends_with("filters={ProcessYear:114}&limit=12000&offset=0"),
        "{}",
        url("gpmnet-plans")
    );
    let message = first_request(&preset("file-drop"), &context).unwrap_err();
    assert_eq!(message.id, "source-no-url");
}

#[test]
fn ten_real_rows_of_the_catalogue_give_ten_data_sets_and_sixty_percent_gold() {
    let config = preset("datagovtw-catalogue");
    let body = fixture("catalogue_10rows.csv");
    let mut circumstances = context();
    circumstances.content_type = Some("text/html; charset=UTF-8");
    circumstances.fetched_at = "2026-07-20T01:00:00Z".parse().unwrap();
    let (outcome, stored) = run_in(&config, &circumstances, &body);
    let decoded = outcome.unwrap();
    assert_eq!(decoded.rows, 10);
    assert_eq!(figure(&decoded, "P01/open-datasets"), "10");
    assert_eq!(figure(&decoded, "P01/gold-share"), "60");
    let share = located(&decoded, "P01/gold-share");
    let parts = share.observation.parts.unwrap();
    assert_eq!(
        (parts.numerator.to_string(), parts.denominator.to_string()),
        ("6".into(), "10".into())
    );
    assert_eq!(share.observation.unit, "percent");
    assert_eq!(share.observation.definition_version, 2);
    assert_eq!(share.at, "aggregate=share; share_of=品質檢測 in 白金|金");
    assert_eq!(figure(&decoded, "agency:MOTC/gold-share"), "0");
    assert_eq!(decoded.data_day.unwrap().to_string(), "2026-06-25");
    assert_eq!(decoded.recipe.as_deref(), Some("csv-blank@1"));
    assert!(finding(&decoded, "unknown-scope@1").contains("source-rows-unknown-scope"));
    // The contacts of these rows are blank already, so that only line ends could differ.
    let text = String::from_utf8(body).unwrap().replace("\r\n", "\n");
    assert_eq!(
        String::from_utf8(stored)
            .unwrap()
            .replace("\r\n", "\n")
            .trim_end(),
        text.trim_end()
    );
}

#[test]
fn contacts_of_the_catalogue_are_blanked_and_nothing_else_is() {
    let config = preset("datagovtw-catalogue");
    let text = String::from_utf8(fixture("catalogue_10rows.csv")).unwrap();
    let body = text.replace(",免費,,,", ",免費,\"王, 小明\",02-1234,");
    assert!(body.contains("王, 小明"));
    let (outcome, stored) = run_in(&config, &context(), body.as_bytes());
    let decoded = outcome.unwrap();
    let stored = String::from_utf8(stored).unwrap();
    assert!(!stored.contains("小明") && !stored.contains("02-1234"));
    assert_eq!(stored.trim_end(), text.trim_end());
    assert!(!format!("{decoded:?}").contains("小明"));
    assert_eq!(figure(&decoded, "P01/gold-share"), "60");
}

#[test]
fn suggestions_arrive_with_status_503_and_proposers_are_blanked() {
    let config = preset("join-idea");
    let mut circumstances = context();
    circumstances.http_status = 503;
    assert!(config.accept_status.contains(&503));
    let (outcome, stored) = run_in(&config, &circumstances, &fixture("join_idea.json"));
    let decoded = outcome.unwrap();
    assert_eq!(figure(&decoded, "P29/suggestions"), "3");
    assert_eq!(figure(&decoded, "P29/cases"), "2");
    assert!(rules(&decoded).contains(&"status-accepted@1"));
    let text = String::from_utf8(stored).unwrap();
    assert!(!text.contains("王小明") && text.contains("\"提議者\":\"\"") && text.contains("5,234"));
    assert_eq!(decoded.recipe.as_deref(), Some("json-blank@1"));
    assert!(!format!("{decoded:?}").contains("王小明"));
}

#[test]
fn downloads_are_summed_by_the_name_of_their_column() {
    let config = preset("datagovtw-statistics");
    let body = "\u{feff}資料集識別碼,瀏覽次數,下載次數,意見數\r\n1,9,\"1,200\",0\r\n2,9,34,0\r\n3,9,,0\r\n";
    let decoded = run(&config, body).unwrap();
    assert_eq!(figure(&decoded, "P01/downloads"), "1234");
    assert!(finding(&decoded, "blank-values@1").contains("rows=1"));
}

#[test]
fn a_spreadsheet_saved_in_big5_and_dropped_into_the_folder_is_read() {
    let mut config = preset("file-drop");
    config.disabled = false;
    let decoded = run(&config, fixture("satisfaction_big5.csv")).unwrap();
    assert_eq!(decoded.encoding, "big5");
    assert_eq!(decoded.rows, 3);
    assert_eq!(figure(&decoded, "P12/satisfaction"), "75.3");
    let full_width = located(&decoded, "P13/satisfaction");
    assert_eq!(figure(&decoded, "P13/satisfaction"), "81.5");
    assert_eq!(full_width.observation.printed.as_deref(), Some("８１．５"));
    assert_eq!(full_width.observation.period.to_string(), "2025Q3");
    assert!(figure(&decoded, "P14/satisfaction").starts_with('!'));
    assert_eq!(
        located(&decoded, "P14/satisfaction")
            .observation
            .printed
            .as_deref(),
        Some("無")
    );
}

#[test]
fn execution_of_budgets_becomes_whole_ntd_page_by_page() {
    let mut config = preset("gpmnet-execution");
    config.disabled = false;
    config.page_size = Some(2);
    let mut circumstances = context();
    let first = run_in(&config, &circumstances, &fixture("datastore_page1.json"))
        .0
        .unwrap();
    assert_eq!(figure(&first, "P12/budget.paid"), "1234500");
    let paid = located(&first, "P12/budget.paid");
    assert_eq!(paid.observation.unit, "ntd");
    assert_eq!(paid.observation.printed.as_deref(), Some("1,234.5"));
    assert_eq!(paid.observation.period.to_string(), "2025Q3");
    assert_eq!(paid.span.unwrap().id(), "year_to_date");
    assert_eq!(figure(&first, "P13/budget.paid"), "0");
    let next = first.next.clone().unwrap();
    assert!(next.url.ends_with("limit=2&offset=2"), "{}", next.url);
    circumstances.page = 1;
    circumstances.rows_so_far = first.rows;
    circumstances.carried = first.carried.as_ref();
    let second = run_in(&config, &circumstances, &fixture("datastore_page2.json"))
        .0
        .unwrap();
    assert_eq!((second.next.as_ref(), second.total), (None, Some(3)));
    assert!(second.readings.is_empty());
    assert!(finding(&second, "unknown-scope@1").contains("example=\"X99\""));
}

#[test]
fn mydata_lists_are_counted_whatever_their_columns_are_called() {
    let list = "\u{feff}編號,名稱\r\n1,戶籍資料\r\n2,個人所得資料\r\n3,勞保投保資料\r\n";
    for (id, series) in [
        ("mydata-services", "P19/services"),
        ("mydata-resources", "P19/resources"),
    ] {
        let decoded = run(&preset(id), list).unwrap();
        assert_eq!(figure(&decoded, series), "3");
        let page = refusal(run(&preset(id), "<html><title>維護中</title>"));
        assert!(page.starts_with("source-html-titled"), "{page}");
    }
}

#[test]
fn the_examples_of_new_kinds_read_answers_of_their_form() {
    let decoded = run(
        &preset("ckan-example"),
        fixture("ckan/package_search_facets.json"),
    )
    .unwrap();
    assert_eq!(figure(&decoded, "P01/open-datasets"), "5");
    let decoded = run(
        &preset("openmetrics-example"),
        fixture("openmetrics/openmetrics.txt"),
    )
    .unwrap();
    assert_eq!(figure(&decoded, "P18/linked-agencies"), "63");
    let decoded = run(&preset("odata-example"), fixture("odata/page2.json")).unwrap();
    assert_eq!(figure(&decoded, "P16/cases-closed"), "1");
    let decoded = run(
        &preset("prometheus-example"),
        fixture("prometheus/probe.json"),
    )
    .unwrap();
    assert_eq!(figure(&decoded, "P12/availability"), "75");
}
