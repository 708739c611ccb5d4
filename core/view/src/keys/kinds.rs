//! What a command is, and where it works.

use super::Key;
use crate::msg::Msg;
use crate::state::{FaceKind, ScreenId, State};

/// Heading of the menu a command stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Group {
    Screens,
    Time,
    List,
    Data,
    Entry,
    Program,
}

impl Group {
    /// Every group in menu order.
    pub const ALL: [Group; 6] = [
        Group::Screens,
        Group::Time,
        Group::List,
        Group::Data,
        Group::Entry,
        Group::Program,
    ];
    /// Key of its word.
    pub fn word(self) -> &'static str {
        match self {
            Group::Screens => "menu-screens",
            Group::Time => "menu-time",
            Group::List => "menu-list",
            Group::Data => "menu-data",
            Group::Entry => "menu-entry",
            Group::Program => "menu-program",
        }
    }
}

/// Where a command works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Where {
    /// Everywhere.
    Everywhere,
    /// With a workspace.
    Workspace,
    /// With a workspace, or on the first page when it lists some.
    Rows,
    /// On one screen.
    On(ScreenId),
    /// On screens with tables of money.
    Money,
    /// Only in a window.
    Window,
}

/// A command of the user.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// Word of the command line.
    pub id: &'static str,
    /// Key of its label in menus and help.
    pub label: &'static str,
    /// Key of its short label in the last line; `None`: not shown there.
    pub hint: Option<&'static str>,
    /// Menu.
    pub group: Group,
    /// Where it works.
    pub at: Where,
    /// Bare key.
    pub plain: Option<Key>,
    /// Ctrl or F key, which works with an input method on.
    pub control: Key,
    /// Another one in a terminal.
    pub control_terminal: Option<Key>,
    /// What it does; `None`: nothing to do now.
    pub msg: fn(&State) -> Option<Msg>,
}

impl Command {
    /// Its Ctrl or F key in this face.
    pub fn control_key(&self, face: FaceKind) -> Option<Key> {
        match face {
            FaceKind::Window => Some(self.control),
            FaceKind::Terminal => {
                let key = self.control_terminal.unwrap_or(self.control);
                (key != Key::Ctrl('c')).then_some(key)
            }
        }
    }
    /// The key shown for it in this face.
    pub fn shown_key(&self, face: FaceKind) -> Option<Key> {
        match face {
            FaceKind::Window => Some(self.control),
            FaceKind::Terminal => match self.plain.or_else(|| self.control_key(face)) {
                // No terminal sends it; outside of a text the digit alone does the same.
                Some(Key::Ctrl(digit @ '1'..='9')) => Some(Key::Char(digit)),
                key => key,
            },
        }
    }
    /// Whether it works in this state.
    pub fn works(&self, state: &State) -> bool {
        match self.at {
            Where::Everywhere => true,
            Where::Workspace => state.loaded.is_some(),
            Where::Rows => state.loaded.is_some() || !state.recent.is_empty(),
            Where::On(screen) => state.screen() == screen,
            Where::Money => matches!(
                state.screen(),
                ScreenId::Overview | ScreenId::Programme | ScreenId::Budget
            ),
            Where::Window => state.capabilities.themes,
        }
    }
}

pub(super) const fn command(
    id: &'static str,
    label: &'static str,
    group: Group,
    at: Where,
    plain: Option<Key>,
    control: Key,
    msg: fn(&State) -> Option<Msg>,
) -> Command {
    Command {
        id,
        label,
        hint: None,
        group,
        at,
        plain,
        control,
        control_terminal: None,
        msg,
    }
}
pub(super) const fn hinted(mut command: Command, hint: &'static str) -> Command {
    command.hint = Some(hint);
    command
}
