//! What the window remembers from one session to the next: its size, its theme, the language that
//! was chosen, and the workspaces opened last.
//!
//! A few lines in the person's own settings folder. Nothing depends on them: where they are missing
//! or cannot be read, the window opens as if for the first time.

use quarterdeck_core::platform;
use quarterdeck_view::i18n::Language;
use std::path::{Path, PathBuf};

/// Workspaces that are remembered.
const MOST: usize = 6;
/// A file longer than this was not written here.
const LONGEST: u64 = 32 * 1024;
/// Sizes that a window can have, points.
const SIZES: (std::ops::RangeInclusive<u16>, std::ops::RangeInclusive<u16>) =
    (640..=8192, 400..=8192);

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Memory {
    /// Where it is kept; `None`: nowhere.
    file: Option<PathBuf>,
    /// What the file says.
    written: String,
    /// Size of the window, points.
    pub size: Option<(f32, f32)>,
    /// Dark theme.
    pub dark: Option<bool>,
    /// The language a person chose.
    pub language: Option<Language>,
    /// Workspaces, the one opened last first.
    pub recent: Vec<PathBuf>,
}

impl Memory {
    /// Of the person at the keyboard.
    pub fn of_person() -> Self {
        let folder = platform::settings_folder();
        folder.map_or_else(Self::default, |folder| {
            Self::of(&folder.join("quarterdeck"))
        })
    }

    /// Of a folder.
    pub fn of(folder: &Path) -> Self {
        let file = folder.join("window.conf");
        let short = std::fs::metadata(&file).is_ok_and(|meta| meta.len() <= LONGEST);
        let text = match short {
            true => std::fs::read_to_string(&file).unwrap_or_default(),
            false => String::new(),
        };
        let mut memory = Self {
            file: Some(file),
            ..Self::default()
        };
        for line in text.lines() {
            if let Some((name, value)) = line.split_once('=') {
                memory.take(name.trim(), value.trim());
            }
        }
        memory.written = text;
        memory
    }

    /// The same, but nothing will be written.
    #[must_use]
    pub fn unwritten(self) -> Self {
        Self { file: None, ..self }
    }

    fn take(&mut self, name: &str, value: &str) {
        match name {
            "size" => {
                let sides = value.split_once('x');
                let sides = sides.and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
                self.size = sides
                    .filter(|(w, h)| SIZES.0.contains(w) && SIZES.1.contains(h))
                    .map(|(w, h): (u16, u16)| (f32::from(w), f32::from(h)));
            }
            "theme" => self.dark = Some(value == "dark"),
            "language" => self.language = Language::from_id(value),
            "recent" if self.recent.len() < MOST && Path::new(value).is_absolute() => {
                self.recent.push(PathBuf::from(value));
            }
            _ => {}
        }
    }

    /// A workspace was opened.
    pub fn opened(&mut self, root: &Path) {
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        self.recent.retain(|known| *known != root);
        self.recent.insert(0, root);
        self.recent.truncate(MOST);
    }

    fn text(&self) -> String {
        let mut text = String::new();
        if let Some((width, height)) = self.size {
            text.push_str(&format!("size = {width:.0}x{height:.0}\n"));
        }
        if let Some(dark) = self.dark {
            let theme = if dark { "dark" } else { "light" };
            text.push_str(&format!("theme = {theme}\n"));
        }
        if let Some(language) = self.language {
            text.push_str(&format!("language = {}\n", language.id()));
        }
        for root in &self.recent {
            // A name that is no text, or that would be two lines, is not remembered.
            if let Some(root) = root.to_str().filter(|root| !root.contains(['\n', '\r'])) {
                text.push_str(&format!("recent = {root}\n"));
            }
        }
        text
    }

    /// Writes what changed. It is a convenience: what cannot be written is forgotten.
    pub fn save(&mut self) {
        let text = self.text();
        let Some(file) = self.file.as_ref().filter(|_| text != self.written) else {
            return;
        };
        let made = file.parent().map(std::fs::create_dir_all);
        if !matches!(made, Some(Err(_))) && platform::replace_file(file, text.as_bytes()).is_ok() {
            self.written = text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("quarterdeck");
        let mut memory = Memory::of(&place);
        assert_eq!((memory.size, memory.recent.len()), (None, 0));
        memory.size = Some((1280.0, 800.0));
        memory.dark = Some(true);
        memory.language = Some(Language::En);
        for name in ["a", "b", "a", "c", "d", "e", "f", "g"] {
            memory.opened(&folder.path().join(name));
        }
        memory.save();
        let again = Memory::of(&place);
        assert_eq!(again.size, Some((1280.0, 800.0)));
        assert_eq!(
            (again.dark, again.language),
            (Some(true), Some(Language::En))
        );
        assert_eq!(again.recent.len(), MOST);
        assert_eq!(again.recent[0], folder.path().join("g"));
        assert!(again.recent.contains(&folder.path().join("a")));
    }

    #[test]
    fn a_damaged_file_is_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("window.conf");
        std::fs::write(
            &file,
            "size = 9x9\nsize\nrecent = not/absolute\ntheme = dark\n\u{0}=\u{0}",
        )
        .unwrap();
        let memory = Memory::of(folder.path());
        assert_eq!((memory.size, memory.recent.len()), (None, 0));
        assert_eq!(memory.dark, Some(true));
        std::fs::write(&file, [0xff, 0xfe, 0x00]).unwrap();
        assert_eq!(Memory::of(folder.path()).dark, None);
        let mut silent = Memory::of(folder.path()).unwritten();
        silent.opened(folder.path());
        silent.save();
        assert_eq!(std::fs::read(&file).unwrap(), [0xff, 0xfe, 0x00]);
    }
}
