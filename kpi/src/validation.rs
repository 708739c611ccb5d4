//! Validation rules (檢核規則) of the office: left side, operator, right side, importance, and what a missing figure means.

mod expression;

pub use expression::{EACH_PROGRAMME, Expression, ExpressionError};

use crate::address::SeriesId;
use crate::finding::Severity;
use crate::indicator::Title;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What the left side must be to the right side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    /// =
    #[serde(rename = "=")]
    Equal,
    /// ≠
    #[serde(rename = "!=", alias = "≠")]
    NotEqual,
    /// <
    #[serde(rename = "<")]
    Less,
    /// ≤
    #[serde(rename = "<=", alias = "≤")]
    AtMost,
    /// >
    #[serde(rename = ">")]
    More,
    /// ≥
    #[serde(rename = ">=", alias = "≥")]
    AtLeast,
}

impl Operator {
    /// The sign as print shows it.
    pub fn sign(self) -> &'static str {
        match self {
            Operator::Equal => "=",
            Operator::NotEqual => "≠",
            Operator::Less => "<",
            Operator::AtMost => "≤",
            Operator::More => ">",
            Operator::AtLeast => "≥",
        }
    }
    fn holds(self, order: Ordering) -> bool {
        match self {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::Less => order.is_lt(),
            Operator::AtMost => order.is_le(),
            Operator::More => order.is_gt(),
            Operator::AtLeast => order.is_ge(),
        }
    }
}

/// What a rule does where a figure of it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Nothing: the rule waits.
    #[default]
    Skip,
    /// A finding names the missing figures once they are due.
    Finding,
    /// It is counted as zero in this comparison alone; with no figure at all the rule waits.
    Zero,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidationRule {
    /// Short id, part of the finding's rule name: `validation/ID`.
    pub id: String,
    /// Left side.
    pub left: Expression,
    /// What must hold.
    pub operator: Operator,
    /// Right side.
    pub right: Expression,
    /// How much a breach matters.
    pub importance: Severity,
    /// What to do, in both languages.
    pub say: Title,
    /// What a missing figure means.
    pub missing: Missing,
    /// Evaluated for every programme that has one of its figures.
    pub each_programme: bool,
    /// A breach refuses the reading of the left side's figure (only with [`Severity::Error`]).
    pub reject: bool,
}

/// What a rule says of a quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It waits for figures.
    Waits,
    /// These figures are missing, and the rule asks to say so.
    Missing(Vec<SeriesId>),
    /// It does not hold.
    Broken {
        /// Value of the left side.
        left: Decimal,
        /// Value of the right side.
        right: Decimal,
        /// Figures that were missing and counted as zero.
        as_zero: Vec<SeriesId>,
    },
    /// The numbers are too large to be compared exactly.
    TooLarge,
}

