//! JSON answers: read strictly, recognised when they are errors, blanked before they are stored.
//!
//! Recipe `json-blank@1`: the document is written again without layout, and the value of every
//! object key named in `personal_fields`, at any depth, is `""` where it was text and `null` elsewhere.

use crate::answer::{Context, Refusal};
use crate::config::SourceConfig;
use crate::encoding::{
    Measured, OwnCharacters, charset, labelled, measure, notice_own_characters, text_of,
};
use crate::figure::is_blank;
use crate::notice::{Notices, quote, refuse};
use crate::personal::blank_personal;
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map as Object, Value};
use std::cell::{Cell, RefCell};
use std::io::{Read, Write};

/// Name of the blanking recipe.
pub const RECIPE: &str = "json-blank@1";
/// Deeper nesting than this is an attack, not data.
const MAX_DEPTH: usize = 64;
/// Largest document when the source sets no `max_bytes`.
const MAX_BYTES: u64 = 64 << 20;
/// The name under which the JSON reader hands over a number with all its digits.
const NUMBER_TOKEN: &str = "$serde_json::private::Number";

/// A document and what is read from it take the bytes that a document may have, and these, at
/// most. Rows of a few bytes take 60 times their length.
const BESIDE: u64 = 24 << 20;
/// Bytes of memory, about: an object, one of its entries, an item of a list, a text.
const OBJECT: usize = 384;
const ENTRY: usize = 128;
const ITEM: usize = 144;
const TEXT: usize = 16;

/// Reads one value as strictly as a whole document is read.
pub(crate) struct Strict<'a> {
    depth: usize,
    /// Bytes of memory that are left.
    room: &'a Cell<u64>,
    problem: &'a RefCell<Option<Message>>,
}

