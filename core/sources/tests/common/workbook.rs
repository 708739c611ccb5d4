//! Spreadsheet files and packages made in memory, sound ones and others.

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A zip file of these parts.
pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        out.start_file(*name, options).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// An XLSX workbook of one sheet, 填報, with these rows (`<row>` elements) and what follows them.
pub fn xlsx(rows: &str, after: &str, strings: &[&str]) -> Vec<u8> {
    zip(&xlsx_parts(rows, after, strings)
        .iter()
        .map(|(name, text)| (*name, text.as_bytes()))
        .collect::<Vec<_>>())
}

pub fn xlsx_parts(rows: &str, after: &str, strings: &[&str]) -> Vec<(&'static str, String)> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let doc = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let strings: String = strings
        .iter()
        .map(|s| format!("<si><t>{s}</t></si>"))
        .collect();
    vec![
        ("[Content_Types].xml", "<Types/>".to_owned()),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="r" Type="{doc}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{main}" xmlns:r="{doc}"><sheets><sheet name="填報" sheetId="1" r:id="a"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="a" Type="{doc}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="b" Type="{doc}/styles" Target="styles.xml"/><Relationship Id="c" Type="{doc}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>"#
            ),
        ),
        (
            // Style 1 is a percentage, style 2 a day.
            "xl/styles.xml",
            format!(
                r#"<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="14"/></cellXfs></styleSheet>"#
            ),
        ),
        (
            "xl/sharedStrings.xml",
            format!(r#"<sst xmlns="{main}">{strings}</sst>"#),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{after}</worksheet>"#
            ),
        ),
    ]
}

/// An ODS file with this inside `<office:spreadsheet>`.
pub fn ods(tables: &str) -> Vec<u8> {
    let content = content_xml(tables);
    zip(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("content.xml", content.as_bytes()),
    ])
}

pub fn content_xml(tables: &str) -> String {
    let oasis = "urn:oasis:names:tc:opendocument:xmlns";
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{oasis}:office:1.0" xmlns:table="{oasis}:table:1.0" xmlns:text="{oasis}:text:1.0" xmlns:style="{oasis}:style:1.0"><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"#
    )
}

/// An ODS row of texts and numbers.
pub fn ods_row(cells: &[&str]) -> String {
    let cells: String = cells
        .iter()
        .map(|cell| match cell.parse::<f64>() {
            Ok(_) => format!(r#"<table:table-cell office:value-type="float" office:value="{cell}"/>"#),
            Err(_) if cell.is_empty() => "<table:table-cell/>".to_owned(),
            Err(_) => format!(r#"<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>"#),
        })
        .collect();
    format!("<table:table-row>{cells}</table:table-row>")
}
