//! The commands and flags of `qd` as they are declared, with texts in both languages.

use super::args_signing;
use super::args_tables;
use clap::{Arg, ArgAction, Command as Clap};
use quarterdeck_view::i18n::{Language, word};
use std::path::PathBuf;

/// The language of help and errors; `None` where the words alone are to be understood, without their texts.
pub(super) type Texts = Option<Language>;

fn said(texts: Texts, id: &str) -> String {
    texts.map_or_else(String::new, |language| word(language, id))
}

/// A named option with its text.
pub(super) fn flag(texts: Texts, name: &'static str, id: &str) -> Arg {
    Arg::new(name)
        .long(name)
        .help(said(texts, id))
        .help_heading(said(texts, "cli-options"))
}

/// A needed argument with its text.
pub(super) fn place(texts: Texts, name: &'static str, id: &str) -> Arg {
    Arg::new(name)
        .help(said(texts, id))
        .help_heading(said(texts, "cli-arguments"))
        .required(true)
}

/// The whole command line with its texts in a language.
pub fn command_line(language: Language) -> Clap {
    said_in(Some(language))
}

pub(super) fn said_in(texts: Texts) -> Clap {
    let text = |id: &str| said(texts, id);
    let usage = match texts {
        Some(Language::En) => format!("{} ", text("cli-usage")),
        _ => text("cli-usage"),
    };
    let global = text("cli-global-options");
    let template = format!("{{about}}\n\n{usage}{{usage}}\n\n{{all-args}}{{after-help}}");
    let flag = |name: &'static str, id: &str| flag(texts, name, id);
    let place = |name: &'static str, id: &str| place(texts, name, id);
    let everywhere = |name: &'static str, id: &str| {
        Arg::new(name)
            .long(name)
            .help(text(id))
            .help_heading(global.clone())
            .global(true)
    };
    let command = |name: &'static str, usage: &'static str, id: &str| {
        Clap::new(name)
            .about(text(id))
            .override_usage(usage)
            .help_template(template.clone())
            .disable_help_flag(true)
            .disable_version_flag(true)
            .disable_help_subcommand(true)
    };
    let quarter = || {
        flag("quarter", "cli-arg-quarter")
            .short('q')
            .value_name("QUARTER")
    };
    let as_of = || flag("as-of", "cli-arg-as-of").value_name("AS_OF");
    let path = || clap::value_parser!(PathBuf);
    command("qd", "qd [COMMAND] [OPTIONS]", "cli-about")
        .version(env!("CARGO_PKG_VERSION"))
        .propagate_version(true)
        .subcommand_help_heading(text("cli-commands"))
        .after_help(text("cli-after-help"))
        .arg(everywhere("workspace", "cli-arg-workspace").value_name("DIR").value_parser(path()))
        .arg(everywhere("lang", "cli-arg-lang").value_name("LANG"))
        .arg(everywhere("json", "cli-arg-json").action(ArgAction::SetTrue))
        .arg(everywhere("quiet", "cli-arg-quiet").action(ArgAction::SetTrue))
        .arg(
            everywhere("verbose", "cli-arg-verbose").short('v').action(ArgAction::SetTrue),
        )
        .arg(
            everywhere("color", "cli-arg-color")
                .value_name("WHEN")
                .value_parser(["auto", "always", "never"])
                .hide_possible_values(true),
        )
        .arg(everywhere("read-only", "cli-arg-read-only").action(ArgAction::SetTrue))
        .arg(
            everywhere("log-format", "cli-arg-log-format")
                .value_name("FORMAT")
                .value_parser(["text", "json"])
                .hide_possible_values(true),
        )
        .arg(everywhere("help", "cli-arg-help").short('h').action(ArgAction::Help))
        .arg(everywhere("version", "cli-arg-version").short('V').action(ArgAction::Version))
        .subcommand(
            command("demo", "qd demo [--dir DIR] [--serve [PORT]]", "cli-demo")
                .arg(flag("dir", "cli-arg-demo-dir").value_name("DIR").value_parser(path()))
                .arg(
                    flag("serve", "cli-arg-serve")
                        .value_name("PORT")
                        .num_args(0..=1)
                        .default_missing_value("0")
                        .value_parser(clap::value_parser!(u16)),
                ),
        )
        .subcommand(
            command("init", "qd init DIR", "cli-init")
                .arg(place("dir", "cli-arg-init-dir").value_name("DIR").value_parser(path())),
        )
        .subcommand(command("check", "qd check", "cli-check"))
        .subcommand(command("upgrade", "qd upgrade", "cli-upgrade"))
        .subcommand(
            command(
                "collect",
                "qd collect [--source ID]... [--dry-run] [--watch]",
                "cli-collect",
            )
            .arg(flag("source", "cli-arg-source").value_name("ID").action(ArgAction::Append))
            .arg(flag("dry-run", "cli-arg-dry-run").action(ArgAction::SetTrue))
            .arg(
                flag("watch", "cli-arg-watch").action(ArgAction::SetTrue).conflicts_with("dry-run"),
            ),
        )
        .subcommand(
            command("sources", "qd sources [--as-of AS_OF] [--openmetrics]", "cli-sources")
                .arg(as_of())
                .arg(
                    flag("openmetrics", "cli-arg-openmetrics")
                        .action(ArgAction::SetTrue)
                        .conflicts_with("as-of"),
                ),
        )
        .subcommand(
            command(
                "status",
                "qd status [--quarter QUARTER] [--as-of AS_OF] [--since AS_OF] [--programme ID]... [--fail-on STATUS,...]",
                "cli-status",
            )
            .arg(quarter())
            .arg(as_of())
            .arg(flag("since", "cli-arg-since").value_name("AS_OF"))
            .arg(flag("programme", "cli-arg-programme").value_name("ID").action(ArgAction::Append))
            .arg(
                flag("fail-on", "cli-arg-fail-on")
                    .value_name("STATUS,...")
                    .value_delimiter(',')
                    .action(ArgAction::Append),
            ),
        )
        .subcommand(
            command(
                "explain",
                "qd explain FIGURE [--as-of AS_OF] [--raw [--capture SHA256]]",
                "cli-explain",
            )
            .arg(place("figure", "cli-arg-figure").value_name("FIGURE"))
            .arg(as_of())
            .arg(flag("raw", "cli-arg-raw").action(ArgAction::SetTrue))
            .arg(flag("capture", "cli-arg-capture").value_name("SHA256").requires("raw")),
        )
        .subcommand(
            command("find", "qd find NUMBER|TEXT [--as-of AS_OF]", "cli-find")
                .arg(place("text", "cli-arg-find").value_name("NUMBER|TEXT").allow_negative_numbers(true))
                .arg(as_of()),
        )
        .subcommand(
            command("enter", "qd enter FIGURE VALUE [--evidence FILE] [--note TEXT]", "cli-enter")
                .arg(place("figure", "cli-arg-figure").value_name("FIGURE"))
                .arg(place("value", "cli-arg-value").value_name("VALUE").allow_negative_numbers(true))
                .arg(flag("evidence", "cli-arg-evidence").value_name("FILE").value_parser(path()))
                .arg(flag("note", "cli-arg-note").value_name("TEXT")),
        )
        .subcommand(
            command(
                "correct",
                "qd correct FIGURE VALUE --reason TEXT [--evidence FILE]",
                "cli-correct",
            )
            .arg(place("figure", "cli-arg-figure").value_name("FIGURE"))
            .arg(place("value", "cli-arg-value").value_name("VALUE").allow_negative_numbers(true))
            .arg(flag("reason", "cli-arg-reason").value_name("TEXT").required(true))
            .arg(flag("evidence", "cli-arg-evidence").value_name("FILE").value_parser(path())),
        )
        .subcommand(
            command("withdraw", "qd withdraw ENTRY --reason TEXT", "cli-withdraw")
                .arg(
                    place("entry", "cli-arg-entry")
                        .value_name("ENTRY")
                        .value_parser(clap::value_parser!(i64)),
                )
                .arg(flag("reason", "cli-arg-reason").value_name("TEXT").required(true)),
        )
        .subcommand(
            command(
                "handle",
                "qd handle PROGRAMME|FINDING --reason TEXT [--quarter QUARTER]",
                "cli-handle",
            )
            .arg(place("programme", "cli-arg-exception").value_name("PROGRAMME|FINDING"))
            .arg(flag("reason", "cli-arg-reason").value_name("TEXT").required(true))
            .arg(quarter()),
        )
        .subcommand(
            command(
                "report",
                "qd report --quarter QUARTER --out DIR|--draft [--format pdf,csv,ods,xlsx] [--as-of AS_OF]",
                "cli-report",
            )
            .arg(quarter().required(true))
            .arg(
                flag("out", "cli-arg-out").value_name("DIR").value_parser(path()).required_unless_present("draft"),
            )
            .arg(flag("draft", "cli-arg-draft").action(ArgAction::SetTrue).conflicts_with("out"))
            .arg(
                flag("format", "cli-arg-format")
                    .value_name("FORMAT,...")
                    .value_delimiter(',')
                    .value_parser(super::report::Formats::WORDS)
                    .hide_possible_values(true)
                    .action(ArgAction::Append),
            )
            .arg(as_of()),
        )
        .subcommands(args_tables::commands(texts, &command))
        .subcommands(args_signing::commands(texts, &command))
        .subcommand(
            command("completions", "qd completions SHELL", "cli-completions").arg(
                place("shell", "cli-arg-shell")
                    .value_name("SHELL")
                    .value_parser(clap::value_parser!(clap_complete::Shell))
                    .hide_possible_values(true),
            ),
        )
}
