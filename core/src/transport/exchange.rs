//! One exchange: hops, head, body.

use super::client::Response;
use super::clients::{Permit, innermost};
use super::error::{NetError, RetryAfter, Trouble};
use super::inflate::{Inflater, Sizes};
use super::resolver::{RefusedName, UnknownName};
use super::{
    Answer, BLOCK, Exchange, Head, OriginOverride, Shared, is_private, is_secret_name,
    masked as hide, place_of, plain, without_secrets,
};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use reqwest::header::{
    CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
};
use rustls::CertificateError;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::error::Error as StdError;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use url::Url;
use x509_cert::der::Decode;

/// Headers of an answer that are kept, and the length of each.
const HEADERS_KEPT: usize = 64;
const HEADER_LENGTH: usize = 1024;

/// Where an answer goes while it comes in.
pub(super) trait Sink {
    /// Its head.
    async fn head(&mut self, head: Head) -> Result<(), Trouble>;
    /// A block of its body, unpacked.
    async fn block(&mut self, block: Bytes) -> Result<(), Trouble>;
}

/// Runs an exchange to its end, on the network's thread.
pub(super) async fn run(
    shared: &Shared,
    exchange: &Exchange,
    sink: &mut impl Sink,
) -> Result<Answer, NetError> {
    let place = || {
        Url::parse(&exchange.url)
            .map(|url| place_of(&url))
            .unwrap_or_default()
    };
    let whole = exchange.limits.whole;
    let outcome = tokio::select! {
        biased;
        () = shared.stop.wait() => Err(NetError::at(Trouble::Interrupted, &place())),
        outcome = timeout(whole, perform(shared, exchange, sink)) => outcome
            .unwrap_or_else(|_| Err(NetError::at(Trouble::WholeTimeout { seconds: seconds(whole) }, &place()))),
    };
    outcome.map_err(|error| error.masked(&exchange.masked))
}

fn seconds(duration: Duration) -> u64 {
    duration.as_secs().max(1)
}

async fn perform(
    shared: &Shared,
    exchange: &Exchange,
    sink: &mut impl Sink,
) -> Result<Answer, NetError> {
    let began = Instant::now();
    let (mut response, head, shown) = ask(shared, exchange).await?;
    let limits = exchange.limits;
    let failed = |trouble| NetError::new(trouble, &shown);
    let expected = response.content_length();
    if expected.is_some_and(|length| length > limits.max_bytes) {
        return Err(failed(Trouble::TooLarge {
            limit: limits.max_bytes,
        }));
    }
    let encoding = response
        .headers()
        .get(CONTENT_ENCODING)
        .and_then(|v| v.to_str().ok());
    let mut inflater = Inflater::new(encoding).map_err(failed)?;
    sink.head(head).await.map_err(failed)?;
    let (mut sizes, mut hash) = (Sizes::default(), Sha256::new());
    loop {
        let next = timeout(limits.idle, response.chunk()).await.map_err(|_| {
            failed(Trouble::IdleTimeout {
                seconds: seconds(limits.idle),
                bytes: sizes.sent,
            })
        })?;
        let Some(piece) =
            next.map_err(|error| failed(broken_body(&*error, expected, sizes.sent)))?
        else {
            break;
        };
        inflater.give(piece);
        while let Some(piece) = inflater
            .next(limits.max_bytes, &mut sizes)
            .map_err(failed)?
        {
            hand_over(piece, &mut hash, sink).await.map_err(failed)?;
        }
    }
    if let Some(expected) = expected.filter(|length| *length != sizes.sent) {
        return Err(failed(Trouble::Truncated {
            expected: Some(expected),
            bytes: sizes.sent,
        }));
    }
    let rest = inflater.end(limits.max_bytes, &mut sizes).map_err(failed)?;
    hand_over(rest, &mut hash, sink).await.map_err(failed)?;
    Ok(Answer {
        bytes_sent: sizes.sent,
        bytes: sizes.unpacked,
        sha256: hex(&hash.finalize()),
        elapsed: began.elapsed(),
    })
}

/// Hands a piece over in blocks; waits while the reader is behind.
async fn hand_over(
    mut piece: Bytes,
    hash: &mut Sha256,
    sink: &mut impl Sink,
) -> Result<(), Trouble> {
    hash.update(&piece);
    while !piece.is_empty() {
        let block = piece.split_to(piece.len().min(BLOCK));
        sink.block(block).await?;
    }
    Ok(())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or(b'0');
    let mut text = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.extend_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    String::from_utf8(text).unwrap_or_default()
}

