//! The restatement sheet (修正對照表) of a published quarter: old, new, cause, person. It stands beside
//! the report and never inside it.

use crate::document::{Block, Cell, Column, Document, Row, Section, Table};
use crate::{ReportInput, csv, pdf, sections};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::figures::Said;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::Qualifier;
use quarterdeck_kpi::register::Register;
use quarterdeck_kpi::signoff::Restated;
use quarterdeck_view::{figure_text, format};

/// What a sheet is made of.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// The quarter as it was published.
    pub input: &'a ReportInput<'a>,
    /// What would differ, as known at [`Sheet::known_at`].
    pub restated: &'a [Restated],
    /// The moment of the comparison.
    pub known_at: chrono::DateTime<chrono::Utc>,
}

impl Sheet<'_> {
    fn register(&self) -> &Register {
        &self.input.snapshot.register
    }
    fn person(&self, one: &Restated) -> String {
        let Some(id) = &one.person else {
            return String::new();
        };
        let people = &self.register().people;
        let known = people.iter().find(|person| person.id == *id);
        known.map_or_else(
            || id.clone(),
            |person| self.input.title(&person.name).to_owned(),
        )
    }
    fn day(&self, one: &Restated) -> String {
        one.at
            .map(|at| format::date(self.input.language, taipei_day(at)))
            .unwrap_or_default()
    }
}

/// `2025Q3-restatement-zh-TW.pdf` and `restatement.csv`: names and bytes.
pub fn files(sheet: &Sheet<'_>) -> Result<Vec<(String, Vec<u8>)>, Message> {
    let input = sheet.input;
    let quarter = input.assessment.quarter;
    let name = format!("{quarter}-restatement-{}.pdf", input.language.id());
    Ok(vec![
        (name, pdf::make(&document(sheet))?),
        ("restatement.csv".to_owned(), table(sheet)),
    ])
}

fn table(sheet: &Sheet<'_>) -> Vec<u8> {
    let input = sheet.input;
    let ids = [
        "figure",
        "title",
        "published",
        "today",
        "unit",
        "cause",
        "person",
        "changed-on",
        "demo",
    ];
    let mut rows = vec![
        ids.iter()
            .map(|id| input.word(&format!("csv-{id}")))
            .collect::<Vec<String>>(),
    ];
    let demo = input.word(if input.is_demo() {
        "csv-demo-yes"
    } else {
        "csv-demo-no"
    });
    for one in sheet.restated {
        let change = &one.change;
        let text = |said: &Option<Said>| {
            let said = said.as_ref();
            said.map(|said| value(input, said)).unwrap_or_default()
        };
        let unit = change.now.as_ref().or(change.before.as_ref());
        let unit = unit.map(|said| unit_word(sheet, &change.series, said));
        rows.push(vec![
            change.address.clone(),
            figure_text::name(input.language, sheet.register(), &change.address),
            text(&change.before),
            text(&change.now),
            unit.unwrap_or_default(),
            quarterdeck_kpi::text::clean(&input.say(&one.cause)),
            sheet.person(one),
            one.at
                .map(|at| taipei_day(at).to_string())
                .unwrap_or_default(),
            demo.clone(),
        ]);
    }
    csv::write(&rows)
}

/// A value of the table: numbers plain, rates as percent, the rest in words.
fn value(input: &ReportInput<'_>, said: &Said) -> String {
    match said {
        Said::Fraction(fraction) => (fraction * Decimal::ONE_HUNDRED).normalize().to_string(),
        Said::Status(_) | Said::Risk(_) | Said::Yes(_) | Said::Milestone(_) => {
            figure_text::said(input.language, "", Some(said))
        }
        _ => said.text(),
    }
}

/// The word of a value's unit; none for words and days.
fn unit_word(sheet: &Sheet<'_>, series: &SeriesId, said: &Said) -> String {
    let unit = match said {
        Said::Fraction(_) | Said::Percent(_) => "percent",
        Said::Points(_) => return sheet.input.word("unit-percentage-points"),
        Said::Ntd(_) => "ntd",
        Said::Days(_) => "day",
        Said::Number(_) => {
            let known = sheet.register().indicators().find(|i| i.series == *series);
            known.map_or("count", |indicator| indicator.unit.as_str())
        }
        Said::Status(_) | Said::Risk(_) | Said::Yes(_) | Said::Milestone(_) | Said::Date(_) => {
            return String::new();
        }
    };
    format::unit(sheet.input.language, unit)
}

/// The sheet as paper: the report's own cover under another name, and one table.
pub fn document(sheet: &Sheet<'_>) -> Document {
    let input = sheet.input;
    let quarter = input.assessment.quarter;
    let known = format::date(input.language, taipei_day(sheet.known_at));
    let published = format::date(input.language, taipei_day(input.made_at));
    let mut document = sections::document(input);
    document.title = input.say(&Message::new("report-restatement-title").with("quarter", quarter));
    document.cover.kind = input.word("report-restatement-kind");
    document.cover.other = input.say(
        &Message::new("report-restatement-other")
            .with("quarter", format::quarter_other(input.language, quarter)),
    );
    document.cover.made = input.say(&Message::new("report-made").with("date", known.as_str()));
    document.footer = sections::footer(input, &known);
    // Those who signed the quarter did not sign what came after it.
    document.cover.signed.fill(String::new());
    document.ident = format!(
        "{} restatement {}",
        document.ident,
        sheet.known_at.to_rfc3339()
    );
    document.pictures.clear();
    let text = input.say(
        &Message::new("report-restatement-text")
            .with("quarter", quarter)
            .with("count", sheet.restated.len())
            .with("published", published.as_str())
            .with("known", known.as_str()),
    );
    let mut blocks = vec![Block::Paragraph { text }];
    if !sheet.restated.is_empty() {
        blocks.push(Block::Table(rows(sheet)));
    }
    document.sections = vec![Section {
        id: "restatement",
        heading: input.word("report-restatement-kind"),
        new_page: true,
        blocks,
    }];
    document
}

fn rows(sheet: &Sheet<'_>) -> Table {
    let input = sheet.input;
    let column = |id: &str| input.word(&format!("report-col-{id}"));
    // With the unit, which stands in no column of its own here.
    let said = |one: &Restated, said: &Option<Said>| {
        let unit = figure_text::unit(sheet.register(), &one.change.series);
        let number = match said {
            Some(Said::Number(value)) => Some((*value, unit)),
            Some(Said::Ntd(amount)) => Some((Decimal::from(*amount), "ntd")),
            _ => None,
        };
        Cell::text(match number {
            Some((value, unit)) => {
                format::value_with_unit(input.language, value, unit, Qualifier::Exact)
            }
            None => figure_text::said(input.language, unit, said.as_ref()),
        })
    };
    Table {
        caption: input.word("report-restatement-caption"),
        columns: vec![
            Column::wide(column("figure"), 5),
            Column::number(column("published")),
            Column::number(column("today")),
            Column::wide(column("restated-cause"), 6),
            Column::wide(column("restated-person"), 3),
        ],
        rows: sheet
            .restated
            .iter()
            .map(|one| {
                let name = figure_text::name(input.language, sheet.register(), &one.change.address);
                Row::of(vec![
                    Cell {
                        address: Some(one.change.address.clone()),
                        ..Cell::text(name)
                    },
                    said(one, &one.change.before),
                    said(one, &one.change.now),
                    Cell::text(quarterdeck_kpi::text::clean(&input.say(&one.cause))),
                    Cell::text(format!("{}\n{}", sheet.person(one), sheet.day(one)).trim()),
                ])
            })
            .collect(),
        note: input.word("report-restatement-note"),
    }
}
