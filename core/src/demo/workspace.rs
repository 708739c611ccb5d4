//! The files of the demo workspace: the starter register with invented indicators, targets and people.

use crate::workspace::embedded;
use chrono::NaiveDate;
use quarterdeck_kpi::message::Message;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

const INDICATORS: &str = include_str!("../../../assets/demo/indicators.toml");
const CHANGES: &str = include_str!("../../../assets/demo/changes.toml");
const MILESTONES: &str = include_str!("../../../assets/demo/milestones.toml");
const NARRATIVES: &str = include_str!("../../../assets/demo/narratives.toml");
const NEXT_YEAR: &str = include_str!("../../../assets/demo/next-year.toml");
const PEOPLE: &str = include_str!("../../../assets/demo/people.toml");
const SETTINGS: &str = include_str!("../../../assets/demo/settings.toml");
const STORY: &str = include_str!("../../../assets/demo/DEMO.md");
const SOURCES: [(&str, &str); 10] = [
    (
        "sources/demo-catalogue.toml",
        include_str!("../../../assets/demo/sources/demo-catalogue.toml"),
    ),
    (
        "sources/demo-cloud.toml",
        include_str!("../../../assets/demo/sources/demo-cloud.toml"),
    ),
    (
        "sources/demo-dataset-count.toml",
        include_str!("../../../assets/demo/sources/demo-dataset-count.toml"),
    ),
    (
        "sources/demo-gpmnet.toml",
        include_str!("../../../assets/demo/sources/demo-gpmnet.toml"),
    ),
    (
        "sources/demo-imaging.toml",
        include_str!("../../../assets/demo/sources/demo-imaging.toml"),
    ),
    (
        "sources/demo-join.toml",
        include_str!("../../../assets/demo/sources/demo-join.toml"),
    ),
    (
        "sources/demo-scrap.toml",
        include_str!("../../../assets/demo/sources/demo-scrap.toml"),
    ),
    (
        "sources/demo-services.toml",
        include_str!("../../../assets/demo/sources/demo-services.toml"),
    ),
    (
        "sources/demo-statistics.toml",
        include_str!("../../../assets/demo/sources/demo-statistics.toml"),
    ),
    (
        "sources/demo-troad.toml",
        include_str!("../../../assets/demo/sources/demo-troad.toml"),
    ),
];

