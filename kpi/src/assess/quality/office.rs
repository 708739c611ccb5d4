//! The office's own validation rules, evaluated for a quarter.

use super::series;
use crate::address::SeriesId;
use crate::assess::indicator::{HISTORY, Watched};
use crate::assess::money::MoneyIndex;
use crate::assess::programme;
use crate::assess::reading::Index;
use crate::calendar::{Quarter, taipei_day};
use crate::effective::effective;
use crate::finding::{Finding, Severity};
use crate::indicator::Road;
use crate::message::{Arg, Message};
use crate::money::AmountKind;
use crate::observation::{Observation, Qualifier, Reading, Recorded};
use crate::register::Register;
use crate::snapshot::Snapshot;
use crate::validation::{Expression, ValidationRule, Verdict};
use chrono::Days;
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};

/// Most rounds of refusing: a refused reading gives back the one before it, which may break the rule too.
const ROUNDS: usize = 32;

/// Figures of one quarter by their names.
struct Figures<'a, 'r> {
    register: &'a Register,
    quarter: Quarter,
    index: &'r Index<'a>,
    money: &'r MoneyIndex<'a>,
}

impl Figures<'_, '_> {
    /// The exact value and the rows it was made of; a bound (`> 43,000`) and a sum that still grows are not exact.
    fn find(&self, series: &SeriesId) -> Option<(Decimal, Vec<i64>)> {
        let of_programme = self.register.programme(&series.scope).is_some();
        if series.name == "budget" && of_programme {
            let kind = AmountKind::from_id(series.part.as_deref()?)?;
            let rules = &self.register.rules;
            let money = self.money.programme(&series.scope, self.quarter, rules);
            return Some((Decimal::from(money.amounts.get(kind)?), Vec::new()));
        }
        if let Some(indicator) = self.index.indicators.get(series) {
            let watched = Watched::of(indicator, self.index.day);
            let standing = watched.stand(self.quarter, self.index, &self.register.rules.bands);
            if standing.found.broken.is_some() || standing.found.growing {
                return None;
            }
            let figure = standing.found.figure?;
            // The rows of a computed ratio are those of other figures.
            let rows = match indicator.road {
                Road::Computed => Vec::new(),
                _ => figure.rows,
            };
            return (figure.qualifier == Qualifier::Exact).then_some((figure.value, rows));
        }
        let row = programme::in_quarter(self.index.figures.of(series), self.quarter)?.good?;
        (row.item.qualifier == Qualifier::Exact)
            .then(|| Some((row.item.value()?, vec![row.sequence])))?
    }

    fn value(&self, series: &SeriesId) -> Option<Decimal> {
        Some(self.find(series)?.0)
    }

    /// What is missing can be called missing: its quarter is over and its due day passed.
    fn is_due(&self) -> bool {
        let days = Days::new(u64::from(self.register.rules.due_days));
        let due = self.quarter.end().checked_add_days(days);
        due.is_some_and(|due| self.index.day > due)
    }
}

/// The rule as it stands, or once for every programme.
fn spread<'a>(rule: &'a ValidationRule, register: &'a Register) -> Vec<ValidationRule> {
    if !rule.each_programme {
        return vec![rule.clone()];
    }
    let programmes = register.programmes.iter();
    programmes.map(|p| rule.of_programme(&p.id)).collect()
}

pub(super) fn findings(
    register: &Register,
    quarter: Quarter,
    index: &Index<'_>,
    money: &MoneyIndex<'_>,
    raised: &mut Vec<Finding>,
) {
    let figures = Figures {
        register,
        quarter,
        index,
        money,
    };
    for rule in &register.validation {
        for own in spread(rule, register) {
            let verdict = own.verdict(|series| figures.value(series));
            // A programme without any figure of the rule is not what the rule speaks of.
            let verdict = match verdict {
                Verdict::Missing(_) if !figures.is_due() => continue,
                Verdict::Missing(missing)
                    if own.each_programme && !are_defined(register, &missing) =>
                {
                    continue;
                }
                other => other,
            };
            raised.extend(finding(&own, verdict, quarter));
        }
    }
}

/// Whether somebody is asked for all of these: an indicator that the programme does not have is not missing.
fn are_defined(register: &Register, missing: &[SeriesId]) -> bool {
    missing.iter().all(|series| {
        let is_measure = series.part.is_some() || series.name == "risk";
        is_measure || register.indicators().any(|i| i.series == *series)
    })
}

/// A side with its value; a number alone stands for itself.
fn side(expression: &Expression, value: Decimal) -> Arg {
    if expression.figures().next().is_none() {
        return Arg::Number(value);
    }
    Message::new("rule-validation-side")
        .with("expression", expression.text())
        .with("value", value)
        .into()
}

fn names(series: &[SeriesId]) -> String {
    let names: Vec<String> = series.iter().map(ToString::to_string).collect();
    names.join(", ")
}

/// What was compared and found wanting.
fn breach(rule: &ValidationRule, left: Decimal, right: Decimal) -> Message {
    Message::new("rule-validation-broken")
        .with("rule", rule.id.as_str())
        .with("left", side(&rule.left, left))
        .with("operator", rule.operator.sign())
        .with("right", side(&rule.right, right))
}

