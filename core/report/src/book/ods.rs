//! OpenDocument 1.3.

use super::{Book, CHARACTER_MM, Cell, Format, Package, Sheet, escaped, letters, shown};
use quarterdeck_kpi::Decimal;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::io;

const MIME: &str = "application/vnd.oasis.opendocument.spreadsheet";
const NAMESPACES: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" \
xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\" \
xmlns:of=\"urn:oasis:names:tc:opendocument:xmlns:of:1.2\" \
xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
xmlns:config=\"urn:oasis:names:tc:opendocument:xmlns:config:1.0\" office:version=\"1.3\"";
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

pub(super) fn write(book: &Book) -> io::Result<Vec<u8>> {
    let mut package = Package::new();
    // The kind stands first and plain, so that it can be told from the file's first bytes.
    package.add("mimetype", MIME, false)?;
    package.add("META-INF/manifest.xml", &manifest(), true)?;
    package.add("content.xml", &content(book), true)?;
    package.add("styles.xml", &styles(book), true)?;
    package.add("meta.xml", &meta(book), true)?;
    package.add("settings.xml", &settings(book), true)?;
    package.end()
}

fn manifest() -> String {
    let mut out = format!(
        "{HEAD}<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.3\"><manifest:file-entry manifest:full-path=\"/\" manifest:version=\"1.3\" manifest:media-type=\"{MIME}\"/>"
    );
    for part in ["content.xml", "styles.xml", "meta.xml", "settings.xml"] {
        let _ = write!(
            out,
            "<manifest:file-entry manifest:full-path=\"{part}\" manifest:media-type=\"text/xml\"/>"
        );
    }
    out.push_str("</manifest:manifest>");
    out
}

/// On paper every sheet lies across an A4 page, as wide as it, with its name above and the page's number below.
fn styles(book: &Book) -> String {
    let mut layouts = String::new();
    let mut pages = String::new();
    for (index, sheet) in book.sheets.iter().enumerate() {
        let scale = sheet.scale();
        let _ = write!(
            layouts,
            "<style:page-layout style:name=\"pm{index}\"><style:page-layout-properties fo:page-width=\"297mm\" fo:page-height=\"210mm\" style:print-orientation=\"landscape\" fo:margin-top=\"10mm\" fo:margin-bottom=\"10mm\" fo:margin-left=\"10mm\" fo:margin-right=\"10mm\" style:scale-to=\"{scale}%\"/><style:header-style><style:header-footer-properties fo:min-height=\"8mm\" fo:margin-bottom=\"2mm\"/></style:header-style><style:footer-style><style:header-footer-properties fo:min-height=\"8mm\" fo:margin-top=\"2mm\"/></style:footer-style></style:page-layout>"
        );
        let _ = write!(
            pages,
            "<style:master-page style:name=\"page{index}\" style:page-layout-name=\"pm{index}\"><style:header><text:p><text:sheet-name>{}</text:sheet-name></text:p></style:header><style:footer><text:p><text:page-number>1</text:page-number></text:p></style:footer></style:master-page>",
            escaped(&sheet.name)
        );
    }
    format!(
        "{HEAD}<office:document-styles {NAMESPACES}><office:styles/><office:automatic-styles>{layouts}</office:automatic-styles><office:master-styles>{pages}</office:master-styles></office:document-styles>"
    )
}

fn meta(book: &Book) -> String {
    format!(
        "{HEAD}<office:document-meta {NAMESPACES}><office:meta><dc:title>{}</dc:title></office:meta></office:document-meta>",
        escaped(&book.title)
    )
}

/// The header row of every sheet stays in view.
fn settings(book: &Book) -> String {
    let item = |name: &str, kind: &str, value: &str| {
        format!(
            "<config:config-item config:name=\"{name}\" config:type=\"{kind}\">{value}</config:config-item>"
        )
    };
    let mut tables = String::new();
    for sheet in &book.sheets {
        let _ = write!(
            tables,
            "<config:config-item-map-entry config:name=\"{}\">{}{}{}{}</config:config-item-map-entry>",
            escaped(&sheet.name),
            item("VerticalSplitMode", "short", "2"),
            item("VerticalSplitPosition", "int", "1"),
            item("ActiveSplitRange", "short", "2"),
            item("PositionBottom", "int", "1"),
        );
    }
    format!(
        "{HEAD}<office:document-settings {NAMESPACES}><office:settings><config:config-item-set config:name=\"ooo:view-settings\"><config:config-item-map-indexed config:name=\"Views\"><config:config-item-map-entry>{}<config:config-item-map-named config:name=\"Tables\">{tables}</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set></office:settings></office:document-settings>",
        item("ViewId", "string", "view1"),
    )
}

