//! From real formats over real HTTP to figures on the board, through the real `qd`.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::csv;
use quarterdeck_tests::office::{Office, indicator};
use quarterdeck_tests::program::valid;
use quarterdeck_tests::server::{PythonServer, Server};
use quarterdeck_tests::tools::Spreadsheet;
use std::path::Path;
use std::time::Duration;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
const CATALOGUE: &str = "datagovtw_catalogue_10rows.csv";

#[test]
fn ten_real_rows_of_the_catalogue_give_ten_data_sets_and_60_percent_gold() {
    let Some(server) = PythonServer::start(Path::new(FIXTURES)) else {
        return;
    };
    let office = Office::new();
    office.catalogue_source(&server.url(CATALOGUE));
    office.qd(&["check"]).expect(0);
    let summary = office.collect(0);
    assert_eq!(summary["sources"][0]["rows"], 10);
    assert_eq!(summary["new"], 2);
    let status = office.status(&[]);
    valid("status", &status);
    assert_eq!(status["demo"], false);
    let count = indicator(&status, "P01/open-datasets");
    assert_eq!(count["value"].to_string(), "10");
    assert_eq!(count["source"], "catalogue");
    assert_eq!(count["period"], status["quarter"]);
    let share = indicator(&status, "P01/gold-share");
    assert_eq!(share["value"].to_string().parse::<f64>().unwrap(), 60.0);
    assert_eq!(share["unit"], "percent");
    assert_eq!(share["value_text"], "60.00");
    let health = office.sources();
    assert_eq!(health["sources"][0]["attempts"][0]["outcome"], "good");
    assert_eq!(
        health["sources"][0]["attribution"],
        "數位發展部 政府資料開放平臺"
    );

    // The same again is nothing new; not allowed, the loopback address is refused by name.
    assert_eq!(office.collect(0)["new"], 0);
    office.replace("sources/catalogue.toml", "allow_private = true\n", "");
    let refused = office.collect(3);
    let said = refused["sources"][0]["message"].as_str().unwrap();
    assert!(
        said.contains("127.0.0.1") && said.contains("allow_private"),
        "{said}"
    );
    let status = office.status(&[]);
    assert_eq!(
        indicator(&status, "P01/open-datasets")["value"].to_string(),
        "10",
        "nothing is lost"
    );
}

#[test]
fn a_transfer_that_was_cut_is_a_finding_and_the_figures_stay() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read_to_string(format!("{FIXTURES}/{CATALOGUE}")).unwrap();
    std::fs::write(folder.path().join("catalogue.csv"), &whole).unwrap();
    let Some(server) = PythonServer::start(folder.path()) else {
        return;
    };
    let office = Office::new();
    office.catalogue_source(&server.url("catalogue.csv"));
    office.collect(0);
    let rows = csv::rows(whole.as_bytes());
    let cut = &whole[..whole.find(&format!("\n{},", rows[6][0])).unwrap() + 1];
    std::fs::write(folder.path().join("catalogue.csv"), cut).unwrap();
    // Nor does the short answer become what the next one is compared with.
    for _ in 0..2 {
        let summary = office.collect(3);
        assert_eq!(summary["sources"][0]["outcome"], "rejected");
        let status = office.status(&[]);
        assert_eq!(
            indicator(&status, "P01/open-datasets")["value"].to_string(),
            "10"
        );
        let said = office.sources()["sources"][0]["attempts"][0]["message"].to_string();
        assert!(said.contains("10") && said.contains('5'), "{said}");
    }
    std::fs::write(folder.path().join("catalogue.csv"), &whole).unwrap();
    assert_eq!(office.collect(0)["sources"][0]["outcome"], "good");
}

/// A sheet of texts and numbers as a flat OpenDocument file.
fn sheet(rows: &[&[&str]]) -> String {
    let mut table = String::new();
    for row in rows {
        table.push_str("<table:table-row>");
        for cell in *row {
            match cell.parse::<f64>() {
                Ok(_) => table.push_str(&format!(
                    "<table:table-cell office:value-type=\"float\" office:value=\"{cell}\"><text:p>{cell}</text:p></table:table-cell>"
                )),
                Err(_) => table.push_str(&format!(
                    "<table:table-cell office:value-type=\"string\"><text:p>{cell}</text:p></table:table-cell>"
                )),
            }
        }
        table.push_str("</table:table-row>");
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.2\" office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\"><office:body><office:spreadsheet><table:table table:name=\"x\">{table}</table:table></office:spreadsheet></office:body></office:document>"
    )
}

