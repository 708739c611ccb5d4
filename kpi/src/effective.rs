//! Which row counts: corrections and withdrawals applied, the latest recorded row of a figure in force.
//!
//! Rows are never changed. A later row may correct or withdraw an earlier one by its sequence number; a
//! withdrawn withdrawal gives the row back. Of the rows that remain for a series and period the one with the
//! highest sequence number counts. A row whose checksum does not match may not decide a figure: the figure
//! names it and is refused. What such a row corrects or withdraws stays, but is in doubt: its figure is refused too.

use crate::address::SeriesId;
use crate::calendar::Period;
use crate::observation::{Act, Observation, Reading, Recorded};
use foldhash::fast::RandomState;
use std::collections::{HashMap, HashSet};

/// The rows no later row in force has corrected or withdrawn, by sequence; withdrawing rows are among them.
/// A row whose checksum does not match acts on nothing: see [`doubted`].
pub fn live<T>(rows: &[Recorded<T>]) -> Vec<&Recorded<T>> {
    live_where(rows, |_| true)
}

/// The same of readings: a correction that was refused (退回) corrects nothing, so that what was accepted before it
/// stays in force. `refused`: what an assessment refuses of what stands in the store as a value.
pub fn live_readings(
    rows: &[Recorded<Observation>],
    refused: impl Fn(i64) -> bool,
) -> Vec<&Recorded<Observation>> {
    live_where(rows, |row| acts(row) && !refused(row.sequence))
}

/// Whether a reading may take the place of another: a refused one may not.
fn acts(row: &Recorded<Observation>) -> bool {
    matches!(row.act, Act::Withdraw(_)) || row.item.value().is_some()
}

fn live_where<T>(rows: &[Recorded<T>], acts: impl Fn(&Recorded<T>) -> bool) -> Vec<&Recorded<T>> {
    let mut ordered: Vec<&Recorded<T>> = rows.iter().collect();
    ordered.sort_by_key(|row| row.sequence);
    let mut out: HashSet<i64> = HashSet::new();
    let mut kept = Vec::with_capacity(ordered.len());
    // Newest first: whether a row acts is known before the rows it acts on are met.
    for row in ordered.into_iter().rev() {
        if !out.is_empty() && out.contains(&row.sequence) {
            continue;
        }
        if row.intact
            && let Act::Correct(target) | Act::Withdraw(target) = row.act
            && target < row.sequence
            && acts(row)
        {
            out.insert(target);
        }
        kept.push(row);
    }
    kept.reverse();
    kept
}

/// The rows that a row in force with a failed checksum would correct or withdraw, each with that row: whether
/// they still count cannot be told.
pub fn doubted<'a, T>(live: &[&'a Recorded<T>]) -> HashMap<i64, &'a Recorded<T>> {
    live.iter()
        .filter(|row| !row.intact)
        .filter_map(|row| match row.act {
            Act::Correct(target) | Act::Withdraw(target) => Some((target, *row)),
            Act::Record => None,
        })
        .collect()
}

/// What is known of one series for one period.
#[derive(Debug, Clone, Copy)]
pub struct Effective<'a> {
    /// The period.
    pub period: Period,
    /// The row that counts.
    pub good: Option<&'a Recorded<Observation>>,
    /// A later reading that was refused (退回).
    pub refused: Option<&'a Recorded<Observation>>,
    /// A row at least as late as the one that counts, whose checksum did not match.
    pub broken: Option<&'a Recorded<Observation>>,
}

/// Every series with its periods in order of their ends.
#[derive(Debug, Default)]
pub struct Figures<'a> {
    series: BySeries<'a, Vec<Effective<'a>>>,
}

/// Thousands of rows are put to their series: the hash is a fast one.
type BySeries<'a, T> = HashMap<&'a SeriesId, T, RandomState>;

impl<'a> Figures<'a> {
    /// The periods of a series, earliest end first; of periods with one end the longest last.
    pub fn of(&self, series: &SeriesId) -> &[Effective<'a>] {
        self.series.get(series).map_or(&[], Vec::as_slice)
    }

    /// The same with some rows in place of those of their numbers among all rows: one that is refused corrects
    /// nothing any more.
    pub fn with<'b>(
        self,
        rows: &'b [Recorded<Observation>],
        replaced: &HashMap<i64, &'b Recorded<Observation>>,
    ) -> Figures<'b>
    where
        'a: 'b,
    {
        let mut figures = self;
        let mut rows_of: BySeries<'_, Vec<&Recorded<Observation>>> = HashMap::default();
        for row in replaced.values() {
            rows_of.entry(&row.item.series).or_default();
        }
        let live = live_where(rows, |row| {
            acts(replaced.get(&row.sequence).copied().unwrap_or(row))
        });
        let doubted = doubted(&live);
        for row in live {
            if let Some(rows) = rows_of.get_mut(&row.item.series) {
                rows.push(replaced.get(&row.sequence).unwrap_or(&row));
            }
        }
        for (id, rows) in rows_of {
            figures.series.insert(id, periods(rows, &doubted));
        }
        figures
    }
}

