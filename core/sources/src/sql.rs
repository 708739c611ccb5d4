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
use crate::notice::{nearest, quote};
use crate::secret::is_reference;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// How the rows are described to the decoder.
pub const CONTENT_TYPE: &str = "text/csv; charset=utf-8";
/// Parameters a query may name.
pub const PARAMETERS: [&str; 5] = [
    "quarter",
    "year",
    "roc_year",
    "quarter_start",
    "quarter_end",
];
/// Words that only a statement that writes has outside of quotes.
const WRITING: [&str; 15] = [
    "insert", "update", "delete", "merge", "truncate", "into", "attach", "detach", "pragma",
    "create", "drop", "alter", "grant", "revoke", "vacuum",
];
/// Functions that do something beyond giving a value; a name ending in `_` stands for all that
/// begin so.
const DOING: [&str; 20] = [
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_read_",
    "pg_ls_",
    "pg_stat_file",
    "pg_file_",
    "pg_advisory_",
    "pg_try_advisory_",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_notify",
    "pg_logical_",
    "lo_import",
    "lo_export",
    "dblink",
    "dblink_",
    "set_config",
    "nextval",
    "setval",
    "load_extension",
];

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

/// A value bound to a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// A year.
    Whole(i64),
    /// A quarter or a day.
    Text(String),
}

/// A query taken apart at its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pieces: Vec<(String, &'static str)>,
    tail: String,
}

impl Statement {
    /// The text with `$1 $2 …` or `?1 ?2 …`, one number for each place a parameter stands at.
    pub fn text(&self, sign: char) -> String {
        let mut out = String::new();
        for (index, (text, _)) in self.pieces.iter().enumerate() {
            out.push_str(text);
            out.push(sign);
            out.push_str(&(index + 1).to_string());
        }
        out.push_str(&self.tail);
        out
    }
    /// What is bound, in the order of the numbers.
    pub fn values(&self, quarter: Quarter) -> Vec<Bound> {
        self.pieces
            .iter()
            .map(|(_, name)| match *name {
                "year" => Bound::Whole(i64::from(quarter.year)),
                "roc_year" => Bound::Whole(i64::from(quarter.roc_year())),
                "quarter_start" => Bound::Text(quarter.start().to_string()),
                "quarter_end" => Bound::Text(quarter.end().to_string()),
                _ => Bound::Text(quarter.to_string()),
            })
            .collect()
    }
}

/// Takes a query apart and looks at what it does, as far as its text shows it.
pub fn statement(query: &str) -> Result<Statement, Message> {
    let mut scan = Scan {
        rest: query,
        copied: String::new(),
        pieces: Vec::new(),
        first: None,
        before: '\0',
        ended: false,
    };
    while !scan.rest.is_empty() {
        scan.step()?;
    }
    if scan.first.is_none() {
        return Err(Message::new("source-sql-empty"));
    }
    let tail = scan.copied.trim_end().to_owned();
    Ok(Statement {
        pieces: scan.pieces,
        tail,
    })
}

struct Scan<'a> {
    rest: &'a str,
    copied: String,
    pieces: Vec<(String, &'static str)>,
    first: Option<String>,
    /// The last character that was neither space nor comment.
    before: char,
    ended: bool,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl<'a> Scan<'a> {
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }
    fn copy(&mut self, length: usize) {
        let taken = self.take(length);
        self.copied.push_str(taken);
        self.before = taken.chars().next_back().unwrap_or(self.before);
    }
    /// Length up to the end of a mark, or of everything.
    fn until(&self, from: usize, mark: &str) -> usize {
        self.rest
            .get(from..)
            .and_then(|text| text.find(mark))
            .map_or(self.rest.len(), |at| from + at + mark.len())
    }

    fn step(&mut self) -> Result<(), Message> {
        let Some(letter) = self.rest.chars().next() else {
            return Ok(());
        };
        if letter.is_whitespace() {
            let taken = self.take(letter.len_utf8());
            self.copied.push_str(taken);
            return Ok(());
        }
        // Comments are left out: what they hide is different from one database to the next.
        if self.rest.starts_with("--") {
            self.take(self.until(2, "\n"));
            self.copied.push('\n');
            return Ok(());
        }
        if self.rest.starts_with("/*") {
            let length = comment(self.rest);
            self.take(length);
            self.copied.push(' ');
            return Ok(());
        }
        if self.ended {
            return Err(Message::new("source-sql-several"));
        }
        match letter {
            ';' => {
                self.take(1);
                self.ended = true;
            }
            '\'' | '"' | '`' => {
                let escapes = letter == '\'' && matches!(self.before, 'e' | 'E') && self.touches();
                self.copy(quoted(self.rest, letter, escapes));
            }
            '$' => self.copy(dollar(self.rest)),
            ':' if self.rest.starts_with("::") => self.copy(2),
            ':' => self.parameter()?,
            c if is_word(c) => self.word()?,
            other => self.copy(other.len_utf8()),
        }
        Ok(())
    }

    /// Whether the last character copied is the one `before` speaks of.
    fn touches(&self) -> bool {
        self.copied.ends_with(self.before)
    }

    fn parameter(&mut self) -> Result<(), Message> {
        let name: String = self.rest[1..].chars().take_while(|c| is_word(*c)).collect();
        if name.is_empty() || name.starts_with(|c: char| c.is_numeric()) {
            self.copy(1);
            return Ok(());
        }
        let Some(known) = PARAMETERS.into_iter().find(|known| **known == name) else {
            let message = Message::new("source-sql-parameter")
                .with("name", quote(&name))
                .with("known", PARAMETERS.map(|name| format!(":{name}")).join(" "));
            let near = nearest(&name, PARAMETERS).unwrap_or("quarter");
            return Err(message.with("near", near));
        };
        self.take(1 + name.len());
        self.pieces.push((std::mem::take(&mut self.copied), known));
        self.before = ':';
        Ok(())
    }

    fn word(&mut self) -> Result<(), Message> {
        let length = self
            .rest
            .find(|c: char| !is_word(c))
            .unwrap_or(self.rest.len());
        let is_column = self.before == '.';
        let word = self.rest[..length].to_lowercase();
        self.copy(length);
        let calls = self.rest.trim_start().starts_with('(');
        let first = self.first.get_or_insert_with(|| word.clone());
        if !matches!(first.as_str(), "select" | "with" | "values" | "table") {
            return Err(Message::new("source-sql-not-select").with("word", quote(first)));
        }
        if !is_column && WRITING.contains(&word.as_str()) {
            return Err(Message::new("source-sql-writes").with("word", word));
        }
        let does = |name: &&str| match name.ends_with('_') {
            true => word.starts_with(*name),
            false => word == *name,
        };
        if calls && DOING.iter().any(does) {
            return Err(Message::new("source-sql-function").with("function", word));
        }
        Ok(())
    }
}

