//! Keys planted in every place where a source may have one, faults that tempt the program to repeat
//! them, and a search for them through everything that is shown, written or kept.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use quarterdeck_store::{OpenMode, Store};
use quarterdeck_tests::office::Office;
use quarterdeck_tests::program::{Answer, command};
use quarterdeck_tests::server::Server;
use quarterdeck_tests::tools;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

/// Where a key is planted, and the key. They are long and strange: a hit is no accident.
const PLANTED: [(&str, &str); 9] = [
    ("a file, for the query", "Pl4nt+Query/7f3a91c2"),
    ("a variable, for the path", "Pl4ntPath5be1c8d0"),
    ("a variable, for a header", "Pl4ntHeader93ad77e1"),
    ("a file, for a header", "Pl4ntToken0c44f1ab"),
    ("a file, for a signature", "Pl4ntSignature28d1e6ff"),
    ("a variable, for a database", "Pl4ntDatabase61b0aa37"),
    ("a variable that no source names", "Pl4ntBystander4e9f02c6"),
    ("the account of a proxy", "Pl4ntProxy7790dd1e"),
    ("a file that no source names", "Pl4ntNeighbour15aa90b3"),
];

fn variables() -> [(&'static str, &'static str); 4] {
    [
        ("PLANT_PATH", PLANTED[1].1),
        ("PLANT_HEADER", PLANTED[2].1),
        ("PLANT_DATABASE", PLANTED[5].1),
        ("AWS_SECRET_ACCESS_KEY", PLANTED[6].1),
    ]
}

/// A key as it may appear: plain, in an address, in a JSON text, in base64.
fn shapes(secret: &str) -> Vec<String> {
    let encoded = secret.replace('+', "%2B").replace('/', "%2F");
    vec![
        secret.to_owned(),
        encoded.to_lowercase().replace("pl4nt", "Pl4nt"),
        encoded,
        secret.replace('/', "\\/"),
    ]
}

#[derive(Default)]
struct Search {
    /// Bytes looked at, by where.
    seen: BTreeMap<String, usize>,
    hits: Vec<String>,
}

impl Search {
    fn through(&mut self, place: &str, bytes: &[u8]) {
        *self.seen.entry(place.to_owned()).or_default() += bytes.len();
        for (planted, secret) in PLANTED {
            for shape in shapes(secret) {
                if let Some(at) = bytes
                    .windows(shape.len())
                    .position(|w| w == shape.as_bytes())
                {
                    let near = &bytes[at.saturating_sub(60)..(at + 60).min(bytes.len())];
                    self.hits.push(format!(
                        "{place}: {planted}: {}",
                        String::from_utf8_lossy(near)
                    ));
                    break;
                }
            }
        }
    }
    fn said(&mut self, place: &str, answer: &Answer) {
        self.through(&format!("{place}, stdout"), answer.out.as_bytes());
        self.through(&format!("{place}, stderr"), answer.err.as_bytes());
    }
    fn folder(&mut self, place: &str, folder: &Path) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type().unwrap().is_dir() {
                true => self.folder(place, &entry.path()),
                false => self.through(place, &std::fs::read(entry.path()).unwrap()),
            }
        }
    }
}

/// What a portal answers: it repeats what it was sent wherever it can.
fn portal(head: &str) -> String {
    let address = head.split(' ').nth(1).unwrap_or_default();
    let line = |name: &str| {
        let found = head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        });
        found.unwrap_or_default().to_owned()
    };
    let sent = format!("{address} {} {}", line("authorization"), line("x-token"));
    let answer = |status: &str, headers: &str, body: &str| {
        format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    };
    match address.split(['/', '?']).nth(1).unwrap_or_default() {
        "good" => answer(
            "200 OK",
            &format!("X-Sent: {sent}\r\nETag: \"{sent}\"\r\n"),
            "{\"n\": 41}",
        ),
        "page" => answer(
            "200 OK",
            &format!("Content-Type: text/html; for={sent}\r\n"),
            "<html><title>Sorry</title></html>",
        ),
        "error" => answer("500 Oops", "", &format!("no such thing: {sent}")),
        "denied" => answer(
            "403 Forbidden",
            &format!("WWW-Authenticate: {sent}\r\n"),
            "",
        ),
        "moved" => answer(
            "302 Found",
            &format!("Location: http://10.0.0.1/{sent}\r\n"),
            "",
        ),
        "nowhere" => answer("302 Found", &format!("Location: http://[{sent}\r\n"), ""),
        "scheme" => answer("302 Found", &format!("Location: gopher://x/{sent}\r\n"), ""),
        "circle" => answer("302 Found", "Location: ?\r\n", ""),
        "packed" => answer("200 OK", &format!("Content-Encoding: {sent}\r\n"), "x"),
        "cut" => "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"n\": ".to_owned(),
        "refused" => answer(
            "200 OK",
            "",
            &format!("{{\"success\": false, \"error\": {{\"message\": \"no: {sent}\"}}}}"),
        ),
        // The figure is there, and what was sent beside it.
        "echo" => answer(
            "200 OK",
            "",
            &format!("{{\"n\": 41, \"sent\": \"{sent}\"}}"),
        ),
        "printed" => answer("200 OK", "", &format!("{{\"n\": \"{sent}\"}}")),
        "busy" => answer("429 Busy", &format!("Retry-After: {sent}\r\n"), ""),
        "protocol" => format!("{sent}\r\n\r\n"),
        _ => String::new(),
    }
}

