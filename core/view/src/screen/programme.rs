//! Programme: its indicators with the chosen one's way, money, tasks, reasons and findings.

use super::parts::*;
use crate::format;
use crate::msg::Msg;
use crate::panel::{Body, Cell, Drawing, Fact, Line, Measure, MoneyBar, Panel, Place, Row, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::assess::{IndicatorAssessment, MoneyAssessment, ProgrammeAssessment};
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::indicator::Indicator;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::money::Ratio;
use quarterdeck_kpi::observation::{Act, Cause, Reading};
use quarterdeck_kpi::register::Programme;
use quarterdeck_kpi::status::Status;
use rust_decimal::Decimal;

/// Readings shown of the chosen indicator.
const READINGS_SHOWN: usize = 8;
/// Quarters of a sparkline.
const SPARK_QUARTERS: usize = 8;

/// The programme shown: the opened one, else the first of the list.
pub(crate) fn current<'a>(
    state: &State,
    loaded: &'a Loaded,
) -> Option<(&'a Programme, &'a ProgrammeAssessment)> {
    let programmes = &loaded.assessment.programmes;
    let assessed = state
        .programme
        .as_ref()
        .and_then(|id| programmes.iter().find(|p| &p.id == id))
        .or(programmes.first())?;
    let programme = loaded.snapshot.register.programme(&assessed.id)?;
    Some((programme, assessed))
}

pub(crate) fn panels(state: &State, loaded: &Loaded) -> Vec<Panel> {
    let Some((programme, assessed)) = current(state, loaded) else {
        let text = vec![vec![toned(state.word("programme-none"), Tone::Label)]];
        return vec![panel("title", Place::Main, String::new(), Body::Lines(text))];
    };
    let chosen = state.panel("indicators").selected;
    let chosen = assessed
        .indicators
        .iter()
        .find(|i| chosen.as_deref() == Some(i.series.to_string().as_str()))
        .or(assessed.indicators.first());
    let mut panels = vec![
        title(state, loaded, programme, assessed),
        indicators(state, loaded, programme, assessed),
    ];
    if let Some(chosen) = chosen {
        let indicator = indicator_of(&loaded.snapshot.register, &chosen.series);
        panels.push(super::chart::panel_of(state, indicator, chosen));
        panels.push(standing(state, indicator, chosen));
        panels.push(readings(state, loaded, indicator, chosen));
    }
    panels.push(money(state, &assessed.money));
    panels.push(lagging(state, assessed));
    panels.push(tasks(state, programme, assessed));
    panels.push(narrative(state, loaded, programme));
    panels.push(findings(state, loaded, programme));
    let notes = notes(state, loaded, programme, assessed);
    if !notes.is_empty() {
        panels.push(panel(
            "notes",
            Place::Side,
            state.word("programme-notes"),
            Body::Lines(notes),
        ));
    }
    panels
}

