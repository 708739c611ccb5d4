//! The parts a screen is made of: plain public data, drawn by both faces.
//!
//! Every text a user sees is in here, so that a parity test can demand it of both faces.

mod chart;

pub use chart::*;

use crate::msg::Msg;
use quarterdeck_kpi::address::FigureAddress;
pub use quarterdeck_kpi::status::Status;

/// What a text or mark means; each face has its own colour for it (see [`crate::palette`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tone {
    /// t1: ordinary text.
    #[default]
    Text,
    /// t2: labels.
    Label,
    /// t3: hints.
    Hint,
    /// The accent colour: links, focus, selection.
    Accent,
    /// The demo mark.
    Demo,
    /// A status' own tone.
    Status(Status),
}

/// Horizontal alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum Align {
    #[default]
    Left,
    Right,
}

/// A run of text in one tone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// The text.
    pub text: String,
    /// Its tone.
    pub tone: Tone,
    /// Bold (never inside a number column, except the whole cell).
    pub bold: bool,
    /// Monospaced: ids, URLs, hashes, keys.
    pub mono: bool,
    /// Draw the status sign before it.
    pub sign: Option<Status>,
    /// Struck out: it no longer counts, and is kept.
    pub struck: bool,
    /// Cut in its middle where it does not fit: what differs stands at its ends (names of files).
    pub both_ends: bool,
}

/// A line of spans.
pub type Line = Vec<Span>;

/// What may be drawn in or beside a cell.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // fields say what they are by their names
pub enum Drawing {
    /// Bullet from zero to 110 %: value and limit in percent; the true number stands beside it.
    Bullet {
        percent: f64,
        limit: f64,
        tone: Tone,
    },
    /// A hatched track: unknown.
    Hatched,
    /// Tiles of the last quarters' status, oldest first, with labels for a screen reader ("114Q2 落後").
    Tiles(Vec<(Status, String)>),
    /// Line of the last quarters, gaps stay gaps; dotted target.
    Sparkline {
        values: Vec<Option<f64>>,
        targets: Vec<Option<f64>>,
        /// Positions at which the line starts anew.
        begins: Vec<usize>,
        tone: Tone,
    },
    /// Plan against done on a line of time, positions from 0 to 1: former plans in outline, the plan in force hollow,
    /// the day it was done filled, a dotted line for the day of reference.
    Timeline {
        former: Vec<f64>,
        planned: f64,
        done: Option<f64>,
        now: f64,
        tone: Tone,
    },
    /// Age against a limit.
    Age {
        days: f64,
        limit_days: f64,
        tone: Tone,
    },
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// Its text; spans allow a sign before a word.
    pub spans: Line,
    /// Solid block in the tone of its first span (only behind).
    pub solid: bool,
    /// Drawing instead of, or before, the text.
    pub drawing: Option<Drawing>,
    /// What a click or Enter on it does.
    pub open: Option<Msg>,
    /// Whole text on hover or focus, where the cell may be cut.
    pub tip: Option<String>,
    /// The value for copying, as a spreadsheet takes it (`-18.40`, `28132000`), when it differs from the text.
    pub copy: Option<String>,
    /// The cell can be typed into.
    pub edit: Option<Edit>,
    /// The figure in it: a click opens its trail.
    pub figure: Option<FigureAddress>,
}

/// An editable cell of the entry grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Key of the field in the state (the series and period).
    pub key: String,
    /// What was typed so far.
    pub text: String,
    /// Being edited now.
    pub active: bool,
    /// Why the text was refused; the text stays.
    pub error: Option<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Stable id: sort key, tests.
    pub id: &'static str,
    /// Heading.
    pub title: String,
    /// Heading where the whole one does not fit (terminal).
    pub short: Option<String>,
    /// Unit, second line of the heading (t3).
    pub unit: Option<String>,
    /// Alignment of heading and cells.
    pub align: Align,
    /// Width in the window, points.
    pub points: u16,
    /// Width in the terminal, cells.
    pub cells: u16,
    /// Takes what is left over (at most one column).
    pub grows: bool,
    /// Where space is short, columns with the highest number go first; 0 never goes.
    pub drop: u8,
    /// Can be sorted by.
    pub sortable: bool,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// Stable key (programme id, series, source id).
    pub key: String,
    /// Group name, on the first row of its group.
    pub group: Option<String>,
    /// A strong rule follows (last of its group).
    pub rule_after: bool,
    /// 3 px bar at the left.
    pub bar: Option<Status>,
    /// One per column.
    pub cells: Vec<Cell>,
    /// Enter or double click.
    pub open: Option<Msg>,
    /// Total row: bold, rule above.
    pub total: bool,
    /// The figure the row stands for: `e` opens its trail.
    pub figure: Option<FigureAddress>,
}

