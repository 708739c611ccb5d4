//! Tables of an office (ODS, XLSX, CSV, a saved answer of the datastore) taken in as figures, as
//! amounts, or as files of the register: all of it, or nothing.
//!
//! Every cell that is refused is named by sheet and cell. A value that is there already and is the
//! same is not stored again; one that changes needs a reason in its row.

mod budget;
mod figures;
mod files;
mod head;
mod known;
mod map;
mod milestones;
mod names;
mod plan;
mod register;
mod store;
mod table;
mod template;

pub(crate) use files::finish_interrupted;
pub use head::{Head, Kind};
pub use map::FieldMap;
pub use template::template;

use crate::failure::{Exit, Failure};
use crate::session::{HUMAN_WAIT, Session};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_sources::cells;
use std::collections::BTreeMap;
use table::Table;

/// Refused cells told at most; how many there are is counted.
pub const TOLD: usize = 200;

/// What to import.
#[derive(Debug)]
pub struct Request<'a> {
    /// What the table is about.
    pub kind: Kind,
    /// Name of the file.
    pub name: String,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Sheet, when it is named.
    pub sheet: Option<String>,
    /// Field map.
    pub map: FieldMap,
    /// Show what would change, and change nothing.
    pub dry_run: bool,
    /// The register is this list: other programmes leave it.
    pub replace: bool,
}

/// What a cell does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing was known.
    New,
    /// Something else was known.
    Changed,
    /// The same was known.
    Unchanged,
    /// A programme leaves the register.
    Removed,
}

impl Effect {
    /// Word for scripts.
    pub fn id(self) -> &'static str {
        match self {
            Effect::New => "new",
            Effect::Changed => "changed",
            Effect::Unchanged => "unchanged",
            Effect::Removed => "removed",
        }
    }
}

/// One value of the table beside what is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Figure address, or programme and column of the register.
    pub subject: String,
    /// Sheet and cell.
    pub place: String,
    /// What it does.
    pub effect: Effect,
    /// What is known.
    pub old: Option<String>,
    /// What the table says.
    pub new: Option<String>,
    /// Why it changes.
    pub reason: Option<String>,
}

/// A cell that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Sheet and cell.
    pub place: String,
    /// What is wrong with it and what to do.
    pub text: Message,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Name of the sheet or file that was read.
    pub sheet: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Value by value, in the order of the table.
    pub changes: Vec<Change>,
    /// Cells that were refused; when there is one, nothing was imported.
    pub refused: Vec<Refused>,
    /// What is worth knowing and refuses nothing.
    pub notices: Vec<Message>,
    /// Sums of the table's columns in whole NT$ (or a plain count), by the column's word.
    pub totals: BTreeMap<String, i64>,
    /// Something was stored or written.
    pub stored: bool,
}

impl Outcome {
    /// How many values have this effect.
    pub fn count(&self, effect: Effect) -> usize {
        self.changes.iter().filter(|c| c.effect == effect).count()
    }
}

/// Imports a table. Refused cells are part of the outcome; a failure is about the whole.
pub fn import(session: &mut Session, request: &Request<'_>) -> Result<Outcome, Failure> {
    let mut actor = match (request.dry_run, request.kind) {
        (true, _) => None,
        (false, Kind::Register) => Some(session.may_configure()?),
        (false, _) => Some(session.may_enter()?),
    };
    let mut outcome = Outcome {
        sha256: quarterdeck_store::sha256_hex(request.bytes),
        sheet: clean(&request.name),
        ..Outcome::default()
    };
    let opened = match cells::open(request.bytes) {
        Ok(opened) => opened,
        Err(text) => return Ok(outcome.refused_whole(text)),
    };
    let mut notices = Vec::new();
    let file = clean(&request.name);
    let sheet = request.sheet.as_deref();
    let chosen = table::choose(opened, request.kind, sheet, &file, &mut notices);
    let (place, lines) = match chosen {
        Ok(chosen) => chosen,
        Err(text) => return Ok(outcome.refused_whole(text)),
    };
    // What is known must not change between looking and storing.
    let _lock = match &actor {
        Some(_) => Some(session.lock("import", HUMAN_WAIT)?),
        None => None,
    };
    let table = match Table::of(request.kind, &request.map, place, lines, notices) {
        Ok(table) => table,
        Err(refused) => {
            outcome.refused = refused;
            return Ok(outcome);
        }
    };
    outcome.sheet = table.name();
    let in_files = match request.kind {
        Kind::Register => true,
        Kind::Plan => milestones::holds(&table),
        Kind::Figures | Kind::Budget => false,
    };
    match request.kind {
        Kind::Register | Kind::Plan if in_files => {
            let change = if request.kind == Kind::Plan {
                if actor.is_some() {
                    actor = Some(session.may_configure()?);
                }
                milestones::read(session, &table, request, &mut outcome)
            } else {
                register::read(session, &table, request, &mut outcome)?
            };
            outcome.notices.splice(0..0, table.notices);
            if let Some(actor) = actor.filter(|_| outcome.is_to_be_stored()) {
                files::write(session, &actor, request, &outcome, change)?;
                outcome.stored = true;
            }
        }
        _ => {
            let rows = match request.kind {
                Kind::Figures => figures::read(session, &table, &mut outcome)?,
                Kind::Plan => plan::read(session, &table, &mut outcome)?,
                _ => budget::read(session, &table, &mut outcome)?,
            };
            store::refuse_rates(session, &rows, &mut outcome)?;
            outcome.notices.splice(0..0, table.notices);
            if let Some(actor) = actor.filter(|_| outcome.is_to_be_stored()) {
                store::write(session, &actor, request, &outcome, rows)?;
                outcome.stored = true;
            }
        }
    }
    Ok(outcome)
}

impl Outcome {
    fn refused_whole(mut self, text: Message) -> Outcome {
        let place = self.sheet.clone();
        self.refused.push(Refused { place, text });
        self
    }
    /// Whether there is something to store and nothing against it.
    fn is_to_be_stored(&self) -> bool {
        let unchanged = self.count(Effect::Unchanged);
        self.refused.is_empty() && self.changes.len() > unchanged
    }
    /// How a command ends with it.
    pub fn exit(&self) -> Exit {
        if self.refused.is_empty() {
            Exit::Done
        } else {
            Exit::Usage
        }
    }
}
