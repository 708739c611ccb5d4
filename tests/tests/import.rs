//! Tables of an office through the real `qd`: taken whole, shown cell by cell, or refused by name.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_store::{OpenMode, Store};
use quarterdeck_tests::office::{Office, programme};
use quarterdeck_tests::program::{Answer, command, valid};
use quarterdeck_tests::repository;
use quarterdeck_tests::tools::Spreadsheet;
use quarterdeck_tests::workbook::{Sheet, xlsx};
use serde_json::Value;
use std::io::Write;
use std::process::Stdio;

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
fn bad_cells_are_named_and_nothing_is_half_imported() {
    let office = Office::new();
    budget(&office, &["P13|114|114Q2|50,000|40,000"]).expect(0);
    for (row, cell, code) in [
        ("P12|114|114Q3|-1,000|800", "D3", "import-negative"),
        ("P12|114|114Q3|待補|800", "D3", "import-not-a-number"),
        ("P12|114|114Q3|=#DIV/0!|800", "D3", "import-error-cell"),
        ("P12|114|#45930|1,000|800", "C3", "import-serial-day"),
        ("P12|114|113/2/30|1,000|800", "C3", "import-no-such-day"),
        ("P12|114|114/9/15|1,000|800", "C3", "import-cut-off"),
        ("P12|113|114Q3|1,000|800", "B3", "import-year-differs"),
        ("P77|114|114Q3|1,000|800", "A3", "import-unknown-programme"),
        ("|114|114Q3|1,000|800", "A3", "import-no-owner"),
        ("P12|200|200Q3|1,000|800", "C3", "entry-future-period"),
        ("P12|114|114Q3|12%|800", "D3", "import-percent-amount"),
        ("P12|114|114Q3|0.0004|800", "D3", "import-not-whole-ntd"),
        ("P13|114|114Q3|50,000,000|800", "D3", "import-jump"),
        ("P12|114|114Q3|1,000|11,000", "E3", "entry-rate-refused"),
        ("P11|114|114Q3|1,000|", "D3", "import-twice"),
        ("合計|||1,001|", "D3", "import-total-differs"),
    ] {
        let answer = budget(&office, &["P11|114|114Q3|1,000|", row]).expect(2);
        let named = refused(&answer);
        assert!(
            named.contains(&(format!("工作表1!{cell}"), code.to_owned())),
            "{row}: {named:?}"
        );
    }
    let status = office.status(&["--quarter", "2025Q3"]);
    assert_eq!(
        money(&status, "P11"),
        &Value::Null,
        "the good row of a bad table"
    );
    // A jump is a question: with an answer in its row it is taken.
    let said = budget(&office, &["P13|114|114Q3|50,000,000|60,000|追加預算核定"]);
    said.expect(0);
}

#[test]
fn sheets_that_cannot_be_read_plainly_are_refused_by_name() {
    let office = Office::new();
    let good = Sheet::new("工作表1", &[BUDGET, "P12|114|114Q3|1,000|800"]);
    let merged = |area: &str| Sheet {
        merged: vec![area.to_owned()],
        ..good.clone()
    };
    let header = import(&office, "budget", &[merged("D1:E1")], &[]).expect(2);
    let expected = (
        "工作表1!D1:E1".to_owned(),
        "import-header-merged".to_owned(),
    );
    assert_eq!(refused(&header), [expected]);
    let data = import(&office, "budget", &[merged("A2:A3")], &[]).expect(2);
    assert_eq!(
        refused(&data),
        [("工作表1!A2".into(), "import-merged".into())]
    );

    let hidden = Sheet {
        name: "備份".to_owned(),
        hidden: true,
        ..good.clone()
    };
    let beside = import(
        &office,
        "budget",
        &[hidden.clone(), good.clone()],
        &["--dry-run"],
    );
    assert_eq!(
        notices(&beside.clone().expect(0)),
        ["import-sheet-passed-over"]
    );
    assert_eq!(beside.json()["sheet"], "工作表1");
    let alone = import(&office, "budget", std::slice::from_ref(&hidden), &[]).expect(2);
    assert_eq!(refused(&alone)[0].1, "import-sheet-hidden");
    let asked = ["--dry-run", "--sheet", "備份"];
    import(&office, "budget", &[hidden, good.clone()], &asked).expect(0);
    let second = Sheet {
        name: "工作表2".to_owned(),
        ..good.clone()
    };
    let several = import(&office, "budget", &[good.clone(), second], &[]).expect(2);
    assert_eq!(refused(&several)[0].1, "import-sheet-several");
    let wrong = Sheet::new("工作表1", &["甲|乙", "1|2"]);
    let no_header = import(&office, "budget", &[wrong], &[]).expect(2);
    assert_eq!(
        refused(&no_header),
        [("工作表1".into(), "import-no-header".into())]
    );
}

