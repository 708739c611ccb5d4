//! Paragraphs that rules write and people edit, with every number held against its figure.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::office::Office;
use quarterdeck_tests::tools;
use std::ffi::OsStr;

const FILE: &str = "register/texts/2025Q3-zh-TW.toml";

/// An office with money of two programmes, one of which lags.
fn office() -> Office {
    let office = Office::new();
    let table = "計畫編號,期別,法定預算數（千元）,累計預定支用數（千元）,累計分配數（千元）,實支數（千元）,應付未付數（千元）,節餘數（千元）\n\
P12,114Q3,\"528,000\",\"300,000\",\"310,000\",\"150,000\",\"10,000\",0\n\
P19,114Q3,\"200,000\",\"100,000\",\"100,000\",\"96,000\",0,\"1,000\"\n";
    std::fs::write(office.beside().join("money.csv"), table).unwrap();
    office
        .qd(&["import", "../money.csv", "--as", "budget"])
        .expect(0);
    for (figure, value) in [("planned", "70"), ("actual", "51.6")] {
        let figure = format!("P12/progress.{figure}@2025Q3");
        office.qd(&["enter", &figure, value]).expect(0);
    }
    office
}

fn report(office: &Office, code: i32) -> String {
    let args = [
        "report",
        "--quarter",
        "114Q3",
        "--out",
        "../out",
        "--format",
        "pdf",
        "--lang",
        "zh-TW",
    ];
    office.qd(&args).expect(code).err
}

fn text(office: &Office) -> Option<String> {
    let pdftotext = tools::find("the text of the report", &["pdftotext"])?;
    let paper = office.beside().join("out/2025Q3-zh-TW.pdf");
    let text = tools::output(&pdftotext, &[paper.as_os_str(), OsStr::new("-")]);
    Some(text.split_whitespace().collect())
}

#[test]
fn an_edited_paragraph_is_printed_and_its_numbers_are_held_against_their_figures() {
    let office = office();
    let draft = ["report", "--quarter", "114Q3", "--draft", "--lang", "zh-TW"];
    office.qd(&draft).expect(0);
    office.qd(&draft).expect(2);
    office.qd(&["check"]).expect(0);
    let file = office.read(FILE);
    for part in [
        "截至114年9月底止",
        "[64.25 %](portfolio/budget.execution_rate@2025Q3)",
        "[2.46億元](portfolio/budget.paid@2025Q3)",
        "[1](portfolio/count.lagging@2025Q3)",
        "[53.33 %](P12/budget.execution_rate@2025Q3)",
    ] {
        assert!(file.contains(part), "{part}: {file}");
    }
    report(&office, 0);
    if let Some(text) = text(&office) {
        for part in [
            "執行數合計2.57億元",
            "支用比61.50%",
            "列為落後計畫者1項",
            "−18.40",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
    // Words may change, and the number stays.
    office.replace(FILE, "執行數合計", "執行數計");
    report(&office, 0);
    if let Some(text) = text(&office) {
        assert!(text.contains("執行數計2.57億元"), "{text}");
    }
    // A number that is not its figure's is refused, by name and with the figure's value.
    office.replace(
        FILE,
        "[2.46億元](portfolio/budget.paid",
        "[2.64億元](portfolio/budget.paid",
    );
    let said = report(&office, 2);
    for part in ["2.64億元", "portfolio/budget.paid@2025Q3", "2.46億元", FILE] {
        assert!(said.contains(part), "{part}: {said}");
    }
    office.replace(
        FILE,
        "[2.64億元](portfolio/budget.paid",
        "[2.46億元](portfolio/budget.paid",
    );
    // So is a number that no figure stands behind, and a figure that there is not.
    office.replace(FILE, "執行數計", "較預期少7億元，執行數計");
    assert!(report(&office, 2).contains('7'));
    office.replace(
        FILE,
        "較預期少7億元，",
        "較預期少[7億元](P12/budget.surplus@2025Q3)，",
    );
    assert!(report(&office, 2).contains("P12/budget.surplus"));
    office.replace(FILE, "較預期少[7億元](P12/budget.surplus@2025Q3)，", "");
    report(&office, 0);
    // A figure that changes after the text was written is noticed too.
    office
        .qd(&[
            "correct",
            "P12/budget.paid@2025Q3",
            "151,000,000",
            "--reason",
            "late receipt",
        ])
        .expect(0);
    let said = report(&office, 2);
    assert!(said.contains("2.58億元"), "{said}");
    // As it was known before, the report can be made again.
    std::fs::remove_file(office.root().join(FILE)).unwrap();
    report(&office, 0);
}

#[test]
fn a_text_file_with_mistakes_is_named_by_its_line() {
    let office = Office::new();
    office.write(
        FILE,
        "quarter = \"2025Q3\"\nlanguage = \"zh-TW\"\n[[paragraph]]\nid = \"overall-mony\"\ntext = \"[5](not an address)\"\n",
    );
    let said = office.qd(&["check"]).expect(2).out;
    for part in [":4", "overall-money", ":5", "not an address"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
