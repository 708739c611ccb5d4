//! Stored answers as WARC 1.1 (ISO 28500): one gzip member a record, as web archives read them.
//!
//! An answer that is stored as it came is a `response`; one whose personal fields were blanked is a
//! `conversion` that says so, by which recipe, and what the original's hash was; what came from a
//! file or a database is a `resource`. An answer with the bytes of another is a `revisit`, with its own
//! address, time and headers, that names the other.

use super::manifest::hex;
use crate::failure::Failure;
use chrono::{DateTime, SecondsFormat, Utc};
use flate2::{Compression, GzBuilder};
use quarterdeck_kpi::message::Message;
use quarterdeck_store::{Fetch, Store};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{self, Read, Write};

/// Why a record has no bytes of its own (WARC 1.1, 6.7.2).
const SAME_BYTES: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";

/// A record's identity and what it holds, for the table of captures.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) fetch: Fetch,
    /// `urn:uuid:...`
    pub(super) id: String,
    /// `response`, `conversion`, `resource` or `revisit`.
    pub(super) kind: &'static str,
    /// Of a revisit: the record with the same bytes, its address and its time.
    first: Option<(String, String, DateTime<Utc>)>,
}

/// Each record once, by hash, address and time; of answers with the same bytes the first has them.
pub(super) fn in_order(mut records: Vec<Record>) -> Vec<Record> {
    let place = |record: &Record| {
        let Fetch { sha256, url, .. } = &record.fetch;
        (sha256.clone(), url.clone(), record.fetch.fetched_at)
    };
    records.sort_by_key(place);
    records.dedup_by(|later, earlier| later.id == earlier.id);
    let mut bytes: BTreeMap<String, (String, String, DateTime<Utc>)> = BTreeMap::new();
    for record in records.iter_mut().filter(|r| r.kind == "response") {
        match bytes.entry(record.fetch.stored_sha256.clone()) {
            Entry::Vacant(first) => {
                let Fetch { url, .. } = &record.fetch;
                first.insert((record.id.clone(), url.clone(), record.fetch.fetched_at));
            }
            Entry::Occupied(first) => {
                record.kind = "revisit";
                record.first = Some(first.get().clone());
            }
        }
    }
    records
}

impl Record {
    pub(super) fn of(fetch: Fetch) -> Record {
        let kind = match (&fetch.recipe, fetch.method.as_str()) {
            (Some(_), _) => "conversion",
            (None, "GET" | "POST") => "response",
            (None, _) => "resource",
        };
        let name = format!(
            "{}\n{}\n{}",
            fetch.sha256,
            fetch.url,
            fetch.fetched_at.timestamp_micros()
        );
        Record {
            id: uuid(&name),
            kind,
            first: None,
            fetch,
        }
    }
}

/// A name-based identity (RFC 9562, version 8), the same wherever the record is made.
fn uuid(name: &str) -> String {
    let hash = Sha256::digest(name.as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex(&bytes);
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        &text[..8],
        &text[8..12],
        &text[12..16],
        &text[16..20],
        &text[20..]
    )
}

/// Writes the record that describes the file.
pub(super) fn write_info(
    out: &mut dyn Write,
    name: &str,
    made: DateTime<Utc>,
    about: &[(&str, String)],
) -> io::Result<()> {
    let mut block = String::new();
    for (key, value) in about {
        block.push_str(&format!("{key}: {}\r\n", line(value)));
    }
    let head = [
        ("WARC-Type", "warcinfo".to_owned()),
        ("WARC-Date", date(made)),
        ("WARC-Filename", name.to_owned()),
        (
            "WARC-Record-ID",
            format!("<{}>", uuid(&format!("{name}\n{block}"))),
        ),
        ("Content-Type", "application/warc-fields".to_owned()),
        ("WARC-Block-Digest", digest(block.as_bytes())),
    ];
    member(out, &head, &mut block.as_bytes(), block.len() as u64)
}

