//! Every figure that is shown can be asked for by its address, and is answered with the value that was shown: the JSON,
//! the tables, the linked numbers of the report's texts, the list that signatures cover, and the screens.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use quarterdeck_core::explain_json::machine;
use quarterdeck_core::session::{Access, Clock, Session};
use quarterdeck_core::worker::{Worker, WorkerOptions};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::assess::{Assessment, assess};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::explain::{explain, quarter_of};
use quarterdeck_kpi::figures::{Said, figures};
use quarterdeck_kpi::find::Wanted;
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_report::prose::{Piece, pieces, written};
use quarterdeck_report::{ReportInput, tables};
use quarterdeck_tests::demo::shared;
use quarterdeck_view::i18n::Language;
use quarterdeck_view::msg::Msg;
use quarterdeck_view::panel::{Body, Cell, Screen};
use quarterdeck_view::state::{Capabilities, FaceKind, ScreenId, State};
use quarterdeck_view::update::update;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;
use std::time::Duration;

struct Known {
    snapshot: Snapshot,
    assessed: BTreeMap<Quarter, Assessment>,
}

impl Known {
    fn now() -> Known {
        let clock = Clock::fixed("2026-01-20T01:00:00Z".parse().unwrap());
        let session = Session::open(&shared().root(), Access::ReadOnly, clock).unwrap();
        Known {
            snapshot: session.snapshot(None).unwrap(),
            assessed: BTreeMap::new(),
        }
    }
    fn assessment(&self, quarter: &str) -> Assessment {
        assess(&self.snapshot, Quarter::parse(quarter).unwrap())
    }
    /// The value for programs; `None` when nothing of that name is known.
    fn explain(&mut self, figure: &str) -> Option<Value> {
        let figure = FigureAddress::parse(figure).unwrap_or_else(|e| panic!("{e}"));
        let quarter = quarter_of(&figure, Quarter::parse("2025Q4").unwrap());
        let snapshot = &self.snapshot;
        let assessment = self
            .assessed
            .entry(quarter)
            .or_insert_with(|| assess(snapshot, quarter));
        let found = explain(snapshot, assessment, &figure)?;
        Some(found.value.as_ref().map_or(Value::Null, machine))
    }
}

/// Addresses with what was printed for them.
type Printed = Vec<(String, Value)>;

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

const AMOUNTS: [&str; 9] = [
    "budget",
    "available",
    "planned_spend",
    "allotted",
    "paid",
    "payable",
    "saved",
    "carried_over",
    "settled",
];
const RATES: [&str; 5] = [
    "execution_rate",
    "disbursement_ratio",
    "attainment",
    "settlement_ratio",
    "realised",
];

/// One accumulation of a budget.
fn account(series: &str, quarter: &str, shown: &Value, printed: &mut Printed) {
    if shown.is_null() {
        return;
    }
    let mut add = |part: &str, value: &Value| {
        printed.push((format!("{series}.{part}@{quarter}"), value.clone()));
    };
    for kind in AMOUNTS {
        let part = if kind == "budget" { "amount" } else { kind };
        add(part, &shown[format!("{kind}_ntd")]);
    }
    for rate in RATES {
        add(rate, &shown[rate]);
    }
    add("executed", &shown["executed_ntd"]);
    add("changed", &shown["changed_ntd"]);
}

fn budget(scope: &str, quarter: &str, shown: &Value, printed: &mut Printed) {
    if shown.is_null() {
        return;
    }
    let last_year = Quarter::parse(quarter).unwrap().plus(-4).to_string();
    account(&format!("{scope}/budget"), quarter, shown, printed);
    let total = &shown["since_beginning"];
    account(&format!("{scope}/budget-total"), quarter, total, printed);
    let before = &shown["last_year"];
    account(&format!("{scope}/budget"), &last_year, before, printed);
    for (rate, points) in shown["change_points"].as_object().unwrap() {
        let figure = format!("{scope}/budget.{rate}_change@{quarter}");
        printed.push((figure, points.clone()));
    }
}

fn indicators(owner: &Value, quarter: &str, printed: &mut Printed) {
    for indicator in list(&owner["indicators"]) {
        let id = text(&indicator["id"]);
        let mut add = |part: &str, value: &Value| {
            printed.push((format!("{id}{part}@{quarter}"), value.clone()));
        };
        if indicator["rejected"].is_null() {
            add("", &indicator["value"]);
        }
        for part in ["target", "achievement", "status"] {
            add(&format!(".{part}"), &indicator[part]);
        }
        forecast(
            &format!("{id}.forecast"),
            quarter,
            &indicator["forecast"],
            printed,
        );
    }
}

