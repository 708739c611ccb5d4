//! The rows of a query, as they are kept, to figures.

mod common;
use common::*;
use quarterdeck_sources::SourceConfig;

const ROWS: &[u8] = include_bytes!("../fixtures/sql/execution.csv");

fn sql(rest: &str, maps: &str) -> SourceConfig {
    source(
        "sql",
        &format!("{rest}\n[sql]\nquery = \"select 1\"\n{maps}"),
    )
}

const SATISFACTION: &str = r#"
[[map]]
series = "{計畫編號}/satisfaction"
column = "滿意度"
period_column = "季別"
"#;

#[test]
fn numbers_keep_every_digit_and_null_is_no_data() {
    let decoded = run(&sql("", SATISFACTION), ROWS).unwrap();
    assert_eq!(decoded.rows, 3);
    assert_eq!(figure(&decoded, "P12/satisfaction"), "75.30");
    assert_eq!(figure(&decoded, "P14/satisfaction"), "88.05");
    assert!(
        !decoded
            .readings
            .iter()
            .any(|l| l.observation.series.to_string() == "P13/satisfaction"),
        "NULL is not zero"
    );
    assert!(rules(&decoded).contains(&"blank-values@1"));
    assert_eq!(
        located(&decoded, "P12/satisfaction").at,
        "row=1; column=滿意度"
    );
}

#[test]
fn zero_is_a_value_and_what_is_written_is_read_again() {
    let maps = "[[map]]\nseries = \"{計畫編號}/budget.paid\"\ncolumn = \"預算數\"\n";
    let decoded = run(&sql("", maps), ROWS).unwrap();
    assert_eq!(figure(&decoded, "P13/budget.paid"), "0");
    assert_eq!(figure(&decoded, "P14/budget.paid"), "99999999999999.5");

    let rows: [&[Option<&str>]; 5] = [
        &[Some("n")],
        &[Some("1")],
        &[None],
        &[Some("")],
        &[Some("a\"b,\r\nc")],
    ];
    let mut written = Vec::new();
    for row in rows {
        quarterdeck_sources::sql::write_row(&mut written, row.iter().copied());
    }
    let count = "[[map]]\nseries = \"P01/open-datasets\"\naggregate = \"count\"\n";
    let decoded = run(&sql("", count), &written).unwrap();
    assert_eq!(
        figure(&decoded, "P01/open-datasets"),
        "4",
        "an empty cell is a row: {written:?}"
    );
}

#[test]
fn personal_columns_are_blanked_before_anything_is_stored() {
    let config = sql("personal_fields = [\"承辦人\"]", SATISFACTION);
    let (outcome, stored) = run_in(&config, &context(), ROWS);
    let decoded = outcome.unwrap();
    assert_eq!(figure(&decoded, "P12/satisfaction"), "75.30");
    let stored = String::from_utf8(stored).unwrap();
    assert!(
        !stored.contains("王小明") && stored.contains("75.30"),
        "{stored}"
    );
    assert!(decoded.recipe.is_some());
}

#[test]
fn no_rows_and_other_columns_are_told() {
    let config = sql("", SATISFACTION);
    assert!(refusal(run(&config, "計畫編號,季別,滿意度\n")).starts_with("source-no-rows"));
    let allowed = sql("allow_empty = true", SATISFACTION);
    assert_eq!(run(&allowed, "計畫編號,季別,滿意度\n").unwrap().rows, 0);
    assert!(refusal(run(&config, "計畫編號,季別,滿意\nP12,2025Q3,1\n")).contains("滿意"));
    assert!(refusal(run(&config, "")).starts_with("source-empty"));
}

#[test]
fn a_file_that_would_write_or_tell_a_secret_is_refused_by_check() {
    let problems = |text: &str| -> Vec<String> {
        let text = format!(
            "id = \"s\"\nkind = \"sql\"\nschedule = \"daily\"\n{text}\n[[map]]\nseries = \"P01/downloads\"\ncolumn = \"n\""
        );
        let config: SourceConfig = toml::from_str(&text).unwrap();
        config.problems().iter().map(ToString::to_string).collect()
    };
    let place = "url = \"sqlite:kpi.db\"";
    for (rest, id) in [
        ("", "source-table-missing"),
        ("[sql]\nquery = \"delete from t\"", "source-sql-not-select"),
        (
            "[sql]\nquery = \"select 1\"\npassword = \"hunter2\"",
            "source-literal-secret",
        ),
        (
            "[sql]\nquery = \"select 1\"\nrow_cap = 0",
            "source-key-value",
        ),
        (
            "delimiter = \";\"\n[sql]\nquery = \"select 1\"",
            "source-key-not-for-kind",
        ),
    ] {
        let found = problems(&format!("{place}\n{rest}"));
        assert_eq!(found.len(), 1, "{rest}: {found:?}");
        assert!(found[0].starts_with(id), "{rest}: {found:?}");
        assert!(!found[0].contains("hunter2"), "{found:?}");
    }
    let found = problems("url = \"postgres://me:hunter2@h/db\"\n[sql]\nquery = \"select 1\"");
    assert!(found[0].starts_with("source-sql-url-account") && !found[0].contains("hunter2"));
    let unknown =
        "id = \"s\"\nkind = \"sql\"\nschedule = \"daily\"\n[sql]\nquery = \"x\"\ntimeout = 3";
    assert!(
        toml::from_str::<SourceConfig>(unknown).is_err(),
        "unknown keys are refused"
    );
}
