//! What is wrong in the register: ids that nothing has, weights, dates, units, totals.

use super::build::series;
use super::check::Notes;
use super::parse::Parsed;
use super::raw::{RawBudget, RawIndicator, RawLine, RawPublished};
use super::raw_register::RawTask;
use super::toml_text::{Word, nearest_hint};
use super::{Problem, folder};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::calendar::{Period, PeriodKind};
use quarterdeck_kpi::indicator::{Combine, Direction, Frequency, Road};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::AmountKind;
use quarterdeck_kpi::target::Trajectory;
use quarterdeck_view::i18n::{self, Language};
use std::collections::{BTreeMap, BTreeSet};

/// Measures that every programme and agency has without an indicator.
const MEASURES: [&str; 7] = [
    "budget",
    "budget-total",
    "confirm",
    "milestone",
    "progress",
    "risk",
    "task",
];

/// Ids that others may refer to.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub plans: BTreeMap<String, (i32, i32)>,
    pub plan_ids: BTreeSet<String>,
    pub nodes: BTreeMap<String, String>,
    pub node_ids: BTreeSet<String>,
    pub agencies: BTreeSet<String>,
    pub programmes: BTreeSet<String>,
    /// Series of all indicators, with their units.
    pub units: BTreeMap<String, String>,
    pub series: BTreeSet<String>,
}

impl Names {
    /// Collects the ids of what could be read.
    pub fn of(parsed: &Parsed) -> Names {
        let mut names = Names::default();
        for plan in parsed.plans.iter().flat_map(|f| &f.content.plans) {
            names
                .plans
                .insert(plan.id.get_ref().clone(), *plan.years.get_ref());
        }
        for agency in parsed.agencies.iter().flat_map(|f| &f.content.agencies) {
            names.agencies.insert(agency.id.get_ref().clone());
        }
        let mut add = |scope: &str, indicators: &[RawIndicator]| {
            for raw in indicators {
                if let Some(series) = series(scope, raw.series.get_ref()) {
                    names
                        .units
                        .insert(series.to_string(), raw.unit.get_ref().clone());
                }
            }
        };
        if let Some(file) = &parsed.portfolio {
            add("portfolio", &file.content.indicators);
        }
        for node in parsed.framework.iter().flat_map(|f| &f.content.nodes) {
            add(node.id.get_ref(), &node.indicators);
        }
        for file in &parsed.programmes {
            add(file.content.id.get_ref(), &file.content.indicators);
        }
        for node in parsed.framework.iter().flat_map(|f| &f.content.nodes) {
            names
                .nodes
                .insert(node.id.get_ref().clone(), node.plan.get_ref().clone());
        }
        for file in &parsed.programmes {
            names.programmes.insert(file.content.id.get_ref().clone());
        }
        names.series = names.units.keys().cloned().collect();
        names.plan_ids = names.plans.keys().cloned().collect();
        names.node_ids = names.nodes.keys().cloned().collect();
        names
    }

    /// Whether a series is an indicator's, or a measure of a known programme or agency.
    pub fn takes_series(&self, text: &str) -> bool {
        let Some(series) = series("", text) else {
            return false;
        };
        let whole = format!("{}/{}", series.scope, series.name);
        let owner = self.programmes.contains(series.scope.as_str())
            || series
                .scope
                .strip_prefix("agency:")
                .is_some_and(|a| self.agencies.contains(a))
            || series
                .scope
                .strip_prefix("plan:")
                .is_some_and(|p| self.plan_ids.contains(p));
        self.series.contains(&whole) || (owner && MEASURES.contains(&series.name.as_str()))
    }
}

