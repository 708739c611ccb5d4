//! Sums and products of decimals that are exact, or that there are none of.
//!
//! A plain decimal rounds what does not fit its 28 digits, so two different figures could come out equal.

use rust_decimal::Decimal;
use std::cmp::Ordering;

/// A decimal as a whole number and the count of its decimals.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exact {
    digits: i128,
    scale: u32,
}

impl Exact {
    pub const ZERO: Exact = Exact {
        digits: 0,
        scale: 0,
    };
    pub const ONE: Exact = Exact {
        digits: 1,
        scale: 0,
    };

    pub fn of(value: Decimal) -> Self {
        let value = value.normalize();
        Self {
            digits: value.mantissa(),
            scale: value.scale(),
        }
    }

    pub fn count(count: usize) -> Self {
        Self::of(Decimal::from(count))
    }

    fn at_scale(self, scale: u32) -> Option<i128> {
        let more = scale.checked_sub(self.scale)?;
        self.digits.checked_mul(10_i128.checked_pow(more)?)
    }

    pub fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let digits = self.at_scale(scale)?.checked_add(other.at_scale(scale)?)?;
        Some(Self { digits, scale })
    }

    pub fn minus(self, other: Self) -> Option<Self> {
        let digits = other.digits.checked_neg()?;
        self.plus(Self { digits, ..other })
    }

    pub fn times(self, other: Self) -> Option<Self> {
        Some(Self {
            digits: self.digits.checked_mul(other.digits)?,
            scale: self.scale.checked_add(other.scale)?,
        })
    }

    pub fn squared(self) -> Option<Self> {
        self.times(self)
    }

    pub fn compare(self, other: Self) -> Option<Ordering> {
        Some(self.minus(other)?.digits.cmp(&0))
    }

    /// The decimal, if it has room for every digit.
    pub fn decimal(self) -> Option<Decimal> {
        let (mut digits, mut scale) = (self.digits, self.scale);
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
        }
        Decimal::try_from_i128_with_scale(digits, scale).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::dec;
    use proptest::prelude::*;

    fn exact(text: &str) -> Exact {
        Exact::of(dec(text))
    }

    #[test]
    fn what_a_decimal_would_round_away_is_kept() {
        let (large, small) = (exact("1000000000000000000"), exact("0.000000000001"));
        let sum = large.plus(small).unwrap();
        assert_eq!(sum.compare(large), Some(Ordering::Greater));
        // 31 digits do not fit a decimal: there is none, rather than a rounded one.
        assert_eq!(sum.decimal(), None);
        assert!(exact("79228162514264337593543950335").squared().is_none());
    }

    proptest! {
        #[test]
        fn any_scale_gives_the_same_answer(
            a in -1_000_000_000_i64..1_000_000_000, b in -1_000_000_000_i64..1_000_000_000,
            s in 0_u32..12, t in 0_u32..12, padding in 0_u32..6,
        ) {
            let (x, y) = (Decimal::new(a, s), Decimal::new(b, t));
            let mut padded = x;
            padded.rescale(s + padding);
            let order = Exact::of(x).compare(Exact::of(y)).unwrap();
            prop_assert_eq!(order, x.cmp(&y));
            prop_assert_eq!(Exact::of(padded).compare(Exact::of(y)), Some(order));
            prop_assert_eq!(
                Exact::of(x).plus(Exact::of(y)).and_then(Exact::decimal),
                x.checked_add(y).map(|sum| sum.normalize())
            );
        }

        #[test]
        fn nothing_panics(a in any::<i128>(), b in any::<i128>(), s in 0_u32..=28, t in 0_u32..=28) {
            let most = 79_228_162_514_264_337_593_543_950_335_i128;
            let of = |n: i128, scale| Exact::of(Decimal::from_i128_with_scale(n % most, scale));
            let (x, y) = (of(a, s), of(b, t));
            let _ = (x.plus(y), x.minus(y), x.compare(y));
            let product = x.times(y);
            let _ = product.and_then(|p| p.times(p));
            let _ = product.and_then(Exact::decimal);
        }
    }
}
