//! Keys and text of the window as the keys that `quarterdeck-view` knows.

use crate::draw::panel::focus_id;
use egui::{Context, Event, Id, Key as Pressed, Modifiers};
use quarterdeck_view::keys::{self, Key};
use quarterdeck_view::msg::Msg;
use quarterdeck_view::panel::Screen;
use quarterdeck_view::state::State;

/// Where the keyboard's focus is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    /// Nowhere, or on a panel: keys are commands.
    Screen,
    /// On a button or another control: it takes Enter, Space and the arrows.
    Control,
    /// A text field takes all text; only keys that leave it are commands.
    Text,
    /// In a cell that is selected but not yet edited: text is a command or begins the edit.
    Cell,
}

/// Takes the keys out of egui's input that are commands, and gives each to `perform` in order.
///
/// The state may change between two keys of one frame, so it is asked anew for every key.
pub fn commands(
    context: &Context,
    state: &mut State,
    screen: &Screen,
    mut perform: impl FnMut(&mut State, Msg),
) {
    let waiting = Id::unique("keys-that-wait");
    let mut events: Vec<Event> = context
        .data_mut(|data| data.remove_temp(waiting))
        .unwrap_or_default();
    events.extend(context.input_mut(|input| std::mem::take(&mut input.events)));
    let mut kept = Vec::with_capacity(events.len());
    let mut events = events.into_iter();
    while let Some(event) = events.next() {
        // A slow frame may hold a whole word and the key after it: the field takes the word first, and the key, with
        // what follows it, waits for the next frame. Otherwise a part of the word would be taken for the whole.
        if leaves_field(&event)
            && kept.iter().any(changes_text)
            && holder(context, state, screen) == Holder::Text
        {
            let later: Vec<Event> = std::iter::once(event).chain(events).collect();
            context.data_mut(|data| data.insert_temp(waiting, later));
            context.request_repaint();
            break;
        }
        if !command(context, state, screen, &event, &mut perform) {
            kept.push(event);
        }
    }
    context.input_mut(|input| input.events = kept);
}

/// Changes the text of a field.
fn changes_text(event: &Event) -> bool {
    let deletes = |key: &Pressed| matches!(key, Pressed::Backspace | Pressed::Delete);
    match event {
        Event::Text(_) | Event::Paste(_) | Event::Cut | Event::Ime(_) => true,
        Event::Key { key, pressed, .. } => *pressed && deletes(key),
        _ => false,
    }
}

/// A key that means a command while a field is open.
fn leaves_field(event: &Event) -> bool {
    let Event::Key {
        key,
        pressed: true,
        modifiers,
        ..
    } = event
    else {
        return false;
    };
    key_of(*key, *modifiers).is_some_and(|key| allowed(key, Holder::Text))
}

fn holder(context: &Context, state: &State, screen: &Screen) -> Holder {
    if state.prompt.is_some() || state.editing.is_some() {
        return Holder::Text;
    }
    match context.memory(|memory| memory.focused()) {
        None => Holder::Screen,
        Some(_) if context.text_edit_focused() => Holder::Cell,
        Some(id) if screen.panels.iter().any(|panel| focus_id(panel.id) == id) => Holder::Screen,
        Some(_) => Holder::Control,
    }
}

/// True when the event was a command and nobody else shall see it.
fn command(
    context: &Context,
    state: &mut State,
    screen: &Screen,
    event: &Event,
    perform: &mut impl FnMut(&mut State, Msg),
) -> bool {
    if egui::Popup::is_any_open(context) {
        return false;
    }
    let holder = holder(context, state, screen);
    match event {
        Event::Text(text) => typed(state, text, holder, perform),
        Event::Copy | Event::Cut if holder != Holder::Text => {
            perform(state, Msg::Copy);
            true
        }
        Event::Paste(text) => pasted(state, text, holder, perform),
        Event::Key {
            key: Pressed::M,
            pressed: true,
            modifiers,
            ..
        } if modifiers.alt && !modifiers.ctrl => {
            crate::chrome::menu::toggle(context);
            true
        }
        Event::Key {
            key,
            pressed: true,
            modifiers,
            ..
        } => match key_of(*key, *modifiers) {
            Some(key) if allowed(key, holder) => match keys::on_key(state, key) {
                Some(msg) => {
                    if key == Key::Esc {
                        context.memory_mut(egui::Memory::stop_text_input);
                    }
                    perform(state, msg);
                    true
                }
                None => false,
            },
            _ => false,
        },
        _ => false,
    }
}

