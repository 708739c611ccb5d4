//! What one figure rests on, without the rest: enough to explain it, and a small part of the whole.

use super::{DATABASE, Session, published};
use crate::failure::Failure;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::address::{FigureAddress, SeriesId};
use quarterdeck_kpi::assess::without_year;
use quarterdeck_kpi::explain::{
    RestsOn, Row, Rows, Totals, Years, is_money, quarter_of, rests_on, series_behind,
};
use quarterdeck_kpi::observation::Recorded;
use quarterdeck_kpi::register::Register;
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_store::{Ahead, Amounts, Wanted};
use std::path::Path;

/// Begins to read the rows of a workspace's database while its files are read; for who will want all of these.
pub fn read_ahead(root: &Path, rests: RestsOn<'_>) -> Option<Ahead> {
    let database = root.join(DATABASE);
    match rests {
        RestsOn::All(rows) => Ahead::begin(&database, rows.readings, amounts(rows)),
        RestsOn::Agency(agency) => Ahead::begin_agency(&database, agency),
        RestsOn::Nothing | RestsOn::Source(_) => None,
    }
}

/// The amounts that are asked for, as the store is asked for them.
fn amounts(rows: Rows) -> Option<Amounts> {
    let years = rows.amounts?;
    Some(Amounts {
        first: years.first,
        last: years.last,
        totals: rows.totals == Totals::All,
    })
}

/// The rows that are read for a figure.
enum Behind {
    /// Those of these scopes; the first is the figure's own.
    Scopes(Vec<String>, Wanted),
    /// All of these kinds.
    Kinds(Rows),
    /// Those that a source brought.
    Source(String),
    /// The amounts of an agency and of the programmes it has a part in; these are known to be its.
    Agency(String, Vec<String>),
}

