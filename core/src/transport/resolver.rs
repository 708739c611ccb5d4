//! Names to addresses, with the private ones refused.

use super::address::is_private;
use super::error::Trouble;
use hyper_util::client::legacy::connect;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{SocketAddr, ToSocketAddrs};
use std::task::{Context, Poll};
use tower_service::Service;

/// Asks a name service for the addresses of a name.
pub(super) type Names = fn(&str) -> std::io::Result<Vec<SocketAddr>>;

/// The system's name service.
pub(super) fn system_names(name: &str) -> std::io::Result<Vec<SocketAddr>> {
    (name, 0).to_socket_addrs().map(Iterator::collect)
}

/// A name service under our rule: for most exchanges it refuses every name with one private
/// address among its addresses, since which one would be taken is the name owner's choice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolver {
    pub(super) names: Names,
    pub(super) allow_private: bool,
}

/// A name that leads into a private network.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {address}")]
pub(super) struct RefusedName {
    pub(super) name: String,
    pub(super) address: String,
}

/// A name that leads nowhere.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {detail}")]
pub(super) struct UnknownName {
    pub(super) name: String,
    pub(super) detail: String,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let Resolver {
            names,
            allow_private,
        } = *self;
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let asked = name.clone();
            let found = tokio::task::spawn_blocking(move || names(&asked)).await?;
            let found = found.map_err(|error| UnknownName {
                name: name.clone(),
                detail: error.to_string(),
            })?;
            checked(name, found, allow_private)
        })
    }
}

impl Service<connect::dns::Name> for Resolver {
    type Response = Addrs;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Resolving;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: connect::dns::Name) -> Resolving {
        match name.as_str().parse() {
            Ok(name) => self.resolve(name),
            Err(error) => Box::pin(async move { Err(error.into()) }),
        }
    }
}

/// Addresses of a name, under the same rule, for a server that does not speak HTTP.
pub(super) async fn addresses(
    name: String,
    allow_private: bool,
) -> Result<Vec<SocketAddr>, Trouble> {
    let resolver = Resolver {
        names: system_names,
        allow_private,
    };
    let broken = |detail: String| Trouble::Name { detail };
    let asked = name.parse::<Name>().map_err(|e| broken(e.to_string()))?;
    match resolver.resolve(asked).await {
        Ok(found) => Ok(found.collect()),
        Err(error) => Err(match error.downcast_ref::<RefusedName>() {
            Some(refused) => Trouble::Private {
                address: refused.to_string(),
            },
            None => broken(error.to_string()),
        }),
    }
}

fn checked(
    name: String,
    found: Vec<SocketAddr>,
    allow_private: bool,
) -> Result<Addrs, Box<dyn std::error::Error + Send + Sync>> {
    if found.is_empty() {
        return Err(UnknownName {
            name,
            detail: String::new(),
        }
        .into());
    }
    if !allow_private && let Some(private) = found.iter().find(|address| is_private(address.ip())) {
        return Err(RefusedName {
            name,
            address: private.ip().to_string(),
        }
        .into());
    }
    Ok(Box::new(found.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_private_address_among_public_ones_refuses_the_name() {
        let found = |texts: &[&str]| -> Vec<SocketAddr> {
            texts.iter().map(|t| t.parse().unwrap()).collect()
        };
        let mixed = found(&["8.8.8.8:0", "10.0.0.1:0"]);
        let Err(error) = checked("mixed.example".to_owned(), mixed.clone(), false) else {
            panic!("a private address got through")
        };
        assert_eq!(
            error.downcast_ref::<RefusedName>().unwrap().address,
            "10.0.0.1"
        );
        assert_eq!(
            checked("mixed.example".to_owned(), mixed, true)
                .unwrap()
                .count(),
            2
        );
        assert_eq!(
            checked("open.example".to_owned(), found(&["8.8.8.8:0"]), false)
                .unwrap()
                .count(),
            1
        );
        assert!(checked("none.example".to_owned(), Vec::new(), true).is_err());
    }
}
