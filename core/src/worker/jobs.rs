//! What the worker does for each effect.

mod questions;
mod sources;

use super::WorkerOptions;
use crate::bag;
use crate::commands::{Formats, ReportRequest, write_report};
use crate::demo;
use crate::entry;
use crate::failure::Failure;
use crate::handled;
use crate::printed::printed;
use crate::session::{Access, Session};
use crate::signoff::{self, Asked};
use crate::workspace;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::assess::Assessment;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::signoff::Step;
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_kpi::text::clean;
use quarterdeck_view::i18n::Language;
use quarterdeck_view::msg::{Effect, EntryRequest, Msg};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Progress is told at most so often.
const TELL: Duration = Duration::from_millis(100);

/// A moment, what was known then, and how it stood.
type Kept = (Option<DateTime<Utc>>, Arc<Snapshot>, Arc<Assessment>);

/// The worker's state: which workspace is open and what the face shows of it.
pub(super) struct Jobs {
    root: Option<PathBuf>,
    options: WorkerOptions,
    notify: Box<dyn Fn(Msg) + Send>,
    interrupt: Arc<AtomicBool>,
    session: Option<Session>,
    shown: (Option<Quarter>, Option<DateTime<Utc>>),
    version: i64,
    /// What was loaded last, and as of when: a figure is looked up in it without reading again.
    kept: Option<Kept>,
}

impl Jobs {
    pub fn new(
        root: Option<PathBuf>,
        options: WorkerOptions,
        notify: Box<dyn Fn(Msg) + Send>,
        interrupt: Arc<AtomicBool>,
    ) -> Jobs {
        Jobs {
            root,
            options,
            notify,
            interrupt,
            session: None,
            shown: (None, None),
            version: 0,
            kept: None,
        }
    }

    /// The first screen's data.
    pub fn first(&mut self) {
        if self.root.is_some() {
            self.perform(Effect::Load {
                quarter: None,
                as_of: None,
            });
        }
    }

    /// Whether there is a database another process may write to.
    pub fn watches(&self) -> bool {
        self.session
            .as_ref()
            .is_some_and(|session| session.store().is_some())
    }

    /// Loads again if another process wrote.
    pub fn look(&mut self) {
        let now = self
            .session
            .as_ref()
            .and_then(|session| session.data_version().ok());
        if now.is_some_and(|version| version != self.version) {
            let (quarter, as_of) = self.shown;
            self.load(quarter, as_of);
        }
    }

    pub fn perform(&mut self, effect: Effect) {
        // An interrupt stops what runs, not what is asked for afterwards.
        self.interrupt.store(false, Ordering::Relaxed);
        match effect {
            Effect::Load { quarter, as_of } => self.load(quarter, as_of),
            Effect::Explain { figure, as_of } => self.explain(figure, as_of),
            Effect::Readings { of, as_of } => self.readings(of, as_of),
            Effect::Changes { since, quarter } => self.changes(since, quarter),
            Effect::FindPrinted(text) => self.find_printed(text),
            Effect::Collect(source) => self.finish(|jobs| jobs.collect(source)),
            Effect::TrySource(draft) => self.try_source(draft),
            Effect::WriteOut { draft, text } => self.write_out(draft, text.as_deref()),
            Effect::AcceptItem {
                quarter,
                item,
                reason,
            } => self.finish(|jobs| jobs.accept_item(quarter, &item, &reason)),
            Effect::Sign { quarter, step } => self.finish(|jobs| jobs.sign(quarter, step)),
            Effect::SaveSource(draft) => self.save_source(&draft),
            Effect::Enter(requests) => self.enter(&requests),
            Effect::Withdraw { sequence, reason } => {
                self.finish(|jobs| jobs.withdraw(sequence, &reason));
            }
            Effect::Handle {
                programme,
                quarter,
                fingerprint,
                reason,
            } => self.finish(|jobs| {
                let session = jobs.session()?;
                let handled =
                    handled::handle(session, &programme, quarter, Some(&fingerprint), &reason)?;
                Ok(Message::new("cli-handled")
                    .with("programme", handled.programme)
                    .with("quarter", handled.quarter))
            }),
            Effect::Report {
                quarter,
                as_of,
                language,
            } => {
                self.finish(|jobs| jobs.report(quarter, as_of, language));
            }
            Effect::OpenWorkspace(root) => self.switch(root),
            Effect::CreateWorkspace(root) => match workspace::init(&root) {
                Ok(_) => self.switch(root),
                Err(message) => self.tell_failure(&Failure::usage(message)),
            },
            Effect::ShowDemo => self.show_demo(),
            // The face's own.
            Effect::Copy(_)
            | Effect::PickWorkspace { .. }
            | Effect::PickEvidence
            | Effect::Interrupt
            | Effect::Quit => {}
        }
    }

