//! The only network of the program: one thread, one runtime, one set of rules for every source.
//!
//! An exchange asks for one page: it follows redirects itself, refuses private addresses on every
//! hop, unpacks bodies itself so that both sizes can be capped, and hands the body over in blocks
//! through a bounded channel, so that an 80 MB catalogue never stands in memory.

mod address;
mod clients;
mod dial;
mod error;
mod exchange;
mod inflate;
pub(crate) mod postgres;
mod resolver;
#[cfg(test)]
pub(crate) mod scripted;
#[cfg(test)]
mod tests;

pub use address::is_private;
pub use error::{NetError, RetryAfter, Trouble, place_of};
pub(crate) use exchange::hex;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use clients::Clients;
use quarterdeck_sources::secret::is_secret_name;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};
use url::Url;

/// Largest block of a body that is handed over at once.
const BLOCK: usize = 64 * 1024;

/// Blocks that may wait for their reader before the network waits too.
const BLOCKS_WAITING: usize = 8;

/// What the office's settings say about the network.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct NetworkRules {
    /// Certificates of the office's own authorities (PEM), beside those of the system.
    pub ca_files: Vec<PathBuf>,
    /// Proxy for every source; without it the system's settings are honoured.
    pub proxy: Option<String>,
    /// Hosts that may be asked; `.example.gov.tw` allows every name under it. Empty: without a
    /// proxy every public host, behind a proxy none.
    pub allow_hosts: Vec<String>,
}

/// Without the account of the proxy.
impl std::fmt::Debug for NetworkRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let proxy = self.proxy.as_deref().map(|proxy| {
            Url::parse(proxy).map_or_else(|_| "***".to_owned(), |url| without_secrets(&url))
        });
        f.debug_struct("NetworkRules")
            .field("ca_files", &self.ca_files)
            .field("proxy", &proxy)
            .field("allow_hosts", &self.allow_hosts)
            .finish()
    }
}

/// Bounds of one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the head of an answer is there.
    pub head: Duration,
    /// Between two pieces of the body.
    pub idle: Duration,
    /// For everything, redirects and body included.
    pub whole: Duration,
    /// Bytes of the body, as sent and as unpacked.
    pub max_bytes: u64,
    /// Redirects followed.
    pub redirects: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            head: Duration::from_secs(30),
            idle: Duration::from_secs(30),
            whole: Duration::from_secs(120),
            max_bytes: 256 * 1024 * 1024,
            redirects: 5,
        }
    }
}

/// What a source may do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// The source's own host may be a private address; a redirect to another one may not.
    pub allow_private: bool,
    /// Certificates are not checked: the source's file says so and gives a reason.
    pub insecure_certificate: bool,
    /// Status codes whose body is an answer; empty: 200 only.
    pub accept_status: Vec<u16>,
    /// An origin that only exists while the program runs.
    pub origin: Option<OriginOverride>,
}

/// Requests to `placeholder` go to `real`, and are spoken of as requests to `placeholder`: a
/// portal on a free port of this machine keeps one address over all runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginOverride {
    /// As in source files and in the store, for example `http://demo.invalid`.
    pub placeholder: String,
    /// Where it is now, for example `http://127.0.0.1:41234`; allowed although it is private.
    pub real: String,
}

/// One page to ask for.
#[derive(Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Whole address, its secrets filled in.
    pub url: String,
    /// Secrets that were filled into `url`, as they stand there: taken out of everything that is
    /// stored or shown.
    pub masked: Vec<String>,
    /// Headers with their secrets; sent to the origin of `url` only.
    pub headers: Vec<(String, String)>,
    /// Bounds.
    pub limits: Limits,
    /// Permissions.
    pub policy: Policy,
}

/// Names of headers without their values, the address without its secrets.
impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        let url =
            Url::parse(&self.url).map_or_else(|_| "***".to_owned(), |url| without_secrets(&url));
        f.debug_struct("Exchange")
            .field("url", &mask(&url, &self.masked))
            .field("headers", &names)
            .field("limits", &self.limits)
            .field("policy", &self.policy)
            .finish()
    }
}

/// What is known before the body comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// HTTP status.
    pub http_status: u16,
    /// Headers of the answer, without those that may hold secrets.
    pub headers: Vec<(String, String)>,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// How long the portal asks to wait (`Retry-After`), whatever the status.
    pub wait: Option<RetryAfter>,
    /// Address connected to; none behind a proxy or for an origin that was filled in.
    pub remote_addr: Option<String>,
    /// Address asked at last, after redirects, without secrets.
    pub url: String,
    /// Redirects followed.
    pub redirects: u32,
    /// End of validity of the server's own certificate; none over plain HTTP.
    pub certificate_not_after: Option<DateTime<Utc>>,
}

/// What is known at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Bytes as sent.
    pub bytes_sent: u64,
    /// Bytes after unpacking: the original.
    pub bytes: u64,
    /// SHA-256 (hex) of the original.
    pub sha256: String,
    /// Time of the whole exchange.
    pub elapsed: Duration,
}

/// The shared transport. Exchanges may be opened from any thread that is not the network's own.
#[derive(Debug)]
pub struct Transport {
    shared: Arc<Shared>,
    runtime: tokio::runtime::Handle,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    clients: Clients,
    stop: Stop,
}

/// Asks every running exchange to end.
#[derive(Debug, Default)]
struct Stop {
    asked: AtomicBool,
    bell: Notify,
}

