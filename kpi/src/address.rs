//! Figure addresses: `SCOPE/NAME[.PART]@PERIOD`, the name by which any figure can be asked for.

use crate::calendar::Period;
use ecow::EcoString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Why an address could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a figure address: {0:?}")]
pub struct AddressError(pub String);

/// A series: an address without its period, for example `P01/gold-share` or `P12/budget.paid`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesId {
    /// `portfolio`, `plan:dgp1`, `S4`, `P01`, `agency:NDC`, `source:ID`, or an office's own id.
    pub scope: EcoString,
    /// Indicator or measure, for example `gold-share`, `budget`, `task`, `risk`.
    pub name: EcoString,
    /// Part of it, for example `execution_rate`, `paid`, `target`.
    pub part: Option<EcoString>,
}

impl SeriesId {
    /// A series without a part.
    pub fn new(scope: impl Into<EcoString>, name: impl Into<EcoString>) -> Self {
        Self {
            scope: scope.into(),
            name: name.into(),
            part: None,
        }
    }
    /// The same series' part.
    #[must_use]
    pub fn part(mut self, part: impl Into<EcoString>) -> Self {
        self.part = Some(part.into());
        self
    }
    /// The figure of this series at a period.
    pub fn at(self, period: Period) -> FigureAddress {
        FigureAddress {
            series: self,
            period: Some(period),
        }
    }
    /// Reads `SCOPE/NAME[.PART]`.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let bad = || AddressError(text.chars().take(200).collect());
        let (scope, rest) = text.trim().split_once('/').ok_or_else(bad)?;
        let (name, part) = match rest.split_once('.') {
            Some((name, part)) => (name, Some(part)),
            None => (rest, None),
        };
        let word = |text: &str, extra: &str| {
            !text.is_empty()
                && text.len() <= 80
                && text
                    .chars()
                    .all(|c| c.is_alphanumeric() || c == '-' || c == '_' || extra.contains(c))
        };
        if !word(scope, ":.") || !word(name, "") || !part.is_none_or(|p| word(p, ".")) {
            return Err(bad());
        }
        Ok(Self {
            scope: scope.into(),
            name: name.into(),
            part: part.map(Into::into),
        })
    }
}

impl fmt::Display for SeriesId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.scope, self.name)?;
        match &self.part {
            Some(part) => write!(f, ".{part}"),
            None => Ok(()),
        }
    }
}
impl Serialize for SeriesId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for SeriesId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        SeriesId::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A figure: a series, and usually the period.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FigureAddress {
    /// Which series.
    pub series: SeriesId,
    /// Which period; `None` means the period in question.
    pub period: Option<Period>,
}

impl FigureAddress {
    /// Reads `SCOPE/NAME[.PART][@PERIOD]`.
    ///
    /// ```
    /// use quarterdeck_kpi::address::FigureAddress;
    /// let figure = FigureAddress::parse("P12/budget.execution_rate@114Q3").unwrap();
    /// assert_eq!(figure.series.part.as_deref(), Some("execution_rate"));
    /// assert_eq!(figure.to_string(), "P12/budget.execution_rate@2025Q3");
    /// ```
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let bad = || AddressError(text.chars().take(200).collect());
        match text.trim().split_once('@') {
            Some((series, period)) => Ok(Self {
                series: SeriesId::parse(series)?,
                period: Some(Period::parse(period).map_err(|_| bad())?),
            }),
            None => Ok(Self {
                series: SeriesId::parse(text)?,
                period: None,
            }),
        }
    }
}

impl fmt::Display for FigureAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.period {
            Some(period) => write!(f, "{}@{period}", self.series),
            None => write!(f, "{}", self.series),
        }
    }
}
impl Serialize for FigureAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for FigureAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        FigureAddress::parse(&text).map_err(serde::de::Error::custom)
    }
}
