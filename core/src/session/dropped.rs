//! A changed register becomes a version, and every target that vanished with it a finding.
//!
//! Targets are lists: a new decision is another entry and the former stays. A target that is no
//! longer there was taken out by somebody, and that is said from then on.

use super::Actor;
use crate::workspace::load_from_files;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::register::Register;
use quarterdeck_kpi::target::Target;
use quarterdeck_store::{Batch, Store, StoreError};
use std::collections::BTreeMap;

/// Rule of the finding.
pub(crate) const RULE: &str = "target-dropped@1";

type Files = Vec<(String, Vec<u8>)>;

/// Appends a register version if the files differ from the last one. `name` is how the actor is
/// called in a sentence.
pub(crate) fn record_register(
    store: &mut Store,
    files: &[(String, Vec<u8>)],
    actor: &Actor,
    name: Arg,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(last) = store.register_as_of(DateTime::<Utc>::MAX_UTC)? else {
        store.record_register(files, &actor.id, &actor.identity, at)?;
        return Ok(());
    };
    if last.files == files {
        return Ok(());
    }
    let before = readable(store, last.files)?;
    let after = filled(files, &before);
    let findings = vanished(&register(&before), &register(&after), &name, at);
    if !findings.is_empty() {
        // Findings first: should the version not follow, the next opening finds the same again.
        store.record(&Batch {
            run: None,
            recorded_at: at,
            actor: actor.id.clone(),
            identity: actor.identity.clone(),
            reason: None,
            observations: Vec::new(),
            money: Vec::new(),
            findings,
            attempt: None,
        })?;
    }
    store.record_register(files, &actor.id, &actor.identity, at)?;
    Ok(())
}

fn register(files: &[(String, Vec<u8>)]) -> Register {
    load_from_files(files, DateTime::<Utc>::UNIX_EPOCH).0
}

/// Files that cannot be read: nothing is known of their targets.
fn broken(files: &[(String, Vec<u8>)]) -> Vec<String> {
    let (.., problems) = load_from_files(files, DateTime::<Utc>::UNIX_EPOCH);
    problems
        .into_iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| problem.file)
        .collect()
}

/// The files with each broken one as it is in `other`, if it is there.
fn filled(files: &[(String, Vec<u8>)], other: &[(String, Vec<u8>)]) -> Files {
    let broken = broken(files);
    files
        .iter()
        .map(|(path, bytes)| {
            let better = other
                .iter()
                .find(|(name, _)| name == path && broken.contains(path))
                .map_or(bytes, |(_, bytes)| bytes);
            (path.clone(), better.clone())
        })
        .collect()
}

/// The last version with each broken file as it was when it could last be read: a target does not
/// vanish unseen by way of a broken file.
fn readable(store: &Store, last: Files) -> Result<Files, StoreError> {
    if broken(&last).is_empty() {
        return Ok(last);
    }
    let mut files = last;
    for version in store.register_versions()?.iter().rev().skip(1) {
        if let Some(earlier) = store.register_as_of(version.recorded_at)? {
            files = filled(&files, &earlier.files);
        }
        if broken(&files).is_empty() {
            break;
        }
    }
    Ok(files)
}

/// What makes a target the same one: its period, value and day of decision.
fn is_same(one: &Target, other: &Target) -> bool {
    (one.period, one.value, one.set_on) == (other.period, other.value, other.set_on)
}

/// One finding for every target that was there before and is not now.
fn vanished(before: &Register, after: &Register, name: &Arg, at: DateTime<Utc>) -> Vec<Finding> {
    let now: BTreeMap<String, &[Target]> = after
        .indicators()
        .map(|indicator| (indicator.series.to_string(), indicator.targets.as_slice()))
        .collect();
    let mut findings = Vec::new();
    for indicator in before.indicators() {
        let left = now
            .get(&indicator.series.to_string())
            .copied()
            .unwrap_or_default();
        for target in &indicator.targets {
            if left.iter().any(|other| is_same(target, other)) {
                continue;
            }
            let id = match target.set_on {
                Some(_) => "session-target-dropped",
                None => "session-target-dropped-undated",
            };
            let mut text = Message::new(id)
                .with("title", Arg::Title(indicator.title.clone()))
                .with("period", target.period)
                .with("value", target.value)
                .with("day", taipei_day(at))
                .with("person", name.clone());
            if let Some(set_on) = target.set_on {
                text = text.with("set", set_on);
            }
            let figure = indicator.series.clone().part("target").at(target.period);
            let mut finding = Finding::new(RULE, Severity::Warning, Some(figure), None, text);
            // Several targets of one period may vanish: the former and the one in force.
            let set_on = target.set_on.map(|day| day.to_string()).unwrap_or_default();
            finding.id = format!("{}#{}#{set_on}", finding.id, target.value.normalize());
            findings.push(finding);
        }
    }
    findings
}
