//! `qd status`: the board, for people or as `quarterdeck/status/1`.

use super::Context;
use super::changes::Compared;
use super::table::{Cell, render_within};
use crate::failure::{Exit, Failure};
use crate::session::{Session, read_ahead};
use crate::status_json;
use quarterdeck_kpi::assess::{Assessment, ProgrammeAssessment, assess};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::change::changes;
use quarterdeck_kpi::explain::{RestsOn, Rows};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::register::Register;
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_kpi::status::Status;
use quarterdeck_kpi::text::clean;
use quarterdeck_view::format;
use quarterdeck_view::i18n::Language;
use std::collections::BTreeSet;

/// Exceptions listed under the table.
const EXCEPTIONS: usize = 10;
/// Place of the name among the columns.
const NAME: usize = 2;

pub(super) fn run(
    context: &mut Context<'_>,
    quarter: Option<&str>,
    (as_of, since): (Option<&str>, Option<&str>),
    programmes: &[String],
    fail_on: &[String],
) -> Result<Exit, Failure> {
    let quarter = quarter.map(|text| context.quarter(text)).transpose()?;
    let as_of = context.as_of(as_of)?;
    let since = context.as_of(since)?;
    let fail_on = statuses(fail_on)?;
    let ahead = read_ahead(&context.root()?, RestsOn::All(Rows::ALL));
    let mut session = context.open()?;
    session.expect(ahead);
    let snapshot = match since {
        Some(_) => session.snapshot(as_of)?,
        None => session.standing(as_of)?,
    };
    let only = chosen(&snapshot.register, programmes)?;
    let quarter = quarter.unwrap_or_else(|| session.default_quarter(snapshot.as_of));
    let assessment = assess(&snapshot, quarter);
    if let Some(since) = since {
        let before = session.snapshot(Some(since))?;
        let compared = Compared {
            from: since,
            to: snapshot.as_of,
            quarter,
            demo: session.demo(),
            changes: changes(&before, &snapshot, quarter),
        };
        super::changes::show(context, &compared.only(only.as_ref()))?;
    } else if context.global.json {
        let document = status_json::status(&snapshot, &assessment, only.as_ref(), context.language);
        context.print_json(&document)?;
    } else {
        board(context, &session, &snapshot, &assessment, only.as_ref())?;
    }
    Ok(if matches(&assessment, only.as_ref(), &fail_on) {
        Exit::Partly
    } else {
        Exit::Done
    })
}

/// The board of a quarter as of now.
pub(super) fn show(
    context: &mut Context<'_>,
    session: &Session,
    quarter: Quarter,
) -> Result<(), Failure> {
    let snapshot = session.standing(None)?;
    let assessment = assess(&snapshot, quarter);
    board(context, session, &snapshot, &assessment, None)
}

fn statuses(words: &[String]) -> Result<Vec<Status>, Failure> {
    words
        .iter()
        .map(|word| {
            Status::from_id(word.trim()).ok_or_else(|| {
                let known: Vec<&str> = Status::ALL.into_iter().map(Status::id).collect();
                Failure::usage(Message::new("cli-unknown-status").with("word", clean(word)))
                    .at("--fail-on")
                    .next(Message::new("cli-known-words").with("words", known.join(", ")))
            })
        })
        .collect()
}

fn chosen(register: &Register, ids: &[String]) -> Result<Option<BTreeSet<String>>, Failure> {
    for id in ids {
        if register.programme(id).is_none() {
            return Err(Failure::usage(
                Message::new("cli-unknown-programme").with("programme", clean(id)),
            )
            .at("--programme")
            .next(Message::new("cli-unknown-programme-next")));
        }
    }
    Ok((!ids.is_empty()).then(|| ids.iter().cloned().collect()))
}

/// Whether a programme or one of its indicators stands at one of these.
fn matches(assessment: &Assessment, only: Option<&BTreeSet<String>>, on: &[Status]) -> bool {
    let programmes = assessment
        .programmes
        .iter()
        .filter(|p| only.is_none_or(|ids| ids.contains(&p.id)))
        .any(|p| on.contains(&p.status) || p.indicators.iter().any(|i| on.contains(&i.status)));
    let nodes = only.is_none()
        && assessment
            .nodes
            .iter()
            .any(|n| n.indicators.iter().any(|i| on.contains(&i.status)));
    programmes || nodes
}

