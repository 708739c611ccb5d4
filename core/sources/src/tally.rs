//! What a map has gathered from the rows so far: series, sums and rows left out.

use crate::answer::{Context, Lookup};
use crate::config::{Aggregate, GroupMatch, Map};
use crate::figure::{Number, Refused, is_within_limits, printed};
use crate::filter::Row;
use crate::notice::quote;
use crate::plan::{PeriodRule, Plan, SeriesPart};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::fold_width;
use rust_decimal::Decimal;
use std::collections::HashMap;

/// More groups than this are not a grouping.
pub(crate) const MAX_GROUPS: usize = 10_000;

/// Sums of one figure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Slot {
    pub series: usize,
    pub period: Option<Period>,
    pub rows: u64,
    pub hits: u64,
    pub values: u64,
    pub whole: i128,
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
            .filter(|sum| is_within_limits(*sum))
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
    pub fn add(&mut self, row: u64, example: &str, reason: impl FnOnce() -> Option<Message>) {
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
    /// Rows that stay below the line of a share because they cannot be compared.
    pub unreadable_share: Left,
    pub too_many_groups: bool,
}

impl Slot {
    pub fn take(
        &mut self,
        aggregate: Aggregate,
        outcome: Result<Number, Refused>,
        row: u64,
        cell: &str,
    ) {
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
                if self
                    .most
                    .as_ref()
                    .is_none_or(|most| most.value < number.value)
                {
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
    pub fn slot(&mut self, series: usize, period: Option<Period>) -> Option<usize> {
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
        self.slots.push(Slot {
            series,
            period,
            ..Slot::default()
        });
        self.slots_of.insert((series, period), slot);
        Some(slot)
    }

    /// Number of the row's series; rows without one are counted.
    pub fn series_of(
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
