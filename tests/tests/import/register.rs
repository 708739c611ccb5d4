//! The office's own register: its list, its agencies and its milestones.

use super::{import, notices, office, refused};
use quarterdeck_store::{OpenMode, Store};
use quarterdeck_tests::office::{Office, programme};
use quarterdeck_tests::workbook::Sheet;

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
