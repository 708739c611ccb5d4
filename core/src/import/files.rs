//! Writing several files of the register as one: all of them, or none.
//!
//! New texts are first written beside the files, then a list of what is to happen is written whole;
//! from then on the change counts. Who dies in between leaves the list, and the next opening that
//! may write finishes it.

use super::register::{self, Files};
use super::{Effect, Outcome, Request};
use crate::failure::Failure;
use crate::platform;
use crate::session::{Actor, HUMAN_WAIT, LOCK, Session, dropped};
use crate::workspace::is_workspace_path;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::text::clean;
use quarterdeck_store::{Holder, HumanAct, WorkspaceLock};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The list of a change that is under way.
const JOURNAL: &str = "register/.import.json";
/// Largest list that is believed.
const MAX_JOURNAL: u64 = 4 << 20;

/// What is to happen, by path with `/`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Steps {
    replace: Vec<String>,
    remove: Vec<String>,
}

fn at(root: &Path, path: &str) -> PathBuf {
    path.split('/')
        .fold(root.to_owned(), |place, part| place.join(part))
}

/// The new text of a file until it takes its place; nothing reads it as part of the workspace.
fn beside(root: &Path, path: &str) -> PathBuf {
    at(root, path).with_extension("toml.import")
}

/// Writes the files, the register version and the act.
pub(super) fn write(
    session: &mut Session,
    actor: &Actor,
    request: &Request<'_>,
    outcome: &Outcome,
    files: Files,
) -> Result<(), Failure> {
    let root = session.root().to_owned();
    let now = session.now();
    let after = register::after(session, &files);
    let name = clean(&request.name);
    let person = session.person().map(|(person, _)| person.name.clone());
    let called = person.map_or_else(|| Arg::from(actor.id.as_str()), Arg::Title);
    let evidence = session.store_mut()?.put_evidence(&name, request.bytes)?;
    let failed = |error: io::Error| {
        Failure::nothing(
            Message::new("import-not-written").with("reason", clean(&error.to_string())),
        )
    };
    prepare(&root, &files).map_err(failed)?;
    finish(&root).map_err(failed)?;
    let store = session.store_mut()?;
    dropped::record_register(store, &after, actor, called, now)?;
    store.append_act(&HumanAct {
        at: now,
        actor: actor.id.clone(),
        identity: actor.identity.clone(),
        kind: "import".to_owned(),
        subject: name,
        detail_json: json!({
            "as": request.kind.id(),
            "sheet": outcome.sheet,
            "evidence": evidence,
            "files": files.keys().collect::<Vec<_>>(),
            "new": outcome.count(Effect::New),
            "changed": outcome.count(Effect::Changed),
            "removed": outcome.count(Effect::Removed),
        })
        .to_string(),
    })?;
    Ok(())
}

fn synced(place: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::File::create(place)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Writes new texts beside their files, then the list. Nothing is left when that fails.
fn prepare(root: &Path, files: &Files) -> io::Result<()> {
    let mut steps = Steps::default();
    let written = files.iter().try_for_each(|(path, bytes)| match bytes {
        Some(bytes) => {
            steps.replace.push(path.clone());
            synced(&beside(root, path), bytes)
        }
        None => {
            steps.remove.push(path.clone());
            Ok(())
        }
    });
    let listed = written.and_then(|()| {
        let text = serde_json::to_vec(&steps).map_err(io::Error::other)?;
        let place = at(root, JOURNAL);
        let draft = place.with_extension("tmp");
        synced(&draft, &text)?;
        fs::rename(&draft, &place)
    });
    if listed.is_err() {
        for path in files.keys() {
            let _ = fs::remove_file(beside(root, path));
        }
    }
    listed
}

/// Does what the list says and takes it away; what is done already is passed over.
fn finish(root: &Path) -> io::Result<()> {
    let journal = at(root, JOURNAL);
    let steps: Steps = match fs::metadata(&journal) {
        Ok(meta) if meta.len() <= MAX_JOURNAL => {
            serde_json::from_slice(&fs::read(&journal)?).unwrap_or_default()
        }
        Ok(_) => Steps::default(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let inside = |path: &&String| path.starts_with("register/") && is_workspace_path(path);
    let gone = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    for path in steps.replace.iter().filter(inside) {
        gone(fs::rename(beside(root, path), at(root, path)))?;
    }
    for path in steps.remove.iter().filter(inside) {
        gone(fs::remove_file(at(root, path)))?;
    }
    fs::remove_file(&journal)
}

/// Finishes a change of files that a process began and did not live to end.
pub(crate) fn finish_interrupted(root: &Path) {
    if !at(root, JOURNAL).is_file() {
        return;
    }
    let holder = Holder {
        pid: platform::process_id(),
        host: platform::host_name(),
        since: platform::now(),
        command: "qd import".to_owned(),
    };
    // Somebody who is at it ends it alone.
    if let Ok(_lock) = WorkspaceLock::acquire(&root.join(LOCK), &holder, HUMAN_WAIT) {
        let _ = finish(root);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_that_was_cut_off_is_finished_by_the_next_opening() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let programmes = root.join("register/programmes");
        fs::create_dir_all(&programmes).unwrap();
        for id in ["A", "B", "C"] {
            fs::write(programmes.join(format!("{id}.toml")), "old").unwrap();
        }
        let path = |id: &str| format!("register/programmes/{id}.toml");
        let files = Files::from([
            (path("A"), Some(b"new".to_vec())),
            (path("B"), Some(b"new".to_vec())),
            (path("C"), None),
        ]);
        prepare(root, &files).unwrap();
        let read = |id: &str| fs::read_to_string(root.join(path(id))).ok();
        assert_eq!(
            read("A").as_deref(),
            Some("old"),
            "nothing counts before the list"
        );
        // One file took its place, then the process died.
        fs::rename(beside(root, &path("A")), root.join(path("A"))).unwrap();
        finish_interrupted(root);
        assert_eq!(
            (read("A"), read("B")),
            (Some("new".into()), Some("new".into()))
        );
        assert_eq!(read("C"), None);
        assert!(!root.join(JOURNAL).exists());
        // A list cannot lead out of the register.
        fs::write(root.join("quarterdeck.toml"), "kept").unwrap();
        let evil = r#"{"replace":[],"remove":["quarterdeck.toml","../x.toml","register/../quarterdeck.toml"]}"#;
        fs::write(root.join(JOURNAL), evil).unwrap();
        finish_interrupted(root);
        assert!(root.join("quarterdeck.toml").exists());
    }
}
