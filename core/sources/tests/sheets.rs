//! Sheets: what a spreadsheet program saved comes out as it shows it, and what is not a sheet is
//! refused in words.

#![allow(clippy::unwrap_used)] // tests may; clippy sees helpers as other code

mod common;
use calamine::{Data, Reader};
use common::workbook::{content_xml, ods, ods_row, xlsx, xlsx_parts, zip};
use common::*;
use proptest::prelude::*;
use quarterdeck_sources::SourceConfig;
use std::io::{Cursor, Write};

/// Made by LibreOffice 7.4 from `kpi.fods`.
const ODS: &[u8] = include_bytes!("../fixtures/sheet/kpi.ods");
const XLSX: &[u8] = include_bytes!("../fixtures/sheet/kpi.xlsx");

fn kpi(more: &str) -> SourceConfig {
    source(
        "sheet",
        &format!(
            r#"{more}
[sheet]
name = "填報"
header_row = 3
header_rows = 2
[[map]]
series = "{{計畫編號}}/satisfaction"
column = "實績 滿意度"
period_column = "季底日"
period_kind = "quarter"
unit = "percent"
[[map]]
series = "{{計畫編號}}/cases"
column = "實績 件數"
period_column = "季底日"
period_kind = "quarter"
filter = [{{ column = "季底日", op = ">=", value = "2025-07-01" }}]
[[map]]
series = "{{計畫編號}}/gold-share"
column = "實績 達成率"
period_column = "季底日"
period_kind = "quarter"
unit = "percent"
[[map]]
series = "K1/cases"
column = "實績 件數"
aggregate = "sum"
"#
        ),
    )
}

/// A source that reads columns a and b of the only sheet.
fn plain(sheet: &str) -> SourceConfig {
    source(
        "sheet",
        &format!("{sheet}\n[[map]]\nseries = \"{{a}}/cases\"\ncolumn = \"b\"\n"),
    )
}

#[test]
fn what_a_spreadsheet_program_saved_is_read_as_it_shows_it() {
    for (file, bytes) in [("ods", ODS), ("xlsx", XLSX)] {
        let (outcome, stored) = run_in(&kpi(""), &context(), bytes);
        let decoded = outcome.unwrap();
        assert_eq!(stored, bytes, "{file}: the original is kept");
        assert_eq!(decoded.rows, 3);
        let said: Vec<String> = decoded
            .readings
            .iter()
            .map(|l| {
                let observation = &l.observation;
                let shown = match &observation.reading {
                    quarterdeck_kpi::observation::Reading::Value(value) => value.to_string(),
                    quarterdeck_kpi::observation::Reading::Rejected(reason) => format!("!{reason}"),
                };
                format!(
                    "{}@{} {shown} {}",
                    observation.series, observation.period, l.at
                )
            })
            .collect();
        assert_eq!(
            said,
            [
                "P12/satisfaction@2025Q2 75.3 sheet=填報; cell=C5; column=實績 滿意度",
                "P12/gold-share@2025Q2 75.25 sheet=填報; cell=E5; column=實績 達成率",
                "P12/satisfaction@2025Q3 81.2 sheet=填報; cell=C6; column=實績 滿意度",
                "P12/cases@2025Q3 0 sheet=填報; cell=D6; column=實績 件數",
                "P12/gold-share@2025Q3 0 sheet=填報; cell=E6; column=實績 達成率",
                "P13/cases@2025Q3 87 sheet=填報; cell=D10; column=實績 件數",
                "P13/gold-share@2025Q3 !source-sheet-error-cell cell=\"E10\" error=\"#DIV/0!\" sheet=填報; cell=E10; column=實績 達成率",
                "K1/cases@2025Q3 1291 sheet=填報; column=實績 件數; aggregate=sum",
            ],
            "{file}"
        );
        assert_eq!(
            located(&decoded, "P12/satisfaction")
                .observation
                .printed
                .as_deref(),
            Some("75.3%")
        );
        // The blank satisfaction of P13 is no reading at all, and no zero.
        assert!(finding(&decoded, "blank-values@1").contains("source-rows-blank"));
        // 計畫編號 of row 6 is that of row 5, with which it is merged.
        assert!(finding(&decoded, "merged-cells@1").contains("cell=\"A6\""));
    }
}