/// Sorts rows into series and periods and says which of them count.
pub fn effective(rows: &[Recorded<Observation>]) -> Figures<'_> {
    let mut rows_of: BySeries<'_, Vec<&Recorded<Observation>>> = HashMap::default();
    let live = live_readings(rows, |_| false);
    let doubted = doubted(&live);
    for row in live {
        rows_of.entry(&row.item.series).or_default().push(row);
    }
    let series = rows_of
        .into_iter()
        .map(|(id, rows)| (id, periods(rows, &doubted)))
        .collect();
    Figures { series }
}

/// The periods of the rows of one series, which come in order of sequence.
fn periods<'a>(
    mut rows: Vec<&'a Recorded<Observation>>,
    doubted: &HashMap<i64, &'a Recorded<Observation>>,
) -> Vec<Effective<'a>> {
    // Stable: rows of one period stay in order of sequence.
    rows.sort_by_key(|row| {
        (
            row.item.period.end,
            std::cmp::Reverse(row.item.period.start),
        )
    });
    let mut periods: Vec<Effective<'_>> = Vec::new();
    for row in rows {
        let period = row.item.period;
        if periods
            .last()
            .is_none_or(|last| (last.period.start, last.period.end) != (period.start, period.end))
        {
            periods.push(Effective {
                period,
                good: None,
                refused: None,
                broken: None,
            });
        }
        if let Some(known) = periods.last_mut() {
            known.take(row);
            if let Some(by) = doubted.get(&row.sequence) {
                known.broken = Some(by);
            }
        }
    }
    periods.retain(|p| p.good.is_some() || p.refused.is_some() || p.broken.is_some());
    periods
}

