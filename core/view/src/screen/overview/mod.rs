//! Overview: which programmes are behind, why, by how much money.

mod table;

use super::parts::*;
use crate::format;
use crate::msg::Msg;
use crate::panel::{Body, Count, Drawing, Measure, Panel, Place, QueueItem, Tone, Trend};
use crate::state::{Loaded, State};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::assess::ProgrammeAssessment;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::status::Status;
use rust_decimal::Decimal;

pub(crate) use table::node_name;
use table::programmes;

/// Exceptions shown before "more".
const EXCEPTIONS_SHOWN: usize = 8;

pub(crate) fn panels(state: &State, loaded: &Loaded) -> Vec<Panel> {
    vec![
        headline(state, loaded),
        programmes(state, loaded),
        trend(state, loaded),
        exceptions(state, loaded),
        super::price::total(state, loaded),
    ]
}

fn headline(state: &State, loaded: &Loaded) -> Panel {
    let programmes = &loaded.assessment.programmes;
    let any_budget = programmes
        .iter()
        .any(|p| p.money.amounts.budget_ntd.is_some());
    let counts = GROUPS
        .into_iter()
        .map(|group| {
            let mut inside: Vec<&ProgrammeAssessment> = programmes
                .iter()
                .filter(|p| group_of(p.status) == group)
                .collect();
            inside.sort_by_key(|p| std::cmp::Reverse(p.money.amounts.budget_ntd.unwrap_or(0)));
            let segments = inside
                .iter()
                .map(|p| {
                    let width = p.money.amounts.budget_ntd.map(Decimal::from).map(geometry);
                    let width = if any_budget { width } else { Some(1.0) };
                    (p.id.clone(), width.unwrap_or(0.0))
                })
                .collect();
            Count {
                status: group,
                word: format::status(state.language, group),
                number: inside.len(),
                below: count_below(state, group, &inside, programmes),
                open: Some(Msg::FilterStatus(if state.filter_status == Some(group) {
                    None
                } else {
                    Some(group)
                })),
                segments,
            }
        })
        .collect();
    panel(
        "headline",
        Place::Head,
        String::new(),
        Body::Headline {
            counts,
            measures: measures(state, loaded),
        },
    )
}

fn count_below(
    state: &State,
    group: Status,
    inside: &[&ProgrammeAssessment],
    all: &[ProgrammeAssessment],
) -> String {
    if group == Status::Unknown {
        let mut causes: Vec<(Status, usize)> = Vec::new();
        for programme in inside {
            let cause = shown_status(programme);
            match causes.iter_mut().find(|(c, _)| *c == cause) {
                Some((_, n)) => *n += 1,
                None => causes.push((cause, 1)),
            }
        }
        causes.sort();
        let texts: Vec<String> = causes
            .into_iter()
            .map(|(cause, n)| format!("{} {n}", format::status(state.language, cause)))
            .collect();
        return texts.join("  ");
    }
    let sum = |list: &mut dyn Iterator<Item = Option<i64>>| -> Option<i64> {
        list.flatten().fold(None, |sum: Option<i64>, n| {
            Some(sum.unwrap_or(0).saturating_add(n))
        })
    };
    let Some(budget) = sum(&mut inside.iter().map(|p| p.money.amounts.budget_ntd)) else {
        return if inside.is_empty() {
            String::new()
        } else {
            state.word("overview-budget-unknown")
        };
    };
    if group == Status::OnTrack {
        let whole = sum(&mut all.iter().map(|p| p.money.amounts.budget_ntd)).unwrap_or(0);
        return match quarterdeck_kpi::money::Ratio::of(budget, whole) {
            Some(share) => state.say(
                &Message::new("overview-count-share")
                    .with("budget", quarterdeck_kpi::message::Arg::Ntd(budget))
                    .with(
                        "share",
                        quarterdeck_kpi::message::Arg::Fraction(share.fraction()),
                    ),
            ),
            None => String::new(),
        };
    }
    match sum(&mut inside.iter().map(|p| unexecuted(&p.money))) {
        Some(open) => state.say(
            &Message::new("overview-count-money")
                .with("budget", quarterdeck_kpi::message::Arg::Ntd(budget))
                .with("unspent", quarterdeck_kpi::message::Arg::Ntd(open)),
        ),
        None => state.say(
            &Message::new("overview-count-budget")
                .with("budget", quarterdeck_kpi::message::Arg::Ntd(budget)),
        ),
    }
}

fn measures(state: &State, loaded: &Loaded) -> Vec<Measure> {
    let portfolio = &loaded.assessment.portfolio;
    let figure = |name: &str, part: &str| {
        let series = SeriesId::new("portfolio", name).part(part);
        series.at(loaded.assessment.quarter.period())
    };
    let rate = |label: &str, ratio: Option<Decimal>, before: Option<Decimal>, part: &str| {
        let below = match (ratio, before) {
            (Some(now), Some(before)) => state.say(
                &Message::new("overview-against-last-year")
                    .with("points", format::points(format::percent(now - before))),
            ),
            _ => state.word("overview-no-last-year"),
        };
        Measure {
            label: state.word(label),
            value: ratio.map_or(format::NONE.to_owned(), format::rate_number),
            unit: if ratio.is_some() { "%" } else { "" }.to_owned(),
            below,
            tone: Tone::Text,
            bullet: Some(ratio.map_or(Drawing::Hatched, bullet)),
            figure: Some(figure("budget", part)),
        }
    };
    let known = portfolio.variance.map_or(0, |(_, covered)| covered);
    let all = loaded.assessment.programmes.len();
    vec![
        rate(
            "measure-execution-rate",
            portfolio.money.execution_rate.map(|r| r.fraction()),
            portfolio.execution_rate_last_year,
            "execution_rate",
        ),
        rate(
            "measure-disbursement",
            portfolio.money.disbursement_ratio.map(|r| r.fraction()),
            portfolio.disbursement_ratio_last_year,
            "disbursement_ratio",
        ),
        Measure {
            label: state.word("measure-weighted-variance"),
            value: portfolio
                .variance
                .map_or(format::NONE.to_owned(), |(v, _)| format::points(v)),
            unit: if portfolio.variance.is_some() {
                state.word("unit-point")
            } else {
                String::new()
            },
            below: state.say(
                &Message::new("overview-variance-covers")
                    .with("known", known)
                    .with("unknown", all.saturating_sub(known)),
            ),
            tone: Tone::Text,
            bullet: None,
            figure: Some(figure("progress", "variance")),
        },
    ]
}

