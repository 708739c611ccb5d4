//! A few sources of one host, asked one after the other on a thread of their own.

use super::Order;
use crate::collect::{CollectOptions, CollectSummary, Progress, collect};
use crate::failure::Failure;
use crate::platform;
use crate::session::{Clock, DATABASE, LOCK};
use crate::workspace::Workspace;
use quarterdeck_kpi::calendar::{Quarter, taipei_day};
use quarterdeck_kpi::message::Message;
use quarterdeck_store::{Holder, OpenMode, Store, WorkspaceLock};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

/// How long an answer waits for somebody else who writes.
const WRITE_WAIT: Duration = Duration::from_secs(120);

/// What reaches the watcher.
pub(super) enum Note {
    /// Somebody rang.
    Wake,
    /// A job goes on.
    Step(usize, Progress),
    /// A job is over.
    Ended(usize, Box<Result<CollectSummary, Failure>>),
}

pub(super) struct Job {
    pub(super) number: usize,
    pub(super) workspace: Arc<Workspace>,
    pub(super) sources: Vec<String>,
    /// How many with the host at once.
    pub(super) conversations: usize,
    pub(super) clock: Clock,
    pub(super) order: Order,
}

impl Job {
    /// Starts the thread; it says when it is over, whatever happens in it.
    pub(super) fn start(self, to: Sender<Note>) -> Result<(), Failure> {
        let broken = |detail: String| {
            Failure::nothing(Message::new("watch-job-broken").with("detail", detail))
        };
        let thread = std::thread::Builder::new().name(format!("job-{}", self.number));
        let started = thread.spawn(move || {
            let done = catch_unwind(AssertUnwindSafe(|| self.perform(&to)));
            let result = done.unwrap_or_else(|_| Err(broken(String::new())));
            // The watcher is gone only when the program ends.
            let _ = to.send(Note::Ended(self.number, Box::new(result)));
        });
        started.map_err(|error| broken(error.to_string()))?;
        Ok(())
    }

    fn perform(&self, to: &Sender<Note>) -> Result<CollectSummary, Failure> {
        let root = &self.workspace.root;
        let mut store = Store::open(&root.join(DATABASE), OpenMode::ReadWrite)?;
        store.set_busy_wait(WRITE_WAIT)?;
        let now = || self.clock.now();
        let writing = || -> Result<WorkspaceLock, Failure> {
            let holder = Holder {
                pid: platform::process_id(),
                host: platform::host_name(),
                since: platform::now(),
                command: "qd collect --watch".to_owned(),
            };
            Ok(WorkspaceLock::acquire(
                &root.join(LOCK),
                &holder,
                WRITE_WAIT,
            )?)
        };
        let quarter = Quarter::last_ended(taipei_day(self.clock.now()));
        let mut options = CollectOptions::new(quarter, &now);
        options.sources = Some(self.sources.clone());
        options.command = "collect --watch".to_owned();
        options.limits = self.order.limits;
        options.retry = self.order.retry;
        options.writing = Some(&writing);
        // The plan decides how many there are with a host.
        options.at_once = Some(self.conversations);
        let mut progress = |step: Progress| {
            if !matches!(
                step,
                Progress::Reading { .. } | Progress::Page { .. } | Progress::Target { .. }
            ) {
                let _ = to.send(Note::Step(self.number, step));
            }
        };
        collect(
            &self.workspace,
            &mut store,
            &options,
            &mut progress,
            &self.order.interrupt,
        )
    }
}
