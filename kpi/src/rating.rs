//! Achievement (達成率) and the status that follows from it.
//!
//! Met is decided by comparing the actual value with the target, never by the ratio. Where the ratio has no
//! meaning (zero or negative target, rank, milestone, lower-is-better with an actual of 0) the status is met or
//! behind, from the comparison alone.

use crate::indicator::{Direction, Kind};
use crate::observation::Qualifier;
use crate::rules::Bands;
use crate::status::Status;
use rust_decimal::Decimal;

/// What is rated.
#[derive(Debug, Clone, Copy)]
pub struct Rated {
    /// Kind of quantity: a rank and a milestone have no achievement rate.
    pub kind: Kind,
    /// Which way is good.
    pub direction: Direction,
    /// Actual value.
    pub actual: Decimal,
    /// What the printed value claims.
    pub qualifier: Qualifier,
    /// Target, or the lower edge of a band.
    pub target: Decimal,
    /// Upper edge of a band.
    pub upper: Option<Decimal>,
    /// Where it started, if known: achievement is then measured as progress from there.
    pub baseline: Option<Decimal>,
}

/// How an achievement was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formula {
    /// actual / target
    ActualOverTarget,
    /// target / actual
    TargetOverActual,
    /// (actual - baseline) / (target - baseline)
    FromBaseline,
}

/// Status and achievement of an actual value against a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating {
    /// Met, on track, at risk or behind; no data when undecided.
    pub status: Status,
    /// Achievement as a fraction, not rounded and not clamped; `None` where it has no meaning.
    pub achievement: Option<Decimal>,
    /// How it was computed.
    pub formula: Option<Formula>,
    /// A bound such as "< 50" leaves open whether the target is met: no data, because it decides nothing.
    pub undecided: bool,
}

/// Rates an actual value.
///
/// ```
/// use quarterdeck_kpi::indicator::{Direction, Kind};
/// use quarterdeck_kpi::observation::Qualifier;
/// use quarterdeck_kpi::rating::{rate, Rated};
/// use quarterdeck_kpi::rules::Bands;
/// use quarterdeck_kpi::{status::Status, Decimal};
/// let days = |actual: i64| Rated {
///     kind: Kind::Duration, direction: Direction::Lower, qualifier: Qualifier::Exact,
///     actual: actual.into(), target: 20.into(), upper: None, baseline: Some(45.into()),
/// };
/// // From 45 days to 23, with 20 to reach: 22 of 25 days gained.
/// let rating = rate(days(23), &Bands::default());
/// assert_eq!((rating.status, rating.achievement), (Status::AtRisk, Some(Decimal::new(88, 2))));
/// assert_eq!(rate(days(20), &Bands::default()).status, Status::Met);
/// ```
pub fn rate(rated: Rated, bands: &Bands) -> Rating {
    if undecided(&rated) {
        return Rating {
            status: Status::NoData,
            achievement: None,
            formula: None,
            undecided: true,
        };
    }
    let met = met(&rated);
    let (achievement, formula) = match achievement(&rated) {
        Some((achievement, formula)) => (Some(achievement), Some(formula)),
        None => (None, None),
    };
    let status = match achievement {
        _ if met => Status::Met,
        Some(a) if a >= bands.on_track => Status::OnTrack,
        Some(a) if a >= bands.at_risk => Status::AtRisk,
        Some(_) | None => Status::Behind,
    };
    Rating {
        status,
        achievement,
        formula,
        undecided: false,
    }
}

/// A bound pointing away from good proves a miss when it lies short of the target, and nothing otherwise; one
/// pointing to good proves the target met when it reaches it, and nothing otherwise: "≥ 200" may be 300.
fn undecided(rated: &Rated) -> bool {
    let (actual, target) = (rated.actual, rated.target);
    match (rated.direction, rated.qualifier) {
        (_, Qualifier::Exact | Qualifier::About) | (Direction::Done, _) => false,
        (Direction::Higher, Qualifier::AtMost) => actual >= target,
        (Direction::Higher, Qualifier::LessThan) => actual > target,
        (Direction::Higher, Qualifier::AtLeast | Qualifier::MoreThan) => actual < target,
        (Direction::Lower, Qualifier::AtLeast) => actual <= target,
        (Direction::Lower, Qualifier::MoreThan) => actual < target,
        (Direction::Lower, Qualifier::AtMost | Qualifier::LessThan) => actual > target,
        (Direction::Band, Qualifier::AtLeast) => rated.upper.is_none_or(|upper| actual <= upper),
        (Direction::Band, Qualifier::MoreThan) => rated.upper.is_none_or(|upper| actual < upper),
        (Direction::Band, Qualifier::AtMost) => actual >= target,
        (Direction::Band, Qualifier::LessThan) => actual > target,
    }
}

