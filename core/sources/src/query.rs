//! The query of a source: taken apart at its parameters, and looked at for what it does, as far as
//! a text shows it.

use crate::notice::{nearest, quote};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;

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
}
