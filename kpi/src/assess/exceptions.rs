//! The exceptions list (例外清單): programmes that are behind, at risk, unknown or lagging, gravest first.

use super::money::planned_ntd;
use super::{IndicatorAssessment, ProgrammeAssessment};
use crate::calendar::Quarter;
use crate::exceptions::{Exception, Handled, Weight, median, order};
use crate::message::{Arg, Message};
use crate::register::{Programme, Register};
use crate::status::Status;
use rust_decimal::Decimal;

pub(super) fn exceptions(
    register: &Register,
    programmes: &[ProgrammeAssessment],
    quarter: Quarter,
    handled: &[Handled],
) -> Vec<Exception> {
    let middle = median(programmes.iter().filter_map(at_stake).collect());
    let mut list: Vec<Exception> = register
        .programmes
        .iter()
        .zip(programmes)
        .filter(|(_, assessed)| is_exception(assessed))
        .map(|(programme, assessed)| exception(programme, assessed, middle))
        .collect();
    for exception in &mut list {
        // The last word on these very figures; one on other figures no longer says anything.
        exception.handled = handled
            .iter()
            .rev()
            .find(|h| {
                h.programme == exception.programme
                    && h.quarter == quarter
                    && h.fingerprint == exception.fingerprint
            })
            .cloned();
    }
    order(&mut list);
    list
}

fn is_exception(assessed: &ProgrammeAssessment) -> bool {
    // Unknown because nothing is due yet, nothing is rated, or nobody has named an indicator, is nobody's omission.
    let waits = assessed.status == Status::Unknown && !assessed.indicators.iter().any(is_missing);
    let grave = matches!(
        assessed.status,
        Status::Behind | Status::AtRisk | Status::Unknown
    ) && !waits;
    grave || assessed.lagging.lagging == Some(true)
}

/// Planned minus executed, else the budget.
fn at_stake(assessed: &ProgrammeAssessment) -> Option<i64> {
    match (planned_ntd(&assessed.money), assessed.money.executed_ntd) {
        (Some(planned), Some(executed)) => Some(planned.saturating_sub(executed).max(0)),
        _ => assessed.money.amounts.budget_ntd,
    }
}

fn exception(
    programme: &Programme,
    assessed: &ProgrammeAssessment,
    median: Option<i64>,
) -> Exception {
    let known = at_stake(assessed);
    let weight = Weight {
        at_stake_ntd: known.or(median),
        points_off: points_off(assessed),
        quarters_old: quarters_old(assessed),
    };
    let narrative = assessed.narrative.as_ref();
    Exception {
        programme: assessed.id.clone(),
        status: assessed.status,
        at_stake_ntd: weight.at_stake_ntd,
        at_stake_is_median: known.is_none() && median.is_some(),
        points_off: weight.points_off,
        quarters_old: weight.quarters_old,
        score: weight.score(),
        what: what(assessed, weight.quarters_old),
        why: why(programme, assessed),
        reason: narrative.and_then(|n| n.reason.clone()),
        rule: if assessed.lagging.lagging == Some(true) {
            assessed.lagging.rule_id.clone()
        } else {
            assessed.rule_id.clone()
        },
        fingerprint: fingerprint(assessed),
        handled: None,
    }
}

