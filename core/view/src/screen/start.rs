//! The first page: open a workspace, make one, or show the demo.

use super::parts::*;
use crate::msg::Msg;
use crate::panel::{Body, Line, Panel, Place, Row, Tone};
use crate::state::{FaceKind, State};
use quarterdeck_kpi::text::clean;

pub(crate) fn panels(state: &State) -> Vec<Panel> {
    let mut lines: Vec<Line> = vec![
        vec![bold(state.word("start-what"))],
        vec![span(state.word("start-open-text"))],
        vec![span(state.word("start-create-text"))],
        vec![span(state.word("start-demo-text"))],
    ];
    if state.face == FaceKind::Terminal {
        lines.push(vec![toned(state.word("start-commands"), Tone::Label)]);
        for command in ["qd demo", "qd init my-office", "qd --workspace my-office"] {
            lines.push(vec![mono(format!("  {command}"))]);
        }
    }
    let mut panel = panel(
        "start",
        Place::Main,
        state.word("start-title"),
        Body::Lines(lines),
    );
    let mut open = super::command_action(state, "workspace");
    open.primary = true;
    panel.actions = vec![
        open,
        super::command_action(state, "create"),
        super::command_action(state, "demo"),
    ];
    let mut panels = vec![panel];
    panels.extend(recent(state));
    panels
}

/// The workspaces opened before: Enter opens the chosen one again.
fn recent(state: &State) -> Option<Panel> {
    let rows: Vec<Sortable> = state
        .recent
        .iter()
        .map(|root| {
            let place = clean(&root.display().to_string());
            let name = root
                .file_name()
                .map_or_else(|| place.clone(), |name| clean(&name.to_string_lossy()));
            let mut where_ = cell_of(toned(place.clone(), Tone::Label));
            where_.tip = Some(place.clone());
            Sortable {
                row: Row {
                    key: place.clone(),
                    cells: vec![cell(name.clone()), where_],
                    open: Some(Msg::OpenWorkspace(root.clone())),
                    ..Row::default()
                },
                keys: vec![SortKey::Text(name), SortKey::Text(place)],
            }
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let columns = vec![
        column(state, "name", "column-name", 180, 20),
        column(state, "place", "column-folder", 300, 40).grows(),
    ];
    let body = Body::Table(table(state, "recent", columns, rows, String::new()));
    Some(panel(
        "recent",
        Place::Main,
        state.word("start-recent"),
        body,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Capabilities;

    #[test]
    fn the_first_page_offers_what_was_opened_before() {
        let mut state = State::new(FaceKind::Window, Capabilities::default());
        assert_eq!(panels(&state).len(), 1, "nothing was opened yet");
        state.recent = vec!["/desk/our-office".into(), "/desk/demo".into()];
        let screen = crate::screen::view(&state);
        let list = screen.panels.iter().find(|p| p.id == "recent").unwrap();
        assert!(list.focused, "Enter opens the one opened last");
        let effects = crate::update::update(&mut state, Msg::Open);
        let wanted = crate::msg::Effect::OpenWorkspace("/desk/our-office".into());
        assert!(effects.contains(&wanted), "{effects:?}");
    }
}
