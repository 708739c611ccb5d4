//! A server that does to every answer what it is told to do at the moment, and what can be done to
//! an answer.

use crate::server::{Piece, send};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// An answer as it should be.
#[derive(Debug, Clone)]
pub struct Sound {
    /// `Content-Type`
    pub content_type: &'static str,
    /// Body, with the figure 41 in it where it is text.
    pub body: Vec<u8>,
}

impl Sound {
    /// The whole answer.
    pub fn pieces(&self) -> Vec<Piece> {
        Piece::ok(self.content_type, &self.body)
    }
    /// The head, with these lines beside the type of the body.
    fn head(&self, lines: &str) -> Vec<u8> {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {}\r\n{lines}\r\n",
            self.content_type
        );
        head.into_bytes()
    }
    fn half(&self) -> Vec<u8> {
        self.body[..self.body.len() / 2].to_vec()
    }
    /// The head with these lines, and this body.
    fn sent(&self, lines: &str, body: &[u8]) -> Vec<Piece> {
        vec![Piece::Send(self.head(lines)), Piece::Send(body.to_vec())]
    }
    /// Another body under the same type.
    fn with(&self, body: impl AsRef<[u8]>) -> Vec<Piece> {
        Piece::ok(self.content_type, body)
    }
    /// The figure's digits replaced.
    fn saying(&self, figure: &str) -> Vec<Piece> {
        match std::str::from_utf8(&self.body) {
            Ok(text) => self.with(text.replace("41", figure)),
            Err(_) => self.pieces(),
        }
    }
    fn packed(&self, encoding: &str, body: &[u8]) -> Vec<Piece> {
        let lines = format!(
            "Content-Encoding: {encoding}\r\nContent-Length: {}\r\n",
            body.len()
        );
        self.sent(&lines, body)
    }
}

/// Answers as the moment's fault says.
pub struct Hostile {
    origin: String,
    fault: Arc<Mutex<usize>>,
    asked: Arc<AtomicUsize>,
}

impl Hostile {
    /// Starts on a free port of an address. `play` gets the number of the fault, the path and how
    /// many requests there were before; it gives none for a connection that is reset.
    pub fn start(
        address: &str,
        play: impl Fn(usize, &str, usize) -> Option<Vec<Piece>> + Send + Sync + 'static,
    ) -> Hostile {
        let listener = TcpListener::bind((address, 0)).unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (fault, asked) = (Arc::new(Mutex::new(0)), Arc::new(AtomicUsize::new(0)));
        let (now, count, play) = (Arc::clone(&fault), Arc::clone(&asked), Arc::new(play));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let earlier = count.fetch_add(1, Ordering::SeqCst);
                let (fault, play) = (*now.lock().unwrap(), Arc::clone(&play));
                std::thread::spawn(move || answer(stream, |path| play(fault, path, earlier)));
            }
        });
        Hostile {
            origin,
            fault,
            asked,
        }
    }
    /// From now on this fault.
    pub fn play(&self, fault: usize) {
        *self.fault.lock().unwrap() = fault;
    }
    /// Address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
    /// The port.
    pub fn port(&self) -> &str {
        self.origin.rsplit(':').next().unwrap()
    }
    /// Connections so far.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, play: impl Fn(&str) -> Option<Vec<Piece>>) {
    // The request is looked at, not taken: a connection closed over unread bytes is a reset.
    let (mut head, began) = ([0; 8192], Instant::now());
    let length = loop {
        match stream.peek(&mut head) {
            Ok(length) if head[..length].windows(4).any(|w| w == b"\r\n\r\n") => break length,
            Ok(length) if length > 0 && began.elapsed() < Duration::from_secs(5) => {
                std::thread::sleep(Duration::from_millis(5));
            }
            _ => return,
        }
    };
    let text = String::from_utf8_lossy(&head[..length]).into_owned();
    match play(text.split(' ').nth(1).unwrap_or("/")) {
        Some(pieces) => {
            let _ = stream.read(&mut head);
            send(&mut stream, pieces);
        }
        None => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{");
        }
    }
}

/// One thing that goes wrong.
pub struct Fault {
    /// Its name.
    pub name: String,
    /// What is sent instead of the sound answer, by path and number of the request; none: a reset.
    pub play: Box<Play>,
}

