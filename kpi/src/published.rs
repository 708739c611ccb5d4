//! Published checks: does a printed ratio follow from its printed parts?
//!
//! A printed number stands for every value that is rounded to it, half a last digit up and down. A check holds
//! when some values inside those intervals of the parts give a value inside the interval of the ratio.

use crate::number::{NumberError, parse_printed};
use rust_decimal::Decimal;

/// The values that are printed as `value` with that many decimals: half a last digit either way.
///
/// ```
/// use quarterdeck_kpi::{published::rounding_interval, Decimal};
/// let (low, high) = rounding_interval(Decimal::new(47, 1), 1);
/// assert_eq!((low, high), (Decimal::new(465, 2), Decimal::new(475, 2)));
/// ```
pub fn rounding_interval(value: Decimal, decimals: u32) -> (Decimal, Decimal) {
    let half = Decimal::new(5, decimals.min(27) + 1);
    (
        value.checked_sub(half).unwrap_or(value),
        value.checked_add(half).unwrap_or(value),
    )
}

/// Whether a printed ratio (`41.02 %`, or `0.4102` without a percent sign) follows from its printed parts, each
/// given as value and printed decimals.
///
/// ```
/// use quarterdeck_kpi::{published::holds, Decimal};
/// let whole = |n: i64| (Decimal::from(n), 0);
/// assert!(holds("41.02 %", whole(4490), (Decimal::new(1094818, 2), 2)).unwrap());
/// assert!(!holds("4.7 %", whole(183), whole(7619)).unwrap());
/// ```
pub fn holds(
    printed_ratio: &str,
    numerator: (Decimal, u32),
    denominator: (Decimal, u32),
) -> Result<bool, NumberError> {
    let printed = parse_printed(printed_ratio)?;
    let hundred = printed.percent;
    Ok(gives(
        printed.value,
        printed.value.scale(),
        hundred,
        numerator,
        denominator,
    ))
}

/// The same check on numbers; `percent`: the ratio is in percent.
pub fn gives(
    ratio: Decimal,
    ratio_decimals: u32,
    percent: bool,
    numerator: (Decimal, u32),
    denominator: (Decimal, u32),
) -> bool {
    let (low, high) = rounding_interval(ratio, ratio_decimals);
    let (numerator_low, numerator_high) = rounding_interval(numerator.0, numerator.1);
    let (denominator_low, denominator_high) = rounding_interval(denominator.0, denominator.1);
    if denominator_low <= Decimal::ZERO {
        return false; // no ratio over zero or over a negative base
    }
    let factor = if percent {
        Decimal::ONE_HUNDRED
    } else {
        Decimal::ONE
    };
    let over = |a: Decimal, b: Decimal| a.checked_mul(factor).and_then(|a| a.checked_div(b));
    // The quotient is largest with the smaller base for a positive numerator, with the larger for a negative.
    let base = |n: Decimal, smaller: bool| {
        if n.is_sign_negative() != smaller {
            denominator_low
        } else {
            denominator_high
        }
    };
    match (
        over(numerator_low, base(numerator_low, false)),
        over(numerator_high, base(numerator_high, true)),
    ) {
        (Some(least), Some(most)) => least <= high && low <= most,
        _ => true, // beyond the decimal's range nothing can be said against it
    }
}

/// The whole bases over which an exactly known count gives a printed ratio: 183 at 4.7 % needs 3,853 to 3,935.
/// `None` when no whole base does.
///
/// ```
/// use quarterdeck_kpi::{published::base_range_for, Decimal};
/// let range = base_range_for("4.7 %", Decimal::from(183)).unwrap().unwrap();
/// assert_eq!(range, (Decimal::from(3853), Decimal::from(3935)));
/// ```
pub fn base_range_for(
    printed_ratio: &str,
    numerator: Decimal,
) -> Result<Option<(Decimal, Decimal)>, NumberError> {
    let printed = parse_printed(printed_ratio)?;
    Ok(base_range(
        printed.value,
        printed.value.scale(),
        printed.percent,
        numerator,
    ))
}

