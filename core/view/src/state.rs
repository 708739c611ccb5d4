//! What the user is looking at.

use crate::catalogue::{DraftField, NewSource, Preset};
use crate::format::MoneyUnit;
use crate::i18n::Language;
use crate::outlooks::Outlooks;
use crate::trail::Trail;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::address::{FigureAddress, SeriesId};
use quarterdeck_kpi::assess::Assessment;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::change::Change;
use quarterdeck_kpi::find::Hit;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::Span;
use quarterdeck_kpi::risk::RiskBasis;
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_kpi::status::Status;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// The screens; their order is the order of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum ScreenId {
    Overview,
    Programme,
    Budget,
    Milestones,
    /// One indicator with its rows and its trail; opened from a list.
    Indicator,
    Entry,
    Sources,
    Review,
    Reports,
    Help,
    /// A source is put together.
    NewSource,
    /// What changed between two moments.
    Changes,
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
    /// Every moment at which something was recorded, oldest first.
    pub moments: Arc<[DateTime<Utc>]>,
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
    /// Source files that come with the program.
    pub presets: Arc<[Preset]>,
    /// Sign-off of the shown quarter; `None` while nothing of it is known.
    pub signing: Option<Arc<crate::signing::Signing>>,
    /// Why the person at the keyboard may not save a source.
    pub cannot_configure: Option<Message>,
    /// Forecasts looked at so far.
    pub outlooks: Outlooks,
}

impl ScreenId {
    /// Every screen; the order of the rail, the first page last.
    pub const ALL: [ScreenId; 13] = [
        ScreenId::Overview,
        ScreenId::Programme,
        ScreenId::Budget,
        ScreenId::Milestones,
        ScreenId::Indicator,
        ScreenId::Entry,
        ScreenId::Sources,
        ScreenId::Review,
        ScreenId::Reports,
        ScreenId::Help,
        ScreenId::NewSource,
        ScreenId::Changes,
        ScreenId::Start,
    ];
    /// The screens of the rail, in order; digit keys count them.
    pub const RAIL: [ScreenId; 9] = [
        ScreenId::Overview,
        ScreenId::Programme,
        ScreenId::Budget,
        ScreenId::Milestones,
        ScreenId::Entry,
        ScreenId::Sources,
        ScreenId::Review,
        ScreenId::Reports,
        ScreenId::Help,
    ];
    /// The command that opens it, for example `sources`.
    pub fn id(self) -> &'static str {
        match self {
            ScreenId::Overview => "overview",
            ScreenId::Programme => "programme",
            ScreenId::Budget => "budget",
            ScreenId::Milestones => "milestones",
            ScreenId::Indicator => "indicator",
            ScreenId::Entry => "entry",
            ScreenId::Sources => "sources",
            ScreenId::Review => "review",
            ScreenId::Reports => "reports",
            ScreenId::Help => "help",
            ScreenId::NewSource => "new-source",
            ScreenId::Changes => "changes",
            ScreenId::Start => "start",
        }
    }
}

/// Which face shows the state: keys differ where a terminal or a window has its own custom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FaceKind {
    /// A window; Ctrl+C copies.
    Window,
    /// A terminal; Ctrl-C interrupts.
    #[default]
    Terminal,
}

/// What this face can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// It can ask for files with the system's dialog; otherwise the path is typed.
    pub pick_files: bool,
    /// It has a light and a dark theme of its own.
    pub themes: bool,
    /// There is room for one column only: what stands at the side elsewhere takes its place.
    pub one_column: bool,
}

/// Selection, order and scroll position of one panel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PanelState {
    /// Key of the selected row.
    pub selected: Option<String>,
    /// Column sorted by, and whether descending.
    pub sort: Option<(&'static str, bool)>,
    /// First line shown, for panels of running text.
    pub scroll: usize,
}

/// What a prompt asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PromptKind {
    /// `:`
    Command,
    /// `/`
    Filter,
    /// As-of date.
    AsOf,
    /// Folder to open.
    OpenFolder,
    /// Folder to make a workspace in.
    CreateFolder,
    /// Evidence file.
    Evidence,
    /// What is said beside a typed figure.
    Note,
    /// A field of a source that is put together.
    Source(DraftField),
    /// A line of its file, counted from 0; a new one is put in before it.
    SourceLine {
        /// Its index.
        line: usize,
        /// It is put in.
        is_new: bool,
    },
    /// Why an exception counts as dealt with.
    Handle,
    /// Why an open item of a quarter is accepted.
    Reason,
}

/// A cell of a report's table that is what was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// Below the workspace, with `/`.
    pub file: String,
    /// Address in the row's first column.
    pub figure: String,
    /// Heading of the column.
    pub column: String,
    /// What stands there.
    pub text: String,
}

/// The open prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptState {
    /// What it asks for.
    pub kind: PromptKind,
    /// Text so far.
    pub text: String,
    /// Chosen suggestion, if the arrows went into the list.
    pub chosen: Option<usize>,
    /// Error of the last try.
    pub error: Option<Message>,
}

/// A typed figure that is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// As typed.
    pub text: String,
    /// Why it was refused; the text stays.
    pub error: Option<Message>,
    /// Evidence file.
    pub evidence: Option<PathBuf>,
    /// What is said beside it; a figure that is there already is corrected for this reason.
    pub note: Option<String>,
    /// It is being stored just now.
    pub saving: bool,
}

/// Something the worker is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What.
    pub label: Message,
    /// Done.
    pub done: u64,
    /// Of how many; 0 when not known.
    pub of: u64,
}

