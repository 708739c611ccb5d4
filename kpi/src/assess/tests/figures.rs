//! How readings become the figure of a quarter.

use crate::assess::{Figure, assess};
use crate::indicator::{Combine, Frequency, Indicator, Road};
use crate::observation::{Observation, Parts, Qualifier, Recorded, Stage};
use crate::testing::{dec, indicator, programme, quarter, row, series, snapshot};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn figure(i: &Indicator, rows: Vec<Recorded<Observation>>, q: &str) -> Option<Figure> {
    let known = snapshot("2026-03-31", vec![programme("P01", vec![i.clone()])], rows);
    assess(&known, quarter(q))
        .programmes
        .remove(0)
        .indicators
        .remove(0)
        .figure
}

fn monthly(combine: Combine) -> Indicator {
    let mut i = indicator("P01/x");
    (i.combine, i.frequency) = (combine, Frequency::Month);
    i
}

fn months(values: &[(&str, i64)]) -> Vec<Recorded<Observation>> {
    values
        .iter()
        .enumerate()
        .map(|(at, (month, value))| row(i64::try_from(at).unwrap() + 1, "P01/x", month, *value))
        .collect()
}

#[test]
fn three_months_make_a_quarter_in_five_ways() {
    let rows = || {
        months(&[
            ("2025-01", 1),
            ("2025-02", 2),
            ("2025-03", 3),
            ("2025-04", 4),
            ("2025-05", 9),
            ("2025-06", 8),
        ])
    };
    for (combine, expected) in [
        (Combine::Last, "8"),
        (Combine::Sum, "21"),
        (Combine::Mean, "7"),
        (Combine::Max, "9"),
        (Combine::Cumulative, "27"),
    ] {
        let found = figure(&monthly(combine), rows(), "2025Q2").unwrap();
        assert_eq!(found.value, dec(expected), "{combine:?}");
        assert_eq!(found.qualifier, Qualifier::Exact, "{combine:?}");
    }
    let sum = figure(&monthly(Combine::Sum), rows(), "2025Q2").unwrap();
    assert_eq!(
        (sum.period.to_string().as_str(), sum.rows.as_slice()),
        ("2025Q2", &[4, 5, 6][..])
    );
    let year = figure(&monthly(Combine::Cumulative), rows(), "2025Q2").unwrap();
    assert_eq!(year.period.to_string(), "2025H1");
}

#[test]
fn a_missing_part_makes_a_sum_a_lower_bound_not_a_smaller_figure() {
    let rows = months(&[("2025-04", 4), ("2025-06", 8)]);
    let sum = figure(&monthly(Combine::Sum), rows.clone(), "2025Q2").unwrap();
    assert_eq!((sum.value, sum.qualifier), (dec("12"), Qualifier::AtLeast));
    let mut negative = rows;
    negative[0].item.reading = crate::observation::Reading::Value(dec("-4"));
    assert_eq!(figure(&monthly(Combine::Sum), negative, "2025Q2"), None);
    // Cumulative without anything in the quarter itself has no figure for it.
    let mut i = indicator("P01/x");
    i.combine = Combine::Cumulative;
    let rows = vec![row(1, "P01/x", "2025Q1", 5), row(2, "P01/x", "2025Q3", 7)];
    assert_eq!(figure(&i, rows.clone(), "2025Q2"), None);
    let third = figure(&i, rows, "2025Q3").unwrap();
    assert_eq!(
        (third.value, third.qualifier),
        (dec("12"), Qualifier::AtLeast)
    );
}

#[test]
fn the_running_quarter_uses_what_there_is() {
    let known = snapshot(
        "2025-05-31",
        vec![programme("P01", vec![monthly(Combine::Sum)])],
        months(&[("2025-04", 4)]),
    );
    let found = assess(&known, quarter("2025Q2"));
    assert!(!found.quarter_complete);
    assert_eq!(found.running_day, Some((61, 91)));
    let figure = found.programmes[0].indicators[0].figure.clone().unwrap();
    assert_eq!(
        (figure.value, figure.qualifier),
        (dec("4"), Qualifier::Exact)
    );
    let after = snapshot("2025-06-30", Vec::new(), Vec::new());
    let after = assess(&after, quarter("2025Q2"));
    assert_eq!((after.quarter_complete, after.running_day), (true, None));
}

#[test]
fn the_mean_of_ratios_is_the_ratio_of_their_parts() {
    let mut rows = months(&[("2025-04", 50), ("2025-05", 10)]);
    for (row, (numerator, denominator)) in rows.iter_mut().zip([(1, 2), (10, 100)]) {
        row.item.parts = Some(Parts {
            numerator: Decimal::from(numerator),
            denominator: Decimal::from(denominator),
        });
    }
    let mut i = monthly(Combine::Mean);
    i.unit = "percent".into();
    let found = figure(&i, rows.clone(), "2025Q2").unwrap();
    assert_eq!(found.value, dec("10.784314"));
    assert_eq!(found.parts.unwrap().denominator, dec("102"));
    rows[0].item.parts = None;
    assert_eq!(figure(&i, rows, "2025Q2").unwrap().value, dec("30"));
}

