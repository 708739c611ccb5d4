//! Where a number or a text was printed: the tables of the reports that lie in the workspace.

use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::find::Wanted;
use quarterdeck_kpi::text::{clean, fold_for_search};
pub use quarterdeck_view::state::Printed;
use std::path::{Path, PathBuf};

/// Files looked at, the size of one, and places listed.
const FILES: usize = 400;
const BYTES: u64 = 8 << 20;
const PLACES: usize = 200;
/// Folders below `reports/` that are looked into.
const DEPTH: usize = 3;

/// Every cell of the reports' CSV files that is this number or holds this text. A file that cannot
/// be read is passed over: reports are copies.
pub fn printed(root: &Path, text: &str) -> Vec<Printed> {
    let mut files = Vec::new();
    tables(&root.join("reports"), 0, &mut files);
    files.sort();
    let wanted = Wanted::read(text);
    let folded = fold_for_search(text.trim());
    let is_it = |cell: &str| match &wanted {
        Some(wanted) => Wanted::read(cell).is_some_and(|c| c.value() == wanted.value()),
        None => !folded.is_empty() && fold_for_search(cell).contains(&folded),
    };
    let mut found = Vec::new();
    for path in files {
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        let shown = path.strip_prefix(root).unwrap_or(&path);
        let shown: Vec<String> = shown
            .components()
            .map(|part| clean(&part.as_os_str().to_string_lossy()))
            .collect();
        let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(body);
        let mut records = reader.records().flatten();
        let Some(heading) = records.next() else {
            continue;
        };
        // Tables of rows begin with the row's number: what it is of stands further right.
        let place = |name: &str| heading.iter().position(|title| title == name);
        let places = place("series").zip(place("period"));
        let figure_of = |record: &csv::StringRecord| {
            let cell = |at: usize| record.get(at).unwrap_or_default();
            let named = places.map(|(series, period)| format!("{}@{}", cell(series), cell(period)));
            let named = named.filter(|address| FigureAddress::parse(address).is_ok());
            clean(named.as_deref().unwrap_or(cell(0)))
        };
        for record in records {
            for (at, cell) in record.iter().enumerate() {
                if at > 0 && is_it(cell) {
                    found.push(Printed {
                        file: shown.join("/"),
                        figure: figure_of(&record),
                        column: clean(heading.get(at).unwrap_or_default()),
                        text: clean(cell),
                    });
                    if found.len() == PLACES {
                        return found;
                    }
                }
            }
        }
    }
    found
}

fn tables(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if found.len() >= FILES {
            return;
        }
        let path = entry.path();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() && depth < DEPTH {
            tables(&path, depth + 1, found);
        } else if kind.is_file()
            && path.extension().is_some_and(|e| e == "csv")
            && entry.metadata().is_ok_and(|m| m.len() <= BYTES)
        {
            found.push(path);
        }
    }
}
