//! Copying a table as tab-separated text that a spreadsheet takes as numbers.

use super::notice;
use crate::msg::Effect;
use crate::panel::{Body, Cell, Drawing, Line, Panel, Table};
use crate::screen;
use crate::state::State;
use quarterdeck_kpi::message::Message;

pub(crate) fn copy(state: &mut State) -> Vec<Effect> {
    let screen = screen::view(state);
    let Some(panel) = screen.panels.iter().find(|p| p.focused) else {
        super::prompt::nothing_here(state);
        return Vec::new();
    };
    let text = panel_text(panel, screen.chrome.demo.as_deref());
    let rows = text.lines().count();
    notice(
        state,
        false,
        Message::new("notice-copied").with("rows", rows),
        None,
    );
    vec![Effect::Copy(text)]
}

/// A panel as tab-separated lines, header first; invented figures say so in a last line.
pub(crate) fn panel_text(panel: &Panel, demo: Option<&str>) -> String {
    let mut lines: Vec<String> = match &panel.body {
        Body::Table(table) => table_lines(table),
        Body::Queue(items) => items
            .iter()
            .map(|i| tabbed([&i.key, &i.name, &i.money, &i.what, &i.why].map(|t| guarded(t))))
            .collect(),
        Body::Facts(facts) => facts
            .iter()
            .map(|f| {
                let extra = f.extra.as_ref().map(joined).unwrap_or_default();
                tabbed([&f.label, &joined(&f.value), &extra].map(|t| guarded(t)))
            })
            .collect(),
        Body::Lines(lines) => lines.iter().map(|l| guarded(&joined(l))).collect(),
        Body::Chart(chart) => {
            let mut lines = vec![guarded(&chart.message)];
            let number = |v: Option<&Option<f64>>| {
                v.copied()
                    .flatten()
                    .map_or(String::new(), |v| v.to_string())
            };
            for (at, (quarter, year)) in chart.quarters.iter().enumerate() {
                lines.push(tabbed([
                    year.clone().unwrap_or_default(),
                    quarter.clone(),
                    number(chart.actual.get(at)),
                    number(chart.target.get(at)),
                ]));
            }
            lines
        }
        Body::Trend(trend) => {
            let mut lines = vec![guarded(&trend.message)];
            for (_, word, values) in &trend.series {
                let values = values.iter().map(ToString::to_string);
                lines.push(tabbed(std::iter::once(word.clone()).chain(values)));
            }
            lines
        }
        Body::Matrix(matrix) => {
            let head = std::iter::once(guarded(&matrix.rows_title))
                .chain(matrix.columns.iter().map(|c| guarded(c)))
                .chain([guarded(&matrix.total)]);
            let mut lines = vec![guarded(&matrix.message), tabbed(head)];
            for row in &matrix.rows {
                let counts = row.cells.iter().map(|c| c.count.to_string());
                lines.push(tabbed(
                    std::iter::once(guarded(&row.label))
                        .chain(counts)
                        .chain([row.total.clone()]),
                ));
            }
            lines
        }
        Body::Money(bar) => bar
            .parts
            .iter()
            .map(|(_, label, value, share, _)| {
                tabbed([label.clone(), plain_number(value), plain_number(share)])
            })
            .collect(),
        Body::Headline { counts, .. } => counts
            .iter()
            .map(|c| tabbed([c.word.clone(), c.number.to_string(), guarded(&c.below)]))
            .collect(),
        Body::Title { title, .. } => vec![guarded(title)],
        Body::Form(fields) => fields
            .iter()
            .map(|f| tabbed([guarded(&f.label), guarded(&f.text)]))
            .collect(),
    };
    if let Some(demo) = demo {
        lines.push(guarded(demo));
    }
    lines.push(String::new());
    lines.join("\r\n")
}

fn table_lines(table: &Table) -> Vec<String> {
    // A drawing without text has nothing to paste; the figure stands in the column beside it.
    let kept: Vec<usize> = table
        .columns
        .iter()
        .enumerate()
        .filter(|(at, _)| {
            !table.rows.iter().all(|row| {
                row.cells.get(*at).is_some_and(|cell| {
                    cell.spans.is_empty()
                        && cell.copy.as_deref().unwrap_or("").is_empty()
                        && matches!(
                            cell.drawing,
                            Some(
                                Drawing::Bullet { .. }
                                    | Drawing::Hatched
                                    | Drawing::Age { .. }
                                    | Drawing::Sparkline { .. }
                            )
                        )
                })
            }) || table.rows.is_empty()
        })
        .map(|(at, _)| at)
        .collect();
    let heads = kept
        .iter()
        .filter_map(|at| table.columns.get(*at))
        .map(|c| {
            guarded(&match &c.unit {
                Some(unit) if c.id != "tiles" => format!("{} ({unit})", c.title),
                _ => c.title.clone(),
            })
        });
    let mut lines = vec![tabbed(heads)];
    for row in &table.rows {
        lines
            .push(tabbed(kept.iter().map(|at| {
                row.cells.get(*at).map_or(String::new(), cell_text)
            })));
    }
    lines
}

fn cell_text(cell: &Cell) -> String {
    match &cell.copy {
        Some(text) => guarded(text),
        None => guarded(&joined(&cell.spans)),
    }
}

fn joined(line: &Line) -> String {
    line.iter().map(|s| s.text.as_str()).collect()
}

fn tabbed(cells: impl IntoIterator<Item = String>) -> String {
    cells.into_iter().collect::<Vec<_>>().join("\t")
}

/// A formatted number as a spreadsheet reads it.
fn plain_number(text: &str) -> String {
    match text {
        crate::format::NONE => String::new(),
        text => text
            .replace(crate::format::MINUS, "-")
            .replace([',', ' '], ""),
    }
}

/// Text that a spreadsheet would run as a formula gets an apostrophe; numbers stay numbers.
pub(crate) fn guarded(text: &str) -> String {
    let risky = text.starts_with(['=', '@', '\t', '\r'])
        || (text.starts_with(['+', '-']) && !number_like(text));
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if risky { format!("'{clean}") } else { clean }
}

/// Digits with signs, commas, points, spaces and brackets: an amount or a telephone number.
fn number_like(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_digit() || "+-.,%() #".contains(c))
}
