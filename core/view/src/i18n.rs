//! The two languages.

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Taiwan's Chinese.
    #[default]
    ZhTw,
    /// English.
    En,
}

impl Language {
    /// Both.
    pub const ALL: [Language; 2] = [Language::ZhTw, Language::En];
    /// `zh-TW` or `en`.
    pub fn id(self) -> &'static str {
        match self {
            Language::ZhTw => "zh-TW",
            Language::En => "en",
        }
    }
    /// The language behind an id.
    pub fn from_id(id: &str) -> Option<Language> {
        Language::ALL
            .into_iter()
            .find(|language| language.id().eq_ignore_ascii_case(id))
    }
}
