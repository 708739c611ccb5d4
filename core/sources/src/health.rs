//! Kind `health`: whether a service answered, how fast, and how long its certificate lasts.
//!
//! A service that does not answer is data: its availability falls. Figures of a quarter count on
//! from what the source said last ([`Context::earlier`]), so that they are exact over restarts:
//! availability is the probes that found the service up out of all probes, latency the mean over
//! the probes that got a whole answer.

use crate::answer::{Context, Decoded, Earlier, Lookup, Refusal};
use crate::config::{Aggregate, Kind, Map, SourceConfig};
use crate::document::read_document;
use crate::figure::{Dated, Number, Place, Refused, locate};
use crate::finish::ratio;
use crate::notice::{Notices, quote, refuse};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::{Quarter, taipei_day};
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::{Parts, Qualifier};
use quarterdeck_kpi::source::{CERTIFICATE_SOON_DAYS, days_until};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// What a map may look at, with the unit that is meant where none is written.
pub const COLUMNS: [(&str, &str); 3] = [
    ("up", "percent"),
    ("elapsed_ms", "millisecond"),
    ("certificate_days_left", "day"),
];
/// Name and version of the record.
pub const SCHEMA: &str = "quarterdeck/probe/1";
/// Slower than this is no answer any more.
const LONGEST_MS: u32 = 600_000;

/// Table `[health]` of a source file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// Status codes of a service that is up; default 200.
    #[serde(default)]
    pub expect_status: Vec<u16>,
    /// Text that stands in the first 64 KiB of the answer of a service that is up.
    #[serde(default)]
    pub expect_text: Option<String>,
    /// An answer that takes longer is said to be slow, in milliseconds.
    #[serde(default)]
    pub slow_ms: Option<u32>,
    /// Another address, of somebody else: when neither answers it is our own network that is
    /// down, and the probe does not count.
    #[serde(default)]
    pub neutral_url: Option<String>,
}

/// One probe, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// [`SCHEMA`].
    pub schema: String,
    /// Address asked, without secrets.
    pub url: String,
    /// When.
    pub at: DateTime<Utc>,
    /// False when our own network was down.
    pub counted: bool,
    /// Expected status, whole beginning, expected text.
    pub up: bool,
    /// HTTP status, if one came.
    pub http_status: Option<u16>,
    /// Milliseconds to the head of the answer.
    pub head_ms: Option<u32>,
    /// Milliseconds to its end, or to the end of its first 64 KiB.
    pub elapsed_ms: Option<u32>,
    /// Whether the expected text was there; none when none is expected.
    pub text_found: Option<bool>,
    /// End of the certificate's validity.
    pub certificate_not_after: Option<DateTime<Utc>>,
    /// What was wrong, as the key of its sentence.
    pub trouble: Option<String>,
}

/// Decodes one probe.
pub fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
) -> Result<Decoded, Refusal> {
    let mut notices = Notices::default();
    let document = read_document(config, context, body, stored, &mut notices)?;
    let probe = serde_json::from_value::<Probe>(document.value)
        .ok()
        .filter(|probe| probe.schema == SCHEMA)
        .ok_or_else(|| {
            refuse(
                config,
                Message::new("source-health-record"),
                &document.start,
            )
        })?;
    let mut readings = Vec::new();
    for map in &config.maps {
        let unit = COLUMNS
            .iter()
            .find(|(name, _)| Some(*name) == map.column.as_deref())
            .map(|(_, unit)| (*unit).to_owned());
        let (Some(unit), Ok(series)) = (unit, SeriesId::parse(&map.series)) else {
            continue;
        };
        let known = (context.lookup)(&series);
        if known == Lookup::UnknownScope {
            let text = Message::new("source-rows-unknown-scope")
                .with("series", map.series.as_str())
                .with("rows", 1)
                .with("example", series.scope.as_str());
            let severity = Severity::Warning;
            notices.add_of_template("unknown-scope@1", severity, &map.series, config, text);
            continue;
        }
        let quarter = Quarter::containing(taipei_day(context.fetched_at));
        let period = quarter.period();
        let Some((outcome, parts)) =
            figure(map, &probe, context, (context.earlier)(&series, period))
        else {
            continue;
        };
        let mut map = map.clone();
        map.unit.get_or_insert(unit);
        let place = Place {
            series,
            known: &known,
            period,
            dated: Dated::Stated,
            data_day: None,
            at: trail(&map),
            map: &map,
        };
        readings.push(locate(context, place, outcome, parts, None));
    }
    notice(config, &probe, context, &mut notices);
    Ok(Decoded {
        readings,
        findings: notices.into_findings(),
        rows: 1,
        data_day: Some(taipei_day(context.fetched_at)),
        encoding: document.encoding,
        ..Decoded::default()
    })
}

fn trail(map: &Map) -> String {
    let mut text = format!("column={}", map.column.as_deref().unwrap_or_default());
    if let Some(aggregate) = map.aggregate {
        text.push_str(&format!("; aggregate={}", aggregate.id()));
    }
    text
}

type Figure = (Result<Number, Refused>, Option<Parts>);