fn title(
    state: &State,
    loaded: &Loaded,
    programme: &Programme,
    assessed: &ProgrammeAssessment,
) -> Panel {
    let language = state.language;
    let register = &loaded.snapshot.register;
    let day = loaded.assessment.quarter.end();
    let status = shown_status(assessed);
    let mut facts: Line = vec![toned(
        format!("{} ", state.word("programme-lead")),
        Tone::Label,
    )];
    facts.push(span(agency_short(language, register, &programme.lead, day)));
    if programme.lead_basis == "presumed" {
        facts.push(toned(
            format!(" {}", state.word("programme-lead-presumed")),
            Tone::Hint,
        ));
    }
    if !programme.co_agencies.is_empty() {
        let names: Vec<String> = programme
            .co_agencies
            .iter()
            .map(|id| agency_short(language, register, id, day))
            .collect();
        facts.push(toned(
            format!("  {} ", state.word("programme-co-agencies")),
            Tone::Label,
        ));
        facts.push(span(names.join(&state.word("list-comma"))));
    }
    if let Some(level) = &programme.control_level {
        let key = format!("control-{level}");
        facts.push(toned("  ", Tone::Label));
        facts.push(span(if crate::i18n::has(language, &key) {
            state.word(&key)
        } else {
            level.clone()
        }));
    }
    facts.push(toned(
        format!("  {} ", state.word("column-risk")),
        Tone::Label,
    ));
    facts.extend(risk_path(state, loaded, programme, assessed));
    let money = &assessed.money;
    panel(
        "title",
        Place::Head,
        String::new(),
        Body::Title {
            breadcrumbs: format!(
                "{} › {} › {}",
                state.word("nav-overview"),
                super::overview::node_name(state, register, &programme.node),
                programme.id
            ),
            title: format!(
                "{} {}",
                programme.id,
                title_of(language, &programme.title)
            ),
            status: Some((status, format::status(language, status))),
            facts,
            measures: vec![
                rate_measure(
                    state,
                    "measure-execution-rate",
                    money.execution_rate,
                    "programme-of-planned",
                ),
                rate_measure(
                    state,
                    "measure-disbursement",
                    money.disbursement_ratio,
                    "programme-paid-of-planned",
                ),
                rate_measure(
                    state,
                    "measure-attainment",
                    money.attainment,
                    "programme-of-budget",
                ),
                variance_measure(state, assessed),
                good_measure(state, assessed),
            ],
        },
    )
}

/// Risk of the last four quarters, from the readings of `P/risk` known now.
fn risk_path(
    state: &State,
    loaded: &Loaded,
    programme: &Programme,
    assessed: &ProgrammeAssessment,
) -> Line {
    let quarter = loaded.assessment.quarter;
    let mut line = Line::new();
    for back in (1..=3).rev() {
        let period = quarter.plus(-back).period();
        let level = loaded
            .snapshot
            .observations
            .iter()
            .rev()
            .find(|row| {
                row.item.series.scope == programme.id
                    && row.item.series.name == "risk"
                    && row.item.series.part.is_none()
                    && row.item.period == period
                    && !matches!(row.act, Act::Withdraw(_))
            })
            .and_then(|row| row.item.value())
            .and_then(|value| {
                [("risk-low", 1), ("risk-medium", 2), ("risk-high", 3)]
                    .into_iter()
                    .find(|(_, n)| value == Decimal::from(*n))
            });
        if let Some((word, _)) = level {
            line.push(toned(format!("{} › ", state.word(word)), Tone::Label));
        }
    }
    match assessed.risk {
        Some(risk) => line.push(crate::panel::Span {
            bold: true,
            ..toned(
                state.word(risk_word(risk)),
                if risk == quarterdeck_kpi::assess::Risk::High {
                    Tone::Status(Status::Behind)
                } else {
                    Tone::Text
                },
            )
        }),
        None => line.push(toned(state.word("risk-none"), Tone::Hint)),
    }
    line
}

fn rate_measure(state: &State, label: &str, ratio: Option<Ratio>, below: &str) -> Measure {
    let whole = |value: Decimal| i64::try_from(value.round()).unwrap_or(i64::MAX);
    Measure {
        label: state.word(label),
        value: ratio.map_or(format::NONE.to_owned(), |r| {
            format::rate_number(r.fraction())
        }),
        unit: if ratio.is_some() { "%" } else { "" }.to_owned(),
        below: match ratio {
            Some(ratio) => state.say(
                &Message {
                    id: below.to_owned().into(),
                    args: Vec::new(),
                }
                .with("part", Arg::Ntd(whole(ratio.numerator)))
                .with("whole", Arg::Ntd(whole(ratio.denominator))),
            ),
            None => state.word("programme-not-reported"),
        },
        tone: ratio.map_or(Tone::Hint, |r| match label {
            "measure-attainment" => Tone::Text,
            _ => rate_tone(r.fraction()),
        }),
        bullet: None,
    }
}

