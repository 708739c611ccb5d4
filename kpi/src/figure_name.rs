//! What a figure is called, from its address alone: whose it is and which of its figures.

use crate::address::SeriesId;
use crate::explain::{count_group, indicator_named};
use crate::message::{Arg, Message};
use crate::money::AmountKind;
use crate::register::{NarrativePart, Register};
use crate::status::Status;
use chrono::NaiveDate;

/// The plan and the agency of a scope: `agency:NDC` is meant in the plan where the agency leads,
/// `plan:dgp1.agency:NDC` names the plan.
///
/// ```
/// use quarterdeck_kpi::figure_name::agency_of;
/// assert_eq!(agency_of("agency:NDC"), Some((None, "NDC")));
/// assert_eq!(agency_of("plan:dgp1.agency:NDC"), Some((Some("dgp1"), "NDC")));
/// assert_eq!(agency_of("plan:dgp1"), None);
/// ```
pub fn agency_of(scope: &str) -> Option<(Option<&str>, &str)> {
    if let Some(agency) = scope.strip_prefix("agency:") {
        return Some((None, agency));
    }
    let (plan, agency) = scope.strip_prefix("plan:")?.split_once(".agency:")?;
    Some((Some(plan), agency))
}

/// The scope of an agency's figures in a plan that has to be named.
pub fn agency_in_plan(plan: &str, agency: &str) -> String {
    format!("plan:{plan}.agency:{agency}")
}

/// The name of a figure, ready for a sentence; names of agencies are those of the day.
pub fn figure_name(register: &Register, day: NaiveDate, series: &SeriesId) -> Arg {
    if let Some((indicator, part)) = indicator_named(register, series) {
        let title = Arg::Title(indicator.title.clone());
        return match part {
            Some(part) => about(part.term(), title),
            None => title,
        };
    }
    let owner = owner(register, day, &series.scope);
    match what(register, series) {
        Some(what) => Message::new("explain-of")
            .with("owner", owner)
            .with("what", what)
            .into(),
        None => Arg::from(series.to_string()),
    }
}

fn about(id: &'static str, what: Arg) -> Arg {
    Message::new(id).with("what", what).into()
}

/// Whose figures a scope has.
pub fn owner(register: &Register, day: NaiveDate, scope: &str) -> Arg {
    if scope == "portfolio" {
        return Arg::Term("explain-portfolio".into());
    }
    if let Some((plan, agency)) = agency_of(scope) {
        let named = register.agency(agency).and_then(|a| a.name_on(day));
        let name = named.map_or(Arg::from(agency), |n| Arg::Title(n.full.clone()));
        let Some(plan) = plan else { return name };
        let known = register.plans.iter().find(|p| p.id == plan);
        return Message::new("explain-agency-in-plan")
            .with("agency", name)
            .with(
                "plan",
                known.map_or(Arg::from(plan), |p| Arg::Title(p.title.clone())),
            )
            .into();
    }
    if let Some(programme) = register.programme(scope) {
        return Arg::Title(programme.title.clone());
    }
    match register.node(scope) {
        Some(node) => Arg::Title(node.title.clone()),
        None => Arg::from(scope),
    }
}

/// Key of the name of a figure made of amounts: `executed`, `execution_rate`, `changed`, ...
pub(crate) fn money_term(part: &str) -> Option<&'static str> {
    Some(match part {
        "executed" => "explain-executed",
        "planned" => "explain-planned",
        "unexecuted" => "explain-unexecuted",
        "execution_rate" => "explain-execution-rate",
        "disbursement_ratio" => "explain-disbursement-ratio",
        "attainment" => "explain-attainment",
        "settlement_ratio" => "explain-settlement-ratio",
        "realised" => "rate-realised",
        "changed" => "explain-changed",
        _ => AmountKind::from_id(part)?.term(),
    })
}

/// Key of the name of a part of earned value.
pub(crate) fn evm_term(part: &str) -> Option<&'static str> {
    Some(match part {
        "bac" => "explain-evm-bac",
        "planned" => "explain-progress-planned",
        "actual" => "explain-progress-actual",
        "pv" => "evm-pv",
        "ev" => "evm-ev",
        "ac" => "evm-ac",
        "sv" => "evm-sv",
        "cv" => "evm-cv",
        "spi" => "evm-spi",
        "cpi" => "evm-cpi",
        "eac" => "evm-eac",
        "vac" => "evm-vac",
        "tcpi" => "evm-tcpi",
        _ => return None,
    })
}

fn term(id: &'static str) -> Arg {
    Arg::Term(id.into())
}

