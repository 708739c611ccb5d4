//! What a map asks a Prometheus server: its query, its moments, its address.

use crate::answer::Request;
use crate::config::{Aggregate, Map, SourceConfig};
use crate::notice::quote;
use crate::plan::fixed_period_in;
use crate::sample::{MOST_POINTS, step_seconds};
use crate::template::fill;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::calendar::{Quarter, end_of_day, start_of_day, taipei_day};
use quarterdeck_kpi::message::Message;
use url::form_urlencoded::byte_serialize;

/// Where queries are asked, below the address of the server.
const API: &str = "/api/v1/query";
/// Parameters of a query; others in the address of the source stay.
const PARAMETERS: [&str; 5] = ["query", "time", "start", "end", "step"];
/// Filled into queries beside the placeholders of addresses.
const PERIOD_SECONDS: &str = "{period_seconds}";
/// Distance of samples for `increase` when the map names none.
const USUAL_STEP: &str = "1h";
/// What a map asks for, in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub query: String,
    /// First moment of the period.
    pub start: i64,
    /// Its end, or the moment of asking while it runs.
    pub end: i64,
    /// Distance of the samples; `None` asks for one moment, the end.
    pub step: Option<i64>,
}

/// The query of a map, its placeholders filled in.
pub(crate) fn asked(map: &Map, quarter: Quarter, now: DateTime<Utc>) -> Result<Asked, Message> {
    let written = map
        .query
        .as_deref()
        .filter(|query| !query.trim().is_empty())
        .ok_or_else(|| Message::new("source-map-query-missing"))?;
    let period = fixed_period_in(map, quarter)?;
    let start = start_of_day(period.start).timestamp();
    // The first moment after the period, so that what one quarter ends with the next begins with.
    let end = (end_of_day(period.end).timestamp() + 1).min(now.timestamp());
    if start >= end {
        return Err(Message::new("source-period-future")
            .with("period", period)
            .with("today", taipei_day(now)));
    }
    let written = written.replace(PERIOD_SECONDS, &(end - start).to_string());
    let step = match (&map.step, map.aggregate) {
        (Some(step), _) => Some(step.as_str()),
        // Samples that the query itself gives need no distance.
        (None, Some(Aggregate::Increase)) if !written.trim_end().ends_with(']') => Some(USUAL_STEP),
        _ => None,
    };
    let step = match step {
        None => None,
        Some(text) => Some(
            step_seconds(text)
                .filter(|step| (end - start) / step < MOST_POINTS)
                .ok_or_else(|| {
                    Message::new("source-map-step")
                        .with("step", quote(text))
                        .with("most", MOST_POINTS)
                })?,
        ),
    };
    Ok(Asked {
        query: fill(&written, quarter, None)?,
        start,
        end,
        step,
    })
}

/// The request of the map at this place. `url` is the server's address, or that of another query to it.
pub(crate) fn request(
    config: &SourceConfig,
    index: usize,
    url: &str,
    quarter: Quarter,
    now: DateTime<Utc>,
) -> Result<Request, Message> {
    let map = config
        .maps
        .get(index)
        .ok_or_else(|| Message::new("source-no-maps"))?;
    let asked = asked(map, quarter, now)?;
    // The address is put together as text: references to secrets in it are filled in later.
    let (place, others) = url.split_once('?').unwrap_or((url, ""));
    let base = match place.rfind(API) {
        Some(at) if matches!(&place[at + API.len()..], "" | "/" | "_range") => &place[..at],
        _ => place.trim_end_matches('/'),
    };
    let ending = if asked.step.is_some() { "_range" } else { "" };
    let mut parts: Vec<String> = others
        .split('&')
        .filter(|part| !part.is_empty())
        .filter(|part| !PARAMETERS.contains(&part.split('=').next().unwrap_or_default()))
        .map(str::to_owned)
        .collect();
    let query: String = byte_serialize(asked.query.as_bytes()).collect();
    parts.push(format!("query={query}"));
    match asked.step {
        None => parts.push(format!("time={}", asked.end)),
        Some(step) => parts.push(format!(
            "start={}&end={}&step={step}",
            asked.start, asked.end
        )),
    }
    Ok(Request {
        url: format!("{base}{API}{ending}?{}", parts.join("&")),
        page: u32::try_from(index).unwrap_or(u32::MAX),
    })
}
