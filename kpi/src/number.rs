//! Numbers as people and portals print them, read exactly and never through a binary float.
//!
//! `75.3 %`, `1,234`, `１２３`, `1.2億`, `約43,000`, `逾1,384萬` and `1.5e3` are numbers; `NaN`, `1e400`, `無` and
//! an empty cell are not, and each refusal says why.

use crate::message::Message;
use crate::observation::Qualifier;
use crate::text::{clean, fold_width};
use rust_decimal::Decimal;

/// More digits than this are refused: no figure of a plan has them, a damaged file does.
pub const MAX_DIGITS: usize = 18;
/// More decimals than this are refused.
pub const MAX_SCALE: u32 = 12;

/// A number as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Printed {
    /// The exact value with the printed decimals; 75.3 for `75.3%`, 120000000 for `1.2億`.
    pub value: Decimal,
    /// What it claims: `逾43,000` is more than 43,000.
    pub qualifier: Qualifier,
    /// A percent sign was printed.
    pub percent: bool,
    /// 千, 萬, 百萬, 億 or the like was applied.
    pub scaled: bool,
    /// Decimals as printed, before a multiple was applied: 2 for `62.40億`.
    pub decimals: u32,
    /// Power of ten of the multiple: 8 for 億, 0 without one.
    pub power: u32,
}

/// Why a text is not a number. Each variant carries the text, cleaned and cut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing, or only spaces.
    #[error("empty")]
    Empty,
    /// A word that says there is no value (`無`, `NaN`, `N/A`).
    #[error("says there is no value: {0:?}")]
    NoValue(String),
    /// Not in any known form.
    #[error("not a number: {0:?}")]
    Unreadable(String),
    /// Commas that do not part groups of three digits.
    #[error("misplaced comma: {0:?}")]
    Commas(String),
    /// More than [`MAX_DIGITS`] significant digits, or an exponent out of range.
    #[error("too many digits: {0:?}")]
    Digits(String),
    /// More than [`MAX_SCALE`] decimals.
    #[error("too many decimals: {0:?}")]
    Decimals(String),
}

impl From<NumberError> for Message {
    fn from(error: NumberError) -> Message {
        match error {
            NumberError::Empty => Message::new("number-empty"),
            NumberError::NoValue(text) => Message::new("number-no-value").with("text", text),
            NumberError::Unreadable(text) => Message::new("number-unreadable").with("text", text),
            NumberError::Commas(text) => Message::new("number-commas").with("text", text),
            NumberError::Digits(text) => Message::new("number-digits")
                .with("text", text)
                .with("most", MAX_DIGITS),
            NumberError::Decimals(text) => Message::new("number-decimals")
                .with("text", text)
                .with("most", MAX_SCALE),
        }
    }
}

const QUALIFIERS: [(&str, Qualifier); 16] = [
    (">=", Qualifier::AtLeast),
    ("<=", Qualifier::AtMost),
    ("≥", Qualifier::AtLeast),
    ("≧", Qualifier::AtLeast),
    ("≤", Qualifier::AtMost),
    ("≦", Qualifier::AtMost),
    (">", Qualifier::MoreThan),
    ("<", Qualifier::LessThan),
    ("≈", Qualifier::About),
    ("=", Qualifier::Exact),
    ("約", Qualifier::About),
    ("超過", Qualifier::MoreThan),
    ("逾", Qualifier::MoreThan),
    ("至少", Qualifier::AtLeast),
    ("至多", Qualifier::AtMost),
    ("未達", Qualifier::LessThan),
];
const CURRENCIES: [&str; 5] = ["NT$", "NTD", "新臺幣", "新台幣", "$"];
const MULTIPLES: [(&str, u32); 7] = [
    ("十億", 9),
    ("千萬", 7),
    ("百萬", 6),
    ("兆", 12),
    ("億", 8),
    ("萬", 4),
    ("千", 3),
];
const NO_VALUE: [&str; 11] = [
    "無",
    "nan",
    "inf",
    "-inf",
    "+inf",
    "infinity",
    "-infinity",
    "n/a",
    "na",
    "null",
    "none",
];

