//! A source of every kind that uses everything a map can, sound answers, and what holds of any answer.

use super::{context, run_in, source};
use quarterdeck_kpi::observation::Reading;
use quarterdeck_sources::{Context, Decoded, Kind, Refusal, SourceConfig};

/// Answers of every kind, as they should be.
pub const FIXTURES: [(&str, &[u8]); 24] = [
    (
        "ckan",
        include_bytes!("../../fixtures/ckan/package_search_page1.json"),
    ),
    (
        "ckan",
        include_bytes!("../../fixtures/ckan/package_show.json"),
    ),
    (
        "prometheus",
        include_bytes!("../../fixtures/prometheus/counter.json"),
    ),
    (
        "openmetrics",
        include_bytes!("../../fixtures/openmetrics/openmetrics.txt"),
    ),
    (
        "openmetrics",
        include_bytes!("../../fixtures/openmetrics/prometheus.txt"),
    ),
    ("sheet", include_bytes!("../../fixtures/sheet/kpi.ods")),
    ("sheet", include_bytes!("../../fixtures/sheet/kpi.xlsx")),
    (
        "inbox",
        include_bytes!("../../fixtures/inbox/MOI-2025Q3-1.zip"),
    ),
    ("csv", include_bytes!("../../fixtures/catalogue_10rows.csv")),
    (
        "file",
        include_bytes!("../../fixtures/satisfaction_big5.csv"),
    ),
    ("json", include_bytes!("../../fixtures/join_idea.json")),
    (
        "datastore",
        include_bytes!("../../fixtures/datastore_page1.json"),
    ),
    (
        "datastore",
        include_bytes!("../../fixtures/datastore_page2.json"),
    ),
    ("sql", include_bytes!("../../fixtures/sql/execution.csv")),
    ("health", include_bytes!("../../fixtures/health/up.json")),
    ("sdmx", include_bytes!("../../fixtures/sdmx/dgbas.json")),
    ("sdmx", include_bytes!("../../fixtures/sdmx/flat.json")),
    ("sdmx", include_bytes!("../../fixtures/sdmx/generic.xml")),
    ("sdmx", include_bytes!("../../fixtures/sdmx/specific.xml")),
    ("sdmx", include_bytes!("../../fixtures/sdmx/one.csv")),
    ("sdmx", include_bytes!("../../fixtures/sdmx/two.csv")),
    (
        "procurement",
        include_bytes!("../../fixtures/procurement/award_20250701.xml"),
    ),
    (
        "procurement",
        include_bytes!("../../fixtures/procurement/award_20250702.xml"),
    ),
    ("gdb", include_bytes!("../../fixtures/gdb/plans.json")),
];

/// Pages that portals send instead of data.
pub const PAGES: [&str; 9] = [
    "<!doctype html><html><head><title>系統維護中</title></head><body>維護</body></html>",
    "<!DOCTYPE html>\n<html lang=\"zh-Hant\"><head><title>登入</title></head><body><form action=\"/login\"><input name=\"u\"><input type=\"password\" name=\"p\"></form></body></html>",
    "<HTML><HEAD><TITLE>Object moved</TITLE></HEAD><BODY><A HREF=\"/Login.aspx\">here</A></BODY></HTML>",
    "<html><meta http-equiv=\"refresh\" content=\"0;url=https://sso.example.gov.tw/\"></html>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"x.dtd\"><html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>404</title></head></html>",
    "\u{feff}  \r\n<!-- cache --><html><title>Error &amp; more</title><input TYPE = 'PASSWORD'></html>",
    "<html>",
    "<title>",
    "<!DOCTYPE html><html><head><script>var a = {\"count\": 5};</script></head></html>",
];

/// Decodes what may be a web page, and holds what every decoder promises: no figure is taken from one, and who reads
/// what it says reads no markup of the page beyond its title.
pub fn try_page(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &[u8],
) -> Result<Decoded, Refusal> {
    let outcome = try_one(config, context, body);
    let text = String::from_utf8_lossy(body);
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let lower: String = start
        .chars()
        .take(15)
        .collect::<String>()
        .to_ascii_lowercase();
    let is_page = lower.starts_with("<!doctype html") || lower.starts_with("<html");
    // A line of a metric begins with no sign of that kind either; what zip files hold is looked at inside.
    if is_page && std::str::from_utf8(body).is_ok() {
        match &outcome {
            Ok(decoded) => assert!(decoded.readings.is_empty(), "{:?} {text}", config.kind),
            Err(refused) => assert!(!refused.message.id.is_empty()),
        }
    }
    outcome
}

