//! One try at one page or file: asked, read, decoded, with what is kept of its bytes.

use super::blank::{self, Blanked};
use super::body::{Copied, FilePipe, Kept, refused, store_broken};
use super::known::fingerprint;
use super::miss::Miss;
use super::{Progress, Shared, Understood};
use crate::transport::{self, Incoming};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::preview::Recorder;
use quarterdeck_sources::targets::place_of;
use quarterdeck_sources::{Carried, Context, Decoded, Refusal, Request, SourceConfig, decode};
use quarterdeck_store::{CaptureBody, NewCapture, Packer};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A body reports its progress every so many bytes.
const REPORT_EVERY: u64 = 1024 * 1024;

pub(super) type Tell<'a> = &'a dyn Fn(Progress);

/// Where in an answer of several pages we are.
#[derive(Clone)]
pub(super) struct Situation {
    pub(super) request: Option<Request>,
    pub(super) rows_so_far: u64,
    pub(super) carried: Option<Arc<Carried>>,
    pub(super) target: Option<Target>,
}

impl Situation {
    /// The only page of a source.
    pub(super) fn only() -> Situation {
        Situation {
            request: None,
            rows_so_far: 0,
            carried: None,
            target: None,
        }
    }
}

/// What a thread that reads answers keeps from one to the next.
pub(super) struct Hands {
    packer: Packer,
    /// A source with several targets as its maps are for the last one.
    own: Option<(Arc<SourceConfig>, SourceConfig)>,
}

impl Hands {
    pub(super) fn new() -> Hands {
        Hands {
            packer: Packer::new(),
            own: None,
        }
    }

    /// The source as it is for a target.
    fn filled<'a>(
        own: &'a mut Option<(Arc<SourceConfig>, SourceConfig)>,
        target: &Target,
    ) -> &'a SourceConfig {
        if own
            .as_ref()
            .is_none_or(|(of, _)| !Arc::ptr_eq(of, &target.bare))
        {
            *own = None;
        }
        let anew = || (Arc::clone(&target.bare), (*target.bare).clone());
        let (of, filled) = own.get_or_insert_with(anew);
        filled.set_target(of, &target.name);
        filled
    }
}

/// Whose answer it is, where a source has an address for each of many.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) name: Arc<str>,
    /// The source without the list of all of them.
    pub(super) bare: Arc<SourceConfig>,
}

/// A decoded page with what is kept of it.
pub(super) struct Page {
    pub(super) decoded: Decoded,
    pub(super) sha256: String,
    pub(super) capture: Option<NewCapture>,
    /// Fingerprint of the source's file.
    pub(super) by: String,
}