/// The figures behind the exception as one text, shortened to 16 hexadecimal digits (FNV-1a): statuses, values and
/// targets, money and progress. It tells figures apart, it is no proof against forgery; the log of acts is.
fn fingerprint(assessed: &ProgrammeAssessment) -> String {
    let mut text = format!(
        "{};{:?};{:?};{:?}",
        assessed.status.id(),
        assessed.lagging.lagging,
        planned_ntd(&assessed.money),
        assessed.money.amounts,
    );
    if let Some((planned, actual)) = assessed.progress {
        text.push_str(&format!(";{}/{}", planned.normalize(), actual.normalize()));
    }
    for indicator in &assessed.indicators {
        let number = |value: Option<Decimal>| {
            value.map_or("-".to_owned(), |value| value.normalize().to_string())
        };
        text.push_str(&format!(
            ";{}={}:{}:{}",
            indicator.series,
            indicator.status.id(),
            number(indicator.figure.as_ref().map(|f| f.value)),
            number(indicator.target.as_ref().map(|t| t.value)),
        ));
    }
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// The largest of: an indicator's shortfall of its target, the progress behind plan, and the share of indicators
/// without a usable figure; in percentage points, at most 100.
fn points_off(assessed: &ProgrammeAssessment) -> Decimal {
    let shortfalls = assessed
        .indicators
        .iter()
        .filter(|i| matches!(i.status, Status::OnTrack | Status::AtRisk | Status::Behind))
        .map(|i| match i.achievement {
            Some(achievement) => {
                (Decimal::ONE - achievement.clamp(Decimal::ZERO, Decimal::ONE))
                    * Decimal::ONE_HUNDRED
            }
            // Without a rate the miss has no size: it counts as its share of the indicators.
            None => share(1, assessed.indicators.len()),
        });
    let unusable = assessed.indicators.iter().filter(|i| is_missing(i)).count();
    let behind_plan = assessed
        .variance_points
        .filter(|points| points.is_sign_negative())
        .map(|points| points.abs());
    shortfalls
        .chain(behind_plan)
        .chain([share(unusable, assessed.indicators.len())])
        .max()
        .unwrap_or_default()
        .min(Decimal::ONE_HUNDRED)
        .round_dp(2)
}

fn share(part: usize, all: usize) -> Decimal {
    (Decimal::from(part) * Decimal::ONE_HUNDRED)
        .checked_div(Decimal::from(all))
        .unwrap_or_default()
}

fn is_missing(indicator: &IndicatorAssessment) -> bool {
    matches!(
        indicator.status,
        Status::NoData | Status::Late | Status::Stale | Status::Rejected
    )
}

/// Quarters before this one with the same status, without a gap.
fn quarters_old(assessed: &ProgrammeAssessment) -> u32 {
    let before = assessed.history.iter().rev().skip(1);
    let same = before
        .take_while(|(_, status)| *status == assessed.status)
        .count();
    u32::try_from(same).unwrap_or(u32::MAX)
}

fn what(assessed: &ProgrammeAssessment, quarters_old: u32) -> Message {
    let since = match quarters_old {
        0 => Message::new("exception-first"),
        more => Message::new("exception-running").with("quarters", i64::from(more) + 1),
    };
    let rate = assessed
        .money
        .execution_rate
        .map(|r| Arg::Fraction(r.fraction6()));
    let unusable = assessed.indicators.iter().filter(|i| is_missing(i)).count();
    // A programme that is exactly on plan has no variance worth a word.
    let variance = assessed.variance_points.filter(|points| !points.is_zero());
    let message = match (rate, variance) {
        _ if assessed.status == Status::Unknown => Message::new("exception-what-unknown")
            .with("missing", unusable)
            .with("of", assessed.indicators.len()),
        (Some(rate), Some(points)) => Message::new("exception-what-both")
            .with("execution", rate)
            .with("points", Arg::Points(points)),
        (Some(rate), None) => Message::new("exception-what-execution").with("execution", rate),
        (None, Some(points)) => {
            Message::new("exception-what-variance").with("points", Arg::Points(points))
        }
        (None, None) => Message::new("exception-what-indicators")
            .with("good", assessed.good.0)
            .with("of", assessed.good.1),
    };
    message.with("since", since)
}

fn why(programme: &Programme, assessed: &ProgrammeAssessment) -> Message {
    if assessed.lagging.lagging == Some(true) {
        return Message::new("exception-why-lagging")
            .with(
                "rule",
                Arg::Term(format!("rule-lagging-{}", assessed.lagging.rule_id).into()),
            )
            .with("conditions", assessed.lagging.conditions.len());
    }
    let worst = match assessed.status {
        Status::Unknown => assessed
            .indicators
            .iter()
            .find(|i| Some(i.status) == assessed.unknown_cause),
        Status::Behind => furthest(assessed, Status::Behind),
        _ => furthest(assessed, Status::AtRisk)
            .or(assessed.indicators.iter().find(|i| is_missing(i))),
    };
    match worst {
        Some(indicator) => Message::new("exception-why-indicator")
            .with("indicator", name(programme, indicator))
            .with("rule", indicator.rule.clone()),
        None => assessed.rule.clone(),
    }
}

/// What people call the indicator; its series where the register knows no title.
fn name(programme: &Programme, assessed: &IndicatorAssessment) -> Arg {
    let listed = programme
        .indicators
        .iter()
        .find(|i| i.series == assessed.series);
    listed.map_or_else(
        || Arg::Text(assessed.series.to_string()),
        |i| Arg::Title(i.title.clone()),
    )
}

/// The indicator of a status that is furthest from its target; those without a rate last.
fn furthest(assessed: &ProgrammeAssessment, status: Status) -> Option<&IndicatorAssessment> {
    assessed
        .indicators
        .iter()
        .filter(|i| i.status == status)
        .min_by_key(|i| i.achievement.unwrap_or(Decimal::MAX))
}
