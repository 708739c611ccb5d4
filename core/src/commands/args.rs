//! What was asked for on the command line of `qd`.

use super::Colour;
use super::args_line::{command_line, said_in};
use super::args_refused::{asked_command, refusal};
use super::args_signing;
use super::args_tables::{self, ImportArgs};
use super::log::LogFormat;
use crate::failure::Failure;
use crate::import::Kind;
use clap::ArgMatches;
use clap::error::ErrorKind;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::signoff::Step;
use quarterdeck_kpi::text::clean;
use quarterdeck_view::i18n::Language;
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
