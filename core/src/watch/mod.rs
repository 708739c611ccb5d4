//! `qd collect --watch`: asks every source when its schedule says so, until it is told to stop.
//!
//! One thread keeps the plan and sleeps until something is due or somebody rings; every few sources
//! of one host are a job on a thread of their own, so that a portal that hangs or fails holds up
//! nobody else. The watcher holds a lock of its own (nobody watches twice) and takes the
//! workspace's lock only for moments of writing, so that people can enter figures beside it.

mod files;
mod job;
mod outlook;
mod plan;
mod service;
mod signals;
#[cfg(test)]
mod tests;

pub use outlook::{Outlook, outlook};

use crate::collect::{CollectSummary, Progress, Retry, SourceReport};
use crate::commands::Level;
use crate::failure::{Exit, Failure};
use crate::session::{Access, HUMAN_WAIT, Session};
use crate::transport::Limits;
use crate::workspace::{self, Workspace};
use job::{Job, Note};
use plan::Plan;
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use quarterdeck_store::{CaptureFile, NewRun};
use service::Service;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Name of the file that a watcher locks.
pub const LOCK: &str = "quarterdeck-watch.lock";

/// How often changed files and other writers are looked for, and how long a sleep is at most: a
/// machine that was asleep, or a clock that was set, is noticed after that.
pub const LOOK: Duration = Duration::from_secs(30);

/// How long running jobs may take to end after a request to stop.
const LAST_WAIT: Duration = Duration::from_secs(8);

/// What a watcher is asked to do.
#[derive(Debug, Clone)]
pub struct Order {
    /// These sources only; `None`: every enabled one.
    pub only: Option<Vec<String>>,
    /// Set when it shall stop.
    pub interrupt: Arc<AtomicBool>,
    /// See [`LOOK`].
    pub look: Duration,
    /// Bounds of one exchange.
    pub limits: Limits,
    /// Tries and waits within one run; between runs the schedule waits longer each time.
    pub retry: Retry,
}

impl Order {
    /// Every enabled source, with the usual bounds.
    pub fn new(interrupt: Arc<AtomicBool>) -> Order {
        Order {
            only: None,
            interrupt,
            look: LOOK,
            limits: Limits::default(),
            retry: Retry::default(),
        }
    }
}

/// What the watcher tells the operators' log.
#[derive(Debug, Clone)]
pub enum Told {
    /// A sentence of the watcher itself.
    Said {
        /// How much it matters.
        level: Level,
        /// Run it belongs to: the watcher's own, or a collection's.
        run: Option<i64>,
        /// Source it is about; empty: none.
        source: String,
        /// The sentence.
        message: Message,
    },
    /// A source is done.
    Finished(Option<i64>, Box<SourceReport>),
}

/// Watches until the interrupt is set. Refused with exit 5 while another watcher runs.
pub fn watch(session: Session, order: Order, tell: &mut dyn FnMut(Told)) -> Result<(), Failure> {
    let _watching = session.lock_file(LOCK, "collect --watch", Duration::ZERO)?;
    let (to, notes) = channel();
    let bell = signals::Bell::hang(to.clone());
    let mut watcher = Watcher::new(session, order, to, tell)?;
    let ended = watcher.go_on(&notes, &bell);
    watcher.service.stopping();
    watcher.wind_up(&notes);
    ended
}

struct Running {
    run: Option<i64>,
    host: Option<String>,
    /// How many with it at once.
    conversations: usize,
    sources: Vec<String>,
}

struct Watcher<'a> {
    session: Session,
    workspace: Arc<Workspace>,
    order: Order,
    run: i64,
    plan: Plan,
    jobs: HashMap<usize, Running>,
    next_job: usize,
    to: Sender<Note>,
    tell: &'a mut dyn FnMut(Told),
    service: Service,
    files: files::Fingerprint,
    version: i64,
    looked: Instant,
}

