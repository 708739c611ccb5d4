//! Whatever a reading says comes back exactly.
#![allow(missing_docs, clippy::unwrap_used)]
mod common;
use common::*;
use proptest::prelude::*;
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::{Act, Cause, Observation, Parts, Qualifier, Reading, Stage};
use quarterdeck_store::*;

fn any_decimal() -> impl Strategy<Value = Decimal> {
    (any::<i64>(), 0u32..=28).prop_map(|(m, s)| Decimal::from_i128_with_scale(m.into(), s))
}

fn any_cause() -> impl Strategy<Value = Cause> {
    prop_oneof![
        ("[0-9a-f]{64}", ".{0,12}", ".{0,12}").prop_map(|(sha256, source, at)| Cause::Capture {
            sha256: sha256.into(),
            source: source.into(),
            at: at.into()
        }),
        proptest::option::of((".{0,8}", ".{0,8}")).prop_map(|evidence| Cause::Entry { evidence }),
        (".{0,12}", ".{0,12}").prop_map(|(title, place)| Cause::Document { title, place }),
    ]
}

fn any_observation() -> impl Strategy<Value = Observation> {
    let reading = prop_oneof![
        any_decimal().prop_map(Reading::Value),
        ".{0,20}"
            .prop_map(|t| Reading::Rejected(Message::new("source-not-a-number").with("text", t))),
    ];
    let period = prop_oneof![
        Just("2025Q3"),
        Just("2024"),
        Just("2025-09"),
        Just("2025H2"),
        Just("2025-09-24"),
        Just("2019-01-01/2020-05-31"),
    ];
    let parts = proptest::option::of((any_decimal(), any_decimal()));
    (
        (
            "P[0-9]{2}/[a-z-]{1,9}",
            period,
            reading,
            proptest::option::of(".{0,20}"),
        ),
        (
            0usize..6,
            0usize..3,
            "[a-z]{1,8}",
            parts,
            0i64..4_000_000_000_000_000,
            any::<u32>(),
        ),
    )
        .prop_map(
            |(
                (series, period, reading, printed),
                (qualifier, stage, unit, parts, micros, definition_version),
            )| {
                Observation {
                    series: quarterdeck_kpi::address::SeriesId::parse(&series).unwrap(),
                    period: Period::parse(period).unwrap(),
                    reading,
                    printed,
                    qualifier: Qualifier::ALL[qualifier],
                    stage: [Stage::Provisional, Stage::Revised, Stage::Final][stage],
                    unit: unit.into(),
                    parts: parts.map(|(numerator, denominator)| Parts {
                        numerator,
                        denominator,
                    }),
                    observed_at: chrono::DateTime::from_timestamp_micros(micros).unwrap(),
                    definition_version,
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn a_reading_comes_back_as_it_went_in(items in proptest::collection::vec((any_observation(), any_cause()), 1..12)) {
        let folder = Folder::new();
        let mut store = folder.store();
        let mut load = readings(day(1), vec![]);
        // A correction of a row the register carries is always a row of its own.
        load.observations = items.iter().map(|(item, cause)| row(item.clone(), cause.clone(), Act::Correct(-1))).collect();
        let sequences = store.record(&load).unwrap();
        drop(store);
        let back = Store::open(&folder.file(), OpenMode::ReadOnly).unwrap().rows_as_of(day(1)).unwrap();
        prop_assert_eq!(sequences.len(), items.len());
        for ((item, cause), read) in items.into_iter().zip(back.observations) {
            prop_assert!(read.intact);
            let mut expected = item;
            if expected.value().is_some_and(|v| expected.printed.as_deref() == Some(v.to_string().as_str())) {
                expected.printed = None;
            }
            prop_assert_eq!(read.item.value().map(|v| (v.mantissa(), v.scale())), expected.value().map(|v| (v.mantissa(), v.scale())));
            prop_assert_eq!(read.item, expected);
            prop_assert_eq!(read.cause, cause);
        }
    }
}
