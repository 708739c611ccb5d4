//! Workbooks as no honest spreadsheet program leaves them: cell by cell, with what goes wrong in offices.

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A sheet of an XLSX file.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Name.
    pub name: String,
    /// Hidden.
    pub hidden: bool,
    /// Rows of cells: `=#DIV/0!` is a formula with that error, `#45930` a number, `''` nothing, other texts are
    /// texts.
    pub rows: Vec<Vec<String>>,
    /// Merged areas: `A1:C1`.
    pub merged: Vec<String>,
}

impl Sheet {
    /// A visible sheet from lines whose cells are parted by `|`.
    pub fn new(name: &str, lines: &[&str]) -> Sheet {
        let cells = |line: &&str| line.split('|').map(str::to_owned).collect();
        Sheet {
            name: name.to_owned(),
            rows: lines.iter().map(cells).collect(),
            ..Sheet::default()
        }
    }
    fn xml(&self) -> String {
        let mut out = String::from(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>",
        );
        for (row, cells) in self.rows.iter().enumerate() {
            let row = row + 1;
            out.push_str(&format!("<row r=\"{row}\">"));
            for (column, cell) in cells.iter().enumerate() {
                let at = format!("{}{row}", char::from(b'A' + u8::try_from(column).unwrap()));
                out.push_str(&match (cell.strip_prefix('='), cell.strip_prefix('#')) {
                    _ if cell.is_empty() => String::new(),
                    (Some(error), _) => {
                        format!("<c r=\"{at}\" t=\"e\"><f>1/0</f><v>{error}</v></c>")
                    }
                    (None, Some(number)) => format!("<c r=\"{at}\"><v>{number}</v></c>"),
                    (None, None) => {
                        format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>")
                    }
                });
            }
            out.push_str("</row>");
        }
        out.push_str("</sheetData>");
        if !self.merged.is_empty() {
            out.push_str("<mergeCells>");
            for area in &self.merged {
                out.push_str(&format!("<mergeCell ref=\"{area}\"/>"));
            }
            out.push_str("</mergeCells>");
        }
        out.push_str("</worksheet>");
        out
    }
}

/// The bytes of an XLSX file with these sheets, and with more parts of any name and content.
pub fn xlsx(sheets: &[Sheet], more: &[(&str, &[u8])]) -> Vec<u8> {
    let package = "http://schemas.openxmlformats.org/package/2006";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut book = format!(
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{office}\"><sheets>"
    );
    let mut relations = format!("<Relationships xmlns=\"{package}/relationships\">");
    let mut parts: Vec<(String, Vec<u8>)> = vec![
        (
            "[Content_Types].xml".to_owned(),
            format!("<Types xmlns=\"{package}/content-types\"/>").into_bytes(),
        ),
        (
            "_rels/.rels".to_owned(),
            format!("<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>").into_bytes(),
        ),
    ];
    for (index, sheet) in sheets.iter().enumerate() {
        let n = index + 1;
        let state = if sheet.hidden {
            " state=\"hidden\""
        } else {
            ""
        };
        book.push_str(&format!(
            "<sheet name=\"{}\" sheetId=\"{n}\"{state} r:id=\"rId{n}\"/>",
            sheet.name
        ));
        relations.push_str(&format!(
            "<Relationship Id=\"rId{n}\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
        ));
        parts.push((
            format!("xl/worksheets/sheet{n}.xml"),
            sheet.xml().into_bytes(),
        ));
    }
    book.push_str("</sheets></workbook>");
    relations.push_str("</Relationships>");
    parts.push(("xl/workbook.xml".to_owned(), book.into_bytes()));
    parts.push((
        "xl/_rels/workbook.xml.rels".to_owned(),
        relations.into_bytes(),
    ));
    parts.extend(
        more.iter()
            .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())),
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        zip.start_file(name, options).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
