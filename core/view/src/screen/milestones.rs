//! Milestones (里程碑): planned against done on one line of time, the latest first, former plans kept in sight.

use super::parts::*;
use crate::format;
use crate::msg::Msg;
use crate::panel::{Body, Column, Drawing, Fact, Measure, Panel, Place, Row, Tone};
use crate::state::{Loaded, State};
use chrono::{Days, NaiveDate};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::assess::{MilestoneState, ProgrammeAssessment, ProgressBasis, Timeliness};
use quarterdeck_kpi::calendar::{Quarter, taipei_day};
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::observation::Qualifier;
use quarterdeck_kpi::register::{Milestone, Programme};
use quarterdeck_kpi::status::Status;
use rust_decimal::Decimal;

/// A milestone with everything said about it.
#[derive(Clone, Copy)]
struct Item<'a> {
    programme: &'a Programme,
    assessed: &'a ProgrammeAssessment,
    milestone: &'a Milestone,
    state: &'a MilestoneState,
}

pub(crate) fn panels(state: &State, loaded: &Loaded) -> Vec<Panel> {
    let mut items = items(loaded);
    // Late ones first, the latest of them at the top; then by the day they are planned for.
    items.sort_by_key(|i| {
        (
            match i.state.timeliness {
                Timeliness::Late => 0,
                Timeliness::Open => 1,
                Timeliness::DoneLate | Timeliness::Done => 2,
            },
            i.state.plan.planned,
            i.programme.id.as_str(),
            i.milestone.id.as_str(),
        )
    });
    let day = reference_day(loaded);
    let quarter = loaded.assessment.quarter;
    let mut panels = vec![
        title(state, loaded, &items),
        list(state, &items, day, quarter),
    ];
    let chosen = state.panel("milestone-rows").selected;
    let chosen = items
        .iter()
        .find(|i| Some(key(i)) == chosen)
        .or(items.first());
    if let Some(chosen) = chosen {
        panels.push(detail(state, chosen));
    }
    panels
}

fn reference_day(loaded: &Loaded) -> NaiveDate {
    let known_on = taipei_day(loaded.assessment.as_of);
    loaded.assessment.quarter.end().min(known_on)
}

fn items(loaded: &Loaded) -> Vec<Item<'_>> {
    let of = |assessed: &'_ ProgrammeAssessment| loaded.snapshot.register.programme(&assessed.id);
    loaded
        .assessment
        .programmes
        .iter()
        .filter_map(|assessed| Some((of(assessed)?, assessed)))
        .flat_map(|(programme, assessed)| {
            assessed.milestones.iter().filter_map(move |state| {
                let listed = programme.milestones.iter();
                let milestone = listed.into_iter().find(|m| m.id == state.id)?;
                Some(Item {
                    programme,
                    assessed,
                    milestone,
                    state,
                })
            })
        })
        .collect()
}

fn key(item: &Item<'_>) -> String {
    format!("{}/milestone.{}", item.programme.id, item.milestone.id)
}

fn title(state: &State, loaded: &Loaded, items: &[Item<'_>]) -> Panel {
    let count =
        |keep: &dyn Fn(&MilestoneState) -> bool| items.iter().filter(|i| keep(i.state)).count();
    let quarter = loaded.assessment.quarter;
    let next = quarter.next();
    let late = count(&|m| m.timeliness == Timeliness::Late);
    let measure = |label: &str, number: usize, below: String, tone: Tone| Measure {
        label: state.word(label),
        value: number.to_string(),
        unit: state.word("unit-item"),
        below,
        tone,
        bullet: None,
        figure: None,
    };
    let most = items
        .iter()
        .filter(|i| i.state.timeliness == Timeliness::Late)
        .filter_map(|i| i.state.days_late)
        .max();
    let measures = vec![
        measure(
            "milestone-late",
            late,
            match most {
                Some(days) => state.say(&Message::new("milestones-most-days").with("days", days)),
                None => String::new(),
            },
            if late > 0 {
                Tone::Status(Status::Behind)
            } else {
                Tone::Text
            },
        ),
        measure(
            "milestones-next",
            count(&|m| m.timeliness == Timeliness::Open && m.plan.planned <= next.end()),
            format::quarter(state.language, next),
            Tone::Text,
        ),
        measure(
            "milestone-done",
            count(&|m| m.done_on.is_some()),
            state.say(&Message::new("milestones-of").with("of", items.len())),
            Tone::Text,
        ),
    ];
    let facts = state.say(&Message::new("milestones-until").with("date", reference_day(loaded)));
    panel(
        "title",
        Place::Head,
        String::new(),
        Body::Title {
            breadcrumbs: state.word("milestones-breadcrumbs"),
            title: state.word("nav-milestones"),
            status: None,
            facts: vec![toned(facts, Tone::Label)],
            measures,
        },
    )
}

/// First and last day of the line of time, with a margin.
fn span_of(items: &[Item<'_>], day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let days = items.iter().flat_map(|i| {
        let former = i.state.former.iter().map(|p| p.planned);
        former.chain([i.state.plan.planned]).chain(i.state.done_on)
    });
    let (first, last) = days.fold((day, day), |(first, last), day| {
        (first.min(day), last.max(day))
    });
    (
        first.checked_sub_days(Days::new(10)).unwrap_or(first),
        last.checked_add_days(Days::new(10)).unwrap_or(last),
    )
}

