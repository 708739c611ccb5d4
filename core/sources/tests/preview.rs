//! What is shown to a person who connects a source.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{context, run_in};
use quarterdeck_sources::preview::{Guess, Preview, Recorder, detect, guess};
use quarterdeck_sources::{Context, Decoded, Kind, SourceConfig, decode};

fn bare(kind: &str, rest: &str) -> SourceConfig {
    let text = format!(
        "id = \"s\"\nkind = \"{kind}\"\nschedule = \"daily\"\nurl = \"https://example.gov.tw/data\"\n{rest}"
    );
    toml::from_str(&text).unwrap()
}

fn previewed(config: &SourceConfig, body: &[u8]) -> (Preview, Option<Decoded>) {
    let recorder = Recorder::new();
    let context = Context {
        preview: Some(&recorder),
        ..context()
    };
    let decoded = decode(config, &context, &mut &*body, &mut std::io::sink()).ok();
    (recorder.finish(), decoded)
}

fn agency(label: &str) -> Option<String> {
    let known = [("內政部", "MOI"), ("國發會", "NDC"), ("交通部", "MOTC")];
    known
        .iter()
        .find(|(name, _)| *name == label)
        .map(|(_, id)| (*id).to_owned())
}

/// The guessed map as a source file that is checked and read.
fn file(kind: Kind, preview: &Preview) -> SourceConfig {
    let guessed = guess(preview, kind, "https://example.gov.tw/data", &agency);
    let config = bare(kind.id(), &guessed.to_toml());
    assert_eq!(config.problems(), vec![], "{}", guessed.to_toml());
    config
}

fn guesses(preview: &Preview) -> Vec<(&str, Guess)> {
    let columns = preview.columns.iter();
    columns.map(|c| (c.name.as_str(), c.guess)).collect()
}

const QUARTERS: &str = "機關,季別,件數,滿意度,經費(元),聯絡人姓名\r\n\
    內政部,114Q2,\"1,234\",95.5%,\"NT$1,000\",王小明\r\n\
    國發會,114Q2,12,88%,2000,李小華\r\n\
    內政部,114Q3,1300,96%,1500,王小明\r\n";

#[test]
fn a_table_is_understood_and_its_map_reads_it() {
    let config = bare("csv", "");
    let (preview, _) = previewed(&config, QUARTERS.as_bytes());
    assert_eq!(
        guesses(&preview),
        [
            ("機關", Guess::Text),
            ("季別", Guess::Quarter),
            ("件數", Guess::Number),
            ("滿意度", Guess::Percent),
            ("經費(元)", Guess::Money),
            ("聯絡人姓名", Guess::Text),
        ]
    );
    assert_eq!(preview.sample.len(), 3);
    assert_eq!(preview.sample[0][2], "1,234");
    assert_eq!(preview.sample[0][5], "", "a person is not shown");
    assert!(preview.columns[5].is_personal);
    let own = file(Kind::Csv, &preview);
    assert_eq!(own.personal_fields, ["聯絡人姓名"]);
    assert_eq!(own.maps[0].series, "agency:{機關}/value-1");
    assert_eq!(own.maps[0].period_column.as_deref(), Some("季別"));
    assert_eq!(own.maps[0].groups["國發會"], "NDC");
    let decoded = run_in(&own, &context(), QUARTERS.as_bytes()).0.unwrap();
    let figures: Vec<String> = decoded
        .readings
        .iter()
        .map(|l| format!("{}@{}", l.observation.series, l.observation.period))
        .collect();
    assert!(
        figures.contains(&"agency:MOI/value-1@2025Q3".to_owned()),
        "{figures:?}"
    );
    assert_eq!(decoded.readings.len(), 9);
}

#[test]
fn days_are_summed_by_quarter_and_rows_without_figures_are_counted() {
    let body = "date,visits\n2025-07-01,5\n2025-07-02,7\n2025-08-01,\n";
    let (preview, _) = previewed(&bare("csv", ""), body.as_bytes());
    assert_eq!(preview.columns[0].guess, Guess::Date);
    assert_eq!(preview.columns[1].blank_percent, 33);
    let own = file(Kind::Csv, &preview);
    let decoded = run_in(&own, &context(), body.as_bytes()).0.unwrap();
    assert!(
        decoded
            .readings
            .iter()
            .any(|l| l.observation.series.to_string() == "portfolio/visits")
    );
    let names = "name;kind\na;b\nc;d\n";
    let found = detect(names.as_bytes(), None, "https://example.gov.tw/x").unwrap();
    assert_eq!((found.kind, found.delimiter), (Kind::Csv, Some(';')));
    let (preview, _) = previewed(&bare("csv", "delimiter = \";\""), names.as_bytes());
    let guessed = guess(&preview, Kind::Csv, "", &agency);
    assert_eq!(guessed.maps.len(), 1);
    assert_eq!(guessed.maps[0].series, "portfolio/rows");
}

