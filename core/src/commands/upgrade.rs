//! `qd upgrade`: an older database is backed up and brought to this program's schema.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::platform;
use crate::session::{DATABASE, HUMAN_WAIT, LOCK};
use crate::watch;
use crate::workspace;
use quarterdeck_kpi::message::Message;
use quarterdeck_store::{Holder, WorkspaceLock, schema};
use serde_json::json as value;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) fn run(context: &mut Context<'_>) -> Result<Exit, Failure> {
    let root = context.root()?;
    if context.global.read_only {
        return Err(Failure::usage(Message::new("session-read-only-asked"))
            .next(Message::new("session-read-only-asked-next")));
    }
    // A workspace of a newer format is not this program's to touch.
    workspace::load_for_check(&root)
        .map_err(|message| Failure::usage(message).at(root.to_string_lossy()))?;
    let holder = Holder {
        pid: platform::process_id(),
        host: platform::host_name(),
        since: platform::now(),
        command: "qd upgrade".to_owned(),
    };
    // Neither a person's entry nor a collector may be in the middle of something.
    let _watching = WorkspaceLock::acquire(&root.join(watch::LOCK), &holder, Duration::ZERO)?;
    let _writing = WorkspaceLock::acquire(&root.join(LOCK), &holder, HUMAN_WAIT)?;
    let file = root.join(DATABASE);
    let from = schema::number_of(&file)?;
    let backup = free_name(&file, from);
    let done = schema::upgrade(&file, &backup)?;
    let upgraded = done.from < done.to;
    let backup = upgraded.then(|| {
        let name = backup.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    });
    if context.global.json {
        context.print_json(&json::object([
            ("schema", value!("quarterdeck/upgrade/1")),
            ("from", value!(done.from)),
            ("to", value!(done.to)),
            ("upgraded", value!(upgraded)),
            ("backup", value!(backup)),
        ]))?;
        return Ok(Exit::Done);
    }
    let message = match backup {
        Some(backup) => Message::new("cli-upgraded")
            .with("from", done.from)
            .with("to", done.to)
            .with("backup", backup),
        None => Message::new("cli-upgrade-nothing").with("to", done.to),
    };
    let text = context.say(&message);
    context.print(&text)?;
    Ok(Exit::Done)
}

/// `quarterdeck.db.schema1.bak`, or with a number when an earlier try left one.
fn free_name(file: &Path, from: i64) -> PathBuf {
    let named = |suffix: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".schema{from}{suffix}.bak"));
        PathBuf::from(name)
    };
    (2..100)
        .map(|number| format!("-{number}"))
        .fold(named(""), |free, next| match free.exists() {
            true => named(&next),
            false => free,
        })
}
