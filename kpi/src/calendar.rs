//! Quarters, periods and days, Gregorian and of the Republic (ROC year = Gregorian - 1911).
//!
//! Instants are UTC; days are days in Taipei, which has had no daylight saving time since 1979.

use chrono::{
    DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveTime, TimeZone, Timelike, Utc,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Asia/Taipei, UTC+8 all year.
pub const TAIPEI: FixedOffset = match FixedOffset::east_opt(8 * 3600) {
    Some(offset) => offset,
    None => unreachable!(),
};

/// Gregorian minus ROC year.
pub const ROC_OFFSET: i32 = 1911;

/// Why a date, quarter or period could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Not in any known form.
    #[error("not a period or date: {0:?}")]
    Unreadable(String),
    /// In a known form, but no such day (ROC 112/02/29).
    #[error("no such day: {0:?}")]
    NoSuchDay(String),
}

/// A quarter of a calendar (= fiscal) year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quarter {
    /// Gregorian year.
    pub year: i32,
    /// 1 to 4.
    pub number: u8,
}

impl Quarter {
    /// The quarter, if `number` is 1 to 4 and the year sensible.
    pub fn new(year: i32, number: u8) -> Option<Quarter> {
        ((1..=4).contains(&number) && (1900..=2200).contains(&year))
            .then_some(Quarter { year, number })
    }
    /// The quarter a day lies in.
    pub fn containing(day: NaiveDate) -> Quarter {
        Quarter {
            year: day.year(),
            number: u8::try_from(day.month0() / 3 + 1).unwrap_or(1),
        }
    }
    /// The last quarter that ended on or before `day` (the default quarter).
    pub fn last_ended(day: NaiveDate) -> Quarter {
        let running = Quarter::containing(day);
        if running.end() <= day {
            running
        } else {
            running.previous()
        }
    }
    /// First day.
    pub fn start(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, u32::from(self.number) * 3 - 2, 1).unwrap_or_default()
    }
    /// Last day.
    pub fn end(self) -> NaiveDate {
        self.next().start().pred_opt().unwrap_or_default()
    }
    /// The quarter after.
    #[must_use]
    pub fn next(self) -> Quarter {
        self.plus(1)
    }
    /// The quarter before.
    #[must_use]
    pub fn previous(self) -> Quarter {
        self.plus(-1)
    }
    /// `count` quarters later (earlier when negative).
    #[must_use]
    pub fn plus(self, count: i32) -> Quarter {
        Quarter::from_ordinal(self.ordinal() + count)
    }
    /// So many quarters, oldest first, this one last.
    ///
    /// ```
    /// use quarterdeck_kpi::calendar::Quarter;
    /// let quarters: Vec<String> = Quarter::new(2025, 1).unwrap().last(3).map(|q| q.to_string()).collect();
    /// assert_eq!(quarters, ["2024Q3", "2024Q4", "2025Q1"]);
    /// ```
    pub fn last(self, count: usize) -> impl DoubleEndedIterator<Item = Quarter> + Clone {
        let after = self.ordinal() + 1;
        let first = after.saturating_sub(i32::try_from(count).unwrap_or(i32::MAX));
        (first..after).map(Quarter::from_ordinal)
    }
    /// Quarters since year 0; differences count quarters.
    pub fn ordinal(self) -> i32 {
        self.year * 4 + i32::from(self.number) - 1
    }
    /// The quarter with this ordinal.
    pub fn from_ordinal(ordinal: i32) -> Quarter {
        Quarter {
            year: ordinal.div_euclid(4),
            number: u8::try_from(ordinal.rem_euclid(4) + 1).unwrap_or(1),
        }
    }
    /// Days in the quarter (90 to 92).
    pub fn days(self) -> i64 {
        (self.end() - self.start()).num_days() + 1
    }
    /// ROC year.
    pub fn roc_year(self) -> i32 {
        self.year - ROC_OFFSET
    }
    /// As a period.
    pub fn period(self) -> Period {
        Period {
            start: self.start(),
            end: self.end(),
            kind: PeriodKind::Quarter,
        }
    }
    /// Reads `2025Q3`, `114Q3` (a year under 1000 is ROC), `114年第3季`, full-width digits too.
    ///
    /// ```
    /// use quarterdeck_kpi::calendar::Quarter;
    /// let quarter = Quarter::new(2025, 3).unwrap();
    /// for text in ["2025Q3", "114Q3", "114年第3季", "１１４年第３季", "2025q3"] {
    ///     assert_eq!(Quarter::parse(text), Ok(quarter), "{text}");
    /// }
    /// assert!(Quarter::parse("114Q5").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Quarter, CalendarError> {
        let unreadable = || CalendarError::Unreadable(text.to_owned());
        let folded = crate::text::fold_width(text.trim());
        let (year, number) = if let Some((year, rest)) = folded.split_once(['Q', 'q']) {
            (year, rest)
        } else if let Some((year, rest)) = folded.split_once('年') {
            (
                year,
                rest.trim()
                    .strip_prefix('第')
                    .and_then(|r| r.strip_suffix('季'))
                    .ok_or_else(unreadable)?,
            )
        } else {
            return Err(unreadable());
        };
        let year = read_year(year.trim().trim_end_matches('-'), &unreadable)?;
        let number: u8 = number.trim().parse().map_err(|_| unreadable())?;
        Quarter::new(year, number).ok_or_else(unreadable)
    }
}