impl<'a> Strict<'a> {
    /// With so much memory; what is refused is said in `problem`.
    pub(crate) fn within(room: &'a Cell<u64>, problem: &'a RefCell<Option<Message>>) -> Self {
        Strict {
            depth: 0,
            room,
            problem,
        }
    }
    /// For another value from the same memory.
    pub(crate) fn again(&self) -> Self {
        Strict { ..*self }
    }
    fn inner(&self) -> Self {
        Strict {
            depth: self.depth + 1,
            room: self.room,
            problem: self.problem,
        }
    }
    /// Takes memory, before it is taken.
    fn take<E: serde::de::Error>(&self, bytes: usize) -> Result<(), E> {
        match self.room.get().checked_sub(bytes as u64) {
            Some(left) => {
                self.room.set(left);
                Ok(())
            }
            None => Err(self.fail(Message::new("source-json-too-many-values"))),
        }
    }
    fn fail<E: serde::de::Error>(&self, message: Message) -> E {
        let text = message.to_string();
        self.problem.borrow_mut().get_or_insert(message);
        E::custom(text)
    }
    fn check_depth<E: serde::de::Error>(&self) -> Result<(), E> {
        if self.depth > MAX_DEPTH {
            let limit = MAX_DEPTH;
            return Err(self.fail(Message::new("source-json-too-deep").with("limit", limit)));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.take(TEXT + value.len())?;
        Ok(Value::String(value.to_owned()))
    }
    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        self.take(TEXT + value.len())?;
        Ok(Value::String(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(self.inner())? {
            self.take(ITEM)?;
            out.push(item);
        }
        Ok(Value::Array(out))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut out = Object::new();
        while let Some(key) = entries.next_key::<String>()? {
            if key == NUMBER_TOKEN && out.is_empty() {
                let digits: String = entries.next_value()?;
                self.take(TEXT + digits.len())?;
                return digits
                    .parse::<serde_json::Number>()
                    .map(Value::Number)
                    .map_err(A::Error::custom);
            }
            let own = if out.is_empty() { OBJECT } else { 0 };
            let room = own + ENTRY + key.len();
            match out.entry(key) {
                Entry::Vacant(place) => {
                    self.take(room)?;
                    place.insert(entries.next_value_seed(self.inner())?);
                }
                Entry::Occupied(place) => {
                    let key = quote(place.key());
                    return Err(
                        self.fail(Message::new("source-json-duplicate-key").with("key", key))
                    );
                }
            }
        }
        Ok(Value::Object(out))
    }
}

/// Reads a small text of JSON, as [`strict_value_within`] the memory of a large answer.
pub fn strict_value(text: &str) -> Result<Value, Message> {
    strict_value_within(text, MAX_BYTES + BESIDE)
}

/// Reads JSON with every digit kept; duplicate keys, absurd depth and more values than `room` bytes
/// of memory hold are refused.
pub fn strict_value_within(text: &str, room: u64) -> Result<Value, Message> {
    let left = Cell::new(room);
    let problem = RefCell::new(None);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Strict::within(&left, &problem)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| {
        let id = if error.is_eof() {
            "source-json-truncated"
        } else {
            "source-json-invalid"
        };
        let told = problem.borrow_mut().take();
        let told = told.map(|told| match told.id == "source-json-too-many-values" {
            true => told.with("bytes", room),
            false => told,
        });
        told.unwrap_or_else(|| {
            Message::new(id)
                .with("line", error.line())
                .with("column", error.column())
        })
    })
}

/// An answer that begins like a web page or XML, with its title.
pub fn looks_like_markup(
    text: &str,
    content_type: Option<&str>,
    wanted: &'static str,
) -> Option<Message> {
    if !text.starts_with('<') {
        return None;
    }
    let sent_as = quote(content_type.unwrap_or("-"));
    if text.starts_with("<?xml") && !text.contains("<html") {
        return Some(
            Message::new("source-xml-instead")
                .with("wanted", wanted)
                .with("sent_as", sent_as),
        );
    }
    Some(web_page(text, sent_as, wanted))
}

/// Where XML will do: an answer that begins like a web page.
pub fn page_instead_of_xml(
    text: &str,
    context: &Context<'_>,
    wanted: &'static str,
) -> Option<Message> {
    let start: String = text.chars().take(2_000).collect();
    let lower = start.to_ascii_lowercase();
    let sent_as = quote(context.content_type.unwrap_or("-"));
    (lower.starts_with("<!doctype html") || lower.contains("<html"))
        .then(|| web_page(text, sent_as, wanted))
}

/// Whether a page, in small letters, has a field for a password.
fn asks_for_password(page: &str) -> bool {
    page.match_indices("password").any(|(at, _)| {
        let before = page[..at].trim_end_matches(['"', '\'']).trim_end();
        let before = before.strip_suffix('=').map(str::trim_end);
        before.is_some_and(|before| before.ends_with("type"))
    })
}

/// What to say of a web page, with its title.
fn web_page(text: &str, sent_as: String, wanted: &'static str) -> Message {
    let lower = text.to_ascii_lowercase();
    let title = lower
        .find("<title")
        .and_then(|at| Some(at + lower[at..].find('>')? + 1))
        .and_then(|from| Some(&text[from..from + lower[from..].find("</")?]))
        .map(quote)
        .filter(|title| !title.is_empty());
    let message = match (title, asks_for_password(&lower)) {
        (Some(title), true) => Message::new("source-html-login-titled").with("title", title),
        (None, true) => Message::new("source-html-login"),
        (Some(title), false) => Message::new("source-html-titled").with("title", title),
        (None, false) => Message::new("source-html-instead"),
    };
    message.with("wanted", wanted).with("sent_as", sent_as)
}

/// Words under `error` that say that there is none.
fn says_nothing(text: &str) -> bool {
    let word = text.trim().to_ascii_lowercase();
    let word = word.trim_end_matches('.');
    is_blank(word)
        || [
            "0", "none", "no", "null", "nil", "ok", "false", "n/a", "no error", "success",
        ]
        .contains(&word)
}

/// The error inside an answer that came with a good status. Where personal data might stand in
/// what a portal says in its own words, only its code is repeated.
pub fn error_message(config: &SourceConfig, value: &Value) -> Option<Message> {
    let (mut code, mut said) = error_answer(value)?;
    if !config.personal_fields.is_empty() {
        let is_code = |text: &String| {
            text.len() <= 60
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        code = code.filter(is_code);
        said = None;
    }
    Some(match (code, said) {
        (Some(code), Some(said)) => Message::new("source-error-answer")
            .with("code", code)
            .with("said", said),
        (Some(one), None) | (None, Some(one)) => {
            Message::new("source-error-answer-short").with("said", one)
        }
        (None, None) => Message::new("source-error-answer-bare"),
    })
}

/// Code and words of an error, where an answer is one.
fn error_answer(value: &Value) -> Option<(Option<String>, Option<String>)> {
    let object = value.as_object()?;
    let failed = match object.get("success") {
        Some(Value::Bool(success)) => !success,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("false"),
        _ => false,
    };
    let error = object.get("error").filter(|error| match error {
        Value::Object(fields) => !fields.is_empty(),
        Value::String(text) => !says_nothing(text),
        _ => false,
    });
    if !failed && (error.is_none() || object.contains_key("result") || object.contains_key("data"))
    {
        return None;
    }
    let text_of = |value: Option<&Value>, names: &[&str]| {
        let fields = value?.as_object()?;
        names.iter().find_map(|name| match fields.get(*name)? {
            Value::String(text) => Some(quote(text)),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let code = text_of(error, &["error_type", "type", "__type", "code"])
        .or_else(|| text_of(Some(value), &["errorType"]));
    let said = text_of(error, &["message", "error_message", "msg", "detail"])
        .or_else(|| error.and_then(Value::as_str).map(quote))
        .or_else(|| text_of(Some(value), &["message", "msg"]))
        .or_else(|| wrong_parameters(error));
    Some((code, said))
}

/// Parameters that an answer names with what is wrong with each, as CKAN does.
fn wrong_parameters(error: Option<&Value>) -> Option<String> {
    let said: Vec<String> = error?
        .as_object()?
        .iter()
        .filter_map(|(name, texts)| {
            let texts: Vec<&str> = texts.as_array()?.iter().filter_map(Value::as_str).collect();
            (!texts.is_empty()).then(|| format!("{name}: {}", texts.join("; ")))
        })
        .collect();
    (!said.is_empty()).then(|| quote(&said.join(", ")))
}

/// An answer under a status that means failure: what its body said, with the status.
pub fn under_status(config: &SourceConfig, context: &Context<'_>, refusal: Refusal) -> Refusal {
    if config.accept_status.contains(&context.http_status) {
        return refusal;
    }
    Refusal {
        message: Message::new("source-status-refused")
            .with("status", u32::from(context.http_status))
            .with("reason", refusal.message),
        ..refusal
    }
}

/// Refuses figures under a status that means failure.
pub fn check_status(
    config: &SourceConfig,
    context: &Context<'_>,
    document: &Document,
) -> Result<(), Refusal> {
    match config.accept_status.contains(&context.http_status) {
        true => Ok(()),
        false => {
            let reason = refuse(
                config,
                Message::new("source-status-no-reason"),
                &document.start,
            );
            Err(under_status(config, context, reason))
        }
    }
}

/// A JSON answer, already stored.
pub struct Document {
    /// Its value, personal fields blanked, so that no path can lead to one.
    pub value: Value,
    /// The beginning of the answer, for excerpts.
    pub start: Vec<u8>,
    /// Measured encoding.
    pub encoding: &'static str,
    /// Recipe, when personal fields are named.
    pub recipe: Option<String>,
}

/// Reads a JSON answer to its end and writes what may be stored.
pub fn read_document(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
    notices: &mut Notices,
) -> Result<Document, Refusal> {
    let limit = config.max_bytes.unwrap_or(MAX_BYTES);
    let mut bytes = Vec::new();
    let read = body.take(limit.saturating_add(1)).read_to_end(&mut bytes);
    let has_personal = !config.personal_fields.is_empty();
    if !has_personal {
        stored
            .write_all(&bytes)
            .map_err(|e| store_failed(config, &e))?;
    }
    let refused = |message| refuse(config, message, &bytes);
    if let Err(error) = read {
        let said = quote(&error.to_string());
        return Err(refused(
            Message::new("source-read-failed").with("error", said),
        ));
    }
    if bytes.len() as u64 > limit {
        return Err(refused(
            Message::new("source-too-large").with("bytes", limit),
        ));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(refused(Message::new("source-empty")));
    }
    let label = config
        .encoding
        .as_deref()
        .or(context.content_type.and_then(charset));
    let declared = label.and_then(labelled);
    let measured = measure(&bytes, true, declared).map_err(refused)?;
    let text = text_of(&bytes, measured).map_err(refused)?;
    if let Some(message) = looks_like_markup(text.trim_start(), context.content_type, "JSON") {
        return Err(refused(message));
    }
    if measured == Measured::Big5 {
        notice_own_characters(OwnCharacters::default().count(&bytes), config, notices);
    }
    if let Some(declared) = declared
        && declared != measured
    {
        let text = Message::new("source-encoding-label")
            .with("label", declared.id())
            .with("measured", measured.id());
        notices.add("encoding-label@1", Severity::Info, None, config, text);
    }
    let room = limit.saturating_add(BESIDE);
    let room = room.saturating_sub(bytes.len() as u64);
    let mut value = strict_value_within(&text, room).map_err(refused)?;
    if let Some(message) = error_message(config, &value) {
        return Err(refused(message));
    }
    if has_personal {
        blank_personal(config, &mut value).map_err(refused)?;
        let out = serde_json::to_vec(&value).unwrap_or_default();
        stored
            .write_all(&out)
            .map_err(|e| store_failed(config, &e))?;
    }
    bytes.truncate(2048);
    Ok(Document {
        value,
        start: bytes,
        encoding: measured.id(),
        recipe: has_personal.then(|| RECIPE.to_owned()),
    })
}

fn store_failed(config: &SourceConfig, error: &std::io::Error) -> Refusal {
    let said = quote(&error.to_string());
    refuse(
        config,
        Message::new("source-store-failed").with("error", said),
        b"",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_small_values_are_refused_before_they_fill_the_memory() {
        let rows = |count: usize| format!("[{}{{}}]", "{\"n\":4},".repeat(count));
        assert!(strict_value_within(&rows(1_000), 1 << 20).is_ok());
        let refused = strict_value_within(&rows(2_000), 1 << 20)
            .unwrap_err()
            .to_string();
        assert!(
            refused.starts_with("source-json-too-many-values"),
            "{refused}"
        );
        assert!(refused.contains("bytes=1048576"), "{refused}");
        let texts = format!("[{}0]", "\"\",".repeat(10_000));
        assert_eq!(
            strict_value_within(&texts, 1 << 20).unwrap_err().id,
            "source-json-too-many-values"
        );
    }

    #[test]
    fn every_digit_is_kept_and_duplicates_are_refused() {
        let value = strict_value(r#"{"a":75.30,"b":[1e400,-0.10]}"#).unwrap();
        assert_eq!(value["a"].to_string(), "75.30");
        assert_eq!(value["b"][1].to_string(), "-0.10");
        let error = strict_value(r#"{"a":1,"b":{"c":1,"c":2}}"#).unwrap_err();
        assert_eq!(error.to_string(), r#"source-json-duplicate-key key="c""#);
    }

    #[test]
    fn depth_ends_somewhere() {
        let deep = "[".repeat(100) + &"]".repeat(100);
        assert_eq!(strict_value(&deep).unwrap_err().id, "source-json-too-deep");
        let deeper = "[".repeat(100_000);
        assert_eq!(
            strict_value(&deeper).unwrap_err().id,
            "source-json-too-deep"
        );
        assert!(strict_value(&("[".repeat(60) + &"]".repeat(60))).is_ok());
    }

    #[test]
    fn cut_and_broken_json_are_told_apart() {
        assert_eq!(
            strict_value(r#"{"a":[1,2"#).unwrap_err().id,
            "source-json-truncated"
        );
        assert_eq!(
            strict_value(r#"{"a":NaN}"#).unwrap_err().id,
            "source-json-invalid"
        );
        assert_eq!(strict_value("{} {}").unwrap_err().id, "source-json-invalid");
    }
}
