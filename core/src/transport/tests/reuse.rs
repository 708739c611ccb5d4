//! Connections of plain HTTP serve one request after the other, and one that a portal has closed is no
//! failed request.

use super::*;
use std::net::TcpListener;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;

/// A portal that answers so many requests on a connection, its connections so far and those it has closed. `says`
/// whether it announces that it closes.
fn portal_of(per_connection: usize, says: bool) -> (String, [Arc<AtomicUsize>; 2]) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let counts: [Arc<AtomicUsize>; 2] = std::array::from_fn(|_| Arc::default());
    let [opened, closed] = counts.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            opened.fetch_add(1, Ordering::SeqCst);
            for number in 1..=per_connection {
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") {
                    match stream.read(&mut byte) {
                        Ok(1) => head.push(byte[0]),
                        _ => return,
                    }
                }
                let close = match says && number == per_connection {
                    true => "Connection: close\r\n",
                    false => "",
                };
                let answer = format!("HTTP/1.1 200 OK\r\n{close}Content-Length: 2\r\n\r\n[]");
                stream.write_all(answer.as_bytes()).unwrap();
            }
            drop(stream);
            closed.fetch_add(1, Ordering::SeqCst);
        }
    });
    (origin, counts)
}

fn asked(origin: &str, times: usize, between: impl Fn(usize)) {
    let transport = Transport::new(NetworkRules::default()).unwrap();
    let exchange = allowed(format!("{origin}/a"));
    for number in 1..=times {
        let fetched = transport.drive(transport.fetch(&exchange, |_| {}));
        let (_, body, _) = read_all(fetched.unwrap().unwrap().unwrap()).unwrap();
        assert_eq!(body, b"[]");
        between(number);
    }
}

#[test]
fn one_connection_serves_one_request_after_the_other() {
    let (origin, [opened, _]) = portal_of(100, false);
    asked(&origin, 10, |_| {});
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}

#[test]
fn a_connection_that_was_closed_meanwhile_is_replaced() {
    // One that closes without a word closes some requests that are on their way, too: those are tried
    // again by whoever asks. Here it is asked when it has closed.
    for (says, waits) in [(true, false), (true, true), (false, true)] {
        let (origin, [opened, closed]) = portal_of(2, says);
        asked(&origin, 6, |asked| {
            let begin = Instant::now();
            while waits && closed.load(Ordering::SeqCst) < asked / 2 {
                assert!(begin.elapsed() < Duration::from_secs(30));
                std::thread::sleep(Duration::from_millis(1));
            }
            if waits {
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        assert_eq!(opened.load(Ordering::SeqCst), 3, "{says} {waits}");
    }
}

#[test]
fn a_body_that_was_not_read_leaves_no_connection_behind() {
    let server = Server::start(|path, number| match (path, number) {
        ("/a", 0) => redirect("/b"),
        ("/a", _) => answer("404 Not Found", "", b"gone"),
        _ => ok("[]"),
    });
    let transport = Transport::new(NetworkRules::default()).unwrap();
    let exchange = allowed(server.url("/a"));
    let fetch = || transport.drive(transport.fetch(&exchange, |_| {})).unwrap();
    assert!(fetch().is_ok());
    for _ in 0..3 {
        let trouble = fetch().map(|_| ()).unwrap_err().trouble;
        assert!(matches!(trouble, Trouble::Status { status: 404, .. }));
    }
}
