//! When a source is asked next: arithmetic on instants that are given. Days are Taipei's, which
//! has no daylight saving time.
//!
//! A schedule has slots (every hour, the first of every month). Each source comes a little later
//! than its slot, by a time that is always the same for its id, so that three hundred sources do
//! not ask at once. A slot that was missed is made up for by one run, however many were missed.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, TimeZone, Timelike, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use quarterdeck_kpi::calendar::{Quarter, TAIPEI, start_of_day, taipei_day};
use sha2::{Digest, Sha256};

/// Schedules that are one word.
pub const WORDS: [&str; 6] = [
    "hourly",
    "daily",
    "weekly",
    "monthly",
    "quarterly",
    "manual",
];

/// The forms of the others, as they are shown to people.
pub const FORMS: [&str; 2] = ["cron: M H D M W", "quarter+20d"];

/// Days after a quarter that a source may name: the data of a quarter are asked for before the
/// next one has ended.
const MOST_DAYS: u32 = 80;

/// The first wait after a failure; doubled with every further one.
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(5);

/// An attempt that lies further ahead than this was made under a clock that has been set back.
const CLOCK_SLACK: TimeDelta = TimeDelta::minutes(5);

/// When a source is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// Every hour.
    Hourly,
    /// Every night.
    Daily,
    /// Every Monday.
    Weekly,
    /// The first of every month.
    Monthly,
    /// The first day of every quarter.
    Quarterly,
    /// Only when a person asks.
    Manual,
    /// Minute, hour, day, month and weekday in Taipei.
    Cron(Box<Cron>),
    /// From so many days after a quarter's end, daily until its data came.
    AfterQuarter(u32),
}

/// What is known of a source when its next run is worked out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct History {
    /// The last attempt, whatever became of it.
    pub last: Option<DateTime<Utc>>,
    /// Failed and refused attempts since the last good one.
    pub failures: u32,
    /// Last day of the latest period it brought figures of.
    pub newest_period_end: Option<NaiveDate>,
    /// The portal or the source's own limit allows no call before.
    pub not_before: Option<DateTime<Utc>>,
}

impl Schedule {
    /// The schedule as it is written in a source file.
    pub fn parse(text: &str) -> Option<Schedule> {
        let schedule = match text {
            "hourly" => Schedule::Hourly,
            "daily" => Schedule::Daily,
            "weekly" => Schedule::Weekly,
            "monthly" => Schedule::Monthly,
            "quarterly" => Schedule::Quarterly,
            "manual" => Schedule::Manual,
            other => match (other.strip_prefix("cron:"), other.strip_prefix("quarter+")) {
                (Some(pattern), _) => Schedule::Cron(Box::new(cron(pattern)?)),
                (_, Some(days)) => {
                    let digits = days
                        .strip_suffix('d')
                        .filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
                    Schedule::AfterQuarter(digits.parse().ok().filter(|d| *d <= MOST_DAYS)?)
                }
                _ => return None,
            },
        };
        Some(schedule)
    }

    /// How late a source may come after its slot: from, and how much more by its id.
    fn spread(&self) -> (TimeDelta, TimeDelta) {
        match self {
            Schedule::Hourly => (TimeDelta::zero(), TimeDelta::minutes(10)),
            // Whoever writes a minute means that minute.
            Schedule::Cron(_) => (TimeDelta::zero(), TimeDelta::seconds(20)),
            // At night, so that everything is there in the morning.
            _ => (TimeDelta::minutes(30), TimeDelta::hours(5)),
        }
    }

    /// The time between a slot and the run of this source: always the same for an id.
    pub fn lateness(&self, source: &str) -> TimeDelta {
        let (from, window) = self.spread();
        from + share_of(window, source)
    }

