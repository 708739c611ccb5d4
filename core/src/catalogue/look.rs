//! The first look at an address of which nothing is known yet: asked once, its kind told from what
//! came, its maps guessed.

use super::presets::free_id;
use super::text::{YES, config_of, draft_of};
use super::trial::{Understanding, failed, good, guessed_map};
use crate::collect::{RegisterWords, Understood, network_rules, without_secret_texts};
use crate::secrets;
use crate::session::Session;
use crate::transport::{Exchange, Head, Limits, Policy, Transport, plain};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::preview::{Detected, Recorder, detect};
use quarterdeck_sources::{
    Context, Decoded, Kind, Refusal, RequestContext, SourceConfig, decode, first_request,
};
use quarterdeck_view::catalogue::{DraftField, SourceDraft, Trial};
use quarterdeck_view::i18n::say;
use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use toml_edit::{DocumentMut, value};
use url::Url;

/// Largest answer that is looked at: it stands in memory whole.
const MAX_BYTES: u64 = 128 << 20;

/// Figures that are shown.
const READINGS: usize = 20;

/// An answer with the secrets that were sent for it.
struct Came {
    head: Head,
    bytes: Vec<u8>,
    masked: Vec<String>,
}

/// Looks at the draft's address. Whatever goes wrong is the outcome of the try.
pub(super) fn look(
    session: &Session,
    draft: &SourceDraft,
    kind: Option<Kind>,
    interrupt: &AtomicBool,
) -> (SourceDraft, Trial) {
    let came = match ask(session, draft, kind, interrupt) {
        Ok(came) => came,
        Err(message) => return (draft.clone(), failed(message)),
    };
    let address = draft.value(DraftField::Address);
    let seen = detect(&came.bytes, came.head.content_type.as_deref(), address);
    let detected = match kind {
        // What was seen of a kind that somebody chose holds for it.
        Some(kind) => Ok(match seen {
            Ok(seen) if seen.kind == kind => seen,
            _ => Detected::from(kind),
        }),
        None => seen,
    };
    match detected {
        Ok(detected) => understand(session, draft, detected, &came),
        Err(message) => (draft.clone(), failed(message)),
    }
}

/// The least that makes a source of an address.
fn bare(session: &Session, draft: &SourceDraft, detected: Detected) -> String {
    let address = draft.value(DraftField::Address).trim();
    let mut document = DocumentMut::new();
    let id = match draft.value(DraftField::Id) {
        "" => free_id(session.workspace(), &id_of(address)),
        id => id.to_owned(),
    };
    document.insert("id", value(id));
    document.insert("kind", value(detected.kind.id()));
    document.insert("url", value(address));
    document.insert("schedule", value("daily"));
    if draft.value(DraftField::AllowPrivate) == YES {
        document.insert("allow_private", value(true));
    }
    if let Some(delimiter) = detected.delimiter {
        document.insert("delimiter", value(delimiter.to_string()));
    }
    if let Some(row) = detected.header_row {
        document.insert("header_row", value(i64::from(row)));
    }
    document.to_string()
}

/// A name from the address: its host and the last word of its path.
fn id_of(address: &str) -> String {
    let url = Url::parse(address).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or("source");
    let host = host.strip_prefix("www.").unwrap_or(host);
    let last = url
        .as_ref()
        .and_then(|url| url.path_segments()?.rfind(|part| !part.is_empty()))
        .unwrap_or_default();
    let last = last.split('.').next().unwrap_or_default();
    let mut id = String::new();
    let host = host.split('.').next().unwrap_or_default();
    for c in format!("{host}-{last}").chars().take(50) {
        match c {
            c if c.is_ascii_alphanumeric() => id.push(c.to_ascii_lowercase()),
            _ if !id.is_empty() && !id.ends_with('-') => id.push('-'),
            _ => {}
        }
    }
    let id = id.trim_matches('-');
    if id.is_empty() { "source" } else { id }.to_owned()
}

fn parsed(text: &str) -> Result<SourceConfig, Message> {
    let draft = draft_of(text)?;
    config_of(&draft)
}