fn list(state: &State, items: &[Item<'_>], day: NaiveDate, quarter: Quarter) -> Panel {
    let (first, last) = span_of(items, day);
    let whole = Decimal::from((last - first).num_days().max(1));
    let place = |day: NaiveDate| geometry(Decimal::from((day - first).num_days()) / whole);
    let rows = items
        .iter()
        .map(|item| {
            let mut row = row(state, item, &place, place(day));
            let series = SeriesId::new(item.programme.id.as_str(), "milestone");
            let series = series.part(item.milestone.id.as_str());
            row.row.figure = Some(series.at(quarter.period()));
            row
        })
        .collect();
    let table = table(
        state,
        "milestone-rows",
        columns(state),
        rows,
        state.word("milestones-empty"),
    );
    let mut panel = panel(
        "milestone-rows",
        Place::Main,
        state.word("milestones-list"),
        Body::Table(table),
    );
    if !items.is_empty() {
        panel.subtitle = state.say(
            &Message::new("milestones-line")
                .with("first", first)
                .with("last", last)
                .with("day", day),
        );
    }
    let late: i64 = items
        .iter()
        .filter(|i| i.state.timeliness == Timeliness::Late)
        .filter_map(|i| i.state.days_late)
        .fold(0, i64::saturating_add);
    if late > 0 {
        panel.aside = vec![toned(
            state.say(&Message::new("milestones-days").with("days", late)),
            Tone::Hint,
        )];
    }
    panel
}

fn columns(state: &State) -> Vec<Column> {
    vec![
        column(state, "programme", "column-id", 40, 4),
        column(state, "milestone", "column-milestone", 240, 24),
        column(state, "weight", "column-weight", 52, 6)
            .unit("%")
            .right()
            .drop(3),
        column(state, "former", "column-former-plan", 78, 10).drop(2),
        column(state, "planned", "column-planned-day", 78, 10),
        column(state, "done", "column-done-day", 78, 10).drop(1),
        column(state, "late", "column-days-late", 52, 5)
            .unit(state.word("unit-day"))
            .right(),
        column(state, "state", "column-status", 98, 11),
        column(state, "line", "column-time", 300, 24)
            .unsorted()
            .grows()
            .drop(4),
    ]
}

/// The look of how a milestone stands.
pub(crate) fn look(timeliness: Timeliness) -> Status {
    match timeliness {
        Timeliness::Late => Status::Behind,
        Timeliness::Open => Status::NotDue,
        Timeliness::DoneLate => Status::AtRisk,
        Timeliness::Done => Status::Met,
    }
}

fn row(state: &State, item: &Item<'_>, place: &dyn Fn(NaiveDate) -> f64, now: f64) -> Sortable {
    let language = state.language;
    let stands = item.state;
    let title = title_of(language, &item.milestone.title);
    let status = look(stands.timeliness);
    let day = |day: Option<NaiveDate>| {
        day.map_or_else(none_cell, |day| {
            let mut shown = cell(format::date(language, day));
            shown.copy = Some(day.to_string());
            shown
        })
    };
    let first_plan = stands.former.first().map(|p| p.planned);
    let mut name = cell(title.clone());
    name.tip = Some(title.clone());
    let mut former = day(first_plan);
    for span in &mut former.spans {
        span.tone = Tone::Hint;
    }
    let cells = vec![
        cell_of(toned(item.programme.id.clone(), Tone::Label)),
        name,
        number_cell(
            format::value(stands.weight, "percent"),
            Tone::Label,
            stands.weight.to_string(),
        ),
        former,
        day(Some(stands.plan.planned)),
        day(stands.done_on),
        match stands.days_late {
            Some(days) => number_cell(
                format::change(days),
                if stands.timeliness == Timeliness::Late {
                    Tone::Status(Status::Behind)
                } else {
                    Tone::Text
                },
                days.to_string(),
            ),
            None => none_cell(),
        },
        crate::panel::Cell {
            spans: vec![signed(status, state.word(stands.timeliness.term()))],
            solid: status == Status::Behind,
            ..crate::panel::Cell::default()
        },
        drawing_cell(Drawing::Timeline {
            former: stands.former.iter().map(|p| place(p.planned)).collect(),
            planned: place(stands.plan.planned),
            done: stands.done_on.map(place),
            now,
            tone: Tone::Status(status),
        }),
    ];
    let number = |day: Option<NaiveDate>| {
        SortKey::count(day.map(|day| i64::from(chrono::Datelike::num_days_from_ce(&day))))
    };
    let keys = vec![
        SortKey::Text(item.programme.id.clone()),
        SortKey::Text(title),
        SortKey::Number(Some(stands.weight)),
        number(first_plan),
        number(Some(stands.plan.planned)),
        number(stands.done_on),
        SortKey::count(stands.days_late),
        SortKey::count(Some(stands.timeliness as i64)),
        SortKey::Number(None),
    ];
    Sortable {
        row: Row {
            key: key(item),
            bar: (stands.timeliness == Timeliness::Late).then_some(Status::Behind),
            cells,
            open: Some(Msg::OpenProgramme(item.programme.id.clone())),
            ..Row::default()
        },
        keys,
    }
}

/// Every plan of the chosen milestone with who set it, the proof, and the progress its programme's weights give.
fn detail(state: &State, item: &Item<'_>) -> Panel {
    let language = state.language;
    let stands = item.state;
    let plans = stands.former.iter().chain([&stands.plan]);
    let mut facts: Vec<Fact> = plans
        .enumerate()
        .map(|(at, plan)| {
            let label = if at == stands.former.len() {
                "milestones-plan-in-force"
            } else {
                "milestones-plan-former"
            };
            let mut who: Vec<String> = Vec::new();
            who.extend(
                plan.set_on
                    .map(|on| state.say(&Message::new("milestones-set-on").with("date", on))),
            );
            who.extend(plan.by.clone());
            who.extend(plan.document.clone());
            Fact {
                label: state.word(label),
                value: vec![
                    span(format::date(language, plan.planned)),
                    toned(format!("  {}", who.join("  ")), Tone::Hint),
                ],
                extra: None,
            }
        })
        .collect();
    facts.push(fact(
        state.word("column-done-day"),
        match stands.done_on {
            Some(on) if stands.done_within => vec![span(
                state.say(&Message::new("milestones-done-within").with("date", on)),
            )],
            Some(on) => vec![span(format::date(language, on))],
            None => vec![toned(state.word("milestone-open"), Tone::Label)],
        },
    ));
    if let Some(partial) = &stands.partial {
        facts.push(fact(
            state.word("milestones-partial"),
            vec![
                span(format::value_with_unit(
                    language,
                    partial.percent,
                    "percent",
                    Qualifier::Exact,
                )),
                toned(
                    format!("  {}", format::period(language, partial.period)),
                    Tone::Hint,
                ),
            ],
        ));
    }
    facts.push(fact(
        state.word("milestones-evidence"),
        match stands
            .evidence
            .as_ref()
            .or(item.milestone.evidence.as_ref())
        {
            Some(name) => vec![span(name.clone())],
            None => vec![toned(format::NONE, Tone::Hint)],
        },
    ));
    facts.extend(progress_facts(state, item.assessed));
    let mut panel = panel(
        "milestone-detail",
        Place::Main,
        title_of(language, &item.milestone.title),
        Body::Facts(facts),
    );
    panel.subtitle = format!(
        "{} {}",
        item.programme.id,
        title_of(language, &item.programme.title)
    );
    panel
}

/// 加權進度 beside the reported progress.
pub(crate) fn progress_facts(state: &State, programme: &ProgrammeAssessment) -> Vec<Fact> {
    let pair = |label: &str, known: Option<(Decimal, Decimal)>| {
        let value = match known {
            Some((planned, actual)) => vec![span(
                state.say(
                    &Message::new("milestones-progress")
                        .with("planned", format::decimal(planned, 2))
                        .with("actual", format::decimal(actual, 2))
                        .with(
                            "points",
                            actual
                                .checked_sub(planned)
                                .map_or(Arg::Text(format::NONE.to_owned()), Arg::Points),
                        ),
                ),
            )],
            None => vec![toned(format::NONE, Tone::Hint)],
        };
        fact(state.word(label), value)
    };
    vec![
        pair("milestones-weighted", programme.weighted_progress),
        pair(
            "milestones-reported",
            programme
                .progress
                .filter(|_| programme.progress_basis == Some(ProgressBasis::Reported)),
        ),
        fact(
            state.word("milestones-basis"),
            match programme.progress_basis {
                Some(basis) => vec![span(state.word(basis.term()))],
                None => vec![toned(format::NONE, Tone::Hint)],
            },
        ),
    ]
}
