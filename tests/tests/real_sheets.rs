//! Sheets that LibreOffice saves, and packages made with the commands of the manual, through the
//! real `qd` to the board; what is refused says why, and never takes more memory than it may.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_store::{OpenMode, Store};
use quarterdeck_tests::office::{Office, indicator};
use quarterdeck_tests::program::command;
use quarterdeck_tests::repository;
use quarterdeck_tests::server::PythonServer;
use quarterdeck_tests::tools::{self, Spreadsheet};
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Adds the indicators that the sheets of these tests feed.
fn indicators(office: &Office) {
    for programme in ["P12", "P13"] {
        office.append(
            &format!("register/programmes/{programme}.toml"),
            "\n[[indicator]]\nseries = \"satisfaction\"\ntitle = { zh-TW = \"滿意度\", en = \"Satisfaction\" }\nunit = \"percent\"\nkind = \"ratio\"\ndirection = \"higher\"\nroad = \"source\"\nfrequency = \"quarter\"\n",
        );
        office.indicator(programme, "cases");
    }
}

/// A source that reads the sheet 填報.
fn sheet_source(id: &str, place: &str, more: &str) -> String {
    format!(
        r#"id = "{id}"
kind = "sheet"
{place}
schedule = "quarterly"
personal_fields = ["填報人"]
{more}
[sheet]
name = "填報"
header_row = 3
header_rows = 2

[[map]]
series = "{{計畫編號}}/satisfaction"
column = "實績 滿意度"
period_column = "季底日"
period_kind = "quarter"
unit = "percent"

[[map]]
series = "{{計畫編號}}/cases"
column = "實績 件數"
period_column = "季底日"
period_kind = "quarter"
"#
    )
}

fn open(office: &Office) -> Store {
    Store::open(&office.root().join("quarterdeck.db"), OpenMode::ReadOnly).unwrap()
}

/// What is stored of the last capture of a source.
fn stored(office: &Office, source: &str) -> (Option<String>, String) {
    let store = open(office);
    let fetch = store.last_fetch(source).unwrap().unwrap();
    let mut text = String::new();
    let mut body = store.capture_reader(&fetch.stored_sha256).unwrap().unwrap();
    body.read_to_string(&mut text).unwrap();
    (fetch.recipe, text)
}

fn value(office: &Office, quarter: &str, series: &str) -> String {
    let status = office.status(&["--quarter", quarter]);
    indicator(&status, series)["value"].to_string()
}

