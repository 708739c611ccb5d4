//! A connection to a server that does not speak HTTP, under the same rules as every exchange: the
//! office's list of hosts, and no private address unless the source may.

use super::error::{NetError, Trouble};
use super::resolver::addresses;
use super::{Policy, Shared, Transport, is_private, plain};
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Host;

impl Transport {
    /// Holds a conversation on this thread. It is broken off when the run is stopped or `whole` has
    /// passed.
    pub(super) fn converse<T, F>(
        &self,
        place: &str,
        whole: Duration,
        talk: impl FnOnce(Arc<Shared>) -> F,
    ) -> Result<T, NetError>
    where
        F: Future<Output = T>,
    {
        let shared = Arc::clone(&self.shared);
        let talk = talk(Arc::clone(&shared));
        let outcome = self.drive(async move {
            tokio::select! {
                biased;
                () = shared.stop.wait() => Err(NetError::at(Trouble::Interrupted, place)),
                outcome = timeout(whole, talk) => outcome.map_err(|_| {
                    let seconds = whole.as_secs().max(1);
                    NetError::at(Trouble::WholeTimeout { seconds }, place)
                }),
            }
        });
        outcome.unwrap_or_else(|| Err(NetError::at(Trouble::Interrupted, place)))
    }
}

/// Connects to a host. The rule of addresses is held against the one connected to.
pub(super) async fn dial(
    shared: &Shared,
    host: &str,
    port: u16,
    policy: &Policy,
    connect: Duration,
) -> Result<TcpStream, NetError> {
    let place = format!("{host}:{port}");
    let failed = |trouble| NetError::at(trouble, &place);
    let parsed = Host::parse(host).map_err(|error| {
        failed(Trouble::BadUrl {
            detail: error.to_string(),
        })
    })?;
    let borrowed = match &parsed {
        Host::Domain(name) => Host::Domain(name.as_str()),
        Host::Ipv4(address) => Host::Ipv4(*address),
        Host::Ipv6(address) => Host::Ipv6(*address),
    };
    if !shared.clients.is_allowed(&borrowed, false) {
        return Err(failed(Trouble::NotAllowed { proxied: false }));
    }
    let private = |address: IpAddr| {
        failed(Trouble::Private {
            address: address.to_string(),
        })
    };
    let found = match parsed {
        Host::Ipv4(address) => vec![SocketAddr::new(address.into(), port)],
        Host::Ipv6(address) => vec![SocketAddr::new(address.into(), port)],
        Host::Domain(name) => {
            let found = timeout(connect, addresses(name, policy.allow_private)).await;
            let late = Trouble::ConnectTimeout {
                seconds: connect.as_secs().max(1),
            };
            found
                .unwrap_or(Err(late))
                .map_err(failed)?
                .into_iter()
                .map(|address| SocketAddr::new(address.ip(), port))
                .collect()
        }
    };
    let mut last = None;
    for address in found {
        if !policy.allow_private && is_private(address.ip()) {
            return Err(private(address.ip()));
        }
        match timeout(connect, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => {
                last = Some(Trouble::Connect {
                    detail: plain(&error.to_string(), 200),
                });
            }
            Err(_) => {
                last = Some(Trouble::ConnectTimeout {
                    seconds: connect.as_secs().max(1),
                });
            }
        }
    }
    Err(failed(last.unwrap_or(Trouble::Name {
        detail: String::new(),
    })))
}
