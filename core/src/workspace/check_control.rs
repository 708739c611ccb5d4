//! What is wrong with milestones, changes of budgets, rule sets, and rates that no amounts can have.

use super::build::rate_refused;
use super::check::Notes;
use super::check_register::Names;
use super::folder;
use super::parse::Parsed;
use super::raw::{RawBudget, RawLine};
use super::raw_control::{RawMilestone, RawRuleSets};
use super::{Problem, settings::Settings};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::rules::{Asking, RuleSet};
use std::collections::BTreeMap;

/// Most conditions of a rule set.
const MOST_CONDITIONS: usize = 10;

/// Checks everything of control.
pub(super) fn check(parsed: &Parsed, names: &Names, settings: &Settings, out: &mut Vec<Problem>) {
    let executed = &settings.rules.executed;
    let asking = &settings.rules.asking;
    for file in &parsed.programmes {
        let mut notes = Notes { file, out };
        milestones(&mut notes, &file.content.milestones);
        for line in &file.content.budget {
            if let Some(message) = rate_refused(line, executed, asking) {
                notes.error(file.content.id.span(), message, next());
            }
        }
    }
    if let Some(file) = &parsed.budget {
        let mut notes = Notes { file, out };
        for table in &file.content.tables {
            let refused = |line: &RawLine| rate_refused(line, executed, asking);
            for message in table.lines.iter().filter_map(refused) {
                notes.error(table.plan.span(), message, next());
            }
        }
        changes(&mut notes, names);
    }
    if let Some(file) = &parsed.rule_sets {
        rule_sets(&mut Notes { file, out });
    }
    if let Some(file) = &parsed.settings
        && let Some(rules) = &file.content.rules
    {
        let usual = Asking::default();
        let value = |said: &Option<toml::Spanned<super::toml_text::Exact>>, usual: Decimal| {
            said.as_ref().map_or(usual, |said| said.get_ref().0)
        };
        let ordered = Decimal::ZERO <= value(&rules.cause_below, usual.cause_below)
            && value(&rules.cause_below, usual.cause_below)
                <= value(&rules.confirm_above, usual.confirm_above)
            && value(&rules.confirm_above, usual.confirm_above)
                < value(&rules.refuse_above, usual.refuse_above);
        let place = [
            &rules.cause_below,
            &rules.confirm_above,
            &rules.refuse_above,
        ]
        .into_iter()
        .flatten()
        .next();
        if let Some(place) = place.filter(|_| !ordered) {
            let mut notes = Notes { file, out };
            notes.error(place.span(), Message::new("check-asking"), None);
        }
    }
}

fn next() -> Option<Message> {
    Some(Message::new("check-rate-next"))
}

fn milestones<T>(notes: &mut Notes<'_, T>, milestones: &[RawMilestone]) {
    let mut seen = BTreeMap::new();
    for raw in milestones {
        notes.unique(&raw.id, &mut seen);
        let weight = raw.weight.get_ref().0;
        if weight <= Decimal::ZERO || weight > Decimal::ONE_HUNDRED {
            notes.error(
                raw.weight.span(),
                Message::new("check-milestone-weight"),
                None,
            );
        }
        // Each re-plan was decided after the one before it.
        let mut last = raw.set_on.map(|d| d.0);
        for replan in &raw.replans {
            let set_on = replan.set_on.get_ref().0;
            if last.is_some_and(|last| set_on <= last) {
                notes.error(
                    replan.set_on.span(),
                    Message::new("check-milestone-replan"),
                    None,
                );
            }
            last = Some(set_on);
        }
    }
    let sum = milestones.iter().try_fold(Decimal::ZERO, |sum, raw| {
        sum.checked_add(raw.weight.get_ref().0)
    });
    if let Some(first) = milestones.first()
        && sum != Some(Decimal::ONE_HUNDRED)
    {
        let message = Message::new("check-milestone-sum").with("sum", sum.unwrap_or_default());
        notes.warning(first.weight.span(), message, None);
    }
}

fn changes(notes: &mut Notes<'_, RawBudget>, names: &Names) {
    let mut seen = BTreeMap::new();
    for change in &notes.file.content.changes {
        notes.unique(&change.id, &mut seen);
        for programme in change.from.iter().chain(&change.to) {
            notes.known(programme, &names.programmes, "check-unknown-programme");
        }
        if *change.amount_ntd.get_ref() <= 0 {
            let message = Message::new("check-change-amount");
            notes.error(change.amount_ntd.span(), message, None);
        } else if !change.is_sound() {
            notes.error(change.id.span(), Message::new("check-change-ends"), None);
        }
    }
}

fn rule_sets(notes: &mut Notes<'_, RawRuleSets>) {
    let mut seen = BTreeMap::new();
    for raw in &notes.file.content.rule_sets {
        notes.unique(&raw.id, &mut seen);
        let id = raw.id.get_ref();
        if RuleSet::built_in().iter().any(|known| known.id == *id) {
            let message = Message::new("check-rule-set-built-in").with("id", folder::safe(id));
            notes.error(raw.id.span(), message, None);
        }
        if raw.source.get_ref().trim().is_empty() {
            notes.error(
                raw.source.span(),
                Message::new("check-rule-set-source"),
                None,
            );
        }
        if let Some(quarter) = &raw.from_quarter
            && !(1..=4).contains(quarter.get_ref())
        {
            notes.error(quarter.span(), Message::new("check-rule-set-quarter"), None);
        }
        if raw.conditions.is_empty() || raw.conditions.len() > MOST_CONDITIONS {
            let message = Message::new("check-rule-set-conditions").with("most", MOST_CONDITIONS);
            notes.error(raw.id.span(), message, None);
        }
    }
}

/// The sentence about a rate that no amounts of control can have.
pub(super) fn rate_sentence(id: &'static str, rate: Decimal, limit: Decimal) -> Message {
    Message::new(id)
        .with("rate", Arg::Fraction(rate))
        .with("limit", Arg::Fraction(limit))
}
