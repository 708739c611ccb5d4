//! A figure held against its own history: units, signs, shares, outliers, standstill, and counts that fall.

use crate::assess::IndicatorAssessment;
use crate::assess::indicator::{HISTORY, Watched};
use crate::assess::reading::{Index, stands_on};
use crate::assess::sentence::quantity;
use crate::calendar::Quarter;
use crate::exact::Exact;
use crate::finding::{Finding, Severity};
use crate::indicator::{Combine, Direction, Frequency, Indicator, Kind, Road};
use crate::message::{Arg, Message};
use crate::observation::{Parts, Qualifier};
use crate::rules::{Quality, Rules};
use rust_decimal::Decimal;
use std::cmp::Ordering;

/// A value of a quarter.
type Past = (Quarter, Decimal);

/// What the checks of one figure look at.
struct Looked<'a> {
    indicator: &'a Indicator,
    assessed: &'a IndicatorAssessment,
    quarter: Quarter,
    now: Decimal,
    parts: Option<Parts>,
    /// Values of earlier quarters under the same definition, latest first.
    past: Vec<Past>,
}

/// What is looked at. What stands on from long ago was looked at then; a bound is no value; what grows is not at its
/// end.
fn looked<'a>(
    assessed: &'a IndicatorAssessment,
    quarter: Quarter,
    index: &Index<'a>,
) -> Option<Looked<'a>> {
    let indicator = *index.indicators.get(&assessed.series)?;
    let figure = assessed.figure.as_ref()?;
    let is_value = !stands_on(indicator)
        && figure.qualifier == Qualifier::Exact
        && !index.find(indicator, quarter).growing;
    is_value.then(|| Looked {
        indicator,
        assessed,
        quarter,
        now: figure.value,
        parts: figure.parts,
        past: past(assessed),
    })
}

/// Whether a reading of an indicator may be refused in any quarter, as far as its readings tell by themselves: where a
/// change of unit alone is refused, and figures are readings as they came, values that lie close together have none.
pub(super) fn may_be_refused(indicator: &Indicator, index: &Index<'_>, rules: &Rules) -> bool {
    let (factor, refusing) = (rules.quality.unit_factor, rules.quality.reject);
    let of_units_alone = !(refusing.signs || refusing.shares || refusing.falls);
    if !of_units_alone || !matches!(indicator.combine, Combine::Last | Combine::Max) {
        return true;
    }
    let known = index.figures.of(&indicator.series).iter();
    let values = known.filter_map(|known| known.good?.item.value());
    let mut ends: Option<(Decimal, Decimal)> = None;
    for value in values.map(|value| value.abs()).filter(|v| !v.is_zero()) {
        let (small, large) = ends.get_or_insert((value, value));
        (*small, *large) = ((*small).min(value), (*large).max(value));
    }
    let Some((small, large)) = ends else {
        return false;
    };
    // As in [`is_unit_factor`]: no pair lies further apart than these two.
    let at_factor = small.checked_mul(Decimal::from(factor));
    at_factor.is_some_and(|at| {
        let double = large.checked_mul(Decimal::TWO);
        double.is_none_or(|double| double >= at)
    })
}

/// The quarters of an indicator's history in which a reading may be refused: those whose value, beside the one before
/// it, looks like it, and those of which the history alone cannot tell. One assessment says it of all of them.
pub(super) fn doubtful(assessed: &IndicatorAssessment, rules: &Rules) -> Vec<Quarter> {
    let (quality, refusing) = (&rules.quality, rules.quality.reject);
    let may_be = |before: Decimal, now: Decimal| {
        refusing.unit_factor && is_unit_factor(before, now, quality.unit_factor)
            || refusing.signs && (before < Decimal::ZERO || now < Decimal::ZERO)
            || refusing.shares && !(Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&now)
            || refusing.falls
    };
    let mut last: Option<Decimal> = None;
    let points = assessed.history.iter().filter(|point| {
        if point.definition_break {
            last = None;
        }
        let Some(now) = point.value else {
            return true;
        };
        last.replace(now).is_none_or(|before| may_be(before, now))
    });
    points.map(|point| point.quarter).collect()
}

/// A computed ratio has no reading of its own; what a document printed is no reading of ours.
pub(super) fn has_readings(indicator: &Indicator) -> bool {
    matches!(indicator.road, Road::Entry | Road::Source)
}

