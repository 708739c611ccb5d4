//! House rules that a compiler does not know.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::repository::{self, RustFile};
use quarterdeck_tests::rust_text::{Literal, parts, without_tests};

/// Longest file of a package's own code, in lines.
const LONGEST: usize = 600;

/// Chinese words in code that nobody reads from us: file, or folder, and why.
const CHINESE_ALLOWED: [(&str, &str); 17] = [
    (
        "core/src/demo/",
        "column names and records in the real portals' formats",
    ),
    (
        "core/src/entry/slot.rs",
        "words that people type for done, open and the risks",
    ),
    (
        "core/src/commands/args.rs",
        "the full-width colon after a heading",
    ),
    (
        "core/report/src/csv.rs",
        "full-width signs that a spreadsheet takes for a formula",
    ),
    (
        "core/sources/src/figure.rs",
        "dashes that stand for no value in the sources",
    ),
    (
        "core/sources/src/filter.rs",
        "the mark of a Chinese date in a source",
    ),
    (
        "core/sources/src/preview/words.rs",
        "words in the names of columns that say what stands below them",
    ),
    (
        "core/view/src/format.rs",
        "units and dates of the formats themselves",
    ),
    (
        "core/view/src/keys.rs",
        "keys as an input method sends them",
    ),
    (
        "core/view/src/sample/",
        "sample figures for pictures and tests",
    ),
    (
        "core/view/src/update/command.rs",
        "words that people type after the colon",
    ),
    (
        "core/view/src/update/prompt.rs",
        "words that people type at the prompt",
    ),
    (
        "kpi/src/number.rs",
        "qualifiers, units and currencies as sources print them",
    ),
    ("kpi/src/calendar.rs", "marks of Chinese dates"),
    (
        "kpi/src/text.rs",
        "characters that a search takes for the same",
    ),
    (
        "core/view/src/fitting.rs",
        "punctuation at which a line may break",
    ),
    (
        "tui/src/paint/text.rs",
        "punctuation after which a last line gets company",
    ),
];

/// Sentences in code that are no text of ours: file, how they begin, and why.
const SENTENCES_ALLOWED: [(&str, &str, &str); 0] = [];

fn own_code() -> Vec<RustFile> {
    repository::rust_files()
        .into_iter()
        .filter(|file| !file.is_test() && !file.name.starts_with("tests/"))
        .map(|file| RustFile {
            text: without_tests(&file.text).to_owned(),
            ..file
        })
        .collect()
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff01}'..='\u{ff60}')
}

#[test]
fn one_file_asks_the_machine_for_the_time() {
    for file in own_code() {
        let code = parts(&file.text).code;
        for word in ["Utc::now", "Local::now", "SystemTime::now", "Local::today"] {
            assert!(
                !code.contains(word) || file.name == "core/src/platform.rs",
                "{} asks {word}: the clock is an argument",
                file.name
            );
        }
    }
}

#[test]
fn no_file_is_too_long_to_read() {
    for file in repository::rust_files() {
        if file.name.contains("src/") {
            let lines = file.text.lines().count();
            assert!(lines <= LONGEST, "{} has {lines} lines", file.name);
        }
    }
}

#[test]
fn chinese_stands_in_language_files() {
    let mut used = [false; CHINESE_ALLOWED.len()];
    for file in own_code() {
        let chinese: Vec<Literal> = parts(&file.text)
            .literals
            .into_iter()
            .filter(|literal| literal.text.contains(is_chinese))
            .collect();
        let Some(first) = chinese.first() else {
            continue;
        };
        match CHINESE_ALLOWED
            .iter()
            .position(|(place, _)| file.name.starts_with(place))
        {
            Some(place) => used[place] = true,
            None => panic!(
                "{}:{} says {:?}: text for people belongs into assets/lang/",
                file.name, first.line, first.text
            ),
        }
    }
    for (place, used) in CHINESE_ALLOWED.iter().zip(used) {
        assert!(used, "{} needs no exception any more", place.0);
    }
}