impl<'a> Effective<'a> {
    /// Takes the next row of the period, in order of sequence.
    fn take(&mut self, row: &'a Recorded<Observation>) {
        if !row.intact {
            self.broken = Some(row);
            return;
        }
        if matches!(row.act, Act::Withdraw(_)) {
            return;
        }
        match row.item.reading {
            Reading::Value(_) => {
                (self.good, self.refused, self.broken) = (Some(row), None, None);
                self.period = row.item.period;
            }
            Reading::Rejected(_) => self.refused = Some(row),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Quarter;
    use crate::message::Message;
    use crate::testing::{row, series};
    use rust_decimal::Decimal;

    fn value_of(rows: &[Recorded<Observation>]) -> Option<i64> {
        let figures = effective(rows);
        let known = figures.of(&series("P01/x"));
        let value = known.first()?.good?.item.value()?;
        i64::try_from(value).ok()
    }

    fn acts(acts: &[(i64, Act, i64)]) -> Vec<Recorded<Observation>> {
        acts.iter()
            .map(|(sequence, act, value)| {
                let mut row = row(*sequence, "P01/x", "2025Q3", *value);
                row.act = *act;
                row
            })
            .collect()
    }

    #[test]
    fn the_latest_row_counts_whatever_the_order_they_come_in() {
        let mut rows = acts(&[
            (1, Act::Record, 10),
            (2, Act::Record, 20),
            (3, Act::Record, 30),
        ]);
        assert_eq!(value_of(&rows), Some(30));
        rows.reverse();
        assert_eq!(value_of(&rows), Some(30));
    }

    #[test]
    fn a_correction_replaces_and_a_withdrawal_gives_back() {
        use Act::{Correct, Record, Withdraw};
        assert_eq!(
            value_of(&acts(&[(1, Record, 10), (2, Correct(1), 20)])),
            Some(20)
        );
        assert_eq!(
            value_of(&acts(&[
                (1, Record, 10),
                (2, Record, 20),
                (3, Withdraw(2), 0)
            ])),
            Some(10)
        );
        assert_eq!(
            value_of(&acts(&[(1, Record, 10), (2, Withdraw(1), 0)])),
            None
        );
        // Withdrawing the correction gives the corrected row back.
        assert_eq!(
            value_of(&acts(&[
                (1, Record, 10),
                (2, Correct(1), 20),
                (3, Withdraw(2), 0)
            ])),
            Some(10)
        );
        // Withdrawing the withdrawal gives the withdrawn row back, any number of times.
        assert_eq!(
            value_of(&acts(&[
                (1, Record, 10),
                (2, Withdraw(1), 0),
                (3, Withdraw(2), 0)
            ])),
            Some(10)
        );
        assert_eq!(
            value_of(&acts(&[
                (1, Record, 10),
                (2, Withdraw(1), 0),
                (3, Withdraw(2), 0),
                (4, Withdraw(3), 0)
            ])),
            None
        );
    }

    #[test]
    fn a_row_cannot_act_on_itself_or_on_the_future() {
        use Act::{Correct, Record, Withdraw};
        assert_eq!(value_of(&acts(&[(1, Correct(1), 10)])), Some(10));
        assert_eq!(
            value_of(&acts(&[(1, Withdraw(2), 0), (2, Record, 20)])),
            Some(20)
        );
    }

    #[test]
    fn a_refused_reading_stands_beside_the_good_one() {
        let mut rows = acts(&[(1, Act::Record, 10), (2, Act::Record, 0)]);
        rows[1].item.reading = Reading::Rejected(Message::new("number-empty"));
        let figures = effective(&rows);
        let known = figures.of(&series("P01/x"))[0];
        assert_eq!(known.good.and_then(|r| r.item.value()), Some(Decimal::TEN));
        assert_eq!(known.refused.map(|r| r.sequence), Some(2));
    }

    #[test]
    fn a_broken_row_is_named_until_a_later_one_replaces_it() {
        let mut rows = acts(&[(1, Act::Record, 10), (2, Act::Record, 20)]);
        rows[1].intact = false;
        assert_eq!(
            effective(&rows).of(&series("P01/x"))[0]
                .broken
                .map(|r| r.sequence),
            Some(2)
        );
        rows.push(acts(&[(3, Act::Record, 30)]).remove(0));
        assert!(effective(&rows).of(&series("P01/x"))[0].broken.is_none());
        assert_eq!(value_of(&rows), Some(30));
    }

    #[test]
    fn a_broken_row_withdraws_and_corrects_nothing_but_leaves_its_target_in_doubt() {
        use Act::{Correct, Record, Withdraw};
        for act in [Withdraw(1), Correct(1)] {
            let mut rows = acts(&[(1, Record, 10), (2, act, 20)]);
            // What is damaged may have been filed under another figure.
            rows[1].item.series = series("P02/other");
            rows[1].intact = false;
            let figures = effective(&rows);
            let known = figures.of(&series("P01/x"))[0];
            assert_eq!(known.good.map(|r| r.sequence), Some(1), "{act:?}");
            assert_eq!(known.broken.map(|r| r.sequence), Some(2), "{act:?}");
            // A later row of the figure settles it.
            rows.push(acts(&[(3, Record, 30)]).remove(0));
            let figures = effective(&rows);
            assert!(figures.of(&series("P01/x"))[0].broken.is_none(), "{act:?}");
        }
    }

    #[test]
    fn a_row_put_in_place_of_another_changes_its_own_series_alone() {
        let mut rows = acts(&[
            (1, Act::Record, 10),
            (2, Act::Record, 20),
            (3, Act::Correct(1), 30),
        ]);
        rows.push(row(4, "P02/y", "2025Q3", 7));
        let mut refused = rows[2].clone();
        refused.item.reading = Reading::Rejected(Message::new("number-empty"));
        let replaced = HashMap::from([(3, &refused)]);
        let figures = effective(&rows).with(&rows, &replaced);
        let mut anew = rows.clone();
        anew[2] = refused.clone();
        for id in ["P01/x", "P02/y"] {
            let of = |figures: &Figures<'_>| -> Vec<_> {
                let known = figures.of(&series(id)).iter();
                let sequence = |row: Option<&Recorded<Observation>>| row.map(|row| row.sequence);
                known
                    .map(|p| (p.period, sequence(p.good), sequence(p.refused)))
                    .collect()
            };
            assert_eq!(of(&figures), of(&effective(&anew)), "{id}");
        }
        let known = figures.of(&series("P01/x"))[0];
        // The row before the refused one counts.
        assert_eq!(known.good.map(|r| r.sequence), Some(2));
        assert_eq!(known.refused.map(|r| r.sequence), Some(3));
    }

    #[test]
    fn a_refused_correction_leaves_the_accepted_one_in_force() {
        use Act::{Correct, Record, Withdraw};
        let mut rows = acts(&[(1, Record, 10), (2, Correct(1), 20), (3, Correct(2), 0)]);
        let mut refused = rows[2].clone();
        refused.item.reading = Reading::Rejected(Message::new("number-empty"));
        // Refused by a check of what stands in the store, or stored as refused: it is the same.
        let replaced = HashMap::from([(3, &refused)]);
        let figures = effective(&rows).with(&rows, &replaced);
        let known = figures.of(&series("P01/x"))[0];
        assert_eq!(known.good.map(|r| r.sequence), Some(2));
        assert_eq!(known.refused.map(|r| r.sequence), Some(3));
        rows[2] = refused;
        assert_eq!(value_of(&rows), Some(20));
        // A withdrawal of what was refused, and a later correction of it, act as ever.
        let mut more = rows.clone();
        more.extend(acts(&[(4, Withdraw(3), 0)]));
        assert_eq!(value_of(&more), Some(20));
        rows.extend(acts(&[(4, Correct(3), 40)]));
        assert_eq!(value_of(&rows), Some(40));
    }

    #[test]
    fn periods_come_in_order() {
        let rows = vec![
            row(1, "P01/x", "2025", 1),
            row(2, "P01/x", "2025Q4", 2),
            row(3, "P01/x", "2025Q1", 3),
        ];
        let figures = effective(&rows);
        let periods: Vec<String> = figures
            .of(&series("P01/x"))
            .iter()
            .map(|p| p.period.to_string())
            .collect();
        assert_eq!(periods, ["2025Q1", "2025Q4", "2025"]);
        assert_eq!(
            Quarter::parse("2025Q4").unwrap().period().end,
            figures.of(&series("P01/x"))[2].period.end
        );
    }
}
