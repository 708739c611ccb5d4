//! When a figure was seen: a value that names no day, read after its quarter's end, may be that of a later day.

use crate::assess::reading::Index;
use crate::assess::{Assessment, Figure};
use crate::calendar::Quarter;
use crate::finding::{Finding, Severity};
use crate::indicator::Indicator;
use crate::message::Message;
use crate::observation::{Cause, Observation, Recorded};
use crate::rules::Quality;
use std::collections::BTreeMap;

/// Of one source: how many values, and the longest time after the end of a period.
#[derive(Default)]
struct Seen {
    values: usize,
    days: i64,
}

/// One finding a source, for it is the source that is changed.
pub(super) fn check(
    assessed: &Assessment,
    quarter: Quarter,
    index: &Index<'_>,
    quality: &Quality,
    raised: &mut Vec<Finding>,
) {
    let programmes = assessed.programmes.iter().flat_map(|p| &p.indicators);
    let nodes = assessed.nodes.iter().flat_map(|n| &n.indicators);
    let mut sources: BTreeMap<&str, Seen> = BTreeMap::new();
    for found in programmes.chain(nodes) {
        let (Some(indicator), Some(figure)) = (index.indicators.get(&found.series), &found.figure)
        else {
            continue;
        };
        // What stands on from an earlier quarter was looked at then.
        if figure.period.quarter() != quarter {
            continue;
        }
        for (source, days) in rows(indicator, figure, index).filter_map(days_after) {
            let seen = sources.entry(source).or_default();
            seen.values += 1;
            seen.days = seen.days.max(days);
        }
    }
    let limit = i64::from(quality.observed_after_days);
    for (source, seen) in sources {
        // What has to be accepted by name says nothing that changes with every reading.
        let (severity, text) = if limit > 0 && seen.days > limit {
            let text = Message::new("finding-observed-late").with("limit", limit);
            (Severity::Warning, text)
        } else {
            let text = Message::new("finding-observed-after").with("days", seen.days);
            (Severity::Info, text)
        };
        let text = text
            .with("source", source)
            .with("values", seen.values)
            .with("end", quarter.end());
        raised.push(Finding::new(
            "observed-after@1",
            severity,
            None,
            Some(source),
            text,
        ));
    }
}

/// The readings a figure rests on, those of its numerator and denominator included.
fn rows<'a>(
    indicator: &'a Indicator,
    figure: &'a Figure,
    index: &'a Index<'_>,
) -> impl Iterator<Item = &'a Recorded<Observation>> {
    let parts = indicator.computed_from.iter();
    std::iter::once(&indicator.series)
        .chain(parts.flat_map(|(over, under)| [over, under]))
        .flat_map(|series| index.figures.of(series))
        .filter_map(|known| known.good)
        .filter(|row| figure.rows.contains(&row.sequence))
}

/// The source of a reading that was seen after its period, and how many days after.
fn days_after(row: &Recorded<Observation>) -> Option<(&str, i64)> {
    let Cause::Capture { source, .. } = &row.cause else {
        return None;
    };
    let days = row.item.days_after_period();
    (days > 0).then_some((source.as_str(), days))
}
