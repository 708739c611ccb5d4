//! From real formats over real HTTP to figures on the board, through the real `qd`.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::office::{Office, indicator, programme};
use quarterdeck_tests::program::{Answer, command, valid};
use quarterdeck_tests::server::{PythonServer, Reply, Server};
use quarterdeck_tests::tools::Spreadsheet;
use quarterdeck_tests::{csv, tools};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
const CATALOGUE: &str = "datagovtw_catalogue_10rows.csv";

fn catalogue_source(office: &Office, url: &str) {
    office.write(
        "sources/catalogue.toml",
        format!(
            r#"id = "catalogue"
kind = "csv"
url = "{url}"
allow_private = true
schedule = "daily"
licence = "政府資料開放授權條款-第1版"
attribution = "數位發展部 政府資料開放平臺"
personal_fields = ["提供機關聯絡人姓名", "提供機關聯絡人電話"]
min_rows_percent = 90

[[map]]
series = "P01/open-datasets"
aggregate = "count"
unit = "count"

[[map]]
series = "P01/gold-share"
aggregate = "share"
share_of = [{{ column = "品質檢測", op = "in", values = ["白金", "金"] }}]
unit = "percent"
"#
        ),
    );
}

fn collect(office: &Office, code: i32) -> Value {
    let summary = office.qd(&["collect", "--json"]).expect(code).json();
    valid("collect", &summary);
    summary
}

fn sources(office: &Office) -> Value {
    let document = office.qd(&["sources", "--json"]).expect(0).json();
    valid("sources", &document);
    document
}

#[test]
fn ten_real_rows_of_the_catalogue_give_ten_data_sets_and_60_percent_gold() {
    let Some(server) = PythonServer::start(Path::new(FIXTURES)) else {
        return;
    };
    let office = Office::new();
    catalogue_source(&office, &server.url(CATALOGUE));
    office.qd(&["check"]).expect(0);
    let summary = collect(&office, 0);
    assert_eq!(summary["sources"][0]["rows"], 10);
    assert_eq!(summary["new"], 2);
    let status = office.status(&[]);
    valid("status", &status);
    assert_eq!(status["demo"], false);
    let count = indicator(&status, "P01/open-datasets");
    assert_eq!(count["value"].to_string(), "10");
    assert_eq!(count["source"], "catalogue");
    assert_eq!(count["period"], status["quarter"]);
    let share = indicator(&status, "P01/gold-share");
    assert_eq!(share["value"].to_string().parse::<f64>().unwrap(), 60.0);
    assert_eq!(share["unit"], "percent");
    assert_eq!(share["value_text"], "60.00");
    let health = sources(&office);
    assert_eq!(health["sources"][0]["attempts"][0]["outcome"], "good");
    assert_eq!(
        health["sources"][0]["attribution"],
        "數位發展部 政府資料開放平臺"
    );

    // The same again is nothing new; not allowed, the loopback address is refused by name.
    assert_eq!(collect(&office, 0)["new"], 0);
    office.replace("sources/catalogue.toml", "allow_private = true\n", "");
    let refused = collect(&office, 3);
    let said = refused["sources"][0]["message"].as_str().unwrap();
    assert!(
        said.contains("127.0.0.1") && said.contains("allow_private"),
        "{said}"
    );
    let status = office.status(&[]);
    assert_eq!(
        indicator(&status, "P01/open-datasets")["value"].to_string(),
        "10",
        "nothing is lost"
    );
}

#[test]
fn a_transfer_that_was_cut_is_a_finding_and_the_figures_stay() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read_to_string(format!("{FIXTURES}/{CATALOGUE}")).unwrap();
    std::fs::write(folder.path().join("catalogue.csv"), &whole).unwrap();
    let Some(server) = PythonServer::start(folder.path()) else {
        return;
    };
    let office = Office::new();
    catalogue_source(&office, &server.url("catalogue.csv"));
    collect(&office, 0);
    let rows = csv::rows(whole.as_bytes());
    let cut = &whole[..whole.find(&format!("\n{},", rows[6][0])).unwrap() + 1];
    std::fs::write(folder.path().join("catalogue.csv"), cut).unwrap();
    let summary = office.qd(&["collect", "--json"]).json();
    valid("collect", &summary);
    assert_ne!(summary["sources"][0]["outcome"], "good");
    let status = office.status(&[]);
    assert_eq!(
        indicator(&status, "P01/open-datasets")["value"].to_string(),
        "10"
    );
    let said = sources(&office)["sources"][0]["attempts"][0]["message"].to_string();
    assert!(said.contains("10") && said.contains('5'), "{said}");
}