/// The same on numbers.
pub fn base_range(
    ratio: Decimal,
    ratio_decimals: u32,
    percent: bool,
    numerator: Decimal,
) -> Option<(Decimal, Decimal)> {
    let (low, high) = rounding_interval(ratio, ratio_decimals);
    if low <= Decimal::ZERO || numerator <= Decimal::ZERO {
        return None;
    }
    let factor = if percent {
        Decimal::ONE_HUNDRED
    } else {
        Decimal::ONE
    };
    let counted = numerator.checked_mul(factor)?;
    let least = counted.checked_div(high)?.ceil();
    let most = counted.checked_div(low)?.floor();
    (least <= most).then_some((least, most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Ratio;

    fn printed(text: &str) -> (Decimal, u32) {
        let value = parse_printed(text).unwrap().value;
        (value, value.scale())
    }

    /// Every check of the published tables, as printed (NDC 2020-06, 110Q2; Legislative Yuan 106-109).
    const PUBLISHED: [(&str, &str, &str); 11] = [
        ("93.9 %", "1,233", "1,313"),
        ("93.91 %", "1,233", "1,313"),
        ("76.7 %", "1,007", "1,313"),
        ("76.69 %", "1,007", "1,313"),
        ("48.22 %", "3,198", "6,632"),
        ("41.02 %", "4,490", "10,948.18"),
        ("62.84 %", "218.75", "348.10"),
        ("98.20 %", "6,149,247", "6,261,766"),
        ("101.90 %", "1,784,718", "1,751,420"),
        ("87.88 %", "755,617", "859,816"),
        ("4.1 %", "202", "4,874"),
    ];

    #[test]
    fn every_published_check_holds() {
        for (ratio, numerator, denominator) in PUBLISHED {
            assert!(
                holds(ratio, printed(numerator), printed(denominator)).unwrap(),
                "{numerator} / {denominator} = {ratio}"
            );
        }
    }

    #[test]
    fn a_check_that_does_not_follow_fails() {
        for (ratio, numerator, denominator) in [
            ("4.7 %", "183", "7,619"),
            ("41.03 %", "4,490", "10,948.18"),
            ("94.1 %", "1,233", "1,313"),
            ("98.21 %", "6,149,247", "6,261,766"),
            ("0 %", "1", "0"),
        ] {
            assert!(
                !holds(ratio, printed(numerator), printed(denominator)).unwrap(),
                "{numerator} / {denominator} = {ratio}"
            );
        }
        assert!(holds("2.40 %", printed("183"), printed("7,619")).unwrap());
        assert!(holds("0.0240", printed("183"), printed("7,619")).unwrap());
        assert!(holds("-2.40 %", printed("-183"), printed("7,619")).unwrap());
    }

    #[test]
    fn the_rates_themselves_come_out_as_published() {
        let six = |a: i64, b: i64| Ratio::of(a, b).unwrap().fraction6().to_string();
        assert_eq!(six(1233, 1313), "0.939071");
        assert_eq!(six(6_149_247, 6_261_766), "0.982031");
        assert_eq!(six(1_784_718, 1_751_420), "1.019012");
        assert_eq!(Ratio::of(5, 0), None);
    }

    #[test]
    fn the_base_that_would_give_the_printed_rate() {
        let whole = |a: i64, b: i64| Some((Decimal::from(a), Decimal::from(b)));
        assert_eq!(
            base_range_for("4.7 %", Decimal::from(183)).unwrap(),
            whole(3853, 3935)
        );
        assert_eq!(base_range_for("0 %", Decimal::from(183)).unwrap(), None);
        // Only whole bases count: 3 at 66.666 % lies between 4.49996 and 4.50008.
        assert_eq!(base_range_for("66.666 %", Decimal::from(3)).unwrap(), None);
    }
}