fn message(summary: &Value) -> String {
    summary["sources"][0]["message"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn what_libreoffice_saved_comes_to_the_board_from_a_folder_and_an_address() {
    let Some(spreadsheet) = Spreadsheet::find("sheets saved by a spreadsheet program") else {
        return;
    };
    let served = tempfile::tempdir().unwrap();
    let made = repository::root().join("core/sources/fixtures/sheet/kpi.fods");
    for ending in ["ods", "xlsx"] {
        let office = Office::new();
        indicators(&office);
        std::fs::create_dir(office.root().join("inbox")).unwrap();
        let file = spreadsheet.convert(&made, None, ending, &office.root().join("inbox"));
        let place = format!("folder = \"inbox\"\npattern = \"*.{ending}\"");
        office.write("sources/agency.toml", sheet_source("agency", &place, ""));
        office.qd(&["check"]).expect(0);
        let summary = office.collect(0);
        assert_eq!(summary["sources"][0]["rows"], 3, "{ending}");
        assert_eq!(value(&office, "2025Q2", "P12/satisfaction"), "75.3");
        assert_eq!(value(&office, "2025Q3", "P12/satisfaction"), "81.2");
        assert_eq!(value(&office, "2025Q3", "P12/cases"), "0", "a real zero");
        assert_eq!(
            value(&office, "2025Q3", "P13/satisfaction"),
            "null",
            "a blank cell"
        );
        assert_eq!(value(&office, "2025Q3", "P13/cases"), "87");
        let (recipe, text) = stored(&office, "agency");
        assert_eq!(recipe.as_deref(), Some("sheet-blank@1"));
        assert!(text.contains("6,,2025-09-30,81.2%,0,0%,\r\n"), "{text}");
        assert!(!text.contains("王小明"), "{text}");
        std::fs::copy(file, served.path().join(format!("kpi.{ending}"))).unwrap();
    }

    let Some(server) = PythonServer::start(served.path()) else {
        return;
    };
    let office = Office::new();
    indicators(&office);
    let place = format!("url = \"{}\"\nallow_private = true", server.url("kpi.xlsx"));
    let error = "\n[[map]]\nseries = \"{計畫編號}/rate\"\ncolumn = \"實績 達成率\"\nperiod_column = \"季底日\"\nperiod_kind = \"quarter\"\nunit = \"percent\"\n";
    office.write(
        "sources/agency.toml",
        sheet_source("agency", &place, "") + error,
    );
    for programme in ["P12", "P13"] {
        office.append(
            &format!("register/programmes/{programme}.toml"),
            "\n[[indicator]]\nseries = \"rate\"\ntitle = { zh-TW = \"達成率\", en = \"Rate\" }\nunit = \"percent\"\nkind = \"ratio\"\ndirection = \"higher\"\nroad = \"source\"\nfrequency = \"quarter\"\n",
        );
    }
    let summary = office.qd(&["collect", "--json"]).json();
    assert_eq!(summary["sources"][0]["outcome"], "partial");
    assert_eq!(
        value(&office, "2025Q2", "P12/rate"),
        "75.25",
        "a formula's stored result"
    );
    let status = office.status(&["--quarter", "2025Q3"]);
    let rate = indicator(&status, "P13/rate");
    assert_eq!(rate["value"], Value::Null);
    assert_eq!(
        rate["status"], "rejected",
        "an error in the sheet is no figure"
    );
}

/// The shell commands of the manual's page, one text a block.
fn manual() -> Vec<String> {
    let page = repository::root().join("assets/manual/sources/inbox.md");
    let text = std::fs::read_to_string(page).unwrap();
    let blocks = text.split("```sh\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

#[track_caller]
fn shell(folder: &Path, commands: &str) -> String {
    let output = Command::new("sh")
        .args(["-e", "-c", commands])
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{commands}\n{said}");
    String::from_utf8(output.stdout).unwrap()
}

/// An office with an inbox, and an agency that makes packages as the manual says.
struct Post {
    office: Office,
    agency: tempfile::TempDir,
    commands: Vec<String>,
}

impl Post {
    fn new() -> Option<Post> {
        for program in ["openssl", "sha256sum"] {
            tools::find("packages made with the manual's commands", &[program])?;
        }
        let office = Office::new();
        indicators(&office);
        std::fs::create_dir(office.root().join("inbox")).unwrap();
        let agency = tempfile::tempdir().unwrap();
        let commands = manual();
        let key = shell(agency.path(), &commands[0]);
        office.write(
            "sources/moi.toml",
            format!(
                "id = \"moi\"\nkind = \"inbox\"\nfolder = \"inbox\"\nschedule = \"daily\"\n\n[inbox]\nagency = \"MOI\"\nkeys = {{ moi-2025 = \"{key}\" }}\n\n[[map]]\nseries = \"{{計畫編號}}/satisfaction\"\nfile = \"kpi.csv\"\ncolumn = \"滿意度\"\nperiod_column = \"季別\"\nunit = \"percent\"\n"
            ),
        );
        office.qd(&["check"]).expect(0);
        Some(Post {
            office,
            agency,
            commands,
        })
    }

    /// Makes a package of one CSV in a folder of the inbox.
    fn package(&self, folder: &str, id: &str, created: &str, csv: &str) -> PathBuf {
        let place = self.office.root().join("inbox").join(folder);
        std::fs::create_dir(&place).unwrap();
        std::fs::write(place.join("kpi.csv"), csv).unwrap();
        std::fs::copy(
            self.agency.path().join("moi-2025.pem"),
            place.join("moi-2025.pem"),
        )
        .unwrap();
        let commands = self.commands[1]
            .replace("MOI-2025Q3-2", id)
            .replace("2025-10-05T09:00:00+08:00", created);
        shell(&place, &commands);
        std::fs::remove_file(place.join("moi-2025.pem")).unwrap();
        place
    }

    fn collect(&self) -> Value {
        self.office.qd(&["collect", "--json"]).json()
    }
}

fn rows(value: &str) -> String {
    format!("計畫編號,季別,滿意度\nP12,114Q3,{value}\nP13,114Q3,0\n")
}

#[test]
fn packages_made_as_the_manual_says_are_taken_once_and_in_their_order() {
    let Some(post) = Post::new() else {
        return;
    };
    // The later one lies first in the folder's order; both come in one run.
    post.package(
        "a-later",
        "MOI-2",
        "2025-10-06T09:00:00+08:00",
        &rows("81.25"),
    );
    post.package(
        "b-first",
        "MOI-1",
        "2025-10-05T09:00:00+08:00",
        &rows("75.3"),
    );
    let summary = post.collect();
    assert_eq!(summary["sources"][0]["outcome"], "good", "{summary}");
    assert_eq!(value(&post.office, "2025Q3", "P12/satisfaction"), "81.25");
    assert_eq!(value(&post.office, "2025Q3", "P13/satisfaction"), "0");
    let store = open(&post.office);
    let manifest = store.last_fetch("moi").unwrap().unwrap();
    assert_eq!(manifest.url, "file:inbox/a-later!manifest.json");
    assert!(
        manifest
            .headers
            .contains(&("signed-by".into(), "moi-2025".into()))
    );
    drop(store);

    // What was taken may stay where it lies.
    let summary = post.collect();
    assert_eq!(summary["sources"][0]["outcome"], "good", "{summary}");
    assert_eq!(summary["new"], 0);

    // A copy, another one under the same name, and an older one.
    let inbox = post.office.root().join("inbox");
    shell(&inbox, "cp -r a-later c-copy");
    post.package("d-same", "MOI-2", "2025-10-07T09:00:00+08:00", &rows("99"));
    post.package("e-old", "MOI-0", "2025-10-04T09:00:00+08:00", &rows("98"));
    let summary = post.collect();
    assert_eq!(summary["sources"][0]["outcome"], "partial", "{summary}");
    let said = post.office.status(&[])["findings"].to_string();
    for word in [
        "inbox/c-copy was refused",
        "inbox/d-same was refused",
        "inbox/e-old was refused",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(said.contains("taken before, from inbox/a-later"), "{said}");
    assert_eq!(value(&post.office, "2025Q3", "P12/satisfaction"), "81.25");

    // A zip file, as people make it of a folder.
    for folder in ["c-copy", "d-same", "e-old"] {
        std::fs::remove_dir_all(inbox.join(folder)).unwrap();
    }
    if tools::find("a package in a zip file", &["zip"]).is_some() {
        post.package("next", "MOI-3", "2025-10-08T09:00:00+08:00", &rows("90"));
        shell(&inbox, "zip -qr next.zip next && rm -r next");
        let summary = post.collect();
        assert_eq!(summary["sources"][0]["outcome"], "good", "{summary}");
        assert_eq!(value(&post.office, "2025Q3", "P12/satisfaction"), "90");
    }
}

#[test]
fn a_package_that_was_touched_on_its_way_is_refused_and_nothing_is_taken() {
    let Some(post) = Post::new() else {
        return;
    };
    let created = "2025-10-05T09:00:00+08:00";
    let place = post.package("q3", "MOI-1", created, &rows("75.3"));
    let kpi = place.join("kpi.csv");
    let refused = |word: &str| {
        let summary = post.collect();
        assert_eq!(summary["sources"][0]["outcome"], "rejected", "{summary}");
        let said = message(&summary);
        assert!(
            said.starts_with("inbox/q3 was refused: ") && said.contains(word),
            "{said}"
        );
        assert_eq!(value(&post.office, "2025Q3", "P12/satisfaction"), "null");
    };
    std::fs::write(&kpi, rows("99.9")).unwrap();
    refused("The hash of \"kpi.csv\"");
    std::fs::write(&kpi, rows("100.1")).unwrap();
    refused("manifest says");
    std::fs::write(&kpi, rows("75.3")).unwrap();
    std::fs::write(place.join("more.csv"), "x").unwrap();
    refused("\"more.csv\" is not in the manifest");
    std::fs::remove_file(place.join("more.csv")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", place.join("passwd.csv")).unwrap();
        refused("is a link");
        std::fs::remove_file(place.join("passwd.csv")).unwrap();
    }
    let signature = std::fs::read(place.join("manifest.sig")).unwrap();
    std::fs::remove_file(place.join("manifest.sig")).unwrap();
    refused("not signed");
    std::fs::write(place.join("manifest.sig"), signature).unwrap();
    let summary = post.collect();
    assert_eq!(summary["sources"][0]["outcome"], "good", "{summary}");
    assert_eq!(value(&post.office, "2025Q3", "P12/satisfaction"), "75.3");
}

/// Collects, and gives the summary with the most memory that `qd` had, in KiB.
#[cfg(target_os = "linux")]
fn collect_measured(office: &Office) -> (Value, u64) {
    let out = office.beside().join("out.json");
    let mut child = command(&office.root(), &["collect", "--json"])
        .stdout(std::fs::File::create(&out).unwrap())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
        peak = peak.max(kib.unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let summary = serde_json::from_slice(&std::fs::read(out).unwrap()).unwrap();
    (summary, peak)
}

/// Large files, written by Python: its zip is fast in a test build, too.
const LARGE: &str = r#"
import sys, zipfile, random
kind, path = sys.argv[1:]
base = zipfile.ZipFile(sys.argv[0].replace("large.py", "kpi.xlsx" if kind.startswith("xlsx") else "kpi.ods"))
out = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
random.seed(1)
def rows(count):
    for n in range(11, 11 + count):
        yield '<row r="%d"><c r="A%d" t="str"><v>P12</v></c><c r="B%d" s="2"><v>45930</v></c><c r="C%d" s="3"><v>0.%d</v></c><c r="D%d"><v>%d</v></c></row>' % (n, n, n, n, random.randrange(10**9), n, random.randrange(10**9))
for info in base.infolist():
    text = base.read(info)
    if not info.filename.endswith(".xml"):
        out.writestr(info.filename, text)
        continue
    text = text.decode()
    if kind == "xlsx-large" and info.filename == "xl/worksheets/sheet2.xml":
        text = text.replace("</sheetData>", "".join(rows(1000000)) + "</sheetData>")
    if kind == "xlsx-fair" and info.filename == "xl/worksheets/sheet2.xml":
        text = text.replace("</sheetData>", "".join(rows(100000)) + "</sheetData>")
    if kind == "xlsx-strings" and info.filename == "xl/sharedStrings.xml":
        text = text.replace("</sst>", "".join("<si><t>%d</t></si>" % random.randrange(10**9) for _ in range(3000000)) + "</sst>")
    if kind == "ods-repeated" and info.filename == "content.xml":
        row = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/></table:table-row>'
        text = text.replace("</table:table>", row + "</table:table>")
    out.writestr(info.filename, text)
out.close()
"#;

#[cfg(target_os = "linux")]
#[test]
fn large_sheets_and_bombs_stay_within_their_memory() {
    let Some(python) = tools::find("large sheets", &["python3"]) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("large.py");
    std::fs::write(&script, LARGE).unwrap();
    let fixtures = repository::root().join("core/sources/fixtures/sheet");
    for name in ["kpi.ods", "kpi.xlsx"] {
        std::fs::copy(fixtures.join(name), folder.path().join(name)).unwrap();
    }
    let mut peaks = Vec::new();
    for (kind, word) in [
        ("xlsx-small", ""),
        ("xlsx-large", "Unpacked, the file would be larger than"),
        ("xlsx-strings", "The texts of the workbook are more than"),
        (
            "ods-repeated",
            "says that the same content follows 16,384 times",
        ),
        ("xlsx-fair", ""),
    ] {
        let office = Office::new();
        indicators(&office);
        let file = office.root().join("inbox/kpi.zip");
        std::fs::create_dir(file.parent().unwrap()).unwrap();
        tools::output(
            &python,
            &[script.as_os_str(), kind.as_ref(), file.as_os_str()],
        );
        let place = "folder = \"inbox\"\nmax_bytes = 33554432";
        let sum =
            "\n[[map]]\nseries = \"P12/total\"\ncolumn = \"實績 件數\"\naggregate = \"sum\"\n";
        let source = sheet_source("agency", place, "");
        let maps = source.find("\n[[map]]").unwrap();
        office.write("sources/agency.toml", source[..maps].to_owned() + sum);
        office.indicator("P12", "total");
        let (summary, peak) = collect_measured(&office);
        let length = std::fs::metadata(&file).unwrap().len();
        eprintln!("{kind}: {length} bytes, peak {peak} KiB");
        peaks.push((kind, peak));
        if word.is_empty() {
            let rows = if kind == "xlsx-small" { 3 } else { 100_003 };
            assert_eq!(summary["sources"][0]["rows"], rows, "{summary}");
        } else {
            assert_eq!(summary["sources"][0]["outcome"], "rejected", "{summary}");
            assert!(message(&summary).contains(word), "{}", message(&summary));
        }
    }
    // A test build of `qd` itself takes a few times the memory of a released one, so what is held
    // against the limit is what the file adds: its 32 MiB, and half of the 32 MiB beside them.
    let least = peaks.iter().map(|(_, peak)| *peak).min().unwrap();
    for (kind, peak) in &peaks {
        assert!(
            peak - least <= 48 * 1024,
            "{kind}: {peak} KiB, {least} KiB without"
        );
    }
    eprintln!("large sheets: {} kinds within their memory", peaks.len());
}
