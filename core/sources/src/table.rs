//! Rows to figures: the one engine behind CSV, datastore pages and JSON rows.

use crate::answer::{Context, Lookup};
use crate::config::{Aggregate, GroupMatch, Map, SourceConfig};
use crate::figure::{CONVERSIONS, Number, Refused, Unit, is_blank, printed, read_period, today};
use crate::filter::{Row, Test, Verdict};
use crate::notice::{list, nearest, quote};
use crate::template::{Piece, fill, pieces};
use chrono::NaiveDate;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::fold_width;
use rust_decimal::Decimal;
use std::collections::HashMap;

/// More groups than this are not a grouping.
const MAX_GROUPS: usize = 10_000;
/// More figures than this in one answer are not meant.
const MAX_READINGS: usize = 100_000;

/// Aggregates of the pages so far, handed from page to page by the caller.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Carried {
    pub(crate) tallies: Vec<Tally>,
    pub(crate) data_day: Option<NaiveDate>,
    pub(crate) total: Option<u64>,
    pub(crate) first_record: Option<u64>,
}

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
    pub unit_column: Option<usize>,
    /// Numbers are taken as they are printed.
    pub is_plain: bool,
    /// Why this map cannot be followed in this answer.
    pub problem: Option<Message>,
}

/// A row's figure, not yet a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Single {
    pub plan: usize,
    pub series: usize,
    pub row: u64,
    pub period: Option<Period>,
    pub outcome: Result<Number, Refused>,
    pub received: String,
}

/// Sums of one figure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Slot {
    pub series: usize,
    pub period: Option<Period>,
    pub rows: u64,
    pub hits: u64,
    pub values: u64,
    whole: i128,
    sum: Decimal,
    pub overflow: bool,
    pub most: Option<Number>,
    pub last: Option<(Number, String)>,
    pub bad: u64,
    pub first_bad: Option<(u64, Refused)>,
}

impl Slot {
    /// Exact sum; `None` beyond 28 digits.
    pub fn sum(&self) -> Option<Decimal> {
        if self.overflow {
            return None;
        }
        Decimal::try_from_i128_with_scale(self.whole, 0)
            .ok()?
            .checked_add(self.sum)
    }
}

/// An example kept of rows that were left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Left {
    pub rows: u64,
    pub first_row: u64,
    pub example: String,
    pub reason: Option<Message>,
}

impl Left {
    fn add(&mut self, row: u64, example: &str, reason: impl FnOnce() -> Option<Message>) {
        if self.rows == 0 {
            self.first_row = row;
            self.example = quote(example);
            self.reason = reason();
        }
        self.rows += 1;
    }
}

/// What a map has gathered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    /// Series met so far; `Err` for a label that leads to none.
    pub series: Vec<(SeriesId, Lookup)>,
    labels: HashMap<String, Option<usize>>,
    slots_of: HashMap<(usize, Option<Period>), usize>,
    pub slots: Vec<Slot>,
    pub unknown: Left,
    pub blank: u64,
    pub periods: Left,
    pub unreadable: Left,
    pub too_many_groups: bool,
}

/// The rows of one answer on their way to figures.
pub(crate) struct Table<'a> {
    pub config: &'a SourceConfig,
    pub context: Context<'a>,
    pub plans: Vec<Plan<'a>>,
    pub tallies: Vec<Tally>,
    pub singles: Vec<Single>,
    pub too_many_readings: bool,
    pub rows: u64,
    pub data_day: Option<NaiveDate>,
    pub future_day: Option<NaiveDate>,
    data_day_column: Option<usize>,
    newest: Vec<u8>,
    today: NaiveDate,
    label: String,
    periods: HashMap<(usize, String), Result<Period, Message>>,
}

/// Finds a column by its name, or says what is there instead.
pub(crate) fn find_column(columns: &[String], name: &str) -> Result<usize, Message> {
    let mut found = columns.iter().enumerate().filter(|(_, c)| *c == name.trim());
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
    fn new(map: &'a Map, context: &Context<'_>, columns: &[String]) -> Plan<'a> {
        let mut plan = Plan {
            map,
            series: Vec::new(),
            value: None,
            filters: Vec::new(),
            share_of: Vec::new(),
            period: PeriodRule::Fixed(context.quarter.period()),
            unit_column: None,
            is_plain: map.unit_text.is_none()
                && !CONVERSIONS.iter().any(|c| Some(c.0) == map.unit.as_deref()),
            problem: None,
        };
        plan.problem = plan.prepare(context, columns).err();
        plan
    }

    fn prepare(&mut self, context: &Context<'_>, columns: &[String]) -> Result<(), Message> {
        let map = self.map;
        let find = |name: &str| find_column(columns, name);
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

    fn is_constant(&self) -> bool {
        self.series.iter().all(|part| matches!(part, SeriesPart::Text(_)))
    }

    fn columns(&self) -> Vec<usize> {
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
        out.extend(self.filters.iter().chain(&self.share_of).flat_map(Test::columns));
        out
    }
}

