//! Forecast (推估) of a regular series by exponential smoothing, with a band, a probability and its back-test.
//!
//! The one place of this package with binary floats: the library's arithmetic is floating. What goes in and what
//! comes out are exact decimals, rounded at the edge, so that the same series gives the same text; a forecast is
//! never a figure that anything else is computed from.
#![allow(clippy::float_arithmetic)]

use crate::message::Message;
use augurs_core::Predict;
use augurs_ets::model::{
    ErrorComponent, Model, ModelType, SeasonalComponent, TrendComponent, Unfit,
};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// Name of the method: exponential smoothing with additive errors; with an additive trend, that may fade, where the
/// corrected AIC prefers one (ETS(A,N,N), ETS(A,A,N), ETS(A,Ad,N)); no season. What never left a straight line goes on
/// along it.
pub const METHOD: &str = "ets-additive@2";
/// Fewer readings in a row than this give no forecast.
pub const LEAST_POINTS: usize = 12;
/// The band holds so many of a hundred outcomes, if the method is right.
pub const LEVEL_PERCENT: u32 = 80;
/// Steps ahead at most.
pub const MOST_STEPS: usize = 8;

/// Readings the first try of the back-test is fitted on.
const LEAST_FITTED: usize = 10;
/// Tries of the back-test at most: the latest.
const MOST_TRIES: usize = 8;
/// Half the width of the band over its standard deviation (80 %, two-sided).
const BAND_DEVIATIONS: f64 = 1.281_551_565_544_600_4;

/// One step ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead {
    /// Most likely value.
    pub value: Decimal,
    /// Lower edge of the band.
    pub low: Decimal,
    /// Upper edge of the band.
    pub high: Decimal,
}

/// How well the method would have done: forecast one step from ever longer beginnings (rolling origin).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backtest {
    /// Forecasts tried.
    pub tries: usize,
    /// Mean absolute error, in the series' unit.
    pub mean_error: Decimal,
    /// The same of saying "as the last time", for comparison.
    pub naive_error: Decimal,
    /// Tries whose outcome lay inside the band.
    pub inside: usize,
}

/// A series projected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    /// Steps ahead, nearest first.
    pub ahead: Vec<Ahead>,
    /// The model has a trend.
    pub has_trend: bool,
    /// Readings it was fitted on.
    pub points: usize,
    /// `None`: too few readings to try.
    pub backtest: Option<Backtest>,
}

/// Why there is no forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoForecast {
    /// Too few readings in a row: known, and needed.
    TooFew(usize, usize),
    /// No target lies ahead.
    NothingAhead,
    /// The target lies further ahead than the method should look.
    TooFar,
    /// The figure is not one of a regular series (a milestone, printed once, adding up through a year).
    Irregular,
    /// The library found no model for these readings.
    NoModel,
}

impl NoForecast {
    /// Why, as a sentence.
    pub fn message(self) -> Message {
        match self {
            NoForecast::TooFew(known, needed) => Message::new("forecast-none-too-few")
                .with("known", known)
                .with("needed", needed),
            NoForecast::NothingAhead => Message::new("forecast-none-nothing-ahead"),
            NoForecast::TooFar => Message::new("forecast-none-too-far"),
            NoForecast::Irregular => Message::new("forecast-none-irregular"),
            NoForecast::NoModel => Message::new("forecast-none-no-model"),
        }
    }
}

/// Method and its inputs as a sentence.
pub fn method_sentence(has_trend: bool, readings: usize) -> Message {
    let id = if has_trend {
        "forecast-method-trend"
    } else {
        "forecast-method"
    };
    Message::new(id)
        .with("method", METHOD)
        .with("readings", readings)
}

/// How well the method would have done, as a sentence; errors in the series' own unit.
pub fn backtest_sentence(backtest: Option<&Backtest>) -> Message {
    match backtest {
        Some(tried) => Message::new("forecast-backtest")
            .with("tries", tried.tries)
            .with("error", tried.mean_error)
            .with("naive", tried.naive_error)
            .with("inside", tried.inside),
        None => Message::new("forecast-backtest-none"),
    }
}

