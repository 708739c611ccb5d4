//! The one published quarter of the demo: signed by its invented people, on days of its own past.

use super::{PUBLISHED, nine_after, read};
use crate::bag;
use crate::failure::Failure;
use crate::session::{Access, Clock, Session};
use crate::signoff::{self, Asked};
use quarterdeck_kpi::signoff::Step;
use std::path::Path;

/// Days after the quarter's end on which each step is taken.
const DAYS: [(Step, i64); 3] = [(Step::Prepare, 27), (Step::Review, 30), (Step::Publish, 35)];

/// Prepares, reviews and publishes the quarter; whatever stands open is accepted with this reason.
/// The caller holds the workspace's lock.
pub(super) fn publish(root: &Path, reason: &str) -> Result<(), Failure> {
    for (step, days) in DAYS {
        let at = nine_after(PUBLISHED.end(), days);
        let workspace = read(root)?;
        let language = workspace.settings.language;
        let clock = Clock::fixed(at);
        let mut session = Session::open_loaded(workspace, Access::ReadWrite, clock, String::new())?;
        let mut asked = Asked {
            quarter: PUBLISHED,
            step,
            accept: Vec::new(),
        };
        // A figure that grew old between two signatures is accepted by whoever signs next.
        let state = signoff::state(&session, PUBLISHED, None)?;
        let open = state.open().map(|item| item.finding.id.clone());
        asked.accept = open.map(|name| (name, reason.to_owned())).collect();
        match step {
            Step::Prepare | Step::Review => {
                signoff::sign_locked(&mut session, &asked)?;
            }
            Step::Publish => {
                bag::publish_locked(&mut session, &asked, language)?;
            }
        }
    }
    Ok(())
}
