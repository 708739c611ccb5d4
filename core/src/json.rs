//! Pieces of the JSON that scripts read: exact numbers, fixed keys, clean text.

use chrono::{DateTime, SecondsFormat, Utc};
use quarterdeck_kpi::indicator::Title;
use quarterdeck_kpi::signoff::Proof;
use quarterdeck_kpi::text::clean;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Number, Value, json};

/// An object with its keys in this order.
pub fn object<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Object(
        entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

/// An exact decimal as a JSON number, or null.
pub fn decimal(value: Option<Decimal>) -> Value {
    value.map_or(Value::Null, |value| {
        Value::Number(Number::from_string_unchecked(value.to_string()))
    })
}

/// A fraction with six decimals as a JSON number (0.939073), or null.
pub fn fraction(value: Option<Decimal>) -> Value {
    decimal(value.map(|value| {
        let mut rounded = value.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(6);
        rounded
    }))
}

/// A whole number, or null.
pub fn integer(value: Option<i64>) -> Value {
    json!(value)
}

/// An instant as RFC 3339 in UTC.
pub fn instant(at: DateTime<Utc>) -> Value {
    json!(at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// A title in both languages, or null.
pub fn title(title: Option<&Title>) -> Value {
    title.map_or(Value::Null, |t| {
        object([("zh-TW", json!(t.zh_tw)), ("en", json!(t.en))])
    })
}

/// What vouches for an act: state, and short name of the key or null.
pub fn proof(proof: &Proof) -> Value {
    object([("state", json!(proof.id())), ("key", json!(proof.key()))])
}

/// The document as text: two spaces of indent and a line end, every string without control and
/// bidi characters.
pub fn text(value: &Value) -> String {
    let mut text = format!("{:#}", cleaned(value));
    text.push('\n');
    text
}

fn cleaned(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(clean(text).to_string()),
        Value::Array(items) => Value::Array(items.iter().map(cleaned).collect()),
        Value::Object(entries) => Value::Object(
            entries
                .iter()
                .map(|(key, value)| (clean(key).to_string(), cleaned(value)))
                .collect::<Map<_, _>>(),
        ),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_exact_and_unknown_is_null() {
        let value = object([
            (
                "rate",
                fraction(Decimal::from(1233).checked_div(Decimal::from(1313))),
            ),
            ("value", decimal(Some(Decimal::new(7530, 2)))),
            ("none", decimal(None)),
        ]);
        assert_eq!(
            value.to_string(),
            r#"{"rate":0.939071,"value":75.30,"none":null}"#
        );
    }

    #[test]
    fn no_control_or_bidi_character_gets_out() {
        let dirty = object([("title", json!("a\u{1b}[31mb\u{202e}c\u{85}"))]);
        let text = text(&dirty);
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{85}']), "{text:?}");
        assert!(!text.contains("\\u"), "{text:?}");
    }
}
