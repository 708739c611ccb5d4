//! Every reading of an indicator, those that no longer count included.
//!
//! A large workspace is loaded without them; what a screen shows of them is read when it opens.

use crate::msg::Effect;
use crate::state::{Loaded, ScreenId, State};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::observation::{Observation, Recorded};

/// Readings of some scopes, as known at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readings {
    /// Programmes or nodes.
    pub of: Vec<String>,
    /// The moment; `None` = now.
    pub as_of: Option<DateTime<Utc>>,
    /// By sequence.
    pub rows: Vec<Recorded<Observation>>,
}

/// What was asked for, and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    of: Vec<String>,
    found: Option<Readings>,
}

/// Asks for the readings of the screen that is open, once.
pub(crate) fn wanted(state: &mut State) -> Option<Effect> {
    let loaded = state.loaded.as_ref().filter(|l| l.snapshot.left_out)?;
    let mut of: Vec<String> = match state.screen() {
        ScreenId::Programme => state.programme.iter().cloned().collect(),
        ScreenId::Indicator => {
            let series = state.indicator.as_ref()?;
            let mut known = loaded.snapshot.register.indicators();
            let indicator = known.find(|indicator| indicator.series == *series);
            let parts = indicator.and_then(|i| i.computed_from.as_ref());
            [series]
                .into_iter()
                .chain(parts.into_iter().flat_map(|(over, under)| [over, under]))
                .map(|series| series.scope.to_string())
                .collect()
        }
        _ => return None,
    };
    of.sort_unstable();
    of.dedup();
    if of.is_empty() || state.readings.of == of {
        return None;
    }
    let as_of = loaded.as_of;
    state.readings = Asked {
        of: of.clone(),
        found: None,
    };
    Some(Effect::Readings { of, as_of })
}

/// Takes readings that are still asked for.
pub(crate) fn take(state: &mut State, found: Readings) {
    let as_of = state.loaded.as_ref().and_then(|loaded| loaded.as_of);
    if state.readings.of == found.of && as_of == found.as_of {
        state.readings.found = Some(found);
    }
}

/// The readings of some series that are at hand, by sequence; what the assessment refuses stands as refused.
pub(crate) fn of<'a>(
    state: &'a State,
    loaded: &'a Loaded,
    series: &[&SeriesId],
) -> Vec<&'a Recorded<Observation>> {
    let is_of = |row: &&Recorded<Observation>| series.contains(&&row.item.series);
    let refused = &loaded.assessment.refused;
    let as_taken = |row: &'a Recorded<Observation>| refused.get(&row.sequence).unwrap_or(row);
    match &state.readings.found {
        Some(found) if loaded.snapshot.left_out => {
            // What the register carries is not among the rows of the store.
            let carried = loaded.snapshot.observations.iter();
            let carried = carried.filter(|row| row.sequence < 1);
            let all = carried.chain(&found.rows).filter(is_of);
            all.map(as_taken).collect()
        }
        _ => {
            let all = loaded.snapshot.observations.iter().filter(is_of);
            all.map(as_taken).collect()
        }
    }
}