/// The period written in a map, `{quarter}` without one.
pub(crate) fn fixed_period(map: &Map, context: &Context<'_>) -> Result<Period, Message> {
    let written = map.period.as_deref().unwrap_or("{quarter}");
    let text = fill(written, context.quarter, None)?;
    Period::parse(&text)
        .map_err(|_| Message::new("source-period-unreadable").with("text", quote(written)))
}

impl<'a> Table<'a> {
    /// Makes the maps that look at columns ready.
    pub fn new(config: &'a SourceConfig, context: Context<'a>, columns: &[String]) -> Table<'a> {
        let plans: Vec<Plan<'a>> = config
            .maps
            .iter()
            .filter(|map| map.at.is_none())
            .map(|map| Plan::new(map, &context, columns))
            .collect();
        let mut tallies = vec![Tally::default(); plans.len()];
        let mut data_day = None;
        if let Some(carried) = context.carried
            && carried.tallies.len() == plans.len()
        {
            tallies.clone_from(&carried.tallies);
            data_day = carried.data_day;
        }
        let data_day_column = config
            .data_day_column
            .as_deref()
            .and_then(|name| find_column(columns, name).ok());
        Table {
            config,
            context,
            plans,
            tallies,
            singles: Vec::new(),
            too_many_readings: false,
            rows: 0,
            data_day,
            future_day: None,
            data_day_column,
            newest: Vec::new(),
            today: today(&context),
            label: String::new(),
            periods: HashMap::new(),
        }
    }

    /// Columns that any map looks at.
    pub fn used_columns(&self) -> Vec<usize> {
        let mut used: Vec<usize> = self.plans.iter().flat_map(Plan::columns).collect();
        used.sort_unstable();
        used.dedup();
        used
    }

    /// Whether no map can be followed in this answer.
    pub fn is_hopeless(&self) -> bool {
        !self.plans.is_empty() && self.plans.iter().all(|plan| plan.problem.is_some())
    }

    /// Takes a row; `number` counts from 1 over all pages.
    pub fn row(&mut self, row: &impl Row, number: u64) {
        self.rows += 1;
        if let Some(column) = self.data_day_column {
            self.look_at_day(&row.cell(column));
        }
        for index in 0..self.plans.len() {
            if self.plans[index].problem.is_none() {
                self.row_of_plan(index, row, number);
            }
        }
    }

    fn row_of_plan(&mut self, index: usize, row: &impl Row, number: u64) {
        let plan = &self.plans[index];
        let tally = &mut self.tallies[index];
        for test in &plan.filters {
            match test.on(row) {
                Verdict::Pass => {}
                Verdict::Fail => return,
                Verdict::Unreadable => {
                    tally.unreadable.add(number, &row.cell(test.column()), || None);
                    return;
                }
            }
        }
        let Some(series) = tally.series_of(plan, row, number, &mut self.label, &self.context) else {
            return;
        };
        let period = match plan.period {
            PeriodRule::Fixed(_) => None,
            PeriodRule::Column(column) => {
                let cell = row.cell(column);
                if is_blank(&cell) {
                    tally.periods.add(number, "", || Some(Message::new("source-period-blank")));
                    return;
                }
                let known = (index, cell.trim().to_owned());
                let read = match self.periods.get(&known) {
                    Some(read) => read.clone(),
                    None => {
                        let widen = plan.map.period_kind;
                        let read = read_period(&cell, plan.map.calendar, widen, self.today);
                        if self.periods.len() < MAX_GROUPS {
                            self.periods.insert(known, read.clone());
                        }
                        read
                    }
                };
                match read {
                    Ok(period) => Some(period),
                    Err(reason) => {
                        if plan.map.aggregate.is_none() && self.singles.len() < MAX_READINGS {
                            let refused = Refused { printed: printed(&cell), reason: reason.clone() };
                            self.singles.push(Single {
                                plan: index,
                                series,
                                row: number,
                                period: None,
                                outcome: Err(refused),
                                received: cell.into_owned(),
                            });
                        }
                        tally.periods.add(number, &row.cell(column), || Some(reason));
                        return;
                    }
                }
            }
        };
        let Some(aggregate) = plan.map.aggregate else {
            let cell = plan.value.map(|column| row.cell(column)).unwrap_or_default();
            if is_blank(&cell) {
                tally.blank += 1;
            } else if self.singles.len() >= MAX_READINGS {
                self.too_many_readings = true;
            } else {
                self.singles.push(Single {
                    plan: index,
                    series,
                    row: number,
                    period,
                    outcome: read_cell(plan, &tally.series[series].1, row, &cell),
                    received: cell.into_owned(),
                });
            }
            return;
        };
        let Some(slot) = tally.slot(series, period) else {
            return;
        };
        let slot = &mut tally.slots[slot];
        slot.rows += 1;
        match aggregate {
            Aggregate::Count => {}
            Aggregate::Share => {
                slot.hits += u64::from(plan.share_of.iter().all(|t| t.on(row) == Verdict::Pass));
            }
            Aggregate::Sum | Aggregate::Last | Aggregate::Max | Aggregate::Mean => {
                let cell = plan.value.map(|column| row.cell(column)).unwrap_or_default();
                if is_blank(&cell) {
                    tally.blank += 1;
                    return;
                }
                if plan.is_plain
                    && matches!(aggregate, Aggregate::Sum | Aggregate::Mean)
                    && let Some(whole) = small_whole(&cell)
                {
                    slot.values += 1;
                    slot.whole += whole;
                    return;
                }
                let outcome = read_cell(plan, &tally.series[series].1, row, &cell);
                slot.take(aggregate, outcome, number, &cell);
            }
        }
    }

    /// Keeps the latest day of the data; days that lie ahead are only noted.
    fn look_at_day(&mut self, cell: &str) {
        let bytes = cell.trim().as_bytes();
        let start = &bytes[..bytes.len().min(10)];
        let is_iso = start.len() == 10 && start[4] == b'-' && start[7] == b'-';
        if is_iso && start <= self.newest.as_slice() {
            return;
        }
        let Ok(day) = quarterdeck_kpi::calendar::parse_date(cell) else {
            return;
        };
        if day > self.today {
            self.future_day = self.future_day.max(Some(day));
            return;
        }
        if is_iso {
            self.newest = start.to_vec();
        }
        self.data_day = self.data_day.max(Some(day));
    }
}

