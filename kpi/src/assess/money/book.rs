//! The money lines of one programme, or of an agency itself, laid out by what is asked of them.

use crate::calendar::Quarter;
use crate::money::{MoneyLine, Span};
use crate::observation::Recorded;
use std::collections::{BTreeMap, BTreeSet};

/// Lines of one owner and span, by the end of their period.
pub(super) type Lines<'a> = Vec<&'a Recorded<MoneyLine>>;
/// Some of them.
pub(super) type Part<'l, 'a> = &'l [&'a Recorded<MoneyLine>];

/// The lines of one owner.
#[derive(Default)]
pub(super) struct Book<'a> {
    /// 年累計, by fiscal year.
    years: BTreeMap<i32, Lines<'a>>,
    /// 總累計.
    since_beginning: Lines<'a>,
    /// The agencies that any of them names.
    pub(super) agencies: BTreeSet<&'a str>,
}

impl<'a> Book<'a> {
    /// Of lines by the end of their period.
    pub(super) fn of(lines: impl Iterator<Item = &'a Recorded<MoneyLine>>) -> Self {
        let mut book = Book::default();
        for row in lines {
            book.agencies.extend(row.item.key.agency.as_deref());
            match row.item.key.span {
                Span::YearToDate => book
                    .years
                    .entry(row.item.key.fiscal_year)
                    .or_default()
                    .push(row),
                Span::SinceBeginning => book.since_beginning.push(row),
            }
        }
        book
    }
    /// 年累計 lines of the quarter's fiscal year.
    pub(super) fn year(&self, quarter: Quarter) -> Part<'_, 'a> {
        self.years.get(&quarter.year).map_or(&[], Vec::as_slice)
    }
    /// 總累計 lines that stand by the quarter's end.
    pub(super) fn since_beginning(&self, quarter: Quarter) -> Part<'_, 'a> {
        let by_then = |row: &&Recorded<MoneyLine>| row.item.period.end <= quarter.end();
        let count = self.since_beginning.partition_point(by_then);
        self.since_beginning.get(..count).unwrap_or_default()
    }
    fn lines(&self) -> impl Iterator<Item = &'a Recorded<MoneyLine>> {
        let years = self.years.values().flatten();
        years.chain(&self.since_beginning).copied()
    }
    pub(super) fn of_agency(&self, agency: &str) -> Book<'a> {
        let is_its = |row: &&Recorded<MoneyLine>| row.item.key.agency.as_deref() == Some(agency);
        Book::of(self.lines().filter(is_its))
    }
}
