//! Samples of metrics, as Prometheus and a service's own `/metrics` print them.

use crate::config::{Map, SourceConfig};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::calendar::TAIPEI;
use quarterdeck_kpi::number::{MAX_SCALE, NumberError, parse_printed};
use rust_decimal::{Decimal, RoundingStrategy};
use std::borrow::Cow;

/// Column of a sample's number.
pub const VALUE: &str = "value";
/// Column of the moment a sample was taken, in Taipei: `2025-09-30 23:59:00`.
pub const TIMESTAMP: &str = "timestamp";
/// Most samples that Prometheus gives of one series.
pub const MOST_POINTS: i64 = 11_000;

/// A sample's number, ready for a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number<'a> {
    /// As printed; rounded where a binary float prints more decimals than a figure can have; empty
    /// for NaN and the infinities, which are no data.
    pub text: Cow<'a, str>,
    /// It was rounded.
    pub is_rounded: bool,
}

/// Reads the number of a sample. What is no number stays as it is, so that it is refused by name.
pub fn number(text: &str) -> Number<'_> {
    let as_is = |text| Number {
        text: Cow::Borrowed(text),
        is_rounded: false,
    };
    match parse_printed(text) {
        Err(NumberError::NoValue(_)) => as_is(""),
        Err(NumberError::Decimals(_)) => {
            let value = if text.contains(['e', 'E']) {
                Decimal::from_scientific(text)
            } else {
                text.parse()
            };
            let rounding = RoundingStrategy::MidpointAwayFromZero;
            let rounded = value.map(|v| v.round_dp_with_strategy(MAX_SCALE, rounding).normalize());
            match rounded {
                // What would become 0 by rounding is refused instead: it is not 0.
                Ok(value) if !value.is_zero() => Number {
                    text: Cow::Owned(value.to_string()),
                    is_rounded: true,
                },
                _ => as_is(text),
            }
        }
        _ => as_is(text),
    }
}

/// A moment as a cell; empty where there is no such moment.
pub fn moment(seconds: i64) -> String {
    DateTime::<Utc>::from_timestamp(seconds, 0)
        .map(|moment| moment.with_timezone(&TAIPEI))
        .map(|moment| moment.format("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_default()
}

/// The same source with these maps only, each with the column that samples have.
pub fn with_maps<'a>(
    config: &SourceConfig,
    maps: impl IntoIterator<Item = &'a Map>,
) -> SourceConfig {
    let maps = maps.into_iter().cloned().map(|mut map| {
        map.column.get_or_insert_with(|| VALUE.to_owned());
        map
    });
    SourceConfig {
        maps: maps.collect(),
        ..config.clone()
    }
}

/// Seconds of a distance between samples: `30s`, `15m`, `1h`, `1d`.
pub fn step_seconds(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let count: i64 = digits.parse().ok().filter(|count| *count > 0)?;
    count.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_kept_or_rounded_and_nan_is_nothing() {
        let read = |text: &'static str| (number(text).text.into_owned(), number(text).is_rounded);
        assert_eq!(read("53318"), ("53318".into(), false));
        assert_eq!(read("1.5e+06"), ("1.5e+06".into(), false));
        assert_eq!(
            read("0.016666666666666666"),
            ("0.016666666667".into(), true)
        );
        assert_eq!(
            read("1.6666666666666667e-05"),
            ("0.000016666667".into(), true)
        );
        assert_eq!(read("1e-30"), ("1e-30".into(), false));
        for nothing in ["NaN", "+Inf", "-Inf", "Inf"] {
            assert_eq!(read(nothing), (String::new(), false));
        }
    }

    #[test]
    fn steps_and_moments() {
        assert_eq!(step_seconds("15m"), Some(900));
        for wrong in [
            "",
            "h",
            "0s",
            "1.5h",
            "-1h",
            "1w",
            "１h",
            "99999999999999999d",
        ] {
            assert_eq!(step_seconds(wrong), None, "{wrong}");
        }
        assert_eq!(moment(1_759_247_999), "2025-09-30 23:59:59");
        assert_eq!(moment(i64::MAX), "");
    }
}
