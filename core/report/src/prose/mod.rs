//! Paragraphs of the report that rules write from the figures, and that people may edit.
//!
//! A number in such a text stands as a link to its figure: `[92.14 %](portfolio/budget.execution_rate@2025Q3)`.
//! On paper only the number is printed. An edited text stands in the register (`register/texts/`), so that
//! as-of and a published quarter know it; its numbers are held against their figures whenever a report is made.

mod figures;
mod rules;

use crate::ReportInput;
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::{clean, fold_width};

/// The paragraphs: id, and the section it opens.
pub const PARAGRAPHS: [(&str, &str); 4] = [
    ("overall-money", "overall"),
    ("overall-status", "overall"),
    ("budget-execution", "budget"),
    ("lagging-plans", "lagging"),
];

/// A paragraph with its numbers linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// One of [`PARAGRAPHS`].
    pub id: &'static str,
    /// Text with links.
    pub text: String,
}

/// A number that an edited text may not print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Paragraph.
    pub id: String,
    /// What is wrong.
    pub text: Message,
}

/// A piece of a text: plain, or a number with the address of its figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Words.
    Plain(&'t str),
    /// A number and the address of its figure.
    Link(&'t str, &'t str),
}

/// The pieces of a text. A bracket that is no link is words.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((open, shown, address, end)) = next_link(rest) {
        if open > 0 {
            out.push(Piece::Plain(&rest[..open]));
        }
        out.push(Piece::Link(shown, address));
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        out.push(Piece::Plain(rest));
    }
    out
}

/// The next `[shown](address)`: where it begins, its parts, and where it ends.
fn next_link(text: &str) -> Option<(usize, &str, &str, usize)> {
    let mut from = 0;
    loop {
        let open = from + text[from..].find('[')?;
        let inner = &text[open + 1..];
        let close = inner.find(']')?;
        let after = &inner[close + 1..];
        let link = after
            .strip_prefix('(')
            .and_then(|address| Some((address, address.find(')')?)));
        match link {
            Some((address, end)) if !inner[..close].contains('[') => {
                let whole = open + 1 + close + 1 + 1 + end + 1;
                return Some((open, &inner[..close], &address[..end], whole));
            }
            _ => from = open + 1,
        }
    }
}

/// The text as it is printed.
pub fn plain(text: &str) -> String {
    let shown = pieces(text).into_iter().map(|piece| match piece {
        Piece::Plain(text) | Piece::Link(text, _) => text,
    });
    shown.collect()
}

/// What rules write of this quarter.
pub fn written(input: &ReportInput<'_>) -> Vec<Paragraph> {
    PARAGRAPHS
        .into_iter()
        .map(|(id, _)| Paragraph {
            id,
            text: rules::paragraph(input, id),
        })
        .collect()
}

/// The edited text of a paragraph, if there is one.
fn edited<'a>(input: &'a ReportInput<'_>, id: &str) -> Option<&'a str> {
    let texts = input.snapshot.register.texts.iter();
    let mut texts = texts.filter(|text| {
        text.quarter == input.assessment.quarter && text.language == input.language.id()
    });
    let found = texts.find(|text| text.paragraph == id)?;
    Some(found.text.as_str())
}

/// The paragraphs that open a section, as they are printed.
pub(crate) fn of_section(input: &ReportInput<'_>, section: &str) -> Vec<String> {
    let ids = PARAGRAPHS.iter().filter(|(_, of)| *of == section);
    ids.map(|(id, _)| match edited(input, id) {
        Some(text) => clean(&plain(text)),
        None => plain(&rules::paragraph(input, id)),
    })
    .filter(|text| !text.is_empty())
    .collect()
}

/// Every linked number of the edited texts that its figure no longer says, and every number that was
/// put in without a figure.
pub fn wrong(input: &ReportInput<'_>) -> Vec<Wrong> {
    let mut out = Vec::new();
    for (id, _) in PARAGRAPHS {
        let Some(text) = edited(input, id) else {
            continue;
        };
        let mut refuse = |text: Message| {
            out.push(Wrong {
                id: id.to_owned(),
                text: text.with("paragraph", id),
            });
        };
        for piece in pieces(text) {
            if let Piece::Link(shown, address) = piece
                && let Some(problem) = link_problem(input, shown, address)
            {
                refuse(problem);
            }
        }
        let own = bare_numbers(&rules::paragraph(input, id));
        for number in bare_numbers(text) {
            if !own.contains(&number) {
                refuse(Message::new("report-text-bare").with("number", clean(&number)));
            }
        }
    }
    out
}

/// What is wrong with a link.
fn link_problem(input: &ReportInput<'_>, shown: &str, address: &str) -> Option<Message> {
    let said = |id: &'static str| {
        Message::new(id)
            .with("shown", clean(shown))
            .with("figure", clean(address))
    };
    let Ok(parsed) = FigureAddress::parse(address) else {
        return Some(said("report-text-address"));
    };
    let Some(forms) = figures::forms(input, &parsed) else {
        return Some(said("report-text-unknown"));
    };
    let squeezed = |text: &str| -> String {
        let folded = fold_width(text);
        folded.chars().filter(|c| !c.is_whitespace()).collect()
    };
    let same = forms.iter().any(|form| squeezed(form) == squeezed(shown));
    (!same).then(|| {
        said("report-text-differs").with("now", forms.first().cloned().unwrap_or_default())
    })
}

/// The numbers of a text that no link holds.
fn bare_numbers(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for piece in pieces(text) {
        let Piece::Plain(words) = piece else { continue };
        let folded = fold_width(words);
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
        for word in folded.split(|c: char| !is_part(c)) {
            let number = word.trim_matches(['.', ',']);
            if !number.is_empty() {
                out.push(number.to_owned());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_told_from_brackets() {
        let text =
            "截至9月底，[92.14 %](portfolio/budget.execution_rate@2025Q3)（[見附表]），[3](x/y) [a";
        assert_eq!(
            pieces(text),
            [
                Piece::Plain("截至9月底，"),
                Piece::Link("92.14 %", "portfolio/budget.execution_rate@2025Q3"),
                Piece::Plain("（[見附表]），"),
                Piece::Link("3", "x/y"),
                Piece::Plain(" [a"),
            ]
        );
        assert_eq!(plain(text), "截至9月底，92.14 %（[見附表]），3 [a");
        assert_eq!(bare_numbers(text), ["9"]);
    }
}
