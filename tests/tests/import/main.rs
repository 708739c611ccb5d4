//! Tables of an office through the real `qd`: taken whole, shown cell by cell, or refused by name.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod refused;
mod register;

use quarterdeck_store::{OpenMode, Store};
use quarterdeck_tests::office::{Office, programme};
use quarterdeck_tests::program::{Answer, valid};
use quarterdeck_tests::repository;
use quarterdeck_tests::tools::Spreadsheet;
use quarterdeck_tests::workbook::{Sheet, xlsx};
use serde_json::Value;

const BUDGET: &str = "計畫編號|年度|期別|累計分配數（千元）|實支數（千元）|更正原因";

/// An office whose person may change the register too.
fn office() -> Office {
    let office = Office::new();
    office.replace(
        "register/people.toml",
        "[\"enter\"]",
        "[\"enter\", \"admin\"]",
    );
    office
}

fn fixture(name: &str) -> String {
    let path = repository::root().join("tests/fixtures/import").join(name);
    path.to_string_lossy().into_owned()
}

/// Writes a workbook beside the workspace and imports it.
fn import(office: &Office, kind: &str, sheets: &[Sheet], more: &[&str]) -> Answer {
    let file = office.beside().join("handed-in.xlsx");
    std::fs::write(file, xlsx(sheets, &[])).unwrap();
    let mut args = vec!["import", "../handed-in.xlsx", "--as", kind, "--json"];
    args.extend_from_slice(more);
    let answer = office.qd(&args);
    valid("import", &answer.json());
    answer
}

fn budget(office: &Office, rows: &[&str]) -> Answer {
    let lines: Vec<&str> = [BUDGET].into_iter().chain(rows.iter().copied()).collect();
    import(office, "budget", &[Sheet::new("工作表1", &lines)], &[])
}

/// The refused cells: place and code.
fn refused(answer: &Answer) -> Vec<(String, String)> {
    let document = answer.json();
    let list = document["refused"].as_array().unwrap();
    list.iter()
        .map(|r| {
            let text = |key: &str| r[key].as_str().unwrap().to_owned();
            (text("place"), text("code"))
        })
        .collect()
}

fn notices(answer: &Answer) -> Vec<String> {
    let document = answer.json();
    let list = document["notices"].as_array().unwrap();
    list.iter()
        .map(|n| n["code"].as_str().unwrap().to_owned())
        .collect()
}

fn money<'a>(status: &'a Value, id: &str) -> &'a Value {
    &programme(status, id)["budget"]
}

fn agency<'a>(status: &'a Value, id: &str) -> &'a Value {
    let list = status["agencies"].as_array().unwrap();
    &list.iter().find(|a| a["id"] == id).unwrap()["budget"]
}

#[test]
fn the_legislative_yuans_table_gives_its_printed_ratios_and_is_known_to_the_starter() {
    let (table, map) = (fixture("ly-106-109.csv"), fixture("ly-106-109.toml"));
    let args = ["import", &table, "--as", "budget", "--map", &map, "--json"];
    let counts = |answer: &Answer| {
        let counts = &answer.json()["counts"];
        ["new", "changed", "unchanged"].map(|id| counts[id].as_u64().unwrap())
    };
    let starter = Office::new();
    let known = starter.qd(&args).expect(0);
    assert_eq!(
        counts(&known),
        [0, 0, 24],
        "the starter carries these lines"
    );
    assert_eq!(known.json()["stored"], false);

    let office = Office::new();
    office.write("register/budget.toml", "");
    let dry = office.qd(&[&args[..], &["--dry-run"]].concat()).expect(0);
    assert_eq!(
        (counts(&dry), dry.json()["stored"] == false),
        ([24, 0, 0], true)
    );
    let imported = office.qd(&args).expect(0);
    assert_eq!(counts(&imported), [24, 0, 0]);
    let totals = &imported.json()["totals"];
    assert_eq!(totals["sub_plans"], 30);
    assert_eq!(totals["budget"], 6_261_766_000_i64);
    assert_eq!(totals["settled"], 6_149_247_000_i64);
    // 98.20 %: 6,149,247 of 6,261,766, in ten-thousandths without a binary float.
    assert_eq!(6_149_247_000_i64 * 20_000 / 6_261_766_000 / 2, 9820);
    let status = office.status(&["--quarter", "109Q4"]);
    assert_eq!(
        agency(&status, "NDC")["settlement_ratio"].to_string(),
        "1.019012"
    );
    assert_eq!(
        agency(&status, "MOHW")["settlement_ratio"].to_string(),
        "0.878812"
    );
    let again = office.qd(&args).expect(0);
    assert_eq!(counts(&again), [0, 0, 24], "nothing is stored twice");

    // The file is kept by its hash, and the act stands in the log.
    let store = Store::open(&office.root().join("quarterdeck.db"), OpenMode::ReadOnly).unwrap();
    let sha256 = imported.json()["sha256"].as_str().unwrap().to_owned();
    let (_, bytes) = store.evidence(&sha256).unwrap().unwrap();
    assert_eq!(bytes, std::fs::read(&table).unwrap());
    let acts = store.acts().unwrap();
    assert_eq!(
        acts.iter().filter(|act| act.act.kind == "import").count(),
        1
    );
}

