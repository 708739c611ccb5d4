//! Risk and its migration, earned value, forecasts, targets with history, handled exceptions and the price of not
//! knowing, as scripts read them from the demo.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_tests::demo::{self, last, shared, status_of};
use quarterdeck_tests::office::{indicator, programme};
use quarterdeck_tests::program::valid;
use serde_json::Value;

fn findings(figure: &str) -> Vec<&'static str> {
    last()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["figure"] == figure)
        .filter_map(|finding| finding["rule"].as_str())
        .collect()
}

fn float(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn a_persons_risk_stands_beside_the_rules_with_name_and_reason() {
    let detail = &programme(last(), "P26")["risk_detail"];
    assert_eq!(detail["by_rule"]["level"], "high");
    assert_eq!(detail["by_rule"]["rule"], "risk-default@1");
    assert_eq!(detail["reported"]["level"], "medium");
    assert_eq!(detail["reported"]["actor"], "demo");
    assert!(detail["reported"]["source"].is_null(), "no portal said so");
    let reason = detail["reported"]["reason"].as_str().unwrap();
    assert!(reason.contains("虛構"), "{reason}");
    assert_eq!(
        programme(last(), "P26")["risk"],
        "medium",
        "the reported one"
    );
    let fed = &programme(last(), "P12")["risk_detail"]["reported"];
    assert_eq!(fed["source"], "demo-gpmnet");
}

#[test]
fn the_matrix_counts_every_programme_and_names_who_did_not_improve() {
    for moved in last()["risk_moves"].as_array().unwrap() {
        let cells = moved["cells"].as_object().unwrap().values();
        let count: usize = cells
            .flat_map(|row| row.as_object().unwrap().values())
            .map(|ids| ids.as_array().unwrap().len())
            .sum();
        assert_eq!(count, 29, "{}", moved["basis"]);
        assert_eq!(
            (&moved["from"], &moved["to"]),
            (&"2025Q3".into(), &"2025Q4".into())
        );
        let stuck = moved["not_improved"].as_array().unwrap();
        for id in ["P12", "P16"] {
            assert!(stuck.contains(&id.into()), "{id}: {stuck:?}");
        }
    }
    let reported = &last()["risk_moves"][0];
    assert_eq!(reported["basis"], "reported");
    assert_eq!(
        reported["cells"]["high"]["medium"],
        serde_json::json!(["P26"])
    );
    assert_eq!(reported["better"], 1);
    assert!(
        !reported["not_improved"]
            .as_array()
            .unwrap()
            .contains(&"P26".into()),
        "its lead says that it improved"
    );
}

#[test]
fn earned_value_follows_from_its_parts() {
    let p12 = programme(last(), "P12");
    let (evm, budget) = (&p12["evm"], &p12["budget"]);
    let whole = |value: &Value| value.as_i64().unwrap_or_else(|| panic!("{value}"));
    let ac = whole(&budget["paid_ntd"]) + whole(&budget["payable_ntd"]);
    assert_eq!(whole(&evm["ac_ntd"]), ac);
    let (ev, pv) = (whole(&evm["ev_ntd"]), whole(&evm["pv_ntd"]));
    assert_eq!(whole(&evm["sv_ntd"]), ev - pv);
    assert!((float(&evm["spi"]) - ev as f64 / pv as f64).abs() < 1e-6);
    assert!((float(&evm["cpi"]) - ev as f64 / ac as f64).abs() < 1e-6);
    // Nothing of P23 was reported in the quarter.
    assert!(programme(last(), "P23")["evm"]["ev_ntd"].is_null());
}

/// A forecast rests on twenty long answers: looking into each would take longer than anybody waits.
#[test]
fn behind_a_forecast_the_first_answer_is_looked_into_and_the_others_are_named() {
    let said = shared().qd(&["explain", "P29/cases.forecast@2025Q3", "--json"]);
    let explained = said.expect(0).json();
    let captures = explained["captures"].as_array().unwrap();
    assert!(captures.len() > 12, "{}", captures.len());
    let opened = captures.iter().filter(|c| !c["excerpt"].is_null());
    let bytes: i64 = opened.clone().map(|c| c["bytes"].as_i64().unwrap()).sum();
    assert!(opened.count() < 8 && bytes <= 1 << 20, "{bytes}");
    assert_eq!(captures[0]["found"], true);
    for capture in captures {
        assert_eq!(capture["sha256"].as_str().map(str::len), Some(64));
    }
}

#[test]
fn forecasts_beat_the_last_value_on_the_demo_and_say_so() {
    // A quarter before the year's end nearly every target lies ahead.
    let before = status_of(shared(), &["--quarter", "2025Q3"]);
    let all = before["programmes"].as_array().unwrap().iter();
    let forecasts: Vec<&Value> = all
        .flat_map(|p| p["indicators"].as_array().unwrap())
        .map(|i| &i["forecast"])
        .filter(|f| !f.is_null())
        .collect();
    assert!(forecasts.len() > 30, "{} forecasts", forecasts.len());
    let (mut better, mut tries, mut inside) = (0, 0.0, 0.0);
    for forecast in &forecasts {
        let tried = &forecast["backtest"];
        better += usize::from(float(&tried["mean_error"]) <= float(&tried["naive_error"]));
        tries += float(&tried["tries"]);
        inside += float(&tried["inside"]);
        let chance = float(&forecast["probability"]);
        assert!((0.0..=1.0).contains(&chance), "{forecast}");
        assert_eq!(forecast["method"], "ets-additive@2");
    }
    println!(
        "demo, one step ahead: better than the last value for {better} of {} series; {inside} of {tries} inside the band",
        forecasts.len()
    );
    assert!(
        better * 3 > forecasts.len() * 2,
        "{better} of {}",
        forecasts.len()
    );
    assert!(
        (0.6..=1.0).contains(&(inside / tries)),
        "{inside} of {tries}"
    );
    // A year further only the targets decided for it are left.
    let next = &indicator(last(), "P12/online-share")["forecast"];
    assert_eq!(next["target_period"], "2026");
    assert_eq!(next["points"].as_array().unwrap().len(), 4);
    assert!(indicator(last(), "P12/calculations")["forecast"].is_null());
    let execution = &programme(&before, "P12")["execution_forecast"];
    assert!(float(&execution["probability"]) < 0.5, "{execution}");
}

#[test]
fn what_history_says_of_targets_and_ratios_is_found() {
    assert!(findings("P12/calculations.target@2025Q4").contains(&"target-lowered-after-miss@1"));
    assert!(findings("P24/course-pass-share@2025Q4").contains(&"ratio-by-denominator@1"));
    let share = indicator(last(), "P24/course-pass-share");
    assert_eq!(share["status"], "no_target", "shown, not rated");
}

#[test]
fn the_price_of_not_knowing_adds_up_over_agencies_and_programmes() {
    let price = &last()["unknown_price"];
    let sum = |list: &str| -> i64 {
        let all = price[list].as_array().unwrap().iter();
        all.map(|one| one["price_ntd"].as_i64().unwrap()).sum()
    };
    let total = price["total_ntd"].as_i64().unwrap();
    assert!(total > 0);
    assert_eq!((sum("agencies"), sum("programmes")), (total, total));
    let programmes = price["programmes"].as_array().unwrap();
    let p20 = programmes.iter().find(|p| p["id"] == "P20").unwrap();
    let weight = float(&p20["unusable_weight"]) / float(&p20["weight"]);
    let expected = p20["budget_ntd"].as_f64().unwrap() * weight;
    assert!((p20["price_ntd"].as_f64().unwrap() - expected).abs() <= 0.5);
}

#[test]
fn an_exception_is_handled_once_and_stays_on_the_list() {
    let demo = demo::make("qd-handle-", &[]);
    let listed = |status: &Value, id: &str| -> Value {
        let list = status["exceptions"].as_array().unwrap();
        list.iter().find(|e| e["programme"] == id).unwrap().clone()
    };
    let before = status_of(&demo, &["--quarter", "2025Q4"]);
    assert_eq!(
        listed(&before, "P19")["handled"]["actor"],
        "demo",
        "the demo's own"
    );
    assert!(listed(&before, "P12")["handled"].is_null());
    assert_eq!(listed(&before, "P12")["rule"], "ndc-110q2");
    // Without a reason, or of what is no exception, nothing is noted.
    demo.qd(&["handle", "P12"]).expect(2);
    demo.qd(&["handle", "P04", "--reason", "x"]).expect(2);
    demo.qd(&["handle", "P99", "--reason", "x"]).expect(2);
    let done = demo
        .qd(&["handle", "P12", "--reason", "已開會檢討", "--json"])
        .expect(0)
        .json();
    valid("handle", &done);
    assert_eq!(done["quarter"], "2025Q4");
    let after = status_of(&demo, &["--quarter", "2025Q4"]);
    let handled = &listed(&after, "P12")["handled"];
    assert_eq!(handled["reason"], "已開會檢討");
    assert_eq!(
        after["exceptions"].as_array().unwrap().len(),
        before["exceptions"].as_array().unwrap().len(),
        "it stays on the list"
    );
    // A corrected figure opens it again.
    let figure = "P12/satisfaction@2025H2";
    demo.qd(&["correct", figure, "70", "--reason", "重新計算"])
        .expect(0);
    let corrected = status_of(&demo, &["--quarter", "2025Q4"]);
    assert!(listed(&corrected, "P12")["handled"].is_null());
}

#[test]
fn acts_and_sources_are_shown_as_they_were_known_then() {
    let (then, now) = ("2024-10-04", "2026-01-20");
    let log = |as_of: &str| {
        let log = shared().qd(&["log", "--json", "--as-of", as_of]);
        let log = log.expect(0).json();
        valid("log", &log);
        log
    };
    let (before, after) = (log(then), log(now));
    assert_eq!(before["as_of"], "2024-10-04T15:59:59.999999Z");
    let (before, after) = (before["acts"].as_array(), after["acts"].as_array());
    let (before, after) = (before.unwrap(), after.unwrap());
    assert!(!before.is_empty() && before.len() < after.len());
    assert_eq!(before[..], after[..before.len()]);
    let said = shared().qd(&["log", "--as-of", "113.10.4", "--lang", "zh-TW"]);
    assert!(said.expect(0).out.starts_with("資料時點：113"));

    let sources = |as_of: &str| {
        let sources = shared().qd(&["sources", "--json", "--as-of", as_of]);
        let sources = sources.expect(0).json();
        valid("sources", &sources);
        sources
    };
    let of = |all: &Value, id: &str| {
        let all = all["sources"].as_array().unwrap().iter();
        all.clone().find(|source| source["id"] == id).cloned()
    };
    let (before, after) = (sources(then), sources(now));
    let (old, new) = (of(&before, "demo-join"), of(&after, "demo-join"));
    let (old, new) = (old.unwrap(), new.unwrap());
    let last = |source: &Value| source["attempts"][0]["at"].as_str().unwrap().to_owned();
    assert!(last(&old).as_str() < then && last(&old) < last(&new));
    assert!(old["newest_data"].as_str().unwrap() < then);
    // What comes next is a matter of now.
    assert!(old["next_run"].is_null());
    // Before anything was known there was no source.
    assert_eq!(sources("2019-01-01")["sources"], Value::Array(Vec::new()));

    let refused = shared().qd(&["sources", "--as-of", then, "--openmetrics"]);
    refused.expect(2);
    for (command, words) in [("prune", "for every moment"), ("check", "known now")] {
        let refused = shared().qd(&[command, "--as-of", then, "--lang", "en"]);
        let said = refused.expect(2).err;
        assert!(said.contains(words), "{said}");
        assert!(said.contains("status, explain, find"), "{said}");
    }
}
