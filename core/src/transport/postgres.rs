//! One query to a PostgreSQL server: one statement, in a transaction that only reads, with every
//! value as the text the server writes of it.
//!
//! The statement goes to the server by the extended protocol, which takes one statement and binds
//! values apart from the text. It is asked as part of a SELECT that turns each column into text: so
//! a numeric keeps all its digits, and what is no plain SELECT is refused by the server's grammar.

use super::dial::dial;
use super::error::{NetError, Trouble};
use super::exchange::{carried, refused_certificate};
use super::{Limits, Policy, Shared, Transport, plain};
use bytes::BytesMut;
use futures_util::StreamExt;
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::sql::{Tls, write_row};
use std::error::Error as StdError;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::{Format, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Config, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long the server may wait for somebody else's lock.
const LOCK_WAIT: Duration = Duration::from_secs(5);
/// For everything around the query: connecting, encrypting, telling who we are.
const AROUND: Duration = Duration::from_secs(15);
/// Bytes of the conversation beyond those of the rows.
const OVERHEAD: u64 = 1 << 20;

/// What is asked, of whom.
#[derive(Clone)]
pub(crate) struct Question {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) database: String,
    pub(crate) user: String,
    pub(crate) password: Option<String>,
    pub(crate) tls: Tls,
    /// With `$1`, `$2`, ...
    pub(crate) query: String,
    /// Values as text; the server reads them as the types it expects.
    pub(crate) values: Vec<String>,
    pub(crate) row_cap: u64,
    pub(crate) statement_timeout: Duration,
    /// What the server says may hold personal data, so that it is not shown.
    pub(crate) discreet: bool,
    pub(crate) limits: Limits,
    pub(crate) policy: Policy,
}

/// The rows, written as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) bytes: Vec<u8>,
    pub(crate) remote_addr: Option<String>,
}

/// Why there are no rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failed {
    /// The way to the server.
    Net(NetError),
    /// The server, or what it sent.
    Said(Box<Message>),
}

impl Question {
    fn place(&self) -> String {
        plain(
            &format!("{}:{}/{}", self.host, self.port, self.database),
            200,
        )
    }
    fn said(&self, id: &'static str) -> Message {
        Message::new(id).with("place", self.place())
    }
    /// What the server says, with account and password taken out where it repeats them.
    fn hidden(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in [Some(&self.user), self.password.as_ref()]
            .into_iter()
            .flatten()
        {
            if !secret.is_empty() {
                text = text.replace(secret.as_str(), "***");
            }
        }
        plain(&text, 300)
    }
    fn net(&self, trouble: Trouble) -> Failed {
        Failed::Net(NetError::at(trouble, &self.place()))
    }
}

fn told(message: Message) -> Failed {
    Failed::Said(Box::new(message))
}

impl Transport {
    /// Asks a PostgreSQL server and waits for all rows.
    pub(crate) fn ask_postgres(&self, question: Question) -> Result<Told, Failed> {
        let whole = question
            .limits
            .whole
            .min(question.statement_timeout + LOCK_WAIT + AROUND);
        let place = question.place();
        self.converse(&place, whole, move |shared| async move {
            perform(&shared, &question)
                .await
                .map_err(|failed| match failed {
                    Failed::Net(error) => Failed::Net(NetError {
                        trouble: shared.clients.with_root_trouble(error.trouble),
                        place: error.place,
                    }),
                    said => said,
                })
        })
        .map_err(Failed::Net)?
    }
}

/// The task that moves bytes; it must not outlive the conversation.
struct Moving(JoinHandle<()>);

impl Drop for Moving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn perform(shared: &Shared, question: &Question) -> Result<Told, Failed> {
    let stream = dial(
        shared,
        &question.host,
        question.port,
        &question.policy,
        question.limits.connect,
    )
    .await
    .map_err(Failed::Net)?;
    let remote = stream.peer_addr().ok();
    let (client, _moving) = greet(shared, question, stream).await?;
    let failed = |error: Error| explained(question, &error);
    for setting in settings(question) {
        client.batch_execute(&setting).await.map_err(failed)?;
    }
    let bytes = ask(question, &client).await?;
    Ok(Told {
        bytes,
        remote_addr: remote.map(|address| address.to_string()),
    })
}

async fn greet(
    shared: &Shared,
    question: &Question,
    stream: tokio::net::TcpStream,
) -> Result<(Client, Moving), Failed> {
    let failed = |error: Error| explained(question, &error);
    let tls = shared
        .clients
        .tls_of_database(question.policy.insecure_certificate)
        .map_err(|trouble| question.net(trouble))?;
    // A certificate names an IPv6 address without brackets.
    let name = question.host.trim_matches(['[', ']']);
    let mut maker = MakeRustlsConnect::new(tls);
    let Ok(connector) = MakeTlsConnect::<Capped>::make_tls_connect(&mut maker, name);
    let mut config = Config::new();
    config
        .user(&question.user)
        .dbname(&question.database)
        .application_name("quarterdeck")
        .ssl_mode(match question.tls {
            Tls::Require => SslMode::Require,
            Tls::Prefer => SslMode::Prefer,
            Tls::Off => SslMode::Disable,
        });
    if let Some(password) = &question.password {
        config.password(password);
    }
    let capped = Capped {
        stream,
        left: question.limits.max_bytes.saturating_add(OVERHEAD),
    };
    let (client, connection) = config
        .connect_raw(capped, connector)
        .await
        .map_err(failed)?;
    let moving = tokio::spawn(async move {
        // What went wrong with it is told to whoever asked.
        let _ = connection.await;
    });
    Ok((client, Moving(moving)))
}

