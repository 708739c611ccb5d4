//! One side of a validation rule: how it is written, and its exact value.

use crate::address::SeriesId;
use crate::exact::Exact;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
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
                series.scope = id.into();
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
        series.scope = EACH_PROGRAMME.into();
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

    proptest! {
        #[test]
        fn no_text_panics_and_what_is_read_reads_again(text in "[P0-9/a-c+*. {}@\u{2212}-]{0,40}") {
            if let Ok(side) = Expression::parse(&text) {
                prop_assert_eq!(Expression::parse(side.text()), Ok(side.clone()));
                let _ = side.value(|_| Some(Decimal::MAX));
                let _ = side.of_programme("P01").value(|_| Some(Decimal::MIN));
            }
        }
    }
}
