//! How far a collection is: one changing line on a terminal, else a line for every finished source.

use super::Context;
use super::collect::report_line;
use super::log::Level;
use crate::collect::Progress;
use quarterdeck_kpi::message::Message;
use std::collections::BTreeMap;

/// What is known while a collection runs.
#[derive(Debug, Default)]
pub(super) struct Running {
    run: Option<i64>,
    done: usize,
    of: usize,
    /// Bytes of finished pages, and of the page that is coming in, by source.
    bytes: BTreeMap<String, (u64, u64)>,
    /// Bytes of finished sources.
    before: u64,
}

impl Running {
    /// Takes a step and tells it on stderr.
    pub(super) fn tell(&mut self, context: &mut Context<'_>, step: &Progress) {
        self.note(step);
        if matches!(step, Progress::Began { .. }) {
            return;
        }
        if let Progress::Retrying {
            source, message, ..
        } = step
        {
            let text = context.say(message);
            context.log(Level::Warn, self.run, source, &text);
        }
        if context.environment.stderr_terminal {
            let text = context.say(&self.line(step));
            context.progress(&text);
        } else if let Progress::Finished(report) = step
            // The operators' log has the same line with its time and run.
            && !context.global.verbose
        {
            context.note(&report_line(report));
        }
    }

    fn note(&mut self, step: &Progress) {
        match step {
            Progress::Began { run } => self.run = *run,
            Progress::Started { of, .. } => self.of = *of,
            Progress::Reading { source, bytes } => {
                let (before, now) = self.bytes.entry(source.clone()).or_default();
                if *bytes < *now {
                    *before += *now;
                }
                *now = *bytes;
            }
            Progress::Target { source, bytes, .. } => {
                self.bytes.insert(source.clone(), (0, *bytes));
            }
            Progress::Finished(report) => {
                self.done += 1;
                if let Some((before, now)) = self.bytes.remove(&report.source) {
                    self.before += before + now;
                }
            }
            Progress::Page { .. } | Progress::Retrying { .. } => {}
        }
    }

    fn line(&self, step: &Progress) -> Message {
        let source = match step {
            Progress::Started { source, .. }
            | Progress::Reading { source, .. }
            | Progress::Page { source, .. }
            | Progress::Target { source, .. }
            | Progress::Retrying { source, .. } => source.as_str(),
            Progress::Finished(report) => report.source.as_str(),
            Progress::Began { .. } => "",
        };
        let coming: u64 = self.bytes.values().map(|(before, now)| before + now).sum();
        let bytes = self.before + coming;
        Message::new("cli-collect-running")
            .with("done", self.done)
            .with("of", self.of)
            .with("kib", bytes.div_ceil(1024))
            .with("source", source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_several_pages_and_sources_add_up() {
        let mut running = Running::default();
        for (source, bytes) in [("a", 3000), ("a", 5000), ("a", 1000), ("b", 2000)] {
            let source = source.to_owned();
            running.note(&Progress::Reading { source, bytes });
        }
        let line = running.line(&Progress::Started {
            source: "c".to_owned(),
            position: 1,
            of: 4,
        });
        assert!(line.to_string().contains("kib=8"), "{line}");
    }
}
