//! `qd sources --openmetrics`: the health of the sources for a monitoring system.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::watch::outlook;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::source::{Outcome, SourceState};
use std::fmt::Write;

/// One metric: its name, the unit that ends its name, and its value for a source.
struct Metric {
    name: &'static str,
    unit: Option<&'static str>,
    help: &'static str,
    value: fn(&Health<'_>) -> Option<i64>,
}

/// What the metrics are about.
struct Health<'a> {
    source: &'a SourceState,
    last_good: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
}

const METRICS: [Metric; 8] = [
    Metric {
        name: "quarterdeck_source_up",
        unit: None,
        help: "openmetrics-up",
        value: |health| {
            let last = health.source.attempts.first()?;
            Some(i64::from(matches!(
                last.outcome,
                Outcome::Good | Outcome::Partial
            )))
        },
    },
    Metric {
        name: "quarterdeck_source_last_attempt_timestamp_seconds",
        unit: Some("seconds"),
        help: "openmetrics-last-attempt",
        value: |health| Some(health.source.attempts.first()?.at.timestamp()),
    },
    Metric {
        name: "quarterdeck_source_last_success_timestamp_seconds",
        unit: Some("seconds"),
        help: "openmetrics-last-success",
        value: |health| Some(health.last_good?.timestamp()),
    },
    Metric {
        name: "quarterdeck_source_data_age_seconds",
        unit: Some("seconds"),
        help: "openmetrics-age",
        value: |health| Some((health.now - health.source.newest_data?).num_seconds()),
    },
    Metric {
        name: "quarterdeck_source_rows",
        unit: None,
        help: "openmetrics-rows",
        value: |health| i64::try_from(health.source.attempts.first()?.rows).ok(),
    },
    Metric {
        name: "quarterdeck_source_calls_left",
        unit: None,
        help: "openmetrics-calls-left",
        value: |health| health.source.calls_left_today.map(i64::from),
    },
    Metric {
        name: "quarterdeck_source_next_run_timestamp_seconds",
        unit: Some("seconds"),
        help: "openmetrics-next-run",
        value: |health| Some(health.source.next_run?.timestamp()),
    },
    Metric {
        name: "quarterdeck_source_certificate_end_timestamp_seconds",
        unit: Some("seconds"),
        help: "openmetrics-certificate",
        value: |health| Some(health.source.certificate_not_after()?.timestamp()),
    },
];

pub(super) fn run(context: &mut Context<'_>) -> Result<Exit, Failure> {
    let session = context.open()?;
    let snapshot = session.standing(None)?;
    let now = snapshot.as_of;
    let mut healths = Vec::new();
    for source in &snapshot.sources {
        let config = session
            .workspace()
            .sources
            .iter()
            .find(|c| c.id == source.id);
        let last_good = match (session.store(), config) {
            (Some(store), Some(config)) => {
                outlook(store, config, &store.holds(now)?, now)?.last_good
            }
            _ => None,
        };
        healths.push(Health {
            source,
            last_good,
            now,
        });
    }
    let mut text = String::new();
    for metric in &METRICS {
        let help = context.word(metric.help);
        write_metric(&mut text, metric, &help, &healths);
    }
    text.push_str("# EOF\n");
    context.bytes(text.as_bytes())?;
    Ok(Exit::Done)
}

/// One metric family. A source without a value has no line: unknown is not zero.
fn write_metric(text: &mut String, metric: &Metric, help: &str, healths: &[Health<'_>]) {
    let name = metric.name;
    // Writing to a text cannot fail.
    let _ = writeln!(text, "# TYPE {name} gauge");
    if let Some(unit) = metric.unit {
        let _ = writeln!(text, "# UNIT {name} {unit}");
    }
    let _ = writeln!(text, "# HELP {name} {}", escaped(help));
    for health in healths {
        if let Some(value) = (metric.value)(health) {
            let (source, kind) = (&health.source.id, &health.source.kind);
            let _ = writeln!(
                text,
                "{name}{{source=\"{}\",kind=\"{}\"}} {value}",
                escaped(source),
                escaped(kind)
            );
        }
    }
}

/// As the format wants it inside quotes and in a help line.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_values_are_escaped() {
        assert_eq!(escaped("a\\b\"c\nd"), r#"a\\b\"c\nd"#);
    }
}
