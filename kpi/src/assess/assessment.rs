//! What an assessment says: of figures, money, programmes, agencies and the portfolio.

use super::{Lagging, MilestoneState, money};
use crate::calendar::{Period, Quarter};
use crate::exceptions::Exception;
use crate::finding::Finding;
use crate::message::Message;
use crate::money::{Amounts, Ratio};
use crate::observation::{Observation, Qualifier, Recorded, Stage};
use crate::register::Narrative;
use crate::status::Status;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The figure an indicator stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Exact value in the indicator's unit.
    pub value: Decimal,
    /// =, >, ...
    pub qualifier: Qualifier,
    /// How settled.
    pub stage: Stage,
    /// The period it speaks of (may be older than the quarter: last year's value in Q1-Q3).
    pub period: Period,
    /// Numerator and denominator, if it is a ratio that came with them.
    pub parts: Option<crate::observation::Parts>,
    /// When it was true at its origin.
    pub observed_at: DateTime<Utc>,
    /// When we recorded it.
    pub recorded_at: DateTime<Utc>,
    /// Sequence numbers of the rows it was combined from.
    pub rows: Vec<i64>,
    /// Source id, `entry`, `document` or `computed`.
    pub source: String,
    /// Text as received, if one row and different from the canonical form.
    pub printed: Option<String>,
    /// It replaced an earlier row (更正).
    pub corrected: bool,
    /// Definition version it was read under.
    pub definition_version: u32,
}

/// The target in force for a quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetInForce {
    /// Value at the quarter (interpolated for a linear trajectory).
    pub value: Decimal,
    /// Upper edge of a band.
    pub upper: Option<Decimal>,
    /// Period of the decided target it comes from.
    pub period: Period,
    /// When it was decided.
    pub set_on: Option<NaiveDate>,
    /// Who decided it.
    pub by: Option<String>,
    /// Where printed.
    pub document: Option<String>,
    /// The target it replaced for the same period: value and the day it was replaced.
    pub former: Option<(Decimal, Option<NaiveDate>)>,
}

/// One point of an indicator's history, for charts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Quarter.
    pub quarter: Quarter,
    /// Value of that quarter, if any.
    pub value: Option<Decimal>,
    /// Target of that quarter as it stood at the quarter's end.
    pub target: Option<Decimal>,
    /// What the target would be, had it not been replaced by then.
    pub former_target: Option<Decimal>,
    /// Status then (by today's knowledge).
    pub status: Status,
    /// Another definition starts here: the line is broken.
    pub definition_break: bool,
    /// A figure that counts within its year starts again here: the line is broken.
    pub starts_again: bool,
}

impl Point {
    /// Whether no line leads to it from the point before.
    pub fn breaks_line(&self) -> bool {
        self.definition_break || self.starts_again
    }
}

/// How one indicator stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorAssessment {
    /// `SCOPE/NAME`.
    pub series: crate::address::SeriesId,
    /// Status.
    pub status: Status,
    /// Why: the rule and its inputs as a sentence.
    pub rule: Message,
    /// Short rule name, for example `higher@1`, `late@1`.
    pub rule_id: String,
    /// The figure, if any.
    pub figure: Option<Figure>,
    /// The refused text and reason, when the latest reading was refused.
    pub rejected: Option<(String, Message)>,
    /// Target in force.
    pub target: Option<TargetInForce>,
    /// Achievement as a fraction (0.8733), where it has a meaning. Not clamped.
    pub achievement: Option<Decimal>,
    /// Sentence with the formula and its parts, where there is an achievement.
    pub formula: Option<Message>,
    /// The day by which this quarter's figure is due.
    pub due_on: Option<NaiveDate>,
    /// Days since the figure was true, at the day of reference.
    pub age_days: Option<i64>,
    /// The last quarters (12, or as many as were asked for), oldest first, this one last.
    pub history: Vec<Point>,
}

