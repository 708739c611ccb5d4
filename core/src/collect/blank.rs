//! Keys that a portal repeats in its answer are blanked before anything of it is kept: in the bytes
//! that are stored, in the text of a reading, in a finding, in a refusal.
//!
//! The decoder sees the answer as it came, so that a short word that is no secret (a code of an
//! agency behind a reference) takes nothing out of a figure.

use crate::transport::mask;
use memchr::memmem;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::observation::Reading;
use quarterdeck_sources::{Decoded, Refusal};
use std::io::{self, Write};

/// Name of what was done to the stored bytes.
const RECIPE: &str = "secret-blank@1";
/// A shorter word is found in what is none of it.
const SHORTEST: usize = 8;
/// So much is looked at at once.
const PIECE: usize = 64 * 1024;
/// What stands where a key stood.
const BLANK: &[u8] = b"***";

/// Writes on, without the keys.
pub(super) struct Blanked<W> {
    inner: W,
    keys: Vec<memmem::Finder<'static>>,
    longest: usize,
    /// What may be the beginning of a key.
    waiting: Vec<u8>,
    found: bool,
}

impl<W: Write> Blanked<W> {
    pub(super) fn new(inner: W, secrets: &[String]) -> Blanked<W> {
        let in_json = secrets.iter().map(|secret| secret.replace('/', "\\/"));
        let mut keys: Vec<String> = secrets.iter().cloned().chain(in_json).collect();
        keys.retain(|key| key.len() >= SHORTEST);
        keys.sort();
        keys.dedup();
        Blanked {
            inner,
            longest: keys.iter().map(String::len).max().unwrap_or_default(),
            keys: keys
                .iter()
                .map(|key| memmem::Finder::new(key).into_owned())
                .collect(),
            waiting: Vec::new(),
            found: false,
        }
    }

    /// Writes what is left; whether a key was found. An error is one that `inner` knows of.
    pub(super) fn end(mut self) -> (W, bool) {
        let _ = self.pass(0);
        (self.inner, self.found)
    }

    /// Writes all but the last `hold` bytes, which may be the beginning of a key.
    fn pass(&mut self, hold: usize) -> io::Result<()> {
        let mut rest = self.waiting.as_slice();
        loop {
            // The first one; of several that begin there, the longest.
            let hit = self
                .keys
                .iter()
                .filter_map(|key| Some((key.find(rest)?, key.needle().len())))
                .min_by_key(|(at, length)| (*at, usize::MAX - length));
            let Some((at, length)) = hit else { break };
            if hold > 0 && at + hold >= rest.len() {
                // A longer key may begin there.
                break;
            }
            let (before, from) = rest.split_at(at);
            self.inner.write_all(before)?;
            self.inner.write_all(BLANK)?;
            self.found = true;
            rest = from.get(length..).unwrap_or_default();
        }
        let (done, held) = rest.split_at(rest.len().saturating_sub(hold));
        self.inner.write_all(done)?;
        let held = held.to_vec();
        self.waiting = held;
        Ok(())
    }
}

impl<W: Write> Write for Blanked<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.keys.is_empty() {
            return self.inner.write(bytes);
        }
        let bytes = bytes.get(..PIECE).unwrap_or(bytes);
        self.waiting.extend_from_slice(bytes);
        self.pass(self.longest.saturating_sub(1))?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The recipe of bytes out of which keys were blanked, beside that of the decoder.
pub(super) fn recipe(of_decoder: Option<String>, found: bool) -> Option<String> {
    match (of_decoder, found) {
        (of_decoder, false) => of_decoder,
        (None, true) => Some(RECIPE.to_owned()),
        (Some(recipe), true) => Some(format!("{recipe} {RECIPE}")),
    }
}

/// What a decoder said, without the secrets that were sent.
pub(super) fn decoded(mut decoded: Decoded, secrets: &[String]) -> Decoded {
    let secrets: Vec<String> = secrets
        .iter()
        .filter(|secret| secret.len() >= SHORTEST)
        .cloned()
        .collect();
    if secrets.is_empty() {
        return decoded;
    }
    let secrets = secrets.as_slice();
    for located in &mut decoded.readings {
        if let Some(printed) = &mut located.observation.printed {
            *printed = mask(printed, secrets);
        }
        if let Reading::Rejected(reason) = &mut located.observation.reading {
            message(reason, secrets);
        }
    }
    for finding in &mut decoded.findings {
        message(&mut finding.text, secrets);
    }
    if let Some(dropped) = &mut decoded.dropped {
        message(dropped, secrets);
    }
    decoded
}

/// A refusal without the secrets that were sent.
pub(crate) fn refusal(mut refusal: Refusal, secrets: &[String]) -> Refusal {
    refusal.excerpt = mask(&refusal.excerpt, secrets);
    message(&mut refusal.message, secrets);
    refusal
}

fn message(text: &mut Message, secrets: &[String]) {
    for (_, arg) in &mut text.args {
        match arg {
            Arg::Text(text) => *text = mask(text, secrets),
            Arg::Sentence(inner) => message(inner, secrets),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanked(secrets: &[&str], pieces: &[&str]) -> (String, bool) {
        let secrets: Vec<String> = secrets.iter().map(|s| (*s).to_owned()).collect();
        let mut out = Blanked::new(Vec::new(), &secrets);
        for piece in pieces {
            out.write_all(piece.as_bytes()).unwrap();
        }
        let (bytes, found) = out.end();
        (String::from_utf8(bytes).unwrap(), found)
    }

    #[test]
    fn keys_are_blanked_wherever_a_body_is_cut() {
        let text = "{\"a\": \"s3cret/key\", \"b\": \"s3cret\\/key\", \"c\": \"s3cret/ke\"}";
        let clean = "{\"a\": \"***\", \"b\": \"***\", \"c\": \"s3cret/ke\"}";
        for at in 0..text.len() {
            let (one, two) = text.split_at(at);
            assert_eq!(
                blanked(&["s3cret/key"], &[one, two]),
                (clean.to_owned(), true),
                "cut at {at}"
            );
        }
        let letters: Vec<String> = text.chars().map(String::from).collect();
        let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
        assert_eq!(blanked(&["s3cret/key"], &letters).0, clean);
    }

    #[test]
    fn of_two_keys_the_longer_goes_and_a_short_word_is_no_key() {
        assert_eq!(
            blanked(
                &["s3cretkey", "s3cretkey-and-more"],
                &["x s3cretkey-and-more y"]
            )
            .0,
            "x *** y"
        );
        for at in 1..20 {
            let (one, two) = "x s3cretkey-and-more y".split_at(at);
            let both = ["s3cretkey", "s3cretkey-and-more"];
            assert_eq!(blanked(&both, &[one, two]).0, "x *** y", "cut at {at}");
        }
        let plain = ("41 of 2025".to_owned(), false);
        assert_eq!(blanked(&["2025", "41"], &["41 of ", "2025"]), plain);
        assert_eq!(blanked(&[], &["41 of ", "2025"]), plain);
    }
}