#[test]
fn a_csv_that_a_spreadsheet_program_saved_in_big5_is_read_from_the_drop_folder() {
    let Some(spreadsheet) = Spreadsheet::find("a CSV saved in Big5 by a spreadsheet program")
    else {
        return;
    };
    let office = Office::new();
    office.append(
        "register/programmes/P12.toml",
        "\n[[indicator]]\nseries = \"satisfaction\"\ntitle = { zh-TW = \"滿意度\", en = \"Satisfaction\" }\nunit = \"percent\"\nkind = \"ratio\"\ndirection = \"higher\"\nroad = \"source\"\nfrequency = \"quarter\"\n",
    );
    office.write(
        "sources/drop.toml",
        r#"id = "drop"
kind = "file"
folder = "inbox"
pattern = "*.csv"
schedule = "daily"

[[map]]
series = "{計畫編號}/satisfaction"
column = "滿意度"
period_column = "季別"
calendar = "roc"
unit = "percent"
"#,
    );
    let made = office.beside().join("滿意度.fods");
    let rows: [&[&str]; 4] = [
        &["計畫編號", "機關", "季別", "滿意度"],
        &["P12", "財政部", "114年第2季", "84.25"],
        &["P12", "財政部", "114年第3季", "86.1"],
        &["P12", "臺北市稅捐稽徵處，許功蓋", "114Q4", "87"],
    ];
    std::fs::write(&made, sheet(&rows)).unwrap();
    // Comma, double quote, code page 950 (LibreOffice's number for it is 63), from the first line.
    let filter = "csv:Text - txt - csv (StarCalc):44,34,63,1";
    std::fs::create_dir(office.root().join("inbox")).unwrap();
    let file = spreadsheet.convert(&made, None, filter, &office.root().join("inbox"));
    let bytes = std::fs::read(file).unwrap();
    assert!(
        std::str::from_utf8(&bytes).is_err(),
        "LibreOffice saved Big5"
    );
    assert!(
        bytes.windows(2).any(|pair| pair == [0xb3, 0x5c]),
        "with a backslash inside a character"
    );
    office.qd(&["check"]).expect(0);
    let summary = office.collect(0);
    assert_eq!(summary["sources"][0]["rows"], 3);
    for (quarter, value) in [("114Q2", "84.25"), ("2025Q3", "86.1"), ("114年第4季", "87")] {
        let status = office.status(&["--quarter", quarter]);
        assert_eq!(
            indicator(&status, "P12/satisfaction")["value"].to_string(),
            value,
            "{quarter}"
        );
    }
}

#[test]
fn the_tables_of_a_report_open_in_a_spreadsheet_program_as_they_were_meant() {
    let Some(spreadsheet) = Spreadsheet::find("opening the report's tables") else {
        return;
    };
    let office = Office::new();
    let title = |file: &str, old: &str, new: &str| {
        office.replace(
            &format!("register/programmes/{file}.toml"),
            &format!("zh-TW = \"{old}\""),
            &format!("zh-TW = \"{new}\""),
        );
    };
    title("P05", "政府資料應用輔導", "=1+1");
    title("P12", "地方稅智慧線上服務", "0800-000-321");
    title("P13", "健保資料結合 AI 加值應用", "-甲類, \\\"乙類\\\"");
    for (figure, value) in [
        ("P12/progress.planned@2025Q3", "50%"),
        ("P12/progress.actual@2025Q3", "31.6%"),
        ("P12/budget.planned_spend@2025Q3", "1000000"),
        ("P12/budget.paid@2025Q3", "1250000"),
        ("P12/budget.payable@2025Q3", "0"),
        ("P12/budget.saved@2025Q3", "0"),
    ] {
        office.qd(&["enter", figure, value]).expect(0);
    }
    office
        .qd(&[
            "report",
            "--quarter",
            "2025Q3",
            "--lang",
            "zh-TW",
            "--format",
            "csv",
            "--out",
            "report",
        ])
        .expect(0);
    for name in ["programmes", "indicators", "budget", "findings"] {
        let file = office.root().join(format!("report/{name}.csv"));
        let ours = csv::rows(&std::fs::read(&file).unwrap());
        // UTF-8 with its mark, as Excel and LibreOffice find out by themselves in their windows.
        let reading = "CSV:44,34,76,1";
        let opened = spreadsheet.convert(&file, Some(reading), "fods", office.beside());
        let text = std::fs::read_to_string(&opened).unwrap();
        assert!(
            !text.contains("table:formula"),
            "{name}: a cell became a formula"
        );
        assert!(text.contains(&ours[0][0]), "{name}: Chinese");
        if name == "programmes" {
            for value in ["office:value=\"-18.4\"", "office:value=\"-250000\""] {
                assert!(
                    text.contains(value),
                    "{value}: a negative number stays a number"
                );
            }
            for words in [
                "0800-000-321",
                "-甲類, &quot;乙類&quot;",
                "=1+1",
                "擴大資料開放",
            ] {
                assert!(text.contains(words), "{words}");
            }
        }
        // And back to CSV: texts and numbers are the same cells.
        let back = office.beside().join("back");
        let again = spreadsheet.convert(
            &opened,
            None,
            "csv:Text - txt - csv (StarCalc):44,34,76,1",
            &back,
        );
        let theirs = csv::rows(&std::fs::read(again).unwrap());
        assert_eq!(theirs.len(), ours.len(), "{name}");
        for (ours, theirs) in ours.iter().zip(&theirs) {
            for (cell, other) in ours.iter().zip(theirs) {
                let same = match (cell.parse::<f64>(), other.parse::<f64>()) {
                    (Ok(a), Ok(b)) => (a - b).abs() < 1e-9,
                    _ => cell == other,
                };
                assert!(same, "{name}: {cell} became {other}");
            }
        }
    }
}