fn read_year(text: &str, unreadable: &dyn Fn() -> CalendarError) -> Result<i32, CalendarError> {
    if text.is_empty() || text.len() > 4 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(unreadable());
    }
    let year: i32 = text.parse().map_err(|_| unreadable())?;
    Ok(if year < 1000 { year + ROC_OFFSET } else { year })
}

impl fmt::Display for Quarter {
    /// The machine id, always Gregorian: `2025Q3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Q{}", self.year, self.number)
    }
}
impl Serialize for Quarter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Quarter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Quarter::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// What kind of stretch a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    /// One day.
    Day,
    /// A calendar month.
    Month,
    /// A quarter.
    Quarter,
    /// Half a year.
    Half,
    /// A calendar (= fiscal) year.
    Year,
    /// Any other stretch, for example 108-01 to 109-05.
    Span,
}

/// A stretch of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    /// First day.
    pub start: NaiveDate,
    /// Last day.
    pub end: NaiveDate,
    /// What kind of stretch.
    pub kind: PeriodKind,
}

impl Period {
    /// A calendar year.
    pub fn year(year: i32) -> Period {
        Period {
            start: NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default(),
            end: NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or_default(),
            kind: PeriodKind::Year,
        }
    }
    /// A calendar month; `None` when there is no such month.
    pub fn month(year: i32, month: u32) -> Option<Period> {
        let start = NaiveDate::from_ymd_opt(year, month, 1)?;
        let end = start.checked_add_months(Months::new(1))?.pred_opt()?;
        Some(Period {
            start,
            end,
            kind: PeriodKind::Month,
        })
    }
    /// Half a year (1 or 2).
    pub fn half(year: i32, half: u8) -> Option<Period> {
        let first = Quarter::new(
            year,
            if half == 1 {
                1
            } else if half == 2 {
                3
            } else {
                0
            },
        )?;
        Some(Period {
            start: first.start(),
            end: first.next().end(),
            kind: PeriodKind::Half,
        })
    }
    /// One day.
    pub fn day(day: NaiveDate) -> Period {
        Period {
            start: day,
            end: day,
            kind: PeriodKind::Day,
        }
    }
    /// The quarter its last day lies in.
    pub fn quarter(self) -> Quarter {
        Quarter::containing(self.end)
    }
    /// Number of days.
    pub fn days(self) -> i64 {
        (self.end - self.start).num_days() + 1
    }
    /// Whether `other` lies wholly inside.
    pub fn contains(self, other: Period) -> bool {
        self.start <= other.start && other.end <= self.end
    }
    /// Reads a quarter, `2025`, `114年`, `2025-09`, `11409`, `2025H1`, a day, or `A/B`, and the
    /// reporting periods of statistics (SDMX): `2025-M09`, `2025-S1`, `2025-A1`.
    pub fn parse(text: &str) -> Result<Period, CalendarError> {
        let unreadable = || CalendarError::Unreadable(text.to_owned());
        let folded = crate::text::fold_width(text.trim());
        if let Ok(quarter) = Quarter::parse(&folded) {
            return Ok(quarter.period());
        }
        if let Some((year, month)) = folded.split_once("-M") {
            let year = read_year(year, &unreadable)?;
            return (month.len() <= 2)
                .then(|| month.parse().ok())
                .flatten()
                .and_then(|month| Period::month(year, month))
                .ok_or_else(unreadable);
        }
        if let Some(year) = folded.strip_suffix("-A1") {
            return read_year(year, &unreadable).map(Period::year);
        }
        let halves = folded.split_once("-S").or(folded.split_once(['H', 'h']));
        if let Some((year, half)) = halves {
            let year = read_year(year, &unreadable)?;
            return half
                .parse()
                .ok()
                .and_then(|h| Period::half(year, h))
                .ok_or_else(unreadable);
        }
        let bare = folded.strip_suffix('年').unwrap_or(&folded);
        if bare.len() <= 4 && !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit()) {
            let year = read_year(bare, &unreadable)?;
            return if (1900..=2200).contains(&year) {
                Ok(Period::year(year))
            } else {
                Err(unreadable())
            };
        }
        if let Some(month) = read_month(&folded) {
            return Ok(month);
        }
        match parse_date(&folded) {
            Ok(day) => Ok(Period::day(day)),
            Err(error) => match folded.split_once('/') {
                Some((a, b)) if a.contains('-') => {
                    let (start, end) = (parse_date(a)?, parse_date(b)?);
                    if start <= end {
                        Ok(Period {
                            start,
                            end,
                            kind: PeriodKind::Span,
                        })
                    } else {
                        Err(unreadable())
                    }
                }
                _ => Err(match error {
                    CalendarError::NoSuchDay(_) => CalendarError::NoSuchDay(text.to_owned()),
                    CalendarError::Unreadable(_) => unreadable(),
                }),
            },
        }
    }
}

