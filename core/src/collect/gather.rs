//! One source: asked page by page, tried again where that may help, decoded.

use super::body::{Copied, FilePipe, Kept};
use super::{Progress, Shared, drop_folder};
use crate::platform;
use crate::secrets;
use crate::transport::{self, Exchange, NetError, Policy};
use chrono::{DateTime, NaiveDate, Utc};
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::source::Outcome;
use quarterdeck_sources::{
    Carried, Context, Decoded, Kind, Located, Refusal, Request, RequestContext, SourceConfig,
    decode, first_request,
};
use quarterdeck_store::{CaptureBody, NewCapture};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Pages of one answer; a source that has more of them counts wrong.
const PAGES: u32 = 5_000;

/// A body reports its progress every so many bytes.
const REPORT_EVERY: u64 = 1024 * 1024;

/// What a source sent, complete and ready to be recorded.
#[derive(Default)]
pub(super) struct Gathered {
    /// What may be stored of each page or file.
    pub(super) captures: Vec<NewCapture>,
    /// Readings with the hash of the original they stand in.
    pub(super) readings: Vec<(String, Located)>,
    pub(super) findings: Vec<Finding>,
    pub(super) rows: u64,
    pub(super) data_day: Option<NaiveDate>,
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
    Store(Message),
}

type Tell<'a> = &'a dyn Fn(Progress);

/// One try at one page, failed.
enum Miss {
    Net(NetError),
    Refused {
        refusal: Refusal,
        status: u16,
        evidence: Option<Box<NewCapture>>,
    },
    Local(Message),
    Store(Message),
}

impl Miss {
    fn is_passing(&self) -> bool {
        match self {
            Miss::Net(error) => error.is_passing(),
            // An answer under an accepted error status was looked at first; now it may be tried again.
            Miss::Refused { status, .. } => *status == 429 || *status >= 500,
            Miss::Local(_) | Miss::Store(_) => false,
        }
    }
    fn message(&self) -> Message {
        match self {
            Miss::Net(error) => error.message(),
            Miss::Refused { refusal, .. } if refusal.excerpt.is_empty() => refusal.message.clone(),
            Miss::Refused { refusal, .. } => Message::new("collect-refused")
                .with("reason", refusal.message.clone())
                .with("excerpt", refusal.excerpt.clone()),
            Miss::Local(message) | Miss::Store(message) => message.clone(),
        }
    }
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
        Miss::Store(message) => return Stopped::Store(message),
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

/// Where in an answer of several pages we are.
struct Situation<'a> {
    request: Option<&'a Request>,
    rows_so_far: u64,
    carried: Option<&'a Carried>,
}

/// A decoded page with what is kept of it.
struct Page {
    decoded: Decoded,
    sha256: String,
    capture: Option<NewCapture>,
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
        self.data_day = self.data_day.max(decoded.data_day);
        decoded.carried
    }
}

fn ask_once(
    shared: &Shared<'_>,
    source: &SourceConfig,
    exchange: &Exchange,
    situation: &Situation<'_>,
    tell: Tell<'_>,
) -> Result<Page, Miss> {
    let mut incoming = shared.transport.open(exchange.clone()).map_err(Miss::Net)?;
    let head = incoming.head().clone();
    let fetched_at = (shared.options.now)();
    let circumstances = Circumstances {
        fetched_at,
        http_status: head.http_status,
        content_type: head.content_type.as_deref(),
    };
    let read = read_body(
        shared,
        source,
        &circumstances,
        situation,
        true,
        &mut incoming,
        tell,
    );
    if let Err(Miss::Store(message)) = read {
        return Err(Miss::Store(message));
    }
    // A body that broke off is the reason for whatever the decoder made of it.
    if let Some(error) = incoming.failure() {
        return Err(Miss::Net(error.clone()));
    }
    let read = read?;
    let answer = incoming.finish().map_err(Miss::Net)?;
    let capture = |stored: Option<Stored>, recipe: Option<String>| {
        stored.map(|(stored_sha256, body)| NewCapture {
            sha256: answer.sha256.clone(),
            stored_sha256,
            recipe,
            url: head.url.clone(),
            method: "GET".to_owned(),
            http_status: head.http_status,
            headers: head.headers.clone(),
            remote_addr: head.remote_addr.clone(),
            fetched_at,
            bytes: answer.bytes,
            body,
            source: source.id.clone(),
            run: None,
        })
    };
    completed(read, &answer.sha256, head.http_status, capture)
}