/// A source of each kind that uses everything a map can.
pub fn sources() -> Vec<SourceConfig> {
    let rows = r#"
[[map]]
series = "P01/open-datasets"
aggregate = "count"
[[map]]
series = "P01/gold-share"
aggregate = "share"
share_of = [{ column = "品質檢測", op = "in", values = ["白金", "金"] }]
[[map]]
series = "agency:{group}/gold-share"
aggregate = "share"
share_of = [{ column = "品質檢測", op = "contains", value = "金" }]
group_by = "提供機關"
[[map]]
series = "{計畫編號}/budget.paid"
column = "年累計實支數"
unit = "ntd_thousand"
period_column = "資料年月"
[[map]]
series = "{計畫編號}/satisfaction"
column = "滿意度"
period_column = "季別"
[[map]]
series = "P29/cases"
column = "附議數量"
aggregate = "sum"
filter = [{ column = "publishDate", op = "<=", value = "{quarter_end}" }]
"#;
    Kind::ALL
        .into_iter()
        .map(|kind| match kind {
            Kind::Json => source("json", &format!(
                "rows = \"$[*]\"\npersonal_fields = [\"提議者\"]\ndata_day_column = \"publishDate\"\n{rows}\n[[map]]\nseries = \"P01/downloads\"\nat = \"$..total\"\n"
            )),
            Kind::Csv => source("csv", &format!(
                "personal_fields = [\"提供機關聯絡人姓名\"]\ndata_day_column = \"上架日期\"\n{rows}"
            )),
            Kind::Datastore | Kind::File | Kind::Ckan | Kind::Openmetrics => source(kind.id(), rows),
            Kind::Prometheus => source("prometheus", "[[map]]\nseries = \"P01/downloads\"\nquery = \"x\"\naggregate = \"increase\"\n"),
            Kind::Sheet => source("sheet", &format!("[sheet]\nindex = 2\n{rows}")),
            Kind::Inbox => source(
                "inbox",
                &format!("[inbox]\nagency = \"MOI\"\nkeys = {{ moi-2025 = \"MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\" }}\n{rows}"),
            ),
            Kind::Sql => source("sql", &format!("personal_fields = [\"承辦人\"]\n{rows}\n[sql]\nquery = \"select 1\"")),
            Kind::Health => source("health", "[health]\nexpect_text = \"ok\"\nslow_ms = 1\n[[map]]\nseries = \"P12/availability\"\ncolumn = \"up\"\n[[map]]\nseries = \"P12/latency\"\ncolumn = \"elapsed_ms\"\n[[map]]\nseries = \"P12/certificate\"\ncolumn = \"certificate_days_left\""),
            Kind::Sdmx => source("sdmx", &format!(
                "[sdmx]\nkey = {{ REGION = \"TPE\" }}\n{rows}\n[[map]]\nseries = \"P01/satisfaction\"\ncolumn = \"OBS_VALUE\"\nperiod_column = \"TIME_PERIOD\"\n"
            )),
            Kind::Procurement => source("procurement", &format!(
                "personal_fields = [\"SUPPLIER_NAME\"]\n{rows}\n[[map]]\nseries = \"P01/budget.paid\"\ncolumn = \"TENDER_AWARD_PRICE\"\naggregate = \"sum\"\n"
            )),
            Kind::Gdb => source("gdb", &format!(
                "rows = \"$.result[*]\"\n[hmac]\nusername = \"env:A\"\nsecret = \"env:B\"\n{rows}"
            )),
        })
        .collect()
}

/// Decodes an answer and looks at what came out: everything that is shown is safe to show.
pub fn try_one(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &[u8],
) -> Result<Decoded, Refusal> {
    let (outcome, stored) = run_in(config, context, body);
    match &outcome {
        Ok(decoded) => {
            if config.personal_fields.is_empty() {
                assert_eq!(stored, body);
            }
            for located in &decoded.readings {
                if let Reading::Value(value) = located.observation.reading {
                    assert!(value.scale() <= 12);
                }
                assert_safe(located.observation.printed.as_deref().unwrap_or(""));
            }
            decoded
                .findings
                .iter()
                .for_each(|f| assert_safe(&f.text.to_string()));
        }
        Err(refused) => {
            assert_safe(&refused.excerpt);
            assert_safe(&refused.message.to_string());
            assert!(refused.excerpt.chars().count() <= 200);
        }
    }
    outcome
}

/// Decodes an answer by every kind, its own and the others.
pub fn try_all(body: &[u8]) {
    for config in sources() {
        let _ = try_one(&config, &context(), body);
    }
}

fn assert_safe(text: &str) {
    let unsafe_sign = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!text.contains(unsafe_sign), "{text:?}");
}
