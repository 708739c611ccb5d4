//! Which target is in force in a quarter, as decided by a day.

use super::TargetInForce;
use crate::calendar::{Period, Quarter};
use crate::indicator::{Combine, Indicator};
use crate::target::{Target, Trajectory};
use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

/// The decided targets of one indicator, one per period, in order.
pub(super) struct TargetLine<'a> {
    decided: Vec<Decided<'a>>,
    baseline: Option<(i32, Decimal)>,
    trajectory: Trajectory,
    /// The figure adds up from the start of each year.
    from_zero: bool,
}

struct Decided<'a> {
    period: Period,
    now: &'a Target,
    former: Option<&'a Target>,
}

/// A target at a quarter.
#[derive(Clone, Copy)]
pub(super) struct InForce<'a> {
    pub value: Decimal,
    pub upper: Option<Decimal>,
    /// The decision it comes from.
    pub decision: &'a Target,
    /// What it would be under the target that was replaced, and the day of the replacement.
    pub former: Option<(Decimal, Option<NaiveDate>)>,
}

impl InForce<'_> {
    pub fn owned(&self) -> TargetInForce {
        TargetInForce {
            value: self.value,
            upper: self.upper,
            period: self.decision.period,
            set_on: self.decision.set_on,
            by: self.decision.by.clone(),
            document: self.decision.document.clone(),
            former: self.former,
        }
    }
}

impl<'a> TargetLine<'a> {
    /// The targets decided by `day`; of several for one period the latest decision wins, one without a date
    /// being the oldest, and of one day the later in the file.
    pub fn of(indicator: &'a Indicator, day: NaiveDate) -> Self {
        let mut known: Vec<&Target> = indicator
            .targets
            .iter()
            .filter(|t| t.set_on.is_none_or(|set_on| set_on <= day))
            .collect();
        known.sort_by_key(|t| (t.period.end, t.period.start, t.set_on));
        let mut decided: Vec<Decided<'a>> = Vec::with_capacity(known.len());
        for target in known {
            match decided.last_mut() {
                Some(last) if last.period == target.period => {
                    last.former = Some(last.now);
                    last.now = target;
                }
                _ => decided.push(Decided {
                    period: target.period,
                    now: target,
                    former: None,
                }),
            }
        }
        let baseline = indicator
            .baseline
            .as_ref()
            .and_then(|b| Some((b.period?.quarter().ordinal(), b.value)));
        Self {
            decided,
            baseline,
            trajectory: indicator.trajectory,
            from_zero: indicator.combine == Combine::Cumulative,
        }
    }

