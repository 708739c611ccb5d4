//! What the register says about a series: its unit, its definition, whose money it is.

use chrono::Datelike;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::indicator::Indicator;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::{AmountKind, MoneyKey, MoneyLine, Span};
use quarterdeck_kpi::observation::{Observation, Qualifier, Reading};
use quarterdeck_kpi::register::Register;
use quarterdeck_kpi::text::fold_width;
use quarterdeck_sources::{Located, Lookup};
use rust_decimal::prelude::ToPrimitive;
use std::collections::HashMap;

/// The register, by series.
pub(crate) struct RegisterWords<'a> {
    register: &'a Register,
    indicators: HashMap<&'a SeriesId, &'a Indicator>,
}

/// What becomes of a reading.
pub(super) enum Row {
    /// A reading of a series.
    Reading(Observation),
    /// An amount of money.
    Amount(MoneyLine),
}

impl<'a> RegisterWords<'a> {
    pub(crate) fn new(register: &'a Register) -> Self {
        Self {
            register,
            indicators: register.indicators().map(|i| (&i.series, i)).collect(),
        }
    }

    /// The register's word on a series.
    pub(crate) fn lookup(&self, series: &SeriesId) -> Lookup {
        if let Some(indicator) = self.indicators.get(series) {
            return Lookup::Known {
                unit: indicator.unit.clone(),
                definition_version: indicator.definition_version,
            };
        }
        if !self.is_scope(&series.scope) {
            return Lookup::UnknownScope;
        }
        let known = |unit: &str| Lookup::Known {
            unit: unit.to_owned(),
            definition_version: 1,
        };
        match (series.name.as_str(), series.part.as_deref()) {
            ("budget", Some(part)) if AmountKind::from_id(part).is_some() => known("ntd"),
            ("progress", Some("planned" | "actual")) => known("percent"),
            ("risk", None) => known("risk"),
            ("task", Some(id)) if self.is_task(&series.scope, id) => known("done"),
            _ => Lookup::Unlisted,
        }
    }

    fn is_scope(&self, scope: &str) -> bool {
        match scope.split_once(':') {
            Some(("agency", id)) => self.register.agency(id).is_some(),
            Some(("plan", id)) => self.register.plans.iter().any(|plan| plan.id == id),
            // What is said of a source itself is said by us.
            Some(_) => false,
            None => {
                scope == "portfolio"
                    || self.register.programme(scope).is_some()
                    || self.register.node(scope).is_some()
            }
        }
    }

    fn is_task(&self, scope: &str, id: &str) -> bool {
        let tasks = match (self.register.programme(scope), self.register.node(scope)) {
            (Some(programme), _) => &programme.tasks,
            (None, Some(node)) => &node.tasks,
            (None, None) => return false,
        };
        tasks.iter().any(|task| task.id == id)
    }

    /// A reading as the store takes it: amounts become money lines. That its unit is the register's
    /// was checked by the decoder, which asked [`RegisterWords::lookup`].
    pub(super) fn row(&self, located: Located) -> Row {
        let Located {
            observation, span, ..
        } = located;
        let kind = (observation.series.name == "budget")
            .then_some(observation.series.part.as_deref())
            .flatten()
            .and_then(AmountKind::from_id);
        match (kind, &observation.reading) {
            (Some(kind), Reading::Value(_)) => self.amount(kind, span, observation),
            _ => Row::Reading(observation),
        }
    }

    fn amount(&self, kind: AmountKind, span: Option<Span>, mut observation: Observation) -> Row {
        let amount_ntd = observation
            .value()
            .filter(|value| value.fract().is_zero() && observation.qualifier == Qualifier::Exact)
            .and_then(|value| value.to_i64());
        let key = self.money_key(kind, span, &observation);
        let refused = match (amount_ntd, key) {
            (Some(amount_ntd), Some(key)) => {
                // A plain whole number with separators says nothing that the amount does not say.
                let printed = observation.printed.filter(|text| {
                    let bare: String = fold_width(text)
                        .chars()
                        .filter(|c| *c != ',' && !c.is_whitespace())
                        .collect();
                    bare != amount_ntd.to_string()
                });
                return Row::Amount(MoneyLine {
                    key,
                    period: observation.period,
                    amount_ntd,
                    printed,
                });
            }
            (None, _) => "collect-money-not-whole",
            (_, None) => "collect-money-owner",
        };
        if let Reading::Value(value) = &observation.reading {
            observation.printed.get_or_insert_with(|| value.to_string());
        }
        let message = Message::new(refused)
            .with("series", observation.series.to_string())
            .with(
                "printed",
                crate::transport::plain(observation.printed.as_deref().unwrap_or_default(), 60),
            );
        observation.reading = Reading::Rejected(message);
        Row::Reading(observation)
    }

    /// Whose money it is: a programme's with its lead agency, an agency's, or a plan's.
    fn money_key(
        &self,
        kind: AmountKind,
        span: Option<Span>,
        observation: &Observation,
    ) -> Option<MoneyKey> {
        let fiscal_year = observation.period.end.year();
        let scope = observation.series.scope.as_str();
        let (plan, programme, agency) = match scope.split_once(':') {
            Some(("agency", id)) => {
                let agency = self.register.agency(id)?;
                (self.plan_of(fiscal_year)?, None, Some(agency.id.clone()))
            }
            Some(("plan", id)) => {
                let plan = self.register.plans.iter().find(|plan| plan.id == id)?;
                (plan.id.clone(), None, None)
            }
            Some(_) => return None,
            None => {
                let programme = self.register.programme(scope)?;
                (
                    programme.plan.clone(),
                    Some(programme.id.clone()),
                    Some(programme.lead.clone()),
                )
            }
        };
        let span = span.unwrap_or(Span::YearToDate);
        Some(MoneyKey {
            plan: plan.into(),
            programme: programme.map(Into::into),
            agency: agency.map(Into::into),
            fiscal_year,
            span,
            kind,
        })
    }

    /// The plan that runs in a fiscal year; the last one when none says so.
    fn plan_of(&self, year: i32) -> Option<String> {
        let plans = &self.register.plans;
        plans
            .iter()
            .find(|p| (p.years.0..=p.years.1).contains(&year))
            .or(plans.last())
            .map(|p| p.id.clone())
    }
}
