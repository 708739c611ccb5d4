//! Which encoding an answer really has, and a reader that turns it into UTF-8.
//!
//! Labels lie (Big5 sent as UTF-8, CSV as `text/html`), so the bytes decide: strict UTF-8 first,
//! else Big5 / CP950 without a single replacement, else the answer is refused.

use crate::config::SourceConfig;
use crate::notice::Notices;
use encoding_rs::{BIG5, Decoder, DecoderResult, Encoding, UTF_16BE, UTF_16LE};
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

/// A measured encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// Big5 with Microsoft's extensions (CP950).
    Big5,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
}

impl Measured {
    /// Its name.
    pub fn id(self) -> &'static str {
        match self {
            Measured::Utf8 => "utf-8",
            Measured::Big5 => "big5",
            Measured::Utf16Le => "utf-16le",
            Measured::Utf16Be => "utf-16be",
        }
    }
    fn encoding(self) -> Option<&'static Encoding> {
        match self {
            Measured::Utf8 => None,
            Measured::Big5 => Some(BIG5),
            Measured::Utf16Le => Some(UTF_16LE),
            Measured::Utf16Be => Some(UTF_16BE),
        }
    }
}

/// The encoding a label names, if we know it.
pub fn labelled(label: &str) -> Option<Measured> {
    match label.trim().trim_matches('"').to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "utf-8-sig" => Some(Measured::Utf8),
        "big5" | "big5-hkscs" | "big5-eten" | "cp950" | "950" | "ms950" | "windows-950"
        | "x-x-big5" | "x-windows-950" => Some(Measured::Big5),
        "utf-16" | "utf-16le" => Some(Measured::Utf16Le),
        "utf-16be" => Some(Measured::Utf16Be),
        _ => None,
    }
}

/// The charset of a content type.
pub fn charset(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim())
    })
}

/// Measures the beginning of an answer. `whole`: nothing follows it.
pub fn measure(start: &[u8], whole: bool, declared: Option<Measured>) -> Result<Measured, Message> {
    match start {
        [0xFF, 0xFE, ..] => return Ok(Measured::Utf16Le),
        [0xFE, 0xFF, ..] => return Ok(Measured::Utf16Be),
        _ => {}
    }
    if let Some(wide @ (Measured::Utf16Le | Measured::Utf16Be)) = declared
        && start.contains(&0)
    {
        return Ok(wide);
    }
    if let Some(wide) = unmarked_wide(start) {
        return Ok(wide);
    }
    let invalid_at = match std::str::from_utf8(start) {
        Ok(_) => None,
        // A character may be cut at the end of the part that was looked at.
        Err(error) if !whole && error.error_len().is_none() => None,
        Err(error) => Some(error.valid_up_to()),
    };
    let Some(invalid_at) = invalid_at else {
        let only_ascii = start.is_ascii() && !whole;
        return Ok(match declared {
            Some(Measured::Big5) if only_ascii => Measured::Big5,
            _ => Measured::Utf8,
        });
    };
    let mut decoder = BIG5.new_decoder_without_bom_handling();
    let mut sink = String::with_capacity(start.len() * 2 + 16);
    match decoder
        .decode_to_string_without_replacement(start, &mut sink, whole)
        .0
    {
        DecoderResult::InputEmpty if !is_garbled(&sink) => Ok(Measured::Big5),
        _ => Err(unreadable(invalid_at as u64)),
    }
}