/// Writes one stored answer. Its bytes are read twice: the hash stands before them.
pub(super) fn write(out: &mut dyn Write, store: &Store, record: &Record) -> Result<(), Failure> {
    let fetch = &record.fetch;
    let gone = || {
        Failure::nothing(Message::new("bag-capture-missing").with("sha256", fetch.sha256.as_str()))
    };
    let body = || store.capture_reader(&fetch.stored_sha256)?.ok_or_else(gone);
    let http = match record.kind {
        "response" | "revisit" => http_head(fetch, length_of(body()?).map_err(|_| gone())?),
        _ => String::new(),
    };
    let mut whole = Sha256::new();
    whole.update(http.as_bytes());
    let (mut payload, mut length) = (Sha256::new(), 0_u64);
    let has_bytes = record.first.is_none();
    each(body()?, |bytes| {
        if has_bytes {
            whole.update(bytes);
        }
        payload.update(bytes);
        length += bytes.len() as u64;
    })
    .map_err(|_| gone())?;
    let payload = payload.finalize();
    // A bag never takes along what its own list would not stand for.
    if hex(&payload) != fetch.stored_sha256 {
        return Err(gone());
    }
    let mut head = vec![
        ("WARC-Type", record.kind.to_owned()),
        ("WARC-Date", date(fetch.fetched_at)),
        ("WARC-Record-ID", format!("<{}>", record.id)),
        ("WARC-Target-URI", uri(&fetch.url)),
    ];
    match record.kind {
        "response" | "revisit" => {
            let kind = "application/http;msgtype=response";
            head.push(("Content-Type", kind.to_owned()));
            head.push(("WARC-Payload-Digest", base32_digest(&payload)));
        }
        _ => head.push(("Content-Type", media_type(fetch))),
    }
    if let Some((id, url, at)) = &record.first {
        head.push(("WARC-Profile", SAME_BYTES.to_owned()));
        head.push(("WARC-Refers-To", format!("<{id}>")));
        head.push(("WARC-Refers-To-Target-URI", uri(url)));
        head.push(("WARC-Refers-To-Date", date(*at)));
    }
    head.push(("WARC-Block-Digest", base32_digest(&whole.finalize())));
    head.push(("X-Quarterdeck-Source", line(&fetch.source)));
    head.push(("X-Quarterdeck-Method", line(&fetch.method)));
    head.push(("X-Quarterdeck-Original-SHA256", fetch.sha256.clone()));
    if let Some(recipe) = &fetch.recipe {
        head.push(("X-Quarterdeck-Blanked-By", line(recipe)));
        head.push(("X-Quarterdeck-Original-Length", fetch.bytes.to_string()));
        head.push(("X-Quarterdeck-HTTP-Status", fetch.http_status.to_string()));
    }
    let written = match has_bytes {
        true => {
            let mut block = http.as_bytes().chain(body()?);
            member(out, &head, &mut block, http.len() as u64 + length)
        }
        false => member(out, &head, &mut http.as_bytes(), http.len() as u64),
    };
    written.map_err(|error| {
        Failure::nothing(Message::new("bag-not-written").with("detail", error.to_string()))
    })
}

fn length_of(reader: Box<dyn Read>) -> io::Result<u64> {
    let mut length = 0;
    each(reader, |bytes| length += bytes.len() as u64)?;
    Ok(length)
}

fn each(mut reader: Box<dyn Read>, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(()),
            read => take(&buffer[..read]),
        }
    }
}

/// One record as a gzip member; its time is left out, so that the same bytes come out everywhere.
fn member(
    out: &mut dyn Write,
    head: &[(&str, String)],
    block: &mut dyn Read,
    length: u64,
) -> io::Result<()> {
    let mut packed = GzBuilder::new().mtime(0).write(out, Compression::default());
    packed.write_all(b"WARC/1.1\r\n")?;
    for (name, value) in head {
        packed.write_all(format!("{name}: {value}\r\n").as_bytes())?;
    }
    packed.write_all(format!("Content-Length: {length}\r\n\r\n").as_bytes())?;
    io::copy(block, &mut packed)?;
    packed.write_all(b"\r\n\r\n")?;
    packed.finish().map(|_| ())
}

