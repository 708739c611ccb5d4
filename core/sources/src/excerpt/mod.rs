//! The place that a figure was read from, found again in the stored bytes, and what stands there.
//!
//! Pure: stored bytes and the place as the row keeps it (`$['a']['b']`, `row=3; column=可用率`,
//! `sheet=經費; cell=F12`) in, a few lines with marks out. What cannot be found again shows the
//! beginning instead, and says so. Never reads more than it has to, and never fails.

mod few_rows;
mod json;
mod table;

use crate::targets::split_place;
use quarterdeck_kpi::explain::Excerpt;
use quarterdeck_kpi::text::clean;
use std::borrow::Cow;
use std::io::Read;

/// Read of a JSON answer at most.
const JSON_BYTES: u64 = 8 << 20;
/// Read of a sheet's file at most.
const SHEET_BYTES: u64 = 16 << 20;
/// Read of text for a row far down.
const TABLE_BYTES: u64 = 8 << 20;
/// Read of text whose beginning is enough.
const HEAD_BYTES: u64 = 64 << 10;
/// Lines shown.
pub(crate) const LINES: usize = 14;
/// Characters of one cell or value.
pub(crate) const CELL: usize = 60;
/// Characters of one line.
const LINE: usize = 400;

type Piece = (String, bool);

/// A place inside an answer, taken apart.
#[derive(Debug, Default)]
pub(crate) struct At<'a> {
    /// JSONPath of a value.
    pub path: Option<&'a str>,
    /// JSONPath of the rows.
    pub rows: Option<&'a str>,
    /// Row, from 1.
    pub row: Option<u64>,
    /// Column by its heading.
    pub column: Option<&'a str>,
    /// Cell of a sheet.
    pub cell: Option<&'a str>,
    /// Sheet.
    pub sheet: Option<&'a str>,
    /// Everything that names columns of a count or sum.
    pub naming: Vec<&'a str>,
}

const KEYS: [&str; 10] = [
    "rows",
    "row",
    "column",
    "cell",
    "sheet",
    "filter",
    "aggregate",
    "share_of",
    "group_by",
    "period",
];

impl<'a> At<'a> {
    pub fn read(text: &'a str) -> Self {
        let mut at = At::default();
        let (_, mut rest) = split_place(text);
        if rest.starts_with('$') {
            let end = rest.find("; ").unwrap_or(rest.len());
            at.path = Some(&rest[..end]);
            rest = rest.get(end + 2..).unwrap_or_default();
        }
        // A value may hold "; " itself: a piece begins only with a known word.
        let mut begin = 0;
        let mut pieces = Vec::new();
        let starts = |piece: &str| {
            KEYS.iter().any(|key| {
                piece
                    .strip_prefix(key)
                    .is_some_and(|after| after.starts_with('='))
            })
        };
        for (found, _) in rest.match_indices("; ") {
            if starts(&rest[found + 2..]) {
                pieces.push(&rest[begin..found]);
                begin = found + 2;
            }
        }
        pieces.push(&rest[begin..]);
        for piece in pieces {
            let Some((key, value)) = piece.split_once('=') else {
                continue;
            };
            match key {
                "rows" => at.rows = Some(value),
                "row" => at.row = value.parse().ok(),
                "column" => at.column = Some(value),
                "cell" => at.cell = Some(value),
                "sheet" => at.sheet = Some(value),
                "filter" | "share_of" | "group_by" | "period" => at.naming.push(value),
                _ => {}
            }
        }
        at
    }

    /// Whether a column of this heading is read for the figure.
    pub fn reads(&self, heading: &str) -> bool {
        !heading.trim().is_empty()
            && (self.column == Some(heading) || self.naming.iter().any(|n| n.contains(heading)))
    }

    /// The beginning is enough: what is counted is all rows.
    fn wants_beginning(&self) -> bool {
        self.path.is_none() && self.row.is_none() && self.cell.is_none()
    }
}

/// What an answer is, told by its beginning.
enum Shape {
    Sheet,
    Json,
    Text,
}

