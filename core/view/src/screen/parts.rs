//! Small builders that every screen uses.

use crate::format;
pub(crate) use crate::format::plan_years;
use crate::i18n::{Language, argument};
use crate::palette;
use crate::panel::{
    Align, Body, Cell, Column, Drawing, Fact, Line, Panel, Place, Row, Span, Table, Tone,
};
use crate::state::State;
use chrono::NaiveDate;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::assess::{MoneyAssessment, ProgrammeAssessment, Risk};
use quarterdeck_kpi::figure_name::figure_name;
use quarterdeck_kpi::indicator::{Indicator, Title};
use quarterdeck_kpi::register::Register;
use quarterdeck_kpi::status::Status;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Rates under this percentage are at risk (drawings and tones only).
pub(crate) const RISK_UNDER: Decimal = Decimal::from_parts(90, 0, 0, false, 2);
/// Rates under this percentage are behind (drawings and tones only).
pub(crate) const BEHIND_UNDER: Decimal = Decimal::from_parts(80, 0, 0, false, 2);
/// Where a bullet has its tick, percent.
pub(crate) const BULLET_LIMIT: f64 = 90.0;

/// For geometry only.
pub(crate) fn geometry(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(0.0)
}

pub(crate) fn span(text: impl Into<String>) -> Span {
    Span {
        text: text.into(),
        ..Span::default()
    }
}
pub(crate) fn toned(text: impl Into<String>, tone: Tone) -> Span {
    Span { tone, ..span(text) }
}
pub(crate) fn bold(text: impl Into<String>) -> Span {
    Span {
        bold: true,
        ..span(text)
    }
}
pub(crate) fn mono(text: impl Into<String>) -> Span {
    Span {
        mono: true,
        ..span(text)
    }
}
/// A text behind a status' sign; the healthy keep ordinary ink.
pub(crate) fn signed(status: Status, text: impl Into<String>) -> Span {
    let look = palette::look(status);
    Span {
        text: text.into(),
        tone: if look.toned_word {
            Tone::Status(status)
        } else {
            Tone::Label
        },
        bold: look.toned_word,
        sign: Some(status),
        ..Span::default()
    }
}

pub(crate) fn cell(text: impl Into<String>) -> Cell {
    cell_of(span(text))
}
/// Cells that may be cut: the whole text shows on hover and focus.
pub(crate) fn whole_on_hover(texts: &[String], tone: Tone) -> Vec<Cell> {
    let cell = |text: &String| Cell {
        tip: Some(text.clone()),
        ..cell_of(toned(text.clone(), tone))
    };
    texts.iter().map(cell).collect()
}

/// A cell of one span.
pub(crate) fn cell_of(span: Span) -> Cell {
    Cell {
        spans: vec![span],
        ..Cell::default()
    }
}
/// A number with the form a spreadsheet takes.
pub(crate) fn number_cell(text: impl Into<String>, tone: Tone, copy: impl Into<String>) -> Cell {
    Cell {
        spans: vec![toned(text, tone)],
        copy: Some(copy.into()),
        ..Cell::default()
    }
}
/// No figure: never a blank.
pub(crate) fn none_cell() -> Cell {
    Cell {
        spans: vec![toned(format::NONE, Tone::Hint)],
        copy: Some(String::new()),
        ..Cell::default()
    }
}
pub(crate) fn drawing_cell(drawing: Drawing) -> Cell {
    Cell {
        drawing: Some(drawing),
        ..Cell::default()
    }
}
/// Sign and word of a status; only behind is a solid block.
pub(crate) fn status_cell(language: Language, status: Status) -> Cell {
    Cell {
        spans: vec![signed(status, format::status(language, status))],
        solid: palette::look(status).solid,
        ..Cell::default()
    }
}

/// A column of text; builder functions below say the rest.
pub(crate) fn column(
    state: &State,
    id: &'static str,
    title: &str,
    points: u16,
    cells: u16,
) -> Column {
    let short = format!("{title}-short");
    Column {
        id,
        title: state.word(title),
        short: crate::i18n::has(state.language, &short).then(|| state.word(&short)),
        unit: None,
        align: Align::Left,
        points,
        cells,
        grows: false,
        drop: 0,
        sortable: true,
    }
}
impl Column {
    pub(crate) fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }
    pub(crate) fn short(mut self, short: String) -> Self {
        self.short = Some(short);
        self
    }
    pub(crate) fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }
    pub(crate) fn grows(mut self) -> Self {
        self.grows = true;
        self
    }
    pub(crate) fn drop(mut self, order: u8) -> Self {
        self.drop = order;
        self
    }
    pub(crate) fn unsorted(mut self) -> Self {
        self.sortable = false;
        self
    }
}