/// Plain digits, the common case of a catalogue, without a detour.
fn small_whole(cell: &str) -> Option<i128> {
    let text = cell.trim();
    if text.len() > 18 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse::<i64>().ok().map(i128::from)
}

fn read_cell(
    plan: &Plan<'_>,
    known: &Lookup,
    row: &impl Row,
    cell: &str,
) -> Result<Number, Refused> {
    let refused = |reason| Refused { printed: printed(cell), reason };
    if let (Some(column), Some(expected)) = (plan.unit_column, &plan.map.unit_text) {
        check_unit_text(&row.cell(column), expected).map_err(refused)?;
    }
    // A unit that differs from the register's is said once, where the reading is made.
    let unit = Unit::of(plan.map, known).or_else(|_| Unit::of(plan.map, &Lookup::Unlisted));
    unit.map_err(refused)?.read(cell)
}

/// The answer must name the unit the map expects.
pub(crate) fn check_unit_text(named: &str, expected: &str) -> Result<(), Message> {
    if fold_width(named.trim()) == fold_width(expected.trim()) {
        Ok(())
    } else {
        Err(Message::new("source-unit-changed")
            .with("expected", quote(expected))
            .with("named", quote(named)))
    }
}

impl Slot {
    fn take(&mut self, aggregate: Aggregate, outcome: Result<Number, Refused>, row: u64, cell: &str) {
        use quarterdeck_kpi::observation::Qualifier;
        let outcome = outcome.and_then(|number| {
            if aggregate != Aggregate::Last && number.qualifier != Qualifier::Exact {
                return Err(Refused {
                    printed: printed(cell),
                    reason: Message::new("source-bound-in-sum"),
                });
            }
            Ok(number)
        });
        match outcome {
            Ok(number) => {
                self.values += 1;
                match self.sum.checked_add(number.value) {
                    Some(sum) => self.sum = sum,
                    None => self.overflow = true,
                }
                if self.most.as_ref().is_none_or(|most| most.value < number.value) {
                    self.most = Some(number.clone());
                }
                if aggregate == Aggregate::Last {
                    self.last = Some((number, cell.to_owned()));
                    self.first_bad = None;
                }
            }
            Err(refused) => {
                self.bad += 1;
                if aggregate == Aggregate::Last || self.first_bad.is_none() {
                    self.first_bad = Some((row, refused));
                }
            }
        }
    }
}

