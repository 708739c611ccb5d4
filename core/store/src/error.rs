//! What can go wrong with a database, as a sentence that says what, where and what to do.

use quarterdeck_kpi::message::Message;
use rusqlite::ErrorCode;
use std::path::Path;

/// The sort of trouble, for exit codes and retries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Another process is writing.
    Busy,
    /// The file is damaged or not a database.
    Corrupt,
    /// Made by a newer version of the program.
    Newer,
    /// Made by an older version: it has to be upgraded.
    Older,
    /// No room left on the disk.
    Full,
    /// It, or its folder, cannot be written.
    ReadOnly,
    /// There is no such file.
    Missing,
    /// Anything else.
    Other,
}

impl ErrorKind {
    /// Key of the sentence, and code in JSON.
    pub fn code(self) -> &'static str {
        match self {
            ErrorKind::Busy => "store-busy",
            ErrorKind::Corrupt => "store-corrupt",
            ErrorKind::Newer => "store-newer",
            ErrorKind::Older => "store-older",
            ErrorKind::Full => "store-full",
            ErrorKind::ReadOnly => "store-read-only",
            ErrorKind::Missing => "store-missing",
            ErrorKind::Other => "store-other",
        }
    }
    fn next(self) -> &'static str {
        match self {
            ErrorKind::Busy => "store-busy-next",
            ErrorKind::Corrupt => "store-corrupt-next",
            ErrorKind::Newer => "store-newer-next",
            ErrorKind::Older => "store-older-next",
            ErrorKind::Full => "store-full-next",
            ErrorKind::ReadOnly => "store-read-only-next",
            ErrorKind::Missing => "store-missing-next",
            ErrorKind::Other => "store-other-next",
        }
    }
}

/// Why the store could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    kind: ErrorKind,
    file: String,
    message: Box<Message>,
    next: Box<Message>,
}

impl StoreError {
    /// The sort of trouble.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
    /// What and where (argument `file`); what to do is [`StoreError::next`], also there as argument `next`.
    pub fn message(&self) -> Message {
        (*self.message).clone()
    }
    /// What to do about it, alone.
    pub fn next(&self) -> Message {
        (*self.next).clone()
    }
    /// The file it happened to.
    pub fn file(&self) -> &str {
        &self.file
    }

    pub(crate) fn new(kind: ErrorKind, file: &Path, detail: impl AsRef<str>) -> Self {
        let next = Message::new(kind.next());
        let message = Message::new(kind.code()).with("detail", safe(detail.as_ref()));
        Self::build(kind, file, message, next)
    }
    /// With a sentence of its own instead of the kind's; `file` and `next` are added.
    pub(crate) fn saying(kind: ErrorKind, file: &Path, message: Message, next: Message) -> Self {
        Self::build(kind, file, message, next)
    }
    fn build(kind: ErrorKind, file: &Path, message: Message, next: Message) -> Self {
        let file = safe(&file.to_string_lossy());
        let message = message
            .with("file", file.clone())
            .with("next", next.clone());
        Self {
            kind,
            file,
            message: Box::new(message),
            next: Box::new(next),
        }
    }

    pub(crate) fn sqlite(file: &Path, error: &rusqlite::Error) -> Self {
        let detail = error.to_string();
        let kind = match error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::FileLockingProtocolFailed => ErrorKind::Busy,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => ErrorKind::Corrupt,
                ErrorCode::DiskFull => ErrorKind::Full,
                // Of the shared memory of its log SQLite only says that it could not be written.
                ErrorCode::SystemIoFailure if crate::platform::is_full(file) => ErrorKind::Full,
                ErrorCode::ReadOnly | ErrorCode::PermissionDenied => ErrorKind::ReadOnly,
                ErrorCode::CannotOpen if !file.exists() => ErrorKind::Missing,
                // The file is there, but what SQLite has to put beside it cannot be made.
                ErrorCode::CannotOpen => ErrorKind::ReadOnly,
                _ => ErrorKind::Other,
            },
            // Columns that do not hold what they were made for.
            rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::Utf8Error(..) => ErrorKind::Corrupt,
            _ => ErrorKind::Other,
        };
        Self::new(kind, file, detail)
    }

    pub(crate) fn io(file: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        let kind = match error.kind() {
            Io::NotFound => ErrorKind::Missing,
            Io::StorageFull | Io::QuotaExceeded => ErrorKind::Full,
            Io::PermissionDenied | Io::ReadOnlyFilesystem => ErrorKind::ReadOnly,
            _ => ErrorKind::Other,
        };
        Self::new(kind, file, error.to_string())
    }
}

/// Text of the operating system or of SQLite without control characters.
fn safe(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(600).collect()
}