#[test]
fn json_without_rows_offers_its_paths() {
    let body = r#"{"success":true,"result":{"total":"1,234","items":[
        {"id":1,"機關":"國發會","count":3},{"id":2,"機關":"內政部","count":4}]},"it's":7}"#;
    let (preview, decoded) = previewed(&bare("json", ""), body.as_bytes());
    assert!(decoded.is_some());
    let paths: Vec<&str> = preview.paths.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(paths[0], "$.result.items[*]");
    assert!(paths.contains(&"$.result.total"), "{paths:?}");
    assert!(paths.contains(&"$['it\\'s']"), "{paths:?}");
    assert_eq!(preview.rows_at.as_deref(), Some("$.result.items[*]"));
    let own = file(Kind::Json, &preview);
    assert_eq!(own.maps.len(), 1, "an id counts nothing");
    assert_eq!(own.maps[0].column.as_deref(), Some("count"));
    let single = r#"{"count": 42}"#;
    let (preview, _) = previewed(&bare("json", ""), single.as_bytes());
    assert_eq!(
        file(Kind::Json, &preview).maps[0].at.as_deref(),
        Some("$.count")
    );
}

#[test]
fn metrics_and_statistics_name_their_columns() {
    let text = "# TYPE go_threads gauge\ngo_threads 9\n# TYPE filings counter\nfilings_total{result=\"ok\"} 12\nfilings_total{result=\"bad\"} 2\n";
    let (preview, _) = previewed(&bare("openmetrics", ""), text.as_bytes());
    let names: Vec<&str> = preview.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["metric", "value", "timestamp", "result"]);
    let own = file(Kind::Openmetrics, &preview);
    assert_eq!(own.maps[0].series, "portfolio/filings-total");
    let xml = "<TENDER_LIST><TENDER><TENDER_ORG_NAME>內政部</TENDER_ORG_NAME><TENDER_AWARD_PRICE>1200</TENDER_AWARD_PRICE></TENDER></TENDER_LIST>";
    let (preview, _) = previewed(&bare("procurement", ""), xml.as_bytes());
    let names: Vec<&str> = preview.columns.iter().map(|c| c.name.as_str()).collect();
    assert!(names.contains(&"TENDER_AWARD_PRICE"), "{names:?}");
}

#[test]
fn a_wrong_map_still_shows_what_is_there() {
    let config = bare(
        "csv",
        "[[map]]\nseries = \"P01/cases\"\ncolumn = \"gone\"\n",
    );
    let (preview, decoded) = previewed(&config, QUARTERS.as_bytes());
    assert!(decoded.is_none());
    assert_eq!(preview.columns.len(), 6);
}

