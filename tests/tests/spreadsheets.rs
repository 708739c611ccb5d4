//! The report's spreadsheets, as LibreOffice opens and calculates them.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::tools::Spreadsheet;
use quarterdeck_tests::{csv, demo};
use std::path::Path;

/// A spreadsheet's sheets as CSV with values as they are stored, by the sheet's name.
fn sheets(spreadsheet: &Spreadsheet, file: &Path, names: [&str; 4]) -> Vec<Vec<Vec<String>>> {
    let out = tempfile::tempdir().unwrap();
    let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
    // -1: every sheet into a file of its own; values as they are stored, not as they are shown.
    let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1";
    spreadsheet.convert_all(file, filter, out.path());
    names
        .iter()
        .map(|name| {
            csv::rows(&std::fs::read(out.path().join(format!("{stem}-{name}.csv"))).unwrap())
        })
        .collect()
}

#[test]
fn libreoffice_reads_every_figure_as_the_csv_says_and_adds_the_total_up_itself() {
    let demo = demo::shared();
    demo.qd(&[
        "report",
        "--quarter",
        "114Q4",
        "--out",
        "../sheets",
        "--lang",
        "en",
        "--format",
        "csv,ods,xlsx",
    ])
    .expect(0);
    let folder = demo.root().parent().unwrap().join("sheets");
    let again = folder.with_file_name("sheets-again");
    let args = [
        "report",
        "--quarter",
        "114Q4",
        "--out",
        "../sheets-again",
        "--lang",
        "en",
    ];
    demo.qd(&[&args[..], &["--format", "ods,xlsx"]].concat())
        .expect(0);
    for name in ["2025Q4-en.ods", "2025Q4-en.xlsx"] {
        let bytes = |folder: &Path| std::fs::read(folder.join(name)).unwrap();
        assert_eq!(
            bytes(&folder),
            bytes(&again),
            "the same state gives the same {name}"
        );
    }
    let Some(spreadsheet) = Spreadsheet::find("the report's spreadsheets") else {
        return;
    };
    let tables = ["programmes", "indicators", "budget", "findings"];
    for ending in ["ods", "xlsx"] {
        let file = folder.join(format!("2025Q4-en.{ending}"));
        let names = ["Programmes", "Indicators", "Budget", "Findings"];
        let read = sheets(&spreadsheet, &file, names);
        let mut numbers = 0;
        for (table, sheet) in tables.iter().zip(&read) {
            let plain = csv::rows(&std::fs::read(folder.join(format!("{table}.csv"))).unwrap());
            assert_eq!(plain.len(), sheet.len(), "{ending} {table}");
            for (expected, found) in plain.iter().zip(sheet) {
                for (column, text) in expected.iter().enumerate() {
                    let header = &plain[0][column];
                    let cell = found.get(column).map(String::as_str).unwrap_or_default();
                    numbers += usize::from(same(text, cell, header.ends_with("(%)"), &file));
                }
            }
        }
        assert!(numbers > 900, "{ending}: {numbers} numbers were compared");
        // Somebody prints it: as wide as a page, not a column or two on each of fifty.
        let paper = tempfile::tempdir().unwrap();
        spreadsheet.convert_all(&file, "pdf", paper.path());
        let pdf = std::fs::read(paper.path().join("2025Q4-en.pdf")).unwrap();
        let pdf = String::from_utf8_lossy(&pdf);
        let pages = pdf.matches("/Type/Page/").count();
        assert!((4..20).contains(&pages), "{ending}: {pages} pages");
    }
    // Sums are calculated by the program that opens the file, not copied from it.
    let bytes = std::fs::read(folder.join("2025Q4-en.xlsx")).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut part = zip.by_name("xl/worksheets/sheet3.xml").unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut part, &mut text).unwrap();
    assert!(
        text.contains("<f>SUM(F2:F"),
        "a total of the programmes' rows"
    );
}

/// Ends the test unless the cell says what the CSV says; whether it was a number.
fn same(text: &str, cell: &str, is_percent: bool, file: &Path) -> bool {
    let unguarded = text.strip_prefix('\'').unwrap_or(text);
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    let Some(expected) = number else {
        let squeezed = |t: &str| t.split_whitespace().collect::<String>();
        assert_eq!(squeezed(unguarded), squeezed(cell), "{}", file.display());
        return false;
    };
    let shown = cell.trim_end_matches('%');
    let found: f64 = shown
        .parse()
        .unwrap_or_else(|_| panic!("{text} became {cell}"));
    let factor = if is_percent && !cell.ends_with('%') {
        100.0
    } else {
        1.0
    };
    assert!(
        (found * factor - expected).abs() < 0.005,
        "{text} became {cell}"
    );
    true
}
