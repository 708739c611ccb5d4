//! What changed between two moments, figure by figure, and why: one cause is swapped at a time, in a fixed order.
//!
//! The way from what was known before to what is known after is walked in steps: the time goes on, new data come,
//! their denominator, corrections, targets, definitions, rules. After each step everything is assessed, and what a
//! figure moved by in that step is put down to its cause. The parts therefore add up to the change exactly: each
//! step begins where the one before ended. In a ratio, what moves because its denominator did is told apart from
//! what moves because its numerator did: the new numerator over the old denominator stands between the two.

mod cells;
mod way;

use crate::address::FigureAddress;
use crate::assess::assess;
use crate::calendar::Quarter;
use crate::message::Arg;
use crate::snapshot::Snapshot;
use crate::status::Status;
use cells::{Cell, cells};
use rust_decimal::Decimal;
use std::borrow::Cow;

pub use cells::Shape;

/// Why a figure moved; the order is the order of the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// 時間經過: days went by; what was not due became late, what was fresh became old.
    Time,
    /// 新資料: rows that were recorded since.
    NewData,
    /// 分母: of a ratio, what its denominator moved it by.
    Denominator,
    /// 更正: corrections and withdrawals.
    Correction,
    /// 目標值: targets that were decided, or taken out.
    Target,
    /// 定義: the indicator's definition, or the register around it.
    Definition,
    /// 規則: bands, rule sets, validation rules.
    Rule,
}

impl Cause {
    /// Every cause in the order of the steps.
    pub const ALL: [Cause; 7] = [
        Cause::Time,
        Cause::NewData,
        Cause::Denominator,
        Cause::Correction,
        Cause::Target,
        Cause::Definition,
        Cause::Rule,
    ];
    /// Word for JSON.
    pub fn id(self) -> &'static str {
        match self {
            Cause::Time => "time",
            Cause::NewData => "new_data",
            Cause::Denominator => "denominator",
            Cause::Correction => "correction",
            Cause::Target => "target",
            Cause::Definition => "definition",
            Cause::Rule => "rule",
        }
    }
    /// Key of its word.
    pub fn term(self) -> &'static str {
        match self {
            Cause::Time => "change-time",
            Cause::NewData => "change-new-data",
            Cause::Denominator => "change-denominator",
            Cause::Correction => "change-correction",
            Cause::Target => "change-target",
            Cause::Definition => "change-definition",
            Cause::Rule => "change-rule",
        }
    }
}

/// What a figure is at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Nothing is known, or there is no such figure.
    Unknown,
    /// A number.
    Number(Decimal),
    /// A status.
    Status(Status),
}

impl Value {
    /// The number, if it is one.
    pub fn number(self) -> Option<Decimal> {
        match self {
            Value::Number(value) => Some(value),
            Value::Unknown | Value::Status(_) => None,
        }
    }
}

/// One step of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Why.
    pub cause: Cause,
    /// Before the step; the end of the step before.
    pub from: Value,
    /// After it.
    pub to: Value,
}

impl Step {
    /// By how much, where both ends are numbers.
    pub fn by(&self) -> Option<Decimal> {
        self.to.number()?.checked_sub(self.from.number()?)
    }
}

/// A figure that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its address.
    pub figure: FigureAddress,
    /// What it is.
    pub title: Arg,
    /// How its numbers are shown.
    pub shape: Shape,
    /// Before.
    pub from: Value,
    /// After.
    pub to: Value,
    /// The way from one to the other, without steps in which nothing moved.
    pub steps: Vec<Step>,
}

impl Change {
    /// By how much, where both ends are numbers.
    pub fn by(&self) -> Option<Decimal> {
        self.to.number()?.checked_sub(self.from.number()?)
    }
    /// The causes, in the order of the steps, each once.
    pub fn causes(&self) -> Vec<Cause> {
        let mut causes: Vec<Cause> = self.steps.iter().map(|step| step.cause).collect();
        causes.sort_unstable();
        causes.dedup();
        causes
    }
}

/// Every figure of a quarter that differs between two moments, with what moved it. `before` and `after` are what
/// was known at each.
pub fn changes(before: &Snapshot, after: &Snapshot, quarter: Quarter) -> Vec<Change> {
    let start = cells(before, &assess(before, quarter));
    let mut reached: Vec<(Cause, Vec<Cell>)> = Vec::new();
    let mut last: &Snapshot = before;
    let way = way::way(before, after);
    for (cause, snapshot) in &way {
        // Nothing was swapped: what was assessed stands.
        let same = way::is_same(last, snapshot);
        if !same {
            reached.push((*cause, cells(snapshot, &assess(snapshot, quarter))));
        }
        last = match snapshot {
            Cow::Borrowed(snapshot) => snapshot,
            Cow::Owned(snapshot) => snapshot,
        };
    }
    let end = reached.last().map_or(&start, |(_, cells)| cells);
    let mut found = Vec::new();
    for cell in end
        .iter()
        .chain(start.iter().filter(|cell| !has(end, cell)))
    {
        let from = value_in(&start, &cell.figure);
        let to = value_in(end, &cell.figure);
        if from == to {
            continue;
        }
        found.push(Change {
            figure: cell.figure.clone(),
            title: cell.title.clone(),
            shape: cell.shape.clone(),
            from,
            to,
            steps: steps(&start, &reached, cell),
        });
    }
    found
}

fn has(cells: &[Cell], wanted: &Cell) -> bool {
    cells.iter().any(|cell| cell.figure == wanted.figure)
}

fn find<'a>(cells: &'a [Cell], figure: &FigureAddress) -> Option<&'a Cell> {
    cells.iter().find(|cell| &cell.figure == figure)
}

fn value_in(cells: &[Cell], figure: &FigureAddress) -> Value {
    find(cells, figure).map_or(Value::Unknown, |cell| cell.value)
}

/// What moved one figure.
fn steps(start: &[Cell], reached: &[(Cause, Vec<Cell>)], cell: &Cell) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut before = find(start, &cell.figure);
    for (cause, cells) in reached {
        let now = find(cells, &cell.figure);
        let (from, to) = (
            before.map_or(Value::Unknown, |c| c.value),
            now.map_or(Value::Unknown, |c| c.value),
        );
        if from != to {
            let between = match cause {
                Cause::NewData | Cause::Correction => before
                    .zip(now)
                    .and_then(|(a, b)| cells::over_old_denominator(a, b)),
                _ => None,
            };
            match between.map(Value::Number) {
                Some(between) => {
                    let parts = [(*cause, from, between), (Cause::Denominator, between, to)];
                    for (cause, from, to) in parts.into_iter().filter(|(_, from, to)| from != to) {
                        steps.push(Step { cause, from, to });
                    }
                }
                None => steps.push(Step {
                    cause: *cause,
                    from,
                    to,
                }),
            }
        }
        before = now;
    }
    steps
}

#[cfg(test)]
mod tests;
