//! XML as a stream: one event at a time, in memory that does not grow with the answer.
//!
//! Nothing is ever expanded or fetched: a document type (and with it entities of its own, internal
//! or external) refuses the answer, and so do names without meaning between `&` and `;`.
//!
//! Recipe `xml-blank@1`: elements are written again in UTF-8 without comments; the text of every
//! element and the value of every attribute named in `personal_fields` is empty.

use crate::answer::{Context, Refusal};
use crate::config::SourceConfig;
use crate::document::page_instead_of_xml;
use crate::encoding::{
    Measured, Start, Trouble, Utf8Reader, charset, labelled, measure, notice_own_characters,
    read_start, unreadable,
};
use crate::notice::{Notices, quote, refuse};
use crate::records::{Gauge, Guard, Tee};
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use quick_xml::XmlVersion;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::escape::escape;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::cell::RefCell;
use std::io::{self, BufReader, Read, Write};
use std::rc::Rc;

/// Name of the blanking recipe.
const RECIPE: &str = "xml-blank@1";
/// Deeper nesting than this is an attack, not data.
const MAX_DEPTH: usize = 64;
/// More attributes of one element than this are an attack, not data.
const MAX_ATTRIBUTES: usize = 256;
/// Longest name of an element, in bytes.
const MAX_NAME: usize = 1_000;
/// How far the declaration of an encoding is looked for.
const DECLARATION: usize = 256;

/// What comes next in the answer. Names of elements are without their prefix.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// An element begins; attributes that declare namespaces are left out.
    Open(String, Vec<(String, String)>),
    /// A piece of text inside it.
    Text(String),
    /// It ends.
    Close,
    /// The document has come to its end.
    End,
}

type Source<'a> = Utf8Reader<Tee<&'a mut dyn Read, &'a mut dyn Write>>;

/// A document that is being read.
pub(crate) struct Document<'a> {
    config: &'a SourceConfig,
    reader: quick_xml::Reader<BufReader<Guard<Source<'a>>>>,
    buffer: Vec<u8>,
    gauge: Rc<Gauge>,
    trouble: Rc<RefCell<Trouble>>,
    store_error: Rc<RefCell<Option<String>>>,
    blanking: Option<Blanking<'a>>,
    depth: usize,
    roots: usize,
    /// Measured encoding.
    pub encoding: &'static str,
    head: Vec<u8>,
}

/// Writes the document again without what is personal.
struct Blanking<'a> {
    stored: &'a mut dyn Write,
    block: String,
    /// Personal fields, and whether the row that is being read has them.
    fields: Vec<(&'a str, bool)>,
    open: Vec<String>,
    /// Depth of the personal element whose inside is left out.
    hidden: Option<usize>,
}

impl Blanking<'_> {
    fn is_personal(&mut self, name: &str) -> bool {
        let mut found = false;
        for (field, met) in &mut self.fields {
            if *field == name {
                *met = true;
                found = true;
            }
        }
        found
    }
    fn open(&mut self, raw: &str, name: &str, attributes: &[(String, String, String)]) {
        if self.hidden.is_none() {
            self.block.push('<');
            self.block.push_str(raw);
            for (raw, name, value) in attributes {
                let shown = if self.is_personal(name) { "" } else { value };
                self.block
                    .push_str(&format!(" {raw}=\"{}\"", escape(shown)));
            }
            self.block.push('>');
        }
        self.open.push(raw.to_owned());
        if self.is_personal(name) && self.hidden.is_none() {
            self.hidden = Some(self.open.len());
        }
    }
    fn text(&mut self, text: &str) {
        if self.hidden.is_none() {
            self.block.push_str(&escape(text));
        }
    }
    fn close(&mut self) {
        if self.hidden == Some(self.open.len()) {
            self.hidden = None;
        }
        if let Some(raw) = self.open.pop()
            && self.hidden.is_none()
        {
            self.block.push_str(&format!("</{raw}>"));
        }
    }
    fn flush(&mut self, at_least: usize) -> io::Result<()> {
        if self.block.len() >= at_least {
            self.stored.write_all(self.block.as_bytes())?;
            self.block.clear();
        }
        Ok(())
    }
}

/// The encoding that the document itself declares.
fn declared(start: &[u8]) -> Option<Measured> {
    let plain: Vec<u8> = start
        .iter()
        .copied()
        .take(DECLARATION)
        .filter(|byte| byte.is_ascii() && *byte != 0)
        .collect();
    let text = String::from_utf8_lossy(&plain);
    let declaration = text.split_once("<?xml")?.1.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start();
    let value = value.strip_prefix('=')?.trim_start();
    let quote = value.chars().next()?;
    labelled(value.get(1..)?.split(quote).next()?)
}