fn content(book: &Book) -> String {
    let mut out = format!("{HEAD}<office:document-content {NAMESPACES}><office:automatic-styles>");
    let widths: BTreeSet<usize> = book.sheets.iter().flat_map(Sheet::widths).collect();
    for width in widths {
        let _ = write!(
            out,
            "<style:style style:name=\"co{width}\" style:family=\"table-column\"><style:table-column-properties style:column-width=\"{}mm\"/></style:style>",
            width * CHARACTER_MM
        );
    }
    for index in 0..book.sheets.len() {
        let _ = write!(
            out,
            "<style:style style:name=\"ta{index}\" style:family=\"table\" style:master-page-name=\"page{index}\"/>"
        );
    }
    out.push_str(
        "<number:number-style style:name=\"Nw\"><number:number number:decimal-places=\"0\" number:min-integer-digits=\"1\" number:grouping=\"true\"/></number:number-style>\
<number:percentage-style style:name=\"Np\"><number:number number:decimal-places=\"2\" number:min-decimal-places=\"2\" number:min-integer-digits=\"1\"/><number:text>%</number:text></number:percentage-style>\
<number:number-style style:name=\"Nt\"><number:number number:decimal-places=\"2\" number:min-decimal-places=\"2\" number:min-integer-digits=\"1\"/></number:number-style>\
<style:style style:name=\"points\" style:family=\"table-cell\" style:data-style-name=\"Nt\"><style:table-cell-properties style:vertical-align=\"top\"/></style:style>\
<style:style style:name=\"head\" style:family=\"table-cell\"><style:table-cell-properties fo:background-color=\"#e8ecf1\" fo:wrap-option=\"wrap\"/><style:text-properties fo:font-weight=\"bold\" style:font-weight-asian=\"bold\"/></style:style>\
<style:style style:name=\"text\" style:family=\"table-cell\"><style:table-cell-properties fo:wrap-option=\"wrap\" style:vertical-align=\"top\"/></style:style>\
<style:style style:name=\"whole\" style:family=\"table-cell\" style:data-style-name=\"Nw\"><style:table-cell-properties style:vertical-align=\"top\"/></style:style>\
<style:style style:name=\"percent\" style:family=\"table-cell\" style:data-style-name=\"Np\"><style:table-cell-properties style:vertical-align=\"top\"/></style:style>\
<style:style style:name=\"plain\" style:family=\"table-cell\"><style:table-cell-properties style:vertical-align=\"top\"/></style:style>\
<style:style style:name=\"whole-sum\" style:family=\"table-cell\" style:data-style-name=\"Nw\"><style:table-cell-properties style:vertical-align=\"top\"/><style:text-properties fo:font-weight=\"bold\"/></style:style>\
</office:automatic-styles><office:body><office:spreadsheet>",
    );
    for (index, sheet) in book.sheets.iter().enumerate() {
        table(&mut out, index, sheet);
    }
    out.push_str("</office:spreadsheet></office:body></office:document-content>");
    out
}

fn table(out: &mut String, index: usize, sheet: &Sheet) {
    let _ = write!(
        out,
        "<table:table table:name=\"{}\" table:style-name=\"ta{index}\">",
        escaped(&sheet.name)
    );
    for (number, width) in sheet.widths().into_iter().enumerate() {
        let column = format!("<table:table-column table:style-name=\"co{width}\"/>");
        match number {
            0 => {
                let _ = write!(
                    out,
                    "<table:table-header-columns>{column}</table:table-header-columns>"
                );
            }
            _ => out.push_str(&column),
        }
    }
    for (number, row) in sheet.rows.iter().enumerate() {
        // The header stands again on every page.
        if number == 0 {
            out.push_str("<table:table-header-rows>");
        }
        out.push_str("<table:table-row>");
        for (index, cell) in row.iter().enumerate() {
            self::cell(out, index + 1, &cell.kept());
        }
        // A row without cells is none.
        if row.is_empty() {
            out.push_str("<table:table-cell/>");
        }
        out.push_str("</table:table-row>");
        if number == 0 {
            out.push_str("</table:table-header-rows>");
        }
    }
    out.push_str("</table:table>");
}

fn cell(out: &mut String, column: usize, cell: &Cell) {
    match cell {
        Cell::Empty => out.push_str("<table:table-cell/>"),
        Cell::Head(text) => {
            let _ = write!(
                out,
                "<table:table-cell table:style-name=\"head\" office:value-type=\"string\">{}</table:table-cell>",
                paragraphs(text)
            );
        }
        Cell::Text(text) => {
            let _ = write!(
                out,
                "<table:table-cell table:style-name=\"text\" office:value-type=\"string\">{}</table:table-cell>",
                paragraphs(text)
            );
        }
        Cell::Number(value, format) => number(out, *value, *format, ""),
        Cell::Sum {
            ranges,
            value,
            format,
        } => {
            let name = letters(column);
            let parts: Vec<String> = ranges
                .iter()
                .map(|(from, to)| format!("[.{name}{from}:.{name}{to}]"))
                .collect();
            let formula = format!(" table:formula=\"of:=SUM({})\"", parts.join(";"));
            number(out, *value, *format, &formula);
        }
    }
}

fn number(out: &mut String, value: Decimal, format: Format, formula: &str) {
    let kind = match format {
        Format::Percent => "percentage",
        Format::Plain | Format::Whole | Format::Points => "float",
    };
    let style = match (format, formula.is_empty()) {
        (Format::Plain, _) => " table:style-name=\"plain\"",
        (Format::Whole, true) => " table:style-name=\"whole\"",
        (Format::Whole, false) => " table:style-name=\"whole-sum\"",
        (Format::Points, _) => " table:style-name=\"points\"",
        (Format::Percent, _) => " table:style-name=\"percent\"",
    };
    let _ = write!(
        out,
        "<table:table-cell{style}{formula} office:value-type=\"{kind}\" office:value=\"{value}\"><text:p>{}</text:p></table:table-cell>",
        shown(value, format)
    );
}

/// Lines of a text, with the spaces that XML would draw together.
fn paragraphs(text: &str) -> String {
    let mut out = String::new();
    for line in escaped(text).split('\n') {
        out.push_str("<text:p>");
        let mut after_space = true;
        for c in line.chars() {
            match c {
                ' ' if after_space => out.push_str("<text:s/>"),
                other => out.push(other),
            }
            after_space = c == ' ';
        }
        out.push_str("</text:p>");
    }
    out
}
