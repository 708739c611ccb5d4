//! Maps made ready for the columns of an answer.

use crate::answer::Context;
use crate::config::{Aggregate, Kind, Map, SourceConfig};
use crate::figure::{CONVERSIONS, Dated, today};
use crate::filter::Test;
use crate::notice::{list, nearest, quote};
use crate::template::{Piece, fill, pieces};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::{Period, Quarter};
use quarterdeck_kpi::message::Message;

/// Where a figure's series comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SeriesPart {
    Text(String),
    Column(usize),
    Group(usize),
}

/// Where a figure's period comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PeriodRule {
    Fixed(Period),
    Column(usize),
}

/// A map made ready for the columns of this answer.
pub(crate) struct Plan<'a> {
    pub map: &'a Map,
    pub series: Vec<SeriesPart>,
    pub value: Option<usize>,
    pub filters: Vec<Test>,
    pub share_of: Vec<Test>,
    pub period: PeriodRule,
    /// How it is known that a value was true in a period that is not read from the data.
    pub dated: Dated,
    pub unit_column: Option<usize>,
    /// Numbers are taken as they are printed.
    pub is_plain: bool,
    /// Why this map cannot be followed in this answer.
    pub problem: Option<Message>,
}

/// Finds a column by its name, or says what is there instead.
pub(crate) fn find_column(columns: &[String], name: &str) -> Result<usize, Message> {
    let mut found = columns
        .iter()
        .enumerate()
        .filter(|(_, c)| *c == name.trim());
    let first = found.next();
    if found.next().is_some() {
        return Err(Message::new("source-column-twice").with("column", quote(name)));
    }
    first.map(|(index, _)| index).ok_or_else(|| {
        let there = list(columns.iter().map(String::as_str));
        match nearest(name, columns.iter().map(String::as_str)) {
            Some(near) => Message::new("source-column-renamed")
                .with("column", quote(name))
                .with("near", quote(near))
                .with("columns", there),
            None => Message::new("source-column-missing")
                .with("column", quote(name))
                .with("columns", there),
        }
    })
}

/// Names of columns in a series template.
pub(crate) fn series_pieces(template: &str) -> Vec<Piece> {
    pieces(template, |_| true)
}

impl<'a> Plan<'a> {
    pub fn new(
        map: &'a Map,
        config: &SourceConfig,
        context: &Context<'_>,
        columns: &[String],
    ) -> Plan<'a> {
        let mut plan = Plan {
            map,
            series: Vec::new(),
            value: None,
            filters: Vec::new(),
            share_of: Vec::new(),
            period: PeriodRule::Fixed(context.quarter.period()),
            dated: dated(config, map),
            unit_column: None,
            is_plain: map.unit_text.is_none()
                && !CONVERSIONS.iter().any(|c| Some(c.0) == map.unit.as_deref()),
            problem: None,
        };
        plan.problem = plan.prepare(config, context, columns).err();
        plan
    }

    fn prepare(
        &mut self,
        config: &SourceConfig,
        context: &Context<'_>,
        columns: &[String],
    ) -> Result<(), Message> {
        let map = self.map;
        let find = |name: &str| {
            if config.is_personal(name) {
                return Err(Message::new("source-map-personal").with("column", quote(name)));
            }
            find_column(columns, name)
        };
        for piece in series_pieces(&map.series) {
            self.series.push(match piece {
                Piece::Text(text) => SeriesPart::Text(text),
                Piece::Name(name) if name == "group" => match &map.group_by {
                    Some(column) => SeriesPart::Group(find(column)?),
                    None => return Err(Message::new("source-map-group-missing")),
                },
                Piece::Name(name) => SeriesPart::Column(find(&name)?),
            });
        }
        self.period = match &map.period_column {
            Some(column) => PeriodRule::Column(find(column)?),
            None => PeriodRule::Fixed(fixed_period(map, context)?),
        };
        self.value = map.column.as_deref().map(find).transpose()?;
        let needs_value = !matches!(map.aggregate, Some(Aggregate::Count | Aggregate::Share));
        if needs_value && self.value.is_none() {
            return Err(Message::new("source-map-column-missing"));
        }
        for (filters, tests) in [
            (&map.filter, &mut self.filters),
            (&map.share_of, &mut self.share_of),
        ] {
            for filter in filters {
                tests.push(Test::new(filter, context.quarter, &find)?);
            }
        }
        self.unit_column = map.unit_column.as_deref().map(find).transpose()?;
        Ok(())
    }

    /// The series does not depend on the row.
    pub fn fixed_series(&self) -> Option<SeriesId> {
        SeriesId::parse(&self.map.series).ok()
    }

    pub fn is_constant(&self) -> bool {
        self.series
            .iter()
            .all(|part| matches!(part, SeriesPart::Text(_)))
    }

    pub fn columns(&self) -> Vec<usize> {
        let mut out: Vec<usize> = self
            .series
            .iter()
            .filter_map(|part| match part {
                SeriesPart::Text(_) => None,
                SeriesPart::Column(column) | SeriesPart::Group(column) => Some(*column),
            })
            .chain(self.value)
            .chain(self.unit_column)
            .chain(match self.period {
                PeriodRule::Column(column) => Some(column),
                PeriodRule::Fixed(_) => None,
            })
            .collect();
        out.extend(
            self.filters
                .iter()
                .chain(&self.share_of)
                .flat_map(Test::columns),
        );
        out
    }
}

