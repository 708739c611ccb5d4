//! The published quarter of the demo: checked by other makers' programs, tampered with in every way,
//! and made again.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod database;
mod odd;

use quarterdeck_core::signoff::log::{as_json, from_json};
use quarterdeck_store::{Head, HumanAct, RecordedAct, chained, sha256_hex};
use quarterdeck_tests::demo;
use quarterdeck_tests::office::copy;
use quarterdeck_tests::program::{Answer, qd, valid};
use quarterdeck_tests::tools;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};

fn bag() -> PathBuf {
    demo::shared().root().join("reports/2025Q3")
}

fn fresh(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join(name);
    copy(&bag(), &target);
    (folder, target)
}

fn verify(path: &Path, head: Option<&str>) -> (Answer, Value) {
    let path = path.to_string_lossy().into_owned();
    let mut args = vec!["verify", path.as_str(), "--json"];
    if let Some(head) = head {
        args.extend(["--head", head]);
    }
    let answer = qd(Path::new("/"), &args);
    let document = answer.json();
    valid("verify", &document);
    (answer, document)
}

fn codes(document: &Value) -> Vec<String> {
    let faults = document["faults"].as_array().unwrap();
    faults
        .iter()
        .map(|f| f["code"].as_str().unwrap().to_owned())
        .collect()
}

fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_string_lossy()
                    .replace('\\', "/");
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

/// Writes the lists of a bag anew, as somebody would who changed its files.
fn rewrite_lists(root: &Path) {
    let list = |payload: bool| {
        let mut text = String::new();
        for (name, bytes) in files(root) {
            if name.starts_with("data/") == payload && name != "tagmanifest-sha256.txt" {
                text += &format!("{}  {name}\n", sha256_hex(&bytes));
            }
        }
        text
    };
    std::fs::write(root.join("manifest-sha256.txt"), list(true)).unwrap();
    std::fs::write(root.join("tagmanifest-sha256.txt"), list(false)).unwrap();
}

fn acts(root: &Path) -> Vec<RecordedAct> {
    let text = std::fs::read_to_string(root.join("log/acts.jsonl")).unwrap();
    text.lines()
        .map(|line| from_json(&serde_json::from_str(line).unwrap()).unwrap())
        .collect()
}

/// Chains acts anew from the first on and writes them, with the head named in the bag's notes.
fn rewrite_log(root: &Path, acts: impl Iterator<Item = HumanAct>) {
    let (mut head, mut text) = (None, String::new());
    for act in acts {
        let link = chained(head.as_ref(), act);
        head = Some(Head {
            number: link.number,
            hash: link.hash.clone(),
        });
        text += &format!("{}\n", as_json(&link));
    }
    std::fs::write(root.join("log/acts.jsonl"), text).unwrap();
    let head = head.unwrap();
    let info = std::fs::read_to_string(root.join("bag-info.txt")).unwrap();
    let kept: Vec<&str> = info
        .lines()
        .filter(|l| !l.starts_with("Quarterdeck-Log-Head"))
        .collect();
    let info = format!(
        "{}\nQuarterdeck-Log-Head: {}:{}\n",
        kept.join("\n"),
        head.number,
        head.hash
    );
    std::fs::write(root.join("bag-info.txt"), info).unwrap();
}

#[test]
fn programs_of_other_makers_accept_it() {
    let bag = bag();
    let python = |name: &str, args: &[&OsStr]| {
        if let Some(program) = tools::find("checking the published quarter", &[name]) {
            println!(
                "{}",
                tools::output(&program, args)
                    .lines()
                    .last()
                    .unwrap_or_default()
            );
        }
    };
    python(
        "bagit.py",
        &["--validate".as_ref(), "--quiet".as_ref(), bag.as_os_str()],
    );
    let package = bag.join("data/tables/datapackage.json");
    python("frictionless", &["validate".as_ref(), package.as_os_str()]);
    let captures = bag.join("data/captures/captures.warc.gz");
    python("warcio", &["check".as_ref(), captures.as_os_str()]);
}

