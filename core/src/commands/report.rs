//! `qd report`: the quarterly report as files.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::platform;
use crate::session::Session;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::assess::assess;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_report::ReportInput;
use quarterdeck_view::i18n::Language;
use serde_json::json as value;
use std::path::{Path, PathBuf};

/// Which files a report has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats {
    /// The paper.
    pub pdf: bool,
    /// The tables.
    pub csv: bool,
    /// The tables as an OpenDocument spreadsheet.
    pub ods: bool,
    /// The tables as an Excel workbook.
    pub xlsx: bool,
}

impl Default for Formats {
    /// What is made when nothing is asked for: paper, open data and an editable file that is open.
    fn default() -> Formats {
        Formats {
            pdf: true,
            csv: true,
            ods: true,
            xlsx: false,
        }
    }
}

impl Formats {
    /// The words of the command line.
    pub const WORDS: [&'static str; 4] = ["pdf", "csv", "ods", "xlsx"];

    /// Those that were asked for; nothing is the default.
    pub fn of(words: &[String]) -> Formats {
        if words.is_empty() {
            return Formats::default();
        }
        let wanted = |name: &str| words.iter().any(|word| word == name);
        Formats {
            pdf: wanted("pdf"),
            csv: wanted("csv"),
            ods: wanted("ods"),
            xlsx: wanted("xlsx"),
        }
    }
    /// Whether it is one file of its own, which can go to stdout.
    fn is_one_file(self) -> bool {
        let files = [self.pdf, self.ods, self.xlsx];
        !self.csv && files.iter().filter(|wanted| **wanted).count() == 1
    }
}

/// A report to make.
#[derive(Debug, Clone)]
pub struct ReportRequest {
    /// Quarter.
    pub quarter: Quarter,
    /// As known at; `None`: the last recorded moment, so that the same state gives the same bytes.
    pub as_of: Option<DateTime<Utc>>,
    /// Language of headings and sentences.
    pub language: Language,
    /// Files.
    pub formats: Formats,
}

/// Does something with everything a report is made of.
pub(super) fn with_input<T>(
    session: &Session,
    request: &ReportRequest,
    make: impl FnOnce(&ReportInput<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let made_at = made_at(session, request)?;
    session.check_chain()?;
    let head = session.chain_head(made_at)?;
    let snapshot = session.snapshot(Some(made_at))?;
    let assessment = assess(&snapshot, request.quarter);
    let input = ReportInput {
        snapshot: &snapshot,
        assessment: &assessment,
        language: request.language,
        made_at,
        chain: head.as_ref().map(|head| (head.number, head.hash.as_str())),
        signed: None,
    };
    make(&input)
}

/// Makes the files of a report: names and bytes. An edited text whose numbers are not those of the
/// figures refuses the report.
pub fn report_files(
    session: &Session,
    request: &ReportRequest,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    session.check_chain()?;
    if request.as_of.is_none()
        && let Some(published) = crate::bag::published(session, request.quarter)?
    {
        return published.files(session, request.language, request.formats);
    }
    with_input(session, request, |input| report_of(input, request.formats))
}

/// The files of a report: names and bytes.
pub(crate) fn report_of(
    input: &ReportInput<'_>,
    formats: Formats,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut wrong = quarterdeck_report::prose::wrong(input);
    if !wrong.is_empty() {
        let file = quarterdeck_report::file_name(input, "toml");
        let first = wrong.remove(0).text;
        let failure = Failure::usage(first).at(format!("register/texts/{file}"));
        let more = Message::new("report-text-next").with("more", wrong.len());
        return Err(failure.next(more));
    }
    let mut files = Vec::new();
    if formats.pdf {
        let pdf = quarterdeck_report::pdf(input).map_err(Failure::nothing)?;
        files.push((quarterdeck_report::pdf_name(input), pdf));
    }
    if formats.csv {
        files.extend(quarterdeck_report::csv_files(input));
    }
    if formats.ods {
        let bytes = quarterdeck_report::ods(input).map_err(Failure::nothing)?;
        files.push((quarterdeck_report::file_name(input, "ods"), bytes));
    }
    if formats.xlsx {
        let bytes = quarterdeck_report::xlsx(input).map_err(Failure::nothing)?;
        files.push((quarterdeck_report::file_name(input, "xlsx"), bytes));
    }
    Ok(files)
}

/// The log's head that a report prints.
fn head_of(
    session: &Session,
    request: &ReportRequest,
) -> Result<Option<quarterdeck_store::Head>, Failure> {
    if request.as_of.is_none()
        && let Some(published) = crate::bag::published(session, request.quarter)?
    {
        return Ok(published.head());
    }
    session.chain_head(made_at(session, request)?)
}

/// 製表日期: the moment asked for, else the last recorded one.
fn made_at(session: &Session, request: &ReportRequest) -> Result<DateTime<Utc>, Failure> {
    Ok(match request.as_of {
        Some(at) => at,
        None => session.last_recorded()?.unwrap_or_else(|| session.now()),
    })
}

/// Makes a report and writes it into a folder, each file at once; returns the files.
pub fn write_report(
    session: &Session,
    request: &ReportRequest,
    folder: &Path,
) -> Result<Vec<PathBuf>, Failure> {
    let shown = clean(&folder.to_string_lossy());
    // What was published is packed as a bag and stays as it was.
    crate::out::may_write(folder)?;
    let files = report_files(session, request)?;
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::nothing(platform::refused(folder, &error)).at(shown))?;
    let mut written = Vec::with_capacity(files.len());
    for (name, bytes) in files {
        let path = folder.join(name);
        platform::replace_file(&path, &bytes)
            .map_err(|message| Failure::nothing(message).at(clean(&path.to_string_lossy())))?;
        written.push(path);
    }
    Ok(written)
}

pub(super) fn run(
    context: &mut Context<'_>,
    quarter: &str,
    out: Option<&Path>,
    formats: &[String],
    as_of: Option<&str>,
) -> Result<Exit, Failure> {
    let request = ReportRequest {
        quarter: context.quarter(quarter)?,
        as_of: context.as_of(as_of)?,
        language: context.language,
        formats: Formats::of(formats),
    };
    let session = context.open()?;
    context.note_problems(&session);
    // Without a folder the paragraphs are asked for, to be edited.
    let Some(out) = out else {
        return super::report_draft::run(context, &session, &request);
    };
    if out == Path::new("-") {
        if !request.formats.is_one_file() {
            return Err(Failure::usage(Message::new("cli-report-stdout")).at("--out"));
        }
        for (_, bytes) in report_files(&session, &request)? {
            context.bytes(&bytes)?;
        }
        return Ok(Exit::Done);
    }
    let making = context.say(&Message::new("cli-report-making").with("quarter", request.quarter));
    context.progress(&making);
    let folder = context.environment.folder.join(out);
    let written = write_report(&session, &request, &folder)?;
    let names: Vec<String> = written
        .iter()
        .map(|path| clean(&path.to_string_lossy()))
        .collect();
    if context.global.json {
        context.print_json(&json::object([
            ("schema", value!("quarterdeck/report/1")),
            ("quarter", value!(request.quarter.to_string())),
            ("language", value!(request.language.id())),
            ("files", value!(names)),
            (
                "chain",
                value!(
                    head_of(&session, &request)?
                        .map(|head| value!({"acts": head.number, "hash": head.hash}))
                ),
            ),
        ]))?;
    } else {
        for name in &names {
            context.print(name)?;
        }
        context.note(
            &Message::new("cli-report-done")
                .with("quarter", request.quarter)
                .with("files", names.len()),
        );
    }
    Ok(Exit::Done)
}
