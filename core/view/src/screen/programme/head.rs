//! The page's head: who leads it, how it stands, five measures.

use super::super::parts::*;
use crate::format;
use crate::panel::{Body, Line, Measure, Panel, Place, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::assess::ProgrammeAssessment;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::money::Ratio;
use quarterdeck_kpi::register::Programme;
use quarterdeck_kpi::status::Status;
use rust_decimal::Decimal;

pub(crate) fn title(
    state: &State,
    loaded: &Loaded,
    programme: &Programme,
    assessed: &ProgrammeAssessment,
) -> Panel {
    let language = state.language;
    let register = &loaded.snapshot.register;
    let day = loaded.assessment.quarter.end();
    let status = shown_status(assessed);
    let mut facts: Line = vec![toned(
        format!("{} ", state.word("programme-lead")),
        Tone::Label,
    )];
    facts.push(span(agency_short(language, register, &programme.lead, day)));
    if programme.lead_basis == "presumed" {
        facts.push(toned(
            format!(" {}", state.word("programme-lead-presumed")),
            Tone::Hint,
        ));
    }
    if !programme.co_agencies.is_empty() {
        let names: Vec<String> = programme
            .co_agencies
            .iter()
            .map(|id| agency_short(language, register, id, day))
            .collect();
        facts.push(toned(
            format!("  {} ", state.word("programme-co-agencies")),
            Tone::Label,
        ));
        facts.push(span(names.join(&state.word("list-comma"))));
    }
    if let Some(level) = &programme.control_level {
        let key = format!("control-{level}");
        facts.push(toned("  ", Tone::Label));
        facts.push(span(if crate::i18n::has(language, &key) {
            state.word(&key)
        } else {
            level.clone()
        }));
    }
    facts.push(toned(
        format!("  {} ", state.word("column-risk")),
        Tone::Label,
    ));
    facts.extend(super::risk::path(state, &assessed.risk_history, |point| {
        point.reported
    }));
    let money = &assessed.money;
    let of = |name: &str, part: Option<&str>, measure: Measure| {
        let series = SeriesId::new(&programme.id, name);
        let series = match part {
            Some(part) => series.part(part),
            None => series,
        };
        Measure {
            figure: Some(series.at(loaded.assessment.quarter.period())),
            ..measure
        }
    };
    panel(
        "title",
        Place::Head,
        String::new(),
        Body::Title {
            breadcrumbs: format!(
                "{} › {} › {}",
                state.word("nav-overview"),
                super::super::overview::node_name(state, register, &programme.node),
                programme.id
            ),
            title: format!("{} {}", programme.id, title_of(language, &programme.title)),
            status: Some((status, format::status(language, status))),
            facts,
            measures: vec![
                of(
                    "budget",
                    Some("execution_rate"),
                    rate_measure(
                        state,
                        "measure-execution-rate",
                        money.execution_rate,
                        "programme-of-planned",
                    ),
                ),
                of(
                    "budget",
                    Some("disbursement_ratio"),
                    rate_measure(
                        state,
                        "measure-disbursement",
                        money.disbursement_ratio,
                        "programme-paid-of-planned",
                    ),
                ),
                of(
                    "budget",
                    Some("attainment"),
                    rate_measure(
                        state,
                        "measure-attainment",
                        money.attainment,
                        "programme-of-budget",
                    ),
                ),
                of(
                    "progress",
                    Some("variance"),
                    variance_measure(state, assessed),
                ),
                of("status", None, good_measure(state, assessed)),
            ],
        },
    )
}

pub(crate) fn rate_measure(
    state: &State,
    label: &str,
    ratio: Option<Ratio>,
    below: &str,
) -> Measure {
    let whole = |value: Decimal| i64::try_from(value.round()).unwrap_or(i64::MAX);
    Measure {
        label: state.word(label),
        value: ratio.map_or(format::NONE.to_owned(), |r| {
            format::rate_number(r.fraction())
        }),
        unit: if ratio.is_some() { "%" } else { "" }.to_owned(),
        below: match ratio {
            Some(ratio) => state.say(
                &Message {
                    id: below.to_owned().into(),
                    args: Vec::new(),
                }
                .with("part", Arg::Ntd(whole(ratio.numerator)))
                .with("whole", Arg::Ntd(whole(ratio.denominator))),
            ),
            None => state.word("programme-not-reported"),
        },
        tone: ratio.map_or(Tone::Hint, |r| match label {
            "measure-attainment" => Tone::Text,
            _ => rate_tone(r.fraction()),
        }),
        bullet: None,
        figure: None,
    }
}

pub(crate) fn variance_measure(state: &State, assessed: &ProgrammeAssessment) -> Measure {
    let tone = match assessed.variance_points {
        Some(points) if points < Decimal::ZERO && group_of(assessed.status) != Status::OnTrack => {
            Tone::Status(shown_status(assessed))
        }
        Some(_) => Tone::Text,
        None => Tone::Hint,
    };
    Measure {
        label: state.word("column-variance"),
        value: assessed
            .variance_points
            .map_or(format::NONE.to_owned(), format::points),
        unit: if assessed.variance_points.is_some() {
            state.word("unit-point")
        } else {
            String::new()
        },
        below: match assessed.progress {
            Some((planned, actual)) => state.say(
                &Message::new("programme-progress")
                    .with("planned", format::decimal(planned, 2))
                    .with("actual", format::decimal(actual, 2)),
            ),
            None => state.word("programme-not-reported"),
        },
        tone,
        bullet: None,
        figure: None,
    }
}

pub(crate) fn good_measure(state: &State, assessed: &ProgrammeAssessment) -> Measure {
    Measure {
        label: state.word("programme-good"),
        value: format::good_of(group_of(assessed.status), assessed.good),
        unit: state.word("column-kpi-unit"),
        below: match assessed.oldest_days {
            Some(days) => state.say(&Message::new("programme-oldest").with("days", days)),
            None => state.word("programme-no-figures"),
        },
        tone: Tone::Text,
        bullet: None,
        figure: None,
    }
}
