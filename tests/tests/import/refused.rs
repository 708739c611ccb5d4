//! Tables that are refused, whole or cell by cell, and people who may not import.

use super::{BUDGET, budget, import, money, notices, refused};
use quarterdeck_tests::office::Office;
use quarterdeck_tests::program::{Answer, command, valid};
use quarterdeck_tests::workbook::{Sheet, xlsx};
use serde_json::Value;
use std::io::Write;
use std::process::Stdio;

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
