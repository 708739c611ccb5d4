//! Outside text made safe to show, and text folded for comparing.
//!
//! Terminals obey escape sequences and bidi controls reorder what a reader sees: every string
//! from outside goes through [`clean`] before any face or file shows it.

/// Full-width ASCII (１２３，ＡＢＣ) and the ideographic space as their half-width forms.
pub fn fold_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            '\u{3000}' => ' ',
            other => other,
        })
        .collect()
}
