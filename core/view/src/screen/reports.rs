//! Reports (報告): quarters with state, date and hash; making and publishing from here.

use super::parts::*;
use super::review::person;
use crate::format;
use crate::msg::Msg;
use crate::panel::{Body, Cell, Fact, Panel, Place, Row, Tone};
use crate::signing::SignedQuarter;
use crate::state::{Loaded, ScreenId, State};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::signoff::Step;
use quarterdeck_kpi::status::Status;

/// Hexadecimal digits of a hash that a list shows.
const DIGITS: usize = 12;

pub(crate) fn panels(state: &State, loaded: &Loaded) -> Vec<Panel> {
    let list = list(state, loaded);
    let chosen = match &list.body {
        Body::Table(table) => table
            .selected
            .and_then(|at| table.rows.get(at))
            .and_then(|row| Quarter::parse(&row.key).ok()),
        _ => None,
    };
    let mut panels = vec![list];
    if let Some(quarter) = chosen {
        panels.push(detail(state, loaded, quarter));
    }
    panels
}

fn signed_of(loaded: &Loaded, quarter: Quarter) -> Option<&SignedQuarter> {
    let signing = loaded.signing.as_ref()?;
    signing
        .quarters
        .iter()
        .find(|signed| signed.quarter == quarter)
}

/// How far a quarter is: the sign and the key of its word.
fn standing(loaded: &Loaded, quarter: Quarter) -> (Status, &'static str) {
    let last_ended = loaded.quarters.1.previous();
    match signed_of(loaded, quarter).map(|signed| (signed.step, signed.folder.is_some())) {
        Some((Step::Publish, true)) => (Status::Met, "reports-published"),
        Some((Step::Publish, false)) => (Status::Rejected, "reports-gone"),
        Some((Step::Review, _)) => (Status::OnTrack, "reports-reviewed"),
        Some((Step::Prepare, _)) => (Status::OnTrack, "reports-prepared"),
        None if quarter > last_ended => (Status::NotDue, "reports-running"),
        None => (Status::NoTarget, "reports-draft"),
    }
}

fn list(state: &State, loaded: &Loaded) -> Panel {
    let (first, last) = loaded.quarters;
    let mut quarters: Vec<Quarter> = Vec::new();
    let mut quarter = last;
    while quarter >= first {
        quarters.push(quarter);
        quarter = quarter.previous();
    }
    let rows = quarters
        .iter()
        .map(|quarter| row(state, loaded, *quarter))
        .collect();
    let columns = vec![
        column(state, "quarter", "column-quarter", 110, 13),
        column(state, "state", "column-quarter-state", 130, 14),
        column(state, "on", "column-signed-on", 110, 12),
        column(state, "person", "column-person", 150, 16).grows(),
        column(state, "hash", "column-hash", 130, 14)
            .unsorted()
            .drop(1),
    ];
    let mut table = table(state, "reports", columns, rows, String::new());
    // Until a person chooses, the quarter that is shown is the one that is meant.
    if state.panel("reports").selected.is_none() {
        let shown = loaded.assessment.quarter.to_string();
        table.selected = table.rows.iter().position(|row| row.key == shown);
    }
    let body = Body::Table(table);
    panel("reports", Place::Main, state.word("reports-title"), body)
}

fn row(state: &State, loaded: &Loaded, quarter: Quarter) -> Sortable {
    let (status, word) = standing(loaded, quarter);
    let word = state.word(word);
    let signed_quarter = signed_of(loaded, quarter);
    let on = signed_quarter.map_or_else(String::new, |signed| {
        format::date(
            state.language,
            quarterdeck_kpi::calendar::taipei_day(signed.at),
        )
    });
    let who = signed_quarter.map_or_else(String::new, |s| person(state, loaded, &s.person));
    let hash = signed_quarter
        .and_then(|signed| signed.manifest_sha256.as_ref())
        .map(|hash| hash.chars().take(DIGITS).collect::<String>());
    let hash = hash.unwrap_or_default();
    let name = format::quarter(state.language, quarter);
    // What nobody signed has no day, person or hash.
    let said = |span: crate::panel::Span| match span.text.is_empty() {
        true => none_cell(),
        false => cell_of(span),
    };
    let cells = vec![
        cell(name),
        Cell {
            spans: vec![signed(status, word.clone())],
            ..Cell::default()
        },
        said(toned(on.clone(), Tone::Label)),
        said(toned(who.clone(), Tone::Label)),
        said(mono(hash.clone())),
    ];
    Sortable {
        row: Row {
            key: quarter.to_string(),
            cells,
            open: Some(Msg::SetQuarter(quarter)),
            ..Row::default()
        },
        keys: vec![
            SortKey::count(Some(i64::from(quarter.ordinal()))),
            SortKey::Text(word),
            SortKey::count(signed_quarter.map(|signed| signed.at.timestamp())),
            SortKey::Text(who),
            SortKey::Text(hash),
        ],
    }
}

fn detail(state: &State, loaded: &Loaded, quarter: Quarter) -> Panel {
    let (status, word) = standing(loaded, quarter);
    let mut facts: Vec<Fact> = vec![fact(
        state.word("column-quarter-state"),
        vec![signed(status, state.word(word))],
    )];
    let signed_quarter = signed_of(loaded, quarter);
    if let Some(one) = signed_quarter {
        let who = person(state, loaded, &one.person);
        let when = format::instant(state.language, one.at);
        facts.push(fact(
            state.word("reports-by"),
            vec![span(format!("{who}  {when}"))],
        ));
        let head = format!("{}:{}", one.head.0, one.head.1);
        if let Some(hash) = &one.manifest_sha256 {
            facts.push(fact(
                state.word("reports-manifest"),
                vec![mono(hash.clone())],
            ));
            facts.push(fact(state.word("reports-head"), vec![mono(head.clone())]));
        }
        if let Some(folder) = &one.folder {
            facts.push(fact(
                state.word("reports-folder"),
                vec![mono(folder.clone())],
            ));
            let check = format!("qd verify {folder} --head {head}");
            facts.push(fact(state.word("reports-verify"), vec![mono(check)]));
        }
        if one.step == Step::Publish && one.folder.is_none() {
            let text = state.say(&Message::new("reports-gone-next").with("quarter", quarter));
            facts.push(fact(String::new(), vec![span(text)]));
        }
    }
    let language = state.word(match state.language {
        crate::i18n::Language::ZhTw => "reports-language-zh",
        crate::i18n::Language::En => "reports-language-en",
    });
    facts.push(fact(state.word("reports-language"), vec![span(language)]));
    let as_of = match loaded.as_of {
        Some(at) => format::instant(state.language, at),
        None => state.word("reports-as-of-now"),
    };
    facts.push(fact(state.word("reports-as-of"), vec![span(as_of)]));
    let title = format::quarter(state.language, quarter);
    let mut panel = panel("report-detail", Place::Side, title, Body::Facts(facts));
    let is_shown = loaded.assessment.quarter == quarter;
    let other = (!is_shown).then(|| state.word("reports-show-first"));
    let mut make = super::command_action(state, "report");
    make.primary = true;
    make.disabled = make.disabled.or_else(|| other.clone());
    let show = super::action(state.word("reports-show"), Msg::SetQuarter(quarter));
    let review = super::action(state.word("reports-to-review"), Msg::Go(ScreenId::Review));
    panel.actions = match is_shown {
        true => vec![make, review],
        false => vec![show, make],
    };
    panel
}
