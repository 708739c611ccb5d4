//! Figures of indicators, tasks, risk and progress.

use super::budget::is_dash;
use super::head::Head;
use super::known::Known;
use super::names;
use super::store::{Planned, plan};
use super::table::{Row as Line, Table};
use super::{Change, Effect, Outcome, Refused};
use crate::entry::{self, Row};
use crate::failure::Failure;
use crate::session::Session;
use quarterdeck_kpi::address::{FigureAddress, SeriesId};
use quarterdeck_kpi::assess::is_unit_factor;
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::Observation;
use quarterdeck_kpi::text::{clean, fold_for_search};
use quarterdeck_view::i18n::{Language, word};
use quarterdeck_view::msg::EntryRequest;
use std::collections::BTreeMap;

/// A value of a table on its way to a row.
pub(super) struct Typed {
    pub series: SeriesId,
    pub period: Period,
    pub text: String,
    pub place: String,
    pub reason: Option<String>,
}

/// What is known, and what the table said so far.
pub(super) struct Taking<'s> {
    session: &'s Session,
    known: Known,
    seen: BTreeMap<String, String>,
    pub rows: Vec<Planned>,
}

impl<'s> Taking<'s> {
    pub fn new(session: &'s Session) -> Result<Taking<'s>, Failure> {
        Ok(Taking {
            session,
            known: Known::of(session)?,
            seen: BTreeMap::new(),
            rows: Vec::new(),
        })
    }

    /// Holds a value against what is known, and plans its row.
    pub fn take(&mut self, typed: Typed, outcome: &mut Outcome) -> Result<(), Message> {
        let subject = typed.series.clone().at(typed.period).to_string();
        if let Some(first) = self.seen.get(&subject) {
            return Err(Message::new("import-twice").with("first", first.as_str()));
        }
        self.seen.insert(subject.clone(), typed.place.clone());
        let request = EntryRequest {
            key: subject.clone(),
            series: typed.series,
            period: typed.period,
            text: typed.text,
            evidence: None,
            note: None,
        };
        let row = entry::prepare(self.session, &request, self.session.now(), false)?;
        let (now, old, new, same, before) = match &row {
            Row::Reading(item) => {
                let now = self.known.reading(&item.series, item.period);
                let same = |old: &Observation| {
                    old.reading == item.reading && old.qualifier == item.qualifier
                };
                let text = |item: &Observation| {
                    let value = item.value().map(|value| value.normalize().to_string());
                    value.or(item.printed.clone()).unwrap_or_default()
                };
                let before = match now.and_then(|v| Some((item.period, v.value.value()?))) {
                    Some(now) => Some(now),
                    None => self.known.earlier_value(&item.series, item.period),
                };
                (
                    now.map(|v| v.sequence),
                    now.map(|v| text(&v.value)),
                    text(item),
                    now.is_some_and(|v| same(&v.value)),
                    before.zip(item.value()),
                )
            }
            Row::Money(item) => {
                let now = self.known.amount(&item.key, item.period);
                let before = match now {
                    Some(value) => Some((item.period, value.value)),
                    None => self.known.earlier_amount(&item.key, item.period),
                };
                (
                    now.map(|v| v.sequence),
                    now.map(|v| v.value.to_string()),
                    item.amount_ntd.to_string(),
                    now.is_some_and(|v| v.value == item.amount_ntd),
                    before.map(|(period, was)| ((period, was.into()), item.amount_ntd.into())),
                )
            }
        };
        let factor = self.session.workspace().register.rules.quality.unit_factor;
        if let Some(((period, was), is)) = before
            && typed.reason.is_none()
            && is_unit_factor(was, is, factor)
        {
            return Err(Message::new("import-jump")
                .with("before", was)
                .with("period", period)
                .with("now", is)
                .with("factor", factor));
        }
        let effect = match &old {
            None => Effect::New,
            Some(_) if same => Effect::Unchanged,
            Some(_) => Effect::Changed,
        };
        if let (Effect::Changed, None, Some(old)) = (effect, &typed.reason, &old) {
            return Err(Message::new("import-needs-reason")
                .with("old", old.as_str())
                .with("new", new));
        }
        let change = Change {
            subject,
            place: typed.place,
            effect,
            old,
            new: Some(new),
            reason: typed.reason,
        };
        plan(outcome, &mut self.rows, change, row, now);
        Ok(())
    }
}

/// Reads the table and holds it against what is known.
pub(super) fn read(
    session: &Session,
    table: &Table<'_>,
    outcome: &mut Outcome,
) -> Result<Vec<Planned>, Failure> {
    let mut taking = Taking::new(session)?;
    for line in &table.rows {
        let typed = match typed(session, table, line) {
            Ok(Some(typed)) => typed,
            Ok(None) => continue,
            Err(refused) => {
                outcome.refused.push(refused);
                continue;
            }
        };
        let place = typed.place.clone();
        if let Err(text) = taking.take(typed, outcome) {
            outcome.refused.push(Refused { place, text });
        }
    }
    Ok(taking.rows)
}

fn typed(session: &Session, table: &Table<'_>, line: &Line) -> Result<Option<Typed>, Refused> {
    let at = |head: Head| {
        move |text: Message| Refused {
            place: table.place(line, head),
            text,
        }
    };
    let value = table.text(line, Head::Value)?;
    let Some(text) = value.filter(|text| !is_dash(text)) else {
        return Ok(None);
    };
    let (series, named, head) = match table.text(line, Head::Figure)? {
        Some(figure) => {
            let address = FigureAddress::parse(&figure).map_err(|_| {
                at(Head::Figure)(Message::new("import-bad-figure").with("text", clean(&figure)))
            })?;
            (address.series, address.period, Head::Figure)
        }
        None => (series_of(session, table, line)?, None, Head::Indicator),
    };
    let period = match (named, table.text(line, Head::Period)?) {
        (Some(period), None) => period,
        (named, Some(text)) => {
            let own = super::budget::period(&text).map_err(at(Head::Period))?;
            if named.is_some_and(|named| named != own) {
                return Err(at(Head::Period)(
                    Message::new("import-period-differs").with("period", own),
                ));
            }
            own
        }
        (None, None) => return Err(at(Head::Period)(Message::new("import-empty"))),
    };
    let expected = entry::unit_of(session, &series).map_err(at(head))?;
    if let Some(unit) = table.text(line, Head::Unit)? {
        let key = format!("unit-{expected}");
        let same = |known: &str| fold_for_search(known) == fold_for_search(&unit);
        let is_known = same(&expected) || Language::ALL.iter().any(|l| same(&word(*l, &key)));
        if !is_known {
            return Err(at(Head::Unit)(
                Message::new("check-unit-differs")
                    .with("unit", unit)
                    .with("expected", expected),
            ));
        }
    }
    Ok(Some(Typed {
        series,
        period,
        text,
        place: table.place(line, Head::Value),
        reason: table.text(line, Head::Reason)?,
    }))
}

/// The series by programme and name or title of the indicator.
fn series_of(session: &Session, table: &Table<'_>, line: &Line) -> Result<SeriesId, Refused> {
    let register = &session.workspace().register;
    let at = |head: Head| {
        move |text: Message| Refused {
            place: table.place(line, head),
            text,
        }
    };
    let empty = |head: Head| at(head)(Message::new("import-empty"));
    let name = table.text(line, Head::Indicator)?;
    let name = name.ok_or_else(|| empty(Head::Indicator))?;
    let owner = table.text(line, Head::Programme)?;
    let owner = owner.ok_or_else(|| empty(Head::Programme))?;
    let scope = match names::programme(register, &owner) {
        Ok(programme) => programme.id.clone(),
        Err(_) if register.node(&owner).is_some() || owner == "portfolio" => owner,
        Err(text) => return Err(at(Head::Programme)(text)),
    };
    let folded = fold_for_search(&name);
    let titled = register.indicators().find(|indicator| {
        indicator.series.scope == scope
            && [&indicator.title.zh_tw, &indicator.title.en]
                .iter()
                .any(|title| fold_for_search(title) == folded)
    });
    match titled {
        Some(indicator) => Ok(indicator.series.clone()),
        None => SeriesId::parse(&format!("{scope}/{name}")).map_err(|_| {
            at(Head::Indicator)(Message::new("import-bad-figure").with("text", clean(&name)))
        }),
    }
}