#[test]
fn a_reading_of_the_whole_quarter_stands_for_its_months() {
    let mut rows = months(&[("2025-04", 4), ("2025-05", 5), ("2025-06", 6)]);
    rows.push(row(9, "P01/x", "2025Q2", 16));
    assert_eq!(
        figure(&monthly(Combine::Sum), rows.clone(), "2025Q2")
            .unwrap()
            .value,
        dec("16")
    );
    assert_eq!(
        figure(&monthly(Combine::Last), rows, "2025Q2")
            .unwrap()
            .value,
        dec("16")
    );
}

#[test]
fn an_annual_reading_of_a_quarterly_indicator_stands_at_the_fourth_quarter() {
    let rows = vec![row(1, "P01/x", "2019", 43000)];
    let found = figure(&indicator("P01/x"), rows.clone(), "2019Q4").unwrap();
    assert_eq!(found.period.to_string(), "2019");
    assert_eq!(figure(&indicator("P01/x"), rows.clone(), "2019Q3"), None);
    assert_eq!(figure(&indicator("P01/x"), rows, "2020Q1"), None);
}

#[test]
fn readings_under_two_definitions_are_not_added() {
    let mut rows = months(&[("2025-04", 4), ("2025-05", 5), ("2025-06", 6)]);
    rows[1].item.definition_version = 2;
    rows[2].item.definition_version = 2;
    let found = figure(&monthly(Combine::Sum), rows, "2025Q2").unwrap();
    assert_eq!((found.value, found.definition_version), (dec("11"), 2));
    assert_eq!(found.qualifier, Qualifier::AtLeast);
}

#[test]
fn a_figure_is_as_settled_as_its_least_settled_part() {
    let mut rows = months(&[("2025-04", 4), ("2025-05", 5), ("2025-06", 6)]);
    rows[1].item.stage = Stage::Provisional;
    assert_eq!(
        figure(&monthly(Combine::Sum), rows, "2025Q2")
            .unwrap()
            .stage,
        Stage::Provisional
    );
}

#[test]
fn a_computed_ratio_follows_its_series() {
    let mut i = indicator("P29/success-rate-computed");
    (i.road, i.frequency, i.due_days) = (Road::Computed, Frequency::Year, None);
    i.unit = "percent".into();
    i.computed_from = Some((series("P29/cases"), series("P29/suggestions")));
    let rows = vec![
        row(1, "P29/cases", "2019", 183),
        row(2, "P29/suggestions", "2019", 7619),
    ];
    let known = snapshot(
        "2025-10-20",
        vec![programme("P29", vec![i.clone()])],
        rows.clone(),
    );
    let found = assess(&known, quarter("2025Q3"))
        .programmes
        .remove(0)
        .indicators
        .remove(0);
    let figure = found.figure.unwrap();
    assert_eq!(figure.value, dec("2.40189"));
    assert_eq!(
        (figure.source.as_str(), figure.rows.as_slice()),
        ("computed", &[1, 2][..])
    );
    assert_eq!(figure.parts.unwrap().denominator, dec("7619"));

    let mut zero = rows.clone();
    zero[1].item.reading = crate::observation::Reading::Value(Decimal::ZERO);
    let known = snapshot("2025-10-20", vec![programme("P29", vec![i.clone()])], zero);
    let found = assess(&known, quarter("2025Q3"))
        .programmes
        .remove(0)
        .indicators
        .remove(0);
    assert_eq!(
        (found.figure, found.rule.id.as_ref()),
        (None, "rule-zero-denominator")
    );

    // Parts of two periods do not make a ratio.
    let apart = vec![
        row(1, "P29/cases", "2019", 183),
        row(2, "P29/suggestions", "2018", 7619),
    ];
    let known = snapshot("2025-10-20", vec![programme("P29", vec![i])], apart);
    assert_eq!(
        assess(&known, quarter("2025Q3")).programmes[0].indicators[0].figure,
        None
    );
}

proptest! {
    #[test]
    fn the_ways_of_combining_agree_with_arithmetic(a in 0_i64..10_000, b in 0_i64..10_000, c in 0_i64..10_000) {
        let rows = || months(&[("2025-04", a), ("2025-05", b), ("2025-06", c)]);
        let value = |combine| figure(&monthly(combine), rows(), "2025Q2").unwrap().value;
        prop_assert_eq!(value(Combine::Sum), Decimal::from(a + b + c));
        prop_assert_eq!(value(Combine::Max), Decimal::from(a.max(b).max(c)));
        prop_assert_eq!(value(Combine::Last), Decimal::from(c));
        prop_assert!((value(Combine::Mean) * Decimal::from(3) - Decimal::from(a + b + c)).abs() < dec("0.00001"));
    }
    #[test]
    fn the_order_of_rows_does_not_matter(a in 0_i64..100, b in 0_i64..100, c in 0_i64..100, turn in 0_usize..3) {
        let rows = months(&[("2025-04", a), ("2025-05", b), ("2025-06", c)]);
        let mut turned = rows.clone();
        turned.rotate_left(turn);
        for combine in [Combine::Last, Combine::Sum, Combine::Mean, Combine::Max, Combine::Cumulative] {
            prop_assert_eq!(figure(&monthly(combine), rows.clone(), "2025Q2"), figure(&monthly(combine), turned.clone(), "2025Q2"));
        }
    }
}