/// What a fault makes of a sound answer.
pub type Play = dyn Fn(&Sound, &str, usize) -> Option<Vec<Piece>> + Send + Sync;

fn fault(name: &str, play: impl Fn(&Sound) -> Vec<Piece> + Send + Sync + 'static) -> Fault {
    Fault {
        name: name.to_owned(),
        play: Box::new(move |sound, _, _| Some(play(sound))),
    }
}

fn redirect(to: &str) -> Vec<Piece> {
    let head = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
    vec![Piece::Send(head.into_bytes())]
}

fn drip(first: Vec<u8>, drop: &[u8]) -> Vec<Piece> {
    let mut pieces = vec![Piece::Send(first)];
    for _ in 0..60 {
        pieces.extend([
            Piece::Wait(Duration::from_millis(60)),
            Piece::Send(drop.to_vec()),
        ]);
    }
    pieces
}

/// Spaces, packed by gzip: a member for each megabyte.
pub fn gzip_bomb(megabytes: usize) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&vec![b' '; 1 << 20]).unwrap();
    packer.finish().unwrap().repeat(megabytes)
}

/// Blocks of zstd that are 128 KiB of one byte each: four bytes a block.
pub fn zstd_bomb(megabytes: usize) -> Vec<u8> {
    let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68];
    for _ in 0..megabytes * 8 {
        out.extend([0x02, 0x00, 0x10, b' ']);
    }
    out.extend([0x01, 0x00, 0x00]);
    out
}

/// 4,000,000 zeros, packed by brotli.
pub fn brotli_bomb() -> Vec<u8> {
    let hex = "a5ffff074002201e0b24f7fe41ffff0f8004401c1680eefd83feff1f000980382c00ddfb87fa4768001200715800ba000d";
    (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap())
        .collect()
}

const ENTITIES: &str = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">]><TENDER_LIST><TENDER><P>&d;</P></TENDER></TENDER_LIST>";
const LOGIN: &str = "<!DOCTYPE html><html><head><title>Log in</title></head><body><form action=\"/login\"><input type=\"password\"></form></body></html>";

/// Ways of a connection to go wrong, whatever is asked.
fn on_the_wire() -> Vec<Fault> {
    let chunked = "Transfer-Encoding: chunked\r\n";
    vec![
        fault("the head comes byte by byte", |_| {
            drip(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X")
        }),
        fault("the body comes byte by byte", |s| {
            drip(s.head("Content-Length: 9000\r\n"), b" ")
        }),
        fault("the body stops", |s| {
            let mut pieces = s.sent("Content-Length: 9000\r\n", &s.half());
            pieces.push(Piece::Wait(Duration::from_secs(3)));
            pieces
        }),
        fault("closed in the middle", |s| {
            s.sent(&format!("Content-Length: {}\r\n", s.body.len()), &s.half())
        }),
        Fault {
            name: "reset".to_owned(),
            play: Box::new(|_, _, _| None),
        },
        fault("closed before the head", |_| Vec::new()),
        fault("closed in the head", |_| {
            Piece::raw("HTTP/1.1 200 OK\r\nContent-Le")
        }),
        fault("a length too long", |s| {
            s.sent(
                &format!("Content-Length: {}\r\n", s.body.len() + 40),
                &s.body,
            )
        }),
        fault("a length too short", |s| {
            s.sent(
                &format!("Content-Length: {}\r\n", s.body.len() / 2),
                &s.body,
            )
        }),
        fault("a length beyond all bounds", |s| {
            s.sent("Content-Length: 18446744073709551615\r\n", &s.body)
        }),
        fault("a length below zero", |s| {
            s.sent("Content-Length: -1\r\n", &s.body)
        }),
        fault("two lengths", |s| {
            s.sent(
                &format!("Content-Length: {}\r\nContent-Length: 3\r\n", s.body.len()),
                &s.body,
            )
        }),
        fault("endless chunks", move |s| {
            vec![
                Piece::Send(s.head(chunked)),
                Piece::Again(b"1\r\n \r\n".repeat(1000), 100_000),
            ]
        }),
        fault("a chunk beyond all bounds", move |s| {
            s.sent(chunked, b"FFFFFFFFFFFFFFFFF\r\nxxxx")
        }),
        fault("chunks that stop", move |s| {
            s.sent(chunked, format!("4\r\n{}", "n\r\n4").as_bytes())
        }),
        fault("a head of 100 MB", |_| {
            vec![
                Piece::Send(b"HTTP/1.1 200 OK\r\nX-Long: ".to_vec()),
                Piece::Again(vec![b'a'; 1 << 20], 100),
            ]
        }),
        fault("100,000 headers", |_| {
            vec![
                Piece::Send(b"HTTP/1.1 200 OK\r\n".to_vec()),
                Piece::Again(b"X-A: b\r\n".to_vec(), 100_000),
            ]
        }),
        fault("preliminary answers without end", |_| {
            vec![Piece::Again(
                b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100),
                100_000,
            )]
        }),
        fault("another protocol", |_| {
            Piece::raw("SSH-2.0-OpenSSH_9.2\r\n")
        }),
        fault("TLS on a plain port", |_| {
            vec![Piece::Send(b"\x15\x03\x01\x00\x02\x02\x46".to_vec())]
        }),
        fault("a header of control characters", |s| {
            s.sent("X-A: \x1b]52;c;aGk=\x07\x00\r\n", &s.body)
        }),
    ]
}