/// UTF-16 without a mark at its start: digits, commas and brackets leave zeros in every second
/// byte and nowhere else, and a stray NUL in other text does not do that.
fn unmarked_wide(start: &[u8]) -> Option<Measured> {
    let zeros = |from: usize| {
        start
            .iter()
            .skip(from)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (first, second) = (zeros(0), zeros(1));
    let (measured, found) = match (first, second) {
        (0, found) => (Measured::Utf16Le, found),
        (found, 0) => (Measured::Utf16Be, found),
        _ => return None,
    };
    let units = start.len() / 2;
    if found < 4 || found * 10 < units {
        return None;
    }
    let mut decoder = measured.encoding()?.new_decoder_without_bom_handling();
    let mut sink = String::with_capacity(start.len() * 2 + 16);
    let (result, _) = decoder.decode_to_string_without_replacement(start, &mut sink, false);
    let is_data = sink.contains([',', ';', '\t', '<', '{', '[']);
    (result == DecoderResult::InputEmpty && is_data && !is_garbled(&sink) && !sink.contains('\0'))
        .then_some(measured)
}

/// Big5 gives almost any bytes some sense. Real text holds no control characters and nothing from
/// the area for private use.
fn is_garbled(text: &str) -> bool {
    text.chars().any(|c| {
        (c.is_control() && !matches!(c, '\t' | '\r' | '\n' | '\u{1a}' | '\0'))
            || ('\u{e000}'..='\u{f8ff}').contains(&c)
    })
}

/// The message for text that is neither UTF-8 nor Big5.
pub fn unreadable(byte: u64) -> Message {
    Message::new("source-text-unreadable").with("byte", byte)
}

/// The first part of a body.
pub struct Start {
    /// Its bytes, at most 64 KiB.
    pub bytes: Vec<u8>,
    /// Nothing follows.
    pub is_whole: bool,
}

/// Reads the first part of a body.
pub fn read_start(body: &mut dyn Read) -> io::Result<Start> {
    let mut bytes = Vec::with_capacity(1 << 16);
    body.take(1 << 16).read_to_end(&mut bytes)?;
    let is_whole = bytes.len() < 1 << 16;
    Ok(Start { bytes, is_whole })
}

/// What a [`Utf8Reader`] met besides text.
#[derive(Debug, Default)]
pub struct Trouble {
    /// Why reading ended early.
    pub message: Option<Message>,
    /// Characters from the ranges where offices put characters of their own.
    pub own_characters: u64,
}

/// Walks through Big5 pair by pair and counts characters that an office may have made itself: CP950
/// leaves their ranges to each machine, and other tables put other characters there.
#[derive(Debug, Default)]
pub struct OwnCharacters {
    lead: Option<u8>,
}

impl OwnCharacters {
    /// How many there are in the next piece of the text.
    pub fn count(&mut self, bytes: &[u8]) -> u64 {
        let mut found = 0;
        for byte in bytes {
            match self.lead.take() {
                Some(0x81..=0xA0 | 0xFA..=0xFE) => found += 1,
                Some(_) => {}
                None => self.lead = (*byte >= 0x81).then_some(*byte),
            }
        }
        found
    }
}

/// What to say of characters that an office may have made itself.
pub fn notice_own_characters(count: u64, config: &SourceConfig, notices: &mut Notices) {
    if count > 0 {
        let text = Message::new("source-own-characters").with("count", count);
        notices.add("own-characters@1", Severity::Info, None, config, text);
    }
}

/// Turns another encoding into UTF-8 while it is read; bytes that make no sense end the reading,
/// and the reason is left in [`Trouble`].
pub struct Utf8Reader<R> {
    inner: R,
    decoder: Option<Decoder>,
    input: Vec<u8>,
    used: usize,
    filled: usize,
    ended: bool,
    read: u64,
    output: Vec<u8>,
    given: usize,
    own: Option<OwnCharacters>,
    trouble: Rc<RefCell<Trouble>>,
}

impl<R: Read> Utf8Reader<R> {
    /// A reader of UTF-8 out of `measured`.
    pub fn new(inner: R, measured: Measured, trouble: Rc<RefCell<Trouble>>) -> Self {
        let decoder = measured.encoding().map(|encoding| match measured {
            Measured::Big5 => encoding.new_decoder_without_bom_handling(),
            _ => encoding.new_decoder_with_bom_removal(),
        });
        Self {
            inner,
            decoder,
            input: vec![0; 1 << 15],
            used: 0,
            filled: 0,
            ended: false,
            read: 0,
            output: Vec::new(),
            given: 0,
            own: (measured == Measured::Big5).then(OwnCharacters::default),
            trouble,
        }
    }

    fn fail(&self, message: Message) -> io::Error {
        self.trouble.borrow_mut().message = Some(message);
        io::Error::other("unreadable text")
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.decoder.is_none() {
            return self.inner.read(buffer);
        }
        while self.given == self.output.len() {
            if self.used == self.filled && !self.ended {
                self.filled = self.inner.read(&mut self.input)?;
                self.used = 0;
                self.ended = self.filled == 0;
            } else if self.used == self.filled && self.output.is_empty() {
                return Ok(0);
            }
            let pending = &self.input[self.used..self.filled];
            let mut out = String::with_capacity(pending.len() * 3 + 16);
            let Some(decoder) = self.decoder.as_mut() else {
                return Ok(0);
            };
            let (result, read) =
                decoder.decode_to_string_without_replacement(pending, &mut out, self.ended);
            if let Some(own) = &mut self.own {
                self.trouble.borrow_mut().own_characters += own.count(&pending[..read]);
            }
            let place = self.read + read as u64;
            self.used += read;
            self.read = place;
            if let DecoderResult::Malformed(length, after) = result {
                let bad = place.saturating_sub(u64::from(length) + u64::from(after));
                return Err(self.fail(unreadable(bad)));
            }
            self.output = out.into_bytes();
            self.given = 0;
            if self.ended && self.output.is_empty() {
                return Ok(0);
            }
        }
        let count = buffer.len().min(self.output.len() - self.given);
        buffer[..count].copy_from_slice(&self.output[self.given..self.given + count]);
        self.given += count;
        if self.given == self.output.len() && self.ended {
            self.output.clear();
            self.given = 0;
        }
        Ok(count)
    }
}

/// The beginning of an answer as text, whatever is wrong with its last characters.
pub fn beginning_of(bytes: &[u8], measured: Measured) -> Cow<'_, str> {
    match measured.encoding() {
        Some(encoding) => encoding.decode_without_bom_handling(bytes).0,
        None => String::from_utf8_lossy(bytes),
    }
}

