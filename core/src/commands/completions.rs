//! `qd completions SHELL`: the script a shell loads.

use super::{Context, command_line};
use crate::failure::{Exit, Failure};

pub(super) fn run(context: &mut Context<'_>, shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        shell,
        &mut command_line(context.language),
        "qd",
        &mut script,
    );
    context.bytes(&script)?;
    Ok(Exit::Done)
}