/// Checks all files of the register.
pub(super) fn check(parsed: &Parsed, names: &Names, out: &mut Vec<Problem>) {
    plans_and_agencies(parsed, out);
    let mut seen_series = BTreeMap::new();
    if let Some(file) = &parsed.portfolio {
        let raw = &file.content;
        let mut notes = Notes { file, out };
        let scope = Scope {
            id: "portfolio",
            plan: None,
        };
        indicators(&mut notes, names, &scope, &raw.indicators, &mut seen_series);
        published(&mut notes, names, &scope, &raw.published);
        let mut claims = BTreeMap::new();
        for claim in &raw.claims {
            notes.unique(&claim.id, &mut claims);
            notes.known(&claim.plan, &names.plan_ids, "check-unknown-plan");
        }
    }
    let mut scopes = BTreeMap::new();
    if let Some(file) = &parsed.framework {
        for node in &file.content.nodes {
            let mut notes = Notes { file, out };
            notes.unique(&node.id, &mut scopes);
            notes.known(&node.plan, &names.plan_ids, "check-unknown-plan");
            if let Some(parent) = &node.parent {
                notes.known(parent, &names.node_ids, "check-unknown-node");
                let other = names.nodes.get(parent.get_ref());
                if parent.get_ref() == node.id.get_ref()
                    || other.is_some_and(|plan| plan != node.plan.get_ref())
                {
                    notes.error(parent.span(), Message::new("check-parent"), None);
                }
            }
            let scope = Scope {
                id: node.id.get_ref(),
                plan: Some(node.plan.get_ref()),
            };
            indicators(
                &mut notes,
                names,
                &scope,
                &node.indicators,
                &mut seen_series,
            );
            published(&mut notes, names, &scope, &node.published);
            tasks(&mut notes, &node.tasks);
        }
    }
    programmes(parsed, names, &mut scopes, &mut seen_series, out);
    if let Some(file) = &parsed.budget {
        budget(&mut Notes { file, out }, names);
    }
}

fn plans_and_agencies(parsed: &Parsed, out: &mut Vec<Problem>) {
    if let Some(file) = &parsed.plans {
        let mut notes = Notes { file, out };
        let mut seen = BTreeMap::new();
        for plan in &file.content.plans {
            notes.unique(&plan.id, &mut seen);
            let (first, last) = *plan.years.get_ref();
            if first > last || first < 1912 {
                notes.error(plan.years.span(), Message::new("check-years"), None);
            }
        }
    }
    let Some(file) = &parsed.agencies else { return };
    let mut notes = Notes { file, out };
    let mut seen = BTreeMap::new();
    for agency in &file.content.agencies {
        notes.unique(&agency.id, &mut seen);
        if agency.names.is_empty() {
            notes.error(agency.id.span(), Message::new("check-no-name"), None);
        }
        let mut last_day = None;
        for name in &agency.names {
            let from = name.from.as_ref().map(|d| d.get_ref().0);
            let to = name.to.as_ref().map(|d| d.get_ref().0);
            let overlaps = last_day.is_some_and(|last| from.is_none_or(|from| from <= last));
            let backwards = from.zip(to).is_some_and(|(from, to)| from > to);
            if overlaps || backwards {
                let place = name.from.as_ref().or(name.to.as_ref());
                let place = place.map_or(agency.id.span(), toml::Spanned::span);
                notes.error(place, Message::new("check-name-dates"), None);
            }
            last_day = to.or(last_day);
        }
    }
}

fn programmes(
    parsed: &Parsed,
    names: &Names,
    scopes: &mut BTreeMap<String, String>,
    seen_series: &mut BTreeMap<String, String>,
    out: &mut Vec<Problem>,
) {
    for file in &parsed.programmes {
        let raw = &file.content;
        let mut notes = Notes { file, out };
        notes.unique(&raw.id, scopes);
        let expected = format!("register/programmes/{}.toml", raw.id.get_ref());
        if file.name != expected {
            let message = Message::new("check-file-name")
                .with("id", folder::safe(raw.id.get_ref()))
                .with("file", folder::safe(&expected));
            notes.warning(raw.id.span(), message, None);
        }
        notes.known(&raw.plan, &names.plan_ids, "check-unknown-plan");
        notes.known(&raw.node, &names.node_ids, "check-unknown-node");
        if names
            .nodes
            .get(raw.node.get_ref())
            .is_some_and(|plan| plan != raw.plan.get_ref())
        {
            notes.error(raw.node.span(), Message::new("check-node-plan"), None);
        }
        notes.known(&raw.lead, &names.agencies, "check-unknown-agency");
        for agency in &raw.co_agencies {
            // Others may be named as they are printed; only what looks like an id must be one.
            let word = agency.get_ref();
            let like_id = word
                .chars()
                .all(|c| c.is_ascii_uppercase() || c == '-' || c.is_ascii_digit());
            if like_id {
                notes.known(agency, &names.agencies, "check-unknown-agency");
            }
        }
        let scope = Scope {
            id: raw.id.get_ref(),
            plan: Some(raw.plan.get_ref()),
        };
        indicators(&mut notes, names, &scope, &raw.indicators, seen_series);
        published(&mut notes, names, &scope, &raw.published);
        tasks(&mut notes, &raw.tasks);
        for line in &raw.budget {
            if let Some(agency) = &line.agency {
                notes.known(agency, &names.agencies, "check-unknown-agency");
            }
            if line.period.is_none() || line.span.is_none() {
                notes.error(raw.id.span(), Message::new("check-line-incomplete"), None);
            }
        }
    }
}

