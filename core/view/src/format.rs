//! How figures are written for people: one place for every number, date and amount.
//!
//! Rounding is half away from zero on exact decimals. The minus is U+2212; rates have two decimals
//! and " %"; tables are in 千元 and prose in 億元, so that 6.24 billion is 62.40億元.

use crate::i18n::{Language, say, word};
use crate::palette;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use quarterdeck_kpi::calendar::{Period, PeriodKind, Quarter, ROC_OFFSET, TAIPEI};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::Qualifier;
use quarterdeck_kpi::status::Status;
use rust_decimal::{Decimal, RoundingStrategy};

/// What stands where there is no figure.
pub const NONE: &str = "—";
/// The true minus sign.
pub const MINUS: char = '\u{2212}';

fn rounded(value: Decimal, places: u32) -> Decimal {
    let mut value = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    value.rescale(places);
    value
}

/// Thousands commas and the true minus in a plain decimal text.
fn grouped(plain: &str) -> String {
    let (negative, digits) = match plain.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, plain),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let zero = digits.bytes().all(|b| b == b'0' || b == b'.');
    let mut text = String::with_capacity(plain.len() + plain.len() / 3 + 2);
    if negative && !zero {
        text.push(MINUS);
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A number with a fixed count of decimals: `−1,234.50`.
pub fn decimal(value: Decimal, places: u32) -> String {
    grouped(&rounded(value, places).to_string())
}

/// A number with its own decimals: `52.4`, `1,234`.
pub fn number(value: Decimal) -> String {
    grouped(&value.normalize().to_string())
}

/// A whole count: `53,092`.
pub fn count(value: i64) -> String {
    grouped(&value.to_string())
}

/// A fraction as percent with its sign: 0.4102 → `41.02 %`.
pub fn rate(fraction: Decimal) -> String {
    format!("{} %", rate_number(fraction))
}

/// A fraction as percent without its sign, for columns whose unit stands in the header.
pub fn rate_number(fraction: Decimal) -> String {
    decimal(percent(fraction), 2)
}

/// A probability in whole percent; near the ends it is never said to be certain.
///
/// ```
/// use quarterdeck_kpi::Decimal;
/// use quarterdeck_view::format::chance;
/// assert_eq!(chance(Decimal::new(874, 3)), "87 %");
/// assert_eq!(chance(Decimal::ONE), ">99 %");
/// assert_eq!(chance(Decimal::ZERO), "<1 %");
/// ```
pub fn chance(probability: Decimal) -> String {
    if probability > Decimal::new(995, 3) {
        ">99 %".to_owned()
    } else if probability < Decimal::new(5, 3) {
        "<1 %".to_owned()
    } else {
        format!("{} %", decimal(probability * Decimal::ONE_HUNDRED, 0))
    }
}

/// A fraction in percent, exact; saturates where a decimal would overflow.
pub fn percent(fraction: Decimal) -> Decimal {
    fraction
        .checked_mul(Decimal::ONE_HUNDRED)
        .unwrap_or(Decimal::MAX)
}

/// Percentage points, `+` on gains: `+1.20`, `−18.40`, `0.00`.
pub fn points(value: Decimal) -> String {
    let text = decimal(value, 2);
    if rounded(value, 2) > Decimal::ZERO {
        format!("+{text}")
    } else {
        text
    }
}

/// A change of a count with its sign: `+118`, `−6`, `0`.
pub fn change(value: i64) -> String {
    if value > 0 {
        format!("+{}", count(value))
    } else {
        count(value)
    }
}

/// Whole NT$ in thousands for tables: 28,132,000 → `28,132`.
pub fn money_thousands(ntd: i64) -> String {
    money(MoneyUnit::Thousand, ntd)
}

/// The unit in which tables show money; what is stored stays whole NT$.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MoneyUnit {
    /// 元
    Ntd,
    /// 千元, as tables are printed.
    #[default]
    Thousand,
    /// 萬元
    TenThousand,
    /// 億元
    HundredMillion,
}