/// `2025-09`, `114-09`, `2025/9`, `114年9月`, `11409`, `202509`.
fn read_month(text: &str) -> Option<Period> {
    let year_of = |text: &str| read_year(text, &|| CalendarError::Unreadable(String::new())).ok();
    if let Some((year, month)) = text.split_once('年') {
        return Period::month(
            year_of(year.trim())?,
            month.trim().strip_suffix('月')?.parse().ok()?,
        );
    }
    if let Some((year, month)) = text.split_once(['-', '/', '.']) {
        if month.len() <= 2 {
            return Period::month(year_of(year)?, month.parse().ok()?);
        }
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) && (text.len() == 5 || text.len() == 6) {
        let (year, month) = text.split_at(text.len() - 2);
        return Period::month(year_of(year)?, month.parse().ok()?);
    }
    None
}

/// Reads `2024-09-24`, `2024/9/24`, `20240924`, `113年9月24日`, `113.9.24`, `113/09/24`, `1130924`.
///
/// A time after the date (`2024-01-14 00:01:18`) is ignored.
///
/// ```
/// use quarterdeck_kpi::calendar::{parse_date, CalendarError};
/// for text in ["2024-09-24", "113年9月24日", "113.9.24", "113/09/24", "1130924", "20240924"] {
///     assert_eq!(parse_date(text).unwrap().to_string(), "2024-09-24", "{text}");
/// }
/// assert!(matches!(parse_date("112/02/29"), Err(CalendarError::NoSuchDay(_))));
/// ```
pub fn parse_date(text: &str) -> Result<NaiveDate, CalendarError> {
    let unreadable = || CalendarError::Unreadable(text.to_owned());
    let folded = crate::text::fold_width(text.trim());
    let day_part = folded.split(['T', ' ']).next().unwrap_or("");
    let spaced: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    let candidate = if spaced.contains('年') {
        spaced.as_str()
    } else {
        day_part
    };
    let pieces: Vec<&str> = if candidate.contains('年') {
        let (year, rest) = candidate.split_once('年').ok_or_else(unreadable)?;
        let (month, rest) = rest.split_once('月').ok_or_else(unreadable)?;
        vec![year, month, rest.strip_suffix('日').ok_or_else(unreadable)?]
    } else if candidate.bytes().all(|b| b.is_ascii_digit())
        && (candidate.len() == 7 || candidate.len() == 8)
    {
        let (rest, day) = candidate.split_at(candidate.len() - 2);
        let (year, month) = rest.split_at(rest.len() - 2);
        vec![year, month, day]
    } else {
        candidate.split(['-', '/', '.']).collect()
    };
    let [year, month, day] = pieces.as_slice() else {
        return Err(unreadable());
    };
    let year = read_year(year, &unreadable)?;
    let short = |t: &str| (t.len() <= 2).then(|| t.parse::<u32>().ok()).flatten();
    let (month, day) = (
        short(month).ok_or_else(unreadable)?,
        short(day).ok_or_else(unreadable)?,
    );
    NaiveDate::from_ymd_opt(year, month, day)
        .ok_or_else(|| CalendarError::NoSuchDay(text.to_owned()))
}

