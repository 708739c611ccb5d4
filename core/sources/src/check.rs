//! What is wrong with a source file beyond its TOML: found offline, before anything is asked.

use crate::config::{Aggregate, Kind, Map, SourceConfig};
use crate::encoding::labelled;
use crate::notice::quote;
use crate::plan::{OBSERVED, series_pieces};
use crate::schedule::{FORMS, Schedule, WORDS};
use crate::targets::TARGET;
use crate::template::{Piece, address, fill};
use crate::value_path::ValuePath;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::{Period, Quarter};
use quarterdeck_kpi::message::Message;

/// Longest pause between two calls that a source may ask for: an hour. Whoever wants more of one
/// wants a slower schedule.
const MOST_SECONDS: u32 = 3_600;

/// Stands for an origin that is only known at run time.
const SOME_ORIGIN: Option<&str> = Some("http://127.0.0.1");

/// Any quarter serves to try placeholders.
const SOME_QUARTER: Quarter = Quarter {
    year: 2025,
    number: 1,
};

impl SourceConfig {
    /// Every problem of the file, each naming its key; empty when the source can be collected.
    pub fn problems(&self) -> Vec<Message> {
        let mut out = Vec::new();
        self.check_whole(&mut out);
        for (index, map) in self.maps.iter().enumerate() {
            let mut found = Vec::new();
            self.check_map(map, &mut found);
            out.extend(found.into_iter().map(|reason| {
                Message::new("source-map-problem")
                    .with("map", index + 1)
                    .with("series", quote(&map.series))
                    .with("reason", reason)
            }));
        }
        out
    }

