//! What is known of a source before it is asked.

use super::{CollectOptions, conditional, inbox, sql, targets};
use crate::failure::Failure;
use crate::transport;
use crate::workspace::Workspace;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::{Kind, RequestContext, SourceConfig, question};
use quarterdeck_store::{Revisit, Store};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What the store knows of a source before it is asked.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The question, as it is kept: compared are answers to the same one only.
    pub(super) asked: String,
    /// Host and port that are asked first; empty for a source that is not asked over HTTP.
    pub(super) host: String,
    /// Rows of the last answer to this question from which figures were taken.
    pub(super) rows: Option<u64>,
    /// The same by target, for a source that reads rows.
    pub(super) rows_of: HashMap<String, u64>,
    /// The target that was asked for last, where calls are limited.
    pub(super) last_target: Option<String>,
    /// Files of a drop folder that were read by this source file: hashes.
    pub(super) files: BTreeSet<String>,
    /// Packages that were taken.
    pub(super) packages: Vec<quarterdeck_sources::inbox::Taken>,
    /// Why it is not asked in this run, and until when.
    pub(super) too_early: Option<Box<(DateTime<Utc>, Message)>>,
    /// Its last answer, if the portal can be asked whether that has changed.
    pub(super) revisit: Option<Box<Revisit>>,
    /// The same of each of its targets.
    pub(super) marks: HashMap<String, conditional::Mark>,
}

impl Known {
    /// Of every source, by id.
    pub(super) fn of_all(
        sources: &[&SourceConfig],
        store: &Store,
        options: &CollectOptions<'_>,
    ) -> Result<BTreeMap<String, Known>, Failure> {
        let mut all = Vec::with_capacity(sources.len());
        for source in sources {
            all.push(Known::of(source, store, options)?);
        }
        let questions: Vec<(&str, &str)> = sources
            .iter()
            .zip(&all)
            .map(|(source, known)| (source.id.as_str(), known.asked.as_str()))
            .collect();
        let rows = store.last_taken_rows(&questions, (options.now)())?;
        let known = sources
            .iter()
            .zip(all)
            .zip(rows)
            .map(|((source, known), rows)| {
                let id = source.id.clone();
                (id, Known { rows, ..known })
            });
        Ok(known.collect())
    }

    fn of(
        source: &SourceConfig,
        store: &Store,
        options: &CollectOptions<'_>,
    ) -> Result<Known, Failure> {
        let (asked, host) = if source.reads_folder() {
            let part = |text: &Option<String>| text.clone().unwrap_or_default();
            let asked = format!("{}/{}", part(&source.folder), part(&source.pattern));
            (asked, String::new())
        } else if source.kind == Kind::Sql {
            (sql::asked(source, options.quarter), String::new())
        } else {
            asked(source, options)
        };
        let is_inbox = source.kind == Kind::Inbox;
        let files = match source.reads_folder() && !is_inbox {
            true => store.taken_by(&source.id, &meaning(source))?,
            false => BTreeSet::new(),
        };
        let packages = match is_inbox {
            true => inbox::taken(source, store)?,
            false => Vec::new(),
        };
        let rows_of = targets::rows_before(source, store, &asked, (options.now)())?;
        Ok(Known {
            asked,
            host,
            rows: None,
            rows_of,
            last_target: targets::last_asked(source, store)?,
            files,
            packages,
            too_early: None,
            revisit: None,
            marks: HashMap::new(),
        })
    }
}

/// The filled-in address, without secrets and the same for every page, and its host and port.
fn asked(source: &SourceConfig, options: &CollectOptions<'_>) -> (String, String) {
    let context = RequestContext {
        // One question for all of them.
        target: source.has_targets().then_some(targets::MARK),
        ..options.request_context()
    };
    let Ok(url) = question(source, &context) else {
        return Default::default();
    };
    let Ok(url) = url::Url::parse(&url) else {
        return Default::default();
    };
    let port = url.port_or_known_default().unwrap_or_default();
    let host = format!("{}:{port}", url.host_str().unwrap_or_default());
    (transport::without_secrets(&url), host)
}

/// Tells whether a source's file is today what it was then. A folder's file counts by what it
/// means: another remark in it is no reason to read old files again.
pub(super) fn fingerprint(workspace: &Workspace, source: &SourceConfig) -> String {
    let name = format!("sources/{}.toml", source.id);
    let files = &workspace.files;
    let found = files.binary_search_by(|(known, _)| known.as_str().cmp(&name));
    match found.ok().and_then(|place| files.get(place)) {
        Some((_, bytes)) if !source.reads_folder() => quarterdeck_store::sha256_hex(bytes),
        _ => meaning(source),
    }
}

fn meaning(source: &SourceConfig) -> String {
    quarterdeck_store::sha256_hex(&serde_json::to_vec(source).unwrap_or_default())
}
