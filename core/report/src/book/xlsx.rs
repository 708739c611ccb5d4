//! Office Open XML. Programs calculate the sums anew when they open the file.

use super::{Book, Cell, Format, Package, Sheet, escaped, letters};
use quarterdeck_kpi::Decimal;
use std::fmt::Write;
use std::io;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// Places in the list of cell styles.
const PLAIN: u8 = 0;
const BOLD: u8 = 1;
const TEXT: u8 = 2;
const WHOLE: u8 = 3;
const PERCENT: u8 = 4;
const WHOLE_SUM: u8 = 5;
const POINTS: u8 = 6;

const STYLES: &str = "<numFmts count=\"0\"/>\
<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
<fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill><fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFE8ECF1\"/><bgColor indexed=\"64\"/></patternFill></fill></fills>\
<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
<cellXfs count=\"7\">\
<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
<xf numFmtId=\"0\" fontId=\"1\" fillId=\"2\" borderId=\"0\" xfId=\"0\" applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\"><alignment wrapText=\"1\"/></xf>\
<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\" wrapText=\"1\"/></xf>\
<xf numFmtId=\"3\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\"/></xf>\
<xf numFmtId=\"10\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\"/></xf>\
<xf numFmtId=\"3\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\"/></xf>\
<xf numFmtId=\"2\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\"/></xf>\
</cellXfs>\
<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>";

pub(super) fn write(book: &Book) -> io::Result<Vec<u8>> {
    let mut package = Package::new();
    package.add("[Content_Types].xml", &content_types(book), true)?;
    let root = format!(
        "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    package.add("_rels/.rels", &root, true)?;
    package.add("xl/workbook.xml", &workbook(book), true)?;
    package.add("xl/_rels/workbook.xml.rels", &relations(book), true)?;
    let styles = format!("{HEAD}<styleSheet xmlns=\"{MAIN}\">{STYLES}</styleSheet>");
    package.add("xl/styles.xml", &styles, true)?;
    for (index, sheet) in book.sheets.iter().enumerate() {
        let name = format!("xl/worksheets/sheet{}.xml", index + 1);
        package.add(&name, &worksheet(sheet), true)?;
    }
    package.end()
}

fn content_types(book: &Book) -> String {
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let mut out = format!(
        "{HEAD}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{kind}.sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"{kind}.styles+xml\"/>"
    );
    for index in 1..=book.sheets.len() {
        let _ = write!(
            out,
            "<Override PartName=\"/xl/worksheets/sheet{index}.xml\" ContentType=\"{kind}.worksheet+xml\"/>"
        );
    }
    out.push_str("</Types>");
    out
}

fn workbook(book: &Book) -> String {
    let mut out = format!("{HEAD}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>");
    for (index, sheet) in book.sheets.iter().enumerate() {
        let number = index + 1;
        let _ = write!(
            out,
            "<sheet name=\"{}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>",
            escaped(&sheet.name)
        );
    }
    // The header and the first column stand again on every page.
    out.push_str("</sheets><definedNames>");
    for (index, sheet) in book.sheets.iter().enumerate() {
        let name = escaped(&sheet.name.replace('\'', "''"));
        let _ = write!(
            out,
            "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"{index}\">'{name}'!$A:$A,'{name}'!$1:$1</definedName>"
        );
    }
    out.push_str("</definedNames><calcPr calcId=\"0\" fullCalcOnLoad=\"1\"/></workbook>");
    out
}

fn relations(book: &Book) -> String {
    let mut out = format!("{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\">");
    for number in 1..=book.sheets.len() {
        let _ = write!(
            out,
            "<Relationship Id=\"rId{number}\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
    }
    let _ = write!(
        out,
        "<Relationship Id=\"rId{}\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/></Relationships>",
        book.sheets.len() + 1
    );
    out
}

fn worksheet(sheet: &Sheet) -> String {
    let mut out = format!(
        "{HEAD}<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>"
    );
    let widths = sheet.widths();
    if !widths.is_empty() {
        out.push_str("<cols>");
        for (index, width) in widths.iter().enumerate() {
            let number = index + 1;
            let _ = write!(
                out,
                "<col min=\"{number}\" max=\"{number}\" width=\"{width}\" customWidth=\"1\"/>"
            );
        }
        out.push_str("</cols>");
    }
    out.push_str("<sheetData>");
    for (index, row) in sheet.rows.iter().enumerate() {
        let number = index + 1;
        let _ = write!(out, "<row r=\"{number}\">");
        for (column, cell) in row.iter().enumerate() {
            self::cell(&mut out, &letters(column + 1), number, &cell.kept());
        }
        out.push_str("</row>");
    }
    let _ = write!(
        out,
        "</sheetData><pageMargins left=\"0.4\" right=\"0.4\" top=\"0.6\" bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/><pageSetup paperSize=\"9\" scale=\"{}\" orientation=\"landscape\"/><headerFooter><oddHeader>&amp;A</oddHeader><oddFooter>&amp;P</oddFooter></headerFooter></worksheet>",
        sheet.scale()
    );
    out
}

fn cell(out: &mut String, column: &str, row: usize, cell: &Cell) {
    let mut text = |text: &str, style: u8| {
        let _ = write!(
            out,
            "<c r=\"{column}{row}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
            escaped(text)
        );
    };
    match cell {
        Cell::Empty => {}
        Cell::Head(title) => text(title, BOLD),
        Cell::Text(words) => text(words, TEXT),
        Cell::Number(value, format) => {
            let style = style(*format, false);
            number(out, &format!("{column}{row}"), style, "", *value);
        }
        Cell::Sum {
            ranges,
            value,
            format,
        } => {
            let parts: Vec<String> = ranges
                .iter()
                .map(|(from, to)| format!("{column}{from}:{column}{to}"))
                .collect();
            let formula = format!("<f>SUM({})</f>", parts.join(","));
            let style = style(*format, true);
            number(out, &format!("{column}{row}"), style, &formula, *value);
        }
    }
}

fn style(format: Format, is_sum: bool) -> u8 {
    match (format, is_sum) {
        (Format::Plain, _) => PLAIN,
        (Format::Whole, false) => WHOLE,
        (Format::Whole, true) => WHOLE_SUM,
        (Format::Percent, _) => PERCENT,
        (Format::Points, _) => POINTS,
    }
}

fn number(out: &mut String, at: &str, style: u8, formula: &str, value: Decimal) {
    let _ = write!(
        out,
        "<c r=\"{at}\" s=\"{style}\">{formula}<v>{value}</v></c>"
    );
}
