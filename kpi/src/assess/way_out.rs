//! The way out (脫離落後): for a plan that is named, the least money to execute and the least progress to make by the
//! next cut-off so that one condition of the rule set no longer holds. All conditions must hold together, so either way
//! is enough alone.
//!
//! Executing money counts as paying it: it adds to what was paid and to what was executed.

use super::lagging::{base_terms, parts_of};
use super::milestones::{MilestoneState, planned_by};
use super::money::MoneyIndex;
use super::reading::Index;
use super::sentence::quantity;
use super::{MoneyAssessment, programme};
use crate::address::SeriesId;
use crate::calendar::Quarter;
use crate::message::{Arg, Message};
use crate::money::Amounts;
use crate::rules::{Comparison, Condition, Measure, RuleSet};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// What stands in for a plan of the next cut-off that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assumption {
    /// The present base: the true need can only be the same or more where the plan grows.
    PresentBase,
    /// What was planned for that quarter last year.
    LastYear,
}

impl Assumption {
    /// Word for JSON.
    pub fn id(self) -> &'static str {
        match self {
            Assumption::PresentBase => "present_base",
            Assumption::LastYear => "last_year",
        }
    }
    /// Key of its sentence in the language files.
    pub fn term(self) -> &'static str {
        match self {
            Assumption::PresentBase => "way-out-present-base",
            Assumption::LastYear => "way-out-last-year",
        }
    }
}

/// What takes a plan off the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayOut {
    /// The next quarter at whose end the rule can name the plan again.
    pub by: Quarter,
    /// It lies in another fiscal year: 年累計 begins anew, and the whole of it is still to execute.
    pub new_year: bool,
    /// The money measure whose condition ends first.
    pub measure: Option<Measure>,
    /// Least more to execute by then, whole NT$.
    pub execute_ntd: Option<i64>,
    /// The base it was counted on, whole NT$.
    pub base_ntd: Option<i64>,
    /// What stands in for the base, where the plan of that cut-off is not known.
    pub base_assumed: Option<Assumption>,
    /// Least actual cumulative progress to stand at by then, percent.
    pub progress_percent: Option<Decimal>,
    /// The same less today's, percentage points; unknown in a new fiscal year.
    pub progress_points: Option<Decimal>,
    /// What stands in for the planned progress, where it is not known.
    pub progress_assumed: Option<Assumption>,
    /// The ways in sentences.
    pub sentences: Vec<Message>,
}

/// What is known of the cut-offs to come.
pub(super) struct Ahead<'a> {
    pub programme: &'a str,
    pub index: &'a Index<'a>,
    pub money: &'a MoneyIndex<'a>,
    pub milestones: &'a [MilestoneState],
}

impl Ahead<'_> {
    /// The way out of a plan that is named in a quarter.
    pub fn way_out(
        &self,
        rule: &RuleSet,
        now: &MoneyAssessment,
        progress: Option<(Decimal, Decimal)>,
        quarter: Quarter,
    ) -> WayOut {
        let mut by = quarter.next();
        while by.number < rule.from_quarter {
            by = by.next();
        }
        let new_year = by.year != quarter.year;
        let planned = self.money.plan_at(self.programme, by);
        let last_year = self.money.plan_at(self.programme, by.plus(-4));
        let money = rule
            .conditions
            .iter()
            .filter_map(|condition| {
                least_money(*condition, now, new_year, &planned, &last_year)
                    .map(|way| (condition, way))
            })
            // Of equals the execution rate: payables and savings count in it too.
            .min_by_key(|(condition, way)| {
                (way.execute_ntd, condition.measure != Measure::ExecutionRate)
            });
        let reach = rule
            .conditions
            .iter()
            .find(|condition| condition.measure == Measure::Variance)
            .and_then(|condition| self.least_progress(condition, progress, by, new_year));
        let actual = progress.map(|(_, actual)| actual).filter(|_| !new_year);
        let progress_percent = reach.map(|(percent, _)| percent);
        let mut way = WayOut {
            by,
            new_year,
            measure: money.as_ref().map(|(condition, _)| condition.measure),
            execute_ntd: money.as_ref().map(|(_, way)| way.execute_ntd),
            base_ntd: money.as_ref().map(|(_, way)| way.base_ntd),
            base_assumed: money.as_ref().and_then(|(_, way)| way.assumed),
            progress_percent,
            progress_points: progress_percent
                .zip(actual)
                .and_then(|(reach, actual)| reach.checked_sub(actual)),
            progress_assumed: reach.and_then(|(_, assumed)| assumed),
            sentences: Vec::new(),
        };
        way.sentences = sentences(&way, money.map(|(condition, _)| *condition), now);
        way
    }

    /// The least actual progress at which the variance no longer holds, and what stands in for the plan.
    fn least_progress(
        &self,
        condition: &Condition,
        progress: Option<(Decimal, Decimal)>,
        by: Quarter,
        new_year: bool,
    ) -> Option<(Decimal, Option<Assumption>)> {
        let planned = |quarter| {
            let series = SeriesId::new(self.programme, "progress").part("planned");
            programme::value(series, quarter, self.index)
        };
        let known = planned(by)
            .or_else(|| planned_by(self.milestones, by.end()).filter(|_| !new_year))
            .map(|percent| (percent, None));
        let (percent, assumed) = known
            .or_else(|| {
                let last_year = planned(by.plus(-4)).filter(|_| new_year)?;
                Some((last_year, Some(Assumption::LastYear)))
            })
            .or_else(|| {
                let (now, _) = progress.filter(|_| !new_year)?;
                Some((now, Some(Assumption::PresentBase)))
            })?;
        let edge = percent.checked_add(condition.limit)?;
        match condition.comparison {
            Comparison::Under => Some((edge, assumed)),
            // One hundredth of a point beyond, the least that is printed.
            Comparison::AtMost => Some((edge.checked_add(Decimal::new(1, 2))?, assumed)),
            Comparison::Over | Comparison::AtLeast => None,
        }
    }
}