fn variance_measure(state: &State, assessed: &ProgrammeAssessment) -> Measure {
    let tone = match assessed.variance_points {
        Some(points) if points < Decimal::ZERO && group_of(assessed.status) != Status::OnTrack => {
            Tone::Status(shown_status(assessed))
        }
        Some(_) => Tone::Text,
        None => Tone::Hint,
    };
    Measure {
        label: state.word("column-variance"),
        value: assessed
            .variance_points
            .map_or(format::NONE.to_owned(), format::points),
        unit: if assessed.variance_points.is_some() {
            state.word("unit-point")
        } else {
            String::new()
        },
        below: match assessed.progress {
            Some((planned, actual)) => state.say(
                &Message::new("programme-progress")
                    .with("planned", format::decimal(planned, 2))
                    .with("actual", format::decimal(actual, 2)),
            ),
            None => state.word("programme-not-reported"),
        },
        tone,
        bullet: None,
    }
}

fn good_measure(state: &State, assessed: &ProgrammeAssessment) -> Measure {
    Measure {
        label: state.word("programme-good"),
        value: if group_of(assessed.status) == Status::Unknown {
            format!("{}/{}", format::NONE, assessed.good.1)
        } else {
            format!("{}/{}", assessed.good.0, assessed.good.1)
        },
        unit: state.word("column-kpi-unit"),
        below: match assessed.oldest_days {
            Some(days) => state.say(&Message::new("programme-oldest").with("days", days)),
            None => state.word("programme-no-figures"),
        },
        tone: Tone::Text,
        bullet: None,
    }
}

fn indicators(
    state: &State,
    loaded: &Loaded,
    programme: &Programme,
    assessed: &ProgrammeAssessment,
) -> Panel {
    let rows = assessed
        .indicators
        .iter()
        .map(|i| indicator_row(state, loaded, i))
        .collect();
    let mut counts: Vec<(Status, usize)> = Vec::new();
    for indicator in &assessed.indicators {
        match counts.iter_mut().find(|(s, _)| *s == indicator.status) {
            Some((_, n)) => *n += 1,
            None => counts.push((indicator.status, 1)),
        }
    }
    counts.sort();
    let body = Body::Table(table(
        state,
        "indicators",
        indicator_columns(state),
        rows,
        state.say(
            &Message::new("programme-no-indicators").with("programme", programme.id.as_str()),
        ),
    ));
    let mut panel = panel(
        "indicators",
        Place::Main,
        state.word("programme-indicators"),
        body,
    );
    panel.aside = counts
        .into_iter()
        .map(|(s, n)| signed(s, format!("{} {n}", format::status(state.language, s))))
        .collect();
    panel
}

pub(crate) fn indicator_columns(state: &State) -> Vec<crate::panel::Column> {
    vec![
        column(state, "name", "column-indicator", 160, 20).grows(),
        column(state, "unit", "column-unit", 52, 7).drop(2),
        column(state, "value", "column-actual", 78, 10).right(),
        column(state, "target", "column-target", 68, 9).right(),
        column(state, "status", "column-status", 88, 11),
        column(state, "achievement", "column-achievement", 70, 8)
            .unit("%")
            .right(),
        column(state, "spark", "column-spark", 92, 9)
            .drop(4)
            .unsorted(),
        column(state, "date", "column-data-date", 72, 10)
            .right()
            .drop(1),
        column(state, "source", "column-source", 90, 10).drop(3),
    ]
}

