//! A sentence without a language: a key of the language files and what fills it.
//!
//! Rules, findings and errors of every package are messages, so that each face can say them in
//! the reader's language and a stored one can be said in another language years later.

use crate::calendar::{Period, Quarter};
use crate::status::Status;
use chrono::{DateTime, NaiveDate, Utc};
use ecow::EcoString;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A key of the language files with its arguments, in the order they were given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Key in `assets/lang/*.ftl`, for example `error-http-status`.
    pub id: Cow<'static, str>,
    /// Named arguments of the sentence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<(Cow<'static, str>, Arg)>,
}

/// What can stand in a sentence; each kind is formatted by the reader's conventions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arg {
    /// Text as it is; outside text must have gone through [`crate::text::clean`].
    Text(String),
    /// A whole count: days, rows, bytes.
    Count(i64),
    /// An exact number without a unit.
    Number(Decimal),
    /// A fraction shown as percent with two decimals (0.4102 → 41.02 %).
    Fraction(Decimal),
    /// Percentage points with their sign (-18.40).
    Points(Decimal),
    /// Whole NT$.
    Ntd(i64),
    /// A day.
    Date(NaiveDate),
    /// An instant, shown in Asia/Taipei.
    Instant(DateTime<Utc>),
    /// A quarter, shown by the reader's calendar.
    Quarter(Quarter),
    /// Any period.
    Period(Period),
    /// The word of a status.
    Status(Status),
    /// A name in both languages, from the register.
    Title(crate::indicator::Title),
    /// Another key of the language files.
    Term(Cow<'static, str>),
    /// A whole sentence inside this one.
    Sentence(Box<Message>),
}

impl Message {
    /// A sentence without arguments yet.
    pub fn new(id: &'static str) -> Self {
        Self {
            id: Cow::Borrowed(id),
            args: Vec::new(),
        }
    }

    /// The number of a quantity (a number with its sign and unit); `None` for any other sentence.
    pub fn number(&self) -> Option<Decimal> {
        let is_quantity = self.id.starts_with("rule-quantity");
        self.args.iter().find_map(|(name, arg)| match arg {
            Arg::Number(value) if is_quantity && name == "number" => Some(*value),
            _ => None,
        })
    }

    /// Unit id of a quantity's number, or an office's own word for it; `None` for any other sentence.
    pub fn unit(&self) -> Option<&str> {
        self.number()?;
        self.args.iter().find_map(|(name, arg)| match arg {
            Arg::Term(key) if name == "unit" => key.strip_prefix("unit-"),
            Arg::Text(word) if name == "unit" => Some(word.as_str()),
            _ => None,
        })
    }

    /// Adds a named argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, arg: impl Into<Arg>) -> Self {
        self.args.push((Cow::Borrowed(name), arg.into()));
        self
    }
}

macro_rules! arg_from {
    ($($kind:ty => $variant:ident),* $(,)?) => {$(
        impl From<$kind> for Arg { fn from(value: $kind) -> Self { Arg::$variant(value.into()) } }
    )*};
}
arg_from! {
    String => Text, &str => Text, EcoString => Text, i64 => Count, i32 => Count, u32 => Count, Decimal => Number,
    NaiveDate => Date, DateTime<Utc> => Instant, Quarter => Quarter, Period => Period, Status => Status,
}
impl From<usize> for Arg {
    fn from(value: usize) -> Self {
        Arg::Count(i64::try_from(value).unwrap_or(i64::MAX))
    }
}
impl From<u64> for Arg {
    fn from(value: u64) -> Self {
        Arg::Count(i64::try_from(value).unwrap_or(i64::MAX))
    }
}
impl From<Message> for Arg {
    fn from(value: Message) -> Self {
        Arg::Sentence(Box::new(value))
    }
}

impl std::fmt::Display for Message {
    /// The key and its arguments, for logs and tests; people read the language files' sentence.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.id)?;
        for (name, arg) in &self.args {
            match arg {
                Arg::Text(text) => write!(f, " {name}={text:?}")?,
                Arg::Count(n) => write!(f, " {name}={n}")?,
                Arg::Sentence(inner) => write!(f, " {name}=[{inner}]")?,
                other => write!(f, " {name}={other:?}")?,
            }
        }
        Ok(())
    }
}