impl Session {
    /// What is known at a moment of a figure and of what it is computed from. Everything, where the figure's name
    /// does not tell, or an office's rule could refuse a reading because of others. The rows that today's files carry
    /// bear no time yet: no figure is decided by it, and `date_rows` gives it to those that are shown.
    pub fn snapshot_behind(
        &self,
        figure: &FigureAddress,
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Snapshot, Failure> {
        let at = as_of.unwrap_or_else(|| self.now());
        let version;
        let register = match as_of {
            None => &self.workspace.register,
            Some(at) => match self.version_at(at)? {
                Some(found) => {
                    version = found;
                    &version.register
                }
                None => return self.snapshot(as_of),
            },
        };
        let (Some(store), Some(behind)) = (self.store(), behind(register, figure)) else {
            return self.snapshot(as_of);
        };
        let (register, rows) = match behind {
            Behind::Source(source) => {
                return self.snapshot_of_source(as_of, &source);
            }
            Behind::Scopes(scopes, wanted) => {
                let mut register = of_scopes(register, &scopes);
                if wanted == Wanted::Readings {
                    register.money.clear();
                }
                (register, store.rows_of(at, &scopes, wanted)?)
            }
            Behind::Kinds(kinds) => {
                let mut rows = store.rows_of_kinds(at, kinds.readings, amounts(kinds))?;
                if kinds.totals == Totals::WhereNoYear {
                    let quarter = quarter_of(figure, self.default_quarter(at));
                    let known = register.money.iter().chain(&rows.money);
                    let without = without_year(register, known, quarter);
                    rows.money.extend(store.totals_of(at, &without)?);
                    rows.money.sort_by_key(|row| row.sequence);
                }
                (of_kinds(register, kinds), rows)
            }
            Behind::Agency(agency, programmes) => {
                let rows = store.amounts_of_agency(at, &agency, &programmes)?;
                let mut register = of_kinds(register, AMOUNTS);
                register.programmes.retain(|programme| {
                    let mut named = rows
                        .money
                        .iter()
                        .map(|row| row.item.key.programme.as_deref());
                    programmes.contains(&programme.id)
                        || named.any(|named| named == Some(programme.id.as_str()))
                });
                (register, rows)
            }
        };
        let mut known = Snapshot {
            as_of: at,
            register,
            observations: rows.observations,
            money: rows.money,
            ..Snapshot::default()
        };
        known.with_register_rows();
        Ok(known)
    }

    /// Gives the rows of an explanation that today's files carry the time since which they were known.
    pub(crate) fn date_rows(&self, known: &Snapshot, rows: &mut [Row]) -> Result<(), Failure> {
        let (Some(store), false) = (&self.store, self.is_dated) else {
            return Ok(());
        };
        // Of an earlier moment the rows were dated with their version; today's bear one time, until they are.
        let (carried, today) = (&known.register, &self.workspace.register);
        let is_shown = |sequence: i64| rows.iter().any(|row| row.sequence == sequence);
        let mut shown = Register {
            published: undated(&carried.published, &today.published, &is_shown),
            money: undated(&carried.money, &today.money, &is_shown),
            ..Register::default()
        };
        published::date(store, &mut shown, &self.workspace.files, known.as_of)?;
        let published = shown
            .published
            .iter()
            .map(|row| (row.sequence, row.recorded_at));
        let money = shown
            .money
            .iter()
            .map(|row| (row.sequence, row.recorded_at));
        for (sequence, recorded_at) in published.chain(money) {
            for row in rows.iter_mut().filter(|row| row.sequence == sequence) {
                row.recorded_at = recorded_at;
            }
        }
        Ok(())
    }
}

fn undated<T: Clone>(
    carried: &[Recorded<T>],
    today: &[Recorded<T>],
    is_shown: &dyn Fn(i64) -> bool,
) -> Vec<Recorded<T>> {
    let times: Option<DateTime<Utc>> = today.first().map(|row| row.recorded_at);
    let rows = carried.iter();
    rows.filter(|row| is_shown(row.sequence) && Some(row.recorded_at) == times)
        .cloned()
        .collect()
}

fn behind(register: &Register, figure: &FigureAddress) -> Option<Behind> {
    let scope = &*figure.series.scope;
    // Which other figures such a rule looks at is its own affair.
    let may_refuse = register.validation.iter().any(|rule| rule.reject);
    let others = |series: &mut dyn Iterator<Item = &SeriesId>| {
        let mut scopes = vec![scope.to_owned()];
        for series in series {
            if !scopes.iter().any(|known| *known == *series.scope) {
                scopes.push(series.scope.to_string());
            }
        }
        Behind::Scopes(scopes, wanted(register, figure))
    };
    let of_programme = register.programme(scope).map(|found| &found.indicators);
    let of_node = || register.node(scope).map(|found| &found.indicators);
    if let Some(indicators) = of_programme.or_else(of_node) {
        let computed = indicators.iter().filter_map(|i| i.computed_from.as_ref());
        let found = others(&mut computed.flat_map(|(over, under)| [over, under]));
        return (!may_refuse).then_some(found);
    }
    if let Some(series) = series_behind(register, &figure.series) {
        return (!may_refuse).then(|| others(&mut series.iter()));
    }
    Some(match rests_on(figure)? {
        RestsOn::Nothing => Behind::Kinds(NOTHING),
        RestsOn::Source(source) => Behind::Source(source.to_owned()),
        RestsOn::All(kinds) if may_refuse && kinds.readings => Behind::Kinds(Rows::ALL),
        RestsOn::All(kinds) => Behind::Kinds(kinds),
        RestsOn::Agency(agency) => {
            let leads = register.programmes.iter().filter(|p| p.lead == agency);
            let named = register.money.iter().map(|row| &row.item.key);
            let named = named.filter(|key| key.agency.as_deref() == Some(agency));
            let named = named.filter_map(|key| key.programme.as_deref());
            let programmes = leads.map(|p| p.id.as_str()).chain(named);
            Behind::Agency(agency.to_owned(), programmes.map(str::to_owned).collect())
        }
    })
}

/// A value of an indicator rests on readings alone, money on amounts alone; whatever else there is of a programme may
/// look at both.
fn wanted(register: &Register, figure: &FigureAddress) -> Wanted {
    match series_behind(register, &figure.series) {
        Some(_) => Wanted::Readings,
        None if is_money(figure) => Wanted::Amounts,
        None => Wanted::Both,
    }
}

const NOTHING: Rows = Rows {
    readings: false,
    amounts: None,
    totals: Totals::None,
};
const AMOUNTS: Rows = Rows {
    readings: false,
    amounts: Some(Years::ALL),
    totals: Totals::All,
};

/// The register with these scopes alone, their figures and amounts.
fn of_scopes(register: &Register, scopes: &[String]) -> Register {
    let is_one = |id: &str| scopes.iter().any(|scope| scope == id);
    let mut register = register.clone();
    register
        .programmes
        .retain(|programme| is_one(&programme.id));
    register
        .published
        .retain(|row| is_one(&row.item.series.scope));
    register
        .money
        .retain(|row| row.item.key.programme.as_deref().is_some_and(is_one));
    register
}

/// The register without the rows that are not asked for.
fn of_kinds(register: &Register, kinds: Rows) -> Register {
    let mut register = register.clone();
    if !kinds.readings {
        register.published.clear();
        // Without readings nothing stands but money.
        register.portfolio_indicators.clear();
        for node in &mut register.nodes {
            node.indicators.clear();
        }
        for programme in &mut register.programmes {
            programme.indicators.clear();
            programme.milestones.clear();
        }
    }
    if kinds.amounts.is_none() {
        register.money.clear();
    }
    register
}