/// Status line and headers of an answer. The body is stored unpacked: what said how it was packed
/// and how long it was stands under another name.
fn http_head(fetch: &Fetch, length: u64) -> String {
    let reason = hyper::StatusCode::from_u16(fetch.http_status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Unknown");
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", fetch.http_status);
    for (name, value) in &fetch.headers {
        let name = line(name);
        let packing = ["content-encoding", "content-length", "transfer-encoding"];
        if packing.iter().any(|known| name.eq_ignore_ascii_case(known)) {
            head.push_str("X-Orig-");
        }
        head.push_str(&format!("{name}: {}\r\n", line(value)));
    }
    head.push_str(&format!("Content-Length: {length}\r\n\r\n"));
    head
}

fn media_type(fetch: &Fetch) -> String {
    let mut found = fetch.headers.iter();
    found
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        .map_or_else(
            || "application/octet-stream".to_owned(),
            |(_, value)| line(value),
        )
}

/// A value that stays on its line.
fn line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// An address in ASCII.
fn uri(url: &str) -> String {
    let mut text = String::with_capacity(url.len());
    for byte in url.bytes() {
        match byte {
            b'!'..=b'~' if !matches!(byte, b'<' | b'>' | b'"') => text.push(char::from(byte)),
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
    text
}

fn date(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn digest(bytes: &[u8]) -> String {
    base32_digest(&Sha256::digest(bytes))
}

/// `sha256:` and the hash in base 32 (RFC 4648), as archives write it.
fn base32_digest(hash: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::from("sha256:");
    for chunk in hash.chunks(5) {
        let mut five = [0_u8; 5];
        five[..chunk.len()].copy_from_slice(chunk);
        let bits = five
            .iter()
            .fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        let used = (chunk.len() * 8).div_ceil(5);
        for place in 0..8 {
            if place < used {
                let index = usize::try_from((bits >> (35 - place * 5)) & 31).unwrap_or_default();
                text.push(char::from(LETTERS[index]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_store::{CaptureBody, NewCapture, OpenMode, sha256_hex};

    /// Three addresses, two of which answer the same bytes.
    fn three_answers(folder: &std::path::Path) -> (Store, Vec<Record>) {
        let mut store = Store::open(&folder.join("quarterdeck.db"), OpenMode::Create).unwrap();
        let at = |second: i64| DateTime::from_timestamp(1_760_000_000 + second, 0).unwrap();
        let answers = [
            ("63000002", "{\"n\": 0}"),
            ("63000001", "{\"n\": 0}"),
            ("63000003", "{\"n\": 7}"),
        ];
        let mut records = Vec::new();
        for (second, (code, body)) in (0..).zip(answers) {
            let sha256 = sha256_hex(body.as_bytes());
            store
                .put_capture(&NewCapture {
                    sha256: sha256.clone(),
                    stored_sha256: sha256.clone(),
                    recipe: None,
                    url: format!("https://example.gov.tw/{code}"),
                    method: "GET".into(),
                    http_status: 200,
                    headers: vec![("etag".into(), format!("\"{code}\""))],
                    remote_addr: None,
                    fetched_at: at(second),
                    bytes: body.len() as u64,
                    body: CaptureBody::Inline(body.as_bytes().to_vec()),
                    source: "usage".into(),
                    run: None,
                })
                .unwrap();
            records.push(Record::of(store.fetches(&sha256).unwrap().remove(0)));
        }
        (store, records)
    }

    #[test]
    fn an_answer_with_the_bytes_of_another_has_its_own_address_and_names_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let (store, mut records) = three_answers(folder.path());
        let again = records[0].clone();
        records.push(again);
        let records = in_order(records);
        let kinds: Vec<(&str, &str)> = records
            .iter()
            .map(|record| (record.fetch.url.rsplit('/').next().unwrap(), record.kind))
            .collect();
        let mut expected = vec![
            ("63000001", "response"),
            ("63000002", "revisit"),
            ("63000003", "response"),
        ];
        expected.sort_by_key(|(code, _)| records.iter().position(|r| r.fetch.url.ends_with(code)));
        assert_eq!(kinds, expected);
        let mut out = Vec::new();
        for record in &records {
            write(&mut out, &store, record).unwrap();
        }
        let mut text = String::new();
        flate2::read::MultiGzDecoder::new(out.as_slice())
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text.matches("{\"n\": 0}").count(), 1);
        let revisit = text
            .split("WARC/1.1\r\n")
            .find(|record| record.contains("WARC-Type: revisit"))
            .unwrap();
        for line in [
            "WARC-Target-URI: https://example.gov.tw/63000002",
            "WARC-Refers-To-Target-URI: https://example.gov.tw/63000001",
            "etag: \"63000002\"",
            SAME_BYTES,
        ] {
            assert!(revisit.contains(line), "{line}: {revisit}");
        }
    }

    #[test]
    fn hashes_are_written_as_other_archives_write_them() {
        assert_eq!(
            digest(b"foobar"),
            "sha256:YOVY74JXEDUK3ECH3U4UM2Z4RF2OLEWC7I4D2SRZMBYUZLXQYTZA===="
        );
        assert_eq!(
            uri("file:drop/年 報.csv"),
            "file:drop/%E5%B9%B4%20%E5%A0%B1.csv"
        );
    }
}
