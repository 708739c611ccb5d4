//! What a search found, at the right; every line opens the trail of its figure.

use super::parts::*;
use crate::format;
use crate::msg::Msg;
use crate::panel::{Body, Panel, Place, Row, Tone};
use crate::state::{FoundView, State};
use crate::trail::text_of;
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
    vec![panel]
}
