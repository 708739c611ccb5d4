//! Just enough of Rust's grammar to tell texts in quotes from comments and code.

/// A text in quotes and the line it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// Line, from 1.
    pub line: usize,
    /// As written between the quotes.
    pub text: String,
    /// What stands before it on its line, without comments.
    pub before: String,
}

/// A Rust text taken apart.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// The code with texts and comments blanked, line ends kept.
    pub code: String,
    /// Texts and characters in quotes.
    pub literals: Vec<Literal>,
}

/// Takes a Rust text apart.
pub fn parts(text: &str) -> Parts {
    let letters: Vec<char> = text.chars().collect();
    let mut parts = Parts::default();
    let (mut at, mut line) = (0, 1);
    let get = |at: usize| letters.get(at).copied().unwrap_or('\0');
    while at < letters.len() {
        let letter = get(at);
        if letter == '/' && get(at + 1) == '/' {
            while at < letters.len() && get(at) != '\n' {
                at += 1;
            }
        } else if letter == '/' && get(at + 1) == '*' {
            let mut depth = 0;
            loop {
                match (get(at), get(at + 1)) {
                    ('/', '*') => (depth, at) = (depth + 1, at + 2),
                    ('*', '/') => (depth, at) = (depth - 1, at + 2),
                    ('\n', _) => {
                        parts.code.push('\n');
                        (line, at) = (line + 1, at + 1);
                    }
                    _ => at += 1,
                }
                if depth == 0 || at >= letters.len() {
                    break;
                }
            }
        } else if letter == '"' || is_raw(&letters, at) {
            let before = parts
                .code
                .rsplit('\n')
                .next()
                .unwrap_or_default()
                .to_owned();
            let hashes = (at..).skip(1).take_while(|i| get(*i) == '#').count();
            let raw = letter == 'r';
            at += if raw { hashes + 2 } else { 1 };
            let (begin, begin_line) = (at, line);
            loop {
                let closes = get(at) == '"' && (!raw || (1..=hashes).all(|i| get(at + i) == '#'));
                if closes || at >= letters.len() {
                    break;
                }
                if get(at) == '\\' && !raw {
                    line += usize::from(get(at + 1) == '\n');
                    at += 2;
                    continue;
                }
                line += usize::from(get(at) == '\n');
                at += 1;
            }
            let text: String = letters[begin..at.min(letters.len())].iter().collect();
            parts.code.push_str("\"\"");
            for _ in 0..text.matches('\n').count() {
                parts.code.push('\n');
            }
            parts.literals.push(Literal {
                line: begin_line,
                text,
                before,
            });
            at += 1 + if raw { hashes } else { 0 };
        } else if let Some(length) = character(&letters, at) {
            let before = parts
                .code
                .rsplit('\n')
                .next()
                .unwrap_or_default()
                .to_owned();
            let text = letters[at + 1..at + length - 1].iter().collect();
            parts.literals.push(Literal { line, text, before });
            parts.code.push_str("''");
            at += length;
        } else {
            line += usize::from(letter == '\n');
            parts.code.push(letter);
            at += 1;
        }
    }
    parts
}

/// `r"` or `r#"` that is not the end of a name.
fn is_raw(letters: &[char], at: usize) -> bool {
    let named = at > 0 && (letters[at - 1].is_alphanumeric() || letters[at - 1] == '_');
    let byte = at > 0 && letters[at - 1] == 'b' && (at < 2 || !letters[at - 2].is_alphanumeric());
    letters[at] == 'r'
        && (!named || byte)
        && letters[at + 1..].iter().find(|c| **c != '#') == Some(&'"')
}

/// Length of a character in quotes; a lifetime is none.
fn character(letters: &[char], at: usize) -> Option<usize> {
    if letters.get(at) != Some(&'\'') {
        return None;
    }
    if letters.get(at + 1) == Some(&'\\') {
        let close = letters[at + 3..].iter().position(|c| *c == '\'')?;
        return Some(close + 4);
    }
    (letters.get(at + 2) == Some(&'\'')).then_some(3)
}

/// The text without its modules that are compiled for tests only (`#[cfg(test)] mod …`).
pub fn without_tests(text: &str) -> &str {
    let mut from = 0;
    while let Some(found) = text[from..].find("#[cfg(test)]") {
        let begin = from + found;
        let after = &text[begin + "#[cfg(test)]".len()..];
        let item = after.trim_start();
        // A module with a body stands last in its file; everything else is a line or two.
        if item.starts_with("mod ") && item.lines().next().is_some_and(|l| l.ends_with('{')) {
            return &text[..begin];
        }
        from = begin + 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_from_comments_and_lifetimes() {
        let text = "// \"a\"\nfn f<'a>(x: &'a str) { g(\"b \\\" //\", r#\"c\"d\"#, '\\'', '「') } /* \"e\" */\nlet z = \"二\\\n  行\"; // 註\n";
        let parts = parts(text);
        let found: Vec<(usize, &str)> = parts
            .literals
            .iter()
            .map(|l| (l.line, l.text.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (2, "b \\\" //"),
                (2, "c\"d"),
                (2, "\\'"),
                (2, "「"),
                (3, "二\\\n  行")
            ]
        );
        assert!(!parts.code.contains('註') && !parts.code.contains('*'));
        assert!(parts.code.contains("fn f<'a>(x: &'a str)"));
    }
}