pub(crate) fn indicator_row(
    state: &State,
    loaded: &Loaded,
    assessed: &IndicatorAssessment,
) -> Sortable {
    let language = state.language;
    let register = &loaded.snapshot.register;
    let indicator = indicator_of(register, &assessed.series);
    let unit = indicator.map_or("", |i| i.unit.as_str());
    let name = series_title(language, register, &assessed.series);
    let mut name_cell = cell(name.clone());
    name_cell.tip = Some(format!("{name}  {}", assessed.series));
    if assessed.status == Status::Behind
        && let Some(span) = name_cell.spans.first_mut()
    {
        span.bold = true;
    }
    let figure = assessed.figure.as_ref();
    let value = match (figure, &assessed.rejected) {
        (Some(f), _) => {
            let mut cell = number_cell(
                format::qualified(f.value, unit, f.qualifier),
                Tone::Text,
                f.value.to_string(),
            );
            if f.period.quarter() != loaded.assessment.quarter {
                cell.spans.push(toned(
                    format!(" ({})", format::period(language, f.period)),
                    Tone::Hint,
                ));
            }
            if f.corrected {
                cell.spans
                    .push(toned(state.word("mark-corrected"), Tone::Hint));
            }
            cell
        }
        (None, Some((text, _))) => {
            let mut cell = cell_of(toned(text.clone(), Tone::Status(Status::Rejected)));
            cell.tip = assessed.rejected.as_ref().map(|(_, m)| state.say(m));
            cell
        }
        (None, None) => none_cell(),
    };
    let target = match &assessed.target {
        Some(t) => {
            let text = match t.upper {
                Some(upper) => format!(
                    "{} – {}",
                    format::value(t.value, unit),
                    format::value(upper, unit)
                ),
                None => format::value(t.value, unit),
            };
            number_cell(text, Tone::Text, t.value.to_string())
        }
        None => none_cell(),
    };
    let source = figure.map_or(String::new(), |f| source_name(state, &f.source));
    let tone = match group_of(assessed.status) {
        Status::OnTrack => Tone::Accent,
        _ => Tone::Status(assessed.status),
    };
    let spark = spark(assessed, tone);
    let day = figure.map(|f| taipei_day(f.observed_at));
    let cells = vec![
        name_cell,
        cell_of(toned(format::unit(language, unit), Tone::Label)),
        value,
        target,
        status_cell(language, assessed.status),
        rate_cell(assessed.achievement),
        spark,
        day.map_or(none_cell(), |d| {
            let mut cell = cell_of(toned(format::date(language, d), Tone::Label));
            cell.copy = Some(d.to_string());
            cell
        }),
        if source.is_empty() {
            none_cell()
        } else {
            cell_of(toned(source.clone(), Tone::Label))
        },
    ];
    let severity = Status::ALL.iter().position(|s| *s == assessed.status);
    let keys = vec![
        SortKey::Text(name),
        SortKey::Text(unit.to_owned()),
        SortKey::Number(figure.map(|f| f.value)),
        SortKey::Number(assessed.target.as_ref().map(|t| t.value)),
        SortKey::count(severity.and_then(|n| i64::try_from(n).ok())),
        SortKey::Number(assessed.achievement),
        SortKey::Number(None),
        SortKey::count(figure.map(|f| f.observed_at.timestamp())),
        SortKey::Text(source),
    ];
    Sortable {
        row: Row {
            key: assessed.series.to_string(),
            group: None,
            rule_after: false,
            bar: (group_of(assessed.status) != Status::OnTrack).then_some(assessed.status),
            cells,
            open: Some(Msg::Select {
                panel: "indicators",
                key: assessed.series.to_string(),
            }),
            total: false,
        },
        keys,
    }
}

fn spark(assessed: &IndicatorAssessment, tone: Tone) -> Cell {
    let from = assessed.history.len().saturating_sub(SPARK_QUARTERS);
    let points = assessed.history.iter().skip(from);
    Cell {
        copy: Some(String::new()),
        ..drawing_cell(Drawing::Sparkline {
            values: points.clone().map(|p| p.value.map(geometry)).collect(),
            targets: points.map(|p| p.target.map(geometry)).collect(),
            tone,
        })
    }
}

/// Name of where a figure came from.
pub(crate) fn source_name(state: &State, source: &str) -> String {
    match source {
        "entry" => state.word("source-entry"),
        "document" => state.word("source-document"),
        "computed" => state.word("source-computed"),
        id => id.to_owned(),
    }
}