/// Redirects, also into networks that are none of the portal's business. `inside` is a port there.
fn redirects(inside: &str) -> Vec<Fault> {
    let mut out = vec![
        fault("a redirect in a circle", |_| redirect("?")),
        fault("a redirect to nowhere", |_| redirect("http://[")),
        fault("a redirect to a file", |_| redirect("file:///etc/passwd")),
        Fault {
            name: "10,000 redirects".to_owned(),
            play: Box::new(|sound, path, _| {
                let hop: u32 = path
                    .rsplit('=')
                    .next()
                    .and_then(|n| n.parse().ok())
                    .unwrap_or(0);
                Some(match hop {
                    10_000.. => sound.pieces(),
                    _ => redirect(&format!("?hop={}", hop + 1)),
                })
            }),
        },
    ];
    for address in [
        "127.0.0.2:PORT",
        "2130706434:PORT",
        "0x7f000002:PORT",
        "0177.0.0.2:PORT",
        "127.2:PORT",
        "[::ffff:127.0.0.2]:PORT",
        "[::ffff:7f00:2]:PORT",
        "[64:ff9b::7f00:2]:PORT",
        "[::1]:PORT",
        "localhost:PORT",
        "0.0.0.0:PORT",
        "169.254.169.254",
        "[fe80::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "[fd00::1]",
    ] {
        let to = format!("http://{}/", address.replace("PORT", inside));
        let name = format!("a redirect to {}", address.trim_end_matches(":PORT"));
        out.push(fault(&name, move |_| redirect(&to)));
    }
    out
}

/// Bodies that are packed, or too large, or not what they should be.
fn bodies() -> Vec<Fault> {
    let (gzip, zstd) = (gzip_bomb(64), zstd_bomb(64));
    let mut stump = gzip_bomb(1);
    stump.truncate(stump.len() - 4);
    vec![
        fault("a bomb of gzip", move |s| s.packed("gzip", &gzip)),
        fault("a bomb of brotli", |s| s.packed("br", &brotli_bomb())),
        fault("a bomb of zstd", move |s| s.packed("zstd", &zstd)),
        fault("cut gzip", move |s| s.packed("gzip", &stump)),
        fault("said to be gzip", |s| s.packed("gzip", &s.body)),
        fault("said to be brotli", |s| s.packed("br", &s.body)),
        fault("an unknown packing", |s| s.packed("rot13", &s.body)),
        fault("deep JSON", |s| s.with("[".repeat(500_000))),
        fault("deep objects", |s| s.with("{\"a\":".repeat(200_000))),
        fault("deep XML", |s| s.with("<a>".repeat(300_000))),
        fault("a text of 64 MB", |s| {
            vec![
                Piece::Send(s.head("Connection: close\r\n")),
                Piece::Send(b"{\"n\": \"".to_vec()),
                Piece::Again(vec![b'x'; 1 << 20], 64),
            ]
        }),
        fault("a line of 64 MB", |s| {
            vec![
                Piece::Send(s.head("Connection: close\r\n")),
                Piece::Send(b"n\r\n\"".to_vec()),
                Piece::Again(vec![b'4'; 1 << 20], 64),
            ]
        }),
        fault("a million columns", |s| s.with("n,".repeat(1_000_000))),
        fault("entities of XML", |s| s.with(ENTITIES)),
        fault("an entity from outside", |s| {
            s.with("<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><TENDER_LIST><TENDER><P>&x;</P></TENDER></TENDER_LIST>")
        }),
        fault("half the body, said to be whole", |s| {
            match s.body.starts_with(b"n\r\n") {
                // Half a number is a number: of a table only what ends in the middle of a row can be told.
                true => s.with("n,m\r\n41,\"4"),
                false => s.with(s.half()),
            }
        }),
    ]
}