fn forecast(series: &str, quarter: &str, shown: &Value, printed: &mut Printed) {
    for (part, key) in [
        ("", "value"),
        ("_low", "low"),
        ("_high", "high"),
        ("_probability", "probability"),
    ] {
        let value = if shown.is_null() {
            &Value::Null
        } else {
            &shown[key]
        };
        printed.push((format!("{series}{part}@{quarter}"), value.clone()));
    }
}

/// What `status --json` says, by address.
fn of_json(status: &Value, quarter: &str) -> Printed {
    let mut printed = Printed::new();
    for (word, count) in status["counts"].as_object().unwrap() {
        printed.push((format!("portfolio/count.{word}@{quarter}"), count.clone()));
    }
    for programme in list(&status["programmes"]) {
        let id = text(&programme["id"]);
        indicators(&programme, quarter, &mut printed);
        budget(id, quarter, &programme["budget"], &mut printed);
        let mut add = |name: &str, value: &Value| {
            printed.push((format!("{id}/{name}@{quarter}"), value.clone()));
        };
        add("status", &programme["status"]);
        add("risk", &programme["risk"]);
        add(
            "risk.by_rule",
            &programme["risk_detail"]["by_rule"]["level"],
        );
        add("tasks.done", &programme["tasks"]["done"]);
        add("tasks.of", &programme["tasks"]["of"]);
        for part in [
            "planned",
            "actual",
            "variance",
            "weighted_planned",
            "weighted_actual",
        ] {
            add(&format!("progress.{part}"), &programme["progress"][part]);
        }
        if let Some(evm) = programme["evm"].as_object() {
            for (key, value) in evm {
                let part = key.trim_end_matches("_ntd").trim_end_matches("_percent");
                add(&format!("evm.{part}"), value);
            }
        }
        for milestone in list(&programme["milestones"]) {
            let of = |part: &str| format!("milestone.{}{part}", text(&milestone["id"]));
            add(&of(""), &milestone["state"]);
            add(&of(".planned"), &milestone["plan"]["planned"]);
            add(&of(".actual"), &milestone["done_on"]);
            add(&of(".days_late"), &milestone["days_late"]);
            add(&of(".weight"), &milestone["weight"]);
        }
        let lagging = &programme["lagging"];
        add("lagging", &lagging["lagging"]);
        let way = &lagging["way_out"];
        add("way-out.execute", &way["execute_ntd"]);
        add("way-out.base", &way["base_ntd"]);
        add("way-out.progress", &way["progress"]);
        add("way-out.progress_points", &way["progress_points"]);
        for condition in list(&lagging["conditions"]) {
            // A rule looks at the year; money since the beginning is none of its inputs.
            if !condition["value"].is_null() {
                let name = match text(&condition["measure"]) {
                    "variance" => "progress.variance".to_owned(),
                    rate => format!("budget.{rate}"),
                };
                add(&name, &condition["value"]);
            }
        }
        let series = format!("{id}/budget.execution_rate_forecast");
        forecast(
            &series,
            quarter,
            &programme["execution_forecast"],
            &mut printed,
        );
    }
    for node in list(&status["nodes"]) {
        indicators(&node, quarter, &mut printed);
        let id = text(&node["id"]);
        if node["tasks"]["of"] != 0 {
            for part in ["done", "of"] {
                let figure = format!("{id}/tasks.{part}@{quarter}");
                printed.push((figure, node["tasks"][part].clone()));
            }
        }
    }
    for agency in list(&status["agencies"]) {
        let figure = text(&agency["figure"]);
        let scope = figure.split_once("/budget@").unwrap().0.to_owned();
        budget(&scope, quarter, &agency["budget"], &mut printed);
    }
    budget(
        "portfolio",
        quarter,
        &status["portfolio_budget"],
        &mut printed,
    );
    for claim in list(&status["claims"]) {
        let figure = format!(
            "plan:{}/claim.{}@{quarter}",
            text(&claim["plan"]),
            text(&claim["id"])
        );
        printed.push((figure, claim["value"].clone()));
    }
    for exception in list(&status["exceptions"]) {
        let id = text(&exception["programme"]);
        for (part, key) in [
            ("at_stake", "at_stake_ntd"),
            ("points_off", "points_off"),
            ("quarters_old", "quarters_old"),
            ("score", "score"),
        ] {
            let figure = format!("{id}/exception.{part}@{quarter}");
            printed.push((figure, exception[key].clone()));
        }
    }
    let price = &status["unknown_price"];
    let mut add = |scope: &str, value: &Value| {
        printed.push((format!("{scope}/unknown-price@{quarter}"), value.clone()));
    };
    add("portfolio", &price["total_ntd"]);
    for agency in list(&price["agencies"]) {
        add(
            &format!("agency:{}", text(&agency["id"])),
            &agency["price_ntd"],
        );
    }
    for programme in list(&price["programmes"]) {
        add(text(&programme["id"]), &programme["price_ntd"]);
    }
    for moves in list(&status["risk_moves"]) {
        let basis = text(&moves["basis"]);
        let mut add = |part: &str, count: Value| {
            printed.push((
                format!("portfolio/migration.{basis}.{part}@{quarter}"),
                count,
            ));
        };
        add("better", moves["better"].clone());
        add("worse", moves["worse"].clone());
        add("not_improved", json!(list(&moves["not_improved"]).len()));
        for (from, row) in moves["cells"].as_object().unwrap() {
            for (to, ids) in row.as_object().unwrap() {
                add(&format!("{from}.{to}"), json!(list(ids).len()));
            }
        }
    }
    printed
}