/// A way by money.
struct Money {
    execute_ntd: i64,
    base_ntd: i64,
    assumed: Option<Assumption>,
}

/// The least more to execute so that a condition no longer holds; `None` where it cannot be left by executing.
fn least_money(
    condition: Condition,
    now: &MoneyAssessment,
    new_year: bool,
    planned: &Amounts,
    last_year: &Amounts,
) -> Option<Money> {
    let (executed, present) = parts_of(condition.measure, now);
    let executed = if new_year { 0 } else { executed? };
    let base = |amounts: &Amounts| {
        let at = MoneyAssessment {
            amounts: *amounts,
            ..MoneyAssessment::default()
        };
        parts_of(condition.measure, &at).1
    };
    let (base_ntd, assumed) = match (base(planned), new_year) {
        (Some(base), _) => (base, None),
        (None, true) => (base(last_year)?, Some(Assumption::LastYear)),
        (None, false) => (present?, Some(Assumption::PresentBase)),
    };
    if base_ntd <= 0 {
        return None;
    }
    let edge = condition.limit.checked_mul(Decimal::from(base_ntd))?;
    let needed = match condition.comparison {
        Comparison::Under => edge.ceil().to_i64()?,
        Comparison::AtMost => edge.floor().to_i64()?.checked_add(1)?,
        Comparison::Over | Comparison::AtLeast => return None,
    };
    Some(Money {
        execute_ntd: needed.checked_sub(executed)?.max(0),
        base_ntd,
        assumed,
    })
}

fn sentences(way: &WayOut, by_money: Option<Condition>, now: &MoneyAssessment) -> Vec<Message> {
    let mut said = Vec::new();
    let assumed = |text: Message, assumption: Option<Assumption>| match assumption {
        Some(assumption) => text.with("assumed", Message::new(assumption.term())),
        None => text.with("assumed", Message::new("way-out-planned")),
    };
    if let (Some(execute), Some(base), Some(condition)) = (way.execute_ntd, way.base_ntd, by_money)
    {
        let text = Message::new(if way.new_year {
            "way-out-money-new-year"
        } else {
            "way-out-money"
        })
        .with("day", way.by.end())
        .with("execute", Arg::Number(Decimal::from(execute)))
        .with("measure", Arg::Term(condition.measure.term().into()))
        .with("limit", Arg::Fraction(condition.limit))
        .with(
            "base-name",
            Arg::Term(base_terms(condition.measure, now).1.into()),
        )
        .with("base", Arg::Number(Decimal::from(base)));
        said.push(assumed(text, way.base_assumed));
    }
    if let Some(percent) = way.progress_percent {
        let text = match way.progress_points {
            Some(points) => Message::new("way-out-progress").with("points", Arg::Points(points)),
            None => Message::new("way-out-progress-new-year"),
        }
        .with("day", way.by.end())
        .with("percent", quantity(percent, "", "percent"));
        said.push(assumed(text, way.progress_assumed));
    }
    if said.is_empty() {
        said.push(Message::new("way-out-none"));
    }
    said
}