/// Follows redirects to an answer that is accepted.
async fn ask(shared: &Shared, exchange: &Exchange) -> Result<(Response, Head, Url), NetError> {
    let policy = &exchange.policy;
    let first = Url::parse(&exchange.url).map_err(|e| {
        // An address may hold a key: only what stands before the query is shown.
        let shown = exchange.url.split(['?', '#']).next().unwrap_or_default();
        NetError::at(
            Trouble::BadUrl {
                detail: e.to_string(),
            },
            &plain(shown, 200),
        )
    })?;
    let origins = Origins::new(policy.origin.as_ref(), &first).ok_or_else(|| {
        let detail = String::new();
        NetError::new(Trouble::BadUrl { detail }, &first)
    })?;
    let mut url = first.clone();
    let mut hops = 0;
    loop {
        let own_origin = origins.is_placeholder(&url);
        let permit = Permit {
            allow_private: own_origin || (policy.allow_private && url.host() == first.host()),
            insecure_certificate: policy.insecure_certificate && url.host() == first.host(),
            own_origin,
            connect: exchange.limits.connect,
        };
        let target = origins.real(&url);
        // The check looks at where the hop leads; messages speak of the address as it was given.
        let way = shared
            .clients
            .way(&target, permit)
            .map_err(|error| NetError::new(error.trouble, &url))?;
        let headers = match hops == 0 || url.origin() == first.origin() {
            true => own_headers(exchange, &url)?,
            false => HeaderMap::new(),
        };
        let limit = exchange.limits.head;
        let response = match timeout(limit, way.client.get(&target, headers)).await {
            Ok(sent) => sent.map_err(|error| {
                let trouble = unsent(&*error, exchange);
                NetError::new(shared.clients.with_root_trouble(trouble), &url)
            })?,
            Err(_) => {
                return Err(NetError::new(
                    Trouble::HeadTimeout {
                        seconds: seconds(limit),
                    },
                    &url,
                ));
            }
        };
        let remote = response.remote_addr();
        if let Some(address) =
            remote.filter(|a| !way.proxied && !permit.allow_private && is_private(a.ip()))
        {
            return Err(NetError::new(
                Trouble::Private {
                    address: address.ip().to_string(),
                },
                &url,
            ));
        }
        let status = response.status();
        if status.is_redirection() && response.headers().contains_key(LOCATION) {
            if hops >= exchange.limits.redirects {
                return Err(NetError::new(
                    Trouble::TooManyRedirects {
                        limit: exchange.limits.redirects,
                    },
                    &url,
                ));
            }
            hops += 1;
            let next = next_hop(&target, &url, response.headers())?;
            url = origins.shown(&next);
            continue;
        }
        let accepted = if policy.accept_status.is_empty() {
            status.as_u16() == 200
        } else {
            policy.accept_status.contains(&status.as_u16())
        };
        let certificate_not_after = response.certificate().and_then(not_after);
        if !accepted {
            let wait = retry_after(response.headers());
            return Err(NetError::new(
                Trouble::Status {
                    status: status.as_u16(),
                    wait,
                    not_after: certificate_not_after,
                },
                &url,
            ));
        }
        let head = Head {
            http_status: status.as_u16(),
            headers: kept_headers(response.headers(), &exchange.masked),
            content_type: text_of(response.headers().get(CONTENT_TYPE)),
            wait: retry_after(response.headers()),
            remote_addr: remote
                .filter(|_| !way.proxied && !own_origin)
                .map(|a| a.to_string()),
            url: hide(without_secrets(&url), &exchange.masked),
            redirects: hops,
            certificate_not_after,
        };
        return Ok((response, head, url));
    }
}

fn retry_after(headers: &HeaderMap) -> Option<RetryAfter> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    RetryAfter::read(value)
}

fn next_hop(target: &Url, shown: &Url, headers: &HeaderMap) -> Result<Url, NetError> {
    let bad = |detail: &str| {
        NetError::new(
            Trouble::BadRedirect {
                detail: detail.to_owned(),
            },
            shown,
        )
    };
    let location = headers
        .get(LOCATION)
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    let location = std::str::from_utf8(location).map_err(|_| bad("not UTF-8"))?;
    target
        .join(location.trim())
        .map_err(|e| bad(&e.to_string()))
}

/// Addresses as they are spoken of, and where they are.
struct Origins {
    pair: Option<(Url, Url)>,
}

impl Origins {
    fn new(origin: Option<&OriginOverride>, first: &Url) -> Option<Origins> {
        let Some(origin) = origin else {
            return Some(Origins { pair: None });
        };
        let pair = (
            Url::parse(&origin.placeholder).ok()?,
            Url::parse(&origin.real).ok()?,
        );
        // Only a source that asks the placeholder itself may reach what stands behind it.
        Some(Origins {
            pair: (pair.0.origin() == first.origin()).then_some(pair),
        })
    }
    fn is_placeholder(&self, url: &Url) -> bool {
        self.pair
            .as_ref()
            .is_some_and(|(placeholder, _)| url.origin() == placeholder.origin())
    }
    fn real<'a>(&self, url: &'a Url) -> Cow<'a, Url> {
        match &self.pair {
            Some((placeholder, real)) if url.origin() == placeholder.origin() => {
                Cow::Owned(moved(url, real))
            }
            _ => Cow::Borrowed(url),
        }
    }
    fn shown(&self, url: &Url) -> Url {
        match &self.pair {
            Some((placeholder, real)) if url.origin() == real.origin() => moved(url, placeholder),
            _ => url.clone(),
        }
    }
}

