//! The table of all programmes.

use super::super::parts::*;
use crate::format::{self, MoneyUnit};
use crate::i18n::Language;
use crate::msg::Msg;
use crate::panel::{Body, Cell, Column, Drawing, Panel, Place, Row, Tone};
use crate::state::{FaceKind, Loaded, State};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::assess::{ProgrammeAssessment, Risk};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::register::{Programme, Register};
use quarterdeck_kpi::status::Status;
use rust_decimal::Decimal;

/// The texts a programme is found by.
pub(crate) fn search_text(register: &Register, programme: &Programme, status: Status) -> String {
    let mut text = vec![
        programme.id.clone(),
        programme.title.zh_tw.clone(),
        programme.title.en.clone(),
        programme.node.clone(),
    ];
    if let Some(node) = register.node(&programme.node) {
        text.extend([node.title.zh_tw.clone(), node.title.en.clone()]);
    }
    for agency in std::iter::once(&programme.lead).chain(&programme.co_agencies) {
        text.push(agency.clone());
        if let Some(agency) = register.agency(agency) {
            for name in &agency.names {
                for title in [&name.short, &name.full] {
                    text.extend([title.zh_tw.clone(), title.en.clone()]);
                }
            }
            text.extend(agency.aliases.iter().cloned());
        }
    }
    for indicator in &programme.indicators {
        text.extend([indicator.title.zh_tw.clone(), indicator.title.en.clone()]);
    }
    for language in Language::ALL {
        text.push(format::status(language, status));
    }
    text.push(status.id().to_owned());
    text.join("|")
}

/// Name of the node a programme is grouped under, short where there is a short one.
pub(crate) fn node_name(state: &State, register: &Register, id: &str) -> String {
    match register.node(id) {
        Some(node) => {
            let title = title_of(state.language, node.short.as_ref().unwrap_or(&node.title));
            match state.language {
                Language::ZhTw => format!("{} {title}", node.id),
                Language::En => title,
            }
        }
        None => id.to_owned(),
    }
}

fn columns(state: &State, loaded: &Loaded) -> Vec<Column> {
    let quarter = loaded.assessment.quarter;
    let digits: Vec<String> = (-3..=0)
        .map(|back| quarter.plus(back).number.to_string())
        .collect();
    // Whole NT$ need more room than thousands.
    let unspent = match state.money_unit {
        MoneyUnit::Ntd => (92, 13),
        _ => (62, 9),
    };
    // A narrow window gives up ages before money; eighty columns have no room for amounts.
    let (kpi, age, money) = match state.face {
        FaceKind::Window => (3, 2, 1),
        FaceKind::Terminal => (2, 1, 3),
    };
    // English names are longer; where there is no room the name of the group goes before them.
    let (group, name, rate) = match state.language {
        Language::ZhTw => (86, 158, 58),
        Language::En => (112, 240, 64),
    };
    vec![
        column(state, "group", "column-group", group, 10)
            .drop(5)
            .unsorted(),
        column(state, "id", "column-id", 38, 4),
        column(state, "name", "column-programme", name, 18).grows(),
        column(state, "lead", "column-lead", 60, 8),
        column(state, "status", "column-status", 86, 11),
        column(state, "kpi", "column-kpi", 36, 4)
            .unit(state.word("column-kpi-unit"))
            .drop(kpi),
        column(state, "tiles", "column-tiles", 84, 8)
            .unit(digits.join(" "))
            .short(digits.join(" "))
            .unsorted(),
        column(state, "variance", "column-variance", 62, 7)
            .unit(state.word("unit-point"))
            .right(),
        column(state, "bullet", "column-bullet", 90, 9)
            .drop(4)
            .unsorted(),
        column(state, "execution", "column-execution", rate, 7)
            .unit("%")
            .right(),
        column(state, "unspent", "column-unspent", unspent.0, unspent.1)
            .unit(state.word(state.money_unit.term()))
            .right()
            .drop(money),
        column(state, "risk", "column-risk", 50, 5),
        column(state, "age", "column-age", 42, 4)
            .unit(state.word("unit-day"))
            .right()
            .drop(age),
    ]
}

pub(crate) fn programmes(state: &State, loaded: &Loaded) -> Panel {
    let register = &loaded.snapshot.register;
    let matcher = super::super::filter::Matcher::new(&state.filter);
    let sorted = state.panel("programmes").sort.is_some();
    let mut rows: Vec<Sortable> = Vec::new();
    let mut last_node: Option<&str> = None;
    for assessed in &loaded.assessment.programmes {
        let Some(programme) = register.programme(&assessed.id) else {
            continue;
        };
        if state
            .filter_status
            .is_some_and(|group| group_of(assessed.status) != group)
            || !matcher.takes_made(|| search_text(register, programme, shown_status(assessed)))
        {
            continue;
        }
        let first = last_node != Some(programme.node.as_str());
        if first && let Some(before) = rows.last_mut() {
            before.row.rule_after = true;
        }
        last_node = Some(&programme.node);
        rows.push(programme_row(
            state,
            loaded,
            programme,
            assessed,
            first || sorted,
        ));
    }
    let shown = rows.len();
    let empty =
        state.say(&Message::new("overview-nothing-matches").with("filter", state.filter.as_str()));
    let body = Body::Table(table(
        state,
        "programmes",
        columns(state, loaded),
        rows,
        empty,
    ));
    let mut panel = panel("programmes", Place::Main, String::new(), body);
    if shown != loaded.assessment.programmes.len() {
        panel.subtitle = state.say(
            &Message::new("overview-shown")
                .with("shown", shown)
                .with("of", loaded.assessment.programmes.len()),
        );
    }
    panel
}

