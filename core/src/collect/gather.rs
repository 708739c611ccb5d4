//! One source: asked page by page, tried again where that may help, decoded.

use super::page::{Miss, Page, Situation, Tell, ask_once, read_file};
use super::{Progress, Shared, drop_folder};
use crate::failure::Failure;
use crate::secrets;
use crate::transport::{self, Exchange, Policy};
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::source::Outcome;
use quarterdeck_sources::{Carried, Kind, Located, RequestContext, SourceConfig, first_request};
use quarterdeck_store::NewCapture;
use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, Instant};

/// Pages of one answer; a source that has more of them counts wrong.
const PAGES: u32 = 5_000;

/// What a source sent, complete and ready to be recorded.
#[derive(Default)]
pub(super) struct Gathered {
    /// What may be stored of each page or file.
    pub(super) captures: Vec<NewCapture>,
    /// Readings with the hash of the original they stand in.
    pub(super) readings: Vec<(String, Located)>,
    pub(super) findings: Vec<Finding>,
    pub(super) rows: u64,
}

/// Why there is nothing to record but the attempt.
pub(super) enum Stopped {
    /// It did not answer, or what it sent was refused; then it is kept as evidence.
    Failed {
        outcome: Outcome,
        message: Message,
        evidence: Option<Box<NewCapture>>,
    },
    /// The run was stopped.
    Interrupted,
    /// The store cannot take what came.
    Store(Failure),
}

/// Asks a source and decodes what it sends.
pub(super) fn gather(
    shared: &Shared<'_>,
    source: &SourceConfig,
    tell: Tell<'_>,
) -> Result<Gathered, Stopped> {
    let mut gathered = match source.kind {
        Kind::File => gather_files(shared, source, tell),
        Kind::Json | Kind::Csv | Kind::Datastore => gather_pages(shared, source, tell),
    }?;
    if let Some(reason) = source
        .insecure_certificate
        .as_deref()
        .filter(|_| source.kind != Kind::File)
    {
        let text = Message::new("collect-insecure-certificate")
            .with("source", source.id.as_str())
            .with("reason", transport::plain(reason, 200));
        gathered.findings.push(Finding::new(
            "insecure-certificate@1",
            Severity::Info,
            None,
            Some(&source.id),
            text,
        ));
    }
    Ok(gathered)
}

fn failed(miss: Miss) -> Stopped {
    let message = miss.message();
    let (outcome, evidence) = match miss {
        Miss::Net(error) if error.trouble == transport::Trouble::Interrupted => {
            return Stopped::Interrupted;
        }
        Miss::Store(failure) => return Stopped::Store(failure),
        Miss::Net(error) if error.is_answer() => (Outcome::Rejected, None),
        Miss::Refused { evidence, .. } => (Outcome::Rejected, evidence),
        Miss::Net(_) | Miss::Local(_) => (Outcome::Failed, None),
    };
    Stopped::Failed {
        outcome,
        message,
        evidence,
    }
}

fn gather_pages(
    shared: &Shared<'_>,
    source: &SourceConfig,
    tell: Tell<'_>,
) -> Result<Gathered, Stopped> {
    let local = |message| failed(Miss::Local(message));
    let origin = shared.options.origin.as_ref();
    let context = RequestContext {
        quarter: shared.options.quarter,
        origin: origin.map(|origin| origin.placeholder.as_str()),
    };
    let mut headers = Vec::new();
    for (name, value) in &source.headers {
        headers.push((
            name.clone(),
            secrets::resolve(value, &shared.workspace.root).map_err(local)?,
        ));
    }
    let mut limits = shared.options.limits;
    limits.max_bytes = source.max_bytes.unwrap_or(limits.max_bytes);
    if let Some(seconds) = source.timeout_seconds {
        limits.whole = Duration::from_secs(u64::from(seconds));
    }
    let policy = Policy {
        allow_private: source.allow_private,
        insecure_certificate: source.insecure_certificate.is_some(),
        accept_status: source.accept_status.clone(),
        origin: origin.cloned(),
    };
    let mut gathered = Gathered::default();
    let mut carried: Option<Carried> = None;
    let mut next = Some(first_request(source, &context).map_err(local)?);
    while let Some(request) = next.take() {
        if request.page >= PAGES {
            let message = Message::new("collect-too-many-pages").with("pages", PAGES);
            return Err(Stopped::Failed {
                outcome: Outcome::Rejected,
                message,
                evidence: None,
            });
        }
        let exchange = Exchange {
            url: request.url.clone(),
            headers: headers.clone(),
            limits,
            policy: policy.clone(),
        };
        let situation = Situation {
            request: Some(&request),
            rows_so_far: gathered.rows,
            carried: carried.as_ref(),
        };
        let page = persist(shared, source, tell, || {
            ask_once(shared, source, &exchange, &situation, tell)
        })?;
        let paged = page.decoded.next.is_some() || request.page > 0;
        let (total, page_next) = (page.decoded.total, page.decoded.next.clone());
        carried = gathered.take(page);
        next = page_next;
        if paged {
            tell(Progress::Page {
                source: source.id.clone(),
                rows: gathered.rows,
                total,
            });
        }
    }
    Ok(gathered)
}

fn gather_files(
    shared: &Shared<'_>,
    source: &SourceConfig,
    tell: Tell<'_>,
) -> Result<Gathered, Stopped> {
    let nothing = || {
        Ok(drop_folder::Found {
            files: Vec::new(),
            escapes: Vec::new(),
        })
    };
    let found = shared
        .files
        .get(&source.id)
        .cloned()
        .unwrap_or_else(nothing);
    let found = found.map_err(|message| failed(Miss::Local(message)))?;
    let mut gathered = Gathered::default();
    let several = found.files.len() > 1;
    for path in &found.files {
        if shared.is_stopping() {
            return Err(Stopped::Interrupted);
        }
        let page = read_file(shared, source, path, several, tell).map_err(failed)?;
        // The newest file is the last; its rows are what the next run is compared with.
        gathered.rows = 0;
        gathered.take(page);
    }
    if !found.escapes.is_empty() {
        let text = Message::new("collect-link-escapes")
            .with("source", source.id.as_str())
            .with("files", found.escapes.join(", "));
        gathered.findings.push(Finding::new(
            "link-escape@1",
            Severity::Warning,
            None,
            Some(&source.id),
            text,
        ));
    }
    Ok(gathered)
}

/// Tries until it works, until it cannot, or until the tries are used up.
fn persist<T>(
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
        let asked = match &miss {
            Miss::Net(error) => error
                .retry_after()
                .map(|after| after.left((shared.options.now)())),
            Miss::Refused { .. } | Miss::Local(_) | Miss::Store(_) => None,
        };
        let patient = asked.is_none_or(|wait| wait <= retry.longest);
        if tries >= retry.tries || !miss.is_passing() || !patient || shared.is_stopping() {
            return Err(failed(miss));
        }
        let wait = jittered(retry.base.saturating_mul(1 << (tries - 1).min(10)))
            .max(asked.unwrap_or_default());
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

impl Gathered {
    /// Adds a page; gives what the next one needs.
    fn take(&mut self, page: Page) -> Option<Carried> {
        let Page {
            decoded,
            sha256,
            capture,
        } = page;
        self.captures.extend(capture);
        self.readings.extend(
            decoded
                .readings
                .into_iter()
                .map(|located| (sha256.clone(), located)),
        );
        self.findings.extend(decoded.findings);
        self.rows += decoded.rows;
        decoded.carried
    }
}
