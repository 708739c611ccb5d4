//! What the files of `register/` may say, key by key.

use super::raw::{RawIndicator, RawLine, RawPublished, words};
use super::raw_control::RawMilestone;
use super::toml_text::{Day, Word};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::indicator::Title;
use quarterdeck_kpi::register::Role;
use serde::Deserialize;
use toml::Spanned;

words!(
    /// Where a Chinese title comes from.
    TitleBasis { Official = "official", Translated = "translated", Inferred = "inferred" }
);
words!(
    /// Whether the document names the lead agency.
    LeadBasis { Named = "named", Presumed = "presumed" }
);
words!(
    /// Whether the document prints a plan's years.
    YearsBasis { Printed = "printed", Inferred = "inferred" }
);
words!(
    /// 管制級別
    ControlLevel { Ey = "ey", Ministry = "ministry", Own = "self" }
);

/// `register/plans.toml`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPlans {
    #[serde(default)]
    pub origin: Title,
    #[serde(default, rename = "plan")]
    pub plans: Vec<RawPlan>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPlan {
    pub id: Word,
    pub title: Title,
    pub years: Spanned<(i32, i32)>,
    pub years_basis: YearsBasis,
    pub document: Option<String>,
}

/// `register/agencies.toml`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAgencies {
    #[serde(default, rename = "agency")]
    pub agencies: Vec<RawAgency>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAgency {
    pub id: Word,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(rename = "name")]
    pub names: Vec<RawAgencyName>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAgencyName {
    pub short: Title,
    pub full: Title,
    pub from: Option<Spanned<Day>>,
    pub to: Option<Spanned<Day>>,
    pub basis: Option<String>,
}

/// `register/framework.toml`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFramework {
    #[serde(default, rename = "node")]
    pub nodes: Vec<RawNode>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNode {
    pub id: Word,
    pub plan: Word,
    pub parent: Option<Word>,
    pub title: Title,
    pub short: Option<Title>,
    pub title_zh_basis: TitleBasis,
    pub place: Option<String>,
    #[serde(default, rename = "indicator")]
    pub indicators: Vec<RawIndicator>,
    #[serde(default, rename = "published")]
    pub published: Vec<RawPublished>,
    #[serde(default, rename = "task")]
    pub tasks: Vec<RawTask>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTask {
    pub id: Word,
    pub title: Title,
    pub place: Option<String>,
}

/// `register/people.toml`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPeople {
    #[serde(default, rename = "person")]
    pub people: Vec<RawPerson>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPerson {
    pub id: Word,
    pub name: Title,
    pub unit: Option<String>,
    pub title: Option<String>,
    #[serde(default)]
    pub roles: Vec<Role>,
    #[serde(default)]
    pub accounts: Vec<Word>,
    pub public_key: Option<Word>,
    #[serde(default)]
    pub earlier_keys: Vec<RawEarlierKey>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEarlierKey {
    pub key: Word,
    pub until: Day,
}

/// `register/context.toml`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawContext {
    #[serde(default, rename = "note")]
    pub notes: Vec<RawNote>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNote {
    pub title: Title,
    pub text: Title,
    pub place: Option<String>,
}

/// `register/portfolio.toml`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPortfolio {
    #[serde(default, rename = "indicator")]
    pub indicators: Vec<RawIndicator>,
    #[serde(default, rename = "published")]
    pub published: Vec<RawPublished>,
    #[serde(default, rename = "claim")]
    pub claims: Vec<RawClaim>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawClaim {
    pub id: Word,
    pub plan: Word,
    pub topic: String,
    pub text: Title,
    pub value: String,
    pub source: String,
    pub date: Option<Day>,
}

/// `register/programmes/*.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProgramme {
    pub id: Word,
    pub plan: Word,
    pub node: Word,
    pub title: Title,
    pub title_zh_basis: TitleBasis,
    pub lead: Word,
    pub lead_basis: LeadBasis,
    #[serde(default)]
    pub co_agencies: Vec<Word>,
    pub control_level: Option<ControlLevel>,
    pub place: Option<String>,
    pub note: Option<Title>,
    #[serde(default)]
    pub invented: bool,
    #[serde(default, rename = "indicator")]
    pub indicators: Vec<RawIndicator>,
    #[serde(default, rename = "published")]
    pub published: Vec<RawPublished>,
    #[serde(default, rename = "task")]
    pub tasks: Vec<RawTask>,
    #[serde(default, rename = "milestone")]
    pub milestones: Vec<RawMilestone>,
    #[serde(default, rename = "narrative")]
    pub narratives: Vec<RawNarrative>,
    /// Amounts of this programme alone.
    #[serde(default, rename = "budget")]
    pub budget: Vec<RawLine>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNarrative {
    pub quarter: Quarter,
    pub reason: Option<String>,
    pub measure: Option<String>,
    pub responsible: Option<String>,
    pub reported_on: Option<Day>,
}