/// A sheet of texts and numbers as a flat OpenDocument file.
fn sheet(rows: &[&[&str]]) -> String {
    let mut table = String::new();
    for row in rows {
        table.push_str("<table:table-row>");
        for cell in *row {
            match cell.parse::<f64>() {
                Ok(_) => table.push_str(&format!(
                    "<table:table-cell office:value-type=\"float\" office:value=\"{cell}\"><text:p>{cell}</text:p></table:table-cell>"
                )),
                Err(_) => table.push_str(&format!(
                    "<table:table-cell office:value-type=\"string\"><text:p>{cell}</text:p></table:table-cell>"
                )),
            }
        }
        table.push_str("</table:table-row>");
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.2\" office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\"><office:body><office:spreadsheet><table:table table:name=\"x\">{table}</table:table></office:spreadsheet></office:body></office:document>"
    )
}

#[test]
fn a_csv_that_a_spreadsheet_program_saved_in_big5_is_read_from_the_drop_folder() {
    let Some(spreadsheet) = Spreadsheet::find("a CSV saved in Big5 by a spreadsheet program")
    else {
        return;
    };
    let office = Office::new();
    office.append(
        "register/programmes/P12.toml",
        "\n[[indicator]]\nseries = \"satisfaction\"\ntitle = { zh-TW = \"滿意度\", en = \"Satisfaction\" }\nunit = \"percent\"\nkind = \"ratio\"\ndirection = \"higher\"\nroad = \"source\"\nfrequency = \"quarter\"\n",
    );
    office.write(
        "sources/drop.toml",
        r#"id = "drop"
kind = "file"
folder = "inbox"
pattern = "*.csv"
schedule = "daily"

[[map]]
series = "{計畫編號}/satisfaction"
column = "滿意度"
period_column = "季別"
calendar = "roc"
unit = "percent"
"#,
    );
    let made = office.beside().join("滿意度.fods");
    let rows: [&[&str]; 4] = [
        &["計畫編號", "機關", "季別", "滿意度"],
        &["P12", "財政部", "114年第2季", "84.25"],
        &["P12", "財政部", "114年第3季", "86.1"],
        &["P12", "臺北市稅捐稽徵處，許功蓋", "114Q4", "87"],
    ];
    std::fs::write(&made, sheet(&rows)).unwrap();
    // Comma, double quote, code page 950 (LibreOffice's number for it is 63), from the first line.
    let filter = "csv:Text - txt - csv (StarCalc):44,34,63,1";
    std::fs::create_dir(office.root().join("inbox")).unwrap();
    let file = spreadsheet.convert(&made, None, filter, &office.root().join("inbox"));
    let bytes = std::fs::read(file).unwrap();
    assert!(
        std::str::from_utf8(&bytes).is_err(),
        "LibreOffice saved Big5"
    );
    assert!(
        bytes.windows(2).any(|pair| pair == [0xb3, 0x5c]),
        "with a backslash inside a character"
    );
    office.qd(&["check"]).expect(0);
    let summary = collect(&office, 0);
    assert_eq!(summary["sources"][0]["rows"], 3);
    for (quarter, value) in [("114Q2", "84.25"), ("2025Q3", "86.1"), ("114年第4季", "87")] {
        let status = office.status(&["--quarter", quarter]);
        assert_eq!(
            indicator(&status, "P12/satisfaction")["value"].to_string(),
            value,
            "{quarter}"
        );
    }
}

