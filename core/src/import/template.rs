//! Blank tables for people to fill: headers as an import knows them, a sheet that explains each
//! column, and what the register knows already.

use super::head::{Head, Kind};
use crate::entry;
use crate::session::Session;
use chrono::NaiveDate;
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::calendar::{Quarter, taipei_day};
use quarterdeck_kpi::indicator::{Road, Title};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::register::{Programme, Register};
use quarterdeck_report::book::{Book, Cell, Format, Sheet};
use quarterdeck_view::format;
use quarterdeck_view::i18n::{Language, say, word};

/// What a template is filled with; without a workspace it stays blank.
struct Filling<'a> {
    language: Language,
    session: &'a Session,
    quarter: Quarter,
    today: NaiveDate,
}

/// The blank table of a kind.
pub fn template(kind: Kind, language: Language, session: Option<&Session>) -> Book {
    let filling = session.map(|session| {
        let now = session.now();
        Filling {
            language,
            session,
            quarter: session.default_quarter(now),
            today: taipei_day(now),
        }
    });
    let mut sheets = Vec::new();
    for (name, heads) in kind.sheets() {
        let header = heads.iter().map(|head| title_of(*head, language));
        let name = word(language, &format!("import-sheet-{name}"));
        let mut sheet = Sheet::new(name, header.collect());
        if let Some(filling) = &filling {
            sheet.rows.extend(filling.rows(kind, &heads));
        }
        sheets.push(sheet);
    }
    sheets.push(notes(kind, language));
    Book {
        title: word(language, &format!("import-sheet-{}", kind.id())),
        sheets,
    }
}

/// A column's header with its unit.
fn title_of(head: Head, language: Language) -> String {
    let name = head.shown(language);
    let unit = match head {
        Head::Amount(_) => "import-template-amount",
        Head::Planned | Head::Actual | Head::Weight => "import-template-percent",
        _ => return name,
    };
    say(language, &Message::new(unit).with("name", name))
}

/// One line a column: what belongs there.
fn notes(kind: Kind, language: Language) -> Sheet {
    let header = ["import-note-column", "import-note-meaning"].map(|id| word(language, id));
    let mut sheet = Sheet::new(word(language, "import-sheet-notes"), header.to_vec());
    for head in kind.heads() {
        let key = match head {
            Head::Amount(_) => "import-help-amount".to_owned(),
            _ => format!("import-help-{}", head.id().replace('_', "-")),
        };
        sheet.rows.push(vec![
            Cell::text(title_of(head, language)),
            Cell::text(word(language, &key)),
        ]);
    }
    let about = word(language, &format!("import-about-{}", kind.id()));
    for line in about.split('|') {
        sheet.rows.push(vec![Cell::Empty, Cell::text(line.trim())]);
    }
    sheet
}

impl Filling<'_> {
    fn register(&self) -> &Register {
        &self.session.workspace().register
    }
    fn title<'t>(&self, title: &'t Title) -> &'t str {
        match self.language {
            Language::En if !title.en.is_empty() => &title.en,
            _ => &title.zh_tw,
        }
    }
    fn agency(&self, id: &str) -> String {
        let found = self.register().agency(id);
        let name = found.and_then(|agency| agency.name_on(self.today));
        name.map_or_else(|| id.to_owned(), |name| self.title(&name.short).to_owned())
    }
    fn period(&self) -> String {
        match self.language {
            Language::ZhTw => format::quarter(self.language, self.quarter),
            Language::En => self.quarter.to_string(),
        }
    }

    fn rows(&self, kind: Kind, heads: &[Head]) -> Vec<Vec<Cell>> {
        if kind == Kind::Figures {
            return self.figures();
        }
        let programmes = self.register().programmes.iter();
        let cells = |programme: &Programme| {
            let heads = heads.iter();
            heads
                .map(|head| self.cell(kind, *head, programme))
                .collect()
        };
        programmes.map(cells).collect()
    }

    fn cell(&self, kind: Kind, head: Head, programme: &Programme) -> Cell {
        let year = Decimal::from(match self.language {
            Language::ZhTw => self.quarter.roc_year(),
            Language::En => self.quarter.year,
        });
        match (head, kind) {
            (Head::Programme, _) => Cell::text(programme.id.as_str()),
            (Head::Title, Kind::Register) => Cell::text(programme.title.zh_tw.as_str()),
            (Head::Title, _) => Cell::text(self.title(&programme.title)),
            (Head::TitleEn, _) => Cell::text(programme.title.en.as_str()),
            (Head::Plan, _) => Cell::text(programme.plan.as_str()),
            (Head::Node, _) => Cell::text(programme.node.as_str()),
            (Head::Agency, _) => Cell::text(self.agency(&programme.lead)),
            (Head::CoAgencies, _) => Cell::text(programme.co_agencies.join(", ")),
            (Head::Level, _) => match &programme.control_level {
                Some(level) => Cell::text(first(self.language, &format!("import-level-{level}"))),
                None => Cell::Empty,
            },
            (Head::Note, _) => Cell::text(
                programme
                    .note
                    .as_ref()
                    .map_or("", |note| note.zh_tw.as_str()),
            ),
            (Head::FiscalYear, _) => Cell::Number(year, Format::Plain),
            (Head::Span, _) => Cell::text(first(self.language, "import-span-year-to-date")),
            (Head::Period, _) => Cell::text(self.period()),
            _ => Cell::Empty,
        }
    }

    /// A row for each figure that people enter.
    fn figures(&self) -> Vec<Vec<Cell>> {
        let entered = self.register().indicators();
        let entered = entered.filter(|indicator| indicator.road == Road::Entry);
        let mut rows = Vec::new();
        for indicator in entered {
            let series = &indicator.series;
            let period = entry::default_period(self.session, series);
            let programme = self.register().programme(&series.scope);
            let owner = programme.map_or("", |p| self.title(&p.title)).to_owned();
            let cells = Kind::Figures.heads().into_iter().map(|head| match head {
                Head::Figure => Cell::text(series.clone().at(period).to_string()),
                Head::Programme => Cell::text(series.scope.as_str()),
                Head::Title => Cell::text(owner.as_str()),
                Head::Indicator => Cell::text(self.title(&indicator.title)),
                Head::Period => Cell::text(period.to_string()),
                Head::Unit => Cell::text(format::unit(self.language, &indicator.unit)),
                _ => Cell::Empty,
            });
            rows.push(cells.collect());
        }
        rows
    }
}

/// The first word of a list in the language files.
fn first(language: Language, key: &str) -> String {
    let words = super::head::parts(&word(language, key));
    words.into_iter().next().unwrap_or_default()
}
