//! The portfolio's counts, its weighted variance, its money by status, and how risk moved.

use super::programme::{count_rule, programme_part};
use super::{Case, Explanation, Part, Rule, term, whole};
use crate::address::SeriesId;
use crate::message::{Arg, Message};
use crate::money::AmountKind;
use crate::risk::{RiskBasis, migration, not_improved};
use crate::status::Status;

/// The portfolio's counts and its weighted variance.
pub(super) fn explain(case: &Case<'_>) -> Option<Explanation> {
    if case.scope() != "portfolio" {
        return None;
    }
    let programmes = &case.assessment.programmes;
    match (case.name(), case.part()) {
        ("count", None) => {
            let mut out = Explanation::new(case.figure.clone(), term("explain-count"));
            out.value = Some(whole(programmes.len()));
            out.rule = Some(count_rule());
            for (status, count) in &case.assessment.portfolio.counts {
                out.parts.push(Part {
                    figure: Some(case.at(SeriesId::new("portfolio", "count").part(status.id()))),
                    label: Arg::Status(*status),
                    value: Some(whole(*count)),
                    status: Some(*status),
                });
            }
            Some(out)
        }
        ("count", Some(word)) => super::count::count(case, word),
        ("progress", Some("variance")) => {
            let title = Message::new("explain-of")
                .with("owner", term("explain-portfolio"))
                .with("what", term("explain-variance"));
            let mut out = Explanation::new(case.figure.clone(), title.into());
            let variance = case.assessment.portfolio.variance;
            out.value = variance.map(|(points, _)| Arg::Points(points));
            out.formula = variance.map(|(_, programmes)| {
                Message::new("explain-formula-weighted").with("programmes", programmes)
            });
            out.rule = Some(Rule {
                id: "weighted-variance@1".to_owned(),
                text: Message::new("explain-rule-weighted"),
            });
            out.parts = programmes
                .iter()
                .filter(|p| p.money.amounts.budget_ntd.is_some())
                .filter_map(|p| Some((p, p.variance_points?)))
                .map(|(p, points)| {
                    let mut part = programme_part(case, p, "progress", Some(Arg::Points(points)));
                    part.figure = Some(case.at(SeriesId::new(&p.id, "progress").part("variance")));
                    part
                })
                .collect();
            Some(out)
        }
        ("budget-by-status", Some(status)) => Some(by_status(case, Status::from_id(status)?)),
        ("migration", Some(part)) => moves(case, part),
        _ => None,
    }
}

/// Known budgets of the programmes of a status.
fn by_status(case: &Case<'_>, status: Status) -> Explanation {
    let mut out = Explanation::new(case.figure.clone(), case.name_of(&case.figure.series));
    let budget = case.assessment.portfolio.budget_by_status.get(&status);
    out.value = budget.copied().map(Arg::Ntd);
    out.rule = Some(count_rule());
    out.parts = case
        .assessment
        .programmes
        .iter()
        .filter(|p| p.status == status)
        .map(|p| {
            let budget = p.money.amounts.budget_ntd.map(Arg::Ntd);
            let mut part = programme_part(case, p, "budget", budget);
            let amount = SeriesId::new(&p.id, "budget").part(AmountKind::Budget.id());
            part.figure = Some(case.at(amount));
            part
        })
        .collect();
    out
}

/// How many programmes moved from one risk to another since the quarter before: `reported.high.low`,
/// `rule.better`, `rule.worse`, `reported.not_improved`.
fn moves(case: &Case<'_>, part: &str) -> Option<Explanation> {
    let levels = ["high", "medium", "low", "none"];
    let (basis, what) = part.split_once('.')?;
    let basis = [RiskBasis::Reported, RiskBasis::Rule]
        .into_iter()
        .find(|known| known.id() == basis)?;
    let quarter = case.assessment.quarter;
    let programmes = &case.assessment.programmes;
    let moved = migration(programmes, quarter.previous(), quarter, basis);
    let place = |level: &str| levels.iter().position(|known| *known == level);
    let wanted = |keep: &dyn Fn(usize, usize) -> bool| -> Vec<String> {
        let cells = moved.cells.iter().enumerate().flat_map(|(from, row)| {
            let row = row.iter().enumerate();
            row.map(move |(to, ids)| (from, to, ids))
        });
        cells
            .filter(|(from, to, _)| keep(*from, *to))
            .flat_map(|(_, _, ids)| ids.iter().cloned())
            .collect()
    };
    let ids = match what {
        "better" => wanted(&|from, to| from < 3 && to < 3 && to > from),
        "worse" => wanted(&|from, to| from < 3 && to < 3 && to < from),
        "unchanged" => wanted(&|from, to| from < 3 && from == to),
        "not_improved" => not_improved(programmes, quarter, basis)
            .into_iter()
            .map(|stuck| stuck.programme)
            .collect(),
        _ => {
            let (from, to) = what.split_once('.')?;
            let (from, to) = (place(from)?, place(to)?);
            wanted(&|f, t| f == from && t == to)
        }
    };
    let mut out = Explanation::new(case.figure.clone(), case.name_of(&case.figure.series));
    out.value = Some(whole(ids.len()));
    out.rule = Some(Rule {
        id: "migration@1".to_owned(),
        text: Message::new("explain-rule-risk-moves")
            .with("from", quarter.previous())
            .with("to", quarter),
    });
    let risk = |id: &str| match basis {
        RiskBasis::Reported => SeriesId::new(id, "risk"),
        RiskBasis::Rule => SeriesId::new(id, "risk").part("by_rule"),
    };
    out.parts = programmes
        .iter()
        .filter(|p| ids.contains(&p.id))
        .map(|p| Part {
            figure: Some(case.at(risk(&p.id))),
            label: super::programme::programme_name(case, &p.id),
            value: match basis {
                RiskBasis::Reported => p.risk,
                RiskBasis::Rule => p.risk_by_rule.level,
            }
            .map(|risk| term(risk.term())),
            status: None,
        })
        .collect();
    Some(out)
}
