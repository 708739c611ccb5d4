//! What a decoder understood of an answer, for `qd collect --source ID --dry-run`.

use super::Context;
use super::table::{Cell, render};
use crate::catalogue::{Understanding, guessed_map};
use crate::collect::{SourceReport, Understood};
use crate::failure::Failure;
use crate::json;
use crate::workspace::Workspace;
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::SourceConfig;
use quarterdeck_view::catalogue::Trial;
use serde_json::{Value, json as value};

/// Rows, columns and widths that fit a terminal; with more the lines would break.
const ROWS: usize = 10;
const COLUMNS: usize = 6;
const WIDTH: usize = 24;

fn trial(source: &SourceConfig, report: &SourceReport, understood: &Understood) -> Trial {
    Understanding {
        is_good: true,
        outcome: Message::new("trial-no-figure"),
        kind: source.kind,
        findings: &report.findings,
        masked: &[],
    }
    .trial(understood)
}

/// Columns that look personal and that the source does not name as such: they would be stored as they come.
fn undeclared<'t>(source: &SourceConfig, trial: &'t Trial) -> Vec<&'t str> {
    let columns = trial.columns.iter().filter(|column| column.is_personal);
    let names = columns.map(|column| column.name.as_str());
    names.filter(|name| !source.is_personal(name)).collect()
}

/// The same for programs; null where nothing was noted.
pub(super) fn document(
    context: &Context<'_>,
    workspace: &Workspace,
    report: &SourceReport,
) -> Value {
    let found = workspace.sources.iter().find(|s| s.id == report.source);
    let (Some(understood), Some(source)) = (&report.understood, found) else {
        return Value::Null;
    };
    let trial = trial(source, report, understood);
    let columns = trial.columns.iter().map(|column| {
        json::object([
            ("name", value!(column.name)),
            // The same word in every language: text, number, quarter.
            (
                "type",
                value!(column.guess.trim_start_matches("source-preview-")),
            ),
            ("blank_percent", value!(column.blank_percent)),
            ("personal", value!(column.is_personal)),
        ])
    });
    let paths = trial
        .paths
        .iter()
        .map(|(path, sample)| json::object([("path", value!(path)), ("sample", value!(sample))]));
    let figures = trial.readings.iter().map(|reading| {
        let (text, refused) = match &reading.value {
            Ok(text) => (Some(text.as_str()), None),
            Err(reason) => (None, Some(context.say(reason))),
        };
        json::object([
            ("figure", value!(reading.figure)),
            ("value_text", value!(text)),
            ("rejected", value!(refused)),
        ])
    });
    let guessed = guessed_map(&workspace.register, &understood.preview, source);
    let map = (source.maps.is_empty() && !guessed.maps.is_empty()).then(|| guessed.to_toml());
    json::object([
        ("kind", value!(trial.kind)),
        ("encoding", value!(trial.encoding)),
        ("columns", columns.collect()),
        ("rows", value!(trial.sample)),
        ("paths", paths.collect()),
        ("figures", figures.collect()),
        ("map", value!(map)),
    ])
}

/// Says which columns look personal. Prints columns with their types, first rows, paths, the figures, and for a
/// source without maps the lines that may fit.
pub(super) fn tell(
    context: &mut Context<'_>,
    workspace: &Workspace,
    report: &SourceReport,
) -> Result<(), Failure> {
    let Some(understood) = &report.understood else {
        return Ok(());
    };
    let Some(source) = workspace.sources.iter().find(|s| s.id == report.source) else {
        return Ok(());
    };
    let trial = trial(source, report, understood);
    let personal = undeclared(source, &trial);
    if !personal.is_empty() {
        let list = toml_edit::Array::from_iter(personal);
        let text = Message::new("catalogue-personal")
            .with("source", source.id.as_str())
            .with("line", format!("personal_fields = {list}"));
        context.note(&text);
    }
    // All of it above all before a source has maps.
    if !context.global.verbose && !source.maps.is_empty() {
        return Ok(());
    }
    let coloured = context.coloured();
    let heading = |context: &mut Context<'_>, id: &'static str| {
        let message = Message::new(id).with("source", source.id.as_str());
        let text = context.say(&message);
        context.print_plain(&format!("\n{text}"))
    };
    if !trial.columns.is_empty() {
        heading(context, "catalogue-heading-columns")?;
        let header = ["catalogue-column", "catalogue-guess", "catalogue-blank"];
        let header = header.map(|id| context.word(id));
        let rows: Vec<Vec<Cell>> = trial
            .columns
            .iter()
            .map(|column| {
                let guess = match column.is_personal {
                    true => "trial-personal",
                    false => column.guess,
                };
                vec![
                    Cell::new(&column.name),
                    Cell::new(context.word(guess)),
                    Cell::number(column.blank_percent.to_string()),
                ]
            })
            .collect();
        context.print_styled(&render(&header, &rows, coloured))?;
        heading(context, "catalogue-heading-rows")?;
        let names = trial.columns.iter().take(COLUMNS);
        let names: Vec<String> = names.map(|column| column.name.clone()).collect();
        let rows: Vec<Vec<Cell>> = trial
            .sample
            .iter()
            .take(ROWS)
            .map(|row| {
                let cells = row.iter().take(COLUMNS);
                cells.map(|cell| Cell::short(cell, WIDTH)).collect()
            })
            .collect();
        context.print_styled(&render(&names, &rows, coloured))?;
    }
    if !trial.paths.is_empty() {
        heading(context, "catalogue-heading-paths")?;
        for (path, sample) in &trial.paths {
            context.print(&format!("{path}  {sample}"))?;
        }
    }
    if !trial.readings.is_empty() {
        heading(context, "catalogue-heading-figures")?;
        for reading in &trial.readings {
            let value = match &reading.value {
                Ok(value) => value.clone(),
                Err(reason) => context.say(reason),
            };
            context.print(&format!("{}  {value}", reading.figure))?;
        }
    }
    if source.maps.is_empty() {
        let guessed = guessed_map(&workspace.register, &understood.preview, source);
        if !guessed.maps.is_empty() {
            heading(context, "catalogue-heading-map")?;
            context.print(&guessed.to_toml())?;
        }
    }
    Ok(())
}