    fn find_printed(&self, text: String) {
        let root = self.root.as_deref();
        let places = root.map_or_else(Vec::new, |root| printed(root, &text));
        self.tell(Msg::FoundPrinted { text, places });
    }

    fn tell(&self, msg: Msg) {
        (self.notify)(msg);
    }

    fn tell_failure(&self, failure: &Failure) {
        let what = match &failure.place {
            Some(place) => Message::new("session-failed-at")
                .with("place", clean(place))
                .with("what", (*failure.what).clone()),
            None => (*failure.what).clone(),
        };
        self.tell(Msg::Failed {
            what,
            next: failure.next.as_deref().cloned(),
        });
    }

    /// Runs a job, loads what it changed, and says how it ended.
    fn finish(&mut self, job: impl FnOnce(&mut Jobs) -> Result<Message, Failure>) {
        let result = job(self);
        let (quarter, as_of) = self.shown;
        match result {
            Ok(message) => {
                self.load(quarter, as_of);
                self.tell(Msg::Finished(message));
            }
            Err(failure) => {
                self.load(quarter, as_of);
                self.tell_failure(&failure);
            }
        }
    }

    fn access(&self) -> Access {
        if self.options.read_only {
            Access::ReadOnly
        } else {
            Access::ReadWrite
        }
    }

    /// Opens the workspace anew, so that edited files count.
    fn open(&mut self) -> Result<(), Failure> {
        let root = self
            .root
            .clone()
            .ok_or_else(|| Failure::usage(Message::new("session-no-workspace")))?;
        self.session = None;
        let mut session = Session::open(&root, self.access(), self.options.clock.clone())?;
        session.set_key_reference(self.options.signing_key.clone());
        self.session = Some(session);
        Ok(())
    }

    fn session(&mut self) -> Result<&mut Session, Failure> {
        if self.session.is_none() {
            self.open()?;
        }
        self.session
            .as_mut()
            .ok_or_else(|| Failure::usage(Message::new("session-no-workspace")))
    }

    fn load(&mut self, quarter: Option<Quarter>, as_of: Option<DateTime<Utc>>) {
        self.shown = (quarter, as_of);
        let loaded = self.open().and_then(|()| {
            let session = self.session()?;
            // Read before the rows: what comes in between is seen at the next look.
            let version = session.data_version()?;
            Ok((version, session.loaded(quarter, as_of)?))
        });
        match loaded {
            Ok((version, loaded)) => {
                self.version = version;
                self.kept = Some((
                    as_of,
                    Arc::clone(&loaded.snapshot),
                    Arc::clone(&loaded.assessment),
                ));
                self.tell(Msg::Loaded(Box::new(loaded)));
            }
            Err(failure) => self.tell_failure(&failure),
        }
    }

    fn switch(&mut self, root: PathBuf) {
        self.kept = None;
        self.root = Some(root);
        self.load(None, None);
    }