/// Answers that are whole and wrong.
fn answers() -> Vec<Fault> {
    vec![
        fault("a web page", |s| {
            s.with("<html><head><title>Maintenance</title></head><body>41</body></html>")
        }),
        fault("a web page that says so", |_| {
            Piece::ok("text/html", "<html><title>41</title></html>")
        }),
        fault("a login page", |_| {
            Piece::ok("text/html; charset=utf-8", LOGIN)
        }),
        Fault {
            name: "another page each time".to_owned(),
            play: Box::new(|_, _, earlier| {
                let page = format!(
                    "<html><title>Page {earlier}</title>{}</html>",
                    "x".repeat(earlier % 900)
                );
                Some(Piece::ok("text/html", page))
            }),
        },
        fault("nothing", |s| s.with("")),
        fault("blanks", |s| s.with(" \r\n\t ")),
        fault("NUL", |s| s.with(vec![0; 4096])),
        fault("an error under 200", |s| {
            s.with("{\"success\": false, \"status\": \"error\", \"errorType\": \"x\", \"error\": {\"message\": \"no such table\"}}")
        }),
        fault("another document", |s| {
            s.with("{\"unexpected\": [1, 2, 3]}")
        }),
        fault("a list of nothing", |s| s.with("[]")),
        fault("null", |s| s.with("null")),
        fault("a picture", |s| {
            s.with(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
        }),
        fault("a zip that is none", |s| {
            s.with(b"PK\x03\x04not a zip at all")
        }),
        fault("UTF-16 under another name", |s| {
            s.with(
                s.body
                    .iter()
                    .flat_map(|byte| [*byte, 0])
                    .collect::<Vec<u8>>(),
            )
        }),
        fault("bytes of no encoding", |s| {
            let mut body = s.body.clone();
            let middle = body.len() / 2;
            body.splice(middle..middle, [0xff, 0xfe, 0xc0, 0x80]);
            s.with(body)
        }),
        fault("NaN", |s| s.saying("NaN")),
        fault("1e400", |s| s.saying("1e400")),
        fault("a number of 400 digits", |s| s.saying(&"9".repeat(400))),
        fault("minus infinity", |s| s.saying("-Infinity")),
        fault("no figure", |s| s.saying("")),
        fault("a command for the terminal", |s| {
            s.saying("\u{1b}]52;c;aGk=\u{7}\u{202e}")
        }),
        fault("one key twice", |s| s.with("{\"n\": 41, \"n\": 42}")),
        fault("status 500", |_| {
            Piece::raw("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")
        }),
        fault("status 204", |_| {
            Piece::raw("HTTP/1.1 204 No Content\r\n\r\n")
        }),
        fault("status 206", |s| {
            let mut answer = b"HTTP/1.1 206 Partial Content\r\nConnection: close\r\n\r\n".to_vec();
            answer.extend(s.half());
            vec![Piece::Send(answer)]
        }),
        fault("status 304, unasked", |_| {
            Piece::raw("HTTP/1.1 304 Not Modified\r\n\r\n")
        }),
        fault("status 999", |_| {
            Piece::raw("HTTP/1.1 999 \r\nContent-Length: 0\r\n\r\n")
        }),
        fault("busy since long ago", |_| {
            Piece::raw(
                "HTTP/1.1 503 Busy\r\nRetry-After: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n",
            )
        }),
        // The last: the portal is left alone after it.
        fault("busy for ever", |_| {
            Piece::raw(
                "HTTP/1.1 429 Busy\r\nRetry-After: 18446744073709551615\r\nContent-Length: 0\r\n\r\n",
            )
        }),
    ]
}

/// Everything that can go wrong. `inside` is a port of an address that no portal may lead to.
pub fn faults(inside: &str) -> Vec<Fault> {
    let mut out = on_the_wire();
    out.extend(redirects(inside));
    out.extend(bodies());
    out.extend(answers());
    out
}
