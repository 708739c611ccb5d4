//! The snapshots between two moments: one cause is swapped at a time.

use super::Cause;
use crate::calendar::taipei_day;
use crate::indicator::Indicator;
use crate::observation::{Act, Recorded};
use crate::register::Register;
use crate::snapshot::Snapshot;
use crate::target::Target;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// The steps in their order; the last one is `after` itself.
pub(super) fn way<'a>(
    before: &'a Snapshot,
    after: &'a Snapshot,
) -> Vec<(Cause, Cow<'a, Snapshot>)> {
    let day = taipei_day(before.as_of);
    // A target that was decided since is a matter of targets, wherever it was written down before.
    let mut register = before.register.clone();
    each(&mut register, |indicator| {
        indicator
            .targets
            .retain(|t| t.set_on.is_none_or(|set_on| set_on <= day));
    });
    let timed = Snapshot {
        as_of: after.as_of,
        register,
        ..before.clone()
    };
    let with_data = Snapshot {
        observations: with_new(&before.observations, &after.observations),
        money: with_new(&before.money, &after.money),
        ..timed.clone()
    };
    let corrected = Snapshot {
        observations: after.observations.clone(),
        money: after.money.clone(),
        ..timed.clone()
    };
    let mut register = before.register.clone();
    let targets: HashMap<_, &Vec<Target>> = after
        .register
        .indicators()
        .map(|i| (&i.series, &i.targets))
        .collect();
    each(&mut register, |indicator| {
        if let Some(now) = targets.get(&indicator.series) {
            indicator.targets.clone_from(now);
        }
    });
    let targeted = Snapshot {
        register,
        ..corrected.clone()
    };
    let defined = Snapshot {
        register: Register {
            rules: before.register.rules.clone(),
            validation: before.register.validation.clone(),
            ..after.register.clone()
        },
        ..corrected.clone()
    };
    vec![
        (Cause::Time, Cow::Owned(timed)),
        (Cause::NewData, Cow::Owned(with_data)),
        (Cause::Correction, Cow::Owned(corrected)),
        (Cause::Target, Cow::Owned(targeted)),
        (Cause::Definition, Cow::Owned(defined)),
        (Cause::Rule, Cow::Borrowed(after)),
    ]
}

/// Whether an assessment of both says the same.
pub(super) fn is_same(one: &Snapshot, other: &Snapshot) -> bool {
    one.as_of == other.as_of
        && one.observations.len() == other.observations.len()
        && one.money.len() == other.money.len()
        && one.observations == other.observations
        && one.money == other.money
        && one.register == other.register
}

fn each(register: &mut Register, mut change: impl FnMut(&mut Indicator)) {
    let nodes = register.nodes.iter_mut().flat_map(|n| &mut n.indicators);
    let programmes = register.programmes.iter_mut();
    let all = register
        .portfolio_indicators
        .iter_mut()
        .chain(nodes)
        .chain(programmes.flat_map(|p| &mut p.indicators));
    for indicator in all {
        change(indicator);
    }
}

/// The rows known before, with those recorded since that correct or withdraw nothing. What the register carries is
/// numbered anew by every version, below zero: it is told by what it says.
fn with_new<T: Clone + PartialEq>(
    before: &[Recorded<T>],
    after: &[Recorded<T>],
) -> Vec<Recorded<T>> {
    let known: HashSet<i64> = before.iter().map(|row| row.sequence).collect();
    let carried: Vec<&Recorded<T>> = before.iter().filter(|row| row.sequence < 0).collect();
    let mut lowest = before
        .iter()
        .map(|row| row.sequence)
        .min()
        .unwrap_or(0)
        .min(0);
    let mut rows = before.to_vec();
    let mut printed = Vec::new();
    for row in after {
        if row.act != Act::Record {
            continue;
        }
        if row.sequence >= 0 {
            if !known.contains(&row.sequence) {
                rows.push(row.clone());
            }
        } else if !carried
            .iter()
            .any(|old| old.item == row.item && old.cause == row.cause)
        {
            lowest -= 1;
            printed.push(Recorded {
                sequence: lowest,
                ..row.clone()
            });
        }
    }
    rows.splice(0..0, printed);
    rows
}
