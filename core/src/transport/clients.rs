//! HTTP clients: made when first needed, one for each set of permissions, so that a connection
//! that one source was allowed is never used for another that was not.

use super::client::{Client, IDLE_CONNECTIONS, Straight};
use super::error::{NetError, Trouble};
use super::resolver::{Names, Resolver, system_names};
use super::{NetworkRules, is_private};
use hyper_util::client::proxy::matcher::Matcher;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::{Host, Position, Url};

/// How we name ourselves.
pub(super) const AGENT: &str = concat!("quarterdeck/", env!("CARGO_PKG_VERSION"));

/// Origins whose ways are remembered.
const ORIGINS: usize = 4096;

/// What a client may do and how it goes out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    https: bool,
    /// The address holds an account.
    account: bool,
    allow_private: bool,
    insecure_certificate: bool,
    proxy: Option<String>,
    connect: Duration,
}

/// The permissions of one hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Permit {
    pub(super) allow_private: bool,
    pub(super) insecure_certificate: bool,
    /// An origin that was filled in at run time: it is on this machine.
    pub(super) own_origin: bool,
    pub(super) connect: Duration,
}

/// A client for one hop.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) client: Client,
    pub(super) proxied: bool,
}

pub(super) struct Clients {
    rules: NetworkRules,
    /// Who knows the addresses of names; tests bring their own.
    pub(super) names: Names,
    proxies: Matcher,
    made: Mutex<HashMap<Kind, Client>>,
    /// By origin, with the permissions under which it was checked: what is looked at is the same for
    /// every address of an origin.
    ways: Mutex<HashMap<String, (Permit, Way)>>,
    roots: Mutex<Option<Arc<RootCertStore>>>,
    /// Why some of the system's certificates could not be read.
    root_trouble: Mutex<String>,
}

impl std::fmt::Debug for Clients {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clients")
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

impl Clients {
    pub(super) fn new(rules: NetworkRules) -> Result<Clients, NetError> {
        let proxies = match &rules.proxy {
            Some(proxy) => {
                let bad =
                    |detail: String| NetError::at(Trouble::Settings { detail }, "network.proxy");
                let url = Url::parse(proxy).map_err(|e| bad(e.to_string()))?;
                if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
                    return Err(bad(url.scheme().to_owned()));
                }
                let direct = ["NO_PROXY", "no_proxy"]
                    .iter()
                    .find_map(|name| std::env::var(name).ok());
                Matcher::builder()
                    .all(proxy.clone())
                    .no(direct.unwrap_or_default())
                    .build()
            }
            None => Matcher::from_system(),
        };
        Ok(Clients {
            rules,
            names: system_names,
            proxies,
            made: Mutex::default(),
            ways: Mutex::default(),
            roots: Mutex::default(),
            root_trouble: Mutex::default(),
        })
    }

    /// Checks where a hop leads and gives the client that may go there.
    pub(super) fn way(&self, url: &Url, permit: Permit) -> Result<Way, NetError> {
        let origin = &url[..Position::BeforePath];
        if let Ok(ways) = self.ways.lock()
            && let Some((_, way)) = ways.get(origin).filter(|(known, _)| *known == permit)
        {
            return Ok(way.clone());
        }
        let way = self.checked(url, permit)?;
        if let Ok(mut ways) = self.ways.lock()
            && ways.len() < ORIGINS
        {
            ways.insert(origin.to_owned(), (permit, way.clone()));
        }
        Ok(way)
    }

