//! The file of a draft as it would be written, with what the checker says of every line. Nothing is
//! stored.

use super::text::{draft_as_far_as_read, text_of};
use crate::session::Session;
use crate::workspace::{Problem, check_files, files_with};
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
            let mut next = draft_as_far_as_read(&text).unwrap_or_else(|| SourceDraft {
                base: text,
                values: draft.values.clone(),
                ..SourceDraft::default()
            });
            next.is_changed = true;
            next
        }
    };
    // Lines that cannot be read are mended first: no field goes before them.
    let is_read = draft.base.is_empty() || draft_as_far_as_read(&draft.base).is_some();
    let text = match text_of(&draft) {
        Ok(text) if is_read => text,
        // What a field says cannot be written: there is nothing to check yet.
        Err(text) if is_read => {
            let problem = LineProblem {
                line: None,
                is_error: true,
                text,
                next: None,
            };
            let lines = draft.base.lines().map(str::to_owned).collect();
            let problems = vec![problem];
            return (draft, DraftFile { lines, problems });
        }
        _ => draft.base.clone(),
    };
    let workspace = session.workspace();
    let file = format!("sources/{}.toml", draft.value(DraftField::Id).trim());
    let files = files_with(workspace, &file, &text);
    let said = |problem: Problem| LineProblem {
        line: problem.line,
        is_error: problem.severity == Severity::Error,
        text: problem.message,
        next: problem.next,
    };
    let checked = check_files(&workspace.root, &files).into_iter();
    let problems = checked
        .filter(|problem| problem.file == file)
        .map(said)
        .take(SHOWN)
        .collect();
    let lines = text.lines().map(str::to_owned).collect();
    (draft, DraftFile { lines, problems })
}