impl MoneyUnit {
    /// Every unit, smallest first.
    pub const ALL: [MoneyUnit; 4] = [
        MoneyUnit::Ntd,
        MoneyUnit::Thousand,
        MoneyUnit::TenThousand,
        MoneyUnit::HundredMillion,
    ];
    /// The unit after it; after the largest the smallest.
    #[must_use]
    pub fn next(self) -> MoneyUnit {
        match self {
            MoneyUnit::Ntd => MoneyUnit::Thousand,
            MoneyUnit::Thousand => MoneyUnit::TenThousand,
            MoneyUnit::TenThousand => MoneyUnit::HundredMillion,
            MoneyUnit::HundredMillion => MoneyUnit::Ntd,
        }
    }
    /// Unit id, as indicators have them.
    pub fn unit(self) -> &'static str {
        match self {
            MoneyUnit::Ntd => "ntd",
            MoneyUnit::Thousand => "thousand-ntd",
            MoneyUnit::TenThousand => "ten-thousand-ntd",
            MoneyUnit::HundredMillion => "hundred-million-ntd",
        }
    }
    /// Key of its word.
    pub fn term(self) -> &'static str {
        match self {
            MoneyUnit::Ntd => "unit-ntd",
            MoneyUnit::Thousand => "unit-thousand-ntd",
            MoneyUnit::TenThousand => "unit-ten-thousand-ntd",
            MoneyUnit::HundredMillion => "unit-hundred-million-ntd",
        }
    }
    /// NT$ of one, and the decimals it is shown with.
    fn scale(self) -> (Decimal, u32) {
        match self {
            MoneyUnit::Ntd => (Decimal::ONE, 0),
            MoneyUnit::Thousand => (Decimal::ONE_THOUSAND, 0),
            MoneyUnit::TenThousand => (Decimal::from(10_000), 0),
            MoneyUnit::HundredMillion => (Decimal::from(100_000_000), 2),
        }
    }
    /// An amount in it, exact.
    pub fn of(self, ntd: i64) -> Decimal {
        Decimal::from(ntd) / self.scale().0
    }
    /// Decimals it is shown with.
    pub fn decimals(self) -> u32 {
        self.scale().1
    }
}

/// Whole NT$ in a unit, for tables.
pub fn money(unit: MoneyUnit, ntd: i64) -> String {
    decimal(unit.of(ntd), unit.decimals())
}

/// Whole NT$ in a unit, rounded away from zero: for the least that is needed.
pub fn money_at_least(unit: MoneyUnit, ntd: i64) -> String {
    let needed = unit
        .of(ntd)
        .round_dp_with_strategy(unit.decimals(), RoundingStrategy::AwayFromZero);
    decimal(needed, unit.decimals())
}

/// Whole NT$ as prose: `62.40億元` or `NT$6.24 bn`; amounts too small for it in thousands.
pub fn money_prose(language: Language, ntd: i64) -> String {
    let amount = Decimal::from(ntd);
    let small = ntd != 0 && ntd.unsigned_abs() < 500_000;
    match language {
        Language::ZhTw if small => format!("{}千元", money_thousands(ntd)),
        Language::ZhTw => format!("{}億元", decimal(amount / Decimal::from(100_000_000), 2)),
        Language::En => {
            let (divisor, suffix) = if ntd.unsigned_abs() >= 1_000_000_000 {
                (1_000_000_000, "bn")
            } else if small {
                return format!("NT${} k", money_thousands(ntd));
            } else {
                (1_000_000, "m")
            };
            let text = decimal(amount / Decimal::from(divisor), 2);
            match text.strip_prefix(MINUS) {
                Some(text) => format!("{MINUS}NT${text} {suffix}"),
                None => format!("NT${text} {suffix}"),
            }
        }
    }
}

