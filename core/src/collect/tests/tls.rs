//! Certificates: the office's own authority, and what is refused.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::io::{Read, Write};
use std::net::TcpListener;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server that shows a certificate for these names; by itself where there is no authority.
fn secure(names: &[&str], by: Option<&Authority>, expired: bool) -> String {
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    if expired {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    }
    let certificate = match by {
        Some(authority) => params.signed_by(&key, authority).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    showing(vec![certificate.der().to_vec()], &key)
}

/// A server that shows exactly these certificates.
fn showing(chain: Vec<Vec<u8>>, key: &KeyPair) -> String {
    let chain = chain.into_iter().map(CertificateDer::from).collect();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(session, stream);
            let mut head = [0; 4096];
            // A client that does not like the certificate hangs up.
            if matches!(stream.read(&mut head), Ok(length) if length > 0) {
                let body = "{\"n\": 5}";
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    format!("https://localhost:{port}/")
}

#[test]
fn an_authority_of_the_office_is_trusted_and_nothing_else_is() {
    let own = authority();
    let foreign = authority();
    let mut office = Office::new(&[
        json("own", &secure(&["localhost"], Some(&own), false), ""),
        json("host", &secure(&["other.example"], Some(&own), false), ""),
        json("expired", &secure(&["localhost"], Some(&own), true), ""),
        json(
            "foreign",
            &secure(&["localhost"], Some(&foreign), false),
            "",
        ),
        json("selfmade", &secure(&["localhost"], None, false), ""),
    ]);
    std::fs::write(office.path().join("office-ca.pem"), own.pem()).unwrap();
    office.workspace.settings.network.ca_files = vec!["office-ca.pem".into()];
    let summary = office.collect_on(20);
    assert_eq!(
        summary.sources[0].outcome,
        Some(Outcome::Good),
        "{summary:?}"
    );
    let bad = [
        (1, "not valid for name"),
        (2, "expired"),
        (3, "signature"),
        (4, ""),
    ];
    for (index, word) in bad {
        assert_eq!(summary.sources[index].outcome, Some(Outcome::Failed));
        let said = message_of(&summary, index);
        assert!(
            said.starts_with("net-certificate") && said.to_lowercase().contains(word),
            "{word}: {said}"
        );
        assert!(said.contains("localhost"), "{said}");
    }
    println!(
        "certificates: the office's own taken, {0} of {0} others refused",
        bad.len()
    );
    // How long they last is known of the one that was taken and of the one that is over.
    let ends = |id: &str| {
        let last = office.rows().attempts[id][0].clone();
        last.certificate_not_after
            .map(|at| at.date_naive().to_string())
    };
    assert_eq!(ends("own").as_deref(), Some("4096-01-01"));
    assert_eq!(ends("expired").as_deref(), Some("2021-01-01"));
    assert_eq!(ends("foreign"), None);
}

#[test]
fn a_named_exception_works_for_its_source_alone_and_is_said_every_time() {
    let url = secure(&["other.example"], None, true);
    let mut office = Office::new(&[
        json(
            "named",
            &url,
            "insecure_certificate = \"the chain lacks GTLSCA\"",
        ),
        json("other", &url, ""),
    ]);
    for day in [20, 21] {
        let summary = office.collect_on(day);
        assert_eq!(
            summary.sources[0].outcome,
            Some(Outcome::Good),
            "{summary:?}"
        );
        assert_eq!(
            summary.sources[1].outcome,
            Some(Outcome::Failed),
            "{summary:?}"
        );
        let said = &summary.sources[0].findings[0];
        assert_eq!(said.rule, "insecure-certificate@1");
        assert!(said.text.to_string().contains("GTLSCA"));
    }
    let kept = office.rows().findings;
    assert!(kept.iter().any(|f| f.rule == "insecure-certificate@1"));
    println!("named exceptions: 2 of 2 runs said so, the source beside it refused 2 of 2 times");
}

#[test]
fn a_chain_without_its_middle_is_refused_and_a_whole_one_is_not() {
    let own = authority();
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "the authority in the middle");
    let middle = CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &own).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let leaf = params.signed_by(&key, &middle).unwrap().der().to_vec();
    let whole = showing(vec![leaf.clone(), middle.der().to_vec()], &key);
    let cut = showing(vec![leaf], &key);
    let mut office = Office::new(&[
        json("whole", &whole, ""),
        json("cut", &cut, ""),
        json(
            "named",
            &cut,
            "insecure_certificate = \"the server leaves out its authority\"",
        ),
    ]);
    std::fs::write(office.path().join("office-ca.pem"), own.pem()).unwrap();
    office.workspace.settings.network.ca_files = vec!["office-ca.pem".into()];
    let summary = office.collect_on(20);
    let outcomes: Vec<_> = summary.sources.iter().map(|s| s.outcome).collect();
    assert_eq!(
        outcomes,
        [
            Some(Outcome::Good),
            Some(Outcome::Failed),
            Some(Outcome::Good)
        ],
        "{summary:?}"
    );
    let said = message_of(&summary, 1);
    assert!(said.starts_with("net-certificate"), "{said}");
    assert_eq!(
        summary.sources[2].findings[0].rule,
        "insecure-certificate@1"
    );
    println!("chains: whole 1 of 1 taken, without the middle 1 of 1 refused, by exception 1 of 1");
}

/// Answers every greeting as a server does that knows nothing newer than TLS 1.0.
fn old_fashioned() -> String {
    let mut hello = vec![
        0x16, 0x03, 0x01, 0x00, 0x2a, 0x02, 0x00, 0x00, 0x26, 0x03, 0x01,
    ];
    hello.extend([7; 32]);
    hello.extend([0x00, 0x00, 0x2f, 0x00]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head);
            let _ = stream.write_all(&hello);
            // Until the client hangs up.
            let _ = stream.read(&mut head);
        }
    });
    format!("https://localhost:{port}/")
}

#[test]
fn tls_older_than_1_2_is_refused_even_by_a_named_exception() {
    let url = old_fashioned();
    let mut office = Office::new(&[
        json("old", &url, ""),
        json(
            "named",
            &url,
            "insecure_certificate = \"an old server of the agency\"",
        ),
    ]);
    let summary = office.collect_on(20);
    for index in [0, 1] {
        assert_eq!(summary.sources[index].outcome, Some(Outcome::Failed));
        let said = message_of(&summary, index);
        assert!(
            said.starts_with("net-") && said.contains("localhost"),
            "{said}"
        );
        // The sentence is the TLS library's: it names what the server does not speak.
        assert!(said.contains("Tls12") || said.contains("version"), "{said}");
    }
    assert!(office.rows().observations.is_empty());
    println!("TLS 1.0: 2 of 2 refused, one of them with an exception");
}
