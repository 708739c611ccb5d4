//! The one palette: roles, tones, type sizes and grid. Screens name tones, never colours.

mod check;

use crate::panel::Tone;
use quarterdeck_kpi::status::Status;

pub use check::{Vision, contrast, distance, machado};

/// Red, green, blue.
pub type Rgb = (u8, u8, u8);

/// A colour in both themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// On a light surface.
    pub light: Rgb,
    /// On a dark surface.
    pub dark: Rgb,
}

impl Pair {
    /// The colour of a theme.
    pub const fn of(self, dark: bool) -> Rgb {
        if dark { self.dark } else { self.light }
    }
}

const fn rgb_of(hex: u32) -> Rgb {
    let [_, r, g, b] = hex.to_be_bytes();
    (r, g, b)
}
const fn pair(light: u32, dark: u32) -> Pair {
    Pair {
        light: rgb_of(light),
        dark: rgb_of(dark),
    }
}

/// What a surface, line or series is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Role {
    Rail,
    Content,
    Band,
    Track,
    Selection,
    Line,
    StrongLine,
    Text,
    Label,
    Hint,
    Accent,
    OnAccent,
    ControlEdge,
    DemoInk,
    DemoFill,
    DemoEdge,
    InkOnBehind,
    Actual,
    ForecastBand,
    Target,
    FormerTarget,
    Grid,
    Paid,
    Payable,
    Saved,
    Open,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 26] = [
        Role::Rail,
        Role::Content,
        Role::Band,
        Role::Track,
        Role::Selection,
        Role::Line,
        Role::StrongLine,
        Role::Text,
        Role::Label,
        Role::Hint,
        Role::Accent,
        Role::OnAccent,
        Role::ControlEdge,
        Role::DemoInk,
        Role::DemoFill,
        Role::DemoEdge,
        Role::InkOnBehind,
        Role::Actual,
        Role::ForecastBand,
        Role::Target,
        Role::FormerTarget,
        Role::Grid,
        Role::Paid,
        Role::Payable,
        Role::Saved,
        Role::Open,
    ];

    /// Its colour in both themes.
    pub const fn pair(self) -> Pair {
        match self {
            Role::Rail => pair(0xF3F5F7, 0x0F141A),
            Role::Content => pair(0xFFFFFF, 0x161C24),
            Role::Band => pair(0xF7F9FA, 0x1B232C),
            Role::Track => pair(0xE9EDF1, 0x26303B),
            Role::Selection => pair(0xE4EDF8, 0x203349),
            Role::Line => pair(0xE1E5EA, 0x262F39),
            Role::StrongLine => pair(0xC3CAD2, 0x3A4652),
            Role::Text => pair(0x17212B, 0xE8ECF1),
            Role::Label => pair(0x46525F, 0xB2BCC8),
            Role::Hint => pair(0x5F6B78, 0x909CAA),
            Role::Accent | Role::Actual => pair(0x1F5AA6, 0x82B4F2),
            Role::OnAccent | Role::InkOnBehind => pair(0xFFFFFF, 0x0F141A),
            Role::ControlEdge => pair(0x7C8896, 0x6F7C8B),
            Role::DemoInk => pair(0x8A4B00, 0xF5CB52),
            Role::DemoFill => pair(0xFFF4DE, 0x2E2815),
            Role::DemoEdge => pair(0xD9A441, 0x7A6324),
            Role::ForecastBand => pair(0xC9DBF0, 0x263E5A),
            Role::Target => pair(0x3A4551, 0xC3CCD6),
            Role::FormerTarget => pair(0x8A949F, 0x75818E),
            Role::Grid => pair(0xE9EDF1, 0x222B35),
            Role::Paid => pair(0x163F73, 0x9CC4F5),
            Role::Payable => pair(0x4F86C6, 0x5C90CF),
            Role::Saved => pair(0xA9C7E8, 0x34597F),
            Role::Open => pair(0xE3E9EF, 0x26303B),
        }
    }
    /// Its colour in a theme.
    pub const fn rgb(self, dark: bool) -> Rgb {
        self.pair().of(dark)
    }
}

/// Colour of a terminal with 16 colours, and its attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sixteen {
    /// 0 to 7.
    pub colour: u8,
    /// Bold.
    pub bold: bool,
    /// Dim.
    pub dim: bool,
    /// Underlined.
    pub underline: bool,
    /// Reverse.
    pub reverse: bool,
}

const fn sixteen(colour: u8) -> Sixteen {
    Sixteen {
        colour,
        bold: false,
        dim: false,
        underline: false,
        reverse: false,
    }
}

