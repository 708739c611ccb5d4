//! The command line of the window.

use quarterdeck_view::i18n::Language;
use quarterdeck_view::state::ScreenId;
use std::ffi::OsString;
use std::path::PathBuf;

/// A picture to make instead of showing a window to work in.
#[derive(Debug, Clone, PartialEq)]
pub struct Shot {
    /// PNG file to write.
    pub file: PathBuf,
    /// Screen to show.
    pub screen: ScreenId,
    /// Programme to open.
    pub programme: Option<String>,
    /// Typed into the command line before the picture is made.
    pub commands: Vec<String>,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// Workspace; without one the first page opens.
    pub workspace: Option<PathBuf>,
    /// Language.
    pub language: Option<Language>,
    /// Write nothing.
    pub read_only: bool,
    /// Dark theme, light theme; `None`: as the window remembers.
    pub dark: Option<bool>,
    /// Size of the window, points.
    pub size: Option<(f32, f32)>,
    /// A picture instead of a session.
    pub shot: Option<Shot>,
}

/// What the command line came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Parsed {
    /// Open the window.
    Run(Box<Options>),
    /// Print the usage.
    Help,
    /// Print the version.
    Version,
    /// Not understood: the argument.
    Wrong(String),
}

/// Reads the arguments after the program's name.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Parsed {
    let mut options = Options::default();
    let mut file = None;
    let mut screen = ScreenId::Overview;
    let mut programme = None;
    let mut commands = Vec::new();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy().into_owned();
        let (name, inline) = match text.split_once('=') {
            Some((name, value)) if name.starts_with("--") => {
                (name.to_owned(), Some(OsString::from(value)))
            }
            _ => (text.clone(), None),
        };
        let mut value = || inline.clone().or_else(|| arguments.next());
        let understood = match name.as_str() {
            "--help" | "-h" => return Parsed::Help,
            "--version" | "-V" => return Parsed::Version,
            "--read-only" => {
                options.read_only = true;
                Some(())
            }
            "--lang" => word(value())
                .and_then(|id| Language::from_id(&id))
                .map(|found| options.language = Some(found)),
            "--theme" => word(value())
                .filter(|id| id == "dark" || id == "light")
                .map(|id| options.dark = Some(id == "dark")),
            "--size" => word(value())
                .and_then(|id| size(&id))
                .map(|found| options.size = Some(found)),
            "--screenshot" => value().map(|path| file = Some(PathBuf::from(path))),
            "--screen" => word(value()).and_then(|id| {
                screen = ScreenId::ALL.into_iter().find(|screen| screen.id() == id)?;
                Some(())
            }),
            "--programme" => word(value()).map(|id| programme = Some(id)),
            "--command" => word(value()).map(|typed| commands.push(typed)),
            name if name.starts_with('-') => None,
            _ if options.workspace.is_none() => {
                options.workspace = Some(PathBuf::from(argument));
                Some(())
            }
            _ => None,
        };
        if understood.is_none() {
            return Parsed::Wrong(text);
        }
    }
    options.shot = file.map(|file| Shot {
        file,
        screen,
        programme,
        commands,
    });
    Parsed::Run(Box::new(options))
}

fn word(value: Option<OsString>) -> Option<String> {
    value?.into_string().ok()
}

fn size(text: &str) -> Option<(f32, f32)> {
    let (width, height) = text.split_once('x')?;
    let (width, height): (u16, u16) = (width.parse().ok()?, height.parse().ok()?);
    (width >= 640 && height >= 400).then_some((f32::from(width), f32::from(height)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Parsed {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn a_picture_is_asked_for_with_screen_and_size() {
        let Parsed::Run(options) =
            of("desk --screenshot a.png --screen=sources --size 1100x700 --theme dark --lang en")
        else {
            panic!("not understood");
        };
        assert_eq!(options.workspace, Some(PathBuf::from("desk")));
        assert_eq!(options.size, Some((1100.0, 700.0)));
        assert_eq!(options.dark, Some(true));
        assert_eq!(
            options.shot.map(|shot| shot.screen),
            Some(ScreenId::Sources)
        );
    }

    #[test]
    fn the_usage_names_every_screen_of_a_picture() {
        for language in Language::ALL {
            let usage = quarterdeck_view::i18n::word(language, "gui-usage");
            for screen in ScreenId::ALL {
                assert!(usage.contains(screen.id()), "{}", screen.id());
            }
        }
    }

    #[test]
    fn an_unknown_option_is_named() {
        assert_eq!(of("--sreenshot a"), Parsed::Wrong("--sreenshot".to_owned()));
        assert_eq!(of("--lang tlh"), Parsed::Wrong("--lang".to_owned()));
        assert_eq!(of("one two"), Parsed::Wrong("two".to_owned()));
        assert_eq!(of("--size 10x10"), Parsed::Wrong("--size".to_owned()));
    }
}