/// What a cell is sorted by; unknown is always last.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SortKey {
    Text(String),
    Number(Option<Decimal>),
}
impl SortKey {
    pub(crate) fn count(value: Option<i64>) -> Self {
        SortKey::Number(value.map(Decimal::from))
    }
}

/// A row with what each column sorts it by.
pub(crate) struct Sortable {
    pub row: Row,
    pub keys: Vec<SortKey>,
}

fn compare(a: &SortKey, b: &SortKey, descending: bool) -> std::cmp::Ordering {
    use std::cmp::Ordering;
    let turn = |o: Ordering| if descending { o.reverse() } else { o };
    match (a, b) {
        (SortKey::Number(Some(a)), SortKey::Number(Some(b))) => turn(a.cmp(b)),
        (SortKey::Number(Some(_)), SortKey::Number(None)) => Ordering::Less,
        (SortKey::Number(None), SortKey::Number(Some(_))) => Ordering::Greater,
        (SortKey::Text(a), SortKey::Text(b)) => match (a.is_empty(), b.is_empty()) {
            (false, true) => Ordering::Less,
            (true, false) => Ordering::Greater,
            _ => turn(a.cmp(b)),
        },
        _ => Ordering::Equal,
    }
}

/// A table in the order and with the selection the state says.
pub(crate) fn table(
    state: &State,
    panel: &'static str,
    columns: Vec<Column>,
    mut rows: Vec<Sortable>,
    empty: String,
) -> Table {
    let own = state.panel(panel);
    let sort = own
        .sort
        .filter(|(id, _)| columns.iter().any(|c| c.id == *id));
    if let Some((id, descending)) = sort
        && let Some(at) = columns.iter().position(|c| c.id == id)
    {
        rows.sort_by(|a, b| match (a.keys.get(at), b.keys.get(at)) {
            (Some(a), Some(b)) => compare(a, b, descending),
            _ => std::cmp::Ordering::Equal,
        });
        for sortable in &mut rows {
            sortable.row.rule_after = false;
        }
    }
    let rows: Vec<Row> = rows.into_iter().map(|s| s.row).collect();
    let selected = own
        .selected
        .as_ref()
        .and_then(|key| rows.iter().position(|r| &r.key == key))
        .or(if rows.is_empty() { None } else { Some(0) });
    let empty = rows.is_empty().then_some(empty);
    Table {
        columns,
        rows,
        selected,
        sort,
        empty,
    }
}

pub(crate) fn panel(id: &'static str, place: Place, title: String, body: Body) -> Panel {
    Panel {
        id,
        place,
        title,
        subtitle: String::new(),
        aside: Vec::new(),
        body,
        actions: Vec::new(),
        focused: false,
        figure: None,
    }
}

pub(crate) fn fact(label: impl Into<String>, value: Line) -> Fact {
    Fact {
        label: label.into(),
        value,
        extra: None,
    }
}

/// A title in the reader's language, or the other where it is missing.
pub(crate) fn title_of(language: Language, title: &Title) -> String {
    let (first, second) = match language {
        Language::ZhTw => (&title.zh_tw, &title.en),
        Language::En => (&title.en, &title.zh_tw),
    };
    if first.is_empty() { second } else { first }.clone()
}

/// Short name of an agency on a day; an id or name as printed stands for itself.
pub(crate) fn agency_short(
    language: Language,
    register: &Register,
    id: &str,
    day: NaiveDate,
) -> String {
    register
        .agency(id)
        .and_then(|a| a.name_on(day))
        .map(|n| title_of(language, &n.short))
        .filter(|t| !t.is_empty())
        .unwrap_or_else(|| id.to_owned())
}

/// Title of a series: its indicator's, with the part's word after it.
pub(crate) fn series_title(language: Language, register: &Register, series: &SeriesId) -> String {
    match indicator_of(register, series) {
        Some(indicator) => title_of(language, &indicator.title),
        None => {
            if series.name == "task"
                && let Some(task) = series.part.as_ref().and_then(|part| {
                    register
                        .programme(&series.scope)
                        .and_then(|p| p.tasks.iter().find(|t| &t.id == part))
                })
            {
                return title_of(language, &task.title);
            }
            if series.name == "milestone" {
                let day = chrono::NaiveDate::default();
                return argument(language, &figure_name(register, day, series));
            }
            let key = match &series.part {
                Some(part) => format!("series-{}-{}", series.name, part.replace("_", "-")),
                None => format!("series-{}", series.name),
            };
            if crate::i18n::has(language, &key) {
                crate::i18n::word(language, &key)
            } else {
                series.to_string()
            }
        }
    }
}