/// First year of the invented targets.
const FIRST_YEAR: i32 = 2021;
/// The day on which the first targets were set.
const FIRST_TARGETS: &str = "2021-01-04";
/// The day on which the milestones of the last year were planned.
const FIRST_PLAN: &str = "2024-12-18";
/// The day on which the targets of the year after the last were set.
const NEXT_TARGETS: &str = "2026-01-09";
/// Who decided the invented targets and plans, and where.
const DECIDED_BY: &str = "示範機關（虛構）";
const DECIDED_IN: &str = "示範核定函（虛構）";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Indicators {
    indicator: Vec<DemoIndicator>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoIndicator {
    programme: String,
    series: String,
    title: BTreeMap<String, String>,
    unit: String,
    kind: String,
    direction: String,
    road: String,
    frequency: String,
    combine: String,
    trajectory: String,
    due_days: Option<i64>,
    max_age_days: Option<i64>,
    targets: Vec<String>,
    retarget: Option<Retarget>,
    /// Target of the year after the last, decided at the demo's end.
    next_target: Option<String>,
    /// The day from which another definition holds.
    redefined: Option<String>,
    computed_from: Option<[String; 2]>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Retarget {
    value: String,
    set_on: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Narratives {
    narrative: Vec<DemoNarrative>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoNarrative {
    programme: String,
    quarter: String,
    reason: Option<String>,
    measure: Option<String>,
    responsible: Option<String>,
    reported_on: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Milestones {
    milestone: Vec<DemoMilestone>,
}

/// A milestone of the demo, and the day it is done.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoMilestone {
    pub programme: String,
    pub id: String,
    title: BTreeMap<String, String>,
    weight: i64,
    planned: String,
    /// Day it is planned for, day it was decided.
    #[serde(default)]
    replans: Vec<(String, String)>,
    pub done: Option<NaiveDate>,
    pub evidence: Option<String>,
}

/// The milestones of the demo.
pub(super) fn milestones() -> Result<Vec<DemoMilestone>, Message> {
    let read: Result<Milestones, _> = toml::from_str(MILESTONES);
    read.map(|read| read.milestone)
        .map_err(|e| Message::new("demo-figures-broken").with("detail", e.to_string()))
}

/// Which state of the files: targets are changed once, milestones are re-planned, and reasons are reported at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edition {
    /// As the plan began.
    First,
    /// With the targets changed on 2024-12-20.
    Retargeted,
    /// With the milestones as planned anew by then, and the changes of the year's budget.
    Replanned,
    /// With the reasons and measures of the last quarter.
    Final,
}

/// All files of an edition, by relative path.
pub fn files(edition: Edition) -> Result<BTreeMap<String, Vec<u8>>, Message> {
    let broken = |what: &dyn std::fmt::Display| {
        Message::new("demo-figures-broken").with("detail", what.to_string())
    };
    let indicators: Indicators = toml::from_str(INDICATORS).map_err(|e| broken(&e))?;
    let narratives: Narratives = toml::from_str(NARRATIVES).map_err(|e| broken(&e))?;
    let milestones = milestones()?;
    let mut files = BTreeMap::new();
    for (path, bytes) in embedded() {
        // Presets of real portals stay out: nothing of the demo asks the outside world.
        if path.starts_with("sources/") {
            continue;
        }
        let bytes = match path
            .strip_prefix("register/programmes/")
            .and_then(|p| p.strip_suffix(".toml"))
        {
            Some(id) => {
                let text = std::str::from_utf8(bytes).map_err(|e| broken(&e))?;
                let mut document: DocumentMut = text.parse().map_err(|e| broken(&e))?;
                overlay(&mut document, id, &indicators.indicator, edition);
                if edition >= Edition::Retargeted {
                    plan(&mut document, id, &milestones, edition);
                }
                if edition == Edition::Final {
                    narrate(&mut document, id, &narratives.narrative);
                }
                document.to_string().into_bytes()
            }
            None if path == "register/budget.toml" => {
                let mut bytes = bytes.to_vec();
                if edition >= Edition::Replanned {
                    bytes.extend_from_slice(CHANGES.as_bytes());
                }
                if edition == Edition::Final {
                    bytes.extend_from_slice(NEXT_YEAR.as_bytes());
                }
                bytes
            }
            None => bytes.to_vec(),
        };
        files.insert(path.to_owned(), bytes);
    }
    for (path, text) in SOURCES {
        files.insert(path.to_owned(), text.as_bytes().to_vec());
    }
    files.insert(
        "register/people.toml".to_owned(),
        PEOPLE.as_bytes().to_vec(),
    );
    files.insert("quarterdeck.toml".to_owned(), SETTINGS.as_bytes().to_vec());
    files.insert("DEMO.md".to_owned(), STORY.as_bytes().to_vec());
    Ok(files)
}

fn overlay(
    document: &mut DocumentMut,
    programme: &str,
    indicators: &[DemoIndicator],
    edition: Edition,
) {
    document.insert("invented", value(true));
    document.insert("control_level", value("ey"));
    let wanted: Vec<_> = indicators
        .iter()
        .filter(|i| i.programme == programme)
        .collect();
    if wanted.is_empty() {
        return;
    }
    let list = document
        .entry("indicator")
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(list) = list.as_array_of_tables_mut() else {
        return;
    };
    for indicator in wanted {
        let same =
            |table: &Table| table.get("series").and_then(Item::as_str) == Some(&indicator.series);
        let position = list.iter().position(same);
        let mut fresh = Table::new();
        let table = match position.and_then(|at| list.get_mut(at)) {
            Some(table) => table,
            None => &mut fresh,
        };
        write_indicator(table, indicator, edition);
        if position.is_none() {
            list.push(fresh);
        }
    }
}

fn write_indicator(table: &mut Table, indicator: &DemoIndicator, edition: Edition) {
    let mut title = InlineTable::new();
    for (language, text) in &indicator.title {
        title.insert(language, Value::from(text.as_str()));
    }
    table.insert("series", value(indicator.series.as_str()));
    if !table.contains_key("title") {
        table.insert("title", value(title));
    }
    for (key, text) in [
        ("unit", &indicator.unit),
        ("kind", &indicator.kind),
        ("direction", &indicator.direction),
        ("road", &indicator.road),
        ("frequency", &indicator.frequency),
        ("combine", &indicator.combine),
        ("trajectory", &indicator.trajectory),
    ] {
        table.insert(key, value(text.as_str()));
    }
    for (key, days) in [
        ("due_days", indicator.due_days),
        ("max_age_days", indicator.max_age_days),
    ] {
        if let Some(days) = days {
            table.insert(key, value(days));
        }
    }
    if let Some(parts) = &indicator.computed_from {
        table.insert(
            "computed_from",
            value(parts.iter().collect::<toml_edit::Array>()),
        );
    }
    if let (Some(day), true) = (&indicator.redefined, edition >= Edition::Retargeted) {
        table.insert("definition_version", value(2));
        table.insert("valid_from", value(day.as_str()));
    }
    table.insert("invented", value(true));
    let mut targets = ArrayOfTables::new();
    let mut push = |year: i32, amount: &str, set_on: &str| {
        let mut target = Table::new();
        target.insert("period", value(year.to_string()));
        target.insert("value", value(amount));
        target.insert("set_on", value(set_on));
        target.insert("by", value(DECIDED_BY));
        target.insert("document", value(DECIDED_IN));
        targets.push(target);
    };
    for (year, amount) in (FIRST_YEAR..).zip(&indicator.targets) {
        push(year, amount, FIRST_TARGETS);
    }
    if let (Some(retarget), true) = (&indicator.retarget, edition >= Edition::Retargeted) {
        let last = i32::try_from(indicator.targets.len()).unwrap_or(1) - 1;
        push(FIRST_YEAR + last, &retarget.value, &retarget.set_on);
    }
    if let (Some(next), true) = (&indicator.next_target, edition >= Edition::Final) {
        let years = i32::try_from(indicator.targets.len()).unwrap_or(1);
        push(FIRST_YEAR + years, next, NEXT_TARGETS);
    }
    table.insert("target", Item::ArrayOfTables(targets));
}

/// The milestones of a programme; what was decided after the edition's day is not in it yet.
fn plan(
    document: &mut DocumentMut,
    programme: &str,
    milestones: &[DemoMilestone],
    edition: Edition,
) {
    let mut list = ArrayOfTables::new();
    for milestone in milestones.iter().filter(|m| m.programme == programme) {
        let mut title = InlineTable::new();
        for (language, text) in &milestone.title {
            title.insert(language, Value::from(text.as_str()));
        }
        let mut table = Table::new();
        table.insert("id", value(milestone.id.as_str()));
        table.insert("title", value(title));
        table.insert("weight", value(milestone.weight));
        table.insert("planned", value(milestone.planned.as_str()));
        table.insert("set_on", value(FIRST_PLAN));
        table.insert("by", value(DECIDED_BY));
        table.insert("document", value(DECIDED_IN));
        let mut replans = ArrayOfTables::new();
        for (planned, set_on) in &milestone.replans {
            let mut replan = Table::new();
            replan.insert("planned", value(planned.as_str()));
            replan.insert("set_on", value(set_on.as_str()));
            replan.insert("by", value(DECIDED_BY));
            replan.insert("document", value(DECIDED_IN));
            replans.push(replan);
        }
        if edition >= Edition::Replanned && !replans.is_empty() {
            table.insert("replan", Item::ArrayOfTables(replans));
        }
        list.push(table);
    }
    if !list.is_empty() {
        document.insert("milestone", Item::ArrayOfTables(list));
    }
}

fn narrate(document: &mut DocumentMut, programme: &str, narratives: &[DemoNarrative]) {
    for narrative in narratives.iter().filter(|n| n.programme == programme) {
        let list = document
            .entry("narrative")
            .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        let Some(list) = list.as_array_of_tables_mut() else {
            return;
        };
        let mut table = Table::new();
        table.insert("quarter", value(narrative.quarter.as_str()));
        for (key, text) in [
            ("reason", &narrative.reason),
            ("measure", &narrative.measure),
            ("responsible", &narrative.responsible),
            ("reported_on", &narrative.reported_on),
        ] {
            if let Some(text) = text {
                table.insert(key, value(text.as_str()));
            }
        }
        list.push(table);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::load_from_files;
    use chrono::DateTime;

    fn register(edition: Edition) -> quarterdeck_kpi::register::Register {
        let files: Vec<_> = files(edition)
            .unwrap()
            .into_iter()
            .filter(|(path, _)| path.ends_with(".toml"))
            .collect();
        let (register, _, sources, problems) = load_from_files(&files, DateTime::UNIX_EPOCH);
        assert_eq!(problems, Vec::new());
        assert_eq!(sources.len(), SOURCES.len());
        register
    }

    #[test]
    fn every_programme_has_two_indicators_with_targets_and_says_it_is_invented() {
        let register = register(Edition::Final);
        assert!(register.demo);
        assert_eq!(register.programmes.len(), 29);
        for programme in &register.programmes {
            let rated = programme
                .indicators
                .iter()
                .filter(|i| i.invented && !i.targets.is_empty())
                .count();
            assert!(rated >= 2, "{} has {rated}", programme.id);
            assert!(programme.invented);
        }
    }

    #[test]
    fn targets_are_changed_once() {
        let count = |edition| {
            register(edition)
                .programme("P12")
                .unwrap()
                .indicators
                .iter()
                .map(|i| i.targets.len())
                .sum::<usize>()
        };
        assert_eq!(count(Edition::First) + 1, count(Edition::Retargeted));
    }
}
