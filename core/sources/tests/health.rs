//! Probes to availability, latency and days of a certificate.

#![allow(clippy::unwrap_used)] // tests may; clippy sees helpers as other code

mod common;
use common::*;
use quarterdeck_kpi::observation::{Parts, Reading};
use quarterdeck_sources::{Decoded, Earlier, SourceConfig};

const UP: &[u8] = include_bytes!("../fixtures/health/up.json");
const DOWN: &[u8] = include_bytes!("../fixtures/health/down.json");
const SLOW: &[u8] = include_bytes!("../fixtures/health/slow.json");

fn service(rest: &str) -> SourceConfig {
    source(
        "health",
        &format!(
            "[health]\n{rest}\n[[map]]\nseries = \"P12/availability\"\ncolumn = \"up\"\n\
             [[map]]\nseries = \"P12/latency\"\ncolumn = \"elapsed_ms\"\naggregate = \"mean\"\n\
             [[map]]\nseries = \"P12/latency-max\"\ncolumn = \"elapsed_ms\"\naggregate = \"max\"\n\
             [[map]]\nseries = \"P12/certificate-days\"\ncolumn = \"certificate_days_left\"\n"
        ),
    )
}

/// Probes one after the other, each counting on from the one before.
fn probes(config: &SourceConfig, bodies: &[&[u8]]) -> Decoded {
    let mut last = Decoded::default();
    for body in bodies {
        let before = last.readings.clone();
        let earlier = |series: &quarterdeck_kpi::address::SeriesId, _| {
            let found = before.iter().find(|l| l.observation.series == *series)?;
            Some(Earlier {
                value: found.observation.value(),
                parts: found.observation.parts,
            })
        };
        let mut circumstances = context();
        circumstances.earlier = &earlier;
        let mut now = run_in(config, &circumstances, body).0.unwrap();
        // What a probe says nothing about keeps its last reading, as in the store.
        for old in before.iter() {
            if !now
                .readings
                .iter()
                .any(|l| l.observation.series == old.observation.series)
            {
                now.readings.push(old.clone());
            }
        }
        last = now;
    }
    last
}

#[test]
fn seven_of_ten_is_seventy_percent_exactly() {
    let config = service("");
    let bodies = [UP, UP, DOWN, UP, DOWN, UP, UP, DOWN, UP, UP];
    let decoded = probes(&config, &bodies);
    assert_eq!(figure(&decoded, "P12/availability"), "70");
    let availability = &located(&decoded, "P12/availability").observation;
    assert_eq!(
        availability.parts,
        Some(Parts {
            numerator: 7.into(),
            denominator: 10.into()
        })
    );
    assert_eq!(availability.unit, "percent");
    assert_eq!(
        availability.period.to_string(),
        "2025Q4",
        "the quarter of the probe"
    );
    assert_eq!(figure(&decoded, "P12/latency"), "45");
    let third = probes(&config, &[UP, UP, DOWN]);
    assert_eq!(figure(&third, "P12/availability"), "66.666667");
}

#[test]
fn latency_is_over_the_probes_that_answered() {
    let config = service("slow_ms = 3000");
    let decoded = probes(&config, &[UP, DOWN, SLOW, UP]);
    let latency = &located(&decoded, "P12/latency").observation;
    assert_eq!(
        latency.parts,
        Some(Parts {
            numerator: (45 + 3100 + 45).into(),
            denominator: 3.into()
        })
    );
    assert_eq!(latency.unit, "millisecond");
    assert_eq!(figure(&decoded, "P12/latency-max"), "3100");
    assert_eq!(figure(&decoded, "P12/availability"), "75");
}