/// The figure of a map after this probe; none when the probe says nothing about it.
fn figure(
    map: &Map,
    probe: &Probe,
    context: &Context<'_>,
    earlier: Option<Earlier>,
) -> Option<Figure> {
    let so_far = earlier.and_then(|earlier| earlier.parts).unwrap_or(Parts {
        numerator: Decimal::ZERO,
        denominator: Decimal::ZERO,
    });
    match (map.column.as_deref()?, map.aggregate) {
        ("up", _) => {
            let up = Decimal::from(u8::from(probe.up));
            probe
                .counted
                .then(|| counted_on(so_far, up, Decimal::ONE_HUNDRED))
        }
        ("elapsed_ms", Some(Aggregate::Max)) => {
            let now = Decimal::from(probe.elapsed_ms?);
            let most = earlier
                .and_then(|e| e.value)
                .map_or(now, |was| was.max(now));
            Some((exact(most), None))
        }
        ("elapsed_ms", Some(Aggregate::Last)) => {
            Some((exact(Decimal::from(probe.elapsed_ms?)), None))
        }
        ("elapsed_ms", _) => {
            let now = Decimal::from(probe.elapsed_ms?);
            Some(counted_on(so_far, now, Decimal::ONE))
        }
        _ => Some((exact(Decimal::from(days_left(probe, context)?)), None)),
    }
}

/// One more in the denominator, and what was found in the numerator.
fn counted_on(so_far: Parts, found: Decimal, factor: Decimal) -> Figure {
    let made = || {
        Some(Parts {
            numerator: so_far.numerator.checked_add(found)?,
            denominator: so_far.denominator.checked_add(Decimal::ONE)?,
        })
    };
    let parts = made();
    let value = parts.and_then(|parts| ratio(parts, factor));
    let outcome = match value {
        Some(value) => exact(value),
        None => Err(Refused {
            printed: String::new(),
            reason: Message::new("source-number-too-large"),
        }),
    };
    (outcome, parts)
}

fn exact(value: Decimal) -> Result<Number, Refused> {
    Ok(Number {
        value,
        qualifier: Qualifier::Exact,
    })
}

/// Whole days until the certificate ends; under zero when it has.
fn days_left(probe: &Probe, context: &Context<'_>) -> Option<i64> {
    Some(days_until(probe.certificate_not_after?, context.fetched_at))
}

fn notice(config: &SourceConfig, probe: &Probe, context: &Context<'_>, notices: &mut Notices) {
    let health = config.health.clone().unwrap_or_default();
    if probe.text_found == Some(false) {
        let wanted = health.expect_text.as_deref().unwrap_or_default();
        let text = Message::new("source-health-text-missing").with("text", quote(wanted));
        notices.add("service-text@1", Severity::Warning, None, config, text);
    }
    if let (Some(limit), Some(elapsed)) = (health.slow_ms, probe.elapsed_ms)
        && elapsed > limit
    {
        let text = Message::new("source-health-slow")
            .with("elapsed", elapsed)
            .with("limit", limit);
        notices.add("service-slow@1", Severity::Warning, None, config, text);
    }
    if let Some(days) = days_left(probe, context).filter(|days| *days < CERTIFICATE_SOON_DAYS) {
        let (id, severity) = match days < 0 {
            true => ("source-health-certificate-ended", Severity::Error),
            false => ("source-health-certificate-ends", Severity::Warning),
        };
        let text = Message::new(id).with("days", days.abs());
        notices.add("certificate-ends@1", severity, None, config, text);
    }
}

/// What is wrong with the table `[health]`.
pub(crate) fn check(config: &SourceConfig, out: &mut Vec<Message>) {
    if config.kind != Kind::Health {
        if config.health.is_some() {
            out.push(
                Message::new("source-table-other-kind")
                    .with("table", "health")
                    .with("kind", config.kind.id()),
            );
        }
        return;
    }
    let health = config.health.clone().unwrap_or_default();
    let mut bad = |key: &'static str, value: &str| {
        let message = Message::new("source-key-value").with("key", key);
        out.push(message.with("value", quote(value)));
    };
    if health
        .expect_status
        .iter()
        .any(|status| !(100..600).contains(status))
    {
        bad("expect_status", &format!("{:?}", health.expect_status));
    }
    if health.expect_text.as_deref().is_some_and(str::is_empty) {
        bad("expect_text", "");
    }
    if let Some(limit) = health.slow_ms.filter(|ms| *ms == 0 || *ms > LONGEST_MS) {
        bad("slow_ms", &limit.to_string());
    }
    if let Some(url) = &health.neutral_url
        && !url.starts_with("https://")
        && !url.starts_with("http://")
    {
        bad("neutral_url", url);
    }
    if !config.personal_fields.is_empty() {
        out.push(
            Message::new("source-key-not-for-kind")
                .with("key", "personal_fields")
                .with("kind", config.kind.id()),
        );
    }
}

/// What is wrong with a map of a health source.
pub(crate) fn check_map(config: &SourceConfig, map: &Map, out: &mut Vec<Message>) {
    let column = map.column.as_deref().unwrap_or_default();
    if !COLUMNS.iter().any(|(name, _)| *name == column) {
        out.push(
            Message::new("source-health-column")
                .with("column", quote(column))
                .with("known", COLUMNS.map(|(name, _)| name).join(" ")),
        );
    }
    let fits = match (column, map.aggregate) {
        (_, None) => true,
        ("elapsed_ms", Some(aggregate)) => matches!(
            aggregate,
            Aggregate::Mean | Aggregate::Max | Aggregate::Last
        ),
        ("certificate_days_left", Some(aggregate)) => aggregate == Aggregate::Last,
        _ => false,
    };
    if !fits {
        out.push(Message::new("source-health-aggregate").with("column", quote(column)));
    }
    let one_each = map.filter.is_empty() && map.group_by.is_none() && !map.series.contains('{');
    let own_period = map.period.is_none() && map.period_column.is_none();
    if !one_each || !own_period {
        out.push(Message::new("source-health-map"));
    }
    if column == "certificate_days_left"
        && config
            .url
            .as_deref()
            .is_some_and(|url| url.starts_with("http://"))
    {
        out.push(Message::new("source-health-no-certificate"));
    }
}
