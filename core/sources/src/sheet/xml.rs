//! The XML parts of a sheet's file, event by event: no part is ever in memory whole.

use super::broken;
use crate::notice::quote;
use crate::records::{Gauge, Guard};
use quarterdeck_kpi::message::Message;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::io::{BufReader, Read};
use std::rc::Rc;

/// Deeper nesting than this is an attack, not a sheet.
const MAX_DEPTH: usize = 64;
/// Longest text of a cell in bytes, twice what a spreadsheet program takes.
const MAX_TEXT: usize = 128 << 10;

/// Reads one part.
pub(super) struct Xml<R: Read> {
    reader: Reader<BufReader<Guard<R>>>,
    gauge: Rc<Gauge>,
    buffer: Vec<u8>,
    depth: usize,
}

/// What a reader of sheets looks at.
pub(super) enum Node {
    Start(BytesStart<'static>),
    End,
    Text(String),
    Eof,
}

impl<R: Read> Xml<R> {
    pub fn new(part: R) -> Xml<R> {
        let gauge = Rc::new(Gauge::default());
        let guard = Guard {
            inner: part,
            gauge: Rc::clone(&gauge),
        };
        let mut reader = Reader::from_reader(BufReader::new(guard));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = true;
        Xml {
            reader,
            gauge,
            buffer: Vec::new(),
            depth: 0,
        }
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The next start, end or text; an empty element is a start and an end.
    pub fn next(&mut self) -> Result<Node, Message> {
        loop {
            self.gauge.since_record.set(0);
            // One long text must not be paid for until the end.
            if self.buffer.capacity() > MAX_TEXT {
                self.buffer = Vec::new();
            }
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer);
            let text = match event.map_err(|e| broken(&e.to_string()))? {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > MAX_DEPTH {
                        return Err(Message::new("source-sheet-too-deep").with("limit", MAX_DEPTH));
                    }
                    return Ok(Node::Start(start.into_owned()));
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Node::End);
                }
                Event::Text(text) => text.xml10_content().into_owned(),
                Event::CData(text) => text.xml10_content().into_owned(),
                Event::GeneralRef(entity) => {
                    let known = quick_xml::escape::resolve_xml_entity(&entity);
                    let text = match known {
                        Some(text) => Some(text.to_owned()),
                        None => entity.resolve_char_ref().ok().flatten().map(String::from),
                    };
                    text.ok_or_else(|| {
                        Message::new("source-sheet-entity").with("name", quote(&entity))
                    })?
                }
                Event::DocType(_) => return Err(Message::new("source-sheet-doctype")),
                Event::Eof if self.depth > 0 => return Err(broken("EOF")),
                Event::Eof => return Ok(Node::Eof),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
            };
            check_text(&text)?;
            return Ok(Node::Text(text));
        }
    }

    /// Leaves the element that was just entered.
    pub fn skip(&mut self) -> Result<(), Message> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if matches!(self.next()?, Node::Eof) {
                break;
            }
        }
        Ok(())
    }

    /// The text inside the element that was just entered, whatever elements stand around it;
    /// those named in `without` are left out.
    pub fn text(&mut self, without: &[&str]) -> Result<String, Message> {
        let outside = self.depth.saturating_sub(1);
        let mut out = String::new();
        while self.depth > outside {
            match self.next()? {
                Node::Text(text) => out.push_str(&text),
                Node::Start(start) => {
                    if without.contains(&start.local_name().as_ref()) {
                        self.skip()?;
                    }
                }
                Node::End => {}
                Node::Eof => break,
            }
            check_text(&out)?;
        }
        Ok(out)
    }
}

/// No cell holds a book.
pub(super) fn check_text(text: &str) -> Result<(), Message> {
    if text.len() > MAX_TEXT {
        return Err(Message::new("source-sheet-text-too-long").with("limit", MAX_TEXT));
    }
    Ok(())
}

/// An attribute by its whole name, entities resolved.
pub(super) fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start
        .attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.as_ref() == name)?;
    let value = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}

/// An attribute by its name without prefix.
pub(super) fn local_attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start
        .attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let value = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}
