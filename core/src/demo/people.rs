//! What the demo's person enters: the rows without a portal, done tasks, and one correction.

use super::figures::Figures;
use crate::failure::Failure;
use chrono::{DateTime, Duration, Utc};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::{Period, Quarter, end_of_day};
use quarterdeck_kpi::indicator::{Frequency, Road};
use quarterdeck_kpi::observation::{Act, Cause, Observation, Qualifier, Reading, Stage};
use quarterdeck_kpi::register::Register;
use quarterdeck_store::{Batch, HumanAct, NewRow, Store};
use serde_json::json;

/// Id of the demo's person in `register/people.toml`.
pub const PERSON: &str = "demo";

/// Days after a quarter's end on which people enter their figures.
const ENTRY_DAYS: i64 = 8;
/// The programme whose figures stop being entered: nothing from this quarter on.
const MISSING: (&str, Quarter) = (
    "P23",
    Quarter {
        year: 2025,
        number: 3,
    },
);
/// The programme that executes more than was planned.
const CONFIRMED: &str = "P25";
/// A corrected figure: its quarter and the value it is corrected to.
pub type Corrected = (&'static str, Quarter, &'static str);

/// Corrected while its quarter was open.
pub const CORRECTED: Corrected = (
    "P05/guided-examples-total",
    Quarter {
        year: 2024,
        number: 2,
    },
    "43",
);
/// Corrected after its quarter was published.
pub const RESTATED: Corrected = ("P24/trained", super::PUBLISHED, "17280");

fn batch(
    at: DateTime<Utc>,
    reason: Option<String>,
    observations: Vec<NewRow<Observation>>,
) -> Batch {
    Batch {
        run: None,
        recorded_at: at,
        actor: PERSON.to_owned(),
        identity: "demo".to_owned(),
        reason,
        observations,
        money: Vec::new(),
        findings: Vec::new(),
        attempt: None,
    }
}

fn observation(series: SeriesId, period: Period, value: Decimal, unit: &str) -> Observation {
    Observation {
        series,
        period,
        reading: Reading::Value(value),
        printed: None,
        qualifier: Qualifier::Exact,
        stage: Stage::Final,
        unit: unit.into(),
        parts: None,
        observed_at: end_of_day(period.end),
        definition_version: 1,
    }
}

/// Enters a quarter's figures and the tasks done in it.
pub fn enter(
    store: &mut Store,
    register: &Register,
    figures: &Figures,
    quarter: Quarter,
    first: Quarter,
) -> Result<(), Failure> {
    let at = end_of_day(quarter.end()) + Duration::days(ENTRY_DAYS) - Duration::hours(14);
    let entry = |item| NewRow {
        item,
        cause: Cause::Entry { evidence: None },
        act: Act::Record,
        undated: false,
    };
    let mut rows = Vec::new();
    for reading in figures.by_road(quarter, "entry") {
        let Ok(series) = SeriesId::parse(&reading.series) else {
            continue;
        };
        let Some(indicator) = register.indicators().find(|i| i.series == series) else {
            continue;
        };
        let period = match indicator.frequency {
            Frequency::Year => Period::year(quarter.year),
            Frequency::Half => {
                Period::half(quarter.year, quarter.number.div_ceil(2)).unwrap_or(quarter.period())
            }
            _ => quarter.period(),
        };
        if let Ok(value) = reading.value.parse() {
            let mut item = observation(series, period, value, &indicator.unit);
            item.definition_version = indicator.definition_version;
            rows.push(entry(item));
        }
    }
    let (columns, money) = figures.money(quarter);
    let progress = columns.iter().position(|c| c == "actual_progress");
    for programme in &register.programmes {
        let silent = programme.id == MISSING.0 && quarter >= MISSING.1;
        for indicator in programme
            .indicators
            .iter()
            .filter(|i| i.road == Road::Entry && i.series.name == "reported-progress" && !silent)
        {
            let value = money
                .iter()
                .find(|row| row.first() == Some(&programme.id))
                .and_then(|row| row.get(progress?)?.parse().ok());
            if let Some(value) = value {
                rows.push(entry(observation(
                    indicator.series.clone(),
                    quarter.period(),
                    value,
                    &indicator.unit,
                )));
            }
        }
        // One printed task a year is done, so that the checklists show both states.
        for (number, task) in programme.tasks.iter().enumerate() {
            let done_in = i32::try_from(number).unwrap_or(i32::MAX / 8) * 5 + 4;
            if quarter.ordinal() - first.ordinal() == done_in {
                let series = SeriesId::new(&programme.id, "task").part(&task.id);
                rows.push(entry(observation(
                    series,
                    quarter.period(),
                    Decimal::ONE,
                    "done",
                )));
            }
        }
    }
    for milestone in super::workspace::milestones().map_err(Failure::nothing)? {
        let Some(done) = milestone
            .done
            .filter(|day| Quarter::containing(*day) == quarter)
        else {
            continue;
        };
        // The proof is a text that says it is invented.
        let evidence = match &milestone.evidence {
            Some(name) => Some((
                store.put_evidence(name, figures.words.evidence.as_bytes())?,
                name.clone(),
            )),
            None => None,
        };
        let series = SeriesId::new(&milestone.programme, "milestone").part(&milestone.id);
        rows.push(NewRow {
            item: observation(series, Period::day(done), Decimal::ONE, "done"),
            cause: Cause::Entry { evidence },
            act: Act::Record,
            undated: false,
        });
    }
    // Above 100 % was confirmed every quarter but the last, which still asks for it.
    if quarter < super::QUARTERS.1 {
        let series = SeriesId::new(CONFIRMED, "confirm").part("execution_rate");
        rows.push(entry(observation(
            series,
            quarter.period(),
            Decimal::ONE,
            "done",
        )));
    }
    let series: Vec<String> = rows.iter().map(|row| row.item.series.to_string()).collect();
    store.record_act(&batch(at, None, rows), |recording| HumanAct {
        at,
        actor: PERSON.to_owned(),
        identity: "demo".to_owned(),
        kind: "enter".to_owned(),
        subject: quarter.to_string(),
        detail_json: json!({"series": series, "sequences": recording.sequences}).to_string(),
    })?;
    Ok(())
}