#[test]
fn the_tables_of_a_report_open_in_a_spreadsheet_program_as_they_were_meant() {
    let Some(spreadsheet) = Spreadsheet::find("opening the report's tables") else {
        return;
    };
    let office = Office::new();
    let title = |file: &str, old: &str, new: &str| {
        office.replace(
            &format!("register/programmes/{file}.toml"),
            &format!("zh-TW = \"{old}\""),
            &format!("zh-TW = \"{new}\""),
        );
    };
    title("P05", "政府資料應用輔導", "=1+1");
    title("P12", "地方稅智慧線上服務", "0800-000-321");
    title("P13", "健保資料結合 AI 加值應用", "-甲類, \\\"乙類\\\"");
    for (figure, value) in [
        ("P12/progress.planned@2025Q3", "50%"),
        ("P12/progress.actual@2025Q3", "31.6%"),
        ("P12/budget.planned_spend@2025Q3", "1000000"),
        ("P12/budget.paid@2025Q3", "1250000"),
        ("P12/budget.payable@2025Q3", "0"),
        ("P12/budget.saved@2025Q3", "0"),
    ] {
        office.qd(&["enter", figure, value]).expect(0);
    }
    office
        .qd(&[
            "report",
            "--quarter",
            "2025Q3",
            "--lang",
            "zh-TW",
            "--format",
            "csv",
            "--out",
            "report",
        ])
        .expect(0);
    for name in ["programmes", "indicators", "budget", "findings"] {
        let file = office.root().join(format!("report/{name}.csv"));
        let ours = csv::rows(&std::fs::read(&file).unwrap());
        // UTF-8 with its mark, as Excel and LibreOffice find out by themselves in their windows.
        let reading = "CSV:44,34,76,1";
        let opened = spreadsheet.convert(&file, Some(reading), "fods", office.beside());
        let text = std::fs::read_to_string(&opened).unwrap();
        assert!(
            !text.contains("table:formula"),
            "{name}: a cell became a formula"
        );
        assert!(text.contains(&ours[0][0]), "{name}: Chinese");
        if name == "programmes" {
            for value in ["office:value=\"-18.4\"", "office:value=\"-250000\""] {
                assert!(
                    text.contains(value),
                    "{value}: a negative number stays a number"
                );
            }
            for words in [
                "0800-000-321",
                "-甲類, &quot;乙類&quot;",
                "=1+1",
                "擴大資料開放",
            ] {
                assert!(text.contains(words), "{words}");
            }
        }
        // And back to CSV: texts and numbers are the same cells.
        let back = office.beside().join("back");
        let again = spreadsheet.convert(
            &opened,
            None,
            "csv:Text - txt - csv (StarCalc):44,34,76,1",
            &back,
        );
        let theirs = csv::rows(&std::fs::read(again).unwrap());
        assert_eq!(theirs.len(), ours.len(), "{name}");
        for (ours, theirs) in ours.iter().zip(&theirs) {
            for (cell, other) in ours.iter().zip(theirs) {
                let same = match (cell.parse::<f64>(), other.parse::<f64>()) {
                    (Ok(a), Ok(b)) => (a - b).abs() < 1e-9,
                    _ => cell == other,
                };
                assert!(same, "{name}: {cell} became {other}");
            }
        }
    }
}

/// The moment, as `--as-of` takes it; a little later than everything before.
fn moment() -> String {
    std::thread::sleep(Duration::from_millis(5));
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    std::thread::sleep(Duration::from_millis(5));
    now
}

fn counting(number: u32) -> Server {
    Server::start(move |_| Reply {
        wait: Duration::ZERO,
        body: format!("{{\"count\": {number}}}"),
    })
}

#[test]
fn before_and_after_a_correction_are_both_known() {
    let office = Office::new();
    let server = counting(41);
    office.number_source("count", &server.url("/"), "P01/open-datasets");
    let nothing = moment();
    collect(&office, 0);
    let collected = moment();
    let quarter = office.status(&[])["quarter"].as_str().unwrap().to_owned();
    let figure = format!("P01/open-datasets@{quarter}");
    let value = |as_of: &[&str]| {
        let args: Vec<&str> = ["--quarter", &quarter]
            .into_iter()
            .chain(as_of.iter().copied())
            .collect();
        let status = office.status(&args);
        indicator(&status, "P01/open-datasets")["value"].to_string()
    };
    office.qd(&["enter", &figure, "43"]).expect(2);
    let reason = office.qd(&["correct", &figure, "43"]);
    assert_eq!(reason.code, Some(2), "a correction has a reason");
    let done = office
        .qd(&["correct", &figure, "４３", "--reason", "兩筆漏列", "--json"])
        .expect(0)
        .json();
    valid("entry", &done);
    let corrected = moment();
    assert_eq!(value(&[]), "43");
    assert_eq!(value(&["--as-of", &nothing]), "null");
    assert_eq!(value(&["--as-of", &collected]), "41");
    assert_eq!(value(&["--as-of", &corrected]), "43");
    office
        .qd(&["withdraw", &done["entry"].to_string(), "--reason", "誤植"])
        .expect(0);
    assert_eq!(value(&[]), "41", "the collected figure counts again");
    assert_eq!(value(&["--as-of", &corrected]), "43");
}