#[test]
fn kinds_are_told_by_what_came() {
    let of = |body: &[u8], url: &str| detect(body, Some("text/html"), url).map(|d| d.kind);
    let at = "https://example.gov.tw/x";
    let action = "https://example.gov.tw/api/3/action/package_search?rows=0";
    let store = "https://example.gov.tw/rest/datastore/A1";
    for (body, url, kind) in [
        (
            r#"{"success":true,"result":{"count":1}}"#,
            action,
            Kind::Ckan,
        ),
        (
            r#"{"success":true,"result":{"records":[],"fields":[]}}"#,
            store,
            Kind::Datastore,
        ),
        (r#"{"data":{"dataSets":[],"structure":{}}}"#, at, Kind::Sdmx),
        (
            r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#,
            at,
            Kind::Prometheus,
        ),
        (r#"[{"a":1}]"#, at, Kind::Json),
        ("# HELP a b\n# TYPE a gauge\na 1\n", at, Kind::Openmetrics),
        ("\u{feff}a,b\n1,2\n", at, Kind::Csv),
        ("DATAFLOW,TIME_PERIOD,OBS_VALUE\n", at, Kind::Sdmx),
        (
            "<?xml version=\"1.0\"?><TENDER_LIST/>",
            at,
            Kind::Procurement,
        ),
        (
            "<mes:GenericData xmlns:mes=\"http://www.sdmx.org/x\"/>",
            at,
            Kind::Sdmx,
        ),
        (
            "PK\u{3}\u{4}...mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            at,
            Kind::Sheet,
        ),
    ] {
        assert_eq!(of(body.as_bytes(), url), Ok(kind), "{body}");
    }
    let big5 = [b"\xbe\xf7\xc3\xf6,\xa5\xf3\xbc\xc6\n".as_slice(), b"A,1\n"].concat();
    assert_eq!(of(&big5, at), Ok(Kind::Csv));
    for (body, id) in [
        (
            "<!DOCTYPE html><title>Sign in</title>",
            "source-preview-html",
        ),
        ("PK\u{3}\u{4}other", "source-preview-archive"),
        ("   ", "source-empty"),
        ("hello", "source-preview-unknown"),
    ] {
        assert_eq!(of(body.as_bytes(), at).unwrap_err().id, id, "{body}");
    }
}

#[test]
fn what_is_kept_has_bounds_and_no_control_characters() {
    let mut body = String::from("a\u{1b}[31m,b\n");
    for row in 0..5_000 {
        body.push_str(&format!("{row},{}\n", "x".repeat(300)));
    }
    let (preview, _) = previewed(&bare("csv", ""), body.as_bytes());
    assert_eq!((preview.sample.len(), preview.noted), (20, 200));
    let texts = preview.sample.iter().flatten();
    for text in texts.chain(preview.columns.iter().map(|c| &c.name)) {
        assert!(text.chars().count() <= 80, "{text}");
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }
    let wide = serde_json::json!({ "rows": [(0..3_000).map(|n| (n.to_string(), n)).collect::<std::collections::BTreeMap<_, _>>()] });
    let (preview, _) = previewed(&bare("json", ""), wide.to_string().as_bytes());
    assert_eq!(preview.columns.len(), 100);
}

#[test]
fn titles_above_the_header_are_seen_and_passed_over() {
    let body =
        "臺北市政府\n114年第3季案件統計,,\n季別,機關,件數\n114Q3,內政部,12\n114Q3,國發會,7\n";
    let found = detect(body.as_bytes(), None, "https://example.gov.tw/x").unwrap();
    assert_eq!((found.kind, found.header_row), (Kind::Csv, Some(3)));
    let (preview, decoded) = previewed(&bare("csv", "header_row = 3"), body.as_bytes());
    assert_eq!(decoded.unwrap().rows, 2);
    assert_eq!(preview.columns[2].name, "件數");
    // Without it, the try names the setting.
    let recorder = Recorder::new();
    let context = Context {
        preview: Some(&recorder),
        ..context()
    };
    let refused = decode(
        &bare("csv", ""),
        &context,
        &mut body.as_bytes(),
        &mut std::io::sink(),
    );
    let said = refused.unwrap_err().message;
    assert_eq!(said.id, "source-header-title");
    assert!(said.to_string().contains("row=3"), "{said}");
    let plain = detect(QUARTERS.as_bytes(), None, "https://example.gov.tw/x").unwrap();
    assert_eq!(plain.header_row, None);
}

#[test]
fn the_day_of_the_data_is_proposed_where_it_is_plain() {
    let day_at = |body: &str| {
        let (preview, _) = previewed(&bare("json", ""), body.as_bytes());
        file(Kind::Json, &preview).data_day_at
    };
    let one = r#"{"count": 42, "updated": "2025-10-03T09:00:00+08:00"}"#;
    assert_eq!(day_at(one).as_deref(), Some("$.updated"));
    let roc = r#"{"meta": {"資料日期": "1141003"}, "count": 42}"#;
    assert_eq!(day_at(roc).as_deref(), Some("$.meta['資料日期']"));
    let several = r#"{"count": 42, "start_date": "2025-07-01", "update_time": "2025-10-03"}"#;
    assert_eq!(day_at(several).as_deref(), Some("$.update_time"));
    // Two that could be meant, a number that is no day, no day at all.
    for body in [
        r#"{"count": 42, "start_date": "2025-07-01", "end_date": "2025-09-30"}"#,
        r#"{"count": 42, "mark": "2025-07-01"}"#,
        r#"{"count": 42}"#,
    ] {
        assert_eq!(day_at(body), None, "{body}");
    }
    let column = |body: &str| {
        let (preview, _) = previewed(&bare("csv", ""), body.as_bytes());
        file(Kind::Csv, &preview).data_day_column
    };
    let list = "name,上架日期,更新時間\na,2024-01-01,2025-09-30\nb,2024-02-01,2025-10-01\n";
    assert_eq!(column(list).as_deref(), Some("更新時間"));
    assert_eq!(column("name,date\na,2024-01-01\n").as_deref(), Some("date"));
    // Values with a period of their own need none.
    assert_eq!(column("quarter,n,date\n2025Q3,4,2025-10-01\n"), None);
}