/// How a status looks: glyph, word and colour, so that nothing rests on colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusLook {
    /// Key of its word.
    pub word: &'static str,
    /// Sign, never of ambiguous width.
    pub sign: char,
    /// Sign of a plain terminal.
    pub ascii: char,
    /// Ink.
    pub ink: Pair,
    /// Tile and chip behind the sign.
    pub tint: Pair,
    /// Number of the 256 colours on dark and on light.
    pub colours_256: (u8, u8),
    /// 16 colours.
    pub sixteen: Sixteen,
    /// A solid block (only behind).
    pub solid: bool,
    /// A dashed edge or hatch: not known.
    pub dashed: bool,
    /// The word is in the ink too; on track keeps its word in t2.
    pub toned_word: bool,
}

const ON: StatusLook = StatusLook {
    word: "status-on-track",
    sign: '▪',
    ascii: '=',
    ink: pair(0x00735F, 0x6FD3BA),
    tint: pair(0xE3F2EE, 0x17302F),
    colours_256: (79, 29),
    sixteen: sixteen(6),
    solid: false,
    dashed: false,
    toned_word: false,
};
const MET: StatusLook = StatusLook {
    word: "status-met",
    sign: '✓',
    ascii: '*',
    ..ON
};
const RISK: StatusLook = StatusLook {
    word: "status-at-risk",
    sign: '!',
    ascii: '!',
    ink: pair(0x946000, 0xF5CB52),
    tint: pair(0xFBEFD9, 0x35301F),
    colours_256: (221, 94),
    sixteen: Sixteen {
        bold: true,
        ..sixteen(3)
    },
    solid: false,
    dashed: false,
    toned_word: true,
};
const BEHIND: StatusLook = StatusLook {
    word: "status-behind",
    sign: '▾',
    ascii: '<',
    ink: pair(0xA00D2E, 0xFF7C72),
    tint: pair(0xFBE6E7, 0x3C2428),
    colours_256: (210, 88),
    sixteen: Sixteen {
        reverse: true,
        ..sixteen(1)
    },
    solid: true,
    dashed: false,
    toned_word: true,
};
const MISSING: StatusLook = StatusLook {
    word: "status-no-data",
    sign: '?',
    ascii: '?',
    ink: pair(0x6840BE, 0xB99AFF),
    tint: pair(0xEFEAFA, 0x2B2A42),
    colours_256: (141, 92),
    sixteen: Sixteen {
        bold: true,
        ..sixteen(5)
    },
    solid: false,
    dashed: true,
    toned_word: true,
};
const UNKNOWN: StatusLook = StatusLook {
    word: "status-unknown",
    ..MISSING
};
const LATE: StatusLook = StatusLook {
    word: "status-late",
    sign: '◔',
    ascii: '~',
    ink: pair(0x7A0F49, 0xF0A0D2),
    tint: pair(0xF6E7EF, 0x372838),
    colours_256: (218, 89),
    sixteen: sixteen(5),
    solid: false,
    dashed: true,
    toned_word: true,
};
const STALE: StatusLook = StatusLook {
    word: "status-stale",
    ..LATE
};
const REJECTED: StatusLook = StatusLook {
    word: "status-rejected",
    sign: '⊗',
    ascii: 'x',
    ink: pair(0x241456, 0xC886C6),
    tint: pair(0xE9E6F1, 0x2F2636),
    colours_256: (176, 17),
    sixteen: Sixteen {
        underline: true,
        ..sixteen(5)
    },
    solid: false,
    dashed: true,
    toned_word: true,
};
const NOT_DUE: StatusLook = StatusLook {
    word: "status-not-due",
    sign: '◦',
    ascii: '.',
    ink: pair(0x646878, 0x9BA1AB),
    tint: pair(0xF0F1F4, 0x232A33),
    colours_256: (247, 242),
    sixteen: Sixteen {
        dim: true,
        ..sixteen(7)
    },
    solid: false,
    dashed: true,
    toned_word: true,
};
const NO_TARGET: StatusLook = StatusLook {
    word: "status-no-target",
    sign: '⊖',
    ascii: '-',
    ink: pair(0x434C64, 0xDDE5F3),
    tint: pair(0xEBEDF2, 0x29313C),
    colours_256: (254, 60),
    sixteen: sixteen(7),
    solid: false,
    dashed: false,
    toned_word: true,
};

/// How a status looks.
pub const fn look(status: Status) -> &'static StatusLook {
    match status {
        Status::Met => &MET,
        Status::OnTrack => &ON,
        Status::AtRisk => &RISK,
        Status::Behind => &BEHIND,
        Status::NotDue => &NOT_DUE,
        Status::NoData => &MISSING,
        Status::Late => &LATE,
        Status::Stale => &STALE,
        Status::Rejected => &REJECTED,
        Status::NoTarget => &NO_TARGET,
        Status::Unknown => &UNKNOWN,
    }
}

