//! How the invented programmes stand.

use super::control::{accounts, agencies, milestones, money_history, way_out};
use super::register::plain;
use super::{QUARTER, now};
use chrono::Duration;
use quarterdeck_kpi::address::{FigureAddress, SeriesId};
use quarterdeck_kpi::assess::{
    Assessment, DueEntry, Figure, IndicatorAssessment, Lagging, LaggingCondition, MoneyAssessment,
    Point, Portfolio, ProgrammeAssessment, ProgressBasis, Risk, TargetInForce, TaskState,
};
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::evm::evm;
use quarterdeck_kpi::exceptions::{Exception, Handled};
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::indicator::Indicator;
use quarterdeck_kpi::money::{Amounts, Ratio, Span};
use quarterdeck_kpi::observation::{Qualifier, Stage};
use quarterdeck_kpi::register::Programme;
use quarterdeck_kpi::risk::{RiskByRule, RiskPoint, RiskReported};
use quarterdeck_kpi::rules::{Comparison, Condition, Measure};
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_kpi::status::Status;
use quarterdeck_kpi::unknown_price::unknown_price;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// One invented programme: id, its indicators' (value, target, status), money in thousands, the rest.
struct Row {
    id: &'static str,
    status: Status,
    indicators: &'static [(i64, i64, Status)],
    /// Budget, planned, paid, payable, saved; thousand NT$.
    money: Option<[i64; 5]>,
    /// Planned and actual progress in hundredths of a percent.
    progress: Option<(i64, i64)>,
    risk: Option<Risk>,
    age: i64,
    history: [Status; 4],
}

use Status::{AtRisk, Behind, Late, Met, NoData, OnTrack, Rejected, Unknown};

const ROWS: [Row; 8] = [
    Row {
        id: "P01",
        status: OnTrack,
        indicators: &[(52_000, 50_000, Met)],
        money: Some([90_000, 56_200, 52_000, 1_500, 627]),
        progress: Some((7_000, 7_120)),
        risk: Some(Risk::Low),
        age: 2,
        history: [OnTrack, OnTrack, AtRisk, OnTrack],
    },
    Row {
        id: "P08",
        status: AtRisk,
        indicators: &[(17, 20, AtRisk)],
        money: Some([40_000, 26_900, 21_000, 1_500, 526]),
        progress: Some((6_000, 6_035)),
        risk: Some(Risk::Medium),
        age: 14,
        history: [OnTrack, OnTrack, AtRisk, AtRisk],
    },
    Row {
        id: "P12",
        status: Behind,
        indicators: &[(52, 60, AtRisk), (318, 520, Behind), (86, 80, Met)],
        money: Some([132_000, 97_680, 62_359, 5_176, 2_013]),
        progress: Some((7_000, 5_160)),
        risk: Some(Risk::High),
        age: 4,
        history: [OnTrack, AtRisk, Behind, Behind],
    },
    Row {
        id: "P14",
        status: Met,
        indicators: &[(420, 400, Met)],
        money: Some([16_200, 11_275, 11_016, 115, 45]),
        progress: Some((7_000, 7_420)),
        risk: Some(Risk::Low),
        age: 2,
        history: [Met, Met, Met, Met],
    },
    Row {
        id: "P20",
        status: Unknown,
        indicators: &[(0, 900, Late)],
        money: None,
        progress: None,
        risk: Some(Risk::Medium),
        age: 47,
        history: [OnTrack, OnTrack, OnTrack, Late],
    },
    Row {
        id: "P23",
        status: Unknown,
        indicators: &[(0, 6, NoData)],
        money: None,
        progress: None,
        risk: None,
        age: 92,
        history: [OnTrack, OnTrack, NoData, NoData],
    },
    Row {
        id: "P25",
        status: OnTrack,
        indicators: &[(23, 24, OnTrack)],
        money: Some([12_000, 8_600, 8_500, 200, 63]),
        progress: Some((7_000, 7_560)),
        risk: Some(Risk::Low),
        age: 4,
        history: [OnTrack, OnTrack, OnTrack, OnTrack],
    },
    Row {
        id: "P27",
        status: Unknown,
        indicators: &[(0, 12, Rejected)],
        money: Some([52_600, 37_200, 31_000, 2_000, 861]),
        progress: None,
        risk: Some(Risk::Medium),
        age: 3,
        history: [OnTrack, OnTrack, AtRisk, Rejected],
    },
];