impl ValidationRule {
    /// Whether the rule holds for what is known.
    ///
    /// ```
    /// use quarterdeck_kpi::address::SeriesId;
    /// use quarterdeck_kpi::finding::Severity;
    /// use quarterdeck_kpi::validation::{Expression, Missing, Operator, ValidationRule, Verdict};
    ///
    /// // What is paid and payable stays within the available budget.
    /// let rule = ValidationRule {
    ///     id: "within-budget".into(),
    ///     left: Expression::parse("P12/budget.paid + P12/budget.payable").unwrap(),
    ///     operator: Operator::AtMost,
    ///     right: Expression::parse("P12/budget.available").unwrap(),
    ///     importance: Severity::Warning,
    ///     say: Default::default(),
    ///     missing: Missing::Skip,
    ///     each_programme: false,
    ///     reject: false,
    /// };
    /// let report = |paid: i64| move |series: &SeriesId| match series.part.as_deref() {
    ///     Some("paid") => Some(paid.into()),
    ///     Some("payable") => Some(300.into()),
    ///     Some("available") => Some(1_300.into()),
    ///     _ => None,
    /// };
    /// assert_eq!(rule.verdict(report(1_000)), Verdict::Holds);
    /// assert!(matches!(rule.verdict(report(1_001)), Verdict::Broken { .. }));
    /// assert_eq!(rule.verdict(|_| None), Verdict::Waits);
    /// ```
    pub fn verdict(&self, known: impl Fn(&SeriesId) -> Option<Decimal>) -> Verdict {
        let mut missing: Vec<SeriesId> = Vec::new();
        let mut there = 0_usize;
        for series in self.left.figures().chain(self.right.figures()) {
            if known(series).is_some() {
                there += 1;
            } else if !missing.contains(series) {
                missing.push(series.clone());
            }
        }
        match self.missing {
            Missing::Skip if !missing.is_empty() => return Verdict::Waits,
            Missing::Finding if !missing.is_empty() => return Verdict::Missing(missing),
            Missing::Zero if there == 0 => return Verdict::Waits,
            _ => {}
        }
        let counted = |series: &SeriesId| Some(known(series).unwrap_or_default());
        let sides = self.left.value(counted).zip(self.right.value(counted));
        let Some((left, right)) = sides else {
            return Verdict::TooLarge;
        };
        if self.operator.holds(left.cmp(&right)) {
            Verdict::Holds
        } else {
            Verdict::Broken {
                left,
                right,
                as_zero: missing,
            }
        }
    }

    /// The rule for one programme.
    #[must_use]
    pub fn of_programme(&self, id: &str) -> Self {
        Self {
            left: self.left.of_programme(id),
            right: self.right.of_programme(id),
            ..self.clone()
        }
    }

    /// The figure a finding of it speaks of: the first named.
    pub fn about(&self) -> Option<&SeriesId> {
        self.left.figures().chain(self.right.figures()).next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::series;
    use proptest::prelude::*;

    fn rule(left: &str, operator: Operator, right: &str, missing: Missing) -> ValidationRule {
        ValidationRule {
            id: "r".into(),
            left: Expression::parse(left).unwrap(),
            operator,
            right: Expression::parse(right).unwrap(),
            importance: Severity::Warning,
            say: Title::default(),
            missing,
            each_programme: false,
            reject: false,
        }
    }

    #[test]
    fn a_missing_figure_waits_is_named_or_counts_as_zero() {
        let known = |s: &SeriesId| (s.name == "a").then_some(Decimal::TEN);
        let of = |missing| rule("P01/a", Operator::AtMost, "P01/b", missing).verdict(known);
        assert_eq!(of(Missing::Skip), Verdict::Waits);
        assert_eq!(
            of(Missing::Finding),
            Verdict::Missing(vec![series("P01/b")])
        );
        assert_eq!(
            of(Missing::Zero),
            Verdict::Broken {
                left: Decimal::TEN,
                right: Decimal::ZERO,
                as_zero: vec![series("P01/b")]
            }
        );
        // Nothing at all was reported: that is no zero.
        let nothing = rule("P01/x", Operator::Equal, "1", Missing::Zero);
        assert_eq!(nothing.verdict(known), Verdict::Waits);
    }

    proptest! {
        #[test]
        fn equality_is_of_values_not_of_digits(a in any::<i64>(), scale in 0_u32..10, zeros in 0_u32..8, off in 1_i64..5) {
            let value = Decimal::new(a, scale);
            let mut padded = value;
            padded.rescale(scale + zeros);
            let equal = rule("P01/a", Operator::Equal, "P01/b", Missing::Skip);
            let same = equal.verdict(|s| Some(if s.name == "a" { value } else { padded }));
            prop_assert_eq!(same, Verdict::Holds);
            let Some(other) = value.checked_add(Decimal::new(off, 9)) else { return Ok(()) };
            let differs = equal.verdict(|s| Some(if s.name == "a" { value } else { other }));
            let is_broken = matches!(differs, Verdict::Broken { .. });
            prop_assert!(is_broken);
        }
    }
}
