//! Where a figure comes from: status, rule, achievement, target and value, formula with its parts, rows.
//!
//! [`explain`] turns what was known and what was made of it into the chain that leads from a figure down to the
//! rows it rests on. It computes nothing anew: what it says is what [`crate::assess`] decided with. The raw answers
//! behind the rows are not known here; [`Capture`] is the shape in which others add them.

mod count;
mod depth;
mod forecast;
mod indicator;
mod milestone;
mod money;
mod other;
mod portfolio;
mod programme;
mod rests_on;
mod rows;

use crate::address::{FigureAddress, SeriesId};
use crate::assess::{Assessment, TargetInForce};
use crate::calendar::{Period, PeriodKind, Quarter, taipei_day};
use crate::figure_name::figure_name;
use crate::message::{Arg, Message};
use crate::observation::{Act, Cause, Observation, Parts, Qualifier, Recorded, Stage};
use crate::snapshot::Snapshot;
use crate::status::Status;
use crate::target::Target;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

pub(crate) use count::term_of as count_group;
pub(crate) use indicator::named as indicator_named;
pub use rests_on::{RestsOn, Rows, Totals, Years, is_money, quarters_of, rests_on, series_behind};
pub use rows::{RowState, series_of as series_of_line};

/// A rule with what it says here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// `higher@1`, `worst-known@1`, `ndc-110q2`, ...
    pub id: String,
    /// The rule with its inputs, as a sentence.
    pub text: Message,
}

/// A figure that another is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its address, by which it can be asked for in turn; `None` for a number that came with its row.
    pub figure: Option<FigureAddress>,
    /// What it is.
    pub label: Arg,
    /// Its value, ready for a sentence; `None` when unknown.
    pub value: Option<Arg>,
    /// Its status, where it has one.
    pub status: Option<Status>,
}

/// A row of the store or the register, whichever kind of figure it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Sequence number; negative for what the register carries.
    pub sequence: i64,
    /// Its series.
    pub series: SeriesId,
    /// The period it speaks of.
    pub period: Period,
    /// Exact value in `unit`; `None` when it was refused, or withdraws another.
    pub value: Option<Decimal>,
    /// Why it was refused.
    pub refused: Option<Message>,
    /// Text as received, where it differs from the value.
    pub printed: Option<String>,
    /// =, >, ...
    pub qualifier: Qualifier,
    /// How settled; money lines carry none.
    pub stage: Option<Stage>,
    /// Unit id; `ntd` for money.
    pub unit: String,
    /// Numerator and denominator that came with it.
    pub parts: Option<Parts>,
    /// When it was true at its origin; `None` for money, which stands at its period's end.
    pub observed_at: Option<DateTime<Utc>>,
    /// Definition version it was read under.
    pub definition_version: Option<u32>,
    /// What it is to the figure.
    pub state: RowState,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Run of a collection.
    pub run: Option<i64>,
    /// Id of the person, or `system`.
    pub actor: String,
    /// How sure the identity is.
    pub identity: String,
    /// Reason of a correction or withdrawal, or a note.
    pub reason: Option<String>,
    /// What it does to earlier rows.
    pub act: Act,
    /// Where it came from.
    pub cause: Cause,
}

impl Row {
    /// Days after the end of its period on which a source's value was seen; 0 when it was true by then. `None` for
    /// what people and documents say, and for money.
    pub fn days_after_period(&self) -> Option<i64> {
        let read = matches!(self.cause, Cause::Capture { .. });
        let day = taipei_day(self.observed_at.filter(|_| read)?);
        Some((day - self.period.end).num_days().max(0))
    }
}

/// A raw answer as it was fetched, with the place inside it that a row came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// SHA-256 (hex) of the original bytes.
    pub sha256: String,
    /// SHA-256 (hex) of the stored bytes.
    pub stored_sha256: String,
    /// Recipe by which personal fields were blanked.
    pub recipe: Option<String>,
    /// Source that fetched it.
    pub source: String,
    /// Without secrets.
    pub url: String,
    /// `GET`, `FILE`, ...
    pub method: String,
    /// Status of the answer.
    pub http_status: u16,
    /// Headers of the answer.
    pub headers: Vec<(String, String)>,
    /// When it was fetched.
    pub fetched_at: DateTime<Utc>,
    /// Length of the original in bytes.
    pub bytes: u64,
    /// The place inside it.
    pub at: String,
    /// Rows that came from that place.
    pub rows: Vec<i64>,
    /// What stands there; `None` when the stored bytes could not be read, or were not looked into because enough
    /// others were.
    pub excerpt: Option<Excerpt>,
}

/// A piece of a raw answer, cut from the stored bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// Lines of pieces; `true` marks what the figure was read from.
    pub lines: Vec<Vec<(String, bool)>>,
    /// The place was found again.
    pub found: bool,
}