impl Shape {
    fn of(beginning: &[u8]) -> Shape {
        let mut signs = beginning.iter();
        match signs.find(|b| !b.is_ascii_whitespace() && **b < 0x80) {
            _ if beginning.starts_with(b"PK\x03\x04") => Shape::Sheet,
            Some(b'{' | b'[') => Shape::Json,
            _ => Shape::Text,
        }
    }
    /// Bytes of an answer that are looked at.
    fn limit(&self, place: &At<'_>) -> u64 {
        match self {
            Shape::Sheet => SHEET_BYTES,
            Shape::Json => JSON_BYTES,
            Shape::Text if place.wants_beginning() => HEAD_BYTES,
            Shape::Text => TABLE_BYTES,
        }
    }
}

/// What stands at a place of a stored answer. `url` is the address it came from, `text` the value
/// as it was received, for answers in which no place can be found again.
pub fn excerpt(body: &mut dyn Read, at: &str, url: &str, text: &str) -> Excerpt {
    let mut bytes = Vec::new();
    // An answer that cannot be read on is shown as far as it was.
    let _ = body.take(HEAD_BYTES).read_to_end(&mut bytes);
    let limit = Shape::of(&bytes).limit(&At::read(at));
    let _ = body
        .take(limit.saturating_sub(bytes.len() as u64))
        .read_to_end(&mut bytes);
    excerpt_of(&bytes, at, url, text)
}

/// The same of an answer that was read.
pub fn excerpt_of(bytes: &[u8], at: &str, url: &str, text: &str) -> Excerpt {
    let place = At::read(at);
    let beginning_of = |limit: u64| {
        let end = usize::try_from(limit).unwrap_or(usize::MAX);
        bytes.get(..end).unwrap_or(bytes)
    };
    let shape = Shape::of(beginning_of(HEAD_BYTES));
    let limit = shape.limit(&place);
    let bytes = beginning_of(limit);
    let found = match shape {
        Shape::Sheet => table::sheet(bytes, &place),
        Shape::Json if (bytes.len() as u64) < limit => json::excerpt(bytes, &place, offset(url)),
        Shape::Json => None,
        Shape::Text => table::text(&decoded(bytes), &place),
    };
    let mut found = found.unwrap_or_else(|| beginning(&decoded(bytes), text));
    found.lines.truncate(LINES);
    for line in &mut found.lines {
        tidy(line);
    }
    found
}

/// Rows that earlier pages hold: the `offset=` of an address.
fn offset(url: &str) -> u64 {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("offset=")?.parse().ok())
        .unwrap_or(0)
}

/// The text of bytes in the encodings of these portals.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        // Cut inside a character at its end only.
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(bytes),
        Err(_) => encoding_rs::BIG5.decode_without_bom_handling(bytes).0,
    }
}

/// The lines around a text, or the first ones.
fn beginning(text: &str, wanted: &str) -> Excerpt {
    let wanted = wanted.trim();
    let found = (!wanted.is_empty()).then(|| text.find(wanted)).flatten();
    let Some(found) = found else {
        let lines = text
            .lines()
            .take(5)
            .map(|line| vec![(cut(line, LINE), false)]);
        return Excerpt {
            lines: lines.collect(),
            found: false,
        };
    };
    let begin = text[..found].rfind('\n').map_or(0, |at| at + 1);
    let before: String = tail(&text[begin..found], 160);
    let after = &text[found + wanted.len()..];
    let after = cut(after.lines().next().unwrap_or_default(), 160);
    Excerpt {
        lines: vec![vec![
            (before, false),
            (wanted.to_owned(), true),
            (after, false),
        ]],
        found: true,
    }
}

fn tail(text: &str, most: usize) -> String {
    let count = text.chars().count();
    text.chars().skip(count.saturating_sub(most)).collect()
}

/// At most so many characters, with dots where it was cut.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let mut chars = text.chars();
    let mut kept: String = chars.by_ref().take(most).collect();
    if chars.next().is_some() {
        kept.push_str("..");
    }
    kept
}

