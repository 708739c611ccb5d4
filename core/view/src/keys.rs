//! Keys: one table of commands, from which menus, footers, help and the keyboard are made.
//!
//! With an input method active a bare letter never reaches the program, so every command is also
//! on a Ctrl or F key, and full-width ：／？！ and digits count as their ASCII forms.

use crate::msg::Msg;
use crate::state::{FaceKind, PromptKind, ScreenId, State};
use std::fmt;

mod command;
mod table;

pub use command::{Command, Group, Where};
pub use table::{COMMANDS, commands_for};

/// A key as a face received it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Key {
    Char(char),
    Ctrl(char),
    F(u8),
    Enter,
    Esc,
    Tab,
    BackTab,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Backspace,
    Delete,
}

impl fmt::Display for Key {
    /// As printed on keyboards and in help: `Ctrl+S`, `F5`, `/`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Char(' ') => f.write_str("Space"),
            Key::Char(c) => write!(f, "{c}"),
            Key::Ctrl(c) => write!(f, "Ctrl+{}", c.to_ascii_uppercase()),
            Key::F(n) => write!(f, "F{n}"),
            Key::BackTab => f.write_str("Shift+Tab"),
            Key::PageUp => f.write_str("PgUp"),
            Key::PageDown => f.write_str("PgDn"),
            Key::Delete => f.write_str("Del"),
            other => write!(f, "{other:?}"),
        }
    }
}

impl Key {
    /// Full-width forms as their ASCII ones: ：／？！ and digits arrive so with an input method on.
    #[must_use]
    pub fn folded(self) -> Key {
        match self {
            Key::Char('\u{3001}') => Key::Char('/'),
            Key::Char('「') => Key::Char('['),
            Key::Char('」') => Key::Char(']'),
            Key::Char(c @ '\u{FF01}'..='\u{FF5E}') => {
                Key::Char(char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c))
            }
            Key::Char('\u{3000}') => Key::Char(' '),
            Key::Ctrl(c) => Key::Ctrl(c.to_ascii_lowercase()),
            other => other,
        }
    }
}

/// How far Page Up and Page Down go.
const PAGE: i32 = 10;

/// What a key means now; `None`: nothing here.
pub fn on_key(state: &State, key: Key) -> Option<Msg> {
    let folded = key.folded();
    if folded == Key::Ctrl('c') && state.face == FaceKind::Terminal {
        return Some(Msg::Interrupt);
    }
    if let Some(prompt) = &state.prompt {
        return in_prompt(prompt.kind, &prompt.text, key);
    }
    if let Some((cell, _)) = &state.editing {
        let text = state
            .drafts
            .get(cell)
            .map_or(String::new(), |d| d.text.clone());
        return in_cell(cell, text, key);
    }
    for command in commands_for(state) {
        if command.plain == Some(folded) || command.control_key(state.face) == Some(folded) {
            return (command.msg)(state);
        }
    }
    match folded {
        Key::Up | Key::Char('k') => Some(Msg::Move(-1)),
        Key::Down | Key::Char('j') => Some(Msg::Move(1)),
        Key::PageUp => Some(Msg::Move(-PAGE)),
        Key::PageDown => Some(Msg::Move(PAGE)),
        Key::Home => Some(Msg::MoveToEnd(false)),
        Key::End => Some(Msg::MoveToEnd(true)),
        Key::Tab | Key::Right => Some(Msg::Focus(1)),
        Key::BackTab | Key::Left => Some(Msg::Focus(-1)),
        Key::Enter => Some(Msg::Open),
        Key::Esc | Key::Backspace => Some(Msg::Back),
        Key::Char(c @ '0'..='9' | c @ '-' | c @ '.') if state.screen() == ScreenId::Entry => {
            Some(Msg::EditStart(Some(c.to_string())))
        }
        Key::Char(digit @ '1'..='9') => {
            let at = usize::from(u8::try_from(digit).ok()?.checked_sub(b'1')?);
            ScreenId::RAIL.get(at).copied().map(Msg::Go)
        }
        Key::Ctrl(digit @ '1'..='9') => {
            let at = usize::from(u8::try_from(digit).ok()?.checked_sub(b'1')?);
            ScreenId::RAIL.get(at).copied().map(Msg::Go)
        }
        _ => None,
    }
}

fn in_prompt(kind: PromptKind, text: &str, key: Key) -> Option<Msg> {
    match key {
        Key::Enter => Some(Msg::PromptAccept),
        Key::Esc => Some(Msg::PromptCancel),
        Key::Up | Key::BackTab => Some(Msg::PromptMove(-1)),
        Key::Down | Key::Tab => Some(Msg::PromptMove(1)),
        Key::Backspace if text.is_empty() => Some(Msg::PromptCancel),
        Key::Backspace => {
            let mut shorter = text.to_owned();
            shorter.pop();
            Some(Msg::PromptText(shorter))
        }
        Key::Ctrl('u') => Some(Msg::PromptText(String::new())),
        Key::Char(c) if !c.is_control() => {
            // A second `/` or `:` of the same key is not a text.
            let _ = kind;
            Some(Msg::PromptText(format!("{text}{c}")))
        }
        _ => None,
    }
}

fn in_cell(cell: &str, mut text: String, key: Key) -> Option<Msg> {
    let typed = |text| {
        Some(Msg::EditText {
            key: cell.to_owned(),
            text,
        })
    };
    match key {
        Key::Enter | Key::Down => Some(Msg::EditAccept { forward: false }),
        Key::Tab => Some(Msg::EditAccept { forward: true }),
        Key::Esc => Some(Msg::EditCancel),
        Key::Backspace => {
            text.pop();
            typed(text)
        }
        Key::Delete | Key::Ctrl('u') => typed(String::new()),
        Key::Ctrl('s') => Some(Msg::EntrySave),
        Key::Char(c) if !c.is_control() => {
            text.push(c);
            typed(text)
        }
        _ => None,
    }
}
