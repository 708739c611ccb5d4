//! What a search found, at the right; every line opens the trail of its figure.

use super::parts::*;
use crate::format;
use crate::msg::Msg;
use crate::panel::{Body, Panel, Place, Row, Tone};
use crate::state::{FoundView, Printed, State};
use crate::trail::text_of;
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::message::Message;

pub(crate) fn panels(state: &State, found: &FoundView) -> Vec<Panel> {
    let language = state.language;
    let rows = found
        .hits
        .iter()
        .enumerate()
        .map(|(at, hit)| {
            let title = crate::i18n::argument(language, &hit.title);
            let value = text_of(language, hit.value.as_ref());
            let period = hit
                .figure
                .period
                .map_or(String::new(), |p| format::period(language, p));
            let tone = if hit.superseded {
                Tone::Hint
            } else {
                Tone::Text
            };
            let mut name = cell_of(toned(title.clone(), tone));
            name.tip = Some(format!("{title}  {}", hit.figure));
            let mut shown = cell_of(crate::panel::Span {
                struck: hit.superseded,
                ..toned(value.clone(), tone)
            });
            shown.tip = Some(hit.source.clone());
            Sortable {
                row: Row {
                    key: at.to_string(),
                    cells: vec![
                        name,
                        shown,
                        cell_of(toned(period.clone(), Tone::Label)),
                        cell_of(crate::panel::Span {
                            tone: Tone::Label,
                            ..mono(hit.figure.to_string())
                        }),
                    ],
                    open: Some(Msg::Explain(hit.figure.clone())),
                    figure: Some(hit.figure.clone()),
                    ..Row::default()
                },
                keys: vec![
                    SortKey::Text(title),
                    SortKey::Text(value),
                    SortKey::Text(period),
                    SortKey::Text(hit.figure.to_string()),
                ],
            }
        })
        .collect();
    let columns = vec![
        column(state, "title", "found-title", 150, 16)
            .grows()
            .unsorted(),
        column(state, "value", "column-value", 92, 11)
            .right()
            .unsorted(),
        column(state, "period", "column-period", 84, 10).unsorted(),
        column(state, "figure", "trail-address", 200, 24)
            .unsorted()
            .drop(1),
    ];
    let body = Body::Table(table(state, "found", columns, rows, String::new()));
    let mut panel = panel("found", Place::Side, state.word("found-heading"), body);
    panel.subtitle = found.text.clone();
    panel.aside = vec![toned(
        state.say(&Message::new("found-count").with("count", found.all)),
        Tone::Hint,
    )];
    let mut close = super::action(state.word("found-close"), Msg::Back);
    close.key = Some("Esc".to_owned());
    panel.actions = vec![close];
    let mut panels = vec![panel];
    if found.hits.is_empty() {
        panels.clear();
    }
    panels.extend(
        found
            .printed
            .as_ref()
            .map(|places| printed(state, found, places)),
    );
    panels
}

/// Where the reports in the workspace print it; a line opens the trail of the figure in its row.
fn printed(state: &State, found: &FoundView, places: &[Printed]) -> Panel {
    let rows = places
        .iter()
        .enumerate()
        .map(|(at, place)| {
            let figure = FigureAddress::parse(&place.figure).ok();
            let name = match &figure {
                Some(_) => match &state.loaded {
                    Some(loaded) => {
                        let register = &loaded.snapshot.register;
                        crate::figure_text::name(state.language, register, &place.figure)
                    }
                    None => place.figure.clone(),
                },
                None => place.figure.clone(),
            };
            let shown = |text: &str, tone: Tone| {
                let mut cell = cell_of(toned(text.to_owned(), tone));
                cell.tip = Some(text.to_owned());
                cell
            };
            // All of them lie in the folder of the reports; what differs is the quarter and the table.
            let file = |path: &str| {
                let name = path.strip_prefix("reports/").unwrap_or(path);
                let mut cell = cell_of(crate::panel::Span {
                    both_ends: true,
                    ..toned(name, Tone::Hint)
                });
                cell.tip = Some(path.to_owned());
                cell
            };
            let mut named = shown(&name, Tone::Text);
            named.tip = Some(format!("{name}  {}", place.figure));
            Sortable {
                row: Row {
                    key: at.to_string(),
                    cells: vec![
                        named,
                        shown(&place.column, Tone::Label),
                        shown(&place.text, Tone::Text),
                        file(&place.file),
                    ],
                    open: figure.clone().map(Msg::Explain),
                    figure,
                    ..Row::default()
                },
                keys: [&name, &place.column, &place.text, &place.file]
                    .map(|text| SortKey::Text(text.clone()))
                    .to_vec(),
            }
        })
        .collect();
    let columns = vec![
        column(state, "title", "found-title", 92, 11)
            .grows()
            .unsorted(),
        column(state, "heading", "found-heading-of", 84, 10)
            .unsorted()
            .drop(2),
        column(state, "value", "column-value", 68, 7).unsorted(),
        // Where it is printed is what the panel is for: this never goes.
        column(state, "file", "found-file", 152, 20).unsorted(),
    ];
    let empty = state.word("found-printed-nowhere");
    let body = Body::Table(table(state, "found-printed", columns, rows, empty));
    let title = state.word("found-printed");
    let mut panel = panel("found-printed", Place::Side, title, body);
    panel.subtitle = found.text.clone();
    panel.aside = vec![toned(
        state.say(&Message::new("found-printed-count").with("count", places.len())),
        Tone::Hint,
    )];
    panel
}
