//! Amounts of some alone: of an agency, of a few programmes.

use crate::ahead::Question;
use crate::dictionary::Dictionary;
use crate::error::StoreError;
use crate::known::was_known;
use crate::model::Rows;
use crate::queries;
use crate::read::{Reader, all, money};
use crate::store::Store;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::money::MoneyLine;
use quarterdeck_kpi::observation::Recorded;
use rusqlite::Row;
use std::collections::HashSet;

impl Store {
    /// The amounts of an agency recorded by a moment, by sequence, with all of these programmes and of every other of
    /// which a line names it.
    pub fn amounts_of_agency(
        &self,
        as_of: DateTime<Utc>,
        agency: &str,
        programmes: &[String],
    ) -> Result<Rows, StoreError> {
        self.read(|connection, dictionary| {
            dictionary.refresh(connection)?;
            let question = Question::Agency(agency.to_owned());
            let early = match self.ahead.take() {
                Some(ahead) => ahead.seen_by(connection, dictionary, &question)?,
                None => None,
            };
            let known = match early {
                Some(early) => early,
                None => question.answered(connection, dictionary)?,
            };
            let mut amounts = known.amounts;
            // Of a programme that no line says to be the agency's there is nothing among them.
            let named: HashSet<Option<&str>> = amounts
                .iter()
                .map(|row| row.item.key.programme.as_deref())
                .collect();
            let ids = programmes.iter().map(String::as_str);
            let left: Vec<&str> = ids.filter(|id| !named.contains(&Some(*id))).collect();
            if !left.is_empty() {
                let sql = queries::MONEY_OF_PROGRAMMES;
                let mut reader = Reader::on(connection);
                let take = |row: &Row<'_>| money(row, dictionary, &mut reader);
                let others = all(connection, sql, [numbers(dictionary, &left)], take)?;
                amounts.extend(others);
                amounts.sort_by_key(|row| row.sequence);
            }
            amounts.retain(|row| was_known(row, as_of));
            Ok(Rows {
                money: amounts,
                ..Rows::default()
            })
        })
    }

    /// The 總累計 amounts of these programmes recorded by a moment, by sequence; without rows that act on others.
    pub fn totals_of(
        &self,
        as_of: DateTime<Utc>,
        programmes: &[impl AsRef<str>],
    ) -> Result<Vec<Recorded<MoneyLine>>, StoreError> {
        if programmes.is_empty() {
            return Ok(Vec::new());
        }
        self.read(|connection, dictionary| {
            dictionary.refresh(connection)?;
            let values = [numbers(dictionary, programmes)];
            let mut reader = Reader::on(connection);
            let take = |row: &Row<'_>| money(row, dictionary, &mut reader);
            let mut found = all(connection, queries::TOTALS_OF_PROGRAMMES, values, take)?;
            found.retain(|row| was_known(row, as_of));
            Ok(found)
        })
    }
}

/// The numbers of words, as a list in JSON. What nobody named yet has no number, and no row.
fn numbers(dictionary: &Dictionary, words: &[impl AsRef<str>]) -> String {
    let ids = words
        .iter()
        .filter_map(|word| dictionary.text_id(word.as_ref()));
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    format!("[{}]", ids.join(","))
}
