//! Sources as they are put together by a person: presets, the draft of a source file, and what a
//! try at it showed. The files themselves are read and written elsewhere.

use quarterdeck_kpi::indicator::Title;
use quarterdeck_kpi::message::Message;
use std::collections::BTreeMap;

/// A line of a source file that a person fills in; maps are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum DraftField {
    Address,
    Folder,
    Kind,
    AllowPrivate,
    Headers,
    AcceptStatus,
    PersonalFields,
    Rows,
    Series(u8),
    Value(u8),
    Filter(u8),
    Aggregate(u8),
    Period(u8),
    Calendar(u8),
    Unit(u8),
    Id,
    Schedule,
    MaxAge,
    Licence,
    Attribution,
}

impl DraftField {
    /// Fields of the source itself, before and after those of its maps.
    pub const OF_SOURCE: [DraftField; 13] = [
        DraftField::Address,
        DraftField::Folder,
        DraftField::Kind,
        DraftField::AllowPrivate,
        DraftField::Headers,
        DraftField::AcceptStatus,
        DraftField::PersonalFields,
        DraftField::Rows,
        DraftField::Id,
        DraftField::Schedule,
        DraftField::MaxAge,
        DraftField::Licence,
        DraftField::Attribution,
    ];
    /// Fields of a map.
    pub fn of_map(map: u8) -> [DraftField; 7] {
        [
            DraftField::Series(map),
            DraftField::Value(map),
            DraftField::Filter(map),
            DraftField::Aggregate(map),
            DraftField::Period(map),
            DraftField::Calendar(map),
            DraftField::Unit(map),
        ]
    }
    /// Key of its label.
    pub fn word(self) -> &'static str {
        match self {
            DraftField::Address => "draft-address",
            DraftField::Folder => "draft-folder",
            DraftField::Kind => "draft-kind",
            DraftField::AllowPrivate => "draft-allow-private",
            DraftField::Headers => "draft-headers",
            DraftField::AcceptStatus => "draft-accept-status",
            DraftField::PersonalFields => "draft-personal-fields",
            DraftField::Rows => "draft-rows",
            DraftField::Series(_) => "draft-series",
            DraftField::Value(_) => "draft-value",
            DraftField::Filter(_) => "draft-filter",
            DraftField::Aggregate(_) => "draft-aggregate",
            DraftField::Period(_) => "draft-period",
            DraftField::Calendar(_) => "draft-calendar",
            DraftField::Unit(_) => "draft-unit",
            DraftField::Id => "draft-id",
            DraftField::Schedule => "draft-schedule",
            DraftField::MaxAge => "draft-max-age",
            DraftField::Licence => "draft-licence",
            DraftField::Attribution => "draft-attribution",
        }
    }
    /// The map it belongs to.
    pub fn map(self) -> Option<u8> {
        match self {
            DraftField::Series(map)
            | DraftField::Value(map)
            | DraftField::Filter(map)
            | DraftField::Aggregate(map)
            | DraftField::Period(map)
            | DraftField::Calendar(map)
            | DraftField::Unit(map) => Some(map),
            _ => None,
        }
    }
    /// Its row in the table of fields.
    pub fn key(self) -> String {
        match self.map() {
            Some(map) => format!("{}:{map}", self.word()),
            None => self.word().to_owned(),
        }
    }
}

/// A source file that is being put together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceDraft {
    /// The text it began with: a preset, or what was guessed from an answer; its remarks stay.
    pub base: String,
    /// What stands in the fields.
    pub values: BTreeMap<DraftField, String>,
    /// Somebody typed something that is not saved.
    pub is_changed: bool,
}

impl SourceDraft {
    /// A field's text; empty when nothing is said.
    pub fn value(&self, field: DraftField) -> &str {
        self.values.get(&field).map_or("", String::as_str)
    }
    /// How many maps it has.
    pub fn maps(&self) -> u8 {
        let fields = self.values.keys();
        fields
            .filter_map(|field| field.map())
            .max()
            .map_or(0, |last| last.saturating_add(1))
    }
}

/// A source file that comes with the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// Its id.
    pub id: String,
    /// Kind of source.
    pub kind: String,
    /// What it is, in one line.
    pub about: Title,
    /// What it says.
    pub draft: SourceDraft,
}

/// A column that a decoder understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialColumn {
    /// Its name.
    pub name: String,
    /// Key of the word for what its cells seem to be.
    pub guess: &'static str,
    /// Blank cells in percent.
    pub blank_percent: usize,
    /// Its cells are not shown.
    pub is_personal: bool,
}

/// A figure that would be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialReading {
    /// Figure address.
    pub figure: String,
    /// Exact value, or why it is refused.
    pub value: Result<String, Message>,
}

/// What a try at a source showed. Nothing of it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The answer was taken.
    pub is_good: bool,
    /// How it went.
    pub outcome: Message,
    /// Kind of source.
    pub kind: String,
    /// Measured encoding; empty when nothing was read.
    pub encoding: String,
    /// Columns in order.
    pub columns: Vec<TrialColumn>,
    /// First rows, one cell a column.
    pub sample: Vec<Vec<String>>,
    /// JSON: paths that could be followed, with what stands there.
    pub paths: Vec<(String, String)>,
    /// Figures that would be stored, the first of them.
    pub readings: Vec<TrialReading>,
    /// What was noticed.
    pub findings: Vec<Message>,
}

/// Something the checker says of a line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProblem {
    /// Line, from 1; none when it is about the whole file.
    pub line: Option<usize>,
    /// The file cannot be saved like this.
    pub is_error: bool,
    /// What is wrong.
    pub text: Message,
    /// What to do.
    pub next: Option<Message>,
}

/// The file as it would be written, with what the checker says of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DraftFile {
    /// Its lines.
    pub lines: Vec<String>,
    /// In order of line.
    pub problems: Vec<LineProblem>,
}

impl DraftFile {
    /// Its text with one line changed, put in before the line of this index, or taken out (a line
    /// that was there and is blank now).
    pub fn with_line(&self, index: usize, is_new: bool, text: &str) -> String {
        let mut lines: Vec<&str> = self.lines.iter().map(String::as_str).collect();
        let text = text.trim_end();
        match (lines.get_mut(index), is_new) {
            (Some(_), false) if text.trim().is_empty() => drop(lines.remove(index)),
            (Some(line), false) => *line = text,
            _ => lines.insert(index.min(lines.len()), text),
        }
        lines.join("\n") + "\n"
    }
}

/// The source that is being put together, and the last try at it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewSource {
    /// The draft.
    pub draft: SourceDraft,
    /// Its file; none until it was written out for the first time.
    pub file: Option<DraftFile>,
    /// The file is being written out anew: nothing else is changed meanwhile.
    pub is_writing: bool,
    /// The last try.
    pub trial: Option<Trial>,
    /// Something was changed since that try.
    pub is_outdated: bool,
}
