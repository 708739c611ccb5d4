//! Every sentence of this package can be said in both languages, with the same arguments.

#![allow(clippy::unwrap_used)] // tests may; clippy sees helpers as other code

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

fn here(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Keys of a language file with the names of their arguments.
fn keys(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let path = here(&format!("../../assets/lang/sources.{language}.ftl"));
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, text)| {
            let names = text
                .split("{ $")
                .skip(1)
                .map(|rest| rest.split(' ').next().unwrap_or_default().to_owned());
            (key.to_owned(), names.collect())
        })
        .collect()
}

#[test]
fn every_message_has_its_sentence_in_both_languages() {
    let (english, chinese) = (keys("en"), keys("zh-TW"));
    assert_eq!(english, chinese);
    let mut used = BTreeSet::new();
    let files = ["src", "src/sdmx"]
        .into_iter()
        .flat_map(|folder| std::fs::read_dir(here(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file());
    for path in files {
        let text = std::fs::read_to_string(path).unwrap();
        used.extend(
            text.split('"')
                .filter(|piece| piece.starts_with("source-"))
                .filter(|piece| piece.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
                .map(str::to_owned),
        );
    }
    assert_eq!(used, english.keys().cloned().collect());
}
