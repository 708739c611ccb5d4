//! Rows to figures: the one engine behind CSV, datastore pages and JSON rows.

use crate::answer::{Context, Lookup};
use crate::config::{Aggregate, SourceConfig};
use crate::figure::{Number, Refused, Unit, is_blank, printed, read_period, today};
use crate::filter::{Row, Verdict};
use crate::notice::{list, quote};
use crate::plan::{PeriodRule, Plan, find_column};
use crate::tally::{MAX_GROUPS, Tally};
use chrono::NaiveDate;
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::fold_width;
use std::collections::HashMap;

/// More figures than this in one answer are not meant.
const MAX_READINGS: usize = 100_000;

/// Aggregates of the pages so far, handed from page to page by the caller.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Carried {
    pub(crate) tallies: Vec<Tally>,
    pub(crate) data_day: Option<NaiveDate>,
    pub(crate) total: Option<u64>,
    pub(crate) first_page: Option<u64>,
    /// Why a map could not be followed on an earlier page; its aggregate lacks that page's rows.
    pub(crate) problems: Vec<Option<Message>>,
}

/// A row's figure, not yet a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Single {
    pub plan: usize,
    pub series: usize,
    pub row: u64,
    /// Where its cell stands, instead of the row's number.
    pub place: Option<String>,
    pub period: Option<Period>,
    pub outcome: Result<Number, Refused>,
    pub received: String,
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

impl<'a> Table<'a> {
    /// Makes the maps that look at columns ready.
    pub fn new(config: &'a SourceConfig, context: Context<'a>, columns: &[String]) -> Table<'a> {
        if let Some(preview) = context.preview {
            preview.begin(config, columns);
        }
        let mut plans: Vec<Plan<'a>> = config
            .maps
            .iter()
            .filter(|map| map.at.is_none())
            .map(|map| Plan::new(map, config, &context, columns))
            .collect();
        let mut tallies = vec![Tally::default(); plans.len()];
        let mut data_day = None;
        if let Some(carried) = context.carried
            && carried.tallies.len() == plans.len()
        {
            tallies.clone_from(&carried.tallies);
            data_day = carried.data_day;
            for (plan, problem) in plans.iter_mut().zip(&carried.problems) {
                plan.problem = problem.clone().or_else(|| plan.problem.take());
            }
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
        if let Some(preview) = self.context.preview {
            preview.row(row);
        }
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
                    tally
                        .unreadable
                        .add(number, &row.cell(test.column()), || None);
                    return;
                }
            }
        }
        let Some(series) = tally.series_of(plan, row, number, &mut self.label, &self.context)
        else {
            return;
        };
        let period = match plan.period {
            PeriodRule::Fixed(_) => None,
            PeriodRule::Column(column) => {
                let cell = row.cell(column);
                if is_blank(&cell) {
                    tally
                        .periods
                        .add(number, "", || Some(Message::new("source-period-blank")));
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
                            let refused = Refused {
                                printed: printed(&cell),
                                reason: reason.clone(),
                            };
                            self.singles.push(Single {
                                plan: index,
                                series,
                                row: number,
                                place: plan.value.and_then(|column| row.place(column)),
                                period: None,
                                outcome: Err(refused),
                                received: cell.into_owned(),
                            });
                        }
                        tally
                            .periods
                            .add(number, &row.cell(column), || Some(reason));
                        return;
                    }
                }
            }
        };
        let Some(aggregate) = plan.map.aggregate else {
            let cell = plan
                .value
                .map(|column| row.cell(column))
                .unwrap_or_default();
            if is_blank(&cell) {
                tally.blank += 1;
            } else if self.singles.len() >= MAX_READINGS {
                self.too_many_readings = true;
            } else {
                self.singles.push(Single {
                    plan: index,
                    series,
                    row: number,
                    place: plan.value.and_then(|column| row.place(column)),
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
                let failed = plan
                    .share_of
                    .iter()
                    .map(|test| (test, test.on(row)))
                    .find(|(_, verdict)| *verdict != Verdict::Pass);
                match failed {
                    None => slot.hits += 1,
                    Some((test, Verdict::Unreadable)) => {
                        let cell = row.cell(test.column());
                        tally.unreadable_share.add(number, &cell, || None);
                    }
                    Some(_) => {}
                }
            }
            Aggregate::Sum
            | Aggregate::Increase
            | Aggregate::Last
            | Aggregate::Max
            | Aggregate::Mean => {
                let cell = plan
                    .value
                    .map(|column| row.cell(column))
                    .unwrap_or_default();
                if is_blank(&cell) {
                    tally.blank += 1;
                    return;
                }
                if plan.is_plain
                    && matches!(
                        aggregate,
                        Aggregate::Sum | Aggregate::Increase | Aggregate::Mean
                    )
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

    /// Refuses maps that would give several figures of one series and period; `labels` are the names
    /// by which their rows could be told apart.
    pub fn refuse_several(&mut self, labels: &[&str]) {
        for index in 0..self.plans.len() {
            let plan = &mut self.plans[index];
            let is_single = plan.map.aggregate.is_none()
                && plan.is_constant()
                && matches!(plan.period, PeriodRule::Fixed(_));
            let rows = self.singles.iter().filter(|s| s.plan == index).count();
            if is_single && rows > 1 {
                plan.problem = Some(
                    Message::new("source-several-series")
                        .with("rows", rows)
                        .with("labels", list(labels.iter().copied())),
                );
                self.singles.retain(|single| single.plan != index);
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
    let refused = |reason| Refused {
        printed: printed(cell),
        reason,
    };
    if let Some(reason) = plan.value.and_then(|column| row.problem(column)) {
        return Err(refused(reason));
    }
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