/// A text reads like a sentence: four words in a row, and no markup, SQL or address.
fn is_sentence(literal: &Literal) -> bool {
    let text = &literal.text;
    let words = text
        .split_whitespace()
        .filter(|word| {
            let word = word.trim_end_matches([',', '.', ';', ':']);
            word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase() || c == '\'')
        })
        .count();
    let markup = ["<", "{\\n", "SELECT", "PRAGMA", "INSERT", "qd "];
    let code = |mark: &&str| text.contains(*mark);
    // What a lint or an invariant says is for programmers.
    let programmers = [
        "reason =",
        "expect(",
        "unreachable!(",
        "error(",
        "assert",
        "debug_assert",
        "doc =",
    ];
    words >= 4
        && !markup.iter().any(code)
        && !programmers.iter().any(|mark| literal.before.contains(mark))
}

#[test]
fn english_sentences_stand_in_language_files() {
    let mut wrong = Vec::new();
    for file in own_code() {
        if file.name.starts_with("core/view/src/sample/") {
            continue;
        }
        for literal in parts(&file.text).literals {
            let allowed = SENTENCES_ALLOWED
                .iter()
                .any(|(name, begin, _)| file.name == *name && literal.text.starts_with(begin));
            if is_sentence(&literal) && !allowed {
                wrong.push(format!("{}:{} {:?}", file.name, literal.line, literal.text));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "text for people belongs into assets/lang/: {wrong:#?}"
    );
}

#[test]
fn nothing_names_a_path_of_a_machine() {
    let root = repository::root();
    let mut files = Vec::new();
    for ending in ["md", "toml", "ftl", "typ", "json", "csv"] {
        repository::walk(&root.join("assets"), ending, &mut files);
    }
    for room in ["core", "gui", "kpi", "tests", "tui"] {
        repository::walk(&root.join(room), "md", &mut files);
        repository::walk(&root.join(room), "toml", &mut files);
    }
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "Cargo.toml",
        "clippy.toml",
    ] {
        files.push(root.join(name));
    }
    let rust = repository::rust_files();
    let texts = files
        .iter()
        .map(|path| {
            (
                path.display().to_string(),
                std::fs::read_to_string(path).unwrap(),
            )
        })
        .chain(
            rust.into_iter()
                .filter(|file| file.name != "tests/tests/tidy.rs")
                // A test may speak of an invented machine.
                .map(|file| (file.name, without_tests(&file.text).to_owned())),
        );
    // Where this copy lies, and where people's own folders lie.
    let here = format!("{}/", repository::root().display());
    let mut places = vec![here, format!("C:{0}{0}Users", '\\')];
    places.extend(["root", "home", "Users"].map(|folder| format!("/{folder}/")));
    for (name, text) in texts {
        for (number, line) in text.lines().enumerate() {
            for place in &places {
                assert!(
                    !line.contains(place),
                    "{name}:{} names {place}, a folder of somebody's machine",
                    number + 1
                );
            }
        }
    }
}

#[test]
fn what_the_readme_says_is_there_is_there() {
    let root = repository::root();
    for document in ["README.md", "ARCHITECTURE.md"] {
        let text = std::fs::read_to_string(root.join(document)).unwrap();
        // Words in back quotes that look like paths inside the project.
        for word in text.split('`').skip(1).step_by(2) {
            let first = word.split('/').next().unwrap_or_default();
            let inside = ["assets", "core", "gui", "kpi", "tests", "tui", ".ci"].contains(&first);
            if word.contains('/') && inside && !word.contains([' ', '*', '<']) {
                assert!(root.join(word).exists(), "{document} names {word}");
            }
        }
        for after in text.split("](").skip(1) {
            let picture = after.split(')').next().unwrap_or_default();
            assert!(
                picture.contains("://") || root.join(picture).exists(),
                "{document} shows {picture}"
            );
        }
    }
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    for command in [
        "cargo run --release --bin qd -- demo",
        "cargo test --workspace",
    ] {
        assert!(readme.lines().any(|line| line == command), "{command}");
    }
    let ci = std::fs::read_to_string(root.join(".ci/run")).unwrap();
    assert!(
        ci.lines().any(|line| line == "cargo test --workspace"),
        "the README's command, word for word"
    );
}
