//! What was asked for, held against what came.

use super::{TIME, VALUE};
use crate::config::SourceConfig;
use crate::filter::Row;
use crate::notice::{Notices, list, nearest, quote};
use chrono::NaiveDate;
use quarterdeck_kpi::calendar::{Period, Quarter};
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use std::borrow::Cow;
use std::collections::HashMap;

/// Periods that are remembered, so that each is read once.
const MAX_PERIODS: usize = 10_000;

/// Lets pass what a source asked for.
pub(crate) struct Screen {
    wanted: Vec<Wanted>,
    start: NaiveDate,
    end: NaiveDate,
    time: Option<usize>,
    value: Option<usize>,
    action: Option<usize>,
    periods: HashMap<String, bool>,
    other_key: u64,
    example: String,
    other_time: u64,
}

struct Wanted {
    dimension: String,
    codes: Vec<String>,
    column: Option<usize>,
}

/// A row in which `NaN` is nothing.
pub(crate) struct Shown<'a, R> {
    row: &'a R,
    value: Option<usize>,
}

impl<R: Row> Row for Shown<'_, R> {
    fn cell(&self, column: usize) -> Cow<'_, str> {
        let cell = self.row.cell(column);
        if Some(column) == self.value && cell.trim().eq_ignore_ascii_case("nan") {
            return Cow::Borrowed("");
        }
        cell
    }
}

/// A dimension that was asked for and is not in the answer.
pub(super) fn absent<'a>(dimension: &str, there: impl Iterator<Item = &'a str>) -> Message {
    let mut there: Vec<&str> = there.collect();
    there.sort_unstable();
    let near = nearest(dimension, there.iter().copied());
    Message::new("source-sdmx-dimension")
        .with("dimension", quote(dimension))
        .with("near", near.map_or_else(|| "-".to_owned(), quote))
        .with("columns", list(there))
}

impl Screen {
    /// What a source asks for in a quarter.
    pub fn new(config: &SourceConfig, quarter: Quarter) -> Result<Screen, Message> {
        let (start, end) = config.sdmx_range(quarter)?;
        let read = |text: &str| {
            Period::parse(text)
                .map_err(|_| Message::new("source-period-unreadable").with("text", quote(text)))
        };
        let (start, end) = (read(&start)?.start, read(&end)?.end);
        if start > end {
            return Err(Message::new("source-sdmx-range")
                .with("start", start)
                .with("end", end));
        }
        let wanted = config
            .sdmx
            .iter()
            .flat_map(|settings| &settings.key)
            .map(|(dimension, codes)| Wanted {
                dimension: dimension.trim().to_owned(),
                codes: codes
                    .split('+')
                    .map(|code| code.trim().to_owned())
                    .collect(),
                column: None,
            })
            .collect();
        Ok(Screen {
            wanted,
            start,
            end,
            time: None,
            value: None,
            action: None,
            periods: HashMap::new(),
            other_key: 0,
            example: String::new(),
            other_time: 0,
        })
    }

    /// Dimensions that were asked for.
    pub fn dimensions(&self) -> impl Iterator<Item = &str> {
        self.wanted.iter().map(|wanted| wanted.dimension.as_str())
    }

    /// Finds its columns; a dimension that is not there refuses the answer, since nobody can say
    /// whether its observations are those that were asked for.
    pub fn prepare(&mut self, columns: &[String]) -> Result<(), Message> {
        let find = |name: &str| columns.iter().position(|column| column == name);
        self.time = find(TIME);
        self.value = find(VALUE);
        self.action = find("ACTION").filter(|_| find("STRUCTURE").is_some());
        for wanted in &mut self.wanted {
            wanted.column = find(&wanted.dimension);
            if wanted.column.is_none() {
                let there = columns.iter().map(String::as_str);
                return Err(absent(&wanted.dimension, there));
            }
        }
        Ok(())
    }

    /// Whether an observation was asked for.
    pub fn admits(&mut self, row: &impl Row) -> bool {
        // SDMX-CSV 2.0 lists observations to be deleted beside those that hold.
        if self
            .action
            .is_some_and(|column| row.cell(column).trim() == "D")
        {
            return false;
        }
        for wanted in &self.wanted {
            let Some(column) = wanted.column else {
                continue;
            };
            let cell = row.cell(column);
            if !wanted.codes.iter().any(|code| code == cell.trim()) {
                if self.other_key == 0 {
                    self.example = format!("{}={}", wanted.dimension, quote(&cell));
                }
                self.other_key += 1;
                return false;
            }
        }
        let Some(column) = self.time else { return true };
        let cell = row.cell(column);
        let is_inside = match self.periods.get(cell.trim()) {
            Some(known) => *known,
            None => {
                // What cannot be read is told by the map that looks at it.
                let inside = Period::parse(&cell).map_or(true, |period| {
                    period.end >= self.start && period.start <= self.end
                });
                if self.periods.len() < MAX_PERIODS {
                    self.periods.insert(cell.trim().to_owned(), inside);
                }
                inside
            }
        };
        self.other_time += u64::from(!is_inside);
        is_inside
    }

    /// A row as a table may see it.
    pub fn shown<'a, R: Row>(&self, row: &'a R) -> Shown<'a, R> {
        Shown {
            row,
            value: self.value,
        }
    }

    /// Says what was left out; an error when nothing of what came was asked for.
    pub fn close(
        &self,
        config: &SourceConfig,
        offered: u64,
        notices: &mut Notices,
    ) -> Result<(), Message> {
        let left_out = self.other_key + self.other_time;
        if !config.allow_empty {
            if offered == 0 {
                return Err(Message::new("source-no-rows"));
            }
            if left_out == offered {
                return Err(Message::new("source-sdmx-nothing-left")
                    .with("rows", offered)
                    .with("key", self.other_key)
                    .with("time", self.other_time)
                    .with("start", self.start)
                    .with("end", self.end));
            }
        }
        if self.other_key > 0 {
            let text = Message::new("source-sdmx-filter-ignored")
                .with("rows", self.other_key)
                .with("of", offered)
                .with("example", self.example.as_str());
            notices.add("filter-ignored@1", Severity::Warning, None, config, text);
        }
        if self.other_time > 0 {
            let text = Message::new("source-sdmx-time-ignored")
                .with("rows", self.other_time)
                .with("of", offered)
                .with("start", self.start)
                .with("end", self.end);
            notices.add("time-ignored@1", Severity::Info, None, config, text);
        }
        Ok(())
    }
}
