//! The office's own files: finding, loading, checking and making a workspace.
//!
//! Files are read once into memory; everything after that is pure, so that the register of any
//! earlier moment is loaded from its stored bytes in the same way ([`load_from_files`]).

mod build;
mod check;
mod check_control;
mod check_register;
mod check_sources;
mod check_validation;
mod folder;
mod parallel;
mod parse;
mod raw;
mod raw_control;
mod raw_register;
mod raw_validation;
mod settings;
mod source_lines;
mod starter;
#[cfg(test)]
mod tests;
mod texts;
mod toml_missing;
mod toml_text;
mod toml_words;
mod write;

pub use check::{check, check_files, has_errors};
pub use folder::find;
pub use settings::{
    DemoSettings, FORMAT, Journal, Network, Overrides, Settings, StoreSettings, YearCalendar,
};
pub use starter::{embedded, init};
pub(crate) use write::set as set_value;
pub use write::{is_workspace_path, programme_text, with_target, write_file};

use chrono::{DateTime, Utc};
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::register::Register;
use quarterdeck_sources::config::SourceConfig;
use quarterdeck_sources::targets::is_list_name;
use std::path::{Path, PathBuf};

/// A workspace as its files say.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The folder.
    pub root: PathBuf,
    /// Settings of `quarterdeck.toml`.
    pub settings: Settings,
    /// Plans, programmes, agencies and the rest.
    pub register: Register,
    /// Sources, one a file.
    pub sources: Vec<SourceConfig>,
    /// Relative path with `/`, and bytes, in order of path: what a register version stores.
    pub files: Vec<(String, Vec<u8>)>,
    /// What was wrong; a broken file is left out and the others still work.
    pub problems: Vec<Problem>,
}

impl Workspace {
    /// Gives the figures that the register carries the instant of their register version.
    pub fn set_recorded_at(&mut self, recorded_at: DateTime<Utc>) {
        for row in &mut self.register.published {
            row.recorded_at = recorded_at;
        }
        for row in &mut self.register.money {
            row.recorded_at = recorded_at;
        }
    }
}

/// Something wrong in the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// An error leaves something out; a warning does not.
    pub severity: Severity,
    /// Relative path with `/`.
    pub file: String,
    /// Line, from 1.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: Message,
    /// What to do.
    pub next: Option<Message>,
}

impl Problem {
    /// An error in a file.
    pub fn error(file: &str, line: Option<usize>, message: Message) -> Self {
        Self {
            severity: Severity::Error,
            file: file.to_owned(),
            line,
            message,
            next: None,
        }
    }
    /// A warning about a file.
    pub fn warning(file: &str, line: Option<usize>, message: Message) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(file, line, message)
        }
    }
    /// With what to do.
    #[must_use]
    pub fn next(mut self, next: Option<Message>) -> Self {
        self.next = next;
        self
    }
}

/// Loads a workspace. Broken register and source files are problems of the result; settings that
/// cannot be read, or of a newer format, are an error, because a network policy must not be lost.
///
/// The figures that the register carries stand as recorded at the Unix epoch until
/// [`Workspace::set_recorded_at`] gives them the instant of their register version.
pub fn load(root: &Path) -> Result<Workspace, Message> {
    load_on(1, root)
}

/// The same on so many threads, where the machine has the cores: sooner, for a little memory.
pub(crate) fn load_on(threads: usize, root: &Path) -> Result<Workspace, Message> {
    let workspace = load_with_problems(threads, root)?;
    match workspace
        .problems
        .iter()
        .find(|p| p.file == folder::SETTINGS && p.severity == Severity::Error)
    {
        Some(problem) => Err(problem_sentence(problem)),
        None => Ok(workspace),
    }
}

/// Loads a workspace even if its settings are broken (the defaults then stand in for them): for
/// listing every problem, never for collecting.
pub fn load_for_check(root: &Path) -> Result<Workspace, Message> {
    load_with_problems(1, root)
}

fn load_with_problems(threads: usize, root: &Path) -> Result<Workspace, Message> {
    let (files, mut problems) = folder::read(root)?;
    settings::refuse_other_format(&files)?;
    let at = DateTime::<Utc>::UNIX_EPOCH;
    let (register, settings, sources, more) = understood(parse::parse(&files, threads), at);
    problems.extend(more);
    Ok(Workspace {
        root: root.to_owned(),
        settings,
        register,
        sources,
        files,
        problems,
    })
}

/// What a source's file says as far as it can be read; keys that nobody knows are left out.
pub(crate) fn source_as_far_as_read(text: &str) -> Option<SourceConfig> {
    let file = toml_text::read_known("", text.as_bytes(), &mut Vec::new())?;
    Some(file.content)
}

/// The file of targets that the text of a source names.
fn list_named(text: &str) -> Option<String> {
    let name = source_as_far_as_read(text)?.targets_file?;
    is_list_name(&name).then_some(name)
}

/// The files of a workspace with one that is not written yet, and the file of targets it names.
pub(crate) fn files_with(workspace: &Workspace, name: &str, text: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = workspace.files.clone();
    files.retain(|(known, _)| known != name);
    files.push((name.to_owned(), text.as_bytes().to_vec()));
    if let Some(list) = list_named(text) {
        let path = format!("sources/{list}");
        if !files.iter().any(|(known, _)| *known == path)
            && let Some(bytes) = folder::list_file(&workspace.root, &list)
        {
            files.push((path, bytes));
        }
    }
    files.sort();
    files
}

/// Takes the targets of a source that is not saved yet from the file it names.
pub(crate) fn take_targets(workspace: &Workspace, source: &mut SourceConfig) {
    source.take_targets(|name| folder::list_file(&workspace.root, name));
}

/// Loads from bytes: the register version stored at an earlier moment is loaded like today's files.
pub fn load_from_files(
    files: &[(String, Vec<u8>)],
    recorded_at: DateTime<Utc>,
) -> (Register, Settings, Vec<SourceConfig>, Vec<Problem>) {
    understood(parse::parse(files, 1), recorded_at)
}

fn understood(
    parsed: parse::Parsed,
    recorded_at: DateTime<Utc>,
) -> (Register, Settings, Vec<SourceConfig>, Vec<Problem>) {
    let settings = settings::settings(&parsed);
    let register = build::register(&parsed, &settings, recorded_at);
    let unknown_rule = settings::unknown_rule_set(&parsed);
    let sources = parsed.sources.into_iter().map(|s| s.content).collect();
    let mut problems = parsed.problems;
    problems.extend(unknown_rule);
    (register, settings, sources, problems)
}

/// A problem with its place in one sentence.
pub fn problem_sentence(problem: &Problem) -> Message {
    let sentence = match problem.line {
        Some(line) => Message::new("workspace-problem-at-line")
            .with("file", problem.file.as_str())
            .with("line", line),
        None => Message::new("workspace-problem").with("file", problem.file.as_str()),
    };
    sentence.with("problem", problem.message.clone())
}