/// What the report's tables print, by address: percent as fractions.
fn of_tables(input: &ReportInput<'_>) -> Printed {
    let quarter = input.assessment.quarter;
    let mut printed = Printed::new();
    for (name, rows) in tables(input) {
        let header = rows[0].clone();
        for row in &rows[1..] {
            let cell = |id: &str| row[header.iter().position(|h| h == id).unwrap()].clone();
            let series = row[0].split_once('@').map(|(series, _)| series.to_owned());
            let mut add = |figure: String, column: &str, percent: bool| {
                let value = match (cell(column).as_str(), percent) {
                    ("", _) => Value::Null,
                    (text, true) => {
                        let number: Decimal = text.parse().unwrap();
                        json!(format!("{} %", number))
                    }
                    (text, false) => json!(text),
                };
                printed.push((format!("{figure}@{quarter}"), value));
            };
            match name {
                "programmes" => {
                    let id = cell("programme");
                    for (figure, column) in [
                        ("status", "status"),
                        ("indicators.good", "good"),
                        ("indicators.rated", "indicators"),
                        ("budget.unexecuted", "unexecuted"),
                        ("tasks.done", "tasks-done"),
                        ("tasks.of", "tasks"),
                    ] {
                        add(format!("{id}/{figure}"), column, false);
                    }
                    add(
                        format!("{id}/budget.execution_rate"),
                        "execution-rate",
                        true,
                    );
                }
                "indicators" => {
                    let series = series.unwrap();
                    add(series.clone(), "value", false);
                    add(format!("{series}.target"), "target", false);
                    add(format!("{series}.achievement"), "achievement", true);
                    add(format!("{series}.status"), "status", false);
                }
                "budget" => {
                    let series = series.unwrap();
                    for kind in AMOUNTS {
                        let part = if kind == "budget" { "amount" } else { kind };
                        add(format!("{series}.{part}"), &kind.replace('_', "-"), false);
                    }
                    add(format!("{series}.executed"), "executed", false);
                    add(format!("{series}.changed"), "changed", false);
                    for rate in RATES {
                        add(format!("{series}.{rate}"), &rate.replace('_', "-"), true);
                    }
                }
                _ => {
                    if let Some(series) = series {
                        printed.push((format!("{series}@{quarter}"), json!("?")));
                    }
                }
            }
        }
    }
    printed
}

fn number(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.parse()
        .ok()
        .or_else(|| Decimal::from_scientific(&text).ok())
}

/// Whether what was printed is the value; a percent is printed with two decimals.
fn same(printed: &Value, value: &Value) -> bool {
    if let Some(percent) = printed.as_str().and_then(|text| text.strip_suffix(" %")) {
        let printed: Decimal = percent.parse().unwrap();
        let Some(value) = number(value) else {
            return false;
        };
        let off = (value * Decimal::ONE_HUNDRED - printed).abs();
        return off <= Decimal::new(51, 4);
    }
    match (number(printed), number(value)) {
        (Some(printed), Some(value)) => printed == value,
        _ => printed == value,
    }
}

/// Asks for every address and compares; `?` was printed without a value.
fn held(known: &mut Known, what: &str, printed: &Printed) {
    let (mut unknown, mut other) = (Vec::new(), Vec::new());
    for (figure, printed) in printed {
        match known.explain(figure) {
            None if printed.is_null() => {}
            None => unknown.push(figure.clone()),
            Some(_) if printed == "?" => {}
            Some(value) if same(printed, &value) => {}
            Some(value) => other.push(format!("{figure}: {printed} {value}")),
        }
    }
    println!("{what}: {} figures asked for", printed.len());
    assert!(unknown.is_empty(), "{what}, not explained: {unknown:#?}");
    assert!(other.is_empty(), "{what}, another value: {other:#?}");
}

#[test]
fn what_the_json_says_is_explained_with_the_same_values() {
    let mut known = Known::now();
    for quarter in ["2025Q3", "2025Q1"] {
        let said = shared().qd(&["status", "--json", "--quarter", quarter]);
        let printed = of_json(&said.expect(0).json(), quarter);
        assert!(printed.len() > 3000, "{}", printed.len());
        held(&mut known, &format!("json {quarter}"), &printed);
    }
}