fn trend(state: &State, loaded: &Loaded) -> Panel {
    let trend = &loaded.assessment.portfolio.trend;
    let counted = |counts: &std::collections::BTreeMap<Status, usize>, group: Status| {
        counts
            .iter()
            .filter(|(status, _)| group_of(**status) == group)
            .map(|(_, n)| *n)
            .sum::<usize>()
    };
    let series: Vec<(Status, String, Vec<usize>)> =
        [Status::Behind, Status::AtRisk, Status::Unknown]
            .into_iter()
            .map(|group| {
                let values = trend.iter().map(|(_, c)| counted(c, group)).collect();
                (group, format::status(state.language, group), values)
            })
            .collect();
    let ends = |at: usize| {
        let values = series.get(at).map(|(_, _, v)| v.as_slice()).unwrap_or(&[]);
        (
            values.first().copied().unwrap_or(0),
            values.last().copied().unwrap_or(0),
        )
    };
    let (behind, risk, unknown) = (ends(0), ends(1), ends(2));
    let message = state.say(
        &Message::new("overview-trend-message")
            .with("quarters", trend.len())
            .with("behind-first", behind.0)
            .with("behind-last", behind.1)
            .with("risk-first", risk.0)
            .with("risk-last", risk.1)
            .with("unknown-first", unknown.0)
            .with("unknown-last", unknown.1),
    );
    let mut panel = panel(
        "trend",
        Place::Side,
        state.word("overview-trend"),
        Body::Trend(Trend {
            message,
            quarters: axis(state.language, trend.iter().map(|(q, _)| *q)),
            series,
        }),
    );
    panel.aside = [Status::Behind, Status::AtRisk, Status::Unknown]
        .into_iter()
        .map(|s| signed(s, format!("{}  ", format::status(state.language, s))))
        .collect();
    panel
}

fn exceptions(state: &State, loaded: &Loaded) -> Panel {
    let language = state.language;
    let all = &loaded.assessment.exceptions;
    let expanded = state.expanded.contains("exceptions");
    let shown = if expanded {
        all.len()
    } else {
        EXCEPTIONS_SHOWN
    };
    let selected = state.panel("exceptions").selected;
    let mut items: Vec<QueueItem> = all
        .iter()
        .take(shown)
        .map(|e| {
            let programme = loaded.snapshot.register.programme(&e.programme);
            let assessed = loaded
                .assessment
                .programmes
                .iter()
                .find(|p| p.id == e.programme);
            let label = match assessed.and_then(|p| unexecuted(&p.money)) {
                Some(_) => "exception-unspent",
                None => "exception-budget",
            };
            let money = match e.at_stake_ntd {
                Some(ntd) => format!(
                    "{} {}{}",
                    state.word(label),
                    format::money_prose(language, ntd),
                    if e.at_stake_is_median { " ?" } else { "" }
                ),
                None => format!("{} {}", state.word("exception-budget"), format::NONE),
            };
            let mut why = state.say(&e.why);
            if let Some(reason) = &e.reason {
                if language == crate::i18n::Language::En {
                    why.push(' ');
                }
                why.push_str(reason);
            }
            let handled = super::programme::handled_sentence(state, loaded, e);
            if let Some(handled) = &handled {
                why = format!("{handled}  {why}");
            }
            QueueItem {
                key: e.programme.clone(),
                status: e.status,
                name: programme.map_or(String::new(), |p| title_of(language, &p.title)),
                money,
                what: state.say(&e.what),
                why,
                open: Msg::OpenProgramme(e.programme.clone()),
                selected: selected.as_ref() == Some(&e.programme),
                handled: handled.is_some(),
                figure: Some(
                    SeriesId::new(&e.programme, "status").at(loaded.assessment.quarter.period()),
                ),
            }
        })
        .collect();
    if !items.iter().any(|i| i.selected)
        && let Some(first) = items.first_mut()
    {
        first.selected = true;
    }
    let rest = all.len().saturating_sub(items.len());
    let body = if items.is_empty() {
        Body::Lines(vec![vec![toned(
            state.word("overview-no-exceptions"),
            Tone::Label,
        )]])
    } else {
        Body::Queue(items)
    };
    let mut panel = panel(
        "exceptions",
        Place::Side,
        state.word("overview-exceptions"),
        body,
    );
    panel.subtitle = state.word("overview-exceptions-order");
    panel.aside = vec![toned(
        state.say(&Message::new("overview-exceptions-count").with("count", all.len())),
        Tone::Hint,
    )];
    if rest > 0 {
        panel.actions.push(super::action(
            state.say(&Message::new("overview-exceptions-all").with("count", all.len())),
            Msg::ShowMore("exceptions"),
        ));
    }
    panel
}