/// What the session is told before anything is asked.
fn settings(question: &Question) -> [String; 2] {
    let limit = question.statement_timeout.as_millis();
    [
        format!(
            "SET default_transaction_read_only = on; SET statement_timeout = {limit}; \
             SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; \
             SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601'; SET TimeZone = 'Asia/Taipei'",
            LOCK_WAIT.as_millis(),
            limit + AROUND.as_millis(),
        ),
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned(),
    ]
}

async fn ask(question: &Question, client: &Client) -> Result<Vec<u8>, Failed> {
    let failed = |error: Error| explained(question, &error);
    // Prepared and never run: for the names of its columns.
    let bare = client.prepare(&question.query).await.map_err(failed)?;
    let names: Vec<&str> = bare.columns().iter().map(|column| column.name()).collect();
    if names.is_empty() {
        return Err(told(question.said("collect-sql-writes")));
    }
    let list = |ending: &str| -> String {
        let cells: Vec<String> = (0..names.len())
            .map(|index| format!("c{index}{ending}"))
            .collect();
        cells.join(", ")
    };
    let text = format!(
        "SELECT {} FROM (\n{}\n) AS q({}) LIMIT {}",
        list("::text"),
        question.query,
        list(""),
        question.row_cap + 1,
    );
    let statement = client.prepare(&text).await.map_err(|error| {
        let code = error.code().map(|code| code.code().to_owned());
        match code.as_deref() {
            // The query alone was understood, inside of a SELECT it is not: it is none itself.
            Some("42601" | "0A000") => told(question.said("collect-sql-writes")),
            _ => failed(error),
        }
    })?;
    let values: Vec<Value<'_>> = question.values.iter().map(|text| Value(text)).collect();
    let rows = client.query_raw(&statement, values).await.map_err(failed)?;
    let mut rows = pin!(rows);
    let mut bytes = Vec::new();
    write_row(&mut bytes, names.iter().map(|name| Some(*name)));
    let mut count = 0_u64;
    while let Some(row) = rows.next().await {
        let row = row.map_err(failed)?;
        count += 1;
        if count > question.row_cap {
            let message = question.said("collect-sql-too-many");
            return Err(told(message.with("limit", question.row_cap)));
        }
        let cells = (0..names.len())
            .map(|index| row.try_get::<_, Option<&str>>(index))
            .collect::<Result<Vec<_>, _>>()
            .map_err(failed)?;
        write_row(&mut bytes, cells.into_iter());
        if bytes.len() as u64 > question.limits.max_bytes {
            return Err(question.net(Trouble::TooLarge {
                limit: question.limits.max_bytes,
            }));
        }
    }
    Ok(bytes)
}

/// A value as text, whatever type the server takes it for.
#[derive(Debug)]
struct Value<'a>(&'a str);

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        out.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }
    to_sql_checked!();
}

/// What went wrong, in words; the server's own words only where nothing else says it.
fn explained(question: &Question, error: &Error) -> Failed {
    if let Some(said) = error.as_db_error() {
        let code = said.code().code();
        let id = match code {
            _ if code.starts_with("28") => "collect-sql-account",
            "3D000" => "collect-sql-database",
            "25006" => "collect-sql-writes",
            "42501" => "collect-sql-denied",
            "57014" => "collect-sql-timeout",
            "55P03" => "collect-sql-locked",
            "53300" | "57P01" | "57P02" | "57P03" => "collect-sql-busy",
            _ => "collect-sql-refused",
        };
        let message = question.said(id).with("code", code.to_owned());
        return told(match id {
            "collect-sql-timeout" => message.with("seconds", question.statement_timeout.as_secs()),
            "collect-sql-refused" if question.discreet => message.with("detail", "-"),
            "collect-sql-refused" => message.with("detail", question.hidden(said.message())),
            _ => message,
        });
    }
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    let mut detail = String::new();
    while let Some(current) = cause {
        detail = current.to_string();
        let inner = carried(current);
        if let Some(refused) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return question.net(refused_certificate(refused));
        }
        if inner.is_some_and(|inner| inner.is::<TooMuch>()) {
            return question.net(Trouble::TooLarge {
                limit: question.limits.max_bytes,
            });
        }
        cause = current.source();
    }
    let whole = error.to_string();
    if detail.contains("does not support TLS") {
        return told(question.said("collect-sql-no-tls"));
    }
    if whole.contains("password missing") || detail.contains("password missing") {
        return told(question.said("collect-sql-account").with("code", "-"));
    }
    question.net(Trouble::Broken {
        detail: question.hidden(&detail),
    })
}

/// The server sent more than it may.
#[derive(Debug, thiserror::Error)]
#[error("too much")]
struct TooMuch;

/// A connection that ends when too much has come: a message is only looked at when it is whole.
struct Capped {
    stream: tokio::net::TcpStream,
    left: u64,
}

impl AsyncRead for Capped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left == 0 {
            return Poll::Ready(Err(io::Error::other(TooMuch)));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let came = buffer.filled().len().saturating_sub(before) as u64;
        self.left = self.left.saturating_sub(came);
        read
    }
}

impl AsyncWrite for Capped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
