//! Name services and proxies that lie.

use super::*;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

static ASKED: AtomicUsize = AtomicUsize::new(0);

/// Addresses of the own network and the ways they are hidden.
const INWARD: [&str; 12] = [
    "127.0.0.1",
    "169.254.169.254",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "0.0.0.0",
];

/// `turn.example` leads outside the first time and inside ever after; `mixed-N.example` and
/// `inward-N.example` lead to the N-th address, the first beside a public one.
fn lying_names(name: &str) -> std::io::Result<Vec<SocketAddr>> {
    let at = |text: &str| SocketAddr::new(text.parse().unwrap(), 0);
    let asked = ASKED.fetch_add(1, Ordering::SeqCst);
    let public = at("8.8.8.8");
    let number = |rest: &str| -> usize { rest.split('.').next().unwrap().parse().unwrap() };
    Ok(match name.split_once('-') {
        Some(("mixed", rest)) => vec![public, at(INWARD[number(rest)])],
        Some(("inward", rest)) => vec![at(INWARD[number(rest)])],
        _ if asked == 0 => vec![public],
        _ => vec![at("127.0.0.1")],
    })
}

#[test]
fn a_name_that_turns_inward_between_two_questions_reaches_nobody() {
    let inside = Server::start(|_, _| ok("{\"secret\":1}"));
    let port = inside.origin().rsplit(':').next().unwrap().to_owned();
    let mut clients = Clients::new(NetworkRules::default()).unwrap();
    clients.names = lying_names;
    let transport = Transport::with(clients).unwrap();
    let limits = Limits {
        connect: Duration::from_millis(200),
        ..FAST
    };
    let ask = |url: String| {
        let exchange = Exchange {
            url,
            masked: Vec::new(),
            headers: Vec::new(),
            limits,
            policy: Policy::default(),
        };
        transport.fetch_whole(&exchange).map(|_| ()).unwrap_err()
    };
    // The first question is answered with a public address where nothing listens.
    let first = ask(format!("http://turn.example:{port}/"));
    assert!(
        !matches!(first.trouble, Trouble::Private { .. }),
        "{first:?}"
    );
    let mut refused = 0;
    for _ in 0..3 {
        let error = ask(format!("http://turn.example:{port}/"));
        assert!(
            matches!(error.trouble, Trouble::Private { .. }),
            "{error:?}"
        );
        refused += 1;
    }
    for kind in ["mixed", "inward"] {
        for (number, address) in INWARD.iter().enumerate() {
            let error = ask(format!("http://{kind}-{number}.example:{port}/"));
            assert!(
                matches!(error.trouble, Trouble::Private { .. }),
                "{kind} {address}: {error:?}"
            );
            refused += 1;
        }
    }
    // A redirect to such a name is a hop like any other.
    let away = format!("http://inward-0.example:{port}/");
    let portal = Server::start(move |_, _| redirect(&away));
    let exchange = Exchange {
        url: "http://portal.example/".to_owned(),
        masked: Vec::new(),
        headers: Vec::new(),
        limits,
        policy: super::portal(&portal),
    };
    let error = transport.fetch_whole(&exchange).map(|_| ()).unwrap_err();
    assert!(
        matches!(error.trouble, Trouble::Private { .. }),
        "{error:?}"
    );
    refused += 1;
    assert_eq!(inside.requests().len(), 0);
    println!(
        "names that lead inward: {refused} of {} refused",
        INWARD.len() * 2 + 4
    );
}

#[test]
fn a_proxy_that_lies_is_told_apart_from_an_answer() {
    let lies: [(&str, Vec<Step>); 8] = [
        ("a page instead of a tunnel", ok("<html>login</html>")),
        (
            "a refusal",
            answer("407 Proxy Authentication Required", "", b""),
        ),
        (
            "an error",
            answer("502 Bad Gateway", "", b"<html>no</html>"),
        ),
        ("a redirect", redirect("http://127.0.0.1/")),
        (
            "plain text after the tunnel",
            raw("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}"),
        ),
        ("nothing", Vec::new()),
        ("garbage", raw("\0\x01\x02 not a proxy\r\n\r\n")),
        ("half a head", raw("HTTP/1.1 200")),
    ];
    let count = lies.len();
    for (lie, steps) in lies {
        let proxy = Server::start(move |_, _| steps.clone());
        let rules = NetworkRules {
            proxy: Some(proxy.origin()),
            allow_hosts: vec!["portal.example".to_owned()],
            ..NetworkRules::default()
        };
        let transport = Transport::new(rules).unwrap();
        let exchange = Exchange {
            url: "https://portal.example/".to_owned(),
            masked: Vec::new(),
            headers: vec![("X-Key".to_owned(), "s3cret".to_owned())],
            limits: FAST,
            policy: Policy::default(),
        };
        let error = transport.fetch_whole(&exchange).map(|_| ()).unwrap_err();
        assert!(!error.message().to_string().is_empty(), "{lie}");
        // What is for the portal is not told to the proxy.
        for request in proxy.requests() {
            assert!(
                request.starts_with("CONNECT portal.example:443"),
                "{lie}: {request}"
            );
            assert!(!request.contains("s3cret"), "{lie}");
        }
    }
    println!("proxies that lie: {count} of {count} refused");
}
