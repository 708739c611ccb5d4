//! The chosen indicator: why it stands so, and its latest rows.

use super::super::parts::*;
use crate::format;
use crate::panel::{Body, Fact, Panel, Place, Row, Tone};
use crate::readings;
use crate::state::{Loaded, State};
use quarterdeck_kpi::assess::IndicatorAssessment;
use quarterdeck_kpi::indicator::Indicator;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::{Act, Cause, Reading};
use quarterdeck_kpi::status::Status;

/// Readings shown of the chosen indicator.
const READINGS_SHOWN: usize = 8;

/// Why the chosen indicator stands as it does: rule, formula, target, due day.
pub(crate) fn standing(
    state: &State,
    indicator: Option<&Indicator>,
    assessed: &IndicatorAssessment,
) -> Panel {
    let language = state.language;
    let unit = indicator.map_or("", |i| i.unit.as_str());
    let mut facts = vec![Fact {
        label: state.word("standing-rule"),
        value: vec![span(state.say(&assessed.rule))],
        extra: Some(vec![mono(assessed.rule_id.clone())]),
    }];
    if let Some(formula) = &assessed.formula {
        facts.push(fact(
            state.word("standing-formula"),
            vec![span(state.say(formula))],
        ));
    }
    if let Some((text, reason)) = &assessed.rejected {
        facts.push(fact(
            state.word("standing-rejected"),
            vec![
                toned(text.clone(), Tone::Status(Status::Rejected)),
                span(format!("  {}", state.say(reason))),
            ],
        ));
    }
    if let Some(target) = &assessed.target {
        let mut value = vec![span(format::value_with_unit(
            language,
            target.value,
            unit,
            quarterdeck_kpi::observation::Qualifier::Exact,
        ))];
        value.push(toned(
            format!("  {}", format::period(language, target.period)),
            Tone::Label,
        ));
        for (key, text) in [
            ("standing-target-by", target.by.clone()),
            ("standing-target-document", target.document.clone()),
            (
                "standing-target-set",
                target.set_on.map(|d| format::date(language, d)),
            ),
        ] {
            if let Some(text) = text {
                value.push(toned(format!("  {} {text}", state.word(key)), Tone::Hint));
            }
        }
        facts.push(fact(state.word("column-target"), value));
        if let Some((former, on)) = target.former {
            let mut value = vec![span(format::value_with_unit(
                language,
                former,
                unit,
                quarterdeck_kpi::observation::Qualifier::Exact,
            ))];
            if let Some(on) = on {
                value.push(toned(
                    format!(
                        "  {}",
                        state.say(&Message::new("standing-former-until").with("date", on))
                    ),
                    Tone::Hint,
                ));
            }
            facts.push(fact(state.word("standing-former"), value));
        }
    } else {
        facts.push(fact(
            state.word("column-target"),
            vec![toned(state.word("status-no-target"), Tone::Hint)],
        ));
    }
    if let Some(due) = assessed.due_on {
        facts.push(fact(
            state.word("standing-due"),
            vec![span(format::date(language, due))],
        ));
    }
    if let Some(indicator) = indicator {
        if let Some(note) = &indicator.note {
            facts.push(fact(
                state.word("standing-note"),
                vec![span(title_of(language, note))],
            ));
        }
        if let Some(remark) = &indicator.remark {
            facts.push(fact(
                state.word("standing-note"),
                vec![span(state.say(remark))],
            ));
        }
        if let Some(place) = &indicator.place {
            facts.push(fact(
                state.word("standing-place"),
                vec![span(format::document_place(state.language, place))],
            ));
        }
    }
    facts.push(fact(
        state.word("standing-address"),
        vec![mono(assessed.series.to_string())],
    ));
    panel(
        "standing",
        Place::Main,
        state.word("programme-standing"),
        Body::Facts(facts),
    )
}