/// Twelve sources, of which the first never answers; the others do, one after the other.
fn slow_office() -> (Office, Server) {
    let office = Office::new();
    let server = Server::start(|path| {
        let number: u64 = path.trim_start_matches('/').parse().unwrap_or_default();
        Reply {
            wait: match number {
                0 => Duration::from_secs(120),
                _ => Duration::from_millis(250 + 40 * number),
            },
            body: format!("{{\"count\": {}}}", 100 + number),
        }
    });
    for number in 0..12 {
        let name = format!("n{number:02}");
        office.indicator("P05", &name);
        office.number_source(
            &name,
            &server.url(&format!("/{number}")),
            &format!("P05/{name}"),
        );
    }
    (office, server)
}

#[test]
fn what_was_reported_as_stored_survives_a_kill_at_any_moment() {
    use portable_pty::{CommandBuilder, PtySize, native_pty_system};
    use std::io::Read;
    let (office, _server) = slow_office();
    let mut seen = 0;
    for wanted in [1, 3, 6] {
        // On a terminal every source is reported on the progress line as it is stored.
        let pair = native_pty_system()
            .openpty(PtySize {
                rows: 24,
                cols: 100,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let mut command = CommandBuilder::new(quarterdeck_tests::program::binary());
        command.cwd(office.root());
        command.env("QD_LANG", "en");
        for proxy in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(proxy);
        }
        command.arg("collect");
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (mut said, mut block) = (String::new(), [0; 4096]);
        let reported = |said: &str| -> Vec<String> {
            said.split('\r')
                .filter_map(|line| {
                    let line = line.strip_prefix("\u{1b}[2K").unwrap_or(line);
                    let (source, rest) = line.split_once(": ")?;
                    rest.starts_with("good").then(|| source.to_owned())
                })
                .collect()
        };
        let began = Instant::now();
        while reported(&said).len() < wanted && began.elapsed() < Duration::from_secs(30) {
            let length = reader.read(&mut block).unwrap_or_default();
            said.push_str(&String::from_utf8_lossy(&block[..length]));
        }
        // SIGKILL: no handler, no last word.
        child.kill().unwrap();
        let process = child.process_id();
        child.wait().unwrap();
        let reported = reported(&said);
        assert!(reported.len() >= wanted, "{process:?}: {said:?}");
        seen += reported.len();
        let health = sources(&office);
        let status = office.status(&[]);
        for source in &reported {
            let stored = health["sources"]
                .as_array()
                .unwrap()
                .iter()
                .find(|s| s["id"] == source.as_str())
                .unwrap();
            assert_eq!(stored["attempts"][0]["outcome"], "good", "{source}");
            let number: u32 = source[1..].parse().unwrap();
            let figure = indicator(&status, &format!("P05/{source}"));
            assert_eq!(figure["value"], 100 + number, "{source}");
        }
    }
    assert!(seen >= 10);
    // Nobody holds the workspace any more, and the next run does what was left.
    office.write(
        "sources/n00.toml",
        office.read("sources/n00.toml").replace("/0\"", "/1\""),
    );
    let rest = collect(&office, 0);
    assert_eq!(rest["sources"].as_array().unwrap().len(), 12);
    let status = office.status(&[]);
    for number in 1..12 {
        assert_eq!(
            indicator(&status, &format!("P05/n{number:02}"))["value"],
            100 + number
        );
    }
}

#[test]
fn a_second_collector_ends_with_5_and_names_the_holder() {
    let (office, _server) = slow_office();
    let mut first = command(&office.root(), &["collect"]).spawn().unwrap();
    let began = Instant::now();
    let holder =
        || std::fs::read_to_string(office.root().join("quarterdeck.lock")).unwrap_or_default();
    while !(holder().contains(&first.id().to_string()) && holder().contains("collect")) {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "nobody took the lock: {}",
            holder()
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    let second = office.qd(&["collect", "--json", "--source", "n01"]);
    let reading = office.qd(&["status"]);
    let plain = office.qd(&["collect", "--quiet", "--source", "n01"]);
    first.kill().unwrap();
    first.wait().unwrap();
    let second = second.expect(5).json();
    valid("error", &second);
    let said = second["error"]["message"].as_str().unwrap();
    assert!(
        said.contains(&first.id().to_string()) && said.contains("qd collect"),
        "{said}"
    );
    assert!(!second["error"]["next"].is_null());
    assert!(
        plain.expect(5).err.contains(&first.id().to_string()),
        "an error is told even when quiet"
    );
    reading.expect(0);
    assert_eq!(
        office.qd(&["collect", "--source", "n01"]).code,
        Some(0),
        "free again"
    );
}

#[test]
fn a_collection_waits_for_whoever_holds_the_workspace_only_for_a_moment() {
    use quarterdeck_store::{Holder, WorkspaceLock};
    let office = Office::new();
    let server = counting(41);
    office.number_source("count", &server.url("/"), "P01/open-datasets");
    office.status(&[]);
    // As a board does that is opened just then and keeps the changed files.
    let holder = Holder {
        pid: std::process::id(),
        host: "desk-7".to_owned(),
        since: chrono::Utc::now(),
        command: "qd register".to_owned(),
    };
    let file = office.root().join("quarterdeck.lock");
    let lock = WorkspaceLock::acquire(&file, &holder, Duration::ZERO).unwrap();
    let collecting = command(&office.root(), &["collect"]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(250));
    drop(lock);
    Answer::from(collecting.wait_with_output().unwrap()).expect(0);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_collection_in_time_and_loses_nothing() {
    ends_a_collection("-INT", 130);
}

#[cfg(unix)]
#[test]
fn a_request_to_end_is_told_apart_from_ctrl_c() {
    ends_a_collection("-TERM", 143);
}

#[cfg(unix)]
fn ends_a_collection(signal: &str, code: i32) {
    let Some(kill) = tools::find("sending a signal", &["kill"]) else {
        return;
    };
    let (office, _server) = slow_office();
    let child = command(&office.root(), &["collect"]).spawn().unwrap();
    let began = Instant::now();
    // A reader is never kept waiting, and sees what is stored while the rest is still coming.
    let stored = loop {
        let good: Vec<String> = sources(&office)["sources"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|source| source["attempts"][0]["outcome"] == "good")
            .map(|source| source["id"].as_str().unwrap().to_owned())
            .collect();
        if good.len() >= 2 {
            break good;
        }
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "nothing was stored"
        );
    };
    let asked = Instant::now();
    tools::output(&kill, &[signal.as_ref(), child.id().to_string().as_ref()]);
    let answer: Answer = child.wait_with_output().unwrap().into();
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "it stopped after {:?}",
        asked.elapsed()
    );
    let answer = answer.expect(code);
    assert!(answer.err.contains("Interrupted"), "{}", answer.err);
    let status = office.status(&[]);
    for source in stored {
        let number: u32 = source[1..].parse().unwrap();
        let figure = indicator(&status, &format!("P05/{source}"));
        assert_eq!(figure["value"], 100 + number, "{source}");
    }
}

fn problems(office: &Office) -> Vec<Value> {
    let document = office.qd(&["check", "--json"]).expect(2).json();
    valid("check", &document);
    document["problems"].as_array().unwrap().clone()
}

#[test]
fn an_unknown_key_is_told_with_file_line_and_the_nearest_word() {
    for (file, right, wrong) in [
        ("quarterdeck.toml", "on_track", "on_trak"),
        ("register/programmes/P12.toml", "lead_basis", "lead_bassis"),
        (
            "sources/catalogue.toml",
            "min_rows_percent",
            "min_row_percent",
        ),
        ("register/people.toml", "roles", "role"),
    ] {
        let office = Office::new();
        catalogue_source(&office, "http://127.0.0.1:9/");
        let key = format!("\n{right} = ");
        office.replace(file, &key, &format!("\n{wrong} = "));
        let text = office.read(file);
        let line = 1 + text
            .lines()
            .position(|l| l.starts_with(&format!("{wrong} = ")))
            .unwrap();
        let found = problems(&office);
        let problem = found
            .iter()
            .find(|p| p["code"] == "check-unknown-key")
            .unwrap_or_else(|| panic!("{file}: {found:?}"));
        assert_eq!(
            (&problem["file"], &problem["line"]),
            (&Value::from(file), &Value::from(line))
        );
        assert!(
            problem["next"]
                .as_str()
                .is_some_and(|next| next.contains(right)),
            "{problem}"
        );
        let told = office.qd(&["check"]).expect(2).out;
        assert!(told.contains(&format!("{file}:{line}: ")), "{told}");
    }
}

#[test]
fn a_broken_programme_file_leaves_the_other_28() {
    let office = Office::new();
    office.write("register/programmes/P12.toml", "id = \"P12\ntitle =");
    let found = problems(&office);
    let errors: Vec<&Value> = found.iter().filter(|p| p["severity"] == "error").collect();
    assert!(!errors.is_empty(), "{found:?}");
    for error in errors {
        assert_eq!(error["file"], "register/programmes/P12.toml", "{error}");
        assert!(error["line"].is_i64(), "{error}");
    }
    let status = office.status(&[]);
    valid("status", &status);
    assert_eq!(status["programmes"].as_array().unwrap().len(), 28);
    assert!(office.qd(&["status"]).expect(0).err.contains("qd check"));
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_can_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::new();
    office.status(&[]);
    // Root may write anywhere: then another account runs a copy of the program.
    let program = office.beside().join("qd");
    std::fs::copy(quarterdeck_tests::program::binary(), &program).unwrap();
    let set = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set(office.beside(), 0o755);
    set(&office.root(), 0o555);
    let root = quarterdeck_core::platform::account_name() == "root";
    let run = |args: &[&str]| -> Option<Answer> {
        let mut command = if root {
            let setpriv = tools::find("a folder that cannot be written, as root", &["setpriv"])?;
            let mut command = std::process::Command::new(setpriv);
            command
                .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
                .arg(&program);
            command
        } else {
            std::process::Command::new(&program)
        };
        command
            .current_dir(office.root())
            .env("QD_LANG", "en")
            .env_remove("QD_WORKSPACE")
            .args(args);
        Some(command.output().unwrap().into())
    };
    let answers: Option<Vec<Answer>> = [
        &["--read-only", "status", "--json"] as &[&str],
        &["status", "--json"],
        &["collect"],
        &[
            "report",
            "--quarter",
            "2025Q3",
            "--format",
            "csv",
            "--out",
            "report",
        ],
    ]
    .into_iter()
    .map(run)
    .collect();
    set(&office.root(), 0o755);
    let Some(answers) = answers else { return };
    let mut answers = answers.into_iter();
    let mut next = || answers.next().unwrap();
    let read_only = next().expect(0).json();
    assert_eq!(read_only["programmes"].as_array().unwrap().len(), 29);
    let status = next();
    assert_eq!(status.code, Some(0), "{} {}", status.out, status.err);
    for (name, answer) in [("collect", next()), ("report", next())] {
        assert!(
            matches!(answer.code, Some(2 | 3)),
            "{name}: {:?} {} {}",
            answer.code,
            answer.out,
            answer.err
        );
        assert!(
            answer.err.contains("office"),
            "{name} names the place: {}",
            answer.err
        );
        assert!(
            answer.err.trim().lines().count() >= 2 || answer.err.contains(". "),
            "{name}: {}",
            answer.err
        );
    }
}

#[test]
fn a_damaged_database_and_one_of_a_newer_version_are_refused_and_left_alone() {
    let office = Office::new();
    office.qd(&["enter", "P12/risk@2025Q3", "low"]).expect(0);
    let good = std::fs::read(office.root().join("quarterdeck.db")).unwrap();
    for (name, place, bytes, code) in [
        ("damaged", 0, b"this is no database" as &[u8], 3),
        // Offset 60 of a SQLite file is the number that a program may use for its schema.
        ("newer", 60, &[0, 0, 3, 231], 2),
    ] {
        let mut changed = good.clone();
        changed[place..place + bytes.len()].copy_from_slice(bytes);
        for ending in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(office.root().join(format!("quarterdeck.db{ending}")));
        }
        office.write("quarterdeck.db", &changed);
        for args in [
            &["status", "--json"] as &[&str],
            &["collect", "--json"],
            &["--read-only", "status", "--json"],
        ] {
            let answer = office.qd(args).expect(code).json();
            valid("error", &answer);
            let error = &answer["error"];
            assert!(
                error["message"]
                    .as_str()
                    .unwrap()
                    .contains("quarterdeck.db"),
                "{name}: {error}"
            );
            assert!(
                error["next"].as_str().is_some_and(|next| !next.is_empty()),
                "{name}: {error}"
            );
            if name == "newer" {
                assert!(
                    error["message"].as_str().unwrap().contains("999"),
                    "{error}"
                );
            }
        }
        let after = std::fs::read(office.root().join("quarterdeck.db")).unwrap();
        assert!(after == changed, "{name}: not a byte was changed");
    }
    office.write("quarterdeck.db", &good);
    let status = office.status(&["--quarter", "2025Q3"]);
    assert_eq!(programme(&status, "P12")["risk"], "low");
}

