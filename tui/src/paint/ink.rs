//! Tones as the terminal at hand can show them: 256 colours, 16 colours, or attributes alone.

use quarterdeck_view::palette;
use quarterdeck_view::panel::{Span, Status, Tone};
use ratatui::style::{Color, Modifier, Style};

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// 256 colours.
    Many,
    /// 16 colours.
    Sixteen,
    /// `NO_COLOR`: bold, reverse and underline only.
    None,
}

/// Styles for one terminal.
#[derive(Debug, Clone, Copy)]
pub struct Ink {
    /// Colours it has.
    pub depth: Depth,
    /// Light text on a dark ground.
    pub dark: bool,
    /// Plain ASCII signs.
    pub ascii: bool,
    /// The terminal is so large that sentences which only repeat a picture in words are shown too.
    pub roomy: bool,
}

impl Ink {
    /// What the environment says the terminal can do.
    pub fn from_environment(variable: &dyn Fn(&str) -> Option<String>, ascii: bool) -> Ink {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = variable("TERM").unwrap_or_default();
        let depth = if set("NO_COLOR").is_some() || term == "dumb" {
            Depth::None
        } else if term.contains("256") || set("COLORTERM").is_some() || set("WT_SESSION").is_some()
        {
            Depth::Many
        } else {
            Depth::Sixteen
        };
        // COLORFGBG is "foreground;background"; 7 and 15 are the light grounds.
        let ground = variable("COLORFGBG").and_then(|v| v.rsplit(';').next().map(str::to_owned));
        let dark = !matches!(ground.as_deref(), Some("7" | "15"));
        Ink {
            depth,
            dark,
            ascii,
            roomy: false,
        }
    }

    /// Style of a tone.
    pub fn tone(self, tone: Tone) -> Style {
        match self.depth {
            Depth::Many => {
                let style = match tone {
                    // The terminal's own foreground, which its owner chose.
                    Tone::Text => Style::default(),
                    other => {
                        Style::default().fg(Color::Indexed(palette::colour_256(other, self.dark)))
                    }
                };
                if tone == Tone::Demo {
                    style.add_modifier(Modifier::BOLD)
                } else {
                    style
                }
            }
            Depth::Sixteen => {
                let sixteen = palette::colour_16(tone);
                let mut style = match tone {
                    Tone::Text | Tone::Label => Style::default(),
                    _ => Style::default().fg(Color::Indexed(sixteen.colour)),
                };
                for (on, modifier) in [
                    (sixteen.bold, Modifier::BOLD),
                    (sixteen.dim, Modifier::DIM),
                    (sixteen.underline, Modifier::UNDERLINED),
                ] {
                    if on {
                        style = style.add_modifier(modifier);
                    }
                }
                style
            }
            Depth::None => match tone {
                Tone::Status(Status::AtRisk) | Tone::Demo => {
                    Style::default().add_modifier(Modifier::BOLD)
                }
                Tone::Status(Status::Rejected) => {
                    Style::default().add_modifier(Modifier::UNDERLINED)
                }
                _ => Style::default(),
            },
        }
    }

    /// Style of a span.
    pub fn span(self, span: &Span) -> Style {
        let style = match span.tone {
            Tone::Status(status) if !palette::look(status).toned_word => self.tone(Tone::Label),
            tone => self.tone(tone),
        };
        let style = if span.struck {
            style.add_modifier(Modifier::CROSSED_OUT)
        } else {
            style
        };
        if span.bold {
            style.add_modifier(Modifier::BOLD)
        } else {
            style
        }
    }

    /// Style of a solid block: the only one that is filled.
    pub fn solid(self, tone: Tone) -> Style {
        self.tone(tone).add_modifier(Modifier::REVERSED)
    }

    /// Ground of the selected row.
    pub fn selection(self) -> Style {
        match self.depth {
            Depth::Many => Style::default().bg(Color::Indexed(if self.dark { 236 } else { 254 })),
            _ => Style::default().add_modifier(Modifier::BOLD),
        }
    }

    /// Headings.
    pub fn heading(self) -> Style {
        Style::default().add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    /// Mark of the selected row.
    pub fn pointer(self) -> &'static str {
        if self.ascii { ">" } else { "›" }
    }

    /// Sign of a status.
    pub fn sign(self, status: Status) -> char {
        let look = palette::look(status);
        if self.ascii { look.ascii } else { look.sign }
    }
}