fn met(rated: &Rated) -> bool {
    let (actual, target) = (rated.actual, rated.target);
    // "< 50" does not reach 50, "> 20 days" is not within 20 days.
    match (rated.direction, rated.qualifier) {
        (Direction::Higher, Qualifier::AtMost | Qualifier::LessThan)
        | (Direction::Lower, Qualifier::AtLeast | Qualifier::MoreThan)
        | (
            Direction::Band,
            Qualifier::AtLeast | Qualifier::MoreThan | Qualifier::AtMost | Qualifier::LessThan,
        ) => false,
        (Direction::Higher | Direction::Done, _) => actual >= target,
        (Direction::Lower, _) => actual <= target,
        (Direction::Band, _) => target <= actual && rated.upper.is_none_or(|upper| actual <= upper),
    }
}

fn achievement(rated: &Rated) -> Option<(Decimal, Formula)> {
    let (actual, target) = (rated.actual, rated.target);
    if matches!(rated.kind, Kind::Rank | Kind::Milestone) || rated.direction == Direction::Done {
        return None;
    }
    let zero = Decimal::ZERO;
    if let Some(baseline) = rated.baseline {
        // A target on the wrong side of the baseline is one to hold, not a way to go.
        let goes_the_good_way = match rated.direction {
            Direction::Higher => target > baseline,
            Direction::Lower => target < baseline,
            Direction::Band | Direction::Done => false,
        };
        if goes_the_good_way {
            let gained = actual.checked_sub(baseline)?;
            let wanted = target.checked_sub(baseline)?;
            return Some((gained.checked_div(wanted)?, Formula::FromBaseline));
        }
    }
    if target <= zero {
        return None;
    }
    let over_target = || {
        actual
            .checked_div(target)
            .map(|a| (a, Formula::ActualOverTarget))
    };
    let under = |limit: Decimal| {
        (actual > zero)
            .then(|| limit.checked_div(actual))
            .flatten()
            .map(|a| (a, Formula::TargetOverActual))
    };
    match rated.direction {
        Direction::Higher => over_target(),
        Direction::Lower => under(target),
        Direction::Band => match rated.upper {
            Some(upper) if actual > upper => under(upper),
            _ if actual < target => over_target(),
            _ => Some((Decimal::ONE, Formula::ActualOverTarget)),
        },
        Direction::Done => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::dec;
    use proptest::prelude::*;

    fn rated(direction: Direction, actual: &str, target: &str) -> Rated {
        Rated {
            kind: Kind::Count,
            direction,
            actual: dec(actual),
            qualifier: Qualifier::Exact,
            target: dec(target),
            upper: None,
            baseline: None,
        }
    }

    fn status(rated: Rated) -> Status {
        rate(rated, &Bands::default()).status
    }

    #[test]
    fn higher_is_better_through_every_band() {
        for (actual, expected) in [
            ("100", Status::Met),
            ("101.9", Status::Met),
            ("99.999999", Status::OnTrack),
            ("90", Status::OnTrack),
            ("89.999", Status::AtRisk),
            ("80", Status::AtRisk),
            ("79.99", Status::Behind),
            ("0", Status::Behind),
        ] {
            assert_eq!(
                status(rated(Direction::Higher, actual, "100")),
                expected,
                "{actual}"
            );
        }
    }

    #[test]
    fn lower_is_better_through_every_band() {
        for (actual, expected) in [
            ("20", Status::Met),
            ("0", Status::Met),
            ("22", Status::OnTrack),
            ("25", Status::AtRisk),
            ("25.01", Status::Behind),
        ] {
            assert_eq!(
                status(rated(Direction::Lower, actual, "20")),
                expected,
                "{actual}"
            );
        }
        let zero = rate(rated(Direction::Lower, "0", "20"), &Bands::default());
        assert_eq!(zero.achievement, None, "20 / 0 has no meaning");
    }

    #[test]
    fn a_band_is_met_inside_and_rated_from_its_edges() {
        let band = |actual: &str| Rated {
            upper: Some(dec("60")),
            ..rated(Direction::Band, actual, "40")
        };
        for (actual, expected) in [
            ("40", Status::Met),
            ("60", Status::Met),
            ("36", Status::OnTrack),
            ("33", Status::AtRisk),
            ("30", Status::Behind),
            ("66", Status::OnTrack),
            ("75", Status::AtRisk),
            ("80", Status::Behind),
        ] {
            assert_eq!(status(band(actual)), expected, "{actual}");
        }
    }

    #[test]
    fn without_a_ratio_the_comparison_decides() {
        let rank = |actual: &str| Rated {
            kind: Kind::Rank,
            ..rated(Direction::Lower, actual, "10")
        };
        assert_eq!(
            (status(rank("10")), status(rank("11"))),
            (Status::Met, Status::Behind)
        );
        assert_eq!(rate(rank("11"), &Bands::default()).achievement, None);
        assert_eq!(status(rated(Direction::Lower, "0", "0")), Status::Met);
        assert_eq!(status(rated(Direction::Lower, "1", "0")), Status::Behind);
        assert_eq!(status(rated(Direction::Higher, "-5", "-3")), Status::Behind);
        assert_eq!(status(rated(Direction::Higher, "-2", "-3")), Status::Met);
    }

    #[test]
    fn progress_is_measured_from_the_baseline() {
        let from = |actual: &str, target: &str, baseline: &str| Rated {
            baseline: Some(dec(baseline)),
            ..rated(Direction::Higher, actual, target)
        };
        let rating = rate(from("59", "60", "50"), &Bands::default());
        assert_eq!(rating.achievement, Some(dec("0.9")));
        assert_eq!(
            rate(from("45", "60", "50"), &Bands::default()).achievement,
            Some(dec("-0.5"))
        );
        // A target at or under the baseline is one to hold: the plain ratio.
        let held = rate(from("57", "60", "60"), &Bands::default());
        assert_eq!(held.formula, Some(Formula::ActualOverTarget));
    }

    #[test]
    fn bounds_prove_or_leave_open() {
        let bound = |direction, qualifier, actual: &str| {
            let rating = rate(
                Rated {
                    qualifier,
                    ..rated(direction, actual, "100")
                },
                &Bands::default(),
            );
            (rating.status, rating.undecided)
        };
        use Direction::{Higher, Lower};
        use Qualifier::{About, AtLeast, AtMost, LessThan, MoreThan};
        assert_eq!(bound(Higher, MoreThan, "100"), (Status::Met, false));
        // A sum with a missing month: what is missing may reach the target.
        assert_eq!(bound(Higher, AtLeast, "95"), (Status::NoData, true));
        assert_eq!(bound(Higher, MoreThan, "20"), (Status::NoData, true));
        assert_eq!(bound(Lower, AtMost, "120"), (Status::NoData, true));
        assert_eq!(bound(Lower, AtLeast, "200"), (Status::Behind, false));
        assert_eq!(bound(Higher, AtMost, "95"), (Status::OnTrack, false));
        assert_eq!(bound(Higher, LessThan, "100"), (Status::OnTrack, false));
        assert_eq!(bound(Higher, AtMost, "100"), (Status::NoData, true));
        assert_eq!(bound(Higher, LessThan, "50"), (Status::Behind, false));
        assert_eq!(bound(Lower, LessThan, "100"), (Status::Met, false));
        assert_eq!(bound(Lower, MoreThan, "100"), (Status::OnTrack, false));
        assert_eq!(bound(Lower, AtLeast, "90"), (Status::NoData, true));
        assert_eq!(bound(Higher, About, "100"), (Status::Met, false));
        let band = |qualifier, actual: &str| {
            let band = Rated {
                qualifier,
                upper: Some(dec("60")),
                ..rated(Direction::Band, actual, "40")
            };
            let rating = rate(band, &Bands::default());
            (rating.undecided, rating.status == Status::Met)
        };
        assert_eq!(band(MoreThan, "50"), (true, false));
        assert_eq!(band(MoreThan, "60"), (false, false), "above it: a miss");
        assert_eq!(band(AtLeast, "60"), (true, false));
        assert_eq!(band(LessThan, "40"), (false, false), "below it: a miss");
        assert_eq!(band(AtMost, "40"), (true, false));
        assert_eq!(band(About, "50"), (false, true));
    }

    proptest! {
        #[test]
        fn met_is_exactly_the_comparison(actual in -1_000_000_i64..1_000_000, target in -1_000_000_i64..1_000_000,
                                         scale in 0_u32..6, lower in any::<bool>(), from in proptest::option::of(-1_000_i64..1_000)) {
            let rated = Rated {
                direction: if lower { Direction::Lower } else { Direction::Higher },
                actual: Decimal::new(actual, scale),
                target: Decimal::new(target, scale),
                baseline: from.map(Decimal::from),
                ..rated(Direction::Higher, "0", "0")
            };
            let reached = if lower { actual <= target } else { actual >= target };
            prop_assert_eq!(status(rated) == Status::Met, reached);
        }
        #[test]
        fn more_is_never_worse(low in 0_i64..2_000, more in 0_i64..2_000, target in 1_i64..1_000) {
            let at = |actual: i64| Rated { actual: actual.into(), ..rated(Direction::Higher, "0", &target.to_string()) };
            prop_assert!(status(at(low + more)) <= status(at(low)));
        }
    }
}