/// The latest rows of the chosen indicator, superseded ones kept in grey.
pub(crate) fn readings(
    state: &State,
    loaded: &Loaded,
    indicator: Option<&Indicator>,
    assessed: &IndicatorAssessment,
) -> Panel {
    let language = state.language;
    let unit = indicator.map_or("", |i| i.unit.as_str());
    let own = readings::of(state, loaded, &[&assessed.series]);
    let gone = |sequence: i64| {
        own.iter().any(|row| match row.act {
            Act::Correct(at) => at == sequence && row.item.value().is_some(),
            Act::Withdraw(at) => at == sequence,
            Act::Record => false,
        })
    };
    let total = own.len();
    let rows = own
        .iter()
        .rev()
        .take(READINGS_SHOWN)
        .map(|row| {
            let tone = if gone(row.sequence) || matches!(row.act, Act::Withdraw(_)) {
                Tone::Hint
            } else {
                Tone::Text
            };
            let (value, key) = match (&row.act, &row.item.reading) {
                (Act::Withdraw(_), _) => (format::NONE.to_owned(), None),
                (_, Reading::Value(v)) => {
                    (format::qualified(*v, unit, row.item.qualifier), Some(*v))
                }
                (_, Reading::Rejected(reason)) => (
                    format!(
                        "{} ({})",
                        row.item.printed.clone().unwrap_or_default(),
                        state.say(reason)
                    ),
                    None,
                ),
            };
            let act = match row.act {
                _ if gone(row.sequence) => state.word("act-superseded"),
                Act::Record => state.word("act-record"),
                Act::Correct(_) => state.word("act-correct"),
                Act::Withdraw(_) => state.word("act-withdraw"),
            };
            let cause = match &row.cause {
                Cause::Capture { source, .. } => source.clone(),
                Cause::Entry { evidence } => match evidence {
                    Some((_, name)) => format!("{} ({name})", state.word("source-entry")),
                    None => state.word("source-entry"),
                }
                .into(),
                Cause::Document { title, place } => {
                    let place = format::document_place(state.language, place);
                    format!("{title} {place}").into()
                }
            };
            let reason = row.reason.clone().unwrap_or_default();
            let actor = actor_name(state, loaded, &row.actor);
            let period = format::period(language, row.item.period);
            let texts = [
                format::instant(language, row.recorded_at),
                period,
                value,
                act,
                actor,
                cause.into(),
                reason.into(),
            ];
            let cells = whole_on_hover(&texts, tone);
            let mut keys: Vec<SortKey> = texts.into_iter().map(SortKey::Text).collect();
            keys[0] = SortKey::count(Some(row.sequence));
            keys[1] = SortKey::Text(row.item.period.to_string());
            keys[2] = SortKey::Number(key);
            Sortable {
                row: Row {
                    key: row.sequence.to_string(),
                    figure: Some(row.item.series.clone().at(row.item.period)),
                    cells,
                    ..Row::default()
                },
                keys,
            }
        })
        .collect();
    let columns = vec![
        column(state, "recorded", "column-recorded", 126, 15),
        column(state, "period", "column-period", 84, 10),
        column(state, "value", "column-value", 84, 10).right(),
        column(state, "act", "column-act", 76, 7),
        column(state, "actor", "column-actor", 72, 9).drop(2),
        column(state, "source", "column-source", 110, 12).drop(3),
        column(state, "reason", "column-reason", 120, 12)
            .grows()
            .drop(1),
    ];
    let body = Body::Table(table(
        state,
        "readings",
        columns,
        rows,
        state.word("programme-no-readings"),
    ));
    let mut panel = panel(
        "readings",
        Place::Main,
        state.word("programme-readings"),
        body,
    );
    panel.aside = vec![toned(
        state.say(&Message::new("programme-readings-count").with("count", total)),
        Tone::Hint,
    )];
    panel
}

/// Name of the person behind an id of the trail.
pub(crate) fn actor_name(state: &State, loaded: &Loaded, actor: &str) -> String {
    if matches!(actor, "system" | "register") {
        return state.word(&format!("actor-{actor}"));
    }
    loaded
        .snapshot
        .register
        .people
        .iter()
        .find(|p| p.id == actor)
        .map_or(actor.to_owned(), |p| title_of(state.language, &p.name))
}
