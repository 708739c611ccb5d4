//! How one indicator stands in a quarter.

use super::reading::{Found, Index, is_milestone, period_around, stands_on, window};
use super::sentence::{fraction, quantity};
use super::targets::{InForce, TargetLine};
use super::{Figure, IndicatorAssessment, Point};
use crate::calendar::{Period, Quarter, taipei_day};
use crate::indicator::{Direction, Frequency, Indicator, Kind};
use crate::message::Message;
use crate::observation::Qualifier;
use crate::rating::{Formula, Rated, Rating, rate};
use crate::rules::Bands;
use crate::status::Status;
use crate::target::Target;
use chrono::{Datelike, Days, NaiveDate};
use rust_decimal::{Decimal, RoundingStrategy};

/// Quarters of history a chart shows.
pub(crate) const HISTORY: usize = 12;
/// Quarters in which a chart goes on with a year's figure; an older one is no point of its line.
const CARRIED: i32 = 3;

/// An indicator with its targets as decided, ready to be asked about any quarter.
pub(super) struct Watched<'a> {
    pub indicator: &'a Indicator,
    pub targets: TargetLine<'a>,
}

/// Status of an indicator in one quarter with what it follows from.
pub(super) struct Standing<'a> {
    pub status: Status,
    why: Why,
    pub found: Found,
    /// Target shown.
    target: Option<InForce<'a>>,
    rating: Option<Rating>,
    due_on: Option<NaiveDate>,
    age_days: Option<i64>,
}

/// A month that was due and is not there: late, or rejected when the last that came was refused.
fn missing(found: &Found, month: Period, due: NaiveDate) -> (Status, Why) {
    match found.refused {
        Some(_) => (Status::Rejected, Why::Refused),
        None => (Status::Late, Why::MonthLate(month, due)),
    }
}

/// A lower bound that decides, whatever the missing part may be.
fn proven(qualifier: Qualifier, rated: Rating) -> bool {
    matches!(qualifier, Qualifier::AtLeast | Qualifier::MoreThan) && !rated.undecided
}

enum Why {
    Rated,
    Done,
    Undated,
    OpenUntil(NaiveDate),
    Growing,
    MonthLate(Period, NaiveDate),
    Overdue(NaiveDate),
    NotDue,
    NotYetExpected(Period),
    Ended(NaiveDate),
    NoData,
    ZeroDenominator,
    Late,
    Stale(i64, u32),
    Refused,
    Broken(i64),
    NoTarget,
}

impl<'a> Watched<'a> {
    pub fn of(indicator: &'a Indicator, day: NaiveDate) -> Self {
        Self {
            indicator,
            targets: TargetLine::of(indicator, day),
        }
    }

