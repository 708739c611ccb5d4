//! A new source: a preset or an address, what its answer shows, and the lines of its file.

use super::parts::*;
use crate::catalogue::{DraftField, DraftFile, LineProblem, NewSource, Preset, Trial};
use crate::msg::Msg;
use crate::panel::{Align, Body, Cell, Column, Fact, Line, Panel, Place, Row, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::status::Status;

/// Columns of the first rows that are shown.
const COLUMNS: [&str; 8] = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"];
/// Rows that are shown.
const ROWS: usize = 10;
/// Longest cell of them, in characters.
const CELL: usize = 24;
/// Figures and findings that are shown.
const SHOWN: usize = 12;

pub(crate) fn panels(state: &State, loaded: &Loaded) -> Vec<Panel> {
    let Some(new) = &state.new_source else {
        return vec![
            head(state, loaded, "new-source-step-choose"),
            presets(state, loaded),
        ];
    };
    let step = match &new.trial {
        None => "new-source-step-try",
        Some(trial) if !trial.is_good => "new-source-step-mend",
        Some(_) => "new-source-step-save",
    };
    let mut panels = vec![head(state, loaded, step), fields(state, new)];
    panels.extend(new.file.as_ref().map(|it| file(state, it)));
    if let Some(trial) = &new.trial {
        if !trial.columns.is_empty() {
            panels.push(rows(state, trial));
        }
        panels.push(outcome(state, new, trial));
        panels.extend(understood(state, trial));
        if !trial.readings.is_empty() {
            panels.push(readings(state, trial));
        }
    }
    panels
}

fn head(state: &State, loaded: &Loaded, step: &'static str) -> Panel {
    let title = bold(format!("{}  ", state.word("new-source-title")));
    let mut lines: Vec<Line> = vec![vec![title, span(state.word(step))]];
    if let Some(reason) = &loaded.cannot_configure {
        lines.push(vec![toned(state.say(reason), Tone::Label)]);
    }
    // Where the answer's own panel lies below the lines, this is what is read first.
    if let Some(trial) = state.new_source.as_ref().and_then(|new| new.trial.as_ref())
        && !trial.is_good
    {
        let text = state.say(&trial.outcome);
        lines.push(vec![signed(Status::Rejected, text)]);
    }
    let mut panel = panel(
        "new-source-head",
        Place::Head,
        String::new(),
        Body::Lines(lines),
    );
    let is_chosen = state.new_source.is_some();
    let mut address = super::command_action(state, "address");
    address.primary = !is_chosen;
    panel.actions = vec![address];
    if is_chosen {
        let read_only = loaded.read_only.as_ref().map(|m| state.say(m));
        let mut attempt = super::command_action(state, "try");
        attempt.disabled = read_only.clone();
        attempt.primary = step != "new-source-step-save";
        let mut save = super::command_action(state, "save-source");
        save.disabled = loaded
            .cannot_configure
            .as_ref()
            .map(|m| state.say(m))
            .or(read_only);
        save.primary = step == "new-source-step-save";
        panel.actions = vec![attempt, save, super::command_action(state, "discard")];
    }
    panel
}

fn about(state: &State, preset: &Preset) -> String {
    title_of(state.language, &preset.about)
}

fn presets(state: &State, loaded: &Loaded) -> Panel {
    let matcher = super::filter::Matcher::new(&state.filter);
    let rows = loaded
        .presets
        .iter()
        .filter(|preset| {
            let about = about(state, preset);
            matcher.takes(&format!("{}|{}|{about}", preset.id, preset.kind))
        })
        .map(|preset| {
            let text = about(state, preset);
            let mut line = cell_of(span(text.clone()));
            line.tip = Some(text.clone());
            Sortable {
                row: Row {
                    key: preset.id.clone(),
                    cells: vec![
                        cell_of(mono(preset.id.clone())),
                        cell_of(toned(preset.kind.clone(), Tone::Label)),
                        line,
                    ],
                    open: Some(Msg::ChoosePreset(preset.id.clone())),
                    ..Row::default()
                },
                keys: vec![
                    SortKey::Text(preset.id.clone()),
                    SortKey::Text(preset.kind.clone()),
                    SortKey::Text(text),
                ],
            }
        })
        .collect();
    let columns = vec![
        column(state, "id", "column-source-id", 190, 23),
        column(state, "kind", "column-kind", 100, 12).drop(1),
        column(state, "about", "column-about", 320, 30).grows(),
    ];
    let empty =
        state.say(&Message::new("overview-nothing-matches").with("filter", state.filter.as_str()));
    panel(
        "presets",
        Place::Main,
        state.word("new-source-presets"),
        Body::Table(table(state, "presets", columns, rows, empty)),
    )
}

/// The fields that say something for this draft, in the order of a source file.
fn shown_fields(new: &NewSource) -> Vec<DraftField> {
    let draft = &new.draft;
    let is_said = |field: &DraftField| !draft.value(*field).is_empty();
    let mut fields: Vec<DraftField> = Vec::new();
    let own = DraftField::OF_SOURCE;
    let id = own.iter().position(|field| *field == DraftField::Id);
    let (before, after) = own.split_at(id.unwrap_or_default());
    let is_asked = !is_said(&DraftField::Folder);
    fields.extend(before.iter().filter(|field| match field {
        DraftField::Folder => is_said(field),
        DraftField::Address => is_said(field) || !is_said(&DraftField::Folder),
        DraftField::Rows => matches!(draft.value(DraftField::Kind), "json" | "gdb"),
        DraftField::AllowPrivate | DraftField::Headers | DraftField::AcceptStatus => is_asked,
        _ => true,
    }));
    for map in 0..draft.maps() {
        fields.extend(DraftField::of_map(map));
    }
    fields.extend(after);
    fields
}

fn fields(state: &State, new: &NewSource) -> Panel {
    let rows = shown_fields(new)
        .into_iter()
        .map(|field| {
            let label = match field.map() {
                Some(map) => state.say(
                    &Message::new("draft-of-map")
                        .with("map", u32::from(map) + 1)
                        .with("field", state.word(field.word())),
                ),
                None => state.word(field.word()),
            };
            let value = new.draft.value(field).to_owned();
            let mut cell = match value.is_empty() {
                true => cell_of(toned(state.word("draft-not-said"), Tone::Hint)),
                false => cell_of(mono(value.clone())),
            };
            cell.tip = (!value.is_empty()).then(|| value.clone());
            cell.copy = Some(value.clone());
            Sortable {
                row: Row {
                    key: field.key(),
                    cells: vec![cell_of(toned(label.clone(), Tone::Label)), cell],
                    open: Some(Msg::AskField(field)),
                    ..Row::default()
                },
                keys: vec![SortKey::Text(label), SortKey::Text(value)],
            }
        })
        .collect();
    let columns = vec![
        column(state, "field", "column-field", 212, 30).unsorted(),
        column(state, "text", "column-text", 380, 34)
            .unsorted()
            .grows(),
    ];
    let mut panel = panel(
        "draft",
        Place::Main,
        state.word("new-source-fields"),
        Body::Table(table(state, "draft", columns, rows, String::new())),
    );
    panel.subtitle = state.word("new-source-fields-how");
    panel
}

/// The file line by line, with what the checker says under each.
fn file(state: &State, file: &DraftFile) -> Panel {
    let row = |key: String, cells: Vec<Cell>, open: Option<Msg>| Sortable {
        row: Row {
            key,
            cells,
            open,
            ..Row::default()
        },
        keys: Vec::new(),
    };
    let said = |problem: &LineProblem| {
        let status = match problem.is_error {
            true => Status::Rejected,
            false => Status::AtRisk,
        };
        let mut text = state.say(&problem.text);
        if let Some(next) = &problem.next {
            text = format!("{text} {}", state.say(next));
        }
        Cell {
            tip: Some(text.clone()),
            ..cell_of(signed(status, text))
        }
    };
    // A problem of no line, or of a line that is not there, stands above.
    let of_line = |line: Option<usize>| {
        let problems = file.problems.iter().enumerate();
        problems
            .filter(move |(_, problem)| {
                problem
                    .line
                    .filter(|line| (1..=file.lines.len()).contains(line))
                    == line
            })
            .map(|(at, problem)| {
                let place = problem.line.unwrap_or(1).saturating_sub(1);
                let key = format!("problem:{place}:{at}");
                row(key, vec![Cell::default(), said(problem)], None)
            })
    };
    let mut rows: Vec<Sortable> = of_line(None).collect();
    for (index, line) in file.lines.iter().enumerate() {
        let number = toned((index + 1).to_string(), Tone::Hint);
        let text = Cell {
            tip: Some(line.clone()),
            copy: Some(line.clone()),
            ..cell_of(mono(line.clone()))
        };
        let key = crate::update::line_key(index);
        rows.push(row(
            key,
            vec![cell_of(number), text],
            Some(Msg::AskLine(index)),
        ));
        rows.extend(of_line(Some(index + 1)));
    }
    let mut columns = vec![
        column(state, "line", "column-line", 50, 5).unsorted(),
        column(state, "text", "column-text", 500, 40)
            .unsorted()
            .grows(),
    ];
    if let Some(number) = columns.first_mut() {
        number.align = Align::Right;
    }
    let mut panel = panel(
        "draft-file",
        Place::Main,
        state.word("new-source-file"),
        Body::Table(table(state, "draft-file", columns, rows, String::new())),
    );
    let errors = file.problems.iter().filter(|problem| problem.is_error);
    panel.subtitle = match errors.count() {
        0 => state.word("new-source-file-how"),
        errors => state.say(&Message::new("new-source-file-errors").with("errors", errors)),
    };
    panel.actions = vec![super::command_action(state, "new-line")];
    panel
}

fn short(text: &str) -> String {
    if text.chars().count() <= CELL {
        return text.to_owned();
    }
    let kept: String = text.chars().take(CELL - 3).collect();
    format!("{kept}...")
}

fn rows(state: &State, trial: &Trial) -> Panel {
    let columns = COLUMNS
        .iter()
        .zip(&trial.columns)
        .enumerate()
        .map(|(at, (id, column))| Column {
            id,
            title: short(&column.name),
            short: None,
            unit: None,
            align: Align::Left,
            points: 130,
            cells: 14,
            grows: at == 0,
            drop: u8::try_from(at).unwrap_or(u8::MAX),
            sortable: false,
        })
        .collect();
    let rows = trial
        .sample
        .iter()
        .take(ROWS)
        .enumerate()
        .map(|(at, row)| {
            let cells = row.iter().take(COLUMNS.len()).map(|text| Cell {
                tip: Some(text.clone()),
                ..cell_of(span(short(text)))
            });
            Sortable {
                row: Row {
                    key: at.to_string(),
                    cells: cells.collect(),
                    ..Row::default()
                },
                keys: Vec::new(),
            }
        })
        .collect();
    let empty = state.word("new-source-no-rows");
    panel(
        "trial-rows",
        Place::Main,
        state.word("new-source-rows"),
        Body::Table(table(state, "trial-rows", columns, rows, empty)),
    )
}

fn outcome(state: &State, new: &NewSource, trial: &Trial) -> Panel {
    let status = match trial.is_good {
        true => Status::OnTrack,
        false => Status::Rejected,
    };
    let mut lines: Vec<Line> = vec![vec![signed(status, state.say(&trial.outcome))]];
    if new.is_outdated {
        let text = state.word("new-source-outdated");
        lines.push(vec![signed(Status::AtRisk, text)]);
    }
    for (key, value) in [
        ("column-kind", &trial.kind),
        ("trial-encoding", &trial.encoding),
    ] {
        if !value.is_empty() {
            lines.push(vec![
                toned(format!("{}  ", state.word(key)), Tone::Label),
                span(value.clone()),
            ]);
        }
    }
    for finding in trial.findings.iter().take(SHOWN) {
        lines.push(vec![signed(Status::AtRisk, state.say(finding))]);
    }
    panel(
        "trial",
        Place::Side,
        state.word("new-source-trial"),
        Body::Lines(lines),
    )
}

/// Columns with what they seem to be, and paths of a JSON answer.
fn understood(state: &State, trial: &Trial) -> Option<Panel> {
    let columns = trial.columns.iter().map(|column| {
        let key = match column.is_personal {
            true => "trial-personal",
            false => column.guess,
        };
        let blank = (column.blank_percent > 0).then(|| {
            let text = Message::new("trial-blank-share").with("percent", column.blank_percent);
            vec![toned(state.say(&text), Tone::Hint)]
        });
        Fact {
            extra: blank,
            ..fact(column.name.clone(), vec![span(state.word(key))])
        }
    });
    let paths = trial
        .paths
        .iter()
        .map(|(path, sample)| fact(path.clone(), vec![span(sample.clone())]));
    let facts: Vec<Fact> = columns.chain(paths).collect();
    (!facts.is_empty()).then(|| {
        panel(
            "trial-columns",
            Place::Side,
            state.word("new-source-columns"),
            Body::Facts(facts),
        )
    })
}

fn readings(state: &State, trial: &Trial) -> Panel {
    let facts = trial
        .readings
        .iter()
        .take(SHOWN)
        .map(|reading| {
            let value = match &reading.value {
                Ok(value) => span(value.clone()),
                Err(reason) => signed(Status::Rejected, state.say(reason)),
            };
            fact(reading.figure.clone(), vec![value])
        })
        .collect();
    panel(
        "trial-readings",
        Place::Side,
        state.word("new-source-readings"),
        Body::Facts(facts),
    )
}
