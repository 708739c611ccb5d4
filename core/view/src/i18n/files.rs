//! The one list of language files; a test compares it with the folder.

/// A room's texts in both languages.
#[derive(Debug, Clone, Copy)]
pub struct LanguageFile {
    /// Room: the file is `assets/lang/ROOM.LANG.ftl`.
    pub room: &'static str,
    /// Taiwan's Chinese.
    pub zh_tw: &'static str,
    /// English.
    pub en: &'static str,
}

macro_rules! room {
    ($name:literal) => {
        LanguageFile {
            room: $name,
            zh_tw: include_str!(concat!("../../../../assets/lang/", $name, ".zh-TW.ftl")),
            en: include_str!(concat!("../../../../assets/lang/", $name, ".en.ftl")),
        }
    };
}

/// Every language file, embedded.
pub const FILES: [LanguageFile; 9] = [
    room!("kpi"),
    room!("sources"),
    room!("store"),
    room!("core"),
    room!("view"),
    room!("report"),
    room!("gui"),
    room!("tui"),
    room!("demo"),
];
