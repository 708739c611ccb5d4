//! `qd collect`: asks the sources and stores what they send.

use super::Context;
use super::log::Level;
use super::progress::Running;
use super::understood;
use crate::collect::{CollectOptions, CollectSummary, Progress, SourceReport, collect};
use crate::demo;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::session::{Session, place};
use crate::workspace::{Problem, Workspace};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::source::Outcome;
use serde_json::{Value, json as value};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Whoever merely looks at changed files holds the lock for a moment to keep them as a register
/// version; another collector holds it for longer, and is not waited for.
const A_MOMENT: Duration = Duration::from_millis(500);

/// Lines that are written at once.
const LINES: usize = 128;

/// Collects into an open workspace; the lock is taken here, and waited for a moment at most.
pub fn collect_into(
    session: &mut Session,
    quarter: Quarter,
    only: Option<Vec<String>>,
    dry_run: bool,
    progress: &mut dyn FnMut(Progress),
    interrupt: &AtomicBool,
) -> Result<CollectSummary, Failure> {
    collect_looking(
        session,
        quarter,
        only,
        (dry_run, false),
        progress,
        interrupt,
    )
}

/// The same; with a dry run, what the decoders understood may be kept for the reports.
fn collect_looking(
    session: &mut Session,
    quarter: Quarter,
    only: Option<Vec<String>>,
    (dry_run, preview): (bool, bool),
    progress: &mut dyn FnMut(Progress),
    interrupt: &AtomicBool,
) -> Result<CollectSummary, Failure> {
    let workspace = session.workspace();
    if let Some(failure) = only.iter().flatten().find_map(|id| broken(workspace, id)) {
        return Err(failure);
    }
    if let Some(unknown) = only
        .iter()
        .flatten()
        .find(|id| !workspace.sources.iter().any(|s| s.id == **id))
    {
        return Err(unknown_source(unknown));
    }
    let _lock = session.lock("collect", A_MOMENT)?;
    // The demo's portals only exist while a collection runs.
    let portals = if demo::is_demo(workspace) {
        Some(demo::start_portals(0).map_err(Failure::nothing)?)
    } else {
        None
    };
    let clock = session.clock().clone();
    let now = move || clock.now();
    let mut options = CollectOptions::new(quarter, &now);
    options.sources = only;
    options.dry_run = dry_run;
    options.preview = preview;
    options.origin = portals.as_ref().map(demo::origin_override);
    let (workspace, store) = session.files_and_store()?;
    collect(workspace, store, &options, progress, interrupt)
}

/// Errors in the files: a source that one describes is not asked, and rows for a programme that one describes belong to
/// nothing.
fn broken_files(workspace: &Workspace) -> impl Iterator<Item = &Problem> {
    let problems = workspace.problems.iter();
    problems.filter(|p| p.severity == Severity::Error)
}

/// A problem with what to do about it.
fn problem_text(problem: &Problem) -> Message {
    match &problem.next {
        Some(next) => Message::new("cli-two-sentences")
            .with("first", problem.message.clone())
            .with("second", next.clone()),
        None => problem.message.clone(),
    }
}

/// Why a source that was asked for by name is not among those that could be read.
fn broken(workspace: &Workspace, id: &str) -> Option<Failure> {
    let problem = broken_files(workspace).find(|p| {
        p.file
            .strip_prefix("sources/")
            .and_then(|f| f.strip_suffix(".toml"))
            == Some(id)
    })?;
    let place = place(problem);
    let what = Message::new("cli-collect-broken-source")
        .with("source", quarterdeck_kpi::text::clean(id))
        .with("problem", problem_text(problem));
    Some(
        Failure::usage(what)
            .at(place.as_str())
            .next(Message::new("cli-collect-broken-source-next").with("place", place)),
    )
}

/// A source that the workspace does not have.
pub(super) fn unknown_source(id: &str) -> Failure {
    let id = quarterdeck_kpi::text::clean(id);
    Failure::usage(Message::new("cli-unknown-source").with("source", id.as_str()))
        .at(id)
        .next(Message::new("cli-unknown-source-next"))
}

pub(super) fn run(
    context: &mut Context<'_>,
    sources: Vec<String>,
    dry_run: bool,
) -> Result<Exit, Failure> {
    let mut session = context.open()?;
    let quarter = session.default_quarter(session.now());
    let only = (!sources.is_empty()).then_some(sources);
    // Whoever names his sources hears of those alone.
    let broken: Vec<Problem> = match only {
        Some(_) => Vec::new(),
        None => broken_files(session.workspace()).cloned().collect(),
    };
    // Whoever tries one source wants to know what came.
    let preview = dry_run && only.is_some();
    let interrupt = context.environment.interrupt.clone();
    let mut running = Running::default();
    let mut progress = |step: Progress| running.tell(context, &step);
    let summary = collect_looking(
        &mut session,
        quarter,
        only,
        (dry_run, preview),
        &mut progress,
        &interrupt,
    )?;
    let verbose = context.global.verbose;
    for report in summary.sources.iter().filter(|_| verbose) {
        let level = level_of(report);
        let text = context.say(&report_line(report));
        context.log(level, summary.run, &report.source, &text);
    }
    for problem in &broken {
        let id = match problem.file.starts_with("sources/") {
            true => "cli-collect-broken-file",
            false => "cli-collect-broken-register",
        };
        let text = Message::new(id)
            .with("place", place(problem))
            .with("problem", problem_text(problem));
        context.log(Level::Warn, summary.run, &problem.file, &context.say(&text));
        context.note(&text);
    }
    tell(
        context,
        session.workspace(),
        &summary,
        &broken,
        (quarter, dry_run),
    )?;
    if !context.global.json {
        for report in &summary.sources {
            understood::tell(context, session.workspace(), report)?;
        }
    }
    Ok(exit(&summary, &broken))
}

