//! The commands of `qd`, one a file. [`run`] is the whole program without the terminal view.
//!
//! Language of every text: `--lang`, then `$QD_LANG`, then the workspace's setting, then zh-TW.

mod acts;
mod args;
mod args_line;
mod args_refused;
mod args_signing;
mod args_tables;
mod backup;
mod changes;
mod check;
mod collect;
mod completions;
mod correct;
mod demo;
mod enter;
mod explain;
mod find;
mod fold;
mod handle;
mod import;
mod init;
mod log;
mod openmetrics;
mod output;
mod progress;
mod report;
mod report_draft;
mod signoff;
mod sources;
mod status;
mod table;
mod template;
#[cfg(test)]
mod tests;
mod understood;
mod upgrade;
mod verify;
mod verify_office;
mod watch;
mod withdraw;

pub use args::{Command, Global};
pub use args_line::command_line;
pub use collect::{collect_into, label};
pub use log::{Level, LogFormat};
pub use output::Context;
pub(crate) use report::report_of;
pub use report::{Formats, ReportRequest, report_files, write_report};

use crate::failure::{Exit, Failure};
use crate::platform;
use crate::session::Clock;
use crate::workspace;
use quarterdeck_kpi::message::Message;
use quarterdeck_view::i18n::Language;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The machine, the terminal and the person, as the program found them.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Environment variables.
    pub variables: BTreeMap<String, String>,
    /// The folder the program was started in.
    pub folder: PathBuf,
    /// Account of the operating system.
    pub account: String,
    /// What time it is.
    pub clock: Clock,
    /// stdin is a terminal.
    pub stdin_terminal: bool,
    /// stdout is a terminal.
    pub stdout_terminal: bool,
    /// stderr is a terminal.
    pub stderr_terminal: bool,
    /// Width of the terminal that stdout is, where somebody measured it.
    pub columns: Option<u16>,
    /// Set by Ctrl-C: what runs stops cleanly.
    pub interrupt: Arc<AtomicBool>,
    /// Set beside it when the system asked for the end, not a person.
    pub terminated: Arc<AtomicBool>,
}

impl Environment {
    /// The process' own.
    pub fn of_process() -> Environment {
        Environment {
            variables: std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
                .collect(),
            folder: std::env::current_dir().unwrap_or_default(),
            account: platform::account_name(),
            clock: Clock::system(),
            stdin_terminal: io::stdin().is_terminal(),
            stdout_terminal: io::stdout().is_terminal(),
            stderr_terminal: io::stderr().is_terminal(),
            columns: None,
            interrupt: Arc::new(AtomicBool::new(false)),
            terminated: Arc::new(AtomicBool::new(false)),
        }
    }
    /// From now on Ctrl-C and the system's request to end ask what runs to stop cleanly; a second
    /// one ends the process.
    #[cfg(unix)]
    pub fn watch_interrupt(&self) {
        use signal_hook::{consts, flag};
        for (signal, exit, noted) in [
            (consts::SIGINT, Exit::Interrupted, &self.interrupt),
            (consts::SIGTERM, Exit::Terminated, &self.terminated),
        ] {
            // Without a handler the process ends at once, which loses nothing stored either.
            let _ = flag::register_conditional_shutdown(
                signal,
                exit.code(),
                Arc::clone(&self.interrupt),
            );
            let _ = flag::register(signal, Arc::clone(noted));
            let _ = flag::register(signal, Arc::clone(&self.interrupt));
        }
    }
    /// From now on Ctrl-C asks what runs to stop cleanly; a second one ends the process.
    #[cfg(not(unix))]
    pub fn watch_interrupt(&self) {
        let interrupt = Arc::clone(&self.interrupt);
        // Without a handler Ctrl-C ends the process at once, which loses nothing stored either.
        let _ = ctrlc::set_handler(move || {
            if interrupt.swap(true, Ordering::Relaxed) {
                std::process::exit(Exit::Interrupted.code());
            }
        });
    }
    /// A variable's value.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }
    /// Whether Ctrl-C was pressed.
    pub fn interrupted(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed)
    }
}

