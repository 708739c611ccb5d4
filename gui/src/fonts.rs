//! The bundled faces, and a CJK font of the system for characters they lack.

use egui::epaint::text::{FallbackRequest, FontInsert, FontPriority, InsertFontFamily};
use egui::{Context, FontData, FontDefinitions, FontFamily};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/NotoSansTC-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../assets/fonts/NotoSansTC-Bold.ttf");
const MONO: &[u8] = include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf");

/// The bold family.
pub fn bold() -> FontFamily {
    FontFamily::Name(Arc::from("bold"))
}

/// Installs the faces; they take effect with the next frame.
pub fn install(context: &Context) {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in [("regular", REGULAR), ("bold", BOLD), ("mono", MONO)] {
        fonts
            .font_data
            .insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    for (family, names) in [
        (FontFamily::Proportional, &["regular", "mono"][..]),
        (bold(), &["bold", "regular", "mono"][..]),
        (FontFamily::Monospace, &["mono", "regular"][..]),
    ] {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        fonts.families.insert(family, names);
    }
    context.set_fonts(fonts);
    context.add_font_provider(Arc::new(|request: &FallbackRequest<'_>| {
        system_face(request.family)
    }));
}

/// Faces that operating systems bring for Traditional Chinese: file name, and which face in it.
const SYSTEM_FACES: [(&str, u32); 7] = [
    ("NotoSansCJK-Regular.ttc", 3),
    ("NotoSansTC-Regular.otf", 0),
    ("PingFang.ttc", 0),
    ("msjh.ttc", 0),
    ("mingliu.ttc", 0),
    ("wqy-microhei.ttc", 0),
    ("DroidSansFallbackFull.ttf", 0),
];

/// Asked only for a character that no bundled face has, once per character and family.
fn system_face(family: &FontFamily) -> Option<FontInsert> {
    static FOUND: std::sync::OnceLock<Option<(Vec<u8>, u32)>> = std::sync::OnceLock::new();
    let (bytes, face) = FOUND
        .get_or_init(|| {
            let (path, face) = find_system_face()?;
            Some((std::fs::read(path).ok()?, face))
        })
        .as_ref()?;
    Some(FontInsert {
        name: "system".to_owned(),
        data: FontData::from_blob(Arc::new(bytes.as_slice()), *face),
        families: vec![InsertFontFamily {
            family: family.clone(),
            priority: FontPriority::Lowest,
        }],
    })
}

fn find_system_face() -> Option<(PathBuf, u32)> {
    let folders = [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/System/Library/Fonts",
        "C:\\Windows\\Fonts",
    ];
    let files: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| files_below(Path::new(folder), 4))
        .collect();
    SYSTEM_FACES.iter().find_map(|&(name, face)| {
        let path = files
            .iter()
            .find(|path| path.file_name().is_some_and(|file| file == name))?;
        Some((path.clone(), face))
    })
}

fn files_below(folder: &Path, depth: u8) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            if depth > 0 {
                files.extend(files_below(&path, depth - 1));
            }
        } else {
            files.push(path);
        }
    }
    files
}
