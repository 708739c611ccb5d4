//! `qd prepare | review | publish QUARTER`: the sign-off of a quarter.

use super::Context;
use super::table::{Cell, render};
use crate::bag::{self, Made};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::session::Session;
use crate::signoff::{self, Asked};
use quarterdeck_kpi::figures::Said;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::register::Register;
use quarterdeck_kpi::signoff::{Item, Restated, SignOff, Signature, Step};
use quarterdeck_kpi::text::clean;
use quarterdeck_view::figure_text;
use serde_json::{Value, json as value};

pub(super) fn run(
    context: &mut Context<'_>,
    step: Step,
    quarter: &str,
    accept: &[String],
    (dry_run, key): (bool, Option<String>),
) -> Result<Exit, Failure> {
    let asked = Asked {
        quarter: context.quarter(quarter)?,
        step,
        accept: accept
            .iter()
            .map(|text| pair(text))
            .collect::<Result<_, _>>()?,
    };
    let mut session = context.open_to_act()?;
    if key.is_some() {
        session.set_key_reference(key);
    }
    if dry_run {
        let state = signoff::state(&session, asked.quarter, None)?;
        tell(context, &session, &state, None, false)?;
        return Ok(Exit::Done);
    }
    let done = match step {
        Step::Prepare | Step::Review => {
            signoff::sign(&mut session, &asked).map(|state| (state, None))
        }
        Step::Publish => {
            let making = Message::new("cli-publishing").with("quarter", asked.quarter);
            let making = context.say(&making);
            context.progress(&making);
            // The published report speaks the office's language, whoever publishes it.
            let language = session.language();
            bag::publish(&mut session, &asked, language)
                .and_then(|made| Ok((signoff::state(&session, asked.quarter, None)?, Some(made))))
        }
    };
    match done {
        Ok((state, made)) => {
            tell(context, &session, &state, made.as_ref(), true)?;
            Ok(Exit::Done)
        }
        Err(failure) => {
            // What stands open is what the person has to see.
            if failure.code == "signoff-open" && !context.global.json {
                let state = signoff::state(&session, asked.quarter, None)?;
                open_items(context, &state)?;
            }
            Err(failure)
        }
    }
}

/// `FINDING=REASON`
fn pair(text: &str) -> Result<(String, String), Failure> {
    match text.split_once('=') {
        Some((name, reason)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), reason.trim().to_owned()))
        }
        _ => Err(
            Failure::usage(Message::new("signoff-bad-accept").with("text", clean(text)))
                .at("--accept")
                .next(Message::new("signoff-bad-accept-next")),
        ),
    }
}

fn tell(
    context: &mut Context<'_>,
    session: &Session,
    state: &SignOff,
    made: Option<&Made>,
    done: bool,
) -> Result<(), Failure> {
    if context.global.json {
        return context.print_json(&document(context, state, made, done));
    }
    if !done {
        open_items(context, state)?;
    }
    let id = match (state.next(), state.complete) {
        (_, false) => "cli-signoff-running",
        (Some(Step::Prepare), _) => "cli-signoff-draft",
        (Some(Step::Review), _) => "cli-signoff-prepared",
        (Some(Step::Publish), _) => "cli-signoff-reviewed",
        (None, _) => "cli-signoff-published",
    };
    let text = context.say(
        &Message::new(id)
            .with("quarter", state.quarter)
            .with("open", state.open().count())
            .with("accepted", state.items.len() - state.open().count())
            .with("changed", state.changed.len()),
    );
    context.print(&text)?;
    // What the act that was just done is signed with.
    let published = state.published.as_ref().map(|p| &p.signature);
    let last = published
        .or(state.reviewed.as_ref())
        .or(state.prepared.as_ref());
    if let Some(last) = last.filter(|_| done) {
        let text = context.say(&Message::new("cli-signoff-proof").with("proof", last.proof.text()));
        context.print(&text)?;
    }
    if let Some(made) = made {
        let place = |path: &std::path::Path| clean(&path.to_string_lossy());
        let text = context.say(
            &Message::new("cli-published")
                .with("folder", place(&made.folder))
                .with("zip", place(&made.zip))
                .with("head", format!("{}:{}", made.head.number, made.head.hash)),
        );
        context.print(&text)?;
        if let Some(draft) = &made.draft {
            context.note(&Message::new("cli-draft-moved").with("folder", place(draft)));
        }
    }
    if !state.restated.is_empty() {
        restated_table(context, &session.workspace().register, &state.restated)?;
    }
    Ok(())
}