/// A notice across the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// It is an error.
    pub error: bool,
    /// Sentence.
    pub text: Message,
    /// Next step.
    pub next: Option<Message>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundView {
    /// As typed.
    pub text: String,
    /// The figures, the likeliest first.
    pub hits: Arc<Vec<Hit>>,
    /// Where it is printed in the reports; `None` until they were looked through.
    pub printed: Option<Arc<Vec<Printed>>>,
    /// How many there are in all.
    pub all: usize,
}

/// What changed between two moments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesView {
    /// The earlier moment.
    pub from: DateTime<Utc>,
    /// The later one.
    pub to: DateTime<Utc>,
    /// The quarter.
    pub quarter: Quarter,
    /// Every figure that differs.
    pub changes: Arc<Vec<Change>>,
}

/// The trail at the right of a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailView {
    /// The figure asked for, with its period.
    pub figure: FigureAddress,
    /// What came back; `None` while it is looked up.
    pub shown: Option<Arc<Trail>>,
    /// Nothing of that name is known.
    pub is_unknown: bool,
    /// Figures to go back to.
    pub came_from: Vec<FigureAddress>,
}

/// Everything a face needs to draw; changed only by [`crate::update::update`].
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Language.
    pub language: Language,
    /// The person chose the language; a workspace's own no longer replaces it.
    pub language_chosen: bool,
    /// Dark theme.
    pub dark: bool,
    /// Which face.
    pub face: FaceKind,
    /// What the face can do.
    pub capabilities: Capabilities,
    /// Plain signs only (`--glyphs ascii`).
    pub ascii: bool,
    /// Screen shown; `None` before anything was decided: overview with a workspace, else the first page.
    pub screen: Option<ScreenId>,
    /// Screens to go back to, with their programme.
    pub history: Vec<(ScreenId, Option<String>)>,
    /// The programme opened.
    pub programme: Option<String>,
    /// The workspace as last loaded.
    pub loaded: Option<Arc<Loaded>>,
    /// A load is under way; the old figures stay.
    pub loading: bool,
    /// Quarter asked for; `None` = the last that ended.
    pub quarter: Option<Quarter>,
    /// As-of cursor; `None` = now.
    pub as_of: Option<DateTime<Utc>>,
    /// Selection and order of each panel by its id.
    pub panels: BTreeMap<&'static str, PanelState>,
    /// Focused panel of each screen; the first that takes focus otherwise.
    pub focus: BTreeMap<&'static str, &'static str>,
    /// Shortened panels that are shown whole.
    pub expanded: BTreeSet<&'static str>,
    /// Filter text; `!` before it takes what does not match.
    pub filter: String,
    /// Only programmes of this status group.
    pub filter_status: Option<Status>,
    /// Open prompt.
    pub prompt: Option<PromptState>,
    /// Commands given, latest last.
    pub commands: Vec<String>,
    /// Drafts of the entry grid by cell key.
    pub drafts: BTreeMap<String, Draft>,
    /// Cell being edited, and its draft before the edit.
    pub editing: Option<(String, Option<Draft>)>,
    /// Running job.
    pub job: Option<Job>,
    /// Notices.
    pub notices: Vec<Notice>,
    /// Rows stored last: what undo withdraws, with their cells.
    pub last_stored: Vec<(String, i64)>,
    /// Leaving was asked for once while drafts are unsaved.
    pub leaving: bool,
    /// The source that is being put together; it stays when its screen is left.
    pub new_source: Option<NewSource>,
    /// Giving it up was asked for once.
    pub discarding: bool,
    /// Publishing this quarter was asked for once: it cannot be taken back.
    pub publishing: Option<Quarter>,
    /// Programme whose exception is being marked as handled.
    pub handling: Option<String>,
    /// Which risk the migration compares; `None`: as reported, if anybody reported any.
    pub risk_basis: Option<RiskBasis>,
    /// Quarters back the migration is compared with; 0 is as 1.
    pub risk_back: i32,
    /// Unit in which tables show money.
    pub money_unit: MoneyUnit,
    /// The budget's rows are programmes, not agencies.
    pub budget_by_programme: bool,
    /// The accumulation the budget's amounts are of.
    pub budget_span: Span,
    /// The open trail.
    pub trail: Option<TrailView>,
    /// The indicator opened.
    pub indicator: Option<SeriesId>,
    /// Readings read for the open screen, where the loaded state is without them.
    pub readings: crate::readings::Asked,
    /// What the last search found, while it is open.
    pub found: Option<FoundView>,
    /// What changed, as asked last.
    pub changes: Option<ChangesView>,
    /// Workspaces opened before, the last first; the first page offers them.
    pub recent: Vec<std::path::PathBuf>,
}

impl State {
    /// A first state for a face.
    pub fn new(face: FaceKind, capabilities: Capabilities) -> Self {
        Self {
            face,
            capabilities,
            ..Self::default()
        }
    }
    /// The screen shown.
    pub fn screen(&self) -> ScreenId {
        match (self.screen, &self.loaded) {
            (Some(screen), _) => screen,
            (None, Some(_)) => ScreenId::Overview,
            (None, None) => ScreenId::Start,
        }
    }
    /// The focused panel of the screen shown, if one was chosen.
    pub fn focused(&self) -> Option<&'static str> {
        self.focus.get(self.screen().id()).copied()
    }
    /// State of a panel, as it is for one never touched.
    pub fn panel(&self, id: &str) -> PanelState {
        self.panels.get(id).cloned().unwrap_or_default()
    }
    /// The quarter shown, if something is loaded.
    pub fn shown_quarter(&self) -> Option<Quarter> {
        self.loaded.as_ref().map(|l| l.assessment.quarter)
    }
    /// A sentence in the state's language.
    pub fn say(&self, message: &Message) -> String {
        crate::i18n::say(self.language, message)
    }
    /// A word in the state's language.
    pub fn word(&self, id: &str) -> String {
        crate::i18n::word(self.language, id)
    }
}
