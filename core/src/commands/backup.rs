//! `qd backup F`, `qd restore F --to D`, `qd prune`.

use super::Context;
use crate::backup::{self, Kept};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::session::HUMAN_WAIT;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_store::{HumanAct, sha256_hex};
use serde_json::json as value;
use std::path::Path;

pub(super) fn backup(context: &mut Context<'_>, file: &Path) -> Result<Exit, Failure> {
    let session = context.open()?;
    let to = context.environment.folder.join(file);
    let kept = backup::backup(&session, &to)?;
    tell(
        context,
        ("cli-backup-done", "cli-backup-part"),
        "quarterdeck/backup/1",
        &to,
        &kept,
    )
}

pub(super) fn restore(context: &mut Context<'_>, file: &Path, to: &Path) -> Result<Exit, Failure> {
    let from = context.environment.folder.join(file);
    let to = context.environment.folder.join(to);
    let kept = backup::restore(&from, &to)?;
    tell(
        context,
        ("cli-restore-done", "cli-restore-part"),
        "quarterdeck/restore/1",
        &to,
        &kept,
    )
}

fn tell(
    context: &mut Context<'_>,
    (id, id_in_part): (&'static str, &'static str),
    schema: &str,
    place: &Path,
    kept: &Kept,
) -> Result<Exit, Failure> {
    let place = clean(&place.to_string_lossy());
    if context.global.json {
        let head = kept.head.as_ref();
        context.print_json(&json::object([
            ("schema", value!(schema)),
            ("place", value!(place)),
            ("files", value!(kept.files)),
            ("bytes", value!(kept.bytes)),
            ("rows", value!(kept.rows)),
            (
                "head",
                value!(head.map(|head| value!({"number": head.number, "hash": head.hash}))),
            ),
            ("missing", value!(kept.missing)),
        ]))?;
        return Ok(ended(kept));
    }
    for sha256 in &kept.missing {
        let text = Message::new("verify-body").with("sha256", sha256.as_str());
        let text = context.say(&text);
        context.print(&text)?;
    }
    let id = match kept.missing.is_empty() {
        true => id,
        false => id_in_part,
    };
    let head = kept.head.as_ref();
    let text = Message::new(id)
        .with("place", place)
        .with("files", kept.files)
        .with("bytes", kept.bytes)
        .with("rows", kept.rows)
        .with("missing", kept.missing.len());
    let text = context.say(&text);
    context.print(&text)?;
    if let Some(head) = head {
        let head = format!("{}:{}", head.number, head.hash);
        let text = context.say(&Message::new("verify-head").with("head", head));
        context.print(&text)?;
    }
    Ok(ended(kept))
}

/// All of it, or all that was left.
fn ended(kept: &Kept) -> Exit {
    match kept.missing.is_empty() {
        true => Exit::Done,
        false => Exit::Partly,
    }
}

pub(super) fn prune(context: &mut Context<'_>, dry_run: bool) -> Result<Exit, Failure> {
    let mut session = context.open_to_act()?;
    let unneeded = match session.store() {
        Some(store) => store.unneeded_captures()?,
        None => Vec::new(),
    };
    let bytes: u64 = unneeded.iter().map(|one| one.bytes).sum();
    let mut act = None;
    if !dry_run && !unneeded.is_empty() {
        let actor = session.may_configure()?;
        let _lock = session.lock("prune", HUMAN_WAIT)?;
        let hashes: Vec<&str> = unneeded.iter().map(|one| one.sha256.as_str()).collect();
        let detail = value!({
            "captures": hashes.len(),
            "bytes": bytes,
            "list_sha256": sha256_hex(hashes.join("\n").as_bytes()),
        });
        let deed = HumanAct {
            at: session.now(),
            actor: actor.id,
            identity: actor.identity,
            kind: "prune".to_owned(),
            subject: "captures".to_owned(),
            detail_json: detail.to_string(),
        };
        act = Some(session.store_mut()?.prune(&unneeded, &deed)?.number);
    }
    if context.global.json {
        let captures: Vec<&str> = unneeded.iter().map(|one| one.sha256.as_str()).collect();
        context.print_json(&json::object([
            ("schema", value!("quarterdeck/prune/1")),
            ("dropped", value!(act.is_some())),
            ("captures", value!(captures)),
            ("bytes", value!(bytes)),
            ("act", value!(act)),
        ]))?;
        return Ok(Exit::Done);
    }
    let id = match (unneeded.is_empty(), act) {
        (true, _) => "cli-prune-nothing",
        (false, Some(_)) => "cli-prune-done",
        (false, None) => "cli-prune-would",
    };
    let text = Message::new(id)
        .with("count", unneeded.len())
        .with("bytes", bytes);
    let text = context.say(&text);
    context.print(&text)?;
    Ok(Exit::Done)
}