    fn enter(&mut self, requests: &[EntryRequest]) {
        let result = self
            .session()
            .and_then(|session| entry::enter(session, requests));
        match result {
            Ok(results) => {
                let mut stored = Vec::new();
                let mut refused = Vec::new();
                for entered in results {
                    match entered.result {
                        Ok(row) => stored.push((entered.key, row)),
                        Err(message) => refused.push((entered.key, message)),
                    }
                }
                let any = !stored.is_empty();
                self.tell(Msg::Entered { stored, refused });
                if any {
                    let (quarter, as_of) = self.shown;
                    self.load(quarter, as_of);
                }
            }
            Err(failure) => {
                // Every cell keeps its text, with the reason that stopped them all.
                let refused = requests
                    .iter()
                    .map(|r| (r.key.clone(), (*failure.what).clone()))
                    .collect();
                self.tell(Msg::Entered {
                    stored: Vec::new(),
                    refused,
                });
                self.tell_failure(&failure);
            }
        }
    }

    fn withdraw(&mut self, sequence: i64, reason: &str) -> Result<Message, Failure> {
        let row = entry::withdraw(self.session()?, sequence, reason)?;
        Ok(Message::new("cli-withdrawn")
            .with("figure", sequence.to_string())
            .with("row", row.to_string()))
    }

    fn accept_item(
        &mut self,
        quarter: Quarter,
        item: &str,
        reason: &str,
    ) -> Result<Message, Failure> {
        signoff::accept_item(self.session()?, quarter, item, reason)?;
        Ok(Message::new("signoff-accepted").with("item", clean(item)))
    }

    fn sign(&mut self, quarter: Quarter, step: Step) -> Result<Message, Failure> {
        let asked = Asked {
            quarter,
            step,
            accept: Vec::new(),
        };
        let session = self.session()?;
        if step == Step::Publish {
            let language = session.language();
            let made = bag::publish(session, &asked, language)?;
            return Ok(Message::new("signoff-published")
                .with("quarter", quarter)
                .with("head", format!("{}:{}", made.head.number, made.head.hash)));
        }
        signoff::sign(session, &asked)?;
        Ok(Message::new("signoff-signed").with("quarter", quarter))
    }

    fn report(
        &mut self,
        quarter: Quarter,
        as_of: Option<DateTime<Utc>>,
        language: Language,
    ) -> Result<Message, Failure> {
        self.tell(Msg::Progressed {
            label: Message::new("cli-report-making").with("quarter", quarter),
            done: 0,
            of: 0,
        });
        let session = self.session()?;
        session.writable()?;
        let mut out = session.root().join("reports").join(quarter.to_string());
        // What was published stays as it is: its restatement sheet stands beside it.
        if out.join("bagit.txt").exists() {
            out.set_file_name(format!("{quarter}-restatement"));
        }
        let formats = Formats::default();
        let request = ReportRequest {
            quarter,
            as_of,
            language,
            formats,
        };
        let files = write_report(session, &request, &out)?;
        Ok(Message::new("cli-report-written")
            .with("quarter", quarter)
            .with("files", files.len())
            .with("folder", clean(&out.to_string_lossy())))
    }

    /// Opens the demo in the folder the program was started in; makes it if it is not there.
    fn show_demo(&mut self) {
        let root = PathBuf::from("quarterdeck-demo");
        if !demo::is_whole(&root) {
            let notify = &self.notify;
            let mut progress = |step: demo::Step| {
                notify(Msg::Progressed {
                    label: Message::new("cli-demo-step")
                        .with("quarter", step.quarter)
                        .with("done", step.done)
                        .with("of", step.of),
                    done: step.done,
                    of: step.of,
                });
            };
            match demo::make(&root, &mut progress, &self.interrupt) {
                Ok(summary) if summary.interrupted => {
                    let folder = clean(&root.to_string_lossy());
                    self.tell(Msg::Finished(
                        Message::new("cli-demo-interrupted").with("folder", folder),
                    ));
                    return;
                }
                Ok(_) => {}
                Err(failure) => {
                    self.tell_failure(&failure);
                    return;
                }
            }
        }
        self.switch(root);
    }
}
