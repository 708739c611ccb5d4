//! A fuzzer of the decoders that runs on the stable compiler: `fuzz SECONDS [KIND] [SEED]`. `html` as the kind is
//! the recogniser of web and login pages, which every decoder asks first.
//!
//! It mutates the fixtures of every kind (bits, bytes, splices, cuts, repetition, words that mean
//! something; inside zip files too) for so many seconds per kind. What tells one input from another
//! is the sort of answer it got: an input with a new sort is mutated further. An input that ends a
//! decoder, breaks what holds of every answer or takes seconds is written to `fuzz-found/`, and the
//! exit code is 1. With `FUZZ_KEEP` set to a folder, the smallest input of each sort is kept there.
#![expect(clippy::print_stdout, reason = "an example prints")]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::every_kind::{FIXTURES, PAGES, sources, try_one, try_page};
use common::{context, workbook};
use quarterdeck_sources::{Decoded, Kind, Refusal, SourceConfig};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// An input that is decoded for longer than this is a finding.
const SLOW: Duration = Duration::from_secs(5);
/// Longest input.
const LONGEST: usize = 256 * 1024;
/// Longest input that is kept.
const LONGEST_KEPT: usize = 3 * 1024;

/// Words that mean something to one decoder or another.
const WORDS: [&[u8]; 73] = [
    b"<!DOCTYPE html>",
    b"<html",
    b"<title",
    b"</title>",
    b"<input type=\"password\">",
    b"type = 'PASSWORD'",
    b"<meta http-equiv=\"refresh\" content=\"0;url=/login\">",
    "<title>登入".as_bytes(),
    "İ".as_bytes(),
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b":",
    b",",
    b"\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"\x1a",
    b"null",
    b"true",
    b"NaN",
    b"-Infinity",
    b"1e400",
    b"1e-400",
    b"-0",
    b"0",
    b"999999999999999999999999999999",
    b"0.1234567890123456789",
    b"\\ud800",
    b"\\u0000",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xa4\x40",
    b"\xed\xa0\x80",
    b"<",
    b">",
    b"</",
    b"/>",
    b"&amp;",
    b"&lt",
    b"&#0;",
    b"&#x110000;",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"<!DOCTYPE a [<!ENTITY b \"c\">]>",
    b"<?xml version=\"1.0\" encoding=\"big5\"?>",
    b"xmlns:a=\"b\"",
    b"\"success\":false",
    b"\"error\":",
    b"\"total\":",
    b"\"next\":",
    b"\"result\":",
    b"\"data\":",
    b"# TYPE a histogram\n",
    b"# EOF\n",
    b"_bucket{le=\"+Inf\"} ",
    b"# {a=\"b\"} 1",
    b"=SUM(A1)",
    b"1,234",
    b"75.3%",
    "１２３".as_bytes(),
    "3.5億".as_bytes(),
    "114年第3季".as_bytes(),
    "計畫編號".as_bytes(),
    b"table:number-rows-repeated=\"1048576\"",
    b"r=\"XFD1048576\"",
    b"../../etc/passwd",
];

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    /// Below `end`; 0 where nothing is below it.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 11).unwrap_or(0) % end.max(1)
    }
    fn stretch(&mut self, length: usize, at_most: usize) -> std::ops::Range<usize> {
        let begin = self.below(length);
        begin..(begin + 1 + self.below(at_most)).min(length)
    }
}

fn mutate_bytes(body: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    for _ in 0..=random.below(6) {
        let place = random.below(body.len() + 1);
        match random.below(10) {
            0 => {
                if let Some(byte) = body.get_mut(place) {
                    *byte ^= 1 << random.below(8);
                }
            }
            1 => {
                let new = u8::try_from(random.below(256)).unwrap_or(0);
                if let Some(byte) = body.get_mut(place) {
                    *byte = new;
                }
            }
            2 | 3 => drop(body.splice(
                place..place,
                WORDS[random.below(WORDS.len())].iter().copied(),
            )),
            4 => {
                let stretch = random.stretch(body.len(), 40);
                drop(body.splice(stretch, WORDS[random.below(WORDS.len())].iter().copied()));
            }
            5 => drop(body.drain(random.stretch(body.len(), 200))),
            6 => {
                let piece = body[random.stretch(body.len(), 400)].to_vec();
                drop(body.splice(place..place, piece));
            }
            7 if !other.is_empty() => {
                let piece = other[random.stretch(other.len(), 400)].to_vec();
                drop(body.splice(place..place, piece));
            }
            8 => {
                let piece = body[random.stretch(body.len(), 12)].to_vec();
                let times = [2, 10, 200, 5_000][random.below(4)];
                drop(body.splice(place..place, piece.repeat(times)));
            }
            _ if random.below(4) == 0 => body.truncate(place),
            _ => {
                // A number for a number.
                let digits = body.iter().skip(place).position(u8::is_ascii_digit);
                if let Some(at) = digits.map(|n| place + n) {
                    let end = at + body[at..].iter().take_while(|b| b.is_ascii_digit()).count();
                    let new = random.next().to_string();
                    let keep = random.below(new.len() + 1);
                    drop(body.splice(at..end, new.bytes().take(keep)));
                }
            }
        }
    }
    body.truncate(LONGEST);
}

