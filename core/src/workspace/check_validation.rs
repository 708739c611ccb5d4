//! What is wrong in the office's validation rules: figures that nothing has, and rules that could never speak.

use super::check::Notes;
use super::check_register::Names;
use super::folder;
use super::parse::Parsed;
use super::raw_validation::{RawRule, RawValidation};
use super::toml_text::{Side, nearest_hint};
use super::{Problem, build};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::indicator::Road;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::AmountKind;
use quarterdeck_kpi::validation::EACH_PROGRAMME;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// Checks `register/validation.toml`.
pub(super) fn check(parsed: &Parsed, names: &Names, out: &mut Vec<Problem>) {
    let Some(file) = &parsed.validation else {
        return;
    };
    let known = known(names);
    let computed = computed(parsed);
    let mut notes = Notes { file, out };
    let mut seen = BTreeMap::new();
    for rule in &file.content.rules {
        notes.unique(&rule.id, &mut seen);
        let id = rule.id.get_ref();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if id.is_empty() || id.len() > 60 || !id.chars().all(plain) {
            notes.error(rule.id.span(), Message::new("check-validation-id"), None);
        }
        if rule.say.zh_tw.trim().is_empty() || rule.say.en.trim().is_empty() {
            notes.error(rule.id.span(), Message::new("check-validation-say"), None);
        }
        let sides = [&rule.left, &rule.right];
        if sides
            .iter()
            .all(|s| s.get_ref().0.figures().next().is_none())
        {
            let message = Message::new("check-validation-numbers");
            notes.error(rule.left.span(), message, None);
        }
        for side in sides {
            figures(&mut notes, &known, side, rule.for_each.is_some());
        }
        let speaks_of_each = sides.iter().any(|s| s.get_ref().0.is_of_each_programme());
        if let Some(each) = rule.for_each.as_ref().filter(|_| !speaks_of_each) {
            let message = Message::new("check-validation-for-unused");
            notes.error(each.span(), message, None);
        }
        if let Some(reject) = rule.reject.as_ref().filter(|r| *r.get_ref())
            && !may_reject(rule, &computed)
        {
            let message = Message::new("check-validation-reject");
            notes.error(reject.span(), message, None);
        }
    }
}

/// Every figure a rule may name.
fn known(names: &Names) -> BTreeSet<String> {
    let mut known = names.series.clone();
    for programme in &names.programmes {
        let measures = AmountKind::ALL.map(|kind| format!("budget.{}", kind.id()));
        let others = ["progress.planned", "progress.actual", "risk"].map(str::to_owned);
        for measure in measures.into_iter().chain(others) {
            known.insert(format!("{programme}/{measure}"));
        }
    }
    known
}

fn figures(
    notes: &mut Notes<'_, RawValidation>,
    known: &BTreeSet<String>,
    side: &Spanned<Side>,
    for_each: bool,
) {
    for series in side.get_ref().0.figures() {
        let written = series.to_string();
        if series.scope == EACH_PROGRAMME {
            if !for_each {
                let message = Message::new("check-validation-for-missing");
                notes.error(side.span(), message, None);
                continue;
            }
            let own: BTreeSet<&str> = known
                .iter()
                .filter_map(|name| Some(name.split_once('/')?.1))
                .collect();
            let name = written.split_once('/').map_or("", |(_, name)| name);
            if !own.contains(name) && !is_task(series) {
                unknown(notes, side, &written, name, own.iter().copied());
            }
        } else if !known.contains(&written) && !is_task(series) {
            unknown(
                notes,
                side,
                &written,
                &written,
                known.iter().map(String::as_str),
            );
        }
    }
}

fn is_task(series: &SeriesId) -> bool {
    series.name == "task" && series.part.is_some()
}

fn unknown<'a>(
    notes: &mut Notes<'_, RawValidation>,
    side: &Spanned<Side>,
    written: &str,
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) {
    let message = Message::new("check-unknown-series").with("series", folder::safe(written));
    notes.error(side.span(), message, nearest_hint(name, known));
}

/// Series that are made of others, as `SCOPE/NAME`.
fn computed(parsed: &Parsed) -> BTreeSet<String> {
    let portfolio = parsed.portfolio.iter();
    let nodes = parsed.framework.iter().flat_map(|f| &f.content.nodes);
    let programmes = parsed.programmes.iter();
    let scopes = portfolio
        .map(|f| ("portfolio", &f.content.indicators))
        .chain(nodes.map(|n| (n.id.get_ref().as_str(), &n.indicators)))
        .chain(programmes.map(|f| (f.content.id.get_ref().as_str(), &f.content.indicators)));
    scopes
        .flat_map(|(scope, indicators)| indicators.iter().map(move |raw| (scope, raw)))
        .filter(|(_, raw)| raw.road == Road::Computed)
        .filter_map(|(scope, raw)| build::series(scope, raw.series.get_ref()))
        .map(|series| series.to_string())
        .collect()
}

/// Only a reading can be refused: one figure on the left side that is neither an amount nor computed.
fn may_reject(rule: &RawRule, computed: &BTreeSet<String>) -> bool {
    let one = rule.left.get_ref().0.one_figure();
    rule.importance == Severity::Error
        && one.is_some_and(|s| s.name != "budget" && !computed.contains(&s.to_string()))
}
