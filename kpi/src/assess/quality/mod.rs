//! Data quality (資料品質): the office's validation rules, and figures held against their own history.
//!
//! To add a check: a function in [`series`], [`observed`] or [`amounts`], its setting in [`crate::rules::Quality`], its sentence in
//! the language files. Each finding names its rule, its inputs and what to do; only an office's rule that asks for
//! it refuses a reading ([`office::settled`]).

mod amounts;
mod observed;
mod office;
mod series;

pub use series::is_unit_factor;

pub(super) use office::{Settled, settled};

use super::Assessment;
use super::money::MoneyIndex;
use super::reading::Index;
use crate::calendar::Quarter;
use crate::finding::Finding;
use crate::register::Register;

/// Adds what the office's rules and the checks of series notice in a quarter.
pub(super) fn findings(
    register: &Register,
    quarter: Quarter,
    index: &Index<'_>,
    money: &MoneyIndex<'_>,
    assessed: &Assessment,
    raised: &mut Vec<Finding>,
) {
    let programmes = assessed.programmes.iter().flat_map(|p| &p.indicators);
    let nodes = assessed.nodes.iter().flat_map(|n| &n.indicators);
    for indicator in programmes.chain(nodes) {
        series::check(indicator, quarter, index, &register.rules.quality, raised);
    }
    observed::check(assessed, quarter, index, &register.rules.quality, raised);
    for programme in &assessed.programmes {
        amounts::check(programme, quarter, index, money, &register.rules, raised);
    }
    office::findings(register, quarter, index, money, raised);
}