/// The stored bytes: hash and body.
type Stored = (String, CaptureBody);

/// A body that was read to its end, taken or refused, with what is kept of it.
fn completed(
    read: Decoding,
    sha256: &str,
    status: u16,
    capture: impl Fn(Option<Stored>, Option<String>) -> Option<NewCapture>,
) -> Result<Page, Miss> {
    let Decoding {
        decoded,
        kept,
        original,
    } = read;
    if let Some(original) = original {
        original.finish().map_err(Miss::Store)?;
    }
    let stored = match kept {
        Some(kept) => kept.finish().map_err(Miss::Store)?,
        None => None,
    };
    match decoded {
        Ok(decoded) => {
            let capture = capture(stored, decoded.recipe.clone());
            Ok(Page {
                decoded,
                sha256: sha256.to_owned(),
                capture,
            })
        }
        Err(refusal) => {
            let evidence = capture(stored, None).map(Box::new);
            Err(Miss::Refused {
                refusal,
                status,
                evidence,
            })
        }
    }
}

fn read_file(
    shared: &Shared<'_>,
    source: &SourceConfig,
    path: &Path,
    several: bool,
    tell: Tell<'_>,
) -> Result<Page, Miss> {
    let shown = shown_path(path, &shared.workspace.root);
    let unreadable = |error: io::Error| {
        Miss::Local(
            Message::new("collect-file-unreadable")
                .with("file", transport::plain(&shown, 200))
                .with("detail", error.to_string()),
        )
    };
    let file = File::open(path).map_err(unreadable)?;
    let limit = source.max_bytes.unwrap_or(shared.options.limits.max_bytes);
    if file.metadata().map_err(unreadable)?.len() > limit {
        let message = Message::new("collect-file-too-large")
            .with("file", shown)
            .with("limit", limit);
        let refusal = Refusal {
            message,
            excerpt: String::new(),
        };
        return Err(Miss::Refused {
            refusal,
            status: 200,
            evidence: None,
        });
    }
    let fetched_at = (shared.options.now)();
    let mut body = Hashed {
        inner: file.take(limit),
        hash: Sha256::new(),
        bytes: 0,
        failure: None,
    };
    let circumstances = Circumstances {
        fetched_at,
        http_status: 200,
        content_type: None,
    };
    let situation = Situation {
        request: None,
        rows_so_far: 0,
        carried: None,
    };
    let read = read_body(
        shared,
        source,
        &circumstances,
        &situation,
        !several,
        &mut body,
        tell,
    );
    if let Err(Miss::Store(message)) = read {
        return Err(Miss::Store(message));
    }
    if let Some(error) = body.failure.take() {
        return Err(unreadable(error));
    }
    let read = read?;
    io::copy(&mut body, &mut io::sink()).map_err(unreadable)?;
    let (bytes, sha256) = (body.bytes, transport::hex(&body.hash.finalize()));
    let capture = |stored: Option<Stored>, recipe: Option<String>| {
        stored.map(|(stored_sha256, body)| NewCapture {
            sha256: sha256.clone(),
            stored_sha256,
            recipe,
            url: format!("file:{shown}"),
            method: "FILE".to_owned(),
            http_status: 200,
            headers: Vec::new(),
            remote_addr: None,
            fetched_at,
            bytes,
            body,
            source: source.id.clone(),
            run: None,
        })
    };
    completed(read, &sha256, 200, capture)
}

