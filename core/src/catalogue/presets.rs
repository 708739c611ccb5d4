//! The source files that come with the program, as a person chooses from them.

use super::text;
use crate::workspace::{Workspace, embedded};
use quarterdeck_kpi::indicator::Title;
use quarterdeck_kpi::text::clean;
use quarterdeck_view::catalogue::{DraftField, Preset};
use std::sync::{Arc, OnceLock};

/// Every preset, under an id that is free in this workspace.
pub fn presets(workspace: &Workspace) -> Arc<[Preset]> {
    static READ: OnceLock<Vec<Preset>> = OnceLock::new();
    let mut presets = READ.get_or_init(read).clone();
    for preset in &mut presets {
        let id = free_id(workspace, &preset.id);
        preset.draft.values.insert(DraftField::Id, id);
    }
    presets.into()
}

fn read() -> Vec<Preset> {
    let files = embedded().filter(|(path, _)| path.starts_with("sources/"));
    let mut presets: Vec<Preset> = files
        .filter_map(|(_, bytes)| {
            let text = std::str::from_utf8(bytes).ok()?;
            let draft = text::draft_of(text).ok()?;
            Some(Preset {
                id: draft.value(DraftField::Id).to_owned(),
                kind: draft.value(DraftField::Kind).to_owned(),
                about: about(text),
                draft,
            })
        })
        .collect();
    presets.sort_by(|a, b| a.id.cmp(&b.id));
    presets
}

fn has_han(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// What the remarks above a file say of it: Chinese first, then English, on one line or on two.
fn about(text: &str) -> Title {
    let remarks: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix('#'))
        .map(str::trim)
        .collect();
    let first = remarks.first().copied().unwrap_or_default();
    let (zh_tw, rest) = match first.split_once("\u{3002} ") {
        Some((zh_tw, rest)) if !has_han(rest) => (format!("{zh_tw}\u{3002}"), Some(rest)),
        _ => (first.to_owned(), None),
    };
    let en = rest
        .or_else(|| remarks.iter().copied().find(|line| !has_han(line)))
        .unwrap_or(first);
    Title {
        zh_tw: clean(&zh_tw),
        en: clean(en),
    }
}

/// An id that no source of the workspace has.
pub(super) fn free_id(workspace: &Workspace, wanted: &str) -> String {
    let is_taken = |id: &str| {
        let file = format!("sources/{id}.toml");
        workspace.sources.iter().any(|source| source.id == id)
            || workspace.files.iter().any(|(name, _)| *name == file)
    };
    if !is_taken(wanted) {
        return wanted.to_owned();
    }
    (2..10_000)
        .map(|number| format!("{wanted}-{number}"))
        .find(|id| !is_taken(id))
        .unwrap_or_else(|| wanted.to_owned())
}