/// Why the chosen indicator stands as it does: rule, formula, target, due day.
fn standing(state: &State, indicator: Option<&Indicator>, assessed: &IndicatorAssessment) -> Panel {
    let language = state.language;
    let unit = indicator.map_or("", |i| i.unit.as_str());
    let mut facts = vec![Fact {
        label: state.word("standing-rule"),
        value: vec![span(state.say(&assessed.rule))],
        extra: Some(vec![mono(assessed.rule_id.clone())]),
    }];
    if let Some(formula) = &assessed.formula {
        facts.push(fact(
            state.word("standing-formula"),
            vec![span(state.say(formula))],
        ));
    }
    if let Some((text, reason)) = &assessed.rejected {
        facts.push(fact(
            state.word("standing-rejected"),
            vec![
                toned(text.clone(), Tone::Status(Status::Rejected)),
                span(format!("  {}", state.say(reason))),
            ],
        ));
    }
    if let Some(target) = &assessed.target {
        let mut value = vec![span(format::value_with_unit(
            language,
            target.value,
            unit,
            quarterdeck_kpi::observation::Qualifier::Exact,
        ))];
        value.push(toned(
            format!("  {}", format::period(language, target.period)),
            Tone::Label,
        ));
        for (key, text) in [
            ("standing-target-by", target.by.clone()),
            ("standing-target-document", target.document.clone()),
            (
                "standing-target-set",
                target.set_on.map(|d| format::date(language, d)),
            ),
        ] {
            if let Some(text) = text {
                value.push(toned(format!("  {} {text}", state.word(key)), Tone::Hint));
            }
        }
        facts.push(fact(state.word("column-target"), value));
        if let Some((former, on)) = target.former {
            let mut value = vec![span(format::value(former, unit))];
            if let Some(on) = on {
                value.push(toned(
                    format!(
                        "  {}",
                        state.say(&Message::new("standing-former-until").with("date", on))
                    ),
                    Tone::Hint,
                ));
            }
            facts.push(fact(state.word("standing-former"), value));
        }
    } else {
        facts.push(fact(
            state.word("column-target"),
            vec![toned(state.word("status-no-target"), Tone::Hint)],
        ));
    }
    if let Some(due) = assessed.due_on {
        facts.push(fact(
            state.word("standing-due"),
            vec![span(format::date(language, due))],
        ));
    }
    if let Some(indicator) = indicator {
        if let Some(note) = &indicator.note {
            facts.push(fact(
                state.word("standing-note"),
                vec![span(title_of(language, note))],
            ));
        }
        if let Some(remark) = &indicator.remark {
            facts.push(fact(
                state.word("standing-note"),
                vec![span(state.say(remark))],
            ));
        }
        if let Some(place) = &indicator.place {
            facts.push(fact(
                state.word("standing-place"),
                vec![span(place.clone())],
            ));
        }
    }
    facts.push(fact(
        state.word("standing-address"),
        vec![mono(assessed.series.to_string())],
    ));
    panel(
        "standing",
        Place::Main,
        state.word("programme-standing"),
        Body::Facts(facts),
    )
}

