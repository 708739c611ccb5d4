//! Every sentence of this package exists in both languages.
#![allow(missing_docs, clippy::unwrap_used)]
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn sentences(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/lang");
    let text = std::fs::read_to_string(root.join(format!("store.{language}.ftl"))).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (key, sentence) = line.split_once(" = ").unwrap();
            let arguments = sentence.split("{ $").skip(1);
            let arguments = arguments.map(|rest| rest.split_once(" }").unwrap().0.to_owned());
            (key.to_owned(), arguments.collect())
        })
        .collect()
}

#[test]
fn both_languages_say_everything_with_the_same_arguments() {
    let (english, chinese) = (sentences("en"), sentences("zh-TW"));
    assert_eq!(english, chinese);
    let mut used = BTreeSet::new();
    let mut places = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(place) = places.pop() {
        if place.is_dir() {
            let inside = std::fs::read_dir(place).unwrap();
            places.extend(inside.map(|entry| entry.unwrap().path()));
            continue;
        }
        let code = std::fs::read_to_string(place).unwrap();
        for rest in code.split("\"store-").skip(1) {
            used.insert(format!("store-{}", rest.split_once('"').unwrap().0));
        }
    }
    let known: BTreeSet<String> = english.into_keys().collect();
    assert_eq!(used, known);
}
