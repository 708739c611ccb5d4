//! What `register/validation.toml` may say, key by key.

use super::toml_text::{Side, Word};
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::indicator::Title;
use quarterdeck_kpi::validation::{Missing, Operator, ValidationRule};
use serde::Deserialize;
use toml::Spanned;

/// Of what a rule speaks, in turn.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) enum ForEach {
    #[serde(rename = "each programme")]
    Programme,
}

/// `register/validation.toml`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawValidation {
    #[serde(default, rename = "rule")]
    pub rules: Vec<RawRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    pub id: Word,
    pub left: Spanned<Side>,
    pub operator: Operator,
    pub right: Spanned<Side>,
    pub importance: Severity,
    pub say: Title,
    #[serde(default)]
    pub missing: Missing,
    #[serde(rename = "for")]
    pub for_each: Option<Spanned<ForEach>>,
    pub reject: Option<Spanned<bool>>,
}

impl RawRule {
    /// Whether a breach refuses the reading.
    pub fn rejects(&self) -> bool {
        self.reject.as_ref().is_some_and(|reject| *reject.get_ref())
    }

    /// The rule of the domain.
    pub fn rule(&self) -> ValidationRule {
        ValidationRule {
            id: self.id.get_ref().clone(),
            left: self.left.get_ref().0.clone(),
            operator: self.operator,
            right: self.right.get_ref().0.clone(),
            importance: self.importance,
            say: self.say.clone(),
            missing: self.missing,
            each_programme: self.for_each.is_some(),
            reject: self.rejects(),
        }
    }
}
