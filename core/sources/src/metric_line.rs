//! One line of metrics in text: name, labels, value and moment.

use crate::sample;
use quarterdeck_kpi::number::parse_printed;
use std::borrow::Cow;

/// Moments beyond this are milliseconds, as the format 0.0.4 writes them: in seconds it is the year 5138.
const LARGEST_SECONDS: i64 = 100_000_000_000;

/// One line taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sample<'a> {
    pub name: Cow<'a, str>,
    pub labels: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub value: &'a str,
    /// As printed; empty without one.
    pub moment: &'a str,
}

/// A moment as a cell: seconds in OpenMetrics, milliseconds in the older format.
pub(crate) fn moment(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let Ok(read) = parse_printed(text) else {
        return String::new();
    };
    let Ok(whole) = i64::try_from(read.value.trunc().mantissa()) else {
        return String::new();
    };
    sample::moment(if whole.abs() > LARGEST_SECONDS {
        whole / 1_000
    } else {
        whole
    })
}

/// Takes a sample apart; `None` when it is none.
pub(crate) fn parse(text: &str) -> Option<Sample<'_>> {
    let name_end = text.find(|c: char| !is_name(c)).unwrap_or(text.len());
    let (mut name, mut rest) = (Cow::Borrowed(&text[..name_end]), &text[name_end..]);
    let mut labels = Vec::new();
    rest = rest.trim_start_matches([' ', '\t']);
    if let Some(inside) = rest.strip_prefix('{') {
        rest = labels_of(inside, &mut name, &mut labels)?;
    } else if rest.len() + name_end == text.len() {
        // A name and its value are parted.
        return None;
    }
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut words = rest.split([' ', '\t']).filter(|word| !word.is_empty());
    let value = words.next().filter(|value| is_number(value))?;
    let moment = match words.next() {
        None | Some("#") => {
            return Some(Sample {
                name,
                labels,
                value,
                moment: "",
            });
        }
        Some(moment) => moment,
    };
    if parse_printed(moment).is_err() || !matches!(words.next(), None | Some("#")) {
        return None;
    }
    Some(Sample {
        name,
        labels,
        value,
        moment,
    })
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == ':'
}

/// Digits with sign, point and exponent, or a word for no number.
fn is_number(text: &str) -> bool {
    let is_digit = |b: u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
    text.bytes().all(is_digit) && text.bytes().any(|b| b.is_ascii_digit())
        || matches!(
            text.trim_start_matches(['+', '-']),
            "NaN" | "Inf" | "nan" | "inf"
        )
}

/// Labels after the opening brace; what follows the closing one. A quoted text without a value is
/// the name of the metric.
fn labels_of<'a>(
    mut rest: &'a str,
    name: &mut Cow<'a, str>,
    labels: &mut Vec<(Cow<'a, str>, Cow<'a, str>)>,
) -> Option<&'a str> {
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        if let Some(after) = rest.strip_prefix('}') {
            return Some(after);
        }
        let (label, after) = match rest.strip_prefix('"') {
            Some(inside) => quoted(inside)?,
            None => {
                let end = rest.find(|c: char| !is_name(c)).filter(|end| *end > 0)?;
                (Cow::Borrowed(&rest[..end]), &rest[end..])
            }
        };
        rest = after.trim_start_matches([' ', '\t']);
        match rest.strip_prefix('=') {
            Some(value) => {
                let value = value.trim_start_matches([' ', '\t']).strip_prefix('"')?;
                let (value, after) = quoted(value)?;
                if labels.iter().any(|(known, _)| *known == label) {
                    return None;
                }
                labels.push((label, value));
                rest = after;
            }
            None if name.is_empty() => *name = label,
            None => return None,
        }
        rest = rest.trim_start_matches([' ', '\t']);
        rest = match rest.strip_prefix(',') {
            Some(after) => after,
            None if rest.starts_with('}') => rest,
            None => return None,
        };
    }
}

/// Text up to the closing quote, its escapes undone, and what follows.
fn quoted(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let end = text.find(['"', '\\'])?;
    if text[end..].starts_with('"') {
        return Some((Cow::Borrowed(&text[..end]), &text[end + 1..]));
    }
    let mut out = text[..end].to_owned();
    let mut chars = text[end..].char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((Cow::Owned(out), &text[end + at + 1..])),
            '\\' => match chars.next()?.1 {
                'n' => out.push('\n'),
                known @ ('"' | '\\') => out.push(known),
                // Other escapes stand for themselves.
                other => out.extend(['\\', other]),
            },
            other => out.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    type Taken = (String, Vec<(String, String)>, String, String);

    fn read(text: &str) -> Option<Taken> {
        parse(text).map(|sample| {
            let labels = sample.labels.iter();
            (
                sample.name.into_owned(),
                labels
                    .map(|(k, v)| (k.to_string(), v.to_string()))
                    .collect(),
                sample.value.to_owned(),
                sample.moment.to_owned(),
            )
        })
    }

    #[test]
    fn samples_of_both_formats_are_taken_apart() {
        let label = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        let sample = |name: &str, labels: Vec<_>, value: &str, moment: &str| {
            Some((name.to_owned(), labels, value.to_owned(), moment.to_owned()))
        };
        assert_eq!(read("up 1"), sample("up", vec![], "1", ""));
        assert_eq!(
            read(r#"a:b_total{path="C:\\x",say="\"hi\"\n, }"} 1.5e3 1759247999"#),
            sample(
                "a:b_total",
                vec![label("path", "C:\\x"), label("say", "\"hi\"\n, }")],
                "1.5e3",
                "1759247999"
            )
        );
        assert_eq!(
            read(r#"x_bucket{le="0.1",} 8 # {trace_id="a"} 0.06 1"#),
            sample("x_bucket", vec![label("le", "0.1")], "8", "")
        );
        assert_eq!(
            read(r#"{"申辦.件數",機關="x"} 3"#),
            None,
            "a label outside ASCII is quoted"
        );
        assert_eq!(
            read(r#"{"申辦.件數","機關"="財政部"} 3"#),
            sample("申辦.件數", vec![label("機關", "財政部")], "3", "")
        );
        assert_eq!(read("x NaN"), sample("x", vec![], "NaN", ""));
    }

    #[test]
    fn what_is_no_sample_is_not_taken() {
        for wrong in [
            "",
            "x",
            "x{",
            "x{a}",
            "x{a=\"1\"",
            "x{a=\"1} 2",
            "x{a=\"1\" b=\"2\"} 3",
            "x{} ",
            "x 1 2 3",
            "x{a=\"1\",a=\"2\"} 3",
            "9x 1",
            "x 1,234",
            "x > 5",
            "x one",
            "x{a='1'} 2",
            "x 1 soon",
            "x1{\\} 1",
        ] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn moments_are_seconds_or_milliseconds() {
        assert_eq!(moment("1759247999.5"), "2025-09-30 23:59:59");
        assert_eq!(moment("1759247999500"), "2025-09-30 23:59:59");
        assert_eq!(moment(""), "");
    }
}