/// Projects a series so many steps ahead.
///
/// # Errors
/// Too few readings, or none that a model fits.
pub fn project(values: &[Decimal], steps: usize) -> Result<Projection, NoForecast> {
    if values.len() < LEAST_POINTS {
        return Err(NoForecast::TooFew(values.len(), LEAST_POINTS));
    }
    if steps > MOST_STEPS {
        return Err(NoForecast::TooFar);
    }
    let places = values.iter().map(Decimal::scale).max().unwrap_or(0);
    let places = places.clamp(2, 6);
    let (ahead, has_trend) = ahead(values, steps).ok_or(NoForecast::NoModel)?;
    let rounded: Option<Vec<Ahead>> = ahead
        .iter()
        .map(|(value, low, high)| {
            Some(Ahead {
                value: exact(*value, places)?,
                low: exact(*low, places)?,
                high: exact(*high, places)?,
            })
        })
        .collect();
    Ok(Projection {
        ahead: rounded.ok_or(NoForecast::NoModel)?,
        has_trend,
        points: values.len(),
        backtest: backtest(values, places),
    })
}

/// One step: its value and the two edges of its band.
type Step = (f64, f64, f64);

/// Most rounds of a fit. One that has found its minimum takes a fifth of them.
const MOST_ROUNDS: usize = 500;

/// Value and band of each step, and whether the model has a trend.
fn ahead(values: &[Decimal], steps: usize) -> Option<(Vec<Step>, bool)> {
    if let Some((last, step)) = straight(values) {
        let exact = |number: usize| {
            let value = step
                .checked_mul(Decimal::from(number))?
                .checked_add(last)?
                .to_f64()?;
            Some((value, value, value))
        };
        let ahead: Option<Vec<Step>> = (1..=steps).map(exact).collect();
        return Some((ahead?, !step.is_zero()));
    }
    let values: Option<Vec<f64>> = values.iter().map(Decimal::to_f64).collect();
    let values = values?;
    let trends = [
        (TrendComponent::None, false),
        (TrendComponent::Additive, true),
        (TrendComponent::Additive, false),
    ];
    let models = trends.into_iter().filter_map(|trend| fit(&values, trend));
    let fitted = models.min_by(|a, b| a.aicc().total_cmp(&b.aicc()))?;
    let level = f64::from(LEVEL_PERCENT) / 100.0;
    let found = fitted.predict(steps, level).ok()?;
    let band = found.intervals?;
    let ahead = found
        .point
        .into_iter()
        .zip(band.lower.into_iter().zip(band.upper))
        .map(|(value, (low, high))| (value, low, high))
        .collect();
    let trend = fitted.model_type().trend;
    Some((ahead, !matches!(trend, TrendComponent::None)))
}

/// The last value and the step between any two, if all steps are the same. Such values have no spread: no model can
/// be fitted to them.
fn straight(values: &[Decimal]) -> Option<(Decimal, Decimal)> {
    let mut steps = values.windows(2).map(|pair| match pair {
        [one, next] => next.checked_sub(*one),
        _ => None,
    });
    let step = steps.next()??;
    let is_straight = steps.all(|other| other == Some(step));
    Some((*values.last()?, step)).filter(|_| is_straight)
}

/// The model with this trend, fading or not, if these values allow one.
fn fit(values: &[f64], (trend, fades): (TrendComponent, bool)) -> Option<Model> {
    let kind = ModelType {
        error: ErrorComponent::Additive,
        trend,
        season: SeasonalComponent::None,
    };
    // A fit is judged one step ahead: further steps would be computed and not looked at.
    let model = Unfit::new(kind)
        .damped(fades)
        .nmse(1)
        .max_iterations(MOST_ROUNDS)
        .fit(values)
        .ok()?;
    (!model.aicc().is_nan()).then_some(model)
}

