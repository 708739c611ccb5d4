//! Servers of other makers on the loopback address, each ended with its value.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to answer for the first time.
const PATIENCE: Duration = Duration::from_secs(60);

/// A port that nobody listened on a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A running server.
#[derive(Debug)]
pub struct Service {
    child: Child,
    port: u16,
}

impl Service {
    /// Starts a program that listens on a port, and waits until the path answers with 200.
    #[track_caller]
    pub fn start(program: &Path, args: &[&OsStr], port: u16, ready: &str) -> Service {
        let child = Command::new(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut service = Service { child, port };
        let began = Instant::now();
        while !service.get(ready).starts_with("HTTP/1.1 200") {
            let ended = service.child.try_wait().unwrap();
            assert!(
                ended.is_none() && began.elapsed() < PATIENCE,
                "{} does not answer: {ended:?}",
                program.display()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        service
    }
    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }
    /// Address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
    /// Its whole answer, head included; empty when it does not answer.
    pub fn get(&self, path: &str) -> String {
        self.ask("GET", path, "")
    }
    /// Its whole answer to a request with a body.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut answer = Vec::new();
        let asked = TcpStream::connect(("127.0.0.1", self.port)).and_then(|mut stream| {
            stream.set_read_timeout(Some(Duration::from_secs(20)))?;
            write!(
                stream,
                "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                self.port,
                body.len()
            )?;
            stream.read_to_end(&mut answer)
        });
        // A server that is not up yet, or breaks off, has said what it has said.
        drop(asked);
        String::from_utf8_lossy(&answer).into_owned()
    }
    /// Asks until the answer holds a text.
    #[track_caller]
    pub fn wait_for(&self, path: &str, text: &str) {
        let began = Instant::now();
        loop {
            let answer = self.get(path);
            if answer.contains(text) {
                return;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "{path} never says {text}: {answer}"
            );
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