    /// The last dated target, whatever the quarter.
    pub fn last(&self) -> Option<&'a Target> {
        self.decided.last().map(|d| d.now)
    }

    /// The first decided target whose period ends after a quarter.
    pub fn next_after(&self, quarter: Quarter) -> Option<&'a Target> {
        self.decided
            .iter()
            .map(|d| d.now)
            .find(|target| target.period.quarter() > quarter)
    }

    /// The target in force in a quarter.
    pub fn at(&self, quarter: Quarter) -> Option<InForce<'a>> {
        match self.trajectory {
            Trajectory::Step => self.step(quarter),
            Trajectory::Linear if self.from_zero => self.through_the_year(quarter),
            Trajectory::Linear => self.linear(quarter),
        }
    }

    /// A target holds through its own period and on until the next begins; none before the first. The narrowest
    /// period around the quarter goes before a wider one.
    fn step(&self, quarter: Quarter) -> Option<InForce<'a>> {
        let begun = self
            .decided
            .iter()
            .filter(|d| d.period.start <= quarter.end());
        let found = begun.max_by_key(|d| {
            let around = d.period.end >= quarter.start();
            (around, d.period.start, std::cmp::Reverse(d.period.end))
        })?;
        Some(InForce {
            value: found.now.value,
            upper: found.now.upper,
            decision: found.now,
            former: found.former.map(|f| (f.value, found.now.set_on)),
        })
    }

    /// For a figure that begins at zero every year: straight from zero at the year's start through the year's
    /// targets. A year without targets of its own follows the last one before it.
    fn through_the_year(&self, quarter: Quarter) -> Option<InForce<'a>> {
        let year = |d: &Decided<'_>| d.period.quarter().year;
        let number = |d: &Decided<'_>| i32::from(d.period.quarter().number);
        let ruling = self.decided.iter().rev().map(year);
        let ruling = ruling.into_iter().find(|y| *y <= quarter.year)?;
        let of_year = || self.decided.iter().filter(|d| year(d) == ruling);
        let here = i32::from(quarter.number);
        let Some(next) = of_year().find(|d| number(d) >= here) else {
            return of_year().next_back().map(|d| InForce {
                value: d.now.value,
                upper: d.now.upper,
                decision: d.now,
                former: d.former.map(|f| (f.value, d.now.set_on)),
            });
        };
        let previous = of_year().take_while(|d| number(d) < here).last();
        let from = previous.map_or(0, number);
        let (steps, all) = (here - from, number(next) - from);
        let zero = Decimal::ZERO;
        let start = previous.map_or(zero, |p| p.now.value);
        let former = next
            .former
            .and_then(|f| interpolate(start, f.value, steps, all));
        let upper = next.now.upper.and_then(|upper| {
            let start = previous.map_or(zero, |p| p.now.upper.unwrap_or(p.now.value));
            interpolate(start, upper, steps, all)
        });
        Some(InForce {
            value: interpolate(start, next.now.value, steps, all)?,
            upper,
            decision: next.now,
            former: former.map(|f| (f, next.now.set_on)),
        })
    }

    /// Straight between the ends of periods, by quarters; the last target holds on.
    fn linear(&self, quarter: Quarter) -> Option<InForce<'a>> {
        let here = quarter.ordinal();
        let ordinal = |d: &Decided<'_>| d.period.quarter().ordinal();
        let Some(index) = self.decided.iter().position(|d| ordinal(d) >= here) else {
            return self.decided.last().map(|d| InForce {
                value: d.now.value,
                upper: d.now.upper,
                decision: d.now,
                former: d.former.map(|f| (f.value, d.now.set_on)),
            });
        };
        let next = self.decided.get(index)?;
        if ordinal(next) == here {
            return Some(InForce {
                value: next.now.value,
                upper: next.now.upper,
                decision: next.now,
                former: next.former.map(|f| (f.value, next.now.set_on)),
            });
        }
        let previous = index.checked_sub(1).and_then(|i| self.decided.get(i));
        let (from, start, start_former, start_upper) = match previous {
            Some(p) => (
                ordinal(p),
                p.now.value,
                p.former.map(|f| f.value),
                p.now.upper,
            ),
            None => {
                let (at, value) = self.baseline.filter(|(at, _)| *at <= here)?;
                (at, value, None, None)
            }
        };
        let between = |a: Decimal, b: Decimal| interpolate(a, b, here - from, ordinal(next) - from);
        let former = (next.former.is_some() || start_former.is_some())
            .then(|| {
                between(
                    start_former.unwrap_or(start),
                    next.former.map_or(next.now.value, |f| f.value),
                )
            })
            .flatten();
        let replaced_on = if next.former.is_some() {
            next.now.set_on
        } else {
            previous.and_then(|p| p.now.set_on)
        };
        Some(InForce {
            value: between(start, next.now.value)?,
            upper: match (start_upper, next.now.upper) {
                (Some(a), Some(b)) => between(a, b),
                (_, upper) => upper,
            },
            decision: next.now,
            former: former.map(|f| (f, replaced_on)),
        })
    }
}

