//! Kind `sql`: the rows of one query to a SQLite file or a PostgreSQL server, read only.

use super::Shared;
use super::gather::{Gathered, Stopped, failed};
use super::made::{Made, read_made};
use super::miss::Miss;
use super::page::{Page, Tell};
use super::pages::{common, persist_apart};
use crate::secrets;
use crate::transport::postgres::{Failed, Question};
use crate::transport::{self, NetError, Trouble};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::SourceConfig;
use quarterdeck_sources::sql::{
    Bound, CONTENT_TYPE, Database, Sql, Statement, database, statement, write_row,
};
use quarterdeck_store::{ForeignQuery, ForeignValue, read_foreign};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

/// Bytes of rows, where the source says nothing else: they stand in memory.
const MAX_BYTES: u64 = 32 << 20;

/// Asks a database and decodes its rows.
pub(super) fn gather(
    shared: &Shared<'_>,
    source: &SourceConfig,
    tell: Tell<'_>,
) -> Result<Gathered, Stopped> {
    let local = |message| failed(Miss::Local(message));
    // What `check` would refuse is never asked.
    if let Some(problem) = source.problems().into_iter().next() {
        return Err(local(problem));
    }
    let (Some(sql), Some(url)) = (&source.sql, &source.url) else {
        return Ok(Gathered::default());
    };
    let statement = statement(&sql.query).map_err(local)?;
    let place = database(url).map_err(local)?;
    let page = persist_apart(shared, source, tell, || {
        let mut made = Made {
            url: url.clone(),
            method: "SQL",
            headers: explanation(&statement, shared),
            remote_addr: None,
            http_status: 200,
            content_type: CONTENT_TYPE,
            fetched_at: (shared.options.now)(),
        };
        let bytes = match &place {
            Database::Sqlite { file } => from_file(shared, source, sql, &statement, file)?,
            Database::Postgres { host, port, name } => {
                let question = question(shared, source, sql, &statement)
                    .map(|question| Question {
                        host: host.clone(),
                        port: *port,
                        database: name.clone(),
                        ..question
                    })
                    .map_err(Miss::Local)?;
                let told = shared.transport.ask_postgres(question);
                let told = told.map_err(|error| match error {
                    Failed::Net(error) => Miss::Net(error),
                    Failed::Said(message) => Miss::Local(*message),
                })?;
                made.remote_addr = told.remote_addr;
                told.bytes
            }
        };
        let page: Page = read_made(shared, source, &made, &bytes, tell)?;
        Ok(page)
    })?;
    let mut gathered = Gathered::default();
    gathered.take(page, &shared.held);
    Ok(gathered)
}

/// The query and what was bound, beside the rows they gave.
fn explanation(statement: &Statement, shared: &Shared<'_>) -> Vec<(String, String)> {
    let values: Vec<String> = texts(statement, shared.options.quarter);
    vec![
        ("query".to_owned(), statement.text('$')),
        ("values".to_owned(), values.join(" ")),
    ]
}

/// The question, the same for every answer that may be compared: place, query and values.
pub(super) fn asked(source: &SourceConfig, quarter: Quarter) -> String {
    let (Some(sql), Some(url)) = (&source.sql, &source.url) else {
        return String::new();
    };
    match statement(&sql.query) {
        Ok(statement) => {
            let values = texts(&statement, quarter).join(" ");
            format!("{url} {} {values}", statement.text('$'))
        }
        Err(_) => String::new(),
    }
}

fn texts(statement: &Statement, quarter: Quarter) -> Vec<String> {
    let values = statement.values(quarter);
    values
        .into_iter()
        .map(|value| match value {
            Bound::Whole(number) => number.to_string(),
            Bound::Text(text) => text,
        })
        .collect()
}

fn from_file(
    shared: &Shared<'_>,
    source: &SourceConfig,
    sql: &Sql,
    statement: &Statement,
    file: &str,
) -> Result<Vec<u8>, Miss> {
    let path = file_of(&shared.workspace.root, file).map_err(Miss::Local)?;
    let values: Vec<ForeignValue> = statement
        .values(shared.options.quarter)
        .into_iter()
        .map(|value| match value {
            Bound::Whole(number) => ForeignValue::Whole(number),
            Bound::Text(text) => ForeignValue::Text(text),
        })
        .collect();
    let text = statement.text('?');
    let query = ForeignQuery {
        file: &path,
        sql: &text,
        values: &values,
        row_cap: u64::from(sql.row_cap()),
        max_bytes: source.max_bytes.unwrap_or(MAX_BYTES),
        timeout: Duration::from_secs(u64::from(sql.statement_timeout_seconds())),
    };
    let mut bytes = Vec::new();
    let read = read_foreign(&query, &|| shared.is_stopping(), &mut |row| {
        write_row(&mut bytes, row.iter().map(Option::as_deref));
    });
    match read {
        Ok(_) => Ok(bytes),
        Err(_) if shared.is_stopping() => Err(Miss::Net(NetError {
            trouble: Trouble::Interrupted,
            place: transport::plain(file, 200),
        })),
        Err(error) => Err(Miss::Local(error.message())),
    }
}

/// A relative path stays inside the workspace, also through links.
fn file_of(root: &Path, file: &str) -> Result<PathBuf, Message> {
    let path = Path::new(file);
    if path.is_absolute() {
        return Ok(path.to_owned());
    }
    let outside = || Message::new("collect-sql-outside").with("file", transport::plain(file, 200));
    let is_plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if !path.components().all(is_plain) {
        return Err(outside());
    }
    let joined = root.join(path);
    match (joined.canonicalize(), root.canonicalize()) {
        (Ok(real), Ok(root)) if !real.starts_with(&root) => Err(outside()),
        (Ok(real), _) => Ok(real),
        // That it is not there is told by whoever opens it.
        (Err(_), _) => Ok(joined),
    }
}

/// The question without its place.
fn question(
    shared: &Shared<'_>,
    source: &SourceConfig,
    sql: &Sql,
    statement: &Statement,
) -> Result<Question, Message> {
    let root = &shared.workspace.root;
    // Text that is no reference was refused before.
    let secret = |value: &Option<String>| {
        value
            .as_deref()
            .map(|value| secrets::resolve(value, root))
            .transpose()
    };
    let common = common(shared, source)?;
    let mut limits = common.limits;
    limits.max_bytes = source.max_bytes.unwrap_or(MAX_BYTES);
    Ok(Question {
        host: String::new(),
        port: 0,
        database: String::new(),
        user: secret(&sql.user)?.unwrap_or_default(),
        password: secret(&sql.password)?,
        tls: sql.tls,
        query: statement.text('$'),
        values: texts(statement, shared.options.quarter),
        row_cap: u64::from(sql.row_cap()),
        statement_timeout: Duration::from_secs(u64::from(sql.statement_timeout_seconds())),
        discreet: !source.personal_fields.is_empty(),
        limits,
        policy: common.policy,
    })
}