/// A place in a document; lines of the source document, which its own language names, in the
/// reader's: `lines 29-30` is `第29-30行`.
pub fn document_place(language: Language, place: &str) -> String {
    let lines = document_lines(place);
    match language {
        Language::ZhTw if lines.len() < place.len() => format!("第{lines}行"),
        _ => place.to_owned(),
    }
}

/// The lines of a place in the source document, without the word before them.
pub fn document_lines(place: &str) -> &str {
    place
        .strip_prefix("lines ")
        .or_else(|| place.strip_prefix("line "))
        .filter(|lines| lines.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(place)
}

/// Days with their counter: `47天`, `47 d`.
pub fn days(language: Language, days: i64) -> String {
    match language {
        Language::ZhTw => format!("{}天", count(days)),
        Language::En => format!("{} d", count(days)),
    }
}

/// A day: `114.10.20` or `2025-10-20`.
pub fn date(language: Language, day: NaiveDate) -> String {
    match language {
        Language::ZhTw => format!("{}.{}.{}", day.year() - ROC_OFFSET, day.month(), day.day()),
        Language::En => day.format("%Y-%m-%d").to_string(),
    }
}

/// An instant in Taipei, to the minute: `114.10.20 09:12`.
pub fn instant(language: Language, instant: DateTime<Utc>) -> String {
    let local = instant.with_timezone(&TAIPEI);
    format!(
        "{} {}",
        date(language, local.date_naive()),
        local.format("%H:%M")
    )
}

/// A quarter by the reader's calendar: `114年第3季` or `2025Q3`.
pub fn quarter(language: Language, quarter: Quarter) -> String {
    match language {
        Language::ZhTw => format!("{}年第{}季", quarter.roc_year(), quarter.number),
        Language::En => quarter.to_string(),
    }
}

/// The other form of a quarter, shown in grey beside the main one.
pub fn quarter_other(language: Language, q: Quarter) -> String {
    quarter(language.other(), q)
}

/// A short label for narrow places: `114Q3` or `2025Q3`.
pub fn quarter_short(language: Language, quarter: Quarter) -> String {
    match language {
        Language::ZhTw => format!("{}Q{}", quarter.roc_year(), quarter.number),
        Language::En => quarter.to_string(),
    }
}

/// A calendar year: `114年` or `2025`.
pub fn year(language: Language, year: i32) -> String {
    match language {
        Language::ZhTw => format!("{}年", year - ROC_OFFSET),
        Language::En => year.to_string(),
    }
}

/// Any period by the reader's calendar.
pub fn period(language: Language, period: Period) -> String {
    let start = period.start;
    match (language, period.kind) {
        (_, PeriodKind::Quarter) => quarter(language, period.quarter()),
        (_, PeriodKind::Day) => date(language, start),
        (_, PeriodKind::Year) => year(language, start.year()),
        (Language::ZhTw, PeriodKind::Month) => {
            format!("{}年{}月", start.year() - ROC_OFFSET, start.month())
        }
        (Language::ZhTw, PeriodKind::Half) => format!(
            "{}年{}半年",
            start.year() - ROC_OFFSET,
            if start.month() < 7 { "上" } else { "下" }
        ),
        (Language::ZhTw, PeriodKind::Span) => {
            format!("{}至{}", date(language, start), date(language, period.end))
        }
        (Language::En, PeriodKind::Month | PeriodKind::Half) => period.to_string(),
        (Language::En, PeriodKind::Span) => {
            format!(
                "{} to {}",
                date(language, start),
                date(language, period.end)
            )
        }
    }
}

/// Indicators met or on track of all, `2/3`; of an unknown programme nothing is counted as good.
pub fn good_of(status: Status, good: (usize, usize)) -> String {
    match status {
        Status::Unknown => format!("{NONE}/{}", good.1),
        _ => format!("{}/{}", good.0, good.1),
    }
}

/// The word of a status.
pub fn status(language: Language, status: Status) -> String {
    word(language, palette::look(status).word)
}

/// The word of a unit, `%` or `千元`; an office's own unit stands for itself.
pub fn unit(language: Language, unit: &str) -> String {
    let key = format!("unit-{unit}");
    if crate::i18n::has(language, &key) {
        word(language, &key)
    } else {
        unit.to_owned()
    }
}

/// Decimals that values of a unit are printed with; `None` for units whose values keep their own.
fn decimals_of(unit: &str) -> Option<u32> {
    matches!(unit, "percent" | "point").then_some(2)
}

/// A value of a table in its indicator's unit: rates have two decimals, the rest their own.
pub fn value(value: Decimal, unit: &str) -> String {
    match decimals_of(unit) {
        Some(places) => decimal(value, places),
        None => number(value),
    }
}

/// A value where it is accounted for, in sentences and in the trail: it reads as in tables, and no decimal is
/// dropped.
///
/// ```
/// use quarterdeck_kpi::Decimal;
/// use quarterdeck_view::format::exact;
/// assert_eq!(exact(Decimal::new(912, 1), "percent"), "91.20");
/// assert_eq!(exact(Decimal::new(880925, 4), "percent"), "88.0925");
/// assert_eq!(exact(Decimal::new(172, 1), "day"), "17.2");
/// ```
pub fn exact(value: Decimal, unit: &str) -> String {
    let value = value.normalize();
    decimal(value, value.scale().max(decimals_of(unit).unwrap_or(0)))
}

/// A value of a table with its qualifier: `> 43,000`.
pub fn qualified(number: Decimal, unit: &str, qualifier: Qualifier) -> String {
    match qualifier {
        Qualifier::Exact => value(number, unit),
        other => format!("{} {}", other.sign(), value(number, unit)),
    }
}

/// A value with qualifier and unit, whole as [`exact`] has it: `> 43,000 件`, `75.30 %`, `NT$ 351,737,000`.
pub fn value_with_unit(
    language: Language,
    number: Decimal,
    unit_id: &str,
    qualifier: Qualifier,
) -> String {
    let amount = exact(number, unit_id);
    let signed = |text: String| match qualifier {
        Qualifier::Exact => text,
        other => format!("{} {text}", other.sign()),
    };
    match (unit(language, unit_id), language) {
        (word, _) if word.is_empty() => signed(amount),
        // English puts the currency before its amount.
        (word, Language::En) if unit_id == "ntd" => signed(format!("{word} {amount}")),
        (word, _) => format!("{} {word}", signed(amount)),
    }
}

/// Our own marks of East Asian ambiguous width as unambiguous ones, for terminals.
pub fn narrow(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '—' => out.push('-'),
            '≥' => out.push_str(">="),
            '≤' => out.push_str("<="),
            '≈' => out.push('~'),
            '×' => out.push('x'),
            '·' => out.push(' '),
            '…' => out.push('⋯'),
            other => out.push(other),
        }
    }
    out
}

/// Sentences one after another; Chinese ones need no space between them.
pub fn sentences(language: Language, parts: &[Message]) -> String {
    let texts: Vec<String> = parts.iter().map(|m| say(language, m)).collect();
    match language {
        Language::ZhTw => texts.concat(),
        Language::En => texts.join(" "),
    }
}

/// The years of a plan, by the reader's calendar: 110-114, 2021-2025.
pub fn plan_years(
    language: Language,
    register: &quarterdeck_kpi::register::Register,
    plan: &str,
) -> String {
    let found = register.plans.iter().find(|p| p.id == plan);
    found.map_or(plan.to_owned(), |plan| {
        let shown = |year: i32| match language {
            Language::ZhTw => year - 1911,
            Language::En => year,
        };
        format!("{}-{}", shown(plan.years.0), shown(plan.years.1))
    })
}
