//! What the office's own limits refuse is refused at the door: nothing is stored of it.

use super::{Deed, Row};
use crate::failure::Failure;
use crate::session::{Actor, Session};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::assess::assess_figures;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::{Act, Cause, Reading, Recorded};
use std::collections::BTreeMap;

/// Of each deed why a rule or a check of the office would refuse its reading, if they were all stored.
pub(super) fn refused<'d>(
    session: &Session,
    deeds: impl IntoIterator<Item = &'d Deed>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<Option<Message>>, Failure> {
    let deeds: Vec<&Deed> = deeds.into_iter().collect();
    let mut reasons: Vec<Option<Message>> = deeds.iter().map(|_| None).collect();
    if !session.workspace().register.may_refuse() {
        return Ok(reasons);
    }
    let mut known = session.standing(None)?;
    let readings = known.observations.iter().map(|row| row.sequence);
    let rows = readings.chain(known.money.iter().map(|row| row.sequence));
    let mut sequence = rows.max().unwrap_or_default().max(0);
    let mut places: BTreeMap<Quarter, Vec<(usize, i64)>> = BTreeMap::new();
    for (at, deed) in deeds.iter().enumerate() {
        sequence += 1;
        match &deed.row {
            Row::Reading(item) => {
                if !matches!(deed.act, Act::Withdraw(_)) {
                    let places = places.entry(item.period.quarter()).or_default();
                    places.push((at, sequence));
                }
                let row = as_recorded(item.clone(), deed, actor, (sequence, now));
                known.observations.push(row);
            }
            Row::Money(item) => {
                let row = as_recorded(item.clone(), deed, actor, (sequence, now));
                known.money.push(row);
            }
        }
    }
    for (quarter, rows) in places {
        let assessment = assess_figures(&known, quarter, 1);
        for (at, sequence) in rows {
            let row = assessment.refused.get(&sequence);
            let Some(Reading::Rejected(reason)) = row.map(|row| &row.item.reading) else {
                continue;
            };
            let Some(deed) = deeds.get(at) else { continue };
            let message = Message::new("entry-outside-limits")
                .with("figure", deed.subject.to_string())
                .with("value", super::rows::value_text(&deed.row))
                .with("reason", reason.clone());
            if let Some(place) = reasons.get_mut(at) {
                *place = Some(message);
            }
        }
    }
    Ok(reasons)
}

fn as_recorded<T>(
    item: T,
    deed: &Deed,
    actor: &Actor,
    (sequence, recorded_at): (i64, DateTime<Utc>),
) -> Recorded<T> {
    Recorded {
        sequence,
        recorded_at,
        run: None,
        actor: actor.id.as_str().into(),
        identity: actor.identity.as_str().into(),
        reason: deed.reason.as_deref().map(Into::into),
        act: deed.act,
        cause: Cause::Entry { evidence: None },
        intact: true,
        item,
    }
}