/// The latest rows of the chosen indicator, superseded ones kept in grey.
fn readings(
    state: &State,
    loaded: &Loaded,
    indicator: Option<&Indicator>,
    assessed: &IndicatorAssessment,
) -> Panel {
    let language = state.language;
    let unit = indicator.map_or("", |i| i.unit.as_str());
    let own: Vec<_> = loaded
        .snapshot
        .observations
        .iter()
        .filter(|row| row.item.series == assessed.series)
        .collect();
    let gone = |sequence: i64| {
        own.iter().any(|row| {
            matches!(row.act, Act::Correct(at) | Act::Withdraw(at) if at == sequence)
        })
    };
    let total = own.len();
    let rows = own
        .iter()
        .rev()
        .take(READINGS_SHOWN)
        .map(|row| {
            let tone = if gone(row.sequence) || matches!(row.act, Act::Withdraw(_)) {
                Tone::Hint
            } else {
                Tone::Text
            };
            let (value, key) = match (&row.act, &row.item.reading) {
                (Act::Withdraw(_), _) => (format::NONE.to_owned(), None),
                (_, Reading::Value(v)) => {
                    (format::qualified(*v, unit, row.item.qualifier), Some(*v))
                }
                (_, Reading::Rejected(reason)) => (
                    format!(
                        "{} ({})",
                        row.item.printed.clone().unwrap_or_default(),
                        state.say(reason)
                    ),
                    None,
                ),
            };
            let act = match row.act {
                _ if gone(row.sequence) => state.word("act-superseded"),
                Act::Record => state.word("act-record"),
                Act::Correct(_) => state.word("act-correct"),
                Act::Withdraw(_) => state.word("act-withdraw"),
            };
            let cause = match &row.cause {
                Cause::Capture { source, .. } => source.clone(),
                Cause::Entry { evidence } => match evidence {
                    Some((_, name)) => format!("{} ({name})", state.word("source-entry")),
                    None => state.word("source-entry"),
                },
                Cause::Document { title, place } => format!("{title} {place}"),
            };
            let reason = row.reason.clone().unwrap_or_default();
            let actor = actor_name(state, loaded, &row.actor);
            let period = format::period(language, row.item.period);
            let texts = [
                format::instant(language, row.recorded_at),
                period,
                value,
                act,
                actor,
                cause,
                reason,
            ];
            let cells = texts
                .iter()
                .map(|text| {
                    let mut cell = cell_of(toned(text.clone(), tone));
                    cell.tip = Some(text.clone());
                    cell
                })
                .collect();
            let mut keys: Vec<SortKey> = texts.into_iter().map(SortKey::Text).collect();
            keys[0] = SortKey::count(Some(row.sequence));
            keys[1] = SortKey::Text(row.item.period.to_string());
            keys[2] = SortKey::Number(key);
            Sortable {
                row: Row {
                    key: row.sequence.to_string(),
                    cells,
                    ..Row::default()
                },
                keys,
            }
        })
        .collect();
    let columns = vec![
        column(state, "recorded", "column-recorded", 108, 15),
        column(state, "period", "column-period", 84, 10),
        column(state, "value", "column-value", 84, 10).right(),
        column(state, "act", "column-act", 60, 7),
        column(state, "actor", "column-actor", 72, 9).drop(2),
        column(state, "source", "column-source", 110, 12).drop(3),
        column(state, "reason", "column-reason", 120, 12).grows().drop(1),
    ];
    let body = Body::Table(table(
        state,
        "readings",
        columns,
        rows,
        state.word("programme-no-readings"),
    ));
    let mut panel = panel("readings", Place::Main, state.word("programme-readings"), body);
    panel.aside = vec![toned(
        state.say(&Message::new("programme-readings-count").with("count", total)),
        Tone::Hint,
    )];
    panel
}

/// Name of the person behind an id of the trail.
fn actor_name(state: &State, loaded: &Loaded, actor: &str) -> String {
    if actor == "system" {
        return state.word("actor-system");
    }
    loaded
        .snapshot
        .register
        .people
        .iter()
        .find(|p| p.id == actor)
        .map_or(actor.to_owned(), |p| title_of(state.language, &p.name))
}

