//! The register from what the files say.

use super::check_control::rate_sentence;
use super::parse::Parsed;
use super::raw::{RawIndicator, RawLine, RawPublished, Sign};
use super::raw_control::{RawChange, RawMilestone};
use super::raw_register::{LeadBasis, RawNode, RawProgramme, RawTask};
use super::raw_validation::RawRule;
use super::settings::Settings;
use super::texts;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::agency::{Agency, AgencyName};
use quarterdeck_kpi::calendar::end_of_day;
use quarterdeck_kpi::indicator::{Frequency, Indicator, ProgrammeLink, Road};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::{AmountKind, Amounts, MoneyKey, MoneyLine, Span};
use quarterdeck_kpi::money_rates::highest_rate;
use quarterdeck_kpi::observation::{Act, Cause, Observation, Parts, Qualifier, Reading, Recorded};
use quarterdeck_kpi::register::{
    Claim, ContextNote, EarlierKey, Narrative, Node, Person, Plan, Programme, Register, Task,
};
use quarterdeck_kpi::rules::{Asking, Rules};
use quarterdeck_kpi::target::{Baseline, Target};

/// Title of the document the starter's figures are printed in.
pub(super) const DOCUMENT: &str = "Digital Government Program of Taiwan";

/// A series as a file writes it: a name alone belongs to the file's own scope.
pub(super) fn series(scope: &str, written: &str) -> Option<SeriesId> {
    if written.contains('/') {
        SeriesId::parse(written).ok()
    } else {
        SeriesId::parse(&format!("{scope}/{written}")).ok()
    }
}

/// Rows of the register count downwards from -1, so that they never meet the store's numbers.
struct Rows {
    last: i64,
    recorded_at: DateTime<Utc>,
}

impl Rows {
    fn row<T>(&mut self, title: &str, place: &str, item: T) -> Recorded<T> {
        self.last -= 1;
        Recorded {
            sequence: self.last,
            recorded_at: self.recorded_at,
            run: None,
            actor: "register".into(),
            identity: "system".into(),
            reason: None,
            cause: Cause::Document {
                title: title.to_owned(),
                place: place.to_owned(),
            },
            act: Act::Record,
            intact: true,
            item,
        }
    }

    fn published(&mut self, scope: &str, figures: &[RawPublished]) -> Vec<Recorded<Observation>> {
        let mut rows = Vec::new();
        for figure in figures {
            let Some(series) = series(scope, figure.series.get_ref()) else {
                continue; // named by the check
            };
            let parts = figure.numerator.zip(figure.denominator);
            let observation = Observation {
                series,
                period: figure.period.0,
                reading: Reading::Value(figure.value.0),
                printed: figure.printed.clone(),
                qualifier: qualifier(figure.qualifier),
                stage: figure.stage,
                unit: figure.unit.get_ref().clone().into(),
                parts: parts.map(|(numerator, denominator)| Parts {
                    numerator: numerator.0,
                    denominator: denominator.0,
                }),
                observed_at: end_of_day(figure.observed_on.map_or(figure.period.0.end, |d| d.0)),
                definition_version: figure.definition_version.unwrap_or(1),
            };
            let title = figure.document.as_deref().unwrap_or(DOCUMENT);
            rows.push(self.row(title, &figure.place, observation));
        }
        rows
    }

