//! `qd import`: a table of the office, shown cell by cell and taken whole or not at all.

use super::Context;
use super::args_tables::ImportArgs;
use crate::entry::mebibytes;
use crate::failure::{Exit, Failure};
use crate::import::{self, Change, Effect, FieldMap, Kind, Outcome, Request, TOLD};
use crate::json;
use crate::platform::file_trouble;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::text::clean;
use quarterdeck_sources::cells::MAX_BYTES;
use serde_json::{Value, json as value};
use std::io::Read;
use std::path::Path;

/// Changes told in words at most; all of them stand in the JSON.
const SHOWN: usize = 200;

pub(super) fn run(context: &mut Context<'_>, args: &ImportArgs) -> Result<Exit, Failure> {
    if args.replace && args.kind != Kind::Register {
        return Err(Failure::usage(Message::new("import-replace-register")).at("--replace"));
    }
    let map = match &args.map {
        Some(path) => FieldMap::read(&context.environment.folder.join(path), args.kind)?,
        None => FieldMap::default(),
    };
    let (name, bytes) = read(context, &args.file)?;
    let mut session = context.open_to_act()?;
    let request = Request {
        kind: args.kind,
        name,
        bytes: &bytes,
        sheet: args.sheet.clone(),
        map,
        dry_run: args.dry_run,
        replace: args.replace,
    };
    let outcome = import::import(&mut session, &request)?;
    if context.global.json {
        let document = document(context, &request, &outcome);
        context.print_json(&document)?;
    } else {
        told(context, &request, &outcome)?;
    }
    Ok(outcome.exit())
}

/// A file that cannot be taken in is not read at all: its size, the most that is taken, and what to do.
fn too_large(path: &Path, name: &str) -> Result<(), Failure> {
    let size = std::fs::metadata(path).map_or(0, |meta| meta.len());
    if size <= MAX_BYTES {
        return Ok(());
    }
    Err(Failure::usage(
        Message::new("import-too-large")
            .with("file", name)
            .with("size", mebibytes(size))
            .with("limit", mebibytes(MAX_BYTES)),
    )
    .at(name.to_owned())
    .next(Message::new("import-too-large-next")))
}

/// Name and bytes of the file; one byte more than may be read, so that too large is seen.
fn read(context: &mut Context<'_>, file: &Path) -> Result<(String, Vec<u8>), Failure> {
    let mut bytes = Vec::new();
    let shown = clean(&file.to_string_lossy());
    let read = if file == Path::new("-") {
        context.stdin.take(MAX_BYTES + 1).read_to_end(&mut bytes)
    } else {
        let path = context.environment.folder.join(file);
        too_large(&path, &shown)?;
        std::fs::File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| {
        Failure::usage(
            Message::new("import-unreadable")
                .with("file", shown.as_str())
                .with("detail", file_trouble(&error)),
        )
        .at(shown.clone())
        .next(Message::new("import-unreadable-next"))
    })?;
    let name = file.file_name().map(|name| clean(&name.to_string_lossy()));
    Ok((name.unwrap_or(shown), bytes))
}

