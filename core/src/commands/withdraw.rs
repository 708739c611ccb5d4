//! `qd withdraw ENTRY --reason T`: takes an entered figure out.

use super::Context;
use super::enter::stored;
use crate::entry;
use crate::failure::{Exit, Failure};

pub(super) fn run(context: &mut Context<'_>, entry: i64, reason: &str) -> Result<Exit, Failure> {
    let mut session = context.open()?;
    let row = entry::withdraw(&mut session, entry, reason)?;
    stored(context, "cli-withdrawn", &entry.to_string(), row)
}
