//! Keys and the mouse of a terminal as the shared layer knows them.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use quarterdeck_view::keys::Key;

/// The shared key for a terminal's key event; releases and unknown keys are none.
pub fn key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let control = event.modifiers.contains(KeyModifiers::CONTROL);
    Some(match event.code {
        KeyCode::Char(c) if control => Key::Ctrl(c),
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::F(n) => Key::F(n),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => Key::BackTab,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        _ => return None,
    })
}

/// Pasted text with its line ends as they were copied: terminals send them as the Enter key does.
pub fn pasted(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_column_keeps_its_rows() {
        assert_eq!(pasted("11\t12\r１３\r\n14"), "11\t12\n１３\n14");
    }

    #[test]
    fn keys_are_those_of_the_shared_layer() {
        let event = |code, modifiers| KeyEvent::new(code, modifiers);
        assert_eq!(
            key(event(KeyCode::Char('c'), KeyModifiers::CONTROL)),
            Some(Key::Ctrl('c'))
        );
        assert_eq!(
            key(event(KeyCode::Char('？'), KeyModifiers::NONE)),
            Some(Key::Char('？'))
        );
        assert_eq!(
            key(event(KeyCode::Tab, KeyModifiers::SHIFT)),
            Some(Key::BackTab)
        );
        let mut released = event(KeyCode::Enter, KeyModifiers::NONE);
        released.kind = KeyEventKind::Release;
        assert_eq!(key(released), None);
    }
}
