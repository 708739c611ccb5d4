//! A clock that was set back or stood ahead.

use super::{Clock, Session};
use crate::failure::Failure;
use chrono::TimeDelta;
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_store::STANDS_STILL;
use std::sync::{Mutex, PoisonError};

/// Clocks of two machines on one workspace may differ by so much without a word.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);

impl Session {
    /// From now on this session's time does not go back: not before what was recorded last, and not
    /// from one question to the next, as far as the store lets time stand still. What somebody just
    /// recorded is seen, and a clock that is set back in a run disorders nothing.
    pub(super) fn hold_clock(&mut self) {
        let machine = self.machine.clone();
        let now = machine.now();
        // A database that cannot be read is told by whoever reads from it.
        let held = self.store.as_ref();
        let held = held.and_then(|store| store.moment(now).ok());
        let latest = Mutex::new(held.unwrap_or(now));
        self.clock = Clock::new(move || {
            let now = machine.now();
            // Whoever panicked while holding it left a moment there all the same.
            let mut latest = latest.lock().unwrap_or_else(PoisonError::into_inner);
            if now >= *latest || *latest - now > STANDS_STILL {
                *latest = now;
            }
            *latest
        });
    }

    /// Something is recorded with a later time than the machine's clock shows: whoever reads or signs
    /// has to know.
    pub fn clock_finding(&self) -> Result<Option<Finding>, Failure> {
        let Some(last) = self.last_recorded()? else {
            return Ok(None);
        };
        let behind = last - self.machine.now();
        if behind <= CLOCKS_DIFFER {
            return Ok(None);
        }
        let id = match behind <= STANDS_STILL {
            true => "clock-behind",
            false => "clock-ahead",
        };
        let text = Message::new(id).with("at", last);
        let finding = Finding::new("clock@1", Severity::Error, None, None, text);
        Ok(Some(finding))
    }
}
