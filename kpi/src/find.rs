//! Which figure is that? A number or a text as somebody read it, and every figure it may be.
//!
//! Numbers are compared in the forms in which they are printed: exactly, rounded to the decimals that were typed
//! (41.02 for 41.0147), in 億 or 萬 where a multiple was typed, and in 千元 for amounts. Texts are looked for in
//! titles, names of agencies, claims, sources and in what was printed, folded as the search folds.

use crate::address::{FigureAddress, SeriesId};
use crate::assess::sentence::quantity;
use crate::assess::{Assessment, IndicatorAssessment, execution_outlooks, outlooks};
use crate::effective::{live, live_readings};
use crate::explain::series_of_line;
use crate::figure_name::figure_name;
use crate::figures::{Said, figures};
use crate::indicator::Title;
use crate::message::{Arg, Message};
use crate::money::AmountKind;
use crate::number::{Printed, parse_printed};
use crate::observation::{Cause, Qualifier, Reading};
use crate::snapshot::Snapshot;
use crate::text::fold_for_search;
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::{HashMap, HashSet};

/// A figure that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its address.
    pub figure: FigureAddress,
    /// What it is.
    pub title: Arg,
    /// Its value, ready for a sentence.
    pub value: Option<Arg>,
    /// Where it comes from: a source id, `entry`, `document`, `computed` or `register`.
    pub source: String,
    /// The value is the number itself; otherwise it is printed as that number.
    pub exact: bool,
    /// A later row stands in its place: it was the figure once.
    pub superseded: bool,
}

/// What was typed, understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    printed: Printed,
}

impl Wanted {
    /// A number as typed; `None` for a text.
    ///
    /// ```
    /// use quarterdeck_kpi::find::Wanted;
    /// assert!(Wanted::read("62.40億").unwrap().is_amount(6_240_000_000));
    /// assert!(Wanted::read("7,619").unwrap().is_number("7619".parse().unwrap()).is_some());
    /// assert!(Wanted::read("41.02 %").unwrap().is_rate("0.41015".parse().unwrap()));
    /// assert!(Wanted::read("gold share").is_none());
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        let printed = parse_printed(text).ok()?;
        Some(Self { printed })
    }

    /// The number itself.
    pub fn value(&self) -> Decimal {
        self.printed.value
    }

    /// Whether a value is this number: exactly (`true`), or rounded to the decimals typed (`false`).
    pub fn is_number(&self, value: Decimal) -> Option<bool> {
        if value == self.printed.value {
            return Some(true);
        }
        if self.printed.scaled {
            return value
                .try_into()
                .ok()
                .filter(|whole: &i64| Decimal::from(*whole) == value && self.rounds_to(*whole))
                .map(|_| false);
        }
        (self.printed.decimals > 0 && round(value, self.printed.decimals) == self.printed.value)
            .then_some(false)
    }

    /// Whether a fraction is printed as this percentage.
    pub fn is_rate(&self, fraction: Decimal) -> bool {
        let percent = fraction.checked_mul(Decimal::ONE_HUNDRED);
        percent.is_some_and(|percent| {
            percent == self.printed.value
                || (1..=2).contains(&self.printed.decimals)
                    && round(percent, self.printed.decimals) == self.printed.value
        })
    }

    /// Whether an amount in NT$ is printed as this number, in 元, 千元, 萬元 or 億元.
    pub fn is_amount(&self, amount_ntd: i64) -> bool {
        let amount = Decimal::from(amount_ntd);
        amount == self.printed.value
            || self.printed.scaled && self.rounds_to(amount_ntd)
            || !self.printed.scaled
                && self.printed.decimals == 0
                && amount
                    .checked_div(Decimal::ONE_THOUSAND)
                    .is_some_and(|t| round(t, 0) == self.printed.value)
    }

    /// An amount rounds to the number at the place of its last printed digit.
    fn rounds_to(&self, amount_ntd: i64) -> bool {
        let places = self.printed.power.saturating_sub(self.printed.decimals);
        let step = Decimal::from(10_i64.pow(places.min(17)));
        Decimal::from(amount_ntd)
            .checked_div(step)
            .zip(self.printed.value.checked_div(step))
            .is_some_and(|(amount, wanted)| round(amount, 0) == round(wanted, 0))
    }
}