pub(super) fn money(parts: Option<[i64; 5]>) -> MoneyAssessment {
    let Some([budget, planned, paid, payable, saved]) = parts.map(|p| p.map(|n| n * 1_000)) else {
        return MoneyAssessment::default();
    };
    let executed = paid + payable + saved;
    MoneyAssessment {
        amounts: Amounts {
            budget_ntd: Some(budget),
            allotted_ntd: Some(planned),
            paid_ntd: Some(paid),
            payable_ntd: Some(payable),
            saved_ntd: Some(saved),
            ..Amounts::default()
        },
        span: Some(Span::YearToDate),
        period: Some(QUARTER.period()),
        executed_ntd: Some(executed),
        planned_is_planned_spend: Some(false),
        execution_rate: Ratio::of(executed, planned),
        disbursement_ratio: Ratio::of(paid, planned),
        attainment: Ratio::of(executed, budget),
        ..MoneyAssessment::default()
    }
}

fn indicator(
    definition: &Indicator,
    (value, target, status): (i64, i64, Status),
    age: i64,
) -> IndicatorAssessment {
    let known = status.is_known();
    let (value, target) = (Decimal::from(value), Decimal::from(target));
    let replaced = definition.series.name == "trial-runs";
    let former = replaced.then(|| Decimal::from(600));
    IndicatorAssessment {
        series: definition.series.clone(),
        status,
        rule: match status {
            Rejected => plain("單位由「月」變「時」，整筆退回。"),
            _ => plain("higher@1"),
        },
        rule_id: "higher@1".to_owned(),
        figure: known.then(|| Figure {
            value,
            qualifier: Qualifier::Exact,
            stage: Stage::Final,
            period: QUARTER.period(),
            parts: None,
            observed_at: now() - Duration::days(age),
            recorded_at: now() - Duration::days(age),
            rows: vec![4],
            source: "entry".to_owned(),
            printed: None,
            corrected: replaced,
            definition_version: 1,
        }),
        rejected: (status == Rejected)
            .then(|| ("=HYPERLINK(1)".to_owned(), plain("單位由「月」變「時」"))),
        target: Some(TargetInForce {
            value: target,
            upper: None,
            period: Period::year(QUARTER.year),
            set_on: None,
            by: Some("NDC".to_owned()),
            document: None,
            former: former.map(|f| (f, None)),
        }),
        achievement: known.then(|| value / target),
        formula: known.then(|| plain("actual / target")),
        due_on: Some(QUARTER.end() + Duration::days(10)),
        age_days: known.then_some(age),
        history: (0..12)
            .map(|at| {
                let last = at == 11;
                Point {
                    quarter: QUARTER.plus(at - 11),
                    value: (known && at != 4)
                        .then(|| value * Decimal::from(at + 9) / Decimal::from(20)),
                    target: Some(target),
                    former_target: former.filter(|_| at < 8),
                    status: if last {
                        status
                    } else if at == 4 {
                        NoData
                    } else {
                        OnTrack
                    },
                    definition_break: false,
                    starts_again: false,
                }
            })
            .collect(),
    }
}

fn lagging(row: &Row, money: &MoneyAssessment) -> Lagging {
    let under = |measure, ratio: Option<Ratio>, text: &str| LaggingCondition {
        condition: Condition {
            measure,
            comparison: Comparison::Under,
            limit: Decimal::new(90, 2),
        },
        text: plain(text),
        value: ratio.map(Ratio::fraction6),
        parts: ratio,
        holds: ratio.map(|r| r.fraction() < Decimal::new(90, 2)),
    };
    Lagging {
        rule_id: "ndc-110q2".to_owned(),
        conditions: vec![
            under(
                Measure::DisbursementRatio,
                money.disbursement_ratio,
                "A / P < 90 %",
            ),
            under(Measure::ExecutionRate, money.execution_rate, "E / P < 90 %"),
        ],
        lagging: (row.money.is_some()).then_some(row.status == Behind),
        not_looked_at: None,
        way_out: (row.status == Behind).then(|| way_out(money)),
    }
}