impl Stop {
    fn ask(&self) {
        self.asked.store(true, Ordering::SeqCst);
        self.bell.notify_waiters();
    }
    async fn wait(&self) {
        let ringing = self.bell.notified();
        tokio::pin!(ringing);
        ringing.as_mut().enable();
        if !self.asked.load(Ordering::SeqCst) {
            ringing.await;
        }
    }
}

impl Transport {
    /// Starts the network's thread. No connection is made and no certificate is read yet.
    pub fn new(rules: NetworkRules) -> Result<Transport, NetError> {
        let broken = |error: io::Error| {
            NetError::at(
                Trouble::Broken {
                    detail: error.to_string(),
                },
                "",
            )
        };
        let shared = Arc::new(Shared {
            clients: Clients::new(rules)?,
            stop: Stop::default(),
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(broken)?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("network".to_owned())
            .spawn(move || {
                let _ = runtime.block_on(ended);
                // A name service that hangs must not hold up the end of the program.
                runtime.shutdown_background();
            })
            .map_err(broken)?;
        Ok(Transport {
            shared,
            runtime: handle,
            end: Some(end),
            thread: Some(thread),
        })
    }

    /// Asks for a page and waits for the head of its answer. The body is read from what is
    /// returned; a status that the policy does not accept is an error and its body is not read.
    pub fn open(&self, exchange: Exchange) -> Result<Incoming, NetError> {
        let (head_to, head) = oneshot::channel();
        let (blocks_to, blocks) = mpsc::channel(BLOCKS_WAITING);
        let (done_to, done) = oneshot::channel();
        let shared = Arc::clone(&self.shared);
        let place = Url::parse(&exchange.url)
            .map(|url| mask(&place_of(&url), &exchange.masked))
            .unwrap_or_default();
        self.runtime
            .spawn(exchange::run(shared, exchange, head_to, blocks_to, done_to));
        let lost = || {
            NetError::at(
                Trouble::Broken {
                    detail: String::new(),
                },
                &place,
            )
        };
        match head.blocking_recv() {
            Ok(head) => Ok(Incoming {
                head,
                blocks,
                block: Bytes::new(),
                done: Some(done),
                end: None,
                place,
            }),
            Err(_) => Err(match done.blocking_recv() {
                Ok(Err(error)) => error,
                Ok(Ok(_)) | Err(_) => lost(),
            }),
        }
    }

    /// Ends every running exchange, and every later one at once.
    pub fn stop(&self) {
        self.shared.stop.ask();
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        self.stop();
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// An answer whose body is coming in. A body that breaks off is an error of `read`, never an end.
#[derive(Debug)]
pub struct Incoming {
    head: Head,
    blocks: mpsc::Receiver<Bytes>,
    block: Bytes,
    done: Option<oneshot::Receiver<Result<Answer, NetError>>>,
    end: Option<Result<Answer, NetError>>,
    place: String,
}

impl Incoming {
    /// Status, headers and where it came from.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The error that broke the body off, if one did. Nothing is waited for.
    pub fn failure(&self) -> Option<&NetError> {
        self.end.as_ref().and_then(|end| end.as_ref().err())
    }

    /// Reads what is left and says how it ended: the hash covers the whole body.
    pub fn finish(mut self) -> Result<Answer, NetError> {
        while self.next_block() {}
        self.block = Bytes::new();
        self.settle();
        self.end.take().unwrap_or_else(|| Err(self.lost()))
    }

    /// Moves to the next block; false at the end.
    fn next_block(&mut self) -> bool {
        match self.blocks.blocking_recv() {
            Some(block) => {
                self.block = block;
                true
            }
            None => false,
        }
    }

    fn settle(&mut self) {
        if let Some(done) = self.done.take() {
            self.end = Some(done.blocking_recv().unwrap_or_else(|_| Err(self.lost())));
        }
    }

    fn lost(&self) -> NetError {
        NetError::at(
            Trouble::Broken {
                detail: String::new(),
            },
            &self.place,
        )
    }
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.block.is_empty() {
            if !self.next_block() {
                self.settle();
                return match self.failure() {
                    Some(error) => Err(io::Error::other(error.clone())),
                    None => Ok(0),
                };
            }
        }
        let length = self.block.len().min(buffer.len());
        let piece = self.block.split_to(length);
        if let Some(room) = buffer.get_mut(..length) {
            room.copy_from_slice(&piece);
        }
        Ok(length)
    }
}

/// Text of a portal or of the system on one line, without controls and bidi marks.
pub(crate) fn plain(text: &str, at_most: usize) -> String {
    text.chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| {
            !c.is_control()
                && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                    | '\u{feff}' | '\u{61c}' | '\u{e0000}'..='\u{e007f}')
        })
        .take(at_most)
        .collect()
}

/// A text without the secrets that were filled into an address.
pub(crate) fn mask(text: &str, secrets: &[String]) -> String {
    secrets
        .iter()
        .filter(|secret| !secret.is_empty())
        .fold(text.to_owned(), |text, secret| {
            text.replace(secret.as_str(), "***")
        })
}

/// An address as it may be stored and shown: without account, fragment and the values of
/// parameters that look like keys.
pub fn without_secrets(url: &Url) -> String {
    let mut shown = url.clone();
    // Both fail only for addresses that cannot have an account.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_fragment(None);
    if let Some(query) = url.query() {
        let kept: Vec<String> = query
            .split('&')
            .map(|pair| match pair.split_once('=') {
                Some((name, value)) if !value.is_empty() && is_secret_name(name) => {
                    format!("{name}=***")
                }
                _ => pair.to_owned(),
            })
            .collect();
        shown.set_query(Some(&kept.join("&")));
    }
    shown.to_string()
}
