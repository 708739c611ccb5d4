//! What the user is looking at.

use crate::i18n::Language;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::assess::Assessment;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::snapshot::Snapshot;
use std::path::PathBuf;
use std::sync::Arc;

/// The screens; their order is the order of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum ScreenId {
    Overview,
    Programme,
    Entry,
    Sources,
    Help,
    /// Without a workspace: open, make or show the demo.
    Start,
}

/// A problem of the workspace's files, as a sentence with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceProblem {
    /// It is an error (not a warning).
    pub error: bool,
    /// `register/programmes/P12.toml:14`
    pub place: String,
    /// What.
    pub text: Message,
    /// What to do.
    pub next: Option<Message>,
}

/// A state of a workspace, as the worker loads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// Folder.
    pub root: PathBuf,
    /// Everything known at the as-of moment.
    pub snapshot: Arc<Snapshot>,
    /// The assessment of the quarter.
    pub assessment: Arc<Assessment>,
    /// As asked for; `None` = now.
    pub as_of: Option<DateTime<Utc>>,
    /// The last recorded moment of the workspace.
    pub last_recorded: Option<DateTime<Utc>>,
    /// Now, by the workspace's clock (the demo's stands still).
    pub now: DateTime<Utc>,
    /// Invented figures.
    pub demo: bool,
    /// The person at the keyboard, if the account is mapped: id and display name.
    pub person: Option<(String, String)>,
    /// Nobody mapped, `--read-only`, or as-of in the past: entry is off, with the reason.
    pub read_only: Option<Message>,
    /// Problems of its files.
    pub problems: Vec<WorkspaceProblem>,
    /// First and last quarter there is anything to show for.
    pub quarters: (Quarter, Quarter),
    /// Language the workspace asks for.
    pub language: Language,
}

/// Everything a face needs to draw; changed only by [`crate::update::update`].
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Language.
    pub language: Language,
}
