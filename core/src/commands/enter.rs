//! `qd enter FIGURE VALUE`: a figure from a person.

use super::Context;
use crate::entry;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::session::Session;
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_view::msg::EntryRequest;
use serde_json::json as value;
use std::io::Read;
use std::path::PathBuf;

/// Longest value that is read from stdin.
const VALUE_CAP: u64 = 4096;

pub(super) fn run(
    context: &mut Context<'_>,
    figure: &str,
    value: String,
    evidence: Option<PathBuf>,
    note: Option<String>,
) -> Result<Exit, Failure> {
    let mut session = context.open_to_act()?;
    let request = request(context, &session, figure, value, evidence, note)?;
    let mut results = entry::enter(&mut session, std::slice::from_ref(&request))?;
    let Some(entered) = results.pop() else {
        return Err(Failure::nothing(Message::new("cli-wrong-use")));
    };
    let figure = entered.figure.to_string();
    match entered.result {
        Ok(row) => stored(context, "cli-entered", &figure, row),
        Err(message) => {
            let failure = Failure::usage(message).at(figure);
            Err(match failure.code.as_str() {
                "entry-already-there" => failure.next(Message::new("entry-already-there-next")),
                "entry-outside-limits" => failure.next(Message::new("entry-outside-limits-next")),
                _ => failure,
            })
        }
    }
}

/// The typed figure; `-` reads the value from stdin.
pub(super) fn request(
    context: &mut Context<'_>,
    session: &Session,
    figure: &str,
    text: String,
    evidence: Option<PathBuf>,
    note: Option<String>,
) -> Result<EntryRequest, Failure> {
    let address = FigureAddress::parse(figure).map_err(|_| {
        Failure::usage(Message::new("cli-bad-figure").with("figure", clean(figure)))
            .next(Message::new("cli-bad-figure-next"))
    })?;
    let period = address
        .period
        .unwrap_or_else(|| entry::default_period(session, &address.series));
    let text = if text == "-" {
        let mut typed = String::new();
        context
            .stdin
            .take(VALUE_CAP)
            .read_to_string(&mut typed)
            .map_err(|_| Failure::usage(Message::new("entry-empty")))?;
        typed
    } else {
        text
    };
    Ok(EntryRequest {
        key: address.series.clone().at(period).to_string(),
        series: address.series,
        period,
        text,
        evidence: evidence.map(|path| context.environment.folder.join(path)),
        note,
    })
}

/// Says what was stored.
pub(super) fn stored(
    context: &mut Context<'_>,
    id: &'static str,
    figure: &str,
    row: i64,
) -> Result<Exit, Failure> {
    if context.global.json {
        context.print_json(&json::object([
            ("schema", value!("quarterdeck/entry/1")),
            ("figure", value!(figure)),
            ("entry", value!(row)),
        ]))?;
    } else {
        let text = context.say(
            &Message::new(id)
                .with("figure", figure)
                .with("row", row.to_string()),
        );
        context.print(&text)?;
    }
    Ok(Exit::Done)
}
