//! From received text to a reading in the series' unit, exactly or not at all.

use crate::answer::{Context, Located, Lookup};
use crate::config::{Aggregate, Calendar, Map, Widen};
use crate::notice::quote;
use chrono::NaiveDate;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::{CalendarError, Period, end_of_day, taipei_day};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::number::parse_printed;
use quarterdeck_kpi::observation::{Observation, Parts, Qualifier, Reading};
use quarterdeck_kpi::text::clean;
use quarterdeck_kpi::text::fold_width;
use rust_decimal::Decimal;

/// Units a source may print in that are converted, with the power of ten and the register's unit.
pub const CONVERSIONS: [(&str, u32, &str); 5] = [
    ("ntd_thousand", 3, "ntd"),
    ("ntd_ten_thousand", 4, "ntd"),
    ("ntd_million", 6, "ntd"),
    ("ntd_hundred_million", 8, "ntd"),
    ("percent_fraction", 2, "percent"),
];

/// The first integer with more than 18 digits, the most a figure may have.
const BEYOND_DIGITS: u128 = 1_000_000_000_000_000_000;
/// Most decimals a figure may have.
const MOST_DECIMALS: u32 = 12;

/// A number read from text, in the series' unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// Exact value.
    pub value: Decimal,
    /// =, >, ...
    pub qualifier: Qualifier,
}

/// Text that is not a usable number, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// As received, cleaned.
    pub printed: String,
    /// Why.
    pub reason: Message,
}

/// How a source's unit becomes the register's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The register's unit.
    pub base: String,
    power: u32,
}

impl Unit {
    /// The unit a map prints in; without one the register's, else what the aggregate gives.
    pub fn of(map: &Map, known: &Lookup) -> Result<Unit, Message> {
        let registered = match known {
            Lookup::Known { unit, .. } => Some(unit.as_str()),
            Lookup::Unlisted | Lookup::UnknownScope => None,
        };
        let (base, power) = match map.unit.as_deref() {
            Some(written) => CONVERSIONS
                .iter()
                .find(|(name, _, _)| *name == written)
                .map_or((written, 0), |(_, power, base)| (*base, *power)),
            None => match map.aggregate {
                Some(Aggregate::Share) => ("percent", 0),
                _ => (registered.unwrap_or("count"), 0),
            },
        };
        match registered {
            Some(registered) if registered != base => Err(Message::new("source-unit-differs")
                .with("source", base)
                .with("register", registered)),
            _ => Ok(Unit {
                base: base.to_owned(),
                power,
            }),
        }
    }

    /// Reads a number as printed and converts it.
    pub fn read(&self, text: &str) -> Result<Number, Refused> {
        let refused = |reason| Refused {
            printed: printed(text),
            reason,
        };
        if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
            return Err(refused(Message::new("source-control-character")));
        }
        let read = parse_printed(text.trim()).map_err(|error| refused(error.into()))?;
        if read.percent && self.base != "percent" {
            return Err(refused(
                Message::new("source-percent-unexpected").with("unit", self.base.as_str()),
            ));
        }
        let power = if read.percent { 0 } else { self.power };
        if read.scaled && power > 0 {
            return Err(refused(Message::new("source-scale-twice")));
        }
        let value = times_power_of_ten(read.value, power)
            .filter(|value| is_within_limits(*value))
            .ok_or_else(|| refused(Message::new("source-number-too-large")))?;
        if self.base == "ntd" && self.power > 0 && !value.fract().is_zero() {
            return Err(refused(Message::new("source-not-whole-ntd")));
        }
        Ok(Number {
            value,
            qualifier: read.qualifier,
        })
    }
}

/// Received text as it is kept: cleaned, spaces around it removed, at most 200 characters.
pub fn printed(text: &str) -> String {
    clean(text.trim()).chars().take(200).collect()
}

/// `value` × 10^`power`, exact; `None` beyond 28 digits.
pub fn times_power_of_ten(value: Decimal, power: u32) -> Option<Decimal> {
    if power == 0 {
        return Some(value);
    }
    let scale = value.scale();
    if scale >= power {
        return Decimal::try_from_i128_with_scale(value.mantissa(), scale - power).ok();
    }
    let mantissa = value
        .mantissa()
        .checked_mul(10_i128.checked_pow(power - scale)?)?;
    Decimal::try_from_i128_with_scale(mantissa, 0).ok()
}

/// As many digits and decimals as a figure may have.
pub fn is_within_limits(value: Decimal) -> bool {
    value.scale() <= MOST_DECIMALS && value.mantissa().unsigned_abs() < BEYOND_DIGITS
}

/// Received text that stands for "no value".
pub fn is_blank(text: &str) -> bool {
    matches!(text.trim(), "" | "-" | "--" | "－" | "—" | "–")
}

/// A period as a source writes it, in the map's calendar, widened as the map says.
pub fn read_period(
    text: &str,
    calendar: Calendar,
    widen: Option<Widen>,
    today: NaiveDate,
) -> Result<Period, Message> {
    let folded = fold_width(text.trim());
    let said = || quote(text);
    let digits: String = folded.chars().take_while(char::is_ascii_digit).collect();
    match calendar {
        Calendar::Gregorian if (1..4).contains(&digits.len()) => {
            return Err(Message::new("source-year-not-gregorian").with("text", said()));
        }
        Calendar::Roc
            if digits.len() == 4 && folded.chars().nth(4).is_some_and(|c| !c.is_ascii_digit()) =>
        {
            return Err(Message::new("source-year-not-roc").with("text", said()));
        }
        _ => {}
    }
    let period = Period::parse(&folded)
        .map_err(|error| match error {
            CalendarError::NoSuchDay(_) => Message::new("source-no-such-day").with("text", said()),
            CalendarError::Unreadable(_) => {
                Message::new("source-period-unreadable").with("text", said())
            }
        })
        .and_then(|period| match chrono::Datelike::year(&period.end) {
            1900..=2200 => Ok(period),
            _ => Err(Message::new("source-period-unreadable").with("text", said())),
        })?;
    let period = match widen {
        None => period,
        Some(Widen::Day) => Period::day(period.end),
        Some(Widen::Month) => {
            use chrono::Datelike;
            Period::month(period.end.year(), period.end.month()).unwrap_or(period)
        }
        Some(Widen::Quarter) => period.quarter().period(),
        Some(Widen::Year) => Period::year(period.quarter().year),
    };
    if period.start > today {
        return Err(Message::new("source-period-future")
            .with("period", period)
            .with("today", today));
    }
    Ok(period)
}

