//! The figures of one assessment as a flat list.

use super::Value;
use crate::address::{FigureAddress, SeriesId};
use crate::assess::sentence::quantity;
use crate::assess::{Assessment, IndicatorAssessment, MoneyAssessment};
use crate::figure_name::owner;
use crate::indicator::Title;
use crate::message::{Arg, Message};
use crate::money::{AmountKind, Ratio};
use crate::observation::Parts;
use crate::snapshot::Snapshot;
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::HashMap;

/// How numbers of a figure are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// In a unit.
    Unit(String),
    /// A fraction as percent.
    Fraction,
    /// Percentage points.
    Points,
    /// Whole NT$.
    Ntd,
    /// A count.
    Count,
    /// A status, no number.
    Status,
}

impl Shape {
    /// A value of this shape, ready for a sentence; `None` for an unknown one.
    pub fn arg(&self, value: Value) -> Option<Arg> {
        Some(match (value, self) {
            (Value::Unknown, _) => return None,
            (Value::Status(status), _) => Arg::Status(status),
            (Value::Number(n), Shape::Fraction) => Arg::Fraction(n),
            (Value::Number(n), Shape::Points) => Arg::Points(n),
            (Value::Number(n), Shape::Ntd) => i64::try_from(n).map_or(Arg::Number(n), Arg::Ntd),
            (Value::Number(n), Shape::Unit(unit)) => quantity(n, "", unit),
            (Value::Number(n), Shape::Count | Shape::Status) => Arg::Number(n),
        })
    }
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub figure: FigureAddress,
    pub title: Arg,
    pub shape: Shape,
    pub value: Value,
    /// Numerator and denominator of a ratio.
    pub parts: Option<Parts>,
}

/// Every figure of an assessment.
pub(super) fn cells(snapshot: &Snapshot, assessment: &Assessment) -> Vec<Cell> {
    let period = assessment.quarter.period();
    let register = &snapshot.register;
    let listed: HashMap<&SeriesId, (&Title, &str)> = register
        .indicators()
        .map(|i| (&i.series, (&i.title, i.unit.as_str())))
        .collect();
    let mut out = Out {
        cells: Vec::new(),
        period,
    };
    for node in &assessment.nodes {
        for found in &node.indicators {
            out.indicator(found, &listed);
        }
    }
    for programme in &assessment.programmes {
        let name = register
            .programme(&programme.id)
            .map_or(Arg::from(programme.id.as_str()), |p| {
                Arg::Title(p.title.clone())
            });
        out.push(
            SeriesId::new(&programme.id, "status"),
            of(&name, "explain-status"),
            Shape::Status,
            Value::Status(programme.status),
            None,
        );
        for found in &programme.indicators {
            out.indicator(found, &listed);
        }
        out.push(
            SeriesId::new(&programme.id, "progress").part("variance"),
            of(&name, "explain-variance"),
            Shape::Points,
            number(programme.variance_points),
            None,
        );
        out.money(&programme.id, &name, &programme.money);
    }
    for agency in &assessment.agencies {
        if agency.money.span.is_some() {
            let name = owner(register, assessment.quarter.end(), &agency.scope);
            out.money(&agency.scope, &name, &agency.money);
        }
    }
    let portfolio = &assessment.portfolio;
    let name = Arg::Term("explain-portfolio".into());
    out.money("portfolio", &name, &portfolio.money);
    out.push(
        SeriesId::new("portfolio", "progress").part("variance"),
        of(&name, "explain-variance"),
        Shape::Points,
        number(portfolio.variance.map(|(points, _)| points)),
        None,
    );
    for (status, count) in &portfolio.counts {
        out.push(
            SeriesId::new("portfolio", "count").part(status.id()),
            Message::new("explain-count-of")
                .with("what", Arg::Status(*status))
                .into(),
            Shape::Count,
            Value::Number(Decimal::from(*count as u64)),
            None,
        );
    }
    out.cells
}

fn of(owner: &Arg, what: &'static str) -> Arg {
    Message::new("explain-of")
        .with("owner", owner.clone())
        .with("what", Arg::Term(what.into()))
        .into()
}

fn number(value: Option<Decimal>) -> Value {
    value.map_or(Value::Unknown, Value::Number)
}

struct Out {
    cells: Vec<Cell>,
    period: crate::calendar::Period,
}

impl Out {
    fn push(
        &mut self,
        series: SeriesId,
        title: Arg,
        shape: Shape,
        value: Value,
        parts: Option<Parts>,
    ) {
        self.cells.push(Cell {
            figure: series.at(self.period),
            title,
            shape,
            value,
            parts,
        });
    }

    fn indicator(
        &mut self,
        found: &IndicatorAssessment,
        listed: &HashMap<&SeriesId, (&Title, &str)>,
    ) {
        let (title, unit) = listed
            .get(&found.series)
            .map_or((Arg::from(found.series.to_string()), ""), |(t, u)| {
                (Arg::Title((*t).clone()), *u)
            });
        let figure = found.figure.as_ref();
        let part = |word: &str| match &found.series.part {
            Some(own) => SeriesId {
                part: Some(format!("{own}.{word}").into()),
                ..found.series.clone()
            },
            None => found.series.clone().part(word),
        };
        let named = |id: &'static str| Message::new(id).with("what", title.clone()).into();
        self.push(
            found.series.clone(),
            title.clone(),
            Shape::Unit(unit.to_owned()),
            number(figure.map(|f| f.value)),
            figure.and_then(|f| f.parts),
        );
        self.push(
            part("target"),
            named("explain-target-of"),
            Shape::Unit(unit.to_owned()),
            number(found.target.as_ref().map(|t| t.value)),
            None,
        );
        self.push(
            part("achievement"),
            named("explain-achievement-of"),
            Shape::Fraction,
            number(found.achievement),
            None,
        );
        self.push(
            part("status"),
            named("explain-status-of"),
            Shape::Status,
            Value::Status(found.status),
            None,
        );
    }

    fn money(&mut self, scope: &str, name: &Arg, money: &MoneyAssessment) {
        for kind in AmountKind::ALL {
            self.push(
                SeriesId::new(scope, "budget").part(kind.id()),
                of(name, kind.term()),
                Shape::Ntd,
                number(money.amounts.get(kind).map(Decimal::from)),
                None,
            );
        }
        for (part, word, ratio) in money.rates() {
            self.push(
                SeriesId::new(scope, "budget").part(part),
                of(name, word),
                Shape::Fraction,
                number(ratio.map(Ratio::fraction6)),
                ratio.map(|r| Parts {
                    numerator: r.numerator,
                    denominator: r.denominator,
                }),
            );
        }
    }
}

/// The new numerator over the old denominator, where both ends are ratios whose denominators differ.
pub(super) fn over_old_denominator(before: &Cell, now: &Cell) -> Option<Decimal> {
    let (old, new) = (before.parts?, now.parts?);
    before.value_number()?;
    now.value_number()?;
    if old.denominator == new.denominator || old.denominator.is_zero() {
        return None;
    }
    let factor = match &now.shape {
        Shape::Unit(unit) if unit == "percent" => Decimal::ONE_HUNDRED,
        _ => Decimal::ONE,
    };
    let between = new
        .numerator
        .checked_mul(factor)?
        .checked_div(old.denominator)?;
    Some(
        between
            .round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero)
            .normalize(),
    )
}

impl Cell {
    fn value_number(&self) -> Option<Decimal> {
        self.value.number()
    }
}