const FAULTS: [&str; 16] = [
    "refused", "echo", "printed", "good", "page", "error", "denied", "moved", "nowhere", "scheme",
    "circle", "packed", "cut", "busy", "protocol", "closed",
];

fn planted_office(server: &Server) -> Office {
    let office = Office::new();
    for (file, number) in [
        ("query", 0),
        ("token", 3),
        ("signature", 4),
        ("neighbour", 8),
    ] {
        office.write(&format!("keys/{file}.txt"), PLANTED[number].1);
    }
    let usual = "allow_private = true\nschedule = \"daily\"\n";
    let keys = "/{env:PLANT_PATH}?q={file:keys/query.txt}";
    let headers = "headers = { Authorization = \"Bearer env:PLANT_HEADER\", X-Token = \"file:keys/token.txt\" }\n";
    for name in FAULTS {
        office.indicator("P05", name);
        office.write(
            &format!("sources/{name}.toml"),
            format!(
                "id = \"{name}\"\nkind = \"json\"\nurl = \"{}{keys}\"\n{usual}{headers}[[map]]\nseries = \"P05/{name}\"\nat = \"$.n\"\n",
                server.url(&format!("/{name}"))
            ),
        );
    }
    office.write(
        "sources/dead.toml",
        format!(
            "id = \"dead\"\nkind = \"json\"\nurl = \"http://127.0.0.1:9{keys}\"\n{usual}{headers}[[map]]\nseries = \"P05/good\"\nat = \"$.n\"\n"
        ),
    );
    office.write(
        "sources/secure.toml",
        format!(
            "id = \"secure\"\nkind = \"json\"\nurl = \"{}{keys}\"\n{usual}{headers}[[map]]\nseries = \"P05/good\"\nat = \"$.n\"\n",
            server.url("/good").replace("http:", "https:")
        ),
    );
    office.write(
        "sources/signed.toml",
        format!(
            "id = \"signed\"\nkind = \"gdb\"\nurl = \"{}\"\n{usual}[hmac]\nusername = \"file:keys/signature.txt\"\nsecret = \"file:keys/signature.txt\"\n[[map]]\nseries = \"P05/good\"\nat = \"$.n\"\n",
            server.url("/error")
        ),
    );
    office.write(
        "sources/database.toml",
        format!(
            "id = \"database\"\nkind = \"sql\"\nurl = \"postgres://127.0.0.1:9/kpi\"\n{usual}[sql]\nuser = \"env:PLANT_DATABASE\"\npassword = \"env:PLANT_DATABASE\"\nquery = \"select 41 as n\"\n[[map]]\nseries = \"P05/good\"\ncolumn = \"n\"\n"
        ),
    );
    office.write(
        "sources/service.toml",
        format!(
            "id = \"service\"\nkind = \"health\"\nurl = \"{}{keys}\"\n{usual}{headers}[health]\n[[map]]\nseries = \"P05/service\"\ncolumn = \"up\"\n",
            server.url("/error")
        ),
    );
    office
}