/// The moment, as `--as-of` takes it; a little later than everything before.
fn moment() -> String {
    std::thread::sleep(Duration::from_millis(5));
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    std::thread::sleep(Duration::from_millis(5));
    now
}

#[test]
fn before_and_after_a_correction_are_both_known() {
    let office = Office::new();
    let server = Server::counting(41);
    office.number_source("count", &server.url("/"), "P01/open-datasets");
    let nothing = moment();
    office.collect(0);
    let collected = moment();
    let quarter = office.status(&[])["quarter"].as_str().unwrap().to_owned();
    let figure = format!("P01/open-datasets@{quarter}");
    let value = |as_of: &[&str]| {
        let args: Vec<&str> = ["--quarter", &quarter]
            .into_iter()
            .chain(as_of.iter().copied())
            .collect();
        let status = office.status(&args);
        indicator(&status, "P01/open-datasets")["value"].to_string()
    };
    office.qd(&["enter", &figure, "43"]).expect(2);
    let reason = office.qd(&["correct", &figure, "43"]);
    assert_eq!(reason.code, Some(2), "a correction has a reason");
    let done = office
        .qd(&["correct", &figure, "４３", "--reason", "兩筆漏列", "--json"])
        .expect(0)
        .json();
    valid("entry", &done);
    let corrected = moment();
    assert_eq!(value(&[]), "43");
    assert_eq!(value(&["--as-of", &nothing]), "null");
    assert_eq!(value(&["--as-of", &collected]), "41");
    assert_eq!(value(&["--as-of", &corrected]), "43");
    office
        .qd(&["withdraw", &done["entry"].to_string(), "--reason", "誤植"])
        .expect(0);
    assert_eq!(value(&[]), "41", "the collected figure counts again");
    assert_eq!(value(&["--as-of", &corrected]), "43");
}

#[test]
fn the_starter_explains_the_ratio_that_does_not_fit_and_shows_claims_side_by_side() {
    let office = Office::untouched();
    let status = office.status(&[]);
    valid("status", &status);
    valid(
        "sources",
        &office.qd(&["sources", "--json"]).expect(0).json(),
    );
    valid("check", &office.qd(&["check", "--json"]).expect(0).json());
    assert_eq!(status["programmes"].as_array().unwrap().len(), 29);
    let finding = status["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["rule"] == "printed-ratio@1")
        .unwrap();
    assert_eq!(finding["figure"], "P29/success-rate-printed@2019");
    let text = finding["text"].as_str().unwrap();
    for part in ["4.70", "183", "7,619", "2.40"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let values = |plan: &str, word: &str| -> Vec<(String, String)> {
        status["claims"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|c| c["plan"] == plan && c["id"].as_str().unwrap().contains(word))
            .map(|c| {
                (
                    c["value"].as_str().unwrap().to_owned(),
                    c["source"].as_str().unwrap().to_owned(),
                )
            })
            .collect()
    };
    let programmes = values("dgp1", "programmes");
    assert_eq!(
        programmes
            .iter()
            .map(|(v, _)| v.as_str())
            .collect::<Vec<_>>(),
        ["29", "30"]
    );
    assert_ne!(programmes[0].1, programmes[1].1, "each with its source");
    let budgets = values("dgp1", "budget");
    assert!(
        budgets[0].0.contains("6.24") && budgets[1].0.contains("6,261,766"),
        "{budgets:?}"
    );
    // No target is invented: the only one printed is that of 2025.
    let invented: Vec<String> = status["programmes"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|p| p["indicators"].as_array().unwrap())
        .filter(|i| !i["target"].is_null())
        .map(|i| i["id"].to_string())
        .collect();
    assert!(invented.is_empty(), "{invented:?}");
}