/// Nothing from outside reaches a terminal uncleaned, and no line is endless.
fn tidy(line: &mut Vec<Piece>) {
    let mut left = LINE;
    for (text, _) in line.iter_mut() {
        *text = cut(&clean(text), left);
        left = left.saturating_sub(text.chars().count());
    }
    line.retain(|(text, _)| !text.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn show(body: &[u8], at: &str) -> Excerpt {
        excerpt(
            &mut &*body,
            at,
            "http://demo.invalid/x?limit=12&offset=12",
            "75.3",
        )
    }

    /// The marked pieces.
    fn marked(excerpt: &Excerpt) -> Vec<&str> {
        let pieces = excerpt.lines.iter().flatten();
        pieces.filter(|p| p.1).map(|p| p.0.as_str()).collect()
    }

    #[test]
    fn a_value_of_json_is_found_by_its_path() {
        let body = br#"{"figures":{"P21":{"tenants":{"value":41,"day":"2025-09-30"}}}}"#;
        let found = show(body, "$['figures']['P21']['tenants']['value']");
        assert!(found.found);
        assert_eq!(marked(&found), ["\"value\": 41"]);
        assert!(
            found.text().contains("\"day\": \"2025-09-30\""),
            "{}",
            found.text()
        );
        assert!(!show(body, "$['figures']['P22']['value']").found);
    }

    #[test]
    fn a_row_of_a_later_page_is_counted_from_its_offset() {
        let body =
            r#"{"result":{"records":[{"id":"P13","進度":"1.0"},{"id":"P14","進度":"62.5"}]}}"#;
        let found = show(
            body.as_bytes(),
            "rows=$.result.records[*]; row=14; column=進度",
        );
        assert!(found.found);
        assert_eq!(marked(&found), ["\"進度\": \"62.5\""]);
    }

    #[test]
    fn of_long_records_one_is_shown_whole_and_no_beginning_of_another() {
        let record = (0..10).map(|n| format!("\"f{n:02}\":{n}"));
        let record = format!("{{{}}}", record.collect::<Vec<_>>().join(","));
        let body = format!("[{record},{record},{record}]");
        // By a plain path, and by one for which everything is read.
        for path in ["$[*]", "$[?@.f00 == 0]"] {
            let found = show(body.as_bytes(), &format!("rows={path}; aggregate=count"));
            let text = found.text();
            assert!(text.starts_with("{\n  \"f00\": 0"), "{text}");
            assert!(text.ends_with("}\n.. 3"), "{path}: {text}");
        }
    }

    #[test]
    fn a_cell_of_csv_is_found_by_row_and_heading() {
        let body = "\u{feff}服務,交換次數,可用率\n戶政,12,\"99.95\"\n地政,7,98.10\n";
        let found = show(body.as_bytes(), "row=2; column=可用率");
        assert!(found.found);
        assert_eq!(marked(&found), ["可用率", "98.10"]);
        assert!(found.text().contains("地政"), "{}", found.text());
        let share = show(
            body.as_bytes(),
            "aggregate=share; share_of=服務 in 戶政|地政",
        );
        assert_eq!(marked(&share), ["服務", "戶政", "地政"]);
        assert!(share.found);
    }

    #[test]
    fn an_answer_of_no_known_form_is_searched_for_its_text() {
        let found = show(b"usage_share 75.3\nother 1\n", "metric=usage_share");
        assert!(found.found);
        assert_eq!(marked(&found), ["75.3"]);
        let other = show(b"nothing here\n", "metric=usage_share");
        assert!(!other.found);
        assert_eq!(other.text(), "nothing here");
    }

    #[test]
    fn nothing_from_outside_reaches_a_terminal() {
        let found = show(
            "a,b\n\u{1b}[31m1,75.3\u{202e}\n".as_bytes(),
            "row=1; column=b",
        );
        assert!(!found.text().contains(['\u{1b}', '\u{202e}']), "{found:?}");
    }

    proptest! {
        #[test]
        fn no_bytes_and_no_place_break_it(body in proptest::collection::vec(any::<u8>(), 0..400),
                                          at in "(\\$|rows=\\$\\[\\*\\]; |sheet=a; cell=B2; |row=3; column=)?[a-z$\\[\\]'=; 0-9]{0,30}",
                                          head in 0_u8..4) {
            let mut bytes: Vec<u8> = match head {
                0 => b"PK\x03\x04".to_vec(),
                1 => b"{\"a\":[".to_vec(),
                2 => b"a,b\n1,".to_vec(),
                _ => Vec::new(),
            };
            bytes.extend(body);
            let found = show(&bytes, &at);
            prop_assert!(found.lines.len() <= LINES);
        }
    }
}
