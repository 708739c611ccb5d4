//! Risk 高 / 中 / 低 of a programme: by a named rule of figures and as reported, and how it moves between quarters.
//!
//! What auditors ask of risk is its migration: which programmes went up or down between two quarters, and which did
//! not improve over four (四季未改善).

use crate::assess::{ProgrammeAssessment, Risk};
use crate::calendar::Quarter;
use crate::message::{Arg, Message};
use crate::money::Ratio;
use crate::rules::RiskLimits;
use crate::status::Status;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

/// Name of the rule; a default of ours, not a rule of the Executive Yuan.
pub const RISK_DEFAULT: &str = "risk-default@1";

/// Quarters over which a programme has to improve.
pub const QUARTERS_TO_IMPROVE: usize = 4;

/// What the rule looks at in one quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RiskInputs {
    /// The programme's status.
    pub status: Status,
    /// Actual minus planned progress, percentage points.
    pub variance_points: Option<Decimal>,
    /// 執行率 E / P.
    pub execution_rate: Option<Ratio>,
    /// Weight of the indicators without a usable figure (no data, late, stale, rejected) over the weight of all that
    /// could be rated.
    pub unusable: Option<Ratio>,
}

/// What the rule says of one quarter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RiskByRule {
    /// The level; `None`: too little is known to say, which is not low.
    pub level: Option<Risk>,
    /// What decided, one sentence a reason.
    pub reasons: Vec<Message>,
}

/// A level as somebody reported it for the quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskReported {
    /// The level.
    pub level: Risk,
    /// Id of the person; `system` when a source brought it.
    pub actor: String,
    /// The source that brought it; `None`: a person entered it.
    pub source: Option<String>,
    /// The note it was entered with.
    pub reason: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Row.
    pub row: i64,
}

/// Both levels of one quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RiskPoint {
    /// Quarter.
    pub quarter: Quarter,
    /// As reported for it.
    pub reported: Option<Risk>,
    /// By the rule, from what is known now.
    pub by_rule: Option<Risk>,
}

/// Which of the two levels is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RiskBasis {
    /// As reported by people and portals.
    #[default]
    Reported,
    /// By the rule [`RISK_DEFAULT`].
    Rule,
}

impl RiskBasis {
    /// Word for scripts.
    pub fn id(self) -> &'static str {
        match self {
            RiskBasis::Reported => "reported",
            RiskBasis::Rule => "rule",
        }
    }
}

impl Risk {
    /// From the gravest to the lightest, the order tables print them.
    pub const GRAVEST_FIRST: [Risk; 3] = [Risk::High, Risk::Medium, Risk::Low];

    /// Word for scripts.
    pub fn id(self) -> &'static str {
        match self {
            Risk::High => "high",
            Risk::Medium => "medium",
            Risk::Low => "low",
        }
    }
    /// Key of its word in the language files.
    pub fn term(self) -> &'static str {
        match self {
            Risk::High => "risk-high",
            Risk::Medium => "risk-medium",
            Risk::Low => "risk-low",
        }
    }
    /// The level behind a reading of `P/risk`: 3, 2, 1.
    pub fn of_reading(value: Decimal) -> Option<Risk> {
        [(3, Risk::High), (2, Risk::Medium), (1, Risk::Low)]
            .into_iter()
            .find_map(|(number, risk)| (value == Decimal::from(number)).then_some(risk))
    }
}

/// The level by the rule: the gravest of what the status, the progress, the execution rate and the share of unusable
/// figures say. Nothing of it is low risk only where the status itself is known: what is unknown is never low.
///
/// ```
/// use quarterdeck_kpi::assess::Risk;
/// use quarterdeck_kpi::risk::{RiskInputs, by_rule};
/// use quarterdeck_kpi::{Decimal, rules::RiskLimits, status::Status};
/// let mut inputs = RiskInputs {
///     status: Status::OnTrack, variance_points: Some(Decimal::new(-640, 2)), execution_rate: None, unusable: None,
/// };
/// // On track, but 6.40 percentage points behind plan.
/// assert_eq!(by_rule(&inputs, &RiskLimits::default()).level, Some(Risk::Medium));
/// inputs.status = Status::Behind;
/// assert_eq!(by_rule(&inputs, &RiskLimits::default()).level, Some(Risk::High));
/// ```
pub fn by_rule(inputs: &RiskInputs, limits: &RiskLimits) -> RiskByRule {
    let mut found: Vec<(Risk, Message)> = Vec::new();
    match inputs.status {
        Status::Behind => found.push((Risk::High, status_reason(inputs.status))),
        Status::AtRisk => found.push((Risk::Medium, status_reason(inputs.status))),
        _ => {}
    }
    if let Some(points) = inputs.variance_points {
        let behind = -points;
        let reason = |limit: Decimal| {
            Message::new("risk-reason-variance")
                .with("points", Arg::Points(points))
                .with("limit", limit)
        };
        if behind >= limits.high_behind_points {
            found.push((Risk::High, reason(limits.high_behind_points)));
        } else if behind >= limits.medium_behind_points {
            found.push((Risk::Medium, reason(limits.medium_behind_points)));
        }
    }
    if let Some(rate) = inputs.execution_rate {
        let reason = |limit: Decimal| {
            Message::new("risk-reason-execution")
                .with("rate", Arg::Fraction(rate.fraction6()))
                .with("limit", Arg::Fraction(limit))
        };
        if rate.fraction() < limits.high_execution_under {
            found.push((Risk::High, reason(limits.high_execution_under)));
        } else if rate.fraction() < limits.medium_execution_under {
            found.push((Risk::Medium, reason(limits.medium_execution_under)));
        }
    }
    if let Some(share) = inputs.unusable {
        let reason = |limit: Decimal| {
            Message::new("risk-reason-unusable")
                .with("share", Arg::Fraction(share.fraction6()))
                .with("limit", Arg::Fraction(limit))
        };
        if share.fraction() > limits.high_unusable_over {
            found.push((Risk::High, reason(limits.high_unusable_over)));
        } else if share.fraction() > limits.medium_unusable_over {
            found.push((Risk::Medium, reason(limits.medium_unusable_over)));
        }
    }
    let level = found.iter().map(|(level, _)| *level).max();
    let known = matches!(inputs.status, Status::Met | Status::OnTrack);
    match level {
        Some(level) => RiskByRule {
            level: Some(level),
            reasons: found
                .into_iter()
                .filter(|(of, _)| *of == level)
                .map(|(_, reason)| reason)
                .collect(),
        },
        None if known => RiskByRule {
            level: Some(Risk::Low),
            reasons: vec![Message::new("risk-reason-none")],
        },
        None => RiskByRule {
            level: None,
            reasons: vec![Message::new("risk-reason-unknown")],
        },
    }
}