/// A table; its selection and scroll position live in the state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows after filter and sort.
    pub rows: Vec<Row>,
    /// Index of the selected row.
    pub selected: Option<usize>,
    /// Column id sorted by; descending.
    pub sort: Option<(&'static str, bool)>,
    /// Shown when there are no rows: what is absent and the next step.
    pub empty: Option<String>,
}

/// A label with a value, one line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fact {
    /// Label (t2).
    pub label: String,
    /// Value.
    pub value: Line,
    /// A second value at the right (share, limit).
    pub extra: Option<Line>,
}

/// One of the big numbers in a page's head.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measure {
    /// Label.
    pub label: String,
    /// The number.
    pub value: String,
    /// Unit after it.
    pub unit: String,
    /// Line below.
    pub below: String,
    /// Tone of the number.
    pub tone: Tone,
    /// Bullet below it (window).
    pub bullet: Option<Drawing>,
    /// The figure: a click opens its trail.
    pub figure: Option<FigureAddress>,
}

/// A count of the headline with its money and its part of the portfolio bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Count {
    /// Status group.
    pub status: Status,
    /// Word.
    pub word: String,
    /// Number.
    pub number: usize,
    /// Line below ("經費 2.42億元，未執行 0.49億元").
    pub below: String,
    /// Filter the table by it.
    pub open: Option<Msg>,
    /// Programmes in it: id and share of the bar (any unit, summed by the face).
    pub segments: Vec<(String, f64)>,
}

/// A line of the exceptions list.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueItem {
    /// Programme id.
    pub key: String,
    /// Status.
    pub status: Status,
    /// Name.
    pub name: String,
    /// Money at the right ("未執行 0.28億元").
    pub money: String,
    /// What.
    pub what: String,
    /// Rule and cause.
    pub why: String,
    /// Enter or click.
    pub open: Msg,
    /// Selected.
    pub selected: bool,
    /// A person said that it was dealt with: it recedes.
    pub handled: bool,
    /// The figure it speaks of: `e` opens its trail.
    pub figure: Option<FigureAddress>,
}

/// A form field outside tables (first page, report dialog).
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Field name in the state.
    pub key: &'static str,
    /// Label.
    pub label: String,
    /// Value.
    pub text: String,
    /// Error.
    pub error: Option<String>,
}

/// A button or menu command, always in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Words.
    pub label: String,
    /// Key that does the same.
    pub key: Option<String>,
    /// What it does.
    pub msg: Msg,
    /// `Some(why)`: it cannot be used now.
    pub disabled: Option<String>,
    /// The main action of the panel.
    pub primary: bool,
}

/// What a panel holds.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, clippy::large_enum_variant)]
pub enum Body {
    /// Table.
    Table(Table),
    /// Labels and values.
    Facts(Vec<Fact>),
    /// Running text.
    Lines(Vec<Line>),
    /// Trajectory of an indicator.
    Chart(Chart),
    /// Counts per quarter.
    Trend(Trend),
    /// Exceptions.
    Queue(Vec<QueueItem>),
    /// Migration between two quarters.
    Matrix(Matrix),
    /// Money bar with legend table.
    Money(MoneyBar),
    /// The overview's head: counts and measures.
    Headline {
        counts: Vec<Count>,
        measures: Vec<Measure>,
    },
    /// A page's head: breadcrumbs, title, status, facts, measures.
    Title {
        breadcrumbs: String,
        title: String,
        status: Option<(Status, String)>,
        facts: Line,
        measures: Vec<Measure>,
    },
    /// Fields and buttons.
    Form(Vec<Field>),
}

