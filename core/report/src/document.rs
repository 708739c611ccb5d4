//! A report as plain data: what the template lays out, and what tests read.

use serde::Serialize;

/// A whole report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// BCP 47 language and region of the text: `zh`, `TW` or `en`, `GB`.
    pub language: (&'static str, &'static str),
    /// Title, for the reader and for the file's metadata.
    pub title: String,
    /// Year, month, day, hour, minute of 製表日期 in Taipei.
    pub made: (i32, u32, u32, u32, u32),
    /// What makes this state's file itself, for its identifier.
    pub ident: String,
    /// Cover.
    pub cover: Cover,
    /// At the left of every page's head.
    pub header: String,
    /// Demo mark of every page; empty for a real office.
    pub demo: String,
    /// Foot of every page.
    pub footer: String,
    /// Sections in order.
    pub sections: Vec<Section>,
    /// Charts by name, as SVG.
    pub pictures: Vec<(String, String)>,
}

/// The cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cover {
    /// Office.
    pub agency: String,
    /// Product and kind of report.
    pub product: String,
    /// Kind of report.
    pub kind: String,
    /// Quarter in the reader's form.
    pub quarter: String,
    /// Quarter in the other form.
    pub other: String,
    /// 承辦 複核 核定
    pub cells: Vec<String>,
    /// Below each: name and day of who signed; empty for a draft.
    pub signed: Vec<String>,
    /// Date made.
    pub made: String,
    /// Data cut-off.
    pub cutoff: String,
}

/// A section with its heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Stable id.
    pub id: &'static str,
    /// Heading with its number.
    pub heading: String,
    /// Starts on a page of its own.
    pub new_page: bool,
    /// Content.
    pub blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// Paragraph.
    Paragraph {
        /// Text.
        text: String,
    },
    /// Heading of second level.
    Heading {
        /// Text.
        text: String,
    },
    /// Numbered points.
    List {
        /// Points.
        items: Vec<String>,
    },
    /// Table with caption above and note below.
    Table(Table),
    /// Chart: picture by name, alternative text that tells its message, caption above, note below.
    Picture {
        /// Name of the picture.
        name: String,
        /// What it tells, for those who do not see it.
        alt: String,
        /// Caption with its number.
        caption: String,
        /// Note below.
        note: String,
    },
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Caption with its number.
    pub caption: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Row>,
    /// Note below.
    pub note: String,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Heading, unit after a line break.
    pub title: String,
    /// Right aligned (numbers).
    pub right: bool,
    /// Takes what is left over, in parts; 0 for as wide as needed.
    pub share: u32,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Cells.
    pub cells: Vec<Cell>,
    /// Pale ground: behind.
    pub marked: bool,
    /// Total: bold, rule above.
    pub total: bool,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Cell {
    /// Text.
    pub text: String,
    /// Sign before the text: the status' id.
    pub sign: Option<&'static str>,
    /// Signs of the last quarters, with what they say in words.
    pub tiles: Option<(Vec<&'static str>, String)>,
    /// Monospaced.
    pub mono: bool,
    /// Figure address below the text, small and monospaced.
    pub address: Option<String>,
}

impl Cell {
    /// Text.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell {
            text: text.into(),
            ..Cell::default()
        }
    }
    /// Monospaced text.
    pub fn mono(text: impl Into<String>) -> Cell {
        Cell {
            text: text.into(),
            mono: true,
            ..Cell::default()
        }
    }
}

impl Row {
    /// An ordinary row.
    pub fn of(cells: Vec<Cell>) -> Row {
        Row {
            cells,
            marked: false,
            total: false,
        }
    }
}

impl Column {
    /// Text, as wide as needed.
    pub fn left(title: impl Into<String>) -> Column {
        Column {
            title: title.into(),
            right: false,
            share: 0,
        }
    }
    /// Text that takes what is left over.
    pub fn wide(title: impl Into<String>, share: u32) -> Column {
        Column {
            title: title.into(),
            right: false,
            share,
        }
    }
    /// Numbers.
    pub fn number(title: impl Into<String>) -> Column {
        Column {
            title: title.into(),
            right: true,
            share: 0,
        }
    }
}
