//! What goes into a decoder and what comes out of it.

use crate::preview::Recorder;
use crate::table::Carried;
use chrono::{DateTime, NaiveDate, Utc};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::{Period, Quarter};
use quarterdeck_kpi::finding::Finding;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::Span;
use quarterdeck_kpi::observation::{Observation, Parts};
use rust_decimal::Decimal;

/// One page to ask for, always by GET.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Whole address.
    pub url: String,
    /// 0 for the first page.
    pub page: u32,
}

/// What fills the placeholders of an address.
#[derive(Debug, Clone, Copy)]
pub struct RequestContext<'a> {
    /// The quarter whose data are collected.
    pub quarter: Quarter,
    /// Value of `{origin}`, for portals whose address is only known at run time.
    pub origin: Option<&'a str>,
    /// The moment of asking: what has not happened yet cannot be asked for.
    pub now: DateTime<Utc>,
    /// Value of `{target}`, for a source that has several.
    pub target: Option<&'a str>,
}

/// What the register knows of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// An indicator, a budget line, a task: its unit and definition version.
    Known {
        /// Unit of the register.
        unit: String,
        /// Definition version in force.
        definition_version: u32,
    },
    /// The scope exists, this name in it is not declared.
    Unlisted,
    /// No such programme, agency, plan or node.
    UnknownScope,
}

/// The circumstances of one answer.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The quarter whose data are collected.
    pub quarter: Quarter,
    /// When the answer came.
    pub fetched_at: DateTime<Utc>,
    /// HTTP status; 200 for a file.
    pub http_status: u16,
    /// `Content-Type` as sent.
    pub content_type: Option<&'a str>,
    /// Address the answer came from; the next page is asked at the same one.
    pub url: Option<&'a str>,
    /// 0 for the first page.
    pub page: u32,
    /// Rows of the last accepted answer to the same question; none when there is none.
    pub previous_rows: Option<u64>,
    /// Rows of the pages before this one.
    pub rows_so_far: u64,
    /// [`Decoded::carried`] of the page before this one.
    pub carried: Option<&'a Carried>,
    /// The register's word on a series.
    pub lookup: &'a dyn Fn(&SeriesId) -> Lookup,
    /// What this source said last of a series in a period, for figures that count on from there.
    pub earlier: &'a dyn Fn(&SeriesId, Period) -> Option<Earlier>,
    /// Notes columns and first rows, for who wants to see what was understood.
    pub preview: Option<&'a Recorder>,
}

/// The last reading of a source, recorded before this answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// Its value; none when it was refused.
    pub value: Option<Decimal>,
    /// Its numerator and denominator.
    pub parts: Option<Parts>,
}

/// A reading, and where in the answer it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The reading.
    pub observation: Observation,
    /// JSONPath, or column, filter and aggregate.
    pub at: String,
    /// For amounts of money: what they add up over.
    pub span: Option<Span>,
    /// Nothing says when it was true: it is dated with the moment it came.
    pub undated: bool,
}

/// What an answer held.
#[derive(Debug, Clone, Default)]
pub struct Decoded {
    /// Readings, rejected ones included. Aggregates come with the last page.
    pub readings: Vec<Located>,
    /// What was noticed; ids are unique within an answer.
    pub findings: Vec<Finding>,
    /// Rows of this page.
    pub rows: u64,
    /// Rows the source says it has.
    pub total: Option<u64>,
    /// The page to ask for next.
    pub next: Option<Request>,
    /// Far fewer rows than last time: why no figure of the whole answer, earlier pages included,
    /// may be taken. Comes with the last page.
    pub dropped: Option<Message>,
    /// Aggregates so far, to be handed to the next page.
    pub carried: Option<Carried>,
    /// Latest day the data speak of.
    pub data_day: Option<NaiveDate>,
    /// Measured encoding: `utf-8`, `big5`, `utf-16le`, `utf-16be`.
    pub encoding: &'static str,
    /// Name and version of the blanking recipe, when personal fields were blanked.
    pub recipe: Option<String>,
}

/// The answer cannot be used at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong and what to do.
    pub message: Message,
    /// Its beginning, cleaned, at most 200 characters; empty where personal data might stand in it.
    pub excerpt: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.message.fmt(f)
    }
}
