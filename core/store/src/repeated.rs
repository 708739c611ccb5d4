//! Whether a row says what is known already, so that collecting again stores nothing new.

use crate::sum::cause_columns;
use quarterdeck_kpi::observation::{Act, Cause, Observation, Reading, Recorded};
use std::collections::BTreeSet;

/// Same value or refusal, unit and definition, and what else qualifies the figure. The moment it
/// was true is judged apart.
pub(crate) fn same_reading(old: &Observation, new: &Observation) -> bool {
    let same_reading = match (&old.reading, &new.reading) {
        (Reading::Value(old), Reading::Value(new)) => old == new,
        (Reading::Rejected(was), Reading::Rejected(is)) => was == is && old.printed == new.printed,
        _ => false,
    };
    same_reading
        && old.unit == new.unit
        && old.definition_version == new.definition_version
        && old.qualifier == new.qualifier
        && old.stage == new.stage
        && old.parts == new.parts
}

/// The row that already says it, if one does.
///
/// What a source says is compared with the last thing it said, in effect or not: a figure that a
/// person corrected or withdrew does not come back because the source repeats itself. What a
/// person enters is compared with the entry in effect. `fresher` may ask for a new row when the
/// same is said of a later day; it learns whether the row is the one in effect.
pub(crate) fn already_there<T>(
    known: &[Recorded<T>],
    cause: &Cause,
    same: impl Fn(&Recorded<T>) -> bool,
    fresher: impl Fn(&Recorded<T>, bool) -> bool,
) -> Option<i64> {
    let in_effect = in_effect(known);
    let kind = cause_columns(cause).0;
    let last = known.iter().rev().find(|row| {
        cause_columns(&row.cause).0 == kind
            && !matches!(row.act, Act::Withdraw(_))
            && (kind == "capture" || in_effect.contains(&row.sequence))
            && same_source(&row.cause, cause)
    })?;
    let current = in_effect.last() == Some(&last.sequence);
    let entered_again = kind != "entry" || (current && last.cause == *cause);
    (last.intact && same(last) && entered_again && !fresher(last, current)).then_some(last.sequence)
}

/// Whether nothing older than a row is needed to judge what a source says now: it is the last thing the
/// source said. What people enter is compared with what stands, and that may be any row.
pub(crate) fn says_last(old: &Cause, act: Act, new: &Cause) -> bool {
    matches!((old, new), (Cause::Capture { .. }, Cause::Capture { .. }))
        && !matches!(act, Act::Withdraw(_))
        && same_source(old, new)
}

/// Two sources may feed one series; each is compared with itself.
fn same_source(old: &Cause, new: &Cause) -> bool {
    match (old, new) {
        (Cause::Capture { source: old, .. }, Cause::Capture { source: new, .. }) => old == new,
        (Cause::Document { title: old, .. }, Cause::Document { title: new, .. }) => old == new,
        _ => true,
    }
}

/// Rows that stand: not a withdrawal and not withdrawn. A withdrawal can be withdrawn itself.
fn in_effect<T>(known: &[Recorded<T>]) -> BTreeSet<i64> {
    let mut out = BTreeSet::new();
    let mut standing = BTreeSet::new();
    for row in known.iter().rev() {
        match row.act {
            _ if out.contains(&row.sequence) => {}
            Act::Withdraw(target) => {
                out.insert(target);
            }
            Act::Record | Act::Correct(_) => {
                standing.insert(row.sequence);
            }
        }
    }
    standing
}