/// What the indicators of a file hang on.
struct Scope<'a> {
    id: &'a str,
    plan: Option<&'a str>,
}

fn tasks<T>(notes: &mut Notes<'_, T>, tasks: &[RawTask]) {
    let mut seen = BTreeMap::new();
    for task in tasks {
        notes.unique(&task.id, &mut seen);
    }
}

fn unit<T>(notes: &mut Notes<'_, T>, unit: &Word) {
    let key = format!("unit-{}", unit.get_ref());
    if !Language::ALL
        .into_iter()
        .all(|language| i18n::has(language, &key))
    {
        let message = Message::new("check-unknown-unit").with("unit", folder::safe(unit.get_ref()));
        // An office may have units of its own: they stand for themselves.
        let known = i18n::keys("unit-");
        let known = known.iter().filter_map(|key| key.strip_prefix("unit-"));
        notes.warning(unit.span(), message, nearest_hint(unit.get_ref(), known));
    }
}

fn indicators<T>(
    notes: &mut Notes<'_, T>,
    names: &Names,
    scope: &Scope<'_>,
    indicators: &[RawIndicator],
    seen: &mut BTreeMap<String, String>,
) {
    for raw in indicators {
        let written = raw.series.get_ref();
        match series(scope.id, written) {
            Some(found) => {
                let elsewhere = found.scope != scope.id
                    && !(scope.id == "portfolio" && found.scope.starts_with("plan:"));
                if !elsewhere && found.part.is_some() {
                    let message = Message::new("check-series-part")
                        .with("series", folder::safe(&found.to_string()));
                    notes.error(raw.series.span(), message, None);
                } else if elsewhere {
                    notes.error(raw.series.span(), Message::new("check-series-scope"), None);
                }
                let whole = toml::Spanned::new(raw.series.span(), found.to_string());
                notes.unique(&whole, seen);
            }
            None => {
                let message =
                    Message::new("check-bad-series").with("series", folder::safe(written));
                notes.error(raw.series.span(), message, None);
            }
        }
        unit(notes, &raw.unit);
        if let Some(weight) = raw
            .weight
            .as_ref()
            .filter(|w| w.get_ref().0 < Decimal::ZERO)
        {
            notes.error(weight.span(), Message::new("check-weight"), None);
        }
        if let Some(agency) = &raw.responsible {
            notes.known(agency, &names.agencies, "check-unknown-agency");
        }
        if raw
            .valid_from
            .zip(raw.valid_to)
            .is_some_and(|(from, to)| from.0 > to.0)
        {
            notes.error(raw.series.span(), Message::new("check-valid-dates"), None);
        }
        if let Some(programme) = &raw.linked_programme {
            notes.known(programme, &names.programmes, "check-unknown-programme");
        }
        targets(notes, names, scope, raw);
        computed(notes, names, scope, raw);
    }
    let weightless =
        |raw: &RawIndicator| raw.weight.as_ref().is_some_and(|w| w.get_ref().0.is_zero());
    if let Some(first) = indicators
        .first()
        .filter(|_| indicators.iter().all(weightless))
    {
        notes.error(first.series.span(), Message::new("check-no-weight"), None);
    }
}

