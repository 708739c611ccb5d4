//! Risk by the rule, weighted progress, earned value, the way out, the order of exceptions, ages, and the price
//! of not knowing.

use super::indicator::part_of;
use super::programme::programme_name;
use super::{Case, Explanation, Part, Rule, term};
use crate::address::SeriesId;
use crate::assess::sentence::quantity;
use crate::assess::{IndicatorAssessment, ProgrammeAssessment};
use crate::figures::{Said, evm_parts};
use crate::message::{Arg, Message};
use crate::money::AmountKind;
use crate::risk::RISK_DEFAULT;
use crate::unknown_price::{ProgrammePrice, UNKNOWN_PRICE};
use rust_decimal::Decimal;

pub(super) fn explain(case: &Case<'_>) -> Option<Explanation> {
    match (case.name(), case.part()) {
        ("unknown-price", None) => return unknown_price(case),
        ("oldest", None) => return oldest(case),
        _ => {}
    }
    let mut programmes = case.assessment.programmes.iter();
    let found = programmes.find(|p| p.id == case.scope())?;
    match (case.name(), case.part()) {
        ("risk", Some("by_rule")) => Some(risk_by_rule(case, found)),
        ("progress", Some(part @ ("weighted_planned" | "weighted_actual"))) => {
            Some(weighted(case, found, part))
        }
        ("evm", Some(part)) => earned(case, found, part),
        ("way-out", Some(part)) => way_out(case, found, part),
        ("exception", Some(part)) => exception(case, found, part),
        _ => None,
    }
}

fn titled(case: &Case<'_>) -> Explanation {
    Explanation::new(case.figure.clone(), case.name_of(&case.figure.series))
}

/// A figure of the same programme as a part.
fn own(case: &Case<'_>, name: &str, part: &str, value: Option<Arg>) -> Part {
    let series = SeriesId::new(case.scope(), name).part(part);
    Part {
        label: case.name_of(&series),
        figure: Some(case.at(series)),
        value,
        status: None,
    }
}

/// A number that is explained where it stands.
fn plain(word: &'static str, value: Option<Arg>) -> Part {
    Part {
        figure: None,
        label: term(word),
        value,
        status: None,
    }
}

/// Sentences one after the other.
fn joined(sentences: &[Message]) -> Option<Message> {
    let mut sentences = sentences.iter().cloned();
    let first = sentences.next()?;
    Some(sentences.fold(first, |so_far, next| {
        Message::new("list-more").with("a", so_far).with("b", next)
    }))
}

fn risk_by_rule(case: &Case<'_>, found: &ProgrammeAssessment) -> Explanation {
    let mut out = titled(case);
    let by_rule = &found.risk_by_rule;
    out.value = by_rule.level.map(|risk| term(risk.term()));
    let text = joined(&by_rule.reasons);
    out.rule = Some(Rule {
        id: RISK_DEFAULT.to_owned(),
        text: text.unwrap_or_else(|| Message::new("risk-reason-unknown")),
    });
    out.parts = vec![
        Part {
            figure: Some(case.at(SeriesId::new(&found.id, "status"))),
            label: term("explain-status"),
            value: Some(Arg::Status(found.status)),
            status: Some(found.status),
        },
        own(
            case,
            "progress",
            "variance",
            found.variance_points.map(Arg::Points),
        ),
        own(
            case,
            "budget",
            "execution_rate",
            found
                .money
                .execution_rate
                .map(|r| Arg::Fraction(r.fraction())),
        ),
    ];
    out
}

fn weighted(case: &Case<'_>, found: &ProgrammeAssessment, part: &str) -> Explanation {
    let mut out = titled(case);
    out.value = found.weighted_progress.map(|(planned, actual)| {
        let percent = if part == "weighted_planned" {
            planned
        } else {
            actual
        };
        Said::Percent(percent.normalize()).arg()
    });
    out.rule = Some(Rule {
        id: "weighted-progress@1".to_owned(),
        text: Message::new("explain-rule-weighted-progress"),
    });
    out.parts = found
        .milestones
        .iter()
        .map(|m| {
            let series = SeriesId::new(&found.id, "milestone").part(&m.id);
            Part {
                label: case.name_of(&series),
                figure: Some(case.at(series)),
                value: Some(
                    Message::new("explain-milestone-weighs")
                        .with("weight", quantity(m.weight, "", "percent"))
                        .with("state", term(m.timeliness.term()))
                        .into(),
                ),
                status: None,
            }
        })
        .collect();
    out
}

