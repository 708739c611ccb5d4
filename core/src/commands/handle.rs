//! `qd handle PROGRAMME|FINDING --reason T`: an exception, or a refused file, was dealt with, and why.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::handled;
use crate::json;
use crate::session::Session;
use quarterdeck_kpi::message::Message;
use serde_json::json as value;

pub(super) fn run(
    context: &mut Context<'_>,
    programme: &str,
    quarter: Option<&str>,
    reason: &str,
) -> Result<Exit, Failure> {
    let mut session = context.open_to_act()?;
    // Ids of findings begin with their rule, `file-refused@1:`; no programme has such a name.
    if programme.contains('@') {
        return finding(context, &mut session, programme, reason);
    }
    let quarter = match quarter {
        Some(text) => context.quarter(text)?,
        None => session.default_quarter(session.now()),
    };
    let handled = handled::handle(&mut session, programme, quarter, None, reason)?;
    if context.global.json {
        context.print_json(&json::object([
            ("schema", value!("quarterdeck/handle/1")),
            ("programme", value!(handled.programme)),
            ("quarter", value!(handled.quarter.to_string())),
            ("actor", value!(handled.actor)),
            ("at", json::instant(handled.at)),
            ("reason", value!(handled.reason)),
        ]))?;
    } else {
        let text = context.say(
            &Message::new("cli-handled")
                .with("programme", handled.programme.as_str())
                .with("quarter", handled.quarter),
        );
        context.print(&text)?;
    }
    Ok(Exit::Done)
}

fn finding(
    context: &mut Context<'_>,
    session: &mut Session,
    id: &str,
    reason: &str,
) -> Result<Exit, Failure> {
    let handled = handled::handle_finding(session, id, reason)?;
    if context.global.json {
        context.print_json(&json::object([
            ("schema", value!("quarterdeck/handle/1")),
            ("finding", value!(handled.finding)),
            ("actor", value!(handled.actor)),
            ("at", json::instant(handled.at)),
            ("reason", value!(handled.reason)),
        ]))?;
    } else {
        let text = Message::new("cli-handled-finding").with("finding", handled.finding.as_str());
        let text = context.say(&text);
        context.print(&text)?;
    }
    Ok(Exit::Done)
}
