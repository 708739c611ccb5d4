//! `qd verify PATH [--head H]` and `qd rebuild BAG --out D`: does it still say what it said?

use super::{Context, verify_office};
use crate::backup;
use crate::bag::{self, BagCheck, Kept, Shelf};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::session::DATABASE;
use crate::signature::Counted;
use crate::workspace;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_sources::ed25519::{self, PublicKey};
use serde_json::{Value, json as value};
use std::io::Read;
use std::path::Path;

/// Longest file with a public key.
const KEY_CAP: u64 = 4096;

/// Something that does not hold: where, and what.
pub(super) type Fault = (String, Message);

pub(super) fn run(
    context: &mut Context<'_>,
    path: &Path,
    head: Option<&str>,
    key: Option<&str>,
) -> Result<Exit, Failure> {
    let kept = match head {
        None => None,
        Some(text) => Some(Kept::parse(text).ok_or_else(|| {
            Failure::usage(Message::new("verify-bad-head").with("text", clean(text)))
                .at("--head")
                .next(Message::new("verify-bad-head-next"))
        })?),
    };
    let path = context.environment.folder.join(path);
    if path.join("quarterdeck.toml").is_file() || path.join(DATABASE).is_file() {
        if key.is_some() {
            return Err(Failure::usage(Message::new("verify-key-of-bag")).at("--key"));
        }
        return verify_office::run(context, &path, kept.as_ref());
    }
    // A backup is a workspace, packed.
    if backup::is_backup(&path) {
        if key.is_some() {
            return Err(Failure::usage(Message::new("verify-key-of-bag")).at("--key"));
        }
        let unpacked = backup::unpacked(&path)?;
        return verify_office::run(context, unpacked.root(), kept.as_ref());
    }
    let key = key.map(|text| public_key(context, text)).transpose()?;
    let found = bag::check(&Shelf::open(&path)?, kept.as_ref(), key.as_ref())?;
    let faults: Vec<Fault> = found
        .faults
        .iter()
        .map(|fault| (fault.place.clone(), fault.text.clone()))
        .collect();
    if context.global.json {
        context.print_json(&bag_document(context, &found, &faults))?;
    } else {
        say_faults(context, &faults)?;
        let quarter = found.quarter.map(|q| q.to_string()).unwrap_or_default();
        let id = if faults.is_empty() {
            "verify-bag-holds"
        } else {
            "verify-bag-broken"
        };
        let text = Message::new(id)
            .with("quarter", quarter)
            .with("files", found.files)
            .with("bytes", found.bytes)
            .with("acts", found.acts)
            .with("faults", faults.len());
        let text = context.say(&text);
        context.print(&text)?;
        say_signatures(context, &found.signatures)?;
        say_back_in_time(context, &found.back_in_time);
        let seal = Message::new("verify-seal").with("proof", found.seal.text());
        let seal = context.say(&seal);
        context.print(&seal)?;
        say_head(
            context,
            found.head.as_ref(),
            found.anchored && faults.is_empty(),
        )?;
    }
    Ok(ended(&faults))
}

pub(super) fn ended(faults: &[Fault]) -> Exit {
    if faults.is_empty() {
        Exit::Done
    } else {
        Exit::Verification
    }
}

pub(super) fn say_faults(context: &mut Context<'_>, faults: &[Fault]) -> Result<(), Failure> {
    for (place, text) in faults {
        let text = context.say(text);
        context.print(&format!("{place}: {text}"))?;
    }
    Ok(())
}

/// The head, and what cannot be known without one from outside.
pub(super) fn say_head(
    context: &mut Context<'_>,
    head: Option<&quarterdeck_store::Head>,
    anchored: bool,
) -> Result<(), Failure> {
    if let Some(head) = head {
        let head =
            Message::new("verify-head").with("head", format!("{}:{}", head.number, head.hash));
        let text = context.say(&head);
        context.print(&text)?;
    }
    let id = if anchored {
        "verify-anchored"
    } else {
        "verify-not-anchored"
    };
    context.note(&Message::new(id));
    Ok(())
}

/// How many acts are signed.
pub(super) fn say_signatures(context: &mut Context<'_>, counted: &Counted) -> Result<(), Failure> {
    let text = Message::new("verify-signatures")
        .with("hold", counted.hold)
        .with("unsigned", counted.unsigned)
        .with("unknown", counted.unknown_key)
        .with("broken", counted.broken.len());
    let text = context.say(&text);
    context.print(&text)
}

