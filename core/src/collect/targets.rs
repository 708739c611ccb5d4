//! One source with an address for each of many targets: all are asked in one run of the source, some
//! at once, and each answer is stored as soon as it is there. One that fails costs no other; a portal
//! that is silent, or wants to be left alone, is not asked for the rest.

use super::desk::Desk;
use super::gather::{Gathered, Stopped, failed, not_too_early};
use super::miss::Miss;
use super::page::{Situation, Target};
use super::pages::{self, Way, pages};
use super::results::{Open, Results, Taken};
use super::{Shared, asking, conditional};
use crate::transport::Exchange;
use futures_util::stream::{FuturesUnordered, StreamExt};
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::targets::{TARGET, encoded};
use quarterdeck_sources::{Kind, Request, SourceConfig, first_request};
use quarterdeck_store::{Store, StoreError};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::time::Instant;

/// Targets that are asked in a try.
const TRIED: usize = 5;
/// Answers of a source's targets that may wait for the writer.
pub(super) const UNSTORED_PARTS: usize = 512;

/// Rows of the last answer of each target, where a source reads rows.
pub(super) fn rows_before(
    source: &SourceConfig,
    store: &Store,
    asked: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<HashMap<String, u64>, StoreError> {
    let reads_rows = source.rows.is_some()
        || source.kind == Kind::Csv
        || (source.kind == Kind::Openmetrics && source.min_rows_percent.is_some());
    if !source.has_targets() || !reads_rows {
        return Ok(HashMap::new());
    }
    store.last_rows_of_targets(&source.id, asked, now, source.targets.len() * 3)
}

/// The target a source was asked for last, where a limit of calls may have stopped it there.
pub(super) fn last_asked(
    source: &SourceConfig,
    store: &Store,
) -> Result<Option<String>, StoreError> {
    match source.has_targets() && source.calls_per_day.is_some() {
        true => store.last_target(&source.id),
        false => Ok(None),
    }
}

/// Asks a source for all of its targets.
pub(super) async fn gather<'env>(
    desk: &Desk<'_, 'env>,
    host: usize,
    source: &'env SourceConfig,
) -> Result<Gathered, Stopped> {
    let shared = desk.shared;
    not_too_early(shared, source)?;
    let local = |message| failed(Miss::Local(message));
    if let Some(problem) = source.problems().into_iter().next() {
        return Err(local(problem));
    }
    let common = pages::common(shared, source).map_err(local)?;
    let context = shared.options.request_context();
    let mut bare = source.without_targets();
    let address = bare.url.clone().unwrap_or_default();
    bare.url = Some(address.replace(TARGET, MARK));
    let template = first_request(&bare, &context).map_err(local)?.url;
    bare.url = Some(address);
    // What is asked of all alike is made ready once.
    let exchange = pages::addressed(shared, &common, &template).map_err(local)?;
    let order = order(shared, source);
    let results = Arc::new(Results::new(desk, source, order.len()));
    // Where calls are limited they are sent one after the other. In a try, and behind a filled-in
    // origin, the order of rows must not depend on which answer came first.
    let is_single = shared.options.origin.is_some()
        || shared.options.dry_run
        || !asking::limit_of(source).is_none();
    let course = Course {
        desk,
        way: Way {
            host,
            source,
            common: &common,
            signer: None,
        },
        bare: Arc::new(bare),
        template,
        exchange,
        // What may have a next page, or is one of few, is waited for.
        waits: is_single || source.next_at.is_some(),
        order,
        next: Cell::new(0),
        results: Arc::clone(&results),
        rest_until: Cell::new(None),
    };
    // A lane that waits for what its answer held leaves its place to another meanwhile.
    let most = shared.per_host.min(shared.at_once);
    let lanes = match (is_single, course.waits) {
        (true, _) => 1,
        (false, true) => most.saturating_mul(2),
        (false, false) => most,
    };
    let mut running: FuturesUnordered<_> = (0..lanes).map(|_| course.lane()).collect();
    while running.next().await.is_some() {}
    drop(running);
    let asked = course.next.get();
    results.all_closed().await;
    results.end(asked)
}

/// Stands in an address where a target will: it holds nothing that an address would change.
pub(super) const MARK: &str = "QUARTERDECK-TARGET";

/// The targets of this run in their order.
fn order<'env>(shared: &Shared<'env>, source: &'env SourceConfig) -> Vec<&'env str> {
    let mut order: Vec<&str> = source.targets.iter().map(String::as_str).collect();
    if shared.options.dry_run {
        order.truncate(TRIED);
    }
    // A limit that ended the last run goes on where that one stopped.
    let known = shared.known.get(&source.id);
    let last = known.and_then(|known| known.last_target.as_deref());
    if let Some(place) = order.iter().position(|target| Some(*target) == last) {
        let length = order.len();
        order.rotate_left((place + 1) % length.max(1));
    }
    order
}

