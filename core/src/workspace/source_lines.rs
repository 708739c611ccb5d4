//! On which line of a source file a problem stands: sources are read without places of their own.

use quarterdeck_kpi::message::{Arg, Message};

/// The line of a problem of a source, as far as its sentence tells.
pub(super) fn line_of(text: &str, problem: &Message) -> Option<usize> {
    if problem.id == "source-map-problem" {
        let index = count(problem, "map").and_then(|number| number.checked_sub(1))?;
        let key = match find(problem, "reason") {
            Some(Arg::Sentence(reason)) => key_of(reason),
            _ => None,
        };
        let in_map = |key: &str| line_in_map(text, index, key);
        let found = key.as_deref().and_then(in_map);
        return found
            .or_else(|| in_map("series"))
            .or_else(|| header(text, index));
    }
    if problem.id.starts_with("source-target") {
        let keys = ["targets", "targets_file", "targets_column", "url"];
        return keys.into_iter().find_map(|key| key_line(text, key));
    }
    let by_key = key_of(problem).and_then(|key| key_line(text, &key));
    by_key.or_else(|| by_text(text, problem))
}

/// The key that a problem is about.
fn key_of(problem: &Message) -> Option<String> {
    let word = |text: &str| {
        let rest = text.trim_start_matches('[');
        let end = rest.find([' ', ']', '=']).unwrap_or(rest.len());
        rest.get(..end).map(str::to_owned)
    };
    match (find(problem, "key"), find(problem, "place")) {
        (Some(Arg::Text(key)), _) => return word(key),
        // `headers.NAME`, `hmac.secret`, `url ?key=`
        (_, Some(Arg::Text(place))) => {
            let last = place
                .rsplit_once('.')
                .map_or(place.as_str(), |(_, last)| last);
            return word(last);
        }
        _ => {}
    }
    let key = match problem.id.as_ref() {
        "source-schedule-unknown" => "schedule",
        "source-disabled-reason" => "disabled",
        "source-insecure-reason" => "insecure_certificate",
        "source-metrics-personal" | "source-sdmx-personal" => "personal_fields",
        "source-key-header-row" => "header_row",
        "source-next-needs-rows" => "next_at",
        "source-map-personal" => "data_day_column",
        "source-map-at-missing" | "source-map-at-and-column" => "series",
        "source-map-share-of" => "aggregate",
        "source-period-unreadable" => "period",
        "source-map-group-missing" | "source-series-unreadable" => "series",
        id if id.starts_with("source-url") || id.starts_with("source-sql-url") => "url",
        id if id.starts_with("source-placeholder") => "url",
        "source-no-url"
        | "source-no-folder"
        | "source-hmac-missing"
        | "source-inbox-missing"
        | "source-table-missing"
        | "source-no-maps" => "kind",
        _ => return None,
    };
    Some(key.to_owned())
}

fn find<'a>(problem: &'a Message, name: &str) -> Option<&'a Arg> {
    let found = problem.args.iter().find(|(known, _)| known == name);
    found.map(|(_, arg)| arg)
}

fn count(problem: &Message, name: &str) -> Option<usize> {
    match find(problem, name)? {
        Arg::Count(number) => usize::try_from(*number).ok(),
        _ => None,
    }
}

/// Lines that are no remark, with their numbers.
fn written(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate();
    lines
        .map(|(index, line)| (index + 1, line.trim_start()))
        .filter(|(_, line)| !line.starts_with('#'))
}

/// Whether a line writes a key: at its beginning, as the name of a table, or inside a table on one line.
fn writes(line: &str, key: &str) -> bool {
    let name = line.trim_start_matches('[');
    if name.len() < line.len() && name.trim_end().trim_end_matches(']') == key {
        return true;
    }
    let mut rest = line;
    while let Some((before, after)) = rest.split_once(key) {
        let begins = before
            .chars()
            .next_back()
            .is_none_or(|c| matches!(c, ' ' | '{' | ',' | '"' | '.'));
        let ends = after.trim_start_matches('"').trim_start();
        if begins && (ends.starts_with('=') || ends.starts_with('.')) {
            return true;
        }
        rest = after;
    }
    false
}

fn key_line(text: &str, key: &str) -> Option<usize> {
    let mut lines = written(text);
    lines.find(|(_, line)| writes(line, key)).map(|(at, _)| at)
}

/// The line with which the map of this place, from 0, begins.
fn header(text: &str, index: usize) -> Option<usize> {
    let mut maps = written(text).filter(|(_, line)| line.starts_with("[[map]]"));
    maps.nth(index).map(|(at, _)| at)
}

/// The line of a key in the map of this place, from 0.
pub(super) fn line_in_map(text: &str, index: usize, key: &str) -> Option<usize> {
    let begin = header(text, index)?;
    let end = header(text, index + 1).unwrap_or(usize::MAX);
    let mut lines = written(text).filter(|(at, _)| (begin..end).contains(at));
    lines.find(|(_, line)| writes(line, key)).map(|(at, _)| at)
}

/// The first line with one of the texts that the problem names.
fn by_text(text: &str, problem: &Message) -> Option<usize> {
    let texts = problem.args.iter().filter_map(|(_, arg)| match arg {
        Arg::Text(text) if text.len() > 2 => Some(text.as_str()),
        _ => None,
    });
    texts.into_iter().find_map(|wanted| line_with(text, wanted))
}

/// The first line that has this text.
pub(super) fn line_with(text: &str, wanted: &str) -> Option<usize> {
    let mut lines = written(text);
    lines
        .find(|(_, line)| line.contains(wanted))
        .map(|(at, _)| at)
}
