//! The filter: folded words that must all be there; `!` before them turns it round.

use crate::text::fold_for_search;

/// A filter ready to be asked.
pub(crate) struct Matcher {
    words: Vec<String>,
    inverse: bool,
}

impl Matcher {
    /// Reads a filter text as typed; ！ counts as `!`.
    pub(crate) fn new(filter: &str) -> Self {
        let trimmed = filter.trim();
        let (inverse, rest) = match trimmed
            .strip_prefix('!')
            .or_else(|| trimmed.strip_prefix('\u{FF01}'))
        {
            Some(rest) => (true, rest),
            None => (false, trimmed),
        };
        Self {
            words: rest
                .split_whitespace()
                .map(fold_for_search)
                .filter(|w| !w.is_empty())
                .collect(),
            inverse,
        }
    }
    /// Whether a row with this text stays.
    pub(crate) fn takes(&self, text: &str) -> bool {
        self.takes_made(|| text.to_owned())
    }
    /// The same for a text that is made only when there is a filter.
    pub(crate) fn takes_made(&self, text: impl FnOnce() -> String) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let folded = fold_for_search(&text());
        self.words.iter().all(|word| folded.contains(word.as_str())) != self.inverse
    }
}