impl Tally {
    /// The slot of a series and period, made when it is new.
    fn slot(&mut self, series: usize, period: Option<Period>) -> Option<usize> {
        if period.is_none()
            && let Some(slot) = self.slots.get(series)
            && slot.series == series
            && slot.period.is_none()
        {
            return Some(series);
        }
        if let Some(slot) = self.slots_of.get(&(series, period)) {
            return Some(*slot);
        }
        if self.slots.len() >= MAX_GROUPS {
            self.too_many_groups = true;
            return None;
        }
        let slot = self.slots.len();
        self.slots.push(Slot { series, period, ..Slot::default() });
        self.slots_of.insert((series, period), slot);
        Some(slot)
    }

    /// Number of the row's series; rows without one are counted.
    fn series_of(
        &mut self,
        plan: &Plan<'_>,
        row: &impl Row,
        number: u64,
        label: &mut String,
        context: &Context<'_>,
    ) -> Option<usize> {
        label.clear();
        for part in &plan.series {
            match part {
                SeriesPart::Text(_) => {}
                SeriesPart::Column(column) | SeriesPart::Group(column) => {
                    let cell = row.cell(*column);
                    if !label.is_empty() {
                        label.push('\u{1f}');
                    }
                    label.push_str(cell.trim());
                }
            }
        }
        if let Some(known) = self.labels.get(label.as_str()) {
            if known.is_none() {
                self.unknown.add(number, label, || None);
            }
            return *known;
        }
        if self.labels.len() >= MAX_GROUPS {
            self.too_many_groups = true;
            self.unknown.add(number, label, || None);
            return None;
        }
        let found = resolve(plan, row).map(|series| ((context.lookup)(&series), series));
        let place = match found {
            Some((Lookup::UnknownScope, _)) | None => None,
            Some((known, series)) => {
                let same = self.series.iter().position(|(id, _)| *id == series);
                Some(same.unwrap_or_else(|| {
                    self.series.push((series, known));
                    self.series.len() - 1
                }))
            }
        };
        if place.is_none() {
            self.unknown.add(number, label, || None);
        }
        self.labels.insert(label.clone(), place);
        place
    }

    /// Makes sure that a figure that counts nothing still counts, as 0.
    pub fn start_constant(&mut self, plan: &Plan<'_>, context: &Context<'_>) {
        if plan.is_constant()
            && plan.map.aggregate == Some(Aggregate::Count)
            && matches!(plan.period, PeriodRule::Fixed(_))
            && self.slots.is_empty()
            && let Some(series) = plan.fixed_series()
        {
            let known = (context.lookup)(&series);
            if known != Lookup::UnknownScope {
                self.series.push((series, known));
                self.labels.insert(String::new(), Some(0));
                let _ = self.slot(0, None);
            }
        }
    }
}

/// The series of a row, labels replaced by ids.
fn resolve(plan: &Plan<'_>, row: &impl Row) -> Option<SeriesId> {
    let mut text = String::new();
    for part in &plan.series {
        match part {
            SeriesPart::Text(piece) => text.push_str(piece),
            SeriesPart::Column(column) => {
                let cell = row.cell(*column);
                let label = fold_width(cell.trim());
                text.push_str(plan.map.groups.get(label.as_str()).unwrap_or(&label));
            }
            SeriesPart::Group(column) => {
                let cell = row.cell(*column);
                text.push_str(&group_of(plan.map, cell.trim())?);
            }
        }
    }
    SeriesId::parse(&text).ok()
}

/// The group's id behind a label; without a table of groups the label itself.
fn group_of(map: &Map, label: &str) -> Option<String> {
    if map.groups.is_empty() {
        return (!label.is_empty()).then(|| fold_width(label));
    }
    match map.group_match {
        GroupMatch::Exact => map.groups.get(label).cloned(),
        GroupMatch::Prefix => map
            .groups
            .iter()
            .filter(|(name, _)| label.starts_with(name.as_str()))
            .max_by_key(|(name, _)| name.len())
            .map(|(_, id)| id.clone()),
    }
}
