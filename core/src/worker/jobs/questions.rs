//! What a face asks about the workspace it shows.

use super::Jobs;
use crate::trail::trail;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::assess::{Assessment, assess};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::change::changes;
use quarterdeck_kpi::explain::quarter_of;
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_view::msg::Msg;
use quarterdeck_view::readings::Readings;
use quarterdeck_view::state::ChangesView;
use std::sync::Arc;

impl Jobs {
    /// Looks a figure up in what is shown, or reads what was known at another moment.
    pub(super) fn explain(&mut self, figure: FigureAddress, as_of: Option<DateTime<Utc>>) {
        let kept = self
            .kept
            .clone()
            .filter(|(at, snapshot, _)| *at == as_of && !snapshot.left_out);
        let found = self.session().and_then(|session| {
            let look = |snapshot: &Snapshot, known: Option<Arc<Assessment>>| {
                let quarter = quarter_of(&figure, session.default_quarter(snapshot.as_of));
                let assessment = known
                    .filter(|known| known.quarter == quarter)
                    .unwrap_or_else(|| Arc::new(assess(snapshot, quarter)));
                trail(session, snapshot, &assessment, &figure)
            };
            if let Some((_, snapshot, assessment)) = kept {
                return look(&snapshot, Some(assessment));
            }
            match look(&session.snapshot_behind(&figure, as_of)?, None)? {
                Some(found) => Ok(Some(found)),
                // Its name told something else than what is recorded under it.
                None => look(&session.snapshot(as_of)?, None),
            }
        });
        match found {
            Ok(Some(found)) => self.tell(Msg::Explained(Box::new(found))),
            Ok(None) => self.tell(Msg::NotExplained(figure)),
            Err(failure) => self.tell_failure(&failure),
        }
    }

    /// Every reading of these scopes.
    pub(super) fn readings(&mut self, of: Vec<String>, as_of: Option<DateTime<Utc>>) {
        let found = self.session().and_then(|session| {
            let at = as_of.unwrap_or_else(|| session.now());
            session.readings_of(&of, at)
        });
        match found {
            Ok(rows) => self.tell(Msg::Readings(Readings { of, as_of, rows })),
            Err(failure) => self.tell_failure(&failure),
        }
    }

    /// Compares what was known at a moment with what is known now.
    pub(super) fn changes(&mut self, since: DateTime<Utc>, quarter: Quarter) {
        let found = self.session().and_then(|session| {
            let before = session.snapshot(Some(since))?;
            let after = session.snapshot(None)?;
            Ok(ChangesView {
                from: since,
                to: after.as_of,
                quarter,
                changes: Arc::new(changes(&before, &after, quarter)),
            })
        });
        match found {
            Ok(view) => self.tell(Msg::Changed(Box::new(view))),
            Err(failure) => self.tell_failure(&failure),
        }
    }
}