fn targets<T>(notes: &mut Notes<'_, T>, names: &Names, scope: &Scope<'_>, raw: &RawIndicator) {
    // At a step the whole year's target would stand against the first quarter's sum.
    let adds_up = raw.combine == Combine::Cumulative
        && raw.trajectory == Trajectory::Step
        && raw.frequency != Frequency::Year;
    if let Some(target) = raw
        .targets
        .iter()
        .find(|target| adds_up && target.period.get_ref().0.kind == PeriodKind::Year)
    {
        notes.warning(
            target.period.span(),
            Message::new("check-cumulative-step"),
            Some(Message::new("check-cumulative-step-next")),
        );
    }
    for target in &raw.targets {
        let band = raw.direction == Direction::Band;
        if band != target.upper.is_some() || target.upper.is_some_and(|u| u.0 < target.value.0) {
            notes.error(
                target.period.span(),
                Message::new("check-target-band"),
                None,
            );
        }
        let years = scope.plan.and_then(|plan| names.plans.get(plan));
        if let Some((first, last)) = years {
            let plan = Period {
                end: Period::year(*last).end,
                ..Period::year(*first)
            };
            if !plan.contains(target.period.get_ref().0) {
                let message = Message::new("check-target-outside")
                    .with("first", Period::year(*first))
                    .with("last", Period::year(*last));
                notes.warning(target.period.span(), message, None);
            }
        }
    }
}

fn computed<T>(notes: &mut Notes<'_, T>, names: &Names, scope: &Scope<'_>, raw: &RawIndicator) {
    if (raw.road == Road::Computed) != raw.computed_from.is_some() {
        notes.error(raw.series.span(), Message::new("check-computed"), None);
    }
    for part in raw.computed_from.iter().flatten() {
        series_known(notes, names, scope, part);
    }
}

fn series_known<T>(notes: &mut Notes<'_, T>, names: &Names, scope: &Scope<'_>, word: &Word) {
    let written = word.get_ref();
    let known = series(scope.id, written).is_some_and(|s| names.takes_series(&s.to_string()));
    if !known {
        let message = Message::new("check-unknown-series").with("series", folder::safe(written));
        let own = format!("{}/", scope.id);
        let near = names
            .series
            .iter()
            .map(|s| s.strip_prefix(own.as_str()).unwrap_or(s));
        notes.error(word.span(), message, nearest_hint(written, near));
    }
}

fn published<T>(
    notes: &mut Notes<'_, T>,
    names: &Names,
    scope: &Scope<'_>,
    figures: &[RawPublished],
) {
    for figure in figures {
        series_known(notes, names, scope, &figure.series);
        let whole = series(scope.id, figure.series.get_ref()).map(|s| s.to_string());
        let expected = whole.and_then(|s| names.units.get(&s));
        if let Some(expected) = expected.filter(|e| *e != figure.unit.get_ref()) {
            let message = Message::new("check-unit-differs")
                .with("unit", folder::safe(figure.unit.get_ref()))
                .with("expected", folder::safe(expected));
            notes.error(figure.unit.span(), message, None);
        }
        if figure.numerator.is_some() != figure.denominator.is_some() {
            notes.error(figure.series.span(), Message::new("check-parts"), None);
        }
    }
}

fn budget(notes: &mut Notes<'_, RawBudget>, names: &Names) {
    for table in &notes.file.content.tables {
        notes.known(&table.plan, &names.plan_ids, "check-unknown-plan");
        for line in &table.lines {
            if let Some(agency) = &line.agency {
                notes.known(agency, &names.agencies, "check-unknown-agency");
            }
            if let Some(programme) = &line.programme {
                notes.known(programme, &names.programmes, "check-unknown-programme");
            }
            if line.agency.is_none() && line.programme.is_none() {
                notes.error(table.plan.span(), Message::new("check-line-owner"), None);
            }
        }
        let Some(total) = &table.total else { continue };
        let sum = |of: &dyn Fn(&RawLine) -> Option<i64>| -> Option<i64> {
            table
                .lines
                .iter()
                .filter_map(of)
                .try_fold(0_i64, i64::checked_add)
        };
        for kind in AmountKind::ALL {
            let printed = total.get_ref().amount(kind);
            let added = sum(&|line| line.amount(kind));
            if printed.is_some() && printed != added {
                let message = Message::new("check-total")
                    .with("amount", kind.id())
                    .with("printed", printed.unwrap_or_default())
                    .with("sum", added.unwrap_or_default());
                notes.warning(total.span(), message, None);
            }
        }
        let printed = total.get_ref().sub_plans;
        let added = sum(&|line| line.sub_plans);
        if printed.is_some() && printed != added {
            let message = Message::new("check-total-count")
                .with("printed", printed.unwrap_or_default())
                .with("sum", added.unwrap_or_default());
            notes.warning(total.span(), message, None);
        }
    }
}
