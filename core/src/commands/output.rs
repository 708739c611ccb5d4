//! Where a command writes: data on stdout, messages, progress and the log on stderr.

use super::log::{self, Level};
use super::table::plain;
use super::{Colour, Environment, Global};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::session::{Access, KEY_VARIABLE, Session};
use quarterdeck_kpi::calendar::{Quarter, parse_as_of};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_view::i18n::{Language, say, word};
use serde_json::{Value, json as value};
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A progress line is drawn at most so often.
const REDRAW: Duration = Duration::from_millis(100);

/// What a command works with.
pub struct Context<'a> {
    /// Flags.
    pub global: Global,
    /// Language of every text.
    pub language: Language,
    /// Machine and terminal.
    pub environment: &'a Environment,
    /// stdin
    pub stdin: &'a mut dyn Read,
    /// stdout
    pub stdout: &'a mut dyn Write,
    /// stderr
    pub stderr: &'a mut dyn Write,
    /// The progress line that is on the screen, and when it was drawn.
    pub(super) drawn: Option<Instant>,
}

impl Context<'_> {
    /// The workspace's folder.
    pub fn root(&self) -> Result<PathBuf, Failure> {
        super::root(&self.global, self.environment)
    }

    /// Opens the workspace; for reading too, files that changed become a register version.
    pub fn open(&self) -> Result<Session, Failure> {
        let access = if self.global.read_only {
            Access::ReadOnly
        } else {
            Access::ReadWrite
        };
        let mut session = Session::open_as(
            &self.root()?,
            access,
            self.environment.clock.clone(),
            self.environment.account.clone(),
        )?;
        session.set_key_reference(self.environment.variable(KEY_VARIABLE));
        Ok(session)
    }

    /// The same for a person's act, which is dated by the machine's clock: a clock that cannot be right
    /// is named before anything is written, even if it should be quiet.
    pub fn open_to_act(&mut self) -> Result<Session, Failure> {
        let session = self.open()?;
        if let Some(finding) = session.clock_finding()? {
            let text = self.say(&finding.text);
            self.problem(&text);
        }
        Ok(session)
    }

    /// Says that the workspace's files have problems, where they have.
    pub fn note_problems(&mut self, session: &Session) {
        let problems = session.workspace().problems.len();
        if problems > 0 {
            self.note(&Message::new("cli-status-problems").with("problems", problems));
        }
    }

    /// Opens the workspace for a command that only looks: the log is not followed anew, which takes
    /// as long as the log is; commands that write or report follow it. Files are read on so many threads.
    pub fn open_to_read(&self, threads: usize) -> Result<Session, Failure> {
        let access = if self.global.read_only {
            Access::ReadOnly
        } else {
            Access::ReadWrite
        };
        Session::open_to_look(
            threads,
            &self.root()?,
            access,
            self.environment.clock.clone(),
            self.environment.account.clone(),
        )
    }

    /// A sentence in the command's language.
    pub fn say(&self, message: &Message) -> String {
        say(self.language, message)
    }
    /// A word in the command's language.
    pub fn word(&self, id: &str) -> String {
        word(self.language, id)
    }
    /// Whether stdout takes colours.
    pub fn coloured(&self) -> bool {
        match self.global.colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => {
                self.environment.stdout_terminal
                    && self
                        .environment
                        .variable("NO_COLOR")
                        .is_none_or(|v| v.is_empty())
                    && self.environment.variable("TERM").as_deref() != Some("dumb")
            }
        }
    }

    /// Lines for stdout; whatever came from outside is cleaned.
    pub fn print(&mut self, text: &str) -> Result<(), Failure> {
        self.print_styled(&lines(text, clean))
    }
    /// Lines for people, in characters every terminal draws in the same width.
    pub fn print_plain(&mut self, text: &str) -> Result<(), Failure> {
        self.print_styled(&lines(text, plain))
    }
    /// Lines for stdout that were cleaned before colours went in.
    pub fn print_styled(&mut self, text: &str) -> Result<(), Failure> {
        self.clear_progress();
        self.bytes(format!("{text}\n").as_bytes())
    }
    /// A document for stdout.
    pub fn print_json(&mut self, document: &Value) -> Result<(), Failure> {
        self.clear_progress();
        self.bytes(json::text(document).as_bytes())
    }
    /// Bytes for stdout. A reader that went away is no failure.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self
            .stdout
            .write_all(bytes)
            .and_then(|()| self.stdout.flush())
        {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(Failure::nothing(
                Message::new("cli-output-failed").with("detail", clean(&error.to_string())),
            )),
        }
    }

    /// A sentence on stderr, unless it should be quiet.
    pub fn note(&mut self, message: &Message) {
        if !self.global.quiet {
            let text = self.say(message);
            self.error_line(&text);
        }
    }
    /// Something that is wrong, on stderr even if it should be quiet.
    pub(super) fn problem(&mut self, text: &str) {
        self.error_line(text);
    }
    fn error_line(&mut self, text: &str) {
        self.clear_progress();
        let _ = writeln!(self.stderr, "{}", lines(text, plain));
    }

    /// A line of the operators' log, with `-v`.
    pub fn log(&mut self, level: Level, run: Option<i64>, source: &str, text: &str) {
        if self.global.verbose {
            self.log_line(level, run, source, text);
        }
    }
    /// A line of the operators' log: time, level, run, source, message.
    pub(super) fn log_line(&mut self, level: Level, run: Option<i64>, source: &str, text: &str) {
        let now = self.environment.clock.now();
        let line = log::line(self.global.log_format, now, level, run, source, text);
        self.clear_progress();
        // One line is one entry, and a reader that went away is no failure.
        let _ = writeln!(self.stderr, "{}", line.replace(['\n', '\r'], " "));
        let _ = self.stderr.flush();
    }

    /// How far something is, on a terminal's one changing line.
    pub fn progress(&mut self, text: &str) {
        if self.global.quiet || !self.environment.stderr_terminal {
            return;
        }
        if self.drawn.is_some_and(|at| at.elapsed() < REDRAW) {
            return;
        }
        let line: String = plain(text).chars().take(76).collect();
        let _ = write!(self.stderr, "\r\u{1b}[2K{line}");
        let _ = self.stderr.flush();
        self.drawn = Some(Instant::now());
    }
    fn clear_progress(&mut self) {
        if self.drawn.take().is_some() {
            let _ = write!(self.stderr, "\r\u{1b}[2K");
        }
    }

    /// Tells the failure as the flags ask, and gives the exit.
    pub fn fail(&mut self, failure: &Failure) -> Exit {
        self.clear_progress();
        let what = self.say(&failure.what);
        let next = failure.next.as_ref().map(|next| self.say(next));
        if self.global.json {
            let document = json::object([(
                "error",
                json::object([
                    ("code", value!(failure.code)),
                    ("message", value!(what)),
                    ("where", value!(failure.place)),
                    ("next", value!(next)),
                ]),
            )]);
            let _ = self.bytes(json::text(&document).as_bytes());
        } else {
            // A sentence of the store or the network says its place and next step itself.
            let place = failure
                .place
                .as_ref()
                .filter(|place| !what.contains(*place));
            let text = match place {
                Some(place) => format!("qd: {place}: {what}"),
                None => format!("qd: {what}"),
            };
            self.error_line(&text);
            if let Some(next) = next.filter(|next| !what.contains(next)) {
                self.error_line(&next);
            }
        }
        failure.exit
    }

    /// A quarter as typed.
    pub fn quarter(&self, text: &str) -> Result<Quarter, Failure> {
        Quarter::parse(text).map_err(|_| {
            Failure::usage(Message::new("cli-bad-quarter").with("text", clean(text)))
                .at("--quarter")
                .next(Message::new("cli-bad-quarter-next"))
        })
    }
    /// A moment as typed.
    pub fn as_of(
        &self,
        text: Option<&str>,
    ) -> Result<Option<chrono::DateTime<chrono::Utc>>, Failure> {
        text.map(|text| {
            parse_as_of(text).map_err(|_| {
                Failure::usage(Message::new("cli-bad-as-of").with("text", clean(text)))
                    .at("--as-of")
                    .next(Message::new("cli-bad-as-of-next"))
            })
        })
        .transpose()
    }
    /// Above a table: as of which past moment it is. Nothing when it is that of now.
    pub fn say_moment(
        &mut self,
        as_of: Option<chrono::DateTime<chrono::Utc>>,
    ) -> Result<(), Failure> {
        let Some(as_of) = as_of else { return Ok(()) };
        let text = self.say(&Message::new("cli-as-of-heading").with("as-of", as_of));
        self.print(&text)
    }
}

/// Every line made safe; line ends stay.
fn lines(text: &str, safe: fn(&str) -> String) -> String {
    text.split('\n').map(safe).collect::<Vec<_>>().join("\n")
}
