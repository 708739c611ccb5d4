//! Versions of the register that were read, so that stepping through time does not read them again.

use super::{Session, published};
use crate::failure::Failure;
use crate::workspace;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::register::Register;
use quarterdeck_sources::config::SourceConfig;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Versions kept at once.
const KEPT: usize = 8;

/// A version of the register's files: its rows are dated by the first version that has them.
#[derive(Debug)]
pub(super) struct Version {
    pub(super) register: Register,
    pub(super) sources: Vec<SourceConfig>,
}

/// The versions read so far, by number. They never change.
#[derive(Default)]
pub(super) struct Versions(RefCell<BTreeMap<i64, Arc<Version>>>);

impl fmt::Debug for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Versions")
    }
}

impl Session {
    /// The version in force at a moment; `None` before the first.
    pub(super) fn version_at(&self, at: DateTime<Utc>) -> Result<Option<Arc<Version>>, Failure> {
        let Some(store) = &self.store else {
            return Ok(None);
        };
        let mut heads = store.register_versions()?.into_iter();
        match heads.rfind(|head| head.recorded_at <= at) {
            Some(head) => self.version(head.version),
            None => Ok(None),
        }
    }

    /// A version by its number.
    pub(super) fn version(&self, number: i64) -> Result<Option<Arc<Version>>, Failure> {
        if let Some(known) = self.versions.0.borrow().get(&number) {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(store) = &self.store else {
            return Ok(None);
        };
        let is_last = store.register_versions()?.last().map(|head| head.version) == Some(number);
        let version = if is_last && store.register_is(&self.workspace.files)? {
            // Today's files were read already.
            Version {
                register: self.register_now()?,
                sources: self.workspace.sources.clone(),
            }
        } else {
            let Some(found) = store.register_version(number)? else {
                return Ok(None);
            };
            let (mut register, _, sources, _) =
                workspace::load_from_files(&found.files, found.recorded_at);
            published::date(store, &mut register, &found.files, found.recorded_at)?;
            Version { register, sources }
        };
        let version = Arc::new(version);
        let mut versions = self.versions.0.borrow_mut();
        if versions.len() >= KEPT {
            versions.pop_first();
        }
        versions.insert(number, Arc::clone(&version));
        Ok(Some(version))
    }
}
