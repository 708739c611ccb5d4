//! The transport against a server that misbehaves on purpose.

mod names;
mod permission;
mod reuse;

use super::scripted::{Server, Step, answer, ok, raw, redirect};
use super::*;
use flate2::{Compression, write::GzEncoder};
use std::io::{Read, Write};

const FAST: Limits = Limits {
    connect: Duration::from_secs(3),
    head: Duration::from_millis(500),
    idle: Duration::from_millis(300),
    whole: Duration::from_secs(2),
    max_bytes: 2_000_000,
    redirects: 5,
};

/// The server is allowed by its origin alone, as a public portal would be: every other address
/// is judged as for any source.
fn portal(server: &Server) -> Policy {
    let origin = OriginOverride {
        placeholder: "http://portal.example".to_owned(),
        real: server.origin(),
    };
    Policy {
        origin: Some(origin),
        ..Policy::default()
    }
}

/// An exchange with an address on this machine, which is allowed.
fn allowed(url: String) -> Exchange {
    Exchange {
        url,
        masked: Vec::new(),
        headers: Vec::new(),
        limits: FAST,
        policy: Policy {
            allow_private: true,
            ..Policy::default()
        },
    }
}

fn fetch_with(
    policy: Policy,
    limits: Limits,
    url: &str,
) -> Result<(Head, Vec<u8>, Answer), NetError> {
    let transport = Transport::new(NetworkRules::default())?;
    let exchange = Exchange {
        url: url.to_owned(),
        masked: Vec::new(),
        headers: Vec::new(),
        limits,
        policy,
    };
    let (to, from) = std::sync::mpsc::channel();
    let large = |incoming| {
        std::thread::spawn(move || {
            // Who waits for it says what is missing.
            let _ = to.send(read_all(incoming));
        });
    };
    match transport
        .drive(transport.fetch(&exchange, large))
        .unwrap()?
    {
        Some(small) => read_all(small),
        None => from.recv().unwrap(),
    }
}

fn read_all(mut incoming: Incoming) -> Result<(Head, Vec<u8>, Answer), NetError> {
    let (head, mut body) = (incoming.head().clone(), Vec::new());
    if incoming.read_to_end(&mut body).is_err() {
        return Err(incoming.failure().unwrap().clone());
    }
    Ok((head, body, incoming.finish()?))
}

fn fetch(server: &Server, path: &str) -> Result<(Head, Vec<u8>, Answer), NetError> {
    fetch_with(
        portal(server),
        FAST,
        &format!("http://portal.example{path}"),
    )
}

fn trouble(server: &Server, path: &str) -> Trouble {
    fetch(server, path)
        .map(|(head, body, _)| panic!("{head:?} {} bytes", body.len()))
        .unwrap_err()
        .trouble
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn an_answer_comes_whole_with_its_hash_and_without_secrets() {
    let server = Server::start(|_, _| {
        answer(
            "200 OK",
            "Content-Type: text/html\r\nSet-Cookie: id=1\r\nX-Api-Key: k\r\nETag: \"5\"\r\n",
            b"hello",
        )
    });
    let (head, body, end) = fetch(&server, "/a?x=1&api_key=hidden#part").unwrap();
    assert_eq!(body, b"hello");
    assert_eq!((end.bytes, end.bytes_sent), (5, 5));
    assert_eq!(
        end.sha256,
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    );
    assert_eq!(head.url, "http://portal.example/a?x=1&api_key=***");
    assert_eq!(head.content_type.as_deref(), Some("text/html"));
    // A filled-in origin has another port every time: it must not reach the store.
    assert_eq!(head.remote_addr, None);
    let names: Vec<&str> = head.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["content-type", "etag", "content-length", "connection"]
    );
    assert!(
        server.requests()[0]
            .to_lowercase()
            .contains("accept-encoding: gzip, br, zstd")
    );
}

#[test]
fn the_address_connected_to_is_evidence() {
    let server = Server::start(|_, _| ok("{}"));
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    let (head, ..) = fetch_with(policy, FAST, &server.url("/")).unwrap();
    assert_eq!(
        head.remote_addr.unwrap(),
        server.origin().trim_start_matches("http://")
    );
}

#[test]
fn a_large_body_is_unpacked_on_the_way() {
    let text: Vec<u8> = (0..100_000u32)
        .flat_map(|n| (n.wrapping_mul(2_654_435_761)).to_le_bytes())
        .collect();
    let body = packed(&text);
    let sent = body.len();
    let server = Server::start(move |_, _| answer("200 OK", "Content-Encoding: gzip\r\n", &body));
    let (_, got, end) = fetch(&server, "/").unwrap();
    assert!(got == text);
    assert_eq!(
        (end.bytes, end.bytes_sent),
        (text.len() as u64, sent as u64)
    );
}