    fn money(&mut self, usual: &LineDefaults<'_>, line: &RawLine) -> Vec<Recorded<MoneyLine>> {
        let period = line.period.map(|p| p.0).or(usual.period);
        let Some((period, span)) = period.zip(line.span.or(usual.span)) else {
            return Vec::new(); // named by the check
        };
        let asking = &usual.rules.asking;
        if rate_refused(line, &usual.rules.executed, asking).is_some() {
            return Vec::new(); // named by the check
        }
        let fiscal_year = line.fiscal_year.or(usual.fiscal_year);
        let word = |w: &Option<super::toml_text::Word>| w.as_ref().map(|w| w.get_ref().clone());
        let mut rows = Vec::new();
        for kind in AmountKind::ALL {
            let Some(amount_ntd) = line.amount(kind) else {
                continue;
            };
            let item = MoneyLine {
                key: MoneyKey {
                    plan: usual.plan.into(),
                    programme: word(&line.programme)
                        .or(usual.programme.map(str::to_owned))
                        .map(Into::into),
                    agency: word(&line.agency).map(Into::into),
                    fiscal_year: fiscal_year.unwrap_or_else(|| period.quarter().year),
                    span,
                    kind,
                },
                period,
                amount_ntd,
                printed: line.printed(kind).cloned(),
            };
            let title = line.document.as_deref().unwrap_or(usual.document);
            rows.push(self.row(title, line.place.as_deref().unwrap_or(usual.place), item));
        }
        rows
    }
}

/// What a line of amounts takes from its table or its programme.
struct LineDefaults<'a> {
    rules: &'a Rules,
    plan: &'a str,
    programme: Option<&'a str>,
    fiscal_year: Option<i32>,
    span: Option<Span>,
    period: Option<quarterdeck_kpi::calendar::Period>,
    document: &'a str,
    place: &'a str,
}

/// Why a line's amounts cannot be: a rate above what is refused as input (999.99 %).
pub(super) fn rate_refused(
    line: &RawLine,
    executed: &[AmountKind],
    asking: &Asking,
) -> Option<Message> {
    let mut amounts = Amounts::default();
    for kind in AmountKind::ALL {
        amounts.set(kind, line.amount(kind));
    }
    let rate = highest_rate(&amounts, executed).filter(|rate| *rate > asking.refuse_above)?;
    Some(rate_sentence(
        "check-rate-refused",
        rate,
        asking.refuse_above,
    ))
}

fn qualifier(sign: Option<Sign>) -> Qualifier {
    match sign {
        None | Some(Sign::Exact) => Qualifier::Exact,
        Some(Sign::AtLeast) => Qualifier::AtLeast,
        Some(Sign::More) => Qualifier::MoreThan,
        Some(Sign::AtMost) => Qualifier::AtMost,
        Some(Sign::Less) => Qualifier::LessThan,
        Some(Sign::About) => Qualifier::About,
    }
}

fn indicators(scope: &str, raw: &[RawIndicator], settings: &Settings) -> Vec<Indicator> {
    raw.iter()
        .filter_map(|r| indicator(scope, r, settings))
        .collect()
}

fn indicator(scope: &str, raw: &RawIndicator, settings: &Settings) -> Option<Indicator> {
    // What happens once, on a day nobody printed, has no day by which it is due.
    let reported =
        matches!(raw.road, Road::Entry | Road::Source) && raw.frequency != Frequency::Once;
    let computed_from = match &raw.computed_from {
        Some([above, below]) => series(scope, above.get_ref()).zip(series(scope, below.get_ref())),
        None => None,
    };
    Some(Indicator {
        series: series(scope, raw.series.get_ref())?,
        title: raw.title.clone(),
        unit: raw.unit.get_ref().clone(),
        kind: raw.kind,
        direction: raw.direction,
        baseline: raw.baseline.as_ref().map(|b| Baseline {
            value: b.value.0,
            period: b.period.map(|p| p.0),
            source: b.source.clone(),
        }),
        targets: raw
            .targets
            .iter()
            .map(|t| Target {
                period: t.period.get_ref().0,
                value: t.value.0,
                upper: t.upper.map(|u| u.0),
                set_on: t.set_on.map(|d| d.0),
                by: t.by.clone(),
                document: t.document.clone(),
            })
            .collect(),
        trajectory: raw.trajectory,
        combine: raw.combine,
        weight: raw.weight.as_ref().map_or(Decimal::ONE, |w| w.get_ref().0),
        responsible: raw.responsible.as_ref().map(|w| w.get_ref().clone()),
        verification: raw.verification.clone(),
        frequency: raw.frequency,
        due_days: raw.due_days.or(reported.then_some(settings.rules.due_days)),
        max_age_days: raw.max_age_days,
        road: raw.road,
        computed_from,
        definition_version: raw.definition_version.unwrap_or(1),
        valid_from: raw.valid_from.map(|d| d.0),
        valid_to: raw.valid_to.map(|d| d.0),
        note: raw.note.clone(),
        remark: None,
        link: raw
            .linked_programme
            .as_ref()
            .map(|programme| ProgrammeLink {
                programme: programme.get_ref().clone(),
                basis: raw
                    .linked_basis
                    .unwrap_or(LeadBasis::Presumed)
                    .id()
                    .to_owned(),
            }),
        place: raw.place.clone(),
        share: raw.share,
        never_falls: raw.never_falls,
        invented: raw.invented,
    })
}