/// Relative to the workspace, with `/`: the same on every machine.
fn shown_path(path: &Path, workspace: &Path) -> String {
    let workspace = workspace
        .canonicalize()
        .unwrap_or_else(|_| PathBuf::from(workspace));
    let relative = path.strip_prefix(&workspace).map_or_else(
        |_| path.file_name().map(PathBuf::from).unwrap_or_default(),
        Path::to_owned,
    );
    let parts: Vec<_> = relative
        .components()
        .map(|c| c.as_os_str().to_string_lossy().into_owned())
        .collect();
    transport::plain(&parts.join("/"), 300)
}

struct Circumstances<'a> {
    fetched_at: DateTime<Utc>,
    http_status: u16,
    content_type: Option<&'a str>,
}

/// Decodes a body on this thread while it comes in.
fn read_body(
    shared: &Shared<'_>,
    source: &SourceConfig,
    circumstances: &Circumstances<'_>,
    situation: &Situation<'_>,
    comparable: bool,
    body: &mut dyn Read,
    tell: Tell<'_>,
) -> Result<Decoding, Miss> {
    let folder = shared.folder.as_deref();
    let mut kept = Kept::new(folder);
    let original =
        match folder.filter(|_| source.keep_original && !source.personal_fields.is_empty()) {
            Some(folder) => Some(
                FilePipe::new(folder, true)
                    .map_err(|error| Miss::Store(platform::refused(folder, &error)))?,
            ),
            None => None,
        };
    let (mut bytes, mut told) = (0, 0);
    let mut seen = |length: usize| {
        bytes += u64::try_from(length).unwrap_or_default();
        if bytes >= told + REPORT_EVERY {
            told = bytes;
            tell(Progress::Reading {
                source: source.id.clone(),
                bytes,
            });
        }
    };
    let mut body = Copied {
        inner: body,
        original,
        seen: &mut seen,
    };
    let lookup = |series: &_| shared.words.lookup(series);
    let context = Context {
        quarter: shared.options.quarter,
        fetched_at: circumstances.fetched_at,
        http_status: circumstances.http_status,
        content_type: circumstances.content_type,
        url: situation.request.map(|request| request.url.as_str()),
        page: situation.request.map_or(0, |request| request.page),
        previous_rows: shared
            .previous
            .get(&source.id)
            .copied()
            .filter(|_| comparable),
        rows_so_far: situation.rows_so_far,
        carried: situation.carried,
        lookup: &lookup,
    };
    let decoded = decode(source, &context, &mut body, &mut kept);
    // A decoder reads to the end; a copy of the original must be whole in any case. A body that
    // breaks off is found out by whoever reads it.
    let _ = io::copy(&mut body, &mut io::sink());
    let original = body.original.take();
    match (&decoded, kept.is_broken()) {
        (Ok(_), false) => Ok(Decoding {
            decoded,
            kept: Some(kept),
            original,
        }),
        (Err(_), false) => {
            // What a decoder refused may hold personal fields that nobody blanked.
            let kept = source.personal_fields.is_empty().then_some(kept);
            Ok(Decoding {
                decoded,
                kept,
                original: None,
            })
        }
        (_, true) => Err(Miss::Store(kept.failure().unwrap_or_else(|| {
            Message::new("collect-store-broken").with("detail", "")
        }))),
    }
}

/// A body that was read: what the decoder says, and the bytes that may be stored.
struct Decoding {
    decoded: Result<Decoded, Refusal>,
    kept: Option<Kept>,
    original: Option<FilePipe>,
}

/// Hashes and counts what is read.
struct Hashed<R> {
    inner: R,
    hash: Sha256,
    bytes: u64,
    failure: Option<io::Error>,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = match self.inner.read(buffer) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                let copy = io::Error::new(error.kind(), error.to_string());
                self.failure = Some(error);
                return Err(copy);
            }
        };
        self.hash.update(buffer.get(..length).unwrap_or_default());
        self.bytes += u64::try_from(length).unwrap_or_default();
        Ok(length)
    }
}