#[test]
fn personal_columns_of_a_sheet_are_never_stored() {
    for bytes in [ODS, XLSX] {
        let (outcome, stored) = run_in(&kpi("personal_fields = [\"填報人\"]"), &context(), bytes);
        assert_eq!(outcome.unwrap().recipe.as_deref(), Some("sheet-blank@1"));
        assert_eq!(
            String::from_utf8(stored).unwrap(),
            "row,計畫編號,季底日,實績 滿意度,實績 件數,實績 達成率,填報人\r\n\
             5,P12,2025-06-30,75.3%,1204,75.25%,\r\n\
             6,,2025-09-30,81.2%,0,0%,\r\n\
             10,P13,2025-09-30,,87,#DIV/0!,\r\n"
        );
        let (outcome, stored) = run_in(&kpi("personal_fields = [\"聯絡人\"]"), &context(), bytes);
        assert!(refusal(outcome).starts_with("source-personal-column-missing"));
        assert!(stored.is_empty());
    }
}

#[test]
fn the_crate_for_such_files_reads_the_same_cells() {
    let mut ods: calamine::Ods<_> = calamine::Ods::new(Cursor::new(ODS)).unwrap();
    let mut xlsx: calamine::Xlsx<_> = calamine::Xlsx::new(Cursor::new(XLSX)).unwrap();
    let names = ["說明", "填報", "參數"];
    assert_eq!(ods.sheet_names(), names);
    assert_eq!(xlsx.sheet_names(), names);
    for range in [
        ods.worksheet_range("填報").unwrap(),
        xlsx.worksheet_range("填報").unwrap(),
    ] {
        let cell = |row: u32, column: u32| range.get_value((row - 1, column - 1)).cloned().unwrap();
        assert_eq!(cell(5, 3), Data::Float(0.753));
        assert_eq!(cell(5, 5), Data::Float(0.7525));
        assert_eq!(cell(6, 4), Data::Float(0.0));
        assert_eq!(cell(10, 4), Data::Float(87.0));
    }
}

#[test]
fn figures_keep_their_digits_and_lose_the_noise() {
    let rows = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><r><t>b</t></r><rPh><t>x</t></rPh></is></c></row>
<row r="2"><c r="A2" t="str"><v>P01</v></c><c r="B2"><v>0.75300000000000002</v></c></row>
<row r="3"><c r="A3" t="str"><v>P02</v></c><c r="B3"><v>1.5E3</v></c></row>
<row r="4"><c r="A4" t="str"><v>P03</v></c><c r="B4"><f>1/3</f><v>0.33333333333333331</v></c></row>
<row r="5"><c r="A5" t="str"><v>P04</v></c><c r="B5"><f>A1</f></c></row>
<row r="6"><c r="A6" t="str"><v>P05</v></c><c r="B6" t="str"><f>A1</f><v></v></c></row>
<row r="7"><c r="A7" t="str"><v>P06</v></c><c r="B7" t="b"><v>1</v></c></row>
<row r="8"><c r="A8" t="str"><v>P07</v></c><c r="B8" t="e"><v>#N/A</v></c></row>
<row r="9"><c r="A9" t="str"><v>P08</v></c><c r="B9"><v>NaN</v></c></row>
<row r="10"><c r="A10" t="str"><v>P09</v></c><c r="B10" t="str"><v>１,２３４</v></c></row>
<row r="11"><c r="A11" t="str"><v>P10</v></c><c r="B11"><v>1e400</v></c></row>"#;
    let config = source(
        "sheet",
        "[[map]]\nseries = \"{a}/tests\"\ncolumn = \"b\"\nunit = \"count\"\n",
    );
    let decoded = run(&config, xlsx(rows, "", &["a"])).unwrap();
    for (series, expected) in [
        ("P01", "0.753"),
        ("P02", "1500"),
        ("P03", "0.333333333333"),
        ("P06", "!number-unreadable text=\"TRUE\""),
        ("P07", "!source-sheet-error-cell cell=\"B8\" error=\"#N/A\""),
        ("P08", "!number-no-value text=\"NaN\""),
        ("P09", "1234"),
        ("P10", "!number-digits text=\"1e400\" most=18"),
    ] {
        assert_eq!(figure(&decoded, &format!("{series}/tests")), expected);
    }
    assert_eq!(
        decoded.readings.len(),
        8,
        "a formula without a result is no data"
    );
    assert!(finding(&decoded, "formula-without-value@1").contains("cell=\"B5\""));
    assert!(finding(&decoded, "rounded-decimals@1").contains("cell=\"B4\""));
}

