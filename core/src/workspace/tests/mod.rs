//! What an office notices of its files.

mod control;
mod files;
mod starter;
mod validation;

use super::*;
use quarterdeck_kpi::message::Arg;

type Files = Vec<(String, Vec<u8>)>;

pub(super) fn starter_files() -> Files {
    let mut files: Files = embedded()
        .map(|(path, bytes)| (path.to_owned(), bytes.to_vec()))
        .collect();
    files.sort();
    files
}

pub(super) fn instant() -> DateTime<Utc> {
    "2026-01-20T01:00:00Z".parse().unwrap()
}

/// A workspace of these files.
pub(super) fn of_files(files: Vec<(String, Vec<u8>)>) -> Workspace {
    let (register, settings, sources, problems) = load_from_files(&files, instant());
    Workspace {
        root: PathBuf::from("."),
        settings,
        register,
        sources,
        files,
        problems,
    }
}

pub(super) fn starter() -> Workspace {
    of_files(starter_files())
}

/// The starter with one file's text changed.
pub(super) fn changed(path: &str, change: impl Fn(&str) -> String) -> Workspace {
    let mut files = starter_files();
    let file = files.iter_mut().find(|(name, _)| name == path).unwrap();
    let text = change(std::str::from_utf8(&file.1).unwrap());
    assert_ne!(
        text.as_bytes(),
        file.1.as_slice(),
        "the change must change something"
    );
    file.1 = text.into_bytes();
    of_files(files)
}

/// The problems as `FILE:LINE ID`, with the hint's word.
pub(super) fn told(workspace: &Workspace) -> Vec<String> {
    check(workspace)
        .iter()
        .map(|p| {
            let hint = p
                .next
                .as_ref()
                .and_then(|n| n.args.first())
                .map(|(_, arg)| match arg {
                    Arg::Text(text) => format!(" -> {text}"),
                    other => format!(" -> {other:?}"),
                });
            let line = p.line.map_or(String::new(), |l| format!(":{l}"));
            format!(
                "{}{line} {}{}",
                p.file,
                p.message.id,
                hint.unwrap_or_default()
            )
        })
        .collect()
}
