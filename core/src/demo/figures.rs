//! The invented figures, as plain tables: what the demo's portals and people know of each quarter.

use quarterdeck_kpi::calendar::Quarter;
use serde::Deserialize;
use std::collections::BTreeMap;

const READINGS: &str = include_str!("../../../assets/demo/readings.csv");
const MONEY: &str = include_str!("../../../assets/demo/money.csv");
const WORDS: &str = include_str!("../../../assets/demo/words.toml");

/// First and last quarter of the demo.
pub const QUARTERS: (Quarter, Quarter) = (
    Quarter {
        year: 2021,
        number: 1,
    },
    Quarter {
        year: 2025,
        number: 4,
    },
);

/// One invented reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// `P12/online-share`
    pub series: String,
    /// Which portal or road it comes by.
    pub road: String,
    /// Decimal text.
    pub value: String,
}

/// Words of the portals' answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub dataset_title: String,
    pub dataset_description: String,
    pub fields: String,
    pub contact_name: String,
    pub contact_phone: String,
    pub idea_title: String,
    pub idea_text: String,
    pub proposer: String,
    pub agencies: Vec<String>,
    pub correction_reason: String,
    pub evidence: String,
    pub restatement_reason: String,
    pub accept_reason: String,
    pub risk_reason: String,
    pub handled_reason: String,
    pub drop_header: String,
}

/// All tables, read once.
#[derive(Debug, Clone)]
pub struct Figures {
    readings: BTreeMap<Quarter, Vec<Reading>>,
    money_columns: Vec<String>,
    money: BTreeMap<Quarter, Vec<Vec<String>>>,
    /// Words of the answers.
    pub words: Words,
}

impl Figures {
    /// Reads the embedded tables; `None` only if the program was built with broken ones (a test reads them).
    pub fn embedded() -> Option<Figures> {
        let mut readings: BTreeMap<Quarter, Vec<Reading>> = BTreeMap::new();
        for line in READINGS.lines().skip(1) {
            let mut cells = line.split(',');
            let (series, quarter, road, value) =
                (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
            readings
                .entry(Quarter::parse(quarter).ok()?)
                .or_default()
                .push(Reading {
                    series: series.to_owned(),
                    road: road.to_owned(),
                    value: value.to_owned(),
                });
        }
        let mut lines = MONEY.lines();
        let money_columns: Vec<String> = lines.next()?.split(',').map(str::to_owned).collect();
        let mut money: BTreeMap<Quarter, Vec<Vec<String>>> = BTreeMap::new();
        for line in lines {
            let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            money
                .entry(Quarter::parse(cells.get(1)?).ok()?)
                .or_default()
                .push(cells);
        }
        let words = toml::from_str(WORDS).ok()?;
        Some(Figures {
            readings,
            money_columns,
            money,
            words,
        })
    }

    /// Readings of a quarter that come by this road.
    pub fn by_road<'a>(
        &'a self,
        quarter: Quarter,
        road: &'a str,
    ) -> impl Iterator<Item = &'a Reading> {
        self.readings
            .get(&quarter)
            .into_iter()
            .flatten()
            .filter(move |r| r.road == road)
    }

    /// The reading of one series.
    pub fn reading(&self, quarter: Quarter, series: &str) -> Option<&str> {
        let rows = self.readings.get(&quarter)?;
        rows.iter()
            .find(|r| r.series == series)
            .map(|r| r.value.as_str())
    }

    /// An amount since the beginning: this year's to date and those of the years before at their ends.
    pub fn since_beginning(
        &self,
        quarter: Quarter,
        programme: Option<&String>,
        column: &str,
    ) -> String {
        let at = self.money_columns.iter().position(|c| c == column);
        let sum: i64 = self
            .money
            .range(QUARTERS.0..=quarter)
            .filter(|(q, _)| q.number == 4 || **q == quarter)
            .flat_map(|(_, rows)| rows)
            .filter(|row| row.first() == programme)
            .filter_map(|row| row.get(at?)?.parse::<i64>().ok())
            .sum();
        sum.to_string()
    }

    /// Column names of the money table, and its rows for a quarter.
    pub fn money(&self, quarter: Quarter) -> (&[String], &[Vec<String>]) {
        (
            &self.money_columns,
            self.money.get(&quarter).map_or(&[], Vec::as_slice),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_programme_has_two_indicators_and_the_budgets_add_up() {
        let figures = Figures::embedded().unwrap();
        for number in 1..=29 {
            let prefix = format!("P{number:02}/");
            let series: std::collections::BTreeSet<_> = figures
                .readings
                .values()
                .flatten()
                .filter(|r| r.series.starts_with(&prefix))
                .map(|r| r.series.clone())
                .collect();
            assert!(series.len() >= 2, "{prefix} {series:?}");
        }
        // A programme that reported no money in the last quarter still has its year's budget.
        let year: std::collections::BTreeMap<String, i64> = (1..=4)
            .filter_map(|number| Quarter::new(QUARTERS.1.year, number))
            .flat_map(|quarter| {
                let (columns, rows) = figures.money(quarter);
                let budget = columns.iter().position(|c| c == "budget_ntd").unwrap();
                rows.iter()
                    .map(move |row| (row[0].clone(), row[budget].parse().unwrap()))
            })
            .collect();
        assert_eq!(year.len(), 29);
        let sum: i64 = year.values().sum();
        assert_eq!(sum, 6_240_000_000);
    }
}
