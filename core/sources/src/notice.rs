//! Findings of one answer, excerpts that are safe to show, and the nearest known word.

use crate::answer::Refusal;
use crate::config::SourceConfig;
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;

/// The known word most like another, if one is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = quarterdeck_kpi::text::fold_width(word.trim()).to_lowercase();
    // A letter or two stand in any word; one Han character means something.
    let says_something = |text: &str| !text.is_empty() && (!text.is_ascii() || text.len() > 2);
    known
        .into_iter()
        .map(|candidate| {
            let other = quarterdeck_kpi::text::fold_width(candidate.trim()).to_lowercase();
            let mut score = strsim::normalized_damerau_levenshtein(&folded, &other);
            if says_something(&folded)
                && says_something(&other)
                && (other.contains(&folded) || folded.contains(&other))
            {
                score = score.max(0.6);
            }
            (score, candidate)
        })
        .filter(|(score, _)| *score >= 0.4)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Outside text made safe and short enough to stand in a sentence.
pub fn quote(text: &str) -> String {
    shorten(&clean(&text.chars().take(400).collect::<String>()), 80)
}

fn shorten(text: &str, limit: usize) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() <= limit {
        one_line
    } else {
        let mut short: String = one_line.chars().take(limit.saturating_sub(3)).collect();
        short.push_str("...");
        short
    }
}

/// The beginning of an answer, cleaned, at most 200 characters on one line.
pub fn excerpt(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(4096)];
    let text = clean(&String::from_utf8_lossy(start));
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.chars().take(200).collect()
}

/// A refusal with the beginning of the answer, unless personal data might stand there.
pub fn refuse(config: &SourceConfig, message: Message, start: &[u8]) -> Refusal {
    let excerpt = if config.personal_fields.is_empty() {
        excerpt(start)
    } else {
        String::new()
    };
    Refusal { message, excerpt }
}

/// Names in a list, at most 40.
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(quote).collect();
    let mut text = names
        .iter()
        .take(40)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > 40 {
        text.push_str(", ...");
    }
    text
}

/// Findings of one answer, each id once.
#[derive(Debug, Default)]
pub struct Notices {
    items: Vec<Finding>,
}

impl Notices {
    /// Adds a finding about a figure, or else about the source. A second one with the same id is
    /// dropped: the first example is enough.
    pub fn add(
        &mut self,
        rule: &str,
        severity: Severity,
        figure: Option<FigureAddress>,
        config: &SourceConfig,
        text: Message,
    ) {
        let finding = Finding::new(rule, severity, figure, Some(&config.id), text);
        self.keep(finding);
    }
    /// Adds a finding about the figures of a series template, which have no single address.
    pub fn add_of_template(
        &mut self,
        rule: &str,
        severity: Severity,
        template: &str,
        config: &SourceConfig,
        text: Message,
    ) {
        let mut finding = Finding::new(rule, severity, None, Some(&config.id), text);
        finding.id = format!("{}:{template}", finding.id);
        self.keep(finding);
    }
    fn keep(&mut self, finding: Finding) {
        if !self.items.iter().any(|item| item.id == finding.id) {
            self.items.push(finding);
        }
    }
    /// All of them.
    pub fn into_findings(self) -> Vec<Finding> {
        self.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_named_and_far_ones_are_not() {
        let header = ["資料集識別碼", "品質檢測結果", "提供機關"];
        assert_eq!(nearest("品質檢測", header), Some("品質檢測結果"));
        assert_eq!(nearest("downloads", header), None);
    }

    #[test]
    fn an_excerpt_has_no_control_characters() {
        let text = excerpt("\u{1b}]52;c;aGk=\u{7}<html>\u{202e}abc\r\n<p>".as_bytes());
        assert!(
            !text.chars().any(|c| c.is_control() || c == '\u{202e}'),
            "{text:?}"
        );
        assert!(text.contains("<html>"));
    }
}