fn programme(row: &Row, definition: &Programme) -> ProgrammeAssessment {
    let money = money(row.money);
    let cause = row.history[3];
    let indicators: Vec<IndicatorAssessment> = definition
        .indicators
        .iter()
        .zip(row.indicators)
        .map(|(definition, figures)| indicator(definition, *figures, row.age))
        .collect();
    let good = indicators
        .iter()
        .filter(|i| matches!(i.status, Met | OnTrack))
        .count();
    let of = indicators.len();
    let rule = match row.status {
        Behind => plain("worst-known@1：1項落後"),
        Unknown => plain("worst-known@1：已知權重不足一半"),
        _ => plain("worst-known@1：已知指標皆在門檻以上"),
    };
    let progress = row
        .progress
        .map(|(planned, actual)| (Decimal::new(planned, 2), Decimal::new(actual, 2)));
    ProgrammeAssessment {
        id: row.id.to_owned(),
        status: row.status,
        unknown_cause: (row.status == Unknown).then_some(cause),
        rule,
        rule_id: "worst-known@1".to_owned(),
        lagging: lagging(row, &money),
        accounts: accounts(row.money, &money),
        milestones: milestones(definition),
        weighted_progress: (!definition.milestones.is_empty())
            .then(|| (Decimal::from(70), Decimal::from(30))),
        good: (good, of),
        indicators,
        progress_basis: progress.map(|_| ProgressBasis::Reported),
        progress,
        variance_points: progress.map(|(planned, actual)| actual - planned),
        narrative: definition.narratives.first().cloned(),
        risk: row.risk,
        risk_reported: row.risk.map(|level| RiskReported {
            level,
            actor: "lin".to_owned(),
            source: None,
            reason: (level == Risk::High).then(|| "廠商履約爭議".to_owned()),
            recorded_at: now() - Duration::days(row.age),
            row: 7,
        }),
        risk_by_rule: RiskByRule {
            level: ruled(row.status),
            reasons: vec![plain("risk-default@1：依狀態")],
        },
        risk_history: (0..12)
            .map(|at| RiskPoint {
                quarter: QUARTER.plus(at - 11),
                reported: row.risk.map(|level| match at {
                    // P08 was graver a quarter ago.
                    10 if row.id == "P08" => Risk::High,
                    _ => level,
                }),
                by_rule: ruled(row.status),
            })
            .collect(),
        evm: evm(&money, progress),
        money,
        tasks: definition
            .tasks
            .iter()
            .map(|task| TaskState {
                id: task.id.clone(),
                done: task.id == "1",
                done_on: (task.id == "1").then(|| QUARTER.start()),
                row: None,
            })
            .collect(),
        history: (0..12)
            .map(|at: usize| {
                let status = match at.checked_sub(8) {
                    Some(last) => row.history.get(last).copied().unwrap_or(OnTrack),
                    None => OnTrack,
                };
                let back = i32::try_from(at).unwrap_or(0) - 11;
                (QUARTER.plus(back), status)
            })
            .collect(),
        oldest_days: Some(row.age),
    }
}

/// What the rule would say of a status alone.
fn ruled(status: Status) -> Option<Risk> {
    match status {
        Behind => Some(Risk::High),
        AtRisk => Some(Risk::Medium),
        Met | OnTrack => Some(Risk::Low),
        _ => None,
    }
}

