//! Every sentence this package can say is in both language files, and both take the same arguments.

use crate::assess::sentence::UNITS;
use crate::money::AmountKind;
use crate::observation::Stage;
use crate::status::Status;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Keys with the names of their arguments, of all language files with this ending.
fn keys(ending: &str, only: Option<&str>) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for file in std::fs::read_dir(root().join("assets/lang")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(ending) || only.is_some_and(|room| !name.starts_with(room)) {
            continue;
        }
        for text in std::fs::read_to_string(&path).unwrap().lines() {
            if let Some((key, sentence)) = text.split_once(" = ")
                && key.starts_with(|c: char| c.is_ascii_lowercase())
            {
                let args = sentence
                    .split("{ $")
                    .skip(1)
                    .filter_map(|rest| Some(rest.split_once(" }")?.0.to_owned()));
                found.insert(key.to_owned(), args.collect());
            }
        }
    }
    found
}

/// Every message id that stands as a string in this package's sources.
fn said(folder: &Path, ids: &mut BTreeSet<String>) {
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("tests") {
                said(&path, ids);
            }
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for text in source.split('"') {
            let is_key = [
                "rule-",
                "finding-",
                "number-",
                "exception-",
                "amount-",
                "risk-",
                "forecast-",
                "explain-",
            ]
            .iter()
            .any(|prefix| text.starts_with(prefix));
            if is_key
                && text
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !text.ends_with('-')
            {
                ids.insert(text.to_owned());
            }
        }
    }
}

#[test]
fn every_sentence_and_word_is_there_in_both_languages() {
    let mut ids = BTreeSet::new();
    said(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut ids);
    assert!(ids.len() > 60, "{}", ids.len());
    ids.extend(Status::ALL.map(|s| format!("status-{}", s.id().replace('_', "-"))));
    ids.extend(UNITS.map(|(_, key)| key.to_owned()));
    ids.extend(AmountKind::ALL.map(|kind| kind.term().to_owned()));
    ids.extend(
        [Stage::Provisional, Stage::Revised, Stage::Final].map(|s| format!("stage-{}", s.id())),
    );
    ids.extend(
        [
            "risk-high",
            "risk-medium",
            "risk-low",
            "rule-lagging-ndc-110q2",
            "rule-lagging-ly-80",
        ]
        .map(str::to_owned),
    );
    ids.extend(
        [
            "execution-rate",
            "disbursement-ratio",
            "attainment",
            "settlement-ratio",
        ]
        .map(|r| format!("ratio-{r}")),
    );
    for ending in [".en.ftl", ".zh-TW.ftl"] {
        let there = keys(ending, None);
        let missing: Vec<_> = ids.iter().filter(|id| !there.contains_key(*id)).collect();
        assert!(missing.is_empty(), "{ending}: {missing:?}");
    }
}

#[test]
fn both_languages_say_the_same_things_with_the_same_arguments() {
    let (english, chinese) = (
        keys(".en.ftl", Some("kpi.")),
        keys(".zh-TW.ftl", Some("kpi.")),
    );
    assert_eq!(english, chinese);
}

#[test]
fn chinese_uses_taiwans_words() {
    let text = std::fs::read_to_string(root().join("assets/lang/kpi.zh-TW.ftl")).unwrap();
    for word in [
        "信息",
        "默認",
        "導出",
        "網絡",
        "計劃",
        "屏幕",
        "打印",
        "用戶",
        "鏈接",
        "服務器",
        "軟件",
        "文件夾",
        "智能",
        "實時",
        "界面",
        "數據庫",
        "鼠標",
        "台灣",
    ] {
        assert!(!text.contains(word), "{word}");
    }
}