/// The last moment of a day in Taipei: "as of DATE" is through its end.
pub fn end_of_day(day: NaiveDate) -> DateTime<Utc> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    start_of_day(next) - chrono::Duration::microseconds(1)
}

/// The first moment of a day in Taipei.
pub fn start_of_day(day: NaiveDate) -> DateTime<Utc> {
    TAIPEI
        .from_local_datetime(&day.and_time(chrono::NaiveTime::MIN))
        .single()
        .map(|t| t.with_timezone(&Utc))
        .unwrap_or_default()
}

/// The day in Taipei at an instant.
pub fn taipei_day(instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&TAIPEI).date_naive()
}

/// Reads an as-of argument: a date (through the end of that day in Taipei), an RFC 3339 instant, or a date with a
/// local time of Taipei to the minute or second. Anything else behind the date is refused.
///
/// ```
/// use quarterdeck_kpi::calendar::parse_as_of;
/// for text in ["2025-12-15T00:00:00Z", "2025-12-15 08:00", "114.12.15 08:00:00", "114年12月15日 08:00"] {
///     assert_eq!(parse_as_of(text).unwrap().to_rfc3339(), "2025-12-15T00:00:00+00:00", "{text}");
/// }
/// assert!(parse_as_of("2025-12-15 morning").is_err());
/// ```
pub fn parse_as_of(text: &str) -> Result<DateTime<Utc>, CalendarError> {
    let unreadable = || CalendarError::Unreadable(text.to_owned());
    let folded = crate::text::fold_width(text.trim());
    if let Ok(instant) = DateTime::parse_from_rfc3339(&folded) {
        return Ok(instant.with_timezone(&Utc));
    }
    let (day, time) = date_and_rest(&folded);
    let day = parse_date(day)?;
    let Some(time) = time else {
        return Ok(end_of_day(day));
    };
    let time = ["%H:%M:%S%.f", "%H:%M"]
        .into_iter()
        .find_map(|form| NaiveTime::parse_from_str(time.trim(), form).ok())
        // A leap second is no moment of a machine's clock.
        .filter(|time| time.nanosecond() < 1_000_000_000)
        .ok_or_else(unreadable)?;
    TAIPEI
        .from_local_datetime(&day.and_time(time))
        .single()
        .map(|moment| moment.with_timezone(&Utc))
        .ok_or_else(unreadable)
}

/// Reads a date with nothing behind it.
pub fn parse_day(text: &str) -> Result<NaiveDate, CalendarError> {
    let folded = crate::text::fold_width(text.trim());
    match date_and_rest(&folded) {
        (day, None) => parse_date(day),
        (_, Some(_)) => Err(CalendarError::Unreadable(text.to_owned())),
    }
}

/// A date, and what stands behind it.
fn date_and_rest(text: &str) -> (&str, Option<&str>) {
    let split = match text.split_once('日') {
        Some((day, rest)) => text
            .get(..day.len() + '日'.len_utf8())
            .map(|day| (day, rest)),
        None => text.split_once(['T', 't', ' ']),
    };
    match split {
        Some((day, "")) if day.ends_with('日') => (day, None),
        Some((day, rest)) => (day, Some(rest)),
        None => (text, None),
    }
}

impl fmt::Display for Period {
    /// The machine form: `2025Q3`, `2025`, `2025-09`, `2025H1`, `2025-09-24` or `start/end`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            PeriodKind::Day => write!(f, "{}", self.start),
            PeriodKind::Month => write!(f, "{}", self.start.format("%Y-%m")),
            PeriodKind::Quarter => write!(f, "{}", self.quarter()),
            PeriodKind::Half => write!(f, "{}H{}", self.start.year(), self.start.month() / 6 + 1),
            PeriodKind::Year => write!(f, "{}", self.start.year()),
            PeriodKind::Span => write!(f, "{}/{}", self.start, self.end),
        }
    }
}
impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Period::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