/// Begins to read a document; refuses what is not XML at all, naming what was `wanted`.
pub(crate) fn open<'a>(
    config: &'a SourceConfig,
    context: &Context<'_>,
    wanted: &'static str,
    body: &'a mut dyn Read,
    stored: &'a mut dyn Write,
    notices: &mut Notices,
) -> Result<Document<'a>, Refusal> {
    let start = read_start(body).map_err(|error| {
        let message = Message::new("source-read-failed").with("error", quote(&error.to_string()));
        refuse(config, message, b"")
    })?;
    let has_personal = !config.personal_fields.is_empty();
    let claimed = config
        .encoding
        .as_deref()
        .or(context.content_type.and_then(charset))
        .and_then(labelled)
        .or_else(|| declared(&start.bytes));
    let measured = match first_look(config, context, wanted, &start, claimed) {
        Ok(measured) => measured,
        Err(refusal) => {
            if !has_personal {
                // The answer is refused for a reason of its own; the evidence is what can be had.
                let _ = stored.write_all(&start.bytes);
            }
            return Err(refusal);
        }
    };
    // What the document says of itself is held against its bytes, whoever said what else.
    for claim in claimed.into_iter().chain(declared(&start.bytes)) {
        if claim != measured {
            let text = Message::new("source-encoding-label")
                .with("label", claim.id())
                .with("measured", measured.id());
            notices.add("encoding-label@1", Severity::Info, None, config, text);
        }
    }
    let head = start.bytes[..start.bytes.len().min(2048)].to_vec();
    let (tee_to, blanking) = if has_personal {
        let fields = config.personal_fields.iter();
        let blanking = Blanking {
            stored,
            block: String::new(),
            fields: fields.map(|field| (field.trim(), false)).collect(),
            open: Vec::new(),
            hidden: None,
        };
        (None, Some(blanking))
    } else {
        (Some(stored), None)
    };
    let store_error = Rc::new(RefCell::new(None));
    let trouble = Rc::new(RefCell::new(Trouble::default()));
    let gauge = Rc::new(Gauge::default());
    let tee = Tee {
        start: io::Cursor::new(start.bytes),
        body,
        stored: tee_to,
        store_error: Rc::clone(&store_error),
    };
    let guard = Guard {
        inner: Utf8Reader::new(tee, measured, Rc::clone(&trouble)),
        gauge: Rc::clone(&gauge),
    };
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(guard));
    reader.config_mut().expand_empty_elements = true;
    Ok(Document {
        config,
        reader,
        buffer: Vec::new(),
        gauge,
        trouble,
        store_error,
        blanking,
        depth: 0,
        roots: 0,
        encoding: measured.id(),
        head,
    })
}

fn first_look(
    config: &SourceConfig,
    context: &Context<'_>,
    wanted: &'static str,
    start: &Start,
    claimed: Option<Measured>,
) -> Result<Measured, Refusal> {
    let refused = |message| refuse(config, message, &start.bytes);
    if start.is_whole && start.bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(refused(Message::new("source-empty")));
    }
    let measured = measure(&start.bytes, start.is_whole, claimed).map_err(refused)?;
    let text: String = String::from_utf8_lossy(&start.bytes)
        .chars()
        .filter(|c| !matches!(c, '\0' | '\u{feff}' | '\u{fffd}'))
        .take(4_000)
        .collect();
    let text = text.trim_start();
    if let Some(message) = page_instead_of_xml(text, context, wanted) {
        return Err(refused(message));
    }
    if !text.starts_with('<') {
        let sent_as = quote(context.content_type.unwrap_or("-"));
        return Err(refused(
            Message::new("source-not-xml").with("sent_as", sent_as),
        ));
    }
    Ok(measured)
}

