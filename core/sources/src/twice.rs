//! One answer that says two different things of one figure: nobody can know which is meant, so none is taken.

use crate::answer::Located;
use crate::finish::reject;
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use std::collections::{BTreeMap, HashMap};

/// Findings of one answer at most; the refused readings say it themselves.
const FINDINGS: usize = 20;

/// Refuses the readings of every figure of which the answer holds different values. What is said twice alike stays.
pub fn refuse_contradictions(readings: &mut [&mut Located], source: &str) -> Vec<Finding> {
    if readings.len() < 2 {
        return Vec::new();
    }
    // Where a figure is spoken of first, and why that cannot be taken.
    let mut first = HashMap::with_capacity(readings.len());
    let mut places = Vec::with_capacity(readings.len());
    let mut reasons: BTreeMap<usize, Message> = BTreeMap::new();
    for (index, located) in readings.iter().enumerate() {
        let observation = &located.observation;
        let key = (&observation.series, observation.period, located.span);
        let place = match observation.value() {
            Some(_) => *first.entry(key).or_insert(index),
            None => index,
        };
        places.push(place);
        let before = &readings[place].observation;
        if before.value() != observation.value() || before.qualifier != observation.qualifier {
            reasons
                .entry(place)
                .or_insert_with(|| reason(readings[place], located));
        }
    }
    if reasons.is_empty() {
        return Vec::new();
    }
    for (index, place) in places.into_iter().enumerate() {
        if let Some(reason) = reasons.get(&place) {
            reject(readings[index], reason);
        }
    }
    let named = reasons.into_iter().take(FINDINGS);
    named
        .map(|(place, reason)| {
            let observation = &readings[place].observation;
            let about = observation.series.clone().at(observation.period);
            let (rule, severity) = ("figure-twice@1", Severity::Error);
            Finding::new(rule, severity, Some(about), Some(source), reason)
        })
        .collect()
}

fn reason(first: &Located, second: &Located) -> Message {
    let said = |of: &Located| {
        let printed = of.observation.printed.clone();
        let value = of.observation.value().map(|value| value.to_string());
        printed.or(value).unwrap_or_default()
    };
    Message::new("source-figure-twice")
        .with("series", first.observation.series.to_string())
        .with("period", first.observation.period)
        .with("first", said(first))
        .with("first-at", first.at.as_str())
        .with("second", said(second))
        .with("second-at", second.at.as_str())
}
