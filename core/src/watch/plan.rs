//! Who is due: every scheduled source with what is known of it.

use super::outlook::history;
use crate::collect::host_of;
use crate::failure::Failure;
use crate::workspace::Workspace;
use chrono::{DateTime, TimeDelta, Utc};
use quarterdeck_sources::SourceConfig;
use quarterdeck_sources::schedule::{History, Schedule};
use quarterdeck_store::Store;
use std::collections::{BTreeMap, HashMap};

/// Sources that one job asks one after the other, at most.
const PORTION: usize = 16;

/// After a run that could not even note its attempt; doubled each time.
const STALLED: TimeDelta = TimeDelta::minutes(1);
const STALLED_LONGEST: TimeDelta = TimeDelta::hours(1);

/// How many sources of a host go into one job: one, unless very many are due.
pub(super) fn portion(due: usize, per_host: usize) -> usize {
    due.div_ceil(8 * per_host.max(1)).clamp(1, PORTION)
}

#[derive(Default)]
pub(super) struct Plan {
    sources: BTreeMap<String, Planned>,
}

struct Planned {
    config: SourceConfig,
    schedule: Schedule,
    host: Option<String>,
    history: History,
    next: Option<DateTime<Utc>>,
    running: bool,
    /// The last attempt before the run that is going on.
    before: Option<DateTime<Utc>>,
    /// Runs in a row that left no attempt, and until when that makes it wait.
    stalled: (u32, Option<DateTime<Utc>>),
}

impl Planned {
    fn work_out(&mut self, now: DateTime<Utc>) {
        let next = self.schedule.next_run(&self.config.id, &self.history, now);
        // What is due stays due at its first moment, so that the order is fair.
        let due_since = self.next.filter(|at| *at <= now);
        let next = match (next, due_since) {
            (Some(next), Some(since)) if next <= now => Some(since.min(next)),
            (next, _) => next,
        };
        self.next = next.max(self.stalled.1.filter(|_| next.is_some()));
    }
}

impl Plan {
    /// Takes the enabled sources of a workspace; names those whose schedule nobody understands.
    pub(super) fn rebuild(
        &mut self,
        store: &Store,
        workspace: &Workspace,
        only: Option<&[String]>,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, Failure> {
        let running: HashMap<String, bool> = std::mem::take(&mut self.sources)
            .into_iter()
            .map(|(id, planned)| (id, planned.running))
            .collect();
        let mut unknown = Vec::new();
        for config in &workspace.sources {
            let wanted = only.is_none_or(|only| only.contains(&config.id));
            if config.disabled || !wanted {
                continue;
            }
            let Some(schedule) = Schedule::parse(&config.schedule) else {
                unknown.push(config.id.clone());
                continue;
            };
            if schedule == Schedule::Manual {
                continue;
            }
            let planned = Planned {
                schedule,
                host: host_of(config),
                history: History::default(),
                next: None,
                before: None,
                running: running.get(&config.id).copied().unwrap_or_default(),
                stalled: (0, None),
                config: config.clone(),
            };
            self.sources.insert(config.id.clone(), planned);
        }
        self.refresh_all(store, now)?;
        Ok(unknown)
    }

    /// Reads again what the store knows.
    pub(super) fn refresh_all(&mut self, store: &Store, now: DateTime<Utc>) -> Result<(), Failure> {
        let ids: Vec<String> = self.sources.keys().cloned().collect();
        self.refresh(store, &ids, now)
    }

    fn refresh(
        &mut self,
        store: &Store,
        ids: &[String],
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let holds = store.holds(now)?;
        for id in ids {
            if let Some(planned) = self.sources.get_mut(id) {
                let (history, ..) =
                    history(store, &planned.config, Some(&planned.schedule), &holds, now)?;
                planned.history = history;
                planned.work_out(now);
            }
        }
        Ok(())
    }

    /// How many sources are asked by schedule.
    pub(super) fn scheduled(&self) -> usize {
        self.sources.len()
    }

    /// The first moment at which one is due.
    pub(super) fn next(&self) -> Option<DateTime<Utc>> {
        self.sources
            .values()
            .filter_map(|planned| planned.next)
            .min()
    }

    /// The first moment after `now`; those due before are running, or wait for one that is.
    pub(super) fn next_after(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let waiting = self.sources.values().filter(|planned| !planned.running);
        waiting
            .filter_map(|planned| planned.next)
            .filter(|next| *next > now)
            .min()
    }

    /// Sources that are due and not being asked, by host, longest due first. A clock that was set
    /// is looked at here: what is due is worked out anew.
    pub(super) fn due(&mut self, now: DateTime<Utc>) -> BTreeMap<Option<String>, Vec<String>> {
        let mut due: Vec<(DateTime<Utc>, Option<String>, String)> = Vec::new();
        for (id, planned) in self.sources.iter_mut().filter(|(_, p)| !p.running) {
            planned.work_out(now);
            if let Some(next) = planned.next.filter(|next| *next <= now) {
                due.push((next, planned.host.clone(), id.clone()));
            }
        }
        due.sort();
        let mut by_host: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
        for (_, host, id) in due {
            by_host.entry(host).or_default().push(id);
        }
        by_host
    }

    /// Whether a host has one source at most.
    pub(super) fn is_alone(&self, host: Option<&str>) -> bool {
        let of_host = self.sources.values().filter(|p| p.host.as_deref() == host);
        of_host.count() <= 1
    }

    /// Whether one of these has many addresses.
    pub(super) fn has_targets(&self, ids: &[String]) -> bool {
        let mut known = ids.iter().filter_map(|id| self.sources.get(id));
        known.any(|planned| planned.config.has_targets())
    }

    /// These are being asked.
    pub(super) fn started(&mut self, ids: &[String]) {
        for id in ids {
            if let Some(planned) = self.sources.get_mut(id) {
                planned.running = true;
                planned.before = planned.history.last;
            }
        }
    }

    /// These are no longer being asked.
    pub(super) fn ended(
        &mut self,
        store: &Store,
        ids: &[String],
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        for id in ids {
            if let Some(planned) = self.sources.get_mut(id) {
                planned.running = false;
                planned.next = None;
                planned.stalled.1 = None;
            }
        }
        self.refresh(store, ids, now)?;
        for id in ids {
            let Some(planned) = self.sources.get_mut(id) else {
                continue;
            };
            let still_due = planned.next.is_some_and(|next| next <= now);
            if planned.history.last != planned.before || !still_due {
                planned.stalled = (0, None);
                continue;
            }
            // It left no trace, so nothing else keeps it from being asked at once, over and over.
            let times = planned.stalled.0.saturating_add(1);
            let wait = STALLED
                .checked_mul(1 << times.saturating_sub(1).min(10))
                .unwrap_or(STALLED_LONGEST)
                .min(STALLED_LONGEST);
            planned.stalled = (times, Some(now + wait));
            planned.work_out(now);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_sources_are_a_job_each_and_many_share_one() {
        assert_eq!(portion(1, 2), 1);
        assert_eq!(portion(16, 2), 1);
        assert_eq!(portion(300, 2), 16);
        assert_eq!(portion(40, 2), 3);
    }
}
