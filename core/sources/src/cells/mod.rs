//! Tables that people hand in (ODS, XLSX, CSV, answers of the datastore), as cells that each know
//! where they stand. Nothing is understood here: who reads them names every cell that is refused.

mod records;
mod text;

pub use crate::sheet::{Cell, SheetName, Value, Workbook, cell_name};

use quarterdeck_kpi::message::Message;

/// Largest file in bytes.
pub const MAX_BYTES: u64 = 20 << 20;
/// More columns than this are not a table.
const MAX_COLUMNS: usize = 1_000;
/// Cells with content of one table, at most.
const MAX_CELLS: u64 = 1_000_000;

/// Rows with content, by their numbers from 1.
pub type Lines = Vec<(u32, Vec<Cell>)>;

/// A file that was opened.
pub enum Opened<'a> {
    /// ODS or XLSX: one of its sheets is to be chosen.
    Workbook(Box<Workbook<'a>>),
    /// CSV: rows as a spreadsheet program would number them.
    Text(Lines),
    /// An answer of the common government datastore; row 1 holds the fields' names.
    Records(Lines),
}

/// Opens a file by what is in it, whatever its name says.
pub fn open(bytes: &[u8]) -> Result<Opened<'_>, Message> {
    if bytes.is_empty() {
        return Err(Message::new("source-empty"));
    }
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Message::new("source-too-large").with("bytes", MAX_BYTES));
    }
    if bytes.starts_with(b"PK") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Ok(Opened::Workbook(Box::new(Workbook::open(bytes)?)));
    }
    let text = text::decoded(bytes)?;
    let start = text.trim_start();
    if let Some(message) = crate::document::looks_like_markup(start, None, "ODS / XLSX / CSV") {
        return Err(message);
    }
    if start.starts_with('{') || start.starts_with("[{") {
        return records::lines(start).map(Opened::Records);
    }
    text::lines(&text).map(Opened::Text)
}

/// A cell of text that is merged over nothing.
fn plain(column: usize, text: String) -> Cell {
    Cell {
        column: u32::try_from(column).unwrap_or(u32::MAX),
        value: Value::Text(text),
        spans: (1, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &Lines) -> Vec<String> {
        lines
            .iter()
            .flat_map(|(row, cells)| {
                cells
                    .iter()
                    .map(|cell| format!("{}={}", cell_name(cell.column, *row), cell.text()))
            })
            .collect()
    }

    fn csv(bytes: &[u8]) -> Result<Vec<String>, Message> {
        match open(bytes)? {
            Opened::Text(lines) => Ok(texts(&lines)),
            _ => panic!("no CSV"),
        }
    }

    #[test]
    fn cells_of_csv_are_named_as_a_spreadsheet_program_does() {
        let bytes = "\u{feff}a,b\r\n\r\n1,\"x\ny\"\r\n,\"say \"\"hi\"\"\"\r\n".as_bytes();
        let expected = ["A1=a", "B1=b", "A3=1", "B3=x\ny", "B4=say \"hi\""];
        assert_eq!(csv(bytes).unwrap(), expected);
        assert_eq!(
            csv(b"a\tb\n1,5\t2\n").unwrap(),
            ["A1=a", "B1=b", "A2=1,5", "B2=2"]
        );
        assert_eq!(csv(b"a;b\n1;2").unwrap(), ["A1=a", "B1=b", "A2=1", "B2=2"]);
        // Big5: 預算數
        let big5 = [
            0xb9, 0x77, 0xba, 0xe2, 0xbc, 0xc6, b',', b'x', b'\n', b'1', b',', b'2',
        ];
        assert_eq!(csv(&big5).unwrap()[0], "A1=預算數");
    }

    #[test]
    fn quotes_that_do_not_pair_are_refused_with_their_row() {
        let refused = csv(b"a,b\n1,\"x\n2,y\n").unwrap_err();
        assert_eq!(refused.id, "source-quotes");
        assert_eq!(refused.args, [("row".into(), 2_u64.into())]);
        assert_eq!(csv(b"a,b\n1,\"x\"y\n").unwrap_err().id, "source-quotes");
        assert_eq!(csv(b"a,b\n1,x\"y\n").unwrap_err().id, "source-quotes");
    }

    #[test]
    fn records_stand_below_the_names_of_their_fields() {
        let answer = r#"{"success":true,"result":{"fields":[{"id":"b"},{"id":"a"}],
            "records":[{"a":"1","b":null},{"a":2.50,"c":"x"}],"total":2}}"#;
        let Opened::Records(lines) = open(answer.as_bytes()).unwrap() else {
            panic!("no records");
        };
        assert_eq!(
            texts(&lines),
            ["A1=b", "B1=a", "C1=c", "B2=1", "B3=2.50", "C3=x"]
        );
        let refused = |text: &str| open(text.as_bytes()).err().unwrap().id.into_owned();
        let cut = r#"{"success":true,"result":{"records":[{"a":"1"}],"total":2}}"#;
        assert_eq!(refused(cut), "source-total-mismatch");
        let failed = r#"{"success":false,"error":{"message":"x","type":"ER0100"}}"#;
        assert_eq!(refused(failed), "source-error-answer-short");
        assert_eq!(refused("<html>"), "source-html-instead");
        assert_eq!(refused(""), "source-empty");
    }
}