/// Where a panel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Across the top of the content.
    Head,
    /// Left, wide.
    Main,
    /// Right column; below 1100 points and in 80 columns it becomes a tab reached with Tab.
    Side,
}

/// A panel: heading band and body.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Stable id, for focus and tests.
    pub id: &'static str,
    /// Where.
    pub place: Place,
    /// Heading; empty for none.
    pub title: String,
    /// Beside the heading (t3).
    pub subtitle: String,
    /// At the right end of the heading.
    pub aside: Line,
    /// What it holds.
    pub body: Body,
    /// Buttons.
    pub actions: Vec<Action>,
    /// Has the keyboard focus.
    pub focused: bool,
    /// The figure it speaks of, where it has no rows: `e` opens its trail.
    pub figure: Option<FigureAddress>,
}

/// An entry of the rail.
#[derive(Debug, Clone, PartialEq)]
pub struct NavItem {
    /// Word.
    pub label: String,
    /// Two Han or a digit for the narrow rail.
    pub short: String,
    /// Key.
    pub key: String,
    /// Shown now.
    pub current: bool,
    /// Opens it.
    pub msg: Msg,
}

/// A live key for the last line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHint {
    /// Key.
    pub key: String,
    /// Word.
    pub label: String,
}

/// Something long is running: never a spinner without a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What.
    pub label: String,
    /// Done.
    pub done: u64,
    /// Of how many; 0 when not known.
    pub of: u64,
}

/// An error or notice across the content; the rest goes on working.
#[derive(Debug, Clone, PartialEq)]
pub struct Banner {
    /// It is an error.
    pub error: bool,
    /// Sentence.
    pub text: String,
    /// Next step.
    pub next: Option<String>,
    /// Button.
    pub action: Option<Action>,
}

/// What stands on every screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Chrome {
    /// Product name.
    pub product: String,
    /// Quarter, main form ("114年第3季") and other form ("2025Q3").
    pub quarter: (String, String),
    /// "未結束，第54／92日" for a running quarter.
    pub running: Option<String>,
    /// Label and text of the as-of cursor.
    pub as_of: (String, String),
    /// The as-of cursor stands in the past.
    pub as_of_past: bool,
    /// Demo mark; cannot be closed.
    pub demo: Option<String>,
    /// One line: "17 on track · 4 at risk · ...": counts and the oldest figure.
    pub headline: Line,
    /// Rail.
    pub nav: Vec<NavItem>,
    /// Sources in few words, foot of the rail.
    pub rail_foot: Vec<Line>,
    /// Why the selected row has its status.
    pub why: Line,
    /// Live keys.
    pub keys: Vec<KeyHint>,
    /// Footer at the right.
    pub footer: String,
    /// Search or command line: prompt, text, suggestions; `None` when closed.
    pub prompt: Option<Prompt>,
    /// Filter in force, shown beside the search box.
    pub filter: String,
    /// Hint in the empty search box.
    pub search_hint: String,
    /// Progress.
    pub progress: Option<Progress>,
    /// Banners.
    pub banners: Vec<Banner>,
    /// Every command for the menu: heading and its actions.
    pub menus: Vec<(String, Vec<Action>)>,
    /// Language choices: label, chosen, message.
    pub languages: Vec<(String, bool, Msg)>,
    /// Light or dark choices: label, chosen, message (window).
    pub themes: Vec<(String, bool, Msg)>,
}

/// The command line (`:`), the filter (`/`) or a question with one line of answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// `:`, `/` or the question's label.
    pub label: String,
    /// Text so far.
    pub text: String,
    /// Suggestions: text, key at the right, chosen.
    pub suggestions: Vec<(String, String, bool)>,
    /// Error of the last try.
    pub error: Option<String>,
}

/// A whole screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Screen {
    /// Which.
    pub id: crate::state::ScreenId,
    /// What stands on every screen.
    pub chrome: Chrome,
    /// Panels in order.
    pub panels: Vec<Panel>,
}
