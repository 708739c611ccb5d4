//! Risk of the programme: by the rule and as reported, side by side, and the last quarters of both.

use super::super::parts::*;
use super::standing::actor_name;
use crate::format;
use crate::panel::{Body, Fact, Line, Panel, Place, Span, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::assess::{ProgrammeAssessment, Risk};
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::risk::{RISK_DEFAULT, RiskPoint};
use quarterdeck_kpi::status::Status;

/// Quarters of the path.
const PATH: usize = 4;

pub(crate) fn risk(state: &State, loaded: &Loaded, assessed: &ProgrammeAssessment) -> Panel {
    let rule = &assessed.risk_by_rule;
    let mut reasons: Line = vec![level_span(state, rule.level)];
    for reason in &rule.reasons {
        reasons.push(span(format!("  {}", state.say(reason))));
    }
    let mut facts = vec![
        Fact {
            label: state.word("risk-by-rule"),
            value: reasons,
            extra: None,
        },
        fact(
            state.word("risk-reported"),
            reported(state, loaded, assessed),
        ),
    ];
    if let (Some(told), Some(ruled)) = (assessed.risk, rule.level)
        && told != ruled
    {
        let word = if told < ruled {
            "risk-reported-lower"
        } else {
            "risk-reported-higher"
        };
        facts.push(fact(
            state.word("risk-differs"),
            vec![signed(Status::AtRisk, state.word(word))],
        ));
    }
    facts.push(fact(
        state.word("risk-path-rule"),
        path(state, &assessed.risk_history, |point| point.by_rule),
    ));
    facts.push(fact(
        state.word("risk-path-reported"),
        path(state, &assessed.risk_history, |point| point.reported),
    ));
    let mut panel = panel(
        "risk",
        Place::Side,
        state.word("programme-risk"),
        Body::Facts(facts),
    );
    panel.subtitle = state.word("risk-rule-basis");
    panel.aside = vec![mono(RISK_DEFAULT)];
    panel
}

/// Level, who said so, when and why.
fn reported(state: &State, loaded: &Loaded, assessed: &ProgrammeAssessment) -> Line {
    let Some(reported) = &assessed.risk_reported else {
        return vec![toned(state.word("risk-none"), Tone::Hint)];
    };
    let who = match &reported.source {
        Some(source) => source.clone(),
        None => actor_name(state, loaded, &reported.actor),
    };
    let day = format::date(state.language, taipei_day(reported.recorded_at));
    let mut line = vec![
        level_span(state, Some(reported.level)),
        span(format!("  {who}")),
        toned(format!("  {day}"), Tone::Label),
    ];
    match &reported.reason {
        Some(reason) => line.push(span(format!("  {reason}"))),
        None => line.push(toned(
            format!("  {}", state.word("risk-without-reason")),
            Tone::Hint,
        )),
    }
    line
}

/// A level; only high is toned.
pub(crate) fn level_span(state: &State, level: Option<Risk>) -> Span {
    match level {
        Some(Risk::High) => Span {
            bold: true,
            ..toned(
                state.word(risk_word(Risk::High)),
                Tone::Status(Status::Behind),
            )
        },
        Some(level) => bold(state.word(risk_word(level))),
        None => toned(state.word("risk-none"), Tone::Hint),
    }
}

/// The last quarters' levels, this one last.
pub(crate) fn path(
    state: &State,
    history: &[RiskPoint],
    level: impl Fn(&RiskPoint) -> Option<Risk>,
) -> Line {
    let from = history.len().saturating_sub(PATH);
    let mut line = Line::new();
    for (at, point) in history.iter().enumerate().skip(from) {
        if at + 1 == history.len() {
            line.push(level_span(state, level(point)));
        } else {
            let word = level(point).map_or("risk-none", risk_word);
            line.push(toned(format!("{} › ", state.word(word)), Tone::Label));
        }
    }
    line
}

/// The last quarters of one programme in words, for a table.
pub(crate) fn words(state: &State, levels: &[Risk]) -> String {
    let words: Vec<String> = levels.iter().map(|l| state.word(risk_word(*l))).collect();
    state.say(&Message::new("risk-path-words").with("path", words.join(" › ")))
}