fn backtest(values: &[Decimal], places: u32) -> Option<Backtest> {
    let first = LEAST_FITTED.max(values.len().saturating_sub(MOST_TRIES));
    let mut tries = 0_u32;
    let (mut error, mut naive, mut inside) = (0.0, 0.0, 0);
    for origin in first..values.len() {
        let known = values.get(..origin)?;
        let (actual, last) = (values.get(origin)?.to_f64()?, known.last()?.to_f64()?);
        let Some((ahead, _)) = ahead(known, 1) else {
            continue;
        };
        let (value, low, high) = ahead.first()?;
        tries += 1;
        error += (actual - value).abs();
        naive += (actual - last).abs();
        inside += usize::from(*low <= actual && actual <= *high);
    }
    let mean = |sum: f64| exact(sum / f64::from(tries), places);
    if tries == 0 {
        return None;
    }
    Some(Backtest {
        tries: usize::try_from(tries).ok()?,
        mean_error: mean(error)?,
        naive_error: mean(naive)?,
        inside,
    })
}

/// Probability that a step of the forecast lies between two edges, as a fraction with four decimals; an edge that is
/// `None` is open. Errors are taken as normal, as the method does.
pub fn probability(step: &Ahead, from: Option<Decimal>, to: Option<Decimal>) -> Option<Decimal> {
    let float = |value: Decimal| value.to_f64();
    let mean = float(step.value)?;
    let deviation = (float(step.high)? - float(step.low)?) / 2.0 / BAND_DEVIATIONS;
    if deviation <= 0.0 {
        let inside =
            from.is_none_or(|from| from <= step.value) && to.is_none_or(|to| step.value <= to);
        return Some(if inside { Decimal::ONE } else { Decimal::ZERO });
    }
    let below = |edge: Option<Decimal>, open: f64| match edge {
        Some(edge) => Some(distrs::Normal::cdf(float(edge)?, mean, deviation)),
        None => Some(open),
    };
    exact(below(to, 1.0)? - below(from, 0.0)?, 4)
}

