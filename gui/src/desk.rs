//! One frame: keys in, the screen drawn, what was asked for done; without the outside world.

use crate::theme::Theme;
use crate::{input, show};
use egui::{Ui, ViewportCommand};
use quarterdeck_view::msg::Effect;
use quarterdeck_view::state::State;
use quarterdeck_view::{screen, update};

/// The state with what the window remembers of it.
pub struct Desk {
    /// What the user is looking at.
    pub state: State,
    theme: Option<Theme>,
    title: String,
}

impl Desk {
    /// A desk over a state.
    pub fn new(state: State) -> Self {
        Self {
            state,
            theme: None,
            title: String::new(),
        }
    }

    /// Takes keys, draws, takes clicks; gives back what the outside world is asked to do.
    pub fn frame(&mut self, ui: &mut Ui) -> Vec<Effect> {
        let context = ui.ctx().clone();
        let theme = Theme {
            dark: self.state.dark,
        };
        if self.theme != Some(theme) {
            theme.apply(&context);
            self.theme = Some(theme);
        }
        let mut effects = Vec::new();
        let before = screen::view(&self.state);
        let mut pressed = false;
        input::commands(&context, &mut self.state, &before, |state, msg| {
            pressed = true;
            effects.extend(update::update(state, msg));
        });
        let shown = if pressed {
            screen::view(&self.state)
        } else {
            before
        };
        let title = format!("{} {}", shown.chrome.product, shown.chrome.quarter.0);
        if title != self.title {
            context.send_viewport_cmd(ViewportCommand::Title(title.trim().to_owned()));
            self.title = title;
        }
        let asked = show::show(ui, &shown, theme, self.state.language);
        if !asked.is_empty() {
            for msg in asked {
                effects.extend(update::update(&mut self.state, msg));
            }
            context.request_repaint();
        }
        effects
    }
}