/// Ink of a tone.
pub const fn ink(tone: Tone, dark: bool) -> Rgb {
    match tone {
        Tone::Text => Role::Text.rgb(dark),
        Tone::Label => Role::Label.rgb(dark),
        Tone::Hint => Role::Hint.rgb(dark),
        Tone::Accent => Role::Accent.rgb(dark),
        Tone::Demo => Role::DemoInk.rgb(dark),
        Tone::Status(status) => look(status).ink.of(dark),
    }
}

/// Number of the 256 colours for a tone.
pub const fn colour_256(tone: Tone, dark: bool) -> u8 {
    let (on_dark, on_light) = match tone {
        Tone::Text => (255, 234),
        Tone::Label => (250, 239),
        Tone::Hint => (246, 242),
        Tone::Accent => (111, 25),
        Tone::Demo => (221, 94),
        Tone::Status(status) => look(status).colours_256,
    };
    if dark { on_dark } else { on_light }
}

/// Colour and attributes of a terminal with 16 colours.
pub const fn colour_16(tone: Tone) -> Sixteen {
    match tone {
        Tone::Text | Tone::Label => sixteen(7),
        Tone::Hint => Sixteen {
            dim: true,
            ..sixteen(7)
        },
        Tone::Accent => sixteen(6),
        Tone::Demo => Sixteen {
            bold: true,
            ..sixteen(3)
        },
        Tone::Status(status) => look(status).sixteen,
    }
}

/// Type sizes and distances of the window, in points.
pub mod grid {
    /// Size of the page's big numbers, bold.
    pub const DISPLAY: f32 = 22.0;
    /// Size of a page's title, bold.
    pub const TITLE: f32 = 18.0;
    /// Size of the product's name, bold.
    pub const PRODUCT: f32 = 15.0;
    /// Size of body and table text.
    pub const BODY: f32 = 13.0;
    /// Size of labels.
    pub const LABEL: f32 = 12.0;
    /// Size of axis and unit texts.
    pub const AXIS: f32 = 11.0;
    /// Size of monospaced text.
    pub const MONO: f32 = 12.0;
    /// Everything stands on multiples of this.
    pub const STEP: f32 = 4.0;
    /// Height of the top bar.
    pub const TOP_BAR: f32 = 48.0;
    /// Width of the rail.
    pub const RAIL: f32 = 136.0;
    /// Width of the rail in a narrow window.
    pub const RAIL_NARROW: f32 = 48.0;
    /// Below this width the rail is narrow and right columns become tabs.
    pub const NARROW_BELOW: f32 = 1100.0;
    /// Height of the footer.
    pub const FOOTER: f32 = 26.0;
    /// Height of the headline.
    pub const HEADLINE: f32 = 96.0;
    /// Height of a heading band.
    pub const BAND: f32 = 28.0;
    /// Height of a table's header.
    pub const TABLE_HEADER: f32 = 34.0;
    /// Height of a row.
    pub const ROW: f32 = 24.0;
    /// Height of an exception.
    pub const EXCEPTION_ROW: f32 = 67.0;
    /// Outer padding.
    pub const PADDING: f32 = 16.0;
    /// Padding inside a cell.
    pub const CELL_PADDING: f32 = 6.0;
    /// Radius of tiles and chips.
    pub const RADIUS_TILE: f32 = 3.0;
    /// Radius of controls.
    pub const RADIUS_CONTROL: f32 = 4.0;
    /// Width of the table column of the overview.
    pub const OVERVIEW_MAIN: f32 = 920.0;
    /// Width of the right column of the overview.
    pub const OVERVIEW_SIDE: f32 = 384.0;
    /// Width of the right column of the overview in a narrow window.
    pub const OVERVIEW_SIDE_NARROW: f32 = 320.0;
    /// Bullet: width and height.
    pub const BULLET: (f32, f32) = (84.0, 14.0);
    /// Sparkline: width and height.
    pub const SPARKLINE: (f32, f32) = (84.0, 18.0);
    /// Side of a status tile.
    pub const TILE: f32 = 16.0;
    /// Box a status sign is drawn in.
    pub const GLYPH: f32 = 12.0;
    /// Strokes: rule, target, data and focus.
    pub const STROKES: (f32, f32, f32) = (1.0, 1.5, 2.0);
    /// Distance of hatch lines.
    pub const HATCH: f32 = 5.0;
    /// Width of the status bar at a row's left.
    pub const STATUS_BAR: f32 = 3.0;
    /// Percent a bullet's track ends at.
    pub const BULLET_END_PERCENT: f64 = 110.0;
}
