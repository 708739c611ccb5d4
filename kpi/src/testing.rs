//! Small makers of rows and registers for this package's tests.

use crate::address::SeriesId;
use crate::calendar::{Period, Quarter, end_of_day, parse_as_of};
use crate::indicator::{Combine, Direction, Frequency, Indicator, Kind, Road, Title};
use crate::money::{AmountKind, MoneyKey, MoneyLine, Span};
use crate::observation::{Act, Cause, Observation, Qualifier, Reading, Recorded, Stage};
use crate::register::{Programme, Register};
use crate::snapshot::Snapshot;
use crate::target::{Target, Trajectory};
use rust_decimal::Decimal;

pub fn series(text: &str) -> SeriesId {
    SeriesId::parse(text).unwrap()
}

pub fn quarter(text: &str) -> Quarter {
    Quarter::parse(text).unwrap()
}

pub fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

pub fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn recorded<T>(sequence: i64, period: Period, item: T) -> Recorded<T> {
    Recorded {
        sequence,
        recorded_at: end_of_day(period.end),
        run: None,
        actor: "lin".into(),
        identity: "demo".into(),
        reason: None,
        cause: Cause::Entry { evidence: None },
        act: Act::Record,
        intact: true,
        item,
    }
}

/// A reading entered by a person, true at the period's end.
pub fn row(sequence: i64, id: &str, at: &str, value: impl Into<Decimal>) -> Recorded<Observation> {
    let period = period(at);
    recorded(
        sequence,
        period,
        Observation {
            series: series(id),
            period,
            reading: Reading::Value(value.into()),
            printed: None,
            qualifier: Qualifier::Exact,
            stage: Stage::Final,
            unit: "count".into(),
            parts: None,
            observed_at: end_of_day(period.end),
            definition_version: 1,
        },
    )
}

/// An amount of a programme, year to date.
pub fn line(
    sequence: i64,
    programme: &str,
    kind: AmountKind,
    at: &str,
    amount_ntd: i64,
) -> Recorded<MoneyLine> {
    let period = period(at);
    recorded(
        sequence,
        period,
        MoneyLine {
            key: MoneyKey {
                plan: "dgp2".into(),
                programme: Some(programme.into()),
                agency: None,
                fiscal_year: period.quarter().year,
                span: Span::YearToDate,
                kind,
            },
            period,
            amount_ntd,
            printed: None,
        },
    )
}

/// A target of a period.
pub fn target(at: &str, value: &str) -> Target {
    Target {
        period: period(at),
        value: dec(value),
        upper: None,
        set_on: None,
        by: None,
        document: None,
    }
}

/// A quarterly count, more is better, due ten days after the quarter.
pub fn indicator(id: &str) -> Indicator {
    Indicator {
        series: series(id),
        title: Title::default(),
        unit: "count".into(),
        kind: Kind::Count,
        direction: Direction::Higher,
        baseline: None,
        targets: Vec::new(),
        trajectory: Trajectory::Step,
        combine: Combine::Last,
        weight: Decimal::ONE,
        responsible: None,
        verification: None,
        frequency: Frequency::Quarter,
        due_days: Some(10),
        max_age_days: None,
        road: Road::Entry,
        computed_from: None,
        definition_version: 1,
        valid_from: None,
        valid_to: None,
        note: None,
        remark: None,
        link: None,
        place: None,
        share: None,
        never_falls: false,
        invented: true,
    }
}

/// A programme of dgp2 with its indicators.
pub fn programme(id: &str, indicators: Vec<Indicator>) -> Programme {
    Programme {
        id: id.into(),
        plan: "dgp2".into(),
        node: "S1".into(),
        title: Title::default(),
        title_zh_basis: "translated".into(),
        lead: "NDC".into(),
        lead_basis: "named".into(),
        co_agencies: Vec::new(),
        control_level: None,
        place: None,
        indicators,
        tasks: Vec::new(),
        milestones: Vec::new(),
        narratives: Vec::new(),
        note: None,
        invented: true,
    }
}

/// What was known at the end of a day.
pub fn snapshot(
    as_of: &str,
    programmes: Vec<Programme>,
    observations: Vec<Recorded<Observation>>,
) -> Snapshot {
    Snapshot {
        as_of: parse_as_of(as_of).unwrap(),
        register: Register {
            programmes,
            ..Register::default()
        },
        observations,
        ..Snapshot::default()
    }
}
