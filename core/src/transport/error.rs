//! Why an exchange with a portal failed, as a sentence that says what, where and what to do.

use super::{mask, plain};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::message::Message;
use std::time::Duration;
use url::Url;

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Trouble {
    /// Not an address at all.
    BadUrl { detail: String },
    /// Neither http nor https.
    Scheme { scheme: String },
    /// A private, loopback or link-local address that the source may not ask.
    Private { address: String },
    /// Not in `network.allow_hosts`.
    NotAllowed { proxied: bool },
    /// The name has no address.
    Name { detail: String },
    /// Nobody listens, or the way is closed.
    Connect { detail: String },
    /// The certificate or the handshake is refused.
    Certificate {
        detail: String,
        /// When it ended, if that is why.
        not_after: Option<DateTime<Utc>>,
    },
    /// No connection in time.
    ConnectTimeout { seconds: u64 },
    /// No head of an answer in time.
    HeadTimeout { seconds: u64 },
    /// The body stopped coming.
    IdleTimeout { seconds: u64, bytes: u64 },
    /// The exchange as a whole took too long.
    WholeTimeout { seconds: u64 },
    /// A status that the source does not accept.
    Status {
        status: u16,
        wait: Option<RetryAfter>,
        /// End of validity of the server's own certificate.
        not_after: Option<DateTime<Utc>>,
    },
    /// More hops than allowed.
    TooManyRedirects { limit: u32 },
    /// A redirect that leads nowhere.
    BadRedirect { detail: String },
    /// The body is larger than allowed, as sent or unpacked.
    TooLarge { limit: u64 },
    /// Unpacks to far more than it was: a bomb.
    Bomb { sent: u64, unpacked: u64 },
    /// Ended before its announced length, or without its end.
    Truncated { expected: Option<u64>, bytes: u64 },
    /// The compressed body cannot be unpacked.
    Unpack { detail: String },
    /// A compression that was not asked for.
    Encoding { name: String },
    /// A certificate file of the settings cannot be read; without a detail, it holds none.
    CaFile { file: String, detail: String },
    /// A setting of the network cannot be used.
    Settings { detail: String },
    /// The person or the system asked to stop.
    Interrupted,
    /// Anything else between us and the portal.
    Broken { detail: String },
}

/// How long a portal asks to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// So long.
    Delay(Duration),
    /// Until then.
    At(DateTime<Utc>),
}

impl RetryAfter {
    /// Reads the header: seconds or an HTTP date.
    pub(super) fn read(text: &str) -> Option<RetryAfter> {
        let text = text.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(RetryAfter::Delay(Duration::from_secs(
                seconds.min(1_000_000),
            )));
        }
        httpdate::parse_http_date(text)
            .ok()
            .map(|at| RetryAfter::At(at.into()))
    }
    /// The time left at an instant.
    pub fn left(self, now: DateTime<Utc>) -> Duration {
        match self {
            RetryAfter::Delay(delay) => delay,
            RetryAfter::At(at) => (at - now).to_std().unwrap_or_default(),
        }
    }
}

/// A failed exchange: what, and where (host and path; never a query, which may hold keys).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct NetError {
    /// What went wrong.
    pub trouble: Trouble,
    /// Host and path.
    pub place: String,
}

impl NetError {
    pub(super) fn new(trouble: Trouble, url: &Url) -> Self {
        Self {
            trouble,
            place: place_of(url),
        }
    }
    pub(super) fn at(trouble: Trouble, place: &str) -> Self {
        Self {
            trouble,
            place: plain(place, 200),
        }
    }

    /// Without the secrets that were filled into the address.
    pub(super) fn masked(mut self, secrets: &[String]) -> Self {
        self.place = mask(&self.place, secrets);
        match &mut self.trouble {
            Trouble::BadUrl { detail }
            | Trouble::BadRedirect { detail }
            | Trouble::Name { detail }
            | Trouble::Connect { detail }
            | Trouble::Certificate { detail, .. }
            | Trouble::Settings { detail }
            | Trouble::Broken { detail } => *detail = mask(detail, secrets),
            _ => {}
        }
        self
    }

    /// End of validity of the certificate that the server showed, where it got that far.
    pub fn certificate_not_after(&self) -> Option<DateTime<Utc>> {
        match self.trouble {
            Trouble::Status { not_after, .. } | Trouble::Certificate { not_after, .. } => not_after,
            _ => None,
        }
    }

    /// Whether trying again soon may help.
    pub fn is_passing(&self) -> bool {
        match &self.trouble {
            Trouble::Status { status, .. } => *status == 429 || *status >= 500,
            Trouble::Name { .. }
            | Trouble::Connect { .. }
            | Trouble::ConnectTimeout { .. }
            | Trouble::HeadTimeout { .. }
            | Trouble::IdleTimeout { .. }
            | Trouble::Truncated { .. }
            | Trouble::Unpack { .. }
            | Trouble::Broken { .. } => true,
            Trouble::BadUrl { .. }
            | Trouble::Scheme { .. }
            | Trouble::Private { .. }
            | Trouble::NotAllowed { .. }
            | Trouble::Certificate { .. }
            | Trouble::WholeTimeout { .. }
            | Trouble::TooManyRedirects { .. }
            | Trouble::BadRedirect { .. }
            | Trouble::TooLarge { .. }
            | Trouble::Bomb { .. }
            | Trouble::Encoding { .. }
            | Trouble::CaFile { .. }
            | Trouble::Settings { .. }
            | Trouble::Interrupted => false,
        }
    }

