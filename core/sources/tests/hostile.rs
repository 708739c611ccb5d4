//! Whatever the bytes are, a decoder returns, reads them to the end and shows nothing unsafe.

mod common;
use common::context;
use common::every_kind::{FIXTURES, PAGES, sources, try_all, try_page};
use proptest::prelude::*;
use quarterdeck_sources::Kind;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes(body in prop::collection::vec(any::<u8>(), 0..600)) {
        try_all(&body);
    }

    #[test]
    fn any_text_of_the_right_shape(
        body in "[\\[\\]{}:,\"\\\\0-9eE.\\-\r\n 品質檢測金計畫編號]{0,200}"
    ) {
        try_all(body.as_bytes());
    }

    /// Pages put together of what pages are made of: none of them gives a figure, whatever the source expects.
    #[test]
    fn any_page(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "<!DOCTYPE html>", "<html>", "<HTML lang='zh'>", "<title>", "</title>", "</", "<title", ">", "登入", "İ", "ẞ",
            "<input type=\"password\">", "type=password", "TYPE = 'Password'", "password", "\u{feff}", " ", "\n", "\0",
            "{\"count\": 5}", "a,b\n1,2\n", "<?xml version=\"1.0\"?>", "<!--", "-->", "&amp;", "up 1\n",
        ]), 0..24),
        begins in prop::sample::select(vec!["<!doctype html>", "<html>", "\u{feff}\n<HTML>", ""]),
    ) {
        let page = format!("{begins}{}", pieces.concat());
        for config in sources() {
            let _ = try_page(&config, &context(), page.as_bytes());
        }
    }

    #[test]
    fn damaged_fixtures(
        which in 0..FIXTURES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut body = FIXTURES[which].1.to_vec();
        for (place, byte) in changes {
            let place = place.index(body.len());
            body[place] = byte;
        }
        if is_cut {
            body.truncate(cut.index(body.len()));
        }
        try_all(&body);
    }
}

#[test]
fn pages_are_refused_by_every_kind() {
    for page in PAGES {
        for config in sources() {
            let outcome = try_page(&config, &context(), page.as_bytes());
            let figures = outcome.map_or(0, |decoded| decoded.readings.len());
            assert_eq!(figures, 0, "{:?} {page}", config.kind);
        }
    }
}

#[test]
fn fixtures_as_they_are() {
    for (kind, body) in FIXTURES {
        assert!(Kind::from_id(kind).is_some());
        try_all(body);
    }
}

/// Inputs that once gave an answer of a new sort, or ended the program: kept by `examples/fuzz.rs`,
/// named `KIND-HASH`.
#[test]
fn the_corpus_of_the_fuzzer_is_survived() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/corpus");
    let mut count = [0; Kind::ALL.len()];
    let mut pages = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name.starts_with("html-") {
            pages += 1;
            try_all(&std::fs::read(path).unwrap());
            continue;
        }
        let kind = name.split('-').next().and_then(Kind::from_id);
        let kind = kind.unwrap_or_else(|| panic!("{name} names no kind"));
        count[Kind::ALL.iter().position(|k| *k == kind).unwrap()] += 1;
        try_all(&std::fs::read(path).unwrap());
    }
    println!(
        "corpus: {} inputs, {pages} pages",
        count.iter().sum::<usize>()
    );
    assert!(pages > 0);
    assert!(count.iter().all(|inputs| *inputs > 0), "{count:?}");
}