#[test]
fn slow_answers_and_certificates_that_end_are_told() {
    let decoded = probes(&service("slow_ms = 3000"), &[SLOW]);
    assert_eq!(
        finding(&decoded, "service-slow"),
        "source-health-slow elapsed=3100 limit=3000"
    );
    assert_eq!(
        finding(&decoded, "certificate-ends"),
        "source-health-certificate-ends days=5"
    );
    assert_eq!(figure(&decoded, "P12/certificate-days"), "5");
    let ended = String::from_utf8_lossy(SLOW).replace("2025-10-25", "2025-10-18");
    let decoded = probes(&service(""), &[ended.as_bytes()]);
    assert_eq!(figure(&decoded, "P12/certificate-days"), "-2");
    assert!(finding(&decoded, "certificate-ends").starts_with("source-health-certificate-ended"));
}

#[test]
fn a_probe_without_an_answer_says_nothing_of_latency_and_one_of_our_own_outage_nothing_at_all() {
    let decoded = probes(&service(""), &[DOWN]);
    assert_eq!(figure(&decoded, "P12/availability"), "0", "zero is a value");
    assert_eq!(decoded.readings.len(), 1);
    let uncounted = String::from_utf8_lossy(DOWN).replace("\"counted\":true", "\"counted\":false");
    let decoded = probes(&service(""), &[uncounted.as_bytes()]);
    assert!(decoded.readings.is_empty());
}

#[test]
fn the_wrong_text_is_told_by_its_words() {
    let wrong = String::from_utf8_lossy(UP)
        .replace("\"text_found\":true", "\"text_found\":false")
        .replace("\"up\":true", "\"up\":false");
    let decoded = probes(&service("expect_text = \"線上申辦\""), &[wrong.as_bytes()]);
    assert!(finding(&decoded, "service-text").contains("線上申辦"));
    assert_eq!(figure(&decoded, "P12/availability"), "0");
}

#[test]
fn what_is_no_record_is_refused() {
    for body in [
        "{}",
        "[]",
        "{\"schema\":\"quarterdeck/probe/2\"}",
        &String::from_utf8_lossy(UP).replace("probe/1", "probe/9"),
    ] {
        assert!(
            refusal(run(&service(""), body)).starts_with("source-health-record"),
            "{body}"
        );
    }
    assert!(refusal(run(&service(""), "<html>")).starts_with("source-html"));
}

#[test]
fn a_unit_of_the_register_that_differs_is_a_refused_reading() {
    let config = source(
        "health",
        "[[map]]\nseries = \"P01/open-datasets\"\ncolumn = \"up\"\n",
    );
    let decoded = run(&config, UP).unwrap();
    assert!(matches!(
        decoded.readings[0].observation.reading,
        Reading::Rejected(_)
    ));
}

#[test]
fn maps_that_mean_nothing_are_refused_by_check() {
    let problems = |url: &str, rest: &str| -> String {
        let text = format!(
            "id = \"s\"\nkind = \"health\"\nschedule = \"hourly\"\nurl = \"{url}\"\n{rest}"
        );
        let config: SourceConfig = toml::from_str(&text).unwrap();
        config.problems().iter().map(|m| format!("{m}\n")).collect()
    };
    let map = |column: &str, rest: &str| {
        format!("[[map]]\nseries = \"P12/x\"\ncolumn = \"{column}\"\n{rest}")
    };
    for (rest, id) in [
        (map("uptime", ""), "source-health-column"),
        (map("up", "aggregate = \"mean\""), "source-health-aggregate"),
        (map("up", "period = \"2025Q3\""), "source-health-map"),
        (
            format!("[health]\nslow_ms = 0\n{}", map("up", "")),
            "source-key-value",
        ),
        (
            format!("[sql]\nquery = \"select 1\"\n{}", map("up", "")),
            "source-table-other-kind",
        ),
        (
            map("certificate_days_left", ""),
            "source-health-no-certificate",
        ),
    ] {
        let found = problems("http://svc.example.gov.tw/", &rest);
        assert!(found.contains(id), "{rest}: {found}");
        assert_eq!(found.lines().count(), 1, "{found}");
    }
    assert_eq!(problems("https://svc.example.gov.tw/", &map("up", "")), "");
}
