//! The programme's place on the exceptions list, with the rule that raised it and a person's word that it was dealt with.

use super::super::parts::*;
use super::standing::actor_name;
use crate::format;
use crate::panel::{Body, Panel, Place, Span, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::exceptions::Exception;
use quarterdeck_kpi::message::Message;

/// The panel, if the programme is on the list.
pub(crate) fn exception(state: &State, loaded: &Loaded, programme: &str) -> Option<Panel> {
    let list = &loaded.assessment.exceptions;
    let at = list.iter().position(|e| e.programme == programme)?;
    let found = list.get(at)?;
    let mut facts = vec![
        fact(
            state.word("exception-rule"),
            vec![
                span(format!("{}  ", state.say(&found.why))),
                Span {
                    tone: Tone::Hint,
                    ..mono(found.rule.clone())
                },
            ],
        ),
        fact(
            state.word("exception-what"),
            vec![span(state.say(&found.what))],
        ),
    ];
    facts.push(fact(
        state.word("exception-handled"),
        match handled_sentence(state, loaded, found) {
            Some(text) => vec![span(text)],
            None => vec![toned(state.word("exception-open"), Tone::Hint)],
        },
    ));
    let mut panel = panel(
        "exception",
        Place::Side,
        state.word("programme-exception"),
        Body::Facts(facts),
    );
    panel.aside = vec![toned(
        state.say(
            &Message::new("exception-place")
                .with("place", at + 1)
                .with("of", list.len()),
        ),
        Tone::Hint,
    )];
    panel
        .actions
        .push(super::super::command_action(state, "handle"));
    Some(panel)
}

/// "Handled: 林示範 114.10.21: 已開會檢討"
pub(crate) fn handled_sentence(
    state: &State,
    loaded: &Loaded,
    exception: &Exception,
) -> Option<String> {
    let handled = exception.handled.as_ref()?;
    Some(
        state.say(
            &Message::new("exception-handled-by")
                .with("who", actor_name(state, loaded, &handled.actor))
                .with("day", format::date(state.language, taipei_day(handled.at)))
                .with("reason", handled.reason.as_str()),
        ),
    )
}
