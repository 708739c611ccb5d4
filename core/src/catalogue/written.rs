//! The file of a draft as it would be written, with what the checker says of every line. Nothing is
//! stored.

use super::text::{draft_of, text_of};
use crate::session::Session;
use crate::workspace::{Problem, check_files};
use quarterdeck_kpi::finding::Severity;
use quarterdeck_view::catalogue::{DraftField, DraftFile, LineProblem, SourceDraft};

/// Longest file and most lines that are written out; a longer one is no source.
const LONGEST: usize = 64 * 1024;
/// Problems that are shown.
const SHOWN: usize = 50;

/// Writes a draft out. `text` is what a person made of its lines: it goes before the fields, and
/// stays as it was typed even where it cannot be read.
pub fn write_out(
    session: &Session,
    draft: &SourceDraft,
    text: Option<&str>,
) -> (SourceDraft, DraftFile) {
    let draft = match text {
        None => draft.clone(),
        Some(text) => {
            let text: String = text.chars().take(LONGEST).collect();
            let mut next = draft_of(&text).unwrap_or_else(|_| SourceDraft {
                base: text,
                values: draft.values.clone(),
                is_changed: true,
            });
            next.is_changed = true;
            next
        }
    };
    let (text, refused) = match text_of(&draft) {
        Ok(text) => (text, None),
        Err(message) => (draft.base.clone(), Some(message)),
    };
    let workspace = session.workspace();
    let file = format!("sources/{}.toml", draft.value(DraftField::Id).trim());
    let mut files = workspace.files.clone();
    files.retain(|(name, _)| *name != file);
    files.push((file.clone(), text.as_bytes().to_vec()));
    files.sort();
    let said = |problem: Problem| LineProblem {
        line: problem.line,
        is_error: problem.severity == Severity::Error,
        text: problem.message,
        next: problem.next,
    };
    let checked = check_files(&workspace.root, &files).into_iter();
    let mut problems: Vec<LineProblem> = checked
        .filter(|problem| problem.file == file)
        .map(said)
        .take(SHOWN)
        .collect();
    // What the checker does not see of the fields: that there is no address, say.
    if let Some(text) = refused.filter(|_| !problems.iter().any(|problem| problem.is_error)) {
        problems.insert(
            0,
            LineProblem {
                line: None,
                is_error: true,
                text,
                next: None,
            },
        );
    }
    let lines = text.lines().map(str::to_owned).collect();
    (draft, DraftFile { lines, problems })
}