#[test]
fn what_the_tables_and_the_texts_of_the_report_print_is_explained_with_the_same_values() {
    let mut known = Known::now();
    for quarter in ["2025Q4", "2025Q3"] {
        let assessment = known.assessment(quarter);
        let snapshot = known.snapshot.clone();
        let input = ReportInput {
            snapshot: &snapshot,
            assessment: &assessment,
            language: Language::ZhTw,
            made_at: snapshot.as_of,
            chain: None,
            signed: None,
        };
        held(&mut known, &format!("tables {quarter}"), &of_tables(&input));
        let mut links = Printed::new();
        for paragraph in written(&input) {
            for piece in pieces(&paragraph.text) {
                let Piece::Link(shown, figure) = piece else {
                    continue;
                };
                links.push((figure.to_owned(), json!("?")));
                let value = known.explain(figure).as_ref().and_then(number);
                let shown = Wanted::read(shown.trim_end_matches("百分點")).unwrap();
                let whole = |value: Decimal| i64::try_from(value).is_ok_and(|v| shown.is_amount(v));
                let is_it = value.is_some_and(|value| {
                    shown.is_number(value).is_some() || shown.is_rate(value) || whole(value)
                });
                assert!(is_it, "{figure}: {shown:?} {value:?}");
            }
        }
        assert!(links.len() > 15, "{}", links.len());
        held(&mut known, &format!("texts {quarter}"), &links);
    }
}

#[test]
fn what_a_signature_covers_is_explained_with_the_same_values() {
    let mut known = Known::now();
    for quarter in ["2025Q4", "2024Q2"] {
        let assessment = known.assessment(quarter);
        let said = |said: &Said| match said {
            Said::Yes(yes) => json!(yes),
            other => json!(other.text()),
        };
        let all = figures(&assessment);
        let mut seen = BTreeSet::new();
        for figure in &all {
            assert!(seen.insert(&figure.address), "twice: {}", figure.address);
        }
        let printed: Printed = all
            .iter()
            .map(|f| (f.address.clone(), said(&f.said)))
            .collect();
        held(&mut known, &format!("signed {quarter}"), &printed);
    }
}

fn of_cell(cell: &Cell, found: &mut BTreeSet<String>) {
    found.extend(cell.figure.as_ref().map(ToString::to_string));
    if let Some(Msg::Explain(figure)) = &cell.open {
        found.insert(figure.to_string());
    }
}

fn of_screen(screen: &Screen) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for panel in &screen.panels {
        found.extend(panel.figure.as_ref().map(ToString::to_string));
        let measures = match &panel.body {
            Body::Headline { measures, .. } | Body::Title { measures, .. } => measures.as_slice(),
            _ => &[],
        };
        found.extend(
            measures
                .iter()
                .filter_map(|m| m.figure.as_ref())
                .map(ToString::to_string),
        );
        match &panel.body {
            Body::Table(table) => {
                for row in &table.rows {
                    found.extend(row.figure.as_ref().map(ToString::to_string));
                    row.cells.iter().for_each(|cell| of_cell(cell, &mut found));
                }
            }
            Body::Queue(items) => {
                let figures = items.iter().filter_map(|i| i.figure.as_ref());
                found.extend(figures.map(ToString::to_string));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn every_figure_on_a_screen_opens_its_trail() {
    let (send, messages) = mpsc::channel();
    let options = WorkerOptions {
        clock: Clock::fixed("2026-01-20T01:00:00Z".parse().unwrap()),
        read_only: true,
        ..WorkerOptions::default()
    };
    let notify = Box::new(move |msg| {
        let _ = send.send(msg);
    });
    let worker = Worker::start(Some(shared().root()), options, notify);
    let mut state = State::new(FaceKind::Window, Capabilities::default());
    while state.loaded.is_none() {
        let msg = messages.recv_timeout(Duration::from_secs(30)).unwrap();
        update(&mut state, msg);
    }
    drop(worker);
    let mut known = Known::now();
    let mut all = BTreeSet::new();
    for quarter in ["2025Q4", "2025Q3"] {
        update(
            &mut state,
            Msg::SetQuarter(Quarter::parse(quarter).unwrap()),
        );
        for screen in ScreenId::ALL {
            update(&mut state, Msg::Go(screen));
            let on_screen = of_screen(&quarterdeck_view::screen::view(&state));
            all.extend(on_screen);
        }
    }
    assert!(all.len() > 150, "{}", all.len());
    let printed: Printed = all.into_iter().map(|figure| (figure, json!("?"))).collect();
    held(&mut known, "screens", &printed);
}