fn money(state: &State, money: &MoneyAssessment) -> Panel {
    let amounts = &money.amounts;
    let whole = amounts
        .available_ntd
        .or(amounts.budget_ntd)
        .or_else(|| planned(money));
    let (Some(whole), Some(executed)) = (whole, money.executed_ntd) else {
        let lines = match amounts.budget_ntd {
            Some(budget) => vec![vec![span(state.say(
                &Message::new("money-budget-only").with("budget", Arg::Ntd(budget)),
            ))]],
            None => vec![vec![toned(state.word("money-unknown"), Tone::Label)]],
        };
        return panel(
            "money",
            Place::Side,
            state.word("programme-money"),
            Body::Lines(lines),
        );
    };
    let base = planned(money);
    let share = |amount: i64| {
        base.and_then(|base| Ratio::of(amount, base))
            .map_or(format::NONE.to_owned(), |r| format::rate(r.fraction()))
    };
    let mut parts = Vec::new();
    let mut part = |id: &'static str, label: &str, amount: Option<i64>| {
        if let Some(amount) = amount {
            parts.push((
                id,
                state.word(label),
                format::money_thousands(amount),
                share(amount),
                geometry(Decimal::from(amount.max(0))),
            ));
        }
    };
    part("paid", "money-paid", amounts.paid_ntd);
    part("payable", "money-payable", amounts.payable_ntd);
    part("saved", "money-saved", amounts.saved_ntd);
    part("unspent", "money-unspent", unexecuted(money));
    let drawn = base.unwrap_or(executed).max(executed);
    part(
        "open",
        "money-open",
        whole.checked_sub(drawn).filter(|open| *open > 0),
    );
    let planned_word = if money.planned_is_planned_spend == Some(true) {
        "money-planned-spend"
    } else {
        "money-allotted"
    };
    let bar = MoneyBar {
        message: state.say(
            &Message::new("money-message")
                .with("executed", Arg::Ntd(executed))
                .with("whole", Arg::Ntd(whole))
                .with("rate", share(executed)),
        ),
        parts,
        tick: base.map(|base| {
            (
                state.word(planned_word),
                format::money_thousands(base),
                geometry(Decimal::from(base)),
            )
        }),
        whole: geometry(Decimal::from(whole.max(drawn))),
        total: Some((
            state.word("money-executed"),
            format::money_thousands(executed),
            share(executed),
        )),
    };
    let mut panel = panel(
        "money",
        Place::Side,
        state.word("programme-money"),
        Body::Money(bar),
    );
    panel.subtitle = state.word("money-unit");
    if let Some(period) = money.period {
        panel.aside.push(toned(
            state.say(&Message::new("money-until").with("date", period.end)),
            Tone::Hint,
        ));
    }
    if money.provisional {
        panel
            .aside
            .push(toned(state.word("money-provisional"), Tone::Hint));
    }
    panel
}

fn lagging(state: &State, assessed: &ProgrammeAssessment) -> Panel {
    let lagging = &assessed.lagging;
    let mut facts = vec![fact(
        state.word("lagging-status-rule"),
        vec![span(state.say(&assessed.rule))],
    )];
    facts.extend(lagging.conditions.iter().map(|condition| {
        let (word, tone) = match condition.holds {
            Some(true) => ("lagging-holds", Tone::Status(Status::Behind)),
            Some(false) => ("lagging-holds-not", Tone::Label),
            None => ("lagging-unknown", Tone::Status(Status::Unknown)),
        };
        Fact {
            label: state.say(&condition.text),
            value: vec![match condition.value {
                Some(value) => span(format::number(value.round_dp(4))),
                None => toned(format::NONE, Tone::Hint),
            }],
            extra: Some(vec![toned(state.word(word), tone)]),
        }
    }));
    let (word, tone) = match lagging.lagging {
        Some(true) => ("lagging-yes", Tone::Status(Status::Behind)),
        Some(false) => ("lagging-no", Tone::Label),
        None => ("lagging-undecided", Tone::Hint),
    };
    let mut panel = panel(
        "lagging",
        Place::Side,
        state.word("programme-lagging"),
        Body::Facts(facts),
    );
    panel.subtitle = lagging.rule_id.clone();
    panel.aside = vec![toned(state.word(word), tone)];
    panel
}

fn tasks(state: &State, programme: &Programme, assessed: &ProgrammeAssessment) -> Panel {
    let done = assessed.tasks.iter().filter(|t| t.done).count();
    let lines: Vec<Line> = programme
        .tasks
        .iter()
        .map(|task| {
            let task_state = assessed.tasks.iter().find(|t| t.id == task.id);
            let is_done = task_state.is_some_and(|t| t.done);
            let mut line = vec![signed(
                if is_done { Status::Met } else { Status::NotDue },
                format!(
                    "{} {}",
                    task.id,
                    title_of(state.language, &task.title)
                ),
            )];
            for span in &mut line {
                span.bold = false;
                span.tone = if is_done { Tone::Label } else { Tone::Text };
            }
            if let Some(day) = task_state.and_then(|t| t.done_on) {
                line.push(toned(
                    format!(
                        "  {}",
                        state.say(&Message::new("task-done-on").with("date", day))
                    ),
                    Tone::Hint,
                ));
            }
            if let Some(place) = &task.place {
                line.push(toned(format!("  {place}"), Tone::Hint));
            }
            line
        })
        .collect();
    let empty = lines.is_empty();
    let lines = if empty {
        vec![vec![toned(state.word("programme-no-tasks"), Tone::Label)]]
    } else {
        lines
    };
    let mut panel = panel(
        "tasks",
        Place::Side,
        state.word("programme-tasks"),
        Body::Lines(lines),
    );
    if !empty {
        panel.aside = vec![toned(
            state.say(
                &Message::new("programme-tasks-done")
                    .with("done", done)
                    .with("of", programme.tasks.len()),
            ),
            Tone::Hint,
        )];
    }
    panel
}