    fn checked(&self, url: &Url, permit: Permit) -> Result<Way, NetError> {
        let refused = |trouble| NetError::new(trouble, url);
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused(Trouble::Scheme {
                scheme: url.scheme().to_owned(),
            }));
        }
        let host = url.host().ok_or_else(|| {
            refused(Trouble::BadUrl {
                detail: String::new(),
            })
        })?;
        let proxy = if permit.own_origin {
            None
        } else {
            self.proxy_for(url)
        };
        if !permit.own_origin && !self.is_allowed(&host, proxy.is_some()) {
            return Err(refused(Trouble::NotAllowed {
                proxied: proxy.is_some(),
            }));
        }
        // The resolver is never asked for literal addresses.
        let literal = match host {
            Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
            Host::Ipv6(v6) => Some(IpAddr::V6(v6)),
            Host::Domain(_) => None,
        };
        if let Some(address) = literal.filter(|a| !permit.allow_private && is_private(*a)) {
            return Err(refused(Trouble::Private {
                address: address.to_string(),
            }));
        }
        let kind = Kind {
            https: url.scheme() == "https",
            account: !url.username().is_empty() || url.password().is_some(),
            // A proxy stands in the office's own network, and it is the proxy that looks names up.
            allow_private: permit.allow_private || proxy.is_some(),
            insecure_certificate: permit.insecure_certificate,
            connect: permit.connect,
            proxy,
        };
        let proxied = kind.proxy.is_some();
        let Ok(mut made) = self.made.lock() else {
            return Err(refused(Trouble::Broken {
                detail: String::new(),
            }));
        };
        if let Some(client) = made.get(&kind) {
            return Ok(Way {
                client: client.clone(),
                proxied,
            });
        }
        let client = self.build(&kind).map_err(refused)?;
        made.insert(kind, client.clone());
        Ok(Way { client, proxied })
    }

    fn proxy_for(&self, url: &Url) -> Option<String> {
        let uri = url.as_str().parse().ok()?;
        let intercept = self.proxies.intercept(&uri)?;
        let mut proxy = Url::parse(&intercept.uri().to_string()).ok()?;
        // The account of the proxy is taken out of its address by the matcher: from the settings
        // it comes back here, so that the client sends it.
        let settings = self
            .rules
            .proxy
            .as_deref()
            .and_then(|text| Url::parse(text).ok());
        if let Some(settings) = settings {
            let _ = proxy.set_username(settings.username());
            let _ = proxy.set_password(settings.password());
        } else if let Some((account, password)) = intercept.raw_auth() {
            let _ = proxy.set_username(account);
            let _ = proxy.set_password(Some(password));
        }
        Some(proxy.to_string())
    }

    pub(super) fn is_allowed(&self, host: &Host<&str>, proxied: bool) -> bool {
        if self.rules.allow_hosts.is_empty() {
            return !proxied;
        }
        let name = host.to_string().trim_end_matches('.').to_ascii_lowercase();
        self.rules.allow_hosts.iter().any(|allowed| {
            let allowed = allowed.trim().to_ascii_lowercase();
            let allowed = allowed.strip_prefix('*').unwrap_or(&allowed);
            match allowed.strip_prefix('.') {
                Some(parent) if !parent.is_empty() => {
                    name == parent || name.ends_with(&format!(".{parent}"))
                }
                _ => name == allowed,
            }
        })
    }

    fn build(&self, kind: &Kind) -> Result<Client, Trouble> {
        let resolver = Resolver {
            names: self.names,
            allow_private: kind.allow_private,
        };
        if !kind.https && !kind.account && kind.proxy.is_none() {
            let straight = Straight::new(resolver, kind.connect);
            return Ok(Client::Straight(Arc::new(straight)));
        }
        let broken = |error: reqwest::Error| Trouble::Broken {
            detail: innermost(&error.without_url()),
        };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls(kind)?)
            .user_agent(AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(kind.connect)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .tls_info(true)
            .dns_resolver(resolver)
            .no_proxy();
        if let Some(proxy) = &kind.proxy {
            builder = builder.proxy(reqwest::Proxy::all(proxy.as_str()).map_err(broken)?);
        }
        builder.build().map(Client::Layered).map_err(broken)
    }

    /// The office's rules of encryption for a server that does not speak HTTP.
    pub(super) fn tls_of_database(&self, insecure: bool) -> Result<ClientConfig, Trouble> {
        let mut config = self.tls(&Kind {
            https: true,
            account: false,
            allow_private: false,
            insecure_certificate: insecure,
            proxy: None,
            connect: Duration::ZERO,
        })?;
        config.alpn_protocols.clear();
        Ok(config)
    }

    fn tls(&self, kind: &Kind) -> Result<ClientConfig, Trouble> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let broken = |error: rustls::Error| Trouble::Broken {
            detail: error.to_string(),
        };
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(broken)?;
        let proxy_needs_roots = kind
            .proxy
            .as_deref()
            .is_some_and(|p| p.starts_with("https:"));
        let mut config = if kind.insecure_certificate {
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AnyCertificate { provider }))
                .with_no_client_auth()
        } else if kind.https || proxy_needs_roots {
            builder
                .with_root_certificates(self.roots()?)
                .with_no_client_auth()
        } else {
            // Reading the system's certificates takes up to 50 ms, for nothing over plain HTTP.
            builder
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth()
        };
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    /// A refused certificate may only mean that the system's authorities could not be read: then
    /// that is said beside it.
    pub(super) fn with_root_trouble(&self, trouble: Trouble) -> Trouble {
        match (trouble, self.root_trouble.lock()) {
            (Trouble::Certificate { detail, not_after }, Ok(roots)) if !roots.is_empty() => {
                let detail = format!("{detail}; {roots}");
                Trouble::Certificate { detail, not_after }
            }
            (trouble, _) => trouble,
        }
    }

    /// The system's certificates and those of the office, read once.
    fn roots(&self) -> Result<Arc<RootCertStore>, Trouble> {
        let Ok(mut kept) = self.roots.lock() else {
            return Err(Trouble::Broken {
                detail: String::new(),
            });
        };
        if let Some(roots) = kept.as_ref() {
            return Ok(Arc::clone(roots));
        }
        let mut roots = RootCertStore::empty();
        let system = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(system.certs);
        if let Ok(mut trouble) = self.root_trouble.lock() {
            let said: Vec<String> = system
                .errors
                .iter()
                .take(3)
                .map(ToString::to_string)
                .collect();
            *trouble = said.join("; ");
        }
        for file in &self.rules.ca_files {
            let failed = |detail: String| Trouble::CaFile {
                file: file.to_string_lossy().into_owned(),
                detail,
            };
            let mut found = 0;
            for certificate in
                CertificateDer::pem_file_iter(file).map_err(|e| failed(e.to_string()))?
            {
                let certificate = certificate.map_err(|e| failed(e.to_string()))?;
                roots.add(certificate).map_err(|e| failed(e.to_string()))?;
                found += 1;
            }
            if found == 0 {
                // Nothing went wrong but that: the sentence needs no detail.
                return Err(failed(String::new()));
            }
        }
        let roots = Arc::new(roots);
        *kept = Some(Arc::clone(&roots));
        Ok(roots)
    }
}

/// The last cause of an error: what the system said.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}

/// Takes any certificate, and still holds the server to the key inside it.
#[derive(Debug)]
struct AnyCertificate {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, known)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, known)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
