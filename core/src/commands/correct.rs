//! `qd correct FIGURE VALUE --reason T`: another value for a figure, and why.

use super::Context;
use super::enter::{request, stored};
use crate::entry;
use crate::failure::{Exit, Failure};
use std::path::PathBuf;

pub(super) fn run(
    context: &mut Context<'_>,
    figure: &str,
    value: String,
    evidence: Option<PathBuf>,
    reason: &str,
) -> Result<Exit, Failure> {
    let mut session = context.open_to_act()?;
    let request = request(context, &session, figure, value, evidence, None)?;
    let row = entry::correct(&mut session, &request, reason)?;
    stored(context, "cli-corrected", &request.key, row)
}
