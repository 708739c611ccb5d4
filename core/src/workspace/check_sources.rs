//! What the files of sources say, beside each other and beside the register.

use super::build;
use super::check::Notes;
use super::check_register::Names;
use super::parse::Parsed;
use super::toml_text::{File, nearest_hint};
use super::{Problem, folder, source_lines};
use quarterdeck_kpi::indicator::Road;
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::CONVERSIONS;
use quarterdeck_sources::config::{Map, SourceConfig};
use quarterdeck_view::i18n;
use std::collections::{BTreeMap, BTreeSet};

/// Checks all source files, and whether every indicator that waits for one has it.
pub(super) fn check(parsed: &Parsed, names: &Names, out: &mut Vec<Problem>) {
    let mut feeds = Vec::new();
    let mut ids = BTreeMap::new();
    for file in &parsed.sources {
        let source = &file.content;
        let stem = file
            .name
            .trim_start_matches("sources/")
            .trim_end_matches(".toml");
        if source.id != stem {
            let message = Message::new("check-file-name")
                .with("id", folder::safe(&source.id))
                .with("file", format!("sources/{}.toml", folder::safe(&source.id)));
            out.push(Problem::error(
                &file.name,
                source_lines::line_with(&file.text, &source.id),
                message,
            ));
        }
        if let Some(first) = ids.insert(source.id.clone(), file.name.clone()) {
            let message = Message::new("check-duplicate")
                .with("id", folder::safe(&source.id))
                .with("first", first);
            out.push(Problem::error(
                &file.name,
                source_lines::line_with(&file.text, &source.id),
                message,
            ));
        }
        for message in source.problems() {
            let line = source_lines::line_of(&file.text, &message);
            out.push(Problem::error(&file.name, line, message));
        }
        units(file, names, out);
        for map in source
            .maps
            .iter()
            .filter(|m| m.series.starts_with("agency:{group}"))
        {
            let unknown =
                |id: &&String| !names.agencies.is_empty() && !names.agencies.contains(*id);
            for id in map.groups.values().filter(unknown) {
                let message = Message::new("check-unknown-agency").with("id", folder::safe(id));
                let next = nearest_hint(id, names.agencies.iter().map(String::as_str));
                let line = source_lines::line_with(&file.text, &format!("\"{id}\""));
                out.push(Problem::error(&file.name, line, message).next(next));
            }
        }
        for feed in source.feeds() {
            // What a template feeds depends on the answer, and an example feeds nothing yet.
            if !source.disabled && !feed.contains('{') && !names.takes_series(&feed) {
                let message =
                    Message::new("check-unknown-series").with("series", folder::safe(&feed));
                let next = nearest_hint(&feed, names.series.iter().map(String::as_str));
                let problem = Problem::warning(
                    &file.name,
                    source_lines::line_with(&file.text, &feed),
                    message,
                );
                out.push(problem.next(next));
            }
            if !source.disabled {
                feeds.push(feed);
            }
        }
    }
    fed_twice(parsed, out);
    for file in &parsed.programmes {
        for raw in &file.content.indicators {
            let Some(series) = build::series(file.content.id.get_ref(), raw.series.get_ref())
            else {
                continue;
            };
            let series = series.to_string();
            if raw.road == Road::Source && !feeds.iter().any(|feed| may_feed(feed, &series)) {
                let message = Message::new("check-not-fed").with("series", series);
                let mut notes = Notes { file, out };
                notes.warning(raw.series.span(), message, None);
            }
        }
    }
}

/// Whether a series or template of a source (`{column}/satisfaction`) can be this series.
fn may_feed(feed: &str, series: &str) -> bool {
    let Some((before, rest)) = feed.split_once('{') else {
        return feed == series;
    };
    let Some(rest_of_series) = series.strip_prefix(before) else {
        return false;
    };
    let after = rest.split_once('}').map_or("", |(_, after)| after);
    (0..=rest_of_series.len())
        .filter_map(|at| rest_of_series.get(at..))
        .any(|tail| may_feed(after, tail))
}

/// Units of maps that nobody knows: neither the language files, nor the register, nor a conversion.
fn units(file: &File<SourceConfig>, names: &Names, out: &mut Vec<Problem>) {
    let words = i18n::keys("unit-");
    let words = words.iter().filter_map(|key| key.strip_prefix("unit-"));
    let own = names.units.values().map(String::as_str);
    let converted = CONVERSIONS.iter().map(|(name, _, _)| *name);
    let known: BTreeSet<&str> = words.chain(own).chain(converted).collect();
    for (index, map) in file.content.maps.iter().enumerate() {
        let Some(unit) = map.unit.as_deref().filter(|unit| !known.contains(unit)) else {
            continue;
        };
        let message = Message::new("check-unknown-unit").with("unit", folder::safe(unit));
        let line = source_lines::line_in_map(&file.text, index, "unit");
        let next = nearest_hint(unit, known.iter().copied());
        out.push(Problem::warning(&file.name, line, message).next(next));
    }
}

/// What tells the figures of maps apart: series, 年累計 or 總累計, file of a package.
type Fed<'a> = (String, Option<&'static str>, Option<&'a str>);
/// A map, its file and its place among the maps there.
type By<'a> = (&'a Map, &'a File<SourceConfig>, usize);

/// Figures that two maps lead to: which value counts would depend on which answer came last.
fn fed_twice(parsed: &Parsed, out: &mut Vec<Problem>) {
    let mut seen: BTreeMap<Fed<'_>, Vec<By<'_>>> = BTreeMap::new();
    for file in parsed.sources.iter().filter(|f| !f.content.disabled) {
        for (index, map) in file.content.maps.iter().enumerate() {
            for series in series_of(map) {
                let span = map.span.map(quarterdeck_kpi::money::Span::series_name);
                let key = (series, span, map.file.as_deref());
                let known = seen.entry(key.clone()).or_default();
                let earlier = known.iter().find(|(other, ..)| may_meet(map, other));
                if let Some((_, other, at)) = earlier {
                    let line = |file: &File<SourceConfig>, index| {
                        source_lines::line_in_map(&file.text, index, "series")
                    };
                    let place = match line(other, *at) {
                        Some(line) => format!("{}:{line}", other.name),
                        None => other.name.clone(),
                    };
                    let message = Message::new("check-fed-twice")
                        .with("series", folder::safe(&key.0))
                        .with("other", place);
                    let next = Message::new("check-fed-twice-next");
                    let problem = Problem::warning(&file.name, line(file, index), message);
                    out.push(problem.next(Some(next)));
                }
                known.push((map, file, index));
            }
        }
    }
}

/// The series that a map names: what a template makes of the answer is not known here, but for its groups.
fn series_of(map: &Map) -> Vec<String> {
    if !map.series.contains('{') {
        return vec![map.series.clone()];
    }
    let ids: BTreeSet<&String> = map.groups.values().collect();
    let made = ids.iter().map(|id| map.series.replace("{group}", id));
    made.filter(|series| !series.contains('{')).collect()
}

/// Whether two maps of a series may speak of one period: not if each names one, and another.
fn may_meet(one: &Map, other: &Map) -> bool {
    let fixed = |map: &Map| map.period.clone().filter(|period| !period.contains('{'));
    match (fixed(one), fixed(other)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}