fn round(value: Decimal, decimals: u32) -> Decimal {
    value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

/// Every figure that a number or a text may be, the likeliest first: exact before rounded, standing before
/// superseded, later periods before earlier ones. `assessments` are the quarters whose rates are looked at.
pub fn find(snapshot: &Snapshot, assessments: &[&Assessment], text: &str) -> Vec<Hit> {
    let mut search = Search {
        snapshot,
        hits: Vec::new(),
    };
    match Wanted::read(text) {
        Some(wanted) => {
            search.rows(&wanted, assessments);
            search.lines(&wanted);
            search.targets(&wanted);
            for assessment in assessments {
                search.made(assessment, &wanted);
            }
            if let Some(last) = assessments.last() {
                search.forecasts(last, &wanted);
            }
            search.claims(|claim| {
                Wanted::read(&claim.value).is_some_and(|c| wanted.is_number(c.value()).is_some())
            });
        }
        None => {
            let wanted = fold_for_search(text.trim());
            if !wanted.is_empty()
                && let Some(last) = assessments.last()
            {
                search.texts(&wanted, last);
            }
        }
    }
    let mut hits = search.hits;
    hits.sort_by_key(|hit| {
        let end = hit.figure.period.map(|p| p.end);
        (hit.superseded, !hit.exact, std::cmp::Reverse(end))
    });
    let mut seen = HashSet::new();
    hits.retain(|hit| seen.insert((hit.figure.clone(), format!("{:?}", hit.value))));
    hits
}

struct Search<'a> {
    snapshot: &'a Snapshot,
    hits: Vec<Hit>,
}

