//! Cells: what stands in them, where they stand, and their figures with every digit.

use crate::figure::times_power_of_ten;
use chrono::{Days, NaiveDate};
use quarterdeck_kpi::number::MAX_SCALE;
use rust_decimal::{Decimal, RoundingStrategy};
use std::str::FromStr;

/// Rows of the largest sheet that either format knows.
pub(crate) const MAX_ROW: u32 = 1_048_576;
/// Columns of the largest sheet that spreadsheet programs write.
pub(crate) const MAX_COLUMN: u32 = 16_384;
/// Digits that a spreadsheet program keeps; what follows them is noise of its arithmetic.
const KEPT_DIGITS: usize = 15;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text, a figure, a day or a truth value, as a table reads it.
    Text(String),
    /// A figure with more decimals than a figure may have, rounded.
    Rounded(String),
    /// An error that the spreadsheet program left, for example `#DIV/0!`.
    Error(String),
    /// A formula whose result was never stored.
    Uncalculated,
}

/// A cell with content; rows and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Column, from 1.
    pub column: u32,
    /// What stands in it.
    pub value: Value,
    /// Rows and columns it is merged over, 1 and 1 when it is not.
    pub spans: (u32, u32),
}

impl Cell {
    /// The text of the cell; none for a formula without a result.
    pub fn text(&self) -> &str {
        match &self.value {
            Value::Text(text) | Value::Rounded(text) | Value::Error(text) => text,
            Value::Uncalculated => "",
        }
    }
}

/// `F12` for column 6 of row 12.
pub fn name(column: u32, row: u32) -> String {
    format!("{}{row}", letters(column))
}

/// `F` for column 6.
pub(crate) fn letters(column: u32) -> String {
    let mut out = Vec::new();
    let mut rest = column;
    while rest > 0 {
        rest -= 1;
        out.push(char::from(
            b'A' + u8::try_from(rest % 26).unwrap_or_default(),
        ));
        rest /= 26;
    }
    out.iter().rev().collect()
}

/// Column and row of `F12`; the row is left out in `F`. `None` for what is no place of a sheet.
pub(crate) fn place(text: &str) -> Option<(u32, Option<u32>)> {
    let text = text.trim();
    let digits = text
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(text.len());
    let (letters, row) = text.split_at(digits);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut column = 0_u32;
    for letter in letters.bytes() {
        let letter = letter.to_ascii_uppercase();
        if !letter.is_ascii_uppercase() {
            return None;
        }
        column = column * 26 + u32::from(letter - b'A') + 1;
    }
    let row = match row {
        "" => None,
        row => Some(row.parse().ok().filter(|row| (1..=MAX_ROW).contains(row))?),
    };
    (column <= MAX_COLUMN).then_some((column, row))
}

/// A number as a sheet's file holds it, as text without an exponent. A fraction with more digits
/// than spreadsheet programs keep is the shortest one that means the same number to them
/// (`0.75300000000000002` is 0.753). `None` when it is no number.
fn plain(raw: &str) -> Option<String> {
    let raw = raw.trim();
    let (mantissa, exponent) = match raw.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (raw, None),
    };
    let unsigned = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let is_number = raw.len() <= 400
        && (!whole.is_empty() || !fraction.is_empty())
        && is_digits(whole)
        && is_digits(fraction)
        && exponent.is_none_or(|e| {
            let e = e.strip_prefix(['-', '+']).unwrap_or(e);
            !e.is_empty() && e.len() <= 4 && is_digits(e)
        });
    if !is_number {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0').trim_end_matches('0').len();
    if exponent.is_none() && (fraction.is_empty() || significant <= KEPT_DIGITS) {
        return Some(raw.to_owned());
    }
    if significant > KEPT_DIGITS {
        // The shortest text that reads back as the same number; no arithmetic is done with it.
        let number: f64 = raw.parse().ok()?;
        return number.is_finite().then(|| number.to_string());
    }
    Some(Decimal::from_scientific(raw).map_or_else(|_| raw.to_owned(), |value| value.to_string()))
}

