//! Kind `sql`: the rows of one query, as the CSV that the collecting side writes of them.
//!
//! The query is the office's own text. Nothing is ever pasted into it: the quarter reaches it as
//! bound parameters (`:quarter` and its like). That it only reads is looked at here, as far as a text
//! shows it, and held by the session in any case.
//!
//! The rows are kept as CSV with a header, commas and LF; a cell is quoted where it must be. NULL is
//! a cell without anything in it.

use crate::answer::{Context, Decoded, Refusal};
use crate::config::{Kind, SourceConfig};
pub use crate::query::{Bound, PARAMETERS, Statement, statement};
use crate::secret::is_reference;
use quarterdeck_kpi::message::Message;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// How the rows are described to the decoder.
pub const CONTENT_TYPE: &str = "text/csv; charset=utf-8";

/// Table `[sql]` of a source file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sql {
    /// One SELECT; `:quarter` (2025Q3), `:year`, `:roc_year`, `:quarter_start` and `:quarter_end`
    /// (days) are bound as parameters.
    pub query: String,
    /// PostgreSQL: reference to the account (`env:NAME`, `file:PATH`).
    #[serde(default)]
    pub user: Option<String>,
    /// PostgreSQL: reference to the password.
    #[serde(default)]
    pub password: Option<String>,
    /// More rows than this are refused; default 10,000.
    #[serde(default)]
    pub row_cap: Option<u32>,
    /// The query is ended after so many seconds; default 30.
    #[serde(default)]
    pub statement_timeout_seconds: Option<u32>,
    /// PostgreSQL: whether the connection is encrypted; default `require`.
    #[serde(default)]
    pub tls: Tls,
}

impl Sql {
    /// Most rows of an answer.
    pub fn row_cap(&self) -> u32 {
        self.row_cap.unwrap_or(10_000)
    }
    /// Seconds a query may take.
    pub fn statement_timeout_seconds(&self) -> u32 {
        self.statement_timeout_seconds.unwrap_or(30)
    }
}

/// Whether a connection to PostgreSQL is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// Always; a server without it is refused.
    #[default]
    Require,
    /// Where the server can.
    Prefer,
    /// Never.
    Off,
}

/// Where the rows are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A file, relative to the workspace unless absolute.
    Sqlite {
        /// Its path as written.
        file: String,
    },
    /// A server.
    Postgres {
        /// Name or address, an IPv6 address in brackets.
        host: String,
        /// 5432 where none is written.
        port: u16,
        /// Name of the database.
        name: String,
    },
}

/// Reads an address of kind `sql`. One with an account or options in it is refused without being
/// shown: it may hold a password.
pub fn database(url: &str) -> Result<Database, Message> {
    let bad = || Message::new("source-sql-url");
    if let Some(file) = url.strip_prefix("sqlite:") {
        let file = file.trim();
        return match file.is_empty() || file.starts_with("//") {
            true => Err(bad()),
            false => Ok(Database::Sqlite {
                file: file.to_owned(),
            }),
        };
    }
    let rest = url
        .strip_prefix("postgres://")
        .or_else(|| url.strip_prefix("postgresql://"))
        .ok_or_else(bad)?;
    if rest.contains(['@', '?', '#', '%']) {
        return Err(Message::new("source-sql-url-account"));
    }
    let (place, name) = rest.split_once('/').ok_or_else(bad)?;
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| bad())?),
        _ => (place, 5432),
    };
    let is_open = |c: char| c.is_whitespace() || c.is_control();
    if host.is_empty() || name.is_empty() || name.contains('/') || rest.contains(is_open) {
        return Err(bad());
    }
    Ok(Database::Postgres {
        host: host.to_owned(),
        port,
        name: name.to_owned(),
    })
}