#[test]
fn the_unit_of_the_header_decides_and_the_printed_ratio_comes_out() {
    for (header, allotted, paid) in [
        ("累計分配數（億元）|實支數（億元）", "#1313", "#1007"),
        ("累計分配數_千元|實支數_千元", "131,300,000", "100,700,000"),
        (
            "Allotted (NT$)|Paid (NT$)",
            "#131300000000",
            "#100700000000",
        ),
    ] {
        let office = Office::new();
        let lines = [
            "數位政府計畫",
            &format!("計畫編號|期別|{header}"),
            &format!("P12|109年第2季|{allotted}|{paid}"),
        ];
        import(&office, "budget", &[Sheet::new("表一", &lines)], &[]).expect(0);
        let status = office.status(&["--quarter", "109Q2"]);
        let money = money(&status, "P12");
        assert_eq!(money["allotted_ntd"], 131_300_000_000_i64, "{header}");
        assert_eq!(
            money["disbursement_ratio"].to_string(),
            "0.766946",
            "76.69 %"
        );
    }
    // A unit above the table holds for all of it; without any, a number is not taken.
    let office = Office::new();
    let table = |above: &str| {
        let lines = [
            above,
            "計畫編號|期別|累計分配數|實支數",
            "P12|109Q2|#1313|#1007",
        ];
        import(
            &office,
            "budget",
            &[Sheet::new("表一", &lines)],
            &["--dry-run"],
        )
    };
    let first = |answer: Answer| answer.json()["changes"][0]["new"].clone();
    assert_eq!(first(table("單位：新臺幣億元").expect(0)), "131300000000");
    let place = |cell: &str| (format!("表一!{cell}"), "import-no-unit".to_owned());
    assert_eq!(
        refused(&table("預算執行表").expect(2)),
        [place("C3"), place("D3")]
    );
}

#[test]
fn a_value_that_is_there_changes_only_for_a_reason() {
    let office = Office::new();
    budget(&office, &["P12|114|114Q3|1,000|800"]).expect(0);
    let without = budget(&office, &["P12|114|114Q3|1,000|850"]).expect(2);
    assert_eq!(
        refused(&without),
        [("工作表1!E2".into(), "import-needs-reason".into())]
    );
    let status = office.status(&["--quarter", "2025Q3"]);
    assert_eq!(money(&status, "P12")["paid_ntd"], 800_000);
    let corrected = budget(&office, &["P12|114|114Q3|1,000|850|傳票補登"])
        .expect(0)
        .json();
    assert_eq!(corrected["counts"]["changed"], 1);
    assert_eq!(corrected["counts"]["unchanged"], 1);
    let status = office.status(&["--quarter", "2025Q3"]);
    assert_eq!(money(&status, "P12")["paid_ntd"], 850_000);
    let store = Store::open(&office.root().join("quarterdeck.db"), OpenMode::ReadOnly).unwrap();
    let rows = store
        .rows_as_of(chrono::DateTime::<chrono::Utc>::MAX_UTC)
        .unwrap();
    let row = rows.money.last().unwrap();
    assert_eq!(row.reason.as_deref(), Some("傳票補登"));
    let cause = format!("{:?}", row.cause);
    assert!(cause.contains("handed-in.xlsx 工作表1!E2"), "{cause}");
    assert!(matches!(
        row.act,
        quarterdeck_kpi::observation::Act::Correct(_)
    ));
    assert_eq!(rows.money.len(), 3, "the former row stays readable");
}

#[test]
fn figures_come_by_address_or_by_programme_and_indicator() {
    let office = Office::new();
    let lines = [
        "數字代碼|計畫編號|指標|期別|單位|實際值|更正原因",
        "P12/progress.planned@2025Q3||||%|50",
        "|P12|progress.actual|114年第3季|%|47.5%",
        "|P06|task.1|114年第3季||完成",
        "|P12|risk|114年第3季||高",
    ];
    let sheet = Sheet::new("填報", &lines);
    let done = import(&office, "figures", std::slice::from_ref(&sheet), &[]).expect(0);
    assert_eq!(done.json()["counts"]["new"], 4);
    let again = import(&office, "figures", &[sheet], &[]).expect(0);
    assert_eq!(again.json()["counts"]["unchanged"], 4);
    let status = office.status(&["--quarter", "2025Q3"]);
    assert_eq!(programme(&status, "P12")["risk"], "high");
    let bad = |row: &str| {
        let sheet = Sheet::new("填報", &[lines[0], row]);
        refused(&import(&office, "figures", &[sheet], &[]).expect(2))
    };
    for (row, cell, code) in [
        ("P12/risk@2025Q3||||%|高", "E2", "check-unit-differs"),
        ("P12/risk@2025Q3|||114Q2||高", "D2", "import-period-differs"),
        ("P12/risk@2025Q3|||||紫", "F2", "entry-not-risk-word"),
        ("P12/riks@2025Q3|||||高", "A2", "entry-unknown-figure"),
        (
            "P12/progress.actual@2025Q3|||||48",
            "F2",
            "import-needs-reason",
        ),
        (
            "P12/progress.actual@2025Q3|||||147",
            "F2",
            "entry-progress-range",
        ),
        ("|P12|risk|||高", "D2", "import-empty"),
    ] {
        let named = bad(row);
        assert_eq!(named.len(), 1, "{row}: {named:?}");
        assert_eq!(named[0].0, format!("填報!{cell}"), "{row}");
        assert!(named[0].1.starts_with(code), "{row}: {named:?}");
    }
}

