//! The command line of `qd`: its commands and flags, with texts in both languages.

use super::Colour;
use super::args_refused::{asked_command, refusal};
use super::args_signing;
use super::args_tables::{self, ImportArgs};
use super::log::LogFormat;
use crate::failure::Failure;
use crate::import::Kind;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command as Clap};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::signoff::Step;
use quarterdeck_kpi::text::clean;
use quarterdeck_view::i18n::{Language, word};
use std::path::PathBuf;

/// Flags before or after any command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Global {
    /// `--workspace DIR`
    pub workspace: Option<PathBuf>,
    /// `--lang`
    pub language: Option<Language>,
    /// `--json`
    pub json: bool,
    /// `--quiet`
    pub quiet: bool,
    /// `-v`
    pub verbose: bool,
    /// `--color`
    pub colour: Colour,
    /// `--read-only`
    pub read_only: bool,
    /// `--log-format`
    pub log_format: LogFormat,
}

/// A command with its own arguments, as they were typed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // fields are named as the flags are
pub enum Command {
    /// `qd demo`
    Demo { dir: PathBuf, serve: Option<u16> },
    /// `qd init DIR`
    Init { dir: PathBuf },
    /// `qd check`
    Check,
    /// `qd collect`
    Collect {
        sources: Vec<String>,
        dry_run: bool,
        watch: bool,
    },
    /// `qd sources`
    Sources {
        openmetrics: bool,
        as_of: Option<String>,
    },
    /// `qd upgrade`
    Upgrade,
    /// `qd status`
    Status {
        quarter: Option<String>,
        as_of: Option<String>,
        since: Option<String>,
        programmes: Vec<String>,
        fail_on: Vec<String>,
    },
    /// `qd explain`
    Explain {
        figure: String,
        as_of: Option<String>,
        raw: bool,
        capture: Option<String>,
    },
    /// `qd find`
    Find { text: String, as_of: Option<String> },
    /// `qd enter`
    Enter {
        figure: String,
        value: String,
        evidence: Option<PathBuf>,
        note: Option<String>,
    },
    /// `qd correct`
    Correct {
        figure: String,
        value: String,
        evidence: Option<PathBuf>,
        reason: String,
    },
    /// `qd withdraw`
    Withdraw { entry: i64, reason: String },
    /// `qd handle`
    Handle {
        programme: String,
        quarter: Option<String>,
        reason: String,
    },
    /// `qd report`
    Report {
        quarter: String,
        out: Option<PathBuf>,
        formats: Vec<String>,
        as_of: Option<String>,
    },
    /// `qd import`
    Import(Box<ImportArgs>),
    /// `qd template`
    Template { kind: Kind, out: PathBuf },
    /// `qd prepare`, `qd review`, `qd publish`
    SignOff {
        step: Step,
        quarter: String,
        accept: Vec<String>,
        dry_run: bool,
        key: Option<String>,
    },
    /// `qd log`
    Log {
        since: Option<String>,
        as_of: Option<String>,
        figure: Option<String>,
    },
    /// `qd verify`
    Verify {
        path: PathBuf,
        head: Option<String>,
        key: Option<String>,
    },
    /// `qd rebuild`
    Rebuild { bag: PathBuf, out: PathBuf },
    /// `qd backup`
    Backup { file: PathBuf },
    /// `qd restore`
    Restore { file: PathBuf, to: PathBuf },
    /// `qd prune`
    Prune { dry_run: bool },
    /// `qd completions`
    Completions { shell: clap_complete::Shell },
}

/// What a command line asks for.
#[derive(Debug)]
pub enum Read {
    /// No command: the terminal view.
    Terminal(Global),
    /// A command.
    Command(Global, Command),
    /// Help or the version: text for stdout.
    Text(String),
}

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

