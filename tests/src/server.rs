//! Servers on the loopback address: one of ours that can be slow, and Python's.

use crate::tools;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// What a server answers to a path.
#[derive(Debug, Clone)]
pub struct Reply {
    /// How long it thinks before the first byte.
    pub wait: Duration,
    /// The body, JSON.
    pub body: String,
}

/// One thing done on a connection.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Exactly these bytes, right or wrong.
    Send(Vec<u8>),
    /// These bytes so many times, without so much memory.
    Again(Vec<u8>, usize),
    /// A pause.
    Wait(Duration),
}

impl Piece {
    /// A whole answer under 200.
    pub fn ok(content_type: &str, body: impl AsRef<[u8]>) -> Vec<Piece> {
        let body = body.as_ref();
        let mut bytes = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        )
        .into_bytes();
        bytes.extend_from_slice(body);
        vec![Piece::Send(bytes)]
    }
    /// Bytes without any help.
    pub fn raw(text: &str) -> Vec<Piece> {
        vec![Piece::Send(text.as_bytes().to_vec())]
    }
}

/// Serves as long as the test program runs.
#[derive(Debug)]
pub struct Server {
    origin: String,
}

impl Server {
    /// Starts on a free port.
    pub fn start(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Server {
        Server::sending(move |path| {
            let Reply { wait, body } = reply(path);
            let mut pieces = vec![Piece::Wait(wait)];
            pieces.extend(Piece::ok("application/json", body));
            pieces
        })
    }
    /// Starts on a free port and sends what it is told to.
    pub fn sending(script: impl Fn(&str) -> Vec<Piece> + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(script);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let script = Arc::clone(&script);
                std::thread::spawn(move || answer(stream, &*script));
            }
        });
        Server { origin }
    }
    /// Answers a request's head with the bytes that are given back, as they are.
    pub fn raw(reply: impl Fn(&str) -> String + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let reply = Arc::new(reply);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let reply = Arc::clone(&reply);
                std::thread::spawn(move || {
                    let head: Vec<String> = BufReader::new(&stream)
                        .lines()
                        .map_while(Result::ok)
                        .take_while(|line| !line.is_empty())
                        .collect();
                    // A client that went away is what some tests are about.
                    let _ = stream.write_all(reply(&head.join("\n")).as_bytes());
                });
            }
        });
        Server { origin }
    }
    /// Answers every path with this number.
    pub fn counting(number: u32) -> Server {
        Server::start(move |_| Reply {
            wait: Duration::ZERO,
            body: format!("{{\"count\": {number}}}"),
        })
    }
    /// Address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

fn answer(mut stream: TcpStream, script: &dyn Fn(&str) -> Vec<Piece>) {
    let mut lines = BufReader::new(&stream).lines();
    let Some(Ok(first)) = lines.next() else {
        return;
    };
    while lines
        .next()
        .is_some_and(|line| line.is_ok_and(|l| !l.is_empty()))
    {}
    let path = first.split(' ').nth(1).unwrap_or("/");
    send(&mut stream, script(path));
}

/// Does one thing after the other, until all is done or the client went away, which is what some
/// tests are about.
pub(crate) fn send(stream: &mut TcpStream, pieces: Vec<Piece>) {
    for piece in pieces {
        let sent = match piece {
            Piece::Send(bytes) => stream.write_all(&bytes),
            Piece::Again(bytes, times) => (0..times).try_for_each(|_| stream.write_all(&bytes)),
            Piece::Wait(time) => {
                std::thread::sleep(time);
                Ok(())
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

/// Python's own web server over a folder, ended with this value.
#[derive(Debug)]
pub struct PythonServer {
    child: Child,
    port: u16,
}

impl PythonServer {
    /// Starts it; none when Python is missing, which is printed.
    pub fn start(folder: &Path) -> Option<PythonServer> {
        let python = tools::find("the web server that is not ours", &["python3", "python"])?;
        let mut child = Command::new(python)
            .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut said).unwrap();
        // "Serving HTTP on 127.0.0.1 port 40123 (http://127.0.0.1:40123/) ..."
        let port = said
            .split_once(" port ")
            .and_then(|(_, rest)| rest.split(' ').next()?.parse().ok())
            .unwrap_or_else(|| panic!("no port in {said}"));
        std::thread::spawn(move || out.read_to_end(&mut Vec::new()));
        Some(PythonServer { child, port })
    }
    /// Address of a file.
    pub fn url(&self, file: &str) -> String {
        format!("http://127.0.0.1:{}/{file}", self.port)
    }
}

impl Drop for PythonServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
