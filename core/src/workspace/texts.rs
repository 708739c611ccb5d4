//! Edited paragraphs of a quarter's report: `register/texts/2025Q3-zh-TW.toml`.
//!
//! They stand in the register, so that as-of and a published quarter know them as they were.

use super::check::Notes;
use super::toml_text::{File, Word, nearest_hint};
use super::{Problem, folder};
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::register::ReportText;
use quarterdeck_report::prose::{PARAGRAPHS, Piece, pieces};
use quarterdeck_view::i18n::Language;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Folder of the files.
pub(super) const FOLDER: &str = "register/texts";
/// Longest paragraph in characters.
const LONGEST: usize = 20_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTexts {
    pub quarter: Quarter,
    pub language: Word,
    #[serde(default, rename = "paragraph")]
    pub paragraphs: Vec<RawText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawText {
    pub id: Word,
    pub text: Word,
}

/// The texts of one file.
pub(super) fn texts(file: &File<RawTexts>) -> impl Iterator<Item = ReportText> + '_ {
    let raw = &file.content;
    raw.paragraphs.iter().map(|paragraph| ReportText {
        quarter: raw.quarter,
        language: raw.language.get_ref().clone(),
        paragraph: paragraph.id.get_ref().clone(),
        text: paragraph.text.get_ref().clone(),
    })
}

/// What is wrong in the files, figures aside: those are looked at when a report is made.
pub(super) fn check(files: &[File<RawTexts>], out: &mut Vec<Problem>) {
    let mut seen = BTreeMap::new();
    for file in files {
        let mut notes = Notes { file, out };
        let raw = &file.content;
        let language = raw.language.get_ref();
        if Language::from_id(language).is_none_or(|known| known.id() != language) {
            let message =
                Message::new("workspace-unknown-language").with("language", folder::safe(language));
            notes.error(raw.language.span(), message, None);
        }
        for paragraph in &raw.paragraphs {
            let id = paragraph.id.get_ref();
            if !PARAGRAPHS.iter().any(|(known, _)| known == id) {
                let message = Message::new("check-unknown-word").with("key", folder::safe(id));
                let known = PARAGRAPHS.iter().map(|(id, _)| *id);
                notes.error(paragraph.id.span(), message, nearest_hint(id, known));
            }
            let key = (raw.quarter, language.clone(), id.clone());
            if let Some(first) = seen.insert(key, file.name.clone()) {
                let message = Message::new("check-duplicate")
                    .with("id", folder::safe(id))
                    .with("first", first);
                notes.error(paragraph.id.span(), message, None);
            }
            let text = paragraph.text.get_ref();
            if text.chars().count() > LONGEST {
                let message = Message::new("check-text-too-long").with("limit", LONGEST);
                notes.error(paragraph.text.span(), message, None);
            }
            for piece in pieces(text) {
                if let Piece::Link(shown, address) = piece
                    && FigureAddress::parse(address).is_err()
                {
                    let message = Message::new("report-text-address")
                        .with("paragraph", folder::safe(id))
                        .with("shown", folder::safe(shown))
                        .with("figure", folder::safe(address));
                    notes.error(paragraph.text.span(), message, None);
                }
            }
        }
    }
}