/// The terminal view was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminal {
    /// The workspace.
    pub root: PathBuf,
    /// Language asked for by flag or environment; `None`: the workspace's.
    pub language: Option<Language>,
    /// Write nothing at all.
    pub read_only: bool,
    /// Colours.
    pub colour: Colour,
}

/// What a command line means.
#[derive(Debug)]
pub enum Parsed {
    /// `qd` alone on a terminal: the face takes over.
    Terminal(Terminal),
    /// A command, help, or an error: [`CommandLine::run`] does it.
    Command(Box<CommandLine>),
}

/// A command line (without the program's name) that was read: every word is named in two languages, so it is done once.
#[derive(Debug)]
pub struct CommandLine {
    language: Language,
    json: bool,
    read: Result<args::Read, Failure>,
}

/// Whether the terminal view is asked for and possible; everything else is [`CommandLine::run`]'s.
pub fn parse(args: &[String], environment: &Environment) -> Parsed {
    let line = CommandLine::of(args, environment);
    if let Ok(args::Read::Terminal(global)) = &line.read
        && environment.stdin_terminal
        && environment.stdout_terminal
        && !global.json
        && let Ok(root) = root(global, environment)
    {
        return Parsed::Terminal(Terminal {
            root,
            language: global.language.or_else(|| variable_language(environment)),
            read_only: global.read_only,
            colour: global.colour,
        });
    }
    Parsed::Command(Box::new(line))
}

/// Runs a command line (without the program's name) and returns the exit code.
pub fn run(
    args: &[String],
    stdin: &mut dyn Read,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
    environment: &Environment,
) -> i32 {
    CommandLine::of(args, environment).run(stdin, stdout, stderr, environment)
}

impl CommandLine {
    fn of(args: &[String], environment: &Environment) -> CommandLine {
        let (language, read) = match language(args, environment) {
            Ok(language) => (language, args::read(args, language)),
            Err(failure) => (Language::default(), Err(failure)),
        };
        CommandLine {
            language,
            // Errors before the flags are understood are told as the flags ask all the same.
            json: args.iter().any(|a| a == "--json"),
            read,
        }
    }

    /// Runs it and returns the exit code.
    pub fn run(
        self,
        stdin: &mut dyn Read,
        stdout: &mut dyn Write,
        stderr: &mut dyn Write,
        environment: &Environment,
    ) -> i32 {
        let context = Context {
            global: Global {
                json: self.json,
                ..Global::default()
            },
            language: self.language,
            environment,
            stdin,
            stdout,
            stderr,
            drawn: None,
        };
        answer(context, self.read)
    }
}

fn answer(mut context: Context<'_>, read: Result<args::Read, Failure>) -> i32 {
    let environment = context.environment;
    let result = match read {
        Err(failure) => Err(failure),
        Ok(args::Read::Text(text)) => context.print(text.trim_end()).map(|()| Exit::Done),
        Ok(args::Read::Terminal(global)) => {
            let found = root(&global, environment);
            context.global = global;
            found.and_then(|_| {
                Err(Failure::usage(Message::new("cli-no-terminal"))
                    .next(Message::new("cli-no-terminal-next")))
            })
        }
        Ok(args::Read::Command(global, command)) => {
            context.global = global;
            perform(&mut context, command)
        }
    };
    match result {
        Ok(Exit::Interrupted) if environment.terminated.load(Ordering::Relaxed) => {
            Exit::Terminated.code()
        }
        Ok(exit) => exit.code(),
        Err(failure) => context.fail(&failure).code(),
    }
}