    fn check_whole(&self, out: &mut Vec<Message>) {
        let bad = |key: &'static str, value: &str| {
            Message::new("source-key-value")
                .with("key", key)
                .with("value", quote(value))
        };
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || !self.id.chars().all(is_word) {
            out.push(bad("id", &self.id));
        }
        if Schedule::parse(&self.schedule).is_none() {
            out.push(
                Message::new("source-schedule-unknown")
                    .with("value", quote(&self.schedule))
                    .with("known", [WORDS.join(", "), FORMS.join(", ")].join(", ")),
            );
        }
        match (self.kind, &self.url, &self.folder) {
            (Kind::Sheet, Some(_), Some(_)) => out.push(Message::new("source-url-and-folder")),
            (Kind::Sheet, None, Some(_)) => {}
            (Kind::File | Kind::Inbox, _, None) => {
                out.push(Message::new("source-no-folder").with("kind", self.kind.id()));
            }
            (Kind::File | Kind::Inbox, _, Some(_)) => {}
            (Kind::Sql, Some(url), _) => out.extend(crate::sql::database(url).err()),
            (_, None, _) => {
                out.push(Message::new("source-no-url").with("source", self.id.as_str()));
            }
            (_, Some(url), _) => {
                // One that has no targets is told so, once.
                match address(self, url, SOME_QUARTER, SOME_ORIGIN, Some("x1")) {
                    Ok(url) if url.starts_with("https://") || url.starts_with("http://") => {}
                    Ok(_) => out.push(Message::new("source-url-scheme")),
                    Err(message) => out.push(message),
                }
            }
        }
        out.extend(self.target_problems(SOME_QUARTER, SOME_ORIGIN));
        if self.disabled
            && self
                .disabled_reason
                .as_deref()
                .is_none_or(|r| r.trim().is_empty())
        {
            out.push(Message::new("source-disabled-reason"));
        }
        if let Some(label) = &self.encoding
            && labelled(label).is_none()
        {
            out.push(bad("encoding", label));
        }
        if let Some(delimiter) = &self.delimiter
            && (delimiter.len() != 1 || delimiter == "\"" || delimiter == "\n" || delimiter == "\r")
        {
            out.push(bad("delimiter", delimiter));
        }
        match (self.header_row, self.kind) {
            (None, _) | (Some(1..=crate::header::LOWEST), Kind::Csv | Kind::File) => {}
            (Some(row), Kind::Csv | Kind::File) => out.push(bad("header_row", &row.to_string())),
            (Some(_), _) => out.push(Message::new("source-key-header-row")),
        }
        if self
            .page_size
            .is_some_and(|size| size == 0 || size > 100_000)
        {
            out.push(bad("page_size", &self.page_size().to_string()));
        }
        if self.calls_per_day == Some(0) {
            out.push(bad("calls_per_day", "0"));
        }
        if let Some(seconds) = self.seconds_between_calls.filter(|s| *s > MOST_SECONDS) {
            out.push(bad("seconds_between_calls", &seconds.to_string()));
        }
        if self.min_rows_percent() > 100 {
            out.push(bad(
                "min_rows_percent",
                &self.min_rows_percent().to_string(),
            ));
        }
        if self
            .accept_status
            .iter()
            .any(|status| !(100..600).contains(status))
        {
            out.push(bad("accept_status", &format!("{:?}", self.accept_status)));
        }
        if self
            .insecure_certificate
            .as_deref()
            .is_some_and(|r| r.trim().is_empty())
        {
            out.push(Message::new("source-insecure-reason"));
        }
        crate::sql::check(self, out);
        crate::health::check(self, out);
        for path in self
            .rows
            .iter()
            .chain(&self.data_day_at)
            .chain(&self.next_at)
        {
            out.extend(ValuePath::parse(path).err());
        }
        for (key, is_set, fits) in [
            ("rows", self.rows.is_some(), self.kind.is_json()),
            ("next_at", self.next_at.is_some(), self.kind == Kind::Json),
        ] {
            if is_set && !fits {
                out.push(Message::new("source-key-json-only").with("key", key));
            }
        }
        if self.next_at.is_some() && self.rows.is_none() {
            out.push(Message::new("source-next-needs-rows"));
        }
        if self.ckan.is_some() && self.kind != Kind::Ckan {
            out.push(foreign("ckan", Kind::Ckan));
        }
        if self.kind == Kind::Openmetrics && !self.personal_fields.is_empty() {
            out.push(Message::new("source-metrics-personal"));
        }
        if self.data_day_at.is_some() && !self.kind.is_json() {
            out.push(Message::new("source-key-json-only").with("key", "data_day_at"));
        }
        out.extend(self.literal_secrets());
        match (&self.sheet, self.kind) {
            (None, _) => {}
            (Some(sheet), Kind::Sheet | Kind::Inbox) => sheet.problems(out),
            (Some(_), _) => {
                out.push(Message::new("source-key-sheet-only").with("key", "[sheet]"));
            }
        }
        match (&self.inbox, self.kind) {
            (Some(inbox), Kind::Inbox) => {
                inbox.problems(out);
                if self.keep_original {
                    out.push(bad("keep_original", "true"));
                }
            }
            (None, Kind::Inbox) => out.push(Message::new("source-inbox-missing")),
            (Some(_), _) => {
                out.push(Message::new("source-key-inbox-only").with("key", "[inbox]"));
            }
            (None, _) => {}
        }
        if self.maps.is_empty() && !self.disabled {
            out.push(Message::new("source-no-maps"));
        }
        self.check_own_keys(out);
        for column in self.data_day_column.iter().filter(|c| self.is_personal(c)) {
            out.push(Message::new("source-map-personal").with("column", quote(column)));
        }
    }

    /// Keys that belong to one kind alone.
    fn check_own_keys(&self, out: &mut Vec<Message>) {
        for (key, kind, is_there) in [
            ("sdmx", Kind::Sdmx, self.sdmx.is_some()),
            ("procurement", Kind::Procurement, self.procurement.is_some()),
            ("hmac", Kind::Gdb, self.hmac.is_some()),
        ] {
            if is_there && self.kind != kind {
                let text = Message::new("source-key-of-kind").with("key", key);
                out.push(text.with("kind", kind.id()));
            }
        }
        match self.kind {
            Kind::Sdmx => out.extend(crate::sdmx::problems(self, SOME_QUARTER)),
            Kind::Procurement => out.extend(crate::procurement::problems(self)),
            Kind::Gdb if self.hmac.is_none() => out.push(Message::new("source-hmac-missing")),
            _ => {}
        }
        for (key, value) in [
            ("calls_per_day", self.calls_per_day),
            ("seconds_between_calls", self.seconds_between_calls),
        ] {
            if value == Some(0) {
                let text = Message::new("source-key-value").with("key", key);
                out.push(text.with("value", "0"));
            }
        }
    }

    fn check_map(&self, map: &Map, out: &mut Vec<Message>) {
        let is_json = self.kind.is_json();
        let has_samples = matches!(self.kind, Kind::Prometheus | Kind::Openmetrics);
        if map.at.is_some() && !is_json && self.kind != Kind::Ckan {
            out.push(Message::new("source-key-json-only").with("key", "at"));
        }
        if is_json && map.at.is_none() && self.rows.is_none() {
            out.push(Message::new("source-map-at-missing"));
        }
        if map.at.is_some() && (map.column.is_some() || !map.filter.is_empty()) {
            out.push(Message::new("source-map-at-and-column"));
        }
        if map.at.is_some() && map.aggregate.is_some_and(|a| a != Aggregate::Count) {
            out.push(Message::new("source-map-at-aggregate"));
        }
        for path in map.at.iter().chain(&map.period_at).chain(&map.unit_at) {
            out.extend(ValuePath::parse(path).err());
        }
        if map.file.is_some() && self.kind != Kind::Inbox {
            out.push(Message::new("source-key-inbox-only").with("key", "file"));
        }
        self.check_series(map, out);
        self.check_query(map, out);
        if self.kind == Kind::Health {
            crate::health::check_map(self, map, out);
        }
        let needs_column =
            !has_samples && !matches!(map.aggregate, Some(Aggregate::Count | Aggregate::Share));
        if map.at.is_none() && needs_column && map.column.is_none() {
            out.push(Message::new("source-map-column-missing"));
        }
        if (map.aggregate == Some(Aggregate::Share)) == map.share_of.is_empty() {
            out.push(Message::new("source-map-share-of"));
        }
        if (map.unit_at.is_some() || map.unit_column.is_some()) != map.unit_text.is_some() {
            out.push(Message::new("source-map-unit-text"));
        }
        if let Some(written) = &map.period {
            let filled = match written.trim() {
                // A query of Prometheus asks for a moment of its own.
                OBSERVED if self.kind != Kind::Prometheus => Ok(SOME_QUARTER.to_string()),
                written => fill(written, SOME_QUARTER, None),
            };
            if !filled.is_ok_and(|text| Period::parse(&text).is_ok()) {
                out.push(Message::new("source-period-unreadable").with("text", quote(written)));
            }
        }
        for filter in map.filter.iter().chain(&map.share_of) {
            let found = |_: &str| Ok(0);
            out.extend(crate::filter::Test::new(filter, SOME_QUARTER, &found).err());
        }
        let personal = columns(map)
            .into_iter()
            .filter(|column| self.is_personal(column));
        out.extend(
            personal
                .map(|column| Message::new("source-map-personal").with("column", quote(column))),
        );
    }

    /// What only a query to Prometheus has.
    fn check_query(&self, map: &Map, out: &mut Vec<Message>) {
        if self.kind != Kind::Prometheus {
            for (key, is_set) in [
                ("query", map.query.is_some()),
                ("step", map.step.is_some()),
                (
                    "aggregate = \"increase\"",
                    map.aggregate == Some(Aggregate::Increase),
                ),
            ] {
                if is_set {
                    out.push(foreign(key, Kind::Prometheus));
                }
            }
            return;
        }
        // Every period is over by then, so that the whole of it is looked at.
        let later = chrono::DateTime::<chrono::Utc>::MAX_UTC;
        let problem = crate::metric_query::asked(map, SOME_QUARTER, later).err();
        // The period is looked at for every kind.
        out.extend(problem.filter(|problem| problem.id != "source-period-unreadable"));
        if map.step.is_some() && map.aggregate.is_none() {
            out.push(Message::new("source-map-step-aggregate"));
        }
    }

    fn check_series(&self, map: &Map, out: &mut Vec<Message>) {
        let mut sample = String::new();
        let (mut has_group, mut has_column) = (false, false);
        if self.has_targets() && !map.series.contains(TARGET) {
            out.push(Message::new("source-targets-series"));
        }
        for piece in series_pieces(&map.series) {
            match piece {
                Piece::Text(text) => sample.push_str(&text),
                Piece::Name(name) if name == "target" && self.has_targets() => sample.push('x'),
                Piece::Name(name) => {
                    has_group |= name == "group";
                    has_column |= name != "group";
                    if self.is_personal(&name) {
                        let text = Message::new("source-map-personal");
                        out.push(text.with("column", quote(&name)));
                    }
                    sample.push('x');
                }
            }
        }
        if SeriesId::parse(&sample).is_err() || (map.at.is_some() && (has_group || has_column)) {
            out.push(Message::new("source-series-unreadable").with("series", quote(&map.series)));
        }
        if has_group != map.group_by.is_some() {
            out.push(Message::new("source-map-group-missing"));
        }
    }
}

/// A key that stands in a source of another kind.
fn foreign(key: &'static str, kind: Kind) -> Message {
    Message::new("source-key-other-kind")
        .with("key", key)
        .with("kind", kind.id())
}

/// Names of all columns that a map uses.
pub(crate) fn columns_of(map: &Map) -> Vec<String> {
    let mut out: Vec<String> = columns(map).into_iter().map(str::to_owned).collect();
    for piece in series_pieces(&map.series) {
        if let Piece::Name(name) = piece
            && name != "group"
        {
            out.push(name);
        }
    }
    out
}

/// Columns a map looks at.
pub(crate) fn columns(map: &Map) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    out.extend(map.column.as_deref());
    out.extend(map.group_by.as_deref());
    out.extend(map.period_column.as_deref());
    out.extend(map.unit_column.as_deref());
    for filter in map.filter.iter().chain(&map.share_of) {
        out.push(&filter.column);
        out.extend(filter.value_column.as_deref());
    }
    out
}
