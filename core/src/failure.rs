//! Why a command or a job could not do its work, and what a script is told about it.

use quarterdeck_kpi::message::{Arg, Message};

/// How a command ends; scripts rely on the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done.
    Done,
    /// Done in part, or `--fail-on` matched.
    Partly,
    /// Wrong use, configuration, or `check` found errors.
    Usage,
    /// Nothing could be done.
    Nothing,
    /// Verification failed.
    Verification,
    /// Somebody else writes to the workspace.
    Busy,
    /// Interrupted; nothing is lost.
    Interrupted,
    /// Asked to end by the system; nothing is lost.
    Terminated,
}

impl Exit {
    /// The number for the shell.
    pub fn code(self) -> i32 {
        match self {
            Exit::Done => 0,
            Exit::Partly => 1,
            Exit::Usage => 2,
            Exit::Nothing => 3,
            Exit::Verification => 4,
            Exit::Busy => 5,
            Exit::Interrupted => 130,
            Exit::Terminated => 143,
        }
    }
}

/// A failure as a sentence: what, where and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Failure {
    /// How the command ends.
    pub exit: Exit,
    /// Stable word for scripts: the key of the sentence.
    pub code: String,
    /// What went wrong.
    pub what: Box<Message>,
    /// File, figure or address it is about.
    pub place: Option<String>,
    /// What to do.
    pub next: Option<Box<Message>>,
}

impl Failure {
    /// A failure whose code is the key of its sentence. A next step that the sentence ends with
    /// (argument `next`) stands alone too.
    pub fn new(exit: Exit, what: Message) -> Self {
        let next = what.args.iter().find_map(|(name, arg)| match arg {
            Arg::Sentence(next) if name == "next" => Some(next.clone()),
            _ => None,
        });
        Self {
            exit,
            code: what.id.clone().into_owned(),
            what: Box::new(what),
            place: None,
            next,
        }
    }
    /// Wrong use or configuration.
    pub fn usage(what: Message) -> Self {
        Self::new(Exit::Usage, what)
    }
    /// Nothing could be done.
    pub fn nothing(what: Message) -> Self {
        Self::new(Exit::Nothing, what)
    }
    /// With the file, figure or address it is about.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }
    /// With what to do.
    #[must_use]
    pub fn next(mut self, next: Message) -> Self {
        self.next = Some(Box::new(next));
        self
    }
}

impl From<quarterdeck_store::StoreError> for Failure {
    fn from(error: quarterdeck_store::StoreError) -> Self {
        use quarterdeck_store::ErrorKind;
        let exit = match error.kind() {
            ErrorKind::Busy => Exit::Busy,
            ErrorKind::Newer | ErrorKind::Older => Exit::Usage,
            ErrorKind::Corrupt
            | ErrorKind::Full
            | ErrorKind::ReadOnly
            | ErrorKind::Missing
            | ErrorKind::Other => Exit::Nothing,
        };
        Failure::new(exit, error.message())
            .at(error.file())
            .next(error.next())
    }
}

impl From<quarterdeck_store::LockError> for Failure {
    fn from(error: quarterdeck_store::LockError) -> Self {
        use quarterdeck_store::LockError;
        let (exit, file) = match &error {
            LockError::Busy { file, .. } => (Exit::Busy, file.clone()),
            LockError::Unwritable { file, .. } => (Exit::Nothing, file.clone()),
        };
        Failure::new(exit, error.message())
            .at(file)
            .next(error.next())
    }
}
