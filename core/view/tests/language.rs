//! The language files: complete, alike, and in the words people here use.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use quarterdeck_view::i18n::{FILES, Language, has, say, word};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Keys with the arguments their sentence names.
fn keys(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        let starts = line.starts_with(|c: char| c.is_ascii_alphabetic());
        if starts && let Some((key, _)) = line.split_once('=') {
            current = key.trim().to_owned();
            assert!(
                all.insert(current.clone(), BTreeSet::new()).is_none(),
                "{current} stands twice in one file"
            );
        }
        let mut rest = line;
        while let Some(at) = rest.find("{ $") {
            rest = &rest[at + 3..];
            let name: String = rest
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_')
                .collect();
            if let Some(args) = all.get_mut(&current) {
                args.insert(name);
            }
        }
    }
    all
}

#[test]
fn the_list_of_files_is_the_folder() {
    let mut folder: Vec<String> = std::fs::read_dir(root().join("assets/lang"))
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect();
    folder.sort();
    let mut listed: Vec<String> = FILES
        .iter()
        .flat_map(|f| {
            [
                format!("{}.en.ftl", f.room),
                format!("{}.zh-TW.ftl", f.room),
            ]
        })
        .collect();
    listed.sort();
    assert_eq!(folder, listed);
}

#[test]
fn both_languages_have_every_sentence_with_the_same_arguments() {
    let mut wrong = Vec::new();
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for file in &FILES {
        for (language, text) in [("zh-TW", file.zh_tw), ("en", file.en)] {
            if let Err((_, errors)) = fluent_bundle::FluentResource::try_new(text.to_owned()) {
                wrong.push(format!("{}.{language}: {errors:?}", file.room));
            }
        }
        let (zh, en) = (keys(file.zh_tw), keys(file.en));
        for key in zh.keys().chain(en.keys()).collect::<BTreeSet<_>>() {
            match (zh.get(key), en.get(key)) {
                (Some(a), Some(b)) if a == b => {}
                // English writes the quarter as its id already.
                (Some(_), Some(_)) if key == "cli-status-heading" => {}
                (a, b) => wrong.push(format!("{}: {key}: zh {a:?}, en {b:?}", file.room)),
            }
            if let Some(other) = seen.insert(key.clone(), file.room) {
                wrong.push(format!("{key} is in {other} and in {}", file.room));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All sources of the workspace, tests left out.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap_or("");
        if path.is_dir() {
            if !matches!(
                name,
                "target" | ".git" | "assets" | "tests" | "fixtures" | "examples"
            ) {
                sources(&path, found);
            }
        } else if name.ends_with(".rs") && !name.contains("test") {
            found.push(path);
        }
    }
}

#[test]
fn every_sentence_named_in_the_code_exists() {
    let mut files = Vec::new();
    sources(&root(), &mut files);
    assert!(files.len() > 20);
    let mut missing = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        for opening in [
            "Message::new(",
            ".word(",
            "word(language,",
            "word(state.language,",
        ] {
            for (at, _) in code.match_indices(opening) {
                let rest = code[at + opening.len()..].trim_start();
                let Some(rest) = rest.strip_prefix('"') else {
                    continue;
                };
                let key = rest.split('"').next().unwrap_or("");
                for language in Language::ALL {
                    if !has(language, key) {
                        missing.push(format!("{} {}: {key}", language.id(), path.display()));
                    }
                }
            }
        }
    }
    missing.sort();
    missing.dedup();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn the_words_are_those_of_taiwan() {
    let forbidden = [
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
    ];
    for file in &FILES {
        for word in forbidden {
            assert!(!file.zh_tw.contains(word), "{}: {word}", file.room);
        }
    }
}

#[test]
fn english_uses_plain_signs() {
    for file in &FILES {
        for line in file.en.lines().filter(|l| !l.starts_with('#')) {
            for sign in ['…', '—', '“', '”', '’', '×', '·', '±', '→'] {
                assert!(!line.contains(sign), "{}: {line}", file.room);
            }
        }
    }
}

#[test]
fn an_unknown_key_stands_for_itself() {
    assert_eq!(word(Language::En, "no-such-key"), "no-such-key");
}

#[test]
fn arguments_are_written_by_the_readers_conventions() {
    use quarterdeck_kpi::calendar::Quarter;
    use quarterdeck_kpi::message::{Arg, Message};
    let message = Message::new("overview-count-money")
        .with("budget", Arg::Ntd(6_240_000_000))
        .with("unspent", Arg::Ntd(28_132_000));
    assert_eq!(
        say(Language::ZhTw, &message),
        "經費 62.40億元，未執行 0.28億元"
    );
    assert_eq!(
        say(Language::En, &message),
        "NT$6.24 bn, unspent NT$28.13 m"
    );
    let job = Message::new("job-report").with("quarter", Quarter::new(2025, 3).unwrap());
    assert_eq!(say(Language::ZhTw, &job), "產生114年第3季季報");
    assert_eq!(say(Language::En, &job), "Writing the report of 2025Q3");
}
