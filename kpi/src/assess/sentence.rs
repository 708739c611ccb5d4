//! Arguments of sentences: numbers with their sign and unit.

use crate::message::{Arg, Message};
use rust_decimal::Decimal;
use std::borrow::Cow;

/// Units with a word of their own in the language files; an office's other units stand for themselves.
pub(crate) const UNITS: [(&str, &str); 21] = [
    ("percent", "unit-percent"),
    ("count", "unit-count"),
    ("ntd", "unit-ntd"),
    ("thousand-ntd", "unit-thousand-ntd"),
    ("day", "unit-day"),
    ("hour", "unit-hour"),
    ("minute", "unit-minute"),
    ("second", "unit-second"),
    ("millisecond", "unit-millisecond"),
    ("month", "unit-month"),
    ("year", "unit-year"),
    ("visit", "unit-visit"),
    ("person", "unit-person"),
    ("rank", "unit-rank"),
    ("done", "unit-done"),
    ("point", "unit-point"),
    ("dataset", "unit-dataset"),
    ("case", "unit-case"),
    ("thousand-case", "unit-thousand-case"),
    ("risk", "unit-risk"),
    ("byte", "unit-byte"),
];

/// A number with its sign (`>`, or nothing) and unit.
pub(crate) fn quantity(value: Decimal, sign: &'static str, unit: &str) -> Arg {
    if unit == "ntd"
        && sign.is_empty()
        && value.fract().is_zero()
        && let Ok(amount) = i64::try_from(value)
    {
        return Arg::Ntd(amount);
    }
    let word = match UNITS.iter().find(|(id, _)| *id == unit) {
        _ if unit.is_empty() || unit == "count" => None,
        Some((_, key)) => Some(Arg::Term(Cow::Borrowed(key))),
        None => Some(Arg::Text(crate::text::clean(unit))),
    };
    match (sign, word) {
        ("", None) => Arg::Number(value),
        (sign, None) => Message::new("rule-quantity-bound")
            .with("sign", sign)
            .with("number", value)
            .into(),
        ("", Some(word)) => Message::new("rule-quantity")
            .with("number", value)
            .with("unit", word)
            .into(),
        (sign, Some(word)) => Message::new("rule-quantity-bound-unit")
            .with("sign", sign)
            .with("number", value)
            .with("unit", word)
            .into(),
    }
}

/// A fraction, shown as percent.
pub(super) fn fraction(value: Decimal) -> Arg {
    Arg::Fraction(value)
}