/// Stands for the quarter in which an answer came, in Taipei: for a source that says how things are now and names no
/// day.
pub(crate) const OBSERVED: &str = "{observed_quarter}";

/// The period written in a map, `{quarter}` without one.
pub(crate) fn fixed_period(map: &Map, context: &Context<'_>) -> Result<Period, Message> {
    match map.period.as_deref().map(str::trim) {
        Some(OBSERVED) => Ok(Quarter::containing(today(context)).period()),
        _ => fixed_period_in(map, context.quarter),
    }
}

/// Whether a map's own period, or the question that was asked, says which period the values are of. `{quarter}` in a
/// map says only where they are filed.
pub(crate) fn dated(config: &SourceConfig, map: &Map) -> Dated {
    let by_question = match config.kind {
        // These ask for the period itself.
        Kind::Prometheus | Kind::Sdmx | Kind::Procurement => true,
        _ => {
            let filters = || map.filter.iter().chain(&map.share_of);
            let query = config.sql.iter().map(|sql| sql.query.as_str());
            config.url.as_deref().is_some_and(names_quarter)
                || filters().any(|f| f.value.as_deref().is_some_and(names_quarter))
                || query.into_iter().any(binds_quarter)
        }
    };
    let by_map = map
        .period
        .as_deref()
        .is_some_and(|text| !text.contains('{'));
    match by_question || by_map {
        true => Dated::Stated,
        false => Dated::Nowhere,
    }
}

/// A text with a placeholder that no two quarters fill alike, and that bounds the answer at the quarter's end.
fn names_quarter(text: &str) -> bool {
    ["{quarter}", "{quarter_number}", "{quarter_end}"]
        .iter()
        .any(|placeholder| text.contains(placeholder))
}

/// The same of the parameters of a query.
fn binds_quarter(query: &str) -> bool {
    query.split(':').skip(1).any(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        matches!(
            rest.get(..end.unwrap_or(rest.len())),
            Some("quarter" | "quarter_end")
        )
    })
}

/// The period written in a map, for a quarter.
pub(crate) fn fixed_period_in(map: &Map, quarter: Quarter) -> Result<Period, Message> {
    let written = map.period.as_deref().unwrap_or("{quarter}");
    let text = fill(written, quarter, None)?;
    Period::parse(&text)
        .map_err(|_| Message::new("source-period-unreadable").with("text", quote(written)))
}