/// A number of a sheet; `is_percent` when it is shown with a percent sign (0.753 is shown 75.3%).
pub(crate) fn number(raw: &str, is_percent: bool) -> Value {
    let Some(text) = plain(raw) else {
        return Value::Text(raw.to_owned());
    };
    let sign = if is_percent { "%" } else { "" };
    let read = Decimal::from_str(&text)
        .ok()
        .and_then(|value| times_power_of_ten(value, if is_percent { 2 } else { 0 }));
    let Some(value) = read else {
        // It has more digits than any figure may have: whoever reads it says so.
        return Value::Text(text);
    };
    if value.normalize().scale() > MAX_SCALE {
        let away = RoundingStrategy::MidpointAwayFromZero;
        let rounded = value.round_dp_with_strategy(MAX_SCALE, away).normalize();
        return Value::Rounded(format!("{rounded}{sign}"));
    }
    if is_percent {
        return Value::Text(format!("{}%", value.normalize()));
    }
    Value::Text(text)
}

/// A serial number of a day as text: `2025-09-30`, with the time of day where there is one.
/// 1900-02-29, which only spreadsheet programs know, is no day.
pub(crate) fn day(raw: &str, is_1904: bool) -> Value {
    let Some(serial) = plain(raw).and_then(|text| Decimal::from_str(&text).ok()) else {
        return Value::Text(raw.to_owned());
    };
    let whole = serial.trunc();
    let Some(count) = u64::try_from(whole).ok().filter(|days| *days < 3_000_000) else {
        return number(raw, false);
    };
    let origin = match (is_1904, count) {
        (true, _) => NaiveDate::from_ymd_opt(1904, 1, 1),
        // A time of day without a day.
        (false, 0) => return number(raw, false),
        (false, 60) => None,
        (false, ..60) => NaiveDate::from_ymd_opt(1899, 12, 31),
        (false, _) => NaiveDate::from_ymd_opt(1899, 12, 30),
    };
    let Some(day) = origin.and_then(|origin| origin.checked_add_days(Days::new(count))) else {
        return Value::Text("1900-02-29".to_owned());
    };
    let seconds = ((serial - whole) * Decimal::from(86_400)).round();
    let time = u32::try_from(seconds)
        .ok()
        .filter(|s| (1..86_400).contains(s));
    Value::Text(match time {
        None => day.to_string(),
        Some(s) => format!("{day} {:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &Value) -> String {
        match value {
            Value::Text(text) => text.clone(),
            Value::Rounded(text) => format!("~{text}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn figures_are_what_the_sheet_shows_and_never_their_noise() {
        for (raw, is_percent, expected) in [
            ("75.3", false, "75.3"),
            ("75.30", false, "75.30"),
            ("0.75300000000000002", false, "0.753"),
            ("0.28999999999999998", false, "0.29"),
            ("7.5300000000000002E-1", false, "0.753"),
            ("1.5E3", false, "1500"),
            ("9007199254740993", false, "9007199254740993"),
            ("0.753", true, "75.3%"),
            ("0.75300000000000002", true, "75.3%"),
            ("1", true, "100%"),
            ("0", true, "0%"),
            ("-0.05", true, "-5%"),
            ("0.33333333333333331", false, "~0.333333333333"),
            ("0.66666666666666663", true, "~66.666666666667%"),
            ("1e400", false, "1e400"),
            ("1e400", true, "1e400"),
            ("NaN", false, "NaN"),
            ("12abc", false, "12abc"),
        ] {
            assert_eq!(text(&number(raw, is_percent)), expected, "{raw}");
        }
    }

    #[test]
    fn days_follow_both_calendars_of_serial_numbers() {
        for (raw, is_1904, expected) in [
            ("45930", false, "2025-09-30"),
            ("44468", true, "2025-09-30"),
            ("1", false, "1900-01-01"),
            ("59", false, "1900-02-28"),
            ("60", false, "1900-02-29"),
            ("61", false, "1900-03-01"),
            ("45930.5", false, "2025-09-30 12:00:00"),
            ("45930.999999", false, "2025-09-30"),
            ("0.5", false, "0.5"),
            ("-3", false, "-3"),
            ("99999999999", false, "99999999999"),
        ] {
            assert_eq!(text(&day(raw, is_1904)), expected, "{raw}");
        }
    }

    #[test]
    fn places_are_read_and_written() {
        for (column, name) in [
            (1, "A"),
            (26, "Z"),
            (27, "AA"),
            (702, "ZZ"),
            (16_384, "XFD"),
        ] {
            assert_eq!(letters(column), name);
            assert_eq!(place(name), Some((column, None)));
        }
        assert_eq!(place("F12"), Some((6, Some(12))));
        assert_eq!(place("xfd1048576"), Some((16_384, Some(1_048_576))));
        for wrong in [
            "", "12", "XFE1", "A0", "A1048577", "ABCD1", "A1B", "É1", "A-1",
        ] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }
}
