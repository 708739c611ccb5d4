//! One HTTP client of two kinds. Plain HTTP without a proxy goes straight over hyper's connections: the
//! layers that reqwest lays over them, for certificates, proxies, redirects and accounts, have nothing
//! to do there and take as long as the rest.

use super::clients::AGENT;
use super::inflate::UNDERSTOOD;
use super::resolver::Resolver;
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HOST, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::tls::TlsInfo;
use std::collections::HashMap;
use std::error::Error as StdError;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service;
use url::{Position, Url};

/// No more than were asked at once come back.
pub(super) const IDLE_CONNECTIONS: usize = 256;
/// A connection that rested for so long is looked at before it is used.
const RESTED: Duration = Duration::from_millis(10);
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
                let mut headers = own;
                for (name, value) in [
                    (ACCEPT_ENCODING, encoding),
                    (ACCEPT, all),
                    (USER_AGENT, HeaderValue::from_static(AGENT)),
                ] {
                    headers.entry(name).or_insert(value);
                }
                client.get(url, headers).await.map(Response::Straight)
            }
        }
    }
}

/// An answer whose head is there.
pub(super) enum Response {
    Layered(reqwest::Response),
    Straight(Answered),
}

impl Response {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Response::Layered(response) => response.status(),
            Response::Straight(answered) => answered.response.status(),
        }
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        match self {
            Response::Layered(response) => response.headers(),
            Response::Straight(answered) => answered.response.headers(),
        }
    }

    /// The address connected to.
    pub(super) fn remote_addr(&self) -> Option<SocketAddr> {
        match self {
            Response::Layered(response) => response.remote_addr(),
            Response::Straight(answered) => Some(answered.remote),
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
            Response::Straight(answered) => answered.response.body().size_hint().exact(),
        }
    }

    /// The next piece of the body; none at its end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Failed> {
        match self {
            Response::Layered(response) => {
                let chunk = response.chunk().await;
                chunk.map_err(|error| error.without_url().into())
            }
            Response::Straight(answered) => loop {
                match answered.response.body_mut().frame().await.transpose()? {
                    None => {
                        answered.is_read = true;
                        return Ok(None);
                    }
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
pub(super) struct Straight {
    connector: Connector,
    /// Connections that nobody uses, by host and port, with the moment since when.
    idle: Mutex<HashMap<String, Vec<(Line, Instant)>>>,
}

/// A connection that takes one request after the other.
#[derive(Debug)]
struct Line {
    sender: SendRequest<Empty<Bytes>>,
    remote: SocketAddr,
}

/// An answer of plain HTTP: once it is read, its connection takes another request.
pub(super) struct Answered {
    response: hyper::Response<Incoming>,
    remote: SocketAddr,
    is_read: bool,
    line: Option<(Line, String)>,
    client: Arc<Straight>,
}

impl Drop for Answered {
    fn drop(&mut self) {
        if let Some((line, place)) = self.line.take()
            && (self.is_read || self.response.body().is_end_stream())
        {
            self.client.give_back(line, place);
        }
    }
}

impl Straight {
    /// A client whose connections have to stand within a time.
    pub(super) fn new(resolver: Resolver, connect: Duration) -> Straight {
        let mut http = HttpConnector::new_with_resolver(resolver);
        http.set_nodelay(true);
        http.set_keepalive(Some(ALIVE_AFTER));
        http.set_keepalive_interval(Some(ALIVE_AFTER));
        http.set_connect_timeout(Some(connect));
        Straight {
            connector: Connector { http, connect },
            idle: Mutex::default(),
        }
    }

    async fn get(self: &Arc<Self>, url: &Url, mut headers: HeaderMap) -> Result<Answered, Failed> {
        let place = &url[Position::BeforeHost..Position::AfterPort];
        if !headers.contains_key(HOST) {
            headers.insert(HOST, HeaderValue::from_str(place)?);
        }
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = Uri::try_from(&url[Position::BeforePath..Position::AfterQuery])?;
        *request.headers_mut() = headers;
        loop {
            let (mut line, was_idle) = match self.idle_line(place) {
                Some((line, since)) => {
                    if since.elapsed() >= RESTED {
                        // Whether the server has closed it meanwhile shows when the system was asked and its
                        // task had a turn.
                        tokio::task::yield_now().await;
                        tokio::task::yield_now().await;
                    }
                    (line, true)
                }
                None => (self.line(url).await?, false),
            };
            if let Err(error) = line.sender.ready().await {
                match was_idle {
                    // The server has closed it meanwhile.
                    true => continue,
                    false => return Err(error.into()),
                }
            }
            let mut unsent = match line.sender.try_send_request(request).await {
                Ok(response) => {
                    return Ok(Answered {
                        response,
                        remote: line.remote,
                        is_read: false,
                        line: Some((line, place.to_owned())),
                        client: Arc::clone(self),
                    });
                }
                Err(unsent) => unsent,
            };
            match unsent.take_message() {
                // It was closed before any of it was sent.
                Some(again) if was_idle => request = again,
                _ => return Err(unsent.into_error().into()),
            }
        }
    }

    /// A new connection.
    async fn line(&self, url: &Url) -> Result<Line, Failed> {
        let stream = self.connector.clone().call(Uri::try_from(url.as_str())?);
        let stream = stream.await.map_err(Unconnected)?;
        let remote = stream.inner().peer_addr()?;
        // A request is its head alone: there is nothing to gather for one write.
        let shaken = http1::Builder::new().writev(false).handshake(stream);
        let (sender, connection) = shaken.await?;
        tokio::spawn(async move {
            // Whoever waits for an answer on it learns what went wrong.
            let _ = connection.await;
        });
        Ok(Line { sender, remote })
    }

    fn idle_line(&self, place: &str) -> Option<(Line, Instant)> {
        let mut idle = self.idle.lock().ok()?;
        let lines = idle.get_mut(place)?;
        while let Some((line, since)) = lines.pop() {
            if !line.sender.is_closed() && since.elapsed() < IDLE_FOR {
                return Some((line, since));
            }
        }
        None
    }

    fn give_back(&self, line: Line, place: String) {
        if let Ok(mut idle) = self.idle.lock()
            && !line.sender.is_closed()
        {
            let lines = idle.entry(place).or_default();
            if lines.len() >= IDLE_CONNECTIONS {
                lines.retain(|(line, _)| !line.sender.is_closed());
            }
            if lines.len() < IDLE_CONNECTIONS {
                lines.push((line, Instant::now()));
            }
        }
    }
}

/// There is no connection to the server.
#[derive(Debug, thiserror::Error)]
#[error("not connected")]
pub(super) struct Unconnected(#[source] Failed);

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
