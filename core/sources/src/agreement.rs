//! The fast reader against the `csv` crate: what ours accepts, both read alike.

use crate::records::{is_sound, reader};
use proptest::prelude::*;

/// Records of the fast reader, or `None` where it finds one unsound.
fn ours(bytes: &[u8]) -> Option<Vec<Vec<Vec<u8>>>> {
    let mut reader = reader(bytes, b',');
    let mut out = Vec::new();
    while let Some(record) = reader.read_byte_record().ok()? {
        if !is_sound(&record) {
            return None;
        }
        let cells = (0..record.len()).map(|i| record.unescape(i).unwrap().into_owned());
        out.push(cells.collect());
    }
    Some(out)
}

fn theirs(bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
    ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes)
        .byte_records()
        .map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Bytes chosen to hit quotes, returns and separators.
    #[test]
    fn accepted_records_are_those_of_the_csv_crate(
        bytes in prop::collection::vec(prop::sample::select(b"a,\"\"\r\n\n, x\xe9".to_vec()), 0..60)
    ) {
        if let Some(records) = ours(&bytes) {
            prop_assert_eq!(records, theirs(&bytes));
        }
    }

    /// Whatever a proper writer writes is accepted.
    #[test]
    fn written_csv_is_accepted_whole(
        rows in prop::collection::vec(prop::collection::vec("[a,\"\r\n金 ]{0,6}", 3), 1..20)
    ) {
        let mut writer = ::csv::WriterBuilder::new()
            .terminator(::csv::Terminator::CRLF)
            .from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let expected: Vec<Vec<Vec<u8>>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| cell.as_bytes().to_vec()).collect())
            .collect();
        prop_assert_eq!(ours(&bytes), Some(expected));
    }
}