#[test]
fn it_holds_as_a_folder_and_as_one_file() {
    let (_, folder) = verify(&bag(), None);
    assert_eq!(
        (folder["holds"].as_bool(), folder["figures_again"].as_bool()),
        (Some(true), Some(true))
    );
    assert_eq!(folder["quarter"], "2025Q3");
    let (_, zip) = verify(&bag().with_extension("zip"), None);
    assert_eq!(zip["holds"], true, "{zip}");
    assert_eq!(
        (&zip["bytes"], &zip["head"]),
        (&folder["bytes"], &folder["head"])
    );
    let (answer, workspace) = verify(&demo::shared().root(), None);
    assert_eq!(
        (answer.code, workspace["holds"].as_bool()),
        (Some(0), Some(true)),
        "{workspace}"
    );
    assert!(workspace["rows"].as_i64() > Some(1000) && workspace["bodies"].as_i64() > Some(100));
}

#[test]
fn one_changed_byte_of_any_file_is_found() {
    let (_folder, root) = fresh("2025Q3");
    let all = files(&root);
    let mut found = 0;
    // Each costs a look at the whole bag: all of them only when asked for.
    let step = if std::env::var_os("QUARTERDECK_FAULTS").is_some() {
        1
    } else {
        9
    };
    for (name, bytes) in all.iter().step_by(step) {
        let mut changed = bytes.clone();
        let at = changed.len() / 2;
        changed[at] ^= 1;
        std::fs::write(root.join(name), &changed).unwrap();
        let shelf = quarterdeck_core::bag::Shelf::open(&root);
        let broken = match shelf {
            Ok(shelf) => !quarterdeck_core::bag::check(&shelf, None, None)
                .unwrap()
                .holds(),
            Err(_) => true,
        };
        assert!(broken, "{name}");
        found += 1;
        std::fs::write(root.join(name), bytes).unwrap();
    }
    assert_eq!(verify(&root, None).0.code, Some(0));
    println!(
        "changed files found: {found} of {}",
        all.len().div_ceil(step)
    );
}

#[test]
fn payload_and_lists_rewritten_together_are_found_by_the_log_and_all_of_it_by_the_head() {
    let (_folder, root) = fresh("2025Q3");
    let before = verify(&root, None).1;
    let kept = format!(
        "{}:{}",
        before["head"]["number"],
        before["head"]["hash"].as_str().unwrap()
    );
    assert_eq!(verify(&root, Some(&kept)).0.code, Some(0));
    let table = root.join("data/report/programmes.csv");
    let text = std::fs::read_to_string(&table).unwrap();
    std::fs::write(&table, text.replace("behind", "on_track")).unwrap();
    assert_eq!(
        codes(&verify(&root, None).1),
        ["verify-file-altered", "verify-manifest-other"][..1]
    );
    rewrite_lists(&root);
    let (answer, document) = verify(&root, None);
    assert_eq!(
        (answer.code, codes(&document)),
        (Some(4), vec!["verify-manifest-other".to_owned()])
    );
    // The act of publication is rewritten to fit: every hash in the bag agrees again.
    let manifest = sha256_hex(&std::fs::read(root.join("manifest-sha256.txt")).unwrap());
    let chain = acts(&root);
    let count = chain.len();
    rewrite_log(
        &root,
        chain.into_iter().enumerate().map(|(at, recorded)| {
            let mut act = recorded.act;
            if at + 1 == count {
                let mut detail: Value = serde_json::from_str(&act.detail_json).unwrap();
                detail["manifest_sha256"] = manifest.clone().into();
                act.detail_json = detail.to_string();
            }
            act
        }),
    );
    rewrite_lists(&root);
    assert_eq!(
        verify(&root, None).0.code,
        Some(0),
        "a bag alone cannot know"
    );
    let (answer, document) = verify(&root, Some(&kept));
    assert_eq!(
        (answer.code, codes(&document)),
        (Some(4), vec!["verify-head-different".to_owned()])
    );
}

