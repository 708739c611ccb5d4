//! Storing figures and amounts: one transaction, the file kept as evidence by its hash.

use super::{Change, Effect, Outcome, Refused, Request};
use crate::entry::Row;
use crate::failure::Failure;
use crate::session::{Actor, Session};
use quarterdeck_kpi::observation::{Act, Cause};
use quarterdeck_kpi::text::clean;
use quarterdeck_store::{Batch, HumanAct, NewRow};
use serde_json::json;
use std::collections::BTreeMap;

/// A row to store beside the change it is.
pub(super) struct Planned {
    /// Place in [`Outcome::changes`].
    pub change: usize,
    pub row: Row,
    pub act: Act,
}

/// Adds a value beside what is known: unchanged ones give no row.
pub(super) fn plan(
    outcome: &mut Outcome,
    rows: &mut Vec<Planned>,
    change: Change,
    row: Row,
    known: Option<i64>,
) {
    let act = match (change.effect, known) {
        // Rows of the register are not named by later ones: their numbers are of one version.
        (Effect::Changed, Some(sequence)) if sequence > 0 => Act::Correct(sequence),
        _ => Act::Record,
    };
    if change.effect != Effect::Unchanged {
        rows.push(Planned {
            change: outcome.changes.len(),
            row,
            act,
        });
    }
    outcome.changes.push(change);
}

/// A rate that is refused as input (999.99 %) refuses the cells that give it.
pub(super) fn refuse_rates(
    session: &Session,
    rows: &[Planned],
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    let money = rows.iter().filter_map(|planned| match &planned.row {
        Row::Money(line) => Some((planned.change, line.clone())),
        Row::Reading(_) => None,
    });
    let (places, lines): (Vec<usize>, Vec<_>) = money.unzip();
    let refused = crate::entry::rates_refused(session, &lines)?;
    for (place, text) in places.into_iter().zip(refused) {
        let change = outcome.changes.get(place);
        if let (Some(text), Some(change)) = (text, change) {
            let place = change.place.clone();
            outcome.refused.push(Refused { place, text });
        }
    }
    Ok(())
}

/// Stores everything, with one act of the log for all rows of one reason.
pub(super) fn write(
    session: &mut Session,
    actor: &Actor,
    request: &Request<'_>,
    outcome: &Outcome,
    rows: Vec<Planned>,
) -> Result<(), Failure> {
    let now = session.now();
    let name = clean(&request.name);
    let sha256 = session.store_mut()?.put_evidence(&name, request.bytes)?;
    let map = match &request.map.file {
        Some((name, bytes)) => Some(session.store_mut()?.put_evidence(name, bytes)?),
        None => None,
    };
    let mut by_reason: BTreeMap<Option<String>, Batch> = BTreeMap::new();
    for Planned { change, row, act } in rows {
        let change = &outcome.changes[change];
        // The trail leads to the cell.
        let evidence = Some((sha256.clone(), format!("{name} {}", change.place)));
        let cause = Cause::Entry { evidence };
        let batch = by_reason
            .entry(change.reason.clone())
            .or_insert_with(|| Batch {
                run: None,
                recorded_at: now,
                actor: actor.id.clone(),
                identity: actor.identity.clone(),
                reason: change.reason.clone(),
                observations: Vec::new(),
                money: Vec::new(),
                findings: Vec::new(),
                attempt: None,
            });
        match row {
            Row::Reading(item) => batch.observations.push(NewRow::new(item, cause, act)),
            Row::Money(item) => batch.money.push(NewRow::new(item, cause, act)),
        }
    }
    let batches: Vec<Batch> = by_reason.into_values().collect();
    session
        .store_mut()?
        .record_acts(&batches, |at, recording| {
            let reason = batches.get(at).and_then(|batch| batch.reason.clone());
            HumanAct {
                at: now,
                actor: actor.id.clone(),
                identity: actor.identity.clone(),
                kind: "import".to_owned(),
                subject: name.clone(),
                detail_json: json!({
                    "as": request.kind.id(),
                    "sheet": outcome.sheet,
                    "evidence": sha256,
                    "map": map,
                    "reason": reason,
                    "rows": recording.new,
                    "first": recording.sequences.iter().min(),
                    "last": recording.sequences.iter().max(),
                })
                .to_string(),
            }
        })?;
    Ok(())
}