#[test]
fn no_message_sends_people_to_a_command_that_is_not_there() {
    let help = Office::new().qd(&["--help"]).expect(0).out;
    let known: Vec<&str> = help
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .collect();
    assert!(known.contains(&"collect"), "{help}");
    let mut files = Vec::new();
    let root = quarterdeck_tests::repository::root();
    quarterdeck_tests::repository::walk(&root.join("assets/lang"), "ftl", &mut files);
    let mut wrong = Vec::new();
    for file in files {
        for (number, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
            for after in line.split("qd ").skip(1) {
                let word: String = after.chars().take_while(char::is_ascii_lowercase).collect();
                let ended = after[word.len()..]
                    .chars()
                    .next()
                    .is_none_or(|c| !c.is_ascii_alphabetic() && c != '_');
                let ended = ended && word != "instead";
                if word.len() > 2
                    && ended
                    && !known.contains(&word.as_str())
                    && !line.starts_with('#')
                {
                    wrong.push(format!(
                        "{}:{} qd {word}",
                        file.file_name().unwrap().display(),
                        number + 1
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_person_who_is_not_in_people_toml_can_read_but_not_enter() {
    let office = Office::untouched();
    office.qd(&["check"]).expect(0);
    let account = quarterdeck_core::platform::account_name();
    for args in [
        &["enter", "P12/risk@2025Q3", "low", "--json"] as &[&str],
        &[
            "correct",
            "P12/risk@2025Q3",
            "low",
            "--reason",
            "x",
            "--json",
        ],
        &["withdraw", "1", "--reason", "x", "--json"],
    ] {
        let answer = office.qd(args).expect(2).json();
        valid("error", &answer);
        let error = &answer["error"];
        assert!(
            error["message"].as_str().unwrap().contains(&account),
            "{error}"
        );
        assert!(error.to_string().contains("people.toml"), "{error}");
    }
    // Saying to be somebody else does not help.
    let posing = command(&office.root(), &["enter", "P12/risk@2025Q3", "low"])
        .env("USER", "chen")
        .env("LOGNAME", "chen")
        .output()
        .unwrap();
    assert_eq!(posing.status.code(), Some(2));
    assert!(programme(&office.status(&["--quarter", "2025Q3"]), "P12")["risk"].is_null());
}

#[test]
fn the_starter_explains_the_ratio_that_does_not_fit_and_shows_claims_side_by_side() {
    let office = Office::untouched();
    let status = office.status(&[]);
    valid("status", &status);
    valid(
        "sources",
        &office.qd(&["sources", "--json"]).expect(0).json(),
    );
    valid("check", &office.qd(&["check", "--json"]).expect(0).json());
    assert_eq!(status["programmes"].as_array().unwrap().len(), 29);
    let finding = status["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["rule"] == "printed-ratio@1")
        .unwrap();
    assert_eq!(finding["figure"], "P29/success-rate-printed@2019");
    let text = finding["text"].as_str().unwrap();
    for part in ["4.70", "183", "7,619", "2.40"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let values = |plan: &str, word: &str| -> Vec<(String, String)> {
        status["claims"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|c| c["plan"] == plan && c["id"].as_str().unwrap().contains(word))
            .map(|c| {
                (
                    c["value"].as_str().unwrap().to_owned(),
                    c["source"].as_str().unwrap().to_owned(),
                )
            })
            .collect()
    };
    let programmes = values("dgp1", "programmes");
    assert_eq!(
        programmes
            .iter()
            .map(|(v, _)| v.as_str())
            .collect::<Vec<_>>(),
        ["29", "30"]
    );
    assert_ne!(programmes[0].1, programmes[1].1, "each with its source");
    let budgets = values("dgp1", "budget");
    assert!(
        budgets[0].0.contains("6.24") && budgets[1].0.contains("6,261,766"),
        "{budgets:?}"
    );
    // No target is invented: the only one printed is that of 2025.
    let invented: Vec<String> = status["programmes"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|p| p["indicators"].as_array().unwrap())
        .filter(|i| !i["target"].is_null())
        .map(|i| i["id"].to_string())
        .collect();
    assert!(invented.is_empty(), "{invented:?}");
}