fn status_reason(status: Status) -> Message {
    Message::new("risk-reason-status").with("status", status)
}

/// How programmes moved between two quarters: rows are the levels of the first quarter, columns those of the second,
/// in the order high, medium, low, not rated; each cell holds the programmes' ids in register order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The first quarter.
    pub from: Quarter,
    /// The second.
    pub to: Quarter,
    /// Which level was compared.
    pub basis: RiskBasis,
    /// Programmes by level then and level now.
    pub cells: [[Vec<String>; 4]; 4],
}

impl Migration {
    /// Programmes whose risk fell between two rated quarters.
    pub fn better(&self) -> usize {
        self.count(|from, to| from < 3 && to < 3 && to > from)
    }
    /// Programmes whose risk rose between two rated quarters.
    pub fn worse(&self) -> usize {
        self.count(|from, to| from < 3 && to < 3 && to < from)
    }
    /// Programmes rated alike in both.
    pub fn unchanged(&self) -> usize {
        self.count(|from, to| from < 3 && from == to)
    }
    fn count(&self, counts: impl Fn(usize, usize) -> bool) -> usize {
        let rows = self.cells.iter().enumerate();
        rows.flat_map(|(from, row)| row.iter().enumerate().map(move |(to, ids)| (from, to, ids)))
            .filter(|(from, to, _)| counts(*from, *to))
            .map(|(_, _, ids)| ids.len())
            .sum()
    }
}

fn place(level: Option<Risk>) -> usize {
    match level {
        Some(Risk::High) => 0,
        Some(Risk::Medium) => 1,
        Some(Risk::Low) => 2,
        None => 3,
    }
}

fn level_in(programme: &ProgrammeAssessment, quarter: Quarter, basis: RiskBasis) -> Option<Risk> {
    let point = programme
        .risk_history
        .iter()
        .find(|p| p.quarter == quarter)?;
    match basis {
        RiskBasis::Reported => point.reported,
        RiskBasis::Rule => point.by_rule,
    }
}

/// The migration between any two quarters of the programmes' history (the last twelve).
pub fn migration(
    programmes: &[ProgrammeAssessment],
    from: Quarter,
    to: Quarter,
    basis: RiskBasis,
) -> Migration {
    let mut cells: [[Vec<String>; 4]; 4] = Default::default();
    for programme in programmes {
        let row = place(level_in(programme, from, basis));
        let column = place(level_in(programme, to, basis));
        if let Some(cell) = cells.get_mut(row).and_then(|row| row.get_mut(column)) {
            cell.push(programme.id.clone());
        }
    }
    Migration {
        from,
        to,
        basis,
        cells,
    }
}

/// A programme that did not improve, with its levels, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotImproved {
    /// Programme id.
    pub programme: String,
    /// Levels of the four quarters, oldest first.
    pub levels: Vec<Risk>,
}

/// Programmes of high or medium risk in each of the four quarters up to this one, in none of them better than in the
/// quarter before (四季未改善). A quarter without a level says nothing, so the programme is not on the list.
pub fn not_improved(
    programmes: &[ProgrammeAssessment],
    quarter: Quarter,
    basis: RiskBasis,
) -> Vec<NotImproved> {
    programmes
        .iter()
        .filter_map(|programme| {
            let levels: Vec<Risk> = (0..QUARTERS_TO_IMPROVE)
                .rev()
                .filter_map(|back| {
                    let quarter = quarter.plus(-i32::try_from(back).ok()?);
                    level_in(programme, quarter, basis)
                })
                .collect();
            let stays = levels.len() == QUARTERS_TO_IMPROVE
                && levels.iter().all(|level| *level > Risk::Low)
                && levels.windows(2).all(|pair| pair[1] >= pair[0]);
            stays.then(|| NotImproved {
                programme: programme.id.clone(),
                levels,
            })
        })
        .collect()
}