#[test]
fn a_body_that_is_not_what_it_says_is_an_error() {
    let bomb = packed(&vec![0; 4_000_000]);
    let stump = packed(&[5; 2000]);
    let server = Server::start(move |path, _| match path {
        "/short" => raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"),
        "/chunks" => {
            raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhe")
        }
        "/two" => raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello"),
        "/huge" => raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx"),
        "/flood" => vec![
            Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
            Step::Send(vec![b'x'; 2_500_000]),
        ],
        "/bomb" => answer("200 OK", "Content-Encoding: gzip\r\n", &bomb),
        "/stump" => answer(
            "200 OK",
            "Content-Encoding: gzip\r\n",
            stump.get(..stump.len() - 4).unwrap(),
        ),
        "/packed" => answer("200 OK", "Content-Encoding: compress\r\n", b"x"),
        "/rubbish" => raw("this is not HTTP\r\n\r\n"),
        _ => vec![],
    });
    assert_eq!(
        trouble(&server, "/short"),
        Trouble::Truncated {
            expected: Some(100),
            bytes: 9
        }
    );
    assert!(matches!(
        trouble(&server, "/chunks"),
        Trouble::Truncated { expected: None, .. }
    ));
    assert!(matches!(trouble(&server, "/two"), Trouble::Broken { .. }));
    assert_eq!(
        trouble(&server, "/huge"),
        Trouble::TooLarge { limit: 2_000_000 }
    );
    assert_eq!(
        trouble(&server, "/flood"),
        Trouble::TooLarge { limit: 2_000_000 }
    );
    assert!(matches!(trouble(&server, "/bomb"), Trouble::Bomb { .. }));
    assert!(matches!(
        trouble(&server, "/stump"),
        Trouble::Truncated { .. }
    ));
    assert_eq!(
        trouble(&server, "/packed"),
        Trouble::Encoding {
            name: "compress".to_owned()
        }
    );
    assert!(matches!(
        trouble(&server, "/rubbish"),
        Trouble::Broken { .. }
    ));
    assert!(matches!(
        trouble(&server, "/closed"),
        Trouble::Broken { .. } | Trouble::Truncated { .. }
    ));
    println!(
        "answers that are not what they say: {0} of {0} refused",
        server.requests().len()
    );
}

#[test]
fn slow_portals_are_given_up() {
    let server = Server::start(|path, _| match path {
        "/head" => vec![Step::Wait(Duration::from_secs(2))],
        "/body" => vec![
            Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab".to_vec()),
            Step::Wait(Duration::from_secs(2)),
        ],
        // Never silent for long, and never done.
        _ => std::iter::once(Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()))
            .chain((0..30).flat_map(|_| {
                [
                    Step::Send(b"drip".to_vec()),
                    Step::Wait(Duration::from_millis(100)),
                ]
            }))
            .collect(),
    });
    assert!(matches!(
        trouble(&server, "/head"),
        Trouble::HeadTimeout { .. }
    ));
    assert!(matches!(
        trouble(&server, "/body"),
        Trouble::IdleTimeout { bytes: 2, .. }
    ));
    let limits = Limits {
        whole: Duration::from_millis(700),
        ..FAST
    };
    let error = fetch_with(portal(&server), limits, "http://portal.example/drip").unwrap_err();
    assert!(matches!(error.trouble, Trouble::WholeTimeout { .. }));
    println!(
        "portals that are slow: {0} of {0} given up",
        server.requests().len()
    );
}

#[test]
fn a_status_is_an_error_unless_the_source_accepts_it() {
    let server = Server::start(|path, _| match path {
        "/busy" => answer("429 Too Many Requests", "Retry-After: 7\r\n", b""),
        _ => answer("503 Service Unavailable", "", b"[1]"),
    });
    let error = fetch(&server, "/busy").unwrap_err();
    assert_eq!(
        error.retry_after(),
        Some(RetryAfter::Delay(Duration::from_secs(7)))
    );
    assert!(error.is_passing());
    assert!(matches!(
        trouble(&server, "/down"),
        Trouble::Status { status: 503, .. }
    ));
    let policy = Policy {
        accept_status: vec![200, 503],
        ..portal(&server)
    };
    let (head, body, _) = fetch_with(policy, FAST, "http://portal.example/down").unwrap();
    assert_eq!(
        (head.http_status, body.as_slice()),
        (503, b"[1]".as_slice())
    );
}

#[test]
fn redirects_are_followed_counted_and_checked() {
    let server = Server::start(|path, _| match path {
        "/start" => redirect("next?page=2"),
        "/next?page=2" => ok("[]"),
        "/loop" => redirect("/loop"),
        "/file" => redirect("file:///etc/passwd"),
        "/metadata" => redirect("http://169.254.169.254/latest/meta-data"),
        "/nowhere" => redirect("http://["),
        _ => vec![],
    });
    let (head, ..) = fetch(&server, "/start").unwrap();
    assert_eq!(
        (head.url.as_str(), head.redirects),
        ("http://portal.example/next?page=2", 1)
    );
    assert_eq!(
        trouble(&server, "/loop"),
        Trouble::TooManyRedirects { limit: 5 }
    );
    assert_eq!(
        trouble(&server, "/file"),
        Trouble::Scheme {
            scheme: "file".to_owned()
        }
    );
    assert_eq!(
        trouble(&server, "/metadata"),
        Trouble::Private {
            address: "169.254.169.254".to_owned()
        }
    );
    assert!(matches!(
        trouble(&server, "/nowhere"),
        Trouble::BadRedirect { .. }
    ));
    println!("redirects: 1 of 1 followed, 4 of 4 in a circle or astray refused");
}