fn said_in(texts: Texts) -> Clap {
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

/// The value of `--lang` before anything else is understood, so that even an error speaks it.
pub fn asked_language(args: &[String]) -> Option<&str> {
    let mut found = None;
    let mut args = args.iter().map(String::as_str);
    while let Some(arg) = args.next() {
        if arg == "--" {
            break;
        }
        if arg == "--lang" {
            found = args.next();
        } else if let Some(value) = arg.strip_prefix("--lang=") {
            found = Some(value);
        }
    }
    found
}

/// The value of `--workspace`, in the same way.
pub fn asked_workspace(args: &[String]) -> Option<&str> {
    let mut args = args.iter().map(String::as_str);
    while let Some(arg) = args.next() {
        if arg == "--workspace" {
            return args.next();
        } else if let Some(value) = arg.strip_prefix("--workspace=") {
            return Some(value);
        }
    }
    None
}

/// Understands the arguments after the program's name.
pub fn read(args: &[String], language: Language) -> Result<Read, Failure> {
    let mut all = vec!["qd".to_owned()];
    all.extend_from_slice(args);
    // Most lines are understood, and nobody reads a help text: those are looked up for who needs one.
    let understood = said_in(None).try_get_matches_from(&all);
    let matches = match understood.or_else(|_| command_line(language).try_get_matches_from(all)) {
        Ok(matches) => matches,
        Err(error) => {
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                    Ok(Read::Text(headings(language, &error.render().to_string())))
                }
                _ => Err(refusal(&error, asked_command(args))),
            };
        }
    };
    let global = global(&matches)?;
    let Some((name, own)) = matches.subcommand() else {
        return Ok(Read::Terminal(global));
    };
    let text = |id: &str| own.get_one::<String>(id).cloned();
    let needed = |id: &str| text(id).unwrap_or_default();
    let list = |id: &str| -> Vec<String> {
        own.get_many::<String>(id)
            .map(|v| v.cloned().collect())
            .unwrap_or_default()
    };
    let path = |id: &str| own.get_one::<PathBuf>(id).cloned();
    let command = match name {
        "demo" => Command::Demo {
            dir: path("dir").unwrap_or_else(|| PathBuf::from("quarterdeck-demo")),
            serve: own.get_one::<u16>("serve").copied(),
        },
        "init" => Command::Init {
            dir: path("dir").unwrap_or_default(),
        },
        "check" => Command::Check,
        "collect" => Command::Collect {
            sources: list("source"),
            dry_run: own.get_flag("dry-run"),
            watch: own.get_flag("watch"),
        },
        "sources" => Command::Sources {
            openmetrics: own.get_flag("openmetrics"),
            as_of: text("as-of"),
        },
        "upgrade" => Command::Upgrade,
        "status" => Command::Status {
            quarter: text("quarter"),
            as_of: text("as-of"),
            since: text("since"),
            programmes: list("programme"),
            fail_on: list("fail-on"),
        },
        "explain" => Command::Explain {
            figure: needed("figure"),
            as_of: text("as-of"),
            raw: own.get_flag("raw"),
            capture: text("capture"),
        },
        "find" => Command::Find {
            text: needed("text"),
            as_of: text("as-of"),
        },
        "enter" => Command::Enter {
            figure: needed("figure"),
            value: needed("value"),
            evidence: path("evidence"),
            note: text("note"),
        },
        "correct" => Command::Correct {
            figure: needed("figure"),
            value: needed("value"),
            evidence: path("evidence"),
            reason: needed("reason"),
        },
        "withdraw" => Command::Withdraw {
            entry: own.get_one::<i64>("entry").copied().unwrap_or_default(),
            reason: needed("reason"),
        },
        "handle" => Command::Handle {
            programme: needed("programme"),
            quarter: text("quarter"),
            reason: needed("reason"),
        },
        "report" => Command::Report {
            quarter: needed("quarter"),
            out: path("out"),
            formats: list("format"),
            as_of: text("as-of"),
        },
        "completions" => Command::Completions {
            shell: own
                .get_one::<clap_complete::Shell>("shell")
                .copied()
                .unwrap_or(clap_complete::Shell::Bash),
        },
        _ => match args_tables::read(name, own).or_else(|| args_signing::read(name, own)) {
            Some(command) => command,
            None => return Ok(Read::Terminal(global)),
        },
    };
    Ok(Read::Command(global, command))
}

/// Headings end with the colon of their language.
fn headings(language: Language, text: &str) -> String {
    let full_width = |line: &str| match line.strip_suffix(':') {
        Some(heading) if language == Language::ZhTw && !heading.is_ascii() => {
            format!("{heading}：")
        }
        _ => line.to_owned(),
    };
    let lines = text.lines().map(full_width);
    let folded: Vec<String> = lines.flat_map(|line| super::fold::folded(&line)).collect();
    folded.join("\n")
}

fn global(matches: &ArgMatches) -> Result<Global, Failure> {
    let language = match matches.get_one::<String>("lang") {
        Some(asked) => Some(Language::from_id(asked).ok_or_else(|| unknown_language(asked))?),
        None => None,
    };
    Ok(Global {
        workspace: matches.get_one::<PathBuf>("workspace").cloned(),
        language,
        json: matches.get_flag("json"),
        quiet: matches.get_flag("quiet"),
        verbose: matches.get_flag("verbose"),
        colour: match matches.get_one::<String>("color").map(String::as_str) {
            Some("always") => Colour::Always,
            Some("never") => Colour::Never,
            _ => Colour::Auto,
        },
        read_only: matches.get_flag("read-only"),
        log_format: match matches.get_one::<String>("log-format").map(String::as_str) {
            Some("json") => LogFormat::Json,
            _ => LogFormat::Text,
        },
    })
}

/// A language nobody speaks here.
pub fn unknown_language(asked: &str) -> Failure {
    Failure::usage(Message::new("cli-unknown-language").with("language", clean(asked)))
        .next(Message::new("cli-unknown-language-next"))
}