/// The way through the targets of one source.
pub(super) struct Course<'d, 'scope, 'env: 'scope> {
    desk: &'d Desk<'scope, 'env>,
    way: Way<'d, 'env>,
    bare: Arc<SourceConfig>,
    /// The address with [`MARK`], and an exchange with the same.
    template: String,
    exchange: Exchange,
    waits: bool,
    order: Vec<&'env str>,
    next: Cell<usize>,
    results: Arc<Results<'env>>,
    /// Until when the portal wants to be left alone.
    rest_until: Cell<Option<Instant>>,
}

impl<'env> Course<'_, '_, 'env> {
    async fn lane(&self) {
        let shared = self.desk.shared;
        loop {
            self.rest().await;
            if !self.room().await {
                self.results.stop(Stopped::Interrupted);
                return;
            }
            let Some(name) = self.next() else {
                shared.parts.add_permits(1);
                return;
            };
            let target = Target {
                name: name.into(),
                bare: Arc::clone(&self.bare),
            };
            let gathered = match self.waits {
                true => self.ask(&target).await.map(Some),
                false => self.ask_once(&target).await,
            };
            let gathered = match gathered {
                // A reader has it, and the room with it.
                Ok(None) => continue,
                Ok(Some(gathered)) => Ok(gathered),
                Err(stopped) => Err(stopped),
            };
            if self.results.take(&target.name, gathered) == Taken::NotAsked {
                self.next.set(self.next.get() - 1);
            }
        }
    }

    /// Waits for the writer to have room for one more; false when the run is stopped.
    async fn room(&self) -> bool {
        let shared = self.desk.shared;
        if let Ok(room) = shared.parts.try_acquire() {
            room.forget();
            return true;
        }
        tokio::select! {
            biased;
            () = shared.transport.stopped() => false,
            room = shared.parts.acquire() => room.map(|room| room.forget()).is_ok(),
        }
    }

    fn next(&self) -> Option<&'env str> {
        if self.results.is_over() || self.desk.shared.is_stopping() {
            return None;
        }
        let target = self.order.get(self.next.get()).copied()?;
        self.next.set(self.next.get() + 1);
        Some(target)
    }

    /// Asks for all pages of a target and waits for what they held.
    async fn ask(&self, target: &Target) -> Result<Gathered, Stopped> {
        let request = Request {
            url: self.template.replace(MARK, &encoded(&target.name)),
            page: 0,
        };
        pages(self.desk, &self.way, request, Some((self, target))).await
    }

    /// Asks for the one page of a target; nothing comes back when a reader has taken it over.
    async fn ask_once(&self, target: &Target) -> Result<Option<Gathered>, Stopped> {
        let (desk, source) = (self.desk, self.way.source);
        let name = encoded(&target.name);
        let question = conditional::question_of(desk.shared, source, &target.name, || {
            self.template.replace(MARK, &name)
        });
        let mut headers = self.exchange.headers.clone();
        headers.extend(question.iter().cloned());
        let exchange = Exchange {
            url: self.exchange.url.replace(MARK, &name),
            masked: self.exchange.masked.clone(),
            headers,
            limits: self.exchange.limits,
            policy: self.exchange.policy.clone(),
        };
        let page = pages::persist(desk, source, async || {
            self.rest().await;
            let situation = Situation {
                target: Some(target.clone()),
                ..Situation::only()
            };
            let open = Open::new(&self.results, &target.name);
            let asked = desk.ask_for_target(self.way.host, source, &exchange, (situation, open));
            asked.await.map_err(|miss| {
                self.heard(&miss);
                conditional::heard(miss, &question, &exchange.url)
            })
        });
        let page = page.await?;
        Ok(page.map(|page| Gathered::of(page, source, &desk.shared.held)))
    }

    /// Waits while the portal wants to be left alone.
    pub(super) async fn rest(&self) {
        while let Some(until) = self
            .rest_until
            .get()
            .filter(|until| *until > Instant::now())
        {
            if !self.desk.pause(until - Instant::now()).await {
                return;
            }
        }
    }

    /// What one try tells about the others.
    pub(super) fn heard(&self, miss: &Miss) {
        let shared = self.desk.shared;
        if let Miss::Net(error) = miss {
            shared.saw_certificate(&self.way.source.id, error.certificate_not_after());
        }
        if let Miss::OverLimit(message) = miss {
            self.results.end_with(message.clone());
            return;
        }
        let now = (shared.options.now)();
        let Some(wait) = miss.retry_after().map(|after| after.left(now)) else {
            return;
        };
        if wait > shared.options.retry.longest {
            let until = now + chrono::TimeDelta::from_std(wait).unwrap_or_default();
            self.results
                .end_with(Message::new("collect-held").with("until", until));
            return;
        }
        let until = Instant::now() + wait;
        if self.rest_until.get().is_none_or(|known| known < until) {
            self.rest_until.set(Some(until));
        }
    }
}