/// `a` plus `steps` of `all` of the way to `b`, rounded to 6 decimals.
fn interpolate(a: Decimal, b: Decimal, steps: i32, all: i32) -> Option<Decimal> {
    let way = b.checked_sub(a)?.checked_mul(Decimal::from(steps))?;
    let value = a.checked_add(way.checked_div(Decimal::from(all))?)?;
    Some(
        value
            .round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero)
            .normalize(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Baseline;
    use crate::testing::{dec, indicator, period, quarter, target};

    fn day(text: &str) -> NaiveDate {
        crate::calendar::parse_date(text).unwrap()
    }

    fn at(indicator: &Indicator, on: &str, q: &str) -> Option<String> {
        TargetLine::of(indicator, day(on))
            .at(quarter(q))
            .map(|t| t.value.to_string())
    }

    #[test]
    fn a_step_holds_from_its_period_until_the_next() {
        let mut i = indicator("P01/x");
        i.targets = vec![
            target("2023", "10"),
            target("2025", "30"),
            target("2025Q3", "25"),
        ];
        for (q, expected) in [
            ("2022Q4", None),
            ("2023Q1", Some("10")),
            ("2024Q4", Some("10")),
            ("2025Q1", Some("30")),
            ("2025Q3", Some("25")),
            ("2025Q4", Some("30")),
            ("2026Q4", Some("25")),
        ] {
            assert_eq!(at(&i, "2026-12-31", q).as_deref(), expected, "{q}");
        }
    }

    #[test]
    fn a_line_runs_from_the_baseline_through_the_targets() {
        let mut i = indicator("P01/x");
        i.trajectory = Trajectory::Linear;
        i.targets = vec![target("2024", "50"), target("2025", "60")];
        assert_eq!(at(&i, "2026-01-01", "2024Q3"), None, "no start, no line");
        i.baseline = Some(Baseline {
            value: dec("40"),
            period: Some(period("2023")),
            source: None,
        });
        for (q, expected) in [
            ("2023Q3", None),
            ("2023Q4", Some("40")),
            ("2024Q1", Some("42.5")),
            ("2024Q4", Some("50")),
            ("2025Q3", Some("57.5")),
            ("2026Q4", Some("60")),
        ] {
            assert_eq!(at(&i, "2026-12-31", q).as_deref(), expected, "{q}");
        }
        i.targets[0].value = dec("40.000001");
        assert_eq!(
            at(&i, "2026-01-01", "2024Q1").as_deref(),
            Some("40"),
            "six decimals"
        );
    }

    #[test]
    fn what_adds_up_through_a_year_begins_each_year_at_zero() {
        let mut i = indicator("P12/calculations");
        (i.trajectory, i.combine) = (Trajectory::Linear, Combine::Cumulative);
        i.targets = vec![
            target("2023", "400"),
            target("2025Q2", "100"),
            target("2025", "660"),
        ];
        // Where it stood before says nothing about what a year adds up.
        i.baseline = Some(Baseline {
            value: dec("300"),
            period: Some(period("2022")),
            source: None,
        });
        for (q, expected) in [
            ("2022Q4", None),
            ("2023Q1", Some("100")),
            ("2023Q4", Some("400")),
            ("2024Q3", Some("300")),
            ("2025Q1", Some("50")),
            ("2025Q2", Some("100")),
            ("2025Q3", Some("380")),
            ("2025Q4", Some("660")),
            ("2026Q2", Some("100")),
        ] {
            assert_eq!(at(&i, "2026-12-31", q).as_deref(), expected, "{q}");
        }
    }

    #[test]
    fn the_decision_of_the_day_is_in_force_and_the_former_is_kept() {
        let mut i = indicator("P12/calculations");
        i.targets = vec![target("2025", "660"), target("2025", "572")];
        i.targets[1].set_on = Some(day("2024-12-20"));
        assert_eq!(at(&i, "2024-12-19", "2025Q4").as_deref(), Some("660"));
        let line = TargetLine::of(&i, day("2024-12-20"));
        let now = line.at(quarter("2025Q4")).unwrap();
        assert_eq!(now.value, dec("572"));
        assert_eq!(now.former, Some((dec("660"), Some(day("2024-12-20")))));
        // The order in the file does not matter, the day does.
        i.targets.reverse();
        assert_eq!(at(&i, "2025-01-01", "2025Q4").as_deref(), Some("572"));
    }

    #[test]
    fn on_a_line_the_former_target_is_followed_too() {
        let mut i = indicator("P12/calculations");
        i.trajectory = Trajectory::Linear;
        i.targets = vec![
            target("2024", "400"),
            target("2025", "660"),
            target("2025", "572"),
        ];
        i.targets[2].set_on = Some(day("2024-12-20"));
        let line = TargetLine::of(&i, day("2026-01-20"));
        let half = line.at(quarter("2025Q2")).unwrap();
        assert_eq!(half.value, dec("486"));
        assert_eq!(half.former.unwrap().0, dec("530"));
        assert_eq!(line.at(quarter("2024Q4")).unwrap().former, None);
    }
}