fn typed(
    state: &mut State,
    text: &str,
    holder: Holder,
    perform: &mut impl FnMut(&mut State, Msg),
) -> bool {
    if holder == Holder::Text || (holder == Holder::Control && text == " ") {
        return false;
    }
    let mut taken = false;
    for (at, letter) in text.char_indices() {
        if state.prompt.is_some() || state.editing.is_some() {
            // The first letter opened a field; the rest of a committed text belongs into it.
            return into_field(state, &text[at..], perform) || taken;
        }
        match keys::on_key(state, Key::Char(letter)) {
            Some(msg) => {
                perform(state, msg);
                taken = true;
            }
            None if holder == Holder::Cell => return taken,
            None => {}
        }
    }
    taken
}

fn into_field(state: &mut State, rest: &str, perform: &mut impl FnMut(&mut State, Msg)) -> bool {
    for letter in rest.chars() {
        if let Some(msg) = keys::on_key(state, Key::Char(letter)) {
            perform(state, msg);
        }
    }
    true
}

fn pasted(
    state: &mut State,
    text: &str,
    holder: Holder,
    perform: &mut impl FnMut(&mut State, Msg),
) -> bool {
    let block = text.trim_end_matches(['\r', '\n']).contains(['\t', '\n']);
    let into_grid = state.prompt.is_none()
        && state.screen() == quarterdeck_view::state::ScreenId::Entry
        && (block || holder != Holder::Text);
    if into_grid {
        perform(state, Msg::Paste(text.to_owned()));
    }
    into_grid
}

/// Whether a key is a command where the focus is.
fn allowed(key: Key, holder: Holder) -> bool {
    match holder {
        // Tab walks through every control of the window; the arrows move inside a panel.
        Holder::Screen | Holder::Cell => !matches!(key, Key::Tab | Key::BackTab | Key::Char(_)),
        Holder::Control => matches!(key, Key::Esc | Key::Ctrl(_) | Key::F(_)),
        Holder::Text => match key {
            Key::Enter | Key::Esc | Key::Tab | Key::BackTab | Key::Up | Key::Down | Key::F(_) => {
                true
            }
            // Editing keys of a text field stay its own.
            Key::Ctrl(letter) => !matches!(letter, 'a' | 'c' | 'v' | 'x' | 'z' | 'y'),
            _ => false,
        },
    }
}

fn key_of(key: Pressed, modifiers: Modifiers) -> Option<Key> {
    if modifiers.command || modifiers.ctrl {
        let name = key.name();
        let mut letters = name.chars();
        return match (letters.next(), letters.next()) {
            (Some(letter), None) if letter.is_ascii_alphanumeric() => {
                Some(Key::Ctrl(letter.to_ascii_lowercase()))
            }
            _ => None,
        };
    }
    if modifiers.alt {
        return None;
    }
    Some(match key {
        Pressed::Enter => Key::Enter,
        Pressed::Escape => Key::Esc,
        Pressed::Tab if modifiers.shift => Key::BackTab,
        Pressed::Tab => Key::Tab,
        Pressed::ArrowUp => Key::Up,
        Pressed::ArrowDown => Key::Down,
        Pressed::ArrowLeft => Key::Left,
        Pressed::ArrowRight => Key::Right,
        Pressed::PageUp => Key::PageUp,
        Pressed::PageDown => Key::PageDown,
        Pressed::Home => Key::Home,
        Pressed::End => Key::End,
        Pressed::Backspace => Key::Backspace,
        Pressed::Delete => Key::Delete,
        other => {
            let number = other.name().strip_prefix('F')?.parse().ok()?;
            Key::F(number)
        }
    })
}