fn ask(
    session: &Session,
    draft: &SourceDraft,
    kind: Option<Kind>,
    interrupt: &AtomicBool,
) -> Result<Came, Message> {
    // A query of Prometheus stands in the pasted address; its kind would ask for that of a map.
    let kind = kind.filter(|kind| *kind != Kind::Prometheus);
    let config = parsed(&bare(session, draft, kind.unwrap_or(Kind::Json).into()))?;
    if let Some(message) = config.literal_secrets().pop() {
        return Err(message);
    }
    let request = first_request(
        &config,
        &RequestContext {
            quarter: session.default_quarter(session.now()),
            origin: None,
            now: session.now(),
            target: None,
        },
    )?;
    let workspace = session.workspace();
    let (url, masked) = secrets::fill(&request.url, &workspace.root)?;
    let transport = Transport::new(network_rules(workspace)).map_err(|error| error.message())?;
    let exchange = Exchange {
        url,
        masked: masked.clone(),
        headers: Vec::new(),
        limits: Limits {
            max_bytes: MAX_BYTES,
            ..Limits::default()
        },
        policy: Policy {
            allow_private: config.allow_private,
            accept_status: vec![200],
            ..Policy::default()
        },
    };
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Ordering::SeqCst) {
                if interrupt.load(Ordering::SeqCst) {
                    transport.stop();
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let came = whole(&transport, &exchange);
        is_done.store(true, Ordering::SeqCst);
        came.map(|(head, bytes)| Came {
            head,
            bytes,
            masked,
        })
    })
}

fn whole(transport: &Transport, exchange: &Exchange) -> Result<(Head, Vec<u8>), Message> {
    let mut incoming = transport
        .fetch_whole(exchange)
        .map_err(|error| error.message())?;
    let head = incoming.head().clone();
    let mut bytes = Vec::new();
    let read = incoming.read_to_end(&mut bytes);
    if let Some(error) = incoming.failure() {
        return Err(error.message());
    }
    incoming.finish().map_err(|error| error.message())?;
    read.map_err(|error| {
        Message::new("source-read-failed").with("error", plain(&error.to_string(), 80))
    })?;
    Ok((head, bytes))
}

fn read(
    session: &Session,
    config: &SourceConfig,
    came: &Came,
    recorder: &Recorder,
) -> Result<Decoded, Refusal> {
    let words = RegisterWords::new(&session.workspace().register);
    let lookup = |series: &SeriesId| words.lookup(series);
    let earlier = |_: &_, _: _| None;
    let context = Context {
        quarter: session.default_quarter(session.now()),
        fetched_at: session.now(),
        http_status: came.head.http_status,
        content_type: came.head.content_type.as_deref(),
        url: config.url.as_deref(),
        page: 0,
        previous_rows: None,
        rows_so_far: 0,
        carried: None,
        lookup: &lookup,
        earlier: &earlier,
        preview: Some(recorder),
    };
    decode(
        config,
        &context,
        &mut came.bytes.as_slice(),
        &mut std::io::sink(),
    )
    .map_err(|refusal| without_secret_texts(refusal, &came.masked))
}

fn understand(
    session: &Session,
    draft: &SourceDraft,
    detected: Detected,
    came: &Came,
) -> (SourceDraft, Trial) {
    let text = bare(session, draft, detected);
    let config = match parsed(&text) {
        Ok(config) => config,
        Err(message) => return (draft.clone(), failed(message)),
    };
    let recorder = Recorder::new();
    let first = read(session, &config, came, &recorder);
    let preview = recorder.finish();
    let guessed = guessed_map(&session.workspace().register, &preview, &config);
    let remark = Message::new("catalogue-remark")
        .with("place", plain(draft.value(DraftField::Address), 200));
    let remark = say(session.language(), &remark).replace(['\n', '\r'], " ");
    let text = format!("# {remark}\n{text}{}", guessed.to_toml());
    let drafted = draft_of(&text).and_then(|mut next| {
        // What somebody filled in goes before what was guessed.
        for (field, said) in draft.values.iter().filter(|(_, said)| !said.is_empty()) {
            next.values.insert(*field, said.clone());
        }
        next.is_changed = true;
        Ok((config_of(&next)?, next))
    });
    let (config, next) = match drafted {
        Ok(drafted) => drafted,
        Err(message) => return (draft.clone(), failed(message)),
    };
    let recorder = Recorder::new();
    let second = match guessed.maps.is_empty() {
        true => first,
        false => read(session, &config, came, &recorder),
    };
    let mut understood = Understood {
        preview,
        ..Understood::default()
    };
    if understood.preview.columns.is_empty() && understood.preview.paths.is_empty() {
        understood.preview = recorder.finish();
    }
    let (is_good, outcome, findings) = match second {
        Ok(decoded) => {
            let sentence = good(decoded.rows, decoded.readings.len());
            understood.encoding = decoded.encoding;
            understood.readings = decoded.readings;
            understood.readings.truncate(READINGS);
            (true, sentence, decoded.findings)
        }
        Err(refusal) => (false, refusal.message, Vec::new()),
    };
    let trial = Understanding {
        is_good,
        outcome,
        kind: config.kind,
        findings: &findings,
        masked: &came.masked,
    }
    .trial(&understood);
    (next, trial)
}
