//! Every target ever decided for the chosen indicator: for when, by whom, in which document, and what became of it.

use super::super::parts::*;
use crate::format;
use crate::panel::{Body, Panel, Place, Row, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::indicator::Indicator;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::target::Target;

/// Decisions shown, the latest first.
const SHOWN: usize = 8;

pub(crate) fn targets(state: &State, loaded: &Loaded, indicator: Option<&Indicator>) -> Panel {
    let language = state.language;
    let day = taipei_day(loaded.snapshot.as_of);
    let unit = indicator.map_or("", |i| i.unit.as_str());
    let mut decided: Vec<&Target> = indicator.map_or(Vec::new(), |i| {
        let known = i.targets.iter();
        known
            .filter(|t| t.set_on.is_none_or(|set_on| set_on <= day))
            .collect()
    });
    // Of one period the last decision stands; it comes first.
    decided.sort_by_key(|t| std::cmp::Reverse((t.period.end, t.set_on)));
    let count = decided.len();
    let mut before: Option<&Target> = None;
    let mut rows = Vec::new();
    for target in decided.into_iter().take(SHOWN) {
        let is_replaced = before.is_some_and(|b| b.period == target.period);
        before = Some(target);
        let tone = if is_replaced { Tone::Hint } else { Tone::Text };
        let value = match target.upper {
            Some(upper) => format!(
                "{} {} {}",
                format::value(target.value, unit),
                state.word("range-to"),
                format::value(upper, unit)
            ),
            None => format::value(target.value, unit),
        };
        let set_on = target
            .set_on
            .map_or(format::NONE.to_owned(), |d| format::date(language, d));
        let standing = state.word(if is_replaced {
            "target-replaced"
        } else {
            "target-in-force"
        });
        let none = || format::NONE.to_owned();
        let texts = [
            format::period(language, target.period),
            value,
            set_on,
            target.by.clone().unwrap_or_else(none),
            target.document.clone().unwrap_or_else(none),
            standing,
        ];
        let cells = whole_on_hover(&texts, tone);
        let mut keys: Vec<SortKey> = texts.into_iter().map(SortKey::Text).collect();
        keys[0] = SortKey::Text(target.period.end.to_string());
        keys[1] = SortKey::Number(Some(target.value));
        keys[2] = SortKey::Text(target.set_on.map_or(String::new(), |d| d.to_string()));
        rows.push(Sortable {
            row: Row {
                key: format!("{}-{}", target.period, rows.len()),
                cells,
                ..Row::default()
            },
            keys,
        });
    }
    let columns = vec![
        column(state, "period", "column-period", 84, 10),
        column(state, "value", "column-target", 84, 10).right(),
        column(state, "set-on", "column-set-on", 84, 10),
        column(state, "by", "column-by", 150, 14),
        column(state, "document", "column-document", 150, 14)
            .grows()
            .drop(1),
        column(state, "standing", "column-standing", 70, 8),
    ];
    let body = Body::Table(table(
        state,
        "targets",
        columns,
        rows,
        state.word("status-no-target"),
    ));
    let mut panel = panel(
        "targets",
        Place::Main,
        state.word("programme-targets"),
        body,
    );
    panel.aside = vec![toned(
        state.say(&Message::new("programme-targets-count").with("count", count)),
        Tone::Hint,
    )];
    panel
}
