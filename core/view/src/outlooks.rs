//! Forecasts made so far: each fits a model, so it is made when it is first looked at and kept with what was loaded.

use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::assess::{Outlook, execution_outlooks, outlooks};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::forecast::NoForecast;
use quarterdeck_kpi::snapshot::Snapshot;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

/// The forecasts of one loaded state. Two are equal whatever was looked at: they follow from the state.
#[derive(Clone, Default)]
pub struct Outlooks(Arc<Mutex<BTreeMap<String, Outlook>>>);

impl PartialEq for Outlooks {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Outlooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outlooks")
    }
}

impl Outlooks {
    /// Forecast of an indicator.
    pub fn indicator(&self, snapshot: &Snapshot, quarter: Quarter, series: &SeriesId) -> Outlook {
        self.kept(series.to_string(), || {
            outlooks(snapshot, quarter, Some(series))
                .remove(series)
                .unwrap_or(Err(NoForecast::Irregular))
        })
    }

    /// Forecast of a programme's execution rate at the year's end.
    pub fn execution(&self, snapshot: &Snapshot, quarter: Quarter, programme: &str) -> Outlook {
        self.kept(format!("{programme}/budget.execution_rate"), || {
            execution_outlooks(snapshot, quarter, Some(programme))
                .remove(programme)
                .unwrap_or(Err(NoForecast::Irregular))
        })
    }

    fn kept(&self, key: String, make: impl FnOnce() -> Outlook) -> Outlook {
        if let Ok(kept) = self.0.lock()
            && let Some(found) = kept.get(&key)
        {
            return found.clone();
        }
        let made = make();
        if let Ok(mut kept) = self.0.lock() {
            kept.insert(key, made.clone());
        }
        made
    }
}
