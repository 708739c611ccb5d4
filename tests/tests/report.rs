//! The quarterly report as other programs see it.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::{csv, demo, tools};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The reports of the demo's last quarter in both languages; the Chinese one is that of `qd demo`.
fn papers() -> &'static [(&'static str, PathBuf); 2] {
    static PAPERS: OnceLock<[(&str, PathBuf); 2]> = OnceLock::new();
    PAPERS.get_or_init(|| {
        let demo = demo::shared();
        demo.qd(&[
            "report",
            "--quarter",
            "114Q4",
            "--out",
            "../en",
            "--lang",
            "en",
        ])
        .expect(0);
        let english = demo.root().parent().unwrap().join("en/2025Q4-en.pdf");
        [
            ("zh", demo.report().join("2025Q4-zh-TW.pdf")),
            ("en", english),
        ]
    })
}

fn text_of(tool: &Path, paper: &Path) -> String {
    tools::output(tool, &[paper.as_os_str(), OsStr::new("-")])
}

/// The paper without compression, as qpdf writes it for people.
fn readable(paper: &Path) -> Option<String> {
    let qpdf = tools::find("the inner structure of the PDF", &["qpdf"])?;
    let output = Command::new(qpdf)
        .args([
            "--qdf",
            "--object-streams=disable",
            "--no-original-object-ids",
        ])
        .arg(paper)
        .arg("-")
        .output()
        .unwrap();
    assert!(output.status.success());
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn the_file_is_sound() {
    let Some(qpdf) = tools::find("checking the PDF's syntax", &["qpdf"]) else {
        return;
    };
    for (language, paper) in papers() {
        let said = tools::output(&qpdf, &[OsStr::new("--check"), paper.as_os_str()]);
        assert!(
            said.contains("No syntax or stream encoding errors"),
            "{language}: {said}"
        );
    }
}

#[test]
fn every_font_is_inside_and_maps_back_to_characters() {
    let Some(pdffonts) = tools::find("the fonts of the PDF", &["pdffonts"]) else {
        return;
    };
    for (language, paper) in papers() {
        let said = tools::output(&pdffonts, &[paper.as_os_str()]);
        let fonts: Vec<&str> = said.lines().skip(2).collect();
        assert!(fonts.len() >= 2, "{language}: {said}");
        for font in fonts {
            // name, type, encoding, emb, sub, uni, object, ID; counted from the right.
            let words: Vec<&str> = font.split_whitespace().rev().collect();
            assert_eq!(words[2..5], ["yes", "yes", "yes"], "{language}: {font}");
        }
    }
}

#[test]
fn sections_stand_in_the_order_of_the_ndc_and_their_text_can_be_selected() {
    let Some(pdftotext) = tools::find("the text of the PDF", &["pdftotext"]) else {
        return;
    };
    let chinese = [
        "數位政府計畫",
        "壹、總體執行情形",
        "貳、績效指標達成情形",
        "參、預算執行情形",
        "肆、落後計畫、原因及改善措施",
        "伍、下季重點及里程碑",
        "附表",
        "資料來源",
    ];
    let english = [
        "Quarterly Report",
        "1. Overall performance",
        "2. Performance indicators",
        "3. ",
        "4. ",
        "5. ",
        "Annex",
    ];
    for (language, paper) in papers() {
        let text = text_of(&pdftotext, paper);
        let headings: &[&str] = if *language == "zh" {
            &chinese
        } else {
            &english
        };
        let mut from = 0;
        for heading in headings {
            // A heading begins its line; the same words inside a sentence are none.
            let at = text[from..]
                .find(&format!("\n{heading}"))
                .unwrap_or_else(|| panic!("{language}: no {heading} after {from}"));
            from += at + 1;
        }
        for figure in ["P12", "101.90", "71.20"] {
            assert!(text.contains(figure), "{language}: {figure}");
        }
    }
    let text = text_of(&pdftotext, &papers()[0].1);
    for words in [
        "地方稅智慧線上服務",
        "114年第4季",
        "製表日期",
        "落後",
        "逾期未報",
        "國發會",
        "示範入口（虛構）",
    ] {
        assert!(text.contains(words), "{words}");
    }
    // Taiwan's words: what the word of the mainland would be.
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

#[test]
fn the_paper_says_that_it_is_made_for_the_archive_and_for_everybody() {
    for (language, paper) in papers() {
        let Some(text) = readable(paper) else { return };
        for mark in [
            "<pdfaid:part>2</pdfaid:part>",
            "<pdfaid:conformance>A</pdfaid:conformance>",
            "<pdfuaid:part>1</pdfuaid:part>",
            "/MarkInfo",
            "/Marked true",
            "/StructTreeRoot",
            "/DisplayDocTitle true",
            "/OutputIntents",
        ] {
            assert!(text.contains(mark), "{language}: no {mark}");
        }
        let catalogue = text
            .split("endobj")
            .find(|object| object.contains("/Type /Catalog"))
            .unwrap();
        let lang = catalogue
            .lines()
            .find_map(|line| line.trim().strip_prefix("/Lang ("))
            .unwrap_or_else(|| panic!("{language}: no language: {catalogue}"));
        assert!(lang.starts_with(language), "{lang}");
    }
}

#[test]
fn every_picture_tells_its_message_in_words_and_every_table_has_headers() {
    for (language, paper) in papers() {
        let Some(text) = readable(paper) else { return };
        let objects: Vec<&str> = text.split("endobj").collect();
        let figures: Vec<&&str> = objects
            .iter()
            .filter(|object| object.contains("/S /Figure"))
            .collect();
        assert!(figures.len() >= 3, "{language}: {} figures", figures.len());
        for figure in figures {
            let words = alternative(figure)
                .unwrap_or_else(|| panic!("{language}: a picture without words: {figure}"));
            assert!(words.chars().count() >= 8, "{language}: {words}");
            assert!(!words.contains('{'), "{language}: {words}");
        }
        let count = |mark: &str| {
            objects
                .iter()
                .filter(|object| object.contains(mark))
                .count()
        };
        assert!(count("/S /Table") >= 3, "{language}");
        assert!(
            count("/S /TH\n") >= 3 * count("/S /Table\n"),
            "{language}: header cells"
        );
        assert!(count("/S /H1") >= 6, "{language}: headings");
    }
}

/// The alternative text of an object, from PDF's own writing of texts.
fn alternative(object: &str) -> Option<String> {
    let after = object.split_once("/Alt ")?.1;
    if let Some(hex) = after.strip_prefix('<') {
        let hex = hex.split('>').next()?;
        let bytes: Vec<u8> = (0..hex.len() / 2)
            .filter_map(|i| u8::from_str_radix(&hex[i * 2..i * 2 + 2], 16).ok())
            .collect();
        let units: Vec<u16> = bytes[2..]
            .chunks_exact(2)
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            .collect();
        return String::from_utf16(&units).ok();
    }
    let text = after.strip_prefix('(')?;
    Some(text.split(")\n").next()?.to_owned())
}

#[test]
fn the_date_made_is_an_instant_with_its_zone() {
    let Some(text) = readable(&papers()[0].1) else {
        return;
    };
    // The demo's last moment is nine in the morning in Taipei.
    assert!(
        text.contains("(D:20260120090000+08'00") || text.contains("(D:20260120010000Z"),
        "{:?}",
        text.lines().find(|line| line.contains("/CreationDate"))
    );
}

#[test]
fn the_same_state_gives_the_same_bytes() {
    let demo = demo::shared();
    let folder = tempfile::tempdir().unwrap();
    let again = |name: &str, as_of: Option<&str>| {
        let out = folder.path().join(name);
        let out = out.to_str().unwrap();
        let mut args = vec![
            "report",
            "--quarter",
            "2025Q4",
            "--lang",
            "zh-TW",
            "--out",
            out,
        ];
        args.extend(as_of.into_iter().flat_map(|t| ["--as-of", t]));
        demo.qd(&args).expect(0);
        demo::files(Path::new(out))
    };
    let first = demo::files(&demo.report());
    assert_eq!(names(&again("again", None)), names(&first));
    assert!(
        again("again", None) == first,
        "the same state gave other bytes"
    );
    let earlier = again("earlier", Some("2026-01-10"));
    assert_eq!(names(&earlier), names(&first));
    for ((name, then), (_, now)) in earlier.iter().zip(&first) {
        // What was found later is no finding of that day; the figures differ in any case.
        assert!(then != now, "{name} does not follow the moment");
    }
}

fn names(files: &[(String, Vec<u8>)]) -> Vec<&str> {
    files.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn tables_are_as_the_contract_says() {
    let demo = demo::shared();
    let english = papers()[1].1.parent().unwrap();
    for name in ["programmes", "indicators", "budget", "findings"] {
        let read = |folder: &Path| std::fs::read(folder.join(format!("{name}.csv"))).unwrap();
        let bytes = read(&demo.report());
        assert!(
            bytes.starts_with(b"\xEF\xBB\xBF"),
            "{name}: byte order mark"
        );
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(
            text.lines().count() > 1 && !text.replace("\r\n", "").contains('\n'),
            "{name}: CRLF"
        );
        let rows = csv::rows(&bytes);
        assert_eq!(rows[0][0], "數值位址", "{name}");
        assert_eq!(rows[0].last().unwrap(), "示範", "{name}");
        for row in &rows {
            assert_eq!(row.len(), rows[0].len(), "{name}: {row:?}");
        }
        for row in &rows[1..] {
            assert!(
                row[0].is_empty() || row[0].contains("@2025") || name == "findings",
                "{row:?}"
            );
        }
        let same = csv::rows(&read(english));
        assert_eq!(same.len(), rows.len(), "{name}: as many rows in English");
        assert!(
            same[0].iter().all(|h| h.is_ascii() && !h.is_empty()),
            "{:?}",
            same[0]
        );
    }
    let programmes = csv::rows(&std::fs::read(demo.report().join("programmes.csv")).unwrap());
    assert_eq!(programmes.len(), 30);
    for heading in ["百分點", "%", "元"] {
        assert!(
            programmes[0].iter().any(|h| h.contains(heading)),
            "{heading}: units in the header"
        );
    }
}

#[test]
fn what_was_published_is_never_overwritten() {
    let demo = demo::shared();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bagit.txt"), "").unwrap();
    let out = folder.path().to_str().unwrap();
    let answer = demo
        .qd(&[
            "report",
            "--quarter",
            "2025Q4",
            "--out",
            out,
            "--format",
            "csv",
        ])
        .expect(2);
    assert!(answer.err.contains("published"), "{}", answer.err);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    // Nothing else than whole files is left of a report.
    let temporary = demo::files(&demo.report())
        .into_iter()
        .any(|(name, _)| name.starts_with('.') || name.contains(".new"));
    assert!(!temporary);
}
