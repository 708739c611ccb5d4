//! What a session knows at a moment, and what a face shows of it.

use super::{Session, place, published};
use crate::failure::Failure;
use crate::handled;
use crate::watch::outlook;
use crate::workspace;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::assess::assess;
use quarterdeck_kpi::calendar::{Quarter, taipei_day};
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::indicator::Indicator;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::{Observation, Recorded};
use quarterdeck_kpi::register::Register;
use quarterdeck_kpi::rules::Rules;
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_kpi::source::{Attempt, SourceState};
use quarterdeck_sources::config::SourceConfig;
use quarterdeck_store::{Rows, Store, StoreError, Wanted};
use quarterdeck_view::i18n::Language;
use quarterdeck_view::outlooks::Outlooks;
use quarterdeck_view::state::{Loaded, WorkspaceProblem};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Session {
    /// The register and sources of a moment; before the first version there was none, and of today's files only the
    /// names are known: no rule, target, narrative, figure or source may be carried back.
    fn register_at(&self, as_of: DateTime<Utc>) -> Result<(Register, Vec<SourceConfig>), Failure> {
        Ok(match self.version_at(as_of)? {
            Some(version) => (version.register.clone(), version.sources.clone()),
            None => (self.before_any_version(), Vec::new()),
        })
    }

    /// Rows and names without anything that was decided or reported.
    fn before_any_version(&self) -> Register {
        let mut register = self.workspace.register.clone();
        register.published.clear();
        register.money.clear();
        register.claims.clear();
        register.rules = Rules::default();
        register.validation.clear();
        register.budget_changes.clear();
        let programmes = register.programmes.iter_mut();
        for programme in programmes {
            programme.narratives.clear();
            programme.milestones.clear();
            undecided(&mut programme.indicators);
        }
        for node in &mut register.nodes {
            undecided(&mut node.indicators);
        }
        undecided(&mut register.portfolio_indicators);
        register
    }

    /// Every reading of these scopes, also those that no longer count.
    pub fn readings_of(
        &self,
        scopes: &[String],
        at: DateTime<Utc>,
    ) -> Result<Vec<Recorded<Observation>>, Failure> {
        Ok(match &self.store {
            Some(store) => store.rows_of(at, scopes, Wanted::Readings)?.observations,
            None => Vec::new(),
        })
    }

    /// The register of today's files, dated.
    pub(super) fn register_now(&self) -> Result<Register, Failure> {
        let mut register = self.workspace.register.clone();
        if let (Some(store), false) = (&self.store, self.is_dated) {
            published::date(store, &mut register, &self.workspace.files, self.now())?;
        }
        Ok(register)
    }

    /// Everything known at a moment; `None` is now.
    pub fn snapshot(&self, as_of: Option<DateTime<Utc>>) -> Result<Snapshot, Failure> {
        self.snapshot_by(as_of, Store::rows_as_of)
    }

    /// The same for who shows and assesses it: in a large database without readings that no longer
    /// count ([`Snapshot::left_out`]).
    pub fn standing(&self, as_of: Option<DateTime<Utc>>) -> Result<Snapshot, Failure> {
        self.standing_up_to(as_of, i64::MAX)
    }

    /// The same as if the last row were `up_to`.
    pub(super) fn standing_up_to(
        &self,
        as_of: Option<DateTime<Utc>>,
        up_to: i64,
    ) -> Result<Snapshot, Failure> {
        self.snapshot_by(as_of, |store, at| store.standing_as_of(at, up_to))
    }

    pub(super) fn snapshot_by(
        &self,
        as_of: Option<DateTime<Utc>>,
        read: impl Fn(&Store, DateTime<Utc>) -> Result<Rows, StoreError>,
    ) -> Result<Snapshot, Failure> {
        let known = match as_of {
            None => (self.register_now()?, self.workspace.sources.clone()),
            Some(at) => self.register_at(at)?,
        };
        self.snapshot_with(known, as_of, read)
    }

    /// How a source is doing, without figures: it brings none of those that the register carries, and of its own they
    /// say only how new they are.
    pub(super) fn snapshot_of_source(
        &self,
        as_of: Option<DateTime<Utc>>,
        source: &str,
    ) -> Result<Snapshot, Failure> {
        let (mut register, sources) = match as_of {
            None => (
                self.workspace.register.clone(),
                self.workspace.sources.clone(),
            ),
            Some(at) => self.register_at(at)?,
        };
        register.published.clear();
        register.money.clear();
        self.snapshot_with((register, sources), as_of, |store, at| {
            store.rows_of_source(at, source)
        })
    }

    fn snapshot_with(
        &self,
        (register, sources): (Register, Vec<SourceConfig>),
        as_of: Option<DateTime<Utc>>,
        read: impl Fn(&Store, DateTime<Utc>) -> Result<Rows, StoreError>,
    ) -> Result<Snapshot, Failure> {
        let at = as_of.unwrap_or_else(|| self.now());
        let mut rows = match &self.store {
            Some(store) => read(store, at)?,
            None => Rows::default(),
        };
        let mut states = Vec::with_capacity(sources.len());
        // What comes next is a matter of now.
        let now = self.store.as_ref().filter(|_| as_of.is_none());
        let holds = now.map(|store| store.holds(at)).transpose()?;
        for config in &sources {
            let attempts = rows.attempts.remove(&config.id).unwrap_or_default();
            let mut state = source_state(config, attempts, &rows.newest_data);
            if let (Some(store), Some(holds)) = (now, &holds) {
                let outlook = outlook(store, config, holds, at)?;
                state.next_run = outlook.next_run;
                state.calls_left_today = outlook.calls_left;
            }
            states.push(state);
        }
        let handled = match &self.store {
            Some(store) => handled::as_of(store, at)?,
            None => Vec::new(),
        };
        let mut findings = rows.findings;
        if let Some(store) = &self.store {
            handled::mark(store, at, &mut findings)?;
        }
        if as_of.is_none() {
            findings.extend(self.clock_finding()?);
        }
        if let Some(Some(act)) = self.chain.get() {
            let text = Message::new("session-chain-broken").with("act", act.to_string());
            findings.push(Finding::new(
                "act-chain@1",
                Severity::Error,
                None,
                None,
                text,
            ));
        }
        let mut known = Snapshot {
            as_of: at,
            register,
            observations: rows.observations,
            money: rows.money,
            left_out: rows.left_out,
            findings,
            sources: states,
            handled,
        };
        known.with_register_rows();
        Ok(known)
    }

    /// The quarter meant when none is named: the last that ended.
    pub fn default_quarter(&self, at: DateTime<Utc>) -> Quarter {
        Quarter::last_ended(taipei_day(at))
    }

    /// What a face shows of a quarter; `None` is the last that ended.
    pub fn loaded(
        &self,
        quarter: Option<Quarter>,
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Loaded, Failure> {
        self.loaded_from(Arc::new(self.standing(as_of)?), quarter, as_of)
    }

    /// The same from a snapshot that is at hand.
    pub fn loaded_from(
        &self,
        snapshot: Arc<Snapshot>,
        quarter: Option<Quarter>,
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Loaded, Failure> {
        let quarter = quarter.unwrap_or_else(|| self.default_quarter(snapshot.as_of));
        let assessment = Arc::new(assess(&snapshot, quarter));
        let read_only = if as_of.is_some() {
            Some(Message::new("session-read-only-as-of"))
        } else {
            self.may_enter().err().map(|failure| *failure.what)
        };
        let language = self.language();
        let signing = crate::signoff::shown(self, &snapshot, &assessment, as_of)?;
        Ok(Loaded {
            signing: Some(Arc::new(signing)),
            root: self.root().to_owned(),
            quarters: quarters(&snapshot),
            assessment,
            as_of,
            moments: self.moments()?.into(),
            last_recorded: self.last_recorded()?,
            now: self.now(),
            demo: self.demo(),
            person: self.person().map(|(person, actor)| {
                let name = match language {
                    Language::ZhTw => &person.name.zh_tw,
                    Language::En => &person.name.en,
                };
                (actor.id, name.clone())
            }),
            read_only,
            problems: self.workspace.problems.iter().map(problem).collect(),
            presets: crate::catalogue::presets(&self.workspace),
            cannot_configure: self.may_configure().err().map(|failure| *failure.what),
            language,
            outlooks: Outlooks::default(),
            snapshot,
        })
    }
}

/// Neither targets nor a start nor a due day: they were decided later.
fn undecided(indicators: &mut [Indicator]) {
    for indicator in indicators {
        indicator.targets.clear();
        indicator.baseline = None;
        indicator.due_days = None;
        indicator.max_age_days = None;
    }
}

fn problem(problem: &workspace::Problem) -> WorkspaceProblem {
    WorkspaceProblem {
        error: problem.severity == Severity::Error,
        place: place(problem),
        text: problem.message.clone(),
        next: problem.next.clone(),
    }
}

fn source_state(
    config: &SourceConfig,
    attempts: Vec<Attempt>,
    newest: &BTreeMap<String, DateTime<Utc>>,
) -> SourceState {
    let place = if config.reads_folder() {
        config.folder.clone().unwrap_or_default()
    } else {
        without_query(config.url.as_deref().unwrap_or_default())
    };
    SourceState {
        id: config.id.clone(),
        kind: config.kind.id().to_owned(),
        place,
        feeds: config.feeds(),
        schedule: config.schedule.clone(),
        next_run: None,
        calls_left_today: None,
        disabled: config.disabled.then(|| {
            quarterdeck_kpi::text::clean(config.disabled_reason.as_deref().unwrap_or_default())
        }),
        max_age_days: config.max_age_days,
        licence: config.licence.clone(),
        attribution: config.attribution.clone(),
        attempts,
        newest_data: newest.get(&config.id).copied(),
    }
}

/// A key may hide in the query of an address, or before its host.
fn without_query(address: &str) -> String {
    let bare = address.split(['?', '#']).next().unwrap_or_default();
    match bare.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest
                .split_once('/')
                .map_or((rest, None), |(h, p)| (h, Some(p)));
            let host = host.rsplit('@').next().unwrap_or(host);
            match path {
                Some(path) => format!("{scheme}://{host}/{path}"),
                None => format!("{scheme}://{host}"),
            }
        }
        None => bare.to_owned(),
    }
}

/// From the first quarter something is known of to the running one.
fn quarters(snapshot: &Snapshot) -> (Quarter, Quarter) {
    let running = Quarter::containing(taipei_day(snapshot.as_of));
    let readings = snapshot
        .observations
        .iter()
        .map(|row| row.item.period.quarter());
    let money = snapshot.money.iter().map(|row| row.item.period.quarter());
    let first = readings.chain(money).min().unwrap_or(running);
    (first.min(running), running)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_of_an_address_is_shown() {
        assert_eq!(
            without_query("https://user:word@example.gov.tw/api/v1?key=secret#x"),
            "https://example.gov.tw/api/v1"
        );
        assert_eq!(
            without_query("{origin}/services/usage"),
            "{origin}/services/usage"
        );
    }
}