fn narrative(state: &State, loaded: &Loaded, programme: &Programme) -> Panel {
    let language = state.language;
    let quarter = loaded.assessment.quarter;
    let told = programme
        .narratives
        .iter()
        .filter(|n| n.quarter <= quarter)
        .max_by_key(|n| n.quarter);
    let missing = || toned(state.word("narrative-missing"), Tone::Hint);
    let part = |key: &str, text: Option<&String>| -> Line {
        let label = toned(format!("{}  ", state.word(key)), Tone::Label);
        match text {
            Some(text) => vec![label, span(text.clone())],
            None => vec![label, missing()],
        }
    };
    let mut lines = vec![
        part("narrative-reason", told.and_then(|n| n.reason.as_ref())),
        part("narrative-measure", told.and_then(|n| n.measure.as_ref())),
    ];
    let mut panel_aside = Vec::new();
    if let Some(told) = told {
        if let Some(responsible) = &told.responsible {
            lines.push(vec![
                toned(
                    format!("{}  ", state.word("narrative-responsible")),
                    Tone::Label,
                ),
                span(responsible.clone()),
            ]);
        }
        panel_aside.push(toned(format::quarter(language, told.quarter), Tone::Hint));
        if let Some(day) = told.reported_on {
            panel_aside.push(toned(format::date(language, day), Tone::Hint));
        }
    }
    let mut panel = panel(
        "narrative",
        Place::Side,
        state.word("programme-narrative"),
        Body::Lines(lines),
    );
    panel.aside = panel_aside;
    panel
}

fn findings(state: &State, loaded: &Loaded, programme: &Programme) -> Panel {
    let own: Vec<Line> = loaded
        .assessment
        .findings
        .iter()
        .filter(|f| {
            f.figure
                .as_ref()
                .is_some_and(|a| a.series.scope == programme.id)
        })
        .map(|f| super::finding_line(state, f))
        .collect();
    let lines = if own.is_empty() {
        vec![vec![toned(state.word("programme-no-findings"), Tone::Label)]]
    } else {
        own
    };
    panel(
        "findings",
        Place::Side,
        state.word("programme-findings"),
        Body::Lines(lines),
    )
}

fn notes(
    state: &State,
    loaded: &Loaded,
    programme: &Programme,
    assessed: &ProgrammeAssessment,
) -> Vec<Line> {
    let mut lines = Vec::new();
    match programme.title_zh_basis.as_str() {
        "translated" => lines.push(vec![span(state.word("note-title-translated"))]),
        "inferred" => lines.push(vec![span(state.word("note-title-inferred"))]),
        _ => {}
    }
    if programme.lead_basis == "presumed" {
        lines.push(vec![span(state.word("note-lead-presumed"))]);
    }
    if let Some(note) = &programme.note {
        lines.push(vec![span(title_of(state.language, note))]);
    }
    if let Some(place) = &programme.place {
        lines.push(vec![
            toned(format!("{} ", state.word("standing-place")), Tone::Label),
            span(place.clone()),
        ]);
    }
    if programme.invented || loaded.demo {
        lines.push(vec![toned(state.word("note-invented"), Tone::Demo)]);
    }
    lines.push(vec![
        toned(format!("{} ", state.word("note-rule")), Tone::Label),
        mono(assessed.rule_id.clone()),
    ]);
    lines
}
