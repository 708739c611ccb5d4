//! The faces' hands: a thread that loads, collects, stores and writes, and answers by messages.
//!
//! One job at a time. Between jobs the thread sleeps on its inbox and looks once a second whether
//! another process wrote, so that both faces show new data within two seconds.

mod jobs;
#[cfg(test)]
mod tests;

use crate::session::Clock;
use jobs::Jobs;
use quarterdeck_view::i18n::Language;
use quarterdeck_view::msg::{Effect, Msg};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often the thread looks whether another process wrote.
const LOOK: Duration = Duration::from_secs(1);

/// How long leaving waits for a running job; what is stored by then stays, the rest rolls back.
const LEAVE: Duration = Duration::from_secs(2);

/// How a worker works.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// Write nothing at all.
    pub read_only: bool,
    /// Language asked for, for reports and the demo; `None`: the workspace's.
    pub language: Option<Language>,
    /// What time it is.
    pub clock: Clock,
    /// Where the private key of whoever works here is: a reference.
    pub signing_key: Option<String>,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            read_only: false,
            language: None,
            clock: Clock::system(),
            signing_key: None,
        }
    }
}

/// A thread that performs effects and answers by messages.
#[derive(Debug)]
pub struct Worker {
    effects: Option<mpsc::Sender<Effect>>,
    interrupt: Arc<AtomicBool>,
    ended: mpsc::Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread; with a workspace it first loads the last ended quarter as of now.
    ///
    /// `notify` is called from the thread, once for every answer.
    pub fn start(
        root: Option<PathBuf>,
        options: WorkerOptions,
        notify: Box<dyn Fn(Msg) + Send>,
    ) -> Worker {
        let (effects, inbox) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        let interrupt = Arc::new(AtomicBool::new(false));
        let mut jobs = Jobs::new(root, options, notify, Arc::clone(&interrupt));
        let thread = std::thread::Builder::new()
            .name("worker".to_owned())
            .spawn(move || {
                jobs.first();
                serve(&mut jobs, &inbox);
                drop(jobs);
                let _ = end.send(());
            })
            .ok();
        Worker {
            effects: Some(effects),
            interrupt,
            ended,
            thread,
        }
    }

    /// Asks for an effect; the answer comes as a message. Copy, pick and quit are the face's own.
    pub fn perform(&self, effect: Effect) {
        if effect == Effect::Interrupt {
            self.interrupt.store(true, Ordering::Relaxed);
        } else if let Some(effects) = &self.effects {
            let _ = effects.send(effect);
        }
    }
}

fn serve(jobs: &mut Jobs, inbox: &mpsc::Receiver<Effect>) {
    loop {
        // Without a workspace there is nothing to look at.
        let received = if jobs.watches() {
            inbox.recv_timeout(LOOK)
        } else {
            inbox.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        match received {
            Ok(effect) => jobs.perform(effect),
            Err(RecvTimeoutError::Timeout) => jobs.look(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.interrupt.store(true, Ordering::Relaxed);
        self.effects = None;
        let _ = self.ended.recv_timeout(LEAVE);
        if let Some(thread) = self.thread.take().filter(JoinHandle::is_finished) {
            let _ = thread.join();
        }
    }
}
