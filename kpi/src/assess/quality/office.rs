//! The office's own validation rules, evaluated for a quarter.

use super::series;
use crate::address::SeriesId;
use crate::assess::IndicatorAssessment;
use crate::assess::indicator::{HISTORY, Watched};
use crate::assess::money::MoneyIndex;
use crate::assess::programme;
use crate::assess::reading::Index;
use crate::calendar::Quarter;
use crate::finding::{Finding, Severity};
use crate::indicator::{Indicator, Road};
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

/// The readings of a snapshot as a quarter takes them: what a rule or a check refuses stands as refused.
pub(in crate::assess) struct Settled<'a> {
    pub index: Index<'a>,
    pub money: &'a MoneyIndex<'a>,
    /// The refused readings by their numbers, with the reason beside what was received.
    pub refused: HashMap<i64, &'a Recorded<Observation>>,
    /// A finding for each refusal of the quarter.
    pub findings: Vec<Finding>,
    /// Of every indicator of the register how it stands, where it was assessed on the way.
    pub assessed: Vec<Option<IndicatorAssessment>>,
}

/// Refuses the readings of the left side's figure where a rule of importance `error` with `reject` does not hold, in
/// the quarter and in those of its history, and those that a check of `[quality]` refuses. Refused is over the whole
/// history; of figures so many quarters are looked at.
pub(in crate::assess) fn settled<R>(
    snapshot: &Snapshot,
    (quarter, quarters): (Quarter, usize),
    then: impl FnOnce(Settled<'_>) -> R,
) -> R {
    let register = &snapshot.register;
    let money = MoneyIndex::of(&snapshot.money, &register.budget_changes);
    let settled = Settled {
        index: Index::of(snapshot, quarters),
        money: &money,
        refused: HashMap::new(),
        findings: Vec::new(),
        assessed: register.indicators().map(|_| None).collect(),
    };
    let refusing = Refusing {
        snapshot,
        quarter,
        rules: register
            .validation
            .iter()
            .filter(|rule| rule.reject && rule.importance == Severity::Error)
            .flat_map(|rule| spread(rule, register))
            .collect(),
        by_history: !register.rules.quality.reject.is_none(),
    };
    refusing.settle(settled, None, ROUNDS, then)
}

/// What may refuse readings in a quarter.
struct Refusing<'s> {
    snapshot: &'s Snapshot,
    quarter: Quarter,
    rules: Vec<ValidationRule>,
    by_history: bool,
}

impl Refusing<'_> {
    /// One round after another, until nothing is refused any more. `changed`: series of which a reading was refused in
    /// the round before; the history of all others is as it was.
    fn settle<R>(
        &self,
        settled: Settled<'_>,
        changed: Option<HashSet<SeriesId>>,
        rounds: usize,
        then: impl FnOnce(Settled<'_>) -> R,
    ) -> R {
        let mut settled = settled;
        if rounds == 0 {
            return then(settled);
        }
        let mut reasons = self.by_rules(&mut settled);
        if self.by_history {
            for (row, reason) in self.by_own_history(&mut settled, changed.as_ref()) {
                reasons.entry(row).or_insert(reason);
            }
        }
        let all = &self.snapshot.observations;
        let rows: Vec<_> = all
            .iter()
            .filter(|row| !settled.refused.contains_key(&row.sequence))
            .filter_map(|row| as_refused(row, reasons.remove(&row.sequence)?))
            .collect();
        if rows.is_empty() {
            return then(settled);
        }
        let changed: HashSet<SeriesId> = rows.iter().map(|row| row.item.series.clone()).collect();
        let indicators = self.snapshot.register.indicators();
        for (_, assessed) in indicators
            .zip(&mut settled.assessed)
            .filter(|(indicator, _)| changed.contains(&indicator.series))
        {
            *assessed = None;
        }
        // From here on it lives no longer than the rows of this round.
        let mut settled: Settled<'_> = settled;
        settled
            .refused
            .extend(rows.iter().map(|row| (row.sequence, row)));
        settled.index.figures = settled.index.figures.with(all, &settled.refused);
        self.settle(settled, Some(changed), rounds - 1, then)
    }

    /// Rows that a rule of the office refuses.
    fn by_rules(&self, settled: &mut Settled<'_>) -> HashMap<i64, Message> {
        let mut reasons = HashMap::new();
        if self.rules.is_empty() {
            return reasons;
        }
        for at in self.quarter.last(HISTORY) {
            let figures = Figures {
                register: &self.snapshot.register,
                quarter: at,
                index: &settled.index,
                money: settled.money,
            };
            for rule in &self.rules {
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
                if at == self.quarter {
                    let text = Message::new("finding-validation-refused")
                        .with("broken", broken.clone())
                        .with("say", Arg::Title(rule.say.clone()));
                    let finding = raise(rule, Severity::Error, at, text);
                    settled.findings.push(finding);
                }
                for row in rows {
                    reasons.entry(row).or_insert_with(|| broken.clone());
                }
            }
        }
        reasons
    }

    /// Readings that a check of their own history refuses, with the reason: of each indicator the earliest alone,
    /// because those after it are held against what stands then.
    fn by_own_history(
        &self,
        settled: &mut Settled<'_>,
        only: Option<&HashSet<SeriesId>>,
    ) -> Vec<(i64, Message)> {
        let (register, quarter) = (&self.snapshot.register, self.quarter);
        let (index, rules) = (&settled.index, &register.rules);
        let mut refused = Vec::new();
        let places = register.indicators().zip(&mut settled.assessed);
        let asked = |i: &Indicator| only.is_none_or(|only| only.contains(&i.series));
        let asked = |i: &Indicator| {
            series::has_readings(i) && asked(i) && series::may_be_refused(i, index, rules)
        };
        for (indicator, place) in places.filter(|(indicator, _)| asked(indicator)) {
            let watched = Watched::of(indicator, index.day);
            let standing = watched.stand(quarter, index, &rules.bands);
            let assessed = watched.said(standing, (quarter, HISTORY), index, &rules.bands);
            let first = series::doubtful(&assessed, rules)
                .into_iter()
                .find_map(|at| Some((at, series::refusal(indicator, at, index, rules)?)));
            let Some((at, (rule, reason, rows))) = first else {
                *place = Some(assessed);
                continue;
            };
            if at == quarter {
                let text = Message::new("finding-quality-refused").with("reason", reason.clone());
                let figure = Some(indicator.series.clone().at(at.period()));
                let finding = Finding::new(rule, Severity::Error, figure, None, text);
                settled.findings.push(finding);
            }
            refused.extend(rows.into_iter().map(|row| (row, reason.clone())));
        }
        refused
    }
}

/// A reading as it stands once it was refused: what was received is kept beside the reason.
fn as_refused(row: &Recorded<Observation>, reason: Message) -> Option<Recorded<Observation>> {
    let Reading::Value(value) = row.item.reading else {
        return None;
    };
    let mut row = row.clone();
    row.item.printed.get_or_insert_with(|| value.to_string());
    row.item.reading = Reading::Rejected(reason);
    Some(row)
}