/// Length of a comment; in SQL they stand inside each other.
fn comment(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while at < bytes.len() {
        match &bytes[at..bytes.len().min(at + 2)] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth.saturating_sub(1), at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

/// Length of a text or name in quotes; the sign twice stands for itself.
fn quoted(text: &str, sign: char, escapes: bool) -> usize {
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if escapes && letter == '\\' {
            letters.next();
        } else if letter == sign {
            if letters.peek().is_some_and(|(_, next)| *next == sign) {
                letters.next();
            } else {
                return at + letter.len_utf8();
            }
        }
    }
    text.len()
}

/// Length of a text between `$tag$` and `$tag$`, or of the sign alone.
fn dollar(text: &str) -> usize {
    let tag = text[1..]
        .find(|c: char| !is_word(c))
        .filter(|length| text[1 + length..].starts_with('$'))
        .map(|length| &text[..length + 2]);
    match tag {
        Some(tag) if !tag[1..].starts_with(|c: char| c.is_numeric()) => text[tag.len()..]
            .find(tag)
            .map_or(text.len(), |at| at + 2 * tag.len()),
        _ => 1,
    }
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

    fn refused(query: &str) -> String {
        statement(query).unwrap_err().id.into_owned()
    }

    #[test]
    fn parameters_become_numbers_and_quotes_and_casts_stay() {
        let query = "select a, ':year', \"b:quarter\", c::text -- :nothing\n from t\n\
                     where q = :quarter and y = :year and d between :quarter_start and :quarter_end /* :x /* */ */\n\
                     and q <> :quarter and e = E'it\\'s :year' and z = $t$ :year $t$ and w = v[1:2];\n -- end";
        let taken = statement(query).unwrap();
        let text = taken.text('$');
        assert!(
            text.contains("q = $1 and y = $2 and d between $3 and $4"),
            "{text}"
        );
        assert!(text.contains("q <> $5"), "{text}");
        assert!(text.contains("':year', \"b:quarter\", c::text"), "{text}");
        assert!(text.contains("E'it\\'s :year'") && text.contains("$t$ :year $t$"));
        assert!(text.ends_with("w = v[1:2]"), "{text:?}");
        let quarter = Quarter::new(2025, 3).unwrap();
        let text = |text: &str| Bound::Text(text.to_owned());
        assert_eq!(
            taken.values(quarter),
            [
                text("2025Q3"),
                Bound::Whole(2025),
                text("2025-07-01"),
                text("2025-09-30"),
                text("2025Q3"),
            ]
        );
        assert_eq!(
            statement("select :roc_year").unwrap().text('?'),
            "select ?1"
        );
    }

    #[test]
    fn what_writes_is_seen_where_it_can_be_seen() {
        for (query, id) in [
            ("delete from t", "source-sql-not-select"),
            ("  -- select\nupdate t set a = 1", "source-sql-not-select"),
            ("pragma writable_schema = 1", "source-sql-not-select"),
            ("attach 'x.db' as x", "source-sql-not-select"),
            ("explain select 1", "source-sql-not-select"),
            ("select 1; delete from t", "source-sql-several"),
            (
                "with x as (delete from t returning a) select a from x",
                "source-sql-writes",
            ),
            ("select a INTO b from t", "source-sql-writes"),
            ("select a from t for update", "source-sql-writes"),
            ("select pg_terminate_backend (1)", "source-sql-function"),
            (
                "select pg_read_binary_file('/etc/passwd')",
                "source-sql-function",
            ),
            ("select * from dblink_exec('x')", "source-sql-function"),
            ("select load_extension('x')", "source-sql-function"),
            ("select :quater", "source-sql-parameter"),
            (" ; ", "source-sql-empty"),
            ("", "source-sql-empty"),
        ] {
            assert_eq!(refused(query), id, "{query}");
        }
        for query in [
            "select t.update, \"delete\", 'drop table' from t",
            "with x as (select 1) select * from x;",
            "(select 1) union (select 2)",
            "values (1, 2)",
            "select replace(a, 'x', 'y') from 統計表 where 季別 = :quarter",
            "select 'unclosed",
            "select 1 /* unclosed",
            "select $x",
        ] {
            assert!(statement(query).is_ok(), "{query}");
        }
    }

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