#[test]
fn the_sheet_and_its_place_are_chosen() {
    let table = |name: &str, more: &str, rows: &str| {
        format!("<table:table table:name=\"{name}\"{more}>{rows}</table:table>")
    };
    let rows = ods_row(&["title"])
        + &ods_row(&["", "a", "b", "note"])
        + &ods_row(&["x", "P01", "3", "y"])
        + &ods_row(&["x", "P02", "4", "y"])
        + &ods_row(&["sum", "", "7", ""]);
    let hidden = "<style:style style:name=\"h\"><style:table-properties table:display=\"false\"/></style:style>";
    let other = table("舊", "", &ods_row(&["a", "b"]));
    let both = ods(&format!("{hidden}{other}{}", table("新", "", &rows)));
    let secret = ods(&format!(
        "{hidden}{}",
        table("新", " table:style-name=\"h\"", &rows)
    ));
    let try_it = |sheet: &str, bytes: &[u8]| run(&plain(sheet), bytes);
    for sheet in [
        "[sheet]\nname = \"新\"\nrange = \"B2:C4\"",
        "[sheet]\nindex = 2\nheader_row = 2\nrange = \"b:c\"",
        "[sheet]\nname = \"新\"\nrange = \"$B$1:$D$4\"\nheader_row = 2",
    ] {
        let decoded = try_it(sheet, &both).unwrap();
        assert_eq!(figure(&decoded, "P02/cases"), "4", "{sheet}");
        assert_eq!(
            located(&decoded, "P02/cases").at,
            "sheet=新; cell=C4; column=b"
        );
    }
    assert!(
        try_it("[sheet]\nname = \"新\"\nheader_row = 2", &secret).is_ok(),
        "named"
    );
    for (sheet, bytes, expected) in [
        ("", &both, "source-sheet-several sheets=\"舊, 新\""),
        ("", &secret, "source-sheet-hidden name=\"新\""),
        (
            "[sheet]\nindex = 1",
            &secret,
            "source-sheet-hidden name=\"新\"",
        ),
        (
            "[sheet]\nindex = 3",
            &both,
            "source-sheet-index index=3 sheets=\"舊, 新\"",
        ),
        (
            "[sheet]\nname = \"新表\"",
            &both,
            "source-sheet-renamed near=\"新\" name=\"新表\" sheets=\"舊, 新\"",
        ),
        (
            "[sheet]\nname = \"zzz\"",
            &both,
            "source-sheet-missing name=\"zzz\" sheets=\"舊, 新\"",
        ),
        (
            "[sheet]\nname = \"新\"\nheader_row = 9",
            &both,
            "source-sheet-no-header row=9",
        ),
        ("[sheet]\nname = \"新\"", &both, "source-column-missing"),
        ("[sheet]\nname = \"舊\"", &both, "source-no-rows"),
    ] {
        let said = refusal(try_it(sheet, bytes));
        assert!(said.starts_with(expected), "{sheet}: {said}");
    }
    for (sheet, expected) in [
        ("range = \"B2\"", "source-sheet-range"),
        ("range = \"D2:B4\"", "source-sheet-range"),
        ("index = 0", "source-key-value key=\"sheet.index\""),
        ("name = \"x\"\nindex = 1", "source-sheet-name-and-index"),
        (
            "header_rows = 9",
            "source-key-value key=\"sheet.header_rows\"",
        ),
    ] {
        let mut config = plain("");
        config.sheet = Some(toml::from_str(sheet).unwrap());
        let problems = config.problems();
        assert!(
            problems[0].to_string().starts_with(expected),
            "{problems:?}"
        );
    }
    let mut config = plain("");
    config.folder = Some("inbox".into());
    assert_eq!(config.problems()[0].id, "source-url-and-folder");
}

