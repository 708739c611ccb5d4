//! One HTTP client of two kinds. Plain HTTP without a proxy goes straight over hyper's pool of
//! connections: the layers that reqwest lays over the same pool, for certificates, proxies, redirects
//! and accounts, have nothing to do there and take as long as the rest.

use super::clients::AGENT;
use super::inflate::UNDERSTOOD;
use super::resolver::Resolver;
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Incoming};
use hyper::{Request, Uri};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{HttpConnector, HttpInfo};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::tls::TlsInfo;
use std::error::Error as StdError;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service;
use url::Url;

/// No more than were asked at once come back.
pub(super) const IDLE_CONNECTIONS: usize = 256;
/// As reqwest keeps them.
const IDLE_FOR: Duration = Duration::from_secs(90);
const ALIVE_AFTER: Duration = Duration::from_secs(15);

pub(super) type Failed = Box<dyn StdError + Send + Sync>;

/// Who sends a request.
#[derive(Debug, Clone)]
pub(super) enum Client {
    Layered(reqwest::Client),
    Straight(Arc<Straight>),
}

impl Client {
    /// Asks for an address; `own` are the headers of the source. The head of the answer is there
    /// afterwards.
    pub(super) async fn get(&self, url: &Url, own: HeaderMap) -> Result<Response, Failed> {
        let (encoding, all) = (
            HeaderValue::from_static(UNDERSTOOD),
            HeaderValue::from_static("*/*"),
        );
        match self {
            Client::Layered(client) => {
                let request = client
                    .get(url.clone())
                    .header(ACCEPT_ENCODING, encoding)
                    .header(ACCEPT, all)
                    .headers(own);
                let sent = request.send().await;
                // The error of the library carries the whole address.
                sent.map(Response::Layered)
                    .map_err(|error| error.without_url().into())
            }
            Client::Straight(client) => {
                let mut request = Request::new(Empty::new());
                *request.uri_mut() = Uri::try_from(url.as_str().to_owned())?;
                let mut headers = own;
                for (name, value) in [
                    (ACCEPT_ENCODING, encoding),
                    (ACCEPT, all),
                    (USER_AGENT, HeaderValue::from_static(AGENT)),
                ] {
                    headers.entry(name).or_insert(value);
                }
                *request.headers_mut() = headers;
                Ok(Response::Straight(client.0.request(request).await?))
            }
        }
    }
}

/// An answer whose head is there.
pub(super) enum Response {
    Layered(reqwest::Response),
    Straight(hyper::Response<Incoming>),
}

impl Response {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Response::Layered(response) => response.status(),
            Response::Straight(response) => response.status(),
        }
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        match self {
            Response::Layered(response) => response.headers(),
            Response::Straight(response) => response.headers(),
        }
    }

    /// The address connected to.
    pub(super) fn remote_addr(&self) -> Option<SocketAddr> {
        match self {
            Response::Layered(response) => response.remote_addr(),
            Response::Straight(response) => {
                let info = response.extensions().get::<HttpInfo>();
                info.map(HttpInfo::remote_addr)
            }
        }
    }

    /// The server's certificate; none over plain HTTP.
    pub(super) fn certificate(&self) -> Option<&[u8]> {
        let Response::Layered(response) = self else {
            return None;
        };
        let tls = response.extensions().get::<TlsInfo>();
        tls.and_then(TlsInfo::peer_certificate)
    }

    /// Bytes of the body, where they are said.
    pub(super) fn content_length(&self) -> Option<u64> {
        match self {
            Response::Layered(response) => response.content_length(),
            Response::Straight(response) => response.body().size_hint().exact(),
        }
    }

    /// The next piece of the body; none at its end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Failed> {
        match self {
            Response::Layered(response) => {
                let chunk = response.chunk().await;
                chunk.map_err(|error| error.without_url().into())
            }
            Response::Straight(response) => loop {
                match response.body_mut().frame().await.transpose()? {
                    None => return Ok(None),
                    // What comes after the body is not read.
                    Some(frame) => match frame.into_data() {
                        Ok(piece) => return Ok(Some(piece)),
                        Err(_) => continue,
                    },
                }
            },
        }
    }
}

/// Plain HTTP without a proxy.
#[derive(Debug)]
pub(super) struct Straight(legacy::Client<Connector, Empty<Bytes>>);

impl Straight {
    /// A client whose connections have to stand within a time.
    pub(super) fn new(resolver: Resolver, connect: Duration) -> Straight {
        let mut http = HttpConnector::new_with_resolver(resolver);
        http.set_nodelay(true);
        http.set_keepalive(Some(ALIVE_AFTER));
        http.set_keepalive_interval(Some(ALIVE_AFTER));
        http.set_connect_timeout(Some(connect));
        let client = legacy::Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_FOR)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .build(Connector { http, connect });
        Straight(client)
    }
}

/// Connects, names included, within a time.
#[derive(Debug, Clone)]
struct Connector {
    http: HttpConnector<Resolver>,
    connect: Duration,
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Failed>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Failed>> {
        self.http.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let (connecting, within) = (self.http.call(to), self.connect);
        Box::pin(async move {
            match timeout(within, connecting).await {
                Ok(connected) => connected.map_err(Into::into),
                Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
            }
        })
    }
}