fn moved(url: &Url, to: &Url) -> Url {
    let mut moved = to.clone();
    moved.set_path(url.path());
    moved.set_query(url.query());
    moved
}

fn own_headers(exchange: &Exchange, url: &Url) -> Result<HeaderMap, NetError> {
    let mut headers = HeaderMap::new();
    for (name, value) in &exchange.headers {
        // The value stays out of the message: it may be a key.
        let bad = || {
            NetError::new(
                Trouble::Settings {
                    detail: plain(name, 60),
                },
                url,
            )
        };
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| bad())?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}

fn text_of(value: Option<&HeaderValue>) -> Option<String> {
    value.map(|v| plain(&String::from_utf8_lossy(v.as_bytes()), HEADER_LENGTH))
}

/// Headers that hold no secret; most answers have no others.
const ORDINARY: [&str; 16] = [
    "accept-ranges",
    "age",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "etag",
    "expires",
    "keep-alive",
    "last-modified",
    "server",
    "transfer-encoding",
    "vary",
    "via",
];

fn kept_headers(headers: &HeaderMap, masked: &[String]) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| {
            ORDINARY.contains(&name.as_str())
                || (!is_secret_name(name.as_str()) && *name != LOCATION)
        })
        .take(HEADERS_KEPT)
        .map(|(name, value)| {
            (
                name.as_str().to_owned(),
                hide(text_of(Some(value)).unwrap_or_default(), masked),
            )
        })
        .collect()
}

/// What an error of the system carries, which `source` steps over; such errors stand inside each
/// other.
pub(super) fn carried<'a>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a (dyn StdError + Send + Sync + 'static)> {
    let mut inner = error.downcast_ref::<std::io::Error>()?.get_ref()?;
    while let Some(deeper) = inner
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref)
    {
        inner = deeper;
    }
    Some(inner)
}

/// End of validity of a certificate.
fn not_after(certificate: &[u8]) -> Option<DateTime<Utc>> {
    let certificate = x509_cert::Certificate::from_der(certificate).ok()?;
    let end = certificate.tbs_certificate.validity.not_after;
    DateTime::from_timestamp(i64::try_from(end.to_unix_duration().as_secs()).ok()?, 0)
}

/// A certificate or handshake that is refused, with the day it ended where that is the reason.
pub(super) fn refused_certificate(error: &rustls::Error) -> Trouble {
    let not_after = match error {
        rustls::Error::InvalidCertificate(CertificateError::ExpiredContext {
            not_after, ..
        }) => i64::try_from(not_after.as_secs())
            .ok()
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
        _ => None,
    };
    Trouble::Certificate {
        detail: error.to_string(),
        not_after,
    }
}

/// Why a request got no head.
fn unsent(error: &(dyn StdError + 'static), exchange: &Exchange) -> Trouble {
    let mut cause = Some(error);
    let (mut is_late, mut is_connect) = (false, false);
    while let Some(current) = cause {
        if let Some(error) = current.downcast_ref::<reqwest::Error>() {
            is_late |= error.is_timeout();
            is_connect |= error.is_connect();
        }
        if let Some(error) = current.downcast_ref::<hyper_util::client::legacy::Error>() {
            is_connect |= error.is_connect();
        }
        let io = current.downcast_ref::<std::io::Error>();
        is_late |= io.is_some_and(|error| error.kind() == std::io::ErrorKind::TimedOut);
        if let Some(refused) = current.downcast_ref::<RefusedName>() {
            return Trouble::Private {
                address: refused.to_string(),
            };
        }
        if let Some(unknown) = current.downcast_ref::<UnknownName>() {
            return Trouble::Name {
                detail: unknown.to_string(),
            };
        }
        if let Some(error) = current.downcast_ref::<rustls::Error>() {
            return refused_certificate(error);
        }
        // Errors of the system may carry one of ours, one inside the other; `source` steps over it.
        if let Some(error) =
            carried(current).and_then(|inner| inner.downcast_ref::<rustls::Error>())
        {
            return refused_certificate(error);
        }
        cause = current.source();
    }
    if is_late {
        return Trouble::ConnectTimeout {
            seconds: seconds(exchange.limits.connect),
        };
    }
    let detail = innermost(error);
    if is_connect {
        Trouble::Connect { detail }
    } else {
        Trouble::Broken { detail }
    }
}

/// Why a body broke off.
fn broken_body(error: &(dyn StdError + 'static), expected: Option<u64>, bytes: u64) -> Trouble {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if let Some(hyper) = current.downcast_ref::<hyper::Error>()
            && (hyper.is_incomplete_message() || hyper.is_body_write_aborted())
        {
            return Trouble::Truncated { expected, bytes };
        }
        if current
            .downcast_ref::<std::io::Error>()
            .is_some_and(|e| e.kind() == std::io::ErrorKind::UnexpectedEof)
        {
            return Trouble::Truncated { expected, bytes };
        }
        cause = current.source();
    }
    match expected {
        Some(_) => Trouble::Truncated { expected, bytes },
        None => Trouble::Broken {
            detail: innermost(error),
        },
    }
}
