//! Collecting, and new sources.

use super::{Jobs, TELL};
use crate::catalogue;
use crate::commands::{collect_into, label};
use crate::failure::Failure;
use quarterdeck_kpi::message::Message;
use quarterdeck_view::catalogue::SourceDraft;
use quarterdeck_view::msg::Msg;
use std::sync::Arc;
use std::time::Instant;

impl Jobs {
    pub(super) fn collect(&mut self, source: Option<String>) -> Result<Message, Failure> {
        self.session()?;
        let interrupt = Arc::clone(&self.interrupt);
        let Jobs {
            session, notify, ..
        } = self;
        let Some(session) = session else {
            return Err(Failure::usage(Message::new("session-no-workspace")));
        };
        let quarter = session.default_quarter(session.now());
        let mut told: Option<Instant> = None;
        let mut done = 0;
        let mut sources = 0;
        let mut progress = |progress: crate::collect::Progress| {
            use crate::collect::Progress;
            match &progress {
                Progress::Started { of, .. } => sources = u64::try_from(*of).unwrap_or_default(),
                Progress::Finished(_) => done += 1,
                Progress::Began { .. }
                | Progress::Reading { .. }
                | Progress::Page { .. }
                | Progress::Target { .. }
                | Progress::Retrying { .. } => {}
            }
            if told.is_none_or(|at| at.elapsed() >= TELL) {
                told = Some(Instant::now());
                notify(Msg::Progressed {
                    label: label(&progress),
                    done,
                    of: sources,
                });
            }
        };
        let summary = collect_into(
            session,
            quarter,
            source.map(|id| vec![id]),
            false,
            &mut progress,
            &interrupt,
        )?;
        let good = summary
            .sources
            .iter()
            .filter(|s| {
                s.outcome.is_some_and(|o| {
                    matches!(
                        o,
                        quarterdeck_kpi::source::Outcome::Good
                            | quarterdeck_kpi::source::Outcome::Partial
                    )
                })
            })
            .count();
        let id = match (summary.interrupted, summary.sources.is_empty()) {
            (true, _) => "cli-collect-interrupted",
            (false, true) => "cli-collect-no-sources",
            (false, false) => "cli-collect-done",
        };
        Ok(Message::new(id)
            .with("good", good)
            .with("of", summary.sources.len())
            .with("new", summary.new_readings())
            .with("quarter", quarter))
    }

    pub(super) fn try_source(&mut self, asked: Box<SourceDraft>) {
        let interrupt = Arc::clone(&self.interrupt);
        let tried = self.session().map(|_| ()).and_then(|()| {
            let Jobs {
                session, notify, ..
            } = self;
            let Some(session) = session else {
                return Err(Failure::usage(Message::new("session-no-workspace")));
            };
            let mut progress = |step: crate::collect::Progress| {
                notify(Msg::Progressed {
                    label: label(&step),
                    done: 0,
                    of: 0,
                });
            };
            catalogue::try_source(session, &asked, &mut progress, &interrupt)
        });
        match tried {
            Ok((draft, trial)) => self.tell(Msg::Tried {
                asked,
                draft: Box::new(draft),
                trial: Box::new(trial),
            }),
            Err(failure) => self.tell_failure(&failure),
        }
    }

    pub(super) fn write_out(&mut self, asked: Box<SourceDraft>, text: Option<&str>) {
        let written = self
            .session()
            .map(|session| catalogue::write_out(session, &asked, text));
        match written {
            Ok((draft, file)) => self.tell(Msg::WrittenOut {
                asked,
                draft: Box::new(draft),
                file: Box::new(file),
            }),
            Err(failure) => self.tell_failure(&failure),
        }
    }

    pub(super) fn save_source(&mut self, draft: &SourceDraft) {
        let saved = self
            .session()
            .and_then(|session| catalogue::save_source(session, draft));
        match saved {
            Ok(id) => {
                let (quarter, as_of) = self.shown;
                self.load(quarter, as_of);
                let text = Message::new("catalogue-saved").with("id", id.as_str());
                self.tell(Msg::SourceSaved(id));
                self.tell(Msg::Finished(text));
            }
            Err(failure) => self.tell_failure(&failure),
        }
    }
}
