//! What the files may say about indicators, figures and money, key by key.

use super::raw_control::RawChange;
use super::raw_register::LeadBasis;
use super::toml_text::{Day, Exact, When, Word};
use quarterdeck_kpi::indicator::{Combine, Direction, Frequency, Kind, Road, Title};
use quarterdeck_kpi::money::{AmountKind, Span};
use quarterdeck_kpi::observation::Stage;
use quarterdeck_kpi::target::Trajectory;
use serde::Deserialize;
use toml::Spanned;

/// A closed set of words, with the word of each.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
        pub(in crate::workspace) enum $name { $(#[serde(rename = $word)] $variant),+ }
        impl $name {
            /// The word in files.
            pub fn id(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }
    };
}
pub(super) use words;

/// The sign before a printed number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Sign {
    #[serde(rename = "=")]
    Exact,
    #[serde(rename = ">=", alias = "≥")]
    AtLeast,
    #[serde(rename = ">")]
    More,
    #[serde(rename = "<=", alias = "≤")]
    AtMost,
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "~", alias = "≈")]
    About,
}

/// An indicator; its keys are those of the domain.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawIndicator {
    pub series: Word,
    pub title: Title,
    pub unit: Word,
    pub kind: Kind,
    pub direction: Direction,
    pub baseline: Option<RawBaseline>,
    #[serde(default, rename = "target")]
    pub targets: Vec<RawTarget>,
    #[serde(default)]
    pub trajectory: Trajectory,
    #[serde(default)]
    pub combine: Combine,
    pub weight: Option<Spanned<Exact>>,
    pub responsible: Option<Word>,
    pub verification: Option<String>,
    #[serde(default)]
    pub frequency: Frequency,
    pub due_days: Option<u32>,
    pub max_age_days: Option<u32>,
    #[serde(default)]
    pub road: Road,
    pub computed_from: Option<[Word; 2]>,
    pub definition_version: Option<u32>,
    pub valid_from: Option<Day>,
    pub valid_to: Option<Day>,
    pub note: Option<Title>,
    pub place: Option<String>,
    /// The programme a milestone of a node belongs to, and whether the document says so.
    pub linked_programme: Option<Word>,
    pub linked_basis: Option<LeadBasis>,
    /// Part of a whole (0 to 100 %), or false where it may exceed 100 %.
    pub share: Option<bool>,
    /// Counts since the beginning that only grow.
    #[serde(default)]
    pub never_falls: bool,
    #[serde(default)]
    pub invented: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBaseline {
    pub value: Exact,
    pub period: Option<When>,
    pub source: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTarget {
    pub period: Spanned<When>,
    pub value: Exact,
    pub upper: Option<Exact>,
    pub set_on: Option<Day>,
    pub by: Option<String>,
    pub document: Option<String>,
}

/// A figure printed in a document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPublished {
    pub series: Word,
    pub period: When,
    pub value: Exact,
    pub qualifier: Option<Sign>,
    pub unit: Word,
    pub printed: Option<String>,
    #[serde(default)]
    pub stage: Stage,
    pub numerator: Option<Exact>,
    pub denominator: Option<Exact>,
    /// Title of the document; default the source document of the register.
    pub document: Option<String>,
    pub place: String,
    /// The day it was true, if it is not the period's last.
    pub observed_on: Option<Day>,
    pub definition_version: Option<u32>,
}

/// Amounts of one programme or agency, standing at the end of a period, in whole NT$.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLine {
    pub programme: Option<Word>,
    pub agency: Option<Word>,
    pub fiscal_year: Option<i32>,
    pub span: Option<Span>,
    pub period: Option<When>,
    /// How many sub-plans the line covers, if printed.
    pub sub_plans: Option<i64>,
    pub budget_ntd: Option<i64>,
    pub available_ntd: Option<i64>,
    pub planned_spend_ntd: Option<i64>,
    pub allotted_ntd: Option<i64>,
    pub paid_ntd: Option<i64>,
    pub payable_ntd: Option<i64>,
    pub saved_ntd: Option<i64>,
    pub carried_over_ntd: Option<i64>,
    pub settled_ntd: Option<i64>,
    pub printed: Option<RawPrinted>,
    pub document: Option<String>,
    pub place: Option<String>,
}

/// Amounts as they were printed, where that differs from whole NT$.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPrinted {
    pub budget_ntd: Option<String>,
    pub available_ntd: Option<String>,
    pub planned_spend_ntd: Option<String>,
    pub allotted_ntd: Option<String>,
    pub paid_ntd: Option<String>,
    pub payable_ntd: Option<String>,
    pub saved_ntd: Option<String>,
    pub carried_over_ntd: Option<String>,
    pub settled_ntd: Option<String>,
}

impl RawLine {
    /// The amount under a name.
    pub fn amount(&self, kind: AmountKind) -> Option<i64> {
        match kind {
            AmountKind::Budget => self.budget_ntd,
            AmountKind::Available => self.available_ntd,
            AmountKind::PlannedSpend => self.planned_spend_ntd,
            AmountKind::Allotted => self.allotted_ntd,
            AmountKind::Paid => self.paid_ntd,
            AmountKind::Payable => self.payable_ntd,
            AmountKind::Saved => self.saved_ntd,
            AmountKind::CarriedOver => self.carried_over_ntd,
            AmountKind::Settled => self.settled_ntd,
        }
    }
    /// The printed text of an amount.
    pub fn printed(&self, kind: AmountKind) -> Option<&String> {
        let printed = self.printed.as_ref()?;
        match kind {
            AmountKind::Budget => &printed.budget_ntd,
            AmountKind::Available => &printed.available_ntd,
            AmountKind::PlannedSpend => &printed.planned_spend_ntd,
            AmountKind::Allotted => &printed.allotted_ntd,
            AmountKind::Paid => &printed.paid_ntd,
            AmountKind::Payable => &printed.payable_ntd,
            AmountKind::Saved => &printed.saved_ntd,
            AmountKind::CarriedOver => &printed.carried_over_ntd,
            AmountKind::Settled => &printed.settled_ntd,
        }
        .as_ref()
    }
}

/// A table of amounts with its printed total.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTable {
    pub plan: Word,
    pub fiscal_year: i32,
    pub span: Span,
    pub period: When,
    pub document: String,
    pub place: String,
    pub total: Option<Spanned<RawLine>>,
    #[serde(default, rename = "line")]
    pub lines: Vec<RawLine>,
}

/// `register/budget.toml`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBudget {
    #[serde(default, rename = "table")]
    pub tables: Vec<RawTable>,
    #[serde(default, rename = "change")]
    pub changes: Vec<RawChange>,
}