fn portfolio(snapshot: &Snapshot, programmes: &[ProgrammeAssessment]) -> Portfolio {
    let mut counts: BTreeMap<Status, usize> = Status::ALL.into_iter().map(|s| (s, 0)).collect();
    for programme in programmes {
        *counts.entry(programme.status).or_default() += 1;
    }
    let trend = (0..12usize)
        .map(|at| {
            let mut then: BTreeMap<Status, usize> = BTreeMap::new();
            for programme in programmes {
                if let Some((_, status)) = programme.history.get(at) {
                    *then.entry(*status).or_default() += 1;
                }
            }
            (QUARTER.plus(i32::try_from(at).unwrap_or(0) - 11), then)
        })
        .collect();
    let mut sums = [0i64; 5];
    for row in &ROWS {
        for (sum, part) in sums.iter_mut().zip(row.money.unwrap_or_default()) {
            *sum += part;
        }
    }
    Portfolio {
        counts,
        money: money(Some(sums)),
        accounts: accounts(Some(sums), &money(Some(sums))),
        money_history: money_history(sums),
        variance: Some((Decimal::new(-240, 2), 5)),
        execution_rate_last_year: Some(Decimal::new(9101, 4)),
        disbursement_ratio_last_year: None,
        oldest_days: Some(92),
        trend,
        unknown_price: unknown_price(&snapshot.register, programmes),
        ..Portfolio::default()
    }
}

fn due(series: &str, agency: &str, row: Option<i64>, last: Option<i64>) -> DueEntry {
    DueEntry {
        series: SeriesId::parse(series).unwrap_or_else(|_| SeriesId::new("P00", "figure")),
        period: QUARTER.period(),
        agency: agency.to_owned(),
        due_on: Some(QUARTER.end() + Duration::days(10)),
        filled: row.is_some(),
        row,
        last: last.map(|v| (QUARTER.previous().period(), Decimal::from(v))),
    }
}

pub(super) fn assessment(snapshot: &Snapshot) -> Assessment {
    let programmes: Vec<ProgrammeAssessment> = ROWS
        .iter()
        .filter_map(|row| {
            snapshot
                .register
                .programme(row.id)
                .map(|definition| programme(row, definition))
        })
        .collect();
    let exception = |id: &str, status, ntd: i64, median, what: &str, why: &str| Exception {
        programme: id.to_owned(),
        status,
        at_stake_ntd: Some(ntd),
        at_stake_is_median: median,
        points_off: Decimal::TEN,
        quarters_old: 1,
        score: Decimal::from(ntd),
        what: plain(what),
        why: plain(why),
        reason: (id == "P12").then(|| "委外採購二度流標。".to_owned()),
        rule: match id {
            "P12" => "ndc-110q2".to_owned(),
            _ => "worst-known@1".to_owned(),
        },
        fingerprint: format!("{id}-1"),
        handled: (id == "P27").then(|| Handled {
            programme: id.to_owned(),
            quarter: QUARTER,
            fingerprint: format!("{id}-1"),
            reason: "已請主辦機關更正單位".to_owned(),
            actor: "lin".to_owned(),
            at: now() - Duration::days(1),
        }),
    };
    let figure = FigureAddress::parse("P12/online-share@2025Q3").ok();
    Assessment {
        quarter: QUARTER,
        as_of: now(),
        quarter_complete: true,
        running_day: None,
        portfolio: portfolio(snapshot, &programmes),
        nodes: Vec::new(),
        refused: BTreeMap::new(),
        agencies: agencies(&programmes),
        findings: vec![Finding::new(
            "printed-ratio@1",
            Severity::Warning,
            figure,
            None,
            plain("公布 4.70 %，依其分子分母 2.40 %。"),
        )],
        exceptions: vec![
            exception(
                "P12",
                Behind,
                28_132_000,
                false,
                "執行率 71.20 %，進度 −18.40 百分點",
                "NDC 110Q2 兩項皆符。",
            ),
            exception(
                "P08",
                AtRisk,
                3_874_000,
                false,
                "達成率 85.00 %",
                "higher@1",
            ),
            exception(
                "P20",
                Late,
                40_000_000,
                true,
                "47天無新資料，上限35天",
                "late@1",
            ),
            exception(
                "P27",
                Rejected,
                3_339_000,
                false,
                "單位由「月」變「時」",
                "rejected@1",
            ),
            exception("P23", NoData, 40_000_000, true, "兩季未填報", "no-data@1"),
        ],
        last_asked: None,
        due_entries: vec![
            due("P08/models", "MOI", None, Some(15)),
            due("P12/trial-runs", "MOF", Some(4), Some(290)),
            due("P12/satisfaction", "MOF", None, None),
            due("P23/projects", "NDC", None, Some(4)),
        ],
        programmes,
    }
}