impl IndicatorAssessment {
    /// Its status in a quarter of its history.
    pub(crate) fn status_in(&self, quarter: Quarter) -> Option<Status> {
        let back = self.history.last()?.quarter.ordinal() - quarter.ordinal();
        let point = self.history.iter().rev().nth(usize::try_from(back).ok()?)?;
        (point.quarter == quarter).then_some(point.status)
    }
}

/// Money of a programme, an agency or the portfolio at a quarter's end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MoneyAssessment {
    /// 年累計 amounts (or 總累計 where only that is known; see `span`).
    pub amounts: Amounts,
    /// Which accumulation the ratios use.
    pub span: Option<crate::money::Span>,
    /// The cut-off period the amounts stand at.
    pub period: Option<Period>,
    /// E: executed amount by the rule set.
    pub executed_ntd: Option<i64>,
    /// P: planned spend, else allotted; `true` when it is planned spend.
    pub planned_is_planned_spend: Option<bool>,
    /// E / P
    pub execution_rate: Option<Ratio>,
    /// A / P
    pub disbursement_ratio: Option<Ratio>,
    /// E / K
    pub attainment: Option<Ratio>,
    /// settled / budget
    pub settlement_ratio: Option<Ratio>,
    /// A / allotted
    pub realised: Option<Ratio>,
    /// Net of the dated changes that were added to the budget line, whole NT$; 0 where the line contains them.
    pub changed_ntd: i64,
    /// What was spent was refused: the rate it would give is above the highest that is taken as input.
    pub refused: Option<RefusedSpending>,
    /// Year-end money before 決算 is provisional.
    pub provisional: bool,
    /// Sequence numbers of the rows used.
    pub rows: Vec<i64>,
}

/// Amounts received that do not count, because a rate made of them is above the highest taken as input (999.99 %).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedSpending {
    /// The rate they would give, a fraction.
    pub rate: Decimal,
    /// The highest rate that is taken, a fraction.
    pub limit: Decimal,
    /// What was received: kind and whole NT$.
    pub amounts: Vec<(crate::money::AmountKind, i64)>,
}

impl MoneyAssessment {
    /// P − E, whole NT$; of several programmes over those that know both, as the execution rate.
    pub fn unexecuted_ntd(&self) -> Option<i64> {
        let of_rate = |rate: Ratio| {
            let left = rate.denominator.checked_sub(rate.numerator)?;
            left.is_integer().then(|| i64::try_from(left).ok())?
        };
        match self.execution_rate {
            Some(rate) => of_rate(rate),
            None => money::planned_ntd(self)?.checked_sub(self.executed_ntd?),
        }
    }
    /// The four ratios: part of the address, key of the name, value.
    pub fn rates(&self) -> [(&'static str, &'static str, Option<Ratio>); 4] {
        [
            (
                "execution_rate",
                "explain-execution-rate",
                self.execution_rate,
            ),
            (
                "disbursement_ratio",
                "explain-disbursement-ratio",
                self.disbursement_ratio,
            ),
            ("attainment", "explain-attainment", self.attainment),
            (
                "settlement_ratio",
                "explain-settlement-ratio",
                self.settlement_ratio,
            ),
        ]
    }
}

/// Both accumulations side by side, each under its own name; an empty one (`span` is none) is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Accounts {
    /// 年累計
    pub year_to_date: MoneyAssessment,
    /// 總累計
    pub since_beginning: MoneyAssessment,
    /// 年累計 of the same quarter last year.
    pub last_year: MoneyAssessment,
}

impl Accounts {
    /// Change of a 年累計 ratio against the same quarter last year, in percentage points; both must be known.
    pub fn change_points(&self, of: fn(&MoneyAssessment) -> Option<Ratio>) -> Option<Decimal> {
        let fraction = |money| Some(of(money)?.fraction());
        fraction(&self.year_to_date)?
            .checked_sub(fraction(&self.last_year)?)?
            .checked_mul(Decimal::ONE_HUNDRED)
    }
}