#[test]
fn every_act_altered_removed_swapped_and_the_end_cut_is_found() {
    let (_folder, root) = fresh("2025Q3");
    let chain = acts(&root);
    let text = std::fs::read_to_string(root.join("log/acts.jsonl")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let (mut tried, mut found) = (0, 0);
    let mut broken = |lines: Vec<String>, first: i64| {
        tried += 1;
        let acts: Vec<RecordedAct> = lines
            .iter()
            .map(|line| from_json(&serde_json::from_str(line).unwrap()).unwrap())
            .collect();
        let (number, _) = quarterdeck_store::first_break(&acts).expect("a break");
        assert_eq!(number, first);
        found += 1;
    };
    let own = |lines: &[&str]| {
        lines
            .iter()
            .map(|l| (*l).to_owned())
            .collect::<Vec<String>>()
    };
    for at in 0..lines.len() {
        let number = chain[at].number;
        let mut altered = own(&lines);
        altered[at] = altered[at].replace("\"actor\":\"demo", "\"actor\":\"Demo");
        broken(altered, number);
        let mut inserted = own(&lines);
        inserted.insert(at, lines[at].to_owned());
        broken(inserted, number + 1);
        if at + 1 < lines.len() {
            let mut removed = own(&lines);
            removed.remove(at);
            broken(removed, number);
            let mut swapped = own(&lines);
            swapped.swap(at, at + 1);
            broken(swapped, number);
        }
    }
    println!("acts altered, put in, removed, swapped: {found} of {tried} found");
    // The end cut: only a head that was kept elsewhere shows it.
    let last = chain.last().unwrap();
    let kept = Head {
        number: last.number,
        hash: last.hash.clone(),
    };
    for left in 0..lines.len() {
        let shorter = &chain[..left];
        assert_eq!(quarterdeck_store::first_break(shorter), None);
        let anchor = quarterdeck_store::compare_with(shorter, &kept);
        assert_ne!(anchor, quarterdeck_store::Anchor::Holds);
    }
    println!("ends cut: {0} of {0} found by the head", lines.len());
}

#[test]
fn the_report_is_made_again_byte_for_byte_and_another_engine_is_named() {
    let out = tempfile::tempdir().unwrap();
    let (_folder, root) = fresh("2025Q3");
    let to = out.path().join("again");
    let args = [
        "rebuild",
        &root.to_string_lossy(),
        "--out",
        &to.to_string_lossy(),
        "--json",
    ];
    let made = qd(out.path(), &args).expect(0).json();
    valid("rebuild", &made);
    assert_eq!(made["same"], true);
    assert_eq!(files(&to), files(&root.join("data/report")));
    let path = root.join("data/publication.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let engine = format!("\"engine\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(text.contains(&engine));
    std::fs::write(&path, text.replace(&engine, "\"engine\": \"9.8.7\"")).unwrap();
    let other = qd(
        out.path(),
        &[
            "rebuild",
            &root.to_string_lossy(),
            "--out",
            "x",
            "--lang",
            "en",
        ],
    );
    assert_eq!(other.code, Some(2));
    assert!(
        other.err.contains("needs Quarterdeck 9.8.7"),
        "{}",
        other.err
    );
}

#[test]
fn a_later_correction_is_a_restatement_and_never_inside() {
    let demo = demo::shared();
    let state = demo
        .qd(&["publish", "2025Q3", "--dry-run", "--json"])
        .expect(0)
        .json();
    valid("signoff", &state);
    let restated = state["restated"].as_array().unwrap();
    let trained = restated
        .iter()
        .find(|r| r["figure"] == "P24/trained@2025Q3")
        .unwrap();
    assert_eq!(
        (trained["published"].as_str(), trained["today"].as_str()),
        (Some("17820"), Some("17280"))
    );
    assert_eq!(trained["person"], "demo");
    let figures = std::fs::read_to_string(bag().join("data/tables/figures.csv")).unwrap();
    assert!(figures.contains("P24/trained@2025Q3,17820,"));
    let again = demo.qd(&["publish", "2025Q3", "--json"]).expect(3).json();
    assert_eq!(again["error"]["code"], "signoff-published-already");
    let prepare = demo.qd(&["prepare", "2025Q3", "--json"]);
    for refused in [again, prepare.expect(3).json()] {
        // What to do names the quarter.
        let next = refused["error"]["next"].as_str().unwrap();
        assert!(!next.contains('{'), "{next}");
    }
    let running = demo.qd(&["prepare", "2026Q1", "--json"]).expect(3).json();
    assert_eq!(running["error"]["code"], "signoff-not-complete");
}

#[test]
fn planted_names_and_phones_are_in_no_database_bag_log_or_export() {
    let planted = ["示範聯絡人1", "02-0000-1", "示範提案人1"];
    let root = demo::shared().root();
    let mut looked = 0;
    let mut look = |name: &str, bytes: &[u8]| {
        looked += 1;
        for word in planted {
            assert!(
                memchr::memmem::find(bytes, word.as_bytes()).is_none(),
                "{word} in {name}"
            );
        }
    };
    for (name, bytes) in files(&root) {
        look(&name, &bytes);
        if name.ends_with(".gz") {
            let mut unpacked = Vec::new();
            flate2::read::MultiGzDecoder::new(bytes.as_slice())
                .read_to_end(&mut unpacked)
                .unwrap();
            assert!(unpacked.starts_with(b"WARC/1.1"));
            look(&name, &unpacked);
        }
    }
    let store = quarterdeck_store::Store::open(
        &root.join("quarterdeck.db"),
        quarterdeck_store::OpenMode::ReadOnly,
    )
    .unwrap();
    let mut bodies = 0;
    for fetch in store.all_fetches().unwrap() {
        let body = store
            .capture_body(&fetch.stored_sha256, u64::MAX)
            .unwrap()
            .unwrap();
        look(&fetch.url, &body);
        bodies += 1;
    }
    // What is said, and what leaves the office.
    let out = tempfile::tempdir().unwrap();
    let kept = out.path().join("kept.zip").to_string_lossy().into_owned();
    let copies = out.path().join("copies").to_string_lossy().into_owned();
    let report = [
        "report",
        "--quarter",
        "2025Q4",
        "--out",
        &copies,
        "--format",
        "csv,ods,xlsx",
    ];
    for args in [
        &["log", "--json"][..],
        &["status", "--json"],
        &["sources", "--json"],
        &["-v", "verify", "."],
        &["backup", &kept],
        &report,
    ] {
        let said = demo::shared().qd(args);
        look(args[0], said.out.as_bytes());
        look(args[0], said.err.as_bytes());
    }
    look("demo", demo::shared().said.err.as_bytes());
    for (name, bytes) in files(out.path()) {
        if name.ends_with(".csv") {
            look(&name, &bytes);
            continue;
        }
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            let mut unpacked = Vec::new();
            file.read_to_end(&mut unpacked).unwrap();
            look(&format!("{name}!{index}"), &unpacked);
        }
    }
    println!("looked at {looked} files and bodies, {bodies} of them stored answers");
}

#[test]
fn a_backup_restores_to_the_same_figures_and_a_damaged_one_is_refused() {
    let office = demo::shared();
    let folder = tempfile::tempdir().unwrap();
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let (file, restored) = (folder.path().join("b.zip"), folder.path().join("again"));
    let written = qd(&office.root(), &["backup", &text(&file)]);
    assert_eq!(written.code, Some(0), "{}", written.err);
    let back = ["restore", &text(&file), "--to", &text(&restored)];
    let answer = qd(Path::new("/"), &back);
    assert_eq!(answer.code, Some(0), "{}", answer.err);
    let board = |root: &Path| qd(root, &["status", "--json"]).out;
    assert_eq!(board(&office.root()), board(&restored));
    assert_eq!(verify(&restored, None).0.code, Some(0));
    // A folder that is there is not written over.
    assert_ne!(qd(Path::new("/"), &back).code, Some(0));
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let other = folder.path().join("other");
    let answer = qd(
        Path::new("/"),
        &["restore", &text(&file), "--to", &text(&other)],
    );
    assert_ne!(answer.code, Some(0), "{}", answer.out);
    assert!(!other.join("quarterdeck.db").exists());
}
