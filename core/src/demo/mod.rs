//! The demo: a workspace of invented figures, collected quarter by quarter from portals on loopback.
//!
//! Only the portals and the figures are invented. Everything else is the ordinary way: the same
//! transport, decoders, store, assessment and report as for a real office.

mod catalogue;
mod figures;
mod folder;
mod people;
mod portals;
mod signing;
#[cfg(test)]
mod tests;
mod workspace;

pub use figures::QUARTERS;
pub use portals::Portals;

use crate::collect::{self, CollectOptions, CollectSummary};
use crate::failure::Failure;
use crate::handled;
use crate::session::{Access, Actor, Clock, DATABASE, Session, dropped};
use crate::transport::OriginOverride;
use crate::workspace::{Workspace, load};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use figures::Figures;
use quarterdeck_kpi::calendar::{Quarter, TAIPEI};
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_store::{OpenMode, Store};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use workspace::Edition;

/// Where the demo's sources point; the real origin is filled in while the portals run.
pub const ORIGIN: &str = "http://demo.invalid";

/// The quarter whose report is published.
pub const PUBLISHED: Quarter = Quarter {
    year: 2025,
    number: 3,
};

/// The programme whose exception is marked as handled.
const HANDLED: &str = "P19";

/// Days after a quarter's end on which it is collected.
const COLLECT_DAYS: i64 = 20;

/// How far the making of the demo is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The quarter just done.
    pub quarter: Quarter,
    /// Quarters done.
    pub done: u64,
    /// Of how many.
    pub of: u64,
}

/// What was made.
#[derive(Debug)]
pub struct DemoSummary {
    /// Its folder.
    pub root: PathBuf,
    /// The last quarter's collection.
    pub last: CollectSummary,
    /// Readings and amounts stored in all.
    pub readings: usize,
    /// Stopped before the end; a rerun makes it anew.
    pub interrupted: bool,
}

/// Whether a workspace is a demo.
pub fn is_demo(workspace: &Workspace) -> bool {
    workspace.settings.demo.is_some()
}

/// Starts the portals of a demo workspace for a later collection: they stand at the last quarter.
pub fn start_portals(port: u16) -> Result<Portals, Message> {
    Portals::start(port, QUARTERS.1)
}

/// The origin that a collection of the demo is to use.
pub fn origin_override(portals: &Portals) -> OriginOverride {
    OriginOverride {
        placeholder: ORIGIN.to_owned(),
        real: portals.origin(),
    }
}

/// Nine o'clock in Taipei, so many days after a day.
fn nine_after(day: NaiveDate, days: i64) -> DateTime<Utc> {
    let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
    TAIPEI
        .from_local_datetime(&(day + Duration::days(days)).and_time(nine))
        .single()
        .map(|at| at.with_timezone(&Utc))
        .unwrap_or_default()
}