fn tasks(raw: &[RawTask]) -> Vec<Task> {
    raw.iter()
        .map(|t| Task {
            id: t.id.get_ref().clone(),
            title: t.title.clone(),
            place: t.place.clone(),
        })
        .collect()
}

/// Builds the register; its rows are recorded at `recorded_at`.
pub(super) fn register(
    parsed: &Parsed,
    settings: &Settings,
    recorded_at: DateTime<Utc>,
) -> Register {
    let mut rows = Rows {
        last: 0,
        recorded_at,
    };
    let mut register = Register {
        office: settings.office.clone(),
        demo: settings.demo.is_some(),
        rules: settings.rules.clone(),
        ..Register::default()
    };
    if let Some(file) = &parsed.plans {
        register.origin = file.content.origin.clone();
        register
            .plans
            .extend(file.content.plans.iter().map(|p| Plan {
                id: p.id.get_ref().clone(),
                title: p.title.clone(),
                years: *p.years.get_ref(),
                years_basis: p.years_basis.id().to_owned(),
                document: p.document.clone(),
            }));
    }
    agencies_and_people(parsed, &mut register);
    let rules = parsed.validation.iter().flat_map(|f| &f.content.rules);
    register.validation = rules.map(RawRule::rule).collect();
    register.texts = parsed.texts.iter().flat_map(texts::texts).collect();
    if let Some(file) = &parsed.portfolio {
        let raw = &file.content;
        register.portfolio_indicators = indicators("portfolio", &raw.indicators, settings);
        let published = rows.published("portfolio", &raw.published);
        register.published.extend(published);
        register.claims.extend(raw.claims.iter().map(|c| Claim {
            id: c.id.get_ref().clone(),
            plan: c.plan.get_ref().clone(),
            topic: c.topic.clone(),
            text: c.text.clone(),
            value: c.value.clone(),
            source: c.source.clone(),
            date: c.date.map(|d| d.0),
        }));
    }
    if let Some(file) = &parsed.framework {
        for raw in &file.content.nodes {
            register.nodes.push(node(raw, settings));
            register
                .published
                .extend(rows.published(raw.id.get_ref(), &raw.published));
        }
    }
    for file in &parsed.programmes {
        let raw = &file.content;
        register.programmes.push(programme(raw, settings));
        register
            .published
            .extend(rows.published(raw.id.get_ref(), &raw.published));
        let usual = LineDefaults {
            rules: &settings.rules,
            plan: raw.plan.get_ref(),
            programme: Some(raw.id.get_ref()),
            fiscal_year: None,
            span: None,
            period: None,
            document: &file.name,
            place: raw.place.as_deref().unwrap_or_default(),
        };
        for line in &raw.budget {
            register.money.extend(rows.money(&usual, line));
        }
    }
    for table in parsed.budget.iter().flat_map(|f| &f.content.tables) {
        let usual = LineDefaults {
            rules: &settings.rules,
            plan: table.plan.get_ref(),
            programme: None,
            fiscal_year: Some(table.fiscal_year),
            span: Some(table.span),
            period: Some(table.period.0),
            document: &table.document,
            place: &table.place,
        };
        for line in &table.lines {
            register.money.extend(rows.money(&usual, line));
        }
    }
    let changes = parsed.budget.iter().flat_map(|f| &f.content.changes);
    register.budget_changes = changes
        .filter(|change| change.is_sound())
        .map(RawChange::change)
        .collect();
    register
        .budget_changes
        .sort_by(|a, b| (a.on, &a.id).cmp(&(b.on, &b.id)));
    register
}

