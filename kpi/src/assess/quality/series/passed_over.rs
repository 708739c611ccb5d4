//! The short cut of the refusing checks against the checks themselves.

use super::*;
use crate::rules::Refusing;
use crate::testing::{dec, indicator, programme, quarter, row, snapshot};

const VALUES: [&str; 9] = ["0", "7", "12", "-3", "101", "9000", "12000", "11900", "0.5"];

/// The short cut of [`doubtful`] passes over no quarter that [`refusal`] would refuse, whatever the history is.
#[test]
fn no_refusal_is_passed_over() {
    let last = quarter("2025Q4");
    let (mut seed, mut refusals, mut passed_over, mut untouched) = (7_u64, 0, 0, 0);
    let mut below = |limit: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % limit
    };
    for _ in 0..600 {
        let mut figure = indicator("P01/x");
        match below(4) {
            0 => (figure.kind, figure.unit) = (Kind::Ratio, "percent".into()),
            1 => figure.kind = Kind::Amount,
            2 => figure.never_falls = true,
            _ => figure.frequency = Frequency::Year,
        }
        figure.share = Some(below(2) == 0);
        figure.combine = [Combine::Last, Combine::Max, Combine::Sum, Combine::Mean][below(4)];
        // Of some figures all values lie close together.
        let (first, count) = (below(5), 2 + below(4));
        let mut rows = Vec::new();
        for offset in -19..=0 {
            let at = match figure.frequency {
                Frequency::Year => last.plus(offset).year.to_string(),
                _ => last.plus(offset).to_string(),
            };
            if below(4) > 0 {
                let sequence = i64::try_from(rows.len()).unwrap() + 1;
                let mut row = row(
                    sequence,
                    "P01/x",
                    &at,
                    dec(VALUES[first + below(count.min(VALUES.len() - first))]),
                );
                row.item.unit = figure.unit.as_str().into();
                row.item.definition_version = 1 + u32::from(offset > -5 && below(9) == 0);
                rows.push(row);
            }
        }
        let mut board = snapshot("2026-03-31", vec![programme("P01", vec![figure])], rows);
        let mut yes = || below(2) == 0;
        board.register.rules.quality.reject = Refusing {
            unit_factor: yes(),
            signs: yes(),
            shares: yes(),
            falls: yes(),
        };
        let register = &board.register;
        let index = Index::of(&board, HISTORY);
        let figure = register.indicators().next().unwrap();
        let assessed = Watched::of(figure, index.day).assess(last, &index, &register.rules.bands);
        let may_be = may_be_refused(figure, &index, &register.rules);
        untouched += usize::from(!may_be);
        let listed = match may_be {
            true => doubtful(&assessed, &register.rules),
            false => Vec::new(),
        };
        for at in (-11..=0).map(|offset| last.plus(offset)) {
            let refused = refusal(figure, at, &index, &register.rules).is_some();
            refusals += usize::from(refused);
            passed_over += usize::from(!listed.contains(&at));
            assert!(
                !refused || listed.contains(&at),
                "{at}: {:?}",
                board.observations
            );
        }
    }
    // Both happened, or nothing was tried.
    assert!(
        refusals > 200 && passed_over > 200 && untouched > 20,
        "{refusals} {passed_over} {untouched}"
    );
}
