//! The only network of the program: one thread, one runtime, one set of rules for every source.
//!
//! An exchange asks for one page: it follows redirects itself, refuses private addresses on every
//! hop, unpacks bodies itself so that both sizes can be capped, and hands the body over in blocks
//! through a bounded channel, so that an 80 MB catalogue never stands in memory.

mod address;
mod beginning;
mod client;
mod clients;
mod dial;
mod error;
mod exchange;
mod incoming;
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
use incoming::Gathering;
pub use incoming::Incoming;

use chrono::{DateTime, Utc};
use clients::Clients;
use quarterdeck_sources::secret::is_secret_name;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::Notify;
use url::Url;

/// Largest block of a body that is handed over at once.
const BLOCK: usize = 64 * 1024;

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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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

/// The shared transport: one runtime, driven by one thread at a time.
pub struct Transport {
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
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
    /// Prepares the network. No connection is made, no certificate is read, no thread is started.
    pub fn new(rules: NetworkRules) -> Result<Transport, NetError> {
        Transport::with(Clients::new(rules)?)
    }

    fn with(clients: Clients) -> Result<Transport, NetError> {
        let shared = Arc::new(Shared {
            clients,
            stop: Stop::default(),
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| {
                let detail = error.to_string();
                NetError::at(Trouble::Broken { detail }, "")
            })?;
        Ok(Transport {
            shared,
            runtime: Some(runtime),
        })
    }

    /// Makes this thread the network's until `work` is done; inside, [`Transport::fetch`] and
    /// timers run. `None` when there is no network any more.
    pub fn drive<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let runtime = self.runtime.as_ref()?;
        Some(runtime.block_on(async {
            // What came while nobody drove the network comes first: a connection that a portal has closed meanwhile is
            // none to ask on. One round learns of it, the next tells its owner.
            for _ in 0..2 {
                tokio::task::yield_now().await;
            }
            work.await
        }))
    }

    /// Asks for a page. A small answer comes whole; a larger one is handed to `large` as soon as
    /// that is known, to be read on another thread while it comes in, and `None` is returned when
    /// all of it was handed over or it broke off, of which its reader learns.
    ///
    /// A status that the policy does not accept is an error and its body is not read.
    pub async fn fetch(
        &self,
        exchange: &Exchange,
        large: impl FnOnce(Incoming),
    ) -> Result<Option<Incoming>, NetError> {
        let mut gathering = Gathering::new(large);
        let outcome = exchange::run(&self.shared, exchange, &mut gathering).await;
        gathering.end(outcome)
    }

    /// Asks for a page on this thread and gives its answer with the whole body in memory: for a
    /// caller that asks once.
    pub fn fetch_whole(&self, exchange: &Exchange) -> Result<Incoming, NetError> {
        let mut whole = Gathering::whole();
        let outcome = self.drive(exchange::run(&self.shared, exchange, &mut whole));
        let lost = || NetError::at(Trouble::Interrupted, "");
        whole
            .end(outcome.unwrap_or_else(|| Err(lost())))?
            .ok_or_else(lost)
    }

    /// Ends every running exchange, and every later one at once.
    pub fn stop(&self) {
        self.shared.stop.ask();
    }

    /// Waits until [`Transport::stop`] is called.
    pub async fn stopped(&self) {
        self.shared.stop.wait().await;
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        self.stop();
        if let Some(runtime) = self.runtime.take() {
            // A name service that hangs must not hold up the end of the program.
            runtime.shutdown_background();
        }
    }
}

/// Text of a portal or of the system on one line, without controls and bidi marks.
pub(crate) fn plain(text: &str, at_most: usize) -> String {
    if text.len() <= at_most && text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return text.to_owned();
    }
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

/// The same of a text that is ours.
fn masked(text: String, secrets: &[String]) -> String {
    match secrets {
        [] => text,
        secrets => mask(&text, secrets),
    }
}

/// An address as it may be stored and shown: without account, fragment and the values of
/// parameters that look like keys.
pub fn without_secrets(url: &Url) -> String {
    let has_account = !url.username().is_empty() || url.password().is_some();
    if !has_account && url.fragment().is_none() && url.query().is_none() {
        return url.to_string();
    }
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