/// How loudly the log tells of a source.
pub(super) fn level_of(report: &SourceReport) -> Level {
    match report.outcome {
        Some(Outcome::Good) => Level::Info,
        // Left alone on purpose.
        None if report.too_early_until.is_some() => Level::Info,
        _ => Level::Warn,
    }
}

fn exit(summary: &CollectSummary, broken: &[Problem]) -> Exit {
    if summary.interrupted {
        Exit::Interrupted
    } else if summary.is_nothing() {
        Exit::Nothing
    } else if summary.is_complete() && broken.is_empty() {
        Exit::Done
    } else {
        Exit::Partly
    }
}

/// How far a collection is, as a sentence.
pub fn label(progress: &Progress) -> Message {
    match progress {
        Progress::Began { .. } => Message::new("cli-collect-began"),
        Progress::Started {
            source,
            position,
            of,
        } => Message::new("cli-collect-started")
            .with("source", source.as_str())
            .with("position", *position)
            .with("of", *of),
        Progress::Reading { source, bytes } => Message::new("cli-collect-reading")
            .with("source", source.as_str())
            .with("kib", *bytes / 1024),
        Progress::Page { source, rows, .. } => Message::new("cli-collect-page")
            .with("source", source.as_str())
            .with("rows", *rows),
        Progress::Target {
            source, done, of, ..
        } => Message::new("cli-collect-targets")
            .with("source", source.as_str())
            .with("done", *done)
            .with("of", *of),
        Progress::Retrying {
            source, message, ..
        } => Message::new("cli-collect-retrying")
            .with("source", source.as_str())
            .with("message", message.clone()),
        Progress::Finished(report) => report_line(report),
    }
}

fn outcome_word(report: &SourceReport) -> &'static str {
    match report.outcome {
        Some(Outcome::Good) => "cli-outcome-good",
        Some(Outcome::Partial) => "cli-outcome-partial",
        Some(Outcome::Rejected) => "cli-outcome-rejected",
        Some(Outcome::Failed) => "cli-outcome-failed",
        None if report.too_early_until.is_some() => "cli-outcome-too-early",
        None => "cli-outcome-stopped",
    }
}

pub(super) fn report_line(report: &SourceReport) -> Message {
    use quarterdeck_kpi::message::Arg;
    let line = Message::new(if report.message.is_some() {
        "cli-collect-source-said"
    } else {
        "cli-collect-source"
    })
    .with("source", report.source.as_str())
    .with("outcome", Arg::Term(outcome_word(report).into()))
    .with("rows", report.rows)
    .with("readings", report.readings)
    .with("new", report.new);
    match &report.message {
        Some(message) => line.with("message", message.clone()),
        None => line,
    }
}

fn tell(
    context: &mut Context<'_>,
    workspace: &Workspace,
    summary: &CollectSummary,
    broken: &[Problem],
    (quarter, dry_run): (Quarter, bool),
) -> Result<(), Failure> {
    if context.global.json {
        let sources: Vec<Value> = summary
            .sources
            .iter()
            .map(|s| {
                json::object([
                    ("id", value!(s.source)),
                    ("outcome", value!(s.outcome.map(Outcome::id))),
                    ("rows", value!(s.rows)),
                    ("readings", value!(s.readings)),
                    ("rejected", value!(s.rejected)),
                    ("new", value!(s.new)),
                    ("findings", value!(s.findings.len())),
                    ("elapsed_ms", value!(s.elapsed_ms)),
                    (
                        "message",
                        value!(s.message.as_ref().map(|m| context.say(m))),
                    ),
                    ("unchanged", value!(s.unchanged)),
                    (
                        "targets",
                        s.targets.map_or(Value::Null, |(of, answered)| {
                            json::object([("of", value!(of)), ("answered", value!(answered))])
                        }),
                    ),
                    (
                        "too_early_until",
                        s.too_early_until.map_or(Value::Null, json::instant),
                    ),
                    ("preview", understood::document(context, workspace, s)),
                ])
            })
            .collect();
        let broken: Vec<Value> = broken
            .iter()
            .map(|problem| {
                json::object([
                    ("file", value!(problem.file)),
                    ("line", value!(problem.line)),
                    ("message", value!(context.say(&problem_text(problem)))),
                ])
            })
            .collect();
        return context.print_json(&json::object([
            ("schema", value!("quarterdeck/collect/1")),
            ("run", value!(summary.run)),
            ("quarter", value!(quarter.to_string())),
            ("dry_run", value!(dry_run)),
            ("interrupted", value!(summary.interrupted)),
            ("new", value!(summary.new_readings())),
            ("sources", Value::Array(sources)),
            ("broken_files", Value::Array(broken)),
        ]));
    }
    // Lines of thousands of sources go out together.
    for reports in summary.sources.chunks(LINES) {
        let lines: Vec<String> = reports
            .iter()
            .map(|report| context.say(&report_line(report)))
            .collect();
        context.print(&lines.join("\n"))?;
    }
    let good = summary
        .sources
        .iter()
        .filter(|s| matches!(s.outcome, Some(Outcome::Good | Outcome::Partial)))
        .count();
    let id = match (summary.interrupted, summary.sources.is_empty(), dry_run) {
        (true, _, _) => "cli-collect-interrupted",
        (false, true, _) => "cli-collect-no-sources",
        (false, false, true) => "cli-collect-dry",
        (false, false, false) => "cli-collect-done",
    };
    context.note(
        &Message::new(id)
            .with("good", good)
            .with("of", summary.sources.len())
            .with("new", summary.new_readings())
            .with("quarter", quarter),
    );
    Ok(())
}
