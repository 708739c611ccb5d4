//! The faces' hands: a thread that loads, collects, stores and writes, and answers by messages.

use crate::session::Clock;
use quarterdeck_kpi::message::Message;
use quarterdeck_view::i18n::Language;
use quarterdeck_view::msg::{Effect, Msg};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;

/// How a worker works.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// Write nothing at all.
    pub read_only: bool,
    /// Language asked for, for reports and the demo; `None`: the workspace's.
    pub language: Option<Language>,
    /// What time it is.
    pub clock: Clock,
}

/// A thread that performs effects and answers by messages.
#[derive(Debug)]
pub struct Worker {
    effects: Option<mpsc::Sender<Effect>>,
    interrupt: Arc<AtomicBool>,
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
        let interrupt = Arc::new(AtomicBool::new(false));
        let thread = std::thread::Builder::new()
            .name("worker".to_owned())
            .spawn(move || {
                let _ = (root, options);
                while let Ok(effect) = inbox.recv() {
                    let _: Effect = effect;
                    notify(Msg::Failed { what: Message::new("session-closed"), next: None });
                }
            })
            .ok();
        Worker { effects: Some(effects), interrupt, thread }
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

impl Drop for Worker {
    fn drop(&mut self) {
        self.interrupt.store(true, Ordering::Relaxed);
        self.effects = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