#[test]
fn macros_bombs_and_huge_files_do_nothing() {
    let office = Office::new();
    let good = [Sheet::new("工作表1", &[BUDGET, "P12|114|114Q3|1,000|800"])];
    let file = office.beside().join("handed-in.xlsx");
    let run = |more: &[&str]| {
        let args = ["import", "../handed-in.xlsx", "--as", "budget", "--json"];
        let answer = office.qd(&[&args[..], more].concat());
        valid("import", &answer.json());
        answer
    };
    std::fs::write(&file, xlsx(&good, &[("xl/vbaProject.bin", b"macro")])).unwrap();
    let macros = run(&["--dry-run"]).expect(0);
    assert_eq!(notices(&macros), ["source-sheet-macros"]);
    let zeros = vec![0_u8; 64 << 20];
    std::fs::write(&file, xlsx(&good, &[("xl/media/bomb.bin", &zeros)])).unwrap();
    assert_eq!(refused(&run(&[]).expect(2))[0].1, "source-zip-bomb");
    // 200 MB of which no byte beyond the cap is read.
    let sheet = std::fs::File::create(&file).unwrap();
    sheet.set_len(200 << 20).unwrap();
    let args = ["import", "../handed-in.xlsx", "--as", "budget", "--json"];
    let said = office.qd(&args).expect(2).json();
    assert_eq!(said["error"]["code"], "import-too-large", "{said}");
    std::fs::write(&file, b"PK\x03\x04broken").unwrap();
    assert_eq!(refused(&run(&[]).expect(2))[0].1, "source-zip-broken");
    assert!(
        !office
            .status(&["--quarter", "2025Q3"])
            .to_string()
            .contains("800000")
    );
}