/// A float as a decimal, rounded at the edge.
fn exact(value: f64, places: u32) -> Option<Decimal> {
    if !value.is_finite() {
        return None;
    }
    let value = Decimal::try_from(value).ok()?;
    let mut value = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    value.rescale(places);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::dec;

    fn line(count: i64) -> Vec<Decimal> {
        // A line with a wobble that is the same on every run.
        (0..count)
            .map(|at| Decimal::new(2_800 + 170 * at + (at * 7 % 5 - 2) * 12, 2))
            .collect()
    }

    #[test]
    fn a_rising_line_goes_on_with_a_band_around_it() {
        let found = project(&line(20), 4).unwrap();
        assert!(found.has_trend);
        assert_eq!((found.points, found.ahead.len()), (20, 4));
        let last = found.ahead[3];
        // 28 + 1.7 x 23 = 67.1
        assert!((last.value - dec("67.1")).abs() < dec("1.5"), "{last:?}");
        assert!(last.low < last.value && last.value < last.high);
        let tried = found.backtest.unwrap();
        assert_eq!(tried.tries, 8);
        assert!(tried.mean_error < tried.naive_error, "{tried:?}");
        assert_eq!(
            project(&line(20), 4).unwrap(),
            found,
            "the same on every run"
        );
    }

    #[test]
    fn too_few_readings_are_said_and_nothing_is_guessed() {
        assert_eq!(project(&line(11), 2), Err(NoForecast::TooFew(11, 12)));
        assert_eq!(project(&[], 1), Err(NoForecast::TooFew(0, 12)));
        assert_eq!(project(&line(20), 9), Err(NoForecast::TooFar));
    }

    #[test]
    fn a_straight_line_goes_on_as_it_is() {
        let falling: Vec<Decimal> = (0..19).map(|at| Decimal::new(100 - 2 * at, 1)).collect();
        let found = project(&falling, 2).unwrap();
        let exact = |text| {
            let value = dec(text);
            Ahead {
                value,
                low: value,
                high: value,
            }
        };
        assert_eq!(found.ahead, [exact("6.20"), exact("6.00")]);
        assert!(found.has_trend);
        let tried = found.backtest.unwrap();
        assert_eq!((tried.mean_error, tried.inside), (dec("0.00"), 8));
    }

    #[test]
    fn what_never_moved_stays_and_is_certain_or_not() {
        let found = project(&[dec("5"); 12], 2).unwrap();
        assert_eq!(found.ahead[1].value, dec("5.00"));
        assert_eq!(
            probability(&found.ahead[1], Some(dec("5")), None),
            Some(dec("1"))
        );
        assert_eq!(
            probability(&found.ahead[1], Some(dec("5.01")), None),
            Some(dec("0"))
        );
        assert_eq!(found.backtest.unwrap().mean_error, dec("0.00"));
    }

    #[test]
    fn the_probability_follows_the_band() {
        let step = Ahead {
            value: dec("60.00"),
            low: dec("55.00"),
            high: dec("65.00"),
        };
        assert_eq!(probability(&step, Some(dec("60")), None), Some(dec("0.5")));
        // Under the lower edge lie ten of a hundred outcomes.
        assert_eq!(probability(&step, Some(dec("55")), None), Some(dec("0.9")));
        assert_eq!(probability(&step, None, Some(dec("55"))), Some(dec("0.1")));
        assert_eq!(
            probability(&step, Some(dec("55")), Some(dec("65"))),
            Some(dec("0.8"))
        );
    }

    #[test]
    fn huge_and_negative_readings_are_no_matter() {
        let huge: Vec<Decimal> = line(16)
            .into_iter()
            .map(|v| v * dec("31000000000"))
            .collect();
        assert!(project(&huge, 1).is_ok());
        let negative: Vec<Decimal> = line(16).into_iter().map(|v| -v).collect();
        assert!(project(&negative, 1).unwrap().ahead[0].value < Decimal::ZERO);
        let extreme = vec![Decimal::MAX; 12];
        assert!(
            project(&extreme, 1).is_ok_and(|p| p.ahead.len() == 1) || project(&extreme, 1).is_err()
        );
    }

    /// Annual flow of the Nile at Aswan, 1871-1970, in 10^8 cubic metres (G. W. Cobb, Biometrika 65, 1978; in the
    /// public domain): a real series with a level that changes once.
    const NILE: [i64; 100] = [
        1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960,
        1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694,
        940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764,
        821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822,
        1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050,
        918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
    ];

    #[test]
    fn on_a_real_series_the_method_beats_the_last_value_and_its_band_holds() {
        let values: Vec<Decimal> = NILE.iter().map(|v| Decimal::from(*v)).collect();
        let (mut error, mut naive, mut inside) = (Decimal::ZERO, Decimal::ZERO, 0);
        let origins = 20..values.len();
        let tries = origins.len();
        for origin in origins {
            let found = project(&values[..origin], 1).unwrap();
            let (ahead, actual) = (found.ahead[0], values[origin]);
            error += (actual - ahead.value).abs();
            naive += (actual - values[origin - 1]).abs();
            inside += usize::from(ahead.low <= actual && actual <= ahead.high);
        }
        let count = Decimal::from(tries);
        println!(
            "Nile, {tries} years, one ahead: mean error {:.1}, of the last value {:.1}; {inside} inside the 80 % band",
            error / count,
            naive / count
        );
        assert!(error < naive);
        assert!(
            (tries * 65 / 100..=tries * 92 / 100).contains(&inside),
            "{inside} of {tries}"
        );
    }

    #[test]
    fn the_registers_published_figures_are_too_few() {
        // P01/gold-share as printed: 2019, 2021-07, 2024-11.
        let printed = ["73", "74.03", "90.45"].map(dec);
        assert_eq!(project(&printed, 1), Err(NoForecast::TooFew(3, 12)));
    }
}
