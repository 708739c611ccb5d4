//! The first page: open a workspace, make one, or show the demo.

use super::parts::*;
use crate::panel::{Body, Line, Panel, Place, Tone};
use crate::state::{FaceKind, State};

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
    vec![panel]
}
