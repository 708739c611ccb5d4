//! Rows that name their cells one by one (elements, attributes, dimensions), on their way into a
//! table. Which columns there are is only known at the end, so the table is made for the columns
//! that maps look at, and a map whose column never came is told at the end what came instead.

use crate::answer::Context;
use crate::check::columns;
use crate::config::SourceConfig;
use crate::filter::Row;
use crate::plan::{find_column, series_pieces};
use crate::preview::Recorder;
use crate::table::Table;
use crate::template::Piece;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// More columns than this are not a table.
pub(crate) const MAX_COLUMNS: usize = 1_000;

/// A row whose cells are laid out in the table's order.
pub(crate) struct Cells<'a>(pub Vec<&'a str>);

impl Row for Cells<'_> {
    fn cell(&self, column: usize) -> Cow<'_, str> {
        Cow::Borrowed(self.0.get(column).copied().unwrap_or(""))
    }
}

/// The table, and which columns were met.
pub(crate) struct NamedRows<'a> {
    pub table: Table<'a>,
    columns: Vec<String>,
    places: HashMap<String, usize>,
    met: Vec<bool>,
    names: BTreeSet<String>,
    /// Who notes whole rows: the table only sees the columns that maps look at.
    preview: Option<(&'a SourceConfig, &'a Recorder)>,
}

/// Every column that a source looks at, in order of mention.
fn looked_at(config: &SourceConfig) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for map in config.maps.iter().filter(|map| map.at.is_none()) {
        out.extend(columns(map).into_iter().map(str::to_owned));
        out.extend(
            series_pieces(&map.series)
                .into_iter()
                .filter_map(|piece| match piece {
                    Piece::Name(name) if name != "group" => Some(name),
                    _ => None,
                }),
        );
    }
    out.extend(config.data_day_column.clone());
    out
}

impl<'a> NamedRows<'a> {
    /// A table for the maps of a source, and for the columns that its decoder looks at.
    pub fn new(config: &'a SourceConfig, context: &Context<'a>, also: &[&str]) -> NamedRows<'a> {
        let mut columns: Vec<String> = Vec::new();
        let mut places = HashMap::new();
        let named = looked_at(config).into_iter();
        for name in named.chain(also.iter().map(|name| (*name).to_owned())) {
            let name = name.trim().to_owned();
            if !places.contains_key(&name) {
                places.insert(name.clone(), columns.len());
                columns.push(name);
            }
        }
        let unwatched = Context {
            preview: None,
            ..*context
        };
        NamedRows {
            table: Table::new(config, unwatched, &columns),
            preview: context.preview.map(|preview| (config, preview)),
            met: vec![false; columns.len()],
            columns,
            places,
            names: BTreeSet::new(),
        }
    }

    /// The table's columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// A column is there, whether or not a row fills it.
    pub fn meet(&mut self, name: &str) -> Result<(), Message> {
        if let Some(place) = self.places.get(name) {
            self.met[*place] = true;
        }
        if !self.names.contains(name) {
            if self.names.len() == MAX_COLUMNS {
                return Err(Message::new("source-too-many-columns")
                    .with("columns", MAX_COLUMNS + 1)
                    .with("limit", MAX_COLUMNS));
            }
            self.names.insert(name.to_owned());
        }
        Ok(())
    }

    /// Whether anybody looks at a column.
    pub fn has_place(&self, name: &str) -> bool {
        self.preview.is_some() || self.places.contains_key(name)
    }

    /// Whether a column was met.
    pub fn has_met(&self, name: &str) -> bool {
        self.places.get(name).is_some_and(|place| self.met[*place])
    }

    /// Names that were met, for a message.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Lays a row out in the table's order.
    pub fn lay<'b>(
        &mut self,
        row: impl IntoIterator<Item = (&'b str, &'b str)>,
    ) -> Result<Cells<'b>, Message> {
        let mut cells = vec![""; self.columns.len()];
        let mut whole = Vec::new();
        for (name, text) in row {
            self.meet(name)?;
            if self.preview.is_some() {
                whole.push((name, text));
            }
            if let Some(place) = self.places.get(name) {
                cells[*place] = text;
            }
        }
        if let Some((config, preview)) = self.preview {
            preview.named(config, whole);
        }
        Ok(Cells(cells))
    }

    /// The table, with a word on every map whose column never came; an error when no map is left.
    pub fn finish(mut self) -> Result<Table<'a>, Message> {
        if self.table.rows == 0 {
            return Ok(self.table);
        }
        let names: Vec<String> = self.names.iter().map(|name| clean(name)).collect();
        for plan in &mut self.table.plans {
            let missing = plan.columns().into_iter().find(|column| !self.met[*column]);
            if let Some(column) = missing
                && plan.problem.is_none()
            {
                plan.problem = find_column(&names, &self.columns[column]).err();
            }
        }
        if self.table.is_hopeless() {
            let problem = self
                .table
                .plans
                .iter()
                .find_map(|plan| plan.problem.clone());
            return Err(problem.unwrap_or_else(|| Message::new("source-no-rows")));
        }
        Ok(self.table)
    }
}