/// What refuses the reading of an indicator in a quarter, where the office's settings say so: the rule, the reason and
/// the rows.
pub(super) fn refusal(
    indicator: &Indicator,
    quarter: Quarter,
    index: &Index<'_>,
    rules: &Rules,
) -> Option<(&'static str, Message, Vec<i64>)> {
    if !has_readings(indicator) {
        return None;
    }
    let quality = &rules.quality;
    let refusing = quality.reject;
    let watched = Watched::of(indicator, index.day);
    let standing = watched.stand(quarter, index, &rules.bands);
    let found = &standing.found;
    // Most quarters that are asked about hold nothing that could be refused.
    let rows = found.figure.as_ref().map(|figure| figure.rows.clone());
    let rows = rows.filter(|rows| !rows.is_empty() && found.broken.is_none())?;
    let assessed = watched.said(standing, (quarter, HISTORY), index, &rules.bands);
    let looked = looked(&assessed, quarter, index)?;
    let unit = || looked.unit_changed(quality.unit_factor);
    let found = |asked: bool, rule, text: &dyn Fn() -> Option<Message>| {
        asked.then(text).flatten().map(|text| (rule, text))
    };
    let (rule, reason) = found(refusing.unit_factor, "unit-factor@1", &unit)
        .or_else(|| found(refusing.signs, "negative@1", &|| looked.negative()))
        .or_else(|| found(refusing.signs, "sign-change@1", &|| looked.sign_changed()))
        .or_else(|| found(refusing.shares, "share-range@1", &|| looked.outside()))
        .or_else(|| {
            found(refusing.falls, "cumulative-falls@1", &|| {
                looked.falls(index)
            })
        })?;
    Some((rule, reason, rows))
}

pub(super) fn check(
    assessed: &IndicatorAssessment,
    quarter: Quarter,
    index: &Index<'_>,
    quality: &Quality,
    raised: &mut Vec<Finding>,
) {
    let Some(looked) = looked(assessed, quarter, index) else {
        return;
    };
    let mut add = |rule: &str, severity, text: Message| {
        let figure = Some(assessed.series.clone().at(quarter.period()));
        raised.push(Finding::new(rule, severity, figure, None, text));
    };
    let unit = looked.unit_changed(quality.unit_factor);
    if let Some(text) = &unit {
        add("unit-factor@1", Severity::Warning, text.clone());
    }
    if quality.signs {
        if let Some(text) = looked.negative() {
            add("negative@1", Severity::Warning, text);
        }
        if let Some(text) = looked.sign_changed() {
            add("sign-change@1", Severity::Warning, text);
        }
    }
    if quality.shares
        && let Some(text) = looked.outside()
    {
        add("share-range@1", Severity::Warning, text);
    }
    if quality.falls
        && let Some(text) = looked.falls(index)
    {
        add("cumulative-falls@1", Severity::Warning, text);
    }
    if let Some(text) = looked.unchanged(quality.unchanged_quarters) {
        add("unchanged@1", Severity::Info, text);
    }
    if unit.is_none()
        && let Some(text) = looked.outlier(quality)
    {
        add("z-score@1", Severity::Info, text);
    }
}

fn past(assessed: &IndicatorAssessment) -> Vec<Past> {
    let mut past = Vec::new();
    let mut later_breaks = false;
    for (at, point) in assessed.history.iter().rev().enumerate() {
        if later_breaks {
            break;
        }
        if at > 0
            && let Some(value) = point.value
        {
            past.push((point.quarter, value));
        }
        later_breaks = point.definition_break;
    }
    past
}

/// Whether one value is about `factor` times the other: between half of it and twice.
pub fn is_unit_factor(a: Decimal, b: Decimal, factor: u32) -> bool {
    let (small, large) = (a.abs().min(b.abs()), a.abs().max(b.abs()));
    if factor < 4 || small.is_zero() {
        return false;
    }
    let factor = Decimal::from(factor);
    let twice = |value: Decimal| value.checked_mul(Decimal::TWO);
    let at_factor = small.checked_mul(factor);
    at_factor.is_some_and(|at| {
        twice(large).is_none_or(|double| double >= at)
            && twice(at).is_none_or(|double| large <= double)
    })
}

