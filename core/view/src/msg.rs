//! What can happen, and what the outside world is asked to do.

use crate::catalogue::{DraftField, DraftFile, SourceDraft, Trial};
use crate::format::MoneyUnit;
use crate::i18n::Language;
use crate::readings::Readings;
use crate::state::{ChangesView, Loaded, Printed, ScreenId};
use crate::trail::Trail;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::address::{FigureAddress, SeriesId};
use quarterdeck_kpi::calendar::{Period, Quarter};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::Span;
use quarterdeck_kpi::risk::RiskBasis;
use std::path::PathBuf;

/// Something happened: a key, a click, a menu, or an answer of the worker.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // fields say what they are by their names
pub enum Msg {
    /// Show a screen.
    Go(ScreenId),
    /// Open a programme.
    OpenProgramme(String),
    /// Open an indicator with its trail.
    OpenIndicator(SeriesId),
    /// Open the trail of a figure.
    Explain(FigureAddress),
    /// Open the trail of what is selected; again for the next figure of the row.
    ExplainSelected,
    /// Close the trail.
    CloseTrail,
    /// Look for a number or text in everything that is known.
    Find(String),
    /// Where the reports print what was looked for.
    FoundPrinted {
        /// What was looked for.
        text: String,
        /// The cells.
        places: Vec<Printed>,
    },
    /// Move the as-of cursor to the recorded moment before (-1) or after (1).
    StepAsOf(i32),
    /// Show what changed since the as-of cursor, or since the moment before the last.
    ShowChanges,
    /// Back (Esc).
    Back,
    /// Quarter before, after, or a given one.
    PreviousQuarter,
    /// Quarter after.
    NextQuarter,
    /// A given quarter.
    SetQuarter(Quarter),
    /// As-of cursor; `None` is now.
    SetAsOf(Option<DateTime<Utc>>),
    /// Move the selection of the focused panel.
    Move(i32),
    /// First or last row.
    MoveToEnd(bool),
    /// Select a row of a panel by its key.
    Select { panel: &'static str, key: String },
    /// Enter on the selection.
    Open,
    /// Focus the next or previous panel.
    Focus(i32),
    /// Focus a panel.
    FocusPanel(&'static str),
    /// Sort by a column; again for the other direction.
    Sort {
        panel: &'static str,
        column: &'static str,
    },
    /// Sort the focused table by the next (1) or previous (-1) column, or turn the order (0).
    SortStep(i32),
    /// Show the whole of a shortened panel, or its short form again.
    ShowMore(&'static str),
    /// Open the command line.
    Command,
    /// Open the filter.
    Filter,
    /// Ask for an as-of date.
    AskAsOf,
    /// Text of the open prompt.
    PromptText(String),
    /// Next or previous suggestion or history entry.
    PromptMove(i32),
    /// Take the prompt.
    PromptAccept,
    /// Close the prompt.
    PromptCancel,
    /// Set the filter text at once (search box).
    SetFilter(String),
    /// Only programmes of this status group; `None` clears.
    FilterStatus(Option<quarterdeck_kpi::status::Status>),
    /// Language, at once.
    SetLanguage(Language),
    /// The other language.
    ToggleLanguage,
    /// Dark or light (window).
    SetDark(bool),
    /// Copy the selection as tab-separated text.
    Copy,
    /// Entry grid: start editing the selected cell, optionally with a first character.
    EditStart(Option<String>),
    /// Entry grid: text of a cell.
    EditText { key: String, text: String },
    /// Entry grid: take the cell and go down (Enter) or on (Tab).
    EditAccept { forward: bool },
    /// Entry grid: leave the cell as it was.
    EditCancel,
    /// Paste a block (tab-separated lines) from the selected cell on.
    Paste(String),
    /// Save what was typed.
    EntrySave,
    /// Undo the last saved entry: a withdrawing row.
    EntryUndo,
    /// Attach an evidence file to the selected entry.
    EntryEvidence,
    /// Ask what is to be said beside the selected figure.
    EntryNote,
    /// A file was chosen for the selected entry.
    EvidenceChosen(PathBuf),
    /// Collect due sources now, or the given one.
    Collect(Option<String>),
    /// Put a new source together; goes on with the one begun.
    NewSource,
    /// Begin with a preset.
    ChoosePreset(String),
    /// Ask for the text of a field of the new source.
    AskField(DraftField),
    /// Text of a field of the new source.
    SetField { field: DraftField, text: String },
    /// Ask for the text of a line of its file, counted from 0; after the last: a line more.
    AskLine(usize),
    /// Ask for a line that comes after the selected one.
    AskNewLine,
    /// A line of its file: changed, put in before this one, or taken out when it is blank.
    SetLine {
        line: usize,
        is_new: bool,
        text: String,
    },
    /// Ask the new source once, store nothing.
    TrySource,
    /// Write the file of the new source.
    SaveSource,
    /// Give the new source up.
    DiscardSource,
    /// Show money in this unit.
    SetMoneyUnit(MoneyUnit),
    /// The budget's rows: programmes, or agencies.
    BudgetByProgramme(bool),
    /// The accumulation the budget's amounts are of.
    SetBudgetSpan(Span),
    /// Write the quarterly report.
    Report,
    /// Asks for the reason to accept the chosen open item.
    AcceptItem,
    /// Takes the next step of the shown quarter's sign-off.
    Sign,
    /// Ask why the exception of a programme counts as dealt with.
    AskHandle(String),
    /// Compare risk with the quarter so many before.
    RiskBack(i32),
    /// Compare risk as reported, or by the rule.
    SetRiskBasis(RiskBasis),
    /// First page: open a workspace.
    OpenWorkspace(PathBuf),
    /// First page: choose a folder.
    AskOpenWorkspace,
    /// First page: make a workspace.
    AskCreateWorkspace,
    /// First page: make a workspace here.
    CreateWorkspace(PathBuf),
    /// First page: show the demo.
    ShowDemo,
    /// Reload from disk.
    Reload,
    /// Close a banner.
    CloseBanner(usize),
    /// Leave.
    Quit,
    /// Ctrl-C: stop what runs; nothing is lost.
    Interrupt,

    /// The worker loaded a workspace state.
    Loaded(Box<Loaded>),
    /// The worker looked a figure up.
    Explained(Box<Trail>),
    /// The worker compared two moments.
    Changed(Box<ChangesView>),
    /// The worker read every reading of some scopes.
    Readings(Readings),
    /// Nothing is known of a figure.
    NotExplained(FigureAddress),
    /// The worker says how far it is.
    Progressed {
        /// What.
        label: Message,
        /// Done.
        done: u64,
        /// Of how many; 0 when not known.
        of: u64,
    },
    /// The worker finished a job with a sentence for the user.
    Finished(Message),
    /// The worker could not; the sentence says what, where and what to do.
    Failed {
        /// What and where.
        what: Message,
        /// What to do.
        next: Option<Message>,
    },
    /// A try at the new source came back.
    Tried {
        /// What was asked.
        asked: Box<SourceDraft>,
        /// The same with what was guessed.
        draft: Box<SourceDraft>,
        /// What it showed.
        trial: Box<Trial>,
    },
    /// The file of the new source as it would be written.
    WrittenOut {
        /// What was asked.
        asked: Box<SourceDraft>,
        /// The same by the lines of its file.
        draft: Box<SourceDraft>,
        /// Its file.
        file: Box<DraftFile>,
    },
    /// The new source is a file of the workspace now.
    SourceSaved(String),
    /// Entries were stored (keys of the cells).
    Entered {
        /// Cells that are stored now, with their rows.
        stored: Vec<(String, i64)>,
        /// Cells that were refused, with the reason.
        refused: Vec<(String, Message)>,
    },
}

/// One figure typed by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRequest {
    /// Cell key.
    pub key: String,
    /// Series.
    pub series: SeriesId,
    /// Period.
    pub period: Period,
    /// Text as typed.
    pub text: String,
    /// Evidence file.
    pub evidence: Option<PathBuf>,
    /// Note.
    pub note: Option<String>,
}

/// What the outside world is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Load a state; answers with [`Msg::Loaded`].
    Load {
        /// Quarter; `None` = the last that ended.
        quarter: Option<Quarter>,
        /// As of; `None` = now.
        as_of: Option<DateTime<Utc>>,
    },
    /// Compare what was known then with what is known now; answers with [`Msg::Changed`].
    Changes {
        /// The earlier moment.
        since: DateTime<Utc>,
        /// Quarter.
        quarter: Quarter,
    },
    /// Look a figure up; answers with [`Msg::Explained`] or [`Msg::NotExplained`].
    Explain {
        /// Which, with its period.
        figure: FigureAddress,
        /// As of; `None` = now.
        as_of: Option<DateTime<Utc>>,
    },
    /// Read every reading of some scopes; answers with [`Msg::Readings`].
    Readings {
        /// Programmes, nodes.
        of: Vec<String>,
        /// As of; `None` = now.
        as_of: Option<DateTime<Utc>>,
    },
    /// Collect sources.
    Collect(Option<String>),
    /// Ask a source once and store nothing; answers with [`Msg::Tried`].
    TrySource(Box<SourceDraft>),
    /// Write a source's file out, without storing it, and check it; answers with [`Msg::WrittenOut`].
    WriteOut {
        /// The draft.
        draft: Box<SourceDraft>,
        /// Lines that a person changed, which go before the draft's fields.
        text: Option<String>,
    },
    /// Accept an open item of a quarter.
    AcceptItem {
        /// The quarter.
        quarter: Quarter,
        /// Name of the item.
        item: String,
        /// Why.
        reason: String,
    },
    /// Take a step of a quarter's sign-off.
    Sign {
        /// The quarter.
        quarter: Quarter,
        /// The step.
        step: quarterdeck_kpi::signoff::Step,
    },
    /// Write a source's file; answers with [`Msg::SourceSaved`].
    SaveSource(Box<SourceDraft>),
    /// Store typed figures.
    Enter(Vec<EntryRequest>),
    /// Withdraw a row.
    Withdraw {
        /// Row.
        sequence: i64,
        /// Why.
        reason: String,
    },
    /// Mark an exception as handled.
    Handle {
        /// Programme.
        programme: String,
        /// Quarter of the exception.
        quarter: Quarter,
        /// The figures it was seen with.
        fingerprint: String,
        /// Why.
        reason: String,
    },
    /// Write the report of a quarter.
    Report {
        /// Quarter.
        quarter: Quarter,
        /// As of.
        as_of: Option<DateTime<Utc>>,
        /// Language.
        language: Language,
    },
    /// Put text on the clipboard.
    Copy(String),
    /// Ask the person for a folder to open.
    PickWorkspace {
        /// To create one there.
        create: bool,
    },
    /// Ask the person for an evidence file.
    PickEvidence,
    /// Look through the tables of the workspace's reports; answers with [`Msg::FoundPrinted`].
    FindPrinted(String),
    /// Open a workspace.
    OpenWorkspace(PathBuf),
    /// Make a workspace and open it.
    CreateWorkspace(PathBuf),
    /// Make or open the demo.
    ShowDemo,
    /// Stop the running job cleanly.
    Interrupt,
    /// Leave.
    Quit,
}

impl Effect {
    /// Whether it stores, sends or writes something, or asks a portal or a person: what only somebody at the keyboard
    /// may want.
    pub fn acts(&self) -> bool {
        match self {
            Effect::Load { .. }
            | Effect::Changes { .. }
            | Effect::Explain { .. }
            | Effect::Readings { .. }
            | Effect::WriteOut { .. }
            | Effect::FindPrinted(_)
            | Effect::OpenWorkspace(_)
            | Effect::Interrupt
            | Effect::Quit => false,
            Effect::Collect(_)
            | Effect::TrySource(_)
            | Effect::AcceptItem { .. }
            | Effect::Sign { .. }
            | Effect::SaveSource(_)
            | Effect::Enter(_)
            | Effect::Withdraw { .. }
            | Effect::Handle { .. }
            | Effect::Report { .. }
            | Effect::Copy(_)
            | Effect::PickWorkspace { .. }
            | Effect::PickEvidence
            | Effect::CreateWorkspace(_)
            | Effect::ShowDemo => true,
        }
    }

    /// The answer in a run that makes a picture, which shows and never acts; `None` for what only looks.
    pub fn refused_in_a_picture(&self) -> Option<Msg> {
        self.acts().then(|| Msg::Failed {
            what: Message::new("notice-picture-acts-not"),
            next: Some(Message::new("notice-picture-acts-not-next")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_of_what_there_is_and_never_acts() {
        let acts = [
            Effect::Collect(None),
            Effect::ShowDemo,
            Effect::Copy("text".to_owned()),
            Effect::CreateWorkspace("desk".into()),
            Effect::Sign {
                quarter: Quarter::parse("2025Q4").unwrap(),
                step: quarterdeck_kpi::signoff::Step::Publish,
            },
            Effect::Enter(Vec::new()),
        ];
        for effect in acts {
            assert!(
                matches!(effect.refused_in_a_picture(), Some(Msg::Failed { .. })),
                "{effect:?}"
            );
        }
        let looks = [
            Effect::Load {
                quarter: None,
                as_of: None,
            },
            Effect::FindPrinted("75.3".to_owned()),
        ];
        for effect in looks {
            assert!(effect.refused_in_a_picture().is_none(), "{effect:?}");
        }
    }
}
