//! A document as PDF: Typst with its own small world of embedded fonts and files.

use crate::document::Document;
use quarterdeck_kpi::message::Message;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

const TEMPLATE: &str = include_str!("../../../assets/report/template.typ");
const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/NotoSansTC-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../../assets/fonts/NotoSansTC-Bold.ttf");
const MONO: &[u8] = include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf");

/// Parsed once: they are the same for every report.
static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    [REGULAR, BOLD, MONO]
        .into_iter()
        .flat_map(|data| Font::iter(Bytes::new(data)))
        .collect()
});

/// The template and the fonts, by the names of their files.
pub fn ingredients() -> [(&'static str, &'static [u8]); 4] {
    [
        ("template.typ", TEMPLATE.as_bytes()),
        ("NotoSansTC-Regular.ttf", REGULAR),
        ("NotoSansTC-Bold.ttf", BOLD),
        ("JetBrainsMono-Regular.ttf", MONO),
    ]
}

struct ReportWorld {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    main: FileId,
    source: Source,
    files: Vec<(FileId, Bytes)>,
    today: Option<Datetime>,
}

fn id(path: &str) -> Option<FileId> {
    Some(FileId::new(RootedPath::new(
        VirtualRoot::Project,
        VirtualPath::new(path).ok()?,
    )))
}

impl World for ReportWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }
    fn main(&self) -> FileId {
        self.main
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main {
            Ok(self.source.clone())
        } else {
            Err(FileError::NotSource)
        }
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files
            .iter()
            .find(|(file, _)| *file == id)
            .map(|(_, bytes)| bytes.clone())
            .ok_or(FileError::AccessDenied)
    }
    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}

fn failed(errors: &[SourceDiagnostic]) -> Message {
    let detail: Vec<&str> = errors.iter().take(3).map(|e| e.message.as_str()).collect();
    Message::new("report-pdf-failed").with("detail", detail.join("; "))
}

/// Lays the document out and writes it as PDF/A-2a and PDF/UA-1.
pub fn make(document: &Document) -> Result<Vec<u8>, Message> {
    let bytes = written(document);
    // Typst remembers layouts for the next edit of a text; a report is made once, and the window
    // stays open for days.
    typst::comemo::evict(0);
    bytes
}

fn broken(detail: String) -> Message {
    Message::new("report-pdf-failed").with("detail", detail)
}

/// The instant of the document, as Typst says it.
fn made(document: &Document) -> Option<Datetime> {
    let (year, month, day, hour, minute) = document.made;
    let small = |n: u32| u8::try_from(n).unwrap_or(1);
    Datetime::from_ymd_hms(
        year,
        small(month),
        small(day),
        small(hour),
        small(minute),
        0,
    )
}

fn laid_out(document: &Document) -> Result<PagedDocument, Message> {
    let data = serde_json::to_vec(document).map_err(|e| broken(e.to_string()))?;
    let main = id("main.typ").ok_or_else(|| broken("main.typ".to_owned()))?;
    let mut files = Vec::new();
    for (path, bytes) in std::iter::once(("report.json".to_owned(), data)).chain(
        document
            .pictures
            .iter()
            .map(|(name, svg)| (format!("{name}.svg"), svg.clone().into_bytes())),
    ) {
        files.push((id(&path).ok_or_else(|| broken(path))?, Bytes::new(bytes)));
    }
    let world = ReportWorld {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(FONTS.iter())),
        main,
        source: Source::new(main, TEMPLATE.to_owned()),
        files,
        today: made(document),
    };
    typst::compile::<PagedDocument>(&world)
        .output
        .map_err(|errors| failed(&errors))
}

fn written(document: &Document) -> Result<Vec<u8>, Message> {
    let laid_out = laid_out(document)?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|error| broken(format!("{error:?}")))?;
    let options = PdfOptions {
        ident: Smart::Custom(document.ident.clone()),
        creator: Smart::Custom(Some("Quarterdeck".to_owned())),
        timestamp: made(document).and_then(|at| Timestamp::new_local(at, 8 * 60)),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&laid_out, &options).map_err(|errors| failed(&errors))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Block, Cell, Column, Cover, Row, Section, Table};
    use typst::layout::{Frame, FrameItem};

    /// A sheet whose every cell is another than those of other rounds.
    fn sheet(round: u32) -> Document {
        long_sheet(round, 120)
    }

    fn long_sheet(round: u32, rows: u32) -> Document {
        let rows = (0..rows).map(|row| {
            let cells = (0..5).map(|cell| Cell::text(format!("第{round}次 {row} {cell} 季報")));
            Row::of(cells.collect())
        });
        let table = Table {
            caption: format!("round {round}"),
            columns: (0..5).map(|n| Column::left(format!("c{n}"))).collect(),
            rows: rows.collect(),
            note: String::new(),
        };
        let text = String::new;
        Document {
            language: ("zh", "TW"),
            title: "t".to_owned(),
            made: (2025, 11, 4, 9, 0),
            ident: text(),
            cover: Cover {
                agency: "a".to_owned(),
                product: text(),
                kind: text(),
                quarter: text(),
                other: text(),
                cells: vec![text()],
                signed: vec![text()],
                made: text(),
                cutoff: text(),
            },
            header: text(),
            demo: text(),
            footer: text(),
            sections: vec![Section {
                id: "s",
                heading: "s".to_owned(),
                new_page: false,
                blocks: vec![Block::Table(table)],
            }],
            pictures: Vec::new(),
        }
    }

    /// Memory of this process in KiB; none where the system does not tell.
    fn resident() -> Option<u64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    }

    #[test]
    fn exports_one_after_the_other_take_no_more_memory() {
        let export = |round| assert!(make(&sheet(round)).unwrap().starts_with(b"%PDF"));
        (0..2).for_each(export);
        let Some(before) = resident() else {
            println!("skipped: this system does not tell the memory of a process");
            return;
        };
        (2..12).for_each(export);
        let grown = resident().unwrap().saturating_sub(before);
        println!("after 10 more exports {grown} KiB more than after 2");
        assert!(grown < 16 * 1024, "{grown} KiB");
    }

    /// Texts of a page that begin a row of the sheet.
    fn row_count(frame: &Frame) -> usize {
        let of_item = |(_, item): &(_, FrameItem)| match item {
            FrameItem::Group(group) => row_count(&group.frame),
            FrameItem::Text(text) => usize::from(text.text.ends_with(" 0 季報")),
            _ => 0,
        };
        frame.items().map(of_item).sum()
    }

    #[test]
    fn no_page_has_one_or_two_rows_of_a_long_table_alone() {
        let pages_of = |rows: usize| {
            let laid_out = laid_out(&long_sheet(1, u32::try_from(rows).unwrap())).unwrap();
            typst::comemo::evict(0);
            let pages = laid_out.pages().iter().map(|page| row_count(&page.frame));
            let pages: Vec<usize> = pages.filter(|count| *count > 0).collect();
            assert_eq!(pages.iter().sum::<usize>(), rows, "{pages:?}");
            pages
        };
        let fits = pages_of(60)[0];
        for more in [1, 2] {
            assert_eq!(pages_of(fits + more), [fits + more - 3, 3]);
        }
    }
}