impl Looked<'_> {
    fn said(&self, value: Decimal) -> Arg {
        quantity(value, "", &self.indicator.unit)
    }

    /// Earlier and present value in a sentence.
    fn compared(&self, key: &'static str, (quarter, before): Past) -> Message {
        Message::new(key)
            .with("before", self.said(before))
            .with("quarter", quarter)
            .with("now", self.said(self.now))
    }

    /// The last known value; one that adds up from January knows only those of its year.
    fn last(&self) -> Option<Past> {
        let adds_up = self.indicator.combine == Combine::Cumulative;
        let last = self.past.first().copied();
        last.filter(|(quarter, _)| !adds_up || quarter.year == self.quarter.year)
    }

    /// 千元 taken for 元, or the reverse.
    fn unit_changed(&self, factor: u32) -> Option<Message> {
        let last = self.last()?;
        let text = || {
            self.compared("finding-unit-factor", last)
                .with("factor", factor)
        };
        is_unit_factor(last.1, self.now, factor).then(text)
    }

    fn negative(&self) -> Option<Message> {
        let counts = matches!(
            self.indicator.kind,
            Kind::Count | Kind::Duration | Kind::Rank
        );
        (counts && self.now < Decimal::ZERO)
            .then(|| Message::new("finding-negative").with("now", self.said(self.now)))
    }

    fn sign_changed(&self) -> Option<Message> {
        let last = self.last()?;
        let changed = self.indicator.kind == Kind::Amount
            && !last.1.is_zero()
            && !self.now.is_zero()
            && last.1.is_sign_negative() != self.now.is_sign_negative();
        changed.then(|| self.compared("finding-sign-change", last))
    }

    /// A share outside 0 to 100 %. Execution above 100 % is real: only what the office calls a share, or what comes
    /// with its parts and nothing says may exceed it, is asked about.
    fn outside(&self) -> Option<Message> {
        let inside = self.now >= Decimal::ZERO && self.now <= Decimal::ONE_HUNDRED;
        if inside || self.indicator.unit != "percent" || self.indicator.kind != Kind::Ratio {
            return None;
        }
        let over = |value: Decimal| value > Decimal::ONE_HUNDRED;
        let may_exceed = self.indicator.road == Road::Computed
            || self
                .indicator
                .targets
                .iter()
                .any(|t| over(t.value) || t.upper.is_some_and(over))
            || self.past.iter().any(|(_, value)| over(*value));
        let asked = match (self.indicator.share, self.parts) {
            (Some(asked), _) => asked,
            (None, Some(_)) => !may_exceed || self.now < Decimal::ZERO,
            (None, None) => false,
        };
        let text = Message::new("finding-share-range").with("now", self.said(self.now));
        asked.then(|| match self.parts {
            Some(parts) => text.with(
                "parts",
                Message::new("finding-share-parts")
                    .with("numerator", parts.numerator)
                    .with("denominator", parts.denominator),
            ),
            None => text.with("parts", ""),
        })
    }

    /// A count that only grows, or a sum since January, is less than last time.
    fn falls(&self, index: &Index<'_>) -> Option<Message> {
        let adds_up = self.indicator.combine == Combine::Cumulative;
        if !adds_up && !self.indicator.never_falls {
            return None;
        }
        let last = self.last()?;
        // Of a ratio the numerator is what cannot fall.
        let before = index.find(self.indicator, last.0).figure?;
        if let (Some(then), Some(now)) = (before.parts, self.parts) {
            return (now.numerator < then.numerator).then(|| {
                Message::new("finding-numerator-falls")
                    .with("before", then.numerator)
                    .with("quarter", last.0)
                    .with("now", now.numerator)
            });
        }
        (self.now < last.1).then(|| self.compared("finding-cumulative-falls", last))
    }

    fn is_regular(&self) -> bool {
        matches!(
            self.indicator.frequency,
            Frequency::Month | Frequency::Quarter
        ) && !matches!(self.indicator.kind, Kind::Milestone | Kind::Rank)
            && self.indicator.direction != Direction::Done
            && self.indicator.combine != Combine::Cumulative
    }

    /// The same value quarter after quarter: copied, or a source that stands still. Nothing, everything, and the
    /// target itself are ends at which a figure may well stay.
    fn unchanged(&self, quarters: u32) -> Option<Message> {
        let at_end = self.now.is_zero()
            || (self.indicator.unit == "percent" && self.now == Decimal::ONE_HUNDRED)
            || self
                .assessed
                .target
                .as_ref()
                .is_some_and(|t| t.value == self.now || t.upper == Some(self.now));
        let reported = matches!(self.indicator.road, Road::Entry | Road::Source);
        if quarters < 2 || at_end || !reported || !self.is_regular() {
            return None;
        }
        let same = (1..)
            .zip(&self.past)
            .take_while(|(back, (quarter, value))| {
                *quarter == self.quarter.plus(-back) && *value == self.now
            })
            .count()
            + 1;
        let enough = usize::try_from(quarters).is_ok_and(|most| same >= most);
        enough.then(|| {
            Message::new("finding-unchanged")
                .with("now", self.said(self.now))
                .with("quarters", same)
        })
    }

    /// Further from the mean of its own history than so many standard deviations. Squares are compared, so that
    /// nothing is divided and no root is drawn. A series that only grows or only falls is always at its edge.
    fn outlier(&self, quality: &Quality) -> Option<Message> {
        let values: Vec<Decimal> = self.past.iter().map(|(_, value)| *value).collect();
        let needed = usize::try_from(quality.z_score_readings).ok()?.max(2);
        if quality.z_score <= Decimal::ZERO || values.len() < needed || !self.is_regular() {
            return None;
        }
        let all = || std::iter::once(self.now).chain(values.iter().copied());
        let pairs = || all().zip(all().skip(1));
        if pairs().all(|(a, b)| a >= b) || pairs().all(|(a, b)| a <= b) {
            return None;
        }
        is_outlier(self.now, &values, quality.z_score)?.then(|| {
            Message::new("finding-z-score")
                .with("now", self.said(self.now))
                .with("readings", values.len())
                .with(
                    "least",
                    self.said(values.iter().copied().min().unwrap_or_default()),
                )
                .with(
                    "most",
                    self.said(values.iter().copied().max().unwrap_or_default()),
                )
                .with("limit", quality.z_score)
        })
    }
}

