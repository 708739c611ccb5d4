//! Kind `health`: one look at a service. That it is down is what was to be found out, so that only
//! what lies with us fails: settings, an address that may not be asked, a stop.

use super::Shared;
use super::gather::{Gathered, Stopped, failed};
use super::made::{Made, read_made};
use super::miss::Miss;
use super::page::Tell;
use super::pages::{addressed, common};
use crate::transport::{self, Exchange, NetError, Policy, Trouble, without_secrets};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::{Act, Cause, Observation, Recorded};
use quarterdeck_sources::health::{Probe, SCHEMA};
use quarterdeck_sources::{Earlier, Kind, SourceConfig, first_request};
use std::collections::HashMap;
use std::time::Duration;
use url::Url;

/// How much of an answer is looked at.
const BEGINNING: usize = 64 * 1024;
/// A service that takes longer is down, where the source says nothing else.
const WHOLE: Duration = Duration::from_secs(30);

/// The last reading of each figure that the sources of kind `health` gave, corrections by people
/// left aside: what was counted goes on.
pub(super) fn earlier(
    rows: &[Recorded<Observation>],
    sources: &[&SourceConfig],
) -> HashMap<(String, SeriesId, Period), Earlier> {
    let mut out = HashMap::new();
    for row in rows {
        let Cause::Capture { source, .. } = &row.cause else {
            continue;
        };
        let is_ours = |s: &&&SourceConfig| s.kind == Kind::Health && s.id == *source;
        if row.act == Act::Record && sources.iter().any(|s| is_ours(&s)) {
            let key = (source.to_string(), row.item.series.clone(), row.item.period);
            let found = Earlier {
                value: row.item.value(),
                parts: row.item.parts,
            };
            out.insert(key, found);
        }
    }
    out
}

/// What was seen of the service.
#[derive(Default)]
struct Seen {
    url: Option<String>,
    remote_addr: Option<String>,
    http_status: Option<u16>,
    head: Option<Duration>,
    end: Option<Duration>,
    beginning: Vec<u8>,
    not_after: Option<DateTime<Utc>>,
    trouble: Option<NetError>,
}

/// Looks at a service and decodes what was seen.
pub(super) fn gather(
    shared: &Shared<'_>,
    source: &SourceConfig,
    tell: Tell<'_>,
) -> Result<Gathered, Stopped> {
    let local = |message| failed(Miss::Local(message));
    if let Some(problem) = source.problems().into_iter().next() {
        return Err(local(problem));
    }
    let health = source.health.clone().unwrap_or_default();
    let context = shared.options.request_context();
    let request = first_request(source, &context).map_err(local)?;
    let common = common(shared, source).map_err(local)?;
    let mut exchange = addressed(shared, &common, &request.url).map_err(local)?;
    exchange.policy.accept_status = health.expect_status.clone();
    exchange.limits.max_bytes = u64::MAX;
    if source.timeout_seconds.is_none() {
        exchange.limits.whole = exchange.limits.whole.min(WHOLE);
    }
    let at = (shared.options.now)();
    let seen = look(shared, &exchange);
    shared.saw_certificate(&source.id, seen.not_after);
    if let Some(error) = seen.trouble.as_ref().filter(|error| is_ours(error)) {
        return Err(failed(Miss::Net(error.clone())));
    }
    let reached = seen.trouble.is_none() || seen.http_status.is_some();
    let counted = match &health.neutral_url {
        Some(url) if !reached => answers(shared, &exchange, url),
        _ => true,
    };
    if shared.is_stopping() {
        return Err(Stopped::Interrupted);
    }
    let text_found = health
        .expect_text
        .as_deref()
        .filter(|_| seen.trouble.is_none())
        .map(|text| String::from_utf8_lossy(&seen.beginning).contains(text));
    let shown = Url::parse(&exchange.url)
        .map(|url| transport::mask(&without_secrets(&url), &exchange.masked));
    let probe = Probe {
        schema: SCHEMA.to_owned(),
        url: seen.url.clone().or(shown.ok()).unwrap_or_default(),
        at,
        counted,
        up: seen.trouble.is_none() && text_found != Some(false),
        http_status: seen.http_status,
        head_ms: seen.head.map(milliseconds),
        elapsed_ms: seen.end.map(milliseconds),
        text_found,
        certificate_not_after: seen.not_after,
        trouble: seen
            .trouble
            .as_ref()
            .map(|error| error.message().id.into_owned()),
    };
    let bytes = serde_json::to_vec(&probe).unwrap_or_default();
    let made = Made {
        url: probe.url.clone(),
        method: "PROBE",
        headers: Vec::new(),
        remote_addr: seen.remote_addr,
        http_status: seen.http_status.unwrap_or_default(),
        content_type: "application/json",
        fetched_at: at,
    };
    let page = read_made(shared, source, &made, &bytes, tell).map_err(failed)?;
    let mut gathered = Gathered::default();
    gathered.take(page, &shared.held);
    if let Some(error) = seen.trouble {
        gathered
            .findings
            .insert(0, finding(source, &error, counted));
    }
    Ok(gathered)
}

fn finding(source: &SourceConfig, error: &NetError, counted: bool) -> Finding {
    let (rule, id) = match counted {
        true => ("service-down@1", "collect-probe-down"),
        false => ("own-network-down@1", "collect-probe-not-counted"),
    };
    let text = Message::new(id)
        .with("source", source.id.as_str())
        .with("reason", error.message());
    Finding::new(rule, Severity::Warning, None, Some(&source.id), text)
}

fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

/// Trouble that says nothing about the service.
fn is_ours(error: &NetError) -> bool {
    matches!(
        error.trouble,
        Trouble::BadUrl { .. }
            | Trouble::Scheme { .. }
            | Trouble::Private { .. }
            | Trouble::NotAllowed { .. }
            | Trouble::CaFile { .. }
            | Trouble::Settings { .. }
            | Trouble::Interrupted
    )
}

fn look(shared: &Shared<'_>, exchange: &Exchange) -> Seen {
    let mut seen = Seen::default();
    let looked = shared.transport.look(exchange, BEGINNING);
    if let Some((head, elapsed)) = looked.head {
        seen.head = Some(elapsed);
        seen.http_status = Some(head.http_status);
        seen.not_after = head.certificate_not_after;
        seen.remote_addr = head.remote_addr;
        seen.url = Some(head.url);
    }
    seen.beginning = looked.beginning;
    match looked.outcome {
        Ok(elapsed) => seen.end = Some(elapsed),
        Err(error) => {
            match &error.trouble {
                Trouble::Status { status, .. } => seen.http_status = Some(*status),
                Trouble::Certificate { not_after, .. } => seen.not_after = *not_after,
                _ => {}
            }
            seen.trouble = Some(error);
        }
    }
    seen
}

/// Whether somebody else's address gives any answer at all.
fn answers(shared: &Shared<'_>, exchange: &Exchange, url: &str) -> bool {
    let exchange = Exchange {
        url: url.to_owned(),
        masked: Vec::new(),
        headers: Vec::new(),
        limits: exchange.limits,
        policy: Policy {
            accept_status: Vec::new(),
            ..exchange.policy.clone()
        },
    };
    match shared.transport.look(&exchange, BEGINNING).outcome {
        Ok(_) => true,
        Err(error) => matches!(
            error.trouble,
            Trouble::Status { .. } | Trouble::TooManyRedirects { .. } | Trouble::BadRedirect { .. }
        ),
    }
}
