//! Migration of risk between two quarters, and the programmes that did not improve for four (四季未改善).

use super::parts::*;
use super::programme::risk_words;
use crate::format;
use crate::msg::Msg;
use crate::panel::{Body, Matrix, MatrixCell, MatrixRow, Panel, Place, Row, Shift, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::assess::Risk;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::risk::{Migration, RiskBasis, migration, not_improved};

/// Quarters back that can be compared with: the history an assessment keeps.
pub(crate) const MOST_BACK: i32 = 11;

/// The basis compared: as chosen, else as reported where anybody reported anything.
pub(crate) fn basis(state: &State, loaded: &Loaded) -> RiskBasis {
    state.risk_basis.unwrap_or_else(|| {
        let any = loaded
            .assessment
            .programmes
            .iter()
            .any(|p| p.risk.is_some());
        if any {
            RiskBasis::Reported
        } else {
            RiskBasis::Rule
        }
    })
}

pub(crate) fn panels(state: &State, loaded: &Loaded) -> Vec<Panel> {
    vec![matrix(state, loaded), stuck(state, loaded)]
}

fn words(state: &State) -> [String; 4] {
    let [high, medium, low] = Risk::GRAVEST_FIRST.map(|risk| state.word(risk_word(risk)));
    [high, medium, low, state.word("risk-none")]
}

fn matrix(state: &State, loaded: &Loaded) -> Panel {
    let to = loaded.assessment.quarter;
    let back = state.risk_back.clamp(1, MOST_BACK);
    let from = to.plus(-back);
    let basis = basis(state, loaded);
    let moved = migration(&loaded.assessment.programmes, from, to, basis);
    let mut panel = panel(
        "migration",
        Place::Side,
        state.word("migration-title"),
        Body::Matrix(drawn(state, &moved)),
    );
    panel.subtitle = basis_word(state, basis);
    panel.aside = vec![toned(
        state.say(
            &Message::new("migration-counts")
                .with("better", moved.better())
                .with("worse", moved.worse()),
        ),
        Tone::Hint,
    )];
    let other = match basis {
        RiskBasis::Reported => RiskBasis::Rule,
        RiskBasis::Rule => RiskBasis::Reported,
    };
    let mut earlier = super::action(state.word("migration-earlier"), Msg::RiskBack(back + 1));
    earlier.disabled = (back >= MOST_BACK).then(|| state.word("migration-first"));
    let mut later = super::action(state.word("migration-later"), Msg::RiskBack(back - 1));
    later.disabled = (back <= 1).then(|| state.word("migration-last"));
    panel.actions = vec![
        super::action(
            state.say(&Message::new("migration-other").with("basis", basis_word(state, other))),
            Msg::SetRiskBasis(other),
        ),
        earlier,
        later,
    ];
    panel
}

fn basis_word(state: &State, basis: RiskBasis) -> String {
    match basis {
        RiskBasis::Reported => state.word("migration-reported"),
        RiskBasis::Rule => state.word("migration-by-rule"),
    }
}

/// The matrix as a drawing: gravest first, those not rated last.
fn drawn(state: &State, moved: &Migration) -> Matrix {
    let language = state.language;
    let words = words(state);
    let rows = moved
        .cells
        .iter()
        .zip(&words)
        .enumerate()
        .map(|(from, (cells, label))| MatrixRow {
            label: label.clone(),
            cells: cells
                .iter()
                .enumerate()
                .map(|(to, ids)| MatrixCell {
                    count: ids.len(),
                    shift: match (from, to) {
                        (3, _) | (_, 3) => Shift::Unrated,
                        (from, to) if from == to => Shift::Same,
                        (from, to) if to < from => Shift::Worse,
                        _ => Shift::Better,
                    },
                    names: ids.join(&state.word("list-comma")),
                })
                .collect(),
            total: cells.iter().map(Vec::len).sum::<usize>().to_string(),
        })
        .collect();
    let column_total = |at: usize| {
        let of = |row: &[Vec<String>; 4]| row.get(at).map_or(0, Vec::len);
        moved.cells.iter().map(of).sum::<usize>().to_string()
    };
    Matrix {
        message: state.say(
            &Message::new("migration-message")
                .with("from", moved.from)
                .with("to", moved.to)
                .with("better", moved.better())
                .with("worse", moved.worse())
                .with("unchanged", moved.unchanged()),
        ),
        rows_title: format::quarter_short(language, moved.from),
        columns_title: format::quarter_short(language, moved.to),
        columns: words.to_vec(),
        rows,
        total: state.word("migration-total"),
        totals: (0..4).map(column_total).collect(),
    }
}

fn stuck(state: &State, loaded: &Loaded) -> Panel {
    let basis = basis(state, loaded);
    let list = not_improved(
        &loaded.assessment.programmes,
        loaded.assessment.quarter,
        basis,
    );
    let count = list.len();
    let rows = list
        .into_iter()
        .map(|stuck| {
            let name = loaded
                .snapshot
                .register
                .programme(&stuck.programme)
                .map_or(String::new(), |p| title_of(state.language, &p.title));
            let path = risk_words(state, &stuck.levels);
            let mut named = cell(name.clone());
            named.tip = Some(name.clone());
            Sortable {
                keys: vec![
                    SortKey::Text(stuck.programme.clone()),
                    SortKey::Text(name),
                    SortKey::count(stuck.levels.last().map(|level| *level as i64)),
                ],
                row: Row {
                    key: stuck.programme.clone(),
                    cells: vec![cell(stuck.programme.clone()), named, cell(path)],
                    open: Some(Msg::OpenProgramme(stuck.programme)),
                    ..Row::default()
                },
            }
        })
        .collect();
    let columns = vec![
        column(state, "id", "column-id", 46, 4),
        column(state, "name", "column-programme", 120, 10).grows(),
        column(state, "path", "column-risk-path", 150, 18),
    ];
    let body = Body::Table(table(
        state,
        "not-improved",
        columns,
        rows,
        state.word("not-improved-none"),
    ));
    let mut panel = panel(
        "not-improved",
        Place::Side,
        state.word("not-improved-title"),
        body,
    );
    panel.subtitle = state.word("not-improved-rule");
    panel.aside = vec![toned(
        state.say(&Message::new("overview-exceptions-count").with("count", count)),
        Tone::Hint,
    )];
    panel
}