fn board(
    context: &mut Context<'_>,
    session: &Session,
    snapshot: &Snapshot,
    assessment: &Assessment,
    only: Option<&BTreeSet<String>>,
) -> Result<(), Failure> {
    let language = context.language;
    let register = &snapshot.register;
    let heading = Message::new("cli-status-heading")
        .with("quarter", assessment.quarter)
        .with("id", assessment.quarter.to_string())
        .with("as-of", assessment.as_of);
    let mut lines = vec![context.say(&heading)];
    if session.demo() {
        lines.push(context.word("cli-status-demo"));
    }
    if let Some((day, days)) = assessment.running_day {
        let running = Message::new("cli-status-running")
            .with("day", day)
            .with("days", days);
        lines.push(context.say(&running));
    }
    let shown: Vec<&ProgrammeAssessment> = assessment
        .programmes
        .iter()
        .filter(|p| only.is_none_or(|ids| ids.contains(&p.id)))
        .collect();
    let counts: Vec<String> = Status::ALL
        .into_iter()
        .map(|status| (status, shown.iter().filter(|p| p.status == status).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(status, count)| format!("{} {count}", format::status(language, status)))
        .collect();
    let counted = Message::new("cli-status-counts")
        .with("programmes", shown.len())
        .with("counts", counts.join(&context.word("list-comma")));
    lines.push(context.say(&counted));
    lines.push(String::new());
    context.print_plain(&lines.join("\n"))?;

    let header = [
        "cli-column-id",
        "cli-column-status",
        "cli-column-programme",
        "cli-column-lead",
        "cli-column-indicators",
        "cli-column-variance",
        "cli-column-execution",
        "cli-column-oldest",
    ]
    .map(|id| context.word(id));
    let none = || format::NONE.to_owned();
    let rows: Vec<Vec<Cell>> = shown
        .iter()
        .map(|p| {
            let listed = register.programme(&p.id);
            let title = listed.map_or("", |l| match language {
                Language::ZhTw => l.title.zh_tw.as_str(),
                Language::En => l.title.en.as_str(),
            });
            // An unknown programme says why it is unknown, as in both faces.
            let shown_status = match p.status {
                Status::Unknown => p.unknown_cause.unwrap_or(Status::Unknown),
                known => known,
            };
            let lead = listed.map_or(String::new(), |l| {
                register
                    .agency(&l.lead)
                    .and_then(|agency| agency.name_on(assessment.quarter.end()))
                    .map_or_else(
                        || l.lead.clone(),
                        |name| match language {
                            Language::ZhTw => name.short.zh_tw.clone(),
                            Language::En => name.short.en.clone(),
                        },
                    )
            });
            vec![
                Cell::new(&p.id),
                Cell::status(shown_status, &format::status(language, shown_status)),
                Cell::short(title, 44),
                Cell::new(&lead),
                Cell::number(format::good_of(p.status, p.good)),
                Cell::number(p.variance_points.map_or_else(none, format::points)),
                Cell::number(
                    p.money
                        .execution_rate
                        .map_or_else(none, |r| format::rate(r.fraction())),
                ),
                Cell::number(
                    p.oldest_days
                        .map_or_else(none, |d| format::days(language, d)),
                ),
            ]
        })
        .collect();
    let columns = context.environment.columns;
    let text = render_within(&header, &rows, context.coloured(), columns, (NAME, &[]));
    context.print_styled(&text)?;

    let exceptions: Vec<_> = assessment
        .exceptions
        .iter()
        .filter(|e| only.is_none_or(|ids| ids.contains(&e.programme)))
        .collect();
    if !exceptions.is_empty() {
        let title = Message::new("cli-status-exceptions")
            .with("shown", exceptions.len().min(EXCEPTIONS))
            .with("of", exceptions.len());
        let mut lines = vec![String::new(), context.say(&title)];
        for e in exceptions.iter().take(EXCEPTIONS) {
            lines.push(format!(
                "{} {}  {}\n     {}",
                e.programme,
                format::status(language, e.status),
                context.say(&e.what),
                context.say(&e.why)
            ));
        }
        context.print_plain(&lines.join("\n"))?;
    }
    context.note_problems(session);
    Ok(())
}