fn counts(outcome: &Outcome) -> [(&'static str, usize); 5] {
    let count = |effect: Effect| (effect.id(), outcome.count(effect));
    [
        count(Effect::New),
        count(Effect::Changed),
        count(Effect::Unchanged),
        count(Effect::Removed),
        ("refused", outcome.refused.len()),
    ]
}

fn document(context: &Context<'_>, request: &Request<'_>, outcome: &Outcome) -> Value {
    let changes = outcome.changes.iter().map(|change| {
        json::object([
            ("subject", value!(change.subject)),
            ("place", value!(change.place)),
            ("effect", value!(change.effect.id())),
            ("old", value!(change.old)),
            ("new", value!(change.new)),
            ("reason", value!(change.reason)),
        ])
    });
    let refused = outcome.refused.iter().map(|refused| {
        json::object([
            ("place", value!(refused.place)),
            ("code", value!(refused.text.id)),
            ("message", value!(context.say(&refused.text))),
        ])
    });
    let notices = outcome.notices.iter().map(|text| {
        json::object([
            ("code", value!(text.id)),
            ("message", value!(context.say(text))),
        ])
    });
    let totals = outcome.totals.iter();
    json::object([
        ("schema", value!("quarterdeck/import/1")),
        ("as", value!(request.kind.id())),
        ("file", value!(request.name)),
        ("sheet", value!(outcome.sheet)),
        ("sha256", value!(outcome.sha256)),
        ("dry_run", value!(request.dry_run)),
        ("stored", value!(outcome.stored)),
        (
            "counts",
            json::object(counts(outcome).map(|(id, count)| (id, value!(count)))),
        ),
        (
            "totals",
            json::object(totals.map(|(id, sum)| (id.as_str(), value!(sum)))),
        ),
        ("changes", Value::Array(changes.collect())),
        ("refused", Value::Array(refused.collect())),
        ("notices", Value::Array(notices.collect())),
    ])
}

/// A change on one line.
fn line(context: &Context<'_>, kind: Kind, change: &Change) -> String {
    let text = |value: &Option<String>| match value {
        None => Arg::Term("import-nothing-known".into()),
        // Amounts are whole NT$; people read them in groups of three digits.
        Some(text) => match text.parse() {
            Ok(amount) if kind == Kind::Budget => Arg::Count(amount),
            _ => Arg::Text(text.clone()),
        },
    };
    let id = match change.effect {
        Effect::New => "import-line-new",
        Effect::Changed => "import-line-changed",
        Effect::Unchanged => "import-line-unchanged",
        Effect::Removed => "import-line-removed",
    };
    context.say(
        &Message::new(id)
            .with("place", change.place.as_str())
            .with("subject", change.subject.as_str())
            .with("old", text(&change.old))
            .with("new", text(&change.new)),
    )
}

fn told(
    context: &mut Context<'_>,
    request: &Request<'_>,
    outcome: &Outcome,
) -> Result<(), Failure> {
    // Beside a refusal the good rows say nothing: they are not taken either.
    let told = outcome.refused.is_empty() || request.dry_run;
    let all = context.global.verbose;
    let shown: Vec<&Change> = outcome
        .changes
        .iter()
        .filter(|change| told && (all || change.effect != Effect::Unchanged))
        .collect();
    for change in shown.iter().take(SHOWN) {
        let line = line(context, request.kind, change);
        context.print(&line)?;
    }
    if shown.len() > SHOWN {
        context.note(&Message::new("import-more").with("more", shown.len() - SHOWN));
    }
    for text in &outcome.notices {
        let cell = text.args.iter().find_map(|(name, arg)| match arg {
            Arg::Text(cell) if name == "cell" => Some(format!("{cell}: ")),
            _ => None,
        });
        let sentence = format!("{}{}", cell.unwrap_or_default(), context.say(text));
        context.note(&Message::new("import-notice").with("text", sentence));
    }
    for refused in outcome.refused.iter().take(TOLD) {
        let text = format!("{}: {}", refused.place, context.say(&refused.text));
        context.problem(&text);
    }
    if outcome.refused.len() > TOLD {
        context.note(&Message::new("import-more").with("more", outcome.refused.len() - TOLD));
    }
    let id = match (outcome.refused.is_empty(), outcome.stored, request.dry_run) {
        (false, ..) => "import-refused",
        (true, true, _) => "import-done",
        (true, false, true) => "import-would",
        (true, false, false) => "import-nothing-new",
    };
    let mut summary = Message::new(id).with("sheet", outcome.sheet.as_str());
    for (id, count) in counts(outcome) {
        summary = summary.with(id, count);
    }
    if id == "import-refused" {
        let text = context.say(&summary);
        context.problem(&text);
    } else {
        context.note(&summary);
    }
    Ok(())
}
