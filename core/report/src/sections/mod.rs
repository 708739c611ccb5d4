//! The sections in the order of NDC's quarterly reports; to add one: one file and its line here.

mod appendix;
mod budget;
mod depth;
mod indicators;
mod lagging;
mod next;
mod overall;
mod sources;

use crate::ReportInput;
use crate::document::{Block, Cell, Cover, Document, Section};
use chrono::{Datelike, Timelike};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::assess::{Outlook, ProgrammeAssessment, Risk, outlooks};
use quarterdeck_kpi::calendar::{TAIPEI, taipei_day};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::status::Status;
use quarterdeck_view::format;
use quarterdeck_view::i18n::Language;
use std::collections::BTreeMap;

/// What a section gets: the input, and the numbers of tables and figures so far.
struct Making<'a> {
    input: &'a ReportInput<'a>,
    tables: i64,
    figures: i64,
    pictures: Vec<(String, String)>,
    /// Forecasts of the indicators, made once for the whole report.
    forecasts: BTreeMap<SeriesId, Outlook>,
}

type Make = fn(&mut Making<'_>) -> Vec<Block>;

/// The register of sections: id (its heading is `report-section-ID`), page break before, content.
const SECTIONS: [(&str, bool, Make); 7] = [
    ("overall", true, overall::blocks),
    ("indicators", true, indicators::blocks),
    ("budget", true, budget::blocks),
    ("lagging", true, depth::lagging),
    ("next", false, next::blocks),
    ("appendix", true, depth::appendix),
    ("sources", true, sources::blocks),
];

/// The whole report as plain data.
pub fn document(input: &ReportInput<'_>) -> Document {
    let mut making = Making {
        input,
        tables: 0,
        figures: 0,
        pictures: Vec::new(),
        forecasts: outlooks(input.snapshot, input.assessment.quarter, None),
    };
    let mut sections = Vec::new();
    for (id, new_page, make) in SECTIONS {
        let opening = crate::prose::of_section(input, id).into_iter();
        let mut blocks: Vec<Block> = opening.map(|text| Block::Paragraph { text }).collect();
        blocks.extend(make(&mut making));
        if blocks.is_empty() {
            blocks.push(Block::Paragraph {
                text: input.word("report-nothing"),
            });
        }
        sections.push(Section {
            id,
            heading: input.word(&format!("report-section-{id}")),
            new_page,
            blocks,
        });
    }
    let quarter = input.assessment.quarter;
    let made = input.made_at.with_timezone(&TAIPEI);
    let made_day = format::date(input.language, made.date_naive());
    let cutoff = format::date(input.language, quarter.end());
    Document {
        language: match input.language {
            Language::ZhTw => ("zh", "TW"),
            Language::En => ("en", "GB"),
        },
        title: input.say(
            &Message::new("report-title")
                .with("quarter", quarter)
                .with("cutoff", cutoff_words(input)),
        ),
        made: (
            made.year(),
            made.month(),
            made.day(),
            made.hour(),
            made.minute(),
        ),
        ident: format!(
            "quarterdeck {quarter} {} {}",
            input.language.id(),
            input.made_at.to_rfc3339()
        ),
        cover: Cover {
            agency: input.title(&input.snapshot.register.office).to_owned(),
            product: input.word("report-product"),
            kind: input.word("report-kind"),
            quarter: format::quarter(input.language, quarter),
            other: input.say(
                &Message::new("report-cover-other")
                    .with("quarter", format::quarter_other(input.language, quarter)),
            ),
            cells: ["report-prepared", "report-reviewed", "report-approved"]
                .map(|id| input.word(id))
                .to_vec(),
            signed: signatures(input),
            made: input.say(&Message::new("report-made").with("date", made_day.as_str())),
            cutoff: input.say(&Message::new("report-cutoff").with("date", cutoff.as_str())),
        },
        header: input.say(&Message::new("report-header").with("quarter", quarter)),
        demo: if input.is_demo() {
            input.word("report-demo")
        } else {
            String::new()
        },
        footer: footer(input, &made_day),
        sections,
        pictures: making.pictures,
    }
}

/// 截至114年9月底 / to the end of September 2025, by the last day of the quarter.
fn cutoff_words(input: &ReportInput<'_>) -> String {
    format::date(input.language, input.assessment.quarter.end())
}

/// What stands below every page of what was made on a day.
pub(crate) fn footer(input: &ReportInput<'_>, made_day: &str) -> String {
    input.say(
        &Message::new("report-footer")
            .with("made", made_day)
            .with("cutoff", cutoff_words(input))
            .with("sources", attributions(input)),
    )
}

/// Whom the sources ask to be named, each once.
fn attributions(input: &ReportInput<'_>) -> String {
    let mut names: Vec<&str> = Vec::new();
    for source in &input.snapshot.sources {
        if let Some(name) = source.attribution.as_deref()
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names.truncate(5);
    if names.is_empty() {
        input.word("report-sources-none")
    } else {
        names.join(&input.word("report-list-separator"))
    }
}

impl Making<'_> {
    /// Caption of the next table.
    fn table(&mut self, id: &'static str) -> String {
        let title = self.input.word(id);
        self.titled_table(&title)
    }
    /// Caption of the next table, with a title of its own.
    fn titled_table(&mut self, title: &str) -> String {
        self.tables += 1;
        self.input.say(
            &Message::new("report-table")
                .with("number", self.tables)
                .with("title", title),
        )
    }
    /// Caption of the next chart; registers its picture and returns its name.
    fn picture(&mut self, title: &str, svg: String) -> (String, String) {
        self.figures += 1;
        let name = format!("figure-{}", self.figures);
        self.pictures.push((name.clone(), svg));
        let caption = self.input.say(
            &Message::new("report-figure")
                .with("number", self.figures)
                .with("title", title),
        );
        (name, caption)
    }
}

/// The word of a risk level.
pub(crate) fn risk(input: &ReportInput<'_>, risk: Risk) -> String {
    input.word(risk.term())
}

fn thousands(amount: Option<i64>) -> String {
    amount.map_or_else(|| format::NONE.to_owned(), format::money_thousands)
}

fn rate(ratio: Option<quarterdeck_kpi::money::Ratio>) -> String {
    ratio.map_or_else(
        || format::NONE.to_owned(),
        |r| format::rate_number(r.fraction()),
    )
}

fn points(value: Option<Decimal>) -> String {
    value.map_or_else(|| format::NONE.to_owned(), format::points)
}

/// Status to show for a programme: an unknown one shows its cause.
fn shown_status(programme: &ProgrammeAssessment) -> Status {
    match programme.status {
        Status::Unknown => programme.unknown_cause.unwrap_or(Status::Unknown),
        known => known,
    }
}

fn status_cell(input: &ReportInput<'_>, status: Status) -> Cell {
    Cell {
        sign: Some(status.id()),
        ..Cell::text(format::status(input.language, status))
    }
}

/// Short name of an agency on the quarter's last day.
pub(crate) fn agency(input: &ReportInput<'_>, id: &str) -> String {
    input
        .snapshot
        .register
        .agency(id)
        .and_then(|a| a.name_on(input.assessment.quarter.end()))
        .map_or_else(|| id.to_owned(), |name| input.title(&name.short).to_owned())
}

/// Lead agency with its mark when it is presumed.
fn lead(input: &ReportInput<'_>, programme: &str) -> String {
    let Some(programme) = input.snapshot.register.programme(programme) else {
        return String::new();
    };
    let name = agency(input, &programme.lead);
    if programme.lead_basis == "presumed" {
        format!("{name}*")
    } else {
        name
    }
}

pub(crate) fn name<'a>(input: &'a ReportInput<'_>, programme: &str) -> &'a str {
    input
        .snapshot
        .register
        .programme(programme)
        .map_or("", |p| input.title(&p.title))
}

/// A day as the report prints days.
fn day(input: &ReportInput<'_>, instant: chrono::DateTime<chrono::Utc>) -> String {
    format::date(input.language, taipei_day(instant))
}

/// Name and day below each of the cover's three cells.
fn signatures(input: &ReportInput<'_>) -> Vec<String> {
    let Some(signed) = input.signed else {
        return vec![String::new(); 3];
    };
    let line = |signed: &crate::Signed| {
        let day = format::date(input.language, taipei_day(signed.at));
        format!("{}\n{day}", input.title(&signed.name))
    };
    signed.iter().map(line).collect()
}