fn unpacked(body: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(body)).ok()?;
    let mut out = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index(index).ok()?;
        let (name, mut bytes) = (file.name().ok()?.into_owned(), Vec::new());
        file.take(1 << 20).read_to_end(&mut bytes).ok()?;
        out.push((name, bytes));
    }
    Some(out)
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A change inside one part of a zip file; a manifest is told of it, so that what is behind it is reached.
fn mutate_inside(body: &[u8], other: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let mut parts = unpacked(body)?;
    let which = random.below(parts.len());
    let part = &mut parts.get_mut(which)?.1;
    let (old, old_length) = (hash(part), part.len());
    mutate_bytes(part, other, random);
    let (new, length) = (hash(part), part.len());
    if let Some((_, manifest)) = parts.iter_mut().find(|(name, _)| name == "manifest.json") {
        let text = String::from_utf8_lossy(manifest).replace(&old, &new);
        *manifest = text
            .replace(
                &format!("\"bytes\":{old_length}"),
                &format!("\"bytes\":{length}"),
            )
            .into_bytes();
    }
    match random.below(8) {
        0 => drop(parts.remove(which)),
        1 => parts.retain(|(name, _)| name != "manifest.sig"),
        2 => parts[which].0.push('x'),
        _ => {}
    }
    parts.sort_by(|a, b| a.0.cmp(&b.0));
    parts.dedup_by(|a, b| a.0 == b.0);
    let parts: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    Some(workbook::zip(&parts))
}

fn mutated(body: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    if body.starts_with(b"PK")
        && random.below(8) > 0
        && let Some(new) = mutate_inside(body, other, random)
    {
        return new;
    }
    let mut body = body.to_vec();
    mutate_bytes(&mut body, other, random);
    body
}

/// What sort of answer it was: what is refused, or what was noticed and how much came out.
fn sort_of(outcome: &Result<Decoded, Refusal>) -> String {
    match outcome {
        Err(refusal) => format!("refused {}", refusal.message.id),
        Ok(decoded) => {
            let mut rules: Vec<String> = decoded
                .findings
                .iter()
                .map(|f| format!("{} {}", f.rule, f.text.id))
                .collect();
            rules.sort();
            rules.dedup();
            let bucket = decoded.readings.len().min(20).next_power_of_two();
            format!(
                "{bucket} {} {} {}",
                decoded.next.is_some(),
                decoded.encoding,
                rules.join(" ")
            )
        }
    }
}

fn decoded(config: &SourceConfig, body: &[u8], random: &mut Random) -> Result<Decoded, Refusal> {
    let mut circumstances = context();
    circumstances.page = u32::try_from(random.below(2)).unwrap_or(0);
    circumstances.previous_rows = [None, Some(3), Some(u64::MAX)][random.below(3)];
    circumstances.http_status = [200, 200, 503][random.below(3)];
    let types = [
        None,
        Some("text/html"),
        Some("text/csv; charset=big5"),
        Some("application/xml"),
    ];
    circumstances.content_type = types[random.below(4)];
    try_one(config, &circumstances, body)
}

struct Found {
    executions: u64,
    bad: usize,
    sorts: BTreeMap<String, Vec<u8>>,
}

/// A decoder, or the recogniser of web pages under every decoder in turn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Of(Kind),
    Pages,
}

impl Target {
    fn id(self) -> &'static str {
        match self {
            Target::Of(kind) => kind.id(),
            Target::Pages => "html",
        }
    }
}

