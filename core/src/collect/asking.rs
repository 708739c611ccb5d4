//! Whether a portal may be asked now: until when it wants to be left alone, how many calls it
//! allows. Both hold over restarts, because a call is counted on the disk before it is sent.

use super::Known;
use super::body::store_broken;
use super::desk::Desk;
use super::miss::Miss;
use crate::failure::Failure;
use chrono::{DateTime, TimeDelta, Utc};
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::{Kind, SourceConfig};
use quarterdeck_store::{Allowance, CallLimit, Holds, NewCall, OpenMode, Store};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// A first call that is allowed so soon is waited for; a later one is for the next run.
const SOON: TimeDelta = TimeDelta::seconds(5);

/// No portal is left alone for longer, whatever it says.
const LONGEST_HOLD: TimeDelta = TimeDelta::days(31);

/// How long a count waits for somebody else's transaction.
const BUSY: Duration = Duration::from_secs(30);

/// What a source's file says about calls.
pub(crate) fn limit_of(source: &SourceConfig) -> CallLimit {
    CallLimit {
        per_day: source.calls_per_day,
        seconds_between: source.seconds_between_calls,
    }
}

/// The host a source asks; none for one that asks nobody.
pub(crate) fn host_of(source: &SourceConfig) -> Option<String> {
    if source.kind == Kind::File {
        return None;
    }
    let url = source.url.as_deref()?;
    match Url::parse(url) {
        Ok(url) => {
            let port = url
                .port()
                .map(|port| format!(":{port}"))
                .unwrap_or_default();
            Some(format!("{}{port}", url.host_str()?))
        }
        // A placeholder stands where the host would.
        Err(_) => Some(url.split('/').next().unwrap_or(url).to_owned()),
    }
}

/// Until when a source leaves the host alone that it asks: one that was moved to another is not held.
pub(crate) fn held(holds: &Holds, source: &SourceConfig) -> Option<DateTime<Utc>> {
    let place = (source.id.clone(), host_of(source).unwrap_or_default());
    holds.get(&place).copied()
}

/// Finds the sources that may not be asked in this run.
pub(super) fn look(
    store: &Store,
    sources: &[&SourceConfig],
    now: DateTime<Utc>,
    known: &mut BTreeMap<String, Known>,
) -> Result<(), Failure> {
    let holds = store.holds(now)?;
    for source in sources {
        let Some(known) = known.get_mut(&source.id) else {
            continue;
        };
        if let Some(until) = held(&holds, source) {
            let message = Message::new("collect-held").with("until", until);
            known.too_early = Some(Box::new((until, message)));
            continue;
        }
        let limit = limit_of(source);
        if !limit.is_none() {
            let stands = store.allowance(&source.id, limit, now)?;
            if stands.from > now + SOON {
                known.too_early = Some(Box::new((stands.from, over_limit(source, &stands))));
            }
        }
    }
    Ok(())
}

/// Counts calls beside the one writer: who is about to ask cannot wait until another source's
/// answer is stored.
pub(super) struct Ledger {
    path: PathBuf,
    run: Option<i64>,
    store: Mutex<Option<Store>>,
}

impl Ledger {
    pub(super) fn new(store: &Store) -> Ledger {
        Ledger {
            path: store.path().to_owned(),
            run: None,
            store: Mutex::new(None),
        }
    }

    /// Calls from now on are of this run.
    pub(super) fn belongs_to(&mut self, run: Option<i64>) {
        self.run = run;
    }

    /// The run that calls and captures belong to.
    pub(super) fn run(&self) -> Option<i64> {
        self.run
    }

    /// Counts a call, if it is allowed; it is on the disk then.
    fn count(&self, source: &SourceConfig, at: DateTime<Utc>) -> Result<Allowance, Failure> {
        let call = NewCall {
            run: self.run,
            source: source.id.clone(),
            host: host_of(source).unwrap_or_default(),
            at,
        };
        let mut open = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let store = match &mut *open {
            Some(store) => store,
            none => {
                let mut store = Store::open(&self.path, OpenMode::ReadWrite)?;
                store.set_busy_wait(BUSY)?;
                none.insert(store)
            }
        };
        Ok(store.count_call(&call, limit_of(source))?)
    }
}

/// Counts a call that is about to be sent; waits for the pause that the source wants between two.
pub(super) async fn count<'env>(
    desk: &Desk<'_, 'env>,
    source: &'env SourceConfig,
) -> Result<(), Miss> {
    if limit_of(source).is_none() {
        return Ok(());
    }
    let shared = desk.shared;
    let mut at = (shared.options.now)();
    loop {
        let counted = desk.beside(move || shared.ledger.count(source, at)).await;
        let stands = counted
            .unwrap_or_else(|| Err(store_broken("")))
            .map_err(Miss::Store)?;
        if stands.from <= at {
            return Ok(());
        }
        if stands.used_up {
            return Err(Miss::OverLimit(over_limit(source, &stands)));
        }
        let wait = (stands.from - at).to_std().unwrap_or_default();
        if !desk.pause(wait).await {
            return Err(Miss::Interrupted);
        }
        // The clock of a demo or a test stands still while the portal's goes on.
        at = (shared.options.now)().max(stands.from);
    }
}

/// Remembers that a portal wants to be left alone.
pub(super) fn hold(
    store: &mut Store,
    source: &SourceConfig,
    now: DateTime<Utc>,
    wait: Duration,
) -> Result<(), Failure> {
    let wait = TimeDelta::from_std(wait)
        .unwrap_or(LONGEST_HOLD)
        .min(LONGEST_HOLD);
    if wait.is_zero() {
        return Ok(());
    }
    let host = host_of(source).unwrap_or_default();
    Ok(store.hold(&source.id, &host, now, now + wait)?)
}

fn over_limit(source: &SourceConfig, stands: &Allowance) -> Message {
    if stands.used_up {
        Message::new("collect-limit-day")
            .with("calls", source.calls_per_day.unwrap_or_default())
            .with("until", stands.from)
    } else {
        Message::new("collect-limit-pause")
            .with("seconds", source.seconds_between_calls.unwrap_or_default())
            .with("until", stands.from)
    }
}