/// How it is known that a value was true in the period it is filed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dated {
    /// The period was read from the data.
    Data,
    /// The map names it, or the question asked for it.
    Stated,
    /// Neither: it is the quarter that is collected, and the value may be that of another day.
    Nowhere,
}

/// What stands in a reading beside its value.
pub struct Place<'a> {
    /// Map it came by.
    pub map: &'a Map,
    /// Series.
    pub series: SeriesId,
    /// The register's word on it.
    pub known: &'a Lookup,
    /// Period.
    pub period: Period,
    /// How it is known that the value was true in that period.
    pub dated: Dated,
    /// Day of the data.
    pub data_day: Option<NaiveDate>,
    /// Where it stood.
    pub at: String,
}

/// A reading with its place.
pub fn locate(
    context: &Context<'_>,
    place: Place<'_>,
    outcome: Result<Number, Refused>,
    parts: Option<Parts>,
    received: Option<&str>,
) -> Located {
    let unit = Unit::of(place.map, place.known);
    let (reading, qualifier, kept) = match (outcome, &unit) {
        (Ok(number), Ok(_)) => {
            let canonical = number.value.to_string();
            let kept = received.map(printed).filter(|text| *text != canonical);
            (Reading::Value(number.value), number.qualifier, kept)
        }
        (Ok(number), Err(reason)) => (
            Reading::Rejected(reason.clone()),
            number.qualifier,
            Some(received.map_or_else(|| number.value.to_string(), printed)),
        ),
        (Err(refused), _) => (
            Reading::Rejected(refused.reason),
            Qualifier::Exact,
            Some(refused.printed).filter(|text| !text.is_empty()),
        ),
    };
    let (base, definition_version) = match (place.known, unit) {
        (
            Lookup::Known {
                unit,
                definition_version,
            },
            Err(_),
        ) => (unit.clone(), *definition_version),
        (
            Lookup::Known {
                definition_version, ..
            },
            Ok(unit),
        ) => (unit.base, *definition_version),
        (_, Ok(unit)) => (unit.base, 1),
        (_, Err(_)) => ("count".to_owned(), 1),
    };
    // Nobody can know when a value was true that came without a day: it was seen when it came.
    let observed_at = match (place.dated, place.data_day) {
        (Dated::Data, _) | (Dated::Stated, None) => end_of_day(place.period.end),
        (_, Some(day)) => end_of_day(day),
        (Dated::Nowhere, None) => context.fetched_at,
    };
    Located {
        observation: Observation {
            series: place.series,
            period: place.period,
            reading,
            printed: kept,
            qualifier,
            stage: place.map.stage.unwrap_or_default(),
            unit: base.into(),
            parts,
            observed_at: observed_at.min(context.fetched_at),
            definition_version,
        },
        at: place.at,
        span: place.map.span,
        undated: place.dated == Dated::Nowhere && place.data_day.is_none(),
    }
}

/// The day in Taipei the answer came.
pub fn today(context: &Context<'_>) -> NaiveDate {
    taipei_day(context.fetched_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_are_exact_or_refused() {
        let value: Decimal = "6261.7665".parse().unwrap();
        assert_eq!(
            times_power_of_ten(value, 3).unwrap().to_string(),
            "6261766.5"
        );
        let wide: Decimal = "7922816251426433759354395033.5".parse().unwrap();
        assert_eq!(times_power_of_ten(wide, 8), None);
        assert_eq!(
            times_power_of_ten("0.753".parse().unwrap(), 2)
                .unwrap()
                .to_string(),
            "75.3"
        );
    }

    #[test]
    fn periods_follow_the_calendar_and_never_lie_ahead() {
        let today = NaiveDate::from_ymd_opt(2025, 10, 20).unwrap();
        let read = |text: &str, calendar| read_period(text, calendar, None, today);
        assert_eq!(read("114Q3", Calendar::Roc).unwrap().to_string(), "2025Q3");
        assert_eq!(
            read("2024-Q1", Calendar::Gregorian).unwrap().to_string(),
            "2024Q1"
        );
        assert_eq!(
            read("114Q3", Calendar::Gregorian).unwrap_err().id,
            "source-year-not-gregorian"
        );
        assert_eq!(
            read("2025Q3", Calendar::Roc).unwrap_err().id,
            "source-year-not-roc"
        );
        assert_eq!(
            read("112/02/29", Calendar::Roc).unwrap_err().id,
            "source-no-such-day"
        );
        assert_eq!(
            read("2026Q1", Calendar::Auto).unwrap_err().id,
            "source-period-future"
        );
        assert_eq!(
            read("9999", Calendar::Auto).unwrap_err().id,
            "source-period-unreadable"
        );
        assert_eq!(
            read_period("1130924", Calendar::Roc, Some(Widen::Quarter), today)
                .unwrap()
                .to_string(),
            "2024Q3"
        );
    }
}
