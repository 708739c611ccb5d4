//! SDMX-ML 2.1: generic data and structure-specific data, read as a stream.

use super::{Observations, Screen, TIME, VALUE};
use crate::answer::{Context, Decoded, Refusal};
use crate::config::SourceConfig;
use crate::notice::{Notices, quote};
use crate::xml::{self, Step};
use quarterdeck_kpi::message::Message;
use std::io::{Read, Write};

/// Bytes of the cells of one observation.
const MAX_BYTES: usize = 1 << 20;
/// Attributes of a data set that say how it is sent.
const OF_MESSAGE: [&str; 2] = ["structureRef", "action"];
/// Letters that are kept of a text.
const MAX_TEXT: usize = 4_096;

/// Cells of a data set, a series or an observation.
#[derive(Default)]
struct Cells {
    items: Vec<(String, String)>,
    bytes: usize,
}

impl Cells {
    fn clear(&mut self) {
        self.items.clear();
        self.bytes = 0;
    }
    fn put(
        &mut self,
        name: String,
        text: String,
        observations: &mut Observations<'_>,
    ) -> Result<(), Message> {
        observations.meet(&name)?;
        if !observations.wants(&name) {
            return Ok(());
        }
        self.bytes += name.len() + text.len() + 1;
        if self.bytes > MAX_BYTES {
            return Err(Message::new("source-xml-row-too-long").with("limit", MAX_BYTES));
        }
        // The last of two with the same name counts, as it does in a row.
        self.items.retain(|(known, _)| *known != name);
        self.items.push((name, text));
        Ok(())
    }
}

/// The elements that surround what is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Message,
    Set,
    Group,
    Series,
    Observation,
}

struct Reader {
    at_observation: String,
    levels: Vec<(usize, Level)>,
    set: Cells,
    series: Cells,
    observation: Cells,
    skipped: bool,
}

impl Reader {
    fn level(&self) -> Level {
        self.levels
            .last()
            .map_or(Level::Message, |(_, level)| *level)
    }

    fn cells(&mut self) -> Option<&mut Cells> {
        match self.level() {
            Level::Message | Level::Group => None,
            Level::Set => Some(&mut self.set),
            Level::Series => Some(&mut self.series),
            Level::Observation => Some(&mut self.observation),
        }
    }

    /// An element inside the message.
    fn opened(
        &mut self,
        depth: usize,
        name: &str,
        attributes: Vec<(String, String)>,
        observations: &mut Observations<'_>,
    ) -> Result<(), Message> {
        let entered = match (name, self.level()) {
            ("DataSet", Level::Message) => Some(Level::Set),
            ("Group", Level::Set) => Some(Level::Group),
            ("Series", Level::Set) => Some(Level::Series),
            ("Obs", Level::Set | Level::Series) => Some(Level::Observation),
            _ => None,
        };
        if let Some(level) = entered {
            self.levels.push((depth, level));
            if let Some(cells) = self.cells() {
                cells.clear();
            }
            if level == Level::Set {
                self.skipped = attributes
                    .iter()
                    .any(|(k, v)| k == "action" && v == "Delete");
            }
            if let Some(cells) = self.cells() {
                // Attributes with a prefix belong to the message, not to the data.
                for (name, text) in attributes {
                    if !name.contains(':') && !OF_MESSAGE.contains(&name.as_str()) {
                        cells.put(name, text, observations)?;
                    }
                }
            }
            return Ok(());
        }
        let take = |wanted: &[&str]| {
            attributes
                .iter()
                .find(|(name, _)| wanted.contains(&name.as_str()))
                .map(|(_, value)| value.clone())
        };
        if name == "Structure"
            && self.level() == Level::Message
            && let Some(dimension) = take(&["dimensionAtObservation"])
        {
            self.at_observation = dimension;
        }
        let cell = match name {
            "Value" => take(&["id", "concept"]).zip(take(&["value"])),
            "ObsDimension" => {
                let id = take(&["id"]).unwrap_or_else(|| self.at_observation.clone());
                take(&["value"]).map(|value| (id, value))
            }
            "ObsValue" => take(&["value"]).map(|value| (VALUE.to_owned(), value)),
            _ => None,
        };
        match (cell, self.cells()) {
            (Some((name, text)), Some(cells)) => cells.put(name, text, observations),
            _ => Ok(()),
        }
    }

