//! `qd withdraw ENTRY --reason T`: takes an entered figure out.

use super::Context;
use super::enter::stored;
use crate::entry;
use crate::failure::{Exit, Failure};
use quarterdeck_kpi::message::Message;

pub(super) fn run(context: &mut Context<'_>, entry: i64, reason: &str) -> Result<Exit, Failure> {
    let mut session = context.open_to_act()?;
    let row = entry::withdraw(&mut session, entry, reason)?;
    // The withdrawn row may have been corrected before: what is seen now may be another value than one expects.
    let now = match entry::counting(&session, row)? {
        Some((value, row)) => Message::new("cli-withdrawn-now")
            .with("value", value)
            .with("row", row.to_string()),
        None => Message::new("cli-withdrawn-nothing"),
    };
    context.note(&now);
    stored(context, "cli-withdrawn", &entry.to_string(), row)
}
