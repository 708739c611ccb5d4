//! The operators' log: one line an entry, as text or as JSON.

use crate::json;
use chrono::{DateTime, SecondsFormat, Utc};
use quarterdeck_kpi::text::clean;
use serde_json::json as value;

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// `time level run source message`
    #[default]
    Text,
    /// One JSON object a line, with these names.
    Json,
}

/// How much an entry matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For whoever looks for a fault.
    Debug,
    /// The usual course.
    Info,
    /// Something did not work, and the program goes on.
    Warn,
    /// Something has to be done by a person.
    Error,
}

impl Level {
    /// The word in the log.
    pub fn word(self) -> &'static str {
        match self {
            Level::Debug => "DEBUG",
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
        }
    }
}

/// One entry on one line, without control and bidi characters.
pub(super) fn line(
    format: LogFormat,
    now: DateTime<Utc>,
    level: Level,
    run: Option<i64>,
    source: &str,
    text: &str,
) -> String {
    let time = now.to_rfc3339_opts(SecondsFormat::Millis, true);
    let text = clean(text);
    match format {
        LogFormat::Text => {
            let run = run.map_or_else(|| "-".to_owned(), |run| run.to_string());
            let source = if source.is_empty() { "-" } else { source };
            format!("{time} {} {run} {} {text}", level.word(), clean(source))
        }
        LogFormat::Json => json::object([
            ("time", value!(time)),
            ("level", value!(level.word())),
            ("run", value!(run)),
            (
                "source",
                value!((!source.is_empty()).then(|| clean(source))),
            ),
            ("message", value!(text)),
        ])
        .to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_one_line_in_both_formats() {
        let now = DateTime::from_timestamp(1_770_000_000, 0).unwrap();
        let text = line(
            LogFormat::Text,
            now,
            Level::Warn,
            Some(7),
            "portal",
            "a\u{1b}[31m b",
        );
        assert_eq!(text, "2026-02-02T02:40:00.000Z WARN 7 portal a[31m b");
        let json = line(LogFormat::Json, now, Level::Info, None, "", "\"quoted\"");
        assert_eq!(
            json,
            r#"{"time":"2026-02-02T02:40:00.000Z","level":"INFO","run":null,"source":null,"message":"\"quoted\""}"#
        );
    }
}