impl<'a> Watcher<'a> {
    fn new(
        mut session: Session,
        order: Order,
        to: Sender<Note>,
        tell: &'a mut dyn FnMut(Told),
    ) -> Result<Watcher<'a>, Failure> {
        let begun = NewRun {
            started_at: session.now(),
            actor: "system".to_owned(),
            identity: "system".to_owned(),
            command: "collect --watch".to_owned(),
        };
        let held = session.lock("collect --watch", HUMAN_WAIT)?;
        let store = session.store_mut()?;
        CaptureFile::sweep(store.folder());
        let run = store.begin_run(&begun)?;
        drop(held);
        let workspace = Arc::new(session.workspace().clone());
        let files = files::Fingerprint::of(&workspace.root);
        let mut watcher = Watcher {
            plan: Plan::default(),
            version: session.data_version()?,
            session,
            workspace,
            order,
            run,
            jobs: HashMap::new(),
            next_job: 0,
            to,
            tell,
            service: Service::new(),
            files,
            looked: Instant::now(),
        };
        watcher.plan_anew()?;
        watcher.service.ready();
        Ok(watcher)
    }

    fn say(&mut self, level: Level, message: Message) {
        (self.tell)(Told::Said {
            level,
            run: Some(self.run),
            source: String::new(),
            message,
        });
    }

    fn root(&self) -> PathBuf {
        self.workspace.root.clone()
    }

    /// The plan from the files and the store; says what it is.
    fn plan_anew(&mut self) -> Result<(), Failure> {
        let now = self.session.now();
        let store = self.session.store_mut()?;
        let unknown = self
            .plan
            .rebuild(store, &self.workspace, self.order.only.as_deref(), now)?;
        for source in unknown {
            let message = Message::new("watch-schedule-unknown").with("source", source);
            self.say(Level::Warn, message);
        }
        let mut message = Message::new("watch-plans").with("sources", self.plan.scheduled());
        if let Some(next) = self.plan.next() {
            message = Message::new("watch-plans-next")
                .with("sources", self.plan.scheduled())
                .with("next", next.max(now));
        }
        self.say(Level::Info, message);
        Ok(())
    }

    fn is_stopping(&self) -> bool {
        self.order.interrupt.load(Ordering::SeqCst)
    }

    fn go_on(&mut self, notes: &Receiver<Note>, bell: &signals::Bell) -> Result<(), Failure> {
        while !self.is_stopping() {
            self.service.alive();
            let asked = bell.asked_to_reload();
            if asked || self.looked.elapsed() >= self.order.look {
                self.looked = Instant::now();
                let looked = self.look_around(asked);
                self.unless_busy(looked)?;
            }
            self.start_due()?;
            let mut note = notes.recv_timeout(self.sleep()).ok();
            while let Some(heard) = note {
                let heard = self.hear(heard);
                self.unless_busy(heard)?;
                note = notes.try_recv().ok();
            }
        }
        Ok(())
    }

    /// Somebody who holds the database for long is no reason to end.
    fn unless_busy(&mut self, result: Result<(), Failure>) -> Result<(), Failure> {
        match result {
            Err(failure) if failure.exit == Exit::Busy => {
                self.say(Level::Warn, *failure.what);
                Ok(())
            }
            other => other,
        }
    }

    /// Until the next source is due, the next look around, or the next sign of life.
    fn sleep(&self) -> Duration {
        let now = self.session.now();
        let due = self.plan.next_after(now).map_or(self.order.look, |next| {
            (next - now).to_std().unwrap_or_default()
        });
        let sleep = self
            .order
            .look
            .saturating_sub(self.looked.elapsed())
            .min(due)
            .min(self.service.every().unwrap_or(self.order.look));
        // A due moment that lies microseconds ahead is not worth a round of its own.
        sleep.max(Duration::from_millis(5))
    }

    /// Changed files, and attempts that somebody else made.
    fn look_around(&mut self, asked: bool) -> Result<(), Failure> {
        let files = files::Fingerprint::of(&self.root());
        if asked || files != self.files {
            self.files = files;
            self.reload()?;
        }
        let version = self.session.data_version()?;
        if version != self.version {
            self.version = version;
            let now = self.session.now();
            let store = self.session.store_mut()?;
            self.plan.refresh_all(store, now)?;
        }
        Ok(())
    }

    /// Reads the files again; bad ones are named, and the old ones stay in force.
    fn reload(&mut self) -> Result<(), Failure> {
        self.service.reloading();
        match changed(&self.workspace) {
            Ok(()) => {
                let (root, clock) = (self.root(), self.session.clock().clone());
                let account = self.session.account().to_owned();
                self.session = Session::open_as(&root, Access::ReadWrite, clock, account)?;
                self.workspace = Arc::new(self.session.workspace().clone());
                self.version = self.session.data_version()?;
                self.say(Level::Info, Message::new("watch-reloaded"));
                self.plan_anew()?;
            }
            Err(problems) => {
                for problem in problems {
                    self.say(Level::Error, problem);
                }
                self.say(Level::Error, Message::new("watch-kept-old"));
            }
        }
        self.service.ready();
        Ok(())
    }

    fn start_due(&mut self) -> Result<(), Failure> {
        let now = self.session.now();
        let network = &self.workspace.settings.network;
        let (per_host, at_once) = (network.per_host, network.at_once);
        for (host, due) in self.plan.due(now) {
            let taken = |job: &Running| job.conversations;
            let with_it = self.jobs.values().filter(|job| job.host == host);
            let running: usize = with_it.map(taken).sum();
            let all: usize = self.jobs.values().map(taken).sum();
            let room = per_host
                .saturating_sub(running)
                .min(at_once.saturating_sub(all));
            let portion = plan::portion(due.len(), per_host);
            let jobs: Vec<&[String]> = due.chunks(portion).take(room).collect();
            // Thousands of addresses take what is left, but for one that a source which becomes due will need.
            let kept = usize::from(!self.plan.is_alone(host.as_deref()));
            let mut spare = room.saturating_sub(jobs.len() + kept);
            for sources in jobs {
                let more = match self.plan.has_targets(sources) {
                    true => std::mem::take(&mut spare),
                    false => 0,
                };
                self.start(host.clone(), sources.to_vec(), 1 + more)?;
            }
        }
        Ok(())
    }

    fn start(
        &mut self,
        host: Option<String>,
        sources: Vec<String>,
        conversations: usize,
    ) -> Result<(), Failure> {
        let number = self.next_job;
        self.next_job += 1;
        self.plan.started(&sources);
        let job = Job {
            number,
            workspace: Arc::clone(&self.workspace),
            sources: sources.clone(),
            conversations,
            clock: self.session.clock().clone(),
            order: self.order.clone(),
        };
        job.start(self.to.clone())?;
        self.jobs.insert(
            number,
            Running {
                run: None,
                host,
                conversations,
                sources,
            },
        );
        Ok(())
    }

    fn hear(&mut self, note: Note) -> Result<(), Failure> {
        match note {
            Note::Wake => {}
            Note::Step(number, step) => self.step(number, step),
            Note::Ended(number, result) => self.ended(number, *result)?,
        }
        Ok(())
    }

    fn step(&mut self, number: usize, step: Progress) {
        let Some(job) = self.jobs.get_mut(&number) else {
            return;
        };
        let run = job.run;
        let said = |level, source, message| Told::Said {
            level,
            run,
            source,
            message,
        };
        let told = match step {
            Progress::Began { run } => {
                job.run = run;
                return;
            }
            Progress::Started { source, .. } => {
                said(Level::Debug, source, Message::new("watch-asks"))
            }
            Progress::Retrying {
                source, message, ..
            } => said(Level::Warn, source, message),
            Progress::Finished(report) => Told::Finished(run, Box::new(report)),
            Progress::Reading { .. } | Progress::Page { .. } | Progress::Target { .. } => return,
        };
        (self.tell)(told);
    }

    fn ended(
        &mut self,
        number: usize,
        result: Result<CollectSummary, Failure>,
    ) -> Result<(), Failure> {
        let Some(job) = self.jobs.remove(&number) else {
            return Ok(());
        };
        if let Err(failure) = result {
            (self.tell)(Told::Said {
                level: Level::Error,
                run: job.run.or(Some(self.run)),
                source: job.sources.join(","),
                message: *failure.what,
            });
        }
        let now = self.session.now();
        let store = self.session.store_mut()?;
        self.plan.ended(store, &job.sources, now)
    }

    /// Waits for running jobs, which were told to stop, and notes the end.
    fn wind_up(&mut self, notes: &Receiver<Note>) {
        // Also when the watcher itself failed: its jobs shall not write on unseen.
        self.order.interrupt.store(true, Ordering::SeqCst);
        let began = Instant::now();
        while !self.jobs.is_empty() {
            let left = LAST_WAIT.saturating_sub(began.elapsed());
            match notes.recv_timeout(left) {
                Ok(note) => {
                    // What cannot be read any more changes nothing about the end.
                    let _ = self.hear(note);
                }
                Err(_) => break,
            }
        }
        let (run, now) = (self.run, self.session.now());
        if let Ok(_held) = self.session.lock("collect --watch", Duration::from_secs(1))
            && let Ok(store) = self.session.store_mut()
        {
            // A run without an end was interrupted, which is what this one says.
            let _ = store.end_run(run, now, "interrupted");
        }
        self.say(Level::Info, Message::new("watch-stopped"));
    }
}

/// Whether the files as they are now can take the place of those that were read; if not, what is
/// wrong with them, each with file and line.
fn changed(now: &Workspace) -> Result<(), Vec<Message>> {
    let fresh = workspace::load(&now.root).map_err(|message| vec![message])?;
    let known = workspace::check(now);
    let wrong: Vec<Message> = workspace::check(&fresh)
        .iter()
        .filter(|problem| problem.severity == Severity::Error && !known.contains(problem))
        .map(workspace::problem_sentence)
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}