impl Search<'_> {
    fn titles(&self) -> HashMap<&SeriesId, &Title> {
        let all = self.snapshot.register.indicators();
        all.map(|i| (&i.series, &i.title)).collect()
    }

    fn push(
        &mut self,
        figure: FigureAddress,
        title: Arg,
        value: Option<Arg>,
        source: &str,
        exact: bool,
    ) {
        self.hits.push(Hit {
            figure,
            title,
            value,
            source: source.to_owned(),
            exact,
            superseded: false,
        });
    }

    /// Readings, and the parts that came with them.
    fn rows(&mut self, wanted: &Wanted, assessments: &[&Assessment]) {
        let snapshot = self.snapshot;
        let titles = self.titles();
        let refused = |row| assessments.iter().any(|a| a.refused.contains_key(&row));
        let standing: HashSet<i64> = live_readings(&snapshot.observations, refused)
            .iter()
            .map(|row| row.sequence)
            .collect();
        let mut found = Vec::new();
        for row in &snapshot.observations {
            let item = &row.item;
            let printed = item.printed.as_deref().and_then(Wanted::read);
            let as_printed = printed
                .is_some_and(|p| p.printed.value == wanted.printed.value)
                .then_some(true);
            let exact = match item.reading {
                Reading::Value(value) => wanted.is_number(value).or(as_printed),
                Reading::Rejected(_) => as_printed,
            };
            let in_parts = item.parts.is_some_and(|p| {
                p.numerator == wanted.printed.value || p.denominator == wanted.printed.value
            });
            if exact.is_none() && !in_parts {
                continue;
            }
            let title = titles
                .get(&item.series)
                .map_or(Arg::from(item.series.to_string()), |t| {
                    Arg::Title((*t).clone())
                });
            let title = match (exact, item.parts) {
                (None, Some(parts)) => Message::new("find-part-of")
                    .with("numerator", parts.numerator)
                    .with("denominator", parts.denominator)
                    .with("title", title)
                    .into(),
                _ => title,
            };
            let sign = match item.qualifier {
                Qualifier::Exact => "",
                other => other.sign(),
            };
            found.push(Hit {
                figure: item.series.clone().at(item.period),
                title,
                value: item.value().map(|v| quantity(v, sign, &item.unit)),
                source: source(&row.cause).to_owned(),
                exact: exact == Some(true),
                superseded: !standing.contains(&row.sequence),
            });
        }
        self.hits.extend(found);
    }

    fn lines(&mut self, wanted: &Wanted) {
        let snapshot = self.snapshot;
        let standing: HashSet<i64> = live(&snapshot.money)
            .iter()
            .map(|row| row.sequence)
            .collect();
        for row in &snapshot.money {
            let amount = row.item.amount_ntd;
            if !wanted.is_amount(amount) {
                continue;
            }
            let series = series_of_line(&row.item);
            let title = figure_name(&snapshot.register, row.item.period.end, &series);
            self.hits.push(Hit {
                figure: series.at(row.item.period),
                title,
                value: Some(Arg::Ntd(amount)),
                source: source(&row.cause).to_owned(),
                exact: Decimal::from(amount) == wanted.printed.value,
                superseded: !standing.contains(&row.sequence),
            });
        }
    }

    fn targets(&mut self, wanted: &Wanted) {
        let snapshot = self.snapshot;
        for indicator in snapshot.register.indicators() {
            for target in &indicator.targets {
                if let Some(exact) = wanted.is_number(target.value) {
                    let figure = indicator.series.clone().part("target").at(target.period);
                    let title = Message::new("explain-target-of")
                        .with("what", Arg::Title(indicator.title.clone()));
                    let value = quantity(target.value, "", &indicator.unit);
                    self.push(figure, title.into(), Some(value), "register", exact);
                }
            }
        }
    }

    /// What an assessment makes of rows: achievements, rates, sums, counts, progress, dates.
    fn made(&mut self, assessment: &Assessment, wanted: &Wanted) {
        let own: HashSet<SeriesId> = self.titles().into_keys().cloned().collect();
        for figure in figures(assessment) {
            // Readings and amounts of a programme are rows, found as such; a target is found with its period. A
            // figure put together from several rows is none of them.
            let of_indicator = own.contains(&figure.series);
            let value = of_indicator && !figure.address.contains(".achievement@");
            if value && (figure.rows.len() < 2 || !matches!(figure.said, Said::Number(_))) {
                continue;
            }
            let exact = match &figure.said {
                Said::Number(value) | Said::Points(value) | Said::Percent(value) => {
                    wanted.is_number(*value)
                }
                Said::Ntd(amount) => wanted
                    .is_amount(*amount)
                    .then_some(Decimal::from(*amount) == wanted.printed.value),
                Said::Fraction(fraction) => wanted.is_rate(*fraction).then_some(false),
                Said::Days(days) => (Decimal::from(*days) == wanted.printed.value).then_some(true),
                Said::Status(_)
                | Said::Risk(_)
                | Said::Date(_)
                | Said::Yes(_)
                | Said::Milestone(_) => None,
            };
            let Some(exact) = exact else { continue };
            let Ok(address) = FigureAddress::parse(&figure.address) else {
                continue;
            };
            if self.is_row(&address.series) {
                continue;
            }
            let title = self.name(&address.series, assessment);
            let value = match &figure.said {
                Said::Number(value) => quantity(*value, "", &self.unit(&figure.series)),
                other => other.arg(),
            };
            self.push(address, title, Some(value), "computed", exact);
        }
    }

    /// An amount of a programme stands in a row of its own.
    fn is_row(&self, series: &SeriesId) -> bool {
        let kind = series.part.as_deref().and_then(AmountKind::from_id);
        kind.is_some()
            && ["budget", "budget-total"].contains(&series.name.as_str())
            && self.snapshot.register.programme(&series.scope).is_some()
    }

    /// Forecasts up to the period of the next target.
    fn forecasts(&mut self, assessment: &Assessment, wanted: &Wanted) {
        let quarter = assessment.quarter;
        let of_indicators =
            outlooks(self.snapshot, quarter, None)
                .into_iter()
                .map(|(series, made)| {
                    let unit = self.unit(&series);
                    (series, "forecast", unit, made)
                });
        let of_execution = execution_outlooks(self.snapshot, quarter, None)
            .into_iter()
            .map(|(id, made)| {
                let series = SeriesId::new(id, "budget");
                let word = "execution_rate_forecast";
                (series, word, "percent".to_owned(), made)
            });
        let made: Vec<_> = of_indicators.chain(of_execution).collect();
        for (series, word, unit, made) in made {
            let Some(ahead) = made.ok().and_then(|m| m.points.last().map(|(_, a)| *a)) else {
                continue;
            };
            for (rest, value) in [
                ("", ahead.value),
                ("_low", ahead.low),
                ("_high", ahead.high),
            ] {
                if let Some(exact) = wanted.is_number(value) {
                    let series = match &series.part {
                        Some(own) => series.clone().part(format!("{own}.{word}{rest}")),
                        None => series.clone().part(format!("{word}{rest}")),
                    };
                    let title = self.name(&series, assessment);
                    let figure = series.at(quarter.period());
                    let value = quantity(value, "", &unit);
                    self.push(figure, title, Some(value), "computed", exact);
                }
            }
        }
    }

    /// Unit of an indicator; empty for every other series.
    fn unit(&self, series: &SeriesId) -> String {
        let mut all = self.snapshot.register.indicators();
        let found = all.find(|indicator| &indicator.series == series);
        found.map_or(String::new(), |indicator| indicator.unit.clone())
    }

    fn name(&self, series: &SeriesId, assessment: &Assessment) -> Arg {
        figure_name(&self.snapshot.register, assessment.quarter.end(), series)
    }

    fn claims(&mut self, wanted: impl Fn(&crate::register::Claim) -> bool) {
        let snapshot = self.snapshot;
        for claim in snapshot.register.claims.iter().filter(|c| wanted(c)) {
            let figure = FigureAddress {
                series: SeriesId::new(format!("plan:{}", claim.plan), "claim").part(&claim.id),
                period: None,
            };
            let value = Some(Arg::from(claim.value.as_str()));
            self.push(
                figure,
                Arg::Title(claim.text.clone()),
                value,
                "document",
                true,
            );
        }
    }

    /// Titles, names and printed texts that hold the words.
    fn texts(&mut self, wanted: &str, assessment: &Assessment) {
        let snapshot = self.snapshot;
        let register = &snapshot.register;
        let period = assessment.quarter.period();
        let has = |text: &str| fold_for_search(text).contains(wanted);
        let titled = |title: &Title| has(&title.zh_tw) || has(&title.en);
        for programme in &register.programmes {
            if titled(&programme.title) || has(&programme.id) {
                let state = assessment.programmes.iter().find(|p| p.id == programme.id);
                self.push(
                    SeriesId::new(&programme.id, "status").at(period),
                    Arg::Title(programme.title.clone()),
                    state.map(|p| Arg::Status(p.status)),
                    "computed",
                    true,
                );
            }
        }
        for programme in &register.programmes {
            let tasks = programme.tasks.iter().map(|t| ("task", &t.id, &t.title));
            let milestones = programme.milestones.iter();
            let milestones = milestones.map(|m| ("milestone", &m.id, &m.title));
            for (name, id, title) in tasks.chain(milestones) {
                if titled(title) {
                    let series = SeriesId::new(&programme.id, name).part(id);
                    let title = Arg::Title(title.clone());
                    self.push(series.at(period), title, None, "register", true);
                }
            }
        }
        for agency in &register.agencies {
            let named = agency
                .names
                .iter()
                .any(|n| titled(&n.full) || titled(&n.short));
            if named || has(&agency.id) || agency.aliases.iter().any(|a| has(a)) {
                let day = assessment.quarter.end();
                let title = agency
                    .name_on(day)
                    .map_or(Arg::from(agency.id.as_str()), |n| {
                        Arg::Title(n.full.clone())
                    });
                // One line in each plan.
                for stands in assessment.agencies.iter().filter(|a| a.id == agency.id) {
                    let budget = stands.money.amounts.budget_ntd.map(Arg::Ntd);
                    let figure = SeriesId::new(&stands.scope, "budget").at(period);
                    self.push(figure, title.clone(), budget, "computed", true);
                }
            }
        }
        let assessed: HashMap<&SeriesId, &IndicatorAssessment> = assessment
            .programmes
            .iter()
            .flat_map(|p| &p.indicators)
            .chain(assessment.nodes.iter().flat_map(|n| &n.indicators))
            .map(|i| (&i.series, i))
            .collect();
        for indicator in register.indicators() {
            if titled(&indicator.title) || has(&indicator.series.to_string()) {
                let figure = assessed
                    .get(&indicator.series)
                    .and_then(|i| i.figure.as_ref());
                self.push(
                    indicator.series.clone().at(period),
                    Arg::Title(indicator.title.clone()),
                    figure.map(|f| quantity(f.value, "", &indicator.unit)),
                    figure.map_or("register", |f| f.source.as_str()),
                    true,
                );
            }
        }
        let titles: HashMap<SeriesId, Title> = self
            .titles()
            .into_iter()
            .map(|(series, title)| (series.clone(), title.clone()))
            .collect();
        for row in &snapshot.observations {
            if row.item.printed.as_deref().is_some_and(has) {
                let title = titles
                    .get(&row.item.series)
                    .map_or(Arg::from(row.item.series.to_string()), |t| {
                        Arg::Title(t.clone())
                    });
                let figure = row.item.series.clone().at(row.item.period);
                let value = row.item.printed.as_deref().map(Arg::from);
                self.push(figure, title, value, source(&row.cause), true);
            }
        }
        self.claims(|claim| titled(&claim.text) || has(&claim.value) || has(&claim.source));
        for state in &snapshot.sources {
            if has(&state.id) || state.attribution.as_deref().is_some_and(has) {
                let figure = SeriesId::new(format!("source:{}", state.id), "state").at(period);
                let title = Message::new("explain-source").with("source", state.id.as_str());
                self.push(figure, title.into(), None, &state.id, true);
            }
        }
    }
}

fn source(cause: &Cause) -> &str {
    match cause {
        Cause::Capture { source, .. } => source,
        Cause::Entry { .. } => "entry",
        Cause::Document { .. } => "document",
    }
}