fn programme_row(
    state: &State,
    loaded: &Loaded,
    programme: &Programme,
    assessed: &ProgrammeAssessment,
    with_group: bool,
) -> Sortable {
    let language = state.language;
    let register = &loaded.snapshot.register;
    let status = shown_status(assessed);
    let group = group_of(assessed.status);
    let title = title_of(language, &programme.title);
    let node = node_name(state, register, &programme.node);
    let mut lead = agency_short(
        language,
        register,
        &programme.lead,
        loaded.assessment.quarter.end(),
    );
    if programme.lead_basis == "presumed" {
        lead.push('*');
    }
    let rate = assessed.money.execution_rate.map(|r| r.fraction());
    let unspent = unexecuted(&assessed.money);
    let row_tone = match group {
        Status::OnTrack => Tone::Text,
        _ => Tone::Status(status),
    };
    let good = format::good_of(group, assessed.good);
    let mut name = cell(title.clone());
    name.tip = Some(title.clone());
    if status == Status::Behind
        && let Some(span) = name.spans.first_mut()
    {
        span.bold = true;
    }
    let mut id = cell(programme.id.clone());
    if let Some(span) = id.spans.first_mut() {
        span.tone = Tone::Label;
    }
    let mut group_cell = cell_of(toned(
        if with_group {
            node.clone()
        } else {
            String::new()
        },
        Tone::Label,
    ));
    group_cell.copy = Some(node.clone());
    group_cell.tip = register
        .node(&programme.node)
        .map(|n| title_of(language, &n.title));
    let mut kpi = cell_of(toned(good.clone(), Tone::Label));
    // A spreadsheet would read 1/3 as a date.
    kpi.copy = Some(good.replace('/', " / "));
    let mut cells = vec![
        group_cell,
        id,
        name,
        cell_of(toned(lead.clone(), Tone::Label)),
        status_cell(language, status),
        kpi,
        tiles(state, assessed),
        match assessed.variance_points {
            Some(points) => number_cell(
                format::points(points),
                if points < Decimal::ZERO {
                    row_tone
                } else {
                    Tone::Text
                },
                copy_decimal(points, 2),
            ),
            None => none_cell(),
        },
        drawing_cell(rate.map_or(Drawing::Hatched, bullet)),
        rate_cell(rate),
        money_cell(state, unspent, Tone::Text),
        match assessed.risk {
            Some(risk) => cell_of(if risk == Risk::High {
                crate::panel::Span {
                    bold: true,
                    ..toned(state.word(risk_word(risk)), Tone::Status(Status::Behind))
                }
            } else {
                toned(state.word(risk_word(risk)), Tone::Label)
            }),
            None => none_cell(),
        },
        match assessed.oldest_days {
            Some(days) => number_cell(
                format::count(days),
                match status {
                    Status::Late | Status::Stale | Status::NoData => Tone::Status(Status::Late),
                    _ => Tone::Label,
                },
                days.to_string(),
            ),
            None => none_cell(),
        },
    ];
    let figure_of = |name: &str, part: Option<&str>| {
        let series = SeriesId::new(&programme.id, name);
        let series = match part {
            Some(part) => series.part(part),
            None => series,
        };
        Some(series.at(loaded.assessment.quarter.period()))
    };
    for (at, name, part) in [
        (4, "status", None),
        (5, "status", None),
        (7, "progress", Some("variance")),
        (9, "budget", Some("execution_rate")),
        (10, "budget", Some("unexecuted")),
        (11, "risk", None),
    ] {
        if let Some(cell) = cells.get_mut(at) {
            cell.figure = figure_of(name, part);
        }
    }
    let severity = Status::ALL.iter().position(|s| *s == status).unwrap_or(0);
    let keys = vec![
        SortKey::Text(programme.node.clone()),
        SortKey::Text(programme.id.clone()),
        SortKey::Text(title),
        SortKey::Text(lead),
        SortKey::count(i64::try_from(severity).ok()),
        SortKey::Number(
            quarterdeck_kpi::money::Ratio::of(assessed.good.0 as u64, assessed.good.1 as u64)
                .map(|r| r.fraction()),
        ),
        SortKey::Number(None),
        SortKey::Number(assessed.variance_points),
        SortKey::Number(None),
        SortKey::Number(rate),
        SortKey::count(unspent),
        SortKey::count(assessed.risk.map(|r| match r {
            Risk::Low => 1,
            Risk::Medium => 2,
            Risk::High => 3,
        })),
        SortKey::count(assessed.oldest_days),
    ];
    Sortable {
        row: Row {
            key: programme.id.clone(),
            group: with_group.then_some(node),
            rule_after: false,
            bar: (group != Status::OnTrack).then_some(status),
            cells,
            open: Some(Msg::OpenProgramme(programme.id.clone())),
            total: false,
            figure: figure_of("status", None),
        },
        keys,
    }
}

fn tiles(state: &State, assessed: &ProgrammeAssessment) -> Cell {
    let from = assessed.history.len().saturating_sub(4);
    let tiles: Vec<(Status, String)> = assessed
        .history
        .iter()
        .skip(from)
        .map(|(quarter, status)| {
            let label = format!(
                "{} {}",
                format::quarter_short(state.language, *quarter),
                format::status(state.language, *status)
            );
            (*status, label)
        })
        .collect();
    let copy: Vec<&str> = tiles.iter().map(|(_, label)| label.as_str()).collect();
    Cell {
        copy: Some(copy.join("; ")),
        drawing: Some(Drawing::Tiles(tiles)),
        ..Cell::default()
    }
}