/// Which of its owner's figures it is; `None` for a name that is no figure's.
fn what(register: &Register, series: &SeriesId) -> Option<Arg> {
    let part = series.part.as_deref();
    let simple = match (series.name.as_str(), part) {
        ("status", None) => "explain-status",
        ("risk", None) => "explain-risk",
        ("risk", Some("by_rule")) => "explain-risk-by-rule",
        ("lagging", None) => "explain-lagging",
        ("tasks", None) => "explain-tasks",
        ("tasks", Some("done")) => "explain-tasks-done",
        ("tasks", Some("of")) => "explain-tasks-of",
        ("indicators", Some("good")) => "explain-indicators-good",
        ("indicators", Some("rated")) => "explain-indicators-rated",
        ("progress", None | Some("variance")) => "explain-variance",
        ("progress", Some("planned")) => "explain-progress-planned",
        ("progress", Some("actual")) => "explain-progress-actual",
        ("progress", Some("weighted_planned")) => "explain-progress-weighted-planned",
        ("progress", Some("weighted_actual")) => "explain-progress-weighted-actual",
        ("way-out", Some("execute")) => "explain-way-out-execute",
        ("way-out", Some("base")) => "explain-way-out-base",
        ("way-out", Some("progress")) => "explain-way-out-progress",
        ("way-out", Some("progress_points")) => "explain-way-out-points",
        ("exception", Some("at_stake")) => "explain-exception-at-stake",
        ("exception", Some("points_off")) => "explain-exception-points",
        ("exception", Some("quarters_old")) => "explain-exception-quarters",
        ("exception", Some("score")) => "explain-exception-score",
        ("unknown-price", None) => "explain-unknown-price",
        ("oldest", None) => "explain-oldest",
        ("confirm", Some(_)) => "explain-confirmed",
        ("budget" | "budget-total", None) => "explain-budget",
        ("count", None) => "explain-count",
        ("evm", Some(part)) => evm_term(part)?,
        ("narrative", Some(part)) => NarrativePart::from_id(part)?.term(),
        _ => return worded(register, series, part?),
    };
    Some(term(simple))
}

/// Names that hold another name.
fn worded(register: &Register, series: &SeriesId, part: &str) -> Option<Arg> {
    Some(match series.name.as_str() {
        "budget" => {
            if let Some(rate) = part.strip_suffix("_change") {
                about("explain-change-of", term(money_term(rate)?))
            } else if let Some(rest) = part.strip_prefix("execution_rate_forecast") {
                about(forecast_term(rest)?, term("explain-execution-rate"))
            } else {
                term(money_term(part)?)
            }
        }
        "budget-total" => about("explain-since-beginning", term(money_term(part)?)),
        "budget-by-status" => about(
            "explain-budget-of-status",
            Arg::Status(Status::from_id(part)?),
        ),
        "count" => match count_group(part) {
            Some(word) => about("explain-count-of", term(word)),
            None => about("explain-count-of", Arg::Status(Status::from_id(part)?)),
        },
        "migration" => term("explain-risk-moves"),
        "task" => {
            let tasks = match register.programme(&series.scope) {
                Some(programme) => &programme.tasks,
                None => &register.node(&series.scope)?.tasks,
            };
            let task = tasks.iter().find(|t| t.id == part)?;
            Arg::Title(task.title.clone())
        }
        "milestone" => {
            let milestones = &register.programme(&series.scope)?.milestones;
            let (milestone, part) = milestones.iter().find_map(|m| {
                let rest = part.strip_prefix(m.id.as_str())?;
                match rest.strip_prefix('.') {
                    Some(part) => Some((m, Some(part))),
                    None => rest.is_empty().then_some((m, None)),
                }
            })?;
            let title = Arg::Title(milestone.title.clone());
            match part {
                None => title,
                Some(part) => about(milestone_term(part)?, title),
            }
        }
        _ => return None,
    })
}

/// Key of the name of a part of a milestone.
pub(crate) fn milestone_term(part: &str) -> Option<&'static str> {
    Some(match part {
        "planned" => "explain-milestone-planned-of",
        "actual" => "explain-milestone-actual-of",
        "days_late" => "explain-milestone-days-of",
        "weight" => "explain-milestone-weight-of",
        "partial" => "explain-milestone-partial-of",
        _ => return None,
    })
}

/// Key of the name of a part of a forecast, by what follows its word.
pub(crate) fn forecast_term(rest: &str) -> Option<&'static str> {
    Some(match rest {
        "" => "explain-forecast-of",
        "_low" => "explain-forecast-low-of",
        "_high" => "explain-forecast-high-of",
        "_probability" => "explain-forecast-probability-of",
        _ => return None,
    })
}
