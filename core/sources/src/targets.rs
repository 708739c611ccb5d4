//! One source with many addresses: `targets` names what an API has one address each of (townships,
//! stations, schools), and `{target}` stands in the address and in the series.
//!
//! A target is letters, digits, `-`, `_` and `.`, and begins and ends with a letter or digit: so it
//! can be part of a series, and can change neither host nor depth of an address.

use crate::config::{Kind, SourceConfig};
use crate::notice::{list, nearest, quote};
use crate::template::address;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::fold_width;
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use url::{Position, Url};

/// Targets of one source at most.
pub const MOST_TARGETS: usize = 20_000;
/// The placeholder of a target.
pub const TARGET: &str = "{target}";
/// Bytes of one target at most.
const LONGEST: usize = 60;
/// Longest name of a file of targets.
const LONGEST_NAME: usize = 100;
/// Longest line of such a file.
const LONGEST_LINE: usize = 4_000;
/// Kinds whose answer stands alone.
const KINDS: [Kind; 3] = [Kind::Json, Kind::Csv, Kind::Openmetrics];
/// What a place in an answer begins with where the source has targets.
const PLACE: &str = "target=";

/// Whether a text can be a target.
fn is_target(text: &str) -> bool {
    let is_inner = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let ends = [text.chars().next(), text.chars().next_back()];
    text.len() <= LONGEST
        && ends
            .iter()
            .all(|end| end.is_some_and(char::is_alphanumeric))
        && text.chars().all(is_inner)
        && (text.is_ascii() || fold_width(text) == text)
}

/// A target as it stands in an address.
pub fn encoded(target: &str) -> Cow<'_, str> {
    if target.is_ascii() {
        return Cow::Borrowed(target);
    }
    let mut out = String::with_capacity(target.len() * 3);
    for byte in target.bytes() {
        match byte.is_ascii() {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    Cow::Owned(out)
}

/// A place in the answer of a target.
pub fn place_of(target: &str, at: &str) -> String {
    format!("{PLACE}{target}; {at}")
}

/// The target that a place names, and the place in its answer.
pub fn split_place(at: &str) -> (Option<&str>, &str) {
    let found = at
        .strip_prefix(PLACE)
        .and_then(|rest| rest.split_once("; "))
        .filter(|(target, _)| is_target(target));
    match found {
        Some((target, rest)) => (Some(target), rest),
        None => (None, at),
    }
}

/// Whether a name can be that of a file of targets: it lies beside the source's file.
pub fn is_list_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && (name.ends_with(".csv") || name.ends_with(".txt"))
        && !name.starts_with('.')
        && !name.contains(['/', '\\', ':'])
        && !name.contains(char::is_control)
}

/// The targets in a file: the first cell of every line, or of a column by its heading. Blank lines
/// and those that begin with `#` name none.
pub fn read_list(bytes: &[u8], column: Option<&str>) -> Result<Vec<String>, Message> {
    let text = std::str::from_utf8(bytes).map_err(|_| Message::new("source-targets-text"))?;
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let mut place = 0;
    if let Some(column) = column {
        let heading = cells(lines.next().unwrap_or_default());
        let found = heading.iter().position(|cell| cell == column.trim());
        place = found.ok_or_else(|| {
            let names = || heading.iter().map(String::as_str);
            let near = nearest(column, names()).map_or_else(|| "-".to_owned(), quote);
            Message::new("source-targets-no-column")
                .with("column", quote(column))
                .with("near", near)
                .with("columns", list(names()))
        })?;
    }
    let mut found = Vec::new();
    for line in lines {
        if line.len() > LONGEST_LINE {
            return Err(Message::new("source-targets-line").with("line", found.len() + 1));
        }
        let cell = cells(line).into_iter().nth(place).unwrap_or_default();
        found.push(cell);
        if found.len() > MOST_TARGETS {
            return Err(too_many(found.len()));
        }
    }
    Ok(found)
}

