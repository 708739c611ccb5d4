//! The end of a table: what the rows came to, and what was noticed on the way.

use crate::answer::{Located, Lookup};
use crate::config::Aggregate;
use crate::figure::{Dated, Number, Place, Refused, locate};
use crate::filter::describe;
use crate::notice::Notices;
use crate::plan::{PeriodRule, Plan};
use crate::table::{Carried, Single, Table};
use crate::tally::{Slot, Tally};
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::{Parts, Qualifier, Reading};
use rust_decimal::{Decimal, RoundingStrategy};

/// Decimals of a percentage or mean computed here; its parts are kept exact beside it.
const RATIO_DECIMALS: u32 = 6;

/// What a table came to.
pub(crate) struct Outcome {
    pub readings: Vec<Located>,
    pub carried: Option<Carried>,
}

impl Table<'_> {
    /// Ends a page. On the last one aggregates become readings; `incomplete` says why rows are
    /// known to be missing, so that no aggregate can be trusted.
    pub fn finish(
        mut self,
        prefix: &str,
        is_last: bool,
        incomplete: Option<&Message>,
        notices: &mut Notices,
    ) -> Outcome {
        let mut readings = Vec::new();
        if is_last {
            for index in 0..self.plans.len() {
                if self.plans[index].problem.is_none() {
                    let context = self.context;
                    self.tallies[index].start_constant(&self.plans[index], &context);
                }
            }
        }
        for single in &self.singles {
            readings.push(self.single(single, prefix));
        }
        if !is_last {
            return Outcome {
                readings,
                carried: Some(Carried {
                    tallies: self.tallies,
                    data_day: self.data_day,
                    total: None,
                    first_page: None,
                    problems: self.plans.into_iter().map(|plan| plan.problem).collect(),
                }),
            };
        }
        for index in 0..self.plans.len() {
            let plan = &self.plans[index];
            if let Some(problem) = &plan.problem {
                readings.extend(self.unfollowed(plan, problem, prefix));
            } else if plan.map.aggregate.is_some() {
                for slot in &self.tallies[index].slots {
                    match self.slot(plan, &self.tallies[index], slot, prefix) {
                        Some(mut located) => {
                            if let Some(reason) = incomplete {
                                reject(&mut located, reason);
                            }
                            readings.push(located);
                        }
                        None => self.no_value(plan, notices),
                    }
                }
                if self.tallies[index].slots.is_empty() && self.tallies[index].unknown.rows == 0 {
                    self.no_value(plan, notices);
                }
            } else if plan.is_constant() && self.tallies[index].series.is_empty() {
                self.no_value(plan, notices);
            }
            self.notice(index, notices);
        }
        Outcome {
            readings,
            carried: None,
        }
    }

    fn single(&self, single: &Single, prefix: &str) -> Located {
        let plan = &self.plans[single.plan];
        let (series, known) = &self.tallies[single.plan].series[single.series];
        let mut at = match &single.place {
            Some(place) => format!("{prefix}{place}"),
            None => format!("{prefix}row={}", single.row),
        };
        if let Some(column) = &plan.map.column {
            at.push_str(&format!("; column={column}"));
        }
        let fixed = match plan.period {
            PeriodRule::Fixed(period) => period,
            PeriodRule::Column(_) => self.context.quarter.period(),
        };
        let place = Place {
            map: plan.map,
            series: series.clone(),
            known,
            period: single.period.unwrap_or(fixed),
            dated: match plan.period {
                PeriodRule::Fixed(_) => plan.dated,
                PeriodRule::Column(_) => Dated::Data,
            },
            data_day: self.data_day,
            at,
        };
        locate(
            &self.context,
            place,
            single.outcome.clone(),
            None,
            Some(&single.received),
        )
    }

    fn slot(&self, plan: &Plan<'_>, tally: &Tally, slot: &Slot, prefix: &str) -> Option<Located> {
        let aggregate = plan.map.aggregate?;
        let (series, known) = tally.series.get(slot.series)?;
        let exact = |value: Decimal| Number {
            value,
            qualifier: Qualifier::Exact,
        };
        let mut parts = None;
        let mut received = None;
        let too_large = || {
            Err(Refused {
                printed: String::new(),
                reason: Message::new("source-number-too-large"),
            })
        };
        let outcome = match (aggregate, &slot.first_bad) {
            (Aggregate::Count, _) => Ok(exact(Decimal::from(slot.rows))),
            (Aggregate::Share, _) => {
                if slot.rows == 0 {
                    return None;
                }
                let made = Parts {
                    numerator: Decimal::from(slot.hits),
                    denominator: Decimal::from(slot.rows),
                };
                parts = Some(made);
                ratio(made, Decimal::ONE_HUNDRED).map_or_else(too_large, |value| Ok(exact(value)))
            }
            (_, Some((row, refused))) => Err(Refused {
                printed: refused.printed.clone(),
                reason: Message::new("source-bad-cell-in-aggregate")
                    .with("row", *row)
                    .with("bad", slot.bad)
                    .with("reason", refused.reason.clone()),
            }),
            _ if slot.values == 0 => return None,
            (Aggregate::Sum | Aggregate::Increase, None) => {
                slot.sum().map_or_else(too_large, |value| Ok(exact(value)))
            }
            (Aggregate::Mean, None) => {
                let made = slot.sum().map(|sum| Parts {
                    numerator: sum,
                    denominator: Decimal::from(slot.values),
                });
                parts = made;
                made.and_then(|made| ratio(made, Decimal::ONE))
                    .map_or_else(too_large, |value| Ok(exact(value)))
            }
            (Aggregate::Max, None) => Ok(slot.most.clone()?),
            (Aggregate::Last, None) => {
                let (number, text) = slot.last.as_ref()?;
                received = Some(text.as_str());
                Ok(number.clone())
            }
        };
        let fixed = match plan.period {
            PeriodRule::Fixed(period) => period,
            PeriodRule::Column(_) => self.context.quarter.period(),
        };
        let place = Place {
            map: plan.map,
            series: series.clone(),
            known,
            period: slot.period.unwrap_or(fixed),
            dated: match slot.period {
                None => plan.dated,
                Some(_) => Dated::Data,
            },
            data_day: self.data_day,
            at: format!("{prefix}{}", trail(plan, &series.to_string())),
        };
        Some(locate(&self.context, place, outcome, parts, received))
    }

    /// A map that cannot be followed leaves a rejected reading where its series is known.
    fn unfollowed(&self, plan: &Plan<'_>, problem: &Message, prefix: &str) -> Option<Located> {
        let series = plan.fixed_series()?;
        let known = (self.context.lookup)(&series);
        if known == Lookup::UnknownScope {
            return None;
        }
        let period = match plan.period {
            PeriodRule::Fixed(period) => period,
            PeriodRule::Column(_) => self.context.quarter.period(),
        };
        let at = format!("{prefix}{}", trail(plan, &plan.map.series));
        let place = Place {
            map: plan.map,
            series,
            known: &known,
            period,
            dated: plan.dated,
            data_day: self.data_day,
            at,
        };
        let refused = Refused {
            printed: String::new(),
            reason: problem.clone(),
        };
        Some(locate(&self.context, place, Err(refused), None, None))
    }

    fn figure(&self, plan: &Plan<'_>) -> Option<FigureAddress> {
        plan.fixed_series()
            .map(|series| series.at(self.context.quarter.period()))
    }

    fn no_value(&self, plan: &Plan<'_>, notices: &mut Notices) {
        let text = Message::new("source-no-value").with("series", plan.map.series.as_str());
        let about = self.figure(plan);
        notices.add("no-value@1", Severity::Warning, about, self.config, text);
    }

    fn notice(&self, index: usize, notices: &mut Notices) {
        let (plan, tally) = (&self.plans[index], &self.tallies[index]);
        let mut add = |rule: &str, severity, text: Message| match self.figure(plan) {
            Some(about) => notices.add(rule, severity, Some(about), self.config, text),
            None => {
                notices.add_of_template(rule, severity, &plan.map.series, self.config, text);
            }
        };
        let series = plan.map.series.as_str();
        if let Some(problem) = &plan.problem {
            add("map-not-followed@1", Severity::Error, problem.clone());
        }
        if tally.unknown.rows > 0 {
            let text = Message::new("source-rows-unknown-scope")
                .with("series", series)
                .with("rows", tally.unknown.rows)
                .with("example", tally.unknown.example.replace('\u{1f}', " / "));
            // Labels outside a table of groups are expected; an unknown programme is not.
            let severity = match plan.map.group_by.is_some() && !plan.map.groups.is_empty() {
                true => Severity::Info,
                false => Severity::Warning,
            };
            add("unknown-scope@1", severity, text);
        }
        if tally.blank > 0 {
            let text = Message::new("source-rows-blank")
                .with("series", series)
                .with("rows", tally.blank);
            add("blank-values@1", Severity::Info, text);
        }
        if let Some(reason) = &tally.periods.reason {
            let text = Message::new("source-rows-bad-period")
                .with("series", series)
                .with("rows", tally.periods.rows)
                .with("row", tally.periods.first_row)
                .with("reason", reason.clone());
            add("bad-period@1", Severity::Warning, text);
        }
        if tally.unreadable.rows > 0 {
            let text = Message::new("source-rows-not-comparable")
                .with("series", series)
                .with("rows", tally.unreadable.rows)
                .with("row", tally.unreadable.first_row)
                .with("example", tally.unreadable.example.as_str());
            add("not-comparable@1", Severity::Warning, text);
        }
        if tally.unreadable_share.rows > 0 {
            let left = &tally.unreadable_share;
            let text = Message::new("source-rows-share-not-comparable")
                .with("series", series)
                .with("rows", left.rows)
                .with("row", left.first_row)
                .with("example", left.example.as_str());
            add("not-comparable@1", Severity::Warning, text);
        }
        if tally.too_many_groups {
            let text = Message::new("source-too-many-groups").with("series", series);
            add("too-many-groups@1", Severity::Error, text);
        }
    }
}

