//! Money of both accumulations, milestones and a way out, made from the sample's figures.

use super::QUARTER;
use super::figures;
use super::register::plain;
use chrono::Duration;
use quarterdeck_kpi::assess::{
    Accounts, AgencyAssessment, MilestonePlanned, MilestoneState, MoneyAssessment, MoneyPoint,
    ProgrammeAssessment, Timeliness, WayOut,
};
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::money::{Amounts, Ratio, Span};
use quarterdeck_kpi::register::Programme;
use quarterdeck_kpi::rules::Measure;
use rust_decimal::Decimal;

/// Money the same quarter last year and since the beginning, made from this year's.
pub(super) fn accounts(parts: Option<[i64; 5]>, money: &MoneyAssessment) -> Accounts {
    let scaled = |percent: i64, span: Span| {
        let parts = parts.map(|[budget, planned, paid, payable, saved]| {
            [
                budget * 3,
                planned * 3,
                paid * percent / 33,
                payable * 3,
                saved * 3,
            ]
        });
        MoneyAssessment {
            span: parts.map(|_| span),
            ..figures::money(parts)
        }
    };
    Accounts {
        year_to_date: money.clone(),
        since_beginning: scaled(102, Span::SinceBeginning),
        last_year: scaled(97, Span::YearToDate),
    }
}

pub(super) fn way_out(money: &MoneyAssessment) -> WayOut {
    WayOut {
        by: QUARTER.plus(1),
        new_year: false,
        measure: Some(Measure::ExecutionRate),
        execute_ntd: Some(18_364_000),
        base_ntd: money.amounts.allotted_ntd,
        base_assumed: None,
        progress_percent: Some(Decimal::from(100)),
        progress_points: Some(Decimal::new(4840, 2)),
        progress_assumed: None,
        sentences: vec![
            plain("至114.12.31前再執行18,364,000元，執行率即達90.00 %。"),
            plain("或至114.12.31前實際累計進度達100 %，尚差+48.40百分點。"),
        ],
    }
}

/// One of each kind: done early, late, done late after a re-plan, still open.
pub(super) fn milestones(definition: &Programme) -> Vec<MilestoneState> {
    let ways = [
        (Timeliness::Done, Some(-20), Some(-80)),
        (Timeliness::Late, Some(45), None),
        (Timeliness::DoneLate, Some(12), Some(-30)),
        (Timeliness::Open, None, None),
    ];
    definition
        .milestones
        .iter()
        .zip(ways)
        .map(|(milestone, (timeliness, days_late, done))| {
            let (plan, former) = milestone
                .plans
                .split_last()
                .map_or_else(Default::default, |(last, before)| {
                    (Some(last.clone()), before.to_vec())
                });
            MilestoneState {
                id: milestone.id.clone(),
                weight: milestone.weight,
                plan: plan.unwrap_or(MilestonePlanned {
                    planned: QUARTER.end(),
                    set_on: None,
                    by: None,
                    document: None,
                }),
                former,
                done_on: done.map(|days| QUARTER.end() + Duration::days(days)),
                done_within: false,
                days_late,
                timeliness,
                evidence: done.map(|_| "minutes.pdf".to_owned()),
                row: None,
                partial: None,
            }
        })
        .collect()
}

/// The year before and this one, each adding up through its quarters.
pub(super) fn money_history([_, planned, paid, payable, saved]: [i64; 5]) -> Vec<MoneyPoint> {
    let executed = (paid + payable + saved) * 1_000;
    (0..8)
        .map(|at| {
            let quarter = QUARTER.plus(at - 7);
            let part = |amount: i64| amount * i64::from(quarter.number) / 3;
            MoneyPoint {
                quarter,
                planned_ntd: Some(part(planned * 1_000)),
                executed_ntd: Some(part(executed) * (97 + i64::from(at)) / 104),
                covers: 6,
            }
        })
        .collect()
}

/// Agencies with the money of the one programme they lead here, one whose amounts nobody knows, and an old plan's.
pub(super) fn agencies(programmes: &[ProgrammeAssessment]) -> Vec<AgencyAssessment> {
    let of = |id: &str, programme: &str| {
        let found = programmes.iter().find(|p| p.id == programme);
        AgencyAssessment {
            id: id.to_owned(),
            scope: format!("agency:{id}"),
            plan: "dgp2".to_owned(),
            money: found.map_or_else(Default::default, |p| p.money.clone()),
            accounts: found.map_or_else(Default::default, |p| p.accounts.clone()),
            programmes: vec![programme.to_owned()],
        }
    };
    let old = MoneyAssessment {
        amounts: Amounts {
            budget_ntd: Some(692_426_000),
            settled_ntd: Some(692_332_000),
            ..Amounts::default()
        },
        span: Some(Span::SinceBeginning),
        period: Some(Period::year(2020)),
        settlement_ratio: Ratio::of(692_332_000_i64, 692_426_000_i64),
        ..MoneyAssessment::default()
    };
    vec![
        AgencyAssessment {
            id: "MOF".to_owned(),
            scope: "plan:dgp1.agency:MOF".to_owned(),
            plan: "dgp1".to_owned(),
            accounts: Accounts {
                since_beginning: old.clone(),
                ..Accounts::default()
            },
            money: old,
            programmes: Vec::new(),
        },
        of("MOF", "P12"),
        of("NDC", "P01"),
        of("MOI", "P08"),
        of("MOHW", "P20"),
    ]
}
