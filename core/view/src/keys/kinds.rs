//! Where commands stand and where they work.

use crate::state::ScreenId;

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
    /// On one screen.
    On(ScreenId),
    /// On screens with tables of money.
    Money,
    /// Only in a window.
    Window,
}