/// Reads a number as printed.
///
/// ```
/// use quarterdeck_kpi::number::{parse_printed, NumberError};
/// use quarterdeck_kpi::observation::Qualifier;
/// let read = |text: &str| parse_printed(text).unwrap();
/// assert_eq!(read("1,234").value.to_string(), "1234");
/// assert_eq!(read("７５．３％").value.to_string(), "75.3");
/// assert_eq!(read("NT$1.2億元").value.to_string(), "120000000");
/// assert_eq!(read("> 43,000").qualifier, Qualifier::MoreThan);
/// assert!(matches!(parse_printed("1e400"), Err(NumberError::Digits(_))));
/// assert!(matches!(parse_printed("12,34"), Err(NumberError::Commas(_))));
/// ```
pub fn parse_printed(text: &str) -> Result<Printed, NumberError> {
    let said = || clean(text.trim()).chars().take(80).collect::<String>();
    let unreadable = || NumberError::Unreadable(said());
    let folded: String = fold_width(text)
        .chars()
        .map(|c| match c {
            '\u{2212}' | '\u{FE63}' => '-',
            '\u{00A0}' | '\u{202F}' => ' ',
            other => other,
        })
        .collect();
    let mut rest = folded.trim();
    if rest.is_empty() {
        return Err(NumberError::Empty);
    }
    if NO_VALUE.contains(&rest.to_lowercase().as_str()) {
        return Err(NumberError::NoValue(said()));
    }

    let mut qualifier = Qualifier::Exact;
    if let Some((after, found)) = QUALIFIERS
        .iter()
        .find_map(|(sign, q)| rest.strip_prefix(sign).map(|after| (after, *q)))
    {
        (rest, qualifier) = (after.trim_start(), found);
    }
    let outer_sign = take_sign(&mut rest);
    if let Some(after) = CURRENCIES.iter().find_map(|c| rest.strip_prefix(c)) {
        rest = after.trim_start();
    }
    let inner_sign = take_sign(&mut rest);
    let negative = match (outer_sign, inner_sign) {
        (Some(_), Some(_)) => return Err(unreadable()),
        (one, other) => one.or(other) == Some('-'),
    };

    let percent = match rest.strip_suffix('%') {
        Some(before) => {
            rest = before.trim_end();
            true
        }
        None => false,
    };
    if let Some(before) = rest.strip_suffix('元') {
        if percent {
            return Err(unreadable());
        }
        rest = before.trim_end();
    }
    let mut power = 0;
    if let Some((before, found)) = MULTIPLES
        .iter()
        .find_map(|(word, p)| rest.strip_suffix(word).map(|before| (before, *p)))
    {
        if percent {
            return Err(unreadable());
        }
        (rest, power) = (before.trim_end(), found);
    }

    let (plain, exponent) = match rest.split_once(['e', 'E']) {
        Some((plain, exponent)) => (plain, read_exponent(exponent).ok_or_else(unreadable)?),
        None => (rest, 0),
    };
    let (whole, decimals) = match plain.split_once('.') {
        Some((_, "")) => return Err(unreadable()),
        Some((whole, decimals)) => (whole, decimals),
        None => (plain, ""),
    };
    let allowed =
        |t: &str, comma: bool| t.bytes().all(|b| b.is_ascii_digit() || comma && b == b',');
    if !allowed(whole, true) || !allowed(decimals, false) || whole.len() + decimals.len() == 0 {
        return Err(unreadable());
    }
    let whole = without_commas(whole).ok_or_else(|| NumberError::Commas(said()))?;

    let digits: String = format!("{whole}{decimals}")
        .trim_start_matches('0')
        .to_owned();
    if digits.len() > MAX_DIGITS {
        return Err(NumberError::Digits(said()));
    }
    let mantissa: i128 = if digits.is_empty() {
        0
    } else {
        digits.parse().map_err(|_| unreadable())?
    };
    let printed_scale = i64::try_from(decimals.len()).map_err(|_| NumberError::Decimals(said()))?;
    let scale = printed_scale - i64::from(exponent) - i64::from(power);
    if scale > i64::from(MAX_SCALE) {
        return Err(NumberError::Decimals(said()));
    }
    let mantissa = if negative { -mantissa } else { mantissa };
    let (mantissa, scale) = match u32::try_from(scale) {
        Ok(scale) => (mantissa, scale),
        Err(_) if mantissa == 0 => (0, 0),
        Err(_) => {
            let shift = u32::try_from(-scale).map_err(|_| NumberError::Digits(said()))?;
            let most = 10_i128.pow(u32::try_from(MAX_DIGITS).unwrap_or(18));
            let grown = 10_i128
                .checked_pow(shift)
                .and_then(|factor| mantissa.checked_mul(factor))
                .filter(|grown| grown.abs() < most)
                .ok_or_else(|| NumberError::Digits(said()))?;
            (grown, 0)
        }
    };
    let value = Decimal::try_from_i128_with_scale(mantissa, scale)
        .map_err(|_| NumberError::Digits(said()))?;
    Ok(Printed {
        value,
        qualifier,
        percent,
        scaled: power > 0,
        decimals: u32::try_from(printed_scale).unwrap_or(MAX_SCALE),
        power,
    })
}

fn take_sign(rest: &mut &str) -> Option<char> {
    let sign = rest.chars().next().filter(|c| matches!(c, '-' | '+'))?;
    *rest = rest[1..].trim_start();
    Some(sign)
}

/// An exponent of at most four digits: more is out of every range anyway.
fn read_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sane =
        !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit());
    if sane { text.parse().ok() } else { None }
}