impl Document<'_> {
    /// What was noticed of its characters, at its end.
    pub fn close(&self, notices: &mut Notices) {
        let own_characters = self.trouble.borrow().own_characters;
        notice_own_characters(own_characters, self.config, notices);
    }

    /// The blanking recipe, where something is blanked.
    pub fn recipe(&self) -> Option<String> {
        self.blanking.as_ref().map(|_| RECIPE.to_owned())
    }

    /// A refusal of the whole answer.
    pub fn refusal(&self, message: Message) -> Refusal {
        refuse(self.config, message, &self.head)
    }

    /// Where the reader stands, in bytes of its text in UTF-8.
    fn place(&self) -> u64 {
        self.reader.buffer_position()
    }

    /// The next event. After an error nothing more comes.
    pub fn next(&mut self) -> Result<Step, Refusal> {
        loop {
            self.gauge.since_record.set(0);
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.clear();
            let step = match self.reader.read_event_into(&mut buffer) {
                Ok(event) => self.step(event),
                Err(error) => Err(self.reason(&error)),
            };
            self.buffer = buffer;
            // One long name must not keep its room for the rest of the answer.
            self.buffer.shrink_to(1 << 16);
            let step = step.map_err(|message| self.refusal(message))?;
            if let Some(blanking) = &mut self.blanking {
                let at_least = if step == Some(Step::End) { 0 } else { 1 << 16 };
                let flushed = blanking.flush(at_least);
                flushed.map_err(|error| self.refusal(store_failed(&error.to_string())))?;
            }
            match step {
                Some(Step::End) => {
                    return Ok(Step::End);
                }
                Some(step) => return Ok(step),
                None => {}
            }
        }
    }

    /// What an event means to a decoder; nothing for what only stands between data.
    fn step(&mut self, event: Event<'_>) -> Result<Option<Step>, Message> {
        match event {
            Event::Start(start) => self.opened(&start).map(Some),
            // Empty elements are given as a beginning and an end.
            Event::Empty(start) => self.opened(&start).map(Some),
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                if let Some(blanking) = &mut self.blanking {
                    blanking.close();
                }
                Ok(Some(Step::Close))
            }
            Event::Text(text) => self.text(text.xml10_content().into_owned()),
            Event::CData(text) => self.text(text.xml10_content().into_owned()),
            Event::GeneralRef(name) => {
                let text = self.referred(&name)?;
                self.text(text)
            }
            Event::DocType(_) => Err(Message::new("source-xml-doctype")),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => Ok(None),
            Event::Eof if self.depth > 0 => Err(self.cut()),
            Event::Eof if self.roots == 0 => Err(self.invalid()),
            Event::Eof => Ok(Some(Step::End)),
        }
    }

    fn opened(&mut self, start: &BytesStart<'_>) -> Result<Step, Message> {
        self.depth += 1;
        self.roots += usize::from(self.depth == 1);
        if self.depth > MAX_DEPTH {
            return Err(Message::new("source-xml-too-deep").with("limit", MAX_DEPTH));
        }
        let raw = start.name();
        if self.roots > 1 || raw.as_ref().len() > MAX_NAME {
            return Err(self.invalid());
        }
        let name = raw.local_name().as_ref().to_owned();
        let mut attributes: Vec<(String, String, String)> = Vec::new();
        for attribute in start.attributes() {
            if attributes.len() == MAX_ATTRIBUTES {
                return Err(Message::new("source-xml-attributes").with("limit", MAX_ATTRIBUTES));
            }
            let attribute = attribute.map_err(|_| self.invalid())?;
            // Only the five names that every document knows are resolved.
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| match error {
                Error::Escape(_) => entity(&attribute.value),
                _ => self.invalid(),
            })?;
            let key = attribute.key;
            attributes.push((
                key.as_ref().to_owned(),
                key.local_name().as_ref().to_owned(),
                value.into_owned(),
            ));
        }
        if let Some(blanking) = &mut self.blanking {
            blanking.open(raw.as_ref(), &name, &attributes);
        }
        let shown = attributes
            .into_iter()
            .filter(|(raw, _, _)| raw != "xmlns" && !raw.starts_with("xmlns:"))
            .map(|(raw, _, value)| (raw, value))
            .collect();
        Ok(Step::Open(name, shown))
    }

    fn text(&mut self, text: String) -> Result<Option<Step>, Message> {
        if self.depth == 0 {
            let is_nothing = text
                .trim_matches(['\u{feff}', '\u{1a}', '\0'])
                .trim()
                .is_empty();
            return if is_nothing {
                Ok(None)
            } else {
                Err(self.invalid())
            };
        }
        if let Some(blanking) = &mut self.blanking {
            blanking.text(&text);
        }
        Ok(Some(Step::Text(text)))
    }

    /// The character that stands for `&name;`.
    fn referred(&self, name: &BytesRef<'_>) -> Result<String, Message> {
        let character = match name.as_ref() {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "apos" => Some('\''),
            "quot" => Some('"'),
            _ => name.resolve_char_ref().map_err(|_| entity(name))?,
        };
        character.map(String::from).ok_or_else(|| entity(name))
    }

    /// What came so far belongs to no row.
    pub fn outside_rows(&mut self) {
        for (_, met) in self.blanking.iter_mut().flat_map(|b| &mut b.fields) {
            *met = false;
        }
    }

    /// A row ends. A personal field that it lacks may have come under another name.
    pub fn end_row(&mut self) -> Result<(), Message> {
        let mut fields = self.blanking.iter().flat_map(|blanking| &blanking.fields);
        if let Some((field, _)) = fields.find(|(_, met)| !met) {
            return Err(Message::new("source-personal-column-missing").with("column", quote(field)));
        }
        self.outside_rows();
        Ok(())
    }

    fn cut(&self) -> Message {
        Message::new("source-xml-truncated").with("byte", self.place())
    }
    fn invalid(&self) -> Message {
        Message::new("source-xml-invalid").with("byte", self.place())
    }

    fn reason(&self, error: &Error) -> Message {
        if let Some(message) = self.trouble.borrow_mut().message.take() {
            return message;
        }
        if let Some(error) = self.store_error.borrow_mut().take() {
            return store_failed(&error);
        }
        if self.gauge.too_long.get() {
            return Message::new("source-xml-too-long").with("byte", self.place());
        }
        match error {
            Error::Io(error) => {
                Message::new("source-read-failed").with("error", quote(&error.to_string()))
            }
            Error::Syntax(_)
            | Error::IllFormed(IllFormedError::MissingEndTag(_))
            | Error::IllFormed(IllFormedError::UnclosedReference) => self.cut(),
            Error::Encoding(_) => unreadable(self.place()),
            _ => self.invalid(),
        }
    }
}

fn entity(name: &str) -> Message {
    Message::new("source-xml-entity").with("name", quote(name))
}

fn store_failed(error: &str) -> Message {
    Message::new("source-store-failed").with("error", quote(error))
}