/// Decodes an answer that is there or coming in, on the thread that reads it.
pub(super) fn read_answer(
    shared: &Shared<'_>,
    source: &SourceConfig,
    mut incoming: Incoming,
    masked: &[String],
    situation: &Situation,
    hands: &mut Hands,
    tell: Tell<'_>,
) -> Result<Page, Miss> {
    let Hands { packer, own } = hands;
    let source = match &situation.target {
        Some(target) => Hands::filled(own, target),
        None => source,
    };
    let head = incoming.take_head();
    shared.saw_certificate(&source.id, head.certificate_not_after);
    let fetched_at = (shared.options.now)();
    let circumstances = Circumstances {
        fetched_at,
        http_status: head.http_status,
        content_type: head.content_type.as_deref(),
        masked,
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
    if let Err(Miss::Store(failure)) = read {
        return Err(Miss::Store(failure));
    }
    // A body that broke off is the reason for whatever the decoder made of it.
    if let Some(error) = incoming.failure() {
        return Err(Miss::Net(error.clone()));
    }
    let read = read?;
    let answer = incoming.finish().map_err(Miss::Net)?;
    let (status, wait) = (head.http_status, head.wait);
    let capture = |stored: Option<Stored>, recipe: Option<String>| {
        stored.map(|(stored_sha256, body)| NewCapture {
            sha256: answer.sha256.clone(),
            stored_sha256,
            recipe,
            url: head.url,
            method: "GET".to_owned(),
            http_status: head.http_status,
            headers: head.headers,
            remote_addr: head.remote_addr,
            fetched_at,
            bytes: answer.bytes,
            body,
            source: source.id.clone(),
            run: None,
        })
    };
    let page = completed(
        read,
        (shared, source),
        &answer.sha256,
        status,
        packer,
        capture,
    );
    let page = page.map(|mut page| {
        for located in &mut page.decoded.readings {
            if let Some(target) = &situation.target {
                located.at = place_of(&target.name, &located.at);
            }
        }
        page
    });
    page.map_err(|miss| match miss {
        Miss::Refused {
            refusal,
            status,
            evidence,
            ..
        } => Miss::Refused {
            // A portal may repeat the key that it does not like.
            refusal: blank::refusal(refusal, masked),
            status,
            wait,
            evidence,
        },
        other => other,
    })
}

/// The stored bytes: hash and body.
pub(super) type Stored = (String, CaptureBody);

/// A body that was read to its end, taken or refused, with what is kept of it.
pub(super) fn completed(
    read: Decoding,
    (shared, source): (&Shared<'_>, &SourceConfig),
    sha256: &str,
    status: u16,
    packer: &mut Packer,
    capture: impl FnOnce(Option<Stored>, Option<String>) -> Option<NewCapture>,
) -> Result<Page, Miss> {
    let Decoding {
        decoded,
        kept,
        original,
        blanked,
        has_target,
    } = read;
    if let Some(original) = original {
        original.finish().map_err(Miss::Store)?;
    }
    let stored = match kept {
        Some(kept) => kept.finish(packer).map_err(Miss::Store)?,
        None => None,
    };
    match decoded {
        Ok(decoded) => {
            let capture = capture(stored, blank::recipe(decoded.recipe.clone(), blanked));
            Ok(Page {
                decoded,
                sha256: sha256.to_owned(),
                capture,
                // Nobody asks by which file one answer of thousands was read.
                by: match has_target {
                    true => String::new(),
                    false => fingerprint(shared.workspace, source),
                },
            })
        }
        Err(refusal) => {
            let evidence = capture(stored, blank::recipe(None, blanked)).map(Box::new);
            Err(Miss::Refused {
                refusal,
                status,
                wait: None,
                evidence,
            })
        }
    }
}

/// Reads one file of a drop folder.
pub(super) fn read_file(
    shared: &Shared<'_>,
    source: &SourceConfig,
    path: &Path,
    several: bool,
    packer: &mut Packer,
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
            wait: None,
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
        masked: &[],
    };
    let situation = Situation::only();
    let read = read_body(
        shared,
        source,
        &circumstances,
        &situation,
        !several,
        &mut body,
        tell,
    );
    if let Err(Miss::Store(failure)) = read {
        return Err(Miss::Store(failure));
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
    completed(read, (shared, source), &sha256, 200, packer, capture)
}

/// Relative to the workspace, with `/`: the same on every machine.
pub(super) fn shown_path(path: &Path, workspace: &Path) -> String {
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

pub(super) struct Circumstances<'a> {
    pub(super) fetched_at: DateTime<Utc>,
    pub(super) http_status: u16,
    pub(super) content_type: Option<&'a str>,
    /// Secrets that were sent: a portal may repeat them.
    pub(super) masked: &'a [String],
}

/// Decodes a body on this thread while it comes in.
pub(super) fn read_body(
    shared: &Shared<'_>,
    source: &SourceConfig,
    circumstances: &Circumstances<'_>,
    situation: &Situation,
    comparable: bool,
    body: &mut dyn Read,
    tell: Tell<'_>,
) -> Result<Decoding, Miss> {
    let folder = shared.folder.as_deref();
    let kept = Kept::new(folder, &shared.held);
    let mut kept = Blanked::new(kept, circumstances.masked);
    let original = match folder
        .filter(|_| source.keep_original && !source.personal_fields.is_empty())
    {
        Some(folder) => Some(
            FilePipe::new(folder, true).map_err(|error| Miss::Store(refused(folder, &error)))?,
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
    let earlier = |series: &SeriesId, period| shared.earlier(&source.id, series, period);
    let recorder = shared.options.preview.then(Recorder::new);
    let context = Context {
        quarter: shared.options.quarter,
        fetched_at: circumstances.fetched_at,
        http_status: circumstances.http_status,
        content_type: circumstances.content_type,
        url: situation
            .request
            .as_ref()
            .map(|request| request.url.as_str()),
        page: situation.request.as_ref().map_or(0, |request| request.page),
        previous_rows: shared
            .known
            .get(&source.id)
            .and_then(|known| match &situation.target {
                Some(target) => known.rows_of.get(&*target.name).copied(),
                None => known.rows,
            })
            .filter(|_| comparable),
        rows_so_far: situation.rows_so_far,
        carried: situation.carried.as_deref(),
        lookup: &lookup,
        earlier: &earlier,
        preview: recorder.as_ref(),
    };
    let decoded = decode(source, &context, &mut body, &mut kept)
        .map(|decoded| blank::decoded(decoded, circumstances.masked));
    let (kept, blanked) = kept.end();
    if let Some(recorder) = recorder {
        let understood = Understood {
            preview: recorder.finish(),
            encoding: decoded.as_ref().map_or("", |decoded| decoded.encoding),
            readings: Vec::new(),
        };
        shared.understand(&source.id, understood);
    }
    // A decoder reads to the end; a copy of the original must be whole in any case. A body that
    // breaks off is found out by whoever reads it.
    let _ = io::copy(&mut body, &mut io::sink());
    let mut original = body.original.take();
    // Of targets it is told together.
    if bytes > told && situation.target.is_none() {
        tell(Progress::Reading {
            source: source.id.clone(),
            bytes,
        });
    }
    // Whatever the decoder made of it: the disk broke the copy off, not the portal.
    if let Some(pipe) = original.take_if(|pipe| pipe.is_broken()) {
        let failure = pipe.failure().unwrap_or_else(|| store_broken(""));
        return Err(Miss::Store(failure));
    }
    let has_target = situation.target.is_some();
    match (&decoded, kept.is_broken()) {
        (Ok(_), false) => Ok(Decoding {
            decoded,
            kept: Some(kept),
            original,
            blanked,
            has_target,
        }),
        (Err(_), false) => {
            // What a decoder refused may hold personal fields that nobody blanked.
            let kept = source.personal_fields.is_empty().then_some(kept);
            Ok(Decoding {
                decoded,
                kept,
                original: None,
                blanked,
                has_target,
            })
        }
        (_, true) => Err(Miss::Store(
            kept.failure().unwrap_or_else(|| store_broken("")),
        )),
    }
}

/// A body that was read: what the decoder says, and the bytes that may be stored.
pub(super) struct Decoding {
    decoded: Result<Decoded, Refusal>,
    kept: Option<Kept>,
    original: Option<FilePipe>,
    blanked: bool,
    has_target: bool,
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
