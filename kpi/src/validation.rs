//! Validation rules (檢核規則) of the office: left side, operator, right side, importance, and what a missing figure means.

use crate::address::SeriesId;
use crate::exact::Exact;
use crate::finding::Severity;
use crate::indicator::Title;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;

/// Stands for the id of every programme in turn.
pub const EACH_PROGRAMME: &str = "{programme}";
/// Longest side, in characters.
const LONGEST: usize = 2000;

/// Why a side of a rule could not be read; each variant carries the word at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Neither a number nor the name of a figure.
    #[error("neither a number nor a figure: {0:?}")]
    Operand(String),
    /// Not `+`, `-` or `*`; signs stand between spaces.
    #[error("not a sign between two figures: {0:?}")]
    Operator(String),
    /// A period was named: all figures of a rule are those of one quarter.
    #[error("a figure with a period: {0:?}")]
    Period(String),
    /// Nothing stands there, or nothing after the last sign.
    #[error("something is missing after {0:?}")]
    End(String),
    /// More than 2000 characters.
    #[error("too long")]
    Long(String),
}

impl ExpressionError {
    /// Key of its sentence in the language files.
    pub fn key(&self) -> &'static str {
        match self {
            ExpressionError::Operand(_) => "check-expression-operand",
            ExpressionError::Operator(_) => "check-expression-operator",
            ExpressionError::Period(_) => "check-expression-period",
            ExpressionError::End(_) => "check-expression-end",
            ExpressionError::Long(_) => "check-expression-long",
        }
    }
    /// The word at fault.
    pub fn word(&self) -> &str {
        match self {
            ExpressionError::Operand(word)
            | ExpressionError::Operator(word)
            | ExpressionError::Period(word)
            | ExpressionError::End(word)
            | ExpressionError::Long(word) => word,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Operand {
    Number(Decimal),
    Figure(SeriesId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    negative: bool,
    factors: Vec<Operand>,
}

/// One side of a rule: sums, differences and products of figures and numbers. Signs stand between spaces, and a
/// product binds closer than a sum.
///
/// ```
/// use quarterdeck_kpi::validation::Expression;
/// let executed = Expression::parse("P12/budget.paid + P12/budget.payable").unwrap();
/// let known = |series: &quarterdeck_kpi::address::SeriesId| match series.to_string().as_str() {
///     "P12/budget.paid" => Some(1_200_000.into()),
///     "P12/budget.payable" => Some(34_567.into()),
///     _ => None,
/// };
/// assert_eq!(executed.value(known).unwrap().to_string(), "1234567");
/// assert!(Expression::parse("P12/budget.paid +").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Expression {
    text: String,
    terms: Vec<Term>,
}

impl Expression {
    /// Reads a side as it is written.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let short = |text: &str| text.chars().take(80).collect::<String>();
        if text.chars().count() > LONGEST {
            return Err(ExpressionError::Long(short(text)));
        }
        let mut terms: Vec<Term> = Vec::new();
        let mut last = String::new();
        // What the next figure does: add, subtract, or multiply the figure before it.
        let mut next = Some('+');
        for word in text.split_whitespace() {
            last = short(word);
            match next.take() {
                None => match word {
                    "+" => next = Some('+'),
                    "-" | "\u{2212}" => next = Some('-'),
                    "*" | "\u{d7}" => next = Some('*'),
                    _ => return Err(ExpressionError::Operator(last)),
                },
                Some('*') => {
                    if let Some(term) = terms.last_mut() {
                        term.factors.push(operand(word)?);
                    }
                }
                Some(sign) => terms.push(Term {
                    negative: sign == '-',
                    factors: vec![operand(word)?],
                }),
            }
        }
        if next.is_some() {
            return Err(ExpressionError::End(last));
        }
        Ok(Self {
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            terms,
        })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every figure named in it, in order.
    pub fn figures(&self) -> impl Iterator<Item = &SeriesId> {
        let operands = self.terms.iter().flat_map(|term| &term.factors);
        operands.filter_map(|operand| match operand {
            Operand::Figure(series) => Some(series),
            Operand::Number(_) => None,
        })
    }

    /// The figure, where the side is one figure and nothing else.
    pub fn one_figure(&self) -> Option<&SeriesId> {
        match self.terms.as_slice() {
            [term] if !term.negative => match term.factors.as_slice() {
                [Operand::Figure(series)] => Some(series),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it speaks of every programme in turn.
    pub fn is_of_each_programme(&self) -> bool {
        self.figures().any(|series| series.scope == EACH_PROGRAMME)
    }

    /// The same for one programme.
    #[must_use]
    pub fn of_programme(&self, id: &str) -> Self {
        let mut own = self.clone();
        own.text = self.text.replace(EACH_PROGRAMME, id);
        for operand in own.terms.iter_mut().flat_map(|term| &mut term.factors) {
            if let Operand::Figure(series) = operand
                && series.scope == EACH_PROGRAMME
            {
                id.clone_into(&mut series.scope);
            }
        }
        own
    }

    /// Its value, exact; `None` where a figure is not known or the digits do not fit.
    pub fn value(&self, known: impl Fn(&SeriesId) -> Option<Decimal>) -> Option<Decimal> {
        let mut sum = Exact::ZERO;
        for term in &self.terms {
            let mut product = Exact::ONE;
            for operand in &term.factors {
                let value = match operand {
                    Operand::Number(number) => *number,
                    Operand::Figure(series) => known(series)?,
                };
                product = product.times(Exact::of(value))?;
            }
            sum = if term.negative {
                sum.minus(product)?
            } else {
                sum.plus(product)?
            };
        }
        sum.decimal()
    }
}

fn operand(word: &str) -> Result<Operand, ExpressionError> {
    let bad = || ExpressionError::Operand(word.chars().take(80).collect());
    if word.contains('@') {
        return Err(ExpressionError::Period(word.chars().take(80).collect()));
    }
    if !word.contains('/') {
        return Decimal::from_str_exact(word)
            .map(Operand::Number)
            .map_err(|_| bad());
    }
    let each = word.strip_prefix(EACH_PROGRAMME);
    let written = each.map_or_else(|| word.to_owned(), |rest| format!("P{rest}"));
    let mut series = SeriesId::parse(&written).map_err(|_| bad())?;
    if each.is_some() {
        EACH_PROGRAMME.clone_into(&mut series.scope);
    }
    Ok(Operand::Figure(series))
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
impl From<Expression> for String {
    fn from(expression: Expression) -> String {
        expression.text
    }
}
impl TryFrom<String> for Expression {
    type Error = ExpressionError;
    fn try_from(text: String) -> Result<Self, ExpressionError> {
        Expression::parse(&text)
    }
}

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
    use crate::testing::{dec, series};
    use proptest::prelude::*;

    fn value(text: &str) -> Option<Decimal> {
        Expression::parse(text)
            .unwrap()
            .value(|s| match s.name.as_str() {
                "a" => Some(dec("0.1")),
                "b" => Some(dec("0.20")),
                "c" => Some(dec("-3")),
                _ => None,
            })
    }

    #[test]
    fn sums_differences_and_products() {
        for (text, expected) in [
            ("P01/a", "0.1"),
            ("P01/a + P01/b", "0.3"),
            ("P01/a - P01/b", "-0.1"),
            ("2 * P01/a * 10 - 1", "1"),
            ("10 - 2 * P01/c", "16"),
            ("1 \u{2212} 1", "0"),
            ("P01/a \u{d7} 0", "0"),
            ("100", "100"),
            ("-5", "-5"),
        ] {
            assert_eq!(value(text), Some(dec(expected)), "{text}");
        }
        assert_eq!(value("P01/a + P01/unknown"), None);
    }

    #[test]
    fn a_side_that_cannot_be_read_names_the_word() {
        use ExpressionError::{End, Operand, Operator, Period};
        for (text, error) in [
            ("", End(String::new())),
            ("P01/a +", End("+".into())),
            ("P01/a P01/b", Operator("P01/b".into())),
            ("P01/a / 2", Operator("/".into())),
            ("P01/a + x", Operand("x".into())),
            ("1,000", Operand("1,000".into())),
            ("NaN", Operand("NaN".into())),
            ("P01/a@2025Q3", Period("P01/a@2025Q3".into())),
            ("{agency}/a", Operand("{agency}/a".into())),
        ] {
            assert_eq!(Expression::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn each_programme_becomes_one() {
        let side = Expression::parse("{programme}/budget.paid + P29/x").unwrap();
        assert!(side.is_of_each_programme());
        let own = side.of_programme("P07");
        assert_eq!(own.text(), "P07/budget.paid + P29/x");
        assert_eq!(
            own.figures().cloned().collect::<Vec<_>>(),
            [series("P07/budget.paid"), series("P29/x")]
        );
        assert!(side.one_figure().is_none());
        let one = Expression::parse("P29/x").unwrap();
        assert_eq!(one.one_figure(), Some(&series("P29/x")));
    }

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
        fn no_text_panics_and_what_is_read_reads_again(text in "[P0-9/a-c+*. {}@\u{2212}-]{0,40}") {
            if let Ok(side) = Expression::parse(&text) {
                prop_assert_eq!(Expression::parse(side.text()), Ok(side.clone()));
                let _ = side.value(|_| Some(Decimal::MAX));
                let _ = side.of_programme("P01").value(|_| Some(Decimal::MIN));
            }
        }

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