/// Writes one row; NULL is `None`.
pub fn write_row<'a>(out: &mut Vec<u8>, cells: impl ExactSizeIterator<Item = Option<&'a str>>) {
    // A row of one empty cell would be an empty line, which is no row.
    let alone = cells.len() == 1;
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        let cell = cell.unwrap_or_default();
        let spaced = cell.starts_with(char::is_whitespace) || cell.ends_with(char::is_whitespace);
        if spaced || cell.contains(['"', ',', '\r', '\n', '\u{1a}']) || (alone && cell.is_empty()) {
            out.push(b'"');
            out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
    }
    out.push(b'\n');
}

/// Decodes the rows of a query.
pub fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
) -> Result<Decoded, Refusal> {
    crate::csv::decode(config, context, body, stored)
}

/// What is wrong with the table `[sql]`.
pub(crate) fn check(config: &SourceConfig, out: &mut Vec<Message>) {
    let Some(sql) = &config.sql else {
        if config.kind == Kind::Sql {
            out.push(Message::new("source-table-missing").with("table", "sql"));
        }
        return;
    };
    if config.kind != Kind::Sql {
        out.push(
            Message::new("source-table-other-kind")
                .with("table", "sql")
                .with("kind", config.kind.id()),
        );
        return;
    }
    out.extend(statement(&sql.query).err());
    let is_server = matches!(
        config.url.as_deref().map(database),
        Some(Ok(Database::Postgres { .. }))
    );
    if is_server && sql.user.is_none() {
        out.push(Message::new("source-sql-user"));
    }
    for (key, value) in [("user", &sql.user), ("password", &sql.password)] {
        // The value stays out of the sentence: it is most likely the secret itself.
        if value.as_deref().is_some_and(|value| !is_reference(value)) {
            let place = format!("sql.{key}");
            out.push(Message::new("source-literal-secret").with("place", place));
        }
    }
    let numbers = [
        ("row_cap", sql.row_cap(), 1_000_000),
        (
            "statement_timeout_seconds",
            sql.statement_timeout_seconds(),
            3_600,
        ),
    ];
    for (key, value, limit) in numbers {
        if value == 0 || value > limit {
            let message = Message::new("source-key-value").with("key", key);
            out.push(message.with("value", value.to_string()));
        }
    }
    for (key, is_set) in [
        ("delimiter", config.delimiter.is_some()),
        ("encoding", config.encoding.is_some()),
        ("headers", !config.headers.is_empty()),
    ] {
        if is_set {
            out.push(
                Message::new("source-key-not-for-kind")
                    .with("key", key)
                    .with("kind", config.kind.id()),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_those_with_accounts_are_not_shown() {
        let server = |host: &str, port, name: &str| Database::Postgres {
            host: host.to_owned(),
            port,
            name: name.to_owned(),
        };
        for (url, expected) in [
            (
                "postgres://db.example.gov.tw/kpi",
                server("db.example.gov.tw", 5432, "kpi"),
            ),
            (
                "postgresql://10.1.2.3:6000/統計",
                server("10.1.2.3", 6000, "統計"),
            ),
            ("postgres://[::1]/kpi", server("[::1]", 5432, "kpi")),
            ("postgres://[::1]:99/kpi", server("[::1]", 99, "kpi")),
            (
                "sqlite:data/kpi.db",
                Database::Sqlite {
                    file: "data/kpi.db".to_owned(),
                },
            ),
        ] {
            assert_eq!(database(url).unwrap(), expected, "{url}");
        }
        for url in [
            "https://x/kpi",
            "sqlite:",
            "sqlite://x",
            "postgres://h",
            "postgres:///kpi",
            "postgres://h:0x1/kpi",
        ] {
            assert_eq!(database(url).unwrap_err().id, "source-sql-url", "{url}");
        }
        for url in [
            "postgres://me:s3cret@h/kpi",
            "postgres://h/kpi?password=s3cret",
        ] {
            let message = database(url).unwrap_err();
            assert_eq!(message.id, "source-sql-url-account");
            assert!(!message.to_string().contains("s3cret"));
        }
    }
}
