//! Single flipped bits and cut ends of a database: no panic, and no wrong figure unmarked.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]
mod common;
use common::*;
use quarterdeck_kpi::observation::{Act, Cause};
use quarterdeck_store::*;
use std::collections::BTreeMap;

/// How many.
const ROUNDS: usize = 2000;

/// What a figure says: address, value, actor, reason.
type Said = (String, String, String, String);

fn figures(rows: &Rows) -> BTreeMap<i64, Said> {
    let readings = rows
        .observations
        .iter()
        .filter(|row| row.intact)
        .map(|row| {
            let value = row.item.value().map(|value| value.to_string());
            let address = row.item.series.clone().at(row.item.period).to_string();
            let value = format!("{:?} {:?} {:?}", value, row.item.parts, row.recorded_at);
            (
                row.sequence,
                (
                    address,
                    value,
                    row.actor.to_string(),
                    format!("{:?}", row.reason),
                ),
            )
        });
    let money = rows.money.iter().filter(|row| row.intact).map(|row| {
        let value = format!("{} {:?}", row.item.amount_ntd, row.recorded_at);
        (
            row.sequence,
            (
                format!("{:?}", row.item.key),
                value,
                row.actor.to_string(),
                format!("{:?}", row.reason),
            ),
        )
    });
    readings.chain(money).collect()
}

#[test]
fn a_flipped_bit_or_a_cut_end_is_marked_or_does_not_matter() {
    let folder = Folder::new();
    let mut store = folder.store();
    for day_number in 1..=9 {
        let cause = Cause::Entry { evidence: None };
        let value = format!("{}.5", day_number * 11);
        let rows = (1..=8)
            .map(|programme| {
                let series = format!("P{programme:02}/visits-{day_number}");
                row(reading(&series, &value), cause.clone(), Act::Record)
            })
            .collect();
        store.record(&readings(day(day_number), rows)).unwrap();
        let act = HumanAct {
            at: day(day_number),
            actor: "lin".into(),
            identity: "os-account".into(),
            kind: "enter".into(),
            subject: "P01".into(),
            detail_json: "{}".into(),
        };
        store.append_act(&act).unwrap();
    }
    let all = store.rows_as_of(day(20)).unwrap();
    let truth = figures(&all);
    assert_eq!(truth.len(), 72);
    let acts = store.acts().unwrap();
    drop(store);
    let whole = folder.in_one_file();
    let (mut random, mut refused, mut marked, mut harmless) = (Random(0x5eed), 0, 0, 0);
    for round in 0..ROUNDS {
        let torn = Folder::new();
        let mut bytes = whole.clone();
        if round % 10 == 9 {
            bytes.truncate(random.below(whole.len()));
        } else {
            let at = random.below(bytes.len());
            bytes[at] ^= 1 << random.below(8);
        }
        std::fs::write(torn.file(), &bytes).unwrap();
        // No answer is an answer: the file is refused with a sentence.
        let Ok(store) = Store::open(&torn.file(), OpenMode::ReadOnly) else {
            refused += 1;
            continue;
        };
        let Ok(rows) = store.rows_as_of(day(20)) else {
            refused += 1;
            continue;
        };
        let shown = figures(&rows);
        for (sequence, said) in &shown {
            assert_eq!(
                truth.get(sequence),
                Some(said),
                "round {round}: row {sequence}"
            );
        }
        let is_whole = shown.len() == truth.len();
        let has_finding = !rows.findings.is_empty();
        assert!(
            is_whole
                || has_finding
                || shown.len() < truth.len() && store.check().is_ok_and(|c| !c.holds()),
            "round {round}: {} of {} rows and not a word",
            shown.len(),
            truth.len()
        );
        // The log holds, or its first bad act is named.
        if let Ok(read) = store.acts()
            && read != acts
        {
            let cut = read.len() < acts.len() && first_break(&read).is_none();
            assert!(cut || first_break(&read).is_some(), "round {round}");
        }
        if is_whole && !has_finding {
            harmless += 1
        } else {
            marked += 1
        }
    }
    println!(
        "{} flips and cuts: {refused} refused, {marked} marked, {harmless} beside every figure",
        ROUNDS
    );
}