/// Money of the programmes that know both amounts in a quarter, 年累計.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyPoint {
    /// Quarter.
    pub quarter: Quarter,
    /// P, whole NT$.
    pub planned_ntd: Option<i64>,
    /// E, whole NT$.
    pub executed_ntd: Option<i64>,
    /// How many programmes both sums cover.
    pub covers: usize,
}

/// Risk level of a programme (高 / 中 / 低), from the series `P/risk` (3, 2, 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Risk {
    Low,
    Medium,
    High,
}

/// State of a printed task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskState {
    /// Task id.
    pub id: String,
    /// Done by then.
    pub done: bool,
    /// When it was recorded as done.
    pub done_on: Option<NaiveDate>,
    /// Row.
    pub row: Option<i64>,
}

/// What the planned and actual progress of a programme rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressBasis {
    /// Reported for the quarter, by a person or a portal.
    Reported,
    /// 加權進度 of the milestones: nothing was reported.
    Milestones,
}

impl ProgressBasis {
    /// Word for JSON.
    pub fn id(self) -> &'static str {
        match self {
            ProgressBasis::Reported => "reported",
            ProgressBasis::Milestones => "milestones",
        }
    }
    /// Key of its words in the language files.
    pub fn term(self) -> &'static str {
        match self {
            ProgressBasis::Reported => "progress-basis-reported",
            ProgressBasis::Milestones => "progress-basis-milestones",
        }
    }
}

/// How one programme stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeAssessment {
    /// Programme id.
    pub id: String,
    /// Status by [`crate::programme`]'s rule.
    pub status: Status,
    /// For an unknown programme: the status most of its weight is in.
    pub unknown_cause: Option<Status>,
    /// Why, as a sentence with the rule's name.
    pub rule: Message,
    /// `worst-known@1`
    pub rule_id: String,
    /// Indicators in register order.
    pub indicators: Vec<IndicatorAssessment>,
    /// How many rated indicators are met or on track, and how many there are with a target or unknown.
    pub good: (usize, usize),
    /// Money: 年累計, else 總累計.
    pub money: MoneyAssessment,
    /// Both accumulations, and last year's.
    pub accounts: Accounts,
    /// Milestones (查核點) in register order.
    pub milestones: Vec<MilestoneState>,
    /// 加權進度 from the milestones, planned and actual in percent, beside the reported progress; unknown when the
    /// weights do not add up to 100.
    pub weighted_progress: Option<(Decimal, Decimal)>,
    /// Planned and actual cumulative progress in percent that the rules look at: as reported; where nothing of it is
    /// reported for the quarter, the weighted progress of the milestones.
    pub progress: Option<(Decimal, Decimal)>,
    /// Which of the two it is.
    pub progress_basis: Option<ProgressBasis>,
    /// Actual minus planned, percentage points.
    pub variance_points: Option<Decimal>,
    /// Reason, measure and responsible unit of this quarter: those of the programme's file, and what people entered.
    pub narrative: Option<Narrative>,
    /// Risk as reported for the quarter.
    pub risk: Option<Risk>,
    /// Who reported it, when and why.
    pub risk_reported: Option<crate::risk::RiskReported>,
    /// Risk by the rule, with what decided.
    pub risk_by_rule: crate::risk::RiskByRule,
    /// Both of the last 12 quarters, oldest first, this one last.
    pub risk_history: Vec<crate::risk::RiskPoint>,
    /// Earned value, second to the measures of control.
    pub evm: crate::evm::Evm,
    /// Lagging rule.
    pub lagging: Lagging,
    /// Tasks.
    pub tasks: Vec<TaskState>,
    /// The last 12 quarters' status, oldest first, this one last.
    pub history: Vec<(Quarter, Status)>,
    /// Age of the oldest figure in use.
    pub oldest_days: Option<i64>,
}

