//! The pages of one answer: asked one after the other, each tried again where that may help.

use super::conditional;
use super::desk::Desk;
use super::gather::{Gathered, Stopped, failed, not_too_early};
use super::miss::Miss;
use super::page::{Situation, Target, Tell};
use super::signature::Signer;
use super::targets::Course;
use super::{Progress, Shared, record};
use crate::secrets;
use crate::transport::{Exchange, Policy};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::source::Outcome;
use quarterdeck_sources::{Request, SourceConfig, first_request};
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Pages of one answer; a source that has more of them counts wrong.
const PAGES: u32 = 5_000;

/// Asks a source for all of its pages.
pub(super) async fn gather<'env>(
    desk: &Desk<'_, 'env>,
    host: usize,
    source: &'env SourceConfig,
) -> Result<Gathered, Stopped> {
    let shared = desk.shared;
    not_too_early(shared, source)?;
    let local = |message| failed(Miss::Local(message));
    let context = shared.options.request_context();
    let common = common(shared, source).map_err(local)?;
    let signer = match &source.hmac {
        Some(hmac) => Some(Signer::new(hmac, &shared.workspace.root).map_err(local)?),
        None => None,
    };
    let first = first_request(source, &context).map_err(local)?;
    let way = Way {
        host,
        source,
        common: &common,
        signer: signer.as_ref(),
    };
    pages(desk, &way, first, None).await
}

/// How a source is asked.
pub(super) struct Way<'a, 'env> {
    pub(super) host: usize,
    pub(super) source: &'env SourceConfig,
    /// What its exchanges have in common.
    pub(super) common: &'a Exchange,
    pub(super) signer: Option<&'a Signer>,
}

/// Asks for a page and all that follow it. With targets, `of` is the one that is asked for.
pub(super) async fn pages<'env>(
    desk: &Desk<'_, 'env>,
    way: &Way<'_, 'env>,
    first: Request,
    of: Option<(&Course<'_, '_, 'env>, &Target)>,
) -> Result<Gathered, Stopped> {
    let (shared, source) = (desk.shared, way.source);
    let local = |message| failed(Miss::Local(message));
    let mut gathered = Gathered::default();
    let mut carried = None;
    let mut next = Some(first);
    while let Some(request) = next.take() {
        if request.page >= PAGES {
            let message = Message::new("collect-too-many-pages").with("pages", PAGES);
            return Err(Stopped::Failed(Box::new(record::Failure {
                outcome: Outcome::Rejected,
                message,
                evidence: Vec::new(),
                findings: Vec::new(),
                why: None,
            })));
        }
        let mut exchange = addressed(shared, way.common, &request.url).map_err(local)?;
        let question = match of {
            // Of an answer on several pages nothing is known to ask about.
            Some((_, target)) if request.page == 0 => {
                conditional::question_of(shared, source, &target.name, || request.url.clone())
            }
            Some(_) => Vec::new(),
            None => conditional::question(shared, source, &request),
        };
        exchange.headers.extend(question.iter().cloned());
        let number = request.page;
        let situation = Situation {
            request: Some(request),
            rows_so_far: gathered.rows,
            carried,
            target: of.map(|(_, target)| target.clone()),
        };
        let page = persist(desk, source, async || {
            let mut exchange = exchange.clone();
            // A signature is good for minutes: each try has its own.
            if let Some(signer) = way.signer {
                signer.apply(&mut exchange, (shared.options.now)());
            }
            if let Some((course, _)) = of {
                course.rest().await;
            }
            let page = desk.ask(way.host, source, &exchange, &situation).await;
            page.map_err(|miss| {
                match (of, &miss) {
                    (None, Miss::Net(error)) => {
                        shared.saw_certificate(&source.id, error.certificate_not_after());
                    }
                    (Some((course, _)), _) => course.heard(&miss),
                    (None, _) => {}
                }
                conditional::heard(miss, &question, &exchange.url)
            })
        })
        .await?;
        let paged = page.decoded.next.is_some() || number > 0;
        let (total, page_next) = (page.decoded.total, page.decoded.next.clone());
        carried = gathered.take(page, &shared.held).map(Arc::new);
        next = page_next;
        if paged && of.is_none() {
            desk.tell(Progress::Page {
                source: source.id.clone(),
                rows: gathered.rows,
                total,
            });
        }
    }
    gathered.settle(source);
    Ok(gathered)
}

