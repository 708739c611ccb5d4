//! Restatement (更正): what a published quarter would say differently today, and why.

use crate::assess::assess;
use crate::calendar::Quarter;
use crate::figure_name::agency_of;
use crate::figures::{Change, changes, figures};
use crate::message::Message;
use crate::observation::{Act, Cause, Recorded};
use crate::signoff::Restated;
use crate::snapshot::Snapshot;

/// A snapshot as it was when the last row that counted was `row`: what was recorded afterwards is
/// left out, whatever a machine's clock said. Rows that the register carries stay.
#[must_use]
pub fn until_row(mut snapshot: Snapshot, row: i64) -> Snapshot {
    snapshot.observations.retain(|known| known.sequence <= row);
    snapshot.money.retain(|known| known.sequence <= row);
    snapshot
}

/// The figures of a published quarter that would differ, in the order of the report.
///
/// Both are assessed on the day of publication: that a figure grows old, or falls due, restates
/// nothing. `row` is the last row of what was published.
pub fn restated(
    published: &Snapshot,
    mut today: Snapshot,
    quarter: Quarter,
    row: i64,
) -> Vec<Restated> {
    today.as_of = published.as_of;
    let before = figures(&assess(published, quarter));
    let now = figures(&assess(&today, quarter));
    let found = changes(&before, &now);
    let same_register = published.register == today.register;
    found
        .iter()
        .map(|change| explained(change, &found, &today, row, same_register))
        .collect()
}

fn explained(
    change: &Change,
    all: &[Change],
    today: &Snapshot,
    row: i64,
    same_register: bool,
) -> Restated {
    let (cause, person, at) = match latest(change, today, row) {
        Some(Found { text, actor, at }) => (text, Some(actor), Some(at)),
        None if !follows(change, all) && !same_register => {
            (Message::new("restate-register"), None, None)
        }
        None => (Message::new("restate-follows"), None, None),
    };
    Restated {
        change: change.clone(),
        cause,
        person,
        at,
    }
}

/// Whether another figure that changed can have moved this one.
fn follows(change: &Change, all: &[Change]) -> bool {
    let is_sum = change.series.scope == "portfolio" || agency_of(&change.series.scope).is_some();
    all.iter().any(|other| {
        other.address != change.address && (is_sum || other.series.scope == change.series.scope)
    })
}

struct Found {
    text: Message,
    actor: String,
    at: chrono::DateTime<chrono::Utc>,
}

/// The last row recorded after publication that made a figure another, or took away what it was
/// made of.
fn latest(change: &Change, today: &Snapshot, row: i64) -> Option<Found> {
    let readings = bearing(change, &today.observations, row);
    let money = bearing(change, &today.money, row);
    match (readings, money) {
        (Some(reading), Some(money)) if money.sequence > reading.sequence => Some(told(money)),
        (Some(reading), _) => Some(told(reading)),
        (None, Some(money)) => Some(told(money)),
        (None, None) => None,
    }
}

fn bearing<'a, T>(change: &Change, rows: &'a [Recorded<T>], row: i64) -> Option<&'a Recorded<T>> {
    rows.iter().rev().find(|known| {
        let acts_on_former = match known.act {
            Act::Correct(on) | Act::Withdraw(on) => change.gone_rows.contains(&on),
            Act::Record => false,
        };
        known.sequence > row && (change.new_rows.contains(&known.sequence) || acts_on_former)
    })
}

fn told<T>(row: &Recorded<T>) -> Found {
    let reason = row.reason.clone().unwrap_or_default();
    let text = match (&row.act, &row.cause) {
        (Act::Correct(_), _) => Message::new("restate-corrected").with("reason", reason),
        (Act::Withdraw(_), _) => Message::new("restate-withdrawn").with("reason", reason),
        (Act::Record, Cause::Capture { source, .. }) => {
            Message::new("restate-collected").with("source", source.as_str())
        }
        (Act::Record, Cause::Entry { .. }) => Message::new("restate-entered"),
        (Act::Record, Cause::Document { title, .. }) => {
            Message::new("restate-document").with("title", title.as_str())
        }
    };
    Found {
        text,
        actor: row.actor.to_string(),
        at: row.recorded_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn known(rows: Vec<Recorded<crate::observation::Observation>>) -> Snapshot {
        let programme = testing::programme("P24", vec![testing::indicator("P24/trained")]);
        let mut snapshot = Snapshot {
            observations: rows,
            as_of: "2025-11-04T01:00:00Z".parse().unwrap_or_default(),
            ..Snapshot::default()
        };
        snapshot.register.programmes.push(programme);
        snapshot
    }

    #[test]
    fn a_correction_names_its_reason_and_person_and_what_comes_later_restates_nothing() {
        let quarter = testing::quarter("2025Q3");
        let first = testing::row(5, "P24/trained", "2025Q3", testing::dec("17820"));
        let mut corrected = testing::row(9, "P24/trained", "2025Q3", testing::dec("17280"));
        corrected.act = Act::Correct(5);
        corrected.actor = "lin".into();
        corrected.reason = Some("transposed".into());
        corrected.cause = Cause::Entry { evidence: None };
        let later = testing::row(12, "P24/trained", "2025Q4", testing::dec("18600"));
        let published = known(vec![first.clone()]);
        let today = known(vec![first, corrected, later.clone()]);
        let found = restated(&published, today.clone(), quarter, 5);
        let value = found
            .iter()
            .find(|r| r.change.address == "P24/trained@2025Q3")
            .unwrap();
        assert_eq!(value.cause.id, "restate-corrected");
        assert_eq!(value.person.as_deref(), Some("lin"));
        // The same rows cut off at the mark are what was published.
        let cut = until_row(today, 5);
        assert!(restated(&published, cut, quarter, 5).is_empty());
    }

    #[test]
    fn a_withdrawal_leaves_a_figure_unknown_and_not_zero() {
        let quarter = testing::quarter("2025Q3");
        let first = testing::row(5, "P24/trained", "2025Q3", testing::dec("17820"));
        let mut gone = first.clone();
        (gone.sequence, gone.act) = (9, Act::Withdraw(5));
        let found = restated(
            &known(vec![first.clone()]),
            known(vec![first, gone]),
            quarter,
            5,
        );
        let value = found
            .iter()
            .find(|r| r.change.address == "P24/trained@2025Q3")
            .unwrap();
        assert_eq!(
            (value.change.now.clone(), value.cause.id.as_ref()),
            (None, "restate-withdrawn")
        );
    }
}
