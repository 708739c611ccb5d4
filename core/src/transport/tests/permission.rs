//! Who may be asked, and who gets the secrets.

use super::*;

/// Ways to write an address of somebody's own network. `PORT` is that of a listening server.
const OWN_NETWORK: [&str; 36] = [
    "http://127.0.0.1:PORT/",
    "http://2130706433:PORT/",
    "http://0x7f.1:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://127.1:PORT/",
    "http://0:PORT/",
    "http://0.0.0.0:PORT/",
    "http://[::1]:PORT/",
    "http://[::]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/",
    "http://[64:ff9b::7f00:1]:PORT/",
    "http://[2002:7f00:1::]:PORT/",
    "http://[fe80::1]:PORT/",
    "http://[fd00::1]:PORT/",
    "http://169.254.169.254/",
    "http://2852039166/",
    "http://10.0.0.1/",
    "http://100.64.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://127。0。0。1:PORT/",
    "http://①②⑦.0.0.1:PORT/",
    "http://１２７.0.0.1:PORT/",
    "http://localhost:PORT/",
    "http://LOCALHOST.:PORT/",
    "http://user:pass@127.0.0.1:PORT/",
    "https://127.0.0.1:PORT/",
    "https://localhost:PORT/",
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1/",
    "data:text/plain,x",
];

fn refused(error: &NetError) -> bool {
    matches!(
        error.trouble,
        Trouble::Private { .. } | Trouble::Scheme { .. } | Trouble::Name { .. }
    )
}

#[test]
fn no_spelling_of_an_own_address_gets_through() {
    let inside = Server::start(|_, _| ok("{\"secret\":1}"));
    let port = inside.origin().rsplit(':').next().unwrap().to_owned();
    let targets: Vec<String> = OWN_NETWORK
        .iter()
        .map(|url| url.replace("PORT", &port))
        .collect();
    for target in &targets {
        let error = fetch_with(Policy::default(), FAST, target).unwrap_err();
        assert!(refused(&error), "{target}: {error:?}");
    }
    let portal_targets = targets.clone();
    let outside = Server::start(move |path, _| {
        let number: usize = path.trim_start_matches('/').parse().unwrap();
        redirect(&portal_targets[number])
    });
    for (number, target) in targets.iter().enumerate() {
        let error = fetch(&outside, &format!("/{number}")).unwrap_err();
        assert!(refused(&error), "redirect to {target}: {error:?}");
    }
    assert_eq!(outside.requests().len(), targets.len());
    assert_eq!(inside.requests(), Vec::<String>::new());
    println!(
        "spellings of own addresses: {0} of {0} refused when asked, {0} of {0} as a redirect",
        targets.len()
    );
}

#[test]
fn allow_private_is_for_the_source_s_own_host_only() {
    let other = Server::start_on("127.0.0.2:0", |_, _| ok("{}"));
    let away = other.url("/");
    let server = Server::start(move |path, _| match path {
        "/here" => redirect("/there"),
        "/away" => redirect(&away),
        _ => ok("{}"),
    });
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    assert!(fetch_with(policy.clone(), FAST, &server.url("/here")).is_ok());
    let error = fetch_with(policy.clone(), FAST, &server.url("/away")).unwrap_err();
    assert_eq!(
        error.trouble,
        Trouble::Private {
            address: "127.0.0.2".to_owned()
        }
    );
    assert!(other.requests().is_empty());
    let named = server.url("/here").replace("127.0.0.1", "localhost");
    assert!(fetch_with(policy, FAST, &named).is_ok());
}

#[test]
fn a_dead_port_and_an_unknown_name_are_told_apart() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let policy = Policy {
        allow_private: true,
        ..Policy::default()
    };
    let error = fetch_with(
        policy,
        FAST,
        &format!("http://127.0.0.1:{port}/x?token=abc"),
    )
    .unwrap_err();
    assert!(
        matches!(error.trouble, Trouble::Connect { .. }),
        "{error:?}"
    );
    assert_eq!(error.place, format!("127.0.0.1:{port}/x"));
    let error = fetch_with(Policy::default(), FAST, "http://no-such-host.invalid/").unwrap_err();
    assert!(
        matches!(
            error.trouble,
            Trouble::Name { .. } | Trouble::HeadTimeout { .. }
        ),
        "{error:?}"
    );
    let error = fetch_with(Policy::default(), FAST, "not an address").unwrap_err();
    assert!(matches!(error.trouble, Trouble::BadUrl { .. }), "{error:?}");
}

