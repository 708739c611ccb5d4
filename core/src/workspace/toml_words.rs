//! What the library that reads files says of a wrong type, in a sentence of ours.

use super::folder::safe as clean;
use quarterdeck_kpi::message::{Arg, Message};

/// The sentence for an error that is about no key.
pub(super) fn told(text: &str) -> Message {
    if let Some((beginning, written)) = text.split_once(": ") {
        let id = match beginning {
            _ if beginning.starts_with("not a period") => Some("check-bad-period"),
            _ if beginning.starts_with("no such day") => Some("check-bad-date"),
            _ if beginning.starts_with("not a figure") => Some("check-bad-address"),
            _ => None,
        };
        if let Some(id) = id {
            return Message::new(id).with("value", clean(written.trim_matches('"')));
        }
    }
    if text.starts_with("data did not") {
        return Message::new("check-no-form");
    }
    let parts = |beginning: &str| text.strip_prefix(beginning)?.split_once(", expected ");
    if let Some((found, expected)) = parts("invalid type: ") {
        return Message::new("check-wrong-type")
            .with("found", term(found_kind(found)))
            .with("expected", term(expected_kind(expected)));
    }
    if let Some((found, expected)) = parts("invalid value: ") {
        let value = found.split('`').nth(1).or_else(|| found.split('"').nth(1));
        return Message::new("check-wrong-value")
            .with("value", clean(value.unwrap_or(found)))
            .with("expected", term(expected_kind(expected)));
    }
    if let Some((found, expected)) = parts("invalid length ") {
        let wanted = expected.rsplit(' ').next().unwrap_or(expected);
        return Message::new("check-wrong-length")
            .with("found", clean(found))
            .with("expected", clean(wanted));
    }
    Message::new("check-unreadable").with("value", clean(text))
}

fn term(id: &'static str) -> Arg {
    Arg::Term(id.into())
}

fn found_kind(text: &str) -> &'static str {
    let is = |word: &str| text.starts_with(word);
    match () {
        () if is("string") => "toml-text",
        () if is("integer") || is("floating") => "toml-number",
        () if is("boolean") => "toml-yes-no",
        () if is("map") => "toml-table",
        () if is("sequence") => "toml-list",
        () => "toml-other",
    }
}

fn expected_kind(text: &str) -> &'static str {
    let has = |word: &str| text.contains(word);
    let is_width = |text: &str| {
        let digits = text.trim_start_matches(['u', 'i']);
        digits.len() < text.len() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    match () {
        () if has("text or a number") => "toml-text-or-number",
        () if has("sequence") || has("array") || has("tuple") || has("list") => "toml-list",
        () if has("map") || has("struct") || has("table") => "toml-table",
        () if has("bool") => "toml-yes-no",
        () if is_width(text) || has("integer") || has("usize") || has("nonzero") => {
            "toml-whole-number"
        }
        () if has("number") || has("f64") => "toml-number",
        () if has("str") || has("enum") || has("variant") || has("char") => "toml-text",
        () => "toml-other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_view::i18n::{Language, say};

    #[test]
    fn a_wrong_type_is_told_without_a_word_of_the_library() {
        for (text, zh) in [
            (
                "invalid type: map, expected a sequence",
                "此處為表格，應為清單。",
            ),
            (
                "invalid type: string \"x\", expected u32",
                "此處為文字，應為整數。",
            ),
            (
                "invalid type: integer `5`, expected a string",
                "此處為數字，應為文字。",
            ),
            (
                "invalid type: sequence, expected a boolean",
                "此處為清單，應為 true 或 false。",
            ),
            (
                "invalid value: integer `-1`, expected u32",
                "-1 不可用於此處，應為整數，且在可用範圍內。",
            ),
            (
                "invalid length 1, expected an array of length 2",
                "清單應有 2 項，此處有 1 項。",
            ),
        ] {
            assert_eq!(say(Language::ZhTw, &told(text)), zh, "{text}");
            assert_ne!(told(text).id, "check-unreadable", "{text}");
        }
    }
}
