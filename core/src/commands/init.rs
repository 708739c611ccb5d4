//! `qd init DIR`: a starter workspace.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::session::{Access, Session};
use crate::workspace;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use serde_json::json as value;
use std::path::Path;

pub(super) fn run(context: &mut Context<'_>, dir: &Path) -> Result<Exit, Failure> {
    let root = context.environment.folder.join(dir);
    let shown = clean(&root.to_string_lossy());
    if context.global.read_only {
        return Err(Failure::usage(Message::new("session-read-only-asked")).at(shown));
    }
    crate::out::may_write(&root)?;
    let files =
        workspace::init(&root).map_err(|message| Failure::usage(message).at(shown.clone()))?;
    // The register's first version is recorded at once: as-of works from the first day.
    Session::open_as(
        &root,
        Access::ReadWrite,
        context.environment.clock.clone(),
        context.environment.account.clone(),
    )?;
    if context.global.json {
        context.print_json(&json::object([
            ("schema", value!("quarterdeck/init/1")),
            ("workspace", value!(shown)),
            ("files", value!(files)),
        ]))?;
    } else {
        let done = Message::new("cli-init-done")
            .with("folder", shown.as_str())
            .with("files", files.len());
        let text = context.say(&done);
        context.print(&text)?;
        context.note(
            &Message::new("cli-init-next")
                .with("folder", shown)
                .with("account", clean(&context.environment.account)),
        );
    }
    Ok(Exit::Done)
}