/// Whether `(x − mean)² > limit² × variance`, with the sample's variance, in whole numbers: with n values, their sum S
/// and the sum Q of their squares, `(n x − S)² (n − 1) > limit² n (n Q − S²)`. `None`: no spread to measure by, or
/// more digits than can be computed exactly.
fn is_outlier(x: Decimal, history: &[Decimal], limit: Decimal) -> Option<bool> {
    let n = Exact::count(history.len());
    let (mut sum, mut squares) = (Exact::ZERO, Exact::ZERO);
    for value in history {
        let value = Exact::of(*value);
        sum = sum.plus(value)?;
        squares = squares.plus(value.squared()?)?;
    }
    let spread = n.times(squares)?.minus(sum.squared()?)?;
    if spread.compare(Exact::ZERO)? != Ordering::Greater {
        return None;
    }
    let off = n.times(Exact::of(x))?.minus(sum)?.squared()?;
    let left = off.times(n.minus(Exact::ONE)?)?;
    let right = Exact::of(limit).squared()?.times(n)?.times(spread)?;
    Some(left.compare(right)? == Ordering::Greater)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::dec;
    use proptest::prelude::*;

    #[test]
    fn a_factor_near_a_thousand_is_one_of_units() {
        for (a, b, asked) in [
            ("28132", "28132000", true),
            ("28132000", "29500", true),
            ("100", "50000", true),
            ("100", "49999", false),
            ("100", "200000", true),
            ("100", "200001", false),
            ("100", "1000", false),
            ("-5", "5000", true),
            ("0", "1000", false),
        ] {
            assert_eq!(is_unit_factor(dec(a), dec(b), 1000), asked, "{a} {b}");
        }
        assert!(!is_unit_factor(dec("1"), dec("1000"), 0));
    }

    #[test]
    fn three_standard_deviations_exactly_are_no_outlier() {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, sample variance 32 / 7.
        let history = ["2", "4", "4", "4", "5", "5", "7", "9"].map(dec);
        let of = |x: &str, limit: &str| is_outlier(dec(x), &history, dec(limit));
        // (x − 5)² > 9 × 32 / 7 = 41.14…
        assert_eq!(of("11.41", "3"), Some(false));
        assert_eq!(of("11.42", "3"), Some(true));
        assert_eq!(of("-1.42", "3"), Some(true));
        // 0, 0, 0, 8: mean 2, sample variance 16. 14 is 12 off, three times the deviation of 4 and not beyond it.
        let few = ["0", "0", "0", "8"].map(dec);
        assert_eq!(is_outlier(dec("14"), &few, dec("3")), Some(false));
        assert_eq!(is_outlier(dec("14.000001"), &few, dec("3")), Some(true));
        // No spread, nothing to measure by.
        assert_eq!(
            is_outlier(dec("9"), &[dec("1"), dec("1.0")], dec("3")),
            None
        );
    }

    proptest! {
        #[test]
        fn the_scale_of_a_series_does_not_matter(
            values in proptest::collection::vec(-10_000_i64..10_000, 8..12), x in -90_000_i64..90_000, scale in 0_u32..6,
        ) {
            let of = |scale| {
                let history: Vec<Decimal> = values.iter().map(|v| Decimal::new(*v, scale)).collect();
                is_outlier(Decimal::new(x, scale), &history, Decimal::new(3, 0))
            };
            prop_assert_eq!(of(0), of(scale));
        }

        #[test]
        fn nothing_panics(values in proptest::collection::vec(any::<i64>(), 0..12), x in any::<i64>()) {
            let history: Vec<Decimal> = values.iter().map(|v| Decimal::new(*v, 3)).collect();
            let _ = is_outlier(Decimal::from(x), &history, Decimal::new(3, 0));
            let _ = is_unit_factor(Decimal::from(x), Decimal::MAX, 1000);
        }
    }
}

#[cfg(test)]
mod passed_over;
