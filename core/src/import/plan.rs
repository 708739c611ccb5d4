//! Planned and actual cumulative progress of programmes.

use super::budget::is_dash;
use super::figures::{Taking, Typed};
use super::head::Head;
use super::names;
use super::store::Planned;
use super::table::{Row as Line, Table};
use super::{Outcome, Refused};
use crate::failure::Failure;
use crate::session::Session;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::message::Message;

/// Reads the table and holds it against what is known.
pub(super) fn read(
    session: &Session,
    table: &Table<'_>,
    outcome: &mut Outcome,
) -> Result<Vec<Planned>, Failure> {
    let mut taking = Taking::new(session)?;
    for line in &table.rows {
        let progress = match progress(session, table, line) {
            Ok(progress) => progress,
            Err(refused) => {
                outcome.refused.push(refused);
                continue;
            }
        };
        for typed in progress {
            let place = typed.place.clone();
            if let Err(text) = taking.take(typed, outcome) {
                outcome.refused.push(Refused { place, text });
            }
        }
    }
    Ok(taking.rows)
}

fn progress(session: &Session, table: &Table<'_>, line: &Line) -> Result<Vec<Typed>, Refused> {
    let register = &session.workspace().register;
    let at = |head: Head| {
        move |text: Message| Refused {
            place: table.place(line, head),
            text,
        }
    };
    let empty = |head: Head| at(head)(Message::new("import-empty"));
    let mut typed = Vec::new();
    for (head, part) in [(Head::Planned, "planned"), (Head::Actual, "actual")] {
        let Some(text) = table.text(line, head)?.filter(|text| !is_dash(text)) else {
            continue;
        };
        let programme = table.text(line, Head::Programme)?;
        let programme = programme.ok_or_else(|| empty(Head::Programme))?;
        let programme = names::programme(register, &programme).map_err(at(Head::Programme))?;
        let period = table.text(line, Head::Period)?;
        let period = period.ok_or_else(|| empty(Head::Period))?;
        let period = super::budget::period(&period).map_err(at(Head::Period))?;
        typed.push(Typed {
            series: SeriesId::new(programme.id.as_str(), "progress").part(part),
            period,
            text,
            place: table.place(line, head),
            reason: table.text(line, Head::Reason)?,
        });
    }
    Ok(typed)
}