/// What every exchange of a source has in common; its address is still missing.
pub(super) fn common(shared: &Shared<'_>, source: &SourceConfig) -> Result<Exchange, Message> {
    if let Some(message) = source.literal_secrets().pop() {
        return Err(message);
    }
    let (mut headers, mut masked) = (Vec::new(), Vec::new());
    for (name, value) in &source.headers {
        let resolved = secrets::resolve(value, &shared.workspace.root)?;
        if resolved != *value {
            // Masked is the secret alone, not the word before it.
            let before = value
                .trim()
                .rsplit_once(' ')
                .map_or(0, |(word, _)| word.len() + 1);
            let secret = resolved.get(before..).unwrap_or(&resolved);
            masked.push(secret.to_owned());
        }
        headers.push((name.clone(), resolved));
    }
    let mut limits = shared.options.limits;
    limits.max_bytes = source.max_bytes.unwrap_or(limits.max_bytes);
    if let Some(seconds) = source.timeout_seconds {
        limits.whole = Duration::from_secs(u64::from(seconds));
        // Whoever waits long for the whole waits long for its beginning, too.
        limits.head = limits.head.max(limits.whole / 2);
        limits.idle = limits.idle.max(limits.whole / 2);
    }
    Ok(Exchange {
        url: String::new(),
        masked,
        headers,
        limits,
        policy: Policy {
            allow_private: source.allow_private,
            insecure_certificate: source.insecure_certificate.is_some(),
            accept_status: source.readable_status(),
            origin: shared.options.origin.clone(),
        },
    })
}

/// The exchange for one address, whose secrets are filled in.
pub(super) fn addressed(
    shared: &Shared<'_>,
    common: &Exchange,
    url: &str,
) -> Result<Exchange, Message> {
    let (url, mut masked) = secrets::fill(url, &shared.workspace.root)?;
    masked.extend_from_slice(&common.masked);
    Ok(Exchange {
        url,
        masked,
        ..common.clone()
    })
}

/// Tries until it works, until it cannot, or until the tries are used up.
pub(super) async fn persist<T>(
    desk: &Desk<'_, '_>,
    source: &SourceConfig,
    mut attempt: impl AsyncFnMut() -> Result<T, Miss>,
) -> Result<T, Stopped> {
    let shared = desk.shared;
    let retry = shared.options.retry;
    let mut tries = 0;
    loop {
        if shared.is_stopping() {
            return Err(Stopped::Interrupted);
        }
        let miss = match attempt().await {
            Ok(page) => return Ok(page),
            Err(miss) => miss,
        };
        tries += 1;
        let asked = miss
            .retry_after()
            .map(|after| after.left((shared.options.now)()));
        if let Some(wait) = asked {
            desk.held(source, wait);
        }
        let patient = asked.is_none_or(|wait| wait <= retry.longest);
        if tries >= retry.tries || !miss.is_passing() || !patient || shared.is_stopping() {
            return Err(failed(miss));
        }
        let wait = jittered(retry.base.saturating_mul(1 << (tries - 1).min(10)))
            .max(asked.unwrap_or_default());
        desk.tell(Progress::Retrying {
            source: source.id.clone(),
            message: miss.message(),
            wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        });
        if !desk.pause(wait).await {
            return Err(Stopped::Interrupted);
        }
    }
}

/// The same on a thread of its own, for what is not asked over HTTP.
pub(super) fn persist_apart<T>(
    shared: &Shared<'_>,
    source: &SourceConfig,
    tell: Tell<'_>,
    mut attempt: impl FnMut() -> Result<T, Miss>,
) -> Result<T, Stopped> {
    let retry = shared.options.retry;
    let mut tries = 0;
    loop {
        if shared.is_stopping() {
            return Err(Stopped::Interrupted);
        }
        let miss = match attempt() {
            Ok(page) => return Ok(page),
            Err(miss) => miss,
        };
        tries += 1;
        if tries >= retry.tries || !miss.is_passing() || shared.is_stopping() {
            return Err(failed(miss));
        }
        let wait = jittered(retry.base.saturating_mul(1 << (tries - 1).min(10)));
        tell(Progress::Retrying {
            source: source.id.clone(),
            message: miss.message(),
            wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        });
        let began = Instant::now();
        while began.elapsed() < wait {
            if shared.is_stopping() {
                return Err(Stopped::Interrupted);
            }
            std::thread::sleep(Duration::from_millis(20).min(wait.saturating_sub(began.elapsed())));
        }
    }
}

/// Between three quarters and five quarters of a wait, so that many offices do not come back at
/// the same moment.
fn jittered(wait: Duration) -> Duration {
    let random = std::hash::RandomState::new().build_hasher().finish() % 512;
    wait.saturating_mul(768 + u32::try_from(random).unwrap_or_default()) / 1024
}