/// Makes the demo in a folder; one that is a demo already is made anew, any other is refused.
/// Reports of other quarters stay.
pub fn make(
    root: &Path,
    progress: &mut dyn FnMut(Step),
    interrupt: &AtomicBool,
) -> Result<DemoSummary, Failure> {
    let lock = folder::begin(root)?;
    let figures = Figures::embedded()
        .ok_or_else(|| Failure::nothing(Message::new("demo-figures-broken").with("detail", "")))?;
    let (first, last) = QUARTERS;
    // Before the first quarter there is only the register.
    let began = nine_after(first.start(), 3);
    folder::write_files(root, Edition::First)?;
    let mut workspace = read(root)?;
    let mut store = Store::open(&root.join(DATABASE), OpenMode::Create)?;
    record_register(&mut store, &workspace, began)?;
    let portals = Portals::start(0, first).map_err(Failure::nothing)?;
    let of = u64::try_from(last.ordinal() - first.ordinal() + 1).unwrap_or_default();
    let mut done = 0;
    let mut readings = 0;
    let mut summary = None;
    let mut quarter = first;
    while quarter <= last && !interrupt.load(Ordering::SeqCst) {
        let at = nine_after(quarter.end(), COLLECT_DAYS);
        portals.stand_at(quarter);
        if let Some((edition, from)) = edition_before(quarter) {
            folder::write_files(root, edition)?;
            workspace = read(root)?;
            record_register(&mut store, &workspace, from)?;
        }
        folder::deliver_file(root, &figures, quarter)?;
        people::enter(&mut store, &workspace.register, &figures, quarter, first)?;
        let now = move || at;
        let mut options = CollectOptions::new(quarter, &now);
        options.origin = Some(origin_override(&portals));
        options.identity = "demo".to_owned();
        let collected = collect::collect(&workspace, &mut store, &options, &mut |_| {}, interrupt)?;
        if quarter
            == (Quarter {
                year: 2024,
                number: 2,
            })
        {
            let corrected_at =
                nine_after(NaiveDate::from_ymd_opt(2024, 10, 5).unwrap_or_default(), 0);
            people::correct(
                &mut store,
                &workspace.register,
                corrected_at,
                people::CORRECTED,
                &figures.words.correction_reason,
            )?;
        }
        if quarter == PUBLISHED {
            signing::publish(root, &figures.words.accept_reason)?;
            // Found out when the report was out: it shows as a restatement.
            let found_at = nine_after(quarter.end(), 76);
            let reason = &figures.words.restatement_reason;
            let register = &workspace.register;
            people::correct(&mut store, register, found_at, people::RESTATED, reason)?;
        }
        if quarter == last {
            people::rate(&mut store, quarter, at, &figures.words.risk_reason)?;
        }
        readings += collected.new_readings();
        let stopped = collected.interrupted;
        summary = Some(collected);
        if stopped {
            break;
        }
        done += 1;
        progress(Step { quarter, done, of });
        quarter = quarter.next();
    }
    let last = summary.unwrap_or(CollectSummary {
        run: None,
        sources: Vec::new(),
        interrupted: true,
    });
    let interrupted = done < of;
    drop(store);
    if !interrupted {
        folder::finished(root)?;
    }
    drop(lock);
    if !interrupted {
        // The exception of a source that sent nothing usable was looked into.
        let mut session = Session::open(root, Access::ReadWrite, Clock::system())?;
        let reason = &figures.words.handled_reason;
        handled::handle(&mut session, HANDLED, QUARTERS.1, None, reason)?;
    }
    Ok(DemoSummary {
        root: root.to_owned(),
        interrupted,
        last,
        readings,
    })
}

/// Whether a folder holds a demo that was made to its end.
pub fn is_whole(root: &Path) -> bool {
    !folder::is_unfinished(root) && load(root).is_ok_and(|workspace| is_demo(&workspace))
}

fn read(root: &Path) -> Result<Workspace, Failure> {
    load(root).map_err(|message| Failure::nothing(message).at(root.to_string_lossy()))
}

/// Editions of the files come into force before the collection of these quarters.
fn edition_before(quarter: Quarter) -> Option<(Edition, DateTime<Utc>)> {
    let on = |year, month, day| {
        nine_after(
            NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default(),
            0,
        )
    };
    match (quarter.year, quarter.number) {
        (2024, 4) => Some((Edition::Retargeted, on(2024, 12, 20))),
        (2025, 3) => Some((Edition::Replanned, on(2025, 10, 8))),
        (2025, 4) => Some((Edition::Final, on(2026, 1, 9))),
        _ => None,
    }
}

fn record_register(
    store: &mut Store,
    workspace: &Workspace,
    at: DateTime<Utc>,
) -> Result<(), Failure> {
    let actor = Actor {
        id: people::PERSON.to_owned(),
        identity: "demo".to_owned(),
    };
    let name = workspace
        .register
        .people
        .iter()
        .find(|person| person.id == people::PERSON)
        .map_or_else(
            || Arg::from(people::PERSON),
            |person| Arg::Title(person.name.clone()),
        );
    dropped::record_register(store, &workspace.files, &actor, name, at)?;
    Ok(())
}