/// The programme whose lead rates its risk lower than the figures say, and the level (2: medium).
const RATED: (&str, i64) = ("P26", 2);

/// Rates the risk of one programme by hand, after its portal did.
pub fn rate(
    store: &mut Store,
    quarter: Quarter,
    at: DateTime<Utc>,
    reason: &str,
) -> Result<(), Failure> {
    let series = SeriesId::new(RATED.0, "risk");
    let row = NewRow {
        item: observation(series.clone(), quarter.period(), RATED.1.into(), "risk"),
        cause: Cause::Entry { evidence: None },
        act: Act::Record,
        undated: false,
    };
    store.record_act(
        &batch(at, Some(reason.to_owned()), vec![row]),
        |recording| HumanAct {
            at,
            actor: PERSON.to_owned(),
            identity: "demo".to_owned(),
            kind: "enter".to_owned(),
            subject: series.clone().at(quarter.period()).to_string(),
            detail_json: json!({"sequences": recording.sequences, "reason": reason}).to_string(),
        },
    )?;
    Ok(())
}

/// Corrects a figure, with its reason; the former value stays on record.
pub fn correct(
    store: &mut Store,
    register: &Register,
    at: DateTime<Utc>,
    (series, quarter, value): Corrected,
    reason: &str,
) -> Result<(), Failure> {
    let rows = store.rows_as_of(at)?;
    let wanted = SeriesId::parse(series).ok();
    let found = rows.observations.iter().rev().find(|row| {
        Some(&row.item.series) == wanted.as_ref() && row.item.period == quarter.period()
    });
    let Some(row) = found else { return Ok(()) };
    let unit = register
        .indicators()
        .find(|i| i.series == row.item.series)
        .map_or(row.item.unit.as_str(), |i| i.unit.as_str())
        .to_owned();
    let value = value.parse().unwrap_or_default();
    let corrected = NewRow {
        item: observation(row.item.series.clone(), row.item.period, value, &unit),
        cause: Cause::Entry { evidence: None },
        act: Act::Correct(row.sequence),
        undated: false,
    };
    let corrects = row.sequence;
    store.record_act(
        &batch(at, Some(reason.to_owned()), vec![corrected]),
        |recording| HumanAct {
            at,
            actor: PERSON.to_owned(),
            identity: "demo".to_owned(),
            kind: "correct".to_owned(),
            subject: series.to_owned(),
            detail_json: json!({"sequences": recording.sequences, "corrects": corrects})
                .to_string(),
        },
    )?;
    Ok(())
}
