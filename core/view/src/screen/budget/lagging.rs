//! The lagging list: which plans the rule names, by its inputs, and what takes each off the list.

use super::super::parts::*;
use crate::format;
use crate::msg::Msg;
use crate::panel::{Body, Panel, Place, QueueItem, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::assess::ProgrammeAssessment;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::money::Ratio;
use quarterdeck_kpi::rules::RuleSet;
use quarterdeck_kpi::status::Status;

pub(super) fn named(loaded: &Loaded) -> impl Iterator<Item = &ProgrammeAssessment> {
    let programmes = loaded.assessment.programmes.iter();
    programmes.filter(|p| p.lagging.lagging == Some(true))
}

/// Named plans, most not executed first.
fn in_order(loaded: &Loaded) -> Vec<&ProgrammeAssessment> {
    let mut list: Vec<&ProgrammeAssessment> = named(loaded).collect();
    list.sort_by_key(|p| (std::cmp::Reverse(unexecuted(&p.money)), p.id.clone()));
    list
}

pub(super) fn chosen_lagging<'a>(
    state: &State,
    loaded: &'a Loaded,
) -> Option<&'a ProgrammeAssessment> {
    let chosen = state.panel("budget-lagging").selected;
    let list = in_order(loaded);
    list.iter()
        .find(|p| Some(&p.id) == chosen.as_ref())
        .or(list.first())
        .copied()
}

pub(super) fn lagging(state: &State, loaded: &Loaded) -> Panel {
    let rule = &loaded.snapshot.register.rules.lagging;
    let chosen = chosen_lagging(state, loaded).map(|p| p.id.clone());
    let items: Vec<QueueItem> = in_order(loaded)
        .into_iter()
        .map(|p| item(state, loaded, p, chosen.as_deref()))
        .collect();
    let body = if items.is_empty() {
        let quarter = loaded.assessment.quarter;
        Body::Lines(vec![vec![toned(nobody(state, rule, quarter), Tone::Label)]])
    } else {
        Body::Queue(items)
    };
    let mut panel = panel(
        "budget-lagging",
        Place::Side,
        state.word("budget-lagging"),
        body,
    );
    panel.subtitle = state.say(&Message::new("budget-rule").with("rule", rule.name()));
    panel
}

/// Nobody is named: because nobody lags, or because the rule does not look at this quarter.
fn nobody(state: &State, rule: &RuleSet, quarter: Quarter) -> String {
    if quarter.number < rule.from_quarter {
        let first = Quarter {
            year: quarter.year,
            number: rule.from_quarter,
        };
        return state.say(&Message::new("rule-not-in-season").with("day", first.end()));
    }
    state.word("budget-nobody-lags")
}

fn item(
    state: &State,
    loaded: &Loaded,
    programme: &ProgrammeAssessment,
    chosen: Option<&str>,
) -> QueueItem {
    let listed = loaded.snapshot.register.programme(&programme.id);
    let rate = |ratio: Option<Ratio>| match ratio {
        Some(ratio) => Arg::Fraction(ratio.fraction6()),
        None => Arg::Text(format::NONE.to_owned()),
    };
    let what = Message::new("budget-lagging-what")
        .with("disbursement", rate(programme.money.disbursement_ratio))
        .with("execution", rate(programme.money.execution_rate))
        .with(
            "points",
            programme
                .variance_points
                .map_or(Arg::Text(format::NONE.to_owned()), Arg::Points),
        );
    let why = match &programme.lagging.way_out {
        Some(way) => {
            let amount = way.execute_ntd.map_or(format::NONE.to_owned(), |ntd| {
                format::money_at_least(state.money_unit, ntd)
            });
            let percent = way
                .progress_percent
                .map_or(format::NONE.to_owned(), |p| format::decimal(p, 2));
            state.say(
                &Message::new("budget-way-out-short")
                    .with("day", way.by.end())
                    .with("amount", amount)
                    .with("unit", Arg::Term(state.money_unit.term().into()))
                    .with("percent", percent),
            )
        }
        None => String::new(),
    };
    QueueItem {
        key: programme.id.clone(),
        status: Status::Behind,
        name: listed.map_or_else(String::new, |l| title_of(state.language, &l.title)),
        money: match unexecuted(&programme.money) {
            Some(ntd) => format::money(state.money_unit, ntd),
            None => format::NONE.to_owned(),
        },
        what: state.say(&what),
        why,
        open: Msg::OpenProgramme(programme.id.clone()),
        selected: chosen == Some(programme.id.as_str()),
        handled: false,
        figure: Some(
            SeriesId::new(programme.id.as_str(), "lagging").at(loaded.assessment.quarter.period()),
        ),
    }
}

/// The rule, its inputs and its result for one plan, and what takes it off the list.
pub(super) fn way_out(state: &State, loaded: &Loaded, programme: &ProgrammeAssessment) -> Panel {
    let rule = &loaded.snapshot.register.rules.lagging;
    let lines = crate::screen::programme::lagging_lines(state, rule, &programme.lagging);
    let mut panel = panel(
        "budget-way-out",
        Place::Side,
        state.word("budget-way-out"),
        Body::Lines(lines),
    );
    panel.subtitle = programme.id.clone();
    panel
}
