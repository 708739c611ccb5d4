//! What a collection tells while it runs and when it is done.

use chrono::{DateTime, Utc};
use quarterdeck_kpi::finding::Finding;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::source::Outcome;
use quarterdeck_sources::Located;
use quarterdeck_sources::preview::Preview;

/// What is happening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The run begins.
    Began {
        /// Its number in the store; none for a dry run.
        run: Option<i64>,
    },
    /// A source is asked.
    Started {
        /// Source id.
        source: String,
        /// Its place among the sources of this run, from 1.
        position: usize,
        /// Sources of this run.
        of: usize,
    },
    /// A body is coming in.
    Reading {
        /// Source id.
        source: String,
        /// Bytes so far, of this page.
        bytes: u64,
    },
    /// A page of several is done.
    Page {
        /// Source id.
        source: String,
        /// Rows so far.
        rows: u64,
        /// Rows the source says it has.
        total: Option<u64>,
    },
    /// Some of a source's targets are done.
    Target {
        /// Source id.
        source: String,
        /// Targets that answered or failed.
        done: usize,
        /// Targets of the source in this run.
        of: usize,
        /// Bytes of their answers.
        bytes: u64,
    },
    /// It did not work and is tried again.
    Retrying {
        /// Source id.
        source: String,
        /// What happened.
        message: Message,
        /// After so many milliseconds.
        wait_ms: u64,
    },
    /// Stored, or failed; nothing more comes of this source.
    Finished(SourceReport),
}

/// How one source went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceReport {
    /// Source id.
    pub source: String,
    /// Outcome; none when the run was stopped before it was done, or when it was too early.
    pub outcome: Option<Outcome>,
    /// It was not asked: its portal or its limit allows no call before this moment.
    pub too_early_until: Option<DateTime<Utc>>,
    /// The portal said that nothing changed since its last answer.
    pub unchanged: bool,
    /// Rows read.
    pub rows: u64,
    /// Readings and amounts in the answer.
    pub readings: usize,
    /// Of them: refused ones.
    pub rejected: usize,
    /// Of them: new ones, that the store did not have.
    pub new: usize,
    /// What was noticed.
    pub findings: Vec<Finding>,
    /// Files of a drop folder that were refused; others may have been taken.
    pub refused_files: usize,
    /// Its targets that were to be asked, and those whose answers were taken; none for a source
    /// with one address.
    pub targets: Option<(usize, usize)>,
    /// Milliseconds by the clock of the run.
    pub elapsed_ms: u64,
    /// What was wrong, or what was noticed first.
    pub message: Option<Message>,
    /// What its decoder understood, where that was asked for.
    pub understood: Option<Box<Understood>>,
}

/// What a decoder understood of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Understood {
    /// Columns, first rows, paths.
    pub preview: Preview,
    /// Measured encoding; empty when the answer was refused.
    pub encoding: &'static str,
    /// The first readings that came of it.
    pub readings: Vec<Located>,
}

/// How a collection went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectSummary {
    /// Run in the store; none for a dry run.
    pub run: Option<i64>,
    /// In the order of the workspace.
    pub sources: Vec<SourceReport>,
    /// Stopped before every source was done.
    pub interrupted: bool,
}

impl CollectSummary {
    /// Rows that the store did not have.
    pub fn new_readings(&self) -> usize {
        self.sources.iter().map(|s| s.new).sum()
    }
    /// Whether every source gave an answer that was taken.
    pub fn is_complete(&self) -> bool {
        !self.interrupted
            && self.sources.iter().all(|s| {
                let is_whole = s.targets.is_none_or(|(of, answered)| of == answered);
                s.refused_files == 0
                    && is_whole
                    && matches!(s.outcome, Some(Outcome::Good | Outcome::Partial))
            })
    }
    /// Whether no source gave an answer that was taken, although some were asked.
    pub fn is_nothing(&self) -> bool {
        !self.sources.is_empty()
            && !self
                .sources
                .iter()
                .any(|s| matches!(s.outcome, Some(Outcome::Good | Outcome::Partial)))
    }
}

impl SourceReport {
    /// The run was stopped before this source was done.
    pub fn was_stopped(&self) -> bool {
        self.outcome.is_none() && self.too_early_until.is_none()
    }
    pub(super) fn too_early(source: &str, until: DateTime<Utc>, message: Message) -> SourceReport {
        SourceReport {
            too_early_until: Some(until),
            message: Some(message),
            ..SourceReport::not_done(source)
        }
    }
    pub(super) fn not_done(source: &str) -> SourceReport {
        SourceReport {
            source: source.to_owned(),
            outcome: None,
            too_early_until: None,
            unchanged: false,
            rows: 0,
            readings: 0,
            rejected: 0,
            new: 0,
            findings: Vec::new(),
            refused_files: 0,
            targets: None,
            elapsed_ms: 0,
            message: None,
            understood: None,
        }
    }
}