/// The cells of one line; quotes may stand around a cell.
fn cells(line: &str) -> Vec<String> {
    let (mut out, mut cell, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if is_quoted || cell.trim().is_empty() => is_quoted = !is_quoted,
            ',' if !is_quoted => out.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    out.push(cell);
    out.iter().map(|cell| cell.trim().to_owned()).collect()
}

fn too_many(count: usize) -> Message {
    Message::new("source-targets-many")
        .with("targets", count)
        .with("limit", MOST_TARGETS)
}

impl SourceConfig {
    /// Whether its addresses are one for each target.
    pub fn has_targets(&self) -> bool {
        !self.targets.is_empty() || self.targets_file.is_some()
    }

    /// Takes the targets from the file that the source names, if it names one. `file` gives the
    /// bytes of a file beside the source's; what is wrong is told by [`SourceConfig::problems`].
    pub fn take_targets(&mut self, file: impl FnOnce(&str) -> Option<Vec<u8>>) {
        let Some(name) = self.targets_file.clone() else {
            return;
        };
        if !self.targets.is_empty() || !is_list_name(&name) {
            return;
        }
        let found = file(&name)
            .ok_or_else(|| Message::new("source-targets-file-missing").with("file", quote(&name)))
            .and_then(|bytes| read_list(&bytes, self.targets_column.as_deref()));
        match found {
            Ok(mut targets) => {
                targets.shrink_to_fit();
                self.targets = Arc::new(targets);
                self.targets_found = true;
            }
            Err(message) => self.targets_problem = Some(Box::new(message)),
        }
    }

    /// The source as its answers are read: without the list of targets.
    pub fn without_targets(&self) -> SourceConfig {
        let mut own = self.clone();
        own.targets = Arc::default();
        own.targets_file = None;
        own
    }

    /// Puts a target into the series, as `source` writes them.
    pub fn set_target(&mut self, source: &SourceConfig, target: &str) {
        for (own, map) in self.maps.iter_mut().zip(&source.maps) {
            own.series.clear();
            let mut rest = map.series.as_str();
            while let Some((before, after)) = rest.split_once(TARGET) {
                own.series.push_str(before);
                own.series.push_str(target);
                rest = after;
            }
            own.series.push_str(rest);
        }
    }

    /// What is wrong with the targets of the source: empty when all of them can be asked.
    pub fn target_problems(&self, quarter: Quarter, origin: Option<&str>) -> Vec<Message> {
        let mut out = Vec::new();
        if self.targets_column.is_some() && self.targets_file.is_none() {
            out.push(Message::new("source-targets-column"));
        }
        if !self.has_targets() {
            if self.url.as_deref().is_some_and(|url| url.contains(TARGET)) {
                out.push(Message::new("source-targets-missing"));
            }
            return out;
        }
        if !KINDS.contains(&self.kind) {
            let known = KINDS.map(Kind::id).join(" ");
            let text = Message::new("source-targets-kind").with("kind", self.kind.id());
            out.push(text.with("known", known));
            return out;
        }
        if let Some(problem) = &self.targets_problem {
            out.push((**problem).clone());
        }
        match &self.targets_file {
            Some(name) if !is_list_name(name) => {
                out.push(Message::new("source-targets-file-name").with("file", quote(name)));
            }
            Some(_) if !self.targets.is_empty() && !self.targets_found => {
                out.push(Message::new("source-targets-both"));
            }
            Some(_) if self.targets.is_empty() && self.targets_problem.is_none() => {
                out.push(Message::new("source-targets-none"));
            }
            _ => {}
        }
        if let Some(url) = &self.url
            && let Some(problem) = self.place_problem(url, quarter, origin)
        {
            out.push(problem);
        }
        out.extend(self.list_problems());
        out
    }

    /// `{target}` stands in the path or the query of the address, and nowhere else.
    fn place_problem(&self, url: &str, quarter: Quarter, origin: Option<&str>) -> Option<Message> {
        if !url.contains(TARGET) {
            return Some(Message::new("source-targets-no-place"));
        }
        let wrong = || Some(Message::new("source-targets-place"));
        // What stands before it must not make an escape of its first letters.
        let cuts_escape = |before: &str| {
            let mut tail = before.bytes().rev();
            let last = tail.next();
            last == Some(b'%')
                || (last.is_some_and(|b| b.is_ascii_hexdigit()) && tail.next() == Some(b'%'))
        };
        if url
            .match_indices(TARGET)
            .any(|(at, _)| cuts_escape(&url[..at]))
        {
            return wrong();
        }
        // Other problems of the address are told elsewhere.
        let address = |target| address(self, url, quarter, origin, Some(target)).ok();
        let (one, other) = (address("x1")?, address("y2z")?);
        let (Ok(one), Ok(other)) = (Url::parse(&one), Url::parse(&other)) else {
            return wrong();
        };
        let depth = |url: &Url| url.path().matches('/').count();
        let is_elsewhere = one[..Position::BeforePath] != other[..Position::BeforePath]
            || one.fragment() != other.fragment()
            || one[..Position::AfterQuery] == other[..Position::AfterQuery]
            || depth(&one) != depth(&other);
        match is_elsewhere {
            true => wrong(),
            false => None,
        }
    }

    fn list_problems(&self) -> Vec<Message> {
        let mut out = Vec::new();
        if self.targets.len() > MOST_TARGETS {
            return vec![too_many(self.targets.len())];
        }
        let mut bad = self.targets.iter().filter(|target| !is_target(target));
        if let Some(first) = bad.next() {
            let text = Message::new("source-target-bad").with("target", quote(first));
            return vec![text.with("count", bad.count() + 1)];
        }
        let mut seen = HashSet::with_capacity(self.targets.len());
        let mut twice = self
            .targets
            .iter()
            .filter(|target| !seen.insert(target.as_str()));
        if let Some(first) = twice.next() {
            let text = Message::new("source-target-twice").with("target", quote(first));
            out.push(text.with("count", twice.count() + 1));
        }
        for map in &self.maps {
            if !map.series.contains(TARGET) {
                continue; // told of the map
            }
            // Columns are filled in by the rows.
            let template = sample_of(&map.series);
            let is_bad =
                |target: &&String| SeriesId::parse(&template.replace(TARGET, target)).is_err();
            if let Some(target) = self.targets.iter().find(is_bad) {
                let text = Message::new("source-target-series").with("target", quote(target));
                out.push(text.with("series", quote(&map.series)));
            }
        }
        out
    }
}

/// A series with something in the place of columns and groups.
fn sample_of(series: &str) -> String {
    use crate::plan::series_pieces;
    use crate::template::Piece;
    let piece = |piece| match piece {
        Piece::Text(text) => text,
        Piece::Name(name) if name == "target" => TARGET.to_owned(),
        Piece::Name(_) => "x".to_owned(),
    };
    series_pieces(series).into_iter().map(piece).collect()
}