/// What earned value of a part is made of: parts of its own, and figures of money.
fn evm_of(part: &str) -> (&'static str, &'static [&'static str]) {
    match part {
        "pv" => ("explain-evm-formula-pv", &["planned", "bac"]),
        "ev" => ("explain-evm-formula-ev", &["actual", "bac"]),
        "ac" => ("explain-evm-formula-ac", &[]),
        "sv" => ("explain-evm-formula-sv", &["ev", "pv"]),
        "cv" => ("explain-evm-formula-cv", &["ev", "ac"]),
        "spi" => ("explain-evm-formula-spi", &["ev", "pv"]),
        "cpi" => ("explain-evm-formula-cpi", &["ev", "ac"]),
        "eac" => ("explain-evm-formula-eac", &["bac", "ac", "ev"]),
        "vac" => ("explain-evm-formula-vac", &["bac", "eac"]),
        "tcpi" => ("explain-evm-formula-tcpi", &["bac", "ev", "ac"]),
        _ => ("explain-evm-formula-bac", &[]),
    }
}

fn earned(case: &Case<'_>, found: &ProgrammeAssessment, part: &str) -> Option<Explanation> {
    let known = evm_parts(&found.evm);
    let value = |wanted: &str| {
        let (_, said) = known.iter().find(|(word, _)| *word == wanted)?;
        said.as_ref().map(Said::arg)
    };
    known.iter().find(|(word, _)| *word == part)?;
    let mut out = titled(case);
    out.value = value(part);
    out.rule = Some(Rule {
        id: "evm@1".to_owned(),
        text: Message::new("explain-rule-evm"),
    });
    if matches!(part, "planned" | "actual") {
        out.parts.push(own(case, "progress", part, value(part)));
        return Some(out);
    }
    let (formula, parts) = evm_of(part);
    out.formula = Some(Message::new(formula));
    out.parts = parts
        .iter()
        .map(|part| own(case, "evm", part, value(part)))
        .collect();
    let amounts = &found.money.amounts;
    let kinds: &[AmountKind] = match part {
        "bac" if amounts.available_ntd.is_some() => &[AmountKind::Available],
        "bac" => &[AmountKind::Budget],
        "ac" => &[AmountKind::Paid, AmountKind::Payable],
        _ => &[],
    };
    for kind in kinds {
        let amount = amounts.get(*kind).map(Arg::Ntd);
        out.parts.push(own(case, "budget", kind.id(), amount));
    }
    Some(out)
}

fn way_out(case: &Case<'_>, found: &ProgrammeAssessment, part: &str) -> Option<Explanation> {
    let way = found.lagging.way_out.as_ref();
    let percent = |p: Decimal| Said::Percent(p.normalize()).arg();
    let value = |part: &str| {
        let way = way?;
        match part {
            "execute" => way.execute_ntd.map(Arg::Ntd),
            "base" => way.base_ntd.map(Arg::Ntd),
            "progress" => way.progress_percent.map(percent),
            _ => way.progress_points.map(Arg::Points),
        }
    };
    if !["execute", "base", "progress", "progress_points"].contains(&part) {
        return None;
    }
    let mut out = titled(case);
    out.value = value(part);
    let text = way.and_then(|way| joined(&way.sentences));
    out.rule = Some(Rule {
        id: found.lagging.rule_id.clone(),
        text: text.unwrap_or_else(|| Message::new("explain-rule-not-lagging")),
    });
    let others: &[&str] = match part {
        "execute" => &["base"],
        "progress_points" => &["progress"],
        _ => &[],
    };
    out.parts = others
        .iter()
        .map(|part| own(case, "way-out", part, value(part)))
        .collect();
    out.parts.push(Part {
        figure: Some(case.at(SeriesId::new(&found.id, "lagging"))),
        label: term("explain-lagging"),
        value: found.lagging.lagging.map(|yes| Said::Yes(yes).arg()),
        status: None,
    });
    Some(out)
}

fn exception(case: &Case<'_>, found: &ProgrammeAssessment, part: &str) -> Option<Explanation> {
    let mut exceptions = case.assessment.exceptions.iter();
    let listed = exceptions.find(|e| e.programme == found.id)?;
    let value = |part: &str| -> Option<Arg> {
        match part {
            "at_stake" => listed.at_stake_ntd.map(Arg::Ntd),
            "points_off" => Some(Arg::Number(listed.points_off)),
            "quarters_old" => Some(Arg::Count(i64::from(listed.quarters_old))),
            "score" => Some(Arg::Number(listed.score)),
            _ => None,
        }
    };
    if !["at_stake", "points_off", "quarters_old", "score"].contains(&part) {
        return None;
    }
    let mut out = titled(case);
    out.value = value(part);
    out.rule = Some(Rule {
        id: "exception-order@1".to_owned(),
        text: Message::new("explain-rule-exception"),
    });
    match part {
        "score" => {
            for part in ["at_stake", "points_off", "quarters_old"] {
                out.parts.push(own(case, "exception", part, value(part)));
            }
        }
        "at_stake" => {
            out.formula = Some(Message::new(if listed.at_stake_is_median {
                "explain-exception-median"
            } else if found.money.unexecuted_ntd().is_some() {
                "explain-exception-unexecuted"
            } else {
                "explain-exception-budget"
            }));
            let unexecuted = found.money.unexecuted_ntd().map(Arg::Ntd);
            out.parts
                .push(own(case, "budget", "unexecuted", unexecuted));
        }
        "points_off" => {
            let variance = found.variance_points.map(Arg::Points);
            out.parts.push(own(case, "progress", "variance", variance));
            out.parts.extend(found.indicators.iter().map(|i| {
                let series = part_of(&i.series, "achievement");
                Part {
                    label: case.name_of(&series),
                    figure: Some(case.at(series)),
                    value: i.achievement.map(Arg::Fraction),
                    status: Some(i.status),
                }
            }));
        }
        _ => {}
    }
    Some(out)
}

/// Age in days of the oldest figure in use, of a programme or of all.
fn oldest(case: &Case<'_>) -> Option<Explanation> {
    let all = &case.assessment.programmes;
    let (found, days): (Vec<&ProgrammeAssessment>, Option<i64>) = match case.scope() {
        "portfolio" => (all.iter().collect(), case.assessment.portfolio.oldest_days),
        id => {
            let found = all.iter().find(|p| p.id == id)?;
            (vec![found], found.oldest_days)
        }
    };
    let mut out = titled(case);
    out.value = days.map(|days| Said::Days(days).arg());
    out.rule = Some(age_rule());
    let of_age = |i: &&IndicatorAssessment| i.age_days.is_some() && i.age_days == days;
    out.parts = found
        .iter()
        .flat_map(|p| &p.indicators)
        .filter(of_age)
        .map(|i| {
            let series = part_of(&i.series, "age");
            Part {
                label: case.name_of(&series),
                figure: Some(case.at(series)),
                value: i.age_days.map(|days| Said::Days(days).arg()),
                status: None,
            }
        })
        .collect();
    Some(out)
}

pub(super) fn age_rule() -> Rule {
    Rule {
        id: "age@1".to_owned(),
        text: Message::new("explain-rule-age"),
    }
}

/// The price of not knowing: of all programmes, of those an agency leads, or of one.
fn unknown_price(case: &Case<'_>) -> Option<Explanation> {
    let price = &case.assessment.portfolio.unknown_price;
    let register = &case.snapshot.register;
    let mut out = titled(case);
    out.rule = Some(Rule {
        id: UNKNOWN_PRICE.to_owned(),
        text: Message::new("explain-rule-unknown-price"),
    });
    let programme = |p: &ProgrammePrice| Part {
        figure: Some(case.at(SeriesId::new(&p.programme, "unknown-price"))),
        label: programme_name(case, &p.programme),
        value: Some(Arg::Ntd(p.price_ntd)),
        status: None,
    };
    if case.scope() == "portfolio" {
        out.value = price.total_ntd.map(Arg::Ntd);
        out.parts = price
            .agencies
            .iter()
            .map(|a| {
                let series = SeriesId::new(format!("agency:{}", a.agency), "unknown-price");
                Part {
                    label: case.name_of(&series),
                    figure: Some(case.at(series)),
                    value: Some(Arg::Ntd(a.price_ntd)),
                    status: None,
                }
            })
            .collect();
        return Some(out);
    }
    if let Some(agency) = case.scope().strip_prefix("agency:") {
        register.agency(agency)?;
        let found = price.agencies.iter().find(|a| a.agency == agency);
        out.value = found.map(|a| Arg::Ntd(a.price_ntd));
        let led = |p: &&ProgrammePrice| {
            let listed = register.programme(&p.programme);
            listed.is_some_and(|listed| listed.lead == agency)
        };
        out.parts = price.programmes.iter().filter(led).map(programme).collect();
        return Some(out);
    }
    register.programme(case.scope())?;
    let Some(found) = price
        .programmes
        .iter()
        .find(|p| p.programme == case.scope())
    else {
        return Some(out);
    };
    out.value = Some(Arg::Ntd(found.price_ntd));
    out.formula = Some(Message::new("explain-formula-unknown-price"));
    let budget = AmountKind::Budget.id();
    out.parts = vec![
        own(case, "budget", budget, Some(Arg::Ntd(found.budget_ntd))),
        plain("explain-price-lost", Some(Arg::Number(found.unusable.0))),
        plain("explain-price-all", Some(Arg::Number(found.unusable.1))),
    ];
    Some(out)
}