fn perform(context: &mut Context<'_>, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Demo { dir, serve } => demo::run(context, dir, serve),
        Command::Init { dir } => init::run(context, &dir),
        Command::Check => check::run(context),
        Command::Collect {
            sources,
            watch: true,
            ..
        } => watch::run(context, sources),
        Command::Collect {
            sources, dry_run, ..
        } => collect::run(context, sources, dry_run),
        Command::Sources {
            openmetrics: true, ..
        } => openmetrics::run(context),
        Command::Sources { as_of, .. } => sources::run(context, as_of.as_deref()),
        Command::Upgrade => upgrade::run(context),
        Command::Status {
            quarter,
            as_of,
            since,
            programmes,
            fail_on,
        } => status::run(
            context,
            quarter.as_deref(),
            (as_of.as_deref(), since.as_deref()),
            &programmes,
            &fail_on,
        ),
        Command::Explain {
            figure,
            as_of,
            raw,
            capture,
        } => explain::run(context, &figure, as_of.as_deref(), raw, capture.as_deref()),
        Command::Find { text, as_of } => find::run(context, &text, as_of.as_deref()),
        Command::Enter {
            figure,
            value,
            evidence,
            note,
        } => enter::run(context, &figure, value, evidence, note),
        Command::Correct {
            figure,
            value,
            evidence,
            reason,
        } => correct::run(context, &figure, value, evidence, &reason),
        Command::Withdraw { entry, reason } => withdraw::run(context, entry, &reason),
        Command::Import(args) => import::run(context, &args),
        Command::Template { kind, out } => template::run(context, kind, &out),
        Command::Handle {
            programme,
            quarter,
            reason,
        } => handle::run(context, &programme, quarter.as_deref(), &reason),
        Command::Report {
            quarter,
            out,
            formats,
            as_of,
        } => report::run(
            context,
            &quarter,
            out.as_deref(),
            &formats,
            as_of.as_deref(),
        ),
        Command::SignOff {
            step,
            quarter,
            accept,
            dry_run,
            key,
        } => signoff::run(context, step, &quarter, &accept, (dry_run, key)),
        Command::Log {
            since,
            as_of,
            figure,
        } => acts::run(
            context,
            since.as_deref(),
            as_of.as_deref(),
            figure.as_deref(),
        ),
        Command::Verify { path, head, key } => {
            verify::run(context, &path, head.as_deref(), key.as_deref())
        }
        Command::Rebuild { bag, out } => verify::rebuild(context, &bag, &out),
        Command::Backup { file } => backup::backup(context, &file),
        Command::Restore { file, to } => backup::restore(context, &file, &to),
        Command::Prune { dry_run } => backup::prune(context, dry_run),
        Command::Completions { shell } => completions::run(context, shell),
    }
}

/// The workspace: flag, `$QD_WORKSPACE`, or the nearest parent folder that is one.
pub(crate) fn root(global: &Global, environment: &Environment) -> Result<PathBuf, Failure> {
    let variable = environment.variable("QD_WORKSPACE");
    workspace::find(
        global.workspace.as_deref(),
        variable.as_deref().map(OsStr::new),
        &environment.folder,
    )
    .map_err(|message| Failure::usage(message).next(Message::new("cli-no-workspace-next")))
}

fn variable_language(environment: &Environment) -> Option<Language> {
    environment
        .variable("QD_LANG")
        .and_then(|asked| Language::from_id(&asked))
}

fn language(args: &[String], environment: &Environment) -> Result<Language, Failure> {
    if let Some(asked) = args::asked_language(args) {
        return Language::from_id(asked).ok_or_else(|| args::unknown_language(asked));
    }
    if let Some(asked) = environment
        .variable("QD_LANG")
        .filter(|asked| !asked.is_empty())
    {
        return Language::from_id(&asked).ok_or_else(|| args::unknown_language(&asked));
    }
    let global = Global {
        workspace: args::asked_workspace(args).map(PathBuf::from),
        ..Global::default()
    };
    let written = root(&global, environment)
        .ok()
        .and_then(|root| std::fs::read_to_string(root.join("quarterdeck.toml")).ok())
        .and_then(|text| text.parse::<toml::Table>().ok())
        .and_then(|table| Language::from_id(table.get("language")?.as_str()?));
    Ok(written.unwrap_or_default())
}
