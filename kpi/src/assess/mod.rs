//! How everything stands in a quarter, as known at a moment.
//!
//! [`assess`] is total: missing data is data, so it cannot fail.

mod assessment;
mod control;
mod due;
mod exceptions;
mod findings;
mod indicator;
mod lagging;
mod milestones;
mod money;
mod outlook;
mod portfolio;
mod programme;
mod quality;
mod reading;
mod risk;
pub(crate) mod sentence;
mod target_history;
mod targets;
#[cfg(test)]
mod tests;
mod way_out;

pub use assessment::{
    Accounts, AgencyAssessment, Assessment, DueEntry, Figure, IndicatorAssessment, MoneyAssessment,
    MoneyPoint, NodeAssessment, Point, Portfolio, ProgrammeAssessment, ProgressBasis,
    RefusedSpending, Risk, TargetInForce, TaskState,
};
pub use quality::is_unit_factor;

use crate::calendar::Quarter;
use crate::indicator::Indicator;
use crate::snapshot::Snapshot;
pub(crate) use indicator::HISTORY;
use indicator::Watched;
pub use lagging::{Lagging, LaggingCondition};
pub use milestones::{MilestonePartial, MilestonePlanned, MilestoneState, Timeliness};
use money::Summed;
pub use money::without_year;
pub use outlook::{Forecast, Outlook, execution_outlooks, outlooks};
use quality::Settled;
pub use way_out::{Assumption, WayOut};

/// Assesses a quarter from what was known.
///
/// Total: what is missing, refused or damaged becomes a status of the figure it belongs to.
pub fn assess(snapshot: &Snapshot, quarter: Quarter) -> Assessment {
    // What the office's rules refuse is refused before anything is made of it.
    quality::settled(snapshot, (quarter, HISTORY), |mut settled| {
        let (mut assessed, summed) = figures_of(snapshot, quarter, &mut settled);
        let Settled {
            index,
            money,
            findings: mut raised,
            ..
        } = settled;
        let register = &snapshot.register;
        let programmes = &assessed.programmes;
        assessed.exceptions =
            exceptions::exceptions(register, programmes, quarter, &snapshot.handled);
        assessed.last_asked = due::last_asked(register, quarter, &index);
        assessed.due_entries = due::due_entries(register, quarter, &index);
        let of_control = due::of_control(register, programmes, quarter, &index);
        assessed.due_entries.extend(of_control);
        findings::findings(snapshot, quarter, &index, &assessed, &summed, &mut raised);
        target_history::findings(register, quarter, &index, &assessed, &mut raised);
        quality::findings(register, quarter, &index, money, &assessed, &mut raised);
        control::findings(register, quarter, &index, money, &assessed, &mut raised);
        assessed.findings = findings::with_recorded(snapshot, quarter, raised.into_iter());
        assessed
    })
}

/// The same without findings, exceptions and what is due: figures and statuses alone, of so many quarters, this one
/// last.
pub fn assess_figures(snapshot: &Snapshot, quarter: Quarter, quarters: usize) -> Assessment {
    quality::settled(snapshot, (quarter, quarters), |mut settled| {
        figures_of(snapshot, quarter, &mut settled).0
    })
}

fn figures_of(
    snapshot: &Snapshot,
    quarter: Quarter,
    settled: &mut Settled<'_>,
) -> (Assessment, Summed) {
    let register = &snapshot.register;
    let rules = &register.rules;
    let (index, money) = (&settled.index, settled.money);
    let day = index.day;
    // Those of the portfolio come first, then those of nodes and programmes.
    let known = std::mem::take(&mut settled.assessed);
    let mut assessed = register.indicators().zip(known).map(|(indicator, known)| {
        known.unwrap_or_else(|| Watched::of(indicator, day).assess(quarter, index, &rules.bands))
    });
    let mut next = |indicators: &[Indicator]| assessed.by_ref().take(indicators.len()).collect();
    let of_portfolio = NodeAssessment {
        id: "portfolio".to_owned(),
        indicators: next(&register.portfolio_indicators),
        tasks: Vec::new(),
    };
    let mut nodes = Vec::with_capacity(register.nodes.len() + 1);
    for node in &register.nodes {
        nodes.push(NodeAssessment {
            id: node.id.clone(),
            indicators: next(&node.indicators),
            tasks: programme::tasks(&node.id, &node.tasks, quarter, index),
        });
    }
    nodes.push(of_portfolio);
    let programmes: Vec<_> = register
        .programmes
        .iter()
        .map(|p| programme::assess(p, next(&p.indicators), quarter, index, money, rules))
        .collect();
    let (portfolio, summed) =
        portfolio::assess(register, &programmes, (quarter, index.quarters), money);
    let running = quarter.start() <= day && day < quarter.end();
    let refused = settled.refused.iter();
    let assessment = Assessment {
        quarter,
        as_of: snapshot.as_of,
        quarter_complete: quarter.end() <= day,
        running_day: running.then(|| ((day - quarter.start()).num_days() + 1, quarter.days())),
        programmes,
        nodes,
        agencies: portfolio::agencies(register, quarter, money),
        portfolio,
        findings: Vec::new(),
        refused: refused
            .map(|(sequence, row)| (*sequence, (*row).clone()))
            .collect(),
        exceptions: Vec::new(),
        due_entries: Vec::new(),
        last_asked: None,
    };
    (assessment, summed)
}