/// numerator / denominator × factor to six decimals, without trailing zeros.
pub(crate) fn ratio(parts: Parts, factor: Decimal) -> Option<Decimal> {
    let rounding = RoundingStrategy::MidpointAwayFromZero;
    let value = parts
        .numerator
        .checked_mul(factor)?
        .checked_div(parts.denominator)?;
    Some(
        value
            .round_dp_with_strategy(RATIO_DECIMALS, rounding)
            .normalize(),
    )
}

/// Column, filter and aggregate, as the trail shows them.
fn trail(plan: &Plan<'_>, series: &str) -> String {
    let map = plan.map;
    let mut parts = Vec::new();
    if let Some(column) = &map.column {
        parts.push(format!("column={column}"));
    }
    if !map.filter.is_empty() {
        parts.push(format!("filter={}", describe(&map.filter)));
    }
    if let Some(aggregate) = map.aggregate {
        parts.push(format!("aggregate={}", aggregate.id()));
    }
    if !map.share_of.is_empty() {
        parts.push(format!("share_of={}", describe(&map.share_of)));
    }
    if let Some(group) = &map.group_by {
        parts.push(format!("group_by={group}: {series}"));
    }
    if let Some(column) = &map.period_column {
        parts.push(format!("period={column}"));
    }
    parts.join("; ")
}

/// Turns a reading into a refused one that keeps what was there.
pub fn reject(located: &mut Located, reason: &Message) {
    let observation = &mut located.observation;
    if let Reading::Value(value) = observation.reading {
        if observation.printed.is_none() {
            observation.printed = Some(value.to_string());
        }
        observation.reading = Reading::Rejected(reason.clone());
    }
}