/// Acts that are dated before the act before them: no fault of the log, and never silent.
pub(super) fn say_back_in_time(context: &mut Context<'_>, acts: &[i64]) {
    if !acts.is_empty() {
        let numbers: Vec<String> = acts.iter().map(i64::to_string).collect();
        context.note(&Message::new("verify-back-in-time").with("acts", numbers.join(", ")));
    }
}

pub(super) fn signatures_json(counted: &Counted) -> Value {
    value!({
        "hold": counted.hold,
        "unsigned": counted.unsigned,
        "unknown_key": counted.unknown_key,
        "broken": counted.broken.iter().map(|(act, _)| act).collect::<Vec<_>>(),
    })
}

/// A public key: its text, or a file with it.
fn public_key(context: &Context<'_>, text: &str) -> Result<PublicKey, Failure> {
    if let Some(key) = ed25519::public_key(text) {
        return Ok(key);
    }
    let mut read = String::new();
    let opened = std::fs::File::open(context.environment.folder.join(text));
    let key = opened
        .and_then(|file| file.take(KEY_CAP).read_to_string(&mut read))
        .ok()
        .and_then(|_| ed25519::public_key(&read));
    key.ok_or_else(|| {
        Failure::usage(Message::new("verify-bad-key").with("text", clean(text)))
            .at("--key")
            .next(Message::new("verify-bad-key-next"))
    })
}

pub(super) fn head_json(head: Option<&quarterdeck_store::Head>) -> Value {
    value!(head.map(|head| value!({"number": head.number, "hash": head.hash})))
}

pub(super) fn faults_json(context: &Context<'_>, faults: &[Fault]) -> Value {
    let rows = faults.iter().map(|(place, text)| {
        json::object([
            ("place", value!(place)),
            ("code", value!(text.id)),
            ("text", value!(context.say(text))),
        ])
    });
    Value::Array(rows.collect())
}

fn bag_document(context: &Context<'_>, found: &BagCheck, faults: &[Fault]) -> Value {
    json::object([
        ("schema", value!("quarterdeck/verify/1")),
        ("kind", value!("bag")),
        ("holds", value!(faults.is_empty())),
        ("faults", faults_json(context, faults)),
        ("head", head_json(found.head.as_ref())),
        ("anchored", value!(found.anchored)),
        ("acts", value!(found.acts)),
        ("acts_back_in_time", value!(found.back_in_time)),
        ("quarter", value!(found.quarter.map(|q| q.to_string()))),
        ("engine", value!(found.engine)),
        ("figures_again", value!(found.figures_again)),
        ("files", value!(found.files)),
        ("bytes", value!(found.bytes)),
        ("rows", Value::Null),
        ("bodies", Value::Null),
        ("manifest_sha256", value!(found.manifest_sha256)),
        ("signatures", signatures_json(&found.signatures)),
        ("seal", json::proof(&found.seal)),
    ])
}

pub(super) fn rebuild(context: &mut Context<'_>, bag: &Path, out: &Path) -> Result<Exit, Failure> {
    let shelf = Shelf::open(&context.environment.folder.join(bag))?;
    let out = context.environment.folder.join(out);
    // A workspace's own files are not where a copy belongs.
    if workspace::find(Some(&out), None, &out).is_ok() {
        return Err(
            Failure::usage(Message::new("bag-rebuild-place")).at(clean(&out.to_string_lossy()))
        );
    }
    crate::out::may_write(&out)?;
    let rebuilt = bag::rebuild(&shelf, &out)?;
    let same = rebuilt.different.is_empty();
    if context.global.json {
        let files: Vec<String> = rebuilt
            .files
            .iter()
            .map(|path| clean(&path.to_string_lossy()))
            .collect();
        context.print_json(&json::object([
            ("schema", value!("quarterdeck/rebuild/1")),
            ("quarter", value!(rebuilt.quarter.to_string())),
            ("same", value!(same)),
            ("files", value!(files)),
            ("different", value!(rebuilt.different)),
        ]))?;
    } else {
        for path in &rebuilt.files {
            context.print(&clean(&path.to_string_lossy()))?;
        }
        let id = if same {
            "bag-rebuilt-same"
        } else {
            "bag-rebuilt-different"
        };
        let text = Message::new(id)
            .with("quarter", rebuilt.quarter)
            .with("files", rebuilt.files.len())
            .with("names", rebuilt.different.join(", "));
        let text = context.say(&text);
        context.print(&text)?;
    }
    Ok(if same { Exit::Done } else { Exit::Verification })
}