/// Indicators of a framework node, a plan or the portfolio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeAssessment {
    /// `G1`, `portfolio`, ...
    pub id: String,
    /// Its indicators.
    pub indicators: Vec<IndicatorAssessment>,
    /// Its printed tasks (a strategy's, for example).
    pub tasks: Vec<TaskState>,
}

/// Money of an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyAssessment {
    /// Agency id.
    pub id: String,
    /// Scope of its figures: `agency:NDC` in the plan whose programmes it leads (the first, of several), else
    /// `plan:dgp1.agency:NDC`. The plans' lines of one agency never share an address.
    pub scope: String,
    /// Plan id of the lines.
    pub plan: String,
    /// Money: 年累計, else 總累計.
    pub money: MoneyAssessment,
    /// Both accumulations, and last year's.
    pub accounts: Accounts,
    /// The programmes whose money is its, or that it leads.
    pub programmes: Vec<String>,
}

/// The whole portfolio.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Portfolio {
    /// Programmes per status, every status present, zero included.
    pub counts: BTreeMap<Status, usize>,
    /// Sum of the programmes' known money.
    pub money: MoneyAssessment,
    /// Both accumulations, and last year's.
    pub accounts: Accounts,
    /// 年累計 of the last 8 quarters, oldest first.
    pub money_history: Vec<MoneyPoint>,
    /// Budget per status (unknown budgets left out), NT$.
    pub budget_by_status: BTreeMap<Status, i64>,
    /// Weighted progress variance (by budget), points, and how many programmes it covers.
    pub variance: Option<(Decimal, usize)>,
    /// Execution rate of the same quarter last year.
    pub execution_rate_last_year: Option<Decimal>,
    /// Disbursement ratio of the same quarter last year.
    pub disbursement_ratio_last_year: Option<Decimal>,
    /// Age of the oldest figure in use.
    pub oldest_days: Option<i64>,
    /// Counts of the last 12 quarters, oldest first.
    pub trend: Vec<(Quarter, BTreeMap<Status, usize>)>,
    /// Budget that rests on figures nobody has.
    pub unknown_price: crate::unknown_price::UnknownPrice,
}

/// What is due from people (本季應填) in the quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueEntry {
    /// Series to fill.
    pub series: crate::address::SeriesId,
    /// Period to fill.
    pub period: Period,
    /// Agency that answers.
    pub agency: String,
    /// Due day.
    pub due_on: Option<NaiveDate>,
    /// Already filled.
    pub filled: bool,
    /// Filled value's row.
    pub row: Option<i64>,
    /// Value of the previous period.
    pub last: Option<(Period, Decimal)>,
}

/// Everything a screen, a report or a script may ask about one quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// Quarter.
    pub quarter: Quarter,
    /// As known at.
    pub as_of: DateTime<Utc>,
    /// The quarter has ended by then.
    pub quarter_complete: bool,
    /// For a running quarter: day number and days (第54／92日).
    pub running_day: Option<(i64, i64)>,
    /// Programmes in register order.
    pub programmes: Vec<ProgrammeAssessment>,
    /// Nodes and portfolio with indicators.
    pub nodes: Vec<NodeAssessment>,
    /// Agencies with money lines.
    pub agencies: Vec<AgencyAssessment>,
    /// Totals.
    pub portfolio: Portfolio,
    /// Findings: recorded ones and those the assessment raised.
    pub findings: Vec<Finding>,
    /// Readings that a rule or a check refuses in the quarter or its history, by number, as they stand then: the reason,
    /// and what was received.
    pub refused: BTreeMap<i64, Recorded<Observation>>,
    /// Exceptions in their order.
    pub exceptions: Vec<Exception>,
    /// What people have to fill this quarter.
    pub due_entries: Vec<DueEntry>,
    /// When nobody has to fill anything: the last quarter before it that asked for figures.
    pub last_asked: Option<Quarter>,
}
