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

/// One line that is safe to show: controls (ESC too), bidi controls, invisible format characters and tags are
/// dropped, at most two combining marks follow one another, tabs and line ends become one space.
///
/// ```
/// use quarterdeck_kpi::text::clean;
/// assert_eq!(clean("\u{1b}[31m紅\u{202e}x\tz\r\ny"), "[31m紅x z y");
/// ```
pub fn clean(text: &str) -> String {
    cleaned(text, ' ')
}

/// Like [`clean`], but line ends stay (as `\n`).
pub fn clean_multiline(text: &str) -> String {
    cleaned(text, '\n')
}

fn cleaned(text: &str, line_end: char) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut marks = 0;
    // The last character kept, to see an emoji before a joiner.
    let mut last = ' ';
    while let Some(c) = chars.next() {
        let kept = match c {
            '\r' => {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
                Some(line_end)
            }
            '\n' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(line_end),
            '\t' => Some(' '),
            '\u{200D}' => {
                (is_emoji(last) && chars.peek().copied().is_some_and(is_emoji)).then_some(c)
            }
            _ if c.is_control() || is_format(c) => None,
            _ if is_combining(c) => {
                marks += 1;
                (marks <= 2).then_some(c)
            }
            _ => Some(c),
        };
        if let Some(c) = kept {
            if !is_combining(c) {
                marks = 0;
            }
            out.push(c);
            last = c;
        }
    }
    out
}

/// Unicode category Cf, bidi controls and tag characters among them, and code points that stand for nothing.
fn is_format(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x890..=0x891 | 0x8E2 | 0x180E
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xFFF0..=0xFFFB
        | 0x110BD | 0x110CD | 0x13430..=0x1345F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
        | 0xE0000..=0xE00FF | 0xE01F0..=0xE0FFF
        // fillers that are drawn as nothing
        | 0x115F..=0x1160 | 0x3164 | 0xFFA0
        // noncharacters
        | 0xFFFE..=0xFFFF | 0xFDD0..=0xFDEF)
}

/// Marks that are drawn over the character before them, and variation selectors.
fn is_combining(c: char) -> bool {
    matches!(u32::from(c),
        0x300..=0x36F | 0x483..=0x489 | 0x591..=0x5BD | 0x5BF | 0x5C1..=0x5C2 | 0x5C4..=0x5C5
        | 0x610..=0x61A | 0x64B..=0x65F | 0x670 | 0x6D6..=0x6DC | 0x6DF..=0x6E4 | 0x6E7..=0x6E8
        | 0x6EA..=0x6ED | 0x711 | 0x730..=0x74A | 0x7A6..=0x7B0 | 0x7EB..=0x7F3 | 0x816..=0x82D
        | 0x859..=0x85B | 0x8D3..=0x8E1 | 0x8E3..=0x903 | 0x93A..=0x93C | 0x93E..=0x94F
        | 0x951..=0x957 | 0x962..=0x963 | 0xE31 | 0xE34..=0xE3A | 0xE47..=0xE4E | 0xEB1
        | 0xEB4..=0xEBC | 0xEC8..=0xECE | 0xF18..=0xF19 | 0xF71..=0xF84 | 0x135D..=0x135F
        | 0x1AB0..=0x1AFF | 0x1B00..=0x1B04 | 0x1CD0..=0x1CF9 | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF
        | 0x2CEF..=0x2CF1 | 0x2DE0..=0x2DFF | 0x302A..=0x302F | 0x3099..=0x309A | 0xA66F..=0xA67D
        | 0xA69E..=0xA69F | 0xA6F0..=0xA6F1 | 0xA8E0..=0xA8F1 | 0xFB1E | 0xFE00..=0xFE0F
        | 0xFE20..=0xFE2F | 0x101FD | 0x1D165..=0x1D169 | 0x1D16D..=0x1D172 | 0x1E000..=0x1E02A
        | 0x1E8D0..=0x1E8D6 | 0xE0100..=0xE01EF)
}

/// Characters that a zero-width joiner may join: pictographs, skin tones and the emoji selector.
fn is_emoji(c: char) -> bool {
    matches!(u32::from(c),
        0xFE0F | 0x2640 | 0x2642 | 0x2695..=0x2696 | 0x2620 | 0x2708 | 0x2764 | 0x2B1B | 0x26A7
        | 0x1F000..=0x1FAFF)
}

/// A form for searching: 臺 and 台, 計劃 and 計畫, full and half width, upper and lower case and spaces
/// do not tell two texts apart.
///
/// ```
/// use quarterdeck_kpi::text::fold_for_search;
/// assert_eq!(fold_for_search("臺灣 計畫ＡＢ"), fold_for_search("台灣計劃ab"));
/// ```
pub fn fold_for_search(text: &str) -> String {
    fold_width(&clean(text))
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '臺' => '台',
            '劃' => '畫',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escape_sequences_lose_their_escape() {
        assert_eq!(clean("a\u{1b}]52;c;ZXZpbA==\u{7}b"), "a]52;c;ZXZpbA==b");
        assert_eq!(clean("a\u{9b}31mb\u{0}\u{7f}"), "a31mb");
    }

    #[test]
    fn reordering_and_invisible_characters_are_dropped() {
        assert_eq!(
            clean("a\u{202e}b\u{2066}c\u{200b}d\u{feff}e\u{ad}f"),
            "abcdef"
        );
        assert_eq!(clean("flag\u{e0067}\u{e0062}\u{e007f}"), "flag");
        assert_eq!(clean("a\u{2028}b\u{2029}c"), "a b c");
    }

    #[test]
    fn joined_emoji_stay_together_and_other_joiners_go() {
        assert_eq!(clean("👩\u{200d}💻"), "👩\u{200d}💻");
        assert_eq!(clean("👩\u{200d}a\u{200d}💻b\u{200d}c"), "👩a💻bc");
    }

    #[test]
    fn at_most_two_marks_are_stacked() {
        assert_eq!(
            clean("e\u{301}\u{302}\u{303}\u{304}x\u{301}"),
            "e\u{301}\u{302}x\u{301}"
        );
    }

    #[test]
    fn lines_are_kept_only_when_asked_for() {
        assert_eq!(clean("一\r\n二\n\t三"), "一 二  三");
        assert_eq!(clean_multiline("一\r\n二\n\t三\u{1b}"), "一\n二\n 三");
    }

    #[test]
    fn search_forms_agree() {
        for (a, b) in [
            ("臺北", "台北"),
            ("工作計劃", "工作計畫"),
            ("Ｐ０１", "p01"),
            ("My Data", "mydata"),
        ] {
            assert_eq!(fold_for_search(a), fold_for_search(b));
        }
    }

    proptest! {
        #[test]
        fn cleaned_text_is_clean(text in any::<String>()) {
            let once = clean(&text);
            prop_assert!(!once.chars().any(|c| c.is_control() || is_format(c)));
            prop_assert_eq!(&clean(&once), &once);
            prop_assert!(!clean_multiline(&text).chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}
