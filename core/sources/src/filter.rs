//! Conditions on rows.

use crate::config::{Filter, Op};
use crate::figure::is_blank;
use crate::notice::quote;
use crate::template::fill;
use chrono::NaiveDate;
use quarterdeck_kpi::calendar::{Quarter, parse_date};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::number::parse_printed;
use rust_decimal::Decimal;
use std::borrow::Cow;

/// A row of any table.
pub trait Row {
    /// The cell of a column, `""` when the row has none.
    fn cell(&self, column: usize) -> Cow<'_, str>;
    /// Where the cell stands, as the trail says it, when rows have better places than numbers.
    fn place(&self, _column: usize) -> Option<String> {
        None
    }
    /// Why the cell holds no value that could be read, when that is known before reading it.
    fn problem(&self, _column: usize) -> Option<Message> {
        None
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Operand {
    Nothing,
    Texts(Vec<String>),
    Number(Decimal),
    Day(NaiveDate),
    Column(usize),
}

/// A condition ready to be tried on rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    column: usize,
    op: Op,
    operand: Operand,
}

/// Outcome of a condition on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// The cell is neither a number nor a day, so it cannot be compared: it does not hold.
    Unreadable,
}

impl Test {
    /// Makes a condition ready; `find` gives a column's place.
    pub fn new(
        filter: &Filter,
        quarter: Quarter,
        find: &dyn Fn(&str) -> Result<usize, Message>,
    ) -> Result<Test, Message> {
        let column = find(&filter.column)?;
        let missing = || {
            Message::new("source-filter-value-missing")
                .with("column", quote(&filter.column))
                .with("op", filter.op.sign())
        };
        let operand = match (&filter.value_column, filter.op) {
            (_, Op::Blank | Op::NotBlank) => Operand::Nothing,
            (Some(other), op) if op.is_order() || matches!(op, Op::Equal | Op::NotEqual) => {
                Operand::Column(find(other)?)
            }
            (Some(_), _) => return Err(missing()),
            (None, Op::In | Op::NotIn) => {
                if filter.values.is_empty() {
                    return Err(missing());
                }
                Operand::Texts(filter.values.iter().map(|v| v.trim().to_owned()).collect())
            }
            (None, op) => {
                let written = filter.value.as_deref().ok_or_else(missing)?;
                let value = fill(written, quarter, None)?;
                if op.is_order() {
                    order_operand(&value)?
                } else {
                    Operand::Texts(vec![value.trim().to_owned()])
                }
            }
        };
        Ok(Test {
            column,
            op: filter.op,
            operand,
        })
    }

    /// Columns it looks at.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        let other = match self.operand {
            Operand::Column(column) => Some(column),
            _ => None,
        };
        std::iter::once(self.column).chain(other)
    }

    /// The column whose cell is compared.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Tries it on a row.
    pub fn on(&self, row: &impl Row) -> Verdict {
        let cell = row.cell(self.column);
        let text = cell.trim();
        let holds = |yes: bool| if yes { Verdict::Pass } else { Verdict::Fail };
        match (&self.operand, self.op) {
            (_, Op::Blank) => holds(text.is_empty()),
            (_, Op::NotBlank) => holds(!text.is_empty()),
            (Operand::Texts(texts), Op::Equal | Op::In) => holds(texts.iter().any(|t| t == text)),
            (Operand::Texts(texts), Op::NotEqual | Op::NotIn) => {
                holds(texts.iter().all(|t| t != text))
            }
            (Operand::Texts(texts), Op::Contains) => {
                holds(texts.iter().any(|t| text.contains(t.as_str())))
            }
            (Operand::Texts(texts), Op::StartsWith) => {
                holds(texts.iter().any(|t| text.starts_with(t.as_str())))
            }
            (Operand::Column(other), Op::Equal) => holds(text == row.cell(*other).trim()),
            (Operand::Column(other), Op::NotEqual) => holds(text != row.cell(*other).trim()),
            (Operand::Column(other), op) => match (exact(text), exact(row.cell(*other).trim())) {
                (Some(a), Some(b)) => holds(ordered(op, a.cmp(&b))),
                _ if is_blank(text) => Verdict::Fail,
                _ => Verdict::Unreadable,
            },
            (Operand::Number(limit), op) => match exact(text) {
                Some(value) => holds(ordered(op, value.cmp(limit))),
                None if is_blank(text) => Verdict::Fail,
                None => Verdict::Unreadable,
            },
            (Operand::Day(limit), op) => match parse_date(text) {
                Ok(day) => holds(ordered(op, day.cmp(limit))),
                Err(_) if is_blank(text) => Verdict::Fail,
                Err(_) => Verdict::Unreadable,
            },
            (Operand::Nothing | Operand::Texts(_), _) => Verdict::Fail,
        }
    }
}