#[test]
fn only_allowed_hosts_are_asked_and_behind_a_proxy_no_other() {
    let proxy = Server::start(|_, _| ok("{\"through\":\"proxy\"}"));
    let rules = NetworkRules {
        proxy: Some(proxy.origin()),
        allow_hosts: vec![".example.gov.tw".to_owned(), "one.example".to_owned()],
        ..NetworkRules::default()
    };
    let transport = Transport::new(rules).unwrap();
    let open = |url: &str| {
        let policy = Policy::default();
        transport.fetch_whole(&Exchange {
            url: url.to_owned(),
            masked: Vec::new(),
            headers: Vec::new(),
            limits: FAST,
            policy,
        })
    };
    let incoming = open("http://data.example.gov.tw/a").unwrap();
    assert_eq!(incoming.head().remote_addr, None);
    assert!(incoming.finish().is_ok());
    assert!(proxy.requests()[0].starts_with("GET http://data.example.gov.tw/a HTTP/1.1"));
    assert!(open("http://ONE.example./").is_ok());
    for refused in [
        "http://other.example/",
        "http://badexample.gov.tw/",
        "http://two.one.example/",
    ] {
        assert_eq!(
            open(refused).unwrap_err().trouble,
            Trouble::NotAllowed { proxied: true },
            "{refused}"
        );
    }
    assert_eq!(proxy.requests().len(), 2);
    let rules = NetworkRules {
        allow_hosts: vec!["one.example".to_owned()],
        ..NetworkRules::default()
    };
    let error = Clients::new(rules)
        .unwrap()
        .way(
            &Url::parse("http://two.example/").unwrap(),
            clients::Permit {
                allow_private: false,
                insecure_certificate: false,
                own_origin: false,
                connect: FAST.connect,
            },
        )
        .unwrap_err();
    assert_eq!(error.trouble, Trouble::NotAllowed { proxied: false });
}

#[test]
fn secrets_go_to_the_origin_they_are_for() {
    let other = Server::start(|_, _| ok("{}"));
    let away = other.url("/");
    let server = Server::start(move |_, _| redirect(&away));
    let transport = Transport::new(NetworkRules::default()).unwrap();
    let exchange = Exchange {
        url: server.url("/"),
        masked: Vec::new(),
        headers: vec![("X-Key".to_owned(), "s3cret".to_owned())],
        limits: FAST,
        policy: Policy {
            allow_private: true,
            ..Policy::default()
        },
    };
    assert!(transport.fetch_whole(&exchange).is_ok());
    assert!(server.requests()[0].contains("s3cret"));
    assert!(!other.requests()[0].contains("s3cret"));
    let bad = Exchange {
        masked: Vec::new(),
        headers: vec![("X-Key".to_owned(), "s3cret\nX: y".to_owned())],
        ..exchange
    };
    let error = transport.fetch_whole(&bad).unwrap_err();
    assert!(!error.message().to_string().contains("s3cret"));
}

#[test]
fn stopping_ends_what_is_running() {
    let server = Server::start(|_, _| vec![Step::Wait(Duration::from_secs(5))]);
    let transport = Arc::new(Transport::new(NetworkRules::default()).unwrap());
    let other = Arc::clone(&transport);
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        other.stop();
    });
    let limits = Limits {
        head: Duration::from_secs(5),
        ..FAST
    };
    let exchange = Exchange {
        url: "http://portal.example/".to_owned(),
        masked: Vec::new(),
        headers: Vec::new(),
        limits,
        policy: portal(&server),
    };
    let began = std::time::Instant::now();
    assert_eq!(
        transport.fetch_whole(&exchange).unwrap_err().trouble,
        Trouble::Interrupted
    );
    assert_eq!(
        transport.fetch_whole(&exchange).unwrap_err().trouble,
        Trouble::Interrupted
    );
    assert!(began.elapsed() < Duration::from_secs(1));
    stopper.join().unwrap();
}

#[test]
fn a_certificate_file_that_cannot_be_read_is_named() {
    let rules = NetworkRules {
        ca_files: vec!["/no/such/ca.pem".into()],
        ..NetworkRules::default()
    };
    let transport = Transport::new(rules).unwrap();
    let exchange = allowed("https://127.0.0.1:9/".to_owned());
    let error = transport.fetch_whole(&exchange).unwrap_err();
    assert!(matches!(error.trouble, Trouble::CaFile { .. }), "{error:?}");
    assert!(error.message().to_string().contains("ca.pem"));
}
