//! What the files may say about control: milestones, dated changes of budgets, rule sets of an office.

use super::raw_register::ControlLevel;
use super::toml_text::{Day, Exact, File, Word};
use quarterdeck_kpi::indicator::Title;
use quarterdeck_kpi::money::BudgetChange;
use quarterdeck_kpi::register::{Milestone, MilestonePlan};
use quarterdeck_kpi::rules::{Comparison, Condition, Measure, RuleSet};
use serde::Deserialize;
use toml::Spanned;

/// A milestone of a programme: its first plan, and every re-plan after it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMilestone {
    pub id: Word,
    pub title: Title,
    pub weight: Spanned<Exact>,
    pub planned: Day,
    pub set_on: Option<Day>,
    pub by: Option<String>,
    pub document: Option<String>,
    pub evidence: Option<String>,
    pub place: Option<String>,
    #[serde(default, rename = "replan")]
    pub replans: Vec<RawReplan>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawReplan {
    pub planned: Day,
    pub set_on: Spanned<Day>,
    pub by: Option<String>,
    pub document: Option<String>,
}

impl RawMilestone {
    pub fn milestone(&self) -> Milestone {
        let first = MilestonePlan {
            planned: self.planned.0,
            set_on: self.set_on.map(|d| d.0),
            by: self.by.clone(),
            document: self.document.clone(),
        };
        let later = self.replans.iter().map(|replan| MilestonePlan {
            planned: replan.planned.0,
            set_on: Some(replan.set_on.get_ref().0),
            by: replan.by.clone(),
            document: replan.document.clone(),
        });
        Milestone {
            id: self.id.get_ref().clone(),
            title: self.title.clone(),
            weight: self.weight.get_ref().0,
            plans: std::iter::once(first).chain(later).collect(),
            evidence: self.evidence.clone(),
            place: self.place.clone(),
        }
    }
}

/// A transfer (`from` and `to`), a supplementary budget (`to` alone) or a cut (`from` alone).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawChange {
    pub id: Word,
    pub on: Day,
    pub fiscal_year: Option<i32>,
    pub from: Option<Word>,
    pub to: Option<Word>,
    pub amount_ntd: Spanned<i64>,
    pub document: String,
    pub place: Option<String>,
    pub note: Option<String>,
}

impl RawChange {
    pub fn change(&self) -> BudgetChange {
        let word = |word: &Option<Word>| word.as_ref().map(|w| w.get_ref().clone());
        BudgetChange {
            id: self.id.get_ref().clone(),
            on: self.on.0,
            fiscal_year: self
                .fiscal_year
                .unwrap_or_else(|| chrono::Datelike::year(&self.on.0)),
            from: word(&self.from),
            to: word(&self.to),
            amount_ntd: *self.amount_ntd.get_ref(),
            document: self.document.clone(),
            place: self.place.clone(),
            note: self.note.clone(),
        }
    }
    /// A change that cannot be one is left out; a check names it.
    pub fn is_sound(&self) -> bool {
        let word = |word: &Option<Word>| word.as_ref().map(|w| w.get_ref().clone());
        *self.amount_ntd.get_ref() > 0 && word(&self.from) != word(&self.to)
    }
}

/// `register/rules.toml`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRuleSets {
    #[serde(default, rename = "rule_set")]
    pub rule_sets: Vec<RawRuleSet>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRuleSet {
    pub id: Word,
    pub title: Title,
    /// Where it is written down.
    pub source: Spanned<String>,
    pub from_quarter: Option<Spanned<u8>>,
    pub levels: Option<Vec<ControlLevel>>,
    #[serde(rename = "condition")]
    pub conditions: Vec<RawCondition>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCondition {
    pub measure: Measure,
    pub comparison: Comparison,
    pub limit: Exact,
}

impl RawRuleSet {
    pub fn rule_set(&self) -> RuleSet {
        RuleSet {
            id: self.id.get_ref().clone(),
            title: Some(self.title.clone()),
            source: Some(self.source.get_ref().clone()),
            from_quarter: self.from_quarter.as_ref().map_or(1, |q| *q.get_ref()),
            levels: self
                .levels
                .as_ref()
                .map(|levels| levels.iter().map(|l| l.id().to_owned()).collect()),
            conditions: self
                .conditions
                .iter()
                .map(|c| Condition {
                    measure: c.measure,
                    comparison: c.comparison,
                    limit: c.limit.0,
                })
                .collect(),
        }
    }
}

/// Every rule set that can be named: those of the program, then those of the office.
pub(super) fn rule_sets(file: Option<&File<RawRuleSets>>) -> Vec<RuleSet> {
    let own = file.into_iter().flat_map(|f| &f.content.rule_sets);
    RuleSet::built_in()
        .into_iter()
        .chain(own.map(RawRuleSet::rule_set))
        .collect()
}
