//! A database that does not fit what was signed in it, or the published quarter beside it.

use super::{codes, verify};
use quarterdeck_tests::demo;
use quarterdeck_tests::office::copy;

/// Changes the database of a copy of the demo, as somebody would who knows his way about SQLite.
fn altered(sql: &str) -> (Option<i32>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("office");
    copy(&demo::shared().root(), &root);
    let database = rusqlite::Connection::open(root.join("quarterdeck.db")).unwrap();
    let triggers: Vec<String> = database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for trigger in triggers {
        let drop = format!("DROP TRIGGER {trigger}");
        database.execute_batch(&drop).unwrap();
    }
    database.execute_batch(sql).unwrap();
    drop(database);
    let (answer, document) = verify(&root, None);
    (answer.code, codes(&document))
}

#[test]
fn a_database_that_does_not_fit_what_was_signed_or_published_is_found() {
    let tests = [
        // The log ends before the publication whose bag lies beside it.
        ("DELETE FROM act WHERE number > 40", "verify-bag-unknown"),
        // A published figure is another; its row's sum is left alone, so the row is found as well.
        (
            "UPDATE observation SET mantissa = mantissa + 10 WHERE sequence = (
               SELECT min(o.sequence) FROM observation o JOIN series s ON s.id = o.series
               JOIN period p ON p.id = o.period
               WHERE s.address = 'P01/gold-share' AND p.last_day = '2025-09-30')",
            "verify-act-figures",
        ),
        // The register of the publication has a file of another version.
        (
            "UPDATE register_file SET body = (SELECT body FROM register_file WHERE path LIKE '%P13.toml' LIMIT 1)
             WHERE path LIKE '%P12.toml'",
            "verify-register",
        ),
        // The answers came from elsewhere, or in 1970.
        ("UPDATE fetch SET url = 'https://example.gov.tw/x' WHERE source = 'demo-scrap'", "verify-bag-fetch"),
        ("UPDATE fetch SET fetched_at = 0 WHERE source = 'demo-join'", "verify-bag-fetch"),
        // A person's entry without an act.
        (
            "DELETE FROM act WHERE number > 44",
            "verify-rows-unnamed",
        ),
    ];
    for (sql, code) in tests {
        let (exit, codes) = altered(sql);
        assert_eq!(exit, Some(4), "{code}: {codes:?}");
        assert!(codes.iter().any(|c| c == code), "{code}: {codes:?}");
    }
    println!(
        "databases that do not fit what was signed: {0} of {0} found",
        tests.len()
    );
}
