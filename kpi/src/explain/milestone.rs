//! Milestones: how one stands, and each of its parts.

use super::rows::readings;
use super::{Case, Explanation, Part, Rule, term};
use crate::assess::{MilestoneState, ProgrammeAssessment};
use crate::figures::Said;
use crate::message::{Arg, Message};

/// The milestone an address's part speaks of, and the part of it.
fn named<'a>(
    found: &'a ProgrammeAssessment,
    part: &'a str,
) -> Option<(&'a MilestoneState, Option<&'a str>)> {
    if let Some(state) = found.milestones.iter().find(|m| m.id == part) {
        return Some((state, None));
    }
    let (id, last) = part.rsplit_once('.')?;
    let state = found.milestones.iter().find(|m| m.id == id)?;
    Some((state, Some(last)))
}

/// A milestone with every plan it had and the reading that says it is done; or one part of that.
pub(super) fn explain(
    case: &Case<'_>,
    found: &ProgrammeAssessment,
    part: &str,
) -> Option<Explanation> {
    let (state, part) = named(found, part)?;
    let mut out = Explanation::new(case.figure.clone(), case.name_of(&case.figure.series));
    out.value = match part {
        None => Some(match state.days_late {
            Some(days) => Message::new("explain-milestone-days")
                .with("state", term(state.timeliness.term()))
                .with("days", days)
                .into(),
            None => term(state.timeliness.term()),
        }),
        Some("planned") => Some(Arg::Date(state.plan.planned)),
        Some("actual") => state.done_on.map(Arg::Date),
        Some("days_late") => state.days_late.map(|days| Said::Days(days).arg()),
        Some("weight") => Some(Said::Percent(state.weight.normalize()).arg()),
        Some("partial") => state
            .partial
            .map(|p| Said::Percent(p.percent.normalize()).arg()),
        Some(_) => return None,
    };
    out.rule = Some(Rule {
        id: "milestone@1".to_owned(),
        text: Message::new("explain-rule-milestone"),
    });
    if part != Some("weight") {
        let plans = state.former.iter().chain([&state.plan]);
        out.parts = plans
            .map(|plan| Part {
                figure: None,
                label: match plan.set_on {
                    Some(on) => Message::new("explain-milestone-plan-set")
                        .with("date", on)
                        .into(),
                    None => term("explain-milestone-plan"),
                },
                value: Some(Arg::Date(plan.planned)),
                status: None,
            })
            .collect();
    }
    let used: Vec<i64> = (state.row.into_iter())
        .chain(state.partial.map(|p| p.row))
        .collect();
    let series = crate::address::SeriesId::new(&found.id, "milestone").part(&state.id);
    let partial = series.clone().part(format!("{}.partial", state.id));
    out.rows = readings(case.readings(), &used, |row| {
        (row.item.series == series || row.item.series == partial)
            && row.item.period.start <= case.assessment.quarter.end()
    });
    Some(out)
}