/// Digits without their commas; `None` when a comma does not part groups of three.
fn without_commas(whole: &str) -> Option<String> {
    if !whole.contains(',') {
        return Some(whole.to_owned());
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let first_fits = (1..=3).contains(&first.len()) && !first.starts_with('0');
    (first_fits && groups.all(|group| group.len() == 3)).then(|| whole.replace(',', ""))
}

/// The plain form of a value: a point, no exponent, no comma, no trailing zeros.
///
/// ```
/// use quarterdeck_kpi::{number::canonical, Decimal};
/// assert_eq!(canonical(Decimal::new(7530, 2)), "75.3");
/// assert_eq!(canonical(Decimal::new(0, 3)), "0");
/// ```
pub fn canonical(value: Decimal) -> String {
    value.normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(text: &str) -> String {
        parse_printed(text)
            .unwrap_or_else(|e| panic!("{text}: {e}"))
            .value
            .to_string()
    }

    #[test]
    fn printed_numbers_are_read_exactly() {
        for (text, expected) in [
            ("1,234", "1234"),
            ("1,234,567.89", "1234567.89"),
            ("75.3%", "75.3"),
            ("75.3 %", "75.3"),
            ("１２３", "123"),
            ("１，２３４．５％", "1234.5"),
            ("－１８．４", "-18.4"),
            ("\u{2212}18.40", "-18.40"),
            ("+3", "3"),
            ("1.2億", "120000000"),
            ("62.40億元", "6240000000"),
            ("1,384萬", "13840000"),
            ("3千", "3000"),
            ("1.5百萬", "1500000"),
            ("NT$93.6", "93.6"),
            ("-NT$1,000", "-1000"),
            ("NT$ -1,000元", "-1000"),
            ("1.5e3", "1500"),
            ("1.5E-3", "0.0015"),
            (".5", "0.5"),
            ("0", "0"),
            ("-0", "0"),
            ("0e9999", "0"),
            ("000123", "123"),
            ("999999999999999999", "999999999999999999"),
            ("0.000000000001", "0.000000000001"),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
    }

    #[test]
    fn qualifiers_are_kept_beside_the_value() {
        for (text, qualifier) in [
            ("43,000", Qualifier::Exact),
            ("> 43,000", Qualifier::MoreThan),
            ("＞４３，０００", Qualifier::MoreThan),
            ("≥43,000", Qualifier::AtLeast),
            (">=43,000", Qualifier::AtLeast),
            ("<43,000", Qualifier::LessThan),
            ("<=43,000", Qualifier::AtMost),
            ("≤ 43,000", Qualifier::AtMost),
            ("≈43,000", Qualifier::About),
            ("約43,000", Qualifier::About),
            ("逾43,000", Qualifier::MoreThan),
            ("超過4.3萬", Qualifier::MoreThan),
        ] {
            let read = parse_printed(text).unwrap();
            assert_eq!(read.qualifier, qualifier, "{text}");
            assert_eq!(read.value, Decimal::from(43000), "{text}");
        }
        assert!(parse_printed("75.3%").unwrap().percent);
        assert!(parse_printed("1.2億").unwrap().scaled);
        assert!(!parse_printed("1.2").unwrap().scaled);
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_reason() {
        type Kind = fn(&NumberError) -> bool;
        let no_value: Kind = |e| matches!(e, NumberError::NoValue(_));
        let unreadable: Kind = |e| matches!(e, NumberError::Unreadable(_));
        let commas: Kind = |e| matches!(e, NumberError::Commas(_));
        let digits: Kind = |e| matches!(e, NumberError::Digits(_));
        let decimals: Kind = |e| matches!(e, NumberError::Decimals(_));
        for (text, expected) in [
            ("NaN", no_value),
            ("inf", no_value),
            ("-Infinity", no_value),
            ("無", no_value),
            ("1,23", commas),
            ("1234,567", commas),
            (",123", commas),
            ("0,123", commas),
            ("1e400", digits),
            ("1e18", digits),
            ("1234567890123456789", digits),
            ("1e99999", unreadable),
            ("9999億億", unreadable),
            ("1.2億%", unreadable),
            ("1e-13", decimals),
            ("0.0000000000001", decimals),
            ("--1", unreadable),
            ("-NT$-1", unreadable),
            ("1.2.3", unreadable),
            ("5.", unreadable),
            ("1.2,345", unreadable),
            ("0x10", unreadable),
            ("1 234", unreadable),
            ("%", unreadable),
            ("億", unreadable),
            ("六十", unreadable),
        ] {
            let error = parse_printed(text).expect_err(text);
            assert!(expected(&error), "{text}: {error:?}");
        }
        assert_eq!(parse_printed(" \u{3000} "), Err(NumberError::Empty));
    }

    #[test]
    fn a_refusal_never_carries_control_characters() {
        let message = Message::from(parse_printed("\u{1b}]52;c;x\u{7}").unwrap_err());
        assert!(!message.to_string().contains(['\u{1b}', '\u{7}']));
    }

    proptest! {
        #[test]
        fn canonical_numbers_come_back(mantissa in -999_999_999_999_999_999_i64..=999_999_999_999_999_999, scale in 0_u32..=12) {
            let value = Decimal::new(mantissa, scale);
            let read = parse_printed(&canonical(value)).unwrap();
            prop_assert_eq!(read.value, value);
            prop_assert_eq!(read.qualifier, Qualifier::Exact);
        }
        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,40}") {
            let _ = parse_printed(&text);
        }
        #[test]
        fn number_like_text_does_not_break_the_reader(text in "[-+0-9,.eE%億萬千約>NT$元 ]{0,24}") {
            let _ = parse_printed(&text);
        }
    }
}