    /// Whether the portal answered, and its answer was refused.
    pub fn is_answer(&self) -> bool {
        matches!(
            self.trouble,
            Trouble::TooLarge { .. }
                | Trouble::Bomb { .. }
                | Trouble::Truncated { .. }
                | Trouble::Unpack { .. }
                | Trouble::Encoding { .. }
        )
    }

    /// How long the portal asks to wait, if it says so.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        match self.trouble {
            Trouble::Status { wait, .. } => wait,
            _ => None,
        }
    }

    /// The whole sentence, what to do included (argument `next`).
    pub fn message(&self) -> Message {
        let message = |id, next| {
            Message::new(id)
                .with("place", self.place.clone())
                .with("next", Message::new(next))
        };
        let detailed =
            |id, next, detail: &str| message(id, next).with("detail", plain(detail, 300));
        match &self.trouble {
            Trouble::BadUrl { detail } => detailed("net-bad-url", "net-bad-url-next", detail),
            Trouble::Scheme { scheme } => {
                message("net-scheme", "net-scheme-next").with("scheme", plain(scheme, 40))
            }
            Trouble::Private { address } => {
                message("net-private", "net-private-next").with("address", plain(address, 100))
            }
            Trouble::NotAllowed { proxied: true } => {
                message("net-not-allowed-proxy", "net-not-allowed-next")
            }
            Trouble::NotAllowed { proxied: false } => {
                message("net-not-allowed", "net-not-allowed-next")
            }
            Trouble::Name { detail } => detailed("net-name", "net-name-next", detail),
            Trouble::Connect { detail } => detailed("net-connect", "net-connect-next", detail),
            Trouble::Certificate { detail, .. } => {
                detailed("net-certificate", "net-certificate-next", detail)
            }
            Trouble::ConnectTimeout { seconds } => {
                message("net-connect-timeout", "net-connect-next").with("seconds", *seconds)
            }
            Trouble::HeadTimeout { seconds } => {
                message("net-head-timeout", "net-timeout-next").with("seconds", *seconds)
            }
            Trouble::IdleTimeout { seconds, bytes } => {
                message("net-idle-timeout", "net-timeout-next")
                    .with("seconds", *seconds)
                    .with("bytes", *bytes)
            }
            Trouble::WholeTimeout { seconds } => {
                message("net-whole-timeout", "net-timeout-next").with("seconds", *seconds)
            }
            Trouble::Status { status, .. } => {
                message("net-status", status_next(*status)).with("status", status.to_string())
            }
            Trouble::TooManyRedirects { limit } => {
                message("net-redirects", "net-redirect-next").with("limit", *limit)
            }
            Trouble::BadRedirect { detail } => {
                detailed("net-bad-redirect", "net-redirect-next", detail)
            }
            Trouble::TooLarge { limit } => {
                message("net-too-large", "net-too-large-next").with("limit", *limit)
            }
            Trouble::Bomb { sent, unpacked } => message("net-bomb", "net-bomb-next")
                .with("sent", *sent)
                .with("unpacked", *unpacked),
            Trouble::Truncated {
                expected: Some(expected),
                bytes,
            } => message("net-truncated", "net-truncated-next")
                .with("expected", *expected)
                .with("bytes", *bytes),
            Trouble::Truncated {
                expected: None,
                bytes,
            } => message("net-truncated-open", "net-truncated-next").with("bytes", *bytes),
            Trouble::Unpack { detail } => detailed("net-unpack", "net-truncated-next", detail),
            Trouble::Encoding { name } => {
                message("net-encoding", "net-encoding-next").with("name", plain(name, 60))
            }
            Trouble::CaFile { file, detail } if detail.is_empty() => {
                message("net-ca-file-empty", "net-ca-file-next").with("file", plain(file, 200))
            }
            Trouble::CaFile { file, detail } => {
                detailed("net-ca-file", "net-ca-file-next", detail).with("file", plain(file, 200))
            }
            Trouble::Settings { detail } => detailed("net-settings", "net-settings-next", detail),
            Trouble::Interrupted => message("net-interrupted", "net-interrupted-next"),
            Trouble::Broken { detail } => detailed("net-broken", "net-connect-next", detail),
        }
    }
}

fn status_next(status: u16) -> &'static str {
    match status {
        401 | 403 => "net-status-access-next",
        404 | 410 => "net-status-gone-next",
        429 => "net-status-busy-next",
        500..=599 => "net-status-server-next",
        _ => "net-status-next",
    }
}

/// Host, port if it is unusual, and path of an address.
pub fn place_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = url.path();
    if host.is_empty() {
        return plain(&format!("{}:{path}", url.scheme()), 200);
    }
    plain(&format!("{host}{port}{path}"), 200)
}