    /// The first slot that begins after an instant; none when there never is one.
    fn slot_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let day = taipei_day(after);
        let next_day = |day: NaiveDate| day.checked_add_days(Days::new(1));
        let first = match self {
            Schedule::Manual => return None,
            Schedule::Hourly => {
                let into = TimeDelta::minutes(i64::from(after.minute()))
                    + TimeDelta::seconds(i64::from(after.second()))
                    + TimeDelta::nanoseconds(i64::from(after.nanosecond()));
                return after.checked_sub_signed(into - TimeDelta::hours(1));
            }
            Schedule::Cron(cron) => {
                let local = TAIPEI.from_utc_datetime(&after.naive_utc());
                let next = cron.find_next_occurrence(&local, false).ok()?;
                return Some(next.with_timezone(&Utc));
            }
            Schedule::Daily | Schedule::AfterQuarter(_) => next_day(day),
            Schedule::Weekly => {
                let since_monday = day.weekday().num_days_from_monday();
                day.checked_add_days(Days::new(u64::from(7 - since_monday)))
            }
            Schedule::Monthly => day.with_day(1)?.checked_add_months(Months::new(1)),
            Schedule::Quarterly => Some(Quarter::containing(day).next().start()),
        };
        Some(start_of_day(first?))
    }

    /// The first run of a source after an instant.
    fn run_after(&self, source: &str, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let late = self.lateness(source);
        self.slot_after(after.checked_sub_signed(late)?)?
            .checked_add_signed(late)
    }

    /// The time between two runs around an instant; none for `manual`.
    pub fn interval(&self, around: DateTime<Utc>) -> Option<TimeDelta> {
        let first = self.slot_after(around)?;
        Some(self.slot_after(first)? - first)
    }

    /// When the data of a quarter are first asked for.
    fn opens(days: u32, source_lateness: TimeDelta, quarter: Quarter) -> Option<DateTime<Utc>> {
        let day = quarter.end().checked_add_days(Days::new(days.into()))?;
        start_of_day(day).checked_add_signed(source_lateness)
    }

    /// When the source is asked next; it is due when that is not after `now`. None for `manual`.
    pub fn next_run(
        &self,
        source: &str,
        history: &History,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        if *self == Schedule::Manual {
            return None;
        }
        // Under a clock that was set back the last attempt tells nothing: better one run too many
        // than none for years.
        let last = history.last.filter(|last| *last <= now + CLOCK_SLACK);
        let by_schedule = match (last, self) {
            (None, Schedule::AfterQuarter(days)) => self.after_quarter(source, *days, None, now)?,
            (None, _) => now,
            (Some(last), _) if history.failures > 0 => {
                last + self.patience(source, history.failures, last)?
            }
            (Some(last), Schedule::AfterQuarter(days)) => {
                let came = history.newest_period_end;
                let open = self.after_quarter(source, *days, came, now)?;
                open.max(self.run_after(source, last)?)
            }
            (Some(last), _) => self.run_after(source, last)?,
        };
        // What a portal asked for under another clock is as void as the attempt.
        Some(by_schedule.max(history.not_before.unwrap_or(by_schedule)))
    }

    /// The first day on which data are missing that should be there.
    fn after_quarter(
        &self,
        source: &str,
        days: u32,
        came: Option<NaiveDate>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let late = self.lateness(source);
        let mut quarter = Quarter::containing(taipei_day(now));
        while Self::opens(days, late, quarter)? > now {
            quarter = quarter.previous();
        }
        if came.is_some_and(|came| came >= quarter.end()) {
            quarter = quarter.next();
        }
        Self::opens(days, late, quarter)
    }

    /// How long a failing source is left alone: longer each time, at most as long as its schedule.
    fn patience(&self, source: &str, failures: u32, last: DateTime<Utc>) -> Option<TimeDelta> {
        let most = self.interval(last)?;
        let doubled = 1i32 << failures.saturating_sub(1).min(20);
        let wait = FIRST_WAIT.checked_mul(doubled).unwrap_or(most);
        let wait = wait + share_of(wait / 8, source);
        Some(wait.min(most))
    }
}

/// A cron pattern of five fields that has at least one moment.
fn cron(pattern: &str) -> Option<Cron> {
    let pattern = pattern.trim();
    if pattern.split_whitespace().count() != 5 {
        return None;
    }
    let parser = CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build();
    let cron = parser.parse(pattern).ok()?;
    // A thirtieth of February is written correctly and never comes.
    let some_day = TAIPEI.with_ymd_and_hms(2024, 1, 1, 0, 0, 0).single()?;
    cron.find_next_occurrence(&some_day, true).ok()?;
    Some(cron)
}

/// A part of a window that depends on a text only.
fn share_of(window: TimeDelta, text: &str) -> TimeDelta {
    let hash = Sha256::digest(text.as_bytes());
    let [a, b, ..] = hash.as_slice() else {
        return TimeDelta::zero();
    };
    let part = i64::from(u16::from_be_bytes([*a, *b]));
    TimeDelta::milliseconds(window.num_milliseconds() * part / 65_536)
}

#[cfg(test)]
mod tests;