fn open_items(context: &mut Context<'_>, state: &SignOff) -> Result<(), Failure> {
    let header = ["cli-col-item", "cli-col-says", "cli-col-accepted"].map(|id| context.word(id));
    let row = |item: &Item| {
        let accepted = item.accepted.as_ref();
        vec![
            Cell::new(&item.finding.id),
            Cell::short(context.say(&item.finding.text), 60),
            Cell::short(
                accepted.map_or_else(String::new, |a| format!("{}: {}", a.person, a.reason)),
                40,
            ),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = state.open().map(row).collect();
    rows.extend(state.items.iter().filter(|i| i.accepted.is_some()).map(row));
    if rows.is_empty() {
        return Ok(());
    }
    let text = render(&header, &rows, context.coloured());
    context.print_styled(&text)
}

fn restated_table(
    context: &mut Context<'_>,
    register: &Register,
    restated: &[Restated],
) -> Result<(), Failure> {
    let language = context.language;
    let header = [
        "cli-col-figure",
        "cli-col-published",
        "cli-col-today",
        "cli-col-cause",
    ]
    .map(|id| context.word(id));
    let rows: Vec<Vec<Cell>> = restated
        .iter()
        .map(|one| {
            let unit = figure_text::unit(register, &one.change.series);
            let said = |said: &Option<Said>| figure_text::said(language, unit, said.as_ref());
            vec![
                Cell::new(&one.change.address),
                Cell::number(said(&one.change.before)),
                Cell::number(said(&one.change.now)),
                Cell::short(context.say(&one.cause), 44),
            ]
        })
        .collect();
    let text = render(&header, &rows, context.coloured());
    context.print_styled(&text)
}

/// The document of `--json`.
pub(crate) fn document(
    context: &Context<'_>,
    state: &SignOff,
    made: Option<&Made>,
    done: bool,
) -> Value {
    let items: Vec<Value> = state
        .items
        .iter()
        .map(|item| {
            let finding = &item.finding;
            let accepted = item.accepted.as_ref().map(|accepted| {
                value!({
                    "person": accepted.person,
                    "at": json::instant(accepted.at),
                    "reason": accepted.reason,
                })
            });
            json::object([
                ("id", value!(finding.id)),
                ("rule", value!(finding.rule)),
                ("severity", value!(finding.severity)),
                (
                    "figure",
                    value!(finding.figure.as_ref().map(ToString::to_string)),
                ),
                ("source", value!(finding.source)),
                ("text", value!(context.say(&finding.text))),
                ("accepted", value!(accepted)),
            ])
        })
        .collect();
    let changed: Vec<Value> = state
        .changed
        .iter()
        .map(|change| {
            json::object([
                ("figure", value!(change.address)),
                ("before", value!(change.before.as_ref().map(Said::text))),
                ("now", value!(change.now.as_ref().map(Said::text))),
            ])
        })
        .collect();
    let published = state.published.as_ref();
    let bag = made.map(|made| {
        value!({
            "folder": clean(&made.folder.to_string_lossy()),
            "zip": clean(&made.zip.to_string_lossy()),
            "head": {"number": made.head.number, "hash": made.head.hash},
        })
    });
    json::object([
        ("schema", value!("quarterdeck/signoff/1")),
        ("quarter", value!(state.quarter.to_string())),
        ("quarter_complete", value!(state.complete)),
        ("done", value!(done)),
        ("next", value!(state.next().map(Step::id))),
        ("prepared", signature(state.prepared.as_ref())),
        ("reviewed", signature(state.reviewed.as_ref())),
        ("published", signature(published.map(|p| &p.signature))),
        (
            "manifest_sha256",
            value!(published.map(|p| &p.manifest_sha256)),
        ),
        ("open", value!(state.open().count())),
        ("items", Value::Array(items)),
        ("changed", Value::Array(changed)),
        ("restated", restated_json(context, &state.restated)),
        ("bag", value!(bag)),
    ])
}

fn signature(signature: Option<&Signature>) -> Value {
    value!(signature.map(|signature| {
        value!({
            "person": signature.person,
            "account": signature.account,
            "identity": signature.identity,
            "at": json::instant(signature.at),
            "act": signature.act,
            "signature": json::proof(&signature.proof),
        })
    }))
}

/// The restatement sheet as scripts read it.
pub(crate) fn restated_json(context: &Context<'_>, restated: &[Restated]) -> Value {
    let rows = restated.iter().map(|one| {
        json::object([
            ("figure", value!(one.change.address)),
            (
                "published",
                value!(one.change.before.as_ref().map(Said::text)),
            ),
            ("today", value!(one.change.now.as_ref().map(Said::text))),
            ("cause", value!(context.say(&one.cause))),
            ("person", value!(one.person)),
            ("at", one.at.map_or(Value::Null, json::instant)),
        ])
    });
    Value::Array(rows.collect())
}