    /// How it stands in a quarter.
    pub fn stand(&self, quarter: Quarter, index: &Index<'_>, bands: &Bands) -> Standing<'a> {
        let indicator = self.indicator;
        let mut found = index.find(indicator, quarter);
        let expected = window(indicator.frequency, quarter);
        let due_days = indicator.due_days.map(|days| Days::new(u64::from(days)));
        let due_on = match due_days {
            Some(days) if !stands_on(indicator) => expected.end.checked_add_days(days),
            _ => None,
        };
        let closing = quarter
            .end()
            .checked_add_days(due_days.unwrap_or(Days::new(0)));
        let reference = index.day.min(closing.unwrap_or(quarter.end()));
        // A figure is rated against the target of its own time; where there is no figure to rate, the target
        // of the quarter itself is what the reader wants to see.
        let stands_at = if stands_on(indicator) {
            quarter
        } else {
            expected.quarter()
        };
        let own = self.targets.at(stands_at);
        // What was printed once stands on for the reader; it is not measured by a target of a later time.
        if own.is_some()
            && indicator.frequency != Frequency::Once
            && !is_milestone(indicator)
            && found
                .figure
                .as_ref()
                .is_some_and(|f| f.period.end < expected.start)
        {
            found.figure = None;
        }
        let age_days = found
            .figure
            .as_ref()
            .map(|f| (reference - taipei_day(f.observed_at)).num_days().max(0));
        let target = if found.figure.is_some() {
            own
        } else {
            self.targets.at(quarter).or(own)
        };
        let mut rating = None;
        let (status, why) = if let Some(row) = found.broken {
            (Status::Rejected, Why::Broken(row))
        } else if is_milestone(indicator) {
            self.milestone(&found, reference)
        } else if let Some(figure) = &found.figure {
            match (indicator.max_age_days, age_days, &own) {
                (Some(most), Some(age), _) if age > i64::from(most) => {
                    (Status::Stale, Why::Stale(age, most))
                }
                (_, _, None) => match found.overdue {
                    Some((month, due)) => missing(&found, month, due),
                    None => (Status::NoTarget, Why::NoTarget),
                },
                // A sum of a running period is not measured by the target of the whole.
                (_, _, Some(_)) if found.growing && found.overdue.is_none() => {
                    (Status::NotDue, Why::Growing)
                }
                (_, _, Some(target)) => {
                    let rated = rate(
                        Rated {
                            kind: indicator.kind,
                            direction: indicator.direction,
                            actual: figure.value,
                            qualifier: figure.qualifier,
                            target: target.value,
                            upper: target.upper,
                            baseline: indicator.baseline.as_ref().map(|b| b.value),
                        },
                        bands,
                    );
                    match found.overdue {
                        // What is missing cannot undo a bound that decides.
                        Some((month, due)) if !proven(figure.qualifier, rated) => {
                            missing(&found, month, due)
                        }
                        _ => {
                            rating = Some(rated);
                            (rated.status, Why::Rated)
                        }
                    }
                }
            }
        } else {
            self.without_figure(&found, quarter, expected, due_on, index)
        };
        let due_on = match why {
            Why::MonthLate(_, due) => Some(due),
            _ => due_on,
        };
        Standing {
            status,
            why,
            found,
            target,
            rating,
            due_on,
            age_days,
        }
    }

    /// A milestone is done, or open until its date, or overdue; without a printed date it is never overdue.
    fn milestone(&self, found: &Found, reference: NaiveDate) -> (Status, Why) {
        let done = found
            .figure
            .as_ref()
            .is_some_and(|f| f.value >= Decimal::ONE);
        match self.targets.last() {
            _ if done => (Status::Met, Why::Done),
            _ if found.figure.is_none() && found.refused.is_some() => {
                (Status::Rejected, Why::Refused)
            }
            None => (Status::NotDue, Why::Undated),
            Some(target) if reference <= target.period.end => {
                (Status::NotDue, Why::OpenUntil(target.period.end))
            }
            Some(target) => (Status::Behind, Why::Overdue(target.period.end)),
        }
    }

    fn without_figure(
        &self,
        found: &Found,
        quarter: Quarter,
        expected: Period,
        due_on: Option<NaiveDate>,
        index: &Index<'_>,
    ) -> (Status, Why) {
        let indicator = self.indicator;
        if found.refused.is_some() {
            return (Status::Rejected, Why::Refused);
        }
        if found.zero_denominator {
            return (Status::NoData, Why::ZeroDenominator);
        }
        if let Some(end) = indicator.valid_to.filter(|end| *end < expected.start) {
            return (Status::NotDue, Why::Ended(end));
        }
        if let Some(start) = indicator.valid_from.filter(|start| *start > expected.end)
            && indicator.definition_version <= 1
        {
            return (
                Status::NotDue,
                Why::NotYetExpected(period_around(
                    indicator.frequency,
                    Quarter::containing(start),
                )),
            );
        }
        if indicator.frequency == Frequency::Once {
            // Nothing is ever late here; a target still ahead says when to look again.
            return match self.targets.last() {
                Some(target) if index.day <= target.period.end => {
                    (Status::NotDue, Why::OpenUntil(target.period.end))
                }
                _ => (Status::NoData, Why::NoData),
            };
        }
        if expected.quarter() != quarter && !self.was_expected(expected, index) {
            let next = period_around(indicator.frequency, quarter);
            return (Status::NotDue, Why::NotYetExpected(next));
        }
        if index.day < expected.end {
            return (Status::NotDue, Why::NotDue);
        }
        match due_on {
            None => (Status::NoData, Why::NoData),
            Some(due) if index.day <= due => (Status::NotDue, Why::NotDue),
            Some(_) => (Status::Late, Why::Late),
        }
    }

    /// Whether a yearly or half-yearly indicator existed in a period before this quarter: it has figures,
    /// targets or a validity that go back so far.
    fn was_expected(&self, expected: Period, index: &Index<'_>) -> bool {
        let indicator = self.indicator;
        let has_figures = index
            .figures
            .of(&indicator.series)
            .first()
            .is_some_and(|p| p.period.end <= expected.end);
        has_figures
            || self.targets.at(expected.quarter()).is_some()
            || indicator
                .valid_from
                .is_some_and(|from| from <= expected.start)
    }

    /// The target of a quarter as it stood at the quarter's end, and the former one it had replaced by then.
    fn as_it_stood(&self, quarter: Quarter) -> (Option<Decimal>, Option<Decimal>) {
        let end = quarter.end();
        let decided_later = |t: &Target| t.set_on.is_some_and(|set_on| set_on > end);
        let line;
        let stood = if self.indicator.targets.iter().any(decided_later) {
            line = TargetLine::of(self.indicator, end);
            line.at(quarter)
        } else {
            self.targets.at(quarter)
        };
        match stood {
            Some(stood) => (Some(stood.value), stood.former.map(|(value, _)| value)),
            None => (None, None),
        }
    }

    /// The last quarters, oldest first; `last` is how it stands in the last of them.
    fn history(
        &self,
        last: &Standing<'_>,
        (quarter, quarters): (Quarter, usize),
        index: &Index<'_>,
        bands: &Bands,
    ) -> Vec<Point> {
        let mut version = None;
        let mut before: Option<(i32, Decimal)> = None;
        quarter
            .last(quarters)
            .map(|at| {
                let earlier = (at != quarter).then(|| self.stand(at, index, bands));
                let standing = earlier.as_ref().unwrap_or(last);
                let now = standing.found.figure.as_ref().map(|f| f.definition_version);
                let definition_break = matches!((version, now), (Some(a), Some(b)) if a != b);
                version = now.or(version);
                let (target, former_target) = self.as_it_stood(at);
                let figure = standing.found.figure.as_ref();
                let shown = figure
                    .filter(|f| f.period.end >= at.plus(-CARRIED).period().start)
                    .map(|f| (f.period.end.year(), f.value));
                let starts_again = matches!((before, shown), (Some((year, was)), Some((now, value)))
                    if year != now && self.indicator.starts_again(was, value));
                before = shown.or(before);
                Point {
                    quarter: at,
                    value: shown.map(|(_, value)| value),
                    target,
                    former_target,
                    status: standing.status,
                    definition_break,
                    starts_again,
                }
            })
            .collect()
    }

    /// Everything about the indicator in a quarter, in sentences.
    pub fn assess(
        &self,
        quarter: Quarter,
        index: &Index<'_>,
        bands: &Bands,
    ) -> IndicatorAssessment {
        let standing = self.stand(quarter, index, bands);
        self.said(standing, (quarter, index.quarters), index, bands)
    }

    /// The same of how it stands, with so many quarters of history.
    pub fn said(
        &self,
        standing: Standing<'_>,
        (quarter, quarters): (Quarter, usize),
        index: &Index<'_>,
        bands: &Bands,
    ) -> IndicatorAssessment {
        let history = self.history(&standing, (quarter, quarters), index, bands);
        let (rule_id, rule) = self.rule(&standing, bands);
        let formula = self.formula(&standing);
        IndicatorAssessment {
            series: self.indicator.series.clone(),
            status: standing.status,
            rule,
            rule_id: rule_id.to_owned(),
            rejected: standing.found.refused,
            target: standing.target.map(|t| t.owned()),
            achievement: standing.rating.and_then(|r| r.achievement).map(six),
            formula,
            due_on: standing.due_on,
            age_days: standing.age_days,
            figure: if standing.found.broken.is_some() {
                None
            } else {
                standing.found.figure
            },
            history,
        }
    }

    fn rule(&self, standing: &Standing<'_>, bands: &Bands) -> (&'static str, Message) {
        let due = |message: Message| match standing.due_on {
            Some(day) => message.with("due", day),
            None => message,
        };
        match &standing.why {
            Why::Rated => self.rated(standing, bands),
            Why::Done => ("done@1", Message::new("rule-milestone-done")),
            Why::Undated => ("done@1", Message::new("rule-milestone-undated")),
            Why::OpenUntil(day) => (
                "not-due@1",
                Message::new("rule-open-until").with("day", *day),
            ),
            Why::Overdue(day) => (
                "done@1",
                Message::new("rule-milestone-overdue").with("day", *day),
            ),
            Why::Growing => ("not-due@1", Message::new("rule-sum-running")),
            Why::MonthLate(month, day) => (
                "late@1",
                Message::new("rule-month-late")
                    .with("month", *month)
                    .with("due", *day),
            ),
            Why::NotDue if standing.due_on.is_some() => {
                ("not-due@1", due(Message::new("rule-not-due")))
            }
            Why::NotDue => ("not-due@1", Message::new("rule-period-running")),
            Why::NotYetExpected(period) => (
                "not-due@1",
                Message::new("rule-first-expected").with("period", *period),
            ),
            Why::Ended(day) => ("not-due@1", Message::new("rule-ended").with("day", *day)),
            Why::NoData => ("no-data@1", Message::new("rule-no-data")),
            Why::ZeroDenominator => ("no-data@1", Message::new("rule-zero-denominator")),
            Why::Late => ("late@1", due(Message::new("rule-late"))),
            Why::Stale(age, most) => (
                "stale@1",
                Message::new("rule-stale")
                    .with("age", *age)
                    .with("most", *most),
            ),
            Why::Refused => {
                let (text, reason) = match &standing.found.refused {
                    Some((text, reason)) => (crate::text::clean(text), reason.clone()),
                    None => (String::new(), Message::new("rule-no-data")),
                };
                if text.trim().is_empty() {
                    let message = Message::new("rule-rejected-without-text").with("reason", reason);
                    return ("rejected@1", message);
                }
                (
                    "rejected@1",
                    Message::new("rule-rejected")
                        .with("text", text)
                        .with("reason", reason),
                )
            }
            Why::Broken(row) => (
                "broken-row@1",
                Message::new("rule-broken-row").with("row", row.to_string()),
            ),
            Why::NoTarget => ("no-target@1", Message::new("rule-no-target")),
        }
    }

    fn rated(&self, standing: &Standing<'_>, bands: &Bands) -> (&'static str, Message) {
        let indicator = self.indicator;
        let rule_id = match (indicator.kind, indicator.direction) {
            (Kind::Rank, _) => "rank@1",
            (_, Direction::Higher) => "higher@1",
            (_, Direction::Lower) => "lower@1",
            (_, Direction::Band) => "band@1",
            (_, Direction::Done) => "done@1",
        };
        let (Some(rating), Some(figure), Some(target)) =
            (&standing.rating, &standing.found.figure, &standing.target)
        else {
            return (rule_id, Message::new("rule-no-data"));
        };
        let id = match (standing.status, indicator.direction, rating.achievement) {
            _ if rating.undecided => "rule-bound-undecided",
            (Status::Met, Direction::Lower, _) => "rule-met-lower",
            (Status::Met, Direction::Band, _) => "rule-met-band",
            (Status::Met, _, _) => "rule-met-higher",
            (Status::OnTrack, _, _) => "rule-on-track",
            (Status::AtRisk, _, _) => "rule-at-risk",
            (_, _, Some(_)) => "rule-behind",
            (_, Direction::Band, None) => "rule-missed-band",
            (_, _, None) => "rule-missed",
        };
        let unit = &indicator.unit;
        let mut message = Message::new(id)
            .with("actual", actual(figure, unit))
            .with("target", quantity(target.value, "", unit));
        if indicator.direction == Direction::Band {
            let upper = target.upper.unwrap_or(target.value);
            message = message.with("upper", quantity(upper, "", unit));
        }
        if let Some(achievement) = rating.achievement {
            message = message.with("achievement", fraction(six(achievement)));
        }
        message = match standing.status {
            Status::OnTrack => message.with("edge", fraction(bands.on_track)),
            Status::AtRisk => message
                .with("edge", fraction(bands.at_risk))
                .with("above", fraction(bands.on_track)),
            Status::Behind => message.with("edge", fraction(bands.at_risk)),
            _ => message,
        };
        (rule_id, message)
    }

    fn formula(&self, standing: &Standing<'_>) -> Option<Message> {
        let rating = standing.rating?;
        let figure = standing.found.figure.as_ref()?;
        let target = standing.target?;
        let unit = &self.indicator.unit;
        // Above a band its upper edge is what the actual value is measured by.
        let over_band =
            |upper: &Decimal| self.indicator.direction == Direction::Band && figure.value > *upper;
        let limit = target.upper.filter(over_band).unwrap_or(target.value);
        let id = match rating.formula? {
            Formula::ActualOverTarget => "rule-formula-actual-over-target",
            Formula::TargetOverActual => "rule-formula-target-over-actual",
            Formula::FromBaseline => "rule-formula-from-baseline",
        };
        let mut message = Message::new(id)
            .with("actual", actual(figure, unit))
            .with("target", quantity(limit, "", unit))
            .with("achievement", fraction(six(rating.achievement?)));
        if let (Formula::FromBaseline, Some(baseline)) = (rating.formula?, &self.indicator.baseline)
        {
            message = message.with("baseline", quantity(baseline.value, "", unit));
        }
        Some(message)
    }
}

fn actual(figure: &Figure, unit: &str) -> crate::message::Arg {
    let sign = match figure.qualifier {
        Qualifier::Exact => "",
        other => other.sign(),
    };
    quantity(figure.value, sign, unit)
}

fn six(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero)
}