fn agencies_and_people(parsed: &Parsed, register: &mut Register) {
    for raw in parsed.agencies.iter().flat_map(|f| &f.content.agencies) {
        register.agencies.push(Agency {
            id: raw.id.get_ref().clone(),
            names: raw
                .names
                .iter()
                .map(|n| AgencyName {
                    short: n.short.clone(),
                    full: n.full.clone(),
                    from: n.from.as_ref().map(|d| d.get_ref().0),
                    to: n.to.as_ref().map(|d| d.get_ref().0),
                    basis: n.basis.clone(),
                })
                .collect(),
            aliases: raw.aliases.clone(),
        });
    }
    for raw in parsed.people.iter().flat_map(|f| &f.content.people) {
        register.people.push(Person {
            id: raw.id.get_ref().clone(),
            name: raw.name.clone(),
            unit: raw.unit.clone(),
            title: raw.title.clone(),
            roles: raw.roles.clone(),
            accounts: raw.accounts.iter().map(|w| w.get_ref().clone()).collect(),
            public_key: raw.public_key.as_ref().map(|w| w.get_ref().clone()),
            earlier_keys: raw
                .earlier_keys
                .iter()
                .map(|earlier| EarlierKey {
                    key: earlier.key.get_ref().clone(),
                    until: earlier.until.0,
                })
                .collect(),
        });
    }
    for raw in parsed.context.iter().flat_map(|f| &f.content.notes) {
        register.context.push(ContextNote {
            title: raw.title.clone(),
            text: raw.text.clone(),
            place: raw.place.clone(),
        });
    }
}

fn node(raw: &RawNode, settings: &Settings) -> Node {
    let id = raw.id.get_ref();
    Node {
        id: id.clone(),
        plan: raw.plan.get_ref().clone(),
        parent: raw.parent.as_ref().map(|w| w.get_ref().clone()),
        title: raw.title.clone(),
        short: raw.short.clone(),
        title_zh_basis: raw.title_zh_basis.id().to_owned(),
        place: raw.place.clone(),
        indicators: indicators(id, &raw.indicators, settings),
        tasks: tasks(&raw.tasks),
    }
}

fn programme(raw: &RawProgramme, settings: &Settings) -> Programme {
    let id = raw.id.get_ref();
    Programme {
        id: id.clone(),
        plan: raw.plan.get_ref().clone(),
        node: raw.node.get_ref().clone(),
        title: raw.title.clone(),
        title_zh_basis: raw.title_zh_basis.id().to_owned(),
        lead: raw.lead.get_ref().clone(),
        lead_basis: raw.lead_basis.id().to_owned(),
        co_agencies: raw
            .co_agencies
            .iter()
            .map(|w| w.get_ref().clone())
            .collect(),
        control_level: raw.control_level.map(|l| l.id().to_owned()),
        place: raw.place.clone(),
        indicators: indicators(id, &raw.indicators, settings),
        tasks: tasks(&raw.tasks),
        milestones: raw.milestones.iter().map(RawMilestone::milestone).collect(),
        narratives: raw
            .narratives
            .iter()
            .map(|n| Narrative {
                quarter: n.quarter,
                reason: n.reason.clone(),
                measure: n.measure.clone(),
                responsible: n.responsible.clone(),
                reported_on: n.reported_on.map(|d| d.0),
            })
            .collect(),
        note: raw.note.clone(),
        invented: raw.invented,
    }
}
