//! The table of commands.

use super::Key;
use crate::catalogue::DraftField;
use crate::msg::Msg;
use crate::state::{FaceKind, ScreenId, State};
use quarterdeck_kpi::money::Span;

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
            FaceKind::Terminal => self.plain.or_else(|| self.control_key(face)),
        }
    }
    /// Whether it works in this state.
    pub fn works(&self, state: &State) -> bool {
        match self.at {
            Where::Everywhere => true,
            Where::Workspace => state.loaded.is_some(),
            Where::On(screen) => state.screen() == screen,
            Where::Money => matches!(
                state.screen(),
                ScreenId::Overview | ScreenId::Programme | ScreenId::Budget
            ),
            Where::Window => state.capabilities.themes,
        }
    }
}

/// The commands that work now.
pub fn commands_for(state: &State) -> impl Iterator<Item = &'static Command> {
    COMMANDS.iter().filter(move |command| command.works(state))
}

const fn command(
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
const fn hinted(mut command: Command, hint: &'static str) -> Command {
    command.hint = Some(hint);
    command
}

/// Every command, in the order of menus and help.
pub const COMMANDS: &[Command] = &[
    hinted(
        command(
            "open",
            "command-open",
            Group::Screens,
            Where::Workspace,
            Some(Key::Enter),
            Key::Ctrl('o'),
            |_| Some(Msg::Open),
        ),
        "hint-open",
    ),
    hinted(
        command(
            "back",
            "command-back",
            Group::Screens,
            Where::Everywhere,
            Some(Key::Esc),
            Key::Ctrl('b'),
            |_| Some(Msg::Back),
        ),
        "hint-back",
    ),
    command(
        "overview",
        "command-overview",
        Group::Screens,
        Where::Workspace,
        None,
        Key::Ctrl('1'),
        |_| Some(Msg::Go(ScreenId::Overview)),
    ),
    command(
        "programme",
        "command-programme",
        Group::Screens,
        Where::Workspace,
        None,
        Key::Ctrl('2'),
        |_| Some(Msg::Go(ScreenId::Programme)),
    ),
    command(
        "budget",
        "command-budget",
        Group::Screens,
        Where::Workspace,
        None,
        Key::Ctrl('3'),
        |_| Some(Msg::Go(ScreenId::Budget)),
    ),
    command(
        "milestones",
        "command-milestones",
        Group::Screens,
        Where::Workspace,
        None,
        Key::Ctrl('4'),
        |_| Some(Msg::Go(ScreenId::Milestones)),
    ),
    command(
        "entry",
        "command-entry",
        Group::Screens,
        Where::Workspace,
        None,
        Key::Ctrl('5'),
        |_| Some(Msg::Go(ScreenId::Entry)),
    ),
    command(
        "sources",
        "command-sources",
        Group::Screens,
        Where::Workspace,
        None,
        Key::Ctrl('6'),
        |_| Some(Msg::Go(ScreenId::Sources)),
    ),
    command(
        "review",
        "command-review",
        Group::Screens,
        Where::Workspace,
        None,
        Key::Ctrl('7'),
        |_| Some(Msg::Go(ScreenId::Review)),
    ),
    command(
        "reports",
        "command-reports",
        Group::Screens,
        Where::Workspace,
        None,
        Key::Ctrl('8'),
        |_| Some(Msg::Go(ScreenId::Reports)),
    ),
    hinted(
        command(
            "accept",
            "command-accept",
            Group::Data,
            Where::On(ScreenId::Review),
            Some(Key::Char('t')),
            Key::F(2),
            |_| Some(Msg::AcceptItem),
        ),
        "hint-accept",
    ),
    hinted(
        command(
            "sign",
            "command-sign",
            Group::Data,
            Where::On(ScreenId::Review),
            Some(Key::Char('p')),
            Key::Ctrl('s'),
            |_| Some(Msg::Sign),
        ),
        "hint-sign",
    ),
    hinted(
        command(
            "help",
            "command-help",
            Group::Screens,
            Where::Everywhere,
            Some(Key::Char('?')),
            Key::F(1),
            |_| Some(Msg::Go(ScreenId::Help)),
        ),
        "hint-help",
    ),
    hinted(
        command(
            "previous",
            "command-quarter-previous",
            Group::Time,
            Where::Workspace,
            Some(Key::Char('[')),
            Key::F(7),
            |_| Some(Msg::PreviousQuarter),
        ),
        "hint-quarter",
    ),
    command(
        "next",
        "command-quarter-next",
        Group::Time,
        Where::Workspace,
        Some(Key::Char(']')),
        Key::F(8),
        |_| Some(Msg::NextQuarter),
    ),
    hinted(
        command(
            "asof",
            "command-as-of",
            Group::Time,
            Where::Workspace,
            Some(Key::Char('a')),
            Key::Ctrl('t'),
            |_| Some(Msg::AskAsOf),
        ),
        "hint-as-of",
    ),
    command(
        "asof-earlier",
        "command-as-of-earlier",
        Group::Time,
        Where::Workspace,
        Some(Key::Char('{')),
        Key::F(11),
        |_| Some(Msg::StepAsOf(-1)),
    ),
    command(
        "asof-later",
        "command-as-of-later",
        Group::Time,
        Where::Workspace,
        Some(Key::Char('}')),
        Key::F(12),
        |_| Some(Msg::StepAsOf(1)),
    ),
    hinted(
        command(
            "changes",
            "command-changes",
            Group::Time,
            Where::Workspace,
            Some(Key::Char('w')),
            Key::Ctrl('w'),
            |_| Some(Msg::ShowChanges),
        ),
        "hint-changes",
    ),
    command(
        "now",
        "command-now",
        Group::Time,
        Where::Workspace,
        Some(Key::Char('N')),
        Key::Ctrl('g'),
        |_| Some(Msg::SetAsOf(None)),
    ),
    hinted(
        command(
            "explain",
            "command-explain",
            Group::List,
            Where::Workspace,
            Some(Key::Char('e')),
            Key::Ctrl('l'),
            |_| Some(Msg::ExplainSelected),
        ),
        "hint-explain",
    ),
    hinted(
        command(
            "filter",
            "command-filter",
            Group::List,
            Where::Workspace,
            Some(Key::Char('/')),
            Key::Ctrl('f'),
            |_| Some(Msg::Filter),
        ),
        "hint-filter",
    ),
    hinted(
        command(
            "command",
            "command-line",
            Group::List,
            Where::Everywhere,
            Some(Key::Char(':')),
            Key::Ctrl('k'),
            |_| Some(Msg::Command),
        ),
        "hint-command",
    ),
    command(
        "sort",
        "command-sort-next",
        Group::List,
        Where::Workspace,
        Some(Key::Char('>')),
        Key::F(4),
        |_| Some(Msg::SortStep(1)),
    ),
    command(
        "sort-previous",
        "command-sort-previous",
        Group::List,
        Where::Workspace,
        Some(Key::Char('<')),
        Key::F(3),
        |_| Some(Msg::SortStep(-1)),
    ),
    command(
        "sort-turn",
        "command-sort-turn",
        Group::List,
        Where::Workspace,
        Some(Key::Char('o')),
        Key::F(6),
        |_| Some(Msg::SortStep(0)),
    ),
    command(
        "copy",
        "command-copy",
        Group::List,
        Where::Workspace,
        Some(Key::Char('y')),
        Key::Ctrl('c'),
        |_| Some(Msg::Copy),
    ),
    command(
        "money-unit",
        "command-money-unit",
        Group::List,
        Where::Money,
        Some(Key::Char('u')),
        Key::Ctrl('u'),
        |state| Some(Msg::SetMoneyUnit(state.money_unit.next())),
    ),
    hinted(
        command(
            "budget-rows",
            "command-budget-rows",
            Group::List,
            Where::On(ScreenId::Budget),
            Some(Key::Char('g')),
            Key::F(2),
            |state| Some(Msg::BudgetByProgramme(!state.budget_by_programme)),
        ),
        "hint-budget-rows",
    ),
    hinted(
        command(
            "budget-span",
            "command-budget-span",
            Group::List,
            Where::On(ScreenId::Budget),
            Some(Key::Char('t')),
            Key::Ctrl('e'),
            |state| {
                Some(Msg::SetBudgetSpan(match state.budget_span {
                    Span::YearToDate => Span::SinceBeginning,
                    Span::SinceBeginning => Span::YearToDate,
                }))
            },
        ),
        "hint-budget-span",
    ),
    hinted(
        command(
            "collect",
            "command-collect",
            Group::Data,
            Where::Workspace,
            Some(Key::Char('c')),
            Key::F(5),
            |_| Some(Msg::Collect(None)),
        ),
        "hint-collect",
    ),
    hinted(
        command(
            "new-source",
            "command-new-source",
            Group::Data,
            Where::On(ScreenId::Sources),
            Some(Key::Char('n')),
            Key::Ctrl('n'),
            |_| Some(Msg::NewSource),
        ),
        "hint-new-source",
    ),
    hinted(
        command(
            "address",
            "command-address",
            Group::Data,
            Where::On(ScreenId::NewSource),
            Some(Key::Char('p')),
            Key::Ctrl('u'),
            |_| Some(Msg::AskField(DraftField::Address)),
        ),
        "hint-address",
    ),
    hinted(
        command(
            "try",
            "command-try",
            Group::Data,
            Where::On(ScreenId::NewSource),
            Some(Key::Char('t')),
            Key::F(2),
            |_| Some(Msg::TrySource),
        ),
        "hint-try",
    ),
    hinted(
        command(
            "save-source",
            "command-save-source",
            Group::Data,
            Where::On(ScreenId::NewSource),
            Some(Key::Char('s')),
            Key::Ctrl('s'),
            |_| Some(Msg::SaveSource),
        ),
        "hint-save-source",
    ),
    hinted(
        command(
            "discard",
            "command-discard",
            Group::Data,
            Where::On(ScreenId::NewSource),
            Some(Key::Char('x')),
            Key::Ctrl('e'),
            |_| Some(Msg::DiscardSource),
        ),
        "hint-discard",
    ),
    hinted(
        command(
            "report",
            "command-report",
            Group::Data,
            Where::Workspace,
            Some(Key::Char('r')),
            Key::Ctrl('p'),
            |_| Some(Msg::Report),
        ),
        "hint-report",
    ),
    hinted(
        command(
            "handle",
            "command-handle",
            Group::Data,
            Where::Workspace,
            Some(Key::Char('h')),
            Key::Ctrl('y'),
            crate::update::exception_meant,
        ),
        "hint-handle",
    ),
    command(
        "reload",
        "command-reload",
        Group::Data,
        Where::Workspace,
        Some(Key::Char('R')),
        Key::Ctrl('r'),
        |_| Some(Msg::Reload),
    ),
    hinted(
        command(
            "edit",
            "command-edit",
            Group::Entry,
            Where::On(ScreenId::Entry),
            Some(Key::Char('i')),
            Key::F(2),
            |_| Some(Msg::EditStart(None)),
        ),
        "hint-edit",
    ),
    hinted(
        command(
            "save",
            "command-save",
            Group::Entry,
            Where::On(ScreenId::Entry),
            Some(Key::Char('s')),
            Key::Ctrl('s'),
            |_| Some(Msg::EntrySave),
        ),
        "hint-save",
    ),
    hinted(
        command(
            "undo",
            "command-undo",
            Group::Entry,
            Where::On(ScreenId::Entry),
            Some(Key::Char('u')),
            Key::Ctrl('z'),
            |_| Some(Msg::EntryUndo),
        ),
        "hint-undo",
    ),
    hinted(
        command(
            "evidence",
            "command-evidence",
            Group::Entry,
            Where::On(ScreenId::Entry),
            Some(Key::Char('v')),
            Key::Ctrl('e'),
            |_| Some(Msg::EntryEvidence),
        ),
        "hint-evidence",
    ),
    hinted(
        command(
            "lang",
            "command-language",
            Group::Program,
            Where::Everywhere,
            Some(Key::Char('L')),
            Key::F(9),
            |_| Some(Msg::ToggleLanguage),
        ),
        "hint-language",
    ),
    command(
        "dark",
        "command-dark",
        Group::Program,
        Where::Window,
        None,
        Key::Ctrl('d'),
        |state| Some(Msg::SetDark(!state.dark)),
    ),
    command(
        "workspace",
        "command-open-workspace",
        Group::Program,
        Where::Everywhere,
        None,
        Key::F(10),
        |_| Some(Msg::AskOpenWorkspace),
    ),
    command(
        "create",
        "command-create-workspace",
        Group::Program,
        Where::On(ScreenId::Start),
        None,
        Key::F(11),
        |_| Some(Msg::AskCreateWorkspace),
    ),
    command(
        "demo",
        "command-demo",
        Group::Program,
        Where::On(ScreenId::Start),
        None,
        Key::F(12),
        |_| Some(Msg::ShowDemo),
    ),
    hinted(
        command(
            "quit",
            "command-quit",
            Group::Program,
            Where::Everywhere,
            Some(Key::Char('q')),
            Key::Ctrl('q'),
            |_| Some(Msg::Quit),
        ),
        "hint-quit",
    ),
];
