//! The list of an assessment's figures.

use super::{Figure, Said, six};
use crate::address::SeriesId;
use crate::assess::{
    Accounts, Assessment, IndicatorAssessment, MilestoneState, MoneyAssessment,
    ProgrammeAssessment, TaskState,
};
use crate::calendar::Period;
use crate::evm::Evm;
use crate::money::{AmountKind, Ratio, Span};
use rust_decimal::Decimal;

/// Every known figure of an assessment, in the order of the report. A figure that is unknown is not
/// in the list; its status is. Ages are not in it: they change with the calendar, not with what is known. Nor is the
/// way out of the list of lagging plans: it looks ahead, to plans that come to be known after the quarter.
pub fn figures(assessment: &Assessment) -> Vec<Figure> {
    let mut list = List {
        period: assessment.quarter.period(),
        figures: Vec::new(),
    };
    for programme in &assessment.programmes {
        list.programme(programme);
    }
    for node in &assessment.nodes {
        for indicator in &node.indicators {
            list.indicator(indicator);
        }
        list.tasks(&node.id, &node.tasks);
    }
    for agency in &assessment.agencies {
        list.money(&agency.scope, &agency.money, &agency.accounts);
    }
    list.portfolio(assessment);
    list.figures
}

struct List {
    period: Period,
    figures: Vec<Figure>,
}

impl List {
    fn push(&mut self, series: SeriesId, part: Option<&str>, said: Option<Said>, rows: &[i64]) {
        let Some(said) = said else { return };
        let named = match part {
            Some(part) => series.clone().part(part),
            None => series.clone(),
        };
        self.figures.push(Figure {
            address: named.at(self.period).to_string(),
            series,
            said,
            period: None,
            rows: rows.to_vec(),
        });
    }

    /// A figure that rests on no row of its own.
    fn made(&mut self, scope: &str, name: &str, part: Option<&str>, said: Option<Said>) {
        self.push(SeriesId::new(scope, name), part, said, &[]);
    }

    fn programme(&mut self, programme: &ProgrammeAssessment) {
        let id = programme.id.as_str();
        self.made(id, "status", None, Some(Said::Status(programme.status)));
        let reported = programme.risk_reported.as_ref();
        let rows: Vec<i64> = reported.map(|r| r.row).into_iter().collect();
        let risk = programme.risk.map(Said::Risk);
        self.push(SeriesId::new(id, "risk"), None, risk, &rows);
        let by_rule = programme.risk_by_rule.level.map(Said::Risk);
        self.made(id, "risk", Some("by_rule"), by_rule);
        let reported = programme.progress.unzip();
        let weighted = programme.weighted_progress.unzip();
        for (part, percent) in [
            ("planned", reported.0),
            ("actual", reported.1),
            ("weighted_planned", weighted.0),
            ("weighted_actual", weighted.1),
        ] {
            let percent = percent.map(|p| Said::Percent(p.normalize()));
            self.made(id, "progress", Some(part), percent);
        }
        let variance = programme
            .variance_points
            .map(|p| Said::Points(p.normalize()));
        self.made(id, "progress", Some("variance"), variance);
        for indicator in &programme.indicators {
            self.indicator(indicator);
        }
        self.money(id, &programme.money, &programme.accounts);
        self.tasks(id, &programme.tasks);
        for milestone in &programme.milestones {
            self.milestone(id, milestone);
        }
        self.evm(id, &programme.evm);
        self.made(
            id,
            "lagging",
            None,
            programme.lagging.lagging.map(Said::Yes),
        );
    }

    fn indicator(&mut self, indicator: &IndicatorAssessment) {
        let series = || indicator.series.clone();
        if let Some(figure) = &indicator.figure {
            let value = Some(Said::Number(figure.value.normalize()));
            self.push(series(), None, value, &figure.rows);
            if let Some(last) = self.figures.last_mut() {
                last.period = (figure.period != self.period).then_some(figure.period);
            }
        }
        let target = indicator.target.as_ref();
        let target = target.map(|target| Said::Number(target.value.normalize()));
        self.push(series(), Some("target"), target, &[]);
        let rows = indicator
            .figure
            .as_ref()
            .map(|figure| figure.rows.as_slice());
        let rows = rows.unwrap_or_default();
        let achievement = indicator
            .achievement
            .map(|value| Said::Fraction(six(value)));
        self.push(series(), Some("achievement"), achievement, rows);
        let status = Some(Said::Status(indicator.status));
        self.push(series(), Some("status"), status, rows);
    }

    fn tasks(&mut self, scope: &str, tasks: &[TaskState]) {
        let rows: Vec<i64> = tasks.iter().filter_map(|t| t.row).collect();
        let done = tasks.iter().filter(|t| t.done).count();
        let done = (!tasks.is_empty()).then(|| count(done));
        self.push(SeriesId::new(scope, "tasks"), Some("done"), done, &rows);
    }

    fn milestone(&mut self, scope: &str, state: &MilestoneState) {
        let partial_row = state.partial.map(|p| p.row);
        let rows: Vec<i64> = state.row.into_iter().chain(partial_row).collect();
        let series = SeriesId::new(scope, "milestone").part(&state.id);
        for (part, said) in [
            (None, Some(Said::Milestone(state.timeliness))),
            (Some("planned"), Some(Said::Date(state.plan.planned))),
            (Some("actual"), state.done_on.map(Said::Date)),
            (Some("days_late"), state.days_late.map(Said::Days)),
            (
                Some("weight"),
                Some(Said::Percent(state.weight.normalize())),
            ),
            (
                Some("partial"),
                state.partial.map(|p| Said::Percent(p.percent.normalize())),
            ),
        ] {
            let part = part.map(|part| format!("{}.{part}", state.id));
            self.push(series.clone(), part.as_deref(), said, &rows);
        }
    }