fn finding(rule: &ValidationRule, verdict: Verdict, quarter: Quarter) -> Option<Finding> {
    let say = || Arg::Title(rule.say.clone());
    let (severity, text) = match verdict {
        Verdict::Holds | Verdict::Waits => return None,
        Verdict::Broken {
            left,
            right,
            as_zero,
        } => {
            let broken = breach(rule, left, right);
            let text = if as_zero.is_empty() {
                Message::new("finding-validation").with("broken", broken)
            } else {
                Message::new("finding-validation-as-zero")
                    .with("broken", broken)
                    .with("missing", names(&as_zero))
            };
            (rule.importance, text.with("say", say()))
        }
        // Nothing is wrong as far as is known: it is never more than a warning.
        Verdict::Missing(missing) => (
            rule.importance.min(Severity::Warning),
            Message::new("finding-validation-missing")
                .with("rule", rule.id.as_str())
                .with("missing", names(&missing))
                .with("say", say()),
        ),
        Verdict::TooLarge => (
            rule.importance.min(Severity::Warning),
            Message::new("finding-validation-too-large").with("rule", rule.id.as_str()),
        ),
    };
    Some(raise(rule, severity, quarter, text))
}

fn raise(rule: &ValidationRule, severity: Severity, quarter: Quarter, text: Message) -> Finding {
    let about = rule.about().cloned();
    Finding::new(
        &format!("validation/{}", rule.id),
        severity,
        about.map(|series| series.at(quarter.period())),
        None,
        text,
    )
}

/// Readings that a check of their own history refuses, with the reason: of each indicator the earliest alone, because
/// those after it are held against what stands then.
fn by_own_history(
    register: &Register,
    quarter: Quarter,
    index: &Index<'_>,
    only: Option<&HashSet<SeriesId>>,
    findings: &mut Vec<Finding>,
) -> Vec<(i64, Message)> {
    let mut refused = Vec::new();
    let indicators = register.indicators();
    for indicator in indicators.filter(|i| only.is_none_or(|only| only.contains(&i.series))) {
        let first = series::doubtful(indicator, quarter, index, &register.rules)
            .into_iter()
            .filter_map(|at| Some((at, series::refusal(indicator, at, index, &register.rules)?)))
            .next();
        let Some((at, (rule, reason, rows))) = first else {
            continue;
        };
        if at == quarter {
            let text = Message::new("finding-quality-refused").with("reason", reason.clone());
            let figure = Some(indicator.series.clone().at(at.period()));
            findings.push(Finding::new(rule, Severity::Error, figure, None, text));
        }
        refused.extend(rows.into_iter().map(|row| (row, reason.clone())));
    }
    refused
}

/// Refuses the readings of the left side's figure where a rule of importance `error` with `reject` does not hold, in
/// the quarter and in those of its history, and those that a check of `[quality]` refuses: all readings with those
/// refused, and a finding for each refusal of the quarter. `None`: nothing refuses anything.
pub(in crate::assess) fn refused(
    snapshot: &Snapshot,
    quarter: Quarter,
) -> Option<(Vec<Recorded<Observation>>, Vec<Finding>)> {
    let register = &snapshot.register;
    let rules: Vec<ValidationRule> = register
        .validation
        .iter()
        .filter(|rule| rule.reject && rule.importance == Severity::Error)
        .flat_map(|rule| spread(rule, register))
        .collect();
    let by_history = !register.rules.quality.reject.is_none();
    if rules.is_empty() && !by_history {
        return None;
    }
    let money = MoneyIndex::of(&snapshot.money, &snapshot.register.budget_changes);
    let mut observations = snapshot.observations.clone();
    let mut findings = Vec::new();
    // Series of which a reading was refused in the round before: the history of all others is as it was.
    let mut changed: Option<HashSet<SeriesId>> = None;
    for _ in 0..ROUNDS {
        let mut reasons: HashMap<i64, Message> = HashMap::new();
        let index = Index {
            figures: effective(&observations),
            indicators: register.indicators().map(|i| (&i.series, i)).collect(),
            day: taipei_day(snapshot.as_of),
        };
        for at in (1 - HISTORY..=0).map(|offset| quarter.plus(offset)) {
            let figures = Figures {
                register,
                quarter: at,
                index: &index,
                money: &money,
            };
            for rule in &rules {
                let Verdict::Broken { left, right, .. } =
                    rule.verdict(|series| figures.value(series))
                else {
                    continue;
                };
                let named = rule.left.one_figure().and_then(|s| figures.find(s));
                let rows = named.map_or_else(Vec::new, |(_, rows)| rows);
                if rows.is_empty() {
                    continue;
                }
                let broken = breach(rule, left, right);
                if at == quarter {
                    let text = Message::new("finding-validation-refused")
                        .with("broken", broken.clone())
                        .with("say", Arg::Title(rule.say.clone()));
                    findings.push(raise(rule, Severity::Error, at, text));
                }
                for row in rows {
                    reasons.entry(row).or_insert_with(|| broken.clone());
                }
            }
        }
        if by_history {
            let refused =
                by_own_history(register, quarter, &index, changed.as_ref(), &mut findings);
            for (row, reason) in refused {
                reasons.entry(row).or_insert(reason);
            }
        }
        if reasons.is_empty() {
            break;
        }
        let changed = changed.insert(HashSet::new());
        for row in &mut observations {
            if let Reading::Value(value) = row.item.reading
                && let Some(reason) = reasons.remove(&row.sequence)
            {
                changed.insert(row.item.series.clone());
                // What was received is kept beside the reason.
                row.item.printed.get_or_insert_with(|| value.to_string());
                row.item.reading = Reading::Rejected(reason);
            }
        }
    }
    Some((observations, findings))
}