#[test]
fn a_label_merged_over_rows_is_that_of_each_row_and_a_figure_is_not() {
    let rows = r#"<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>
<row r="2"><c r="A2" t="str"><v>P01</v></c><c r="B2"><v>5</v></c></row>
<row r="3"><c r="A3"/><c r="B3"/><c r="C3"><v>1</v></c></row>
<row r="4"><c r="A4" t="str"><v>P02</v></c><c r="B4"><v>7</v></c></row>"#;
    let merged = r#"<mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="B2:B3"/></mergeCells>"#;
    let config = source(
        "sheet",
        "[sheet]\nrange = \"A:C\"\n[[map]]\nseries = \"K1/cases\"\ncolumn = \"b\"\naggregate = \"sum\"\n",
    );
    let decoded = run(&config, xlsx(rows, merged, &[])).unwrap();
    assert_eq!(figure(&decoded, "K1/cases"), "12");
}

#[test]
fn what_is_no_sheet_is_named() {
    let good = xlsx_parts("<row><c t=\"str\"><v>a</v></c></row>", "", &[]);
    let without = |part: &str, extra: &[(&str, &[u8])]| {
        let mut parts: Vec<(&str, &[u8])> = good
            .iter()
            .filter(|(name, _)| *name != part)
            .map(|(name, text)| (*name, text.as_bytes()))
            .collect();
        parts.extend_from_slice(extra);
        zip(&parts)
    };
    let mut ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    ole.extend([0; 600]);
    let mut encrypted = ole.clone();
    encrypted.extend("EncryptedPackage".bytes().flat_map(|b| [b, 0]));
    let mimetype: (&str, &[u8]) = (
        "mimetype",
        b"application/vnd.oasis.opendocument.spreadsheet",
    );
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("source-empty", Vec::new()),
        ("source-html-titled title=\"維護中\"", "<html><title>維護中</title>".into()),
        ("source-sheet-csv-instead", "a,b\nP01,3\n".into()),
        ("source-sheet-json-instead", "[{\"a\": 1, \"b\": 2}]".into()),
        ("source-sheet-csv-instead", b"a,b\n\xa4\xa4\xa4\xe5,3\n".to_vec()),
        ("source-sheet-not-one", b"%PDF-1.7\x00\x01".to_vec()),
        ("source-sheet-old kind=\"XLS\"", ole),
        ("source-sheet-encrypted", encrypted),
        ("source-sheet-old kind=\"XLSB\"", without("xl/workbook.xml", &[("xl/workbook.bin", b"x")])),
        ("source-sheet-other-zip", zip(&[("a.txt", b"x")])),
        ("source-sheet-other-zip", without("x", &[("word/document.xml", b"<w/>")])),
        ("source-sheet-broken", without("xl/workbook.xml", &[])),
        ("source-sheet-broken", without("xl/worksheets/sheet1.xml", &[("xl/worksheets/sheet1.xml", b"<a><b></a>")])),
        ("source-sheet-broken", zip(&[mimetype, ("content.xml", b"<a")])),
        ("source-sheet-none", zip(&[mimetype, ("content.xml", b"<a/>")])),
        ("source-sheet-encrypted", zip(&[
            mimetype,
            ("META-INF/manifest.xml", b"<m:manifest xmlns:m=\"m\"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"),
            ("content.xml", b"\x01\x02"),
        ])),
        ("source-sheet-doctype", zip(&[
            mimetype,
            ("content.xml", b"<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>"),
        ])),
        ("source-sheet-entity name=\"e\"", zip(&[mimetype, ("content.xml", b"<a>&e;</a>")])),
        ("source-zip-broken", b"PK\x03\x04 and no more".to_vec()),
        ("source-zip-name name=\"../../etc/passwd\"", without("x", &[("../../etc/passwd", b"x")])),
        ("source-zip-name", without("x", &[("/etc/passwd", b"x")])),
        ("source-zip-twice", without("x", &[("XL/Styles.xml", b"x")])),
    ];
    let count = cases.len() + 1;
    for (expected, bytes) in cases {
        let said = refusal(run(&plain(""), &bytes));
        assert!(said.starts_with(expected), "{expected}: {said}");
        assert!(!said.contains("root:"), "{said}");
    }
    let cut = &XLSX[..XLSX.len() / 2];
    assert!(refusal(run(&kpi(""), cut)).starts_with("source-zip-broken"));
    println!("files that are no sheet, zip slips among them: {count} of {count} refused");
}