#[test]
fn planted_secrets_appear_nowhere() {
    let sent = Arc::new(Mutex::new(String::new()));
    let heads = Arc::clone(&sent);
    let server = Server::raw(move |head| {
        heads.lock().unwrap().push_str(head);
        portal(head)
    });
    let office = planted_office(&server);
    let run = |args: &[&str], more: &[(&str, &str)]| -> Answer {
        let mut command = command(&office.root(), args);
        command.envs(variables()).envs(more.iter().copied());
        command.output().unwrap().into()
    };
    let mut search = Search::default();
    run(&["collect", "--dry-run"], &[]);
    // The search finds what is there: the portal got the keys.
    let mut known = Search::default();
    known.through("requests", sent.lock().unwrap().as_bytes());
    assert_eq!(known.hits.len(), 5, "{:?}", known.hits);
    search.said("check", &run(&["check"], &[]));
    for (place, args) in [
        ("collect -v", vec!["collect", "-v"]),
        ("collect --json", vec!["collect", "-v", "--json"]),
        (
            "collect, log as JSON",
            vec!["collect", "-v", "--log-format", "json"],
        ),
        (
            "collect --dry-run",
            vec!["collect", "--dry-run", "-v", "--json"],
        ),
    ] {
        let answer = run(&args, &[("RUST_LOG", "trace"), ("RUST_BACKTRACE", "1")]);
        assert_eq!(
            answer.code,
            Some(1),
            "one source of many is good: {answer:?}"
        );
        search.said(place, &answer);
    }
    // Behind a proxy with an account that is in the environment.
    let proxy = format!("http://wang:{}@127.0.0.1:9", PLANTED[7].1);
    for name in ["HTTP_PROXY", "http_proxy"] {
        search.said(
            "collect, behind a proxy",
            &run(&["collect", "-v", "--json"], &[(name, &proxy)]),
        );
    }
    office.replace(
        "quarterdeck.toml",
        "allow_hosts = []",
        "allow_hosts = [\"127.0.0.1\"]",
    );
    search.said(
        "collect, through a dead proxy",
        &run(&["collect", "-v"], &[("http_proxy", &proxy)]),
    );
    for args in [
        vec!["sources"],
        vec!["sources", "--json"],
        vec!["sources", "--openmetrics"],
        vec!["status", "--json"],
        vec!["check", "--json"],
    ] {
        search.said(&args.join(" "), &run(&args, &[]));
    }

    // A file of the workspace that holds a key itself is refused, and not repeated.
    let refused = planted_office(&server);
    refused.replace(
        "sources/good.toml",
        "{file:keys/query.txt}",
        &format!("1&api_key={}", PLANTED[1].1),
    );
    for args in [["check", "--json"], ["collect", "--json"]] {
        search.said("a key in a source file", &refused.qd(&args));
    }

    for format in ["csv", "pdf"] {
        let answer = run(
            &[
                "report",
                "--quarter",
                "2025Q3",
                "--format",
                format,
                "--out",
                "papers",
            ],
            &[],
        );
        assert_eq!(answer.code, Some(0), "{answer:?}");
        search.said("report", &answer);
    }
    search.folder("papers", &office.root().join("papers"));
    if let Some(pdftotext) = tools::find("secrets in the text of the PDF", &["pdftotext"]) {
        for entry in std::fs::read_dir(office.root().join("papers"))
            .unwrap()
            .flatten()
        {
            if entry.path().extension().is_some_and(|e| e == "pdf") {
                let text = Command::new(&pdftotext)
                    .arg(entry.path())
                    .arg("-")
                    .output()
                    .unwrap();
                assert!(!text.stdout.is_empty());
                search.through("the text of the PDF", &text.stdout);
            }
        }
    }

    // Everything on the disk but the planted files themselves.
    std::fs::remove_dir_all(office.root().join("keys")).unwrap();
    search.folder("the workspace and its database", &office.root());
    let store = Store::open(&office.root().join("quarterdeck.db"), OpenMode::ReadWrite).unwrap();
    let mut captures = 0;
    for source in FAULTS
        .iter()
        .copied()
        .chain(["dead", "secure", "signed", "database", "service"])
    {
        let Some(fetch) = store.last_fetch(source).unwrap() else {
            continue;
        };
        search.through(
            "captures, what is known of them",
            format!("{fetch:?}").as_bytes(),
        );
        if let Some(body) = store.capture_body(&fetch.stored_sha256, 1 << 20).unwrap() {
            captures += 1;
            search.through("captures, unpacked", &body);
        }
    }
    assert!(captures >= 3, "{captures}");
    for (place, bytes) in &search.seen {
        println!("{bytes:>9} bytes  {place}");
    }
    println!(
        "secrets: {} planted, {} found",
        PLANTED.len(),
        search.hits.len()
    );
    assert!(search.hits.is_empty(), "{}", search.hits.join("\n"));
}