    /// The end of an element; true when it was an observation.
    fn closed(&mut self, depth: usize) -> bool {
        match self.levels.last() {
            Some((opened, level)) if *opened == depth => {
                let was_observation = *level == Level::Observation;
                let was_series = *level == Level::Series;
                self.levels.pop();
                if was_series {
                    self.series.clear();
                }
                was_observation && !self.skipped
            }
            _ => false,
        }
    }
}

/// Decodes SDMX-ML.
pub(super) fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
    screen: Screen,
) -> Result<Decoded, Refusal> {
    let mut notices = Notices::default();
    let mut document = xml::open(config, context, "SDMX", body, stored, &mut notices)?;
    let mut observations = match Observations::new(config, context, screen) {
        Ok(observations) => observations,
        Err(message) => return Err(document.refusal(message)),
    };
    let mut reader = Reader {
        at_observation: TIME.to_owned(),
        levels: Vec::new(),
        set: Cells::default(),
        series: Cells::default(),
        observation: Cells::default(),
        skipped: false,
    };
    let mut path: Vec<String> = Vec::new();
    let mut error: Option<(String, String)> = None;
    let mut text = String::new();
    loop {
        let step = document.next()?;
        let outcome = match step {
            Step::Open(name, attributes) => {
                text.clear();
                let outcome = if path.is_empty() {
                    root(&name, &mut error)
                } else if let Some((code, _)) = &mut error {
                    let found = attributes.into_iter().find(|(key, _)| key == "code");
                    if let (true, Some((_, value))) = (code.is_empty(), found) {
                        *code = value;
                    }
                    Ok(())
                } else {
                    reader.opened(path.len(), &name, attributes, &mut observations)
                };
                path.push(name);
                outcome
            }
            Step::Text(piece) => {
                if text.len() < MAX_TEXT {
                    text.extend(piece.chars().take(MAX_TEXT));
                }
                Ok(())
            }
            Step::Close => {
                let name = path.pop().unwrap_or_default();
                let said = std::mem::take(&mut text);
                if let Some((_, kept)) = &mut error {
                    if kept.is_empty() {
                        *kept = said.trim().to_owned();
                    }
                    Ok(())
                } else if name == "Time" && reader.level() == Level::Observation {
                    let period = said.trim().to_owned();
                    reader
                        .observation
                        .put(TIME.to_owned(), period, &mut observations)
                } else if reader.closed(path.len()) {
                    let levels = [&reader.set, &reader.series, &reader.observation];
                    let cells = levels.into_iter().flat_map(|cells| &cells.items);
                    observations.offer(cells.map(|(name, text)| (name.as_str(), text.as_str())))
                } else {
                    Ok(())
                }
            }
            Step::End => break,
        };
        outcome.map_err(|message| document.refusal(message))?;
    }
    document.close(&mut notices);
    if let Some((code, said)) = error {
        let message = Message::new("source-error-answer")
            .with("code", quote(&code))
            .with("said", quote(&said));
        return Err(document.refusal(message));
    }
    let base = Decoded {
        encoding: document.encoding,
        recipe: document.recipe(),
        ..Decoded::default()
    };
    observations
        .finish(config, "", notices, base)
        .map_err(|message| document.refusal(message))
}

/// Whether a message holds data. Which of the two ways it writes them is seen from the elements
/// themselves: there are servers that send one under the name of the other.
fn root(name: &str, error: &mut Option<(String, String)>) -> Result<(), Message> {
    match name {
        "GenericData"
        | "GenericTimeSeriesData"
        | "StructureSpecificData"
        | "StructureSpecificTimeSeriesData"
        | "CompactData" => {}
        "Error" => *error = Some((String::new(), String::new())),
        _ => return Err(Message::new("source-sdmx-shape").with("there", quote(name))),
    }
    Ok(())
}