    fn evm(&mut self, scope: &str, evm: &Evm) {
        for (part, said) in evm_parts(evm) {
            self.made(scope, "evm", Some(part), said);
        }
    }

    /// Amounts and ratios under `budget`, those since the beginning under `budget-total`.
    fn money(&mut self, scope: &str, money: &MoneyAssessment, accounts: &Accounts) {
        self.account(scope, Span::YearToDate.series_name(), money);
        let total = &accounts.since_beginning;
        self.account(scope, Span::SinceBeginning.series_name(), total);
        for (part, points) in changes_of(accounts) {
            let part = format!("{part}_change");
            let points = points.map(|points| Said::Points(six(points)));
            self.made(scope, "budget", Some(&part), points);
        }
    }

    fn account(&mut self, scope: &str, name: &str, money: &MoneyAssessment) {
        let series = SeriesId::new(scope, name);
        for kind in AmountKind::ALL {
            let amount = money.amounts.get(kind).map(Said::Ntd);
            self.push(series.clone(), Some(kind.id()), amount, &money.rows);
        }
        let executed = money.executed_ntd.map(Said::Ntd);
        self.push(series.clone(), Some("executed"), executed, &money.rows);
        let unexecuted = money.unexecuted_ntd().map(Said::Ntd);
        self.push(series.clone(), Some("unexecuted"), unexecuted, &money.rows);
        let rates = money.rates().map(|(part, _, rate)| (part, rate));
        for (part, rate) in rates.into_iter().chain([("realised", money.realised)]) {
            let rate = rate.map(Ratio::fraction6).map(Said::Fraction);
            self.push(series.clone(), Some(part), rate, &money.rows);
        }
        let changed = (money.changed_ntd != 0).then_some(Said::Ntd(money.changed_ntd));
        self.push(series, Some("changed"), changed, &money.rows);
    }

    fn portfolio(&mut self, assessment: &Assessment) {
        let portfolio = &assessment.portfolio;
        for (status, programmes) in &portfolio.counts {
            let said = Some(count(*programmes));
            self.made("portfolio", "count", Some(status.id()), said);
        }
        let programmes = || assessment.programmes.iter();
        let lagging = programmes().filter(|p| p.lagging.lagging == Some(true));
        let without = programmes().filter(|p| p.money.execution_rate.is_none());
        for (word, number) in [
            ("programmes", assessment.programmes.len()),
            ("lagging", lagging.count()),
            ("without_rate", without.count()),
        ] {
            if !assessment.programmes.is_empty() {
                self.made("portfolio", "count", Some(word), Some(count(number)));
            }
        }
        self.money("portfolio", &portfolio.money, &portfolio.accounts);
        let variance = portfolio.variance.map(|(points, _)| Said::Points(points));
        self.made("portfolio", "progress", Some("variance"), variance);
        for (status, budget) in &portfolio.budget_by_status {
            let said = (*budget != 0).then_some(Said::Ntd(*budget));
            self.made("portfolio", "budget-by-status", Some(status.id()), said);
        }
        let price = &portfolio.unknown_price;
        let total = price.total_ntd.map(Said::Ntd);
        self.made("portfolio", "unknown-price", None, total);
        for agency in &price.agencies {
            let scope = format!("agency:{}", agency.agency);
            let said = Some(Said::Ntd(agency.price_ntd));
            self.made(&scope, "unknown-price", None, said);
        }
        for programme in &price.programmes {
            let said = Some(Said::Ntd(programme.price_ntd));
            self.made(&programme.programme, "unknown-price", None, said);
        }
    }
}

fn count(count: usize) -> Said {
    Said::Number(Decimal::from(u64::try_from(count).unwrap_or(u64::MAX)))
}

/// The changes against the same quarter last year that are said, by the ratio's word, in percentage points.
pub(crate) fn changes_of(accounts: &Accounts) -> [(&'static str, Option<Decimal>); 4] {
    [
        (
            "execution_rate",
            accounts.change_points(|m| m.execution_rate),
        ),
        (
            "disbursement_ratio",
            accounts.change_points(|m| m.disbursement_ratio),
        ),
        ("attainment", accounts.change_points(|m| m.attainment)),
        ("realised", accounts.change_points(|m| m.realised)),
    ]
}

/// The parts of earned value by their words; unknown ones are none.
pub(crate) fn evm_parts(evm: &Evm) -> [(&'static str, Option<Said>); 13] {
    let index = |ratio: Option<Ratio>| ratio.map(|r| Said::Number(r.fraction6()));
    let percent = |percent: Option<Decimal>| percent.map(|p| Said::Percent(p.normalize()));
    [
        ("bac", evm.bac_ntd.map(Said::Ntd)),
        ("planned", percent(evm.planned_percent)),
        ("actual", percent(evm.actual_percent)),
        ("pv", evm.pv_ntd.map(Said::Ntd)),
        ("ev", evm.ev_ntd.map(Said::Ntd)),
        ("ac", evm.ac_ntd.map(Said::Ntd)),
        ("sv", evm.sv_ntd.map(Said::Ntd)),
        ("cv", evm.cv_ntd.map(Said::Ntd)),
        ("spi", index(evm.spi)),
        ("cpi", index(evm.cpi)),
        ("eac", evm.eac_ntd.map(Said::Ntd)),
        ("vac", evm.vac_ntd.map(Said::Ntd)),
        ("tcpi", index(evm.tcpi)),
    ]
}