impl Excerpt {
    /// The lines as text, marks left out.
    pub fn text(&self) -> String {
        let line = |pieces: &Vec<(String, bool)>| -> String {
            pieces.iter().map(|(text, _)| text.as_str()).collect()
        };
        self.lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// The chain behind one figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The figure that was asked for, with its period.
    pub figure: FigureAddress,
    /// What it is.
    pub title: Arg,
    /// Its value, ready for a sentence; `None` when unknown.
    pub value: Option<Arg>,
    /// Unit id of an indicator's value and target; empty for what is no indicator's.
    pub unit: String,
    /// Its status, where it has one.
    pub status: Option<Status>,
    /// The rule that decided it.
    pub rule: Option<Rule>,
    /// Achievement as a fraction, not clamped.
    pub achievement: Option<Decimal>,
    /// How the achievement was computed.
    pub achievement_formula: Option<Message>,
    /// How the value was computed; `None` for one that was read as it is.
    pub formula: Option<Message>,
    /// What it was computed from, each an address of its own where it has one.
    pub parts: Vec<Part>,
    /// The target in force, as it stood then.
    pub target: Option<TargetInForce>,
    /// Every decision on the target of that period known then, oldest first.
    pub decisions: Vec<Target>,
    /// The rows it rests on and those that no longer count, oldest first.
    pub rows: Vec<Row>,
}

impl Explanation {
    fn new(figure: FigureAddress, title: Arg) -> Self {
        Self {
            figure,
            title,
            value: None,
            unit: String::new(),
            status: None,
            rule: None,
            achievement: None,
            achievement_formula: None,
            formula: None,
            parts: Vec::new(),
            target: None,
            decisions: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Numerator and denominator as they came, without figures of their own.
    fn ratio_parts(&mut self, parts: Parts) {
        let named = [
            ("explain-numerator", parts.numerator),
            ("explain-denominator", parts.denominator),
        ];
        self.parts.extend(named.map(|(word, number)| Part {
            figure: None,
            label: term(word),
            value: Some(Arg::Number(number)),
            status: None,
        }));
    }
}

/// The quarter a figure's address asks about; `default` when it names no period.
///
/// ```
/// use quarterdeck_kpi::{address::FigureAddress, calendar::Quarter, explain::quarter_of};
/// let quarter = Quarter::parse("2025Q1").unwrap();
/// let figure = FigureAddress::parse("P01/gold-share@114Q3").unwrap();
/// assert_eq!(quarter_of(&figure, quarter), Quarter::parse("2025Q3").unwrap());
/// ```
pub fn quarter_of(figure: &FigureAddress, default: Quarter) -> Quarter {
    figure.period.map_or(default, |period| period.quarter())
}

/// The chain behind a figure; `None` when nothing of that name is known. `assessment` is of [`quarter_of`] it.
pub fn explain(
    snapshot: &Snapshot,
    assessment: &Assessment,
    figure: &FigureAddress,
) -> Option<Explanation> {
    let case = Case {
        snapshot,
        assessment,
        figure: FigureAddress {
            series: figure.series.clone(),
            period: Some(figure.period.unwrap_or(assessment.quarter.period())),
        },
    };
    // A period that is no quarter asks for the readings of that period.
    let in_quarter = figure
        .period
        .is_none_or(|period| period.kind == PeriodKind::Quarter);
    let of_quarter = || {
        indicator::explain(&case)
            .or_else(|| programme::explain(&case))
            .or_else(|| portfolio::explain(&case))
            .or_else(|| forecast::execution(&case))
            .or_else(|| money::explain(&case))
            .or_else(|| depth::explain(&case))
    };
    in_quarter
        .then(of_quarter)
        .flatten()
        .or_else(|| other::explain(&case))
        .or_else(|| indicator::unread(&case))
}

/// What an explanation is made from.
struct Case<'a> {
    snapshot: &'a Snapshot,
    assessment: &'a Assessment,
    figure: FigureAddress,
}

impl Case<'_> {
    fn scope(&self) -> &str {
        &self.figure.series.scope
    }
    fn name(&self) -> &str {
        &self.figure.series.name
    }
    fn part(&self) -> Option<&str> {
        self.figure.series.part.as_deref()
    }
    /// What a figure is called.
    fn name_of(&self, series: &SeriesId) -> Arg {
        figure_name(
            &self.snapshot.register,
            self.assessment.quarter.end(),
            series,
        )
    }
    /// The readings as the assessment takes them: what a rule or a check refuses stands as refused, with its reason.
    fn readings(&self) -> impl Iterator<Item = &Recorded<Observation>> {
        let refused = &self.assessment.refused;
        let rows = self.snapshot.observations.iter();
        rows.map(|row| refused.get(&row.sequence).unwrap_or(row))
    }
    /// A figure of the same quarter.
    fn at(&self, series: SeriesId) -> FigureAddress {
        series.at(self.assessment.quarter.period())
    }
}

fn term(id: &'static str) -> Arg {
    Arg::Term(id.into())
}

fn whole(count: usize) -> Arg {
    Arg::from(count)
}
