//! The quarterly report (季報): the same facts as the screens, as files that are filed.
//!
//! Bytes out: the clock, the language and the fonts are arguments, so that the same state gives
//! the same bytes on any machine. The sections stand in the order of NDC's quarterly reports; an
//! empty one says so and never vanishes.
#![deny(clippy::float_arithmetic)]

pub mod book;
mod charts;
mod csv;
pub mod document;
mod pdf;
pub mod prose;
pub mod restatement;
pub mod sections;
mod sheets;

use chrono::{DateTime, Utc};
use quarterdeck_kpi::assess::Assessment;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_view::i18n::{Language, say, word};

/// Everything a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct ReportInput<'a> {
    /// What was known.
    pub snapshot: &'a Snapshot,
    /// The quarter.
    pub assessment: &'a Assessment,
    /// Language of the report.
    pub language: Language,
    /// 製表日期: the as-of instant, never the clock of the machine.
    pub made_at: DateTime<Utc>,
    /// Number of acts in the log of people's acts by then, and the hash of the last; printed, so that a later change
    /// of the log shows against the paper.
    pub chain: Option<(i64, &'a str)>,
    /// Who prepared, reviewed and approved a published quarter, and when; `None` for a draft.
    pub signed: Option<&'a [Signed; 3]>,
}

/// A signature as the cover and the last section print it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Name of the person.
    pub name: quarterdeck_kpi::indicator::Title,
    /// When.
    pub at: DateTime<Utc>,
    /// Number of its act in the log; not known of the approval, which follows the report.
    pub act: Option<i64>,
    /// What the act's own signature is worth, and the SHA-256 (hex) of its public key; `None` when the
    /// act is not signed.
    pub seal: Option<(quarterdeck_kpi::signoff::Proof, String)>,
}

impl ReportInput<'_> {
    /// A sentence in the report's language.
    pub fn say(&self, message: &Message) -> String {
        say(self.language, message)
    }
    /// A word in the report's language.
    pub fn word(&self, id: &str) -> String {
        word(self.language, id)
    }
    /// The title in the report's language; the other one where it is empty.
    pub fn title<'t>(&self, title: &'t quarterdeck_kpi::indicator::Title) -> &'t str {
        match self.language {
            Language::ZhTw if !title.zh_tw.is_empty() => &title.zh_tw,
            Language::En if title.en.is_empty() => &title.zh_tw,
            Language::ZhTw | Language::En => &title.en,
        }
    }
    /// Whether the figures are invented.
    pub fn is_demo(&self) -> bool {
        self.snapshot.register.demo
    }
}

/// The CSV files of a report: name and bytes (UTF-8 with byte order mark, CRLF).
pub fn csv_files(input: &ReportInput<'_>) -> Vec<(String, Vec<u8>)> {
    csv::files(input)
}

/// The same tables as an OpenDocument spreadsheet, one a sheet.
pub fn ods(input: &ReportInput<'_>) -> Result<Vec<u8>, Message> {
    sheets::book(input).ods().map_err(not_made)
}

/// The same tables as an Excel workbook.
pub fn xlsx(input: &ReportInput<'_>) -> Result<Vec<u8>, Message> {
    sheets::book(input).xlsx().map_err(not_made)
}

fn not_made(error: std::io::Error) -> Message {
    Message::new("report-sheet-failed").with("reason", error.to_string())
}

/// The tables of a report for programs: name, and rows of which the first has the ids of the columns
/// (their words in both languages are `csv-ID`).
pub fn tables(input: &ReportInput<'_>) -> [(&'static str, Vec<Vec<String>>); 4] {
    csv::plain_tables(input)
}

/// Text as a cell of a CSV file: what a spreadsheet would take for a formula gets an apostrophe.
pub fn cell(text: &str) -> String {
    csv::guard(text)
}

/// The program's own fonts and the layout's template, by name: what a report's bytes depend on
/// besides its figures.
pub fn ingredients() -> [(&'static str, &'static [u8]); 4] {
    pdf::ingredients()
}

/// The PDF of a report, made as PDF/A-2a and PDF/UA-1 together.
pub fn pdf(input: &ReportInput<'_>) -> Result<Vec<u8>, Message> {
    pdf::make(&sections::document(input))
}

/// Name of the PDF file: `2025Q3-zh-TW.pdf`.
pub fn pdf_name(input: &ReportInput<'_>) -> String {
    file_name(input, "pdf")
}

/// Name of a file of the whole report: `2025Q3-zh-TW.ods`.
pub fn file_name(input: &ReportInput<'_>, ending: &str) -> String {
    format!(
        "{}-{}.{ending}",
        input.assessment.quarter,
        input.language.id()
    )
}
