//! One catalogue of sources: presets, a try that stores nothing, and the file that is written.

mod condition;
mod look;
mod presets;
mod save;
#[cfg(test)]
mod tests;
mod text;
mod trial;
mod written;

pub use presets::presets;
pub use save::save_source;
pub use trial::{Understanding, agency_of, guessed_map};
pub use written::write_out;

use crate::collect::{CollectOptions, Progress, Retry, collect};
use crate::demo;
use crate::failure::Failure;
use crate::session::Session;
use crate::workspace::take_targets;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::source::Outcome;
use quarterdeck_sources::{Kind, SourceConfig};
use quarterdeck_view::catalogue::{DraftField, SourceDraft, Trial};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A writer that holds the lock for longer than this is not waited for.
const A_MOMENT: Duration = Duration::from_millis(500);

/// Asks a drafted source once, over the ordinary transport and by its rules, and stores nothing; a
/// call against the source's own limit counts as any other. A draft without maps comes back with
/// what was guessed from the answer.
pub fn try_source(
    session: &mut Session,
    draft: &SourceDraft,
    progress: &mut dyn FnMut(Progress),
    interrupt: &AtomicBool,
) -> Result<(SourceDraft, Trial), Failure> {
    session.writable()?;
    let kind = Kind::from_id(draft.value(DraftField::Kind).trim());
    let has_no_map = draft.maps() == 0;
    let is_asked_over_http = !matches!(
        kind,
        Some(Kind::File | Kind::Inbox | Kind::Sql | Kind::Health)
    ) && !draft.value(DraftField::Address).is_empty();
    if has_no_map && is_asked_over_http {
        let (draft, trial) = look::look(session, draft, kind, interrupt);
        return Ok((text::with_personal(draft, &trial), trial));
    }
    let trial = match text::config_of(draft) {
        Err(message) => trial::failed(message),
        Ok(mut config) => {
            take_targets(session.workspace(), &mut config);
            match config.problems().into_iter().next() {
                Some(problem) => {
                    trial::failed(Message::new("catalogue-line-wrong").with("problem", problem))
                }
                None => collected(session, config, progress, interrupt)?,
            }
        }
    };
    Ok((text::with_personal(draft.clone(), &trial), trial))
}

/// A dry run of this source alone: every kind, with everything its file says.
fn collected(
    session: &mut Session,
    config: SourceConfig,
    progress: &mut dyn FnMut(Progress),
    interrupt: &AtomicBool,
) -> Result<Trial, Failure> {
    let (id, kind) = (config.id.clone(), config.kind);
    let mut workspace = session.workspace().clone();
    workspace.sources = vec![config];
    let _lock = session.lock("collect", A_MOMENT)?;
    // The demo's portals only exist while a collection runs.
    let portals = match demo::is_demo(&workspace) {
        true => Some(demo::start_portals(0).map_err(Failure::nothing)?),
        false => None,
    };
    let clock = session.clock().clone();
    let now = move || clock.now();
    let quarter = session.default_quarter(session.now());
    let mut options = CollectOptions::new(quarter, &now);
    options.sources = Some(vec![id]);
    options.dry_run = true;
    options.preview = true;
    options.origin = portals.as_ref().map(demo::origin_override);
    options.retry = Retry {
        tries: 1,
        ..Retry::default()
    };
    let summary = collect(
        &workspace,
        session.store_mut()?,
        &options,
        progress,
        interrupt,
    )?;
    let Some(report) = summary.sources.into_iter().next() else {
        return Ok(trial::failed(Message::new("trial-stopped")));
    };
    let is_good = matches!(report.outcome, Some(Outcome::Good | Outcome::Partial));
    let outcome = match is_good {
        true => trial::good(report.rows, report.readings),
        false => report
            .message
            .unwrap_or_else(|| Message::new("trial-stopped")),
    };
    let understood = report.understood.map(|it| *it).unwrap_or_default();
    let understanding = Understanding {
        is_good,
        outcome,
        kind,
        findings: &report.findings,
        masked: &[],
    };
    Ok(understanding.trial(&understood))
}
