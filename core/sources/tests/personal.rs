//! Personal data: what may hold any is not stored unblanked and not shown.

mod common;
use common::*;
use quarterdeck_sources::SourceConfig;

fn suggestions(rows: &str) -> SourceConfig {
    source(
        "json",
        &format!(
            "personal_fields = [\"提議者\"]\nallow_empty = true\n{rows}[[map]]\nseries = \"P01/downloads\"\nat = \"$..n\"\naggregate = \"count\"\n"
        ),
    )
}

#[test]
fn a_document_in_which_a_personal_field_may_have_another_name_is_refused() {
    for (rows, body) in [
        ("", r#"{"data":[["提議者","n"],["王小明",3]]}"#),
        (
            "",
            r#"[{"n":1,"提議者":"陳大文"},{"n":2,"提議人":"王小明"}]"#,
        ),
        (
            "rows = \"$.data[*]\"\n",
            r#"{"data":[{"n":1,"提議人":"王小明"}],"提議者":"x"}"#,
        ),
        (
            "rows = \"$.data[*]\"\n",
            r#"{"data":[["王小明",3]],"提議者":"x"}"#,
        ),
        (
            "",
            r#"{"a":{"b":[{"x":{"提議者":"甲"}},{"x":{"name":"王小明"}}]}}"#,
        ),
    ] {
        let (outcome, stored) = run_in(&suggestions(rows), &context(), body.as_bytes());
        let refused = outcome.unwrap_err();
        assert_eq!(
            refused.message.id, "source-personal-column-missing",
            "{body}"
        );
        assert!(stored.is_empty() && refused.excerpt.is_empty(), "{body}");
    }
}

#[test]
fn a_document_without_rows_needs_no_personal_field() {
    for (rows, body) in [
        ("", r#"{"success":true,"result":{"total":0,"records":[]}}"#),
        ("rows = \"$[*]\"\n", "[]"),
    ] {
        let outcome = run_in(&suggestions(rows), &context(), body.as_bytes()).0;
        assert!(outcome.is_ok(), "{body}: {outcome:?}");
    }
    let nested = r#"{"data":[{"n":1,"by":{"提議者":"王小明"},"tags":["a","b"]}]}"#;
    let (outcome, stored) = run_in(
        &suggestions("rows = \"$.data[*]\"\n"),
        &context(),
        nested.as_bytes(),
    );
    assert!(outcome.is_ok(), "{outcome:?}");
    assert!(!String::from_utf8(stored).unwrap().contains("王小明"));
    let store = source(
        "datastore",
        "personal_fields = [\"name\"]\n[[map]]\nseries = \"P01/downloads\"\naggregate = \"count\"\n",
    );
    let page = r#"{"success":true,"result":{"fields":[{"id":"name","type":"text"}],"records":[{"name":"Wang"}],"total":1}}"#;
    let (outcome, stored) = run_in(&store, &context(), page.as_bytes());
    assert_eq!(figure(&outcome.unwrap(), "P01/downloads"), "1");
    assert!(!String::from_utf8(stored).unwrap().contains("Wang"));
}

#[test]
fn an_error_answer_of_a_source_with_personal_fields_shows_its_code_alone() {
    for kind in ["json", "csv"] {
        let map = match kind {
            "json" => "at = \"$.n\"",
            _ => "aggregate = \"count\"",
        };
        let config = source(
            kind,
            &format!("personal_fields = [\"name\"]\n[[map]]\nseries = \"P01/downloads\"\n{map}\n"),
        );
        for (body, shown) in [
            (
                r#"{"success":false,"error":{"error_type":"ER0100","message":"Wang 0912345678"}}"#,
                "said=\"ER0100\"",
            ),
            (r#"{"error":"Wang 0912345678"}"#, "source-error-answer-bare"),
            (
                r#"{"success":false,"error":{"code":"Wang Ming"}}"#,
                "source-error-answer-bare",
            ),
        ] {
            let refused = run(&config, body).unwrap_err();
            let said = refused.message.to_string();
            assert!(
                said.contains(shown) && !said.contains("Wang"),
                "{kind} {said}"
            );
            assert_eq!(refused.excerpt, "", "{kind}");
        }
        let page = "<!DOCTYPE html><title>Sorry</title><p>Wang 0912345678</p>";
        let refused = run(&config, page).unwrap_err();
        assert!(refused.message.to_string().contains("Sorry"));
        assert_eq!(refused.excerpt, "");
    }
    let config = source(
        "csv",
        "personal_fields = [\"name\"]\n[[map]]\nseries = \"P01/downloads\"\naggregate = \"count\"\n",
    );
    assert_eq!(run(&config, "name,n\n").unwrap_err().excerpt, "");
}