fn fuzz(target: Target, time: Duration, random: &mut Random) -> Found {
    let configs: Vec<SourceConfig> = sources()
        .into_iter()
        .filter(|config| target == Target::Pages || target == Target::Of(config.kind))
        .collect();
    let fixtures = FIXTURES.iter().filter(|(of, _)| *of == target.id());
    let mut inputs: Vec<Vec<u8>> = fixtures.map(|(_, body)| body.to_vec()).collect();
    if target == Target::Pages {
        inputs.extend(PAGES.map(|page| page.as_bytes().to_vec()));
    }
    if let Ok(entries) =
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/corpus"))
    {
        for entry in entries
            .flatten()
            .filter(|e| e.file_name().to_string_lossy().starts_with(target.id()))
        {
            inputs.extend(std::fs::read(entry.path()));
        }
    }
    let own = inputs.len();
    let mut found = Found {
        executions: 0,
        bad: 0,
        sorts: BTreeMap::new(),
    };
    let began = Instant::now();
    while began.elapsed() < time {
        let which = match random.below(3) {
            0 => random.below(own),
            _ => random.below(inputs.len()),
        };
        let other = match random.below(2) {
            0 => inputs[random.below(inputs.len())].as_slice(),
            _ => FIXTURES[random.below(FIXTURES.len())].1,
        };
        let input = match found.executions {
            first if first < own as u64 => inputs[usize::try_from(first).unwrap_or(0)].clone(),
            _ => mutated(&inputs[which], other, random),
        };
        found.executions += 1;
        let mut start = Instant::now();
        let config = &configs[random.below(configs.len())];
        let mut try_it = || match target {
            Target::Of(_) => decoded(config, &input, random),
            Target::Pages => try_page(config, &context(), &input),
        };
        let mut outcome = catch_unwind(AssertUnwindSafe(&mut try_it));
        if outcome.is_ok() && start.elapsed() > SLOW {
            // A busy machine is slow once; an input is slow again.
            start = Instant::now();
            outcome = catch_unwind(AssertUnwindSafe(&mut try_it));
        }
        let word = match &outcome {
            Err(_) => Some("broken"),
            Ok(_) if start.elapsed() > SLOW => Some("slow"),
            Ok(_) => None,
        };
        if let Some(word) = word {
            found.bad += 1;
            if found.bad <= 20 {
                std::fs::create_dir_all("fuzz-found").unwrap();
                let name = format!("fuzz-found/{}-{word}-{}", target.id(), &hash(&input)[..8]);
                std::fs::write(&name, &input).unwrap();
                println!("{name}: {} bytes, {:?}", input.len(), start.elapsed());
            }
            continue;
        }
        let Ok(outcome) = outcome else { continue };
        let sort = sort_of(&outcome);
        let is_smaller = found
            .sorts
            .get(&sort)
            .is_none_or(|known| input.len() < known.len());
        if is_smaller {
            if !found.sorts.contains_key(&sort) && inputs.len() < 5_000 {
                inputs.push(input.clone());
            }
            found.sorts.insert(sort, input);
        }
    }
    found
}

fn keep(folder: &Path, target: Target, sorts: &BTreeMap<String, Vec<u8>>) {
    std::fs::create_dir_all(folder).unwrap();
    let mut small: Vec<(&String, &Vec<u8>)> = sorts
        .iter()
        .filter(|(_, body)| body.len() <= LONGEST_KEPT)
        .collect();
    // One per refusal, and the findings nobody else has.
    small.sort_by_key(|(sort, body)| (!sort.starts_with("refused"), body.len()));
    for (_, body) in small.into_iter().take(40) {
        std::fs::write(
            folder.join(format!("{}-{}", target.id(), &hash(body)[..8])),
            body,
        )
        .unwrap();
    }
}

/// The most memory this process had, as the system says it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map(|text| text.trim().to_owned()).unwrap_or_default()
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let seconds = args
        .first()
        .and_then(|text| text.parse().ok())
        .unwrap_or(10);
    let only = args.get(1).map(String::as_str).filter(|id| *id != "all");
    let seed = args
        .get(2)
        .and_then(|text| text.parse().ok())
        .unwrap_or(0x9E37_79B9_7F4A_7C15);
    let mut random = Random(seed);
    let mut bad = 0;
    let targets = Kind::ALL.map(Target::Of).into_iter().chain([Target::Pages]);
    for target in targets.filter(|target| only.is_none_or(|only| only == target.id())) {
        let found = fuzz(target, Duration::from_secs(seconds), &mut random);
        bad += found.bad;
        println!(
            "{:<12} {:>9} executions {:>4} sorts of answer {:>3} bad, peak {}",
            target.id(),
            found.executions,
            found.sorts.len(),
            found.bad,
            peak()
        );
        if let Some(folder) = std::env::var_os("FUZZ_KEEP") {
            keep(Path::new(&folder), target, &found.sorts);
        }
    }
    std::process::exit(i32::from(bad > 0));
}