pub(crate) fn indicator_of<'a>(register: &'a Register, series: &SeriesId) -> Option<&'a Indicator> {
    register.indicators().find(|i| {
        i.series.scope == series.scope
            && i.series.name == series.name
            && i.series.part == series.part
    })
}

/// The status a programme is shown with: an unknown one shows its cause.
pub(crate) fn shown_status(programme: &ProgrammeAssessment) -> Status {
    match programme.status {
        Status::Unknown => programme.unknown_cause.unwrap_or(Status::Unknown),
        status => status,
    }
}

/// The headline's four groups.
pub(crate) fn group_of(status: Status) -> Status {
    match status {
        Status::Behind => Status::Behind,
        Status::AtRisk => Status::AtRisk,
        Status::Met | Status::OnTrack => Status::OnTrack,
        _ => Status::Unknown,
    }
}
/// The headline's four groups in their order.
pub(crate) const GROUPS: [Status; 4] = [
    Status::Behind,
    Status::AtRisk,
    Status::Unknown,
    Status::OnTrack,
];

/// P: planned spend where reported, else allotted.
pub(crate) fn planned(money: &MoneyAssessment) -> Option<i64> {
    if money.planned_is_planned_spend == Some(true) {
        money.amounts.planned_spend_ntd
    } else {
        money.amounts.allotted_ntd
    }
}
/// 未執行: P less the executed amount.
pub(crate) fn unexecuted(money: &MoneyAssessment) -> Option<i64> {
    money.unexecuted_ntd()
}

/// Tone of a rate: only low ones are toned.
pub(crate) fn rate_tone(fraction: Decimal) -> Tone {
    if fraction < BEHIND_UNDER {
        Tone::Status(Status::Behind)
    } else if fraction < RISK_UNDER {
        Tone::Status(Status::AtRisk)
    } else {
        Tone::Text
    }
}
/// Bullet of a rate, from zero.
pub(crate) fn bullet(fraction: Decimal) -> Drawing {
    Drawing::Bullet {
        percent: geometry(format::percent(fraction)),
        limit: BULLET_LIMIT,
        tone: match rate_tone(fraction) {
            Tone::Text => Tone::Hint,
            tone => tone,
        },
    }
}

/// Plain decimal for spreadsheets.
pub(crate) fn copy_decimal(value: Decimal, places: u32) -> String {
    let mut value =
        value.round_dp_with_strategy(places, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    value.rescale(places);
    value.to_string()
}

/// A rate as a toned number cell, or none.
pub(crate) fn rate_cell(fraction: Option<Decimal>) -> Cell {
    match fraction {
        Some(fraction) => number_cell(
            format::rate_number(fraction),
            rate_tone(fraction),
            copy_decimal(format::percent(fraction), 2),
        ),
        None => none_cell(),
    }
}

/// An amount in the unit chosen; copied as whole NT$.
pub(crate) fn money_cell(state: &State, ntd: Option<i64>, tone: Tone) -> Cell {
    match ntd {
        Some(ntd) => number_cell(
            format::money(state.money_unit, ntd),
            tone,
            copy_decimal(state.money_unit.of(ntd), state.money_unit.decimals()),
        ),
        None => none_cell(),
    }
}

/// Key of a risk's word.
pub(crate) fn risk_word(risk: Risk) -> &'static str {
    match risk {
        Risk::Low => "risk-low",
        Risk::Medium => "risk-medium",
        Risk::High => "risk-high",
    }
}

/// Quarter labels for an axis: the digit, and the year on its first quarter and at the start.
pub(crate) fn axis(
    language: Language,
    quarters: impl Iterator<Item = quarterdeck_kpi::calendar::Quarter>,
) -> Vec<(String, Option<String>)> {
    quarters
        .enumerate()
        .map(|(at, quarter)| {
            let year =
                (quarter.number == 1 || at == 0).then(|| format::year(language, quarter.year));
            (quarter.number.to_string(), year)
        })
        .collect()
}