#[test]
fn agencies_are_known_by_former_names_and_it_is_said() {
    let office = Office::new();
    let lines = [
        "部會別|推動計畫|期別|預算數（千元）",
        "環保署|dgp2|114Q3|1,000",
    ];
    let answer = import(&office, "budget", &[Sheet::new("一", &lines)], &[]).expect(0);
    assert_eq!(notices(&answer), ["import-agency-renamed"]);
    let subject = &answer.json()["changes"][0]["subject"];
    assert_eq!(subject, "plan:dgp2.agency:EPA/budget.amount@2025Q3");
    // In its own time the name needs no word.
    let lines = [
        "部會別|推動計畫|期別|預算數（千元）",
        "環保署|dgp1|109Q3|1,000",
    ];
    let answer = import(&office, "budget", &[Sheet::new("一", &lines)], &[]).expect(0);
    assert_eq!(notices(&answer), [""; 0]);
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
fn an_office_puts_its_own_list_in_the_place_of_the_29() {
    let office = office();
    let lines = [
        "計畫編號|計畫名稱|英文名稱|推動計畫|架構節點|主辦機關|協辦機關|管制級別",
        "TP-1|戶政線上申辦|Household registration online|dgp2|S4|內政部|財政部、某縣政府|行政院管制",
        "TP-2|健保資料加值||dgp2|S3|衛福部||部會管制",
        "P12|地方稅智慧線上服務（第2期）||dgp2|S4|財政部||",
    ];
    let sheet = [Sheet::new("計畫清冊", &lines)];
    let stay = import(&office, "register", &sheet, &["--dry-run"]).expect(0);
    assert_eq!(notices(&stay), ["import-others-stay"]);
    let before = office.read("register/programmes/P12.toml");
    let done = import(&office, "register", &sheet, &["--replace"])
        .expect(0)
        .json();
    assert_eq!(done["counts"]["removed"], 28);
    office.qd(&["check"]).expect(0);
    let status = office.status(&[]);
    let ids: Vec<&str> = status["programmes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["P12", "TP-1", "TP-2"]);
    assert_eq!(programme(&status, "TP-2")["lead"], "MOHW");
    // What the table does not say stays as it was, remarks included.
    let after = office.read("register/programmes/P12.toml");
    let kept = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.starts_with("title"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(kept(&before), kept(&after));
    assert!(after.contains("（第2期）"), "{after}");
    // The former list is what was known before.
    let store = Store::open(&office.root().join("quarterdeck.db"), OpenMode::ReadOnly).unwrap();
    let versions = store.register_versions().unwrap();
    assert!(versions.len() >= 2);
    let again = import(&office, "register", &sheet, &[]).expect(0).json();
    assert_eq!(
        again["counts"]["unchanged"],
        again["changes"].as_array().unwrap().len()
    );
    for (row, cell, code) in [
        ("TP-3|新計畫||dgp9|S4|內政部||", "D2", "import-unknown-plan"),
        ("TP-3|新計畫||dgp1|S4|內政部||", "E2", "import-unknown-node"),
        (
            "TP-3|新計畫||dgp2|S4|內務部||",
            "F2",
            "import-unknown-agency",
        ),
        ("TP-3|新計畫||dgp2|S4|||", "F2", "import-empty"),
        ("../x|新計畫||dgp2|S4|內政部||", "A2", "import-bad-id"),
        (
            "TP-3|新計畫||dgp2|S4|內政部||特管",
            "H2",
            "check-unknown-level",
        ),
    ] {
        let sheet = [Sheet::new("計畫清冊", &[lines[0], row])];
        let named = refused(&import(&office, "register", &sheet, &[]).expect(2));
        assert_eq!(
            named,
            [(format!("計畫清冊!{cell}"), code.to_owned())],
            "{row}"
        );
    }
}

#[test]
fn milestones_come_with_weights_and_a_new_date_is_one_more_plan() {
    let office = office();
    let header = "計畫編號|查核點編號|查核點|權重（%）|預定完成日|更正原因";
    let table = |rows: &[&str], more: &[&str]| {
        let lines: Vec<&str> = [header].into_iter().chain(rows.iter().copied()).collect();
        import(&office, "plan", &[Sheet::new("查核點", &lines)], more)
    };
    let rows = [
        "P12|1|完成系統需求訪談|40|114/6/30|",
        "P12|2|上線試辦|60%|114年12月31日|",
    ];
    let file = "register/programmes/P12.toml";
    let before = office.read(file);
    table(&rows, &["--dry-run"]).expect(0);
    assert_eq!(office.read(file), before);
    let done = table(&rows, &[]).expect(0).json();
    assert_eq!(done["counts"]["new"], 6);
    office.qd(&["check"]).expect(0);
    let text = office.read(file);
    assert!(text.starts_with(&before), "what was there stays: {text}");
    assert!(text.contains("planned = \"2025-12-31\""), "{text}");
    assert_eq!(table(&rows, &[]).expect(0).json()["stored"], false);

    let later = "P12|2|上線試辦|60|115/3/31|廠商履約延遲";
    let without = table(&["P12|2|上線試辦|60|115/3/31|"], &[]).expect(2);
    assert_eq!(
        refused(&without),
        [("查核點!E2".into(), "import-needs-reason".into())]
    );
    table(&[later], &[]).expect(0);
    let text = office.read(file);
    for part in [
        "planned = \"2025-12-31\"",
        "[[milestone.replan]]",
        "planned = \"2026-03-31\"",
        "廠商履約延遲 (handed-in.xlsx 查核點!E2)",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    office.qd(&["check"]).expect(0);
    for (rows, cell, code) in [
        (
            vec!["P19|1|甲|40|114/6/30|", "P19|2|乙|50|114/9/30|"],
            "D3",
            "import-weights",
        ),
        (vec!["P19|1|甲|140|114/6/30|"], "D2", "import-bad-weight"),
        (vec!["P19|1|甲|100|113/2/30|"], "E2", "import-no-such-day"),
        (vec!["P19|1|甲|100|114Q3|"], "E2", "import-bad-day"),
        (vec!["P19|1|甲||114/6/30|"], "D2", "import-empty"),
        (
            vec!["P19|1|甲|50|114/6/30|", "P19|1|乙|50|114/9/30|"],
            "C3",
            "import-twice",
        ),
    ] {
        let named = refused(&table(&rows, &[]).expect(2));
        let expected = (format!("查核點!{cell}"), code.to_owned());
        assert!(named.contains(&expected), "{rows:?}: {named:?}");
    }
    let mixed = Sheet::new(
        "計畫進度",
        &[
            "計畫編號|期別|實際進度|查核點|權重|預定完成日",
            "P19|114Q3|50|甲|100|114/6/30",
        ],
    );
    let mixed = import(&office, "plan", &[mixed], &[]).expect(2);
    assert_eq!(
        refused(&mixed),
        [("計畫進度!C2".into(), "import-plan-mixed".into())]
    );
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
fn standard_input_csv_and_people_without_the_role() {
    let office = Office::new();
    let mut child = command(&office.root(), &["import", "-", "--as", "budget", "--json"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let table = "計畫編號\t期別\t實支數（元）\nP12\t114Q3\t1234\n";
    child
        .stdin
        .take()
        .unwrap()
        .write_all(table.as_bytes())
        .unwrap();
    let answer = Answer::from(child.wait_with_output().unwrap()).expect(0);
    assert_eq!(answer.json()["changes"][0]["place"], "-!C2");
    // The register is changed by an admin only; a dry run is open to everybody.
    let file = office.beside().join("list.csv");
    std::fs::write(
        &file,
        "計畫編號,計畫名稱,推動計畫,架構節點,主辦機關\nX1,新,dgp2,S4,NDC\n",
    )
    .unwrap();
    let import = |more: &[&str]| {
        let args = ["import", "../list.csv", "--as", "register"];
        office.qd(&[&args[..], more].concat())
    };
    import(&["--dry-run"]).expect(0);
    let refused = import(&[]).expect(2);
    assert!(refused.err.contains("admin"), "{}", refused.err);
    office
        .qd(&["import", "../none.csv", "--as", "budget"])
        .expect(2);
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
