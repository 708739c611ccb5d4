//! Writing the file of a new source.

use super::text::text_of;
use crate::failure::Failure;
use crate::platform;
use crate::session::Session;
use crate::workspace::{Workspace, check_files, files_with};
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_view::catalogue::{DraftField, SourceDraft};
use std::io;
use std::time::Duration;

/// How long saving waits for another writer, as entry does.
const WAIT: Duration = Duration::from_secs(5);

/// Longest id.
const LONGEST: usize = 60;

/// Writes `sources/ID.toml`, which must not be there yet, and gives the id. The file is checked as
/// `qd check` does; the register version is appended when the workspace is loaded the next time.
pub fn save_source(session: &mut Session, draft: &SourceDraft) -> Result<String, Failure> {
    session.may_configure()?;
    let id = draft.value(DraftField::Id).trim().to_owned();
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || id.len() > LONGEST || !id.chars().all(is_plain) || id.starts_with('-') {
        return Err(Failure::usage(
            Message::new("catalogue-bad-id").with("id", clean(&id)),
        ));
    }
    let file = format!("sources/{id}.toml");
    let exists = || {
        Failure::usage(Message::new("catalogue-exists").with("id", id.as_str()))
            .at(file.as_str())
            .next(Message::new("catalogue-exists-next"))
    };
    let _lock = session.lock("save-source", WAIT)?;
    let workspace = session.workspace();
    if workspace.sources.iter().any(|source| source.id == id) {
        return Err(exists());
    }
    let text = text_of(draft).map_err(Failure::usage)?;
    if let Some(problem) = problem_of(workspace, &file, &text) {
        let wrong = Message::new("catalogue-line-wrong").with("problem", problem);
        return Err(Failure::usage(wrong).at(file.as_str()));
    }
    let target = session.root().join("sources").join(format!("{id}.toml"));
    match platform::create_file(&target, text.as_bytes()) {
        Ok(()) => Ok(id),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists()),
        Err(error) => {
            let reason = platform::refused(&target, &error);
            Err(Failure::nothing(
                Message::new("catalogue-not-written")
                    .with("id", id.as_str())
                    .with("reason", reason),
            ))
        }
    }
}

/// The first error that the workspace would have in this file.
fn problem_of(workspace: &Workspace, file: &str, text: &str) -> Option<Message> {
    let files = files_with(workspace, file, text);
    check_files(&workspace.root, &files)
        .into_iter()
        .find(|problem| problem.file == file && problem.severity == Severity::Error)
        .map(|problem| problem.message)
}