/// The whole of an answer as UTF-8 text.
pub fn text_of(bytes: &[u8], measured: Measured) -> Result<Cow<'_, str>, Message> {
    // Most answers are: they stand in memory once.
    if measured == Measured::Utf8 {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        return match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(error) => Err(unreadable(error.valid_up_to() as u64)),
        };
    }
    let trouble = Rc::new(RefCell::new(Trouble::default()));
    let mut raw = Vec::with_capacity(bytes.len());
    let outcome = Utf8Reader::new(bytes, measured, Rc::clone(&trouble)).read_to_end(&mut raw);
    if let Some(message) = trouble.borrow_mut().message.take() {
        return Err(message);
    }
    if outcome.is_err() {
        return Err(unreadable(0));
    }
    if raw.starts_with(b"\xef\xbb\xbf") {
        raw.drain(..3);
    }
    String::from_utf8(raw)
        .map(Cow::Owned)
        .map_err(|error| unreadable(error.utf8_error().valid_up_to() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_decide_not_labels() {
        let (big5, _, _) = BIG5.encode("品質檢測,提供機關\r\n金,內政部\r\n");
        assert_eq!(
            measure(&big5, true, Some(Measured::Utf8)),
            Ok(Measured::Big5)
        );
        assert_eq!(
            measure("品質".as_bytes(), true, Some(Measured::Big5)),
            Ok(Measured::Utf8)
        );
        assert_eq!(measure(b"\xff\xfea\0", true, None), Ok(Measured::Utf16Le));
        let error = measure(b"abc,\xff\xff\n", true, None).unwrap_err();
        assert!(error.to_string().contains("byte=4"), "{error}");
    }

    #[test]
    fn utf_16_without_a_mark_is_seen_and_a_stray_nul_is_not_taken_for_it() {
        let text = "計畫編號,季別,滿意度\r\nP12,114Q3,75.3\r\n";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (bytes, measured) in [(&le, Measured::Utf16Le), (&be, Measured::Utf16Be)] {
            assert_eq!(measure(bytes, true, None), Ok(measured));
            assert_eq!(measure(bytes, true, Some(Measured::Big5)), Ok(measured));
            assert_eq!(text_of(bytes, measured).unwrap(), text);
        }
        assert_eq!(
            measure(b"a,b\r\n1,\x002\r\n", true, None),
            Ok(Measured::Utf8)
        );
        assert_eq!(measure(b"\0", true, None), Ok(Measured::Utf8));
    }

    /// Characters that Microsoft's CP950 has beyond the first Big5: the euro sign, the seven added
    /// by ETEN and its lines, each at its place in CP950.
    #[test]
    fn extensions_of_cp950_are_read() {
        for (bytes, character) in [
            (b"\xa3\xe1", '€'),
            (b"\xf9\xd6", '碁'),
            (b"\xf9\xd7", '銹'),
            (b"\xf9\xd8", '裏'),
            (b"\xf9\xd9", '墻'),
            (b"\xf9\xda", '恒'),
            (b"\xf9\xdb", '粧'),
            (b"\xf9\xdc", '嫺'),
            (b"\xf9\xf9", '═'),
            (b"\xa2\xcd", '卄'),
        ] {
            assert_eq!(labelled("cp950"), Some(Measured::Big5));
            assert_eq!(
                text_of(bytes, Measured::Big5).unwrap(),
                character.to_string()
            );
        }
    }

    #[test]
    fn a_cut_character_at_the_edge_is_no_error() {
        let text = "資料".as_bytes();
        assert_eq!(measure(&text[..5], false, None), Ok(Measured::Utf8));
        assert!(measure(b"ab\xe8", true, None).is_err());
    }

    #[test]
    fn other_encodings_become_utf8_in_small_steps() {
        let text = "金,".repeat(40_000);
        let (big5, _, _) = BIG5.encode(&text);
        assert_eq!(text_of(&big5, Measured::Big5).unwrap(), text);
        let wide: Vec<u8> = std::iter::once(0xFEFF)
            .chain("a,金\n".encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(text_of(&wide, Measured::Utf16Le).unwrap(), "a,金\n");
    }
}