#[test]
fn a_saved_answer_of_the_datastore_comes_in_by_a_field_map() {
    let office = Office::new();
    office.write(
        "map.toml",
        "[columns]\nprogramme = \"PlanNo\"\nplanned = \"PlannedProgress\"\nactual = \"ActualProgress\"\n[values]\nperiod = \"113Q2\"\n[names]\n\"113-A-0007\" = \"P12\"\n\"113-A-0008\" = \"P19\"\n",
    );
    let feed = fixture("gpmnet.json");
    let args = [
        "import", &feed, "--as", "plan", "--map", "map.toml", "--json",
    ];
    let done = office.qd(&args).expect(0);
    valid("import", &done.json());
    let changes = done.json()["changes"].clone();
    assert_eq!(changes[0]["subject"], "P12/progress.planned@2024Q2");
    assert_eq!(changes[0]["place"], "$.result.records[0].PlannedProgress");
    assert_eq!(done.json()["counts"]["new"], 4);
    office.write(
        "map.toml",
        "[columns]\nprogramme = \"PlanNo\"\nallotted = \"AllottedAmount\"\npaid = \"PaidAmount\"\n[values]\nperiod = \"113Q2\"\nunit = \"千元\"\n[names]\n\"113-A-0007\" = \"P12\"\n",
    );
    let args = [
        "import", &feed, "--as", "budget", "--map", "map.toml", "--json",
    ];
    let answer = office.qd(&args).expect(2);
    let place = "$.result.records[1].PlanNo".to_owned();
    assert_eq!(
        refused(&answer),
        [(place, "import-unknown-programme".to_owned())]
    );
    office.append("map.toml", "\"113-A-0008\" = \"P19\"\n");
    let done = office.qd(&args).expect(0).json();
    assert_eq!(done["counts"]["new"], 3, "what is null is not known");
    assert_eq!(done["totals"]["paid"], 98_250_000);
}

#[test]
fn templates_open_in_libreoffice_and_come_back_filled() {
    let Some(spreadsheet) = Spreadsheet::find("templates in a spreadsheet program") else {
        return;
    };
    let office = office();
    for kind in ["register", "figures", "budget", "plan"] {
        for language in ["zh-TW", "en"] {
            let name = format!("../{kind}-{language}.ods");
            let args = ["template", kind, "--out", &name, "--lang", language];
            office.qd(&args).expect(0);
            let again = office.qd(&args).expect(2);
            assert!(
                again.err.contains("stays") || again.err.contains("保留"),
                "{}",
                again.err
            );
            let file = office.beside().join(format!("{kind}-{language}.ods"));
            let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1";
            let csv = spreadsheet.convert(&file, None, filter, office.beside());
            let text = std::fs::read_to_string(&csv).unwrap();
            let header = text.lines().next().unwrap();
            let expected = if language == "en" {
                "Programme id"
            } else {
                "計畫編號"
            };
            assert!(header.contains(expected), "{header}");
            let rows = text.lines().filter(|line| line.contains("P12")).count();
            assert!(rows >= 1 || kind == "figures", "{kind}: {text}");
        }
    }
    // Unchanged, the register says what the register says.
    let import = |file: &str, kind: &str| {
        let answer = office.qd(&["import", file, "--as", kind, "--json"]);
        valid("import", &answer.json());
        answer
    };
    let same = import("../register-zh-TW.ods", "register").expect(0).json();
    assert_eq!(same["stored"], false);
    // Filled in by hand and saved by LibreOffice in both formats.
    let csv = office.beside().join("budget-zh-TW.csv");
    let filled: Vec<String> = std::fs::read_to_string(&csv)
        .unwrap()
        .lines()
        .map(|line| {
            let mut cells: Vec<&str> = line.split(',').collect();
            if cells[0].trim_matches('"') == "P12" {
                (cells[11], cells[12]) = ("2000", "1500");
            }
            cells.join(",")
        })
        .collect();
    std::fs::write(&csv, filled.join("\n")).unwrap();
    let reading = "Text - txt - csv (StarCalc):44,34,76,1";
    for ending in ["ods", "xlsx"] {
        let folder = tempfile::tempdir().unwrap();
        let file = spreadsheet.convert(&csv, Some(reading), ending, folder.path());
        let done = import(&file.to_string_lossy(), "budget").expect(0).json();
        let values: Vec<&str> = done["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| change["new"].as_str().unwrap())
            .collect();
        assert_eq!(values, ["2000000", "1500000"], "{ending}");
    }
}