/// A number without a bound sign, as printed.
fn exact(text: &str) -> Option<Decimal> {
    parse_printed(text)
        .ok()
        .filter(|read| read.qualifier == quarterdeck_kpi::observation::Qualifier::Exact)
        .map(|read| read.value)
}

/// A day is written with separators, so that `20250101` stays a number.
fn order_operand(value: &str) -> Result<Operand, Message> {
    if value.contains(['-', '/', '年'])
        && let Ok(day) = parse_date(value)
    {
        return Ok(Operand::Day(day));
    }
    exact(value)
        .map(Operand::Number)
        .ok_or_else(|| Message::new("source-filter-value-unordered").with("value", quote(value)))
}

fn ordered(op: Op, order: std::cmp::Ordering) -> bool {
    match op {
        Op::More => order.is_gt(),
        Op::AtLeast => order.is_ge(),
        Op::Less => order.is_lt(),
        Op::AtMost => order.is_le(),
        _ => false,
    }
}

/// The condition as it stands in the trail.
pub fn describe(filters: &[Filter]) -> String {
    filters
        .iter()
        .map(|filter| {
            let operand = match (&filter.value_column, &filter.value) {
                (Some(column), _) => format!("[{column}]"),
                (None, Some(value)) => value.clone(),
                (None, None) => filter.values.join("|"),
            };
            format!("{} {} {operand}", filter.column, filter.op.sign())
                .trim_end()
                .to_owned()
        })
        .collect::<Vec<_>>()
        .join(" & ")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Cells<'a>(&'a [&'a str]);
    impl Row for Cells<'_> {
        fn cell(&self, column: usize) -> Cow<'_, str> {
            Cow::Borrowed(self.0.get(column).copied().unwrap_or(""))
        }
    }

    fn test(op: Op, value: &str) -> Test {
        let filter = Filter {
            column: "a".into(),
            op,
            value: Some(value.into()),
            values: Vec::new(),
            value_column: None,
        };
        Test::new(&filter, Quarter::new(2025, 3).unwrap(), &|_| Ok(0)).unwrap()
    }

    #[test]
    fn numbers_and_days_are_compared_as_such() {
        assert_eq!(
            test(Op::AtLeast, "5000").on(&Cells(&["5,001"])),
            Verdict::Pass
        );
        assert_eq!(
            test(Op::AtLeast, "5000").on(&Cells(&["999"])),
            Verdict::Fail
        );
        assert_eq!(
            test(Op::AtLeast, "5000").on(&Cells(&["無"])),
            Verdict::Unreadable
        );
        assert_eq!(test(Op::AtLeast, "5000").on(&Cells(&[""])), Verdict::Fail);
        let start = test(Op::AtLeast, "{quarter_start}");
        assert_eq!(start.on(&Cells(&["2025-07-01 00:01:18"])), Verdict::Pass);
        assert_eq!(start.on(&Cells(&["114/06/30"])), Verdict::Fail);
        assert_eq!(start.on(&Cells(&["112/02/29"])), Verdict::Unreadable);
    }

    #[test]
    fn labels_are_compared_whole() {
        assert_eq!(test(Op::Equal, "金").on(&Cells(&[" 金 "])), Verdict::Pass);
        assert_eq!(test(Op::Equal, "金").on(&Cells(&["白金"])), Verdict::Fail);
        assert_eq!(
            test(Op::Contains, "金").on(&Cells(&["白金"])),
            Verdict::Pass
        );
    }
}
