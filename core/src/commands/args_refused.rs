//! What the command line refuses, in the reader's language, with the nearest help.

use super::args_line::command_line;
use crate::failure::{Exit, Failure};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_view::i18n::Language;

/// The command that was meant, when its name was understood.
pub(super) fn asked_command(args: &[String]) -> Option<String> {
    let line = command_line(Language::En);
    let names: Vec<&str> = line.get_subcommands().map(|c| c.get_name()).collect();
    args.iter()
        .find(|arg| names.contains(&arg.as_str()))
        .cloned()
}

/// What clap refused, in the reader's language.
pub(super) fn refusal(error: &clap::Error, command: Option<String>) -> Failure {
    let context = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => clean(text),
        Some(ContextValue::Strings(texts)) => clean(&texts.join(" ")),
        Some(ContextValue::StyledStr(text)) => clean(&text.to_string()),
        Some(ContextValue::StyledStrs(texts)) => clean(
            &texts
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" "),
        ),
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let arg = context(ContextKind::InvalidArg);
    if let (ErrorKind::UnknownArgument, "--as-of", Some(command)) =
        (error.kind(), arg.as_str(), &command)
    {
        return no_past(command);
    }
    let message = match error.kind() {
        ErrorKind::UnknownArgument => Message::new("cli-unknown-argument").with("argument", arg),
        ErrorKind::InvalidSubcommand => Message::new("cli-unknown-command")
            .with("command", context(ContextKind::InvalidSubcommand)),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation
            if context(ContextKind::InvalidValue).is_empty() =>
        {
            Message::new("cli-value-missing").with("argument", arg)
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => Message::new("cli-bad-value")
            .with("argument", arg)
            .with("value", context(ContextKind::InvalidValue)),
        ErrorKind::MissingRequiredArgument => {
            Message::new("cli-argument-missing").with("argument", arg)
        }
        ErrorKind::ArgumentConflict => Message::new("cli-argument-twice").with("argument", arg),
        _ => Message::new("cli-wrong-use"),
    };
    let suggestion = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ]
    .into_iter()
    .map(context)
    .find(|text| !text.is_empty());
    let possible = context(ContextKind::ValidValue);
    let next = match suggestion {
        None if !possible.is_empty() => {
            let words = possible.split_whitespace().collect::<Vec<_>>().join(", ");
            Message::new("cli-known-words").with("words", words)
        }
        Some(text) => Message::new("cli-did-you-mean").with("suggestion", text),
        None => match command {
            Some(command) => Message::new("cli-see-help-of").with("command", command),
            None => Message::new("cli-see-help"),
        },
    };
    Failure {
        exit: Exit::Usage,
        ..Failure::usage(message).next(next)
    }
}

/// A past moment for a command that works on what is known now.
fn no_past(command: &str) -> Failure {
    let line = command_line(Language::En);
    let looking = line.get_subcommands().filter(|known| {
        let mut arguments = known.get_arguments();
        arguments.any(|argument| argument.get_id() == "as-of")
    });
    let names: Vec<&str> = looking.map(|known| known.get_name()).collect();
    let message = match command {
        "prune" => Message::new("cli-prune-no-past"),
        _ => Message::new("cli-no-past").with("command", command),
    };
    Failure::usage(message)
        .next(Message::new("cli-no-past-next").with("commands", names.join(", ")))
}