#[test]
fn macros_and_embedded_files_are_noted_and_never_touched() {
    let rows = r#"<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row><c t="str"><v>P01</v></c><c><v>3</v></c></row>"#;
    let parts = xlsx_parts(rows, "", &[]);
    let mut all: Vec<(&str, &[u8])> = parts.iter().map(|(n, t)| (*n, t.as_bytes())).collect();
    all.push(("xl/vbaProject.bin", b"\x00"));
    all.push(("xl/embeddings/book.xlsx", b"PK\x03\x04"));
    let decoded = run(&plain(""), zip(&all)).unwrap();
    assert_eq!(figure(&decoded, "P01/cases"), "3");
    assert_eq!(finding(&decoded, "macros@1"), "source-sheet-macros");
    assert!(finding(&decoded, "embedded-files@1").contains("xl/embeddings/book.xlsx"));
}

#[test]
fn bombs_end_in_a_sentence() {
    let row = |more: &str, cell: &str| {
        format!(
            "<table:table table:name=\"t\">{}<table:table-row{more}><table:table-cell{cell} office:value-type=\"float\" office:value=\"1\"/></table:table-row></table:table>",
            ods_row(&["a", "b"])
        )
    };
    let repeated = " table:number-rows-repeated=\"1048576\"";
    let said = refusal(run(&plain(""), ods(&row(repeated, ""))));
    assert!(
        said.starts_with("source-sheet-repeated row=2 times=1048576"),
        "{said}"
    );
    let across = " table:number-columns-repeated=\"16384\"";
    let said = refusal(run(&plain(""), ods(&row("", across))));
    assert!(
        said.starts_with("source-sheet-repeated row=2 times=16384"),
        "{said}"
    );
    // Blank cells may fill the sheet, as spreadsheet programs write it.
    let blank = format!(
        "<table:table table:name=\"t\">{}{}<table:table-row{repeated}><table:table-cell{across}/></table:table-row></table:table>",
        ods_row(&["a", "b"]),
        ods_row(&["P01", "3"])
    );
    assert_eq!(
        figure(&run(&plain(""), ods(&blank)).unwrap(), "P01/cases"),
        "3"
    );

    // Ten megabytes of spaces in ten kilobytes.
    let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, text) in xlsx_parts("", "", &[]) {
        bomb.start_file(name, options).unwrap();
        bomb.write_all(text.as_bytes()).unwrap();
        if name == "xl/styles.xml" {
            let block = vec![b' '; 1 << 20];
            (0..10).for_each(|_| bomb.write_all(&block).unwrap());
        }
    }
    let bomb = bomb.finish().unwrap().into_inner();
    let said = refusal(run(&plain("max_bytes = 1000000"), &bomb));
    assert!(
        said.starts_with("source-zip-too-large limit=4000000"),
        "{said}"
    );
    let said = refusal(run(&plain(""), &bomb));
    assert!(
        said.starts_with("source-zip-bomb name=\"xl/styles.xml\" times=200"),
        "{said}"
    );
    let small = plain("max_bytes = 1000000");
    assert!(refusal(run(&small, vec![b'x'; 1_000_001])).starts_with("source-too-large"));
    println!("sheets that are bombs or too large: 5 of 5 refused");

    // A size that lies: the directory says 10 bytes.
    let mut lying = zip(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("content.xml", &vec![b' '; 5000]),
    ]);
    let at = lying.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    lying[at + 24..at + 28].copy_from_slice(&10_u32.to_le_bytes());
    let said = refusal(run(&plain(""), &lying));
    assert!(
        said.starts_with("source-sheet-broken") || said.starts_with("source-zip-broken"),
        "{said}"
    );

    let deep = content_xml(&"<x>".repeat(100_000));
    let mimetype: (&str, &[u8]) = (
        "mimetype",
        b"application/vnd.oasis.opendocument.spreadsheet",
    );
    let said = refusal(run(
        &plain(""),
        zip(&[mimetype, ("content.xml", deep.as_bytes())]),
    ));
    assert!(said.starts_with("source-sheet-too-deep"), "{said}");
    let many: Vec<String> = (0..5_000).map(|n| format!("a{n}")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|n| (n.as_str(), &b""[..])).collect();
    assert!(refusal(run(&plain(""), zip(&many))).starts_with("source-zip-entries"));
    // What the other crate reserves memory for is no more than a number here.
    let strings = "<sst uniqueCount=\"9999999999999999\"><si><t>a</t></si></sst>";
    let mut parts = xlsx_parts("<row><c t=\"s\"><v>0</v></c></row>", "", &[]);
    parts
        .iter_mut()
        .find(|(n, _)| *n == "xl/sharedStrings.xml")
        .unwrap()
        .1 = strings.into();
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(n, t)| (*n, t.as_bytes())).collect();
    assert!(refusal(run(&plain(""), zip(&parts))).starts_with("source-column-missing"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damaged_files_end_in_figures_or_words(
        is_ods in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
    ) {
        let mut body = if is_ods { ODS } else { XLSX }.to_vec();
        for (place, byte) in changes {
            let place = place.index(body.len());
            body[place] = byte;
        }
        let _ = run_in(&kpi(""), &context(), &body);
    }

    #[test]
    fn damaged_parts_end_in_figures_or_words(
        is_ods in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), "[<>\"/ a-z0-9=:&;]{1,3}"), 1..8),
    ) {
        let damage = |text: &str| {
            let mut text: Vec<char> = text.chars().collect();
            for (place, new) in &changes {
                let place = place.index(text.len());
                text.splice(place..place + 1, new.chars());
            }
            text.into_iter().collect::<String>()
        };
        let rows = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2" t="str"><v>P01</v></c><c r="B2" s="1"><v>0.5</v></c></row>"#;
        let body = if is_ods {
            let tables = format!("<table:table table:name=\"t\">{}{}</table:table>", ods_row(&["a", "b"]), ods_row(&["P01", "3"]));
            let content = damage(&content_xml(&tables));
            zip(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())])
        } else {
            let mut parts = xlsx_parts(rows, "<mergeCells><mergeCell ref=\"A1:A1\"/></mergeCells>", &["a", "b"]);
            for (name, text) in &mut parts {
                if !name.starts_with('[') {
                    *text = damage(text);
                }
            }
            zip(&parts.iter().map(|(n, t)| (*n, t.as_bytes())).collect::<Vec<_>>())
        };
        let _ = run_in(&plain(""), &context(), &body);
    }
}
