//! The command line of sign-off, of published quarters, and of what is kept.

use super::args::Command;
use super::args_line::{self, Texts};
use clap::{ArgAction, ArgMatches, Command as Clap};
use quarterdeck_kpi::signoff::Step;
use std::path::PathBuf;

/// The subcommands; `styled` gives one its name, usage, text and the looks of all.
pub(super) fn commands(
    texts: Texts,
    styled: &dyn Fn(&'static str, &'static str, &str) -> Clap,
) -> Vec<Clap> {
    let flag = |name: &'static str, id: &str| args_line::flag(texts, name, id);
    let place = |name: &'static str, id: &str| args_line::place(texts, name, id);
    let file = |name: &'static str, id: &str, value: &'static str| {
        place(name, id)
            .value_name(value)
            .value_parser(clap::value_parser!(PathBuf))
    };
    let folder = |name: &'static str, id: &str| {
        flag(name, id)
            .value_name("DIR")
            .value_parser(clap::value_parser!(PathBuf))
            .required(true)
    };
    let steps = Step::ALL.map(|step| {
        let (usage, id) = match step {
            Step::Prepare => (
                "qd prepare QUARTER [--accept FINDING=REASON]... [--sign-with REFERENCE] [--dry-run]",
                "cli-prepare",
            ),
            Step::Review => (
                "qd review QUARTER [--accept FINDING=REASON]... [--sign-with REFERENCE] [--dry-run]",
                "cli-review",
            ),
            Step::Publish => (
                "qd publish QUARTER [--accept FINDING=REASON]... [--sign-with REFERENCE] [--dry-run]",
                "cli-publish",
            ),
        };
        styled(step.id(), usage, id)
            .arg(place("quarter", "cli-arg-quarter-needed").value_name("QUARTER"))
            .arg(
                flag("accept", "cli-arg-accept")
                    .value_name("FINDING=REASON")
                    .action(ArgAction::Append),
            )
            .arg(
                // A key in the place of its reference begins with hyphens: it is refused as such.
                flag("sign-with", "cli-arg-sign-with")
                    .value_name("REFERENCE")
                    .allow_hyphen_values(true),
            )
            .arg(flag("dry-run", "cli-arg-signoff-dry-run").action(ArgAction::SetTrue))
    });
    let mut all = steps.to_vec();
    all.extend([
        styled(
            "log",
            "qd log [--since AS_OF] [--as-of AS_OF] [--figure FIGURE]",
            "cli-log",
        )
        .arg(flag("since", "cli-arg-since-acts").value_name("AS_OF"))
        .arg(flag("as-of", "cli-arg-as-of").value_name("AS_OF"))
        .arg(flag("figure", "cli-arg-log-figure").value_name("FIGURE")),
        styled(
            "verify",
            "qd verify PATH [--head HEAD] [--key KEY]",
            "cli-verify",
        )
        .arg(file("path", "cli-arg-verify-path", "PATH"))
        .arg(flag("head", "cli-arg-head").value_name("HEAD"))
        .arg(flag("key", "cli-arg-verify-key").value_name("KEY")),
        styled("rebuild", "qd rebuild BAG --out DIR", "cli-rebuild")
            .arg(file("bag", "cli-arg-bag", "BAG"))
            .arg(folder("out", "cli-arg-out")),
        styled("backup", "qd backup FILE", "cli-backup").arg(file(
            "file",
            "cli-arg-backup-file",
            "FILE",
        )),
        styled("restore", "qd restore FILE --to DIR", "cli-restore")
            .arg(file("file", "cli-arg-restore-file", "FILE"))
            .arg(folder("to", "cli-arg-restore-to")),
        styled("prune", "qd prune [--dry-run]", "cli-prune")
            .arg(flag("dry-run", "cli-arg-prune-dry-run").action(ArgAction::SetTrue)),
    ]);
    all
}

/// Understands one of these commands.
pub(super) fn read(name: &str, own: &ArgMatches) -> Option<Command> {
    let text = |id: &str| own.get_one::<String>(id).cloned();
    let path = |id: &str| own.get_one::<PathBuf>(id).cloned().unwrap_or_default();
    let step = Step::ALL.into_iter().find(|step| step.id() == name);
    if let Some(step) = step {
        let accept = own.get_many::<String>("accept");
        return Some(Command::SignOff {
            step,
            quarter: text("quarter").unwrap_or_default(),
            accept: accept
                .map(|values| values.cloned().collect())
                .unwrap_or_default(),
            dry_run: own.get_flag("dry-run"),
            key: text("sign-with"),
        });
    }
    match name {
        "log" => Some(Command::Log {
            since: text("since"),
            as_of: text("as-of"),
            figure: text("figure"),
        }),
        "verify" => Some(Command::Verify {
            path: path("path"),
            head: text("head"),
            key: text("key"),
        }),
        "rebuild" => Some(Command::Rebuild {
            bag: path("bag"),
            out: path("out"),
        }),
        "backup" => Some(Command::Backup { file: path("file") }),
        "restore" => Some(Command::Restore {
            file: path("file"),
            to: path("to"),
        }),
        "prune" => Some(Command::Prune {
            dry_run: own.get_flag("dry-run"),
        }),
        _ => None,
    }
}
